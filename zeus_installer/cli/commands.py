"""The list of subcommands. Each has a module of its name here with `parser()` and `run(arguments)`."""

from typing import Final

COMMANDS: Final = {
    "probe": "what this machine is",
    "check": "whether it can become a XenAPI host, with remedies",
    "validate": "an answer file, a kickstart or an answer file of XCP-ng, offline",
    "convert": "an answer file of XCP-ng or XenServer into ours, all that is lost named",
    "answers": "find the answers of this machine, as an installation would",
    "iso": "make a boot medium of a netinstall ISO, and look into one",
    "pxe": "make what machines boot from over the network, and serve it",
    "plan": "what an installation would do; nothing is written",
    "install": "plan, check, run",
    "wizard": "the same on the console, screen by screen",
    "resume": "go on after an interruption",
    "status": "where things stand",
    "abandon": "give an unfinished plan up",
    "verify": "is this a working XenAPI host?",
    "revert": "back to plain Linux; the storage repository's data stays",
    "schema": "the JSON Schema of the answers",
}


def usage() -> str:
    """Give the help of the `zeus` command."""
    lines = [f"  {name:10}{summary}" for name, summary in COMMANDS.items()]
    return "usage: zeus COMMAND [OPTION]...\n\n" + "\n".join(lines) + "\n\nzeus COMMAND --help tells the options.\n"
