"""Reported numbers: which metric, which value, from which, on which dataset, in which sentence.

A sentence is read as a row of numbers, metric names and dataset names. Percentages and factors are claims unless the
words around them say what else they are (shares of data, confidence levels); a bare number is one only beside a
metric's name. These are claims of abstracts as written, never checked against each other.
"""

from __future__ import annotations

import re

from searchidx.extraction import cues, hints, marks, measured, numbers
from searchidx.extraction import metric_patterns as pat
from searchidx.extraction.assigning import Claim, Sentence, assign_datasets, follow_order
from searchidx.extraction.datasets import Mention
from searchidx.extraction.marks import MarkedText
from searchidx.extraction.metric_words import MetricName, find_metric_names
from searchidx.extraction.names import canonical_metric, dataset_key
from searchidx.extraction.naming import agree_in_number, name_claims
from searchidx.extraction.numbers import Number
from searchidx.paper import UNSPECIFIED, Metric, MetricKind

_LONGEST_SENTENCE = 2000


def find_metrics(marked: MarkedText, mentions: list[Mention], original: str) -> tuple[Metric, ...]:
    """Every reported number of the paper's own experiments, in order; a claim made twice is given once.

    marked: with URLs masked; original: as it stood, for the sentences quoted as evidence.
    """
    numbered = [bool(holds & marks.DIGIT) for holds in marked.holds]
    if not any(numbered):
        return ()
    text, sentences = marked.text.replace("∼", "~"), marked.sentences
    names = {dataset_key(mention.name) for mention in mentions}
    only = next((m for m in mentions if _measured_on(text, m)), None) if len(names) == 1 else None
    brought = mentions[0] if only is None and len(names) == 1 and any(m.introduced for m in mentions) else None
    own_from = _own_part(marked)
    result: list[Metric] = []
    before: list[Claim] = []
    last_name: str | None = None
    last_dataset: str | None = None
    for index, (start, end) in enumerate(sentences):
        if end - start > _LONGEST_SENTENCE or 0 < index < own_from or not numbered[index]:
            continue
        sentence = Sentence(text, start, end, [m for m in mentions if start <= m.start < end])
        earlier = only.name if only is not None and only.start < end else None
        if earlier is not None and not sentence.datasets and pat.OTHER_DATA.search(text, start, end):
            earlier = None
        claims = _read_sentence(sentence, before)
        before = claims or before
        for claim in claims:
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
            result.append(_finish(sentence, claim, original))
        if claims:
            last_name, last_dataset = claims[-1].name or last_name, claims[-1].dataset
    return tuple(_without_twins(agree_in_number(result), text.find("\n")))


def _is_cost(claim: Claim) -> bool:
    """Whether a number says how big or fast a method is, whatever it is measured on."""
    return claim.unit in pat.FRAME_RATES or pat.COSTS.search(claim.name or "") is not None


_HAS_DIGIT = re.compile(r"\d").search


def _measured_on(text: str, mention: Mention) -> bool:
    """Whether the words before a dataset make it what the paper measures on: `on X`, but not `rather than on X`."""
    begin = max(0, mention.start - 60)
    return (
        pat.EVALUATION.search(text, begin, mention.start) is not None
        and pat.OTHER_SIDE.search(text, begin, mention.start) is None
    )


def _own_part(marked: MarkedText) -> int:
    """Index of the first sentence that speaks of this paper: numbers before it are background."""
    count = len(marked.sentences)
    index = next((index for index in range(1, count) if marked.holds[index] & marks.OWN), count)
    named = pat.TITLE_NAME.match(marked.lowered)
    if named is not None:
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


def _read_sentence(sentence: Sentence, before: list[Claim]) -> list[Claim]:
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
        and not (name.text.endswith(("reward", "rewards", "loss", "losses")) and _is_rival(text, name))
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
        if _is_claim(sentence, claim, number, claims[-1] if claims else None, list_end):
            claims.append(claim)
    if not claims:
        return []
    claims = name_claims(sentence, claims)
    assign_datasets(sentence, claims)
    follow_order(sentence, claims, before)
    return claims


def _without_unit(name: MetricName, text: str, found: list[Number]) -> MetricName:
    """`4 N·m RMS error` is RMS error."""
    for number in found:
        begin = number.end + 1
        behind = text[number.end : name.end]  # `body lengths per second` stays
        if number.value_end <= name.start < number.end and behind.startswith(" ") and not behind.startswith(" per "):
            return name._replace(text=text[begin : name.end], start=begin)
    return name


def _without_dataset(name: MetricName, sentence: Sentence) -> MetricName:
    """`ImageNet accuracy` is accuracy."""
    for mention in sentence.datasets:
        if name.start <= mention.start and mention.end < name.end:
            begin = mention.end + 1
            if sentence.text[begin : name.end].lower() in ("score", "scores"):
                return name  # `FEVER score`
            return name._replace(text=sentence.text[begin : name.end], start=begin)
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
    if pat.RANGING.search(text, begin, first.start):
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


def _is_claim(sentence: Sentence, claim: Claim, first: Number, previous: Claim | None, list_end: int) -> bool:
    text, number = sentence.text, claim.number
    before = text[max(sentence.start, first.start - 100) : first.start]
    after = text[number.end : min(sentence.end, number.end + 100)]
    if _only_counts(sentence, claim, after, previous):
        return False
    if before.endswith("(or "):
        return False  # said again in other words
    if claim.from_value is None and cues.is_set_at(before):
        return False
    if cues.is_spread(before) or cues.is_condition(before):
        return False
    others = cues.is_others(before) or (claim.from_value is None and cues.is_compared(before))
    if others and not pat.COMPARED_NEXT.match(after):
        return False
    if previous is not None:
        between = _between(sentence, previous.number.end, first.start)
        if number.shape == previous.number.shape == "ratio":
            between = pat.RATIO_TAIL.sub("", between)
        claim.bare = pat.ONLY_JOIN.match(between) is not None
        claim.joined = claim.bare or (len(between) <= 70 and pat.SHORT_PHRASE.match(between) is not None)
    claim.metric = _adjacent_metric(sentence, first, number, list_end)
    if number.unit in pat.FRAME_RATES and claim.metric is not None and pat.SHARES.search(claim.metric.text):
        claim.metric = None  # `31.4 mAP at 25 fps`
    same_unit = number.shape != "unit" or previous is None or number.unit == previous.number.unit
    same_unit = same_unit or (previous is not None and claim.joined and _go_together(previous.number, number))
    if not same_unit and previous is not None and claim.metric is previous.metric and not _named_right(claim):
        claim.metric = None  # `an average rate of 95%, 2000 Hz sampling`: what is given in one unit is not in another
    if claim.metric is None and claim.joined and previous is not None and same_unit:
        claim.metric, claim.inherited = previous.metric, True
    if number.shape == "ratio":
        return _ratio_is_claim(claim, before, after, text[list_end : list_end + 60], previous)
    if number.shape == "tally":
        tallied = pat.TALLIED.match(after)
        claim.unit = tallied["unit"] if tallied else None
        claim.kind = "absolute"
        return tallied is not None
    if number.shape in ("unit", "plain"):
        if _is_out_of_all(claim, before, after):
            return True
        if _is_setting(sentence, claim, before, after):
            return False
    change = cues.change_before(cues.words_before(text, sentence.start, first.start), sentence.metric_words)
    if claim.from_value is None:
        claim.kind = _level_or_change(sentence, claim, first, previous, change, list_end)
    if number.shape in ("percent", "points"):
        if number.shape == "points" and change is None and claim.kind == "absolute" and _only_points(claim):
            return False
        if number.shape == "points" and claim.from_value is None:
            absolute = "absolute" in text[number.value_end : number.end]
            claim.kind = "delta" if change is None or absolute else claim.kind
        rest = text[list_end : min(sentence.end, list_end + 100)] if list_end > number.end else after
        return _share_is_claim(sentence, claim, before, after, rest)
    return _plain_is_claim(sentence, claim, before, after, previous)


def _only_points(claim: Claim) -> bool:
    """Whether nothing makes points a gain: `2 point matches`."""
    return claim.metric is None and claim.from_value is None and not claim.joined and "." not in claim.number.value


def _go_together(first: Number, second: Number) -> bool:
    """Whether one quantity is told in two units: where something is and how it is turned, a force and a torque."""
    return any(
        (first.unit in one and second.unit in other) or (first.unit in other and second.unit in one)
        for one, other in pat.PAIRED_UNITS
    )


def _only_counts(sentence: Sentence, claim: Claim, after: str, previous: Claim | None) -> bool:
    """Whether a whole number without a unit only counts something, as most do: `12 toys`. What is said below of such
    numbers comes to the same; here it costs less."""
    number = claim.number
    if number.shape != "plain" or claim.from_value is not None or "." in number.value or pat.OUT_OF.match(after):
        return False
    if not sentence.metrics and previous is None:
        return True
    named_right = bool(sentence.metrics) and sentence.metrics[-1].start >= number.value_end
    return not named_right and pat.PHRASE_END.match(after) is None


def _share_is_claim(sentence: Sentence, claim: Claim, before: str, after: str, rest: str) -> bool:
    """A percentage or points: unless it is a share of data or a setting. rest: what follows the list it is in."""
    if claim.from_value is None and _is_removed(before, after):
        claim.kind, claim.name = "delta", measured.unit_of(sentence.text, claim.number.end, sentence.end)
        return True
    if claim.kind == "absolute" and cues.is_counted(before, after):
        claim.name = UNSPECIFIED
        return True
    share = _share_of(claim, before, rest)
    if share is not None:
        claim.kind, claim.name = "ratio", share
        return True
    return (
        claim.from_value is not None
        or claim.kind == "delta"
        or claim.metric is not None
        or not cues.is_share(before, rest)
    )


def _is_removed(before: str, after: str) -> bool:
    """Whether a share of something is done away with: `prunes 90% of the nodes`, `80% of them can be removed`."""
    if pat.OF_DATA.match(after) or not after.startswith(" of "):
        return False
    removed = pat.REMOVES.search(before) or pat.REMOVED.match(after)
    return removed is not None and pat.CONDITION.search(before) is None


def _share_of(claim: Claim, before: str, rest: str) -> str | None:
    """The cost or quality a level is given as a share of: `needs 12% of the original memory`, `cuts memory to 12%`."""
    if claim.number.shape != "percent" or claim.from_value is not None or claim.kind != "absolute":
        return None
    left = pat.CUT_TO.search(before) if " to " in before else None
    if left is not None:
        return left["what"]
    share = pat.SHARE_OF.match(rest)
    if share is None or pat.OF_SHARE.search(before):
        return None
    name: str = share["what"] or share["much"] or share["how"]
    named_left = claim.metric is not None and not (claim.metric.generic or claim.inherited or _named_right(claim))
    # `an error of 3% of the object size`, `errors below 3% of the size`
    return None if named_left and name.endswith(("size", "time")) else name


def _is_said_of_change(before: str, change: bool | None, goes_to: bool) -> bool:
    """Whether the number is of a change some words before it. goes_to: another number is reached from this one."""
    if (change is False and cues.is_said_of_change(before)) or pat.CHANGE_IN.search(before):
        return True
    if before.endswith(("(relative: ", "(relative ")):
        return True
    # what stands before the patterns only saves time
    return bool(
        ("loss" in before and pat.LOSS_OF.search(before))
        or (before.endswith(("from ", "between ")) and pat.CHANGE_RANGING.search(before))
        or ("(" in before and (") of " in before or " over " in before) and pat.CHANGE_ASIDE.search(before))
        or (not goes_to and (".g." in before or "i.e." in before) and pat.CHANGE_SUCH_AS.search(before))
    )


def _is_changed_behind(text: str, number: Number, before: str) -> bool:
    """Whether an arrow or what stands behind its bracket makes a percentage a change: `(up to 95%) reduces`."""
    if pat.ARROW_BEHIND.match(text, number.end):
        return True
    return "(" in before[-12:] and pat.CHANGE_BEHIND.match(text, number.end) is not None


def _level_or_change(
    sentence: Sentence, claim: Claim, first: Number, previous: Claim | None, change: bool | None, list_end: int
) -> MetricKind:
    """What the words around a number make it. change: what those before it say."""
    text, number = sentence.text, claim.number
    before = text[max(sentence.start, first.start - 100) : first.start]
    said = _is_said_of_change(before, change, text.startswith(" to ", number.end))
    if not said and not change and number.shape in ("percent", "points"):
        said = measured.is_changed_up_to(text, sentence.start, first.start)
    if pat.VERSUS_NEXT.match(text, number.end, sentence.end) and text.startswith("(", first.start - 1):
        return "absolute"  # `surpasses it by 0.8% (71.3% vs. 70.5%)`
    # `is 83.8, 0.6 more than`: after a level only the number right beside it is a change
    behind_list = cues.words_after(text, max(number.end, list_end), sentence.end)
    if change is False and not said and list_end > number.end:
        behind = pat.RANGE_NEXT.match(text, number.end, list_end)
        beside = cues.words_after(text, behind.end() if behind is not None else number.end, sentence.end)
        changes = cues.change_after(beside, True) or cues.change_named(behind_list)
        if " and " in text[number.end : list_end]:
            changes = changes or cues.change_after(behind_list, True)  # `leads to 6%, 7% and 19% smaller errors`
    else:
        changes = cues.change_after(behind_list, change is False)
    if change is None and _is_set_to(sentence, claim, first):
        changes = cues.change_named(cues.words_after(text, number.end, sentence.end))
    if pat.WITHIN.search(before):
        of_shares = number.shape == "percent" or (
            number.shape == "plain" and claim.metric is not None and pat.SHARES.search(claim.metric.text) is not None
        )
        return "delta" if of_shares else "absolute"
    if number.shape == "percent" and _is_changed_behind(text, number, before):
        return "delta"
    if number.shape in ("percent", "points") and before.endswith(pat.GAINED):
        return "absolute" if pat.VERSUS_NEXT.match(text, number.end, sentence.end) else "delta"
    if change or changes or said or _sign(number, before):
        return "delta"
    if previous is None or previous.kind != "delta" or (change is None and pat.SHARE_OF.match(text, number.end)):
        return "absolute"  # the latter: `a gain of 66% and 98% of the full performance`
    if change is None and previous.number.sign == "+" and text.startswith(")", previous.number.end):
        return "absolute"  # `to 83.4% (+8.1%) and 88.9% (+5.3%)`
    # `improvements in PSNR (2.01 dB) and PIQE (0.49)`
    goes_on_so = number.unit not in pat.COST_UNITS and pat.NEXT_BRACKET.fullmatch(
        text, previous.number.end, first.start
    )
    if previous.number.shape != number.shape and not goes_on_so:
        return "absolute"
    if previous.from_value is None and goes_on_so:
        return "delta"
    if previous.from_value is None and (claim.bare or (claim.joined and change is None)):
        return "delta"
    # `by 56% compared to A and 42% compared to B`
    goes_on = change is None and pat.AND_LAST.search(before) and first.start - previous.number.end < 90
    return "delta" if goes_on else "absolute"


def _is_set_to(sentence: Sentence, claim: Claim, number: Number) -> bool:
    """Whether nothing but `of` or `is` stands between a metric and its number: `a success rate of 67.8%`."""
    if claim.metric is None or claim.inherited:
        return False
    return sentence.text[claim.metric.end : number.start] in (" of ", " is ", " was ", ": ", " = ", "=")


def _sign(number: Number, before: str) -> str:
    if before.endswith("(+ "):
        return "+"
    if number.shape == "unit" and number.sign != "+" and not before.endswith("("):
        return ""  # `a lower limit of -50 N`
    return number.sign if number.sign == "+" or before[-1:] in ("(", " ", "") else ""


def _ratio_is_claim(claim: Claim, before: str, after: str, behind_list: str, previous: Claim | None) -> bool:
    claim.kind = "ratio"
    if pat.SCALED.search(before) or pat.LARGER_DATA.match(after) or pat.LARGER_RIVAL.match(after):
        return False
    if "dataset" in before and pat.LARGER.match(after) and pat.DATASET_IS.search(before):
        return False
    if pat.AT_FACTOR.search(before) and re.match(r"\s?-?acceler", after):
        return False
    if (
        after[:1].isdigit()
        or re.match(r"\s?\d", after)
        or re.match(r"\s(?:per\b|a (?:day|week)|in a row|series|super|SR\b|upscal)", after)
    ):
        return False
    if (
        pat.RATIO_USE.match(after)
        or pat.RATIO_USE.match(behind_list)
        or claim.metric is not None
        or pat.RATIO_CHANGE.search(before)
    ):
        return True
    return claim.joined and previous is not None and previous.kind == "ratio"


def _is_out_of_all(claim: Claim, before: str, after: str) -> bool:
    """Whether a whole number says in how many of all cases something was reached: `best in 5 out of 7 tasks`."""
    out_of = pat.OUT_OF.match(after) if claim.number.shape == "plain" else None
    if out_of is None or not (out_of["out"] or pat.WINS.search(before)):
        return False
    claim.unit, claim.metric, claim.kind = out_of["unit"], None, "absolute"
    return True


def _plain_is_claim(sentence: Sentence, claim: Claim, before: str, after: str, previous: Claim | None) -> bool:
    """A number without a telling unit that is no setting: only beside a metric, in a list of such, or reached from
    another."""
    number = claim.number
    decimal = "." in number.value
    if _is_told(sentence, claim, before, after, previous):
        return True
    if claim.metric is not None and not (claim.metric.generic and not decimal):
        return (
            decimal
            or number.shape == "unit"
            or not (claim.metric.generic or claim.metric.text.lower() in ("errors", "error"))
        )
    if (
        claim.joined
        and previous is not None
        and (
            previous.metric is not None or previous.from_value is not None or (decimal and "." in previous.number.value)
        )
    ):
        return decimal or previous.number.shape == number.shape == "plain"
    claim.name = _quantity_reached(sentence, claim, before, after)
    if claim.name is not None:
        return True
    if claim.from_value is not None:
        change = pat.CHANGES.search(sentence.text, max(sentence.start, number.start - 120), number.start)
        stepped = number.shape == "plain" and decimal and before.endswith("(")  # `new bests on SVHN (0.78 to 0.84)`
        return claim.metric is not None or stepped or (change is not None and (decimal or bool(sentence.metrics)))
    return number.sign == "+" and number.shape == "plain" and decimal


def _is_setting(sentence: Sentence, claim: Claim, before: str, after: str) -> bool:
    """Whether a number without a telling unit is a count, a version, a year or a size, beside a metric or not."""
    number = claim.number
    decimal = "." in number.value
    if number.shape == "unit":
        if after.startswith(" of freedom") or pat.EXTENT.match(after) or pat.DURING.search(before):
            return True
        # `40 hours of driving time`
        if number.unit in ("hours", "days") and _named_right(claim) and pat.PART_OF.match(after):
            return True
        # `accuracy below 4.3 MB of weights`
        costs = claim.metric is not None and pat.SHARES.search(claim.metric.text) is not None
        return costs and number.unit in pat.COST_UNITS and pat.COMPARATIVE_NEXT.match(after) is None
    if number.shape != "plain":
        return False
    if not decimal and (pat.FORMULA.match(after) or (before.endswith("[") and after[:1] in ("]", ","))):
        return True
    whole = not decimal and not _named_right(claim)
    if claim.from_value is None:
        named = any(name.end == number.start - 1 for name in sentence.metrics)
        if (pat.VERSION.search(before) and not named) or (whole and not pat.PHRASE_END.match(after)):
            return True
    if pat.MAGNITUDE.match(after) and not pat.RATE.match(after):
        return True
    if whole and pat.COUNTED.match(after):
        return True
    return not decimal and (
        pat.LIST_NUMBER.match(after) is not None or re.fullmatch(r"(?:19|20)\d\d", number.value) is not None
    )


def _is_told(sentence: Sentence, claim: Claim, before: str, after: str, previous: Claim | None) -> bool:
    """Whether unit, verb or noun of change make a number a result without any metric's name."""
    number = claim.number
    if number.shape == "unit" and pat.COMPARATIVE_NEXT.match(after):
        claim.kind = "delta"
        if claim.metric is not None and pat.SHARES.search(claim.metric.text):
            claim.metric = None  # `the same success rate, 0.3 seconds slower than`
        return True
    takes = number.unit in pat.DURATIONS and claim.from_value is None and pat.TAKES.search(before)
    if number.unit in pat.DURATIONS and before.endswith(" in ") and _is_done_in(claim, before, after):
        claim.kind = "absolute"
        return True
    runs = number.unit in pat.FRAME_RATES and pat.RUNS.search(before) and not pat.RECORDED.search(before)
    per_item = number.unit in pat.DURATIONS and claim.from_value is None and pat.PER_ITEM.match(after) is not None
    if (takes and not pat.PART_OF.match(after)) or runs or per_item or _is_rate_beside(number, before, previous):
        claim.kind = "absolute"
        return True
    if number.shape == "unit" and pat.TRAINED_FOR.match(after):
        claim.name = "training time"
        return True
    if number.unit == "dB" and sentence.metrics:
        return True  # `up to 5 dB reconstruction PSNR advantage`
    if claim.kind == "delta" and ("." in number.value or number.shape == "unit") and pat.CHANGE_OF.search(before):
        return True  # `an average improvement of 3.71 nats`
    if "." not in number.value:
        return False
    by = claim.kind == "delta" and sentence.metrics and pat.BY.search(before)
    # what is given with a deviation was measured
    return bool(by or pat.SCORES.search(before) or pat.CHANGE_NEXT.match(after) or pat.DEVIATION.match(after))


def _is_rate_beside(number: Number, before: str, previous: Claim | None) -> bool:
    """Whether a frame rate goes with the result before it: `28 mAP at 60 fps`, `30 fps on A and 60 fps on B`."""
    if number.unit not in pat.FRAME_RATES or previous is None:
        return False
    if before.endswith(", at ") and pat.RECORDED.search(before) is None:
        return True
    return (previous.unit or "").lower() == number.unit.lower() or pat.RATE_BESIDE.search(before) is not None


def _is_done_in(claim: Claim, before: str, after: str) -> bool:
    """Whether a time behind `in` is how long the method takes."""
    if after.startswith(" on average"):
        return True
    return claim.from_value is None and pat.DONE_IN.search(before) is not None and pat.PART_OF.match(after) is None


def _quantity_reached(sentence: Sentence, claim: Claim, before: str, after: str) -> str | None:
    """The unlisted quantity that grammar ties to a plain number: `attains a win ratio of 11.8`, `from 30 to 36`."""
    text, number = sentence.text, claim.number
    if claim.from_value is not None:
        return measured.named_from(text, sentence.start, claim.begin)
    if number.shape != "unit" and "." not in number.value:
        return None
    name = measured.noun_of(text, sentence.start, number.start, ("of", "under", "below"))
    if name is None and number.shape == "unit" and pat.CONDITION.search(before) is None:
        subject = measured.noun_of(text, sentence.start, number.start, ("is", "was", "are", "were"))
        if subject is not None and measured.is_reading(subject):
            return subject
    if number.unit in pat.LOADS and pat.LIFTS.search(before):
        claim.kind = "absolute"  # to lift is to change elsewhere
        return name or measured.unit_of(text, number.end, sentence.end) or "load"
    if not pat.ATTAINS.search(before) and not (
        name is not None and pat.ATTAINED.match(after) and (number.shape != "unit" or measured.is_reading(name))
    ):
        # `bends to an angle of 127°`, but sizes are no results: `a box with a width of 3 m`
        reading = number.shape == "unit" and name is not None and measured.is_reading(name)
        return name if reading and pat.AT_SETTING.search(before) is None else None
    if number.unit in pat.DURATIONS:
        return name  # `16 hours of driving` are data
    if name is not None or number.shape != "unit":
        return name
    behind = measured.noun_after(text, number.end, sentence.end)
    if behind is not None and measured.is_reading(behind) and pat.SET_BY.search(before) is None:
        return behind  # `exerts 45 N output force`
    return measured.unit_of(text, number.end, sentence.end)


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
    before = -1
    for name in sentence.metrics:
        beside = before > 0 and text[before : name.start] == " and "  # `RMSE and MAE by`
        before = name.end
        if name.end <= first.start:
            gap = _gap(sentence, name.end, first.start)
            if gap.startswith(")") and pat.JUST_NAMED.search(text, max(sentence.start, name.end - 40), name.end):
                gap = gap[1:]  # `absolute error (MAE) of`
            if cues.joins_left(gap) and not (name.doubtful and not beside and _is_rival(text, name)):
                left = name
        elif name.start >= last.value_end:
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
        vague = left.generic or pat.UNMEASURED.match(left.text) is not None  # `a zero-shot performance of 20.6 F1`
        if vague != right.generic:
            return right if vague else left
        # `generation quality (a decrease of 3.8% in PPL)`
        if pat.ONLY_IN.fullmatch(text, max(last.end, list_end), right.start) and "(" in text[left.end : first.start]:
            return right
        # `7.8% on F1, 15.9% on MAE`: what stands before a comma has a number of its own
        if pat.NEXT_ITEM.fullmatch(text, left.end, first.start) and _HAS_DIGIT(
            text, max(sentence.start, left.start - 60), left.start
        ):
            return right
        # `accuracy of 90.1 and 88 F1`: set by `of`, else the nearer one
        if pat.SET_TO.search(text, left.end, first.start):
            return left
        return left if first.start - left.end < right.start - max(last.end, list_end) else right
    if left is None and right is None:
        return _unlisted_metric(sentence, first) or _unlisted_points(sentence, last)
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
    single = pat.SINGLE.search(sentence.text, max(sentence.start, number.start - 12), number.start)
    if single is not None:
        return MetricName(single["name"], single.start("name"), single.end("name"), False)
    match = pat.UNLISTED.search(sentence.text, max(sentence.start, number.start - 40), number.start)
    if match is None or sum(char.isupper() for char in match["name"]) < 2:
        return None
    if any(m.start < match.end("name") and match.start("name") < m.end for m in sentence.datasets):
        return None  # `accuracy on several sets: CIFAR-10 (99.0%)`
    if pat.RIVAL_BEFORE.search(sentence.text, max(sentence.start, match.start() - 20), match.start()):
        return None  # `over ELU of 4.5%`
    if match.group().endswith("(") and not sentence.metrics:
        return None  # beside other metrics only: `PSNR (31.2 dB) and PIQE (4.1)`
    return MetricName(match["name"], match.start("name"), match.end("name"), False)


def _unlisted_points(sentence: Sentence, number: Number) -> MetricName | None:
    """An abbreviation nobody listed, counted in points: `15.4 UUAS points`."""
    if number.shape != "plain" or "." not in number.value:
        return None
    match = pat.POINTS_OF.match(sentence.text, number.end, sentence.end)
    return MetricName(match["name"], match.start("name"), match.end("name"), False) if match is not None else None


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
        # `cuts MSE by 6% and MAE by 4%`
        and not re.search(r"\b[A-Z]{3,5}\sby\s[\d.%]+\s(?:and|or)\s\Z", before)
    )


def _finish(sentence: Sentence, claim: Claim, original: str) -> Metric:
    number = claim.number
    name = claim.name or "unspecified"
    if pat.UNMEASURED.match(name) or pat.COMPUTE_TIME.fullmatch(name):
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
