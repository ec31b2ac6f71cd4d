"""Reported numbers: which metric, which value, from which, on which dataset, in which sentence.

A sentence is read as a row of numbers, metric names and dataset names. Percentages and factors are claims unless the words
around them say what else they are (shares of data, confidence levels); a bare number is one only beside a metric's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from searchidx.extract import numbers
from searchidx.extract.datasets import Mention
from searchidx.extract.metric_words import MetricName, find_metric_names
from searchidx.extract.names import canonical_metric
from searchidx.extract.numbers import Number
from searchidx.paper import Metric, MetricKind, Span

_NOT_A_RESULT_AFTER = re.compile(
    r"\s?(?:-\s?)?(?:of\s(?:the\s|its\s|all\s|our\s|their\s|total\s|available\s|original\s|full\s|entire\s)*(?:labell?ed|training|data|train|samples?|labels?|annotat\w+|pixels|points|tokens|cases|users|papers|"
    r"people|participants|images|patients|dataset|examples|questions|time|world|population|classes|documents|sentences|nodes|edges|words|vocabulary|annotations|supervision|"
    r"languages|queries|instances|respondents|models|network)|(?:labell?ed|labels?|annotated|annotations?|training|confidence|CI\b|of labels|data\b|supervision|unlabell?ed|sparsity|sparse|noise|missing|"
    r"noisy|subset|quantile|percentile|significance|label|randomly|masking|mask ratio|dropout|overlap|corrupt\w*|outliers|of ImageNet))",
    re.IGNORECASE,
)
_NOT_A_RESULT_BEFORE = re.compile(
    r"(?:\b(?:only|just|using|with|from|use|uses|given|than|mask(?:ing|ed)?|top|bottom|remaining|sampl\w+|than|of|to|p\s?[<=>]|alpha\s?=|k\s?=)\s(?:only\s|just\s|as little as\s|less than\s|about\s|up to\s|a\s)*)\Z",
    re.IGNORECASE,
)
_STD = re.compile(
    r"(?:±|\\pm|\+/-|\+/−|\+-|CI:?|IQR:?|confidence interval[s:]*|p\s?[<=>≤]|p-value[s]?\s?(?:of|<|=)?|n\s?=|N\s?=|std\w*|interquartile range:?)\s?\$?\(?\s?\Z",
    re.IGNORECASE,
)
_IN_INTERVAL = re.compile(r"\((?:95%\s)?(?:CI|IQR|range|95%|SD|std)[^()]{0,40}\Z", re.IGNORECASE)
_BETWEEN_RANGE = re.compile(r"\s?(?:-|–|—|−|~|--|\sto\s|to)\s?\Z")
_FROM_BEFORE = re.compile(r"\bfrom\s(?:around\s|about\s|roughly\s|approximately\s|a\s|an\s|\w+\s\w+\s)?[~≈$]?\Z")
_FROM_TO_BETWEEN = re.compile(
    r"\A\s?(?:[(\[][^()\[\]]{0,40}[)\]]\s?)?(?:[\w%-]+\s){0,4}(?:to|→|->|\\rightarrow|-->)\s(?:around\s|about\s|roughly\s|approximately\s|a\s|an\s)?[~≈$]?\Z"
)
_DELTA_BEFORE = re.compile(
    r"\b(?:by|improv\w*|gains?|increas\w*|reduc\w*|decreas\w*|drops?|boosts?|rais\w*|up|lower\w*|rise|saves?|saving|cuts?|degrad\w*|loss|margins?|difference|differ|gap|within|surpass\w*|outperform\w*|"
    r"exceed\w*|improvements?|advantage|shrink\w*|declin\w*|enhanc\w*|uplift|leads?|another|additional|extra|fewer|speeds? up|deteriorat\w*)\s(?:(?:of|by|in|from|a|an|the|to|over|about|around|approximately|nearly|almost|roughly|up|as|much|"
    r"at|least|more|than|only|average|an|relative|absolute|significant|substantial|large|on|additional|further|margin|maximum|mean|another|merely|just|roughly|significantly|considerable|remarkable|notable|absolute|margins|respectively|by|and|FLOPs|"
    r"remarkably|minimum|maximal|less|impressive|consistent|average,|whopping|total|is|was|are|ranging|between|range|even|far|some|[\w-]+ly)\s)*[~≈+$(-]*\Z",
    re.IGNORECASE,
)
_TO_BEFORE = re.compile(
    r"\b(?:to|reach\w*|achiev\w*|attain\w*|obtain\w*|yield\w*|at)\s(?:a\s|an\s|about\s|around\s|over\s|up to\s|nearly\s|more than\s|approximately\s|as high as\s|only\s)*[~≈+$-]*\Z"
)
_UP_TO = re.compile(r"\bup to\s(?:a\s|an\s|about\s|around\s|over\s)*[~≈+$-]*\Z")
_DELTA_AFTER = re.compile(
    r"\A\s?\+?(?:\(?(?:absolute|relative|on average|average|avg\.?|abs\.?|rel\.?|mean)\)?,?\s)*(?:(?:top-?\d|[\w@&/.-]+)\s){0,4}?(?:improve\w*|gains?|increas\w*|reduc\w*|decreas\w*|drop|boost|higher|lower|better|worse|less|fewer|more|faster|slower|"
    r"degradation|decline|uplift|rise|margin|advantage|enhancement|savings?|relative|absolute|smaller|shorter|loss in|hit|jump|above|below|over the|ahead|superior|cheaper|longer|larger)\b",
    re.IGNORECASE,
)
_RATIO_AFTER = re.compile(
    r"\A\s?\(?(?:(?:to\s)?(?:improve\w*|gains?|increas\w*|reduc\w*|decreas\w*|boost|higher|lower|better|worse|less|fewer|more|faster|slower|smaller|shorter|larger|speed|accelerat\w*|compress\w*|cheaper|longer|bigger|"
    r"greater|lighter|saving\w*|memory|fewer|inference|throughput|training|the (?:speed|throughput|size|cost|number|memory|time)|as (?:fast|many|large|much|efficient|long)|wall|data|sample|parameter|computation|latency|model|"
    r"end-to-end|average|deeper|stronger|improved|over\b|on\b|in\b|for\b|when\b|compared|quick\w*|parallel|efficien\w*|rendering|energy|communication|storage|wall-clock|GPU|FLOPs|over|performance|decoding|generation))",
    re.IGNORECASE,
)
_RATIO_BEFORE = re.compile(
    r"\b(?:by|speed-?ups?|speed|acceleration|faster|improv\w*|gains?|reduc\w*|increas\w*|factor|outperform\w*|achiev\w*|up to|over|about|around|of|nearly|almost|to|is|than|and|least|approximately|roughly|a|an|average)\s[~≈+$(]*\Z",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\A\s(?:[\w-]+\s){0,2}?(?:datasets?|benchmarks?|tasks?|languages?|images?|classes|categories|layers?|parameters?|epochs?|steps?|hours?|days?|GPUs?|samples?|videos?|examples?|tokens?|words?|sentences?|documents?|"
    r"questions?|models?|methods?|domains?|subjects?|participants?|iterations?|users?|items?|pairs?|objects?|scenes?|robots?|agents?|shots?|years?|people|frames?|papers?|nodes?|annotat\w+|instances?|dimensions?|"
    r"trials?|games?|environments?|problems?|annotations?|articles?|queries|patients?|features?|runs?|seeds?|folds?|bits?|views?|points?\scloud|labels?|test\scases|labeled|training|different|diverse|real|unique|distinct|out of)\b",
    re.IGNORECASE,
)
_OWN_SENTENCE = re.compile(
    r"\b(?:we|our|ours|this (?:paper|work|study|article|letter|thesis)|in this|propos\w*|results?|experiments?|evaluat\w*|outperform\w*|achiev\w*|show\w*|demonstrat\w*)\b",
    re.IGNORECASE,
)
_WE = re.compile(
    r"\b(?:we|our|ours|this (?:paper|work|study|article|letter|thesis|survey)|herein|here)\b", re.IGNORECASE
)
_OTHERS = re.compile(
    r"\b(?:human (?:performance|accuracy|level|baseline)|previous (?:best|sota|state[- ]of[- ]the[- ]art)|prior (?:best|art))\b[^.;]{0,12}\Z",
    re.IGNORECASE,
)
_VERSUS_BEFORE = re.compile(
    r"(?:\b(?:vs\.?|versus|than|compared (?:to|with)|against|instead of|whereas|while)\s(?:\w+['’]?s?\s){0,3}(?:the\s)?[~$]?\(?)\Z",
    re.IGNORECASE,
)
_AND = re.compile(r"\A(?:[\s,/&;]|and|or|as well as|\\%|%|to|-|–|respectively)*\Z")
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_FILLER_LEFT = re.compile(
    r"\A[\s:=(,~≈$]*(?:(?:scores?|values?|of|to|by|is|was|are|were|at|about|around|reach\w*|up|from|as|high|low|over|exceed\w*|above|below|under|within|improv\w*|gains?|increas\w*|reduc\w*|drop\w*|decreas\w*|approximately|nearly|"
    r"almost|than|more|less|only|a|an|the|equal|equals|respectively|ranging|between|remarkable|significant|impressive|achiev\w*|obtain\w*|attain\w*|even|roughly|on|average|boost\w*|rates?|\w+ly|and|best|new|mean|far|just|level|points?|performance|results?|"
    r"better|higher|lower|with|for|in|rises?|rose|went|go|goes|going|state-of-the-art|margin|margins|relative|absolute|large|still|can|be|could)[\s:=(,~≈$]*){0,8}\+?-?\Z",
    re.IGNORECASE,
)
_FILLER_RIGHT = re.compile(
    r"\A[\s)+(,]*(?:(?:absolute|relative|average|in|of|on|points?|improvements?|gains?|increases?|reductions?|drops?|decreases?|higher|lower|better|worse|less|more|fewer|the|average|terms|for|percentage|an?|"
    r"boost|mean|faster|slower|overall|test|performance|decline|degradation|its|relatively|absolutely|over|improvement|new|best|w\.r\.t\.|smaller|shorter|state-of-the-art|rise|loss|to|and|both|by|hit|our|greater|larger|saving|savings)[\s)(,]*){0,6}\Z",
    re.IGNORECASE,
)
_SPEED = re.compile(
    r"\A\s?\(?(?:faster|speed-?\s?ups?|acceleration|quicker|slower|as fast|average speed-?ups?|speed up|more quickly|end-to-end speed-?up|wall-?clock speed-?up|inference speed-?up|the speed\b)",
    re.IGNORECASE,
)
_SPEED_BEFORE = re.compile(
    r"\b(?:speed-?\s?ups?|speeding up|accelerat\w*|speeds? up|speed|faster)\s(?:\w+\s){0,6}?(?:by|of|to|up to|is|over|than|at|about|around)?\s?(?:a factor of\s|up to\s|about\s|approximately\s|over\s|more than\s|nearly\s|around\s)*[~$(]*\Z",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Claim:
    """A number on its way to a Metric."""

    number: Number
    metric: MetricName | None = None
    metric_text: str | None = None
    kind: MetricKind = "absolute"
    from_value: str | None = None
    dataset: str | None = None
    joined: bool = False  # belongs to one list with the claim before it


@dataclass(slots=True)
class _Sentence:
    text: str
    start: int
    end: int
    metrics: list[MetricName]
    datasets: list[Mention]
    claims: list[_Claim] = field(default_factory=list)


def find_metrics(text: str, sentences: tuple[Span, ...], mentions: list[Mention]) -> tuple[Metric, ...]:
    """Every reported number of the paper's own experiments, each claim once, in order."""
    result: list[Metric] = []
    seen: set[tuple[str, str, str, str | None]] = set()
    names = list(dict.fromkeys(mention.name for mention in mentions))
    only = names[0] if len(names) == 1 else None
    own_from = _own_part(text, sentences)
    last_metric: str | None = None
    for index, (start, end) in enumerate(sentences):
        if not any(char.isdigit() for char in text[start:end]) or end - start > 2000:
            continue
        if 0 < index < own_from:
            continue
        sentence = _Sentence(text, start, end, [], [m for m in mentions if start <= m.start < end])
        claims = _read_sentence(sentence)
        for claim in claims:
            metric = _finish(sentence, claim, only)
            key = (metric.value, metric.canonical, metric.kind, metric.dataset)
            if key not in seen and not (index == 0 and False):
                seen.add(key)
                result.append(metric)
        if claims:
            last_metric = claims[-1].metric_text
    del last_metric
    return tuple(_without_title_twins(result, text.find("\n")))


def _without_title_twins(metrics: list[Metric], title_end: int) -> list[Metric]:
    """A number of the title that the abstract repeats is one claim."""
    in_abstract = {(m.value, m.kind) for m in metrics if m.span is not None and m.span[0] > title_end}
    return [m for m in metrics if m.span is None or m.span[0] > title_end or (m.value, m.kind) not in in_abstract]


def _own_part(text: str, sentences: tuple[Span, ...]) -> int:
    """Index of the first sentence that speaks of this paper: numbers before it are background."""
    for index, (start, end) in enumerate(sentences):
        if index > 0 and _WE.search(text, start, end):
            return index
    return 0


def _read_sentence(sentence: _Sentence) -> list[_Claim]:
    text, start, end = sentence.text, sentence.start, sentence.end
    found = [n for n in numbers.find(text, start, end) if not _inside_name(n, sentence.datasets)]
    if not found:
        return []
    sentence.metrics = find_metric_names(text, start, end)
    claims: list[_Claim] = []
    skip: Number | None = None
    for index, number in enumerate(found):
        if number is skip:
            continue
        claim = _Claim(number)
        following = found[index + 1] if index + 1 < len(found) else None
        if following is not None and _is_from_to(sentence, number, following):
            claim = _Claim(following, from_value=number.value)
            skip = following
        previous = claims[-1] if claims else None
        if _is_claim(sentence, claim, number, previous, following):
            claims.append(claim)
    _share_in_lists(sentence, claims)
    for claim in claims:
        _fall_back(sentence, claim, claims)
    _assign_datasets(sentence, claims)
    sentence.claims = claims
    return claims


def _inside_name(number: Number, datasets: list[Mention]) -> bool:
    return any(mention.start <= number.value_start < mention.end for mention in datasets)


def _is_from_to(sentence: _Sentence, first: Number, second: Number) -> bool:
    text = sentence.text
    if not _FROM_BEFORE.search(text, max(sentence.start, first.start - 40), first.start):
        return False
    return _FROM_TO_BETWEEN.match(text[first.end : second.start]) is not None


def _is_claim(
    sentence: _Sentence, claim: _Claim, first: Number, previous: _Claim | None, following: Number | None
) -> bool:
    text, number = sentence.text, claim.number
    before = text[max(sentence.start, first.start - 120) : first.start]
    after = text[number.end : min(sentence.end, number.end + 120)]
    if _STD.search(before) or _IN_INTERVAL.search(before) or _OTHERS.search(before):
        return False
    claim.joined = previous is not None and _joins(sentence, previous, first)
    claim.metric = _adjacent_metric(sentence, first, number)
    claim.kind = _kind(claim, before, after)
    if (
        claim.joined
        and previous is not None
        and previous.kind != "absolute"
        and claim.kind == "absolute"
        and claim.from_value is None
    ):
        claim.kind = previous.kind
    if number.shape in ("percent", "points"):
        if _NOT_A_RESULT_AFTER.match(after) and claim.kind == "absolute" and claim.metric is None:
            return False
        if _VERSUS_BEFORE.search(before) and claim.from_value is None:
            return False
        return (
            claim.metric is not None
            or claim.from_value is not None
            or not _NOT_A_RESULT_BEFORE.search(before)
            or claim.kind == "delta"
        )
    if number.shape == "ratio":
        if re.match(r"\s?\d", after) or not (
            _RATIO_AFTER.match(after) or _RATIO_BEFORE.search(before) or after[:1] in ",.;)"
        ):
            return False
        claim.kind = "ratio"
        return not re.match(r"\s(?:per|a (?:day|week)|in a row|series)\b", after)
    if number.shape == "tally":
        return (
            re.match(
                r"\s(?:[\w-]+\s){0,2}(?:tasks?|datasets?|benchmarks?|games?|cases|languages|metrics|settings|environments)\b",
                after,
            )
            is not None
        )
    return _plain_is_claim(sentence, claim, first, before, after, previous)


def _plain_is_claim(
    sentence: _Sentence, claim: _Claim, first: Number, before: str, after: str, previous: _Claim | None
) -> bool:
    """A number without a telling unit: only beside a metric, in a list of such, or reached from another."""
    number = claim.number
    if _VERSUS_BEFORE.search(before) and claim.from_value is None:
        return False
    if number.shape == "unit" and claim.metric is not None:
        return True
    if (
        number.shape == "plain"
        and "." not in number.value
        and (_COUNTED.match(after) or re.fullmatch(r"(?:19|20)\d\d", number.value))
    ):
        return False
    if claim.metric is not None:
        return True
    if claim.joined and previous is not None and (previous.metric is not None or previous.from_value is not None):
        return "." in number.value or previous.number.shape == number.shape == "plain"
    if claim.from_value is not None:
        return "." in number.value or number.shape != "plain" or bool(sentence.metrics)
    return number.sign == "+" and number.shape == "plain"


def _joins(sentence: _Sentence, previous: _Claim, number: Number) -> bool:
    """Whether only commas, `and`, brackets, datasets and short words stand between two numbers."""
    between = sentence.text[previous.number.end : number.start]
    if len(between) > 70:
        return False
    if _AND.match(between):
        return True
    plain = re.sub(r"\([^()]{0,60}\)", " ", between)
    return (
        re.fullmatch(
            r"(?:\s?(?:%|points?))?(?:\s(?:on|for|in|at|with|of)\s[^,;]{2,40})?,?\s?(?:and|or|,|and\s(?:a|an))?\s?(?:by\s|a\s|an\s|of\s|to\s)?[~+]?",
            plain,
        )
        is not None
    )


def _adjacent_metric(sentence: _Sentence, first: Number, last: Number) -> MetricName | None:
    """The metric named right before or right after a number."""
    text = sentence.text
    left: MetricName | None = None
    right: MetricName | None = None
    for name in sentence.metrics:
        if name.end <= first.start:
            if _FILLER_LEFT.match(text[name.end : first.start]):
                left = name
        elif (
            name.start >= last.end
            and right is None
            and name.start - last.end < 60
            and _FILLER_RIGHT.match(text[last.end : name.start])
        ):
            right = name
    if left is not None and right is not None:
        # `accuracy of 90.1 and 88 F1`: nearer wins, and a name that only carries a generic word loses
        if left.generic != right.generic:
            return right if left.generic else left
        gap_left, gap_right = first.start - left.end, right.start - last.end
        return left if gap_left <= gap_right else right
    return left or right


def _kind(claim: _Claim, before: str, after: str) -> MetricKind:
    number = claim.number
    if number.shape == "ratio":
        return "ratio"
    if claim.from_value is not None:
        return "absolute"
    if number.sign in ("+",) or re.search(r"[+]\s?\$?\Z", before):
        return "delta"
    if _DELTA_BEFORE.search(before) and not (_TO_BEFORE.search(before) and not _UP_TO.search(before)):
        return "delta"
    if _UP_TO.search(before) and re.search(
        r"\b(?:by|improv\w*|gains?|increas\w*|reduc\w*|outperform\w*|boost\w*)\s(?:\w+\s){0,4}up to", before
    ):
        return "delta"
    if _DELTA_AFTER.match(after):
        return "delta"
    return "absolute"


def _share_in_lists(sentence: _Sentence, claims: list[_Claim]) -> None:
    """Numbers in one list share what one of them has: `0.78 and 0.76 Spearman correlation`."""
    for index in range(1, len(claims)):
        if claims[index].joined and claims[index].metric is None:
            claims[index].metric = claims[index - 1].metric
    for index in range(len(claims) - 1, 0, -1):
        if claims[index].joined and claims[index - 1].metric is None:
            claims[index - 1].metric = claims[index].metric
            if (
                claims[index].kind != "absolute"
                and claims[index - 1].kind == "absolute"
                and claims[index - 1].number.shape == claims[index].number.shape
            ):
                claims[index - 1].kind = claims[index].kind


def _fall_back(sentence: _Sentence, claim: _Claim, claims: list[_Claim]) -> None:
    """Name the metric of a claim that has none beside it."""
    text, number = sentence.text, claim.number
    if claim.kind == "ratio":
        before = text[max(sentence.start, number.start - 80) : number.start]
        after = text[number.end : min(sentence.end, number.end + 60)]
        if _SPEED.match(after) or (claim.metric is None and _SPEED_BEFORE.search(before)):
            claim.metric_text = "speedup"
            return
    if claim.metric is not None:
        claim.metric_text = claim.metric.text
        return
    if claim.number.shape == "tally":
        return
    left = [name for name in sentence.metrics if name.end <= number.start and not name.generic]
    right = [name for name in sentence.metrics if name.start >= number.end and not name.generic]
    generic = [name for name in sentence.metrics if name.generic]
    if claim.kind == "ratio":
        return
    if left:
        claim.metric_text = left[-1].text
    elif right:
        claim.metric_text = right[0].text
    elif generic:
        claim.metric_text = generic[0].text


def _assign_datasets(sentence: _Sentence, claims: list[_Claim]) -> None:
    """Give each claim the dataset its words point to."""
    datasets = sentence.datasets
    if not datasets or not claims:
        return
    distinct = list(dict.fromkeys(mention.name for mention in datasets))
    if len(distinct) == 1:
        for claim in claims:
            claim.dataset = distinct[0]
        return
    if _align(sentence, claims, distinct):
        return
    for claim in claims:
        claim.dataset = _nearest(sentence, claim, claims)


def _align(sentence: _Sentence, claims: list[_Claim], distinct: list[str]) -> bool:
    """As many numbers as datasets, all in one list each: one to one, in order."""
    groups = [claim for claim in claims]
    said = _RESPECTIVELY.search(sentence.text, sentence.start, sentence.end) is not None
    if len(groups) == len(distinct):
        first_number, last_number = groups[0].number.start, groups[-1].number.end
        inside = [m for m in sentence.datasets if first_number < m.start < last_number]
        if said or not inside:
            for claim, name in zip(groups, distinct, strict=True):
                claim.dataset = name
            return True
    return False


def _nearest(sentence: _Sentence, claim: _Claim, claims: list[_Claim]) -> str | None:
    """The first dataset after the number and before the next one, else the last one before it."""
    number = claim.number
    next_start = min((c.number.start for c in claims if c.number.start > number.start), default=sentence.end)
    after = [m for m in sentence.datasets if number.end <= m.start < next_start]
    before = [m for m in sentence.datasets if m.end <= number.start]
    if after:
        gap = sentence.text[number.end : after[0].start]
        if (
            re.search(
                r"\b(?:on|in|for|of|over|at|from|under|using)\s(?:the\s|both\s)?(?:[\w-]+\s){0,4}?\Z|\(\s?\Z",
                gap,
            )
            or not before
        ):
            return after[0].name
    if before:
        return before[-1].name
    later = [m for m in sentence.datasets if m.start >= number.end]
    return later[0].name if later else None


def _finish(sentence: _Sentence, claim: _Claim, only: str | None) -> Metric:
    number = claim.number
    name = claim.metric_text or "unspecified"
    return Metric(
        metric=name,
        value=number.value,
        canonical=canonical_metric(name),
        from_value=claim.from_value,
        unit=number.unit,
        kind=claim.kind,
        dataset=claim.dataset or only,
        sentence=sentence.text[sentence.start : sentence.end],
        span=(number.value_start, number.value_end),
    )
