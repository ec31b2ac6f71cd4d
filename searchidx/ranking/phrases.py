"""Where terms follow one another: phrases and pairs of words on position arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

AnyArray = npt.NDArray[Any]
_FIELD_SPAN = np.int64(1) << 32  # more positions than any text has


class Occurrences(NamedTuple):
    """Every occurrence of one term.

    rows: rising; tfs: per text field. positions_of: reads the positions of some postings (their numbers, and how many
    positions each has), one posting after the other, field after field inside.
    """

    rows: AnyArray
    tfs: Sequence[AnyArray]
    positions_of: Callable[[AnyArray, AnyArray], AnyArray]


def phrase_rows(terms: Sequence[tuple[Occurrences, int]], fields: Sequence[int]) -> AnyArray:
    """Rows where all terms stand at their distances inside one text field, rising, each once.

    terms: (occurrences, offset from the phrase's first word). fields: numbers of the text fields looked at.
    """
    starts = _starts(terms, fields)
    return np.unique(starts // _FIELD_SPAN // len(terms[0][0].tfs))


def phrase_counts(terms: Sequence[tuple[Occurrences, int]]) -> tuple[AnyArray, tuple[AnyArray, ...]]:
    """(rows with the phrase, how often each has it per text field). rows: rising; counts: int64, of their shape."""
    n_fields = len(terms[0][0].tfs)
    texts, counts = np.unique(_starts(terms, range(n_fields)) // _FIELD_SPAN, return_counts=True)
    rows, places = np.unique(texts // n_fields, return_inverse=True)
    found = np.zeros((n_fields, len(rows)), np.int64)
    found[texts % n_fields, places] = counts
    return rows, tuple(found)


def loose_rows(terms: Sequence[Occurrences], gap: int, fields: Sequence[int]) -> AnyArray:
    """Rows where the terms follow in this order inside one text field with at most `gap` others among them, rising.

    From each place of the first word go to the next place of the second, from there to the next of the third: no other
    choice ends sooner. Places of another field or row are too far off to be within the gap.
    """
    common = common_rows([occurrences.rows for occurrences in terms])
    starts = here = _places(terms[0], common, fields)
    for occurrences in terms[1:]:
        following = _places(occurrences, common, fields)
        after = np.searchsorted(following, here, side="right")
        inside = after < len(following)
        starts, here = starts[inside], following[after[inside]]
    near = starts[here - starts <= len(terms) - 1 + gap]
    return np.unique(near // _FIELD_SPAN // len(terms[0].tfs))


def common_rows(rows: Sequence[AnyArray]) -> AnyArray:
    """The rows that stand in all of some arrays (at least one; rising, each once), rising."""
    shortest, *others = sorted(rows, key=len)
    for other in others:
        if not len(other):
            return other
        shortest = shortest[other[np.minimum(np.searchsorted(other, shortest), len(other) - 1)] == shortest]
    return shortest


def count_together(first: Occurrences, second: Occurrences, distance: int, rows: AnyArray) -> tuple[AnyArray, ...]:
    """How often, in each text field of some rows (rising), the second term stands `distance` positions after the first.

    int64, of the shape of rows, one per field.
    """
    n_fields = len(first.tfs)
    common = common_rows([first.rows, second.rows, rows])
    fields = range(n_fields)
    starts = _in_both(_places(first, common, fields), _places(second, common, fields) - distance)
    texts = starts // _FIELD_SPAN
    places = np.searchsorted(rows, texts // n_fields)
    return tuple(np.bincount(places[texts % n_fields == field], minlength=len(rows)) for field in fields)


def _starts(terms: Sequence[tuple[Occurrences, int]], fields: Sequence[int]) -> AnyArray:
    """Where a phrase begins in these fields, as `_places` writes places, rising."""
    common = common_rows([occurrences.rows for occurrences, _ in terms])
    starts: AnyArray | None = None
    for occurrences, offset in terms:
        here = _places(occurrences, common, fields) - offset
        starts = here if starts is None else _in_both(starts, here)
        if not len(starts):
            break
    return np.empty(0, np.int64) if starts is None else starts


def _in_both(a: AnyArray, b: AnyArray) -> AnyArray:
    """The values that stand in both of two rising arrays, each once.

    As `numpy.intersect1d`, which at its first use imports all of `numpy.ma`: a twentieth of a cold start.
    """
    if not len(b):
        return b
    found = a[b[np.minimum(np.searchsorted(b, a), len(b) - 1)] == a]
    again = np.zeros(len(found), bool)
    again[1:] = found[1:] == found[:-1]
    return np.asarray(found[~again])


def _places(occurrences: Occurrences, rows: AnyArray, fields: Sequence[int]) -> AnyArray:
    """(row, field, position) of the occurrences in these rows, which all have some, and fields, each as one int64."""
    n_fields = len(occurrences.tfs)
    postings = np.searchsorted(occurrences.rows, rows)
    counts = np.stack([tf[postings].astype(np.int64) for tf in occurrences.tfs], axis=1)
    positions = occurrences.positions_of(postings, counts.sum(axis=1))
    texts = np.repeat((rows.astype(np.int64)[:, None] * n_fields + np.arange(n_fields)).ravel(), counts.ravel())
    if len(fields) < n_fields:
        wanted = np.isin(texts % n_fields, fields)
        texts, positions = texts[wanted], positions[wanted]
    # one position is spared at the front so that subtracting an offset cannot cross into the field before
    return np.asarray(texts * _FIELD_SPAN + positions + (_FIELD_SPAN >> 1))
