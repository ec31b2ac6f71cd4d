"""Work on arrays in threads: numpy and compiled code let go of Python's lock while they are at it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

#: More threads than this wait for memory, and each holds what it works on.
_MOST = 4


def in_turn(function: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterator[_Result]:
    """What the function gives for every item, in order; of as many items as there are threads at a time."""
    n_threads = min(os.cpu_count() or 1, _MOST)
    with ThreadPoolExecutor(n_threads) as threads:
        asked: deque[Future[_Result]] = deque()
        for item in items:
            if len(asked) == n_threads:
                yield asked.popleft().result()
            asked.append(threads.submit(function, item))
        while asked:
            yield asked.popleft().result()
