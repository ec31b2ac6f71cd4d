"""The engines a benchmark compares, behind one small interface.

Each builds an index of the same papers, title and abstract as two fields with English stems where it can, and answers
the same kinds of query with paper ids. Peers are imported only when asked for: `pip install tantivy bm25s`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol


class Doc(NamedTuple):
    """A paper as every engine gets it. code: whether the list names a repository."""

    id: str
    title: str
    abstract: str
    year: int
    venue: str
    code: bool


class Engine(Protocol):
    """One engine over one directory.

    kinds: the query kinds it can answer, of `union`, `intersection`, `phrase`, `filtered`, `faceted`.
    """

    name: str
    kinds: Sequence[str]

    def build(self, docs: Sequence[Doc], directory: Path) -> None: ...
    def open(self, directory: Path) -> None: ...
    def search(self, kind: str, words: Sequence[str], k: int) -> list[str]: ...
    def version(self) -> str: ...


class Searchidx:
    """This project, its compiled executor; `build` reads JSONL like any user's, extraction included."""

    name = "searchidx"
    kinds = ("union", "intersection", "phrase", "filtered", "faceted")

    def build(self, docs: Sequence[Doc], directory: Path) -> None:
        import orjson

        import searchidx

        source = directory.parent / "papers.jsonl"
        with source.open("wb") as file:
            for doc in docs:
                record: dict[str, Any] = {k: v for k, v in doc._asdict().items() if k != "code"}
                record["code_urls"] = [f"https://github.com/owner/{abs(hash(doc.id))}"] if doc.code else []
                file.write(orjson.dumps(record) + b"\n")
        searchidx.build([source], directory)

    def open(self, directory: Path) -> None:
        import searchidx

        self._index = searchidx.open(directory)

    def search(self, kind: str, words: Sequence[str], k: int) -> list[str]:
        narrow: dict[str, Any] = {}
        text = " ".join(words)
        if kind == "intersection":
            text = " AND ".join(words)
        elif kind == "phrase":
            text = f'"{text}"'
        elif kind == "filtered":
            narrow["has_code"] = True
        elif kind == "faceted":
            narrow = {"has_code": True, "facets": ["code", "dataset", "year", "venue", "source"]}
        return [hit.id for hit in self._index.search(text, limit=k, **narrow).hits]

    def version(self) -> str:
        import searchidx

        return searchidx.__version__


class Tantivy:
    """tantivy-py; title counts three times."""

    name = "tantivy"
    kinds = ("union", "intersection", "phrase", "filtered", "faceted")
    _FIELDS = ("title", "abstract")

    def _schema(self) -> Any:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        for field in self._FIELDS:
            builder.add_text_field(field, stored=True, tokenizer_name="en_stem")
        builder.add_integer_field("year", fast=True, indexed=True)
        builder.add_integer_field("code", fast=True, indexed=True)
        builder.add_text_field("venue", stored=True, tokenizer_name="raw", fast=True)
        return builder.build()

    def build(self, docs: Sequence[Doc], directory: Path) -> None:
        import tantivy

        directory.mkdir(parents=True)
        index = tantivy.Index(self._schema(), path=str(directory))
        writer = index.writer(512_000_000, 2)
        for doc in docs:
            writer.add_document(
                tantivy.Document(
                    id=doc.id,
                    title=doc.title,
                    abstract=doc.abstract,
                    year=doc.year,
                    code=int(doc.code),
                    venue=doc.venue,
                )
            )
        writer.commit()
        writer.wait_merging_threads()

    def open(self, directory: Path) -> None:
        import tantivy

        self._index = tantivy.Index.open(str(directory))
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(self, kind: str, words: Sequence[str], k: int) -> list[str]:
        text = " ".join(words)
        if kind == "intersection":
            text = " AND ".join(words)
        elif kind == "phrase":
            text = f'"{text}"'
        elif kind in ("filtered", "faceted"):
            text = f"+({text}) +code:1"
        query = self._index.parse_query(text, list(self._FIELDS), field_boosts={"title": 3.0})
        found = self._searcher.search(query, k, count=False)
        if kind == "faceted":
            terms = {name: {"terms": {"field": name, "size": 100}} for name in ("year", "venue", "code")}
            self._searcher.aggregate(query, terms)
        return [self._searcher.doc(address)["id"][0] for _, address in found.hits]

    def version(self) -> str:
        from importlib.metadata import version

        return version("tantivy")


class Fts5:
    """SQLite's full-text index, bm25() with the title three times, Porter stems."""

    name = "fts5"
    kinds = ("union", "intersection", "phrase", "filtered")

    def build(self, docs: Sequence[Doc], directory: Path) -> None:
        directory.mkdir(parents=True)
        with sqlite3.connect(directory / "index.db") as db:
            db.execute("CREATE VIRTUAL TABLE p USING fts5(id UNINDEXED, title, abstract, code, tokenize='porter')")
            rows = ((d.id, d.title, d.abstract, "yescode" if d.code else "nocode") for d in docs)
            db.executemany("INSERT INTO p VALUES (?, ?, ?, ?)", rows)
            db.execute("INSERT INTO p(p) VALUES ('optimize')")

    def open(self, directory: Path) -> None:
        self._db = sqlite3.connect(directory / "index.db")

    def search(self, kind: str, words: Sequence[str], k: int) -> list[str]:
        quoted = [f'"{word}"' for word in words]
        text = {"intersection": " AND ".join(quoted), "phrase": f'"{" ".join(words)}"'}.get(kind, " OR ".join(quoted))
        match = f"{{title abstract}} : ({text})" + (" AND code : yescode" if kind == "filtered" else "")
        sql = "SELECT id FROM p WHERE p MATCH ? ORDER BY bm25(p, 0, 3, 1, 0) LIMIT ?"
        return [row[0] for row in self._db.execute(sql, (match, k))]

    def version(self) -> str:
        return sqlite3.sqlite_version


class Bm25s:
    """bm25s with its numba backend, over title three times and abstract."""

    name = "bm25s"
    kinds = ("union",)

    def build(self, docs: Sequence[Doc], directory: Path) -> None:
        import bm25s
        import orjson

        texts = [f"{d.title} {d.title} {d.title} {d.abstract}" for d in docs]
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75, backend="numba")
        index.index(bm25s.tokenize(texts, stemmer=self._stemmer(), show_progress=False), show_progress=False)
        index.save(directory)
        (directory / "ids.json").write_bytes(orjson.dumps([d.id for d in docs]))

    @staticmethod
    def _stemmer() -> Any:
        import Stemmer

        return Stemmer.Stemmer("english")

    def open(self, directory: Path) -> None:
        import bm25s
        import orjson

        self._index = bm25s.BM25.load(directory)
        self._index.backend = "numba"
        self._ids = orjson.loads((directory / "ids.json").read_bytes())
        self._stem = self._stemmer()

    def search(self, kind: str, words: Sequence[str], k: int) -> list[str]:
        import bm25s

        tokens = bm25s.tokenize([" ".join(words)], stemmer=self._stem, show_progress=False, return_ids=False)
        rows, _ = self._index.retrieve(tokens, k=k, show_progress=False, n_threads=1)
        return [self._ids[row] for row in rows[0]]

    def version(self) -> str:
        import bm25s

        return str(bm25s.__version__)


ENGINES: dict[str, type[Engine]] = {e.name: e for e in (Searchidx, Tantivy, Fts5, Bm25s)}
