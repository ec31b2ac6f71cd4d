"""Papers for tests of segments: a row each, instead of the columns that builds make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from searchidx.fields import KEYWORD_FIELDS
from searchidx.store.batches import Batch, MetricRow, Rows, batch_of
from searchidx.store.keys import key_digests


class Row(NamedTuple):
    """What one paper puts into a segment.

    texts: one per text field. keywords: field name -> values. keys: identity keys. stored: the record as JSON.
    year, date: 0 where unknown; date as YYYYMMDD, unknown parts 0.
    """

    id: str
    texts: Sequence[str]
    keywords: dict[str, Sequence[str]]
    metrics: Sequence[MetricRow]
    year: int
    date: int
    upvotes: int
    keys: Sequence[str]
    stored: bytes


def batch_of_rows(rows: Sequence[Row]) -> Batch:
    """The batch of some rows, in their order."""
    return batch_of(
        Rows(
            ids=[row.id for row in rows],
            texts=[row.texts for row in rows],
            keywords={field.name: [row.keywords.get(field.name, ()) for row in rows] for field in KEYWORD_FIELDS},
            metrics=[row.metrics for row in rows],
            year=[row.year for row in rows],
            date=[row.date for row in rows],
            upvotes=[row.upvotes for row in rows],
            hashes=[key_digests(dict.fromkeys(row.keys)) for row in rows],
            stored=[row.stored for row in rows],
        )
    )
