"""Generations of an index: made aside, verified, published by one atomic rename.

    INDEX/CURRENT                       the name of the live generation, and a checksum of the name
    INDEX/LOCK                          flock, held by the one writer; a crash releases it
    INDEX/generations/000007/           manifest.json, manifest.json.sha256, seg-000001, seg-000001.deleted-000007
    INDEX/generations/.building-.../    a generation under way, or the litter of a process that was killed
    INDEX/generations/.removed-000005/  one that is being removed, or the rest of it

A file is never changed after its generation is published. A segment that stays is linked into the next generation, so
generations share files; a deletion is a bitmap beside its segment. The manifest is the last file of a generation to be
written; CURRENT names a generation only when all of its files are on disk. So a reader sees the old or the new
papers, whole, and whatever fails leaves the live generation as it was. Names only grow: rolling back publishes the
old files under a new name, so the live generation is the one with the highest, and a higher one than CURRENT says
is what a killed process could not make live.

The manifest: {"format", "declaration", "created", "papers", "segments", "files", ...}; "segments" are the entries of
`segment`, each with "deleted": {"name", "rows"} or null; "files": name -> {"size", "sha256"} of every other file.
"""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from searchidx.analysis import clean, iter_tokens
from searchidx.errors import IndexDamaged, IndexFailure, IndexLocked, IndexMissing, UsageError
from searchidx.fields import declaration_hash
from searchidx.store import files
from searchidx.store.segment import Segment
from searchidx.store.snapshot import Mask, Snapshot

FORMAT_VERSION = 4
MANIFEST = "manifest.json"
MANIFEST_SUM = "manifest.json.sha256"
_MAX_MANIFEST = 1 << 26
_CURRENT = "CURRENT"
_LOCK = "LOCK"
_BUILDING = ".building-"
_REMOVED = ".removed-"
#: Generations kept besides the live one, to roll back to.
KEPT = 1
_NAME = re.compile(r"[0-9]{6,18}")
#: What a manifest may say besides, and of which type.
_ABOUT = {"created": str, "listings": int, "bad_records": int, "sources": list, "versions": dict}
_SEGMENT_NAME = re.compile(r"seg-[0-9]{6,9}")
_DELETED_NAME = re.compile(r"seg-[0-9]{6,9}\.deleted-[0-9]{6,9}")


@dataclass(frozen=True, slots=True)
class Generation:
    """A published generation, its manifest read and checked."""

    directory: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return self.directory.name

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The manifest's entry of every segment."""
        entries: list[dict[str, Any]] = self.manifest["segments"]
        return entries

    def opened(self) -> list[tuple[Segment, Mask | None]]:
        """Every segment and its deleted rows, in the manifest's order. Raises IndexDamaged."""
        opened = []
        for entry in self.entries:
            if entry.get("deleted"):
                self.check(entry["deleted"]["name"])
            opened.append(open_segment(self.directory, entry))
        return opened

    def check(self, name: str) -> None:
        """Read a file to its end. Raises IndexDamaged when it is not as it was written."""
        path = self.directory / name
        try:
            found = files.sha256(path)
        except OSError as exc:
            raise IndexDamaged(path, f"cannot be read ({exc.strerror or exc})", _REMEDY) from exc
        if found != self.manifest["files"][name]["sha256"]:
            raise IndexDamaged(path, "is not what was written: its SHA-256 differs", _REMEDY)

    def snapshot(self) -> Snapshot:
        """All segments as one, every file mapped. Raises IndexDamaged."""
        snapshot = Snapshot(self.opened())
        if snapshot.n_papers != self.manifest["papers"]:
            says = f"says {self.manifest['papers']} papers, the segments hold {snapshot.n_papers}"
            raise IndexDamaged(self.directory / MANIFEST, says, _REMEDY)
        return snapshot


_REMEDY = "'searchidx verify' shows what is damaged; rebuild the index"


def open_segment(directory: Path, entry: dict[str, Any]) -> tuple[Segment, Mask | None]:
    """A segment and its deleted rows, None for none. Raises IndexDamaged."""
    segment = Segment(directory / entry["name"], entry)
    return segment, read_deleted(directory, entry, segment.n_rows) if entry.get("deleted") else None


def read_deleted(directory: Path, entry: dict[str, Any], n_rows: int) -> Mask:
    """The rows of a segment that are deleted, as a mask. Raises IndexDamaged."""
    path = directory / entry["deleted"]["name"]
    try:
        bits = np.frombuffer(files.read_bytes(path, (n_rows + 7) // 8 + 1), np.uint8)
    except OSError as exc:
        raise IndexDamaged(path, f"cannot be read ({exc.strerror or exc})", _REMEDY) from exc
    if len(bits) != (n_rows + 7) // 8:
        raise IndexDamaged(path, f"holds no bits of {n_rows} rows", _REMEDY)
    mask: Mask = np.unpackbits(bits, count=n_rows).view(bool)
    if np.count_nonzero(mask) != entry["deleted"]["rows"]:
        raise IndexDamaged(path, "marks other rows than the manifest says", _REMEDY)
    return mask


# --- reading ------------------------------------------------------------------------------------------------


def current(index: Path) -> Generation:
    """The live generation. Raises IndexMissing, or IndexDamaged naming the file."""
    return read_generation(index / "generations" / live_name(index))


def live_name(index: Path) -> str:
    """What CURRENT says. Raises IndexMissing, or IndexDamaged when its checksum does not hold."""
    pointer = index / _CURRENT
    try:
        data = files.read_bytes(pointer, 100)
    except FileNotFoundError as exc:
        raise IndexMissing(f"no index at {index}; run 'searchidx build SOURCE --index {index}'") from exc
    except OSError as exc:
        raise IndexDamaged(pointer, f"cannot be read ({exc.strerror or exc})") from exc
    name = data[:20].split(b"\n", 1)[0].decode("ascii", "replace")
    if not _NAME.fullmatch(name) or data != _pointer(name):
        raise IndexDamaged(pointer, "names no generation with its checksum")
    return name


def _pointer(name: str) -> bytes:
    """The bytes of CURRENT: a line with the name, a line with its checksum."""
    return f"{name}\n{hashlib.sha256(name.encode()).hexdigest()[:16]}\n".encode()


def read_generation(directory: Path) -> Generation:
    """The generation in this directory. Raises IndexDamaged when its manifest is not one we can read."""
    path = directory / MANIFEST
    try:
        data = files.read_bytes(path, _MAX_MANIFEST)
        checksum = files.read_bytes(directory / MANIFEST_SUM, 100)
    except OSError as exc:
        where = exc.filename or path
        raise IndexDamaged(where, f"cannot be read ({exc.strerror or exc})") from exc
    if checksum != _manifest_sum(data):
        raise IndexDamaged(path, f"is not what {MANIFEST_SUM} says")
    try:
        manifest = orjson.loads(data)
    except orjson.JSONDecodeError as exc:
        raise IndexDamaged(path, "cannot be read as JSON") from exc
    if not isinstance(manifest, dict):
        raise IndexDamaged(path, "not a manifest")
    if manifest.get("format") != FORMAT_VERSION or manifest.get("declaration") != declaration_hash():
        raise IndexDamaged(path, "made by another version of searchidx")
    _check_manifest(path, manifest)
    return Generation(directory, manifest)


def _manifest_sum(data: bytes) -> bytes:
    """What stands beside a manifest: a line that `sha256sum --check` reads."""
    return f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode()


def _check_manifest(path: Path, manifest: dict[str, Any]) -> None:
    """Whether what names files and counts is what it must be; what describes segments they check themselves."""
    entries, described = manifest.get("segments"), manifest.get("files")
    if not isinstance(entries, list) or not isinstance(described, dict) or type(manifest.get("papers")) is not int:
        raise IndexDamaged(path, "not a manifest")
    for key, kind in _ABOUT.items():
        if not isinstance(manifest.get(key, kind()), kind):
            raise IndexDamaged(path, f"says strange things of {key!r}")
    if not all(isinstance(source, str) for source in manifest.get("sources", ())):
        raise IndexDamaged(path, "says strange things of 'sources'")
    for name, file in described.items():
        if not (_SEGMENT_NAME.fullmatch(name) or _DELETED_NAME.fullmatch(name)):
            raise IndexDamaged(path, f"names a file {name[:40]!r}")
        if not isinstance(file, dict) or type(file.get("size")) is not int or not isinstance(file.get("sha256"), str):
            raise IndexDamaged(path, "does not describe its files")
    known: set[str] = set()
    for entry in entries:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not _SEGMENT_NAME.fullmatch(name) or name not in described or name in known:
            raise IndexDamaged(path, f"names a segment {str(name)[:40]!r}")
        known.add(name)
        deleted = entry.get("deleted")
        if deleted is None:
            continue
        name = deleted.get("name") if isinstance(deleted, dict) else None
        if (
            not isinstance(name, str)
            or not _DELETED_NAME.fullmatch(name)
            or name not in described
            or type(deleted.get("rows")) is not int
        ):
            raise IndexDamaged(path, f"names deletions {str(name)[:40]!r}")


def names(index: Path) -> list[str]:
    """The published generations, oldest first."""
    directory = index / "generations"
    if not directory.is_dir():
        return []
    return sorted((p.name for p in directory.iterdir() if _NAME.fullmatch(p.name) and p.is_dir()), key=int)


# --- writing ------------------------------------------------------------------------------------------------


@contextmanager
def locked(index: Path) -> Iterator[None]:
    """Hold the writer's lock of an index that exists. Raises IndexLocked, naming the holder; UsageError."""
    try:
        # a stranger's index may have a link here, to a file that is not to be emptied
        lock = os.open(index / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError as exc:
        raise UsageError(
            f"{index}: cannot be written ({exc.strerror or exc}); name a directory you may write to"
        ) from exc
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            holder = os.read(lock, 100).decode("ascii", "replace").strip() or "another process"
            raise IndexLocked(f"{index} is being written by {holder}; wait for it to end") from exc
        with suppress(OSError):  # who holds it is a courtesy, a full disk no reason to fail here
            os.ftruncate(lock, 0)
            os.write(lock, f"process {os.getpid()}".encode())
        try:
            yield
        finally:
            with suppress(OSError):
                os.ftruncate(lock, 0)
    finally:
        os.close(lock)


@contextmanager
def writing(index: Path, *, keep_litter: bool = False) -> Iterator[Path]:
    """Hold the writer's lock; yields an empty directory to make a generation in, gone afterwards.

    Sweeps the litter of writers that were killed. keep_litter: leave it, and what this one leaves, for `litter`.
    Raises IndexLocked when another process is writing, UsageError when the directory cannot be written or holds
    something that is no index.
    """
    made = _make(index)
    try:
        with locked(index):
            if not keep_litter:
                sweep(index)
            staging = _free(index / "generations" / f"{_BUILDING}{os.getpid()}")
            try:
                staging.mkdir()  # not mkdtemp: a published generation is as readable as the user's umask says
                yield staging
            finally:
                if not keep_litter:
                    shutil.rmtree(staging, ignore_errors=True)
                if made and not keep_litter and not (index / _CURRENT).exists():
                    with suppress(OSError):
                        (index / _LOCK).unlink()
    finally:
        if made and not (index / _CURRENT).exists():
            with suppress(OSError):  # a first build that failed leaves nothing behind
                (index / "generations").rmdir()
                index.rmdir()


def _free(wanted: Path) -> Path:
    """A path that is not there: the wanted one, or that with a number. What is kept of before may be our own."""
    candidates = (wanted if not n else wanted.with_name(f"{wanted.name}-{n}") for n in count())
    return next(path for path in candidates if not path.exists())


def litter(index: Path) -> list[Path]:
    """What killed writers left in their working directories, oldest first. For who holds the lock."""
    found = (index / "generations").glob(f"{_BUILDING}*")
    return sorted(found, key=lambda path: path.stat().st_mtime_ns)


def sweep(index: Path) -> None:
    """Remove what killed writers left: working directories, temporary files, generations that never became live.

    For who holds the lock.
    """
    for path in [*litter(index), *(index / "generations").glob(f"{_REMOVED}*")]:
        shutil.rmtree(path, ignore_errors=True)
    for path in index.glob(f".{_CURRENT}.*.tmp"):
        with suppress(OSError):
            path.unlink()
    with suppress(IndexFailure):
        live = int(live_name(index))
        for name in names(index):
            if int(name) > live:
                _remove(index / "generations" / name)


def _remove(directory: Path) -> bool:
    """Remove a generation; returns whether it is gone. At once by its name: a kill never leaves a part of one."""
    removed = directory.with_name(f"{_REMOVED}{directory.name}")
    try:
        directory.rename(removed)
    except OSError:
        return False
    shutil.rmtree(removed, ignore_errors=True)
    return True


def _make(index: Path) -> bool:
    """Make the directories of an index; returns whether there was nothing before."""
    directory = index / "generations"
    is_new = not directory.is_dir()
    try:
        if index.is_dir() and is_new and any(index.iterdir()):
            raise UsageError(f"{index} holds other files and is no index; name a new or empty directory")
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        if is_new:
            with suppress(OSError):
                index.rmdir()
        raise UsageError(
            f"{index}: cannot be written ({exc.strerror or exc}); name a directory you may write to"
        ) from exc
    return is_new


def next_segment(entries: Sequence[dict[str, Any]]) -> str:
    """A name that none of these segments has."""
    return f"seg-{max((int(entry['name'][4:]) for entry in entries), default=0) + 1:06}"


def reuse(generation: Generation, entry: dict[str, Any], staging: Path) -> dict[str, Any]:
    """Put a segment of a published generation, with its deletions, into a new one; returns its entry there."""
    for name in (entry["name"], *([entry["deleted"]["name"]] if entry.get("deleted") else [])):
        _link(generation.directory / name, staging / name)
    return entry


def delete_rows(
    generation: Generation, entry: dict[str, Any], deleted: Mask, staging: Path, mark: int
) -> dict[str, Any]:
    """The same with other deletions. deleted: all rows that are. mark: the number that the deletions' name ends in."""
    _link(generation.directory / entry["name"], staging / entry["name"])
    name = f"{entry['name']}.deleted-{mark:06}"
    files.write_bytes(staging / name, np.packbits(deleted).tobytes())
    return {**entry, "deleted": {"name": name, "rows": int(np.count_nonzero(deleted))}}


def _link(old: Path, new: Path) -> None:
    """The same file under another name; a copy where the file system has no links."""
    try:
        os.link(old, new)
    except FileNotFoundError as exc:
        raise IndexDamaged(old, "is missing", _REMEDY) from exc
    except OSError:
        with old.open("rb") as source, new.open("xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())


def publish(
    index: Path,
    staging: Path,
    segments: Sequence[dict[str, Any]],
    about: dict[str, Any],
    *,
    after: Generation | None = None,
    keep: int = KEPT,
) -> Generation:
    """Make the segments in `staging` the live generation.

    segments: manifest entries, their files in `staging`. about: more for the manifest (counts, sources, versions).
    after: a generation that some of the segments come from. Everything is verified and on disk before CURRENT
    changes. keep: old generations that stay.
    """
    name = next_name(index)
    opened = [open_segment(staging, entry) for entry in segments]
    manifest = {
        "format": FORMAT_VERSION,
        "declaration": declaration_hash(),
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        **about,
        "papers": Snapshot(opened).n_papers,
        "segments": list(segments),
        "files": _describe(staging, segments, after.manifest["files"] if after else {}),
    }
    data = orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
    files.write_bytes(staging / MANIFEST, data)
    files.write_bytes(staging / MANIFEST_SUM, _manifest_sum(data))
    files.sync_directory(staging)
    known = {entry["name"] for entry in after.entries} if after else set()
    check_segments([pair for pair, entry in zip(opened, segments, strict=True) if entry["name"] not in known])
    read_generation(staging)
    directory = index / "generations" / name
    staging.rename(directory)
    try:
        files.sync_directory(directory.parent)
        files.replace_bytes(index / _CURRENT, _pointer(name))
    except BaseException:
        if not _may_be_live(index, name):
            _remove(directory)
        raise
    with suppress(OSError, IndexFailure):  # published it is: what cannot be removed now, the next writer may
        prune(index, keep)
    return Generation(directory, manifest)


def _may_be_live(index: Path, name: str) -> bool:
    """Whether CURRENT names this generation, or cannot be read."""
    try:
        return live_name(index) == name
    except IndexMissing:
        return False
    except IndexDamaged:
        return True


def _describe(staging: Path, segments: Sequence[dict[str, Any]], known: dict[str, Any]) -> dict[str, Any]:
    """Size and SHA-256 of every file of the segments; known: those of files that were published before."""
    described = {}
    for entry in segments:
        for name in (entry["name"], *([entry["deleted"]["name"]] if entry.get("deleted") else [])):
            path = staging / name
            described[name] = known.get(name) or {"size": path.stat().st_size, "sha256": files.sha256(path)}
    return described


def next_name(index: Path) -> str:
    """The name of the generation that is published next."""
    return f"{max((int(name) for name in names(index)), default=0) + 1:06}"


def prune(index: Path, keep: int) -> list[str]:
    """Remove generations before the live one but the last `keep`; returns their names. Readers keep what they map."""
    live = int(live_name(index))
    old = [name for name in names(index) if int(name) < live]
    gone = old[: len(old) - keep] if len(old) > keep else []
    return [name for name in gone if _remove(index / "generations" / name)]


def check_segments(opened: Sequence[tuple[Segment, Mask | None]]) -> None:
    """Ask what was written as a reader would: some records by row, by id and by the words of their titles.

    Raises IndexFailure for a wrong answer, IndexDamaged for what cannot be read.
    """
    for segment, _ in opened:
        for row in {0, segment.n_rows // 2, segment.n_rows - 1} if segment.n_rows else ():
            id_, paper = segment.ids.text(row), segment.stored(row)["paper"]
            terms = {token.term for token in iter_tokens(clean(paper["title"]))}
            numbers = [segment.find_term(term.encode("utf-8", "replace")) for term in terms]
            if (
                paper["id"] != id_
                or segment.ids.find(id_.encode()) != row
                or min(numbers, default=0) < 0
                or not all(row in segment.postings_of(number).rows for number in numbers)
            ):
                raise IndexFailure(f"{segment.path}: does not find the paper {id_!r} it was given; build again")
