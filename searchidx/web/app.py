"""The ASGI application: routes, errors, the live index, and what happens at start and end."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from searchidx.counting import WORTH_IT
from searchidx.errors import IndexFailure, PaperMissing, SearchIdxError
from searchidx.index import SORTS, Index
from searchidx.live import LiveIndex
from searchidx.web import api, docs, exports, feed, pages
from searchidx.web.answers import Answers
from searchidx.web.edge import Edge, route_path
from searchidx.web.metrics import Metrics
from searchidx.web.problems import problem_of
from searchidx.web.responses import problem_response, wants_html
from searchidx.web.security import Hosts
from searchidx.web.work import Work


@dataclass(frozen=True, slots=True)
class Options:
    """How to serve.

    host: what the server is bound to. allow_hosts: more names it answers under. cors: origins whose pages may read
    answers. access_log: a line per request on stderr. follow_s: seconds between looks for a new generation.
    timeout_s: how long a request may take. metrics_dir: where the workers of one server keep their counts. cache_mb:
    how much of the answers to searches each worker keeps; 0 for nothing.
    """

    host: str = "127.0.0.1"
    allow_hosts: tuple[str, ...] = ()
    cors: tuple[str, ...] = ()
    access_log: bool = False
    follow_s: float = 1.0
    timeout_s: float = 10.0
    metrics_dir: Path | None = None
    cache_mb: int = 64


class Application(Starlette):
    """Starlette with our edge around everything, its error pages included."""

    def build_middleware_stack(self) -> ASGIApp:
        options: Options = self.state.options
        return Edge(
            super().build_middleware_stack(),
            index=self.state.live.current,
            hosts=Hosts(options.host, options.allow_hosts),
            cors=frozenset(options.cors),
            metrics=self.state.metrics,
            log=options.access_log,
        )


def create_app(path: str | Path, *, options: Options | None = None) -> Application:
    """The application over the index at `path`. Raises IndexMissing or IndexDamaged.

    `app.state.live` is the LiveIndex, `app.state.options` what was given.
    """
    options = options or Options()
    routes = [*api.routes(), *exports.routes(), *feed.routes(), *docs.routes(), *pages.routes()]
    handlers: dict[Any, Any] = dict.fromkeys((SearchIdxError, HTTPException, Exception), _on_error)
    app = Application(routes=routes, exception_handlers=handlers, lifespan=_lifespan)
    app.router.redirect_slashes = False  # a redirect of its own making would answer for addresses that are not there
    app.state.options = options
    # where nobody runs the lifespan, requests look themselves, less often
    app.state.live = LiveIndex(path, every=3 * options.follow_s, prepare=warm_all)
    app.state.work = Work(options.timeout_s)
    app.state.answers = Answers(options.cache_mb << 20)
    app.state.metrics = Metrics([route_path(route) for route in routes], options.metrics_dir)
    return app


def warm(index: Index) -> None:
    """Ask what the first searches would wait for: compiled code, tables of facets, pages of the disk."""
    for _ in range(WORTH_IT + 1):
        index.search("deep learning", facets=True, snippets=True).to_json()
    for sort in SORTS:
        index.search("", sort=sort, code="linked")


def warm_all(index: Index) -> None:
    """Ask what is seldom asked too: the tables of words behind completions and better spellings."""
    warm(index)
    index.suggest("deep lear")
    index.search("deeep lerning").to_json()


async def _on_error(request: Request, exc: Exception) -> Response:
    if isinstance(exc, IndexFailure) and not isinstance(exc, PaperMissing):
        sys.stderr.write(f"searchidx: {exc}\n")
    if wants_html(request):
        return pages.error_page(request, exc)
    problem = problem_of(exc)
    headers = dict(exc.headers or {}) if isinstance(exc, HTTPException) else {}
    return problem_response(problem, headers)


@asynccontextmanager
async def _lifespan(app: Application) -> AsyncIterator[None]:
    """Follow the index in a thread for as long as the application runs."""
    app.state.work = Work(app.state.options.timeout_s)  # the one before was closed, where this starts again
    await asyncio.to_thread(warm, app.state.live.current())
    ended = threading.Event()
    follower = threading.Thread(target=_follow, args=(app.state, ended), name="searchidx-follow", daemon=True)
    follower.start()
    yield
    ended.set()
    app.state.work.close()


def _follow(state: State, ended: threading.Event) -> None:
    with suppress(IndexFailure):  # a search that meets the damage says so
        warm_all(state.live.current())
    while not ended.wait(state.options.follow_s):
        try:
            state.live.follow()
            api.note(state)
        except OSError as exc:  # too many open files, say: the generation we have goes on answering
            sys.stderr.write(f"searchidx: cannot look for a new generation: {exc}\n")
