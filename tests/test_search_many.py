"""Many texts at once: the pages are those of one search after the other."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path

import pytest

import searchidx
from searchidx.errors import QueryError, UsageError

WORDS = ["graph", "neural", "networks", "depth", "river", "small", "KD", "knowledge", "distillation", "self-taught"]
TEXTS = [
    "graph networks",
    "",
    "p007",
    '"neural networks"',
    "+graph +depth",
    "river OR small",
    "year:2020 graph",
    "nonesuch",
    "nonesuch river",
    "KD small",
    "Title 11",
    "self-taught depth depth",
]


def papers(first: int, last: int) -> list[dict[str, object]]:
    rng = random.Random(first)
    return [
        {
            "id": f"p{n:03}",
            "title": f"Title {n}",
            "abstract": "Knowledge distillation (KD). " * (n % 3 == 0) + " ".join(rng.choices(WORDS, k=12)) + ".",
            "year": 2018 + n % 5,
            "code_urls": ["https://github.com/a/b"] if n % 2 else [],
        }
        for n in range(first, last)
    ]


@pytest.fixture(scope="module", params=["one segment", "segments among one another"])
def path(request, tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("many")
    everything = papers(0, 120)
    several = request.param != "one segment"
    lists = [everything[::2], everything[1::2]] if several else [everything]
    for number, some in enumerate(lists):
        (home / f"{number}.jsonl").write_text("\n".join(map(json.dumps, some)))
    searchidx.build([home / "0.jsonl"], home / "index", extract=False)
    if several:
        searchidx.update([home / "1.jsonl"], home / "index")
        searchidx.delete(["p004", "p005"], home / "index")
    return home / "index"


@pytest.fixture(params=["numba", "numpy"])
def index(request, path: Path):
    return searchidx.open(path, executor=request.param)


def shown(page: searchidx.Page) -> object:
    hits = [(hit.rank, hit.id, hit.score, hit.match, hit.title) for hit in page.hits]
    return page.query, page.page, page.total, hits, page.unknown, page.did_you_mean, page.note


@pytest.mark.parametrize("narrow", [{}, {"has_code": True}, {"year": "2019..2020"}], ids=str)
@pytest.mark.parametrize("threads", [None, 1])
def test_the_pages_are_those_of_search(index, narrow, threads):
    texts = TEXTS * 15  # more than are answered at once
    pages = list(index.search_many(texts, limit=7, threads=threads, **narrow))
    alone = [shown(index.search(text, limit=7, **narrow)) for text in TEXTS]
    assert [shown(page) for page in pages] == alone * 15
    assert all(page.took_ms > 0 for page in pages)


def test_fewer_papers_than_wanted(index):
    (page,) = index.search_many(["graph"], limit=1000)
    assert shown(page) == shown(index.search("graph", limit=1000))


def test_nothing_to_ask(index):
    assert list(index.search_many([])) == []


def test_texts_are_read_as_pages_are(index):
    texts = (f"graph {n}" for n in itertools.count())
    pages = index.search_many(texts, threads=2)
    assert [next(pages).query for _ in range(3)] == ["graph 0", "graph 1", "graph 2"]
    pages.close()
    assert 0 < int(next(texts).split()[1]) < 1000


def test_a_mistake_is_told_when_it_is_the_texts_turn(index):
    pages = index.search_many(["graph", "river", "(depth", "small"])
    assert [next(pages).query, next(pages).query] == ["graph", "river"]
    with pytest.raises(QueryError, match="never closed"):
        next(pages)


@pytest.mark.parametrize(
    ("options", "message"), [({"limit": 0}, "limit"), ({"threads": 0}, "0 threads"), ({"year": "soon"}, "year")]
)
def test_wrong_options_are_told_before_anything_is_asked(index, options, message):
    with pytest.raises(UsageError, match=message):
        index.search_many(iter([]), **options)


def test_filters_and_deletions_need_no_kernel_of_their_own(path: Path):
    """A kernel compiled for arrays that may be written to is compiled once more for those that may not."""
    index = searchidx.open(path, executor="numba")
    for options in ({}, {"has_code": True}, {"year": "2019.."}):
        assert index.search("graph networks", **options).hits
        assert index.search("+graph +networks", **options).hits
        assert index.search("graph networks", sort="date", limit=2, page=2, **options).hits
    kernels = index._scorer._kernels
    assert len(kernels.ask.signatures) == 1
    for kernel in (kernels.top, kernels.look_up, kernels.joined_ids):
        assert len(kernel.signatures) <= 1  # none where tests before it needed none
