"""Names that a whole clause gives its numbers, where neither the words beside a number nor its list name any.

What stands at the end of a clause holds for all numbers before it: `91% on A and 93% on B in terms of F1`. Numbers in
different units go with the names behind them in order: `76%, 6.8 mm and 12 s for overlap, distance and time`.
"""

from __future__ import annotations

from itertools import cycle, pairwise

from searchidx.extraction import cues, measured
from searchidx.extraction import metric_patterns as pat
from searchidx.extraction.assigning import Claim, Sentence, bare_lists
from searchidx.extraction.metric_words import MetricName

#: A name is not looked for further behind a number than this.
_FARTHEST = 220
_NAMED_LATER = ("percent", "points", "plain")


def name_beforehand(sentence: Sentence, claims: list[Claim]) -> None:
    """Name what must not be named by the words beside it."""
    text = sentence.text
    for claim in claims:
        number = claim.number
        if claim.kind == "ratio" and claim.name is None:
            if pat.FASTER_PERFORMANCE.match(text, number.end, sentence.end):
                claim.name = "speedup"
            elif claim.metric is not None and pat.SPED_UP.fullmatch(claim.metric.text):
                claim.name = claim.metric.text
        elif number.shape == "percent" and claim.name is None and claim.metric is None:
            begin = max(sentence.start, number.start - 90)
            if text.find("sparsity", begin, number.start) >= 0:
                share = cues.ATTAINED_SHARE.search(text, begin, number.start)
                claim.name = share["what"] if share is not None and share["what"].endswith("sparsity") else None
    if len(claims) > 1:
        passed: list[list[Claim]] = []
        for group in bare_lists(claims):
            names = _names_in_order(sentence, group)
            passed.append(group)
            if len(names) > 1 and _goes_round(sentence, group, len(names)):
                for other in passed:
                    if other is group or _has_same_names(sentence, other, group):
                        for claim, name in zip(other, cycle(names), strict=False):
                            claim.name, claim.metric = name.text, name


def name_afterwards(sentence: Sentence, claims: list[Claim]) -> None:
    """Give the numbers that are still without a name the one that ends their clause."""
    for claim in claims:
        if claim.name is None and claim.kind == "delta":
            claim.name = measured.changed_in_brackets(sentence.text, sentence.start, claim.number.start, sentence.end)
        counts = claim.number.shape == "plain" and claim.unit is not None  # `on 6 of 7 sets`
        unnamed = claim.name is None or pat.UNMEASURED.match(claim.name) is not None
        if unnamed and claim.kind != "ratio" and claim.number.shape in _NAMED_LATER and not counts:
            ended = _ending_name(sentence, claim, claims)
            claim.name = ended.text if ended is not None else claim.name


def _goes_round(sentence: Sentence, group: list[Claim], count: int) -> bool:
    """Whether numbers go with `count` names in order, or do so pair by pair: `1.2/3.4, 2.1/4.5 on mAP/Rank-1`."""
    if len(group) == count:
        return True
    ends = [(claim.number.end, following.begin) for claim, following in pairwise(group)]
    slashed = [sentence.text[end:begin].strip(" $\\%+") == "/" for end, begin in ends]
    return len(group) % count == 0 and slashed == [(i + 1) % count != 0 for i in range(len(group) - 1)]


def _has_same_names(sentence: Sentence, group: list[Claim], last: list[Claim]) -> bool:
    """Whether an earlier list has the names behind the last: `A by 3% and 4% and B by 1% and 2% in`."""
    begin, end = group[-1].number.end, last[0].begin
    return (
        len(group) == len(last)
        and all(claim.name is None and claim.metric is None for claim in group)
        and group[0].number.shape == last[0].number.shape
        and group[0].kind == last[0].kind
        and not any(begin <= name.start < end for name in sentence.metrics)
        and pat.ENDS_CLAUSE.search(sentence.text, begin, end) is None
    )


def _names_in_order(sentence: Sentence, group: list[Claim]) -> list[MetricName]:
    """The listed names behind a list of numbers: `76% and 12 s for F1 and response time`."""
    end = group[-1].number.end
    names: list[MetricName] = []
    for name in sentence.metrics:
        if name.start < end:
            continue
        if not names and pat.FOR_NAMES.fullmatch(sentence.text, end, name.start) is None:
            return []
        if names and pat.NEXT_NAME.fullmatch(sentence.text, names[-1].end, name.start) is None:
            break
        names.append(name)
    return names


def _ending_name(sentence: Sentence, claim: Claim, claims: list[Claim]) -> MetricName | None:
    """The listed name that ends a number's clause: `4% over A on B and C, measured by F1`, `4% on B, 5% on C in F1`."""
    text, end = sentence.text, claim.number.end
    behind = [name for name in sentence.metrics if name.start >= end]
    name = next((name for name in behind if not (name.generic or name.doubtful)), None)
    if (
        name is None
        or name.start - end > _FARTHEST
        or any(other.end <= name.start and pat.UNMEASURED.match(other.text) is None for other in behind)
    ):
        return None
    said = pat.MEASURED_BY.search(text, end, name.start)
    stop = said.start() if said is not None else max(c.number.end for c in claims if c.number.end <= name.start)
    if said is None and (pat.IN_SOMETHING.match(text, end) or not pat.NAMED_LAST.fullmatch(text, stop, name.start)):
        return None
    if pat.JUST_WITH.search(text, stop, name.start) and pat.CLAUSE_ENDS.match(text, name.end) is None:
        return None  # `91% on A with accuracy 0.8`
    return name if pat.ENDS_CLAUSE.search(text, end, stop) is None else None
