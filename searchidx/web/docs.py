"""The reference of the REST interface for people, made from its OpenAPI document, without fetching anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from searchidx.web import openapi, pages
from searchidx.web.responses import json_response


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A parameter in words. where: `path` or `query`."""

    name: str
    where: str
    required: bool
    type: str
    help: str
    example: str


@dataclass(frozen=True, slots=True)
class OperationView:
    """One address. example: an address to try, gives: media types, shape: what JSON comes, by name."""

    path: str
    anchor: str
    summary: str
    says: str
    parameters: tuple[ParameterView, ...]
    example: str
    gives: tuple[str, ...]
    shape: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of an answer."""

    name: str
    type: str
    help: str


@dataclass(frozen=True, slots=True)
class DocsView:
    """The whole reference. shapes: name -> fields."""

    version: str
    about: str
    operations: tuple[OperationView, ...]
    shapes: tuple[tuple[str, tuple[FieldView, ...]], ...]
    errors: tuple[tuple[str, str], ...]


def view(document: dict[str, Any]) -> DocsView:
    """The reference of an OpenAPI document."""
    operations = tuple(_operation(path, item["get"]) for path, item in document["paths"].items())
    shapes = tuple(
        (name, tuple(_field(field, inner) for field, inner in schema["properties"].items()))
        for name, schema in document["components"]["schemas"].items()
    )
    answers = [answer for item in document["paths"].values() for answer in item["get"]["responses"].items()]
    errors = sorted({status: answer["description"] for status, answer in answers if status >= "400"}.items())
    return DocsView(document["info"]["version"], document["info"]["description"], operations, shapes, tuple(errors))


def _operation(path: str, get: dict[str, Any]) -> OperationView:
    content = get["responses"]["200"]["content"]
    schemas = [media["schema"].get("$ref", "").rpartition("/")[2] for media in content.values()]
    return OperationView(
        path,
        get["operationId"],
        get["summary"],
        get["responses"]["200"]["description"],
        tuple(map(_parameter, get["parameters"])),
        _example(path, get["parameters"]),
        tuple(content),
        schemas[0],
    )


def _parameter(described: dict[str, Any]) -> ParameterView:
    schema, example = described["schema"], described.get("example", "")
    return ParameterView(
        described["name"],
        described["in"],
        described.get("required", False),
        _type(schema),
        described["description"],
        ", ".join(example) if isinstance(example, list) else str(example),
    )


def _example(path: str, parameters: list[dict[str, Any]]) -> str:
    """An address with what must be given and what is asked first."""
    given = {}
    for parameter in parameters:
        if parameter["in"] == "path":
            value = parameter.get("example") or parameter["schema"]["enum"][0]
            path = path.replace(f"{{{parameter['name']}}}", quote(value))
        elif parameter.get("required") or parameter["name"] == "q":
            given[parameter["name"]] = parameter["example"]
    return path + (f"?{urlencode(given)}" if given else "")


def _type(schema: dict[str, Any]) -> str:
    """A schema in words: `whole number, 1 to 100, default 10`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(map(_type, schema["anyOf"]))
    if "enum" in schema:
        words = ", ".join(schema["enum"])
    elif schema["type"] == "array":
        words = f"list of {_type(schema['items'])}"
    elif schema["type"] == "integer" and "maximum" in schema:
        words = f"whole number, {schema['minimum']:,} to {schema['maximum']:,}"
    else:
        names = {"string": "text", "boolean": "true or false", "integer": "whole number", "null": "null"}
        words = names.get(schema["type"], schema["type"])
    return words + (f"; default {schema['default']}" if schema.get("default") else "")


def _field(name: str, schema: dict[str, Any]) -> FieldView:
    return FieldView(name, _type(schema), schema.get("description", ""))


async def docs(request: Request) -> Response:
    """The reference as a page."""
    return pages.rendered("docs.html", request, view=view(openapi.document()), here="docs")


async def describe(request: Request) -> Response:
    """The OpenAPI document itself."""
    return json_response(openapi.document())


def routes() -> list[Route]:
    """The page and the document."""
    return [Route("/docs", docs, methods=["GET"]), Route("/openapi.json", describe, methods=["GET"])]
