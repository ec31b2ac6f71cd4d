"""Papers that are listed twice under titles not quite the same: a workshop's version, a misprint, a missing article.

Equal titles are one paper from the start (`identity`). Here two records are near duplicates when their titles differ in
a few letters only, in no number or numeral, and, where both name authors, in not all of these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from searchidx.analysis import clean
from searchidx.identity import MIN_TITLE_KEY, title_key
from searchidx.paper import Paper

#: Letters by which the titles may differ, of a hundred, and always.
_SHARE = 10
_LEAST = 2
_NUMBER = re.compile(r"\d+|\b[IVX]+\b|[+#]")


def folded(papers: Sequence[Paper]) -> list[list[int]]:
    """The places of the papers, near duplicates together: each group in order, groups by their first."""
    groups: list[list[int]] = []
    keys = [title_key(paper.title) for paper in papers]
    for place, paper in enumerate(papers):
        for group in groups:
            first = group[0]
            if _is_near(keys[first], keys[place]) and _may_be_one(papers[first], paper):
                group.append(place)
                break
        else:
            groups.append([place])
    return groups


def _is_near(first: str, second: str) -> bool:
    most = max(_LEAST, max(len(first), len(second)) * _SHARE // 100)
    if min(len(first), len(second)) < MIN_TITLE_KEY or abs(len(first) - len(second)) > most:
        return False
    from rapidfuzz.distance import OSA

    return OSA.distance(first, second, score_cutoff=most) <= most


def _may_be_one(first: Paper, second: Paper) -> bool:
    if _NUMBER.findall(first.title) != _NUMBER.findall(second.title):
        return False
    names = [{clean(author).casefold() for author in paper.authors} for paper in (first, second)]
    return not all(names) or bool(names[0] & names[1])
