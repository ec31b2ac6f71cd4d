"""Whatever stops a writer, a signal, a full disk or a failing one: the index has its old or its new papers, whole."""

from __future__ import annotations

import ctypes
import errno
import io
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import write_jsonl
from harm import DONE, REFUSED, Child, Ended, answers, forked, invented, litter

import searchidx
from searchidx import cli, indexing
from searchidx.errors import IndexDamaged
from searchidx.store import files, generations

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


@pytest.fixture(scope="module", autouse=True)
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Have everything loaded that a child would load otherwise, each child anew."""
    directory = tmp_path_factory.mktemp("warm")
    searchidx.build([write_jsonl(directory / "papers.jsonl", invented(range(3)))], directory / "index")
    answers(directory / "index")


class Step(NamedTuple):
    """Something that changes an index. run: does it to the index at a path."""

    name: str
    run: Callable[[Path], object]


def steps(index: Path, scratch: Path, rng: random.Random) -> dict[str, Step]:
    """One step of every kind that this index allows, by name."""
    keep = rng.randint(0, 2)
    many = write_jsonl(
        scratch / "many.jsonl", invented(rng.sample(range(300), rng.randint(40, 120)), rng.randint(0, 9))
    )
    few = write_jsonl(scratch / "few.jsonl", invented(rng.sample(range(300), rng.randint(1, 40)), rng.randint(0, 9)))
    possible = [
        Step("build", lambda path: searchidx.build([many], path, keep=keep, workers=1)),
        Step("resume", lambda path: _build_in_parts(many, path, keep)),
    ]
    if (index / "CURRENT").exists():
        ids = [record.paper.id for record in searchidx.open(index, executor="numpy").records()]
        gone = rng.sample(ids, min(len(ids), rng.randint(1, 40)))
        merge = rng.random() < 0.5
        possible += [
            Step("update", lambda path: searchidx.update([few], path, keep=keep, workers=1, merge=merge)),
            Step("merge", lambda path: searchidx.merge(path, keep=keep)),
            Step("prune", lambda path: searchidx.prune(path, keep=keep)),
        ]
        if gone:
            possible.append(Step("delete", lambda path: searchidx.delete(gone, path, keep=keep)))
        if len(searchidx.generations(index)) > 1:
            possible.append(Step("rollback", lambda path: searchidx.rollback(path, keep=keep)))
    return {step.name: step for step in possible}


def _build_in_parts(source: Path, index: Path, keep: int) -> None:
    """A build that notes down what is finished; for a child process, whose module it changes."""
    indexing.PART_PAPERS = 20
    searchidx.build([source], index, resume=True, keep=keep, workers=1)


def sound(index: Path) -> bool:
    return not index.exists() or not (index / "CURRENT").exists() or searchidx.verify(index).sound


# --- kill -9 --------------------------------------------------------------------------------------------------


def kill_at_random_moments(tmp_path: Path, seed: int, kills: int) -> None:
    """A chain of changes to one index, each killed on the way, then done again or followed by another.

    Some end before they are killed: those do not count.
    """
    rng = random.Random(seed)
    index, copy = tmp_path / "index", tmp_path / "copy"
    before, number = None, 0
    while number < kills:
        possible = steps(index, tmp_path, rng)
        step = possible[rng.choice(list(possible))]
        where = f"seed {seed}, kill {number}, {step.name}"
        shutil.rmtree(copy, ignore_errors=True)
        if index.exists():
            shutil.copytree(index, copy)
        whole = forked(lambda: step.run(copy))  # noqa: B023 - called here
        assert whole.code == DONE, f"{where}: {whole.err}"
        after = answers(copy)
        child = Child(lambda: step.run(index))  # noqa: B023
        time.sleep(rng.uniform(0, 1.1 * whole.seconds))
        child.kill()
        ended = child.wait()
        assert ended.signal == "SIGKILL" or ended.code == DONE, f"{where}: {ended.err}"
        number += ended.signal == "SIGKILL"
        now = answers(index)
        assert now in (before, after), where
        assert sound(index), where
        # a rollback to the same papers cannot be told from none, and may have left nothing more to go back to
        undone = now == before and not (now == after and step.name == "rollback")
        if undone and rng.random() < 0.5:
            again, expected = step, after
        else:
            again = steps(index, tmp_path, rng)["update" if now else "build"]
            expected = None
        ended = forked(lambda: again.run(index))  # noqa: B023
        assert ended.code == DONE, f"{where}, then {again.name}: {ended.err}"
        before = answers(index)
        assert expected in (None, before), f"{where}, then {again.name}"
        assert sound(index), f"{where}, then {again.name}"
        assert litter(index) == [], f"{where}, then {again.name}"


def test_killed_at_some_moments(tmp_path: Path):
    kill_at_random_moments(tmp_path, 20, 12)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(12))
def test_killed_at_300_moments(tmp_path: Path, seed: int):
    kill_at_random_moments(tmp_path, seed, 25)


# --- every call that writes ---------------------------------------------------------------------------------------

#: Python's calls by which files come, change and go; those of an open file are added by `_Watched`.
CALLS = (
    "fsync",
    "fdatasync",
    "rename",
    "replace",
    "link",
    "mkdir",
    "unlink",
    "rmdir",
    "truncate",
    "ftruncate",
    "write",
)
Act = Callable[[str], None]


def intercept(act: Act) -> None:
    """Have `act` called before every call that changes files, with the call and its path; for a child process."""

    def watched(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **options: object) -> object:
            act(f"{name} {args[1] if name in ('replace', 'rename', 'link') else args[0]}")
            return real(*args, **options)

        return call

    for name in CALLS:
        setattr(os, name, watched(name, getattr(os, name)))
    real_open = io.open

    class Watched:
        """A file open for writing."""

        def write(self, data: bytes) -> int:
            act(f"file.write {self.name}")
            return super().write(data)

    class Writer(Watched, io.BufferedWriter): ...

    class Random(Watched, io.BufferedRandom): ...

    def watched_open(file: str, mode: str = "r", *args: object, **options: object) -> object:
        if not set(mode) & set("wxa+"):
            return real_open(file, mode, *args, **options)
        act(f"open {file}")
        if "b" not in mode:
            return real_open(file, mode, *args, **options)
        raw = io.FileIO(file, mode.replace("b", ""))
        return Random(raw) if "+" in mode else Writer(raw)

    io.open = watched_open


class Trial(NamedTuple):
    """A step and what the index holds before and after it. calls: those that write, in their order."""

    step: Step
    before: object
    after: object
    calls: list[str]

    def is_too_late(self, call: int) -> bool:
        """Whether CURRENT was put in place before this call (from 1)."""
        done = [number for number, name in enumerate(self.calls, 1) if name.startswith("replace") and "CURRENT" in name]
        return bool(done) and call > done[0]


class Trials:
    """Steps to be tried on copies of one index that has generations, segments and deletions, or of none."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.index = scratch / "index"
        first = write_jsonl(scratch / "first.jsonl", invented(range(60)))
        more = write_jsonl(scratch / "more.jsonl", invented(range(50, 70), edition=1))
        most = write_jsonl(scratch / "most.jsonl", invented(range(30, 80), edition=2))
        searchidx.build([first], self.index, workers=1)
        searchidx.update([more], self.index, workers=1)
        searchidx.delete(["p00007", "p00055"], self.index, merge=False)
        self.steps = {
            "first build": Step("first build", lambda path: searchidx.build([most], path, workers=1)),
            "build": Step("build", lambda path: searchidx.build([most], path, workers=1)),
            "resume": Step("resume", lambda path: _build_in_parts(most, path, 1)),
            "update": Step("update", lambda path: searchidx.update([most], path, workers=1)),
            "delete": Step("delete", lambda path: searchidx.delete(["p00001", "p00060"], path)),
            "merge": Step("merge", lambda path: searchidx.merge(path)),
            "rollback": Step("rollback", lambda path: searchidx.rollback(path)),
            "prune": Step("prune", lambda path: searchidx.prune(path)),
        }

    def copy(self, name: str) -> Path:
        """A fresh copy of the index for a step; a place without one for a first build."""
        copy = self.scratch / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        if name != "first build":
            shutil.copytree(self.index, copy)
        return copy

    def trial(self, name: str) -> Trial:
        """The step done once, undisturbed, its calls noted down."""
        copy, log = self.copy(name), self.scratch / "calls"
        before = answers(copy)
        step = self.steps[name]

        def noted() -> None:
            with log.open("w") as file:
                intercept(lambda call: print(call, file=file))
                step.run(copy)

        ended = forked(noted)
        assert ended.code == DONE, ended.err
        assert litter(copy) == []
        return Trial(step, before, answers(copy), log.read_text().splitlines())

    def stopped(self, trial: Trial, call: int, act: Callable[[], None]) -> Ended:
        """The step with `act` in place of one of its calls (from 1), on a copy."""
        copy = self.copy(trial.step.name)

        def disturbed() -> None:
            numbers = count(1)
            intercept(lambda _: act() if next(numbers) == call else None)
            trial.step.run(copy)

        return forked(disturbed)

    def check_whole(self, trial: Trial, where: str) -> bool:
        """Old or new papers, sound, and the step can be done again; returns whether the papers were the new ones."""
        copy = self.scratch / "copy"
        now = answers(copy)
        assert now in (trial.before, trial.after), where
        assert sound(copy), where
        new = now == trial.after
        again = trial.step if trial.step.name not in ("rollback", "delete") or not new else self.steps["update"]
        ended = forked(lambda: again.run(copy))
        assert ended.code == DONE, f"{where}, then {again.name}: {ended.err}"
        assert sound(copy), where
        assert litter(copy) == [], where
        if again is trial.step:
            assert answers(copy) == trial.after, where
        return new


def telling(calls: list[str], rng: random.Random, most: int) -> list[int]:
    """Some calls by their numbers from 1: one of every kind in every place, numbers in names apart, and the last."""
    kinds: dict[str, list[int]] = {}
    for number, call in enumerate(calls, 1):
        kinds.setdefault(re.sub(r"[a-z.]+[.](?=bytes|offsets|values)|[0-9]+", "", call), []).append(number)
    chosen = [rng.choice(numbers) for numbers in kinds.values()]
    last = chosen[-most // 2 :]
    return sorted({*last, *rng.sample(chosen, min(len(chosen), most - len(last)))})


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory, warm: None) -> Trials:
    return Trials(tmp_path_factory.mktemp("trials"))


def _fail(number: int) -> None:
    raise OSError(number, os.strerror(number))


def fail_at_calls(trials: Trials, name: str, rng: random.Random, most: int) -> int:
    """Calls of Python's fail, one in each run; returns how many did."""
    trial = trials.trial(name)
    numbers = telling(trial.calls, rng, most)
    for number in numbers:
        error = rng.choice([errno.ENOSPC, errno.EIO])
        where = f"{name}, call {number} ({trial.calls[number - 1]}): {os.strerror(error)}"
        ended = trials.stopped(trial, number, lambda: _fail(error))  # noqa: B023
        check_failed(trials, trial, ended, where, trial.calls[number - 1], late=trial.is_too_late(number))
    return len(numbers)


def check_failed(trials: Trials, trial: Trial, ended: Ended, where: str, call: str, *, late: bool) -> None:
    """The step that a call of failed ended well or with an error for people; the index is as that says."""
    assert ended.code in (DONE, REFUSED), f"{where}: {ended}"
    # what cannot be removed stays until the next writer sweeps it
    if ended.code == REFUSED and not late and trial.step.name != "resume" and not call.startswith(("unlink", "rmdir")):
        assert litter(trials.scratch / "copy") == [], where
    new = trials.check_whole(trial, where)
    if trial.before != trial.after:
        assert new == (ended.code == DONE) or late, f"{where}: {ended}"


OPERATIONS = ("first build", "build", "resume", "update", "delete", "merge", "rollback", "prune")


@pytest.mark.parametrize("name", ["first build", "update", "delete"])
def test_some_calls_fail(trials: Trials, name: str):
    assert fail_at_calls(trials, name, random.Random(name), 6)


@pytest.mark.torture
@pytest.mark.parametrize("name", OPERATIONS)
def test_calls_of_every_kind_fail(trials: Trials, name: str):
    assert fail_at_calls(trials, name, random.Random(name), 1000)


def kill_at_calls(trials: Trials, name: str, rng: random.Random, most: int) -> int:
    """The process is killed before a call, one in each run; returns how many were."""
    trial = trials.trial(name)
    numbers = telling(trial.calls, rng, most)
    for number in numbers:
        where = f"{name}, killed at call {number} ({trial.calls[number - 1]})"
        ended = trials.stopped(trial, number, lambda: os.kill(os.getpid(), signal.SIGKILL))
        assert ended.signal == "SIGKILL", f"{where}: {ended}"
        trials.check_whole(trial, where)
    return len(numbers)


@pytest.mark.parametrize("name", ["update", "prune"])
def test_killed_at_some_calls(trials: Trials, name: str):
    assert kill_at_calls(trials, name, random.Random(name), 6)


@pytest.mark.torture
@pytest.mark.parametrize("name", OPERATIONS)
def test_killed_at_calls_of_every_kind(trials: Trials, name: str):
    assert kill_at_calls(trials, name, random.Random(name), 1000)


# --- every system call that writes ----------------------------------------------------------------------------

SYSTEM_CALLS = (
    "openat write writev pwrite64 pwritev fsync fdatasync rename renameat renameat2 link linkat symlink symlinkat "
    "mkdir mkdirat unlink unlinkat rmdir ftruncate truncate fallocate copy_file_range sendfile"
).split()
_TRACED = re.compile(r"(?P<thread>\d+) +(?P<call>\w+)\((?P<rest>.*)")


class Traced(NamedTuple):
    """One system call of the main thread on a file of the index. number: among all of its name, from 1."""

    call: str
    number: int
    text: str


class Strace:
    """The command line in a child process that strace watches, and whose calls it makes fail."""

    def __init__(self, scratch: Path) -> None:
        self.log = scratch / "strace"
        self.out = scratch / "out"

    def run(self, arguments: list[str], *, inject: str | None = None) -> Ended:
        """`searchidx ARGUMENTS`; what it prints is in `out`. inject: strace's words for what fails."""
        ready, go = os.pipe()

        def command() -> None:
            os.close(go)
            _let_be_traced()
            os.read(ready, 1)
            with self.out.open("wb") as out:
                os.dup2(out.fileno(), 1)
                os.dup2(out.fileno(), 2)
            sys.stdout, sys.stderr = (io.TextIOWrapper(io.FileIO(fd, "w"), line_buffering=True) for fd in (1, 2))
            cli.main(arguments)

        child = Child(command)
        os.close(ready)
        options = ["-f", "-y", "-s", "0", "-o", str(self.log), "-e", f"trace={','.join(SYSTEM_CALLS)}"]
        options += ["-e", f"inject={inject}"] if inject else []
        tracer = subprocess.Popen(["strace", *options, "-p", str(child.pid)], stderr=subprocess.PIPE)
        try:
            if not _is_traced(child.pid, tracer):
                child.kill()
                pytest.skip(f"strace may not trace here: {tracer.communicate(timeout=9)[1].decode()[-200:]}")
        finally:
            os.close(go)
            ended = child.wait()
            tracer.communicate(timeout=60)
        return ended

    def calls(self, index: Path, main: int | None = None) -> list[Traced]:
        """The calls of the last run that could write to the index."""
        numbers: dict[str, int] = {}
        found = []
        for line in self.log.read_text(errors="replace").splitlines():
            match = _TRACED.match(line)
            if match is None:
                continue
            main = main or int(match["thread"])
            if int(match["thread"]) != main:
                continue
            call = match["call"]
            numbers[call] = numbers.get(call, 0) + 1
            writes = call != "openat" or re.search("O_WRONLY|O_RDWR|O_CREAT", match["rest"])
            if writes and str(index) in match["rest"]:
                found.append(Traced(call, numbers[call], match["rest"]))
        return found

    def injected(self) -> list[str]:
        """The lines of calls that were made to fail."""
        begun: dict[str, str] = {}  # the line of a call that another thread came between, by thread
        found = []
        for line in self.log.read_text(errors="replace").splitlines():
            thread = line.partition(" ")[0]
            if line.endswith("<unfinished ...>"):
                begun[thread] = line
            elif "(INJECTED)" in line:
                found.append(begun.get(thread, "") + line if " resumed>" in line else line)
        return found


def _let_be_traced() -> None:
    """Let a process that is no ancestor trace this one, where that is asked for (Linux with Yama)."""
    set_ptracer, any_process = 0x59616D61, ctypes.c_ulong(-1)
    ctypes.CDLL(None).prctl(set_ptracer, any_process, 0, 0, 0)


def _is_traced(pid: int, tracer: subprocess.Popen[bytes]) -> bool:
    """Wait until a process is traced; returns whether it is."""
    deadline = time.monotonic() + 10
    while tracer.poll() is None and time.monotonic() < deadline:
        if re.search(r"^TracerPid:\t[1-9]", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE):
            return True
        time.sleep(0.001)
    return False


COMMANDS = {
    "first build": ["build", "most.jsonl", "--workers", "1"],
    "build": ["build", "most.jsonl", "--workers", "1"],
    "update": ["update", "most.jsonl", "--workers", "1"],
    "delete": ["delete", "p00001", "p00060"],
    "merge": ["merge"],
    "rollback": ["rollback"],
    "prune": ["prune"],
}


def fail_system_calls(trials: Trials, name: str, rng: random.Random, most: int | None) -> int:
    """System calls fail, one in each run (all for most=None); returns how many did."""
    if not shutil.which("strace"):
        pytest.skip("no strace here")
    strace = Strace(trials.scratch)
    copy = trials.copy(name)
    arguments = [str(trials.scratch / word) if word.endswith(".jsonl") else word for word in COMMANDS[name]]
    arguments += ["--index", str(copy)]
    before = answers(copy)
    for _ in range(2):  # the first fills the cache of extractions, and other calls are numbered differently then
        trials.copy(name)
        ended = strace.run(arguments)
        assert ended.code == DONE, strace.out.read_text()
    trial = Trial(trials.steps[name], before, answers(copy), [])
    calls = strace.calls(copy)
    put_in_place = [
        place for place, call in enumerate(calls) if call.call.startswith("rename") and "CURRENT" in call.text
    ]
    places = list(range(len(calls)))
    if most is not None:
        chosen = telling([f"{call.call} {call.text}" for call in calls], rng, most)
        places = [number - 1 for number in chosen]
    missed: list[str] = []
    for place in places:
        call, number, text = calls[place]
        error = rng.choice(["ENOSPC", "EIO"])
        where = f"{name}, {call} {number} ({text}): {error}"
        for _ in range(3):  # a thread that is early or late shifts the numbers, and another path is hit
            trials.copy(name)
            ended = strace.run(arguments, inject=f"{call}:error={error}:when={number}")
            if any(str(copy) in line for line in strace.injected()):
                break
        else:
            missed.append(where)
            continue
        printed = strace.out.read_text()
        if ended.code:
            assert re.fullmatch(r"searchidx: .*\n", printed), f"{where}: {printed}"
        late = bool(put_in_place) and place > put_in_place[0]
        check_failed(trials, trial, ended, f"{where}: {printed}", call, late=late)
    assert len(missed) <= 1 + len(places) // 20, missed
    return len(places) - len(missed)


@pytest.mark.parametrize("name", ["update", "rollback"])
def test_some_system_calls_fail(trials: Trials, name: str):
    assert fail_system_calls(trials, name, random.Random(name), 8)


@pytest.mark.torture
@pytest.mark.parametrize("name", COMMANDS)
def test_every_system_call_fails(trials: Trials, name: str):
    assert fail_system_calls(trials, name, random.Random(name), None)


# --- readers while generations come and go ------------------------------------------------------------------------


class Published(NamedTuple):
    """What a generation holds. changed: the title of the paper that every update changes."""

    ids: frozenset[str]
    changed: str


def timetable(n: int) -> tuple[list[tuple[str, list[dict[str, Any]]]], dict[str, Published]]:
    """(what is done one after the other: how, and with which papers; what each generation then holds, by its name)."""
    base = invented(range(30))
    todo: list[tuple[str, list[dict[str, Any]]]] = [("build", base)]
    held = [Published(frozenset(paper["id"] for paper in base), base[1]["title"])]
    for number in range(2, n + 1):
        ids, changed = held[-1]
        kind = ("update", "delete", "update", "merge", "rollback", "update", "build")[number % 7]
        papers: list[dict[str, Any]] = []
        if kind == "update":
            papers = [*invented([100 + number]), *invented([1], edition=number)]
            papers[1]["title"] = changed = f"Edition {number} of what is changed"
            ids |= {papers[0]["id"]}
        elif kind == "delete":
            papers = [{"id": max(ids)}, {"id": sorted(ids)[number % 5 + 5]}]
            ids -= {paper["id"] for paper in papers}
        elif kind == "rollback":
            ids, changed = held[-2]
        elif kind == "build":
            papers = [*invented(range(number, number + 40)), *invented([1])]
            ids, changed = frozenset(paper["id"] for paper in papers), papers[-1]["title"]
        todo.append((kind, papers))
        held.append(Published(ids, changed))
    return todo, {f"{number:06}": published for number, published in enumerate(held, 1)}


def publish(index: Path, scratch: Path, kind: str, papers: list[dict[str, Any]]) -> None:
    source = write_jsonl(scratch / "published.jsonl", papers)
    if kind == "build":
        searchidx.build([source], index, workers=1)
    elif kind == "update":
        searchidx.update([source], index, workers=1, merge=False)
    elif kind == "delete":
        searchidx.delete([paper["id"] for paper in papers], index, merge=False)
    elif kind == "merge":
        searchidx.merge(index)
    else:
        searchidx.rollback(index)


def ask(index: searchidx.Index, expected: dict[str, Published]) -> None:
    """Ask an open index for all it holds: it is what its generation held when it was published."""
    ids, changed = expected[index.generation.name]
    page = index.search("model", limit=1000, facets=True)
    assert {hit.id for hit in page.hits} == ids
    assert page.total == len(ids) == len(index)
    assert index.get("p00001").paper.title == changed
    assert index.search("depth river", limit=3).hits[0].record.paper.abstract


def mapped(index: Path) -> list[str]:
    """The files of an index that this process maps, those that are deleted too."""
    lines = Path("/proc/self/maps").read_text().splitlines() if Path("/proc/self/maps").exists() else []
    return [line[line.index("/") :] for line in lines if f"{index}/" in line]


def follow(index: Path, expected: dict[str, Published], stop: Path, executor: str) -> None:
    """Search, and move on whenever a generation is published, until the last one is and `stop` says so."""
    opened = searchidx.open(index, executor=executor)
    last, searches, moves = max(expected), 0, 0
    while not (stop.exists() and opened.generation.name == last):
        if generations.live_name(index) != opened.generation.name:
            opened = searchidx.open(index, executor=executor)
            moves += 1
            # nothing is left of the one before: where it was removed, its disk space is free
            assert [path for path in mapped(index) if opened.generation.name not in path] == []
        ask(opened, expected)
        searches += 1
    assert searches > moves > 0


def stay(index: Path, expected: dict[str, Published], stop: Path) -> None:
    """Search the first generation until the end, when it was removed long ago."""
    opened = searchidx.open(index, executor="numpy")
    (stop.parent / "opened").touch()
    searches = 0
    while not stop.exists():
        ask(opened, expected)
        searches += 1
    assert searches
    assert opened.generation.name == min(expected)
    assert any("deleted" in path for path in mapped(index)) or not Path("/proc/self/maps").exists()
    del opened
    assert mapped(index) == []


def read_while_publishing(tmp_path: Path, n_readers: int, n_generations: int) -> None:
    index, stop = tmp_path / "index", tmp_path / "stop"
    todo, expected = timetable(n_generations)
    publish(index, tmp_path, *todo[0])
    for executor in ("numpy", "numba"):  # compiled once, here
        ask(searchidx.open(index, executor=executor), expected)
    patience = 1200.0
    readers = [Child(lambda: stay(index, expected, stop), patience=patience)]
    for number in range(n_readers):
        executor = ("numpy", "numba")[number % 2]
        readers.append(Child(lambda executor=executor: follow(index, expected, stop, executor), patience=patience))
    try:
        while not (tmp_path / "opened").exists():
            time.sleep(0.001)
        for number, (kind, papers) in enumerate(todo[1:], 2):
            publish(index, tmp_path, kind, papers)
            assert generations.live_name(index) == f"{number:06}", kind
    finally:
        stop.touch()
        ends = [reader.wait() for reader in readers]
    assert [ended for ended in ends if ended.code != DONE] == []
    searchidx.prune(index)
    assert [path.name for path in (index / "generations").iterdir()] == [f"{n_generations:06}"]


def test_readers_while_some_generations_are_published(tmp_path: Path):
    read_while_publishing(tmp_path, 3, 8)


@pytest.mark.torture
def test_eight_readers_while_50_generations_are_published(tmp_path: Path):
    read_while_publishing(tmp_path, 8, 51)


def test_what_current_may_name_is_not_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The disk fails after CURRENT was put in place, and then will not even say what CURRENT says."""
    index = tmp_path / "index"
    searchidx.build([write_jsonl(tmp_path / "a.jsonl", invented(range(5)))], index, workers=1)
    put = files.replace_bytes

    def unreadable(path: Path) -> str:
        raise IndexDamaged(path / "CURRENT", "cannot be read (Input/output error)")

    def put_and_fail(path: Path, data: bytes) -> None:
        put(path, data)
        if path.name == "CURRENT":
            patch.setattr(generations, "live_name", unreadable)
            _fail(errno.EIO)

    more = write_jsonl(tmp_path / "b.jsonl", invented(range(7)))
    with monkeypatch.context() as patch:
        patch.setattr(files, "replace_bytes", put_and_fail)
        with pytest.raises(OSError, match="Input/output"):
            searchidx.build([more], index, workers=1)
    assert len(searchidx.open(index, executor="numpy")) == 7
    assert searchidx.verify(index).sound
