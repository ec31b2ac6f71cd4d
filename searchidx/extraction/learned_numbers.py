"""Numbers that the rules leave out and that are results after all, by their weight.

Decided is only this: a number that no rule takes for a result, and that none calls a setting or another's, is taken for
one when its score is high enough. What it measures, and on what, the rules say then as of all others. The score is the
sum of the weights of the features below: the words beside a number and those near it, its shape, unit and sign, what is
named in its sentence, the claim before it, what the rules would make of it. It is that of a logistic regression over
the numbers of 4,789 annotated papers (`make_number_weights`; the squares of the weights are the penalty).

Cross-validated by paper on the 4,159 by which no rule was written: values F1 .910 to .921, with kind .872 to .881, with
dataset .804 to .814; with metric .737 to .736, for the rules name few of the new ones, and .740 with `learned_names`.
"""

from __future__ import annotations

import re

from searchidx.extraction.assigning import Claim, Sentence
from searchidx.extraction.number_weights import SeenNumber, Weights, as_feature, total
from searchidx.extraction.numbers import Number
from searchidx.extraction.readings import is_done_by_others

#: From this score on a number is a result: 1.25 is a chance of 78 %.
_LEAST = 1.25
_TOKEN = re.compile(r"[^\W\d_][\w'’-]*|\d[\d.,]*|[^\w\s]")
#: What stands before the second side of something: `60 mm by 75 mm`.
_EXTENT = re.compile(r"\d\s?[a-z]{1,3}\sby\s\Z")
_SEES_LEFT, _SEES_RIGHT, _SEES_BEFORE = 70, 60, 140
_OWN = re.compile(r"\b(?:our|we|this paper|this work|results?|experiments?)\b", re.IGNORECASE)


def is_taken_in(sentence: Sentence, claim: Claim, first: Number, previous: Claim | None, weights: Weights) -> bool:
    """Whether a number that the rules leave out is a result. first, previous: as for `judging.is_claim`."""
    number = claim.number
    if claim.refused or (number.shape == "plain" and "." not in number.value):
        return False  # the latter is a count or a year, as most numbers are
    if _is_never_one(sentence.text[max(sentence.start, first.start - _SEES_BEFORE) : first.start], claim):
        return False
    return total(_features(sentence, claim, first, previous, taken=False), weights.numbers) > _LEAST


def _is_never_one(before: str, claim: Claim) -> bool:
    """Whether the words before a number say that it is a size, a time passed, what others do or a setting."""
    if claim.number.shape == "unit":
        return _EXTENT.search(before) is not None or before.endswith(" after ") or is_done_by_others(before)
    return claim.number.shape == "plain" and before.endswith("(") and claim.metric is None


def note(
    sentence: Sentence, claim: Claim, first: Number, previous: Claim | None, taken: bool, seen: list[SeenNumber]
) -> None:
    """Add a number to those seen. taken: whether the rules take it for a result."""
    features = _features(sentence, claim, first, previous, taken)
    seen.append(SeenNumber(claim.number.value, taken, features))


def _features(sentence: Sentence, claim: Claim, first: Number, previous: Claim | None, taken: bool) -> list[str]:
    text, number = sentence.text, claim.number
    begin = max(sentence.start, first.start - _SEES_LEFT)
    end = min(sentence.end, number.end + _SEES_RIGHT)
    left = ["^", "^", *map(as_feature, _TOKEN.findall(text, begin, first.start)[-8:])]
    right = [*map(as_feature, _TOKEN.findall(text, number.end, end)[:6]), "$", "$"]
    shape = number.shape + "." if "." in number.value else number.shape
    l1, l2, r1, r2 = left[-1], left[-2], right[0], right[1]
    features = [
        "number",
        "shape=" + shape,
        "l1=" + l1,
        "l2=" + l2,
        f"l12={l2} {l1}",
        "r1=" + r1,
        "r2=" + r2,
        f"r12={r1} {r2}",
        f"around={l1} {r1}",
        f"{shape}l1={l1}",
        f"{shape}r1={r1}",
        "metric=" + _metric(claim, first),
        f"metrics={min(2, len(sentence.metrics))}",
        f"datasets={min(2, len(sentence.datasets))}",
        "before=" + _before(claim, previous),
        "level" if claim.from_value is None else "step",
        "sign=" + number.sign,
        "title" if sentence.start == 0 else "text",
        f"taken={taken:d}",
        f"taken={taken:d}{shape}",
        f"taken={taken:d}{claim.kind}",
    ]
    # each word once, and in one order: what is added up in another may differ in its last bit
    features += ["left=" + word for word in dict.fromkeys(left)]
    features += ["right=" + word for word in dict.fromkeys(right)]
    if number.shape == "unit":
        features.append(f"unit={number.unit}")
    if _OWN.search(text, sentence.start, sentence.end):
        features.append("own")
    return features


def _metric(claim: Claim, first: Number) -> str:
    """Where the metric beside a number stands."""
    metric = claim.metric
    if metric is None:
        return "none"
    side = "inherited" if claim.inherited else "left" if metric.end <= first.start else "right"
    return side + "generic" if metric.generic else side


def _before(claim: Claim, previous: Claim | None) -> str:
    """What the claim before a number is, and how the two are joined."""
    if previous is None:
        return "none"
    return previous.kind + ("bare" if claim.bare else "joined" if claim.joined else "")
