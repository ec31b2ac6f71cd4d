"""Whether a number is a claim: a result of the paper's own, or a setting, a size, somebody else's.

Percentages and factors are claims unless the words around them say what else they are (shares of data, confidence
levels); a bare number is one only beside a metric's name, or where a verb or a noun of results tells of it. What is
found on the way, the metric beside it, its kind and its sign, is written into the claim.
"""

from __future__ import annotations

import re

from searchidx.extraction import cues, measured, readings
from searchidx.extraction import metric_patterns as pat
from searchidx.extraction.adjoining import adjacent_metric
from searchidx.extraction.assigning import Claim, Sentence
from searchidx.extraction.numbers import Number
from searchidx.paper import UNSPECIFIED, MetricKind

_ACCELERATED = re.compile(r"\s?-?acceler")
#: What makes a factor none of a change: `2x 4`, `3 times per day`, `4x super-resolution`.
_OTHER_FACTOR = re.compile(r"\s?\d|\s(?:per\b|a (?:day|week)|in a row|series|super|SR\b|upscal)")
_YEAR = re.compile(r"(?:19|20)\d\d")


def is_claim(sentence: Sentence, claim: Claim, first: Number, previous: Claim | None, list_end: int) -> bool:
    """Whether a number is a result of the paper's own.

    What is found on the way is written into the claim: its metric, kind and unit, and whether it goes on the list of
    the claim before it. first: the number its words begin with, that of a from-to pair. previous: the claim before it
    in the sentence. list_end: where the list ends that it begins.
    """
    text, number = sentence.text, claim.number
    before = text[max(sentence.start, first.start - 100) : first.start]
    after = text[number.end : min(sentence.end, number.end + 100)]
    if _is_passed_over(sentence, claim, before, after, previous):
        claim.refused = True
        return False
    if previous is not None:
        _join(sentence, claim, first, previous)
    take_metric(sentence, claim, first, previous, list_end)
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
            claim.refused = True
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


def _is_passed_over(sentence: Sentence, claim: Claim, before: str, after: str, previous: Claim | None) -> bool:
    """Whether the words around a number say that it is no result of the paper, whatever it measures."""
    if _only_counts(sentence, claim, after, previous):
        return True
    if before.endswith("(or "):
        return True  # said again in other words
    if claim.from_value is None and (cues.is_set_at(before) or cues.is_assumed(before)):
        return True
    if cues.is_spread(before) or cues.is_condition(before):
        return True
    others = (
        cues.is_others(before)
        or (_may_be_level(claim.number) and cues.is_of_rival_in_brackets(before, after))
        or (claim.from_value is None and cues.is_compared(before))
    )
    # `(49% vs. 42% and 71% vs. 55%)`: what has another side itself is on this one
    return others and not (pat.COMPARED_NEXT.match(after) or pat.OTHER_VALUE.match(after))


#: By how many per cent something is seldom beaten.
_LARGE_MARGIN = 20


def _may_be_level(number: Number) -> bool:
    """Whether a number alone in brackets is rather what a rival reaches than by how much it is beaten."""
    if number.sign:
        return False
    if number.shape == "percent":
        return float(number.value.replace(",", "")) > _LARGE_MARGIN
    return number.shape in ("plain", "unit")


def _join(sentence: Sentence, claim: Claim, first: Number, previous: Claim) -> None:
    """Write into a claim whether it goes on the list of the one before it."""
    between = _between(sentence, previous.number.end, first.start)
    if claim.number.shape == previous.number.shape == "ratio":
        between = pat.RATIO_TAIL.sub("", between)
    shapes = (previous.number.shape, claim.number.shape)
    if shapes in (("percent", "plain"), ("unit", "unit")) and " and " in between:
        between = between.replace("  ", " ")  # where a name was: `4% accuracy for cups and 3.1 F1`
    claim.bare = pat.ONLY_JOIN.match(between) is not None
    claim.joined = claim.bare or (len(between) <= 70 and pat.SHORT_PHRASE.match(between) is not None)


def take_metric(sentence: Sentence, claim: Claim, first: Number, previous: Claim | None, list_end: int) -> None:
    """Write into a claim the metric named beside it, or that of the list it goes on."""
    number = claim.number
    claim.metric = adjacent_metric(sentence, first, number, list_end)
    if number.unit in pat.FRAME_RATES and claim.metric is not None and pat.SHARES.search(claim.metric.text):
        claim.metric = None  # `31.4 mAP at 25 fps`
    if previous is None:
        return
    same_unit = number.shape != "unit" or number.unit == previous.number.unit
    same_unit = same_unit or (claim.joined and _go_together(previous.number, number))
    if not same_unit and claim.metric is previous.metric and not _named_right(claim):
        claim.metric = None  # `an average rate of 95%, 2000 Hz sampling`: what is given in one unit is not in another
    if claim.metric is None and claim.joined and same_unit:
        claim.metric, claim.inherited = previous.metric, True


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
    if claim.kind == "absolute" and cues.went_well(before, after):
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
        or _heads_metric(sentence, claim)
    )


def _heads_metric(sentence: Sentence, claim: Claim) -> bool:
    """Whether a share stands before the long name of a metric: `wins with 62.8% harmonic mean F1 score`."""
    end = claim.number.end
    ahead = next((name for name in sentence.metrics if name.start >= end), None)
    if ahead is None or ahead.generic or ahead.doubtful or pat.SHARES.search(ahead.text) is None:
        return False
    return pat.MODIFIERS.fullmatch(sentence.text, end, ahead.start) is not None


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
    if left is None and ("ed to " in before or "ed down to " in before or " cut to " in before):
        left = pat.WAS_CUT_TO.search(before)
    if left is not None:
        return left["what"]
    share = pat.SHARE_OF.match(rest)
    if share is None or pat.OF_SHARE.search(before):
        return None
    name: str = share["what"] or share["much"] or share["whose"] or share["how"]
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
    told = before.endswith((" to ", "that is ", "than ", "between ", "(", " above ", " exceeding ", "about ", "from "))
    if told and not goes_to and pat.CHANGE_TOLD.search(before):
        return True
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
    if number.shape == "percent" and text.startswith(" in ", number.end) and pat.A_LOSS_OF.search(before):
        return "delta"
    if number.shape == "percent" and _is_changed_behind(text, number, before):
        return "delta"
    if number.shape in ("percent", "points") and pat.GAINED.search(before, max(0, len(before) - 40)):
        return "absolute" if pat.VERSUS_NEXT.match(text, number.end, sentence.end) else "delta"
    if change or changes or said or _sign(number, before):
        return "delta"
    if previous is None or previous.kind != "delta" or (change is None and pat.SHARE_OF.match(text, number.end)):
        return "absolute"  # the latter: `a gain of 66% and 98% of the full performance`
    if change is None and previous.number.sign == "+" and text.startswith(")", previous.number.end):
        return "absolute"  # `to 83.4% (+8.1%) and 88.9% (+5.3%)`
    # `improvements in PSNR (2.01 dB) and PIQE (0.49)`
    if claim.joined and change is None and number.shape == "plain" and previous.number.shape in ("percent", "points"):
        return "delta" if "." in number.value and previous.from_value is None else "absolute"
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
    if pat.AT_FACTOR.search(before) and _ACCELERATED.match(after):
        return False
    if after[:1].isdigit() or _OTHER_FACTOR.match(after):
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
    if decimal and before.endswith("(") and pat.OTHER_VALUE.match(after):
        return True  # `(42.5 vs. 35.9)`
    if number.shape == "unit" and claim.metric is not None and _named_right(claim) and claim.metric.text == "speed":
        return True  # `at 125 ms speed`
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
    if number.shape == "unit" and claim.from_value is None and _is_read_off(sentence, claim, previous):
        return True
    if claim.from_value is not None:
        change = pat.CHANGES.search(sentence.text, max(sentence.start, number.start - 120), number.start)
        stepped = number.shape == "plain" and decimal and before.endswith("(")  # `new bests on SVHN (0.78 to 0.84)`
        return claim.metric is not None or stepped or (change is not None and (decimal or bool(sentence.metrics)))
    return number.sign == "+" and number.shape == "plain" and decimal


def _is_read_off(sentence: Sentence, claim: Claim, previous: Claim | None) -> bool:
    """Whether a number with a unit is what a machine does or an instrument shows, or goes on a list of such."""
    number = claim.number
    listed = previous is not None and previous.number.shape in ("unit", "percent") and previous.from_value is None
    if previous is not None and listed and readings.goes_on(sentence.text, previous.number, number, sentence.end):
        claim.kind, claim.name = previous.kind, previous.name
        return True
    reading = readings.read_off(sentence.text, sentence.start, number, sentence.end)
    if reading is None:
        return False
    claim.kind, claim.name = "absolute", reading.name or UNSPECIFIED  # another's name would be a guess
    return True


def _is_setting(sentence: Sentence, claim: Claim, before: str, after: str) -> bool:
    """Whether a number without a telling unit is a count, a version, a year or a size, beside a metric or not."""
    number = claim.number
    decimal = "." in number.value
    if number.shape == "unit":
        if after.startswith(" of freedom") or pat.EXTENT.match(after) or cues.is_during(before):
            return True
        if before.endswith(" over a ") or (claim.from_value is None and readings.is_begun_from(before)):
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
    beside = claim.metric is not None and 0 <= number.start - claim.metric.end <= len(" of ")
    if not beside and pat.MAGNITUDE_OF_LIST.match(after):  # `an F1 of 0.9 and 2.3 million parameters`
        return True
    if pat.LABEL.search(before, max(0, len(before) - 40)):
        return True
    if whole and pat.COUNTED.match(after):
        return True
    return not decimal and (
        _enumerates(number, before, after)
        or (claim.inherited and after.startswith(" ("))  # `0.97 with settings 20 (A) and 30 (B)`
        or _YEAR.fullmatch(number.value) is not None
    )


def _enumerates(number: Number, before: str, after: str) -> bool:
    """Whether a whole number counts the items of a list, `(1)`, `2)` or `3.`, rather than ends a phrase: `F1 of 71.`"""
    if after.startswith(" ("):
        return len(number.value) == 1  # `between 0 (bad) and 1 (good)`
    if pat.LIST_NUMBER.match(after) is None:
        return False
    return len(number.value) == 1 or before.rstrip()[-1:] in ".,;:"


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
    if number.unit in pat.POWERS and pat.CONSUMES.search(before):
        consumed = pat.CONSUMED.match(after)
        claim.kind, claim.name = "absolute", consumed["what"] if consumed is not None else None
        return True
    if number.shape == "unit" and pat.TRAINED_FOR.match(after):
        claim.name = "training time"
        return True
    if number.shape == "unit" and claim.kind == "delta" and claim.from_value is None and readings.is_moved_by(before):
        return True  # `shortens falls by 2 cm`
    if number.unit == "dB" and sentence.metrics:
        return True  # `up to 5 dB reconstruction PSNR advantage`
    if claim.kind == "delta" and ("." in number.value or number.shape == "unit") and pat.CHANGE_OF.search(before):
        return True  # `an average improvement of 3.71 nats`
    if "." not in number.value:
        return False
    if sentence.datasets and _is_attained_on(sentence, number, before):
        return True
    if number.shape == "plain" and _stands_alone(sentence, claim, before, after):
        return True
    by = claim.kind == "delta" and pat.BY.search(before) and (sentence.metrics or readings.is_moved_by(before))
    # what is given with a deviation was measured
    return bool(by or pat.SCORES.search(before) or pat.CHANGE_NEXT.match(after) or pat.DEVIATION.match(after))


def _stands_alone(sentence: Sentence, claim: Claim, before: str, after: str) -> bool:
    """Whether a decimal says how well annotators agree, how much better something is, or what is listed in brackets."""
    agreement = cues.agreement_before(before)
    if agreement is not None:
        claim.kind, claim.name = "absolute", agreement if claim.metric is None else None
        return True
    if pat.COMPARATIVE_NEXT.match(after):
        claim.kind = "delta"
        return True
    if before.endswith("(") and after.startswith(")"):
        span = (sentence.start, sentence.end)
        if cues.is_listed_in_brackets(sentence.text, span, claim.number.start, bool(sentence.metrics)):
            claim.kind = "absolute"
            return True
    return False


def _is_attained_on(sentence: Sentence, number: Number, before: str) -> bool:
    """Whether a verb of reaching and a dataset stand right beside a number: `achieves 78.6 on COCO`."""
    if pat.JUST_ATTAINS.search(before, max(0, len(before) - 30)) is None:
        return False
    return any(
        0 < mention.start - number.end <= 8 and pat.ON_DATA.fullmatch(sentence.text, number.end, mention.start)
        for mention in sentence.datasets
    )


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
