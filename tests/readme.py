"""README's transcript (the commands it shows, run on the sample corpus, and what they print) and its page of the query
language.

python -m tests.readme            compare
python -m tests.readme --write    put what the commands print, and the page, into README
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from searchidx.query import SYNTAX

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
COMMANDS = (
    "searchidx build corpus/ --index my.index",
    "searchidx search self-supervised depth --index my.index -n 2",
    "searchidx search 'contrastive learning' --has-code --dataset ImageNet --index my.index -n 2",
    "searchidx results ImageNet accuracy --index my.index",
)
_SYNTAX = re.compile(r"(<!-- syntax -->\n```text\n).*?(```\n<!-- /syntax -->)", re.DOTALL)
_TRANSCRIPT = re.compile(r"(<!-- transcript -->\n).*?(<!-- /transcript -->)", re.DOTALL)
#: What differs from run to run.
_SECONDS = re.compile(r"in \d+\.\d s \(\d+\.\d MB\)")


def transcript() -> str:
    """The commands and their output, as README shows them."""
    blocks = []
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "corpus").symlink_to(ROOT / "corpus")
        for command in COMMANDS:
            words = shlex.split(command)[1:]
            done = subprocess.run(
                [sys.executable, "-m", "searchidx", *words],
                cwd=home,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=True,
            )
            blocks.append(f"$ {command}\n{done.stdout.rstrip()}")
    return "```console\n" + "\n\n".join(blocks) + "\n```\n"


def shown() -> str:
    """The transcript that stands in README."""
    match = _TRANSCRIPT.search(README.read_text(encoding="utf-8"))
    assert match, "README has lost its transcript marks"
    return match.group(0).removeprefix(match.group(1)).removesuffix(match.group(2))


def syntax_shown() -> str:
    """The page of the query language that stands in README."""
    match = _SYNTAX.search(README.read_text(encoding="utf-8"))
    assert match, "README has lost its syntax marks"
    return match.group(0).removeprefix(match.group(1)).removesuffix(match.group(2))


def timeless(text: str) -> str:
    """The text without what differs from run to run."""
    return _SECONDS.sub("in N s", text)


def main(arguments: list[str]) -> int:
    now = transcript()
    if "--write" in arguments:
        text = README.read_text(encoding="utf-8")
        text = _TRANSCRIPT.sub(lambda m: f"{m[1]}{now}{m[2]}", text)
        README.write_text(_SYNTAX.sub(lambda m: f"{m[1]}{SYNTAX}{m[2]}", text), encoding="utf-8")
        return 0
    same = timeless(now) == timeless(shown()) and syntax_shown() == SYNTAX
    print("README shows what the commands print" if same else "README is out of date: python -m tests.readme --write")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
