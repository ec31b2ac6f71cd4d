"""Texts in, postings out: bulk inversion without a Python object per posting.

Texts become numbers of raw words, every distinct one of which is expanded once (`lexicon`), and the rest is arrays
(`runs`). Texts are tokenised in batches, in a thread: compiled code does it while Python expands the new words of the
batch before, or goes on with the next papers. A corpus smaller than one batch never pays for the import of numba: it
is tokenised and inverted without it, with the same result.

So many words make a run, which is put aside; in the end runs are merged. So memory is bounded by the run and the
vocabulary, not by the corpus.
"""

from __future__ import annotations

import tempfile
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

from searchidx.store.files import Array, ArrayWriter, narrowest
from searchidx.store.lexicon import Lexicon, PlainLexicon, Texts, Tokens, joined, packed
from searchidx.store.runs import Invert, Run, Words, invert, invert_compiled, merge_runs
from searchidx.store.strings import Strings, in_order, offsets_of, ranks_of

#: Raw words held before a run is made, each about 20 bytes of memory while it is; a third of them without numba.
RUN_WORDS = 24_000_000
#: Bytes of text tokenised at once, about 3,500 papers. With fewer in all, numba is not worth its import (0.5 s).
BATCH = 4_000_000
#: Batches the thread may have before it, so that it never waits for Python.
_AHEAD = 2


def get_ready() -> None:
    """Load what more than a batch of texts is tokenised with, in a thread: it takes a second, in which who waits for
    texts anyway need not wait for this too. No daemon: compilers do not survive being left behind by their process.
    """
    threading.Thread(target=_load, name="get_ready").start()


def _load() -> None:
    with suppress(ImportError):  # then it goes without
        from searchidx.store.bulk import BulkLexicon

        BulkLexicon().tokenise(joined([packed([""])]))


class Inverter:
    """Collects the texts of papers and writes their postings.

    n_fields: text fields a paper has. spill: a directory for finished runs (removed by the caller). batch: bytes of
    text tokenised at once.
    """

    def __init__(self, n_fields: int, spill: Path, *, run_words: int = RUN_WORDS, batch: int = BATCH) -> None:
        self._n_fields = n_fields
        self._spill = spill
        self._run_words = run_words
        self._batch = min(batch, run_words)
        self._lexicon: Lexicon = PlainLexicon()
        self._invert: Invert = invert
        self._is_first = True
        self._thread = ThreadPoolExecutor(1)  # starts when it is given something
        self._tokenised: deque[Future[Tokens]] = deque()
        self._texts: list[Texts] = []
        self._n_bytes = 0
        self._runs: list[Run] = []
        self._lengths: list[Array] = []
        self._n_rows = 0
        self._reset()

    def _reset(self) -> None:
        self._words: list[Array] = []
        self._counts: list[Array] = []
        self._n_words = 0

    def add(self, texts: Texts) -> None:
        """The texts of the next papers, paper by paper and field by field."""
        self._texts.append(texts)
        self._n_bytes += len(texts.data)
        if self._n_bytes >= self._batch:
            if self._is_first:
                self._compile()
            self._tokenise()

    def _compile(self) -> None:
        """Go on with numba, which is worth it from one batch on; without it where it is missing."""
        self._is_first = False
        try:
            from searchidx.store.bulk import BulkLexicon
        except ImportError:
            self._run_words //= 3
        else:
            self._lexicon, self._invert = BulkLexicon(), invert_compiled

    def _tokenise(self) -> None:
        """Hand the texts over to the thread, and take what it made of earlier ones."""
        self._tokenised.append(self._thread.submit(self._lexicon.tokenise, joined(self._texts or [packed(())])))
        self._texts, self._n_bytes = [], 0
        if len(self._tokenised) > _AHEAD:
            self._take()

    def _take(self) -> None:
        tokens = self._tokenised.popleft().result()
        self._words.append(tokens.words)
        self._counts.append(tokens.counts)
        self._n_words += len(tokens.words)
        self._lexicon.expand(tokens)
        if self._n_words >= self._run_words:
            self._runs.append(self._spilled(self._run(None)))

    def _run(self, ranks: Callable[[], Array] | None) -> Run:
        """A run of the words collected; see `runs.Invert`."""
        words = Words(np.concatenate(self._words), np.concatenate(self._counts), self._lexicon.table())
        self._reset()
        run, lengths = self._invert(words, self._n_fields, self._n_rows, ranks)
        self._lengths.append(lengths)
        self._n_rows += lengths.shape[1]
        return run

    def _spilled(self, run: Run) -> Run:
        """The run with its large arrays in files instead of memory."""

        def spilled(values: Array) -> Array:
            with tempfile.NamedTemporaryFile(dir=self._spill, delete=False) as file:
                np.save(file, values)
            return np.asarray(np.load(file.name, mmap_mode="r"))

        tfs = tuple(spilled(tf) for tf in run.tfs)
        return Run(run.df, spilled(run.rows), tfs, run.occurrences, spilled(run.positions))

    def _finish(self) -> tuple[Strings, Run]:
        """(all terms, sorted; the run of all papers)."""
        self._tokenise()
        while self._tokenised:
            self._take()
        self._thread.shutdown()
        terms = self._lexicon.terms()
        order = cache(lambda: in_order(terms)[0])
        if not self._runs:
            run = self._run(lambda: ranks_of(order()))
        else:
            if self._words:
                self._runs.append(self._run(None))
            run = merge_runs(self._runs, ranks_of(order()), self._spill)
        return terms.take(order()), run

    def write(self, writer: ArrayWriter, field_names: Sequence[str]) -> list[int]:
        """Write terms, plain postings (`store.postings`) and lengths. Returns the sums of lengths, in positions."""
        terms, run = self._finish()
        terms.write(writer, "terms")
        writer.array("postings.offsets", offsets_of(run.df))
        writer.array("plain.rows", run.rows)
        for name, tf in zip(field_names, run.tfs, strict=True):
            writer.array(f"postings.tf.{name}", tf)
        writer.array("positions.offsets", offsets_of(run.occurrences))
        writer.array("positions.values", run.positions)
        lengths = np.concatenate(self._lengths, axis=1)
        for name, length in zip(field_names, lengths, strict=True):
            writer.array(f"lengths.{name}", length.astype(narrowest(int(length.max(initial=0)))))
        return [int(total) for total in lengths.sum(axis=1)]
