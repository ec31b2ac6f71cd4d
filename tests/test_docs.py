"""What README promises is so."""

from __future__ import annotations

import re

import pytest

from searchidx.cli import cli
from searchidx.fields import FACETS
from searchidx.query import FIELD_PREFIXES, SYNTAX
from tests import readme

TEXT = readme.README.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_is_in_the_readme(command):
    table = [line.split(" | ")[0] for line in TEXT.splitlines() if line.startswith("| `searchidx ")]
    assert [cell for cell in table if re.search(rf"`(?:searchidx )?{command}\b", cell)], command


@pytest.mark.parametrize("option", ["--has-code", "--dataset", "--metric", "--year", "--venue", "--source", "--author"])
def test_every_filter_is_in_the_readme(option):
    assert option in TEXT


def test_every_field_of_the_query_language_is_in_the_readme():
    assert [name for name in FIELD_PREFIXES if f"{name}:" not in TEXT] == []


def test_every_facet_is_a_field_people_can_ask_for():
    assert {facet.name for facet in FACETS} <= set(FIELD_PREFIXES)


def test_the_page_of_the_query_language_is_in_the_readme():
    assert readme.syntax_shown() == SYNTAX


def test_the_transcript_is_what_the_commands_print():
    assert readme.timeless(readme.shown()) == readme.timeless(readme.transcript())


@pytest.mark.kernels
def test_the_python_snippet_runs(tmp_path, monkeypatch, capsys):
    (tmp_path / "corpus").symlink_to(readme.ROOT / "corpus")
    monkeypatch.chdir(tmp_path)
    for snippet in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
        exec(compile(snippet, "README.md", "exec"), {})
    assert "github.com/example/toynet MNIST 91.2" in capsys.readouterr().out
