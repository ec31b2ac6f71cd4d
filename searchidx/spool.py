"""Papers on disk in the order they were read, and who of them is whom.

The spool lets a build read its sources once and index in the order of ids: records go to a file, memory holds their
offsets and 64-bit hashes of their identity keys (16 bytes each). Sorting the hashes shows which records are one paper;
only those are read back and merged. An update puts the papers of the index that share a key with what was read
(*held* ones) into the same spool.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from searchidx.entries import SHORT_TITLES, Collector, Entries, Place
from searchidx.identity import identity_keys, may_be_same, merge, renew
from searchidx.paper import Paper
from searchidx.record import dump_paper, load_paper

NEW = -1


class Spooled(NamedTuple):
    """One paper of a spool, dumped (`record.dump_paper`).

    held: the index's rows of it. changed: whether it is not what the index holds of it.
    """

    data: bytes
    held: tuple[int, ...]
    changed: bool

    @property
    def paper(self) -> Paper:
        """The paper itself."""
        return _loaded(self.data)


def _loaded(data: bytes) -> Paper:
    return load_paper(orjson.loads(data)["paper"])


class Spool:
    """Records in one file, `path`, to be read back paper by paper."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("xb+")
        self._offsets = array("q", [0])
        # the keys of record i are those from _keys[i] to _keys[i + 1]
        self._strengths = array("B")
        self._hashes = array("Q")
        self._keys = array("q", [0])
        self._ids: list[bytes] = []
        self._rows = array("q")
        self._digest = hashlib.sha256()
        self._groups: list[list[int]] | None = None
        self.n_records = 0
        self._holds = False

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)

    def add(self, paper: Paper, row: int = NEW) -> None:
        """Append one record. row: of a paper that the index holds, its row.

        Raises RecordError for one that cannot be stored.
        """
        collector = Collector()
        collector.add(paper)
        entries = collector.entries()
        for error in entries.errors:
            raise error
        self.extend(entries, row)

    def extend(self, entries: Entries, row: int = NEW) -> None:
        """Append records, the errors among them aside. row: as in `add`."""
        data = entries["records.bytes"].data
        self._digest.update(data)
        self._file.write(data)
        self._file.flush()  # it is read by place, past the buffer
        lengths, counts = entries["records.lengths"], entries["keys.counts"]
        n = len(lengths)
        self._offsets.frombytes((np.cumsum(lengths, dtype=np.int64) + self._offsets[-1]).tobytes())
        self._ids += entries.strings("ids")
        self._rows.frombytes(np.full(n, row, np.int64).tobytes())
        self._strengths.frombytes(entries["keys.strength"].tobytes())
        self._hashes.frombytes(entries["keys.hashes"].tobytes())
        self._keys.frombytes((np.cumsum(counts, dtype=np.int64) + self._keys[-1]).tobytes())
        self.n_records += n
        self._holds |= row != NEW

    @property
    def n_bytes(self) -> int:
        """Bytes of all records."""
        return self._offsets[-1]

    def n_papers(self) -> int:
        """Distinct papers."""
        return self.n_records - sum(len(group) - 1 for group in self._duplicates())

    def digest(self) -> str:
        """The SHA-256 of all records, in the order they were read."""
        return self._digest.hexdigest()

    def key_hashes(self) -> npt.NDArray[np.uint64]:
        """The hashes of all identity keys, sorted, each once."""
        return np.unique(np.array(self._hashes, np.uint64)[np.array(self._strengths) < SHORT_TITLES])

    def papers(self) -> Iterator[Spooled]:
        """Every distinct paper, merged from its records, in the order of ids (as UTF-8)."""
        members = {group[0]: group for group in self._duplicates()}
        for record, dumped in self._papers():
            data = self._data(record) if dumped is None else dumped
            if not self._holds:
                yield Spooled(data, (), changed=True)
                continue
            held = [member for member in members.get(record, [record]) if self._rows[member] != NEW]
            changed = len(held) != 1 or _loaded(data) != self._read(held[0])
            yield Spooled(data, tuple(self._rows[member] for member in held), changed)

    def places(self) -> Iterator[Place | bytes]:
        """The same papers, where they stand in the file `path`; those that do not stand there as they are, dumped."""
        hashes = memoryview(self._hashes)
        for record, dumped in self._papers():
            start, end = self._offsets[record], self._offsets[record + 1]
            keys = hashes[self._keys[record] : self._keys[record + 1]]
            yield Place(start, end - start, keys.tobytes()) if dumped is None else dumped

    def _papers(self) -> Iterator[tuple[int, bytes | None]]:
        """(its first record; dumped, if it is not what that record is) of every distinct paper, in the order of ids."""
        groups = self._duplicates()
        in_group = {record for group in groups for record in group}
        merged = {group[0]: self._merged(group) for group in groups}
        order = [(id_, record) for record, id_ in enumerate(self._ids) if record not in in_group]
        order += [(paper.id.encode(), record) for record, paper in merged.items()]
        order.sort()
        for id_, record in self._told_apart(order, merged):
            paper = merged.get(record)
            data = None if paper is None else dump_paper(paper)
            if id_ != (self._ids[record] if paper is None else paper.id.encode()):
                named = dataclasses.replace(paper or self._read(record), id=id_.decode())
                data = dump_paper(named)
            yield record, data

    def _merged(self, group: Sequence[int]) -> Paper:
        """One paper from its records; what was read now is newer than what the index holds."""
        held = [self._read(record) for record in group if self._rows[record] != NEW]
        new = [self._read(record) for record in group if self._rows[record] == NEW]
        if not held or not new:
            return merge(held or new)
        return renew(merge(held), merge(new))

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

    def _data(self, record: int) -> bytes:
        start, end = self._offsets[record], self._offsets[record + 1]
        return os.pread(self._file.fileno(), end - start, start)

    def _read(self, record: int) -> Paper:
        return _loaded(self._data(record))

    def _find_duplicates(self) -> list[list[int]]:
        """Which records are one paper. The same for every order of reading: ids decide before titles, and inside one
        key records are taken in the order of their own keys, not of their places.
        """
        strengths, hashes = np.array(self._strengths), np.array(self._hashes, np.uint64)
        owners = np.repeat(np.arange(self.n_records, dtype=np.int32), np.diff(self._keys))
        order = np.lexsort((hashes, strengths))[: np.count_nonzero(strengths < SHORT_TITLES)]
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
