"""A text with what each of its sentences holds of the words that any extractor looks for.

Extractors ask of every sentence whether it holds a word for datasets, for code, for the paper itself: a hundred words.
One automaton (Aho-Corasick) finds them all in one pass over the text, in a tenth of the time of a search per word.
"""

from __future__ import annotations

import re
import string

from ahocorasick_rs import BytesAhoCorasick, Implementation

from searchidx.extraction import code
from searchidx.extraction.dataset_patterns import COUNTED_HINTS, HEAD_HINTS, NAMING_HINTS, SMALL_NAME_HINTS
from searchidx.extraction.metric_patterns import OWN_HINTS
from searchidx.paper import Span

#: Stands for a character of a URL in masked text; same length, so spans stay true.
MASK = "\ufffc"
#: What a sentence may hold, one bit each: a word such as `dataset`; one that may give something a name; a word for
#: code; one that may give it away, or a URL; words with which a paper speaks of itself; a name in small letters; a word
#: for what may be counted without a digit; a digit; a capital (or a digit) that is not its first character.
HEAD, NAMING, CODE, GIVING, OWN, SMALL_NAME, COUNTED, DIGIT, CAPITAL = (1 << bit for bit in range(9))

_WANTED = (
    (HEAD, HEAD_HINTS),
    (NAMING, NAMING_HINTS),
    (CODE, code.CODE_HINTS),
    (GIVING, code.GIVING_HINTS),
    (OWN, OWN_HINTS),
    (SMALL_NAME, SMALL_NAME_HINTS),
    (COUNTED, COUNTED_HINTS),
)
_STRINGS = tuple(dict.fromkeys(wanted for _, strings in _WANTED for wanted in strings))
#: What each of the strings says.
_SAYS = tuple(sum(bit for bit, strings in _WANTED if wanted in strings) for wanted in _STRINGS)
#: Of bytes, as texts that are not ASCII would take it three times as long; DFA: the fastest of its kinds.
_find = BytesAhoCorasick(
    [wanted.encode() for wanted in _STRINGS], implementation=Implementation.DFA
).find_matches_as_indexes

_HAS_DIGIT = re.compile(r"\d").search
_ODD_CHARACTERS = re.compile(r"[^\x00-\x7f]").findall
#: Bytes of ASCII text with every digit turned into 0 and every capital into A, so that one search finds any.
_ALIKE = bytes.maketrans(
    string.digits.encode() + string.ascii_uppercase.encode(),
    b"0" * len(string.digits) + b"A" * len(string.ascii_uppercase),
)


class MarkedText:
    """The masked text of a paper. lowered: as `hints.lower_same_length` gives it; sentences: their spans, in order;
    holds: what begins in each of them, as a sum of the bits above."""

    __slots__ = ("holds", "lowered", "sentences", "text")

    def __init__(self, text: str, lowered: str, sentences: tuple[Span, ...]) -> None:
        self.text = text
        self.lowered = lowered
        self.sentences = sentences
        written = _one_byte_each(text)
        self.holds = _digits_and_capitals(written, sentences)
        is_ascii = text.isascii()
        if sentences:
            _mark_strings(written.lower() if is_ascii else _one_byte_each(lowered), sentences, self.holds)
        if not is_ascii:
            _mark_odd_characters(text, sentences, self.holds)


def _mark_strings(lowered: bytes, sentences: tuple[Span, ...], holds: list[int]) -> None:
    """Add to what sentences hold the strings that are looked for. lowered: one byte for each character."""
    index = 0
    start, end = sentences[0]
    for which, begin, _ in _find(lowered, overlapping=True):
        # they come in the order of their ends; no string holds the end of a sentence, so sentences come in order, too
        while begin >= end and index + 1 < len(sentences):
            index += 1
            start, end = sentences[index]
        if start <= begin < end:  # ` out` may begin in the white space between two sentences
            holds[index] |= _SAYS[which]


def _one_byte_each(text: str) -> bytes:
    """`text` with `?` for every character that is not ASCII: offsets stay true, and no string holds any such."""
    return text.encode("ascii", "replace")


def _digits_and_capitals(written: bytes, sentences: tuple[Span, ...]) -> list[int]:
    """DIGIT and CAPITAL of each sentence. written: one byte for each character."""
    alike = written.translate(_ALIKE)
    find = alike.find
    holds = []
    digit = find(b"0")  # the first one behind the sentences before
    for start, end in sentences:
        if 0 <= digit < start:
            digit = find(b"0", start)
        if 0 <= digit < end:
            holds.append(DIGIT | CAPITAL)
        else:
            holds.append(CAPITAL if find(b"A", start + 1, end) >= 0 else 0)
    return holds


def _mark_odd_characters(text: str, sentences: tuple[Span, ...], holds: list[int]) -> None:
    """Add what characters that are not ASCII say: digits, and masked URLs, which may give code away."""
    odd = set(_ODD_CHARACTERS(text))
    masked, digits = MASK in odd, any(map(str.isdecimal, odd))
    if not (masked or digits):
        return
    for index, (start, end) in enumerate(sentences):
        if digits and _HAS_DIGIT(text, start, end):
            holds[index] |= DIGIT
        if masked and text.find(MASK, start, end) >= 0:
            holds[index] |= GIVING
