"""Every error searchidx raises on purpose, each with the exit code and HTTP status the edges show.

    SearchIdxError
      +- UsageError           a call that cannot be carried out as asked
      |    +- QueryError      a query that cannot be understood; points at the column
      +- InputError           a source that cannot be read at all
      |    +- RecordError     one bad record; counted and skipped unless the build is strict
      +- IndexFailure          an index directory that cannot serve
           +- IndexMissing    there is none
           +- IndexDamaged    a file of it is not what its manifest says
           +- IndexLocked     another process is writing it
           +- PaperMissing    it holds no such paper

A message is one line: what is wrong, the value, the remedy.
"""

from __future__ import annotations

__all__ = [
    "IndexDamaged",
    "IndexFailure",
    "IndexLocked",
    "IndexMissing",
    "InputError",
    "PaperMissing",
    "QueryError",
    "RecordError",
    "SearchIdxError",
    "UsageError",
]


class SearchIdxError(Exception):
    """Base of all; `exit_code` is the process's, `status` the HTTP answer's."""

    exit_code = 2
    status = 500


class UsageError(SearchIdxError):
    """An option or argument that cannot be carried out as asked."""

    status = 400


class QueryError(UsageError):
    """A query that cannot be understood.

    column: 1-based place in the query the message is about, or None.
    """

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message if column is None else f"column {column}: {message}")
        self.column = column


class InputError(SearchIdxError):
    """A source that cannot be read at all: missing, empty, damaged, of no known format."""

    status = 400


class RecordError(InputError):
    """One record that cannot be used. `place` is `file:line`."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


class IndexFailure(SearchIdxError):
    """An index directory that cannot serve what was asked."""

    status = 503


class IndexMissing(IndexFailure):
    """There is no index at this place."""


class IndexDamaged(IndexFailure):
    """A file of the index is missing or not what its manifest says.

    file: which, as far as it is known. problem: what is wrong with it.
    """

    def __init__(self, file: object, problem: str, remedy: str = "rebuild the index") -> None:
        super().__init__(f"{file}: {problem}; {remedy}")
        self.file = file
        self.problem = problem


class IndexLocked(IndexFailure):
    """Another process is writing this index; the message names it."""


class PaperMissing(IndexFailure):
    """The index holds no paper under this id."""

    exit_code = 1
    status = 404
