"""The engines whose rankings are compared, each as its own documentation shows it and with its own defaults.

All get the same documents, title and text as two fields where an engine has fields; keywords, which few documents have,
follow the text. searchidx is used as by anybody: papers as JSONL, `searchidx.build`, `Index.search`. An ablation is
searchidx with one piece of its ranking left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson

import searchidx
from searchidx import Index, Page, Weights
from searchidx.errors import QueryError
from searchidx.fields import declaration_hash
from tests.bench.relevance.sets import Doc

Ask = Callable[[Index, str, int], Page]

#: Modules that have no part in what an index holds. All others are held against a kept index: declarations are not
#: always renumbered while an analyser is worked on.
_ONLY_ASK = frozenset(
    "browsing cache care cli compiled config counting extraction filters index live matching planning query render "
    "results scoring snippets updating web".split()
)
_WORD = re.compile(r"\w+")


class Refused(Exception):
    """The engine does not take this query."""


class Engine:
    """One engine over one directory.

    package: whose version is told; ModuleNotFoundError or PackageNotFoundError where it is not installed. index: names
    the directory; engines that differ in the asking alone share one. slow: hours over a large collection.
    """

    name = ""
    package = ""
    index = ""
    slow = False

    def version(self) -> str:
        return version(self.package)

    def made_by(self) -> str:
        """What besides the documents decides what the index holds."""
        return self.version()

    def build(self, docs: Iterable[Doc], directory: Path) -> int:
        """Make an index in a directory that is not there yet; how many documents it has."""
        raise NotImplementedError

    def open(self, directory: Path) -> None:
        raise NotImplementedError

    def search(self, text: str, k: int) -> list[str]:
        """Ids of the k best documents. Raises Refused."""
        raise NotImplementedError

    def similar(self, doc: str, text: str, k: int) -> list[str]:
        """Ids of the k documents most like one, without it; here its title and text are the query."""
        return [found for found in self.search(text, k + 1) if found != doc][:k]


class Searchidx(Engine):
    """This project with its default settings, or with another way to ask."""

    name = package = index = "searchidx"
    keywords = True

    def __init__(self, ask: Ask = lambda index, text, k: index.search(text, limit=k)) -> None:
        self._ask = ask

    def version(self) -> str:
        return searchidx.__version__

    def made_by(self) -> str:
        return _sources(Path(searchidx.__file__).parent)

    def build(self, docs: Iterable[Doc], directory: Path) -> int:
        directory.mkdir(parents=True)
        source = directory / "papers.jsonl"
        n_docs = 0
        with source.open("wb") as file:
            for n_docs, doc in enumerate(docs, start=1):
                # "d": a query that is a bare number must not find a paper by its id. A DOI of its own keeps a document
                # apart from others of the same title. ".": a paper without a title or an abstract is not taken
                keys = {"id": f"d{doc.id}", "doi": f"10.99999/{n_docs}"}
                texts = {"title": doc.title.strip() or ".", "abstract": doc.text.strip() or "."}
                keywords = {"keywords": doc.keywords if self.keywords else ()}
                file.write(orjson.dumps(keys | texts | keywords, option=orjson.OPT_APPEND_NEWLINE))
        searchidx.build([source], directory / "index", extract=False)
        source.unlink()
        self.open(directory)
        if len(self._index) != n_docs:
            raise RuntimeError(f"searchidx took {len(self._index)} of {n_docs} documents")
        return n_docs

    def open(self, directory: Path) -> None:
        self._index = searchidx.open(directory / "index")

    def search(self, text: str, k: int) -> list[str]:
        try:
            page = self._ask(self._index, text, k)
        except QueryError as exc:
            raise Refused(str(exc)) from exc
        return [hit.id[1:] for hit in page.hits]

    def similar(self, doc: str, text: str, k: int) -> list[str]:
        return [hit.id[1:] for hit in self._index.similar(f"d{doc}", limit=k).hits]


class SearchidxTexts(Searchidx):
    """Without the papers' keywords."""

    name = index = "searchidx-no-keywords"
    keywords = False


class Bm25s(Engine):
    """bm25s over title and text as one, its English stop words, PyStemmer's English stems, its k1 and b."""

    name = package = index = "bm25s"

    @staticmethod
    def _tokens(texts: list[str], **how: Any) -> Any:
        import bm25s
        import Stemmer

        stemmer = Stemmer.Stemmer("english")
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False, **how)

    def build(self, docs: Iterable[Doc], directory: Path) -> int:
        import bm25s

        ids, texts = [], []
        for doc in docs:
            ids.append(doc.id)
            texts.append(f"{doc.title} {doc.body}")
        index = bm25s.BM25()
        index.index(self._tokens(texts), show_progress=False)
        index.save(directory)
        (directory / "ids.json").write_bytes(orjson.dumps(ids))
        return len(ids)

    def open(self, directory: Path) -> None:
        import bm25s

        self._ids = orjson.loads((directory / "ids.json").read_bytes())
        self._index = bm25s.BM25.load(directory)

    def search(self, text: str, k: int) -> list[str]:
        tokens = self._tokens([text], return_ids=False)
        rows, scores = self._index.retrieve(tokens, k=min(k, len(self._ids)), show_progress=False)
        # it fills up with documents that have none of the words
        return [self._ids[row] for row, score in zip(rows[0], scores[0], strict=True) if score > 0]


class Tantivy(Engine):
    """tantivy-py, English stems, a word sought in title and text, BM25 of both added up."""

    name = package = index = "tantivy"
    boosts: dict[str, float] | None = None
    _FIELDS = ("title", "text")

    def build(self, docs: Iterable[Doc], directory: Path) -> int:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        for field in self._FIELDS:
            builder.add_text_field(field, tokenizer_name="en_stem")
        directory.mkdir(parents=True)
        writer = tantivy.Index(builder.build(), path=str(directory)).writer(num_threads=1)  # ties stay where they are
        n_docs = 0
        for doc in docs:
            writer.add_document(tantivy.Document(id=doc.id, title=doc.title, text=doc.body))
            n_docs += 1
        writer.commit()
        writer.wait_merging_threads()
        return n_docs

    def open(self, directory: Path) -> None:
        import tantivy

        self._index = tantivy.Index.open(str(directory))
        self._searcher = self._index.searcher()

    def search(self, text: str, k: int) -> list[str]:
        words = " ".join(_words(text))
        query, _ = self._index.parse_query_lenient(words, list(self._FIELDS), field_boosts=self.boosts)
        found = self._searcher.search(query, k, count=False)
        return [self._searcher.doc(address)["id"][0] for _, address in found.hits]


class TantivyTitle(Tantivy):
    """tantivy-py where a word in the title counts three times, as it does in searchidx."""

    name = "tantivy-title3"
    boosts = {"title": 3.0, "text": 1.0}  # noqa: RUF012 - nobody writes to it


class Whoosh(Engine):
    """whoosh-reloaded, its stemming analyser and BM25F, any of the words in title or text."""

    name = index = "whoosh"
    package = "whoosh-reloaded"
    slow = True

    def build(self, docs: Iterable[Doc], directory: Path) -> int:
        from whoosh import analysis, fields, index

        text = fields.TEXT(analyzer=analysis.StemmingAnalyzer())
        directory.mkdir(parents=True)
        writer = index.create_in(directory, fields.Schema(id=fields.ID(stored=True), title=text, text=text)).writer()
        n_docs = 0
        for doc in docs:
            writer.add_document(id=doc.id, title=doc.title, text=doc.body)
            n_docs += 1
        writer.commit()
        return n_docs

    def open(self, directory: Path) -> None:
        from whoosh import index, qparser

        opened = index.open_dir(directory)
        self._searcher = opened.searcher()
        self._parser = qparser.MultifieldParser(["title", "text"], opened.schema, group=qparser.OrGroup)

    def search(self, text: str, k: int) -> list[str]:
        return [hit["id"] for hit in self._searcher.search(self._parser.parse(" ".join(_words(text))), limit=k)]


@cache
def _sources(package: Path) -> str:
    """A hash of the sources that decide what an index holds, as they were at first: those are the ones that run."""
    digest = hashlib.sha256(declaration_hash().encode())
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0].removesuffix(".py") not in _ONLY_ASK:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _words(text: str) -> list[str]:
    """The words in small letters: nothing that the language of a query parser could mean by itself."""
    return _WORD.findall(text.lower())


#: Those that `--engines` names.
ENGINES: dict[str, type[Engine]] = {
    e.name: e for e in (Searchidx, SearchidxTexts, Bm25s, Tantivy, Whoosh, TantivyTitle)
}


def _weighed(**changed: Any) -> Ask:
    """Search with some of the default weights changed."""
    return lambda index, text, k: index.search(text, limit=k, weights=Weights(**changed))


def _changed(change: Callable[[Index], object], **weighed: Any) -> Ask:
    """Search the same index, opened once more and changed, with some of the default weights changed."""
    opened: dict[Path, Index] = {}
    weights = Weights(**weighed) if weighed else None

    def ask(index: Index, text: str, k: int) -> Page:
        if index.path not in opened:
            opened[index.path] = Index(index.path)
            change(opened[index.path])
        return opened[index.path].search(text, limit=k, weights=weights)

    return ask


def _forget_meanings(index: Index) -> None:
    index._matcher.meanings.of = lambda term: None  # type: ignore[method-assign]


def _weigh_alike(index: Index) -> None:
    index._matcher.telling = lambda term: 1.0  # type: ignore[method-assign]


def _with_asking_words(index: Index, text: str, k: int) -> Page:
    with patch("searchidx.index.without_asking", lambda text: text):
        return index.search(text, limit=k)


#: Pieces of the ranking, each with a way to search without it. A piece without a line here is not measured.
ABLATIONS: dict[str, Ask] = {
    "plain BM25F": _changed(_weigh_alike, nearness=0.0, coverage=0.0),
    "no nearness": _weighed(nearness=0.0),
    "no coverage": _weighed(coverage=0.0),
    "title counts once": _weighed(boosts=(1.0, 1.0)),
    "words weigh alike": _changed(_weigh_alike),
    "no acronyms": _changed(_forget_meanings),
    "asking words kept": _with_asking_words,
}
