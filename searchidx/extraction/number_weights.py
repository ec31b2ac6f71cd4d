"""Weights of features: what was learned from annotated papers, and how it is added up.

A feature is a short text (`l1=of`) that holds or does not. A score is the sum of the weights of the features that hold.
`data/number_weights.json` has one table of weights per decision; `make_number_weights` makes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

#: The weights that come with the package.
FILE = Path(__file__).parent / "data" / "number_weights.json"


class SeenNumber(NamedTuple):
    """A number that was weighed, as written. taken: whether the rules take it for a result."""

    value: str
    taken: bool
    features: list[str]


class SeenName(NamedTuple):
    """The names that a result might have. value: as written; ruled: place of the name that the rules give it; features:
    of each name."""

    value: str
    names: list[str]
    ruled: int
    features: list[list[str]]


@dataclass(slots=True)
class Weights:
    """Tables of weights. seen, named: when they are lists, all numbers and names that may be weighed are added to them;
    with `named` none is renamed."""

    numbers: dict[str, float] = field(default_factory=dict)
    names: dict[str, float] = field(default_factory=dict)
    seen: list[SeenNumber] | None = None
    named: list[SeenName] | None = None


def as_feature(token: str) -> str:
    """A word, number or sign of a text as features have it: small letters, one sign for all numbers."""
    return "#" if token[0].isdigit() else token.lower()


def total(features: Iterable[str], weights: dict[str, float]) -> float:
    """The sum of the weights of some features; those without a weight count nothing."""
    return sum([weights[feature] for feature in features if feature in weights])


@cache
def shipped() -> Weights:
    """The weights that come with the package."""
    tables = json.loads(FILE.read_text(encoding="utf-8"))
    return Weights(tables["numbers"], tables["names"])
