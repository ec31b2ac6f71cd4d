"""Names of shared tasks and evaluation campaigns: `FrobEval-2019 Task 5`, `FROB 2019`, `FROB Shared Task 2019`.

The number of the task belongs to the name, and a paper that names it once means the same by the campaign's name alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

#: `FROB 2019`, `FROB-19`, `FROB'19`, `FrobClef2019`
_WITH_YEAR = re.compile(
    r"(?=[^ ]*[A-Z][\w-]*[A-Z])[A-Za-z#][\w#/+-]*?(?<!_)[\s'’-]*"
    r"(?:(?:19|20)\d\d|['’-][0-2]\d|(?<=[A-Z])[0-2]\d)\Z"
)
#: Conferences have years, too, and shared tasks are held at them; so have a virus and the sets of a challenge.
_CONFERENCE = re.compile(
    r"(?:ACL|AACL|NAACL|EACL|EMNLP|COLING|IJCNLP|LREC|RANLP|NIPS|NeurIPS|ICML|ICLR|AAAI|IJCAI|ECAI|KDD|CIKM|ICDM|WSDM|SIGIR|ECIR|"
    r"ECML|WWW|CVPR|ICCV|ECCV|WACV|BMVC|MICCAI|ISBI|ICASSP|INTERSPEECH|Interspeech|ICRA|IROS|RSS|GECCO|NLPCC|ICON|IWCS|MM|ICPR|"
    r"SARS|PASCAL)\b|COVID"
)
#: .. before what is held there: `ACL 2019 FROB`
_HELD_AT = re.compile(
    rf"(?:{_CONFERENCE.pattern.removesuffix('|COVID')})"
    r"(?:[\s-]?(?:19|20)\d\d)?\s(?=[A-Z])(?!(?:[Ss]hared\s)?[Tt]ask)"
)
#: What speaks of taking part, right before a campaign: `submissions to the`, `the shared tasks of`, `participation in`.
_TAKES_PART = re.compile(
    r"\b(?:(?:shared|evaluation|translation|news|metrics|metric|estimation|\w+ing|\w+tion)\s(?:tasks?|campaigns?|tracks?)|campaigns?|tracks?|"
    r"submissions?|submi(?:t|ts|tted|tting)|participa\w+|(?:took|take|taking)\spart|entr(?:y|ies)|entered|systems?|compet(?:e|ed|ing))"
    r"(?:\s(?!(?:to|for|in|at|of|on)\s)[\w-]+){0,3}?\s(?:to|for|in|at|of)\s(?:the\s)?\Z"
)
_HELD = re.compile(
    r"\s(?:(?!(?:ha[sd]|have|is|are|was|were|and|or|we|to|for|on|in|with|which|that|at|by|from|of|team)\s)[\w-]+\s){0,4}?(?:shared\stasks?|tasks?|tracks?|evaluation\scampaign|campaign|challenges?|competition|submissions?|evaluation)\b"
)
#: What makes a campaign's name a task's, right behind it: ` Task 5`, ` shared task 2b`, ` Shared Task 2019`.
_TASK = re.compile(
    r"(?:\s|,\s(?=T))(?:(?:[Ss]hared\s)?[Tt]ask(?:\s#?|-|#)?(?:\d{1,2}[A-Ea-e]?|[A-E])|[Ss]hared\s[Tt]asks?\s(?:19|20)\d\d)(?![\w'’-]|\.\d)"
)
#: A campaign's name says the year, or calls itself an evaluation: `FROB 2019`, `FROB'19`, `FrobEval`.
_CAMPAIGN = re.compile(
    r"[A-Za-z#][\w#/+-]*(?:[\s'’-]*(?:(?:19|20)\d\d|['’]\d\d|(?<=[A-Z-])[012]\d)|[Ee]val)(?:\s[A-Z]\w+){0,2}\Z"
)
_SHARED = re.compile(r"\s[Ss]hared\s[Tt]asks?\b")
#: The parts of a campaign's key: `frobeval`, `19`, `5`.
_KEY = re.compile(
    r"(?P<base>[a-z][a-z0-9+]*?)(?:(?:19|20)?(?P<year>\d\d))?"
    r"(?:(?:shared)?task(?P<number>\d{4}|\d{1,2}[a-e]?|[a-e]))?\Z"
)
_ENDS_LIKE_ONE = re.compile(r"(?:[a-z](?:19|20)?\d\d|task\w{1,4})\Z")


def task_begin(text: str, start: int) -> int:
    """Where the name of a task begins that a conference may stand before: `EMNLP FROB-2020 Shared Task 2`."""
    held_at = _HELD_AT.match(text, start)
    return start if held_at is None else held_at.end()


def task_end(text: str, start: int, words_end: int) -> int | None:
    """Where the name of a task ends that begins at `start`: where its capitals end, or shortly behind."""
    task = _TASK.search(text, start, words_end + 24)
    if task is None or task.start() > words_end:
        return None
    campaign = text[start : task.start()]
    is_campaign = _CAMPAIGN.match(campaign) is not None
    if not is_campaign and not (_SHARED.match(task.group()) and any(map(str.isupper, campaign[1:]))):
        return None
    return task.end()


def is_conference(name: str) -> bool:
    """Whether a name is a conference with its year: `CVPR 2020`."""
    series = name.rstrip("0123456789").rstrip(" -'’")
    return series != name and _CONFERENCE.fullmatch(series) is not None


def has_year(name: str) -> bool:
    """Whether a name is capitals with a year, and no conference's: `FROB 2019`."""
    return " " in name and _WITH_YEAR.match(name) is not None and _CONFERENCE.match(name) is None


def is_year_of_one(name: str, before: str, after: str) -> bool:
    """Whether a name with a year is a campaign's, as its place says: `our systems for FROB 2019`."""
    if _WITH_YEAR.match(name) is None or _CONFERENCE.match(name) is not None:
        return False
    return _TAKES_PART.search(before) is not None or _HELD.match(after) is not None


def hold_task(keys: Sequence[str]) -> bool:
    """Whether any of some datasets' keys is that of a numbered task: `frobeval2019task5`."""
    return any("task" in key and (match := _KEY.match(key)) is not None and match["number"] for key in keys)


def other_names(keys: Sequence[str]) -> set[str]:
    """Those of some datasets' keys, in order of appearance, that name again what another names: `frobeval2019` beside
    `frobeval2019task5`, `frob19` beside `frob2019`; of two as long the later one."""
    names = [match for match in map(_KEY.match, filter(_ENDS_LIKE_ONE.search, keys)) if match is not None]
    if not names:
        return set()
    tasks = [match for match in names if match["number"]]
    dropped = {match["base"] for match in tasks}
    chosen: dict[tuple[str, ...], str] = {}
    for name in names:
        same = name.group("base", "year", "number")
        first = chosen.setdefault(same, name.string)
        if name["year"] and first != name.string:
            longer = not name["number"] and len(name.string) > len(first)
            chosen[same] = name.string if longer else first
            dropped.add(first if longer else name.string)
        if any(_is_less_of(name, task) for task in tasks):
            dropped.add(name.string)
    return dropped


def _is_less_of(name: re.Match[str], task: re.Match[str]) -> bool:
    """Whether a campaign's or task's name says the same as that of a task without its number, or without its year."""
    if name["base"] != task["base"] or name.string == task.string:
        return False
    if name["number"]:
        return name["number"] == task["number"] and name["year"] is None and task["year"] is not None
    year_of_task = task["number"][-2:] if len(task["number"]) == 4 else None  # `FROB Shared Task 2019`
    return name["year"] in (None, task["year"], year_of_task)
