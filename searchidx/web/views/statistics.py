"""The page of counts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from searchidx.index import Index
from searchidx.render import counted
from searchidx.results import Page
from searchidx.web import plots
from searchidx.web.params import SearchParams
from searchidx.web.views.shared import (
    Anchor,
    dataset_href,
    per_year,
    plain,
    value_words,
    years_plot,
)

_TOP = 20


@dataclass(frozen=True, slots=True)
class Share:
    """A row of a table with a thin bar."""

    anchor: Anchor
    count: int
    bar: Markup


@dataclass(frozen=True, slots=True)
class StatsView:
    """What an index holds."""

    figures: tuple[tuple[str, str, str], ...]
    per_year: tuple[plots.Bar, ...]
    years_plot: Markup | None
    shares_plot: Markup | None
    datasets: tuple[Share, ...]
    metrics: tuple[Share, ...]
    venues: tuple[Share, ...]
    sources: tuple[Share, ...]
    codes: tuple[Share, ...]
    facts: tuple[tuple[str, str], ...]


def stats(index: Index) -> StatsView:
    """The counts of an index with their plots."""
    told = index.stats()
    page = index.facets("", facets=["dataset", "metric", "venue", "source", "code", "year"])
    years = per_year(page.facets["year"], index, {})
    return StatsView(
        figures=tuple(_figures(told)),
        per_year=years,
        years_plot=years_plot("years", "Papers by year", years),
        shares_plot=_shares_plot(years),
        datasets=_shares("dataset", page),
        metrics=_shares("metric", page),
        venues=_shares("venue", page),
        sources=_shares("source", page),
        codes=_shares("code", page),
        facts=tuple(_index_facts(told)),
    )


def _figures(told: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    """(number, what it counts, what part it is)."""
    papers = told["papers"]

    def part(count: int) -> str:
        return f"{100 * count / papers:.1f} % of papers" if papers else ""

    yield f"{papers:,}", "papers", f"from {counted(told['listings'] or papers, 'listing')}"
    yield f"{told['with_code']:,}", "with code linked", part(told["with_code"])
    yield f"{told['with_datasets']:,}", "name a dataset", f"{told['distinct']['dataset']:,} different"
    yield f"{told['reported_numbers']:,}", "reported numbers", f"in {counted(told['with_metrics'], 'paper')}"


def _index_facts(told: dict[str, Any]) -> Iterable[tuple[str, str]]:
    yield "Generation", told["generation"]
    if told["created"]:
        yield "Built", f"{told['created'].replace('T', ' ').replace('+00:00', ' UTC')} ({age(told['created'])})"
    yield "Size", f"{told['size_bytes'] / 1e6:,.1f} MB in {counted(told['segments'], 'segment')}"
    yield "Vocabulary", f"{counted(told['terms'], 'term')}, {sum(told['words'].values()):,} words"
    yield "Authors", f"{told['distinct']['author']:,}"
    yield "Repositories", f"{told['distinct']['repo']:,}"
    if told["deleted"]:
        yield "Deleted", f"{counted(told['deleted'], 'row')} wait for a merge"
    for name, version in told["versions"].items():
        yield f"{name.capitalize()} version", str(version)


def age(created: str | None, today: datetime.date | None = None) -> str:
    """How many days ago an index was built; '' when that is not known. Answers are kept for a day, so no hours."""
    try:
        then = datetime.datetime.fromisoformat(created or "").date()
    except ValueError:
        return ""
    days = ((today or datetime.datetime.now(datetime.UTC).date()) - then).days
    return {0: "today", 1: "yesterday"}.get(days) or f"{counted(days, 'day')} ago"


def _shares(name: str, page: Page) -> tuple[Share, ...]:
    """The most frequent values of a facet, as shares of the most frequent one."""
    counts = list(page.facets[name].items())[:_TOP]
    most = max((count for _, count in counts), default=1)
    return tuple(
        Share(
            Anchor(
                value_words(name, value),
                dataset_href(value) if name == "dataset" else plain(SearchParams().with_(name, value)),
            ),
            count,
            plots.share(count / most),
        )
        for value, count in counts
    )


def _shares_plot(bars: Sequence[plots.Bar]) -> Markup | None:
    shares = [
        plots.Bar(bar.label, percent, percent, f"{bar.label}: {percent:.1f} % of {counted(int(bar.value), 'paper')}")
        for bar in bars
        if (percent := 100 * bar.part / bar.value if bar.value else 0.0) is not None
    ]
    if len(shares) < 2:
        return None
    most = max(shares, key=lambda bar: bar.value)
    desc = f"From {shares[0].label} to {shares[-1].label}; most in {most.label}, {most.value:.1f} %."
    return plots.bars("shares", "Share of papers with a code repository, by year", desc, shares, unit="%")
