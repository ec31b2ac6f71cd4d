"""Our own input format: one JSON object on a line, `title` and `abstract` required.

Optional: `id, authors[], date (ISO) or year, venue, url, code_urls[], keywords[], arxiv_id, doi, upvotes, source,
listings[]`. Unknown keys are kept in `Paper.extra`. A wrong type is an error of that record, never a guess.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

import orjson

from searchidx import identity
from searchidx.errors import RecordError
from searchidx.paper import Listing, Paper, PaperDraft
from searchidx.sources._format import Format, ReadOptions
from searchidx.sources._stream import Lines

SOURCE_NAME = "jsonl"

_KNOWN = frozenset(
    "id title abstract authors date year venue url code_urls keywords arxiv_id doi upvotes source listings".split()
)
_PARTIAL_DATE = re.compile(r"(?!0000)\d{4}(?:-(?:0[1-9]|1[0-2]))?", re.ASCII)
_FULL_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", re.ASCII)
_LISTING_DATE = re.compile(r"(?:\d{4}|XXXX)-\d{2}-\d{2}")


class _BadValueError(ValueError):
    """What is wrong with one value of a record."""


def sniff(head: str) -> bool:
    """The first line with anything on it is a JSON object (or the beginning of a very long one)."""
    first = next((line for line in head.splitlines() if line.strip()), "")
    if not first.lstrip().startswith("{"):
        return False
    try:
        return isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return '"title"' in first or '"abstract"' in first


def read(stream: Lines, options: ReadOptions) -> Iterator[Paper | RecordError]:
    """Yield a paper for every line that holds one."""
    for number, raw in stream.raw_lines():
        try:
            try:
                record = orjson.loads(raw)
            except orjson.JSONDecodeError:
                line = stream.decoded(number, raw)  # without a byte order mark, or it is no text
                if not line.strip():
                    continue
                record = orjson.loads(line)
            yield parse(record)
        except orjson.JSONDecodeError as exc:
            shown = line.strip()[:40]
            message = f"not JSON ({exc.msg} at column {exc.colno}): {shown!r}; write one object on one line"
            yield RecordError(stream.place(number), message)
        except _BadValueError as exc:
            yield RecordError(stream.place(number), str(exc))


FORMAT = Format("jsonl", "one JSON object with title and abstract on a line", sniff, read, by_line=True)


def parse(record: Any) -> Paper:
    """A paper from one decoded object. Raises ValueError that says what, value, remedy."""
    if not isinstance(record, dict):
        raise _BadValueError(f"not an object: {_shown(record)}; write {{'title': ..., 'abstract': ...}}")
    title = " ".join((_text(record, "title", required=True) or "").split())
    abstract = (_text(record, "abstract", required=True) or "").strip()
    arxiv = _checked_id(record, "arxiv_id", identity.arxiv_id, "2401.00042")
    doi = _checked_id(record, "doi", identity.doi, "10.1000/182")
    date, year = _date(record)
    draft = PaperDraft()
    draft.id = _own_id(record) or arxiv or identity.title_id(title)
    draft.title, draft.abstract = title, abstract
    draft.date, draft.year = date, year
    draft.arxiv_id, draft.doi = arxiv, doi
    draft.authors = _texts(record, "authors")
    draft.venue = _text(record, "venue")
    draft.url = _text(record, "url") if "url" in record else None
    draft.source = _source(record) if "source" in record else (SOURCE_NAME,)
    draft.listings = _listings(record) if "listings" in record else ()
    draft.code_urls = _texts(record, "code_urls") if "code_urls" in record else ()
    draft.keywords = _texts(record, "keywords")
    draft.upvotes = _whole_number(record, "upvotes") if "upvotes" in record else None
    draft.extra = {} if _KNOWN.issuperset(record) else {key: record[key] for key in record if key not in _KNOWN}
    return draft.finished()


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _text(record: dict[str, Any], key: str, *, required: bool = False) -> str | None:
    value = record.get(key)
    if value is None:
        if required:
            raise _BadValueError(f"no {key!r} in {_shown(record)}; every record needs title and abstract")
        return None
    if not isinstance(value, str):
        raise _BadValueError(f"{key!r} must be a string, got {_shown(value)}; put it in quotes")
    if required and not value.strip():
        raise _BadValueError(f"{key!r} is empty, got {_shown(value)}; every record needs title and abstract")
    return value.strip() or None


def _texts(record: dict[str, Any], key: str) -> tuple[str, ...]:
    value = record.get(key)
    if value is None:
        return ()
    try:
        return tuple(filter(None, map(str.strip, value if isinstance(value, list) else [None])))
    except TypeError:
        raise _BadValueError(f'{key!r} must be a list of strings, got {_shown(value)}; write ["..."]') from None


def _whole_number(record: dict[str, Any], key: str) -> int | None:
    value = record.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise _BadValueError(f"{key!r} must be a whole number, got {_shown(value)}; write it without quotes")
    return value


def _own_id(record: dict[str, Any]) -> str | None:
    value = record.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(record, "id")


def _checked_id(record: dict[str, Any], key: str, parse_id: Any, example: str) -> str | None:
    value = _text(record, key) if key in record else None
    if value is None:
        return None
    parsed: str | None = parse_id(value)
    if parsed is None:
        raise _BadValueError(f"{key!r} is none, got {_shown(value)}; write it as {example}")
    return parsed


def _date(record: dict[str, Any]) -> tuple[str | None, int | None]:
    """The record's date and year; a date decides the year."""
    year = _whole_number(record, "year")
    if year is not None and not 1000 <= year <= 9999:
        raise _BadValueError(f"'year' must have four digits, got {year}; leave it out if it is unknown")
    date = _text(record, "date")
    if date is None:
        return None, year
    if not _PARTIAL_DATE.fullmatch(date):
        full = _FULL_DATE.fullmatch(date)
        try:
            # weeks and dates without hyphens are ISO too, but nothing after this reads them
            date = datetime.date.fromisoformat(full.group(1) if full else "").isoformat()
        except ValueError as exc:
            raise _BadValueError(f"'date' is no ISO date, got {_shown(date)}; write YYYY-MM-DD") from exc
    return date, int(date[:4])


def _source(record: dict[str, Any]) -> tuple[str, ...]:
    if isinstance(record.get("source"), list):
        return _texts(record, "source") or (SOURCE_NAME,)
    name = _text(record, "source")
    return (name,) if name else (SOURCE_NAME,)


def _listings(record: dict[str, Any]) -> tuple[Listing, ...]:
    value = record.get("listings")
    if not value:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _BadValueError(f"'listings' must be a list of objects, got {_shown(value)}; write page and date")
    listings = []
    for item in value:
        page, date = _text(item, "page", required=True), _text(item, "date")
        if date is not None and not _LISTING_DATE.fullmatch(date):
            raise _BadValueError(f"listing 'date' is none, got {_shown(date)}; write 2025-09-29 or XXXX-09-29")
        listings.append(Listing(page or "", date))
    return tuple(listings)
