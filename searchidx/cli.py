"""The command line: parses, calls the library, hands results to `render`.

Data goes to stdout, talk and progress to stderr. Exit codes: 0 done or found, 1 nothing found, 2 error (one line),
130 interrupted; a closed pipe is quiet.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import orjson

from searchidx import __version__, config, render
from searchidx.errors import SearchIdxError

if TYPE_CHECKING:
    from searchidx.index import Index
    from searchidx.results import Page

F = TypeVar("F", bound=Callable[..., Any])

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

NOTHING_FOUND = 1
ERROR = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """The `searchidx` command: run it and exit."""
    debug = "--debug" in (sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without our characters shows question marks
    try:
        status = cli.main(args=None if arguments is None else list(arguments), standalone_mode=False)
        sys.stdout.flush()
        code = status if isinstance(status, int) else 0
    except click.exceptions.NoArgsIsHelpError as exc:
        click.echo(exc.format_message())
        code = ERROR
    except click.ClickException as exc:
        exc.show()
        code = exc.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = INTERRUPTED
    except (_ReaderGone, BrokenPipeError):
        _drop_stdout()
        code = 0
    except Exception as exc:
        if debug:
            traceback.print_exc()
        click.echo(f"searchidx: {_message(exc)}", err=True)
        if isinstance(exc, OSError):
            _drop_stdout()
        code = exc.exit_code if isinstance(exc, SearchIdxError) else ERROR
    sys.exit(code)


def _drop_stdout() -> None:
    """Send what is still in stdout's buffer nowhere: Python's own flush at exit must not fail once more."""
    if sys.__stdout__ is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())


def _message(exc: Exception) -> str:
    """One line for people: what is wrong, the value, the remedy."""
    text = " ".join(render.safe(str(exc)).split())
    if isinstance(exc, SearchIdxError):
        return text
    if isinstance(exc, OSError):
        return f"{text}; check the disk and the paths (--debug shows more)"
    return f"unexpected {type(exc).__name__}: {text}; please report it with what --debug shows"


class _ReaderGone(Exception):
    """Whoever read our output has closed the pipe."""


@contextmanager
def _own_closed_pipe() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as exc:
        raise _ReaderGone from exc


class _Commands(click.Group):
    """The group of all commands; a closed pipe gets past click, which would make exit code 1 of it."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _own_closed_pipe():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _own_closed_pipe():
            return super().invoke(ctx)


def command(example: str) -> Callable[[F], click.Command]:
    """A sub-command with --debug and an example at the end of its help."""

    def decorate(function: F) -> click.Command:
        option = click.option("--debug", is_flag=True, expose_value=False, help="Show a traceback on errors.")
        epilog = "\b\nExample:\n" + "\n".join(f"  {line}" for line in example.splitlines())
        name = function.__name__.removesuffix("_command")
        return cli.command(name, epilog=epilog, context_settings=_CONTEXT)(option(function))

    return decorate


@click.group(
    cls=_Commands,
    context_settings=_CONTEXT,
    epilog="\b\nExample:\n  searchidx build corpus/\n  searchidx search 'self-supervised depth' --has-code --facets",
)
@click.version_option(__version__, prog_name="searchidx")
@click.option("--debug", is_flag=True, expose_value=False, help="Show a traceback on errors.")
def cli() -> None:
    """Search machine-learning papers offline: full text, code links, datasets, reported numbers."""


def index_option(function: F) -> F:
    """--index DIR, else SEARCHIDX_INDEX, the configuration file, the per-user data directory."""
    return click.option(
        "--index",
        "index_dir",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The index  [default: SEARCHIDX_INDEX, or a per-user directory; see 'searchidx config']",
    )(function)


def filter_options(function: F) -> F:
    """The filters that search and facets share; repeatable: OR inside a kind, AND across kinds."""
    for option in reversed(
        (
            click.option("--has-code/--no-code", "has_code", default=None, help="Only papers with, or without, code."),
            click.option("--code", multiple=True, metavar="STATE", help="linked, released, promised or none."),
            click.option("--dataset", multiple=True, metavar="NAME", help="Papers that name this dataset."),
            click.option(
                "--metric",
                multiple=True,
                metavar="CONDITION",
                help="Reported numbers: 'accuracy>=80', or 'FID'.",
            ),
            click.option("--year", multiple=True, metavar="YEARS", help="2023, 2020..2024, 2020.. or ..2024."),
            click.option("--venue", multiple=True, metavar="VENUE", help="Papers of this venue."),
            click.option("--source", multiple=True, metavar="SOURCE", help="Papers from this source."),
            click.option("--author", multiple=True, metavar="NAME", help="Papers by an author with these names."),
        )
    ):
        function = option(function)
    return function


def output_options(function: F) -> F:
    """How hits are printed: for people, or as JSON, JSONL, BibTeX or CSV."""
    for option in reversed(
        (
            click.option("--json", "output", flag_value="json", help="One JSON object."),
            click.option("--jsonl", "output", flag_value="jsonl", help="One JSON object per hit."),
            click.option("--bibtex", "output", flag_value="bibtex", help="BibTeX entries."),
            click.option("--csv", "output", flag_value="csv", help="Comma-separated values."),
        )
    ):
        function = option(function)
    return function


def _settings(**flags: Any) -> dict[str, Any]:
    return {name: value.value for name, value in config.load(flags).items()}


def _open(index_dir: Path | None) -> Index:
    import searchidx

    # one question does not pay for importing a compiler
    return searchidx.open(_settings(index=index_dir)["index"], executor="numpy")


def _words(arguments: Iterable[str]) -> str:
    """Arguments as one text; bytes that are not the terminal's encoding become question marks."""
    return " ".join(arguments).encode("utf-8", "replace").decode()


def _json(data: object, *, indent: bool = True) -> None:
    """One JSON value on stdout; what is no number in JSON (NaN) becomes null."""
    out = orjson.dumps(data, option=(orjson.OPT_INDENT_2 if indent else 0) | orjson.OPT_APPEND_NEWLINE)
    sys.stdout.buffer.write(out)


# --- making an index ----------------------------------------------------------------------------------------


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


@command("searchidx build pages/ more.jsonl.zst --index my.index\nzcat dump.jsonl.gz | searchidx build -")
@source_options
@index_option
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", help="Processes that extract  [default: one per core]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def build_command(
    sources: tuple[str, ...],
    format_: str | None,
    strict: bool,
    listing_year: int | None,
    index_dir: Path | None,
    workers: int | None,
    as_json: bool,
) -> None:
    """Rebuild the index offline from SOURCE...: files, directories, or - for standard input.

    The new generation is made aside, verified, and then goes live at once; until then the old one answers. Files may be
    packed (.gz, .zst); their format is found by content.
    """
    import searchidx

    target = _settings(index=index_dir)["index"]
    progress = render.Progress()
    try:
        report = searchidx.build(
            sources,
            target,
            format=format_,
            strict=strict,
            listing_year=listing_year,
            progress=progress,
            workers=workers,
        )
    finally:
        progress.close()
    for line in report.passed_over:
        click.echo(f"passed over: {render.safe(line.partition(', begins')[0].partition(';')[0])}", err=True)
    for error in report.errors:
        click.echo(f"skipped: {render.safe(error)}", err=True)
    if report.bad_records > len(report.errors):
        click.echo(f"skipped: {report.bad_records - len(report.errors):,} more bad records", err=True)
    if as_json:
        _json({name: getattr(report, name) for name in report.__dataclass_fields__})
        return
    bad = f", {report.bad_records:,} bad records skipped" if report.bad_records else ""
    click.echo(
        f"{report.papers:,} papers from {report.listings:,} listings, {report.with_code:,} with code{bad}, "
        f"in {report.seconds:.1f} s ({report.size_bytes / 1e6:.1f} MB): {report.index}, generation {report.generation}"
    )


@command("searchidx extract page.txt --jsonl | jq .metrics")
@source_options
@click.option("--jsonl", is_flag=True, help="One JSON object per paper.")
def extract_command(
    sources: tuple[str, ...], format_: str | None, strict: bool, listing_year: int | None, jsonl: bool
) -> int:
    """Print links, code state, datasets and reported numbers of every paper in SOURCE..., without an index."""
    from searchidx.errors import RecordError
    from searchidx.extraction import extract
    from searchidx.sources import ReadOptions, read
    from searchidx.store.segment import key_hash

    seen: set[int] = set()
    for paper in read(sources, format=format_, options=ReadOptions(listing_year)):
        if isinstance(paper, RecordError):
            if strict:
                raise paper
            click.echo(f"skipped: {render.safe(str(paper))}", err=True)
            continue
        if key_hash(paper.id) in seen:
            continue  # the same paper on another page
        seen.add(key_hash(paper.id))
        found = extract(paper.title, paper.abstract)
        if jsonl:
            _json({"id": paper.id, "title": paper.title, **found.to_json()}, indent=False)
        else:
            click.echo(render.extraction_text(paper.title, found))
    return 0 if seen else NOTHING_FOUND


# --- asking it ----------------------------------------------------------------------------------------------


@command("searchidx search 'monocular depth' --has-code --dataset KITTI --facets\nsearchidx search 2401.00042 --json")
@click.argument("query", nargs=-1)
@index_option
@filter_options
@click.option("-n", "--limit", type=click.IntRange(1, 1000), metavar="N", help="Hits on a page  [default: 10]")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, metavar="P", help="Which page.")
@click.option(
    "--sort",
    type=click.Choice(["relevance", "date", "trending"]),
    default="relevance",
    show_default=True,
    help="Order of the hits.",
)
@click.option("--facets", is_flag=True, help="Count code, datasets, metrics, years, sources and venues too.")
@click.option("--explain", is_flag=True, help="Show how every score comes about.")
@output_options
def search_command(
    query: tuple[str, ...],
    index_dir: Path | None,
    limit: int | None,
    page: int,
    sort: str,
    facets: bool,
    explain: bool,
    output: str | None,
    **narrow: Any,
) -> int:
    """Ranked search. QUERY: words, "phrases", +must, -not, AND OR NOT ( ), title:word, dataset:name, year:2020..2024.

    An id, URL or whole title pasted as it is finds its paper first; an empty QUERY with filters browses by date.
    """
    settings = _settings(index=index_dir, limit=limit)
    with _open(settings["index"]) as index:
        found = index.search(
            _words(query),
            limit=settings["limit"],
            page=page,
            sort=sort,
            facets=facets,
            snippets=True,
            explain=explain,
            **narrow,
        )
        _print_hits(found, output)
    return 0 if found.total else NOTHING_FOUND


def _print_hits(page: Page, output: str | None, heading: str | None = None) -> None:
    if output == "json":
        _json(page.to_json())
    elif output == "jsonl":
        for hit in page.hits:
            _json(hit.to_json(), indent=False)
    elif output == "bibtex":
        click.echo(render.bibtex(hit.record for hit in page.hits))
    elif output == "csv":
        click.echo(render.hits_csv(page.hits), nl=False)
    else:
        render.print_page(page, sys.stdout, heading)


@command("searchidx facets 'diffusion' --year 2023..")
@click.argument("query", nargs=-1)
@index_option
@filter_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def facets_command(query: tuple[str, ...], index_dir: Path | None, as_json: bool, **narrow: Any) -> int:
    """Count code states, datasets, metrics, years, sources and venues over all papers that match QUERY."""
    with _open(index_dir) as index:
        page = index.facets(_words(query), **narrow)
    if as_json:
        _json({"query": page.query, "total": page.total, "took_ms": page.took_ms, "facets": page.facets})
    else:
        click.echo(render.result_line(page))
        render.print_facets(page, sys.stdout)
    return 0 if page.total else NOTHING_FOUND


@command("searchidx show 2401.00042 --json")
@click.argument("id_", metavar="ID")
@index_option
@click.option("--json", "as_json", is_flag=True, help="Everything known, as JSON.")
@click.option("--bibtex", is_flag=True, help="A BibTeX entry.")
def show_command(id_: str, index_dir: Path | None, as_json: bool, bibtex: bool) -> None:
    """Show one paper with the evidence for every extracted fact. ID: an id, arXiv id, DOI, URL or whole title."""
    with _open(index_dir) as index:
        record = index.get(_words([id_]))
    if as_json:
        _json(record.to_json())
    elif bibtex:
        click.echo(render.bibtex([record]))
    else:
        click.echo(render.record_text(record))


@command("searchidx similar 2401.00042 --has-code")
@click.argument("id_", metavar="ID")
@index_option
@filter_options
@click.option("-n", "--limit", type=click.IntRange(1, 1000), metavar="N", help="Hits  [default: 10]")
@output_options
def similar_command(id_: str, index_dir: Path | None, limit: int | None, output: str | None, **narrow: Any) -> int:
    """Papers like one paper, most alike first. ID: an id, arXiv id, DOI, URL or whole title."""
    settings = _settings(index=index_dir, limit=limit)
    with _open(settings["index"]) as index:
        found = index.similar(id_, limit=settings["limit"], snippets=True, **narrow)
        _print_hits(found, output, f"papers like {render.safe(found.query)!r}")
    return 0 if found.hits else NOTHING_FOUND


@command("searchidx results ImageNet accuracy")
@click.argument("dataset")
@click.argument("metric", required=False)
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def results_command(dataset: str, metric: str | None, index_dir: Path | None, as_json: bool) -> int:
    """Print the numbers that papers report on DATASET, best first, each with its paper, sentence and link.

    These are claims of abstracts, not a leaderboard: settings differ from paper to paper.
    """
    with _open(index_dir) as index:
        claims = index.results(dataset, metric)
    if as_json:
        _json({"dataset": dataset, "metric": metric, "total": len(claims), "results": [c.to_json() for c in claims]})
    elif claims:
        click.echo(render.claims_text(dataset, claims))
    else:
        click.echo(f"no number on {render.safe(dataset)}" + (f" for {render.safe(metric)}" if metric else ""))
    return 0 if claims else NOTHING_FOUND


@command("searchidx stats --json")
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def stats_command(index_dir: Path | None, as_json: bool) -> None:
    """What the index holds, what it was made from and when."""
    with _open(index_dir) as index:
        stats = index.stats()
    if as_json:
        _json(stats)
    else:
        click.echo(render.stats_text(stats))


@command("searchidx config --json")
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def config_command(index_dir: Path | None, as_json: bool) -> None:
    """The settings in force and where each came from: flag, environment, file or default."""
    values = config.load({"index": index_dir})
    if as_json:
        _json({name: {"value": _plain(v.value), "origin": v.origin} for name, v in values.items()})
        return
    rows: Iterable[tuple[str, str, str]] = [(n, str(_plain(v.value)), v.origin) for n, v in values.items()]
    for name, value, origin in rows:
        click.echo(f"{name:<8} {value}  ({origin})")
    click.echo(f"file     {config.config_file()}{'' if config.config_file().exists() else '  (not there)'}")


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


if __name__ == "__main__":
    main()
