"""From text to terms: one analyser for papers and for queries, made for the way machine-learning people write.

A text is cleaned (NFKC, accents folded, quotes and dashes unified, LaTeX unwrapped), cut into *raw words*,
and every raw word gives one or more *terms*, each at an offset from the word's position:

    raw word        terms (offset)                                        why
    Transformers    transform(0)                                          Snowball stem
    GPT-4           gpt-4(0) gpt4(0) gpt(0) 4(1)                          whole, joined, parts
    self-supervised self-supervised(0) selfsupervis(0) self(0) supervis(1)
    DARTS           darts(0) dart(0)                                      a name, and what lower case would give
    LLMs            llm(0)                                                plural of an acronym
    C++, C#, R, 3D  c++, c#, r, 3d                                        symbols and single letters survive
    1,281,167       1281167                                               thousands separators go

Invariants:
- Terms are lower case, at most `MAX_TERM` characters, and depend on the raw word alone, so a bulk indexer
  may analyse each distinct raw word once (`Vocabulary`).
- A raw word of n parts takes n positions: the phrase "self supervised learning" finds "self-supervised
  learning". The whole and the joined form stand at the first of them.
- A paper's length is its number of positions; the extra forms do not make it longer (as in Lucene, where
  overlapping tokens are not counted).

Stemming: Snowball English (Porter2), Porter 1980 and https://snowballstem.org, with the word families of `families`.
"""

from __future__ import annotations

import codecs
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from searchidx.families import normal

#: Raised whenever the terms of any text change: an index holds the version it was made with.
ANALYSER_VERSION = 3

MAX_TERM = 64

#: Words dropped from ranked queries (never from the index: phrases need them), unless a query has no others.
STOP_WORDS = frozenset(
    "a about above across after again all also although am among an and any are as at be because been before being "
    "below between both but by can could did do does doing during each either especially etc for from further had has "
    "have having hence here how however i ie if in include includes including into is it its just may me more most my "
    "neither no nor not of on once only or others our own particularly per same should so some specifically such than "
    "that the their them then there therefore these they this those through thus to too toward towards under until "
    "upon us very via was we well were what when where whether which while who whose why will with within without "
    "would you your".split()
)

#: What the joined form (`selfsupervis`) and each part (`self`, `supervis`) of a compound weigh in a query, unless it is
#: a name. Together at 1 they would count the word twice; the parts weigh more, since they find both spellings.
JOINED_WEIGHT = 0.2
PART_WEIGHT = 0.9


class Token(NamedTuple):
    """One term of a text. position: in words from 0; start, end: the raw word's span in the cleaned text."""

    term: str
    position: int
    start: int
    end: int


class Expansion(NamedTuple):
    """What one raw word gives: (term, offset) pairs, and how many positions the word takes (at least 1)."""

    terms: tuple[tuple[str, int], ...]
    width: int


class QueryWord(NamedTuple):
    """One word of a query.

    terms: looked up and scored each, with these weights. fallback: used instead, with weight 1, when the index knows
    none of `terms`.
    phrase: one term per position, for phrases.
    """

    surface: str
    terms: tuple[str, ...]
    weights: tuple[float, ...]
    fallback: tuple[str, ...]
    phrase: tuple[str, ...]
    is_stop: bool


# --- cleaning -----------------------------------------------------------------------------------------------

_CHARACTERS = str.maketrans(
    {
        **dict.fromkeys("‘’ʼ‛′`´", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("‐‑‒–−", "-"),
        **dict.fromkeys("—―", " "),  # an em dash parts words, it does not join them
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None),  # soft hyphen and zero-width characters
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
    }
)
#: What is not ASCII is translated as an error of encoding, of this name: all the rest is passed over many times sooner
#: than by an expression, or by translating every letter.
_UNIFY = "searchidx-unify"
# the combining marks of European scripts, by far the most frequent
_ACCENTS = re.compile("[\u0300-\u036f]+")
_OTHER_SCRIPTS = re.compile("[^\x00-\u036f]+")
# Every quantifier is bounded or over one character class: no input takes more than linear time.
_LATEX_ACCENT = re.compile(r"\\[\"'`^~=.]\s?\{?\\?([A-Za-z])\}?|\\[cvuHkr]\{([A-Za-z])\}")
_LATEX_COMMAND = re.compile(r"\\([A-Za-z]{1,20})\*?")
# looks back from the mark: an expression that begins by looking back is tried at every character
_LATEX_SCRIPT = re.compile(r"[_^](?<=[A-Za-z0-9)}][_^])\{?(?=[A-Za-z0-9])")
_SPELLED = {"ell": "l", "times": " x ", "sim": " ~ ", "approx": " ~ ", "to": " ", "rightarrow": " "}
_FORMATTING = frozenset(
    "textbf textit texttt textsc textrm textsf text emph mathbf mathcal mathbb mathrm mathit mathsf mathscr "
    "boldsymbol bm underline url href operatorname tt bf it sc rm em left right".split()
)


def _command(match: re.Match[str]) -> str:
    name = match.group(1)
    if name in _FORMATTING:
        return ""
    return _SPELLED.get(name, name)


def _unwrap_latex(text: str) -> str:
    if "\\" in text:
        text = _LATEX_ACCENT.sub(lambda m: m.group(1) or m.group(2), text)
        text = _LATEX_COMMAND.sub(_command, text)
    if "_" in text or "^" in text:
        text = _LATEX_SCRIPT.sub("", text)
    return text.replace("$", "").replace("{", "").replace("}", "").replace("\\", "")


def without_latex(text: str) -> str:
    """The text with LaTeX markup unwrapped: what `clean` does first. No backslash and no dollar is left."""
    return _unwrap_latex(text) if "\\" in text or "$" in text else text


def clean(text: str) -> str:
    """The text with characters unified, accents folded and LaTeX markup unwrapped; case is kept."""
    text = without_latex(text)
    return text if text.isascii() else _unified(text)


def _unified(text: str) -> str:
    unified = text.encode("ascii", _UNIFY).replace(b"`", b"'")
    text = unified.decode("utf-8", "surrogatepass")
    return text if unified.isascii() else unicodedata.normalize("NFKC", _decomposed(text))


def _translated(error: UnicodeError) -> tuple[bytes, int]:
    """What stands for characters that are not ASCII, in UTF-8, and where they end."""
    assert isinstance(error, UnicodeEncodeError)
    characters = error.object[error.start : error.end]
    return characters.translate(_CHARACTERS).encode("utf-8", "surrogatepass"), error.end


codecs.register_error(_UNIFY, _translated)


def _decomposed(text: str) -> str:
    """NFKD without combining marks."""
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return text if text.isascii() else _OTHER_SCRIPTS.sub(_without_marks, text)


def _without_marks(match: re.Match[str]) -> str:
    return "".join(c for c in match.group() if not unicodedata.combining(c))


def clean_character(character: str) -> str | None:
    """What `clean` makes of one character of a text that is not ASCII, None where that depends on its neighbours.

    All of `clean` goes character by character but the last step, in which some letters (Hangul's) and vowel signs
    (of Indic scripts) become one with the letter before them.
    """
    decomposed = _decomposed(character.translate(_CHARACTERS))
    return None if _may_compose(decomposed[:1]) else unicodedata.normalize("NFKC", decomposed)


def _may_compose(character: str) -> bool:
    """Whether a character that is no combining mark may join the one before it; true of some that never do."""
    return bool(character) and (
        "\u1160" <= character <= "\u11ff"  # the vowels and final consonants of Hangul
        or unicodedata.category(character).startswith("M")
        or (character > "\uffff" and character.isalnum())
    )


# --- raw words ----------------------------------------------------------------------------------------------

RAW_WORD = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![^\W_])"  # 1,281,167
    r"|[^\W_]+(?:[-.@_'&][^\W_]+)*(?:(?:\+\+|\#)(?![^\W_]))?"  # words, with inner connectors; C++ and C#
)

_SPLIT = re.compile(r"[-@_&]|(?<!\d)\.|\.(?!\d)")
_WORD_NUMBER = re.compile(r"([^\W\d_]{2,})(\d+(?:\.\d+)*)")
_INNER_CAPITAL = re.compile(r".[A-Z]")
_PLURAL_NAME = re.compile(r".*[A-Z][A-Za-z]*[^\WuisS_]s|[A-Z]+s")

_VOWELLESS_PLURAL = re.compile(r"[bcdfghjklmnpqrtvwxz]{3,}s")


class _Stemmers(threading.local):
    """A stemmer per thread: one must not be used by several at once."""

    def __init__(self) -> None:
        self.english = Stemmer.Stemmer("english", 0)


_STEMMERS = _Stemmers()


def stem(word: str) -> str:
    """The Snowball English stem of a lower-case word of letters, of its family's head (`families`) if it has one.

    Anything else comes back as it is.
    """
    if not (word.isascii() and word.isalpha()):
        return word
    if word[-1] == "s" and _VOWELLESS_PLURAL.fullmatch(word):
        return word[:-1]  # llms, cnns: Snowball wants a vowel before it takes an s away
    stemmed: str = _STEMMERS.english.stemWord(normal(word))
    return stemmed


def _is_name(word: str) -> bool:
    """A word with a digit or an inner capital: it is not stemmed."""
    if word[1:].islower() and word.isalpha():
        return False  # most words
    return not word.isalpha() or _INNER_CAPITAL.search(word) is not None


def _singular_name(word: str) -> str:
    """`LLMs` without its plural s, `ResNets` too; `DARTS`, `VirtualGlass` and `Corpus` as they are."""
    if word[-1:] != "s" or word.islower():
        return word  # no capital in it, or no plural: most words
    # the s of a longer word is cut off anyway, and the pattern takes quadratic time
    return word[:-1] if 2 < len(word) <= MAX_TERM and _PLURAL_NAME.fullmatch(word) else word


@lru_cache(maxsize=200_000)
def _forms(word: str) -> tuple[str, ...]:
    """Terms of one word without connectors: its exact form first, then its stem if that is another."""
    if not _is_name(word):
        return (stem(word.lower())[:MAX_TERM],)
    exact = _singular_name(word).lower()[:MAX_TERM]
    stemmed = stem(exact)
    return (exact,) if exact == stemmed else (exact, stemmed)


def _parts(word: str) -> list[str]:
    """`GPT-4` and `GPT4` -> GPT, 4; `SQuAD2.0` -> SQuAD, 2.0; `F1` and `3D` stay whole."""
    parts: list[str] = []
    for part in _SPLIT.split(word):
        if part.isalpha():
            parts.append(part)
        elif part:
            number = _WORD_NUMBER.fullmatch(part)
            parts.extend(number.groups() if number else [part])
    return parts


class _Word(NamedTuple):
    """A raw word taken apart. whole and joined are empty for a simple word."""

    parts: tuple[str, ...]
    whole: str
    joined: str


def _take_apart(raw: str) -> _Word:
    if raw.replace("-", "").isalpha():  # most compounds
        parts = list(filter(None, raw.split("-")))
        return _compound(raw, parts, "") if len(parts) > 1 else _Word((parts[0],), "", "")
    symbol = ""
    if "," in raw:
        raw = raw.replace(",", "")
    if raw.endswith("++"):
        raw, symbol = raw[:-2], "++"
    elif raw.endswith("#"):
        raw, symbol = raw[:-1], "#" if len(raw) == 2 else ""
    raw = raw.removesuffix("'s").replace("'", "")
    parts = _parts(raw) or [raw]
    if len(parts) == 1:
        return _Word((parts[0] + symbol,), "", "")
    if not symbol and _is_glued(raw, parts):
        return _Word(tuple(parts), "", "")
    return _compound(raw, parts, symbol)


def _compound(raw: str, parts: list[str], symbol: str) -> _Word:
    """A raw word of several parts; `raw` is without its symbol, ++ or #."""
    joined = _singular_name("".join(parts))
    joined = joined.lower() if _is_name(joined) else stem(joined.lower())
    whole = raw.lower() + symbol
    return _Word(tuple(parts), whole[:MAX_TERM], (joined + symbol)[:MAX_TERM])


def _is_glued(raw: str, parts: list[str]) -> bool:
    """Two sentences without a blank between them: `datasets.We`."""
    return "." in raw and all(p.isalpha() for p in parts) and parts[0][-1:].islower() and parts[1][0].isupper()


@lru_cache(maxsize=500_000)
def expand(raw: str) -> Expansion:
    """All terms of one raw word of a cleaned text, as they go into the index. Pure."""
    if raw.isalpha():  # most words have neither parts nor symbols
        return Expansion(tuple([(form, 0) for form in _forms(raw)]), 1)
    word = _take_apart(raw)
    terms: dict[tuple[str, int], None] = {}
    if word.whole:
        terms[word.whole, 0] = None
        terms[word.joined, 0] = None
    for offset, part in enumerate(word.parts):
        for form in _forms(part):
            terms[form, offset] = None
    return Expansion(tuple(terms), len(word.parts))


def analyse(text: str) -> list[Token]:
    """The terms of a text as they go into the index, in the order of their raw words.

    Spans refer to the cleaned text; for plain ASCII without LaTeX that is the text itself.
    """
    return list(iter_tokens(clean(text)))


def iter_tokens(cleaned: str) -> Iterator[Token]:
    """`analyse` for a text that is already clean."""
    position = 0
    for match in RAW_WORD.finditer(cleaned):
        terms, width = expand(match.group())
        for term, offset in terms:
            yield Token(term, position + offset, match.start(), match.end())
        position += width


class Vocabulary(dict[str, int]):
    """Numbers raw words as they are first met; `self[raw]` never fails.

    A bulk indexer maps whole texts to raw word numbers with one dictionary look-up a word, and expands each
    distinct raw word once, at the end.
    """

    def __missing__(self, raw: str) -> int:
        number = self[raw] = len(self)
        return number

    def number(self, text: str) -> list[int]:
        """The raw words of one text, as numbers."""
        return list(map(self.__getitem__, RAW_WORD.findall(clean(text))))

    def expansions(self) -> Iterable[Expansion]:
        """The expansion of every raw word, in the order of their numbers."""
        return map(expand.__wrapped__, self)


# --- queries ------------------------------------------------------------------------------------------------


def query_words(text: str) -> list[QueryWord]:
    """The words of a query, in order; see `QueryWord`."""
    return [_query_word(raw) for raw in _raw_words(text)]


def phrase_terms(text: str) -> list[str]:
    """The terms of a query as a phrase, one per position: what `query_words` says of phrases, and nothing else."""
    if text.replace(" ", "").isalpha() and text.isascii() and not text.isupper():  # most: nothing to take apart
        return [_forms(word)[0] for word in text.split()]
    return [term for raw in _raw_words(text) for term in _phrase(raw)]


def first_term(raw: str) -> str:
    """The term that `query_words` names first for one raw word."""
    if raw.isalpha():
        return _forms(raw)[0]
    word = _take_apart(raw)
    return word.joined or _forms(word.parts[0])[0]


def _raw_words(text: str) -> list[str]:
    """The raw words of a query."""
    cleaned = clean(text)
    if cleaned.isupper() and " " in cleaned.strip() and sum(c.isalpha() for c in cleaned) > 12:
        cleaned = cleaned.lower()  # caps lock, not a list of acronyms
    return RAW_WORD.findall(cleaned)


@lru_cache(maxsize=100_000)
def _phrase(raw: str) -> tuple[str, ...]:
    return tuple(_forms(part)[0] for part in _take_apart(raw).parts)


@lru_cache(maxsize=100_000)
def _query_word(raw: str) -> QueryWord:
    word = _take_apart(raw)
    forms = tuple(form for part in word.parts for form in _forms(part))
    phrase = _phrase(raw)
    is_stop = not word.whole and len(word.parts) == 1 and raw.lower() in STOP_WORDS and not _is_name(raw)
    if not word.whole:
        return QueryWord(raw, forms, (1.0,) * len(forms), (), phrase, is_stop)
    if _is_one_name(word.parts):
        return QueryWord(raw, (word.joined,), (1.0,), forms, phrase, False)
    weights = (JOINED_WEIGHT, *(PART_WEIGHT for _ in forms))
    return QueryWord(raw, (word.joined, *forms), weights, (), phrase, False)


def _is_one_name(parts: tuple[str, ...]) -> bool:
    """Whether the parts mean little alone: GPT-4, ImageNet-1k, U-Net, k-NN; but not LLM-based, self-supervised."""
    return (
        (parts[-1][0].isdigit() and parts[0][0].isalpha())
        or any(len(part) == 1 and part.isalpha() for part in parts)
        or all(_is_name(part) for part in parts)
    )
