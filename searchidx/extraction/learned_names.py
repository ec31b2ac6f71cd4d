"""The name of what a number measures, where the rules have none: that which weighs most.

Asked where the rules have no name; learned from all results, for those that the rules name show what names look like.
Names to choose from: the listed metrics of the sentence, the noun phrases near the number with and without the words in
front of them, what the rules say, and `unspecified`. The score of a name is the sum of the weights of its features: its
last and first word, the words between it and the number and those beside it, how far off and on which side it stands,
the number's shape, unit and kind, whether its neighbours have the same name, and what the rules say. It is taken when
it scores higher than `unspecified` by a margin. The weights are those of a choice among the names of each number
(`make_number_weights`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from searchidx.extraction.assigning import Claim, Sentence
from searchidx.extraction.metric_words import is_plain_word
from searchidx.extraction.naming import reported_name
from searchidx.extraction.number_weights import SeenName, Weights, as_feature, total
from searchidx.paper import UNSPECIFIED

#: By how much a name must score higher than `unspecified`.
_MARGIN = 0.4
_SEES_LEFT, _SEES_RIGHT = 120, 90
#: How many phrases are taken on each side, counted with each word in front left out, and their most words.
_MOST_LEFT, _MOST_RIGHT, _MOST_WORDS = 16, 12, 5
_LONGEST_WORD = 30
_TOKEN = re.compile(r"[^\W_]*[^\W\d_][^\W_]*(?:[-@_'’^&][^\W_]+)*|\d[\d.,]*%?|[^\w\s]")
_OF = re.compile(r"\sof\s(?:the\s|our\s|its\s)?")
_BEFORE = re.compile(r"[^\W\d_][\w'-]*|[^\w\s]|\d")
_BEHIND = re.compile(r"\s*(\w+|\W)")
_NOT_KEY = re.compile(r"[^a-z0-9]+")
#: How far off a name is, by the words between it and its number.
_FAR = "012335558"

Token = tuple[str, int, int]


class Name(NamedTuple):
    """A name to choose and its place; start and end are -1 where it stands nowhere. source: listed, phrase ..."""

    text: str
    start: int
    end: int
    source: str


class Around(NamedTuple):
    """What is known of a number whose name is asked for. ruled: key of the rules' name; where: where they have it from;
    beside: keys of the names of the numbers before and behind, empty where there is none."""

    left: list[Token]
    right: list[Token]
    ruled: str
    where: str
    kind: str
    beside: tuple[str, str]


def rename(sentence: Sentence, claims: list[Claim], index: int, weights: Weights) -> None:
    """Give claim `index` of a sentence the name that weighs most, if the rules have none for it."""
    claim = claims[index]
    ruled = key_of(reported_name(claim.name))
    if weights.named is None and (ruled != UNSPECIFIED or not weights.names):
        return
    where = _where(sentence, claim, ruled)
    around = _around(sentence, claims, index, ruled, where)
    names = _names(sentence, claim, around)
    features = [_features(sentence, claim, around, key, name) for key, name in names.items()]
    if weights.named is not None:
        texts = [name.text for name in names.values()]
        weights.named.append(SeenName(claim.number.value, texts, list(names).index(ruled), features))
        return
    scores = [total(described, weights.names) for described in features]
    most = max(scores)
    if most > scores[list(names).index(ruled)] + _MARGIN:
        claim.name = list(names.values())[scores.index(most)].text


def key_of(name: str) -> str:
    """The letters and digits of a name, in lower case."""
    return _NOT_KEY.sub("", name.lower())


def _where(sentence: Sentence, claim: Claim, ruled: str) -> str:
    """Where the rules have a name from."""
    if ruled == UNSPECIFIED:
        return "nowhere"
    if claim.metric is not None and key_of(claim.metric.text) == ruled:
        return "beside"
    return "listed" if any(key_of(metric.text) == ruled for metric in sentence.metrics) else "grammar"


def _around(sentence: Sentence, claims: list[Claim], index: int, ruled: str, where: str) -> Around:
    text, claim = sentence.text, claims[index]
    begin = max(sentence.start, claim.begin - _SEES_LEFT)
    end = min(sentence.end, claim.number.end + _SEES_RIGHT)
    left = _tokens(text, begin, claim.begin)
    before, behind = [
        key_of(reported_name(claims[place].name)) if 0 <= place < len(claims) else ""
        for place in (index - 1, index + 1)
    ]
    return Around(
        left[1:] if begin > sentence.start else left,
        _tokens(text, claim.number.end, end),
        ruled,
        where,
        claim.kind if claim.from_value is None else "step",
        (before, behind),
    )


def _tokens(text: str, start: int, end: int) -> list[Token]:
    return [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text, start, end)]


def _names(sentence: Sentence, claim: Claim, around: Around) -> dict[str, Name]:
    """The names to choose from, by their keys, `unspecified` last; of two phrases with one key the nearer one."""
    text, begin, end = sentence.text, claim.begin, claim.number.end
    names: dict[str, Name] = {}
    for metric in sentence.metrics:
        source = "generic" if metric.generic else "doubtful" if metric.doubtful else "listed"
        names.setdefault(key_of(metric.text), Name(metric.text, metric.start, metric.end, source))
    places = _phrases(text, around.left)[-_MOST_LEFT:] + _phrases(text, around.right)[:_MOST_RIGHT]
    for start, stop in places + _joined(text, places):
        key = key_of(text[start:stop])
        other = names.get(key)
        if not key or (start < begin and stop > claim.number.start):
            continue
        if other is None or (
            other.source == "phrase" and _off(start, stop, begin, end) < _off(*other[1:3], begin, end)
        ):
            names[key] = Name(text[start:stop], start, stop, "phrase")
    names.pop(UNSPECIFIED, None)
    if around.ruled != UNSPECIFIED and around.ruled not in names:
        name = claim.name or ""
        start = text.find(name, sentence.start, sentence.end)
        names[around.ruled] = Name(name, start, start + len(name) if start >= 0 else -1, "rules")
    names[UNSPECIFIED] = Name(UNSPECIFIED, -1, -1, "none")
    return names


def _off(start: int, stop: int, begin: int, end: int) -> int:
    """How far a phrase is from a number."""
    return min(abs(start - end), abs(begin - stop))


def _phrases(text: str, tokens: list[Token]) -> list[tuple[int, int]]:
    """Where noun phrases stand: words in a row that are neither verbs nor small words, with fewer and fewer of them."""
    places: list[tuple[int, int]] = []
    row: list[Token] = []
    for token in tokens:
        word, start, _ = token
        plain = len(word) < _LONGEST_WORD and is_plain_word(word)
        if row and (not plain or text[row[-1][2] : start] not in (" ", "-", "/")):
            places += [(first[1], row[-1][2]) for first in row[-_MOST_WORDS:]]
            row = []
        if plain:
            row.append(token)
    if row:
        places += [(first[1], row[-1][2]) for first in row[-_MOST_WORDS:]]
    return places


def _joined(text: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Phrases joined by `of`: `number of parameters`."""
    joined: list[tuple[int, int]] = []
    for start, end in places:
        of = _OF.match(text, end) if text.startswith(" of ", end) else None
        if of is not None:
            joined += [(start, stop) for begin, stop in places if begin == of.end()]
    return joined


def _features(sentence: Sentence, claim: Claim, around: Around, key: str, name: Name) -> list[str]:
    kind, shape, ruled = around.kind, claim.number.shape, around.ruled
    features = ["ruled", "ruled=" + around.where, f"ruled={around.where}{kind}"] if key == ruled else []
    if key == UNSPECIFIED:
        return features + _unnamed(sentence, claim, around)
    words = name.text.lower().replace("-", " ").split() or [""]
    last = words[-1]
    features += [
        "source=" + name.source,
        f"source={name.source}{kind}",
        "last=" + last,
        f"last={last}{kind}",
        f"last={last}{shape}",
        f"words={min(6, len(words))}",
        "first=" + words[0] if len(words) > 1 else "single",
    ]
    if shape == "unit":
        features.append(f"last={last}{claim.number.unit}")
    if key == ruled:
        features.append("ruled=" + last)
    elif ruled != UNSPECIFIED:
        if key in ruled:
            features.append("begins" if ruled.startswith(key) else "within")
        elif ruled in key:
            features.append("more=" + words[0])
    features += _place(sentence, claim, around, name, kind) if name.start >= 0 else ["nowhere"]
    if around.beside[0] == key:
        features += ["before", "before=" + ("bare" if claim.bare else "joined" if claim.joined else "apart")]
    if around.beside[1] == key:
        features.append("behind")
    return features


def _unnamed(sentence: Sentence, claim: Claim, around: Around) -> list[str]:
    """What is said of a number that may have no name."""
    kind, shape = around.kind, claim.number.shape
    left = as_feature(around.left[-1][0]) if around.left else "^"
    right = [as_feature(token[0]) for token in around.right[:2]]
    features = [
        "unnamed",
        "unnamed=" + kind,
        "unnamed=" + shape,
        f"unnamed={kind}{shape}",
        "unnamed:left=" + left,
        "unnamed:right=" + "".join(right[:1]),
        "unnamed:next=" + " ".join(right),
        f"unnamed:listed={min(3, sum([not metric.generic for metric in sentence.metrics]))}",
        "unnamed:ruled=" + around.where,
    ]
    if shape == "unit":
        features.append(f"unnamed={claim.number.unit}")
    if claim.dataset:
        features.append("unnamed:dataset")
    if around.beside[0]:
        features.append("unnamed:before" if around.beside[0] == UNSPECIFIED else "unnamed:named before")
    return features


def _place(sentence: Sentence, claim: Claim, around: Around, name: Name, kind: str) -> list[str]:
    """Where a name stands: what is before it, and between it and its number."""
    text = sentence.text
    ahead = _BEFORE.findall(text, max(sentence.start, name.start - 25), name.start)
    word = ahead[-1].lower() if ahead else "^"
    if name.end <= claim.begin:
        side = "l" if around.left and name.start >= around.left[0][1] else "far"
        between = [as_feature(token[0]) for token in around.left if token[1] >= name.end]
    elif name.start >= claim.number.end:
        side = "r"
        between = [as_feature(token[0]) for token in around.right if token[2] <= name.start]
    else:
        side, between = "in", ["?"]
    if side == "far":
        between = between[-4:]
    count = len(between)
    far = side + _FAR[min(count, 8)]
    features = [
        f"ahead={word}",
        f"ahead={word}{name.source}",
        f"far={far}",
        f"far={far}{kind}",
        f"far={far}{name.source}",
    ]
    if count <= 4:
        path = side + " ".join(between)
        features += ["path=" + path, f"path={path}={kind}"]
    if between:
        near, off = side + between[0], side + between[-1]
        features += [f"near={near}", f"off={off}", f"both={near} {off}", f"near={near}={kind}", f"off={off}={kind}"]
    if side == "r":
        after = _BEHIND.match(text, name.end, min(len(text), name.end + 20))
        features.append("after=" + (after[1].lower() if after is not None else "$"))
    return features
