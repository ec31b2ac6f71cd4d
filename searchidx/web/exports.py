"""A search as a file to keep: BibTeX, CSV, JSON Lines, as the command line prints them."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from searchidx import render
from searchidx.results import Page
from searchidx.web.params import EXPORT_LIMIT, FILTERS, PAGE, QUERY, SORT, SearchParams
from searchidx.web.responses import download

EXPORT = (QUERY, PAGE, EXPORT_LIMIT, SORT, *FILTERS)


def _bibtex(page: Page) -> bytes:
    return (render.bibtex(hit.record for hit in page.hits) + "\n").encode("utf-8", "replace")


def _csv(page: Page) -> bytes:
    return render.hits_csv(page.hits).encode("utf-8", "replace")


def _jsonl(page: Page) -> bytes:
    return b"".join(orjson.dumps(hit.to_json(), option=orjson.OPT_APPEND_NEWLINE) for hit in page.hits)


#: ending -> (media type, writer)
KINDS: dict[str, tuple[str, Callable[[Page], bytes]]] = {
    "bib": ("application/x-bibtex; charset=utf-8", _bibtex),
    "csv": ("text/csv; charset=utf-8", _csv),
    "jsonl": ("application/x-ndjson", _jsonl),
}


async def export(request: Request) -> Response:
    """All papers of a search, up to the limit, in one of `KINDS`."""
    kind = request.path_params["kind"]
    if kind not in KINDS:
        raise HTTPException(404)
    media_type, write = KINDS[kind]
    params = SearchParams.parse(request.scope["query_string"], declared=EXPORT)
    index = request.app.state.live.current()
    body = await request.app.state.work.run(
        lambda: write(index.search(params.q, snippets=kind == "jsonl", **params.search_kwargs()))
    )
    return download(body, media_type, f"search.{kind}")


def routes() -> list[Route]:
    """One address, the kind by its ending."""
    return [Route("/export/search.{kind}", export, methods=["GET"])]
