"""Papers on their way into a segment: what some consecutive rows put into it, as arrays.

`batch_of` does all that needs to know nothing of other rows: keywords are folded and numbered inside the batch,
identity keys hashed, texts packed for the tokeniser, records compressed. So any process can make a batch, and
`SegmentWriter` joins batches without a step per paper. A batch of N rows has the arrays

    ids                                     strings: paper ids
    texts.{bytes,lengths,plain}             all texts, see `lexicon.Texts`
    column.NAME.{counts,values}             per keyword field: values per row, and their numbers in the batch
    column.NAME.{names,keys}                strings: spelling and key by number, as they are first met
    year, date, upvotes                     as in a segment
    metrics.{row,metric,value,unit,kind,dataset}, metrics.units
                                            as in a segment, numbers being those of the batch
    keys.{hashes,rows}                      the hashes of identity keys, row by row
    stored.{bytes,sizes}                    compressed blocks of records
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from searchidx.fields import KEYWORD_FIELDS
from searchidx.store.bundles import Bundle
from searchidx.store.compression import record_compressor
from searchidx.store.files import Array, encode
from searchidx.store.keys import HASH_BYTES, fold_all
from searchidx.store.layout import BLOCK, METRIC_KINDS
from searchidx.store.lexicon import Texts, packed

#: Keyword fields that reported numbers name values of.
_REPORTED = ("metric", "dataset")


class MetricRow(NamedTuple):
    """One reported number as the index holds it. value: NaN when it is no number."""

    metric: str
    value: float
    unit: str
    kind: str
    dataset: str


class Rows(NamedTuple):
    """What several papers put into a segment, column by column: lists with an entry per paper.

    texts: of each paper one per text field. keywords: field name -> values of each paper. year, date: 0 where unknown;
    date as YYYYMMDD, unknown parts 0. hashes: of a paper's identity keys, `keys.key_digests`. stored: records as JSON.
    """

    ids: Sequence[str]
    texts: Sequence[Sequence[str]]
    keywords: dict[str, Sequence[Sequence[str]]]
    metrics: Sequence[Sequence[MetricRow]]
    year: Sequence[int]
    date: Sequence[int]
    upvotes: Sequence[int]
    hashes: Sequence[bytes]
    stored: Sequence[bytes]


class Batch(Bundle):
    """See the module's docstring."""

    @property
    def n_rows(self) -> int:
        """Papers of the batch."""
        return len(self["year"])

    @property
    def texts(self) -> Texts:
        """The texts of all rows, one after the other."""
        return Texts(self["texts.bytes"], self["texts.lengths"], self["texts.plain"])


def batch_of(rows: Rows) -> Batch:
    """The batch of some rows, in their order."""
    batch = Batch()
    batch.put_strings("ids", list(map(str.encode, rows.ids)))
    batch["texts.bytes"], batch["texts.lengths"], batch["texts.plain"] = packed(chain.from_iterable(rows.texts))
    columns = {field.name: _Values() for field in KEYWORD_FIELDS}
    _put_metrics(batch, rows, columns)
    for name, column in columns.items():
        column.put(batch, f"column.{name}", rows.keywords[name])
    batch["year"] = np.array(rows.year, np.int16)
    batch["date"] = np.array(rows.date, np.int32)
    batch["upvotes"] = np.array(rows.upvotes, np.int32)
    batch["keys.hashes"] = np.frombuffer(b"".join(rows.hashes), "<u8")
    n_keys = [len(hashes) // HASH_BYTES for hashes in rows.hashes]
    batch["keys.rows"] = np.repeat(np.arange(len(n_keys), dtype=np.int32), n_keys)
    _put_records(batch, rows.stored)
    return batch


class _Values:
    """One keyword field of a batch; spellings with one key share the first seen."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._by_key: dict[bytes, int] = {}
        self._names: list[str] = []

    def numbers(self, values: Sequence[str]) -> Array:
        """The numbers of values, int32; a new one for the first of those with a key."""
        new = [value for value in dict.fromkeys(values) if value not in self._numbers]
        folded = fold_all(new)
        keys = dict(zip(folded, range(len(new)), strict=True))
        if not self._names and len(keys) == len(new):  # most: every spelling has a key of its own
            self._numbers, self._by_key, self._names = dict(zip(new, keys.values(), strict=True)), keys, new
            new, folded = [], []
        for value, key in zip(new, folded, strict=True):
            number = self._numbers[value] = self._by_key.setdefault(key, len(self._names))
            if number == len(self._names):
                self._names.append(value)
        return np.fromiter(map(self._numbers.__getitem__, values), np.int32, len(values))

    def put(self, batch: Batch, name: str, rows: Sequence[Sequence[str]]) -> None:
        """Add the column to the batch. rows: the values of each row, of which those with one key count once."""
        values = self.numbers(list(chain.from_iterable(rows)))
        counts = np.fromiter(map(len, rows), np.int32, len(rows))
        row = np.repeat(np.arange(len(rows)), counts)
        first = np.unique(row * len(self._names) + values, return_index=True)[1]
        if len(first) < len(values):
            first.sort()
            values, counts = values[first], np.bincount(row[first], minlength=len(rows)).astype(np.int32)
        batch[f"{name}.values"], batch[f"{name}.counts"] = values, counts
        batch.put_strings(f"{name}.names", encode(self._names))
        batch.put_strings(f"{name}.keys", list(self._by_key))


class Numbering(dict[str, int]):
    """Strings numbered as they are first met."""

    def __missing__(self, value: str) -> int:
        number = self[value] = len(self)
        return number


def _put_metrics(batch: Batch, rows: Rows, columns: dict[str, _Values]) -> None:
    """Add the reported numbers of the rows. The columns that their names stand in too are numbered row by row, so that
    of a name's spellings the first row's stays.
    """
    metrics = list(chain.from_iterable(rows.metrics))
    for name in _REPORTED if metrics else ():
        columns[name].numbers(list(_named(rows, name)))
    units = Numbering()
    has_dataset = np.array([bool(metric.dataset) for metric in metrics], bool)
    datasets = np.full(len(metrics), -1, np.int32)
    datasets[has_dataset] = columns["dataset"].numbers([metric.dataset for metric in metrics if metric.dataset])
    batch["metrics.row"] = np.repeat(np.arange(len(rows.ids), dtype=np.int32), list(map(len, rows.metrics)))
    batch["metrics.metric"] = columns["metric"].numbers([metric.metric for metric in metrics])
    batch["metrics.value"] = np.array([metric.value for metric in metrics], np.float64)
    batch["metrics.unit"] = np.array([units[metric.unit] for metric in metrics], np.int32)
    batch["metrics.kind"] = np.array([METRIC_KINDS.index(metric.kind) for metric in metrics], np.uint8)
    batch["metrics.dataset"] = datasets
    batch.put_strings("metrics.units", encode(units))


def _named(rows: Rows, name: str) -> Iterator[str]:
    """Row by row the values of a keyword field, and those that reported numbers name."""
    for values, metrics in zip(rows.keywords[name], rows.metrics, strict=True):
        yield from values
        yield from (value for metric in metrics if (value := getattr(metric, name)))


def _put_records(batch: Batch, records: Sequence[bytes]) -> None:
    compressor = record_compressor()
    starts = range(0, len(records), BLOCK)
    blocks = [compressor.compress(joined_records(records[start : start + BLOCK])) for start in starts]
    batch["stored.bytes"] = np.frombuffer(b"".join(blocks), np.uint8)
    batch["stored.sizes"] = np.fromiter(map(len, blocks), np.int32, len(blocks))


def joined_records(records: Iterable[bytes]) -> bytes:
    """Records as a block holds them: a list in JSON."""
    return b"[%b]" % b",".join(records)
