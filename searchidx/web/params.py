"""What a request asks for: THE reader of query strings for REST, pages, feeds and exports, and their writer.

Names are those of the command line (`--has-code` is `has_code`). Every parameter is declared once, as a `Param`; the
reader, the interface's description (`openapi`) and error messages are made from the declaration.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, quote, urlencode

from searchidx.errors import UsageError
from searchidx.fields import FACETS
from searchidx.index import SORTS
from searchidx.paper import CODE_STATES
from searchidx.query import MAX_CHARS

#: Hits on a page, and how deep pages go: nobody reads on, but programs that copy an index ask for page after page.
DEFAULT_LIMIT, MAX_LIMIT, MAX_DEPTH = 10, 100, 10_000
#: Papers in one export and in one feed.
MAX_EXPORT, MAX_FEED = 1000, 100
#: Values of one filter, and characters of a value.
MAX_VALUES, MAX_VALUE_CHARS = 50, 200
#: Characters of a whole query string: all of them are read before a request is refused for anything else.
MAX_QUERY_STRING = 8_000

Kind = Literal["text", "number", "choice", "flag", "texts", "facets"]
Pairs = Iterable[tuple[str, str]]

_TRUE, _FALSE = frozenset({"true", "1", "yes", "on"}), frozenset({"false", "0", "no", "off"})
FACET_NAMES = tuple(field.name for field in FACETS)


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a query string.

    kind: `texts` and `facets` may be repeated, the others come once. help: for the interface's description.
    default: what it is when not given. low, high: bounds of a number. choices: the values of a `choice`, or of each
    of `texts`. required: whether a request without it is refused. example: shown in the description.
    """

    name: str
    kind: Kind
    help: str
    default: Any = None
    low: int = 1
    high: int = MAX_LIMIT
    choices: tuple[str, ...] = ()
    max_chars: int = MAX_VALUE_CHARS
    required: bool = False
    example: str | None = None


QUERY = Param(
    "q",
    "text",
    'Words, "phrases", +must, -not, AND OR NOT ( ), title:word, dataset:name, year:2020..2024; or an id, DOI, URL or '
    "whole title. Empty: all papers, newest first.",
    default="",
    max_chars=MAX_CHARS,
    example="monocular depth",
)
PAGE = Param("page", "number", f"Which page; page * limit is at most {MAX_DEPTH:,}.", default=1, high=MAX_DEPTH)
LIMIT = Param("limit", "number", "Hits on a page.", default=DEFAULT_LIMIT)
SHORT_LIMIT = Param("n", "number", "Short for limit.")
SORT = Param("sort", "choice", "Order of the hits.", default="relevance", choices=SORTS)
FILTERS = (
    Param("has_code", "flag", "Only papers with (true) or without (false) a code repository."),
    Param("code", "texts", "State of the code.", choices=CODE_STATES, example="linked"),
    Param("dataset", "texts", "Papers that name this dataset.", example="KITTI"),
    Param("metric", "texts", "Reported numbers: a metric, or a condition on its value.", example="accuracy>=80"),
    Param("year", "texts", "2023, 2020..2024, 2020.. or ..2024.", example="2020..2024"),
    Param("venue", "texts", "Papers of this venue.", example="CVPR"),
    Param("source", "texts", "Papers from this source.", example="hf-daily"),
    Param("author", "texts", "Papers by an author with these names.", example="Hinton"),
    Param("repo", "texts", "Papers with this code repository.", example="github.com/owner/name"),
)
FACETS_ASKED = Param(
    "facets",
    "facets",
    "Facets to count over all matches: true for all, or their names, repeated or joined by commas.",
    default=(),
    example="true",
)
EXPLAIN = Param("explain", "flag", "Show how every score comes about.", default=False)

#: What exports and feeds read besides the query and filters.
EXPORT_LIMIT = Param("limit", "number", "Papers at most.", default=MAX_EXPORT, high=MAX_EXPORT)
FEED_LIMIT = Param("limit", "number", "Entries at most.", default=30, high=MAX_FEED)

SEARCH = (QUERY, PAGE, LIMIT, SHORT_LIMIT, SORT, *FILTERS, FACETS_ASKED, EXPLAIN)
FILTER_NAMES = tuple(param.name for param in FILTERS)


@dataclass(frozen=True, slots=True)
class SearchParams:
    """A search as a query string says it. Hashable; two that mean the same are equal and have one `to_query`."""

    q: str = ""
    page: int = 1
    limit: int = DEFAULT_LIMIT
    sort: str = "relevance"
    has_code: bool | None = None
    code: tuple[str, ...] = ()
    dataset: tuple[str, ...] = ()
    metric: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    venue: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    repo: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    explain: bool = False

    @classmethod
    def parse(cls, query_string: str | bytes, *, declared: Sequence[Param] = SEARCH, strict: bool = False) -> Self:
        """The search of a query string. Raises UsageError.

        strict: refuse parameters nobody declared, empty values and repeated single ones, as the REST interface does;
        else they are ignored (of repeated ones the last counts), for a form sends empty fields and links gain
        strangers' parameters.
        """
        values = read(query_string, declared, strict=strict)
        values.setdefault("limit", next((p.default for p in declared if p.name == "limit"), DEFAULT_LIMIT))
        short = values.pop("n", None)
        if short is not None:
            values["limit"] = short
        params = cls(**values)
        if params.page * params.limit > MAX_DEPTH and params.page > 1:
            raise UsageError(
                f"page {params.page} of {params.limit} hits is past the first {MAX_DEPTH:,}; narrow the search instead"
            )
        return params

    def narrow(self) -> dict[str, Any]:
        """The filters alone, as `Index.search`, `similar` and `facets` take them."""
        given = {name: getattr(self, name) for name in FILTER_NAMES}
        return {name: value for name, value in given.items() if value not in (None, ())}

    def newest_first(self) -> Self:
        """The first page of this search by date."""
        return replace(self, page=1, sort="date")

    def search_kwargs(self) -> dict[str, Any]:
        """Everything but `q`, for `Index.search(params.q, **params.search_kwargs())`; snippets are the caller's."""
        return {
            "page": self.page,
            "limit": self.limit,
            "sort": self.sort,
            "facets": self.facets,
            "explain": self.explain,
            **self.narrow(),
        }

    def to_query(self) -> str:
        """The canonical query string: declared order, defaults left out. '' for the default search."""
        pairs: list[tuple[str, str]] = []
        for name, default in _defaults():
            value = getattr(self, name)
            if value != default:
                pairs += [(name, _text(item)) for item in (value if isinstance(value, tuple) else (value,))]
        return urlencode(pairs, quote_via=quote, safe="")

    def with_(self, name: str, value: Any) -> Self:
        """The first page of this search with one more value of a filter, or with another single value."""
        if isinstance(getattr(self, name), tuple):
            held = getattr(self, name)
            value = held if value in held else (*held, value)
        changed: dict[str, Any] = {"page": 1, name: value}
        return replace(self, **changed)

    def without(self, name: str, value: Any = None) -> Self:
        """The first page of this search without one value of a filter (all values when None is given)."""
        held = getattr(self, name)
        kept = tuple(v for v in held if v != value) if isinstance(held, tuple) and value is not None else None
        changed: dict[str, Any] = {"page": 1, name: dict(_defaults())[name] if kept is None else kept}
        return replace(self, **changed)

    def at_page(self, page: int) -> Self:
        """The same search, another page."""
        return replace(self, page=page)


@cache
def _defaults() -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(SearchParams))


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def read(query_string: str | bytes, declared: Sequence[Param], *, strict: bool) -> dict[str, Any]:
    """The values of declared parameters, by name; those not given are left out. Raises UsageError.

    strict: see `SearchParams.parse`.
    """
    given = _collect(_pairs(query_string), {param.name: param for param in declared}, strict=strict)
    values = {param.name: _value(param, given[param.name], strict=strict) for param in declared if param.name in given}
    if "n" in values and "limit" in values and strict:
        raise UsageError("both limit and n are given; n is short for limit, give one of them")
    for param in declared:
        if param.required and not values.get(param.name):
            raise UsageError(f"the parameter {param.name} is missing; add ?{param.name}={param.example or '...'}")
    return values


def _pairs(query_string: str | bytes) -> list[tuple[str, str]]:
    text = query_string.decode("latin-1") if isinstance(query_string, bytes) else query_string
    if len(text) > MAX_QUERY_STRING:
        raise UsageError(f"the query string has {len(text):,} characters; {MAX_QUERY_STRING:,} are read at most")
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_STRING // 8)
    except UnicodeDecodeError as exc:
        raise UsageError("the query string is no UTF-8; encode it as UTF-8, percent by percent") from exc
    except ValueError as exc:
        raise UsageError("the query string has too many parameters; leave some out") from exc


def _collect(pairs: Pairs, declared: dict[str, Param], *, strict: bool) -> dict[str, list[str]]:
    """The texts given for every declared parameter."""
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        param = declared.get(name)
        if param is None:
            if strict:
                raise UsageError(f"unknown parameter {name[:50]!r}; known are {', '.join(declared)}")
            continue
        text = text.strip() if not strict or param.kind in ("text", "texts") else text
        if not text and not (strict and (param.kind != "text" or param.required)):
            continue
        if param.kind not in ("texts", "facets") and name in given:
            if strict:
                raise UsageError(f"the parameter {name} is given twice; give it once")
            given[name] = [text]
            continue
        given.setdefault(name, []).append(text)
    return given


def _value(param: Param, texts: list[str], *, strict: bool) -> Any:
    """The value of one parameter. Raises UsageError."""
    if len(texts) > MAX_VALUES:
        raise UsageError(f"{param.name} is given {len(texts)} times; {MAX_VALUES} values are read at most")
    for text in texts:
        if not text:
            raise UsageError(f"the parameter {param.name} is empty; give it a value or leave it out")
        if len(text) > param.max_chars:
            raise UsageError(f"{param.name} has {len(text):,} characters; {param.max_chars:,} are read at most")
        if "\x00" in text:
            raise UsageError(f"{param.name} holds a null character; leave it out")
    match param.kind:
        case "number":
            return _number(param, texts[0])
        case "flag":
            return _flag(param, texts[0], strict=strict)
        case "choice":
            return _chosen(param, texts[0])
        case "facets":
            return _facets(texts)
        case "texts":
            return tuple(dict.fromkeys(_chosen(param, t) if param.choices else t for t in texts))
        case _:
            return texts[0]


def _number(param: Param, text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1
    if not param.low <= number <= param.high:
        bounds = f"a whole number from {param.low} to {param.high:,}"
        raise UsageError(f"{param.name} cannot be {text[:50]!r}; give {bounds}")
    return number


def _flag(param: Param, text: str, *, strict: bool) -> bool:
    folded = text if strict else text.lower()
    if folded not in (("true", "false") if strict else _TRUE | _FALSE):
        raise UsageError(f"{param.name} cannot be {text[:50]!r}; give true or false")
    return folded in _TRUE


def _chosen(param: Param, text: str) -> str:
    if text not in param.choices:
        raise UsageError(f"unknown {param.name} {text[:50]!r}; known are {', '.join(param.choices)}")
    return text


def _facets(texts: list[str]) -> tuple[str, ...]:
    """Names of facets, in their own order."""
    names = {name.strip() for text in texts for name in text.split(",")}
    if "true" in names:
        return FACET_NAMES
    names.discard("false")
    if unknown := sorted(names - set(FACET_NAMES)):
        raise UsageError(f"unknown facet {unknown[0][:50]!r}; known are {', '.join(FACET_NAMES)}, or true for all")
    return tuple(name for name in FACET_NAMES if name in names)
