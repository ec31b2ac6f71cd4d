"""The REST interface: the same JSON as the command line prints."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import orjson
from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from searchidx import __version__
from searchidx.index import Index
from searchidx.results import Page
from searchidx.web.params import (
    FACETS_ASKED,
    FILTERS,
    LIMIT,
    PAGE,
    QUERY,
    SEARCH,
    SHORT_LIMIT,
    Param,
    SearchParams,
    read,
)
from searchidx.web.responses import JSON, json_response
from searchidx.web.work import Work

#: The most claims of one answer of `/api/results`, and completions of one answer of `/api/suggest`.
MAX_CLAIMS, MAX_SUGGESTIONS = 1000, 20

SIMILAR = (LIMIT, SHORT_LIMIT, *FILTERS)
FACETS = (QUERY, *FILTERS, FACETS_ASKED)
RESULTS = (
    Param("dataset", "text", "Name of a dataset, in any common writing.", required=True, example="ImageNet"),
    Param("metric", "text", "Name of a metric, in any common writing.", example="accuracy"),
    PAGE,
    Param("limit", "number", "Claims on a page.", default=MAX_CLAIMS, high=MAX_CLAIMS),
)
SUGGEST = (
    Param("q", "text", "What has been typed.", required=True, example="self-super"),
    Param("limit", "number", "Completions.", default=8, high=MAX_SUGGESTIONS),
)

# words side by side without operators, few of them: answered in the time that a thread would cost
_SHORT = re.compile(r"[\w\s.,'-]{1,100}")
_SHORT_LIMIT = 20


def is_short(params: SearchParams) -> bool:
    """Whether a search surely takes a few milliseconds: few plain words, few hits, no filter."""
    return (
        params.limit * params.page <= _SHORT_LIMIT
        and params.sort == "relevance"
        and not params.explain
        and _SHORT.fullmatch(params.q) is not None
        and params.q.count(" ") < 10
        and not params.narrow()
    )


async def search(request: Request) -> Response:
    """Ranked search."""
    started = time.perf_counter()
    state = request.app.state
    params = SearchParams.parse(request.scope["query_string"], declared=SEARCH, strict=True)
    index = state.live.current()
    # what trends depends on the day
    key = (index.generation.name, params, datetime.datetime.now(datetime.UTC).date())
    body = state.answers.get(key, (time.perf_counter() - started) * 1000)
    if body is None:
        body = await _found(
            state.work, partial(index.search, params.q, snippets=True, **params.search_kwargs()), params
        )
        state.answers.keep(key, body)
    return Response(body, media_type=JSON)


async def _found(work: Work, find: Callable[[], Page], params: SearchParams) -> bytes:
    """The body of a search's answer."""
    if not is_short(params):
        return await work.run(lambda: _page_body(find()))
    page = find()
    # a better spelling for a word no paper holds is looked for only now, and may take long
    return await work.run(partial(_page_body, page)) if page.unknown else _page_body(page)


def _page_body(page: Page) -> bytes:
    """A page of hits as `search --json` prints it."""
    return orjson.dumps(page.to_json())


async def paper(request: Request) -> Response:
    """One paper with the evidence for every extracted fact."""
    read(request.scope["query_string"], (), strict=True)
    return json_response(request.app.state.live.current().get(request.path_params["id"]).to_json())


async def similar(request: Request) -> Response:
    """Papers like one paper."""
    params = SearchParams.parse(request.scope["query_string"], declared=SIMILAR, strict=True)

    def work(index: Index, id_: str) -> dict[str, Any]:
        return index.similar(id_, limit=params.limit, snippets=True, **params.narrow()).to_json()

    return await _in_thread(request, work, request.path_params["id"])


async def facets(request: Request) -> Response:
    """Counts over all papers that match."""
    params = SearchParams.parse(request.scope["query_string"], declared=FACETS, strict=True)

    def work(index: Index) -> dict[str, Any]:
        page = index.facets(params.q, facets=params.facets or True, **params.narrow())
        return {"query": page.query, "total": page.total, "took_ms": page.took_ms, "facets": page.facets}

    return await _in_thread(request, work)


async def results(request: Request) -> Response:
    """The numbers that papers report on a dataset."""
    given = read(request.scope["query_string"], RESULTS, strict=True)
    dataset, metric = given["dataset"], given.get("metric")
    limit = given.get("limit", MAX_CLAIMS)
    first = (given.get("page", 1) - 1) * limit

    def work(index: Index) -> dict[str, Any]:
        claims = index.results(dataset, metric)
        shown = [claim.to_json() for claim in claims[first : first + limit]]
        return {"dataset": dataset, "metric": metric, "total": len(claims), "results": shown}

    return await _in_thread(request, work)


async def suggest(request: Request) -> Response:
    """Completions of what is being typed."""
    given = read(request.scope["query_string"], SUGGEST, strict=True)

    def work(index: Index) -> dict[str, Any]:
        return {"q": given["q"], "suggestions": index.suggest(given["q"], limit=given.get("limit", 8))}

    return await _in_thread(request, work)


async def healthz(request: Request) -> Response:
    """Whether the server answers, and from which generation."""
    live = request.app.state.live
    index = live.current()
    problem = None if live.problem is None else type(live.problem).__name__
    return json_response(
        {
            "status": "ok" if problem is None else "behind",
            "version": __version__,
            "generation": index.generation.name,
            "papers": len(index),
            "problem": problem,
        }
    )


async def metrics(request: Request) -> Response:
    """Counts of requests, for Prometheus."""
    state = request.app.state
    note(state)
    return PlainTextResponse(state.metrics.text(), media_type="text/plain; version=0.0.4")


def note(state: State) -> None:
    """Keep in the metrics which generation this worker answers from."""
    index = state.live.current()
    state.metrics.note(index.generation.name, len(index), behind=state.live.problem is not None)


async def _in_thread(request: Request, function: Callable[..., dict[str, Any]], *arguments: str) -> Response:
    """A function of the live index as JSON, worked out in a thread."""
    state = request.app.state
    index = state.live.current()
    body = await state.work.run(lambda: orjson.dumps(function(index, *arguments)))
    return Response(body, media_type=JSON)


Handler = Callable[[Request], Awaitable[Response]]


def routes() -> Sequence[Route]:
    """The routes; `similar` stands before `paper`, whose ids may hold slashes."""
    handlers: tuple[tuple[str, Handler], ...] = (
        ("/api/search", search),
        ("/api/suggest", suggest),
        ("/api/facets", facets),
        ("/api/results", results),
        ("/api/papers/{id:path}/similar", similar),
        ("/api/papers/{id:path}", paper),
        ("/healthz", healthz),
        ("/metrics", metrics),
    )
    return [Route(path, handler, methods=["GET"]) for path, handler in handlers]
