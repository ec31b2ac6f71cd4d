"""What a source format is: a name, a way to know it, a way to read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from searchidx.errors import RecordError
from searchidx.paper import Paper
from searchidx.sources._stream import Lines


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a user may say of a source that the source itself does not.

    listing_year: the year of saved pages, whose date line (`Sep 29`) has none. Without it the year is unknown.
    passed_over: called with a line for each file of a directory that is no list of papers.
    """

    listing_year: int | None = None
    passed_over: Callable[[str], None] = lambda line: None


@dataclass(frozen=True, slots=True)
class Format:
    """One input format.

    sniff: takes the first characters of a file (up to 64 KiB) and says whether they are of this format.
    read: yields papers and record errors of one open file.
    by_line: every line is a record by itself, and no option says more of it; so a file may be read in pieces, by
    several processes.
    """

    name: str
    description: str
    sniff: Callable[[str], bool]
    read: Callable[[Lines, ReadOptions], Iterator[Paper | RecordError]]
    by_line: bool = False
