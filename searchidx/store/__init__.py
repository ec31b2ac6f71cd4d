"""How an index lies on disk: immutable segments of plain arrays, generations published by one rename.

    files        arrays and text tables as files, memory-mapped; checksums; durable writes
    lexicon      texts -> numbers of words -> numbers of terms; bulk, scanning, compounds: the same, compiled
    runs         numbers of words -> postings; scattering: the same, compiled
    inverter     papers' texts -> postings, in bulk, with bounded memory
    layout       which arrays a segment has, of which types and lengths
    segment      one immutable file of arrays: writing it, reading it
    merging      several segments into one, array by array; merging_plan has who comes where
    tiers        which segments are due to be merged
    snapshot     the segments of a generation read as one, without what is deleted
    generations  directories of segments: make aside, verify, publish, open
    verifying    whether every byte is what was written
    whoosh_view  a snapshot as a real Whoosh index

Nothing here is pickled; what is read from disk is JSON and numbers, and sizes are checked before use.
"""
