"""An open index: ranked search, facets, one paper, statistics. The embedded engine behind every edge.

An `Index` is a snapshot of one generation, safe to share between threads; a later build does not change it.
"""

from __future__ import annotations

import datetime
import os
import re
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property, partial
from itertools import count, islice, repeat
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from searchidx import filters as filters_
from searchidx import query as q
from searchidx.analysis import query_words
from searchidx.browsing import is_day, rows_by_day
from searchidx.compiled import CompiledScorer, Words
from searchidx.compiled import make as make_scorer
from searchidx.completing import Completer
from searchidx.counting import Counting
from searchidx.errors import IndexDamaged, PaperMissing, QueryError, UsageError
from searchidx.explaining import analysed, explained
from searchidx.extraction import canonical_dataset, canonical_metric, normalise_repo
from searchidx.fields import BY_NAME, DEFAULT_FACETS, FACETS, TEXT_FIELDS, held_texts
from searchidx.folding import folded
from searchidx.glossary import PLAIN, Glossary
from searchidx.identity import lookup_keys, title_key
from searchidx.matching import Matcher, on_dataset, with_metric
from searchidx.planning import Plan, Simple
from searchidx.questions import is_prose, without_asking
from searchidx.record import Record
from searchidx.results import Claim, Hit, Page, sorted_claims
from searchidx.scoring import Scorer, Weights
from searchidx.snippets import paper_snippet
from searchidx.spelling import Speller
from searchidx.store import generations
from searchidx.store.keys import fold, key_hash
from searchidx.store.snapshot import Snapshot
from searchidx.wanted import Known, Wanted, wanted

if TYPE_CHECKING:
    import whoosh.index

SORTS = ("relevance", "date", "trending")
MAX_LIMIT = 1000
#: Words of a paper that `similar` asks with; more find hardly better and take longer. On CSFCube, judged papers only,
#: gains 2^grade - 1: nDCG@10 0.422 with 40, 0.439 with 60, 0.444 with 80, 0.448 with all.
SIMILAR_TERMS = 60

AnyArray = npt.NDArray[Any]
_MAX_REMEMBERED = 100_000
#: So few matching rows are scored one by one sooner than by way of ranges.
_FEW_ROWS = 5_000
_LOOKS_LIKE_ID = re.compile(r"[\d/.:_-]")
_NOTHING = Wanted({})
#: Texts of `search_many` answered by one call: enough that threads seldom wait for Python's lock.
_AT_ONCE = 64
#: (rows, scores)
_Best = tuple[AnyArray, AnyArray]
#: Plans with their best papers, or what is wrong with a text, and each text's share of the time in ms.
_Found = tuple[list[tuple[Plan | Simple, _Best] | QueryError], float]
_NO_WORD = re.compile(r"[^\w\s.,;:'?!/&@#%$\\-]|(?:^|(?<=\s))-|\b(?:AND|OR|NOT)\b")
_AGE_POWER = 1.5  # how fast votes age in `trending`, the exponent that link aggregators use


class Index:
    """The live generation of an index directory. Use `searchidx.open`.

    executor: `numba`, `numpy`, or `auto`; see `compiled.make`. Both give the same answers.
    """

    def __init__(self, path: str | Path, *, executor: str = "auto") -> None:
        self.path = Path(path)
        self.generation, self._snapshot = _open_live(self.path)
        self._executor = executor
        self._most_hits = max(len(self), 1)
        self._trends: dict[int, AnyArray] = {}
        self._words: dict[str, tuple[Known, ...]] = {}
        self._glossary_kept: Glossary | None = None

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
        return self._snapshot.n_papers

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
        fold: bool = False,
        weights: Weights | None = None,
        **narrow: Any,
    ) -> Page:
        """The papers that match, best first.

        text: see `query` for the language; a paper's id, URL, DOI or repository pasted as it is finds that paper;
        a paper's whole title finds it first. An empty text browses by date.
        limit: hits on a page, 1 to 1000; page: from 1; a page past the end is empty and has the true total.
        sort: `relevance` (ties by id), `date` (newest first, undated last), `trending` (votes, decayed by age).
        facets: names of facets to count over all matches, True for all.
        fold: show near duplicates (`folding`) of a page once; the others' ids stand in `Hit.also`.
        narrow: has_code, code, dataset, metric, year, venue, source, author, repo; see `filters.make`.
        Raises QueryError or UsageError.
        """
        started = time.perf_counter()
        _check_page(limit, page)
        if sort not in SORTS:
            raise UsageError(f"unknown sort {sort!r}; known are {', '.join(SORTS)}")
        names = facet_names(facets) if facets else ()
        scorer = make_scorer(self._snapshot, weights, self._executor) if weights else self._scorer
        filters = filters_.make(**narrow) if narrow else q.NO_FILTERS
        offset = (page - 1) * limit
        k = min(offset + limit, self._most_hits)
        plan: Plan | Simple
        if weights is None and sort == "relevance" and (answered := self._simply(text, filters, k)):
            plan, (rows, scores) = answered
        else:
            plan = self._plan(text, filters, scorer)
            rows, scores = self._ranked(plan, sort, k, scorer)
        counts = self._counting.facets(names, plan.rows) if names else {}
        if offset:
            rows, scores = rows[offset:], scores[offset:]
        hits = self._hits(offset + 1, rows, scores, plan)
        if snippets or explain:
            for hit, row in zip(hits, rows.tolist(), strict=True):
                self._fill(hit, row, plan, snippets, scorer if explain else None)
        if fold:
            hits = _folded(hits)
        took = (time.perf_counter() - started) * 1000
        analysis = analysed(plan.words) if explain else ()
        return Page(
            text,
            plan.total,
            page,
            round(took, 3),
            hits,
            counts,
            plan.unknown,
            self._better_spelling(text, plan),
            analysis=analysis,
            note=plan.note,
        )

    def search_many(
        self, texts: Iterable[str], *, limit: int = 10, threads: int | None = None, **narrow: Any
    ) -> Iterator[Page]:
        """The first page of `search` for each of many texts, in their order: for evaluations and exports.

        Some texts are read at a time; compiled code finds the papers of earlier ones meanwhile, on `threads` threads
        (None: one more than there are cores). took_ms of a page is an equal share of what some texts took together,
        waiting included. limit, narrow: see `search`. Raises UsageError at once, and QueryError when it is the text's
        turn: the pages before it come first.
        """
        _check_page(limit, 1)
        if threads is not None and threads < 1:
            raise UsageError(f"{threads} threads; give at least 1, or None")
        filters = filters_.make(**narrow) if narrow else q.NO_FILTERS
        return self._search_many(iter(texts), filters, limit, threads or (os.cpu_count() or 1) + 1)

    def _search_many(
        self, texts: Iterator[str], filters: filters_.Filters, limit: int, threads: int
    ) -> Generator[Page, None, None]:
        ahead: deque[tuple[list[str], Future[_Found]]] = deque()
        pool = ThreadPoolExecutor(threads)
        try:
            while some := list(islice(texts, _AT_ONCE)):
                started = time.perf_counter()
                glossary = self._glossary
                asked = [glossary.read(text) if glossary else None for text in some]
                ahead.append((some, pool.submit(self._bests, some, asked, filters, limit, started)))
                if len(ahead) > threads + 1:
                    yield from self._pages(*ahead.popleft())
            while ahead:
                yield from self._pages(*ahead.popleft())
        finally:  # nobody waits for what is not begun when pages are no longer wanted
            pool.shutdown(cancel_futures=True)

    def _bests(
        self, texts: Sequence[str], asked: Sequence[Words | None], filters: filters_.Filters, limit: int, started: float
    ) -> _Found:
        """A plan with its best papers, or what is wrong, for each of some texts; simple ones in one call, which lets
        other threads go on. asked: None for what is not simple.
        """
        k, glossary = min(limit, self._most_hits), self._glossary
        passing = self._matcher.passing(filters)
        simple = [words for words in asked if words]
        bests = iter(glossary.best_of_each(simple, k, passing) if glossary else ())
        found: list[tuple[Plan | Simple, _Best] | QueryError] = []
        for text, words in zip(texts, asked, strict=True):
            if glossary and words and (best := next(bests)):
                full = partial(self._plan, text, filters, self._scorer)
                found.append((Simple(glossary, words, passing, full), best))
                continue
            try:
                plan = self._plan(text, filters, self._scorer)
                found.append((plan, self._ranked(plan, "relevance", k, self._scorer)))
            except QueryError as exc:
                found.append(exc)
        return found, (time.perf_counter() - started) * 1000 / len(texts)

    def _pages(self, texts: list[str], found: Future[_Found]) -> Iterator[Page]:
        answers, share = found.result()
        took = round(share, 3)
        for text, answer in zip(texts, answers, strict=True):
            if isinstance(answer, QueryError):
                raise answer
            plan, best = answer
            hits = self._hits(1, *best, plan)
            spelling = self._better_spelling(text, plan)
            yield Page(text, plan.total, 1, took, hits, {}, plan.unknown, spelling, note=plan.note)

    def _simply(self, text: str, filters: filters_.Filters, k: int) -> tuple[Simple, _Best] | None:
        """The plan and the k best papers of a simple question, None for any other."""
        glossary = self._glossary
        if glossary is None or (asked := glossary.read(text)) is None:
            return None
        passing = self._matcher.passing(filters)
        best = glossary.best(asked, k, passing)
        if best is None:
            return None
        return Simple(glossary, asked, passing, partial(self._plan, text, filters, self._scorer)), best

    def similar(self, id_: str, *, limit: int = 10, snippets: bool = False, **narrow: Any) -> Page:
        """Papers like one paper, which is not among them: its `SIMILAR_TERMS` most telling words as a query.

        A word tells much when it scores much in the paper itself; it weighs as often as the paper has it, a word of the
        title three times. id_: as in `get`. limit, narrow: see `search`. Raises PaperMissing, UsageError.
        """
        started = time.perf_counter()
        _check_page(limit, 1)
        record, row = self._find_paper(id_)
        terms = self._telling_terms(record, row)
        filters = filters_.make(**narrow) if narrow else q.NO_FILTERS
        plan = Plan(self._matcher, self._scorer, None, Wanted(terms), filters, {})
        rows, scores = self._ranked(plan, "relevance", min(limit + 1, len(self)), self._scorer)
        others = np.flatnonzero(rows != row)[:limit]
        hits = self._hits(1, rows[others], scores[others], plan)
        if snippets:
            for hit, other in zip(hits, rows[others].tolist(), strict=True):
                self._fill(hit, other, plan, snippets, None)
        took = (time.perf_counter() - started) * 1000
        return Page(record.paper.title, lambda: plan.total() - int(plan.mask[row]), 1, round(took, 3), hits)

    def _telling_terms(self, record: Record, row: int) -> dict[str, float]:
        """The terms of a paper that score most in it, and how often it has them, most telling first."""
        counts: dict[str, float] = {}
        for text, field in zip(held_texts(record.paper), TEXT_FIELDS, strict=True):
            for word in query_words(text):
                if not word.is_stop:
                    for term, weight in self._matcher.own_terms(word).items():
                        counts[term] = counts.get(term, 0.0) + field.boost * weight
        here = np.array([row])
        telling = {term: float(self._scorer.score_rows(Wanted({term: 1.0}), here)[0]) for term in counts}
        chosen = sorted(counts, key=lambda term: (-telling[term], term))[:SIMILAR_TERMS]
        return {term: counts[term] for term in chosen}

    def facets(self, text: str = "", *, facets: Iterable[str] | bool = True, **narrow: Any) -> Page:
        """Counts alone: a page without hits."""
        started = time.perf_counter()
        names = facet_names(facets)
        plan = self._plan(text, filters_.make(**narrow), self._scorer)
        counts = self._counting.facets(names, plan.rows) if names else {}
        took = (time.perf_counter() - started) * 1000
        return Page(text, plan.total, 1, round(took, 3), (), counts, plan.unknown, self._better_spelling(text, plan))

    def suggest(self, text: str, *, limit: int = 8) -> list[str]:
        """Completions for a search box: what `text` may become, at most `limit`.

        First the text with its last word completed, by words that stand in papers together with the words before it,
        most papers first; then whole titles that begin with the text. Nothing for an empty text; never an error.
        """
        return self._completer.suggest(text, limit)

    def _better_spelling(self, text: str, plan: Plan | Simple) -> Callable[[], str | None] | None:
        """What finds other spellings for the words no paper holds, when there are any."""
        return partial(self._speller.did_you_mean, text, plan.unknown, plan.terms) if plan.unknown else None

    @cached_property
    def _speller(self) -> Speller:
        return Speller(self._matcher.vocabulary)

    @cached_property
    def _completer(self) -> Completer:
        return Completer(self._matcher)

    @property
    def _glossary(self) -> Glossary | None:
        """What answers simple questions, where kernels do."""
        known = self._glossary_kept
        if known is None or known.is_full:
            scorer = self._scorer
            if not isinstance(scorer, CompiledScorer):
                return None
            known = self._glossary_kept = Glossary(scorer, self._matcher.known, _keys_of)
        return known

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._snapshot, self._scorer)

    @cached_property
    def _scorer(self) -> Scorer:
        return make_scorer(self._snapshot, None, self._executor)

    def _plan(self, text: str, narrow: filters_.Filters, scorer: Scorer) -> Plan:
        only, pinned = self._pasted(text)
        plan = partial(Plan, self._matcher, scorer, narrow=narrow, pinned=pinned)
        if only:
            return plan(tree=None, wanted=_NOTHING)
        if len(text) <= q.MAX_CHARS:
            text = without_asking(text)
            if PLAIN.fullmatch(text):
                words = self._plain_words(text)
                asked, unknown = wanted(words)
                # when no word is known, or there are too many, the general path must look
                if asked.terms and len(words) <= q.MAX_TERMS:
                    return plan(tree=None, wanted=asked, unknown=unknown, words=words)
        note = None
        try:
            tree = q.parse(text)
        except QueryError as exc:
            if pinned:
                return plan(tree=None, wanted=_NOTHING)  # a title may hold anything
            if not is_prose(text):
                raise
            tree = q.parse(_NO_WORD.sub(" ", text)[: q.MAX_CHARS])
            note = f"read as plain words: {exc}"
        words = self._matcher.words(tree)
        asked, unknown = wanted(words)
        return plan(tree=tree, wanted=asked, unknown=unknown, words=words, note=note)

    def _plain_words(self, text: str) -> list[Known]:
        """`Matcher.words` for words side by side, each word looked up once and remembered."""
        known = self._words
        words: list[Known] = []
        for token in text.split():
            found = known.get(token)
            if found is None:
                if len(known) > _MAX_REMEMBERED:
                    known.clear()
                found = known[token] = tuple(map(self._matcher.known, query_words(token)))
            words += found
        return words

    def _pasted(self, text: str) -> tuple[bool, dict[int, str]]:
        """(whether the text is an id and nothing else, row -> `id` or `title`) for an id, URL or title pasted whole."""
        rows: dict[int, str] = {}
        if not text.strip():
            return False, rows
        for key in _keys_of(text):
            kind = "title" if key.startswith("title:") else "id"
            for row in self._scorer.rows_of_hash(key_hash(key)):
                if row not in rows and self._holds(row, key):
                    rows[row] = kind
        ids = {row: kind for row, kind in rows.items() if kind == "id"}
        # an id that is a plain word ("bert") is shown first, but the word is searched for too
        return (True, ids) if ids and _LOOKS_LIKE_ID.search(text) else (False, rows)

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

    def _ranked(self, plan: Plan, sort: str, k: int, scorer: Scorer) -> tuple[AnyArray, AnyArray]:
        """(rows, scores) of the k first, in order."""
        if sort == "relevance" and plan.terms:
            first = plan.shown_first
            if plan.held and not first:
                best = scorer.top_holding(plan.wanted, plan.held, k, plan.passing)
                if best is not None:
                    return best
            if not plan.is_union and not first and len(plan.rows) <= _FEW_ROWS:
                return scorer.top_of(plan.wanted, k, plan.rows)
            rows, scores = scorer.top(plan.wanted, k + len(first), plan.allowed, must_hold=plan.is_union)
            if not first:
                return rows, scores
            keep = ~np.isin(rows, first)
            shown = np.array(first, np.int64)
            rows = np.concatenate((shown, rows[keep]))[:k]
            return rows, np.concatenate((scorer.score_rows(plan.wanted, shown), scores[keep]))[:k]
        key = self._trending if sort == "trending" else self._dates
        matching = np.flatnonzero(plan.mask)
        rows = matching[self._snapshot.first(key[matching], matching, k)]
        if sort == "relevance" and (first := plan.shown_first):
            rows = np.array((first + [row for row in rows.tolist() if row not in plan.pinned])[:k], np.int64)
        return rows, scorer.score_rows(plan.wanted, rows)

    @cached_property
    def _dates(self) -> AnyArray:
        """A number per row that grows with its date: YYYYMMDD, missing parts 0."""
        return self._snapshot.numbers(lambda segment: segment.dates)

    @property
    def _trending(self) -> AnyArray:
        """Votes divided by a power of the age in days, as of today; undated papers last."""
        today = datetime.datetime.now(datetime.UTC).date().toordinal()
        known = self._trends.get(today)
        if known is None:
            known = self._trending_on(today)
            self._trends = {today: known}
        return known

    def _trending_on(self, today: int) -> AnyArray:
        votes = self._snapshot.numbers(lambda segment: segment.arrays.array("upvotes")).astype(np.float64)
        unique, inverse = np.unique(self._dates, return_inverse=True)
        ages = np.array([max(today - _ordinal(int(date)), 0) if date else np.inf for date in unique])
        result: AnyArray = (votes + 1) / (ages[inverse] + 2) ** _AGE_POWER
        return result

    def _hits(self, rank: int, rows: AnyArray, scores: AnyArray, plan: Plan | Simple) -> list[Hit]:
        """The hits of some rows, in their order, ranked from `rank` on."""
        numbers = rows.tolist()
        ids, read = self._scorer.ids(rows), repeat(self._record)
        hits = list(map(Hit, count(rank), ids, scores.tolist(), read, numbers))
        if plan.pinned:
            for hit, row in zip(hits, numbers, strict=True):
                hit.match = plan.pinned.get(row)
        return hits

    def _fill(self, hit: Hit, row: int, plan: Plan | Simple, snippets: bool, scorer: Scorer | None) -> None:
        """Add what was asked for beyond the paper: a snippet, and by a scorer an explanation."""
        if snippets:
            hit.snippet = paper_snippet(hit.record.paper, plan.wanted.shown)
        if scorer is not None:
            hit.explanation = explained(scorer, plan.wanted, row)

    @cached_property
    def _counting(self) -> Counting:
        return Counting(self._snapshot, self._scorer)

    def _facet(self, name: str, rows: AnyArray) -> dict[str, int]:
        return self._counting.facets((name,), rows)[name]

    def results(self, dataset: str, metric: str | None = None) -> list[Claim]:
        """The numbers that papers report on a dataset, metric by metric (most claims first), best first.

        dataset, metric: in any common writing (`CIFAR10`, `acc`). Absolute values come before gains and ratios; whether
        more is better depends on the metric, where it is known, else more comes first. Ties by paper id.
        """
        datasets = {fold(dataset), fold(canonical_dataset(dataset))}
        metrics = None if metric is None else {fold(metric), fold(canonical_metric(metric))}
        claims = []
        for row in self._reporting(dataset, metric):
            record = self._record(row)
            names = {d.name: fold(d.canonical) for d in record.extraction.datasets}
            claims += [
                Claim(record, claim)
                for claim in record.extraction.metrics
                if names.get(claim.dataset or "", fold(claim.dataset or "")) in datasets
                and (metrics is None or fold(claim.canonical) in metrics)
            ]
        return sorted_claims(claims)

    def _reporting(self, dataset: str, metric: str | None) -> list[int]:
        """Live rows with a reported number on the dataset (of the metric), rising."""
        rows = []
        for segment, base, deleted in self._snapshot.parts:
            table = segment.metrics
            keep = on_dataset(segment, table, dataset)
            if metric is not None:
                keep &= with_metric(segment, table, metric)
            found = np.unique(table.row[keep])
            alive = found if deleted is None else found[~deleted[found]]
            rows += (alive + base).tolist()
        return rows

    # --- by day ---------------------------------------------------------------------------------------------

    def days(self) -> dict[str, int]:
        """Day -> papers of that day, newest first; days whose year is not known (`XXXX-09-29`) last. See `browsing`."""
        return {day: len(rows) for day, rows in self._rows_by_day.items()}

    def on_day(self, day: str, *, limit: int = 100, page: int = 1) -> Page:
        """The papers of one day, most votes first, ties by id; none when there are none. Raises UsageError."""
        started = time.perf_counter()
        _check_page(limit, page)
        if not is_day(day):
            raise UsageError(f"no day: {day!r}; write it like 2025-09-29")
        rows = self._rows_by_day.get(day, np.empty(0, np.int64))
        votes = self._snapshot.numbers(lambda segment: segment.arrays.array("upvotes"))
        order = rows[self._snapshot.first(votes[rows], rows, min(page * limit, len(rows)))]
        numbers = order.tolist()
        hits = [
            Hit(rank, id_, 0.0, self._record, row)
            for rank, (id_, row) in enumerate(zip(self._snapshot.ids(numbers), numbers, strict=True), 1)
        ]
        took = (time.perf_counter() - started) * 1000
        return Page("", len(rows), page, round(took, 3), hits[(page - 1) * limit :])

    @cached_property
    def _rows_by_day(self) -> dict[str, AnyArray]:
        return rows_by_day(self._snapshot, self._dates, self._record)

    # --- single papers --------------------------------------------------------------------------------------

    def get(self, id_: str) -> Record:
        """The paper with this id, or whose arXiv id, DOI, URL or whole title this is. Raises PaperMissing."""
        return self._find_paper(id_)[0]

    def find(self, id_: str) -> int:
        """The row of the paper that `get` would give. Raises PaperMissing."""
        return self._find_paper(id_)[1]

    def _find_paper(self, id_: str) -> tuple[Record, int]:
        for key in lookup_keys(id_):
            for row in self._snapshot.rows_of_key(key):
                if self._holds(row, key):
                    return self._record(row), row
        raise PaperMissing(f"no paper {id_!r} in {self.path}; 'searchidx search' finds ids")

    def records(self) -> Iterable[Record]:
        """Every paper, in the order of ids."""
        return map(self._record, self._snapshot.rows_by_id())

    def _record(self, row: int) -> Record:
        try:
            return Record.load(self._snapshot.stored(row))
        except (KeyError, TypeError) as exc:
            raise self._snapshot.part_of(row).segment.damaged("stored.bytes") from exc

    # --- about the index ------------------------------------------------------------------------------------

    def stats(self) -> dict[str, Any]:
        """Counts and provenance: papers, terms, sizes, facets, what it was made from and when."""
        manifest, snapshot = self.generation.manifest, self._snapshot
        everything = snapshot.live_rows()
        code = self._facet("code", everything)
        return {
            "path": str(self.path),
            "generation": self.generation.name,
            "created": manifest.get("created"),
            "papers": len(self),
            "listings": manifest.get("listings"),
            "with_code": code.get("linked", 0),
            "with_datasets": self._n_with_values("dataset"),
            "with_metrics": self._n_with_values("metric"),
            "reported_numbers": self._n_reported(),
            "distinct": {
                name: int(np.count_nonzero(self._scorer.count_values(name, everything)))
                for name in ("dataset", "metric", "venue", "author", "repo")
            },
            "terms": snapshot.n_terms,
            "words": dict(zip((f.name for f in TEXT_FIELDS), snapshot.total_lengths, strict=True)),
            "code": code,
            "year": self._facet("year", everything),
            "source": self._facet("source", everything),
            "segments": len(snapshot.parts),
            "deleted": snapshot.n_rows - len(self),
            "size_bytes": sum(int(entry["size"]) for entry in manifest.get("files", {}).values()),
            "sources": manifest.get("sources", []),
            "versions": manifest.get("versions", {}),
        }

    def _n_with_values(self, field: str) -> int:
        """Live papers with a value of a keyword field."""
        counts = self._snapshot.numbers(lambda segment: np.diff(segment.column(field).offsets))
        return int(np.count_nonzero(counts[self._snapshot.live_rows()]))

    def _n_reported(self) -> int:
        """Reported numbers of live papers."""
        total = 0
        for segment, _, deleted in self._snapshot.parts:
            rows = segment.metrics.row
            total += len(rows) if deleted is None else int(np.count_nonzero(~deleted[rows]))
        return total

    def whoosh(self) -> whoosh.index.Index:
        """The same files as a real `whoosh.index.Index`, for any Whoosh query; read-only."""
        from searchidx.store.whoosh_view import WhooshView

        return WhooshView(self._snapshot)


def _open_live(path: Path) -> tuple[generations.Generation, Snapshot]:
    """The live generation, every file of it mapped."""
    while True:
        name = generations.live_name(path)
        try:
            generation = generations.read_generation(path / "generations" / name)
            return generation, generation.snapshot()
        except IndexDamaged:
            if generations.live_name(path) == name:
                raise
            # writers published and removed generations between our reading CURRENT and mapping the files it named


def _keys_of(text: str) -> list[str]:
    """The identity keys under which a paper may be meant by a text that was pasted."""
    keys = lookup_keys(text)
    if "/" in text and " " not in text.strip() and (repo := normalise_repo(text.strip())):
        keys.append(f"repo:{repo.lower()}")
    return keys


def _check_page(limit: int, page: int) -> None:
    if not 1 <= limit <= MAX_LIMIT or page < 1:
        raise UsageError(f"limit must be 1 to {MAX_LIMIT} and page at least 1, got {limit} and {page}")


def _folded(hits: list[Hit]) -> list[Hit]:
    """The first of every group of near duplicates, with the ids of the others."""
    first = []
    for group in folded([hit.record.paper for hit in hits]):
        hits[group[0]].also = tuple(hits[place].id for place in group[1:])
        first.append(hits[group[0]])
    return first


def facet_names(facets: Iterable[str] | bool) -> Sequence[str]:
    """The facets asked for, each once, all for True. Raises UsageError for one that is none."""
    if facets is True:
        return DEFAULT_FACETS
    names = (facets,) if isinstance(facets, str) else tuple(dict.fromkeys(facets or ()))
    for name in names:
        if name not in BY_NAME or not BY_NAME[name].facet:
            raise UsageError(f"unknown facet {name!r}; known are {', '.join(f.name for f in FACETS)}")
    return names


def _ordinal(date: int) -> int:
    """The day number of YYYYMMDD; a missing year, month or day is the first, 31 February some day in March."""
    year, month, day = date // 10_000 or 1, date // 100 % 100 or 1, date % 100 or 1
    return datetime.date(year, month, 1).toordinal() + day - 1
