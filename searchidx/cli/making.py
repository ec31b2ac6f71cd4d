"""Commands that make and change an index: build, update, delete, merge; and extract, which makes none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from searchidx import render
from searchidx.cli.core import NOTHING_FOUND, F, command, index_option, print_json, settings, words

if TYPE_CHECKING:
    from searchidx.errors import RecordError
    from searchidx.indexing import BuildReport
    from searchidx.paper import Paper
    from searchidx.updating import UpdateReport


def source_options(function: F) -> F:
    """SOURCE... and how to read them."""
    for option in reversed(
        (
            click.argument("sources", nargs=-1, required=True, metavar="SOURCE..."),
            click.option("--format", "format_", metavar="FORMAT", help="Read every source as this format."),
            click.option("--strict", is_flag=True, help="Stop at the first bad record instead of skipping it."),
            click.option(
                "--listing-year",
                type=click.IntRange(1990, 2100),
                metavar="YYYY",
                help="The year of saved pages, whose date line (Sep 29) has none  [default: unknown]",
            ),
        )
    ):
        function = option(function)
    return function


def making_options(function: F) -> F:
    """How papers are indexed, for build and update."""
    for option in reversed(
        (
            click.option(
                "--workers",
                type=click.IntRange(min=1),
                metavar="N",
                help="Processes that read and extract  [default: one per core]",
            ),
            click.option(
                "--extract/--no-extract", default=True, help="Leave out links, datasets and numbers of abstracts."
            ),
            click.option("--json", "as_json", is_flag=True, help="Print the report as JSON."),
        )
    ):
        function = option(function)
    return function


@command("searchidx build pages/ more.jsonl.zst --index my.index\nzcat dump.jsonl.gz | searchidx build -")
@source_options
@index_option
@making_options
@click.option("--resume", is_flag=True, help="Go on where a build of the same papers was interrupted.")
def build_command(
    sources: tuple[str, ...], index_dir: Path | None, as_json: bool, format_: str | None, **options: Any
) -> None:
    """Rebuild the index offline from SOURCE...: files, directories, or - for standard input.

    The new generation is made aside, verified, and then goes live at once; until then the old one answers. Files may be
    packed (.gz, .zst); their format is found by content.
    """
    import searchidx

    chosen = settings(index=index_dir)
    with render.Progress() as progress:
        report = searchidx.build(
            sources,
            chosen["index"],
            format=format_,
            progress=progress,
            cache=chosen["cache"],
            keep=chosen["keep"],
            **options,
        )
    _say_skipped(report)
    if as_json:
        print_json(asdict(report))
        return
    bad = f", {report.bad_records:,} bad records skipped" if report.bad_records else ""
    resumed = f", {report.resumed:,} of them resumed" if report.resumed else ""
    click.echo(
        f"{render.counted(report.papers, 'paper')} from {render.counted(report.listings, 'listing')}{resumed}, "
        f"{report.with_code:,} with code{bad}, "
        f"in {report.seconds:.1f} s ({report.size_bytes / 1e6:.1f} MB): {report.index}, generation {report.generation}"
    )


def _say_skipped(report: BuildReport | UpdateReport) -> None:
    for line in report.passed_over:
        click.echo(f"passed over: {render.safe(line.partition(', begins')[0].partition(';')[0])}", err=True)
    for error in report.errors:
        click.echo(f"skipped: {render.safe(error)}", err=True)
    if report.bad_records > len(report.errors):
        click.echo(f"skipped: {report.bad_records - len(report.errors):,} more bad records", err=True)


@command("searchidx update today.txt --listing-year 2025")
@source_options
@index_option
@making_options
@click.option("--merge/--no-merge", default=True, help="Merge segments when there are many.", show_default=True)
def update_command(
    sources: tuple[str, ...], index_dir: Path | None, as_json: bool, format_: str | None, **options: Any
) -> None:
    """Add the papers in SOURCE... to the index, or replace what it holds of them, without a rebuild.

    Papers are the same as in a build: by arXiv id, DOI, id or title. The new generation shares all files that stay.
    """
    import searchidx

    chosen = settings(index=index_dir)
    with render.Progress() as progress:
        report = searchidx.update(
            sources,
            chosen["index"],
            format=format_,
            progress=progress,
            cache=chosen["cache"],
            keep=chosen["keep"],
            **options,
        )
    _say_skipped(report)
    if as_json:
        print_json(asdict(report))
        return
    bad = f", {report.bad_records:,} bad records skipped" if report.bad_records else ""
    click.echo(
        f"{render.counted(report.added, 'paper')} added, {report.replaced:,} replaced, {report.unchanged:,} unchanged, "
        f"from {render.counted(report.listings, 'listing')}{bad}, in {report.seconds:.1f} s; "
        f"{render.counted(report.papers, 'paper')} now: {report.index}, generation {report.generation}"
    )


@command("searchidx delete 2401.00042 10.1000/gull")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def delete_command(ids: tuple[str, ...], index_dir: Path | None, as_json: bool) -> None:
    """Remove papers from the index: all that are named, or none when one of them is unknown.

    ID: an id, arXiv id, DOI, URL or whole title. A later build or update from a source that lists them brings them
    back.
    """
    import searchidx

    chosen = settings(index=index_dir)
    report = searchidx.delete([words([id_]) for id_ in ids], chosen["index"], keep=chosen["keep"])
    if as_json:
        print_json(asdict(report))
        return
    click.echo(
        f"{render.counted(len(report.deleted), 'paper')} deleted, {render.counted(report.papers, 'paper')} now: "
        f"{report.index}, generation {report.generation}"
    )


@command("searchidx merge --max-segments 5")
@index_option
@click.option(
    "--max-segments", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Stop at N."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def merge_command(index_dir: Path | None, max_segments: int, as_json: bool) -> None:
    """Merge the segments that updates left, smallest first, and drop deleted papers from disk.

    Answers stay the same; searches over one segment are a little faster, and space is freed.
    """
    import searchidx

    chosen = settings(index=index_dir)
    report = searchidx.merge(chosen["index"], max_segments=max_segments, keep=chosen["keep"])
    if as_json:
        print_json(asdict(report))
        return
    click.echo(
        f"{render.counted(report.merged, 'segment')}, now {report.segments:,}; {report.dropped:,} deleted rows "
        f"dropped, in {report.seconds:.1f} s ({report.size_bytes / 1e6:.1f} MB): {report.index}, "
        f"generation {report.generation}"
    )


@command("searchidx extract page.txt --jsonl | jq .metrics")
@source_options
@click.option("--jsonl", is_flag=True, help="One JSON object per paper.")
def extract_command(
    sources: tuple[str, ...], format_: str | None, strict: bool, listing_year: int | None, jsonl: bool
) -> int:
    """Print links, code state, datasets and reported numbers of every paper in SOURCE..., without an index."""
    from searchidx.extraction import extract_all
    from searchidx.sources import ReadOptions, read

    is_any = False
    for some in _each_once(read(sources, format=format_, options=ReadOptions(listing_year)), strict):
        is_any = True
        for paper, found in zip(some, extract_all([(paper.title, paper.abstract) for paper in some]), strict=True):
            if jsonl:
                print_json({"id": paper.id, "title": paper.title, **found.to_json()}, indent=False)
            else:
                click.echo(render.extraction_text(paper.title, found))
    return 0 if is_any else NOTHING_FOUND


def _each_once(read: Iterable[Paper | RecordError], strict: bool) -> Iterator[list[Paper]]:
    """Some papers at a time, none twice; bad records are told of or, if `strict`, raised. Errors come after all papers
    that were read before them.
    """
    from searchidx.errors import RecordError, SearchIdxError
    from searchidx.extraction import TOGETHER
    from searchidx.store.keys import key_hash

    seen: set[int] = set()
    some: list[Paper] = []
    try:
        for paper in read:
            if isinstance(paper, RecordError):
                if strict:
                    raise paper
                click.echo(f"skipped: {render.safe(str(paper))}", err=True)
            elif key_hash(paper.id) not in seen:  # else the same paper on another page
                seen.add(key_hash(paper.id))
                some.append(paper)
                if len(some) == TOGETHER:
                    yield some
                    some = []
    except SearchIdxError:
        yield some
        raise
    if some:
        yield some
