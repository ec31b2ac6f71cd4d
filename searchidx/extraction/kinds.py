"""What a link leads to, decided by its host first and by the words around it second."""

from __future__ import annotations

import re
from dataclasses import dataclass

from searchidx.extraction.links import normalise_repo
from searchidx.paper import LinkKind

CODE_WORDS = re.compile(
    r"\b(?:source[- ]?codes?|codes?|codebases?|implementations?|softwares?|toolkits?|toolbox|librar(?:y|ies)|"
    r"scripts?|"
    r"packages?|repositor(?:y|ies)|repos?|plug-?ins?|github|open[- ]?sourced?|implemented|framework|"
    r"simulator|"
    r"notebooks?|pipeline)\b|\bsources?\s?:",
    re.IGNORECASE,
)
_DATA_WORDS = re.compile(
    r"\b(?:data|data[- ]?sets?|databases?|corpus|corpora|annotations?|labels|treebanks?|lexic(?:ons?|a)|"
    r"benchmarks?|test ?sets?|collections?|knowledge (?:base|graph)|annotated)\b",
    re.IGNORECASE,
)
_MODEL_WORDS = re.compile(
    r"\b(?:weights|checkpoints?|(?:pre-?)?trained models?|model zoo|embeddings?|pre-?trained)\b",
    re.IGNORECASE,
)
_DEMO_WORDS = re.compile(
    r"\b(?:demos?|demonstrations?|live|playground|web ?app|interactive|try it|online system)\b", re.I
)
_VIDEO_WORDS = re.compile(r"\b(?:videos?|screencasts?|footage|animations?)\b", re.IGNORECASE)
_OTHER_WORDS = re.compile(
    r"\b(?:leader-?boards?|competition|challenge website|workshop|shared task|news|blog)\b",
    re.IGNORECASE,
)
_PROJECT_WORDS = re.compile(r"\b(?:project|web ?-?(?:page|site)|home ?-?page|page|site|website)s?\b", re.IGNORECASE)
_SOMEONE_ELSE = re.compile(
    r"\b(?:based on|built (?:up)?on|build (?:up)?on|builds (?:up)?on|on top of|adapted from|borrowed from|"
    r"forked from|built with|"
    r"developed by)"
    r"(?: \S+){0,5}[\s(:\[\\]*(?:url|href)?[{(\[]*\Z",
    re.IGNORECASE,
)
_LIST_WORDS = re.compile(
    r"\bawesome\b|\b(?:papers?|literature|reading|resource|curated) lists?\b|\blists? of (?:the )?(?:\w+ "
    r"){0,3}(?:papers|resources|works|"
    r"literature|references)|\b(?:papers|literature|references|works) (?:included|covered|reviewed|listed|"
    r"collected|in this survey|"
    r"list)|\b(?:organi[sz]e|collect|track|maintain|collecting|tracking|summari[sz]e)\w* (?:\w+ "
    r"){0,5}(?:papers|works|literature|resources|advances|"
    r"progress|studies)|\b(?:up-to-date|continuously|actively|regularly|constantly) (?:updat|maintain)\w*|"
    r"\bcontinu\w* (?:to )?updat\w*",
    re.IGNORECASE,
)
_SURVEY_URL = re.compile(r"awesome|survey|papers?[-_]?list|reading[-_]?list|papers?/?\Z", re.IGNORECASE)

_VIDEO_HOSTS = tuple(
    "youtube.com youtu.be vimeo.com streamable.com dailymotion.com bilibili.com b23.tv slideslive.com".split()
)
_PACKAGE_HOSTS = tuple(
    ("pypi.org pypi.python.org cran.r-project.org npmjs.com anaconda.org crates.io bioconductor.org pepy.tech").split()
)
_DATA_HOSTS = tuple(
    (
        "zenodo.org figshare.com kaggle.com dataverse.harvard.edu data.mendeley.com physionet.org osf.io "
        "dataverse.org ieee-dataport.org opendatalab.com openslr.org catalog.ldc.upenn.edu datadryad.org"
    ).split()
)
_OTHER_HOSTS = tuple(
    (
        "arxiv.org doi.org openreview.net aclanthology.org wikipedia.org twitter.com x.com medium.com "
        "creativecommons.org researchgate.net papers.nips.cc ieeexplore.ieee.org semanticscholar.org "
        "paperswithcode.com"
    ).split()
)
_DEMO_HOSTS = tuple(
    ("colab.research.google.com streamlit.app streamlit.io hf.space gradio.app gradio.live replicate.com").split()
)
_CODE_HOSTS = tuple(
    (
        "github.com gitlab.com bitbucket.org codeberg.org anonymous.4open.science git.io gitee.com "
        "sourceforge.net gist.github.com codeocean.com openi.pcl.ac.cn code.google.com sr.ht"
    ).split()
)


@dataclass(frozen=True, slots=True)
class LinkContext:
    """The words a link stands in: in its sentence `before` it (but after the link before) and `after` it."""

    before: str
    after: str
    sentence: str


def kind_of(url: str, context: LinkContext) -> LinkKind:
    """The kind of one link of the paper."""
    rest = url.partition("://")[2].lower().removeprefix("www.")
    host, _, path = rest.partition("/")
    by_host = _kind_by_host(host, path)
    if by_host is not None:
        return by_host
    if _OTHER_WORDS.search(context.before) and not CODE_WORDS.search(context.before):
        return "other"
    if _host_in(host, _CODE_HOSTS) or host.startswith(("gitlab.", "git.")):
        return _kind_of_repository(url, context)
    if _host_in(host, _DATA_HOSTS):
        return "code" if _only(CODE_WORDS, context.before, _DATA_WORDS) else "data"
    return _kind_of_page(host, path, context)


def is_paper_list(url: str, context: LinkContext) -> bool:
    """Whether a repository holds a list of papers or resources rather than a program."""
    if re.search(r"\bcodes?\b|\bimplementations?\b", context.before, re.IGNORECASE):
        return False
    return bool(_LIST_WORDS.search(context.sentence) or _SURVEY_URL.search(url))


def _kind_by_host(host: str, path: str) -> LinkKind | None:
    if host in ("huggingface.co", "hf.co"):
        first = path.partition("/")[0]
        if first == "datasets":
            return "data"
        if first == "spaces":
            return "demo"
        return "other" if first in ("papers", "blog") else "model"
    if _host_in(host, _VIDEO_HOSTS):
        return "video"
    if _host_in(host, _PACKAGE_HOSTS):
        return "package"
    if _host_in(host, _OTHER_HOSTS):
        return "other"
    if _host_in(host, _DEMO_HOSTS):
        return "demo"
    return None


def _kind_of_repository(url: str, context: LinkContext) -> LinkKind:
    before = context.before
    if _SOMEONE_ELSE.search(before):
        return "other"
    if CODE_WORDS.search(before) or is_paper_list(url, context):
        return "code"
    if _MODEL_WORDS.search(before):
        return "model"
    # `(our data: github.com/...)`: data alone, without a word of code in the whole sentence
    if _DATA_WORDS.search(before) and not CODE_WORDS.search(context.sentence.replace(url, " ")):
        return "data"
    return "code"


def _kind_of_page(host: str, path: str, context: LinkContext) -> LinkKind:
    before = context.before
    is_site = host.endswith(("github.io", "gitlab.io")) or host.startswith("sites.google.com")
    if is_site or _PROJECT_WORDS.search(before):
        return "project"
    if _SOMEONE_ELSE.search(before):
        return "other"
    if _VIDEO_URL.search(f"{host}/{path}") and _VIDEO_WORDS.search(before):
        return "video"
    found = [kind for words, kind in _PAGE_WORDS if words.search(before)]
    if not found and _DATA_URL.search(f"{host}/{path}"):
        return "data"
    return found[0] if len(found) == 1 else "project"


#: What a page offers; code, and videos among other things, make it a project page.
_PAGE_WORDS: tuple[tuple[re.Pattern[str], LinkKind], ...] = (
    (CODE_WORDS, "project"),
    (_DATA_WORDS, "data"),
    (_DEMO_WORDS, "demo"),
    (_MODEL_WORDS, "model"),
)
#: A page that says itself what it offers: `frobdataset.org`, `frob.edu/corpora/`.
_DATA_URL = re.compile(r"data-?sets?\b|\bcorp(?:us|ora)\b|\btreebanks?\b")
#: A page that is a video: a file, a short link, or one that says so.
_VIDEO_URL = re.compile(r"video|\.(?:mp4|mov|avi|webm)\b|\A(?:goo\.gl|bit\.ly|tinyurl\.com|t\.ly|drive\.google\.com)/")


def _only(words: re.Pattern[str], text: str, others: re.Pattern[str]) -> bool:
    return bool(words.search(text)) and not others.search(text)


def _host_in(host: str, hosts: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith("." + name) for name in hosts)


def own_repo(links: list[tuple[str, LinkKind]]) -> str | None:
    """`host/owner/name` of the paper's own repository among its (url, kind) links: a code link before any other."""
    for wanted in ("code", "model", "data", "project", "demo"):
        for url, kind in links:
            repo = normalise_repo(url) if kind == wanted else None
            if repo is not None:
                return repo
    return None
