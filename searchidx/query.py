"""What a user types, as a tree. `SYNTAX` is the page for users; what follows is for readers of the code.

A word with a colon that is no field (`BERT: Pre-training`) is words, and so is punctuation inside titles. What looks
like an operator that does not exist (`*former`, `word~3`, `a && b`) is refused with its column, never dropped.
Bounded: `MAX_CHARS`, `MAX_TERMS`, `MAX_PATTERNS`, `MAX_DEPTH`.

Grammar, loosest binding first:
    query   := ( ['+' | '-'] either )*
    either  := both ( 'OR' both )*
    both    := one ( 'AND' one )*
    one     := 'NOT' one | '(' query ')' | field ':' atom | atom
    atom    := phrase [ '~' number ] | word '*' | word '~' [ '1' | '2' ] | word
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from searchidx import filters as f
from searchidx.analysis import RAW_WORD, QueryWord, clean, query_words
from searchidx.errors import QueryError, UsageError
from searchidx.fields import TEXT_FIELDS

MAX_CHARS = 512
#: Different words that count (stop words count inside phrases only).
MAX_TERMS = 64
#: Words with `*` or `~`: each is looked for in the whole list of terms.
MAX_PATTERNS = 8
MAX_DEPTH = 10
#: Letters before a `*`: with fewer, the words that begin so are too many to mean anything.
MIN_PREFIX = 2
MAX_DISTANCE = 2
#: Words up to this long may be one letter off unless the query says more: two letters make another word of them.
_SHORT = 5
MAX_SLOP = 50

#: The page of the language that users read: `searchidx search --help-syntax`, README and the web page show it.
SYNTAX = """\
Words
  depth estimation              papers with any of the words, best first: more and rarer words win
  "knowledge distillation"      these words one after the other; finds knowledge-distillation too
  "graph networks"~3            these words in this order, with up to 3 others in between
  segmenta*                     words that begin so (at least 2 letters before the *)
  transfomer~                   words spelt nearly so: 1 letter off up to 5 letters, 2 in longer words
  resnt~1                       at most 1 letter off (or ~2); the first letter must agree

Operators
  +depth video                  must hold depth; video only ranks
  depth -video                  must not hold video
  depth AND video               both; AND, OR and NOT in capitals
  (lidar OR radar) NOT camera   AND binds closer than OR, NOT closest; brackets group

Fields and filters
  title:attention               in the title; also title:"deep learning", title:atten*
  abstract:attention            in the abstract, or among the keywords that its authors chose
  dataset:imagenet              names this dataset; dataset:"MS COCO" for a name with blanks
  metric:accuracy>=80           reports such a number: >= <= > < = or none (metric:FID)
  year:2020..2024               also year:2023, year:2020.. and year:..2024
  has:code                      links its code; code:promised, code:released, code:none
  author:hinton                 an author with this name; author:"Geoffrey Hinton"
  venue:cvpr                    of this venue
  source:hf-daily               from this source
  repo:github.com/owner/name    with this repository

  Filters of one kind widen (dataset:kitti dataset:nuscenes: either), of different kinds narrow.

Pasted as it is
  2401.00042                    an id, arXiv id, DOI, URL or repository finds that paper, a whole title finds it first

Good to know
  Words are found in all their forms: network finds networks. Capitals, accents and hyphens do not matter: naive
  finds naïve, unet finds U-Net. GPT-4 is not GPT-3, C++ is not C. A query of filters alone, or an empty one, lists
  the newest papers first. At most 512 characters, 64 different words, 8 of them with * or ~, and 10 levels of
  brackets. Whatever else looks like an operator is refused with its column: put it in quotes to search for it.

Examples
  self-supervised +depth -video
  "contrastive learning"~2 dataset:imagenet
  vision transformer has:code metric:accuracy>=80
  title:transf* (detection OR segmenta*) -code:none
  title:"vision transformer"~2 OR abstract:transfomer~
"""

NO_FILTERS = f.NOTHING


@dataclass(frozen=True, slots=True)
class Word:
    """One word. fields: numbers of the text fields it may stand in."""

    word: QueryWord
    fields: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow one another inside one of the text fields."""

    words: tuple[QueryWord, ...]
    fields: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Loose:
    """Words that follow in this order inside one of the text fields, with at most `gap` other words among them."""

    words: tuple[QueryWord, ...]
    gap: int
    fields: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any word that begins so. text: lower case, as `analysis.clean` leaves it."""

    text: str
    fields: tuple[int, ...]

    @property
    def surface(self) -> str:
        """As it may be typed."""
        return f"{self.text}*"


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Any word spelt nearly so. text: as in `Prefix`; distance: at most so many letters off, 1 or 2."""

    text: str
    distance: int
    fields: tuple[int, ...]

    @property
    def surface(self) -> str:
        """As it may be typed."""
        return f"{self.text}~{self.distance}"


@dataclass(frozen=True, slots=True)
class Narrow:
    """A filter written in the query."""

    filters: f.Filters


@dataclass(frozen=True, slots=True)
class And:
    """All of them hold."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them holds."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    node: Node


@dataclass(frozen=True, slots=True)
class Group:
    """Clauses side by side: `must` all hold, `must_not` none, and `narrow` always holds. One of `should` must hold,
    unless there is a `must`: then they only rank."""

    should: tuple[Node, ...] = ()
    must: tuple[Node, ...] = ()
    must_not: tuple[Node, ...] = ()
    narrow: f.Filters = NO_FILTERS


Node = Word | Phrase | Loose | Prefix | Fuzzy | Narrow | And | Or | Not | Group

_ALL_TEXT = tuple(range(len(TEXT_FIELDS)))
_TEXT_PREFIXES = {field.name: (number,) for number, field in enumerate(TEXT_FIELDS)}


def _has(value: str) -> f.Filters:
    if value.lower() != "code":
        raise UsageError(f"has:{value} is not known; write has:code")
    return f.make(has_code=True)


_FILTER_PREFIXES: dict[str, Callable[[str], f.Filters]] = {
    "has": _has,
    "code": lambda v: f.make(code=v),
    "dataset": lambda v: f.make(dataset=v),
    "metric": lambda v: f.make(metric=v),
    "year": lambda v: f.make(year=v),
    "venue": lambda v: f.make(venue=v),
    "source": lambda v: f.make(source=v),
    "author": lambda v: f.make(author=v),
    "repo": lambda v: f.make(repo=v),
}

FILTER_PREFIXES: tuple[str, ...] = tuple(_FILTER_PREFIXES)
FIELD_PREFIXES: tuple[str, ...] = (*_TEXT_PREFIXES, *FILTER_PREFIXES)


def parse(text: str) -> Group:
    """The tree of a query. Raises QueryError that points at the column. An empty query is an empty Group."""
    if len(text) > MAX_CHARS:
        raise QueryError(f"the query has {len(text)} characters, at most {MAX_CHARS} are read; shorten it")
    return _Parser(text).parse()


def scored_words(node: Node) -> Iterator[Word | Prefix | Fuzzy]:
    """The words of a tree that count for ranking (not those under NOT), in the order they were typed."""
    if isinstance(node, Word | Prefix | Fuzzy):
        yield node
    elif isinstance(node, Phrase | Loose):
        for word in node.words:
            yield Word(word, node.fields)
    elif isinstance(node, And | Or):
        for child in node.nodes:
            yield from scored_words(child)
    elif isinstance(node, Group):
        for child in (*node.must, *node.should):
            yield from scored_words(child)


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) in the text of every word that is searched for: not of operators, filters or words with * or ~.

    Raises QueryError.
    """
    for token in _tokens(text):
        if token.kind == "phrase" or (token.kind == "word" and not _is_pattern(token.text)):
            if token.prefix and token.prefix not in _TEXT_PREFIXES:
                continue
            start = token.column - 1 + (len(token.prefix) + 1 if token.prefix else 0) + (token.kind == "phrase")
            for match in RAW_WORD.finditer(token.text):
                yield start + match.start(), start + match.end()


def _filters_alone(node: Node) -> f.Filters:
    """The filters of a node that is nothing else, in brackets or not."""
    if isinstance(node, Narrow):
        return node.filters
    if isinstance(node, Group) and not (node.should or node.must or node.must_not):
        return node.narrow
    return NO_FILTERS


def _is_nothing(node: Node) -> bool:
    """Whether a node asks for nothing: brackets or quotes around no word."""
    return isinstance(node, Group) and node == Group()


@lru_cache(maxsize=10_000)
def _words_in(text: str) -> tuple[QueryWord, ...]:
    """`query_words` of what stands between blanks or in quotes."""
    return tuple(query_words(text))


class _Token(NamedTuple):
    """kind: one of ( ) + - AND OR NOT phrase word. prefix: a field written before it. suffix: what stands right behind
    a phrase's closing quote and begins with * or ~.
    """

    kind: str
    text: str
    column: int
    prefix: str = ""
    suffix: str = ""


#: Characters that keyboards and word processors put in place of ours, one for one: columns stay true.
_SPELLINGS = str.maketrans("“”„‟＊∗～", '""""**~')
_PREFIXED = re.compile(rf"({'|'.join(FIELD_PREFIXES)}):", re.IGNORECASE)
_SUFFIX = re.compile(r'[*~][^\s()"]*')
_TRAILING = ".,;:!?'"
_ORDINARY = re.compile(r'[^\s"()]+')
_ENDS_FUZZY = re.compile(r"(.*[^\W_])~([\d.~]*)", re.DOTALL)
#: One word as it may stand before * or ~, cleaned; before a * it may end in the middle of a compound (`self-*`).
_ONE_WORD = re.compile(r"[^\W_]+(?:[-.@_'&][^\W_]+)*[-.@_'&]?")
_PATTERN_IN_QUOTES = re.compile(r"[^\W_]{2,}(?:\*|~\d?)(?!\w)")
_FOREIGN = {"&&": "AND", "||": "OR"}
#: What a word has that `_pattern` has something to say of.
_MAY_BE_PATTERN = re.compile(r"[*~&|]")


def _tokens(text: str) -> Iterator[_Token]:
    if not text.isascii():
        text = text.translate(_SPELLINGS)
    depth = 0
    at = 0
    while at < len(text):
        char, column = text[at], at + 1
        if char.isspace():
            at += 1
        elif char == "(" or (char == ")" and depth):
            depth += 1 if char == "(" else -1
            yield _Token(char, char, column)
            at += 1
            if char == ")" and text[at : at + 1] in ("*", "~"):
                raise QueryError(f"a {text[at]} behind a bracket; write it behind every word it is for", at + 1)
        elif char in "+-" and at + 1 < len(text) and not text[at + 1].isspace():
            yield _Token(char, char, column)
            at += 1
        else:
            token, at = _run(text, at, depth)
            yield token


def _run(text: str, at: int, depth: int) -> tuple[_Token, int]:
    """The phrase, field or word that begins at `at`, and where it ends."""
    column = at + 1
    match = _PREFIXED.match(text, at) if ":" in text else None
    prefix = match.group(1).lower() if match else ""
    start = match.end() if match else at
    if start < len(text) and text[start] == '"':
        end = text.find('"', start + 1)
        if end < 0:
            raise QueryError("the quote is never closed; add one at the end or take it out", start + 1)
        suffix = _SUFFIX.match(text, end + 1)
        phrase = _Token("phrase", text[start + 1 : end], column, prefix, suffix.group() if suffix else "")
        return phrase, suffix.end() if suffix else end + 1
    end = _end_of_ordinary(text, start)
    inner = 0
    while end < len(text) and text[end] in "()":
        if text[end] == "(":
            inner += 1
        else:
            if not inner and depth:
                break
            inner -= 1
        end = _end_of_ordinary(text, end + 1)
    word = text[start:end]
    if prefix and not word:
        raise QueryError(f"nothing follows {prefix}:; write {prefix}:VALUE without a blank", column)
    kind = word if word in ("AND", "OR", "NOT") and not prefix else "word"
    return _Token(kind, word, column, prefix), end


def _end_of_ordinary(text: str, at: int) -> int:
    """Where a run of characters that are no blank, quote or bracket ends."""
    match = _ORDINARY.match(text, at)
    return match.end() if match else at


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0
        self._counted: set[QueryWord] = set()
        self._is_short = len(text) < 2 * MAX_TERMS  # too short for more words than are allowed
        self._patterns: set[Prefix | Fuzzy] = set()

    def parse(self) -> Group:
        tree = self._query()
        if self._at < len(self._tokens):
            raise QueryError("a ) without its (; take it out", self._tokens[self._at].column)
        return tree

    def _peek(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    def _next(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _query(self) -> Group:
        should: list[Node] = []
        must: list[Node] = []
        must_not: list[Node] = []
        narrow = NO_FILTERS
        while self._peek() not in ("", ")"):
            sign = self._next().kind if self._peek() in ("+", "-") else ""
            node = self._either()
            filters = _filters_alone(node)
            if filters and sign != "-":
                narrow = narrow.also(filters)
            elif isinstance(node, Not) and not sign:
                must_not.append(node.node)
            elif not _is_nothing(node):
                (must if sign == "+" else must_not if sign == "-" else should).append(node)
        return Group(tuple(should), tuple(must), tuple(must_not), narrow)

    def _either(self) -> Node:
        nodes = [self._both()]
        while self._peek() == "OR":
            self._next()
            nodes.append(self._both())
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def _both(self) -> Node:
        nodes = [self._one()]
        while self._peek() == "AND":
            self._next()
            nodes.append(self._one())
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def _one(self) -> Node:
        if self._at == len(self._tokens):
            last = self._tokens[-1]
            raise QueryError(f"nothing follows {last.text}; add a word or take it out", last.column)
        token = self._next()
        while token.kind in ("+", "-"):  # `a OR +b`: the sign says nothing more there; something always follows it
            token = self._next()
        if token.kind == "NOT":
            self._deeper(token)
            node = Not(self._one())
            self._depth -= 1
            return node
        if token.kind == "(":
            return self._group(token)
        if token.kind not in ("word", "phrase"):
            raise QueryError(
                f"{token.text} where a word should be; write it in lower case to search for it", token.column
            )
        return self._atom(token)

    def _group(self, token: _Token) -> Node:
        self._deeper(token)
        node = self._query()
        if self._peek() != ")":
            raise QueryError("the ( is never closed; add ) or take it out", token.column)
        self._next()
        self._depth -= 1
        return node

    def _deeper(self, token: _Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"more than {MAX_DEPTH} levels deep; simplify the query", token.column)

    def _atom(self, token: _Token) -> Node:
        if token.prefix in _FILTER_PREFIXES:
            return self._narrow(token)
        fields = _TEXT_PREFIXES.get(token.prefix, _ALL_TEXT)
        if token.kind == "phrase":
            return self._phrase(token, fields)
        pattern = _pattern(token, fields) if _MAY_BE_PATTERN.search(token.text) else None
        if pattern is not None:
            self._patterns.add(pattern)
            if len(self._patterns) > MAX_PATTERNS:
                raise QueryError(f"more than {MAX_PATTERNS} words with * or ~; leave some out", token.column)
            return pattern
        words = _words_in(token.text)
        self._count((word for word in words if not word.is_stop), token)
        if len(words) == 1:
            return Word(words[0], fields)
        return Group(should=tuple(Word(word, fields) for word in words))

    def _narrow(self, token: _Token) -> Narrow:
        if token.suffix or (token.kind == "word" and _is_pattern(token.text)):
            raise QueryError(f"no * and ~ in {token.prefix}:; write the whole value, or put it in quotes", token.column)
        try:
            return Narrow(_FILTER_PREFIXES[token.prefix](token.text))
        except QueryError:
            raise
        except UsageError as exc:
            raise QueryError(str(exc), token.column) from exc

    def _phrase(self, token: _Token, fields: tuple[int, ...]) -> Phrase | Loose | Group:
        if found := _PATTERN_IN_QUOTES.search(token.text):
            raise QueryError(f"{found.group()} inside quotes; take it out of them, or its last sign away", token.column)
        gap = _gap(token)
        words = _words_in(token.text)
        self._count(words, token)
        if not words:
            return Group()
        return Loose(words, gap, fields) if gap and len(words) > 1 else Phrase(words, fields)

    def _count(self, words: Iterable[QueryWord], token: _Token) -> None:
        if self._is_short:
            return
        self._counted.update(words)
        if len(self._counted) > MAX_TERMS:
            raise QueryError(f"more than {MAX_TERMS} different words; shorten the query", token.column)


def _gap(token: _Token) -> int:
    """How many other words a phrase lets in, by what stands behind its closing quote."""
    suffix = token.suffix.rstrip(_TRAILING)
    if not suffix:
        return 0
    number = suffix[1:]
    if suffix[0] == "~" and re.fullmatch("[0-9]{1,2}", number) and int(number) <= MAX_SLOP:
        return int(number)
    raise QueryError(
        f"{suffix} behind a phrase; write how many other words it lets in, 1 to {MAX_SLOP}, as in ~3", token.column
    )


def _is_pattern(text: str) -> bool:
    text = text.rstrip(_TRAILING)
    return text.endswith("*") or _ENDS_FUZZY.fullmatch(text) is not None


def _pattern(token: _Token, fields: tuple[int, ...]) -> Prefix | Fuzzy | None:
    """What a word with * or ~ at its end asks for, None for other words. Raises QueryError."""
    text = token.text.strip(_TRAILING)
    if operator := _FOREIGN.get(text):
        raise QueryError(f"{text} is no operator here; write {operator}", token.column)
    if text.endswith("*"):
        word = _one_word(text[:-1], token)
        if sum(map(str.isalnum, word)) < MIN_PREFIX:
            raise QueryError(
                f'{text} has fewer than {MIN_PREFIX} letters before the *; write more, or "{text}" in quotes',
                token.column,
            )
        return Prefix(word, fields)
    if "*" in text:
        raise QueryError(f"a * in {text} that ends no word; write word*, or put it in quotes", token.column)
    fuzzy = _ENDS_FUZZY.fullmatch(text)
    if fuzzy is None:
        return None
    word, distance = _one_word(fuzzy.group(1), token), fuzzy.group(2)
    if len(word) < MIN_PREFIX:
        raise QueryError(f"{text} has fewer than {MIN_PREFIX} letters before the ~; write the whole word", token.column)
    if distance not in ("", "1", "2"):
        raise QueryError(f"~{distance} in {text}; words may be 1 or {MAX_DISTANCE} letters off: ~1, ~2", token.column)
    return Fuzzy(word, int(distance or (1 if len(word) <= _SHORT else MAX_DISTANCE)), fields)


def _one_word(text: str, token: _Token) -> str:
    """The word before a * or ~. Raises QueryError when it is none, or several."""
    word = clean(text).lower()
    if not _ONE_WORD.fullmatch(word):
        raise QueryError(
            f"{token.text} is no single word with * or ~ at its end; write word* or word~, or put it in quotes",
            token.column,
        )
    return word
