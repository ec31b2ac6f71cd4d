"""Who is who: ids of papers, the keys two records of the same paper share, and merging such records.

Two records are the same paper when they share an arXiv id, a DOI, their source's own id, or a title (letters
and digits only, at least `MIN_TITLE_KEY` of them), unless both carry an arXiv id or both a DOI and these
differ: then equal titles are two papers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from searchidx.analysis import clean
from searchidx.paper import Paper

#: Titles shorter than this ("Preface", "Editorial") say nothing of identity.
MIN_TITLE_KEY = 12

_ARXIV = re.compile(
    r"(?:https?://)?(?:www\.)?(?:export\.)?"
    r"(?:arxiv\.org/(?:abs|pdf|html)/|arxiv:\s*|huggingface\.co/papers/|(?:(?:dx\.)?doi\.org/)?10\.48550/arxiv\.)?"
    r"(?:(\d{4}\.\d{4,5})|([a-z-]+)(?:\.[a-z]{2})?/(\d{7}))"
    r"(?:v\d+)?(?:\.pdf)?/?(?:\s*\[[a-z.-]+\]|[?#]\S*)?",
    re.IGNORECASE,
)
_DOI = re.compile(r"(?:(?:https?://)?(?:www\.|dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ACL = re.compile(r"(?:https?://)?(?:www\.)?aclanthology\.org/([A-Za-z0-9.-]+?)(?:\.pdf)?/?", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_NOT_TELLING = re.compile(r"[^\w+#]+|_+")  # U-Net++ is not U-Net, C# is not C
_LOWER = bytes(range(128)).lower() + bytes(range(128, 256))
_NOT_TELLING_ASCII = bytes(byte for byte in range(128) if not (chr(byte).isalnum() or chr(byte) in "+#"))
_NOT_ALNUM = re.compile(r"[\W_]+")
_SLUG_LENGTH = 48


def arxiv_id(text: str) -> str | None:
    """`2401.00042` from an arXiv id, URL or DOI in any common writing; else None.

    The version is dropped, and of old ids the subject class: `math.GT/0309136` is `math/0309136`.
    """
    match = _ARXIV.fullmatch(text.strip())
    if not match:
        return None
    return (match.group(1) or f"{match.group(2)}/{match.group(3)}").lower()


def doi(text: str) -> str | None:
    """A DOI in lower case from a DOI or doi.org URL; else None."""
    match = _DOI.fullmatch(text.strip())
    return match.group(1).lower() if match else None


def acl_id(text: str) -> str | None:
    """`2022.acl-long.1` from an aclanthology.org URL; else None."""
    match = _ACL.fullmatch(text.strip())
    return match.group(1) if match else None


def title_key(title: str) -> str:
    """The title's letters, digits, + and #, folded: equal for titles that differ in case, accents, dashes or blanks."""
    if title.isascii() and "\\" not in title and "$" not in title:  # most: the same, ten times sooner
        return title.encode().translate(_LOWER, _NOT_TELLING_ASCII).decode()
    return _NOT_TELLING.sub("", clean(title).casefold())


def title_id(title: str) -> str:
    """The id of a paper whose source gives none: readable, stable, from the title alone."""
    key = title_key(title)
    words = _NOT_ALNUM.sub("-", clean(title).casefold()).strip("-")
    slug = words[:_SLUG_LENGTH].rsplit("-", 1)[0] if len(words) > _SLUG_LENGTH else words
    return f"{slug or 't'}-{_digest(key or ' '.join(title.split()))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def identity_keys(paper: Paper, *, shortest: int = MIN_TITLE_KEY) -> list[str]:
    """The keys under which the same paper may come again, strongest first. Never empty.

    shortest: of titles that count.
    """
    return keys_of(paper.id, paper.title, paper.arxiv_id, paper.doi, shortest=shortest)


def keys_of(id_: str, title: str, arxiv: str | None, doi_: str | None, *, shortest: int = MIN_TITLE_KEY) -> list[str]:
    """The same from what a paper says of itself."""
    keys = [f"id:{id_}"]
    if arxiv:
        keys.append(f"arxiv:{arxiv}")
    if doi_:
        keys.append(f"doi:{doi_}")
    letters = title_key(title)
    if len(letters) >= shortest:
        keys.append(f"title:{letters}")
    return keys


def lookup_keys(text: str) -> list[str]:
    """The identity keys that a text pasted by a user may stand for: an id, a URL, a DOI, a whole title."""
    text = text.strip()
    keys = [f"id:{text}"]
    if _DIGIT.search(text):  # no such id is without one, and most queries are
        if arxiv := arxiv_id(text):
            keys += [f"arxiv:{arxiv}", f"id:{arxiv}"]
        if doi_ := doi(text):
            keys.append(f"doi:{doi_}")
        if acl := acl_id(text):
            keys.append(f"id:{acl}")
    title = title_key(text)
    if title:
        keys.append(f"title:{title}")
    return keys


def may_be_same(first: Paper, second: Paper) -> bool:
    """False when both carry an arXiv id, or both a DOI, and these differ."""
    return not (
        (first.arxiv_id and second.arxiv_id and first.arxiv_id != second.arxiv_id)
        or (first.doi and second.doi and first.doi != second.doi)
    )


def merge(papers: Sequence[Paper]) -> Paper:
    """One paper from several records of it, in the order they were read.

    The first id that a source gave (not one made from a title) wins, the longest abstract and author list, the
    earliest date, the most votes; sources, listings, links and keywords are united.
    """
    first = papers[0]
    if len(papers) == 1:
        return first
    # `2024` sorts behind `2024-03-05`: of two dates that agree, the one that says more
    date = min((p.date for p in papers if p.date), key=lambda date: f"{date}~", default=None)
    years = sorted(p.year for p in papers if p.year)
    extra: dict[str, Any] = {}
    for paper in reversed(papers):
        extra.update(paper.extra)
    return Paper(
        id=next((p.id for p in papers if p.id != title_id(p.title)), first.id),
        title=first.title,
        abstract=max((p.abstract for p in papers), key=len),
        authors=max((p.authors for p in papers), key=len),
        date=date,
        year=int(date[:4]) if date else (years[0] if years else None),
        venue=_first(p.venue for p in papers),
        url=_first(p.url for p in papers),
        source=_union(p.source for p in papers),
        listings=_union(p.listings for p in papers),
        code_urls=_union(p.code_urls for p in papers),
        keywords=_union(p.keywords for p in papers),
        arxiv_id=_first(p.arxiv_id for p in papers),
        doi=_first(p.doi for p in papers),
        upvotes=max((p.upvotes for p in papers if p.upvotes is not None), default=None),
        extra=extra,
    )


def renew(held: Paper, new: Paper) -> Paper:
    """A paper that the index holds, after a newer record of it was read.

    The paper keeps its id (but one made from the title gives way) and its listings. Where the new record comes from all
    the sources that the held one came from, it says all the rest; otherwise what other sources said stays where the
    new record says nothing, and their links and keywords stay beside its own.
    """
    known = merge([held, new])
    upvotes = held.upvotes if new.upvotes is None else new.upvotes
    if set(held.source) <= set(new.source):
        return replace(new, id=known.id, listings=known.listings, upvotes=upvotes)
    return replace(
        merge([new, held]),
        id=known.id,
        abstract=new.abstract or held.abstract,
        authors=new.authors or held.authors,
        listings=known.listings,
        upvotes=upvotes,
    )


def _first(values: Any) -> Any:
    return next((value for value in values if value), None)


def _union(groups: Any) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value for group in groups for value in group))
