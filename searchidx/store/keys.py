"""The keys under which values are the same: of identity, hashed, and of keywords, folded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from searchidx.analysis import clean
from searchidx.store.files import Array


def key_hash(key: str) -> int:
    """64 bits of the key's SHA-256; a hit is checked against the record, so a collision costs time, not truth."""
    return int.from_bytes(_digest(key), "little")


def key_hashes(keys: Iterable[str]) -> Array:
    """The `key_hash` of every key, uint64."""
    return np.frombuffer(b"".join(map(_digest, keys)), "<u8")


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()[:8]


_UNTELLING = re.compile(r"[^\w+#@.]|_")


@lru_cache(maxsize=100_000)
def fold(value: str) -> str:
    """The key under which spellings of a keyword are the same: letters, digits, `+ # @ .`, case and accents folded."""
    folded = clean(value).casefold()
    return _UNTELLING.sub("", folded) or folded
