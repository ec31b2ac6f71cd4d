"""Words side by side need no parser: the short cut says what the parser says."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import searchidx
from searchidx import query as q
from searchidx.errors import QueryError
from searchidx.glossary import PLAIN
from searchidx.matching import Matcher
from searchidx.planning import Plan
from searchidx.wanted import wanted

PIECES = [
    *(
        "depth",
        "river",
        "Kite:",
        "title:",
        "TITLE:depth",
        "year:",
        "year:2020",
        "-",
        "-depth",
        "AND",
        "OR",
        "not",
        "NOT",
    ),
    *(" ", "  ", "\n", ":", "a:b", "c++", "gpt-4", "(", ")", '"', "*", "the", "unknownword", "R&D", "2.0", "+", "~"),
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=8).map("".join)


@pytest.fixture(scope="module")
def index(tiny_index):
    return searchidx.open(tiny_index, executor="numpy")


@given(text=texts)
@example(text="Machine Learning: depth: river")
@example(text="title: depth")
@example(text="depth title:river")
def test_as_the_parser_says(text: str, index: searchidx.Index):
    if not PLAIN.fullmatch(text) or len(text) > q.MAX_CHARS:
        return
    asked, unknown = wanted(index._plain_words(text))
    if not asked.terms:
        return
    tree = q.parse(text)
    matcher: Matcher = index._matcher
    assert (asked, unknown) == wanted(matcher.words(tree))
    ours, theirs = (Plan(matcher, index._scorer, t, asked, q.NO_FILTERS, {}) for t in (None, tree))
    assert ours.mask.tolist() == theirs.mask.tolist()


@pytest.mark.parametrize("text", ["title: depth", "depth -river", "a OR b", "YEAR:2020", "-depth"])
def test_not_plain(text: str):
    assert not PLAIN.fullmatch(text)


@pytest.mark.parametrize("text", ["Computer Vision: CV: depth", "c:d", "well-known depth", "NOTHING AND_"])
def test_plain(text: str):
    assert PLAIN.fullmatch(text)


def test_a_field_without_value_is_refused(index: searchidx.Index):
    with pytest.raises(QueryError):
        index.search("title: depth")
