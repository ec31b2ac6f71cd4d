"""What many tests share: a tiny index you can rank in your head, the command line in this process, the shared data."""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

import searchidx
from searchidx import cli

ROOT = Path(__file__).parents[1]
# a deadline says how busy the machine is
settings.register_profile("searchidx", deadline=None)
settings.load_profile("searchidx")

#: Five invented papers. `depth` is in three, `river` in two; kite and moss have code, fern names no year.
TINY = [
    {
        "id": "kite",
        "title": "Kite: depth from one lens",
        "abstract": "A small network guesses depth from one picture.",
        "authors": ["Ada Ray", "Bo Lind"],
        "date": "2021-05-04",
        "venue": "CVPR",
        "code_urls": ["https://github.com/lab/kite"],
        "upvotes": 3,
    },
    {
        "id": "lark",
        "title": "Lark hears rivers",
        "abstract": "River noise is told from rain by a recurrent model.",
        "authors": ["Cy Moor"],
        "date": "2022-01-09",
        "venue": "ICASSP",
    },
    {
        "id": "moss",
        "title": "Moss: slow growth of depth",
        "abstract": "Layers are added one by one; depth grows while training goes on.",
        "authors": ["Ada Ray"],
        "year": 2022,
        "code_urls": ["gitlab.com/lab/moss"],
    },
    {
        "id": "fern",
        "title": "Fern and the shape of leaves",
        "abstract": "Leaves are sorted by outline alone.",
    },
    {
        "id": "gull",
        "title": "Gull: river maps from the air",
        "abstract": "Water is found in aerial pictures, its depth is not.",
        "authors": ["Dee Oak", "Eve Pine", "Flo Reed", "Gus Sand"],
        "date": "2020",
        "arxiv_id": "2001.00042",
        "doi": "10.1000/gull",
        "reviewer": "kept as it is",
    },
]


#: Modules whose tests call no compiled kernel, but for those marked `kernels`; they come first, while `warm` compiles.
WITHOUT_KERNELS = frozenset(
    "test_analysis test_bench_generate test_bench_run test_browsing test_cache test_cli test_cli_care test_config "
    "test_corpus test_docs test_errors test_exports "
    "test_extraction_datasets test_extraction_gold test_extraction_links test_extraction_metrics "
    "test_extraction_robustness test_extraction_telling test_extraction_values test_families test_filters "
    "test_identity test_indexing test_layers test_plain_queries test_query test_record test_render test_snippets "
    "test_sources_daily_text test_sources_jsonl test_sources_stream test_store_compression test_store_files "
    "test_store_generations test_store_merging test_store_segment test_web_params test_whoosh_view test_workers".split()
)
_WARMING = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Where several workers test, have the kernels compiled once for all of them; no longer than the tests take."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        keep_files_in_memory()
        home = tempfile.TemporaryDirectory(prefix="searchidx-warm-")
        config.stash[_WARMING] = running = Path(home.name) / "running"
        with running.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # held by the process until its end, whatever end that is
            command = [sys.executable, "-m", "tests.warm", home.name]
            warming = subprocess.Popen(command, cwd=ROOT, pass_fds=[file.fileno()])

        def stop() -> None:
            warming.terminate()
            warming.wait()
            home.cleanup()

        config.add_cleanup(stop)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell every worker what to wait for."""
    if running := node.config.stash.get(_WARMING, None):
        node.workerinput["warming"] = str(running)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A worker's first test that needs kernels waits for them: compiling the same at the same time takes longer."""
    if needs_kernels(item) and (running := getattr(item.config, "workerinput", {}).pop("warming", None)):
        with Path(running).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH)


def needs_kernels(item: pytest.Item) -> bool:
    return item.path.stem not in WITHOUT_KERNELS or item.get_closest_marker("kernels") is not None


def keep_files_in_memory() -> None:
    """Have temporary files in memory where there is room, unless TMPDIR says where.

    Tests write tens of thousands of small ones, force them to disk and remove them, which is a disk's slowest work.
    """
    memory, enough = Path("/dev/shm"), 1 << 30
    if "TMPDIR" not in os.environ and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > enough:
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need no kernel come first, each kind in the order it had."""
    items.sort(key=needs_kernels)


class Run(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def write_jsonl(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    """The records as a file of our own format."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests see neither the user's configuration nor an index of theirs."""
    home = tmp_path_factory.getbasetemp() / "home"
    for name in [name for name in os.environ if name.startswith(("SEARCHIDX_", "XDG_"))]:
        if name != "SEARCHIDX_SHARED":
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def tiny_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of `TINY`; read it, do not change it."""
    directory = tmp_path_factory.mktemp("tiny")
    searchidx.build([write_jsonl(directory / "tiny.jsonl", TINY)], directory / "index")
    return directory / "index"


@pytest.fixture
def make_index(tmp_path: Path) -> Callable[[Iterable[dict[str, Any]]], Path]:
    """A function that builds an index of the given records and returns its directory."""

    def make(records: Iterable[dict[str, Any]]) -> Path:
        searchidx.build([write_jsonl(tmp_path / "made.jsonl", records)], tmp_path / "made.index")
        return tmp_path / "made.index"

    return make


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """`run("search", "depth", stdin=b"")`: the command in this process."""

    def call(*arguments: str | Path, stdin: bytes = b"") -> Run:
        capsys.readouterr()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as exit_:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert isinstance(exit_.value.code, int)
        return Run(exit_.value.code, out, err)

    return call


def start(*arguments: str | Path, **options: Any) -> subprocess.Popen[bytes]:
    """The command in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    command = [sys.executable, "-m", "searchidx", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, **options)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data that is never shipped; tests that need it are skipped without it."""
    path = Path(os.environ.get("SEARCHIDX_SHARED") or ROOT.parent / "shared")
    if not (path / "data").is_dir():
        pytest.skip(f"no shared data at {path}; SEARCHIDX_SHARED names another place")
    return path


@pytest.fixture(scope="session")
def daily_pages(shared: Path) -> list[Path]:
    """The five real pages the sample corpus was made from."""
    return sorted((shared / "data" / "daily-papers").glob("*.txt"))
