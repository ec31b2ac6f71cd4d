"""The interface keeps what its OpenAPI document promises, for whatever a client may send."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from conftest import TINY, write_jsonl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

import searchidx
from searchidx.web import openapi
from searchidx.web.app import Options, create_app

#: A query, a year, a condition on a metric have a grammar no schema can say: to refuse such a text is no failure.
LEFT_OUT = [positive_data_acceptance]
#: Addresses given to people and feed readers, who hang parameters of their own on them: these are passed over.
LENIENT = ("/export/search.{kind}", "/feed.atom")


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> schemathesis.BaseSchema:
    home = tmp_path_factory.mktemp("schema")
    claim = {"id": "acc", "title": "Depth by numbers", "abstract": "We reach an accuracy of 91.2% on ImageNet."}
    searchidx.build([write_jsonl(home / "papers.jsonl", [*TINY, claim])], home / "index")
    app = create_app(home / "index", options=Options(allow_hosts=("testserver",), timeout_s=120))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def _has_bare_values(operation: Any, case: schemathesis.Case) -> bool:
    """Whether a list is given as a single value, which in a query string is a list of one and nothing wrong."""
    lists = {p.name for p in operation.query if p.definition["schema"].get("type") == "array"}
    return any(not isinstance(value, list) for name, value in (case.query or {}).items() if name in lists)


def ask_everything(described: schemathesis.BaseSchema, path: str, mode: GenerationMode, max_examples: int) -> None:
    """Requests that agree with the description, or that do not, each answer checked against it."""
    (operation,) = described[path].values()

    @settings(
        database=None,
        suppress_health_check=list(HealthCheck),
        max_examples=max_examples,
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        answer = case.call()
        # too long is refused with a status of its own
        lenient = path in LENIENT or answer.status_code == 414 or _has_bare_values(operation, case)
        case.validate_response(answer, excluded_checks=[*LEFT_OUT, *([negative_data_rejection] if lenient else [])])

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # nothing can be said wrong to an address without parameters


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("path", openapi.document()["paths"])
def test_answers_are_as_described(described: schemathesis.BaseSchema, path: str, mode: GenerationMode) -> None:
    ask_everything(described, path, mode, 6)


@pytest.mark.torture
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("path", openapi.document()["paths"])
def test_many_answers_are_as_described(described: schemathesis.BaseSchema, path: str, mode: GenerationMode) -> None:
    ask_everything(described, path, mode, 150)


def test_the_document_is_valid(described: schemathesis.BaseSchema) -> None:
    described.validate()
