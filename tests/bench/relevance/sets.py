"""The test collections: documents, queries and which documents are right for them.

Three layouts are read: BEIR's (`corpus.jsonl.zst`, `queries.jsonl`, `qrels.tsv`), CSFCube in the same files, whose
queries are papers, and a table of one-line summaries of papers in our own JSONL. Documents are read anew by whoever
needs them; a hundred thousand abstracts need not stay in memory.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import orjson
import zstandard

from tests.bench.relevance.figures import Measure

ROOT = Path(__file__).parents[3]
#: Names the directory of the collections when `--data` does not.
DATA_VARIABLE = "SEARCHIDX_DATA"
DATA_DEFAULT = ROOT.parent / "shared" / "data"

_GAINS = {2: 3, 3: 7}  # a grade gains 2^grade - 1
#: The first measure of a collection is the one whose differences are tested.
SEARCH_MEASURES = (
    Measure("nDCG@10", "nDCG", 10),
    Measure("MRR@10", "RR", 10),
    Measure("R@10", "R", 10),
    Measure("R@100", "R", 100),
)
#: Few papers were judged for a query: the first measure leaves the others out of the ranking, the second counts them as
#: wrong.
SIMILAR_MEASURES = (
    Measure("nDCG@10, judged only", "nDCG", 10, {"judged_only": True, "gains": _GAINS}),
    Measure("nDCG@10, all papers", "nDCG", 10, {"gains": _GAINS}),
)
SEARCH_DEPTH = 100
#: Deep enough that ten judged papers are among them.
SIMILAR_DEPTH = 1000


class DataMissing(Exception):
    """There is no such directory or file of collections; the message says where to put it."""


class Doc(NamedTuple):
    """A document as every engine gets it; some have no title, some no text, few have keywords of their authors."""

    id: str
    title: str
    text: str
    keywords: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """Text and keywords, for engines that know no keywords."""
        return "\n".join(filter(None, (self.text, "; ".join(self.keywords))))


@dataclass(frozen=True)
class Collection:
    """Documents, queries, and how right documents are for them.

    qrels: query id -> document id -> grade, 0 for a document that was judged and is wrong. queries: only those that
    have a right document. like: query id -> the document whose like is wanted, for collections of papers as queries.
    large: too many documents for an engine that takes hours over them.
    """

    name: str
    corpus: Path
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    measures: Sequence[Measure] = SEARCH_MEASURES
    depth: int = SEARCH_DEPTH
    like: Mapping[str, str] = field(default_factory=dict)
    large: bool = False

    def docs(self) -> Iterator[Doc]:
        """Every document, in the order of the file."""
        for line in _lines(self.corpus):
            doc = orjson.loads(line)
            id_, text = (doc["_id"], doc["text"]) if "_id" in doc else (doc["id"], doc["abstract"])
            yield Doc(id_, doc.get("title") or "", text or "", tuple(doc.get("keywords") or ()))


def beir(directory: Path, *, large: bool = False) -> Collection:
    """A collection in BEIR's layout, named as its directory."""
    queries = {row["_id"]: row["text"] for row in map(orjson.loads, _lines(directory / "queries.jsonl"))}
    qrels: dict[str, dict[str, int]] = {}
    for query, doc, grade in _rows(directory / "qrels.tsv"):
        qrels.setdefault(query, {})[doc] = int(grade)
    qrels = {query: grades for query, grades in qrels.items() if any(grade > 0 for grade in grades.values())}
    asked = {query: queries[query] for query in qrels}
    return Collection(directory.name, _corpus(directory / "corpus.jsonl.zst"), asked, qrels, large=large)


def csfcube(directory: Path) -> Collection:
    """CSFCube: a query is a paper and a facet of it; the paper is not to be found."""
    plain = beir(directory)
    rows = map(orjson.loads, _lines(directory / "queries.jsonl"))
    like = {row["_id"]: row["metadata"]["paper_id"] for row in rows if row["_id"] in plain.queries}
    return Collection(
        plain.name, plain.corpus, plain.queries, plain.qrels, SIMILAR_MEASURES, SIMILAR_DEPTH, like, plain.large
    )


def known_item(name: str, corpus: Path, table: Path) -> Collection:
    """Summaries of papers as queries, each with the one paper it was written for."""
    rows = list(_rows(table))
    queries: dict[str, str] = dict(rows)
    if len(queries) < len(rows):
        raise ValueError(f"{table} has two queries for one paper")
    return Collection(name, _corpus(corpus), queries, {paper: {paper: 1} for paper in queries}, large=True)


#: Every collection by name: from the directory of the data. Raises DataMissing.
SETS: dict[str, Callable[[Path], Collection]] = {
    "scholargym": lambda data: beir(data / "retrieval" / "scholargym", large=True),
    "tldr": lambda data: known_item("tldr", data / "conference-papers.jsonl.zst", data / "tldr-dev.tsv"),
    "cacm": lambda data: beir(data / "retrieval" / "cacm"),
    "npl": lambda data: beir(data / "retrieval" / "npl"),
    "med": lambda data: beir(data / "retrieval" / "med"),
    "csfcube": lambda data: csfcube(data / "retrieval" / "csfcube"),
}


def data_directory(given: Path | None) -> Path:
    """Where the collections are: as given, else where the environment says, else beside the project.

    Raises DataMissing.
    """
    named = os.environ.get(DATA_VARIABLE)
    directory = given or (Path(named) if named else DATA_DEFAULT)
    if not directory.is_dir():
        raise DataMissing(
            f"no test collections: {directory} is no directory; give --data DIR or set {DATA_VARIABLE} to one with "
            "retrieval/NAME/{corpus.jsonl.zst,queries.jsonl,qrels.tsv} in it"
        )
    return directory


def _corpus(path: Path) -> Path:
    if not path.is_file():
        raise DataMissing(f"no {path}")
    return path


def _lines(path: Path) -> Iterator[str]:
    """The lines of a text file, unpacked if its name ends in .zst. Raises DataMissing."""
    with _corpus(path).open("rb") as file:
        raw = zstandard.ZstdDecompressor().stream_reader(file) if path.suffix == ".zst" else file
        with io.TextIOWrapper(raw, encoding="utf-8", newline="\n") as text:
            yield from (line for line in text if line.strip())


def _rows(path: Path) -> Iterator[list[str]]:
    """The rows of a tab-separated table, without its header."""
    lines = _lines(path)
    next(lines, None)
    for line in lines:
        yield line.rstrip("\r\n").split("\t")
