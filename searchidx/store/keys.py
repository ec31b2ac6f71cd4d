"""The keys under which values are the same: of identity, hashed, and of keywords, folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import compress

import numpy as np

from searchidx.analysis import clean
from searchidx.store.files import Array

#: Bytes of a hash.
HASH_BYTES = 8


def key_hash(key: str) -> int:
    """64 bits of the key's SHA-256; a hit is checked against the record, so a collision costs time, not truth."""
    return int.from_bytes(key_digests([key]), "little")


def key_hashes(keys: Iterable[str]) -> Array:
    """The `key_hash` of every key, uint64."""
    return np.frombuffer(key_digests(keys), "<u8")


def key_digests(keys: Iterable[str]) -> bytes:
    """The same as bytes, eight of each key."""
    # one function for all keys of a paper or a query: calls cost as much as the hashes
    return b"".join([sha256(key.encode("utf-8", "replace")).digest()[:HASH_BYTES] for key in keys])


_UNTELLING = re.compile(r"[^\w+#@.]|_")
_LOWER = bytes(range(128)).lower() + bytes(range(128, 256))
_UNTELLING_ASCII = bytes(byte for byte in range(128) if not (chr(byte).isalnum() or chr(byte) in "+#@.\n"))
#: What ends a line here, and LaTeX markup, which `clean` unwraps.
_NOT_PLAIN = re.compile(r"[\\$\n]")


@lru_cache(maxsize=100_000)
def fold(value: str) -> str:
    """The key under which spellings of a keyword are the same: letters, digits, `+ # @ .`, case and accents folded."""
    folded = clean(value).casefold()
    return _UNTELLING.sub("", folded) or folded


def fold_all(values: Sequence[str]) -> list[bytes]:
    """`fold` of every value, in UTF-8. Plain ones, which are most, are folded in one go, many times sooner."""
    plain = [value.isascii() for value in values]
    if _NOT_PLAIN.search("".join(compress(values, plain))):
        plain = [value.isascii() and not _NOT_PLAIN.search(value) for value in values]
    lines = "\n".join(compress(values, plain)).encode()
    keys = iter(lines.translate(_LOWER, _UNTELLING_ASCII).split(b"\n"))
    return [(is_plain and next(keys)) or _encoded(fold(value)) for value, is_plain in zip(values, plain, strict=True)]


def _encoded(key: str) -> bytes:
    return key.encode("utf-8", "replace")
