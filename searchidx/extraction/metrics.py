"""Reported numbers: which metric, which value, from which, on which dataset, in which sentence.

A sentence is read as a row of numbers, metric names and dataset names. Percentages and factors are claims unless the
words around them say what else they are (shares of data, confidence levels); a bare number is one only beside a
metric's name. These are claims of abstracts as written, never checked against each other.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from searchidx.extraction import cues, hints, numbers
from searchidx.extraction import metric_patterns as pat
from searchidx.extraction.assigning import Claim, Sentence, assign_datasets
from searchidx.extraction.datasets import Mention
from searchidx.extraction.metric_words import MetricName, find_metric_names
from searchidx.extraction.names import canonical_metric
from searchidx.extraction.numbers import Number
from searchidx.paper import Metric, Span

_LONGEST_SENTENCE = 2000


def find_metrics(text: str, sentences: tuple[Span, ...], mentions: list[Mention], original: str) -> tuple[Metric, ...]:
    """Every reported number of the paper's own experiments, in order; a claim made twice is given once.

    text: with URLs masked; original: as it stood, for the sentences quoted as evidence.
    """
    names = list(dict.fromkeys(mention.name for mention in mentions))
    only = (
        next((m for m in mentions if pat.EVALUATION.search(text, max(0, m.start - 60), m.start)), None)
        if len(names) == 1
        else None
    )
    if _HAS_DIGIT(text) is None:
        return ()
    own_from = _own_part(text, sentences)
    result: list[Metric] = []
    last_name: str | None = None
    last_dataset: str | None = None
    for index, (start, end) in enumerate(sentences):
        if end - start > _LONGEST_SENTENCE or 0 < index < own_from or not _HAS_DIGIT(text, start, end):
            continue
        sentence = Sentence(text, start, end, [m for m in mentions if start <= m.start < end])
        earlier = only.name if only is not None and only.start < end else None
        claims = _read_sentence(sentence)
        for claim in claims:
            inherits = claim.number.shape == "percent" or pat.DEVIATION.match(text, claim.number.end) is not None
            if claim.name is None and claim.kind == "absolute" and inherits and not sentence.datasets:
                claim.name = last_name
                claim.dataset = claim.dataset or last_dataset
            if claim.dataset is None and earlier is not None and not pat.COSTS.search(claim.name or ""):
                claim.dataset = earlier
            result.append(_finish(sentence, claim, original))
        if claims:
            last_name, last_dataset = claims[-1].name or last_name, claims[-1].dataset
    return tuple(_without_twins(result, text.find("\n")))


_HAS_DIGIT = re.compile(r"\d").search


def _own_part(text: str, sentences: tuple[Span, ...]) -> int:
    """Index of the first sentence that speaks of this paper: numbers before it are background."""
    places = hints.Places(hints.lower_same_length(text), pat.OWN_HINTS)
    return next((index for index, span in enumerate(sentences) if index > 0 and places.within(span)), 0)


def _without_twins(metrics: list[Metric], title_end: int) -> list[Metric]:
    """Claims without those of the title that the abstract repeats, and without exact repetitions in other sentences."""
    in_abstract = {(m.value, m.kind) for m in metrics if m.span is not None and m.span[0] > title_end}
    named = {(m.value, m.kind, m.dataset) for m in metrics if m.metric != "unspecified"}
    kept: list[Metric] = []
    seen: dict[tuple[str, str, str, str | None], str] = {}
    for metric in metrics:
        in_title = metric.span is not None and metric.span[0] <= title_end
        if in_title and (metric.value, metric.kind) in in_abstract:
            continue
        if metric.metric == "unspecified" and (metric.value, metric.kind, metric.dataset) in named:
            continue
        key = (metric.value, metric.canonical, metric.kind, metric.dataset)
        if seen.setdefault(key, metric.sentence) == metric.sentence:
            kept.append(metric)
    return kept


def _read_sentence(sentence: Sentence) -> list[Claim]:
    text, start, end = sentence.text, sentence.start, sentence.end
    found = [
        n
        for n in numbers.find(text, start, end)
        if not any(m.start <= n.value_start < m.end for m in sentence.datasets)
    ]
    if not found:
        return []
    found = _share_units(text, found)
    sentence.metrics = [_without_dataset(name, sentence) for name in find_metric_names(text, start, end)]
    sentence.metric_words = frozenset(word for name in sentence.metrics for word in name.text.lower().split())
    claims: list[Claim] = []
    position = 0
    while position < len(found):
        number = found[position]
        following = found[position + 1] if position + 1 < len(found) else None
        claim = Claim(number, unit=number.unit)
        if following is not None and _is_from_to(sentence, number, following, claims):
            claim = Claim(following, from_value=number.value, unit=following.unit)
            position += 1
        position += 1
        list_end = _list_end(text, found, position - 1)
        if _is_claim(sentence, claim, number, claims[-1] if claims else None, list_end):
            claims.append(claim)
    _share_in_lists(claims)
    for claim in claims:
        _name(sentence, claim)
    claims = _both_metrics(sentence, claims)
    assign_datasets(sentence, claims)
    return claims


def _without_dataset(name: MetricName, sentence: Sentence) -> MetricName:
    """`ImageNet accuracy` is accuracy."""
    for mention in sentence.datasets:
        if name.start <= mention.start and mention.end < name.end:
            begin = mention.end + 1
            if sentence.text[begin : name.end].lower() in ("score", "scores"):
                return name  # `FEVER score`
            return replace(name, text=sentence.text[begin : name.end], start=begin)
    return name


def _list_end(text: str, found: list[Number], index: int) -> int:
    """End of the last number in the list of bare joins that begins with number `index`: `0.78, 0.7 and 0.76`."""
    while index + 1 < len(found) and found[index + 1].start - found[index].end < 24:
        if pat.ONLY_JOIN.match(text[found[index].end : found[index + 1].start]) is None:
            break
        index += 1
    return found[index].end


def _share_units(text: str, found: list[Number]) -> list[Number]:
    """`100-5000x`, `2 to 3%`, `1.5 and 2.3 points`: the first number has the unit of the second."""
    for index in range(len(found) - 2, -1, -1):
        first, second = found[index], found[index + 1]
        gap = text[first.end : second.value_start]
        if (
            first.shape == "plain"
            and second.shape in ("percent", "ratio", "points", "unit")
            and (pat.RANGE.match(gap) or pat.JUST_TO.match(gap) or gap == ", ")
        ):
            found[index] = replace(first, shape=second.shape, unit=second.unit)
    return found


def _is_from_to(sentence: Sentence, first: Number, second: Number, claims: list[Claim]) -> bool:
    text = sentence.text
    if pat.TO.match(text[first.end : second.start]) is None:
        return False
    if pat.FROM.search(text, max(sentence.start, first.start - 40), first.start):
        return True
    # `from 35.5% to 44.5% for A, and 27.6% to 36.2% for B`
    return (
        bool(claims)
        and claims[-1].from_value is not None
        and pat.JUST_TO.match(text[first.end : second.start]) is not None
    )


def _is_claim(sentence: Sentence, claim: Claim, first: Number, previous: Claim | None, list_end: int) -> bool:
    text, number = sentence.text, claim.number
    before = text[max(sentence.start, first.start - 100) : first.start]
    after = text[number.end : min(sentence.end, number.end + 100)]
    if cues.is_spread(before) or cues.is_others(before):
        return False
    if claim.from_value is None and cues.is_compared(before):
        return False
    if previous is not None:
        between = _between(sentence, previous.number.end, first.start)
        claim.bare = pat.ONLY_JOIN.match(between) is not None
        claim.joined = claim.bare or (len(between) <= 70 and pat.SHORT_PHRASE.match(between) is not None)
    claim.metric = _adjacent_metric(sentence, first, number, list_end)
    if claim.metric is None and claim.joined and previous is not None:
        claim.metric = previous.metric
    words = cues.words_before(text, sentence.start, first.start)
    change = cues.change_before(words, sentence.metric_words)
    if claim.from_value is None:
        changes = cues.change_after(cues.words_after(text, max(number.end, list_end), sentence.end), change is False)
        claim.kind = "delta" if change or changes or _sign(number, before) else "absolute"
        if (
            previous is not None
            and previous.kind == "delta"
            and previous.from_value is None
            and previous.number.shape == number.shape
            and (claim.bare or (claim.joined and change is None))
        ):
            claim.kind = "delta"
        elif (
            change is None
            and previous is not None
            and previous.kind == "delta"
            and previous.number.shape == number.shape
            and pat.AND_LAST.search(before)
            and first.start - previous.number.end < 90
        ):
            claim.kind = "delta"  # `by 56% compared to A and 42% compared to B`
    if number.shape == "ratio":
        return _ratio_is_claim(claim, before, after, previous)
    if number.shape == "tally":
        tallied = pat.TALLIED.match(after)
        claim.unit = tallied["unit"] if tallied else None
        claim.kind = "absolute"
        return tallied is not None
    if number.shape in ("percent", "points"):
        if number.shape == "points" and change is None and claim.from_value is None:
            claim.kind = "delta"
        rest = text[list_end : min(sentence.end, list_end + 100)] if list_end > number.end else after
        return (
            claim.from_value is not None
            or claim.kind == "delta"
            or claim.metric is not None
            or not cues.is_share(before, rest)
        )
    return _plain_is_claim(sentence, claim, after, previous)


def _sign(number: Number, before: str) -> str:
    return number.sign if number.sign == "+" or before[-1:] in ("(", " ", "") else ""


def _ratio_is_claim(claim: Claim, before: str, after: str, previous: Claim | None) -> bool:
    claim.kind = "ratio"
    if (
        after[:1].isdigit()
        or re.match(r"\s?\d", after)
        or re.match(r"\s(?:per|a (?:day|week)|in a row|series|super|SR\b|upscal)", after)
    ):
        return False
    if pat.RATIO_USE.match(after) or claim.metric is not None or pat.RATIO_CHANGE.search(before):
        return True
    return claim.joined and previous is not None and previous.kind == "ratio"


def _plain_is_claim(sentence: Sentence, claim: Claim, after: str, previous: Claim | None) -> bool:
    """A number without a telling unit: only beside a metric, in a list of such, or reached from another."""
    number = claim.number
    decimal = "." in number.value
    if number.shape == "plain":
        out_of = pat.OUT_OF.match(after)
        if out_of is not None:
            claim.unit, claim.metric, claim.kind = out_of["unit"], None, "absolute"
            return True
        if not decimal and claim.from_value is None and not pat.PHRASE_END.match(after) and not _named_right(claim):
            return False
        if pat.MAGNITUDE.match(after) or (
            not decimal
            and (
                pat.COUNTED.match(after) or pat.LIST_NUMBER.match(after) or re.fullmatch(r"(?:19|20)\d\d", number.value)
            )
        ):
            return False
    if (
        number.shape == "unit"
        and claim.metric is not None
        and number.unit != "dB"
        and pat.SHARES.search(claim.metric.text)
    ):
        return False  # `accuracy below 4.3 MB of weights`
    if number.shape == "unit" and pat.TRAINED_FOR.match(after):
        claim.name = "training time"
        return True
    if number.unit == "dB" and sentence.metrics:
        return True  # `up to 5 dB reconstruction PSNR advantage`
    if decimal and pat.DEVIATION.match(after):
        return True  # what is given with a deviation was measured
    if claim.metric is not None and not (claim.metric.generic and not decimal):
        return (
            decimal
            or number.shape == "unit"
            or not (claim.metric.generic or claim.metric.text.lower() in ("errors", "error"))
        )
    if claim.joined and previous is not None and (previous.metric is not None or previous.from_value is not None):
        return decimal or previous.number.shape == number.shape == "plain"
    if claim.from_value is not None:
        change = pat.CHANGES.search(sentence.text, max(sentence.start, number.start - 120), number.start)
        return claim.metric is not None or (change is not None and (decimal or bool(sentence.metrics)))
    return number.sign == "+" and number.shape == "plain" and decimal


def _named_right(claim: Claim) -> bool:
    return claim.metric is not None and claim.metric.start >= claim.number.value_end


def _between(sentence: Sentence, start: int, end: int) -> str:
    """The text between two numbers without brackets, deviations, metric names: `14.2 mAP and 14.6` leaves ` and `."""
    if end - start > 200:
        return sentence.text[start:end]
    gap = sentence.text[start:end]
    for name in reversed(sentence.metrics):
        if start <= name.start and name.end <= end:
            gap = gap[: name.start - start] + gap[name.end - start :]
    return pat.DROPPED.sub("", gap)


def _adjacent_metric(sentence: Sentence, first: Number, last: Number, list_end: int) -> MetricName | None:
    """The metric named right before a number, or right after it or after the list it begins."""
    text = sentence.text
    left: MetricName | None = None
    right: MetricName | None = None
    for name in sentence.metrics:
        if name.end <= first.start:
            if cues.joins_left(text[name.end : first.start]) and not (name.doubtful and _is_rival(text, name)):
                left = name
        elif name.start >= last.value_end:
            if name.start < list_end:
                gap = text[last.end : name.start] if name.start >= last.end else ""
            else:
                gap = text[list_end : name.start]
            if cues.joins_right(gap):
                right = name
            break
    if left is not None and right is not None:
        if left.generic != right.generic:
            return right if left.generic else left
        # `accuracy of 90.1 and 88 F1`: set by `of`, else the nearer one
        if pat.SET_TO.search(text, left.end, first.start):
            return left
        return left if first.start - left.end < right.start - max(last.end, list_end) else right
    if left is None and right is None:
        return _unlisted_metric(sentence, first)
    return left or right


def _unlisted_metric(sentence: Sentence, number: Number) -> MetricName | None:
    """An abbreviation nobody listed, set to a value: `a CRR of 99.1%`, `hIoU: 35.2`."""
    if "." not in number.value and number.shape != "percent":
        return None
    single = pat.SINGLE.search(sentence.text, max(sentence.start, number.start - 12), number.start)
    if single is not None:
        return MetricName(single["name"], single.start("name"), single.end("name"), False)
    match = pat.UNLISTED.search(sentence.text, max(sentence.start, number.start - 40), number.start)
    if match is None or sum(char.isupper() for char in match["name"]) < 2:
        return None
    return MetricName(match["name"], match.start("name"), match.end("name"), False)


def _is_rival(text: str, name: MetricName) -> bool:
    """Whether an abbreviation such as MAE names a method here: `outperforms MAE by 0.5%`."""
    before = text[max(0, name.start - 40) : name.start]
    return (
        re.search(
            r"\b(?:outperform\w*|surpass\w*|vanilla|over|than|beat\w*|exceed\w*|and|or|with|baseline|"
            r"like|as)\s(?:the\s)?(?:vanilla\s|original\s|baseline\s)?\Z",
            before,
        )
        is not None
    )


def _share_in_lists(claims: list[Claim]) -> None:
    """Numbers in one list share what one of them has: `0.78 and 0.76 Spearman correlation`."""
    for index in range(len(claims) - 1, 0, -1):
        first, second = claims[index - 1], claims[index]
        if (
            second.bare
            and first.metric is None
            and second.metric is not None
            and second.metric.start >= second.number.value_end
        ):
            first.metric = second.metric
            if second.kind == "delta" and first.from_value is None and first.number.shape == second.number.shape:
                first.kind = "delta"
    for first, second in pairwise(claims):
        if second.joined and second.metric is None:
            second.metric = first.metric


def _name(sentence: Sentence, claim: Claim) -> None:
    """Name the metric of a claim: the one beside it, else the nearest in the sentence."""
    if claim.name is not None:
        return
    text, number = sentence.text, claim.number
    saved = pat.LESS_OF.match(text, number.end, min(sentence.end, number.end + 80))
    if saved is not None and (claim.metric is None or claim.metric.start != saved.start("what")):
        claim.name = saved["what"]
        return
    if claim.kind == "ratio":
        claim.name = _ratio_name(sentence, claim)
        return
    if claim.metric is not None and not (claim.metric.generic and claim.kind == "absolute"):
        claim.name = claim.metric.text
        return
    if claim.unit is not None and number.shape in ("tally", "plain"):
        return
    known = [name for name in sentence.metrics if not (name.generic or name.doubtful)]
    left = [name for name in known if name.end <= number.start]
    right = [
        name
        for name in known
        if name.start >= number.end and pat.CLAUSE_END.search(text[number.end : name.start]) is None
    ]
    if claim.kind == "absolute" and number.shape == "percent":
        left = [name for name in left if not pat.NOT_SHARES.search(name.text)]
    if left or right:
        claim.name = (left[-1:] or right[:1])[0].text
    elif claim.kind == "delta" or (
        claim.metric is not None and claim.metric.text.lower() not in ("performance", "results")
    ):
        generic = (
            [claim.metric]
            if claim.metric is not None
            else [n for n in sentence.metrics if n.generic and n.end <= number.start][-1:]
        )
        claim.name = generic[0].text if generic else None


def _ratio_name(sentence: Sentence, claim: Claim) -> str | None:
    """`3x faster` and `a speedup of 3x` are `speedup`; `2x higher throughput` is throughput."""
    text, number = sentence.text, claim.number
    after = text[number.end : min(sentence.end, number.end + 60)]
    faster = pat.FASTER.match(after)
    if faster is not None:
        ahead = number.end + faster.end()
        for name in sentence.metrics:
            if name.start == ahead + 1 and name.text.lower() not in ("performance", "speed"):
                return name.text
        return "speedup"
    is_speed = claim.metric is not None and claim.metric.text.lower().rstrip("s").endswith(("speedup", "speed-up"))
    if claim.metric is not None and not is_speed:
        return claim.metric.text
    if is_speed or pat.SPEED_LEFT.search(text, max(sentence.start, number.start - 100), number.start):
        return "speedup"
    return None


_AND_BETWEEN = frozenset({" and ", ", ", ", and ", " and the ", " and average "})


def _both_metrics(sentence: Sentence, claims: list[Claim]) -> list[Claim]:
    """`loss and accuracy are within 1.2%` is two claims; `parameters and FLOPs by 78% and 32%` goes one to one."""
    result: list[Claim] = []
    index = 0
    while index < len(claims):
        group = [claims[index]]
        while index + len(group) < len(claims) and claims[index + len(group)].bare:
            group.append(claims[index + len(group)])
        index += len(group)
        names = _joint_metrics(sentence, group)
        if len(names) == len(group) > 1:
            for claim, name in zip(group, names, strict=True):
                claim.name = name.text
        elif len(group) == 1 and len(names) > 1 and group[0].kind != "ratio":
            result.extend(replace(group[0], name=name.text) for name in names[:-1])
        result.extend(group)
    return result


def _joint_metrics(sentence: Sentence, group: list[Claim]) -> list[MetricName]:
    """Metrics joined by `and`: those that end in the one left of the numbers, or begin with the one right of them."""
    metric = group[0].metric
    if metric is None or group[0].from_value is not None or metric not in sentence.metrics:
        return []
    index = sentence.metrics.index(metric)
    chain = [metric]
    if metric.end <= group[0].number.start:
        for name in reversed(sentence.metrics[:index]):
            if sentence.text[name.end : chain[0].start] not in _AND_BETWEEN:
                break
            chain.insert(0, name)
    elif len(group) > 1:
        for name in sentence.metrics[index + 1 :]:
            if sentence.text[chain[-1].end : name.start] not in _AND_BETWEEN:
                break
            chain.append(name)
    return chain


def _finish(sentence: Sentence, claim: Claim, original: str) -> Metric:
    number = claim.number
    name = claim.name or "unspecified"
    if pat.UNMEASURED.match(name):
        name = "unspecified"
    return Metric(
        metric=name,
        value=number.value,
        canonical=canonical_metric(name),
        from_value=claim.from_value,
        unit=claim.unit,
        kind=claim.kind,
        dataset=claim.dataset,
        sentence=original[sentence.start : sentence.end],
        span=(number.value_start, number.value_end),
    )
