"""What is passed over for speed could not have changed the answer."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchidx.extraction import hints
from searchidx.extraction.marks import MarkedText
from searchidx.extraction.telling import Reading

WORDS = ("dataset", "skips", "like", "task")


@given(st.text(st.sampled_from("datasetDATASETkKsSiIıİſK ik.,"), max_size=60))
def test_a_pattern_in_small_letters_finds_in_folded_text_what_it_finds_without_regard_to_case(text: str) -> None:
    folded = hints.fold(text)
    assert len(folded) == len(text)
    for word in WORDS:
        for pattern in (word, rf"\b{word[:2]}[a-z]*"):
            ignoring = [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]
            assert [match.span() for match in re.finditer(pattern, folded)] == ignoring


@pytest.mark.parametrize(
    ("sentence", "tells"),
    [
        ("We propose a network.", False),
        ("However, Transformers are slow.", False),
        ("We report results on FooSet.", True),
        ("The FooSet dataset is hard.", True),
        ("It beats others at ImageNet.", True),
        ("We present a study with nuScenes.", True),
        ("We compile FooSet, 5,404 coding tasks.", True),
    ],
)
def test_a_sentence_tells_when_something_in_it_can_make_a_name_a_dataset(sentence: str, tells: bool) -> None:
    text = "A title\n" + sentence
    reading = Reading(MarkedText(text, ((0, 7), (8, len(text)))))
    assert any(told.span[0] == 8 for told in reading.telling) is tells


def test_the_first_sentence_with_a_word_is_found() -> None:
    assert hints.first_holding("a b. we c. our d.", "we ", ((0, 4), (5, 10), (11, 17))) == 1
    assert hints.first_holding("a b. c d.", "we ", ((0, 4), (5, 9))) == 2
