"""The shipped lists of dataset names, loaded at first use, and the look-up of one spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from searchidx.extraction import runs
from searchidx.extraction.dataset_patterns import HARDWARE, LANGUAGE_PAIR, LANGUAGES, MODEL_FAMILY, MODEL_NAME
from searchidx.extraction.names import dataset_key
from searchidx.extraction.remembered import remembered

#: What is hyphened to a dataset's name without being part of it: `ImageNet-pretrained`, `COCO-style`.
_DESCRIBING = re.compile(
    r"(?:(?:pre-?)?trained|style|like|based|scale|level|only|specific|(?:fine-?)?tuned|sized?|format|related|"
    r"derived|optimal|type|"
    r"quality|free|aware|centric|wide|inspired|initiali[sz]ed|supervised|tested|validated|style|compatible|"
    r"pre-?training|to-\w+)\Z"
)
_BENCH = re.compile(
    r"(?:[A-Za-z0-9][-_ ]?(?![Bb]encher)(?:[Bb]ench|BENCH|Bench(?:mark)?s?)|"
    r"Bench(?!er|ing)\w*)(?:[-_]?[A-Za-z]{0,3}\d{0,5}(?:\.\d)?[A-Za-z]?|[-_][A-Z][A-Za-z]{0,8})\Z"
)
#: A name that ends in the count of what is in it: `GSM8K`, `Clothing-1M`; millions only where models have other sizes.
_COUNT = re.compile(
    r"(?![a-z]?(?:frac|sqrt))(?=[\w-]{0,40}[A-Za-z]{3})[A-Za-z][\w-]{2,40}?(?:\d(?:\.\d)?[kK]|(?<!\d)(?:1|2|3|5|8|10|12|20|22|50|100|400)M)\Z"
)
#: What is known of a word from its first capital on: it may be, begin or hold a sure name where it opens no sentence;
#: it may be a name by itself; it is a sure one; it begins names of several words; the whole word may say otherwise; it
#: is listed in some spelling.
MAY_BE_SURE, MAY_BE_NAME, IS_SURE, BEGINS_NAME, MAY_DIFFER, IS_LISTED = (1 << bit for bit in range(6))
#: A word with one of these may be, begin or hold a sure name.
_TELLS = IS_SURE | BEGINS_NAME
#: What a spelled-out name with a short form behind it ends in, if it is one of data.
LONG_NAMES_END = frozenset({"Study", "Atlas", "Archive", "Biobank"})
#: `Tanks and Temples`, `Labeled Faces in the Wild`
_SMALL_WORDS = re.compile(r"(?:[A-Z][a-z-]+\s){1,3}(?:and|of|in)\s(?:the\s)?(?P<last>[A-Z][a-z-]+)\Z")
#: No listed name of more words is looked for.
_MOST_WORDS = 6
#: What joins the parts of one word, and which of it names are cut at.
_JOINTS = re.compile(r"[^\w]|_")
_HYPHENS = re.compile(r"([-_])")
#: Pieces of a name between which another writing may have a blank.
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[A-Z]|\d+|[^\W_A-Za-z\d]+|\+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One listed name. sure: a dataset wherever it stands; else only where the context says so, in this spelling."""

    surface: str
    canonical: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Listed names by key, names that are no datasets, and the length of the longest key."""

    entries: dict[str, Entry]
    refused: frozenset[str]
    longest_key: int
    #: First words (in lower case, letters and digits only) of the names of several words, with the most words of each.
    first_words: dict[str, int]
    #: What is known of keys and first words, as `IS_LISTED`, `IS_SURE`, `BEGINS_NAME`: one look-up instead of three.
    known: dict[str, int]
    #: Sure names with small words in them, by the word behind the last one: `Temples` has `Tanks and Temples`.
    joined: dict[str, list[str]]

    def most_words(self, key: str) -> int:
        """How many words a listed name may have that begins with the one of this key; those of more are not read."""
        return min(self.first_words.get(key, 1), _MOST_WORDS)

    def find(self, surface: str) -> Entry | None:
        """The entry of a spelling, when its letter case fits."""
        entry = self.entries.get(dataset_key(surface))
        if entry is None:
            return None
        if surface == entry.surface:
            return entry
        if not entry.sure:
            return None
        # `Cola` is not `CoLA`, `Proteins` not `PROTEINS`: a merely capitalised word must be listed nearly like that
        plain = runs.is_plain(surface) and not runs.is_plain(entry.surface)
        if plain and (len(surface) < 6 or sum(map(str.isupper, entry.surface)) > 2):
            return None
        return entry

    def is_version(self, token: str) -> bool:
        """Whether a token is a sure, unmistakable name with a number after it: `ShapeNet55`, `COCO-2017`."""
        stem = token.rstrip("0123456789").rstrip("-_'")
        if stem == token or len(stem) < 4 or runs.is_plain(stem):
            return False
        entry = self.entries.get(dataset_key(stem))
        return entry is not None and entry.sure and entry.surface == stem

    def inside(self, token: str) -> tuple[str, bool] | None:
        """(name, whether it is the whole token) when a sure name is a hyphened part: `Split-CIFAR100`, `COCO-style`."""
        if "-" not in token and "_" not in token:
            return None
        parts = _HYPHENS.split(token)
        keys = list(map(dataset_key, parts))
        for first in range(0, len(parts), 2):
            for last in range(len(parts), first, -2):
                entry = self.entries.get("".join(keys[first:last]))
                if entry is None or not entry.sure or (first, last) == (0, len(parts)):
                    continue
                piece = "".join(parts[first:last])
                if len(piece) < 4 or not runs.is_name_like(piece):
                    continue
                if runs.is_plain(piece) and piece != entry.surface:
                    continue
                return self._cut(parts, first, last)
        return None

    @staticmethod
    def _cut(parts: list[str], first: int, last: int) -> tuple[str, bool] | None:
        tail = "".join(parts[last:]).lstrip("-_")
        if tail and _DESCRIBING.match(tail):
            return "".join(parts[:last]), False
        if (
            tail.islower()
            and tail.isalpha()
            and len(tail) > 3
            and tail not in ("mini", "tiny", "full", "hard", "easy", "stuff")
        ):
            return "".join(parts[:last]), False
        lead = "".join(parts[:first]).rstrip("-_")
        if lead.lower() in ("non", "post", "pre", "in", "real", "un"):
            return None
        return "".join(parts), True


def find(surface: str) -> Entry | None:
    """The entry of a spelling in the shipped gazetteer, when its letter case fits."""
    return load().find(surface)


@remembered
def inside(token: str) -> tuple[str, bool] | None:
    """(name, whether it is the whole token) when a sure name of the shipped gazetteer is a hyphened part of a token."""
    return load().inside(token)


def is_version(token: str) -> bool:
    """Whether a token is a sure, unmistakable name of the shipped gazetteer with a number after it."""
    return load().is_version(token)


def is_sure(word: str) -> bool:
    """Whether a word is, holds or may end a name that is a dataset wherever it stands."""
    return part_of(word) & IS_SURE != 0


def holds_listed(words: list[str]) -> bool:
    """Whether some of several words in a row make a listed name, whatever their letter case."""
    names = load()
    for first, word in enumerate(words[:-1]):
        if part_of(word) & BEGINS_NAME:
            key = dataset_key(word)
            for following in words[first + 1 : first + names.most_words(key)]:
                key += dataset_key(following)
                known = names.known.get(key, 0)
                if known & IS_LISTED:
                    return True
                if not known:
                    break
    return False


def holds_sure(words: list[str]) -> bool:
    """Whether some words in a row are a sure name however its parts are written."""
    names = load()
    for first in range(len(words)):
        key = ""
        for word in words[first:]:
            key += dataset_key(word)
            if len(key) > names.longest_key:
                break
            entry = names.entries.get(key)
            if entry is not None and entry.sure:
                return True
    return False


@remembered
def part_of(word: str) -> int:
    """What a word from its first capital on may be part of, as a sum of bits (`MAY_BE_SURE` and so on)."""
    # every paper brings new words: most are of letters, and soon told
    lowered = word.lower()
    letters = word.isalpha() and word.isascii() and len(word) <= runs.LONGEST_WORD and "ench" not in lowered
    return _part_of_letters(word, lowered) if letters else _part_of_any(word)


def _part_of_any(word: str) -> int:
    names = load()
    lowered = word.lower()
    # of ASCII letters and digits a piece is its own key
    if not word.isascii():
        pieces = list(map(dataset_key, _JOINTS.split(word)))
    else:
        pieces = [lowered] if word.isalnum() else _JOINTS.split(lowered)
    key = "".join(pieces) if "+" not in word else dataset_key(word)
    coined = is_bench_name(word) or names.is_version(word)
    known = names.known.get(key, 0)
    part = known & (IS_LISTED | BEGINS_NAME)
    if coined or "ench" in lowered or _holds_sure(word, pieces, names):
        part |= IS_SURE
    if (word not in runs.OPENERS or word == "The") and (
        coined or word in LONG_NAMES_END or any(names.known.get(piece, 0) & _TELLS for piece in (key, *pieces))
    ):
        part |= MAY_BE_SURE
    if word.endswith(("'s", "’s")) or len(word) > runs.LONGEST_WORD:
        part |= MAY_DIFFER
    plain = word.isalpha() and runs.is_plain(word) and lowered not in names.entries
    return part if plain else part | MAY_BE_NAME


def _holds_sure(word: str, pieces: list[str], names: Gazetteer) -> bool:
    """Whether a word is or holds a sure name. pieces: the keys of its parts."""
    if "+" not in word and not any(names.known.get(row, 0) & IS_SURE for row in _rows(pieces)):
        return False  # as most words, which is told sooner
    if word.isascii() and (word.isalpha() or word.isdigit()):
        return True
    if names.inside(word) is not None:
        return True
    return any(entry is not None and entry.sure for entry in map(names.find, (word, *word.split("/"))))


def _rows(pieces: list[str]) -> list[str]:
    """Every one and more pieces in a row, as one string."""
    if len(pieces) == 1:
        return pieces
    return ["".join(pieces[first:last]) for first in range(len(pieces)) for last in range(first + 1, len(pieces) + 1)]


def _part_of_letters(word: str, lowered: str) -> int:
    """The same of a word of ASCII letters that holds no `bench`."""
    part = load().known.get(lowered, 0)
    if (part & _TELLS or word in LONG_NAMES_END) and (word not in runs.OPENERS or word == "The"):
        part |= MAY_BE_SURE
    return part if runs.is_title(word) and not part & IS_LISTED else part | MAY_BE_NAME


def is_ordinary(word: str) -> bool:
    """Whether a word is no name of one word unless the words around it say so: `However`, `Transformer`."""
    return not part_of(word) & MAY_BE_NAME


@remembered
def is_no_name(word: str) -> bool:
    """Whether a word is known to name something else (a task, a modality), or is a quantity or hardware."""
    return word in load().refused or HARDWARE.match(word) is not None


@remembered
def is_language(name: str) -> bool:
    """Whether a name is a language's or a pair's: `Chinese`, `German-English`."""
    return LANGUAGES.match(name) is not None


@remembered
def is_language_pair(name: str) -> bool:
    """Whether a name is a pair of languages: `German-English`."""
    return "-" in name and LANGUAGE_PAIR.match(name) is not None


def is_bench_name(token: str) -> bool:
    """Whether a name calls itself a benchmark, or says how much is in it: `MMBench`, `NAS-Bench-101`, `Toys-20K`."""
    if len(token) < 6 or token in ("Benchmark", "Benchmarks", "Benchmarking"):
        return False
    if ("ench" in token or "ENCH" in token) and _BENCH.search(token) is not None:
        return True
    if token[-1] not in "kKM" or _COUNT.match(token) is None:
        return False
    return MODEL_FAMILY.match(token) is None and MODEL_NAME.search(token) is None


def _ways_to_begin(surface: str) -> list[tuple[str, int]]:
    """(key of the first word, words in all) of every writing of a name: blanks may stand where hyphens or letters meet
    digits (`MS-COCO`, `CIFAR10`)."""
    parts = _PARTS.findall(surface)
    return [(dataset_key("".join(parts[:upto])), len(parts) - upto + 1) for upto in range(1, len(parts))]


@lru_cache(maxsize=1)
def load() -> Gazetteer:
    """The shipped gazetteer; read once."""
    data = resources.files("searchidx.extraction").joinpath("data")
    entries: dict[str, Entry] = {}
    first_words: dict[str, int] = {}
    for line in data.joinpath("datasets.tsv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        surface, canonical, kind = line.split("\t")
        entries.setdefault(dataset_key(surface), Entry(surface, canonical, kind == "S"))
        for part, length in _ways_to_begin(surface):
            first_words[part] = max(first_words.get(part, 1), length)
    refused = frozenset(data.joinpath("not_datasets.txt").read_text(encoding="utf-8").splitlines())
    known = dict.fromkeys(first_words, BEGINS_NAME)
    for key, entry in entries.items():
        known[key] = known.get(key, 0) | IS_LISTED | (IS_SURE if entry.sure else 0)
    joined: dict[str, list[str]] = {}
    for entry in entries.values():
        small = _SMALL_WORDS.match(entry.surface) if entry.sure else None
        if small is not None:
            joined.setdefault(small["last"], []).append(entry.surface)
    return Gazetteer(entries, refused, max(map(len, entries)), first_words, known, joined)
