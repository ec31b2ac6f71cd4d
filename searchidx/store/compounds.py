"""Compiled: the terms of most raw words, as `analysis.expand` gives them.

Most are words of ASCII letters, or such words with hyphens between them, short enough that no term is cut. For these
all is done here but the stemming: an *entry* is a string that is a term as it is, or when it is stemmed, and its offset
from the word's position. Other words (with digits, apostrophes, other scripts) get no entries; `expand` is for them.
"""

from __future__ import annotations

from searchidx.analysis import MAX_TERM
from searchidx.ranking.kernels import AnyArray, compiled

_HYPHEN, _UPPER_A, _UPPER_Z, _LOWER_A, _LOWER_Z, _I, _S, _U, _UPPER_S = b"-AZazisuS"
_TO_LOWER = _LOWER_A - _UPPER_A


@compiled
def _is_upper(byte: int) -> bool:
    return bool(_UPPER_A <= byte <= _UPPER_Z)


@compiled
def _count_parts(text: AnyArray, begin: int, end: int) -> int:
    """How many parts text[begin:end] has, 0 when it is not made of letters with single hyphens between them."""
    parts = 1
    after_hyphen = True
    for at in range(begin, end):
        byte = text[at]
        if byte == _HYPHEN:
            if after_hyphen:
                return 0
            parts += 1
        elif not (_is_upper(byte) or _LOWER_A <= byte <= _LOWER_Z):
            return 0
        after_hyphen = byte == _HYPHEN
    return 0 if after_hyphen else parts


@compiled
def _write(text: AnyArray, begin: int, end: int, out: AnyArray, at: int) -> int:
    """Write the letters of text[begin:end]; returns the place behind them."""
    for i in range(begin, end):
        if text[i] != _HYPHEN:
            out[at] = text[i]
            at += 1
    return at


@compiled
def _make_lower(out: AnyArray, begin: int, end: int) -> None:
    for at in range(begin, end):
        if _is_upper(out[at]):
            out[at] += _TO_LOWER


@compiled
def _is_name(out: AnyArray, begin: int, end: int) -> bool:
    """Whether there is a capital behind the first letter: `analysis._is_name` for letters."""
    for at in range(begin + 1, end):  # noqa: SIM110 - a generator would not be compiled
        if _is_upper(out[at]):
            return True
    return False


@compiled
def _end_of_singular(out: AnyArray, begin: int, end: int) -> int:
    """The end, without the plural s of a name: `analysis._singular_name` for letters."""
    if end - begin <= 2 or out[end - 1] != _S:
        return end
    all_upper = True
    any_upper = False  # among those that stand two letters before the s, or earlier
    for at in range(begin, end - 1):
        if _is_upper(out[at]):
            any_upper |= at < end - 2
        else:
            all_upper = False
    before = out[end - 2]
    is_plural = any_upper and before != _U and before != _I and before != _S and before != _UPPER_S
    return end - 1 if is_plural or all_upper else end


@compiled
def take_apart(
    text: AnyArray,
    starts: AnyArray,
    out: AnyArray,
    cuts: AnyArray,
    stemmed: AnyArray,
    offsets: AnyArray,
    counts: AnyArray,
) -> int:
    """Write the entries of words, word w being text[starts[w] : starts[w + 1]]; returns how many.

    Entry e is out[cuts[e, 0] : cuts[e, 1]], in lower case, at offsets[e], to be stemmed where stemmed[e]. counts:
    entries per word. Room needed for n bytes of w words: 3 n in `out`, 2 n + 2 w entries.
    """
    n = 0
    at = 0
    for w in range(len(counts)):
        begin, end = starts[w], starts[w + 1]
        first = n
        parts = _count_parts(text, begin, end) if end - begin <= MAX_TERM else 0
        if parts > 1:
            for i in range(begin, end):
                out[at + i - begin] = text[i]
            _make_lower(out, at, at + end - begin)
            cuts[n, 0], cuts[n, 1], stemmed[n], offsets[n] = at, at + end - begin, False, 0
            at += end - begin
            n += 1
            after = _end_of_singular(out, at, _write(text, begin, end, out, at))
            cuts[n, 0], cuts[n, 1], stemmed[n], offsets[n] = at, after, not _is_name(out, at, after), 0
            _make_lower(out, at, after)
            at = after
            n += 1
        for part in range(parts):
            stop = begin
            while stop < end and text[stop] != _HYPHEN:
                stop += 1
            after = _write(text, begin, stop, out, at)
            if _is_name(out, at, after):
                after = _end_of_singular(out, at, after)
                cuts[n, 0], cuts[n, 1], stemmed[n], offsets[n] = at, after, False, part
                n += 1
            cuts[n, 0], cuts[n, 1], stemmed[n], offsets[n] = at, after, True, part
            n += 1
            _make_lower(out, at, after)
            at = after
            begin = stop + 1
        counts[w] = n - first
    return n


@compiled
def drop_repeated(terms: AnyArray, offsets: AnyArray, counts: AnyArray) -> int:
    """Close up the entries without those whose term stands at that offset of the word already; returns how many.

    terms, offsets: of all entries. counts: entries per word; lessened here.
    """
    n = 0
    at = 0
    for w in range(len(counts)):
        first = n
        for entry in range(at, at + counts[w]):
            repeated = False
            for other in range(first, n):
                repeated |= bool(terms[other] == terms[entry] and offsets[other] == offsets[entry])
            if not repeated:
                terms[n], offsets[n] = terms[entry], offsets[entry]
                n += 1
        at += counts[w]
        counts[w] = n - first
    return n
