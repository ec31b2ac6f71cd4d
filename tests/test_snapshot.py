"""Several segments with deletions answer as one that never held the deleted papers: to the last bit, ties by id."""

from __future__ import annotations

import math
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_rows import Row, batch_of_rows

from searchidx.analysis import analyse
from searchidx.compiled import CompiledScorer, make
from searchidx.scoring import Scorer, Weights
from searchidx.store.keys import fold, key_hash
from searchidx.store.segment import Segment, SegmentWriter
from searchidx.store.snapshot import Snapshot
from searchidx.wanted import Pair, Wanted

F32 = np.float32
EXECUTORS = ("numpy", "numba")
#: The last two put several terms on one position, and one term on several.
WORDS = ("alpha", "beta", "gamma", "delta", "omega", "self-supervised", "GPT-4")
TERMS = tuple(dict.fromkeys(token.term for word in WORDS for token in analyse(word)))
VENUES = ("CVPR", "cvpr", "ICML", "Ägypt", "agypt")
#: How far the mean length that a segment was made with is from its own; None: not given.
FACTORS = (None, 0.2, 0.5, 1.0, 3.0, 5.0)


class Paper(NamedTuple):
    id: str
    texts: tuple[str, str]
    venues: tuple[str, ...] = ()
    group: int = 0
    year: int = 0


class Dealt(NamedTuple):
    """The papers of one segment, those of them that are deleted, and what its mean length is multiplied with."""

    papers: Sequence[Paper]
    deleted: frozenset[str]
    factor: float | None = None


def segment_of(directory: Path, papers: Iterable[Paper], avgdl: float | None = None) -> Segment:
    (directory / "spill").mkdir(parents=True)
    with closing(SegmentWriter(directory / "seg", directory / "spill", avgdl=avgdl)) as writer:
        rows = [
            Row(
                *(paper.id, paper.texts, {"venue": paper.venues}, (), paper.year, 0, 0),
                keys=(f"id:{paper.id}", f"group:{paper.group}"),
                stored=b"{}",
            )
            for paper in papers
        ]
        writer.add(batch_of_rows(rows))
        return Segment(directory / "seg", writer.finish())


def snapshot_of(directory: Path, corpus: Sequence[Dealt]) -> Snapshot:
    opened = []
    for number, dealt in enumerate(corpus):
        papers = sorted(dealt.papers, key=lambda paper: paper.id.encode())
        avgdl = None if dealt.factor is None else dealt.factor * max(Oracle(papers).avgdl, 1.0)
        segment = segment_of(directory / str(number), papers, avgdl)
        opened.append((segment, np.array([paper.id in dealt.deleted for paper in papers], bool)))
    return Snapshot(opened)


class Oracle:
    """The live papers and what is asked of them, one paper and one term at a time, as `ranking.bm25f` has it."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        self.papers = {paper.id: paper for paper in papers}
        tokens = {id_: [analyse(text) for text in paper.texts] for id_, paper in self.papers.items()}
        self.tfs = {id_: [Counter(t.term for t in field) for field in fields] for id_, fields in tokens.items()}
        self.places = {id_: [{(t.term, t.position) for t in field} for field in f] for id_, f in tokens.items()}
        self.lengths = {id_: [len({t.position for t in field}) for field in f] for id_, f in tokens.items()}
        self.total_lengths = tuple(sum(lengths[f] for lengths in self.lengths.values()) for f in (0, 1))
        n_without = sum(1 for _, abstract in self.lengths.values() if not abstract)
        total = 3.0 * self.total_lengths[0] + self.total_lengths[1] + 50 * n_without
        self.avgdl = total / len(self.papers) if self.papers else 0.0
        self.df = Counter(term for title, abstract in self.tfs.values() for term in title.keys() | abstract.keys())

    @classmethod
    def of(cls, corpus: Iterable[Dealt]) -> Oracle:
        return cls(paper for dealt in corpus for paper in dealt.papers if paper.id not in dealt.deleted)

    def score(self, id_: str, terms: Mapping[str, float]) -> F32:
        constant, per_length = F32(1.2 * 0.25), F32(1.2 * 0.75 / self.avgdl) if self.avgdl else F32(0)
        title, abstract = self.lengths[id_]
        norm = constant + per_length * (F32(3) * F32(title) + F32(1) * F32(abstract or 50))
        score = F32(0)
        for term, weight in terms.items():
            title, abstract = (tf[term] for tf in self.tfs[id_])
            if title or abstract:
                tf = F32(3) * F32(title) + F32(1) * F32(abstract)
                df = self.df[term]
                idf = F32(weight) * F32(math.log1p((len(self.papers) - df + 0.5) / (df + 0.5)))
                score += idf * (tf / (tf + norm))
        return score

    def holds(self, id_: str, term: str) -> bool:
        return any(tf[term] for tf in self.tfs[id_])

    def ranked(self, terms: Mapping[str, float], ids: Iterable[str]) -> list[tuple[str, F32]]:
        """(id, score), best first, ties by id."""
        return sorted(((id_, self.score(id_, terms)) for id_ in ids), key=lambda pair: (-pair[1], pair[0].encode()))

    def holding_any(self, terms: Iterable[str]) -> set[str]:
        terms = list(terms)
        return {id_ for id_ in self.papers if any(self.holds(id_, term) for term in terms)}

    def holding_all(self, terms: Iterable[str]) -> set[str]:
        terms = list(terms)
        return {id_ for id_ in self.papers if all(self.holds(id_, term) for term in terms)}

    def phrase(self, terms: Sequence[str], fields: Iterable[int]) -> set[str]:
        return {
            id_
            for id_ in self.papers
            for field in fields
            for _, start in self.places[id_][field]
            if all((term, start + offset) in self.places[id_][field] for offset, term in enumerate(terms))
        }


def by_id(snapshot: Snapshot, found: tuple[Any, Any]) -> list[tuple[str, F32]]:
    """Rows and scores as (id, score); equal only when the scores are so to the last bit."""
    rows, scores = found
    assert scores.dtype == np.float32
    return [(snapshot.id(row), score) for row, score in zip(rows.tolist(), scores, strict=True)]


def ids_of(snapshot: Snapshot, rows: Any) -> list[str]:
    assert (np.diff(rows) > 0).all()
    return [snapshot.id(row) for row in rows.tolist()]


def rows_of(snapshot: Snapshot, ids: Iterable[str]) -> Any:
    """The rows of live papers, rising."""
    wanted = set(ids)
    return np.array([row for row in snapshot.live_rows().tolist() if snapshot.id(row) in wanted], np.int64)


# --- random corpora -----------------------------------------------------------------------------------------

texts = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)
papers = st.tuples(texts, texts, st.lists(st.sampled_from(VENUES), max_size=2), st.integers(0, 2), st.integers(0, 2))


@st.composite
def corpora(draw: st.DrawFn) -> list[Dealt]:
    """Papers dealt over 1 to 6 segments: one by one, so that ids interleave, or in runs, so that they do not.

    Segments may be empty, and all of a segment deleted. Most texts are given to two papers, so that they tie.
    """
    drawn = draw(st.lists(papers, max_size=15))
    n_segments = draw(st.integers(1, 6))
    hands: list[list[Paper]] = [[] for _ in range(n_segments)]
    in_runs = draw(st.booleans())
    total = 2 * len(drawn)
    deleted = draw(st.sets(st.integers(0, max(total - 1, 0))))
    for number in range(total):
        title, abstract, venues, group, year = drawn[number // 2] if number % 3 else drawn[number // 2 - 1]
        hand = number * n_segments // total if in_runs else draw(st.integers(0, n_segments - 1))
        # as UTF-8 é comes after every letter without an accent
        id_ = f"{'é' if number % 4 == 3 and not in_runs else 'p'}{number:02}"
        hands[hand].append(Paper(id_, (title, abstract), tuple(venues), group, 2020 + year if year else 0))
    gone = frozenset(paper.id for hand in hands for paper in hand if int(paper.id[1:]) in deleted)
    corpus = [Dealt(hand, gone, draw(st.sampled_from(FACTORS))) for hand in hands]
    return draw(st.permutations(corpus))


terms_ = st.sampled_from((*TERMS, "unheard"))
weights = st.one_of(st.just(1.0), st.integers(2, 5).map(float), st.floats(0.05, 9.0))
queries = st.dictionaries(terms_, weights, max_size=5)
several = settings(max_examples=30)


Opened = tuple[Snapshot, list[Scorer], Oracle]


def scored(snapshot: Snapshot, corpus: Iterable[Dealt]) -> Opened:
    """A snapshot, its scorers of either kind, what is right."""
    scorers = [make(snapshot, None, executor) for executor in EXECUTORS]
    assert [isinstance(scorer, CompiledScorer) for scorer in scorers] == [False, snapshot.n_papers > 0]
    return snapshot, scorers, Oracle.of(corpus)


@pytest.fixture(scope="module")
def open_() -> Callable[[Sequence[Dealt]], Opened]:
    """A function that writes the segments of a corpus and opens them; see `scored`."""
    in_memory = Path("/dev/shm")  # sixty small files a segment: ten times as fast as on a disk

    def opened(corpus: Sequence[Dealt]) -> Opened:
        # what is mapped stays when the files are gone
        with tempfile.TemporaryDirectory(dir=in_memory if in_memory.is_dir() else None) as directory:
            return scored(snapshot_of(Path(directory), corpus), corpus)

    return opened


def near(terms: dict[str, float], distances: Sequence[int]) -> Wanted:
    """Terms in the order typed, each a distance from the one before, all of them telling."""
    names = list(terms)
    pairs = [
        Pair(first, second, distance, (min(terms[first], 1.0), min(terms[second], 1.0)))
        for first, second, distance in zip(names, names[1:], distances, strict=False)
        if distance > 0
    ]
    return Wanted(terms, tuple(pairs), tuple(names), len(names))


class TestTop:
    @several
    @given(corpora(), queries, st.integers(1, 12))
    def test_of_all_papers_that_hold_a_term(self, open_, corpus, terms, k):
        snapshot, scorers, oracle = open_(corpus)
        expected = oracle.ranked(terms, oracle.holding_any(terms))
        for scorer in scorers:
            assert by_id(snapshot, scorer.top(Wanted(terms), k, None)) == expected[:k]
            assert by_id(snapshot, scorer.top(Wanted(terms), 100, snapshot.live)) == expected

    @several
    @given(corpora(), queries, st.integers(1, 12), st.data())
    def test_of_those_that_are_allowed(self, open_, corpus, terms, k, data):
        snapshot, scorers, oracle = open_(corpus)
        allowed = data.draw(st.sets(st.sampled_from(sorted(oracle.papers)))) if oracle.papers else set()
        mask = np.zeros(snapshot.n_rows, bool)
        mask[rows_of(snapshot, allowed)] = True
        holding = allowed & oracle.holding_any(terms)
        for scorer in scorers:
            found = scorer.top(Wanted(terms), k, mask.copy(), must_hold=True)
            assert by_id(snapshot, found) == oracle.ranked(terms, holding)[:k]
            found = scorer.top(Wanted(terms), k, mask.copy(), must_hold=False)
            assert by_id(snapshot, found) == oracle.ranked(terms, allowed)[:k]

    @several
    @given(corpora(), queries, st.integers(1, 12), st.data())
    def test_of_rows_that_are_known(self, open_, corpus, terms, k, data):
        snapshot, scorers, oracle = open_(corpus)
        chosen = data.draw(st.sets(st.sampled_from(sorted(oracle.papers)))) if oracle.papers else set()
        for scorer in scorers:
            found = scorer.top_of(Wanted(terms), k, rows_of(snapshot, chosen))
            assert by_id(snapshot, found) == oracle.ranked(terms, chosen)[:k]

    @several
    @given(corpora(), queries, st.integers(1, 12), st.data())
    def test_with_pairs_and_titles_is_the_same_on_both_executors(self, open_, corpus, terms, k, data):
        snapshot, (slow, fast), oracle = open_(corpus)
        asked = near(terms, data.draw(st.lists(st.integers(-3, 3), min_size=len(terms), max_size=len(terms))))
        everything = snapshot.live_rows()
        scores = dict(by_id(snapshot, (everything, slow.score_rows(asked, everything))))
        holding = sorted(oracle.holding_any(terms), key=lambda id_: (-scores[id_], id_.encode()))
        expected = [(id_, scores[id_]) for id_ in holding]
        assert by_id(snapshot, (everything, fast.score_rows(asked, everything))) == list(scores.items())
        for scorer in (slow, fast):
            assert by_id(snapshot, scorer.top(asked, k, None)) == expected[:k]
            assert by_id(snapshot, scorer.top_of(asked, k, rows_of(snapshot, holding))) == expected[:k]

    @pytest.mark.parametrize("executor", EXECUTORS)
    def test_of_every_live_paper(self, open_, executor):
        papers = [Paper("a", ("alpha", "")), Paper("b", ("beta", "")), Paper("c", ("gamma", ""))]
        corpus = [Dealt(papers, frozenset({"b"}))]
        snapshot, scorers, oracle = open_(corpus)
        found = scorers[EXECUTORS.index(executor)].top(Wanted({"alpha": 1.0}), 10, None, must_hold=False)
        assert by_id(snapshot, found) == oracle.ranked({"alpha": 1.0}, oracle.papers)


class TestScores:
    @several
    @given(corpora(), queries, st.randoms(use_true_random=False))
    def test_of_rows_in_any_order(self, open_, corpus, terms, rng):
        snapshot, scorers, oracle = open_(corpus)
        rows = snapshot.live_rows()
        rng.shuffle(rows)
        expected = [(id_, oracle.score(id_, terms)) for id_ in map(snapshot.id, rows.tolist())]
        for scorer in scorers:
            assert by_id(snapshot, (rows, scorer.score_rows(Wanted(terms), rows))) == expected
            assert by_id(snapshot, (rows, scorer.scores(terms)[rows])) == expected

    @several
    @given(corpora())
    def test_rest_on_counts_of_live_papers_alone(self, open_, corpus):
        snapshot, scorers, oracle = open_(corpus)
        assert (snapshot.n_papers, snapshot.total_lengths) == (len(oracle.papers), oracle.total_lengths)
        for scorer in scorers:
            assert {term: scorer.df(term) for term in TERMS if scorer.df(term)} == oracle.df
            assert scorer.df("unheard") == 0
            assert scorer.avgdl == oracle.avgdl

    def test_of_other_weights_are_those_of_one_segment(self, open_, tmp_path):
        corpus = mixed(random.Random(3), (40, 30, 20))
        snapshot, _, oracle = open_(corpus)
        alone = snapshot_of(tmp_path, [Dealt(list(oracle.papers.values()), frozenset())])
        weights = Weights(boosts=(1.0, 2.0), k1=0.9, b=0.4)
        for terms in ({"alpha": 1.0}, {"beta": 2.0, "gamma": 1.0, "unheard": 1.0}):
            found = [
                by_id(s, make(s, weights, e).top(Wanted(terms), 20, None)) for s in (snapshot, alone) for e in EXECUTORS
            ]
            assert found == [found[0]] * 4
            assert found[0]


class TestRows:
    @several
    @given(corpora(), st.lists(terms_, min_size=1, max_size=3))
    def test_that_hold_any_and_all_of_the_terms(self, open_, corpus, terms):
        snapshot, scorers, oracle = open_(corpus)
        for scorer in scorers:
            mask = scorer.holding_any(terms)
            assert (mask.dtype, mask.shape) == (np.bool_, (snapshot.n_rows,))
            assert set(ids_of(snapshot, np.flatnonzero(mask))) == oracle.holding_any(terms)
            assert set(ids_of(snapshot, scorer.holding_all(terms))) == oracle.holding_all(terms)

    @several
    @given(corpora(), st.lists(terms_, min_size=1, max_size=3), st.sampled_from([(0,), (1,), (0, 1)]))
    def test_that_hold_a_phrase(self, open_, corpus, terms, fields):
        snapshot, scorers, oracle = open_(corpus)
        for scorer in scorers:
            assert set(ids_of(snapshot, scorer.phrase(terms, fields))) == oracle.phrase(terms, fields)

    @several
    @given(corpora(), st.randoms(use_true_random=False))
    def test_have_ids(self, open_, corpus, rng):
        snapshot, scorers, _ = open_(corpus)
        rows = np.arange(snapshot.n_rows)
        rng.shuffle(rows)
        for scorer in scorers:
            assert scorer.ids(rows) == [snapshot.id(row) for row in rows.tolist()]
            assert scorer.ids(rows[:0]) == []

    def test_have_ids_with_what_stands_between_joined_ones(self, tmp_path):
        ids = ["a", "a\0", "a\0b", "ä"]
        snapshot = snapshot_of(tmp_path, [Dealt([Paper(id_, ("alpha", "")) for id_ in ids], frozenset())])
        for executor in EXECUTORS:
            assert make(snapshot, None, executor).ids(np.array([2, 0, 3, 1])) == [ids[row] for row in (2, 0, 3, 1)]

    @several
    @given(corpora())
    def test_of_a_key(self, open_, corpus):
        snapshot, scorers, oracle = open_(corpus)
        expected = {f"group:{n}": {p.id for p in oracle.papers.values() if p.group == n} for n in range(4)}
        for dealt in corpus:
            expected |= {f"id:{paper.id}": {paper.id} & oracle.papers.keys() for paper in dealt.papers}
        for scorer in scorers:
            for key, ids in expected.items():
                rows = scorer.rows_of_hash(key_hash(key))
                assert rows == snapshot.rows_of_key(key)
                assert set(ids_of(snapshot, np.array(rows, np.int64))) == ids


class TestValues:
    @several
    @given(corpora(), st.data())
    def test_are_counted_over_spellings_and_segments(self, open_, corpus, data):
        snapshot, scorers, oracle = open_(corpus)
        chosen = data.draw(st.sets(st.sampled_from(sorted(oracle.papers)))) if oracle.papers else set()
        names = snapshot.values("venue").names
        held = Counter(key for id_ in chosen for key in {fold(venue) for venue in oracle.papers[id_].venues})
        for scorer in scorers:
            counts = scorer.count_values("venue", rows_of(snapshot, chosen)).tolist()
            assert {fold(name): count for name, count in zip(names, counts, strict=True) if count} == held
        assert [fold(name) for name in names] == sorted({fold(name) for name in names}, key=str.encode)

    def test_the_first_segment_by_ids_gives_the_spelling(self, tmp_path):
        corpus = [Dealt([Paper(id_, ("", ""), (venue,))], frozenset()) for id_, venue in (("b", "cvpr"), ("a", "CVPR"))]
        assert snapshot_of(tmp_path, corpus).values("venue").names == ["CVPR"]

    @several
    @given(corpora())
    def test_numbers_and_rows_of_values(self, open_, corpus):
        snapshot, _, oracle = open_(corpus)
        years = snapshot.numbers(lambda segment: segment.years)
        assert {snapshot.id(row): years[row] for row in snapshot.live_rows().tolist()} == {
            id_: paper.year for id_, paper in oracle.papers.items()
        }
        rows = snapshot.rows_holding("venue", lambda column: [n for n in [column.keys.find(b"cvpr")] if n >= 0])
        live = rows if snapshot.live is None else rows[snapshot.live[rows]]
        assert set(ids_of(snapshot, live)) == {
            id_ for id_, paper in oracle.papers.items() if {"CVPR", "cvpr"} & set(paper.venues)
        }


class TestOrder:
    @several
    @given(corpora(), st.lists(st.integers(-2, 2), min_size=30, max_size=30), st.integers(0, 31))
    def test_the_first_are_a_full_sort_cut_off(self, open_, corpus, numbers, k):
        snapshot, _, _ = open_(corpus)
        rows = snapshot.live_rows()
        scores = np.array(numbers[: len(rows)], np.float32)
        places = snapshot.first(scores, rows, k).tolist()
        order = sorted(range(len(rows)), key=lambda i: (-scores[i], snapshot.id(int(rows[i])).encode()))
        assert places == order[:k]

    @several
    @given(corpora(), st.randoms(use_true_random=False))
    def test_papers_come_in_the_order_of_ids(self, open_, corpus, rng):
        snapshot, _, oracle = open_(corpus)
        expected = sorted(oracle.papers, key=str.encode)
        assert [snapshot.id(row) for row in snapshot.rows_by_id()] == expected
        rows = snapshot.live_rows().tolist()
        rng.shuffle(rows)
        assert [snapshot.id(row) for row in snapshot.ordered(rows)] == expected

    @pytest.mark.parametrize("hands", [("abcx", "mno"), ("axyz", "bcd"), ("ad", "bcx", "m"), ("az", "bcdefg")])
    def test_ties_are_in_the_order_of_ids_even_if_the_first_are_all_in_one_segment(self, open_, hands):
        corpus = [Dealt([Paper(id_, ("alpha", "")) for id_ in hand], frozenset()) for hand in hands]
        snapshot, scorers, _ = open_(corpus)
        assert not snapshot.in_id_order
        everything, terms = sorted("".join(hands)), {"alpha": 1.0}
        for scorer in scorers:
            for k in range(1, len(everything) + 2):
                for found in (
                    scorer.top(Wanted(terms), k, None),
                    scorer.top(Wanted({}), k, np.ones(snapshot.n_rows, bool), must_hold=False),
                    scorer.top_of(Wanted(terms), k, np.arange(snapshot.n_rows)),
                ):
                    assert [snapshot.id(row) for row in found[0].tolist()] == everything[:k]

    def test_segments_whose_ids_do_not_interleave_are_known_as_such(self, tmp_path):
        def opened(name: str, *ids: str) -> Snapshot:
            corpus = [Dealt([Paper(id_, ("", "")) for id_ in hand], frozenset()) for hand in ids]
            return snapshot_of(tmp_path / name, corpus)

        assert opened("one", "abc").in_id_order
        assert opened("runs", "cd", "ab", "ef").in_id_order
        assert not opened("dealt", "ac", "bd").in_id_order
        assert not opened("inside", "ad", "bc").in_id_order


class TestNothing:
    @pytest.mark.parametrize(
        "corpus",
        [
            [],
            [Dealt([], frozenset())],
            [Dealt([Paper("a", ("alpha", "beta"), ("CVPR",))], frozenset({"a"}))],
            [Dealt([Paper("a", ("", ""))], frozenset()), Dealt([Paper("b", ("alpha", ""))], frozenset({"b"}))],
        ],
        ids=["no segment", "an empty segment", "all deleted", "no text left"],
    )
    def test_is_found_where_no_live_paper_holds_a_term(self, open_, corpus):
        snapshot, scorers, oracle = open_(corpus)
        assert snapshot.n_papers == len(oracle.papers) == len(list(snapshot.rows_by_id()))
        for scorer in scorers:
            assert by_id(snapshot, scorer.top(Wanted({"alpha": 1.0}), 10, None)) == []
            assert scorer.holding_all(["alpha"]).tolist() == scorer.phrase(["alpha", "beta"], (0, 1)).tolist() == []
            assert not scorer.holding_any(["alpha", "beta"]).any()
            assert not scorer.count_values("venue", snapshot.live_rows()).any()
            assert scorer.df("alpha") == 0


# --- more than one range ------------------------------------------------------------------------------------


def mixed(rng: random.Random, sizes: Sequence[int], factors: Sequence[float | None] = (None,)) -> list[Dealt]:
    """Papers of few different texts, so that hundreds score the same; a tenth is deleted, ids interleave."""
    ids = [f"p{number:05}" for number in range(sum(sizes))]
    rng.shuffle(ids)
    corpus = []
    for number, size in enumerate(sizes):
        hand, ids = sorted(ids[:size]), ids[size:]
        dealt = []
        for place, id_ in enumerate(hand):
            # short texts lie together: whole ranges score less than others
            longest = 3 if place < size // 3 else 9
            # some have counts without a code, and positions of several bytes
            n_words = rng.choice((60, 300, 900)) if rng.random() < 0.02 else rng.choice((1, longest))
            abstract = " ".join(rng.choices(WORDS[:5], (40, 20, 10, 5, 1), k=n_words))
            title = rng.choice(("", "", "", "", "alpha", "alpha", "beta gamma", "alpha beta alpha"))
            dealt.append(Paper(id_, (title, abstract), (), place % 3))
        gone = frozenset(id_ for id_ in hand if rng.random() < 0.1)
        corpus.append(Dealt(dealt, gone, factors[number % len(factors)]))
    return corpus


@pytest.fixture(scope="module", params=["as its own", "far off", "nothing deleted"])
def large(request: pytest.FixtureRequest, open_: Callable[[Sequence[Dealt]], Opened]) -> Opened:
    """7,000 papers in segments of three, two and one ranges."""
    factors = (0.2, 5.0, 1.0) if request.param == "far off" else (None,)
    corpus = mixed(random.Random(7), (4500, 2200, 300), factors)
    if request.param == "nothing deleted":
        corpus = [dealt._replace(deleted=frozenset()) for dealt in corpus]
    return open_(corpus)


class TestManyRanges:
    def test_frequent_terms_have_tables_and_others_none(self, large):
        snapshot, _, _ = large
        for segment, _, _ in snapshot.parts:
            df = np.diff(segment.arrays.array("postings.offsets"))
            assert segment.arrays.array("ranges.terms").tolist() == np.flatnonzero(df >= 256).tolist()
        n_frequent = [len(part.segment.arrays.array("ranges.terms")) for part in snapshot.parts]
        assert 0 < sum(n_frequent) < sum(len(part.segment.terms) for part in snapshot.parts)

    def test_the_best_are_those_of_the_formula(self, large):
        snapshot, scorers, oracle = large
        rng = random.Random(8)
        n_ties = 0
        for _ in range(10):
            terms = {term: rng.choice((1.0, 1.0, 2.0, 0.3)) for term in rng.sample(TERMS[:5], rng.randint(1, 4))}
            expected = oracle.ranked(terms, oracle.holding_any(terms))
            n_ties += len(expected) - len({score for _, score in expected})
            for k in (1, 10, 333, 8000):
                for scorer in scorers:
                    assert by_id(snapshot, scorer.top(Wanted(terms), k, None)) == expected[:k], (terms, k)
        assert n_ties > 10_000

    def test_the_best_with_pairs_and_titles_are_those_of_all_scores(self, large):
        snapshot, (slow, fast), _ = large
        rng = random.Random(9)
        rows = snapshot.live_rows()
        for _ in range(6):
            terms = {term: rng.choice((1.0, 2.0, 0.3)) for term in rng.sample(TERMS[:6], rng.randint(2, 4))}
            asked = near(terms, [rng.choice((1, 1, 2)) for _ in terms])
            scores = slow.score_rows(asked, rows)
            order = snapshot.first(scores, rows, 500)
            expected = [(i, s) for i, s in by_id(snapshot, (rows[order], scores[order])) if s > 0]
            for k in (1, 10, 333):
                for scorer in (slow, fast):
                    assert by_id(snapshot, scorer.top(asked, k, None)) == expected[:k], (asked, k)

    def test_the_best_of_some_are_those_of_the_formula(self, large):
        snapshot, scorers, oracle = large
        terms = {"alpha": 1.0, "omega": 2.0}
        for share in (2, 50, 2000):
            allowed = {id_ for id_ in oracle.papers if int(id_[1:]) % share == 1}
            rows = rows_of(snapshot, allowed)
            mask = np.zeros(snapshot.n_rows, bool)
            mask[rows] = True
            holding, all_ = (oracle.ranked(terms, ids) for ids in (allowed & oracle.holding_any(terms), allowed))
            for scorer in scorers:
                for k in (1, 10, 333):
                    assert by_id(snapshot, scorer.top(Wanted(terms), k, mask.copy(), must_hold=True)) == holding[:k]
                    assert by_id(snapshot, scorer.top(Wanted(terms), k, mask.copy(), must_hold=False)) == all_[:k]
                assert by_id(snapshot, scorer.top_of(Wanted(terms), 10, rows)) == all_[:10]

    def test_sets_are_those_of_the_live_papers(self, large):
        snapshot, scorers, oracle = large
        for terms in (["alpha"], ["beta", "gamma"], ["alpha", "beta", "omega"], ["delta", "delta"]):
            for scorer in scorers:
                assert set(ids_of(snapshot, scorer.holding_all(terms))) == oracle.holding_all(terms)
                assert set(ids_of(snapshot, np.flatnonzero(scorer.holding_any(terms)))) == oracle.holding_any(terms)
                assert set(ids_of(snapshot, scorer.phrase(terms, (0, 1)))) == oracle.phrase(terms, (0, 1))
