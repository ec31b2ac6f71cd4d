"""Queries for papers that hold all of some words, or a phrase: the compiled short way finds what the long one does."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import searchidx
from searchidx import query as q

#: KD is an acronym whose meaning is scored in its place; `of` is held and not scored; self-taught is several terms.
WORDS = ["KD", "knowledge", "distillation", "of", "the", "small", "networks", "self-taught", "river", "nonesuch"]


def papers() -> list[dict[str, str]]:
    rng = random.Random(8)
    made = []
    for n in range(600):
        words = rng.choices(WORDS[:-1], weights=[3, 2, 2, 4, 2, 2, 2, 1, 1], k=rng.randint(4, 30))
        explained = "We use knowledge distillation (KD). " if n % 20 == 0 else ""
        made.append(
            {
                "id": f"p{n:03}",
                "title": " ".join([*rng.sample(WORDS[:-1], 3), str(n)]),
                "abstract": f"{explained}{' '.join(words)}.",
            }
        )
    return made


@pytest.fixture(scope="module")
def indexes(tmp_path_factory):
    home = tmp_path_factory.mktemp("held")
    (home / "papers.jsonl").write_text("\n".join(map(json.dumps, papers())))
    searchidx.build([home / "papers.jsonl"], home / "index", extract=False)
    return [searchidx.open(home / "index", executor=executor) for executor in ("numba", "numpy")]


def found(index: searchidx.Index, text: str, limit: int) -> list[tuple[str, float]]:
    return [(hit.id, hit.score) for hit in index.search(text, limit=limit).hits]


@given(
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
    form=st.sampled_from(['"{}"', "phrase title", "+", " AND "]),
    limit=st.integers(1, 12),
)
@example(words=["small", "KD"], form='"{}"', limit=3)
@example(words=["KD", "of", "networks"], form='"{}"', limit=2)
@example(words=["KD", "of"], form="+", limit=5)
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
        ("+KD +of", ("kd@@knowledg@distil", "of"), ()),
        ("small AND river", ("small", "river"), ()),
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
