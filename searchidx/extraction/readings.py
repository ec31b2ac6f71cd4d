"""What machines do and instruments show: numbers with physical units that no metric's name stands beside.

`can jump up to 1.4 m`, `the fingertip force reaches 10 N`, `accurate to 1.5 cm`, `in real time (30 ms)`. Sizes, weights and
what was set up are no results, so a verb of being able or reaching, or a noun of something read off, has to be there.
Everything is looked for in the 100 characters before a number and the words right behind it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from searchidx.extraction import measured
from searchidx.extraction.metric_patterns import FRAME_RATES
from searchidx.extraction.numbers import Number

_ROUGHLY = (
    r"(?:(?:up to|at least|at most|as (?:high|low|fast|far|much|long|little|short|close) as|about|around|approximately|approx\.|"
    r"roughly|nearly|almost|over|more than|less than|under|below|only|just|well|an average of|on average|a maximum of|"
    r"[~≈><∼]|\\sim)\s?){0,3}"
)
#: Nouns of what is read off rather than set up.
_READ_OFF = (
    r"(?:errors?|accurac(?:y|ies)|speeds?|velocit(?:y|ies)|rates?|forces?|torques?|latency|latencies|delays?|precision|"
    r"resolutions?|repeatability|stiffness|consumption|tolerances?|drifts?|overshoot|displacements?|thrusts?|bandwidths?|"
    r"(?:time|duration|payload|capacity|strength|endurance|lifetime|autonomy|runtime|output|offset|misalignment)s?|"
    r"(?:jump(?:ing)?|hopping|leap(?:ing)?)\s(?:height|distance)s?|differences?|deviations?|resistance|sensitivity|"
    r"range of motion|motion range|working range|detection range|operating range)"
)
#: `The average jumping height is`, `the force at the tip can reach`
_IS_READ = re.compile(
    rf"(?:\A|[\s(])(?P<what>(?:(?!(?:[Tt]he|[Aa]n?|[Ii]ts|its|our|their|and|or|of|that|which|with|to|for|in|on|when|if)\b)[A-Za-z-]+\s){{0,4}}?{_READ_OFF})"
    r"(?:\s\([^()\d]{1,30}\))?"
    r"(?:\s(?:of|for|in|on|between|at|along|under|with|to|by|during)\s[^,;:()\d]{1,70}?)?\s"
    r"(?:(?:can|could)\s(?:be|reach|exceed)|is|was|are|were|reach(?:es|ed)|exceed(?:s|ed)|remain(?:s|ed)|stay(?:s|ed)|"
    r"averag(?:es|ed)|has been|have been|becomes?|became)\s"
    r"(?:shown\sto\sbe\s|found\sto\sbe\s|(?:[a-z]+ly\s)?(?:measured|estimated|predicted|reported|confirmed|found|observed|recorded|"
    r"calculated|computed|determined|evaluated|kept)\s(?:(?:to\sbe|as|at|with|by)\s)?)?"
    rf"{_ROUGHLY}\Z"
)
#: `can jump up to`, `capable of carrying a load of`, `can be charged in`
_CAN = re.compile(
    r"\b(?:can|could|(?:is|was|are|were)\sable\sto|(?:capable|capability)\sof|allow(?:s|ed|ing)?\s(?:[\w-]+\s){1,4}to|"
    r"enabl(?:es|ed|ing)\s(?:[\w-]+\s){1,4}to)\s(?P<does>[^,;:()\d]{0,70}?\s?)"
    r"(?:(?<!\bcan\s)(?<!\bcould\s)(?:up to|as (?:high|low|fast|far|much|long|little|close) as|at least|more than|higher than|over|at|of|by|a maximum of)|"
    r"(?<!\bof\s)(?:within|in))\s" + _ROUGHLY + r"\Z"
)
#: .. unless the number says to what or where it is done: `can be used at`, `for objects of up to`
_NOT_DONE = re.compile(
    r"\b(?:when|if|for|from|with|while|during|per|only|not|sampled|recorded|vary|range|located|placed|than|used|distances?|"
    r"depths?|objects?|altitudes?|lengths?|diameters?|width|windows?|sizes?|terrain|slopes|steps|track|detect)\b"
)
#: `exerts`, `achieved up to`: the number is their object.
_ATTAINS = re.compile(
    r"\b(?:achiev|attain|exert|deliver|withst[ao]|generat|produc|reach|lift|jump|hop|leap)(?:nd|od|e?s|e|ing|p?ed|p?ing)?\s(?:heights?\sof\s)?"
    + _ROUGHLY
    + r"\Z"
)
#: `accurate to 1.5 cm`, `localised to within 3 cm`
_ACCURATE_TO = re.compile(
    r"\b(?:accurate|precise|localiz\w+|localis\w+|position(?:ed|ing)?|align\w*|converg\w+|track(?:ed|ing|s)?|estimat\w+)\s"
    r"(?:[\w-]+\s){0,4}?(?:to\swithin|to|within|with\sless\sthan)\s" + _ROUGHLY + r"\Z"
)
_IN_REAL_TIME = re.compile(r"\breal[- ]?time\s(?:[a-z]+\s){0,2}\((?:at\s)?" + _ROUGHLY + r"\Z")
_TIMES_AND_RATES = frozenset("ms msec s sec second seconds Hz fps FPS kHz".split())
#: `tracks cows on edge devices at 25 FPS`
_DONE_AT = re.compile(
    r"\b(?:track|detect|predict|maintain|recogni[sz]|localiz|estimat|reconstruct|segment|simulat|render|generat|updat|run|operat|process|plan|"
    r"control|classif|execut|optimiz|comput|solv|infer)(?:e?s|e|ing|n?ing|ned|ed|y|ies)?\b(?:(?!\b(?:camera|record\w*|captur\w*|sampl\w*|sensors?|videos?|"
    r"stream\w*|while|with|vibrat\w*|flap\w*|frequenc\w*|data)\b)[^;:.\d]){0,90}\s(?:at|in)\s" + _ROUGHLY + r"\Z"
)
#: `(reaching 3.4 µm)`
_REACHING = re.compile(r"[(,]\s?(?:reaching|achieving|attaining)\s" + _ROUGHLY + r"\Z")
#: The other side of a comparison, with its unit: `(< 60 s vs. 12 minutes`.
_OPENED = re.compile(r"\(\s?" + _ROUGHLY + r"\Z")
_VERSUS = re.compile(r"\s?(?:vs\.?|v\.s\.|versus|compared (?:to|with))\s[~$<>]?\s?\d")
#: What is named right before its number: `forces up to`, `torques of`, `high bandwidth (`.
_NAMED = re.compile(rf"\b(?P<what>{_READ_OFF})\s(?:of\s)?{_ROUGHLY}\Z")
_NAMED_IN_FRONT = re.compile(
    rf"(?:^|\s)(?P<what>(?:(?!(?:high|low|lower|higher|good|small|fast|with|and|the|an?|its|of|has|have|at|in|to|better|achieves?|shows?)\b)[a-z-]+\s){{0,3}}?{_READ_OFF})\s"
    rf"\(\s?{_ROUGHLY}\Z"
)
#: `127° maximum tilting range`, `10.85-kg weight`
_NAMED_BEHIND = re.compile(r"\s(?P<what>(?:maximum|minimum|average|mean|peak|median)\s(?:[a-z-]+\s){0,2}[a-z]+)\b")
_CLOSED = re.compile(r"\s?(?:\)|,\s[^()]{1,40}\))")


class Reading(NamedTuple):
    """What a number with a unit tells: the quantity, where it is named."""

    name: str | None


def read_off(text: str, limit: int, number: Number, end: int) -> Reading | None:
    """What a number with a unit says that a machine does or an instrument shows; None if it says no such thing.

    limit, end: where its sentence begins and ends.
    """
    before = text[max(limit, number.start - 140) : number.start]
    read = _IS_READ.search(before)
    if read is not None:
        return Reading(read["what"].strip())
    opened = _NAMED_IN_FRONT.search(before) if "(" in before[-24:] and _CLOSED.match(text, number.end, end) else None
    if opened is not None:
        return Reading(opened["what"])
    if number.unit in _TIMES_AND_RATES and _IN_REAL_TIME.search(before):
        return Reading(None)
    if number.unit in FRAME_RATES and _DONE_AT.search(before):
        return Reading(None)
    if _OPENED.search(before) and _VERSUS.match(text, number.end, end):
        return Reading(None)
    able = _CAN.search(before)
    if able is not None and _NOT_DONE.search(able["does"]) is None:
        return Reading(measured.noun_of(text, limit, number.start) or _named_before(before))
    if _ATTAINS.search(before):
        return Reading(measured.noun_after(text, number.end, end) or measured.unit_of(text, number.end, end))
    behind = _NAMED_BEHIND.match(text, number.end, end)
    if behind is not None:
        return Reading(behind["what"])
    if _ACCURATE_TO.search(before) or _REACHING.search(before):
        return Reading(None)
    return None


#: `shortens the mean of all falls by about`
_MOVED_BY = re.compile(
    r"\b(?:improv|reduc|increas|decreas|shorten|lower|boost|surpass|outperform|exceed|beat|rais|extend|cut|shrink|drop|degrad|sav)"
    r"(?:e?s|ed|e|t?ing|ped|ping)?\s[^;:]{0,110}?(?<!enabling)\sby\s" + _ROUGHLY + r"\Z"
)


def is_moved_by(before: str) -> bool:
    """Whether a verb of change says by how much: `shortens all falls by 2 cm`."""
    return " by " in before and _MOVED_BY.search(before) is not None


#: `from a speed of 2 m/s`: where something began.
_BEGUN_FROM = re.compile(r"\bfrom\s(?:an?|the)\s(?:[\w-]+\s){1,3}of\s(?:about\s|up to\s)?[~≈]?\Z")


def is_begun_from(before: str) -> bool:
    """Whether a number says where something began: `stops from a speed of 2 m/s`."""
    return " of " in before and _BEGUN_FROM.search(before) is not None


def _named_before(before: str) -> str | None:
    named = _NAMED.search(before)
    return named["what"] if named is not None else None


#: From one number with a unit to the next of a list: ` for the knee and `, ` while running and `.
_NEXT = re.compile(
    r"(?:\s\([^()]{1,40}\))?(?:\s(?:for|in|on|at|while|when|during|along|of|under|with|without)\s[^,;:()\d]{2,40})?"
    r"(?:,|,?\sand|,?\sor|\s?/)\s" + _ROUGHLY + r"\Z"
)


_LENGTH = re.compile(r"(?:milli|centi)?met(?:er|re)s?|[mcµuμn]?m|pixels|px")
_ANGLE = re.compile(r"deg(?:rees?)?|°|m?rad")


def goes_on(text: str, previous: Number, number: Number, end: int) -> bool:
    """Whether a number with a unit is the next of a list: `22 N and 20 N`, `2 m/s while running and 0.2 m/s`."""
    first, second = previous.unit or "", number.unit or ""
    placed = _LENGTH.fullmatch(first) is not None and _ANGLE.fullmatch(second) is not None
    if first != second and not placed and not text.startswith((", respectively", " respectively"), number.end):
        return False
    return number.start - previous.end < 80 and _NEXT.fullmatch(text, previous.end, number.start) is not None
