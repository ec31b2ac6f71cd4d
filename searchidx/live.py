"""An index that is followed: whoever asks gets the generation that is live now.

For programs that run long, a server above all. An `Index` is a snapshot and stays one; `LiveIndex` opens the next when
there is one and hands it out from then on. Searches under way end on the snapshot they began with, which is let go with
the last of them: the disk space of a generation that was removed is free then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from searchidx.errors import IndexFailure
from searchidx.index import Index
from searchidx.store import generations


class LiveIndex:
    """The live generation of the index at `path`. Safe to share between threads.

    executor: see `searchidx.open`. every: seconds between looks at which generation is live. prepare: called with every
    further generation before it is handed out; when it finds it damaged, the one before goes on answering. Raises
    IndexMissing or IndexDamaged when there is none to begin with.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        executor: str = "auto",
        every: float = 1.0,
        prepare: Callable[[Index], object] = lambda index: None,
    ) -> None:
        self.path = Path(path)
        self._executor = executor
        self._every = every
        self._prepare = prepare
        self._lock = threading.Lock()
        self._index = Index(self.path, executor=executor)
        self._looked = time.monotonic()
        #: Why a newer generation could not be opened; the one before goes on answering. None when all is well.
        self.problem: IndexFailure | None = None

    def current(self) -> Index:
        """The live generation, opened. One thread opens the next while the others go on with the one before."""
        if time.monotonic() - self._looked >= self._every:
            self.follow()
        return self._index

    def follow(self) -> None:
        """Look now which generation is live, unless another thread is looking.

        A program that calls this from a thread of its own more often than `every` spares its `current` the opening.
        """
        if self._lock.acquire(blocking=False):
            try:
                self._follow()
            finally:
                self._looked = time.monotonic()
                self._lock.release()

    def _follow(self) -> None:
        try:
            if generations.live_name(self.path) != self._index.generation.name:
                opened = Index(self.path, executor=self._executor)
                self._prepare(opened)
                self._index = opened
            self.problem = None
        except IndexFailure as exc:
            self.problem = exc
