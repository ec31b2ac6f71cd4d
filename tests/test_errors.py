"""The tree of errors is as drawn, and each class knows its exit code and HTTP status."""

from __future__ import annotations

import inspect
import re

import pytest

from searchidx import errors

CLASSES = [value for value in vars(errors).values() if inspect.isclass(value) and value.__module__ == errors.__name__]


def drawn() -> dict[str, str]:
    """class -> base as the picture in the module's docstring shows them, by indentation."""
    stack: list[tuple[int, str]] = []
    bases = {}
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"([ |]*)(?:\+- )?([A-Z]\w+)(?:  .*)?$", line)
        if not match or not line.startswith(" "):
            continue
        depth, name = len(match.group(1)), match.group(2)
        while stack and stack[-1][0] >= depth:
            stack.pop()
        bases[name] = stack[-1][1] if stack else "Exception"
        stack.append((depth, name))
    return bases


def test_the_tree_is_as_drawn() -> None:
    assert drawn() == {cls.__name__: cls.__base__.__name__ for cls in CLASSES if cls.__base__}


def test_all_lists_every_class_in_order() -> None:
    assert errors.__all__ == sorted(cls.__name__ for cls in CLASSES)


@pytest.mark.parametrize(
    ("cls", "exit_code", "status"),
    [
        (errors.SearchIdxError, 2, 500),
        (errors.UsageError, 2, 400),
        (errors.QueryError, 2, 400),
        (errors.InputError, 2, 400),
        (errors.RecordError, 2, 400),
        (errors.IndexFailure, 2, 503),
        (errors.IndexMissing, 2, 503),
        (errors.IndexDamaged, 2, 503),
        (errors.IndexLocked, 2, 503),
        (errors.PaperMissing, 1, 404),
    ],
)
def test_exit_codes_and_statuses(cls: type[errors.SearchIdxError], exit_code: int, status: int) -> None:
    assert (cls.exit_code, cls.status) == (exit_code, status)


def test_no_class_is_without_a_known_exit_code() -> None:
    assert {cls.exit_code for cls in CLASSES} <= {1, 2}


def test_a_query_error_points_at_its_column() -> None:
    error = errors.QueryError("the quote is never closed", 7)
    assert str(error) == "column 7: the quote is never closed"
    assert error.column == 7
    assert str(errors.QueryError("empty")) == "empty"


def test_a_record_error_is_told_with_its_place() -> None:
    error = errors.RecordError("list.jsonl:3", "no 'title'")
    assert str(error) == "list.jsonl:3: no 'title'"
    assert (error.place, error.message) == ("list.jsonl:3", "no 'title'")
