"""What the compiled kernels know of words they were asked for: the form of it, without the kernels themselves.

Most queries are words and nothing else, and to put one together takes Python as long as a search takes compiled code.
So words that were met are kept as numbers (`glossary`), and `kernels.ask` takes these. A `book` is int64: by the
columns `BOOK` the addresses and sizes of these arrays.

cells       int64: the records of words, one behind the other; a word's number is the place where its record begins
term_places int64 (T, P, N_PLACE_COLUMNS): the places of a term in every segment (`kernels`)
term_idf    float64 (T,)
term_written int64 (T,): the term whose positions are a term's own (`wanted.as_written`), -1 for one that no paper holds

A record says how many words the analyser makes of the word, then of each whether it is a stop word, how many positions
it takes, and how many terms, places and positions of a phrase follow: (term, weight) for each term, (term, position
behind the word's first, weight) for each place where pairs are looked for, and the term at each position of a phrase,
-1 for one that no paper holds. Weights are the bits of a float64.
"""

from __future__ import annotations

BOOK = ("cells", "n_cells", "term_places", "term_idf", "term_written", "n_terms", "n_segments")
CELLS, N_CELLS, TERM_PLACES, TERM_IDF, TERM_WRITTEN, N_TERMS, N_SEGMENTS = range(len(BOOK))
#: The columns of places.
N_PLACE_COLUMNS = 6
#: What the first numbers of each word in a record are, behind which its terms come.
IS_STOP, WIDTH, WORD_TERMS, WORD_PLACES, WORD_PHRASE, WORD_HEAD = range(6)
#: The ways in which words are asked for: any of them, all of them, one after the other.
ANY, ALL, PHRASE = range(3)
