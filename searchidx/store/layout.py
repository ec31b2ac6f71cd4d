"""The files of a segment: what each holds, of which type and how long; checked before anything is read.

A segment's directory holds one file per array. Lengths are given in dimensions: `rows` is the number of papers,
`terms` the number of distinct terms, and so on; two arrays of one dimension must agree. An index may come from a
stranger and a file may be damaged: what passes `check` can be mapped and handed to compiled code whose types and
lengths it fits; what the numbers mean is checked where they are first used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from searchidx.errors import IndexDamaged
from searchidx.fields import KEYWORD_FIELDS, TEXT_FIELDS
from searchidx.ranking.impacts import n_ranges
from searchidx.ranking.packing import SKIP

#: Papers per compressed block of records: a hit costs one block, about 24 KB of JSON.
BLOCK = 16
METRIC_KINDS = ("absolute", "delta", "ratio")

_UNSIGNED = ("u1", "<u2", "<u4")
_ANY_LENGTH = ""


class Shape(NamedTuple):
    """The types an array may have, and its length: that of the dimension, and `more`."""

    dtypes: tuple[str, ...]
    dimension: str
    more: int = 0


def _strings(name: str, dimension: str) -> Iterator[tuple[str, Shape]]:
    yield f"{name}.bytes", Shape(("u1",), _ANY_LENGTH)
    yield f"{name}.offsets", Shape(("<i8",), dimension, 1)


def _shapes() -> Iterator[tuple[str, Shape]]:
    yield from _strings("terms", "terms")
    yield "postings.offsets", Shape(("<i8",), "terms", 1)
    yield "postings.rows", Shape(("<i4",), "rare postings")
    yield "postings.codes", Shape(("u1",), "rare postings")
    yield "postings.words", Shape(("<u2",), "frequent postings")
    yield "postings.odd", Shape(("<i8",), "odd postings")
    yield "positions.starts", Shape(("<i8",), "terms", 1)
    yield "positions.bytes", Shape(("u1",), _ANY_LENGTH)
    yield "positions.skips", Shape(("<i8",), "skips")
    yield "positions.odd", Shape(("<u4",), _ANY_LENGTH)
    yield "positions.odd.starts", Shape(("<i8",), "odd postings", 1)
    for field in TEXT_FIELDS:
        yield f"postings.odd.{field.name}", Shape(("<u4",), "odd postings")
        yield f"lengths.{field.name}", Shape(_UNSIGNED, "rows")
    yield "lengths.boosted", Shape(("<f4",), "rows")
    yield "impacts", Shape(("u1",), "postings")
    yield "ranges.terms", Shape(("<i4",), "frequent terms")
    yield "ranges.maxima", Shape(("u1",), "frequent terms x ranges")
    yield "ranges.starts", Shape(("<i4",), "frequent terms x (ranges + 1)")
    yield from _strings("ids", "rows")
    for field in KEYWORD_FIELDS:
        yield f"column.{field.name}.values", Shape(("<i4",), _ANY_LENGTH)
        yield f"column.{field.name}.offsets", Shape(("<i8",), "rows", 1)
        yield from _strings(f"column.{field.name}.names", f"values of {field.name}")
        yield from _strings(f"column.{field.name}.keys", f"values of {field.name}")
    yield "year", Shape(("<i2",), "rows")
    yield "date", Shape(("<i4",), "rows")
    yield "upvotes", Shape(("<i4",), "rows")
    for name, dtype in (("row", "<i4"), ("metric", "<i4"), ("value", "<f8"), ("unit", "<i4"), ("dataset", "<i4")):
        yield f"metrics.{name}", Shape((dtype,), "reported numbers")
    yield "metrics.kind", Shape(("u1",), "reported numbers")
    yield from _strings("metrics.units", "units")
    yield "keys.hashes", Shape(("<u8",), "identity keys")
    yield "keys.rows", Shape(("<i4",), "identity keys")
    yield "stored.bytes", Shape(("u1",), _ANY_LENGTH)
    yield "stored.offsets", Shape(("<i8",), "blocks", 1)


#: Every array of a segment, by name.
SHAPES: dict[str, Shape] = dict(_shapes())


def check(where: object, n_rows: int, arrays: Mapping[str, Any]) -> None:
    """Whether the manifest describes a segment's arrays, all of them, in shapes that fit together.

    where: the segment's directory, for the message. Raises IndexDamaged.
    """
    dimensions = {"rows": n_rows, "blocks": (n_rows + BLOCK - 1) // BLOCK}
    n_postings, n_rare = _length(arrays, "impacts"), _length(arrays, "postings.rows")
    if n_postings is not None and n_rare is not None:
        dimensions["skips"] = (n_postings + SKIP - 1) // SKIP
        dimensions["frequent postings"] = n_postings - n_rare
    for name, shape in SHAPES.items():
        spec = arrays.get(name)
        dtype, length = (spec.get("dtype"), spec.get("length")) if isinstance(spec, dict) else (None, None)
        if dtype not in shape.dtypes or type(length) is not int or length < 0:
            raise IndexDamaged(where, f"the manifest describes no array {name!r}")
        if shape.dimension == _ANY_LENGTH:
            continue
        if shape.dimension == "frequent terms":
            ranges = n_ranges(n_rows)
            dimensions["frequent terms x ranges"] = length * ranges
            dimensions["frequent terms x (ranges + 1)"] = length * (ranges + 1)
        wanted = dimensions.setdefault(shape.dimension, max(length - shape.more, 0)) + shape.more
        if length != wanted:
            raise IndexDamaged(where, f"{name!r} has {length} entries instead of {wanted}")
    if unknown := sorted(set(arrays) - set(SHAPES)):
        raise IndexDamaged(where, f"the manifest describes an unknown array {unknown[0][:40]!r}")


def _length(arrays: Mapping[str, Any], name: str) -> int | None:
    """The length of an array by the manifest, when it says a number."""
    spec = arrays.get(name)
    length = spec.get("length") if isinstance(spec, dict) else None
    return length if type(length) is int else None
