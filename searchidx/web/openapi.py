"""The description of the REST interface (OpenAPI 3.1), made from the parameters' one declaration."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from searchidx import __version__
from searchidx.index import SORTS
from searchidx.paper import CODE_STATES, LINK_KINDS
from searchidx.web import api, exports, feed
from searchidx.web.params import FACET_NAMES, MAX_VALUES, SEARCH, Param

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_NUMBER: Schema = {"type": "number"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _object(properties: dict[str, Schema], optional: Sequence[str] = ()) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas() -> dict[str, Schema]:
    code: Schema = {"type": "string", "enum": list(CODE_STATES)}
    value: Schema = {"anyOf": [_NUMBER, _TEXT], "description": "A number, or text that is none in JSON."}
    metric: dict[str, Schema] = {
        "metric": {**_TEXT, "description": "As written."},
        "canonical": {**_TEXT, "description": "The one spelling under which all writings are counted."},
        "value": value,
        "from": _or_null(value),
        "unit": _or_null(_TEXT),
        "kind": {"type": "string", "enum": ["absolute", "delta", "ratio"]},
        "dataset": _or_null(_TEXT),
        "sentence": {**_TEXT, "description": "Where the abstract says so."},
    }
    about: dict[str, Schema] = {
        "date": {**_or_null(_TEXT), "description": "YYYY, YYYY-MM or YYYY-MM-DD."},
        "year": _or_null({"type": "integer"}),
        "venue": _or_null(_TEXT),
        "authors": _list(_TEXT),
        "source": _list(_TEXT),
    }
    found: dict[str, Schema] = {
        "has_code": {"type": "boolean"},
        "code": {**code, "description": "linked: a repository is known; else what the abstract says."},
        "repo": {**_or_null(_TEXT), "description": "host/owner/name"},
        "links": _list(_ref("Link")),
    }
    counts: Schema = {"type": "object", "additionalProperties": _COUNT}
    facets: Schema = {
        "type": "object",
        "description": "Facet -> value -> papers, most frequent first, years newest first.",
        "properties": dict.fromkeys(FACET_NAMES, counts),
    }
    took: Schema = {**_NUMBER, "minimum": 0, "description": "Milliseconds."}
    return {
        "Error": _object(
            {
                "error": _object(
                    {
                        "type": {**_TEXT, "description": "The kind of error."},
                        "message": {**_TEXT, "description": "What is wrong."},
                        "remedy": {**_or_null(_TEXT), "description": "What to do about it."},
                    }
                )
            }
        ),
        "Link": _object({"url": _TEXT, "kind": {"type": "string", "enum": list(LINK_KINDS)}, "origin": _TEXT}),
        "Metric": _object(metric),
        "Hit": _object(
            {
                "rank": {"type": "integer", "minimum": 1},
                "id": _TEXT,
                "title": _TEXT,
                "score": _NUMBER,
                "match": {
                    **_or_null({"type": "string", "enum": ["title", "id"]}),
                    "description": "Set when the query is the paper's own title or id.",
                },
                **about,
                **found,
                "datasets": _list(_object({"name": _TEXT, "role": {"type": "string", "enum": ["used", "introduced"]}})),
                "metrics": _list(_ref("Metric")),
                "snippet": {**_or_null(_TEXT), "description": "HTML: escaped text with <mark> around matched words."},
                "also": {**_list(_TEXT), "description": "Ids of near duplicates that are not shown."},
                "explanation": {"type": "object", "description": "How the score comes about, when asked for."},
            },
            optional=("explanation",),
        ),
        "Page": _object(
            {
                "query": _TEXT,
                "total": {**_COUNT, "description": "Papers that match, on all pages."},
                "page": {"type": "integer", "minimum": 1},
                "took_ms": took,
                "did_you_mean": _or_null(_TEXT),
                "unknown_words": _list(_TEXT),
                "note": {**_or_null(_TEXT), "description": "How the query was read, where not as written."},
                "hits": _list(_ref("Hit")),
                "facets": facets,
                "analysis": {
                    **_list({"type": "object"}),
                    "description": "What the analyser made of the query's words, when an explanation is asked for.",
                },
            },
            optional=("analysis",),
        ),
        "Paper": _object(
            {
                "id": _TEXT,
                "title": _TEXT,
                "abstract": _TEXT,
                **about,
                "url": _or_null(_TEXT),
                "listings": _list(_object({"page": _TEXT, "date": _or_null(_TEXT)})),
                "keywords": _list(_TEXT),
                "arxiv_id": _or_null(_TEXT),
                "doi": _or_null(_TEXT),
                "upvotes": _or_null({"type": "integer"}),
                **found,
                "datasets": _list(_object({"name": _TEXT, "surface": _TEXT, "role": _TEXT})),
                "metrics": _list(_ref("Metric")),
                "extra": {"type": "object", "description": "What the source said besides."},
            }
        ),
        "Facets": _object({"query": _TEXT, "total": _COUNT, "took_ms": took, "facets": facets}),
        "Results": _object(
            {
                "dataset": _TEXT,
                "metric": _or_null(_TEXT),
                "total": {**_COUNT, "description": "Claims on all pages."},
                "results": _list(
                    _object(
                        {
                            "id": _TEXT,
                            "title": _TEXT,
                            "year": _or_null({"type": "integer"}),
                            **metric,
                            "code": code,
                            "repo": _or_null(_TEXT),
                            "url": _or_null(_TEXT),
                        }
                    )
                ),
            }
        ),
        "Suggestions": _object({"q": _TEXT, "suggestions": _list(_TEXT)}),
        "Health": _object(
            {
                "status": {"type": "string", "enum": ["ok", "behind"]},
                "version": _TEXT,
                "generation": _TEXT,
                "papers": _COUNT,
                "problem": {**_or_null(_TEXT), "description": "Why a newer generation could not be opened."},
            }
        ),
    }


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
    error = {"application/json": {"schema": _ref("Error")}}
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
    return {"application/json": _ref(name)}


def _paths() -> dict[str, Schema]:
    kind = {
        "name": "kind",
        "in": "path",
        "required": True,
        "description": "BibTeX, CSV or JSON Lines.",
        "schema": {"type": "string", "enum": list(exports.KINDS)},
    }
    files = {media_type.partition(";")[0]: _TEXT for media_type, _ in exports.KINDS.values()}
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
            gives={"application/atom+xml": _TEXT},
            says="An Atom feed.",
        ),
        "/healthz": _operation(
            "Whether the server answers", "health", gives=_json("Health"), says="It does, from this generation."
        ),
        "/metrics": _operation(
            "Counts of requests", "metrics", gives={"text/plain": _TEXT}, says="Prometheus text, over all workers."
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
        "components": {"schemas": _schemas()},
    }
