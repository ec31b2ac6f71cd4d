"""Numbers that the rules leave out and that are results after all, by their weight.

Decided is only this: a number that no rule takes for a result, and that none calls a setting or another's, is taken for
one when its score is high enough. What it measures, and on what, the rules say then as of all others. The score is the
sum of the weights of the features below: the words beside a number and those near it, its shape, unit and sign, what is
named in its sentence, the claim before it, what the rules would make of it. It is that of a logistic regression over
the numbers of 1,399 annotated papers (`make_number_weights`; the squares of the weights are the penalty).

Cross-validated by paper on the 769 by which no rule was written: values F1 .914 to .919, with kind .885 to .890, with
dataset .806 to .811, with metric .767 to .768, for the rules name half of the new ones. On 340 papers that nobody read:
.902 to .915, .861 to .872, .787 to .801, .730 to .728.
"""

from __future__ import annotations

import re

from searchidx.extraction.assigning import Claim, Sentence
from searchidx.extraction.number_weights import SeenNumber, Weights, total
from searchidx.extraction.numbers import Number

#: From this score on a number is a result: 1 is a chance of 73 %.
_LEAST = 1.0
_TOKEN = re.compile(r"[^\W\d_][\w'’-]*|\d[\d.,]*|[^\w\s]")
#: What stands before the second side of something: `60 mm by 75 mm`.
_EXTENT = re.compile(r"\d\s?[a-z]{1,3}\sby\s\Z")
_SEES_LEFT, _SEES_RIGHT = 70, 60
_OWN = re.compile(r"\b(?:our|we|this paper|this work|results?|experiments?)\b", re.IGNORECASE)


def is_taken_in(sentence: Sentence, claim: Claim, first: Number, previous: Claim | None, weights: Weights) -> bool:
    """Whether a number that the rules leave out is a result. first, previous: as for `judging.is_claim`."""
    number = claim.number
    if claim.refused or (number.shape == "plain" and "." not in number.value):
        return False  # the latter is a count or a year, as most numbers are
    if number.shape == "unit" and _EXTENT.search(sentence.text, max(sentence.start, first.start - 16), first.start):
        return False
    return total(_features(sentence, claim, first, previous, taken=False), weights.numbers) > _LEAST


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
    left = ["^", "^", *map(_word, _TOKEN.findall(text, begin, first.start)[-8:])]
    right = [*map(_word, _TOKEN.findall(text, number.end, end)[:6]), "$", "$"]
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


def _word(token: str) -> str:
    """A token as features have it: small letters, one sign for all numbers."""
    return "#" if token[0].isdigit() else token.lower()


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
