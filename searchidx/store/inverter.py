"""Texts in, postings out: bulk inversion without a Python object per posting.

Each text becomes a run of raw word numbers (`analysis.Vocabulary`). At the end of a batch every distinct raw
word is expanded once, and numpy does the rest: positions by cumulative sums, one stable radix sort by term.
A batch is a *run* with its own sorted terms; runs (in the order of their papers) are merged by scattering
each run's postings to their places, so memory is bounded by the batch and not by the corpus.

Shapes of a run, for T terms, P postings, W occurrences:
    terms              T sorted UTF-8 strings
    df                 int64 (T,)         postings per term
    rows               int32 (P,)         rising inside a term
    tfs                (F, P)             occurrences per text field
    occurrences        int64 (T,)         positions per term
    positions          (W,)               per posting: those in the first field, then those in the second, ...
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from searchidx.analysis import Vocabulary
from searchidx.store.files import Array, ArrayWriter, encode, narrowest

#: Raw words held before a run is made; about 60 bytes of memory each while it is.
RUN_WORDS = 8_000_000


@dataclass(frozen=True, slots=True)
class Run:
    """The postings of consecutive papers; see the module's docstring for shapes."""

    terms: list[bytes]
    df: Array
    rows: Array
    tfs: tuple[Array, ...]
    occurrences: Array
    positions: Array


class Inverter:
    """Collects texts, paper by paper, and writes their postings.

    n_fields: text fields a paper has. spill: a directory for finished runs (removed by the caller).
    """

    def __init__(self, n_fields: int, spill: Path, *, run_words: int = RUN_WORDS) -> None:
        self._n_fields = n_fields
        self._spill = spill
        self._run_words = run_words
        self._runs: list[Run] = []
        self._lengths: list[Array] = []
        self._n_rows = 0
        self._reset()

    def _reset(self) -> None:
        self._vocabulary = Vocabulary()
        self._words = array("i")
        self._counts = array("q")
        self._first_row = self._n_rows

    def add(self, texts: Sequence[str]) -> None:
        """The texts of the next paper, one per field."""
        for text in texts:
            numbers = self._vocabulary.number(text)
            self._words.extend(numbers)
            self._counts.append(len(numbers))
        self._n_rows += 1
        if len(self._words) >= self._run_words:
            self._finish_run(spill=True)

    def _finish_run(self, *, spill: bool) -> None:
        run, lengths = invert(
            np.frombuffer(self._words, np.int32) if self._words else np.empty(0, np.int32),
            np.frombuffer(self._counts, np.int64) if self._counts else np.empty(0, np.int64),
            self._vocabulary,
            self._n_fields,
            self._first_row,
        )
        self._runs.append(self._spilled(run) if spill else run)
        self._lengths.append(lengths)
        self._reset()

    def _spilled(self, run: Run) -> Run:
        """The run with its large arrays in files instead of memory."""

        def spilled(values: Array) -> Array:
            with tempfile.NamedTemporaryFile(dir=self._spill, delete=False) as file:
                np.save(file, values)
            return np.asarray(np.load(file.name, mmap_mode="r"))

        return Run(
            run.terms,
            run.df,
            spilled(run.rows),
            tuple(spilled(tf) for tf in run.tfs),
            run.occurrences,
            spilled(run.positions),
        )

    def write(self, writer: ArrayWriter, field_names: Sequence[str]) -> list[int]:
        """Write terms, postings, positions and lengths. Returns the sum of lengths per field, in positions."""
        if self._counts or not self._runs:
            self._finish_run(spill=False)
        run = self._runs[0] if len(self._runs) == 1 else merge_runs(self._runs, self._spill)
        writer.strings("terms", run.terms)
        writer.array("postings.offsets", _offsets(run.df))
        writer.array("postings.rows", run.rows)
        for name, tf in zip(field_names, run.tfs, strict=True):
            writer.array(f"postings.tf.{name}", tf)
        writer.array("positions.offsets", _offsets(run.occurrences))
        writer.array("positions.values", run.positions)
        lengths = np.concatenate(self._lengths, axis=1)
        for name, length in zip(field_names, lengths, strict=True):
            writer.array(f"lengths.{name}", length.astype(narrowest(int(length.max(initial=0)))))
        return [int(total) for total in lengths.sum(axis=1)]


def invert(words: Array, counts: Array, vocabulary: Vocabulary, n_fields: int, first_row: int) -> tuple[Run, Array]:
    """The run of consecutive papers, and their lengths per field, shape (n_fields, n_papers), int64.

    words: raw word numbers of all texts, int32. counts: words per text, paper by paper and field by field inside.
    """
    table = _expansion_table(vocabulary)
    ends = np.concatenate(([0], np.cumsum(table.widths[words])))  # positions before each word
    starts_of_texts = np.concatenate(([0], np.cumsum(counts)))
    lengths = np.diff(ends[starts_of_texts]).reshape(-1, n_fields).T.copy()
    word_text = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    word_position = (ends[:-1] - ends[starts_of_texts[:-1]][word_text]).astype(np.int32)
    del ends

    per_word = table.counts[words]
    event_word = np.repeat(np.arange(len(words), dtype=np.int32), per_word)
    event_entry = np.arange(len(event_word), dtype=np.int64)
    event_entry += np.repeat(table.starts[words] - (np.cumsum(per_word) - per_word), per_word)
    term = table.terms[event_entry]
    position = word_position[event_word] + table.offsets[event_entry]
    text = word_text[event_word]
    del event_word, event_entry, word_text, word_position

    order = _stable_order(term, len(table.vocabulary))
    term, text, position = term[order], text[order], position[order]
    del order
    row = text // n_fields
    opens = np.empty(len(term), bool)
    opens[:1] = True
    np.not_equal(term[1:], term[:-1], out=opens[1:])
    opens[1:] |= row[1:] != row[:-1]
    first = np.flatnonzero(opens)
    field = text - row * n_fields
    tfs = tuple(_narrow(_sums(field == f, first)) for f in range(n_fields))
    n_terms = len(table.vocabulary)
    run = Run(
        terms=table.vocabulary,
        df=np.bincount(term[first], minlength=n_terms),
        rows=(row[first] + first_row).astype(np.int32),
        tfs=tfs,
        occurrences=np.bincount(term, minlength=n_terms),
        positions=_narrow(position),
    )
    return run, lengths


@dataclass(frozen=True, slots=True)
class _ExpansionTable:
    """Expansions of all raw words as arrays: word w gives terms[starts[w] : starts[w] + counts[w]]."""

    vocabulary: list[bytes]
    starts: Array
    counts: Array
    widths: Array
    terms: Array
    offsets: Array


def _expansion_table(vocabulary: Vocabulary) -> _ExpansionTable:
    numbers: dict[str, int] = {}
    terms, offsets, counts, widths = array("i"), array("i"), array("q"), array("q")
    for expansion in vocabulary.expansions():
        for term, offset in expansion.terms:
            terms.append(numbers.setdefault(term, len(numbers)))
            offsets.append(offset)
        counts.append(len(expansion.terms))
        widths.append(expansion.width)
    encoded = encode(numbers)
    order = sorted(range(len(encoded)), key=encoded.__getitem__)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    n_terms = np.array(counts, np.int64)
    return _ExpansionTable(
        vocabulary=[encoded[i] for i in order],
        starts=np.cumsum(n_terms) - n_terms,
        counts=n_terms,
        widths=np.array(widths, np.int64),
        terms=rank[np.array(terms, np.int64)] if len(terms) else np.empty(0, np.int32),
        offsets=np.array(offsets, np.int32),
    )


def _stable_order(keys: Array, n_keys: int) -> Array:
    """Indices that sort non-negative integer keys, ties in their present order.

    numpy sorts 16-bit integers by radix, larger ones by comparison: two 16-bit passes are several times faster.
    """
    order = np.argsort((keys & 0xFFFF).astype(np.uint16), kind="stable")
    if n_keys > 0x10000:
        high = (keys >> 16).astype(np.uint16)
        order = order[np.argsort(high[order], kind="stable")]
    return order


def _sums(flags: Array, first: Array) -> Array:
    """How many flags are set in each group; groups begin at `first`."""
    if not len(first):
        return np.empty(0, np.int64)
    totals = np.concatenate(([0], np.cumsum(flags)))
    result: Array = np.diff(totals[np.append(first, len(flags))])
    return result


def _narrow(values: Array) -> Array:
    return values.astype(narrowest(int(values.max(initial=0))))


def _offsets(counts: Array) -> Array:
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


# --- merging ------------------------------------------------------------------------------------------------


def merge_runs(runs: Sequence[Run], spill: Path) -> Run:
    """One run from several whose papers follow each other. The large results are memory-mapped files in `spill`."""
    terms = sorted({term for run in runs for term in run.terms})
    number = {term: i for i, term in enumerate(terms)}
    maps = [np.fromiter((number[t] for t in run.terms), np.int64, len(run.terms)) for run in runs]
    del number
    df = _total([run.df for run in runs], maps, len(terms))
    occurrences = _total([run.occurrences for run in runs], maps, len(terms))

    def merged(name: str, parts: list[Array], per_term: list[Array], total: Array) -> Array:
        dtype = np.result_type(*(part.dtype for part in parts))
        length = int(total.sum())
        if not length:
            return np.empty(0, dtype)
        out = np.memmap(spill / f"merged.{name}", dtype, "w+", shape=(length,))
        places = _offsets(total)[:-1]
        for values, counts, global_term in zip(parts, per_term, maps, strict=True):
            for chunk, place in _places(counts, places[global_term]):
                out[place] = values[chunk]
            places[global_term] += counts
        return np.asarray(out)

    dfs = [run.df for run in runs]
    return Run(
        terms=terms,
        df=df,
        rows=merged("rows", [run.rows for run in runs], dfs, df),
        tfs=tuple(merged(f"tf{f}", [run.tfs[f] for run in runs], dfs, df) for f in range(len(runs[0].tfs))),
        occurrences=occurrences,
        positions=merged("positions", [run.positions for run in runs], [run.occurrences for run in runs], occurrences),
    )


def _total(counts: list[Array], maps: list[Array], n_terms: int) -> Array:
    total = np.zeros(n_terms, np.int64)
    for values, global_term in zip(counts, maps, strict=True):
        total[global_term] += values  # a run names each term once, so no place is added to twice
    return total


def _places(counts: Array, starts: Array, chunk: int = 4_000_000) -> Iterator[tuple[slice, Array]]:
    """(slice of a run's values, where they go), some terms at a time; counts and starts are per term."""
    ends = np.cumsum(counts)
    first_term, done = 0, 0
    while first_term < len(counts):
        last_term = max(int(np.searchsorted(ends, done + chunk, "right")), first_term + 1)
        part: Any = counts[first_term:last_term]
        n = int(part.sum())
        shift = starts[first_term:last_term] - (np.cumsum(part) - part)
        yield slice(done, done + n), np.arange(n) + np.repeat(shift, part)
        first_term, done = last_term, done + n
