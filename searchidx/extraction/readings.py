"""What machines do and instruments show: numbers with physical units that no metric's name stands beside.

`can jump up to 1.4 m`, `the fingertip force reaches 10 N`, `accurate to 1.5 cm`, `in real time (30 ms)`. Sizes, weights
and what was set up are no results, so a verb of being able or reaching or a noun of what is read off has to be there.
Everything is looked for in the 140 characters before a number and in the words right behind it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from searchidx.extraction import measured
from searchidx.extraction.metric_patterns import FRAME_RATES
from searchidx.extraction.numbers import Number

_REACH = 140
#: What may stand between a number and the word that has it.
_ROUGHLY = (
    r"(?:(?:up to|at least|at most|as (?:high|low|fast|far|much|long|little|short|close) as|about|around|"
    r"approximately|approx\.|(?:in|on|within|of) the (?:range|order) of|roughly|nearly|almost|over|more than|"
    r"less than|under|below|only|just|well|an average of|on average|a maximum of|[~≈><]|\\sim)\s?){0,3}"
)
#: Nouns of what is read off rather than set up.
_READ_OFF = (
    r"(?:errors?|accurac(?:y|ies)|speeds?|velocit(?:y|ies)|rates?|forces?|torques?|latency|latencies|delays?|"
    r"precision|resolutions?|repeatability|stiffness|consumption|tolerances?|drifts?|overshoot|displacements?|thrusts?|"
    r"bandwidths?|throughput|(?:time|duration|payload|capacity|strength|endurance|lifetime|autonomy|runtime|output|"
    r"offset|misalignment)s?|(?:jump(?:ing)?|hopping|leap(?:ing)?)\s(?:height|distance)s?|differences?|deviations?|"
    r"resistance|sensitivity|range of motion|motion range|working range|detection range|operating range)(?:\svalues?)?"
)
#: What describes things of a kind, or what people are shown: `the duration of each video`.
_OF_THINGS = (
    r"\sof\s(?:(?:each|every|an?)\b|(?:(?!(?:in|on|for|with|from|is|was|are|were)\b)[\w-]+\s){0,3}?"
    r"(?:videos?|clips?|trials?|stimul(?:us|i))\s(?:is|was|are|were|has|can|in|on|at|for|from|with|used|shown)\b)"
)
#: `The average jumping height is`, `the force at the tip can reach`
_IS_READ = re.compile(
    r"(?:\A|[\s(])(?P<what>(?:(?!(?:[Tt]he|[Aa]n?|[Ii]ts|its|our|their|and|or|of|that|which|with|to|for|in|on|when|"
    rf"if)\b)[A-Za-z-]+\s){{0,4}}?{_READ_OFF})(?:\s\([^()\d]{{1,30}}\))?"
    rf"(?:(?!{_OF_THINGS})\s(?:of|for|in|on|between|at|along|under|with|to|by|during)\s[^,;:()\d]{{1,70}}?)?\s"
    r"(?:(?:can|could)\s(?:be|reach|exceed)|is|was|are|were|reach(?:es|ed)|exceed(?:s|ed)|remain(?:s|ed)|stay(?:s|ed)|"
    r"averag(?:es|ed)|has been|have been|becomes?|became)\s"
    r"(?:shown\sto\sbe\s|found\sto\sbe\s|(?:[a-z]+ly\s)?(?:measured|estimated|predicted|reported|confirmed|found|"
    r"observed|recorded|calculated|computed|determined|evaluated|kept)\s(?:(?:to\sbe|as|at|with|by|to)\s)?)?"
    rf"{_ROUGHLY}\Z"
)
#: `can jump up to`, `capable of carrying a load of`, `can be charged in`
_CAN = re.compile(
    r"\b(?:can|could|(?:is|was|are|were)\sable\sto|(?:capable|capability)\sof|"
    r"(?:allow(?:s|ed|ing)?|enabl(?:es|ed|ing))\s(?:[\w-]+\s){1,4}to)\s(?P<does>[^,;:()\d]{0,70}?\s?)"
    r"(?:(?<!\bcan\s)(?<!\bcould\s)(?:up to|as (?:high|low|fast|far|much|long|little|close) as|at least|more than|"
    r"higher than|over|(?<!\bbe\s)at|of|by|a maximum of)|(?<!\bof\s)(?:within|in))\s" + _ROUGHLY + r"\Z"
)
#: .. unless the number says to what or where it is done: `can be used at`, `for objects of up to`
_NOT_DONE = re.compile(
    r"\b(?:when|if|for|from|with|while|during|per|only|not|sampled|recorded|vary|range|located|placed|than|used|"
    r"distances?|depths?|objects?|altitudes?|lengths?|diameters?|width|windows?|sizes?|terrain|slopes|steps|track|"
    r"detect)\b"
)
#: `exerts`, `achieved up to`: the number is their object.
_ATTAINS = re.compile(
    r"\b(?:achiev|attain|exert|deliver|withst[ao]|generat|produc|reach|lift|carr|jump|hop|leap)"
    r"(?:nd|od|ies|ied|e?s|e|ing|p?ed|p?ing)?\s(?:heights?\sof\s)?" + _ROUGHLY + r"\Z"
)
#: `with a jump height of`, `, throughput of`
_SET_OF = re.compile(
    r"(?:,|\b(?:with|and|achiev\w+|reach\w+|provid\w+|show\w+|attain\w+|obtain\w+|yield\w+|demonstrat\w+|has|have|had))"
    r"\s(?:an?\s|the\s)?(?P<what>(?:(?!(?:the|an?|and|or|of|that|which|with|to|for|in|on|when|if|at)\b)[A-Za-z-]+\s)"
    rf"{{0,4}}?{_READ_OFF})\sof\s{_ROUGHLY}\Z"
)
#: `the maximum strain is`, `an average dive of`, but not `the average length of`
_MEAN_OF = re.compile(
    r"\b(?P<what>(?:average|mean|median|maximum|max\.?|minimum|peak|RMS)\s"
    r"(?:(?!(?:of|and|or|with|for|in|on|to|that|which|at)\b)[A-Za-z-]+\s){0,2}(?!(?:size|length|diameter|width|height|"
    r"mass|weight|age|number|thickness|dimension|distance|depth|duration|gap|spacing|period)s?\s)[a-z]+)\s"
    r"(?:of|is|was|are|were)\s" + _ROUGHLY + r"\Z"
)
#: Units of how fast something moves, and what moves so: `swims at`, but not `when walking at`
_SPEEDS = frozenset("m/s cm/s mm/s km/h m/sec cm/sec mm/sec mph BL/s rad/s °/s deg/s".split())
_MOVES_AT = re.compile(
    r"(?<!hen\s)(?<!ile\s)(?<!mill\s)(?<!for\s)(?<!subjects\s)\b(?:crawl|runn?|walk|swimm?|fl[iy]|hover|climb|roll|mov|"
    r"travel|locomot|driv|hopp?|jump|glid|skat|trott?|ascen|descen|propel|navigat)[a-z]*\b"
    r"(?:(?!\b(?:while|when|if|during|wind|vehicles?|cars|treadmill|humans?|subjects?)\b)[^;:()\d]){0,60}\s"
    r"(?:at|to|of|with)\s" + _ROUGHLY + r"\Z"
)
_TIMES_AND_RATES = frozenset("ms msec s sec second seconds Hz fps FPS kHz".split())
_IN_REAL_TIME = re.compile(r"\breal[- ]?time\s(?:[a-z]+\s){0,2}\((?:at\s)?" + _ROUGHLY + r"\Z")
#: `tracks cows on small computers at`, but not how fast the input comes.
_DONE_AT = re.compile(
    r"\b(?:track|detect|predict|maintain|recogni[sz]|localiz|estimat|reconstruct|segment|simulat|render|generat|updat|"
    r"run|operat|process|plan|control|classif|execut|optimiz|comput|solv|infer)(?:e?s|e|ing|n?ing|ned|ed|y|ies)?\b"
    r"(?:(?!\b(?:camera|record\w*|captur\w*|sampl\w*|sensors?|videos?|stream\w*|while|with|vibrat\w*|flap\w*|"
    r"frequenc\w*|data)\b)[^;:.\d]){0,90}\s(?:at|in)\s" + _ROUGHLY + r"\Z"
)
#: `accurate to`, `localised to within`, `(reaching`
_WITHIN = re.compile(
    r"(?:\b(?:accurate|precise|locali[sz]\w+|position(?:ed|ing)?|align\w*|converg\w+|track(?:ed|ing|s)?|estimat\w+)\s"
    r"(?:[\w-]+\s){0,4}?(?:to\swithin|to|within|with\sless\sthan)|[(,]\s?(?:reaching|achieving|attaining))\s"
    + _ROUGHLY
    + r"\Z"
)
#: One side of a comparison in brackets, and the other: `(< 60 s vs. 12 minutes`
_OPENED = re.compile(r"\(\s?" + _ROUGHLY + r"\Z")
_VERSUS = re.compile(r"\s?(?:vs\.?|v\.s\.|versus|compared (?:to|with))\s[~$<>]?\s?\d")
#: `forces up to`, `torques of`
_NAMED = re.compile(rf"\b(?P<what>{_READ_OFF})\s(?:of\s)?{_ROUGHLY}\Z")
#: `a high force bandwidth (>25 Hz)`
_NAMED_IN_FRONT = re.compile(
    r"(?:^|\s)(?P<what>(?:(?!(?:high|low|lower|higher|good|small|fast|with|and|the|an?|its|of|has|have|at|in|to|better|"
    rf"achieves?|shows?)\b)[a-z-]+\s){{0,3}}?{_READ_OFF})\s\(\s?{_ROUGHLY}\Z"
)
_CLOSED = re.compile(r"\s?(?:\)|,\s[^()]{1,40}\))")
#: `127° maximum tilting range`
_NAMED_BEHIND = re.compile(r"\s(?P<what>(?:maximum|minimum|average|mean|peak|median)\s(?:[a-z-]+\s){0,2}[a-z]+)\b")
#: Who else does something, and that it is the paper's own or was built.
_OTHERS = re.compile(
    r"\b(?:existing|prior|previous|state-of-the-art|humans?|people|fish|wind|vehicles?|cars)\b", re.IGNORECASE
)
_OWN = re.compile(r"\b(?:our|ours|this|proposed|presented|toy|robotic|artificial|bionic|biomimetic)\b", re.IGNORECASE)
_CLAUSE_OPENS = re.compile(r"[,;:()]|\b(?:that|while|whereas|but)\b")
#: What a mean or a maximum is of, besides measured quantities.
_MEANT = re.compile(rf"\b(?:{_READ_OFF}|strains?|dives?)\Z")
#: Behind a number: it was set, or what has it was used.
_WAS_SET = re.compile(r"\s(?:is|was|are|were)\s(?:set|chosen|fixed|assumed)\b")
_IS_USED = re.compile(r"\s(?:is|was|are|were)\sused\b")
#: Right before a verb: what comes in, or is shown, at a rate.
_SHOWN = re.compile(r"\b(?:[Cc]ameras?|[Vv]ideos?|[Aa]nimations?)\s\Z")


class Reading(NamedTuple):
    """What a number with a unit tells: the quantity, where it is named."""

    name: str | None


def read_off(text: str, limit: int, number: Number, end: int) -> Reading | None:
    """What a number with a unit says that a machine does or an instrument shows; None if it says no such thing.

    limit, end: where its sentence begins and ends.
    """
    before = text[max(limit, number.start - _REACH) : number.start]
    if number.unit in _TIMES_AND_RATES and _IN_REAL_TIME.search(before):
        return Reading(None)
    named = _IS_READ.search(before) or _SET_OF.search(before) or _mean_of(before)
    if named is not None and _WAS_SET.match(text, number.end, end):
        return None
    if named is None and "(" in before[-24:] and _CLOSED.match(text, number.end, end):
        named = _NAMED_IN_FRONT.search(before)
    if named is not None:
        return Reading(named["what"])
    able, attains = _CAN.search(before), _ATTAINS.search(before)
    does = able or attains
    if does is not None and _is_others(before[: does.start()]):
        return None
    if able is not None and _NOT_DONE.search(able["does"]) is None:
        forces = _NAMED.search(before)
        return Reading(measured.noun_of(text, limit, number.start) or (forces["what"] if forces is not None else None))
    if attains is not None:
        return Reading(measured.noun_after(text, number.end, end) or measured.unit_of(text, number.end, end))
    named = _NAMED_BEHIND.match(text, number.end, end)
    if named is not None:
        return Reading(named["what"])
    return Reading(None) if _is_done(text, number, before, end) else None


def _mean_of(before: str) -> re.Match[str] | None:
    """The mean or the maximum of a quantity that a number is of: `the maximum strain is`, but no `mean stay`."""
    named = _MEAN_OF.search(before)
    if named is None or not (measured.is_measurable(named["what"]) or _MEANT.search(named["what"])):
        return None
    return named


def is_done_by_others(before: str) -> bool:
    """Whether the number that this text leads up to says what others can do or attain: `Existing robots can reach`."""
    does = _CAN.search(before) or _ATTAINS.search(before)
    return does is not None and _is_others(before[: does.start()])


def _is_others(before: str) -> bool:
    """Whether the clause of what stands before a verb is about what others do: `Existing robots`, `humans`."""
    if _OTHERS.search(before) is None:
        return False
    clause = _CLAUSE_OPENS.split(before.removesuffix(" that "))[-1]  # `existing robots that can`
    return _OTHERS.search(clause) is not None and _OWN.search(clause) is None


def _is_done(text: str, number: Number, before: str, end: int) -> bool:
    """Whether a number says how fast or how well something is done, which has no name."""
    if number.unit in FRAME_RATES and (done := _DONE_AT.search(before)):
        return _SHOWN.search(before, 0, done.start()) is None and _IS_USED.match(text, number.end, end) is None
    if number.unit in _SPEEDS and (moves := _MOVES_AT.search(before)):
        return not _is_others(before[: moves.start()])
    if _OPENED.search(before) and _VERSUS.match(text, number.end, end):
        return True
    return _WITHIN.search(before) is not None


#: `shortens the mean of all falls by about`
_MOVED_BY = re.compile(
    r"\b(?:improv|reduc|increas|decreas|shorten|lower|boost|surpass|outperform|exceed|beat|rais|extend|cut|shrink|drop|"
    r"degrad|sav)(?:e?s|ed|e|t?ing|ped|ping)?\s[^;:]{0,110}?(?<!enabling)\sby\s" + _ROUGHLY + r"\Z"
)


def is_moved_by(before: str) -> bool:
    """Whether a verb of change says by how much: `shortens all falls by 2 cm`."""
    return " by " in before and _MOVED_BY.search(before) is not None


#: `from a speed of 2 m/s`: where something began.
_BEGUN_FROM = re.compile(r"\bfrom\s(?:an?|the)\s(?:[\w-]+\s){1,3}of\s(?:about\s|up to\s)?[~≈]?\Z")


def is_begun_from(before: str) -> bool:
    """Whether a number says where something began: `stops from a speed of 2 m/s`."""
    return " of " in before and _BEGUN_FROM.search(before) is not None


#: From one number with a unit to the next of a list: ` for the knee and `, ` while running and `.
_NEXT = re.compile(
    r"(?:\s\([^()]{1,40}\))?"
    r"(?:\s(?:for|in|on|at|while|when|during|along|of|under|with|without)\s[^,;:()\d]{2,40})?"
    r"(?:,|,?\sand|,?\sor|\s?/)\s" + _ROUGHLY + r"\Z"
)
_LONGEST_STEP = 80
#: From a share in brackets to the next of its list: `0.1 N (3%), 0.2 N`.
_NEXT_BEHIND_BRACKET = re.compile(r"\),?\s(?:and\s)?")
_LENGTH = re.compile(r"(?:milli|centi)?met(?:er|re)s?|[mcµuμn]?m|pixels|px")
_ANGLE = re.compile(r"deg(?:rees?)?|°|m?rad")


def goes_on(text: str, previous: Number, number: Number, end: int) -> bool:
    """Whether a number with a unit is the next of a list: `22 N and 20 N`, `2 m/s while running and 0.2 m/s`.

    Units differ only where all have names of their own (`respectively`), or where something is and how it is turned.
    """
    if _NEXT_BEHIND_BRACKET.fullmatch(text, previous.end, number.start):
        return True
    first, second = previous.unit or "", number.unit or ""
    placed = _LENGTH.fullmatch(first) is not None and _ANGLE.fullmatch(second) is not None
    if first != second and not placed and not text.startswith((", respectively", " respectively"), number.end, end):
        return False
    if number.start - previous.end >= _LONGEST_STEP:
        return False
    return _NEXT.fullmatch(text, previous.end, number.start) is not None
