"""Names from outside, as people get to read them: on one line, of bounded length, moving nothing around them."""

import unicodedata
from collections.abc import Sequence

LONGEST = 40  # characters
MOST = 5
_RIGHT_TO_LEFT = ("R", "AL")
_JOINER = "\u200d"  # makes one emoji of several
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


def readable(name: str, longest: int = LONGEST) -> str:
    """Without what is not to be seen, shortened, and kept from turning the rest of its line around."""
    shown = "".join(character if _visible(character) else " " for character in name)
    shown = shown if len(shown) <= longest else shown[: longest - 1] + "…"
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in shown):
        return f"{_ISOLATE}{shown}{_END_OF_ISOLATE}"
    return shown


def encodable(text: str) -> str:
    """Lone surrogates, which JSON can carry and UTF-8 cannot, become question marks."""
    return text.encode(errors="replace").decode()


def list_names(names: Sequence[str]) -> str:
    """`crack, dent and 3 more`"""
    shown = ", ".join(readable(name) for name in names[:MOST])
    return f"{shown} and {len(names) - MOST} more" if len(names) > MOST else shown


def _visible(character: str) -> bool:
    """Controls, surrogates and what turns text around are not."""
    return character.isprintable() or character == _JOINER
