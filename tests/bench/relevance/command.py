"""`python -m tests.bench relevance`: how well searchidx ranks, beside other engines and beside itself with less.

For every collection each engine gets the same documents and queries, one setting for all collections. One table per
collection: figures, and how far searchidx is ahead of each engine with the p-value of that difference. `--out` gets
the figures of every query as JSON. Exit 1 when a figure of searchidx is more than `TOLERANCE` below the recorded one,
2 when there is no data.
"""

from __future__ import annotations

import argparse
import datetime
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

from tests.bench.relevance.engines import ABLATIONS, ENGINES, Engine, Refused, Searchidx
from tests.bench.relevance.figures import N_PERMUTATIONS, SEED, holm, mean, per_query, randomisation
from tests.bench.relevance.sets import DATA_VARIABLE, SETS, Collection, DataMissing, Doc, data_directory
from tests.bench.relevance.tables import table
from tests.bench.run import machine

BASELINE = Path(__file__).parents[1] / "relevance-baseline.json"
TOLERANCE = 0.005
DEFAULT_ENGINES = "searchidx,bm25s,tantivy,whoosh"
OURS = Searchidx.name

#: collection -> measure -> figure
Baseline = dict[str, dict[str, float]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, help=f"directory of the collections; else ${DATA_VARIABLE}")
    parser.add_argument("--sets", type=_names_of(SETS), default=",".join(SETS), help="some of these collections")
    parser.add_argument(
        "--engines", type=_names_of(ENGINES), default=DEFAULT_ENGINES, help=f"some of {', '.join(ENGINES)}"
    )
    parser.add_argument("--slow", action="store_true", help="engines that take hours over large collections, too")
    parser.add_argument("--keep", type=Path, help="keep indexes here, and use those that still fit")
    parser.add_argument("--out", type=Path, help="figures of every query, versions and machine as JSON")
    parser.add_argument("--write-baseline", action="store_true", help="record the figures of searchidx")


def _names_of(known: Mapping[str, Any]) -> Callable[[str], list[str]]:
    def names(text: str) -> list[str]:
        given = [name.strip() for name in text.split(",")]
        if unknown := [name for name in given if name not in known]:
            raise argparse.ArgumentTypeError(f"unknown {', '.join(unknown)}; known are {', '.join(known)}")
        return given

    return names


def run(options: argparse.Namespace) -> int:
    """Measure, print the tables and keep what was asked for; the exit code."""
    if find_spec("ir_measures") is None:
        print("ir_measures is not installed; pip install -e '.[bench]'", file=sys.stderr)
        return 2
    try:
        data = data_directory(options.data)
        engines = installed(options.engines)
        home = options.keep or Path(tempfile.mkdtemp(prefix="searchidx-relevance-"))
        try:
            sets = dict(_measured(data, options, engines, home))
        finally:
            if not options.keep:
                shutil.rmtree(home, ignore_errors=True)
    except DataMissing as exc:
        print(exc, file=sys.stderr)
        return 2
    if options.out:
        options.out.write_bytes(orjson.dumps(_about(engines) | {"sets": sets}, option=orjson.OPT_INDENT_2))
    return _checked(sets, options.write_baseline)


def _measured(
    data: Path, options: argparse.Namespace, engines: Mapping[str, Engine], home: Path
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every collection that is there, measured and its table printed. Raises DataMissing when there is none."""
    missing = []
    for name in options.sets:
        try:
            collection = SETS[name](data)
        except DataMissing as exc:
            missing.append(name)
            print(f"{name} is passed over: {exc}", file=sys.stderr)
            continue
        measured = measure(collection, engines, home / name, slow=options.slow)
        print(table(name, measured), flush=True)
        yield name, measured
    if len(missing) == len(options.sets):
        raise DataMissing(f"none of the collections ({', '.join(missing)}) is in {data}; give --data DIR")


def installed(names: list[str]) -> dict[str, Engine]:
    """The engines of these names that are installed, by the name of their row; after searchidx its ablations."""
    engines: dict[str, Engine] = {}
    for name in names:
        engine = ENGINES[name]()
        try:
            engine.version()
        except PackageNotFoundError:
            print(f"{name} is passed over; to compare it: pip install {engine.package}", file=sys.stderr)
            continue
        engines[name] = engine
        if name == OURS:
            engines |= {f"{OURS}, {piece}": Searchidx(ask) for piece, ask in ABLATIONS.items()}
    return engines


def measure(collection: Collection, engines: Mapping[str, Engine], home: Path, *, slow: bool = False) -> dict[str, Any]:
    """The figures of every engine over one collection.

    {"documents", "queries": how many, "engines": name -> {"means", "per_query", "refused": query -> why, "empty":
    queries without a hit, "p" and "p_holm" of the difference to searchidx in the first measure}}. Ablations are left
    out where papers are the queries: they are ways to search. home: where indexes are, or are made.
    """
    rows: dict[str, dict[str, Any]] = {}
    n_docs = 0
    for name, engine in engines.items():
        if collection.large and engine.slow and not slow:
            print(f"{name} is passed over on {collection.name}, it would take hours; give --slow", file=sys.stderr)
            continue
        if collection.like and name != engine.name:
            continue
        started = time.perf_counter()
        n_docs = prepare(collection, engine, home)
        engine.open(home / engine.index)
        ready = time.perf_counter()
        rankings, refused = ask(engine, collection)
        took = f"index {ready - started:.1f} s, queries {time.perf_counter() - ready:.1f} s"
        print(f"{collection.name}, {name}: {took}", file=sys.stderr)
        figures = per_query(rankings, collection.qrels, collection.measures)
        rows[name] = {
            "means": {label: mean(values) for label, values in figures.items()},
            "refused": refused,
            "empty": sum(not docs for docs in rankings.values()),
            "per_query": figures,
        }
    _compare(rows, collection.measures[0].label)
    return {"documents": n_docs, "queries": len(collection.queries), "engines": rows}


def prepare(collection: Collection, engine: Engine, home: Path) -> int:
    """Make the engine's index of a collection, unless the one in `home` fits; how many documents it has.

    It fits when the file of documents has the size and time it had, and what makes the index is the same.
    """
    directory, manifest = home / engine.index, home / f"{engine.index}.json"
    stat = collection.corpus.stat()
    wanted = {"size_bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns, "made_by": engine.made_by()}
    wanted["parts"] = list(Doc._fields)
    if manifest.exists():
        held: dict[str, Any] = orjson.loads(manifest.read_bytes())
        n_docs = int(held.pop("documents"))
        if held == wanted:
            return n_docs
    manifest.unlink(missing_ok=True)  # so that an interrupted build is never taken for a whole one
    shutil.rmtree(directory, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    n_docs = engine.build(collection.docs(), directory)
    manifest.write_bytes(orjson.dumps(wanted | {"documents": n_docs}))
    return n_docs


def ask(engine: Engine, collection: Collection) -> tuple[dict[str, list[str]], dict[str, str]]:
    """(query -> ids best first, query -> why it was refused); what is refused finds nothing."""
    rankings: dict[str, list[str]] = {}
    refused: dict[str, str] = {}
    for query, text in collection.queries.items():
        try:
            if query in collection.like:
                rankings[query] = engine.similar(collection.like[query], text, collection.depth)
            else:
                rankings[query] = engine.search(text, collection.depth)
        except Refused as exc:
            rankings[query], refused[query] = [], str(exc)
    return rankings, refused


def _compare(rows: dict[str, dict[str, Any]], label: str) -> None:
    """Write into each row but that of searchidx how likely its difference is chance.

    Peers are one family of comparisons and ablations another: they answer different questions.
    """
    if OURS not in rows:
        return
    ours = rows[OURS]["per_query"][label]
    others = [name for name in rows if name != OURS]
    ablations = [name for name in others if name.startswith(OURS)]
    for family in (ablations, [name for name in others if name not in ablations]):
        ps = {name: randomisation(ours, rows[name]["per_query"][label]) for name in family}
        adjusted = holm(ps)
        for name in family:
            rows[name] |= {"p": ps[name], "p_holm": adjusted[name]}


def _about(engines: Mapping[str, Engine]) -> dict[str, Any]:
    """How and on what it was measured."""
    ours = Searchidx()
    return {
        "command": shlex.join(["python", "-m", "tests.bench", *sys.argv[1:]]),
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": {engine.name: engine.version() for engine in engines.values()}
        | {"ir_measures": version("ir_measures")},
        "searchidx_made_by": ours.made_by(),
        "permutations": N_PERMUTATIONS,
        "seed": SEED,
    }


def _checked(sets: Mapping[str, dict[str, Any]], write: bool) -> int:
    """Record the figures of searchidx or compare them with those recorded; the exit code."""
    found = {name: rows["engines"][OURS]["means"] for name, rows in sets.items() if OURS in rows["engines"]}
    recorded: Baseline = orjson.loads(BASELINE.read_bytes()) if BASELINE.exists() else {}
    if write:
        rounded = {name: {label: round(value, 4) for label, value in means.items()} for name, means in found.items()}
        BASELINE.write_bytes(orjson.dumps(recorded | rounded, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        return 0
    worse = dropped(found, recorded)
    if found:
        print("\n".join(f"WORSE {line}" for line in worse) if worse else "no figure is worse than the baseline")
    return 1 if worse else 0


def dropped(found: Baseline, recorded: Baseline) -> list[str]:
    """The figures more than `TOLERANCE` below those recorded, in words; what was not measured is not compared."""
    return [
        f"{name}: {label} {means[label]:.4f}, was {recorded[name][label]:.4f}"
        for name, means in found.items()
        for label in means
        if label in recorded.get(name, {}) and means[label] < recorded[name][label] - TOLERANCE
    ]
