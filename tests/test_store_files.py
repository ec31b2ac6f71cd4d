"""Arrays and string tables: what is written is read, sizes are checked, writes are durable and atomic."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchidx
from searchidx.errors import IndexDamaged
from searchidx.store import files
from searchidx.store.files import DTYPES, ArrayReader, ArrayWriter, StringTable

values = st.lists(st.binary(max_size=6), max_size=30)


def table(strings):
    offsets = np.zeros(len(strings) + 1, np.int64)
    np.cumsum([len(s) for s in strings], out=offsets[1:])
    return StringTable(np.frombuffer(b"".join(strings), np.uint8), offsets)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("length", [0, 1, 5])
def test_an_array_of_every_dtype_is_read_back_and_cannot_be_written_to(tmp_path, dtype, length):
    written = np.arange(length).astype(DTYPES[dtype])
    writer = ArrayWriter(tmp_path)
    writer.array("a", written)
    read = ArrayReader(tmp_path, writer.specs).array("a")
    assert read.dtype == written.dtype
    assert read.tolist() == written.tolist()
    assert length == 0 or not read.flags.writeable


def test_numbers_are_little_endian_on_disk_whatever_they_were_in_memory(tmp_path):
    writer = ArrayWriter(tmp_path)
    writer.array("a", np.array([1, 256], ">u4"))
    assert (tmp_path / "a").read_bytes() == bytes([1, 0, 0, 0, 0, 1, 0, 0])


def test_every_other_number_of_a_strided_array_is_written(tmp_path):
    writer = ArrayWriter(tmp_path)
    writer.array("a", np.arange(10, dtype=np.int32)[::3])
    assert ArrayReader(tmp_path, writer.specs).array("a").tolist() == [0, 3, 6, 9]


@settings(deadline=None, max_examples=50)
@given(values)
def test_string_tables_are_read_back(tmp_path_factory, strings):
    directory = tmp_path_factory.mktemp("strings")
    writer = ArrayWriter(directory)
    writer.strings("s", strings)
    read = ArrayReader(directory, writer.specs).strings("s")
    assert [read[i] for i in range(len(read))] == strings


@settings(deadline=None, max_examples=200)
@given(values.map(lambda v: sorted(set(v))), st.binary(max_size=6))
def test_strings_in_order_are_found_by_value(strings, value):
    found = table(strings).find(value)
    assert found == (strings.index(value) if value in strings else -1)
    assert table(strings).lower_bound(value) == sum(s < value for s in strings)
    assert [table(strings).find(s) for s in strings] == list(range(len(strings)))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text("ab", max_size=5).map(str.encode), max_size=20), st.text("ab", min_size=1, max_size=3))
def test_strings_that_contain_a_part_are_found_each_once(strings, part):
    # a part across the border of two strings is in neither
    assert table(strings).containing(part.encode()) == [i for i, s in enumerate(strings) if part.encode() in s]


def test_texts_come_out_as_text():
    names = ["", "é", "中文", "a"]
    assert table(files.encode(names)).all() == names
    assert table(files.encode(names)).text(2) == "中文"
    assert files.encode(["\ud800x"]) == [b"?x"]


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**64 - 1))
def test_the_narrowest_dtype_holds_the_number_and_the_next_smaller_does_not(highest):
    dtype = files.narrowest(highest)
    assert np.iinfo(dtype).max >= highest
    assert dtype.itemsize == 1 or highest >= 2 ** (4 * dtype.itemsize)


# --- damage ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spec",
    [
        None,
        {"dtype": "<u4", "length": 3},
        {"dtype": "<u4", "length": -4},
        {"dtype": "<u8", "length": 4},
        {"dtype": "O", "length": 4},
        {"dtype": "|S4", "length": 4},
        {"dtype": "<u4", "length": "many"},
        {"dtype": "<u4", "length": None},
        {"dtype": ["<u4"], "length": 4},
        {"length": 4},
        "<u4",
    ],
)
def test_an_array_that_is_not_what_the_manifest_says_is_damage_that_names_it(tmp_path, spec):
    files.write_bytes(tmp_path / "a", bytes(16))
    reader = ArrayReader(tmp_path, {} if spec is None else {"a": spec})
    with pytest.raises(IndexDamaged, match=str(tmp_path / "a")):
        reader.array("a")


def test_an_array_whose_file_is_gone_is_damage_that_names_it(tmp_path):
    with pytest.raises(IndexDamaged, match="gone"):
        ArrayReader(tmp_path, {"gone": {"dtype": "u1", "length": 0}}).array("gone")


# --- durable writes -------------------------------------------------------------------------------------------


def test_a_new_file_is_never_written_over_another(tmp_path):
    files.write_bytes(tmp_path / "a", b"old")
    with pytest.raises(FileExistsError):
        files.write_bytes(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"


def test_replacing_puts_the_whole_new_file_and_leaves_no_other(tmp_path):
    files.replace_bytes(tmp_path / "a", b"old")
    files.replace_bytes(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]  # noqa: PTH208


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_replacement_that_fails_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch, step):
    files.replace_bytes(tmp_path / "a", b"old")

    def fail(*args):
        raise OSError("no space left on device")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        files.replace_bytes(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]  # noqa: PTH208


def test_nothing_of_the_package_pickles():
    for path in Path(searchidx.__file__).parent.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for word in ("import pickle", "from pickle", "pickle.", "import marshal", "import shelve", "allow_pickle=True"):
            assert word not in source, path
        assert "eval(" not in source, path
