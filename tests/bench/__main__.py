"""`python -m tests.bench run --papers FILE`: build every engine on the same papers, then time the same queries.

`python -m tests.bench known --papers FILE --queries TSV` says how early the one right paper of each query comes.
`python -m tests.bench generate --papers N --from FILE --out FILE` makes a corpus of any size from a real one.
`python -m tests.bench serve --index DIR` puts load on a server; see `tests.bench.serve`.
`python -m tests.bench relevance` says how well engines rank; see `tests.bench.relevance.command`.

The queries of a run are author keywords of two to five words (field `keywords` of the papers), `--queries` of them
drawn with a fixed seed. Each kind of query runs over all of them in `--rounds` rounds, engines taking turns, so that a
machine that slows down slows all; figures are medians of the rounds. Beside each time stands how much of the first
engine's answers the engine gives too (stems and formulas differ; a fast wrong answer would show). `--out` gets raw
numbers, versions and machine as JSON, and the table beside it as Markdown.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson

from searchidx.paper import Paper
from searchidx.sources import read
from tests.bench.engines import ENGINES
from tests.bench.generate import generate
from tests.bench.relevance import command as relevance
from tests.bench.report import report
from tests.bench.run import Plan, compare, head, machine, prepare
from tests.bench.serve import measure, shown

SEED = 20_261_122
#: Engines that take hours where others take seconds: they are compared over the first papers only.
SLOW = ("whoosh",)


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


def run(options: argparse.Namespace) -> int:
    """Compare engines; print the table and keep what `--out` asks for."""
    names = options.engines.split(",")
    plan = Plan(options.rounds, options.seconds)
    home = Path(tempfile.mkdtemp(prefix="searchidx-bench-", dir=options.work))
    try:
        n_papers, phrases = prepare(options.papers, home / "papers.jsonl", options.limit)
        queries = random.Random(SEED).sample(phrases, min(options.queries, len(phrases)))
        if not queries:
            print(f"no paper of {options.papers} has keywords to ask for", file=sys.stderr)
            return 2
        result: dict[str, Any] = {
            "machine": machine(),
            "queries_drawn": len(queries),
            "rounds": plan.rounds,
            "seed": SEED,
            "all": None,
        }
        fast = [name for name in names if name not in SLOW]
        if fast:
            result["all"] = compare(fast, home / "papers.jsonl", n_papers, queries, _sub(home, "all"), plan)
        if slow := [name for name in names if name in SLOW]:
            few = head(home / "papers.jsonl", home / "few.jsonl", options.whoosh_papers)
            with_first = list(dict.fromkeys([*(name for name in fast if name in ("searchidx", "tantivy")), *slow]))
            result["few"] = compare(with_first, home / "few.jsonl", few, queries, _sub(home, "few"), plan)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    text = report(result)
    print(text)
    if options.out:
        options.out.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
        options.out.with_suffix(".md").write_text(text, encoding="utf-8")
    return 0


def serve(options: argparse.Namespace) -> int:
    """Put load on a server; print the figures and keep what `--out` asks for. 1 when a request failed."""
    figures = measure(
        options.index,
        n_requests=options.requests,
        n_connections=options.connections,
        workers=options.workers,
        cache_mb=options.cache_mb,
        with_publish=options.publish,
        work=options.work,
    )
    print(shown(figures))
    if options.out:
        options.out.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
    return 1 if figures["errors"] else 0


def _sub(home: Path, name: str) -> Path:
    (home / name).mkdir()
    return home / name


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Compare engines on the same papers.")
    commands = parser.add_subparsers(dest="command", required=True)
    timed = commands.add_parser("run", help="build and latencies of several engines")
    timed.add_argument("--papers", required=True, help="a list of papers, some of them with keywords")
    timed.add_argument("--engines", default=",".join(ENGINES), help="some of these, the first to compare answers with")
    timed.add_argument("--queries", type=int, default=1000)
    timed.add_argument("--limit", type=int, help="take only the first papers")
    timed.add_argument("--whoosh-papers", type=int, default=5000, help="Whoosh gets only so many")
    timed.add_argument("--rounds", type=int, default=3)
    timed.add_argument("--seconds", type=float, default=10, help="an engine's share of one round of one kind of query")
    timed.add_argument("--work", type=Path, help="where indexes are made; the system's temporary directory by default")
    timed.add_argument("--out", type=Path, help="raw numbers as JSON; the table goes beside it as .md")
    known = commands.add_parser("known", help="known-item search: MRR@10 and R@10")
    known.add_argument("--papers", required=True, help="a list of papers")
    known.add_argument("--queries", type=Path, required=True, help="TSV with a header: paper id, query")
    made = commands.add_parser("generate", help="a corpus of any size, from sentences of a real one")
    made.add_argument("--papers", type=int, required=True, help="how many to make")
    made.add_argument("--from", dest="real", required=True, help="a list of real papers")
    made.add_argument("--out", type=Path, required=True, help="JSONL; .zst is compressed")
    made.add_argument("--first", type=int, default=1, help="number of the first paper: goes on where a file ended")
    made.add_argument("--seed", type=int, default=1)
    served = commands.add_parser("serve", help="load on a server over loopback")
    served.add_argument("--index", type=Path, required=True, help="an index of papers, some of them with keywords")
    served.add_argument("--requests", type=int, default=20_000)
    served.add_argument("--connections", type=int, default=8, help="requests under way at once")
    served.add_argument("--workers", type=int, default=2, help="processes of the server")
    served.add_argument("--cache-mb", type=int, default=64, help="answers each process keeps; 0: none")
    served.add_argument("--publish", action="store_true", help="add papers to the index in the middle")
    served.add_argument("--work", type=Path, help="where the index is copied to")
    served.add_argument("--out", type=Path, help="raw numbers as JSON")
    relevance.add_arguments(commands.add_parser("relevance", help="how well engines rank, over test collections"))
    options = parser.parse_args(arguments)
    if options.command == "relevance":
        return relevance.run(options)
    if options.command == "serve":
        return serve(options)
    if options.command == "known":
        return known_item(options.papers, options.queries)
    if options.command == "generate":
        real = (paper for paper in read([options.real]) if isinstance(paper, Paper))
        speed = generate(real, options.out, options.papers, first=options.first, seed=options.seed)
        print(f"{options.papers:,} papers in {options.out}, {speed:,.0f} papers/s")
        return 0
    if unknown := set(options.engines.split(",")) - set(ENGINES):
        parser.error(f"unknown engine {', '.join(sorted(unknown))}; known are {', '.join(ENGINES)}")
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
