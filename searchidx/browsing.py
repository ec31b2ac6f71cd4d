"""Papers by day: which days an index has papers of, newest first, and which papers those are.

A paper belongs to the day of its date. One whose date is not known to the day belongs to the days of the saved pages
that listed it; such a day may have no year (`XXXX-09-29`, see `paper.Listing`) and then comes after all that have one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from searchidx.record import Record
from searchidx.sources.daily_text import SOURCE_NAME
from searchidx.store.files import Array
from searchidx.store.keys import fold
from searchidx.store.segment import Column
from searchidx.store.snapshot import Snapshot

_DAY = re.compile(r"(?:[0-9]{4}|XXXX)-[0-9]{2}-[0-9]{2}")


def is_day(text: str) -> bool:
    """Whether the text is written like a day: `2025-09-29` or `XXXX-09-29`."""
    return _DAY.fullmatch(text) is not None


def rows_by_day(snapshot: Snapshot, dates: Array, read: Callable[[int], Record]) -> dict[str, Array]:
    """Day -> the rows of its papers, rising; newest day first, days without a year last.

    dates: YYYYMMDD per row, unknown parts 0. read: the record of a row, asked for papers of saved daily pages only.
    """
    rows = snapshot.live_rows()
    known = rows[dates[rows] % 100 > 0]
    order = known[np.argsort(dates[known], kind="stable")]
    numbers, starts = np.unique(dates[order], return_index=True)
    edges = np.append(starts, len(order)).tolist()
    found = {_written(n): order[a:b] for n, (a, b) in zip(numbers.tolist(), pairwise(edges), strict=True)}
    for day, listed in _listed(snapshot, dates, read).items():
        before = found.get(day)
        found[day] = np.array(listed, np.int64) if before is None else np.union1d(before, listed)
    return {day: found[day] for day in sorted(found, key=newest_first)}


def _listed(snapshot: Snapshot, dates: Array, read: Callable[[int], Record]) -> dict[str, list[int]]:
    """Day of a listing -> rows listed then, of papers whose own date does not say the day."""
    rows = snapshot.rows_holding("source", _of_daily_pages)
    if snapshot.live is not None:
        rows = rows[snapshot.live[rows]]
    days: dict[str, list[int]] = {}
    for row in rows[dates[rows] % 100 == 0].tolist():
        for day in {listing.date for listing in read(row).paper.listings if listing.date}:
            if is_day(day):
                days.setdefault(day, []).append(row)
    return days


def _of_daily_pages(column: Column) -> list[int]:
    number = column.keys.find(fold(SOURCE_NAME).encode())
    return [number] if number >= 0 else []


def _written(date: int) -> str:
    return f"{date // 10_000:04}-{date // 100 % 100:02}-{date % 100:02}"


def newest_first(day: str) -> tuple[bool, int]:
    """A key that puts days in order: newest first, those without a year last."""
    return day.startswith("X"), -int(day.replace("X", "0").replace("-", ""))
