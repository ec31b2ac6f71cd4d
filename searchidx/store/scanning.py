"""Compiled: texts to numbers of raw words.

**Texts** (`texts`) are UTF-8 in one buffer, text t at text[starts[t] : starts[t + 1] - 1], and behind each a line feed,
which is in no word: the scanner need not ask whether it is at the end. A text that is not `plain` (ASCII) is first
cleaned, character by character, through a table (`cleaning`) in which all that is part of no word is a blank; so
whatever byte is not ASCII after that is in a word.

**A word table** (`table`): word w is arena[ends[w] : ends[w + 1]]. `slots`, a power of two of them, is a hash table
with open addressing: 0 where free, else the upper half of the word's hash and below it w + 1. The caller makes room: a
kernel that finds the table full stops, and goes on where it stopped when it is called again.

Places and hashes are unsigned: a signed index would be tested for being below 0, and numba makes a float of a number
that is the sum of both kinds.
"""

from __future__ import annotations

import numpy as np

from searchidx.ranking.kernels import AnyArray, compiled

#: What the table of characters holds where it names no replacement: nothing yet, asked for, needs its neighbours.
UNKNOWN, ASKED, HARD = 0, -1, -2
_UNKNOWN_LENGTH = -1

#: Counters of a word table, in its `state`: words, and their bytes.
KNOWN, BYTES = range(2)

#: Counters of a batch, in its `progress`: the next text, and word numbers written.
TEXT, WRITTEN = range(2)

#: What `tokenise` returns: all is done, or why it stopped.
DONE, NEW_CHARACTER, TABLE_FULL, WORDS_FULL = range(4)

#: Words that are cut before they are looked up: their places stay in the first-level cache.
_CUTS = 512
#: Words that are looked up before they are compared.
_AT_ONCE = 64

_ZERO, _ONE, _TWO, _THREE, _FOUR, _EIGHT = (np.uint64(n) for n in (0, 1, 2, 3, 4, 8))
_HALF, _LOWER, _LOWEST = np.uint64(32), np.uint64(0xFFFFFFFF), np.uint64(0xFF)
_PRIME = np.uint64(0x9E3779B97F4A7C15)

_COMMA, _POINT, _PLUS, _HASH_SIGN, _LINE_FEED = b",.+#\n"
_LETTER, _DIGIT, _CONNECTOR, _OTHER = range(4)


def _classes() -> AnyArray:
    """What each byte is to the scanner."""
    classes = np.full(256, _OTHER, np.uint8)
    for byte in range(128):
        if chr(byte).isalnum():
            classes[byte] = _DIGIT if chr(byte).isdigit() else _LETTER
    classes[128:] = _LETTER
    classes[list(b"-.@_'&")] = _CONNECTOR
    return classes


_CLASSES = _classes()


# --- cleaning -------------------------------------------------------------------------------------------------


@compiled
def _character(text: AnyArray, at: np.uint64) -> tuple[np.uint32, np.uint64]:
    """(code point, place behind it) of the character at a place of valid UTF-8."""
    lead = np.uint32(text[at])
    if lead < 0x80:
        return lead, at + _ONE
    second = np.uint32(text[at + _ONE] & 0x3F)
    if lead < 0xE0:
        return np.uint32((lead & 0x1F) << 6 | second), at + _TWO
    third = np.uint32(text[at + _TWO] & 0x3F)
    if lead < 0xF0:
        return np.uint32((lead & 0x0F) << 12 | second << 6 | third), at + _THREE
    fourth = np.uint32(text[at + _THREE] & 0x3F)
    return np.uint32((lead & 0x07) << 18 | second << 12 | third << 6 | fourth), at + _FOUR


@compiled
def unknown_characters(texts: tuple[AnyArray, AnyArray, AnyArray], first: int, characters: AnyArray) -> AnyArray:
    """Code points of texts not plain, from text `first` on, of which the table knows nothing; now they are ASKED."""
    text, starts, plain = texts
    found = np.empty(len(text) // 2 + 1, np.uint32)
    n = 0
    for t in range(first, len(plain)):
        if plain[t]:
            continue
        at, end = np.uint64(starts[t]), np.uint64(starts[t + 1])
        while at < end:
            point, at = _character(text, at)
            if characters[point] == UNKNOWN:
                characters[point] = ASKED
                found[n] = point
                n += 1
    return found[:n]


@compiled
def _cleaned_length(text: AnyArray, at: np.uint64, end: np.uint64, characters: AnyArray) -> int:
    """Bytes of text[at:end] when it is clean; HARD when some character needs its neighbours, -1 for an unknown one."""
    length = 0
    while at < end:
        point, at = _character(text, at)
        if characters[point] <= 0:
            return HARD if characters[point] == HARD else _UNKNOWN_LENGTH
        length += characters[point] & 0xFF
    return length


@compiled
def _clean(
    text: AnyArray, at: np.uint64, end: np.uint64, cleaning: tuple[AnyArray, AnyArray], cleaned: AnyArray
) -> None:
    """Write the cleaned text[at:end] and a line feed."""
    characters, replacements = cleaning
    n = _ZERO
    while at < end:
        point, at = _character(text, at)
        entry = np.uint64(characters[point])
        first = entry >> _EIGHT
        for i in range(entry & _LOWEST):
            cleaned[n + i] = replacements[first + i]
        n += entry & _LOWEST
    cleaned[n] = _LINE_FEED


# --- the word table -------------------------------------------------------------------------------------------


@compiled
def _mixed(value: np.uint64, byte: int) -> np.uint64:
    """The hash of a word that goes on with `byte`, when it was `value` so far; that of no bytes is _PRIME."""
    return (value ^ np.uint64(byte)) * _PRIME


@compiled
def _hash(text: AnyArray, begin: np.uint64, end: np.uint64) -> np.uint64:
    value = _PRIME
    for at in range(begin, end):
        value = _mixed(value, text[at])
    return value


@compiled
def _equal(
    text: AnyArray, begin: np.uint64, end: np.uint64, other: AnyArray, other_begin: np.uint64, other_end: np.uint64
) -> bool:
    if end - begin != other_end - other_begin:
        return False
    for i in range(end - begin):  # noqa: SIM110 - a generator would not be compiled
        if text[begin + i] != other[other_begin + i]:
            return False
    return True


@compiled
def _number(
    text: AnyArray, cuts: AnyArray, n: int, table: tuple[AnyArray, AnyArray, AnyArray], state: AnyArray, words: AnyArray
) -> bool:
    """Write the numbers of the first n words cut; False when there is no room for a new one.

    cuts: uint64 (_, 3), begin, end and hash of each word. What the words will be compared with is read for many of them
    before any is compared: the processor waits for memory once, not three times a word.
    """
    slots, arena, ends = table
    mask = np.uint64(len(slots)) - _ONE
    found, places = np.empty(_AT_ONCE, np.uint64), np.empty((_AT_ONCE, 2), np.uint64)
    for i in range(n):
        begin, end, value = cuts[i]
        ahead = np.uint64(i) % np.uint64(_AT_ONCE)
        if ahead == 0:
            _look_up(cuts[i : min(i + _AT_ONCE, n)], table, found, places)
        if (
            found[ahead] != 0
            and found[ahead] >> _HALF == value >> _HALF
            and _equal(text, begin, end, arena, places[ahead, 0], places[ahead, 1])
        ):
            words[i] = np.int64((found[ahead] & _LOWER) - _ONE)
            continue
        at = (value ^ value >> _HALF) & mask
        number = np.int64(-1)
        while slots[at] != 0:
            word = (slots[at] & _LOWER) - _ONE
            if slots[at] >> _HALF == value >> _HALF and _equal(
                text, begin, end, arena, np.uint64(ends[word]), np.uint64(ends[word + _ONE])
            ):
                number = np.int64(word)
                break
            at = (at + _ONE) & mask
        if number < 0:
            number = np.int64(_enter(text, begin, end, table, state))
            if number < 0:
                return False
            slots[at] = value >> _HALF << _HALF | np.uint64(number + 1)
        words[i] = number
    return True


@compiled
def _look_up(cuts: AnyArray, table: tuple[AnyArray, AnyArray, AnyArray], found: AnyArray, places: AnyArray) -> None:
    """What is in the slot of each word, and where the word in it, if there is one, stands in the arena."""
    slots, _, ends = table
    mask = np.uint64(len(slots)) - _ONE
    for i in range(len(cuts)):
        value = cuts[i, 2]
        found[i] = slots[(value ^ value >> _HALF) & mask]
    for i in range(len(cuts)):
        word = (found[i] & _LOWER) - np.uint64(found[i] != 0)
        places[i, 0], places[i, 1] = np.uint64(ends[word]), np.uint64(ends[word + _ONE])


@compiled
def _enter(
    text: AnyArray, begin: np.uint64, end: np.uint64, table: tuple[AnyArray, AnyArray, AnyArray], state: AnyArray
) -> int:
    """The number of a new word, whose slot the caller fills; -1 when there is no room."""
    slots, arena, ends = table
    known, used, length = state[KNOWN], state[BYTES], np.int64(end - begin)
    if 2 * (known + 1) > len(slots) or known + 2 > len(ends) or used + length > len(arena):
        return -1
    for i in range(length):
        arena[used + i] = text[begin + np.uint64(i)]
    state[KNOWN], state[BYTES] = known + 1, used + length
    ends[known + 1] = used + length
    return int(known)


@compiled
def fill_slots(table: tuple[AnyArray, AnyArray, AnyArray], known: int) -> None:
    """Enter the first `known` words into slots that are all free."""
    slots, arena, ends = table
    mask = np.uint64(len(slots)) - _ONE
    for word in range(known):
        value = _hash(arena, np.uint64(ends[word]), np.uint64(ends[word + 1]))
        at = (value ^ value >> _HALF) & mask
        while slots[at] != 0:
            at = (at + _ONE) & mask
        slots[at] = value >> _HALF << _HALF | np.uint64(word + 1)


@compiled
def number_words(
    text: AnyArray, cuts: AnyArray, table: tuple[AnyArray, AnyArray, AnyArray], state: AnyArray, words: AnyArray
) -> bool:
    """Number words that someone else has cut; False as in `_number`. cuts: as there, their hashes yet to be made."""
    for i in range(len(cuts)):
        cuts[i, 2] = _hash(text, cuts[i, 0], cuts[i, 1])
    return bool(_number(text, cuts, len(cuts), table, state, words))


# --- the scanner ----------------------------------------------------------------------------------------------


@compiled
def _in_word(byte: int) -> bool:
    """Whether the byte is of a letter or digit."""
    return bool(_CLASSES[byte] <= _DIGIT)


@compiled
def _is_digit(byte: int) -> bool:
    return bool(_CLASSES[byte] == _DIGIT)


@compiled
def _end_of_thousands(text: AnyArray, at: np.uint64) -> np.uint64:
    """Where a number with separators ends that begins at a digit (1,281,167 or 1,234.5), or `at` when there is none.

    The first alternative of `analysis.RAW_WORD`. It must not end before a letter or digit; the expression, which takes
    all it can, then gives back the fraction, and without one the last group.
    """
    end = at
    at += _ONE
    for _ in range(2):
        if _is_digit(text[at]):
            at += _ONE
    while (
        text[at] == _COMMA
        and _is_digit(text[at + _ONE])
        and _is_digit(text[at + _TWO])
        and _is_digit(text[at + _THREE])
    ):
        at += _FOUR
        if not _in_word(text[at]):
            end = at
    if end == at and text[at] == _POINT and _is_digit(text[at + _ONE]):
        at += _TWO
        while _is_digit(text[at]):
            at += _ONE
        if not _in_word(text[at]):
            end = at
    return end


@compiled
def _end_of_word(text: AnyArray, at: np.uint64) -> tuple[np.uint64, np.uint64]:
    """(end, hash) of the raw word that begins at a letter or digit: the second alternative of `analysis.RAW_WORD`."""
    value = _PRIME
    while True:
        while _in_word(text[at]):
            value = _mixed(value, text[at])
            at += _ONE
        if _CLASSES[text[at]] != _CONNECTOR or not _in_word(text[at + _ONE]):
            break
        value = _mixed(value, text[at])
        at += _ONE
    if text[at] == _HASH_SIGN and not _in_word(text[at + _ONE]):
        return at + _ONE, _mixed(value, _HASH_SIGN)
    if text[at] == _PLUS and text[at + _ONE] == _PLUS and not _in_word(text[at + _TWO]):
        return at + _TWO, _mixed(_mixed(value, _PLUS), _PLUS)
    return at, value


@compiled
def _cut(text: AnyArray, at: np.uint64, end: np.uint64, cuts: AnyArray) -> tuple[int, np.uint64]:
    """Cut the words of text[at:end] until the cuts are full; returns how many, and the place behind them."""
    n = 0
    while n < len(cuts):
        while at < end and not _in_word(text[at]):
            at += _ONE
        if at >= end:
            break
        begin = at
        if _is_digit(text[at]):
            at = _end_of_thousands(text, begin)
        if at > begin:
            value = _hash(text, begin, at)
        else:
            at, value = _end_of_word(text, begin)
        cuts[n, 0], cuts[n, 1], cuts[n, 2] = begin, at, value
        n += 1
    return n, at


@compiled
def tokenise(
    texts: tuple[AnyArray, AnyArray, AnyArray],
    cleaning: tuple[AnyArray, AnyArray],
    table: tuple[AnyArray, AnyArray, AnyArray],
    state: AnyArray,
    progress: AnyArray,
    words: AnyArray,
    counts: AnyArray,
) -> int:
    """Number the words of the texts from progress[TEXT] on. Returns DONE, or what to see to before the next call.

    counts: words per text, -1 for a text that cannot be cleaned character by character, which is left out.
    """
    text, starts, plain = texts
    cuts = np.empty((_CUTS, 3), np.uint64)
    while progress[TEXT] < len(plain):
        t, written = progress[TEXT], progress[WRITTEN]
        source, at, end = text, np.uint64(starts[t]), np.uint64(starts[t + 1] - 1)
        if not plain[t]:
            length = _cleaned_length(text, at, end, cleaning[0])
            if length == HARD:
                counts[t] = -1
                progress[TEXT] += 1
                continue
            if length < 0:
                return NEW_CHARACTER
            source = np.empty(length + 1, np.uint8)
            _clean(text, at, end, cleaning, source)
            at, end = _ZERO, np.uint64(length)
        if written + np.int64(end - at) // 2 + 1 > len(words):
            return WORDS_FULL
        while at < end:
            n, at = _cut(source, at, end, cuts)
            if not _number(source, cuts, n, table, state, words[written:]):
                return TABLE_FULL
            written += n
        counts[t] = written - progress[WRITTEN]
        progress[WRITTEN] = written
        progress[TEXT] += 1
    return DONE
