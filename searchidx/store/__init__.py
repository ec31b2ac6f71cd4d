"""How an index lies on disk: immutable segments of plain arrays, generations published by one rename.

    files        arrays and text tables as files, memory-mapped; checksums; durable writes
    inverter     papers' terms -> postings, in bulk
    segment      one immutable set of files: writing it, reading it
    generations  directories of segments: build aside, verify, publish, open
    whoosh_view  the same files as a real Whoosh index

Nothing here is pickled; what is read from disk is JSON and numbers, and sizes are checked before use.
"""
