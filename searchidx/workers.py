"""The work of a build on all cores: child processes that are given tasks (`preparing`) and answer, over pipes.

Plain child processes rather than `multiprocessing`: a script that calls `searchidx.build` needs no `__main__` guard,
nothing is pickled, and a child whose parent is killed reads the end of its input and ends.

A message is its length in 8 bytes, then that many bytes: a question is the name of a task, a line feed and what the
task takes; the answer is what it gives.
"""

from __future__ import annotations

import fcntl
import gc
import os
import queue
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import IO, Self

import orjson

from searchidx.errors import SearchIdxError
from searchidx.preparing import Facts, Preparer

#: With fewer papers the children would not be worth their start (about 0.3 s).
WORTH_IT = 3_000

#: Questions asked ahead of answers, besides two for each child: while the process that asks loads its kernels or puts a
#: part of a segment aside, the children have some 0.4 s to go on with.
_AHEAD = 24
#: What a pipe may hold, where the system lets us choose: an answer is read in few steps, not in many of 64 KiB.
_PIPE_BYTES = 1 << 20
#: A child's garbage is in no cycles to speak of, and what it remembers (hundreds of thousands of words) need not be
#: gone through after every few papers.
_NEW_OBJECTS, _GENERATIONS = 200_000, 50
_START = "import sys; sys.path[:] = {path!r}; from searchidx.workers import serve; serve()"


class Workers:
    """Some child processes, each asked by one thread at a time.

    n: how many; None for one per core, 1 for none but this. None runs before there is work worth it (`expect`): until
    then this process does what is asked. facts: see `Preparer`.
    """

    def __init__(self, n: int | None, facts: Facts) -> None:
        self._n = (os.cpu_count() or 1) if n is None else n
        self.facts = facts
        self._here = Preparer(facts)
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
        self._all: list[subprocess.Popen[bytes]] = []
        self._threads = ThreadPoolExecutor(max(1, self._n))  # a thread of it is started when it is first needed

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
        self._here.__exit__(kind, value, trace)

    def expect(self, n_papers: int) -> None:
        """Start the children if so many papers are worth it, unless they are running."""
        if self._n <= 1 or self._all or n_papers < WORTH_IT:
            return
        start = _START.format(path=[os.path.abspath(entry) for entry in sys.path])  # noqa: PTH100 - "" is the cwd
        for _ in range(self._n):
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-c", start, orjson.dumps(tuple(self.facts)).decode()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            self._all.append(child)
            for pipe in (child.stdin, child.stdout):
                with suppress(OSError, AttributeError):
                    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)  # type: ignore[arg-type]
            self._idle.put(child)

    def each(self, task: str, questions: Iterable[bytes]) -> Generator[bytes, None, None]:
        """The answers to all questions, in order; children that run are asked some questions ahead."""
        asked: deque[Callable[[], bytes]] = deque()
        for question in questions:
            asked.append(self._ask(task, question))
            while len(asked) > (2 * self._n + _AHEAD if self._all else 0):
                yield asked.popleft()()
        while asked:
            yield asked.popleft()()

    def _ask(self, task: str, question: bytes) -> Callable[[], bytes]:
        """What gives the answer: it waits for a child or, when none runs, finds it itself."""
        if self._all:
            return self._threads.submit(self._ask_child, task, question).result
        return partial(self._here.do, task, question)

    def _ask_child(self, task: str, question: bytes) -> bytes:
        child = self._idle.get()
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            _send(child.stdin, f"{task}\n".encode(), question)
            answer = _receive(child.stdout)
        except OSError:
            answer = None
        finally:
            self._idle.put(child)  # a dead one too: who takes it next fails as well, instead of waiting for ever
        if answer is None:
            raise SearchIdxError(f"a worker process ended early (exit {child.poll()}); build with --workers 1")
        return answer


def serve() -> None:
    """What a child does: answer until its input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _GENERATIONS, _GENERATIONS)
    with Preparer(Facts(*orjson.loads(sys.argv[1]))) as preparer:
        while (message := _receive(sys.stdin.buffer)) is not None:
            task, _, question = message.partition(b"\n")
            answer = preparer.do(task.decode(), question)
            try:
                _send(sys.stdout.buffer, answer)
            except BrokenPipeError:
                os._exit(1)  # the parent is gone; nothing is left to flush


def _send(pipe: IO[bytes], *parts: bytes) -> None:
    pipe.write(sum(map(len, parts)).to_bytes(8, "little"))
    for part in parts:
        pipe.write(part)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    """The next message, None at the end."""
    head = pipe.read(8)
    if len(head) < 8:
        return None
    length = int.from_bytes(head, "little")
    message = pipe.read(length)
    return message if len(message) == length else None
