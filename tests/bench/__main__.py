"""`python -m tests.bench run --papers FILE`: build every engine on the same papers, then time the same queries.

`python -m tests.bench known --papers FILE --queries TSV` says how early the one right paper of each query comes.

The queries are author keywords of two to five words (field `keywords` of the papers), `--queries` of them drawn with a
fixed seed. Each kind of query runs over all of them three times; latencies are of the last two rounds, in one thread.
Engines take turns round by round, so a machine that slows down slows all, and each runs with its own data in the
caches, as it would alone. Beside each time stands how many of the first engine's top ten are in the engine's (stems
and formulas differ; a fast wrong answer would show). Raw numbers, versions and machine go to `--out` as JSON.
"""

from __future__ import annotations

import argparse
import platform
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson

from searchidx.paper import Paper
from searchidx.sources import read
from tests.bench.engines import ENGINES, Doc, Engine

SEED = 20_261_122
KINDS = ("union", "intersection", "phrase", "filtered", "faceted")
ROUNDS = 3


def load(path: str, limit: int | None) -> tuple[list[Doc], list[list[str]]]:
    """(papers, keyword phrases as words) of a list."""
    docs: list[Doc] = []
    phrases: set[str] = set()
    for paper in read([path]):
        if not isinstance(paper, Paper):
            continue
        docs.append(
            Doc(paper.id, paper.title, paper.abstract, paper.year or 0, paper.venue or "none", bool(paper.code_urls))
        )
        phrases.update(" ".join(re.findall(r"[^\W_]+", keyword.lower())) for keyword in paper.keywords)
        if limit and len(docs) == limit:
            break
    return docs, [phrase.split() for phrase in sorted(phrases) if 2 <= len(phrase.split()) <= 5]


def build(name: str, docs: list[Doc], home: Path) -> tuple[Engine, dict[str, Any]]:
    """The engine, open, and what building it took."""
    engine = ENGINES[name]()
    directory = home / name / "index"
    directory.parent.mkdir()
    started = time.perf_counter()
    engine.build(docs, directory)
    seconds = time.perf_counter() - started
    size = sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
    engine.open(directory)
    return engine, {
        "version": engine.version(),
        "build_s": round(seconds, 2),
        "papers_per_s": round(len(docs) / seconds),
        "index_bytes": size,
    }


def time_queries(engines: dict[str, Engine], queries: list[list[str]], kind: str) -> dict[str, dict[str, float]]:
    """Latencies in microseconds, and agreement with the first engine, of every engine that knows this kind."""
    able = {name: engine for name, engine in engines.items() if kind in engine.kinds}
    times: dict[str, list[float]] = {name: [] for name in able}
    shared: dict[str, list[float]] = {name: [] for name in able}
    answers: dict[str, list[list[str]]] = {}
    for round_ in range(ROUNDS):
        for name, engine in able.items():
            found = []
            for words in queries:
                started = time.perf_counter()
                found.append(engine.search(kind, words, 10))
                if round_:
                    times[name].append((time.perf_counter() - started) * 1e6)
            answers[name] = found
    first = next(iter(answers.values()))
    for name, found in answers.items():
        shared[name] = [len(set(a) & set(b)) / len(b) for a, b in zip(found, first, strict=True) if b]
    return {
        name: {
            "p50_us": round(statistics.median(values), 1),
            "p95_us": round(_percentile(values, 0.95), 1),
            "p99_us": round(_percentile(values, 0.99), 1),
            "same_top10": round(statistics.fmean(shared[name]), 3) if shared[name] else 0.0,
        }
        for name, values in times.items()
    }


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def table(result: dict[str, Any]) -> str:
    """The result as Markdown, ratios against searchidx beside the times."""
    lines = ["| engine | build, papers/s | index, MB |", "|---|---|---|"]
    for name, built in result["builds"].items():
        lines.append(f"| {name} {built['version']} | {built['papers_per_s']:,} | {built['index_bytes'] / 1e6:.0f} |")
    lines += [
        "",
        "| queries | engine | p50 | p99 | p50 against searchidx | same top ten |",
        "|---|---|---|---|---|---|",
    ]
    for kind, engines in result["queries"].items():
        first = next(iter(engines.values()))
        for name, row in engines.items():
            ratio = row["p50_us"] / first["p50_us"]
            lines.append(
                f"| {kind} | {name} | {row['p50_us'] / 1000:.3f} ms | {row['p99_us'] / 1000:.3f} ms "
                f"| {ratio:.1f}x | {row['same_top10']:.2f} |"
            )
    return "\n".join(lines)


def known_item(papers: str, queries: Path) -> int:
    """Print how early the one right paper of each query comes; a query that is refused finds nothing."""
    import searchidx
    from searchidx.errors import QueryError

    lines = queries.read_text(encoding="utf-8").splitlines()[1:]
    ranks = []
    with tempfile.TemporaryDirectory(prefix="searchidx-bench-") as home:
        searchidx.build([papers], home)
        index = searchidx.open(home)
        for line in lines:
            wanted, text = line.split("\t")
            try:
                found = [hit.id for hit in index.search(text, limit=10).hits]
            except QueryError as exc:
                print(f"refused: {exc}: {text[:60]}", file=sys.stderr)
                found = []
            ranks.append(found.index(wanted) + 1 if wanted in found else 0)
    mrr = sum(1 / rank for rank in ranks if rank) / len(ranks)
    print(f"{len(ranks)} queries, MRR@10 {mrr:.3f}, R@10 {sum(map(bool, ranks)) / len(ranks):.3f}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Compare engines on the same papers.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="latencies of several engines")
    run.add_argument("--papers", required=True, help="a list of papers, some of them with keywords")
    run.add_argument("--engines", default="searchidx,tantivy,bm25s,fts5", help=f"of {', '.join(ENGINES)}")
    run.add_argument("--queries", type=int, default=1000)
    run.add_argument("--limit", type=int, help="take only the first papers")
    run.add_argument("--out", type=Path, help="raw numbers as JSON")
    known = commands.add_parser("known", help="known-item search: MRR@10 and R@10")
    known.add_argument("--papers", required=True, help="a list of papers")
    known.add_argument("--queries", type=Path, required=True, help="TSV with a header: paper id, query")
    options = parser.parse_args(arguments)
    if options.command == "known":
        return known_item(options.papers, options.queries)
    docs, phrases = load(options.papers, options.limit)
    queries = random.Random(SEED).sample(phrases, min(options.queries, len(phrases)))
    home = Path(tempfile.mkdtemp(prefix="searchidx-bench-"))
    try:
        engines, builds = {}, {}
        for name in options.engines.split(","):
            print(f"building {name}", file=sys.stderr)
            engines[name], builds[name] = build(name, docs, home)
        timed = {kind: time_queries(engines, queries, kind) for kind in KINDS}
    finally:
        shutil.rmtree(home, ignore_errors=True)
    result = {
        "papers": len(docs),
        "queries_drawn": len(queries),
        "machine": f"{platform.platform()}, Python {platform.python_version()}",
        "builds": builds,
        "queries": timed,
    }
    print(f"{len(docs):,} papers, {len(queries):,} queries\n\n{table(result)}")
    if options.out:
        options.out.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
