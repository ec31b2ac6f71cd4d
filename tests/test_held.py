"""Queries for papers that hold all of some words, or a phrase: the compiled short way finds what the long one does."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import searchidx
from searchidx import query as q

#: KD is an acronym whose meaning is scored in its place; `of` is held and not scored; self-taught is several terms, and
#: so is x-tree, of whose parts none is scored. Papers that hold ospreys are so few that they are found before anything
#: is added up.
WORDS = "KD knowledge distillation of the small networks self-taught river x-tree osprey nonesuch".split()


def papers() -> list[dict[str, str]]:
    rng = random.Random(8)
    made = []
    for n in range(600):
        words = rng.choices(WORDS[:-1], weights=[3, 2, 2, 4, 2, 2, 2, 1, 1, 0.01, 0.03], k=rng.randint(4, 30))
        explained = "We use knowledge distillation (KD). " if n % 20 == 0 else "An x tree. " if n % 35 == 0 else ""
        made.append(
            {
                "id": f"p{n:03}",
                "title": " ".join([*rng.sample(WORDS[:-3], 3), str(n)]),
                "abstract": f"{explained}{' '.join(words)}.",
            }
        )
    return made


@pytest.fixture(scope="module", params=["one segment", "three, with deleted papers"])
def indexes(request, tmp_path_factory):
    home = tmp_path_factory.mktemp("held")
    made = papers()
    pieces = [made] if request.param == "one segment" else [made[:300], made[300:450], made[450:]]
    for number, piece in enumerate(pieces):
        (home / f"{number}.jsonl").write_text("\n".join(map(json.dumps, piece)))
        if number:
            searchidx.update([home / f"{number}.jsonl"], home / "index", extract=False, merge=False)
        else:
            searchidx.build([home / "0.jsonl"], home / "index", extract=False)
    if len(pieces) > 1:
        searchidx.delete([paper["id"] for paper in made[::7]], home / "index", merge=False)
    return [searchidx.open(home / "index", executor=executor) for executor in ("numba", "numpy")]


def found(index: searchidx.Index, text: str, limit: int) -> list[tuple[str, float]]:
    return [(hit.id, hit.score) for hit in index.search(text, limit=limit).hits]


@given(
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=8),
    form=st.sampled_from(['"{}"', "phrase title", "+", " AND "]),
    limit=st.integers(1, 12),
)
@example(words=["small", "KD"], form='"{}"', limit=3)
@example(words=["KD", "of", "networks"], form='"{}"', limit=2)
@example(words=["KD", "of"], form="+", limit=5)
@example(words=["the", "of", "small", "networks", "river", "distillation", "knowledge"], form="+", limit=4)
@example(words=["osprey", "of"], form='"{}"', limit=5)
@example(words=["osprey", "self-taught"], form='"{}"', limit=5)
@example(words=["self-taught", "river"], form='"{}"', limit=3)
@example(words=["small", "of", "self-taught"], form="phrase title", limit=3)
@example(words=["x-tree"], form='"{}"', limit=9)
@example(words=["the", "osprey", "KD"], form="+", limit=5)
def test_the_best_are_the_first_of_all(indexes, words: list[str], form: str, limit: int):
    texts = {
        '"{}"': f'"{" ".join(words)}"',
        "phrase title": f'title:"{" ".join(words)}"',
        "+": " ".join(f"+{word}" for word in words),
        " AND ": " AND ".join(words),
    }
    text = texts[form]
    compiled, plain = indexes
    best = found(compiled, text, limit)
    assert best == found(compiled, text, 1000)[:limit]
    assert best == found(plain, text, limit)


@pytest.mark.parametrize(
    ("text", "terms", "phrase"),
    [
        ('"small KD"', ("small", "kd"), ("small", "kd")),
        ('"self-taught river"', ("self", "taught", "river"), ("self", "taught", "river")),  # `selftaught` need not be
        ("+KD +of", ("kd@@knowledg@distil", "of"), ()),
        ("small AND river", ("small", "river"), ()),
        ('"x-tree"', None, None),  # neither of these is scored
        ("+self-taught +river", None, None),  # one of its terms is enough
        ("+small river", None, None),
        ("small river", None, None),
        ("+small +nonesuch", None, None),
    ],
)
def test_what_must_be_held(indexes, text: str, terms: tuple[str, ...] | None, phrase: tuple[str, ...] | None):
    index = indexes[0]
    held = index._plan(text, q.NO_FILTERS, index._scorer).held
    assert (held and held.terms, held and held.phrase) == (terms, phrase)


@pytest.mark.parametrize(
    ("text", "few"),
    [
        ("+osprey +of +the +KD +small", True),
        ('"osprey of the KD small"', True),
        ('"osprey of the self-taught KD small"', True),
        ("+networks +of", False),
    ],
)
def test_few_papers_are_found_before_anything_is_added_up(indexes, monkeypatch, text: str, few: bool):
    index = indexes[0]
    scorer = index._scorer
    kernels, asked = scorer._kernels, []

    class Spy:
        def __getattr__(self, name: str):
            return getattr(kernels, name)

        def top(self, *arguments):
            asked.append(arguments)
            return kernels.top(*arguments)

    monkeypatch.setattr(scorer, "_kernels", Spy())
    index._ranked(index._plan(text, q.NO_FILTERS, scorer), "relevance", 10, scorer)
    of_query = len(kernels._Query._fields)
    query, sought = kernels._asked(*asked[0][:of_query]), kernels._Sought(*asked[0][of_query:-1])
    rows, are_few = kernels._few_holding(query, sought)
    assert are_few is few
    if few:
        assert rows.tolist() == np.flatnonzero(index._plan(text, q.NO_FILTERS, scorer).mask).tolist()
