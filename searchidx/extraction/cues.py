"""What the words around a number say: result or not, level or change, which end of which comparison.

Everything here reads a few words to the left or right of a number and stops at the first that it does not know,
so cost and meaning stay local. Patterns without capitals are for text in small letters (`fold`).
"""

from __future__ import annotations

import re

from searchidx.extraction.hints import fold, holds_any
from searchidx.paper import Span

_TOKEN = re.compile(r"[^\s,;:()\[\]{}$~≈=<>—]+|[,;:()=]")
_CLAUSE_BREAK = frozenset(";:()")

#: Words between a change's name and its number.
_PASS_BEFORE = frozenset(
    "of a an the about around approximately approx approx. nearly almost roughly up over as much at least more than "
    "less "
    "only average on additional further mean another merely just remarkable notable significant substantial "
    "relative absolute large whopping total is was are were ranging between range even far some maximum "
    "minimum and or respectively consistent impressive marginal equal additional considerable large-margin margin "
    "margins "
    "average- "
    "in an extra respectively, clear wide huge best overall maximal modest mere small slight % "
    "to-be higher point points percentage respectively both full \\sim \\approx \\app".split()
)
_CHANGE_NOUNS = frozenset(
    "improvement improvements gain gains increase increases reduction reductions decrease decreases drop "
    "drops boost boosts rise rises saving savings degradation loss-of difference differences gap margin "
    "margins uplift "
    "advantage decline enhancement lead increment increments jump leap reduction-of lift cut "
    "speed-up slowdown deterioration promotion promotions boosting boostings".split()
)
_CHANGE_VERBS = frozenset(
    "improve improves improved improving increase increases increased increasing reduce reduces reduced "
    "reducing decrease decreases decreased decreasing boost boosts boosted boosting raise raises raised "
    "raising lower lowers "
    "lowered lowering gain gains gained gaining save saves saved saving cut cuts cutting enhance enhances "
    "enhanced enhancing drop drops dropped dropping outperform outperforms outperformed outperforming "
    "surpass surpasses surpassed "
    "surpassing exceed exceeds exceeding degrade degrades degraded lose loses losing shrink "
    "shrinks lift lifts lifting accelerates accelerate beats beat beating sacrifice sacrificing "
    "add adds adding advance advances optimize optimizes".split()
)
_REACH_WORDS = frozenset(
    "to at reach reaches reached reaching achieve achieves achieved achieving attain attains attained obtain "
    "obtains obtained yield yields has have had with score scores scored gets get hits hit is was are were "
    "report reports reported record records exhibits exhibiting scoring shows obtaining attaining yielding getting "
    "recording nearing "
    "delivering".split()
)
_PASS_AFTER = frozenset(
    "absolute relative average avg avg. on in of the a an and mean overall percentage point points percent % "
    "abs abs. rel rel. statistically significant respectively respective performance test or to up "
    "respectively an both maximum median greater-than".split()
)
_CHANGE_AFTER = frozenset(
    "improvement improvements improve improved improving gain gains increase increases increased reduction "
    "reductions reduced decrease decreases decreased drop drops boost boosts higher lower better worse less "
    "fewer more faster slower "
    "degradation decline uplift rise margin advantage enhancement saving savings smaller shorter jump above "
    "below ahead superior cheaper longer larger over lift speedup loss-in reducing increasing deterioration "
    "lighter saved "
    "relatively degeneration difference differences boosting boostings gap lead lag fall behind improvement-over cut "
    "greater "
    "inferior acceleration accelerations".split()
)
_STOP_AFTER = frozenset(
    "on with for while when where which that using from by at we our it this under versus vs vs. "
    "than but as is are was were if when without via across among between after before whereas "
    "and/or".split()
)


_PASSES = frozenset("exceed exceeds exceeded exceeding surpass surpasses surpassed surpassing".split())


#: What stands before `lower` where it is no verb.
_BEFORE_ADJECTIVE = frozenset("a an the in with at has have had its much significantly slightly".split())


def _is_done_by(words: list[str]) -> bool:
    """Whether `by` before these words says who or what did it: `preferred by experts 66%`, `by solving 96%`."""
    if not words or words[0] in _PASS_BEFORE:
        return False
    return words[0].endswith("ing") or (len(words) == 1 and words[0].endswith("s") and words[0].isalpha())


def words_before(text: str, limit: int, position: int) -> list[str]:
    """Lower-case words (and commas, brackets) in the 90 characters before `position`, nearest last."""
    return [token.lower() for token in _TOKEN.findall(text, max(limit, position - 90), position)]


def words_after(text: str, position: int, limit: int) -> list[str]:
    """Lower-case words (and commas, brackets) in the 90 characters after `position`, nearest first."""
    return [
        token.lower().rstrip(".").removeprefix("-") or "."
        for token in _TOKEN.findall(text, position, min(limit, position + 90))
    ]


def change_before(before: list[str], metric_words: frozenset[str]) -> bool | None:
    """True: the words to the left make the number a change; False: they make it a level; None: they do not say."""
    unknown = 0
    index = len(before) - 1
    if "(" in before[-4:]:
        before = [word for position, word in enumerate(before) if word != "(" or position < len(before) - 4]
        index = len(before) - 1
    while index >= 0:
        word = before[index]
        previous = before[index - 1] if index else ""
        if word == "by":
            return None if _is_done_by(before[index + 1 :]) else True
        if word == "to":
            if previous in ("up", "equal", "equivalent", "amounts", "amounting", "corresponding"):
                index -= 2
                continue
            if not unknown or any(token[0].isdigit() for token in before[index + 1 :]):
                return False
            unknown += 1  # `4% on A to B and`
            index -= 1
            continue
        if word == "at" and before[index + 1 : index + 2] in (["least"], ["most"]):
            index -= 1
            continue
        if word in _PASSES and (previous in metric_words or previous in ("not", "never")):
            return False  # `the success rate exceeds 75%`, `did not exceed 2 mm`
        if word == "lower" and previous in _BEFORE_ADJECTIVE and before[index + 1 : index + 2] != ["by"]:
            return False  # `a lower error of 0.7`, `results in lower success rate 56.7%`
        if word in _CHANGE_NOUNS or word in _CHANGE_VERBS or word.rpartition("-")[2] in _CHANGE_NOUNS:
            return True  # `energy-savings` too
        if word in _REACH_WORDS:
            return False
        if word == "," and previous == "by":
            return True  # `by, on average, 4%`
        if word in _CLAUSE_BREAK or word == ",":
            return None
        if word not in _PASS_BEFORE and not word.endswith("ly"):
            unknown += 1
            if unknown > 3 or (word not in metric_words and unknown > 2):
                return None
        index -= 1
    return None


#: Changes named as such; comparatives (`higher`, `over`) are weaker and give way to `reaches`, `rate of`.
_CHANGE_NAMED = frozenset(
    "improvement improvements gain gains increase increases increased reduction reductions "
    "decrease decreases drop drops boost boosts degradation decline uplift rise enhancement "
    "saving savings jump lift speedup deterioration reduced difference differences boosting boostings "
    "acceleration accelerations".split()
)


_COMPARATIVES = frozenset(
    "higher lower better worse less fewer more faster slower smaller shorter larger cheaper greater margin above "
    "lighter "
    "cheaper longer bigger quicker "
    "below ahead behind superior inferior".split()
)


_INSIDE_ASIDE = frozenset(["absolute", "relative"])


def change_after(after: list[str], named_only: bool = False) -> bool:
    """Whether the words to the right make the number a change: `2.3% absolute accuracy improvement`."""
    if after[:1] == ["("] and ")" in after[:7]:
        inside = after.index(")")
        if after[1][:1].isdigit() or all(word in _INSIDE_ASIDE for word in after[1:inside]):
            after = after[inside + 1 :]  # `7% (absolute) more`, `7% (78.4% to 85.4%) higher`
    unknown = 0
    placed = False  # `50% on more complex scenes`: what is more is not the number
    for index, word in enumerate(after[:8]):
        if word == "(" and index == 0:
            continue
        if word in ("on", "in", "of"):
            placed = after[index + 1 : index + 2] != ["average"]
        elif word in _COMPARATIVES and (placed or after[max(index - 2, 0) : index] in (["and", "a"], ["and", "an"])):
            return False
        if word.endswith("er") and after[index + 1 : index + 2] == ["than"] and not placed:
            return not named_only or unknown == 0
        if word == "loss" and after[index + 1 : index + 2] in (["in"], ["of"]):
            return True
        if word in ("less", "more") and index and after[index - 1] == "or":
            return False  # `80% or more`
        if word in _CHANGE_AFTER:
            if after[index + 1 : index + 2] in (["rate"], ["rates"]) or (index and after[index - 1] == "the"):
                return False  # `40% drop rate`, `95% confidence limits the difference`
            if named_only:
                return word in _CHANGE_NAMED or (unknown == 0 and word in _COMPARATIVES)
            return word not in ("over", "above", "below") or unknown == 0
        if word == "and" and after[index + 1 : index + 2] and not after[index + 1][0].isdigit():
            return False  # `below 2% and a small drop`
        if word in _PASS_AFTER or word.replace(".", "").rstrip("%").isdigit():
            continue
        if word in _STOP_AFTER or not word[0].isalnum():
            return False
        unknown += 1
        if unknown > 3:
            return False
    return False


def change_named(after: list[str]) -> bool:
    """Whether a noun of change ends the list of numbers: `1.2%, 3.4% and 5.6% relative error reduction`."""
    for word in after[:5]:
        if word in _CHANGE_NAMED:
            return True
        if word in _STOP_AFTER or not word[0].isalnum():
            return False
    return False


_GAP_LEFT = frozenset(
    "being highest lowest score scores value values of to by is was are were at about around reach reaches "
    "reaching reached up from as high low over exceed exceeds exceeding above below under within improve "
    "improves improved improvement improvements gain gains "
    "increase increases increased reduce reduces reduced reduction reductions drop drops decrease decreases "
    "decreased approximately nearly almost than more less only a an the equal equals respectively ranging "
    "ranges range between remarkable significant "
    "peak peaks amount amounts comes come stand stands climb climbs climbed fall falls fell settles stay stays stayed "
    "remain remains remained grow grows grew jump jumps jumped lies brought factor "
    "impressive achieve achieves achieved achieving obtain obtains obtained attain attains attained "
    "attaining even roughly on average "
    "boost boosts boosted rate rates and best new mean far just level points point performance result "
    "results better higher lower rises rose went go "
    "goes going state-of-the-art margin margins relative absolute large still can be could rise improving "
    "increasing decreasing reducing raised raises lowered % merely to-date degradation loss maximum minimum "
    "approx approx. i.e. i.e e.g. varies varying its "
    "greater much ratio percentage difference differences current sota down all surpassing surpasses outperforming "
    "outperforms both also not did does never computed measured found estimated calculated reported recorded observed "
    "shown confirmed predicted predicts kept equal equals nearing "
    "which metric metrics measure measures smaller limited no least determined \\sim \\approx \\app".split()
)
_GAP_RIGHT = frozenset(
    "absolute relative average avg in of on point points improvement improvements gain gains increase "
    "increases reduction reductions drop drops decrease decreases higher lower better worse less more fewer "
    "the terms for percentage a an boost mean faster "
    "slower overall test performance decline degradation its relatively absolutely over new best w.r.t. "
    "smaller shorter state-of-the-art rise loss both by our greater larger saving savings absolute, "
    "lesser respectively resp resp. improved average, median "
    "reduced final increased their lower- statistically significant superior percent gains, "
    "improvement, l1 l2 as % top impressive highest lowest under".split()
)


#: `accuracy of the whole system is 91%`: a phrase between a metric and its verb.
_OF_SOMETHING = re.compile(
    r"\s(?:of|for|in|on|between|along)\s[^,;:()\d]{2,60}\s(?:is|was|are|were|to|of|by|from|reach(?:es|ed)|achiev(?:es|ed)|"
    r"drops?|increas(?:es|ed)|improv(?:es|ed)|decreas(?:es|ed)|rises?)(?=\s)"
)


#: `on tasks 1 and 2`: digits that are names.
_LABELLED = re.compile(
    r"\b((?:[Ss]ub-?)?[Tt](?:asks?|racks?))\s[\dA-Z][a-z]?(?:\.\d)?(?:(?:,|,?\sand|\s&)\s[\dA-Z][a-z]?(?:\.\d)?)*(?![\w.])"
)
#: `error (RMSE) between the plan and the flight of every robot was 9.5 cm`: the subject of a verb of being has it all.
_SUBJECT = re.compile(
    r"(?:\s\([^()]{1,30}\))?(?:\s(?:(?:achieved|obtained|attained|reached|reported)\s)?"
    r"(?:of|for|in|on|between|across|over|during|under|from|with|to|at|by|when|using)\s"
    r"[^,;:()\d]{2,110})?\s(?:is|was|are|were|remain(?:s|ed)?|var(?:y|ies|ied)|ranged?s?)(?=\s)"
)
_LONGEST_SUBJECT = 150
#: `errors are in the range of 3 mm`
_IN_THE_RANGE = re.compile(r"\s(?:in|on|within|of)\sthe\s(?:range|order)\sof\s")
#: `accuracy (distance from the goal to the tip)`
_ASIDE = re.compile(r"\s\([^()\d]{1,90}\)")


def joins_left(gap: str) -> bool:
    """Whether only small words stand between a metric's name and the number after it: `accuracy of up to 91%`."""
    if len(gap) > _LONGEST_SUBJECT or ";" in gap or (")" in gap and "(" not in gap):
        return False
    if " the " in gap:
        gap = _IN_THE_RANGE.sub(" ", gap)
    if " well " in gap:
        gap = gap.replace(" well above ", " above ").replace(" well below ", " below ")
    if "ask" in gap or "rack" in gap:
        gap = _LABELLED.sub(r"\1", gap)
    aside = _ASIDE.match(gap) if gap.startswith(" (") else None
    if aside is not None:
        gap = gap[aside.end() :]
    said = _OF_SOMETHING.match(gap)
    if said is not None and _are_small(gap[said.end() :]):
        return True
    said = _SUBJECT.match(gap)
    if said is not None:
        gap = gap[said.end() :]
    return len(gap) <= 90 and _are_small(gap)


def _are_small(gap: str) -> bool:
    words = _TOKEN.findall(gap.lower())
    return len(words) <= 9 and all(
        word in _GAP_LEFT
        or word in ("=", ":", "(", ",", ")", "-", "–")
        or word.endswith("ly")
        or word.strip("+-–") == ""
        for word in words
    )


def joins_right(gap: str) -> bool:
    """Whether only small words stand between a number and the metric's name after it: `2% gain in accuracy`."""
    if len(gap) > 60 or ";" in gap or ":" in gap:
        return False
    words = _TOKEN.findall(gap.lower())
    return (
        len(words) <= 6
        and all(
            word in _GAP_RIGHT or word in (")", "(") or word.endswith("ly") or word.strip("+-–%\\") == ""
            for word in words
        )
        and "," not in gap
    )


_SHARE_AFTER = re.compile(
    r"\)?\s?(?:-\s?)?(?:of\s(?:the\s|its\s|all\s|our\s|their\s|total\s|available\s|original\s|full\s|entire\s|"
    r"these\s)*(?:[\w-]+\s){0,1}?(?:labell?ed|training|data|train|samples?|labels?|annotat\w+|pixels|points|"
    r"tokens|cases|users|papers|people|participants|images|"
    r"patients|datasets?|examples|questions|world|population|classes|documents|sentences|nodes|edges|"
    r"words|vocabulary|supervision|languages|queries|instances|respondents|models?|networks?|parameters|"
    r"weights|neurons|layers|"
    r"annotations|articles|videos|frames|problems|tasks|trials|clients|workers|noise|methods|attacks|"
    r"features|channels|heads|all|experts|responses|imagenet|errors|them|which|it)\b|"
    r"(?:labell?ed|labels?|samples\b|annotated|annotations?|training\s(?:data|samples|set)|confidence|ci\b|"
    r"data\b|(?:(?!(?:on|in|with|using|for|from|by|of|and|or|to|over|at|than|when|across|via|given)\b)[\w-]+\s){1,2}"
    r"(?:data|annotations|labels)\b|supervision|unlabell?ed|sparsity|sparse|noise|missing|noisy|subset|quantile|percentile|"
    r"significance|randomly|masking|mask\b|dropout|"
    r"overlap|corrupt\w*|outliers|humidity|pruning rate|of\b\s\w+\s(?:labels|data)|credible|"
    r"level of|valid|chance|probability))",
)
_SHARE_BEFORE = re.compile(
    r"\b(?:sparsity|(?<!error\s)(?<!success\s)(?<!hit\s)(?<!win\s)(?<!detection\s)(?<!recognition\s)ratios?|noise|missing|confidence|dropout|compression)\b(?:\s(?:levels?|rates?|of|is|"
    r"above|below|at|over|up|to|ratio))*\s?\Z|\b(?:only|just|using|with|use|uses|used|given|mask(?:ing|ed)?|"
    r"top|bottom|remaining|sampl\w+|p|alpha|k|contains?|comprises?|first|keep\w*|retain\w*|prun\w*|remov\w*|"
    r"drop\w*|updat\w*|tun\w*|train\w*)\s(?:only\s|just\s|as little as\s|as few as\s|as small as\s|"
    r"less than\s|about\s|up to\s|a\s|the\s|around\s|fewer than\s|merely\s|on\s)*\Z",
)
_SPREAD_BEFORE = re.compile(
    r"(?:±|(?<!\band )\bstandard deviations?\s(?:of|is|was|=)|"
    r"(?<=\d)\s?pm|\\pm\s?|\+/-|\+/−|\+-|CI:?|IQR:?|"
    r"confidence intervals?:?|p\s?[<=>≤]|"
    r"p-values?\s?(?:of|<|=)?|\b[nNkK]\s?=|\bstd\.?|\bSD|interquartile range:?|s\.d\.|\b[Tt]op|alpha\s?=|"
    r"epsilon\s?=|ε\s?=|λ\s?=|\bp\s?=)\s?\$?\(?\s?\Z"
)
#: No match of the pattern above is longer.
_LONGEST_SPREAD = 32
#: Every match of it holds one of these.
_SPREAD_HINTS = tuple("± = < > ≤ +/ +- pm deviation CI IQR interval p-value std SD s.d. top Top range".split())
_INSIDE_SPREAD = re.compile(r"\((?:95%\s)?(?:CI|IQR|range|95%|SD|std|p\s?[<=]|epsilon|[nN]\s?=)[^()]{0,40}\Z")
_OTHERS = re.compile(
    r"\b(?:(?:previous|prior) (?:[\w-]+ )?record|human (?:performance|accuracy|level|baseline|experts?|score)|"
    r"previous (?:best|sota|"
    r"state[- ]of[- ]the[- ]art)|prior (?:best|art)|random (?:chance|guess\w*)|chance "
    r"level)\b(?:(?!\sby\b|\swith\b|,\s[a-z]+ing\b)[^.;]){0,14}\Z",
)
#: `while a recent graph-based parser reaches 59%`
_EARLIER_WORK = re.compile(
    r"\b(?:recent|previous|prior|existing|earlier)\s(?:(?!(?:and|while|but|by)\b)[\w-]+\s){1,4}(?:achiev|obtain|reach|attain|scor|yield|get)[a-z]*\s"
    r"(?:only\s|about\s|an?\s)*\Z"
)
#: `beating X, which attains an error of 22.3`, `exceeding the baseline score of 4.3%`
_OUTDONE = re.compile(
    r"\b(?:outperform|surpass|beat|exceed)\w*\s"
    r"(?:(?!by\b)[^\s,;]+\s){0,11}?(?!by\b)[^\s,;]+,?\s(?:\([^()]{1,40}\)\s)?(?:which|that)\s(?:only\s)?(?:attain|achiev|reach|obtain|ha[sd]|scor|get|got)\w*\s"
    r"(?:only\s|about\s)?(?:an?\s(?:[\w@%-]+\s){1,4}?of\s)?(?:only\s)?"
    r"\Z|\b(?:(?:outperform|surpass|beat|exceed)\w*|improv\w+\s(?:up)?on)\s"
    r"(?:(?!by\b|with\b|and\b)[\w'’.-]+\s){0,8}?(?:baseline|(?:highest|best)\s(?:reported|published|known|previous|baseline)|"
    r"(?:previous|prior)\sbest)(?:['’]s)?\s"
    r"(?:(?!by\b|with\b|and\b|margins?\b|gains?\b|improvements?\b)[\w@-]+\s){0,4}?of\s(?:only\s)?\Z"
    r"|\bover\sa\s(?:[\w-]+\s){0,2}?baseline\sof\s\Z|\d\s?\\?%?\s(?:[\w-]+\s){0,4}?over\sthe\s(?:[\w-]+\s){0,2}?baseline\sof\s\Z"
)
_OUTDONE_HINTS = ("utperform", "urpass", "beat", "xceed", "mprov", "over a ", "over the ")
#: Every match of the two above holds one of these.
_OTHERS_HINTS = ("previous", "prior", "human", "random", "chance", "recent", "existing", "earlier")
#: The pattern below matches no text without one of these.
_RIVALS = ("baseline", "competitor", "counterpart", "runner-up", "predecessor")
#: `while the baseline reaches 59%`
_RIVAL_REACHES = re.compile(
    r"\b(?:while|whereas|where|but)\s(?:the\s|a\s|other\s|all\s)*(?:[\w-]+\s){0,3}?(?:baselines?|competitors?|counterparts?|"
    r"runner-up|predecessors?)\s(?:only\s|merely\s)?(?:achiev|obtain|reach|attain|scor|yield|get)[a-z]*\s"
    r"(?:only\s|about\s|an?\s)*\Z"
)
#: `exceeding the previous best 0.4 dB`: the number is the lead over it.
_PASSED = re.compile(r"\b(?:exceed|surpass|outperform|beat|improv)\w*\s(?:over\s)?(?:the\s|all\s)?\Z")
#: .. unless the lead is told before: `a 6 point improvement over the`.
_GAIN_TOLD = re.compile(
    r"\d\s?\\?%?\s?(?:[\w-]+\s){0,4}(?:improvement|gain|increase|boost)s?\s(?:over|on|upon|from)\s(?:the\s)?\Z"
)
#: `the margin over the runner-up is`: what is said of a change is one.
_CHANGE_IS = re.compile(
    r"\b(?:margins?|leads?|gains?|improvements?|advantages?|differences?|gaps?|drops?|increases?|reductions?|savings?|"
    r"benefits?)\b(?P<gap>(?:(?!\sand\b)[^,;:.]){0,60}?)\s(?:is|are|was|were|lies?|ranges?|amounts to|reach(?:es)?)"
    r"(?:\s(?:at least|at most|up "
    r"to|only|about|around|between|from|roughly|nearly|as much as)){0,2}\s?"
    r"(?:(?:marginal|small|modest|minor|slight|large|clear)\s\((?:about\s|around\s|up to\s)?)?\Z",
)
_VERSUS = re.compile(
    r"\b(?:(?:vs\.?|v\.s\.?|versus|compared (?:to|with)|against|instead of|as opposed to|in contrast to|"
    r"rather than)\s(?:(?!(?:and|or|by)\s)[\w'’-]+\s){0,3}(?:of\s|the\s|at\s|about\s)?[~$]?\(?|"
    r"than\s(?:(?!(?:and|or|by|an?)\s)[\w'’-]+\s){1,3}[~$]?)\Z",
)

#: `compared with a plain grid, which attained 23%`
_VERSUS_WHICH = re.compile(
    r"\b(?:compared (?:to|with)|unlike|in contrast to)\s[^,;.]{1,80},?\swhich\s"
    r"(?:attain|achiev|reach|obtain|ha[sd]|g[eo]t)\w*\s(?:an?\s)?\Z"
)


#: Every match of the two above holds one of these.
_VERSUS_HINTS = ("vs", "v.s", "versus", "compared", "against", "instead", "opposed", "contrast", "than", "unlike")


#: `in only 14% of cases`: how often something happens is a result.
_HAPPENS = re.compile(
    r"\s?of\s(?:the\s|all\s|these\s|our\s)*(?:[\w-]+\s)?(?:cases|trials|runs|attempts|episodes|instances|queries|tests|experiments|scenarios|"
    r"games|subjects|scenes|sequences|simulations|test (?:sentences|images|samples|examples))\b"
)
_HAPPENS_IN = re.compile(r"\b(?:in|on)\s(?:only\s|about\s|over\s|more than\s|less than\s|up to\s|nearly\s)*\Z")


#: `of users agree`: people or methods, and what they do.
_COUNTED = re.compile(
    r"\s?of\s(?:the\s|these\s|our\s|all\s)*(?:[\w-]+\s)?(?:participants|users|subjects|respondents|patients|people|"
    r"methods|models|experts|workers|annotators|students|responses)\s"
    r"(?!(?:with|in|for|and|or|as|to|from|on|by)\b)\w"
)
#: Nothing before the number but how exact it is.
_CLAUSE_BEGINS = re.compile(
    r"(?:\A|[.;,:]\s|\b(?:that|and|while|but|where)\s)"
    r"(?:only\s|almost\s|about\s|over\s|nearly\s|more than\s|less than\s|up to\s|around\s|approximately\s){0,2}\Z"
)


#: `of the rewritten sentences were correctly parsed`: things, and how well it went with them.
_WENT_WELL = re.compile(
    r"\s?of\s[^,;:.()\d]{2,60}?\s(?:are|were|is|was|can be|could be|have been|has been|to be)\s"
    r"(?:in)?(?:correctly|successfully|accurately|properly|fully|completely|reliably)\s"
)


def is_counted(before: str, after: str) -> bool:
    """Whether a percentage of people or methods heads its clause: `Only 21% of users agree`."""
    return _COUNTED.match(after) is not None and _CLAUSE_BEGINS.search(fold(before)) is not None


def went_well(before: str, after: str) -> bool:
    """Whether a percentage heads its clause and says with how many things it went well: `91% were correctly sorted`."""
    return "ly " in after and _WENT_WELL.match(after) is not None and _CLAUSE_BEGINS.search(fold(before)) is not None


#: `a small subset (10%`, `even when 40%`
_PART_BEFORE = re.compile(
    r"\b(?:small|tiny|limited|little|random|minor|large|certain)\s(?:(?:sub)?sets?|fractions?|portions?|percentages?|amounts?|parts?|"
    r"proportions?|numbers?)(?:\sof(?:\s[\w-]+){1,4})?\s?\((?:e\.g\.,?\s|i\.e\.,?\s|only\s|about\s|up to\s|just\s|~)*\Z"
    r"|\beven (?:when|if|with)\s(?:about\s|over\s|up to\s|more than\s|only\s)?\Z"
)
#: `solves 80%`, `completes as few as 3%`: what is done to tasks and cases is a result.
_DOES_BEFORE = re.compile(
    r"\b(?:solv|complet|handl|answer|recover|resolv|accomplish|clear|master|finish|succeed|identif|detect|predict|"
    r"recogni[sz]|classif|translat|correct|locali[sz]|generat)"
    r"(?:e[sd]?|s|ed|ing|y|ied|ies|ying|s? from|s? on|s? in)\s(?:as few as|"
    r"only|just|up to|over|about|around|nearly|almost|more than|"
    r"at most|at least|less than|approximately|~|\s)*\Z"
)


#: `only 3% to `: a number of the same list or range.
_LISTED_BEFORE = re.compile(r"(?<=\s)[\d.]{1,6}\s?\\?%?\s?(?:-|–|~|,|to|and|or|resp\.?|,\s(?:and|or))\s?(?:even\s)?\Z")
_GOES_ON = (" to ", " and ", " or ", ", ", "-", "–", "~", "resp ", "resp. ", " even ")
#: `gets a high sparsity of`: a share that was reached.
ATTAINED_SHARE = re.compile(
    r"\b(?:achiev|obtain|reach|attain|yield|get)\w*\s(?:an?\s|the\s)?(?:[\w-]+\s){0,3}?"
    r"(?P<what>(?:(?!an?\s|the\s|high(?:er)?\s)[a-z-]+\s)?(?:sparsity|ratios?))\s(?:levels?\s|rates?\s)?"
    r"(?:of|up to|above|over)\s(?:(?:up to|about|over|around)\s)?\Z"
)


#: `at 10% fracture probability`
_AT_PROBABILITY = re.compile(r"\s[a-z]+\sprobability\b")


def is_share(before: str, after: str) -> bool:
    """Whether a percentage is a share of data or a setting rather than a result: `10% of the labels`, `using 5%`."""
    if before.endswith(_GOES_ON):
        before = _LISTED_BEFORE.sub("", before)
    if ("sparsity" in before or "ratio" in before) and ATTAINED_SHARE.search(before) is not None:
        return False
    if "(" in before[-24:] or "even " in before[-24:]:
        if _PART_BEFORE.search(before) is not None:
            return True
    elif after.startswith(" of ") and _DOES_BEFORE.search(before) is not None:
        return False
    if after.startswith(" of the time") or (_HAPPENS.match(after) and _HAPPENS_IN.search(before)):
        return False
    if before.endswith(" at ") and _AT_PROBABILITY.match(after) is not None:
        return True
    return _SHARE_AFTER.match(fold(after)) is not None or _SHARE_BEFORE.search(fold(before)) is not None


#: `a drift of 2 m over 200 seconds`, but not `by over 1 dB`, `can travel over 3 km`.
_DURING = re.compile(
    r"(?<!\bby)(?<!\bof)(?<!\bat)(?<!\bto)(?<!\bin)(?<!\bwith)(?<!\bis)(?<!\bwas)(?<!\breached)(?<!\bachieved)"
    r"(?<!\bjump)(?<!\bleap)(?<!\btravel)(?<!\breach)(?<!\bachieve)\sover\s\Z"
)


def is_during(before: str) -> bool:
    """Whether a number says over how long or far another was read: `over 200 seconds`."""
    return before.endswith(" over ") and _DURING.search(before) is not None


#: `at a distance of 3 m`, `at the FLOP budget of 15%`: under what the rest was read.
_SET_AT = re.compile(
    r"\b(?:(?:[Aa]t|[Uu]nder)\s(?:an?|the)\s(?:[\w-]+\s){0,3}?(?:pressure|voltage|budget|separation|temperature|threshold|"
    r"distance|height|amplitude|sparsity|magnitude)|(?:[Ww]ith|[Ff]or)\san?\s(?:[\w-]+\s){0,2}?(?:budget|threshold)|"
    r"[Aa]t\sthe\s(?:[\w-]+\s){0,3}?(?:velocity|frequency)|"
    r"(?:[Oo]ver|[Aa]cross|[Aa]fter|[Aa]t|[Ff]or)\s(?:an?\s|the\s)?total\s(?:[\w-]+\s){0,2}?(?:distance|length|duration|time))\sof\s"
    r"(?:(?:about|around|approximately|up to)\s)?(?:[\d.]{1,8}\s?(?:-|–|to)\s?)?[~≈]?\Z"
)
#: What may stand before its last `of`.
_SET_QUANTITIES = frozenset(
    "pressure voltage budget separation temperature threshold distance height amplitude sparsity magnitude velocity "
    "frequency length duration time".split()
)


def is_set_at(before: str) -> bool:
    """Whether a number says under what the others were read: `at a distance of 3 m`."""
    head, of, _ = before.rpartition(" of ")
    return of != "" and head.rpartition(" ")[2] in _SET_QUANTITIES and _SET_AT.search(before) is not None


#: `we assume a 10%`
_ASSUMED = re.compile(r"\bassum(?:e|es|ed|ing)\s(?:an?\s|the\s)?(?:[\w-]+\s){0,2}?(?:of\s)?(?:up to\s|about\s)?\Z")


def is_assumed(before: str) -> bool:
    """Whether a number is taken for granted: `assuming a 10%`."""
    return "assum" in before and _ASSUMED.search(before) is not None


#: `outperforms the best earlier model (`, `than the baseline (F-score `, but not `beats earlier work clearly (`
_RIVAL_IN_BRACKETS = re.compile(
    r"\b(?:outperform|surpass|beat|exceed|compared|than)\w*\s(?:(?!(?:by|and|with|from)\b)[\w'’-]+\s){0,5}?"
    r"(?:state[- ]of[- ]the[- ]art|baselines?|previous|prior|existing|earlier|SOTA)\s"
    r"(?:(?!(?:by|and|with|from|on|in|for|of|at|when|while)\b)[\w'’-]+\s){0,5}?"
    r"(?<!ly\s)\((?:(?:at|of|with|an?|[A-Za-z][\w-]*)\s){0,4}\Z"
)
_BRACKET_ENDS = re.compile(r"(?![^()]{0,20}(?:er|more|less|gain|improve|increase|absolute|relative))[^()\d+]{0,20}\)")


def is_of_rival_in_brackets(before: str, after: str) -> bool:
    """Whether a number stands alone in brackets behind what was beaten: `outperforms the existing system (73.2%)`."""
    if "(" not in before[-30:] or before.endswith(("+", "by ", "up to ")) or _BRACKET_ENDS.match(after) is None:
        return False
    return _RIVAL_IN_BRACKETS.search(before) is not None


#: No condition is without one of these.
_CONDITION_HINTS = ("hen", "if ", "If ", "unless", "as long", "provided", "even with")
#: `when the overlap is smaller than 40%`, `if noise exceeds 20%`
_CONDITION = re.compile(
    r"\b(?:when|if|whenever|unless|as long as|provided that|even with)\s(?![a-z]+ing\b)(?:(?!and\b)[\w'’-]+\s){1,8}?"
    r"(?:(?:is|are|was|were|be|becomes?|remains?|has|have)\s(?:only\s)?"
    r"(?:less|smaller|larger|greater|more|lower|higher|fewer|below|above|under|over|up|"
    r"as\s(?:low|high|small|large|few|much|many))\s(?:than\s|to\s|as\s)?|exceed(?:s|ed)?\s)[~≈]?\Z"
)


def is_condition(before: str) -> bool:
    """Whether a number bounds when something holds: `when the overlap is smaller than 40%`."""
    return holds_any(before, _CONDITION_HINTS) and _CONDITION.search(fold(before)) is not None


_AGREED = (
    r"(?:[Ii]nter-?\s?(?:annotator|rater|coder|observer|judge|tagger|human)s?'?\s|annotator\s)?"
    r"(?:agreements?|reliability)\b"
)
_COEFFICIENT = r"(?:α|alpha|κ|[Kk]appa|γ|gamma|π|pi|AC1|𝜅)_?"
#: `inter-annotator agreement of α = `, `agreement (Kappa=`; a mere `k` only right behind, or it is a count.
_AGREEMENT = re.compile(
    rf"\b(?P<what>{_AGREED})(?:(?:(?!\d{{2}}|\.\d)[^.;]){{0,70}}?[\s(_]{_COEFFICIENT}|\s\([Kk])\s?=\s?\Z"
    rf"|\b(?P<same>{_AGREED})[^.;]{{0,40}}\d?\.\d{{1,3}}[^.;\d]{{0,50}}[\s(]{_COEFFICIENT}\s?=\s?\Z"
)


def agreement_before(before: str) -> str | None:
    """The agreement of annotators that a coefficient is given of: `agreement of α = `."""
    if not before.rstrip().endswith("=") or ("agreement" not in before and "reliability" not in before):
        return None
    said = _AGREEMENT.search(before)
    return (said["what"] or said["same"]) if said is not None else None


#: `cups (0.747)`, and nothing else in the brackets.
_ONLY_IN_BRACKETS = re.compile(r"(?<=[\w”\"’'])\s\(\d?\.\d+\)(?:,|\.(?!\d)|;|\sand\b|\sor\b)")
_LEAST_LISTED = 3
#: What says that such a list is of results, and what says that it is of settings.
_RESULTS_LISTED = re.compile(
    r"\b(?:achiev|reach|obtain|attain|yield|scor|perform|rank|find|found|observ|report|result|correlat|agree|best|"
    r"highest|lowest|better|worse)"
)
_SETTINGS_LISTED = re.compile(
    r"\b(?:(?:we|is|are|was|were) (?:set|fix(?:ed)?|chosen)|adam|sgd|optimi[sz]er|hyper-?parameters?|momentum|dropout|"
    r"weight decay|smoothing|learning rates?|thresholds?)\b"
)


def is_listed_in_brackets(text: str, span: Span, position: int, measured: bool) -> bool:
    """Whether a decimal is one of several results in brackets, each behind what it is of: `A (0.7), B (0.6)`.

    span: its sentence; measured: a metric is named there, so no verb has to say that these are results.
    """
    around = text[max(span[0], position - 200) : min(span[1], position + 200)]
    said = fold(around)
    if not (measured or _RESULTS_LISTED.search(said)) or _SETTINGS_LISTED.search(said):
        return False
    return sum(1 for _ in _ONLY_IN_BRACKETS.finditer(around)) >= _LEAST_LISTED


def is_spread(before: str) -> bool:
    """Whether a number is a deviation, an interval's end, a p-value or a setting: `± 0.3`, `(CI: 0.83`."""
    if before.endswith(("threshold from ", "thresholds from ", "thresholds between ")):
        return True
    if agreement_before(before) is not None:
        return False
    near = before[-_LONGEST_SPREAD:]
    if holds_any(near, _SPREAD_HINTS) and _SPREAD_BEFORE.search(before, len(before) - len(near)) is not None:
        return True
    return "(" in before and _INSIDE_SPREAD.search(before) is not None


def is_others(before: str) -> bool:
    """Whether a number belongs to humans, chance, earlier work or a rival."""
    folded = fold(before)
    if holds_any(folded, _OTHERS_HINTS):
        if _EARLIER_WORK.search(before) is not None:
            return True
        others = _OTHERS.search(folded)
        if others is not None and (
            "(" in others.group()
            or _PASSED.search(before, 0, others.start()) is None
            or _GAIN_TOLD.search(before, 0, others.start()) is not None
        ):
            return True
    told = before.endswith((" of ", " of only ")) or " which " in before or " that " in before
    if told and holds_any(before, _OUTDONE_HINTS) and _OUTDONE.search(before) is not None:
        return True
    return holds_any(before, _RIVALS) and _RIVAL_REACHES.search(before) is not None


def is_said_of_change(before: str) -> bool:
    """Whether the subject of the number's verb is a change: `our lead over X is`."""
    return _CHANGE_IS.search(fold(before)) is not None


#: `compared to 67.1 and `: what stands before the second number of the other side.
_AND_AFTER_NUMBER = re.compile(r"(?<=\s)\d[\d.]*\s?\\?%?,?\sand\s\Z")


def is_compared(before: str) -> bool:
    """Whether a number is the other side of a comparison: `91.2 vs. 88.0`, `compared to 3.5`."""
    folded = fold(before)
    if not holds_any(folded, _VERSUS_HINTS):
        return False
    if folded.endswith(" and "):
        folded = _AND_AFTER_NUMBER.sub("", folded)
    return _VERSUS.search(folded) is not None or _VERSUS_WHICH.search(before) is not None
