"""Papers by day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from conftest import write_jsonl

import searchidx
from searchidx.browsing import newest_first
from searchidx.errors import UsageError
from searchidx.updating import delete, update

Make = Callable[[Iterable[dict[str, Any]]], Path]


def paper(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "title": f"Title of {id_}", "abstract": "words", **more}


def listed(id_: str, *days: str | None, **more: Any) -> dict[str, Any]:
    pages = [{"page": "daily.txt", "date": day} for day in days]
    return paper(id_, source="hf-daily", listings=pages, **more)


def days_of(path: Path) -> dict[str, int]:
    with searchidx.open(path) as index:
        return index.days()


def test_days_come_newest_first_and_only_whole_dates_count(make_index: Make) -> None:
    index = make_index(
        [
            paper("a", date="2021-05-04"),
            paper("b", date="2023-01-31"),
            paper("c", date="2021-05-04"),
            paper("d", date="2021-05"),
            paper("e", year=2020),
            paper("f"),
        ]
    )
    assert list(days_of(index).items()) == [("2023-01-31", 1), ("2021-05-04", 2)]


def test_a_paper_without_a_day_belongs_to_the_days_it_was_listed_on(make_index: Make) -> None:
    index = make_index(
        [
            listed("a", "XXXX-09-29", "2024-02-01"),
            listed("b", "XXXX-10-01", None),
            listed("c", "2024-02-01", date="2024-01-15"),
            paper("d", date="2024-02-01"),
        ]
    )
    assert list(days_of(index).items()) == [
        ("2024-02-01", 2),
        ("2024-01-15", 1),
        ("XXXX-10-01", 1),
        ("XXXX-09-29", 1),
    ]


def test_an_index_that_knows_no_day_has_none(make_index: Make) -> None:
    assert days_of(make_index([paper("a", year=2020), paper("b")])) == {}


def test_papers_of_a_day_come_by_votes_then_id(make_index: Make) -> None:
    votes = {"b": 3, "a": 3, "d": 9, "c": None}
    path = make_index([paper(id_, date="2024-02-01", upvotes=n) for id_, n in votes.items()])
    with searchidx.open(path) as index:
        assert [hit.id for hit in index.on_day("2024-02-01").hits] == ["d", "a", "b", "c"]
        second = index.on_day("2024-02-01", limit=3, page=2)
        assert ([hit.id for hit in second.hits], second.hits[0].rank, second.total) == (["c"], 4, 4)
        assert index.on_day("2024-02-01", page=7).hits == ()


@pytest.mark.parametrize("day", ["2024-02-02", "XXXX-01-01"])
def test_a_day_without_papers_is_empty(tiny_index: Path, day: str) -> None:
    with searchidx.open(tiny_index) as index:
        assert index.on_day(day).total == 0


@pytest.mark.parametrize("day", ["", "2024", "2024-02", "yesterday", "2024-02-01T00", "٢٠٢٤-٠٢-٠١"])
def test_what_is_no_day_is_refused(tiny_index: Path, day: str) -> None:
    with searchidx.open(tiny_index) as index, pytest.raises(UsageError, match="no day"):
        index.on_day(day)


def test_days_follow_updates_and_deletions(make_index: Make, tmp_path: Path) -> None:
    path = make_index([paper("a", date="2024-02-01"), paper("b", date="2024-02-01"), listed("c", "XXXX-09-29")])
    update([write_jsonl(tmp_path / "more.jsonl", [paper("0", date="2024-02-01", upvotes=1)])], path)
    delete(["b", "c"], path)
    assert days_of(path) == {"2024-02-01": 2}
    with searchidx.open(path) as index:
        assert [hit.id for hit in index.on_day("2024-02-01").hits] == ["0", "a"]


def test_days_without_a_year_come_last() -> None:
    days = ["XXXX-12-31", "2020-01-01", "XXXX-01-01", "2021-12-31"]
    assert sorted(days, key=newest_first) == ["2021-12-31", "2020-01-01", "XXXX-12-31", "XXXX-01-01"]
