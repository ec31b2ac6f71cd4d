"""Imports go one way: from the edges down to the plain data, never back."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parents[1] / "searchidx"

#: From lowest to highest. A module imports from layers before its own (and a sub-package from itself).
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "paper", "families"),
    ("analysis", "questions"),
    ("acronyms",),
    ("wanted",),
    ("fields",),
    ("identity",),
    ("sources", "extraction", "ranking", "folding"),
    ("store",),
    ("record",),
    ("cache", "rows", "entries"),
    ("preparing",),
    ("workers",),
    ("filters", "snippets"),
    ("query",),
    ("scoring", "partner"),
    ("compiled",),
    ("meanings",),
    ("vocabulary",),
    ("matching",),
    ("glossary",),
    ("planning", "counting", "browsing", "spelling", "completing"),
    ("results",),
    ("explaining",),
    ("spool",),
    ("index", "indexing"),
    ("updating", "care", "live"),
    ("render", "config"),
    ("web",),
    ("cli",),
    ("__main__",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}

#: Packages of others -> the only modules or sub-packages that may import them.
ONLY_IN = {
    "ahocorasick_rs": ("extraction.marks",),
    "click": ("cli",),
    "jinja2": ("web",),
    "numba": ("ranking.kernels",),
    "rapidfuzz": ("folding", "spelling", "vocabulary"),
    "rich": ("render",),
    "starlette": ("web",),
    "uvicorn": ("web",),
    "whoosh": ("store.whoosh_view",),
    "platformdirs": ("config",),
    "Stemmer": ("analysis",),
}


class Import(NamedTuple):
    """What one import statement names. lazy: inside a function; checking: only for type checkers."""

    target: str
    lazy: bool
    checking: bool


def modules() -> dict[str, Path]:
    """Dotted name inside the package -> file; the package itself is ''."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


@functools.cache  # every test reads many modules, some all of them
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def imports(path: Path) -> tuple[Import, ...]:
    return tuple(_imports(tree(path), lazy=False, checking=False))


def is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _imports(node: ast.AST, *, lazy: bool, checking: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, lazy, checking) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "relative import; write it out"
            for alias in child.names:
                whole = f"{child.module}.{alias.name}"
                is_module = whole.removeprefix("searchidx.") in MODULES and whole.startswith("searchidx.")
                yield Import(whole if is_module else child.module or "", lazy, checking)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            types = isinstance(child, ast.If) and is_named(child.test, "TYPE_CHECKING")
            yield from _imports(child, lazy=lazy or inside, checking=checking or types)


@functools.cache
def calls(path: Path) -> frozenset[str]:
    """What is called by a plain name."""
    called = (node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    return frozenset(function.id for function in called if isinstance(function, ast.Name))


def own(target: str) -> str | None:
    """The name inside our package that this import is of; '' for the package itself, None for others' packages."""
    return target.partition(".")[2] if target.partition(".")[0] == "searchidx" else None


def layer(module: str) -> str:
    return module.partition(".")[0]


def test_every_module_has_a_layer() -> None:
    homeless = sorted({layer(name) for name in MODULES if name} - RANK.keys())
    assert not homeless, f"give {homeless} a place in LAYERS"


@pytest.mark.parametrize("name", sorted(filter(None, MODULES)))
def test_imports_go_down_the_layers_only(name: str) -> None:
    wrong = []
    for target, _, checking in imports(MODULES[name]):
        module = own(target)
        if checking or not module or layer(module) == layer(name):
            continue
        if RANK[layer(module)] >= RANK[layer(name)]:
            wrong.append(module)
    assert not wrong, f"{name} imports {wrong} from its own layer or above"


# Not even for a type: a name of a higher layer in a lower one says that something stands in the wrong place.
@pytest.mark.parametrize(
    "name", sorted(name for name in MODULES if layer(name) in {"ranking", "extract", "extraction"})
)
def test_pure_parts_know_no_higher_layer_even_for_types(name: str) -> None:
    for target, _, _ in imports(MODULES[name]):
        module = own(target)
        assert module is None or layer(module) in {layer(name), "paper", "errors"}, target


# The package's own file loads names when they are first used; what it imports at once, everybody pays for.
def test_the_package_itself_imports_only_the_errors_at_once() -> None:
    at_once = {target for target, lazy, checking in imports(MODULES[""]) if not lazy and not checking}
    assert {target for target in at_once if own(target) is not None} == {"searchidx.errors"}


@pytest.mark.parametrize("package", ONLY_IN)
def test_a_package_of_others_is_imported_in_one_place(package: str) -> None:
    users = {
        next((home for home in ONLY_IN[package] if f"{name}.".startswith(f"{home}.")), name)
        for name, path in MODULES.items()
        for target, _, checking in imports(path)
        if not checking and target.partition(".")[0] == package
    }
    assert users == set(ONLY_IN[package])


def test_rich_is_imported_only_inside_functions() -> None:
    rich = [i for i in imports(MODULES["render"]) if i.target.partition(".")[0] == "rich" and not i.checking]
    assert rich
    assert all(import_.lazy for import_ in rich)


def test_ranking_knows_numbers_and_nothing_else() -> None:
    allowed = {
        "__future__",
        "math",
        "collections",
        "typing",
        "functools",
        "dataclasses",
        "numpy",
        "numba",
        "llvmlite",
        "searchidx",
    }
    for name in MODULES:
        if layer(name) == "ranking":
            for target, _, _ in imports(MODULES[name]):
                assert target.partition(".")[0] in allowed, f"{name}: {target}"
                assert own(target) is None or layer(own(target) or "") == "ranking", f"{name}: {target}"


def test_extraction_knows_neither_index_nor_numpy_nor_the_command_line() -> None:
    for name in MODULES:
        if layer(name) in {"extract", "extraction"} and ".make_" not in name:
            used = {target.partition(".")[0] for target, _, _ in imports(MODULES[name])}
            assert not used & {"numpy", "whoosh", "click", "rich", "orjson"}, name


def test_only_the_whoosh_view_knows_whoosh_and_is_loaded_when_asked_for() -> None:
    users = [
        (name, import_.lazy)
        for name, path in MODULES.items()
        for import_ in imports(path)
        if own(import_.target) == "store.whoosh_view" and not import_.checking
    ]
    assert users
    assert all(lazy for _, lazy in users)


# An index may come from a stranger; unpickling it would run his code.
def test_nothing_here_can_run_code_from_a_file() -> None:
    for name, path in MODULES.items():
        used = {target.partition(".")[0] for target, _, _ in imports(path)}
        assert not used & {"pickle", "marshal", "shelve", "dill", "joblib"}, name
        assert not calls(path) & {"eval", "exec"}, name


def test_the_library_never_prints() -> None:
    for name, path in MODULES.items():
        if layer(name) in {"cli", "render", "__main__"} or ".make_" in name:
            continue
        assert "print" not in calls(path), name
