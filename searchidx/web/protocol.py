"""HTTP over one connection: uvicorn's fast protocol with a bound on a request's head, and our error body below the
application too.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, cast

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from searchidx.web.problems import Problem

#: Bytes of request line and headers together; what comes in one piece with the last of them is not counted.
MAX_HEAD = 64 << 10
_LINGER_S = 0.5

_TOO_LARGE = Problem(
    431, "RequestHeaderFieldsTooLarge", f"the request's head has more than {MAX_HEAD:,} bytes", "send fewer headers"
)


class _Joined:
    """A transport on which what is written in one turn of the event loop, head and body, goes out together.

    Each packet over loopback wakes the client; and twice the calls of the system cost more than our own code does.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._pieces: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        if pieces:
            self._transport.writelines(pieces)


class BoundedProtocol(HttpToolsProtocol):
    """One connection; it is answered and closed when a head goes on and on, or is no HTTP."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._in_head = True
        self._heads = 0
        self._head_size = 0
        self._refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        joined: Any = _Joined(cast("asyncio.Transport", transport), self.loop)
        super().connection_made(joined)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        was_in_head, heads = self._in_head, self._heads
        super().data_received(data)
        self._head_size = self._head_size + len(data) if was_in_head and self._heads == heads else 0
        if self._head_size > MAX_HEAD:
            self._refuse(_TOO_LARGE)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._heads += 1
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_head = True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(Problem(400, "BadRequest", msg.rstrip("."), "send HTTP/1.1"))

    def _refuse(self, problem: Problem) -> None:
        body = orjson.dumps(problem.to_json())
        head = (
            f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self._refused = True
        self.transport.write(head.encode() + body)
        # closing with bytes unread would take the answer back: the rest is read and dropped for a while
        self.loop.call_later(_LINGER_S, self.transport.close)
