"""The work of a build that needs no other paper: reading pieces of sources, and making papers into rows.

A task takes bytes and gives bytes, so it can be done by any process (`workers`), in any order.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import orjson

from searchidx.cache import ExtractionCache, Text, extractor_version, open_cache
from searchidx.entries import Collector, Entries, Place
from searchidx.errors import InputError
from searchidx.extraction import EXTRACTOR_VERSION, extract_all
from searchidx.paper import Extraction
from searchidx.record import compact, compact_paper, joined
from searchidx.rows import rows_of
from searchidx.sources import Piece, read_piece
from searchidx.store.batches import Batch, batch_of
from searchidx.store.bundles import Bundle


class Facts(NamedTuple):
    """How papers get their facts: extracted, or not at all. cache: a directory in which extractions are remembered."""

    extract: bool = True
    cache: str | None = None

    @property
    def version(self) -> str:
        """Stands for all that facts depend on besides the papers."""
        if not self.extract:
            return "none"
        with suppress(OSError):
            return extractor_version()
        return str(EXTRACTOR_VERSION)


#: The facts of a text that is not looked at.
_NOTHING = Extraction()
_NOTHING_DUMPED = orjson.dumps(compact(_NOTHING))


class Preparer:
    """Does tasks, each a method that takes and gives bytes. For one thread at a time."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._open.close()

    def do(self, task: str, question: bytes) -> bytes:
        """One of the tasks, by name."""
        tasks: dict[str, Callable[[bytes], bytes]] = {"read": self.read, "prepare": self.prepare}
        return tasks[task](question)

    def read(self, question: bytes) -> bytes:
        """A piece of a source (`piece_question`) -> `Entries`, dumped."""
        collector = Collector()
        failure = ""
        try:
            for record in read_piece(_piece_of(question)):
                collector.add(record)
        except InputError as exc:
            failure = str(exc)
        return collector.entries(failure).dump()

    def prepare(self, question: bytes) -> bytes:
        """Papers (`papers_question`) -> the `Batch` of their rows, dumped."""
        dumped, hashes = _papers_of(question)
        papers = [compact_paper(data) for data in dumped]
        found = self._extracted([(paper["title"], paper.get("abstract", "")) for paper in papers])
        stored = [joined(data, _dumped(facts)) for data, facts in zip(dumped, found, strict=True)]
        return batch_of(rows_of(papers, found, stored, hashes)).dump()

    def _extracted(self, texts: Sequence[Text]) -> list[Extraction]:
        """The facts of every text; what the cache does not know is there before this returns."""
        if not self._facts.extract:
            return [_NOTHING] * len(texts)
        if self._cache is None:
            return extract_all(texts)
        known = self._cache.get(texts)
        missing = [text for text, found in zip(texts, known, strict=True) if found is None]
        if missing:
            extracted = extract_all(missing)
            self._cache.put(missing, extracted)
            self._cache.flush()  # a process that is killed loses no more than it was asked for
            rest = iter(extracted)
            known = [next(rest) if found is None else found for found in known]
        return [found for found in known if found is not None]

    @cached_property
    def _cache(self) -> ExtractionCache | None:
        directory = self._facts.cache
        return self._open.enter_context(open_cache(None if directory is None else Path(directory)))


def _dumped(facts: Extraction) -> bytes:
    """Facts as they are stored."""
    return _NOTHING_DUMPED if facts is _NOTHING else orjson.dumps(compact(facts))


def piece_question(piece: Piece) -> bytes:
    """What the task `read` is asked."""
    head = orjson.dumps(piece[:-1])
    return b"%b\n%b" % (head, piece.data)


def _piece_of(question: bytes) -> Piece:
    head, _, data = question.partition(b"\n")
    name, format_, first = orjson.loads(head)
    return Piece(name, format_, first, data)


def entries_of(answer: bytes) -> Entries:
    """What the task `read` answers."""
    return Entries.load(answer)


def papers_question(papers: Sequence[Place | bytes], spool: Path | None = None) -> bytes:
    """What the task `prepare` is asked. papers: dumped (`record.dump_paper`), or their places in the file `spool`."""
    bundle = Bundle()
    places = [Place(-1, 0) if isinstance(paper, bytes) else paper for paper in papers]
    bundle["starts"] = np.array([place.start for place in places], np.int64)
    bundle["lengths"] = np.array([place.length for place in places], np.int64)
    bundle.put_strings("hashes", [place.hashes for place in places])
    bundle.put_strings("papers", [paper for paper in papers if isinstance(paper, bytes)])
    bundle.put_strings("spool", [] if spool is None else [os.fsencode(spool.absolute())])
    return bundle.dump()


def _papers_of(question: bytes) -> tuple[list[bytes], list[bytes]]:
    """(the dumped papers of a question, the hashes of their keys). So what stands in a spool's file passes no pipe."""
    bundle = Bundle.load(question)
    given = iter(bundle.strings("papers"))
    with ExitStack() as opened:
        spool = [opened.enter_context(Path(os.fsdecode(path)).open("rb")).fileno() for path in bundle.strings("spool")]
        places = zip(bundle["starts"].tolist(), bundle["lengths"].tolist(), strict=True)
        papers = [next(given) if start < 0 else os.pread(spool[0], length, start) for start, length in places]
    return papers, bundle.strings("hashes")


def batch_from(answer: bytes) -> Batch:
    """What the task `prepare` answers."""
    return Batch.load(answer)
