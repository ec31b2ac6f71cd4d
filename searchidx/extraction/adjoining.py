"""The metric that is named beside a number: a listed one, or a name of which its place says that it is one."""

from __future__ import annotations

import re

from searchidx.extraction import cues
from searchidx.extraction import metric_patterns as pat
from searchidx.extraction.assigning import Sentence
from searchidx.extraction.metric_words import MetricName
from searchidx.extraction.numbers import Number

_HAS_DIGIT = re.compile(r"\d").search
_COMPARED_WITH = re.compile(
    r"\b(?:outperform\w*|surpass\w*|vanilla|over|than|beat\w*|exceed\w*|and|or|with|baseline|"
    r"like|as)\s(?:the\s)?(?:vanilla\s|original\s|baseline\s)?\Z"
)
#: `cuts MSE by 6% and MAE by 4%`
_NEXT_CHANGE = re.compile(r"\b[A-Z]{3,5}\sby\s[\d.%]+\s(?:and|or)\s\Z")


def adjacent_metric(sentence: Sentence, first: Number, last: Number, list_end: int) -> MetricName | None:
    """The metric named right before a number, or right after it or after the list it begins."""
    text = sentence.text
    left: MetricName | None = None
    right: MetricName | None = None
    before = -1
    for name in sentence.metrics:
        beside = before > 0 and text[before : name.start] == " and "  # `RMSE and MAE by`
        before = name.end
        if name.end <= first.start:
            gap = _gap(sentence, name.end, first.start)
            if gap.startswith(")") and pat.JUST_NAMED.search(text, max(sentence.start, name.end - 40), name.end):
                gap = gap[1:]  # `absolute error (MAE) of`
            if cues.joins_left(gap) and not (name.doubtful and not beside and is_rival(text, name)):
                left = name
        elif name.start >= last.value_end:
            versus = pat.OTHER_VALUE.match(text, last.end, name.start)
            list_end = versus.end() if versus is not None else list_end
            if name.start < list_end:
                gap = _gap(sentence, last.end, name.start) if name.start >= last.end else ""
            else:
                gap = _gap(sentence, list_end, name.start)
            if list_end > last.end and cues.joins_right(gap) is False:
                shared = pat.COORDINATED.search(text, list_end, name.start)
                gap = text[list_end : shared.end("of")] if shared is not None else gap
            if cues.joins_right(gap):
                right = name
            break
    if left is not None and right is not None:
        if first.unit in pat.COST_UNITS and pat.SHARES.search(left.text) and not pat.SHARES.search(right.text):
            return right  # `91% accuracy at 25 ms latency`
        # `7.8% on F1, 15.9% on MAE`: what stands before a comma has a number of its own
        if pat.NEXT_ITEM.fullmatch(text, left.end, first.start) and _HAS_DIGIT(
            text, max(sentence.start, left.start - 60), left.start
        ):
            return right
        vague = left.generic or pat.UNMEASURED.match(left.text) is not None  # `a zero-shot performance of 20.6 F1`
        if vague != right.generic:
            return right if vague else left
        # `generation quality (a decrease of 3.8% in PPL)`
        if pat.ONLY_IN.fullmatch(text, max(last.end, list_end), right.start) and "(" in text[left.end : first.start]:
            return right
        # `accuracy of 90.1 and 88 F1`: set by `of`, else the nearer one
        if pat.SET_TO.search(text, left.end, first.start):
            return left
        return left if first.start - left.end < right.start - max(last.end, list_end) else right
    if left is None and right is None:
        return _unlisted_metric(sentence, first) or _unlisted_points(sentence, last)
    if right is None and left is not None and pat.UNMEASURED.match(left.text):
        return _unlisted_points(sentence, last) or left  # `improves performance by 4.0 DVPQ points`
    return left or right


def _gap(sentence: Sentence, start: int, end: int) -> str:
    """The text between a number and a metric's name without datasets: `68.2% ImageNet top-1 accuracy`."""
    gap = sentence.text[start:end]
    for mention in reversed(sentence.datasets):
        if start <= mention.start and mention.end <= end:
            gap = gap[: mention.start - start] + gap[mention.end - start :]
    return pat.RESTATED.sub("", gap)


def _unlisted_metric(sentence: Sentence, number: Number) -> MetricName | None:
    """An abbreviation nobody listed, set to a value: `a CRR of 99.1%`, `hIoU: 35.2`."""
    if "." not in number.value and number.shape != "percent":
        return None
    if sentence.metrics:
        beside = pat.PARALLEL.search(sentence.text, max(sentence.start, number.start - 16), number.start)
        if beside is not None and any(_is_set_beside(sentence.text, name, number) for name in sentence.metrics):
            return MetricName(beside["name"], beside.start("name"), beside.end("name"), False)
    single = pat.SINGLE.search(sentence.text, max(sentence.start, number.start - 12), number.start)
    if single is not None:
        return MetricName(single["name"], single.start("name"), single.end("name"), False)
    match = pat.UNLISTED.search(sentence.text, max(sentence.start, number.start - 40), number.start)
    if match is None or sum(char.isupper() for char in match["name"]) < 2:
        return None
    if any(m.start < match.end("name") and match.start("name") < m.end for m in sentence.datasets):
        return None  # `accuracy on several sets: CIFAR-10 (99.0%)`
    if pat.RIVAL_BEFORE.search(sentence.text, max(sentence.start, match.start() - 45), match.start()):
        return None  # `over ELU of 4.5%`
    if match.group().endswith("(") and not sentence.metrics:
        return None  # beside other metrics only: `PSNR (31.2 dB) and PIQE (4.1)`
    return MetricName(match["name"], match.start("name"), match.end("name"), False)


def _is_set_beside(text: str, name: MetricName, number: Number) -> bool:
    """Whether a listed name stands right before a number of its own, as in `LAS 95%`, before the number given."""
    return name.end < number.start - 1 and text[name.end] == " " and text[name.end + 1].isdigit()


def _unlisted_points(sentence: Sentence, number: Number) -> MetricName | None:
    """An abbreviation nobody listed, counted in points: `15.4 UUAS points`."""
    if number.shape != "plain" or "." not in number.value:
        return None
    match = pat.POINTS_OF.match(sentence.text, number.end, sentence.end)
    return MetricName(match["name"], match.start("name"), match.end("name"), False) if match is not None else None


def is_rival(text: str, name: MetricName) -> bool:
    """Whether an abbreviation such as MAE names a method here: `outperforms MAE by 0.5%`."""
    before = text[max(0, name.start - 40) : name.start]
    return _COMPARED_WITH.search(before) is not None and not _NEXT_CHANGE.search(before)
