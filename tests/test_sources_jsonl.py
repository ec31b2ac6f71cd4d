"""Our own JSONL: every field, every wrong type, dates, and what is kept as it is."""

from __future__ import annotations

import json
import re
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchidx
from searchidx.errors import RecordError
from searchidx.identity import title_id
from searchidx.paper import Listing, Paper
from searchidx.sources import read
from searchidx.sources.jsonl import parse

LEAST = {"title": "Kites and Winds", "abstract": "How kites fly."}


def read_lines(directory: Path, *lines: str | dict[str, Any]) -> list[Paper | RecordError]:
    path = directory / "list.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return list(read([path], format="jsonl"))


def test_every_field_is_read() -> None:
    paper = parse(
        {
            **LEAST,
            "id": "kites-1",
            "authors": ["Ada Ray", "Bo Lind"],
            "date": "2023-04-05",
            "year": 2023,
            "venue": "NeurIPS",
            "url": "https://example.org/kites",
            "code_urls": ["https://github.com/lab/kites"],
            "keywords": ["wind"],
            "arxiv_id": "https://arxiv.org/abs/2304.00042v2",
            "doi": "https://doi.org/10.1000/Kites",
            "upvotes": 7,
            "source": "my-list",
            "listings": [{"page": "monday", "date": "XXXX-09-29"}],
        }
    )
    assert paper == Paper(
        id="kites-1",
        title="Kites and Winds",
        abstract="How kites fly.",
        authors=("Ada Ray", "Bo Lind"),
        date="2023-04-05",
        year=2023,
        venue="NeurIPS",
        url="https://example.org/kites",
        source=("my-list",),
        listings=(Listing("monday", "XXXX-09-29"),),
        code_urls=("https://github.com/lab/kites",),
        keywords=("wind",),
        arxiv_id="2304.00042",
        doi="10.1000/kites",
        upvotes=7,
    )


def test_title_and_abstract_are_enough() -> None:
    assert parse(LEAST) == Paper(
        id=title_id("Kites and Winds"), title="Kites and Winds", abstract="How kites fly.", source=("jsonl",)
    )


def test_what_is_read_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        parse(LEAST).title = "Other"  # type: ignore[misc]


def test_the_id_is_the_records_own_else_the_arxiv_id_else_made_from_the_title() -> None:
    assert parse({**LEAST, "id": "own", "arxiv_id": "2304.00042"}).id == "own"
    assert parse({**LEAST, "arxiv_id": "arXiv:2304.00042v1"}).id == "2304.00042"
    assert parse(LEAST).id == title_id("Kites and Winds")
    assert parse({**LEAST, "id": 17}).id == "17"


def test_null_and_blank_values_are_as_good_as_absent() -> None:
    keys = "id authors date year venue url code_urls keywords arxiv_id doi upvotes source"
    nothing = dict.fromkeys(keys.split())
    assert parse({**LEAST, **nothing}) == parse(LEAST)
    assert parse({**LEAST, "venue": "  ", "authors": [" ", "Ada Ray "]}).authors == ("Ada Ray",)


def test_a_title_over_two_lines_becomes_one_line() -> None:
    assert parse({**LEAST, "title": " Kites\r\n  and\u2028Winds "}).title == "Kites and Winds"


def test_several_sources_may_stand_in_a_list() -> None:
    assert parse({**LEAST, "source": ["a", "b"]}).source == ("a", "b")


def test_unknown_keys_are_kept_as_they_are() -> None:
    extra = {"reviewers": [{"name": "R2", "score": 3.5}], "accepted": True, "Title": None}
    assert parse({**LEAST, **extra}).extra == extra


def test_unknown_keys_come_back_from_the_index(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    extra = {"reviewers": [{"name": "R2", "score": 3.5}], "size": 18446744073709551615}
    path.write_text(json.dumps({**LEAST, "id": "k", **extra}), encoding="utf-8")
    searchidx.build([path], tmp_path / "index")
    with searchidx.open(tmp_path / "index") as index:
        assert index.get("k").to_json()["extra"] == extra


WRONG: list[tuple[str, Any, str]] = [
    ("title", None, "no 'title' in "),
    ("title", "", "'title' is empty, got ''; every record needs title and abstract"),
    ("title", " \n ", "'title' is empty, got ' \\n '; every record needs title and abstract"),
    ("title", 3, "'title' must be a string, got 3; put it in quotes"),
    ("abstract", None, "no 'abstract' in "),
    ("abstract", ["a"], "'abstract' must be a string, got ['a']; put it in quotes"),
    ("id", True, "'id' must be a string, got True; put it in quotes"),
    ("id", 1.5, "'id' must be a string, got 1.5; put it in quotes"),
    ("authors", "Ada Ray", "'authors' must be a list of strings, got 'Ada Ray'; write [\"...\"]"),
    ("authors", ["Ada", 3], "'authors' must be a list of strings, got ['Ada', 3]; write [\"...\"]"),
    ("code_urls", {"a": 1}, "'code_urls' must be a list of strings, got {'a': 1}; write [\"...\"]"),
    ("keywords", [["a"]], "'keywords' must be a list of strings, got [['a']]; write [\"...\"]"),
    ("source", [1], "'source' must be a list of strings, got [1]; write [\"...\"]"),
    ("source", 1, "'source' must be a string, got 1; put it in quotes"),
    ("year", "2023", "'year' must be a whole number, got '2023'; write it without quotes"),
    ("year", 2023.5, "'year' must be a whole number, got 2023.5; write it without quotes"),
    ("year", True, "'year' must be a whole number, got True; write it without quotes"),
    ("year", 23, "'year' must have four digits, got 23; leave it out if it is unknown"),
    ("upvotes", "many", "'upvotes' must be a whole number, got 'many'; write it without quotes"),
    ("venue", 7, "'venue' must be a string, got 7; put it in quotes"),
    ("url", [], "'url' must be a string, got []; put it in quotes"),
    ("arxiv_id", "not one", "'arxiv_id' is none, got 'not one'; write it as 2401.00042"),
    ("doi", "11.1/x", "'doi' is none, got '11.1/x'; write it as 10.1000/182"),
    ("listings", "monday", "'listings' must be a list of objects, got 'monday'; write page and date"),
    ("listings", [{"date": "2020-01-01"}], "no 'page' in "),
    ("listings", [{"page": "p", "date": "Sep 29"}], "listing 'date' is none, got 'Sep 29'; write 2025-09-29 or "),
]


@pytest.mark.parametrize(("key", "value", "message"), WRONG)
def test_a_wrong_value_is_an_error_of_its_record_alone(tmp_path: Path, key: str, value: Any, message: str) -> None:
    first, bad, last = read_lines(tmp_path, LEAST, {**LEAST, key: value}, {**LEAST, "id": "last"})
    assert isinstance(first, Paper)
    assert isinstance(last, Paper)
    assert isinstance(bad, RecordError)
    assert str(bad).startswith(f"{tmp_path}/list.jsonl:2: {message}")
    assert bad.place == f"{tmp_path}/list.jsonl:2"


@pytest.mark.parametrize(
    "date",
    [
        *("2024-13", "2024-02-30", "24-01-02", "Sep 29", "2024/01/02", "2024-1-2", "0000", "0000-05", "20240"),
        # ISO 8601 too, but year and order are read from YYYY-MM-DD
        *("2024-W01-1", "2024W011", "20240105", "2024-005"),
        *("2024-01-05garbage", "2024-01-05-06", "\u0662\u0660\u0662\u0664"),
    ],
)
def test_a_date_that_is_none_is_an_error(tmp_path: Path, date: str) -> None:
    (bad,) = read_lines(tmp_path, {**LEAST, "date": date})
    assert isinstance(bad, RecordError)
    assert bad.message.startswith("'date' is no ISO date, got ")
    assert bad.message.endswith("; write YYYY-MM-DD")


@pytest.mark.parametrize(
    ("given", "date", "year"),
    [
        ("2024", "2024", 2024),
        ("2024-02", "2024-02", 2024),
        ("2024-02-29", "2024-02-29", 2024),
        ("2024-02-29T10:00:00Z", "2024-02-29", 2024),
        ("2024-02-29 10:00", "2024-02-29", 2024),
        (" 2024-02 ", "2024-02", 2024),
    ],
)
def test_a_date_is_kept_as_exact_as_it_is_given(given: str, date: str, year: int) -> None:
    paper = parse({**LEAST, "date": given})
    assert (paper.date, paper.year) == (date, year)


def test_the_date_decides_the_year() -> None:
    assert parse({**LEAST, "date": "2024-01-05", "year": 2023}).year == 2024
    assert parse({**LEAST, "year": 2023}).year == 2023


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"title": "a", "abstract"', "not JSON ("),
        ("[1, 2]", "not an object: [1, 2]; write {'title': ..., 'abstract': ...}"),
        ('"words"', "not an object: 'words'; write"),
        ("null", "not an object: None; write"),
        ('{"title": "a\\ud800", "abstract": "b"}', "not JSON ("),
        ('{"title": "a", "abstract": "b", "x": NaN}', "not JSON ("),
        ('{"title": "a", "abstract": "b", "x": ' + "[" * 5000 + "]" * 5000 + "}", "not JSON ("),
    ],
)
def test_a_line_that_is_no_record_is_reported_and_the_next_is_read(tmp_path: Path, line: str, message: str) -> None:
    bad, good = read_lines(tmp_path, line, LEAST)
    assert isinstance(good, Paper)
    assert isinstance(bad, RecordError)
    assert str(bad).startswith(f"{tmp_path}/list.jsonl:1: {message}")
    assert len(bad.message) < 200


def test_blank_lines_are_passed_over_and_lines_still_counted(tmp_path: Path) -> None:
    records = read_lines(tmp_path, "", LEAST, "  ", "{")
    assert [type(record) for record in records] == [Paper, RecordError]
    assert isinstance(records[1], RecordError)
    assert records[1].place.endswith("list.jsonl:4")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = "id title abstract authors date year venue url code_urls keywords arxiv_id doi upvotes source listings x".split()


# Whatever stands in a record, it is a paper that can be stored or an error that says so.
@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(KEYS), json_values))
def test_any_record_is_a_paper_or_a_value_error(record: dict[str, Any]) -> None:
    try:
        paper = parse({**LEAST, **record})
    except ValueError as exc:
        message = str(exc)
    else:
        assert paper.title == " ".join(paper.title.split()) != ""
        assert paper.id
        assert paper.date is None or int(paper.date[:4]) == paper.year
        assert paper.extra == {key: value for key, value in record.items() if key == "x"}
        message = "fine; as it is"
    assert re.fullmatch(r"[^\n]+; [^\n]+", message)
