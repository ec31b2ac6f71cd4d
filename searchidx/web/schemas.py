"""What the answers of the REST interface hold, as JSON Schema: one constant per kind of answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from searchidx.paper import CODE_STATES, LINK_KINDS
from searchidx.web.params import FACET_NAMES

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_NUMBER: Schema = {"type": "number"}


def ref(name: str) -> Schema:
    """Where the schema of this name stands in `SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


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


_CODE: Schema = {"type": "string", "enum": list(CODE_STATES)}
_VALUE: Schema = {"anyOf": [_NUMBER, TEXT], "description": "A number, or text that is none in JSON."}
_METRIC: dict[str, Schema] = {
    "metric": {**TEXT, "description": "As written."},
    "canonical": {**TEXT, "description": "The one spelling under which all writings are counted."},
    "value": _VALUE,
    "from": _or_null(_VALUE),
    "unit": _or_null(TEXT),
    "kind": {"type": "string", "enum": ["absolute", "delta", "ratio"]},
    "dataset": _or_null(TEXT),
    "sentence": {**TEXT, "description": "Where the abstract says so."},
}
_ABOUT: dict[str, Schema] = {
    "date": {**_or_null(TEXT), "description": "YYYY, YYYY-MM or YYYY-MM-DD."},
    "year": _or_null({"type": "integer"}),
    "venue": _or_null(TEXT),
    "authors": _list(TEXT),
    "source": _list(TEXT),
}
_FOUND: dict[str, Schema] = {
    "has_code": {"type": "boolean"},
    "code": {**_CODE, "description": "linked: a repository is known; else what the abstract says."},
    "repo": {**_or_null(TEXT), "description": "host/owner/name"},
    "links": _list(ref("Link")),
}
_COUNTS: Schema = {"type": "object", "additionalProperties": _COUNT}
_FACETS: Schema = {
    "type": "object",
    "description": "Facet -> value -> papers, most frequent first, years newest first.",
    "properties": dict.fromkeys(FACET_NAMES, _COUNTS),
}
_TOOK: Schema = {**_NUMBER, "minimum": 0, "description": "Milliseconds."}

_ERROR: Schema = _object(
    {
        "error": _object(
            {
                "type": {**TEXT, "description": "The kind of error."},
                "message": {**TEXT, "description": "What is wrong."},
                "remedy": {**_or_null(TEXT), "description": "What to do about it."},
            }
        )
    }
)

_LINK: Schema = _object({"url": TEXT, "kind": {"type": "string", "enum": list(LINK_KINDS)}, "origin": TEXT})

_CLAIM: Schema = _object(_METRIC)

_HIT: Schema = _object(
    {
        "rank": {"type": "integer", "minimum": 1},
        "id": TEXT,
        "title": TEXT,
        "score": _NUMBER,
        "match": {
            **_or_null({"type": "string", "enum": ["title", "id"]}),
            "description": "Set when the query is the paper's own title or id.",
        },
        **_ABOUT,
        **_FOUND,
        "datasets": _list(_object({"name": TEXT, "role": {"type": "string", "enum": ["used", "introduced"]}})),
        "metrics": _list(ref("Metric")),
        "snippet": {**_or_null(TEXT), "description": "HTML: escaped text with <mark> around matched words."},
        "also": {**_list(TEXT), "description": "Ids of near duplicates that are not shown."},
        "explanation": {"type": "object", "description": "How the score comes about, when asked for."},
    },
    optional=("explanation",),
)

_PAGE: Schema = _object(
    {
        "query": TEXT,
        "total": {**_COUNT, "description": "Papers that match, on all pages."},
        "page": {"type": "integer", "minimum": 1},
        "took_ms": _TOOK,
        "did_you_mean": _or_null(TEXT),
        "unknown_words": _list(TEXT),
        "note": {**_or_null(TEXT), "description": "How the query was read, where not as written."},
        "hits": _list(ref("Hit")),
        "facets": _FACETS,
        "analysis": {
            **_list({"type": "object"}),
            "description": "What the analyser made of the query's words, when an explanation is asked for.",
        },
    },
    optional=("analysis",),
)

_PAPER: Schema = _object(
    {
        "id": TEXT,
        "title": TEXT,
        "abstract": TEXT,
        **_ABOUT,
        "url": _or_null(TEXT),
        "listings": _list(_object({"page": TEXT, "date": _or_null(TEXT)})),
        "keywords": _list(TEXT),
        "arxiv_id": _or_null(TEXT),
        "doi": _or_null(TEXT),
        "upvotes": _or_null({"type": "integer"}),
        **_FOUND,
        "datasets": _list(_object({"name": TEXT, "surface": TEXT, "role": TEXT})),
        "metrics": _list(ref("Metric")),
        "extra": {"type": "object", "description": "What the source said besides."},
    }
)

_ALL_FACETS: Schema = _object({"query": TEXT, "total": _COUNT, "took_ms": _TOOK, "facets": _FACETS})

_RESULTS: Schema = _object(
    {
        "dataset": TEXT,
        "metric": _or_null(TEXT),
        "total": {**_COUNT, "description": "Claims on all pages."},
        "results": _list(
            _object(
                {
                    "id": TEXT,
                    "title": TEXT,
                    "year": _or_null({"type": "integer"}),
                    **_METRIC,
                    "code": _CODE,
                    "repo": _or_null(TEXT),
                    "url": _or_null(TEXT),
                }
            )
        ),
    }
)

_SUGGESTIONS: Schema = _object({"q": TEXT, "suggestions": _list(TEXT)})

_HEALTH: Schema = _object(
    {
        "status": {"type": "string", "enum": ["ok", "behind"]},
        "version": TEXT,
        "generation": TEXT,
        "papers": _COUNT,
        "problem": {**_or_null(TEXT), "description": "Why a newer generation could not be opened."},
    }
)

#: Every kind of answer by its name.
SCHEMAS: dict[str, Schema] = {
    "Error": _ERROR,
    "Link": _LINK,
    "Metric": _CLAIM,
    "Hit": _HIT,
    "Page": _PAGE,
    "Paper": _PAPER,
    "Facets": _ALL_FACETS,
    "Results": _RESULTS,
    "Suggestions": _SUGGESTIONS,
    "Health": _HEALTH,
}
