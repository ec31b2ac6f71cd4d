"""The functions of `ranking.facets` that make many calls of numpy on small arrays, compiled: a fifth of the time.

They read no memory by address and call nothing of another file, so they may stand apart from the other kernels.
"""

from __future__ import annotations

from searchidx.ranking import facets
from searchidx.ranking.kernels import compiled

count_by_class = compiled(facets.count_by_class)
most_frequent = compiled(facets.most_frequent)
