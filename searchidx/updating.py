"""Changing an index without a rebuild: update, delete, merge. Each publishes a new generation.

What is read goes into a small segment of its own; the rows it replaces are marked in a bitmap beside their segment;
all other files are linked. Segments are merged when their tier is full (`store.tiers`). Searching over segments and
deletions gives the same answers as an index built anew from the same papers.

Which paper of the index a record is a newer state of is decided as in a build, by arXiv id, DOI, id or title
(`identity`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from searchidx.errors import IndexDamaged, IndexMissing, InputError, PaperMissing, UsageError
from searchidx.index import Index
from searchidx.indexing import Progress, Reading, batches_of, size_of, write_segment
from searchidx.preparing import Facts
from searchidx.record import Record, compact
from searchidx.rows import rows_of
from searchidx.spool import Spool
from searchidx.store import generations, tiers
from searchidx.store.batches import Batch
from searchidx.store.generations import Generation
from searchidx.store.merging import merge_segments
from searchidx.store.snapshot import Mask, Snapshot
from searchidx.workers import Workers


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update did.

    listings: records read; added, replaced: papers that are new, that the index held in another state; unchanged:
    papers read that are as the index holds them; papers: in the index now. When nothing changed there is no new
    generation. bad_records, errors, passed_over: see `BuildReport`.
    """

    index: str
    generation: str
    listings: int
    added: int
    replaced: int
    unchanged: int
    papers: int
    bad_records: int
    errors: tuple[str, ...]
    passed_over: tuple[str, ...]
    segments: int
    seconds: float
    size_bytes: int


@dataclass(frozen=True, slots=True)
class DeleteReport:
    """What a deletion did. deleted: ids of the papers that are gone; papers: in the index now."""

    index: str
    generation: str
    deleted: tuple[str, ...]
    papers: int
    seconds: float


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What a merge did. merged: segments before; segments: after; dropped: deleted rows that are gone for good."""

    index: str
    generation: str
    merged: int
    segments: int
    dropped: int
    papers: int
    seconds: float
    size_bytes: int


def update(
    sources: Iterable[str | Path],
    index: str | Path,
    *,
    format: str | None = None,  # noqa: A002 - the option's name, on the command line too
    strict: bool = False,
    listing_year: int | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
    extract: bool = True,
    cache: Path | None = None,
    merge: bool = True,
    keep: int = generations.KEPT,
) -> UpdateReport:
    """Add the papers of the sources to an index; those that it holds are replaced by their newer state.

    See `identity.renew` for what a newer record changes. merge: merge segments when there are many. The other options
    are those of `build`. Raises IndexMissing, IndexDamaged, IndexLocked, InputError, UsageError; whatever is raised,
    the live generation stays.
    """
    started = time.perf_counter()
    notify = progress or (lambda stage, done, total: None)
    reading = Reading(sources, format=format, strict=strict, listing_year=listing_year)
    facts = Facts(extract, None if cache is None else str(cache))
    with _Revision(index) as revision:
        with Spool(revision.staging / "spool") as spool, Workers(workers, facts) as processes:
            reading.fill(spool, processes, notify)
            if not spool.n_records:
                raise InputError(reading.nothing())
            for row in revision.holding(spool):
                spool.add(revision.record(row).paper, row)
            papers = _Changed(spool)
            total = spool.n_papers()
            with closing(batches_of(papers, processes, total, total)) as batches:
                revision.add_segment(batches, lambda done: notify("indexing", done, total))
        revision.delete(papers.held)
        if merge:
            revision.tidy()
        notify("publishing", total, total)
        generation = revision.publish(reading.about(), keep) if papers.added + papers.replaced else revision.before
    return UpdateReport(
        index=str(index),
        generation=generation.name,
        listings=reading.n_listings,
        added=papers.added,
        replaced=papers.replaced,
        unchanged=papers.unchanged,
        papers=generation.manifest["papers"],
        bad_records=reading.n_bad,
        errors=tuple(reading.errors),
        passed_over=tuple(reading.passed_over),
        segments=len(generation.entries),
        seconds=time.perf_counter() - started,
        size_bytes=size_of(generation),
    )


def delete(ids: Sequence[str], index: str | Path, *, merge: bool = True, keep: int = generations.KEPT) -> DeleteReport:
    """Remove papers from an index. ids: as in `Index.get`; all of them or, when one is unknown, none.

    Raises PaperMissing, UsageError for no id at all, IndexMissing, IndexDamaged, IndexLocked.
    """
    started = time.perf_counter()
    if not ids:
        raise UsageError("no paper to delete; name its id")
    with _Revision(index) as revision:
        rows = revision.find(ids)
        deleted = tuple(revision.snapshot.id(row) for row in rows)
        revision.delete(rows)
        if merge:
            revision.tidy()
        generation = revision.publish({}, keep)
    return DeleteReport(
        str(index), generation.name, deleted, generation.manifest["papers"], time.perf_counter() - started
    )


def merge(index: str | Path, *, max_segments: int = 1, keep: int = generations.KEPT) -> MergeReport:
    """Merge segments until there are at most `max_segments`, the smallest first; deleted papers are gone for good.

    Nothing is published when there is nothing to do. Raises UsageError, IndexMissing, IndexDamaged, IndexLocked.
    """
    started = time.perf_counter()
    if max_segments < 1:
        raise UsageError(f"an index has at least one segment, got max_segments={max_segments}")
    with _Revision(index) as revision:
        before, dropped = len(revision.snapshot.parts), revision.snapshot.n_rows - revision.snapshot.n_papers
        changed = revision.merge_to(max_segments)
        generation = revision.publish({}, keep) if changed else revision.before
    return MergeReport(
        str(index),
        generation.name,
        before,
        len(generation.entries),
        dropped if changed else 0,
        generation.manifest["papers"],
        time.perf_counter() - started,
        size_of(generation),
    )


class _Changed:
    """The papers of a spool that are not what the index holds, counted as they go by."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self.added = self.replaced = self.unchanged = 0
        #: Rows of the index that these papers take the place of.
        self.held: list[int] = []

    def __iter__(self) -> Iterator[bytes]:
        for data, held, changed in self._spool.papers():
            if not changed:
                self.unchanged += 1
                continue
            self.held += held
            if held:
                self.replaced += 1
            else:
                self.added += 1
            yield data


class _Revision:
    """A new generation being made from the live one. Holds the writer's lock while it is open.

    entries: of the segments it will have, their files in `staging` once `_carry` has put them there.
    """

    def __init__(self, index: str | Path) -> None:
        self._path = Path(index)
        self._writing = generations.writing(self._path)
        self._new: list[dict[str, Any]] = []
        self._deleted: dict[str, Mask] = {}
        self._dropped: set[str] = set()

    def __enter__(self) -> _Revision:
        if not (self._path / "generations").is_dir():
            raise IndexMissing(f"no index at {self._path}; run 'searchidx build SOURCE --index {self._path}'")
        self.staging = self._writing.__enter__()
        try:
            self.before: Generation = generations.current(self._path)
            self.snapshot: Snapshot = self.before.snapshot()
        except BaseException as exc:
            self._writing.__exit__(type(exc), exc, exc.__traceback__)
            raise
        return self

    def __exit__(self, *exc: Any) -> None:
        self._writing.__exit__(*exc)

    def record(self, row: int) -> Record:
        """What the index holds of a row. Raises IndexDamaged for what could not be written again."""
        try:
            record = Record.load(self.snapshot.stored(row))
            writable = 0 <= rows_of([compact(record.paper)], [record.extraction], [b""], [b""]).year[0] < 10_000
        except (KeyError, TypeError, ValueError):
            writable = False
        if not writable:
            raise self.snapshot.part_of(row).segment.damaged("stored.bytes")
        return record

    def holding(self, spool: Spool) -> list[int]:
        """Live rows that share an identity key with a record of the spool, rising."""
        hashes = spool.key_hashes()
        found = []
        for segment, base, deleted in self.snapshot.parts:
            rows = segment.rows_of_hashes(hashes)
            found += ((rows if deleted is None else rows[~deleted[rows]]) + base).tolist()
        return found

    def find(self, ids: Sequence[str]) -> list[int]:
        """The rows of papers named as in `Index.get`. Raises PaperMissing."""
        index = Index(self._path, executor="numpy")
        rows = []
        missing = []
        for id_ in ids:
            try:
                rows.append(index.find(id_))
            except PaperMissing:
                missing.append(id_)
        if missing:
            shown = ", ".join(repr(id_) for id_ in missing[:5])
            raise PaperMissing(f"no paper {shown} in {self._path}; nothing was deleted")
        return list(dict.fromkeys(rows))

    def add_segment(self, batches: Iterator[Batch], notify: Callable[[int], None]) -> None:
        """Write batches as a new segment, if there are any."""
        first = next(batches, None)
        if first is None:
            return
        path = self.staging / generations.next_segment([*self.before.entries, *self._new])
        avgdl = self.snapshot.mean_length() or None
        self._new.append(write_segment(path, chain([first], batches), notify, avgdl=avgdl))

    def delete(self, rows: Iterable[int]) -> None:
        """Mark rows of the live generation as deleted."""
        wanted = np.array(sorted(rows), np.int64)
        for part in self.snapshot.parts:
            first, last = np.searchsorted(wanted, [part.base, part.end])
            if first < last:
                gone = np.zeros(part.segment.n_rows, bool) if part.deleted is None else part.deleted.copy()
                gone[wanted[first:last] - part.base] = True
                self._deleted[part.segment.path.name] = gone

    def _live(self) -> list[tuple[str, int, int]]:
        """(name, live papers, rows) of every segment the new generation has so far."""
        sizes = []
        for entry in [*self.before.entries, *self._new]:
            name, rows = entry["name"], entry["rows"]
            if name not in self._dropped:
                sizes.append((name, rows - self._n_deleted(entry), rows))
        return sizes

    def _n_deleted(self, entry: dict[str, Any]) -> int:
        gone = self._deleted.get(entry["name"])
        if gone is not None:
            return int(np.count_nonzero(gone))
        return int(entry["deleted"]["rows"]) if entry.get("deleted") else 0

    def tidy(self) -> None:
        """Merge what `tiers` says is due."""
        sizes = self._live()
        self._merge([sizes[place][0] for place in tiers.due([(live, rows) for _, live, rows in sizes])])

    def merge_to(self, max_segments: int) -> bool:
        """Merge the smallest segments, and all with deletions; returns whether anything was to be done."""
        sizes = sorted(self._live(), key=lambda size: size[1])
        many = max(len(sizes) - max_segments + 1, 0)
        chosen = [name for name, _, _ in sizes[: many if many > 1 else 0]]
        chosen += [name for name, live, rows in sizes if live < rows and name not in chosen]
        self._merge(chosen)
        return bool(chosen)

    def _merge(self, chosen: Sequence[str]) -> None:
        """Put one segment in the place of these."""
        if not chosen:
            return
        entries = {entry["name"]: entry for entry in [*self.before.entries, *self._new]}
        opened = []
        for name in chosen:
            directory = self.staging
            if not (directory / name).exists():
                directory = self.before.directory
                self.before.check(name)  # or damage would be taken over and look as if it had been written so
            segment, gone = generations.open_segment(directory, entries[name])
            gone = self._deleted.get(name, gone)
            opened.append((segment, None if gone is None else ~gone))
        path = self.staging / generations.next_segment([*self.before.entries, *self._new])
        try:
            entry = {"name": path.name, **merge_segments(opened, path)}
        except ValueError as exc:
            raise IndexDamaged(self.before.directory, str(exc)) from exc
        self._dropped.update(chosen)
        for name in chosen:
            (self.staging / name).unlink(missing_ok=True)
        if entry["rows"]:
            self._new.append(entry)
        else:
            path.unlink()

    def publish(self, about: dict[str, Any], keep: int) -> Generation:
        """Make it the live generation. about: of what was read, to be joined with what the old one says."""
        entries = []
        mark = int(generations.next_name(self._path))
        for entry in self.before.entries:
            name = entry["name"]
            if name in self._dropped:
                continue
            if self._n_deleted(entry) == entry["rows"]:
                continue
            if name in self._deleted:
                entries.append(generations.delete_rows(self.before, entry, self._deleted[name], self.staging, mark))
            else:
                entries.append(generations.reuse(self.before, entry, self.staging))
        entries += [entry for entry in self._new if entry["name"] not in self._dropped]
        joined = _joined(self.before.manifest, about)
        return generations.publish(self._path, self.staging, entries, joined, after=self.before, keep=keep)


def _joined(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """What a manifest says of where its papers came from, after more were read."""
    return {
        "listings": before.get("listings", 0) + now.get("listings", 0),
        "bad_records": before.get("bad_records", 0) + now.get("bad_records", 0),
        "sources": list(dict.fromkeys([*before.get("sources", []), *now.get("sources", [])])),
        "versions": now.get("versions") or before.get("versions", {}),
    }
