"""The compiled kernels: the k best rows of a union, an intersection, a phrase; looking terms up; counting matches.

Exact: what the impacts leave possible is scored again in float32 with the formula of `bm25f`, in the order of the
query's terms, so rows, order and scores are those of a plain loop.

An index may have many segments and a query is one call, so the kernels read the segments' arrays by address. `parts`
is int64 (P or more, N_COLUMNS), a row per segment with the columns below: lengths, byte sizes of numbers, addresses.
Further rows are like those of a segment, but with other postings: of terms made for a query (`scoring`).

A query is `places`, int64 (T, P, 4): of every term and part the first posting, the last + 1, the row in the range
tables (-1 for a rare term), and the row of `parts` whose postings these are, as `look_up` finds and checks them; with
`idf`, float32 (T,): each term's idf times its weight. Memory is safe as long as the arrays have the shapes of
`store.layout` and places come from `look_up`.

What a score has beyond the sum over terms (`ranking.nearness`) comes as `pairs`, int64 (M, 3): two terms by their
places and their distance, with `pair_idf`, float32 (M,); and as `telling`, uint8 (T,): nonzero for terms that count
for the title. Places beyond len(idf) are of terms that only pairs need.

Rows are numbered through the parts (`BASE`). They pass when `allowed` is empty or nonzero for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from numba import carray
from numba.extending import intrinsic

from searchidx.ranking.impacts import HIGHEST, SHIFT
from searchidx.ranking.phrases import SKIP

F = TypeVar("F", bound=Callable[..., Any])
AnyArray = npt.NDArray[Any]

#: The columns of `parts`.
COLUMNS = (
    "base",
    "n_rows",
    "first_range",
    "n_terms",
    "term_bytes",
    "n_term_bytes",
    "term_offsets",
    "posting_offsets",
    "n_postings",
    "rows",
    "impacts",
    "tf0",
    "tf0_size",
    "tf1",
    "tf1_size",
    "lengths",
    "title_lengths",
    "title_length_size",
    "frequent",
    "n_frequent",
    "maxima",
    "starts",
    "positions",
    "n_positions",
    "position_size",
    "skips",
    "hashes",
    "hash_rows",
    "n_hashes",
)
(
    BASE,
    N_ROWS,
    FIRST_RANGE,
    N_TERMS,
    TERM_BYTES,
    N_TERM_BYTES,
    TERM_OFFSETS,
    POSTING_OFFSETS,
    N_POSTINGS,
    ROWS,
    IMPACTS,
    TF0,
    TF0_SIZE,
    TF1,
    TF1_SIZE,
    LENGTHS,
    TITLE_LENGTHS,
    TITLE_LENGTH_SIZE,
    FREQUENT,
    N_FREQUENT,
    MAXIMA,
    STARTS,
    POSITIONS,
    N_POSITIONS,
    POSITION_SIZE,
    SKIPS,
    HASHES,
    HASH_ROWS,
    N_HASHES,
) = range(len(COLUMNS))
#: The columns of `columns`, a row per part, for `count_values`.
COLUMN_COLUMNS = ("base", "n_rows", "values", "offsets", "numbers")
_VALUES, _OFFSETS, _NUMBERS = 2, 3, 4
#: What `look_up` finds wrong, by code.
FAULTS = ("", "terms.offsets", "postings.offsets", "postings.rows", "ranges.starts", "positions.skips")
_BEGIN, _END, _TABLE, _SOURCE = 0, 1, 2, 3
N_PLACE_COLUMNS = 4
#: The entries of `numbers`, float32: the weights of the two text fields, the norm's constant and its part per length,
#: what nearness and a covered title weigh.
_BOOST0, _BOOST1, _CONSTANT, _PER_LENGTH, _NEARNESS, _COVERAGE = range(6)
#: Query weights are whole numbers of 1 / _UNIT, so that sums of impacts are integers, which vectorise.
_UNIT = 1000.0
_HIGHEST_SUM = float(1 << 30)
_BLOCK = 64
_FEW = 16
_RANGE = 1 << SHIFT


def compiled(function: F) -> F:
    """The function compiled when first called; kept on disk where some cache directory can be written."""
    try:
        return cast(F, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # a read-only installation and no home directory: compile anew in every process
        return cast(F, numba.njit(nogil=True)(function))


def _pointer_to(kind: Any) -> Any:
    """A function of an address (int64) that gives a pointer, for `carray`."""

    @intrinsic  # type: ignore[untyped-decorator]
    def pointer(typing: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return numba.types.CPointer(kind)(numba.types.int64), generate

    return pointer


_to_u1, _to_u2, _to_u4, _to_u8 = (_pointer_to(getattr(numba.types, f"uint{bits}")) for bits in (8, 16, 32, 64))
_to_i4, _to_i8 = _pointer_to(numba.types.int32), _pointer_to(numba.types.int64)
_to_f4 = _pointer_to(numba.types.float32)


@compiled
def _u1(address: int, n: int) -> Any:
    return carray(_to_u1(address), (n,))


@compiled
def _i4(address: int, n: int) -> Any:
    return carray(_to_i4(address), (n,))


@compiled
def _i8(address: int, n: int) -> Any:
    return carray(_to_i8(address), (n,))


@compiled
def _u8(address: int, n: int) -> Any:
    return carray(_to_u8(address), (n,))


@compiled
def _f4(address: int, n: int) -> Any:
    return carray(_to_f4(address), (n,))


@compiled
def _number(address: int, size: int, place: int) -> int:
    """One number of an unsigned array whose numbers have 1, 2 or 4 bytes."""
    if size == 1:
        return int(carray(_to_u1(address), (place + 1,))[place])
    if size == 2:
        return int(carray(_to_u2(address), (place + 1,))[place])
    return int(carray(_to_u4(address), (place + 1,))[place])


# --- looking up ---------------------------------------------------------------------------------------------


@compiled
def _compare(data: AnyArray, start: int, end: int, wanted: AnyArray) -> Any:
    """Below, at or above 0 as data[start:end] is before, equal to or after `wanted`, byte by byte."""
    n = min(end - start, len(wanted))
    for i in range(n):
        a, b = data[start + i], wanted[i]
        if a != b:
            return -1 if a < b else 1
    return (end - start) - len(wanted)


@compiled
def _find_term(part: AnyArray, wanted: AnyArray) -> Any:
    """The number of a term in one part, -1 for none, -2 when the term table makes no sense."""
    offsets, data = _i8(part[TERM_OFFSETS], part[N_TERMS] + 1), _u1(part[TERM_BYTES], part[N_TERM_BYTES])
    low, high = 0, part[N_TERMS]
    while low < high:
        middle = (low + high) // 2
        start, end = offsets[middle], offsets[middle + 1]
        if start < 0 or end < start or end > len(data):
            return -2
        order = _compare(data, start, end, wanted)
        if order == 0:
            return middle
        if order < 0:
            low = middle + 1
        else:
            high = middle
    return -1


@compiled
def _first_between(rows: AnyArray, low: int, high: int, row: int) -> int:
    """The first place of rows[low:high] that is not below `row`, by halving."""
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _check_starts(part: AnyArray, table: int, begin: int, end: int) -> bool:
    """Whether a frequent term's starts are where its postings enter each range."""
    n_ranges = max((part[N_ROWS] + _RANGE - 1) >> SHIFT, 1)
    rows = _i4(part[ROWS], part[N_POSTINGS])
    starts = _i4(part[STARTS], part[N_FREQUENT] * (n_ranges + 1))
    base = table * (n_ranges + 1)
    if starts[base] != 0 or starts[base + n_ranges] != end - begin:
        return False
    for r in range(n_ranges):
        first, last = starts[base + r], starts[base + r + 1]
        if last < first or last > end - begin:
            return False
        # rows are rising: the first and the last say where all of them are
        if last > first and (rows[begin + first] >> SHIFT != r or rows[begin + last - 1] >> SHIFT != r):
            return False
    return True


@compiled
def _first_position(part: AnyArray, posting: int) -> Any:
    """Where the positions of a posting start: of the nearest skip before it on, the postings' occurrences are added."""
    skip = posting // SKIP
    begin = skip * SKIP
    position = _i8(part[SKIPS], skip + 1)[skip]
    position += _sum(part[TF0], part[TF0_SIZE], begin, posting)
    position += _sum(part[TF1], part[TF1_SIZE], begin, posting)
    return position


@compiled
def _sum(address: int, size: int, begin: int, end: int) -> Any:
    """The sum of the numbers from begin to end - 1 of an unsigned array whose numbers have 1, 2 or 4 bytes."""
    total = 0
    if size == 1:  # nearly always; a loop of its own, several numbers at a time
        values = carray(_to_u1(address), (end,))
        for i in range(begin, end):
            total += values[i]
        return total
    for i in range(begin, end):
        total += _number(address, size, i)
    return total


@compiled
def _check_skips(part: AnyArray, begin: int, end: int, occurrences: int) -> bool:
    """Whether the positions of a term's postings lie in their array, as far as skips and occurrences say where."""
    position = _first_position(part, begin)
    if position < 0 or part[N_POSITIONS] - position < occurrences:
        return False
    skips = _i8(part[SKIPS], (end - 1) // SKIP + 1)
    for skip in range(begin // SKIP + 1, (end - 1) // SKIP + 1):
        for i in range(max((skip - 1) * SKIP, begin), skip * SKIP):
            position += _number(part[TF0], part[TF0_SIZE], i) + _number(part[TF1], part[TF1_SIZE], i)
        if skips[skip] != position:
            return False
    return True


@compiled
def look_up(parts: AnyArray, term: AnyArray, live: AnyArray, places: AnyArray) -> tuple[int, int]:
    """(df, fault) of a term (UTF-8), its places written to `places`, int64 (P, 4); zeros where a part lacks it.

    live: nonzero for rows that are not deleted, or empty; df counts those. fault: 0, or part * len(FAULTS) + code for
    the first array whose numbers make no sense; the places are then not to be used. Every number that kernels
    use as a place in an array is checked here.
    """
    df = 0
    for p in range(len(places)):
        part = parts[p]
        places[p, :] = 0
        places[p, _TABLE] = -1
        places[p, _SOURCE] = p
        number = _find_term(part, term)
        if number == -2:
            return 0, p * len(FAULTS) + 1
        if number < 0:
            continue
        offsets = _i8(part[POSTING_OFFSETS], part[N_TERMS] + 1)
        begin, end = offsets[number], offsets[number + 1]
        if begin < 0 or end <= begin or end > part[N_POSTINGS]:
            return 0, p * len(FAULTS) + 2
        rows = _i4(part[ROWS], part[N_POSTINGS])
        occurrences, before = 0, -1
        for i in range(begin, end):
            if rows[i] <= before:
                return 0, p * len(FAULTS) + 3
            before = rows[i]
            occurrences += _number(part[TF0], part[TF0_SIZE], i) + _number(part[TF1], part[TF1_SIZE], i)
        if before >= part[N_ROWS]:
            return 0, p * len(FAULTS) + 3
        if len(live):
            for i in range(begin, end):
                df += live[part[BASE] + rows[i]] != 0
        else:
            df += end - begin
        frequent = _i4(part[FREQUENT], part[N_FREQUENT])
        table = _first_between(frequent, 0, len(frequent), number)
        if table < len(frequent) and frequent[table] == number:
            if not _check_starts(part, table, begin, end):
                return 0, p * len(FAULTS) + 4
            places[p, _TABLE] = table
        if not _check_skips(part, begin, end, occurrences):
            return 0, p * len(FAULTS) + 5
        places[p, _BEGIN], places[p, _END] = begin, end
    return df, 0


@compiled
def rows_of_hash(parts: AnyArray, value: np.uint64, live: AnyArray) -> AnyArray:
    """Live rows with this key hash, part by part. parts: of segments only."""
    found = np.empty(0, np.int64)
    for p in range(len(parts)):
        part = parts[p]
        hashes = _u8(part[HASHES], part[N_HASHES])
        low, high = 0, len(hashes)
        while low < high:
            middle = (low + high) // 2
            if hashes[middle] < value:
                low = middle + 1
            else:
                high = middle
        rows = _i4(part[HASH_ROWS], part[N_HASHES])
        while low < len(hashes) and hashes[low] == value:
            row = rows[low]
            if 0 <= row < part[N_ROWS] and (len(live) == 0 or live[part[BASE] + row] != 0):
                found = np.append(found, part[BASE] + row)
            low += 1
    return found


# --- the best of a union ------------------------------------------------------------------------------------


@compiled
def _sift_down(heap: AnyArray, value: int, size: int) -> None:
    """Put `value` in place of the smallest of a min-heap."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = value


@compiled
def _weights(idf: AnyArray, high: float) -> tuple[AnyArray, int, float]:
    """(whole query weights, rounded up, int32; how far a sum of weighted impacts may be above the score in its units;
    such units in a score of 1).

    high: see `union`. An impact is less than one step above what it stands for, a weight less than one unit.
    """
    total = 0.0
    for t in range(len(idf)):
        total += idf[t]
    unit = min(_UNIT, _HIGHEST_SUM / (max(total * high, 1e-9) * (HIGHEST + 1)))
    weights = np.empty(len(idf), np.int32)
    slack = 1
    for t in range(len(idf)):
        weights[t] = int(np.ceil(idf[t] * high * unit))
        slack += weights[t] + HIGHEST
    return weights, slack, unit * HIGHEST


@compiled
def _add_bounds(part: AnyArray, places: AnyArray, weight: int, bounds: AnyArray) -> None:
    """Add the highest a term can give to each range of one part."""
    n_ranges = len(bounds)
    if places[_TABLE] >= 0:
        base = places[_TABLE] * n_ranges
        maxima = _u1(part[MAXIMA], base + n_ranges)[base:]
        for r in range(n_ranges):
            bounds[r] += weight * np.int32(maxima[r])
        return
    rows, impacts = _i4(part[ROWS], part[N_POSTINGS]), _u1(part[IMPACTS], part[N_POSTINGS])
    at, end = places[_BEGIN], places[_END]
    while at < end:
        r = rows[at] >> SHIFT
        highest = impacts[at]
        at += 1
        while at < end and rows[at] >> SHIFT == r:
            highest = max(highest, impacts[at])
            at += 1
        bounds[r] += weight * np.int32(highest)


@compiled
def _range_bounds(parts: AnyArray, places: AnyArray, weights: AnyArray) -> tuple[AnyArray, AnyArray]:
    """(an upper bound of every range's sums, the part every range is in); ranges are numbered through the parts."""
    n_parts = places.shape[1]
    last = parts[n_parts - 1]
    n_ranges = last[FIRST_RANGE] + max((last[N_ROWS] + _RANGE - 1) >> SHIFT, 1)
    bounds = np.zeros(n_ranges, np.int32)
    part_of = np.empty(n_ranges, np.int32)
    for p in range(n_parts):
        first = parts[p, FIRST_RANGE]
        stop = parts[p + 1, FIRST_RANGE] if p + 1 < n_parts else n_ranges
        part_of[first:stop] = p
        for t in range(len(weights)):
            if places[t, p, _END]:
                _add_bounds(parts[places[t, p, _SOURCE]], places[t, p], weights[t], bounds[first:stop])
    return bounds, part_of


@compiled
def _first_at_or_after(rows: AnyArray, low: int, high: int, row: int) -> int:
    """The first place of rows[low:high] that is not below `row`, by galloping from `low`."""
    step = 1
    while low + step < high and rows[low + step] < row:
        step *= 2
    return _first_between(rows, low + (step // 2 if step > 1 else 0), min(high, low + step + 1), row)


@compiled
def _exact_score(
    parts: AnyArray, p: int, local: int, places: AnyArray, idf: AnyArray, numbers: AnyArray, at: AnyArray
) -> np.float32:
    """The formula for one row of a part, term by term in float32.

    at: int64 (T,), for every term a place that is not behind the row's posting; moved to it.
    """
    norm = _norm(parts[p], local, numbers)
    total = np.float32(0)
    for t in range(len(idf)):
        if _reaches(parts, p, local, places, t, at):
            source = parts[places[t, p, _SOURCE]]
            tf0 = np.float32(_number(source[TF0], source[TF0_SIZE], at[t]))
            tf1 = np.float32(_number(source[TF1], source[TF1_SIZE], at[t]))
            tf = numbers[_BOOST0] * tf0 + numbers[_BOOST1] * tf1
            total += idf[t] * (tf / (tf + norm))
    return total


@compiled
def _norm(part: AnyArray, local: int, numbers: AnyArray) -> np.float32:
    norm: np.float32 = numbers[_CONSTANT] + numbers[_PER_LENGTH] * _f4(part[LENGTHS], part[N_ROWS])[local]
    return norm


@compiled
def _reaches(parts: AnyArray, p: int, local: int, places: AnyArray, t: int, at: AnyArray) -> bool:
    """Move at[t] to the first posting of a term that is not before a row; whether it is the row's."""
    source = parts[places[t, p, _SOURCE]]
    rows = _i4(source[ROWS], source[N_POSTINGS])
    end = places[t, p, _END]
    at[t] = _first_at_or_after(rows, at[t], end, local)
    return bool(at[t] < end and rows[at[t]] == local)


@compiled
def _full_score(
    parts: AnyArray,
    p: int,
    local: int,
    places: AnyArray,
    idf: AnyArray,
    numbers: AnyArray,
    pairs: AnyArray,
    pair_idf: AnyArray,
    telling: AnyArray,
    at: AnyArray,
    own: AnyArray,
    floor: float,
) -> np.float32:
    """The sum over terms of one row, what pairs add, and the part for the title; see `ranking.nearness`.

    -1 for a row whose score is below the floor, when that can be told without looking at positions. at: for all places,
    as in `_exact_score`. own: float32 (T,), room for the terms' scores.
    """
    part = parts[p]
    norm = _norm(part, local, numbers)
    total = np.float32(0)
    covered = 0
    for t in range(len(idf)):
        own[t] = 0
        if _reaches(parts, p, local, places, t, at):
            source = parts[places[t, p, _SOURCE]]
            tf0 = _number(source[TF0], source[TF0_SIZE], at[t])
            tf1 = np.float32(_number(source[TF1], source[TF1_SIZE], at[t]))
            tf = numbers[_BOOST0] * np.float32(tf0) + numbers[_BOOST1] * tf1
            own[t] = idf[t] * (tf / (tf + norm))
            total += own[t]
            covered += telling[t] and tf0 > 0
    share = np.float32(0)
    if covered:
        length = _number(part[TITLE_LENGTHS], part[TITLE_LENGTH_SIZE], local)
        # a paper that is longer than its title has an abstract; only a damaged one has words in a title of none
        if length and _f4(part[LENGTHS], part[N_ROWS])[local] > numbers[_BOOST0] * np.float32(length):
            share = numbers[_COVERAGE] * (np.float32(min(covered, length)) / np.float32(length))
    if floor > 0 and _at_most(total, own, numbers, pairs, pair_idf) * (1 + share) < floor:
        return np.float32(-1)
    for m in range(len(pairs)):
        first, second, distance = pairs[m]
        if _reaches(parts, p, local, places, first, at) and _reaches(parts, p, local, places, second, at):
            found0, found1 = _together(part, at[first], at[second], distance)
            tf = numbers[_BOOST0] * np.float32(found0) + numbers[_BOOST1] * np.float32(found1)
            if tf > 0:
                total += pair_idf[m] * (tf / (tf + norm))
    if covered:
        total += total * share
    return total


@compiled
def _at_most(total: np.float32, own: AnyArray, numbers: AnyArray, pairs: AnyArray, pair_idf: AnyArray) -> float:
    """A bound of a row's terms and pairs: a pair adds at most its weight times the smaller of its terms' own scores."""
    bound = np.float64(total)
    for m in range(len(pairs)):
        first, second = pairs[m, 0], pairs[m, 1]
        if first < len(own) and second < len(own):
            bound += numbers[_NEARNESS] * min(own[first], own[second])
        else:
            bound += pair_idf[m]
    return bound * (1 + 1e-5)


@compiled
def _together(part: AnyArray, first: int, second: int, distance: int) -> tuple[int, int]:
    """How often one posting's term stands `distance` positions before another's, in each text field of their row."""
    low, low_end = _first_position(part, first), 0
    high, high_end = _first_position(part, second), 0
    found0, found1 = 0, 0
    for field in range(2):
        tf, size = (TF0, TF0_SIZE) if field == 0 else (TF1, TF1_SIZE)
        low_end = low + _number(part[tf], part[size], first)
        high_end = high + _number(part[tf], part[size], second)
        found = 0
        while low < low_end and high < high_end:
            wanted = _number(part[POSITIONS], part[POSITION_SIZE], low) + distance
            there = _number(part[POSITIONS], part[POSITION_SIZE], high)
            found += wanted == there
            low += wanted <= there
            high += there <= wanted
        low, high = low_end, high_end
        if field == 0:
            found0 = found
        else:
            found1 = found
    return found0, found1


@compiled
def _exact_scores(
    wanted: AnyArray, n: int, parts: AnyArray, places: AnyArray, idf: AnyArray, numbers: AnyArray
) -> AnyArray:
    """`_exact_score` of the first n of some rows, fastest when they are rising."""
    scores = np.empty(n, np.float32)
    at = np.zeros(len(idf), np.int64)
    p, before = -1, -1
    for i in range(n):
        p = _enter(parts, places, wanted[i], p, before, at)
        before = wanted[i]
        scores[i] = _exact_score(parts, p, before - parts[p, BASE], places, idf, numbers, at)
    return scores


@compiled
def _full_scores(
    wanted: AnyArray,
    parts: AnyArray,
    places: AnyArray,
    idf: AnyArray,
    numbers: AnyArray,
    pairs: AnyArray,
    pair_idf: AnyArray,
    telling: AnyArray,
) -> AnyArray:
    """`_full_score` of some rows, fastest when they are rising."""
    scores = np.empty(len(wanted), np.float32)
    at, own = np.zeros(len(places), np.int64), np.empty(len(idf), np.float32)
    p, before = -1, -1
    for i in range(len(wanted)):
        p = _enter(parts, places, wanted[i], p, before, at)
        before = wanted[i]
        local = before - parts[p, BASE]
        scores[i] = _full_score(parts, p, local, places, idf, numbers, pairs, pair_idf, telling, at, own, 0.0)
    return scores


@compiled
def _best_in_full(
    rows: AnyArray,
    sums: AnyArray,
    parts: AnyArray,
    places: AnyArray,
    idf: AnyArray,
    numbers: AnyArray,
    pairs: AnyArray,
    pair_idf: AnyArray,
    telling: AnyArray,
    more: float,
    k: int,
    in_order: bool,
) -> tuple[AnyArray, AnyArray]:
    """`_best` of some rows (rising) by their full scores. sums: upper bounds of their sums over terms, any float.

    Rows are looked at best bound first; the first whose bound times `more` cannot reach the k-th best score ends it.
    """
    order = np.argsort(-sums)
    scores = np.full(len(rows), np.float32(-1))
    at, own = np.zeros(len(places), np.int64), np.empty(len(idf), np.float32)
    heap = np.zeros(min(k, len(rows)), np.float32)
    for i in order:
        if sums[i] * more < heap[0]:
            break
        p = _enter(parts, places, rows[i], -1, -1, at)
        local = rows[i] - parts[p, BASE]
        scores[i] = _full_score(parts, p, local, places, idf, numbers, pairs, pair_idf, telling, at, own, heap[0])
        if scores[i] > heap[0]:
            _sift_down(heap, scores[i], len(heap))
    done = np.flatnonzero(scores >= 0)
    return _best(rows[done], scores[done], k, in_order)


@compiled
def _enter(parts: AnyArray, places: AnyArray, row: int, p: int, before: int, at: AnyArray) -> int:
    """The part of a row; `at` is set back where it may be behind the row's postings. p, before: of the last row."""
    if p < 0 or row < before or row >= parts[p, BASE] + parts[p, N_ROWS]:
        p = _part_of(parts, row, max(p, 0))
        for t in range(len(at)):
            at[t] = places[t, p, _BEGIN]
    return p


@compiled
def _part_of(parts: AnyArray, row: int, p: int) -> int:
    """The part a row is in, looked for from part `p` on."""
    while row < parts[p, BASE]:
        p -= 1
    while row >= parts[p, BASE] + parts[p, N_ROWS]:
        p += 1
    return p


@compiled
def _best(rows: AnyArray, scores: AnyArray, k: int, in_order: bool) -> tuple[AnyArray, AnyArray]:
    """The k best of some rows (rising) by their scores: by score, then by row.

    in_order: whether rows stand in the order of ids. If not, all rows that score as the k-th does come along, and
    rows are rising: the caller breaks the ties.
    """
    if k < len(rows):
        kth = -np.partition(-scores, k - 1)[k - 1]
        good = np.flatnonzero(scores >= kth)
        rows, scores = rows[good], scores[good]
    if not in_order:
        return rows, scores
    order = np.argsort(-scores, kind="mergesort")[:k]
    return rows[order], scores[order]


@compiled
def union(
    parts: AnyArray,
    places: AnyArray,
    idf: AnyArray,
    numbers: AnyArray,
    pairs: AnyArray,
    pair_idf: AnyArray,
    telling: AnyArray,
    allowed: AnyArray,
    low: float,
    high: float,
    more: float,
    k: int,
    in_order: bool,
) -> tuple[AnyArray, AnyArray]:
    """(rows, scores) of the k best rows that hold any of the terms; see `_best` for ties.

    low, high: how far the impacts may be off (`impacts.drift`). more: how many times the sum over terms a score is at
    most (`nearness.most`).

    Ranges of all parts are visited best bound first; inside one, weighted impacts are added into a small array. The
    first range whose bound cannot reach the k-th best ends the query. A sum is at least the sum over terms, and that at
    least (sum - slack) * low / high: rows whose sum says they could be among the k best are kept and scored exactly.
    """
    weights, slack, units = _weights(idf, high)
    bounds, part_of = _range_bounds(parts, places, weights)
    order = np.argsort(-bounds)
    ratio = low / high / more
    heap = np.zeros(k, np.int32)
    filled = 0
    threshold = 1  # sums below it cannot be among the k best
    sums = np.zeros(_RANGE, np.int32)
    found = np.empty(_RANGE, np.int64)
    kept_rows = np.empty(_RANGE + 4 * k, np.int64)
    kept_sums = np.empty(_RANGE + 4 * k, np.int32)
    n_kept = 0
    for r in order:
        if bounds[r] < threshold:
            break
        p = part_of[r]
        first = (r - parts[p, FIRST_RANGE]) << SHIFT
        n = min(_RANGE, parts[p, N_ROWS] - first)
        _add_range(parts, p, places, weights, r - parts[p, FIRST_RANGE], sums)
        n_found = _candidates(sums, n, threshold, found)
        if n_kept + n_found > len(kept_rows):
            n_kept = _compact(kept_rows, kept_sums, n_kept, threshold)
            if n_kept + n_found > len(kept_rows):
                kept_rows = np.concatenate((kept_rows, np.empty(n_kept + _RANGE, np.int64)))
                kept_sums = np.concatenate((kept_sums, np.empty(n_kept + _RANGE, np.int32)))
        base = parts[p, BASE] + first
        for i in found[:n_found]:
            total = sums[i]
            if total < threshold or (len(allowed) > 0 and allowed[base + i] == 0):
                continue
            kept_rows[n_kept] = base + i
            kept_sums[n_kept] = total
            n_kept += 1
            if filled < k or total > heap[0]:
                # a heap of zeros is a min-heap from the start: values push the zeros out of the root
                _sift_down(heap, total, k)
                filled += 1
                if filled >= k:
                    threshold = max(threshold, int((heap[0] - slack - (heap[0] >> 16)) * ratio))
        sums[:] = 0
    n_kept = _compact(kept_rows, kept_sums, n_kept, threshold)
    if more > 1 and n_kept:
        by_row = np.argsort(kept_rows[:n_kept])
        bounds_of_sums = kept_sums[:n_kept][by_row] / units
        return _best_in_full(
            kept_rows[:n_kept][by_row],
            bounds_of_sums,
            parts,
            places,
            idf,
            numbers,
            pairs,
            pair_idf,
            telling,
            more,
            k,
            in_order,
        )
    kept = np.sort(kept_rows[:n_kept])
    return _best(kept, _exact_scores(kept, n_kept, parts, places, idf, numbers), k, in_order)


@compiled
def _add_range(parts: AnyArray, p: int, places: AnyArray, weights: AnyArray, r: int, sums: AnyArray) -> None:
    """Add all terms' weighted impacts in range r of a part."""
    n_ranges = max((parts[p, N_ROWS] + _RANGE - 1) >> SHIFT, 1)
    first = r << SHIFT
    for t in range(len(weights)):
        begin, end, table = places[t, p, _BEGIN], places[t, p, _END], places[t, p, _TABLE]
        if begin == end:
            continue
        source = parts[places[t, p, _SOURCE]]
        rows, impacts = _i4(source[ROWS], source[N_POSTINGS]), _u1(source[IMPACTS], source[N_POSTINGS])
        if table >= 0:
            starts = _i4(source[STARTS], source[N_FREQUENT] * (n_ranges + 1))
            place = table * (n_ranges + 1) + r
            at, stop = begin + starts[place], begin + starts[place + 1]
        else:
            at = _first_at_or_after(rows, begin, end, first)
            stop = _first_at_or_after(rows, at, end, first + _RANGE)
        _accumulate(sums, rows[at:stop], impacts[at:stop], first, weights[t])


@compiled
def _accumulate(sums: AnyArray, rows: AnyArray, impacts: AnyArray, base: int, weight: int) -> None:
    """Add one term's impacts into a range's sums. (A function of its own: the compiler makes far better code of it.)"""
    first = np.uint32(base)  # unsigned: a signed index would be tested for being below 0 (a tenth slower)
    for i in range(len(rows)):
        sums[np.uint32(rows[i]) - first] += weight * np.int32(impacts[i])


@compiled
def _highest(values: AnyArray) -> Any:
    highest = np.int32(0)
    for i in range(len(values)):
        highest = max(highest, values[i])
    return highest


@compiled
def _candidates(sums: AnyArray, n: int, threshold: int, found: AnyArray) -> int:
    """Write the places of the sums that reach the threshold (at least 1); returns how many.

    Most blocks hold none: their highest sum, found several at a time, says so.
    """
    n_found = 0
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        if _highest(sums[start:stop]) < threshold:
            continue
        for i in range(start, stop):
            if sums[i] >= threshold:
                found[n_found] = i
                n_found += 1
    return n_found


@compiled
def _compact(rows: AnyArray, sums: AnyArray, n: int, threshold: int) -> int:
    """Drop the pairs below the threshold; returns how many are left."""
    left = 0
    for i in range(n):
        if sums[i] >= threshold:
            rows[left] = rows[i]
            sums[left] = sums[i]
            left += 1
    return left


@compiled
def score_rows(
    wanted: AnyArray,
    parts: AnyArray,
    places: AnyArray,
    idf: AnyArray,
    numbers: AnyArray,
    pairs: AnyArray,
    pair_idf: AnyArray,
    telling: AnyArray,
) -> AnyArray:
    """The scores of some rows, in any order."""
    return _full_scores(wanted, parts, places, idf, numbers, pairs, pair_idf, telling)


@compiled
def top_of(
    rows: AnyArray,
    parts: AnyArray,
    places: AnyArray,
    idf: AnyArray,
    numbers: AnyArray,
    pairs: AnyArray,
    pair_idf: AnyArray,
    telling: AnyArray,
    more: float,
    k: int,
    in_order: bool,
) -> tuple[AnyArray, AnyArray]:
    """(rows, scores) of the k best of some rows (rising); see `_best` for ties, `union` for `more`."""
    sums = _exact_scores(rows, len(rows), parts, places, idf, numbers).astype(np.float64)
    if more > 1 and len(rows):
        return _best_in_full(rows, sums, parts, places, idf, numbers, pairs, pair_idf, telling, more, k, in_order)
    return _best(rows, sums.astype(np.float32), k, in_order)


# --- all matches --------------------------------------------------------------------------------------------


@compiled
def union_rows(parts: AnyArray, places: AnyArray, n_rows: int) -> AnyArray:
    """A flag per row: 1 where any of the terms stands."""
    flags = np.zeros(n_rows, np.uint8)
    for p in range(places.shape[1]):
        here = flags[parts[p, BASE] : parts[p, BASE] + parts[p, N_ROWS]]
        for t in range(len(places)):
            source = parts[places[t, p, _SOURCE]]
            rows = _i4(source[ROWS], source[N_POSTINGS])
            for i in range(places[t, p, _BEGIN], places[t, p, _END]):
                here[rows[i]] = 1
    return flags


@compiled
def count_values(columns: AnyArray, n_values: int, rows: AnyArray) -> AnyArray:
    """How many of the rows (rising) hold each value of a keyword field.

    columns: int64 (P, len(COLUMN_COLUMNS)); row r of a part holds numbers[v] for v in
    values[offsets[r] : offsets[r + 1]].
    """
    counts = np.zeros(n_values, np.int64)
    at = 0
    for p in range(len(columns)):
        base, n_rows = columns[p, 0], columns[p, 1]
        offsets = _i8(columns[p, _OFFSETS], n_rows + 1)
        values = _i4(columns[p, _VALUES], offsets[n_rows])
        numbers = _i4(columns[p, _NUMBERS], n_values)
        while at < len(rows) and rows[at] < base + n_rows:
            row = rows[at] - base
            for i in range(offsets[row], offsets[row + 1]):
                counts[numbers[values[i]]] += 1
            at += 1
    return counts


@compiled
def _intersection(parts: AnyArray, p: int, places: AnyArray) -> AnyArray:
    """Rows of one part that hold all terms, rising, by the part's own numbers."""
    order = np.argsort(places[:, p, _END] - places[:, p, _BEGIN])
    first, end = places[order[0], p, _BEGIN], places[order[0], p, _END]
    source = parts[places[order[0], p, _SOURCE]]
    rows = _i4(source[ROWS], source[N_POSTINGS])
    found = np.empty(end - first, np.int64)
    n = 0
    for i in range(first, end):
        found[n] = rows[i]
        n += 1
    for j in range(1, len(order)):
        at, stop = places[order[j], p, _BEGIN], places[order[j], p, _END]
        source = parts[places[order[j], p, _SOURCE]]
        rows = _i4(source[ROWS], source[N_POSTINGS])
        left = 0
        for i in range(n):
            at = _first_at_or_after(rows, at, stop, found[i])
            if at == stop:
                break
            if rows[at] == found[i]:
                found[left] = found[i]
                left += 1
        n = left
    return found[:n]


@compiled
def intersection(parts: AnyArray, places: AnyArray) -> AnyArray:
    """Rows that hold all terms (at least one), rising, deleted ones too."""
    found = _intersection(parts, 0, places)
    for p in range(1, places.shape[1]):
        found = np.concatenate((found, _intersection(parts, p, places) + parts[p, BASE]))
    return found


@compiled
def _holds(part: AnyArray, low: int, high: int, wanted: int) -> bool:
    """Whether `wanted` is among the positions low to high - 1 (rising, a few as a rule)."""
    while high - low > _FEW:
        middle = (low + high) // 2
        if _number(part[POSITIONS], part[POSITION_SIZE], middle) <= wanted:
            low = middle
        else:
            high = middle
    found = False
    for i in range(low, high):
        found |= _number(part[POSITIONS], part[POSITION_SIZE], i) == wanted
    return found


@compiled
def _matches(part: AnyArray, field: int, at: AnyArray, starts: AnyArray, low: AnyArray, high: AnyArray) -> bool:
    """Whether the terms follow one another in a text field of one row.

    at, starts: of every term the posting and where its positions start. low, high: room for one number per term.
    """
    for t in range(len(at)):
        tf0 = _number(part[TF0], part[TF0_SIZE], at[t])
        low[t] = starts[t]
        high[t] = low[t] + tf0
        if field == 1:
            low[t] = high[t]
            high[t] += _number(part[TF1], part[TF1_SIZE], at[t])
        if low[t] == high[t]:
            return False
    for i in range(low[0], high[0]):
        origin = _number(part[POSITIONS], part[POSITION_SIZE], i)
        good = True
        for t in range(1, len(at)):
            if not _holds(part, low[t], high[t], origin + t):
                good = False
                break
        if good:
            return True
    return False


@compiled
def _phrase(parts: AnyArray, p: int, places: AnyArray, in0: bool, in1: bool) -> AnyArray:
    """`phrase` in one part, by the part's own row numbers."""
    part = parts[p]
    found = _intersection(parts, p, places)
    rows = _i4(part[ROWS], part[N_POSTINGS])
    at = places[:, p, _BEGIN].copy()
    starts, low, high = np.empty_like(at), np.empty_like(at), np.empty_like(at)
    n = 0
    for row in found:
        for t in range(len(at)):
            at[t] = _first_at_or_after(rows, at[t], places[t, p, _END], row)
            starts[t] = _first_position(part, at[t])
        if (in0 and _matches(part, 0, at, starts, low, high)) or (in1 and _matches(part, 1, at, starts, low, high)):
            found[n] = row
            n += 1
    return found[:n]


@compiled
def phrase(parts: AnyArray, places: AnyArray, in0: bool, in1: bool) -> AnyArray:
    """Rows where the terms follow one another inside one text field (in0, in1: fields looked at), rising, deleted
    ones too. The terms' postings are the segments' own.
    """
    found = _phrase(parts, 0, places, in0, in1)
    for p in range(1, places.shape[1]):
        found = np.concatenate((found, _phrase(parts, p, places, in0, in1) + parts[p, BASE]))
    return found
