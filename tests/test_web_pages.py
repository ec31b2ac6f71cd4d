"""The pages as HTML, without a browser."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import pytest
from conftest import write_jsonl
from hypothesis import given
from hypothesis import strategies as st
from web_papers import EVIL, IMAGE, KITES, LARK, PAPERS, SCRIPT

import searchidx
from searchidx.errors import IndexDamaged
from searchidx.index import Index
from searchidx.paper import DatasetMention, Extraction, Link, Metric, Paper
from searchidx.query import SYNTAX
from searchidx.record import Record
from searchidx.render import safe
from searchidx.results import Page

pytest.importorskip("starlette", reason="the pages need the extra 'web'")
pytest.importorskip("jinja2", reason="the pages need the extra 'web'")
pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")

from starlette.testclient import TestClient

from searchidx.web import evidence, pages, plots
from searchidx.web.app import Options, create_app
from searchidx.web.params import SearchParams
from searchidx.web.views import datasets, searching, shared, statistics

#: Code is compiled while the first pages wait, which takes longer on a machine that does other things too.
SLOW = Options(timeout_s=120)
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
SVG_EMPTY = {"use", "path", "rect", "line", "circle"}


class Element:
    """One element: its name, attributes, children, and the text in it."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None) -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Element | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    @property
    def classes(self) -> list[str]:
        return (self.get("class") or "").split()

    @property
    def text(self) -> str:
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return re.sub(r"\s+", " ", "".join(parts))

    def all(self, tag: str = "", css: str = "") -> list[Element]:
        """Elements in this one, in order, by name and class."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if tag in ("", child.tag) and (not css or css in child.classes):
                    found.append(child)
                found += child.all(tag, css)
        return found

    def one(self, tag: str = "", css: str = "") -> Element:
        (found,) = self.all(tag, css)
        return found

    def links(self, css: str = "") -> dict[str, str]:
        """Words of links -> where they lead; of links with the same words, the first."""
        found: dict[str, str] = {}
        for link in self.all("a", css):
            found.setdefault(link.text.strip(), link["href"])
        return found

    def by_id(self, name: str) -> Element:
        (found,) = [element for element in self.all() if element.get("id") == name]
        return found


class Parser(HTMLParser):
    """Reads our pages, and refuses what is not well nested."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID | SVG_EMPTY, f"<{tag}/>"
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def parsed(html: str) -> Element:
    parser = Parser()
    parser.feed(html)
    parser.close()
    assert parser.here is parser.root, f"<{parser.here.tag}> is not closed"
    return parser.root


@pytest.fixture(scope="module")
def index_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("pages")
    searchidx.build([write_jsonl(directory / "papers.jsonl", PAPERS)], directory / "index")
    return directory / "index"


@pytest.fixture(scope="module")
def index(index_path: Path) -> Index:
    return searchidx.open(index_path)


@pytest.fixture(scope="module")
def client(index_path: Path) -> Iterator[TestClient]:
    with TestClient(
        create_app(index_path, options=SLOW), base_url="http://localhost", headers={"accept": "text/html"}
    ) as client:
        yield client


class Site:
    """Asks for pages and reads them."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def __call__(self, url: str, status: int = 200) -> Element:
        answer = self.client.get(url)
        assert answer.status_code == status, f"{url}: {answer.status_code}"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return parsed(answer.text)


@pytest.fixture
def site(client: TestClient) -> Site:
    return Site(client)


EVERY_PAGE = [
    "/",
    "/search",
    "/search?q=depth",
    "/search?q=depth&dataset=KITTI&has_code=true&page=2",
    "/search?q=nowhere+quokka&dataset=KITTI&year=1999",
    "/search?sort=trending",
    "/paper/kite-03",
    "/paper/lark",
    "/paper/fern",
    "/paper/moss/v1%3Fx=1%23y",
    f"/paper/{quote(str(EVIL['id']))}",
    "/dataset/KITTI",
    "/dataset/AudioSet",
    "/day",
    "/day/XXXX-09-29",
    "/day/1990-01-01",
    "/stats",
    "/docs",
]
ERRORS = {
    "/search?q=has:cats": 400,
    "/search?year=soon": 400,
    "/search?page=0": 400,
    "/paper/none": 404,
    "/dataset/none": 404,
    "/day/soon": 400,
    "/nowhere": 404,
}


# --- what holds for every page ------------------------------------------------------------------------------


def check_frame(page: Element) -> None:
    """A page has what every page has, and refers to nothing that is not there."""
    assert page.one("html")["lang"] == "en"
    assert page.one("head").one("title").text.strip()
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert page.one("body").all("a")[0]["href"] == "#main"
    ids = [element["id"] for element in page.all() if element.get("id") is not None]
    assert len(ids) == len(set(ids))
    for element in page.all():
        for name in ("aria-labelledby", "aria-describedby", "for", "popovertarget", "data-copies"):
            for target in (element.get(name) or "").split():
                assert target in ids, f"<{element.tag} {name}={target}>"
        if element.tag == "a" and element["href"].startswith("#"):
            assert element["href"][1:] in ids, element["href"]
        if element.tag == "a":
            assert element.text.strip(), f"a link without words to {element['href']}"
        if element.tag == "input" and element.get("type") != "hidden":
            labels = [label for label in page.all("label") if label.get("for") == element.get("id")]
            assert labels, element.attributes


def check_inert(page: Element) -> None:
    """Nothing on a page runs or looks as the content security policy forbids, whatever the records hold."""
    for element in page.all():
        assert element.tag not in {"img", "iframe", "object", "embed", "style", "base"}, element.tag
        for name, value in element.attributes.items():
            assert not name.startswith("on"), f"<{element.tag} {name}>"
            assert name not in {"style", "srcdoc", "formaction"}, f"<{element.tag} {name}>"
            if name in {"href", "src", "action"}:
                assert re.match(r"/(?!/)|#|https?://", value), f"<{element.tag} {name}={value!r}>"
        if element.tag == "script":
            assert element["src"].startswith("/static/page.js?v=")
            assert not element.text.strip()


@pytest.mark.parametrize("url", EVERY_PAGE)
def test_every_page_is_whole_and_inert(site: Site, url: str) -> None:
    page = site(url)
    check_frame(page)
    check_inert(page)
    assert not set(page.text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.mark.parametrize(("url", "status"), ERRORS.items())
def test_errors_are_pages_too_and_say_what_to_do(site: Site, url: str, status: int) -> None:
    page = site(url, status)
    check_frame(page)
    check_inert(page)
    assert page.one("main").one(css="trouble").all("a")


@pytest.mark.parametrize("url", EVERY_PAGE)
def test_pages_keep_to_the_content_security_policy(client: TestClient, url: str) -> None:
    policy = client.get(url).headers["content-security-policy"]
    assert "'unsafe-inline'" not in policy
    assert "default-src 'none'" in policy


def test_every_link_of_our_own_leads_somewhere(client: TestClient) -> None:
    seen: set[str] = set()
    for url in EVERY_PAGE:
        page = parsed(client.get(url).text)
        seen |= {link["href"].partition("#")[0] for link in page.all("a") if link["href"].startswith("/")}
    served = sorted(seen)
    assert len(served) > 100
    # every kind of link, not every one of each kind
    chosen = {re.sub(r"\d+", "0", link): link for link in served}
    for link in chosen.values():
        assert client.get(link).status_code == 200, link


def test_static_files_never_change_under_their_hash(client: TestClient, site: Site) -> None:
    page = site("/")
    urls = [page.one("script")["src"], *(e["href"] for e in page.all("link") if e["href"].startswith("/static/"))]
    kinds = set()
    for url in urls:
        answer = client.get(url)
        kinds.add(answer.headers["content-type"].split(";")[0])
        assert "immutable" in answer.headers["cache-control"]
        assert client.get(url.partition("?")[0]).headers["cache-control"] == "no-cache"
        assert client.get(f"{url}0").headers["cache-control"] == "no-cache"
    assert kinds == {"text/css", "text/javascript", "image/svg+xml"}


@pytest.mark.parametrize("name", ["none.css", "..%2fpages.py", "%2e%2e/pages.py", "page.css%00"])
def test_there_are_no_other_static_files(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_pages_load_nothing_from_elsewhere(site: Site) -> None:
    for url in ("/", "/search?q=depth", "/stats"):
        page = site(url)
        for element in [*page.all("script"), *page.all("link"), *page.all("use")]:
            assert (element.get("src") or element["href"]).startswith("/")
    css = (Path(searchidx.__file__).parent / "web/static/page.css").read_text(encoding="utf-8")
    assert "url(" not in css
    assert "@import" not in css


# --- harm ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        f"/search?q={quote(SCRIPT)}",
        f"/search?q={quote(IMAGE[1:])}",
        f"/search?q=depth&dataset={quote(IMAGE)}&author={quote(SCRIPT)}&venue={quote(IMAGE)}",
        f"/search?venue={quote(str(EVIL['venue']))}",
        f"/search?source={quote(str(EVIL['source']))}",
        "/search?q=evil",
        "/day/2017-01-01",
    ],
)
def test_harm_in_queries_and_records_is_text(site: Site, url: str) -> None:
    check_inert(site(url))


@pytest.mark.parametrize("url", [f"/dataset/{quote(SCRIPT)}", f"/paper/{quote(IMAGE)}", f"/{quote(SCRIPT)}"])
def test_harm_in_addresses_is_text(site: Site, url: str) -> None:
    check_inert(site(url, 404))


def test_a_harmful_record_is_shown_as_it_is_written(site: Site) -> None:
    page = site(f"/paper/{quote(str(EVIL['id']))}")
    assert SCRIPT in page.one("h1").text
    assert IMAGE in page.one("h1").text
    assert "javascript:" in page.text
    assert SCRIPT in page.by_id("bibtex-text").text


# --- searching ----------------------------------------------------------------------------------------------


def titles(page: Element) -> list[str]:
    return [link.text for link in page.all("a", "to-paper")]


def facet(page: Element, name: str) -> dict[str, tuple[int, str, bool]]:
    """Value -> (count, where its link leads, whether it is on)."""
    section = page.by_id(f"facet-{name}").parent
    assert section is not None
    return {
        link.one(css="value").all("bdi")[0].text: (
            int(link.one(css="count").text.replace(",", "")),
            link["href"],
            link.get("aria-current") == "true",
        )
        for link in section.all("a", "choice")
    }


def test_hits_are_those_of_the_library_in_its_order(site: Site, index: Index) -> None:
    found = index.search("depth kite")
    page = site("/search?q=depth+kite")
    assert titles(page) == [hit.title for hit in found.hits]
    assert page.one("h1").one(css="number").text == f"{found.total} papers"
    assert page.one("h1").one(css="for").text == "for depth kite"
    assert re.search(r"\d+\.\d ms", page.one("h1").text)
    assert page.by_id("main")["data-said"] == f"{found.total} papers for depth kite"
    assert page.by_id("q")["value"] == "depth kite"
    assert "mark" in {element.tag for element in page.all("p", "snippet")[0].all()}


def test_facets_count_what_the_library_counts(site: Site, index: Index) -> None:
    counted = index.facets("depth").facets
    page = site("/search?q=depth")
    for name in ("dataset", "year", "venue", "source", "metric"):
        assert {value: count for value, (count, _, _) in facet(page, name).items()} == counted[name]
    assert list(facet(page, "code")) == ["Code linked", "No code"]


def test_a_facet_turns_a_filter_on_and_off(site: Site) -> None:
    page = site("/search?q=depth")
    count, href, on = facet(page, "year")["2020"]
    assert (parse_qs(urlsplit(href).query), on) == ({"q": ["depth"], "year": ["2020"]}, False)
    narrowed = site(href)
    assert narrowed.one("h1").one(css="number").text == f"{count} papers"
    assert len(titles(narrowed)) == count
    _, href, on = facet(narrowed, "year")["2020"]
    assert (parse_qs(urlsplit(href).query), on) == ({"q": ["depth"]}, True)


def test_values_of_one_kind_stand_beside_each_other(site: Site) -> None:
    everything = facet(site("/search?q=depth"), "year")
    page = site("/search?q=depth&year=2020")
    assert {value: count for value, (count, _, _) in facet(page, "year").items()} == {
        value: count for value, (count, _, _) in everything.items()
    }
    both = site(facet(page, "year")["2021"][1])
    total = everything["2020"][0] + everything["2021"][0]
    assert both.one("h1").one(css="number").text == f"{total} papers"


def test_a_year_replaces_a_range_of_years(site: Site) -> None:
    page = site("/search?q=depth&year=2019..2022")
    assert parse_qs(urlsplit(facet(page, "year")["2020"][1]).query)["year"] == ["2020"]


@pytest.mark.parametrize("asked", ["has_code=true", "code=linked"])
def test_both_ways_to_ask_for_code_are_turned_off_by_the_facet(site: Site, asked: str) -> None:
    page = site(f"/search?q=depth&{asked}")
    _, href, on = facet(page, "code")["Code linked"]
    assert on
    assert href == "/search?q=depth"
    assert parse_qs(urlsplit(facet(page, "code")["No code"][1]).query)["code"][-1] == "none"


def test_spellings_of_a_value_are_one(site: Site) -> None:
    _, href, on = facet(site("/search?q=depth&dataset=kitti"), "dataset")["KITTI"]
    assert on
    assert href == "/search?q=depth"


def test_chips_take_away_one_filter_each(site: Site) -> None:
    page = site("/search?q=depth&dataset=KITTI&year=2020&year=2021&has_code=true&sort=date")
    chips = {chip.text.strip(): parse_qs(urlsplit(chip["href"]).query) for chip in page.one("ul", "chips").all("a")}
    rest = {"q": ["depth"], "dataset": ["KITTI"], "year": ["2020", "2021"], "has_code": ["true"], "sort": ["date"]}
    assert {re.sub(r"Remove the filter | ×|×", "", name) for name in chips} == {
        "code with code",
        "dataset KITTI",
        "year 2020",
        "year 2021",
        "Clear all",
    }
    for name, query in chips.items():
        if "2020" in name:
            assert query == {**rest, "year": ["2021"]}
        if "KITTI" in name:
            assert query == {key: value for key, value in rest.items() if key != "dataset"}
        if name == "Clear all":
            assert query == {"q": ["depth"], "sort": ["date"]}


def test_the_box_carries_filters_and_order_along(site: Site) -> None:
    page = site("/search?q=depth&dataset=KITTI&year=2020&sort=date&page=2&limit=1")
    hidden = [(field["name"], field["value"]) for field in page.by_id("carried").all("input")]
    assert sorted(hidden) == [("dataset", "KITTI"), ("limit", "1"), ("sort", "date"), ("year", "2020")]


def test_a_condition_of_ones_own_carries_everything_else(site: Site) -> None:
    page = site("/search?q=depth&dataset=KITTI&year=2019..2020")
    field = page.by_id("own-year")
    assert field["value"] == "2019..2020"
    form = field.parent
    assert form is not None
    hidden = {(each["name"], each["value"]) for each in form.all("input") if each.get("type") == "hidden"}
    assert hidden == {("q", "depth"), ("dataset", "KITTI")}
    assert site("/search?metric=accuracy%3E%3D80").one("h1").one(css="number").text == "9 papers"


def test_pages_lead_through_all_hits_once(site: Site) -> None:
    url, seen, starts = "/search?q=kite", [], []
    for _ in range(10):
        page = site(url)
        seen += titles(page)
        starts.append(page.by_id("hits")["start"])
        following = [link for link in page.all("a", "step") if link.get("rel") == "next"]
        if not following:
            break
        url = following[0]["href"]
    assert starts == ["1", "11", "21"]
    assert sorted(seen) == sorted(f"Kite {number}: depth from one lens" for number in range(KITES))
    assert page.one("nav", "pages").all("a")[-1].get("aria-current") == "page"


def test_a_page_past_the_end_leads_back(site: Site) -> None:
    page = site("/search?q=kite&page=99")
    assert page.one(css="empty").links() == {"the first page": "/search?q=kite"}


def test_orders(site: Site) -> None:
    page = site("/search?q=kite&year=2020")
    assert page.one("nav", "sorts").links() == {
        "Relevance": "/search?q=kite&year=2020",
        "Newest": "/search?q=kite&sort=date&year=2020",
        "Trending": "/search?q=kite&sort=trending&year=2020",
    }
    newest = [link.text for link in site("/search?q=kite&sort=date").all("span", "date")]
    assert newest == sorted(newest, reverse=True)
    assert "Relevance" not in site("/search").one("nav", "sorts").links()


def test_exports_and_feed_are_of_this_search(client: TestClient, site: Site) -> None:
    page = site("/search?q=kite&dataset=KITTI&page=2&limit=5")
    links = page.one(css="exports").links()
    assert set(links) == {"BibTeX", "CSV", "JSON Lines", "JSON", "feed"}
    for url in links.values():
        assert urlsplit(url).query == "q=kite&dataset=KITTI"
    (feed,) = [link for link in page.all("link") if link.get("rel") == "alternate"]
    assert feed["href"] == links["feed"]


def test_chips_of_a_hit_narrow_the_search(site: Site) -> None:
    page = site("/search?q=kite&sort=date")
    hit = page.all("article", "hit")[0]
    assert hit.all("a", "dataset")[0]["href"] == "/search?q=kite&sort=date&dataset=KITTI"
    assert parse_qs(urlsplit(hit.all("a", "metric")[0]["href"]).query)["metric"] == ["accuracy"]


def test_the_state_of_code_is_shown_and_leads_to_the_repository(site: Site) -> None:
    badges = {
        hit.one("a", "to-paper").text: hit.all(css="badge")[0]
        for hit in site("/search?q=kite+lark+moss&limit=50").all("article", "hit")
        if hit.all(css="badge")
    }
    kite = badges["Kite 1: depth from one lens"]
    assert (kite["href"], kite.text.strip()) == ("https://github.com/lab/kite-1", "Code: lab/kite-1")
    assert "Kite 2: depth from one lens" not in badges
    assert badges["Moss grows"].text.strip() == "code promised"


def test_prose_read_as_words_says_so(site: Site) -> None:
    page = site("/search?q=the+depth+of+rivers+is+*very*+hard+to+tell+from+one+image")
    assert "Read as plain words: column 24: *very*" in page.text


def test_a_page_without_hits_helps_on(site: Site) -> None:
    page = site("/search?q=depth+quokka&year=1999&dataset=KITTI")
    assert "In no paper: quokka." in page.text
    hints = page.one(css="empty").links()
    assert set(hints) == {"without the filter “1999”", "without any filter"}
    for href in hints.values():
        assert titles(site(href))


def test_words_of_a_query_without_hits_are_offered_alone(site: Site) -> None:
    page = site('/search?q="rivers+depth"')
    assert "just the words “rivers depth”" in page.one(css="empty").links()


def test_did_you_mean_is_offered(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Index.search

    def search(self: Index, text: str = "", **options: Any) -> Page:
        page = found(self, text, **options)
        page.did_you_mean = "kite <depth>"
        return page

    monkeypatch.setattr(Index, "search", search)
    link = site("/search?q=kiet&year=2020").one(css="meant").one("a")
    assert link.text == "kite <depth>"
    assert parse_qs(urlsplit(link["href"]).query) == {"q": ["kite <depth>"], "year": ["2020"]}


def test_a_query_that_cannot_be_read_is_pointed_at(site: Site) -> None:
    page = site("/search?q=depth+has:cats+lens", 400)
    pointed = page.one(css="pointed")
    assert pointed.text.strip() == "depth has:cats lens"
    assert pointed.one("mark").text == "has:cats"
    assert page.by_id("q")["value"] == "depth has:cats lens"
    assert page.by_id("q")["aria-invalid"] == "true"
    assert page.by_id("main")["data-said"]


def test_the_first_page_answers_a_query_with_the_search(client: TestClient) -> None:
    answer = client.get("/?q=depth", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/search?q=depth")


def test_examples_of_the_first_page_find_something_where_names_are_used(site: Site) -> None:
    examples = site("/").one(css="try").links()
    (named,) = [href for query, href in examples.items() if query.startswith("dataset:")]
    assert titles(site(named))


@given(
    st.lists(st.tuples(st.sampled_from(["dataset", "year", "venue", "q", "sort"]), st.text(min_size=1, max_size=5))),
    st.sampled_from(["q", "year"]),
)
def test_what_a_form_carries_makes_the_same_search(pairs: list[tuple[str, str]], but: str) -> None:
    values: dict[str, Any] = {"dataset": (), "year": (), "venue": (), "q": "", "sort": "date"}
    for name, value in pairs:
        values[name] = (*values[name], value) if isinstance(values[name], tuple) else value
    params = SearchParams(**values)
    carried = searching.carried(params, but)
    assert all(name != but for name, _ in carried)
    assert carried == parse_qsl(params.without(but).to_query())


# --- one paper ----------------------------------------------------------------------------------------------


def test_a_paper_shows_everything_known(site: Site) -> None:
    page = site("/paper/lark")
    assert page.one("h1").text == LARK["title"]
    text = page.one("main").text
    for known in ("Cy Moor", "ICASSP", "2024-01-09", "river noise", "10.1000/lark", "Reviewer", "kept as it is"):
        assert known in text, known
    actions = page.one(css="actions").links("action")
    assert actions == {
        "Read the paper": "https://example.org/lark.pdf",
        "arXiv": "https://arxiv.org/abs/2401.00042",
        "PDF": "https://arxiv.org/pdf/2401.00042",
        "DOI": "https://doi.org/10.1000/lark",
        "BibTeX": "#bibtex",
        "JSON": "/api/papers/lark",
    }
    assert "@inproceedings{" in page.by_id("bibtex-text").text
    assert "/day/2024-01-10" in page.one("main").links().values()


def test_every_fact_leads_to_its_sentence_where_it_is_marked(site: Site, index: Index) -> None:
    page = site("/paper/lark")
    record = index.get("lark")
    facts = {item["data-fact"]: item for item in page.all("li") if item.get("data-fact")}
    assert len(facts) == len(record.extraction.datasets) + len(record.extraction.metrics) + len(record.links)
    for name, item in facts.items():
        marks = [mark for mark in page.all("mark", "fact") if name in mark["data-facts"].split()]
        assert marks, name
        sentence = page.by_id(item.one("a", "to-text")["href"][1:])
        assert set(marks) & set(sentence.all("mark")), name
    marked = {mark.text for mark in page.all("mark", "fact")}
    assert {"AudioSet", "KITTI", "72.5", "https://github.com/lab/lark"} <= marked
    assert page.one(css="text").one("p").text.strip() == record.paper.abstract


def test_similar_papers_are_those_of_the_library(site: Site, index: Index) -> None:
    page = site("/paper/kite-03")
    assert titles(page) == [hit.title for hit in index.similar("kite-03", limit=6).hits]


def test_a_paper_is_found_under_its_other_names(site: Site) -> None:
    assert site("/paper/2401.00042").one("h1").text == LARK["title"]


spans = st.one_of(st.none(), st.tuples(st.integers(-3, 60), st.integers(-3, 60)))


@given(
    st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=20),
    st.text(max_size=40),
    st.lists(st.tuples(st.sampled_from(["d", "m", "l"]), spans), max_size=8),
)
def test_cut_texts_are_whole_wherever_facts_are_said_to_stand(
    title: str, abstract: str, facts: list[tuple[str, tuple[int, int] | None]]
) -> None:
    found = Extraction(
        datasets=tuple(DatasetMention("d", "d", span=span) for kind, span in facts if kind == "d"),
        metrics=tuple(Metric("m", "1", "m", span=span) for kind, span in facts if kind == "m"),
        links=tuple(Link("https://a.b", "other", span=span) for kind, span in facts if kind == "l"),
    )
    read = evidence.read(Record(Paper("id", title, abstract), found))
    assert "".join(piece.text for sentence in read.title for piece in sentence.pieces) == title
    assert "".join(piece.text for sentence in read.abstract for piece in sentence.pieces) == abstract
    everything = [*read.title, *read.abstract]
    names = [sentence.name for sentence in everything if sentence.name]
    assert len(names) == len(set(names))
    assert len(read.facts) == len(facts)
    assert all(fact.sentence is None or fact.sentence in names for fact in read.facts)


# --- datasets -----------------------------------------------------------------------------------------------


def claimed(page: Element) -> list[tuple[str, str]]:
    rows = page.one("table", "claims").one("tbody").all("tr")
    return [(row.all("td")[0].text.strip(), row.one(css="claim").all("a")[0].text) for row in rows]


def test_a_dataset_shows_claims_as_claims(site: Site, index: Index) -> None:
    page = site("/dataset/kitti")
    assert page.one("h1").text == "KITTI"
    claims = [claim for claim in index.results("KITTI") if claim.metric.canonical == "accuracy"]
    assert [title for _, title in claimed(page)] == [safe(claim.record.paper.title) for claim in claims]
    assert page.one("table", "claims").all("q")[0].text == claims[0].metric.sentence
    assert "no leaderboard" in page.text
    assert "not a leaderboard" in page.one("footer").text
    assert len(page.all("svg", "plot")) == 2
    total = index.facets("", dataset=["KITTI"]).total
    assert f"{total} papers" in page.one(css="lead").text


@pytest.mark.parametrize("column", ["Reported", "Paper", "Year", "Code"])
def test_claims_are_sorted_by_links(site: Site, column: str) -> None:
    page = site("/dataset/KITTI?sort=title&order=reverse" if column == "Reported" else "/dataset/KITTI")
    once = site(page.one("table", "claims").links()[column])
    sorted_ = {head.text.strip(): head.get("aria-sort") for head in once.all("th") if head.get("aria-sort")}
    assert list(sorted_) == [column]
    again = site(once.one("table", "claims").links()[column])
    assert claimed(again) == claimed(once)[::-1]
    states = {head["aria-sort"] for each in (once, again) for head in each.all("th") if head.get("aria-sort")}
    assert states == {"ascending", "descending"}


def test_less_is_better_where_it_is() -> None:
    (head, *_) = datasets._columns("/dataset/x", "error rate", datasets.ClaimOrder())
    assert head.sorted == "ascending"


@pytest.mark.parametrize(
    "query", ["sort=none", "order=up", "page=0", "page=x", "page=9999999999", "metric=none", "page=3"]
)
def test_odd_orders_are_the_usual_one(site: Site, query: str) -> None:
    assert claimed(site(f"/dataset/KITTI?{query}")) == claimed(site("/dataset/KITTI"))


def test_many_claims_come_in_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = claimed(site("/dataset/KITTI"))
    monkeypatch.setattr(datasets, "_CLAIMS", 10)
    url, found = "/dataset/KITTI?sort=year", []
    expected = claimed(site(url.replace("sort=year", "sort=year")))[:10]
    for _ in range(9):
        page = site(url)
        found += claimed(page)
        links = page.one("nav", "pages").links()
        if "Next" not in links:
            break
        url = links["Next"]
    assert found[:10] == expected
    assert sorted(found) == sorted(everything)


# --- days ---------------------------------------------------------------------------------------------------


def test_days_lead_to_the_days_around_them(site: Site, index: Index) -> None:
    days = list(index.days())
    page = site("/day")
    assert page.one("nav", "days").all("a")
    assert page.one("h1").text == shared.long_day(days[0])
    url, seen = f"/day/{days[0]}", []
    while True:
        page = site(url)
        seen.append(url.removeprefix("/day/"))
        older = [link["href"] for link in page.all("a", "step") if link.get("rel") == "prev"]
        if not older:
            break
        newer = [link["href"] for link in site(older[0]).all("a", "step") if link.get("rel") == "next"]
        assert newer == [url]
        url = older[0]
    assert seen == days


def test_a_day_without_papers_lies_between_its_neighbours(site: Site, index: Index) -> None:
    days = [day for day in index.days() if day > "2023" and not day.startswith("X")]
    page = site("/day/2023-12-31")
    assert "no paper of this day" in page.text
    older = [day for day in days if day < "2023-12-31"]
    steps = {link["rel"]: link["href"] for link in page.all("a", "step")}
    assert steps == {"next": f"/day/{days[len(days) - len(older) - 1]}", "prev": f"/day/{older[0]}"}


def test_an_index_without_days_shows_its_newest_papers(tmp_path: Path) -> None:
    records = [{"id": "a", "title": "A title", "abstract": "words", "year": 2020}]
    searchidx.build([write_jsonl(tmp_path / "a.jsonl", records)], tmp_path / "index")
    with TestClient(create_app(tmp_path / "index", options=SLOW), base_url="http://localhost") as client:
        assert client.get("/day", follow_redirects=False).headers["location"] == "/search?sort=date"
        assert "Newest papers" in client.get("/").text


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        ("2025-09-29", "29 September 2025", "29 Sep 2025"),
        ("XXXX-03-01", "1 March, year unknown", "1 Mar"),
        ("2025-13-01", "2025-13-01", "2025-13-01"),
        ("soon", "soon", "soon"),
    ],
)
def test_days_in_words(day: str, long: str, short: str) -> None:
    assert (shared.long_day(day), shared.short_day(day)) == (long, short)


# --- statistics and plots -----------------------------------------------------------------------------------


def test_statistics_are_those_of_the_library(site: Site, index: Index) -> None:
    page, told = site("/stats"), index.stats()
    figures = [number.text for number in page.one("dl", "figures").all("dd", "number")]
    wanted = [told["papers"], told["with_code"], told["with_datasets"], told["reported_numbers"]]
    assert figures == [f"{number:,}" for number in wanted]
    assert told["generation"] in page.text
    years = {row.one("th").text: row.all("td")[0].text for row in page.one("details", "data").one("tbody").all("tr")}
    first, last = min(map(int, told["year"])), max(map(int, told["year"]))
    assert years == {str(year): str(told["year"].get(str(year), 0)) for year in range(first, last + 1)}


def test_plots_can_be_read_aloud(site: Site) -> None:
    for plot in site("/stats").all("svg", "plot") + site("/dataset/KITTI").all("svg", "plot"):
        assert plot["role"] == "img"
        assert len(plot.all("desc")) == 1
        named = [plot.by_id(name) for name in plot["aria-labelledby"].split()]
        assert [element.tag for element in named] == ["title", "desc"]
        assert all(element.text for element in named)


finite = st.floats(0, 1e12)


@given(st.lists(st.tuples(finite, st.floats(0, 1)), max_size=30), st.text(max_size=10))
def test_bars_stand_on_the_floor_and_in_the_picture(values: list[tuple[float, float]], label: str) -> None:
    points = [plots.Bar(label, value, value * part) for value, part in values]
    root = svg(plots.bars("p", label, label, points))
    for rect in root.iter("rect"):
        top, height = float(rect.attrib["y"]), float(rect.attrib["height"])
        assert 0 <= top <= 200
        assert top + height == pytest.approx(176, abs=0.2)


@given(st.lists(st.tuples(st.integers(1900, 2100), st.floats(-1e12, 1e12)), min_size=1, max_size=30))
def test_points_stand_in_the_picture(values: list[tuple[int, float]]) -> None:
    root = svg(plots.dots("p", "title", "desc", [plots.Dot(year, value, "told") for year, value in values]))
    circles = list(root.iter("circle"))
    assert len(circles) == len(values)
    for circle in circles:
        assert 0 <= float(circle.attrib["cx"].removesuffix("%")) <= 100
        assert 13.9 <= float(circle.attrib["cy"]) <= 176.1


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
def test_ticks_cover_what_is_drawn_with_few_round_steps(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    ticks = plots._ticks(low, high)
    slack = 1e-6 * max(abs(low), abs(high))
    assert ticks[0] <= low + slack
    assert high - slack <= ticks[-1]
    assert 2 <= len(ticks) <= 8
    assert ticks == sorted(set(ticks))


def svg(markup: str) -> ElementTree.Element:
    # XML has no control characters at all, HTML shows them as nothing
    return ElementTree.fromstring(re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", markup))


@pytest.mark.parametrize(
    ("created", "words"),
    [
        ("2026-03-04T23:59:00+00:00", "today"),
        ("2026-03-03T00:00:00+00:00", "yesterday"),
        ("2025-03-04T00:00:00+00:00", "365 days ago"),
        ("soon", ""),
        (None, ""),
    ],
)
def test_the_age_of_an_index(created: str | None, words: str) -> None:
    import datetime

    assert statistics.age(created, datetime.date(2026, 3, 4)) == words


def test_the_help_is_that_of_the_query_language(site: Site) -> None:
    helped = site("/search").by_id("syntax")
    words = " ".join(SYNTAX.split())
    for element in [*helped.all("dt"), *helped.all("dd"), *helped.all("a")]:
        assert element.text in words
    assert len(helped.all("dt")) > 10
    for query, href in helped.links().items():
        assert parse_qs(urlsplit(href).query) == {"q": [query]}
        assert site(href)


def test_a_facet_with_many_values_unfolds_some_and_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_SHOWN_CHOICES", 2)
    monkeypatch.setattr(searching, "_MAX_CHOICES", 3)
    rare = list(facet(site("/search?q=kite"), "year"))
    assert rare == ["2023", "2022", "2021"]
    page = site("/search?q=kite&year=2018")
    assert list(facet(page, "year")) == ["2023", "2022", "2018", "2021"]
    assert page.by_id("rest-year").one("summary").text.startswith("1 more")
    assert "year:name" in page.by_id("rest-year").text


def test_without_a_healthy_index_errors_are_still_pages(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(_: Any) -> Index:
        raise IndexDamaged("stored.bytes", "it is cut short")

    with monkeypatch.context() as patched:
        patched.setattr(pages, "_index", damaged)
        answer = client.get("/stats")
    assert answer.status_code == 503
    page = parsed(answer.text)
    check_frame(page)
    assert "The index cannot be read" in page.text
