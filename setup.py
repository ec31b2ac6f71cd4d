"""Compiles extraction with mypyc where a C compiler is at hand. What the package is stands in setup.cfg.

A wheel, and so `pip install .`, holds each module of `searchidx.extraction` twice: as it was written, and compiled,
which Python prefers. Both give the same facts. An editable installation is not compiled, for there what was edited
has to be what runs. SEARCHIDX_PURE=1 compiles nothing; where compiling fails, the wheel is made without and says so.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CCompilerError, ExecError, PlatformError

#: Commands that put modules into a wheel or a folder; the others, such as an editable installation's, compile nothing.
COMPILING = frozenset({"bdist_wheel", "build_ext"})
EXTRACTION = Path("searchidx", "extraction")


class BuildAllOrNothing(build_ext):
    """Builds every extension or, where no compiler works, none: one without the others cannot be imported."""

    def run(self) -> None:
        try:
            super().run()
        except (CCompilerError, ExecError, PlatformError) as failure:
            say_not_compiled(failure)
            for built in self.get_outputs():
                Path(built).unlink(missing_ok=True)
            self.extensions = []


def say_not_compiled(failure: BaseException) -> None:
    print(f"warning: extraction is not compiled and will take half as long again: {failure}", file=sys.stderr)  # noqa: T201


def extensions() -> list[Extension]:
    """The modules of extraction as C, but those that are imported for a constant or run by hand."""
    if os.environ.get("SEARCHIDX_PURE") == "1" or COMPILING.isdisjoint(sys.argv):
        return []
    from mypyc.build import mypycify

    modules = [str(path) for path in sorted(EXTRACTION.glob("*.py")) if not path.name.startswith(("__init__", "make_"))]
    try:
        # what -O1 makes is as fast as with -O3 and takes half the time to make: most of it calls what Python has in C
        return mypycify(
            ["--ignore-missing-imports", *modules],
            opt_level="1",
            debug_level="0",
            multi_file=True,
            group_name="searchidx_extraction",
        )
    except (SystemExit, AssertionError) as failure:  # how it says that a module has a type or a form it does not take
        say_not_compiled(failure)
        return []


setup(ext_modules=extensions(), cmdclass={"build_ext": BuildAllOrNothing})
