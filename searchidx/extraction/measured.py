"""What a number measures where no listed metric stands beside it: the noun phrase that grammar ties to the number.

`cuts X by N`, `X rises by N`, `N% increase in X`, `N% lower X`, `an X of N`, `X (+N%)`. Only a few words to either side
are read. Words of change that take any quantity (`reduce`, `increase`) accept every phrase; words of praise (`improve`,
`gain`) take methods and tasks as often, so there the noun must be one of a quality (`helpfulness`, `difficulty`).
"""

from __future__ import annotations

import re
from collections.abc import Collection

_REACH = 90
#: How far a verb may stand from its subject.
_FAR = 160
_TOKEN = re.compile(r"[^\s,;:()\[\]{}$~≈=<>—]+|[,;:()\[\]=]")

_ROUGHLY = frozenset(
    "about around approximately nearly almost roughly over up to at least most more less than only an a average of as "
    "much by on another between further additional additionally respectively factor relative absolute some even "
    "approx approx. upto "
    "significantly consistently".split()
)
#: What is changed by these is a quantity, whatever its name.
_MOVES = frozenset(
    "reduce reduces reduced reducing decrease decreases decreased decreasing cut cuts cutting lower lowers lowered "
    "lowering save saves saved saving shrink shrinks shrinking increase increases increased increasing raise raises "
    "raised raising lengthen lengthens lengthening shorten shortens shortening extend extends extending bring brings "
    "bringing minimize minimizes".split()
)
#: These take methods, tasks and models as well as quantities.
_PRAISES = frozenset(
    "improve improves improved improving boost boosts boosted boosting enhance enhances enhanced enhancing lift lifts "
    "lifted lifting gain gains".split()
)
#: What these say of their subject, they say of a quantity.
_GOES = frozenset(
    "becomes became "
    "rises rose rise falls fell fall drops dropped drop grows grew increases increased decreases decreased climbs "
    "climbed shrinks shrank declines declined goes went".split()
)
_BE = frozenset("is are was were be been being".split())
_DETERMINERS = frozenset("a an the its our their his this these those both all such any".split())
#: What may stand before the subject of a change.
_OPENERS = frozenset(
    ["", ",", ";", ":", "and", "while", "but", "that", "also", "where", "which", "when", "as", "whereas"]
)
_NECESSARY = frozenset("required needed necessary resulting real-time".split())
#: What stands before a quantity without being part of its name.
_SAID_OF = (
    _DETERMINERS
    | _NECESSARY
    | frozenset(
        "large larger high higher small smaller low lower long longer short shorter good better great greater "
        "new novel additional extra substantial significant considerable remarkable impressive much further "
        "comparable compact tiny".split()
    )
)
#: Words that end a noun phrase on either side.
_BREAKS = frozenset(
    "in on for with by from to at as and or but while when where which that who than over under of is are was were be "
    "been has have had can could may we it they using via per across between among against compared relative after "
    "before during without within through not also if when respectively versus vs vs. and/or up down due because "
    "since thus thereby by into onto we i meanwhile depending "
    "achieve achieves achieved achieving reach reaches reached reaching obtain obtains obtained obtaining "
    "attain attains "
    "attained attaining yield yields yielded yielding see sees saw "
    "show shows showed exhibit exhibits exhibited provide provides "
    "provided contain contains contained include includes do does did should must".split()
) | frozenset(",;:()[]=")
#: Between a verb and its number: another verb has the number.
_CLAUSES = frozenset("and or but while which that who outperforms outperform outperforming surpasses by".split()) - {
    "by"
}
#: Nouns that name no measured quantity: the methods and tasks that numbers are reported of.
_NO_QUANTITY = re.compile(
    r"(?:models?|methods?|baselines?|approach(?:es)?|systems?|networks?|performances?|results?|state-of-the-art|sota|"
    r"counterparts?|competitors?|ones?|others?|learning|training|settings?|scenarios?|tasks?|experiments?|domains?|"
    r"averages?|terms|both|all|each|them|it|cases?|points?|margins?|factors?|total|sets?|sizes?|samples?|"
    r"subsets?|cohorts?|datasets?|batch|range|maximum|minimum|number|levels?|scores?|values?|set|years?|age|sum|"
    r"confidence|probability|threshold|radius|diameter|series|collection|majority|fraction|percentage|"
    r"portion|proportion|rest|amount|quality|percent|standard|addition|order|better|worse|even|measures?|metrics?|improvements?|gains?|increases?|reductions?|"
    r"boosts?|drops?|leads?|decreases?|savings?|advantages?|decline|degradation|differences?|absolute|relative|gap|"
    r"speed-?ups?|rises?|jumps?|losses|dev|test|train|val|validation|art)\Z",
    re.IGNORECASE,
)
#: .. unless another noun says of what: `muscle activation levels`, `absolute relative difference`.
_QUANTITY_OF = re.compile(r"(?:levels?|differences?|gap)\Z")
#: .. or a verb or noun of change makes them one: `reduces the model size by`.
_QUANTITY_MOVED = re.compile(r"(?:sizes?|samples?|probability|range|diameter|radius|levels?)\Z")
#: A short form: `reduces DDI by`, `the MAC count`.
_SHORT = re.compile(r"[A-Z]{2,6}s?\Z")
#: Nouns that say of what is counted: `the number of steps`.
_AMOUNTS = frozenset(
    "number amount percentage proportion fraction share range peak margin sum degree degrees magnitude ease variance "
    "fluctuation fluctuations probability likelihood risk deviation incidence".split()
)
#: Nouns of qualities: `helpfulness`, `difficulty`, `accuracy`, `length`.
_QUALITY = re.compile(
    r"(?:[a-z]{2,}(?:ty|ness|cy|ance|ence|hood)|length|width|strength|depth|time|times|speed|cost|costs|rate|rates|error|"
    r"errors|force|recall|precision|success|coverage|satisfaction|ratio|angle|distance|torque|pressure|stiffness|energy|consumption|usage|utilization|volume|"
    r"throughput|revenue|relevance|engagement|retention|thrust|workload|effort)\Z"
)
_NOT_QUALITY = frozenset("performance performances instance sequence inference presence sentence reality".split())


def named_left(text: str, limit: int, position: int) -> str | None:
    """The quantity that the words before a changed-by number name: `cuts search steps by `, `Regret falls by `."""
    if _CHANGED_BEFORE.search(text, max(limit, position - _REACH), position) is not None:
        return _noun_of_change(text, limit, position)
    tokens = _before(text, limit, position)
    index = _pass_roughly(tokens)
    if index == len(tokens) or tokens[index][0].lower() != "by":
        return None
    end = index
    if end > 1 and tokens[end - 1][0].lower() == "often" and tokens[end - 2][0] == ",":
        end -= 2
    moved = end > 0 and tokens[end - 1][0].lower() in _GOES
    if _is_passive(tokens, end):
        end -= 1
        while tokens[end - 1][0].lower() not in _BE:
            end -= 1
        if end > 1 and tokens[end - 2][0].lower() in ("can", "could", "may", "will"):
            end -= 1
        moved = True
    if moved:
        end -= 1
        while end > 0 and tokens[end - 1][0].endswith("ly"):
            end -= 1
    first = _phrase_start(tokens, end)
    if not moved and (first == 0 or tokens[first - 1][0].lower() not in _MOVES | _PRAISES | {"and", ","}):
        return _moved_before(text, _before(text, limit, tokens[index][1], _FAR))
    if first == end:
        return None
    opener = tokens[first - 1][0].lower() if first else ""
    # `reduces CPU load by`: what is reduced may begin with a name
    titled = all(word[:1].isupper() and word[1:2].islower() for word, _, _ in tokens[first:end])
    names = opener in _MOVES and end - first > 1 and (titled or tokens[end - 1][0].islower())
    phrase = _phrase(text, tokens, first, end, names, moved=moved or opener in _MOVES)
    if phrase is None:
        return None
    if moved:
        return phrase if opener in _OPENERS else None
    if opener in _MOVES or (opener in _PRAISES and is_quality(phrase)):
        return phrase
    # `raises helpfulness by 9.6%, honesty by 12.4% and complexity by 21.6%`
    if opener not in ("and", ",") or first < 2 or not tokens[first - 2][0][0].isdigit():
        return None
    verb = next((word for word, _, _ in reversed(tokens[: first - 2]) if word.lower() in _MOVES | _PRAISES), "")
    return phrase if verb.lower() in _MOVES or is_quality(phrase) else None


def _noun_of_change(text: str, limit: int, position: int) -> str | None:
    """The quantity that a noun of change before a number is of: `a reduction in search steps of `, `.. from `."""
    changed = _CHANGED_BEFORE.search(text, max(limit, position - _REACH), position)
    if changed is None:
        return None
    praised = changed["noun"].startswith(("improvement", "gain", "boost"))
    what, end = changed.start("what"), changed.end("what") - 1
    quantity = not praised or _CALLED_METRIC.search(text, what, end) is not None
    phrase = _phrase_after(text, what, end, moved=not praised)
    return phrase if phrase is not None and (quantity or is_quality(phrase)) else None


#: `cuts the walking cost up to 40%`, `improves grasps (by 40%`, `(↑ 40%`: a change whose verb has no `by`.
_CHANGED_UP_TO = re.compile(
    r"(?<!\bthe\s)(?<!\ba\s)(?<!\ban\s)"
    r"\b(?P<verb>(?:reduc|decreas|increas|cut|improv|boost|enhanc|rais|lower|sav|shrink|degrad|outperform|surpass)"
    r"(?:e?[sd]?|t?ing))\s"
    r"(?P<what>(?:(?!(?:to|from|by|and|or|while|which|that|with|but|than|can|reach\w*|retain\w*|of\s(?:up|at))\b)"
    r"[\w'’/-]+\s){1,8}?)"
    r"(?:(?:up to|at least)\s|[(–]\s?(?:e\.g\.,?\s|i\.e\.,?\s)?(?:by\s(?:(?:up to|at least|about|over)\s)?|up to\s|"
    r"at least\s|about\s|over\s|around\s|approximately\s|nearly\s|more than\s|~|∼|\$?\\(?:up|down)arrow\$?\s?|[↑↓]\s?))"
    r"[~≈]?\Z"
)


def is_changed_up_to(text: str, limit: int, position: int) -> bool:
    """Whether a verb of change has the number without a `by`: `cuts the walking cost up to 40%`."""
    return _CHANGED_UP_TO.search(text, max(limit, position - _REACH), position) is not None


def changed_up_to(text: str, limit: int, position: int) -> str | None:
    """The quantity that such a verb changes."""
    changed = _CHANGED_UP_TO.search(text, max(limit, position - _REACH), position)
    if changed is None or changed["verb"].startswith(("outperform", "surpass")):
        return None
    praised = changed["verb"].startswith(("improv", "boost", "enhanc"))
    what, end = changed.start("what"), changed.end("what") - 1
    phrase = _phrase_after(text, what, end, moved=not praised)
    if phrase is None or (praised and not is_quality(phrase)):
        return None
    return phrase + _complement(text, text.find(phrase, what) + len(phrase), end)


#: `large reductions (28%) in the number of steps`
_CHANGE_OPENED = re.compile(
    r"\b(?P<noun>reduction|decrease|increase|saving|decline|rise|drop|improvement|gain|boost)s?\s"
    r"\((?:up to |about |over |by )?"
    r"(?:[\d.]{1,6}\s?\\?%?\s?(?:-|–|to|and)\s?)?\Z"
)
_CHANGE_CLOSED = re.compile(r"[^()]{0,24}\)\s(?:in|of)\s(?!terms\sof\b)")


def changed_in_brackets(text: str, limit: int, position: int, end: int) -> str | None:
    """The quantity of a change whose number stands in brackets before it: `large reductions (28%) in search steps`."""
    if text.find("(", max(limit, position - 24), position) < 0:
        return None
    opened = _CHANGE_OPENED.search(text, max(limit, position - 40), position)
    closed = _CHANGE_CLOSED.match(text, position, end) if opened is not None else None
    if opened is None or closed is None:
        return None
    praised = opened["noun"] in ("improvement", "gain", "boost")
    phrase = _phrase_after(text, closed.end(), min(end, closed.end() + _REACH), moved=not praised)
    return phrase if phrase is not None and (not praised or is_quality(phrase)) else None


#: `a reduction in map size (`
_CHANGE_BRACKETED = re.compile(
    r"\b(?P<noun>reduction|decrease|increase|saving|decline|improvement|gain|boost)s?\s(?:in|of)\s"
    r"(?:terms\sof\s)?(?P<what>(?:(?!(?:and|or|with|for|over|by|to|from|on|in|at)\b)[\w'/-]+\s){1,6})"
    r"\((?:by\s|up to\s|of\s|about\s|over\s|around\s|approximately\s|nearly\s|at least\s|[+~≈-])*\Z"
)


def change_bracketed(text: str, limit: int, position: int) -> str | None:
    """The quantity whose change a bracket gives: `a reduction in map size (30%`."""
    if text.find("(", max(limit, position - 20), position) < 0:
        return None
    changed = _CHANGE_BRACKETED.search(text, max(limit, position - _REACH), position)
    if changed is None:
        return None
    praised = changed["noun"] in ("improvement", "gain", "boost")
    phrase = _phrase_after(text, changed.start("what"), changed.end("what") - 1, moved=not praised)
    return phrase if phrase is not None and (not praised or is_quality(phrase)) else None


#: `an energy saving of `
_NOUN_CHANGED = re.compile(r"(?:savings?|reductions?|increases?|decreases?|declines?|rises?|drops?)\Z")
#: What is said of a change rather than of the quantity: `a feasible saving`, `a significant reduction`.
_SAID_OF_CHANGE = re.compile(
    r"(?:[a-z]+(?:ent|ant|ate|ble|ive|ful|ous|ed|al|ise|est|er|ic|ing)|average|mean|absolute|relative|maximum|minimum|"
    r"median|percentage|percent|further|sharp|big|small|huge|large|net|total|overall|minor|major|slight|clear|steady|mere)\Z"
)


def noun_changed(text: str, limit: int, position: int) -> str | None:
    """The quantity before a noun of change: `an energy saving of `, `a wire-length reduction of up to `."""
    tokens = _before(text, limit, position)
    end = len(tokens)
    while end and tokens[end - 1][0].lower() in _ROUGHLY:
        end -= 1
    if end < 2 or end == len(tokens) or not _NOUN_CHANGED.match(tokens[end - 1][0]):
        return None
    if not {"of", "to"}.intersection(token[0].lower() for token in tokens[end:]):
        return None
    end -= 1
    first = _phrase_start(tokens, end)
    while first < end and (_SAID_OF_CHANGE.match(tokens[first][0].lower()) or tokens[first][0].lower() in _DETERMINERS):
        first += 1
    if first == end or _SAID_OF_CHANGE.match(tokens[end - 1][0].lower()):
        return None
    return _phrase(text, tokens, first, end)


def subject_of(text: str, limit: int, position: int) -> str | None:
    """The subject of a verb of change or state before a number: `The wire length was cut from `, `is reduced to `."""
    tokens = _before(text, limit, position, _FAR)
    end = len(tokens)
    while end and tokens[end - 1][0].lower() in _ROUGHLY:
        if tokens[end - 1][0].lower() in ("to", "by") and (end < 2 or tokens[end - 2][0].lower() != "up"):
            break
        end -= 1
    if end == len(tokens) or not _is_passive(tokens, end):  # else `is reduced up to `
        if not end or tokens[end - 1][0].lower() not in ("from", "to", "by"):
            return None
        end -= 1
    if _is_passive(tokens, end):
        while tokens[end - 1][0].lower() not in _BE:
            end -= 1
    elif not end or tokens[end - 1][0].lower() not in _GOES:
        return None
    return _subject(text, tokens, end - 1, limit, moved=True)


_REACHES = frozenset("is was are were reaches reached exceeds exceeded".split())


def quality_reached(text: str, limit: int, position: int) -> str | None:
    """The quality or share that a sentence says is so high: `The mean packing ratio reaches `."""
    tokens = _before(text, limit, position, _FAR)
    end = len(tokens)
    while end and tokens[end - 1][0].lower() in _ROUGHLY:
        end -= 1
    if not end or tokens[end - 1][0].lower() not in _REACHES:
        return None
    phrase = _subject(text, tokens, end - 1, limit)
    if phrase is None:
        return None
    return phrase if is_quality(phrase) or is_reading(phrase) or _COUNTED.search(phrase) else None


_FOUND = frozenset("found measured shown estimated determined computed recorded as to be at equal".split())


def reading_found(text: str, limit: int, position: int) -> str | None:
    """The reading that a sentence tells with its unit: `The mean update frequency of the planner was found to be `."""
    tokens = _before(text, limit, position, _FAR)
    end = len(tokens)
    while end and tokens[end - 1][0].lower() in _ROUGHLY | _FOUND:
        end -= 1
    if not end or tokens[end - 1][0].lower() not in _REACHES:
        return None
    phrase = _subject(text, tokens, end - 1, limit)
    told = phrase is not None and (is_measurable(phrase) or phrase.endswith("frequency"))
    return phrase if told else None


def _subject(text: str, tokens: list[tuple[str, int, int]], end: int, limit: int, moved: bool = False) -> str | None:
    """The noun phrase a clause begins with; its verb is token `end`, its sentence begins at `limit`."""
    first = end
    while first > 0 and tokens[first - 1][0].lower() not in _OPENERS:
        first -= 1
    if first == 0 and tokens[0][1] > limit + 1:
        return None  # the clause begins before the words that are read
    stop = first
    while stop < end:
        word = tokens[stop][0].lower()
        counted = word == "of" and stop > first and tokens[stop - 1][0].lower() in _AMOUNTS
        if word in _BREAKS and not (counted or word == "per"):
            break
        stop += 1
    while stop > first + 1 and tokens[stop - 1][0].endswith("ly"):
        stop -= 1
    if stop == first + 1 and _is_participle(tokens, first):
        return None
    return _phrase(text, tokens, first, stop, moved=moved) if 0 < stop - first <= 6 else None


def _is_passive(tokens: list[tuple[str, int, int]], end: int) -> bool:
    """Whether the words end in `was increased`, `is greatly reduced`."""
    words = [token[0].lower() for token in tokens[max(end - 3, 0) : end]]
    if len(words) < 2 or words[-1] not in _MOVES | _PRAISES or not words[-1].endswith(("ed", "cut")):
        return False
    return words[-2] in _BE or (len(words) > 2 and words[-2].endswith("ly") and words[-3] in _BE)


#: `a reduction of real-world data by more than`, `an increase in the blocked force of`
_CHANGED_BEFORE = re.compile(
    r"\b(?P<noun>reduction|decrease|increase|savings?|decline|rise|drop|improvement|gain|boost)s?\s(?:in|of|on)\s"
    r"(?P<what>(?:(?!while\b|over\b|with\b|by\b|compared\b|that\b|which\b|and\b)[\w'/-]+\s){1,8}?)"
    r"(?:by|of|is|was|up to|(?:ranging\s)?from)\s"
    r"(?:(?:up to|at least|at most|about|around|over|nearly|approximately|approx\.|roughly|almost|more than|as much as|"
    r"an average of)"
    r"\s){0,2}[~≈$]?\Z"
)


def _moved_before(text: str, tokens: list[tuple[str, int, int]]) -> str | None:
    """The quantity right behind the verb of a longer phrase: `reduces collisions caused by blind spots by `."""
    for index in range(len(tokens) - 1, -1, -1):
        word = tokens[index][0].lower()
        if word in ",;:()=" or word in _CLAUSES:
            return None
        if word in _MOVES or word in _PRAISES:
            begin, end = tokens[index][2] + 1, tokens[-1][2]
            phrase = _phrase_after(text, begin, end, moved=word in _MOVES)
            if phrase is None or not (word in _MOVES or is_quality(phrase)):
                return None
            return phrase + _complement(text, text.find(phrase, begin) + len(phrase), end)
    return None


#: What a length or a dependency is of says as much as the noun: `length of the walk`, `time taken by the search`.
_COMPLEMENT = re.compile(r"\s(?:(?<=length\s)of|(?<=taken\s)by|(?<=spent\s)on|(?<=ency\s)on)(?:\s[\w/-]+){1,6}")


def _complement(text: str, position: int, end: int) -> str:
    """The words up to `end` that a noun which ends at `position` is incomplete without."""
    match = _COMPLEMENT.fullmatch(text, position, end)
    return match.group() if match is not None else ""


_COUNTED = re.compile(
    r"(?:percentage|number|fraction|share|proportion|ratio|rate|amount|probability|likelihood|risk)\sof\s"
)


def named_from(text: str, limit: int, position: int) -> str | None:
    """The quantity that moves from one value to another: `brings the labels down from `."""
    tokens = _before(text, limit, position)
    index = _pass_roughly(tokens)
    if index < len(tokens):
        return None
    if not tokens or tokens[-1][0].lower() != "from":
        return None
    changed = _noun_of_change(text, limit, position)
    if changed is not None:
        return changed
    end = len(tokens) - 1
    if end and tokens[end - 1][0].lower() in ("up", "down"):
        end -= 1
    first = end
    while first > 0 and end - first < 8 and tokens[first - 1][0].lower() not in _MOVES | _PRAISES:
        if tokens[first - 1][0] in ",;:()=":
            return None
        first -= 1
    if first == 0 or first == end or end - first >= 8:
        return None
    phrase = _phrase(text, tokens, first, end, names=True)
    if phrase is None or tokens[first - 1][0].lower() in _MOVES:
        return phrase
    return phrase if is_quality(phrase) or _COUNTED.match(phrase) else None


_CHANGE_OF = re.compile(
    r"\s?(?:absolute\s|relative\s|average\s|overall\s)?(?P<noun>increase|reduction|decrease|savings?|drop|decline|"
    r"improvement|gain|boost|rise|change|growth|degradation|difference|deterioration|loss)(?:e?s)?\s(?:in|of)\s"
)
_COMPARED = re.compile(
    r"\s?(?:on average\s)?(?:higher|lower|greater|longer|shorter|larger|smaller|bigger|better|worse|wider|finer|"
    r"stronger|weaker|tighter|(?P<more>more|less))\s"
)
_ADJECTIVE = re.compile(r"(?:[a-z]+(?:ent|ant|ate|able|ible|ive|ful|ous|ed|al|ise|ust|ar|ic)|compact|likely|often)\b")
#: `a reduction of up to 43%`
CUT_OF = re.compile(
    r"\b(?:reductions?|increases?|decreases?|savings?|declines?)\sof\s(?:[\w-]+\s){0,3}[~]?"
    r"(?:[\d.]{1,6}\s?%?\s?(?:-|–|to|and)\s?)?\Z"
    r"|\b(?:sav|reduc|cut|prun|remov|eliminat|discard|skip|drop|filter)\w*\s(?:out\s)?"
    r"(?:(?:up to|at most|at least|about|around|roughly|approximately|nearly|almost|over|more than|as much as)"
    r"\s){0,2}[~]?(?:[\d.]{1,6}\s?\\?%\sof\s(?:[\w-]+\s){1,4}and\s)?\Z"
)
#: `38% bitrate saving`
_NOUN_CHANGE = re.compile(
    r"\s(?:absolute\s|relative\s|average\s|overall\s)?"
    r"(?P<what>(?!absolute|relative|average|overall|(?:and|or|but|while|which|that)\b)[a-z][a-z-]+(?:\s[a-z][a-z-]+)?)\s"
    r"(?:reduction|saving|increase|decrease|(?P<praise>improvement|gain|boost))s?\b"
)
_IN = re.compile(r"\s?(?:on average\s)?in\s(?!terms\sof\b)")
#: `4.1% in MODA on a set of streets`
_IN_SHORT = re.compile(r"\s(?:in|for)\s(?:the\s)?(?P<name>[A-Za-z]?[A-Z]{2,}[A-Z\d@-]*)\son\s")
_IN_TERMS = re.compile(
    r"(?:\s(?:over|compared\s(?:to|with)|relative\sto|against|than|on|for)\s?[^,.;:()\d]{0,50}?)?"
    r"\s(?:in\sterms\sof|with\s(?:respect|regard)\sto|w\.r\.t\.?|as\smeasured\sby|measured\s(?:by|in))\s(?:the\s)?"
)
_OVER_IN = re.compile(
    r"(?:\s(?:absolute\s|relative\s)?(?:improvement|gain|increase|boost)s?)?"
    r"\s(?:over|compared\s(?:to|with)|relative\sto|against)\s[^,.;:()\d]{2,50}?\s(?:in|for)\s"
)


def named_right(text: str, position: int, limit: int, cut: bool = False, factor: bool = False) -> str | None:
    """The quantity that the words after a change name: `% increase in X`, `% lower X`, and `% in X` for qualities.

    cut: the words before the number are a reduction or an increase, which any quantity can have; factor: the number is
    one, so what improves is a quantity too.
    """
    limit = min(limit, position + _REACH)
    change = _CHANGE_OF.match(text, position, limit)
    if change is not None:
        moves = change["noun"].startswith(
            ("increase", "reduction", "decrease", "saving", "decline", "rise", "change", "growth")
        )
        any_quantity = factor or moves
        phrase = _phrase_after(text, change.end(), limit, moved=any_quantity)
        counted = phrase is not None and _COUNTED.match(phrase) is not None
        return phrase if phrase is not None and (any_quantity or counted or is_quality(phrase)) else None
    compared = _COMPARED.match(text, position, limit)
    if compared is not None:
        adjective = compared["more"] is not None and _ADJECTIVE.match(text, compared.end(), limit) is not None
        phrase = None if adjective else _phrase_after(text, compared.end(), limit, moved=True)
        last = phrase.split()[-1] if phrase is not None else ""
        return None if compared["more"] is not None and _ADJECTIVE.fullmatch(last) else phrase  # `more time efficient`
    noun = _NOUN_CHANGE.match(text, position, limit)
    if noun is not None and (name := _changed_noun(noun)) is not None:
        return name
    where = _IN.match(text, position, limit)
    if where is not None:
        phrase = _phrase_after(text, where.end(), limit)
        return phrase if phrase is not None and (cut or is_quality(phrase)) else None
    if (part := _OF.match(text, position, limit)) is not None:
        phrase = _phrase_after(text, part.end(), limit)  # `a decrease of 29% of the variance`
        return phrase if phrase is not None and (cut or is_quality(phrase)) else None
    short = _IN_SHORT.match(text, position, limit)
    if short is not None:
        return short["name"]
    terms = in_terms_of(text, position, limit)
    if terms is not None:
        return _phrase_after(text, terms, limit, moved=True)
    where = _OVER_IN.match(text, position, limit)
    if where is not None:
        phrase = _phrase_after(text, where.end(), limit)
        return phrase if phrase is not None and is_quality(phrase) else None
    # `saves 40% battery`
    return _phrase_after(text, position, limit, moved=True) if cut and text.startswith(" ", position) else None


def _changed_noun(noun: re.Match[str]) -> str | None:
    """What a compound such as `size reduction` or `time improvement` says is changed."""
    last = noun["what"].split()[-1]
    if noun["praise"] is not None:
        return noun["what"] if is_quality(last) else None
    if _NO_QUANTITY.match(last) and not _QUANTITY_MOVED.match(last):
        return None
    return noun["what"] if not last.endswith("al") else noun.group().strip()


_COMPARATIVE = re.compile(r"\s[a-z]+er\sthan\b")
#: `strongly supports the`, `outperforms all`: a verb and its object.
_VERB_NEXT = re.compile(
    r"\s(?:[a-z]+ly\s)?(?:[a-z]+s\s(?:the|that|a|an|all|our|its|how)\b|(?:outperform|surpass|exceed)s?\b)"
)
_SHORT_FORM = re.compile(r"\s(?P<name>\d?[A-Z][A-Za-z]{0,6}[A-Z][A-Za-z]{0,3}(?:-[A-Z0-9]{1,3})?)(?=[\s.,;)])")
_OF = re.compile(r"\sof\s")


def unit_of(text: str, position: int, limit: int) -> str | None:
    """The quantity behind a number with its unit: `30 N of grip force`."""
    limit = min(limit, position + _REACH)
    match = _OF.match(text, position, limit)
    return _phrase_after(text, match.end(), limit) if match is not None else None


#: The nouns of comparable adjectives, by their endings.
_NOUN_ENDINGS = (
    ("ate", "acy"),
    ("icient", "iciency"),
    ("istent", "istency"),
    ("able", "ability"),
    ("ible", "ibility"),
    ("ful", "fulness"),
    ("precise", "precision"),
    ("robust", "robustness"),
    ("compact", "compactness"),
    ("diverse", "diversity"),
    ("novel", "novelty"),
    ("difficult", "difficulty"),
    ("safe", "safety"),
)
_NAMELESS_ADJECTIVE = re.compile(r"(?:successful|useful|powerful)\Z")
_COMPARED_ADJECTIVE = re.compile(
    r"\s(?:on average\s)?(?:more|less)\s(?P<of>(?!highly|computationally)[a-z]+[\s-])?(?P<adjective>[a-z]{4,})\b"
    r"(?=\s(?:than|on|in|and|compared|at|while|over|for|with|when)\b|[,.;)]|\Z)"
)


def quality_compared(text: str, position: int, limit: int) -> str | None:
    """The quality a compared adjective speaks of: `4% more accurate` is accuracy, `2x more data-efficient` likewise."""
    match = _COMPARED_ADJECTIVE.match(text, position, min(limit, position + _REACH))
    if match is None or _NAMELESS_ADJECTIVE.match(match["adjective"]):
        return None
    of = (match["of"] or "").rstrip(" -")
    if of.endswith("ly") or (match["adjective"] == "efficient" and not of):
        return None  # efficient in what?
    for ending, noun in _NOUN_ENDINGS:
        if match["adjective"].endswith(ending):
            quality = match["adjective"].removesuffix(ending) + noun
            return f"{of} {quality}" if of else quality
    return None


def in_terms_of(text: str, position: int, limit: int) -> int | None:
    """Where the words begin that a number is `in terms of`; None if it is not said."""
    match = _IN_TERMS.match(text, position, limit)
    return match.end() if match is not None else None


def has_adjective(text: str, position: int) -> bool:
    """`4% more expensive` says of itself what is measured, without a name."""
    compared = _COMPARED.match(text, position)
    if compared is None or compared["more"] is None:
        return False
    return _ADJECTIVE.match(text, compared.end()) is not None


def change_of(text: str, position: int, limit: int) -> str | None:
    """The quantity of a change named right behind the number: `% reduction in X`, `% smaller X`."""
    said = _CHANGE_OF.match(text, position, limit) or _COMPARED.match(text, position, limit)
    return named_right(text, position, limit) if said is not None else None


def short_after(text: str, position: int, limit: int) -> str | None:
    """The short form that a value is said to be of: `92.9% for MODA on a set of streets`."""
    match = _IN_SHORT.match(text, position, limit)
    return match["name"] if match is not None else None


def counts_subjects(text: str, position: int, limit: int) -> bool:
    """Whether a percentage says how many of the things behind it do something: `91% graphs are valid`."""
    if not text.startswith(" ", position) or _IS_SUBJECT.search(text, position, min(limit, position + 40)) is None:
        return False
    phrase = noun_after(text, position, limit)
    return phrase is not None and _IS_SUBJECT.match(text, text.find(phrase, position) + len(phrase), limit) is not None


def noun_after(text: str, position: int, limit: int) -> str | None:
    """The noun phrase or abbreviation right after a percentage: `7% packet loss`, `91% ASR-R`."""
    limit = min(limit, position + _REACH)
    if not text.startswith(" ", position):
        return None
    short = _SHORT_FORM.match(text, position, limit)
    if short is not None:
        return short["name"]
    if _COMPARATIVE.match(text, position, limit) or _VERB_NEXT.match(text, position, limit):
        return None
    phrase = _phrase_after(text, position, limit)
    return None if phrase is None or _PLACE.fullmatch(phrase) else phrase


_IS_SUBJECT = re.compile(r"\s(?:are|were|have|had|can|could|will|would|may|do|did)\b")
#: Where a share was reached, and verbs of what did so: `82% in-domain and 73% out-of-domain`, `27% receive cups`.
_PLACE = re.compile(
    r"(?:in|out-of|cross)-\w+|(?:receive|involve|contain|include|exceed|require|lack|need|show|use|meet|believe|belong|agree)(?:\s.*)?|"
    r"(?:\w+\s)?\w+s\s(?:believe|agree|prefer|prefered|preferred|occur|think|report|say|show|identically|correctly)"
)


_HIGHER = re.compile(
    r"\s(?:higher|lower|longer|shorter|greater|larger|smaller|faster|slower)(?:\s(?:than|compared|on average)\b|[.,;])"
)


def noun_compared(text: str, limit: int, position: int, end: int, stop: int) -> str | None:
    """The noun phrase that a comparison behind the number speaks of: `a freshness 12 times higher than`.

    position, end: where the number begins and ends; limit, stop: those of its sentence.
    """
    if _HIGHER.match(text, end, stop) is None:
        return None
    tokens = _before(text, limit, position, _FAR)
    last = len(tokens)
    while last and tokens[last - 1][0].lower() in _ROUGHLY:
        last -= 1
    if last and tokens[last - 1][0].lower() in _BE:
        phrase = _subject(text, tokens, last - 1, limit)
        return phrase if phrase is not None and is_quality(phrase) else None
    first = _phrase_start(tokens, last)
    has_article = first < last and tokens[first][0].lower() in _DETERMINERS
    return _phrase(text, tokens, first, last) if has_article else None


_RATIO_NOUN = re.compile(r"\s(?P<what>(?:[a-z][a-z-]+\s){0,2}(?:ratio|rate|factor|compression|reduction))s?\b")


def ratio_after(text: str, position: int, limit: int) -> str | None:
    """The noun of a ratio: `2.4x compression ratio`."""
    match = _RATIO_NOUN.match(text, position, min(limit, position + _REACH))
    return (
        match["what"] if match is not None and match["what"] not in ("ratio", "rate", "factor", "reduction") else None
    )


def noun_of(text: str, limit: int, position: int, joints: Collection[str] = ("of",)) -> str | None:
    """The noun phrase set to a number: `an annual yield of `, `with a tip force of `. joints: words that may set it."""
    tokens = _before(text, limit, position)
    end = len(tokens)
    while end and tokens[end - 1][0].lower() in _ROUGHLY and tokens[end - 1][0].lower() not in joints:
        end -= 1
    if not end or tokens[end - 1][0].lower() not in joints:
        return None
    end -= 1
    first = _phrase_start(tokens, end)
    # without an article it is no single quantity: `consists of`, `pairs of`
    has_article = first < end and tokens[first][0].lower() in _DETERMINERS
    return _phrase(text, tokens, first, end) if has_article else None


def noun_before_bracket(text: str, limit: int, position: int, signed: bool) -> str | None:
    """The noun phrase whose gain stands behind it in brackets: `ease of use (+31.2%)`, `vibration cost (21% lower)`.

    signed: a plus marks the gain; without it the noun must be one of a quality.
    """
    tokens = _before(text, limit, position)
    end = len(tokens)
    while end and tokens[end - 1][0].lower() in _ROUGHLY:
        end -= 1
    if not end or tokens[end - 1][0] != "(":
        return None
    end -= 1
    if end and tokens[end - 1][0].lower().endswith(("ing", "ion", "inference")):
        return None  # a task: `in parsing (+2.1%)`
    first = _phrase_start(tokens, end, of=signed)
    phrase = _phrase(text, tokens, first, end) if first < end else None
    return phrase if phrase is not None and (signed or is_quality(phrase)) else None


def _before(text: str, limit: int, position: int, reach: int = _REACH) -> list[tuple[str, int, int]]:
    begin = max(limit, position - reach)
    while limit < begin < position and not text[begin].isspace():
        begin += 1
    return [(m.group(), *m.span()) for m in _TOKEN.finditer(text, begin, position)]


def _pass_roughly(tokens: list[tuple[str, int, int]]) -> int:
    """Index of the `by` that only vague words separate from the number; the number of tokens if there is none."""
    index = len(tokens) - 1
    while index >= 0:
        word = tokens[index][0].lower()
        if word == "by":
            return index
        if word not in _ROUGHLY:
            break
        index -= 1
    return len(tokens)


def _phrase_start(tokens: list[tuple[str, int, int]], end: int, of: bool = False) -> int:
    """Where the noun phrase that ends before `end` begins: at most six words, `number of X` and `X per Y` included."""
    first = end
    while first > 0 and end - first < 6:
        word = tokens[first - 1][0].lower()
        joins = word in ("per", "of") and first < end and first > 1
        if joins and (of or word == "per" or tokens[first - 2][0].lower() in _AMOUNTS):
            first -= 1
            continue
        if word in _DETERMINERS:
            return first - 1 if first < end else first
        if word in _BREAKS or word in _MOVES or word in _PRAISES or word[0].isdigit() or word.rstrip(".") == "":
            break
        first -= 1
    return first


def _phrase(
    text: str, tokens: list[tuple[str, int, int]], first: int, end: int, names: bool = False, moved: bool = False
) -> str | None:
    """The tokens as written, without articles and adverbs in front; None if no quantity can be called so.

    names: capitals are allowed; moved: a verb or noun of change says that it is a quantity.
    """
    while first < end and (tokens[first][0].lower() in _SAID_OF or tokens[first][0].endswith("ly")):
        first += 1
    if first >= end:
        return None
    return _checked(text[tokens[first][1] : tokens[end - 1][2]], names, moved)


_PARTICIPLE = re.compile(r"[a-z]+(?:(?<!spe)(?<!ne)(?<!se)(?<!fe)ed|(?P<ing>ing))\.?\Z")


def _is_participle(tokens: list[tuple[str, int, int]], index: int) -> bool:
    """Whether a word says something of the noun before it: `calls needed`, `steps remaining`, `height raising the`, not
    `scene parsing`."""
    match = _PARTICIPLE.match(tokens[index][0])
    if match is None or match["ing"] is None:
        return match is not None
    governs = index + 1 < len(tokens) and tokens[index + 1][0].lower() in _DETERMINERS
    return governs or (index > 0 and tokens[index - 1][0].endswith("s"))


def _phrase_after(text: str, position: int, limit: int, moved: bool = False) -> str | None:
    tokens = [(m.group(), *m.span()) for m in _TOKEN.finditer(text, position, limit)]
    end = 0
    while end < len(tokens) and end < 7:
        word = tokens[end][0].lower()
        joins = end and (word == "per" or (word == "of" and tokens[end - 1][0].lower() in _AMOUNTS))
        if (
            (word in _BREAKS and not joins)
            or word.rstrip('."') == "respectively"
            or (end and word in ("the", "a", "an", "our", "its", "such"))
        ):
            break
        end += 1
        if tokens[end - 1][0].endswith("."):
            break
    else:
        if end == 7 or (limit < len(text) and text[limit].isalnum()):
            return None  # seven words and no end: no noun phrase that we can delimit
    if end < len(tokens) and tokens[end][0] == "and" and tokens[end - 1][0].endswith("ing"):
        return None  # `training and inference costs`
    while end > 1 and _is_participle(tokens, end - 1):
        end -= 1  # `number of calls needed`
    return _phrase(text, tokens, 0, end, moved=moved)


#: A name with a number that is none: `x86 programs`.
_LETTERED = re.compile(r"[a-z]+\d{1,3}\Z")
#: `the tidiness metric` is tidiness.
_CALLED_METRIC = re.compile(r"\s(?:metric|measure)(?=\s*\Z)")


def _checked(phrase: str, names: bool, moved: bool) -> str | None:
    phrase = _CALLED_METRIC.sub("", phrase.rstrip(".%*'\"’"))
    words = phrase.split()
    if not words or not words[-1][:1].isalpha():
        return None
    said = (len(words) > 1 and _QUANTITY_OF.match(words[-1])) or (moved and _QUANTITY_MOVED.match(words[-1]))
    if _NO_QUANTITY.match(words[-1]) and not said and not (len(words) > 2 and words[-2] == "of"):
        return None
    # capitals inside are names of methods
    if names:
        return phrase
    words = [word for word in words if not (moved and _SHORT.match(word))]
    if any(char.isupper() for word in words for char in word[1:]) or any(word[0].isupper() for word in words[1:]):
        return None
    if any(char.isdigit() for word in words if not _LETTERED.match(word) for char in word):
        return None
    return None if words and words[0].lower() in _BREAKS else phrase


_READING = re.compile(
    r"(?:times?|errors?|accurac(?:y|ies)|speeds?|velocit(?:y|ies)|rates?|forces?|torques?|angles?|latency|delays?|precision|sensitivity|"
    r"pressures?|accelerations?|deviations?|repeatability|efficiency|stiffness|consumption|"
    r"tolerances?|resolution|payload|drift|overshoot|displacement|thrust|bandwidth)\Z"
)


def is_reading(phrase: str) -> bool:
    """Whether a phrase ends in a quantity that experiments read off rather than set up: `tip force`, `mean delay`."""
    return _READING.search(phrase.lower()) is not None


#: What shares are taken of, besides qualities and readings: `80% of the variance`.
_SHARED = re.compile(
    r"(?:variance|variability|variation|weight|mass|work|load|lifetime|bandwidth|capacity|parameters|FLOPs|computations?|compute|"
    r"memory|power|size|area|budget|[a-z]*speed|yield|gain|rewards?|signal|information|resolution|workloads?|"
    r"traffic|storage|space|range|latency|runtime|complexity|performance|optimum|optimal)\Z"
)


def is_measurable(phrase: str) -> bool:
    """Whether a share can be of a quantity: `of the path length`, `of the variance`; of other things it is a count."""
    last = phrase.split()[-1].lower()
    return last != "errors" and (is_quality(phrase) or is_reading(phrase) or _SHARED.match(last) is not None)


def is_quality(phrase: str) -> bool:
    """Whether a phrase ends in a noun of a quality: `helpfulness`, `path length`."""
    last = phrase.split()[-1].lower().rsplit("-")[-1]
    return last not in _NOT_QUALITY and _QUALITY.fullmatch(last) is not None
