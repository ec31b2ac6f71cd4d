"""Which metric each number belongs to: the listed name beside it, else what grammar says, else the nearest listed one.

Numbers of one list share their metric, or take the metrics of a list as long in order.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from searchidx.extraction import measured
from searchidx.extraction import metric_patterns as pat
from searchidx.extraction.assigning import Claim, Sentence
from searchidx.extraction.metric_words import MetricName, ends_name
from searchidx.extraction.numbers import Number
from searchidx.paper import UNSPECIFIED, Metric


def name_claims(sentence: Sentence, claims: list[Claim]) -> list[Claim]:
    """The claims with names; `loss and accuracy within 1.2%` becomes two."""
    _share_in_lists(claims)
    for index, claim in enumerate(claims):
        if claim.inherited and claim.kind == "delta" and claim.from_value is None:
            claim.name = measured.named_left(sentence.text, sentence.start, claim.number.start) or measured.change_of(
                sentence.text, _range_end(sentence, claim.number.end), sentence.end
            )
            if claim.name is None and claim.bare and index and claims[index - 1].metric is claim.metric:
                claim.name = claims[index - 1].name
            if claim.name is None and _moves_another(sentence, claim):
                claim.metric = None
                continue
        _name(sentence, claim)
    for first, second in pairwise(claims):
        if second.name is None and _exceeds_so(sentence, first, second):
            second.name = first.name
        if second.name in (None, UNSPECIFIED) and first.name is not None and _restates(sentence, first, second):
            second.name = first.name
        joined = second.joined or pat.NEXT_PLACE.fullmatch(sentence.text, first.number.end, second.begin) is not None
        if second.name is None and joined and second.kind == first.kind and not _moves_another(sentence, second):
            second.name = first.name
    for second, first in pairwise(reversed(claims)):
        if first.name is not None or second.kind != first.kind:
            continue
        named_between = second.metric is not None and first.number.end <= second.metric.start < second.number.start
        if (second.bare and not named_between) or _named_behind(sentence, first, second):
            first.name = second.name
    _agree_in_ranges(sentence, claims)
    return _both_metrics(sentence, claims)


def reported_name(name: str | None) -> str:
    """What a claim's name is reported as: what says of nothing that it was measured is `unspecified`."""
    if not name or pat.UNMEASURED.match(name) or pat.COMPUTE_TIME.fullmatch(name):
        return UNSPECIFIED
    return name


def _agree_in_ranges(sentence: Sentence, claims: list[Claim]) -> None:
    """Both ends of a range have the name that stands behind it: `25% smaller errors and 10-20% smaller drifts`."""
    for first, second in pairwise(claims):
        if first.name == second.name or second.name is None or not second.bare:
            continue
        between = sentence.text[first.number.end : second.number.value_start]
        if pat.RANGE_GAP.search(between) and sentence.text.find(second.name, second.number.end, sentence.end) >= 0:
            first.name = second.name


def _exceeds_so(sentence: Sentence, first: Claim, second: Claim) -> bool:
    """Whether a gain is by how much the level before it is better: `92% for MODA, outperforming it by 1.4%`."""
    if (
        (first.kind, second.kind) != ("absolute", "delta")
        or first.name in (None, UNSPECIFIED)
        or first.number.shape != second.number.shape
    ):
        return False
    return pat.OUTDONE_BY.search(sentence.text, first.number.end, second.begin) is not None


def _restates(sentence: Sentence, first: Claim, second: Claim) -> bool:
    """Whether two numbers tell one result: `an MAE of 0.6, i.e. a gain of 20%`, `cuts effort by 4x, from 56%`."""
    if first.name == UNSPECIFIED or second.metric is not None:
        return False
    if first.kind == "absolute":
        said = pat.A_GAIN.fullmatch(sentence.text, first.number.end, second.begin)
        return second.kind == "delta" and said is not None
    return (
        second.from_value is not None
        and pat.STEP_FROM.fullmatch(sentence.text, first.number.end, second.begin) is not None
    )


def agree_in_number(metrics: list[Metric]) -> list[Metric]:
    """The metrics with one name each: `Dice scores` is `Dice score` where the paper reports a `Dice score` as well."""
    singular = {metric.metric for metric in metrics}
    return [
        replace(metric, metric=metric.metric[:-1])
        if metric.metric.endswith("s") and metric.metric[:-1] in singular
        else metric
        for metric in metrics
    ]


def _share_in_lists(claims: list[Claim]) -> None:
    """Numbers in one list share what one of them has: `0.78 and 0.76 Spearman correlation`."""
    for index in range(len(claims) - 1, 0, -1):
        first, second = claims[index - 1], claims[index]
        if (
            second.bare
            and first.metric is None
            and second.metric is not None
            and second.metric.start >= second.number.value_end
            and (first.number.shape != "unit" or first.number.unit == second.number.unit)
        ):
            first.metric = second.metric
            if second.kind == "delta" and first.from_value is None and first.number.shape == second.number.shape:
                first.kind = "delta"
    for first, second in pairwise(claims):
        if second.joined and second.metric is None:
            second.metric = first.metric


def _name(sentence: Sentence, claim: Claim) -> None:
    """Name the metric of a claim: what its own words say, else the listed one beside it, else the nearest."""
    if claim.name is not None or _says_itself(sentence, claim):
        return
    text, number = sentence.text, claim.number
    if claim.kind == "ratio":
        claim.name = _ratio_name(sentence, claim)
        return
    if claim.kind == "delta" and number.shape == "percent" and pat.QUICKER.match(text, number.end, sentence.end):
        claim.name = _ratio_name(sentence, claim)
        return
    vague = claim.metric is not None and claim.metric.generic
    if claim.metric is not None and not (
        vague and (claim.kind == "absolute" or pat.UNMEASURED.match(claim.metric.text))
    ):
        claim.name = claim.metric.text
        if claim.kind == "delta" and pat.UNMEASURED.match(claim.name):
            claim.name = _by_grammar(sentence, claim) or claim.name  # `performance gains of 4% in tidiness`
        return
    if claim.unit is not None and number.shape in ("tally", "plain"):
        return
    claim.name = _by_grammar(sentence, claim)
    if claim.name is None and not (claim.kind == "delta" and measured.has_adjective(text, number.end)):
        claim.name = _nearest_name(sentence, claim)
    if (claim.name is None or pat.UNMEASURED.match(claim.name)) and number.shape == "percent":
        rate = pat.RATE_ITSELF.search(text, max(sentence.start, number.start - 50), number.start)
        claim.name = rate["name"] if rate is not None else claim.name
    if claim.name is None and number.unit in ("FPS", "fps"):
        claim.name = number.unit  # frames per second are a measure as well as a unit


def _says_itself(sentence: Sentence, claim: Claim) -> bool:
    """Name a claim whose next words say what was measured, or that nothing was; whether they do."""
    text, number = sentence.text, claim.number
    right_named = claim.metric is not None and claim.metric.start >= number.end
    if number.shape == "percent" and (
        pat.OF_TRIALS.match(text, number.end, sentence.end)
        or (claim.kind == "absolute" and pat.OF_FAULTS.match(text, number.end, sentence.end))
    ):
        claim.name = UNSPECIFIED
        return True
    said = pat.METRIC_SAID.match(text, number.end, sentence.end)
    saved = pat.LESS_OF.match(text, number.end, min(sentence.end, number.end + 80))
    if said is not None:
        claim.name = said["short"] or said["what"].rstrip()
    elif (
        number.unit in ("FPS", "fps")
        and not right_named
        and pat.WITH.search(text, max(sentence.start, number.start - 24), number.start)
    ):
        claim.name = number.unit
    else:
        claim.name = measured.quality_compared(text, _range_end(sentence, number.end), sentence.end)
    if claim.name is None and saved is not None:
        own = claim.metric is not None and claim.metric.start == saved.start("what")
        claim.name = None if own else saved["what"]
    if claim.name is None and claim.kind == "delta" and not right_named:
        claim.name = measured.change_of(text, number.end, sentence.end)
    return claim.name is not None


def _nearest_name(sentence: Sentence, claim: Claim) -> str | None:
    """The last listed metric before a number or the next one behind it, if it can have such values."""
    text, number = sentence.text, claim.number
    known = [name for name in sentence.metrics if not (name.generic or name.doubtful)]
    left = [name for name in known if name.end <= number.start]
    if left and pat.ITEM.search(text, left[-1].end, number.start):
        left = []
    right = [
        name
        for name in known
        if name.start >= number.end and pat.CLAUSE_END.search(text[number.end : name.start]) is None
    ]
    if number.shape == "unit":  # `0.3 seconds` are of no success rate, nor of what has a number of its own
        gap = text[left[-1].end : number.start] if left else ""
        if (number.unit or "") not in gap and pat.DIGIT.search(gap):
            left = []
        left, right = ([n for n in names if not pat.SHARES.search(n.text)] for names in (left, right))
    if number.unit in pat.DURATIONS:
        left, right = ([n for n in names if pat.TIMES.search(n.text)] for names in (left, right))
    if claim.kind == "absolute" and number.shape == "percent":
        left = [name for name in left if not pat.NOT_SHARES.search(name.text)]
    if claim.kind == "delta" and left and pat.PERFORMANCE_BY.search(text, left[-1].end, number.start):
        left = []
    if claim.kind == "delta" and pat.OUTDONE_BY.search(text, sentence.start, number.start):
        left = [name for name in left if not pat.SPENT.search(name.text)]
    if left or right:
        return (left[-1:] or right[:1])[0].text
    if claim.kind == "delta" or (
        claim.metric is not None and claim.metric.text.lower() not in ("performance", "results")
    ):
        generic = (
            [claim.metric]
            if claim.metric is not None
            else [n for n in sentence.metrics if n.generic and n.end <= number.start][-1:]
        )
        return generic[0].text if generic else None
    return None


def _is_cut(sentence: Sentence, position: int) -> bool:
    return measured.CUT_OF.search(sentence.text, max(sentence.start, position - 60), position) is not None


def _moves_another(sentence: Sentence, claim: Claim) -> bool:
    """`raises accuracy by 8% and the naming of plants by 20%`: the second gain is of something else."""
    return pat.AND_SOMETHING_BY.search(sentence.text, max(sentence.start, claim.begin - 70), claim.begin) is not None


def _named_behind(sentence: Sentence, first: Claim, second: Claim) -> bool:
    """`beats A by 8%, B by 9% and C by 7% in X`: the name behind the last gain is that of all."""
    gap = sentence.text[first.number.end : second.number.start]
    behind = second.metric is None or second.metric.start >= second.number.end
    if second.kind != "delta" or second.from_value is not None or not behind:
        return False
    return pat.NEXT_RIVAL.fullmatch(gap) is not None or (
        second.name is not None and _is_named_last(sentence, second) and pat.NEXT_GAIN.fullmatch(gap) is not None
    )


def _is_named_last(sentence: Sentence, claim: Claim) -> bool:
    """Whether a gain's name stands behind it, as that of a whole list does: `5% on plates in terms of F1`."""
    end = claim.number.end
    begin = sentence.text.find(claim.name or "", end, min(sentence.end, end + 90))
    return begin >= 0 and pat.NAMED_LAST.fullmatch(sentence.text, end, begin) is not None


def _by_grammar(sentence: Sentence, claim: Claim) -> str | None:
    """The noun phrase that grammar ties to a number without a listed metric."""
    text, number = sentence.text, claim.number
    if claim.from_value is not None:
        return measured.named_from(text, sentence.start, claim.begin) or measured.subject_of(
            text, sentence.start, claim.begin
        )
    if claim.kind == "delta":
        return (
            _listed_in_terms(sentence, number.end)
            or measured.named_left(text, sentence.start, number.start)
            or measured.noun_changed(text, sentence.start, number.start)
            or measured.changed_up_to(text, sentence.start, number.start)
            or measured.change_bracketed(text, sentence.start, number.start)
            or measured.subject_of(text, sentence.start, number.start)
            or measured.named_right(text, number.end, sentence.end, _is_cut(sentence, number.start))
            or measured.noun_before_bracket(text, sentence.start, number.start, number.sign == "+")
            or measured.noun_compared(text, sentence.start, number.start, number.end, sentence.end)
        )
    if claim.kind == "absolute":
        if number.shape == "percent":
            part = measured.unit_of(text, number.end, sentence.end)
            if part is not None:
                return part if measured.is_measurable(part) else UNSPECIFIED  # `64% of the layouts` counts things
        of = measured.noun_of(text, sentence.start, number.start) or measured.subject_of(
            text, sentence.start, number.start
        )
        if of is None and number.shape == "unit":
            return measured.reading_found(text, sentence.start, number.start)
        if of is not None or number.shape != "percent":
            return of
        if any(0 <= mention.start - number.end <= 1 for mention in sentence.datasets):
            return None
        if measured.counts_subjects(text, number.end, sentence.end):
            return UNSPECIFIED
        return (
            measured.short_after(text, number.end, sentence.end)
            or measured.noun_after(text, number.end, sentence.end)
            or measured.quality_reached(text, sentence.start, number.start)
        )
    return None


def _range_end(sentence: Sentence, position: int) -> int:
    """Where the range ends whose first number ends at `position`: `5 to 20-fold smaller`."""
    following = pat.RANGE_NEXT.match(sentence.text, position, sentence.end)
    return following.end() if following is not None else position


def _listed_in_terms(sentence: Sentence, position: int) -> str | None:
    """The listed metric a number is said to be in terms of: `by 7x on the hard streets in terms of error rate`."""
    begin = measured.in_terms_of(sentence.text, position, sentence.end)
    if begin is None:
        return None
    return next((name.text for name in sentence.metrics if begin <= name.start <= begin + 1), None)


def _is_speed_of(sentence: Sentence, name: MetricName, number: Number) -> bool:
    """Whether a speed stands right before a number: `a parsing speed 40 times faster`."""
    return (
        name.text.endswith("speed")
        and name.end < number.start
        and pat.ROUGHLY_ONLY.fullmatch(sentence.text, name.end, number.start) is not None
    )


#: A verb's object is not looked for further from its number than this.
_FARTHEST_OBJECT = 160


def _governed(sentence: Sentence, claim: Claim) -> MetricName | None:
    """The listed metric that a verb far before a number changes: `cuts the training cost of all big models by 3x`."""
    text, start = sentence.text, claim.number.start
    if pat.BY_ANY.search(text, max(sentence.start, start - 60), start) is None:
        return None
    for name in reversed(sentence.metrics):
        if name.end > start or name.doubtful:
            continue
        if start - name.end > _FARTHEST_OBJECT:
            return None
        if pat.ENDS_OBJECT.search(text, name.end, start):
            return None
        if pat.CHANGE_VERB.search(text, max(sentence.start, name.start - 40), name.start):
            return name
    return None


def _compared_subject(sentence: Sentence, number: Number, end: int) -> str | None:
    """The time, speed or error that is said to be so many times smaller: `the parsing time is 90 times faster`.

    end: where the number ends, or the range it begins.
    """
    text, start = sentence.text, number.start
    before = pat.RANGE_BEFORE.search(text, max(sentence.start, start - 16), start)
    start = before.start() if before is not None else start
    name = measured.noun_compared(text, sentence.start, start, end, sentence.end)
    return name if name is not None and pat.COMPARED_QUANTITY.search(name) else None


def _ratio_name(sentence: Sentence, claim: Claim) -> str | None:
    """`3x faster` and `a speedup of 3x` are `speedup`; `2x higher throughput` is throughput."""
    text, number = sentence.text, claim.number
    end = _range_end(sentence, number.end)
    after = text[end : min(sentence.end, end + 60)]
    faster = pat.FASTER.match(after)
    if faster is not None:
        if claim.metric is not None and _is_speed_of(sentence, claim.metric, number):
            return claim.metric.text
        ahead = end + faster.end()
        for name in sentence.metrics:
            if name.start == ahead + 1 and name.text.lower() not in ("performance", "speed"):
                return name.text
        return _compared_subject(sentence, number, end) or "speedup"
    if pat.CHEAPER.match(after):
        return "cost"
    smaller = pat.SMALLER.match(after)
    if smaller is not None:
        behind = next((name for name in sentence.metrics if name.start == end + smaller.end() + 1), None)
        if behind is not None:
            return behind.text  # `40x smaller rotation errors`
        subject = _compared_subject(sentence, number, end)
        if subject is not None:
            return subject
        return claim.metric.text if claim.metric is not None and pat.SIZE.search(claim.metric.text) else "size"
    own = claim.metric.text.lower().rstrip("s") if claim.metric is not None else ""
    is_speed = own.endswith(("speedup", "speed-up", "speedup ratio"))
    if claim.metric is not None and own.endswith("speed"):
        speeds_up = pat.SPEEDS_UP.match(text, claim.metric.end, sentence.end) is not None  # `a speed up of 3x`
        is_speed = speeds_up or " faster" in after
    if claim.metric is not None and (not is_speed or own.startswith(("average speed", "mean speed", "overall speed"))):
        return claim.metric.text
    if is_speed or pat.SPEED_LEFT.search(text, max(sentence.start, number.start - 100), number.start):
        return "speedup"
    listed = _listed_in_terms(sentence, end)
    if listed is not None:
        return listed
    governed = _governed(sentence, claim)
    if governed is not None:
        return governed.text
    return (
        measured.named_left(text, sentence.start, number.start)
        or measured.noun_changed(text, sentence.start, number.start)
        or measured.changed_up_to(text, sentence.start, number.start)
        or measured.subject_of(text, sentence.start, number.start)
        or measured.named_right(text, number.end, sentence.end, factor=True)
        or measured.ratio_after(text, number.end, sentence.end)
        or measured.noun_compared(text, sentence.start, number.start, end, sentence.end)
    )


_AND_BETWEEN = frozenset({" and ", ", ", ", and ", " and the ", " and average ", "/", " / "})


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
    ranks = _shared_head(sentence, metric)
    if len(ranks) == len(group):
        return ranks
    coordinated = _shared_noun(sentence, metric, group)
    if coordinated:
        return coordinated
    index = sentence.metrics.index(metric)
    chain = [metric]
    if metric.end <= group[0].number.start:
        for name in reversed(sentence.metrics[:index]):
            if sentence.text[name.end : chain[0].start] not in _AND_BETWEEN:
                break
            head = metric.text.rpartition(" ")[2]
            if head.startswith("cost") and name.text in pat.SPENDINGS:
                name = name._replace(text=f"{name.text} {head}")  # `computation and labeling costs`
            chain.insert(0, name)
    elif len(group) > 1:
        for name in sentence.metrics[index + 1 :]:
            if sentence.text[chain[-1].end : name.start] not in _AND_BETWEEN:
                break
            chain.append(name)
    if len(chain) == len(group) - 1:
        unlisted = pat.UNLISTED_BESIDE.search(sentence.text, max(sentence.start, chain[0].start - 30), chain[0].start)
        if unlisted is not None:
            chain.insert(0, metric._replace(text=unlisted["name"]))
    return chain


def _shared_noun(sentence: Sentence, metric: MetricName, group: list[Claim]) -> list[MetricName]:
    """`verb and noun accuracy` for two numbers is `verb accuracy` and `noun accuracy`; `top-5` in front is of both."""
    modifier, blank, head = metric.text.partition(" ")
    if len(group) < 2 or not blank:
        return []
    match = pat.COORDINATED.search(sentence.text, max(sentence.start, metric.start - 60), metric.start)
    if match is None:
        match = pat.COORDINATED_TWO.search(sentence.text, max(sentence.start, metric.start - 60), metric.start)
        two = sentence.text[group[0].number.end : group[-1].begin].endswith("and ")
        if match is None or len(group) != 2 or not two or measured.is_reading(match["words"].split()[0]):
            return []
    others = [word for word in pat.COORDINATE.split(match["words"]) if word]
    if len(others) != len(group) - 1 or any(len(word) < 3 or ends_name(word) for word in others):
        return []
    rank = match["rank"] or ""
    return [metric._replace(text=f"{rank}{word} {head}") for word in (*others, modifier)]


def _shared_head(sentence: Sentence, metric: MetricName) -> list[MetricName]:
    """`top-1, top-5 and top-20 accuracies` are three names with one head."""
    own = pat.RANK.match(metric.text)
    others = pat.RANKS.search(sentence.text, max(sentence.start, metric.start - 80), metric.start)
    if own is None or others is None:
        return []
    head = metric.text[own.end() :]
    head = head[:-3] + "y" if head.endswith("ies") else head.removesuffix("s")
    return [metric._replace(text=rank + head) for rank in (*pat.RANK.findall(others.group()), own.group())]
