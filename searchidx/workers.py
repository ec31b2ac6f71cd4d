"""Extraction on all cores: child processes that read texts and answer with facts, as JSON over pipes.

Plain child processes rather than `multiprocessing`: a script that calls `searchidx.build` needs no `__main__` guard,
nothing is pickled, and a child whose parent is killed reads the end of its input and ends.

A message is its length in 8 bytes, then JSON: `[[title, abstract], ...]` one way, `[extraction, ...]` back.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import islice
from types import TracebackType
from typing import IO, NamedTuple, Self

import orjson

from searchidx.cache import ExtractionCache, Text
from searchidx.errors import SearchIdxError
from searchidx.extraction import extract
from searchidx.paper import Extraction, Paper
from searchidx.record import compact, load_extraction

#: Papers per message: long enough that pipes and JSON cost little, short enough to keep all cores busy at the end.
CHUNK = 200
#: With fewer papers to extract than this the children would not be worth their start (about 0.3 s).
WORTH_IT = 3_000

_START = "import sys; sys.path[:] = {path!r}; from searchidx.workers import serve; serve()"


def extract_all(
    papers: Iterable[Paper], n_papers: int, workers: int | None, cache: ExtractionCache | None = None
) -> Generator[tuple[Paper, Extraction], None, None]:
    """Every paper with its extraction, in order. workers: processes; None for one per core, 1 for none but this.

    cache: asked first, and told what it did not have.
    """
    n_workers = (os.cpu_count() or 1) if workers is None else workers
    with _Children(n_workers) as children:
        for chunk in _ahead(_asked(papers, n_papers, children, cache), 0 if n_workers <= 1 else 2 * n_workers):
            extracted = chunk.answer()
            if cache is not None:
                cache.put(chunk.missing, extracted)
            rest = iter(extracted)
            for paper, known in zip(chunk.papers, chunk.known, strict=True):
                yield paper, next(rest) if known is None else known


class _Chunk(NamedTuple):
    """Some papers with what the cache knows of each, and the texts it does not know, which `answer` waits for."""

    papers: list[Paper]
    known: list[Extraction | None]
    missing: list[Text]
    answer: Callable[[], list[Extraction]]


def _asked(
    papers: Iterable[Paper], n_papers: int, children: _Children, cache: ExtractionCache | None
) -> Iterator[_Chunk]:
    """The papers in chunks, their extraction under way. Children are started when, with as many papers unknown as in
    the chunk at hand, what is left would be worth it.
    """
    papers, left = iter(papers), n_papers
    while chunk := list(islice(papers, CHUNK)):
        texts = [(paper.title, paper.abstract) for paper in chunk]
        known: list[Extraction | None] = [None] * len(texts) if cache is None else cache.get(texts)
        missing = [text for text, found in zip(texts, known, strict=True) if found is None]
        if missing and len(missing) * left >= WORTH_IT * len(chunk):
            children.start()
        yield _Chunk(chunk, known, missing, children.ask(missing))
        left -= len(chunk)


def _ahead(chunks: Iterable[_Chunk], n: int) -> Iterator[_Chunk]:
    """The same chunks; each is given when `n` more have been taken."""
    taken: deque[_Chunk] = deque()
    for chunk in chunks:
        taken.append(chunk)
        if len(taken) > n:
            yield taken.popleft()
    yield from taken


def _extract_here(texts: list[Text]) -> list[Extraction]:
    return [extract(title, abstract) for title, abstract in texts]


class _Children:
    """Some child processes, each asked by one thread at a time. None runs before `start`, nor ever for n <= 1."""

    def __init__(self, n: int) -> None:
        self._n = n
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
        self._all: list[subprocess.Popen[bytes]] = []
        self._threads = ThreadPoolExecutor(max(1, n))  # a thread of it is started when it is first needed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            for child in self._all:
                child.kill()  # the threads' reads end at once
        self._threads.shutdown(cancel_futures=True)
        for child in self._all:
            for pipe in (child.stdin, child.stdout):
                with suppress(OSError):  # what a dead child has not read cannot be flushed
                    if pipe is not None:
                        pipe.close()
            child.wait()

    def start(self) -> None:
        """Start the children, unless they are running."""
        if self._n <= 1 or self._all:
            return
        start = _START.format(path=[os.path.abspath(entry) for entry in sys.path])  # noqa: PTH100 - "" is the cwd
        for _ in range(self._n):
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            self._all.append(child)
            self._idle.put(child)

    def ask(self, texts: list[Text]) -> Callable[[], list[Extraction]]:
        """What gives the texts' extractions: it waits for a child or, when none runs, extracts them itself."""
        if self._all and texts:
            return self._threads.submit(self._ask, texts).result
        return partial(_extract_here, texts)

    def _ask(self, texts: list[Text]) -> list[Extraction]:
        try:
            question = orjson.dumps(texts)
        except TypeError:  # lone surrogates, which JSON does not have
            return _extract_here(texts)
        child = self._idle.get()
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            _send(child.stdin, question)
            answer = _receive(child.stdout)
        except OSError:
            answer = None
        finally:
            self._idle.put(child)  # a dead one too: who takes it next fails as well, instead of waiting for ever
        if answer is None:
            raise SearchIdxError(f"an extraction process ended early (exit {child.poll()}); build with --workers 1")
        return [load_extraction(found) for found in orjson.loads(answer)]


def serve() -> None:
    """What a child does: answer until its input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    while (question := _receive(sys.stdin.buffer)) is not None:
        found = [compact(extract(title, abstract)) for title, abstract in orjson.loads(question)]
        try:
            _send(sys.stdout.buffer, orjson.dumps(found))
        except BrokenPipeError:
            os._exit(1)  # the parent is gone; nothing is left to flush


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(8, "little"))
    pipe.write(message)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    """The next message, None at the end."""
    head = pipe.read(8)
    if len(head) < 8:
        return None
    length = int.from_bytes(head, "little")
    message = pipe.read(length)
    return message if len(message) == length else None
