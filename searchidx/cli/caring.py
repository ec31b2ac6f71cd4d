"""Commands that look after an index: stats, verify, generations, rollback, prune, config."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from searchidx import config, render
from searchidx.cli.core import ERROR, command, index_option, open_index, print_json, settings


@command("searchidx stats --json")
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def stats_command(index_dir: Path | None, as_json: bool) -> None:
    """What the index holds, what it was made from and when."""
    with open_index(index_dir) as index:
        stats = index.stats()
    if as_json:
        print_json(stats)
    else:
        click.echo(render.stats_text(stats))


@command("searchidx generations --json")
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def generations_command(index_dir: Path | None, as_json: bool) -> None:
    """The generations of the index: what each holds, when it was made, which is live."""
    import searchidx

    found = searchidx.generations(settings(index=index_dir)["index"])
    if as_json:
        print_json([asdict(generation) for generation in found])
    else:
        click.echo(render.generations_text(found))


@command("searchidx rollback\nsearchidx rollback 7")
@click.argument("generation", required=False)
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rollback_command(generation: str | None, index_dir: Path | None, as_json: bool) -> None:
    """Make the papers of an older GENERATION live again  [default: the one before].

    It gets a new name and shares the old files; what was live stays, to go back to.
    """
    import searchidx

    chosen = settings(index=index_dir)
    new = searchidx.rollback(chosen["index"], generation, keep=chosen["keep"])
    if as_json:
        print_json(asdict(new))
    else:
        click.echo(f"{new.papers:,} papers live again: {chosen['index']}, generation {new.name}")


@command("searchidx prune --keep 2")
@index_option
@click.option("--keep", type=click.IntRange(min=0), default=0, show_default=True, metavar="N", help="Old ones to keep.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def prune_command(index_dir: Path | None, keep: int, as_json: bool) -> None:
    """Remove generations before the live one, and what killed builds left.

    Programs that have one open go on with it; its space on disk is free when they close it.
    """
    import searchidx

    gone = searchidx.prune(settings(index=index_dir)["index"], keep=keep)
    if as_json:
        print_json({"removed": gone})
    else:
        click.echo(f"removed {', '.join(gone)}" if gone else "nothing to remove")


@command("searchidx verify && echo sound")
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify_command(index_dir: Path | None, as_json: bool) -> int:
    """Read every file of the index and compare it with what was written; exit code 2 names what is damaged."""
    import searchidx

    with render.Progress(unit="files") as progress:
        found = searchidx.verify(settings(index=index_dir)["index"], progress)
    if as_json:
        print_json({**asdict(found), "sound": found.sound})
    else:
        click.echo(render.verification_text(found), err=not found.sound)
    return 0 if found.sound else ERROR


@command("searchidx config --json")
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def config_command(index_dir: Path | None, as_json: bool) -> None:
    """The settings in force and where each came from: flag, environment, file or default."""
    values = config.load({"index": index_dir})
    if as_json:
        print_json({name: {"value": _plain(v.value), "origin": v.origin} for name, v in values.items()})
        return
    rows: Iterable[tuple[str, str, str]] = [(n, str(_plain(v.value)), v.origin) for n, v in values.items()]
    for name, value, origin in rows:
        click.echo(f"{name:<8} {value}  ({origin})")
    click.echo(f"file     {config.config_file()}{'' if config.config_file().exists() else '  (not there)'}")


def _plain(value: object) -> object:
    if value is None:
        return "off"
    return str(value) if isinstance(value, Path) else value
