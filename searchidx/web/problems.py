"""Everything that can go wrong with a request, as one value and one body: {"error": {"type", "message", "remedy"}}."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException

from searchidx.errors import IndexFailure, PaperMissing, SearchIdxError


class HostRefused(SearchIdxError):
    """A request under a name that is not this server's: a page of a stranger may be asking."""

    status = 421


class TooBusy(SearchIdxError):
    """More long requests are under way than this server takes on."""

    status = 503


class TooSlow(SearchIdxError):
    """A request that took longer than this server gives one."""

    status = 503


class TooLong(SearchIdxError):
    """A request whose address has more characters than are read."""

    status = 414


@dataclass(frozen=True, slots=True)
class Problem:
    """What a client is told. type: the error's class; remedy: what to do about it, None when there is nothing."""

    status: int
    type: str
    message: str
    remedy: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The one error body."""
        return {"error": {"type": self.type, "message": self.message, "remedy": self.remedy}}

    @property
    def retry_after(self) -> int | None:
        """Seconds after which asking again may help."""
        return 1 if self.status == TooBusy.status else None


_REMEDIES = {
    404: "see /docs for the addresses there are",
    405: "the interface only reads: use GET",
}


def problem_of(exc: Exception) -> Problem:
    """The problem that an exception stands for. What is a defect of ours tells nothing of its inside."""
    if isinstance(exc, PaperMissing):  # where the index lies is nobody's business
        return Problem(exc.status, "PaperMissing", str(exc).rpartition(" in ")[0], "search for it: hits have ids")
    if isinstance(exc, IndexFailure):
        return Problem(
            exc.status, type(exc).__name__, "the index cannot be read", "the server's standard error says which file"
        )
    if isinstance(exc, SearchIdxError):
        message, found, remedy = str(exc).rpartition("; ")
        kind = type(exc).__name__
        return Problem(exc.status, kind, message, remedy) if found else Problem(exc.status, kind, str(exc))
    if isinstance(exc, HTTPException):
        status = exc.status_code
        kind = "".join(word.capitalize() for word in HTTPStatus(status).phrase.replace("-", " ").split())
        return Problem(status, kind, HTTPStatus(status).description or kind, _REMEDIES.get(status))
    return Problem(
        500, "InternalError", "the server failed at this request", "the server's standard error says why; report it"
    )
