"""Lists of papers in, `Paper` records out, streaming: memory does not grow with the input.

A format is one module with a `FORMAT`: how to know it by its content and how to read it. A reader yields
papers and, in between, `RecordError`s for what it could not use; it raises `InputError` only for a file that
cannot be read at all.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from searchidx.errors import InputError, RecordError, UsageError
from searchidx.paper import Paper
from searchidx.sources import daily_text, jsonl
from searchidx.sources._format import Format, ReadOptions
from searchidx.sources._stream import Lines, NoListError, TextStream, open_stream

__all__ = ["FORMATS", "Format", "Piece", "ReadOptions", "read", "read_in_pieces", "read_piece"]

#: Tried in this order when no format is named.
FORMATS: tuple[Format, ...] = (jsonl.FORMAT, daily_text.FORMAT)
_BY_NAME = {format_.name: format_ for format_ in FORMATS}


class Piece(NamedTuple):
    """Some lines of a file in which every line is a record by itself: `read_piece` reads it, anywhere.

    name: of the file. format: a name of `FORMATS`. first: the number of the first line.
    """

    name: str
    format: str
    first: int
    data: bytes


def read(
    sources: Iterable[str | Path],
    *,
    format: str | None = None,  # noqa: A002 - the option's name, on the command line too
    options: ReadOptions | None = None,
) -> Iterator[Paper | RecordError]:
    """Every record of every source, in order; files of a directory by name.

    sources: files, directories, or `-` for standard input; `.gz` and `.zst` are unpacked. In a directory, hidden
    files are ignored and empty, binary or unknown ones are passed over (`ReadOptions.passed_over` hears of them), but
    some file must be a list of papers.
    format: a name of `FORMATS`; without it each file's content decides.
    Raises InputError for a source that is missing, empty, binary, damaged or of no known format.
    """
    options = options or ReadOptions()
    for stream, format_ in _opened(sources, _named(format), options):
        yield from format_.read(stream, options)


def read_in_pieces(
    sources: Iterable[str | Path],
    *,
    format: str | None = None,  # noqa: A002 - as in `read`
    options: ReadOptions | None = None,
) -> Iterator[Piece | Paper | RecordError]:
    """The same, but that files which can be cut come as pieces, to be read by whoever has time."""
    options = options or ReadOptions()
    for stream, format_ in _opened(sources, _named(format), options):
        if format_.by_line:
            yield from (Piece(stream.name, format_.name, first, data) for first, data in stream.pieces())
        else:
            yield from format_.read(stream, options)


def read_piece(piece: Piece) -> Iterator[Paper | RecordError]:
    """The records of a piece. Raises InputError as `read` does."""
    return _BY_NAME[piece.format].read(Lines(piece.name, io.BytesIO(piece.data), piece.first), ReadOptions())


def _opened(
    sources: Iterable[str | Path], chosen: Format | None, options: ReadOptions
) -> Iterator[tuple[TextStream, Format]]:
    """Every file of the sources; each is closed when the next one is asked for."""
    for source in sources:
        if str(source) == "-":
            yield from _open_file("-", chosen)
            continue
        path = Path(source)
        if not path.exists():
            raise InputError(f"no file or directory at {path}; check the path")
        if path.is_dir():
            yield from _open_directory(path, chosen, options)
        else:
            yield from _open_file(path, chosen)


def _named(name: str | None) -> Format | None:
    if name is not None and name not in _BY_NAME:
        raise UsageError(f"unknown format {name!r}; known are {', '.join(_BY_NAME)}")
    return _BY_NAME[name] if name else None


def _open_directory(path: Path, chosen: Format | None, options: ReadOptions) -> Iterator[tuple[TextStream, Format]]:
    files = [p for p in sorted(path.rglob("*")) if p.is_file() and not _hidden(p, path)]
    if not files:
        raise InputError(f"no files in {path}; name a directory that holds lists of papers")
    known = 0
    for file in files:
        try:
            stream = open_stream(file)
            format_ = chosen or _sniff(stream)
        except NoListError as exc:
            options.passed_over(str(exc))
            continue
        known += 1
        with stream:
            yield stream, format_
    if not known:
        raise InputError(f"none of the {len(files)} files in {path} is of a known format; {_known_formats()}")


def _hidden(file: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(root).parts)


def _open_file(path: Path | str, chosen: Format | None) -> Iterator[tuple[TextStream, Format]]:
    with open_stream(path) as stream:
        yield stream, chosen or _sniff(stream)


def _sniff(stream: TextStream) -> Format:
    for format_ in FORMATS:
        if format_.sniff(stream.head):
            return format_
    start = " ".join(stream.head.split())[:40]
    stream.close()
    raise NoListError(f"{stream.name}: unknown format, begins with {start!r}; {_known_formats()}")


def _known_formats() -> str:
    return "known are " + ", ".join(f"{f.name} ({f.description})" for f in FORMATS)
