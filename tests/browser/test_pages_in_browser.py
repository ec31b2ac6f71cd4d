"""The pages in a real browser: typing, keys, filters, without scripts, narrow, dark, for everybody, and unharmed.

They need playwright and a Chromium: the system's (Debian's `chromium`, or what SEARCHIDX_TEST_BROWSER names) or
playwright's own. Without one they are skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from conftest import write_jsonl
from web_papers import EVIL, IMAGE, KITES, PAPERS, SCRIPT

import searchidx

sync_api = pytest.importorskip("playwright.sync_api", reason="browser tests need playwright")
axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="they need axe-playwright-python")
uvicorn = pytest.importorskip("uvicorn", reason="the server needs the extra 'web'")
app = pytest.importorskip("searchidx.web.app", reason="the pages need the extra 'web'")

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: A browser in a container has neither a sandbox nor a graphics card nor much shared memory.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PAGES = {
    "first": "/",
    "search": "/search?q=depth&dataset=KITTI&has_code=true",
    "nothing": "/search?q=quokka&year=1999",
    "error": "/search?q=depth+has:cats",
    "paper": "/paper/lark",
    "evil": f"/paper/{quote(str(EVIL['id']))}",
    "dataset": "/dataset/KITTI",
    "day": "/day",
    "stats": "/stats",
    "docs": "/docs",
}
#: Kernels that nobody compiled yet take their time.
TIMEOUT_MS = 20_000
UNFOLD = "for (const fold of document.querySelectorAll('details')) fold.open = true"

Open = Callable[..., Any]


sync_api.expect.set_options(timeout=TIMEOUT_MS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server in a thread."""
    directory = tmp_path_factory.mktemp("browser")
    searchidx.build([write_jsonl(directory / "papers.jsonl", PAPERS)], directory / "index")
    with searchidx.open(directory / "index") as index:  # what is compiled at the first search keeps no page waiting
        for narrow in ({}, {"has_code": True}):
            index.search("depth", facets=True, snippets=True, **narrow)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app.create_app(directory / "index", options=app.Options(timeout_s=120)), log_level="error", lifespan="on"
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    while not running.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    running.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        named = os.environ.get("SEARCHIDX_TEST_BROWSER")
        path = named or next(filter(None, map(shutil.which, CHROMIUMS)), None) or playwright.chromium.executable_path
        if not Path(path).exists():
            pytest.skip("no Chromium here; SEARCHIDX_TEST_BROWSER names one")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any, server: str) -> Iterator[Open]:
    """`open_page("/search", width=375)`: a tab. In the end nothing went wrong in any of them, and nothing went out."""
    contexts, wrong = [], []

    def open_(url: str, *, width: int = 1280, height: int = 800, **options: Any) -> Any:
        context = browser.new_context(
            base_url=server, viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("console", lambda said: wrong.append(f"console: {said.text}") if _is_trouble(said) else None)
        page.on("request", lambda asked: None if asked.url.startswith(server) else wrong.append(f"to {asked.url}"))
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not wrong


def _is_trouble(said: Any) -> bool:
    """Whether the console tells of a fault; that an address answers 400 or 404 is none."""
    return said.type in ("error", "warning") and "the server responded with a status of 4" not in said.text


def titles(page: Any) -> list[str]:
    found: list[str] = page.locator("main .to-paper").all_inner_texts()
    return found


def count(page: Any) -> str:
    found: str = page.locator("h1 .number").inner_text()
    return found


def query(page: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def asked(tab: Any, **wanted: str) -> None:
    """Wait until the address asks for these."""

    def is_there(url: str) -> bool:
        given = parse_qs(urlsplit(url).query)
        return all(given.get(name) == [value] for name, value in wanted.items())

    tab.wait_for_url(is_there)


def expect_count(page: Any, words: str) -> None:
    sync_api.expect(page.locator("h1 .number")).to_have_text(words)


def stay(page: Any) -> None:
    """Mark the document: a page that is loaded anew loses the mark."""
    page.evaluate("window.stayed = true")


def stayed(page: Any) -> bool:
    return bool(page.evaluate("window.stayed === true"))


# --- typing -------------------------------------------------------------------------------------------------


def test_typing_searches_in_place_with_one_entry_in_the_history(open_page: Open) -> None:
    page = open_page("/")
    stay(page)
    sync_api.expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("lark", delay=20)
    expect_count(page, "1 paper")
    page.keyboard.press("Control+A")
    page.keyboard.type("kite", delay=20)
    expect_count(page, f"{KITES} papers")
    assert query(page) == {"q": ["kite"]}
    assert page.title().startswith("kite")
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.locator("#status").inner_text() == f"{KITES} papers for kite"
    assert page.locator("#status").get_attribute("aria-live") == "polite"
    assert stayed(page)
    page.go_back()
    sync_api.expect(page.locator(".try .examples")).to_be_visible()
    assert urlsplit(page.url).path == "/"
    assert page.locator("#q").input_value() == ""
    page.go_forward()
    expect_count(page, f"{KITES} papers")
    assert page.locator("#q").input_value() == "kite"
    assert stayed(page)


def test_an_answer_that_comes_late_is_not_shown(open_page: Open) -> None:
    page = open_page("/search?q=fern")

    def late(route: Any) -> None:
        time.sleep(0.3)
        route.continue_()

    page.route("**/search?q=lark", late)
    page.fill("#q", "lark")
    page.wait_for_timeout(200)  # the first question is on its way
    page.fill("#q", "kite")
    expect_count(page, f"{KITES} papers")
    page.wait_for_timeout(400)
    assert count(page) == f"{KITES} papers"
    assert query(page) == {"q": ["kite"]}


def test_enter_asks_at_once(open_page: Open) -> None:
    page = open_page("/search")
    stay(page)
    page.fill("#q", "lark")
    page.keyboard.press("Enter")
    expect_count(page, "1 paper")
    assert stayed(page)
    assert page.evaluate("history.length") == open_page("/search").evaluate("history.length") + 1


def test_a_query_half_typed_says_what_is_wrong_and_goes_on(open_page: Open) -> None:
    page = open_page("/search")
    stay(page)
    page.locator("#q").focus()
    page.keyboard.type("has:cat")
    sync_api.expect(page.locator(".pointed mark")).to_have_text("has:cat")
    assert page.locator("#q").get_attribute("aria-invalid") == "true"
    assert "has:cat" in page.locator("#status").inner_text()
    for key in ("Backspace", "Backspace", "o", "d", "e"):
        page.keyboard.press(key)
    sync_api.expect(page.locator(".hits")).to_be_visible()
    assert page.locator("#q").get_attribute("aria-invalid") is None
    assert stayed(page)


def test_words_are_kept_when_the_server_is_slower_than_the_fingers(open_page: Open) -> None:
    page = open_page("/")
    page.route("**/search?**", lambda route: (time.sleep(0.05), route.continue_()))
    page.keyboard.type("kite depth lens", delay=60)
    asked(page, q="kite depth lens")
    assert page.locator("#q").input_value() == "kite depth lens"


# --- filters and pages --------------------------------------------------------------------------------------


def test_facets_turn_on_and_off_in_place(open_page: Open) -> None:
    page = open_page("/search?q=kite")
    stay(page)
    icra = page.locator("a[data-key='venue:ICRA']")
    expected = icra.locator(".count").inner_text()
    icra.click()
    expect_count(page, f"{expected} papers")
    assert query(page) == {"q": ["kite"], "venue": ["ICRA"]}
    assert page.evaluate("document.activeElement.dataset.key") == "venue:ICRA"
    assert page.locator("a[data-key='venue:ICRA']").get_attribute("aria-current") == "true"
    page.keyboard.press("Enter")
    expect_count(page, f"{KITES} papers")
    page.go_back()
    expect_count(page, f"{expected} papers")
    page.locator(".chips .on").click()
    expect_count(page, f"{KITES} papers")
    assert stayed(page)


def test_filters_stay_while_one_types(open_page: Open) -> None:
    page = open_page("/search?q=kite&venue=ICRA&sort=date")
    page.fill("#q", "depth")
    asked(page, q="depth")
    assert query(page) == {"q": ["depth"], "venue": ["ICRA"], "sort": ["date"]}


def test_chips_pages_orders_and_own_conditions_work_in_place(open_page: Open) -> None:
    page = open_page("/search?q=kite")
    stay(page)
    page.locator(".hit .chip.metric").first.click()
    asked(page, metric="accuracy")
    page.fill("#own-metric", "accuracy>=80")
    page.keyboard.press("Enter")
    expect_count(page, "8 papers")
    assert query(page) == {"q": ["kite"], "metric": ["accuracy>=80"]}
    page.locator(".chips .on").click()
    expect_count(page, f"{KITES} papers")
    page.get_by_role("link", name="Next").click()
    asked(page, page="2")
    assert page.evaluate("scrollY") == 0
    page.get_by_role("link", name="Newest").click()
    asked(page, sort="date")
    assert query(page) == {"q": ["kite"], "sort": ["date"]}
    assert stayed(page)


def test_the_folds_one_opened_stay_open(open_page: Open) -> None:
    page = open_page("/search?q=kite")
    page.locator("#syntax summary").click()
    page.locator("a[data-key='venue:ICRA']").click()
    asked(page, venue="ICRA")
    assert page.locator("#syntax").evaluate("each => each.open")


def test_a_link_with_a_modifier_is_the_browsers(open_page: Open) -> None:
    page = open_page("/search?q=kite")
    with page.context.expect_page() as opened:
        page.locator("a[data-key='venue:ICRA']").click(modifiers=["Control"])
    assert "venue=ICRA" in opened.value.url
    assert query(page) == {"q": ["kite"]}


# --- keys ---------------------------------------------------------------------------------------------------


def focused(page: Any) -> str:
    found: str = page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")
    return found


def test_the_keyboard_alone_is_enough(open_page: Open) -> None:
    page = open_page("/search?q=fern")
    page.keyboard.press("/")
    assert focused(page) == "q"
    page.keyboard.type("kite")  # what was there is selected
    expect_count(page, f"{KITES} papers")
    shown = titles(page)
    page.keyboard.press("ArrowDown")
    assert focused(page) == shown[0]
    page.keyboard.press("ArrowDown")
    assert focused(page) == shown[1]
    for _ in range(20):
        page.keyboard.press("ArrowDown")
    assert focused(page) == shown[-1]
    for _ in range(len(shown)):
        page.keyboard.press("ArrowUp")
    assert focused(page) == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert focused(page) == "q"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("Control+k")
    assert focused(page) == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/paper/**")
    assert page.locator("h1").inner_text() == shown[0]
    page.go_back()
    expect_count(page, f"{KITES} papers")


def test_a_slash_in_a_field_is_a_slash(open_page: Open) -> None:
    page = open_page("/search?q=kite")
    page.locator("#own-metric").focus()
    page.keyboard.type("a/b")
    assert page.locator("#own-metric").input_value() == "a/b"


def test_links_to_skip_come_first_and_can_be_seen(open_page: Open) -> None:
    page = open_page("/search?q=kite")
    page.keyboard.press("Tab")
    skip = page.locator(".skip").first
    sync_api.expect(skip).to_be_focused()
    sync_api.expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_what_has_the_focus_can_be_seen(open_page: Open) -> None:
    page = open_page("/search?q=kite&venue=ICRA")
    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        look = page.evaluate(
            """() => { const at = document.activeElement, look = getComputedStyle(at);
            return [at.outerHTML.slice(0, 80), look.outlineStyle, parseFloat(look.outlineWidth)]; }"""
        )
        if look[1] == "none" or look[2] < 2:
            unseen.append(look)
    assert not unseen


# --- without scripts ----------------------------------------------------------------------------------------


def test_everything_works_without_scripts(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False)
    page.locator("#q").fill("kite")
    page.get_by_role("button", name="Search", exact=True).click()
    expect_count(page, f"{KITES} papers")
    page.locator("a[data-key='venue:ICRA']").click()
    assert query(page) == {"q": ["kite"], "venue": ["ICRA"]}
    page.locator("#q").fill("depth")
    page.locator("#q").press("Enter")
    page.wait_for_url("**q=depth**")
    assert query(page) == {"q": ["depth"], "venue": ["ICRA"]}
    page.locator(".chips .on").click()
    page.fill("#own-year", "2019..2020")
    page.locator("#own-year").press("Enter")
    page.wait_for_url("**year=**")
    assert query(page) == {"q": ["depth"], "year": ["2019..2020"]}
    page.locator(".chips .on").click()
    page.get_by_role("link", name="Next").click()
    assert query(page) == {"q": ["depth"], "page": ["2"]}
    page.locator(".abstract summary").first.click()
    sync_api.expect(page.locator(".abstract p").first).to_be_visible()
    page.locator(".to-paper").first.click()
    page.get_by_role("link", name="in the text").first.click()
    assert urlsplit(page.url).fragment.startswith("s")
    assert page.locator(".copy").is_hidden()
    page.goto("/dataset/KITTI")
    page.get_by_role("columnheader").get_by_role("link", name="Year").click()
    assert query(page)["sort"] == ["year"]
    page.goto("/day")
    page.locator("a.step").first.click()
    assert "/day/" in page.url


# --- one paper ----------------------------------------------------------------------------------------------


def test_pointing_at_a_fact_lights_its_place_in_the_text(open_page: Open) -> None:
    page = open_page("/paper/lark")
    fact = page.locator("li[data-fact]", has_text="72.5%")
    fact.hover()
    assert page.locator(".fact.lit").all_inner_texts() == ["72.5"]
    assert "AudioSet" in page.locator(".told.lit").inner_text()
    page.locator("h1").hover()
    assert page.locator(".lit").count() == 0
    fact.get_by_role("link", name="in the text").focus()
    assert page.locator(".fact.lit").all_inner_texts() == ["72.5"]
    page.keyboard.press("Enter")
    ground = page.locator(".told:target").evaluate("each => getComputedStyle(each).backgroundColor")
    assert ground != "rgba(0, 0, 0, 0)"
    page.locator(".fact.dataset", has_text="KITTI").hover()
    assert page.locator("li.lit").inner_text().startswith("KITTI")


def test_bibtex_is_copied(open_page: Open) -> None:
    page = open_page("/paper/lark", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".copy").click()
    sync_api.expect(page.locator(".copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("@inproceedings{")


# --- narrow, dark, for everybody ----------------------------------------------------------------------------


def test_no_page_is_wider_than_the_window(open_page: Open) -> None:
    page = open_page("/")
    wide = {}
    for name, url in PAGES.items():
        page.goto(url)
        page.evaluate(UNFOLD)
        for width in (320, 375, 768):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide[name, width] = page.evaluate(
                    """() => [...document.querySelectorAll("body *")]
                    .filter(each => !each.closest(".scroll, pre") &&
                        each.getBoundingClientRect().right > innerWidth + 1)
                    .map(each => each.outerHTML.slice(0, 100))"""
                )
    assert not wide


def test_filters_are_a_sheet_in_a_narrow_window(open_page: Open) -> None:
    page = open_page("/search?q=kite", width=375)
    sync_api.expect(page.locator("#filters")).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    sync_api.expect(page.locator("#filters")).to_be_visible()
    page.locator("a[data-key='venue:ICRA']").click()
    asked(page, venue="ICRA")
    sync_api.expect(page.locator("#filters")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    sync_api.expect(page.locator("#filters")).to_be_hidden()
    assert page.get_by_role("button", name="Filters (1)").is_visible()


def test_dark_is_dark_and_light_is_light(open_page: Open) -> None:
    brightness = {}
    for scheme in ("light", "dark"):
        page = open_page("/stats", color_scheme=scheme)
        colours = page.evaluate(
            """() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,
            getComputedStyle(document.querySelector('.plot text')).fill]"""
        )
        brightness[scheme] = [sum(map(int, re.findall(r"\d+", colour)[:3])) / 3 for colour in colours]
    assert brightness["light"][0] > 200 > 120 > max(brightness["light"][1:])
    assert brightness["dark"][0] < 60 < 120 < min(brightness["dark"][1:])


# Narrow pages are checked in the dark: all rules but those of colours are the same in both schemes.
@pytest.mark.parametrize(
    ("width", "scheme", "pages"),
    [(1280, "light", PAGES), (375, "dark", ("first", "search", "paper", "dataset"))],
)
def test_no_page_shuts_anybody_out(open_page: Open, width: int, scheme: str, pages: Iterable[str]) -> None:
    page = open_page("/", width=width, color_scheme=scheme)
    checker = axe_playwright.Axe()
    found = []
    for name in pages:
        page.goto(PAGES[name])
        page.evaluate(UNFOLD)
        if name == "search" and width < 700:
            page.get_by_role("button", name="Filters").click()
        for fault in checker.run(page, options={"resultTypes": ["violations"]}).response["violations"]:
            places = [node["html"][:150] for node in fault["nodes"][:3]]
            found.append((name, fault["impact"], fault["id"], places))
    assert not found


# --- harm ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "/search?q=evil",
        f"/search?q={quote(SCRIPT)}",
        f"/search?q=evil&author={quote(SCRIPT)}&venue={quote(IMAGE)}&dataset={quote(IMAGE)}",
        f"/dataset/{quote(SCRIPT)}",
        "/dataset/KITTI",
        f"/paper/{quote(str(EVIL['id']))}",
        f"/{quote(IMAGE)}",
        "/day/2017-01-01",
        "/stats",
    ],
)
def test_harm_does_nothing(open_page: Open, url: str) -> None:
    page = open_page(url)
    for link in page.locator("main a").all():
        assert not (link.get_attribute("href") or "").lower().startswith("javascript")
    page.wait_for_timeout(50)
    assert page.evaluate("window.owned") is None
    assert page.locator("main img, main script, main iframe").count() == 0


def test_harm_that_is_typed_does_nothing(open_page: Open) -> None:
    page = open_page("/search?q=evil")
    for text in (SCRIPT, IMAGE, f"kite {SCRIPT}"):
        page.fill("#q", text)
        asked(page, q=text)
    assert page.evaluate("window.owned") is None
    assert page.locator("main img, main script").count() == 0
