"""How good extraction is: precision, recall and F1 per field, against annotated papers.

    python -m tests.quality                     the shipped gold (corpus/papers.jsonl), compared with the baseline
    python -m tests.quality --write             the same, and make these figures the baseline and README's table
    python -m tests.quality --gold FILE         any gold in the same shape, no baseline
    python -m tests.quality --errors datasets   what was wrong and what was missed

Counts are pooled over papers (micro average). A mention counts once; names compare by letters and digits, values as
numbers. Exit 1 when an F1 is more than `TOLERANCE` below the baseline.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import orjson

import searchidx

HERE = Path(__file__).parent
GOLD = HERE.parent / "corpus" / "papers.jsonl"
BASELINE = HERE / "quality-baseline.json"
README = HERE.parent / "README.md"
TOLERANCE = 0.01
_TABLE = re.compile(r"(<!-- quality -->\n).*?(<!-- /quality -->)", re.DOTALL)

Paper = dict[str, Any]


class Score(NamedTuple):
    """hit: in gold and found; wrong: found only; missed: in gold only."""

    hit: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.wrong) if self.hit + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def _name(text: str | None) -> str:
    return re.sub(r"[^a-z0-9]+", "", (text or "").lower())


def _value(text: object) -> str:
    plain = str(text).replace(",", "").replace(" ", "")
    try:
        return f"{float(plain):g}"
    except ValueError:
        return plain.lower()


def _url(url: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", url.rstrip("/")).lower().removesuffix(".git")


def _repo(paper: Paper) -> list[str]:
    urls = [paper["repo"]] if paper.get("repo") else paper.get("code_urls", [])
    return [_url(url) for url in urls]


FIELDS: dict[str, Callable[[Paper], Iterable[Any]]] = {
    "links": lambda p: [_url(link["url"]) for link in p.get("links", [])],
    "link kinds": lambda p: [(_url(link["url"]), link["kind"]) for link in p.get("links", [])],
    "repository": _repo,
    "code state": lambda p: [p["code"]] if p["code"] != "none" else [],
    "datasets": lambda p: [_name(d["name"]) for d in p.get("datasets", [])],
    "values": lambda p: [_value(m["value"]) for m in p.get("metrics", [])],
    "value + kind": lambda p: [(_value(m["value"]), m["kind"]) for m in p.get("metrics", [])],
    "value + metric": lambda p: [(_value(m["value"]), _name(m["metric"])) for m in p.get("metrics", [])],
    "value + dataset": lambda p: [(_value(m["value"]), _name(m["dataset"])) for m in p.get("metrics", [])],
}


def compare(gold: Paper, found: Paper, field: str) -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
    """(hit, wrong, missed) of one paper."""
    want, got = Counter(FIELDS[field](gold)), Counter(FIELDS[field](found))
    return want & got, got - want, want - got


def extracted(paper: Paper) -> Paper:
    """What searchidx finds, in the shape of gold."""
    return searchidx.extract(paper["title"], paper["abstract"]).to_json()


def score(pairs: list[tuple[Paper, Paper]]) -> dict[str, Score]:
    """Every field's score over (gold, found) pairs."""
    scores = {}
    for field in FIELDS:
        counts = [compare(gold, found, field) for gold, found in pairs]
        scores[field] = Score(*(sum(c[i].total() for c in counts) for i in range(3)))
    return scores


def load(path: Path) -> list[Paper]:
    """The annotated papers of a JSONL file."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]


def table(scores: dict[str, Score]) -> str:
    """The scores as a Markdown table."""
    lines = ["| field | precision | recall | F1 | in gold |", "|---|---|---|---|---|"]
    lines += [
        f"| {field} | {s.precision:.3f} | {s.recall:.3f} | {s.f1:.3f} | {s.hit + s.missed} |"
        for field, s in scores.items()
    ]
    return "\n".join(lines)


def dropped(scores: dict[str, Score], baseline: dict[str, float]) -> list[str]:
    """The fields whose F1 is more than TOLERANCE below the baseline, in words."""
    return [
        f"{field}: F1 {scores[field].f1:.3f}, was {before:.3f}"
        for field, before in baseline.items()
        if scores[field].f1 < before - TOLERANCE
    ]


def _print_errors(pairs: list[tuple[Paper, Paper]], field: str) -> None:
    for gold, found in pairs:
        _, wrong, missed = compare(gold, found, field)
        if wrong or missed:
            print(f"- {gold['title']}\n    wrong  {sorted(map(str, wrong))}\n    missed {sorted(map(str, missed))}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Score extraction against annotated papers.")
    parser.add_argument("--gold", type=Path, help="another gold file; no baseline then")
    parser.add_argument("--errors", choices=FIELDS, help="list what was wrong and what was missed")
    parser.add_argument("--write", action="store_true", help="make these figures the baseline and README's table")
    options = parser.parse_args(arguments)
    pairs = [(paper, extracted(paper)) for paper in load(options.gold or GOLD)]
    scores = score(pairs)
    print(f"{len(pairs)} papers, extractor version {searchidx.extraction.EXTRACTOR_VERSION}\n\n{table(scores)}")
    if options.errors:
        _print_errors(pairs, options.errors)
    if options.gold:
        return 0
    if options.write:
        BASELINE.write_bytes(orjson.dumps({f: round(s.f1, 4) for f, s in scores.items()}, option=orjson.OPT_INDENT_2))
        text = README.read_text(encoding="utf-8")
        README.write_text(_TABLE.sub(lambda m: f"{m[1]}{table(scores)}\n{m[2]}", text), encoding="utf-8")
        return 0
    worse = dropped(scores, orjson.loads(BASELINE.read_bytes()))
    print("\n" + ("\n".join(f"WORSE {line}" for line in worse) if worse else "no field is worse than the baseline"))
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
