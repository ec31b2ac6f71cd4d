"""Answers: JSON, the one error body, files to download."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from searchidx.web.problems import Problem

JSON = "application/json"


def json_response(data: object) -> Response:
    """An answer of the REST interface; what is no number in JSON becomes null."""
    return Response(orjson.dumps(data), media_type=JSON)


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """The one error body with its status."""
    more: dict[str, str] = dict(headers or {})
    if problem.retry_after is not None:
        more["retry-after"] = str(problem.retry_after)
    return Response(orjson.dumps(problem.to_json()), problem.status, more, JSON)


def download(body: str | bytes, media_type: str, name: str) -> Response:
    """A file for the user to keep."""
    return Response(body, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


def wants_html(request: Request) -> bool:
    """Whether a person is asking: a browser, at an address that is not the interface's."""
    if request.url.path.startswith("/api/"):
        return False
    accept: str = request.headers.get("accept", "")
    html, json = accept.find("text/html"), accept.find(JSON)
    return html >= 0 and (json < 0 or html < json)
