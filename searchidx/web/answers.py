"""Answers kept as they were sent: people and programs ask the same again and again, and an index does not change.

An answer belongs to the generation it was made from, so a new one makes the old ones useless; they go when room is
needed. `took_ms` of an answer says how long that answer took, also when it was kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

_TOOK = b'"took_ms":'
_OVERHEAD = 500  # bytes of an entry besides the body, roughly


class Answers:
    """The bodies of the last answers, at most `most_bytes` of them. Safe to share between threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, tuple[bytes, bytes]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, took_ms: float) -> bytes | None:
        """The answer kept under the key, as of one that took so long; None when there is none."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            self._kept.move_to_end(key)
        return b"%b%.3f%b" % (kept[0], took_ms, kept[1])

    def keep(self, key: Hashable, body: bytes) -> None:
        """Keep an answer: JSON with a `took_ms`. (A quote inside a text is never bare, so no text looks like that.)"""
        before, _, rest = body.partition(_TOOK)
        after = rest[len(rest) - len(rest.lstrip(b"0123456789.eE+-")) :]
        entry = (before + _TOOK, after)
        size = _size_of(*entry)
        if size > self._most_bytes:
            return
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = entry
            self._bytes += size
            while self._bytes > self._most_bytes:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= _size_of(*oldest)

    def __len__(self) -> int:
        return len(self._kept)


def _size_of(first: bytes, second: bytes) -> int:
    return len(first) + len(second) + _OVERHEAD
