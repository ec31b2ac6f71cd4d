"""The outermost layer of the application: what holds for every request and answer, whoever gives it.

Host check, CORS, security headers, validators (ETag and 304), compression, the access log and the counts. Plain ASGI:
a layer of middleware classes costs as much as a search.
"""

from __future__ import annotations

import asyncio
import datetime
import gzip
import hashlib
import re
import sys
import time
from collections.abc import Callable
from functools import lru_cache, partial

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from searchidx import __version__
from searchidx.index import Index
from searchidx.web.metrics import UNMATCHED, Metrics
from searchidx.web.problems import HostRefused, TooLong, problem_of
from searchidx.web.responses import problem_response
from searchidx.web.security import HEADERS, PREFLIGHT, Hosts, cors_headers

#: What does not hang on the index: never answered from a browser's memory by its validator.
_OWN_CACHING = ("/static/", "/healthz", "/metrics", "/openapi.json")
_COMPRESSIBLE = re.compile(rb"text/|application/(?:json|x-ndjson|atom\+xml|javascript)|image/svg")
_LEAST_COMPRESSED, _GZIP_LEVEL = 1_000, 4
#: From so many bytes on, compressing would keep other requests waiting.
_MUCH = 100_000
MAX_ADDRESS = 10_000
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")

Headers = dict[bytes, bytes]


class Edge:
    """Wraps the application.

    index: gives the live index. cors: origins that may read answers. log: where a line per request goes, None for none.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        index: Callable[[], Index],
        hosts: Hosts,
        cors: frozenset[str],
        metrics: Metrics,
        log: bool,
    ) -> None:
        self._app = app
        self._index = index
        self._hosts = hosts
        self._cors = cors
        self._metrics = metrics
        self._log = log
        self._stamp: tuple[Index | None, bytes] = (None, b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        self._metrics.began()
        exchange = _Exchange(self, scope, send)
        try:
            await self._answer(exchange, scope, receive)
        finally:
            seconds = time.perf_counter() - started
            self._metrics.ended(route_path(scope.get("route")), exchange.status, seconds)
            if self._log:
                sys.stderr.write(_line(scope, exchange.status, exchange.size, seconds))

    async def _answer(self, exchange: _Exchange, scope: Scope, receive: Receive) -> None:
        host = exchange.headers.get(b"host")
        try:
            self._hosts.check(None if host is None else host.decode("latin-1"))
            if len(scope["path"]) + len(scope["query_string"]) > MAX_ADDRESS:
                raise TooLong(f"the address has more than {MAX_ADDRESS:,} characters; ask for less at once")
        except (HostRefused, TooLong) as exc:
            await problem_response(problem_of(exc))(scope, receive, exchange.send)
            return
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in exchange.headers and exchange.cors:
            await exchange.empty(204, list(PREFLIGHT))
        elif exchange.tag and exchange.tag in _tags(exchange.headers.get(b"if-none-match", b"")):
            await exchange.empty(304, [(b"cache-control", b"no-cache")])
        else:
            await self._app(scope, receive, exchange.send)

    def tag(self, scope: Scope) -> bytes:
        """The validator of an answer: program, generation, day (`trending` and dates hang on it) and address."""
        index = self._index()
        stamp = self._stamp
        if stamp[0] is not index:
            about = f"{__version__} {index.generation.name} {index.generation.manifest.get('created')}"
            stamp = self._stamp = (index, about.encode())
        day = datetime.datetime.now(datetime.UTC).date().toordinal()
        address = scope["path"].encode("utf-8", "surrogatepass") + b"?" + scope["query_string"]
        digest = hashlib.blake2b(b"%b %d %b" % (stamp[1], day, address), digest_size=12)
        return b'W/"%b"' % digest.hexdigest().encode()


class _Exchange:
    """One request and what is sent for it: completes the head of the answer, compresses its body."""

    def __init__(self, edge: Edge, scope: Scope, send: Send) -> None:
        self.headers: Headers = dict(scope["headers"])
        self.status = 500
        self.size = 0
        self._send = send
        self._start: Message | None = None
        origin = self.headers.get(b"origin")
        self.cors = cors_headers(None if origin is None else origin.decode("latin-1"), edge._cors)
        path: str = scope["path"]
        wanted = scope["method"] in ("GET", "HEAD") and not path.startswith(_OWN_CACHING)
        self.tag = edge.tag(scope) if wanted else b""

    async def send(self, message: Message) -> None:
        """The application's `send`."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        body = message.get("body", b"")
        if self._start is not None:
            start, self._start = self._start, None
            if not message.get("more_body"):
                body = await self._packed(start, body)
            start["headers"] = [*start["headers"], *self._common(start)]
            await self._send(start)
        self.size += len(body)
        await self._send({**message, "body": body})

    async def empty(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """An answer without a body."""
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body"})

    def _common(self, start: Message) -> list[tuple[bytes, bytes]]:
        """The headers that every answer has."""
        names = {name for name, _ in start["headers"]}
        headers = [*(pair for pair in HEADERS if pair[0] not in names), *self.cors]
        if self.tag and self.status in (200, 304) and b"etag" not in names:
            headers.append((b"etag", self.tag))
        if b"cache-control" not in names:
            headers.append((b"cache-control", b"no-cache" if self.tag and self.status == 200 else b"no-store"))
        return headers

    async def _packed(self, start: Message, body: bytes) -> bytes:
        """The body as the client takes it; its length and coding go into the head."""
        names = dict(start["headers"])
        if len(body) < _LEAST_COMPRESSED or b"content-encoding" in names:
            return body
        if not _COMPRESSIBLE.match(names.get(b"content-type", b"")):
            return body
        headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
        headers.append((b"vary", b"Accept-Encoding"))
        if takes_gzip(self.headers.get(b"accept-encoding", b"")):
            pack = partial(gzip.compress, body, _GZIP_LEVEL, mtime=0)
            body = await asyncio.to_thread(pack) if len(body) > _MUCH else pack()
            headers.append((b"content-encoding", b"gzip"))
        start["headers"] = [*headers, (b"content-length", b"%d" % len(body))]
        return body


def route_path(route: object) -> str:
    """The declared path of a route."""
    return getattr(route, "path", UNMATCHED)


@lru_cache(maxsize=64)
def takes_gzip(accepted: bytes) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    weights = {}
    for part in accepted.decode("latin-1").lower().split(","):
        coding, _, weight = part.partition(";")
        weights[coding.strip()] = weight.replace(" ", "").removeprefix("q=") or "1"
    weight = weights.get("gzip", weights.get("*", "0"))
    return bool(re.fullmatch(r"1(\.0*)?|0?\.\d*[1-9]\d*", weight))


def _tags(header: bytes) -> list[bytes]:
    """The validators of an If-None-Match header."""
    return [b"W/" + part.strip().removeprefix(b"W/") for part in header.split(b",")] if header else []


def _line(scope: Scope, status: int, size: int, seconds: float) -> str:
    """A request in the access log, one line whatever it holds."""
    client = scope.get("client")
    query = scope["query_string"].decode("latin-1")
    raw = scope.get("raw_path") or scope["path"].encode("utf-8", "backslashreplace")
    address = raw.decode("latin-1") + (f"?{query}" if query else "")
    shown = _UNPRINTABLE.sub(lambda match: f"\\x{ord(match.group()):02x}", f"{scope['method']} {address[:2000]}")
    when = time.strftime("%Y-%m-%dT%H:%M:%S")
    return f'{when} {client[0] if client else "-"} "{shown}" {status} {size} {seconds * 1000:.1f}ms\n'
