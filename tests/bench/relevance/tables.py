"""The figures of one collection as a Markdown table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SIGNIFICANT = 0.05


def table(name: str, measured: Mapping[str, Any]) -> str:
    """Engines by row. A p-value below `SIGNIFICANT` has a star; differences and p are of the first measure."""
    engines: dict[str, dict[str, Any]] = measured["engines"]
    lines = [f"## {name}: {measured['queries']:,} queries, {measured['documents']:,} documents", ""]
    if not engines:
        return "\n".join([*lines, "no engine was measured", ""])
    labels = list(next(iter(engines.values()))["means"])
    head = ["engine", *labels, "searchidx ahead by", "p", "p, Holm", "refused", "nothing found"]
    lines += [_row(head), _row(["---"] * len(head))]
    for engine, row in engines.items():
        compared = ["", "", ""]
        if "p" in row:
            ahead = engines["searchidx"]["means"][labels[0]] - row["means"][labels[0]]
            compared = [f"{ahead:+.3f}", _p(row["p"]), _p(row["p_holm"])]
        figures = [f"{row['means'][label]:.3f}" for label in labels]
        lines.append(_row([engine, *figures, *compared, str(len(row["refused"])), str(row["empty"])]))
    refused = {query: why for row in engines.values() for query, why in row["refused"].items()}
    lines += ["", *(f"refused, query {query}: {why}" for query, why in refused.items())] if refused else []
    return "\n".join([*lines, ""])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _p(value: float) -> str:
    shown = "< 0.001" if value < 0.001 else f"{value:.3f}"
    return f"{shown} *" if value < SIGNIFICANT else shown
