"""Runs of name-like words: the raw material of dataset names, used when extracting and when making the gazetteer.

A name-like word has a capital or a digit (`ImageNet`, `C4`, `enwik8`, `nuScenes`). A run is the longest row of them
with single blanks between, without opening words (`The`) and words that only describe a set (`Dataset`) at its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from searchidx.extraction.remembered import remembered

#: One word of a name; separators and letters are disjoint, so the pattern is linear.
WORD = re.compile(r"[^\W_]+(?:[-_./'’&+]{1,2}[^\W_]+){0,12}\+{0,2}")
#: The words that may belong to a name, from their first capital or digit on; `_word_start` adds what stands before it.
_NAME_TAIL = r"[^\W_]*+(?:[-_./'’&+]{1,2}[^\W_]++){0,12}+\+{0,2}"
_NAME_WORD = re.compile(rf"[A-Z0-9]{_NAME_TAIL}")  # opens with one set of characters, which `re` skips to quickly
_NAME_WORD_BEHIND = re.compile(rf"([A-Z0-9](?:(?<=(.).)|){_NAME_TAIL})", re.DOTALL)
_NAME_WORD_OR_OGB = re.compile(rf"(?:[A-Z0-9]|ogb[nlg]-[a-z]){_NAME_TAIL}")
#: Words in a row with the character before them and the bracket behind them, closed where it holds one word.
_ROW = re.compile(
    rf"([A-Z0-9](?:(?<=(.).)|){_NAME_TAIL}(?:(?:-?[ ]|\n)[A-Z0-9]{_NAME_TAIL})*+)"
    r"(?:(?=(\s?\((?:\s?[A-Za-z][A-Za-z0-9]*+(?:-[A-Za-z0-9]++)*+\s?\))?))|)",
    re.DOTALL,
)
_NAME_LIKE = re.compile(r"[A-Z]|[^\W\d_]\d|\d[^\W\d_]|\Aogb[nlg]-")
_PLAIN_CAPITALISED = re.compile(r"[A-Z][a-z]+(?:-[A-Za-z]?[a-z]+)*\Z")
HEAD_WORD = (
    r"(?:data-?sets?|data sets?|benchmarks?|corpus|corpora|databases?|challenges?|test-?sets?|test sets?|"
    r"test suites?|testbeds?|leaderboards?|"
    r"treebanks?|collections?|suites?|competitions?|cohorts?|shared tasks?|val(?:idation)? sets?|dev sets?|splits?|"
    r"test-std|test-dev|val|minival|"
    r"(?:image|video|speech|text|dialogue|evaluation|classification|segmentation|detection|object detection|"
    r"parallel|multi-modal|multimodal|"
    r"question answering|QA|language|test|development|validation|training|train|public|dialog|reading "
    r"comprehension|action recognition|face|"
    r"semantic segmentation|point cloud|image classification|graph|speaker|driving|autonomous driving|"
    r"simulation|robotics?|manipulation|"
    r"translation|machine translation|summarization|recognition|retrieval|tracking|medical|code generation|"
    r"math|mathematical|reasoning)"
    r" (?:data-?sets?|data sets?|benchmarks?|corpus|corpora|databases?|challenges?|sets?|suites?|splits?|"
    r"tasks?))"
)
AFTER_IS_HEAD = re.compile(
    # `X splits the work`, `X challenges the view` are sentences, not sets
    r"[\"'”’]?(?:\s+\([^()\n]{1,40}\))?[\s-]+(?!(?:splits|challenges|benchmarks|suites)\s(?:the|an?|into|how|whether|its)\b)"
    r"(?:" + HEAD_WORD + r")\b",
    re.IGNORECASE,
)
#: What the first word of `AFTER_IS_HEAD` begins with.
_HEAD_BEGINS = frozenset(
    "dat ben cor cha tes lea tre col sui com coh sha val dev spl min ima vid spe tex dia eva cla seg det obj par mul "
    "que lan tra pub rea act fac sem poi gra dri aut sim rob man mac sum rec ret med cod mat".split()
)
_HEAD_LAST = re.compile(
    r"(?:datasets?|data-?sets?|benchmarks?|corpus|corpora|databases?|challenges?|testsets?|"
    r"leaderboards?|competitions?|data|sets?|splits?|tasks?)\Z",
    re.IGNORECASE,
)
#: What stands between the members of a list of names.
LIST_JOIN = re.compile(
    r"[\"'”]?(?:\s*\([^()\n]{1,60}\)|\s?\[\d{1,3}(?:,\s?\d{1,3}){0,4}\])?"
    r"(?:,[\"'”]?\s(?:and\s|or\s|on\s|as well as\s|both\s)?(?:the\s|on\s)*|"
    r"\s(?:and|or|&|"
    r"vs\.?|as well as|to)\s(?:the\s|on\s)*|/|;\s(?:and\s)?)[\"'“]?\Z"
)
#: A longer word is no name.
LONGEST_WORD = 64
#: Capitalised words that no name begins with when they open a run.
OPENERS = frozenset(
    "The A An Our This These Those We In On For To With By And Or Of At From As Its It Their All Both Each "
    "Using Also However While When Where "
    "Experiments Experimental Extensive Results Code Codes Here Then Thus Moreover Furthermore Finally "
    "Specifically Compared Besides Additionally "
    "Evaluations Evaluation Comprehensive Through Based If Given Unlike Despite Although Since First Second "
    "Third Next After Before During Under "
    "Over Between Among Across Without Within Recently Recent Current Existing Most Many Some "
    "Several Two Three Four Five New Novel Large".split()
)


#: Capitalised words that no name ends with.
_NOT_LAST = frozenset("Shared Submission Submissions".split())
#: .. but inside a sentence.
_MAY_OPEN_NAMES = frozenset("The New First Second Third Open Large Two Three Four Five".split())


class Word(NamedTuple):
    """A word with its place in the text. possessive: `'s` stands behind it."""

    text: str
    start: int
    end: int
    possessive: bool


class Run(NamedTuple):
    """Name-like words in a row. headed: a word such as `dataset` follows, or ended the run itself."""

    words: tuple[Word, ...]
    headed: bool

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


def is_name_like(word: str) -> bool:
    """Whether a word has the look of a name: a capital, or letters and digits together."""
    return _NAME_LIKE.search(word) is not None


def is_title(word: str) -> bool:
    """Whether a word of ASCII letters is merely capitalised."""
    return len(word) > 1 and word.istitle()


@remembered
def is_plain(word: str) -> bool:
    """Whether a word is merely capitalised (`Spider`), so that only its context can make it a name."""
    if word.isalpha() and word.isascii():
        return is_title(word)
    return _PLAIN_CAPITALISED.match(word) is not None


def is_headed(text: str, start: int, end: int) -> bool:
    """Whether a word such as `dataset` stands at `start`, right behind a name."""
    if text.startswith(" ", start):
        letters = text[start + 1 : start + 4]
        if letters.isalpha() and letters.isascii() and letters.lower() not in _HEAD_BEGINS:
            return False  # as behind most names
    return AFTER_IS_HEAD.match(text, start, end) is not None


#: `name_words(text, start, end)`: (word, the character before) for the name-like words of `text[start:end]`, from their
#: first capital or digit on; cheaper than runs.
name_words: Callable[[str, int, int], list[tuple[str, str]]] = _NAME_WORD_BEHIND.findall


def find_rows(text: str, start: int, end: int) -> list[tuple[str, str, str]]:
    """(words in a row, the character before, the bracket behind) for all name-like words of `text[start:end]`.

    Cheaper than words and runs. The first word may begin earlier, where a letter or hyphen stands before it. The
    bracket is given with what is in it if that is one word, else it is `(`.
    """
    return _ROW.findall(text, start, end)


def words_of_row(row: str) -> list[str]:
    """The words of a row without `'s` and without those too long for a name."""
    return [word[:-2] if word.endswith(("'s", "’s")) else word for word in row.split() if len(word) <= LONGEST_WORD]


def find_words(text: str, start: int, end: int) -> list[Word]:
    """The name-like words of `text[start:end]`, each from its beginning (`nuScenes`), and the numbers between them."""
    pattern = _NAME_WORD if text.find("ogb", start, end) < 0 else _NAME_WORD_OR_OGB
    return place_words(text, start, pattern.findall(text, start, end))


def place_words(text: str, position: int, capitals: Iterable[str]) -> list[Word]:
    """The same of words given from their first capital or digit on, all those behind `position` in order."""
    words: list[Word] = []
    for word in capitals:
        place = begin = text.find(word, position)
        if begin > position and text[begin - 1] != " ":
            begin = _word_start(text, begin, position)
        position = place + len(word)
        if position - begin > LONGEST_WORD:
            continue
        if word[-1] == "s" and word.endswith(("'s", "’s")):
            words.append(Word(text[begin : position - 2], begin, position - 2, True))
        else:
            words.append(Word(word if begin == place else text[begin:position], begin, position, False))
    return words


def find_runs(text: str, words: list[Word], start: int, end: int, may_be_headed: bool = True) -> list[Run]:
    """Runs of the words of one sentence `text[start:end]`, in order.

    may_be_headed: False when the sentence has no head word.
    """
    runs: list[Run] = []
    current: list[Word] = []
    head_end = end if may_be_headed else -1
    for word in words:
        token = word.text
        gap = text[current[-1].end : word.start] if current else None
        adjoining = gap == " " or gap == "\n"
        if not token[0].isupper() and not word.possessive and token.lower() == token.upper():
            # `VOC 2007`, `MultiWOZ 2.1`: a number belongs to the name right before it
            if not (adjoining and len(token) <= 4 and token.replace(".", "", 1).isdigit()):
                continue
            if text[word.end : word.end + 2].lstrip("\\ ")[:1] == "%":
                continue  # `on COCO 51.3%`
        elif gap == "- ":
            adjoining = True  # `UI- Genie` is a name cut by the end of a printed line
        if current and not adjoining:
            _close(text, current, start, head_end, runs)
            current = []
        current.append(word)
        if word.possessive:
            _close(text, current, start, head_end, runs)
            current = []
    if current:
        _close(text, current, start, head_end, runs)
    return runs


def _word_start(text: str, position: int, limit: int) -> int:
    """Where the word around `position` begins: `nu` in `nuScenes`, `mini-` in `mini-ImageNet`."""
    limit = max(limit, position - 40)
    while position > limit:
        before = text[position - 1]
        if not (before.isalpha() or (before in "-_" and position - 1 > limit and text[position - 2].isalnum())):
            break
        position -= 1
    return position


def _opens(text: str, word: Word) -> bool:
    """Whether a capital behind no word in small letters may be there because a sentence or title begins."""
    return word.text != "The" and not (text[word.start - 1] == " " and text[word.start - 2].islower())


def _close(text: str, words: list[Word], start: int, end: int, runs: list[Run]) -> None:
    """Add to `runs` what is left of some words in a row without openers and words that only describe a set."""
    # `trained on The Pile`, `the New Frob Times`: a capital inside a sentence belongs to the name
    while words[0].text in OPENERS and (
        words[0].text not in _MAY_OPEN_NAMES or words[0].start == start or len(words) == 1 or _opens(text, words[0])
    ):
        words.pop(0)
        if not words:
            return
    while len(words) > 1 and words[-1].text in _NOT_LAST:
        words.pop()  # `the FTU Submission to X`, `Toy Finding Shared Task`
    headed = end > 0 and is_headed(text, words[-1].end, min(end, words[-1].end + 100))
    while len(words) > 1 and words[-1].text[0] in "dDbBcCtTlLsS" and _HEAD_LAST.match(words[-1].text):
        headed = headed or words[-1].text.lower() not in ("data", "task", "tasks")
        words.pop()
    headed = headed or (len(words) > 2 and words[-1].text == "Suite")
    runs.append(Run(tuple(words), headed))
