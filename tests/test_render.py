"""Text for people: nothing in it steers a terminal, and exports keep the rules of their formats."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import render
from searchidx.paper import Extraction, Link, Listing, Paper
from searchidx.record import Record
from searchidx.results import Hit, Page

KITES = Paper(
    id="kites",
    title="Kites & Winds: 50% of $x_1$",
    abstract="How kites fly.",
    authors=("Ada Ray", "Bo Lind"),
    date="2023-05-01",
    year=2023,
    venue="NeurIPS",
    source=("list",),
)


def record(paper: Paper = KITES, found: Extraction | None = None) -> Record:
    return Record(paper, found or Extraction())


def hit(paper: Paper = KITES, rank: int = 1, **more: str) -> Hit:
    made = Hit(rank=rank, id=paper.id, score=1.5, read=lambda _: record(paper), row=rank)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def page(*hits: Hit, **changes: object) -> Page:
    values: dict[str, Any] = {"query": "kites", "total": len(hits), "page": 1, "took_ms": 0.1, "hits": hits}
    return Page(**{**values, **changes})


@given(st.text())
def test_safe_text_keeps_everything_but_what_steers_a_terminal(text: str) -> None:
    safe = render.safe(text)
    assert all(c in "\n\t" or not (ord(c) < 32 or 127 <= ord(c) < 160) for c in safe)
    assert safe == "".join(c for c in text if render.safe(c))
    assert render.safe(safe) == safe


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x1b]0;title\x07", "]0;title"),
        ("\x9b31m", "31m"),
        ("a\rb\x08", "ab"),
        ("abc\u202edef\u2066", "abcdef"),
        ("naïve 风筝 \N{KITE}", "naïve 风筝 \N{KITE}"),
    ],
)
def test_what_is_taken_out(text: str, left: str) -> None:
    assert render.safe(text) == left


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "1 paper for 'kites'"),
        ({"query": ""}, "1 paper"),
        ({"total": 1234}, "1,234 papers for 'kites', 1 to 1"),
        ({"total": 3, "hits": (), "page": 4}, "3 papers for 'kites'; page 4 is past the end"),
        ({"total": 0, "hits": (), "unknown": ("kties", "wnds")}, "0 papers for 'kites'; in no paper: kties, wnds"),
    ],
)
def test_the_first_line_says_how_many_and_which(changes: dict[str, object], line: str) -> None:
    assert render.result_line(page(hit(), **changes)) == line


def test_the_first_three_authors_are_named_and_the_others_counted() -> None:
    assert render.authors_words(["A", "B", "C"]) == "A, B, C"
    assert render.authors_words(["A", "B", "C", "D", "E"]) == "A, B, C and 2 more"
    assert render.authors_words([]) == ""


def test_what_is_not_known_of_a_paper_is_left_out() -> None:
    assert render.about_line(record()) == "2023-05-01 · NeurIPS · Ada Ray, Bo Lind · list"
    assert render.about_line(record(Paper("a", "A"))) == ""
    assert render.about_line(record(Paper("a", "A", year=2020))) == "2020"


# A page's date has no year, and must not look like a date of publication.
def test_a_date_of_listing_says_that_it_is_one() -> None:
    line = render.about_line(record(Paper("a", "A", listings=(Listing("monday", "XXXX-09-29"),))))
    assert line.startswith("listed ")


def test_a_repository_is_shown_else_what_the_text_says_of_the_code() -> None:
    link = Link("https://github.com/lab/kites", "code")
    assert render.code_words(record(found=Extraction((link,), "github.com/lab/kites", "released"))) == (
        "github.com/lab/kites"
    )
    words = {
        state: render.code_words(record(found=Extraction(code=state))) for state in ("released", "promised", "none")
    }
    assert len(set(words.values())) == 3
    assert words["none"] == "no code"


def test_marks_and_html_are_gone_from_plain_snippets() -> None:
    assert render.unmarked("a &lt;b&gt; <mark>kite</mark>&#x1b;[31m") == "a <b> kite[31m"


def test_a_hit_is_a_block_of_lines() -> None:
    text = render.page_text(page(hit(snippet="How <mark>kites</mark> fly.")))
    assert text.splitlines() == [
        "1 paper for 'kites'",
        "",
        "1. Kites & Winds: 50% of $x_1$",
        "   kites · 2023-05-01 · NeurIPS · Ada Ray, Bo Lind · list",
        "   code: no code",
        "   How kites fly.",
    ]


def test_long_facets_are_cut_and_the_rest_counted() -> None:
    counts = {f"set {i}": 100 - i for i in range(25)}
    lines = render.facets_text(page(facets={"dataset": counts})).splitlines()
    assert lines[0] == "Dataset"
    assert lines[1] == "     100  set 0"
    assert len(lines) == 22
    assert lines[-1].strip() == "and 5 more"


# --- exports ------------------------------------------------------------------------------------------------


def test_bibtex_escapes_what_tex_would_read_as_commands() -> None:
    entry = render.bibtex([record()])
    assert entry.startswith("@inproceedings{ray2023kites,\n")
    assert r"  title = {{Kites \& Winds: 50\% of \$x\_1\$}}," in entry
    assert "  author = {Ada Ray and Bo Lind}," in entry
    assert entry.endswith("\n}")


def test_a_paper_without_venue_is_misc_and_without_author_anonymous() -> None:
    assert render.bibtex([record(Paper("a", "On It"))]).startswith("@misc{anonpaper,\n")


def test_bibtex_keys_are_unique() -> None:
    entries = render.bibtex([record()] * 3)
    assert re.findall(r"^@\w+\{(.*),$", entries, re.MULTILINE) == ["ray2023kites", "ray2023kites-2", "ray2023kites-3"]


@settings(max_examples=50)
@given(st.text(min_size=1, max_size=30), st.lists(st.text(max_size=15), max_size=3))
def test_bibtex_braces_always_pair_up(title: str, authors: list[str]) -> None:
    entry = render.bibtex([record(Paper("a", title, authors=tuple(authors), venue=title))])
    depth = 0
    for bare in re.sub(r"\\[{}]", "", entry):
        depth += (bare == "{") - (bare == "}")
        assert depth >= 0
    assert depth == 0


# A spreadsheet runs a cell that begins like a formula.
@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_csv_cell_begins_like_a_formula(title: str) -> None:
    (row,) = csv.DictReader(io.StringIO(render.hits_csv([hit(replace(KITES, title=title))])))
    assert row["title"] == f"'{title}"


def test_csv_quotes_commas_quotes_and_line_breaks() -> None:
    odd = replace(KITES, title='Kites, "winds"', venue="two\nlines", authors=("Ray, Ada", "Bo Lind"))
    (row,) = csv.DictReader(io.StringIO(render.hits_csv([hit(odd)])))
    assert (row["title"], row["venue"], row["authors"]) == ('Kites, "winds"', "two\nlines", "Ray, Ada; Bo Lind")
    assert tuple(row) == render.CSV_COLUMNS


# --- progress -----------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """Seconds that pass only when told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_progress_is_silent_when_nobody_watches() -> None:
    stream = io.StringIO()
    progress = render.Progress(stream)
    progress("reading", 5, None)
    progress.close()
    assert stream.getvalue() == ""


def test_progress_is_one_line_that_is_cleared_at_the_end() -> None:
    stream, clock = Terminal(), Clock()
    progress = render.Progress(stream, clock)
    progress("indexing", 0, 1000)
    clock.now += 0.01
    progress("indexing", 50, 1000)  # too soon to be shown
    clock.now += 2
    progress("indexing", 500, 1000)
    progress.close()
    assert stream.getvalue().split("\r\x1b[K") == [
        "",
        "indexing 0 of 1,000 papers",
        "indexing 500 of 1,000 papers, 249/s, 2 s left",
        "",
    ]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("reading", 1000, None, 0.5), "reading 1,000 papers"),
        (("reading", 1000, None, 2.0), "reading 1,000 papers, 500/s"),
        (("indexing", 1000, 4000, 2.0), "indexing 1,000 of 4,000 papers, 500/s, 6 s left"),
        (("indexing", 4000, 4000, 2.0), "indexing 4,000 of 4,000 papers, 2,000/s"),
        (("indexing", 0, 4000, 2.0), "indexing 0 of 4,000 papers"),
    ],
)
def test_progress_tells_rate_and_time_left_once_they_are_known(
    arguments: tuple[str, int, int | None, float], line: str
) -> None:
    assert render.progress_line(*arguments) == line
