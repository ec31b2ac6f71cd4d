"""Acronyms that texts explain: "knowledge distillation (KD)" says that KD is knowledge distillation.

`explained` finds such places in one text, by the algorithm of Schwartz and Hearst (PSB 2003): the letters of what
stands in brackets are found, from the last to the first, in the words before it, the first of them at the beginning of
a word. What the acronym means in an index is decided over all papers, when somebody asks (`clear_meaning`).

A meaning is written `kd@@knowledg@distil`: the acronym's term, and the terms of its long form, one per position. No
term has @@ in it, so in a query a meaning can stand where a term does: for every place where either stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from searchidx.analysis import RAW_WORD, clean, first_term, phrase_terms

MEANS = "@@"
_AND = "@"
_MAX_LETTERS = 8
#: What may begin an explanation: an acronym has two capitals. It looks back from the bracket, which is found in a text
#: many times sooner than a blank is.
_BEGINS = r"\((?<=\s\()(?=[a-z-]{0,9}[A-Z][a-z-]{0,9}[A-Z])([A-Za-z][A-Za-z-]{1,9})"
_IN_BRACKETS = re.compile(_BEGINS + r"(?:[;,]\s([^()]*))?\)")
#: Letters that may follow the acronym in its brackets.
_MOST_AFTER = 60
#: What may end a sentence or a clause, behind its last word.
_ENDS = frozenset(".,;:!?)")
#: Letters before the bracket that are looked at, and how many of them the long form may have.
_BEFORE, _LONGEST = 320, 160
_MAX_LONG_FORM = 6  # terms
#: When a meaning is clear; see `clear_meaning`.
_LEAST = 3
_SHARE = 0.6
_OF_ALL = 0.03


def explained(text: str) -> list[str]:
    """The meanings of the acronyms that a text explains, in the order of the text, each once."""
    if "(" not in text:
        return []
    cleaned = clean(text)
    found = [_meaning(cleaned, match) for match in _IN_BRACKETS.finditer(cleaned)]
    return list(dict.fromkeys(filter(None, found)))


def parts_of(meaning: str) -> tuple[str, list[str]]:
    """(the acronym's term, the terms of its long form) of a meaning."""
    acronym, _, long_form = meaning.partition(MEANS)
    return acronym, long_form.split(_AND)


def _meaning(text: str, match: re.Match[str]) -> str | None:
    acronym, after = match.groups()
    if after and len(after) > _MOST_AFTER:
        return None
    if acronym[-1] == "s" and acronym[:-1].isupper():
        acronym = acronym[:-1]
    letters = acronym.lower().replace("-", "")
    if len(letters) > _MAX_LETTERS:
        return None
    end = match.start()
    long_form = _long_form(letters, _last_words(text[max(end - _BEFORE, 0) : end], len(letters)))
    return _written(acronym, long_form) if long_form else None


@lru_cache(maxsize=20_000)
def _written(acronym: str, long_form: str) -> str | None:
    """A meaning as it is written; None for what is none after all."""
    terms = phrase_terms(long_form)
    if not 2 <= len(terms) <= _MAX_LONG_FORM:
        return None
    term = first_term(RAW_WORD.findall(acronym)[0])
    return None if term in terms else f"{term}{MEANS}{_AND.join(terms)}"


def _last_words(text: str, n_letters: int) -> str:
    """The end of a text that may be the long form: at most min(letters + 5, 2 * letters) words of its last sentence."""
    most = min(n_letters + 5, 2 * n_letters)
    words = text.rsplit(None, most)[-most:]
    for place in range(len(words) - 1, 0, -1):
        if words[place - 1][-1] in _ENDS:
            return " ".join(words[place:])[-_LONGEST:]
    return " ".join(words)[-_LONGEST:]


def _long_form(letters: str, words: str) -> str | None:
    """The shortest end of `words` that holds the letters in order, its first word beginning with the first of them."""
    lower = words.lower()
    at = len(lower)
    for letter in reversed(letters[1:]):
        at = lower.rfind(letter, 0, at)
        if at < 0:
            return None
    at = lower.rfind(letters[0], 0, at)
    while at >= 0 and not _begins_word(lower, at):
        at = lower.rfind(letters[0], 0, at)
    if at < 0:
        return None
    # a match inside the first word's hyphens begins at the word: "auto-encoder", not "encoder"
    start = lower.rfind(" ", 0, at) + 1
    return words[_further_left(letters, lower, start) :]


def _further_left(letters: str, lower: str, start: int) -> int:
    """Where the long form begins: a word earlier, when there are fewer words than letters and that begins so too.

    "active appearance models (AAM)": the shortest end with the letters leaves "active" out.
    """
    if len(lower[start:].replace("-", " ").split()) >= len(letters):
        return start
    before = lower.rfind(" ", 0, max(start - 1, 0)) + 1
    is_word = before < start - 1 and len(lower[before : start - 1]) > 1
    return before if is_word and lower[before] == letters[0] else start


def _begins_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()


def clear_meaning(explanations: Iterable[tuple[str, int]], df: int) -> str | None:
    """What an acronym means in an index: its most frequent meaning, when that is clear; else None.

    explanations: (meaning, papers that explain it so); df: papers that hold the acronym's term. Clear: at least
    `_LEAST` papers, `_SHARE` of all that explain it, and `_OF_ALL` of those that hold it: "map" is mostly no acronym.
    Ties by meaning.
    """
    ranked = sorted(explanations, key=lambda pair: (-pair[1], pair[0]))
    if not ranked:
        return None
    best, papers = ranked[0]
    total = sum(n for _, n in ranked)
    clear = papers >= _LEAST and papers >= _SHARE * total and papers >= _OF_ALL * df
    return best if clear else None
