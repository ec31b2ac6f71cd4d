"""Generations: whatever fails, readers see the old papers or the new ones, whole; a lock, litter, damage."""

import fcntl
import hashlib
import json
import multiprocessing
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

import searchidx
from searchidx.errors import IndexDamaged, IndexLocked, IndexMissing, SearchIdxError, UsageError
from searchidx.store import files, generations


def source(directory, name, *titles):
    path = directory / f"{name}.jsonl"
    path.write_text("\n".join(json.dumps({"id": t, "title": t, "abstract": "Some words on it."}) for t in titles))
    return path


def ids(index):
    with searchidx.open(index, executor="numpy") as opened:
        hits = opened.search("words", limit=100).hits
        assert [hit.title for hit in hits] == [hit.id for hit in hits]  # the records are read too
        return [hit.id for hit in hits]


@pytest.fixture
def index(tmp_path):
    """A directory with a live generation of the papers Old one and Old two."""
    searchidx.build([source(tmp_path, "old", "Old one", "Old two")], tmp_path / "index")
    return tmp_path / "index"


def tree(index):
    return {str(p.relative_to(index)): p.read_bytes() for p in index.rglob("*") if p.is_file() and p.name != "LOCK"}


# --- failures -------------------------------------------------------------------------------------------------


def fail_at(monkeypatch, owner, name, call):
    """The `call`-th call of owner.name raises OSError; returns how many calls there were."""
    real = getattr(owner, name)
    calls = [0]

    def wrapped(*args, **kwargs):
        calls[0] += 1
        if calls[0] == call:
            raise OSError(28, "No space left on device")
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, wrapped)
    return calls


STEPS = {
    "write": (files, "write_bytes"),
    "fsync": (os, "fsync"),
    "sync directory": (files, "sync_directory"),
    "rename": (Path, "rename"),
    "replace": (Path, "replace"),
    "checksum": (files, "sha256"),
    "mkdir": (Path, "mkdir"),
}


# every call of every step fails once: the first, the last and those between in strides
@pytest.mark.parametrize("step", STEPS)
def test_a_build_that_fails_at_any_step_leaves_readers_whole_papers(tmp_path, monkeypatch, index, step):
    new = source(tmp_path, "new", "New one")
    scratch = tmp_path / "scratch"
    with monkeypatch.context() as patch:
        calls = fail_at(patch, *STEPS[step], call=0)
        searchidx.build([new], scratch)
        total = calls[0]
    assert total > 0
    numbers = sorted({1, total, total - 1, *range(1, total, max(total // 4, 1))} & set(range(1, total + 1)))
    for number in numbers:
        copy = tmp_path / f"copy-{number}"
        shutil.copytree(index, copy)
        before = (copy / "CURRENT").read_bytes()
        opened = searchidx.open(copy, executor="numpy")
        with monkeypatch.context() as patch:
            fail_at(patch, *STEPS[step], call=number)
            try:
                searchidx.build([new], copy)
            except (OSError, SearchIdxError):
                failed = True
            else:
                failed = False
        changed = (copy / "CURRENT").read_bytes() != before
        assert ids(copy) == (["New one"] if changed else ["Old one", "Old two"])
        assert failed or changed
        # only syncing the directory comes after the pointer was put in place
        assert not (failed and changed) or step in ("fsync", "sync directory")
        assert not list((copy / "generations").glob(".*"))
        assert not list(copy.glob(".*"))
        # a snapshot opened before sees what it saw, and the next build works
        assert [hit.id for hit in opened.search("words").hits] == ["Old one", "Old two"]
        searchidx.build([new], copy)
        assert ids(copy) == ["New one"]


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\xfe binary", b"{not json}\n{still not}\n", b'{"title": "no abstract"}\n']
)
def test_a_source_that_gives_nothing_leaves_the_index_as_it_was(tmp_path, index, content):
    before = tree(index)
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(SearchIdxError):
        searchidx.build([tmp_path / "bad"], index)
    assert tree(index) == before


def test_a_source_that_fails_halfway_leaves_the_index_as_it_was(tmp_path, index):
    before = tree(index)
    with pytest.raises(SearchIdxError):
        searchidx.build([source(tmp_path, "new", "New one"), tmp_path / "missing.jsonl"], index)
    assert tree(index) == before


def test_a_check_that_finds_the_new_generation_wrong_leaves_the_old_one(tmp_path, monkeypatch, index):
    before = tree(index)

    def wrong(*args):
        raise generations.IndexFailure("row 0 holds another paper; build again")

    monkeypatch.setattr(generations, "check_segments", wrong)
    with pytest.raises(SearchIdxError, match="row 0"):
        searchidx.build([source(tmp_path, "new", "New one")], index)
    assert tree(index) == before


# --- lock and litter ------------------------------------------------------------------------------------------


def test_the_litter_of_killed_builds_is_swept(tmp_path, index):
    litter = index / "generations" / ".building-99999"
    litter.mkdir()
    (litter / "seg-000001").write_bytes(b"x")
    (index / ".CURRENT.99999.tmp").write_bytes(b"x")
    searchidx.build([source(tmp_path, "new", "New one")], index)
    assert not litter.exists()
    assert not (index / ".CURRENT.99999.tmp").exists()
    assert ids(index) == ["New one"]


# killed between putting the generation in its place and making it the live one
def test_a_generation_that_never_became_live_is_swept_and_its_number_used_again(tmp_path, index):
    shutil.copytree(index / "generations" / "000001", index / "generations" / "000002")
    assert ids(index) == ["Old one", "Old two"]
    report = searchidx.build([source(tmp_path, "new", "New one")], index)
    assert (report.generation, ids(index)) == ("000002", ["New one"])


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path, index):
    new = source(tmp_path, "new", "New one")
    with generations.writing(index), pytest.raises(IndexLocked, match=f"process {os.getpid()}") as caught:
        searchidx.build([new], index)
    assert "\n" not in str(caught.value)
    searchidx.build([new], index)
    assert ids(index) == ["New one"]


def test_a_lock_whose_holder_left_no_name_is_still_a_lock(index):
    with (index / "LOCK").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked, match="another process"), generations.writing(index):
            pass


def _die_while_writing(index):
    with generations.writing(Path(index)) as staging:
        (staging / "half").write_bytes(b"x")
        os._exit(1)


def test_the_lock_of_a_writer_that_died_is_free_and_its_litter_swept(tmp_path, index):
    child = multiprocessing.get_context("spawn").Process(target=_die_while_writing, args=(str(index),))
    child.start()
    child.join(60)
    assert child.exitcode == 1
    assert list((index / "generations").glob(".building-*"))
    assert ids(index) == ["Old one", "Old two"]
    searchidx.build([source(tmp_path, "new", "New one")], index)
    assert not list((index / "generations").glob(".building-*"))


@pytest.mark.parametrize("name", ["thesis.docx", ".git"])
def test_a_directory_of_other_things_is_not_made_an_index(tmp_path, name):
    home = tmp_path / "home"
    home.mkdir()
    (home / name).write_bytes(b"precious")
    with pytest.raises(UsageError, match="holds other files"):
        searchidx.build([source(tmp_path, "new", "New one")], home)
    assert os.listdir(home) == [name]  # noqa: PTH208


def test_a_file_where_the_index_should_be_is_a_usage_error(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(UsageError):
        searchidx.build([source(tmp_path, "new", "New one")], tmp_path / "file")


# --- reading --------------------------------------------------------------------------------------------------


def test_no_index_says_how_to_make_one(tmp_path):
    with pytest.raises(IndexMissing, match=r"searchidx build"):
        searchidx.open(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def pointer(name):
    """What CURRENT holds when it names a generation: the name, and a checksum of it."""
    return f"{name}\n{hashlib.sha256(name.encode()).hexdigest()[:16]}\n".encode()


def test_the_pointer_is_a_name_and_its_checksum(index):
    assert (index / "CURRENT").read_bytes() == pointer("000001")


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\n", b"00000", b"latest", b"../evil", b"/etc", b"-1", b"\xff\xfe", b"000009\n", b"1" * 5000),
        *(b"000001", b"000001\n", pointer("000001")[:-1], pointer("000001") + b"\n", pointer("000001") * 2),
        b"000001\n" + pointer("000002").partition(b"\n")[2],
        *(pointer(name) for name in ("", "latest", "../000001", "-1", "000009", "\u0661")),
    ],
)
def test_a_pointer_that_names_no_generation_is_damage(index, content):
    (index / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamaged) as caught:
        searchidx.open(index, executor="numpy")
    assert str(index) in str(caught.value)
    assert "rebuild" in str(caught.value)
    assert len(str(caught.value)) < 6000


def edited(index, change):
    """Change the live generation's manifest, and its checksum with it."""
    directory = index / "generations" / (index / "CURRENT").read_text().splitlines()[0]
    manifest = json.loads((directory / "manifest.json").read_text())
    rewritten = json.dumps(change(manifest) or manifest)
    (directory / "manifest.json").write_text(rewritten)
    digest = hashlib.sha256(rewritten.encode()).hexdigest()
    (directory / "manifest.json.sha256").write_text(f"{digest}  manifest.json\n")


def set_first_segment(manifest, **values):
    manifest["segments"][0].update(values)


MANIFESTS = {
    "name ../x": lambda m: set_first_segment(m, name="../x"),
    "name seg-../x": lambda m: set_first_segment(m, name="seg-../../x"),
    "name /etc": lambda m: set_first_segment(m, name="/etc"),
    "name backslash": lambda m: set_first_segment(m, name="seg-\\x"),
    "name empty": lambda m: set_first_segment(m, name=""),
    "name number": lambda m: set_first_segment(m, name=7),
    "segment text": lambda m: m.update(segments=["seg-000001"]),
    "no segments": lambda m: m.pop("segments") and None,
    "segments none": lambda m: m.update(segments=None),
    "list": lambda m: [m],
    "other format": lambda m: m.update(format=10**6),
    "no format": lambda m: m.pop("format") and None,
    "other declaration": lambda m: m.update(declaration="0" * 16),
    "no rows": lambda m: m["segments"][0].pop("rows") and None,
    "no arrays": lambda m: m["segments"][0].pop("arrays") and None,
    "arrays list": lambda m: set_first_segment(m, arrays=[1]),
    "fewer ids": lambda m: m["segments"][0]["arrays"]["ids.bytes"].update(length=1),
    "object dtype": lambda m: m["segments"][0]["arrays"]["ids.offsets"].update(dtype="O"),
    "gone segment": lambda m: set_first_segment(m, name="seg-999999"),
    "described, not there": lambda m: (
        m["files"].update({"seg-999999": m["files"]["seg-000001"]}) or set_first_segment(m, name="seg-999999")
    ),
    "shifted array": lambda m: m["segments"][0]["arrays"]["ids.bytes"].update(offset=4),
    "array beyond the end": lambda m: m["segments"][0]["arrays"]["ids.bytes"].update(offset=1 << 40),
    "no mean length": lambda m: m["segments"][0].pop("avgdl") and None,
    "mean length below 0": lambda m: set_first_segment(m, avgdl=-1),
    "mean length of nearly 0": lambda m: set_first_segment(m, avgdl=5e-324),
    "mean length not a number": lambda m: set_first_segment(m, avgdl=float("nan")),
    "more papers": lambda m: m.update(papers=3),
    "papers true": lambda m: m.update(papers=True),
    "no papers": lambda m: m.pop("papers") and None,
    "no files": lambda m: m.pop("files") and None,
    "files list": lambda m: m.update(files=[]),
    "file without size": lambda m: m["files"]["seg-000001"].pop("size") and None,
    "file without sum": lambda m: m["files"]["seg-000001"].update(sha256=None),
    "deleted true": lambda m: set_first_segment(m, deleted=True),
    "deleted ../x": lambda m: set_first_segment(m, deleted={"name": "../x", "rows": 1}),
    "deleted not there": lambda m: set_first_segment(m, deleted={"name": "seg-000001.deleted-000002", "rows": 1}),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_is_wrong_is_damage_that_names_a_file(index, name):
    edited(index, MANIFESTS[name])
    with pytest.raises(IndexDamaged, match="rebuild") as caught:
        ids(index)
    assert str(index) in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"\xff"])
def test_a_manifest_that_is_no_manifest_is_damage(index, content):
    (index / "generations" / "000001" / "manifest.json").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"manifest\.json"):
        searchidx.open(index, executor="numpy")


@pytest.mark.parametrize("change", [b"", b"0" * 64, None])
def test_a_manifest_that_is_not_what_its_checksum_says_is_damage(index, change):
    path = index / "generations" / "000001" / "manifest.json.sha256"
    if change is None:
        path.unlink()
    else:
        path.write_bytes(change)
    with pytest.raises(IndexDamaged, match=r"manifest\.json.*; rebuild"):
        searchidx.open(index, executor="numpy")


def test_a_changed_byte_of_a_manifest_is_damage(index):
    path = index / "generations" / "000001" / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"listings": 2', b'"listings": 3'))
    with pytest.raises(IndexDamaged, match=r"manifest\.json: is not what manifest\.json\.sha256 says"):
        searchidx.open(index, executor="numpy")


@pytest.mark.parametrize("change", ["shorter", "empty", "gone"])
def test_a_segment_that_is_cut_short_or_gone_is_damage_that_names_it(index, change):
    path = index / "generations" / "000001" / "seg-000001"
    content = path.read_bytes()
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-1] if change == "shorter" else b"")
    with pytest.raises(IndexDamaged, match="generations/000001/seg-000001: "):
        ids(index)
    path.write_bytes(content)
    assert ids(index) == ["Old one", "Old two"]


@pytest.mark.parametrize("change", ["longer", "empty", "gone", "other rows"])
def test_deletions_that_are_not_what_the_manifest_says_are_damage_that_names_them(index, change):
    searchidx.delete(["Old one"], index)
    assert ids(index) == ["Old two"]
    path = index / "generations" / "000002" / "seg-000001.deleted-000002"
    content = path.read_bytes()
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes({"longer": content + b"\x00", "empty": b"", "other rows": b"\xff"}[change])
    with pytest.raises(IndexDamaged, match=r"seg-000001\.deleted-000002: .*searchidx verify"):
        ids(index)
    path.write_bytes(content)
    assert ids(index) == ["Old two"]


def test_an_index_that_may_only_be_read_is_searched(index):
    modes = {path: path.stat().st_mode for path in [index, *index.rglob("*")]}
    for path in sorted(modes, key=lambda p: -len(p.parts)):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert ids(index) == ["Old one", "Old two"]
        assert searchidx.open(index, executor="numpy").stats()["papers"] == 2
    finally:
        for path, mode in sorted(modes.items(), key=lambda item: len(item[0].parts)):
            path.chmod(mode)


# root may write anywhere, so this watches for the attempt instead of forbidding it
def test_searching_writes_nothing(index):
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in [index, *index.rglob("*")]}
    with searchidx.open(index, executor="numpy") as opened:
        opened.search("words", facets=True, snippets=True, explain=True)
        opened.stats()
    assert {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in [index, *index.rglob("*")]} == before


def test_an_open_index_is_a_snapshot(tmp_path, index):
    opened = searchidx.open(index, executor="numpy")
    for number in range(4):
        searchidx.build([source(tmp_path, "new", f"New {number}")], index)
    assert [hit.title for hit in opened.search("words").hits] == ["Old one", "Old two"]
    assert ids(index) == ["New 3"]


def test_generations_are_numbered_on_and_only_the_last_are_kept(tmp_path, index):
    for number in range(12):
        report = searchidx.build([source(tmp_path, "new", f"New {number}")], index)
    assert report.generation == "000013"
    assert generations.names(index) == ["000012", "000013"]


def test_threads_that_search_one_index_get_the_same_answers(index):
    opened = searchidx.open(index, executor="numpy")
    expected = [hit.id for hit in opened.search("old words").hits]
    answers = []

    def search():
        answers.extend([hit.id for hit in opened.search("old words", facets=True).hits] for _ in range(50))

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 200


def test_the_same_input_gives_the_same_bytes_but_for_the_time(tmp_path):
    papers = source(tmp_path, "p", *(f"Paper number {n}" for n in range(50)))
    built = []
    for name in "ab":
        searchidx.build([papers], tmp_path / name)
        content = tree(tmp_path / name)
        manifest = json.loads(content.pop("generations/000001/manifest.json"))
        assert content.pop("generations/000001/manifest.json.sha256")
        assert manifest.pop("created")
        built.append((content, manifest))
    assert built[0] == built[1]


def test_the_manifest_lists_every_file_with_its_size_and_checksum(index):
    directory = index / "generations" / "000001"
    listed = json.loads((directory / "manifest.json").read_text())["files"]
    there = {str(p.relative_to(directory)): p for p in directory.rglob("*") if p.is_file()}
    del there["manifest.json"], there["manifest.json.sha256"]
    assert listed.keys() == there.keys()
    for name, path in there.items():
        assert listed[name] == {"size": path.stat().st_size, "sha256": files.sha256(path)}


def test_sha256sum_reads_the_checksum_beside_a_manifest(index):
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum on this system")
    directory = index / "generations" / "000001"
    subprocess.run(["sha256sum", "--check", "--status", "manifest.json.sha256"], cwd=directory, check=True)
