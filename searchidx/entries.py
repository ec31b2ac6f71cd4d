"""Records on their way into a spool: dumped, with hashes of their identity keys, as arrays.

A bundle of N records has the arrays

    records, ids                  strings: what is stored of the paper (`record.dump_paper`), and its id
    keys.{counts,hashes,strength} keys per record, their hashes, and what each says: see `IDS`
    errors                        JSON: what could not be used, [place, message] each
    failure                       JSON: why reading ended before the end, "" when it did not
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import orjson

from searchidx.errors import RecordError
from searchidx.identity import MIN_TITLE_KEY, identity_keys
from searchidx.paper import Paper
from searchidx.record import dump_paper
from searchidx.store.bundles import Bundle
from searchidx.store.files import Array
from searchidx.store.keys import key_hashes

#: What a key says of who is who: much; something, where ids do not say otherwise; nothing, as the title is too short.
IDS, TITLES, SHORT_TITLES = range(3)
_LEAST_TITLE = len("title:") + MIN_TITLE_KEY


class Place(NamedTuple):
    """Where a dumped paper stands in the file of a spool, in bytes.

    hashes: of all its identity keys (`keys.key_digests`); nothing when they are not known.
    """

    start: int
    length: int
    hashes: bytes = b""


class Entries(Bundle):
    """See the module's docstring."""

    @property
    def errors(self) -> list[RecordError]:
        """What could not be used, in order."""
        return [RecordError(place, message) for place, message in _loaded(self["errors"])]

    @property
    def failure(self) -> str:
        """Why reading ended early, or nothing."""
        return str(_loaded(self["failure"]))


class Collector:
    """Makes entries of papers, one after the other."""

    def __init__(self) -> None:
        self._records: list[bytes] = []
        self._ids: list[bytes] = []
        self._keys: list[str] = []
        self._counts: list[int] = []
        self._errors: list[tuple[str, str]] = []

    def add(self, record: Paper | RecordError) -> None:
        """Add a paper, or what could not be used.

        A paper that cannot be stored is an error too (nested too deeply, lone surrogates).
        """
        if isinstance(record, RecordError):
            self._errors.append((record.place, record.message))
            return
        try:
            data = dump_paper(record)
        except (TypeError, RecursionError) as exc:
            message = f"cannot be stored ({exc}); take out what is no plain JSON"
            self._errors.append((ascii(record.id), message))
            return
        keys = identity_keys(record, shortest=0)
        self._records.append(data)
        self._ids.append(record.id.encode())
        self._keys += keys
        self._counts.append(len(keys))

    def entries(self, failure: str = "") -> Entries:
        """All that was added. failure: why there is no more."""
        entries = Entries()
        entries.put_strings("records", self._records)
        entries.put_strings("ids", self._ids)
        entries["keys.counts"] = np.array(self._counts, np.int32)
        entries["keys.hashes"] = key_hashes(self._keys)
        entries["keys.strength"] = np.array(list(map(_strength, self._keys)), np.uint8)
        entries["errors"], entries["failure"] = _dumped(self._errors), _dumped(failure)
        return entries


def _strength(key: str) -> int:
    if not key.startswith("title:"):
        return IDS
    return TITLES if len(key) >= _LEAST_TITLE else SHORT_TITLES


def _dumped(value: Any) -> Array:
    return np.frombuffer(orjson.dumps(value), np.uint8)


def _loaded(data: Array) -> Any:
    return orjson.loads(data.tobytes())
