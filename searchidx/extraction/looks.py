"""How a name looks, whatever stands around it: coined, a model's, an abbreviation of a task."""

from __future__ import annotations

from searchidx.extraction import dataset_patterns as pat
from searchidx.extraction import hints, runs
from searchidx.extraction.candidates import Candidate


def is_abbreviation(name: str) -> bool:
    """Whether a name is of capitals only, more than two."""
    return len(name) > 2 and name.isalpha() and name.isupper()


def may_be_title_words(candidate: Candidate) -> bool:
    """Whether a name is of merely capitalised words, as others are in a title."""
    return runs.is_plain(candidate.name) or (not candidate.headed and all(map(runs.is_plain, candidate.name.split())))


def is_model(candidate: Candidate) -> bool:
    """Whether an unlisted name is a model's, though data are as often called `...Net` as networks are."""
    if candidate.entry is not None:
        return False
    named = pat.MODEL_NAME.search(candidate.name)
    return pat.MODEL_FAMILY.match(candidate.name) is not None or (named is not None and named.group() != "Net")


def has_shape(name: str) -> bool:
    """Whether a name looks coined: capitals inside, digits, or three capitals in a row."""
    return pat.COINED_NAME.match(name) is not None


def is_distinctive(candidate: Candidate) -> bool:
    return not runs.is_plain(candidate.name) or candidate.entry is not None


def is_task(text: str, name: str) -> bool:
    """Whether a name is the short form of a task: after `Few-Shot Learning (FSL)` FSL is, `the FSL datasets` or not."""
    place = text.find(f"({name})")
    if place < 0 or pat.NAMES_ITS_SET.match(hints.fold(text[place : place + 48]), len(name) + 1):
        return False
    return (
        pat.TASK_LAST.search(text, max(0, place - 19), place) is not None
        or (_has_small_word(text, place) and pat.TASK_OF_SOMETHING.search(text, max(0, place - 60), place) is not None)
        or pat.TASK_NEXT.match(text, place + len(name) + 2) is not None
        or _is_common_noun(text, place, name)
    )


def is_explained_task(text: str, name: str) -> bool:
    """Whether a listed name of capitals is the short form of a task in this paper: `grouped toy prediction (GTP)`."""
    place = text.find(f"({name})") if is_abbreviation(name) else -1
    if place < 0 or pat.NAMES_ITS_SET.match(hints.fold(text[place : place + 48]), len(name) + 1):
        return False
    words = text[max(0, place - 100) : place].replace("-", " ").split()[-len(name) :]
    return "".join(word[0] for word in words).upper() == name and pat.LAST_OF_TASK.match(words[-1]) is not None


def _has_small_word(text: str, place: int) -> bool:
    """Whether a word such as `in` stands shortly before a bracket."""
    begin = max(0, place - 36)
    return text.find(" in ", begin, place) >= 0 or text.find(" of ", begin, place) >= 0


def _is_common_noun(text: str, place: int, name: str) -> bool:
    """Whether a bracket shortens words in small letters, as those of tasks and things are: `toy search (TS)`."""
    before = text[max(0, place - 80) : place]
    if pat.COMMON_NOUN.search(before) is None or pat.SET_OF.search(before) is not None:
        return False
    letters = "".join(filter(str.isupper, name)).lower()
    words = before.lower().replace("-", " ").split()[-len(letters) - 2 :]
    return len(letters) > 1 and any(
        word[:1] == letters[0] and _stand_in_order(letters, " ".join(words[index:])) for index, word in enumerate(words)
    )


def _stand_in_order(letters: str, words: str) -> bool:
    """Whether all letters stand in some words, one after the other."""
    rest = iter(words)
    return all(letter in rest for letter in letters)
