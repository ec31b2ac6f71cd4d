"""Looking after an index: generations, going back, verifying, one writer at a time, builds that were interrupted."""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, TINY, write_jsonl

import searchidx
from searchidx import care, indexing, preparing
from searchidx.errors import IndexDamaged, IndexLocked, IndexMissing, InputError, UsageError
from searchidx.store import generations

EXECUTORS = ("numpy", "numba")
OWL = {"id": "owl", "title": "Owls see in the dark", "abstract": "Their depth of sight is told."}


def live(index: Path) -> str:
    return (index / "CURRENT").read_text().splitlines()[0]


def ids(index: Path | searchidx.Index) -> set[str]:
    """The ids of all papers, by search and by reading them."""
    opened = searchidx.open(index, executor="numpy") if isinstance(index, Path) else index
    found = {hit.id for hit in opened.search("", limit=1000).hits}
    assert found == {record.paper.id for record in opened.records()}
    return found


def contents(index: Path) -> dict[str, bytes]:
    """Every file of an index but its lock."""
    return {str(p.relative_to(index)): p.read_bytes() for p in index.rglob("*") if p.is_file() and p.name != "LOCK"}


def flip(path: Path, place: int | None = None) -> None:
    """Change one byte of a file, the middle one by default, not of other files that share its content."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if place is None else place] ^= 0x10
    path.unlink()
    path.write_bytes(data)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `index` gives every test a copy of, and the sources it was made from."""
    directory = tmp_path_factory.mktemp("made")
    index = directory / "index"
    searchidx.build([write_jsonl(directory / "tiny.jsonl", TINY)], index)
    searchidx.update([write_jsonl(directory / "owl.jsonl", [OWL])], index, keep=9)
    searchidx.delete(["gull"], index, keep=9)
    changed = {**OWL, "abstract": "At night."}
    searchidx.update([write_jsonl(directory / "owl2.jsonl", [changed])], index, merge=False, keep=9)
    return directory


@pytest.fixture
def index(made: Path, tmp_path: Path) -> Path:
    """Four generations: five papers; an owl more; without the gull; the owl's text changed, which is live."""
    copies: dict[int, Path] = {}
    for path in sorted(made.rglob("*")):
        copy = tmp_path / path.relative_to(made)
        if path.is_dir():
            copy.mkdir()
        elif path.stat().st_ino in copies:  # generations share files
            copy.hardlink_to(copies[path.stat().st_ino])
        else:
            copies[path.stat().st_ino] = Path(shutil.copyfile(path, copy))
    return tmp_path / "index"


BIRDS = {record["id"] for record in TINY}


class TestGenerations:
    def test_are_listed_oldest_first_with_what_they_hold(self, index: Path, made: Path):
        found = searchidx.generations(index)
        assert [(g.name, g.live, g.papers, g.segments, g.deleted) for g in found] == [
            ("000001", False, 5, 1, 0),
            ("000002", False, 6, 2, 0),
            ("000003", False, 5, 2, 1),
            ("000004", True, 5, 2, 1),
        ]
        assert found[0].sources == (str(made / "tiny.jsonl"),)
        assert found[3].sources == tuple(str(made / f"{name}.jsonl") for name in ("tiny", "owl", "owl2"))
        assert all(g.created and g.damaged is None for g in found)

    def test_sizes_say_what_is_shared(self, index: Path):
        for info in searchidx.generations(index):
            files = list((index / "generations" / info.name).iterdir())
            assert info.size_bytes == sum(file.stat().st_size for file in files)
            assert info.own_bytes == sum(file.stat().st_size for file in files if file.stat().st_nlink == 1)
            assert 0 < info.own_bytes < info.size_bytes

    def test_one_that_is_damaged_says_why(self, index: Path):
        flip(index / "generations" / "000002" / "manifest.json")
        second = searchidx.generations(index)[1]
        assert (second.name, second.papers) == ("000002", 0)
        assert "manifest.json: is not what manifest.json.sha256 says" in str(second.damaged)

    def test_one_that_never_became_live_is_not_listed(self, index: Path):
        shutil.copytree(index / "generations" / "000004", index / "generations" / "000005")
        assert [g.name for g in searchidx.generations(index)] == ["000001", "000002", "000003", "000004"]

    def test_need_an_index_whose_live_one_is_named(self, index: Path, tmp_path: Path):
        with pytest.raises(IndexMissing, match="searchidx build"):
            searchidx.generations(tmp_path / "none")
        flip(index / "CURRENT")
        with pytest.raises(IndexDamaged, match="CURRENT"):
            searchidx.generations(index)


class TestRollback:
    def test_goes_to_the_one_before_under_a_new_name(self, index: Path):
        info = searchidx.rollback(index, keep=9)
        assert (info.name, info.live, info.papers) == ("000005", True, 5)
        assert live(index) == "000005"
        assert searchidx.open(index).get("owl").paper.abstract == OWL["abstract"]
        assert [g.name for g in searchidx.generations(index)] == ["000001", "000002", "000003", "000004", "000005"]

    def test_twice_is_back_where_one_was(self, index: Path):
        searchidx.rollback(index)
        searchidx.rollback(index)
        assert searchidx.open(index).get("owl").paper.abstract == "At night."

    @pytest.mark.parametrize(
        ("wanted", "expected"), [("1", BIRDS), ("000002", {*BIRDS, "owl"}), ("02", {*BIRDS, "owl"})]
    )
    def test_goes_to_any_by_its_number(self, index: Path, wanted: str, expected: set[str]):
        searchidx.rollback(index, wanted)
        assert ids(index) == expected
        assert searchidx.verify(index).sound

    def test_answers_as_it_did(self, tmp_path: Path, make_index: Callable[..., Path]):
        index = make_index(TINY)
        before = searchidx.open(index).search("river depth", explain=True, facets=True)
        searchidx.update([write_jsonl(tmp_path / "owl.jsonl", [OWL])], index)
        searchidx.rollback(index)
        after = searchidx.open(index).search("river depth", explain=True, facets=True)
        assert [(h.id, h.score, h.explanation) for h in after.hits] == [
            (h.id, h.score, h.explanation) for h in before.hits
        ]
        assert after.facets == before.facets

    def test_copies_no_file(self, index: Path):
        searchidx.rollback(index, "3", keep=9)
        old, new = (index / "generations" / name for name in ("000003", "000005"))
        assert [path.name for path in sorted(new.glob("seg-*"))] == [path.name for path in sorted(old.glob("seg-*"))]
        assert all((old / path.name).samefile(path) for path in new.glob("seg-*"))

    def test_keeps_as_many_as_it_is_told(self, index: Path):
        searchidx.rollback(index, "1", keep=2)
        assert generations.names(index) == ["000003", "000004", "000005"]
        assert ids(index) == BIRDS

    def test_updates_go_on_from_there(self, index: Path, tmp_path: Path):
        searchidx.rollback(index, "1", keep=9)
        report = searchidx.update([write_jsonl(tmp_path / "owl.jsonl", [OWL])], index, keep=9)
        assert (report.generation, report.added, report.papers) == ("000006", 1, 6)
        assert ids(index) == {*BIRDS, "owl"}
        assert searchidx.verify(index).sound

    @pytest.mark.parametrize("wanted", ["4", "000004", "5", "0", "-1", "", "latest", "../000001", "1.0"])
    def test_what_is_no_old_generation_is_a_usage_error_that_lists_them(self, index: Path, wanted: str):
        before = contents(index)
        with pytest.raises(UsageError, match=r"000001, 000002, 000003, and 000004 is live"):
            searchidx.rollback(index, wanted)
        assert contents(index) == before

    def test_without_an_old_generation_is_a_usage_error(self, make_index: Callable[..., Path]):
        with pytest.raises(UsageError, match="no generation before the live one, 000001"):
            searchidx.rollback(make_index(TINY))

    @pytest.mark.parametrize(
        "file", ["seg-000001", "seg-000001.deleted-000003", "manifest.json", "manifest.json.sha256"]
    )
    def test_to_a_damaged_one_is_refused_and_the_live_one_stays(self, index: Path, file: str):
        flip(index / "generations" / "000003" / file)
        before = contents(index)
        with pytest.raises(IndexDamaged, match=r"000003.*(manifest\.json|seg-)"):
            searchidx.rollback(index)
        assert contents(index) == before
        assert len(ids(index)) == 5

    # The way out when CURRENT itself is gone bad: nothing says any more what was live.
    @pytest.mark.parametrize("content", [b"", b"000004\n", b"\xff" * 30])
    def test_mends_a_damaged_pointer(self, index: Path, content: bytes):
        (index / "CURRENT").write_bytes(content)
        with pytest.raises(IndexDamaged):
            searchidx.open(index)
        with pytest.raises(UsageError, match="000003, 000004, and none is live"):
            searchidx.rollback(index, "9")
        assert searchidx.rollback(index, keep=9).name == "000005"
        assert searchidx.open(index).get("owl").paper.abstract == "At night."
        assert searchidx.verify(index).sound

    def test_of_no_index_makes_none(self, tmp_path: Path):
        with pytest.raises(IndexMissing, match="searchidx build"):
            searchidx.rollback(tmp_path / "none")
        assert not (tmp_path / "none").exists()


class TestPrune:
    def test_removes_what_is_before_the_live_one(self, index: Path):
        assert searchidx.prune(index) == ["000001", "000002", "000003"]
        assert generations.names(index) == ["000004"]
        assert searchidx.prune(index) == []
        assert len(ids(index)) == 5
        assert searchidx.verify(index).sound

    @pytest.mark.parametrize("keep", [1, 2, 3, 99])
    def test_keeps_the_last_ones(self, index: Path, keep: int):
        assert searchidx.prune(index, keep=keep) == ["000001", "000002", "000003"][: max(3 - keep, 0)]
        assert len(generations.names(index)) == 1 + min(keep, 3)

    @pytest.mark.parametrize("executor", EXECUTORS)
    def test_leaves_a_reader_that_has_one_open_alone(self, index: Path, tmp_path: Path, executor: str):
        reader = searchidx.open(index, executor=executor)  # has asked nothing yet
        searchidx.build([write_jsonl(tmp_path / "owl.jsonl", [OWL])], index)
        assert "000004" in searchidx.prune(index)
        assert ids(reader) == BIRDS - {"gull"} | {"owl"}
        page = reader.search("depth -river", facets=True, snippets=True, explain=True)
        assert {hit.id for hit in page.hits} == {"kite", "moss"}
        assert reader.get("kite").code == "linked"
        assert [hit.id for hit in reader.similar("kite").hits]
        assert reader.whoosh().doc_count() == 5
        assert ids(index) == {"owl"}

    def test_sweeps_what_killed_writers_left(self, index: Path):
        (index / "generations" / ".building-1").mkdir()
        (index / ".CURRENT.1.tmp").write_bytes(b"x")
        shutil.copytree(index / "generations" / "000004", index / "generations" / "000005")
        assert searchidx.prune(index, keep=9) == []
        assert sorted(path.name for path in (index / "generations").iterdir()) == [
            "000001",
            "000002",
            "000003",
            "000004",
        ]
        assert not list(index.glob(".*"))

    def test_refuses_to_keep_less_than_none(self, index: Path):
        with pytest.raises(UsageError, match="cannot keep -1"):
            searchidx.prune(index, keep=-1)

    def test_removes_nothing_when_it_cannot_tell_what_is_live(self, index: Path):
        flip(index / "CURRENT")
        with pytest.raises(IndexDamaged):
            searchidx.prune(index)
        assert len(generations.names(index)) == 4

    def test_of_no_index_makes_none(self, tmp_path: Path):
        with pytest.raises(IndexMissing):
            searchidx.prune(tmp_path / "none")
        assert not (tmp_path / "none").exists()


#: What is done to a file, and what `verify` says of it.
DAMAGE: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a changed byte": (flip, "SHA-256 differs"),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:-1]), "bytes instead of"),
    "longer": (lambda path: path.write_bytes(path.read_bytes() + b"\0"), "bytes instead of"),
    "empty": (lambda path: path.write_bytes(b""), "0 bytes instead of"),
    "gone": (Path.unlink, "cannot be read"),
}


def unshared(index: Path) -> None:
    """Give every generation files of its own, so that one can be damaged without the others."""
    copy = index.with_name("copy")
    shutil.copytree(index, copy)
    shutil.rmtree(index)
    copy.rename(index)


def faults(index: Path) -> set[tuple[str | None, str]]:
    found = searchidx.verify(index)
    assert found.sound == (not found.faults)
    return {(fault.generation, fault.file) for fault in found.faults}


class TestVerify:
    def test_of_a_sound_index_counts_what_it_read(self, index: Path):
        found = searchidx.verify(index)
        assert (found.sound, found.faults, found.live) == (True, (), "000004")
        assert found.generations == ("000001", "000002", "000003", "000004")
        files = list((index / "generations").glob("*/*"))
        assert found.files == len(files)
        segments = {path.stat().st_ino: path.stat().st_size for path in files if path.name.startswith("seg-")}
        assert found.bytes == sum(segments.values())

    def test_reports_its_progress(self, index: Path):
        calls: list[tuple[str, int, int | None]] = []
        searchidx.verify(index, lambda *call: calls.append(call))
        assert {stage for stage, _, _ in calls} == {"verifying"}
        assert [done for _, done, _ in calls] == sorted(done for _, done, _ in calls)

    def test_changes_nothing(self, index: Path):
        flip(index / "generations" / "000004" / "seg-000001")
        before = contents(index)
        searchidx.verify(index)
        assert contents(index) == before

    @pytest.mark.parametrize("damage", DAMAGE)
    @pytest.mark.parametrize("generation", ["000003", "000004"])
    @pytest.mark.parametrize("kind", ["segment", "deletions"])
    def test_names_a_file_that_is_not_as_it_was_written(self, index: Path, generation: str, kind: str, damage: str):
        unshared(index)
        name = "seg-000001" if kind == "segment" else "seg-000001.deleted-000003"
        do, says = DAMAGE[damage]
        do(index / "generations" / generation / name)
        found = searchidx.verify(index)
        ((fault),) = found.faults
        assert (fault.generation, fault.file, found.sound) == (generation, name, False)
        assert says in fault.problem

    @pytest.mark.parametrize("damage", DAMAGE)
    @pytest.mark.parametrize("file", ["manifest.json", "manifest.json.sha256"])
    def test_names_a_manifest_that_is_not_what_its_checksum_says(self, index: Path, file: str, damage: str):
        DAMAGE[damage][0](index / "generations" / "000003" / file)
        (fault,) = searchidx.verify(index).faults
        assert fault.generation == "000003"
        assert fault.file == (file if damage == "gone" else "manifest.json")
        assert "manifest.json.sha256" in fault.problem or "cannot be read" in fault.problem

    def test_names_a_shared_file_for_every_generation_that_has_it(self, index: Path):
        path = index / "generations" / "000002" / "seg-000002"
        assert path.stat().st_nlink == 2
        with path.open("r+b") as file:
            file.write(b"\xff")
        assert faults(index) == {("000002", "seg-000002"), ("000003", "seg-000002")}

    @pytest.mark.parametrize("content", [b"", b"000004", b"000004\n0123456789abcdef\n"])
    def test_names_a_damaged_pointer_and_still_checks_the_generations(self, index: Path, content: bytes):
        unshared(index)
        (index / "CURRENT").write_bytes(content)
        flip(index / "generations" / "000001" / "seg-000001")
        found = searchidx.verify(index)
        assert found.live is None
        assert {(f.generation, f.file) for f in found.faults} == {(None, "CURRENT"), ("000001", "seg-000001")}

    def test_names_a_generation_that_is_said_to_be_live_and_is_not_there(self, index: Path):
        shutil.rmtree(index / "generations" / "000004")
        assert faults(index) == {("000004", "generations/000004")}

    # It was never published: its writer was killed, and the next one sweeps it away.
    def test_finds_no_fault_with_what_never_became_live(self, index: Path):
        (index / "generations" / "000005").mkdir()
        (index / "generations" / "000005" / "manifest.json").write_bytes(b"{")
        (index / "generations" / ".building-1").mkdir()
        assert searchidx.verify(index).sound

    def test_finds_no_fault_with_what_is_not_its_own(self, index: Path):
        (index / "notes.txt").write_text("mine")
        (index / "generations" / "old-stuff").mkdir()
        assert searchidx.verify(index).sound

    def test_sees_any_single_changed_byte(self, index: Path):
        unshared(index)
        rng = random.Random(1)
        for path in sorted(path for path in index.rglob("*") if path.is_file() and path.name != "LOCK"):
            data = path.read_bytes()
            for place in {0, len(data) - 1, *(rng.randrange(len(data)) for _ in range(6))}:
                flip(path, place)
                named = path.name.removesuffix(".sha256") if "manifest" in path.name else path.name
                assert {file for _, file in faults(index)} == {named}, (path, place)
                path.write_bytes(data)
        assert searchidx.verify(index).sound

    def test_names_the_file_where_the_path_holds_colons_and_semicolons(self, index: Path):
        strange = index.rename(index.with_name("C: an index; mine"))
        flip(strange / "generations" / "000002" / "manifest.json")
        (fault,) = searchidx.verify(strange).faults
        assert (fault.generation, fault.file) == ("000002", "manifest.json")
        assert fault.problem == "is not what manifest.json.sha256 says"

    def test_needs_an_index(self, tmp_path: Path):
        with pytest.raises(IndexMissing):
            searchidx.verify(tmp_path / "none")


WRITERS: dict[str, Callable[[Path, Path], Any]] = {
    "build": lambda index, source: searchidx.build([source], index),
    "build --resume": lambda index, source: searchidx.build([source], index, resume=True),
    "update": lambda index, source: searchidx.update([source], index),
    "delete": lambda index, _: searchidx.delete(["kite"], index),
    "merge": lambda index, _: searchidx.merge(index),
    "rollback": lambda index, _: searchidx.rollback(index),
    "prune": lambda index, _: searchidx.prune(index),
}


@contextmanager
def another_writer(index: Path) -> Iterator[int]:
    """Another process that is writing the index, by its number."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom searchidx.store import generations\n"
        "with generations.writing(Path(sys.argv[1])):\n    print('ready', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(index)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process.pid
        process.communicate(timeout=30)
    assert process.returncode == 0


@contextmanager
def not_root() -> Iterator[None]:
    """Without the right to write anywhere, which root has; skips the test where root cannot be left for a while."""
    if os.geteuid():
        yield
        return
    try:
        os.seteuid(65534)
    except OSError:
        pytest.skip("root that cannot be another user")
    try:
        yield
    finally:
        os.seteuid(0)


class TestLocking:
    def test_every_second_writer_is_told_who_is_writing(self, index: Path, tmp_path: Path):
        before = contents(index)
        with another_writer(index) as number:
            for name, write in WRITERS.items():
                with pytest.raises(IndexLocked, match=f"is being written by process {number}; wait") as caught:
                    write(index, tmp_path / "owl.jsonl")
                assert "\n" not in str(caught.value), name
        assert contents(index) == before

    @pytest.mark.parametrize("name", WRITERS)
    def test_every_writer_lets_go_of_the_lock(self, index: Path, tmp_path: Path, name: str):
        WRITERS[name](index, tmp_path / "owl.jsonl")
        assert (index / "LOCK").read_bytes() == b""
        with generations.locked(index):
            pass

    def test_a_writer_that_fails_lets_go_of_the_lock(self, index: Path, tmp_path: Path):
        (tmp_path / "bad").write_bytes(b"\x00")
        for write in (searchidx.build, searchidx.update):
            with pytest.raises(InputError):
                write([tmp_path / "bad"], index)
        searchidx.delete(["kite"], index)

    def test_readers_do_not_wait(self, index: Path):
        with another_writer(index):
            assert len(ids(index)) == 5
            assert len(searchidx.generations(index)) == 4
            assert searchidx.verify(index).sound

    def test_a_lock_that_a_killed_process_left_is_free(self, index: Path):
        (index / "LOCK").write_bytes(b"process 1")
        assert searchidx.delete(["kite"], index).papers == 4

    def test_a_read_only_index_is_read_and_not_written(self, tmp_path: Path):
        with tempfile.TemporaryDirectory() as directory:  # where others than root may look
            Path(directory).chmod(0o755)
            index = Path(directory) / "index"
            searchidx.build([write_jsonl(tmp_path / "tiny.jsonl", TINY)], index)
            searchidx.update([write_jsonl(tmp_path / "owl.jsonl", [OWL])], index)
            assert len(ids(index)) == 6  # what is imported when first used is so before
            searchidx.generations(index)
            files = [index, *index.rglob("*")]
            for path in files:
                path.chmod(0o555 if path.is_dir() else 0o444)
            before = contents(index)
            with not_root():
                assert len(ids(index)) == 6
                assert searchidx.verify(index).sound
                assert len(searchidx.generations(index)) == 2
                for name in ("delete", "merge", "rollback", "prune"):
                    with pytest.raises(UsageError, match=r"cannot be written .*; name a directory you may write to"):
                        WRITERS[name](index, tmp_path)
            assert contents(index) == before
            for path in files:
                path.chmod(0o755)


class TestWritersMeanwhile:
    """Between two looks at the disk a writer makes a new generation and removes the one that was live."""

    @pytest.fixture
    def overtaken(self, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[object, str], None]:
        """A function: at the next call of owner.name the index is rebuilt from the owl alone."""

        def at(owner: Any, name: str) -> None:
            real, calls = getattr(owner, name), itertools.count()

            def wrapped(*arguments: Any, **options: Any) -> Any:
                if next(calls) == 0:
                    searchidx.build([tmp_path / "owl.jsonl"], index, keep=0)
                return real(*arguments, **options)

            monkeypatch.setattr(owner, name, wrapped)

        return at

    @pytest.mark.parametrize("step", ["read_generation", "open_segment"])
    def test_an_index_opens_with_what_is_live_then(self, index: Path, overtaken: Callable[..., None], step: str):
        overtaken(generations, step)
        assert ids(index) == {"owl"}

    def test_verify_finds_no_fault_with_what_was_removed(self, index: Path, overtaken: Callable[..., None]):
        overtaken(generations, "read_generation")
        assert searchidx.verify(index).sound

    def test_generations_leave_out_what_was_removed(self, index: Path, overtaken: Callable[..., None]):
        overtaken(generations, "names")
        searchidx.generations(index)
        overtaken(care, "_info")
        assert len(searchidx.generations(index)) <= 1

    def test_a_change_begins_with_what_is_live_when_it_has_the_lock(
        self, index: Path, tmp_path: Path, overtaken: Callable[..., None]
    ):
        overtaken(generations, "writing")
        assert searchidx.update([tmp_path / "tiny.jsonl"], index).papers == 6
        assert ids(index) == {*BIRDS, "owl"}

    # A writer that waits may come as soon as the lock is free, and keep nothing of what was there.
    @pytest.mark.parametrize("name", ["build", "rollback"])
    def test_what_a_writer_reports_it_reads_while_it_holds_the_lock(
        self, index: Path, tmp_path: Path, overtaken: Callable[..., None], name: str
    ):
        overtaken(*{"build": (indexing, "n_with_code"), "rollback": (care, "_info")}[name])
        with pytest.raises(IndexLocked):
            WRITERS[name](index, tmp_path / "tiny.jsonl")


class TestKeep:
    @pytest.mark.parametrize("keep", [0, 1, 3])
    def test_every_writer_keeps_so_many_old_ones(self, index: Path, tmp_path: Path, keep: int):
        owl = tmp_path / "owl.jsonl"
        for write in (
            lambda: searchidx.build([tmp_path / "tiny.jsonl"], index, keep=keep),
            lambda: searchidx.update([owl], index, keep=keep, merge=False),
            lambda: searchidx.delete(["gull"], index, keep=keep),
            lambda: searchidx.merge(index, keep=keep),
        ):
            write()
            assert len(generations.names(index)) == 1 + keep
        assert ids(index) == BIRDS - {"gull"} | {"owl"}

    def test_is_one_unless_told_otherwise(self, index: Path, tmp_path: Path):
        searchidx.build([tmp_path / "tiny.jsonl"], index)
        assert generations.names(index) == ["000004", "000005"]


# --- builds that were interrupted ---------------------------------------------------------------------------

N_PAPERS, PART = 130, 30


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """130 papers, built in parts of 30."""
    monkeypatch.setattr(indexing, "PART_PAPERS", PART)
    records = [
        {"title": f"Paper number {i} of many", "abstract": f"We reach {i % 90}.5% accuracy on KITTI, {i * i}."}
        for i in range(N_PAPERS)
    ]
    return write_jsonl(tmp_path / "many.jsonl", records)


@contextmanager
def interrupted(monkeypatch: pytest.MonkeyPatch, part: int) -> Iterator[None]:
    """Ctrl-C comes in the middle of a part of the build, counted from 1."""
    add = indexing.SegmentWriter.add
    batches = itertools.count(1)

    def counting(self: Any, batch: Any) -> None:
        add(self, batch)
        if next(batches) == part:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(indexing.SegmentWriter, "add", counting)
        try:
            yield
        except KeyboardInterrupt:
            return
    pytest.fail("the build went through")


_numbers = itertools.count(1)


def of_another_process(index: Path) -> None:
    """Litter is told apart by the process that left it: have it be another one's."""
    for path in (index / "generations").glob(f".building-{os.getpid()}*"):
        path.rename(path.with_name(f".building-{next(_numbers)}"))


def litter(index: Path) -> list[str]:
    return sorted(path.name for path in (index / "generations").glob(".*"))


class TestResume:
    @pytest.mark.parametrize("part", [1, 3, 5])
    def test_goes_on_after_the_parts_that_were_finished(
        self, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int
    ):
        index = tmp_path / "index"
        with interrupted(monkeypatch, part):
            searchidx.build([many], index, resume=True)
        assert not (index / "CURRENT").exists()
        of_another_process(index)
        report = searchidx.build([many], index, resume=True)
        assert (report.resumed, report.papers, report.listings) == ((part - 1) * PART, N_PAPERS, N_PAPERS)
        assert litter(index) == []
        searchidx.build([many], tmp_path / "at once")
        assert segment_bytes(index) == segment_bytes(tmp_path / "at once")
        assert searchidx.verify(index).sound

    def test_goes_on_in_the_same_process(self, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        with interrupted(monkeypatch, 3):
            searchidx.build([many], tmp_path / "index", resume=True)
        assert searchidx.build([many], tmp_path / "index", resume=True).resumed == 2 * PART

    def test_goes_on_after_being_interrupted_again(self, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        index = tmp_path / "index"
        with interrupted(monkeypatch, 3):
            searchidx.build([many], index, resume=True)
        of_another_process(index)
        with interrupted(monkeypatch, 2):  # of those that are left
            searchidx.build([many], index, resume=True)
        of_another_process(index)
        assert searchidx.build([many], index, resume=True).resumed == 3 * PART
        assert litter(index) == []

    def test_goes_on_after_a_progress_callback_raised(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(indexing, "PART_PAPERS", 500)
        papers = [{"title": f"Paper number {i} of many", "abstract": f"{i}."} for i in range(1200)]
        source, index = write_jsonl(tmp_path / "many.jsonl", papers), tmp_path / "index"

        def stop(stage: str, done: int, total: int | None) -> None:
            if (stage, done) == ("indexing", 1000):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            searchidx.build([source], index, resume=True, extract=False, progress=stop)
        of_another_process(index)
        assert searchidx.build([source], index, resume=True, extract=False).resumed == 500

    def test_goes_on_after_a_process_that_was_killed(self, many: Path, tmp_path: Path):
        index = tmp_path / "index"
        code = (
            "import sys, time, searchidx\nfrom searchidx import indexing\nindexing.PART_PAPERS = 30\n"
            "add, count = indexing.SegmentWriter.add, 0\n"
            "def slow(self, batch):\n    global count\n    count += 1\n    add(self, batch)\n"
            "    if count == 3:\n        print('half-way', flush=True)\n        time.sleep(60)\n"
            "indexing.SegmentWriter.add = slow\n"
            "searchidx.build(sys.argv[1:2], sys.argv[2], resume=True)\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code, str(many), str(index)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"half-way\n"
            process.send_signal(signal.SIGKILL)
        assert (len(litter(index)), (index / "CURRENT").exists()) == (1, False)
        assert searchidx.build([many], index, resume=True).resumed == 2 * PART
        assert litter(index) == []
        searchidx.build([many], tmp_path / "at once")
        assert segment_bytes(index) == segment_bytes(tmp_path / "at once")

    def test_takes_of_several_what_got_furthest(self, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        index = tmp_path / "index"
        for part in (2, 4, 3):
            with interrupted(monkeypatch, part):
                searchidx.build([many], tmp_path / str(part), resume=True)
            of_another_process(tmp_path / str(part))
            (index / "generations").mkdir(parents=True, exist_ok=True)
            for path in (tmp_path / str(part) / "generations").iterdir():
                path.rename(index / "generations" / path.name)
        assert searchidx.build([many], index, resume=True).resumed == 3 * PART
        assert litter(index) == []

    @pytest.mark.parametrize("change", ["a record more", "a word", "the order", "extract", "part size", "extractor"])
    def test_other_inputs_start_anew(self, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str):
        index = tmp_path / "index"
        with interrupted(monkeypatch, 4):
            searchidx.build([many], index, resume=True)
        of_another_process(index)
        lines = many.read_text().splitlines()
        if change == "a record more":
            lines.append(json.dumps(OWL))
        elif change == "a word":
            lines[-1] = lines[-1].replace("accuracy", "precision")
        elif change == "the order":
            lines.reverse()
        elif change == "part size":
            monkeypatch.setattr(indexing, "PART_PAPERS", PART + 1)
        elif change == "extractor":
            monkeypatch.setattr(preparing, "extractor_version", lambda: "another")
        many.write_text("\n".join(lines))
        report = searchidx.build([many], index, resume=True, extract=change != "extract")
        assert (report.resumed, report.papers) == (0, len(lines))
        assert litter(index) == []
        assert searchidx.verify(index).sound

    @pytest.mark.parametrize("damage", ["segment cut short", "segment gone", "notes gone", "notes damaged"])
    def test_what_is_damaged_is_made_again(
        self, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
    ):
        index = tmp_path / "index"
        with interrupted(monkeypatch, 4):
            searchidx.build([many], index, resume=True)
        of_another_process(index)
        (left,) = (index / "generations").glob(".building-*")
        if damage == "segment cut short":
            (left / "seg-000002").write_bytes((left / "seg-000002").read_bytes()[:-1])
        elif damage == "segment gone":
            (left / "seg-000002").unlink()
        elif damage == "notes gone":
            (left / "parts.json").unlink()
        else:
            (left / "parts.json").write_bytes(b"{")
        report = searchidx.build([many], index, resume=True)
        assert report.resumed == (PART if damage.startswith("segment") else 0)
        searchidx.build([many], tmp_path / "at once")
        assert segment_bytes(index) == segment_bytes(tmp_path / "at once")

    def test_without_it_nothing_is_left_and_nothing_taken(
        self, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        with interrupted(monkeypatch, 4):
            searchidx.build([many], tmp_path / "index")
        assert not (tmp_path / "index").exists()

    def test_without_it_what_another_left_is_swept(self, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        index = tmp_path / "index"
        with interrupted(monkeypatch, 4):
            searchidx.build([many], index, resume=True)
        of_another_process(index)
        assert len(litter(index)) == 1
        assert searchidx.build([many], index).resumed == 0
        assert litter(index) == []

    def test_the_live_generation_answers_all_along(self, many: Path, index: Path, monkeypatch: pytest.MonkeyPatch):
        before = ids(index)
        with interrupted(monkeypatch, 4):
            searchidx.build([many], index, resume=True)
        assert ids(index) == before
        assert searchidx.verify(index).sound
        assert [info.name for info in searchidx.generations(index)][-1] == live(index) == "000004"

    def test_sweeps_while_it_holds_the_lock(self, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        """Else it would sweep away what another writer has begun meanwhile."""
        sweep, index, unlocked = generations.sweep, tmp_path / "index", []

        def watched(path: Path) -> None:
            try:
                with generations.locked(path):
                    unlocked.append(path)
            except IndexLocked:
                pass
            sweep(path)

        monkeypatch.setattr(generations, "sweep", watched)
        searchidx.build([many], index, resume=True)
        assert unlocked == []


# --- the same bytes -----------------------------------------------------------------------------------------


def segment_bytes(index: Path) -> dict[str, bytes]:
    """The live generation's segments."""
    return {path.name: path.read_bytes() for path in (index / "generations" / live(index)).glob("seg-*")}


def timeless(index: Path) -> dict[str, Any]:
    """Every file of an index, but for when its generations were made."""
    found: dict[str, Any] = dict(contents(index))
    for name in [name for name in found if name.endswith("/manifest.json")]:
        manifest = json.loads(found[name])
        assert manifest.pop("created")
        found[name] = list(manifest.items())  # their order too
        assert found.pop(f"{name}.sha256")
    return found


class TestSameBytes:
    @pytest.fixture
    def papers(self, tmp_path: Path) -> Path:
        words = ("depth", "river", "U-Net", "self-supervised", "Müller", "ImageNet")
        rng = random.Random(5)
        records = [
            {
                "title": f"Study {i}: " + " ".join(rng.choices(words, k=3)),
                "abstract": " ".join(rng.choices(words, k=9)) + f". We reach {i % 100}.5% accuracy on KITTI.",
                "authors": rng.sample(["Ada Ray", "ada ray", "Bo Lind"], 2),
                "year": 2015 + i % 9,
            }
            for i in range(300)
        ]
        return write_jsonl(tmp_path / "papers.jsonl", records)

    def test_for_the_same_sources(self, papers: Path, tmp_path: Path):
        for name in ("a", "b"):
            searchidx.build([papers], tmp_path / name)
        assert timeless(tmp_path / "a") == timeless(tmp_path / "b")
        names = set(timeless(tmp_path / "a"))
        assert names == {"CURRENT", "generations/000001/manifest.json", "generations/000001/seg-000001"}

    def test_for_the_same_steps(self, papers: Path, tmp_path: Path):
        more = write_jsonl(tmp_path / "more.jsonl", [OWL, *TINY])
        for name in ("a", "b"):
            index = tmp_path / name
            searchidx.build([papers], index, keep=9)
            searchidx.update([more], index, keep=9)
            searchidx.delete(["kite", "owl"], index, keep=9)
            searchidx.merge(index, max_segments=1, keep=9)
            searchidx.rollback(index, "2", keep=9)
        assert timeless(tmp_path / "a") == timeless(tmp_path / "b")
        assert len(searchidx.generations(tmp_path / "a")) == 5

    def test_whatever_does_the_work(self, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        cache = tmp_path / "cache"
        ways: dict[str, dict[str, Any]] = {
            "one worker": {"workers": 1},
            "two workers": {"workers": 2},
            "an empty cache": {"cache": cache},
            "a full cache": {"cache": cache},
        }
        for name, options in ways.items():
            searchidx.build([papers], tmp_path / name, **options)
        monkeypatch.setattr(indexing, "PART_PAPERS", 70)
        searchidx.build([papers], tmp_path / "in parts")
        expected = timeless(tmp_path / "one worker")
        for name in (*ways, "in parts"):
            assert timeless(tmp_path / name) == expected, name
