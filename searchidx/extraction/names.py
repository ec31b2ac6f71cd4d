"""Normal forms of dataset and metric names: the one spelling under which all writings are counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from searchidx.extraction.remembered import remembered

#: What is longer is no name; only its beginning is looked at.
_LONGEST_NAME = 200
_NOT_KEY = re.compile(r"[^a-z0-9+]+")
_GENERIC_LAST = re.compile(
    r"[\s_-]+(?:data ?-?sets?|benchmarks?|corpus|corpora|databases?|challenges?|test ?sets?|val|"
    r"validation|dev|train|suite|leaderboard)\Z",
    re.IGNORECASE,
)


@remembered
def dataset_key(name: str) -> str:
    """What two writings of one dataset share: `CIFAR-10`, `CIFAR10` and `cifar 10` are `cifar10`."""
    lowered = name.lower().replace("-", "")
    # most names are of letters, digits and hyphens, and soon done with
    return lowered if lowered.isalnum() and lowered.isascii() else _NOT_KEY.sub("", lowered)


#: What ASCII text in small letters holds besides keys.
_BETWEEN_KEYS = bytes(code for code in range(128) if chr(code) not in "abcdefghijklmnopqrstuvwxyz0123456789+")


def key_of_text(text: str) -> str:
    """What `dataset_key` would make of a longer text, sooner: the keys of all names in it are parts of it."""
    return text.lower().encode("ascii", "ignore").translate(None, _BETWEEN_KEYS).decode()


def _rows(name: str) -> Iterator[list[str]]:
    """The tab-separated rows of a shipped file, without comments."""
    from importlib import resources  # costs more than the rest of this module: only when a file is read

    text = resources.files("searchidx.extraction").joinpath("data", name).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))


@lru_cache(maxsize=1)
def _canonical_datasets() -> dict[str, str]:
    table: dict[str, str] = {}
    for surface, canonical, _ in _rows("datasets.tsv"):
        table.setdefault(dataset_key(surface), canonical)
    return table


def canonical_dataset(name: str) -> str:
    """The one spelling of a dataset name; an unlisted name only loses a generic last word and odd blanks."""
    plain = " ".join(name[:_LONGEST_NAME].split())
    table = _canonical_datasets()
    found = table.get(dataset_key(plain))
    if found is None:
        plain = _GENERIC_LAST.sub("", plain) or plain
        found = table.get(dataset_key(plain))
    return found if found is not None else plain


_METRIC_KEY = re.compile(r"[^a-z0-9@+&^/]+")


def _metric_key(name: str) -> str:
    return _METRIC_KEY.sub("", name.lower())


@lru_cache(maxsize=1)
def _metric_table() -> dict[str, tuple[str, str | None]]:
    table: dict[str, tuple[str, str | None]] = {}
    for canonical, direction, writings in _rows("metrics.tsv"):
        for writing in (canonical, *writings.split("|")):
            if writing:
                table.setdefault(_metric_key(writing), (canonical, direction or None))
    return table


_QUALIFIERS = re.compile(
    r"\A(?:absolute|relative|average|averaged|mean|overall|final|test|validation|val|zero-shot|few-shot|"
    r"one-shot|\d+-shot|best|state-of-the-art|"
    r"average|top|median|end-to-end|downstream|linear|finetuned|fine-tuned|total|global|maximum|"
    r"max|absolute|per-class|standard|human|official)[\s-]+",
    re.IGNORECASE,
)
_TAILS = re.compile(
    r"[\s-]+(?:scores?|points?|values?|metrics?|rates?|on average|improvements?|gains?|percentage)\Z",
    re.IGNORECASE,
)


@remembered
def _lookup_metric(name: str) -> tuple[str, str | None]:
    table = _metric_table()
    plain = " ".join(name.split())
    for candidate in _spellings(plain.lower()):
        found = table.get(_metric_key(candidate))
        if found is not None:
            return found
    plain = " ".join(word if _is_short_form(word) else word.lower() for word in plain.split())
    return _PLURAL.sub(
        lambda match: "accuracy" if match[0] == "accuracies" else match[0][:-1], plain
    ), _guess_direction(plain.lower())


_PLURAL = re.compile(r"\b(?:accuracies|errors|rates|scores|times|costs|coefficients|correlations|distances)\Z")


def _is_short_form(word: str) -> bool:
    """Whether capitals belong to a word: `hIoU`, `SARI`, but not `Tracking`."""
    return any(char.isupper() for char in word[1:])


def _spellings(plain: str) -> list[str]:
    """`plain`, then with qualifiers in front and generic words behind taken off one by one."""
    spellings = [plain]
    shorter = plain
    for _ in range(4):
        cut = _QUALIFIERS.sub("", shorter, count=1)
        if cut == shorter:
            break
        shorter = cut
        spellings.append(shorter)
    return spellings + [cut for cut in (_TAILS.sub("", text) for text in spellings) if cut not in spellings]


def _guess_direction(plain: str) -> Literal["higher", "lower"] | None:
    if re.search(
        r"\b(?:errors?|loss|perplexity|latency|distance|time|cost|memory|flops|parameters?|rmse|"
        r"mae|mse|distortion)\b",
        plain,
    ):
        return "lower"
    if re.search(
        r"\b(?:accuracy|accuracies|precision|recall|correlation|success|f1|iou|auc|similarity|"
        r"speed|throughput)\b",
        plain,
    ):
        return "higher"
    return None


def canonical_metric(name: str) -> str:
    """The one spelling of a metric name, as the field writes it: `Top-1 Acc.` is `accuracy`, `F-score` is `F1`.

    Unknown names lose the case of plain words and the plural of the last: `Tracking Errors` is `tracking error`.
    """
    return _lookup_metric(name[:_LONGEST_NAME])[0]


def metric_direction(canonical: str) -> Literal["higher", "lower"] | None:
    """Whether more or less of a metric is better; None when nobody can say."""
    direction = _lookup_metric(canonical[:_LONGEST_NAME])[1]
    return "higher" if direction == "higher" else "lower" if direction == "lower" else None
