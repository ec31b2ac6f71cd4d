"""A second thread for searches that take long, one per process.

A search of a million papers waits for memory more than it computes, and two cores wait for twice as much at a time. Its
ranges are taken by both threads from one list, and the best sums and scores so far are shared (`ranking.kernels`), so
what is found is the same. Waking a sleeping thread takes some fifty microseconds, so searches with fewer than
`LEAST_POSTINGS` postings do not wake it; nor do those that find it at work for another ask for it.
"""

from __future__ import annotations

import ctypes
import os
import threading

import numpy as np
import numpy.typing as npt

from searchidx.ranking import desk

Desk = npt.NDArray[np.int64]

#: From so many postings on two threads are surely faster than one, when the second has to be woken (0.84 to 0.91 of the
#: time at 60,000 to 90,000, level at 25,000 to 60,000) and when it is awake (0.79 to 0.90 at 12,000 to 25,000).
LEAST_POSTINGS, LEAST_IF_AWAKE = 60_000, 12_000
#: How often the second thread looks for more work before it sleeps.
PATIENCE = 1_000
#: The desk of who works alone: nobody is ever there.
ALONE: Desk = np.zeros(desk.N_CELLS, np.int64)

_opened: list[Desk] = []
_opening = threading.Lock()


def desk_of_one() -> Desk:
    """`ALONE`, ready for use."""
    from searchidx.ranking import kernels

    ALONE[desk.TAKE_PART] = kernels.part_taker().address
    return ALONE


def desk_of_partner() -> Desk:
    """The desk at which a thread waits, which is started when first asked for. `ALONE` where there is but one core, or
    no way to wait."""
    if os.name != "posix" or _n_cores() < 2:
        return desk_of_one()
    with _opening:
        if not _opened:
            _opened.append(_open())
        return _opened[0]


def _n_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _open() -> Desk:
    from searchidx.ranking import kernels

    cells = np.zeros(desk.N_CELLS, np.int64)
    if hasattr(os, "eventfd"):
        cells[desk.DOOR] = cells[desk.BELL] = os.eventfd(0, os.EFD_CLOEXEC)
    else:
        cells[desk.DOOR], cells[desk.BELL] = os.pipe()
    library = ctypes.CDLL(None)
    for cell, function in ((desk.READ, library.read), (desk.WRITE, library.write), (desk.YIELD, library.sched_yield)):
        cells[cell] = ctypes.cast(function, ctypes.c_void_p).value or 0
    cells[desk.TAKE_PART] = kernels.part_taker().address
    cells[desk.LEAST_IF_AWAKE], cells[desk.PATIENCE] = LEAST_IF_AWAKE, PATIENCE
    cells[desk.ONE], cells[desk.LEAST_POSTINGS], cells[desk.IS_THERE] = 1, LEAST_POSTINGS, 1
    # compiled code that waits without Python: nothing is lost when the process ends meanwhile
    threading.Thread(target=kernels.wait_at, args=(cells,), name="searchidx-partner", daemon=True).start()
    return cells


def _forget() -> None:
    """For the child of a fork, where the thread is not, and nobody to unlock what was locked."""
    global _opening
    _opening = threading.Lock()
    while _opened:
        _opened.pop()[desk.IS_THERE] = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
