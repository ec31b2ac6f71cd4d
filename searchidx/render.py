"""Results for people and programs: terminal tables, plain text, BibTeX, CSV.

Plain text is what a pipe gets; on a terminal the same facts come as rich tables (rich is imported only then). Text
from records never reaches a terminal raw: control characters, escape sequences among them, are taken out.
"""

from __future__ import annotations

import calendar
import csv
import html
import io
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any, Self

from searchidx.acronyms import MEANS, parts_of
from searchidx.fields import BY_NAME, MAX_FACET_VALUES
from searchidx.identity import title_key
from searchidx.paper import UNSPECIFIED, Extraction, Metric
from searchidx.record import Record
from searchidx.results import Claim, Hit, Page, TermScore
from searchidx.snippets import CLOSE, OPEN

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from searchidx.care import GenerationInfo
    from searchidx.store.verifying import Verification

# C0 and C1 controls but tab and line feed; and characters that reorder text on screen
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_CODE_WORDS = {
    "linked": "code",
    "released": "code released, no link",
    "promised": "code promised",
    "none": "no code",
}
_CODE_STYLES = {"linked": "green", "released": "yellow", "promised": "yellow", "none": "dim"}
_MAX_AUTHORS = 3


def safe(text: str) -> str:
    """Text without characters that could steer a terminal."""
    return _UNSAFE.sub("", text)


def is_terminal(stream: IO[str]) -> bool:
    """Whether a person is looking at this stream."""
    return stream.isatty()


# --- facts as words -----------------------------------------------------------------------------------------


def metric_words(metric: Metric) -> str:
    """`top-1 accuracy 82.5% (ImageNet)`, `speedup 3x`, `mIoU by 2.3 points`."""
    unit = metric.unit or ""
    gap = "" if unit in ("", "%", "x") else " "
    start = f"{metric.from_value} to " if metric.from_value else ""
    by = "by " if metric.kind == "delta" and not start else ""
    name = "" if metric.metric == UNSPECIFIED else f"{metric.metric} "
    where = f" ({metric.dataset})" if metric.dataset else ""
    return safe(f"{name}{start}{by}{metric.value}{gap}{unit}{where}")


def authors_words(authors: Sequence[str]) -> str:
    """The first authors, and how many more there are."""
    shown = ", ".join(authors[:_MAX_AUTHORS])
    more = len(authors) - _MAX_AUTHORS
    return safe(f"{shown} and {more} more" if more > 0 else shown)


def about_line(record: Record) -> str:
    """Date, venue, authors and source of a paper, as far as they are known."""
    paper = record.paper
    listed = next((f"listed {day_words(x.date)}" for x in paper.listings if x.date), None)
    date = paper.date or (str(paper.year) if paper.year else listed)
    parts = [date, paper.venue, authors_words(paper.authors), "+".join(paper.source)]
    return safe(" · ".join(part for part in parts if part))


def day_words(date: str) -> str:
    """`2025-09-29`, or `29 Sep` where the page names no year."""
    if not date.startswith("X"):
        return date
    _, month, day = date.split("-")
    return f"{int(day)} {calendar.month_abbr[int(month)]}"


def code_words(record: Record) -> str:
    """The state of a paper's code in words, with its repository."""
    return safe(record.repo) if record.repo else _CODE_WORDS[record.code]


def _facts(record: Record) -> list[tuple[str, str]]:
    found = record.extraction
    facts = [("code", code_words(record))]
    if found.datasets:
        facts.append(("datasets", safe(", ".join(dict.fromkeys(d.canonical for d in found.datasets)))))
    if found.metrics:
        facts.append(("reported", "; ".join(map(metric_words, found.metrics))))
    return facts


# --- plain text ---------------------------------------------------------------------------------------------


def _hit_facts(hit: Hit) -> list[tuple[str, str]]:
    also = [("also listed as", ", ".join(map(safe, hit.also)))] if hit.also else []
    return [*_facts(hit.record), *also]


def page_text(page: Page, heading: str | None = None) -> str:
    """A page of hits as plain text, a block per hit, under how many there are (or another heading)."""
    blocks = [heading or result_line(page)]
    for hit in page.hits:
        lines = [f"{hit.rank}. {safe(hit.title)}", f"   {safe(hit.id)}"]
        if about := about_line(hit.record):
            lines[1] += f" · {about}"
        lines += [f"   {name}: {words}" for name, words in _hit_facts(hit)]
        if hit.snippet:
            lines.append(f"   {unmarked(hit.snippet)}")
        if hit.explanation:
            lines += [f"   {line}" for line in explanation_lines(hit)]
        blocks.append("\n".join(lines))
    if page.facets:
        blocks.append(facets_text(page))
    return "\n\n".join(blocks)


def result_line(page: Page) -> str:
    """How many papers match, and what no paper holds."""
    count = f"{page.total:,} paper{'' if page.total == 1 else 's'}"
    line = f"{count} for {safe(page.query)!r}" if page.query else count
    if page.hits and page.total > len(page.hits):
        line += f", {page.hits[0].rank} to {page.hits[-1].rank}"
    elif page.total and not page.hits and page.page > 1:
        line += f"; page {page.page} is past the end"
    if page.unknown:
        line += f"; in no paper: {', '.join(map(safe, page.unknown))}"
    return line


def explanation_lines(hit: Hit) -> list[str]:
    """Per part of the score: occurrences, idf and contribution; they add up to it."""
    explanation = hit.explanation
    if explanation is None:
        return []
    lines = [f"{part.score:9.5f}  {_part_words(part)}" for part in explanation.terms]
    length = ", ".join(f"{name} {count}" for name, count in explanation.length.items())
    return [*lines, f"{explanation.score:9.5f}  score; length {length}"]


def _part_words(part: TermScore) -> str:
    if part.kind == "title":
        n = sum(part.tf.values())
        return f"in the title: {n} word{'' if n == 1 else 's'} of the query"
    tf = "tf " + " + ".join(f"{name} {count}" for name, count in part.tf.items())
    numbers = f"{tf} -> {part.weighted_tf:g}, norm {part.norm:.5f}"
    if part.kind == "pair":
        return f'"{part.term}" side by side, idf {part.idf:.5f}, {numbers}'
    shown = part.term
    if MEANS in shown:
        acronym, long_form = parts_of(shown)
        shown = f'{acronym} or "{" ".join(long_form)}"'
    repeated = f", weight {part.query_weight:.3g} in the query" if part.query_weight != 1 else ""
    return f"{shown}  idf {part.idf:.5f} (in {part.df:,} papers), {numbers}{repeated}"


def analysis_line(page: Page) -> str:
    """What the analyser made of the query's words."""
    words = []
    for word in page.analysis:
        terms = " ".join(term if weight == 1 else f"{term} x {weight:g}" for term, weight in word.terms.items())
        words.append(f"{safe(word.word)}: {terms if word.role == 'scored' else word.role}")
    return f"analysed as {'; '.join(words)}" if words else "analysed as nothing"


def facets_text(page: Page) -> str:
    """Facet tables as plain text."""
    blocks = []
    for name, counts in page.facets.items():
        if not counts:
            continue
        shown, more = _shown(name, counts)
        lines = [BY_NAME[name].label]
        lines += [f"  {count:>6,}  {safe(value)}" for value, count in shown]
        if more:
            lines.append(f"          {more}")
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def _shown(name: str, counts: dict[str, int]) -> tuple[list[tuple[str, int]], str]:
    """The values of a facet to show, and in words how many are left out."""
    limit = BY_NAME[name].max_values
    left = len(counts) - limit
    more = "" if left <= 0 else f"and {left:,} more" if len(counts) < MAX_FACET_VALUES else "and many more"
    return list(counts.items())[:limit], more


def record_text(record: Record) -> str:
    """One paper with its evidence, as plain text."""
    paper = record.paper
    lines = [safe(paper.title), safe(paper.id) + (f" · {about}" if (about := about_line(record)) else "")]
    if paper.url:
        lines.append(safe(paper.url))
    lines.append("")
    lines += [f"code: {_CODE_WORDS[record.code]}" + (f", {safe(record.repo)}" if record.repo else "")]
    lines += [f"link: {safe(link.url)} ({link.kind}, from the {link.origin})" for link in record.links]
    lines += [f"dataset: {safe(d.canonical)} ({d.role})" for d in record.extraction.datasets]
    for metric in record.extraction.metrics:
        lines.append(f"reported: {metric_words(metric)}")
        lines.append(f'    "{safe(metric.sentence)}"')
    for listing in paper.listings:
        when = f" on {day_words(listing.date)}" if listing.date else ""
        lines.append(f"listed: {safe(listing.page)}{when}")
    lines += ["", safe(paper.abstract)]
    return "\n".join(lines)


def extraction_text(title: str, found: Extraction) -> str:
    """What was found in one paper, as plain text."""
    record_lines = [safe(title), f"  code: {found.code}" + (f", {safe(found.repo)}" if found.repo else "")]
    record_lines += [f"  link: {safe(link.url)} ({link.kind})" for link in found.links]
    record_lines += [f"  dataset: {safe(d.name)} ({d.role})" for d in found.datasets]
    record_lines += [f"  reported: {metric_words(m)}" for m in found.metrics]
    return "\n".join(record_lines)


def claims_text(dataset: str, claims: Sequence[Claim]) -> str:
    """Reported numbers, one block per claim, under the name of their metric."""
    papers = len({claim.record.paper.id for claim in claims})
    count = f"{len(claims):,} reported number{'' if len(claims) == 1 else 's'}"
    lines = [f"{count} on {safe(dataset)} in {papers:,} paper{'' if papers == 1 else 's'} (claims of abstracts)"]
    last = None
    for claim in claims:
        name = claim.metric.canonical or UNSPECIFIED
        if name != last:
            lines += ["", safe(name)]
            last = name
        record = claim.record
        where = record.repo or record.url or record.paper.id
        lines.append(f"  {claim_value(claim.metric):>16}  {safe(record.paper.title)} ({safe(where)})")
        lines.append(f'  {"":>16}  "{safe(claim.metric.sentence)}"')
    return "\n".join(lines)


def claim_value(metric: Metric) -> str:
    """The number of a claim with its unit; a gain or loss has `by` before it."""
    return metric_words(replace(metric, metric=UNSPECIFIED, dataset=None))


def stats_text(stats: dict[str, Any]) -> str:
    """Statistics of an index as plain text."""
    papers = stats["papers"]

    def share(count: int) -> str:
        return f"{count:,} ({100 * count / papers:.1f} %)" if papers else "0"

    lines = [
        f"index        {stats['path']}, generation {stats['generation']}, built {stats['created']}",
        f"papers       {papers:,} from {stats['listings']:,} listings",
        f"with code    {share(stats['with_code'])}",
        f"datasets     named by {share(stats['with_datasets'])}, {stats['distinct']['dataset']:,} different",
        f"metrics      reported by {share(stats['with_metrics'])}, {stats['reported_numbers']:,} numbers",
        f"vocabulary   {stats['terms']:,} terms, {sum(stats['words'].values()):,} words",
        f"size         {stats['size_bytes'] / 1e6:.1f} MB in {counted(stats['segments'], 'segment')}"
        + (f", {stats['deleted']:,} deleted rows" if stats["deleted"] else ""),
    ]
    for name in ("code", "source", "year"):
        if stats[name]:
            counts = ", ".join(f"{safe(value)} {count:,}" for value, count in stats[name].items())
            lines.append(f"{name:<12} {counts}")
    return "\n".join(lines)


def counted(count: int, noun: str) -> str:
    """`1 paper`, `1,200 papers`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def generations_text(generations: Iterable[GenerationInfo]) -> str:
    """Generations as a table, oldest first."""
    lines = []
    for info in generations:
        held = info.damaged and safe(info.damaged)
        held = held or f"{counted(info.papers, 'paper')} in {counted(info.segments, 'segment')}"
        deleted = f", {info.deleted:,} deleted rows" if info.deleted else ""
        shared = info.size_bytes - info.own_bytes
        size = f"{info.size_bytes / 1e6:.1f} MB" + (f" ({shared / 1e6:.1f} MB shared)" if shared else "")
        live = "live" if info.live else ""
        lines.append(f"{info.name}  {live:<4}  {safe(info.created or '?')}  {held}{deleted}, {size}")
    return "\n".join(lines)


def verification_text(found: Verification) -> str:
    """What `verify` found: one line when all is well, else a line per fault."""
    looked = f"{counted(found.files, 'file')} of {counted(len(found.generations), 'generation')}"
    if found.sound:
        return f"{found.index}: sound, {looked}, {found.bytes / 1e6:.1f} MB"
    lines = [
        f"{found.index}: {f'generation {fault.generation}, ' if fault.generation else ''}{fault.file}: {fault.problem}"
        for fault in found.faults
    ]
    healthy = [n for n in found.generations if n != found.live and all(f.generation != n for f in found.faults)]
    remedy = f"'searchidx rollback {healthy[-1]}' or a new build mends it" if healthy else "a new build mends it"
    return safe("\n".join([*lines, f"{counted(len(lines), 'fault')} in {looked}; {remedy}"]))


def unmarked(snippet: str) -> str:
    """A snippet as plain text."""
    return safe(html.unescape(snippet.replace(OPEN, "").replace(CLOSE, "")))


# --- terminal -----------------------------------------------------------------------------------------------


def print_page(page: Page, stream: IO[str], heading: str | None = None) -> None:
    """A page of hits: rich on a terminal, plain text elsewhere."""
    if not is_terminal(stream):
        print(page_text(page, heading), file=stream)
        return
    console = _console(stream)
    console.print(_text(heading or result_line(page), "bold"))
    for hit in page.hits:
        console.print()
        console.print(_hit_text(hit))
    if page.facets:
        console.print()
        print_facets(page, stream)


def print_facets(page: Page, stream: IO[str]) -> None:
    """Facet tables, side by side on a terminal."""
    if not is_terminal(stream):
        print(facets_text(page), file=stream)
        return
    from rich.columns import Columns
    from rich.table import Table

    tables: list[RenderableType] = []
    for name, counts in page.facets.items():
        shown, more = _shown(name, counts)
        table = Table(title=BY_NAME[name].label, title_justify="left", show_header=False, box=None, pad_edge=False)
        table.add_column(justify="right", style="cyan")
        table.add_column(max_width=40, no_wrap=True)
        for value, count in shown:
            table.add_row(f"{count:,}", _text(value))
        if more:
            table.add_row("", _text(more, "dim"))
        if counts:
            tables.append(table)
    _console(stream).print(Columns(tables, padding=(0, 4)))


def _hit_text(hit: Hit) -> Text:
    record = hit.record
    text = _text(f"{hit.rank:>3}. ")
    text.append(safe(hit.title), "bold")
    text.append(f"\n     {safe(hit.id)}", "dim")
    if about := about_line(record):
        text.append(f" · {about}", "dim")
    for name, words in _hit_facts(hit):
        text.append(f"\n     {name} ", "cyan")
        text.append(words, _CODE_STYLES[record.code] if name == "code" else "")
    if hit.snippet:
        text.append("\n     ")
        for part in re.split(f"({OPEN}.*?{CLOSE})", hit.snippet):
            text.append(unmarked(part), "bold yellow" if part.startswith(OPEN) else "")
    for line in explanation_lines(hit):
        text.append(f"\n     {line}", "dim")
    return text


def _console(stream: IO[str]) -> Console:
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, soft_wrap=False)


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(safe(text), style)


class Progress:
    """One line on stderr that says how far long work is, while someone is watching; else silent."""

    _EVERY_S = 0.1

    def __init__(
        self,
        stream: IO[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        unit: str = "papers",
    ) -> None:
        self._stream = stream or sys.stderr
        self._unit = unit
        self._clock = clock
        self._shown = is_terminal(self._stream)
        self._stage = ""
        self._began = self._last = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Say that `done` papers (of `total`, if known) have gone through this stage."""
        if not self._shown:
            return
        now = self._clock()
        if stage != self._stage:
            self._stage, self._began, self._last = stage, now, 0.0
        if now - self._last < self._EVERY_S:
            return
        self._last = now
        print(
            f"\r\x1b[K{progress_line(stage, done, total, now - self._began, self._unit)}",
            end="",
            file=self._stream,
            flush=True,
        )

    def close(self) -> None:
        """Clear the line."""
        if self._shown and self._stage:
            print("\r\x1b[K", end="", file=self._stream, flush=True)


def progress_line(stage: str, done: int, total: int | None, seconds: float, unit: str = "papers") -> str:
    """`indexing 12,000 of 87,247 papers, 3,100/s, 24 s left`."""
    line = f"{stage} {done:,}" + (f" of {total:,}" if total else "") + f" {unit}"
    if seconds > 1 and done:
        rate = done / seconds
        line += f", {rate:,.0f}/s"
        if total and total > done:
            line += f", {(total - done) / rate:.0f} s left"
    return line


# --- exports ------------------------------------------------------------------------------------------------

_BIBTEX_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def bibtex(records: Iterable[Record]) -> str:
    """BibTeX entries; keys are unique, of first author, year and the title's first long word."""
    used: dict[str, int] = {}
    return "\n".join(_entry(record, used) for record in records)


def _entry(record: Record, used: dict[str, int]) -> str:
    paper = record.paper
    author = title_key(paper.authors[0].split()[-1]) if paper.authors and paper.authors[0].split() else "anon"
    word = next((title_key(w) for w in paper.title.split() if len(title_key(w)) > 3), "paper")
    key = f"{author}{paper.year or ''}{word}"
    used[key] = used.get(key, 0) + 1
    if used[key] > 1:
        key = f"{key}-{used[key]}"
    items = {
        "title": "{" + paper.title.translate(_BIBTEX_SPECIAL) + "}",
        "author": " and ".join(paper.authors).translate(_BIBTEX_SPECIAL),
        "year": str(paper.year) if paper.year else "",
        "booktitle": (paper.venue or "").translate(_BIBTEX_SPECIAL),
        "doi": paper.doi or "",
        "eprint": paper.arxiv_id or "",
        "url": record.url or "",
        "note": f"Code: https://{record.repo}".translate(_BIBTEX_SPECIAL) if record.repo else "",
    }
    lines = [f"  {name} = {{{safe(value)}}}," for name, value in items.items() if value]
    return "\n".join([f"@{'inproceedings' if paper.venue else 'misc'}{{{key},", *lines, "}"])


CSV_COLUMNS = (
    "rank",
    "id",
    "title",
    "year",
    "date",
    "venue",
    "authors",
    "code",
    "repo",
    "datasets",
    "metrics",
    "score",
)


def hits_csv(hits: Iterable[Hit]) -> str:
    """Hits as CSV with a header; lists are joined by `; `. A cell never begins like a spreadsheet formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for hit in hits:
        record, paper = hit.record, hit.record.paper
        cells = [
            hit.id,
            paper.title,
            paper.year or "",
            paper.date or "",
            paper.venue or "",
            "; ".join(paper.authors),
            record.code,
            record.repo or "",
            "; ".join(d.canonical for d in record.extraction.datasets),
            "; ".join(map(metric_words, record.extraction.metrics)),
        ]
        writer.writerow([hit.rank, *map(_cell, cells), f"{hit.score:.6g}"])
    return out.getvalue()


def _cell(value: object) -> object:
    text = safe(value) if isinstance(value, str) else value
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@") else text
