"""The figures of a run as Markdown tables, beside each how it compares with `BASE`."""

from __future__ import annotations

from typing import Any

#: What the others are compared with; where it was left out, the first engine.
BASE = "tantivy"


def report(result: dict[str, Any]) -> str:
    """The tables of all papers, then those of the few that slow engines were built on."""
    machine = result["machine"]
    parts = [
        f"{machine['processor']}, {machine['cores']} cores, {_bytes(machine['memory_bytes'])} memory, "
        f"Python {machine['python']}; {result['queries_drawn']:,} queries, medians of {result['rounds']} rounds.",
    ]
    for compared in (result["all"], result.get("few")):
        if compared and compared["engines"]:
            parts += [f"## {compared['papers']:,} papers", builds(compared), latencies(compared)]
    return "\n\n".join(parts) + "\n"


def builds(compared: dict[str, Any]) -> str:
    """Building, size, batches and first answers of every engine."""
    engines = compared["engines"]
    base = engines[_base(engines)]
    against = f"x {_base(engines)}"
    lines = [
        f"| engine | build, papers/s | {against} | peak memory | index | batch, queries/s | {against} "
        "| first answer, ms | from disk, ms |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in engines.items():
        speed = _times(row["papers_per_s"], base["papers_per_s"])
        batch = _times(row["batch_per_s"], base["batch_per_s"])
        lines.append(
            f"| {name} {row['version']} | {row['papers_per_s']:,} | {speed} | {_bytes(row['build_peak_bytes'])} "
            f"| {_bytes(row['index_bytes'])} | {row['batch_per_s']:,} | {batch} "
            f"| {row['first_ms']:.0f} | {row['first_disk_ms']:.0f} |"
        )
        if "command_ms" in row:
            lines.append(
                f"| {name}, command line | | | | | | | {row['command_ms']:.0f} | {row['command_disk_ms']:.0f} |"
            )
    return "\n".join(lines)


def latencies(compared: dict[str, Any]) -> str:
    """Every kind of query, with how many times as fast as `BASE` each engine is at the median and at p99."""
    lines = [
        f"| queries | engine | p50, ms | p95 | p99 | p50 x {_base(compared['engines'])} | p99 x | same answers |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind, rows in compared["queries"].items():
        timed = {name: row for name, row in rows.items() if "p50_us" in row}
        base = timed.get(_base(timed)) if timed else None
        for name, row in timed.items():
            p50, p95, p99 = (f"{row[f'p{p}_us'] / 1000:.3f}" for p in (50, 95, 99))
            ratios = [_times(base[key], row[key]) if base else "" for key in ("p50_us", "p99_us")]
            lines.append(f"| {kind} | {name} | {p50} | {p95} | {p99} | {ratios[0]} | {ratios[1]} | {row['same']:.2f} |")
        lines += [f"| {kind} | {name} | | | | | | {rows[name]['same']:.2f} |" for name in rows if name not in timed]
    return "\n".join(lines)


def _base(rows: dict[str, Any]) -> str:
    return BASE if BASE in rows else next(iter(rows))


def _times(more: float, less: float) -> str:
    """How many times `less` goes into `more`."""
    ratio = more / less
    return f"{ratio:.2f}" if ratio < 1 else f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}"


def _bytes(n: int | None) -> str:
    if n is None:
        return ""
    return f"{n / 1e9:.1f} GB" if n >= 1e9 else f"{n / 1e6:.0f} MB"
