"""Looking after an index: its generations, going back to one, removing old ones."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from searchidx.errors import IndexDamaged, IndexMissing, UsageError
from searchidx.store import generations as store
from searchidx.store.verifying import Fault, Verification, faults_of, verify

__all__ = ["Fault", "GenerationInfo", "Verification", "generations", "prune", "rollback", "verify"]


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """One generation of an index.

    papers: live ones; deleted: rows that wait for a merge. size_bytes: of all its files; own_bytes: of those that no
    other generation shares, which is what removing it would free. damaged: why it cannot be read, else None.
    """

    name: str
    live: bool
    created: str | None
    papers: int
    segments: int
    deleted: int
    size_bytes: int
    own_bytes: int
    sources: tuple[str, ...]
    damaged: str | None = None


def generations(index: str | Path) -> list[GenerationInfo]:
    """The generations of an index, oldest first. Raises IndexMissing, or IndexDamaged when none is said to be live."""
    path = Path(index)
    live = store.live_name(path)
    found = []
    for name in store.names(path):
        with suppress(FileNotFoundError):  # a writer has removed it meanwhile
            if int(name) <= int(live):
                found.append(_info(path / "generations" / name, live=name == live))
    return found


def _info(directory: Path, *, live: bool) -> GenerationInfo:
    size = own = 0
    for file in directory.iterdir():
        stat = file.lstat()  # a link that leads nowhere has a size too
        size += stat.st_size
        own += stat.st_size if stat.st_nlink == 1 else 0
    try:
        manifest = store.read_generation(directory).manifest
    except IndexDamaged as exc:
        return GenerationInfo(directory.name, live, None, 0, 0, 0, size, own, (), f"{exc.file}: {exc.problem}")
    deleted = sum(entry["deleted"]["rows"] for entry in manifest["segments"] if entry.get("deleted"))
    return GenerationInfo(
        directory.name,
        live,
        manifest.get("created"),
        manifest["papers"],
        len(manifest["segments"]),
        deleted,
        size,
        own,
        tuple(manifest.get("sources", ())),
    )


def rollback(index: str | Path, generation: str | None = None, *, keep: int = store.KEPT) -> GenerationInfo:
    """Make the papers of an older generation live again, as a new generation; returns that.

    generation: its name (`7` for `000007`), the one before the live one by default. Its files are linked, not copied.
    The generation rolled back from stays, to go back to. Raises UsageError when there is no such generation,
    IndexDamaged when it is damaged (the live one stays), IndexMissing, IndexLocked.
    """
    path = Path(index)
    if not (path / "generations").is_dir():
        raise IndexMissing(f"no index at {path}; run 'searchidx build SOURCE --index {path}'")
    with store.writing(path) as staging:
        old = store.read_generation(path / "generations" / _chosen(path, generation))
        damaged = faults_of(old.directory)
        if damaged:
            raise IndexDamaged(old.directory / damaged[0].file, damaged[0].problem, "choose another generation")
        entries = [store.reuse(old, entry, staging) for entry in old.entries]
        about = {k: v for k, v in old.manifest.items() if k not in ("format", "declaration", "created", "files")}
        about["rolled_back_to"] = old.name
        return _info(store.publish(path, staging, entries, about, after=old, keep=keep).directory, live=True)


def _chosen(path: Path, wanted: str | None) -> str:
    """The name of an old generation. Raises UsageError."""
    try:
        live = store.live_name(path)
        old = [name for name in store.names(path) if int(name) < int(live)]
    except (IndexDamaged, IndexMissing):  # nothing says which one is live: any may be gone back to
        live, old = "none", store.names(path)
    if wanted is None:
        if not old:
            raise UsageError(f"{path} has no generation before the live one, {live}; nothing to go back to")
        return old[-1]
    chosen = [name for name in old if wanted.isdecimal() and int(name) == int(wanted)]
    if not chosen:
        known = ", ".join(old) or "none"
        raise UsageError(f"no old generation {wanted!r} in {path}; there are {known}, and {live} is live")
    return chosen[0]


def prune(index: str | Path, *, keep: int = 0) -> list[str]:
    """Remove all generations before the live one but the last `keep`; returns their names.

    Readers that have one open keep it until they close it; its disk space is free then. Raises UsageError,
    IndexMissing, IndexDamaged, IndexLocked.
    """
    if keep < 0:
        raise UsageError(f"cannot keep {keep} generations; give 0 or more")
    path = Path(index)
    store.live_name(path)
    with store.locked(path):
        store.sweep(path)
        return store.prune(path, keep)
