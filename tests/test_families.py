"""Words that are one to a reader: spellings, irregular plurals, nouns of verbs."""

import pytest

from searchidx.analysis import stem
from searchidx.families import normal


@pytest.mark.parametrize(
    "words",
    [
        "optimise optimize optimised optimization optimisation optimising optimiser",
        "analyse analyze analysis analyses analysed analyzing",
        "behaviour behavior behaviours",
        "neighbourhood neighborhood",
        "matrix matrices",
        "corpus corpora",
        "classify classification classifier classifiers",
        "recognize recognition recognise",
        "summary summarize summaries summarisation",
        "private privacy",
        "centre center centres",
        "dialogue dialog",
        "learn learnt learning",
        "memorise memorizing memorised",
        "anonymised anonymize",
        "decomposition decompose",
        "plan planner planners planning",
        "detect detector detectors detection",
        "describe description descriptor",
        "train trainer training",
    ],
)
def test_one_word_to_a_reader_is_one_stem(words):
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    "word",
    "supervised revision promising exercise raised denoising noise pairwise precision concise comprise surprise devise "
    "advertise expertise enterprise paradise arise compromised franchise bruise cruise praised turquoise wiser four "
    "contour journal resource crises disease basis this".split(),
)
def test_words_that_only_look_british_stay(word):
    assert normal(word) == word


@pytest.mark.parametrize(("first", "second"), [("dense", "density"), ("resolve", "resolution"), ("vision", "visual")])
def test_loose_kin_stay_apart(first, second):
    assert stem(first) != stem(second)
