"""The page of a search: hits, facets that turn filters on and off, ways on and ways out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise
from typing import Any
from urllib.parse import parse_qsl

from searchidx.errors import QueryError, UsageError
from searchidx.fields import BY_NAME
from searchidx.index import Index
from searchidx.paper import CODE_STATES
from searchidx.query import SYNTAX
from searchidx.render import counted
from searchidx.results import Page
from searchidx.store.keys import fold
from searchidx.web.params import FACET_NAMES, MAX_DEPTH, SearchParams
from searchidx.web.views.shared import (
    Anchor,
    HitCard,
    card,
    plain,
    value_words,
)

#: Values of a facet shown at once, and all that can be unfolded: every one costs a link.
_SHOWN_CHOICES, _MAX_CHOICES = 8, 40
_PAGE_SIZES = (10, 25, 50)
#: Filters that a page without hits tries to leave out: each try is a search.
_MAX_HINTS = 12

SORT_LABELS = {"relevance": "Relevance", "date": "Newest", "trending": "Trending"}
EXPORTS = (("bib", "BibTeX"), ("csv", "CSV"), ("jsonl", "JSON Lines"))
_SYNTAX_ROW = re.compile(r"  (\S.*?)\s{2,}(\S.*)")


@dataclass(frozen=True, slots=True)
class SyntaxPart:
    """A part of the help on queries. rows: what is typed, what it finds; examples: whole queries; words: the rest."""

    title: str
    rows: tuple[tuple[str, str], ...]
    examples: tuple[Anchor, ...]
    words: str


@cache
def syntax() -> tuple[SyntaxPart, ...]:
    """The help on queries (`query.SYNTAX`), cut into parts."""
    return tuple(map(_syntax_part, SYNTAX.strip().split("\n\n")))


def _syntax_part(text: str) -> SyntaxPart:
    title, *lines = text.split("\n")
    if title.startswith(" "):
        title, lines = "", [title, *lines]
    if title == "Examples":
        queries = [line.strip() for line in lines]
        return SyntaxPart(title, (), tuple(Anchor(q, plain(SearchParams(q=q))) for q in queries), "")
    rows = [match for line in lines if (match := _SYNTAX_ROW.fullmatch(line))]
    if len(rows) == len(lines):
        return SyntaxPart(title, tuple((row[1], row[2]) for row in rows), (), "")
    return SyntaxPart(title, (), (), " ".join(line.strip() for line in lines))


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: following the link turns the filter on, or off where it is on."""

    label: str
    count: int
    href: str
    on: bool
    key: str


@dataclass(frozen=True, slots=True)
class FacetBox:
    """A facet: the choices shown at once and those folded away."""

    name: str
    label: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class SearchView:
    """The page of one search."""

    params: SearchParams
    count: str
    took: str
    hits: tuple[HitCard, ...]
    first: int
    chips: tuple[Anchor, ...]
    facets: tuple[FacetBox, ...]
    sorts: tuple[Anchor, ...]
    sizes: tuple[Anchor, ...]
    pages: tuple[Anchor | None, ...]
    before: str | None
    after: str | None
    did_you_mean: Anchor | None
    unknown: tuple[str, ...]
    note: str | None
    hints: tuple[Anchor, ...]
    past_end: bool
    unfiltered: str
    exports: tuple[Anchor, ...]
    feed: str
    api: str


def search(index: Index, params: SearchParams) -> SearchView:
    """A search with its facets. Raises QueryError, UsageError.

    Where a facet is narrowed already its counts are those without that narrowing, for values of one kind stand beside
    each other: they say what a further value would add.
    """
    wanted = [name for name in FACET_NAMES if not _narrowed(params, name)]
    kwargs = {**params.search_kwargs(), "facets": wanted, "explain": False}
    page = index.search(params.q, snippets=True, fold=True, **kwargs)
    counts = {name: page.facets[name] for name in wanted}
    for name in FACET_NAMES:
        if name not in counts:
            open_ = _opened(params, name)
            counts[name] = index.facets(params.q, facets=[name], **open_.narrow()).facets[name]
    # files and feeds hold all of a search, not as many papers as a page
    query = params.without("limit").to_query()
    of = f"?{query}" if query else ""
    return SearchView(
        params=params,
        count=counted(page.total, "paper"),
        took=f"{page.took_ms:.1f} ms" if page.took_ms < 100 else f"{page.took_ms / 1000:.2f} s",
        hits=tuple(card(hit, params) for hit in page.hits),
        first=page.hits[0].rank if page.hits else 1,
        chips=tuple(_chips(params)),
        facets=tuple(_facet(params, name, counts[name]) for name in FACET_NAMES if counts[name]),
        sorts=tuple(_sorts(params)),
        sizes=tuple(_sizes(params, page.total)),
        pages=tuple(_pages(params, page)),
        before=plain(params.at_page(params.page - 1)) if params.page > 1 and page.hits else None,
        after=plain(params.at_page(params.page + 1)) if params.page < _last_page(params, page) else None,
        did_you_mean=_meant(params, page),
        unknown=page.unknown,
        note=page.note,
        hints=tuple(_hints(index, params, page)) if not page.hits else (),
        past_end=not page.hits and page.total > 0,
        unfiltered=plain(SearchParams(q=params.q, limit=params.limit, sort=params.sort)),
        exports=tuple(Anchor(label, f"/export/search.{kind}{of}") for kind, label in EXPORTS),
        feed=f"/feed.atom{of}",
        api=f"/api/search{of}",
    )


def _narrowed(params: SearchParams, name: str) -> bool:
    return bool(getattr(params, name)) or (name == "code" and params.has_code is not None)


def _opened(params: SearchParams, name: str) -> SearchParams:
    """The search without the narrowing of one facet."""
    params = params.without(name)
    return params.without("has_code") if name == "code" else params


def _chips(params: SearchParams) -> Iterable[Anchor]:
    """The filters in force; each link leaves one out."""
    for name, value in _filters(params):
        kind = "code" if name == "has_code" else BY_NAME[name].label.lower()
        yield Anchor(_filter_words(name, value), plain(params.without(name, value)), kind)


def _filters(params: SearchParams) -> Iterable[tuple[str, Any]]:
    """Name and value of every filter in force."""
    for name, given in params.narrow().items():
        for value in given if isinstance(given, tuple) else (given,):
            yield name, value


def _filter_words(name: str, value: Any) -> str:
    if name == "has_code":
        return "with code" if value else "without code"
    return value_words(name, value)


def _facet(params: SearchParams, name: str, counts: dict[str, int]) -> FacetBox:
    held = {fold(value): value for value in getattr(params, name)}
    if name == "code":
        counts = {state: counts[state] for state in CODE_STATES if state in counts}
    known = [value for place, value in enumerate(counts) if place < _MAX_CHOICES or fold(value) in held]
    choices = [_choice(params, name, value, counts[value], held) for value in known]
    # what is on stays in sight, however rare it is
    late = [choice for choice in choices[_SHOWN_CHOICES:] if choice.on]
    rest = [choice for choice in choices[_SHOWN_CHOICES:] if not choice.on]
    shown = (*choices[:_SHOWN_CHOICES], *late)
    return FacetBox(name, BY_NAME[name].label, shown, tuple(rest), len(known) < len(counts))


def _choice(params: SearchParams, name: str, value: str, count: int, held: dict[str, str]) -> Choice:
    mine = held.get(fold(value))
    on = mine is not None
    then = params.without(name, mine) if on else params.with_(name, value)
    if name == "code" and params.has_code is not None:
        on = on or (value == "linked") is params.has_code
        then = params.without("has_code").without("code")
        if not on:
            then = then.with_("code", value)
    elif name == "year" and not on and not all(held_.isdigit() for held_ in held.values()):
        then = params.without("year").with_("year", value)  # a year beside a range that holds it would do nothing
    return Choice(value_words(name, value), count, plain(then), on, f"{name}:{value}")


def _sorts(params: SearchParams) -> Iterable[Anchor]:
    for sort, label in SORT_LABELS.items():
        if sort == "relevance" and not params.q:
            continue  # without words all are as relevant, and the newest come first
        current = sort == (params.sort if params.q or params.sort != "relevance" else "date")
        yield Anchor(label, plain(params.with_("sort", sort)), current=current)


def _sizes(params: SearchParams, total: int) -> Iterable[Anchor]:
    if total > _PAGE_SIZES[0]:
        for size in _PAGE_SIZES:
            yield Anchor(str(size), plain(params.with_("limit", size)), current=size == params.limit)


def _last_page(params: SearchParams, page: Page) -> int:
    return min(math.ceil(page.total / params.limit), MAX_DEPTH // params.limit)


def _pages(params: SearchParams, page: Page) -> Iterable[Anchor | None]:
    """Links to the first, the last and the near pages; None where some are left out. Nothing when there is one page."""
    last = _last_page(params, page)
    if last <= 1:
        return
    near = range(params.page - 2, params.page + 3)
    numbers = sorted({1, last, *(number for number in near if 1 <= number <= last)})
    for before, number_ in pairwise([0, *numbers]):
        if number_ > before + 1:
            yield None
        yield Anchor(str(number_), plain(params.at_page(number_)), current=number_ == params.page)


def _meant(params: SearchParams, page: Page) -> Anchor | None:
    if not page.did_you_mean:
        return None
    return Anchor(page.did_you_mean, plain(params.with_("q", page.did_you_mean)))


def _hints(index: Index, params: SearchParams, page: Page) -> Iterable[Anchor]:
    """Ways out of a page without papers, each with what it finds."""
    if page.total:
        yield Anchor("the first page", plain(params.at_page(1)), counted(page.total, "paper"))
        return
    for name, value in islice(_filters(params), _MAX_HINTS):
        yield from _hint(index, f"without the filter “{_filter_words(name, value)}”", params.without(name, value))
    if params.narrow():
        yield from _hint(index, "without any filter", SearchParams(q=params.q, limit=params.limit))
    words_alone = " ".join(re.sub(r"\b(?:AND|OR|NOT)\b|[\"()+]|(?<!\S)-|\b\w+:", " ", params.q).split())
    if words_alone and words_alone != params.q:
        yield from _hint(index, f"just the words “{words_alone}”", params.with_("q", words_alone))


def _hint(index: Index, words: str, then: SearchParams) -> Iterable[Anchor]:
    try:
        total = index.facets(then.q, facets=(), **then.narrow()).total
    except UsageError:
        return
    if total:
        yield Anchor(words, plain(then), counted(total, "paper"))


def carried(params: SearchParams, but: str) -> list[tuple[str, str]]:
    """Name and value of everything that a form has to send along beside its own field, the page number left out."""
    return parse_qsl(params.without(but).to_query())


@dataclass(frozen=True, slots=True)
class Pointed:
    """A query with the word an error speaks of."""

    before: str
    at: str
    after: str


def pointed(query: str, error: Exception) -> Pointed | None:
    """Where in a query an error points; None when it points nowhere."""
    column = error.column if isinstance(error, QueryError) else None
    if not column or not query:
        return None
    place = min(column - 1, len(query))
    word = re.match(r"\S*", query[place:])
    end = place + max(len(word.group()) if word else 0, 1)
    return Pointed(query[:place], query[place:end], query[end:])
