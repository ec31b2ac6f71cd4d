"""Arrays and string tables in one packed file: what is written is read, sizes are checked, writes are atomic."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchidx
from searchidx.errors import IndexDamaged
from searchidx.store import files
from searchidx.store.files import ALIGNMENT, DTYPES, ArrayWriter, PackedArrays, StringTable, scratch_array

values = st.lists(st.binary(max_size=6), max_size=30)


def table(strings):
    offsets = np.zeros(len(strings) + 1, np.int64)
    np.cumsum([len(s) for s in strings], out=offsets[1:])
    return StringTable(np.frombuffer(b"".join(strings), np.uint8), offsets)


#: Arrays are files until they are packed, or all of these tests' wait in memory.
SMALL = (0, 1 << 16)


def writer_in(directory, small=SMALL[-1]):
    """A writer of arrays to be packed into `directory`/packed."""
    (directory / "packed").mkdir()
    return ArrayWriter(directory / "packed", small=small)


def packed(writer):
    """The arrays of a writer, packed and opened by what the manifest's JSON says of them."""
    specs = json.loads(json.dumps(writer.pack()))
    return PackedArrays(writer.directory, specs)


@pytest.mark.parametrize("small", SMALL)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("length", [0, 1, 5])
def test_an_array_of_every_dtype_is_read_back_and_cannot_be_written_to(tmp_path, small, dtype, length):
    written = np.arange(length).astype(DTYPES[dtype])
    writer = writer_in(tmp_path, small)
    writer.array("a", written)
    read = packed(writer).array("a")
    assert read.dtype == written.dtype
    assert read.tolist() == written.tolist()
    assert length == 0 or not read.flags.writeable


@pytest.mark.parametrize("small", SMALL)
def test_numbers_are_little_endian_on_disk_whatever_they_were_in_memory(tmp_path, small):
    writer = writer_in(tmp_path, small)
    writer.array("a", np.array([1, 256], ">u4"))
    writer.pack()
    assert (tmp_path / "packed").read_bytes() == bytes([1, 0, 0, 0, 0, 1, 0, 0])


@pytest.mark.parametrize("small", SMALL)
def test_every_other_number_of_a_strided_array_is_written(tmp_path, small):
    writer = writer_in(tmp_path, small)
    writer.array("a", np.arange(10, dtype=np.int32)[::3])
    assert packed(writer).array("a").tolist() == [0, 3, 6, 9]


@pytest.mark.parametrize("small", SMALL)
@pytest.mark.parametrize("values", [[], [1, 2, 3]])
def test_an_array_just_written_can_be_read_before_it_is_packed(tmp_path, small, values):
    writer = writer_in(tmp_path, small)
    writer.array("a", np.array(values, np.int16))
    assert writer.written("a").tolist() == values
    assert writer.written("a").dtype == np.int16


@settings(max_examples=100)
@given(values, st.sampled_from(SMALL))
def test_string_tables_are_read_back(tmp_path_factory, strings, small):
    writer = writer_in(tmp_path_factory.mktemp("strings"), small)
    writer.strings("s", strings)
    read = packed(writer).strings("s")
    assert [read[i] for i in range(len(read))] == strings


# --- one file -------------------------------------------------------------------------------------------------

arrays = st.dictionaries(
    st.text("abc.", min_size=1, max_size=4).filter(lambda name: name.strip(".")),
    st.tuples(st.sampled_from(sorted(DTYPES)), st.lists(st.integers(0, 100), max_size=70)),
    max_size=6,
)


@settings(max_examples=50)
@given(arrays, st.randoms(use_true_random=False))
def test_packed_arrays_are_one_aligned_file_whatever_the_order_of_writing(tmp_path_factory, written, rng):
    contents = []
    for small in (*SMALL, 100):
        directory = tmp_path_factory.mktemp("packed")
        writer = writer_in(directory, small)
        names = list(written)
        rng.shuffle(names)
        for name in names:
            dtype, numbers = written[name]
            writer.array(name, np.array(numbers, DTYPES[dtype]))
        specs = writer.pack()
        assert [path.name for path in directory.iterdir()] == ["packed"]
        opened = PackedArrays(directory / "packed", specs)
        for name, (dtype, numbers) in written.items():
            assert opened.array(name).tolist() == numbers
            assert specs[name]["offset"] % ALIGNMENT == 0
            assert specs[name]["dtype"] == dtype
        contents.append(((directory / "packed").read_bytes(), specs))
    assert contents == [contents[0]] * len(contents)


@pytest.mark.parametrize("small", SMALL)
def test_an_array_taken_back_is_not_packed(tmp_path, small):
    writer = writer_in(tmp_path, small)
    writer.array("a", np.arange(3))
    writer.array("b", np.arange(4))
    writer.drop("a")
    assert sorted(writer.pack()) == ["b"]
    assert [path.name for path in tmp_path.iterdir()] == ["packed"]


def test_small_arrays_become_no_files_of_their_own(tmp_path):
    writer = writer_in(tmp_path, 5)
    writer.array("small", np.zeros(5, np.uint8))
    writer.array("large", np.zeros(6, np.uint8))
    assert [path.name for path in writer.directory.iterdir()] == ["large"]
    arrays = packed(writer)
    assert (len(arrays.array("small")), len(arrays.array("large"))) == (5, 6)


def test_an_array_that_was_not_described_is_a_key_error(tmp_path):
    writer = writer_in(tmp_path)
    writer.array("a", np.arange(3))
    with pytest.raises(KeyError):
        packed(writer).array("b")


def test_arrays_outlive_the_file_they_were_mapped_from(tmp_path):
    writer = writer_in(tmp_path)
    writer.array("a", np.arange(1000))
    read = packed(writer).array("a")
    (tmp_path / "packed").unlink()
    assert read.tolist() == list(range(1000))


# --- strings --------------------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(values.map(lambda v: sorted(set(v))), st.binary(max_size=6))
def test_strings_in_order_are_found_by_value(strings, value):
    found = table(strings).find(value)
    assert found == (strings.index(value) if value in strings else -1)
    assert table(strings).lower_bound(value) == sum(s < value for s in strings)
    assert [table(strings).find(s) for s in strings] == list(range(len(strings)))


@settings(max_examples=200)
@given(st.lists(st.text("ab", max_size=5).map(str.encode), max_size=20), st.text("ab", min_size=1, max_size=3))
def test_strings_that_contain_a_part_are_found_each_once(strings, part):
    # a part across the border of two strings is in neither
    assert table(strings).containing(part.encode()) == [i for i, s in enumerate(strings) if part.encode() in s]


def test_texts_come_out_as_text():
    names = ["", "é", "中文", "a"]
    assert table(files.encode(names)).all() == names
    assert table(files.encode(names)).text(2) == "中文"
    assert files.encode(["\ud800x"]) == [b"?x"]


@settings(max_examples=100)
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
        {"dtype": "<u4", "length": 33, "offset": 0},
        {"dtype": "<u4", "length": 17, "offset": 64},
        {"dtype": "<u4", "length": 2**62, "offset": 0},
        {"dtype": "<u4", "length": -4, "offset": 0},
        {"dtype": "<u4", "length": 4, "offset": -64},
        {"dtype": "<u4", "length": 4, "offset": 4},
        {"dtype": "<u4", "length": 4, "offset": 128},
        {"dtype": "<u4", "length": 0, "offset": 192},
        {"dtype": "O", "length": 4, "offset": 0},
        {"dtype": "|S4", "length": 4, "offset": 0},
        {"dtype": "<u4", "length": "many", "offset": 0},
        {"dtype": "<u4", "length": None, "offset": 0},
        {"dtype": "<u4", "length": 4, "offset": None},
        {"dtype": ["<u4"], "length": 4, "offset": 0},
        {"dtype": "<u4", "length": 4},
        {"length": 4, "offset": 0},
        "<u4",
    ],
)
def test_an_array_that_is_not_what_the_manifest_says_is_damage_that_names_it(tmp_path, spec):
    files.write_bytes(tmp_path / "packed", bytes(128))
    with pytest.raises(IndexDamaged, match=f"{tmp_path / 'packed'}: .*'a'; rebuild the index"):
        PackedArrays(tmp_path / "packed", {"a": spec})


def test_a_packed_file_that_is_gone_is_damage_that_names_it(tmp_path):
    with pytest.raises(IndexDamaged, match=f"{tmp_path / 'gone'}: cannot be read"):
        PackedArrays(tmp_path / "gone", {})


def test_a_packed_file_that_is_empty_holds_empty_arrays_only(tmp_path):
    files.write_bytes(tmp_path / "packed", b"")
    empty = {"dtype": "<f8", "length": 0, "offset": 0}
    assert PackedArrays(tmp_path / "packed", {"a": empty}).array("a").dtype == np.float64
    with pytest.raises(IndexDamaged, match="too short for 'a'"):
        PackedArrays(tmp_path / "packed", {"a": {**empty, "length": 1}})


@pytest.mark.parametrize("offsets", [[0, 2, 1], [0, 9, 3], [0, -1, 3], [1, 2, 3]])
def test_strings_whose_offsets_make_no_sense_are_damage_that_names_them(offsets):
    damaged = StringTable(np.frombuffer(b"abc", np.uint8), np.array(offsets, np.int64), "names")
    with pytest.raises(IndexDamaged, match="names: holds strings that cannot be read"):
        damaged.all_bytes()


def test_strings_that_are_no_utf8_are_damage_when_read_as_text():
    for read in (lambda strings: strings.text(0), StringTable.all):
        with pytest.raises(IndexDamaged):
            read(table([b"\xff"]))


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


def test_scratch_takes_its_space_at_once(tmp_path: Path):
    array = scratch_array(tmp_path / "scratch", np.dtype(np.int32), 5_000)
    assert (tmp_path / "scratch").stat().st_blocks * 512 >= 20_000
    array[-1] = 7
    assert array.sum() == 7
    assert not len(scratch_array(tmp_path / "none", np.dtype(np.int32), 0))


def test_scratch_that_a_disk_cannot_hold_is_an_error(tmp_path: Path):
    with pytest.raises(OSError, match=r"space|large|big"):
        scratch_array(tmp_path / "scratch", np.dtype(np.int64), 1 << 56)
