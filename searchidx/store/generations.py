"""Generations of an index: built aside, verified, published by one atomic rename.

    INDEX/CURRENT                       one line: the name of the live generation
    INDEX/LOCK                          flock, held by the one writer; a crash releases it
    INDEX/generations/000007/manifest.json, seg-000001/...
    INDEX/generations/.building-.../    a build under way, or the litter of one that was killed

A file is never changed after its generation is published. The manifest is the last file of a generation to be
written; CURRENT names a generation only when all of its files are on disk. So a reader sees the old or the new
papers, whole, and a failed build leaves the live generation as it was.
"""

from __future__ import annotations

import datetime
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from searchidx.errors import IndexDamaged, IndexFailure, IndexLocked, IndexMissing, UsageError
from searchidx.fields import declaration_hash
from searchidx.store import files
from searchidx.store.segment import Segment

FORMAT_VERSION = 1
_CURRENT = "CURRENT"
_LOCK = "LOCK"
_MANIFEST = "manifest.json"
_BUILDING = ".building-"
#: Generations kept besides the live one, to roll back to.
KEPT = 1


@dataclass(frozen=True, slots=True)
class Generation:
    """A published generation, its manifest read and checked."""

    directory: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return self.directory.name

    def segments(self) -> list[Segment]:
        """Its segments, opened."""
        return [Segment(self.directory / entry["name"], entry) for entry in self.manifest["segments"]]


def current(index: Path) -> Generation:
    """The live generation. Raises IndexMissing, or IndexDamaged naming the file."""
    pointer = index / _CURRENT
    try:
        name = pointer.read_text(encoding="ascii").strip()
    except FileNotFoundError as exc:
        raise IndexMissing(f"no index at {index}; run 'searchidx build SOURCE --index {index}'") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise IndexDamaged(f"{pointer}: cannot be read; rebuild the index") from exc
    if not name.isdigit():
        raise IndexDamaged(f"{pointer}: names {name[:40]!r}, which is no generation; rebuild the index")
    return read_generation(index / "generations" / name)


def read_generation(directory: Path) -> Generation:
    """The generation in this directory. Raises IndexDamaged when its manifest is not one we can read."""
    path = directory / _MANIFEST
    try:
        manifest = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as exc:
        raise IndexDamaged(f"{path}: cannot be read; rebuild the index") from exc
    if not isinstance(manifest, dict) or not isinstance(manifest.get("segments"), list):
        raise IndexDamaged(f"{path}: not a manifest; rebuild the index")
    if manifest.get("format") != FORMAT_VERSION or manifest.get("declaration") != declaration_hash():
        raise IndexDamaged(f"{path}: made by another version of searchidx; rebuild the index")
    for entry in manifest["segments"]:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not name.startswith("seg-") or "/" in name or "\\" in name:
            raise IndexDamaged(f"{path}: names a segment {str(name)[:40]!r}; rebuild the index")
    return Generation(directory, manifest)


@contextmanager
def writing(index: Path) -> Iterator[Path]:
    """Hold the writer's lock; yields an empty directory to build a generation in, gone afterwards.

    Sweeps the litter of builds that were killed. Raises IndexLocked when another process is writing, UsageError
    when the directory cannot be written or holds something that is no index.
    """
    is_new = not index.exists()
    _make(index)
    with (index / _LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            lock.seek(0)
            holder = lock.read(100).strip() or "another process"
            raise IndexLocked(f"{index} is being written by {holder}; wait for it to end") from exc
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        _sweep(index)
        staging = index / "generations" / f"{_BUILDING}{os.getpid()}"
        staging.mkdir()  # not mkdtemp: a published generation is as readable as the user's umask says
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)
            lock.truncate(0)
            if is_new and not (index / _CURRENT).exists():
                # a first build that failed leaves nothing behind
                (index / _LOCK).unlink()
                with suppress(OSError):
                    (index / "generations").rmdir()
                    index.rmdir()


def _live_name(index: Path) -> str | None:
    """What CURRENT says, unchecked; None when it cannot be read."""
    try:
        return (index / _CURRENT).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _sweep(index: Path) -> None:
    """Remove what killed builds left: staging directories, and generations that never became the live one."""
    for litter in (index / "generations").glob(f"{_BUILDING}*"):
        shutil.rmtree(litter, ignore_errors=True)
    live = _live_name(index)
    if live and live.isdigit():
        for name in names(index):
            if int(name) > int(live):
                shutil.rmtree(index / "generations" / name, ignore_errors=True)


def _make(index: Path) -> None:
    try:
        if index.is_dir() and not (index / "generations").is_dir() and any(index.iterdir()):
            raise UsageError(f"{index} holds other files and is no index; name a new or empty directory")
        (index / "generations").mkdir(parents=True, exist_ok=True)
        with (index / _LOCK).open("a+"):
            pass
    except OSError as exc:
        raise UsageError(
            f"{index}: cannot be written ({exc.strerror or exc}); name a directory you may write to"
        ) from exc


def publish(index: Path, staging: Path, segments: list[dict[str, Any]], about: dict[str, Any]) -> Generation:
    """Make the segments in `staging` the live generation.

    segments: manifest entries, each with the name of its directory in `staging`. about: more for the manifest
    (counts, sources, versions). Everything is verified and on disk before CURRENT changes.
    """
    manifest = {
        "format": FORMAT_VERSION,
        "declaration": declaration_hash(),
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        **about,
        "segments": segments,
        "files": _describe(staging, segments),
    }
    files.write_bytes(staging / _MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    for entry in segments:
        files.sync_directory(staging / entry["name"])
    files.sync_directory(staging)
    _check(staging, manifest)
    name = _next_name(index)
    directory = index / "generations" / name
    staging.rename(directory)
    try:
        files.sync_directory(directory.parent)
        files.replace_bytes(index / _CURRENT, f"{name}\n".encode())
    except BaseException:
        if _live_name(index) != name:
            shutil.rmtree(directory, ignore_errors=True)
        raise
    _prune(index, name)
    return Generation(directory, manifest)


def _describe(staging: Path, segments: list[dict[str, Any]]) -> dict[str, Any]:
    """Size and SHA-256 of every file of the segments."""
    paths = sorted(p for entry in segments for p in (staging / entry["name"]).iterdir())
    return {
        str(path.relative_to(staging)): {"size": path.stat().st_size, "sha256": files.sha256(path)} for path in paths
    }


def _check(staging: Path, manifest: dict[str, Any]) -> None:
    """Open what was written as a reader would: first and last record, the id order, a term's postings."""
    for segment in Generation(staging, manifest).segments():
        if len(segment.ids) != segment.n_rows:
            raise IndexFailure(f"{segment.directory}: {len(segment.ids)} ids for {segment.n_rows} rows; build again")
        for row in {0, segment.n_rows // 2, segment.n_rows - 1} if segment.n_rows else ():
            if segment.stored(row)["paper"]["id"] != segment.ids.text(row):
                raise IndexFailure(f"{segment.directory}: row {row} holds another paper; build again")
        if len(segment.terms) and not segment.postings_of(len(segment.terms) // 2).df:
            raise IndexFailure(f"{segment.directory}: a term without postings; build again")


def names(index: Path) -> list[str]:
    """The published generations, oldest first."""
    directory = index / "generations"
    return sorted((p.name for p in directory.iterdir() if p.name.isdigit()), key=int) if directory.is_dir() else []


def _next_name(index: Path) -> str:
    return f"{max((int(name) for name in names(index)), default=0) + 1:06}"


def _prune(index: Path, live: str) -> None:
    """Remove generations before the live one but the last `KEPT`. Readers keep what they have mapped."""
    old = [name for name in names(index) if int(name) < int(live)]
    for name in old[: len(old) - KEPT] if len(old) > KEPT else ():
        shutil.rmtree(index / "generations" / name, ignore_errors=True)
