"""A paper together with what was extracted from it: what the index stores and every edge shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property, partial
from operator import attrgetter
from types import UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

import orjson

from searchidx.extraction import normalise_repo
from searchidx.paper import CodeState, DatasetMention, Extraction, Link, Listing, Metric, Paper

_NUMBERS = frozenset((int, float, bool))
_TUPLES = ("authors", "source", "code_urls", "keywords")


@dataclass(frozen=True)
class Record:
    """One paper of an index."""

    paper: Paper
    extraction: Extraction

    @cached_property
    def repo(self) -> str | None:
        """See `repo_of`."""
        return repo_of(self.extraction, self.paper.code_urls)

    @property
    def code(self) -> CodeState:
        """See `code_of`."""
        return code_of(self.extraction, self.repo)

    @property
    def url(self) -> str | None:
        """Where the paper can be read, as far as the record says."""
        paper = self.paper
        if paper.url:
            return paper.url
        if paper.arxiv_id:
            return f"https://arxiv.org/abs/{paper.arxiv_id}"
        return f"https://doi.org/{paper.doi}" if paper.doi else None

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The abstract's links, then those of the source's own fields that it does not name."""
        if not self.paper.code_urls:
            return self.extraction.links
        seen = {_bare(link.url) for link in self.extraction.links}
        links = list(self.extraction.links)
        for url in self.paper.code_urls:
            if _bare(url) not in seen:
                seen.add(_bare(url))
                links.append(Link(url if "://" in url else f"https://{url}", "code", "source"))
        return tuple(links)

    def to_json(self) -> dict[str, Any]:
        """Everything known, as `show --json` prints it."""
        paper = self.paper
        return {
            "id": paper.id,
            "title": paper.title,
            "abstract": paper.abstract,
            "authors": list(paper.authors),
            "date": paper.date,
            "year": paper.year,
            "venue": paper.venue,
            "url": paper.url,
            "source": list(paper.source),
            "listings": [listing.to_json() for listing in paper.listings],
            "keywords": list(paper.keywords),
            "arxiv_id": paper.arxiv_id,
            "doi": paper.doi,
            "upvotes": paper.upvotes,
            "has_code": self.code == "linked",
            "code": self.code,
            "repo": self.repo,
            "links": [link.to_json() for link in self.links],
            "datasets": [{"name": d.canonical, "surface": d.name, "role": d.role} for d in self.extraction.datasets],
            "metrics": [metric_json(metric) for metric in self.extraction.metrics],
            "extra": paper.extra,
        }

    def dump(self) -> bytes:
        """The record as stored: compact JSON, defaults left out."""
        return joined(dump_paper(self.paper), orjson.dumps(compact(self.extraction)))

    @classmethod
    def load(cls, data: dict[str, Any]) -> Record:
        """The record from its stored form. Raises KeyError or TypeError when it is not one."""
        record = cls(load_paper(data["paper"]), load_extraction(data["extraction"]))
        # an index may come from a stranger, who has not heard of types
        if not _is_paper(record.paper) or not _is_extraction(record.extraction):
            raise TypeError("a field holds a value of another type")
        return record


def code_of(extraction: Extraction, repo: str | None) -> CodeState:
    """`linked` when a paper's repository is known, else what its abstract says."""
    return "linked" if repo else extraction.code


def repo_of(extraction: Extraction, code_urls: Iterable[str]) -> str | None:
    """`host/owner/name` of a paper's repository: named in the abstract, else by the source."""
    return extraction.repo or next(filter(None, map(normalise_repo, code_urls)), None)


def dump_paper(paper: Paper) -> bytes:
    """The part of the stored form that holds the paper. Raises TypeError for one nested too deeply, or with lone
    surrogates.
    """
    return orjson.dumps({"paper": compact(paper)})


def compact_paper(dumped: bytes) -> dict[str, Any]:
    """The `compact` form of a paper that was dumped."""
    paper: dict[str, Any] = orjson.loads(dumped)["paper"]
    return paper


def joined(paper: bytes, extraction: bytes) -> bytes:
    """The stored form of a paper that was dumped, and its extraction as compact JSON."""
    return b"".join((paper[:-1], b',"extraction":', extraction, b"}"))


def load_paper(data: Any) -> Paper:
    """The paper from its `compact` form; what a field holds is not checked. Raises TypeError when it is not one."""
    paper = _object(data)
    for name in _TUPLES:
        if name in paper:
            paper[name] = tuple(paper[name])
    if "listings" in paper:
        paper["listings"] = tuple(Listing(**item) for item in paper["listings"])
    return Paper(**paper)


def load_extraction(data: dict[str, Any]) -> Extraction:
    """The extraction from its `compact` form. Raises KeyError or TypeError when it is not one."""
    found = _object(data)
    found["links"] = tuple(Link(**_spanned(item)) for item in found.get("links", ()))
    found["datasets"] = tuple(DatasetMention(**_spanned(item)) for item in found.get("datasets", ()))
    found["metrics"] = tuple(Metric(**_spanned(item)) for item in found.get("metrics", ()))
    return Extraction(**found)


_Test = Callable[[Any], bool]


def _test(hint: Any) -> _Test:
    """Whether a value is what an annotation says; a dataclass in a tuple is looked into."""
    kind, inside = get_origin(hint), get_args(hint)
    if kind is Literal:
        return lambda value: isinstance(value, str) and value in inside
    if kind in (Union, UnionType):
        classes = tuple(each for each in inside if get_origin(each) is None)
        others = [_test(each) for each in inside if get_origin(each) is not None]
        return lambda value: isinstance(value, classes) or any(test(value) for test in others)
    if kind is tuple and inside[-1] is ...:
        test = _test(inside[0])
        return lambda value: all(map(test, value))
    if kind is tuple:
        return lambda value: isinstance(value, tuple) and tuple(map(type, value)) == inside
    return partial(_has_types, _tests(hint)) if is_dataclass(hint) else lambda value: isinstance(value, kind or hint)


def _tests(kind: Any) -> list[tuple[str, _Test]]:
    """A test for the value of every field of a dataclass."""
    return [(name, _test(hint)) for name, hint in get_type_hints(kind).items()]


def _has_types(tests: list[tuple[str, _Test]], value: Any) -> bool:
    """Whether the fields of a dataclass hold what their annotations say."""
    return all(test(getattr(value, name)) for name, test in tests)


_is_paper, _is_extraction = _test(Paper), _test(Extraction)


def metric_json(metric: Metric) -> dict[str, Any]:
    """A reported number as search results show it: value and from as numbers where they are numbers."""
    return {
        "metric": metric.metric,
        "canonical": metric.canonical,
        "value": number(metric.value),
        "from": None if metric.from_value is None else number(metric.from_value),
        "unit": metric.unit,
        "kind": metric.kind,
        "dataset": metric.dataset,
        "sentence": metric.sentence,
    }


def number(text: str) -> float | str:
    """A value as a number (`5,700` -> 5700.0), or as written when it is none that JSON has."""
    try:
        value = float(text.replace(",", "").replace(" ", ""))
    except ValueError:
        return text
    return value if math.isfinite(value) else text


def _object(value: Any) -> dict[str, Any]:
    """A copy of a JSON object. Raises TypeError for any other value."""
    if not isinstance(value, dict):
        raise TypeError(f"no object but {type(value).__name__}")
    return dict(value)


def _spanned(value: Any) -> dict[str, Any]:
    item = _object(value)
    if item.get("span"):
        item["span"] = tuple(item["span"])
    return item


def compact(value: Any) -> dict[str, Any]:
    """A dataclass as JSON values without what is None or empty."""
    names, values_of, of_records = _fields(value.__class__)
    # a number says something even when it is 0
    found: dict[str, Any] = {
        name: item for name, item in zip(names, values_of(value), strict=True) if item or item.__class__ in _NUMBERS
    }
    for name in of_records:
        if name in found:
            found[name] = [compact(each) for each in found[name]]
    return found


@cache
def _fields(kind: Hashable) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]], tuple[str, ...]]:
    """The names of a dataclass's fields (two or more), what gives the values of all, and the names of those that hold
    dataclasses.
    """
    names = tuple(field.name for field in fields(cast(Any, kind)))
    hints = get_type_hints(cast(Any, kind))
    of_records = tuple(name for name in names if any(map(is_dataclass, get_args(hints[name]))))
    return names, attrgetter(*names), of_records


def _bare(url: str) -> str:
    return url.split("://", 1)[-1].removeprefix("www.").rstrip("/").removesuffix(".git").lower()
