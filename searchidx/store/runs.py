"""Numbers of raw words in, postings out: a *run* is what so many consecutive papers give, and runs are merged into one.

Two ways to the same arrays. `invert` is numpy: positions by cumulative sums, one stable radix sort by term.
`invert_compiled` counts every term, and then writes each occurrence to its place: a third of the memory, many times
faster, on two cores.

Shapes of a run, for T terms, P postings, W occurrences:
    df                 int64 (T,)         postings per term
    rows               int32 (P,)         rising inside a term
    tfs                (F, P)             occurrences per text field
    occurrences        int64 (T,)         positions per term
    positions          (W,)               per posting: those in the first field, then those in the second, ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from searchidx.store.files import Array, narrowest, scratch_array
from searchidx.store.lexicon import Table
from searchidx.store.strings import offsets_of


@dataclass(frozen=True, slots=True)
class Run:
    """The postings of consecutive papers; see the module's docstring for shapes."""

    df: Array
    rows: Array
    tfs: tuple[Array, ...]
    occurrences: Array
    positions: Array


class Words(NamedTuple):
    """The raw words of consecutive papers.

    numbers: int32, of all texts one after the other. counts: int64, words per text, paper by paper and field by field
    inside. table: expansions of all raw words.
    """

    numbers: Array
    counts: Array
    table: Table


#: Fewer entries than this are counted in 32 bits: kernels then find more of their tables in the processor's caches.
_NARROW = 1 << 31

#: Gives the place of every term in a run, int32. None stands for the order of their numbers.
Ranks = Callable[[], Array] | None

#: Makes a run of words. Further arguments: texts a paper has, the row of the first paper, ranks. Also returns the
#: lengths of the texts, int64 (fields, papers).
Invert = Callable[[Words, int, int, Ranks], tuple[Run, Array]]


def invert(words: Words, n_fields: int, first_row: int, ranks: Ranks) -> tuple[Run, Array]:
    """See `Invert`."""
    numbers, counts, table = words
    n_terms = _count_terms(table)
    terms_of_entries = table.terms if ranks is None else ranks()[table.terms]
    ends = np.concatenate(([0], np.cumsum(table.widths[numbers])))  # positions before each word
    starts_of_texts = offsets_of(counts)
    lengths = np.diff(ends[starts_of_texts]).reshape(-1, n_fields).T.copy()
    word_text = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    word_position = (ends[:-1] - ends[starts_of_texts[:-1]][word_text]).astype(np.int32)
    del ends

    per_word = np.diff(table.starts)[numbers]
    event_word = np.repeat(np.arange(len(numbers), dtype=np.int32), per_word)
    event_entry = np.arange(len(event_word), dtype=np.int64)
    event_entry += np.repeat(table.starts[numbers] - (np.cumsum(per_word) - per_word), per_word)
    term = terms_of_entries[event_entry]
    position = word_position[event_word] + table.offsets[event_entry]
    text = word_text[event_word]
    del event_word, event_entry, word_text, word_position

    order = _stable_order(term, n_terms)
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
    run = Run(
        df=np.bincount(term[first], minlength=n_terms),
        rows=(row[first] + first_row).astype(np.int32),
        tfs=tfs,
        occurrences=np.bincount(term, minlength=n_terms),
        positions=_narrow(position),
    )
    return run, lengths


def _count_terms(table: Table) -> int:
    return int(table.terms.max(initial=-1)) + 1


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


# --- compiled -------------------------------------------------------------------------------------------------


def invert_compiled(words: Words, n_fields: int, first_row: int, ranks: Ranks) -> tuple[Run, Array]:
    """See `Invert`. Two threads count, and then place, the postings of half the papers each."""
    from searchidx.store import scattering

    halves = _halves(words, n_fields)
    expansions = tuple(words.table)
    n_terms = _count_terms(words.table)
    kind = np.int32 if _count_entries(words) < _NARROW else np.int64
    seen = [np.zeros((n_terms, 4), kind) for _ in halves]
    with ThreadPoolExecutor(len(halves)) as threads:
        counting = [
            threads.submit(scattering.count, *half, n_fields, expansions, of_half)
            for half, of_half in zip(halves, seen, strict=True)
        ]
        place = np.arange(n_terms) if ranks is None else ranks()  # sorts strings, meanwhile
        lengths, highest_tfs, highest_positions = zip(*(c.result() for c in counting), strict=True)
        numbers = [of_half[:, :2].T.astype(np.int64) for of_half in seen]
        del seen
        df, occurrences = np.empty((2, n_terms), np.int64)
        df[place], occurrences[place] = np.sum(numbers, axis=0)
        highest_tf, highest_position = np.max(highest_tfs, axis=0), max(highest_positions)
        # two types, not one per array: the kernel is compiled for each combination
        dtype = np.uint16 if max(highest_position, *highest_tf) < 1 << 16 else np.uint32
        rows = np.empty(df.sum(), np.int32)
        tfs = np.zeros((len(rows), n_fields), dtype)
        positions = np.empty(occurrences.sum(), dtype)
        next_posting, next_position = offsets_of(df)[place], offsets_of(occurrences)[place]
        placing = []
        for half, number in zip(halves, numbers, strict=True):
            places = np.full((n_terms, 4), -1, kind)
            places[:, 0], places[:, 1] = next_posting, next_position
            placing.append(
                threads.submit(scattering.scatter, *half, n_fields, expansions, first_row, places, rows, tfs, positions)
            )
            next_posting += number[0]
            next_position += number[1]
            first_row += len(half[1]) // n_fields
        for placed in placing:
            placed.result()
    run = Run(
        df=df,
        rows=rows,
        tfs=tuple(tf.astype(narrowest(int(highest))) for tf, highest in zip(tfs.T, highest_tf, strict=True)),
        occurrences=occurrences,
        positions=positions.astype(narrowest(int(highest_position)), copy=False),
    )
    return run, np.concatenate(lengths).reshape(-1, n_fields).T.copy()


def _count_entries(words: Words) -> int:
    """How many entries the words have in all, or more where that is few enough anyway."""
    per_word = np.diff(words.table.starts)
    most = len(words.numbers) * int(per_word.max(initial=0))
    return most if most < _NARROW else int(per_word[words.numbers].sum(dtype=np.int64))


def _halves(words: Words, n_fields: int) -> list[tuple[Array, Array]]:
    """(numbers, counts) of the papers before the middle of the words, and of those behind it."""
    ends = offsets_of(words.counts)
    middle = int(np.searchsorted(ends, len(words.numbers) // 2)) // n_fields * n_fields
    cut = ends[middle]
    return [(words.numbers[:cut], words.counts[:middle]), (words.numbers[cut:], words.counts[middle:])]


# --- merging ------------------------------------------------------------------------------------------------


def merge_runs(runs: Sequence[Run], ranks: Array, directory: Path) -> Run:
    """One run from several whose papers follow each other; term t of each gets place ranks[t].

    A run may know only the first of the terms. The large results are memory-mapped files in `directory`.
    """
    maps = [ranks[: len(run.df)] for run in runs]
    df = _total([run.df for run in runs], maps, len(ranks))
    occurrences = _total([run.occurrences for run in runs], maps, len(ranks))

    def merged(name: str, parts: list[Array], per_term: list[Array], total: Array) -> Array:
        dtype = np.result_type(*(part.dtype for part in parts))
        out = scratch_array(directory / f"merged.{name}", dtype, int(total.sum()))
        places = offsets_of(total)[:-1]
        for values, counts, global_term in zip(parts, per_term, maps, strict=True):
            for chunk, place in _places(counts, places[global_term]):
                out[place] = values[chunk]
            places[global_term] += counts
        return out

    dfs = [run.df for run in runs]
    return Run(
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
