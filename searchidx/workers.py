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
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from types import TracebackType
from typing import IO, Self

import orjson

from searchidx.errors import SearchIdxError
from searchidx.extraction import extract
from searchidx.paper import Extraction, Paper
from searchidx.record import compact, load_extraction

#: Papers per message: long enough that pipes and JSON cost little, short enough to keep all cores busy at the end.
CHUNK = 200
#: With fewer papers than this the children would not be worth their start (about 0.3 s).
WORTH_IT = 3_000

_START = "import sys; sys.path[:] = {path!r}; from searchidx.workers import serve; serve()"


def extract_all(
    papers: Iterable[Paper], n_papers: int, workers: int | None
) -> Generator[tuple[Paper, Extraction], None, None]:
    """Every paper with its extraction, in order. workers: processes; None for one per core, 1 for none but this."""
    n_workers = (os.cpu_count() or 1) if workers is None else workers
    if n_workers <= 1 or n_papers < WORTH_IT:
        for paper in papers:
            yield paper, extract(paper.title, paper.abstract)
        return
    with _Children(n_workers) as children:
        yield from children.extract(papers)


class _Children:
    """Some child processes, each asked by one thread at a time."""

    def __init__(self, n: int) -> None:
        self._n = n
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
        self._all: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        start = _START.format(path=[os.path.abspath(entry) for entry in sys.path])  # noqa: PTH100 - "" is the cwd
        for _ in range(self._n):
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            self._all.append(child)
            self._idle.put(child)
        self._threads = ThreadPoolExecutor(self._n)
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

    def extract(self, papers: Iterable[Paper]) -> Iterator[tuple[Paper, Extraction]]:
        papers = iter(papers)
        pending: deque[tuple[list[Paper], Future[list[Extraction]]]] = deque()
        while True:
            while len(pending) < 2 * self._n and (chunk := list(islice(papers, CHUNK))):
                pending.append((chunk, self._threads.submit(self._ask, chunk)))
            if not pending:
                return
            chunk, answer = pending.popleft()
            yield from zip(chunk, answer.result(), strict=True)

    def _ask(self, chunk: list[Paper]) -> list[Extraction]:
        child = self._idle.get()
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            _send(child.stdin, orjson.dumps([[paper.title, paper.abstract] for paper in chunk]))
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
