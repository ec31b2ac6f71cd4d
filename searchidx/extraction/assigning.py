"""Which dataset each reported number of a sentence was measured on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from searchidx.extraction import metric_patterns as pat
from searchidx.extraction.datasets import Mention
from searchidx.extraction.metric_words import MetricName
from searchidx.extraction.numbers import Number
from searchidx.extraction.runs import LIST_JOIN
from searchidx.paper import MetricKind


@dataclass(slots=True)
class Claim:
    """A number on its way to a Metric. joined: one list with the claim before it."""

    number: Number
    metric: MetricName | None = None
    name: str | None = None
    kind: MetricKind = "absolute"
    from_value: str | None = None
    dataset: str | None = None
    unit: str | None = None
    joined: bool = False
    bare: bool = False  # joined by nothing but `and`, `,`, `-`


@dataclass(slots=True)
class Sentence:
    """A sentence with the datasets and metric names in it. metric_words: the words of those names, in lower case."""

    text: str
    start: int
    end: int
    datasets: list[Mention]
    metrics: list[MetricName] = field(default_factory=list)
    metric_words: frozenset[str] = frozenset()


def assign_datasets(sentence: Sentence, claims: list[Claim]) -> None:
    """Give each claim the dataset its words point to."""
    distinct = list(dict.fromkeys(mention.name for mention in sentence.datasets))
    if not distinct or not claims:
        return
    if len(distinct) == 1:
        for claim in claims:
            claim.dataset = distinct[0]
        return
    for group in _groups(claims):
        is_range = (
            len(group) == 2
            and pat.RANGE_GAP.search(sentence.text[group[0].number.end : group[1].number.start]) is not None
        )
        if not is_range and _align(sentence, group):
            continue
        for claim in group:
            nearest = _nearest(sentence, claim, claims)
            # one number for several datasets is pooled
            pooled = nearest is not None and len(_list_around(sentence, nearest)) > 1 and (is_range or len(group) == 1)
            claim.dataset = None if nearest is None or pooled else nearest.name


def _groups(claims: list[Claim]) -> list[list[Claim]]:
    groups: list[list[Claim]] = []
    for claim in claims:
        if groups and claim.joined:
            groups[-1].append(claim)
        else:
            groups.append([claim])
    return groups


def _align(sentence: Sentence, group: list[Claim]) -> bool:
    """A list of numbers beside a list of as many datasets: one to one, in order."""
    if len(group) < 2:
        return False
    first, last = group[0].number.start, group[-1].number.end
    inside = [m for m in sentence.datasets if first < m.start < last]
    if inside:
        return False
    for names in (_list_after(sentence, last), _list_before(sentence, first)):
        if len(names) == len(group):
            for claim, mention in zip(group, names, strict=True):
                claim.dataset = mention.name
            return True
    return False


def _list_after(sentence: Sentence, position: int) -> list[Mention]:
    following = [m for m in sentence.datasets if m.start >= position]
    return _chain(sentence.text, following)


def _list_before(sentence: Sentence, position: int) -> list[Mention]:
    preceding = [m for m in sentence.datasets if m.end <= position]
    chain: list[Mention] = []
    for mention in reversed(preceding):
        if chain and _far_apart(sentence.text[mention.end : chain[0].start]):
            break
        chain.insert(0, mention)
    return chain


def _chain(text: str, mentions: list[Mention]) -> list[Mention]:
    chain: list[Mention] = []
    for mention in mentions:
        if chain and _far_apart(text[chain[-1].end : mention.start]):
            break
        chain.append(mention)
    return chain


def _far_apart(gap: str) -> bool:
    return len(re.sub(r"\([^()]{0,120}\)", "", gap[:300])) > 40


def _list_around(sentence: Sentence, mention: Mention) -> list[Mention]:
    """The members of the plain list (`A, B and C`) a mention stands in."""
    chain: list[Mention] = []
    for other in sentence.datasets:
        if chain and LIST_JOIN.match(sentence.text[chain[-1].end : other.start]) is None:
            if mention in chain:
                break
            chain = []
        chain.append(other)
    return chain if mention in chain else [mention]


def _nearest(sentence: Sentence, claim: Claim, claims: list[Claim]) -> Mention | None:
    """The dataset that the words after the number point to (`91% on X`), else the last one before it, else the next."""
    number = claim.number
    useful = [
        m for m in sentence.datasets if not pat.ASIDE.match(sentence.text, m.end, sentence.end)
    ] or sentence.datasets
    after = [m for m in useful if m.start >= number.end]
    before = [m for m in useful if m.end <= number.start]
    gap = sentence.text[number.end : after[0].start] if after else ""
    if after and ";" not in gap and pat.POINTS_AT.search(gap):
        between = [c for c in claims if number.end <= c.number.start < after[0].start]
        # `On X we reach 70%, and 80% on Y`: X is free, no number came before it
        free = before and not any(c.number.end <= before[-1].start for c in claims)
        if not (between and free) and len(between) <= 3:
            return after[0]
    if before:
        return before[-1]
    return after[0] if after else None
