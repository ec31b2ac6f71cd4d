"""Which URLs of records may become links: records come from strangers."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# a blank or control character inside is cut out by browsers and may join what looked apart; `\` is `/` to them; some
# characters turn the shown text round, and some no XML can hold
_ODD = re.compile(r"[\x00-\x20\x7f-\xa0\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff\\\"'<>`]")


def safe_url(url: str | None) -> str | None:
    """The URL when it may be a link: absolute, http or https, with a host and nothing that could end an attribute.

    Anything else (`javascript:`, `data:`, relative, user names) is None: show it as text.
    """
    if not url or len(url) > 2000 or _ODD.search(url):
        return None
    try:
        parts = urlsplit(url)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        return None
    sound = parts.scheme in ("http", "https") and parts.hostname and port_is_sound and "@" not in parts.netloc
    return url if sound else None
