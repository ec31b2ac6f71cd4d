"""Who may ask, and what a browser may do with an answer: Host check, CORS, security headers.

A server on the own machine is reached by every page the browser has open. Answers are readable to other origins only
when `--cors` names them. A stranger's name that resolves to this machine (DNS rebinding) would make his page our own
origin, so requests are answered only under names that are ours: IP addresses, which cannot be rebound, localhost,
the host we are bound to, this machine's own name when we are reachable from outside, and names that were allowed.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable

from searchidx.errors import UsageError
from searchidx.web.problems import HostRefused

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

#: On every answer.
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)

_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")
_ORIGIN = re.compile(r"https?://(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")
ANY = "*"


class Hosts:
    """The names under which requests are answered.

    bound: the host the server listens on. allowed: more names, `.example.org` for all below one, `*` for any.
    """

    def __init__(self, bound: str = "127.0.0.1", allowed: Iterable[str] = ()) -> None:
        names = {name.lower().rstrip(".") for name in allowed}
        self._any = ANY in names
        self._suffixes = (*(name for name in names if name.startswith(".")), ".localhost")
        self._names = {name.removeprefix(".") for name in names} | {"localhost", bound.lower().rstrip(".")}
        if not _is_loopback(bound):
            self._names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
        self._known: set[str] = set()

    def check(self, host: str | None) -> None:
        """Raises HostRefused. None: a client too old to say, which no browser is."""
        if host is None or self._any or host in self._known:
            return
        match = _HOST.fullmatch(host)
        name = match["name"].lower().rstrip(".") if match else ""
        if not (name in self._names or name.endswith(self._suffixes) or _is_address(name)):
            shown = host[:100].encode("ascii", "backslashreplace").decode()
            raise HostRefused(
                f"this server does not answer as {shown!r}; start it with --allow-host NAME to allow a name"
            )
        if len(self._known) < 100:
            self._known.add(host)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def check_origin(origin: str) -> str:
    """An origin as browsers send it, or `*`. Raises UsageError."""
    if origin != ANY and not _ORIGIN.fullmatch(origin):
        raise UsageError(f"no origin: {origin!r}; write it like https://example.org or http://localhost:3000")
    return origin.lower()


def cors_headers(origin: str | None, allowed: frozenset[str]) -> list[tuple[bytes, bytes]]:
    """What lets a page of this origin read the answer; nothing for origins nobody allowed."""
    if not allowed:
        return []
    vary = [(b"vary", b"Origin")]
    if origin is None or not (ANY in allowed or origin.lower() in allowed):
        return [] if ANY in allowed else vary
    granted = b"*" if ANY in allowed else origin.encode("latin-1")
    headers = [(b"access-control-allow-origin", granted), (b"access-control-expose-headers", b"ETag, Retry-After")]
    return headers if ANY in allowed else headers + vary


PREFLIGHT: tuple[tuple[bytes, bytes], ...] = (
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"If-None-Match"),
    (b"access-control-max-age", b"600"),
)
