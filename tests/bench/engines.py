"""The engines a benchmark compares, behind one small interface.

Each builds an index of the same papers, title and abstract as two fields with English stems where it can, and answers
the same kinds of query with paper ids. Peers are imported only when asked for; what is not installed is left out.

PISA and bm25s keep no texts and no other fields, so their indexes are smaller and they know fewer kinds of query.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any, NamedTuple

#: Every kind of query, and how many papers it asks for. `count` asks for the number of papers that match any word;
#: `filtered` for papers with code; `faceted` for these and the counts of `FACETS` over all of them.
KINDS = {"union": 10, "top100": 100, "intersection": 10, "phrase": 10, "filtered": 10, "faceted": 10, "count": 0}
#: As searchidx calls them. The other engines count datasets that a short list of names finds.
FACETS = ("code", "dataset", "year", "venue", "source")


class Doc(NamedTuple):
    """A paper as every engine gets it. code: whether the list names a repository."""

    id: str
    title: str
    abstract: str
    year: int
    venue: str
    source: str
    dataset: list[str]
    code: bool


def docs(source: Path) -> Iterator[Doc]:
    """The papers of a file that `tests.bench.run.prepare` wrote."""
    import orjson

    with source.open("rb") as file:
        for line in file:
            p = orjson.loads(line)
            code = bool(p["code_urls"])
            yield Doc(p["id"], p["title"], p["abstract"], p["year"], p["venue"], p["source"], p["dataset"], code)


class Engine:
    """One engine over one directory.

    kinds: of `KINDS`, those it can answer. package: whose version is told; install: what to give pip, if not that.
    Methods that import the engine's package raise ModuleNotFoundError where it is not installed, `version` before any
    other.
    """

    name = ""
    package = ""
    install = ""
    kinds: Sequence[str] = ()

    def version(self) -> str:
        return version(self.package)

    def build(self, source: Path, directory: Path) -> None:
        """Make an index in a directory that is not there yet, ready to be opened by another process."""
        raise NotImplementedError

    def open(self, directory: Path) -> None:
        raise NotImplementedError

    def search(self, kind: str, words: Sequence[str], k: int) -> list[str]:
        """The ids of the k best papers; `top100` asks as `union` does."""
        raise NotImplementedError

    def count(self, words: Sequence[str]) -> int:
        """How many papers have any of the words."""
        raise NotImplementedError

    def batch(self, queries: Sequence[Sequence[str]], k: int, threads: int) -> list[list[str]]:
        """The answers to many `union` queries on several cores; here a thread for each, which helps as far as the
        engine lets go of Python's lock.
        """
        parts = [queries[at::threads] for at in range(threads)]
        answers: list[list[str]] = [[] for _ in queries]
        with ThreadPoolExecutor(threads) as pool:
            found = pool.map(lambda part: [self.search("union", words, k) for words in part], parts)
            for at, part in enumerate(found):
                answers[at::threads] = part
        return answers

    def command(self, directory: Path, words: Sequence[str]) -> list[str] | None:
        """A command line that answers one query, for engines that have one."""
        return None


class Searchidx(Engine):
    """This project, its compiled executor; `build` reads JSONL like any user's, extraction included."""

    name = package = "searchidx"
    kinds = tuple(KINDS)

    def version(self) -> str:
        import searchidx

        return searchidx.__version__

    def build(self, source: Path, directory: Path) -> None:
        import searchidx

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
            narrow = {"has_code": True, "facets": FACETS}
        return [hit.id for hit in self._index.search(text, limit=k, **narrow).hits]

    def count(self, words: Sequence[str]) -> int:
        return self._index.search(" ".join(words), limit=1).total

    def batch(self, queries: Sequence[Sequence[str]], k: int, threads: int) -> list[list[str]]:
        # one more, as by default: some wait for Python's lock
        pages = self._index.search_many(map(" ".join, queries), limit=k, threads=threads + 1)
        return [[hit.id for hit in page.hits] for page in pages]

    def command(self, directory: Path, words: Sequence[str]) -> list[str] | None:
        return [sys.executable, "-m", "searchidx", "search", "--index", str(directory), "--jsonl", "--", *words]


class SearchidxTexts(Searchidx):
    """The same over texts alone, as the other engines are: nothing is extracted, so there is nothing to filter by."""

    name = "searchidx-texts"
    kinds = ("union", "top100", "intersection", "phrase", "count")

    def build(self, source: Path, directory: Path) -> None:
        import searchidx

        searchidx.build([source], directory, extract=False)


class Tantivy(Engine):
    """tantivy-py; title counts three times.

    A hit's id comes from a numeric column and a list, which is faster than from the stored paper.
    """

    name = package = "tantivy"
    kinds = tuple(KINDS)
    _FIELDS = ("title", "abstract")

    def _schema(self) -> Any:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        for field in self._FIELDS:
            builder.add_text_field(field, stored=True, tokenizer_name="en_stem")
        for field in ("row", "year", "code"):
            builder.add_integer_field(field, fast=True, indexed=True)
        for field in ("venue", "source", "dataset"):
            builder.add_text_field(field, stored=True, tokenizer_name="raw", fast=True)
        return builder.build()

    def build(self, source: Path, directory: Path) -> None:
        import orjson
        import tantivy

        ids: list[str] = []
        directory.mkdir(parents=True)
        index = tantivy.Index(self._schema(), path=str(directory))
        writer = index.writer(512_000_000, 2)
        for doc in docs(source):
            writer.add_document(tantivy.Document(**{**doc._asdict(), "code": int(doc.code), "row": len(ids)}))
            ids.append(doc.id)
        writer.commit()
        writer.wait_merging_threads()
        (directory / "ids.json").write_bytes(orjson.dumps(ids))

    def open(self, directory: Path) -> None:
        import orjson
        import tantivy

        self._ids = orjson.loads((directory / "ids.json").read_bytes())
        self._index = tantivy.Index.open(str(directory))
        self._index.reload()
        self._searcher = self._index.searcher()

    def _query(self, text: str) -> Any:
        return self._index.parse_query(text, list(self._FIELDS), field_boosts={"title": 3.0})

    def search(self, kind: str, words: Sequence[str], k: int) -> list[str]:
        text = " ".join(words)
        if kind == "intersection":
            text = " AND ".join(words)
        elif kind == "phrase":
            text = f'"{text}"'
        elif kind in ("filtered", "faceted"):
            text = f"+({text}) +code:1"
        query = self._query(text)
        found = self._searcher.search(query, k, count=False)
        if kind == "faceted":
            self._searcher.aggregate(query, {name: {"terms": {"field": name, "size": 100}} for name in FACETS})
        rows = self._searcher.fast_field_values("row", [address for _, address in found.hits])
        return [self._ids[row] for row in rows]

    def count(self, words: Sequence[str]) -> int:
        found: Any = self._searcher.search(self._query(" ".join(words)), 1, count=True)
        return int(found.count)


class Pisa(Engine):
    """PISA through pyterrier-pisa's C++ extension alone, which needs neither Java nor PyTerrier.

    MaxScore over SIMD-BP128 postings, scores quantised to 8 bits when the index is made; title three times, then
    abstract, Porter 2 stems. Of the files of a build only those that queries read are kept.
    """

    name = "pisa"
    package = "pyterrier-pisa"
    install = "--no-deps pyterrier-pisa tbb==2020.3.254"
    kinds = ("union", "top100", "intersection")
    _ALGORITHMS: Sequence[tuple[str, str]] = (("intersection", "ranked_and"),)
    _STEMS, _BATCH, _THREADS = "porter2", 100_000, 2

    def version(self) -> str:
        distribution("tbb")
        return version(self.package)

    @staticmethod
    def _extension() -> Any:
        import ctypes
        import importlib.util

        def file(package: str, name: str) -> str:
            return next(str(path.locate()) for path in distribution(package).files or () if path.name.startswith(name))

        ctypes.CDLL(file("tbb", "libtbb.so.2"), mode=ctypes.RTLD_GLOBAL)
        spec = importlib.util.spec_from_file_location("_pisathon", file("pyterrier-pisa", "_pisathon.cpython"))
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def build(self, source: Path, directory: Path) -> None:
        directory.mkdir(parents=True)
        plain = directory / "plain.txt"
        with plain.open("w", encoding="utf-8") as file:
            for doc in docs(source):
                text = " ".join((doc.title, doc.title, doc.title, doc.abstract))
                file.write(f"{doc.id} {' '.join(text.split())}\n")
        self._extension().index(str(plain), str(directory), self._STEMS, self._BATCH, self._THREADS)
        self.open(directory)  # compresses the postings
        for path in directory.iterdir():
            if path.name not in ("fwd.doclex", "fwd.termlex") and not path.name.startswith("bm25"):
                path.unlink()

    def open(self, directory: Path) -> None:
        self._pisa = self._extension()
        self._context = self._pisa.RetrievalContext()
        how = ("block_simdbp", "bm25", self._STEMS)
        more = {"block_size": 64, "quantize": 1, "bm25_k1": 1.2, "bm25_b": 0.75}
        self._pisa.prepare_index(self._context, str(directory), *how, **more)

    def _retrieve(self, algorithm: str, queries: Sequence[Sequence[str]], k: int, threads: int) -> list[list[str]]:
        import numpy as np

        n = len(queries) * k
        asked, ranks = np.empty((2, n), np.int32)
        ids, scores = np.empty(n, object), np.empty(n, np.float32)
        size = self._pisa.retrieve(
            self._context,
            algorithm,
            [(at, " ".join(words)) for at, words in enumerate(queries)],
            k,
            threads,
            result_qidxs=asked,
            result_docnos=ids,
            result_ranks=ranks,
            result_scores=scores,
        )
        answers: list[list[str]] = [[] for _ in queries]
        for at, id_ in zip(asked[:size].tolist(), ids[:size].tolist(), strict=True):
            answers[at].append(id_)
        return answers

    def search(self, kind: str, words: Sequence[str], k: int) -> list[str]:
        return self._retrieve(dict(self._ALGORITHMS).get(kind, "maxscore"), [words], k, 1)[0]

    def batch(self, queries: Sequence[Sequence[str]], k: int, threads: int) -> list[list[str]]:
        return self._retrieve("maxscore", queries, k, threads)


class Fts5(Engine):
    """SQLite's full-text index, bm25() with the title three times, Porter stems; each thread has its connection."""

    name = package = "fts5"
    kinds = ("union", "top100", "intersection", "phrase", "filtered", "count")

    def version(self) -> str:
        return sqlite3.sqlite_version

    def build(self, source: Path, directory: Path) -> None:
        directory.mkdir(parents=True)
        with sqlite3.connect(directory / "index.db") as db:
            db.execute("CREATE VIRTUAL TABLE p USING fts5(id UNINDEXED, title, abstract, code, tokenize='porter')")
            rows = ((d.id, d.title, d.abstract, "yescode" if d.code else "nocode") for d in docs(source))
            db.executemany("INSERT INTO p VALUES (?, ?, ?, ?)", rows)
            db.execute("INSERT INTO p(p) VALUES ('optimize')")

    def open(self, directory: Path) -> None:
        self._path = directory / "index.db"
        self._local = threading.local()

    @property
    def _db(self) -> sqlite3.Connection:
        if not hasattr(self._local, "db"):
            self._local.db = sqlite3.connect(self._path)
        db: sqlite3.Connection = self._local.db
        return db

    @staticmethod
    def _match(kind: str, words: Sequence[str]) -> str:
        quoted = [f'"{word}"' for word in words]
        text = {"intersection": " AND ".join(quoted), "phrase": f'"{" ".join(words)}"'}.get(kind, " OR ".join(quoted))
        return f"{{title abstract}} : ({text})" + (" AND code : yescode" if kind == "filtered" else "")

    def search(self, kind: str, words: Sequence[str], k: int) -> list[str]:
        sql = "SELECT id FROM p WHERE p MATCH ? ORDER BY bm25(p, 0, 3, 1, 0) LIMIT ?"
        return [row[0] for row in self._db.execute(sql, (self._match(kind, words), k))]

    def count(self, words: Sequence[str]) -> int:
        sql = "SELECT count(*) FROM p WHERE p MATCH ?"
        return int(self._db.execute(sql, (self._match("union", words),)).fetchone()[0])


class Bm25s(Engine):
    """bm25s with its numba backend, over title three times and abstract."""

    name = package = "bm25s"
    kinds = ("union", "top100")

    def build(self, source: Path, directory: Path) -> None:
        import bm25s
        import orjson

        ids, texts = [], []
        for doc in docs(source):
            ids.append(doc.id)
            texts.append(f"{doc.title} {doc.title} {doc.title} {doc.abstract}")
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75, backend="numba")
        index.index(bm25s.tokenize(texts, stemmer=self._stemmer(), show_progress=False), show_progress=False)
        index.save(directory)
        (directory / "ids.json").write_bytes(orjson.dumps(ids))

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
        return self._retrieve([words], k, 1)[0]

    def batch(self, queries: Sequence[Sequence[str]], k: int, threads: int) -> list[list[str]]:
        return self._retrieve(queries, k, threads)

    def _retrieve(self, queries: Sequence[Sequence[str]], k: int, threads: int) -> list[list[str]]:
        import bm25s

        texts = [" ".join(words) for words in queries]
        tokens = bm25s.tokenize(texts, stemmer=self._stem, show_progress=False, return_ids=False)
        k = min(k, len(self._ids))
        found, _ = self._index.retrieve(tokens, k=k, show_progress=False, n_threads=threads)
        return [[self._ids[row] for row in rows] for rows in found]


class Whoosh(Engine):
    """whoosh-reloaded with its own codec, as its documentation shows; for thousands of papers, not for more."""

    name = "whoosh"
    package = "whoosh-reloaded"
    kinds = tuple(KINDS)

    def build(self, source: Path, directory: Path) -> None:
        from whoosh import fields, index
        from whoosh.analysis import StemmingAnalyzer

        text = fields.TEXT(analyzer=StemmingAnalyzer(), stored=True)
        only = {name: fields.ID(stored=True, sortable=True) for name in ("code", "venue", "source")}
        dataset = fields.KEYWORD(commas=True, sortable=True)
        year = fields.NUMERIC(sortable=True)
        directory.mkdir(parents=True)
        schema = fields.Schema(id=fields.ID(stored=True), title=text, abstract=text, year=year, dataset=dataset, **only)
        writer = index.create_in(directory, schema).writer(limitmb=256)
        for doc in docs(source):
            more = {"dataset": ",".join(doc.dataset), "code": "yes" if doc.code else "no"}
            writer.add_document(**{**doc._asdict(), **more})
        writer.commit()

    def open(self, directory: Path) -> None:
        from whoosh import index, qparser

        opened = index.open_dir(directory)
        self._searcher = opened.searcher()
        boosts = {"title": 3.0, "abstract": 1.0}
        self._any = qparser.MultifieldParser(boosts, opened.schema, fieldboosts=boosts, group=qparser.OrGroup)

    def search(self, kind: str, words: Sequence[str], k: int) -> list[str]:
        from whoosh import query, sorting

        text = {"intersection": " AND ".join(words), "phrase": f'"{" ".join(words)}"'}.get(kind, " ".join(words))
        more: dict[str, Any] = {"filter": query.Term("code", "yes")} if kind in ("filtered", "faceted") else {}
        if kind == "faceted":
            facets = sorting.Facets()
            for name in FACETS:
                facets.add_field(name, allow_overlap=name == "dataset", maptype=sorting.Count)
            more["groupedby"] = facets
        found = self._searcher.search(self._any.parse(text), limit=k, **more)
        return [hit["id"] for hit in found[:k]]  # grouped results are not limited

    def count(self, words: Sequence[str]) -> int:
        return len(self._searcher.search(self._any.parse(" ".join(words)), limit=1))


ENGINES: dict[str, type[Engine]] = {e.name: e for e in (Searchidx, SearchidxTexts, Tantivy, Pisa, Bm25s, Fts5, Whoosh)}
