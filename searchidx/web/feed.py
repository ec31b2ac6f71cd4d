"""A search as an Atom feed (RFC 4287): its papers, newest first.

Ids hang on the paper's id and on the search alone, so a feed reader knows an entry again whatever address the server
has and whenever the index was made. Titles and abstracts are plain text there, never HTML.
"""

from __future__ import annotations

import re
import uuid
import xml.etree.ElementTree as ElementTree
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from searchidx import __version__
from searchidx.index import Index
from searchidx.record import Record
from searchidx.web.params import FEED_LIMIT, FILTERS, QUERY, SearchParams
from searchidx.web.urls import safe_url

FEED = (QUERY, FEED_LIMIT, *FILTERS)
ATOM = "http://www.w3.org/2005/Atom"
#: Of the ids; made once at random.
_NAMESPACE = uuid.UUID("6d0c0f3e-6c1b-4a51-9d3e-0b1f5f0e7a52")
#: Of papers without a date: entries must have one, and it must not change.
_UNDATED = "1970-01-01T00:00:00Z"
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
# what XML 1.0 cannot hold, and what reorders text on screen
_UNFIT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


async def feed(request: Request) -> Response:
    """The feed of a search."""
    params = SearchParams.parse(request.scope["query_string"], declared=FEED).newest_first()
    index = request.app.state.live.current()
    base = str(request.base_url)
    body = await request.app.state.work.run(lambda: atom(index, params, base))
    return Response(body, media_type="application/atom+xml")


def atom(index: Index, params: SearchParams, base: str) -> bytes:
    """The feed as a document. base: the server's address, for links."""
    records = [hit.record for hit in index.search(params.q, **params.search_kwargs()).hits]
    query = SearchParams(q=params.q, sort="date", **params.narrow()).to_query()
    root = ElementTree.Element("feed", xmlns=ATOM)
    _text(root, "id", f"urn:uuid:{uuid.uuid5(_NAMESPACE, 'search ' + query)}")
    _text(root, "title", f"searchidx: {_name(params)}")
    _text(root, "updated", max(map(_updated, records), default=_UNDATED))
    _text(ElementTree.SubElement(root, "author"), "name", "searchidx")
    _text(root, "generator", "searchidx").set("version", __version__)
    here = f"{base}feed.atom?{params.to_query()}"
    ElementTree.SubElement(root, "link", rel="self", type="application/atom+xml", href=here)
    ElementTree.SubElement(root, "link", rel="alternate", type="text/html", href=f"{base}search?{query}")
    for record in records:
        _entry(ElementTree.SubElement(root, "entry"), record, base)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _name(params: SearchParams) -> str:
    filters = [
        f"{name} {' or '.join(value) if isinstance(value, tuple) else str(value).lower()}"
        for name, value in params.narrow().items()
    ]
    return ", ".join(filter(None, [params.q, *filters])) or "all papers"


def _entry(entry: ElementTree.Element, record: Record, base: str) -> None:
    paper = record.paper
    here = f"{base}paper/{quote(paper.id, safe='/')}"
    _text(entry, "id", f"urn:uuid:{uuid.uuid5(_NAMESPACE, 'paper ' + paper.id)}")
    _text(entry, "title", paper.title)
    _text(entry, "updated", _updated(record))
    for author in paper.authors:
        _text(ElementTree.SubElement(entry, "author"), "name", author)
    ElementTree.SubElement(entry, "link", rel="alternate", type="text/html", href=here)
    for url in dict.fromkeys(filter(None, (safe_url(record.url), *(safe_url(link.url) for link in record.links)))):
        ElementTree.SubElement(entry, "link", rel="related", href=url)
    for dataset in dict.fromkeys(mention.canonical for mention in record.extraction.datasets):
        ElementTree.SubElement(entry, "category", term=_fit(dataset))
    _text(entry, "summary", paper.abstract)


def _updated(record: Record) -> str:
    """The paper's date as a time; unknown parts are the first."""
    dates = (record.paper.date, *(listing.date for listing in record.paper.listings), str(record.paper.year or ""))
    match = next(filter(None, (_DATE.fullmatch(date) for date in dates if date)), None)
    if match is None:
        return _UNDATED
    year, month, day = (part or "01" for part in match.groups())
    return f"{year}-{month}-{day}T00:00:00Z"


def _text(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name)
    element.text = _fit(text)
    return element


def _fit(text: str) -> str:
    return _UNFIT.sub(" ", text)


def routes() -> list[Route]:
    """The one address."""
    return [Route("/feed.atom", feed, methods=["GET"])]
