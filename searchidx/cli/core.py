"""What all commands share: running and ending, options, settings, JSON on stdout."""

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


def settings(**flags: Any) -> dict[str, Any]:
    return {name: value.value for name, value in config.load(flags).items()}


def open_index(index_dir: Path | None) -> Index:
    import searchidx

    # one question does not pay for importing a compiler
    return searchidx.open(settings(index=index_dir)["index"], executor="numpy")


def words(arguments: Iterable[str]) -> str:
    """Arguments as one text; bytes that are not the terminal's encoding become question marks."""
    return " ".join(arguments).encode("utf-8", "replace").decode()


def print_json(data: object, *, indent: bool = True) -> None:
    """One JSON value on stdout; what is no number in JSON (NaN) becomes null."""
    option = (orjson.OPT_INDENT_2 if indent else 0) | orjson.OPT_APPEND_NEWLINE
    try:
        out = orjson.dumps(data, option=option)
    except TypeError:  # a path whose bytes are no UTF-8
        out = orjson.dumps(_readable(data), option=option)
    sys.stdout.buffer.write(out)


def _readable(data: object) -> object:
    """The same with question marks for what no JSON can hold."""
    if isinstance(data, str):
        return words([data])
    if isinstance(data, dict):
        return {_readable(key): _readable(value) for key, value in data.items()}
    return [_readable(value) for value in data] if isinstance(data, list | tuple) else data
