"""The sample corpus: 303 papers, each a good record, each abstract in our own words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import searchidx
from searchidx.errors import RecordError
from searchidx.identity import title_id, title_key
from searchidx.paper import CODE_STATES, LINK_KINDS, Paper
from searchidx.sources import read

CORPUS = Path(__file__).parents[1] / "corpus"
URL = re.compile(r"https?://\S+")
WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
SENTENCE_END = re.compile(r"[.!?][\"')]*(?=\s+[A-Z(\"0-9]|\s*$)")
RUN = 8


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / "papers.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_corpus_builds_without_a_bad_record(tmp_path: Path) -> None:
    report = searchidx.build([CORPUS], tmp_path / "index", strict=True)
    assert (report.papers, report.bad_records) == (303, 0)


def test_count_first_tenth_and_last_record(records: list[dict[str, Any]]) -> None:
    assert len(records) == 303
    assert [records[i]["title"] for i in (0, 9, -1)] == [
        "A Closer Look at Rehearsal-Free Continual Learning",
        "A Survey on Cost Types, Interaction Schemes, and Annotator Performance Models in Selection Algorithms for "
        "Active Learning in Classification",
        "Zero-shot and Few-shot Learning with Knowledge Graphs: A Comprehensive Survey",
    ]


def test_records_stand_in_the_order_of_their_ids(records: list[dict[str, Any]]) -> None:
    ids = [record["id"] for record in records]
    assert ids == sorted(set(ids))


def test_titles_are_unique_and_make_the_ids(records: list[dict[str, Any]]) -> None:
    assert len({title_key(record["title"]) for record in records}) == 303
    assert all(record["id"] == title_id(record["title"]) for record in records)


def test_summaries_have_two_to_five_sentences(records: list[dict[str, Any]]) -> None:
    lengths = {r["title"]: len(SENTENCE_END.findall(r["abstract"])) for r in records}
    assert {title: n for title, n in lengths.items() if not 2 <= n <= 5} == {}


def test_listings_are_the_368_of_the_pages_and_name_no_year(records: list[dict[str, Any]]) -> None:
    listings = [listing for record in records for listing in record["listings"]]
    assert len(listings) == 368
    assert all(re.fullmatch(r"XXXX-\d\d-\d\d", listing["date"]) for listing in listings)
    assert len({listing["page"] for listing in listings}) == 5


def test_annotations_use_the_known_words(records: list[dict[str, Any]]) -> None:
    for record in records:
        assert record["code"] in CODE_STATES
        assert {link["kind"] for link in record.get("links", [])} <= set(LINK_KINDS)
        assert {dataset["role"] for dataset in record.get("datasets", [])} <= {"used", "introduced"}
        assert {metric["kind"] for metric in record.get("metrics", [])} <= {"absolute", "delta", "ratio"}


def test_annotated_links_datasets_and_values_stand_in_the_text(records: list[dict[str, Any]]) -> None:
    for record in records:
        text = f"{record['title']}\n{record['abstract']}"
        for link in record.get("links", []):
            assert re.sub(r"^https?://", "", link["url"]).rstrip("/") in text, record["id"]
        for dataset in record.get("datasets", []):
            assert dataset["name"] in text, record["id"]
        for metric in record.get("metrics", []):
            assert metric["value"] in text, record["id"]


def words(text: str) -> list[str]:
    """The words of a text in lower case, without links, names (a capital inside) and numbers."""
    return [
        word.lower()
        for word in WORD.findall(URL.sub(" ", text))
        if not any(c.isdigit() for c in word) and not any(c.isupper() for c in word[1:])
    ]


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of `RUN` words."""
    found = words(text)
    return {tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1)}


def test_a_run_of_eight_copied_words_would_be_found() -> None:
    abstract = "We show that kites fly higher than all of the birds on ImageNet, by 3 metres."
    told = "In short: kites fly higher than all of the 12 birds on COCO trees."
    assert runs(abstract) & runs(told)
    assert not runs(abstract) & runs("Kites fly higher than all the birds; 3 metres on ImageNet.")


def test_no_summary_shares_a_run_of_eight_words_with_the_abstracts(
    daily_pages: list[Path], records: list[dict[str, Any]]
) -> None:
    abstracts = set().union(*(runs(p.abstract) for p in read(daily_pages) if isinstance(p, Paper)))
    assert len(abstracts) > 30_000
    copied = {r["title"]: [" ".join(run) for run in runs(r["abstract"]) & abstracts] for r in records}
    assert {title: found for title, found in copied.items() if found} == {}


def test_the_corpus_holds_every_paper_of_the_pages(daily_pages: list[Path], records: list[dict[str, Any]]) -> None:
    listed: dict[str, list[dict[str, Any]]] = {}
    for paper in read(daily_pages):
        assert not isinstance(paper, RecordError)
        listed.setdefault(title_key(paper.title), []).append(paper.listings[0].to_json())
    ours = {title_key(record["title"]): record["listings"] for record in records}

    def order(listing: dict[str, Any]) -> str:
        return f"{listing['page']} {listing['date']}"

    assert {k: sorted(v, key=order) for k, v in ours.items()} == {k: sorted(v, key=order) for k, v in listed.items()}
