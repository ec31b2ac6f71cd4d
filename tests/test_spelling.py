"""Words cut short, mistyped and half typed: what they stand for in an index, and what is offered in their place."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest
from conftest import ROOT, TINY, write_jsonl
from hypothesis import given, settings
from hypothesis import strategies as st

import searchidx
from searchidx import query as q
from searchidx.errors import UsageError
from searchidx.vocabulary import ENDINGS, MAX_EXPANSIONS, Vocabulary

EXECUTORS = ("numpy", "numba")

LIBRARY = [
    {
        "id": "a",
        "title": "Segmentation of scans",
        "abstract": "We segment scans with a transformer network; segmentation it is.",
    },
    {"id": "b", "title": "Segments of speech", "abstract": "Networks split speech into segments."},
    {"id": "c", "title": "Studies of depth", "abstract": "A study of depth; studying is learning."},
    {"id": "d", "title": "Learnable filters", "abstract": "Filters that learn, and probability of networking."},
    {"id": "e", "title": "ImageNet and ResNet-50", "abstract": "ResNet on ImageNet, deep learning at scale."},
    {"id": "f", "title": "Transfer of deep learning", "abstract": "Transfer learning, deep learning and BERT."},
    {"id": "g", "title": "Best of both", "abstract": "The best model for semantic parsing, naïve Bayes, Müller cells."},
]


@pytest.fixture(scope="module", params=EXECUTORS)
def library(request, tmp_path_factory) -> searchidx.index.Index:
    directory = tmp_path_factory.mktemp("library")
    searchidx.build([write_jsonl(directory / "papers.jsonl", LIBRARY)], directory / "index")
    return searchidx.open(directory / "index", executor=request.param)


def found(index, text: str, **options) -> str:
    return "".join(sorted(hit.id for hit in index.search(text, limit=100, **options).hits))


class TestMatching:
    @pytest.mark.parametrize(
        ("query", "ids"),
        [
            # the term of all of these is `segment`; a word cut short finds it when a paper writes a word that begins so
            ("segm*", "ab"),
            ("segmenta*", "ab"),
            ("segmentations*", ""),
            ("segmente*", ""),
            ("studyi*", "c"),
            ("studie*", "c"),
            ("stu*", "c"),
            ("probabili*", "d"),
            ("networki*", "abd"),
            ("learna*", "d"),
            ("naiv*", "g"),
            ("naï*", "g"),
            ("MÜLL*", "g"),
            ("resnet-*", "e"),
            ("image*", "e"),
            ("title:transf*", "f"),
            ("abstract:transf*", "af"),
            ("+transf* -bert", "a"),
            ("transf* NOT deep", "a"),
            ("(segm* OR stud*) AND speech", "b"),
            ("zzz*", ""),
            ("transfomer~", "af"),  # "transfer" is two off
            ("transfomer~1", "a"),
            ("segmentaton~", "ab"),
            ("segmentaton~1", "ab"),
            ("segmntaton~1", ""),
            ("segmntaton~2", "ab"),
            ("egmentation~", ""),  # the first letter must agree
            ("bestt~", "g"),
            ("bertt~", "f"),
            ("betr~", "f"),  # two letters swapped are one off; "best" is two off
            ("betr~2", "fg"),
            ("title:betr~2", "g"),
            ("title:imagnet~", "e"),
            ("resnet-51~1", "e"),
            ('"segmentation scans"~1', "a"),
            ('"scans segmentation"~3', ""),
            ('"deep scale"~2', "e"),
            ('"deep scale"~1', ""),
            ('"transfer deep learning"~1', "f"),
            ('title:"transfer learning"~1', ""),
            ('title:"transfer learning"~2', "f"),
            ('"networks speech"~9', "b"),  # never from the title into the abstract
        ],
    )
    def test_finds(self, library, query, ids):
        assert found(library, query) == ids

    def test_what_stands_for_no_word_is_unknown(self, library):
        page = library.search("zzz* qqqq~ depth")
        assert page.unknown == ("zzz*", "qqqq~1")
        assert page.did_you_mean is None

    def test_filters_narrow_it(self, library):
        assert found(library, "segm*", year=2020) == ""

    def test_what_it_found_is_marked(self, library):
        hit = library.search("transfomer~ scan*", snippets=True).hits[0]
        assert "<mark>transformer</mark>" in hit.snippet
        assert "<mark>scans</mark>" in hit.snippet


@pytest.mark.parametrize("executor", EXECUTORS)
class TestScoring:
    def built(self, tmp_path, executor, papers):
        records = [
            {"id": name, "title": f"Note {name}", "abstract": text, "doi": f"10.1000/{name}"}
            for name, text in papers.items()
        ]
        searchidx.build([write_jsonl(tmp_path / "papers.jsonl", records)], tmp_path / "index")
        return searchidx.open(tmp_path / "index", executor=executor)

    def test_many_words_that_begin_so_are_still_one_word(self, tmp_path, executor):
        many = " ".join(f"kappa{letter}x" for letter in "bcdfgh")
        papers = {"many": f"{many} filler words", "both": "kappa sigma filler words"}
        papers |= {f"more{number}": "kappa filler words again and again" for number in range(9)}
        index = self.built(tmp_path, executor, papers)
        page = index.search("kappa* sigma")
        assert page.hits[0].id == "both"
        by_id = {hit.id: hit.score for hit in index.search("kappa*", limit=100).hits}
        assert 0 < by_id["many"] < by_id["both"]

    def test_all_words_together_weigh_one(self, tmp_path, executor):
        index = self.built(tmp_path, executor, {"a": "kappabx kappacx", "b": "kappabx", "c": "sigma"})
        matcher = index._matcher
        weights = matcher.expanded(q.Prefix("kappa", (0, 1)))
        shares = {term: weight / matcher.telling(term) for term, weight in weights.items()}
        assert sum(w * float(index._scorer.idf(t)) for t, w in shares.items()) == pytest.approx(
            float(searchidx.ranking.bm25f.idf(3, 3))
        )

    def test_one_word_alone_weighs_what_it_weighs_typed_out(self, tmp_path, executor):
        index = self.built(tmp_path, executor, {"a": "kappabx of all", "b": "other things", "c": "sigma"})
        assert index.search("kappab*").hits[0].score == index.search("kappabx").hits[0].score
        assert index.search("kappabc~1").hits[0].score == index.search("kappabx").hits[0].score

    def test_nearer_words_weigh_more(self, tmp_path, executor):
        papers = {"exact": "kappax here", "near": "kappay here", "far": "kappyz here", "other": "nothing here"}
        index = self.built(tmp_path, executor, papers)
        assert [hit.id for hit in index.search("kappax~2").hits] == ["exact", "near", "far"]

    def test_the_most_frequent_are_taken(self, tmp_path, executor):
        letters = "bcdfghjklmnpqrtvwxz"
        rare = [f"kappa{a}{b}x" for a in letters for b in letters][: MAX_EXPANSIONS + 20]
        papers = {"rare": " ".join(rare), "twice": f"{rare[-1]} {rare[-2]}"}
        index = self.built(tmp_path, executor, papers)
        taken = [term for term, _ in index._matcher.vocabulary.beginning("kappa")]
        assert taken[:2] == sorted(rare[-2:])
        assert taken[2:] == sorted(rare[:-2])[: MAX_EXPANSIONS - 2]


class TestLikeOneBuiltAnew:
    def test_with_segments_and_deletions_and_either_executor(self, tmp_path):
        rng = random.Random(4)
        stems = ["segment", "segregat", "network", "netbook", "learn", "lean", "depth", "deput"]
        records = [
            {
                "id": f"p{number:02}",
                "title": f"Note {number} of " + " ".join(rng.choice(stems) + rng.choice(ENDINGS[:9]) for _ in range(3)),
                "abstract": " ".join(rng.choice(stems) + rng.choice(ENDINGS) for _ in range(9)),
            }
            for number in range(40)
        ]
        index, fresh = tmp_path / "index", tmp_path / "fresh"
        searchidx.build([write_jsonl(tmp_path / "0.jsonl", records[:10])], index)
        for start in range(4):
            searchidx.update([write_jsonl(tmp_path / "more.jsonl", records[10 + start :: 4])], index, merge=False)
        gone = {f"p{number:02}" for number in range(0, 40, 3)}
        searchidx.delete(sorted(gone), index)
        searchidx.build([write_jsonl(tmp_path / "all.jsonl", [r for r in records if r["id"] not in gone])], fresh)
        ours, theirs = searchidx.open(index, executor="numpy"), searchidx.open(fresh, executor="numpy")
        opened = [ours, theirs, *(searchidx.open(path, executor="numba") for path in (index, fresh))]
        for text in ("seg*", "segmenta*", "ne*", "networki*", "lern~", "netwrok~ dep*", "segmnt~2", '"learn depth"~4',
                     "netwrok lerning", "segmetation", "netwo rk", "learningdepth"):  # fmt: skip
            pages = [index.search(text, limit=100, explain=True, snippets=True) for index in opened]
            assert len({str([(h.id, h.score, h.explanation, h.snippet) for h in page.hits]) for page in pages}) == 1
            assert len({(page.total, page.unknown, page.did_you_mean) for page in pages}) == 1, text
        for text in ("se", "learning ne", "note 1", "segmentation le", "Note"):
            assert ours.suggest(text) == theirs.suggest(text)


# --- against slow definitions ---------------------------------------------------------------------------------


def slow_osa(a: str, b: str) -> int:
    """Optimal string alignment, as the textbooks have it."""
    table = [[max(i, j) if not i * j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            changed = table[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, changed)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@settings(max_examples=80)
@given(st.text("abk1é", min_size=2, max_size=7), st.integers(1, 2))
def test_near_words_are_those_so_many_letters_off(codes: searchidx.index.Index, word: str, most: int):
    vocabulary: Vocabulary = codes._matcher.vocabulary
    terms = [term.decode() for term in codes._snapshot.parts[0].segment.terms.all_bytes()]
    expected = {t: slow_osa(word, t) for t in terms if t[0] == word[0] and slow_osa(word, t) <= most}
    near = {n.term: n.distance for n in vocabulary.near(word, most)}
    if len(near) < MAX_EXPANSIONS:
        # a word of letters alone may be nearer by another ending of the term
        assert expected.keys() <= near.keys()
        assert all(near[term] <= distance for term, distance in expected.items())
    distances = [n.distance for n in vocabulary.near(word, most)]
    assert distances == sorted(distances)


@pytest.fixture(scope="module")
def codes(tmp_path_factory) -> searchidx.index.Index:
    rng = random.Random(2)
    words = sorted({"".join(rng.choices("abk1é", k=rng.randint(2, 7))) for _ in range(300)})
    directory = tmp_path_factory.mktemp("codes")
    record = {"id": "x", "title": "All words", "abstract": " ".join(words)}
    searchidx.build([write_jsonl(directory / "papers.jsonl", [record])], directory / "index")
    return searchidx.open(directory / "index", executor="numpy")


NAMES = {"a": "alpha", "b": "beta", "c": "gamma"}


@pytest.fixture(scope="module")
def orders(tmp_path_factory) -> tuple[searchidx.index.Index, list[list[str]]]:
    rng = random.Random(8)
    texts = [rng.choices("abc", k=rng.randint(1, 9)) for _ in range(120)]
    records = [
        {"id": f"p{n:03}", "title": f"Paper {n}", "abstract": " ".join(map(NAMES.get, text)), "doi": f"10.1000/{n}"}
        for n, text in enumerate(texts)
    ]
    directory = tmp_path_factory.mktemp("orders")
    searchidx.build([write_jsonl(directory / "p.jsonl", records)], directory / "index")
    return searchidx.open(directory / "index", executor="numpy"), texts


@settings(max_examples=60)
@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=4), st.integers(1, 4))
def test_loose_phrases_find_what_a_slow_search_finds(orders, phrase, gap):
    index, texts = orders
    written = " ".join(map(NAMES.get, phrase))
    expected = [f"p{n:03}" for n, text in enumerate(texts) if any(spans(text, phrase, gap))]
    assert sorted(hit.id for hit in index.search(f'"{written}"~{gap}', limit=1000).hits) == expected


def spans(text: list[str], phrase: list[str], gap: int) -> Iterator[bool]:
    def ends(start: int, rest: list[str]) -> Iterator[int]:
        if not rest:
            yield start
        for place in range(start + 1, len(text)):
            if rest and text[place] == rest[0]:
                yield from ends(place, rest[1:])

    for start, word in enumerate(text):
        if word == phrase[0]:
            yield any(end - start - (len(phrase) - 1) <= gap for end in ends(start, phrase[1:]))


# --- did you mean ---------------------------------------------------------------------------------------------


class TestDidYouMean:
    @pytest.mark.parametrize(
        ("query", "better"),
        [
            ("transfomer network", "transformer network"),
            ("segmentatoin", "segmentation"),
            ("semntic parsing -depht", "semantic parsing -depht"),  # words under - rank nothing
            ('"semantc parsing"', '"semantic parsing"'),
            ("title:transfomer", "title:transformer"),
            ("+semnatic (parsng OR best)", "+semantic (parsing OR best)"),
            ("imagnet", "ImageNet"),
            ("IMAGNET DEPHT PLEASE LEARN", "ImageNet depth PLEASE LEARN"),
            ("deplearning", None),
            ("deeplearning", "deep learning"),
            ("semant ic parsing", "semantic parsing"),
            ("segmentatoin dataset:segmentatoin", "segmentation dataset:segmentatoin"),
            ("  Semntic,  parsing? ", "  semantic,  parsing? "),
            ("depth network", None),
            ("xylophone", None),
            ("Zlatkovic", None),
            ("SegmentatioN of scans", None),  # written with care
            ("abc", None),
            ("", None),
            ("dataset:imagnet", None),
        ],
    )
    def test_offers(self, library, query, better):
        assert library.search(query).did_you_mean == better
        assert library.facets(query).did_you_mean == better

    def test_what_is_offered_finds_something(self, library):
        page = library.search("transfomer semntic")
        assert page.unknown == ("transfomer", "semntic")
        assert library.search(page.did_you_mean).unknown == ()

    def test_it_is_found_when_asked_for(self, library, monkeypatch):
        calls = []
        monkeypatch.setattr(Vocabulary, "spelled", lambda *_: calls.append(1) or "found")
        page = library.search("transfomer")
        assert not calls
        assert (page.did_you_mean, page.did_you_mean, len(calls)) == ("found", "found", 1)

    def test_the_other_words_decide_between_equally_near_ones(self, tmp_path):
        papers = [f"kernel carts and carbs number{n}" for n in range(5)] + ["river cards flow"]
        records = [{"id": f"p{n}", "title": f"T{n} note", "abstract": text} for n, text in enumerate(papers)]
        searchidx.build([write_jsonl(tmp_path / "p.jsonl", records)], tmp_path / "index")
        index = searchidx.open(tmp_path / "index", executor="numpy")
        assert index.search("carxs river").did_you_mean == "cards river"
        assert index.search("carxs kernel").did_you_mean in ("carts kernel", "carbs kernel")

    @settings(max_examples=80)
    @given(st.text(alphabet='segmntaio dph-"()+:*~ Zé中\ud800\x00', max_size=40))
    def test_any_query(self, tiny, text):
        try:
            page = tiny.search(text)
        except UsageError:
            return
        better = page.did_you_mean
        assert better is None or better != text
        if better is not None:
            tiny.search(better)


@pytest.fixture(scope="module")
def tiny(tiny_index) -> searchidx.index.Index:
    return searchidx.open(tiny_index, executor="numpy")


# --- while typing ---------------------------------------------------------------------------------------------


class TestSuggest:
    @pytest.mark.parametrize(
        ("text", "offered"),
        [
            ("segm", ["segmentation", "Segmentation of scans", "Segments of speech"]),
            ("deep le", ["deep learning"]),
            ("speech seg", ["speech segmentation"]),
            ("Transfer o", ["Transfer of deep learning"]),  # one letter is too few for words
            ("studies of depth", ["Studies of depth"]),
            ("imagenet a", ["ImageNet and ResNet-50"]),
            ("imagene", ["ImageNet", "ImageNet and ResNet-50"]),
            ("parsing xq", []),
            ("title:seg", ["title:segmentation"]),
            ('"deep lea', ['"deep learning']),
            ("dataset:imag", []),
            ("", []),
            ("   ", []),
            ("-", []),
        ],
    )
    def test_offers(self, library, text, offered):
        suggested = library.suggest(text)
        assert [offer for offer in suggested if offer in offered] == offered
        assert bool(suggested) is bool(offered)

    def test_most_papers_first(self, tiny):
        assert tiny.suggest("de")[0] == "depth"

    def test_limit(self, library):
        assert len(library.suggest("se", limit=1)) == 1
        assert library.suggest("se", limit=0) == []

    @settings(max_examples=150)
    @given(st.one_of(st.text(max_size=30), st.text(alphabet='dephriv -"():*~A\ud800\x00', max_size=20)))
    def test_any_text(self, tiny, text):
        suggested = tiny.suggest(text)
        assert len(suggested) <= 8
        assert len({offer.casefold() for offer in suggested}) == len(suggested)


# --- at the terminal ------------------------------------------------------------------------------------------


def test_the_command_offers_a_spelling_beside_what_it_found(run, tiny_index):
    done = run("search", "dpeth", "river", "--index", tiny_index)
    assert done.code == 0
    assert "2 papers" in done.out
    assert done.err == "in no paper: dpeth; did you mean: depth river\n"
    done = run("search", "dpeth", "--json", "--index", tiny_index)
    assert (done.code, done.json["did_you_mean"]) == (1, "depth")
    assert run("search", "river", "--index", tiny_index).err == ""


def test_the_command_shows_the_language_without_an_index(run):
    assert run("search", "--help-syntax") == (0, q.SYNTAX, "")


def test_every_example_of_the_page_finds_something_in_the_sample_corpus(tmp_path):
    searchidx.build([ROOT / "corpus"], tmp_path / "index")
    index = searchidx.open(tmp_path / "index", executor="numpy")
    examples = q.SYNTAX.partition("\nExamples\n")[2].splitlines()
    assert len(examples) > 3
    assert [text for text in examples if not index.search(text).total] == []


def test_a_page_of_the_longest_words_is_quick(tiny):
    started = time.process_time()
    for text in ("a" * 512, "ab" * 200 + "*", "ab" * 200 + "~", " ".join(f"depht{c}~2" for c in "abcdefgh")):
        page = tiny.search(text)
        assert page.did_you_mean is None or page.unknown
    tiny.suggest("a" * 500)
    assert time.process_time() - started < 5


def test_the_fixture_has_the_words_these_tests_speak_of():
    assert sum("depth" in f"{paper['title']} {paper['abstract']}" for paper in TINY) == 3
