"""The benchmark itself: fair turns, answers compared first, figures from raw numbers, tables that say what was seen."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import __main__ as bench
from tests.bench import report as tables
from tests.bench import run
from tests.bench.engines import ENGINES, KINDS, Engine, docs
from tests.conftest import write_jsonl

PAPERS = [
    {
        "id": f"p {i}",
        "title": f"Note {i} of river {'depth' if i % 2 else 'width'}",
        "abstract": f"River maps number {i} from ImageNet and COCO." + " Small kite." * (i % 3),
        "year": 2000 + i % 4,
        "venue": f"V{i % 5}",
        "keywords": ["river depth", "River: maps!", "the kite", "one", "a b c d e f"],
        "code_urls": ["https://github.com/lab/kite"] if i % 3 else [],
    }
    for i in range(60)
]


class Fake(Engine):
    """Answers from a list; remembers what it was asked, for all of its kind in one list."""

    kinds = tuple(KINDS)
    asked: list[tuple[str, str]]

    def __init__(self, name, answers, asked):
        self.name, self.answers, self.asked = name, answers, asked

    def search(self, kind, words, k):
        self.asked.append((self.name, " ".join(words)))
        return self.answers

    def count(self, words):
        return len(self.answers)


@pytest.fixture
def prepared(tmp_path) -> Path:
    run.prepare(str(write_jsonl(tmp_path / "papers.jsonl", PAPERS)), tmp_path / "prepared.jsonl", None)
    return tmp_path / "prepared.jsonl"


def test_queries_are_keywords_of_two_to_five_words_none_of_them_a_stop_word(tmp_path):
    source = write_jsonl(tmp_path / "papers.jsonl", PAPERS)
    assert run.prepare(str(source), tmp_path / "out", 7) == (7, [["river", "depth"], ["river", "maps"]])
    first = next(docs(tmp_path / "out"))
    assert (first.id, first.dataset, first.code, first.year) == ("p_0", ["COCO", "ImageNet"], False, 2000)
    assert run.head(tmp_path / "out", tmp_path / "few", 5) == 5
    assert run.head(tmp_path / "few", tmp_path / "fewer", 9) == 5


def test_agreement_is_the_share_of_the_first_engines_answers():
    assert run.agreement([["a", "b"], ["x"]], [["a", "c"], []]) == 0.5
    assert run.agreement([4, 0], [8, 0]) == 0.5
    assert run.agreement([["a"]], [[]]) == 1.0


def test_an_engine_that_answers_something_else_is_not_timed(capsys):
    asked = []
    engines = {name: Fake(name, answer, asked) for name, answer in (("one", ["a", "b"]), ("two", ["c", "d"]))}
    rows = run.ask_all(engines, "union", [["x", "y"]] * 30, run.Plan(2, 1.0, 1))
    assert rows["one"]["same"] == 1.0
    assert rows["two"] == {"same": 0.0, "queries": 30}
    assert [len(latencies) for latencies in rows["one"]["rounds_us"]] == [30, 30]
    assert "two is not timed" in capsys.readouterr().err


def test_engines_take_turns_and_none_is_always_first():
    asked = []
    ask = {name: run.asker(Fake(name, [], asked), "union") for name in ("one", "two", "three")}
    queries = [[str(i)] for i in range(run.BLOCK * 2 + 50)]
    times = run.time_queries(ask, queries, {"one": 250, "two": 250, "three": 120}, 3)
    assert {name: [len(t) for t in rounds] for name, rounds in times.items()} == {
        "one": [250] * 3,
        "two": [250] * 3,
        "three": [120] * 3,
    }
    begins = [name for name, text in asked if text == "0"]
    assert begins == ["one", "two", "three", "two", "three", "one", "three", "one", "two"]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300))
def test_percentiles_are_values_that_were_seen_in_order(values):
    found = run.percentiles(values)
    assert set(found.values()) <= set(values)
    assert found["p50_us"] <= found["p95_us"] <= found["p99_us"]
    assert sum(value < found["p95_us"] for value in values) <= 0.95 * len(values)


def test_a_slow_engine_is_asked_fewer_queries_but_some():
    assert run._affordable(0.001, 1000, run.Plan(3, 10.0, 1)) == 1000
    assert run._affordable(0.1, 1000, run.Plan(3, 10.0, 1)) == 100
    assert run._affordable(60, 1000, run.Plan(3, 10.0, 1)) == run.WARM_UP


def test_batches_over_threads_give_the_answers_in_order():
    class Echo(Engine):
        def search(self, kind, words, k):
            time.sleep(0.0005 * (len(words[0]) % 3))
            return [words[0]]

    queries = [[f"q{i}" * (i % 4 + 1)] for i in range(50)]
    assert Echo().batch(queries, 10, 4) == [[words[0]] for words in queries]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_memory_is_seen_of_a_child_process_too():
    import subprocess

    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(80_000_000); input()'])"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        ends = time.monotonic() + 20
        while run.memory_of(process.pid) < 80_000_000 and time.monotonic() < ends:
            time.sleep(0.05)
        assert 80_000_000 < run.memory_of(process.pid) < 200_000_000
        process.communicate(b"\n")
    assert run.memory_of(process.pid) == 0


def test_an_engine_that_is_not_installed_is_left_out_with_a_word(prepared, monkeypatch, capsys, tmp_path):
    class Absent(Engine):
        package = "no-such-package-here"

    monkeypatch.setitem(ENGINES, "absent", Absent)
    monkeypatch.setattr(run, "STARTS", 1)
    (tmp_path / "home").mkdir()
    found = run.compare(
        ["fts5", "absent"], prepared, 60, [["river", "depth"]] * 3, tmp_path / "home", run.Plan(1, 1, 2)
    )
    assert list(found["engines"]) == ["fts5"]
    assert "pip install no-such-package-here" in capsys.readouterr().err


def test_a_failed_build_says_what_the_process_said(tmp_path):
    with pytest.raises(RuntimeError, match=r"fts5 failed to build:[\s\S]*No such file"):
        run.build("fts5", tmp_path / "missing.jsonl", 1, tmp_path)


def installed(name: str) -> bool:
    try:
        ENGINES[name]().version()
    except ModuleNotFoundError:
        return False
    return True


# bm25s compiles for ten seconds
@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.torture] * (n == "bm25s")) for n in ENGINES])
@pytest.mark.kernels
@pytest.mark.filterwarnings("ignore")
def test_every_engine_answers_every_kind_it_says_it_knows(name, prepared, tmp_path):
    """One body for all: the papers that have both words, in any order; the same alone and in a batch."""
    if not installed(name):
        pytest.skip(f"{name} is not installed")
    run.build(name, prepared, 60, tmp_path)
    engine = ENGINES[name]()
    engine.open(tmp_path / name)
    everything = list(docs(prepared))
    code = {doc.id for doc in everything if doc.code}
    deep = {doc.id for doc in everything if "depth" in doc.title}
    expected = {
        "union": deep,
        "top100": {doc.id for doc in everything},
        "intersection": deep,
        "phrase": deep,
        "filtered": code,
        "faceted": code,
    }
    for kind in engine.kinds:
        if kind == "count":
            assert engine.count(["depth", "absentword"]) == len(deep)
            continue
        found = engine.search(kind, ["river", "depth"], KINDS[kind])
        assert len(found) == min(KINDS[kind], len(expected[kind]))
        assert set(found) <= expected[kind]
    queries = [["river", "depth"], ["kite"], ["imagenet"]] * 5
    alone = [engine.search("union", words, 10) for words in queries]
    assert [sorted(found) for found in engine.batch(queries, 10, 2)] == [sorted(found) for found in alone]


def test_a_run_writes_raw_numbers_and_a_table_beside_them(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run, "STARTS", 1)
    source = write_jsonl(tmp_path / "papers.jsonl", PAPERS)
    arguments = [
        "run",
        "--papers",
        str(source),
        "--engines",
        "fts5",
        "--rounds",
        "3",
        "--out",
        str(tmp_path / "o.json"),
    ]
    assert bench.main([*arguments, "--work", str(tmp_path)]) == 0
    result = orjson.loads((tmp_path / "o.json").read_bytes())
    row = result["all"]["queries"]["union"]["fts5"]
    assert len(row["rounds_us"]) == 3
    assert row["p50_us"] == pytest.approx(sorted(run.percentiles(r)["p50_us"] for r in row["rounds_us"])[1], abs=0.1)
    assert result["machine"]["cores"]
    assert result["all"]["engines"]["fts5"]["index_bytes"] > 0
    text = (tmp_path / "o.md").read_text()
    assert text.strip() == capsys.readouterr().out.strip()
    assert "| union | fts5 |" in text
    assert not list(tmp_path.glob("searchidx-bench-*"))


def test_papers_without_keywords_are_refused(tmp_path, capsys):
    source = write_jsonl(tmp_path / "papers.jsonl", [{"title": "A paper of nothing", "abstract": "Nothing."}])
    assert bench.main(["run", "--papers", str(source), "--work", str(tmp_path)]) == 2
    assert "keywords" in capsys.readouterr().err


def test_a_run_without_any_installed_engine_ends_with_what_to_install(tmp_path, monkeypatch, capsys):
    class Absent(Engine):
        package = "no-such-package-here"

    monkeypatch.setitem(ENGINES, "absent", Absent)
    source = write_jsonl(tmp_path / "papers.jsonl", PAPERS)
    assert bench.main(["run", "--papers", str(source), "--engines", "absent", "--work", str(tmp_path)]) == 0
    assert "pip install no-such-package-here" in capsys.readouterr().err


def test_unknown_engines_are_named():
    with pytest.raises(SystemExit, match="2"):
        bench.main(["run", "--papers", "x", "--engines", "fts5,fts6"])


def test_ratios_are_against_tantivy_where_it_ran():
    def engine(speed):
        return {
            "version": "1",
            "papers_per_s": speed,
            "batch_per_s": speed,
            "build_peak_bytes": None,
            "index_bytes": 3e9,
            "first_ms": 1.0,
            "first_disk_ms": 2.0,
        }

    def row(p50):
        return {"p50_us": p50, "p95_us": p50, "p99_us": p50, "same": 0.9}

    rows = {"ours": row(100.0), "tantivy": row(450.0), "wrong": {"same": 0.1}}
    compared = SimpleNamespace(
        both={"engines": {"ours": engine(50), "tantivy": engine(100)}, "queries": {"union": rows}},
        alone={"engines": {"ours": engine(50)}, "queries": {"union": {"ours": row(1.0)}}},
    )
    assert "| ours 1 | 50 | 0.50 |  | 3.0 GB | 50 | 0.50 | 1 | 2 |" in tables.builds(compared.both)
    lines = tables.latencies(compared.both).splitlines()
    assert "| union | ours | 0.100 | 0.100 | 0.100 | 4.5 | 4.5 | 0.90 |" in lines
    assert "| union | wrong | | | | | | 0.10 |" in lines
    assert "x ours" in tables.latencies(compared.alone)
