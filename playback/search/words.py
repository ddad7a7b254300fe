"""Which words does a text have, and how must a word be misspelt to be still forgiven?

Both databases get the same words, split here: none of their own parsers is asked.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

LONGEST_WORD: Final = 40
# One typo is forgiven in words from this length on; shorter ones have too many neighbours.
SHORTEST_FORGIVEN: Final = 5

_WORD: Final = re.compile(r"[^\W_]+")
_APOSTROPHES: Final = str.maketrans("", "", "'’`´")
# Letters that no decomposition takes apart.
_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})


def words_of(text: str) -> list[str]:
    """The words of a text, in order: without case, accents and apostrophes, cut at 40 letters."""
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_APOSTROPHES)
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter)).translate(_LETTERS)
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain.casefold())]


def joined(text: str) -> str:
    """The text as one word, so that "Lightforce" and "Light Force" are the same."""
    return "".join(words_of(text))[:LONGEST_WORD]


def may_be_misspelt(word: str) -> bool:
    """Whether a word of the catalogue is looked for under its misspellings, too."""
    return len(word) >= SHORTEST_FORGIVEN and not word.isdigit()


def shortened(word: str) -> Iterator[str]:
    """The word itself, and each that lacks one of its letters: two words one typo apart have one of these in common."""
    yield word
    yield from {word[:at] + word[at + 1 :] for at in range(len(word))}


def is_one_typo_apart(one: str, other: str) -> bool:
    """Whether one letter was left out, added, replaced, or swapped with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return swapped or one[at + 1 :] == other[at + 1 :]
