r"""URLs in prose: found under real-world dirt, cleaned, and sorted into kinds.

More than half of the code links of real abstracts carry something that is not theirs: sentence punctuation, LaTeX
(`\url{...}`, `\_`), Markdown, blanks inside (`https: //github. com/a/b`), another URL glued on. `find_urls` gives
each link as a reader should open it, with the span of the dirty form. What a link leads to is for `kinds` to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from searchidx.extraction.hints import lower_same_length
from searchidx.paper import Span

_TLDS = (
    "com|org|net|edu|gov|io|ai|dev|app|me|info|co|cc|ly|gl|be|science|page|site|online|tech|cloud|xyz|space|"
    "de|uk|fr|ch|cn|jp|kr|tw|hk|sg|in|it|es|nl|at|se|no|fi|dk|pl|cz|pt|gr|il|au|nz|ca|us|eu|br|ru|tr|sa|ae|"
    "ir|"
    "vn|th|mx|cl|lu|ie|hu|ro|si|hr|su|ws|tv|id|my|to"
)
_TLD_SET = frozenset(_TLDS.split("|"))
#: Where a URL is, in lower-case text: at its scheme, its `www.`, a known host, or the dot before its top-level domain.
#: It opens with one set of characters, which `re` skips to quickly; what the first one is, is asked behind the second.
_SIGN = re.compile(
    r"[hwgbca.](?:t(?<=ht)tps?\s{0,2}:\s{0,2}/\s{0,2}/\s{0,2}(?=[\w\[{\\])"
    r"|(?P<known>w(?<=ww)w\.[\w-]|(?:i(?<=gi)t(?:hub|lab)|u(?<=hu)ggingface|i(?<=bi)tbucket|o(?<=co)deberg)"
    r"\s?\.\s?(?:com|co|org)\s?/)"
    r"|(?P<inside>(?<=\.)(?:(?:" + _TLDS + r")/[\w~@-]|git(?:hub|lab)\.io(?![\w-])))|(?P<said>v(?<=av)ailable at ))"
)
_BARE_HOST = re.compile(r"[a-z0-9][\w-]{0,62}(?:\.[\w-]{1,63}){0,3}\.(?:com|org|net|edu|io|ai|dev|app)(?![\w-])")
_HOST_CHARACTERS = re.compile(r"[a-z0-9][\w-]{0,62}(?:\.[\w-]{1,63}){0,4}\Z")
#: A text with more URLs than this is a dump; the rest is left alone.
_MOST_URLS = 500
_SCHEME = re.compile(r"https?\s{0,2}:\s{0,2}/\s{0,2}/\s{0,2}", re.IGNORECASE)
#: A host whose dots may have blanks around them; the blanks are accepted only when a known ending follows.
_SPACED_HOST = re.compile(r"(?:[\w-]{1,63}\s?\.\s?){1,5}(?:" + _TLDS + r")(?:\s?/|(?=[\s.,;:)\]}]|$))", re.IGNORECASE)
_RUN = re.compile(r"[^\s<>\"“”«»|^`‘’]+")
_BLANK_THEN_PATH = re.compile(r"\s{1,3}([\w.~%@/-]{1,80})")
_LONGEST = 2000

_LATEX = (
    ("{\\_}", "_"), ("\\_", "_"), ("\\%", "%"), ("\\#", "#"), ("\\&", "&"), ("{\\~}", "~"), ("{\\textasciitilde}", "~"),
    ("\\textasciitilde{}", "~"), ("\\textasciitilde", "~"), ("\\textunderscore", "_"), ("\\~{}", "~"), ("\\~", "~"),
    ("$\\sim$", "~"), ("{~}", "~"), ("{_}", "_"), ("\\-", "-"), ("\\/", "/"), ("\\.", "."),
)  # fmt: skip
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_TRAILING = ".,;:!?'\"*…。，、；：！？）】」、~<>=&\\$"
#: A sentence glued to the link: `github.com/a/b.Our results`.
_GLUED_SENTENCE = re.compile(
    r"[.,;:](?:The|Our|We|In|This|It|Code|Codes|Data|All|To|Keywords?|Index|CCS|These|Its|A|An|Project|Video|"
    r"Demo|Also|"
    r"For|Please|See|Models?|and|And|or|as|with|while)\Z"
)
_NEXT_IS_PROSE = frozenset(
    "and or to for with the a an in on at we our is are it this that as by from of where which while also "
    "together but "
    "see code codes data dataset datasets models demo video videos project page upon after under via keywords".split()
)
_SENTENCE_STARTS = frozenset("We Our The This In It Code All To".split())
_PLACEHOLDER = re.compile(
    r"x{3,}|your[-_]?(?:name|repo)|anonym(?:ous|ized)?|tbd|todo|placeholder|\.{2,}", re.IGNORECASE
)

_REPO_HOSTS = frozenset({"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"})
_NOT_OWNERS = frozenset(
    "topics features orgs sponsors marketplace about search settings login join pricing explore users blog".split()
)
_NAME = re.compile(r"[\w.+~-]+")
#: A URL in which there is nothing to clean, as lists of papers give most.
_PLAIN_REPO = re.compile(r"https://github\.com/([A-Za-z0-9-]{1,100})/([A-Za-z0-9_-]{1,100})/?")


@dataclass(frozen=True, slots=True)
class FoundUrl:
    """A cleaned URL and the span of its dirty form in the text."""

    url: str
    span: Span


def find_urls(text: str) -> tuple[list[FoundUrl], tuple[Span, ...]]:
    """(every URL once, in order of first appearance; the spans of all of them, repeated ones too)."""
    lowered = lower_same_length(text)
    found: list[FoundUrl] = []
    spans: list[Span] = []
    seen: set[str] = set()
    position = 0
    while len(spans) < _MOST_URLS:
        match = _SIGN.search(lowered, position)
        if match is None:
            break
        start = _start_of(lowered, match, position)
        if start is None:
            position = match.end() if match.lastgroup != "inside" else match.start() + 1
            continue
        url, end = _read(text, start)
        end = max(end, match.end() if match.lastgroup is None else start + 1)
        spans.append((start, end))
        position = end
        if url is not None and bare(url) not in seen:
            seen.add(bare(url))
            found.append(FoundUrl(url, (start, end)))
    return found, tuple(spans)


def _start_of(lowered: str, match: re.Match[str], limit: int) -> int | None:
    """Where the URL at a sign of one begins, or None when the sign deceives."""
    kind = match.lastgroup
    if kind is None:
        return match.start()
    if kind == "said":
        return match.end() if _BARE_HOST.match(lowered, match.end()) else None
    start = match.start()
    if kind == "inside":
        host = _HOST_CHARACTERS.search(lowered, max(limit, start - 130), start)
        if host is None:
            return None
        start = _after_glued_word(lowered, host.start(), match.start())
        if start > host.start():
            return start
    before = lowered[start - 1] if start > limit else " "
    if kind == "known" and before.isalpha() and lowered.startswith("github", start):
        return start  # `available atgithub.com/a/b`
    return None if before.isalnum() or before in "_.@/-" else start


def _after_glued_word(lowered: str, start: int, dot: int) -> int:
    """Where a host that ends at `dot` begins: `objectives.user.github.io` is a sentence's last word and a host, since
    such pages have one label before the site's own two.
    """
    if lowered.startswith((".github.io", ".gitlab.io"), dot):
        return lowered.rfind(".", start, dot) + 1 or start
    return start


def bare(url: str) -> str:
    """A URL without scheme, `www.`, last slash, `.git` and letter case: equal for links to one place."""
    rest = _SCHEME.sub("", url, count=1).lower().removeprefix("www.")
    return rest.rstrip("/").removesuffix(".git")


def _read(text: str, start: int) -> tuple[str | None, int]:
    """(clean URL or None, end of the dirty form) for the URL candidate at `start`."""
    scheme = _SCHEME.match(text, start)
    prefix = "https://"
    position = start
    if scheme is not None:
        position = scheme.end()
        prefix = "http://" if scheme.group()[4] not in "sS" else "https://"
    spaced = _SPACED_HOST.match(text, position)
    host = ""
    if spaced is not None and _host_is_broken(spaced.group()):
        host = "".join(spaced.group().split())
        position = spaced.end()
    run = _RUN.match(text, position)
    raw = run.group() if run else ""
    end = run.end() if run else position
    raw, end = _join_broken(text, host + raw, end)
    if len(raw) > _LONGEST:
        return None, end
    again = _SCHEME.search(raw, 4)
    if again is not None:
        end -= len(raw) - again.start()
        raw = raw[: again.start()]
    clean, cut = _clean(raw)
    end -= cut
    url = prefix + clean
    return (url if _plausible(url) else None), end


def _host_is_broken(candidate: str) -> bool:
    """Whether a blank cut a host in two: what stands before the first blank is no host by itself."""
    words = candidate.split()
    first = words[0].rstrip(".")
    complete = "." in first and first.rpartition(".")[2].lower() in _TLD_SET
    return len(words) > 1 and "/" not in first and not complete


def _join_broken(text: str, raw: str, end: int) -> tuple[str, int]:
    """Put back what a blank cut off: `github.com/ a/b`, `github.com/a/ b`, `github.com/a/b-` + line break + `c`."""
    for _ in range(3):
        following = _BLANK_THEN_PATH.match(text, end)
        if following is None:
            break
        token = following[1]
        word = token.rstrip(".,;:").lower()
        is_code_host = raw.lower().startswith(("github.com", "www.github.com", "gitlab.com", "huggingface.co"))
        parts = [part for part in raw.split("/")[1:] if part]
        unfinished = is_code_host and len(parts) < 2 and (raw.endswith("/") or (not parts and token.startswith("/")))
        hyphen = raw.endswith(("-", "_")) and len(parts) >= 1
        if not (unfinished or hyphen) or word in _NEXT_IS_PROSE:
            break
        after_slash = unfinished and parts and raw.endswith("/") and not token.startswith("/")
        if after_slash and (text[end] == "\n" or token in _SENTENCE_STARTS):
            break  # `github.com/owner/ We show`
        raw += token
        end = following.end()
    return raw, end


def _clean(raw: str) -> tuple[str, int]:
    """(clean URL without scheme, how many characters at the end of `raw` are not part of its dirty form)."""
    kept = raw
    cut = 0
    if "\\" in kept or "{" in kept or "$" in kept:
        shortened = kept
        for latex, plain in _LATEX:
            shortened = shortened.replace(latex, plain)
    else:
        shortened = kept
    body = _cut_brackets(shortened)
    while True:
        stripped = body.rstrip(_TRAILING)
        glued = _GLUED_SENTENCE.search(stripped)
        if glued is not None:
            stripped = stripped[: glued.start()]
        if stripped == body:
            break
        body = stripped
    cut = len(shortened) - len(body)
    if "&amp;" in body:
        body = body.replace("&amp;", "&")
    return body, cut


def _cut_brackets(raw: str) -> str:
    """`raw` up to its first unmatched closing bracket, LaTeX leftover, `(` that is not part of the path, or `;`."""
    open_brackets: list[str] = []
    for index, char in enumerate(raw):
        if char in "\\;{$*，。；、）（】【":
            return raw[:index]
        if char == "," and (raw.startswith("github.com") or raw[index + 1 : index + 2].isalpha()):
            return raw[:index]
        if char == "(" or char == "[":
            if index == 0 or raw[index - 1] not in "_/-=":
                return raw[:index]
            open_brackets.append(char)
        elif char in _CLOSERS and (not open_brackets or open_brackets.pop() != _CLOSERS[char]):
            return raw[:index]
    return raw


def _plausible(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    if "." not in host or len(host) < 4 or host.endswith((".pdf", ".py", ".js")):
        return False
    if not host.rpartition(".")[2].isalpha():
        return host.replace(".", "").isdigit() and host.count(".") == 3
    path = parts.path.strip("/")
    if host in ("github.com", "www.github.com"):
        return bool(path) and not _PLACEHOLDER.fullmatch(path.rpartition("/")[2])
    return not (path and _PLACEHOLDER.fullmatch(path))


def normalise_repo(url: str) -> str | None:
    """`host/owner/name` of the repository a URL points into, or None when it is not one.

    Understands github.com, gitlab.com (with sub-groups), bitbucket.org, codeberg.org, self-hosted `gitlab.*` and the
    anonymous repositories of 4open.science; bare (`github.com/u/r`), `git@`, glued, `.git` and `/tree/...` forms.
    Owner and name keep their letter case; the host is in lower case.
    """
    plain = _PLAIN_REPO.fullmatch(url)
    if plain is not None:
        owner, name = plain.groups()
        return None if owner.lower() in _NOT_OWNERS or _PLACEHOLDER.fullmatch(name) else f"github.com/{owner}/{name}"
    text = url.strip().strip("<>[](){}\"'")
    text = text.removeprefix("git+").removeprefix("ssh://")
    if text.startswith("git@"):
        text = text[4:].replace(":", "/", 1)
    scheme = _SCHEME.search(text)
    if scheme is not None:
        text = text[scheme.start() :]
    clean, _ = _read(text, 0)
    if clean is None:
        return None
    host, _, path = clean.partition("://")[2].partition("/")
    host = host.lower().removeprefix("www.")
    parts = [part for part in path.partition("?")[0].partition("#")[0].split("/") if part]
    if host == "anonymous.4open.science":
        return _anonymous_repo(parts)
    is_gitlab = host == "gitlab.com" or host.startswith("gitlab.")
    if (host not in _REPO_HOSTS and not is_gitlab) or len(parts) < 2 or parts[0].lower() in _NOT_OWNERS:
        return None
    if is_gitlab:
        upto = next((i for i, part in enumerate(parts) if part in ("-", "tree", "blob", "issues")), len(parts))
        parts = parts[: max(upto, 2)]
    else:
        parts = parts[:2]
    parts[-1] = parts[-1].removesuffix(".git")
    if not all(_NAME.fullmatch(part) for part in parts) or _PLACEHOLDER.fullmatch(parts[-1]):
        return None
    return "/".join([host, *parts])


def _anonymous_repo(parts: list[str]) -> str | None:
    if len(parts) >= 2 and parts[0] in ("r", "repository", "status", "anonymize") and _NAME.fullmatch(parts[1]):
        return f"anonymous.4open.science/r/{parts[1]}"
    return None
