"""Ranked search against a slow loop written from the formula in `ranking.bm25f`, to the last bit, ties included."""

import json
import math
import random
from collections import Counter
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchidx
from searchidx import scoring
from searchidx.analysis import analyse
from searchidx.errors import SearchIdxError
from searchidx.ranking import bm25f
from searchidx.store.snapshot import Snapshot

F32 = np.float32
BOOSTS, K1, B = (3.0, 1.0), 1.2, 0.75
NEARNESS, COVERAGE = 0.25, 0.08
NO_ABSTRACT = 50

# words that are their own only term, rarer towards the end
WORDS = "alpha beta gamma delta epsilon kappa lambda omega sigma tau zeta theta iota".split()


def generated(seed, n=120):
    """Papers of a few words, some with keywords; every fifth repeats another's, so that whole groups score the same.

    Titles begin with a word that no query has: a query that is a whole title would pin its paper.
    """
    rng = random.Random(seed)
    papers = []
    for number in range(n):
        if number % 5 == 4:
            title, abstract, keywords = map(rng.choice(papers).get, ("title", "abstract", "keywords"))
        else:
            weights = [1 / (i + 1) for i in range(len(WORDS))]
            title = " ".join(["Note", *rng.choices(WORDS, weights, k=rng.randint(0, 5))])
            abstract = " ".join(rng.choices(WORDS, weights, k=rng.randint(1, 40))) if rng.random() < 0.9 else "."
            keywords = [" ".join(rng.choices(WORDS, k=2)) for _ in range(max(0, rng.randint(-4, 3)))]
        # distinct DOIs keep papers of one title apart
        keys = {"id": f"p{rng.random():.12f}", "doi": f"10.1000/{number}"}
        papers.append({**keys, "title": title, "abstract": abstract, "keywords": keywords})
    rng.shuffle(papers)
    return papers


def built(directory, papers, executor="numpy"):
    (directory / "papers.jsonl").write_text("\n".join(map(json.dumps, papers)))
    searchidx.build([directory / "papers.jsonl"], directory / "index")
    return searchidx.open(directory / "index", executor=executor)


class Oracle:
    """The formula, one paper and one term at a time, in the order of operations that the module's docstring gives."""

    def __init__(self, papers):
        self.papers = sorted(papers, key=lambda p: p["id"].encode())
        self.tfs = []
        self.lengths = []
        self.places = []
        for paper in self.papers:
            tokens = [analyse(paper["title"]), analyse(" ".join([paper["abstract"], *paper["keywords"]]))]
            self.tfs.append([Counter(token.term for token in field) for field in tokens])
            self.lengths.append([len({token.position for token in field}) for field in tokens])
            self.places.append([{(token.term, token.position) for token in field} for field in tokens])

    def df(self, term):
        return sum(1 for title, abstract in self.tfs if title[term] or abstract[term])

    def idf(self, word):
        n, df = len(self.papers), self.df(word)
        return F32(math.log1p((n - df + 0.5) / (df + 0.5)))

    def weight(self, word, times=1):
        """What a word weighs in a query that has it so many times."""
        occurrences = sum(title[word] + abstract[word] for title, abstract in self.tfs)
        if not occurrences:
            return 0.0
        n, df = len(self.papers), self.df(word)
        idf = float(F32(math.log1p((n - df + 0.5) / (df + 0.5))))
        return sum([(occurrences / df) ** 0.45 * idf ** (0.9 - 1)] * times)

    def counted(self, row):
        title, abstract = self.lengths[row]
        return title, abstract or NO_ABSTRACT

    def score(self, row, words, boosts=BOOSTS, k1=K1, b=B, nearness=NEARNESS, coverage=COVERAGE):
        n = len(self.papers)
        total_lengths = [sum(self.counted(row)[f] for row in range(n)) for f in (0, 1)]
        avgdl = sum(w * length for w, length in zip(boosts, total_lengths, strict=True)) / n
        dl = F32(boosts[0]) * F32(self.counted(row)[0])
        dl += F32(boosts[1]) * F32(self.counted(row)[1])
        norm = F32(k1 * (1 - b)) + (F32(k1 * b / avgdl) if avgdl else F32(0)) * dl
        score = F32(0)
        for word, times in Counter(words).items():
            tf = F32(boosts[0]) * F32(self.tfs[row][0][word])
            tf += F32(boosts[1]) * F32(self.tfs[row][1][word])
            if tf:
                score += (F32(self.weight(word, times)) * self.idf(word)) * (tf / (tf + norm))
        for first, second in dict.fromkeys(pairwise(words)):
            if first == second:
                continue
            tf = F32(boosts[0]) * F32(self.together(row, 0, first, second))
            tf += F32(boosts[1]) * F32(self.together(row, 1, first, second))
            if tf:
                weights = [F32(self.weight(word)) * self.idf(word) for word in (first, second)]
                score += (F32(nearness) * np.sqrt(weights[0] * weights[1])) * (tf / (tf + norm))
        covered = len({word for word in words if self.tfs[row][0][word]})
        if covered:
            length = self.lengths[row][0]
            score += score * (F32(coverage) * (F32(min(covered, length)) / F32(length)))
        return score

    def together(self, row, field, first, second):
        places = self.places[row][field]
        return sum(1 for term, position in places if term == first and (second, position + 1) in places)

    def ranked(self, words, **weights):
        """(id, score) of every paper that holds a word, best first, ties by id."""
        holds = [row for row, (title, abstract) in enumerate(self.tfs) if any(title[w] or abstract[w] for w in words)]
        scores = [(self.papers[row]["id"], float(self.score(row, words, **weights))) for row in holds]
        return sorted(scores, key=lambda pair: (-pair[1], pair[0].encode()))


# with blocks of four rows the likely ones among 120 are found as they are in large indexes
@pytest.fixture(scope="module", params=[(1, "numpy", 64), (2, "numpy", 4), (2, "numba", 64), (3, "numba", 64)])
def corpus(request, tmp_path_factory):
    seed, executor, block = request.param
    papers = generated(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "_BLOCK", block)
        yield built(tmp_path_factory.mktemp("ranking"), papers, executor), Oracle(papers), random.Random(seed)


def found(page):
    return [(hit.id, hit.score) for hit in page.hits]


def test_scores_and_order_are_those_of_the_formula(corpus):
    index, oracle, rng = corpus
    for _ in range(25):
        words = rng.choices(WORDS, k=rng.randint(1, 5))
        page = index.search(" ".join(words), limit=1000)
        expected = oracle.ranked(words)
        assert found(page) == expected
        assert page.total == len(expected)


def test_ties_come_out_by_id_wherever_the_page_ends(corpus):
    index, oracle, _ = corpus
    expected = oracle.ranked(["alpha"])
    scores = [score for _, score in expected]
    assert len(set(scores)) < len(scores)  # there are ties to break
    for limit in range(1, len(expected) + 2):
        assert found(index.search("alpha", limit=limit)) == expected[:limit]


@pytest.mark.parametrize(
    "weights",
    [
        {"boosts": (1.0, 1.0)},
        {"k1": 0.0},
        {"k1": 2.0, "b": 0.0},
        {"boosts": (0.3, 7.1), "k1": 0.9, "b": 1.0},
        {"nearness": 0.0, "coverage": 0.0},
        {"nearness": 3.0, "coverage": 0.0},
        {"nearness": 0.0, "coverage": 2.5},
        {"boosts": (0.0, 1.0), "nearness": 1.5, "coverage": 1.5},
    ],
    ids=str,
)
def test_weights_a_caller_gives_are_those_of_the_formula(corpus, weights):
    index, oracle, rng = corpus
    for _ in range(8):
        words = rng.choices(WORDS, k=rng.randint(2, 5))
        expected = oracle.ranked(words, **weights)
        for limit in (3, 1000):
            page = index.search(" ".join(words), limit=limit, weights=searchidx.Weights(**weights))
            assert found(page) == expected[:limit]


def test_a_word_typed_twice_counts_twice(corpus):
    index, oracle, _ = corpus
    once, twice = index.search("sigma tau", limit=1000), index.search("sigma sigma tau", limit=1000)
    assert found(twice) == oracle.ranked(["sigma", "sigma", "tau"])
    assert found(once) != found(twice)


def test_what_papers_repeat_weighs_more_than_what_they_say_once(tmp_path):
    filler = "one two three four five six"
    index = built(tmp_path, [
        {"title": "Note a", "abstract": f"alpha {filler}"},
        {"title": "Note b", "abstract": f"beta {filler}"},
        {"title": "Note c", "abstract": f"alpha alpha {filler}"},
        {"title": "Note d", "abstract": f"beta twice {filler}"},
    ])  # fmt: skip
    found = index.search("alpha beta", explain=True).hits
    weights = {part.term: part.query_weight for hit in found for part in hit.explanation.terms if part.kind == "term"}
    assert weights["alpha"] / weights["beta"] == pytest.approx(1.5**0.45)
    assert [hit.record.paper.title for hit in found][:2] == ["Note c", "Note a"]


def test_a_title_alone_does_not_win_by_being_short(tmp_path):
    index = built(tmp_path, [
        {"title": "Gamma and sigma", "abstract": "."},
        {"title": "Gamma or sigma", "abstract": "gamma sigma " + "word " * 60},
        *({"title": f"Note {i}", "abstract": "other " * 80} for i in range(9)),
    ])  # fmt: skip
    whole, bare = index.search("gamma", limit=5).hits
    assert whole.record.paper.abstract != "." == bare.record.paper.abstract


def test_explanations_add_up_to_the_score_in_float32(corpus):
    index, oracle, rng = corpus
    for _ in range(10):
        words = rng.choices(WORDS, k=rng.randint(1, 4))
        for hit in index.search(" ".join(words), limit=20, explain=True).hits:
            total = F32(0)
            for part in hit.explanation.terms:
                total += F32(part.score)
            assert float(total) == hit.explanation.score == hit.score
            row = next(i for i, paper in enumerate(oracle.papers) if paper["id"] == hit.id)
            assert hit.explanation.length == dict(zip(("title", "abstract"), oracle.lengths[row], strict=True))
            for part in hit.explanation.terms:
                if part.kind == "title":
                    assert part.tf["title"] == len({w for w in words if oracle.tfs[row][0][w]})
                    continue
                if part.kind == "pair":
                    together = (oracle.together(row, field, *part.term.split()) for field in (0, 1))
                    assert tuple(part.tf.values()) == tuple(together)
                    continue
                assert part.df == oracle.df(part.term)
                assert part.tf == {"title": oracle.tfs[row][0][part.term], "abstract": oracle.tfs[row][1][part.term]}
                assert part.weighted_tf == 3 * part.tf["title"] + part.tf["abstract"]
                assert part.query_weight == oracle.weight(part.term, words.count(part.term))
                ratio = F32(part.weighted_tf) / (F32(part.weighted_tf) + F32(part.norm))
                assert part.score == F32(part.query_weight) * F32(part.idf) * ratio


# compounds score by several terms of which some may weigh less than 1: whatever the weights, they are shown
def test_explanations_of_compounds_add_up_too(tmp_path):
    index = built(tmp_path, [
        {"title": "Self-supervised GPT-4 on ImageNet-1k", "abstract": "A self supervised model, and self-supervised."},
        {"title": "Supervised selves", "abstract": "GPT4 and imagenet for LLM-based agents."},
        {"title": "Nothing of the kind", "abstract": "Weather."},
    ])  # fmt: skip
    page = index.search("self-supervised GPT-4 LLM-based ImageNet-1k", explain=True)
    assert page.total == 2
    for hit in page.hits:
        total = F32(0)
        for part in hit.explanation.terms:
            total += F32(part.score)
            if part.kind == "title":
                continue
            ratio = F32(part.weighted_tf) / (F32(part.weighted_tf) + F32(part.norm))
            assert part.score == F32(part.query_weight) * F32(part.idf) * ratio
        assert float(total) == hit.score > 0


def test_the_order_papers_were_read_in_does_not_matter(tmp_path):
    papers = generated(9, n=60)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = built(tmp_path / "a", papers), built(tmp_path / "b", papers[::-1])
    for query in ("alpha", "beta gamma", "zeta alpha iota"):
        assert found(first.search(query, limit=1000)) == found(second.search(query, limit=1000))


# large enough for pruning to leave papers unlooked at, with whole groups of ties at every cut
def test_both_executors_give_the_same_pages_to_the_last_bit(tmp_path):
    rng = random.Random(4)
    papers = generated(4, n=3000)
    for paper in rng.sample(papers, 30):  # a word so rare that the others are looked up beside it
        paper["abstract"] += " rho" + rng.choice(["", " alpha", " alpha beta"])
    numpy = built(tmp_path, papers)
    numba = searchidx.open(tmp_path / "index", executor="numba")
    some = [rng.choices([*WORDS, "rho"], k=rng.randint(1, 6)) for _ in range(40)]
    queries = [" ".join(words) for words in some]
    queries += [" AND ".join(words) for words in some[:20]] + [f'"{" ".join(words[:3])}"' for words in some[20:]]
    queries += [
        "+alpha +beta",
        "rho AND alpha",
        '"rho alpha"',
        '"alpha beta"',
        'title:"alpha beta"',
        'abstract:"beta alpha"',
        '"alpha alpha"',
        " AND ".join(WORDS[:8]),
        "+alpha beta",
        "zeta -alpha",
        '"alpha beta" gamma',
        "title:zeta iota",
        "alpha AND iota OR theta",
        "nope zeta",
    ]
    for query in queries:
        for limit in (1, 10, 333):
            for options in ({}, {"page": 2}, {"year": "2020.."}, {"has_code": False}):
                first = numpy.search(query, limit=limit, facets=True, **options)
                second = numba.search(query, limit=limit, facets=True, **options)
                assert found(first) == found(second), (query, limit, options)
                assert (first.total, first.facets) == (second.total, second.facets)


def test_weights_that_make_no_sense_are_refused(corpus):
    index, _, _ = corpus
    for weights in ({"k1": -1}, {"b": 2}):
        with pytest.raises((ValueError, SearchIdxError)):
            index.search("alpha", weights=searchidx.Weights(**weights))


# --- the parts ------------------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(st.integers(1, 2**31 - 1), st.data())
def test_idf_is_above_zero_and_falls_with_df(n_docs, data):
    df = data.draw(st.integers(1, n_docs))
    assert bm25f.idf(n_docs, df) > 0
    assert bm25f.idf(n_docs, df) <= bm25f.idf(n_docs, max(df - 1, 1))


@settings(max_examples=200)
@given(st.floats(0, 1e4, width=32), st.lists(st.integers(0, 10_000), min_size=2, max_size=50))
def test_a_term_contributes_at_least_0_and_at_most_its_idf(norm, counts):
    tf = np.array(counts, F32)
    scores = bm25f.term_scores(tf, np.full(len(tf), norm, F32), F32(2.5))
    assert scores.dtype == np.float32
    assert (scores >= 0).all()
    assert (scores <= F32(2.5)).all()
    assert ((scores > 0) == (tf > 0)).all() or norm < 0


def test_a_term_in_fields_of_weight_0_contributes_nothing():
    assert bm25f.term_scores(np.zeros(3, F32), np.zeros(3, F32), F32(1)).tolist() == [0, 0, 0]


@pytest.mark.parametrize("weights", [{"k1": -0.1, "b": 0.5}, {"k1": 1, "b": -0.1}, {"k1": 1, "b": 1.1}])
def test_norms_outside_their_range_are_refused(weights):
    with pytest.raises(ValueError, match="k1 must be at least 0"):
        bm25f.norms(np.ones(2, F32), 1.0, **weights)


@settings(max_examples=200)
@given(st.lists(st.integers(-3, 3), max_size=60), st.integers(0, 70), st.data())
def test_the_best_rows_are_a_full_sort_cut_off(values, k, data):
    scores = np.array(values, F32)
    candidates = np.array(
        data.draw(st.lists(st.sampled_from(range(len(values))), unique=True).map(sorted)) if values else [], np.int64
    )
    expected = sorted(candidates.tolist(), key=lambda row: (-scores[row], row))[:k]
    snapshot = SimpleNamespace(in_id_order=True)
    assert candidates[Snapshot.first(snapshot, scores[candidates], candidates, k)].tolist() == expected
