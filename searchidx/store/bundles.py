"""Arrays by name that go from one process to another: no object per value on the way, and nothing pickled.

A bundle is a length and JSON that names its arrays, their types and lengths, then the arrays themselves. Strings are
two arrays, as in a segment: the UTF-8 bytes of all, and the length of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Self

import numpy as np
import orjson

from searchidx.store.files import DTYPES, Array, dtype_name
from searchidx.store.strings import Strings, offsets_of

_HEAD = 8


class Bundle(dict[str, Array]):
    """One-dimensional arrays by name."""

    def put_strings(self, name: str, values: Sequence[bytes]) -> None:
        """Add strings as `name.bytes` and `name.lengths`."""
        self[f"{name}.bytes"] = np.frombuffer(b"".join(values), np.uint8)
        self[f"{name}.lengths"] = np.fromiter(map(len, values), np.int32, len(values))

    def strings(self, name: str) -> list[bytes]:
        """The strings of that name."""
        data = self[f"{name}.bytes"].tobytes()
        return [data[a:b] for a, b in pairwise(accumulate(self[f"{name}.lengths"].tolist(), initial=0))]

    def table(self, name: str) -> Strings:
        """The strings of that name, as arrays of their own."""
        return Strings(self[f"{name}.bytes"].copy(), offsets_of(self[f"{name}.lengths"]))

    def dump(self) -> bytes:
        """The bundle as bytes."""
        head = orjson.dumps([(name, dtype_name(values.dtype), len(values)) for name, values in self.items()])
        arrays = [np.ascontiguousarray(values).data for values in self.values()]
        return b"".join([len(head).to_bytes(_HEAD, "little"), head, *arrays])

    @classmethod
    def load(cls, data: bytes) -> Self:
        """The bundle that was dumped, over the same memory."""
        bundle = cls()
        at = _HEAD + int.from_bytes(data[:_HEAD], "little")
        for name, dtype, length in orjson.loads(data[_HEAD:at]):
            values = bundle[name] = np.frombuffer(data, DTYPES[dtype], length, at)
            at += values.nbytes
        return bundle
