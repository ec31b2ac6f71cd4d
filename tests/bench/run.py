"""Building every engine on the same papers and timing the same queries; `tests.bench.report` shows the result.

Builds and first answers are timed in processes of their own, one engine after the other; queries in this process, in
one thread, engines taking turns every `BLOCK` queries. Answers are compared before anything is timed.
"""

from __future__ import annotations

import gc
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from searchidx.analysis import STOP_WORDS
from searchidx.paper import Paper
from searchidx.sources import read
from tests.bench.engines import ENGINES, KINDS, Engine

#: Engines take turns after so many queries; the last few of the block before are asked once more, untimed, so that
#: each engine runs with its own data in the processor's caches, as it would alone.
BLOCK, WARM_UP = 100, 20
#: Answers are compared over so many queries, and below this agreement an engine is not timed.
COMPARED, LEAST_AGREEMENT = 200, 0.2
#: How many new processes are timed.
STARTS = 5
_WORD = re.compile(r"[^\W_]+")
_NAMES = (
    "ADE20K Atari CelebA CIFAR-10 CIFAR-100 Cityscapes COCO GLUE ImageNet Kinetics KITTI LFW LibriSpeech MNIST "
    "ModelNet40 MovieLens MuJoCo nuScenes Omniglot ScanNet ShapeNet SQuAD SVHN UCI Waymo Wikipedia WMT WordNet YouTube"
)
_DATASETS = re.compile(rf"\b(?:{_NAMES.replace(' ', '|')})\b")

Queries = Sequence[Sequence[str]]


class Plan(NamedTuple):
    """rounds: how often everything is timed. seconds: an engine's share of one round of one kind of query, kept by
    asking fewer queries. threads: of a batch.
    """

    rounds: int = 3
    seconds: float = 10.0
    threads: int = os.cpu_count() or 1


def prepare(papers: str, out: Path, limit: int | None) -> tuple[int, list[list[str]]]:
    """Write the papers as every engine reads them; returns (how many, author keywords of two to five words).

    Keywords with a stop word are left out, so that no engine's list of stop words decides a comparison.
    """
    n_papers, phrases = 0, set[tuple[str, ...]]()
    with out.open("wb") as file:
        for paper in read([papers]):
            if not isinstance(paper, Paper):
                continue
            file.write(_line(paper))
            phrases.update(tuple(_WORD.findall(keyword.lower())) for keyword in paper.keywords)
            n_papers += 1
            if n_papers == limit:
                break
    wanted = (words for words in phrases if 2 <= len(words) <= 5 and not STOP_WORDS.intersection(words))
    return n_papers, sorted(map(list, wanted))


def _line(paper: Paper) -> bytes:
    venue = paper.venue or "none"
    record = {
        "id": paper.id.replace(" ", "_"),  # PISA reads ids up to a blank
        "title": paper.title,
        "abstract": paper.abstract,
        "year": paper.year or 0,
        "venue": venue,
        "source": f"list-{len(venue) % 4}",
        "dataset": sorted(set(_DATASETS.findall(paper.abstract))),
        "code_urls": paper.code_urls,
    }
    return orjson.dumps(record) + b"\n"


def head(source: Path, out: Path, n_papers: int) -> int:
    """Copy the first papers of a prepared file; returns how many there were."""
    copied = 0
    with source.open("rb") as file, out.open("wb") as copy:
        for line in file:
            if copied == n_papers:
                break
            copy.write(line)
            copied += 1
    return copied


def compare(names: Sequence[str], source: Path, n_papers: int, queries: Queries, home: Path, plan: Plan) -> Any:
    """All figures of these engines as one JSON object: `engines` by name, `queries` by kind and name.

    The first engine is the one the others' answers are compared with. Engines that are not installed are left out.
    """
    engines: dict[str, Engine] = {}
    figures: dict[str, dict[str, Any]] = {}
    for name in names:
        try:
            said = ENGINES[name]().version()
        except ModuleNotFoundError as exc:
            _say(f"{name} is left out: {exc}; pip install {ENGINES[name].install or ENGINES[name].package}")
            continue
        _say(f"building {name}")
        figures[name] = {"version": said, **build(name, source, n_papers, home)}
        engines[name] = ENGINES[name]()
        engines[name].open(home / name)
    kinds = {}
    for kind in KINDS:
        _say(f"asking {kind}")
        kinds[kind] = ask_all({n: e for n, e in engines.items() if kind in e.kinds}, kind, queries, plan)
    _say("batches and first answers")
    n_queries = {name: kinds["union"][name]["queries"] for name in engines}
    for name, rounds in time_batches(engines, queries, n_queries, plan).items():
        figures[name]["batch_per_s"] = round(statistics.median(rounds))
        figures[name]["batch_per_s_rounds"] = [round(speed) for speed in rounds]
    for name, starts in time_starts(engines, home, queries[0]).items():
        figures[name] |= starts
    return {"papers": n_papers, "engines": figures, "queries": kinds}


def _say(text: str) -> None:
    print(text, file=sys.stderr)


# --- builds ---------------------------------------------------------------------------------------------------


def build(name: str, source: Path, n_papers: int, home: Path) -> dict[str, Any]:
    """Build in a process of its own: seconds, papers per second, bytes of the index, peak memory in bytes.

    Raises RuntimeError with what the process said when it fails.
    """
    directory, report, log = home / name, home / f"{name}.json", home / f"{name}.log"
    command = [sys.executable, "-m", "tests.bench.child", "build", name, str(source), str(directory), str(report)]
    with log.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        peak = _watch(process)
    if process.returncode:
        raise RuntimeError(f"{name} failed to build:\n{log.read_text(errors='replace')[-2000:]}")
    seconds = orjson.loads(report.read_bytes())["build_s"]
    return {
        "build_s": round(seconds, 2),
        "papers_per_s": round(n_papers / seconds),
        "index_bytes": sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()),
        "build_peak_bytes": peak,
    }


def _watch(process: subprocess.Popen[bytes]) -> int | None:
    """The most memory the process and its children had at once, until it ends; None where /proc does not say."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, memory_of(process.pid))
        time.sleep(0.02)
    return peak or None


def memory_of(pid: int) -> int:
    """Bytes of a process and its descendants that are not pages of a file: those the system can drop any time."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        kilobytes = sum(map(int, re.findall(r"^Rss(?:Anon|Shmem):\s+(\d+)", status, re.MULTILINE)))
        tasks = Path(f"/proc/{pid}/task").iterdir()
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:  # it has ended meanwhile
        return 0
    return kilobytes * 1024 + sum(map(memory_of, children))


# --- queries --------------------------------------------------------------------------------------------------


def asker(engine: Engine, kind: str) -> Callable[[Sequence[str]], Any]:
    """A function from words to the answer: ids, or a number for `count`."""
    if kind == "count":
        return engine.count
    k = KINDS[kind]
    return lambda words: engine.search(kind, words, k)


def agreement(mine: Sequence[Any], first: Sequence[Any]) -> float:
    """How much of the first engine's answers is in mine, 0 to 1, over the queries it answers.

    Of lists the share of its ids, of numbers the smaller by the larger.
    """
    shares = []
    for a, b in zip(mine, first, strict=True):
        if isinstance(b, int):
            if a or b:
                shares.append(min(a, b) / max(a, b))
        elif b:
            shares.append(len(set(a) & set(b)) / len(b))
    return statistics.fmean(shares) if shares else 1.0


def ask_all(engines: dict[str, Engine], kind: str, queries: Queries, plan: Plan) -> dict[str, dict[str, Any]]:
    """Per engine its agreement with the first and its latencies, medians of the rounds beside the raw numbers."""
    ask = {name: asker(engine, kind) for name, engine in engines.items()}
    sample = queries[:COMPARED]
    first: list[Any] = []
    rows: dict[str, dict[str, Any]] = {}
    for name in engines:
        ask[name](queries[-1])  # compiles, maps and reads what only a first query does
        started = time.perf_counter()
        answers = [ask[name](words) for words in sample]
        each = (time.perf_counter() - started) / len(sample)
        first = first or answers
        rows[name] = {"same": round(agreement(answers, first), 3), "queries": _affordable(each, len(queries), plan)}
    wrong = [name for name in rows if rows[name]["same"] < LEAST_AGREEMENT]
    for name in wrong:
        _say(f"{name} is not timed: only {rows[name]['same']:.2f} of its {kind} answers are the first engine's")
        del ask[name]
    for name, rounds in time_queries(ask, queries, {n: rows[n]["queries"] for n in ask}, plan.rounds).items():
        per_round = [percentiles(latencies) for latencies in rounds]
        rows[name] |= {key: round(statistics.median(r[key] for r in per_round), 1) for key in per_round[0]}
        rows[name]["rounds_us"] = [[round(latency, 1) for latency in latencies] for latencies in rounds]
    return rows


def _affordable(seconds: float, n_queries: int, plan: Plan) -> int:
    """How many queries of so many seconds each fit into an engine's share of a round, at least a few."""
    return min(n_queries, max(int(plan.seconds / seconds), WARM_UP))


def time_queries(
    ask: dict[str, Callable[[Sequence[str]], Any]], queries: Queries, n_queries: dict[str, int], n_rounds: int
) -> dict[str, list[list[float]]]:
    """Microseconds of each query, per engine and round. n_queries: how many of them, from the first, each is asked.

    Who comes first in a turn changes with every turn.
    """
    names = list(ask)
    times: dict[str, list[list[float]]] = {name: [[] for _ in range(n_rounds)] for name in names}
    for round_ in range(n_rounds):
        for turn, begin in enumerate(range(0, len(queries), BLOCK)):
            shift = (round_ + turn) % max(len(names), 1)
            for name in names[shift:] + names[:shift]:
                block = queries[begin : min(begin + BLOCK, n_queries[name])]
                if block:
                    _ask_untimed(ask[name], queries[max(begin - WARM_UP, 0) : begin])
                    times[name][round_] += _ask_timed(ask[name], block)
    return times


def _ask_untimed(ask: Callable[[Sequence[str]], Any], queries: Queries) -> None:
    for words in queries:
        ask(words)


def _ask_timed(ask: Callable[[Sequence[str]], Any], queries: Queries) -> list[float]:
    """Microseconds of each query, without the collector's pauses, which hit whoever comes by."""
    times = []
    gc.disable()
    for words in queries:
        started = time.perf_counter_ns()
        ask(words)
        times.append((time.perf_counter_ns() - started) / 1000)
    gc.enable()
    return times


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """`p50_us`, `p95_us`, `p99_us`: the values that this share of all is not above."""
    ordered = sorted(values)
    return {f"p{p}_us": ordered[min(len(ordered) * p // 100, len(ordered) - 1)] for p in (50, 95, 99)}


def time_batches(
    engines: dict[str, Engine], queries: Queries, n_queries: dict[str, int], plan: Plan
) -> dict[str, list[float]]:
    """Union queries per second in one batch over all threads, per engine and round."""
    speeds: dict[str, list[float]] = {name: [] for name in engines}
    for round_ in range(plan.rounds + 1):
        for name, engine in engines.items():
            batch = queries[: n_queries[name]]
            started = time.perf_counter()
            engine.batch(batch, KINDS["union"], plan.threads)
            if round_:  # the first starts threads and compiles
                speeds[name].append(len(batch) / (time.perf_counter() - started))
    return speeds


# --- first answers --------------------------------------------------------------------------------------------


def time_starts(engines: dict[str, Engine], home: Path, words: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Milliseconds of a new process until it has answered one query, per engine, medians of `STARTS` turns.

    first_ms: through the library, the index in the system's cache; first_disk_ms: not in it, Python and packages are;
    command_ms, command_disk_ms: through the command line, where there is one.
    """
    commands: dict[tuple[str, str], list[str]] = {}
    # an installed package has its modules compiled
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for name, engine in engines.items():
        directory = home / name
        commands[name, "first"] = [sys.executable, "-m", "tests.bench.child", "first", name, str(directory), *words]
        if line := engine.command(directory, words):
            commands[name, "command"] = line
    times: dict[str, dict[str, list[float]]] = {name: {} for name in engines}
    for _ in range(STARTS):
        for on_disk in ("_disk_ms", "_ms"):
            for (name, what), line in commands.items():
                if on_disk == "_disk_ms":
                    drop_from_cache(home / name)
                started = time.perf_counter()
                subprocess.run(line, check=True, capture_output=True, env=environment)
                times[name].setdefault(what + on_disk, []).append((time.perf_counter() - started) * 1000)
    return {name: {key: round(statistics.median(ms), 1) for key, ms in row.items()} for name, row in times.items()}


def drop_from_cache(directory: Path) -> None:
    """Ask the system to forget the pages of these files; pages another process maps stay."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in directory.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def machine() -> dict[str, Any]:
    """What it was measured on, and with which versions."""
    info, memory = Path("/proc/cpuinfo"), Path("/proc/meminfo")
    model = re.search(r"model name\s*:\s*(.*)", info.read_text()) if info.exists() else None
    total = re.search(r"MemTotal:\s*(\d+)", memory.read_text()) if memory.exists() else None
    return {
        "processor": model.group(1) if model else platform.processor(),
        "cores": os.cpu_count(),
        "memory_bytes": int(total.group(1)) * 1024 if total else None,
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in ("numpy", "numba", "orjson", "PyStemmer")},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
