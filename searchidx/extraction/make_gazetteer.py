"""Make `data/datasets.tsv` and `data/not_datasets.txt` from public lists of names and a corpus of abstracts.

    python -m searchidx.extraction.make_gazetteer LISTS.tsv PAPERS.jsonl.zst... --out searchidx/extraction/data

LISTS.tsv has columns name, alias, source. Lists alone mislead: their aliases hold ordinary words ("limit", "arc") and
task names, and they lag behind. So each name is weighed by how the corpus uses it: how often a word such as `dataset`
follows or `on` comes before it. Names the corpus often uses like that are added; `by_hand.tsv` (in the output folder)
has the last word. Only names and their class go into the files, no text of any abstract.

    S  a dataset wherever it stands        C  a dataset where the context says so, in exactly this spelling
"""

from __future__ import annotations

import argparse
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import zstandard

from searchidx.extraction import runs, sentences
from searchidx.extraction.dataset_patterns import LANGUAGE_PAIR, LANGUAGES
from searchidx.extraction.names import dataset_key

_ON = re.compile(
    r"\b(?:on|on the|on both|datasets?,?|benchmarks?,?|datasets? \(|benchmarks? \(|datasets?:|benchmarks?:|"
    r"like|such as|including|namely)\s\Z"
)
_LONGEST_WINDOW = 6
_BAD_NAME = re.compile(r"\(|[^\x20-\x7e]|,|;|\bdataset of\b| - | -> ")
_TASK_WORDS = re.compile(
    r"\b(?:classification|detection|segmentation|recognition|translation|estimation|generation|learning|"
    r"prediction|few-shot|shot|task|object|val|"
    r"upscaling|test|train|dev|labels|clustering|anomaly|question|image|answering|cross-lingual|"
    r"language|matching|person|way)\b",
    re.IGNORECASE,
)
_LOWER_WORD = re.compile(r"\b[a-z][a-z]+\b")


@dataclass(slots=True)
class Usage:
    """How papers use one name: counts of mentions."""

    total: int = 0
    headed: int = 0
    on: int = 0
    papers: int = 0
    lower: int = 0
    surfaces: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """Share of mentions in a dataset's place, smoothed towards 0.1."""
        return (self.headed + self.on + 0.3) / (self.total + 3.0)


def read_papers(paths: list[Path]) -> Iterator[str]:
    """Abstracts of the papers, each title once."""
    seen: set[str] = set()
    for path in paths:
        with path.open("rb") as raw:
            stream = zstandard.ZstdDecompressor().stream_reader(raw) if path.suffix == ".zst" else raw
            for line in io.TextIOWrapper(stream, encoding="utf-8"):
                paper = json.loads(line)
                title = dataset_key(paper.get("title") or "")
                if title not in seen and paper.get("abstract"):
                    seen.add(title)
                    yield paper["abstract"][:20_000]


def read_lists(path: Path) -> dict[str, list[tuple[str, str]]]:
    """key -> [(alias, canonical)] of the public lists, cleaned of sub-tasks and non-names."""
    table: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        name, alias, source = line.split("\t")[:3]
        name = re.sub(
            r"\s+(?:dataset|Dataset|corpus|Corpus|benchmark|Benchmark)\Z",
            "",
            re.sub(r"\s*\([^()]*\)\Z", "", name),
        ).strip()
        for form in {name, re.sub(r"\s+(?:dataset|Dataset|corpus|benchmark)\Z", "", alias)}:
            key = dataset_key(form)
            if len(key) < 2 or len(form) > 60 or key.isdigit() or _BAD_NAME.search(form) or not dataset_key(name):
                continue
            if form != name and (_TASK_WORDS.search(form) or "slug" in source or "awesome" in source):
                continue
            if "awesome" in source and (len(form.split()) > 3 or "://" in form):
                continue
            table[key].append((form, name))
    return table


def count_usage(abstracts: Iterator[str], listed: frozenset[str]) -> dict[str, Usage]:
    """Usage of every run, and of every listed name inside a run."""
    usage: dict[str, Usage] = defaultdict(Usage)
    for text in abstracts:
        in_paper: set[str] = set()
        for start, end in sentences.split(text):
            found = runs.find_runs(text, runs.find_words(text, start, end), start, end)
            for run, placed in zip(found, _in_dataset_lists(text, start, found), strict=True):
                _count_run(text, start, run, placed, listed, usage, in_paper)
        for key in in_paper:
            usage[key].papers += 1
        for word in set(_LOWER_WORD.findall(text)):
            if word in usage:
                usage[word].lower += 1
    return usage


def _in_dataset_lists(text: str, start: int, found: list[runs.Run]) -> list[bool]:
    """For each run, whether it stands after `on`, or in a list that does or that ends in a word such as `datasets`."""
    placed = [_ON.search(text[max(start, run.start - 24) : run.start]) is not None for run in found]
    for index in range(1, len(found)):
        gap = text[found[index - 1].end : found[index].start]
        if len(gap) < 80 and runs.LIST_JOIN.match(gap):
            placed[index] = placed[index] or placed[index - 1]
    for index in range(len(found) - 1, 0, -1):
        gap = text[found[index - 1].end : found[index].start]
        if len(gap) < 80 and runs.LIST_JOIN.match(gap) and (placed[index] or found[index].headed):
            placed[index - 1] = True
    return placed


def _count_run(
    text: str,
    start: int,
    run: runs.Run,
    placed: bool,
    listed: frozenset[str],
    usage: dict[str, Usage],
    in_paper: set[str],
) -> None:
    words = run.words
    whole = (0, len(words))
    for first in range(len(words)):
        for last in range(first + 1, min(len(words), first + _LONGEST_WINDOW) + 1):
            surface = text[words[first].start : words[last - 1].end]
            key = dataset_key(surface)
            if (first, last) != whole and key not in listed:
                continue
            if words[first].start == start and last - first == 1 and runs.is_plain(surface):
                continue  # a capital at the start of a sentence says nothing
            entry = usage[key]
            entry.total += 1
            entry.surfaces[surface] += 1
            in_paper.add(key)
            if last == len(words) and run.headed:
                entry.headed += 1
            elif first == 0 and placed:
                entry.on += 1


def read_by_hand(path: Path) -> list[tuple[str, str, str | None]]:
    """(surface, class, canonical or None) of the names whose class or sameness the corpus cannot tell."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(row[0], row[1], row[2] if len(row) > 2 else None) for row in rows]


def _canonical(surface: str, listed: str | None, usage: dict[str, Usage]) -> str:
    """What papers mostly write, unless the lists say that the name is another's alias; a version is no alias."""
    key = dataset_key(surface)
    alias_of = dataset_key(listed) if listed is not None else key
    if listed is not None and alias_of != key and re.fullmatch(re.escape(alias_of) + r"v?\d+", key) is None:
        return listed
    surfaces = usage[key].surfaces if key in usage else Counter[str]()
    return surfaces.most_common(1)[0][0] if surfaces else surface


def classify(
    listed: dict[str, list[tuple[str, str]]], usage: dict[str, Usage], by_hand: list[tuple[str, str, str | None]]
) -> tuple[dict[str, tuple[str, str, str]], set[str]]:
    """({key: (surface, canonical, class)}, names that are no datasets)."""
    trusted = {dataset_key(surface) for surface, _, _ in by_hand}
    names: dict[str, tuple[str, str, str]] = {}
    refused: set[str] = set()
    for key, forms in listed.items():
        surface, canonical = min(forms, key=lambda form: (form[0] != form[1], len(form[1]), form))
        entry = usage.get(key, Usage())
        if entry.surfaces:
            surface = entry.surfaces.most_common(1)[0][0]
        names[key] = (surface, _canonical(surface, canonical, usage), _class_of(surface, entry))
    stated: dict[str, str] = {}
    for surface, kind, same_as in by_hand:
        key = dataset_key(surface)
        known = names[key][1] if key in names else None
        # a word that is a name only in one spelling (`MATH`) is mostly written otherwise, as a word
        stated[key] = same_as or stated.get(key) or (surface if kind == "C" else _canonical(surface, known, usage))
        names[key] = (surface, stated[key], kind)
    for key, entry in usage.items():
        surface = entry.surfaces.most_common(1)[0][0]
        words = surface.split()
        if key in names or len(key) < 3 or _BAD_NAME.search(surface) or len(words) > 4:
            continue
        good = entry.headed + 0.5 * entry.on
        if entry.papers >= 2 and entry.headed >= 1 and good >= 2.5 and entry.share >= 0.3 and len(surface) < 40:
            names[key] = (surface, surface, _class_of(surface, entry))
        elif entry.papers >= 4 and entry.headed + entry.on >= 1 and entry.share < 0.16:
            refused.add(surface)
    for key in [
        key
        for key, (surface, _, _) in names.items()
        if key not in trusted and usage.get(key, Usage()).papers >= 12 and usage[key].share < 0.05
    ]:
        refused.add(names.pop(key)[0])
    for surface, kind, _ in by_hand:
        if kind == "N":
            names.pop(dataset_key(surface), None)
            refused.add(surface)
    for key in [key for key in names if key not in trusted and _is_told_by_language(names[key][0], names)]:
        names.pop(key)
    return names, refused


def _is_told_by_language(surface: str, names: dict[str, tuple[str, str, str]]) -> bool:
    """Whether a name is a language's, or one of `names` with the language of its data: `FROB14 English-German`."""
    if LANGUAGES.match(surface):
        return True
    first, _, rest = surface.partition(" ")
    if first == "English" and not runs.is_plain(rest) and dataset_key(rest) in names:
        return True
    start, _, last = surface.rpartition(" ")
    return start != "" and LANGUAGE_PAIR.match(last) is not None


def _class_of(surface: str, entry: Usage) -> str:
    distinctive = (
        len(surface) >= 4
        and not runs.is_plain(surface)
        and (
            re.search(r"[a-z][A-Z]|[A-Z]{2,}.*[a-z]|[A-Za-z]-?\d|\d[A-Za-z]", surface) is not None
            or (len(surface) >= 5 and surface.isupper())
        )
    )
    if len(surface.split()) > 1:
        distinctive = sum(runs.is_name_like(word) for word in surface.split()) > 1 and not all(
            runs.is_plain(w) for w in surface.split()
        )
    if runs.is_plain(surface) and entry.lower > 20 and (entry.lower > entry.papers or entry.total < 15):
        return "C"  # `Wild`, `National`: an ordinary word
    if entry.total >= 5:
        return "S" if entry.share >= (0.25 if distinctive else 0.4) else "C"
    return "S" if distinctive else "C"


def main() -> None:
    """Write the two files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", type=Path)
    parser.add_argument("papers", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    listed = read_lists(arguments.lists)
    usage = count_usage(read_papers(arguments.papers), frozenset(listed))
    names, refused = classify(listed, usage, read_by_hand(arguments.out / "by_hand.tsv"))
    rows = sorted(names.values(), key=lambda row: (row[0].lower(), row))
    with (arguments.out / "datasets.tsv").open("w", encoding="utf-8") as out:
        out.write("# surface, canonical, class; made by make_gazetteer.py\n")
        out.writelines(f"{surface}\t{canonical}\t{kind}\n" for surface, canonical, kind in rows)
    (arguments.out / "not_datasets.txt").write_text("\n".join(sorted(refused)) + "\n", encoding="utf-8")
    print(f"{len(rows)} names, {len(refused)} refused")


if __name__ == "__main__":
    main()
