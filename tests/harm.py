"""What the tests of crashes and of damage share: invented papers, what an index answers, processes that may die."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import searchidx
from searchidx.errors import IndexMissing
from searchidx.store import generations

WORDS = (
    "depth river map picture growth rain network noise kite lark moss fern gull self-supervised GPT-4 éclair".split()
)
SETS = ("KITTI", "ImageNet", "CIFAR-10", "MS COCO")
AUTHORS = ("Ada Ray", "Bo Lind", "Cy Moor", "Dée Öst")
#: Any of them after the start of an exit code says how a child ended: by itself, with one of our errors, with another.
DONE, REFUSED, FAILED = 0, 2, 70


def invented(numbers: Iterable[int], edition: int = 0) -> list[dict[str, Any]]:
    """A paper for every number, another for another edition of it."""
    return [_paper(number, edition) for number in numbers]


def _paper(number: int, edition: int) -> dict[str, Any]:
    rng = random.Random(number * 1000 + edition)
    text = " ".join(rng.choices(WORDS, k=rng.randint(2, 12)))
    paper: dict[str, Any] = {
        "id": f"p{number:05}",
        "title": f"Paper {number} of {text[:24]}",
        "abstract": f"A model of {text}.",
        "authors": rng.sample(AUTHORS, rng.randint(0, 3)),
        "source": rng.choice(["here", "there"]),
    }
    if rng.random() < 0.6:
        dataset = "nuScenes" if number % 50 == 5 else rng.choice(SETS)
        paper["abstract"] += f" We reach {rng.randint(1, 99)}.5% accuracy on {dataset}."
    if rng.random() < 0.5:
        paper["code_urls"] = [f"https://github.com/lab/n{number}"]
    if rng.random() < 0.8:
        paper["date"] = f"20{rng.randint(10, 24)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    if rng.random() < 0.5:
        paper["venue"] = rng.choice(["CVPR", "ICML"])
    if rng.random() < 0.3:
        paper["doi"] = f"10.1000/{number}"
    if rng.random() < 0.3:
        paper["upvotes"] = rng.randint(0, 50)
    return paper


def answers(path: Path) -> dict[str, Any] | None:
    """All papers of an index and what some searches find; None when there is no index."""
    try:
        index = searchidx.open(path, executor="numpy")
    except IndexMissing:
        return None
    pages = {}
    for query in ("depth river", '"map picture"', "+rain -noise", "KITTI", "p00017"):
        page = index.search(query, limit=5, facets=True)
        pages[query] = page.total, [(hit.id, hit.score) for hit in page.hits], page.facets
    claims = [(claim.record.paper.id, claim.metric.value) for claim in index.results("KITTI")]
    return {"records": list(index.records()), "pages": pages, "claims": claims, "papers": len(index)}


def litter(path: Path) -> list[str]:
    """What lies in an index's directory and does not belong there."""
    if not path.exists():
        return []
    wanted = {"LOCK", "generations"}
    found = []
    live = -1
    if (path / "CURRENT").exists():
        wanted.add("CURRENT")
        live = int(generations.live_name(path))
    found += [name for name in names(path) if name not in wanted]
    for name in names(path / "generations"):
        if not name.isdigit() or int(name) > live:
            found.append(f"generations/{name}")
            continue
        directory = path / "generations" / name
        described = {*generations.read_generation(directory).manifest["files"], "manifest.json", "manifest.json.sha256"}
        found += [f"generations/{name}/{file}" for file in {*names(directory)} ^ described]
    return sorted(found)


def names(directory: Path) -> list[str]:
    """The names in a directory, none where there is no directory."""
    return sorted(entry.name for entry in directory.iterdir()) if directory.is_dir() else []


class Ended(NamedTuple):
    """How a child process ended. code: its exit code, or minus the signal that ended it. err: its traceback if any."""

    code: int
    err: str
    seconds: float

    @property
    def signal(self) -> str | None:
        return signal.Signals(-self.code).name if self.code < 0 else None


class Child:
    """A function in a forked process: what is imported and compiled here is there, and may die with it.

    Its exit code is DONE, REFUSED for an OSError or one of our errors, FAILED with a traceback for any other, or what
    the function gives `SystemExit`. patience: seconds after which the process is ended by SIGALRM.
    """

    def __init__(self, function: Callable[[], object], *, patience: float = 60) -> None:
        self._err = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `wait`
        self._began = time.perf_counter()
        self.pid = os.fork()
        if not self.pid:
            self._run(function, patience)

    def _run(self, function: Callable[[], object], patience: float) -> None:
        code = FAILED
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, patience)
            function()
            code = DONE
        except SystemExit as exc:
            code = exc.code if isinstance(exc.code, int) else FAILED
        except (OSError, searchidx.SearchIdxError):
            code = REFUSED
            self._err.write(traceback.format_exc().encode())
        except BaseException:
            self._err.write(traceback.format_exc().encode())
        finally:
            self._err.flush()
            os._exit(code)

    def kill(self) -> None:
        """End it with SIGKILL, if it has not ended."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> Ended:
        """Wait for its end."""
        _, status = os.waitpid(self.pid, 0)
        seconds = time.perf_counter() - self._began
        with self._err:
            self._err.seek(0)
            err = self._err.read().decode("utf-8", "replace")
        return Ended(os.waitstatus_to_exitcode(status), err, seconds)


def forked(function: Callable[[], object], *, patience: float = 60) -> Ended:
    """The function in a `Child`, to its end."""
    return Child(function, patience=patience).wait()
