"""A search as a file, as a feed, and the interface's own description."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import TINY, Run
from starlette.testclient import TestClient
from web_client import client

from searchidx.index import Index
from searchidx.web import openapi, security
from searchidx.web.params import SEARCH

ATOM = "{http://www.w3.org/2005/Atom}"
MakeIndex = Callable[[Iterable[dict[str, Any]]], Path]


@pytest.fixture(scope="module")
def ask(tiny_index: Path) -> TestClient:
    return client(tiny_index)


# --- exports ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "option", "media_type"),
    [
        ("bib", "--bibtex", "application/x-bibtex"),
        ("csv", "--csv", "text/csv"),
        ("jsonl", "--jsonl", "application/x-ndjson"),
    ],
)
def test_an_export_is_what_the_command_line_prints(
    ask: TestClient, run: Callable[..., Run], tiny_index: Path, kind: str, option: str, media_type: str
) -> None:
    answer = ask.get(f"/export/search.{kind}?q=depth&year=2020..")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)
    assert answer.headers["content-disposition"] == f'attachment; filename="search.{kind}"'
    assert answer.text == run("search", "depth", "--year", "2020..", option, "--index", tiny_index).out


def test_an_export_holds_the_whole_search_up_to_its_limit(make_index: MakeIndex) -> None:
    ask = client(make_index([{"id": f"p{n:02}", "title": f"Depth {n}", "abstract": "Depth."} for n in range(30)]))
    assert len(ask.get("/export/search.jsonl?q=depth").text.splitlines()) == 30
    assert len(ask.get("/export/search.jsonl?q=depth&limit=7&utm_source=x").text.splitlines()) == 7
    assert ask.get("/export/search.jsonl?limit=1001").status_code == 400
    rows = list(csv.reader(io.StringIO(ask.get("/export/search.csv?q=nothing+at+all").text)))
    assert len(rows) == 1


# --- feeds --------------------------------------------------------------------------------------------------


def feed(ask: TestClient, address: str, **headers: str) -> ElementTree.Element:
    answer = ask.get(address, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml"
    return ElementTree.fromstring(answer.content)


def text(element: ElementTree.Element, name: str) -> str:
    found = element.findtext(f"{ATOM}{name}")
    assert found is not None
    return found


def test_a_feed_is_the_search_newest_first(ask: TestClient) -> None:
    root = feed(ask, "/feed.atom?q=depth&sort=relevance")
    entries = root.findall(f"{ATOM}entry")
    titles = {paper["title"]: paper for paper in TINY}
    assert [titles[text(entry, "title")]["id"] for entry in entries] == ["moss", "kite", "gull"]
    assert [text(entry, "updated")[:10] for entry in entries] == ["2022-01-01", "2021-05-04", "2020-01-01"]
    assert text(root, "updated") == "2022-01-01T00:00:00Z"
    assert text(root, "title") == "searchidx: depth"
    assert [name.text for name in entries[0].iter(f"{ATOM}name")] == ["Ada Ray"]
    links = [(link.get("rel"), link.get("href")) for link in entries[1].findall(f"{ATOM}link")]
    assert links == [("alternate", "http://localhost/paper/kite"), ("related", "https://github.com/lab/kite")]
    assert text(entries[1], "summary") == "A small network guesses depth from one picture."


# RFC 4287: what a feed and every entry must have, once, and in which form.
def test_a_feed_is_valid_atom(ask: TestClient) -> None:
    root = feed(ask, "/feed.atom")
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", text(element, "id"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", text(element, "updated"))
        alternates = [link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    assert [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    ids = [text(entry, "id") for entry in root.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids) == 5


def test_ids_hang_on_the_paper_and_the_search_alone(ask: TestClient, make_index: MakeIndex) -> None:
    other = client(make_index([{**TINY[0], "title": "Another title", "date": "2023-01-01"}]))
    first = feed(ask, "/feed.atom?q=depth", host="localhost:80")
    again = feed(other, "/feed.atom?limit=5&q=depth", host="127.0.0.1:9000")
    assert text(first, "id") == text(again, "id") != text(feed(ask, "/feed.atom"), "id")
    kite = next(entry for entry in first.iter(f"{ATOM}entry") if "Kite" in text(entry, "title"))
    assert text(kite, "id") == text(again.findall(f"{ATOM}entry")[0], "id")


def test_a_hostile_record_cannot_break_out_of_a_feed(make_index: MakeIndex) -> None:
    evil = ']]></title><script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>&x;\x00\x0b\ufffe\u202e'
    paper = {"id": f"e{evil}", "title": f"T{evil}", "abstract": evil, "authors": [evil], "url": "javascript:alert(1)"}
    paper |= {"code_urls": ["https://github.com/a/b\ufffe", "javascript:alert(1)"]}
    feed(client(make_index([paper])), "/feed.atom?q=%3C%26%3E%01&venue=&dataset=%22")
    (entry,) = feed(client(make_index([paper])), "/feed.atom").findall(f"{ATOM}entry")
    assert {element.tag.removeprefix(ATOM) for element in entry.iter()} <= {
        *("entry", "id", "title", "updated", "author", "name", "link", "category", "summary")
    }
    assert "</title><script" in text(entry, "title")
    assert all((link.get("href") or "").startswith("http") for link in entry.findall(f"{ATOM}link"))


# --- the description ----------------------------------------------------------------------------------------


class Links(HTMLParser):
    """What a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.found: list[tuple[str, str]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            assert name != "style"
            if name == "id":
                self.ids.add(value or "")
            elif name in ("href", "src", "action"):
                self.found.append((tag, value or ""))


def test_the_reference_needs_nothing_from_elsewhere(ask: TestClient) -> None:
    answer = ask.get("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == security.CONTENT_SECURITY_POLICY
    page = Links()
    page.feed(answer.text)
    for tag, address in page.found:
        assert address.startswith(("/", "#")), address
        if address.startswith("#"):
            assert address[1:] in page.ids, address
        elif tag in ("link", "script"):
            assert ask.get(address).status_code == 200
    assert "iframe" not in page.tags
    for path in openapi.document()["paths"]:
        assert path in answer.text
    for param in SEARCH:
        assert f"<code>{param.name}</code>" in answer.text


def test_every_example_of_the_reference_is_answered(ask: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Index, "suggest", lambda *_, **__: [], raising=False)
    page = Links()
    page.feed(ask.get("/docs").text)
    examples = [address for _, address in page.found if address.startswith(("/api", "/export", "/feed", "/healthz"))]
    assert len(examples) == len(openapi.document()["paths"]) - 1  # and /metrics
    for address in examples:
        wanted = 404 if "/papers/" in address else 200
        assert ask.get(address).status_code == wanted, address


def test_every_route_of_the_interface_is_described(ask: TestClient) -> None:
    described = set(openapi.document()["paths"])
    routes = {getattr(route, "path", "").replace(":path", "") for route in ask.app.routes}  # type: ignore[attr-defined]
    assert described == {
        path for path in routes if path.startswith(("/api", "/export", "/feed", "/healthz", "/metrics"))
    }
    assert ask.get("/openapi.json").json() == json.loads(json.dumps(openapi.document()))
