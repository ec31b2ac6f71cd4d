"""Near duplicates: shown once, the others named beside."""

import json

import pytest

import searchidx
from searchidx.folding import folded
from searchidx.paper import Paper


def paper(title, authors=(), id_="x"):
    return Paper(id=id_, title=title, abstract="", authors=tuple(authors))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Adversarial Examples in the Physical World", "Adversarial Examples in Physical World"),
        ("Exploring Hidden Dimensions of Networks", "Exploring Hidden Dimension of Networks"),
        ("Learning to rank with sellection bias", "Learning to Rank with Selection Bias"),
    ],
)
def test_titles_a_few_letters_apart_are_one(first, second):
    assert folded([paper(first), paper("Something else altogether"), paper(second)]) == [[0, 2], [1]]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("On the convergence of descent, part I", "On the convergence of descent, part II"),
        ("SemEval-2020 task 1: a system description", "SemEval-2021 task 1: a system description"),
        ("U-Net for the segmentation of scans", "U-Net++ for the segmentation of scans"),
        ("Preface", "Prefaces"),
        ("Deep learning for vision in robots", "Deep learning for speech in robots"),
    ],
)
def test_other_papers_stay_apart(first, second):
    assert folded([paper(first), paper(second)]) == [[0], [1]]


def test_authors_who_have_nobody_in_common_wrote_two_papers():
    first, second = "Adversarial Examples in the Physical World", "Adversarial Examples in Physical World"
    assert folded([paper(first, ["Ada Ex"]), paper(second, ["Bo Why"])]) == [[0], [1]]
    assert folded([paper(first, ["Ada Ex", "Cy"]), paper(second, ["ada ex"])]) == [[0, 1]]


def test_a_search_shows_them_once_when_asked(tmp_path):
    titles = ["Adversarial Examples in the Physical World", "Adversarial Examples in Physical World", "World models"]
    lines = [{"id": f"p{i}", "title": title, "abstract": "The world."} for i, title in enumerate(titles)]
    (tmp_path / "papers.jsonl").write_text("\n".join(map(json.dumps, lines)))
    searchidx.build([tmp_path / "papers.jsonl"], tmp_path / "index")
    index = searchidx.open(tmp_path / "index")
    plain = [hit.id for hit in index.search("physical world").hits]
    assert sorted(plain) == ["p0", "p1", "p2"]
    page = index.search("physical world", fold=True)
    assert page.total == 3
    (first, *_) = page.hits
    assert first.id == plain[0]
    assert set(first.also) == {"p0", "p1"} - {first.id}
    assert first.to_json()["also"] == list(first.also)
    assert len(page.hits) == 2
