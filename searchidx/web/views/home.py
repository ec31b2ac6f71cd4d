"""The first page: what is there, and ways in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from searchidx.index import Index
from searchidx.render import counted
from searchidx.web.params import SearchParams
from searchidx.web.views.shared import (
    Anchor,
    HitCard,
    card,
    dataset_href,
    long_day,
    plain,
)

_RECENT, _SHOWN_NAMES = 6, 12


@dataclass(frozen=True, slots=True)
class HomeView:
    """The first page: what is there, and ways in."""

    papers: str
    with_code: str
    examples: tuple[Anchor, ...]
    datasets: tuple[Anchor, ...]
    venues: tuple[Anchor, ...]
    years: tuple[Anchor, ...]
    recent: tuple[HitCard, ...]
    recent_title: str


def home(index: Index) -> HomeView:
    """Counts, examples made of what the index holds, and its newest papers."""
    page = index.facets("", facets=["dataset", "venue", "year", "code"])
    datasets, venues = list(page.facets["dataset"]), list(page.facets["venue"])
    linked = page.facets["code"].get("linked", 0)
    day = next(iter(index.days()), None)
    newest = index.on_day(day, limit=_RECENT) if day else index.search("", sort="date", limit=_RECENT)
    return HomeView(
        papers=counted(page.total, "paper"),
        with_code=f"{linked:,}",
        examples=tuple(Anchor(q, plain(SearchParams(q=q))) for q in _examples(datasets, venues)),
        datasets=tuple(Anchor(n, dataset_href(n), f"{page.facets['dataset'][n]:,}") for n in datasets[:_SHOWN_NAMES]),
        venues=tuple(
            Anchor(venue, plain(SearchParams(venue=(venue,))), f"{page.facets['venue'][venue]:,}")
            for venue in venues[:_SHOWN_NAMES]
        ),
        years=tuple(
            Anchor(year, plain(SearchParams(year=(year,))), f"{count:,}")
            for year, count in list(page.facets["year"].items())[:_SHOWN_NAMES]
        ),
        recent=tuple(card(hit, SearchParams()) for hit in newest.hits),
        recent_title=f"Papers of {long_day(day)}" if day else "Newest papers",
    )


def _examples(datasets: Sequence[str], venues: Sequence[str]) -> Iterable[str]:
    """Queries to try; where they hold names these are in the index."""
    yield "self-supervised depth"
    yield '"knowledge distillation" has:code'
    if datasets:
        yield f'dataset:{_quoted(datasets[0])} metric:"accuracy>=80"'
    if venues:
        yield f"diffusion venue:{_quoted(venues[0])}"


def _quoted(name: str) -> str:
    return name if name.isalnum() else '"' + name.replace('"', "") + '"'
