"""Dataset names in a text: listed ones, and unlisted ones that the words around them give away.

Each candidate (see `candidates`) needs as much evidence from its place as its own look leaves open: a sure name none,
an ambiguous or unknown one a word such as `dataset` beside it, a list it stands in together with a dataset, or a
sentence that introduces it.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from searchidx.extraction import campaigns, gazetteer, hints, listed, looks, runs
from searchidx.extraction import dataset_patterns as pat
from searchidx.extraction.candidates import Candidate
from searchidx.extraction.marks import MarkedText
from searchidx.extraction.names import canonical_dataset, dataset_key, key_of_text
from searchidx.extraction.telling import ON_REACH, Reading, Sentence
from searchidx.paper import DatasetMention, DatasetRole, Span

#: What stands behind a name that is explained by a name in capitals.
_APPOSED = (", the ", ": the ", ": The ", ", our ", ", a ", ": A ", ": a ", " – ", " - ")
#: Words that give names, and those that give examples.
_CALLING = ("called", "name", "dubbed", "term", "coined", "call ", "dub ", "denote")
#: What an item of an enumeration begins with: `b) `.
_ITEM_ENDS = (") ", ") the ")
_EXAMPLES = (", such as", ", includ", ", namely", ", like", ", e.g", ", i.e")
#: What ends the name a title begins with, and how far from its beginning.
_TITLE_SIGNS = (":", " - ", " -- ", " – ", " — ")
_LONGEST_TITLE_NAME = 60
#: What stands around that name: `Introducing FROB: the`, `The Frobby Corpus: A`.
_TITLE_LEADS = ("Introducing the ", "Introducing ", "The ")
_TITLE_LASTS = (" Corpus", " Corpora", " corpora", " Dataset", " Benchmark")
#: What a campaign is called by the short form of its task: `Frobby Toy Finding (FTF) shared task`.
_SHARED_TASK = (" shared task", " shared-task")
_TASK_AGAIN = tuple(f"){words}" for words in _SHARED_TASK)
_ON_BEFORE = re.compile(r"\b[Oo]n\s")
_ENDS_IN_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_COINED_PART = re.compile(r"[a-z][A-Z]|\d")
_DATA_IN_MODEL_NAME = re.compile(r"\d|Net\Z")
_OPENING = re.compile(r"(?:On|In|For|Across|With)\b")
#: What stands between a long name and the short one in brackets.
_ONLY_BRACKET = re.compile(r"[*_]{0,4}(?:\s\w+)?\s?\(\s?[*_]{0,4}")


class Mention(NamedTuple):
    """One place where a dataset is named. introduced: the words around it say that this paper brings it."""

    name: str
    start: int
    end: int
    introduced: bool = False


class _OwnNames:
    """Keys of the names that a paper gives to its method; looked for at the first question, so ask it last."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key in self._letters and key in self._keys

    @cached_property
    def _letters(self) -> str:
        """The keys of all words that names may be given in: most datasets' are not among them."""
        text, title_end = self._reading.text, max(self._reading.title_end, 0)
        spans = [(0, title_end), *(sentence.span for sentence in self._reading.naming)]
        return " ".join(key_of_text(text[start:end]) for start, end in spans)

    @cached_property
    def _keys(self) -> frozenset[str]:
        return _own_names(self._reading)


def find_mentions(marked: MarkedText) -> list[Mention]:
    """Every place where a dataset is named, in order. marked: title, line break, abstract, URLs masked."""
    text = marked.text
    reading = Reading(marked)
    own = _OwnNames(reading)
    for sentence in reading.telling:
        for candidate in sentence.candidates:
            _judge(text, sentence, candidate, own)
        listed.spread(text, sentence.candidates, own)
    titled = reading.title_end > 0 and _judge_title_name(reading)
    read = reading.with_names if titled else reading.telling
    accepted = {c.name: dataset_key(c.name) for sentence in read for c in sentence.candidates if c.accepted}
    return _without_aliases(text, _all_mentions(reading, accepted)) if accepted else []


def _all_mentions(reading: Reading, accepted: dict[str, str]) -> list[Mention]:
    """The places of names accepted somewhere, given with their keys."""
    keys = frozenset(accepted.values())
    mentions: list[Mention] = []
    for sentence in reading.sentences:
        letters = key_of_text(reading.text[slice(*sentence.span)])
        if not any(key in letters for key in keys):
            continue  # none of the names in any writing, so its candidates need not be found
        if not reading.holds_names(sentence) and not any(
            reading.text.find(name, *sentence.span) >= 0 for name in accepted
        ):
            continue
        for candidate in sentence.candidates:
            # a name accepted once is a dataset everywhere in this paper, unless it is an ordinary word
            again = dataset_key(candidate.name) in keys
            if candidate.accepted or (again and not runs.is_plain(candidate.name)):
                if pat.BARE_VERSION.match(candidate.name):
                    # `CERT r4.2 and r5.2`: the second is CERT's, too, if the paper says so anywhere
                    whole = next((m.name for m in mentions if m.name.endswith(" " + candidate.name)), None)
                    if whole is not None:
                        mentions.append(Mention(whole, candidate.start, candidate.end))
                    continue
                mentions.append(Mention(candidate.name, candidate.start, candidate.end, candidate.introduced))
    return mentions


def collect(mentions: list[Mention]) -> tuple[DatasetMention, ...]:
    """Each dataset once, as first written, with its role; order of first appearance."""
    chosen: dict[str, DatasetMention] = {}
    for mention in mentions:
        key = dataset_key(mention.name)
        role: DatasetRole = "introduced" if mention.introduced else "used"
        known = chosen.get(key)
        if known is None:
            chosen[key] = DatasetMention(
                mention.name, canonical_dataset(mention.name), role, (mention.start, mention.end)
            )
        elif mention.introduced and known.role == "used":
            chosen[key] = replace(known, role="introduced")
    return tuple(chosen.values())


def _judge(text: str, sentence: Sentence, candidate: Candidate, own: Container[str]) -> None:
    """Accept a candidate on its own evidence."""
    span, has_head = sentence.span, sentence.has_head
    start, end = _with_markup(text, candidate)
    if candidate.refused and has_head and _is_set_here(text, candidate):
        candidate.refused = False
    if has_head and candidate.name[-1].isdigit() and _is_campaign(text, span, candidate):
        candidate.accepted, candidate.refused = True, False
        return
    if _names_no_set(text, candidate):
        candidate.refused = True
    if candidate.refused or (span[0] == 0 and (not candidate.sure or looks.may_be_title_words(candidate))):
        return  # a title is in capitals throughout: only unmistakable names count there
    unheaded = not (has_head or candidate.sure or _ON_BEFORE.search(text, max(start - ON_REACH, span[0]), start))
    if unheaded and not (text[end : end + 1] == "," and span[0] > 0):
        return
    settled = candidate.headed and (candidate.sure or candidate.entry is not None)  # `toys (FrobEval-2020 Task 6)`
    is_task = looks.is_task if candidate.entry is None else looks.is_explained_task
    if not settled and is_task(text, candidate.name):
        candidate.refused = True
        return
    before = text[max(span[0], start - 160) : start]
    after = text[end : min(span[1], end + 240)]
    if not (has_head or candidate.headed):
        _judge_without_head(text, span, candidate, before, after, unheaded, own)
        return
    left, right = hints.fold(before), hints.fold(after)
    apposition = has_head and not candidate.headed and _has_apposition(candidate, before, after, right)
    set_before = has_head and hints.holds_any(left, pat.SET_HINTS)
    called = set_before and _is_called(candidate, left)
    listed_before = called or (set_before and (pat.BEFORE.search(left) is not None or _is_listed_far(left)))
    if has_head and before.endswith(_ITEM_ENDS) and looks.is_distinctive(candidate):
        listed_before = listed_before or pat.ENUMERATED.search(hints.fold(text[span[0] : start])) is not None
    listed_before = listed_before and not (looks.is_model(candidate) and pat.EXAMPLES.search(left))
    key = dataset_key(candidate.name)
    if (set_before and _is_right_behind_head(candidate, left, after) and key not in own) or (
        has_head and before.endswith("(") and not candidate.sure and _is_long_name_of_set(text, span, candidate)
    ):
        candidate.accepted = True
        candidate.introduced = pat.INTRODUCED.search(left) is not None
        return
    if apposition or (listed_before and (called or not pat.IS_SUBJECT.match(after) or _is_said_to_be(candidate, left))):
        candidate.accepted = True
        candidate.introduced = bool(pat.INTRODUCED.search(left) or pat.NEW_BEFORE.search(left))
    elif candidate.sure or (candidate.entry is not None and pat.KNOWLEDGE.match(right) is not None):
        candidate.accepted = candidate.headed or key not in own
    elif (
        has_head
        and before.endswith(", ")
        and looks.is_distinctive(candidate)
        and pat.PASSIVE_NEW.match(after)
        and pat.SET_BEFORE.search(text, span[0], start)
        and key not in own
    ):
        candidate.accepted = candidate.introduced = True
    elif candidate.headed:
        _judge_headed(candidate, left, right, own)
    elif (
        has_head
        and before.endswith(", ")
        and pat.COMMA_BEFORE.search(left)
        and pat.AFTER_APPOSITION.match(after)
        and not _is_opening_phrase(text, span[0], start)
    ):
        candidate.accepted = (after[:1] == "," or not pat.MODEL_NAME.search(candidate.name)) and (
            key not in own or (after[:1] in ".," and pat.NEW_SET_COMMA.search(left) is not None)
        )
    elif has_head and _has_head_behind_subject(candidate, left, after):
        candidate.accepted = key not in own
    else:
        _judge_by_itself(text, span, candidate, before, after, unheaded, own)
    if candidate.accepted and has_head and not candidate.introduced:
        brought = candidate.headed and pat.INTRODUCED.search(left) is not None
        brought = brought and (pat.NEW_BEFORE.search(left) is not None or pat.BRINGS.search(left) is not None)
        candidate.introduced = brought or _is_told_of(text, span, candidate, left, right)


def _has_apposition(candidate: Candidate, before: str, after: str, right: str) -> bool:
    """Whether it is said right behind a name that it is a set: `FROB, a large corpus of`. right: `after`, folded."""
    apposed = pat.OF_THE_SET.match(right)
    if apposed is None and after.startswith(_APPOSED) and looks.has_shape(candidate.name):
        apposed = pat.OF_THE_NAMED_SET.match(after)
    return (
        apposed is not None
        and not (candidate.entry is None and pat.IS_A_CHALLENGE.match(apposed.group()))
        and not (apposed.group().endswith(("suite", "collection")) and pat.OF_OTHERS.match(right))
        and pat.OUR_CLAUSE.match(right) is None
        and not (after.startswith(", a") and before in ("In ", "At ", "For "))  # `In Frobland, a large corpus`
    )


def _is_told_of(text: str, span: Span, candidate: Candidate, left: str, right: str) -> bool:
    """Whether a sentence tells of data that one before brings: `We present a corpus. The FROB corpus holds`.

    A name that is known is told of to compare it.
    """
    return (
        candidate.entry is None
        and not candidate.sure
        and pat.ONLY_OPENS.match(left) is not None
        and pat.CONTAINS.match(right) is not None
        and pat.OUR_SET.search(text, max(0, span[0] - 500), span[0]) is not None
    )


def _names_no_set(text: str, candidate: Candidate) -> bool:
    """Whether what is around a name says that it is an author, a section, a conference or a tool."""
    end = candidate.end
    if candidate.entry is None and pat.NO_SET.search(candidate.name) is not None:
        return True
    follows = text[end : end + 1]
    if (follows == "," and text[candidate.start - 1] == "(") or text.startswith(" et al", end):
        return pat.CITED.match(text, end) is not None
    if follows == ")" and candidate.entry is None:
        return campaigns.is_conference(candidate.name)
    return follows == " " and not candidate.sure and pat.TOOL_BEHIND.match(text, end) is not None


def _judge_without_head(
    text: str, span: Span, candidate: Candidate, before: str, after: str, unheaded: bool, own: Container[str]
) -> None:
    """Accept a candidate of a sentence without any word such as `dataset`; no other pattern can match there."""
    if candidate.sure or (candidate.entry is not None and pat.KNOWLEDGE.match(hints.fold(after)) is not None):
        candidate.accepted = dataset_key(candidate.name) not in own
    else:
        _judge_by_itself(text, span, candidate, before, after, unheaded, own)


def _judge_by_itself(
    text: str, span: Span, candidate: Candidate, before: str, after: str, unheaded: bool, own: Container[str]
) -> None:
    """Accept a name with no word such as `dataset` beside it; unheaded: none is in its sentence, nor `on` before it."""
    gathered = _is_gathered(candidate, before, after)
    if unheaded or gathered:
        candidate.accepted = candidate.introduced = gathered
    else:
        used = _is_used_by_itself(text, span, candidate, before, after)
        candidate.accepted = used and dataset_key(candidate.name) not in own


def _is_called(candidate: Candidate, left: str) -> bool:
    """Whether a set is called so at some distance: `a dataset of toys called X`, `a dataset and name it X`."""
    if not hints.holds_any(left[-48:], _CALLING):
        return False
    if pat.NAMED_IT.search(left) is not None:
        return True
    behind = pat.CALLED_BEHIND.search(left) or pat.CALLED_FAR.search(left)
    return behind is not None and not looks.is_model(candidate)


def _is_listed_far(left: str) -> bool:
    """Whether examples of sets are given at some distance: `datasets for naming toys, such as X`."""
    return hints.holds_any(left[-20:], _EXAMPLES) and pat.PLURAL_FAR.search(left) is not None


def _is_said_to_be(candidate: Candidate, left: str) -> bool:
    """Whether a coined name is said to be a set's though it is a subject itself: `datasets such as X can`."""
    return looks.is_distinctive(candidate) and not looks.is_model(candidate) and pat.SAYS_IT_IS.search(left) is not None


def _is_campaign(text: str, span: Span, candidate: Candidate) -> bool:
    """Whether a name with a year is a campaign's by its place: `our submission to FROB 2019`."""
    before = hints.fold(text[max(span[0], candidate.start - 60) : candidate.start])
    after = hints.fold(text[candidate.end : min(span[1], candidate.end + 60)])
    return campaigns.is_year_of_one(candidate.name, before, after)


def _is_right_behind_head(candidate: Candidate, left: str, after: str) -> bool:
    """Whether a name that is no subject stands right behind `dataset`: `a dataset FrobQuest for`."""
    if candidate.sure or not looks.is_distinctive(candidate) or pat.DIRECT.search(left) is None:
        return False
    if pat.SET_AND.search(left) is not None and looks.has_shape(candidate.name) and not looks.is_model(candidate):
        return pat.ENDS_PHRASE.match(after) is not None
    ends = pat.AFTER_DIRECT.match(after) is not None and not left.endswith("and ")
    return (ends or after[:1] in ",.;)") and not looks.is_model(candidate)


def _judge_headed(candidate: Candidate, left: str, right: str, own: Container[str]) -> None:
    """Accept a name that a word such as `dataset` follows; one merely capitalised only behind `the` or the like."""
    behind_bracket = left.endswith(") ") and pat.SHORT_FORM_BEFORE.search(left) is not None
    if behind_bracket and candidate.entry is None and all(map(runs.is_plain, candidate.name.split())):
        return  # `the Frobby Toys (FROB) Wuggy corpora`: the name is in the bracket
    candidate.counted = pat.COUNTED.search(left) is not None
    candidate.single_head = pat.NAMES_ITS_SET.match(right) is not None or (
        pat.THE_BEFORE.search(left) is not None and pat.HEAD_WITH_SUBJECT.match(right) is not None
    )
    if candidate.entry is None and " " in candidate.name and pat.INDEFINITE.search(left) is not None:
        candidate.accepted = not all(map(runs.is_plain, candidate.name.split())) and _may_be_headed(candidate)
        return
    candidate.accepted = _may_be_headed(candidate) or (
        " " not in candidate.name
        and candidate.single_head
        and pat.THE_BEFORE.search(left) is not None
        and dataset_key(candidate.name) not in own
    )


def _is_opening_phrase(text: str, begin: int, position: int) -> bool:
    """Whether only `On this dataset, ` stands before a name, which is the subject then; not so `In this work, we bring
    a new dataset, `."""
    opens = _OPENING.match(text[begin : begin + 8]) is not None
    return opens and text.find(", ", begin, position - 2) < 0


def _is_long_name_of_set(text: str, span: Span, candidate: Candidate) -> bool:
    """Whether the long name that a bracket shortens is said to be a set's: `a dataset called Toys in Context (TIC)`."""
    spelled_out = pat.SPELLED_OUT.search(text, max(span[0], candidate.start - 120), candidate.start)
    if spelled_out is None or text[candidate.end : candidate.end + 1] != ")" or looks.is_model(candidate):
        return False
    left = hints.fold(text[max(span[0], spelled_out.start() - 160) : spelled_out.start()])
    return any(words.search(left) is not None for words in (pat.NAMED_SET, pat.DIRECT, pat.COMMA_BEFORE))


def _is_used_by_itself(text: str, span: Span, candidate: Candidate, before: str, after: str) -> bool:
    """Whether a name without a word such as `dataset` beside it stands where a dataset's would."""
    whole = after[:1] != " " or not runs.is_name_like(after[1:3])
    listed = candidate.entry is not None and whole and pat.STRONG_ON.search(before) is not None
    return (listed and pat.EVALUATED.search(hints.fold(text[slice(*span)])) is not None) or (
        not runs.is_plain(candidate.name)
        and not pat.HARDWARE.match(candidate.name)
        and _placed_like_a_set(text, candidate, before, after)
    )


def _with_markup(text: str, candidate: Candidate) -> Span:
    """Where a name begins and ends with what prints it bold or slanted: `**Frob**`, `_Frob_`."""
    start, end = candidate.start, candidate.end
    if start and text[start - 1] in "*_{" and text[end : end + 1] in ("*", "_", "}"):
        opening = pat.MARKUP_OPENS.search(text, max(0, start - 10), start)
        closing = pat.MARKUP_CLOSES.match(text, end)
        if opening is not None and closing is not None:
            return opening.start(), closing.end()
    return start, end


def _is_set_here(text: str, candidate: Candidate) -> bool:
    """Whether the words around a name that mostly is another thing's make it a dataset's: `FROB: a dataset`."""
    if " " in candidate.name or len(candidate.name) < 3 or pat.HARDWARE.match(candidate.name):
        return False
    if pat.EXPLAINED.match(text, candidate.end):
        if pat.OUR_CLAUSE.match(text, candidate.end):
            return False
        return pat.OF_THE_SET.match(hints.fold(text[candidate.end : candidate.end + 240])) is not None
    if not candidate.name.isupper():
        return False
    after = hints.fold(text[candidate.end : candidate.end + 20])
    before = hints.fold(text[max(0, candidate.start - 14) : candidate.start])
    short_form = after[:1] == ")" and (
        pat.SHORT_FORM_OF_SET.search(before) is not None
        or (pat.SINGLE_SET.match(after, 1) is not None and _shortens_a_name(text, candidate.start))
        or after.startswith(_SHARED_TASK, 1)
    )
    return short_form or (before.endswith("the ") and pat.SINGLE_SET.match(after) is not None)


def _shortens_a_name(text: str, start: int) -> bool:
    """Whether the bracket that opens before `start` stands behind a name that is no task's: `Frob Pearl Noise (`."""
    before = text[max(0, start - 30) : start]
    return pat.LONG_NAME_LAST.search(before) is not None and pat.TASK_LAST.search(before[:-1]) is None


def _placed_like_a_set(text: str, candidate: Candidate, before: str, after: str) -> bool:
    """Evidence for an unlisted, distinctive name with nothing beside it."""
    if _ENDS_IN_YEAR.search(candidate.name) and pat.CAMPAIGN.match(hints.fold(after)):
        return True
    if pat.MODEL_NAME.search(candidate.name) or pat.MODEL_FAMILY.match(candidate.name):
        return False
    if before.rstrip()[-1:] in ("(", "d") and pat.IN_BRACKETS_OF_SETS.match(hints.fold(after)):
        return True
    if (
        _COINED_PART.search(candidate.name)
        and pat.ENDS_PHRASE.match(after)
        and pat.TESTED_ON.search(hints.fold(before))
    ):
        return True
    return looks.has_shape(candidate.name) and _reported_on(text, candidate, before, after)


def _reported_on(text: str, candidate: Candidate, before: str, after: str) -> bool:
    """Evidence for a coined name: a number or a result is reported on it, and nothing says that it is a machine."""
    if pat.ENDS_NAME.match(after) is None or before.endswith("based on "):
        return False
    if 0 <= text.find(f"({candidate.name})") < candidate.start:
        return False  # `Intent Detection (FSID) ... on FSID`: spelled out as a task, not as a set
    left, right = hints.fold(before), hints.fold(after[:60])
    if pat.CLAUSE_ON.search(before) or pat.NUMBER_ON.search(before):
        return not (after.startswith((", a", ", the")) and pat.MACHINE_WORDS.search(right))
    return pat.RESULTS_ON.search(left) is not None and not (
        pat.MACHINE_WORDS.search(left) or pat.MACHINE_WORDS.search(right)
    )


def _has_head_behind_subject(candidate: Candidate, left: str, after: str) -> bool:
    """Whether `dataset` follows a coined name behind what the data are of: `the FROB riddle dataset`."""
    if pat.HEAD_WITH_SUBJECT.match(after) is None or pat.THE_BEFORE.search(left) is None:
        return False
    name = candidate.name
    coined = looks.has_shape(name) and not runs.is_plain(name)
    return coined and not (pat.HARDWARE.match(name) or pat.MODEL_NAME.search(name) or pat.MODEL_FAMILY.match(name))


def _is_gathered(candidate: Candidate, before: str, after: str) -> bool:
    """`we compile X, 5,404 coding tasks`: what is counted out after its name is a collection."""
    return (
        pat.COUNTED_AFTER.match(after) is not None
        and (looks.has_shape(candidate.name) or candidate.entry is not None)
        and not pat.MODEL_NAME.search(candidate.name)
        and not pat.MODEL_FAMILY.match(candidate.name)
        and pat.GATHERED.search(before) is not None
    )


def _may_be_headed(candidate: Candidate) -> bool:
    """Whether a name may be one merely because `dataset` follows it."""
    if candidate.entry is not None:
        return True
    words = candidate.name.split()
    if len(words) == 1 and runs.is_plain(candidate.name):
        return False
    if (
        len(words) > 1
        and not candidate.single_head
        and candidate.counted
        and all(runs.is_plain(word) for word in words)
    ):
        return False  # `three Chinese Stock Index benchmarks`
    if (
        len(words) > 1
        and not candidate.single_head
        and pat.TASK_NAME.search(words[-1])
        and all(map(runs.is_plain, words))
    ):
        return False  # `Frob Word Identification datasets`, `.. shared task`
    if len(words) > 7 or pat.HARDWARE.match(candidate.name) or len(candidate.name) < 3:
        return False
    if pat.DESCRIBES.search(words[0]):
        return False
    if len(words) == 1 and len(candidate.name) <= 5 and candidate.name.isupper() and candidate.name.isalpha():
        return candidate.single_head  # `UDG datasets`: the sets of a task
    named_model = len(words) == 1 and pat.MODEL_NAME.search(candidate.name) is not None
    return not named_model or _DATA_IN_MODEL_NAME.search(candidate.name) is not None


def _own_names(reading: Reading) -> frozenset[str]:
    """Keys of names the paper gives to its method: `X: title`, `we propose X, a framework`."""
    text = reading.text
    own: set[str] = set()
    prefix, colon, rest = text[: max(reading.title_end, 0)].partition(":")
    names_a_set = pat.TITLE_HEAD.search(hints.fold(rest)) is not None or gazetteer.is_bench_name(prefix.strip())
    if colon and len(prefix) < 40 and not names_a_set:
        own.add(dataset_key(prefix))
    for sentence in reading.naming:
        span = sentence.span
        for candidate in sentence.candidates:
            before = text[max(span[0], candidate.start - 120) : candidate.start]
            if candidate.headed or not pat.NAMED_METHOD.search(hints.fold(before)) or pat.ON.search(before):
                continue
            if before.endswith("(") and pat.SHORT_FORM_HEADED.match(
                hints.fold(text[candidate.end : candidate.end + 40])
            ):
                continue
            after = hints.fold(text[candidate.end : min(span[1], candidate.end + 200)])
            if pat.OF_THE_SET.match(after):
                own.discard(dataset_key(candidate.name))
            elif pat.METHOD_WORDS.match(after) or (
                not (candidate.sure and candidate.entry is not None)
                and not hints.holds_any(before.lower(), pat.HEAD_HINTS)
            ):
                own.add(dataset_key(candidate.name))
    return frozenset(own)


def _judge_title_name(reading: Reading) -> bool:
    """`X: A Benchmark for ...` introduces X; whether it does."""
    text = reading.text
    named_so = _name_before_sign(text[: max(reading.title_end, 0)])
    if named_so is None:
        return False
    lead, prefix, rest = named_so
    rest = hints.fold(rest)
    calls_itself = pat.TITLE_HEAD.search(rest) is not None and _title_head_is_noun(rest)
    speaks_of_tests = pat.TITLE_EVALUATES.search(rest) is not None
    is_bench = gazetteer.is_bench_name(prefix.strip())
    if not (calls_itself or is_bench or (speaks_of_tests and pat.MODEL_NAME.search(prefix) is None)):
        return False
    if not calls_itself and lead:
        return False
    if runs.is_plain(prefix) and (not calls_itself or "challenge" in rest):
        return False
    key = dataset_key(prefix)
    named = [c for sentence in reading.with_names for c in sentence.candidates if dataset_key(c.name) == key]
    if not named:
        return False
    small = hints.fold(text)
    if not calls_itself:
        evaluates = speaks_of_tests and pat.OUR_SET.search(text) is not None
        a_method = any(pat.METHOD_WORDS.match(small, c.end, c.end + 200) for c in named)
        tests = speaks_of_tests and any(pat.TESTS_SOMETHING.match(text, c.end, c.end + 100) for c in named)
        if a_method or not (evaluates or tests or is_bench):
            return False
    for candidate in named:
        if not pat.METHOD_WORDS.match(small, candidate.end, candidate.end + 200):
            candidate.accepted = candidate.introduced = True
            candidate.refused = False
    return True


def _name_before_sign(title: str) -> tuple[str, str, str] | None:
    """(words before a name, the name, what follows its colon or dash) if a title begins with a name."""
    ends = [(place, sign) for sign in _TITLE_SIGNS if (place := title.find(sign)) > 0]
    if not ends:
        return None
    place, sign = min(ends)
    name = title[:place].rstrip()
    lead = next((words for words in _TITLE_LEADS if name.startswith(words)), "")
    name = name[len(lead) :]
    for last in _TITLE_LASTS:
        name = name.removesuffix(last)
    return (lead, name, title[place + len(sign) :]) if name and len(name) <= _LONGEST_TITLE_NAME else None


def _title_head_is_noun(rest: str) -> bool:
    """`A Dataset for X` names a data set; `Dataset Distillation via X` and `Beating the Benchmark` do not."""
    return pat.TITLE_NOUN.match(rest) is not None


def _without_aliases(text: str, mentions: list[Mention]) -> list[Mention]:
    """Drop one of two names for one dataset: `Long Name (LN)` keeps LN, `BigName-Hard (BNH)` keeps BigName-Hard."""
    dropped: set[str] = set()
    for first, second in pairwise(mentions):
        between = text[first.end : second.start]
        closed = text[second.end : second.end + 6].lstrip(" *_")[:1] == ")"
        if closed and _ONLY_BRACKET.fullmatch(between):
            long_is_token = " " not in first.name
            dropped.add(dataset_key(second.name if long_is_token else first.name))
    dropped.update(_spelled_out(text, mentions))
    keys = list(dict.fromkeys(dataset_key(mention.name) for mention in mentions))
    dropped.update(campaigns.other_names(keys))
    names = {mention.name for mention in mentions}
    dropped.update(dataset_key(name) for name in names if f"{name}s" in names)  # `the Open Frob data`: of Open Frobs
    if campaigns.hold_task(keys):
        dropped.update(
            dataset_key(m.name) for m in mentions if hints.fold(text[m.end : m.end + 13]).startswith(_TASK_AGAIN)
        )
    return [mention for mention in mentions if dataset_key(mention.name) not in dropped]


def _spelled_out(text: str, mentions: list[Mention]) -> set[str]:
    """Keys of long names whose capitals another name is made of: `FROB -- FRuit On a Bench Dataset`."""
    keys = {dataset_key(mention.name) for mention in mentions}
    found: set[str] = set()
    for mention in mentions:
        if " " not in mention.name or mention.name.replace(" ", "").isupper():
            continue
        key = dataset_key(mention.name)
        letters = "".join(filter(str.isupper, mention.name)).lower()
        head = pat.HEAD_LETTER.match(text, mention.end)
        spelled = {letters, letters + head["first"].lower()} if head is not None else {letters}
        if pat.ODD_CAPITALS.search(mention.name):
            # `FROB, a Large FRuit On a Bench set`: the short form leaves out what is in front
            spelled.update(letters[first:] for first in range(1, len(letters) - 3))
        if len(letters) > 2 and spelled & (keys - {key}):
            found.add(key)
    return found
