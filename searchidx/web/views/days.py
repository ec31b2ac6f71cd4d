"""The page of one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searchidx.browsing import newest_first
from searchidx.index import Index
from searchidx.render import counted
from searchidx.web.params import SearchParams
from searchidx.web.views.shared import (
    Anchor,
    HitCard,
    card,
    day_anchor,
    long_day,
    short_day,
)

_NEAR_DAYS, _MAX_PAPERS = 6, 200


@dataclass(frozen=True, slots=True)
class DayView:
    """The papers of one day."""

    day: str
    title: str
    count: str
    hits: tuple[HitCard, ...]
    newer: Anchor | None
    older: Anchor | None
    near: tuple[Anchor, ...]
    left: int


def day(index: Index, asked: str) -> DayView:
    """A day's papers and the days around it. Raises UsageError."""
    page = index.on_day(asked, limit=_MAX_PAPERS)
    days = index.days()
    names = list(days)
    place = names.index(asked) if asked in days else _place(names, asked)
    newer = names[place - 1] if place else None
    after = place + 1 if asked in days else place
    older = names[after] if after < len(names) else None
    near = names[max(place - _NEAR_DAYS, 0) : place + _NEAR_DAYS + 1]
    return DayView(
        day=asked,
        title=long_day(asked),
        count=counted(page.total, "paper"),
        hits=tuple(card(hit, SearchParams()) for hit in page.hits),
        newer=day_anchor(newer),
        older=day_anchor(older),
        near=tuple(Anchor(short_day(d), f"/day/{d}", f"{days[d]:,}", d == asked) for d in near),
        left=page.total - len(page.hits),
    )


def _place(names: Sequence[str], asked: str) -> int:
    """Where a day without papers would stand."""
    return sum(newest_first(name) < newest_first(asked) for name in names)
