"""The `zeus` command. It loads only the subcommand that was asked for: a probe must not wait for dnf."""

import importlib
import os
import sys
from collections.abc import Sequence

from zeus_installer import __version__
from zeus_installer.cli.commands import COMMANDS, usage
from zeus_installer.system.errors import ExitStatus, ZeusError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and give its exit status. No traceback reaches the user unless ZEUS_DEBUG=1."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(usage())
        return ExitStatus.DONE if words else ExitStatus.USAGE
    if words[0] == "--version":
        sys.stdout.write(f"zeus {__version__}\n")
        return ExitStatus.DONE
    try:
        return _run(words[0], words[1:])
    except ZeusError as error:
        _complain(error)
        return error.status
    except KeyboardInterrupt:
        sys.stderr.write("\nzeus: interrupted\n")
        return ExitStatus.STEP_FAILED
    except BrokenPipeError:
        # Whoever read our output has gone (`zeus probe | head`); Python must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.DONE
    except Exception as error:
        if os.environ.get("ZEUS_DEBUG") == "1":
            raise
        sys.stderr.write(
            f"zeus: internal fault: {type(error).__name__}: {error}\n"
            "hint: this is a bug in Zeus; run the same command with ZEUS_DEBUG=1 and report what it prints\n"
        )
        return ExitStatus.BUG


def _run(name: str, words: Sequence[str]) -> int:
    if name not in COMMANDS:
        from difflib import get_close_matches

        near = get_close_matches(name, COMMANDS, n=1)
        sys.stderr.write(f"zeus: error: no such command: {name}" + (f" (did you mean {near[0]}?)\n" if near else "\n"))
        sys.stderr.write("hint: zeus --help lists the commands\n")
        return ExitStatus.USAGE
    command = importlib.import_module(f"zeus_installer.cli.{name}")
    return int(command.run(command.parser().parse_args(words)))


def _complain(error: ZeusError) -> None:
    # An error of a file says by itself where it is: FILE:LINE: error: ...
    located = ": error: " in error.message.split("\n", 1)[0]
    sys.stderr.write(error.message if located else f"zeus: error: {error.message}")
    sys.stderr.write("\n")
    if error.hint:
        sys.stderr.write(f"hint: {error.hint}\n")


if __name__ == "__main__":
    sys.exit(main())
