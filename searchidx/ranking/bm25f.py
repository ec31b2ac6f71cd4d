"""BM25F as Lucene's `combined_fields` query computes it: fields are weighted before saturation, not after.

For a paper d and a term t, over the text fields f with weights w_f:

    tf(t, d) = sum_f w_f * tf_f(t, d)          dl(d) = sum_f w_f * dl_f(d)
    idf(t)   = ln(1 + (N - df + 0.5) / (df + 0.5))
    score    = sum_t q(t) * idf(t) * tf / (tf + k1 * (1 - b + b * dl / avgdl))

df counts the papers that hold t in any text field, N all papers, avgdl the mean dl. dl_f is what the field counts for
(`counted`): a title alone would otherwise be the shortest paper of all, and win by that. q(t) is the term's weight in
the query, of which `telling` is a part.

Robertson, Zaragoza, Taylor: Simple BM25 extension to multiple weighted fields, CIKM 2004; the form without the
constant factor k1 + 1 is Lucene's (Kamphuis et al., ECIR 2020). Whoosh's own BM25F differs: it adds up one
saturated score per field, which ranks a known paper first less often (MRR@10 0.757 against 0.863 on the author-written
summaries of conference papers).

All arithmetic is float32 in the order written here, so that every executor gives the same scores to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
AnyArray = npt.NDArray[Any]

#: How far a term's weight follows the times it stands in a paper, and how far its idf. Chosen on the collections of
#: `make relevance` together; from 0.3 to 0.5 and 0.85 to 0.95 each figure stays within 0.01.
_REPEATED = 0.45
_RARE = 0.9


def idf(n_docs: int, df: int) -> np.float32:
    """Inverse document frequency of a term in `df` of `n_docs` papers; always above 0."""
    return np.float32(math.log1p((n_docs - df + 0.5) / (df + 0.5)))


def telling(idf_: float, occurrences: int, df: int) -> float:
    """What a word of a query weighs for the kind of term it is: (occurrences / df)^0.45 * idf^(0.9 - 1).

    What papers are about they say again, and what they mention they say once ("propose", "outperform"): the times that
    a term stands in a paper that holds it tell the two apart (Church and Gale, VLC 1995; as a weight of query terms
    Kwok, SIGIR 1996). The power of idf takes a little from rare words: in a sentence of many words a single rare one
    must not outweigh what the others agree on. occurrences: in all text fields of live papers; df: at least 1.
    """
    return float(max(occurrences / df, 1.0) ** _REPEATED * idf_ ** (_RARE - 1))


def counted(lengths: Sequence[AnyArray], absent: int) -> list[AnyArray]:
    """The lengths that title and abstract count for. absent: that of an abstract that is not there.

    Half a mean abstract put the right papers of CACM first, where every second paper has none; 0 favours such papers
    for being short, a whole one holds against them what nobody knows.
    """
    title, abstract = lengths
    return [title, np.where(abstract == 0, absent, abstract)]


def norms(lengths: Floats, avgdl: float, *, k1: float, b: float) -> Floats:
    """k1 * (1 - b + b * dl / avgdl) of every paper, float32, shape (n_papers,).

    lengths: boosted (`weighted`), in positions. Raises ValueError when k1 < 0 or b is outside [0, 1].
    """
    constant, per_length = norm_parts(avgdl, k1=k1, b=b)
    return constant + per_length * lengths


def norm_parts(avgdl: float, *, k1: float, b: float) -> tuple[np.float32, np.float32]:
    """(c, d) of the norm c + d * dl. Raises ValueError when k1 < 0 or b is outside [0, 1]."""
    if k1 < 0 or not 0 <= b <= 1:
        raise ValueError(f"k1 must be at least 0 and b within 0 and 1, got k1={k1}, b={b}")
    return np.float32(k1 * (1 - b)), np.float32(k1 * b / avgdl) if avgdl else np.float32(0)


def weighted(counts: Sequence[AnyArray], weights: Sequence[float]) -> Floats:
    """sum_f w_f * counts_f, float32, added up field by field."""
    total = np.float32(weights[0]) * counts[0].astype(np.float32)
    for weight, values in zip(weights[1:], counts[1:], strict=True):
        total += np.float32(weight) * values.astype(np.float32)
    return total


def term_scores(tf: Floats, norm: Floats, idf_: np.float32 | Floats) -> Floats:
    """The contribution of one term to each of its papers: idf * (tf / (tf + norm)).

    tf: weighted occurrences, shape (n_postings,); norm: of the same papers, same shape. A paper whose tf is 0 (all its
    occurrences are in fields of weight 0) gets 0.
    """
    denominator = tf + norm
    ratio = np.divide(tf, denominator, out=np.zeros_like(tf), where=denominator > 0)
    scores: Floats = idf_ * ratio
    return scores
