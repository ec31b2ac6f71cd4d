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

_BRACKETS = re.compile(r"\([^()]{0,120}\)")


@dataclass(slots=True)
class Claim:
    """A number on its way to a Metric. joined: one list with the claim before it; begin: where its words begin, which
    is the first number of a from-to pair."""

    number: Number
    metric: MetricName | None = None
    name: str | None = None
    kind: MetricKind = "absolute"
    from_value: str | None = None
    dataset: str | None = None
    unit: str | None = None
    joined: bool = False
    inherited: bool = False  # the metric is that of the claim before it
    bare: bool = False  # joined by nothing but `and`, `,`, `-`
    begin: int = 0
    refused: bool = False  # the words around it say what else it is
    elsewhere: bool = False  # its sentence names a dataset, but for another number


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
    measured = [m for m in sentence.datasets if not _is_aside(sentence, m)]
    measured = [m for m in measured if not _is_trained_on(sentence, m)] or measured
    distinct = list(dict.fromkeys(m.name for m in measured))
    if not distinct or not claims:
        return
    if len(distinct) == 1:
        for claim in claims:
            claim.elsewhere = _leaves(sentence, claim) or _on_another(sentence, claim)
            claim.dataset = None if claim.elsewhere else distinct[0]
        return
    for group in _groups(claims):
        is_range = (
            len(group) == 2
            and pat.RANGE_GAP.search(sentence.text[group[0].number.end : group[1].number.value_start]) is not None
        )
        if not is_range and (
            _align(sentence, group) or _align_parts(sentence, group) or _align_slashed(sentence, group)
        ):
            continue
        for claim in group:
            nearest = _nearest(sentence, claim, claims)
            # one number for several datasets is pooled
            pooled = nearest is not None and _is_pooled(sentence, nearest, claims)
            claim.dataset = None if nearest is None or pooled else nearest.name


def _leaves(sentence: Sentence, claim: Claim) -> bool:
    """Whether the only dataset belongs to a later part of the sentence: `by 6% on parsing, as well as X by 5%`."""
    first = sentence.datasets[0]
    if claim.unit in pat.FRAME_RATES or claim.name in ("frames per second", "FPS"):
        gap = sentence.text[claim.number.end : first.start] if first.start >= claim.number.end else None
        if gap is not None and (len(gap) > 60 or pat.POINTS_AT.search(gap) is None or " and " in gap or "," in gap):
            return True
    return (
        first.start >= claim.number.end and pat.LEAVES.search(sentence.text, claim.number.end, first.start) is not None
    )


def _on_another(sentence: Sentence, claim: Claim) -> bool:
    """Whether the words after a number point to data without a name: `0.92 on an internal dataset`."""
    match = pat.ON_UNNAMED.match(sentence.text, claim.number.end, sentence.end)
    return match is not None and not any(
        claim.number.end <= mention.start < match.end() + 30 for mention in sentence.datasets
    )


def _is_pooled(sentence: Sentence, mention: Mention, claims: list[Claim]) -> bool:
    """Whether a dataset stands in a list whose members share a number; `90% on X, and on Y 80%` is no such list."""
    members = _list_around(sentence, mention)
    own = pat.GOES.match(sentence.text, members[-1].end) is not None or any(
        0 <= claim.begin - member.end <= 2 for claim in claims for member in members
    )
    return len(members) > 1 and not own


def _is_aside(sentence: Sentence, mention: Mention) -> bool:
    """Whether a dataset is named for what was made of it or as the other side of a comparison: `than X weights`."""
    text = sentence.text
    moved = pat.TRANSFERRED.match(text, mention.end, sentence.end)
    if moved is not None and any(other.start == moved.end() for other in sentence.datasets):
        return True
    return pat.ASIDE.match(text, mention.end, sentence.end) is not None or (
        pat.OTHER_SIDE.search(text, max(sentence.start, mention.start - 60), mention.start) is not None
    )


def _is_trained_on(sentence: Sentence, mention: Mention) -> bool:
    """Whether a dataset is what something learns from, as the words before its list say: `training on X improves`."""
    first = _list_around(sentence, mention)[0]
    return pat.LEARNS_FROM.search(sentence.text, max(sentence.start, first.start - 50), first.start) is not None


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
    if len({(claim.kind, claim.name) for claim in group}) > 1 and not all(claim.bare for claim in group[1:]):
        return False
    for names in (_list_after(sentence, last), _list_before(sentence, first)):
        if len(names) == len(group) and _beside(sentence, names, first, last):
            for claim, mention in zip(group, names, strict=True):
                claim.dataset = mention.name
            return True
    return False


def _align_parts(sentence: Sentence, group: list[Claim]) -> bool:
    """The same of every run of bare numbers in a list: `91% and 92% in F1 as well as 85% and 88% in accuracy`."""
    runs = [position for position, claim in enumerate(group) if not (claim.bare and position)]
    parts = [group[start:end] for start, end in zip(runs, [*runs[1:], len(group)], strict=True)]
    if not 1 < len(parts) < len(group):
        return False
    aligned = [_align(sentence, part) for part in parts]
    return all(aligned)


def _slashed(text: str, group: list[Claim]) -> list[list[Claim]]:
    """The parts of a list of numbers that only slashes join inside: `92.2/90.2, 88.5/85.1` has two."""
    parts: list[list[Claim]] = []
    for claim in group:
        if parts and pat.SLASH.fullmatch(text, parts[-1][-1].number.end, claim.begin):
            parts[-1].append(claim)
        else:
            parts.append([claim])
    return parts


def _align_slashed(sentence: Sentence, group: list[Claim]) -> bool:
    """One part of a slashed list to each dataset, in order: `92.2/90.2 and 88.5/85.1 on X and Y`."""
    parts = _slashed(sentence.text, group)
    first, last = group[0].number.start, group[-1].number.end
    if not 1 < len(parts) < len(group) or any(first < m.start < last for m in sentence.datasets):
        return False
    for names in (_list_after(sentence, last), _list_before(sentence, first)):
        if len(names) == len(parts) and _beside(sentence, names, first, last):
            for part, mention in zip(parts, names, strict=True):
                for claim in part:
                    claim.dataset = mention.name
            return True
    return False


def _beside(sentence: Sentence, names: list[Mention], first: int, last: int) -> bool:
    """Whether a list of datasets stands near enough to a list of numbers to go with it; `respectively` joins any."""
    gap = names[0].start - last if names[0].start >= last else first - names[-1].end
    return gap <= 80 or pat.IN_ORDER.search(sentence.text, first, sentence.end) is not None


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
    """Whether too much stands between two names for one list, or a number of the second name."""
    gap = _BRACKETS.sub("", gap[:300])
    return len(gap) > 40 or pat.NUMBER_OF_NEXT.search(gap) is not None


def _list_around(sentence: Sentence, mention: Mention) -> list[Mention]:
    """The members of the plain list (`A, B and C`) a mention stands in."""
    chain: list[Mention] = []
    for other in sentence.datasets:
        if chain and _are_apart(sentence.text[chain[-1].end : other.start]):
            if mention in chain:
                break
            chain = []
        chain.append(other)
    return chain if mention in chain else [mention]


def _are_apart(gap: str) -> bool:
    """Whether what stands between two names joins no list; pairs of languages may: `FROB14 En-De, WUG En->Fr`."""
    return LIST_JOIN.match(pat.LANGUAGE_PAIRS.sub("", gap, count=1)) is None


def _nearest(sentence: Sentence, claim: Claim, claims: list[Claim]) -> Mention | None:
    """The dataset that the words after the number point to (`91% on X`), else the last one before it, else the next."""
    number = claim.number
    useful = [m for m in sentence.datasets if not (_is_aside(sentence, m) or _is_trained_on(sentence, m))]
    useful = useful or sentence.datasets
    after = [m for m in useful if m.start >= number.end]
    before = [m for m in useful if m.end <= number.start]
    gap = sentence.text[number.end : after[0].start] if after else ""
    if after and not pat.LEAVES.search(gap) and pat.POINTS_AT.search(gap):
        # `On X we reach 70%, and 80% on Y`: X is free, no number came before it; `70% and 80% on Y` are both of Y
        between = [c for c in claims if number.end <= c.number.start < after[0].start]
        if between and before and pat.AT_ONCE.fullmatch(sentence.text, before[-1].end, number.start):
            return before[-1]
        if claim.from_value is None and _is_run(sentence, claim, between):
            between = []
        free = before and not any(c.number.end <= before[-1].start for c in claims)
        if not (between and free) and len(between) <= 3 and not (before and _another_metric(sentence, claim, after[0])):
            return after[0]
    if before:
        return before[-1]
    return after[0] if after else None


def _is_run(sentence: Sentence, first: Claim, following: list[Claim]) -> bool:
    """Whether nothing but commas stands between a number and those that follow: `92.2/90.2/88.5`."""
    gaps = zip([first, *following], following, strict=False)
    return all(pat.NEXT_IN_RUN.fullmatch(sentence.text, one.number.end, other.begin) for one, other in gaps)


def _another_metric(sentence: Sentence, claim: Claim, mention: Mention) -> bool:
    """Whether a metric that waits for a number of its own stands between: `44.5% and PASS@80 on X from 27.6%`."""
    first = next((m for m in sentence.metrics if m.start >= claim.number.end), None)
    return (
        first is not None
        and first is not claim.metric
        and first.end <= mention.start
        and (pat.THEN.fullmatch(sentence.text, claim.number.end, first.start) is not None)
    )


def assign_those_before(sentence: Sentence, claims: list[Claim], earlier: list[str]) -> None:
    """Give the numbers of one list the datasets that the last sentence with any names, when they are as many.

    `We test on A and B. The gains are 4% and 5%, respectively.`
    """
    if len(earlier) < 2:
        return
    for group in bare_lists(claims):
        names = {claim.name for claim in group}
        behind = pat.ON_THOSE.match(sentence.text, _end_with_name(sentence, group), sentence.end)
        if len(group) == len(earlier) and behind is not None and (len(names) == 1 or len(names) < len(group)):
            for claim, dataset in zip(group, earlier, strict=True):
                claim.dataset = dataset
        parts = _slashed(sentence.text, group)
        if len(parts) == len(earlier) < len(group) and pat.IN_ORDER.search(
            sentence.text, group[-1].number.end, sentence.end
        ):
            for part, dataset in zip(parts, earlier, strict=True):
                for claim in part:
                    claim.dataset = dataset


def _end_with_name(sentence: Sentence, group: list[Claim]) -> int:
    """Where a list of numbers ends, with the listed metric right behind it."""
    metric, end = group[-1].metric, group[-1].number.end
    return metric.end if metric is not None and 0 <= metric.start - end < 24 else end


def bare_lists(claims: list[Claim]) -> list[list[Claim]]:
    """Numbers with nothing but commas between them, two and more."""
    groups: list[list[Claim]] = []
    for claim in claims:
        if groups and claim.bare and claim.from_value is None:
            groups[-1].append(claim)
        else:
            groups.append([claim])
    return [group for group in groups if len(group) > 1]


def follow_order(sentence: Sentence, claims: list[Claim], earlier: list[Claim]) -> None:
    """A list of changes as long as the row of results before it goes with it one to one.

    `84.1% on A, 51.3% and 45.4% on B, which is 0.5%, 1.0% and 0.5% more`: the changes have the metrics and datasets of
    the results. earlier: the claims of the sentence before, for `The gains are 0.5% and 1.0%.`
    """
    position = 0
    while position < len(claims):
        end = position + 1
        while end < len(claims) and claims[end].bare:
            end += 1
        group, before = claims[position:end], claims[:position] or earlier
        position = end
        if len(group) < 2 or _is_span_of_values(sentence, group):
            continue
        if before is earlier and (sentence.datasets or _of_performance(group)):
            continue
        # a sentence with names of its own takes no names from the one before
        own = any(not (n.generic or n.doubtful or pat.UNMEASURED.match(n.text)) for n in sentence.metrics)
        own = own or all(claim.name and not pat.UNMEASURED.match(claim.name) for claim in group)
        named = before is earlier and own
        before = _row_before(before, len(group))
        if not before or any(m.start >= group[0].begin for m in sentence.datasets):
            continue
        for claim, result in zip(group, before, strict=True):
            vague = claim.metric is None or pat.UNMEASURED.match(claim.metric.text) is not None
            if vague or claim.metric is result.metric:
                claim.kind = result.kind if result.kind == "delta" else claim.kind
            if vague and not named and (claim.kind == "delta" or claim.name is None):
                claim.name = result.name
                claim.dataset = result.dataset
            elif (claim.metric is not None or named) and len({r.dataset for r in before}) == len(before):
                claim.dataset = result.dataset


def _of_performance(group: list[Claim]) -> bool:
    """Whether the words behind numbers say that nothing more is known: `6% and 15% performance improvement`."""
    metric = group[-1].metric
    return metric is not None and metric.text.endswith("performance") and metric.start >= group[-1].number.end


def _is_span_of_values(sentence: Sentence, group: list[Claim]) -> bool:
    gap = sentence.text[group[0].number.end : group[1].number.value_start]
    return len(group) == 2 and pat.RANGE_GAP.search(gap) is not None


def _row_before(claims: list[Claim], size: int) -> list[Claim]:
    """The claims before a list if they are as many as the list has members, and no changes themselves."""
    return claims if len(claims) == size and all(c.from_value is None for c in claims) else []
