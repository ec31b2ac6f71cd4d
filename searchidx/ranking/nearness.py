"""What a score has beyond the sum over terms: words that stand in the paper as in the query, and a title they cover.

With B(q, d) the sum over the query's terms (`bm25f`), for a paper d:

    P(q, d) = g * sum over pairs (a, b) of min(w_a idf_a, w_b idf_b) * tf_ab / (tf_ab + norm(d))
    C(q, d) = words of the query in the title / positions of the title, at most 1; 0 for a paper without an abstract
    score   = (B + P) + (B + P) * c * C

A pair is two words side by side in the query, stop words between them apart; tf_ab counts, over the text fields with
their weights, where b stands as far behind a as in the query. This is the ordered-window part of the sequential
dependence model (Metzler and Croft, SIGIR 2005) with BM25's saturation, as in Rasolofo and Savoy (ECIR 2003). C favours
the paper that is about the query over one that also mentions it: of two titles with the same words the shorter. Where
there is no abstract, the title is all there is, and says nothing of what the paper also mentions.

A pair adds at most g times the smaller of its terms' own scores, so over a path of n words P <= g (1 - 1/n) B: that
bounds the score by B, and the k best can be found exactly without looking at the positions of all papers (`most`).

All arithmetic is float32 in the order written here: terms, then pairs, then the title.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx.ranking import bm25f

AnyArray = npt.NDArray[Any]

#: g and c. Chosen on the collections of `make relevance` together; from 0.2 to 0.4 and 0.05 to 0.15 each stays within
#: 0.01.
NEARNESS = 0.25
COVERAGE = 0.08
_ROUNDING = 1e-5


def most(n_places: int, nearness: float, coverage: float) -> float:
    """How many times B a score may be; 1 when there is nothing beyond B.

    n_places: words of the query, repeated ones too. A little above the true bound, which float32 may pass.
    """
    bound = (1 + nearness * (1 - 1 / n_places)) * (1 + coverage) if n_places else 1.0
    return bound * (1 + _ROUNDING) if bound > 1 else 1.0


def title_scores(scores: bm25f.Floats, covered: AnyArray, lengths: AnyArray, coverage: float) -> bm25f.Floats:
    """(B + P) * c * C of some papers, from B + P.

    covered: words of the query in each title; lengths: of the titles, in positions; both of the shape of scores.
    """
    longest = np.maximum(lengths, 1).astype(np.float32)
    share = np.minimum(covered, lengths).astype(np.float32) / longest
    return scores * (np.float32(coverage) * share)
