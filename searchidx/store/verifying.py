"""Is an index what it was when it was published? Reads every byte of every generation.

`searchidx verify` is for people with a doubt: a search checks what it needs where it needs it, this checks all. A file
is as it was written when its SHA-256 is the manifest's, the manifest when it is what its checksum says, CURRENT when
its second line fits its first; then the live generation is asked for some of its papers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from searchidx.errors import IndexDamaged, IndexFailure
from searchidx.store import files, generations
from searchidx.store.generations import Generation


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. generation: whose, None for the index itself."""

    generation: str | None
    file: str
    problem: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at and what is wrong. Sound when there is no fault."""

    index: str
    live: str | None
    generations: tuple[str, ...]
    files: int
    bytes: int
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        return not self.faults


def verify(index: str | Path, progress: Callable[[str, int, int | None], None] | None = None) -> Verification:
    """Check every file of an index. progress: called with (stage, files checked, files in all).

    Raises IndexMissing when there is none; damage is in the result, not raised.
    """
    path = Path(index)
    faults: list[Fault] = []
    live = None
    try:
        live = generations.live_name(path)
    except IndexDamaged as exc:
        faults.append(Fault(None, "CURRENT", exc.problem))
    # what is numbered above the live one was never published: a killed writer's, which the next one sweeps away
    names = [name for name in generations.names(path) if live is None or int(name) <= int(live)]
    if live is not None and live not in names:
        faults.append(Fault(live, f"generations/{live}", "CURRENT names it and it is not there"))
    checks = _Checks(progress)
    for name in names:
        directory = path / "generations" / name
        found = list(checks.generation(directory, is_live=name == live))
        if directory.exists():  # else a writer has removed it meanwhile
            faults += found
    return Verification(str(path), live, tuple(names), checks.n_files, checks.n_bytes, tuple(faults))


def faults_of(directory: Path) -> list[Fault]:
    """What is wrong with one generation."""
    return list(_Checks(None).generation(directory, is_live=True))


class _Checks:
    """Generations being checked. A file that several generations share is read once."""

    def __init__(self, progress: Callable[[str, int, int | None], None] | None) -> None:
        self._notify = progress or (lambda stage, done, total: None)
        self._sums: dict[tuple[int, int], str] = {}
        self.n_files = 0
        self.n_bytes = 0

    def generation(self, directory: Path, *, is_live: bool) -> Iterator[Fault]:
        """What is wrong with one generation."""
        try:
            generation = generations.read_generation(directory)
        except IndexDamaged as exc:
            yield Fault(directory.name, Path(str(exc.file)).name, exc.problem)
            return
        self.n_files += 2
        sound = True
        for name, described in generation.manifest["files"].items():
            if problem := self._file(directory / name, described["size"], described["sha256"]):
                sound = False
                yield Fault(directory.name, name, problem)
        if sound:
            yield from _answers(generation, is_live=is_live)

    def _file(self, path: Path, size: int, sha256: str) -> str | None:
        """What is wrong with a file, None when nothing is."""
        self._notify("verifying", self.n_files, None)
        self.n_files += 1
        try:
            found = path.stat()
            if not S_ISREG(found.st_mode):
                return "is not a regular file"
            if found.st_size != size:
                return f"has {found.st_size} bytes instead of {size}"
            known = self._sums.get((found.st_dev, found.st_ino))
            if known is None:
                known = self._sums[found.st_dev, found.st_ino] = files.sha256(path)
                self.n_bytes += found.st_size
        except OSError as exc:
            return f"cannot be read ({exc.strerror or exc})"
        return None if known == sha256 else "is not what was written: its SHA-256 differs"


def _answers(generation: Generation, *, is_live: bool) -> Iterator[Fault]:
    """Open a generation whose files are as written; of the live one, ask for some papers too."""
    try:
        generation.snapshot()
        if is_live:
            generations.check_segments(generation.opened())
    except IndexDamaged as exc:
        yield Fault(generation.name, Path(str(exc.file)).name, exc.problem)
    except IndexFailure as exc:
        yield Fault(generation.name, generations.MANIFEST, str(exc))
