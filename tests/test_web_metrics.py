"""Counts over several workers: right sums, no number that falls, and the text format Prometheus reads."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from web_client import client

from searchidx.web import metrics
from searchidx.web.metrics import BOUNDS, Metrics

ROUTES = ("/a", "/b")
_SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="[^"\\\n]*",?)+)\})? ([0-9.e+-]+|\+Inf)')


def samples(text: str) -> dict[str, float]:
    """Every sample of a text, by its name and labels."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            assert _SAMPLE.fullmatch(line), line
            name, value = line.rsplit(" ", 1)
            assert name not in found
            found[name] = float(value)
    return found


def test_requests_are_counted_by_route_status_and_time(tiny_index: Path) -> None:
    ask = client(tiny_index)
    for address in ("/api/search?q=depth", "/api/search?q=x", "/api/search?colour=red", "/api/papers/kite", "/nothing"):
        ask.get(address)
    counts = samples(ask.get("/metrics").text)
    assert counts['searchidx_requests_total{route="/api/search",status="200"}'] == 2
    assert counts['searchidx_requests_total{route="/api/search",status="400"}'] == 1
    assert counts['searchidx_requests_total{route="/api/papers/{id:path}",status="200"}'] == 1
    assert counts['searchidx_requests_total{route="unmatched",status="404"}'] == 1
    assert counts['searchidx_request_seconds_count{route="/api/search"}'] == 3
    assert counts['searchidx_request_seconds_bucket{route="/api/search",le="+Inf"}'] == 3
    assert counts["searchidx_requests_in_progress"] == 1  # the one that asks
    assert counts[f'searchidx_index_papers{{pid="{os.getpid()}"}}'] == 5
    assert counts[f'searchidx_index_generation{{pid="{os.getpid()}"}}'] == 1
    assert counts[f'searchidx_worker_memory_bytes{{pid="{os.getpid()}"}}'] > 1_000_000


def test_every_name_is_described_once_before_its_samples() -> None:
    mine = Metrics(ROUTES)
    mine.began()
    mine.ended("/a", 200, 0.5)
    described: set[str] = set()
    for line in mine.text().splitlines():
        if line.startswith("# TYPE "):
            name = line.split()[2]
            assert name not in described
            described.add(name)
        elif not line.startswith("#"):
            name = re.split(r"[{ ]", line)[0]
            assert re.sub(r"_(bucket|sum|count)$", "", name) in described or name in described


def test_buckets_hold_what_is_at_most_their_bound() -> None:
    mine = Metrics(ROUTES)
    for seconds in (0.0, BOUNDS[0], BOUNDS[0] * 1.01, 99.0):
        mine.began()
        mine.ended("/a", 200, seconds)
    counts = samples(mine.text())
    assert counts[f'searchidx_request_seconds_bucket{{route="/a",le="{BOUNDS[0]}"}}'] == 2
    assert counts[f'searchidx_request_seconds_bucket{{route="/a",le="{BOUNDS[1]}"}}'] == 3
    assert counts[f'searchidx_request_seconds_bucket{{route="/a",le="{BOUNDS[-1]}"}}'] == 3
    assert counts['searchidx_request_seconds_bucket{route="/a",le="+Inf"}'] == 4
    assert counts['searchidx_request_seconds_sum{route="/a"}'] == pytest.approx(99.00201)


def test_sums_are_over_all_workers_and_outlive_those_that_died(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = {11, 12}
    monkeypatch.setattr(metrics, "_is_running", lambda pid: pid in running)
    workers = []
    for pid in sorted(running):
        monkeypatch.setattr(metrics.os, "getpid", lambda pid=pid: pid)
        workers.append(Metrics(ROUTES, tmp_path))
    for worker, n in zip(workers, (3, 4), strict=True):
        for _ in range(n):
            worker.began()
            worker.ended("/b", 200, 0.002)
        worker.began()
        worker.note("000007", 10, behind=False)
    for worker in workers:
        counts = samples(worker.text())
        assert counts['searchidx_requests_total{route="/b",status="200"}'] == 7
        assert counts["searchidx_requests_in_progress"] == 2
        assert counts["searchidx_workers"] == 2
        assert counts['searchidx_index_generation{pid="11"}'] == 7
    running.remove(11)
    counts = samples(workers[1].text())
    assert counts['searchidx_requests_total{route="/b",status="200"}'] == 7
    assert counts["searchidx_requests_in_progress"] == counts["searchidx_workers"] == 1
    assert 'searchidx_index_generation{pid="11"}' not in counts


# A worker that takes the process id of one that died goes on with its counts.
def test_a_process_id_that_comes_again_loses_nothing(tmp_path: Path) -> None:
    first = Metrics(ROUTES, tmp_path)
    first.began()
    first.ended("/a", 418, 0.1)
    again = Metrics(ROUTES, tmp_path)
    again.began()
    again.ended("/a", 418, 0.1)
    counts = samples(again.text())
    assert counts['searchidx_requests_total{route="/a",status="other"}'] == 2
    assert counts["searchidx_requests_in_progress"] == 0


def test_a_file_of_another_layout_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "worker-1").write_bytes(b"short")
    assert samples(Metrics(ROUTES, tmp_path).text())["searchidx_workers"] == 1
