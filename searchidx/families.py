"""Words that are one word to a reader and two to a stemmer: British and American spellings, irregular plurals, nouns
whose stem is not their verb's.

`normal` gives one word to be stemmed for all of them: `optimisation` and `optimization`, `matrices` and `matrix`,
`classification` and `classify`. It is English as grammars and dictionaries have it, nothing learned from papers.
Words whose kinship is loose (`dense` and `density`, `resolve` and `resolution`) stay apart.
"""

from __future__ import annotations

import re

#: verb, or noun or adjective -> the words that are stemmed as it is.
_FAMILIES = {
    # nouns of verbs, where Snowball leaves them apart
    "acquire": "acquisition acquisitions",
    "analyze": "analysis analyses",
    "compare": "comparison comparisons comparative comparatively",
    "compose": "composition compositions compositional compositionally compositionality",
    "convert": "conversion conversions",
    "decide": "decision decisions",
    "decompose": "decomposition decompositions",
    "deduce": "deduction deductions",
    "divide": "division divisions",
    "expand": "expansion expansions",
    "explain": "explanation explanations explanatory",
    "extend": "extension extensions",
    "induce": "induction inductions",
    "introduce": "introduction introductions",
    "invert": "inversion inversions",
    "perceive": "perception perceptions",
    "produce": "production productions",
    "recognize": "recognition recognitions",
    "reduce": "reduction reductions",
    "summarize": "summary summaries",
    "synthesize": "synthesis syntheses synthetic synthetically",
    # what or who does it, where Snowball leaves it apart
    "compress": "compressor compressors",
    "construct": "constructor constructors",
    "describe": "description descriptions descriptor descriptors",
    "detect": "detector detectors",
    "extract": "extractor extractors",
    "learn": "learner learners learnt",
    "parse": "parser parsers",
    "plan": "planner planners",
    "predict": "predictor predictors",
    "project": "projector projectors",
    "rank": "ranker rankers",
    "sample": "sampler samplers",
    "select": "selector selectors",
    "solve": "solver solvers",
    "track": "tracker trackers",
    "train": "trainer trainers",
    # nouns of adjectives
    "accurate": "accuracy accuracies",
    "anomaly": "anomalous",
    "category": "categorical",
    "hierarchy": "hierarchical hierarchically",
    "private": "privacy",
    "sparse": "sparsity",
    "theory": "theoretical theoretically",
    # irregular plurals and participles
    "automaton": "automata",
    "axis": "axes",
    "build": "built",
    "child": "children",
    "choose": "chose chosen",
    "corpus": "corpora",
    "criterion": "criteria",
    "formula": "formulae",
    "hypothesis": "hypotheses",
    "index": "indices",
    "man": "men",
    "matrix": "matrices",
    "maximum": "maxima",
    "minimum": "minima",
    "nucleus": "nuclei",
    "optimum": "optima",
    "phenomenon": "phenomena",
    "radius": "radii",
    "simplex": "simplices",
    "spectrum": "spectra",
    "stimulus": "stimuli",
    "vertex": "vertices",
    "woman": "women",
    # British spellings of single words
    "analog": "analogue analogues",
    "artifact": "artefact artefacts",
    "catalog": "catalogue catalogues catalogued",
    "center": "centre centres centred centring",
    "defense": "defence defences",
    "dialog": "dialogue dialogues",
    "fiber": "fibre fibres",
    "gray": "grey greys",
    "judgment": "judgement judgements",
    "license": "licence licences licenced",
    "liter": "litre litres",
    "maneuver": "manoeuvre manoeuvres manoeuvring",
    "meter": "metre metres",
    "offense": "offence offences",
    "program": "programme programmes",
}
_NORMAL = {word: head for head, words in _FAMILIES.items() for word in words.split()}
#: The words that are stemmed as another one: what they have behind their stem is no ending.
IRREGULAR = tuple(_NORMAL)

_OUR = re.compile(
    r"((?:mis|dis|un|re|multi|uni|bi)?"
    r"(?:arm|behavi|clam|col|endeav|fav|flav|harb|hon|hum|lab|neighb|od|rig|rum|sav|tum|val|vap|vig))our"
)
_ISE = re.compile(r"[a-z]{2,}[a-z]is(?:e|ed|er|ers|es|ing|able|ation|ations)")
_YSE = re.compile(r"(?:anal|catal|dial|electrol|hydrol|paral)ys(?:e|ed|er|ers|ing)")
#: What stands before the -e, -ed, -ing of words that end in -ise in American English too.
_ISE_EVERYWHERE = re.compile(
    r".*(?:(?<!i)cis|(?<!t)vis|[aouw]is|pris|franchis)"
    r"|(?:ar|ad?vert|chast|chem|comprom|dem|desp|expert|merchand|parad|prem|prom|r|sunr|surm|treat|val)is"
)
_ENDING = re.compile(r"(?:e|ed|er|ers|es|ing|able|ation|ations)$")


def normal(word: str) -> str:
    """The word to be stemmed for a lower-case ASCII word of letters; most are their own."""
    if head := _NORMAL.get(word):
        return head
    if word.endswith(("ification", "ifications")) and len(word) > len("ifications"):
        return word[: word.rindex("ification")] + "ify"
    if "is" in word and _ISE.fullmatch(word):
        return _with_z(word)
    if "our" in word:
        return _OUR.sub(r"\1or", word) if _OUR.match(word) else word
    return _with_z(word) if "ys" in word and _YSE.fullmatch(word) else word


def _with_z(word: str) -> str:
    """`optimising` -> `optimizing`; `revising` and `pairwise` as they are."""
    before = _ENDING.sub("", word)
    return word if _ISE_EVERYWHERE.fullmatch(before) else f"{before[:-1]}z{word[len(before) :]}"
