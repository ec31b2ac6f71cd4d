"""Compiled: numbers of raw words to postings, in two passes over them.

`count` says how many postings and occurrences every term has; where each term's begin follows from that. `scatter`
goes over the words again and writes each occurrence behind those before it. Papers can be cut into parts: each is
counted by itself, and scattered to places behind those of the parts before it, at the same time as these.
"""

from __future__ import annotations

import numpy as np

from searchidx.ranking.kernels import AnyArray, compiled


@compiled
def count(
    words: AnyArray, counts: AnyArray, n_fields: int, expansions: tuple[AnyArray, ...], seen: AnyArray
) -> tuple[AnyArray, AnyArray, int]:
    """(lengths of texts, highest tf per field, highest position).

    words, counts: of all texts of some papers, paper by paper and field by field. expansions: a `lexicon.Table`. seen:
    zeros, (terms, 4); of each term its postings, its occurrences, the last text that holds it + 1, how often.
    """
    starts, terms, offsets, widths = expansions
    lengths = np.empty(len(counts), np.int64)
    highest_tf = np.zeros(n_fields, np.int64)
    highest_position = 0
    at = 0
    for text in range(len(counts)):
        field = text % n_fields
        first_text = text - field
        position = 0
        for i in range(at, at + counts[text]):
            word = np.uint32(words[i])
            for entry in range(np.uint32(starts[word]), np.uint32(starts[word + np.uint32(1)])):
                term = np.uint32(terms[entry])
                if seen[term, 2] <= text:
                    if seen[term, 2] <= first_text:
                        seen[term, 0] += 1
                    seen[term, 2] = text + 1
                    seen[term, 3] = 0
                seen[term, 1] += 1
                seen[term, 3] += 1
                highest_tf[field] = max(highest_tf[field], seen[term, 3])
                highest_position = max(highest_position, position + offsets[entry])
            position += widths[word]
        lengths[text] = position
        at += counts[text]
    return lengths, highest_tf, highest_position


@compiled
def scatter(
    words: AnyArray,
    counts: AnyArray,
    n_fields: int,
    expansions: tuple[AnyArray, ...],
    first_row: int,
    places: AnyArray,
    rows: AnyArray,
    tfs: AnyArray,
    positions: AnyArray,
) -> None:
    """Write the postings of some papers to their places, each occurrence behind those before it.

    places: (terms, 4), of each term its next posting, its next position, the row it was last seen in (-1: none), and
    nothing: of four small integers no term's lie in two lines of the processor's cache.
    tfs: zeros, (postings, n_fields).
    """
    starts, terms, offsets, widths = expansions
    at = 0
    for text in range(len(counts)):
        field = np.uint32(text % n_fields)
        row = first_row + text // n_fields
        position = 0
        for i in range(at, at + counts[text]):
            word = np.uint32(words[i])
            for entry in range(np.uint32(starts[word]), np.uint32(starts[word + np.uint32(1)])):
                term = np.uint32(terms[entry])
                if places[term, 2] != row:
                    places[term, 2] = row
                    rows[np.uint64(places[term, 0])] = row
                    places[term, 0] += 1
                tfs[np.uint64(places[term, 0] - 1), field] += 1
                positions[np.uint64(places[term, 1])] = position + offsets[entry]
                places[term, 1] += 1
            position += widths[word]
        at += counts[text]
