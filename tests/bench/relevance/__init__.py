"""How well engines rank: test collections, several engines over the same documents, figures and their significance.

`command` is what `python -m tests.bench relevance` runs; it uses `sets` (what is asked), `engines` (who is asked, and
what is left out of searchidx), `figures` (how good the answers are) and `tables`.
"""
