"""Names that stand in one list with datasets, or share the word `datasets` behind the last of them."""

from __future__ import annotations

from collections.abc import Container

from searchidx.extraction import dataset_patterns as pat
from searchidx.extraction import hints, looks, runs
from searchidx.extraction.candidates import Candidate, lost_its_commas
from searchidx.extraction.names import dataset_key

#: What stands before the name of a team.
_OF_TEAMS = (" by ", "team ", " of ")


def spread(text: str, candidates: list[Candidate], own: Container[str]) -> None:
    """Accept names listed together with a dataset: `on CIFAR-10, SVHN, and NewSet`.

    candidates: those of one sentence, judged for themselves; own: keys of what the paper calls its method.
    """
    for chain in _chains(text, candidates):
        if pat.MEASURES_BEHIND.match(text, chain[-1].end):
            continue
        good = [c for c in chain if c.accepted or (chain[-1].headed and c.entry is not None and not c.refused)]
        lead = hints.fold(text[max(0, chain[0].start - 90) : chain[0].start])
        shared = _share_a_head(text, chain)
        if good or shared or pat.PLURAL_COMMA.search(lead):
            _spread_in(text, chain, good, lead, shared, own)


def _spread_in(
    text: str, chain: list[Candidate], good: list[Candidate], lead: str, shared: bool, own: Container[str]
) -> None:
    """Accept the members of a list that may be datasets.

    good: those that are for themselves; lead: what stands before the list, in small letters; shared: `_share_a_head`.
    """
    plural = (
        shared
        or chain[-1].headed
        or any(words.search(lead) for words in (pat.PLURAL_COMMA, pat.BEFORE, pat.PLURAL_FAR))
    )
    before = text[max(0, chain[0].start - 40) : chain[0].start]
    on = pat.ON.search(before) is not None or pat.NAMED.search(before) is not None
    complete = _is_complete(text, chain) and pat.EXAMPLES.search(lead) is None
    for candidate in chain:
        if candidate.refused and good and looks.is_abbreviation(candidate.name):
            candidate.refused = looks.is_task(text, candidate.name) or not (chain[-1].headed or (on and len(good) > 1))
        if (
            candidate.accepted
            or candidate.refused
            or looks.is_model(candidate)
            or (candidate.entry is None and pat.MEASURE.match(candidate.name))
        ):
            continue
        coined = complete and _is_coined(candidate, len(good))
        named = candidate.entry is not None or coined or (on and not runs.is_plain(candidate.name))
        named = named or (complete and len(good) > 1 and 2 * len(good) >= len(chain))
        if plural or named or (on and len(good) > 1):
            may_be = len(candidate.name) > 1 and not pat.HARDWARE.match(candidate.name)
            candidate.accepted = may_be and dataset_key(candidate.name) not in own


def _chains(text: str, candidates: list[Candidate]) -> list[list[Candidate]]:
    """The lists of two members and more."""
    chains: list[list[Candidate]] = []
    for candidate in candidates:
        if chains and _are_joined(text, chains[-1][-1], candidate):
            chains[-1].append(candidate)
        else:
            chains.append([candidate])
    return [chain for chain in chains if len(chain) > 1]


def _are_joined(text: str, first: Candidate, second: Candidate) -> bool:
    """Whether two names in a row are members of one list."""
    gap = text[first.end : second.start]
    if gap == " ":
        return lost_its_commas(text) and all(c.sure or pat.MEMBER.match(c.name) for c in (first, second))
    if gap == ", on " and pat.ON.search(text[max(0, first.start - 40) : first.start]) is None:
        return False  # `models such as X, on Y`
    if gap.startswith(" to ") and text[first.start - 5 : first.start].endswith(_OF_TEAMS):
        return False  # `the submission by X to Y`
    return len(gap) < 80 and runs.LIST_JOIN.match(gap) is not None


def _is_complete(text: str, chain: list[Candidate]) -> bool:
    """Whether a list ends as lists do, in `and` or a bracket; `On X, Y wins` is none."""
    gap, end = text[chain[-2].end : chain[-1].start], chain[-1].end
    return pat.LAST_JOIN.search(gap) is not None or text[end : end + 1] == ")"


def _share_a_head(text: str, chain: list[Candidate]) -> bool:
    """Whether `datasets` behind the last of a list is said of all: `the Frobby and Wuggy datasets`, but not `MRI and CT
    datasets`, whose words are known to name other things."""
    last = chain[-1]
    if not last.headed or any(c.refused or pat.HARDWARE.match(c.name) for c in chain):
        return False
    return pat.PLURAL_HEAD.match(hints.fold(text[last.end : last.end + 40])) is not None


def _is_coined(candidate: Candidate, datasets_beside: int) -> bool:
    """Whether a name in one list with datasets is theirs by its look: `FrobQA`, `WUG-2`; `WUG` beside two of them."""
    name = candidate.name
    if pat.MODEL_NAME.search(name) or runs.is_plain(name) or not looks.has_shape(name):
        return False
    return datasets_beside > 1 or not looks.is_abbreviation(name)
