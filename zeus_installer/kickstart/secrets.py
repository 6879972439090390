"""Which words of a kickstart line are secrets: what pykickstart says of the line may quote them."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from zeus_installer.system.secrets import HIDDEN, redact

# Commands all of whose values may be one: a misspelt option makes its value a stray word.
_COMMANDS: Final = frozenset({"bootloader", "iscsi", "rdp", "realm", "rhsm", "rootpw", "sshpw", "user", "vnc"})
_OPTION: Final = re.compile(r"--(?:[a-z]+-)*(?:pas|psw|pss)|--[a-z-]*(?:key|secret|token)$", re.IGNORECASE)


def without_secrets(text: str, words: Sequence[str]) -> str:
    """Give what was said of a line (its `words`) with its secrets hidden."""
    for value in sorted(_secrets(words), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", HIDDEN, text)
    return redact(text)


def _secrets(words: Sequence[str]) -> Iterator[str]:
    all_of_them = bool(words) and words[0] in _COMMANDS
    follows = False
    for word in words[1:]:
        option, equals, value = word.partition("=")
        secret = all_of_them or bool(_OPTION.match(option))
        if not word.startswith("-"):
            if (all_of_them or follows) and word:
                yield word
            follows = False
        elif equals:
            if secret and value:
                yield value
        else:
            follows = secret
