"""The compiled kernels: the k best rows of a union, an intersection, a phrase; looking terms up; counting matches.

Exact: what the impacts leave possible is scored again in float32 with the formula of `bm25f`, in the order of the
query's terms, so rows, order and scores are those of a plain loop.

An index may have many segments and a query is one call, so the kernels read the segments' arrays by address. `parts`
is int64 (P or more, N_COLUMNS), a row per segment with the columns below: lengths, byte sizes of numbers, addresses.
Further rows are like those of a segment, but with other postings: of terms made for a query (`scoring`).

Postings and positions are in the forms of `ranking.packing`. A query is `places`, int64 (T, P, 6): of every term and
part the first posting, the last + 1, the row in the range tables (-1 for a rare term), the row of `parts` whose
postings these are, what is to be added to a posting's number for its place among words or rare rows, and where the
term's positions begin, as `look_up` finds and checks them; with `idf`, float32 (T,): each term's idf times its weight.
Memory is safe as long as the arrays have the shapes of `store.layout` and places come from `look_up`.

What a score has beyond the sum over terms (`ranking.nearness`) comes as `pairs`, int64 (M, 3): two terms by their
places and their distance, with `strengths`, float32 (M, 2, 2): weight and idf of either term; and as `telling`, uint8
(T,): nonzero for terms that count for the title. Places beyond len(idf) are of terms that only pairs need.

Rows are numbered through the parts (`BASE`). They pass when `allowed` is empty or nonzero for them.

`ask` takes words as numbers, whose meanings lie in a `book` (`ranking.book`). A long search is shared by two threads,
which meet at a `desk` (`ranking.desk`). Raises MemoryError where what was found cannot be written down.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import carray
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic

from searchidx.ranking.book import (
    ALL,
    ANY,
    CELLS,
    IS_STOP,
    N_CELLS,
    N_PLACE_COLUMNS,
    N_SEGMENTS,
    PHRASE,
    TERM_IDF,
    TERM_PLACES,
    TERM_WRITTEN,
    WIDTH,
    WORD_HEAD,
    WORD_PHRASE,
    WORD_PLACES,
    WORD_TERMS,
)
from searchidx.ranking.book import N_TERMS as N_BOOK_TERMS
from searchidx.ranking.desk import (
    AT_WORK,
    BELL,
    DONE,
    DOOR,
    HEARD,
    IS_AWAKE,
    IS_TAKEN,
    IS_THERE,
    JOB,
    LEAST_IF_AWAKE,
    LEAST_POSTINGS,
    N_DONE,
    OFFERED,
    ONE,
    PATIENCE,
    READ,
    RESTING,
    STATE,
    TAKE_PART,
    WRITE,
    YIELD,
)
from searchidx.ranking.impacts import HIGHEST, SHIFT
from searchidx.ranking.nearness import ROUNDING
from searchidx.ranking.packing import ABSTRACTS, CODE_BITS, ODD, SKIP, TITLES

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
    "words",
    "n_words",
    "words_before",
    "rare_rows",
    "rare_codes",
    "odd",
    "n_odd",
    "odd_title",
    "odd_abstract",
    "odd_starts",
    "odd_positions",
    "n_odd_positions",
    "impacts",
    "lengths",
    "title_lengths",
    "title_length_size",
    "frequent",
    "n_frequent",
    "maxima",
    "starts",
    "position_starts",
    "positions",
    "n_positions",
    "skips",
    "hashes",
    "hash_rows",
    "n_hashes",
    "ids",
    "n_ids",
    "id_offsets",
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
    WORDS,
    N_WORDS,
    WORDS_BEFORE,
    RARE_ROWS,
    RARE_CODES,
    ODD_POSTINGS,
    N_ODD,
    ODD_TITLE,
    ODD_ABSTRACT,
    ODD_STARTS,
    ODD_POSITIONS,
    N_ODD_POSITIONS,
    IMPACTS,
    LENGTHS,
    TITLE_LENGTHS,
    TITLE_LENGTH_SIZE,
    FREQUENT,
    N_FREQUENT,
    MAXIMA,
    STARTS,
    POSITION_STARTS,
    POSITIONS,
    N_POSITIONS,
    SKIPS,
    HASHES,
    HASH_ROWS,
    N_HASHES,
    IDS,
    N_IDS,
    ID_OFFSETS,
) = range(len(COLUMNS))
N_COLUMNS = len(COLUMNS)
#: What is known of each term of a phrase in a row: occurrences, positions in a field and whether they lie in the table
#: of odd ones, how far they were read.
_TITLES, _ABSTRACTS, _LOWS, _HIGHS, _IS_ODD, _REACHED, _OF_TERMS = range(7)
_MOST_POSTINGS: Any = np.int64(1 << 62)
#: Rows that hold all terms are found before anything is added up when the terms have so many times as many postings
#: in all as the rarest has; and scored one by one when there is at most one for so many postings.
_RAREST_FIRST, _ONE_BY_ONE = 24, 128
#: How many rows before it is read what is kept of a row is fetched.
_AHEAD = 16
#: The columns of `columns`, a row per part, for `add_values`.
COLUMN_COLUMNS = ("base", "n_rows", "values", "offsets", "numbers")
_VALUES, _OFFSETS, _NUMBERS = 2, 3, 4
#: What `look_up` finds wrong, by code.
FAULTS = (
    "",
    "terms.offsets",
    "postings.offsets",
    "postings.rows",
    "postings.codes",
    "ranges.starts",
    "positions.starts",
    "positions.skips",
    "postings.odd",
)
_SOUND, _BAD_TERMS, _BAD_OFFSETS, _BAD_ROWS, _BAD_CODES, _BAD_STARTS, _BAD_POSITIONS, _BAD_SKIPS, _BAD_ODD = range(
    len(FAULTS)
)
_BEGIN, _END, _TABLE, _SOURCE, _OWN, _POSITION = range(6)
#: The entries of `numbers`, float32: the weights of the two text fields, the norm's constant and its part per length,
#: what nearness and a covered title weigh.
_BOOST0, _BOOST1, _CONSTANT, _PER_LENGTH, _NEARNESS, _COVERAGE = range(6)
#: The entries of `limits`, float64: how far the impacts may be off (`impacts.drift`), what nearness and a covered title
#: weigh.
_DRIFT_LOW, _DRIFT_HIGH, _NEAR, _COVERED = range(4)
#: Query weights are whole numbers of 1 / _UNIT, so that sums of impacts are integers, which vectorise.
_UNIT = 1000.0
#: The low bits of a sum say which of the first terms stand in the row.
_FLAGS = 6
_HIGHEST_SUM = float(1 << 30 >> _FLAGS)
_LANES = 16
_RANGE = 1 << SHIFT
_IN_RANGE = _RANGE - 1
#: How many more rows than twice the wanted ones there is room for.
_ROOM = 512
_LINE = 64
#: So many ranges are visited best bound first; they say nearly all about the threshold. The others follow in the order
#: of rows, in which memory is read faster.
_BEST_FIRST = 32
#: How many rows are bounded before any of them is scored.
_AT_ONCE = 16
#: What is known of a row before its pairs: the sum over its terms, its norm, the part that its title adds.
_TOTAL, _NORM, _SHARE, _N_SUMS = range(4)
#: A bound below all scores.
_LEFT_OUT = -1.0
#: How many of the other ranges a thread takes at once.
_AT_A_TIME = 8
#: How often in a row a thread may fail to wait.
_MOST_FAILURES = 100
#: How many postings are added up in the time that one is looked up among others.
_WORTH_LOOKING_UP = 64
#: The cells of a job, which threads share: the next ranges to be taken, the least sum that may be among the best,
#: whether somebody changes either, how many rows either thread found; numbers; addresses and sizes of arrays.
_NEXT, _THRESHOLD, _LOCKED, _N_FOUND, _, _N_PLACES, _FIELDS, _K, _IN_ORDER, _SLACK = range(10)
_LOWEST, _HIGHEST_DRIFT, _MORE, _UNITS = range(10, 14)
(
    _PARTS,
    _PLACES,
    _IDF,
    _OF_NORM,
    _PAIRS,
    _PAIR_IDF,
    _TELLING,
    _ALLOWED,
    _HELD,
    _PHRASE,
    _WEIGHTS,
    _BOUNDS,
    _PART_OF,
    _BEGINS,
    _VISITED,
    _SUMS,
    _SCORES,
    _FOUND_ROWS,
    _FOUND,
) = range(14, 52, 2)
_JOB_SIZE = 52
#: How many rows a thread found that has not come to the end.
_UNKNOWN = -1
#: The half of a number that another was put before.
_LOW = 0xFFFFFFFF
#: For arguments: a 0 or True written out has a type of its own, and a function is compiled once more for it.
_ZERO: Any = np.int64(0)
_NO: Any = np.bool_(False)
_YES: Any = np.bool_(True)


def compiled(function: F) -> F:
    """The function compiled when first called; kept on disk where some cache directory can be written."""
    try:
        return cast(F, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # a read-only installation and no home directory: compile anew in every process
        return cast(F, numba.njit(nogil=True)(function))


def inlined(function: F) -> F:
    """The function compiled into each that calls it: arguments of many arrays take longer to pass than some functions
    take.
    """
    return cast(F, numba.njit(cache=False, nogil=True, forceinline=True)(function))


def _pointer_to(kind: Any) -> Any:
    """A function of an address (int64) that gives a pointer, for `carray`."""

    @intrinsic  # type: ignore[untyped-decorator]
    def pointer(typing: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return numba.types.CPointer(kind)(numba.types.int64), generate

    return pointer


@intrinsic  # type: ignore[untyped-decorator]
def _reached(typing: Any, values: Any, start: Any, threshold: Any) -> Any:
    """Bit i is set when values[start + i] (int32) >= threshold, for _LANES of them: one comparison of vectors."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        lanes, number = ir.VectorType(ir.IntType(32), _LANES), ir.IntType(32)
        first = builder.bitcast(builder.gep(array.data, [arguments[1]]), lanes.as_pointer())
        one = builder.insert_element(ir.Constant(lanes, ir.Undefined), arguments[2], number(0))
        everywhere = ir.Constant(ir.VectorType(number, _LANES), [0] * _LANES)
        wanted = builder.shuffle_vector(one, ir.Constant(lanes, ir.Undefined), everywhere)
        flags = builder.icmp_signed(">=", builder.load(first, align=4), wanted)
        return builder.zext(builder.bitcast(flags, ir.IntType(_LANES)), number)

    return numba.types.uint32(values, numba.types.int64, numba.types.int32), generate


@intrinsic  # type: ignore[untyped-decorator]
def _lowest_bit(typing: Any, value: Any) -> Any:
    """The number of the lowest bit that is set, of one that is."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return numba.types.uint32(numba.types.uint32), generate


@intrinsic  # type: ignore[untyped-decorator]
def _fetch_line(typing: Any, address: Any) -> Any:
    """Tell the processor that the cache line of an address will be read soon. Any address will do, a wrong one too."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        to_read, keep, data = number(0), number(3), number(1)
        builder.call(function, [builder.inttoptr(arguments[0], byte), to_read, keep, data])
        return context.get_dummy_value()

    return numba.types.void(numba.types.int64), generate


def _atomic(operation: str) -> Any:
    """A function of an address and a number: what stood there, before it was changed as no other thread can see half
    done (`xchg`: the number stands there, `add`: it is added)."""

    @intrinsic  # type: ignore[untyped-decorator]
    def change(typing: Any, address: Any, number: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
            return builder.atomic_rmw(operation, place, arguments[1], "seq_cst")

        return numba.types.int64(numba.types.int64, numba.types.int64), generate

    return change


_exchange, _add_to = _atomic("xchg"), _atomic("add")


@intrinsic  # type: ignore[untyped-decorator]
def _swap_if(typing: Any, address: Any, expected: Any, number: Any) -> Any:
    """Write a number where another is expected, if it stands there; whether it did."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        found = builder.cmpxchg(place, arguments[1], arguments[2], "seq_cst", "seq_cst")
        return builder.extract_value(found, 1)

    int64 = numba.types.int64
    return numba.types.boolean(int64, int64, int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _transfer(typing: Any, function: Any, file: Any, address: Any, n: Any) -> Any:
    """Call `read` or `write` of the C library, by its address."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte, size = ir.IntType(8).as_pointer(), ir.IntType(64)
        kind = ir.FunctionType(size, [ir.IntType(32), byte, size]).as_pointer()
        file, place = builder.trunc(arguments[1], ir.IntType(32)), builder.inttoptr(arguments[2], byte)
        return builder.call(builder.inttoptr(arguments[0], kind), [file, place, arguments[3]])

    int64 = numba.types.int64
    return int64(int64, int64, int64, int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _call(typing: Any, function: Any) -> Any:
    """Call a function of the C library that takes nothing, by its address."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(32), []).as_pointer()
        return builder.call(builder.inttoptr(arguments[0], kind), [])

    return numba.types.int32(numba.types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _call_with(typing: Any, function: Any, address: Any, part: Any) -> Any:
    """Call a function of two int64 by its address."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number = ir.IntType(64)
        kind = ir.FunctionType(ir.VoidType(), [number, number]).as_pointer()
        builder.call(builder.inttoptr(arguments[0], kind), [arguments[1], arguments[2]])
        return context.get_dummy_value()

    int64 = numba.types.int64
    return numba.types.void(int64, int64, int64), generate


_to_u1, _to_u2, _to_u4, _to_u8 = (_pointer_to(getattr(numba.types, f"uint{bits}")) for bits in (8, 16, 32, 64))
_to_i4, _to_i8 = _pointer_to(numba.types.int32), _pointer_to(numba.types.int64)
_to_f4, _to_f8 = _pointer_to(numba.types.float32), _pointer_to(numba.types.float64)


@compiled
def _u1(address: int, n: int) -> Any:
    return carray(_to_u1(address), (n,))


@compiled
def _u2(address: int, n: int) -> Any:
    return carray(_to_u2(address), (n,))


@compiled
def _u4(address: int, n: int) -> Any:
    return carray(_to_u4(address), (n,))


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
def _f8(address: int, n: int) -> Any:
    return carray(_to_f8(address), (n,))


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
    """The first place of rows[low:high] that is not below `row`, by halving.

    Without a branch on what a comparison gives, which no processor can foresee.
    """
    if low >= high:
        return low
    n = high - low
    while n > 1:
        half = n >> 1
        low += half * int(rows[low + half - 1] < row)
        n -= half
    return low + int(rows[low] < row)


@compiled
def _number_of_ranges(parts: AnyArray, p: int) -> int:
    n_rows: int = parts[p, N_ROWS]
    return max((n_rows + _RANGE - 1) >> SHIFT, 1)


@compiled
def _n_bytes(parts: AnyArray, places: AnyArray, t: int, p: int, begin: int, end: int) -> Any:
    """How many bytes of positions the postings begin .. end - 1 of a term have: one per occurrence, odd ones none."""
    own = places[t, p, _OWN]
    if places[t, p, _TABLE] < 0:
        return _sum_of_codes(_u1(parts[p, RARE_CODES] + begin + own, end - begin))
    return _sum_of_codes(_u2(parts[p, WORDS] + 2 * (begin + own), end - begin))


@compiled
def _sum_of_codes(words: AnyArray) -> Any:
    """The sum of the counts in codes, or in the codes of words."""
    total = np.int64(0)
    for i in range(len(words)):
        code = np.int32(words[i]) & np.int32(ODD)
        # title * ABSTRACTS + abstract, where title is 0 or 1
        total += (code - np.int32(code >= ABSTRACTS) * np.int32(ABSTRACTS - 1)) * np.int32(code != ODD)
    return total


@compiled
def _sum_of_first(words: AnyArray, n: int) -> Any:
    """`_sum_of_codes` of the first n of SKIP words. All are read, so that whole vectors are added."""
    total = np.int32(0)
    for i in range(SKIP):
        code = np.int32(words[i]) & np.int32(ODD)
        count = code - np.int32(code >= ABSTRACTS) * np.int32(ABSTRACTS - 1)
        total += count * np.int32(code != ODD) * np.int32(i < n)
    return np.int64(total)


@inlined
def _code(parts: AnyArray, places: AnyArray, t: int, p: int, posting: int) -> Any:
    source, own = places[t, p, _SOURCE], posting + places[t, p, _OWN]
    if places[t, p, _TABLE] >= 0:
        return np.int64(_u2(parts[source, WORDS], own + 1)[own]) & ODD
    return np.int64(_u1(parts[source, RARE_CODES], own + 1)[own])


@compiled
def _odd_one(parts: AnyArray, source: int, posting: int) -> int:
    """The place of an odd posting in the table of such, -1 when it is not there."""
    odd = _i8(parts[source, ODD_POSTINGS], parts[source, N_ODD])
    at = _first_between(odd, _ZERO, len(odd), posting)
    return at if at < len(odd) and odd[at] == posting else -1


@inlined
def _tfs(parts: AnyArray, places: AnyArray, t: int, p: int, posting: int) -> tuple[Any, Any]:
    """How often a term stands in the title and in the abstract of a posting's paper."""
    code = _code(parts, places, t, p, posting)
    if code != ODD:
        title = np.int64(code >= ABSTRACTS)
        return title, code - title * ABSTRACTS
    source = places[t, p, _SOURCE]
    at = _odd_one(parts, source, posting)
    title, abstract = _u4(parts[source, ODD_TITLE], at + 1), _u4(parts[source, ODD_ABSTRACT], at + 1)
    return np.int64(title[at]), np.int64(abstract[at])


@inlined
def _first_position(parts: AnyArray, places: AnyArray, t: int, p: int, posting: int) -> tuple[Any, bool]:
    """Where the positions of a posting start, and whether it is odd: for `_position`.

    From the nearest skip before it, or the term's beginning, on, the bytes of the postings between are passed over.
    The postings must be the part's own.
    """
    begin, at, own = places[t, p, _BEGIN], places[t, p, _POSITION], places[t, p, _OWN]
    skip = posting // SKIP
    if skip * SKIP > begin:
        begin, at = skip * SKIP, _i8(parts[p, SKIPS], skip + 1)[skip]
    if places[t, p, _TABLE] >= 0 and begin + own + SKIP <= parts[p, N_WORDS]:  # nearly always
        words = _u2(parts[p, WORDS] + 2 * (begin + own), SKIP)
        if words[posting - begin] & ODD != ODD:
            return at + _sum_of_first(words, posting - begin), False
    elif _code(parts, places, t, p, posting) != ODD:
        return at + _n_bytes(parts, places, t, p, begin, posting), False
    return _i8(parts[p, ODD_STARTS], parts[p, N_ODD] + 1)[_odd_one(parts, p, posting)], True


@inlined
def _position(parts: AnyArray, p: int, odd: bool, at: int) -> Any:
    """One position; see `_first_position`."""
    if odd:
        return np.int64(_u4(parts[p, ODD_POSITIONS], at + 1)[at])
    return np.int64(_u1(parts[p, POSITIONS], at + 1)[at])


@compiled
def _check_rows(parts: AnyArray, places: AnyArray, t: int, p: int) -> int:
    """_SOUND when a term's postings are of rising rows of the part, else the fault."""
    begin, end, table, own = places[t, p, _BEGIN], places[t, p, _END], places[t, p, _TABLE], places[t, p, _OWN]
    before = -1
    if table < 0:
        rows = _i4(parts[p, RARE_ROWS], end + own)
        for i in range(begin + own, end + own):
            if rows[i] <= before:
                return _BAD_ROWS
            before = rows[i]
        return _SOUND if before < parts[p, N_ROWS] else _BAD_ROWS
    n_ranges = _number_of_ranges(parts, p)
    starts = _i4(parts[p, STARTS] + 4 * table * (n_ranges + 1), n_ranges + 1)
    words = _u2(parts[p, WORDS] + 2 * (begin + own), end - begin)
    if starts[0] != 0 or starts[n_ranges] != end - begin:
        return _BAD_STARTS
    for r in range(n_ranges):
        first, last = starts[r], starts[r + 1]
        if last < first or last > end - begin:
            return _BAD_STARTS
        before = -1
        for i in range(first, last):
            place = np.int64(words[i]) >> CODE_BITS
            if place <= before:
                return _BAD_ROWS
            before = int(place)
    return _SOUND if ((n_ranges - 1) << SHIFT) + before < parts[p, N_ROWS] else _BAD_ROWS


@compiled
def _check_counts(parts: AnyArray, places: AnyArray, t: int, p: int) -> int:
    """_SOUND when all codes of a term's postings say something, and odd ones are in their table, else the fault."""
    starts = _i8(parts[p, ODD_STARTS], parts[p, N_ODD] + 1)
    for posting in range(places[t, p, _BEGIN], places[t, p, _END]):
        code = _code(parts, places, t, p, posting)
        if code == ODD:
            odd = _odd_one(parts, p, posting)
            if odd < 0 or starts[odd] < 0 or starts[odd + 1] > parts[p, N_ODD_POSITIONS]:
                return _BAD_ODD
            title, abstract = _tfs(parts, places, t, p, posting)
            if starts[odd + 1] - starts[odd] != title + abstract:
                return _BAD_ODD
        elif code >= TITLES * ABSTRACTS:
            return _BAD_CODES
    return _SOUND


@compiled
def _check_positions(parts: AnyArray, places: AnyArray, t: int, p: int, end_of_term: int) -> int:
    """_SOUND when a term has as many bytes of positions as its codes say, and skips say where, else the fault."""
    begin, end, at = places[t, p, _BEGIN], places[t, p, _END], places[t, p, _POSITION]
    n_bytes = _n_bytes(parts, places, t, p, begin, end)
    if at < 0 or at + n_bytes != end_of_term or end_of_term > parts[p, N_POSITIONS]:
        return _BAD_POSITIONS
    skips = _i8(parts[p, SKIPS], (end - 1) // SKIP + 1)
    for skip in range(begin // SKIP + 1, (end - 1) // SKIP + 1):
        at += _n_bytes(parts, places, t, p, max((skip - 1) * SKIP, begin), skip * SKIP)
        if skips[skip] != at:
            return _BAD_SKIPS
    return _SOUND


@compiled
def _count_live(parts: AnyArray, places: AnyArray, t: int, p: int, live: AnyArray) -> int:
    """How many of a term's postings are of papers that are not deleted. live: see `look_up`."""
    if len(live) == 0:
        return int(places[t, p, _END] - places[t, p, _BEGIN])
    df = 0
    for row in _rows(parts, places, t, p):
        df += live[parts[p, BASE] + row] != 0
    return df


@compiled
def _rows(parts: AnyArray, places: AnyArray, t: int, p: int) -> AnyArray:
    """The rows of a term's postings in one part, rising, by the part's own numbers; int64."""
    begin, end, table, own = places[t, p, _BEGIN], places[t, p, _END], places[t, p, _TABLE], places[t, p, _OWN]
    source = places[t, p, _SOURCE]
    found = np.empty(end - begin, np.int64)
    if table < 0:
        rows = _i4(parts[source, RARE_ROWS] + 4 * (begin + own), end - begin)
        for i in range(end - begin):
            found[i] = rows[i]
        return found
    n_ranges = _number_of_ranges(parts, p)
    starts = _i4(parts[source, STARTS] + 4 * table * (n_ranges + 1), n_ranges + 1)
    words = _u2(parts[source, WORDS] + 2 * (begin + own), end - begin)
    for r in range(n_ranges):
        for i in range(starts[r], starts[r + 1]):
            found[i] = (r << SHIFT) + (np.int64(words[i]) >> CODE_BITS)
    return found


@compiled
def _find_in_part(parts: AnyArray, term: AnyArray, p: int, places: AnyArray) -> int:
    """Write the places of a term in one part to places[0, p]: zeros where the part lacks it. Returns the fault."""
    part = parts[p]
    for column in range(N_PLACE_COLUMNS):
        places[0, p, column] = 0
    places[0, p, _TABLE] = -1
    places[0, p, _SOURCE] = p
    number = _find_term(part, term)
    if number < 0:
        return _BAD_TERMS if number == -2 else _SOUND
    offsets = _i8(part[POSTING_OFFSETS], part[N_TERMS] + 1)
    begin, end = offsets[number], offsets[number + 1]
    if begin < 0 or end <= begin or end > part[N_POSTINGS]:
        return _BAD_OFFSETS
    frequent = _i4(part[FREQUENT], part[N_FREQUENT])
    table = _first_between(frequent, _ZERO, len(frequent), number)
    words_before = _i8(part[WORDS_BEFORE], len(frequent) + 1)[table]
    is_frequent = table < len(frequent) and frequent[table] == number
    own, n_own = (
        (words_before - begin, part[N_WORDS]) if is_frequent else (-words_before, part[N_POSTINGS] - part[N_WORDS])
    )
    if begin + own < 0 or end + own > n_own:
        return _BAD_OFFSETS
    position_starts = _i8(part[POSITION_STARTS], part[N_TERMS] + 1)
    places[0, p, _BEGIN], places[0, p, _END], places[0, p, _OWN] = begin, end, own
    places[0, p, _TABLE] = table if is_frequent else -1
    places[0, p, _POSITION] = position_starts[number]
    fault = _check_rows(parts, places, _ZERO, p)
    if fault == _SOUND:
        fault = _check_counts(parts, places, _ZERO, p)
    if fault == _SOUND:
        fault = _check_positions(parts, places, _ZERO, p, position_starts[number + 1])
    return fault


@compiled
def look_up(parts: AnyArray, term: AnyArray, live: AnyArray, places: AnyArray) -> tuple[int, int]:
    """(df, fault) of a term (UTF-8), its places written to `places`, int64 (P, 6); zeros where a part lacks it.

    live: nonzero for rows that are not deleted, or empty; df counts those. fault: 0, or part * len(FAULTS) + code for
    the first array whose numbers make no sense; the places are then not to be used. Every number that kernels
    use as a place in an array is checked here.
    """
    df = 0
    own = places.reshape((1, len(places), N_PLACE_COLUMNS))
    for p in range(len(places)):
        fault = _find_in_part(parts, term, p, own)
        if fault:
            return 0, p * len(FAULTS) + fault
        df += _count_live(parts, own, _ZERO, p, live)
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


# --- the score of a row -------------------------------------------------------------------------------------


class _Query(NamedTuple):
    """What a query asks for; see the module's docstring."""

    parts: AnyArray
    places: AnyArray
    idf: AnyArray
    numbers: AnyArray
    pairs: AnyArray
    pair_idf: AnyArray
    telling: AnyArray


@compiled
def _asked(
    parts: AnyArray,
    places: AnyArray,
    idf: AnyArray,
    numbers: AnyArray,
    pairs: AnyArray,
    strengths: AnyArray,
    telling: AnyArray,
) -> _Query:
    """A query from what Python gives; `Scorer.pair_idf` has the formula of a pair's idf."""
    pair_idf = np.empty(len(pairs), np.float32)
    for m in range(len(pairs)):
        first = strengths[m, 0, 0] * strengths[m, 0, 1]
        second = strengths[m, 1, 0] * strengths[m, 1, 1]
        pair_idf[m] = numbers[_NEARNESS] * np.sqrt(first * second)
    return _Query(parts, places, idf, numbers, pairs, pair_idf, telling)


@compiled
def _room(n: int) -> AnyArray:
    return np.empty(n, np.int64)


@compiled
def _span(parts: AnyArray, places: AnyArray, t: int, p: int, r: int) -> tuple[int, int]:
    """The postings of a term in range r of a part: first, last + 1; all of a rare term."""
    begin, table = places[t, p, _BEGIN], places[t, p, _TABLE]
    if table < 0:
        return begin, places[t, p, _END]
    at = table * (_number_of_ranges(parts, p) + 1) + r
    starts = _i4(parts[places[t, p, _SOURCE], STARTS], at + 2)
    return begin + starts[at], begin + starts[at + 1]


@compiled
def _spans(query: _Query, p: int, r: int, low: AnyArray, high: AnyArray) -> None:
    """Where the postings of range r of a part are: low[t] to high[t] - 1 of every place; all of a rare term."""
    for t in range(len(query.places)):
        low[t], high[t] = _span(query.parts, query.places, t, p, r)


@inlined
def _posting_of(parts: AnyArray, places: AnyArray, t: int, p: int, low: int, high: int, local: int) -> int:
    """The posting of a row among a term's postings low .. high - 1, those of the row's range if the term is frequent;
    -1 when there is none."""
    if low >= high:
        return -1
    source, own = places[t, p, _SOURCE], places[t, p, _OWN]
    if places[t, p, _TABLE] >= 0:
        words = _u2(parts[source, WORDS], high + own)
        wanted = (local & _IN_RANGE) << CODE_BITS
        at = _first_between(words, low + own, high + own, wanted)
        # the bits below are the code
        return at - own if at < high + own and np.int64(words[at]) - wanted <= ODD else -1
    rows = _i4(parts[source, RARE_ROWS], high + own)
    at = _first_between(rows, low + own, high + own, local)
    return at - own if at < high + own and rows[at] == local else -1


@inlined
def _locate(query: _Query, p: int, local: int, low: AnyArray, high: AnyArray, rows: _Rows, i: int) -> None:
    """Write the postings of a row, as row i, for every place. low, high: see `_spans`."""
    for t in range(len(query.places)):
        rows.at[i, t] = _posting_of(query.parts, query.places, t, p, low[t], high[t], local)


@inlined
def _norm(parts: AnyArray, p: int, local: int, numbers: AnyArray) -> np.float32:
    norm: np.float32 = numbers[_CONSTANT] + numbers[_PER_LENGTH] * _f4(parts[p, LENGTHS], parts[p, N_ROWS])[local]
    return norm


@inlined
def _title_length(parts: AnyArray, p: int, local: int) -> int:
    return _number(parts[p, TITLE_LENGTHS], parts[p, TITLE_LENGTH_SIZE], local)


@inlined
def _bound(query: _Query, p: int, local: int, rows: _Rows, i: int, weights: AnyArray, units: float) -> float:
    """An upper bound of the score of row i from its impacts: a pair adds at most its weight times the geometric mean of
    what its terms score. weights, units: see `_weights`.
    """
    parts, at, own, covered = query.parts, rows.at, rows.own, 0
    bound = 0.0
    for t in range(len(query.idf)):
        own[t] = 0
        if at[i, t] >= 0:
            source = query.places[t, p, _SOURCE]
            own[t] = weights[t] * np.float64(_u1(parts[source, IMPACTS], at[i, t] + 1)[at[i, t]]) / units
            bound += own[t]
            covered += query.telling[t] != 0
    for m in range(len(query.pairs)):
        first, second = query.pairs[m, 0], query.pairs[m, 1]
        # an acronym whose meaning is scored scores nothing itself, which says nothing of what the pair adds
        scored = first < len(own) and second < len(own) and query.idf[first] > 0 and query.idf[second] > 0
        if scored:
            bound += query.numbers[_NEARNESS] * np.sqrt(own[first] * own[second])
        else:
            bound += query.pair_idf[m]
    bound *= 1 + ROUNDING
    if covered:
        length = _title_length(parts, p, local)
        bound += bound * query.numbers[_COVERAGE] * (min(covered, length) / max(length, 1))
    return bound


class _Rows(NamedTuple):
    """Some rows and what their scores are made of.

    rows: int64 (rows,). bounds: float64 (rows,), what their scores are not above. at: int64 (rows, places), their
    postings, -1 where there is none. counts: int64 (rows, places, 2), how often these places stand in title and
    abstract. starts: int64 (rows, places), see `_find_positions`. sums: float32 (rows, _N_SUMS). own: float64 (T,),
    room for `_bound`.
    """

    rows: AnyArray
    bounds: AnyArray
    at: AnyArray
    counts: AnyArray
    starts: AnyArray
    sums: AnyArray
    own: AnyArray


@compiled
def _room_for_rows(query: _Query, n: int) -> _Rows:
    """Room for n rows."""
    n_places = len(query.places)
    at, counts, starts = np.empty((n, n_places), np.int64), np.empty((n, n_places, 2), np.int64), _room(n * n_places)
    sums, own = np.empty((n, _N_SUMS), np.float32), np.empty(len(query.idf))
    return _Rows(_room(n), np.empty(n), at, counts, starts.reshape(n, n_places), sums, own)


@inlined
def _worth(title: int, abstract: int, norm: np.float32, numbers: AnyArray) -> np.float32:
    """What so many occurrences are worth, below 1, in float32."""
    tf = numbers[_BOOST0] * np.float32(title) + numbers[_BOOST1] * np.float32(abstract)
    return np.float32(tf / (tf + norm)) if tf > 0 else np.float32(0)


@inlined
def _add_terms(query: _Query, p: int, local: int, rows: _Rows, i: int) -> float:
    """Write what is known of row i without its positions; returns an upper bound of its score."""
    parts, numbers, at, counts = query.parts, query.numbers, rows.at, rows.counts
    norm = _norm(parts, p, local, numbers)
    total = np.float32(0)
    covered = 0
    for t in range(len(query.places)):
        counts[i, t, 0], counts[i, t, 1] = 0, 0
        if at[i, t] >= 0:
            counts[i, t, 0], counts[i, t, 1] = _tfs(parts, query.places, t, p, at[i, t])
            if t < len(query.idf):
                total += query.idf[t] * _worth(counts[i, t, 0], counts[i, t, 1], norm, numbers)
                covered += query.telling[t] and counts[i, t, 0] > 0
    share = np.float32(0)
    if covered:
        length = _title_length(parts, p, local)
        if length:  # only a damaged paper has words in a title of none
            share = numbers[_COVERAGE] * (np.float32(min(covered, length)) / np.float32(length))
    rows.sums[i, _TOTAL], rows.sums[i, _NORM], rows.sums[i, _SHARE] = total, norm, share
    bound = np.float64(total)
    for m in range(len(query.pairs)):
        title, abstract = _most_together(counts, i, query.pairs[m, 0], query.pairs[m, 1])
        bound += query.pair_idf[m] * _worth(title, abstract, norm, numbers)
    return bound * (1 + share) * (1 + ROUNDING)


@inlined
def _most_together(counts: AnyArray, i: int, first: int, second: int) -> tuple[int, int]:
    """How often a pair stands at most in the title and the abstract of row i: as often as the rarer of its terms."""
    return min(counts[i, first, 0], counts[i, second, 0]), min(counts[i, first, 1], counts[i, second, 1])


@inlined
def _find_positions(query: _Query, p: int, rows: _Rows, i: int) -> None:
    """Write where the positions begin that say which pairs row i has, twice that number, and 1 more where they are odd;
    and have them brought into the cache.
    """
    parts, at, counts, starts = query.parts, rows.at, rows.counts, rows.starts
    for t in range(len(query.places)):
        starts[i, t] = -1
    for m in range(len(query.pairs)):
        title, abstract = _most_together(counts, i, query.pairs[m, 0], query.pairs[m, 1])
        if title or abstract:
            for j in range(2):
                t = query.pairs[m, j]
                if starts[i, t] < 0:
                    start, is_odd = _first_position(parts, query.places, t, p, at[i, t])
                    starts[i, t] = 2 * start + is_odd
                    if not is_odd:
                        _fetch_line(parts[p, POSITIONS] + start)


@inlined
def _add_pairs(query: _Query, p: int, rows: _Rows, i: int) -> np.float32:
    """The score of row i, of which all else was found."""
    total, norm, share = rows.sums[i, _TOTAL], rows.sums[i, _NORM], rows.sums[i, _SHARE]
    counts, starts = rows.counts, rows.starts
    for m in range(len(query.pairs)):
        first, second, distance = query.pairs[m]
        title, abstract = _most_together(counts, i, first, second)
        if title or abstract:
            title, abstract = _together(query.parts, p, starts, counts, i, first, second, distance)
            total += query.pair_idf[m] * _worth(title, abstract, norm, query.numbers)
    return np.float32(total + total * share)


@inlined
def _together(
    parts: AnyArray, p: int, starts: AnyArray, counts: AnyArray, i: int, first: int, second: int, distance: int
) -> tuple[int, int]:
    """How often one term stands `distance` positions before another, in the title and in the abstract of row i."""
    low, low_odd = starts[i, first] >> 1, starts[i, first] & 1 != 0
    high, high_odd = starts[i, second] >> 1, starts[i, second] & 1 != 0
    found0, found1 = 0, 0
    for field in range(2):
        low_end, high_end = low + counts[i, first, field], high + counts[i, second, field]
        found = 0
        while low < low_end and high < high_end:
            wanted, there = _position(parts, p, low_odd, low) + distance, _position(parts, p, high_odd, high)
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
def _part_of(parts: AnyArray, row: int, p: int) -> int:
    """The part a row is in, looked for from part `p` on."""
    while row < parts[p, BASE]:
        p -= 1
    while row >= parts[p, BASE] + parts[p, N_ROWS]:
        p += 1
    return p


@compiled
def score_rows(
    wanted: AnyArray,
    parts: AnyArray,
    places: AnyArray,
    idf: AnyArray,
    numbers: AnyArray,
    pairs: AnyArray,
    strengths: AnyArray,
    telling: AnyArray,
) -> AnyArray:
    """The scores of some rows, in any order."""
    query = _asked(parts, places, idf, numbers, pairs, strengths, telling)
    scores = np.empty(len(wanted), np.float32)
    low, high, rows = _room(len(places)), _room(len(places)), _room_for_rows(query, 1)
    p = 0
    for i in range(len(wanted)):
        p = _part_of(parts, wanted[i], p)
        local = wanted[i] - parts[p, BASE]
        _spans(query, p, local >> SHIFT, low, high)
        _locate(query, p, local, low, high, rows, _ZERO)
        _add_terms(query, p, local, rows, _ZERO)
        _find_positions(query, p, rows, _ZERO)
        scores[i] = _add_pairs(query, p, rows, _ZERO)
    return scores


@compiled
def _with_all(
    parts: AnyArray, places: AnyArray, p: int, terms: AnyArray, at: AnyArray, fields: int, room: AnyArray
) -> int:
    """The text fields, of those in `fields` (bit f: field f), where all terms stand in one row.

    terms: their places; at: their postings. room: int64 (_OF_TERMS, len(terms)), where `_has_phrase` finds what it
    reads; the positions are fetched.
    """
    for j in range(len(terms)):
        title, abstract = _tfs(parts, places, terms[j], p, at[j])
        fields &= (title > 0) | (abstract > 0) << 1
        if not fields:
            return 0
        room[_TITLES, j], room[_ABSTRACTS, j] = title, abstract
    for j in range(len(terms)):
        room[_LOWS, j], room[_IS_ODD, j] = _first_position(parts, places, terms[j], p, at[j])
        if not room[_IS_ODD, j]:
            _fetch_line(parts[p, POSITIONS] + room[_LOWS, j])
    return fields


@compiled
def _has_phrase(parts: AnyArray, p: int, fields: int, room: AnyArray) -> bool:
    """Whether terms follow one another in one of the fields where all stand. room: of `_with_all`."""
    lows, highs, odd, reached = room[_LOWS], room[_HIGHS], room[_IS_ODD], room[_REACHED]
    for j in range(len(lows)):
        highs[j] = lows[j] + room[_TITLES, j]
    if fields & 1 and _follow(parts, p, odd, lows, highs, reached):
        return True
    if not fields & 2:
        return False
    # the positions in the abstract stand behind those in the title
    for j in range(len(lows)):
        lows[j], highs[j] = highs[j], highs[j] + room[_ABSTRACTS, j]
    return _follow(parts, p, odd, lows, highs, reached)


@compiled
def _phrases(
    parts: AnyArray, places: AnyArray, p: int, terms: AnyArray, rows: AnyArray, fields: int, has: AnyArray
) -> None:
    """Write of some rows of a part (rising), which hold all terms, whether these follow one another in a field.

    What is read of some rows is fetched before any is read: where postings have their positions, then the positions.
    """
    at = np.empty((len(terms), len(rows)), np.int64)
    for j in range(len(terms)):
        _find_postings(parts, places, terms[j], p, rows, at[j])
    room, within = np.empty((_AHEAD, _OF_TERMS, len(terms)), np.int64), np.empty(_AHEAD, np.int64)
    for start in range(0, len(rows), _AHEAD):
        end = min(start + _AHEAD, len(rows))
        for i in range(start, end):
            for j in range(len(terms)):
                _fetch_posting(parts, places, terms[j], p, at[j, i])
        for i in range(start, end):
            within[i - start] = _with_all(parts, places, p, terms, at[:, i], fields, room[i - start])
        for i in range(start, end):
            has[i] = within[i - start] != 0 and _has_phrase(parts, p, within[i - start], room[i - start])


@compiled
def _follow(parts: AnyArray, p: int, odd: AnyArray, lows: AnyArray, highs: AnyArray, reached: AnyArray) -> bool:
    """Whether terms follow one another, each with positions (not none) from lows[j] to highs[j] - 1.

    From one place of the first term to the next the others only move on, so all are read once. reached: room for one
    number per term.
    """
    for j in range(1, len(lows)):
        reached[j] = lows[j]
    for i in range(lows[0], highs[0]):
        origin = _position(parts, p, odd[0] != 0, i)
        good = True
        for j in range(1, len(lows)):
            there = _position(parts, p, odd[j] != 0, reached[j])
            while there < origin + j:
                reached[j] += 1
                if reached[j] == highs[j]:
                    return False  # later places want positions farther back
                there = _position(parts, p, odd[j] != 0, reached[j])
            if there != origin + j:
                good = False
                break
        if good:
            return True
    return False


# --- the best -----------------------------------------------------------------------------------------------


class _Top(NamedTuple):
    """Rows that may be among the k best by some value: their scores (float32), or their sums (int32).

    heap: (k,), a min-heap of the k highest values, zeros until there are so many. rows, values: the first size[0] of
    them; there may be more than k, for what has the k-th value or is not known to be below it stays.
    """

    heap: AnyArray
    rows: AnyArray
    values: AnyArray
    size: AnyArray


@compiled
def _none_yet(heap: AnyArray) -> _Top:
    """No rows. heap: k zeros of the values' type."""
    room = 2 * len(heap) + _ROOM
    return _Top(heap, np.empty(room, np.int64), np.empty(room, heap.dtype), np.zeros(1, np.int64))


@compiled
def _with_room(top: _Top, n_more: int, floor: Any) -> _Top:
    """The same with room for so many more rows; what is below the floor may go."""
    if top.size[0] + n_more <= len(top.rows):
        return top
    n = _drop_below(top, floor)
    if 2 * (n + n_more) <= len(top.rows):
        return top
    rows, values = np.empty(2 * (n + n_more), np.int64), np.empty(2 * (n + n_more), top.values.dtype)
    for i in range(n):  # an assignment of slices brings two seconds of compiling along: what to say when lengths differ
        rows[i], values[i] = top.rows[i], top.values[i]
    return _Top(top.heap, rows, values, top.size)


@compiled
def _drop_below(top: _Top, floor: Any) -> int:
    """Drop the rows whose values are below the floor; returns how many are left."""
    left = 0
    for i in range(top.size[0]):
        if top.values[i] >= floor:
            top.rows[left] = top.rows[i]
            top.values[left] = top.values[i]
            left += 1
    top.size[0] = left
    return left


@compiled
def _sift_down(heap: AnyArray, value: float) -> None:
    """Put `value` in place of the smallest of a min-heap."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= len(heap):
            break
        if child + 1 < len(heap) and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = value


@compiled
def _add(best: _Top, row: int, score: Any) -> _Top:
    """The best rows with one more, whose score must not be below the k-th."""
    best = _with_room(best, 1, best.heap[0])
    best.rows[best.size[0]] = row
    best.values[best.size[0]] = score
    best.size[0] += 1
    if score > best.heap[0]:
        _sift_down(best.heap, score)
    return best


@compiled
def _sort(numbers: AnyArray) -> None:
    """Sort int64 in place. (The only sort there is: each takes more than a second to compile.)"""
    numbers.sort()


@compiled
def _order(values: AnyArray) -> AnyArray:
    """The places of whole numbers, the least first, of equal ones the first; `np.argsort`. Of less than 32 bits."""
    keys = _room(len(values))
    for i in range(len(values)):
        keys[i] = np.int64(values[i]) << 32 | i
    _sort(keys)
    for i in range(len(values)):
        keys[i] &= _LOW
    return keys


@compiled
def _in_order(best: _Top, k: int, in_order: bool) -> tuple[AnyArray, AnyArray]:
    """(rows, scores) of the k best: by score, then by row.

    in_order: whether rows stand in the order of ids. If not, all rows that score as the k-th does come along, and
    rows are rising: the caller breaks the ties.
    """
    n = _drop_below(best, best.heap[0])
    bits = best.values[:n].view(np.int32)  # scores are not below 0, so their bits rise as they do
    keys = _room(n)  # one number of score and row, which has less than 32 bits as well
    for i in range(n):
        row, score = best.rows[i], np.int64(bits[i]) & _LOW
        keys[i] = ~score << 32 | row if in_order else row << 32 | score
    _sort(keys)
    n = min(n, k) if in_order else n
    rows, scores = _room(n), np.empty(n, np.int32)
    for i in range(n):
        high, low = keys[i] >> 32, keys[i] & _LOW
        rows[i], scores[i] = (low, ~high) if in_order else (high, low)
    return rows, scores.view(np.float32)


@compiled
def top_of(
    rows: AnyArray,
    parts: AnyArray,
    places: AnyArray,
    idf: AnyArray,
    numbers: AnyArray,
    pairs: AnyArray,
    strengths: AnyArray,
    telling: AnyArray,
    high: float,
    k: int,
    in_order: bool,
) -> tuple[AnyArray, AnyArray]:
    """(rows, scores) of the k best of some rows (rising); see `_in_order` for ties, `_Sought` for `high`."""
    query = _asked(parts, places, idf, numbers, pairs, strengths, telling)
    return _best_of_rows(query, rows, high, k, in_order)


@compiled
def _best_of_rows(query: _Query, rows: AnyArray, high: float, k: int, in_order: bool) -> tuple[AnyArray, AnyArray]:
    """`top_of`."""
    parts, n_places = query.parts, len(query.places)
    weights, _, units = _weights(query.idf, high)
    best, job_of_one = _none_yet(np.zeros(k, np.float32)), np.zeros(_JOB_SIZE, np.int64)
    lows, highs, likely = _room(n_places), _room(n_places), _room_for_rows(query, _AT_ONCE)
    p, begin, end = 0, 0, 0
    for start in range(0, len(rows), _AT_ONCE):
        n = 0
        for row in rows[start : start + _AT_ONCE]:
            if row >= end:
                p = _part_of(parts, row, p)
                begin = parts[p, BASE] + ((row - parts[p, BASE]) >> SHIFT << SHIFT)
                end = min(begin + _RANGE, parts[p, BASE] + parts[p, N_ROWS])
                _spans(query, p, (begin - parts[p, BASE]) >> SHIFT, lows, highs)
            local = row - parts[p, BASE]
            _locate(query, p, local, lows, highs, likely, n)
            likely.bounds[n] = _bound(query, p, local, likely, n, weights, units)
            if likely.bounds[n] >= best.heap[0]:
                likely.rows[n] = row
                _fetch_row(query, p, local, likely, n)
                n += 1
        best = _score_likely(query, likely, n, best, job_of_one)
    return _in_order(best, k, in_order)


@compiled
def _score_likely(query: _Query, likely: _Rows, n: int, best: _Top, job: AnyArray) -> _Top:
    """The best rows with those of n likely ones that are among them.

    What comes first for all rows says where their positions are, which come meanwhile. job: of the threads that share
    the scores in `best`. As another thread may change them at any time, a row left out is marked: what pairs need of it
    was never written.
    """
    parts, p = query.parts, 0
    for i in range(n):
        is_likely = likely.bounds[i] >= best.heap[0]
        if is_likely:
            p = _part_of(parts, likely.rows[i], p)
            likely.bounds[i] = _add_terms(query, p, likely.rows[i] - parts[p, BASE], likely, i)
            is_likely = likely.bounds[i] >= best.heap[0]
        if is_likely:
            _find_positions(query, p, likely, i)
        else:
            likely.bounds[i] = _LEFT_OUT
    for i in range(n):
        if likely.bounds[i] >= best.heap[0]:
            p = _part_of(parts, likely.rows[i], p)
            score = _add_pairs(query, p, likely, i)
            if score >= best.heap[0]:
                best = _with_room(best, 1, best.heap[0])  # not while others wait
                _lock(job)
                best = _add(best, likely.rows[i], score)
                _unlock(job)
    return best


# --- two threads ------------------------------------------------------------------------------------------------


class _Visit(NamedTuple):
    """What is known before ranges are visited, and what threads that visit them share.

    weights, slack, units: see `_weights`. bounds, part_of, begins: see `_ranges`. order: of visiting. sums, scores: the
    k highest so far, as `_Top.heap`. rows, found: room for what is found, one half for each thread, and its scores.
    """

    weights: AnyArray
    slack: int
    units: float
    bounds: AnyArray
    part_of: AnyArray
    begins: AnyArray
    order: AnyArray
    sums: AnyArray
    scores: AnyArray
    rows: AnyArray
    found: AnyArray


@compiled
def _note(job: AnyArray, cell: int, array: AnyArray) -> None:
    """Write down where an array lies and how many numbers it has. It must be contiguous."""
    job[cell], job[cell + 1] = array.ctypes.data, array.size


@compiled
def _written_down(query: _Query, sought: _Sought, visit: _Visit) -> AnyArray:
    """A job that another thread can read; int64, by the cells above. No range is taken yet."""
    job = np.zeros(_JOB_SIZE, np.int64)
    job[_THRESHOLD], job[_N_FOUND] = 1 << _FLAGS, _UNKNOWN
    _note(job, _PARTS, query.parts)
    _note(job, _PLACES, query.places)
    _note(job, _IDF, query.idf)
    _note(job, _OF_NORM, query.numbers)
    _note(job, _PAIRS, query.pairs)
    _note(job, _PAIR_IDF, query.pair_idf)
    _note(job, _TELLING, query.telling)
    _note(job, _ALLOWED, sought.allowed)
    _note(job, _HELD, sought.held)
    _note(job, _PHRASE, sought.phrase)
    _note(job, _WEIGHTS, visit.weights)
    _note(job, _BOUNDS, visit.bounds)
    _note(job, _PART_OF, visit.part_of)
    _note(job, _BEGINS, visit.begins)
    _note(job, _VISITED, visit.order)
    _note(job, _SUMS, visit.sums)
    _note(job, _SCORES, visit.scores)
    _note(job, _FOUND_ROWS, visit.rows)
    _note(job, _FOUND, visit.found)
    job[_N_PLACES], job[_FIELDS], job[_K], job[_IN_ORDER] = len(query.places), sought.fields, sought.k, sought.in_order
    job[_SLACK] = visit.slack
    numbers = job.view(np.float64)
    numbers[_LOWEST], numbers[_HIGHEST_DRIFT], numbers[_MORE], numbers[_UNITS] = (
        sought.low,
        sought.high,
        sought.more,
        visit.units,
    )
    return job


@compiled
def _read_query(job: AnyArray) -> _Query:
    n = job[_N_PLACES]
    n_parts = job[_PLACES + 1] // max(n * N_PLACE_COLUMNS, 1)
    n_pairs = job[_PAIRS + 1] // 3
    return _Query(
        carray(_to_i8(job[_PARTS]), (job[_PARTS + 1] // N_COLUMNS, N_COLUMNS)),
        carray(_to_i8(job[_PLACES]), (n, n_parts, N_PLACE_COLUMNS)),
        _f4(job[_IDF], job[_IDF + 1]),
        _f4(job[_OF_NORM], job[_OF_NORM + 1]),
        carray(_to_i8(job[_PAIRS]), (n_pairs, 3)),
        _f4(job[_PAIR_IDF], n_pairs),
        _u1(job[_TELLING], job[_TELLING + 1]),
    )


@compiled
def _read_sought(job: AnyArray) -> _Sought:
    numbers = job.view(np.float64)
    return _Sought(
        _u1(job[_ALLOWED], job[_ALLOWED + 1]),
        _u1(job[_HELD], job[_HELD + 1]),
        _i8(job[_PHRASE], job[_PHRASE + 1]),
        job[_FIELDS],
        numbers[_LOWEST],
        numbers[_HIGHEST_DRIFT],
        numbers[_MORE],
        job[_K],
        job[_IN_ORDER] != 0,
    )


@compiled
def _read_visit(job: AnyArray) -> _Visit:
    n = job[_N_PLACES]
    return _Visit(
        _i4(job[_WEIGHTS], job[_WEIGHTS + 1]),
        job[_SLACK],
        job.view(np.float64)[_UNITS],
        _i4(job[_BOUNDS], job[_BOUNDS + 1]),
        _i8(job[_PART_OF], job[_PART_OF + 1]),
        carray(_to_i4(job[_BEGINS]), (n, job[_BEGINS + 1] // max(n, 1))),
        _i8(job[_VISITED], job[_VISITED + 1]),
        _i4(job[_SUMS], job[_SUMS + 1]),
        _f4(job[_SCORES], job[_SCORES + 1]),
        _i8(job[_FOUND_ROWS], job[_FOUND_ROWS + 1]),
        _f4(job[_FOUND], job[_FOUND + 1]),
    )


@compiled
def _next_unit(job: AnyArray) -> int:
    """The number of ranges to be taken next (`_ranges_of_unit`), which no other thread gets."""
    unit: int = _add_to(job.ctypes.data + 8 * _NEXT, 1)
    return unit


@compiled
def _lock(job: AnyArray) -> None:
    """Wait until no other thread changes what is shared: a few numbers, so seldom and not for long."""
    while _exchange(job.ctypes.data + 8 * _LOCKED, 1):
        pass


@compiled
def _unlock(job: AnyArray) -> None:
    _exchange(job.ctypes.data + 8 * _LOCKED, 0)


@compiled
def _call_partner(query: _Query, desk: AnyArray) -> bool:
    """Wake the thread that waits at the desk, if there is enough to do for two and it is not at work for another.

    Waking takes longer than what is done before ranges are visited, so it comes first.
    """
    if not desk[IS_THERE]:
        return False
    n_postings = 0
    for t in range(len(query.idf)):
        for p in range(query.places.shape[1]):
            n_postings += query.places[t, p, _END] - query.places[t, p, _BEGIN]
    is_awake = desk[IS_AWAKE] != 0
    least = desk[LEAST_IF_AWAKE] if is_awake else desk[LEAST_POSTINGS]
    if n_postings < least or _exchange(desk.ctypes.data + 8 * IS_TAKEN, 1):
        return False
    if not is_awake:
        _transfer(desk[WRITE], desk[BELL], desk.ctypes.data + 8 * ONE, 8)
    return True


@compiled
def _offer(desk: AnyArray, job: AnyArray) -> None:
    desk[JOB] = job.ctypes.data
    _exchange(desk.ctypes.data + 8 * STATE, OFFERED)


@compiled
def _wait_for_partner(desk: AnyArray) -> None:
    """Until the partner has done its part, if it had any. The desk is free afterwards."""
    state = desk.ctypes.data + 8 * STATE
    has_come = not _swap_if(state, OFFERED, RESTING)
    while has_come and not _swap_if(state, DONE, RESTING):
        _call(desk[YIELD])
    _exchange(desk.ctypes.data + 8 * IS_TAKEN, 0)


@compiled
def wait_at(desk: AnyArray) -> None:
    """Take part in what is offered at a desk, for good. For a thread of its own (`partner`)."""
    n_failures = 0
    while n_failures < _MOST_FAILURES:
        # signals interrupt it
        is_called = _transfer(desk[READ], desk[DOOR], desk.ctypes.data + 8 * HEARD, 8) > 0
        n_failures = 0 if is_called else n_failures + 1
        if is_called:
            _serve(desk)
    desk[IS_THERE] = 0


@compiled
def _serve(desk: AnyArray) -> None:
    """Take part in jobs until none has been offered for a while."""
    state, awake, n_looks = desk.ctypes.data + 8 * STATE, desk.ctypes.data + 8 * IS_AWAKE, 0
    _exchange(awake, 1)
    while n_looks < desk[PATIENCE]:
        if _swap_if(state, OFFERED, AT_WORK):
            _call_with(desk[TAKE_PART], desk[JOB], 1)
            desk[N_DONE] += 1
            _exchange(state, DONE)
            n_looks = 0
        n_looks += 1
        _call(desk[YIELD])
    _exchange(awake, 0)


# --- the best rows ------------------------------------------------------------------------------------------


@compiled
def _weights(idf: AnyArray, high: float) -> tuple[AnyArray, int, float]:
    """(whole query weights, rounded up, int32; how far a sum of weighted impacts with flags may be above the score in
    its units; such units in a score of 1).

    high: see `_Sought`. An impact is less than one step above what it stands for, a weight less than one unit. Sums
    stay below 2^31.
    """
    total = 0.0
    for t in range(len(idf)):
        total += idf[t]
    unit = min(_UNIT, _HIGHEST_SUM / (max(total * high, 1e-9) * (HIGHEST + 1)))
    weights = np.empty(len(idf), np.int32)
    slack = 1 << _FLAGS
    for t in range(len(idf)):
        weights[t] = int(np.ceil(idf[t] * high * unit)) << _FLAGS
        slack += weights[t] + (HIGHEST << _FLAGS)
    return weights, slack, unit * HIGHEST * (1 << _FLAGS)


@compiled
def _ranges(query: _Query, weights: AnyArray) -> tuple[AnyArray, AnyArray, AnyArray]:
    """(an upper bound of every range's sums, int32; the part every range is in; where postings of ranges begin).

    Ranges are numbered through the parts. Place t has in range r of part p the postings from its first +
    begins[t, r + p] to its first + begins[t, r + p + 1] - 1.
    """
    parts, n_parts = query.parts, query.places.shape[1]
    n_ranges = parts[n_parts - 1, FIRST_RANGE] + _number_of_ranges(parts, n_parts - 1)
    bounds = np.full(n_ranges, (1 << _FLAGS) - 1, np.int32)
    part_of = _room(n_ranges)
    begins = np.zeros((len(query.places), n_ranges + n_parts), np.int32)
    for p in range(n_parts):
        first = parts[p, FIRST_RANGE]
        last = first + _number_of_ranges(parts, p)
        part_of[first:last] = p
        for t in range(len(query.places)):
            place = query.places[t, p]
            if place[_BEGIN] < place[_END]:
                weight = weights[t] if t < len(weights) else 0
                _add_range_bounds(
                    parts[place[_SOURCE]], place, weight, bounds[first:last], begins[t, first + p : last + p + 1]
                )
    return bounds, part_of, begins


@compiled
def _add_range_bounds(part: AnyArray, place: AnyArray, weight: int, bounds: AnyArray, begins: AnyArray) -> None:
    """Add the highest a term can give to each range of one part, and write where its postings of each range begin."""
    n_ranges, begin, end = len(bounds), place[_BEGIN], place[_END]
    if place[_TABLE] >= 0:
        base = place[_TABLE] * n_ranges
        maxima = _u1(part[MAXIMA], base + n_ranges)
        starts = _i4(part[STARTS], base + place[_TABLE] + n_ranges + 1)
        for r in range(n_ranges):
            bounds[r] += weight * np.int32(maxima[base + r])
        for r in range(n_ranges + 1):
            begins[r] = starts[base + place[_TABLE] + r]
        return
    rows, impacts = _i4(part[RARE_ROWS], end + place[_OWN])[begin + place[_OWN] :], _u1(part[IMPACTS], end)[begin:]
    at, r = 0, 0
    while at < len(rows):
        while r <= rows[at] >> SHIFT:
            begins[r] = at
            r += 1
        highest = impacts[at]
        at += 1
        while at < len(rows) and rows[at] >> SHIFT < r:
            highest = max(highest, impacts[at])
            at += 1
        bounds[r - 1] += weight * np.int32(highest)
    begins[r:] = end - begin


@compiled
def _factors(query: _Query, more: float) -> tuple[AnyArray, AnyArray]:
    """(how many times its sum over terms a row's score is at most, but for the title; how many of its terms can stand
    in the title) by the flags of a sum: which of the first terms the row has.

    Of m pairs along the query's words whose terms a row has, all add at most cos(pi / (m + 2)) of nearness times the
    sum: m of them join at most m + 1 words (`nearness.most`).
    more: see `_Sought`.
    """
    n_terms = len(query.idf)
    n = 1 << min(n_terms, _FLAGS)
    factors, n_telling = np.empty(n), np.empty(n, np.int64)
    for flags in range(n):
        held = 0
        for m in range(len(query.pairs)):
            first, second = query.pairs[m, 0], query.pairs[m, 1]
            # what has no flag may be there
            held += (first >= _FLAGS or flags >> first & 1 != 0 or first >= n_terms) and (
                second >= _FLAGS or flags >> second & 1 != 0 or second >= n_terms
            )
        factors[flags] = min(more, 1 + query.numbers[_NEARNESS] * math.cos(math.pi / (held + 2))) * (1 + 1e-5)
        n_telling[flags] = 0
        for t in range(n_terms):
            n_telling[flags] += query.telling[t] != 0 and (t >= _FLAGS or flags >> t & 1 != 0)
    return factors, n_telling


class _Sought(NamedTuple):
    """Which rows are sought for a query.

    allowed: uint8 per row, empty for all rows. held: uint8 (T,), nonzero for terms that a row must hold, some with an
    idf above 0 among them; empty where any term will do. phrase: int64, terms that must follow one another in a text
    field (bit f of `fields`: field f is looked at), all of which must be held; or none. low, high: how far the impacts
    may be off (`impacts.drift`). more: how many times the sum over terms a score is at most (`nearness.most`). k: how
    many of the best. in_order: whether rows are in the order of ids; see `_in_order` for ties.
    """

    allowed: AnyArray
    held: AnyArray
    phrase: AnyArray
    fields: int
    low: float
    high: float
    more: float
    k: int
    in_order: bool


@compiled
def top(
    parts: AnyArray,
    places: AnyArray,
    idf: AnyArray,
    numbers: AnyArray,
    pairs: AnyArray,
    strengths: AnyArray,
    telling: AnyArray,
    allowed: AnyArray,
    held: AnyArray,
    phrase: AnyArray,
    fields: int,
    low: float,
    high: float,
    more: float,
    k: int,
    in_order: bool,
    desk: AnyArray,
) -> tuple[AnyArray, AnyArray]:
    """(rows, scores) of the k best rows that hold any of the terms, or some of them and a phrase; see `_Sought`.

    desk: of `partner`."""
    query = _asked(parts, places, idf, numbers, pairs, strengths, telling)
    sought = _Sought(allowed, held, phrase, fields, low, high, more, k, in_order)
    return _best_of_all(query, sought, desk)


@compiled
def _best_of_all(query: _Query, sought: _Sought, desk: AnyArray) -> tuple[AnyArray, AnyArray]:
    """(rows, scores) of the k best.

    Where rows that hold what they must are few they are found first, beginning with the rarest term, and scored one by
    one; adding up what the frequent terms are worth everywhere takes longer.
    """
    if len(sought.held):
        rows, are_few = _few_holding(query, sought)
        if are_few:
            return _best_of_rows(query, rows, sought.high, sought.k, sought.in_order)
    return _best_of_ranges(query, sought, desk)


@compiled
def _best_of_ranges(query: _Query, sought: _Sought, desk: AnyArray) -> tuple[AnyArray, AnyArray]:
    """The same, by sums of impacts.

    Ranges of all parts are visited, those with the best bounds first and those whose bound cannot reach the k-th best
    not at all; inside one, weighted impacts are added into a small array. A sum is at least the sum over terms, and
    that at least (sum - slack) * low / high: rows whose sum says they could be among the k best are kept and scored
    exactly. desk: where a second thread that takes half of the ranges is asked for (`partner`).
    """
    is_called = _call_partner(query, desk)
    weights, slack, units = _weights(query.idf, sought.high)
    bounds, part_of, begins = _ranges(query, weights)
    order, room = _visiting_order(bounds), 2 * sought.k + _ROOM
    while True:
        best = _none_yet(np.zeros(sought.k, np.float32))
        sums, rows, found = np.zeros(sought.k, np.int32), _room(2 * room), np.empty(2 * room, np.float32)
        visit = _Visit(weights, slack, units, bounds, part_of, begins, order, sums, best.heap, rows, found)
        n, of_partner = _visit_all(_written_down(query, sought, visit), desk, is_called, query, sought, visit)
        if n == _UNKNOWN or of_partner == _UNKNOWN:
            raise MemoryError("no memory for what a search found")
        if n <= room and of_partner <= room:
            break
        is_called, room = False, n + of_partner  # there are more ties
    best = _with_room(best, n + of_partner, np.float32(0))
    for i in range(n + of_partner):
        at = i if i < n else room + i - n
        best.rows[i], best.values[i] = rows[at], found[at]
    best.size[0] = n + of_partner
    return _in_order(best, sought.k, sought.in_order)


@compiled
def _visit_all(
    job: AnyArray, desk: AnyArray, is_called: bool, query: _Query, sought: _Sought, visit: _Visit
) -> tuple[int, int]:
    """Visit all ranges; (how many rows were found, how many by the partner).

    is_called: whether a partner was called, who may come or not. What the job has addresses of is an argument so that
    it stays until this returns.
    """
    if is_called:
        _offer(desk, job)
    _call_with(desk[TAKE_PART], job.ctypes.data, _ZERO)
    if is_called:
        _wait_for_partner(desk)
    return job[_N_FOUND], job[_N_FOUND + 1]


@compiled
def _visiting_order(bounds: AnyArray) -> AnyArray:
    """The ranges as they are visited: those with the best bounds, then the others as they stand."""
    best = _order(-bounds)[:_BEST_FIRST]
    is_left, order = np.ones(len(bounds), np.bool_), _room(len(bounds))
    for i in range(len(best)):
        order[i] = best[i]
        is_left[best[i]] = False
    n = len(best)
    for r in range(len(bounds)):
        if is_left[r]:
            order[n] = r
            n += 1
    return order


def _take_part(address: int, part: int) -> None:
    """Visit ranges until none is left, whoever else does, score what is kept of them, and write down the best: rows and
    scores in one half of the room, if there is enough, and how many they are.

    address: of a job. part: which half, and which number.
    """
    job = _i8(address, _JOB_SIZE)
    job[_N_FOUND + part] = _UNKNOWN  # what C calls cannot raise: where memory runs out it ends before it knows
    query, sought, visit = _read_query(job), _read_sought(job), _read_visit(job)
    kept = _visit_ranges(query, sought, visit, job)
    best = _best_of_kept(query, kept, visit, sought, job)
    n, room = _drop_below(best, best.heap[0]), len(visit.rows) // 2
    job[_N_FOUND + part] = n
    for i in range(n if n <= room else 0):
        visit.rows[part * room + i], visit.found[part * room + i] = best.rows[i], best.values[i]


@cache
def part_taker() -> Any:
    """`_take_part` for C: `address` of it is called by what two threads do.

    Called so, it is compiled once; called directly, it would be compiled into each that calls it.
    """
    try:
        return numba.cfunc("void(int64, int64)", cache=True)(_take_part)
    except RuntimeError:  # as for `compiled`
        return numba.cfunc("void(int64, int64)")(_take_part)


@compiled
def _visit_ranges(query: _Query, sought: _Sought, visit: _Visit, job: AnyArray) -> _Top:
    """The rows of the ranges that this thread has taken that may be among the k best by their sums."""
    parts, held, n_terms = query.parts, sought.held, len(query.idf)
    bounds, part_of, begins, order = visit.bounds, visit.part_of, visit.begins, visit.order
    sums, slots = np.zeros(_RANGE, np.int32), np.empty(_RANGE, np.uint16)
    found, values = np.empty(_RANGE, np.int32), np.empty(_RANGE, np.int32)
    lows, highs = _room(len(query.places)), _room(len(query.places))
    kept = _none_yet(visit.sums)
    unit, after = _next_unit(job), _next_unit(job)
    while True:
        begin, end = _ranges_of_unit(unit, len(order))
        if begin >= len(order):
            break
        for i in range(begin, end):
            r = order[i]
            threshold = job[_THRESHOLD]  # sums below it cannot be among the k best
            if bounds[r] < threshold:
                continue
            if after < _BEST_FIRST and after < len(order):
                p = part_of[order[after]]
                _place(query, p, order[after], begins, lows, highs)
                _fetch(query, p, n_terms, lows, highs)
            p = part_of[r]
            first = (r - parts[p, FIRST_RANGE]) << SHIFT
            _place(query, p, r, begins, lows, highs)
            if len(held) and not _have_postings(held, lows, highs):
                continue
            if len(held):
                n_found = _holding_required(
                    query, p, visit.weights, held, lows, highs, first, threshold, slots, found, values
                )
            else:
                _add_range(query, p, visit.weights, lows, highs, first, sums)
                n_found = _candidates(sums, threshold, found, values)
            base = parts[p, BASE] + first
            if len(sought.allowed):
                n_found = _passing(sought.allowed, base, found, values, n_found)
            if len(sought.phrase):
                n_found = _with_phrase(query, p, first, sought.phrase, sought.fields, found, values, n_found)
            if n_found:
                if kept.size[0] + n_found > len(kept.rows):
                    kept = _with_room(kept, n_found, threshold)
                _lock(job)
                _keep(kept, base, found, values, n_found)
                share = sought.low / sought.high / sought.more
                at_least = int((kept.heap[0] - visit.slack - (kept.heap[0] >> 16)) * share)
                job[_THRESHOLD] = max(job[_THRESHOLD], at_least)
                _unlock(job)
        unit, after = after, _next_unit(job)
    _drop_below(kept, job[_THRESHOLD])
    return kept


@compiled
def _ranges_of_unit(unit: int, n_ranges: int) -> tuple[int, int]:
    """Which ranges, by their places in the order of visiting, are taken at once: of the best one, then some, which lie
    one after the other."""
    n_best = min(_BEST_FIRST, n_ranges)
    if unit < n_best:
        return unit, unit + 1
    begin = n_best + (unit - n_best) * _AT_A_TIME
    return begin, min(begin + _AT_A_TIME, n_ranges)


@compiled
def _fetch(query: _Query, p: int, n_terms: int, lows: AnyArray, highs: AnyArray) -> None:
    """Have the rows and impacts of some spans brought into the cache, while others are worked on."""
    for t in range(n_terms):
        source, own = query.places[t, p, _SOURCE], query.places[t, p, _OWN]
        if query.places[t, p, _TABLE] >= 0:
            rows, size = query.parts[source, WORDS], 2
        else:
            rows, size = query.parts[source, RARE_ROWS], 4
        for address in range(rows + size * (lows[t] + own), rows + size * (highs[t] + own), _LINE):
            _fetch_line(address)
        impacts = query.parts[source, IMPACTS]
        for address in range(impacts + lows[t], impacts + highs[t], _LINE):
            _fetch_line(address)


@inlined
def _place(query: _Query, p: int, r: int, begins: AnyArray, lows: AnyArray, highs: AnyArray) -> None:
    """`_spans` of range r, numbered through the parts, as `_ranges` found them; of rare terms too."""
    for t in range(len(lows)):
        lows[t] = query.places[t, p, _BEGIN] + begins[t, r + p]
        highs[t] = query.places[t, p, _BEGIN] + begins[t, r + p + 1]


@compiled
def _add_range(
    query: _Query, p: int, weights: AnyArray, lows: AnyArray, highs: AnyArray, first: int, sums: AnyArray
) -> None:
    """Add all terms' weighted impacts, and their flags, in a range that begins with row `first` of a part."""
    for t in range(len(weights)):
        if lows[t] < highs[t]:
            source, own = query.places[t, p, _SOURCE], query.places[t, p, _OWN]
            impacts = _u1(query.parts[source, IMPACTS], highs[t])[lows[t] :]
            flag = _flag(t)
            if query.places[t, p, _TABLE] >= 0:
                words = _u2(query.parts[source, WORDS], highs[t] + own)[lows[t] + own :]
                _accumulate_words(sums, words, impacts, weights[t], flag)
            else:
                rows = _i4(query.parts[source, RARE_ROWS], highs[t] + own)[lows[t] + own :]
                _accumulate(sums, rows, impacts, first, weights[t], flag)


@compiled
def _flag(t: int) -> int:
    """What says in a sum that term t stands in the row."""
    return 1 << t if t < _FLAGS else 0


@compiled
def _accumulate(sums: AnyArray, rows: AnyArray, impacts: AnyArray, base: int, weight: int, flag: int) -> None:
    """Add one term's impacts into a range's sums. (A function of its own: the compiler makes far better code of it.)"""
    first = np.uint32(base)  # unsigned: a signed index would be tested for being below 0 (a tenth slower)
    for i in range(len(rows)):
        sums[np.uint32(rows[i]) - first] += weight * np.int32(impacts[i]) + flag


@compiled
def _accumulate_words(sums: AnyArray, words: AnyArray, impacts: AnyArray, weight: int, flag: int) -> None:
    """The same of a frequent term, whose words say where in the range they are."""
    for i in range(len(words)):
        sums[np.uint32(words[i]) >> np.uint32(CODE_BITS)] += weight * np.int32(impacts[i]) + flag


@compiled
def _have_postings(held: AnyArray, lows: AnyArray, highs: AnyArray) -> bool:
    """Whether all terms that must be held have postings in a range."""
    is_any_missing = False
    for t in range(len(held)):
        is_any_missing |= held[t] != 0 and lows[t] >= highs[t]
    return not is_any_missing


@compiled
def _holding_required(
    query: _Query,
    p: int,
    weights: AnyArray,
    held: AnyArray,
    lows: AnyArray,
    highs: AnyArray,
    first: int,
    threshold: int,
    slots: AnyArray,
    found: AnyArray,
    values: AnyArray,
) -> int:
    """`_add_range` and `_candidates` for rows that hold all terms that must be held (nonzero in `held`).

    The rows of the one with the fewest postings are left or dropped by each other one; then other terms add to them.
    Rows are looked up one by one when they are very few, else by `_holding_too`.
    """
    fewest, n_fewest, n_postings = 0, _MOST_POSTINGS, 0
    for t in range(len(weights)):
        n_postings += highs[t] - lows[t]
        if held[t] and highs[t] - lows[t] < n_fewest:
            fewest, n_fewest = t, highs[t] - lows[t]
    n = highs[fewest] - lows[fewest]
    impacts = _u1(query.parts[query.places[fewest, p, _SOURCE], IMPACTS], highs[fewest])[lows[fewest] :]
    _write_places(query.parts, query.places, fewest, p, lows[fewest], highs[fewest], first, found)
    for i in range(n):
        values[i] = weights[fewest] * np.int32(impacts[i]) + _flag(fewest)
    look_up = n * _WORTH_LOOKING_UP < n_postings
    for t in range(len(weights)):
        if held[t] and t != fewest:
            if look_up:
                n = _looked_up(query, p, t, weights[t], _YES, lows[t], highs[t], first, found, values, n)
            else:
                n = _holding_too(query, p, t, weights[t], _YES, lows[t], highs[t], first, slots, found, values, n)
    for t in range(len(weights)):
        if not held[t] and lows[t] < highs[t]:
            if look_up:
                _looked_up(query, p, t, weights[t], _NO, lows[t], highs[t], first, found, values, n)
            else:
                _holding_too(query, p, t, weights[t], _NO, lows[t], highs[t], first, slots, found, values, n)
    n_reached = 0
    for i in range(n):
        found[n_reached], values[n_reached] = found[i], values[i]
        n_reached += values[i] >= threshold
    return n_reached


@compiled
def _holding_too(
    query: _Query,
    p: int,
    t: int,
    weight: int,
    must: bool,
    low: int,
    high: int,
    first: int,
    slots: AnyArray,
    found: AnyArray,
    values: AnyArray,
    n_found: int,
) -> int:
    """Add what term t, which has postings in a range, gives to the rows found there; returns how many are left.

    must: leave only those that hold it. Every posting writes its number into the slot of its row, which is less than
    adding something up. What stood in a slot before need not be known: the posting that a slot names is looked at, and
    it is of that row or not.
    """
    source, own = query.places[t, p, _SOURCE], query.places[t, p, _OWN]
    impacts = _u1(query.parts[source, IMPACTS] + low, high - low)
    last, flag, needless = np.uint16(high - low - 1), _flag(t), not must
    n = 0
    if query.places[t, p, _TABLE] >= 0:
        address = query.parts[source, WORDS] + 2 * (low + own)
        words = _u2(address, high - low)
        _number_words(address, high - low, slots)
        for i in range(n_found):
            at = min(slots[found[i]], last)
            is_held = words[at] >> CODE_BITS == found[i]
            found[n], values[n] = found[i], values[i] + is_held * (weight * np.int32(impacts[at]) + flag)
            n += is_held | needless
    else:
        rows = _i4(query.parts[source, RARE_ROWS] + 4 * (low + own), high - low)
        for i in range(len(rows)):
            slots[rows[i] - first] = i
        for i in range(n_found):
            at = min(slots[found[i]], last)
            is_held = rows[at] - first == found[i]
            found[n], values[n] = found[i], values[i] + is_held * (weight * np.int32(impacts[at]) + flag)
            n += is_held | needless
    return n


@compiled
def _number_words(address: int, n: int, slots: AnyArray) -> None:
    """Write the number of each of n words of postings into the slot of its row; see `_mark_words`."""
    mask = np.uint64(_IN_RANGE)
    fours = _u8(address, n >> 2)
    for i in range(len(fours)):
        words = fours[i]
        slots[words >> np.uint64(CODE_BITS) & mask] = 4 * i
        slots[words >> np.uint64(CODE_BITS + 16) & mask] = 4 * i + 1
        slots[words >> np.uint64(CODE_BITS + 32) & mask] = 4 * i + 2
        slots[words >> np.uint64(CODE_BITS + 48)] = 4 * i + 3
    words = _u2(address, n)
    for i in range(n & ~3, n):
        slots[np.uint32(words[i]) >> np.uint32(CODE_BITS)] = i


@compiled
def _write_places(
    parts: AnyArray, places: AnyArray, t: int, p: int, low: int, high: int, first: int, found: AnyArray
) -> None:
    """Write where in their range, which begins with row `first`, the rows of postings low .. high - 1 are."""
    source, own = places[t, p, _SOURCE], low + places[t, p, _OWN]
    if places[t, p, _TABLE] >= 0:
        words = _u2(parts[source, WORDS] + 2 * own, high - low)
        for i in range(high - low):
            found[i] = words[i] >> CODE_BITS
    else:
        rows = _i4(parts[source, RARE_ROWS] + 4 * own, high - low)
        for i in range(high - low):
            found[i] = rows[i] - first


@compiled
def _looked_up(
    query: _Query,
    p: int,
    t: int,
    weight: int,
    must: bool,
    low: int,
    high: int,
    first: int,
    found: AnyArray,
    values: AnyArray,
    n_found: int,
) -> int:
    """`_holding_too`, looking up one row after the other."""
    impacts = _u1(query.parts[query.places[t, p, _SOURCE], IMPACTS], high)
    n = 0
    for i in range(n_found):
        at = _posting_of(query.parts, query.places, t, p, low, high, first + found[i])
        if at >= 0 or not must:
            found[n], values[n] = found[i], values[i]
            if at >= 0:
                values[n] += weight * np.int32(impacts[at]) + _flag(t)
            n += 1
    return n


@compiled
def _with_phrase(
    query: _Query,
    p: int,
    first: int,
    phrase: AnyArray,
    fields: int,
    found: AnyArray,
    values: AnyArray,
    n_found: int,
) -> int:
    """Leave of the rows found in a range (rising), which hold all terms, those with the phrase; returns how many."""
    rows, has = _room(n_found), np.empty(n_found, np.bool_)
    for i in range(n_found):
        rows[i] = first + found[i]
    _phrases(query.parts, query.places, p, phrase, rows, fields, has)
    n = 0
    for i in range(n_found):
        found[n], values[n] = found[i], values[i]
        n += has[i]
    return n


@compiled
def _candidates(sums: AnyArray, threshold: int, found: AnyArray, values: AnyArray) -> int:
    """Write the places of the sums that reach the threshold (at least 1), and the sums; returns how many.

    All sums are 0 afterwards: they are in the cache now.
    """
    n = 0
    for start in range(0, _RANGE, _LANES):
        reached = _reached(sums, start, threshold)
        while reached:
            place = start + np.int64(_lowest_bit(reached))
            found[n] = place
            values[n] = sums[place]
            n += 1
            reached &= reached - np.uint32(1)
        for lane in range(start, start + _LANES):
            sums[lane] = 0
    return n


@compiled
def _passing(allowed: AnyArray, base: int, found: AnyArray, values: AnyArray, n_found: int) -> int:
    """Leave of the rows found in a range that begins with row `base` those allowed; returns how many."""
    n = 0
    for i in range(n_found):
        found[n], values[n] = found[i], values[i]
        n += allowed[base + found[i]] != 0
    return n


@compiled
def _keep(kept: _Top, base: int, found: AnyArray, values: AnyArray, n_found: int) -> None:
    """Keep the rows found in a range that begins with row `base`; there must be room for them."""
    n = kept.size[0]
    for i in range(n_found):
        kept.rows[n + i] = base + found[i]
        kept.values[n + i] = values[i]
        if values[i] > kept.heap[0]:
            # a heap of zeros is a min-heap from the start: values push the zeros out of the root
            _sift_down(kept.heap, values[i])
    kept.size[0] = n + n_found


@compiled
def _best_of_kept(query: _Query, kept: _Top, visit: _Visit, sought: _Sought, job: AnyArray) -> _Top:
    """The best of the kept rows by their exact scores.

    Some rows are bounded, and what scoring them reads is fetched, before any of them is scored. The k highest sums
    come first, so that most of the others fail by a bound.
    """
    factors = _factors(query, sought.more)
    _highest_first(kept)
    likely = _room_for_rows(query, _AT_ONCE)
    best = _none_yet(visit.scores)
    for start in range(0, kept.size[0], _AT_ONCE):
        end = min(start + _AT_ONCE, kept.size[0])
        n = _likely_ones(query, kept, start, end, visit, factors, best.heap[0], likely)
        best = _score_likely(query, likely, n, best, job)
    return best


@compiled
def _highest_first(kept: _Top) -> None:
    """Put the rows with the k highest sums before the others."""
    first = 0
    for i in range(kept.size[0]):
        if kept.values[i] >= kept.heap[0]:
            kept.rows[first], kept.rows[i] = kept.rows[i], kept.rows[first]
            kept.values[first], kept.values[i] = kept.values[i], kept.values[first]
            first += 1


@compiled
def _likely_ones(
    query: _Query,
    kept: _Top,
    start: int,
    end: int,
    visit: _Visit,
    factors: tuple[AnyArray, AnyArray],
    floor: float,
    likely: _Rows,
) -> int:
    """Write the kept rows from start to end - 1 whose scores can reach the floor; returns how many there are.

    They are held against one bound after the other, the cheapest first.
    """
    parts, coverage = query.parts, query.numbers[_COVERAGE]
    lows, highs = _room(len(query.places)), _room(len(query.places))
    p, n = 0, 0
    for i in range(start, end):
        flags = kept.values[i] & (len(factors[0]) - 1)
        bound = kept.values[i] / visit.units * factors[0][flags]
        if bound * (1 + coverage) < floor:
            continue
        p = _part_of(parts, kept.rows[i], p)
        local = kept.rows[i] - parts[p, BASE]
        length = max(_title_length(parts, p, local), 1)
        if bound * (1 + coverage * min(factors[1][flags], length) / length) < floor:
            continue
        _place(query, p, parts[p, FIRST_RANGE] + (local >> SHIFT), visit.begins, lows, highs)
        _locate(query, p, local, lows, highs, likely, n)
        likely.bounds[n] = _bound(query, p, local, likely, n, visit.weights, visit.units)
        if likely.bounds[n] >= floor:
            likely.rows[n] = kept.rows[i]
            _fetch_row(query, p, local, likely, n)
            n += 1
    return n


@inlined
def _fetch_row(query: _Query, p: int, local: int, rows: _Rows, i: int) -> None:
    """Have what scoring row i reads first brought into the cache, while others are worked on."""
    _fetch_line(query.parts[p, LENGTHS] + 4 * local)
    for t in range(len(query.places)):
        if rows.at[i, t] >= 0:
            _fetch_posting(query.parts, query.places, t, p, rows.at[i, t])


@inlined
def _fetch_posting(parts: AnyArray, places: AnyArray, t: int, p: int, posting: int) -> None:
    """Have what says where the positions of a posting are brought into the cache."""
    source = places[t, p, _SOURCE]
    own = posting // SKIP * SKIP + places[t, p, _OWN]
    if places[t, p, _TABLE] >= 0:
        _fetch_line(parts[source, WORDS] + 2 * own)
        _fetch_line(parts[source, WORDS] + 2 * own + _LINE)
    else:
        _fetch_line(parts[source, RARE_CODES] + own)
    _fetch_line(parts[source, SKIPS] + 8 * (posting // SKIP))


# --- all matches --------------------------------------------------------------------------------------------


@compiled
def union_rows(parts: AnyArray, places: AnyArray, n_rows: int) -> AnyArray:
    """A flag per row: 1 where any of the terms stands. n_rows: of all parts."""
    flags, at = np.zeros(n_rows, np.uint8), np.empty(len(places), np.int64)
    for p in range(places.shape[1]):
        at[:] = 0
        here = flags[parts[p, BASE] : parts[p, BASE] + parts[p, N_ROWS]]
        for r in range(_number_of_ranges(parts, p)):
            _mark_range(parts, places, p, r, at, here[r << SHIFT :])
    return flags


@compiled
def matching_rows(parts: AnyArray, places: AnyArray, allowed: AnyArray, n_rows: int) -> AnyArray:
    """The rows where any of the terms stands, rising, of those allowed; int64.

    Range by range: flags of one range stay in the processor's first cache, those of all rows would not.
    """
    most = 0
    for p in range(places.shape[1]):
        for t in range(len(places)):
            most += places[t, p, _END] - places[t, p, _BEGIN]
    found = _room(min(most, n_rows) + 1)  # what is no match is written too, and then written over
    flags, at = np.zeros(_RANGE, np.uint8), np.empty(len(places), np.int64)
    marked = np.empty(_RANGE // 8 + 1, np.int64)
    n = 0
    for p in range(places.shape[1]):
        at[:] = 0
        for r in range(_number_of_ranges(parts, p)):
            if not _mark_allowed(parts, places, p, r, allowed, at, flags):
                continue
            n = _list_marked(flags, parts[p, BASE] + (r << SHIFT), marked, found, n)
            flags[:] = 0
    return found[:n]


@compiled
def n_matching(parts: AnyArray, places: AnyArray, allowed: AnyArray) -> int:
    """How many rows `matching_rows` has."""
    flags, at = np.zeros(_RANGE, np.uint8), np.empty(len(places), np.int64)
    n = 0
    for p in range(places.shape[1]):
        at[:] = 0
        for r in range(_number_of_ranges(parts, p)):
            if not _mark_allowed(parts, places, p, r, allowed, at, flags):
                continue
            in_range: Any = np.int32(0)
            for i in range(len(flags)):
                in_range += flags[i]
            n += int(in_range)
            flags[:] = 0
    return n


@compiled
def _list_marked(flags: AnyArray, first: int, marked: AnyArray, found: AnyArray, n: int) -> int:
    """Write the rows that are flagged to `found` from n on; where they end. first: the row of the first flag.

    First which eights of flags have any, then each of their rows, without a branch that only chance decides: half the
    time of asking every eight. marked: room for the eights.
    """
    eights = flags.view(np.uint64)
    at = np.uint64(0)  # unsigned, for a place that may be below 0 is asked whether it is
    for i in range(len(eights)):
        marked[at] = i
        at += np.uint64(eights[i] != 0)
    n_marked, at = at, np.uint64(n)
    for i in range(n_marked):
        row, eight = first + 8 * marked[i], eights[np.uint64(marked[i])]
        for _ in range(8):
            found[at] = row
            at += eight & np.uint64(1)
            row, eight = row + 1, eight >> np.uint64(8)
    return int(at)


@compiled
def _mark_allowed(
    parts: AnyArray, places: AnyArray, p: int, r: int, allowed: AnyArray, at: AnyArray, flags: AnyArray
) -> bool:
    """`_mark_range`, then 0 again in the flags of rows that are not allowed; whether any term stands in the range."""
    is_any = _mark_range(parts, places, p, r, at, flags)
    first = parts[p, BASE] + (r << SHIFT)
    here = allowed[first : min(first + _RANGE, parts[p, BASE] + parts[p, N_ROWS])]
    if is_any:
        for i in range(len(here)):
            flags[i] &= here[i]
    return is_any


@compiled
def _mark_range(parts: AnyArray, places: AnyArray, p: int, r: int, at: AnyArray, flags: AnyArray) -> bool:
    """Write 1 to the flags of range r of a part where any term stands; whether any does.

    at: how many postings of each rare term stand before the range, moved behind it.
    """
    is_any = False
    for t in range(len(places)):
        begin, source, own = places[t, p, _BEGIN], places[t, p, _SOURCE], places[t, p, _OWN]
        if places[t, p, _TABLE] < 0:
            n = places[t, p, _END] - begin
            rows = _i4(parts[source, RARE_ROWS] + 4 * (begin + own), n)
            while at[t] < n and rows[at[t]] >> SHIFT == r:
                flags[rows[at[t]] & _IN_RANGE] = 1
                is_any = True
                at[t] += 1
        else:
            low, high = _span(parts, places, t, p, r)
            is_any |= low < high
            _mark_words(parts[source, WORDS] + 2 * (low + own), high - low, flags)
    return is_any


@compiled
def _mark_words(address: int, n: int, flags: AnyArray) -> None:
    """Write 1 to the flags of the rows that n words of postings say, by their places in the range; four words at a time
    take half as long as one by one.
    """
    mask = np.uint64(_IN_RANGE)
    fours = _u8(address, n >> 2)
    for i in range(len(fours)):
        words = fours[i]
        flags[words >> np.uint64(CODE_BITS) & mask] = 1
        flags[words >> np.uint64(CODE_BITS + 16) & mask] = 1
        flags[words >> np.uint64(CODE_BITS + 32) & mask] = 1
        flags[words >> np.uint64(CODE_BITS + 48)] = 1
    words = _u2(address, n)
    for i in range(n & ~3, n):
        flags[np.uint32(words[i]) >> np.uint32(CODE_BITS)] = 1


@compiled
def add_values(columns: AnyArray, rows: AnyArray, counts: AnyArray) -> None:
    """Add to the counts of a keyword field's values how many of the rows (rising) hold each.

    columns: int64 (P, len(COLUMN_COLUMNS)); row r of a part holds numbers[v] for v in
    values[offsets[r] : offsets[r + 1]].
    """
    at = 0
    for p in range(len(columns)):
        base, n_rows = columns[p, 0], columns[p, 1]
        offsets = _i8(columns[p, _OFFSETS], n_rows + 1)
        values = _i4(columns[p, _VALUES], offsets[n_rows])
        numbers = _i4(columns[p, _NUMBERS], len(counts))
        while at < len(rows) and rows[at] < base + n_rows:
            row = rows[at] - base
            if at + 2 * _AHEAD < len(rows):  # what is fetched for a row of another part is nothing: of no use, no harm
                _fetch_line(columns[p, _OFFSETS] + 8 * (rows[at + 2 * _AHEAD] - base))
                if rows[at + _AHEAD] < base + n_rows:
                    _fetch_line(columns[p, _VALUES] + 4 * offsets[rows[at + _AHEAD] - base])
            for i in range(offsets[row], offsets[row + 1]):
                counts[numbers[values[i]]] += 1
            at += 1


@compiled
def _first_at_or_after(rows: AnyArray, low: int, high: int, row: int) -> int:
    """The first place of rows[low:high] that is not below `row`, by galloping from `low`."""
    step = 1
    while low + step < high and rows[low + step] < row:
        step *= 2
    return _first_between(rows, low + (step // 2 if step > 1 else 0), min(high, low + step + 1), row)


@compiled
def _find_postings(parts: AnyArray, places: AnyArray, t: Any, p: int, wanted: AnyArray, at: AnyArray) -> None:
    """Write the postings of some rows (rising) of a part to `at`, -1 where a row has none, by galloping."""
    own, source = places[t, p, _OWN], places[t, p, _SOURCE]
    low, end = places[t, p, _BEGIN] + own, places[t, p, _END] + own
    if places[t, p, _TABLE] < 0:
        rows = _i4(parts[source, RARE_ROWS], end)
        for i in range(len(wanted)):
            low = _first_at_or_after(rows, low, end, wanted[i])
            at[i] = low - own if low < end and rows[low] == wanted[i] else -1
        return
    words = _u2(parts[source, WORDS], end)
    r, high = -1, low
    for i in range(len(wanted)):
        if wanted[i] >> SHIFT != r:
            r = wanted[i] >> SHIFT
            low, high = _span(parts, places, t, p, r)
            low, high = low + own, high + own
        word = (wanted[i] & _IN_RANGE) << CODE_BITS
        low = _first_at_or_after(words, low, high, word)
        at[i] = low - own if low < high and np.int64(words[low]) - word <= ODD else -1


@compiled
def _intersection(parts: AnyArray, p: int, places: AnyArray) -> AnyArray:
    """Rows of one part that hold all terms, rising, by the part's own numbers."""
    order = _order(places[:, p, _END] - places[:, p, _BEGIN])
    found = _rows(parts, places, order[0], p)
    at = _room(len(found))
    for j in range(1, len(order)):
        _find_postings(parts, places, order[j], p, found, at)
        n = 0
        for i in range(len(found)):
            found[n] = found[i]
            n += at[i] >= 0
        found = found[:n]
    return found


@compiled
def intersection(parts: AnyArray, places: AnyArray) -> AnyArray:
    """Rows that hold all terms (at least one), rising, deleted ones too."""
    found = _intersection(parts, _ZERO, places)
    for p in range(1, places.shape[1]):
        found = np.concatenate((found, _intersection(parts, p, places) + parts[p, BASE]))
    return found


@compiled
def _phrase(parts: AnyArray, p: int, places: AnyArray, fields: int) -> AnyArray:
    """`phrase` in one part, by the part's own row numbers."""
    return _having_phrase(parts, p, places, np.arange(len(places)), fields, _intersection(parts, p, places))


@compiled
def _having_phrase(
    parts: AnyArray, p: int, places: AnyArray, terms: AnyArray, fields: int, found: AnyArray
) -> AnyArray:
    """Leave of some rows of a part (rising), which hold all terms, those where the terms follow one another."""
    has = np.empty(len(found), np.bool_)
    _phrases(parts, places, p, terms, found, fields, has)
    n = 0
    for i in range(len(found)):
        found[n] = found[i]
        n += has[i]
    return found[:n]


@compiled
def phrase(parts: AnyArray, places: AnyArray, fields: int) -> AnyArray:
    """Rows where the terms follow one another inside one text field (bit f of `fields`: field f is looked at), rising,
    deleted ones too. The terms' postings are the segments' own.
    """
    found = _phrase(parts, _ZERO, places, fields)
    for p in range(1, places.shape[1]):
        found = np.concatenate((found, _phrase(parts, p, places, fields) + parts[p, BASE]))
    return found


@compiled
def _few_holding(query: _Query, sought: _Sought) -> tuple[AnyArray, bool]:
    """(the rows sought, rising; True), or (none, False) when they may be many."""
    parts, none = query.parts, np.empty(0, np.int64)
    places = query.places[: len(sought.held)][sought.held != 0]
    n_postings, fewest = 0, _MOST_POSTINGS
    for t in range(len(places)):
        of_term = 0
        for p in range(places.shape[1]):
            of_term += places[t, p, _END] - places[t, p, _BEGIN]
        n_postings += of_term
        fewest = min(fewest, of_term)
    if fewest * _RAREST_FIRST > n_postings:
        return none, False
    found, n_found = none, 0
    for p in range(places.shape[1]):
        rows = _intersection(parts, p, places)
        n_found += len(rows)
        if n_found * _ONE_BY_ONE > n_postings:
            return none, False
        if len(sought.phrase):
            rows = _having_phrase(parts, p, query.places, sought.phrase, sought.fields, rows)
        rows = _allowed_rows(rows, parts[p, BASE], sought.allowed)
        found = np.concatenate((found, rows)) if p else rows
    return found, True


@compiled
def _allowed_rows(rows: AnyArray, base: int, allowed: AnyArray) -> AnyArray:
    """Rows of the part that begins with row `base`, by their numbers in all parts, those allowed."""
    n = 0
    for row in rows:
        rows[n] = base + row
        n += len(allowed) == 0 or allowed[base + row] != 0
    return rows[:n]


# --- ids ----------------------------------------------------------------------------------------------------


@compiled
def joined_ids(parts: AnyArray, rows: AnyArray) -> AnyArray:
    """The ids of some rows one behind the other, a 0 between two, uint8; nothing where offsets make no sense.

    rows: int64, in any order. Ids lie far apart: each is fetched while the ones before it are looked for.
    """
    places = np.empty((len(rows), 2), np.int64)
    p, size = 0, -1
    for row in rows:
        p = _part_of(parts, row, p)
        _fetch_line(parts[p, ID_OFFSETS] + 8 * (row - parts[p, BASE]))
    for i in range(len(rows)):
        p = _part_of(parts, rows[i], p)
        local = rows[i] - parts[p, BASE]
        offsets = _i8(parts[p, ID_OFFSETS], local + 2)
        begin, end = offsets[local], offsets[local + 1]
        if not 0 <= begin <= end <= parts[p, N_IDS]:
            return np.empty(0, np.uint8)
        places[i, 0], places[i, 1] = parts[p, IDS] + begin, end - begin
        _fetch_line(places[i, 0])
        size += 1 + end - begin
    joined = np.zeros(max(size, 0), np.uint8)
    at = 0
    for i in range(len(rows)):
        id_ = _u1(places[i, 0], places[i, 1])
        for j in range(len(id_)):
            joined[at + j] = id_[j]
        at += len(id_) + 1
    return joined


# --- words as numbers ---------------------------------------------------------------------------------------


class _Asked(NamedTuple):
    """What `top` takes, put together of words that are known by number. is_simple: False for words that cannot be asked
    for so; the rest is empty then.
    """

    is_simple: bool
    places: AnyArray
    idf: AnyArray
    pairs: AnyArray
    strengths: AnyArray
    telling: AnyArray
    held: AnyArray
    phrase: AnyArray
    more: float


@compiled
def ask(
    book: AnyArray,
    parts: AnyArray,
    numbers: AnyArray,
    limits: AnyArray,
    words: AnyArray,
    hashes: AnyArray,
    way: int,
    fields: int,
    allowed: AnyArray,
    k: int,
    most_words: int,
    in_order: bool,
    desk: AnyArray,
) -> tuple[AnyArray, AnyArray, bool]:
    """(rows, scores, True) of the k best rows that hold the words in a way, of those allowed; see `_in_order` for ties.

    ([], [], False) where that is no such simple question: a paper may have one of the key hashes, a word is in no
    paper, there are more than `most_words`, or not all of them can be asked for in this way. words: as numbers of the
    book. fields: of `_Sought`, for phrases. desk: of `partner`.
    """
    nothing, no_scores = _room(_ZERO), np.empty(0, np.float32)
    for i in range(len(hashes)):
        if _may_have_key(parts, book[N_SEGMENTS], hashes[i]):
            return nothing, no_scores, False
    asked = _put_together(book, limits, words, way, most_words)
    if not asked.is_simple:
        return nothing, no_scores, False
    query = _asked(parts, asked.places, asked.idf, numbers, asked.pairs, asked.strengths, asked.telling)
    low, high = limits[_DRIFT_LOW], limits[_DRIFT_HIGH]
    sought = _Sought(allowed, asked.held, asked.phrase, fields, low, high, asked.more, k, in_order)
    rows, scores = _best_of_all(query, sought, desk)
    return rows, scores, True


@compiled
def ask_each(
    book: AnyArray,
    parts: AnyArray,
    numbers: AnyArray,
    limits: AnyArray,
    words: AnyArray,
    hashes: AnyArray,
    ends: AnyArray,
    fields: int,
    allowed: AnyArray,
    k: int,
    most_words: int,
    desk: AnyArray,
) -> tuple[AnyArray, AnyArray, AnyArray]:
    """`ask` of many questions, which need nothing of Python while they are answered: (rows of all, their scores, where
    those of each end, or -1 for what is no simple question). Rows of one index with its rows in the order of ids.

    ends: int64 (Q, 3): where the words and the hashes of each question end, and its way.
    """
    rows, scores, found = _room(k * len(ends)), np.empty(k * len(ends), np.float32), _room(len(ends))
    n, first_word, first_hash = 0, 0, 0
    for q in range(len(ends)):
        end_of_words, end_of_hashes, way = ends[q]
        its_rows, its_scores, is_simple = ask(
            book,
            parts,
            numbers,
            limits,
            words[first_word:end_of_words],
            hashes[first_hash:end_of_hashes],
            way,
            fields,
            allowed,
            k,
            most_words,
            _YES,
            desk,
        )
        for i in range(len(its_rows)):
            rows[n + i], scores[n + i] = its_rows[i], its_scores[i]
        n += len(its_rows)
        found[q] = n if is_simple else -1
        first_word, first_hash = end_of_words, end_of_hashes
    return rows[:n], scores[:n], found


@compiled
def rows_asked_for(
    book: AnyArray,
    parts: AnyArray,
    limits: AnyArray,
    words: AnyArray,
    allowed: AnyArray,
    most_words: int,
    n_rows: int,
) -> AnyArray:
    """The rows, of all there are, that hold any of the words, rising, of those allowed; for words that `ask` takes."""
    asked = _put_together(book, limits, words, ANY, most_words)
    return matching_rows(parts, asked.places[: len(asked.idf)], allowed, n_rows)


@compiled
def n_asked_for(
    book: AnyArray, parts: AnyArray, limits: AnyArray, words: AnyArray, allowed: AnyArray, most: int
) -> int:
    """How many rows `rows_asked_for` has. most: words of one question."""
    asked = _put_together(book, limits, words, ANY, most)
    return n_matching(parts, asked.places[: len(asked.idf)], allowed)


@compiled
def _may_have_key(parts: AnyArray, n_segments: int, value: np.uint64) -> bool:
    """Whether a row, deleted or not, has this key hash.

    Hashes are spread evenly, so one is looked for where it would be if they were spread quite evenly.
    """
    for p in range(n_segments):
        n = parts[p, N_HASHES]
        hashes = _u8(parts[p, HASHES], n)
        step = int(math.sqrt(n)) + 1
        low = min(int(float(value) * (float(n) / 2.0**64)), n)
        high = low
        while low > 0 and hashes[low - 1] >= value:
            low, step = max(low - step, 0), 2 * step
        while high < n and hashes[high] < value:
            high, step = min(high + step, n), 2 * step
        while low < high:
            middle = (low + high) // 2
            if hashes[middle] < value:
                low = middle + 1
            else:
                high = middle
        if low < n and hashes[low] == value:
            return True
    return False


@compiled
def _put_together(book: AnyArray, limits: AnyArray, words: AnyArray, way: int, most_words: int) -> _Asked:
    """What is asked for by words that are known by number; `wanted.wanted` and `planning.Plan.held` say the same."""
    n_terms, n_places, n_must, has_telling = _sizes(book, words, way, most_words)
    # the terms that are scored, those that must be held besides, those that only pairs need
    terms, weights = _room(n_terms + n_must + n_places), np.zeros(n_terms + n_must + n_places)
    places, places_weights = np.empty((n_places, 2), np.int64), np.empty(n_places)
    must = _room(n_must)
    n_scored, n_seen = _list_words(book, words, way, has_telling, terms, weights, places, places_weights, must)
    if n_scored == 0 or not _are_known(book, must):
        return _Asked(False, *_nothing_asked(), 1.0)
    for i in range(n_must):
        n_scored, must[i] = _numbered(terms, n_scored, must[i])
    telling, held = np.zeros(n_scored, np.uint8), np.zeros(n_scored if n_must else _ZERO, np.uint8)
    for i in range(n_seen):
        telling[_place_of(terms, n_scored, places[i, 0])] = 1
    written = _i8(book[TERM_WRITTEN], book[N_BOOK_TERMS])
    is_scored = way == ANY
    for i in range(n_must):
        for t in range(n_scored):
            # where an acronym stands, what it means does
            if terms[t] == terms[must[i]] or written[terms[t]] == terms[must[i]]:
                held[t] = 1
                is_scored |= weights[t] > 0
    if not is_scored:
        return _Asked(False, *_nothing_asked(), 1.0)
    n_all, pairs, strengths, are_near = _pairs(book, terms, n_scored, places[:n_seen], places_weights)
    more = 1.0
    if n_seen:
        near = max(math.cos(math.pi / (n_seen + 1)), 0.0) * limits[_NEAR] if are_near else 0.0
        more = (1 + near) * (1 + limits[_COVERED])
        more *= 1 + ROUNDING if more > 1 else 1.0
    own = book[TERM_PLACES]
    n_own = book[N_SEGMENTS] * N_PLACE_COLUMNS
    of_terms = np.empty((n_all, book[N_SEGMENTS], N_PLACE_COLUMNS), np.int64)
    all_idf, idf = _f8(book[TERM_IDF], book[N_BOOK_TERMS]), np.empty(n_scored, np.float32)
    for t in range(n_all):
        of_terms[t].reshape(n_own)[:] = _i8(own + 8 * n_own * terms[t], n_own)
    for t in range(n_scored):
        idf[t] = np.float32(weights[t]) * np.float32(all_idf[terms[t]])
    return _Asked(True, of_terms, idf, pairs, strengths, telling, held, must if way == PHRASE else must[:0], more)


@compiled
def _nothing_asked() -> tuple[AnyArray, AnyArray, AnyArray, AnyArray, AnyArray, AnyArray, AnyArray]:
    return (
        np.empty((0, 0, N_PLACE_COLUMNS), np.int64),
        np.empty(0, np.float32),
        np.empty((0, 3), np.int64),
        np.empty((0, 2, 2), np.float32),
        np.empty(0, np.uint8),
        np.empty(0, np.uint8),
        np.empty(0, np.int64),
    )


@compiled
def _sizes(book: AnyArray, words: AnyArray, way: int, most_words: int) -> tuple[int, int, int, bool]:
    """(terms, places, terms that must be held, whether any is no stop word) of some words; no terms where they cannot
    be asked for in this way. A word that no paper holds cannot, nor one that is several where all words must be held.
    """
    cells = _i8(book[CELLS], book[N_CELLS])
    n_words, n_terms, n_places, n_phrase, n_stops, n_unknown, n_unknown_stops = 0, 0, 0, 0, 0, 0, 0
    are_single = True
    for i in range(len(words)):
        at = words[i] + 1
        are_single &= cells[words[i]] == 1
        for _ in range(cells[words[i]]):
            is_stop, own = cells[at + IS_STOP], cells[at + WORD_TERMS]
            are_single &= own == 1
            n_words += 1
            n_terms += own
            n_places += cells[at + WORD_PLACES]
            n_phrase += cells[at + WORD_PHRASE]
            n_stops += is_stop
            n_unknown += own == 0
            n_unknown_stops += own == 0 and is_stop != 0
            at += WORD_HEAD + 2 * own + 3 * cells[at + WORD_PLACES] + cells[at + WORD_PHRASE]
    has_telling = n_stops < n_words
    if n_unknown > (n_unknown_stops if has_telling else 0) or n_words > most_words or (way == ALL and not are_single):
        return 0, 0, 0, False
    return n_terms, n_places, n_phrase if way == PHRASE else n_words if way == ALL else 0, has_telling


@compiled
def _list_words(
    book: AnyArray,
    words: AnyArray,
    way: int,
    has_telling: bool,
    terms: AnyArray,
    weights: AnyArray,
    places: AnyArray,
    places_weights: AnyArray,
    must: AnyArray,
) -> tuple[int, int]:
    """(how many different terms are scored, how many places have pairs) of some words, which are written down.

    places: (term, position). must: the terms at the positions of a phrase, or of words that must all be held. Stop
    words are scored only when alone. Nothing is written where there is no room, that is where `_sizes` says that there
    are no terms.
    """
    cells, as_weights = _i8(book[CELLS], book[N_CELLS]), _f8(book[CELLS], book[N_CELLS])
    n_scored, n_seen, n_must, position = 0, 0, 0, 0
    if len(terms) == 0:
        return 0, 0
    for i in range(len(words)):
        at = words[i] + 1
        for _ in range(cells[words[i]]):
            counts = not (has_telling and cells[at + IS_STOP] != 0)
            end, width = at + WORD_HEAD + 2 * cells[at + WORD_TERMS], cells[at + WIDTH]
            end_of_places = end + 3 * cells[at + WORD_PLACES]
            end_of_phrase = end_of_places + cells[at + WORD_PHRASE]
            if counts:
                for own in range(at + WORD_HEAD, end, 2):
                    n_scored, number = _numbered(terms, n_scored, cells[own])
                    weights[number] += as_weights[own + 1]
                for own in range(end, end_of_places, 3):
                    places[n_seen, 0], places[n_seen, 1] = cells[own], position + cells[own + 1]
                    places_weights[n_seen] = as_weights[own + 2]
                    n_seen += 1
            if way == PHRASE:
                for own in range(end_of_places, end_of_phrase):
                    must[n_must] = cells[own]
                    n_must += 1
            elif way == ALL:
                must[n_must] = cells[at + WORD_HEAD]
                n_must += 1
            position += width
            at = end_of_phrase
    return n_scored, n_seen


@compiled
def _place_of(terms: AnyArray, n: int, term: int) -> int:
    """Where a term stands among the first n, -1 for nowhere."""
    for i in range(n):
        if terms[i] == term:
            return i
    return -1


@compiled
def _numbered(terms: AnyArray, n: int, term: int) -> tuple[int, int]:
    """(how many terms there are, the term's place among them), the term added if it was not there."""
    at = _place_of(terms, n, term)
    if at >= 0:
        return n, at
    terms[n] = term
    return n + 1, n


@compiled
def _are_known(book: AnyArray, terms: AnyArray) -> bool:
    """Whether papers hold every term, and what it is made of."""
    written = _i8(book[TERM_WRITTEN], book[N_BOOK_TERMS])
    n_known = 0
    for term in terms:
        n_known += term >= 0 and written[term] >= 0
    return n_known == len(terms)


@compiled
def _pairs(
    book: AnyArray, terms: AnyArray, n_scored: int, places: AnyArray, weights: AnyArray
) -> tuple[int, AnyArray, AnyArray, bool]:
    """(how many terms there are with those that only pairs need, which are added, the pairs, their strengths, whether
    any two different terms stand side by side); each pair once.
    """
    written, idf = _i8(book[TERM_WRITTEN], book[N_BOOK_TERMS]), _f8(book[TERM_IDF], book[N_BOOK_TERMS])
    most = max(len(places) - 1, 0)
    pairs, strengths = np.empty((most, 3), np.int64), np.empty((most, 2, 2), np.float32)
    n_all, n, n_seen = n_scored, 0, 0
    seen = np.empty((most, 3), np.int64)
    for i in range(most):
        first, second, distance = places[i, 0], places[i + 1, 0], places[i + 1, 1] - places[i, 1]
        is_new = first != second
        for j in range(n_seen):
            is_new &= not (seen[j, 0] == first and seen[j, 1] == second and seen[j, 2] == distance)
        if not is_new:
            continue
        seen[n_seen, 0], seen[n_seen, 1], seen[n_seen, 2] = first, second, distance
        n_seen += 1
        one, two = written[first], written[second]
        if one >= 0:
            n_all, pairs[n, 0] = _numbered(terms, n_all, one)
        if two >= 0:
            n_all, pairs[n, 1] = _numbered(terms, n_all, two)
        if one >= 0 and two >= 0:
            pairs[n, 2] = distance
            strengths[n, 0, 0], strengths[n, 0, 1] = weights[i], idf[first]
            strengths[n, 1, 0], strengths[n, 1, 1] = weights[i + 1], idf[second]
            n += 1
    return n_all, pairs[:n], strengths[:n], n_seen > 0
