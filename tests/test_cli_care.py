"""The commands that change an index and look after it: exit codes, JSON, one-line errors."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from conftest import ROOT, TINY, Run, write_jsonl

import searchidx
from searchidx import cli
from searchidx.store import generations

Command = Callable[..., Run]
OWL = {"id": "owl", "title": "Owls see in the dark", "abstract": "Their depth of sight is told."}


def live(index: Path) -> str:
    return (index / "CURRENT").read_text().splitlines()[0]


def ids(run: Command, index: Path) -> set[str]:
    return {hit["id"] for hit in run("search", "--index", index, "--json").json["hits"]}


def keys(report: type) -> set[str]:
    return {field.name for field in fields(report)}


def is_error(done: Run) -> bool:
    """One line on stderr that is ours, nothing on stdout, exit code 2."""
    return (done.code, done.out, done.err.count("\n")) == (2, "", 1) and done.err.startswith("searchidx: ")


@pytest.fixture
def owl(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "owl.jsonl", [OWL])


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """One generation with `TINY`, to be changed."""
    searchidx.build([write_jsonl(tmp_path / "tiny.jsonl", TINY)], tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def updated(index: Path, owl: Path) -> Path:
    """Two generations: `TINY`, and the owl besides."""
    searchidx.update([owl], index)
    return index


class TestUpdate:
    def test_says_what_it_did(self, run: Command, index: Path, tmp_path: Path):
        records = [OWL, TINY[0], {**TINY[1], "abstract": "Rain again."}]
        done = run("update", write_jsonl(tmp_path / "more.jsonl", records), "--index", index)
        assert (done.code, done.err) == (0, "")
        assert re.fullmatch(
            rf"1 paper added, 1 replaced, 1 unchanged, from 3 listings, in [\d.]+ s; 6 papers now: {index}, "
            r"generation 000002\n",
            done.out,
        )
        assert run("search", "dark", "--index", index).code == 0

    def test_prints_its_report_as_json(self, run: Command, index: Path, owl: Path):
        report = run("update", owl, "--index", index, "--json").json
        assert report.keys() == keys(searchidx.UpdateReport)
        assert (report["added"], report["papers"], report["segments"], report["generation"]) == (1, 6, 2, "000002")

    def test_reads_stdin_and_names_what_it_skipped(self, run: Command, index: Path):
        done = run("update", "-", "--index", index, stdin=json.dumps(OWL).encode() + b"\n{\n")
        assert (done.code, ", 1 bad records skipped, in " in done.out) == (0, True)
        assert done.err.startswith("skipped: <stdin>:2: not JSON")

    def test_strict_stops_at_the_first_bad_record(self, run: Command, index: Path):
        assert is_error(run("update", "-", "--index", index, "--strict", stdin=json.dumps(OWL).encode() + b"\n{\n"))
        assert live(index) == "000001"

    def test_without_merging_leaves_every_segment(self, run: Command, index: Path, tmp_path: Path):
        for number in range(11):
            source = write_jsonl(
                tmp_path / "more.jsonl", [{**OWL, "id": f"owl{number}", "title": f"Owl number {number}"}]
            )
            report = run("update", source, "--index", index, "--json", "--no-merge").json
        assert report["segments"] == 12
        assert run("update", source, "--index", index, "--merge", "--json").json["unchanged"] == 1

    @pytest.mark.parametrize("content", [b"", b"\x00\xff", b'{"title": "No abstract"}\n'])
    def test_of_nothing_is_one_line_and_the_index_stays(self, run: Command, index: Path, content: bytes):
        assert is_error(run("update", "-", "--index", index, stdin=content))
        assert (live(index), len(ids(run, index))) == ("000001", 5)


class TestDelete:
    def test_takes_whatever_names_a_paper(self, run: Command, index: Path):
        done = run("delete", "kite", "arXiv:2001.00042v2", "FERN and the shape of leaves", "--index", index)
        assert (done.code, done.err) == (0, "")
        assert done.out == f"3 papers deleted, 2 papers now: {index}, generation 000002\n"
        assert ids(run, index) == {"lark", "moss"}
        assert run("show", "kite", "--index", index).code == 1

    def test_prints_its_report_as_json(self, run: Command, index: Path):
        report = run("delete", "10.1000/gull", "--index", index, "--json").json
        assert report.keys() == keys(searchidx.DeleteReport)
        assert (report["deleted"], report["papers"], report["generation"]) == (["gull"], 4, "000002")

    def test_one_unknown_paper_is_1_and_nothing_is_deleted(self, run: Command, index: Path):
        done = run("delete", "kite", "zebra", "--index", index)
        assert (done.code, done.out) == (1, "")
        assert done.err == f"searchidx: no paper 'zebra' in {index}; nothing was deleted\n"
        assert live(index) == "000001"

    def test_needs_an_id(self, run: Command, index: Path):
        done = run("delete", "--index", index)
        assert (done.code, done.out) == (2, "")
        assert "--help" in done.err

    def test_of_every_paper_leaves_an_index_that_finds_nothing(self, run: Command, index: Path):
        assert run("delete", *(record["id"] for record in TINY), "--index", index).code == 0
        for command in (("search", "depth"), ("facets",), ("results", "KITTI")):
            assert run(*command, "--index", index).code == 1
        for command in ("stats", "verify", "merge"):
            assert run(command, "--index", index).code == 0
        assert run("stats", "--index", index, "--json").json["papers"] == 0

    # bytes that are no UTF-8 come in from the shell as lone surrogates
    def test_an_id_that_is_not_utf8_is_unknown(self, run: Command, index: Path):
        assert run("delete", os.fsdecode(b"kite\xff"), "--index", index).code == 1


class TestMerge:
    def test_says_what_it_did(self, run: Command, updated: Path):
        run("delete", "kite", "--index", updated)
        done = run("merge", "--index", updated)
        assert (done.code, done.err) == (0, "")
        assert re.fullmatch(
            rf"2 segments, now 1; 1 deleted rows dropped, in [\d.]+ s \([\d.]+ MB\): {updated}, generation 000004\n",
            done.out,
        )

    def test_prints_its_report_as_json(self, run: Command, updated: Path):
        report = run("merge", "--index", updated, "--json").json
        assert report.keys() == keys(searchidx.MergeReport)
        assert (report["merged"], report["segments"], report["dropped"], report["papers"]) == (2, 1, 0, 6)

    def test_stops_at_as_many_segments_as_it_is_told(self, run: Command, updated: Path):
        assert run("merge", "--index", updated, "--max-segments", "2", "--json").json["segments"] == 2
        assert live(updated) == "000002"
        done = run("merge", "--index", updated, "--max-segments", "0")
        assert (done.code, done.out) == (2, "")


class TestGenerations:
    def test_are_a_line_each_oldest_first(self, run: Command, updated: Path):
        run("delete", "kite", "--index", updated)
        done = run("generations", "--index", updated)
        assert (done.code, done.err) == (0, "")
        second, third = done.out.splitlines()
        assert re.fullmatch(r"000002        [\dT:+-]+  6 papers in 2 segments, [\d.]+ MB.*", second)
        assert re.fullmatch(r"000003  live  [\dT:+-]+  5 papers in 2 segments, 1 deleted rows, [\d.]+ MB.*", third)

    def test_as_json(self, run: Command, updated: Path):
        first, second = run("generations", "--index", updated, "--json").json
        assert first.keys() == keys(searchidx.GenerationInfo)
        assert (first["name"], first["live"], first["papers"]) == ("000001", False, 5)
        assert (second["name"], second["live"], second["papers"]) == ("000002", True, 6)

    def test_say_which_is_damaged(self, run: Command, updated: Path):
        (updated / "generations" / "000001" / "manifest.json").write_bytes(b"{}")
        done = run("generations", "--index", updated)
        assert done.code == 0
        assert "is not what manifest.json.sha256 says" in done.out.splitlines()[0]


class TestRollback:
    def test_goes_back_and_back_again(self, run: Command, updated: Path):
        done = run("rollback", "--index", updated)
        assert (done.code, done.err) == (0, "")
        assert done.out == f"5 papers live again: {updated}, generation 000003\n"
        assert "owl" not in ids(run, updated)
        assert run("rollback", "--index", updated).out == f"6 papers live again: {updated}, generation 000004\n"
        assert "owl" in ids(run, updated)

    def test_by_number_as_json(self, run: Command, updated: Path):
        found = run("rollback", "1", "--index", updated, "--json").json
        assert found.keys() == keys(searchidx.GenerationInfo)
        assert (found["name"], found["live"], found["papers"]) == ("000003", True, 5)

    @pytest.mark.parametrize("wanted", ["2", "7", "x", ""])
    def test_to_no_old_generation_is_one_line_that_lists_them(self, run: Command, updated: Path, wanted: str):
        done = run("rollback", wanted, "--index", updated)
        assert is_error(done)
        assert f"no old generation '{wanted}' in {updated}; there are 000001, and 000002 is live" in done.err

    def test_to_a_damaged_generation_is_one_line_and_the_live_one_stays(self, run: Command, updated: Path):
        with (updated / "generations" / "000001" / "seg-000001").open("r+b") as file:
            file.write(b"\xff")
        done = run("rollback", "--index", updated)
        assert is_error(done)
        assert "generations/000001/seg-000001: is not what was written" in done.err
        assert live(updated) == "000002"

    def test_mends_a_damaged_pointer(self, run: Command, updated: Path):
        (updated / "CURRENT").write_bytes(b"")
        assert is_error(run("search", "depth", "--index", updated))
        assert run("rollback", "--index", updated).code == 0
        assert "owl" in ids(run, updated)


class TestPrune:
    def test_names_what_it_removed(self, run: Command, updated: Path):
        assert run("prune", "--index", updated, "--keep", "1").out == "nothing to remove\n"
        assert run("prune", "--index", updated).out == "removed 000001\n"
        assert generations.names(updated) == ["000002"]

    def test_as_json(self, run: Command, updated: Path):
        assert run("prune", "--index", updated, "--json").json == {"removed": ["000001"]}
        assert run("prune", "--index", updated, "--json").json == {"removed": []}

    def test_does_not_keep_less_than_none(self, run: Command, updated: Path):
        done = run("prune", "--index", updated, "--keep", "-1")
        assert (done.code, done.out) == (2, "")
        assert "--help" in done.err


class TestVerify:
    def test_of_a_sound_index_is_one_line_and_0(self, run: Command, updated: Path):
        done = run("verify", "--index", updated)
        assert (done.code, done.err) == (0, "")
        assert re.fullmatch(rf"{updated}: sound, 7 files of 2 generations, [\d.]+ MB\n", done.out)

    def test_of_a_damaged_one_is_2_and_names_the_file_and_the_remedy(self, run: Command, updated: Path):
        with (updated / "generations" / "000002" / "seg-000002").open("r+b") as file:
            file.write(b"\xff")
        done = run("verify", "--index", updated)
        assert (done.code, done.out) == (2, "")
        fault, summary = done.err.splitlines()
        assert fault == f"{updated}: generation 000002, seg-000002: is not what was written: its SHA-256 differs"
        assert summary == "1 fault in 7 files of 2 generations; 'searchidx rollback 000001' or a new build mends it"
        assert run("rollback", "000001", "--index", updated).code == 0

    def test_has_no_other_remedy_than_a_build_when_all_are_damaged(self, run: Command, updated: Path):
        with (updated / "generations" / "000002" / "seg-000001").open("r+b") as file:  # in both
            file.write(b"\xff")
        assert run("verify", "--index", updated).err.endswith("of 2 generations; a new build mends it\n")
        assert run("build", updated.parent / "tiny.jsonl", "--index", updated).code == 0
        assert run("prune", "--index", updated).code == 0
        assert run("verify", "--index", updated).code == 0

    def test_as_json_with_the_same_exit_codes(self, run: Command, updated: Path):
        done = run("verify", "--index", updated, "--json")
        assert done.code == 0
        assert done.json.keys() == {*keys(searchidx.Verification), "sound"}
        assert (done.json["sound"], done.json["faults"]) == (True, [])
        (updated / "generations" / "000001" / "seg-000001").unlink()
        done = run("verify", "--index", updated, "--json")
        assert (done.code, done.json["sound"]) == (2, False)
        (fault,) = done.json["faults"]
        assert (fault["generation"], fault["file"]) == ("000001", "seg-000001")

    def test_never_advises_to_go_back_to_what_was_not_checked(self, run: Command, index: Path):
        shutil.copytree(index / "generations" / "000001", index / "generations" / "000002")
        with (index / "generations" / "000001" / "seg-000001").open("r+b") as file:
            file.write(b"\xff")
        assert "rollback" not in run("verify", "--index", index).err


class TestBuild:
    def test_without_extraction_keeps_what_is_given_and_finds_nothing_more(self, run: Command, tmp_path: Path):
        abstract = "We reach 82.5% accuracy on the ImageNet dataset. Code: https://github.com/o/n"
        papers = [{"title": "Kites and Winds", "abstract": abstract}, TINY[0]]
        source = write_jsonl(tmp_path / "list.jsonl", papers)
        for options, counted in (((), {"ImageNet": 1}), (("--extract",), {"ImageNet": 1}), (("--no-extract",), {})):
            done = run("build", source, "--index", tmp_path / "index", *options)
            assert (done.code, done.err) == (0, "")
            facets = run("facets", "--index", tmp_path / "index", "--json").json["facets"]
            assert facets["dataset"] == counted
        assert facets["code"] == {"linked": 1, "none": 1}  # kite's link is given, not found
        assert run("search", "winds", "--index", tmp_path / "index").code == 0
        assert run("results", "ImageNet", "--index", tmp_path / "index").code == 1

    @pytest.mark.parametrize("resume", [True, False])
    def test_interrupted_is_130_and_resumes_when_told_to(self, run: Command, tmp_path: Path, resume: bool):
        papers = [{"title": f"Paper number {i} of many", "abstract": f"Words {i}."} for i in range(100)]
        source, index = write_jsonl(tmp_path / "list.jsonl", papers), tmp_path / "index"
        code = (
            "import signal, sys, time; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "from searchidx import indexing\nindexing.PART_PAPERS = 30\n"
            "add, count = indexing.SegmentWriter.add, 0\n"
            "def slow(self, batch):\n    global count\n    count += 1\n    add(self, batch)\n"
            "    if count == 3:\n        print('half-way', flush=True)\n        time.sleep(60)\n"
            "indexing.SegmentWriter.add = slow\n"
            "from searchidx.cli import main\nmain(sys.argv[1:])\n"
        )
        options = ["--resume"] if resume else []
        with subprocess.Popen(
            [sys.executable, "-c", code, "build", str(source), "--index", str(index), *options],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline() == b"half-way\n"
            time.sleep(0.1)  # so that it sleeps
            process.send_signal(signal.SIGINT)
            assert process.stderr.read().split() == [b"interrupted"]
            assert process.wait(timeout=30) == 130
        assert index.exists() == resume
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("searchidx.indexing.PART_PAPERS", 30)
            done = run("build", source, "--index", index, "--resume")
        assert (done.code, done.err) == (0, "")
        resumed = "100 listings, 60 of them resumed, 0 with code" if resume else "100 listings, 0 with code"
        assert done.out.startswith(f"100 papers from {resumed}, in ")
        assert not list((index / "generations").glob(".*"))

    def test_reports_what_was_resumed_as_json(self, run: Command, tmp_path: Path, owl: Path):
        report = run("build", owl, "--index", tmp_path / "index", "--resume", "--json").json
        assert report.keys() == keys(searchidx.BuildReport)
        assert report["resumed"] == 0


class TestSettings:
    @pytest.mark.parametrize("way", ["environment", "file"])
    def test_how_many_generations_are_kept(
        self, run: Command, index: Path, owl: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str
    ):
        if way == "environment":
            monkeypatch.setenv("SEARCHIDX_KEEP", "3")
        else:
            (tmp_path / "config.toml").write_text("keep = 3\n")
            monkeypatch.setenv("SEARCHIDX_CONFIG", str(tmp_path / "config.toml"))
        assert run("config", "--json").json["keep"]["value"] == 3
        steps = (("update", owl), ("delete", "owl"), ("update", owl), ("merge",), ("rollback",), ("build", owl))
        for number, step in enumerate(steps, start=2):
            assert run(*step, "--index", index).code == 0
            assert len(generations.names(index)) == min(number, 4)

    def test_none_may_be_kept(self, run: Command, index: Path, owl: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("SEARCHIDX_KEEP", "0")
        run("update", owl, "--index", index)
        assert generations.names(index) == ["000002"]

    @pytest.mark.parametrize("value", ["-1", "many", "10000", "1.5"])
    def test_a_number_that_is_none_is_one_line(
        self, run: Command, index: Path, owl: Path, monkeypatch: pytest.MonkeyPatch, value: str
    ):
        monkeypatch.setenv("SEARCHIDX_KEEP", value)
        done = run("update", owl, "--index", index)
        assert is_error(done)
        assert f"keep (SEARCHIDX_KEEP) must be a whole number from 0 to 9999, got '{value}'" in done.err
        assert live(index) == "000001"


ON_AN_INDEX = {
    "update": ("update", "OWL"),
    "delete": ("delete", "kite"),
    "merge": ("merge",),
    "generations": ("generations",),
    "rollback": ("rollback",),
    "prune": ("prune",),
    "verify": ("verify",),
}


class TestErrors:
    @pytest.mark.parametrize("name", ON_AN_INDEX)
    def test_no_index_is_one_line_and_none_is_made(self, run: Command, tmp_path: Path, owl: Path, name: str):
        arguments = (owl if word == "OWL" else word for word in ON_AN_INDEX[name])
        done = run(*arguments, "--index", tmp_path / "none")
        assert is_error(done)
        assert f"no index at {tmp_path}/none; run 'searchidx build SOURCE --index {tmp_path}/none'" in done.err
        assert not (tmp_path / "none").exists()

    @pytest.mark.parametrize("name", ["build", "update", "delete", "merge", "rollback", "prune"])
    def test_an_index_that_another_process_writes_is_one_line(self, run: Command, updated: Path, owl: Path, name: str):
        arguments = [owl if word == "OWL" else word for word in ON_AN_INDEX.get(name, ("build", "OWL"))]
        with generations.locked(updated):
            done = run(*arguments, "--index", updated)
        assert is_error(done)
        assert f"{updated} is being written by process {os.getpid()}; wait for it to end" in done.err
        assert run(*arguments, "--index", updated).code == 0

    @pytest.mark.parametrize("name", [name for name in ON_AN_INDEX if name not in ("rollback", "verify")])
    def test_a_damaged_pointer_is_one_line(self, run: Command, updated: Path, owl: Path, name: str):
        (updated / "CURRENT").write_bytes(b"000002\n")
        done = run(*(owl if word == "OWL" else word for word in ON_AN_INDEX[name]), "--index", updated)
        assert is_error(done)
        assert f"{updated}/CURRENT: names no generation with its checksum" in done.err

    def test_every_command_that_looks_after_an_index_is_tried_here(self):
        asking = {"search", "facets", "show", "similar", "results", "extract", "stats", "config", "build", "serve"}
        assert set(cli.cli.commands) - asking == set(ON_AN_INDEX)


def test_a_path_that_is_no_utf8_is_printed_with_question_marks(run: Command, tmp_path: Path, owl: Path):
    index = tmp_path / "i\udcff"
    for command in (["build", owl], ["stats"], ["verify"], ["generations"]):
        done = run(*command, "--index", index, "--json")
        assert (done.code, done.err) == (0, "")
    assert run("stats", "--index", index, "--json").json["path"].endswith("/i?")
