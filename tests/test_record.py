"""Records: stored and read back as they were; code state, repository and links from text and source."""

import json

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import DatasetMention, Extraction, Link, Listing, Metric, Paper, Record
from searchidx.paper import LINK_KINDS
from searchidx.record import metric_json, number

word = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
maybe = st.none() | word
some = st.lists(word, max_size=3).map(tuple)
span = st.none() | st.tuples(st.integers(0, 99), st.integers(0, 99))
leaves = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | word
plain = st.recursive(leaves, lambda v: st.lists(v) | st.dictionaries(word, v), max_leaves=5)
mention = st.builds(DatasetMention, word, word, st.sampled_from(["used", "introduced"]), span)
kind = st.sampled_from(["absolute", "delta", "ratio"])

papers = st.builds(
    Paper,
    id=word,
    title=word,
    abstract=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    authors=some,
    date=st.sampled_from([None, "2024", "2024-05", "2024-05-06"]),
    year=st.none() | st.integers(1000, 9999),
    venue=maybe,
    url=maybe,
    source=some,
    listings=st.lists(st.builds(Listing, word, st.sampled_from([None, "2025-09-29", "XXXX-09-29"])), max_size=2).map(
        tuple
    ),
    code_urls=some,
    keywords=some,
    arxiv_id=maybe,
    doi=maybe,
    upvotes=st.none() | st.integers(-5, 10**12),
    extra=st.dictionaries(word, plain, max_size=3),
)
extractions = st.builds(
    Extraction,
    links=st.lists(st.builds(Link, word, st.sampled_from(LINK_KINDS), word, span), max_size=2).map(tuple),
    repo=maybe,
    code=st.sampled_from(["released", "promised", "none"]),
    datasets=st.lists(mention, max_size=2).map(tuple),
    metrics=st.lists(st.builds(Metric, word, word, word, maybe, maybe, kind, maybe, word, span), max_size=2).map(tuple),
)


@settings(max_examples=200)
@given(papers, extractions)
def test_a_record_is_read_back_as_it_was_stored(paper, extraction):
    record = Record(paper, extraction)
    again = Record.load(orjson.loads(record.dump()))
    assert again == record
    assert again.to_json() == record.to_json()
    assert again.dump() == record.dump()


UNKNOWN_KEY = {"paper": {"id": "a", "title": "b", "x": 1}, "extraction": {}}


@pytest.mark.parametrize("data", [{}, {"paper": {}}, {"paper": {"id": "a"}, "extraction": {}}, UNKNOWN_KEY])
def test_what_is_no_record_is_a_key_or_type_error(data):
    with pytest.raises((KeyError, TypeError)):
        Record.load(data)


@pytest.mark.parametrize(
    ("found", "code_urls", "code", "repo"),
    [
        (Extraction(), (), "none", None),
        (Extraction(code="released"), (), "released", None),
        (Extraction(code="promised"), (), "promised", None),
        (Extraction(code="released", repo="github.com/a/b"), (), "linked", "github.com/a/b"),
        (Extraction(), ("https://github.com/o/n",), "linked", "github.com/o/n"),
        (Extraction(code="promised"), ("https://github.com/o/n",), "linked", "github.com/o/n"),
        (Extraction(), ("not a repository", "github.com/o/n.git"), "linked", "github.com/o/n"),
        (Extraction(), ("not a repository",), "none", None),
        (Extraction(repo="github.com/a/b"), ("https://github.com/o/n",), "linked", "github.com/a/b"),
    ],
)
def test_code_is_linked_when_text_or_source_name_a_repository(found, code_urls, code, repo):
    record = Record(Paper("p", "Title", code_urls=code_urls), found)
    assert (record.code, record.repo) == (code, repo)
    assert record.to_json()["has_code"] is (repo is not None)


def test_a_link_in_text_and_source_is_shown_once_and_those_of_the_text_first():
    in_text = (Link("https://github.com/a/b", "code"), Link("https://example.org/set", "data"))
    urls = ("http://www.github.com/A/B.git", "github.com/c/d", "https://github.com/c/d/")
    record = Record(Paper("p", "Title", code_urls=urls), Extraction(links=in_text))
    assert record.links == (*in_text, Link("https://github.com/c/d", "code", "source"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("82.5", 82.5),
        ("5,700", 5700.0),
        ("1 000", 1000.0),
        ("-3", -3.0),
        ("1.2.3", "1.2.3"),
        ("two", "two"),
        ("", ""),
        ("nan", "nan"),
        ("1e999", "1e999"),
    ],
)
def test_values_are_numbers_where_they_are_numbers(text, value):
    assert number(text) == value


def test_a_claim_as_json_has_the_promised_keys():
    claim = metric_json(Metric("Top-1 accuracy", "82.5", "accuracy", "80", "%", "absolute", "ImageNet", "It is 82.5%."))
    assert claim == {
        "metric": "Top-1 accuracy", "canonical": "accuracy",
        "value": 82.5, "from": 80.0, "unit": "%", "kind": "absolute",
        "dataset": "ImageNet", "sentence": "It is 82.5%.",
    }  # fmt: skip
    assert json.loads(json.dumps(claim)) == claim
