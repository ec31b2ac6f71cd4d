"""How postings and positions are kept: in few bytes, exactly, and so that compiled code reads them as they are.

Rows are cut into ranges (`impacts`). A posting of a *frequent* term, one that has range tables, is a 16-bit **word**:
the row's place in its range (`SHIFT` bits, the high ones) and a code for how often the term stands in title and
abstract (`CODE_BITS`); which range it is, the range tables say. A posting of a rare term is its row and its code. The
code is title * 15 + abstract for the counts that nearly all postings have. Its positions are a byte each.

A posting is *odd*, one in a hundred or so, when its counts have no code or one of its positions is above 255. Its code
is `ODD`; counts and positions lie whole in tables of their own, by the posting's number, and it has no bytes among the
other postings' positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx.ranking.impacts import SHIFT

AnyArray = npt.NDArray[Any]

CODE_BITS = 16 - SHIFT
#: Codes: title * ABSTRACTS + abstract, for title < TITLES and abstract < ABSTRACTS; or ODD.
TITLES, ABSTRACTS = 2, 15
ODD = (1 << CODE_BITS) - 1
#: The highest position that a byte holds.
FARTHEST = 255
#: Postings between two entries of a segment's `positions.skips`.
SKIP = 64
_PLACE = (1 << SHIFT) - 1
assert TITLES * ABSTRACTS <= ODD


def codes_of(tfs: Sequence[AnyArray]) -> AnyArray:
    """The codes of postings, uint8. tfs: occurrences in title and abstract, each of the shape of the codes."""
    title, abstract = tfs
    codes = np.minimum(title, TITLES).astype(np.uint8) * np.uint8(ABSTRACTS)
    codes += np.minimum(abstract, ABSTRACTS).astype(np.uint8)
    codes[(title >= TITLES) | (abstract >= ABSTRACTS)] = ODD
    return codes


def counts_of(codes: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Occurrences in title and abstract, uint8; 0 and 0 of an odd one."""
    return _TITLE_OF[codes], _ABSTRACT_OF[codes]


_CODES = np.arange(256, dtype=np.uint8)
_TITLE_OF = np.where(_CODES < TITLES * ABSTRACTS, _CODES // ABSTRACTS, 0).astype(np.uint8)
_ABSTRACT_OF = np.where(_CODES < TITLES * ABSTRACTS, _CODES % ABSTRACTS, 0).astype(np.uint8)


def words_of(rows: AnyArray, codes: AnyArray) -> AnyArray:
    """The words of a frequent term's postings, uint16."""
    return ((rows & _PLACE) << CODE_BITS | codes).astype(np.uint16)


def rows_of(words: AnyArray, starts: AnyArray) -> AnyArray:
    """The rows of one frequent term's postings, int32. starts: where each range begins among them, and their number."""
    firsts = np.arange(len(starts) - 1, dtype=np.int32) << SHIFT
    return np.asarray(np.repeat(firsts, np.diff(starts)) + (words >> CODE_BITS))


def codes_in(words: AnyArray) -> AnyArray:
    """The codes in words, uint8."""
    return (words & ODD).astype(np.uint8)
