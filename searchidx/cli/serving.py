"""The command that serves an index over HTTP: serve."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from searchidx.cli.core import command, index_option, settings
from searchidx.errors import UsageError

#: What the extra `web` brings.
_NEEDED = ("starlette", "uvicorn", "httptools", "jinja2")


@command(
    "searchidx serve --index my.index\nsearchidx serve --host 0.0.0.0 --port 80 --workers 4 --allow-host papers.lan"
)
@index_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen here; 0.0.0.0 lets other machines in.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Listen here; 0: any free one."
)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N", help="Processes.")
@click.option(
    "--cors", multiple=True, metavar="ORIGIN", help="Let pages of this origin read answers, * for any; repeatable."
)
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="NAME",
    help="Answer under this name too, .example.org for all below it, * for any; repeatable.",
)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.1, 600),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one request may take.",
)
@click.option(
    "--cache-mb",
    type=click.IntRange(0, 4096),
    default=64,
    show_default=True,
    metavar="MB",
    help="Answers each process keeps; 0: none.",
)
@click.option("--access-log/--no-access-log", default=True, show_default=True, help="A line per request on stderr.")
def serve_command(
    index_dir: Path | None,
    host: str,
    port: int,
    workers: int,
    cors: tuple[str, ...],
    allow_hosts: tuple[str, ...],
    timeout_s: float,
    cache_mb: int,
    access_log: bool,
) -> None:
    """Serve web pages and a REST interface over the index, offline, until Ctrl-C.

    New generations are picked up as they are published. /docs describes the interface. Only this machine can connect
    unless --host says otherwise; requests under names that are not this machine's are refused (see --allow-host).
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(f"serving needs {', '.join(missing)}; install it with: pip install 'searchidx[web]'")
    from searchidx.web.app import Options
    from searchidx.web.security import check_origin
    from searchidx.web.server import serve

    path = settings(index=index_dir)["index"]
    options = Options(
        host=host,
        allow_hosts=allow_hosts,
        cors=tuple(map(check_origin, cors)),
        access_log=access_log,
        timeout_s=timeout_s,
        cache_mb=cache_mb,
    )

    def ready(address: str) -> None:
        click.echo(f"serving {path} at {address} (Ctrl-C ends)", err=True)

    serve(path, options, port=port, workers=workers, ready=ready)
