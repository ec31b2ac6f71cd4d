"""The public names: listed honestly, documented, and cheap to import."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import searchidx

ROOT = Path(__file__).parents[1]
HEAVY = ("numpy", "rich", "whoosh", "click", "Stemmer", "zstandard", "hypothesis")


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_all_is_sorted_and_without_doubles() -> None:
    assert searchidx.__all__ == sorted(set(searchidx.__all__))


def test_every_name_of_all_is_there_and_documented() -> None:
    for name in searchidx.__all__:
        value = getattr(searchidx, name)
        assert inspect.isclass(value) or inspect.isfunction(value), name
        assert value.__name__ == name
        assert value.__doc__, name


# The names a type checker sees, those loaded lazily and those listed must be the same ones.
def test_type_checkers_see_the_names_that_are_loaded_lazily() -> None:
    tree = ast.parse(Path(searchidx.__file__).read_text(encoding="utf-8"))
    checked = {
        alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert checked == {name: f"searchidx.{home}" for name, home in searchidx._HOMES.items()}
    assert set(searchidx.__all__) == {*checked, "SearchIdxError", "open"}


def test_dir_shows_what_is_public() -> None:
    assert dir(searchidx) == searchidx.__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'searchidx' has no attribute 'serach'"):
        searchidx.serach  # noqa: B018


def test_public_classes_print_well() -> None:
    assert repr(searchidx.Link("https://example.org", "code")) == (
        "Link(url='https://example.org', kind='code', origin='abstract', span=None)"
    )


def test_importing_searchidx_loads_nothing_heavy() -> None:
    code = "import sys, searchidx; print(*sorted(m for m in sys.modules if m.partition('.')[0] == 'searchidx'))"
    assert python(code) == "searchidx searchidx.errors"
    code = f"import sys, searchidx; print([m for m in {HEAVY} if m in sys.modules])"
    assert python(code) == "[]"


# Every Tab press and every --help pays for what the command line imports.
def test_help_needs_neither_numpy_nor_whoosh_nor_rich() -> None:
    code = (
        "import sys\nfrom searchidx.cli import main\n"
        "try:\n    main(['search', '--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('numpy', 'whoosh', 'rich') if m in sys.modules])"
    )
    assert python(code).splitlines()[-1] == "[]"


# Loading the machinery must not put a module in the place of a function of the same name.
def test_public_functions_stay_functions_after_everything_is_imported() -> None:
    code = (
        "import searchidx, searchidx.indexing, searchidx.index, searchidx.cli\n"
        "print(all(callable(getattr(searchidx, name)) for name in searchidx.__all__))"
    )
    assert python(code) == "True"


def test_the_version_is_one_line_of_numbers() -> None:
    assert [part.isdigit() for part in searchidx.__version__.split(".")] == [True] * 3
