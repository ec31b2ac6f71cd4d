"""Query strings read and written: one meaning, one spelling, and what cannot be meant refused by name."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchidx.errors import UsageError
from searchidx.web.params import (
    FACET_NAMES,
    MAX_DEPTH,
    MAX_VALUE_CHARS,
    MAX_VALUES,
    SEARCH,
    Param,
    SearchParams,
    read,
)
from searchidx.web.urls import safe_url

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20), max_size=3)


def strict(query: str) -> SearchParams:
    return SearchParams.parse(query, strict=True)


def test_an_empty_query_string_is_the_default_search() -> None:
    assert SearchParams.parse("") == SearchParams()
    assert SearchParams().to_query() == ""


def test_everything_is_read() -> None:
    params = strict(
        "q=depth+map&page=2&limit=5&sort=date&has_code=true&code=linked&dataset=KITTI&dataset=NYU&metric=acc%3E%3D80"
        "&year=2020..&venue=CVPR&source=a&author=Ray&repo=x/y&facets=year,code&explain=true"
    )
    assert params == SearchParams(
        "depth map",
        page=2,
        limit=5,
        sort="date",
        has_code=True,
        code=("linked",),
        dataset=("KITTI", "NYU"),
        metric=("acc>=80",),
        year=("2020..",),
        venue=("CVPR",),
        source=("a",),
        author=("Ray",),
        repo=("x/y",),
        facets=("code", "year"),
        explain=True,
    )
    assert params.search_kwargs()["dataset"] == ("KITTI", "NYU")
    assert strict("n=5").limit == strict("limit=5").limit == 5
    assert strict("facets=true").facets == FACET_NAMES
    assert strict("facets=false").facets == ()


@given(
    q=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=50),
    dataset=TEXTS,
    page=st.integers(1, 90),
    has_code=st.sampled_from([None, True, False]),
)
def test_what_is_written_is_read_again_and_has_one_spelling(
    q: str, dataset: list[str], page: int, has_code: bool | None
) -> None:
    held = tuple(dict.fromkeys(filter(None, map(str.strip, dataset))))
    params = SearchParams(q.strip(), page=page, dataset=held, has_code=has_code)
    assert SearchParams.parse(params.to_query()) == params
    assert strict(params.to_query()) == params
    assert SearchParams.parse(params.to_query()).to_query() == params.to_query()


def test_a_filter_is_added_and_taken_away_and_brings_back_to_the_first_page() -> None:
    params = SearchParams("depth", page=3, dataset=("KITTI",))
    more = params.with_("dataset", "NYU")
    assert (more.dataset, more.page, more.q) == (("KITTI", "NYU"), 1, "depth")
    assert more.with_("dataset", "NYU") == more
    assert more.without("dataset", "KITTI").dataset == ("NYU",)
    assert more.without("dataset").dataset == ()
    assert params.with_("has_code", True).without("has_code").has_code is None
    assert params.with_("sort", "date").without("sort").sort == "relevance"
    assert params.at_page(4) == SearchParams("depth", page=4, dataset=("KITTI",))
    assert params.newest_first() == SearchParams("depth", sort="date", dataset=("KITTI",))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "unknown parameter 'colour'; known are q, page"),
        ("page=0", "page cannot be '0'; give a whole number from 1 to 10,000"),
        ("page=-1", "page cannot be"),
        ("page=1.0", "page cannot be"),
        ("page=%D9%A1", "page cannot be"),
        ("page=" + "9" * 100, "page cannot be"),
        ("limit=1001", "limit cannot be"),
        ("limit=", "the parameter limit is empty"),
        ("limit=5&n=5", "both limit and n"),
        ("sort=size", "unknown sort 'size'; known are relevance, date, trending"),
        ("has_code=maybe", "has_code cannot be 'maybe'; give true or false"),
        ("code=perhaps", "unknown code 'perhaps'; known are linked"),
        ("facets=colour", "unknown facet 'colour'; known are code"),
        ("page=1&page=2", "page is given twice"),
        ("dataset=", "the parameter dataset is empty"),
        ("dataset=+", "the parameter dataset is empty"),
        ("dataset=" + "x" * (MAX_VALUE_CHARS + 1), "dataset has 201 characters"),
        ("q=" + "x" * 513, "q has 513 characters; 512"),
        ("q=a%00b", "q holds a null character"),
        ("q=%FF", "the query string is no UTF-8"),
        ("&".join(f"dataset=d{n}" for n in range(MAX_VALUES + 1)), "dataset is given 51 times"),
        ("q&" * 1500, "too many parameters"),
        ("x" * 9000, "the query string has 9,000 characters"),
        (f"page={MAX_DEPTH // 100 + 1}&limit=100", "past the first 10,000; narrow the search"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_name_and_a_remedy(query: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        strict(query)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


# A form sends empty fields, links gain strangers' parameters: a person still gets a page.
def test_pages_pass_over_what_nobody_declared_and_what_is_empty() -> None:
    params = SearchParams.parse("utm_source=x&q=+depth+&dataset=&page=&sort=&page=2&page=3&has_code=1&code=")
    assert params == SearchParams("depth", page=3, has_code=True)


def test_pages_refuse_what_is_wrong_too() -> None:
    with pytest.raises(UsageError):
        SearchParams.parse("page=soon")


def test_a_required_parameter_must_be_there() -> None:
    declared = (Param("dataset", "text", "", required=True, example="ImageNet"),)
    for query in ("", "dataset=", "dataset=+"):
        with pytest.raises(UsageError, match=r"dataset is (missing; add .dataset=ImageNet|empty)"):
            read(query, declared, strict=True)
    assert read(b"dataset=a%20b", declared, strict=True) == {"dataset": "a b"}


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(query: bytes) -> None:
    for strictly in (True, False):
        try:
            SearchParams.parse(query, strict=strictly)
        except UsageError:
            continue


def test_every_parameter_is_an_attribute() -> None:
    assert {param.name for param in SEARCH} - {"n"} == set(SearchParams.__dataclass_fields__)


# --- links --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/abs/2401.00042",
        "http://example.org:8080/a?b=c&d=(e)#f",
        "https://[2001:db8::1]/x",
        "https://例え.jp/パス",
        "HTTPS://example.org",
    ],
)
def test_web_addresses_may_be_links(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        " https://example.org",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "//example.org/x",
        "/etc/passwd",
        "example.org",
        "https:",
        "https://",
        "https:///x",
        "https://user:word@example.org",
        "https://example.org@evil.example",
        "https://example.org\\@evil.example",
        'https://example.org/" onclick=alert(1) x="',
        "https://example.org/<script>",
        "https://example.org/\u202etxt.exe",
        "https://example.org:port/",
        "https://[::1",
        "https://" + "x" * 3000,
    ],
)
def test_anything_else_is_text(url: str | None) -> None:
    assert safe_url(url) is None


@given(st.text(max_size=40))
def test_no_text_gets_out_of_an_attribute(text: str) -> None:
    url: Any = safe_url(text)
    assert url is None or (url.lower().startswith(("http://", "https://")) and not set(url) & set("\"'<>` \t\r\n\\"))
    assert safe_url(f"https://example.org/{quote(text)}")
