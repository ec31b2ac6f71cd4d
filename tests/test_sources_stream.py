"""Files as text: packed or plain, whole or damaged, from disk, a pipe or standard input."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx.errors import InputError, RecordError, UsageError
from searchidx.paper import Paper
from searchidx.sources import FORMATS, Piece, read, read_in_pieces, read_piece
from searchidx.sources._stream import MAX_LINE_BYTES, open_stream

LINE = b'{"title": "Kites and Winds", "abstract": "How kites fly in the caf\xc3\xa9."}\n'
MANY = b"".join(
    json.dumps({"title": f"Paper {i}", "abstract": f"Words {i * i} and {i * 7919} more."}).encode() + b"\n"
    for i in range(3000)
)


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def read_bytes(path: Path, data: bytes) -> list[Paper | RecordError]:
    path.write_bytes(data)
    return list(read([path]))


# A name says little: files are renamed, and downloads come without any.
@pytest.mark.parametrize("name", ["list", "list.jsonl", "list.gz", "list.zst", "list.txt"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd], ids=["plain", "gzip", "zstd"])
def test_packing_is_known_by_content_not_name(tmp_path: Path, pack: Callable[[bytes], bytes], name: str) -> None:
    (paper,) = read_bytes(tmp_path / name, pack(LINE))
    assert isinstance(paper, Paper)
    assert paper.abstract == "How kites fly in the café."


@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_packed_files_put_one_after_another_are_read_to_the_end(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    pieces = [MANY[i : i + 1000] for i in range(0, len(MANY), 1000)]
    assert len(read_bytes(tmp_path / "list", b"".join(map(pack, [b"", *pieces])))) == 3000


# The first frame may hold less than the format is known by.
@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_the_format_is_known_though_the_first_frame_is_tiny(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    data = b"".join(pack(LINE[i : i + 1]) for i in range(len(LINE)))
    assert len(read_bytes(tmp_path / "list", data)) == 1


@settings(max_examples=60)
@given(
    st.lists(
        st.text(st.characters(exclude_characters="\n\r\0\ufeff", exclude_categories=["Cs"]), max_size=40), min_size=1
    ),
    st.sampled_from(["plain", "gzip", "zstd"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_lines_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], packing: str, end: str
) -> None:
    data = end.join(["begin", *lines, "end"]).encode()
    path = tmp_path_factory.getbasetemp() / "lines"
    path.write_bytes({"plain": bytes, "gzip": gzip.compress, "zstd": zstd}[packing](data))
    with open_stream(path) as stream:
        assert list(stream.lines()) == list(enumerate(["begin", *lines, "end"], start=1))


@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
@pytest.mark.parametrize("left", [0.999, 0.5, 0.01])
def test_a_packed_file_cut_short_is_noticed(tmp_path: Path, pack: Callable[[bytes], bytes], left: float) -> None:
    packed = pack(MANY)
    with pytest.raises(InputError, match=r"list: the (gzip|zstd) data is cut short; fetch the file again"):
        read_bytes(tmp_path / "list", packed[: int(len(packed) * left)])


@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_damaged_packed_file_is_noticed(tmp_path: Path, pack: Callable[[bytes], bytes], place: float) -> None:
    packed = bytearray(pack(MANY))
    packed[int(len(packed) * place)] ^= 0xFF
    with pytest.raises(InputError, match=r"list: damaged (gzip|zstd) data \(.*\); fetch the file again|cut short"):
        read_bytes(tmp_path / "list", bytes(packed))


# 300 MB of one letter pack into a few kB; they must not all be in memory before the line is found too long.
def test_a_small_file_that_unpacks_to_hundreds_of_megabytes_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zst"
    with path.open("wb") as file, zstandard.ZstdCompressor().stream_writer(file) as packer:
        packer.write(b'{"title": "')
        for _ in range(300):
            packer.write(b"a" * 1_000_000)
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="1: a line of more than 8 MiB"):
            list(read([path]))
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_a_line_may_have_8_mib_and_no_byte_more(tmp_path: Path) -> None:
    start, end = b'{"title": "Long", "abstract": "', b'"}'
    longest = start + b"a" * (MAX_LINE_BYTES - len(start) - len(end) - 1) + end + b"\n"
    assert len(longest) == MAX_LINE_BYTES
    assert len(read_bytes(tmp_path / "list", longest + LINE)) == 2
    with pytest.raises(InputError, match=r"list:2: a line of more than 8 MiB; .*break the file up"):
        read_bytes(tmp_path / "list", LINE + longest.replace(b"Long", b"Longer"))


def records_of(read_in: Piece | Paper | RecordError) -> list[str]:
    return [repr(r) for r in read_piece(read_in)] if isinstance(read_in, Piece) else [repr(read_in)]


# Errors name the line of the file, not of the piece.
@pytest.mark.parametrize("size", [1, 7, 64, 1000, 1 << 20])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [b"", LINE.strip(), b"{"])
def test_pieces_read_one_by_one_are_the_file(tmp_path: Path, size: int, end: bytes, last: bytes) -> None:
    lines = [LINE.strip(), b"", b"{", LINE.strip(), b'{"title": "no abstract"}', b"\xef\xbb\xbf" + LINE.strip()]
    path = tmp_path / "list"
    path.write_bytes(end.join([*lines, *lines, last]))
    with open_stream(path) as stream:
        pieces = [Piece(str(path), "jsonl", first, data) for first, data in stream.pieces(size)]
    assert [text for piece in pieces for text in records_of(piece)] == [repr(record) for record in read([path])]


def test_files_are_cut_where_their_format_allows_it(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(MANY * 12)
    (tmp_path / "b.txt").write_text("Daily Papers\n\nSep 29\n\nA title\n\n" + "An abstract of some words. " * 20)
    found = list(read_in_pieces([tmp_path]))
    assert len(found) > 4
    assert [type(record) for record in found[-2:]] == [Piece, Paper]
    assert [text for record in found for text in records_of(record)] == [repr(r) for r in read([tmp_path])]


def test_a_line_too_long_is_refused_in_pieces_too(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(LINE * 3 + b'{"title": "' + b"x" * (2 * MAX_LINE_BYTES))
    _, piece, *_ = read_in_pieces([path], format="jsonl")
    with pytest.raises(InputError, match=r"list:4: a line of more than 8 MiB"):
        records_of(piece)


def test_text_that_is_not_utf8_names_line_column_and_remedy(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        read_bytes(tmp_path / "list", LINE + LINE.decode().encode("latin-1"))
    assert str(raised.value) == (
        f"{tmp_path}/list:2: not UTF-8 (byte 0xe9 at column 67); "
        "convert the file to UTF-8, e.g. iconv -f LATIN1 -t UTF-8"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty; give a list of papers"),
        (gzip.compress(b""), "the file is empty; give a list of papers"),
        (LINE.decode().encode("utf-16"), "UTF-16 text; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)"),
        (LINE.decode().encode("utf-16-be"), "a binary file, not text; give text, JSONL, or these packed"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a binary file, not text; give text, JSONL, or these packed"),
        (b"%PDF-1.7\n", "unknown format, begins with '%PDF-1.7'; known are jsonl ("),
        (b"\n\n\n", "unknown format, begins with ''; known are jsonl ("),
    ],
    ids=["empty", "packed nothing", "utf-16", "utf-16 without mark", "png", "pdf", "blank"],
)
def test_a_file_that_is_no_list_says_what_it_is(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(InputError) as raised:
        read_bytes(tmp_path / "list", data)
    assert str(raised.value).startswith(f"{tmp_path}/list: {message}")


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file or directory at .*nowhere; check the path"):
        list(read([tmp_path / "nowhere"]))


def test_an_unknown_format_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown format 'xml9'; known are jsonl, hf-daily-text"):
        list(read([tmp_path], format="xml9"))


def test_a_named_format_is_used_whatever_the_content_looks_like(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"no record\n" + LINE)
    with pytest.raises(InputError, match="unknown format"):
        list(read([path]))
    assert [type(record) for record in read([path], format="jsonl")] == [RecordError, Paper]


def test_a_directory_is_read_by_name_and_deep_but_without_hidden_files(tmp_path: Path) -> None:
    def put(name: str, title: str) -> None:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"title": title, "abstract": "words"}), encoding="utf-8")

    put("b.jsonl", "second")
    put("a.jsonl", "first")
    put("c/d.jsonl", "third")
    put(".hidden.jsonl", "never")
    put(".git/e.jsonl", "never")
    (tmp_path / "README.md").write_text("# About\n\nThis is no list.\n", encoding="utf-8")
    assert [record.title for record in read([tmp_path]) if isinstance(record, Paper)] == ["first", "second", "third"]


def test_an_empty_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no files in .*; name a directory that holds lists of papers"):
        list(read([tmp_path]))


def test_a_directory_without_any_list_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# About\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"none of the 1 files in .* is of a known format; known are jsonl"):
        list(read([tmp_path]))


def test_sources_are_read_in_the_order_they_are_named(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "cab"]
    for path in paths:
        path.write_text(json.dumps({"title": path.name, "abstract": "words"}), encoding="utf-8")
    assert [record.title for record in read(paths) if isinstance(record, Paper)] == ["c", "a", "b"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd], ids=["plain", "gzip", "zstd"])
def test_a_hyphen_is_standard_input_packed_or_not(
    monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(pack(LINE + b"{")))
    monkeypatch.setattr(sys, "stdin", stdin)
    paper, error = read(["-"])
    assert isinstance(paper, Paper)
    assert isinstance(error, RecordError)
    assert error.place == "<stdin>:2"
    assert not stdin.buffer.closed


# `searchidx build <(zcat list.gz)`: a pipe gives what it has, a few bytes at first.
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd], ids=["plain", "gzip", "zstd"])
def test_a_slow_pipe_is_read_like_a_file(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    data = pack(LINE * 2)

    def write() -> None:
        with path.open("wb", buffering=0) as pipe:
            for i in range(len(data)):
                pipe.write(data[i : i + 1])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert len(list(read([path]))) == 2
    finally:
        writer.join()


# Such a name has no UTF-8 form, but messages and the index must hold one.
def test_a_file_name_that_is_not_utf8_is_shown_with_question_marks(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")
    Path(path).write_bytes(LINE + b"{\n")
    paper, error = read([path])
    assert isinstance(paper, Paper)
    assert isinstance(error, RecordError)
    assert error.place == f"{tmp_path}/caf\ufffd:2"
    str(error).encode()


def test_formats_have_names_and_say_what_they_are() -> None:
    names = [format_.name for format_ in FORMATS]
    assert len(set(names)) == len(names)
    assert {"jsonl", "hf-daily-text"} <= set(names)
    assert all(format_.description for format_ in FORMATS)


# At most one format may claim a file, whichever is asked first.
@pytest.mark.parametrize("head", [LINE.decode(), "Sep 29\n\nKites\n\nwords\n", "plain words\n", ""])
def test_no_two_formats_claim_the_same_content(head: str) -> None:
    assert sum(format_.sniff(head) for format_ in FORMATS) <= 1
