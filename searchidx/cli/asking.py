"""Commands that ask an index: search, facets, show, similar, results."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from searchidx import render
from searchidx.cli.core import (
    NOTHING_FOUND,
    command,
    filter_options,
    index_option,
    open_index,
    output_options,
    print_json,
    settings,
    words,
)

if TYPE_CHECKING:
    from searchidx.results import Page


def _print_syntax(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from searchidx.query import SYNTAX

        click.echo(SYNTAX, nl=False)
        context.exit()


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
@click.option(
    "--help-syntax",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_syntax,
    help="Show all that a QUERY may say, with examples, and exit.",
)
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
    --help-syntax shows the whole language: prefix*, fuzzy~1, "loose phrases"~3, fields and filters.
    """
    chosen = settings(index=index_dir, limit=limit)
    with open_index(chosen["index"]) as index:
        found = index.search(
            words(query),
            limit=chosen["limit"],
            page=page,
            sort=sort,
            facets=facets,
            snippets=True,
            explain=explain,
            fold=output is None,
            **narrow,
        )
        _print_hits(found, output)
        if found.note:
            click.echo(render.safe(found.note), err=True)
        if explain and output is None:
            click.echo(render.analysis_line(found))
        if better := found.did_you_mean:
            unknown = ", ".join(map(render.safe, found.unknown))
            click.echo(f"in no paper: {unknown}; did you mean: {render.safe(better)}", err=True)
    return 0 if found.total else NOTHING_FOUND


def _print_hits(page: Page, output: str | None, heading: str | None = None) -> None:
    if output == "json":
        print_json(page.to_json())
    elif output == "jsonl":
        for hit in page.hits:
            print_json(hit.to_json(), indent=False)
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
    with open_index(index_dir) as index:
        page = index.facets(words(query), **narrow)
    if as_json:
        print_json({"query": page.query, "total": page.total, "took_ms": page.took_ms, "facets": page.facets})
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
    with open_index(index_dir) as index:
        record = index.get(words([id_]))
    if as_json:
        print_json(record.to_json())
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
    chosen = settings(index=index_dir, limit=limit)
    with open_index(chosen["index"]) as index:
        found = index.similar(id_, limit=chosen["limit"], snippets=True, **narrow)
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
    with open_index(index_dir) as index:
        claims = index.results(dataset, metric)
    if as_json:
        print_json(
            {"dataset": dataset, "metric": metric, "total": len(claims), "results": [c.to_json() for c in claims]}
        )
    elif claims:
        click.echo(render.claims_text(dataset, claims))
    else:
        click.echo(f"no number on {render.safe(dataset)}" + (f" for {render.safe(metric)}" if metric else ""))
    return 0 if claims else NOTHING_FOUND
