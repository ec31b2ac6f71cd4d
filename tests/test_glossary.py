"""Simple questions are answered as any other: the same papers, scores and counts as by way of a plan."""

from __future__ import annotations

import json
import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import searchidx
from searchidx import filters
from searchidx import query as q
from searchidx.errors import QueryError
from searchidx.fields import DEFAULT_FACETS
from searchidx.index import Index

#: KD is an acronym whose meaning is scored in its place; self-taught and GPT-4 are several terms; `which` may ask.
WORDS = (
    "KD knowledge distillation of the small networks self-taught GPT-4 river which papers nonesuch Title R&D".split()
)
FORMS = ("{}", '"{}"', "+", " AND ")


@pytest.fixture(scope="module", params=["one segment", "three, with deleted papers"])
def index(request, tmp_path_factory) -> Index:
    home = tmp_path_factory.mktemp("glossary")
    rng = random.Random(4)
    made = [
        {
            "id": "river" if n == 77 else f"p{n:03}",  # an id that is a word, too
            "title": "the small networks"
            if n == 150
            else f"Title {n} {' '.join(rng.sample(sorted({*WORDS} - {'nonesuch'}), 3))}",
            "abstract": "We use knowledge distillation (KD). " * (n % 20 == 0)
            + " ".join(word for word in rng.choices(WORDS, k=rng.randint(4, 30)) if word != "nonesuch"),
            "code_urls": ["https://github.com/a/b"] if n % 3 else [],
            "year": 2018 + n % 5,
        }
        for n in range(400)
    ]
    pieces = [made] if request.param == "one segment" else [made[:200], made[200:300], made[300:]]
    for number, piece in enumerate(pieces):
        (home / f"{number}.jsonl").write_text("\n".join(map(json.dumps, piece)))
        if number:
            searchidx.update([home / f"{number}.jsonl"], home / "index", extract=False, merge=False)
        else:
            searchidx.build([home / "0.jsonl"], home / "index", extract=False)
    if len(pieces) > 1:
        searchidx.delete([paper["id"] for paper in made[::7]], home / "index", merge=False)
    return searchidx.open(home / "index", executor="numba")


def text_of(words: list[str], form: str) -> str:
    if form == "+":
        return " ".join(f"+{word}" for word in words)
    return form.join(words) if form == " AND " else form.format(" ".join(words))


def planned(index: Index, text: str, limit: int, narrow: filters.Filters) -> tuple[object, ...]:
    """What the long way says."""
    plan = index._plan(text, narrow, index._scorer)
    rows, scores = index._ranked(plan, "relevance", limit, index._scorer)
    counts = index._counting.facets(DEFAULT_FACETS, plan.rows)
    return index._snapshot.ids(rows.tolist()), scores.tolist(), plan.total(), plan.unknown, counts


def searched(index: Index, text: str, limit: int, **narrow: bool) -> tuple[object, ...]:
    page = index.search(text, limit=limit, facets=True, **narrow)
    ids, scores = [hit.id for hit in page.hits], [hit.score for hit in page.hits]
    return ids, scores, page.total, page.unknown, page.facets


@given(
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=9),
    form=st.sampled_from(FORMS),
    limit=st.integers(1, 30),
    has_code=st.sampled_from([None, True]),
)
@example(words=["river"], form="{}", limit=3, has_code=None)
@example(words=["the", "small", "networks"], form="{}", limit=3, has_code=None)
@example(words=["the", "of"], form="{}", limit=3, has_code=True)
@example(words=["KD", "of", "the", "networks", "KD", "of", "the", "networks"], form="{}", limit=3, has_code=None)
@example(words=["which", "papers", "of", "KD"], form="{}", limit=3, has_code=None)
@example(words=["self-taught", "networks"], form='"{}"', limit=9, has_code=None)
@example(words=["GPT-4", "KD"], form=" AND ", limit=9, has_code=None)
@example(words=["SMALL", "NETWORKS", "RIVER", "OF"], form='"{}"', limit=9, has_code=None)
def test_the_answer_is_that_of_a_plan(index: Index, words: list[str], form: str, limit: int, has_code: bool | None):
    text = text_of(words, form)
    narrow = {"has_code": has_code} if has_code else {}
    try:
        wanted = planned(index, text, limit, filters.make(**narrow))
    except QueryError as exc:  # `which AND small`: what only asks is not there
        with pytest.raises(QueryError, match=re.escape(str(exc))):
            searched(index, text, limit, **narrow)
        return
    assert searched(index, text, limit, **narrow) == wanted
    [page] = index.search_many([text], limit=limit, **narrow)
    assert ([hit.id for hit in page.hits], [hit.score for hit in page.hits], page.total) == wanted[:3]


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("small networks", True),
        ("KD of the networks", True),
        ("self-taught GPT-4", True),
        ('"small networks of"', True),
        ("small AND networks", True),
        ("+small +networks", True),
        ("small nonesuch", False),  # which is told
        ('"small nonesuch"', False),
        ("small AND GPT-4", True),
        ("small AND self-taught", False),  # one of its terms is enough
        ("small +networks", False),
        ("small AND networks AND", False),
        ("small -networks", False),
        ("title:small", False),
        ('"small networks"~2', False),
        ('"small" "networks"', False),
        ('"', False),
        ("+", False),
        ("", False),
        ("p001", False),  # an id
        ("small " * 100, False),  # too long
        (" ".join(["KD"] * 65), False),  # too many
    ],
)
def test_what_is_simple(index: Index, text: str, simple: bool):
    assert (index._simply(text, q.NO_FILTERS, 10) is not None) is simple


def test_a_whole_title_is_no_simple_question(tmp_path):
    (tmp_path / "one.jsonl").write_text(
        json.dumps({"title": "Rivers of small networks", "abstract": "Title networks."})
    )
    searchidx.build([tmp_path / "one.jsonl"], tmp_path / "index")
    index = searchidx.open(tmp_path / "index", executor="numba")
    assert index._simply("rivers of networks", q.NO_FILTERS, 10) is not None
    for text in ("rivers of small networks", '"Rivers of small networks"'):
        assert index._simply(text, q.NO_FILTERS, 10) is None
        assert index.search(text).hits[0].match == "title"


def test_words_may_be_learnt_by_many_threads_at_once(index: Index, monkeypatch):
    numbers = [f"title {n} {word}" for n in range(400) for word in ("river", "kd", "small-river", "of")]
    random.Random(1).shuffle(numbers)
    wanted = {text: planned(index, text, 5, filters.NOTHING)[:3] for text in numbers[:300]}
    monkeypatch.setattr(index, "_glossary_kept", None)
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(wanted, pool.map(lambda text: searched(index, text, 5)[:3], wanted), strict=True))
    assert found == wanted


def test_a_full_glossary_gives_way_to_another(index: Index, monkeypatch):
    monkeypatch.setattr("searchidx.glossary._MAX_WORDS", 3)
    monkeypatch.setattr(index, "_glossary_kept", None)
    for text in ("small networks", "river of small", "distillation KD networks", "small networks"):
        assert searched(index, text, 5) == planned(index, text, 5, filters.NOTHING)
        assert len(index._glossary_kept._numbers) <= 6
