"""Saved Hugging Face Daily Papers pages as plain text.

A page is blocks of text parted by blank lines: lines of the page's own (`Subscribe`), a date line (`Sep 29`,
no year), then title and abstract in turn. Damage met in the wild, and what becomes of it:

- a title over two lines is joined; Windows line ends and pages saved one after another in one file are fine;
- a title without an abstract, an abstract without a title: reported and skipped, the next paper is read;
- no date line: the listing has no date. The year is what the user says, or unknown;
- a page that holds no titles (the site's cards have no abstracts) says so.

A block is taken for an abstract by length: in the pages at hand titles end at 177 characters and abstracts
begin at 300; in between, a full stop decides.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import NamedTuple

from searchidx.errors import InputError, RecordError
from searchidx.identity import title_id
from searchidx.paper import Listing, Paper
from searchidx.sources._format import Format, ReadOptions
from searchidx.sources._stream import Lines

SOURCE_NAME = "hf-daily"

_MONTHS = {m: i for i, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_DATE_LINE = re.compile(r"([A-Z][a-z]{2,8})\.? (\d{1,2})(?:, (\d{4}))?")
#: Lines of the page itself, lower case, blanks removed (`byAK and` has lost one where the page had a picture).
_PAGE_LINES = frozenset(
    line.replace(" ", "")
    for line in (
        "new",
        "get trending papers in your email inbox!",
        "get trending papers in your email inbox once a day!",
        "subscribe",
        "daily papers",
        "daily",
        "weekly",
        "monthly",
        "trending papers",
        "by ak and the research community",
        "previous",
        "next",
        "submitted by",
        "view all papers",
    )
)
_SURE_PAGE_LINES = ("gettrendingpapersinyouremailinbox", "byakandtheresearchcommunity")
_LONGEST_TITLE = 300
_SHORTEST_ABSTRACT = 120


class _Block(NamedTuple):
    line: int
    text: str


def sniff(head: str) -> bool:
    """A page says so itself in its first lines, or opens with a date line and a title above an abstract."""
    lines = [line.strip() for line in head.splitlines() if line.strip()][:12]
    squashed = [line.replace(" ", "").lower() for line in lines]
    if any(line.startswith(_SURE_PAGE_LINES) for line in squashed):
        return True
    if any(_date(line, None) for line in lines[:8]):
        return True
    return (
        len(lines) >= 2
        and not head.lstrip().startswith(("{", "[", "<", "#", "%"))
        and not _is_abstract(lines[0])
        and len(lines[1]) >= _LONGEST_TITLE
        and _is_abstract(lines[1])
    )


def read(stream: Lines, options: ReadOptions) -> Iterator[Paper | RecordError]:
    """Yield every listing of a page as a paper, each with the page's name and date."""
    page = stream.name.replace("\\", "/").rsplit("/", 1)[-1]
    date: str | None = None
    title: _Block | None = None
    found = 0
    for block in _blocks(stream):
        if new_date := _date(block.text, options.listing_year):
            date = new_date
        elif _is_abstract(block.text):
            found += 1
            if title is None:
                yield _error(stream, block, "an abstract without a title", "put its title on a line above")
                continue
            yield _paper(title.text, block.text, page, date)
            title = None
        else:
            if title is not None:
                yield _error(stream, title, "a title without an abstract", "add the abstract below")
            title = block
    if title is not None and found:
        yield _error(stream, title, "a title without an abstract at the end of the page", "save the page whole")
    if not found:
        raise InputError(
            f"{stream.name}: the page holds no title with an abstract (the site's cards have none); "
            "save the papers' own pages, or the listing with abstracts"
        )


FORMAT = Format("hf-daily-text", "saved Hugging Face Daily Papers page, plain text", sniff, read)


def _paper(title: str, abstract: str, page: str, date: str | None) -> Paper:
    known = date if date and not date.startswith("X") else None
    return Paper(
        id=title_id(title),
        title=title,
        abstract=abstract,
        date=known,
        year=int(known[:4]) if known else None,
        source=(SOURCE_NAME,),
        listings=(Listing(page, date),),
    )


def _error(stream: Lines, block: _Block, what: str, remedy: str) -> RecordError:
    shown = block.text if len(block.text) <= 60 else block.text[:57] + "..."
    return RecordError(stream.place(block.line), f"{what}: {shown!r}; {remedy}")


def _blocks(stream: Lines) -> Iterator[_Block]:
    """Titles, abstracts and dates, each on one line; the page's own lines are gone."""
    pending: list[_Block] = []
    for number, line in stream.lines():
        text = " ".join(line.split())
        if text and not _is_page_line(text):
            pending.append(_Block(number, text))
            continue
        yield from _join(pending)
        pending = []
    yield from _join(pending)


def _join(lines: list[_Block]) -> Iterator[_Block]:
    """The lines between two blank ones: usually one block; a saver that drops blank lines leaves several.

    A line that is an abstract by itself, or a date, stands alone; what is between is one title (or a hard-wrapped
    abstract).
    """
    run: list[_Block] = []
    for line in lines:
        if len(line.text) > _LONGEST_TITLE or _date(line.text, None):
            if run:
                yield _Block(run[0].line, " ".join(b.text for b in run))
                run = []
            yield line
        else:
            run.append(line)
    if run:
        yield _Block(run[0].line, " ".join(b.text for b in run))


def _is_page_line(text: str) -> bool:
    return text.replace(" ", "").lower() in _PAGE_LINES


def _is_abstract(text: str) -> bool:
    if len(text) > _LONGEST_TITLE:
        return True
    return len(text) >= _SHORTEST_ABSTRACT and (". " in text or text.endswith((".", "!")))


def _date(text: str, year: int | None) -> str | None:
    """`XXXX-09-29` for `Sep 29`; with the year where the line or the user says it; None for any other line."""
    match = _DATE_LINE.fullmatch(text)
    if not match:
        return None
    month, day = _MONTHS.get(match.group(1)[:3].lower(), 0), int(match.group(2))
    stated = int(match.group(3)) if match.group(3) else year
    if stated is not None and _exists(stated, month, day):
        return f"{stated:04}-{month:02}-{day:02}"
    # no such day in the user's year (Feb 29): the year stays unknown
    return f"XXXX-{month:02}-{day:02}" if not match.group(3) and _exists(2000, month, day) else None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True
