"""Files that are not as they were written, by accident or by a stranger's will: an error for people, never a crash.

What a damaged index is asked runs in child processes: one that dies of a signal, hangs or fills the memory is a
failure that names its seed and number.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import resource
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import zstandard
from conftest import write_jsonl
from harm import DONE, answers, forked, invented

import searchidx
from searchidx import render
from searchidx.errors import IndexDamaged, IndexFailure, UsageError
from searchidx.ranking.packing import ABSTRACTS, ODD, TITLES
from searchidx.store import files, generations

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")

EXECUTORS = ("numpy", "numba")
EVERYTHING = slice(None)
#: Seconds and bytes that one damage may cost.
PATIENCE, MEMORY = 30, 3 << 30


# --- an index and what is asked of it -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index to be damaged in copies, small but with terms that are frequent."""
    return make_whole(tmp_path_factory.mktemp("whole"), 320)


@pytest.fixture(scope="module")
def ranged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One whose first segment has several ranges of rows."""
    return make_whole(tmp_path_factory.mktemp("ranged"), 2100)


def make_whole(directory: Path, n: int) -> Path:
    """An index of n papers and some more: two generations, three segments, deletions."""
    index = directory / "index"
    papers = invented(range(n))
    for paper in papers[::40]:  # odd postings: words too often for a code, or too far back for a byte
        paper["title"] = f"River of rivers: {paper['title']}"
        paper["abstract"] += " A river." * 20 + " Of depth and kites." * 150
    searchidx.build([write_jsonl(directory / "a.jsonl", papers)], index, workers=1)
    searchidx.update([write_jsonl(directory / "b.jsonl", invented(range(n - 20, n + 10), 1))], index, workers=1)
    searchidx.update([write_jsonl(directory / "c.jsonl", invented(range(n + 5, n + 25), 2))], index, workers=1)
    searchidx.delete(["p00017", "p00018", f"p{n - 10:05}"], index)
    # everything is loaded and compiled here, before there are children
    for executor in EXECUTORS:
        assert ask(index, executor) == []
    return index


def questions(index: searchidx.Index) -> Iterator[Callable[[], object]]:
    """Everything that an index can be asked."""

    def search(text: str, **options: Any) -> Callable[[], object]:
        return lambda: [hit.to_json() for hit in index.search(text, **options).hits[:5]]

    last = max(index.generation.manifest["papers"], 30) - 10

    yield search("depth river", facets=True, snippets=True, explain=True)
    yield search("kite", limit=1000)
    yield search("paper 7 model", limit=3, page=2)
    yield search("nowhere")
    yield search("7 gpt-4", explain=True)
    yield search('"map picture"')
    yield search('"a model of" +rain', limit=50)
    yield search('title:"paper 2"')
    yield search("+rain +noise")
    yield search("rain AND noise")
    yield search("depth -river", sort="date")
    yield search("(depth OR rain) NOT title:moss", facets=True)
    yield search("", sort="date", limit=30)
    yield search("", sort="trending")
    yield search("model", has_code=True, year="2012..2020", author="Ada")
    yield search("model", dataset=["KITTI", "COCO"], metric="accuracy>=40%", sort="trending")
    yield search("", venue="CVPR", source="there", code="none")
    yield search("rain", repo="github.com/lab/n5")
    yield search("author:oest metric:accuracy", facets=["venue", "source"])
    yield search("https://github.com/lab/n2")
    yield search(f"10.1000/{last}")
    yield search(str(invented([last], 1)[0]["title"]))
    yield lambda: index.facets("growth")
    yield lambda: index.similar("p00003").to_json()
    yield lambda: index.similar(f"p{last:05}", limit=3, has_code=True).to_json()
    yield lambda: [claim.to_json() for claim in index.results("nuScenes")]
    yield lambda: index.results("nuScenes", "accuracy")
    yield lambda: index.get(f"p{last - 16:05}").to_json()
    yield lambda: index.stats()
    yield lambda: [record.to_json() for record in islice(index.records(), 40)]


def ask(path: Path, executor: str, asked: slice = EVERYTHING) -> list[str]:
    """Ask an index everything, or some; returns the errors of ours that it answered with. Raises any other."""
    errors = []
    try:
        index = searchidx.open(path, executor=executor)
    except IndexFailure as exc:
        return [str(exc)]
    for question in list(questions(index))[asked]:
        try:
            question()
        except IndexFailure as exc:
            errors.append(str(exc))
    assert not [error for error in errors if "\n" in error]
    return errors


# --- many trials in few children ----------------------------------------------------------------------------------


def in_children(
    trials: Sequence[Any], attempt: Callable[[Any], None], where: str, *, each: int = 50, memory: int = MEMORY
) -> None:
    """Make attempts in child processes, some in each, with bounded time and memory. where: for messages."""
    with tempfile.TemporaryFile() as progress:

        def run(some: Sequence[Any]) -> None:
            _bound_memory(memory)
            for place, trial in enumerate(some):
                os.pwrite(progress.fileno(), b"%9d" % place, 0)
                signal.setitimer(signal.ITIMER_REAL, PATIENCE)
                attempt(trial)

        for start in range(0, len(trials), each):
            some = trials[start : start + each]
            ended = forked(lambda: run(some))  # noqa: B023 - called here
            if ended.code != DONE:
                trial = some[int(os.pread(progress.fileno(), 9, 0))]
                pytest.fail(f"{where}: {trial} ended with {ended.signal or ended.code}\n{ended.err[-6000:]}")


def _bound_memory(more: int) -> None:
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (mapped + more, hard))


class Copy:
    """A copy of an index whose files are replaced, never written to: they are links to the whole one's."""

    def __init__(self, whole: Path, path: Path) -> None:
        self.whole = whole
        self.path = path
        shutil.copytree(whole, path, copy_function=os.link)

    def put(self, name: str, data: bytes) -> None:
        """Put another file in the place of one."""
        self.clear(name)
        (self.path / name).write_bytes(data)

    def clear(self, name: str) -> None:
        """Leave nothing in the place of a file."""
        place = self.path / name
        if place.is_dir() and not place.is_symlink():
            place.rmdir()
        else:
            place.unlink(missing_ok=True)

    def undo(self, name: str) -> None:
        """Put the whole file back."""
        self.clear(name)
        os.link(self.whole / name, self.path / name)


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Copy:
    return Copy(whole, tmp_path / "copy")


def file_names(index: Path) -> list[str]:
    """The files of an index but LOCK, which is empty."""
    return sorted(str(path.relative_to(index)) for path in index.rglob("*") if path.is_file() and path.name != "LOCK")


def manifest_of(index: Path, generation: str) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((index / "generations" / generation / "manifest.json").read_bytes())
    return manifest


def live_generation(index: Path) -> str:
    return str(Path("generations") / generations.live_name(index))


# --- single bytes -------------------------------------------------------------------------------------------------


class Damage(NamedTuple):
    """One byte of one file that is another one. place: in the file; array: which it is in, if in one."""

    name: str
    place: int
    change: int
    array: str


def damages(index: Path, rng: random.Random, n: int) -> list[Damage]:
    """Damages all over an index: of any file, and there of any array, each is as likely."""
    found = []
    for _ in range(n):
        path = Path(rng.choice(file_names(index)))
        size = (index / path).stat().st_size
        place, array = rng.randrange(size), ""
        if path.name.startswith("seg-") and "deleted" not in path.name and rng.random() < 0.8:
            entries = manifest_of(index, path.parts[1])["segments"]
            arrays = next(entry["arrays"] for entry in entries if entry["name"] == path.name)
            array, spec = rng.choice([(name, spec) for name, spec in sorted(arrays.items()) if spec["length"]])
            width = files.DTYPES[spec["dtype"]].itemsize
            place = spec["offset"] + rng.randrange(spec["length"] * width)
        found.append(Damage(str(path), place, rng.randint(1, 255), array))
    return found


def damaged_bytes(index: Path, damage: Damage) -> bytes:
    data = bytearray((index / damage.name).read_bytes())
    data[damage.place] ^= damage.change
    return bytes(data)


def damage_one_by_one(copy: Copy, seed: int, n: int, executor: str, step: int = 1) -> None:
    """Every damage is reported by `verify`; whatever is asked, the index answers or says that it is damaged.

    step: from one question that is asked to the next.
    """

    def attempt(damage: Damage) -> None:
        copy.put(damage.name, damaged_bytes(copy.whole, damage))
        checked = searchidx.verify(copy.path)
        named = {f"generations/{fault.generation}/{fault.file}" for fault in checked.faults} | {
            fault.file for fault in checked.faults if fault.generation is None
        }
        assert damage.name.removesuffix(".sha256") in named, checked.faults
        errors = ask(copy.path, executor, slice(damage.place % step, None, step))
        if not damage.name.startswith((live_of_whole, "CURRENT")):
            assert errors == []
        copy.undo(damage.name)

    live_of_whole = live_generation(copy.whole)
    in_children(damages(copy.whole, random.Random(seed), n), attempt, f"{executor}, seed {seed}")
    assert ask(copy.path, executor) == []
    assert searchidx.verify(copy.path).sound


@pytest.mark.parametrize(("executor", "n"), [("numpy", 150), ("numba", 40)])
def test_some_bytes_are_damaged(copy: Copy, executor: str, n: int):
    damage_one_by_one(copy, 30, n, executor, step=2)


@pytest.mark.torture
@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("seed", range(8))
def test_2000_bytes_are_damaged(ranged: Path, tmp_path: Path, seed: int, executor: str):
    damage_one_by_one(Copy(ranged, tmp_path / "copy"), seed, 250, executor)


# --- a stranger's manifest ----------------------------------------------------------------------------------------

#: What may stand where something else should.
STRANGE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    7,
    2**31 - 1,
    2**31,
    2**63,
    -(2**63),
    2**64,
    10**30,
    0.5,
    -0.0,
    1e308,
    -1e308,
    5e-324,
    float("nan"),
    float("inf"),
    "",
    "7",
    "../seg-000001",
    "/etc/passwd",
    "seg-000001/../seg-000001",
    "seg-\u0661\u0661\u0661\u0661\u0661\u0661",
    "seg-000009",
    "manifest.json",
    "\x00",
    "\u202e",
    "x" * 100_000,
    "O",
    "<f4",
    "u1",
    [],
    [[]],
    {},
    {"name": "seg-000001"},
    {"dtype": "<i8", "length": 1, "offset": 0},
)


def mutated(manifest: Any, rng: random.Random) -> tuple[str, Any]:
    """(what was done, the manifest changed in one place or a few)."""
    manifest = deepcopy(manifest)
    done = []
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        parent, key = _some_place(manifest, rng)
        where = f"{type(parent).__name__} {key!r}"
        kind = rng.choice(["strange", "strange", "number", "gone", "other", "deep", "twice"])
        if kind == "strange":
            parent[key] = deepcopy(rng.choice(STRANGE))
        elif kind == "number" and isinstance(parent[key], int | float):
            parent[key] += rng.choice([-1, 1, 64, -64, parent[key], 10**6])
        elif kind == "gone":
            del parent[key]
            parent = {key: "gone"}
        elif kind == "other":
            other, other_key = _some_place(manifest, rng)
            parent[key] = deepcopy(other[other_key])
        elif kind == "deep":
            parent[key] = json.loads("[" * 200 + "]" * 200)
        elif isinstance(parent, list):
            parent.append(deepcopy(parent[key]))
        done.append(f"{where} {kind} {str(parent[key])[:60]}")
    return "; ".join(done), manifest


def _some_place(value: Any, rng: random.Random) -> tuple[Any, Any]:
    """(a list or object inside, a key of it): the fewer steps lead there, the likelier, but what describes segments
    and arrays most of all.
    """
    entries = value.get("segments")
    if isinstance(entries, list) and entries and rng.random() < 0.7:
        value = rng.choice(entries)
        if isinstance(value, dict) and isinstance(value.get("arrays"), dict) and value["arrays"] and rng.random() < 0.5:
            value = rng.choice(list(value["arrays"].values()))
    if not isinstance(value, dict | list):
        return {"": None}, ""
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return {"": None}, ""
        key = rng.choice(keys)
        inside = value[key]
        if not isinstance(inside, dict | list) or not inside or rng.random() < 0.15:
            return value, key
        value = inside


def write_manifest(copy: Copy, data: bytes) -> None:
    """Put a manifest in the place of the live one's, with the checksum that belongs to it."""
    live = live_generation(copy.whole)
    copy.put(f"{live}/manifest.json", data)
    copy.put(f"{live}/manifest.json.sha256", f"{hashlib.sha256(data).hexdigest()}  manifest.json\n".encode())


def strange_manifests(copy: Copy, seed: int, n: int, executor: str) -> None:
    whole = manifest_of(copy.whole, generations.live_name(copy.whole))

    def attempt(number: int) -> None:
        done, manifest = mutated(whole, random.Random(f"{seed} {number}"))
        try:
            write_manifest(copy, json.dumps(manifest).encode())
            ask(copy.path, executor)
            look_after(copy.path)
        except BaseException as exc:
            exc.add_note(done)
            raise

    in_children(range(n), attempt, f"{executor}, seed {seed}")


def look_after(path: Path) -> None:
    """What else reads a manifest."""
    for look in (searchidx.verify, searchidx.generations):
        with suppress(IndexFailure):
            look(path)


@pytest.mark.parametrize(("executor", "n"), [("numpy", 80), ("numba", 30)])
def test_some_strange_manifests(copy: Copy, executor: str, n: int):
    strange_manifests(copy, 40, n, executor)


@pytest.mark.torture
@pytest.mark.parametrize("executor", EXECUTORS)
def test_2000_strange_manifests(copy: Copy, executor: str):
    strange_manifests(copy, 41, 2000, executor)


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b"{", b"[" * 100_000, b'{"a":' * 100_000, b"\xff", b"1e999", b"NaN", b'{"format": 2}'],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_no_manifest(copy: Copy, data: bytes):
    write_manifest(copy, data)
    assert ask(copy.path, "numpy")
    assert not searchidx.verify(copy.path).sound


# --- a stranger's arrays ------------------------------------------------------------------------------------------


def crafted(values: Any, rng: random.Random) -> Any:
    """An array of the same type and length with other numbers."""
    values = values.copy()
    info = np.iinfo(values.dtype) if values.dtype.kind in "iu" else np.finfo(values.dtype)
    low, high = info.min, info.max
    kind = rng.choice(["all", "some", "one", "reversed", "shuffled", "shifted", "noise"])
    extremes = [low, high, 0, 1, -1 if low < 0 else high, high // 2 if values.dtype.kind != "f" else float("nan")]
    if kind == "all":
        values[:] = rng.choice(extremes)
    elif kind in ("some", "one"):
        for _ in range(1 if kind == "one" else max(len(values) // 10, 1)):
            values[rng.randrange(len(values))] = rng.choice(extremes)
    elif kind == "reversed":
        values = values[::-1]
    elif kind == "shuffled":
        values = values[rng.sample(range(len(values)), len(values))]
    elif kind == "shifted":
        place, by = rng.randrange(len(values)), rng.choice([-3, -1, 1, 2, 1000])
        values[place:] = (values[place:].astype(object) + by).clip(low, high).astype(values.dtype)
    else:
        values = np.frombuffer(rng.randbytes(values.nbytes), values.dtype)
    return values


def crafted_arrays(copy: Copy, seed: int, n: int, executor: str, step: int = 1, only: tuple[str, ...] = ("",)) -> None:
    """Arrays of a segment hold numbers that a stranger chose: all of one kind, or one out of place.

    only: what the names of the arrays begin with.
    """
    live = live_generation(copy.whole)
    entries = manifest_of(copy.whole, Path(live).name)["segments"]

    def attempt(number: int) -> None:
        rng = random.Random(f"{seed} {number}")
        entry = rng.choice(entries)
        name = f"{live}/{entry['name']}"
        data = bytearray((copy.whole / name).read_bytes())
        arrays = [name for name, spec in entry["arrays"].items() if spec["length"] and name.startswith(only)]
        chosen = rng.sample(arrays, rng.choice([1, 1, 2]))
        for array in chosen:
            spec = entry["arrays"][array]
            values = np.frombuffer(bytes(data), files.DTYPES[spec["dtype"]], spec["length"], spec["offset"])
            changed = crafted(values, rng).tobytes()
            data[spec["offset"] : spec["offset"] + len(changed)] = changed
        copy.put(name, bytes(data))
        try:
            ask(copy.path, executor, slice(number % step, None, step))
        except BaseException as exc:
            exc.add_note(f"{entry['name']}: {', '.join(chosen)}")
            raise
        copy.undo(name)

    in_children(range(n), attempt, f"{executor}, seed {seed}")


@pytest.mark.parametrize(("executor", "n"), [("numpy", 40), ("numba", 60)])
def test_some_crafted_arrays(copy: Copy, executor: str, n: int):
    crafted_arrays(copy, 50, n, executor, step=2)


POSTINGS = ("postings.", "positions.", "ranges.")


@pytest.mark.parametrize("executor", EXECUTORS)
def test_some_crafted_postings(copy: Copy, executor: str):
    crafted_arrays(copy, 60, 24, executor, step=2, only=POSTINGS)


@pytest.mark.torture
@pytest.mark.parametrize("executor", EXECUTORS)
def test_1000_crafted_postings(ranged: Path, tmp_path: Path, executor: str):
    crafted_arrays(Copy(ranged, tmp_path / "copy"), 61, 1000, executor, only=POSTINGS)


# one byte may hold more than the five bits that words have for a code
@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("code", [TITLES * ABSTRACTS, ODD + 1, 200])
def test_a_code_that_stands_for_no_counts_is_damage(copy: Copy, executor: str, code: int):
    live = live_generation(copy.whole)
    segment, _ = generations.current(copy.whole).opened()[0]
    number, frequent = segment.find_term(b"river"), segment.arrays.array("ranges.terms")
    assert number not in frequent
    start, _ = segment.posting_range(number)
    before = int(segment.reader.before[np.searchsorted(frequent, number)])
    spec = manifest_of(copy.whole, Path(live).name)["segments"][0]["arrays"]["postings.codes"]
    name = f"{live}/{segment.path.name}"
    data = bytearray((copy.whole / name).read_bytes())
    data[spec["offset"] + start - before] = code
    copy.put(name, bytes(data))
    with pytest.raises(IndexDamaged, match=r"postings\.codes"):
        searchidx.open(copy.path, executor=executor).search("river")


@pytest.mark.torture
@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("seed", range(4))
def test_2000_crafted_arrays(ranged: Path, tmp_path: Path, seed: int, executor: str):
    crafted_arrays(Copy(ranged, tmp_path / "copy"), seed, 500, executor)


# --- a stranger's records -----------------------------------------------------------------------------------------


def with_blocks(copy: Copy, blocks: Sequence[bytes], name: str = "seg-000001") -> None:
    """Put other compressed blocks of records into a segment: the last one stands for all that are left."""
    live = live_generation(copy.whole)
    manifest = manifest_of(copy.whole, Path(live).name)
    entry = next(entry for entry in manifest["segments"] if entry["name"] == name)
    data = (copy.whole / live / name).read_bytes()
    packed, offsets = b"".join(blocks), entry["arrays"]["stored.offsets"]
    edges = np.cumsum([0, *map(len, blocks)])
    starts = np.full(offsets["length"], edges[-1], "<i8")
    starts[: len(edges)] = edges[: len(starts)]
    data = data[: offsets["offset"]] + starts.tobytes() + data[offsets["offset"] + starts.nbytes :]
    data += bytes(-len(data) % 64)
    entry["arrays"]["stored.bytes"].update(length=len(packed), offset=len(data))
    data += packed
    manifest["files"][name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    copy.put(f"{live}/{name}", data)
    write_manifest(copy, json.dumps(manifest).encode())


def stored_records(copy: Copy) -> list[dict[str, Any]]:
    """The records of the first block of the first segment."""
    segment, _ = generations.current(copy.whole).opened()[0]
    return segment.stored_block(0)


def zeros(n: int, *, declared: bool) -> bytes:
    """A zstd frame of n zeros, its size declared or not."""
    compressor = zstandard.ZstdCompressor().compressobj(size=n if declared else -1)
    step = bytes(1 << 20)
    return (
        b"".join(compressor.compress(step[: min(n - at, 1 << 20)]) for at in range(0, n, 1 << 20)) + compressor.flush()
    )


def declaring(n: int) -> bytes:
    """The beginning of a zstd frame that says that it holds n bytes, and one byte of them."""
    return b"\x28\xb5\x2f\xfd" + bytes([0b1110_0000]) + n.to_bytes(8, "little") + b"\x0b\x00\x00a"


BOMBS = {
    "4 GB of zeros": lambda: zeros(1 << 32, declared=True),
    "4 GB of zeros, not declared": lambda: zeros(1 << 32, declared=False),
    "50 MB of zeros": lambda: zeros(50_000_000, declared=True),
    "2^63 declared": lambda: declaring(2**63),
    "2^62 declared": lambda: declaring(2**62),
    "200 MB declared": lambda: declaring(200_000_000),
    "fewer declared": lambda: zeros(1 << 20, declared=True).replace((1 << 20).to_bytes(4, "little"), b"\1\0\0\0"),
    "no frame": lambda: b"[{}]",
    "nothing": lambda: b"",
    "several frames": lambda: zstandard.compress(b"[") * 20,
    "deep": lambda: zstandard.compress(b"[" * 10_000_000),
    "deep objects": lambda: zstandard.compress(b'{"a":' * 1_000_000),
    "no JSON": lambda: zstandard.compress(b"\xff\xfe"),
    "not a list": lambda: zstandard.compress(b'{"paper": {}}'),
    "too few": lambda: zstandard.compress(b"[{}]"),
    "too many": lambda: zstandard.compress(b"[" + b"{}," * 1000 + b"{}]"),
    "no records": lambda: zstandard.compress(json.dumps([[]] * 16).encode()),
    "empty records": lambda: zstandard.compress(json.dumps([{}] * 16).encode()),
}


@pytest.mark.parametrize("name", BOMBS)
def test_blocks_that_are_not_what_they_say(copy: Copy, name: str):
    bomb = BOMBS[name]()

    def attempt(_: int) -> None:
        with_blocks(copy, [bomb])
        searchidx.open(copy.path, executor="numpy")
        with pytest.raises(IndexFailure):
            searchidx.open(copy.path, executor="numpy").get("p00003")
        assert ask(copy.path, "numpy")

    in_children(range(1), attempt, name, memory=1 << 30)


def strange_records(copy: Copy, seed: int, n: int, executor: str) -> None:
    """Records whose values are of other types, at one place or some."""
    whole = stored_records(copy)

    def attempt(number: int) -> None:
        rng = random.Random(f"{seed} {number}")
        notes, records = [], []
        for record in whole:
            done, record = mutated(record, rng)
            notes.append(done)
            records.append(record)
        try:
            with_blocks(copy, [zstandard.compress(json.dumps(records).encode())])
            ask(copy.path, executor)
            index = searchidx.open(copy.path, executor="numpy")
            for record in whole:
                with suppress(IndexFailure, UsageError):
                    show(index, record["paper"]["id"])
        except BaseException as exc:
            exc.add_note(f"{notes}")
            raise

    in_children(range(n), attempt, f"seed {seed}")


def show(index: searchidx.Index, id_: str) -> None:
    """What the command line shows of a paper, in all its ways."""
    record = index.get(id_)
    page = index.search(record.paper.title[:100], snippets=True)
    render.record_text(record)
    render.bibtex([record])
    render.hits_csv(page.hits)
    render.print_page(page, io.StringIO(), None)
    for metric in record.extraction.metrics:
        render.claims_text("KITTI", index.results(metric.dataset or "KITTI"))


def test_some_strange_records(copy: Copy):
    strange_records(copy, 60, 25, "numpy")


@pytest.mark.torture
def test_1000_blocks_of_strange_records(copy: Copy):
    strange_records(copy, 61, 1000, "numpy")


# --- files that are none, and others' files -----------------------------------------------------------------------


def _link_to(target: str) -> Callable[[Path], None]:
    return lambda place: place.symlink_to(target)


def _socket(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(place.parent)  # a socket's path may not be long
        try:
            one.bind(place.name)
        finally:
            os.chdir(here)


INSTEAD: dict[str, Callable[[Path], None]] = {
    "nothing": lambda place: None,
    "a directory": lambda place: place.mkdir(),
    "a pipe": lambda place: os.mkfifo(place),
    "a socket": _socket,
    "a link to nothing": _link_to("nowhere"),
    "a link to itself": lambda place: place.symlink_to(place.name),
    "a link to zeros without end": _link_to("/dev/zero"),
    "a link to a terminal": _link_to("/dev/tty"),
    "a link to a directory": _link_to("."),
    "an empty file": lambda place: place.touch(),
}


@pytest.mark.parametrize("what", INSTEAD)
def test_what_is_no_file(copy: Copy, what: str):
    def attempt(name: str) -> None:
        copy.clear(name)
        INSTEAD[what](copy.path / name)
        assert not is_sound(copy.path)
        errors = ask(copy.path, "numpy")
        assert errors or not name.startswith((live_generation(copy.whole), "CURRENT"))
        look_after(copy.path)
        copy.undo(name)

    in_children(file_names(copy.whole), attempt, what, memory=1 << 30)
    assert ask(copy.path, "numpy") == []


def is_sound(path: Path) -> bool:
    try:
        return searchidx.verify(path).sound
    except IndexFailure:
        return False


def test_a_link_to_the_same_bytes_is_as_good(copy: Copy):
    for name in file_names(copy.whole):
        copy.clear(name)
        (copy.path / name).symlink_to(copy.whole / name)
    assert ask(copy.path, "numpy") == []
    assert searchidx.verify(copy.path).sound


def cut_and_make_longer(copy: Copy, n: int | None) -> None:
    def attempt(change: tuple[str, int]) -> None:
        name, by = change
        data = (copy.whole / name).read_bytes()
        copy.put(name, data + bytes(by) if by > 0 else data[:by])
        assert not searchidx.verify(copy.path).sound, change
        ask(copy.path, "numpy")
        ask(copy.path, "numba")
        copy.undo(name)

    names = file_names(copy.whole)
    changes = [(name, by) for name in names for by in (-1, -64, 1, 100_000)]
    changes += [(name, -((copy.whole / name).stat().st_size // 2)) for name in names]
    changes = [change for change in changes if change[1]]
    in_children(random.Random(80).sample(changes, n or len(changes)), attempt, "cut or longer")


def test_some_files_cut_and_made_longer(copy: Copy):
    cut_and_make_longer(copy, 12)


@pytest.mark.torture
def test_all_files_cut_and_made_longer(copy: Copy):
    cut_and_make_longer(copy, None)


def put_in_the_place_of_others(copy: Copy, n: int | None) -> None:
    """Segments and deletions, of this generation and the other, under another one's name."""
    names = [name for name in file_names(copy.whole) if "/seg-" in name]

    def attempt(change: tuple[str, str]) -> None:
        name, other = change
        data = (copy.whole / other).read_bytes()
        if data == (copy.whole / name).read_bytes():
            return
        copy.put(name, data)
        assert not searchidx.verify(copy.path).sound, change
        ask(copy.path, "numpy")
        ask(copy.path, "numba")
        copy.undo(name)

    changes = [(name, other) for name in names for other in names]
    in_children(random.Random(81).sample(changes, n or len(changes)), attempt, "swapped")


def test_some_segments_in_the_place_of_others(copy: Copy):
    put_in_the_place_of_others(copy, 12)


@pytest.mark.torture
def test_all_segments_in_the_place_of_others(copy: Copy):
    put_in_the_place_of_others(copy, None)


def test_generations_in_the_place_of_others(copy: Copy):
    """The manifest of one with the files of another, and CURRENT naming one that is not there."""
    live = live_generation(copy.whole)
    older = next(
        str(path.relative_to(copy.whole))
        for path in (copy.whole / "generations").iterdir()
        if path.name != Path(live).name
    )
    for name in ("manifest.json", "manifest.json.sha256"):
        copy.put(f"{live}/{name}", (copy.whole / older / name).read_bytes())
    ask(copy.path, "numpy")
    assert not searchidx.verify(copy.path).sound
    shutil.rmtree(copy.path / live)
    assert ask(copy.path, "numpy")
    assert not searchidx.verify(copy.path).sound


def test_a_lock_that_is_a_link_empties_no_other_file(copy: Copy, tmp_path: Path):
    (tmp_path / "precious").write_text("mine")
    copy.clear("LOCK")
    (copy.path / "LOCK").symlink_to(tmp_path / "precious")
    with pytest.raises(UsageError):
        searchidx.prune(copy.path)
    assert (tmp_path / "precious").read_text() == "mine"


# --- changes to what is damaged -----------------------------------------------------------------------------------


def change_what_is_damaged(whole: Path, scratch: Path, seed: int, n: int) -> None:
    """An update, a deletion, a merge of what is damaged fails, or what it makes is right, or still known as damaged."""
    source = write_jsonl(scratch / "more.jsonl", invented(range(300, 340), 7))
    changes: list[Callable[[Path], object]] = [
        lambda path: searchidx.merge(path, keep=0),
        lambda path: searchidx.update([source], path, keep=0, workers=1),
        lambda path: searchidx.delete(["p00020", "p00300"], path, keep=0),
        lambda path: searchidx.rollback(path, keep=0),
    ]
    before, expected = answers(whole), []
    for number, change in enumerate(changes):
        copy = Copy(whole, scratch / f"expected-{number}")
        change(copy.path)
        expected.append(answers(copy.path))

    def attempt(number: int) -> None:
        rng = random.Random(f"{seed} {number}")
        [damage] = damages(whole, rng, 1)
        copy = Copy(whole, scratch / f"copy-{number}")
        copy.put(damage.name, damaged_bytes(whole, damage))
        chosen = rng.randrange(len(changes))
        try:
            with suppress(IndexFailure, UsageError):
                changes[chosen](copy.path)
                # where nothing says which generation is live, the last one is what a rollback goes to
                right = (expected[chosen], before) if damage.name == "CURRENT" else (expected[chosen],)
                assert not is_sound(copy.path) or answers(copy.path) in right
        except BaseException as exc:
            exc.add_note(f"{damage}, change {chosen}")
            raise
        shutil.rmtree(copy.path)

    in_children(range(n), attempt, f"seed {seed}")


def test_some_changes_to_what_is_damaged(whole: Path, tmp_path: Path):
    change_what_is_damaged(whole, tmp_path, 70, 20)


@pytest.mark.torture
def test_1000_changes_to_what_is_damaged(whole: Path, tmp_path: Path):
    change_what_is_damaged(whole, tmp_path, 71, 1000)


def test_a_word_said_over_and_over_is_found_in_phrases_soon(tmp_path: Path):
    """What is compared for a phrase grows with its words, not with their square."""
    paper = {"id": "echo", "title": "Echo", "abstract": "depth river " * 150_000}
    searchidx.build([write_jsonl(tmp_path / "echo.jsonl", [paper])], tmp_path / "index", extract=False)
    for executor in EXECUTORS:
        index = searchidx.open(tmp_path / "index", executor=executor)
        assert len(index.search('"river depth"').hits) == 1
        began = time.perf_counter()
        assert len(index.search('"depth depth"').hits) == 0
        assert time.perf_counter() - began < 5
