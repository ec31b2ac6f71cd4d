"""Running the application: one process, or several that share a socket and an index.

The parent binds the socket, then either serves itself or starts workers, interpreters of their own that accept from the
same socket and map the same files: the system keeps one copy of the pages. A worker that dies is replaced. SIGTERM and
SIGINT let requests under way end first. Workers end when their standard input does, so none outlives a killed parent.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from types import FrameType
from typing import Any

import orjson
import uvicorn

import searchidx
from searchidx.errors import SearchIdxError, UsageError
from searchidx.web.app import Application, Options, create_app
from searchidx.web.protocol import BoundedProtocol

#: How long requests under way may take to end after a signal, and how long a connection may stay silent.
GRACE_S, KEEP_ALIVE_S = 20, 15
_BACKLOG = 1024
#: A worker that lives shorter than this did not come to serve; after so many of them the server gives up.
_STARTING_S, _MAX_FAILED_STARTS = 5.0, 3
_START = "import sys; sys.path[:] = {path!r}; from searchidx.web.server import work; work()"
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class ServerFailed(SearchIdxError):
    """The server cannot go on."""


def serve(
    path: Path, options: Options, *, port: int, workers: int = 1, ready: Callable[[str], None] = lambda address: None
) -> None:
    """Serve the index until SIGTERM; SIGINT raises KeyboardInterrupt when all is closed.

    ready: called with the address once the socket is bound and the index was seen to open. Raises UsageError when the
    address cannot be had, IndexMissing or IndexDamaged.
    """
    bound = bind(options.host, port)
    with bound:
        if workers == 1:
            app = create_app(path, options=options)
            ready(address(bound, options.host))
            caught = _run(app, bound)
        else:
            searchidx.open(path, executor="numpy").close()
            ready(address(bound, options.host))
            with tempfile.TemporaryDirectory(prefix="searchidx-serve-") as home:
                caught = _Workers(path, replace(options, metrics_dir=Path(home)), bound, workers).run()
    if caught == signal.SIGINT:
        raise KeyboardInterrupt


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises UsageError."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as exc:
        raise UsageError(f"no address {host!r}: {exc.strerror or exc}; try --host 127.0.0.1") from exc
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(where)
        bound.listen(_BACKLOG)
    except OSError as exc:
        bound.close()
        remedy = "another --port, or --port 0 for a free one"
        raise UsageError(f"cannot listen on {host} port {port}: {exc.strerror or exc}; try {remedy}") from exc
    bound.setblocking(False)
    return bound


def address(bound: socket.socket, host: str) -> str:
    """Where a browser on this machine finds the server."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{bound.getsockname()[1]}/"


class _Server(uvicorn.Server):
    """Uvicorn's, which remembers the signal that ended it instead of raising it again."""

    caught: int = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # what is loaded now stays: a collection that went through it all would be a pause of its own
        gc.collect()
        gc.freeze()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.caught = self.caught or sig
        super().handle_exit(sig, frame)


def _run(app: Application, bound: socket.socket) -> int:
    """Serve in this process until a signal; returns its number, 0 for none."""
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config)
    server.run(sockets=[bound])
    if not server.started:
        raise ServerFailed("the application did not start; the lines above say why")
    return server.caught


# --- several processes --------------------------------------------------------------------------------------


class _Workers:
    """The parent of the workers."""

    def __init__(self, path: Path, options: Options, bound: socket.socket, count: int) -> None:
        self._bound = bound
        self._count = count
        about = {**asdict(options), "metrics_dir": str(options.metrics_dir)}
        self._task = orjson.dumps({"path": str(path), "options": about, "socket": bound.fileno()}) + b"\n"
        self._failed = 0
        self._caught = 0
        self._running: dict[subprocess.Popen[bytes], float] = {}

    def run(self) -> int:
        """Keep so many workers until a signal, then end them; returns its number."""
        awake, alarm = socket.socketpair()
        alarm.setblocking(False)
        before = {number: signal.signal(number, self._catch) for number in (*_SIGNALS, signal.SIGCHLD)}
        bell = signal.set_wakeup_fd(alarm.fileno(), warn_on_full_buffer=False)
        try:
            while not self._caught:
                self._fill()
                select.select([awake], [], [])
                awake.recv(4096)
        finally:
            self._stop()
            signal.set_wakeup_fd(bell)
            for number, handler in before.items():
                signal.signal(number, handler)
            awake.close()
            alarm.close()
        return self._caught

    def _catch(self, number: int, _: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self._caught = self._caught or number

    def _fill(self) -> None:
        """Replace workers that ended. Raises ServerFailed when new ones do not come to serve."""
        for worker, started in list(self._running.items()):
            if worker.poll() is not None:
                del self._running[worker]
                _close(worker)
                self._failed = self._failed + 1 if time.monotonic() - started < _STARTING_S else 0
                sys.stderr.write(f"searchidx: worker {worker.pid} ended with code {worker.returncode}\n")
        if self._failed >= _MAX_FAILED_STARTS:
            raise ServerFailed("workers end as soon as they start; the lines above say why")
        while len(self._running) < self._count:
            self._start()

    def _start(self) -> None:
        start = _START.format(path=[os.path.abspath(entry) for entry in sys.path])  # noqa: PTH100 - "" is the cwd
        worker = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-c", start],
            stdin=subprocess.PIPE,
            pass_fds=[self._bound.fileno()],
            process_group=0,  # a terminal's Ctrl-C comes to the parent alone, which ends them in order
        )
        assert worker.stdin is not None
        with suppress(BrokenPipeError):
            worker.stdin.write(self._task)
            worker.stdin.flush()
        self._running[worker] = time.monotonic()

    def _stop(self) -> None:
        for worker in self._running:
            worker.terminate()
        deadline = time.monotonic() + GRACE_S + 5
        for worker in self._running:
            try:
                worker.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
            _close(worker)


def _close(worker: subprocess.Popen[bytes]) -> None:
    if worker.stdin is not None:
        with suppress(OSError):
            worker.stdin.close()


def work() -> None:
    """What a worker does: serve until SIGTERM or until the parent is gone."""
    task: dict[str, Any] = orjson.loads(sys.stdin.buffer.readline())
    about = task["options"]
    options = Options(
        **{**about, "metrics_dir": Path(about["metrics_dir"])}
        | {name: tuple(about[name]) for name in ("allow_hosts", "cors")}
    )
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _run(create_app(task["path"], options=options), socket.socket(fileno=task["socket"]))
    except SearchIdxError as exc:
        sys.exit(f"searchidx: {exc}")


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
