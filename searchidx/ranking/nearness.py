"""What a score has beyond the sum over terms: words that stand in the paper as in the query, and a title they cover.

With B(q, d) the sum over the query's terms (`bm25f`), for a paper d:

    P(q, d) = g * sum over pairs (a, b) of sqrt(w_a idf_a * w_b idf_b) * tf_ab / (tf_ab + norm(d))
    C(q, d) = words of the query in the title / positions of the title, at most 1
    score   = (B + P) + (B + P) * c * C

A pair is two words side by side in the query, stop words between them apart; tf_ab counts, over the text fields with
their weights, where b stands as far behind a as in the query. This is the ordered-window part of the sequential
dependence model (Metzler and Croft, SIGIR 2005) with BM25's saturation, as in Rasolofo and Savoy (ECIR 2003). C favours
the paper that is about the query over one that also mentions it: of two titles with the same words the shorter.

A pair stands nowhere more often than its terms, so it adds at most g times the geometric mean of what they score. Over
a path of n words that score x_1 ... x_n, sum sqrt(x_i x_i+1) <= cos(pi / (n + 1)) sum x_i (the greatest eigenvalue of a
path), so P <= g cos(pi / (n + 1)) B: that bounds the score by B, and the k best can be found exactly without looking at
the positions of all papers (`most`).

All arithmetic is float32 in the order written here: terms, then pairs, then the title.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx.ranking import bm25f

AnyArray = npt.NDArray[Any]

#: g and c. Chosen on the collections of `make relevance` together; from 0.2 to 0.4 and 0.05 to 0.15 each stays within
#: 0.01.
NEARNESS = 0.25
COVERAGE = 0.08
#: How far above its true value a bound is set, for what float32 may add.
ROUNDING = 1e-5


def most(n_places: int, nearness: float, coverage: float) -> float:
    """How many times B a score may be; 1 when there is nothing beyond B.

    n_places: words of the query, repeated ones too. A little above the true bound, which float32 may pass.
    """
    bound = (1 + nearness * max(math.cos(math.pi / (n_places + 1)), 0.0)) * (1 + coverage) if n_places else 1.0
    return bound * (1 + ROUNDING) if bound > 1 else 1.0


def title_scores(scores: bm25f.Floats, covered: AnyArray, lengths: AnyArray, coverage: float) -> bm25f.Floats:
    """(B + P) * c * C of some papers, from B + P.

    covered: words of the query in each title; lengths: of the titles, in positions; both of the shape of scores.
    """
    longest = np.maximum(lengths, 1).astype(np.float32)
    share = np.minimum(covered, lengths).astype(np.float32) / longest
    return scores * (np.float32(coverage) * share)
