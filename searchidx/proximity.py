"""Words near one another, in order: what a phrase with room for other words matches, on position arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx.fields import TEXT_FIELDS
from searchidx.ranking.phrases import Occurrences
from searchidx.store.snapshot import Part, Snapshot

AnyArray = npt.NDArray[Any]
_FIELD_SPAN = np.int64(1) << 32  # more positions than any text has


def rows_near(snapshot: Snapshot, terms: Sequence[str], gap: int, fields: Sequence[int]) -> AnyArray:
    """Rows where the terms follow in this order inside one text field with at most `gap` others among them, rising.

    Rows of deleted papers are among them. fields: numbers of the text fields looked at.
    """
    encoded = [term.encode("utf-8", "replace") for term in terms]
    found = [_rows_in(part, encoded, gap, fields) + part.base for part in snapshot.parts]
    return np.concatenate([np.empty(0, np.int64), *found])


def _rows_in(part: Part, terms: Sequence[bytes], gap: int, fields: Sequence[int]) -> AnyArray:
    numbers = [part.segment.find_term(term) for term in terms]
    if min(numbers) < 0:
        return np.empty(0, np.int64)
    known: dict[int, Occurrences] = {}
    for number in numbers:
        if number not in known:
            postings = part.segment.postings_of(number)
            known[number] = Occurrences(postings.rows, postings.tfs, part.segment.positions_of(number)[0])
    common = known[numbers[0]].rows
    for occurrences in known.values():
        common = np.intersect1d(common, occurrences.rows, assume_unique=True)
    places = {number: _places(occurrences, common, fields) for number, occurrences in known.items()}
    return _rows_following([places[number] for number in numbers], gap)


def _rows_following(places: Sequence[AnyArray], gap: int) -> AnyArray:
    """The rows, from `_places` of each word in turn.

    From each place of the first word go to the next place of the second, from there to the next of the third: no other
    choice ends sooner. Places of another field or row are too far off to be within the gap.
    """
    starts = here = places[0]
    for following in places[1:]:
        after = np.searchsorted(following, here, side="right")
        inside = after < len(following)
        starts, here = starts[inside], following[after[inside]]
    near = starts[here - starts <= len(places) - 1 + gap]
    return np.unique(near // _FIELD_SPAN // len(TEXT_FIELDS))


def _places(occurrences: Occurrences, rows: AnyArray, fields: Sequence[int]) -> AnyArray:
    """(row, field, position) of the occurrences in these rows and fields, as one int64 each, rising."""
    counts = np.stack([tf.astype(np.int64) for tf in occurrences.tfs], axis=1)
    texts = occurrences.rows.astype(np.int64)[:, None] * counts.shape[1] + np.arange(counts.shape[1])
    wanted = np.zeros(counts.shape, bool)
    wanted[:, list(fields)] = np.isin(occurrences.rows, rows, assume_unique=True)[:, None]
    flat = counts.ravel()
    places = np.repeat(texts.ravel(), flat) * _FIELD_SPAN + occurrences.positions
    return np.asarray(places[np.repeat(wanted.ravel(), flat)])
