"""Offline rebuild: read, merge, extract, index, verify, publish.

The way of a build:

1. Every record is written to a spool file, and 64-bit hashes of its identity keys are kept (16 bytes each).
2. Sorting the hashes shows which records are one paper; only those are read back and merged.
3. In the order of paper ids every paper is read from the spool, its facts are extracted, and it goes into one segment.
4. The segment is verified and published as a new generation; see `store.generations`.

So memory holds offsets, hashes and the inverter's batch, not the papers, and whatever fails before step 4 ends
leaves the live generation as it was.
"""

from __future__ import annotations

import dataclasses
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count, groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import orjson

import searchidx
from searchidx.analysis import ANALYSER_VERSION
from searchidx.errors import InputError, RecordError
from searchidx.extraction import EXTRACTOR_VERSION
from searchidx.identity import identity_keys, may_be_same, merge, title_key
from searchidx.paper import UNSPECIFIED, Listing, Paper
from searchidx.record import Record, number
from searchidx.sources import ReadOptions, read
from searchidx.store import generations
from searchidx.store.segment import MetricRow, Row, SegmentWriter, key_hash
from searchidx.workers import extract_all

#: Bad records named in a report; all are counted.
MAX_NAMED_ERRORS = 20
#: What a segment's column of votes holds; the record keeps the number as it was given.
_MOST_VOTES = 2**31 - 1

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    listings: records read; papers: distinct papers indexed; bad_records: skipped, the first of them in `errors`.
    passed_over: files of directories that are no lists of papers, a line each.
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


def build(
    sources: Iterable[str | Path],
    index: str | Path,
    *,
    format: str | None = None,  # noqa: A002 - the option's name, on the command line too
    strict: bool = False,
    listing_year: int | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> BuildReport:
    """Make a new generation of `index` from all papers of the sources, and make it live.

    sources, format: see `sources.read`. strict: stop at the first bad record instead of skipping it.
    listing_year: the year of saved pages, whose date line has none. progress: called now and then with
    (stage, papers done, papers in all or None). workers: processes that extract, one per core by default.
    Raises InputError (nothing to index, unreadable source, bad record when strict), IndexLocked, UsageError. Whatever
    is raised, the live generation stays.
    """
    started = time.perf_counter()
    inputs = [sources] if isinstance(sources, str | Path) else list(sources)
    passed_over: list[str] = []
    records = read(inputs, format=format, options=ReadOptions(listing_year, passed_over.append))
    path = Path(index)
    notify = progress or (lambda stage, done, total: None)
    with generations.writing(path) as staging:
        errors = _Errors(strict)
        with Spool(staging / "spool") as spool:
            for paper in errors.papers_of(records):
                try:
                    spool.add(paper)
                except RecordError as exc:
                    errors.add(exc)
                if spool.n_records % 1000 == 0:
                    notify("reading", spool.n_records, None)
            if not spool.n_records:
                raise InputError(_nothing(inputs, errors))
            entry, with_code = _write_segment(spool, staging, notify, workers)
            listings = spool.n_records
        about = {
            "papers": entry["rows"],
            "listings": listings,
            "bad_records": errors.count,
            "sources": [str(source).encode("utf-8", "replace").decode() for source in inputs],
            "versions": {
                "searchidx": searchidx.__version__,
                "analyser": ANALYSER_VERSION,
                "extractor": EXTRACTOR_VERSION,
            },
        }
        notify("publishing", entry["rows"], entry["rows"])
        generation = generations.publish(path, staging, [entry], about)
    return BuildReport(
        index=str(path),
        generation=generation.name,
        listings=listings,
        papers=entry["rows"],
        with_code=with_code,
        bad_records=errors.count,
        errors=tuple(errors.named),
        passed_over=tuple(passed_over),
        seconds=time.perf_counter() - started,
        size_bytes=sum(int(file["size"]) for file in generation.manifest["files"].values()),
    )


def _nothing(inputs: Sequence[str | Path], errors: _Errors) -> str:
    names = ", ".join(str(source) for source in inputs) or "no source at all"
    first = f"; the first of {errors.count} bad records: {errors.named[0]}" if errors.count else ""
    return f"no paper in {names}; give a list of papers with titles and abstracts{first}"


class _Errors:
    """Counts bad records and names the first of them; when strict, raises instead."""

    def __init__(self, strict: bool) -> None:
        self._strict = strict
        self.count = 0
        self.named: list[str] = []

    def papers_of(self, records: Iterable[Paper | RecordError]) -> Iterator[Paper]:
        for record in records:
            if not isinstance(record, RecordError):
                yield record
                continue
            self.add(record)

    def add(self, error: RecordError) -> None:
        """Count a bad record. Raises it when strict."""
        if self._strict:
            raise error
        self.count += 1
        if len(self.named) < MAX_NAMED_ERRORS:
            self.named.append(str(error))


def _write_segment(spool: Spool, staging: Path, notify: Progress, workers: int | None) -> tuple[dict[str, Any], int]:
    """(manifest entry, papers with code) of the one segment that holds all papers of the spool."""
    spill = staging / "spill"
    spill.mkdir()
    name = "seg-000001"
    total = spool.n_papers()
    with_code = 0
    with (
        closing(SegmentWriter(staging / name, spill)) as writer,
        closing(extract_all(spool.papers(), total, workers)) as extracted,
    ):
        for done, (paper, found) in enumerate(extracted, start=1):
            record = Record(paper, found)
            with_code += record.code == "linked"
            writer.add(row_of(record))
            if done % 500 == 0:
                notify("indexing", done, total)
        notify("writing", total, total)
        entry = {"name": name, **writer.finish()}
    for file in spill.iterdir():
        file.unlink()
    spill.rmdir()
    return entry, with_code


def row_of(record: Record) -> Row:
    """What the index holds of a record besides the record itself."""
    paper, found = record.paper, record.extraction
    canonical = {d.name: d.canonical for d in found.datasets}
    keywords: dict[str, Sequence[str]] = {
        "code": (record.code,),
        "dataset": [d.canonical for d in found.datasets],
        "metric": [m.canonical for m in found.metrics if m.canonical != UNSPECIFIED],
        "source": paper.source,
        "venue": (paper.venue,) if paper.venue else (),
        "author": paper.authors,
        "repo": (record.repo,) if record.repo else (),
    }
    metrics = []
    for metric in found.metrics:
        value = number(metric.value)
        metrics.append(
            MetricRow(
                metric=metric.canonical,
                value=value if isinstance(value, float) else float("nan"),
                unit=metric.unit or "",
                kind=metric.kind,
                dataset=canonical.get(metric.dataset or "", metric.dataset or ""),
            )
        )
    keys = [*identity_keys(paper), f"title:{title_key(paper.title)}"]
    if record.repo:
        keys.append(f"repo:{record.repo.lower()}")
    return Row(
        id=paper.id,
        texts=(paper.title, paper.abstract),
        keywords=keywords,
        metrics=metrics,
        year=paper.year or 0,
        date=_date_number(paper.date),
        upvotes=max(-_MOST_VOTES, min(paper.upvotes or 0, _MOST_VOTES)),
        keys=keys,
        stored=record.dump(),
    )


def _date_number(date: str | None) -> int:
    """YYYYMMDD, missing parts 0."""
    parts = [*(int(part) for part in (date or "0").split("-")), 0, 0]
    return parts[0] * 10_000 + parts[1] * 100 + parts[2]


class Spool:
    """Papers on disk in the order they were read, and who of them is whom."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("xb+")
        self._offsets = array("q", [0])
        self._strengths = array("B")  # 0 for ids, 1 for titles, which are asked last
        self._hashes = array("Q")
        self._owners = array("i")
        self._ids: list[bytes] = []
        self._groups: list[list[int]] | None = None
        self.n_records = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def add(self, paper: Paper) -> None:
        """Append one record. Raises RecordError for one that cannot be stored (nested too deeply, lone surrogates)."""
        try:
            # as deep as `Record.dump` will put it
            data = orjson.dumps({"paper": paper})
        except (TypeError, RecursionError) as exc:
            raise RecordError(ascii(paper.id), f"cannot be stored ({exc}); take out what is no plain JSON") from exc
        self._file.write(data)
        self._offsets.append(self._offsets[-1] + len(data))
        self._ids.append(paper.id.encode())
        for key in identity_keys(paper):
            self._strengths.append(key.startswith("title:"))
            self._hashes.append(key_hash(key))
            self._owners.append(self.n_records)
        self.n_records += 1

    def n_papers(self) -> int:
        """Distinct papers."""
        return self.n_records - sum(len(group) - 1 for group in self._duplicates())

    def papers(self) -> Iterator[Paper]:
        """Every distinct paper, merged from its records, in the order of ids (as UTF-8)."""
        groups = self._duplicates()
        in_group = {record for group in groups for record in group}
        merged = {group[0]: merge([self._read(record) for record in group]) for group in groups}
        order: list[tuple[bytes, int]] = []
        for record in range(self.n_records):
            if record in merged:
                order.append((merged[record].id.encode(), record))
            elif record not in in_group:
                order.append((self._ids[record], record))
        order.sort()
        for id_, record in self._told_apart(order, merged):
            paper = merged.get(record) or self._read(record)
            yield paper if paper.id.encode() == id_ else dataclasses.replace(paper, id=id_.decode())

    def _told_apart(self, order: list[tuple[bytes, int]], merged: dict[int, Paper]) -> list[tuple[bytes, int]]:
        """The same with distinct ids, sorted. Papers that are not the same (their DOIs differ) under one id are all
        kept: one keeps the id, the others get `~2`, `~3`, ...; in which order their identity says, not the reading's.
        """
        if not any(first[0] == second[0] for first, second in pairwise(order)):
            return order
        taken = {id_ for id_, _ in order}
        result = []
        for id_, group in groupby(order, key=itemgetter(0)):
            records = [record for _, record in group]
            if len(records) > 1:
                records.sort(key=lambda record: identity_keys(merged.get(record) or self._read(record)))
            result.append((id_, records[0]))
            numbers = count(2)
            for record in records[1:]:
                other = next(new for n in numbers if (new := b"%s~%d" % (id_, n)) not in taken)
                taken.add(other)
                result.append((other, record))
        return sorted(result)

    def _read(self, record: int) -> Paper:
        start, end = self._offsets[record], self._offsets[record + 1]
        self._file.seek(start)
        data = orjson.loads(self._file.read(end - start))["paper"]
        data["listings"] = tuple(Listing(**listing) for listing in data["listings"])
        for name in ("authors", "source", "code_urls", "keywords"):
            data[name] = tuple(data[name])
        return Paper(**data)

    def _find_duplicates(self) -> list[list[int]]:
        """Which records are one paper. The same for every order of reading: ids decide before titles, and inside one
        key records are taken in the order of their own keys, not of their places.
        """
        strengths, hashes, owners = np.array(self._strengths), np.array(self._hashes), np.array(self._owners)
        order = np.lexsort((hashes, strengths))
        strengths, hashes, owners = strengths[order], hashes[order], owners[order]
        ends = np.flatnonzero(np.append(hashes[1:] != hashes[:-1], True)) + 1
        starts = np.concatenate(([0], ends[:-1])) if len(ends) else ends
        groups = _Groups()
        for place in np.flatnonzero(ends - starts > 1).tolist():
            records = owners[starts[place] : ends[place]].tolist()
            groups.join(records, {record: self._read(record) for record in groups.with_members(records)})
        return groups.of_several()

    def _duplicates(self) -> list[list[int]]:
        """Groups of two or more records that are one paper, each rising."""
        if self._groups is None:
            self._groups = self._find_duplicates()
        return self._groups


class _Groups:
    """Sets of records known to be one paper."""

    def __init__(self) -> None:
        self._members: dict[int, list[int]] = {}  # of every record in a group, the group's own list

    def with_members(self, records: Iterable[int]) -> set[int]:
        """These records and all that are in a group with one of them."""
        return {member for record in records for member in self._members.get(record, [record])}

    def join(self, records: Iterable[int], papers: dict[int, Paper]) -> None:
        """Join the groups of records under one key hash, as far as they do not contradict each other.

        papers: the records and their groups' members.
        """
        first = {id(group): group for record in records for group in [self._members.setdefault(record, [record])]}
        groups = sorted(first.values(), key=lambda group: min(identity_keys(papers[r]) for r in group))
        done: list[list[int]] = []
        for group in groups:
            for other in done:
                if _all_same([papers[r] for r in other], [papers[r] for r in group]):
                    other += group
                    for record in group:
                        self._members[record] = other
                    break
            else:
                done.append(group)

    def of_several(self) -> list[list[int]]:
        """The groups of two or more, each rising, in the order of their first records."""
        found = {id(group): sorted(group) for group in self._members.values() if len(group) > 1}
        return sorted(found.values())


def _all_same(ours: Sequence[Paper], theirs: Sequence[Paper]) -> bool:
    """Whether no record of one group contradicts one of the other, and some key is really shared (not its hash)."""
    shared = {k for p in ours for k in identity_keys(p)} & {k for p in theirs for k in identity_keys(p)}
    return bool(shared) and all(may_be_same(a, b) for a in ours for b in theirs)
