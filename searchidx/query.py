"""What a user types, as a tree.

    words                ranked; more matched words win          "two words"      a phrase
    +must  -not          required, excluded                      AND OR NOT ( )   boolean, upper case only
    title:word           in one text field (title, abstract; also with a "phrase")
    dataset:imagenet  metric:accuracy>=80  author:hinton  venue:cvpr  source:hf-daily  repo:github.com/o/n
    year:2020..2024  code:promised  has:code                     filters, OR inside one kind, AND across kinds

A word with a colon that is no field (`BERT: Pre-training`) is words. What looks like an operator we do not have
(`trans*`, `graph~`) is refused with its column, never dropped. Bounded: `MAX_CHARS`, `MAX_TERMS`, `MAX_DEPTH`.

Grammar, loosest binding first:
    query  := ( ['+' | '-'] either )*
    either := both ( 'OR' both )*
    both   := one ( 'AND' one )*
    one    := 'NOT' one | '(' query ')' | phrase | field ':' ( word | phrase ) | word
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from searchidx import filters as f
from searchidx.analysis import QueryWord, query_words
from searchidx.errors import QueryError, UsageError
from searchidx.fields import TEXT_FIELDS

MAX_CHARS = 512
MAX_TERMS = 64
MAX_DEPTH = 10


NO_FILTERS = f.Filters()


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


Node = Word | Phrase | Narrow | And | Or | Not | Group

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

FIELD_PREFIXES: tuple[str, ...] = (*_TEXT_PREFIXES, *_FILTER_PREFIXES)


def parse(text: str) -> Group:
    """The tree of a query. Raises QueryError that points at the column. An empty query is an empty Group."""
    if len(text) > MAX_CHARS:
        raise QueryError(f"the query has {len(text)} characters, at most {MAX_CHARS} are read; shorten it")
    return _Parser(text).parse()


def scored_words(node: Node) -> Iterator[Word]:
    """The words of a tree that count for ranking (not those under NOT), in the order they were typed."""
    if isinstance(node, Word):
        yield node
    elif isinstance(node, Phrase):
        for word in node.words:
            yield Word(word, node.fields)
    elif isinstance(node, And | Or):
        for child in node.nodes:
            yield from scored_words(child)
    elif isinstance(node, Group):
        for child in (*node.must, *node.should):
            yield from scored_words(child)


def _filters_alone(node: Node) -> f.Filters:
    """The filters of a node that is nothing else, in brackets or not."""
    if isinstance(node, Narrow):
        return node.filters
    if isinstance(node, Group) and not (node.should or node.must or node.must_not):
        return node.narrow
    return NO_FILTERS


class _Token(NamedTuple):
    """kind: one of ( ) + - AND OR NOT phrase word. prefix: a field written before it."""

    kind: str
    text: str
    column: int
    prefix: str = ""


_QUOTES = str.maketrans("“”„‟", '""""')
_PREFIXED = re.compile(rf"({'|'.join(FIELD_PREFIXES)}):", re.IGNORECASE)
_UNSUPPORTED = re.compile(r"(?P<prefix>[^\W_]{2,}\*)|(?P<fuzzy>[^\W_]{2,}~\d?)")


def _tokens(text: str) -> Iterator[_Token]:
    text = text.translate(_QUOTES)
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
        elif char in "+-" and at + 1 < len(text) and not text[at + 1].isspace():
            yield _Token(char, char, column)
            at += 1
        else:
            token, at = _run(text, at, depth)
            yield token


def _run(text: str, at: int, depth: int) -> tuple[_Token, int]:
    """The phrase, field or word that begins at `at`, and where it ends."""
    column = at + 1
    match = _PREFIXED.match(text, at)
    prefix = match.group(1).lower() if match else ""
    start = match.end() if match else at
    if start < len(text) and text[start] == '"':
        end = text.find('"', start + 1)
        if end < 0:
            raise QueryError("the quote is never closed; add one at the end or take it out", start + 1)
        return _Token("phrase", text[start + 1 : end], column, prefix), end + 1
    end = start
    inner = 0
    while end < len(text) and not text[end].isspace() and text[end] != '"':
        if text[end] == "(":
            inner += 1
        elif text[end] == ")":
            if not inner and depth:
                break
            inner -= 1
        end += 1
    word = text[start:end]
    if prefix and not word:
        raise QueryError(f"nothing follows {prefix}:; write {prefix}:VALUE without a blank", column)
    kind = word if word in ("AND", "OR", "NOT") and not prefix else "word"
    return _Token(kind, word, column, prefix), end


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0
        self._n_terms = 0

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
        narrow = f.Filters()
        while self._peek() not in ("", ")"):
            sign = self._next().kind if self._peek() in ("+", "-") else ""
            node = self._either()
            filters = _filters_alone(node)
            if filters and sign != "-":
                narrow = narrow.also(filters)
            elif isinstance(node, Not) and not sign:
                must_not.append(node.node)
            elif node != Group():
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
            try:
                return Narrow(_FILTER_PREFIXES[token.prefix](token.text))
            except QueryError:
                raise
            except UsageError as exc:
                raise QueryError(str(exc), token.column) from exc
        fields = _TEXT_PREFIXES.get(token.prefix, _ALL_TEXT)
        if token.kind == "word":
            self._refuse_unsupported(token)
        words = tuple(query_words(token.text))
        self._n_terms += len(words)
        if self._n_terms > MAX_TERMS:
            raise QueryError(f"more than {MAX_TERMS} words; shorten the query", token.column)
        if not words:
            return Group()
        if token.kind == "phrase":
            return Phrase(words, fields)
        if len(words) == 1:
            return Word(words[0], fields)
        return Group(should=tuple(Word(word, fields) for word in words))

    def _refuse_unsupported(self, token: _Token) -> None:
        match = _UNSUPPORTED.fullmatch(token.text)
        if match:
            kind = "prefixes" if match.group("prefix") else "fuzzy words"
            raise QueryError(f"{kind} ({token.text}) are not supported; write the whole word", token.column)
