"""Saved Daily Papers pages: what is read from a good one, and what becomes of every kind of damage."""

from __future__ import annotations

from pathlib import Path

import pytest

import searchidx
from searchidx.errors import InputError, RecordError
from searchidx.identity import title_id
from searchidx.paper import Listing, Paper
from searchidx.sources import ReadOptions, read

TOP = (
    "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\n"
    "byAK and the research community\n\n"
)


def abstract(topic: str, sentences: int = 6) -> str:
    """An invented abstract of about 70 characters a sentence."""
    return " ".join(f"Sentence {i} says something new and plain about {topic} and its uses." for i in range(sentences))


def page(*papers: tuple[str, str], date: str | None = "Sep 29") -> str:
    """A page as the site's listing is saved."""
    blocks = [date] if date else []
    for title, text in papers:
        blocks += [title, text]
    return TOP + "\n\n".join(blocks) + "\n"


KITES = ("Kites and Winds", abstract("kites"))
BOATS = ("Boats: Small and Large", abstract("boats"))
TWO = page(KITES, BOATS)


def read_page(
    directory: Path, text: str | bytes, name: str = "page.txt", **options: int
) -> tuple[list[Paper], list[RecordError]]:
    """(papers, errors) of a page saved under this name."""
    path = directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    records = list(read([path], options=ReadOptions(**options)))
    papers = [record for record in records if isinstance(record, Paper)]
    return papers, [record for record in records if isinstance(record, RecordError)]


def titles(papers: list[Paper]) -> list[str]:
    return [paper.title for paper in papers]


def test_a_good_page_gives_every_listing_with_its_page_and_date(tmp_path: Path) -> None:
    papers, errors = read_page(tmp_path, TWO, "monday.txt")
    assert not errors
    assert [(p.title, p.abstract) for p in papers] == [KITES, BOATS]
    assert papers[0] == Paper(
        id=title_id("Kites and Winds"),
        title="Kites and Winds",
        abstract=abstract("kites"),
        source=("hf-daily",),
        listings=(Listing("monday.txt", "XXXX-09-29"),),
    )


# The date line names no year and we never guess one; the user may know it.
def test_the_year_of_a_page_is_unknown_unless_the_user_says_it(tmp_path: Path) -> None:
    unknown, _ = read_page(tmp_path, TWO)
    assert (unknown[0].date, unknown[0].year) == (None, None)
    known, _ = read_page(tmp_path, TWO, listing_year=2023)
    assert (known[0].date, known[0].year) == ("2023-09-29", 2023)
    assert known[0].listings[0].date == "2023-09-29"


def test_a_year_on_the_date_line_beats_the_users(tmp_path: Path) -> None:
    papers, _ = read_page(tmp_path, page(KITES, date="Sep 29, 2021"), listing_year=2023)
    assert papers[0].date == "2021-09-29"


# The 29th of February of a year without one must not become a date that no calendar has.
def test_a_day_the_users_year_does_not_have_stays_without_year(tmp_path: Path) -> None:
    papers, _ = read_page(tmp_path, page(KITES, date="Feb 29"), listing_year=2023)
    assert papers[0].date is None
    assert papers[0].listings[0].date == "XXXX-02-29"
    papers, _ = read_page(tmp_path, page(KITES, date="Feb 29"), listing_year=2024)
    assert papers[0].date == "2024-02-29"


@pytest.mark.parametrize("line", ["Feb 30", "Sep 31", "Sep 0", "Xyz 12", "Sep 29, 0000"])
def test_a_day_no_calendar_has_is_no_date_line(tmp_path: Path, line: str) -> None:
    papers, errors = read_page(tmp_path, page(KITES, date=line), listing_year=2024)
    assert titles(papers) == ["Kites and Winds"]
    assert papers[0].listings[0].date is None
    assert [error.place for error in errors] == [f"{tmp_path}/page.txt:11"]


@pytest.mark.parametrize(
    ("line", "date"),
    [("Sep 3", "XXXX-09-03"), ("Sept 3", "XXXX-09-03"), ("September 3", "XXXX-09-03"), ("Mar. 13", "XXXX-03-13")],
)
def test_date_lines_are_read_in_their_usual_writings(tmp_path: Path, line: str, date: str) -> None:
    papers, _ = read_page(tmp_path, page(KITES, date=line))
    assert papers[0].listings[0].date == date


def test_a_page_without_date_gives_listings_without_date(tmp_path: Path) -> None:
    papers, errors = read_page(tmp_path, page(KITES, BOATS, date=None), listing_year=2023)
    assert (len(papers), errors) == (2, [])
    assert {paper.listings[0].date for paper in papers} == {None}
    assert papers[0].year is None


def test_a_missing_abstract_is_reported_and_the_next_paper_is_read(tmp_path: Path) -> None:
    text = TWO.replace("Boats: Small", "Lost Without a Word\n\nBoats: Small")
    papers, errors = read_page(tmp_path, text)
    assert titles(papers) == ["Kites and Winds", "Boats: Small and Large"]
    assert [str(error) for error in errors] == [
        f"{tmp_path}/page.txt:17: a title without an abstract: 'Lost Without a Word'; add the abstract below"
    ]


def test_a_missing_title_is_reported_and_the_next_paper_is_read(tmp_path: Path) -> None:
    papers, errors = read_page(tmp_path, TWO.replace("Kites and Winds\n\n", ""))
    assert titles(papers) == ["Boats: Small and Large"]
    assert errors[0].place == f"{tmp_path}/page.txt:13"
    assert errors[0].message == (
        "an abstract without a title: 'Sentence 0 says something new and plain about kites and i...'; "
        "put its title on a line above"
    )


def test_an_unfinished_last_block_is_reported_not_lost_in_silence(tmp_path: Path) -> None:
    papers, errors = read_page(tmp_path, TWO.rstrip() + "\n\nThe Last Paper")
    assert len(papers) == 2
    assert [str(error) for error in errors] == [
        f"{tmp_path}/page.txt:21: a title without an abstract at the end of the page: 'The Last Paper'; "
        "save the page whole"
    ]


# A page cut off inside an abstract still gives the paper: what is there of the abstract is searchable.
def test_an_abstract_cut_off_at_the_end_of_the_page_is_kept(tmp_path: Path) -> None:
    papers, errors = read_page(tmp_path, TWO.rstrip()[:-40])
    assert not errors
    assert papers[1].abstract == abstract("boats")[:-40].strip()


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    plain, _ = read_page(tmp_path, TWO)
    windows, errors = read_page(tmp_path, b"\xef\xbb\xbf" + TWO.replace("\n", "\r\n").encode())
    assert (windows, errors) == (plain, [])


def test_a_title_of_two_lines_is_joined(tmp_path: Path) -> None:
    papers, errors = read_page(tmp_path, TWO.replace("Boats: Small and", "Boats: Small\nand"))
    assert (titles(papers), errors) == (["Kites and Winds", "Boats: Small and Large"], [])


def test_an_abstract_with_hard_line_breaks_is_joined(tmp_path: Path) -> None:
    papers, errors = read_page(tmp_path, page(("Kites and Winds", KITES[1].replace(". ", ".\n")), BOATS))
    assert ([(p.title, p.abstract) for p in papers], errors) == ([KITES, BOATS], [])


@pytest.mark.parametrize("kept", ["none", "around the date"])
def test_a_page_whose_saver_dropped_blank_lines_reads_the_same(tmp_path: Path, kept: str) -> None:
    plain, _ = read_page(tmp_path, TWO)
    dense = TWO.replace("\n\n", "\n")
    if kept == "around the date":
        dense = dense.replace("Sep 29\n", "\nSep 29\n\n")
    papers, errors = read_page(tmp_path, dense)
    assert (papers, errors) == (plain, [])


def test_short_abstracts_are_known_by_their_full_stops(tmp_path: Path) -> None:
    short = "One sentence about plain things of many kinds. " + "Another about the same things, seen from afar. " * 2
    wordy = "A Title That Goes on and on: " + "Large and Small Models of Winds " * 4
    assert 120 < len(short) < len(wordy)
    papers, errors = read_page(tmp_path, page((wordy.strip(), short.strip()), BOATS))
    assert (titles(papers), errors) == ([wordy.strip(), "Boats: Small and Large"], [])


def test_pages_put_one_after_another_keep_their_own_dates(tmp_path: Path) -> None:
    both = page(KITES) + page(BOATS, date="Mar 13")
    papers, errors = read_page(tmp_path, both)
    assert not errors
    assert [(p.title, p.listings[0].date) for p in papers] == [
        ("Kites and Winds", "XXXX-09-29"),
        ("Boats: Small and Large", "XXXX-03-13"),
    ]


# Each of the pages may begin with a byte order mark, which then stands in the middle of the file.
def test_a_byte_order_mark_inside_a_file_is_not_a_title(tmp_path: Path) -> None:
    papers, errors = read_page(tmp_path, page(KITES) + "\n\ufeffMar 13\n\n" + "\n\n".join(BOATS))
    assert not errors
    assert [p.listings[0].date for p in papers] == ["XXXX-09-29", "XXXX-03-13"]


def test_the_same_paper_twice_on_a_page_is_two_listings_of_one_paper(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(page(KITES, BOATS, KITES), encoding="utf-8")
    report = searchidx.build([tmp_path / "page.txt"], tmp_path / "index")
    assert (report.listings, report.papers) == (3, 2)


@pytest.mark.parametrize("text", [TOP, TOP + "Sep 29\n\n", TOP + "Sep 29\n\nKites and Winds\n\nBoats\n\n12\n"])
def test_a_page_without_abstracts_says_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"page\.txt: the page holds no title with an abstract .*; save the papers"):
        read_page(tmp_path, text)


# Without the page's own lines and without a date, a title above an abstract is enough to know the format.
def test_bare_titles_and_abstracts_are_known_as_a_page(tmp_path: Path) -> None:
    papers, errors = read_page(tmp_path, "\n\n".join((*KITES, *BOATS)))
    assert (titles(papers), errors) == (["Kites and Winds", "Boats: Small and Large"], [])


@pytest.mark.parametrize("text", ["<html><body>Sep 29</body></html>", "# Notes\n\nsome words\n", "a,b\n1,2\n"])
def test_other_text_is_not_taken_for_a_page(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="unknown format, begins with"):
        read_page(tmp_path, text)


def test_every_error_says_where_what_and_what_to_do(tmp_path: Path) -> None:
    text = page(("", abstract("nothing")), KITES, ("A" * 100, ""), BOATS) + "\nAn End"
    papers, errors = read_page(tmp_path, text)
    assert titles(papers) == ["Kites and Winds", "Boats: Small and Large"]
    assert len(errors) == 3
    for error in errors:
        place, _, message = str(error).partition(": ")
        file, _, line = place.rpartition(":")
        assert file == f"{tmp_path}/page.txt"
        assert int(line) >= 1
        what, value, remedy = message[: message.index(": ")], message[message.index(": ") : -1], message.split("; ")[-1]
        assert what.startswith(("a title without", "an abstract without"))
        assert value.startswith((": 'An", ": 'AA", ": 'Sent"))
        assert remedy.startswith(("add", "put", "save"))
        assert "\n" not in str(error)
        assert len(message) < 160


def test_the_real_pages_give_368_listings_of_303_papers(daily_pages: list[Path], tmp_path: Path) -> None:
    records = list(read(daily_pages))
    assert len(records) == 368
    assert not [record for record in records if isinstance(record, RecordError)]
    dates = {r.listings[0].page[:3]: r.listings[0].date for r in records if isinstance(r, Paper)}
    assert dates == {
        "000": "XXXX-09-29",
        "001": "XXXX-09-03",
        "002": "XXXX-03-13",
        "003": "XXXX-03-11",
        "004": "XXXX-03-14",
    }
    report = searchidx.build(daily_pages, tmp_path / "index")
    assert (report.listings, report.papers, report.bad_records) == (368, 303, 0)
