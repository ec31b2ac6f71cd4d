"""Names that a whole clause gives its numbers, where neither the words beside a number nor its list name any.

What stands at the end of a clause holds for all numbers before it: `91% on A and 93% on B in terms of F1`. Numbers in
different units go with the names behind them in order: `76%, 6.8 mm and 12 s for overlap, distance and time`.
"""

from __future__ import annotations

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
        for group in bare_lists(claims):
            names = _names_in_order(sentence, group)
            if len(names) == len(group):
                for claim, name in zip(group, names, strict=True):
                    claim.name, claim.metric = name.text, name


def name_afterwards(sentence: Sentence, claims: list[Claim]) -> None:
    """Give the numbers that are still without a name the one that ends their clause."""
    for claim in claims:
        if claim.name is None and claim.kind == "delta":
            claim.name = measured.changed_in_brackets(sentence.text, sentence.start, claim.number.start, sentence.end)
        counts = claim.number.shape == "plain" and claim.unit is not None  # `on 6 of 7 sets`
        if claim.name is None and claim.kind != "ratio" and claim.number.shape in _NAMED_LATER and not counts:
            ended = _ending_name(sentence, claim, claims)
            claim.name = ended.text if ended is not None else None


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
    if name is None or name.start - end > _FARTHEST or any(other.end <= name.start for other in behind):
        return None
    said = pat.MEASURED_BY.search(text, end, name.start)
    stop = said.start() if said is not None else max(c.number.end for c in claims if c.number.end <= name.start)
    if said is None and (
        text.startswith((" in ", " for "), end) or not pat.NAMED_LAST.fullmatch(text, stop, name.start)
    ):
        return None
    return name if pat.ENDS_CLAUSE.search(text, end, stop) is None else None
