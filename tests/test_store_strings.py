"""Tables of strings as arrays: put in order as Python orders bytes."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from searchidx.store.strings import Strings, in_order, joined, ranks_of

TABLES = st.lists(st.binary(max_size=30) | st.text("ab\0", max_size=20).map(str.encode))


@given(TABLES)
@example([b"", b"a", b"a\0", b"a", b"abcdefg", b"abcdefgh", b"abcdefg", b"abcdefg\0"])
def test_strings_are_put_in_order_equal_ones_as_they_came(values):
    order, opens = in_order(Strings.of(values))
    assert order.tolist() == sorted(range(len(values)), key=values.__getitem__)
    ordered = [values[number] for number in order]
    assert opens.tolist() == [not place or ordered[place - 1] != ordered[place] for place in range(len(values))]
    assert [ordered[rank] for rank in ranks_of(order)] == values


@given(TABLES, TABLES)
def test_tables_are_joined_and_taken_from(first, second):
    both = joined([Strings.of(first), Strings.of(second)])
    assert both.listed() == first + second
    backwards = np.arange(len(both))[::-1]
    assert both.take(backwards).listed() == (first + second)[::-1]
    assert both.between(len(first), len(both)).listed() == second


def test_long_strings_that_are_equal_for_long_are_told_apart():
    values = [b"x" * 5_000 + bytes([last]) for last in (3, 1, 2)] + [b"x" * 5_000]
    assert in_order(Strings.of(values))[0].tolist() == [3, 1, 2, 0]
