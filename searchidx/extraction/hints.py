"""Quick answers to `does this sentence hold any of these words?`: costly patterns run only where they may match."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from searchidx.paper import Span


def lower_same_length(text: str) -> str:
    """`text` in lower case at the same offsets; as it is when a letter changes its length (`İ`)."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


#: Letters that `re.IGNORECASE` takes for others though `lower` does not make them so, or not in one letter.
_ODD_LETTERS = str.maketrans({"İ": "i", "ı": "i", "ſ": "s"})


def fold(text: str) -> str:
    """`text` in small letters at the same offsets: a pattern in small letters finds there what it would find in `text`
    without regard to case, and finds it faster."""
    return text.lower() if text.isascii() else text.translate(_ODD_LETTERS).lower()


def holds_any(lowered: str, wanted: tuple[str, ...]) -> bool:
    """Whether any of some strings stands in a short text."""
    return any(string in lowered for string in wanted)


def first_holding(lowered: str, wanted: tuple[str, ...], spans: Sequence[Span]) -> int:
    """Index of the first span in which any of some strings begins; the number of spans if there is none."""
    for index, (start, end) in enumerate(spans):
        for string in wanted:
            if lowered.find(string, start, end + len(string) - 1) >= 0:
                return index
    return len(spans)


class Places:
    """Where any of some strings stand in a text; found by one pass of `str.find` per string."""

    __slots__ = ("_starts",)

    def __init__(self, lowered: str, wanted: tuple[str, ...]) -> None:
        starts: list[int] = []
        for string in wanted:
            position = lowered.find(string)
            while position >= 0:
                starts.append(position)
                position = lowered.find(string, position + len(string))
        starts.sort()
        self._starts = starts

    def within(self, span: Span) -> bool:
        """Whether one of the strings begins inside `span`."""
        index = bisect_left(self._starts, span[0])
        return index < len(self._starts) and self._starts[index] < span[1]

    def __bool__(self) -> bool:
        return bool(self._starts)
