"""`searchidx serve` as a process: address, workers, new generations, signals, and what it says when it cannot."""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Run
from web_client import client

import searchidx
from searchidx.web.app import Options, create_app
from searchidx.web.protocol import MAX_HEAD

Command = Callable[..., Run]
PATIENCE_S = 30.0


@contextmanager
def serving(
    index: Path, log: Path, *options: str, program: str | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server on a free port; its standard error goes to the log. program: instead of the command itself."""
    command = [sys.executable, *(("-c", program) if program else ("-m", "searchidx"))]
    command += ["serve", "--index", str(index), "--port", "0", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stderr=file, stdout=subprocess.PIPE)
        try:
            port = int(until(lambda: re.search(r"http://127\.0\.0\.1:(\d+)/", log.read_text()), process)[1])
            yield process, port
        finally:
            process.kill()
            process.communicate()


def until(look: Callable[[], Any], process: subprocess.Popen[bytes] | None = None) -> Any:
    """What `look` gives as soon as it gives something."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := look():
            return found
        assert process is None or process.poll() is None, "the server ended"
        time.sleep(0.02)
    raise AssertionError("it never came")


def get(port: int, path: str) -> tuple[int, bytes]:
    """One request on a connection of its own, so that any worker may answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def raw(port: int, data: bytes) -> bytes:
    """What comes back for these bytes until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(data)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


@pytest.fixture(scope="module")
def two_workers(
    tiny_index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[subprocess.Popen[bytes], int, Path, Path]]:
    home = tmp_path_factory.mktemp("serving")
    shutil.copytree(tiny_index, home / "index")
    with serving(home / "index", home / "log", "--workers", "2") as (process, port):
        until(lambda: metrics(port)["searchidx_workers"] == 2)
        yield process, port, home / "index", home / "log"


def metrics(port: int) -> dict[str, float]:
    text = get(port, "/metrics")[1].decode()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")}


def test_workers_answer_count_together_and_follow_the_index(
    two_workers: tuple[subprocess.Popen[bytes], int, Path, Path], tmp_path: Path
) -> None:
    _, port, index, log = two_workers
    for _ in range(20):
        status, body = get(port, "/api/search?q=depth")
        assert (status, json.loads(body)["total"]) == (200, 3)
    assert metrics(port)['searchidx_requests_total{route="/api/search",status="200"}'] == 20
    searchidx.delete(["kite"], index)
    generations = 'searchidx_index_generation{pid="'
    until(lambda: {value for name, value in metrics(port).items() if name.startswith(generations)} == {2.0})
    assert {json.loads(get(port, "/api/search?q=depth")[1])["total"] for _ in range(10)} == {2}
    assert log.read_text().count('"GET /api/search?q=depth" 200 ') == 30


def test_a_worker_that_dies_is_replaced(two_workers: tuple[subprocess.Popen[bytes], int, Path, Path]) -> None:
    _, port, _, log = two_workers
    pid = json.loads(f"[{re.search('pid=.([0-9]+)', get(port, '/metrics')[1].decode())[1]}]")[0]  # type: ignore[index]
    before = metrics(port)
    os.kill(pid, signal.SIGKILL)
    until(lambda: f"worker {pid} ended with code -9" in log.read_text())
    until(lambda: metrics(port)["searchidx_workers"] == 2)
    after = metrics(port)
    assert f'searchidx_index_papers{{pid="{pid}"}}' not in after
    totals = [name for name in before if name.startswith("searchidx_requests_total")]
    assert all(after[name] >= before[name] for name in totals)


def test_what_is_no_request_gets_the_one_error_body(
    two_workers: tuple[subprocess.Popen[bytes], int, Path, Path],
) -> None:
    _, port, _, _ = two_workers
    endless = b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"x: " + b"y" * (MAX_HEAD + 300_000)
    for sent, status in ((b"NO SUCH THING\r\n\r\n", 400), (endless, 431)):
        answer = raw(port, sent)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(f"HTTP/1.1 {status} ".encode())
        assert json.loads(body)["error"].keys() == {"type", "message", "remedy"}


def test_requests_one_after_another_on_one_connection(
    two_workers: tuple[subprocess.Popen[bytes], int, Path, Path],
) -> None:
    _, port, _, _ = two_workers
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    for method, status in (("GET", 200), ("HEAD", 200), ("POST", 405), ("GET", 200)):
        connection.request(method, "/api/papers/gull", body=b"x" * 200_000 if method == "POST" else None)
        answer = connection.getresponse()
        body = answer.read()
        assert (answer.status, bool(body)) == (status, method != "HEAD")
        assert answer.headers["date"]
    connection.close()


@pytest.mark.torture
def test_workers_end_with_their_parent(tiny_index: Path, tmp_path: Path) -> None:
    with serving(tiny_index, tmp_path / "log", "--workers", "2", "--no-access-log") as (process, port):
        until(lambda: metrics(port)["searchidx_workers"] == 2)
        process.kill()
        process.wait()
        until(lambda: not listening(port))


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


# --- signals ------------------------------------------------------------------------------------------------


#: A server whose facets take their time.
SLOW = """
import sys, time
from searchidx.cli import main
from searchidx.index import Index
facets = Index.facets
Index.facets = lambda *a, **o: time.sleep(0.6) or facets(*a, **o)
main(sys.argv[1:])
"""


def test_a_signal_lets_the_request_under_way_end(tiny_index: Path, tmp_path: Path) -> None:
    with serving(tiny_index, tmp_path / "log", program=SLOW) as (process, port):
        assert get(port, "/healthz")[0] == 200
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as slow:
            slow.sendall(b"GET /api/facets?q=depth HTTP/1.1\r\nHost: localhost\r\n\r\n")
            until(lambda: metrics(port)["searchidx_requests_in_progress"] == 2)
            process.terminate()
            received = b""
            while piece := slow.recv(65536):
                received += piece
        assert received.startswith(b"HTTP/1.1 200 OK")
        assert json.loads(received.partition(b"\r\n\r\n")[2])["total"] == 3
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0
        assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.torture
def test_an_interrupted_server_ends_its_workers(tiny_index: Path, tmp_path: Path) -> None:
    with serving(tiny_index, tmp_path / "log", "--workers", "2") as (process, port):
        until(lambda: metrics(port)["searchidx_workers"] == 2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 130
        assert not listening(port)
        assert "Traceback" not in (tmp_path / "log").read_text()


# --- the live index -----------------------------------------------------------------------------------------


def test_a_new_generation_is_opened_and_warmed_aside(tiny_index: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(tiny_index, index)
    with client(index, follow_s=0.02) as ask:
        assert ask.get("/healthz").json()["papers"] == 5
        searchidx.delete(["kite"], index)
        until(lambda: ask.get("/healthz").json()["papers"] == 4)
        assert ask.get("/healthz").json()["generation"] == "000002"


def test_a_generation_that_cannot_be_opened_leaves_the_one_before(tiny_index: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(tiny_index, index)
    with client(index, follow_s=0.02) as ask:
        (index / "CURRENT").write_text("nonsense")
        health = until(lambda: (found := ask.get("/healthz").json())["status"] == "behind" and found)
        assert (health["problem"], health["papers"]) == ("IndexDamaged", 5)
        assert ask.get("/api/search?q=depth").json()["total"] == 3
        assert 'searchidx_index_behind{pid="' in ask.get("/metrics").text


# --- the command --------------------------------------------------------------------------------------------


def test_an_address_that_cannot_be_had_is_one_line(run: Command, tiny_index: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", "--index", tiny_index, "--port", str(port))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"searchidx: cannot listen on 127.0.0.1 port {port}: ")
    assert "--port 0" in done.err
    done = run("serve", "--index", tiny_index, "--host", "no.such.host.invalid", "--port", "0")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "--host 127.0.0.1" in done.err


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_index_that_is_not_there_is_one_line(run: Command, tmp_path: Path, workers: str) -> None:
    done = run("serve", "--index", tmp_path / "none", "--port", "0", "--workers", workers)
    assert done.code == 2
    assert done.err.startswith("searchidx: no index at ")
    assert done.err.count("\n") == 1


def test_a_wrong_origin_is_one_line(run: Command, tiny_index: Path) -> None:
    done = run("serve", "--index", tiny_index, "--cors", "example.org")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "https://example.org" in done.err


def test_without_the_extra_the_remedy_is_said(run: Command, tiny_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("searchidx.cli.serving.find_spec", lambda name: None if name == "uvicorn" else find(name))
    done = run("serve", "--index", tiny_index)
    assert (done.code, done.out) == (2, "")
    assert done.err == "searchidx: serving needs uvicorn; install it with: pip install 'searchidx[web]'\n"


def test_other_commands_do_not_load_the_server() -> None:
    names = ("searchidx.web", "starlette", "uvicorn", "jinja2")
    program = f"import sys, searchidx.cli; sys.exit(any(name.startswith({names}) for name in sys.modules))"
    subprocess.run([sys.executable, "-c", program], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_options_reach_the_workers_as_they_were_given(tiny_index: Path) -> None:
    options = Options(host="::1", allow_hosts=("a",), cors=("*",), access_log=True, timeout_s=3.5)
    app = create_app(tiny_index, options=options)
    assert app.state.options == options
