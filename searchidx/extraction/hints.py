"""Quick answers to `does this sentence hold any of these words?`: costly patterns run only where they may match."""

from __future__ import annotations

from collections.abc import Sequence

from searchidx.paper import Span


def lower_same_length(text: str) -> str:
    """`text` in lower case at the same offsets; as it is when a letter changes its length (`İ`)."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


#: Letters that `re.IGNORECASE` takes for others though `lower` does not make them so, or not in one letter.
_ODD_LETTERS = str.maketrans({"İ": "i", "ı": "i", "ſ": "s"})
_ODD = ("İ", "ı", "ſ")


def fold(text: str) -> str:
    """`text` in small letters at the same offsets: a pattern in small letters finds there what it would find in `text`
    without regard to case, and finds it faster."""
    if text.isascii() or not holds_any(text, _ODD):
        return text.lower()
    return text.translate(_ODD_LETTERS).lower()


def holds_any(lowered: str, wanted: tuple[str, ...]) -> bool:
    """Whether any of some strings stands in a short text."""
    for string in wanted:  # noqa: SIM110 - `any` over a generator takes half as long again
        if string in lowered:
            return True
    return False


def first_holding(lowered: str, wanted: str, spans: Sequence[Span]) -> int:
    """Index of the first span in which a string begins; the number of spans if there is none."""
    for index, (start, end) in enumerate(spans):
        if lowered.find(wanted, start, end + len(wanted) - 1) >= 0:
            return index
    return len(spans)
