"""Why a paper has its score: every number of the formula, which add up to it in float32."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searchidx.fields import TEXT_FIELDS
from searchidx.ranking import bm25f
from searchidx.results import Explanation, TermScore, WordTerms
from searchidx.scoring import Scorer
from searchidx.wanted import Known, Pair, Wanted, as_written

_NAMES = [field.name for field in TEXT_FIELDS]


def explained(scorer: Scorer, wanted: Wanted, row: int) -> Explanation:
    """The parts of one row's score: terms, then pairs, then the title; see `ranking.nearness`."""
    parts = [part for term, weight in wanted.terms.items() if (part := _term(scorer, term, weight, row))]
    parts += [part for pair in wanted.pairs if (part := _pair(scorer, pair, row))]
    total = np.float32(0)
    for part in parts:
        total += np.float32(part.score)
    rows = np.array([row])
    in_title = int(scorer.covered(wanted, rows)[0])
    added = scorer.title_scores(wanted, rows, np.array([total]))[0]
    if added:
        tf = {name: in_title if name == _NAMES[0] else 0 for name in _NAMES}
        parts.append(TermScore("", None, None, tf, None, None, 1.0, float(added), "title"))
        total += added
    part_of = scorer.snapshot.part_of(row)
    length = {name: int(part_of.segment.lengths(name)[row - part_of.base]) for name in _NAMES}
    return Explanation(tuple(parts), float(total), length)


def _pair(scorer: Scorer, pair: Pair, row: int) -> TermScore | None:
    rows = np.array([row])
    counts = scorer.pair_counts(pair, rows)
    if not any(count[0] for count in counts):
        return None
    return TermScore(
        term=f"{as_written(pair.first)} {as_written(pair.second)}",
        df=None,
        idf=float(scorer.pair_idf(pair)),
        tf={name: int(count[0]) for name, count in zip(_NAMES, counts, strict=True)},
        weighted_tf=float(bm25f.weighted(counts, scorer.weights.boosts)[0]),
        norm=float(scorer.norms(rows)[0]),
        query_weight=1.0,
        score=float(scorer.pair_scores(pair, rows)[0]),
        kind="pair",
    )


def _term(scorer: Scorer, term: str, weight: float, row: int) -> TermScore | None:
    postings = scorer.postings(term)
    place = int(np.searchsorted(postings.rows, row)) if postings else 0
    if postings is None or place == postings.df or postings.rows[place] != row:
        return None
    tfs = [tf[place : place + 1] for tf in postings.tfs]
    tf = bm25f.weighted(tfs, scorer.weights.boosts)
    norm = scorer.norms(np.array([row]))
    idf = bm25f.idf(scorer.snapshot.n_papers, postings.df)
    score = bm25f.term_scores(tf, norm, np.float32(weight) * idf)[0]
    return TermScore(
        term=term,
        df=postings.df,
        idf=float(idf),
        tf={name: int(values[0]) for name, values in zip(_NAMES, tfs, strict=True)},
        weighted_tf=float(tf[0]),
        norm=float(norm[0]),
        query_weight=weight,
        score=float(score),
    )


def analysed(words: Sequence[Known]) -> tuple[WordTerms, ...]:
    """What the analyser made of a query's words, in order."""
    any_telling = any(not known.word.is_stop for known in words)
    return tuple(WordTerms(known.word.surface, _role(known, any_telling), known.terms) for known in words)


def _role(known: Known, any_telling: bool) -> str:
    if known.word.is_stop and any_telling:
        return "stop word"
    return "scored" if known.terms else "in no paper"
