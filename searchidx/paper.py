r"""The data every other module speaks of: a paper, what it links to, what it reports.

Plain frozen records without behaviour beyond turning themselves into JSON and back. Identity and merging
live in `merge`, extraction in `extract`, storage in `store`.

Invariants:
- `Paper.title` is never empty and holds no line breaks; `abstract` may be empty.
- `Paper.date` is ISO `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, or None; `year` agrees with it where both are known.
- `Listing.date` may have an unknown year, written `XXXX-09-29` (EDTF, ISO 8601-2): it is never guessed.
- Spans are offsets into `title + "\n" + abstract`; `evidence_text` builds exactly that string.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

LinkKind = Literal["code", "data", "model", "demo", "video", "package", "project", "other"]
#: What the text of a paper says of its code.
CodeStatement = Literal["released", "promised", "none"]
#: What the index knows of a paper's code: `linked` when a repository is known, else the statement.
CodeState = Literal["linked", "released", "promised", "none"]
DatasetRole = Literal["used", "introduced"]
MetricKind = Literal["absolute", "delta", "ratio"]

LINK_KINDS: tuple[str, ...] = get_args(LinkKind)
CODE_STATES: tuple[str, ...] = get_args(CodeState)

#: The metric of a number that the text reports without naming what was measured.
UNSPECIFIED = "unspecified"

Span = tuple[int, int]


def evidence_text(title: str, abstract: str) -> str:
    """The text that extraction reads and that every span points into."""
    return f"{title}\n{abstract}"


@dataclass(frozen=True, slots=True)
class Link:
    """A URL as a reader should open it.

    origin: where it was found: `abstract`, or the source's own field (`source`).
    """

    url: str
    kind: LinkKind
    origin: str = "abstract"
    span: Span | None = None

    def to_json(self) -> dict[str, Any]:
        return {"url": self.url, "kind": self.kind, "origin": self.origin}


@dataclass(frozen=True, slots=True)
class DatasetMention:
    """A named dataset, benchmark, corpus or challenge.

    name: as written in the paper; canonical: the one spelling under which all writings are counted
    (`CIFAR10` and `CIFAR-10` have one).
    """

    name: str
    canonical: str
    role: DatasetRole = "used"
    span: Span | None = None

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "canonical": self.canonical, "role": self.role}


@dataclass(frozen=True, slots=True)
class Metric:
    """One number a paper reports of its own experiments: a claim, not a leaderboard entry.

    metric: as written (`top-1 accuracy`); canonical: the one spelling (`accuracy`, `mAP`).
    value, from_value: strings as written, without sign and unit.
    unit: `%`, `points`, `x`, `dB`, ... or None. kind: `absolute`, `delta` (gain or loss), `ratio` (10x faster).
    dataset: the name as in the paper's dataset mentions, or None when pooled or not stated.
    sentence: the sentence the claim stands in.
    """

    metric: str
    value: str
    canonical: str = ""
    from_value: str | None = None
    unit: str | None = None
    kind: MetricKind = "absolute"
    dataset: str | None = None
    sentence: str = ""
    span: Span | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "metric": self.metric,
            "canonical": self.canonical,
            "value": self.value,
            "from": self.from_value,
            "unit": self.unit,
            "kind": self.kind,
            "dataset": self.dataset,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Extraction:
    """What `searchidx.extract` finds in one title and abstract.

    repo: `host/owner/name` of the paper's own repository when its URL stands in the text, else None.
    code: what the text says of the code; a repository URL alone counts as `released`.
    """

    links: tuple[Link, ...] = ()
    repo: str | None = None
    code: CodeStatement = "none"
    datasets: tuple[DatasetMention, ...] = ()
    metrics: tuple[Metric, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "links": [link.to_json() for link in self.links],
            "repo": self.repo,
            "code": self.code,
            "datasets": [mention.to_json() for mention in self.datasets],
            "metrics": [metric.to_json() for metric in self.metrics],
        }


@dataclass(frozen=True, slots=True)
class Listing:
    """One page a paper was listed on, with that page's date (`2025-09-29`, `XXXX-09-29` or None)."""

    page: str
    date: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {"page": self.page, "date": self.date}


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as a source gave it, or as several sources together gave it.

    id: stable name users see; a source's own id where there is one, else made from the title.
    code_urls: repositories the source's structured fields name (not the abstract).
    extra: the source's keys we have no field for, kept as they are.
    """

    id: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    date: str | None = None
    year: int | None = None
    venue: str | None = None
    url: str | None = None
    source: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()
    code_urls: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    arxiv_id: str | None = None
    doi: str | None = None
    upvotes: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


class PaperDraft:
    """A paper being made, all of whose attributes are set one by one: a fifth of the time that `Paper(...)` takes."""

    __slots__ = tuple(each.name for each in fields(Paper))

    if TYPE_CHECKING:

        def __setattr__(self, name: str, value: Any) -> None: ...

    def finished(self) -> Paper:
        """The paper; nothing may be set any more."""
        self.__class__ = Paper  # type: ignore[assignment]
        return cast(Paper, self)
