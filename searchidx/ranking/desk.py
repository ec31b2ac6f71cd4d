"""Where two threads meet: the cells of a desk.

A desk is int64 (N_CELLS,), written by both. The thread that waits there, the partner, sleeps in `read` until somebody
who has taken the desk rings; what is to be done is then offered. Whoever took the desk does the work as well, all of it
if the partner does not come. After a job the partner stays awake for a while and needs no bell. `ranking.kernels` has
both sides, `partner` makes desk and thread.
"""

from __future__ import annotations

(
    IS_THERE,  # whether a partner waits: 0 at the desk of who works alone
    IS_TAKEN,  # whether somebody searches with it
    STATE,  # of the job, as below
    JOB,  # its address
    IS_AWAKE,  # whether the partner sees what is offered without a bell
    LEAST_POSTINGS,  # how many postings a search has that wakes it
    LEAST_IF_AWAKE,  # and one that asks for it while it is awake
    PATIENCE,  # how often it looks at the desk before it sleeps again
    N_DONE,  # how many jobs it had a part in
    DOOR,  # the file it reads from while it sleeps
    BELL,  # the file that is written to
    ONE,  # what is written
    HEARD,  # where that is read to
    READ,  # the addresses of functions: of the C library ...
    WRITE,
    YIELD,
    TAKE_PART,  # ... and of `kernels.part_taker`
    N_CELLS,
) = range(18)
#: The values of STATE.
RESTING, OFFERED, AT_WORK, DONE = range(4)
