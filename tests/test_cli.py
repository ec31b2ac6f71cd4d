"""The command line as people and programs meet it: exit codes, streams, formats, and bad input."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
import zstandard
from conftest import ROOT, TINY, Run, start, write_jsonl

import searchidx
from searchidx import cli

Command = Callable[..., Run]
LINE = b'{"title": "Kites and Winds", "abstract": "How kites fly in the caf\xc3\xa9."}\n'


def one_line(text: str) -> bool:
    return text.endswith("\n") and text.count("\n") == 1


# --- exit codes ---------------------------------------------------------------------------------------------


def test_found_is_0_and_nothing_found_is_1(run: Command, tiny_index: Path) -> None:
    assert run("search", "depth", "--index", tiny_index).code == 0
    nothing = run("search", "zebra", "--index", tiny_index)
    assert nothing.code == 1
    assert "0 papers for 'zebra'; in no paper: zebra" in nothing.out
    assert run("facets", "zebra", "--index", tiny_index).code == 1
    assert run("extract", "-", "--format", "jsonl", stdin=b"\n").code == 1


def test_a_paper_that_is_not_there_is_1_and_one_line(run: Command, tiny_index: Path) -> None:
    missing = run("show", "zebra", "--index", tiny_index)
    assert (missing.code, missing.out) == (1, "")
    assert missing.err == f"searchidx: no paper 'zebra' in {tiny_index}; 'searchidx search' finds ids\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "depth", "--index", "no-such-index"),
        ("search", '"depth', "--index", "INDEX"),
        ("search", "depth", "--metric", "accuracy>=many", "--index", "INDEX"),
        ("search", "depth", "--year", "soon", "--index", "INDEX"),
        ("search", "depth", "--code", "perhaps", "--index", "INDEX"),
        ("facets", "(depth", "--index", "INDEX"),
        ("show", "kite", "--index", "no-such-index"),
        ("stats", "--index", "no-such-index"),
        ("build", "no-such-file", "--index", "no-such-index"),
        ("extract", "no-such-file"),
        ("extract", "-", "--format", "xml9"),
    ],
)
def test_an_error_is_2_and_one_line_on_stderr(
    run: Command, tiny_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*(str(tiny_index) if a == "INDEX" else a for a in arguments))
    assert (done.code, done.out) == (2, "")
    assert one_line(done.err)
    assert done.err.startswith("searchidx: ")
    assert "Traceback" not in done.err
    assert not Path("no-such-index/CURRENT").exists()


@pytest.mark.parametrize(
    "arguments",
    [("serach",), ("search", "--colour"), ("search", "-n", "0"), ("search", "--sort", "size"), ("build",), ("show",)],
)
def test_wrong_usage_is_2_and_says_how_to_get_help(run: Command, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "--help" in done.err


def test_no_command_shows_the_help_and_is_2(run: Command) -> None:
    done = run()
    assert done.code == 2
    assert "Commands:" in done.out


def test_debug_shows_the_traceback_and_the_same_line_and_code(run: Command) -> None:
    done = run("search", "x", "--index", "no-such-index", "--debug")
    assert done.code == 2
    assert "Traceback" in done.err
    assert done.err.splitlines()[-1].startswith("searchidx: no index at no-such-index; run ")


# A defect of ours is an error too: 2, never 1, which scripts read as "nothing found".
def test_an_unexpected_exception_is_2_and_one_line(monkeypatch: pytest.MonkeyPatch, run: Command) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom\n\x1b[31mbang")

    monkeypatch.setattr(searchidx, "open", broken)
    done = run("search", "depth")
    assert (done.code, done.out) == (2, "")
    assert done.err == "searchidx: unexpected RuntimeError: boom [31mbang; please report it with what --debug shows\n"


def test_version_is_printed(run: Command) -> None:
    assert run("--version").out == f"searchidx, version {searchidx.__version__}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_under_stdout_is_2(tiny_index: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        process = start("search", "depth", "--index", tiny_index, stdout=full, stderr=subprocess.PIPE)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert b"No space left on device" in err
    assert b"Traceback" not in err


def test_an_interrupt_is_130_and_leaves_no_litter(tmp_path: Path) -> None:
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from searchidx.cli import main; main(['build', '-', '--index', 'index'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(LINE)
        process.stdin.flush()
        deadline = time.monotonic() + 30
        while not list(tmp_path.glob("index/generations/.building-*/spool")):
            assert time.monotonic() < deadline, "the build never began"
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        err = process.stderr.read().decode()
        assert process.wait(timeout=30) == 130
    assert err.split() == ["interrupted"]
    assert not (tmp_path / "index").exists()


@pytest.fixture(scope="module")
def long_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 papers: more output than any pipe's buffer holds."""
    directory = tmp_path_factory.mktemp("long")
    papers = [{"title": f"Deep paper of number {i}", "abstract": "Deep words. " * 30} for i in range(300)]
    searchidx.build([write_jsonl(directory / "list.jsonl", papers)], directory / "index")
    return directory / "index"


@pytest.mark.parametrize("output", ["", "--json", "--jsonl", "--csv", "--bibtex", "--help"])
def test_a_closed_pipe_is_quiet(long_index: Path, output: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        arguments = ["search", "deep", "-n", "300", "--index", str(long_index), *output.split()]
        process = start(*arguments, stdout=writer, stderr=subprocess.PIPE)
        _, err = process.communicate(timeout=30)
    finally:
        os.close(writer)
    assert (process.returncode, err) == (0, b"")


def test_head_gets_its_line_and_nobody_complains(long_index: Path) -> None:
    words = [sys.executable, "-m", "searchidx", "search", "deep", "-n", "300", "--index", str(long_index), "--jsonl"]
    command = f"set -o pipefail; {shlex.join(words)} | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["rank"] == 1


# --- bad input for build ------------------------------------------------------------------------------------


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def flipped(data: bytes) -> bytes:
    """The data with one byte changed in the middle."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :]


LIST = b"".join(
    json.dumps({"title": f"Paper {i}", "abstract": f"Words {i * i} and {i * 7919} more."}).encode() + b"\n"
    for i in range(500)
)
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "blank": (b"\n \n", "unknown format"),
    "binary": (bytes(range(256)) * 20, "a binary file, not text"),
    "truncated zst": (zstd(LIST)[:-20], "the zstd data is cut short; fetch the file again"),
    "truncated gz": (gzip.compress(LIST)[:-20], "the gzip data is cut short; fetch the file again"),
    "damaged zst": (flipped(zstd(LIST)), "damaged zstd data"),
    "damaged gz": (flipped(gzip.compress(LIST)), "damaged gzip data"),
    "10 MB line": (b'{"title": "a", "abstract": "' + b"a" * 10_000_000 + b'"}\n', ":1: a line of more than 8 MiB"),
    "latin-1": (LINE.decode().encode("latin-1"), ":1: not UTF-8 (byte 0xe9 at column 67); convert"),
    "utf-16": (LINE.decode().encode("utf-16"), "UTF-16 text; convert it to UTF-8"),
    "unknown format": (b"<html><p>kites</p></html>\n", "unknown format, begins with '<html>"),
    "no good record": (b'{"title": "a"}\n{"abstract": "b"}\n', "the first of 2 bad records: "),
    "page of cards": (b"Daily Papers\n\nSep 29\n\nKites and Winds\n\n12\n", "the page holds no title with an abstract"),
}


def state(run: Command, index: Path) -> tuple[Any, ...]:
    """What must be the same afterwards: generations and answers."""
    page = run("search", "depth", "river", "--facets", "--index", index, "--json").json
    assert page.pop("took_ms") >= 0
    assert page["total"] == 4
    return (index / "CURRENT").read_text(), sorted(p.name for p in (index / "generations").iterdir()), page


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_input_is_one_line_and_the_index_stays(run: Command, tiny_index: Path, tmp_path: Path, name: str) -> None:
    data, message = BAD_FILES[name]
    path = tmp_path / "list"
    path.write_bytes(data)
    before = state(run, tiny_index)
    done = run("build", path, "--index", tiny_index)
    assert (done.code, done.out) == (2, "")
    assert one_line(done.err)
    assert done.err.startswith("searchidx: ")
    assert f"{path}" in done.err
    assert message in done.err
    assert len(done.err) < 400 + len(str(path)) * 2
    assert state(run, tiny_index) == before


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_input_from_stdin_is_one_line_and_the_index_stays(run: Command, tiny_index: Path, name: str) -> None:
    data, message = BAD_FILES[name]
    before = state(run, tiny_index)
    done = run("build", "-", "--index", tiny_index, stdin=data)
    assert (done.code, done.out) == (2, "")
    assert one_line(done.err)
    assert "<stdin>" in done.err or name == "no good record"
    assert message in done.err
    assert state(run, tiny_index) == before


# A good file before a bad one does not make half an index.
def test_one_bad_file_among_good_ones_fails_the_build(run: Command, tiny_index: Path, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(LINE)
    (tmp_path / "b").write_bytes(gzip.compress(LIST)[:-20])
    before = state(run, tiny_index)
    for sources in ([tmp_path / "a", tmp_path / "b"], [tmp_path]):
        done = run("build", *sources, "--index", tiny_index)
        assert (done.code, done.out) == (2, "")
        assert "b: the gzip data is cut short" in done.err
        assert state(run, tiny_index) == before


def test_an_empty_directory_and_a_missing_path_are_named(run: Command, tiny_index: Path, tmp_path: Path) -> None:
    before = state(run, tiny_index)
    (tmp_path / "empty").mkdir()
    done = run("build", tmp_path / "empty", "--index", tiny_index)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"searchidx: no files in {tmp_path}/empty; ")
    done = run("build", tmp_path / "nowhere", "--index", tiny_index)
    assert done.err == f"searchidx: no file or directory at {tmp_path}/nowhere; check the path\n"
    assert done.code == 2
    assert state(run, tiny_index) == before


# Root may write anywhere, so these are places that nobody can write to.
@pytest.mark.parametrize("place", ["a file", "below a file", "/proc/nowhere", "/dev/null"])
def test_an_index_that_cannot_be_written_is_one_line(run: Command, tmp_path: Path, place: str) -> None:
    (tmp_path / "list.jsonl").write_bytes(LINE)
    index = {"a file": tmp_path / "list.jsonl", "below a file": tmp_path / "list.jsonl" / "index"}.get(
        place, Path(place)
    )
    done = run("build", tmp_path / "list.jsonl", "--index", index)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"searchidx: {index}: cannot be written (")
    assert done.err.endswith("; name a directory you may write to\n")
    assert one_line(done.err)
    assert (tmp_path / "list.jsonl").read_bytes() == LINE


def test_a_directory_of_strange_files_is_not_made_an_index(run: Command, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.tex").write_text("precious", encoding="utf-8")
    (tmp_path / "list.jsonl").write_bytes(LINE)
    done = run("build", tmp_path / "list.jsonl", "--index", tmp_path / "home")
    assert (done.code, done.out) == (2, "")
    assert done.err == f"searchidx: {tmp_path}/home holds other files and is no index; name a new or empty directory\n"
    assert [p.name for p in (tmp_path / "home").iterdir()] == ["thesis.tex"]


def test_strange_files_beside_an_index_are_left_alone(run: Command, tmp_path: Path) -> None:
    (tmp_path / "list.jsonl").write_bytes(LINE)
    index = tmp_path / "index"
    assert run("build", tmp_path / "list.jsonl", "--index", index).code == 0
    (index / "notes.txt").write_text("mine", encoding="utf-8")
    (index / "generations" / "old-stuff").mkdir()
    assert run("build", tmp_path / "list.jsonl", "--index", index).code == 0
    assert (index / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (index / "generations" / "old-stuff").is_dir()
    assert run("search", "kites", "--index", index).code == 0


# --- build --------------------------------------------------------------------------------------------------


def test_build_reports_on_stdout_and_names_skipped_records_on_stderr(run: Command, tmp_path: Path) -> None:
    (tmp_path / "list.jsonl").write_bytes(LINE + b"{\n" + LINE + b'{"title": "No abstract"}\n')
    done = run("build", tmp_path / "list.jsonl", "--index", tmp_path / "index")
    assert done.code == 0
    assert re.fullmatch(
        r"1 paper from 2 listings, 0 with code, 2 bad records skipped, in [\d.]+ s \([\d.]+ MB\): "
        rf"{tmp_path}/index, generation 000001\n",
        done.out,
    )
    first, second = done.err.splitlines()
    assert first.startswith(f"skipped: {tmp_path}/list.jsonl:2: not JSON (")
    assert second.startswith(f"skipped: {tmp_path}/list.jsonl:4: no 'abstract' in ")


def test_many_bad_records_are_counted_and_only_the_first_named(run: Command, tmp_path: Path) -> None:
    (tmp_path / "list.jsonl").write_bytes(LINE + b"{}\n" * 1234)
    done = run("build", tmp_path / "list.jsonl", "--index", tmp_path / "index")
    assert "1,234 bad records skipped" in done.out
    lines = done.err.splitlines()
    assert len(lines) == 21
    assert lines[-1] == "skipped: 1,214 more bad records"


def test_strict_stops_at_the_first_bad_record(run: Command, tmp_path: Path) -> None:
    (tmp_path / "list.jsonl").write_bytes(LINE + b"{}\n" * 3)
    done = run("build", tmp_path / "list.jsonl", "--index", tmp_path / "index", "--strict")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"searchidx: {tmp_path}/list.jsonl:2: no 'title' in {{}}; ")
    assert run("extract", tmp_path / "list.jsonl", "--strict").code == 2


def test_papers_are_extracted_from_once_and_before_an_error(run: Command, tmp_path: Path) -> None:
    papers = [{"id": f"p{n}", "title": f"Kite {n}", "abstract": "We fly."} for n in range(700)]
    write_jsonl(tmp_path / "list.jsonl", [*papers[:400], *papers[:50], *papers[400:]])
    with (tmp_path / "list.jsonl").open("ab") as file:
        file.write(b"{}\n")
    for options, code in (((), 0), (("--strict",), 2)):
        done = run("extract", tmp_path / "list.jsonl", "--jsonl", *options)
        assert done.code == code
        assert [json.loads(line)["id"] for line in done.out.splitlines()] == [paper["id"] for paper in papers]
        assert "no 'title' in {}" in done.err


def test_a_build_report_as_json(run: Command, tmp_path: Path) -> None:
    done = run("build", "-", "--index", tmp_path / "index", "--json", stdin=LINE + b"{\n")
    report = done.json
    assert {"index", "generation", "listings", "papers", "with_code", "bad_records", "errors"} <= report.keys()
    assert (report["papers"], report["bad_records"]) == (1, 1)
    assert report["errors"][0].startswith("<stdin>:2: not JSON")


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd], ids=["plain", "gzip", "zstd"])
def test_build_reads_stdin_packed_or_not(run: Command, tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    assert run("build", "-", "--index", tmp_path / "index", stdin=pack(LINE)).code == 0
    assert run("search", "kites", "--index", tmp_path / "index", "--json").json["total"] == 1


def test_build_takes_files_directories_and_stdin_together(run: Command, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    write_jsonl(tmp_path / "a.jsonl", TINY[:2])
    write_jsonl(tmp_path / "more" / "b.jsonl", TINY[2:])
    done = run("build", tmp_path / "a.jsonl", tmp_path / "more", "-", "--index", tmp_path / "index", stdin=LINE)
    assert done.out.startswith("6 papers from 6 listings, 2 with code, ")


def test_the_listing_year_dates_saved_pages(run: Command, tmp_path: Path) -> None:
    abstract = "A plain sentence about kites and how they fly in winds. " * 7
    (tmp_path / "page.txt").write_text(f"Daily Papers\n\nSep 29\n\nKites and Winds\n\n{abstract}\n", encoding="utf-8")
    build = ("build", tmp_path / "page.txt", "--index", tmp_path / "index")
    assert run(*build).code == 0
    shown = run("show", "Kites and Winds", "--index", tmp_path / "index", "--json").json
    assert (shown["year"], shown["listings"]) == (None, [{"page": "page.txt", "date": "XXXX-09-29"}])
    assert run(*build, "--listing-year", "2023").code == 0
    assert run("show", "Kites and Winds", "--index", tmp_path / "index", "--json").json["date"] == "2023-09-29"
    assert run(*build, "--listing-year", "23").code == 2


# --- output -------------------------------------------------------------------------------------------------

PAGE_KEYS = {"query", "total", "page", "took_ms", "did_you_mean", "hits", "facets"}
HIT_KEYS = set(
    "rank id title score date year venue authors source has_code code repo links datasets metrics snippet".split()
)


def test_search_json_has_the_promised_keys(run: Command, tiny_index: Path) -> None:
    page = run("search", "depth", "--index", tiny_index, "--facets", "--json").json
    assert page.keys() >= PAGE_KEYS
    assert (page["query"], page["total"], page["page"], page["did_you_mean"]) == ("depth", 3, 1, None)
    assert [hit["rank"] for hit in page["hits"]] == [1, 2, 3]
    for hit in page["hits"]:
        assert hit.keys() >= HIT_KEYS
    kite = next(hit for hit in page["hits"] if hit["id"] == "kite")
    assert (kite["has_code"], kite["code"], kite["repo"]) == (True, "linked", "github.com/lab/kite")
    assert kite["links"] == [{"url": "https://github.com/lab/kite", "kind": "code", "origin": "source"}]
    assert "<mark>depth</mark>" in kite["snippet"]
    assert page["facets"]["code"] == {"linked": 2, "none": 1}
    assert list(page["facets"]["year"].items()) == [("2022", 1), ("2021", 1), ("2020", 1)]


def test_search_json_without_facets_has_none(run: Command, tiny_index: Path) -> None:
    assert run("search", "depth", "--index", tiny_index, "--json").json["facets"] == {}


def test_metrics_and_datasets_have_the_promised_keys(run: Command, tmp_path: Path) -> None:
    abstract = "We reach a top-1 accuracy of 82.5% on the ImageNet dataset. Code: https://github.com/o/n"
    write_jsonl(tmp_path / "list.jsonl", [{"title": "Kites and Winds", "abstract": abstract}])
    assert run("build", tmp_path / "list.jsonl", "--index", tmp_path / "index").code == 0
    (hit,) = run("search", "kites", "--index", tmp_path / "index", "--json").json["hits"]
    assert hit["datasets"][0].keys() >= {"name", "role"}
    assert hit["metrics"][0].keys() >= {"metric", "value", "from", "unit", "kind", "dataset", "sentence"}
    assert hit["metrics"][0]["value"] == 82.5
    assert hit["links"][0].keys() >= {"url", "kind", "origin"}
    extracted = run("extract", tmp_path / "list.jsonl", "--jsonl").json
    assert extracted.keys() >= {"id", "title", "links", "repo", "code", "datasets", "metrics"}
    assert (extracted["code"], extracted["repo"]) == ("released", "github.com/o/n")
    assert (extracted["metrics"][0]["value"], extracted["metrics"][0]["from"]) == ("82.5", None)


def test_jsonl_is_one_hit_per_line(run: Command, tiny_index: Path) -> None:
    page = run("search", "depth", "--index", tiny_index, "--json").json
    lines = run("search", "depth", "--index", tiny_index, "--jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == page["hits"]


def test_csv_has_a_header_and_one_row_per_hit(run: Command, tiny_index: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("search", "river depth", "--index", tiny_index, "--csv").out)))
    assert {row["id"] for row in rows} == {"gull", "lark", "kite", "moss"}
    gull = next(row for row in rows if row["id"] == "gull")
    assert (gull["year"], gull["authors"], gull["code"]) == ("2020", "Dee Oak; Eve Pine; Flo Reed; Gus Sand", "none")
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]


def test_bibtex_has_one_entry_per_hit(run: Command, tiny_index: Path) -> None:
    out = run("search", "river", "--index", tiny_index, "--bibtex").out
    assert len(re.findall(r"^@(?:misc|inproceedings)\{[a-z0-9-]+,$", out, re.MULTILINE)) == 2
    assert out.count("{") == out.count("}")
    assert "  eprint = {2001.00042},\n" in out
    assert run("show", "2001.00042", "--bibtex", "--index", tiny_index).out in out + "\n"


def test_show_finds_a_paper_by_whatever_names_it_and_keeps_unknown_keys(run: Command, tiny_index: Path) -> None:
    names = ("gull", "arXiv:2001.00042v2", "https://doi.org/10.1000/GULL", "GULL: River maps from the air")
    for name in names:
        assert run("show", name, "--index", tiny_index, "--json").json["id"] == "gull"
    assert run("show", "gull", "--index", tiny_index, "--json").json["extra"] == {"reviewer": "kept as it is"}
    text = run("show", "gull", "--index", tiny_index).out
    assert "Gull: river maps from the air\ngull · 2020" in text
    assert "Water is found in aerial pictures, its depth is not.\n" in text


def test_a_page_past_the_end_is_empty_and_tells_the_true_total(run: Command, tiny_index: Path) -> None:
    page = run("search", "depth", "--index", tiny_index, "--page", "9", "--json")
    assert (page.code, page.json["total"], page.json["page"], page.json["hits"]) == (0, 3, 9, [])
    text = run("search", "depth", "--index", tiny_index, "--page", "9")
    assert (text.code, text.out) == (0, "3 papers for 'depth'; page 9 is past the end\n")


def test_pages_follow_one_another(run: Command, tiny_index: Path) -> None:
    whole = run("search", "depth", "--index", tiny_index, "--json").json["hits"]
    pages = [run("search", "depth", "--index", tiny_index, "-n", "2", "--page", str(p), "--json").json for p in (1, 2)]
    assert [len(page["hits"]) for page in pages] == [2, 1]
    assert pages[0]["hits"] + pages[1]["hits"] == whole


def test_query_words_need_no_quotes(run: Command, tiny_index: Path) -> None:
    one = run("search", "river depth", "--index", tiny_index, "--jsonl").out
    assert run("search", "river", "depth", "--index", tiny_index, "--jsonl").out == one


def test_filters_repeat_or_inside_a_kind_and_across_kinds(run: Command, tiny_index: Path) -> None:
    def ids(*arguments: str) -> set[str]:
        out = run("search", *arguments, "--index", tiny_index, "--jsonl").out
        return {json.loads(line)["id"] for line in out.splitlines()}

    assert ids("--has-code") == {"kite", "moss"}
    assert ids("--no-code") == {"lark", "fern", "gull"}
    assert ids("--venue", "CVPR", "--venue", "ICASSP") == {"kite", "lark"}
    assert ids("--venue", "CVPR", "--venue", "ICASSP", "--year", "2022..") == {"lark"}
    assert ids("depth", "--author", "Ada Ray") == {"kite", "moss"}


def test_explain_shows_numbers_that_add_up(run: Command, tiny_index: Path) -> None:
    (hit, *_) = run("search", "river maps", "--index", tiny_index, "--explain", "--json").json["hits"]
    parts = [term["score"] for term in hit["explanation"]["terms"]]
    assert sum(parts) == pytest.approx(hit["score"], rel=1e-6)
    text = run("search", "river maps", "--index", tiny_index, "--explain").out
    assert "score; length title" in text


def test_facets_alone(run: Command, tiny_index: Path) -> None:
    facets = run("facets", "depth", "--index", tiny_index, "--json").json
    assert facets["facets"] == run("search", "depth", "--facets", "--json", "--index", tiny_index).json["facets"]
    text = run("facets", "depth", "--index", tiny_index).out
    assert text.startswith("3 papers for 'depth'\nCode\n       2  linked\n       1  none\n")


def test_stats_count_what_is_there(run: Command, tiny_index: Path) -> None:
    stats = run("stats", "--index", tiny_index, "--json").json
    assert (stats["papers"], stats["listings"], stats["with_code"]) == (5, 5, 2)
    assert stats["year"] == {"2022": 2, "2021": 1, "2020": 1}
    text = run("stats", "--index", tiny_index).out
    assert "papers       5 from 5 listings\n" in text
    assert "with code    2 (40.0 %)\n" in text


def test_plain_text_in_a_pipe_has_no_escape_codes(run: Command, tiny_index: Path) -> None:
    at = ("--index", str(tiny_index))
    for arguments in (
        ("search", "depth", "--facets", "--explain", *at),
        ("facets", *at),
        ("show", "gull", *at),
        ("stats", *at),
        ("config", *at),
        ("search", "--help"),
    ):
        done = run(*arguments)
        assert done.code == 0
        assert done.out.isprintable() is False  # line feeds
        assert all(line.isprintable() for line in done.out.splitlines()), arguments
        assert done.err == ""


# --- every command ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(cli.cli.commands))
def test_every_command_has_help_that_ends_with_an_example_of_itself(run: Command, name: str) -> None:
    done = run(name, "--help")
    assert (done.code, done.err) == (0, "")
    _, _, example = done.out.partition("Example:\n")
    assert f"searchidx {name}" in example
    assert run(name, "-h") == done
    for line in done.out.splitlines():
        assert len(line) <= 100


@pytest.mark.parametrize("name", sorted(cli.cli.commands))
def test_every_option_and_command_says_what_it_does(name: str) -> None:
    command = cli.cli.commands[name]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


# The words of an example must be options and values the command takes.
@pytest.mark.parametrize("name", sorted(cli.cli.commands))
def test_examples_can_be_parsed(name: str) -> None:
    command = cli.cli.commands[name]
    lines = [line.strip() for line in (command.epilog or "").splitlines() if "searchidx " in line]
    assert lines
    for line in lines:
        words = shlex.split(line[line.index("searchidx ") :].partition(" | ")[0].partition(" && ")[0])
        assert words[1] in cli.cli.commands
        with cli.cli.commands[words[1]].make_context(words[1], words[2:]):
            pass


def test_tab_completes_commands_and_options() -> None:
    code = "import sys; sys.argv = ['searchidx']\nfrom searchidx.cli import main; main()"
    for words, expected in (("searchidx sea", "search"), ("searchidx search --has", "--has-code")):
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "_SEARCHIDX_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        }
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert f"plain,{expected}" in done.stdout.splitlines()


# --- settings -----------------------------------------------------------------------------------------------


def test_flag_beats_environment_beats_file_for_the_index(
    run: Command, tiny_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def setting(*arguments: str) -> tuple[str, str]:
        index = run("config", "--json", *arguments).json["index"]
        return index["value"], index["origin"]

    assert setting()[1] == "default"
    file = tmp_path / "config.toml"
    file.write_text('index = "/from/file"\n', encoding="utf-8")
    monkeypatch.setenv("SEARCHIDX_CONFIG", str(file))
    assert setting() == ("/from/file", str(file))
    monkeypatch.setenv("SEARCHIDX_INDEX", str(tiny_index))
    assert setting() == (str(tiny_index), "SEARCHIDX_INDEX")
    assert run("search", "depth").code == 0
    assert setting("--index", "/from/flag") == ("/from/flag", "flag")
    done = run("search", "depth", "--index", "/from/flag")
    assert (done.code, done.out) == (2, "")
    assert "no index at /from/flag; run " in done.err


def test_the_limit_comes_from_the_environment_unless_given(
    run: Command, tiny_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCHIDX_LIMIT", "2")
    assert len(run("search", "depth", "--index", tiny_index, "--jsonl").out.splitlines()) == 2
    assert len(run("search", "depth", "--index", tiny_index, "--jsonl", "-n", "1").out.splitlines()) == 1


def test_a_mistake_in_the_configuration_is_one_line(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("lmit = 3\n", encoding="utf-8")
    monkeypatch.setenv("SEARCHIDX_CONFIG", str(file))
    done = run("search", "depth")
    assert (done.code, done.out) == (2, "")
    assert done.err == f"searchidx: {file}: unknown setting 'lmit'; known are index, limit, cache, keep\n"


def test_config_prints_every_setting_and_the_file(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHIDX_LIMIT", "7")
    out = run("config").out
    assert "limit    7  (SEARCHIDX_LIMIT)\n" in out
    assert out.splitlines()[-1].endswith("config.toml  (not there)")


# --- terminals ----------------------------------------------------------------------------------------------

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil"


@pytest.fixture(scope="module")
def hostile_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A paper whose every text tries to steer the terminal."""
    directory = tmp_path_factory.mktemp("hostile")
    record = {
        "id": f"id{HOSTILE}",
        "title": f"Kites {HOSTILE} and winds",
        "abstract": f"How kites {HOSTILE} fly. On ImageNet{HOSTILE} we reach 80% accuracy.",
        "authors": [f"Ada {HOSTILE}"],
        "venue": f"CVPR {HOSTILE}",
        "url": f"https://example.org/{HOSTILE}",
        "code_urls": [f"https://github.com/lab/kites{HOSTILE}"],
        "keywords": [HOSTILE],
        "source": HOSTILE,
        "listings": [{"page": f"page{HOSTILE}", "date": None}],
        f"key{HOSTILE}": HOSTILE,
    }
    searchidx.build([write_jsonl(directory / "list.jsonl", [record])], directory / "index")
    return directory / "index"


DANGEROUS = re.compile("\x1b\\]|\x1b\\[2J|\x07|[\x80-\x9f]|[\u202a-\u202e\u2066-\u2069]")


def test_escape_sequences_of_records_never_reach_plain_text(run: Command, hostile_index: Path) -> None:
    at = ("--index", str(hostile_index))
    for arguments in (
        ("search", "kites", "--facets", "--explain", *at),
        ("search", "kites", "--csv", *at),
        ("search", "kites", "--bibtex", *at),
        ("facets", *at),
        ("show", "Kites evil and winds", *at),
        ("search", f"kites {HOSTILE}", *at),
        ("stats", *at),
    ):
        done = run(*arguments)
        assert "\x1b" not in done.out
        assert not DANGEROUS.search(done.out), arguments
    assert "evil" in run("search", "kites", *at).out
    error = run("show", HOSTILE, *at)
    assert error.code == 1
    assert not DANGEROUS.search(error.err)


def test_json_keeps_records_as_they_are(run: Command, hostile_index: Path) -> None:
    (hit,) = run("search", "kites", "--index", hostile_index, "--json").json["hits"]
    assert hit["id"] == f"id{HOSTILE}"


def on_a_terminal(*arguments: str | Path) -> tuple[int, str]:
    """(exit code, what the terminal got) of a command whose stdout and stderr are a terminal."""
    ours, theirs = pty.openpty()
    environment = {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    process = start(*arguments, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    chunks = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and select.select([ours], [], [], 60)[0]:
        try:
            data = os.read(ours, 65536)
        except OSError:  # Linux says EIO when the other side has closed
            break
        if not data:
            break
        chunks.append(data)
    os.close(ours)
    return process.wait(timeout=30), b"".join(chunks).decode()


def test_a_terminal_gets_colours_and_the_same_facts(tiny_index: Path) -> None:
    code, text = on_a_terminal("search", "depth", "--facets", "--index", tiny_index)
    assert code == 0
    assert "\x1b[1m" in text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert "3 papers for 'depth'" in plain
    for words in ("Kite: depth from one lens", "Moss: slow growth of depth", "github.com/lab/kite", "Code", "linked"):
        assert words in plain


def test_a_terminal_gets_no_escape_sequences_of_records(hostile_index: Path) -> None:
    code, text = on_a_terminal("search", "kites", "--facets", "--explain", "--index", hostile_index)
    assert code == 0
    assert "evil" in text
    assert not DANGEROUS.search(re.sub(r"\x1b\[[0-9;]*m", "", text))


def test_json_on_a_terminal_is_json_all_the_same(tiny_index: Path) -> None:
    code, text = on_a_terminal("search", "depth", "--json", "--index", tiny_index)
    assert code == 0
    assert json.loads(text)["total"] == 3


def test_a_terminal_without_our_characters_gets_question_marks(tiny_index: Path) -> None:
    process = start(
        *("search", "depth", "\N{GREEK SMALL LETTER ALPHA}", "--index", tiny_index),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONIOENCODING": "ascii"},
    )
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, b"")
    assert b"kite ? 2021-05-04 ? CVPR" in out


# Bytes that are no UTF-8 come in from the shell as lone surrogates, which no encoder takes.
@pytest.mark.parametrize("output", ["--json", "--csv", ""])
def test_words_that_are_not_utf8_are_searched_as_question_marks(run: Command, tiny_index: Path, output: str) -> None:
    strange = os.fsdecode(b"depth\xff")
    done = run("search", strange, "--author", strange, "--index", tiny_index, *output.split())
    assert done.code == 1
    assert "unexpected" not in done.err
    assert run("show", strange, "--index", tiny_index).code == 1
