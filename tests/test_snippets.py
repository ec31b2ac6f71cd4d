"""Snippets: the right sentences, the right words marked, safe as HTML, and nothing that the text does not say."""

import html
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import snippets
from searchidx.analysis import analyse, clean, expand, query_words
from searchidx.paper import Paper
from searchidx.snippets import CLOSE, MAX_CHARS, OPEN, paper_snippet, snippet


def terms_of(query):
    return {term for word in query_words(query) for term in word.terms}


def marked(text):
    return [html.unescape(word) for word in re.findall(f"{OPEN}(.*?){CLOSE}", text)]


def shown(text):
    """The snippet as a reader sees it."""
    return html.unescape(text.replace(OPEN, "").replace(CLOSE, ""))


@pytest.mark.parametrize(
    ("query", "text", "words"),
    [
        ("networks", "A network of networking networks.", ["network", "networking", "networks"]),
        ("transformer", "Transformers transform text.", ["Transformers", "transform"]),
        ("self-supervised", "Self-supervised and supervised.", ["Self-supervised", "supervised"]),
        ("supervised", "A self-supervised net.", ["self-supervised"]),
        ("gpt4", "GPT-4, GPT-3 and GPT4.", ["GPT-4", "GPT4"]),
        ("LLM", "LLMs and an LLM-based agent.", ["LLMs", "LLM-based"]),
        ("muller", "By Müller and Miller.", ["Müller"]),
        ("C++", "C++ and C.", ["C++"]),
        ("model", "The model’s “model”.", ["model", "model"]),
        ("wombat", "Nothing here.", []),
        ("k-NN", "We use $k$-NN, or ($k$-NN).", ["$k$-NN", "$k$-NN"]),
        ("L2", r"The $\ell_2$ norm, $\ell_1$ too.", [r"$\ell_2$"]),
        ("state-of-the-art", "The state of the art, the state-of-the-art.", ["state", "art", "state-of-the-art"]),
        ("the", "The end.", ["The"]),
    ],
)
def test_marked_words_are_those_that_were_searched_for(query, text, words):
    assert marked(snippet(text, terms_of(query))) == words


def test_sentences_that_add_words_are_chosen_and_shown_in_their_order():
    filler = "This sentence has nothing to tell at all, whatever you were looking for in it. " * 4
    text = f"Graphs come first. {filler}Graphs are deep. {filler}Depth comes last and depth is good."
    found = snippet(text, terms_of("graphs depth last"))
    assert shown(found) == "Graphs come first. … Depth comes last and depth is good."


def test_without_a_match_the_beginning_is_shown():
    text = "First of all. " + "More words follow here and there. " * 30
    found = snippet(text, terms_of("wombat"))
    assert shown(found).startswith("First of all.")
    assert OPEN not in found


def test_an_abbreviation_ends_no_sentence():
    text = "Nets, e.g. ResNets, by Li et al. (2020) vs. CNNs win. Others lose."
    assert shown(snippet(text, terms_of("nets"))) == "Nets, e.g. ResNets, by Li et al. (2020) vs. CNNs win."


def test_an_empty_text_has_an_empty_snippet():
    assert snippet("", {"graph"}) == ""
    assert snippet(" \n\t", set()) == ""


def test_a_long_sentence_is_cut_around_its_first_match_at_blanks():
    text = "lorem " * 200 + "target " + "ipsum " * 200
    found = snippet(text, {"target"})
    assert marked(found) == ["target"]
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert len(shown(found)) <= MAX_CHARS + 4
    assert set(shown(found).split()) == {"…", "lorem", "target", "ipsum"}


def test_markup_in_an_abstract_is_shown_and_never_obeyed():
    text = 'We <b>graph</b> <script>alert("graph")</script> & <mark>graph</mark> a < b.'
    found = snippet(text, {"graph"})
    assert re.sub(f"{OPEN}|{CLOSE}", "", found).count("<") == 0
    assert shown(found) == text
    assert marked(found) == ["graph"] * 3


def test_control_characters_are_taken_out():
    assert snippet("a\x1b[31mred\x00 graph\x9b", set()) == "a [31mred graph"


PLAIN = ["graph", "Graphs", "self-supervised", "GPT-4", "the", "Net", ".", ".\n", "!", ","]
ODD = ["<b>", "&", '"', "'", "<mark>", "Müller", "naïve", "a\u0308", "“q”", "$x_2$", "\x1b", "é中"]
tokens = st.sampled_from([*PLAIN, *ODD])
texts = st.one_of(
    st.lists(tokens, max_size=120).map(" ".join), st.lists(tokens, max_size=30).map("".join), st.text(max_size=400)
)
searched = st.sampled_from(["graph", "supervised", "gpt-4 net", "müller naive", "q x", "b mark", "a the"])


def original(text):
    return " ".join(re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", " ", text).split())


@settings(max_examples=250)
@given(texts, searched, st.integers(20, 300))
def test_unmarked_text_is_a_part_of_the_original(text, query, max_chars):
    found = snippet(text, terms_of(query), max_chars=max_chars)
    whole = original(text)
    at = 0
    for piece in re.split(r"(?:^| )…(?: |$)", shown(found)):
        place = whole.find(piece.strip(), at)
        assert place >= 0, (piece, whole)
        at = place


@settings(max_examples=250)
@given(texts, searched)
def test_every_marked_word_has_a_term_that_was_searched_for(text, query):
    terms = terms_of(query)
    for word in marked(snippet(text, terms)):
        assert terms & {term for term, _ in expand(clean(word)).terms}


@settings(max_examples=250)
@given(texts, searched, st.integers(20, 300))
def test_snippets_are_about_as_long_as_asked(text, query, max_chars):
    terms = terms_of(query)
    found = snippet(text, terms, max_chars=max_chars)
    assert len(shown(found)) <= max_chars + 4 * (len(terms) + 1)
    assert re.fullmatch(r"[^<>]*", found.replace(OPEN, "").replace(CLOSE, ""))
    assert found.count(OPEN) == found.count(CLOSE) == len(marked(found))


@settings(max_examples=200)
@given(st.lists(st.sampled_from("alpha beta gamma graph depth . .".split()), min_size=1, max_size=200), searched)
def test_a_text_that_holds_the_word_shows_it_marked(words, query):
    text = " ".join(words)
    terms = terms_of(query)
    holds = any(token.term in terms for token in analyse(text))
    assert bool(marked(snippet(text, terms))) is holds


# What is remembered of earlier texts changes no snippet, nor does forgetting it.
def test_snippets_are_the_same_however_much_is_remembered(monkeypatch):
    texts = [f"Depth number {n} is fine-grained. Nothing {n}x here, but depth-{n} too." for n in range(50)]
    terms = terms_of("depth fine-grained 7x")
    first = [snippet(text, terms) for text in texts]
    monkeypatch.setattr(snippets, "_MAX_TOKENS", 20)
    assert [snippet(text, terms) for text in texts] == first
    assert [snippet(text, terms) for text in reversed(texts)] == first[::-1]


def test_threads_share_what_is_remembered(monkeypatch):
    monkeypatch.setattr(snippets, "_MAX_TOKENS", 200)
    texts = [f"Depth{n % 7} number{n} is depth of word{n}." for n in range(300)]
    terms = terms_of("depth depth3 number7")
    wanted = [snippet(text, terms) for text in texts]
    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(lambda _: [snippet(text, terms) for text in texts] == wanted, range(12)))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("kites", "We fly <mark>kites</mark>."),
        ("kites winds", "We fly <mark>kites</mark>."),
        ("winds", "Keywords: strong <mark>winds</mark>; A &amp; B"),
        ("boats", "We fly kites."),
    ],
)
def test_keywords_are_shown_when_only_they_hold_a_word(query, said):
    paper = Paper(id="p", title="Kites", abstract="We fly kites.", keywords=("strong winds", "A & B"))
    assert paper_snippet(paper, terms_of(query)) == said
