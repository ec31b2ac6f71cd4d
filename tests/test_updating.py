"""Updates, deletions and merges: after any of them the index answers like one built anew from the same papers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from conftest import TINY, write_jsonl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import searchidx
from searchidx.errors import IndexMissing, InputError, PaperMissing, UsageError
from searchidx.store import tiers
from searchidx.updating import _Revision

Records = list[dict[str, Any]]
EXECUTORS = ("numpy", "numba")
QUERIES = ("depth", "river map", '"depth from"', "+depth +picture", "depth -river", "growth OR rain", "year:2020..", "")
NAMES = ("kite", "lark", "moss", "fern", "gull", "wren", "reed", "dusk")
WORDS = ("depth", "river", "map", "picture", "growth", "rain", "model", "network", "from", "the", "noise")


def answers(index: searchidx.Index) -> dict[str, Any]:
    """All that can be asked of an index, row numbers and ways of getting there apart."""
    pages = {}
    for query in QUERIES:
        for narrow in ({}, {"has_code": True}, {"year": "2020..2021"}, {"author": "Ada"}, {"metric": "accuracy>=80"}):
            for sort in searchidx.index.SORTS:
                page = index.search(query, limit=4, sort=sort, facets=True, explain=True, **narrow)
                facets = {
                    name: sorted((k.casefold(), n) for k, n in counts.items()) for name, counts in page.facets.items()
                }
                hits = [(hit.id, hit.score, hit.explanation) for hit in page.hits]
                pages[query, str(narrow), sort] = (page.total, hits, facets, page.unknown)
    ids = [record.paper.id for record in index.records()]
    similar = {id_: [(hit.id, hit.score) for hit in index.similar(id_, limit=3).hits] for id_ in ids}
    stats = index.stats()
    counts = {
        name: stats[name] for name in ("papers", "with_code", "with_metrics", "reported_numbers", "words", "year")
    }
    results = [(claim.record.paper.id, claim.metric) for claim in index.results("KITTI")]
    return {
        "pages": pages,
        "ids": ids,
        "records": list(index.records()),
        "similar": similar,
        "counts": counts,
        "results": results,
    }


def same_as_rebuilt(index: Path, records: Iterable[dict[str, Any]], scratch: Path) -> None:
    """The index answers as one that is built from the records, with both executors."""
    fresh = scratch / "fresh.index"
    if not records:
        assert not len(searchidx.open(index))
        return
    searchidx.build([write_jsonl(scratch / "fresh.jsonl", records)], fresh)
    for executor in EXECUTORS:
        assert answers(searchidx.open(index, executor=executor)) == answers(searchidx.open(fresh, executor=executor))


def paper(name: str, words: Iterable[str], year: int, code: bool, value: int) -> dict[str, Any]:
    """A small paper whose title is its own."""
    text = " ".join(words)
    return {
        "id": name,
        "title": f"{name} and its long own title {text[:9]}",
        "abstract": f"{text}. We reach {value}% accuracy on KITTI." if value else text or "nothing",
        "authors": ["Ada Ray"] if year % 2 else ["Bo Lind"],
        "year": year,
        "source": "test",
        **({"code_urls": [f"https://github.com/lab/{name}"]} if code else {}),
    }


papers = st.builds(
    paper,
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(WORDS), max_size=9),
    st.integers(2019, 2023),
    st.booleans(),
    st.integers(0, 99),
)
batches = st.lists(papers, min_size=1, max_size=6, unique_by=lambda p: p["id"])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("update"), batches),
        st.tuples(st.just("delete"), st.sets(st.sampled_from(NAMES), min_size=1, max_size=3)),
        st.tuples(st.just("merge"), st.integers(1, 3)),
        st.tuples(st.just("rollback"), st.none()),
    ),
    max_size=6,
)


class TestLikeOneBuiltAnew:
    @given(first=batches, steps=steps)
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_after_any_steps(self, first: Records, steps: list[tuple[str, Any]], tmp_path_factory):
        scratch = tmp_path_factory.mktemp("steps")
        index = scratch / "index"
        searchidx.build([write_jsonl(scratch / "first.jsonl", first)], index)
        now = {p["id"]: p for p in first}
        history = [now]
        for step, argument in steps:
            live = searchidx.open(index).generation.name
            if step == "update":
                searchidx.update([write_jsonl(scratch / "more.jsonl", argument)], index, merge=len(argument) % 2 == 0)
                now = now | {p["id"]: p for p in argument}
            elif step == "delete" and argument & now.keys():
                searchidx.delete(sorted(argument & now.keys()), index)
                now = {name: p for name, p in now.items() if name not in argument}
            elif step == "merge":
                searchidx.merge(index, max_segments=argument)
            elif step == "rollback" and len(history) > 1:
                searchidx.rollback(index)
                now = history[-2]
            if searchidx.open(index).generation.name != live:
                history.append(now)
        assert searchidx.verify(index).sound
        same_as_rebuilt(index, now.values(), scratch)

    def test_many_segments(self, tmp_path: Path):
        """Twelve segments whose ids interleave."""
        index = tmp_path / "index"
        records = [paper(f"p{i:02}", WORDS[i % 5 : i % 5 + 4], 2019 + i % 4, i % 3 == 0, i) for i in range(60)]
        searchidx.build([write_jsonl(tmp_path / "0.jsonl", records[:5])], index)
        for start in range(1, 12):
            part = records[5 + start - 1 :: 11]
            report = searchidx.update([write_jsonl(tmp_path / "more.jsonl", part)], index, merge=False)
        assert report.segments == 12
        same_as_rebuilt(index, records, tmp_path)
        assert searchidx.merge(index).segments == 1
        same_as_rebuilt(index, records, tmp_path)

    def test_merged_bytes_are_those_of_a_build(self, tmp_path: Path):
        index, fresh = tmp_path / "index", tmp_path / "fresh"
        records = [paper(f"p{i:02}", WORDS[i % 5 : i % 5 + 4], 2019 + i % 4, i % 3 == 0, i) for i in range(40)]
        searchidx.build([write_jsonl(tmp_path / "a.jsonl", records[::2])], index)
        searchidx.update([write_jsonl(tmp_path / "b.jsonl", records[1::2])], index)
        searchidx.merge(index)
        searchidx.build([write_jsonl(tmp_path / "all.jsonl", records)], fresh)
        ours, theirs = (next((p / "generations").glob("*/seg-*")) for p in (index, fresh))
        ours = sorted((index / "generations").iterdir())[-1]
        assert next(ours.glob("seg-*")).read_bytes() == theirs.read_bytes()


@pytest.fixture
def tiny(make_index: Callable[[Iterable[dict[str, Any]]], Path]) -> Path:
    """An index of `TINY` to be changed."""
    return make_index(TINY)


def jsonl(tmp_path: Path, *records: dict[str, Any]) -> list[Path]:
    return [write_jsonl(tmp_path / "more.jsonl", records)]


class TestUpdate:
    def test_counts(self, tiny: Path, tmp_path: Path):
        changed = {**TINY[1], "abstract": "Rain again."}
        new = {"id": "owl", "title": "Owls see in the dark", "abstract": "They do."}
        report = searchidx.update(jsonl(tmp_path, changed, new, TINY[0]), tiny)
        assert (report.added, report.replaced, report.unchanged, report.papers) == (1, 1, 1, 6)
        assert (report.listings, report.segments, report.generation) == (3, 2, "000002")

    def test_nothing_new_makes_no_generation(self, tiny: Path, tmp_path: Path):
        report = searchidx.update(jsonl(tmp_path, *TINY), tiny)
        assert (report.unchanged, report.generation, len(searchidx.generations(tiny))) == (5, "000001", 1)
        assert not list((tiny / "generations").glob(".building*"))

    def test_a_paper_is_known_by_its_title_and_keeps_its_id(self, tiny: Path, tmp_path: Path):
        searchidx.update(
            jsonl(tmp_path, {"id": "other", "title": "KITE: depth from one lens!", "abstract": "New."}), tiny
        )
        index = searchidx.open(tiny)
        assert index.get("kite").paper.abstract == "New."
        assert len(index) == 5

    def test_what_another_source_said_stays(self, tiny: Path, tmp_path: Path):
        """The record that comes is of another source and says nothing of code or venue."""
        record = {"title": TINY[0]["title"], "abstract": "From elsewhere.", "source": "elsewhere"}
        searchidx.update(jsonl(tmp_path, record), tiny)
        found = searchidx.open(tiny).get("kite")
        assert (found.paper.venue, found.code, found.paper.abstract) == ("CVPR", "linked", "From elsewhere.")
        assert set(found.paper.source) >= {"elsewhere"}

    def test_the_same_source_takes_back_what_it_said(self, tiny: Path, tmp_path: Path):
        record = {name: value for name, value in TINY[0].items() if name != "code_urls"}
        searchidx.update(jsonl(tmp_path, record), tiny)
        assert searchidx.open(tiny).get("kite").code == "none"

    def test_two_papers_become_one_when_a_record_joins_them(self, tmp_path: Path, make_index):
        """One has the arXiv id, the other the DOI; the record that comes has both."""
        index = make_index(
            [
                {"id": "a", "title": "First title of the work", "abstract": "A.", "arxiv_id": "2401.00001"},
                {"id": "b", "title": "Second title of the work", "abstract": "B.", "doi": "10.1000/b"},
            ]
        )
        both = {"title": "Third title of the work", "abstract": "C.", "arxiv_id": "2401.00001", "doi": "10.1000/b"}
        report = searchidx.update(jsonl(tmp_path, both), index)
        assert (report.replaced, report.papers) == (1, 1)
        assert searchidx.open(index).get("10.1000/b").paper.abstract == "C."

    def test_another_paper_under_a_taken_id_gets_its_own(self, tmp_path: Path, make_index):
        index = make_index([{"id": "x", "title": "One paper of its own", "abstract": "A.", "doi": "10.1000/a"}])
        other = {"id": "x", "title": "Quite another paper", "abstract": "B.", "doi": "10.1000/b"}
        searchidx.update(jsonl(tmp_path, other), index)
        assert {record.paper.id for record in searchidx.open(index).records()} == {"x", "x~2"}

    def test_no_index(self, tmp_path: Path):
        with pytest.raises(IndexMissing, match="searchidx build"):
            searchidx.update(jsonl(tmp_path, TINY[0]), tmp_path / "none")
        assert not (tmp_path / "none").exists()

    def test_nothing_to_read(self, tiny: Path, tmp_path: Path):
        with pytest.raises(InputError):
            searchidx.update(jsonl(tmp_path, {"title": "no abstract"}), tiny)
        assert len(searchidx.generations(tiny)) == 1

    def test_files_that_stay_are_shared(self, tiny: Path, tmp_path: Path):
        searchidx.update(jsonl(tmp_path, {"title": "Owls see in the dark", "abstract": "They do."}), tiny)
        first, second = (tiny / "generations" / name / "seg-000001" for name in ("000001", "000002"))
        assert first.samefile(second)

    def test_segments_are_merged_when_there_are_many(self, tiny: Path, tmp_path: Path):
        for i in range(2 * tiers.PER_TIER):
            report = searchidx.update(jsonl(tmp_path, {"title": f"Owls number {i} of many", "abstract": "They."}), tiny)
            assert report.segments < tiers.PER_TIER
        assert report.papers == 5 + 2 * tiers.PER_TIER


class TestDelete:
    def test_is_in_nothing_any_more(self, tiny: Path):
        report = searchidx.delete(["kite", "2001.00042"], tiny)
        assert (report.deleted, report.papers) == (("kite", "gull"), 3)
        index = searchidx.open(tiny)
        assert "kite" not in [hit.id for hit in index.search("depth").hits]
        assert index.search("kite").unknown == ("kite",)
        with pytest.raises(PaperMissing):
            index.get("kite")

    def test_all_or_nothing(self, tiny: Path):
        with pytest.raises(PaperMissing, match="'nobody'"):
            searchidx.delete(["kite", "nobody"], tiny)
        assert len(searchidx.open(tiny)) == 5

    def test_no_id_at_all(self, tiny: Path):
        with pytest.raises(UsageError):
            searchidx.delete([], tiny)

    def test_every_paper(self, tiny: Path, tmp_path: Path):
        searchidx.delete([record["id"] for record in TINY], tiny)
        for executor in EXECUTORS:
            index = searchidx.open(tiny, executor=executor)
            page = index.search("depth", facets=True)
            assert (len(index), page.total, page.hits, index.stats()["papers"]) == (0, 0, (), 0)
            assert index.whoosh().is_empty()
        assert searchidx.verify(tiny).sound
        assert searchidx.merge(tiny).segments == 0
        searchidx.update(jsonl(tmp_path, *TINY), tiny)
        same_as_rebuilt(tiny, TINY, tmp_path)

    def test_comes_back_by_update(self, tiny: Path, tmp_path: Path):
        searchidx.delete(["kite"], tiny)
        assert searchidx.update(jsonl(tmp_path, TINY[0]), tiny).added == 1
        same_as_rebuilt(tiny, TINY, tmp_path)


class TestMerge:
    def test_nothing_to_do(self, tiny: Path):
        report = searchidx.merge(tiny)
        assert (report.merged, report.segments, report.generation) == (1, 1, "000001")

    def test_drops_what_is_deleted(self, tiny: Path):
        searchidx.delete(["kite", "gull"], tiny)
        report = searchidx.merge(tiny)
        assert (report.segments, report.dropped, report.papers) == (1, 2, 3)
        assert searchidx.open(tiny).stats()["deleted"] == 0

    def test_at_most_so_many(self, tiny: Path, tmp_path: Path):
        for i in range(4):
            searchidx.update(jsonl(tmp_path, {"title": f"Owls number {i} of many", "abstract": "x"}), tiny)
        assert searchidx.merge(tiny, max_segments=3).segments == 3
        with pytest.raises(UsageError):
            searchidx.merge(tiny, max_segments=0)


class TestTiers:
    def test_a_full_tier_becomes_one_segment(self):
        assert tiers.due([(100, 100)] * 9) == []
        assert tiers.due([(100, 100)] * 10 + [(5_000, 5_000)]) == list(range(10))

    def test_the_tier_it_fills_goes_along(self):
        sizes = [(900, 900)] * 10 + [(5_000, 5_000)] * 9
        assert tiers.due(sizes) == list(range(19))

    def test_mostly_deleted(self):
        assert tiers.due([(40, 100), (60, 100)]) == [0]

    @given(st.lists(st.integers(1, 5_000), min_size=1, max_size=300))
    def test_few_segments_little_writing(self, updates: list[int]):
        """Updates one after the other: the segments stay few, a paper is written about once per tier."""
        segments: list[int] = []
        written = 0
        for size in updates:
            segments.append(size)
            chosen = tiers.due([(live, live) for live in segments])
            if chosen:
                merged = sum(segments[place] for place in chosen)
                written += merged
                segments = [size for place, size in enumerate(segments) if place not in chosen] + [merged]
        top = tiers.tier(sum(updates)) + 1
        assert len(segments) <= top * tiers.PER_TIER
        assert written <= top * sum(updates)


def test_a_revision_that_fails_leaves_no_litter(tiny: Path):
    with pytest.raises(RuntimeError), _Revision(tiny):
        raise RuntimeError
    assert json.dumps(sorted(path.name for path in tiny.iterdir())) == '["CURRENT", "LOCK", "generations"]'
    assert [path.name for path in (tiny / "generations").iterdir()] == ["000001"]
