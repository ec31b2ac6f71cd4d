"""Files as lines of text: unpacked, decoded, bounded, with errors that name the file and line."""

from __future__ import annotations

import codecs
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

import zstandard

from searchidx.errors import InputError

#: A longer line is not a record of any format here; a cap keeps a damaged file from filling the memory.
MAX_LINE_BYTES = 8 * 1024 * 1024
HEAD_BYTES = 64 * 1024
#: Plain bytes of a piece: some hundred papers, so that several processes are busy from the beginning to the end.
PIECE_BYTES = 512 * 1024
#: Packed bytes unpacked at a time: the densest zstd (128 KiB from 4 bytes) then gives 32 MiB, not gigabytes.
_PACKED_BYTES = 1024
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_GZIP_MAGIC = b"\x1f\x8b"


class NoListError(InputError):
    """A file that is no list of papers at all: empty, binary, of no known format. Passed over in a directory."""


class Lines:
    """Lines of text of one source. name: of the source, for messages; first: the number of the first line."""

    def __init__(self, name: str, file: IO[bytes], first: int = 1) -> None:
        self.name = name
        self._bytes = file
        self._first = first

    def place(self, line: int) -> str:
        """`file:line`, as messages name it."""
        return f"{self.name}:{line}"

    def lines(self) -> Iterator[tuple[int, str]]:
        """(line number, line without its end) of every line. Raises InputError with file:line."""
        for number, line in self.raw_lines():
            yield number, self.decoded(number, line)

    def raw_lines(self) -> Iterator[tuple[int, bytes]]:
        """(line number, line as it stands, for `decoded`) of every line. Raises InputError for one that is too long."""
        number = self._first - 1
        while line := self._bytes.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                raise InputError(
                    f"{self.place(number)}: a line of more than {MAX_LINE_BYTES // 2**20} MiB; "
                    "one record stands on one line, break the file up"
                )
            yield number, line

    def decoded(self, number: int, line: bytes) -> str:
        """A raw line as text, without its end. Raises InputError with file:line when it is not UTF-8."""
        try:
            # a mark may stand on any line of files put one after another; that codec is Python's own, not C's
            text = line.decode("utf-8-sig" if line.startswith(codecs.BOM_UTF8) else "utf-8")
        except UnicodeDecodeError as exc:
            bad = line[exc.start : exc.start + 1].hex()
            raise InputError(
                f"{self.place(number)}: not UTF-8 (byte 0x{bad} at column {exc.start + 1}); "
                "convert the file to UTF-8, e.g. iconv -f LATIN1 -t UTF-8"
            ) from exc
        return text.rstrip("\r\n")


class TextStream(Lines):
    """An open source. head: its first characters (up to 64 KiB), for sniffing."""

    def __init__(self, name: str, raw: Any) -> None:
        self._raw = raw
        self._buffered = io.BufferedReader(raw, HEAD_BYTES)
        try:
            unpacked = _unpack(self._buffered, name)
            super().__init__(name, unpacked)
            self.head = _head(unpacked.peek(HEAD_BYTES)[:HEAD_BYTES], name)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file (not standard input)."""
        if self._raw is not sys.stdin.buffer:
            self._raw.close()
        else:
            with suppress(ValueError):  # let go of before
                self._buffered.detach()  # or our buffer would close it when it is collected

    def pieces(self, size: int = PIECE_BYTES) -> Iterator[tuple[int, bytes]]:
        """(number of the first line, the lines) of all lines, about `size` bytes at a time. A line that is too long
        may come alone and cut, for `Lines.lines` to refuse.
        """
        first, rest = 1, b""
        while block := self._bytes.read(size):
            end = block.rfind(b"\n") + 1
            if not end and len(rest) <= MAX_LINE_BYTES:
                rest += block
                continue
            piece, rest = rest + block[:end], block[end:]
            yield first, piece
            first += piece.count(b"\n")
        if rest:
            yield first, rest


def open_stream(path: Path | str) -> TextStream:
    """Open a file, or standard input for `-`. Raises InputError when it cannot be read."""
    if str(path) == "-":
        return TextStream("<stdin>", sys.stdin.buffer)
    name = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        # buffered below our own buffer: filling ours then waits for a slow pipe, so that the head is whole
        return TextStream(name, Path(path).open("rb"))
    except OSError as exc:
        raise InputError(f"{name}: cannot be read ({exc.strerror or exc}); check the file") from exc


def _head(data: bytes, name: str) -> str:
    """The first bytes as text. Raises InputError when they are none."""
    if not data:
        raise NoListError(f"{name}: the file is empty; give a list of papers")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError(f"{name}: UTF-16 text; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)")
    if b"\0" in data:
        raise NoListError(f"{name}: a binary file, not text; give text, JSONL, or these packed as .gz or .zst")
    return codecs.getincrementaldecoder("utf-8-sig")("replace").decode(data)


def _unpack(stream: io.BufferedReader, name: str) -> io.BufferedReader:
    """The stream unpacked, by its first bytes and not by its name."""
    magic = stream.peek(4)[:4]
    if magic.startswith(_ZSTD_MAGIC):
        return _buffered(_Unpacker(stream, name, "zstd"))
    if magic.startswith(_GZIP_MAGIC):
        return _buffered(_Unpacker(stream, name, "gzip"))
    return stream


def _buffered(raw: io.RawIOBase) -> io.BufferedReader:
    """Two buffers: the outer one fills whole from the inner one, however small the pieces of `raw` are."""
    inner: Any = io.BufferedReader(raw, HEAD_BYTES)
    return io.BufferedReader(inner, HEAD_BYTES)


class _Unpacker(io.RawIOBase):
    """A packed file as plain bytes, frame after frame, that notices when the last frame is cut short.

    (zstandard's own stream_reader ends quietly at a truncated frame.)
    """

    def __init__(self, source: io.BufferedReader, name: str, kind: str) -> None:
        self._source = source
        self._name = name
        self._kind = kind
        self._frame: zstandard.ZstdDecompressionObj | zlib._Decompress | None = None
        self._packed = b""
        self._plain = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._plain:
            if not self._fill():
                return 0
        n = min(len(buffer), len(self._plain))
        buffer[:n], self._plain = self._plain[:n], self._plain[n:]
        return n

    def _fill(self) -> bool:
        """Unpack one more piece; False at the end of the file."""
        self._packed = self._packed or self._source.read1(_PACKED_BYTES)
        if not self._packed:
            if self._frame is not None:
                raise InputError(f"{self._name}: the {self._kind} data is cut short; fetch the file again")
            return False
        if self._frame is None:
            self._frame = (
                zstandard.ZstdDecompressor().decompressobj() if self._kind == "zstd" else zlib.decompressobj(wbits=31)
            )
        try:
            self._plain = self._frame.decompress(self._packed)
        except (zstandard.ZstdError, zlib.error) as exc:
            raise InputError(f"{self._name}: damaged {self._kind} data ({exc}); fetch the file again") from exc
        self._packed = self._frame.unused_data if self._frame.eof else b""
        if self._frame.eof:
            self._frame = None
        return True
