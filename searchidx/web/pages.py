"""The pages for people: routes, and the answers made from `views` and the templates.

They need no script; `static/page.js` fetches the same addresses and puts their `main` in place. Unknown parameters are
ignored. Every expression of a template is escaped; control characters and those that reorder text are left out.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from http import HTTPStatus
from importlib.resources import files
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import jinja2
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from searchidx.errors import IndexFailure
from searchidx.index import Index
from searchidx.render import counted, safe
from searchidx.web.params import MAX_QUERY_STRING, SearchParams
from searchidx.web.problems import problem_of
from searchidx.web.views import datasets, days, home, papers, searching, statistics

T = TypeVar("T")

_YEAR = 31_536_000
#: Facets that take a condition of the user's own beside the counted values: (label, example).
_OWN_VALUES = {"year": ("Years, from..to", "2020..2024"), "metric": ("Metric condition", "accuracy>=80")}
_HEADINGS = {400: "That cannot be searched for", 404: "Not here", 503: "The index cannot answer"}


def routes() -> list[BaseRoute]:
    """The pages and their static files."""
    return [
        Route("/", first_page),
        Route("/search", search),
        Route("/paper/{id:path}", paper),
        Route("/dataset/{name:path}", dataset),
        Route("/day", newest_day),
        Route("/day/{date}", day),
        Route("/stats", stats),
        Route("/static/{name}", static_file),
    ]


async def first_page(request: Request) -> Response:
    """The first page; the search when it is asked one."""
    if SearchParams.parse(request.url.query) != SearchParams():
        return RedirectResponse(f"/search?{request.url.query}", 307)
    view = await _worked(request, home.home)
    return rendered("home.html", request, view=view, syntax=searching.syntax(), here="home")


async def search(request: Request) -> Response:
    """A search with its facets."""
    params = SearchParams.parse(request.url.query)
    # in a thread: a better spelling may take long to find
    view = await _worked(request, partial(searching.search, params=params))
    return rendered(
        "search.html",
        request,
        view=view,
        forms={name: _own_values(params, name) for name in _OWN_VALUES},
        syntax=searching.syntax(),
        query=params.q,
        carried=searching.carried(params, "q"),
        here="trending" if params.sort == "trending" and not params.q else "",
    )


async def paper(request: Request) -> Response:
    """One paper."""
    view = await _worked(request, partial(papers.paper, id_=request.path_params["id"]))
    return rendered("paper.html", request, view=view)


async def dataset(request: Request) -> Response:
    """One dataset, with the numbers claimed on it."""
    name = request.path_params["name"]
    order = datasets.ClaimOrder.parse(parse_qsl(request.url.query[:MAX_QUERY_STRING]))
    view = await _worked(request, partial(datasets.dataset, name=name, order=order))
    if view is None:
        raise HTTPException(404, f"no paper names the dataset {name[:100]!r}")
    return rendered("dataset.html", request, view=view)


async def newest_day(request: Request) -> Response:
    """To the newest day; where no paper's day is known, to the newest papers."""
    known = await _worked(request, Index.days)
    return RedirectResponse(f"/day/{next(iter(known))}" if known else "/search?sort=date", 307)


async def day(request: Request) -> Response:
    """The papers of one day."""
    view = await _worked(request, partial(days.day, asked=request.path_params["date"]))
    return rendered("day.html", request, view=view, here="day")


async def stats(request: Request) -> Response:
    """What the index holds."""
    view = await _worked(request, statistics.stats)
    return rendered("stats.html", request, view=view, here="stats")


async def _worked(request: Request, work: Callable[[Index], T]) -> T:
    """What comes of working on the live index, in one of the server's threads."""
    found: T = await request.app.state.work.run(partial(work, _index(request)))
    return found


async def static_file(request: Request) -> Response:
    """A file of ours. Under its own hash it never changes."""
    name = request.path_params["name"]
    file = _static().get(name)
    if file is None:
        raise HTTPException(404)
    fixed = request.query_params.get("v") == file.hash
    caching = f"public, max-age={_YEAR}, immutable" if fixed else "no-cache"
    return Response(file.body, media_type=file.media_type, headers={"cache-control": caching})


def error_page(request: Request, error: Exception) -> Response:
    """An error for a person: what is wrong and what to do; in a query, where."""
    problem = problem_of(error)
    asked = dict(parse_qsl(request.url.query[:MAX_QUERY_STRING])) if request.url.path in ("/", "/search") else {}
    query = asked.get("q", "")
    heading = _HEADINGS.get(problem.status, HTTPStatus(problem.status).phrase)
    message = error.detail if isinstance(error, HTTPException) else problem.message
    response = rendered(
        "error.html",
        request,
        heading=heading,
        message=message,
        remedy=problem.remedy,
        pointed=searching.pointed(query, error),
        syntax=searching.syntax(),
        query=query,
        query_wrong=problem.status == HTTPStatus.BAD_REQUEST and bool(query),
    )
    response.status_code = problem.status
    response.headers.update(getattr(error, "headers", None) or {})
    if problem.retry_after is not None:
        response.headers["retry-after"] = str(problem.retry_after)
    return response


def _index(request: Request) -> Index:
    index: Index = request.app.state.live.current()
    return index


@dataclass(frozen=True, slots=True)
class OwnValue:
    """A field for a condition of the user's own."""

    label: str
    example: str
    value: str
    carried: list[tuple[str, str]]


def _own_values(params: SearchParams, name: str) -> OwnValue:
    label, example = _OWN_VALUES[name]
    held = [value for value in getattr(params, name) if not value.isalnum()]
    return OwnValue(label, example, held[0] if len(held) == 1 else "", searching.carried(params, name))


@dataclass(frozen=True, slots=True)
class About:
    """What every page says of the index."""

    papers: str
    generation: str
    created: str
    age: str


def _about(request: Request) -> About | None:
    """None when there is no index to speak of, which must not keep an error page from being shown."""
    try:
        index = _index(request)
    except IndexFailure:
        return None
    created = str(index.generation.manifest.get("created") or "")
    return About(counted(len(index), "paper"), index.generation.name, created, statistics.age(created))


def rendered(template: str, request: Request, **values: Any) -> Response:
    """A page made from a template. values: what it shows, beside what every page has."""
    shown: dict[str, Any] = {
        "query": "",
        "query_wrong": False,
        "carried": (),
        "here": "",
        "about": _about(request),
        **values,
    }
    return HTMLResponse(_templates().get_template(template).render(shown))


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("searchidx.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_shown,
    )
    environment.globals["static"] = _static_url
    return environment


def _shown(value: object) -> object:
    """What a template shows for a value: plain text without characters that steer, HTML of our own as it is."""
    return safe(value) if type(value) is str else value


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that pages load."""

    body: bytes
    media_type: str
    hash: str


@cache
def _static() -> dict[str, StaticFile]:
    found = {}
    for path in (files("searchidx.web") / "static").iterdir():
        body = path.read_bytes()
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        found[path.name] = StaticFile(body, media_type, hashlib.sha256(body).hexdigest()[:16])
    return found


def _static_url(name: str) -> str:
    return f"/static/{name}?v={_static()[name].hash}"
