"""Reported numbers: which metric, which value, from which, on which dataset, in which sentence.

A sentence is read as a row of numbers, metric names and dataset names. `judging` says which numbers are results,
`naming` and `assigning` of what and on what. These are claims of abstracts as written, never checked against each
other.
"""

from __future__ import annotations

from collections.abc import Sequence

from searchidx.extraction import campaigns, clauses, hints, learned_names, learned_numbers, marks, numbers
from searchidx.extraction import metric_patterns as pat
from searchidx.extraction.adjoining import is_rival
from searchidx.extraction.assigning import Claim, Sentence, assign_datasets, assign_those_before, follow_order
from searchidx.extraction.datasets import Mention
from searchidx.extraction.judging import is_claim, take_metric
from searchidx.extraction.marks import MarkedText
from searchidx.extraction.metric_words import MetricName, find_metric_names
from searchidx.extraction.names import canonical_metric, dataset_key
from searchidx.extraction.naming import agree_in_number, name_claims, reported_name
from searchidx.extraction.number_weights import Weights, shipped
from searchidx.extraction.numbers import Number
from searchidx.paper import Metric, Span

_LONGEST_SENTENCE = 2000


def find_metrics(
    marked: MarkedText, mentions: list[Mention], original: str, weights: Weights | None = None
) -> tuple[Metric, ...]:
    """Every reported number of the paper's own experiments, in order; a claim made twice is given once.

    marked: with URLs masked; original: as it stood, for the sentences quoted as evidence; weights: by which numbers are
    taken that the rules leave out, if not by those shipped.
    """
    numbered = [index for index, holds in enumerate(marked.holds) if holds & marks.DIGIT]
    if not numbered:
        return ()
    text, sentences = marked.text.replace("∼", "~"), marked.sentences
    weights = shipped() if weights is None else weights
    names = {dataset_key(mention.name) for mention in mentions}
    only = _only_one(text, mentions, names)
    may_be_other = only is not None and not _entered(text, only)
    brought = mentions[0] if only is None and len(names) == 1 and _is_brought(text, mentions) else None
    own_from = _own_part(marked)
    result: list[Metric] = []
    before: list[Claim] = []
    last_name: str | None = None
    last_dataset: str | None = None
    for index in numbered:
        start, end = sentences[index]
        if end - start > _LONGEST_SENTENCE or 0 < index < own_from:
            continue
        sentence = Sentence(text, start, end, [m for m in mentions if start <= m.start < end])
        earlier = only.name if only is not None and only.start < end else None
        if earlier is not None and not sentence.datasets and _is_of_other_data(text, start, end, may_be_other):
            earlier = None
        claims = _read_sentence(sentence, before, weights)
        if len(claims) > 1 and mentions and not sentence.datasets:
            assign_those_before(sentence, claims, _named_before(mentions, sentences[:index]))
        before = claims or before
        for position, claim in enumerate(claims):
            inherits = claim.number.shape == "percent" or pat.DEVIATION.match(text, claim.number.end) is not None
            if claim.name is None and claim.kind == "absolute" and inherits and not sentence.datasets:
                claim.name = last_name
                claim.dataset = claim.dataset or last_dataset
            follows_up = claim.from_value is not None or pat.THIS.match(text, start) is not None
            if claim.name is None and claim.number.shape == "percent" and follows_up:
                claim.name = last_name
            if claim.dataset is None and not claim.elsewhere and not _is_cost(claim):
                claim.dataset = earlier
                if brought is not None and claim.kind == "absolute" and brought.start < end and claim.name is not None:
                    claim.dataset = brought.name  # a paper that brings data measures on them
            learned_names.rename(sentence, claims, position, weights)
            result.append(_finish(sentence, claim, original))
        if claims:
            last_name, last_dataset = claims[-1].name or last_name, claims[-1].dataset
    return tuple(_without_twins(agree_in_number(result), text.find("\n")))


def _is_cost(claim: Claim) -> bool:
    """Whether a number says how big or fast a method is, whatever it is measured on."""
    return claim.unit in pat.FRAME_RATES or pat.COSTS.search(claim.name or "") is not None


def _is_of_other_data(text: str, start: int, end: int, may_be_trial: bool) -> bool:
    """Whether a sentence is about data without a name; may_be_trial: or about what robots and people did."""
    other = pat.OTHER_DATA.search(text, start, end)
    if other is not None and text.find(" than ", start, other.start()) < 0:
        return True
    return may_be_trial and pat.NO_DATA.search(text, start, end) is not None


def _is_brought(text: str, mentions: list[Mention]) -> bool:
    """Whether a paper brings what it names, and not to train on it: `To train it, we collect X`."""
    new = [m for m in mentions if m.introduced]
    return bool(new) and not any(pat.TO_TRAIN.search(text, max(0, m.start - 100), m.start) for m in new)


def _measured_on(text: str, mention: Mention) -> bool:
    """Whether the words before a dataset make it what the paper measures on: `on X`, but not `rather than on X`."""
    begin = max(0, mention.start - 100)
    return (
        pat.EVALUATION.search(text, begin, mention.start) is not None
        and pat.ASIDE.match(text, mention.end) is None
        and pat.OTHER_SIDE.search(text, begin, mention.start) is None
    )


def _only_one(text: str, mentions: list[Mention], names: set[str]) -> Mention | None:
    """What the paper measures on where a sentence does not say: its only dataset, or the only campaign it enters."""
    if len(names) == 1:
        return next((m for m in mentions if _measured_on(text, m) or _entered(text, m)), None)
    entered = [m for m in mentions if _entered(text, m)]
    titled = [m for m in entered if m.start < text.find("\n")] or entered  # what else is entered names it again
    return titled[0] if len({dataset_key(m.name) for m in titled}) == 1 else None


def _named_before(mentions: list[Mention], sentences: Sequence[Span]) -> list[str]:
    """The datasets that the last of the sentences with any names."""
    for start, end in reversed(sentences):
        names = dict.fromkeys(m.name for m in mentions if start <= m.start < end)
        if names:
            return list(names)
    return []


def _entered(text: str, mention: Mention) -> bool:
    """Whether a dataset is a campaign that the paper takes part in: `Toys at FrobEval-2018`, `our entry to X`."""
    is_one = pat.TASK_NAME.search(mention.name) is not None or campaigns.has_year(mention.name)
    if mention.start < text.find("\n") and campaigns.hold_task([dataset_key(mention.name)]):
        return True  # `FrobEval-2020 Task 8: Wug Finding`
    if text.endswith("The ", 0, mention.start) and pat.SHARED_TASK_IS.match(text, mention.end) is not None:
        return True
    if not is_one and pat.CAMPAIGN.match(text, mention.end) is None:
        return False
    return pat.TAKES_PART.search(text, max(0, mention.start - 90), mention.start) is not None


def _own_part(marked: MarkedText) -> int:
    """Index of the first sentence that speaks of this paper: numbers before it are background."""
    count = len(marked.sentences)
    index = 1
    while index < count and not marked.holds[index] & marks.OWN:
        index += 1
    named = pat.TITLE_NAME.match(marked.lowered)
    if named is not None and index > 1:
        # `BODex: Scalable ...`: a sentence with the name of the title speaks of this paper
        index = 1 + hints.first_holding(marked.lowered, named["name"], marked.sentences[1:index])
    return index if index < count else 0


def _without_twins(metrics: list[Metric], title_end: int) -> list[Metric]:
    """Claims without those of the title that the abstract repeats, and without exact repetitions in other sentences."""
    in_abstract = {(m.value, m.kind) for m in metrics if m.span is not None and m.span[0] > title_end}
    named = {(m.value, m.unit, m.kind, m.dataset) for m in metrics if m.metric != "unspecified"}
    kept: list[Metric] = []
    seen: dict[tuple[str, str, str, str | None], str] = {}
    for metric in metrics:
        in_title = metric.span is not None and metric.span[0] <= title_end
        if in_title and (metric.value, metric.kind) in in_abstract:
            continue
        if metric.metric == "unspecified" and (metric.value, metric.unit, metric.kind, metric.dataset) in named:
            continue
        key = (metric.value, metric.canonical, metric.kind, metric.dataset)
        if seen.setdefault(key, metric.sentence) == metric.sentence:
            kept.append(metric)
    return kept


def _read_sentence(sentence: Sentence, before: list[Claim], weights: Weights) -> list[Claim]:
    """The claims of a sentence. before: those of the last sentence that has any."""
    text, start, end = sentence.text, sentence.start, sentence.end
    found = [
        n
        for n in numbers.find(text, start, end)
        if not any(m.start <= n.value_start < m.end for m in sentence.datasets)
    ]
    if not found:
        return []
    found = _share_units(text, found)
    rates = [n for n in found if n.unit in pat.FRAME_RATES]
    sentence.metrics = [
        _without_dataset(_without_unit(name, text, found), sentence)
        for name in find_metric_names(text, start, end)
        if not any(n.value_end <= name.start < n.end for n in rates)  # a unit
        and not any(m.start <= name.start and name.end <= m.end for m in sentence.datasets)
        and not (name.text.endswith(("reward", "rewards", "loss", "losses")) and is_rival(text, name))
        and not (name.text.startswith("standard ") and text[name.start - 1] == "(" and text[name.end] == ")")
    ]
    sentence.metric_words = frozenset(word for name in sentence.metrics for word in name.text.lower().split())
    claims: list[Claim] = []
    position = 0
    while position < len(found):
        number = found[position]
        following = found[position + 1] if position + 1 < len(found) else None
        claim = Claim(number, unit=number.unit, begin=number.start)
        if following is not None and _is_from_to(sentence, number, following, claims):
            claim = Claim(following, from_value=number.value, unit=following.unit, begin=number.start)
            position += 1
        position += 1
        list_end = _list_end(text, found, position - 1)
        previous = claims[-1] if claims else None
        taken = is_claim(sentence, claim, number, previous, list_end)
        if weights.seen is not None:
            learned_numbers.note(sentence, claim, number, previous, taken, weights.seen)
        if not taken and learned_numbers.is_taken_in(sentence, claim, number, previous, weights):
            taken = True
            if claim.metric is None:
                take_metric(sentence, claim, number, previous, list_end)
        if taken:
            claims.append(claim)
    if not claims:
        return []
    clauses.name_beforehand(sentence, claims)
    claims = name_claims(sentence, claims)
    clauses.name_afterwards(sentence, claims)
    assign_datasets(sentence, claims)
    follow_order(sentence, claims, before)
    return claims


def _without_unit(name: MetricName, text: str, found: list[Number]) -> MetricName:
    """`4 N·m RMS error` is RMS error."""
    for number in found:
        begin = number.end + 1
        behind = text[number.end : name.end]  # `body lengths per second` stays
        if number.value_end <= name.start < number.end and behind.startswith(" ") and not behind.startswith(" per "):
            return _from(name, text, begin)
    return name


def _from(name: MetricName, text: str, begin: int) -> MetricName:
    """What is left of a name from a place in the text; one that was put in the singular stays so."""
    rest = text[begin : name.end]
    single = rest.endswith("s") and not name.text.endswith("s")
    return name._replace(text=rest[:-1] if single else rest, start=begin)


def _without_dataset(name: MetricName, sentence: Sentence) -> MetricName:
    """`ImageNet accuracy` is accuracy."""
    for mention in sentence.datasets:
        if name.start <= mention.start and mention.end < name.end:
            begin = mention.end + (3 if sentence.text.startswith(("'s ", "’s "), mention.end) else 1)
            if sentence.text[begin : name.end].lower() in ("score", "scores"):
                return name  # `FEVER score`
            return _from(name, sentence.text, begin)
    return name


def _list_end(text: str, found: list[Number], index: int) -> int:
    """End of the last number in the list of bare joins that begins with number `index`: `0.78, 0.7 and 0.76`."""
    while index + 1 < len(found) and found[index + 1].start - found[index].end < 24:
        gap = text[found[index].end : found[index + 1].start]
        if pat.ONLY_JOIN.match(gap) is None or pat.APPOSED.match(gap):
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
            and (pat.RANGE.match(gap) or pat.JUST_TO.match(gap) or gap in (", ", "/"))
        ):
            found[index] = first._replace(shape=second.shape, unit=second.unit)
    if text.find("factor", found[0].start - 60 if found[0].start > 60 else 0, found[-1].start) < 0:
        return found
    for index, number in enumerate(found):
        if number.shape == "plain" and _is_factor(text, found, index):
            found[index] = number._replace(shape="ratio", unit="x")
    return found


def _is_factor(text: str, found: list[Number], index: int) -> bool:
    """`by a factor of 10 to 15`: both numbers are ratios."""
    number = found[index]
    if pat.BY_FACTOR.search(text, max(0, number.start - 80), number.start):
        return True
    if not index or found[index - 1].unit != "x":
        return False
    gap = text[found[index - 1].end : number.value_start]
    return pat.RANGE.match(gap) is not None or pat.JUST_TO.match(gap) is not None


def _is_from_to(sentence: Sentence, first: Number, second: Number, claims: list[Claim]) -> bool:
    text = sentence.text
    if pat.ARROW.fullmatch(text, first.end, second.start):
        return first.shape == "percent" or "." in first.value
    if pat.TO.match(text[first.end : second.start]) is None:
        return False
    begin = max(sentence.start, first.start - 40)
    if pat.RANGING.search(text, begin, first.start) or _is_range_of_savings(text, sentence.start, first, second):
        return False
    if pat.FROM.search(text, begin, first.start):
        return True
    if text[first.start - 1] == "(" and text.startswith(")", second.end):
        return "." in first.value and text[first.end : second.start] == " to "  # `on SVHN (0.78 to 0.84)`
    # `from 35.5% to 44.5% for A, and 27.6% to 36.2% for B`
    return (
        bool(claims)
        and claims[-1].from_value is not None
        and pat.JUST_TO.match(text[first.end : second.start]) is not None
    )


def _is_range_of_savings(text: str, limit: int, first: Number, second: Number) -> bool:
    """Whether two percentages are the ends of a range: `a saving of memory from 20% to 60%`."""
    if first.shape != "percent" or second.shape != "percent":
        return False
    if float(first.value.replace(",", "")) > float(second.value.replace(",", "")):
        return False
    return pat.SAVING_FROM.search(text, max(limit, first.start - 90), first.start) is not None


def _finish(sentence: Sentence, claim: Claim, original: str) -> Metric:
    number = claim.number
    name = reported_name(claim.name)
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
