"""Reported numbers: which metric, which value, from which, on which dataset, in which sentence.

A sentence is read as a row of numbers, metric names and dataset names. Percentages and factors are claims unless the words
around them say what else they are (shares of data, confidence levels); a bare number is one only beside a metric's name.
These are claims of abstracts as written, never checked against each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from searchidx.extract import cues, hints, numbers
from searchidx.extract.datasets import Mention
from searchidx.extract.metric_words import MetricName, find_metric_names
from searchidx.extract.names import canonical_metric
from searchidx.extract.numbers import Number
from searchidx.extract.runs import LIST_JOIN
from searchidx.paper import Metric, MetricKind, Span

_FROM = re.compile(r"\bfrom\s(?:(?:around|about|roughly|approximately|an?|the|only|baseline|nearly|over|original|baseline's|\w+['’]s)\s){0,3}[~≈$(]*\Z")
_TO = re.compile(r"\A\s?\$?(?:[(\[][^()\[\]]{0,40}[)\]]\s?)?(?:[\w%@-]+\s){0,4}?(?:to|→|->|\\rightarrow|-->|up to)\s(?:(?:around|about|roughly|approximately|an?|over|nearly|only|as high as|more than)\s)?[~≈$]?\Z")
_RANGE = re.compile(r"\A\s?(?:-|–|—|−|~|--)\s?\Z")
_JUST_TO = re.compile(r"\A\s(?:to|and)\s\Z")
_COUNTED = re.compile(
    r"\A\s(?:[\w/-]+\s){0,4}?(?:datasets?|benchmarks?|tasks?|languages?|images?|classes|categories|layers?|parameters?|epochs?|steps?|hours?|days?|GPUs?|samples?|videos?|examples?|tokens?|words?|sentences?|documents?|questions?|"
    r"models?|LLMs|methods?|domains?|subjects?|participants?|iterations?|users?|items?|pairs?|objects?|scenes?|robots?|agents?|shots?|years?|people|frames?|papers?|nodes?|annotat\w+|instances?|dimensions?|trials?|games?|"
    r"environments?|problems?|annotations?|articles?|queries|patients?|features?|runs?|seeds?|folds?|views?|labels?|cases|settings|baselines|scenarios|dialogues?|conversations|topics|types|studies|sequences|trajectories|"
    r"demonstrations|orders?|points\scloud|components|attacks|metrics|architectures|networks|systems|competitors|teams|submissions|reasoning|levels|times|out of|other|state-of-the-art)\b",
    re.IGNORECASE,
)
_MAGNITUDE = re.compile(r"\A\s?(?:billion|million|trillion|thousand|hundred|B\b|M\b|K\b|k\b|-?\s?(?:bit|shot|way|layer|dimensional|th|st|nd|rd|year|fold cross|D\b|d\b|step|hop|class|by-|mm\b|cm\b|nm\b|km\b|DoF|DOF|x\d))", re.IGNORECASE)
_LIST_NUMBER = re.compile(r"\A\s?[).](?:\s|\Z)")
#: A sentence with one of these speaks of this paper.
_OWN_HINTS = (" we ", "we ", " our ", "our ", "this paper", "this work", "this study", "this article", "this letter", "this thesis", "this survey", "this report", "herein", "propos", "experiment", "result")
_ONLY_JOIN = re.compile(r"\A(?:[\s,/&;~$+≈]|\band\b|\bor\b|\bas well as\b|\\?%|\bby\b|\bto\b|[-–]|\brespectively\b|\ba\b|\ban\b|\bof\b|\bpoints?\b|\bup to\b)*\Z")
_SHORT_PHRASE = re.compile(
    r"\A(?:\s(?:[\w@&-]+\s){0,2}?(?:on|for|in|at|under|from|success(?:\srates?)?\s(?:on|in|under))\s[^,;]{2,44})?,?\s(?:and|or|while|as well as)?\s?(?:by\s|an?\s|of\s|to\s|up to\s|about\s)*[~+≈]?\Z"
)
_DROPPED = re.compile(r"\([^()]{0,60}\)|(?:±|\+/-|\\pm)\s?[\d.]{1,8}%?")
_OUT_OF = re.compile(r"\A\sout of\s(?:the\s)?(?P<all>\d{1,5})\s(?P<what>[\w-]+\s){0,2}?(?P<unit>tasks|datasets|benchmarks|directions|languages|games|cases|metrics|settings|environments|subtasks|domains|categories)\b")
_TALLIED = re.compile(r"\A\s(?:[\w-]+\s){0,2}?(?P<unit>tasks?|datasets?|benchmarks?|games?|cases|languages|metrics|settings|environments|problems|directions|domains)\b")
_RATIO_USE = re.compile(
    r"\A\s?-?\(?(?:(?:to\s)?(?:[\w-]+\s){0,2}?(?:improve\w*|gains?|increas\w*|reduc\w*|decreas\w*|boost|higher|lower|better|worse|less|fewer|more|faster|slower|smaller|shorter|larger|speed\w*|accelerat\w*|compress\w*|cheaper|longer|bigger|"
    r"greater|lighter|saving\w*|quick\w*|efficien\w*|deeper|stronger|rate|throughput|acceleration|the (?:speed|throughput|size|cost|number|memory|time|performance)|as (?:fast|many|large|much|efficient|long|high)))\b",
    re.IGNORECASE,
)
_RATIO_CHANGE = re.compile(
    r"\b(?:by|speed-?ups?|speed|speeding up|acceleration|accelerat\w*|faster|improv\w*|gains?|reduc\w*|increas\w*|factor|outperform\w*|compress\w*|boost\w*|sav\w*|throughput|latency|higher|lower)"
    r"(?:\s(?:[\w-]+\s){0,4}?(?:by|of|to|up|is|over|than|at|about|around|nearly|almost|approximately|roughly|an?|average|between|from|factor|least|more|and|or))*\s?(?:up to\s)?[~≈+$(]*\Z",
    re.IGNORECASE,
)
_FASTER = re.compile(r"\A\s?-?\(?(?:[\w-]+\s){0,2}?(?:faster|speed-?\s?ups?|acceleration|quicker|slower|as fast|speed up|speeding up|more quickly|speedup)\b", re.IGNORECASE)
_SPEED_LEFT = re.compile(
    r"\b(?:speed-?\s?ups?|speeding[- ]up|accelerat\w*|speeds? up|sped up|faster)\b(?:\s[\w-]+){0,7}?\s?(?:by|of|to|up to|is|over|than|at|about|around|factor)?\s?(?:an?\s|factor of\s|up to\s|about\s|approximately\s|over\s|more than\s|nearly\s|around\s)*[~$(]*\Z",
    re.IGNORECASE,
)
#: Before a dataset's name: it is what the paper measures on, not what it is compared with.
_EVALUATION = re.compile(r"\b(?:on|in|for|of|over|using|utiliz\w+|use|uses|with)\s(?:the\s|both\s|our\s)?(?:[\w-]+\s){0,4}\Z")
#: Metrics that belong to a method rather than to a dataset.
_AND_LAST = re.compile(r"(?:\band|,)\s(?:by\s|an?\s)?[~+]?\Z")
_SET_TO = re.compile(r"\b(?:of|is|was|are|were)\b|[:=]")
#: `60% fewer actions`, `70% less fine-tuning data`: the counted thing is what is measured.
_LESS_OF = re.compile(
    r"\s(?:fewer|less)\s(?P<what>(?!than\b|expensive\b|likely\b|accurate\b|sensitive\b|prone\b)[A-Za-z][\w-]+(?:\s(?!than\b|on\b|for\b|in\b|with\b|while\b|when\b|and\b|compared\b|to\b|of\b|as\b|at\b|is\b|are\b|but\b|over\b|by\b|"
    r"without\b|from\b|per\b|during\b|or\b|that\b|which\b|using\b|relative\b|we\b|required\b|needed\b)[A-Za-z][\w-]+){0,3})"
)
_TRAINED_FOR = re.compile(r"\sof\s(?:[\w-]+\s)?training\b")
_DEVIATION = re.compile(r"\s?\$?\s?(?:±|\\pm|pm|\+/-|\+/−|\+-)\s?\$?\s?\d")
_COSTS = re.compile(r"flops|parameter|model size|per second", re.IGNORECASE)
_ASIDE = re.compile(r"[\s-](?:pre-?train\w*|supervised|weights|initiali[sz]\w*|features|backbone|init)\b")
_LONGEST_SENTENCE = 2000


@dataclass(slots=True)
class _Claim:
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
class _Sentence:
    text: str
    start: int
    end: int
    datasets: list[Mention]
    metrics: list[MetricName] = field(default_factory=list)
    metric_words: frozenset[str] = frozenset()


def find_metrics(text: str, sentences: tuple[Span, ...], mentions: list[Mention]) -> tuple[Metric, ...]:
    """Every reported number of the paper's own experiments, in order; a claim made twice is given once."""
    names = list(dict.fromkeys(mention.name for mention in mentions))
    only = next((m for m in mentions if _EVALUATION.search(text, max(0, m.start - 60), m.start)), None) if len(names) == 1 else None
    if _HAS_DIGIT(text) is None:
        return ()
    own_from = _own_part(text, sentences)
    result: list[Metric] = []
    last_name: str | None = None
    last_dataset: str | None = None
    for index, (start, end) in enumerate(sentences):
        if end - start > _LONGEST_SENTENCE or 0 < index < own_from or not _HAS_DIGIT(text, start, end):
            continue
        sentence = _Sentence(text, start, end, [m for m in mentions if start <= m.start < end])
        earlier = only.name if only is not None and only.start < end else None
        claims = _read_sentence(sentence)
        for claim in claims:
            inherits = claim.number.shape == "percent" or _DEVIATION.match(text, claim.number.end) is not None
            if claim.name is None and claim.kind == "absolute" and inherits and not sentence.datasets:
                claim.name = last_name
                claim.dataset = claim.dataset or last_dataset
            if claim.dataset is None and earlier is not None and not _COSTS.search(claim.name or ""):
                claim.dataset = earlier
            result.append(_finish(sentence, claim))
        if claims:
            last_name, last_dataset = claims[-1].name or last_name, claims[-1].dataset
    return tuple(_without_twins(result, text.find("\n")))


_HAS_DIGIT = re.compile(r"\d").search


def _own_part(text: str, sentences: tuple[Span, ...]) -> int:
    """Index of the first sentence that speaks of this paper: numbers before it are background."""
    places = hints.Places(hints.lower_same_length(text), _OWN_HINTS)
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


def _read_sentence(sentence: _Sentence) -> list[_Claim]:
    text, start, end = sentence.text, sentence.start, sentence.end
    found = [n for n in numbers.find(text, start, end) if not any(m.start <= n.value_start < m.end for m in sentence.datasets)]
    if not found:
        return []
    found = _share_units(text, found)
    sentence.metrics = [_without_dataset(name, sentence) for name in find_metric_names(text, start, end)]
    sentence.metric_words = frozenset(word for name in sentence.metrics for word in name.text.lower().split())
    claims: list[_Claim] = []
    position = 0
    while position < len(found):
        number = found[position]
        following = found[position + 1] if position + 1 < len(found) else None
        claim = _Claim(number, unit=number.unit)
        if following is not None and _is_from_to(sentence, number, following, claims):
            claim = _Claim(following, from_value=number.value, unit=following.unit)
            position += 1
        position += 1
        list_end = _list_end(text, found, position - 1)
        if _is_claim(sentence, claim, number, claims[-1] if claims else None, list_end):
            claims.append(claim)
    _share_in_lists(claims)
    for claim in claims:
        _name(sentence, claim)
    claims = _both_metrics(sentence, claims)
    _assign_datasets(sentence, claims)
    return claims


def _without_dataset(name: MetricName, sentence: _Sentence) -> MetricName:
    """`ImageNet accuracy` is accuracy."""
    for mention in sentence.datasets:
        if name.start <= mention.start and mention.end < name.end:
            begin = mention.end + 1
            return replace(name, text=sentence.text[begin : name.end], start=begin)
    return name


def _list_end(text: str, found: list[Number], index: int) -> int:
    """End of the last number in the list of bare joins that begins with number `index`: `0.78, 0.7 and 0.76`."""
    while index + 1 < len(found) and found[index + 1].start - found[index].end < 24:
        if _ONLY_JOIN.match(text[found[index].end : found[index + 1].start]) is None:
            break
        index += 1
    return found[index].end


def _share_units(text: str, found: list[Number]) -> list[Number]:
    """`100-5000x`, `2 to 3%`, `1.5 and 2.3 points`: the first number has the unit of the second."""
    for index in range(len(found) - 2, -1, -1):
        first, second = found[index], found[index + 1]
        gap = text[first.end : second.value_start]
        if first.shape == "plain" and second.shape in ("percent", "ratio", "points", "unit") and (_RANGE.match(gap) or _JUST_TO.match(gap) or gap == ", "):
            found[index] = replace(first, shape=second.shape, unit=second.unit)
    return found


def _is_from_to(sentence: _Sentence, first: Number, second: Number, claims: list[_Claim]) -> bool:
    text = sentence.text
    if _TO.match(text[first.end : second.start]) is None:
        return False
    if _FROM.search(text, max(sentence.start, first.start - 40), first.start):
        return True
    # `from 35.5% to 44.5% for A, and 27.6% to 36.2% for B`
    return bool(claims) and claims[-1].from_value is not None and _JUST_TO.match(text[first.end : second.start]) is not None


def _is_claim(sentence: _Sentence, claim: _Claim, first: Number, previous: _Claim | None, list_end: int) -> bool:
    text, number = sentence.text, claim.number
    before = text[max(sentence.start, first.start - 100) : first.start]
    after = text[number.end : min(sentence.end, number.end + 100)]
    if cues.is_spread(before) or cues.is_others(before):
        return False
    if claim.from_value is None and cues.is_compared(before):
        return False
    if previous is not None:
        between = _between(sentence, previous.number.end, first.start)
        claim.bare = _ONLY_JOIN.match(between) is not None
        claim.joined = claim.bare or (len(between) <= 70 and _SHORT_PHRASE.match(between) is not None)
    claim.metric = _adjacent_metric(sentence, first, number, list_end)
    if claim.metric is None and claim.joined and previous is not None:
        claim.metric = previous.metric
    words = cues.words_before(text, sentence.start, first.start)
    change = cues.change_before(words, sentence.metric_words)
    if claim.from_value is None:
        changes = cues.change_after(cues.words_after(text, max(number.end, list_end), sentence.end), change is False)
        claim.kind = "delta" if change or changes or _sign(number, before) else "absolute"
        if previous is not None and previous.kind == "delta" and previous.from_value is None and previous.number.shape == number.shape and (claim.bare or (claim.joined and change is None)):
            claim.kind = "delta"
        elif change is None and previous is not None and previous.kind == "delta" and previous.number.shape == number.shape and _AND_LAST.search(before) and first.start - previous.number.end < 90:
            claim.kind = "delta"  # `by 56% compared to A and 42% compared to B`
    if number.shape == "ratio":
        return _ratio_is_claim(claim, before, after, previous)
    if number.shape == "tally":
        tallied = _TALLIED.match(after)
        claim.unit = tallied["unit"] if tallied else None
        claim.kind = "absolute"
        return tallied is not None
    if number.shape in ("percent", "points"):
        if number.shape == "points" and change is None and claim.from_value is None:
            claim.kind = "delta"
        rest = text[list_end : min(sentence.end, list_end + 100)] if list_end > number.end else after
        return claim.from_value is not None or claim.kind == "delta" or claim.metric is not None or not cues.is_share(before, rest)
    return _plain_is_claim(sentence, claim, after, previous)


def _sign(number: Number, before: str) -> str:
    return number.sign if number.sign == "+" or before[-1:] in ("(", " ", "") else ""


def _ratio_is_claim(claim: _Claim, before: str, after: str, previous: _Claim | None) -> bool:
    claim.kind = "ratio"
    if after[:1].isdigit() or re.match(r"\s?\d", after) or re.match(r"\s(?:per|a (?:day|week)|in a row|series|super|SR\b|upscal)", after):
        return False
    if _RATIO_USE.match(after) or claim.metric is not None or _RATIO_CHANGE.search(before):
        return True
    return claim.joined and previous is not None and previous.kind == "ratio"


def _plain_is_claim(sentence: _Sentence, claim: _Claim, after: str, previous: _Claim | None) -> bool:
    """A number without a telling unit: only beside a metric, in a list of such, or reached from another."""
    number = claim.number
    decimal = "." in number.value
    if number.shape == "plain":
        out_of = _OUT_OF.match(after)
        if out_of is not None:
            claim.unit, claim.metric, claim.kind = out_of["unit"], None, "absolute"
            return True
        if not decimal and claim.from_value is None and not _PHRASE_END.match(after) and not _named_right(claim):
            return False
        if _MAGNITUDE.match(after) or (not decimal and (_COUNTED.match(after) or _LIST_NUMBER.match(after) or re.fullmatch(r"(?:19|20)\d\d", number.value))):
            return False
    if number.shape == "unit" and claim.metric is not None and number.unit != "dB" and _SHARES.search(claim.metric.text):
        return False  # `accuracy below 4.3 MB of weights`
    if number.shape == "unit" and _TRAINED_FOR.match(after):
        claim.name = "training time"
        return True
    if decimal and _DEVIATION.match(after):
        return True  # what is given with a deviation was measured
    if claim.metric is not None and not (claim.metric.generic and not decimal):
        return decimal or number.shape == "unit" or not (claim.metric.generic or claim.metric.text.lower() in ("errors", "error"))
    if claim.joined and previous is not None and (previous.metric is not None or previous.from_value is not None):
        return decimal or previous.number.shape == number.shape == "plain"
    if claim.from_value is not None:
        change = _CHANGES.search(sentence.text, max(sentence.start, number.start - 120), number.start)
        return number.shape != "plain" or claim.metric is not None or (change is not None and (decimal or bool(sentence.metrics)))
    return number.sign == "+" and number.shape == "plain" and decimal


#: What may follow a whole number that is a result: no unit or counted thing of its own.
_PHRASE_END = re.compile(
    r"[\s$]*(?:[,.;:)\]]|\Z|[+-]|(?:and|or|on|for|in|to|with|at|over|compared|when|while|by|from|which|after|using|under|respectively|across|against|without|than|is|are|points?|as|that|within|via|higher|lower|better|out of|frames|tokens)\b)"
)


def _named_right(claim: _Claim) -> bool:
    return claim.metric is not None and claim.metric.start >= claim.number.value_end


def _between(sentence: _Sentence, start: int, end: int) -> str:
    """The text between two numbers without brackets, deviations and metric names: `14.2 mAP and 14.6` leaves ` and `."""
    if end - start > 200:
        return sentence.text[start:end]
    gap = sentence.text[start:end]
    for name in reversed(sentence.metrics):
        if start <= name.start and name.end <= end:
            gap = gap[: name.start - start] + gap[name.end - start :]
    return _DROPPED.sub("", gap)


def _adjacent_metric(sentence: _Sentence, first: Number, last: Number, list_end: int) -> MetricName | None:
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
        if _SET_TO.search(text, left.end, first.start):
            return left
        return left if first.start - left.end < right.start - max(last.end, list_end) else right
    if left is None and right is None:
        return _unlisted_metric(sentence, first)
    return left or right


_UNLISTED = re.compile(r"(?<![\w-])(?P<name>(?=[\w@&-]{0,9}[A-Z])[A-Za-z][\w@&-]{1,9})(?:\s(?:score|value|rate))?(?:\s?[:=]|\sof)\s(?:up to\s|about\s|over\s)?[~$]?\Z")


#: `(r = 0.95)`
_SINGLE = re.compile(r"(?<![\w-])(?P<name>r|R|ρ|ICC|κ)\s?=\s?[~$]?\Z")


def _unlisted_metric(sentence: _Sentence, number: Number) -> MetricName | None:
    """An abbreviation nobody listed, set to a value: `a CRR of 99.1%`, `hIoU: 35.2`."""
    if "." not in number.value and number.shape != "percent":
        return None
    single = _SINGLE.search(sentence.text, max(sentence.start, number.start - 12), number.start)
    if single is not None:
        return MetricName(single["name"], single.start("name"), single.end("name"), False)
    match = _UNLISTED.search(sentence.text, max(sentence.start, number.start - 40), number.start)
    if match is None or sum(char.isupper() for char in match["name"]) < 2:
        return None
    return MetricName(match["name"], match.start("name"), match.end("name"), False)


def _is_rival(text: str, name: MetricName) -> bool:
    """Whether an abbreviation such as MAE names a method here: `outperforms MAE by 0.5%`."""
    before = text[max(0, name.start - 40) : name.start]
    return re.search(r"\b(?:outperform\w*|surpass\w*|vanilla|over|than|beat\w*|exceed\w*|and|or|with|baseline|like|as)\s(?:the\s)?(?:vanilla\s|original\s|baseline\s)?\Z", before) is not None


def _share_in_lists(claims: list[_Claim]) -> None:
    """Numbers in one list share what one of them has: `0.78 and 0.76 Spearman correlation`."""
    for index in range(len(claims) - 1, 0, -1):
        first, second = claims[index - 1], claims[index]
        if second.bare and first.metric is None and second.metric is not None and second.metric.start >= second.number.value_end:
            first.metric = second.metric
            if second.kind == "delta" and first.from_value is None and first.number.shape == second.number.shape:
                first.kind = "delta"
    for first, second in zip(claims, claims[1:], strict=False):
        if second.joined and second.metric is None:
            second.metric = first.metric


def _name(sentence: _Sentence, claim: _Claim) -> None:
    """Name the metric of a claim: the one beside it, else the nearest in the sentence."""
    if claim.name is not None:
        return
    text, number = sentence.text, claim.number
    saved = _LESS_OF.match(text, number.end, min(sentence.end, number.end + 80))
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
    right = [name for name in known if name.start >= number.end and _CLAUSE_END.search(text[number.end : name.start]) is None]
    if claim.kind == "absolute" and number.shape == "percent":
        left = [name for name in left if not _NOT_SHARES.search(name.text)]
    if left or right:
        claim.name = (left[-1:] or right[:1])[0].text
    elif claim.kind == "delta" or (claim.metric is not None and claim.metric.text.lower() not in ("performance", "results")):
        generic = [claim.metric] if claim.metric is not None else [n for n in sentence.metrics if n.generic and n.end <= number.start][-1:]
        claim.name = generic[0].text if generic else None


def _ratio_name(sentence: _Sentence, claim: _Claim) -> str | None:
    """`3x faster` and `a speedup of 3x` are `speedup`; `2x higher throughput` is throughput."""
    text, number = sentence.text, claim.number
    after = text[number.end : min(sentence.end, number.end + 60)]
    faster = _FASTER.match(after)
    if faster is not None:
        ahead = number.end + faster.end()
        for name in sentence.metrics:
            if name.start == ahead + 1 and name.text.lower() not in ("performance", "speed"):
                return name.text
        return "speedup"
    is_speed = claim.metric is not None and claim.metric.text.lower().rstrip("s").endswith(("speedup", "speed-up"))
    if claim.metric is not None and not is_speed:
        return claim.metric.text
    if is_speed or _SPEED_LEFT.search(text, max(sentence.start, number.start - 100), number.start):
        return "speedup"
    return None


def _both_metrics(sentence: _Sentence, claims: list[_Claim]) -> list[_Claim]:
    """`loss and accuracy are within 1.2%` is two claims; `parameters and FLOPs by 78% and 32%` goes one to one."""
    result: list[_Claim] = []
    index = 0
    while index < len(claims):
        group = [claims[index]]
        while index + len(group) < len(claims) and claims[index + len(group)].bare:
            group.append(claims[index + len(group)])
        index += len(group)
        names = _joint_metrics(sentence, group[0])
        if len(names) == len(group) > 1:
            for claim, name in zip(group, names, strict=True):
                claim.name = name.text
        elif len(group) == 1 and len(names) > 1 and group[0].kind != "ratio":
            result.extend(replace(group[0], name=name.text) for name in names[:-1])
        result.extend(group)
    return result


def _joint_metrics(sentence: _Sentence, claim: _Claim) -> list[MetricName]:
    """Metrics joined by `and` that end in the one left of a claim; that one alone when there are no others."""
    metric = claim.metric
    if metric is None or metric.end > claim.number.start or claim.from_value is not None or metric not in sentence.metrics:
        return []
    chain = [metric]
    for name in reversed(sentence.metrics[: sentence.metrics.index(metric)]):
        if sentence.text[name.end : chain[0].start] not in (" and ", ", ", ", and ", " and the ", " and average "):
            break
        chain.insert(0, name)
    return chain


def _assign_datasets(sentence: _Sentence, claims: list[_Claim]) -> None:
    """Give each claim the dataset its words point to."""
    distinct = list(dict.fromkeys(mention.name for mention in sentence.datasets))
    if not distinct or not claims:
        return
    if len(distinct) == 1:
        for claim in claims:
            claim.dataset = distinct[0]
        return
    for group in _groups(claims):
        is_range = len(group) == 2 and _RANGE_GAP.search(sentence.text[group[0].number.end : group[1].number.start]) is not None
        if not is_range and _align(sentence, group):
            continue
        for claim in group:
            nearest = _nearest(sentence, claim, claims)
            # one number for several datasets is pooled
            pooled = nearest is not None and len(_list_around(sentence, nearest)) > 1 and (is_range or len(group) == 1)
            claim.dataset = None if nearest is None or pooled else nearest.name


def _groups(claims: list[_Claim]) -> list[list[_Claim]]:
    groups: list[list[_Claim]] = []
    for claim in claims:
        if groups and claim.joined:
            groups[-1].append(claim)
        else:
            groups.append([claim])
    return groups


def _align(sentence: _Sentence, group: list[_Claim]) -> bool:
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


def _list_after(sentence: _Sentence, position: int) -> list[Mention]:
    following = [m for m in sentence.datasets if m.start >= position]
    return _chain(sentence.text, following)


def _list_before(sentence: _Sentence, position: int) -> list[Mention]:
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


_NOT_SHARES = re.compile(r"loss|time\b|times\b|latency|cost|speed|parameters|perplexity|FID|PSNR|distance|per second|throughput", re.IGNORECASE)
_SHARES = re.compile(r"accurac|precision|recall|\bF1|score|\bAP\b|mAP|IoU|success|BLEU", re.IGNORECASE)
_CHANGES = re.compile(r"\b(?:improv|increas|reduc|decreas|boost|rais|lower|elevat|enhanc|drop|ris|grow|fall|cut|from .{0,20}(?:to|→))\w*\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;]|\b(?:with|while|and|but|whereas)\b")
_POINTS_AT = re.compile(r"\b(?:on|in|for|of|over|at|from|under|using|across)\s(?:the\s|both\s)?(?:[\w-]+\s){0,4}?\Z|\(\s?\Z")


_RANGE_GAP = re.compile(r"\A[\s%]*(?:-|–|—|~|to|\\%)+[\s~]*\Z")


def _list_around(sentence: _Sentence, mention: Mention) -> list[Mention]:
    """The members of the plain list (`A, B and C`) a mention stands in."""
    chain: list[Mention] = []
    for other in sentence.datasets:
        if chain and LIST_JOIN.match(sentence.text[chain[-1].end : other.start]) is None:
            if mention in chain:
                break
            chain = []
        chain.append(other)
    return chain if mention in chain else [mention]


def _nearest(sentence: _Sentence, claim: _Claim, claims: list[_Claim]) -> Mention | None:
    """The dataset that the words after the number point to (`91% on X`), else the last one before it, else the next."""
    number = claim.number
    useful = [m for m in sentence.datasets if not _ASIDE.match(sentence.text, m.end, sentence.end)] or sentence.datasets
    after = [m for m in useful if m.start >= number.end]
    before = [m for m in useful if m.end <= number.start]
    gap = sentence.text[number.end : after[0].start] if after else ""
    if after and ";" not in gap and _POINTS_AT.search(gap):
        between = [c for c in claims if number.end <= c.number.start < after[0].start]
        # `On X we reach 70%, and 80% on Y`: X is free, no number came before it
        free = before and not any(c.number.end <= before[-1].start for c in claims)
        if not (between and free) and len(between) <= 3:
            return after[0]
    if before:
        return before[-1]
    return after[0] if after else None


#: Performance is no measured quantity, except where it means speed.
_UNMEASURED = re.compile(r"(?!.*\b(?:end-to-end|computational|runtime|inference|training|kernel|GPU|hardware)\b).*\bperformance\Z", re.IGNORECASE)


def _finish(sentence: _Sentence, claim: _Claim) -> Metric:
    number = claim.number
    name = claim.name or "unspecified"
    if _UNMEASURED.match(name):
        name = "unspecified"
    return Metric(
        metric=name,
        value=number.value,
        canonical=canonical_metric(name),
        from_value=claim.from_value,
        unit=claim.unit,
        kind=claim.kind,
        dataset=claim.dataset,
        sentence=sentence.text[sentence.start : sentence.end],
        span=(number.value_start, number.value_end),
    )
