"""What a user narrows a search by, from the command line, Python, REST and the query itself: one parser for all.

AND across kinds, OR inside one: `dataset=[KITTI, nuScenes], year=2020..` means either dataset, from 2020.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from searchidx.errors import UsageError
from searchidx.paper import CODE_STATES


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from low to high, both included."""

    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True, slots=True)
class MetricCondition:
    """A reported metric, with a comparison of its absolute values or without. unit: "" when none was asked for."""

    metric: str
    op: str = ""
    value: float = math.nan
    unit: str = ""


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on a paper; an empty tuple is no condition."""

    code: tuple[str, ...] = ()
    dataset: tuple[str, ...] = ()
    metric: tuple[MetricCondition, ...] = ()
    year: tuple[Range, ...] = ()
    venue: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    repo: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self is not NOTHING and self != NOTHING

    def also(self, other: Filters) -> Filters:
        """Both filters' conditions; values of one kind stand beside each other."""
        return Filters(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


NOTHING = Filters()
#: What is asked for most often, made once.
_BY_CODE = {
    has_code: Filters(code=tuple(state for state in CODE_STATES if (state == "linked") is has_code))
    for has_code in (True, False)
}
_NONE: tuple[()] = ()


def make(
    *,
    has_code: bool | None = None,
    code: str | Iterable[str] = _NONE,
    dataset: str | Iterable[str] = _NONE,
    metric: str | Iterable[str] = _NONE,
    year: str | int | Iterable[str | int] = _NONE,
    venue: str | Iterable[str] = _NONE,
    source: str | Iterable[str] = _NONE,
    author: str | Iterable[str] = _NONE,
    repo: str | Iterable[str] = _NONE,
) -> Filters:
    """Filters from what a user writes; each kind takes one value or several. Raises UsageError."""
    if has_code is not None:
        if not isinstance(has_code, bool):
            raise UsageError(f"has_code is {has_code!r}; give True, False or None")
        if code is dataset is metric is year is venue is source is author is repo is _NONE:
            return _BY_CODE[has_code]
    states = tuple(parse_code(value) for value in _several(code))
    filters = Filters(
        code=states,
        dataset=_texts("dataset", dataset),
        metric=tuple(parse_metric(value) for value in _several(metric)),
        year=tuple(parse_year(str(value)) for value in _several(year)),
        venue=_texts("venue", venue),
        source=_texts("source", source),
        author=_texts("author", author),
        repo=_texts("repo", repo),
    )
    if has_code is None:
        return filters
    narrowed = tuple(state for state in _BY_CODE[has_code].code if not states or state in states)
    if not narrowed:
        shown = "with" if has_code else "without"
        raise UsageError(f"no paper is {shown} code and {' or '.join(states)}; drop one of the two filters")
    return replace(filters, code=narrowed)


def _several(value: object) -> Iterable[object]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str | int | float) else value  # type: ignore[return-value]


def _texts(kind: str, value: object) -> tuple[str, ...]:
    texts = tuple(str(item).strip() for item in _several(value))
    if not all(texts):
        raise UsageError(f"empty {kind} filter; give it a value")
    return texts


def parse_code(value: object) -> str:
    """One of the code states."""
    state = str(value).strip().lower()
    if state not in CODE_STATES:
        raise UsageError(f"unknown code state {value!r}; known are {', '.join(CODE_STATES)}")
    return state


_YEAR_RANGE = re.compile(r"(\d{4})?\s*(?:\.\.|-|–|:)\s*(\d{4})?")


def parse_year(text: str) -> Range:
    """`2023`, `2020..2024`, `2020..`, `..2024`."""
    text = text.strip()
    if re.fullmatch(r"\d{4}", text):
        return Range(int(text), int(text))
    match = _YEAR_RANGE.fullmatch(text)
    if not match or not any(match.groups()):
        raise UsageError(f"no year or range of years: {text!r}; write 2023, 2020..2024, 2020.. or ..2024")
    low = int(match.group(1)) if match.group(1) else -math.inf
    high = int(match.group(2)) if match.group(2) else math.inf
    if low > high:
        raise UsageError(f"the range {text!r} ends before it begins; write {match.group(2)}..{match.group(1)}")
    return Range(low, high)


_CONDITION = re.compile(
    r"([^<>=≥≤]+?)\s*(>=|<=|=>|=<|==|≥|≤|>|<|=)\s*"
    r"([-+]?[\d.,]+(?:[eE][-+]?\d+)?)\s*([^\s\d<>=≥≤][^\s<>=≥≤]*)?"
)
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
_SPELLED_OPS = {"≥": ">=", "≤": "<=", "=>": ">=", "=<": "<=", "==": "="}


def parse_metric(text: object) -> MetricCondition:
    """`accuracy`, `accuracy>=80`, `abs rel <= 0.1`, `PSNR>30dB`."""
    text = str(text).strip()
    if text and not re.search(r"[<>=≥≤]", text):
        return MetricCondition(text)
    match = _CONDITION.fullmatch(text)
    if not match:
        raise UsageError(f"no metric condition: {text!r}; write it like 'accuracy>=80' or 'abs rel<0.1'")
    name, op, number, unit = match.groups()
    try:
        value = float(_THOUSANDS.sub("", number))
    except ValueError as exc:
        raise UsageError(f"no number in the metric condition {text!r}: {number!r}; write e.g. 80 or 0.1") from exc
    return MetricCondition(name.strip(), _SPELLED_OPS.get(op, op), value, unit or "")
