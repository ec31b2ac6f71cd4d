"""One dataset's page: who names it, and the numbers claimed on it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from markupsafe import Markup

from searchidx.extraction import canonical_dataset, metric_direction
from searchidx.index import Index
from searchidx.paper import UNSPECIFIED
from searchidx.record import Record, number
from searchidx.render import claim_value, counted
from searchidx.results import Claim
from searchidx.store.keys import fold
from searchidx.web import plots
from searchidx.web.params import SearchParams
from searchidx.web.views.shared import (
    Anchor,
    Code,
    HitCard,
    card,
    code_of,
    dataset_href,
    paper_href,
    per_year,
    plain,
    years_plot,
)

_RECENT, _SHOWN_METRICS, _SHOWN_BESIDE = 6, 12, 20
#: Claims on a page of the table.
_CLAIMS = 50
#: Plots leave out what is no plausible measurement; an axis could not show it beside the others.
_MAX_PLOTTED = 1e12


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One reported number."""

    value: str
    kind: str
    title: str
    href: str
    year: str
    sentence: str
    code: Code | None


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a table's column. href: sorts by it; sorted: `ascending`, `descending` or ''."""

    label: str
    href: str
    sorted: str
    css: str


@dataclass(frozen=True, slots=True)
class DatasetView:
    """One dataset: papers that name it and the numbers they report on it."""

    name: str
    count: str
    with_code: int
    search: str
    per_year: tuple[plots.Bar, ...]
    years_plot: Markup | None
    metrics: tuple[Anchor, ...]
    rarer: tuple[Anchor, ...]
    metric: str | None
    columns: tuple[Column, ...]
    claims: tuple[ClaimRow, ...]
    shown: str
    before: str | None
    after: str | None
    claims_plot: Markup | None
    plotted: str
    beside: tuple[Anchor, ...]
    recent: tuple[HitCard, ...]


_CLAIM_SORTS = ("value", "year", "title", "code")


@dataclass(frozen=True, slots=True)
class ClaimOrder:
    """How a table of claims is asked for. metric: None for the one reported most; page: from 1."""

    metric: str | None = None
    sort: str = "value"
    reverse: bool = False
    page: int = 1

    @classmethod
    def parse(cls, query: Iterable[tuple[str, str]]) -> ClaimOrder:
        """From a query string's pairs; what is not known is left as it is by default."""
        given = dict(query)
        sort, page = given.get("sort", ""), given.get("page", "")
        return cls(
            given.get("metric") or None,
            sort if sort in _CLAIM_SORTS else "value",
            given.get("order") == "reverse",
            max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )


def dataset(index: Index, name: str, order: ClaimOrder) -> DatasetView | None:
    """A dataset's page; None when no paper names it."""
    if not name.strip():
        return None
    page = index.facets("", facets=["year", "code", "dataset"], dataset=[name])
    if not page.total:
        return None
    keys = {fold(name), fold(canonical_dataset(name))}
    shown = next((value for value in page.facets["dataset"] if fold(value) in keys), canonical_dataset(name))
    claims = index.results(name)
    metrics = Counter(claim.metric.canonical for claim in claims)
    metric = next((m for m in metrics if order.metric and fold(m) == fold(order.metric)), next(iter(metrics), None))
    mine = [claim for claim in claims if claim.metric.canonical == metric]
    years = per_year(page.facets["year"], index, {"dataset": [name]})
    plotted = _plottable(mine)
    newest = index.search("", sort="date", limit=_RECENT, dataset=[name])
    base = dataset_href(shown)
    order = replace(order, page=min(order.page, max(math.ceil(len(mine) / _CLAIMS), 1)))
    first = (order.page - 1) * _CLAIMS
    tabs = [
        Anchor(_metric_name(m), _claims_href(base, m, ClaimOrder()), f"{n:,}", m == metric) for m, n in metrics.items()
    ]
    return DatasetView(
        name=shown,
        count=counted(page.total, "paper"),
        with_code=page.facets["code"].get("linked", 0),
        search=plain(SearchParams(dataset=(shown,))),
        per_year=years,
        years_plot=years_plot("years", f"Papers that name {shown}, by year", years),
        metrics=tuple(tab for place, tab in enumerate(tabs) if place < _SHOWN_METRICS or tab.current),
        rarer=tuple(tab for tab in tabs[_SHOWN_METRICS:] if not tab.current),
        metric=None if metric is None else _metric_name(metric),
        columns=tuple(_columns(base, metric, order)),
        claims=tuple(_claim_row(claim) for claim in _in_order(mine, order)[first : first + _CLAIMS]),
        shown=f"{first + 1} to {min(first + _CLAIMS, len(mine))} of {counted(len(mine), 'claim')}",
        before=_claims_href(base, metric, replace(order, page=order.page - 1)) if order.page > 1 else None,
        after=_claims_href(base, metric, replace(order, page=order.page + 1)) if first + _CLAIMS < len(mine) else None,
        claims_plot=_claims_plot(shown, _metric_name(metric or ""), plotted),
        plotted=_left_out(mine, plotted),
        beside=tuple(
            Anchor(value, dataset_href(value), f"{count:,}")
            for value, count in page.facets["dataset"].items()
            if fold(value) not in keys
        )[:_SHOWN_BESIDE],
        recent=tuple(card(hit, SearchParams()) for hit in newest.hits),
    )


def _metric_name(metric: str) -> str:
    return "metric not named" if metric == UNSPECIFIED else metric


def _claims_href(base: str, metric: str | None, order: ClaimOrder) -> str:
    asked = {
        "metric": metric or "",
        **({"sort": order.sort} if order.sort != "value" else {}),
        **({"order": "reverse"} if order.reverse else {}),
        **({"page": str(order.page)} if order.page > 1 else {}),
    }
    return f"{base}?{urlencode(asked)}#numbers"


def _columns(base: str, metric: str | None, order: ClaimOrder) -> Iterable[Column]:
    for label, sort, css in (
        ("Reported", "value", "num"),
        ("Paper", "title", ""),
        ("Year", "year", "num"),
        ("Code", "code", ""),
    ):
        here = order.sort == sort
        then = ClaimOrder(sort=sort, reverse=here and not order.reverse)
        down = sort == "year" or (sort == "value" and metric_direction(metric or "") != "lower")
        falling = down is not order.reverse
        state = ("descending" if falling else "ascending") if here else ""
        yield Column(label, _claims_href(base, metric, then), state, css)


def _in_order(claims: Sequence[Claim], order: ClaimOrder) -> list[Claim]:
    """Claims by a column. They come best first, which is the order of values and settles ties."""
    found = list(claims)
    if order.sort == "year":
        found.sort(key=lambda claim: -(claim.record.paper.year or 0))
    elif order.sort == "title":
        found.sort(key=lambda claim: claim.record.paper.title.casefold())
    elif order.sort == "code":
        found.sort(key=lambda claim: (claim.record.code != "linked", claim.record.code))
    return found[::-1] if order.reverse else found


def _claim_row(claim: Claim) -> ClaimRow:
    record = claim.record
    return ClaimRow(
        value=claim_value(claim.metric),
        kind={"absolute": "", "delta": "gain or loss", "ratio": "ratio"}[claim.metric.kind],
        title=record.paper.title,
        href=paper_href(record.paper.id),
        year=str(record.paper.year or ""),
        sentence=claim.metric.sentence,
        code=code_of(record),
    )


@dataclass(frozen=True, slots=True)
class Plotted:
    """A claim that can stand in a plot."""

    claim: Claim
    year: float
    value: float


def _plottable(claims: Sequence[Claim]) -> list[Plotted]:
    """Absolute values with a year and the unit that most have."""
    units = Counter(claim.metric.unit for claim in claims if claim.metric.kind == "absolute")
    if not units:
        return []
    unit = units.most_common(1)[0][0]
    found = []
    for claim in claims:
        value, when = number(claim.metric.value), _when(claim.record)
        if claim.metric.kind != "absolute" or claim.metric.unit != unit or when is None:
            continue
        if isinstance(value, float) and abs(value) <= _MAX_PLOTTED:
            found.append(Plotted(claim, when, value))
    return found


def _when(record: Record) -> float | None:
    """The year of a paper with the part of it that had gone by, 0 for the middle where the month is not known."""
    held = record.paper
    if held.year is None:
        return None
    month = int(held.date[5:7]) if held.date and len(held.date) >= 7 else 0
    return held.year + ((month - 0.5) / 12 - 0.5 if month else 0.0)


def _claims_plot(name: str, metric: str, plotted: Sequence[Plotted]) -> Markup | None:
    if len(plotted) < 3:
        return None
    unit = plotted[0].claim.metric.unit or ""
    values = [point.value for point in plotted]
    years = [point.claim.record.paper.year or 0 for point in plotted]
    points = [
        plots.Dot(
            point.year,
            point.value,
            f"{claim_value(point.claim.metric)}, {point.claim.record.paper.title} ({point.claim.record.paper.year})",
            filled=point.claim.record.code == "linked",
        )
        for point in plotted
    ]
    return plots.dots(
        "claims",
        f"{metric} on {name} as claimed in abstracts, by year of the paper",
        f"{len(points)} claims from {min(values):g} to {max(values):g}{unit}, years {min(years)} to {max(years)}. "
        "Settings differ from paper to paper, so the points cannot be ranked against each other.",
        points,
        unit=unit if unit == "%" else "",
    )


def _left_out(claims: Sequence[Claim], plotted: Sequence[Plotted]) -> str:
    """What a reader of the plot has to know of the axis and of what is not in it."""
    if not plotted:
        return ""
    unit = plotted[0].claim.metric.unit
    better = {"lower": "Less is better.", "higher": "More is better."}.get(
        metric_direction(claims[0].metric.canonical) or "", ""
    )
    missing = len(claims) - len(plotted)
    left = f"{counted(missing, 'claim')} not shown: gains, ratios, other units or no year." if missing else ""
    return " ".join(filter(None, (f"In {unit}." if unit else "", better, left)))
