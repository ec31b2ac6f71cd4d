"""The command line: parses, calls the library, hands results to `render`.

Data goes to stdout, talk and progress to stderr. Exit codes: 0 done or found, 1 nothing found, 2 error (one line),
130 interrupted; a closed pipe is quiet. `core` has what all commands share; the other modules hold the commands.
"""

from searchidx.cli import asking, caring, making, serving
from searchidx.cli.core import cli, main

__all__ = ["asking", "caring", "cli", "main", "making", "serving"]
