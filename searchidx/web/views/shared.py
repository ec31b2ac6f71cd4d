"""What several pages show: links, hits as cards, days in words, papers by year."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from searchidx.index import Index
from searchidx.paper import UNSPECIFIED
from searchidx.record import Record
from searchidx.render import counted, day_words, metric_words, safe
from searchidx.results import Hit
from searchidx.snippets import snippet
from searchidx.web import plots
from searchidx.web.params import SearchParams
from searchidx.web.urls import safe_url

_SHOWN_AUTHORS, _SHOWN_FACTS = 6, 4

CODE_LABELS = {
    "linked": "Code linked",
    "released": "Released, no link",
    "promised": "Promised",
    "none": "No code",
}


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link with its words. note: shown smaller beside them; current: whether it is where one is."""

    label: str
    href: str
    note: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """The state of a paper's code. href: its repository, None when none may be linked to."""

    state: str
    label: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class HitCard:
    """A paper in a list."""

    rank: int
    href: str
    title: str
    authors: tuple[Anchor, ...]
    more_authors: int
    date: str | None
    venue: Anchor | None
    votes: int | None
    code: Code | None
    datasets: tuple[Anchor, ...]
    metrics: tuple[Anchor, ...]
    more_facts: int
    snippet: Markup
    abstract: str
    url: str | None
    also: tuple[Anchor, ...]


def plain(search: SearchParams) -> str:
    """The URL of a search."""
    query = search.to_query()
    return f"/search?{query}" if query else "/search"


def paper_href(id_: str) -> str:
    """The URL of a paper's page."""
    return f"/paper/{quote(id_, safe='/')}"


def dataset_href(name: str) -> str:
    """The URL of a dataset's page."""
    return f"/dataset/{quote(name, safe='/')}"


def card(hit: Hit, search: SearchParams) -> HitCard:
    """A hit. search: what its chips narrow further."""
    record, paper = hit.record, hit.record.paper
    authors = list(dict.fromkeys(paper.authors))
    datasets = list(dict.fromkeys(d.canonical for d in record.extraction.datasets))
    metrics = [metric for metric in record.extraction.metrics if metric.canonical != UNSPECIFIED]
    hidden = max(len(datasets) - _SHOWN_FACTS, 0) + max(len(metrics) - _SHOWN_FACTS, 0)
    return HitCard(
        rank=hit.rank,
        href=paper_href(hit.id),
        title=paper.title,
        authors=tuple(map(author_anchor, authors[:_SHOWN_AUTHORS])),
        more_authors=max(len(authors) - _SHOWN_AUTHORS, 0),
        date=date_words(record),
        venue=venue_anchor(record),
        votes=paper.upvotes,
        code=code_of(record),
        datasets=tuple(Anchor(name, plain(search.with_("dataset", name))) for name in datasets[:_SHOWN_FACTS]),
        metrics=tuple(
            Anchor(metric_words(metric), plain(search.with_("metric", metric.canonical)))
            for metric in metrics[:_SHOWN_FACTS]
        ),
        more_facts=hidden,
        snippet=Markup(safe(hit.snippet or snippet(paper.abstract, ()))),  # noqa: S704 - `snippets` escapes
        abstract=paper.abstract,
        url=safe_url(record.url),
        also=tuple(Anchor(id_, paper_href(id_)) for id_ in hit.also),
    )


def author_anchor(name: str) -> Anchor:
    return Anchor(name, plain(SearchParams(author=(name,))) if name.strip() else "/search")


def venue_anchor(record: Record) -> Anchor | None:
    venue = record.paper.venue
    return Anchor(venue, plain(SearchParams(venue=(venue,)))) if venue and venue.strip() else None


def date_words(record: Record) -> str | None:
    paper = record.paper
    listed = next((f"listed {day_words(x.date)}" for x in paper.listings if x.date), None)
    return paper.date or (str(paper.year) if paper.year else listed)


def code_of(record: Record) -> Code | None:
    """None when nothing is said of code."""
    if record.repo:
        return Code("linked", record.repo.partition("/")[2] or record.repo, safe_url(f"https://{record.repo}"))
    return None if record.code == "none" else Code(record.code, f"code {record.code}")


def value_words(name: str, value: str) -> str:
    return CODE_LABELS.get(value, value) if name == "code" else value


def day_anchor(day_: str | None) -> Anchor | None:
    return Anchor(long_day(day_), f"/day/{day_}") if day_ else None


def long_day(day_: str) -> str:
    """`29 September 2025`; `29 September, year unknown`; what is no day as it is."""
    year, _, rest = day_.partition("-")
    month, _, day_of_month = rest.partition("-")
    if not (month.isdecimal() and day_of_month.isdecimal() and 1 <= int(month) <= 12):
        return day_
    words = f"{int(day_of_month)} {calendar.month_name[int(month)]}"
    return f"{words} {year}" if year.isdecimal() else f"{words}, year unknown"


def short_day(day_: str) -> str:
    """`29 Sep`, with the year where it is known."""
    words = long_day(day_).replace(", year unknown", "").split()
    return " ".join([words[0], words[1][:3], *words[2:]]) if len(words) > 1 else day_


def per_year(years: dict[str, int], index: Index, narrow: dict[str, Any]) -> tuple[plots.Bar, ...]:
    """Papers of every year from the first to the last, and how many of them have code."""
    if not years:
        return ()
    coded = index.facets("", facets=["year"], has_code=True, **narrow).facets["year"]
    span = range(min(map(int, years)), max(map(int, years)) + 1)
    found = []
    for year in map(str, span):
        total, part = years.get(year, 0), coded.get(year, 0)
        found.append(plots.Bar(year, total, part, f"{year}: {counted(total, 'paper')}, {part:,} with code"))
    return tuple(found)


def years_plot(name: str, title: str, bars: Sequence[plots.Bar]) -> Markup | None:
    if len(bars) < 2:
        return None
    most = max(bars, key=lambda bar: bar.value)
    desc = (
        f"From {bars[0].label} to {bars[-1].label}; most in {most.label}, {counted(int(most.value), 'paper')}. "
        "The dark part has a code repository."
    )
    return plots.bars(name, title, desc, bars)
