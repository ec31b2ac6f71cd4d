"""Which segments to merge after an update: few segments to search, little to write.

Segments are in tiers by their live papers: up to `SMALLEST`, up to ten times as many, a hundred times, ... A tier with
`PER_TIER` segments becomes one segment of the next, so a paper is written again once per tier and an index of n papers
has at most about PER_TIER * log10(n / SMALLEST) segments. A segment more than half of which is deleted is written anew.
"""

from __future__ import annotations

from collections.abc import Sequence

SMALLEST = 1_000
PER_TIER = 10


def tier(live: int) -> int:
    """The tier of a segment with so many live papers, from 0."""
    number, bound = 0, SMALLEST
    while live > bound:
        number, bound = number + 1, bound * PER_TIER
    return number


def due(sizes: Sequence[tuple[int, int]]) -> list[int]:
    """Places of the segments to merge into one, at least one to be worth it; empty when all is well.

    sizes: (live papers, rows) of every segment. Full tiers are taken from the lowest up, and with them the tiers they
    fill; segments mostly deleted come along.
    """
    worn = [place for place, (live, rows) in enumerate(sizes) if 2 * live < rows]
    chosen: list[int] = []
    total = 0
    for number in range(1 + max((tier(live) for live, _ in sizes), default=0)):
        here = [place for place, (live, _) in enumerate(sizes) if tier(live) == number and place not in worn]
        if len(here) + (total > 0 and tier(total) <= number) >= PER_TIER:
            chosen += here
            total += sum(sizes[place][0] for place in here)
    return sorted(chosen + worn)
