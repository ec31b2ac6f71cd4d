"""Asking the application without a socket, for the tests of the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from searchidx.web.app import Options, create_app


def client(index: Path, **options: Any) -> TestClient:
    """A client of the application over an index. What fails inside is an answer, as it is to others."""
    # kernels that are not compiled yet take longer than any request should
    app = create_app(index, options=Options(**{"timeout_s": 120.0, **options}))
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False)
