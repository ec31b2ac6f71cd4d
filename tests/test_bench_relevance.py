"""Measuring relevance: figures worked out by hand, chance told from difference, drops and missing data said."""

from __future__ import annotations

import math
import os
from pathlib import Path

import orjson
import pytest
import zstandard

from tests.bench import __main__ as bench
from tests.bench.relevance import command, figures, sets
from tests.bench.relevance.engines import ENGINES, Engine, Refused, _sources
from tests.bench.relevance.figures import Measure, holm, per_query, randomisation

#: `kite` is the title of 1 and the last word of 2's long text; 3 and 4 have the same title, 5 no title, 6 no text.
DOCS = [
    ("1", "Kite", "A small toy on a line."),
    (
        "2",
        "Of toys and other things",
        "Wood, paper, glue and many more things are used for building, flying or sailing a kite.",
    ),
    ("3", "The otter and the brook", "Otters swim."),
    ("4", "The otter and the brook", "Another otter is asleep."),
    ("5", "", "Moss grows slowly on the stones."),
    ("6", "Fern", ""),
]
#: Query 1 finds 1 before 2, and 2 is right; query 2 finds nothing; query 3 finds what is right; 4 has nothing right.
QUERIES = {"1": "kite", "2": "zzyx qqvv", "3": "moss?", "4": "otter"}
QRELS = [("1", "2", 1), ("1", "1", 0), ("2", "3", 1), ("3", "5", 1), ("4", "3", 0)]
SECOND = 1 / math.log2(3)

needs_ir_measures = pytest.mark.skipif(not command.find_spec("ir_measures"), reason="needs ir_measures")


def write_beir(directory: Path, queries=None, qrels=QRELS) -> Path:
    directory.mkdir(parents=True)
    corpus = [{"_id": id_, "title": title, "text": text} for id_, title, text in DOCS]
    packed = zstandard.compress(b"\n".join(map(orjson.dumps, corpus)))
    (directory / "corpus.jsonl.zst").write_bytes(packed)
    rows = queries or [{"_id": id_, "text": text} for id_, text in QUERIES.items()]
    (directory / "queries.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in qrels)]
    (directory / "qrels.tsv").write_text("\n".join(lines) + "\n")
    return directory


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    """A directory of collections with one in it, and a baseline of its own."""
    monkeypatch.setattr(command, "BASELINE", tmp_path / "baseline.json")
    write_beir(tmp_path / "data" / "retrieval" / "cacm")
    return tmp_path / "data"


class Fake(Engine):
    """Answers every query with the same documents; None refuses it. Remembers how often it was built."""

    name = package = index = "searchidx"

    def __init__(self, answer, made_by="one"):
        self.answer, self.by, self.builds = answer, made_by, 0

    def made_by(self):
        return self.by

    def build(self, docs, directory):
        self.builds += 1
        directory.mkdir()
        return len(list(docs))

    def open(self, directory):
        assert directory.is_dir()

    def search(self, text, k):
        if self.answer is None:
            raise Refused("not this one")
        return self.answer


def relevance(data: Path, *more: str) -> int:
    return bench.main(["relevance", "--data", str(data), "--sets", "cacm", "--engines", "searchidx", *more])


@needs_ir_measures
def test_figures_are_those_worked_out_by_hand(data, tmp_path, capsys):
    assert relevance(data, "--out", str(tmp_path / "out.json")) == 0
    measured = orjson.loads((tmp_path / "out.json").read_bytes())["sets"]["cacm"]
    row = measured["engines"]["searchidx"]
    assert (measured["documents"], measured["queries"], row["empty"], row["refused"]) == (6, 3, 1, {})
    assert row["per_query"]["nDCG@10"] == pytest.approx({"1": SECOND, "2": 0, "3": 1})
    assert row["means"] == pytest.approx({"nDCG@10": (SECOND + 1) / 3, "MRR@10": 0.5, "R@10": 2 / 3, "R@100": 2 / 3})
    shown = capsys.readouterr().out
    assert "## cacm: 3 queries, 6 documents" in shown
    assert "| searchidx | 0.544 | 0.500 | 0.667 | 0.667 |" in shown


@needs_ir_measures
def test_a_figure_that_drops_fails_and_one_that_is_not_recorded_does_not(data, capsys):
    assert relevance(data, "--write-baseline") == 0
    recorded = orjson.loads(command.BASELINE.read_bytes())
    recorded["cacm"]["nDCG@10"] += 0.004
    del recorded["cacm"]["R@10"]
    command.BASELINE.write_bytes(orjson.dumps(recorded | {"npl": {"nDCG@10": 1.0}}))
    assert relevance(data) == 0
    recorded["cacm"]["MRR@10"] += 0.006
    command.BASELINE.write_bytes(orjson.dumps(recorded))
    assert relevance(data) == 1
    assert "WORSE cacm: MRR@10 0.5000, was 0.5060" in capsys.readouterr().out


@needs_ir_measures
def test_a_baseline_keeps_what_was_not_measured(data):
    command.BASELINE.write_bytes(orjson.dumps({"npl": {"nDCG@10": 0.4}}))
    assert relevance(data, "--write-baseline") == 0
    assert set(orjson.loads(command.BASELINE.read_bytes())) == {"cacm", "npl"}


@needs_ir_measures
def test_missing_data_is_said_in_one_line(data, tmp_path, monkeypatch, capsys):
    assert relevance(tmp_path / "nowhere") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "SEARCHIDX_DATA" in said
    monkeypatch.setenv("SEARCHIDX_DATA", str(tmp_path / "elsewhere"))
    assert bench.main(["relevance", "--sets", "cacm"]) == 2
    assert "elsewhere is no directory" in capsys.readouterr().err
    assert bench.main(["relevance", "--data", str(data), "--sets", "npl,tldr"]) == 2
    assert "none of the collections (npl, tldr)" in capsys.readouterr().err


def test_an_unknown_set_or_engine_is_a_usage_error(capsys):
    for option in ("--sets", "--engines"):
        with pytest.raises(SystemExit):
            bench.main(["relevance", option, "gull"])
        assert "unknown gull; known are" in capsys.readouterr().err


def test_an_engine_that_is_not_installed_is_passed_over(monkeypatch, capsys):
    class Absent(Engine):
        package = "no-such-package-here"

    monkeypatch.setitem(ENGINES, "absent", Absent)
    assert "absent" not in command.installed(["searchidx", "absent"])
    assert "pip install no-such-package-here" in capsys.readouterr().err


@needs_ir_measures
def test_a_refused_query_found_nothing_and_is_reported(data, tmp_path):
    collection = sets.SETS["cacm"](data)
    measured = command.measure(collection, {"searchidx": Fake(None)}, tmp_path / "home")
    row = measured["engines"]["searchidx"]
    assert row["means"]["R@100"] == 0
    assert row["refused"] == dict.fromkeys(("1", "2", "3"), "not this one")
    assert "refused, query 1: not this one" in command.table("cacm", measured)


@needs_ir_measures
def test_papers_as_queries_gain_by_grade_with_and_without_what_was_not_judged(tmp_path):
    queries = [{"_id": "1_method", "text": "Kite. A toy.", "metadata": {"paper_id": "1"}}]
    grades = [("1_method", "2", 1), ("1_method", "3", 3), ("1_method", "6", 0)]
    collection = sets.csfcube(write_beir(tmp_path / "csfcube", queries, grades))
    engines = {"searchidx": Fake(["1", "5", "2", "3"]), "searchidx, less": Fake([])}
    rows = command.measure(collection, engines, tmp_path / "home")["engines"]
    assert list(rows) == ["searchidx"]
    best = 7 + SECOND
    expected = {"nDCG@10, judged only": (1 + 7 * SECOND) / best, "nDCG@10, all papers": (SECOND + 7 / 2) / best}
    assert rows["searchidx"]["means"] == pytest.approx(expected)


def test_summaries_are_queries_for_their_papers(tmp_path):
    papers = [
        {"id": "p1", "title": "Kite", "abstract": "A toy."},
        {"id": "p2", "title": "Fern", "abstract": "A plant."},
    ]
    (tmp_path / "papers.jsonl").write_bytes(b"\n".join(map(orjson.dumps, papers)))
    (tmp_path / "table.tsv").write_text("paper_id\tquery\np2\tgreen and still\n")
    collection = sets.known_item("tldr", tmp_path / "papers.jsonl", tmp_path / "table.tsv")
    assert dict(collection.queries) == {"p2": "green and still"}
    assert collection.qrels == {"p2": {"p2": 1}}
    assert list(collection.docs())[1] == sets.Doc("p2", "Fern", "A plant.")


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.filterwarnings("ignore")
def test_every_engine_takes_every_document_and_any_text(name, data, tmp_path):
    engine = ENGINES[name]()
    try:
        engine.version()
    except ModuleNotFoundError:
        pytest.skip(f"{name} is not installed")
    assert engine.build(sets.SETS["cacm"](data).docs(), tmp_path / "index") == len(DOCS)
    engine.open(tmp_path / "index")
    assert engine.search("kite", 10) == ["1", "2"]
    assert sorted(engine.search("otter", 10)) == ["3", "4"]
    assert engine.search("otter", 1) == engine.search("otter", 10)[:1]
    assert engine.search("moss", 10) == ["5"]
    assert engine.search("Fern", 10) == ["6"]
    assert engine.search("zzyx", 10) == []
    assert engine.similar("3", "The otter and the brook. Otters swim.", 1) == ["4"]
    if not name.startswith("searchidx"):  # it says what is wrong with a query instead
        assert set(engine.search('what is (a kite: "+title:x AND ~', 10)) >= {"1", "2"}


def test_an_index_is_made_anew_only_when_documents_or_engine_changed(data, tmp_path):
    collection = sets.SETS["cacm"](data)
    engine = Fake([])
    assert [command.prepare(collection, engine, tmp_path / "home") for _ in range(2)] == [6, 6]
    assert engine.builds == 1
    engine.by = "two"
    command.prepare(collection, engine, tmp_path / "home")
    assert engine.builds == 2
    os.utime(collection.corpus, ns=(1, 1))
    command.prepare(collection, engine, tmp_path / "home")
    assert engine.builds == 3


def test_what_only_searches_does_not_decide_what_an_index_holds(tmp_path):
    homes = [tmp_path / name for name in ("as it is", "renders otherwise", "analyses otherwise")]
    for home in homes:
        (home / "web").mkdir(parents=True)
        for name in ("analysis.py", "render.py", "web/app.py"):
            (home / name).write_text("1")
    (homes[1] / "render.py").write_text("2")
    (homes[1] / "web" / "app.py").write_text("2")
    (homes[2] / "analysis.py").write_text("2")
    first, rendering, analysing = map(_sources, homes)
    assert first == rendering != analysing


def test_a_build_that_failed_is_not_taken_for_an_index(data, tmp_path, monkeypatch):
    collection = sets.SETS["cacm"](data)
    engine = Fake([])
    command.prepare(collection, engine, tmp_path / "home")
    engine.by = "two"
    with monkeypatch.context() as patch:
        patch.setattr(Fake, "build", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            command.prepare(collection, engine, tmp_path / "home")
    engine.by = "one"
    command.prepare(collection, engine, tmp_path / "home")
    assert engine.builds == 2


@needs_ir_measures
def test_a_large_collection_is_not_for_a_slow_engine(tmp_path, capsys):
    class Slow(Fake):
        slow = True

    collection = sets.beir(write_beir(tmp_path / "large"), large=True)
    assert command.measure(collection, {"slow": Slow([])}, tmp_path / "home")["engines"] == {}
    assert "give --slow" in capsys.readouterr().err
    assert "slow" in command.measure(collection, {"slow": Slow([])}, tmp_path / "home", slow=True)["engines"]


@needs_ir_measures
def test_one_measures_gains_do_not_reach_another():
    measures = [Measure("exponential", "nDCG", 10, {"gains": {2: 3}}), Measure("linear", "nDCG", 10)]
    found = per_query({"q": ["x", "y"]}, {"q": {"x": 1, "y": 2}}, measures)
    assert found["linear"]["q"] == pytest.approx((1 + 2 * SECOND) / (2 + SECOND))
    assert found["exponential"]["q"] == pytest.approx((1 + 3 * SECOND) / (3 + SECOND))


def test_the_same_figures_differ_by_chance():
    same = {str(query): query / 7 for query in range(30)}
    assert randomisation(same, dict(reversed(same.items()))) == 1.0


@pytest.mark.parametrize(("n", "p"), [(1, 1.0), (2, 0.5), (5, 2 / 32), (10, 2 / 1024), (40, 0.0)])
def test_always_better_by_as_much_is_chance_only_if_all_signs_agree(n, p):
    """Of the 2^n ways to draw signs, two are as far from 0 as n equal differences."""
    better, worse = {str(i): 0.3 for i in range(n)}, {str(i): 0.1 for i in range(n)}
    found = randomisation(better, worse)
    assert found == pytest.approx(p, abs=3 * math.sqrt(max(p * (1 - p), 1e-4) / figures.N_PERMUTATIONS))
    assert found == randomisation(worse, better)
    assert found > 0


def test_differences_that_cancel_are_chance():
    """Sums of 1, 1 and -1 with any signs are 1 or 3 away from 0, never nearer than the 1 that was seen."""
    first, second = {"a": 1.0, "b": 1.0, "c": 0.0}, {"a": 0.0, "b": 0.0, "c": 1.0}
    assert randomisation(first, second) == 1.0


def test_several_comparisons_are_adjusted_together():
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "c": 0.06, "b": 0.06})
    assert holm({"a": 0.9, "b": 0.8}) == {"b": 1.0, "a": 1.0}
    assert holm({}) == {}
