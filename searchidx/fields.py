"""THE declaration of every field: how it is analysed, ranked, filtered, counted and shown.

The index, the query layer, the command line, JSON and Whoosh's schema all read it from here, so a new field
is added in one place. The hash of this declaration (with the analyser's version) stands in every index's
manifest: an index made under another declaration is refused with "rebuild" instead of read wrongly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import orjson

from searchidx.analysis import ANALYSER_VERSION
from searchidx.paper import Paper

Kind = Literal["text", "keyword", "number", "date"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the index.

    name: in queries (`dataset:imagenet`), JSON facets and Whoosh's schema; never renamed once released.
    kind: `text` is analysed and ranked; `keyword` is matched whole, its spelling folded; `number` and `date`
    take ranges. boost: weight in ranking, text fields only. holds: a text field's parts, attributes of a `Paper`.
    multi: a paper may hold several values. facet: values are counted for people to narrow by, in the order of
    declaration.
    """

    name: str
    kind: Kind
    label: str
    boost: float = 0.0
    holds: tuple[str, ...] = ()
    multi: bool = False
    facet: bool = False
    max_values: int = 20


FIELDS: tuple[Field, ...] = (
    Field("title", "text", "Title", boost=3.0, holds=("title",)),
    Field("abstract", "text", "Abstract", boost=1.0, holds=("abstract", "keywords")),
    Field("code", "keyword", "Code", facet=True),
    Field("dataset", "keyword", "Dataset", multi=True, facet=True),
    Field("metric", "keyword", "Metric", multi=True, facet=True),
    Field("metric_value", "number", "Reported value", multi=True),
    Field("year", "number", "Year", facet=True),
    Field("source", "keyword", "Source", multi=True, facet=True),
    Field("venue", "keyword", "Venue", facet=True),
    Field("author", "keyword", "Author", multi=True),
    Field("repo", "keyword", "Repository"),
    Field("acronym", "keyword", "Acronym with its meaning", multi=True),
    Field("date", "date", "Date"),
)

BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
TEXT_FIELDS: tuple[Field, ...] = tuple(f for f in FIELDS if f.kind == "text")
KEYWORD_FIELDS: tuple[Field, ...] = tuple(f for f in FIELDS if f.kind == "keyword")
FACETS: tuple[Field, ...] = tuple(f for f in FIELDS if f.facet)

#: Facets shown when none are asked for by name.
DEFAULT_FACETS: tuple[str, ...] = tuple(f.name for f in FACETS)

#: Values counted per facet, the most frequent; the long tail of dataset names runs to thousands.
MAX_FACET_VALUES = 100

#: BM25 term-frequency saturation and length normalisation; see `ranking.bm25f`.
K1 = 1.2
B = 0.75

#: The length that an abstract counts for where nothing is held, in positions: about half of what abstracts have.
NO_ABSTRACT = 50


def held_texts(paper: Paper) -> tuple[str, ...]:
    """What each text field holds of a paper, in the order of `TEXT_FIELDS`.

    Keywords follow the abstract on a line of their own, semicolons between them, which phrases cross as they do full
    stops.
    """
    return next(texts_held(lambda name: [getattr(paper, name)]))


def texts_held(column: Callable[[str], Sequence[str | Sequence[str] | None]]) -> Iterator[tuple[str, ...]]:
    """The same of several papers. column: gives their attributes of a name, of which an empty one may be None."""
    parts = [zip(*map(column, field.holds), strict=True) for field in TEXT_FIELDS]
    texts = [["\n".join([_text(part) for part in some if part]) for some in field] for field in parts]
    return zip(*texts, strict=True)


def _text(part: str | Sequence[str]) -> str:
    return part if part.__class__ is str else "; ".join(part)


def boosts() -> tuple[float, ...]:
    """The weight of every text field, in the order of `TEXT_FIELDS`."""
    return tuple(field.boost for field in TEXT_FIELDS)


def declaration_hash() -> str:
    """Changes whenever an index made before can no longer be read as one made now.

    The default weights count too: impacts are made with them.
    """
    shape = [{k: v for k, v in asdict(f).items() if k in ("name", "kind", "multi", "boost", "holds")} for f in FIELDS]
    return hashlib.sha256(orjson.dumps([ANALYSER_VERSION, K1, B, NO_ABSTRACT, shape])).hexdigest()[:16]
