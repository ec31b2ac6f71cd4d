"""Offline rebuild: read, merge, extract, index, verify, publish.

The way of a build:

1. Sources are cut into pieces, workers make records of them (`preparing`), and these are written to a spool, which
   finds those that are one paper (`spool`).
2. In the order of paper ids the papers are handed to workers, some hundred at a time: their places in the spool, which
   workers read. What comes back is a batch of arrays: texts for the inverter, facts (extracted, or found in the cache),
   columns, hashes, compressed records. It is joined to a segment. After `PART_PAPERS` papers the segment is finished
   and noted down; at the end all are merged.
3. The segment is verified and published as a new generation; see `store.generations`.

All that is done per paper is done by the workers, so what this process does (inverting, joining, writing) is about as
much as each of two has to do. Memory holds offsets, hashes and the inverter's batch, not the papers, and whatever fails
before step 3 ends leaves the live generation as it was. A build that was interrupted can be resumed: when its records
are the same, what was noted down is used as it is.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import orjson

import searchidx
from searchidx.analysis import ANALYSER_VERSION
from searchidx.entries import Collector, Entries, Place
from searchidx.errors import IndexDamaged, InputError, RecordError
from searchidx.extraction import EXTRACTOR_VERSION
from searchidx.fields import declaration_hash
from searchidx.matching import ordinals
from searchidx.paper import Paper
from searchidx.preparing import Facts, batch_from, entries_of, papers_question, piece_question
from searchidx.sources import Piece, ReadOptions, read_in_pieces
from searchidx.spool import Spool
from searchidx.store import files, generations, inverter
from searchidx.store.batches import Batch
from searchidx.store.generations import Generation
from searchidx.store.merging import merge_segments
from searchidx.store.segment import Segment, SegmentWriter
from searchidx.workers import Workers

#: Bad records named in a report; all are counted.
MAX_NAMED_ERRORS = 20
#: Papers of one segment while building; what a killed build loses at most when it is resumed.
PART_PAPERS = 100_000
#: Papers a worker makes into rows at a time: long enough that pipes cost little, short enough to keep all cores busy at
#: the end. A multiple of `layout.BLOCK`.
CHUNK = 320
#: Bytes of records whose texts are most likely more than a batch.
_SURELY_A_BATCH = 2 * inverter.BATCH
_PARTS = "parts.json"

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    listings: records read; papers: distinct papers indexed; bad_records: skipped, the first of them in `errors`.
    passed_over: files of directories that are no lists of papers, a line each. resumed: papers that an interrupted
    build had finished.
    """

    index: str
    generation: str
    listings: int
    papers: int
    with_code: int
    bad_records: int
    errors: tuple[str, ...]
    passed_over: tuple[str, ...]
    seconds: float
    size_bytes: int
    resumed: int = 0


def build(
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
    resume: bool = False,
    keep: int = generations.KEPT,
) -> BuildReport:
    """Make a new generation of `index` from all papers of the sources, and make it live.

    sources, format: see `sources.read`. strict: stop at the first bad record instead of skipping it.
    listing_year: the year of saved pages, whose date line has none. progress: called now and then with
    (stage, papers done, papers in all or None). workers: processes that extract, one per core by default. extract:
    False for an index of texts and given fields alone. cache: a directory to remember extractions in. resume: go on
    where a build of the same records was interrupted, and leave what is finished if this one is. keep: how many
    generations stay besides the live one.
    Raises InputError (nothing to index, unreadable source, bad record when strict), IndexLocked, UsageError. Whatever
    is raised, the live generation stays.
    """
    started = time.perf_counter()
    path = Path(index)
    notify = progress or (lambda stage, done, total: None)
    reading = Reading(sources, format=format, strict=strict, listing_year=listing_year)
    with generations.writing(path, keep_litter=resume) as staging:
        parts = _Parts(staging)
        facts = Facts(extract, None if cache is None else str(cache))
        # the workers read the spool: they must end before it is removed
        with Spool(staging / "spool") as spool, Workers(workers, facts) as processes:
            _fill(parts, spool, reading, processes, notify, path if resume else None)
        notify("writing", parts.n_papers, parts.n_papers)
        entry = parts.merged()
        notify("publishing", entry["rows"], entry["rows"])
        generation = generations.publish(path, staging, [entry], reading.about(), keep=keep)
        if resume:
            generations.sweep(path)
        with_code = n_with_code(generation)
    return BuildReport(
        index=str(path),
        generation=generation.name,
        listings=reading.n_listings,
        papers=entry["rows"],
        with_code=with_code,
        bad_records=reading.n_bad,
        errors=tuple(reading.errors),
        passed_over=tuple(reading.passed_over),
        seconds=time.perf_counter() - started,
        size_bytes=size_of(generation),
        resumed=parts.resumed,
    )


def n_with_code(generation: Generation) -> int:
    """Papers of a generation with a linked repository."""
    snapshot = generation.snapshot()
    rows = snapshot.rows_holding("code", lambda column: ordinals(column, ["linked"]))
    return len(rows if snapshot.live is None else rows[snapshot.live[rows]])


def size_of(generation: Generation) -> int:
    """Bytes of a generation's files, but for its manifest."""
    return sum(int(file["size"]) for file in generation.manifest["files"].values())


class Reading:
    """Sources being read into a spool: counts and names what cannot be used, or raises it when strict."""

    def __init__(
        self,
        sources: Iterable[str | Path],
        *,
        format: str | None,  # noqa: A002 - as in `build`
        strict: bool,
        listing_year: int | None,
    ) -> None:
        self.inputs = [sources] if isinstance(sources, str | Path) else list(sources)
        self.passed_over: list[str] = []
        self.errors: list[str] = []
        self.n_bad = 0
        self.n_listings = 0
        self._strict = strict
        self._records = read_in_pieces(
            self.inputs, format=format, options=ReadOptions(listing_year, self.passed_over.append)
        )

    def fill(self, spool: Spool, workers: Workers, notify: Progress) -> None:
        """Read everything. Raises InputError for a source that cannot be read, RecordError when strict."""
        is_ready = False
        for entries in self._entries(workers):
            for error in entries.errors:
                self._add(error)
            spool.extend(entries)
            if entries.failure:
                raise InputError(entries.failure)
            self.n_listings = spool.n_records
            workers.expect(spool.n_records)
            if not is_ready and spool.n_bytes > _SURELY_A_BATCH:
                is_ready = True
                inverter.get_ready()
            notify("reading", spool.n_records, None)

    def _entries(self, workers: Workers) -> Iterator[Entries]:
        """All that is read: pieces by the workers, what cannot be cut here."""
        for is_piece, records in groupby(self._records, key=lambda record: isinstance(record, Piece)):
            if is_piece:
                questions = (piece_question(record) for record in records if isinstance(record, Piece))
                yield from map(entries_of, workers.each("read", questions))
            else:
                yield from _collected(record for record in records if not isinstance(record, Piece))

    def _add(self, error: RecordError) -> None:
        if self._strict:
            raise error
        self.n_bad += 1
        if len(self.errors) < MAX_NAMED_ERRORS:
            self.errors.append(str(error))

    def nothing(self) -> str:
        """The message when no paper was read."""
        names = ", ".join(map(str, self.inputs)) or "no source at all"
        first = f"; the first of {self.n_bad} bad records: {self.errors[0]}" if self.n_bad else ""
        return f"no paper in {names}; give a list of papers with titles and abstracts{first}"

    def about(self) -> dict[str, Any]:
        """What a manifest says of where its papers came from."""
        return {
            "listings": self.n_listings,
            "bad_records": self.n_bad,
            "sources": [str(source).encode("utf-8", "replace").decode() for source in self.inputs],
            "versions": {
                "searchidx": searchidx.__version__,
                "analyser": ANALYSER_VERSION,
                "extractor": EXTRACTOR_VERSION,
            },
        }


def _collected(records: Iterator[Paper | RecordError]) -> Iterator[Entries]:
    while some := list(islice(records, CHUNK)):
        collector = Collector()
        for record in some:
            collector.add(record)
        yield collector.entries()


def batches_of(
    papers: Iterable[Place | bytes], workers: Workers, n_papers: int, part: int, spool: Path | None = None
) -> Generator[Batch, None, None]:
    """What papers put into segments of `part` papers each.

    papers: in the order of their ids, dumped, or where they stand in the file `spool`. n_papers: about how many.
    """
    workers.expect(n_papers)
    questions = (papers_question(some, spool) for some in _chunks(iter(papers), part))
    with closing(workers.each("prepare", questions)) as answers:
        yield from map(batch_from, answers)


def _chunks(papers: Iterator[Place | bytes], part: int) -> Iterator[list[Place | bytes]]:
    """Papers in chunks that end where a part of so many does."""
    left = part
    while chunk := list(islice(papers, min(CHUNK, left))):
        yield chunk
        left = left - len(chunk) or part


def write_segment(
    path: Path, batches: Iterator[Batch], notify: Callable[[int], None], *, avgdl: float | None = None
) -> dict[str, Any]:
    """Write batches, in the order of their papers' ids, as a segment; returns its manifest entry.

    notify: told of papers done. avgdl: see `SegmentWriter`.
    """
    spill = path.with_name("spill")
    spill.mkdir()
    done = 0
    with closing(SegmentWriter(path, spill, avgdl=avgdl)) as writer:
        for batch in batches:
            writer.add(batch)
            done += batch.n_rows
            notify(done)
        entry = {"name": path.name, **writer.finish()}
    shutil.rmtree(spill)
    return entry


def _fill(
    parts: _Parts, spool: Spool, reading: Reading, workers: Workers, notify: Progress, resumed: Path | None
) -> None:
    """Write all papers that are read as segments. resumed: the index whose interrupted builds to go on with."""
    reading.fill(spool, workers, notify)
    if not spool.n_records:
        raise InputError(reading.nothing())
    parts.digest = f"{spool.digest()} {declaration_hash()} {workers.facts.version} {PART_PAPERS}"
    if resumed is not None:
        parts.adopt(generations.litter(resumed))
    total = spool.n_papers()
    papers = islice(spool.places(), parts.n_papers, None)
    with closing(batches_of(papers, workers, total - parts.n_papers, PART_PAPERS, spool.path)) as batches:
        while (before := parts.n_papers) < total:
            counted = partial(_count, notify, before, total)
            parts.add(write_segment(parts.next_path, _of_one_part(batches), counted))


def _of_one_part(batches: Iterator[Batch]) -> Iterator[Batch]:
    left = PART_PAPERS
    while left and (batch := next(batches, None)) is not None:
        yield batch
        left -= batch.n_rows


def _count(notify: Progress, before: int, total: int, done: int) -> None:
    notify("indexing", before + done, total)


class _Parts:
    """The finished segments of a build under way, noted down so that another build can go on with them.

    digest: of everything that decides what the segments hold. resumed: papers of adopted segments.
    """

    def __init__(self, staging: Path) -> None:
        self.staging = staging
        self.digest = ""
        self.resumed = 0
        self._entries: list[dict[str, Any]] = []

    @property
    def n_papers(self) -> int:
        return sum(entry["rows"] for entry in self._entries)

    @property
    def next_path(self) -> Path:
        return self.staging / generations.next_segment(self._entries)

    def add(self, entry: dict[str, Any]) -> None:
        """Note a finished segment down."""
        self._entries.append(entry)
        state = {"digest": self.digest, "segments": self._entries}
        files.replace_bytes(self.staging / _PARTS, orjson.dumps(state))

    def adopt(self, litter: Iterable[Path]) -> None:
        """Take over the segments of an interrupted build of the same papers; of several, the one that got furthest."""
        found = [(directory, self._left_in(directory)) for directory in litter if directory != self.staging]
        directory, entries = max(found, key=lambda pair: len(pair[1]), default=(self.staging, []))
        for entry in entries:
            (directory / entry["name"]).rename(self.staging / entry["name"])
            self.add(entry)
        self.resumed = self.n_papers

    def _left_in(self, directory: Path) -> list[dict[str, Any]]:
        """The segments that can be used, from the first on."""
        usable: list[dict[str, Any]] = []
        with suppress(OSError, orjson.JSONDecodeError, IndexDamaged, KeyError, TypeError):
            state = orjson.loads((directory / _PARTS).read_bytes())
            if state["digest"] == self.digest:
                for entry in state["segments"]:
                    if entry["name"] != generations.next_segment(usable):
                        break
                    Segment(directory / entry["name"], entry)
                    usable.append(entry)
        return usable

    def merged(self) -> dict[str, Any]:
        """The entry of one segment that holds all; nothing but it is left in the directory."""
        entry = self._entries[0]
        if len(self._entries) > 1:
            opened = [(Segment(self.staging / entry["name"], entry), None) for entry in self._entries]
            merged = self.staging / "merged"
            entry = {"name": entry["name"], **merge_segments(opened, merged)}
            # first: nobody may take the merged file for the part whose name it gets
            (self.staging / _PARTS).unlink()
            for part in self._entries:
                (self.staging / part["name"]).unlink()
            merged.rename(self.staging / entry["name"])
        else:
            (self.staging / _PARTS).unlink()
        return entry
