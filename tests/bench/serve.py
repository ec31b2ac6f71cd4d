"""Load on a server over loopback: `python -m tests.bench serve --index DIR [--requests N] [--publish]`.

The server runs as users run it (`searchidx serve --workers N`, its access log going to a file) over a copy of the
index; one client process keeps `--connections` requests under way, each on its own connection, no pipelining. Queries
are the papers' author keywords of two to five words, shuffled, each asked once before any is asked again: page one, ten
hits with snippets, all facets. `--publish` adds papers in the middle, so that a new generation goes live under load.
"""

from __future__ import annotations

import os
import random
import re
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

import searchidx
from searchidx.analysis import STOP_WORDS
from tests.bench.run import machine, memory_of, percentiles

SEED = 20_261_122
_WORD = re.compile(r"[^\W_]+")
#: Asked before anything is counted: code is compiled and pages are mapped.
WARM_UP = 2_000
_PUBLISHED = 200


@dataclass
class Load:
    """What the client saw. latencies_ms: of every answer, in the order of their ends; failed: what else came."""

    seconds: float = 0.0
    client_cpu_s: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    ended_at: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    bytes: int = 0


class _Connection:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._parts: list[bytes] = []
        self._size = 0
        self._wanted = 0
        self.started = 0.0

    def ask(self, request: bytes) -> None:
        self._parts, self._size, self._wanted = [], 0, 0
        self.started = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> bytes | None:
        """The whole answer when it is there."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("the server closed the connection")
        self._parts.append(part)
        self._size += len(part)
        if not self._wanted:
            head, found, _ = b"".join(self._parts).partition(b"\r\n\r\n")
            if not found:
                return None
            length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
            assert length, head
            self._wanted = len(head) + 4 + int(length[1])
        return b"".join(self._parts) if self._size >= self._wanted else None


def load(
    host: str,
    port: int,
    requests: Iterator[bytes],
    n_requests: int,
    n_connections: int,
    half_way: threading.Event | None = None,
) -> Load:
    """Send so many requests; as soon as one is answered the next goes out. half_way: set when half of them are sent."""
    done = Load()
    selector = selectors.DefaultSelector()
    left = n_requests
    cpu, began = time.process_time(), time.perf_counter()
    for _ in range(min(n_connections, n_requests)):
        connection = _Connection(host, port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(next(requests))
        left -= 1
    while selector.get_map():
        for key, _ in selector.select():
            connection = key.data
            answer = connection.read()
            if answer is None:
                continue
            now = time.perf_counter()
            done.latencies_ms.append((now - connection.started) * 1000)
            done.ended_at.append(now - began)
            done.bytes += len(answer)
            if (
                not answer.startswith(b"HTTP/1.1 200 ")
                or not answer.endswith(b"}")
                or b'"facets":{"code"' not in answer
            ):
                done.failed.append(answer[:200].decode("latin-1"))
            if left:
                connection.ask(next(requests))
                left -= 1
                if half_way and left == n_requests // 2:
                    half_way.set()
            else:
                selector.unregister(connection.socket)
                connection.socket.close()
    done.seconds = time.perf_counter() - began
    done.client_cpu_s = time.process_time() - cpu
    return done


def keywords(index: Path) -> list[str]:
    """Author keywords of two to five words of the papers, without stop words, sorted."""
    with searchidx.open(index, executor="numpy") as opened:
        found = {tuple(_WORD.findall(word.lower())) for record in opened.records() for word in record.paper.keywords}
    return sorted(" ".join(words) for words in found if 2 <= len(words) <= 5 and not STOP_WORDS.intersection(words))


def shuffled(queries: Sequence[str]) -> Iterator[bytes]:
    """Requests without end; in every round each query once, in another order."""
    chance = random.Random(SEED)
    requests = [
        f"GET /api/search?q={quote(query)}&limit=10&facets=true HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        for query in queries
    ]
    while True:
        chance.shuffle(requests)
        yield from requests


@contextmanager
def server(index: Path, workers: int, log: Path, cache_mb: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server on a free port."""
    command = [sys.executable, "-m", "searchidx", "serve", "--index", str(index), "--port", "0"]
    with log.open("wb") as file:
        flags = ["--workers", str(workers), "--cache-mb", str(cache_mb)]
        process = subprocess.Popen([*command, *flags], stderr=file)
        try:
            while not (match := re.search(rb"http://127\.0\.0\.1:(\d+)/", log.read_bytes())):
                if process.poll() is not None:
                    raise RuntimeError(f"the server ended:\n{log.read_text()}")
                time.sleep(0.05)
            yield process, int(match[1])
        finally:
            process.terminate()
            process.wait(60)


def cpu_of(pid: int) -> float:
    """Seconds of processor time of a process and its descendants; what else runs on the machine hardly changes it."""
    values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK") + sum(map(cpu_of, children))


def publish(index: Path, home: Path) -> None:
    """Add papers in a process of its own."""
    lines = [
        orjson.dumps({"title": f"Paper {n} of a load test", "abstract": f"Deep learning under load, number {n}."})
        for n in range(_PUBLISHED)
    ]
    (home / "new.jsonl").write_bytes(b"\n".join(lines))
    command = [sys.executable, "-m", "searchidx", "update", str(home / "new.jsonl"), "--index", str(index)]
    subprocess.run([*command, "--workers", "1"], check=True, capture_output=True)


def measure(
    index: Path,
    *,
    n_requests: int,
    n_connections: int,
    workers: int,
    cache_mb: int,
    with_publish: bool,
    work: Path | None,
) -> dict[str, Any]:
    """All figures of one run."""
    queries = keywords(index)
    home = Path(tempfile.mkdtemp(prefix="searchidx-load-", dir=work))
    try:
        copy = home / "index"
        shutil.copytree(index, copy)
        with server(copy, workers, home / "log", cache_mb) as (process, port):
            requests = shuffled(queries)
            load("127.0.0.1", port, requests, WARM_UP, n_connections)
            memory, cpu = [memory_of(process.pid)], cpu_of(process.pid)
            published: list[float] = []
            began = time.perf_counter()
            half_way, ended = threading.Event(), threading.Event()

            def watch_memory() -> None:
                while not ended.wait(1):
                    memory.append(memory_of(process.pid))

            def publish_half_way() -> None:
                half_way.wait()
                published.append(time.perf_counter() - began)
                publish(copy, home)
                published.append(time.perf_counter() - began)

            threads = [threading.Thread(target=watch_memory)]
            threads += [threading.Thread(target=publish_half_way)] if with_publish else []
            for thread in threads:
                thread.start()
            done = load("127.0.0.1", port, requests, n_requests, n_connections, half_way)
            ended.set()
            for thread in threads:
                thread.join()
            memory.append(memory_of(process.pid))
            cpu = cpu_of(process.pid) - cpu
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return {
        "machine": machine(),
        "workers": workers,
        "cache_mb": cache_mb,
        "connections": n_connections,
        "queries": len(queries),
        "requests": n_requests,
        "errors": len(done.failed),
        "first_errors": done.failed[:3],
        "requests_per_s": round(n_requests / done.seconds),
        **{name.replace("_us", "_ms"): round(ms, 2) for name, ms in percentiles(done.latencies_ms).items()},
        "max_ms": round(max(done.latencies_ms), 1),
        "client_cpu_share": round(done.client_cpu_s / done.seconds, 3),
        "server_cpu_ms": round(cpu / n_requests * 1000, 3),
        "mean_bytes": round(done.bytes / n_requests),
        "memory_bytes": {
            "start": memory[0],
            "end": memory[-1],
            "most": max(memory),
            "by_second": memory,
        },
        "published_s": [round(at, 1) for at in published],
        "by_part": _parts(done, 10),
    }


def _parts(done: Load, n_parts: int) -> list[dict[str, float]]:
    """Rate and latencies of every part of the run, to see a drift or a dip."""
    size = max(len(done.latencies_ms) // n_parts, 1)
    parts = []
    for start in range(0, size * n_parts, size):
        latencies, ends = done.latencies_ms[start : start + size], done.ended_at[start : start + size]
        if latencies:
            rate = len(ends) / max(ends[-1] - (done.ended_at[start - 1] if start else 0.0), 1e-9)
            p99 = round(percentiles(latencies)["p99_us"], 2)
            parts.append({"per_s": round(rate), "p50_ms": round(statistics.median(latencies), 2), "p99_ms": p99})
    return parts


def shown(figures: dict[str, Any]) -> str:
    """The figures in a few lines."""
    memory = figures["memory_bytes"]
    lines = [
        f"{figures['requests']:,} requests, {figures['errors']} errors, {figures['requests_per_s']:,}/s; "
        f"p50 {figures['p50_ms']} ms, p95 {figures['p95_ms']}, p99 {figures['p99_ms']}, max {figures['max_ms']}",
        f"{figures['workers']} workers, {figures['connections']} connections, {figures['queries']:,} queries, "
        f"{figures['cache_mb']} MB of answers kept, {figures['mean_bytes']:,} bytes an answer",
        f"{figures['server_cpu_ms']} ms of processor time a request; the client took {figures['client_cpu_share']:.0%} "
        "of a core",
        f"memory {memory['start'] / 1e6:.1f} MB at the start, {memory['end'] / 1e6:.1f} at the end, "
        f"{memory['most'] / 1e6:.1f} at most",
    ]
    if figures["published_s"]:
        lines.append("a generation was published between seconds " + " and ".join(map(str, figures["published_s"])))
    lines += [
        f"  part {n}: {p['per_s']}/s, p50 {p['p50_ms']} ms, p99 {p['p99_ms']} ms"
        for n, p in enumerate(figures["by_part"], 1)
    ]
    return "\n".join([*lines, *figures["first_errors"]])
