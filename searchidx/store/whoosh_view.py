"""A snapshot as a real Whoosh index: Whoosh's `Searcher` runs any of its query classes over our files.

`ArrayCodec` implements the reading half of Whoosh's `Codec` over `Segment`; segments are written by `SegmentWriter`
alone, so the writing half refuses. The ranked path of searchidx does not go through here: this view is for the long
tail of query types (wildcards, spans, fuzzy terms, ranges), and the second engine that tests compare with.

Whoosh sees the text fields with positions, keyword fields as one folded term per value (`store.segment.fold`), and
`year`, `date` (YYYYMMDD) and `metric_value` as numbers. Stored fields: id, title, abstract, repo.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NoReturn

import numpy as np
from whoosh import fields as wf
from whoosh.analysis import Analyzer, Token
from whoosh.codec import base
from whoosh.index import Index
from whoosh.matching import ListMatcher
from whoosh.reading import EmptyReader, IndexReader, MultiReader, SegmentReader, TermInfo, TermNotFound
from whoosh.writing import IndexingError

from searchidx.analysis import clean, iter_tokens
from searchidx.fields import FIELDS, TEXT_FIELDS
from searchidx.store.files import Array
from searchidx.store.keys import fold
from searchidx.store.segment import Segment
from searchidx.store.snapshot import Mask, Part, Snapshot


class PaperAnalyzer(Analyzer):  # type: ignore[misc]
    """`searchidx.analysis` as a Whoosh analyzer."""

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        keeporiginal: bool = False,
        removestops: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        mode: str = "",
        **kwargs: Any,
    ) -> Iterator[Token]:
        token = Token(positions, chars, removestops=removestops, mode=mode, **kwargs)
        for term, position, start, end in iter_tokens(clean(value)):
            token.text = term
            token.boost = 1.0
            token.stopped = False
            if keeporiginal:
                token.original = term
            if positions:
                token.pos = start_pos + position
            if chars:
                token.startchar, token.endchar = start_char + start, start_char + end
            yield token


class FoldAnalyzer(Analyzer):  # type: ignore[misc]
    """A whole value as one term, its spelling folded as in our keyword columns."""

    def __call__(self, value: str, positions: bool = False, chars: bool = False, **kwargs: Any) -> Iterator[Token]:
        token = Token(positions, chars, **{k: v for k, v in kwargs.items() if k in ("removestops", "mode")})
        token.text, token.boost, token.stopped = fold(value), 1.0, False
        if positions:
            token.pos = kwargs.get("start_pos", 0)
        if chars:
            token.startchar, token.endchar = 0, len(value)
        yield token


def schema() -> wf.Schema:
    """Whoosh's schema of a searchidx index, from `searchidx.fields`."""
    types: dict[str, Any] = {"id": wf.ID(stored=True, unique=True)}
    stored = {"title", "abstract", "repo"}
    for field in FIELDS:
        if field.kind == "text":
            types[field.name] = wf.TEXT(
                analyzer=PaperAnalyzer(),
                stored=field.name in stored,
                field_boost=field.boost,
                multitoken_query="or",
            )
        elif field.kind == "keyword":
            types[field.name] = wf.ID(analyzer=FoldAnalyzer(), stored=field.name in stored)
        elif field.name == "metric_value":
            types[field.name] = wf.NUMERIC(float)
        else:
            types[field.name] = wf.NUMERIC(int)
    return wf.Schema(**types)


class WhooshView(Index):  # type: ignore[misc]
    """An open snapshot as a read-only Whoosh index."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._segments = [WhooshSegment(part) for part in snapshot.parts]
        self.schema = schema()

    def is_empty(self) -> bool:
        return self.doc_count() == 0

    def doc_count(self) -> int:
        return sum(segment.doc_count() for segment in self._segments)

    def doc_count_all(self) -> int:
        return sum(segment.doc_count_all() for segment in self._segments)

    def reader(self, reuse: Any = None) -> IndexReader:
        readers = [SegmentReader(None, self.schema, segment) for segment in self._segments]
        if len(readers) == 1:
            return readers[0]
        return MultiReader(readers) if readers else EmptyReader()

    def writer(self, **kwargs: Any) -> NoReturn:
        raise IndexingError("the index is read-only here; write it with searchidx.build")


class WhooshSegment(base.Segment):  # type: ignore[misc]
    """What Whoosh asks of a segment."""

    def __init__(self, part: Part) -> None:
        super().__init__("searchidx")
        self.arrays = part.segment
        self._deleted = _deleted_rows(part.deleted)

    def codec(self) -> ArrayCodec:
        return ArrayCodec()

    def doc_count_all(self) -> int:
        return self.arrays.n_rows

    def doc_count(self) -> int:
        return self.arrays.n_rows - len(self._deleted)

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> Iterable[int]:
        return self._deleted

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted


def _deleted_rows(deleted: Mask | None) -> frozenset[int]:
    return frozenset() if deleted is None else frozenset(np.flatnonzero(deleted).tolist())


class ArrayCodec(base.Codec):  # type: ignore[misc]
    """Reads our segments for Whoosh."""

    def terms_reader(self, storage: Any, segment: WhooshSegment) -> ArrayTermsReader:
        return ArrayTermsReader(segment.arrays)

    def per_document_reader(self, storage: Any, segment: WhooshSegment) -> ArrayPerDocumentReader:
        return ArrayPerDocumentReader(segment)

    def _read_only(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise IndexingError("segments are written by searchidx.build, not through Whoosh's writer")

    per_document_writer = field_writer = postings_writer = postings_reader = new_segment = _read_only


# --- terms --------------------------------------------------------------------------------------------------


class _Terms:
    """The terms of one field, sorted as bytes: what Whoosh reads of them."""

    def __init__(self, names: Sequence[bytes], rows: Callable[[int], Array]) -> None:
        self.names = names
        self.rows = rows

    def find(self, name: bytes) -> int:
        """The number of a term. Raises KeyError."""
        number = bisect_left(self.names, name)
        if number == len(self.names) or self.names[number] != name:
            raise KeyError(name)
        return number

    def weights(self, number: int) -> Array:
        """Occurrences per row, times the field's boost as Whoosh writes them; 1 in fields that are not text."""
        return np.ones(len(self.rows(number)), np.float32)

    def values(self, number: int, format_: Any) -> Sequence[bytes] | None:
        """Encoded positions per row, or None in fields that are not text."""
        return None


class _TextTerms(_Terms):
    """A text field: the shared dictionary's terms that occur in this field."""

    def __init__(self, segment: Segment, field: int) -> None:
        self._segment = segment
        self._field = field
        tf = segment.reader.counts(0, len(segment.terms))[field]
        offsets = segment.arrays.array("postings.offsets")
        occurs = np.concatenate(([0], np.cumsum(tf > 0)))[offsets]
        self._numbers = np.flatnonzero(np.diff(occurs))
        super().__init__([segment.terms[int(n)] for n in self._numbers], self._rows_of)

    def _keep(self, number: int) -> tuple[Any, Array]:
        postings = self._segment.postings_of(int(self._numbers[number]))
        return postings, postings.tfs[self._field] > 0

    def _rows_of(self, number: int) -> Array:
        postings, keep = self._keep(number)
        rows: Array = postings.rows[keep]
        return rows

    def weights(self, number: int) -> Array:
        postings, keep = self._keep(number)
        boost = np.float32(TEXT_FIELDS[self._field].boost)
        return np.asarray(postings.tfs[self._field][keep], np.float32) * boost

    def values(self, number: int, format_: Any) -> Sequence[bytes]:
        postings, keep = self._keep(number)
        term = int(self._numbers[number])
        counts = self._segment.occurrences_of(term)[keep]
        positions = self._segment.positions_of(term).of(np.flatnonzero(keep), counts)
        before = sum((tf[keep].astype(np.int64) for tf in postings.tfs[self._field :]), np.zeros(len(counts), np.int64))
        starts = np.cumsum(counts) - before
        return _Positions(positions, starts, starts + postings.tfs[self._field][keep], format_)


class _Positions(Sequence[bytes]):
    """Whoosh's encoded position lists, each made when it is asked for."""

    def __init__(self, positions: Array, starts: Array, ends: Array, format_: Any) -> None:
        self._positions = positions
        self._starts = starts
        self._ends = ends
        self._format = format_

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: Any) -> Any:
        positions = self._positions[int(self._starts[number]) : int(self._ends[number])]
        encoded: bytes = self._format.encode(positions.tolist())
        return encoded


def _keyword_terms(segment: Segment, field: str) -> _Terms:
    column = segment.column(field)
    owner = np.repeat(np.arange(segment.n_rows), np.diff(column.offsets))
    order = np.argsort(column.values, kind="stable")
    rows, starts = owner[order], np.searchsorted(column.values[order], np.arange(len(column.keys) + 1))
    names = [column.keys[number] for number in range(len(column.keys))]
    return _Terms(names, lambda number: rows[starts[number] : starts[number + 1]])


def _id_terms(segment: Segment) -> _Terms:
    return _Terms([segment.ids[row] for row in range(len(segment.ids))], lambda row: np.array([row]))


def _number_terms(field: wf.NUMERIC, rows: Array, values: Array) -> _Terms:
    """A number gives one term per tier of precision, so that Whoosh can answer ranges."""
    found: dict[bytes, set[int]] = {}
    shifts = range(0, field.bits, field.shift_step)
    for value in np.unique(values).tolist():
        holders = rows[values == value].tolist()
        for shift in shifts:
            found.setdefault(field.to_bytes(value, shift), set()).update(holders)
    names = sorted(found)
    return _Terms(names, lambda number: np.array(sorted(found[names[number]])))


class ArrayTermsReader(base.TermsReader):  # type: ignore[misc]
    """Terms and postings of all fields, each field's dictionary made when it is first used."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._schema = schema()
        self._fields: dict[str, _Terms] = {}

    def _field(self, name: str) -> _Terms:
        if name not in self._schema:
            raise TermNotFound(f"no field {name!r}")
        if name not in self._fields:
            self._fields[name] = self._make(name)
        return self._fields[name]

    def _make(self, name: str) -> _Terms:
        segment, arrays = self._segment, self._segment.arrays
        text = [field.name for field in TEXT_FIELDS]
        if name in text:
            return _TextTerms(segment, text.index(name))
        if name == "id":
            return _id_terms(segment)
        if name == "metric_value":
            values = arrays.array("metrics.value")
            keep = np.isfinite(values)
            return _number_terms(self._schema[name], arrays.array("metrics.row")[keep], values[keep])
        if name in ("year", "date"):
            values = arrays.array(name)
            rows = np.flatnonzero(values)
            return _number_terms(self._schema[name], rows, values[rows])
        return _keyword_terms(segment, name)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        try:
            self._field(term[0]).find(term[1])
        except (KeyError, TermNotFound):
            return False
        return True

    def indexed_field_names(self) -> list[str]:
        return sorted(self._schema.names())

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for field in self.indexed_field_names():
            for name in self._field(field).names:
                yield field, name

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for field in self.indexed_field_names():
            if field < fieldname:
                continue
            names = self._field(field).names
            for number in range(bisect_left(names, prefix) if field == fieldname else 0, len(names)):
                yield field, names[number]

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        terms = self._field(fieldname)
        number = terms.find(text)
        rows, weights = terms.rows(number), terms.weights(number)
        lengths = _lengths(self._segment, fieldname)
        here = lengths[rows] if lengths is not None else np.ones(1, np.int64)
        return TermInfo(
            weight=float(weights.sum()),
            df=len(rows),
            minlength=int(here.min()),
            maxlength=int(here.max()),
            maxweight=float(weights.max()),
            minid=int(rows[0]),
            maxid=int(rows[-1]),
        )

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        terms = self._field(fieldname)
        try:
            number = terms.find(text)
        except KeyError as exc:
            raise TermNotFound(f"{fieldname}:{text!r}") from exc
        return _Matcher(
            terms.rows(number).tolist(),
            weights=terms.weights(number).tolist(),
            values=terms.values(number, format_),
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def cursor(self, fieldname: str, fieldobj: Any) -> _Cursor:
        return _Cursor(self._field(fieldname).names, fieldobj)


class _Matcher(ListMatcher):  # type: ignore[misc]
    """One term's postings. Past its end it still gives the last id, as Whoosh's own do: SpanNot asks for it."""

    def id(self) -> int:
        row: int = self._ids[min(self._i, len(self._ids) - 1)]
        return row


class _Cursor(base.FieldCursor):  # type: ignore[misc]
    """Walks the terms of one field, for fuzzy queries."""

    def __init__(self, names: Sequence[bytes], field: Any) -> None:
        self._names = names
        self._field = field
        self._at = 0

    def first(self) -> str | None:
        self._at = 0
        return self.text()

    def find(self, term: str | bytes) -> str | None:
        self._at = bisect_left(self._names, term if isinstance(term, bytes) else self._field.to_bytes(term))
        return self.text()

    def next(self) -> str | None:
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        if self._at >= len(self._names):
            return None
        decoded: str = self._field.from_bytes(self._names[self._at])
        return decoded

    def is_valid(self) -> bool:
        return self._at < len(self._names)


# --- papers -------------------------------------------------------------------------------------------------


def _lengths(segment: Segment, field: str) -> Array | None:
    return segment.lengths(field) if field in [f.name for f in TEXT_FIELDS] else None


class ArrayPerDocumentReader(base.PerDocumentReader):  # type: ignore[misc]
    """Lengths and stored fields by row."""

    def __init__(self, segment: WhooshSegment) -> None:
        self._segment = segment.arrays
        self._deleted = frozenset(segment.deleted_docs())

    def doc_count(self) -> int:
        return self._segment.n_rows - len(self._deleted)

    def doc_count_all(self) -> int:
        return self._segment.n_rows

    def has_deletions(self) -> bool:
        return bool(self._deleted)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def deleted_docs(self) -> Iterable[int]:
        return self._deleted

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        lengths = _lengths(self._segment, fieldname)
        return default if lengths is None else int(lengths[docnum])

    @cached_property
    def _totals(self) -> dict[str, int]:
        return {f.name: n for f, n in zip(TEXT_FIELDS, self._segment.total_lengths, strict=True)}

    def field_length(self, fieldname: str) -> int:
        return self._totals.get(fieldname, 0)

    def min_field_length(self, fieldname: str) -> int:
        lengths = _lengths(self._segment, fieldname)
        return 0 if lengths is None or not len(lengths) else int(lengths.min())

    def max_field_length(self, fieldname: str) -> int:
        lengths = _lengths(self._segment, fieldname)
        return 0 if lengths is None or not len(lengths) else int(lengths.max())

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        paper = self._segment.stored(docnum)["paper"]
        column = self._segment.column("repo")
        repo = column.values[column.offsets[docnum] : column.offsets[docnum + 1]]
        fields = {"id": paper["id"], "title": paper["title"], "abstract": paper.get("abstract", "")}
        return {**fields, "repo": column.names.text(int(repo[0]))} if len(repo) else fields
