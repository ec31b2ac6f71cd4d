"""A build: records of one paper become one, reports count truly, and the order of reading changes nothing."""

import gzip
import json
import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchidx
from searchidx import indexing
from searchidx.errors import InputError, RecordError, UsageError
from searchidx.identity import identity_keys, may_be_same
from searchidx.paper import Paper
from searchidx.spool import NEW, Spool


def write(path, records):
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in records))
    return path


def built(directory, *files, **options):
    """(report, index) of a build from lists of records, one file each."""
    paths = [write(directory / f"{number}.jsonl", records) for number, records in enumerate(files)]
    report = searchidx.build(paths, directory / "index", **options)
    return report, searchidx.open(directory / "index", executor="numpy")


def record(title="An invented title", **values):
    return {"title": title, "abstract": "Some words.", **values}


def papers(index):
    return {r.paper.id: r.paper for r in index.records()}


def test_what_tokenises_is_loaded_ahead_once_where_it_will_be_needed(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(indexing.inverter, "get_ready", lambda: asked.append(True))
    files = [[record(f"Nets of {size} {n}") for n in range(indexing.CHUNK)] for size in ("few", "many")]
    built(tmp_path, *files)
    assert not asked
    monkeypatch.setattr(indexing, "_SURELY_A_BATCH", 0)
    built(tmp_path, *files)
    assert asked == [True]


# --- merging --------------------------------------------------------------------------------------------------


def test_records_of_one_paper_from_several_files_become_one(tmp_path):
    report, index = built(
        tmp_path,
        [
            record(
                "Wide Nets See More", arxiv_id="2301.00042", source="list", date="2023-02-01", upvotes=3, keywords=["a"]
            )
        ],
        [
            record(
                "Wide nets see more.",
                abstract="A longer abstract than before.",
                doi="10.1000/X",
                source="daily",
                date="2023-01-15",
                upvotes=9,
                authors=["A B", "C D"],
                venue="ICML",
                keywords=["b", "a"],
                code_urls=["https://github.com/o/n"],
                colour="red",
            )
        ],
        [record("Something else", id="other")],
    )
    assert (report.listings, report.papers) == (3, 2)
    paper = papers(index)["2301.00042"]
    assert paper == Paper(
        id="2301.00042",
        title="Wide Nets See More",
        abstract="A longer abstract than before.",
        authors=("A B", "C D"),
        date="2023-01-15",
        year=2023,
        venue="ICML",
        source=("list", "daily"),
        code_urls=("https://github.com/o/n",),
        keywords=("a", "b"),
        arxiv_id="2301.00042",
        doi="10.1000/x",
        upvotes=9,
        extra={"colour": "red"},
    )
    assert [hit.id for hit in index.search("10.1000/x").hits] == ["2301.00042"]


@pytest.mark.parametrize(
    ("first", "second", "n_papers"),
    [
        ({"id": "a"}, {"id": "a", "title": "A quite different title"}, 1),
        ({"id": "a"}, {"id": "b"}, 1),  # one title, long enough to tell
        ({"id": "a", "title": "Preface"}, {"id": "b", "title": "Preface"}, 2),  # too short to tell
        ({"id": "a", "title": "Preface"}, {"id": "a", "title": "Preface"}, 1),
        ({"arxiv_id": "2301.00001"}, {"arxiv_id": "2301.00002"}, 2),
        ({"arxiv_id": "2301.00001v1"}, {"arxiv_id": "https://arxiv.org/abs/2301.00001v2", "title": "Renamed since"}, 1),
        ({"doi": "10.1000/a"}, {"doi": "10.1000/b"}, 2),
        ({"doi": "10.1000/A"}, {"doi": "https://doi.org/10.1000/a", "title": "Renamed since"}, 1),
        ({"arxiv_id": "2301.00001"}, {"doi": "10.1000/b"}, 1),
        ({"id": "a", "doi": "10.1000/a"}, {"id": "a", "doi": "10.1000/b"}, 2),
        ({"title": "Attention — is it all you need?"}, {"title": "ATTENTION: Is It All You Need"}, 1),
        ({"title": "Naïve mixtures revisited"}, {"title": "Naive Mixtures Revisited"}, 1),
    ],
)
def test_which_records_are_one_paper(tmp_path, first, second, n_papers):
    for name, files in {"ab": (first, second), "ba": (second, first)}.items():
        (tmp_path / name).mkdir()
        report, index = built(tmp_path / name, *([record(**values)] for values in files))
        assert report.papers == len(index) == n_papers
        assert report.listings == 2


def test_records_that_share_keys_in_a_chain_are_one_paper(tmp_path):
    report, _ = built(
        tmp_path,
        [record("First of its titles", arxiv_id="2301.00001")],
        [record("Second of its titles", doi="10.1000/a")],
        [record("Second of its titles", arxiv_id="2301.00001")],
    )
    assert report.papers == 1


def test_papers_that_clash_in_their_id_are_all_kept_under_ids_of_their_own(tmp_path):
    clashing = [record(f"Paper {n} of a clash", id="p", doi=f"10.1000/{n}") for n in range(12)]
    neighbours = enumerate(("p~2", "p1", "p!", "pp", "o", "p~"))
    others = [record(f"Neighbour {n} of a clash", id=id_) for n, id_ in neighbours]
    orders = []
    for name, shuffled in {"a": clashing + others, "b": others[::-1] + clashing[::-1]}.items():
        (tmp_path / name).mkdir()
        report, index = built(tmp_path / name, shuffled)
        assert report.papers == 18
        found = papers(index)
        assert len(found) == 18
        assert {found[other["id"]].title for other in others} == {other["title"] for other in others}
        assert {paper.doi for id_, paper in found.items() if paper.doi} == {f"10.1000/{n}" for n in range(12)}
        assert all(id_ == "p" or id_.startswith("p~") for id_, paper in found.items() if paper.doi)
        orders.append({id_: paper.title for id_, paper in found.items()})
    assert orders[0] == orders[1]


ids = st.sampled_from(["a", "b", "c", "d"])
spooled = st.builds(
    Paper,
    id=ids,
    title=st.sampled_from(["Preface", "The first long title", "The second long title"]),
    arxiv_id=st.sampled_from([None, None, "2301.00001", "2301.00002"]),
    doi=st.sampled_from([None, None, "10.1000/a", "10.1000/b"]),
)


# no two records that contradict each other are merged, none is lost, and none stands alone that shares its id
# with a group it does not contradict
@settings(max_examples=200)
@given(st.lists(spooled, min_size=1, max_size=9))
def test_groups_never_hold_a_contradiction_and_lose_no_record(tmp_path_factory, records):
    with Spool(tmp_path_factory.mktemp("spool") / "spool") as spool:
        for paper in records:
            spool.add(paper)
        groups = spool._duplicates()
        merged = list(spool.papers())
        assert spool.n_papers() == len(merged)
        written = spool.path.read_bytes()
        places = [p if isinstance(p, bytes) else written[p.start :][: p.length] for p in spool.places()]
        assert places == [spooled.data for spooled in merged]
    members = [number for group in groups for number in group]
    assert len(members) == len(set(members))
    for group in groups:
        assert len(group) > 1
        assert all(may_be_same(records[a], records[b]) for a, b in combinations(group, 2))
        for number in group:  # everyone shares a key with another of the group
            others = {key for other in group if other != number for key in identity_keys(records[other])}
            assert others & set(identity_keys(records[number]))
    assert len(merged) == len(records) - len(members) + len(groups)
    encoded = [spooled.paper.id.encode() for spooled in merged]
    assert encoded == sorted(set(encoded))
    assert all(spooled.held == () and spooled.changed for spooled in merged)


# an update puts what the index holds beside what it reads: held papers say of which rows they are
@settings(max_examples=150)
@given(st.lists(spooled, min_size=1, max_size=7), st.lists(spooled, max_size=4))
def test_held_rows_are_each_told_of_once_with_the_paper_they_belong_to(tmp_path_factory, held, new):
    with Spool(tmp_path_factory.mktemp("spool") / "spool") as spool:
        for row, paper in enumerate([*held, *new]):
            spool.add(paper, row if row < len(held) else NEW)
        groups = spool._duplicates()
        merged = list(spool.papers())
    grouped = [[number for number in group if number < len(held)] for group in groups]
    alone = [[row] for row in range(len(held)) if not any(row in group for group in groups)]
    assert sorted(sorted(found.held) for found in merged if found.held) == sorted(filter(None, grouped + alone))
    for found in merged:
        if not found.changed:
            (row,) = found.held
            assert found.paper == held[row]


@settings(max_examples=150)
@given(st.lists(spooled, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_which_records_are_one_paper_does_not_depend_on_the_order_of_reading(tmp_path_factory, records, rng):
    found = []
    for _ in range(2):
        with Spool(tmp_path_factory.mktemp("spool") / "spool") as spool:
            for paper in records:
                spool.add(paper)
            found.append(sorted(sorted(repr(records[number]) for number in group) for group in spool._duplicates()))
        rng.shuffle(records)
    assert found[0] == found[1]


# --- reports --------------------------------------------------------------------------------------------------


def test_a_report_counts_what_was_read_merged_skipped_and_linked(tmp_path):
    report, index = built(
        tmp_path,
        [record("First of three things", code_urls=["github.com/o/n"]), "not json", record("Second of three things")],
        [record("First of three things"), {"title": "No abstract"}, "", record("Third of three things")],
    )
    assert (report.listings, report.papers, report.with_code, report.bad_records) == (4, 3, 1, 2)
    assert len(index) == 3
    assert [error.split(": ")[0].rsplit("/", 1)[-1] for error in report.errors] == ["0.jsonl:2", "1.jsonl:2"]
    assert report.index == str(tmp_path / "index")
    assert report.generation == "000001"
    (segment,) = (tmp_path / "index").rglob("seg-*")
    assert report.size_bytes == segment.stat().st_size
    assert report.seconds > 0


def test_many_bad_records_are_all_counted_and_the_first_are_named(tmp_path):
    report, _ = built(tmp_path, [record(), *["{"] * 50])
    assert report.bad_records == 50
    assert 0 < len(report.errors) < 50


def test_a_strict_build_stops_at_the_first_bad_record_and_names_its_place(tmp_path):
    with pytest.raises(RecordError, match=r"0\.jsonl:2"):
        built(tmp_path, [record(), "{", "["], strict=True)
    assert not (tmp_path / "index" / "CURRENT").exists()


# JSON may be nested more deeply than it can be written again
@pytest.mark.parametrize("depth", [255, 500, 900])
def test_a_record_that_cannot_be_stored_is_a_bad_record(tmp_path, depth):
    nested = '{"title": "A nested title here", "abstract": "x", "deep": ' + "[" * depth + "]" * depth + "}"
    report, index = built(tmp_path, [nested, record()])
    assert (report.bad_records, report.papers, len(index)) == (1, 1, 1)
    (tmp_path / "strict").mkdir()
    with pytest.raises(RecordError):
        built(tmp_path / "strict", [nested, record()], strict=True)


# at the depth where the spool can just be written, the stored record can be too
def test_records_of_any_depth_are_stored_or_skipped(tmp_path):
    for depth in range(246, 256):
        nested = '{"title": "A nested title here", "abstract": "x", "deep": ' + "[" * depth + "]" * depth + "}"
        (tmp_path / str(depth)).mkdir()
        report, index = built(tmp_path / str(depth), [nested, record()])
        assert report.papers == len(index) == 2 - report.bad_records
        for one in index.records():
            json.dumps(one.to_json())


@pytest.mark.parametrize("files", [[], [[""]], [["{"]], [[{"title": "No abstract"}]]])
def test_a_build_of_nothing_is_an_input_error(tmp_path, files):
    with pytest.raises(InputError):
        built(tmp_path, *files)
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_one_path_may_be_given_without_a_list_and_the_format_by_name(tmp_path):
    path = write(tmp_path / "papers.txt", [record()])
    assert searchidx.build(str(path), tmp_path / "a").papers == 1
    assert searchidx.build(path, str(tmp_path / "b"), format="jsonl").papers == 1
    with pytest.raises(UsageError, match="unknown format"):
        searchidx.build(path, tmp_path / "c", format="docx")


def test_packed_files_and_directories_are_read(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.jsonl.gz").write_bytes(gzip.compress(json.dumps(record("First of two things")).encode()))
    write(corpus / "b.jsonl", [record("Second of two things")])
    (corpus / "README.md").write_text("About these files.")
    (corpus / ".hidden.jsonl").write_text(json.dumps(record("Never read at all")))
    assert searchidx.build([corpus], tmp_path / "index").papers == 2


def test_progress_is_told_the_stages_in_order_with_true_totals(tmp_path):
    calls = []
    many = [record(f"Paper number {n} of many") for n in range(1100)]
    built(tmp_path, many, progress=lambda stage, done, total: calls.append((stage, done, total)))
    stages = list(dict.fromkeys(stage for stage, _, _ in calls))
    assert stages == ["reading", "indexing", "writing", "publishing"]
    assert ("reading", 1100, None) in calls
    assert all(total == 1100 for stage, _, total in calls if stage != "reading")
    for stage in stages:
        done = [n for name, n, _ in calls if name == stage]
        assert done == sorted(done)


def test_nothing_is_printed(tmp_path, capsys):
    built(tmp_path, [record(), "{"])
    assert capsys.readouterr() == ("", "")


def test_an_index_knows_what_it_was_made_from(tmp_path):
    report, index = built(tmp_path, [record(), "{"], [record()])
    stats = index.stats()
    assert (stats["papers"], stats["listings"], stats["generation"]) == (1, 2, "000001")
    assert stats["sources"] == [str(tmp_path / "0.jsonl"), str(tmp_path / "1.jsonl")]
    assert stats["versions"]["searchidx"] == searchidx.__version__
    assert stats["size_bytes"] == report.size_bytes


# --- order of reading -----------------------------------------------------------------------------------------


def generated(n):
    rng = random.Random(1)
    words = "graph depth GPT-4 self-supervised U-Net net image text label loss Müller KITTI ImageNet".split()
    for number in range(n):
        yield {
            "id": f"p{rng.random():.9f}",
            "title": f"Study {number}: " + " ".join(rng.choices(words, k=4)),
            "abstract": " ".join(rng.choices(words, k=20)) + f". We reach {rng.randint(10, 99)}.5% accuracy on KITTI.",
            "authors": [f"Author {rng.randint(0, 300)}" for _ in range(2)],
            "year": rng.randint(2015, 2025),
            "venue": rng.choice(["CVPR", "cvpr", "ICML", None]),
        }


def test_2000_papers_in_any_order_give_the_same_bytes(tmp_path):
    records = list(generated(2000))
    contents = []
    for seed in range(3):
        random.Random(seed).shuffle(records)
        directory = tmp_path / str(seed)
        directory.mkdir()
        report, _ = built(directory, records)
        assert report.papers == 2000
        contents.append({p.name: p.read_bytes() for p in (directory / "index").rglob("seg-*")})
    assert list(contents[0]) == ["seg-000001"]
    assert contents[0] == contents[1]
    assert contents[0] == contents[2]
