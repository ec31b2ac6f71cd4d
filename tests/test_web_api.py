"""The REST interface as programs meet it: the command line's JSON, one error body, caching, limits, hostile input."""

from __future__ import annotations

import datetime
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from conftest import Run, write_jsonl
from starlette.testclient import TestClient
from web_client import client

import searchidx
from searchidx.index import Index
from searchidx.web import edge, security
from searchidx.web.edge import takes_gzip
from searchidx.web.security import Hosts, check_origin

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
HOSTILE = [
    {
        "id": "evil/../../etc/passwd",
        "title": f"Evil {EVIL}",
        "abstract": f"Depth {EVIL} of field. \x1b[31mred\x07 \u202etxt.",
        "authors": [EVIL],
        "venue": EVIL,
        "date": "2024-05-06",
        "url": "javascript:alert(document.domain)",
        "code_urls": ["javascript:alert(3)//github.com/a/b", "https://github.com/lab/evil"],
        "source": EVIL,
    },
    {"id": "plain", "title": "Plain paper on depth", "abstract": "Depth as it is.", "doi": "10.1000/a/b", "upvotes": 2},
]


@pytest.fixture(scope="module")
def ask(tiny_index: Path) -> TestClient:
    return client(tiny_index)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    home = tmp_path_factory.mktemp("hostile")
    searchidx.build([write_jsonl(home / "papers.jsonl", HOSTILE)], home / "index")
    return client(home / "index")


def timeless(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "took_ms"}


# --- the same as the command line ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "arguments"),
    [
        ("/api/search?q=depth&facets=true", ("search", "depth", "--facets")),
        ("/api/search?q=depth&n=1&page=2&explain=true", ("search", "depth", "-n", "1", "--page", "2", "--explain")),
        (
            "/api/search?has_code=true&sort=date&year=2021..",
            ("search", "--has-code", "--sort", "date", "--year", "2021.."),
        ),
        ("/api/search?q=2001.00042", ("search", "2001.00042")),
        ("/api/search?q=zebra", ("search", "zebra")),
        ("/api/facets?q=depth&author=Ray", ("facets", "depth", "--author", "Ray")),
        ("/api/papers/gull", ("show", "gull")),
        ("/api/papers/10.1000/gull", ("show", "10.1000/gull")),
        ("/api/papers/https://arxiv.org/abs/2001.00042", ("show", "2001.00042")),
        ("/api/papers/Fern%20and%20the%20shape%20of%20leaves", ("show", "fern")),
        ("/api/papers/kite/similar?limit=2", ("similar", "kite", "-n", "2")),
        ("/api/papers/10.1000%2Fgull/similar?has_code=false", ("similar", "gull", "--no-code")),
        ("/api/results?dataset=KITTI", ("results", "KITTI")),
    ],
)
def test_answers_are_the_json_of_the_command_line(
    ask: TestClient, run: Callable[..., Run], tiny_index: Path, address: str, arguments: tuple[str, ...]
) -> None:
    answer = ask.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert timeless(answer.json()) == timeless(run(*arguments, "--json", "--index", tiny_index).json)


def test_results_come_in_pages_under_the_whole_number(make_index: Callable[[Iterable[dict[str, Any]]], Path]) -> None:
    papers = [
        {"id": f"p{n}", "title": f"Net {n}", "abstract": f"We reach an accuracy of {80 + n}% on CIFAR-10."}
        for n in range(3)
    ]
    ask = client(make_index(papers))
    first = ask.get("/api/results?dataset=cifar10&metric=accuracy&limit=2").json()
    second = ask.get("/api/results?dataset=cifar10&metric=accuracy&limit=2&page=2").json()
    assert (first["total"], second["total"]) == (3, 3)
    assert [claim["value"] for claim in first["results"] + second["results"]] == [82.0, 81.0, 80.0]


def test_suggestions_are_those_of_the_index(ask: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def suggest(self: Index, text: str, *, limit: int = 8) -> list[str]:
        return [f"{text}{n}" for n in range(limit)]

    monkeypatch.setattr(Index, "suggest", suggest, raising=False)
    assert ask.get("/api/suggest?q=dep&limit=2").json() == {"q": "dep", "suggestions": ["dep0", "dep1"]}
    assert len(ask.get("/api/suggest?q=dep").json()["suggestions"]) == 8


def test_health_says_what_answers(ask: TestClient) -> None:
    assert ask.get("/healthz").json() == {
        "status": "ok",
        "version": searchidx.__version__,
        "generation": "000001",
        "papers": 5,
        "problem": None,
    }


# --- errors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status", "kind", "said"),
    [
        ("/api/search?q=%22depth", 400, "QueryError", "column 1"),
        ("/api/search?colour=red", 400, "UsageError", "colour"),
        ("/api/search?limit=101", 400, "UsageError", "limit"),
        ("/api/search?page=1001", 400, "UsageError", "10,000"),
        ("/api/search?year=soon", 400, "UsageError", "soon"),
        ("/api/search?metric=accuracy%3E%3Dmany", 400, "UsageError", "accuracy"),
        ("/api/search?has_code=true&code=none", 400, "UsageError", "code"),
        ("/api/papers/kite?x=1", 400, "UsageError", "x"),
        ("/api/papers/kite/similar?sort=date", 400, "UsageError", "sort"),
        ("/api/results", 400, "UsageError", "dataset"),
        ("/api/suggest", 400, "UsageError", "q"),
        ("/api/papers/zebra", 404, "PaperMissing", "zebra"),
        ("/api/papers/zebra/similar", 404, "PaperMissing", "zebra"),
        ("/api/nothing", 404, "NotFound", ""),
        ("/api/search/", 404, "NotFound", ""),
        ("/export/search.exe", 404, "NotFound", ""),
        ("/api/search?q=" + "x" * 12_000, 414, "TooLong", "10,000"),
    ],
)
def test_every_error_has_one_body(ask: TestClient, address: str, status: int, kind: str, said: str) -> None:
    answer = ask.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    (error,) = answer.json().values()
    assert error.keys() == {"type", "message", "remedy"}
    assert (error["type"], said in error["message"]) == (kind, True)
    assert error["remedy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_the_interface_only_reads(ask: TestClient, method: str) -> None:
    answer = ask.request(method, "/api/search")
    assert answer.status_code == 405
    assert {"GET", "HEAD"} == set(answer.headers["allow"].split(", "))
    assert answer.json()["error"]["type"] == "MethodNotAllowed"


def test_a_defect_of_ours_tells_nothing_of_its_inside(ask: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret /etc/passwd")

    monkeypatch.setattr(Index, "search", broken)
    for address in ("/api/search?q=never+asked", "/search?q=never+asked"):
        answer = ask.get(address, headers={"accept": "text/html"})
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert ask.get("/api/search?q=never+asked").json()["error"]["type"] == "InternalError"


def test_a_damaged_index_is_503_and_says_so_on_stderr_only(
    tiny_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object, **__: object) -> None:
        raise searchidx.errors.IndexDamaged(tiny_index / "seg-1", "is not what was written")

    monkeypatch.setattr(Index, "search", damaged)
    answer = client(tiny_index).get("/api/search?q=depth")
    assert (answer.status_code, answer.json()["error"]["type"]) == (503, "IndexDamaged")
    assert str(tiny_index) not in answer.text
    assert f"{tiny_index}/seg-1: is not what was written" in capsys.readouterr().err


def test_a_person_gets_a_page_and_a_program_json(ask: TestClient) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for address in ("/nothing", "/paper/zebra", "/search?q=%22depth", "/export/search.exe"):
        page = ask.get(address, headers=browser)
        assert page.status_code in (400, 404)
        assert page.headers["content-type"].startswith("text/html")
        assert ask.get(address).headers["content-type"] == "application/json"
    assert ask.get("/api/nothing", headers=browser).headers["content-type"] == "application/json"


def test_where_the_index_lies_is_not_said(ask: TestClient, tiny_index: Path) -> None:
    for address in ("/api/papers/zebra", "/paper/zebra", "/healthz", "/metrics"):
        assert str(tiny_index) not in ask.get(address, headers={"accept": "text/html"}).text


# --- limits -------------------------------------------------------------------------------------------------


def test_a_request_that_takes_too_long_is_told_so(tiny_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Index, "facets", lambda *_, **__: time.sleep(0.5))
    answer = client(tiny_index, timeout_s=0.05).get("/api/facets")
    assert (answer.status_code, answer.json()["error"]["type"]) == (503, "TooSlow")


def test_more_long_requests_than_are_taken_on_are_sent_away(tiny_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, entered = threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> None:
        entered.set()
        go_on.wait(10)

    monkeypatch.setattr(Index, "facets", slow)
    monkeypatch.setattr("searchidx.web.work.MAX_PENDING", 1)
    with client(tiny_index) as ask:
        first = threading.Thread(target=ask.get, args=("/api/facets",))
        first.start()
        assert entered.wait(10)
        answer = ask.get("/api/facets")
        assert ask.get("/api/search?q=depth").status_code == 200  # short ones go on
        go_on.set()
        first.join()
    assert (answer.status_code, answer.json()["error"]["type"]) == (503, "TooBusy")
    assert answer.headers["retry-after"] == "1"


# --- caching ------------------------------------------------------------------------------------------------

CACHED = ["/api/search?q=depth", "/api/papers/kite", "/feed.atom", "/export/search.csv", "/search?q=depth", "/"]


@pytest.mark.parametrize("address", CACHED)
def test_what_is_unchanged_is_not_sent_again(ask: TestClient, address: str) -> None:
    first = ask.get(address)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
        again = ask.get(address, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert ask.get(address, headers={"if-none-match": '"other"'}).status_code == 200
    assert ask.get("/api/papers/gull", headers={"if-none-match": tag}).status_code == 200


def test_a_tag_of_another_address_is_no_tag_of_an_error(ask: TestClient) -> None:
    tag = ask.get("/api/search").headers["etag"]
    assert ask.get("/api/search?colour=red", headers={"if-none-match": tag}).status_code == 400


def test_a_tag_changes_with_generation_version_and_day(
    tiny_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    shutil.copytree(tiny_index, index)
    ask = client(index, follow_s=0)
    tags = [ask.get("/api/search?sort=trending").headers["etag"]]
    searchidx.delete(["kite"], index)
    tags.append(ask.get("/api/search?sort=trending").headers["etag"])
    monkeypatch.setattr(edge, "__version__", "9.9.9")
    monkeypatch.setattr(ask.app.state.live, "_index", searchidx.open(index))
    tags.append(ask.get("/api/search?sort=trending").headers["etag"])

    class Tomorrow(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
            return datetime.datetime.now(tz) + datetime.timedelta(days=1)

    monkeypatch.setattr(edge, "datetime", type("Module", (), {"datetime": Tomorrow, "UTC": datetime.UTC}))
    tags.append(ask.get("/api/search?sort=trending").headers["etag"])
    assert len(set(tags)) == 4


def test_health_and_counts_are_always_new(ask: TestClient) -> None:
    for address in ("/healthz", "/metrics"):
        answer = ask.get(address, headers={"if-none-match": "*"})
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert "etag" not in answer.headers


def test_long_answers_are_compressed_for_those_who_take_it(ask: TestClient) -> None:
    packed = ask.get("/api/search?q=depth", headers={"accept-encoding": "br, gzip;q=0.5"})
    plain = ask.get("/api/search?q=depth", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) == len(plain.content)
    assert timeless(packed.json()) == timeless(plain.json())
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in ask.get("/healthz").headers  # too short to gain


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        (b"gzip", True),
        (b"GZIP ; q=1.0", True),
        (b"br, gzip;q=0.001", True),
        (b"*", True),
        (b"gzip;q=0", False),
        (b"gzip;q=0.000, *", False),
        (b"*;q=0", False),
        (b"br", False),
        (b"", False),
        (b"gzip;q=x", False),
    ],
)
def test_who_takes_gzip(header: bytes, taken: bool) -> None:
    assert takes_gzip(header) is taken


def test_head_is_get_without_the_body(ask: TestClient) -> None:
    full, head = ask.get("/api/papers/kite"), ask.head("/api/papers/kite")
    assert head.status_code == 200
    assert {**head.headers} == {**full.headers}


# --- who may ask --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/api/search?q=depth", "/", "/nothing", "/healthz", "/docs", "/feed.atom"])
def test_security_headers_are_on_every_answer(ask: TestClient, address: str) -> None:
    headers = ask.get(address).headers
    policy = headers["content-security-policy"]
    assert policy == security.CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert not [name for name in headers if name.startswith("access-control")]
    assert "server" not in headers


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "a b", "x" * 300]
)
def test_a_name_that_is_not_ours_is_refused(ask: TestClient, host: str) -> None:
    answer = ask.get("/api/search?q=depth", headers={"host": host})
    assert (answer.status_code, answer.json()["error"]["type"]) == (421, "HostRefused")
    assert "--allow-host" in answer.json()["error"]["remedy"]


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000", "10.1.2.3", "a.localhost"]
)
def test_our_names_are_answered(ask: TestClient, host: str) -> None:
    assert ask.get("/healthz", headers={"host": host}).status_code == 200


def test_names_can_be_allowed() -> None:
    hosts = Hosts("papers.lan", ["one.example", ".two.example"])
    for name in ("papers.lan", "one.example", "two.example", "a.b.two.example", "One.Example.:80"):
        hosts.check(name)
    for name in ("x.one.example", "eviltwo.example", "papers.lan.evil.example"):
        with pytest.raises(searchidx.SearchIdxError):
            hosts.check(name)
    Hosts(allowed=["*"]).check("anything.example")
    Hosts().check(None)


def test_other_origins_may_read_only_when_they_are_named(tiny_index: Path) -> None:
    ask = client(tiny_index, cors=("https://a.example",))
    mine = ask.get("/api/search", headers={"origin": "https://a.example"})
    assert mine.headers["access-control-allow-origin"] == "https://a.example"
    assert "Origin" in mine.headers["vary"]
    other = ask.get("/api/search", headers={"origin": "https://b.example"})
    assert "access-control-allow-origin" not in other.headers
    assert "Origin" in other.headers["vary"]
    asked = {"origin": "https://a.example", "access-control-request-method": "GET"}
    before = ask.options("/api/search", headers=asked)
    assert (before.status_code, before.headers["access-control-allow-methods"]) == (204, "GET, HEAD")
    anyone = client(tiny_index, cors=("*",)).get("/api/papers/zebra", headers={"origin": "https://b.example"})
    assert (anyone.status_code, anyone.headers["access-control-allow-origin"]) == (404, "*")
    assert (
        ask.get("/api/search", headers={"origin": "https://a.example"}).headers.get("access-control-allow-credentials")
        is None
    )


def test_an_origin_is_written_as_browsers_send_it() -> None:
    assert check_origin("https://A.example:8443") == "https://a.example:8443"
    assert check_origin("*") == "*"
    for wrong in ("a.example", "https://a.example/", "null", "https://*.example"):
        with pytest.raises(searchidx.SearchIdxError, match="no origin"):
            check_origin(wrong)


# --- hostile records and addresses --------------------------------------------------------------------------


def test_what_a_record_says_stays_text(hostile: TestClient) -> None:
    answer = hostile.get("/api/search?q=depth")
    assert answer.headers["content-type"] == "application/json"
    hit = next(hit for hit in answer.json()["hits"] if "Evil" in hit["title"])
    assert "<script" not in hit["snippet"]
    assert "&lt;script&gt;" in hit["snippet"]
    for address in (
        "/search?q=depth",
        f"/paper/{quote(hit['id'], safe='')}",
        "/feed.atom",
        "/api/search?q=<script>alert(1)</script>",
        "/",
    ):
        answer = hostile.get(address, headers={"accept": "text/html"})
        assert answer.status_code == 200
        if "json" not in answer.headers["content-type"]:
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text
            assert 'href="javascript' not in answer.text.lower()


@pytest.mark.parametrize(
    "address",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/setup.cfg",
        "/static/....//app.py",
        "/static//etc/passwd",
        "/export/search.../../etc/passwd",
        "/api/papers/../../../../etc/passwd",
        "/api/papers/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/api/papers/file:///etc/passwd",
        "/paper/..%5c..%5cwindows",
        "/api/papers/%00",
        "/dataset/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    ],
)
def test_no_address_leads_to_a_file(hostile: TestClient, address: str) -> None:
    answer = hostile.get(address)
    assert answer.status_code == 404
    assert "root:" not in answer.text
    assert "create_app" not in answer.text


def test_an_id_may_hold_anything(hostile: TestClient) -> None:
    for id_ in ("evil%2F..%2F..%2Fetc%2Fpasswd", "10.1000/a/b", "10.1000%2fa%2Fb"):
        assert hostile.get(f"/api/papers/{id_}").status_code == 200
        assert hostile.get(f"/api/papers/{id_}/similar").status_code == 200


# --- the access log -----------------------------------------------------------------------------------------


def test_the_log_has_one_line_per_request_whatever_is_asked(
    tiny_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = client(tiny_index, access_log=True)
    ask.get("/api/search?q=depth")
    ask.get("/%0d%0aforged%1b[31m%22?q=a%0ab", headers={"host": "evil.example\tx"})
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert '"GET /api/search?q=depth" 200 ' in lines[0]
    assert lines[0].endswith("ms")
    assert '" 421 ' in lines[1]
    assert all(line.isascii() and line.isprintable() for line in lines)
