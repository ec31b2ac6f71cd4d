"""What the server counts, as Prometheus text, right over any number of worker processes.

Every worker counts into a small mapped file of its own, in a directory that all workers of one server share; whoever
is asked for `/metrics` adds the files up. One writer per number and eight bytes at a time: no locks, and no request
waits. A worker that died leaves its counts behind, so sums never fall; what it had under way is no longer counted.
"""

from __future__ import annotations

import mmap
import os
import resource
import sys
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

from searchidx import __version__

#: Statuses counted by themselves; any other is `other`.
STATUSES = ("200", "204", "304", "400", "404", "405", "414", "421", "500", "503", "other")
#: Upper bounds of the histogram, in seconds.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
#: What requests to no route of ours are counted under.
UNMATCHED = "unmatched"

# per route: a count for each status, one for each bucket and the last, and the sum of seconds
_PER_ROUTE = len(STATUSES) + len(BOUNDS) + 2
_STATUS = {int(status): place for place, status in enumerate(STATUSES[:-1])}
# before the routes: what a worker says of itself
_PID, _ACTIVE, _MEMORY, _GENERATION, _PAPERS, _BEHIND, _HEAD = range(7)
_GAUGES = {
    "searchidx_worker_memory_bytes": (_MEMORY, "Resident memory, mapped files included, by worker."),
    "searchidx_index_generation": (_GENERATION, "Number of the generation that a worker answers from."),
    "searchidx_index_papers": (_PAPERS, "Papers in that generation."),
    "searchidx_index_behind": (_BEHIND, "1 when a newer generation could not be opened."),
}
_PREFIX = "worker-"
_STATM = Path("/proc/self/statm")


class Metrics:
    """The counts of one worker, and the sums over all.

    routes: their paths, the same in every worker. directory: shared by the workers; None for a single one.
    """

    def __init__(self, routes: Sequence[str], directory: Path | None = None) -> None:
        self._routes = (*routes, UNMATCHED)
        self._base = {route: _HEAD + number * _PER_ROUTE for number, route in enumerate(self._routes)}
        self._directory = directory
        size = 8 * (_HEAD + len(self._routes) * _PER_ROUTE)
        self._numbers = memoryview(_mapped(directory, size)).cast("d")
        self._numbers[_PID] = os.getpid()
        self._numbers[_ACTIVE] = 0

    def began(self) -> None:
        """A request has come."""
        self._numbers[_ACTIVE] += 1

    def ended(self, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        numbers = self._numbers
        numbers[_ACTIVE] -= 1
        base = self._base.get(route, self._base[UNMATCHED])
        numbers[base + _STATUS.get(status, len(STATUSES) - 1)] += 1
        numbers[base + len(STATUSES) + bisect_left(BOUNDS, seconds)] += 1
        numbers[base + _PER_ROUTE - 1] += seconds

    def note(self, generation: str, papers: int, *, behind: bool) -> None:
        """What this worker answers from now, and how much memory it takes."""
        numbers = self._numbers
        numbers[_MEMORY] = _memory_bytes()
        numbers[_GENERATION] = float(generation)
        numbers[_PAPERS] = papers
        numbers[_BEHIND] = behind

    def text(self) -> str:
        """All workers' counts in the text format."""
        held = self._all()
        running = [numbers for numbers in held if _is_running(int(numbers[_PID]))]
        sums = [sum(column) for column in zip(*held, strict=True)]
        lines = [
            *_head("searchidx_build_info", "gauge", "The version that runs."),
            f'searchidx_build_info{{version="{__version__}"}} 1',
            *_head("searchidx_workers", "gauge", "Worker processes that run."),
            f"searchidx_workers {len(running)}",
            *_head("searchidx_requests_in_progress", "gauge", "Requests under way, in all workers."),
            f"searchidx_requests_in_progress {_shown(sum(numbers[_ACTIVE] for numbers in running))}",
        ]
        for name, (place, help_) in _GAUGES.items():
            lines += _head(name, "gauge", help_)
            lines += [f'{name}{{pid="{int(numbers[_PID])}"}} {_shown(numbers[place])}' for numbers in running]
        return "\n".join([*lines, *self._requests(sums), *self._seconds(sums), ""])

    def _requests(self, sums: Sequence[float]) -> list[str]:
        lines = _head("searchidx_requests_total", "counter", "Requests answered, in all workers, by route and status.")
        for route, base in self._base.items():
            lines += [
                f'searchidx_requests_total{{route="{route}",status="{status}"}} {_shown(sums[base + place])}'
                for place, status in enumerate(STATUSES)
                if sums[base + place]
            ]
        return lines

    def _seconds(self, sums: Sequence[float]) -> list[str]:
        name = "searchidx_request_seconds"
        lines = _head(name, "histogram", "Seconds from the request's head to the answer's last byte, in all workers.")
        for route, base in self._base.items():
            counts = sums[base + len(STATUSES) : base + _PER_ROUTE - 1]
            if not any(counts):
                continue
            below = 0.0
            for bound, count in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
                below += count
                lines.append(f'{name}_bucket{{route="{route}",le="{bound}"}} {_shown(below)}')
            lines.append(f'{name}_sum{{route="{route}"}} {sums[base + _PER_ROUTE - 1]:.6f}')
            lines.append(f'{name}_count{{route="{route}"}} {_shown(below)}')
        return lines

    def _all(self) -> list[Sequence[float]]:
        """The numbers of every worker; of another layout are none."""
        if self._directory is None:
            return [self._numbers.tolist()]
        size = self._numbers.nbytes
        found = (path.read_bytes() for path in sorted(self._directory.glob(f"{_PREFIX}*")))
        return [memoryview(data).cast("d").tolist() for data in found if len(data) == size]


def _mapped(directory: Path | None, size: int) -> mmap.mmap:
    """Numbers of this worker: a file others can read, or memory of its own."""
    if directory is None:
        return mmap.mmap(-1, size)
    with (directory / f"{_PREFIX}{os.getpid()}").open("ab+") as file:
        file.truncate(size)
        return mmap.mmap(file.fileno(), size)


def _memory_bytes() -> int:
    """Resident memory; the most there was, where the system does not say how much there is."""
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _head(name: str, kind: str, help_: str) -> list[str]:
    return [f"# HELP {name} {help_}", f"# TYPE {name} {kind}"]


def _shown(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
