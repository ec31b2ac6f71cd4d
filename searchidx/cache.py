"""Extractions kept on disk under a hash of the text they were made from: a rebuild extracts only what is new to it.

    DIRECTORY/searchidx-extractions-VERSION.sqlite    what one version of the extractor found

A version's file is removed when another version opens the directory.

An entry's value is a checksum of its key and facts, then the facts as JSON: a damaged entry is missed, never wrong.

A cache is no reason to fail. When disk or database refuse (no room, no permission, another process that keeps the
lock) it does less: it stops storing, or finds nothing. A damaged file is removed and begun anew.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any, Self

import orjson

from searchidx.extraction import EXTRACTOR_VERSION
from searchidx.paper import Extraction
from searchidx.record import compact, load_extraction

#: The file never grows above this (its log, of some megabytes, aside): four million papers.
MAX_BYTES = 1 << 30
#: Facts longer than this are not stored, and nothing longer is read.
MAX_FACTS = 1 << 24
#: What was put is written after so many seconds: as much is lost by a process that is killed.
FLUSH_SECONDS = 1.0
#: How long to wait for another process that is writing; it takes some milliseconds at a time.
_PATIENCE = 2.0
#: The share of the most bytes above which entries are removed at the end.
_NEARLY_FULL = 0.9
_PAGE = 4096
_CHECKSUM = 8
_KEYS_PER_QUERY = 500
_SCHEMA = "CREATE TABLE extractions (key BLOB PRIMARY KEY, used INTEGER NOT NULL, value BLOB NOT NULL) WITHOUT ROWID"
_PRAGMAS = (
    f"page_size = {_PAGE}",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "synchronous = NORMAL",  # fsync at checkpoints only: a power cut may undo the last commits
)
#: How the database says no. A message that quotes a damaged schema may not be UTF-8.
_REFUSALS = (sqlite3.DatabaseError, UnicodeDecodeError)
#: Answers of SQLite that say nothing against the file. Any other is taken as damage.
_CIRCUMSTANCES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}

#: Title and abstract.
Text = tuple[str, str]


@contextmanager
def open_cache(directory: str | Path | None) -> Iterator[ExtractionCache | None]:
    """A cache of what this extractor finds, in a directory that is made if there is none. None without a directory."""
    if directory is None:
        yield None
        return
    try:
        version = extractor_version()
    except OSError:  # without our sources at hand, an extractor that changed would go unnoticed
        yield None
        return
    with ExtractionCache(Path(directory), version) as cache:
        yield cache


@lru_cache(maxsize=1)
def extractor_version() -> str:
    """Stands for all that facts depend on besides the text: our sources, our data, Python's patterns and Unicode.

    Hashed, because `EXTRACTOR_VERSION` alone can be forgotten. Raises OSError when a source cannot be read.
    """
    package = Path(__file__).parent
    digest = sha256(b"Python %d.%d" % sys.version_info[:2])
    for file in extractor_files():
        data = file.read_bytes()
        digest.update(b"\n%s %d\n%s" % (file.relative_to(package).as_posix().encode(), len(data), data))
    return f"{EXTRACTOR_VERSION}-{digest.hexdigest()[:16]}"


def extractor_files() -> list[Path]:
    """The files that decide what is extracted and how it is stored here."""
    package = Path(__file__).parent
    inside = sorted(
        file
        for file in (package / "extraction").rglob("*")
        if file.is_file() and not any(part.startswith((".", "__pycache__")) for part in file.relative_to(package).parts)
    )
    return [package / "cache.py", package / "paper.py", package / "record.py", *inside]


class ExtractionCache:
    """What one version of the extractor found in texts. For one thread; several processes may use one directory.

    version: a short name that can stand in a file's. max_bytes: what the file may grow to.
    """

    def __init__(self, directory: Path, version: str, max_bytes: int = MAX_BYTES) -> None:
        self._path = directory.absolute() / f"searchidx-extractions-{version}.sqlite"
        self._version = version.encode()
        self._max_pages = max(1, max_bytes // _PAGE)
        self._today = int(time.time() // 86_400)
        self._found: list[tuple[bytes, int, bytes]] = []  # rows to be written
        self._used: list[tuple[int, bytes]] = []  # today, and the key of an entry not used today before
        self._flushed = time.monotonic()
        self._stores = True
        self._renewed = False
        self._db: sqlite3.Connection | None = None
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        self._remove_others()
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left to write. A nearly full file loses the entries unused for longest, at least half of all
        but none of today's.
        """
        try:
            self.flush()
            self._make_room()
        finally:
            self._let_go()

    def get(self, texts: Sequence[Text]) -> list[Extraction | None]:
        """The extraction of each text, None where there is none."""
        keys = [_key(text) for text in texts]
        rows = self._rows([key for key in keys if key is not None])
        found = [None if key is None else self._load(key, *rows.get(key, (0, None))) for key in keys]
        self._flush_when_due()
        return found

    def put(self, texts: Sequence[Text], extractions: Sequence[Extraction]) -> None:
        """Keep what was extracted from each text."""
        for text, extraction in zip(texts, extractions, strict=True):
            key = _key(text)
            if key is None:
                continue
            facts = orjson.dumps(compact(extraction))
            if len(facts) <= MAX_FACTS:
                self._found.append((key, self._today, self._checksum(key, facts) + facts))
        self._flush_when_due()

    def _rows(self, keys: list[bytes]) -> dict[bytes, tuple[int, bytes]]:
        """(day of last use, value) of those keys that are there."""
        rows: dict[bytes, tuple[int, bytes]] = {}
        if self._db is None:
            return rows
        try:
            for start in range(0, len(keys), _KEYS_PER_QUERY):
                some = keys[start : start + _KEYS_PER_QUERY]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, used, value FROM extractions WHERE key IN ({marks})"  # noqa: S608 - marks only
                rows.update((key, (used, value)) for key, used, value in self._db.execute(query, some))
        except _REFUSALS as exc:
            self._refused(exc)
        return rows

    def _load(self, key: bytes, used: int, value: Any) -> Extraction | None:
        if not isinstance(value, bytes):  # not there, or damaged into another type
            return None
        checksum, facts = value[:_CHECKSUM], value[_CHECKSUM:]
        if checksum != self._checksum(key, facts):
            return None
        if used != self._today:
            self._used.append((self._today, key))
        return load_extraction(orjson.loads(facts))

    def _checksum(self, key: bytes, facts: bytes) -> bytes:
        return blake2b(self._version + key + facts, digest_size=_CHECKSUM).digest()

    def _flush_when_due(self) -> None:
        if time.monotonic() - self._flushed >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write rows and uses, in one transaction that is over soon: another process may wait."""
        found, used, self._found, self._used = self._found, self._used, [], []
        if self._db is not None and self._stores and (found or used):
            try:
                with self._db:
                    self._db.execute("BEGIN IMMEDIATE")
                    self._db.executemany("INSERT OR REPLACE INTO extractions VALUES (?, ?, ?)", found)
                    self._db.executemany("UPDATE extractions SET used = ? WHERE key = ?", used)
            except _REFUSALS as exc:
                self._refused(exc, writing=True)
        self._flushed = time.monotonic()

    def _make_room(self) -> None:
        if self._db is None:
            return
        try:
            if self._db.execute("PRAGMA page_count").fetchone()[0] < _NEARLY_FULL * self._max_pages:
                return
            # a clock that was wrong may have left days to come: they are as old as they are far away
            deleted = self._db.execute(
                "DELETE FROM extractions WHERE abs(used - :today) >= max(1, (SELECT abs(used - :today) AS age"
                " FROM extractions ORDER BY age LIMIT 1 OFFSET (SELECT count(*) / 2 FROM extractions)))",
                {"today": self._today},
            )
            if deleted.rowcount:
                self._db.execute("VACUUM")
        except _REFUSALS as exc:
            self._refused(exc, writing=True)

    def _refused(self, error: Exception, *, writing: bool = False) -> None:
        """Do less from now on: store nothing more when only writing failed, else go without a database. A damaged
        file goes, and is begun anew unless it was before.
        """
        if isinstance(error, sqlite3.ProgrammingError):
            raise error  # our own mistake
        damaged = _code(error) not in _CIRCUMSTANCES
        if writing and not damaged:
            self._stores = False
            return
        self._let_go()
        if damaged and not self._renewed:
            self._renewed = True
            _remove(self._path)
            self._open()

    def _let_go(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _open(self) -> None:
        try:
            self._db = _connect(self._path, self._max_pages)
        except _REFUSALS as exc:
            self._refused(exc)

    def _remove_others(self) -> None:
        for file in self._path.parent.glob("searchidx-extractions-*.sqlite"):
            if file != self._path:
                _remove(file)


def _key(text: Text) -> bytes | None:
    """16 bytes that stand for the text. None for one with lone surrogates: facts of it may be no JSON."""
    try:
        title, abstract = (part.encode() for part in text)
    except UnicodeEncodeError:
        return None
    return sha256(b"%d\n%s%s" % (len(title), title, abstract)).digest()[:16]


def _connect(path: Path, max_pages: int) -> sqlite3.Connection:
    """The database at this path, made if there is none. Raises one of _REFUSALS when it cannot be used."""
    db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    try:
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_FACTS + 1024)
        for pragma in (*_PRAGMAS, f"max_page_count = {max_pages}"):
            db.execute(f"PRAGMA {pragma}")
        _write_ahead(db)
        db.execute(_SCHEMA.replace("TABLE", "TABLE IF NOT EXISTS", 1))
        # views and triggers of a stranger's file would run with our statements
        if db.execute("SELECT sql FROM sqlite_master").fetchall() != [(_SCHEMA,)]:
            raise sqlite3.DatabaseError("not a cache of extractions")
    except BaseException:
        db.close()
        raise
    return db


def _write_ahead(db: sqlite3.Connection) -> None:
    """Use a write-ahead log: a kill at any moment loses what was not committed, and readers wait for nobody."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as exc:
            # for this SQLite itself does not wait, and others may begin the same file at this moment
            if _code(exc) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _code(error: Exception) -> int:
    """SQLite's primary result code; 255, which it does not have, when the error carries none."""
    return int(getattr(error, "sqlite_errorcode", -1)) & 0xFF


def _remove(path: Path) -> None:
    """Remove a database and the files SQLite keeps beside it, as far as they can be removed."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
