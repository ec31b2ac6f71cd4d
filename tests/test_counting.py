"""Facets counted together are those counted one by one, over several segments and deleted papers too."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import write_jsonl
from hypothesis import given, settings
from hypothesis import strategies as st

import searchidx
from searchidx import counting
from searchidx.counting import WORTH_IT, Counting
from searchidx.fields import DEFAULT_FACETS
from searchidx.index import Index
from searchidx.ranking import facets, tallies


def papers(numbers: range, sources: str = "abc") -> list[dict[str, Any]]:
    return [
        {
            "id": f"p{n:03}",
            "title": f"Depth paper number {n}",
            "abstract": ("We use KITTI. " if n % 3 else "We look. ")
            + ("Code will be released. " if n % 5 == 0 else ""),
            "venue": f"V{n % 4}" if n % 4 else None,
            "source": sources[n % len(sources)],
            "year": 2000 + n % 7 if n % 6 else None,
            "code_urls": ["https://github.com/lab/x"] if n % 8 == 0 else [],
        }
        for n in numbers
    ]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    home = tmp_path_factory.mktemp("counting")
    searchidx.build([write_jsonl(home / "first.jsonl", papers(range(60)))], home / "index")
    searchidx.update([write_jsonl(home / "second.jsonl", papers(range(40, 90), "bd"))], home / "index", merge=False)
    searchidx.delete(["p003", "p072"], home / "index")
    opened = searchidx.open(home / "index")
    assert any(len(record.paper.source) == 2 for record in opened.records())
    return opened


def counts(index: Index, rows: Any, *, together: bool) -> dict[str, dict[str, int]]:
    made = Counting(index._snapshot, index._scorer)
    for _ in range(WORTH_IT if together else 0):
        made.facets(DEFAULT_FACETS, rows)
    return made.facets(DEFAULT_FACETS, rows)


@given(data=st.data())
@settings(max_examples=30)
def test_together_is_as_one_by_one(index: Index, data: st.DataObject) -> None:
    live = index._snapshot.live_rows()
    chosen = data.draw(st.lists(st.sampled_from(live.tolist()), unique=True))
    rows = np.array(sorted(chosen), np.int64)
    one_by_one = counts(index, rows, together=False)
    together = counts(index, rows, together=True)
    assert [list(values.items()) for values in together.values()] == [list(v.items()) for v in one_by_one.values()]


@pytest.mark.parametrize(("name", "value"), [("MAX_CLASSES", 1), ("MAX_JOINED_VALUES", 2), ("MAX_JOINED_VALUES", 0)])
def test_fields_of_too_many_values_are_counted_by_themselves(
    index: Index, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    rows = index._snapshot.live_rows()
    wanted = counts(index, rows, together=False)
    monkeypatch.setattr(counting, name, value)
    assert counts(index, rows, together=True) == wanted


def test_facets_in_any_order_and_number_are_each_counted_once(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_MAX_LAYOUTS", 2)
    alone = {name: index.search("depth", facets=name).facets[name] for name in DEFAULT_FACETS}
    for _ in range(WORTH_IT + 1):
        for names in (["code", "code"], ["venue", "dataset", "code", "venue"], ["dataset"] * 2, ["year", "code"]):
            found = index.search("depth", facets=names).facets
            assert found == {name: alone[name] for name in names}
            assert list(found) == list(dict.fromkeys(names))


def test_an_index_without_papers_has_no_counts(tmp_path: Path) -> None:
    searchidx.build([write_jsonl(tmp_path / "one.jsonl", papers(range(1)))], tmp_path / "index")
    searchidx.delete(["p000"], tmp_path / "index")
    index = searchidx.open(tmp_path / "index")
    assert not any(counts(index, index._snapshot.live_rows(), together=True).values())


@pytest.mark.parametrize("most_frequent", [facets.most_frequent, tallies.most_frequent])
@given(
    fields=st.lists(st.tuples(st.lists(st.integers(0, 5), max_size=50), st.booleans()), min_size=1, max_size=4),
    k=st.integers(1, 10),
    data=st.data(),
)
def test_the_most_frequent_come_first_and_equal_ones_by_place(
    most_frequent: Any, fields: list[tuple[list[int], bool]], k: int, data: st.DataObject
) -> None:
    wanted = []
    for numbers, by_place in fields:
        places = [place for place, count in enumerate(numbers) if count]
        order = sorted(places, key=lambda place: (-numbers[place], place))[:k]
        shown = [place for place in reversed(places) if place] if by_place else order
        wanted.append([(place, numbers[place]) for place in shown])
    counts = np.array([count for numbers, _ in fields for count in numbers], np.int64)
    ends = np.cumsum([len(numbers) for numbers, _ in fields])
    begins, by_place = ends - [len(numbers) for numbers, _ in fields], np.array([by_place for _, by_place in fields])
    order = np.array(data.draw(st.permutations(range(len(fields)))))  # counts need not lie in the order of fields
    places, found, shown = most_frequent(counts, begins[order], ends[order], by_place[order], k)
    pairs = list(zip(places.tolist(), found.tolist(), strict=True))
    for field, (a, b) in zip(order.tolist(), pairwise([0, *shown.tolist()]), strict=True):
        assert pairs[a:b] == [(place + begins[field], count) for place, count in wanted[field]]


@given(data=st.data())
@settings(max_examples=30)
def test_the_rows_that_match_are_those_of_the_masks(index: Index, data: st.DataObject) -> None:
    scorer, snapshot = index._scorer, index._snapshot
    terms = data.draw(st.lists(st.sampled_from(["depth", "code", "kitti", "look", "7", "64", "nowhere"]), unique=True))
    chosen = data.draw(st.none() | st.lists(st.sampled_from(snapshot.live_rows().tolist())))
    allowed = None if chosen is None else np.isin(np.arange(snapshot.n_rows), chosen)
    mask = scorer.holding_any(terms)
    expected = np.flatnonzero(mask if allowed is None else mask & allowed)
    assert scorer.rows_holding_any(terms, allowed).tolist() == expected.tolist()
