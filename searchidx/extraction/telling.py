"""Which sentences may name a dataset: most abstracts name none, so most sentences need not be read.

A sentence tells by itself when something in it can make a name a dataset's: a word such as `dataset`, `on` before a
name, a name that is one wherever it stands. The others that hold names are read only beside those: they say what the
paper calls its own method, or name a dataset again.
"""

from __future__ import annotations

from searchidx.extraction import dataset_patterns as pat
from searchidx.extraction import gazetteer, marks, runs
from searchidx.extraction.candidates import (
    Candidate,
    find_candidates,
    hold_sure_name,
    may_spell_out_sure_name,
    placed_like_a_name,
    row_holds_sure_name,
)
from searchidx.extraction.marks import MarkedText
from searchidx.paper import Span

#: How many characters before a name an `on` may stand that makes it a place of experiments.
ON_REACH = 30
#: A sentence with one of these may hold more names than the word it opens with.
_NAMES = marks.CAPITAL | marks.SMALL_NAME
#: What joins the parts of a word that begins before its first capital.
_JOINTS = ("-", "_")
#: What is known of a word that is not known whole.
_ANY_NAME = gazetteer.MAY_DIFFER | gazetteer.MAY_BE_NAME


class Sentence:
    """A sentence. has_head: it holds a word such as `dataset` somewhere; may_name: one that may give a name."""

    __slots__ = (
        *("_candidates", "_capitals", "_has_small_name", "_holds", "_inner", "_may_be", "_text", "_words"),
        *("has_head", "may_name", "span"),
    )

    def __init__(self, text: str, span: Span, holds: int) -> None:
        self._text = text
        self.span = span
        self._holds = holds
        self.has_head = holds & marks.HEAD != 0
        self.may_name = holds & marks.NAMING != 0
        self._capitals = self._inner = words = runs.name_words(text, *span)
        if words and words[0][0] in runs.OPENERS and text.startswith(words[0][0], span[0]):
            self._inner = words[1:]  # no name begins with the word that opens the sentence
        self._has_small_name = holds & marks.SMALL_NAME != 0
        self._may_be: int | None = None
        self._words: list[runs.Word] | None = None
        self._candidates: list[Candidate] | None = None

    @property
    def may_count(self) -> bool:
        """Whether it holds a digit, or a word for what is counted."""
        return self._holds & (marks.DIGIT | marks.COUNTED) != 0

    @property
    def may_be(self) -> int:
        """What its name-like words may be parts of, as bits of `gazetteer.part_of`."""
        may_be = self._may_be
        if may_be is None:
            may_be = _ANY_NAME if self._has_small_name else 0
            part_of = gazetteer.part_of
            for word, before in self._inner:
                may_be |= part_of(word)
                if before != " " and _goes_on(before):
                    may_be |= _ANY_NAME
            self._may_be = may_be
        return may_be

    @property
    def holds_sure_name(self) -> bool:
        """Whether its words hold a name that may be a dataset wherever it stands."""
        may_be = self.may_be
        if may_be & gazetteer.MAY_DIFFER:
            return hold_sure_name([word.text for word in self.words])
        if may_be & gazetteer.IS_SURE:
            return True
        return may_be & gazetteer.BEGINS_NAME != 0 and gazetteer.holds_listed([word for word, _ in self._capitals])

    @property
    def may_hold_names(self) -> bool:
        """Whether it holds any name-like words."""
        return bool(self._capitals) or self._has_small_name

    @property
    def words(self) -> list[runs.Word]:
        """The name-like words in it."""
        if self._words is None:
            text, (start, end) = self._text, self.span
            if self._has_small_name:
                self._words = runs.find_words(text, start, end)
            else:
                self._words = runs.place_words(text, start, [word for word, _ in self._capitals])
        return self._words

    def _holds_no_names(self) -> bool:
        """Whether its name-like words are clearly no names: capitalised, each by itself, in no list, not explained,
        no `dataset` behind it."""
        if self._has_small_name:
            return False
        for word, before in self._inner:
            if gazetteer.part_of(word) & gazetteer.MAY_BE_NAME or (before != " " and _goes_on(before)):
                return False  # as in most sentences that are asked
        text, (start, end) = self._text, self.span
        position = start
        for word, _ in self._capitals:
            place = text.find(word, position)
            if place > start and (place < position + 3 or text[place - 1] not in " ("):
                return False  # perhaps a part of a longer name
            position = place + len(word)
            if word not in runs.OPENERS and placed_like_a_name(text, place, position):
                return False
            if self.has_head and runs.is_headed(text, position, min(end, position + 100)):
                return False
        return True

    @property
    def candidates(self) -> list[Candidate]:
        """The possible names in it."""
        found = self._candidates
        if found is None:
            names = gazetteer.load()
            found = (
                []
                if self._holds_no_names()
                else find_candidates(self._text, self.span, self.words, names, self.has_head)
            )
            self._candidates = found
        return found


class Reading:
    """The sentences of one text: title, line break, abstract, URLs masked."""

    def __init__(self, marked: MarkedText) -> None:
        self.text = text = marked.text
        self.title_end = text.find("\n")
        self._lowered = marked.lowered
        #: Those that may hold names.
        self.sentences = [
            Sentence(text, span, holds)
            for span, holds in zip(marked.sentences, marked.holds, strict=True)
            if holds & _NAMES or not _only_opens(text, span, holds)
        ]
        self._has_ogb = "ogb" in text
        self._suspects: list[str] | None = None
        #: Those that may make a name a dataset's by themselves.
        self.telling = [s for s in self.sentences if self._tells(s)]

    @property
    def naming(self) -> list[Sentence]:
        """Sentences that may give something a name."""
        return [sentence for sentence in self.sentences if sentence.may_name]

    @property
    def with_names(self) -> list[Sentence]:
        """Sentences whose candidates count where they have the name of a dataset found elsewhere."""
        return [sentence for sentence in self.sentences if self.holds_names(sentence)]

    def _tells(self, sentence: Sentence) -> bool:
        """Whether the candidates of a sentence are worth judging."""
        if sentence.has_head:
            return True
        if not sentence.may_hold_names:
            return False
        text, span = self.text, sentence.span
        return self.holds_names(sentence) and (
            (span[0] > 0 and self._reports(sentence))
            or self._holds_sure_name(sentence)
            or text.startswith(",\n", span[0] - 2)  # a list may go on behind a title that ends in `datasets,`
        )

    def _reports(self, sentence: Sentence) -> bool:
        """Whether a name may stand shortly behind `on`, or before what is counted in it: `compile X, 5,404 tasks`."""
        text, span = self.text, sentence.span
        for on in pat.ON_SOMETHING.finditer(text, *span):
            end = on.end()
            for word in sentence.words:
                if 0 <= word.start - end < ON_REACH:
                    return True
        return sentence.may_count and pat.COUNTED_BEHIND_COMMA.search(text, *span) is not None

    def _holds_sure_name(self, sentence: Sentence) -> bool:
        """Whether a name may be a dataset's for itself, or for what it is short for: `Long Name (LN)`."""
        text, (start, end) = self.text, sentence.span
        if not sentence.holds_sure_name and not (
            _bracket_behind_name(text, start, end)
            and any(
                bracket and _is_explained(row, bracket) and (not bracket.endswith(")") or may_spell_out_sure_name(row))
                for row, _, bracket in runs.find_rows(text, start, end)
            )
        ):
            return False
        if self._suspects is None:
            self._suspects = self._find_suspects()
        return any(text.find(row, start, end) >= 0 for row in self._suspects)

    def _find_suspects(self) -> list[str]:
        """Words in a row of which some may be a sure name: looked for in the whole text, as few texts hold any."""
        suspects: list[str] = ["ogb"] if self._has_ogb else []
        body = self.title_end + 1
        rows = runs.find_rows(self.text, 0, body) + runs.find_rows(self.text, body, len(self.text))
        for row, before, bracket in rows:
            if (
                row_holds_sure_name(row)
                or (bracket and _is_explained(row, bracket))
                or before.isalpha()
                or before in _JOINTS
            ):
                suspects.append(row)
            elif "." in row:
                suspects.extend(row.split("."))  # perhaps two glued sentences
        return suspects

    def holds_names(self, sentence: Sentence) -> bool:
        """Whether names are looked for in a sentence that does not hold the very writing of an accepted one."""
        lowered, (start, end) = self._lowered, sentence.span
        if sentence.has_head or start == 0:
            return True
        if lowered.find(" on ", start, end) >= 0 or lowered.startswith("on ", start):
            return True
        return sentence.may_name or sentence.may_be & gazetteer.MAY_BE_SURE != 0


def _goes_on(before: str) -> bool:
    """Whether a word begins before its first capital, behind the character `before`: `nuScenes`."""
    return before.isalpha() or before in _JOINTS


#: A longer word behind which a bracket opens is not looked at for capitals.
_SHORT_WORD = 24


def _bracket_behind_name(text: str, start: int, end: int) -> bool:
    """Whether a bracket opens behind what may be a name; most open behind words in small letters: `neural net (NN)`."""
    place = text.find("(", start, end)
    while place >= 0:
        before = text[max(start, place - _SHORT_WORD) : place].rstrip()
        blank = before.rfind(" ")
        word = before[blank + 1 :]
        if blank < 0 or not (word.isalpha() and word.islower()):
            return True
        place = text.find("(", place + 1, end)
    return False


def _only_opens(text: str, span: Span, holds: int) -> bool:
    """Whether the one capital of a sentence is that of an opening word that is no name: `However`, `Therefore`."""
    start, end = span
    blank = text.find(" ", start, end)
    word = text[start : blank if blank > 0 else end].rstrip(",")
    if word in runs.OPENERS:
        return True
    # `Toys datasets`: words such as `dataset` may make a name of any other
    return not holds & marks.HEAD and len(word) <= runs.LONGEST_WORD and gazetteer.is_ordinary(word)


def _is_explained(row: str, bracket: str) -> bool:
    """Whether a bracket behind a name may hold its short form, unless that is one word, which counts for itself."""
    return " " in row or "\n" in row or not bracket.endswith(")")
