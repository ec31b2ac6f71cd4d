"""An open index: ranked search, facets, one paper, statistics. The embedded engine behind every edge.

An `Index` is a snapshot of one generation, safe to share between threads; a later build does not change it.
"""

from __future__ import annotations

import datetime
import math
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from searchidx import filters as filters_
from searchidx import query as q
from searchidx.errors import IndexDamaged, PaperMissing, QueryError, UsageError
from searchidx.extract import canonical_dataset, canonical_metric, metric_direction, normalise_repo
from searchidx.fields import BY_NAME, DEFAULT_FACETS, FACETS, TEXT_FIELDS
from searchidx.identity import lookup_keys, title_key
from searchidx.matching import Matcher, Scorer, Weights
from searchidx.ranking import bm25f
from searchidx.ranking.facets import count_values
from searchidx.ranking.topk import best_rows
from searchidx.paper import UNSPECIFIED
from searchidx.record import Record, number
from searchidx.results import Claim, Explanation, Hit, Page, TermScore
from searchidx.snippets import snippet
from searchidx.store import generations
from searchidx.store.segment import fold

if TYPE_CHECKING:
    import whoosh.index

SORTS = ("relevance", "date", "trending")
MAX_LIMIT = 1000

AnyArray = npt.NDArray[Any]
_HALF_LIFE_POWER = 1.5  # how fast votes age in `trending`, the exponent that link aggregators use


@dataclass(frozen=True, slots=True)
class _Found:
    """What a query comes to, before paging. rows: all that match, rising; pinned: shown first, and why."""

    mask: npt.NDArray[np.bool_]
    scores: bm25f.Floats | None
    terms: dict[str, float]
    pinned: dict[int, str]
    unknown: tuple[str, ...]


class Index:
    """The live generation of an index directory. Use `searchidx.open`."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.generation = generations.current(self.path)
        segments = self.generation.segments()
        if len(segments) != 1:
            raise IndexDamaged(
                f"{self.generation.directory}: {len(segments)} segments, can read one; rebuild the index"
            )
        self._segment = segments[0]
        self._matcher = Matcher(self._segment)
        self._scorer = Scorer(self._segment, Weights())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Nothing needs closing: files are unmapped when the last array is gone. Here for `with`."""

    def __len__(self) -> int:
        """Papers in the index."""
        return self._segment.n_rows

    # --- searching ------------------------------------------------------------------------------------------

    def search(
        self,
        text: str = "",
        *,
        limit: int = 10,
        page: int = 1,
        sort: str = "relevance",
        facets: Iterable[str] | bool = (),
        snippets: bool = False,
        explain: bool = False,
        weights: Weights | None = None,
        **narrow: Any,
    ) -> Page:
        """The papers that match, best first.

        text: see `query` for the language; a paper's id, URL, DOI or repository pasted as it is finds that paper;
        a paper's whole title finds it first. An empty text browses by date.
        limit: hits on a page, 1 to 1000; page: from 1; a page past the end is empty and has the true total.
        sort: `relevance` (ties by id), `date` (newest first, undated last), `trending` (votes, decayed by age).
        facets: names of facets to count over all matches, True for all.
        narrow: has_code, code, dataset, metric, year, venue, source, author, repo; see `filters.make`.
        Raises QueryError or UsageError.
        """
        started = time.perf_counter()
        if not 1 <= limit <= MAX_LIMIT or page < 1:
            raise UsageError(f"limit must be 1 to {MAX_LIMIT} and page at least 1, got {limit} and {page}")
        if sort not in SORTS:
            raise UsageError(f"unknown sort {sort!r}; known are {', '.join(SORTS)}")
        names = facet_names(facets)
        scorer = Scorer(self._segment, weights) if weights else self._scorer
        found = self._find(text, filters_.make(**narrow), scorer)
        rows = self._page_rows(found, sort, limit, (page - 1) * limit)
        counts = {name: self._facet(name, found.mask) for name in names}
        hits = tuple(
            self._hit((page - 1) * limit + i + 1, int(row), found, snippets, scorer if explain else None)
            for i, row in enumerate(rows)
        )
        return Page(
            query=text,
            total=int(np.count_nonzero(found.mask)),
            page=page,
            took_ms=round((time.perf_counter() - started) * 1000, 3),
            hits=hits,
            facets=counts,
            unknown=found.unknown,
        )

    def facets(self, text: str = "", *, facets: Iterable[str] | bool = True, **narrow: Any) -> Page:
        """Counts alone: a page without hits."""
        started = time.perf_counter()
        found = self._find(text, filters_.make(**narrow), self._scorer)
        counts = {name: self._facet(name, found.mask) for name in facet_names(facets)}
        took = round((time.perf_counter() - started) * 1000, 3)
        return Page(text, int(np.count_nonzero(found.mask)), 1, took, (), counts, found.unknown)

    def _find(self, text: str, narrow: filters_.Filters, scorer: Scorer) -> _Found:
        only, pinned = self._pasted(text)
        if only:
            mask = np.zeros(self._segment.n_rows, bool)
            mask[list(pinned)] = True
            if narrow:
                mask &= self._matcher.narrowed(narrow)
            return _Found(mask, None, {}, pinned, ())
        try:
            tree = q.parse(text)
        except QueryError:
            if not pinned:
                raise
            tree = q.Group()  # a whole title may hold anything, a lone quote too
        terms, unknown = self._matcher.scored_terms(tree)
        scores = scorer.scores(terms) if terms else None
        # where every matching paper scores, the union of postings need not be formed again
        mask = scores > 0 if scores is not None and _is_plain(tree) else self._matcher.mask(tree)
        if pinned:
            if tree == q.Group():
                mask[:] = False
            mask[list(pinned)] = True
        if narrow:
            mask &= self._matcher.narrowed(narrow)
        return _Found(mask, scores, terms, pinned, unknown)

    def _pasted(self, text: str) -> tuple[bool, dict[int, str]]:
        """(whether the text is an id and nothing else, row -> `id` or `title`) for an id, URL or title pasted whole."""
        rows: dict[int, str] = {}
        if not text.strip():
            return False, rows
        repo = normalise_repo(text.strip()) if "/" in text and " " not in text.strip() else None
        keys = lookup_keys(text) + ([f"repo:{repo.lower()}"] if repo else [])
        for key in keys:
            kind = "title" if key.startswith("title:") else "id"
            for row in self._segment.rows_of_key(key):
                if row not in rows and self._holds(row, key):
                    rows[row] = kind
        ids = {row: kind for row, kind in rows.items() if kind == "id"}
        return (True, ids) if ids else (False, rows)

    def _holds(self, row: int, key: str) -> bool:
        """Whether the record really has the key (two keys may share a hash)."""
        kind, _, value = key.partition(":")
        record = self._record(row)
        paper = record.paper
        held = {
            "id": paper.id,
            "arxiv": paper.arxiv_id,
            "doi": paper.doi,
            "title": title_key(paper.title),
            "repo": (record.repo or "").lower(),
        }
        return held.get(kind) == value

    def _page_rows(self, found: _Found, sort: str, limit: int, offset: int) -> AnyArray:
        """The rows of one page, in order."""
        candidates = np.flatnonzero(found.mask)
        wanted = offset + limit
        if sort == "trending":
            order = best_rows(self._trending, candidates, wanted)
        elif sort == "date" or found.scores is None:
            order = best_rows(self._dates, candidates, wanted)
        else:
            order = best_rows(found.scores, candidates, wanted)
        if sort == "relevance" and found.pinned:
            first = [row for row in sorted(found.pinned) if found.mask[row]]
            # a pinned row may stand below the cut: the others alone fill what is left of the page
            rest = [row for row in order.tolist() if row not in found.pinned]
            order = np.array((first + rest)[:wanted], np.int64)
        return order[offset:wanted]

    @cached_property
    def _dates(self) -> AnyArray:
        """A number per row that grows with its date: YYYYMMDD, missing parts 0."""
        arrays = self._segment.arrays
        date = arrays.array("date").astype(np.int64)
        return np.where(date > 0, date, arrays.array("year").astype(np.int64) * 10_000)

    @cached_property
    def _trending(self) -> AnyArray:
        """Votes divided by a power of the age in days; undated papers last."""
        votes = self._segment.arrays.array("upvotes").astype(np.float64)
        today = datetime.datetime.now(datetime.UTC).date().toordinal()
        unique, inverse = np.unique(self._dates, return_inverse=True)
        ages = np.array([max(today - _ordinal(int(date)), 0) if date else np.inf for date in unique])
        result: AnyArray = (votes + 1) / (ages[inverse] + 2) ** _HALF_LIFE_POWER
        return result

    def _hit(self, rank: int, row: int, found: _Found, snippets: bool, scorer: Scorer | None) -> Hit:
        def read() -> Record:
            return self._record(row)

        text = None
        if snippets:
            paper = read().paper
            text = snippet(paper.abstract, found.terms)
        return Hit(
            rank=rank,
            id=self._segment.ids.text(row),
            score=float(found.scores[row]) if found.scores is not None else 0.0,
            read=read,
            match=found.pinned.get(row),
            snippet=text,
            explanation=self._explain(row, found.terms, scorer) if scorer else None,
        )

    def _explain(self, row: int, terms: dict[str, float], scorer: Scorer) -> Explanation:
        names = [field.name for field in TEXT_FIELDS]
        parts = []
        total = np.float32(0)
        for term, weight in terms.items():
            postings = self._segment.postings(term)
            place = int(np.searchsorted(postings.rows, row)) if postings else 0
            if postings is None or place == postings.df or postings.rows[place] != row:
                continue
            tfs = [tf[place : place + 1] for tf in postings.tfs]
            tf = bm25f.weighted(tfs, scorer.weights.boosts)
            norm = scorer.norms[row : row + 1]
            idf = bm25f.idf(self._segment.n_rows, postings.df)
            score = bm25f.term_scores(tf, norm, np.float32(weight) * idf)[0]
            total += score
            occurrences = {name: int(values[0]) for name, values in zip(names, tfs, strict=True)}
            parts.append(
                TermScore(
                    term,
                    postings.df,
                    float(idf),
                    occurrences,
                    float(tf[0]),
                    float(norm[0]),
                    weight,
                    float(score),
                )
            )
        length = {name: int(self._segment.lengths(name)[row]) for name in names}
        return Explanation(tuple(parts), float(total), length)

    def _facet(self, name: str, mask: npt.NDArray[np.bool_]) -> dict[str, int]:
        """value -> matching papers: most frequent first, ties by name; years newest first. All values, none of 0."""
        if name == "year":
            years, counts = np.unique(self._segment.arrays.array("year")[mask], return_counts=True)
            pairs = zip(years.tolist(), counts.tolist(), strict=True)
            return {str(year): count for year, count in sorted(pairs, reverse=True) if year}
        column = self._segment.column(name)
        counts = count_values(column.values, column.offsets, len(column.names), mask)
        present = np.flatnonzero(counts)
        order = present[np.argsort(-counts[present], kind="stable")]
        return {column.names.text(number): int(counts[number]) for number in order.tolist()}

    def results(self, dataset: str, metric: str | None = None) -> list[Claim]:
        """The numbers that papers report on a dataset, metric by metric (most claims first), best first.

        dataset, metric: in any common writing (`CIFAR10`, `acc`). Absolute values come before gains and ratios; whether
        more is better depends on the metric, where it is known, else more comes first. Ties by paper id.
        """
        arrays = self._segment.arrays
        keep = np.isin(arrays.array("metrics.dataset"), self._matcher.dataset_ordinals([dataset]))
        if metric is not None:
            keep &= np.isin(arrays.array("metrics.metric"), self._matcher.metric_ordinals(metric))
        datasets = {fold(dataset), fold(canonical_dataset(dataset))}
        metrics = None if metric is None else {fold(metric), fold(canonical_metric(metric))}
        claims = []
        for row in np.unique(arrays.array("metrics.row")[keep]).tolist():
            record = self._record(row)
            names = {d.name: fold(d.canonical) for d in record.extraction.datasets}
            claims += [
                Claim(record, claim)
                for claim in record.extraction.metrics
                if names.get(claim.dataset or "", fold(claim.dataset or "")) in datasets
                and (metrics is None or fold(claim.canonical) in metrics)
            ]
        return _sorted_claims(claims)

    # --- single papers --------------------------------------------------------------------------------------

    def get(self, id_: str) -> Record:
        """The paper with this id, or whose arXiv id, DOI, URL or whole title this is. Raises PaperMissing."""
        for key in lookup_keys(id_):
            for row in self._segment.rows_of_key(key):
                if self._holds(row, key):
                    return self._record(row)
        raise PaperMissing(f"no paper {id_!r} in {self.path}; 'searchidx search' finds ids")

    def records(self) -> Iterable[Record]:
        """Every paper, in the order of ids."""
        return (self._record(row) for row in range(self._segment.n_rows))

    def _record(self, row: int) -> Record:
        try:
            return Record.load(self._segment.stored(row))
        except (KeyError, TypeError) as exc:
            path = self._segment.directory / "stored.bytes"
            raise IndexDamaged(f"{path}: row {row} is no record; rebuild the index") from exc

    # --- about the index ------------------------------------------------------------------------------------

    def stats(self) -> dict[str, Any]:
        """Counts and provenance: papers, terms, sizes, facets, what it was made from and when."""
        manifest = self.generation.manifest
        everything = np.ones(self._segment.n_rows, bool)
        with_values = {
            name: int(np.count_nonzero(np.diff(self._segment.column(name).offsets))) for name in ("dataset", "metric")
        }
        code = self._facet("code", everything)
        return {
            "path": str(self.path),
            "generation": self.generation.name,
            "created": manifest.get("created"),
            "papers": self._segment.n_rows,
            "listings": manifest.get("listings"),
            "with_code": code.get("linked", 0),
            "with_datasets": with_values["dataset"],
            "with_metrics": with_values["metric"],
            "reported_numbers": len(self._segment.arrays.array("metrics.row")),
            "distinct": {
                name: len(self._segment.column(name).names) for name in ("dataset", "metric", "venue", "author", "repo")
            },
            "terms": len(self._segment.terms),
            "words": dict(zip((f.name for f in TEXT_FIELDS), self._segment.total_lengths, strict=True)),
            "code": code,
            "year": self._facet("year", everything),
            "source": self._facet("source", everything),
            "size_bytes": sum(int(entry["size"]) for entry in manifest.get("files", {}).values()),
            "sources": manifest.get("sources", []),
            "versions": manifest.get("versions", {}),
        }

    def whoosh(self) -> whoosh.index.Index:
        """The same files as a real `whoosh.index.Index`, for any Whoosh query; read-only."""
        from searchidx.store.whoosh_view import WhooshView

        return WhooshView(self._segment)


def facet_names(facets: Iterable[str] | bool) -> Sequence[str]:
    """The facets asked for, all for True. Raises UsageError for one that is none."""
    if facets is True:
        return DEFAULT_FACETS
    names = (facets,) if isinstance(facets, str) else tuple(facets or ())
    for name in names:
        if name not in BY_NAME or not BY_NAME[name].facet:
            raise UsageError(f"unknown facet {name!r}; known are {', '.join(f.name for f in FACETS)}")
    return names


def _sorted_claims(claims: Sequence[Claim]) -> list[Claim]:
    """Claims by metric, most frequent metric first, then absolute before other kinds, then best first, then by id."""
    frequency = Counter(claim.metric.canonical for claim in claims)

    def place(claim: Claim) -> tuple[bool, int, str, bool, float, str]:
        name = claim.metric.canonical
        value = number(claim.metric.value)
        size = value if isinstance(value, float) else math.nan
        better = size if metric_direction(name) == "lower" else -size
        return (
            name == UNSPECIFIED,
            -frequency[name],
            name,
            claim.metric.kind != "absolute",
            math.inf if math.isnan(better) else better,
            claim.record.paper.id,
        )

    return sorted(claims, key=place)


def _is_plain(tree: q.Group) -> bool:
    """Only ranked words side by side, each free to stand in any text field."""
    return (
        bool(tree.should)
        and not (tree.must or tree.must_not or tree.narrow)
        and all(isinstance(n, q.Word) and len(n.fields) == len(TEXT_FIELDS) for n in tree.should)
    )


def _ordinal(date: int) -> int:
    """The day number of YYYYMMDD; a missing month or day is the first."""
    year, month, day = date // 10_000, date // 100 % 100 or 1, date % 100 or 1
    return datetime.date(year, month, day).toordinal()
