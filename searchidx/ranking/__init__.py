"""Scores, the best k, phrases and facet counts over plain arrays.

Knows numpy and nothing of files, Whoosh, click or HTTP.
"""
