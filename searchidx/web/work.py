"""Where requests are worked on: short searches at once, long ones in threads, within bounds of number and time.

A search for plain words takes less time than handing it to a thread and back would add under load, so it runs in the
event loop. Everything that may take long (operators, filters nobody used yet, hundreds of hits) goes to a few threads;
meanwhile the loop answers others. A thread cannot be stopped: who waited too long is told so, and the search ends by
itself, for queries are bounded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from searchidx.web.problems import TooBusy, TooSlow

T = TypeVar("T")

THREADS = 4
#: Long requests under way or waiting, per process.
MAX_PENDING = 64


class Work:
    """The threads of one process. seconds: how long a request may take."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="searchidx-work")
        self._pending = 0

    async def run(self, function: Callable[[], T]) -> T:
        """The function's result, from a thread. Raises TooBusy, TooSlow, or what the function raises."""
        if self._pending >= MAX_PENDING:
            raise TooBusy(f"{self._pending} long requests are under way; try again soon")
        future = self._threads.submit(function)
        self._pending += 1
        future.add_done_callback(self._done)
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError as exc:
            future.cancel()
            raise TooSlow(f"no answer after {self._seconds:g} s; ask for less or for something simpler") from exc

    def _done(self, _: object) -> None:
        self._pending -= 1

    def close(self) -> None:
        """Take on nothing more; what runs ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)
