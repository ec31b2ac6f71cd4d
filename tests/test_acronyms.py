"""Acronyms: how texts explain them, and that a search finds either form."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchidx
from searchidx.acronyms import clear_meaning, explained, parts_of


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("We study knowledge distillation (KD) for speech.", "kd@@knowledg@distil"),
        ("large language models (LLMs)", "llm@@larg@languag@model"),
        ("a variational auto-encoder (VAE)", "vae@@variat@auto@encod"),
        ("a variational autoencoder (VAE)", "vae@@variat@autoencod"),
        ("active appearance models (AAM)", "aam@@activ@appear@model"),
        ("named entity recognition (NER; see below)", "ner@@name@entiti@recogn"),
        ("simultaneous localisation and mapping (SLAM)", "slam@@simultan@local@and@map"),
        ("knowledge\n  distillation  (KD)", "kd@@knowledg@distil"),
        ("knowledge “distillation”\u00a0(KD, a\n classic)", "kd@@knowledg@distil"),
        ("state of the art. Bayesian optimisation (BO)", "bo@@bayesian@optim"),
    ],
)
def test_explanations_are_found(text, meaning):
    assert explained(text) == [meaning]
    acronym, long_form = parts_of(meaning)
    assert meaning.startswith(acronym)
    assert len(long_form) >= 2


@pytest.mark.parametrize(
    "text",
    [
        "accuracy improves (by 3%)",
        "our method (see Figure 2)",
        "images (ImageNet)",
        "all of it (USA)",
        "(KD) knowledge distillation",
        "knowledge distillation [KD]",
        "the best (BEST)",
        f"knowledge distillation (KD, {'much of ' * 10})",
        "knowledge. Then distillation (KD)",
        "",
    ],
)
def test_other_brackets_explain_nothing(text):
    assert explained(text) == []


@given(st.text(max_size=400))
def test_any_text_will_do(text):
    for meaning in explained(text):
        acronym, long_form = parts_of(meaning)
        assert acronym
        assert len(long_form) >= 2


def test_a_meaning_is_clear_when_most_papers_agree():
    assert clear_meaning([("a", 5), ("b", 1)], df=20) == "a"
    assert clear_meaning([("a", 2)], df=2) is None  # too few
    assert clear_meaning([("a", 5), ("b", 4)], df=20) is None  # two meanings
    assert clear_meaning([("a", 5)], df=1000) is None  # mostly another word
    assert clear_meaning([], df=3) is None


def papers() -> list[dict[str, str]]:
    texts = [
        ("Small networks", "Knowledge distillation (KD) helps."),
        ("Smaller networks", "We use knowledge distillation (KD)."),
        ("Smallest networks", "On knowledge distillation (KD) again."),
        ("Only the letters", "KD makes it small."),
        ("Only the words", "We look at knowledge distillation here."),
        ("Apart", "Distillation of what is knowledge elsewhere."),
        ("Another", "Weather forecasts of rivers."),
    ]
    return [{"id": f"p{i}", "title": title, "abstract": abstract} for i, (title, abstract) in enumerate(texts)]


@pytest.fixture(scope="module", params=["numpy", "numba"])
def index(request, tmp_path_factory):
    home = tmp_path_factory.mktemp("acronyms")
    (home / "papers.jsonl").write_text("\n".join(map(json.dumps, papers())))
    searchidx.build([home / "papers.jsonl"], home / "index")
    return searchidx.open(home / "index", executor=request.param)


@pytest.mark.parametrize("query", ["KD", "kd", "+KD", "KD OR nonesuch", "title:small KD"])
def test_the_acronym_finds_the_long_form_too(index, query):
    assert {"p0", "p1", "p2", "p3", "p4"} <= {hit.id for hit in index.search(query).hits}
    assert not {"p5", "p6"} & {hit.id for hit in index.search(query).hits}


def test_both_forms_score_as_one_term_and_the_explanation_says_so(index):
    page = index.search("KD", explain=True, snippets=True)
    for hit in page.hits:
        (part,) = hit.explanation.terms
        assert part.term == "kd@@knowledg@distil"
        assert part.df == 5
        assert part.score == hit.score
    words = next(hit for hit in page.hits if hit.id == "p4")
    assert words.snippet == "We look at <mark>knowledge</mark> <mark>distillation</mark> here."


def test_a_phrase_and_a_quoted_acronym_stay_literal(index):
    assert {hit.id for hit in index.search('"KD"').hits} == {"p0", "p1", "p2", "p3"}


def test_deleted_papers_explain_nothing(tmp_path):
    (tmp_path / "papers.jsonl").write_text("\n".join(map(json.dumps, papers())))
    searchidx.build([tmp_path / "papers.jsonl"], tmp_path / "index")
    searchidx.delete(["p0"], tmp_path / "index")
    assert {hit.id for hit in searchidx.open(tmp_path / "index").search("KD").hits} == {"p1", "p2", "p3"}
