"""The description of the REST interface (OpenAPI 3.1), made from the parameters' one declaration."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from searchidx import __version__
from searchidx.index import SORTS
from searchidx.web import api, exports, feed
from searchidx.web.params import FACET_NAMES, MAX_VALUES, SEARCH, Param
from searchidx.web.schemas import SCHEMAS, TEXT, Schema, ref


def _parameter(param: Param) -> Schema:
    """A parameter of a query string."""
    described: Schema = {"name": param.name, "in": "query", "description": param.help}
    if param.required:
        described["required"] = True
    schema: Schema
    match param.kind:
        case "number":
            schema = {"type": "integer", "minimum": param.low, "maximum": param.high}
        case "flag":
            schema = {"type": "boolean"}
        case "choice":
            schema = {"type": "string", "enum": list(param.choices)}
        case "text":
            schema = {"type": "string", "maxLength": param.max_chars}
            if param.required:
                schema["pattern"] = r"\S"
        case "texts":
            item = {"enum": list(param.choices)} if param.choices else {"pattern": r"\S", "maxLength": param.max_chars}
            schema = {"type": "array", "maxItems": MAX_VALUES, "items": {"type": "string", **item}}
        case "facets":
            names = ["true", "false", *FACET_NAMES]
            schema = {"type": "array", "maxItems": MAX_VALUES, "items": {"type": "string", "enum": names}}
    if param.default not in (None, (), ""):
        schema["default"] = param.default
    if param.example is not None:
        listed = schema["type"] == "array"
        described["example"] = [param.example] if listed else param.example
    return {**described, "schema": schema}


_ERRORS = {
    "400": "Something in the request cannot be understood.",
    "404": "There is no such paper, or no such address.",
    "405": "The interface only reads: GET and HEAD.",
    "414": "The address is too long.",
    "421": "The server does not answer under this name.",
    "503": "The index cannot be read, or too much is going on; `Retry-After` says when to ask again.",
}
_ALWAYS = ("400", "405", "414", "421", "503")


def _operation(
    summary: str,
    name: str,
    *,
    params: Sequence[Param] = (),
    gives: dict[str, Schema],
    says: str,
    path: Sequence[Schema] = (),
    missing: bool = False,
) -> Schema:
    """One GET. gives: media type -> schema; missing: whether 404 is an answer."""
    errors = (*_ALWAYS, "404") if missing else _ALWAYS
    unchanged = {"304": {"description": "Unchanged since the `ETag` in `If-None-Match`."}}
    error = {"application/json": {"schema": ref("Error")}}
    return {
        "get": {
            "summary": summary,
            "operationId": name,
            "parameters": [*path, *map(_parameter, params)],
            "responses": {
                "200": {"description": says, "content": {kind: {"schema": schema} for kind, schema in gives.items()}},
                **unchanged,
                **{status: {"description": _ERRORS[status], "content": error} for status in sorted(errors)},
            },
        }
    }


_ID: Schema = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "An id, arXiv id, DOI, URL or whole title; slashes may stand as they are.",
    "schema": {"type": "string", "minLength": 1},
    "example": "2401.00042",
}


def _json(name: str) -> dict[str, Schema]:
    return {"application/json": ref(name)}


def _paths() -> dict[str, Schema]:
    kind = {
        "name": "kind",
        "in": "path",
        "required": True,
        "description": "BibTeX, CSV or JSON Lines.",
        "schema": {"type": "string", "enum": list(exports.KINDS)},
    }
    files = {media_type.partition(";")[0]: TEXT for media_type, _ in exports.KINDS.values()}
    return {
        "/api/search": _operation(
            "Ranked search", "search", params=SEARCH, gives=_json("Page"), says="A page of hits, best first."
        ),
        "/api/papers/{id}": _operation(
            "One paper", "paper", path=[_ID], gives=_json("Paper"), says="Everything known of it.", missing=True
        ),
        "/api/papers/{id}/similar": _operation(
            "Papers like one paper",
            "similar",
            params=api.SIMILAR,
            path=[_ID],
            gives=_json("Page"),
            says="Papers most alike first.",
            missing=True,
        ),
        "/api/facets": _operation(
            "Counts over all papers that match",
            "facets",
            params=api.FACETS,
            gives=_json("Facets"),
            says="All facets, unless some are named.",
        ),
        "/api/results": _operation(
            "Numbers that papers report on a dataset",
            "results",
            params=api.RESULTS,
            gives=_json("Results"),
            says="Claims of abstracts by metric, best first: not a leaderboard, for settings differ.",
        ),
        "/api/suggest": _operation(
            "Completions of what is being typed",
            "suggest",
            params=api.SUGGEST,
            gives=_json("Suggestions"),
            says="Whole queries, likeliest first.",
        ),
        "/export/search.{kind}": _operation(
            "A search as a file",
            "export",
            params=exports.EXPORT,
            path=[kind],
            gives=files,
            says="All papers found, up to the limit.",
            missing=True,
        ),
        "/feed.atom": _operation(
            "A search as a feed, newest papers first",
            "feed",
            params=feed.FEED,
            gives={"application/atom+xml": TEXT},
            says="An Atom feed.",
        ),
        "/healthz": _operation(
            "Whether the server answers", "health", gives=_json("Health"), says="It does, from this generation."
        ),
        "/metrics": _operation(
            "Counts of requests", "metrics", gives={"text/plain": TEXT}, says="Prometheus text, over all workers."
        ),
    }


@cache
def document() -> Schema:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "searchidx",
            "version": __version__,
            "description": "Offline search for machine-learning papers. Read-only: GET and HEAD. "
            f"Sorts: {', '.join(SORTS)}. Answers carry a weak ETag by the index's generation.",
        },
        "paths": _paths(),
        "components": {"schemas": SCHEMAS},
    }
