"""Frames of asking: blanked in questions, left alone in everything else."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchidx
from searchidx.errors import QueryError
from searchidx.questions import is_prose, without_asking


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("Could you list papers that explored pruning of language models?", "pruning of language models?"),
        ("What studies use instance slots?", "instance slots?"),
        ("Are there any works on causal bandits", "causal bandits"),
        ("I am looking for research that has explored topic models. Is there a paper on them?", "topic models. them?"),
        ("In the field of parsing, are there papers discussing this?", "In the field of parsing, this?"),
        ("which paper first introduced dropout", "dropout"),
        ("Can you find a paper on LoRA?", "LoRA?"),
        ("papers about graph neural networks", "graph neural networks"),
        ("Any research on L2SP regularisation", "L2SP regularisation"),
    ],
)
def test_frames_are_dropped(question, rest):
    asked = without_asking(question)
    assert " ".join(asked.split()) == rest
    assert len(asked) == len(question)  # columns of errors stay right


@pytest.mark.parametrize(
    "query",
    [
        "list decoding of codes",
        "find and replace",
        "finding structure in time",
        "what-if analysis",
        "attention is all you need",
        "show, attend and tell",
        "name entity recognition",
        "know what you don't know",
        "any-shot learning",
        "I am a strange loop",
        "point cloud segmentation",
        "papers with code",
        "recommend movies with graph networks",
        "which",
        "are there any",
    ],
)
def test_what_only_begins_so_stays(query):
    assert without_asking(query) == query


@given(st.text(max_size=300))
def test_any_text_keeps_its_length_and_never_becomes_empty(text):
    asked = without_asking(text)
    assert len(asked) == len(text)
    assert bool(asked.strip()) or not text.strip() or asked == text
    is_prose(text)


@pytest.mark.parametrize("text", ["what which " * 60, "could you list " * 40, "any research " * 50, "find " * 120])
def test_repeated_frames_take_no_time(text):
    started = time.process_time()
    without_asking(text)
    assert time.process_time() - started < 0.5


def test_a_question_finds_what_its_words_find(tiny_index):
    index = searchidx.open(tiny_index)
    asked = index.search("Could you recommend papers that propose depth estimation?")
    assert [hit.id for hit in asked.hits] == [hit.id for hit in index.search("depth estimation").hits]
    assert asked.query == "Could you recommend papers that propose depth estimation?"


@pytest.mark.parametrize(
    "text",
    [
        "The loss surface is *very* degenerate, and there are no barriers between large and small solutions.",
        'Articles about depth estimation, in particular "the rotation of cameras by a robot',
        "List all articles on depth and rivers (I don't remember how they did it",
    ],
)
def test_prose_with_odd_punctuation_is_read_as_words_and_says_so(tiny_index, text):
    page = searchidx.open(tiny_index).search(text)
    assert page.note
    assert page.note.startswith("read as plain words: ")
    assert page.to_json()["note"] == page.note


@pytest.mark.parametrize(
    "text", ['"depth estimation', "(depth", "depth *", '+depth -river "of many words that go on and on']
)
def test_an_expression_with_a_mistake_is_refused(tiny_index, text):
    with pytest.raises(QueryError):
        searchidx.open(tiny_index).search(text)
