"""Possible dataset names: every run of name-like words, cut by the gazetteer.

Whether a candidate is a dataset is for `datasets` to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from searchidx.extraction import campaigns, gazetteer, runs
from searchidx.extraction import dataset_patterns as pat
from searchidx.extraction.hints import fold, holds_any
from searchidx.extraction.names import dataset_key
from searchidx.extraction.remembered import remembered
from searchidx.paper import Span

#: What the words that join the parts of a long name end in: `of`, `in`, `for`, `on`, `the`, `and`.
_SMALL_WORD_ENDS = frozenset({"of ", "in ", "or ", "on ", "he ", "nd "})
_SETS_FOR = (
    "orpus for ",
    "taset for ",
    "hmark for ",
    "orpus in ",
    "orpus on ",
    "taset of ",
    "hmark of ",
    "llenge on ",
    "taset on ",
)
_SETS_OF = ("orpus of ", "tabase of ", "taBase of ", "ebank of ", "taset of ", "rchive of ", "tlas of ")
_GOES_ON = (" in ", " of ", " for ", " on ", " with ", " from ")
_GOES_ON_SMALL = re.compile(r"[A-Z]\w+ (?:of|and|for|in|the|on|with) (?:the )?\Z")
_TREEBANK = frozenset({"Treebank", "TreeBank"})
#: A word with capitals and small letters mixed: `3DMatch`.
_COINED = re.compile(r"[A-Z\d][A-Za-z]*[A-Z][a-z]{2,}[A-Za-z]*")
_CONTESTS = frozenset({"Challenge", "Competition"})
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_BEFORE = re.compile(r"(?<![\w-])(?:19|20)\d\d\s\Z")


@dataclass(slots=True)
class Candidate:
    """A possible name with what is known before and after looking at its place."""

    name: str
    start: int
    end: int
    entry: gazetteer.Entry | None
    sure: bool
    headed: bool
    accepted: bool = False
    introduced: bool = False
    refused: bool = False
    single_head: bool = False
    counted: bool = False


def find_candidates(
    text: str, span: Span, words: list[runs.Word], names: gazetteer.Gazetteer, has_head: bool
) -> list[Candidate]:
    """Candidates of one sentence, in order. words: its name-like words; has_head: it holds a word such as `dataset`."""
    found: list[Candidate] = []
    for run in runs.find_runs(text, words, span[0], span[1], has_head):
        if (
            len(run.words) == 1
            and not run.headed
            and gazetteer.is_ordinary(run.words[0].text)
            and not placed_like_a_name(text, run.start, run.end)
        ):
            continue
        start, end = run.words[0].start, run.words[-1].end
        if has_head and text.find("ask", start, end + 16) >= 0:
            start = campaigns.task_begin(text, start)
            task_end = campaigns.task_end(text, start, end)
            if task_end is not None and task_end <= span[1]:
                found.append(Candidate(text[start:task_end], start, task_end, None, True, True))
                continue
        joined = text[start - 3 : start] in _SMALL_WORD_ENDS
        whole = _joined(text, run, span, names) or (_set_of(text, run, span) if has_head else None) if joined else None
        if whole is None:
            found.extend(_cut_run(text, run, span, names))
            continue
        begin, named = whole
        while found and found[-1].end > begin:
            found.pop()
        found.append(named)
    return found


def _joined(text: str, run: runs.Run, span: Span, names: gazetteer.Gazetteer) -> tuple[int, Candidate] | None:
    """The listed name with small words in it that a run ends, and where it begins: `Tanks and Temples`."""
    for name in names.joined.get(run.words[0].text, ()):
        start, end = run.words[0].end - len(name), run.words[0].end
        if start >= span[0] and text.startswith(name, start) and (len(run.words) == 1 or run.headed):
            return start, Candidate(name, start, end, gazetteer.find(name), True, run.headed)
    return None


def _is_count(text: str, end: int) -> bool:
    """Whether a number that ends at `end` goes on or is a size: `ImageNet 1,000`, `ImageNet 128 x 128`."""
    return pat.NUMBER_GOES_ON.match(text, end) is not None


def _set_of(text: str, run: runs.Run, span: Span) -> tuple[int, Candidate] | None:
    """Where a name begins of which a run is the end, and what it is: `the Corpus of Spoken Frobbish (CSF)`."""
    near = text[max(0, run.start - 22) : run.start]
    if holds_any(near, _SETS_FOR):
        named = _set_for(text, run, span)
        if named is not None:
            return named
    if not holds_any(near, _SETS_OF):
        return None
    begin = pat.SET_OF_NAMED.search(text, max(span[0], run.start - 80), run.start)
    if begin is None or span[0] == 0:
        return None
    start, end = begin.start("name"), run.end
    paren = pat.PAREN.match(text, end, min(span[1], end + 34))
    if paren is not None and runs.is_name_like(paren["inner"]) and " " not in paren["inner"]:
        start, end = paren.span("inner")
    return begin.start("name"), Candidate(text[start:end], start, end, gazetteer.find(text[start:end]), True, True)


def _set_for(text: str, run: runs.Run, span: Span) -> tuple[int, Candidate] | None:
    """The same of a name that its short form spells: `the Frobby Corpus for Toy Coherence (FCTC)`."""
    paren = pat.PAREN.match(text, run.end, min(span[1], run.end + 34))
    begin = pat.SET_FOR_NAMED.search(text, max(span[0], run.start - 80), run.start)
    if paren is None or begin is None or span[0] == 0:
        return None
    letters = "".join(filter(str.isupper, paren["inner"]))
    initials = "".join(filter(str.isupper, text[begin.start("name") : run.end]))
    if len(letters) < 3 or not initials.startswith(letters):  # `Bias Benchmark for QA (BBQ)`
        return None
    start, end = paren.span("inner")
    return begin.start("name"), Candidate(text[start:end], start, end, gazetteer.find(text[start:end]), True, True)


def placed_like_a_name(text: str, start: int, end: int) -> bool:
    """Whether a merely capitalised word stands in a list or is explained right behind: `SVHN, Frob, and`, `Frob: a`."""
    if text.startswith((",", ")", "."), end) and start > 1:
        after_join = text.startswith((", ", "d ", "n ", " ("), start - 2)  # `and Frob`, `on Frob`
        if after_join:
            return True
    elif text[end + 1 : end + 2].isalpha():
        return False
    return pat.EXPLAINED.match(text, end) is not None


def _cut_run(text: str, run: runs.Run, span: Span, names: gazetteer.Gazetteer) -> list[Candidate]:
    """Candidates of one run: the longest listed names from the left, and what is left between them."""
    found: list[Candidate] = []
    if len(run.words) > 1 and pat.DIMENSIONS_OF_TASK.match(text, run.words[-1].start):
        run = runs.Run(run.words[:-1], run.headed)  # `FROB 3D object detection`
    contest = _contest(text, run, span)
    if contest is not None:
        return [contest]
    words = run.words
    short = _short_form(text, run, span)
    if short is not None:
        return [short]
    if len(words) > 1 and span[0] > 0 and (words[-1].text in _TREEBANK or words[-2].text in _TREEBANK):
        treebank = _treebank(text, words)
        if treebank is not None:
            return [treebank]
    if len(words) > 1 and span[0] > 0 and lost_its_commas(text):
        parts = _members(text, run)
        if len(parts) > 1:
            return [candidate for part in parts for candidate in _cut_run(text, part, span, names)]
    position = 0
    rest: list[runs.Word] = []
    while position < len(words):
        entry, upto = longest_listed(text, words, position)
        if entry is None:
            rest.append(words[position])
            position += 1
            continue
        if rest:
            found.extend(_unlisted(text, rest, False, span, names))
            rest = []
        while upto < len(words) and pat.VERSION.match(words[upto].text) and not _is_count(text, words[upto].end):
            upto += 1
        start, end = words[position].start, words[upto - 1].end
        headed = run.headed and upto == len(words)
        if upto == len(words) and text[end - 1].isdigit() and text.startswith(("/", ",", " and "), end):
            years = pat.MORE_YEARS.match(text, end, span[1])
            end = years.end() if years is not None else end
        found.append(Candidate(text[start:end], start, end, entry, entry.sure, headed))
        position = upto
    if rest:
        found.extend(_unlisted(text, rest, run.headed, span, names))
    if run.headed and len(words) > 1:
        if (
            found
            and found[0].entry is not None
            and found[0].end == words[0].end
            and all(runs.is_plain(w.text) for w in words[1:])
        ):
            if _is_part(text, words):
                return [Candidate(text[run.start : run.end], run.start, run.end, None, found[0].sure, True)]
            return [replace(found[0], headed=True)]  # `OrganSMNIST Classification Challenge`
        if len(words) <= 5 and len(found) > 1 and any(c.sure for c in found):
            if len(found) > 2 and found[0].refused and gazetteer.is_language(found[0].name):
                # `the English FROB 2015 WUG dataset`
                return _join_headed(text, runs.Run(words[1:], True), found[1:])
            return _join_headed(text, run, found)
        if 3 <= len(words) <= 7 and not any(c.sure or pat.MODEL_NAME.search(c.name) for c in found):
            end = _with_last(text, words, span)
            return [Candidate(text[run.start : end], run.start, end, None, False, True)]
    return found


def _contest(text: str, run: runs.Run, span: Span) -> Candidate | None:
    """The name a contest has with its year: `FROB Keypoint Challenge 2019`, `2019 Frob City Challenge`."""
    words, start, end = run.words, run.start, run.end
    if span[0] == 0:
        return None
    if len(words) > 2 and words[-2].text in _CONTESTS:
        if _YEAR.fullmatch(words[-1].text) is None:
            return None
    else:
        before = _YEAR_BEFORE.search(text, max(span[0], start - 6), start)
        last = next((each for each in _CONTESTS if text.startswith(each, end + 1)), None)
        if before is None or last is None or len(words) < 2:
            return None
        start, end = before.start(), end + 1 + len(last)
    return Candidate(text[start:end], start, end, None, True, True)


def _is_part(text: str, words: Sequence[runs.Word]) -> bool:
    """Whether a listed name and what stands before `dataset` name a set of their own: `Frob Pedestrians dataset`."""
    rest = [word.text for word in words[1:]]
    return (
        len(rest) == 1
        and pat.SINGLE_SET.match(text, words[-1].end) is not None
        and not (gazetteer.is_no_name(rest[0]) or gazetteer.is_language(rest[0]) or pat.TASK_NAME.search(rest[0]))
    )


def _treebank(text: str, words: Sequence[runs.Word]) -> Candidate | None:
    """The name that words in a row are if they end in `Treebank`, perhaps with a version."""
    last = len(words) - 1
    while last > 0 and pat.VERSION.match(words[last].text):
        last -= 1
    if last < 1 or words[last].text not in _TREEBANK:
        return None
    if any(longest_listed(text, words, first)[1] > last for first in range(last)):
        return None
    start, end = words[0].start, words[-1].end
    return Candidate(text[start:end], start, end, None, True, True)


def lost_its_commas(text: str) -> bool:
    """Whether a text has none though it is long: some sources leave them out, so that lists look like one name."""
    return len(text) > 400 and text.find(", ") < 0


def _members(text: str, run: runs.Run) -> list[runs.Run]:
    """The members of a list without commas, which a run of listed and of coined words is: `LLVIP FLIR M3FD`."""
    parts: list[list[runs.Word]] = []
    position = 0
    while position < len(run.words):
        entry, upto = longest_listed(text, run.words, position)
        upto = position + 1 if entry is None else upto
        word = run.words[position]
        begins = entry is not None or (pat.MEMBER.match(word.text) and word.text not in gazetteer.load().refused)
        if not parts or (begins and word.start - parts[-1][-1].end == 1):
            parts.append([])
        parts[-1].extend(run.words[position:upto])
        position = upto
    return [runs.Run(tuple(part), run.headed and part is parts[-1]) for part in parts]


def _with_last(text: str, words: Sequence[runs.Word], span: Span) -> int:
    """End of a name of capitals with the `Challenge` or `Suite` that belongs to it."""
    last = pat.CAPITAL_LAST.match(text, words[-1].end, span[1])
    return last.end() if last is not None and all(word.text[0].isupper() for word in words) else words[-1].end


def _with_first(text: str, start: int, span: Span) -> int:
    """Where a name begins whose last capitals begin at `start`: `the Heavy Frobs in Toy Boxes benchmark`."""
    if span[0] == 0 or text[start - 3 : start] not in _SMALL_WORD_ENDS:
        return start
    first = pat.JOINED_BY_SMALL_WORD.search(text, max(span[0], start - 60), start)
    return first.start("name") if first is not None else start


def _short_form(text: str, run: runs.Run, span: Span) -> Candidate | None:
    """The acronym of a spelled-out name: `Open Access Series of Imaging Studies (OASIS) dataset` gives OASIS."""
    if text[run.end : run.end + 2].strip()[:1] != "(":
        head = pat.CAPITAL_HEAD.match(text, run.end, span[1]) if run.headed else None
        if head is None or len(run.words) < 2:
            return None
        end = head.end()
    else:
        head, end = None, run.end
    paren = pat.PAREN.match(text, end, min(span[1], end + 34))
    if paren is None or (len(run.words) < 2 and not _broken_before(text, run)):
        return None
    inner = paren["inner"]
    if " " in inner and not _is_short_form_of_two_words(inner, run):
        return None
    if not runs.is_name_like(inner) or not any(char.isupper() for char in inner):
        return None
    letters = [char for char in inner if char.isupper()]
    initials = "".join(word.text[0] for word in run.words).upper() + (head["first"] if head is not None else "")
    if head is not None and letters[0] != initials[0]:
        return None
    if not (letters[-1] in initials or inner[0].upper() in initials):
        return None
    start = paren.start("inner")
    names = gazetteer.load()
    entry = gazetteer.find(inner)
    long_entry = gazetteer.find(text[run.start : run.end])
    after = runs.is_headed(text, paren.end(), min(span[1], paren.end() + 60))
    if (
        any(
            dataset_key(word.text) in names.entries and names.entries[dataset_key(word.text)].sure for word in run.words
        )
        and long_entry is None
        and not after
        and head is None
    ):
        return None
    sure = (entry is not None and entry.sure) or (long_entry is not None and long_entry.sure)
    sure = sure or (
        len(run.words) > 1 and (run.words[-1].text in gazetteer.LONG_NAMES_END or run.words[-1].text in _TREEBANK)
    )
    refused = inner in names.refused and long_entry is None
    return Candidate(inner, start, start + len(inner), entry, sure, run.headed or after, refused=refused)


def _is_short_form_of_two_words(inner: str, run: runs.Run) -> bool:
    """Whether two words in a bracket shorten a run: with its version or first word: `Wug Toy Detection (Wug TD)`."""
    first, _, second = inner.partition(" ")
    if run.words[-1].text == second:
        return pat.VERSION.match(second) is not None or second.replace(".", "").isdigit()
    return first == run.words[0].text and second.isupper() and second.isalpha() and 1 < len(second) < 6


def _broken_before(text: str, run: runs.Run) -> bool:
    """Whether a lower-case `of`, `and` ... joins the run to capitals before it: `Series of Imaging`."""
    return _GOES_ON_SMALL.search(text[max(0, run.start - 30) : run.start]) is not None


def _join_headed(text: str, run: runs.Run, found: list[Candidate]) -> list[Candidate]:
    """`ImageNet ILSVRC-2012 dataset`, `Sentinel-1 WV archive`: one name when the whole run is followed by `dataset`."""
    if any(candidate.refused or pat.MODEL_NAME.search(candidate.name) for candidate in found):
        return found
    start, end = run.start, run.end
    return [Candidate(text[start:end], start, end, None, True, True)]


def longest_listed(text: str, words: Sequence[runs.Word], first: int) -> tuple[gazetteer.Entry | None, int]:
    """(entry, index behind its last word) of the longest listed name that begins with word `first`."""
    known = gazetteer.part_of(words[first].text)
    listed = [first + 1] if known & gazetteer.IS_LISTED else []
    # few words begin a name of several words, and few of those have the rest of one behind them
    if known & gazetteer.BEGINS_NAME and len(words) > first + 1:
        names = gazetteer.load()
        key = dataset_key(words[first].text)
        for last in range(first + 1, min(len(words), first + names.most_words(key))):
            key += dataset_key(words[last].text)
            if key in names.entries:
                listed.append(last + 1)
    for last in reversed(listed):
        entry = gazetteer.find(text[words[first].start : words[last - 1].end])
        if entry is not None:
            return entry, last
    return None, first


def hold_sure_name(words: list[str]) -> bool:
    """Whether some words in a row hold a name that may be a dataset wherever it stands."""
    return any(map(gazetteer.is_sure, words)) or (len(words) > 1 and gazetteer.holds_listed(words))


def row_holds_sure_name(row: str) -> bool:
    """The same for a row of `runs.find_rows`."""
    if row.isalnum() and len(row) <= runs.LONGEST_WORD:
        return gazetteer.is_sure(row)  # one word, as most are, of which the answer is known
    return _words_hold_sure_name(row)


@remembered
def _words_hold_sure_name(row: str) -> bool:
    return hold_sure_name(runs.words_of_row(row))


@remembered
def may_spell_out_sure_name(row: str) -> bool:
    """Whether words before a short form in brackets may make it sure: a listed name among them, or a `Study`."""
    words = runs.words_of_row(row)
    return any(word in gazetteer.LONG_NAMES_END for word in words) or gazetteer.holds_sure(words)


def _unlisted(
    text: str, words: list[runs.Word], headed: bool, span: Span, names: gazetteer.Gazetteer
) -> list[Candidate]:
    if len(words) == 1:
        split = _split_token(words[0], headed)
        if split and headed and len(split) == 1 and split[0].name == words[0].text:
            end = _with_last(text, words, span)  # `COCO-Place Challenge`
            return [replace(split[0], name=text[split[0].start : end], end=end)]
        if split:
            return split
    if len(words) > 1 and gazetteer.is_language_pair(words[-1].text):
        words = words[:-1]  # `FROB14 English-German`
        if len(words) == 1:
            return _unlisted(text, words, headed, span, names)
    start, end = words[0].start, words[-1].end
    if span[0] == 0 and text[end : end + 1] != ":" and all(runs.is_plain(word.text) for word in words):
        return []  # a title is in capitals throughout
    names_paper = span[0] == 0 and len(words) == 1 and text[end : end + 1] == ":"
    if start == span[0] and runs.is_plain(words[0].text) and not headed and not names_paper:
        if len(words) == 1:
            return []
        if (
            span[0] == 0 or pat.OF_THE_SET.match(fold(text[end : end + 240])) is None
        ):  # `Frobby Toys is a new dataset` is named so
            start = words[1].start
            words = words[1:]
    if headed and (len(words) > 1 or "-" in words[0].text):
        end = _with_last(text, words, span)
    if headed and text[start - 1 : start] == " " and all(runs.is_plain(word.text) for word in words):
        start = _with_first(text, start, span)
    name = text[start:end]
    no_names = all(gazetteer.is_no_name(word.text) for word in words) and not campaigns.has_year(name)
    refused = no_names or name in names.refused or gazetteer.is_language(name)
    if not refused and span[0] > 0 and text.startswith(_GOES_ON, end) and runs.is_plain(words[-1].text):
        refused = pat.GOES_ON.match(text, end) is not None
    sure = gazetteer.is_bench_name(name) or (len(words) == 1 and gazetteer.is_version(name))
    return [Candidate(name, start, end, None, sure, headed, refused=refused)]


def _split_token(word: runs.Word, headed: bool) -> list[Candidate]:
    """Candidates inside one token: `COCO/LVIS`, `Split-CIFAR100`, `ImageNet-pretrained`."""
    token = word.text
    if "/" in token:
        parts = token.split("/")
        entries = [gazetteer.find(part) for part in parts]
        if sum(entry is not None for entry in entries) >= 2:
            found, start = [], word.start
            for part, entry in zip(parts, entries, strict=True):
                if entry is not None:
                    found.append(Candidate(part, start, start + len(part), entry, entry.sure, headed))
                start += len(part) + 1
            return found
        if len(parts) == 2 and all(map(_COINED.fullmatch, parts)) and any(entries):
            # `FrobMatch/FrobLoMatch`: one of them is listed
            cut = word.start + len(parts[0])
            return [
                Candidate(parts[0], word.start, cut, entries[0], entries[0] is not None and entries[0].sure, headed),
                Candidate(parts[1], cut + 1, word.end, entries[1], entries[1] is not None and entries[1].sure, headed),
            ]
        if entries[0] is not None and all(re.fullmatch(r"\d+\w?", part) for part in parts[1:]):
            return [Candidate(token, word.start, word.end, entries[0], entries[0].sure, headed)]
        return []
    inside = gazetteer.inside(token)
    if inside is None:
        return []
    name, whole = inside
    return [Candidate(name, word.start, word.start + len(name), gazetteer.find(name), True, headed and whole)]
