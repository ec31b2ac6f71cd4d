"""Long runs of what the quick tests sample; `make torture`."""

from __future__ import annotations

import json
import random

import pytest

import searchidx
from searchidx import query
from searchidx.errors import QueryError, UsageError

pytestmark = pytest.mark.torture

NASTY = [
    *list('ab "()+-:~*.,/\\$&|<>=0129éß\u202e\x00\n‘”–漢'),
    *("ab*", "abc~", "abcd~2", '"~3', "title:ab*", "～", "＊"),
    "AND ",
    "OR ",
    "NOT ",
    "year:",
    "has:code",
    "title:",
    "metric:a>=",
]


def test_a_million_random_strings_are_queries_or_query_errors():
    rng = random.Random(5)
    refused = 0
    for _ in range(1_000_000):
        text = "".join(rng.choices(NASTY, k=rng.randint(0, 24)))
        try:
            query.parse(text)
        except QueryError:
            refused += 1
    assert 0 < refused < 1_000_000


def test_a_million_random_strings_searched_are_pages_or_usage_errors(tiny_index):
    rng = random.Random(9)
    index = searchidx.open(tiny_index, executor="numpy")
    pieces = [*NASTY, "depth ", "river", "rivr~", "dep*", "kite", "self-supervised", '"depth from"~2', " "]
    refused = 0
    for _ in range(1_000_000):
        text = "".join(rng.choices(pieces, k=rng.randint(0, 16)))
        try:
            page = index.search(text, limit=2)
        except UsageError:
            refused += 1
            continue
        if page.unknown and rng.random() < 0.02:
            assert page.did_you_mean is None or index.search(page.did_you_mean)
        if rng.random() < 0.02:
            index.suggest(text)
    assert 0 < refused < 1_000_000


def test_both_executors_agree_on_a_corpus_of_many_ranges_and_ties(tmp_path):
    rng = random.Random(6)
    words = [f"w{number}x" for number in range(400)]
    weights = [1 / (rank + 1) for rank in range(len(words))]
    with (tmp_path / "papers.jsonl").open("w") as file:
        for number in range(30_000):
            title = " ".join(rng.choices(words, weights, k=rng.randint(1, 4)))
            abstract = " ".join(rng.choices(words, weights, k=rng.randint(1, 12)))
            file.write(
                json.dumps({"id": f"p{number}", "title": title, "abstract": abstract, "doi": f"10.1000/{number}"})
                + "\n"
            )
    searchidx.build([tmp_path / "papers.jsonl"], tmp_path / "index")
    compiled = searchidx.open(tmp_path / "index", executor="numba")
    plain = searchidx.open(tmp_path / "index", executor="numpy")
    for _ in range(1_500):
        text = " ".join(rng.choices(words, k=rng.randint(1, 6)))
        text = rng.choice([text, f'"{text}"', text.replace(" ", " AND "), f"+{text}"])
        limit = rng.choice([1, 10, 100, 1000])
        ours, theirs = compiled.search(text, limit=limit), plain.search(text, limit=limit)
        assert [(hit.id, hit.score) for hit in ours.hits] == [(hit.id, hit.score) for hit in theirs.hits], text
        assert ours.total == theirs.total
