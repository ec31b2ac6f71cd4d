"""Arrays and string tables as files: written durably, opened by memory map, described in JSON.

While a segment is being written, every array that is not small is a file of raw little-endian numbers in a directory
(`ArrayWriter`). Finished, they are packed one after the other into a single file (`pack`), each at a multiple of
`ALIGNMENT`: one file to open, map, link and force to disk instead of sixty. The dtype, length and offset of every array
stand in the manifest beside the file's size and SHA-256. A string table is two arrays: the UTF-8 bytes of all strings,
and their offsets.
"""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import re
import shutil
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from searchidx.errors import IndexDamaged

Array = npt.NDArray[Any]

#: The only dtypes a manifest may name.
DTYPES = {name: np.dtype(name) for name in ("u1", "<u2", "<u4", "<u8", "<i2", "<i4", "<i8", "<f4", "<f8")}
#: Arrays begin at multiples of this in a packed file: a cache line, and more than any dtype asks for.
ALIGNMENT = 64
_CHUNK = 1 << 20
_SMALL = 1 << 16


def narrowest(highest: int) -> np.dtype[Any]:
    """The smallest unsigned dtype that holds every number from 0 to `highest`."""
    return next(DTYPES[n] for n in ("u1", "<u2", "<u4", "<u8") if highest <= np.iinfo(DTYPES[n]).max)


def inside(values: Array, bound: int) -> bool:
    """Whether all values are from 0 to bound - 1."""
    return not len(values) or bool(values.min() >= 0 and values.max() < bound)


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
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Force a directory's entries to disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def open_regular(path: Path) -> IO[bytes]:
    """A file opened for reading. Raises OSError for what is no regular file.

    In an index that comes from a stranger a pipe or a device may stand in place of a file: one would be waited for,
    the other never ends.
    """
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return os.fdopen(fd, "rb")
    except BaseException:
        os.close(fd)
        raise


def read_bytes(path: Path, most: int) -> bytes:
    """The bytes of a regular file, the first `most` of them. Raises OSError."""
    with open_regular(path) as file:
        return file.read(most)


def sha256(path: Path) -> str:
    """The SHA-256 of a regular file, as hexadecimal digits. Raises OSError."""
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def scratch_array(path: Path, dtype: np.dtype[Any], length: int) -> Array:
    """A writable array of zeros over a new file, for what memory should not hold. Raises OSError on a full disk.

    Its space is taken at once: a disk that is full when a mapped page is written kills the process.
    """
    if not length:
        return np.empty(0, dtype)
    with path.open("xb") as file:
        os.posix_fallocate(file.fileno(), 0, length * dtype.itemsize)
    return np.asarray(np.memmap(path, dtype, "r+", shape=(length,)))


class ArrayWriter:
    """Writes arrays as files of one directory, to be packed, and remembers their descriptions.

    specs: name -> {"dtype", "length"}. small: arrays of so many bytes or fewer wait in memory, for in a small segment
    making, reading and removing sixty files is most of the work.
    """

    def __init__(self, directory: Path, *, small: int = _SMALL) -> None:
        self.directory = directory
        self._small = small
        self.specs: dict[str, dict[str, Any]] = {}
        self._held: dict[str, bytes] = {}

    def array(self, name: str, values: Array) -> None:
        """Write a one-dimensional array."""
        little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
        self.specs[name] = {"dtype": dtype_name(little.dtype), "length": len(little)}
        if little.nbytes <= self._small:
            self._held[name] = little.tobytes()
            return
        with (self.directory / name).open("xb") as file:
            file.write(little.data.cast("B"))

    def strings(self, name: str, values: Sequence[bytes]) -> None:
        """Write a string table as `name.bytes` and `name.offsets`."""
        offsets = np.zeros(len(values) + 1, np.int64)
        np.cumsum([len(value) for value in values], out=offsets[1:])
        self.array(f"{name}.bytes", np.frombuffer(b"".join(values), np.uint8))
        self.array(f"{name}.offsets", offsets)

    def written(self, name: str) -> Array:
        """An array just written, read-only; by memory map unless it is small."""
        spec = self.specs[name]
        dtype, length = DTYPES[spec["dtype"]], spec["length"]
        if name in self._held:
            return np.frombuffer(self._held[name], dtype)
        return (
            np.asarray(np.memmap(self.directory / name, dtype, "r", shape=(length,))) if length else np.empty(0, dtype)
        )

    def drop(self, name: str) -> None:
        """Take back an array just written."""
        del self.specs[name]
        if self._held.pop(name, None) is None:
            (self.directory / name).unlink()

    def pack(self) -> dict[str, dict[str, Any]]:
        """Put one file, forced to disk, in the place of the directory; returns the specs with their "offset" added."""
        packed = self.directory.with_name(f"{self.directory.name}.packing")
        with packed.open("xb") as target:
            for name in sorted(self.specs):
                target.write(bytes(-target.tell() % ALIGNMENT))
                self.specs[name]["offset"] = target.tell()
                if name in self._held:
                    target.write(self._held.pop(name))
                    continue
                with (self.directory / name).open("rb") as source:
                    shutil.copyfileobj(source, target, _CHUNK)
                (self.directory / name).unlink()
            target.flush()
            os.fsync(target.fileno())
        self.directory.rmdir()
        packed.rename(self.directory)
        return self.specs


class ArrayStream:
    """An array that is written as it comes: `ArrayWriter.array` for one that memory should not hold."""

    def __init__(self, writer: ArrayWriter, name: str, dtype: npt.DTypeLike) -> None:
        self._file: IO[bytes] = (writer.directory / name).open("xb")
        self._dtype = np.dtype(dtype).newbyteorder("<")
        self._spec = writer.specs[name] = {"dtype": dtype_name(self._dtype), "length": 0}

    def __enter__(self) -> ArrayStream:
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    @property
    def length(self) -> int:
        """How many values were written."""
        length: int = self._spec["length"]
        return length

    def append(self, values: Array) -> None:
        """Write the next values; the stream's type must hold them."""
        self._file.write(np.ascontiguousarray(values, self._dtype).data)
        self._spec["length"] += len(values)


class PackedArrays:
    """The arrays of one packed file, read-only, by one memory map.

    specs: name -> {"dtype", "length", "offset"}. Raises IndexDamaged when the file cannot hold an array where its
    spec says.
    """

    def __init__(self, path: Path, specs: dict[str, dict[str, Any]]) -> None:
        self.path = path
        try:
            with open_regular(path) as file:
                size = os.fstat(file.fileno()).st_size
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        except OSError as exc:
            raise IndexDamaged(path, f"cannot be read ({exc.strerror or exc})") from exc
        self._arrays = {name: self._view(name, spec) for name, spec in specs.items()}

    def _view(self, name: str, spec: dict[str, Any]) -> Array:
        try:
            dtype, length, offset = DTYPES[spec["dtype"]], int(spec["length"]), int(spec["offset"])
        except (KeyError, TypeError, ValueError, OverflowError) as exc:
            raise IndexDamaged(self.path, f"the manifest does not describe {name!r}") from exc
        if length < 0 or offset < 0 or offset % ALIGNMENT or offset + length * dtype.itemsize > len(self._data):
            raise IndexDamaged(self.path, f"too short for {name!r}")
        return np.frombuffer(self._data, dtype, length, offset) if length else np.empty(0, dtype)

    def array(self, name: str) -> Array:
        """The array. Raises KeyError for one that was not described."""
        return self._arrays[name]

    def forget(self) -> None:
        """Say that what was read so far need not stay in this process's memory. It is read again when asked for."""
        if isinstance(self._data, mmap.mmap):
            self._data.madvise(mmap.MADV_DONTNEED)

    def strings(self, name: str) -> StringTable:
        """The string table of that name."""
        return StringTable(self.array(f"{name}.bytes"), self.array(f"{name}.offsets"), f"{self.path}, {name}")


class StringTable:
    """Strings by number; if they were written in order, numbers by string (binary search).

    name: of the file, for the error that says its offsets or bytes make no sense (IndexDamaged).
    """

    def __init__(self, data: Array, offsets: Array, name: object = "strings") -> None:
        self._data = data.data
        self._offsets = offsets
        self._places = offsets.data  # single numbers come out of a view several times faster than out of an array
        self._name = name

    def __len__(self) -> int:
        return max(len(self._offsets) - 1, 0)

    def __getitem__(self, number: int) -> bytes:
        start, end = self._places[number], self._places[number + 1]
        if not 0 <= start <= end <= len(self._data):
            raise self._damaged()
        return bytes(self._data[start:end])

    def text(self, number: int) -> str:
        try:
            return self[number].decode()
        except UnicodeDecodeError as exc:
            raise self._damaged() from exc

    def texts(self, numbers: Iterable[int]) -> list[str]:
        """`text` of each of the numbers."""
        data, places, end = self._data, self._places, len(self._data)
        texts = []
        for number in numbers:
            first, last = places[number], places[number + 1]
            if not 0 <= first <= last <= end:
                raise self._damaged()
            texts.append(data[first:last])
        try:
            return [str(text, "utf-8") for text in texts]
        except UnicodeDecodeError as exc:
            raise self._damaged() from exc

    def _damaged(self) -> IndexDamaged:
        return IndexDamaged(self._name, "holds strings that cannot be read")

    def all_bytes(self) -> list[bytes]:
        """Every string, in order, as UTF-8."""
        data = bytes(self._data)
        offsets = self._offsets.tolist()
        if offsets and (offsets[0] != 0 or offsets[-1] != len(data) or any(a > b for a, b in pairwise(offsets))):
            raise self._damaged()
        return [data[a:b] for a, b in pairwise(offsets)]

    def all(self) -> list[str]:
        """Every string, in order."""
        try:
            return [value.decode() for value in self.all_bytes()]
        except UnicodeDecodeError as exc:
            raise self._damaged() from exc

    def containing(self, part: bytes) -> list[int]:
        """The numbers of the strings that contain `part` (at least one byte), rising."""
        offsets = self._offsets
        if offsets[0] != 0 or offsets[-1] != len(self._data) or (offsets[1:] < offsets[:-1]).any():
            raise self._damaged()
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
        data, offsets = self._data, self._places
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
