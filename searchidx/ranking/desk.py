"""Where two threads meet: the cells of a desk.

A desk is int64 (N_CELLS,), written by both. The thread that waits there sleeps in `read` at its DOOR until somebody who
has taken the desk writes to the BELL; what is to be done is then a JOB, an address, that is OFFERED. Whoever took the
desk does the work as well, all of it if the other does not come. After a job the other one is awake for a while and
needs no bell: PATIENCE looks at the desk. `ranking.kernels` has both sides, `partner`
makes the desk and the thread, which counts the jobs it had a part in (N_DONE).
"""

from __future__ import annotations

(
    IS_THERE,
    IS_TAKEN,
    STATE,
    JOB,
    IS_CLOSED,
    LEAST_POSTINGS,
    DOOR,
    BELL,
    ONE,
    HEARD,
    READ,
    WRITE,
    YIELD,
    N_DONE,
    TAKE_PART,
    IS_AWAKE,
    LEAST_IF_AWAKE,
    PATIENCE,
    N_CELLS,
) = range(19)
#: The values of STATE.
RESTING, OFFERED, AT_WORK, DONE = range(4)
