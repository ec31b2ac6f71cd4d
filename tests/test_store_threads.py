"""Work in threads: in order, not far ahead, and what goes wrong is raised."""

import os
import time

import pytest

from searchidx.store.threads import in_turn


def test_results_come_in_order_whatever_takes_longest():
    def slow_at_first(number):
        time.sleep(0.02 if number < 2 else 0)
        return number * number

    assert list(in_turn(slow_at_first, range(9))) == [number * number for number in range(9)]
    assert list(in_turn(slow_at_first, [])) == []


def test_no_more_is_made_than_threads_work_on():
    asked = []
    results = in_turn(asked.append, range(50))
    next(results)
    assert len(asked) <= (os.cpu_count() or 1) + 1
    assert len(list(results)) == 49


def test_what_goes_wrong_is_raised_where_its_result_would_come():
    results = in_turn(lambda number: 1 // number, [1, 0, 1])
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)
