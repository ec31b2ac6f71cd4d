"""Arrays and string tables as files: written durably, opened by memory map, described in JSON.

An array is one file of raw little-endian numbers; its dtype and length stand in the manifest beside the
file's size and SHA-256. A string table is two arrays: the UTF-8 bytes of all strings, and their offsets.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx.errors import IndexDamaged

Array = npt.NDArray[Any]

#: The only dtypes a manifest may name.
DTYPES = {name: np.dtype(name) for name in ("u1", "<u2", "<u4", "<u8", "<i2", "<i4", "<i8", "<f4", "<f8")}
_CHUNK = 1 << 20


def narrowest(highest: int) -> np.dtype[Any]:
    """The smallest unsigned dtype that holds every number from 0 to `highest`."""
    return next(DTYPES[n] for n in ("u1", "<u2", "<u4", "<u8") if highest <= np.iinfo(DTYPES[n]).max)


def dtype_name(dtype: np.dtype[Any]) -> str:
    """The manifest's name of a dtype. Raises KeyError for one that is never written."""
    return next(name for name, known in DTYPES.items() if known == dtype)


def write_bytes(path: Path, data: bytes | memoryview) -> None:
    """Write a new file and force it to disk."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_bytes(path: Path, data: bytes) -> None:
    """Put a file in place of another, atomically and durably: readers see the old or the new, whole."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write_bytes(temporary, data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Force a directory's entries to disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


class ArrayWriter:
    """Writes the arrays of one directory and remembers their descriptions.

    specs: name -> {"dtype", "length"}, for the manifest.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.specs: dict[str, dict[str, Any]] = {}

    def array(self, name: str, values: Array) -> None:
        """Write a one-dimensional array."""
        little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
        self.specs[name] = {"dtype": dtype_name(little.dtype), "length": len(little)}
        write_bytes(self.directory / name, little.data.cast("B") if len(little) else b"")

    def strings(self, name: str, values: Sequence[bytes]) -> None:
        """Write a string table as `name.bytes` and `name.offsets`."""
        offsets = np.zeros(len(values) + 1, np.int64)
        np.cumsum([len(value) for value in values], out=offsets[1:])
        self.array(f"{name}.bytes", np.frombuffer(b"".join(values), np.uint8))
        self.array(f"{name}.offsets", offsets)


class ArrayReader:
    """Opens arrays of one directory by memory map, when first asked for."""

    def __init__(self, directory: Path, specs: dict[str, dict[str, Any]]) -> None:
        self.directory = directory
        self._specs = specs
        self._open: dict[str, Array] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._specs

    def map_all(self) -> None:
        """Map every array now, so that they stay readable when the files are removed. Raises IndexDamaged."""
        for name in self._specs:
            self.array(name)

    def array(self, name: str) -> Array:
        """The array, read-only. Raises IndexDamaged when its file is not of the size the manifest says."""
        if name not in self._open:
            self._open[name] = self._map(name)
        return self._open[name]

    def strings(self, name: str) -> StringTable:
        """The string table of that name."""
        return StringTable(self.array(f"{name}.bytes"), self.array(f"{name}.offsets"))

    def _map(self, name: str) -> Array:
        path = self.directory / name
        try:
            spec = self._specs[name]
            dtype, length = DTYPES[spec["dtype"]], int(spec["length"])
            size = path.stat().st_size
        except (KeyError, TypeError, ValueError, OSError) as exc:
            raise IndexDamaged(f"{path}: missing or not described in the manifest; rebuild the index") from exc
        if length < 0 or size != length * dtype.itemsize:
            raise IndexDamaged(f"{path}: {size} bytes, the manifest says {length * dtype.itemsize}; rebuild the index")
        if not length:
            return np.empty(0, dtype)
        # a plain ndarray over the map: indexing a memmap costs a Python call per slice
        return np.asarray(np.memmap(path, dtype, "r", shape=(length,)))


class StringTable:
    """Strings by number; if they were written in order, numbers by string (binary search)."""

    def __init__(self, data: Array, offsets: Array) -> None:
        self._data = data.data
        self._offsets = offsets

    def __len__(self) -> int:
        return max(len(self._offsets) - 1, 0)

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._data[self._offsets[number] : self._offsets[number + 1]])

    def text(self, number: int) -> str:
        return self[number].decode()

    def all(self) -> list[str]:
        """Every string, in order."""
        data = bytes(self._data)
        offsets = self._offsets.tolist()
        return [data[a:b].decode() for a, b in pairwise(offsets)]

    def containing(self, part: bytes) -> list[int]:
        """The numbers of the strings that contain `part` (at least one byte), rising."""
        places = [match.start() for match in re.finditer(re.escape(part), self._data)]
        if not places:
            return []
        numbers, inside = self._owners(places, len(part))
        # a match that runs over the end of one string into the next is none, but may hide the next one's own
        crossing = [places[i] for i in np.flatnonzero(~inside).tolist()]
        starts = (start for place in crossing for start in range(place + 1, place + len(part)))
        hidden = [start for start in starts if bytes(self._data[start : start + len(part)]) == part]
        if hidden:
            numbers, inside = self._owners(sorted({*places, *hidden}), len(part))
        return list(dict.fromkeys(numbers[inside].tolist()))

    def _owners(self, places: list[int], length: int) -> tuple[Array, Array]:
        """(the string each place is in, whether `length` bytes from there are all in it)."""
        numbers = np.searchsorted(self._offsets, places, "right") - 1
        return numbers, np.array(places, np.int64) + length <= self._offsets[numbers + 1]

    def lower_bound(self, value: bytes) -> int:
        """The number of the first string not less than `value`; the strings must be sorted."""
        data, offsets = self._data, self._offsets
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if bytes(data[offsets[middle] : offsets[middle + 1]]) < value:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, value: bytes) -> int:
        """The number of `value`, or -1."""
        number = self.lower_bound(value)
        return number if number < len(self) and self[number] == value else -1


def encode(values: Iterable[str]) -> list[bytes]:
    """Strings as UTF-8; a lone surrogate, which no file can hold, becomes a question mark."""
    return [value.encode("utf-8", "replace") for value in values]
