"""Phrases against a scan of the analysed tokens: words at their distances, inside one field."""

import json
import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchidx
from searchidx.analysis import analyse, query_words

WORDS = ["graph", "depth", "net", "self-supervised", "supervised", "self", "GPT-4", "gpt", "4", "the", "of", "U-Net"]


def built(directory, papers, executor="numpy"):
    (directory / "papers.jsonl").write_text("\n".join(map(json.dumps, papers)))
    searchidx.build([directory / "papers.jsonl"], directory / "index")
    return searchidx.open(directory / "index", executor=executor)


@cache
def places_in(text):
    places = {}
    for token in analyse(text):
        places.setdefault(token.term, set()).add(token.position)
    return places


def holds(text, phrase):
    """Whether the phrase's terms stand one behind the other somewhere in the text."""
    terms = [term for word in query_words(phrase) for term in word.phrase]
    places = places_in(text)
    return any(all(at + i in places.get(term, ()) for i, term in enumerate(terms)) for at in places.get(terms[0], ()))


@pytest.fixture(scope="module", params=["numpy", "numba"])
def corpus(request, tmp_path_factory):
    rng = random.Random(5)
    papers = [
        {
            "id": f"p{number:03}",
            "title": " ".join(rng.choices(WORDS, k=rng.randint(1, 5))),
            "abstract": " ".join(rng.choices(WORDS, k=rng.randint(1, 25))),
            "doi": f"10.1000/{number}",
        }
        for number in range(150)
    ]
    return built(tmp_path_factory.mktemp("phrases"), papers, request.param), papers


def ids(index, query):
    return {hit.id for hit in index.search(query, limit=1000).hits}


def test_phrases_find_what_a_scan_of_the_tokens_finds(corpus):
    index, papers = corpus
    rng = random.Random(6)
    n_found = 0
    for _ in range(60):
        phrase = " ".join(rng.choices(WORDS, k=rng.randint(1, 4)))
        for prefix, fields in (("", ("title", "abstract")), ("title:", ("title",)), ("abstract:", ("abstract",))):
            expected = {p["id"] for p in papers if any(holds(p[field], phrase) for field in fields)}
            assert ids(index, f'{prefix}"{phrase}"') == expected, (prefix, phrase)
            n_found += bool(expected)
    assert n_found > 60  # most of them found something


def test_a_phrase_does_not_run_from_the_title_into_the_abstract(tmp_path):
    index = built(tmp_path, [{"id": "a", "title": "Deep graph", "abstract": "networks learn"}])
    assert ids(index, '"deep graph"') == ids(index, '"networks learn"') == {"a"}
    assert ids(index, '"graph networks"') == set()


def test_a_phrase_does_not_run_from_one_paper_into_the_next(tmp_path):
    papers = [
        {"id": "a", "title": "Deep graph", "abstract": "ends in sparse"},
        {"id": "b", "title": "Networks learn", "abstract": "other words"},
    ]
    assert ids(built(tmp_path, papers), '"sparse networks"') == set()


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("self supervised depth", True),
        ("self-supervised depth", True),
        ("supervised depth estimation", True),
        ("self-supervised estimation", False),
        ("depth self-supervised", False),
        ("estimation with GPT 4", True),
        ("with GPT-4", True),
        ("estimations", True),
        ("of the art", True),
        ("the of art", False),
    ],
)
def test_phrases_match_compounds_in_open_and_closed_writing(tmp_path, phrase, found):
    paper = {"id": "a", "title": "Notes", "abstract": "Self-supervised depth estimation with GPT-4, state of the art."}
    assert bool(ids(built(tmp_path, [paper]), f'"{phrase}"')) is found


def test_a_word_between_breaks_a_phrase_and_a_repeated_word_counts(tmp_path):
    index = built(tmp_path, [{"id": "a", "title": "Notes", "abstract": "deep deep wide nets"}])
    assert ids(index, '"deep deep wide"') == {"a"}
    assert ids(index, '"deep deep deep"') == set()
    assert ids(index, '"deep nets"') == set()


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5))
def test_a_piece_of_an_abstract_finds_its_paper(corpus, words):
    index, papers = corpus
    rng = random.Random(repr(words))
    paper = rng.choice(papers)
    tokens = paper["abstract"].split()
    start = rng.randrange(len(tokens))
    piece = " ".join(tokens[start : start + len(words)])
    assert paper["id"] in ids(index, f'abstract:"{piece}"')
