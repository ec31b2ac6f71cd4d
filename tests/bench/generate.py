"""`python -m tests.bench generate --papers N --from FILE --out FILE.jsonl.zst`: a corpus of any size from a real one.

Every generated paper has a real *base* paper: its year, venue, number of sentences and of authors, and the first half
of its title. The other half of the title comes from a paper on the same topic, and so do some sentences of its
abstract. All base papers are used once, in random order, before any is used again.

What recombination alone gets wrong is the vocabulary: it ends where the real one ends, while the number of distinct
words V in a real corpus of n papers goes on growing as n^b (Heaps' law; b is measured on the real corpus). A word
that stands in f real papers would, by the process with that growth (Pitman and Yor 1997, discount b), keep the share
(f - b) / f of its occurrences when the corpus grows, and words not seen before take the rest. So rare words are
replaced at that rate: by a word invented on the spot as often as the growth asks for, else by one invented earlier.

Titles are distinct by construction. As letters and digits, no first half is a prefix of another and no two papers have
the same one, the same holds for second halves, and no base paper meets a second half twice.

Paper i is a pure function of the real corpus, the seed and i: `--first` goes on where another file ended. Memory
depends on the real corpus alone.
"""

from __future__ import annotations

import math
import re
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
import orjson
import zstandard
from numpy.typing import NDArray

from searchidx.analysis import clean
from searchidx.paper import Paper

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

CHUNK = 2000
#: Words in more papers than this are never replaced: of them the growth takes too small a share to matter.
RARE = 4
#: Papers of a topic on average, the words by which a paper finds its topic, how many papers must have such a word,
#: and how often topics are made anew.
TOPIC_PAPERS, TOPIC_WORDS, TOPIC_DF, TOPIC_ROUNDS = 120, 25, 20, 4
#: The share of an abstract's sentences that are the base paper's own; the first and second partner share the rest.
OWN_SENTENCES, FIRST_PARTNER = 0.75, 0.9
#: Half of the author lists are a partner's as they are, in the others every name is made of two.
REAL_AUTHORS = 0.5

_SENTENCE_END = re.compile(r'(?<=[.!?])\s+(?=["(\[$\\A-Z0-9])')
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_TITLE_CUT = re.compile(
    r"(?<=:)\s|\s(?=(?:for|with|via|in|using|of|from|by|on|through|and|under|to|at|as|without|towards?)\s)",
    re.IGNORECASE,
)
_NOT_TELLING = re.compile(r"[\W_]+")
_CONSONANTS, _VOWELS = "bcdfghjklmnprstvwxzq", "aeiou"
_SYLLABLES = [c + v for c in _CONSONANTS for v in _VOWELS]
_NAMES = len(_SYLLABLES) ** 3


def words(text: str) -> list[str]:
    """The words whose number is kept true to life: `self-supervised` is one."""
    return _WORD.findall(text.lower())


def title_letters(title: str) -> str:
    """The title's letters and digits; papers with equal ones are merged into one when an index is built."""
    return _NOT_TELLING.sub("", clean(title).casefold())


# --- growth of the vocabulary ---------------------------------------------------------------------------------


class Growth:
    """How many distinct words a corpus has, and how many of them have to be invented.

    df: int64 (n_words,), the real papers each word stands in; n_papers: their number.
    titles, own, lent: float64 (n_words,), how often each word is met while every base paper is used once: in titles, in
    sentences a base paper keeps, in sentences lent to another.
    exponent: of Heaps' law, over the last factor of eight in size.
    """

    def __init__(self, df: Ints, titles: Floats, own: Floats, lent: Floats, n_papers: int) -> None:
        self.n_papers = n_papers
        self._df, self._df_words = np.unique(df, return_counts=True)
        few, all_ = self._in_a_part(np.array([n_papers / 8, n_papers]))
        self.exponent = min(max(math.log(all_ / few) / math.log(8), 0.05), 0.95)
        kept = 1 - self.replaced(df)
        # rounded, so that words alike are counted together
        alike = np.round(np.stack([df, (titles + own * kept) / df, lent * kept], 1), 1)
        self._alike, self._alike_words = np.unique(alike[df < 100], axis=0, return_counts=True)
        self._frequent = int((df >= 100).sum())
        self._grid = np.concatenate([[0.0], np.geomspace(1, n_papers * 1e4, 1000)])
        missing = [float(self.distinct(np.array([n]))[0]) - self._real(n) for n in self._grid.tolist()]
        self._made = np.maximum.accumulate(np.maximum(missing, 0))

    def _in_a_part(self, n: Floats) -> Floats:
        """Expected distinct words in n papers drawn from the real corpus, n at most its size."""
        missed = (1 - n / self.n_papers)[:, None] ** self._df
        return np.asarray((1 - missed) @ self._df_words)

    def distinct(self, n: Floats) -> Floats:
        """Distinct words that a corpus of n papers should have: as measured up to the real size, then Heaps' law."""
        inside = self._in_a_part(np.minimum(n, self.n_papers))
        return np.asarray(inside * np.maximum(n / self.n_papers, 1) ** self.exponent)

    def replaced(self, df: Ints) -> Floats:
        """The share of the occurrences of a word of so many papers that goes to words not in the real corpus."""
        return np.where(df <= RARE, np.minimum(self.exponent / df, 1), 0.0)

    def _real(self, n: float) -> float:
        """Expected distinct real words in n generated papers: base papers come in turn, lenders at random."""
        df, own, lent = self._alike.T
        part, whole = math.modf(n / self.n_papers)
        own = np.minimum(own, 1)
        missed = ((1 - own) ** whole * (1 - own * part)) ** df * np.exp(-lent * (n / self.n_papers))
        return float((1 - missed) @ self._alike_words) + self._frequent

    def invented(self, n: Floats | float) -> Ints:
        """How many words are invented in the first n papers."""
        return np.asarray(np.interp(n, self._grid, self._made)).astype(np.int64)

    def earlier(self, n: int, u: Floats) -> Ints:
        """Numbers of words invented in the first n papers, the older ones more often, or -1 where there are none.

        u: uniform in [0, 1). A word's occurrences grow in proportion to the corpus: the chance of one invented at
        paper t is as t^(b - 1) * n / t.
        """
        known = int(self.invented(float(n)))
        if not known:
            return np.full(len(u), -1, np.int64)
        power = self.exponent - 1
        start = min(self.n_papers / 10, n / 2) ** power
        when = (start + u * (n**power - start)) ** (1 / power)
        return np.minimum(self.invented(when), known - 1)


class Inventor:
    """Spells the words that do not exist: names of random syllables, and compounds of parts that are known.

    known: the real words. The same number always gives the same word, different numbers different ones.
    """

    def __init__(self, known: Mapping[str, int]) -> None:
        self._known = known
        compounds = [word for word in known if word.count("-") == 1]
        firsts: Counter[str] = Counter()
        lasts: Counter[str] = Counter()
        for word in compounds:
            first, last = word.split("-")
            firsts[first] += 1
            lasts[last] += 1
        self._firsts = sorted(part for part, times in firsts.items() if times > 2 and known.get(part, 0) > RARE)
        self._lasts = sorted(part for part, times in lasts.items() if times > 2 and known.get(part, 0) > RARE)
        once = [word for word, f in known.items() if f == 1]
        self._compounds = sum("-" in word for word in once) / max(len(once), 1)

    def spell(self, number: int) -> str:
        """The word of this number, in lower case."""
        scattered = number * 0x9E3779B1 % 2**32
        if scattered / 2**32 < self._compounds:
            word = self._compound(number)
            if word and word not in self._known:
                return word
        return self._name(number)

    def _compound(self, number: int) -> str:
        n_pairs = len(self._firsts) * len(self._lasts)
        if number >= n_pairs:
            return ""
        first, last = divmod(number * _coprime(n_pairs) % n_pairs, len(self._lasts))
        return f"{self._firsts[first]}-{self._lasts[last]}"

    def _name(self, number: int) -> str:
        """Syllables of two letters each, so that no two numbers spell the same, and a consonant at the end."""
        high, low = divmod(number, _NAMES)
        low = low * 618_033 % _NAMES
        name = ""
        while low or high or len(name) < 6:
            name += _SYLLABLES[low % 100]
            low //= 100
            if not low and high and len(name) >= 6:
                low, high = high, 0
        name += "nrxk"[number % 4]
        return name if name not in self._known else f"{name}{number}"


@lru_cache(8)
def _coprime(n: int) -> int:
    """A number near 0.618 n without a common divisor: its multiples modulo n visit everything, far apart."""
    step = max(int(n * 0.618), 1)
    while math.gcd(step, n) > 1:
        step += 1
    return step


# --- what is kept of the real papers --------------------------------------------------------------------------


@dataclass
class Material:
    """The real papers, cut up. Texts are JSON strings without their quotes.

    sentences, rare: per sentence its text, and its rare words with the chance that each is replaced.
    chance: float64 (n_sentences,), that any of them is.
    first: int64 (n_papers + 1,), the row of a paper's first sentence.
    members, topic_first, topic_size: the papers sorted by topic, and per paper where its topic begins, and its size.
    bases: rows of papers whose title's first half is theirs alone. heads: per paper; tails: sorted by topic;
    tail_ring: per paper (begin, size, own): the tails of its topic and the place of its own among them.
    given, surnames, authors: per paper lists of name parts, and the author list as JSON.
    facts: per paper the other fields as JSON; code: per paper its first repository.
    """

    sentences: list[bytes]
    rare: dict[int, list[tuple[bytes, float]]]
    chance: Floats
    first: Ints
    members: Ints
    topic_first: Ints
    topic_size: Ints
    bases: Ints
    heads: list[bytes]
    tails: list[bytes]
    tail_ring: list[tuple[int, int, int]]
    given: list[list[bytes]]
    surnames: list[list[bytes]]
    authors: list[bytes]
    facts: list[bytes]
    code: list[bytes]
    growth: Growth
    inventor: Inventor


def cut_up(papers: Iterable[Paper]) -> Material:
    """The material of these papers; those without an abstract are left out.

    Raises ValueError when no paper or no title is left to make new ones from.
    """
    kept = [paper for paper in papers if paper.abstract.strip()]
    if not kept:
        raise ValueError("no paper with an abstract to generate from")
    texts = [_SENTENCE_END.split(" ".join(paper.abstract.split())) for paper in kept]
    table = _tabulate(kept, texts)
    growth = Growth(table.df, table.titles, table.own, table.lent, len(kept))
    rare, chance = _rare_words(table, growth, sum(map(len, texts)))
    topics = _topics(table)
    members = np.argsort(topics, kind="stable")
    sizes = np.bincount(topics)
    begins = np.cumsum(sizes) - sizes
    bases, heads, tails, ring = _titles([paper.title for paper in kept], topics)
    names = [[name.rpartition(" ") for name in paper.authors] for paper in kept]
    return Material(
        sentences=[_json(sentence) for parts in texts for sentence in parts],
        rare=rare,
        chance=chance,
        first=np.cumsum([0, *map(len, texts)]),
        members=members,
        topic_first=begins[topics],
        topic_size=sizes[topics],
        bases=bases,
        heads=heads,
        tails=tails,
        tail_ring=ring,
        given=[[_json(given + blank) for given, blank, _ in row] for row in names],
        surnames=[[_json(surname) for _, _, surname in row] for row in names],
        authors=[orjson.dumps(paper.authors) for paper in kept],
        facts=[_facts(paper) for paper in kept],
        code=[_json(paper.code_urls[0].rstrip("/")) if paper.code_urls else b"" for paper in kept],
        growth=growth,
        inventor=Inventor(dict(zip(table.words, table.df.tolist(), strict=True))),
    )


def _json(text: str) -> bytes:
    return orjson.dumps(text)[1:-1]


def _facts(paper: Paper) -> bytes:
    facts = {"venue": paper.venue, "year": paper.year, "keywords": paper.keywords}
    said = {key: value for key, value in facts.items() if value}
    return b"," + orjson.dumps(said)[1:-1] if said else b""


class Table(NamedTuple):
    """Which word stands where.

    words: in lower case; df: per word its papers; titles, own, lent: see `Growth`.
    paper, word: the pairs of paper and word, by paper.
    spellings, spelled, rare, sentence, times: per rare word of a sentence a number into `spellings`, which are words as
    they are written, the word's, the sentence's, and how many sentences of the same paper have the word.
    """

    words: list[str]
    df: Ints
    titles: Floats
    own: Floats
    lent: Floats
    paper: Ints
    word: Ints
    spellings: list[str]
    spelled: Ints
    rare: Ints
    sentence: Ints
    times: Ints


def _tabulate(papers: Sequence[Paper], texts: Sequence[Sequence[str]]) -> Table:
    """The table of all words; a title counts as one more sentence, but is not among `sentence`."""
    spellings: defaultdict[str, int] = defaultdict()
    spellings.default_factory = spellings.__len__
    flat, lengths = array("q"), array("q")
    for one, parts in zip(papers, texts, strict=True):
        for part in (one.title, *parts):
            found = dict.fromkeys(_WORD.findall(part))
            flat.extend([spellings[word] for word in found])
            lengths.append(len(found))
    lower: defaultdict[str, int] = defaultdict()
    lower.default_factory = lower.__len__
    to_word = np.array([lower[spelling.lower()] for spelling in spellings])
    spelled = np.array(flat, np.int64)
    units = np.array([len(parts) + 1 for parts in texts])
    unit = np.repeat(np.arange(len(lengths)), np.array(lengths, np.int64))
    paper_of = np.repeat(np.arange(len(papers)), units)
    is_title = np.zeros(len(lengths), bool)
    is_title[np.cumsum(units) - units] = True
    in_title = is_title[unit]
    pair = paper_of[unit] * len(lower) + to_word[spelled]
    paper, word = np.divmod(_distinct(pair)[0], len(lower))
    in_abstract, times = _distinct(pair[~in_title])
    titled = _distinct(pair[in_title])[0]
    # a word of the title is met with the title, whatever becomes of the sentences
    own = np.where(_among(titled, in_abstract), 0.0, 1 - np.power(1 - OWN_SENTENCES, times))
    df = np.bincount(word, minlength=len(lower))
    rare = np.flatnonzero(~in_title & (df[to_word[spelled]] <= RARE))
    return Table(
        words=list(lower),
        df=df,
        titles=np.bincount(titled % len(lower), minlength=len(lower)).astype(np.float64),
        own=_sums(in_abstract % len(lower), own, len(lower)),
        lent=_sums(in_abstract % len(lower), (1 - OWN_SENTENCES) * times, len(lower)),
        paper=paper,
        word=word,
        spellings=list(spellings),
        spelled=spelled[rare],
        rare=to_word[spelled[rare]],
        sentence=(np.cumsum(~is_title) - 1)[unit[rare]],
        times=times[np.searchsorted(in_abstract, pair[rare])],
    )


def _distinct(values: Ints) -> tuple[Ints, Ints]:
    """The distinct values in order, and how often each is there."""
    values = np.sort(values)
    new = np.flatnonzero(np.diff(values, prepend=values[:1] - 1))
    return values[new], np.diff(new, append=len(values))


def _sums(places: Ints, values: NDArray[np.floating], n: int) -> Floats:
    """Shape (n,): the sum of the values of each place."""
    return np.bincount(places, values, n).astype(np.float64)


def _among(ordered: Ints, values: Ints) -> NDArray[np.bool_]:
    """Whether each value is one of the ordered ones."""
    if not len(ordered):
        return np.zeros(len(values), bool)
    return np.asarray(ordered[np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)] == values)


def _rare_words(table: Table, growth: Growth, n_sentences: int) -> tuple[dict[int, list[tuple[bytes, float]]], Floats]:
    """(per sentence its rare words with their chances, the chance of any per sentence).

    A word that stands in several sentences of its paper has its chance divided among them.
    """
    shares = growth.replaced(table.df[table.rare]) / table.times
    rare: dict[int, list[tuple[bytes, float]]] = {}
    for row, spelled, share in zip(table.sentence.tolist(), table.spelled.tolist(), shares.tolist(), strict=True):
        rare.setdefault(row, []).append((table.spellings[spelled].encode(), share))
    return rare, np.minimum(np.bincount(table.sentence, shares, n_sentences), 1)


def _topics(table: Table) -> Ints:
    """A topic per paper, as numbers: spherical k-means over each paper's most telling words, weighted by idf.

    Weights are whole numbers, so that sums are exact and the topics the same on every machine.
    """
    n_papers = int(table.paper[-1]) + 1
    papers, terms, weights = _telling(table, n_papers)
    begins = np.searchsorted(papers, np.arange(n_papers + 1)).tolist()
    n_topics, n_terms = max(n_papers // TOPIC_PAPERS, 1), int(terms.max(initial=0)) + 1
    topics = np.random.default_rng(0).integers(0, n_topics * TOPIC_PAPERS, n_papers)
    for _ in range(TOPIC_ROUNDS):
        used = topics[papers] < n_topics  # at first a few papers make the topics
        cells = (terms * n_topics + topics[papers])[used]
        centres = np.bincount(cells, weights[used], n_terms * n_topics).reshape(n_terms, n_topics)
        lengths = np.maximum(np.sqrt((centres * centres).sum(axis=0)), 1)
        centres = np.round(centres / lengths * 1000).astype(np.float32)
        for paper in range(n_papers):
            mine = slice(begins[paper], begins[paper + 1])
            topics[paper] = (weights[mine] @ centres[terms[mine]]).argmax()
    return np.unique(topics, return_inverse=True)[1]


def _telling(table: Table, n_papers: int) -> tuple[Ints, Ints, NDArray[np.float32]]:
    """(paper, term, weight) of the `TOPIC_WORDS` rarest words of each paper that enough papers have, by paper."""
    common = (table.df >= min(TOPIC_DF, n_papers // 10)) & (table.df < n_papers / 5)
    here = np.flatnonzero(common[table.word])
    here = here[np.lexsort((table.df[table.word[here]], table.paper[here]))]
    papers = table.paper[here]
    rank = np.arange(len(here)) - np.searchsorted(papers, papers)
    here = here[rank < TOPIC_WORDS]
    weights = np.round(8 * np.log(n_papers / table.df[table.word[here]])).astype(np.float32)
    return table.paper[here], np.unique(table.word[here], return_inverse=True)[1], weights


def _cut_title(title: str) -> tuple[list[str], int]:
    """A title's words, and how many of them are its first half: to a colon, before a preposition, else to the middle.

    Markup could be cut in two and then mean something else: a title with any has no words.
    """
    if "$" in title or "\\" in title:
        return [], 0
    title = " ".join(title.split())
    parts = title.split(" ")
    match = _TITLE_CUT.search(title)
    return parts, len(title[: match.start()].split(" ")) if match else (len(parts) + 1) // 2


def _clashing(halves: Mapping[int, str]) -> set[int]:
    """The keys of halves that, as letters, are empty, equal to another one or a prefix of another one."""
    ordered = sorted((half, key) for key, half in halves.items())
    found = {key for half, key in ordered if not half}
    for (before, first), (after, second) in pairwise(ordered):
        if after.startswith(before):  # whatever begins with a string stands right behind it
            found.update([first, second] if before == after else [first])
    return found


def _heads(cuts: Sequence[tuple[list[str], int]]) -> dict[int, int]:
    """Per paper how many words of its title make its first half, for those whose first half is theirs alone.

    One that clashes with another takes another word of its title, as long as there is one.
    """
    lengths = {row: length for row, (parts, length) in enumerate(cuts) if parts}
    letters = {row: title_letters(" ".join(cuts[row][0][:length])) for row, length in lengths.items()}
    while clashing := _clashing(letters):
        for row in clashing:
            lengths[row] += 1
            if lengths[row] > len(cuts[row][0]):
                del lengths[row], letters[row]
            else:
                letters[row] = title_letters(" ".join(cuts[row][0][: lengths[row]]))
    return lengths


def _tails(cuts: Sequence[tuple[list[str], int]]) -> dict[int, str]:
    """Per paper its second half, for those that are neither empty nor another's nor the beginning of another."""
    tails = {row: " ".join(parts[length:]) for row, (parts, length) in enumerate(cuts)}
    letters: dict[str, int] = {}
    for row, tail in tails.items():
        letters.setdefault(title_letters(tail), row)
    clashing = _clashing({row: tail for tail, row in letters.items()})
    return {row: tails[row] for row in letters.values() if row not in clashing}


def _titles(titles: Sequence[str], topics: Ints) -> tuple[Ints, list[bytes], list[bytes], list[tuple[int, int, int]]]:
    """(base rows, heads per paper, tails, rings per paper) of `Material`.

    Second halves after a colon and all others are kept apart, so that a head that ends in a colon gets its like.
    """
    cuts = [_cut_title(title) for title in titles]
    lengths, tails = _heads(cuts), _tails(cuts)
    if not lengths or not tails:
        raise ValueError("no two titles to make new ones from")
    heads = [" ".join(parts[: lengths.get(row, 0)]) for row, (parts, _) in enumerate(cuts)]
    kind = {row: (heads[row].endswith(":"), int(topics[row])) for row in range(len(titles))}
    order = sorted(tails, key=lambda row: (kind[row], row))
    sizes = Counter(kind[row] for row in order)
    place = {row: at for at, row in enumerate(order)}
    begins: dict[tuple[bool, int], int] = {}
    for at, row in enumerate(order):
        begins.setdefault(kind[row], at)
    ring = []
    for row in range(len(titles)):
        begin, size = begins.get(kind[row], row % len(order)), sizes.get(kind[row], 1)
        ring.append((begin, size, place.get(row, begin + row % size) - begin))
    return np.array(sorted(lengths)), [_json(head) for head in heads], [_json(tails[row]) for row in order], ring


# --- generated papers -----------------------------------------------------------------------------------------


def lines(material: Material, first: int, n_papers: int, seed: int) -> Iterator[bytes]:
    """JSON lines of papers number `first` (counted from 1) and on, about `CHUNK` in each piece."""
    begin, end = first - 1, first - 1 + n_papers
    for chunk in range(begin // CHUNK, -(-end // CHUNK)):
        made = _chunk(material, chunk, seed)
        yield b"".join(made[max(begin - chunk * CHUNK, 0) : end - chunk * CHUNK])


@lru_cache(2)
def _order(n_bases: int, epoch: int, seed: int) -> Ints:
    """The order in which the base papers are used for the epoch-th time."""
    return np.random.default_rng([seed, 1, epoch]).permutation(n_bases)


def _chunk(material: Material, chunk: int, seed: int) -> list[bytes]:
    """The `CHUNK` papers of one chunk, each a line of JSON."""
    rng = np.random.default_rng([seed, 0, chunk])
    numbers = np.arange(chunk * CHUNK, (chunk + 1) * CHUNK)
    epochs, at = np.divmod(numbers, len(material.bases))
    base = np.empty(CHUNK, np.int64)
    for epoch in range(int(epochs[0]), int(epochs[-1]) + 1):
        here = epochs == epoch
        base[here] = material.bases[_order(len(material.bases), epoch, seed)[at[here]]]
    picks = (rng.random((2, CHUNK)) * material.topic_size[base]).astype(np.int64)
    partners = material.members[material.topic_first[base] + picks]
    begins, chosen = _choose_sentences(material, np.vstack([base, partners]), rng)
    edits = _choose_edits(material, chunk * CHUNK, begins, chosen, rng)
    real_authors = (rng.random(CHUNK) < REAL_AUTHORS).tolist()
    return _write_papers(material, numbers, epochs, base, partners[0], begins, chosen, edits, real_authors)


def _choose_sentences(material: Material, sources: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """(where each paper's sentences begin, shape (n + 1,); rows of sentences).

    sources: (3, n) rows of the base papers and two partners. A sentence keeps its place: what opens an abstract
    opened one.
    """
    n_sentences = np.diff(material.first)
    lengths = n_sentences[sources[0]]
    begins = np.concatenate([[0], np.cumsum(lengths)])
    paper = np.repeat(np.arange(sources.shape[1]), lengths)
    u = rng.random(len(paper))
    source = sources[(u >= OWN_SENTENCES).astype(np.int64) + (u >= FIRST_PARTNER), paper]
    place = (np.arange(len(paper)) - begins[paper] + rng.random(len(paper))) / lengths[paper]
    inside = np.minimum((place * n_sentences[source]).astype(np.int64), n_sentences[source] - 1)
    return begins, material.first[source] + inside


def _choose_edits(
    material: Material, first: int, begins: Ints, chosen: Ints, rng: np.random.Generator
) -> dict[int, list[tuple[bytes, bytes]]]:
    """Per paper of the chunk the words to replace, and by what. first: the chunk's first paper, from 0."""
    growth = material.growth
    places = np.flatnonzero(rng.random(len(chosen)) < material.chance[chosen])
    papers = np.searchsorted(begins, places, "right") - 1
    new = np.arange(int(growth.invented(float(first))), int(growth.invented(float(first + CHUNK))))[: len(places)]
    numbers = growth.earlier(first, rng.random(len(places))) if first else np.full(len(places), -1)
    numbers[rng.choice(len(places), len(new), replace=False)] = rng.permutation(new)
    edits: dict[int, list[tuple[bytes, bytes]]] = {}
    picks = rng.random(len(places)).tolist()
    for place, paper, number, pick in zip(places.tolist(), papers.tolist(), numbers.tolist(), picks, strict=True):
        if number >= 0:
            old = _pick(material.rare[int(chosen[place])], pick)
            edits.setdefault(paper, []).append((old, _in_case_of(old, material.inventor.spell(number))))
    return edits


def _pick(weighted: list[tuple[bytes, float]], u: float) -> bytes:
    """One of the words, by their chances. u: uniform in [0, 1)."""
    rest = u * sum(weight for _, weight in weighted)
    for word, weight in weighted:
        rest -= weight
        if rest < 0:
            return word
    return weighted[-1][0]


def _in_case_of(old: bytes, word: str) -> bytes:
    if old.islower():
        return word.encode()
    return (word.upper() if old.isupper() and len(old) > 1 else word.capitalize()).encode()


def _replace_word(text: bytes, old: bytes, new: bytes) -> bytes:
    """The text with `old` replaced wherever it stands as a word of its own."""
    at = text.find(old)
    while at >= 0:
        end = at + len(old)
        if not (_letter(text[at - 1 : at]) or _letter(text[end : end + 1])):
            text = text[:at] + new + text[end:]
            end = at + len(new)
        at = text.find(old, end)
    return text


def _letter(byte: bytes) -> bool:
    return byte.isalnum() or byte == b"-" or byte >= b"\x80"


def _write_papers(
    material: Material,
    numbers: Ints,
    epochs: Ints,
    base: Ints,
    partner: Ints,
    begins: Ints,
    chosen: Ints,
    edits: dict[int, list[tuple[bytes, bytes]]],
    real_authors: Sequence[bool],
) -> list[bytes]:
    """One line of JSON per paper. All arguments but `material`, `begins`, `chosen`, `edits`: one item per paper."""
    sentences, facts, code = material.sentences, material.facts, material.code
    rows, starts, made = chosen.tolist(), begins.tolist(), []
    columns = zip(numbers.tolist(), epochs.tolist(), base.tolist(), partner.tolist(), real_authors, strict=True)
    for at, (number, epoch, b, p, as_it_is) in enumerate(columns):
        # a shorter partner's sentence may have been chosen twice
        picked = dict.fromkeys(rows[starts[at] : starts[at + 1]])
        abstract = b" ".join([sentences[row] for row in picked])
        for old, new in edits.get(at, ()):
            abstract = _replace_word(abstract, old, new)
        authors = material.authors[p] if as_it_is else _names(material.given[b], material.surnames[p])
        made.append(
            b'{"id":"gen-%07d","title":"%b","abstract":"%b","authors":%b%b%b}\n'
            % (
                number + 1,
                _title(material, b, epoch),
                abstract,
                authors,
                facts[b],
                b',"code_urls":["%b-%d"]' % (code[b], epoch) if code[b] else b"",
            )
        )
    return made


def _names(given: list[bytes], surnames: list[bytes]) -> bytes:
    """Given names of one paper's authors with surnames of another's, as JSON."""
    if not given or not surnames:
        return b"[]"
    n = len(surnames)
    return b'["' + b'","'.join([name + surnames[k % n] for k, name in enumerate(given)]) + b'"]'


def _title(material: Material, base: int, epoch: int) -> bytes:
    """The base paper's first half with its epoch-th second half: those of its topic first, then all others.

    When all have been used it begins anew, and says so.
    """
    begin, size, own = material.tail_ring[base]
    part, step = divmod(epoch, len(material.tails))
    at = begin + (own + 1 + step) % size if step < size else (begin + step) % len(material.tails)
    title = material.heads[base] + b" " + material.tails[at]
    return title if not part else title + b" (part %d)" % (part + 1)


# --- files ----------------------------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """A file to write, compressed when its name ends in `.zst`; it has its name only when it is whole."""
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as raw:
        if path.suffix == ".zst":
            with zstandard.ZstdCompressor(level=3).stream_writer(raw, closefd=False) as packed:
                yield packed
        else:
            yield raw
    part.replace(path)


def generate(papers: Iterable[Paper], out: Path, n_papers: int, *, first: int = 1, seed: int = 1) -> float:
    """Write the file; returns the papers written per second, reading the real ones not counted."""
    material = cut_up(papers)
    started = time.perf_counter()
    with _opened(out) as file:
        for piece in lines(material, first, n_papers, seed):
            file.write(piece)
    return n_papers / (time.perf_counter() - started)
