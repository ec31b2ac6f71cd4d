"""Names as people in machine learning write them: each finds its own papers, and not those of its look-alike."""

from __future__ import annotations

import pytest
from conftest import write_jsonl

import searchidx

#: What is typed, what the paper that is meant says, what its look-alike says, and whether that may be found too.
PAIRS = {
    "gpt-4": ("GPT-4", "GPT-4 writes.", "GPT-3 writes.", False),
    "gpt-3": ("gpt3", "We ask GPT-3.", "We ask GPT-4.", False),
    "u-net": ("U-Net", "A UNet for cells.", "A net for cells, and u.", False),
    "u-net++": ("U-Net++", "A U-Net++ for scans.", "A W-Net++ for scans.", False),
    "k-nn": ("k-NN", "A k-NN search.", "An NN search, k of them.", False),
    "cpp": ("C++", "Written in C++ code.", "Written in C code.", False),
    "csharp": ("C#", "Ported to C# code.", "Ported to C code.", False),
    "c": ("C", "Compiled C code.", "Compiled C++ code and C# code.", False),
    "r": ("R", "A package in R for trees.", "A package in RR for trees.", False),
    "f1": ("F1", "The F1 measure.", "The F2 measure, and 1.", False),
    "f1@k": ("F1@k", "We report F1@k here.", "We report F1 here.", False),
    "map": ("mAP@0.5", "At mAP@0.5 it wins.", "At mAP@0.75 it wins.", False),
    "squad": ("SQuAD2.0", "Answers on SQuAD2.0 questions.", "Answers on SQuAD1.1 questions.", False),
    "imagenet": ("ImageNet-1k", "Pretrained on ImageNet-1k only.", "Pretrained on ImageNet-21k only.", False),
    "3d": ("3D", "Boxes in 3D scenes.", "Boxes in 2D scenes, 3 of them.", False),
    "l2": ("L2", r"An $\ell_2$ penalty.", r"An $\ell_1$ penalty.", False),
    "ell": (r"$\ell_2$", "With L2 norms.", "With L1 norms.", False),
    "naive": ("naïve Bayes", "A naive Bayes model.", "A Bayesian model.", True),
    "muller": ("Müller", "By Muller cells.", "By Miller cells.", False),
    "quotes": ("“world models”", 'So-called "world models" plan.', "Models of the world plan.", False),
    "s-t": ("s-t cut", "A minimum s-t cut is found.", "A minimum cut of t is found.", True),
}


@pytest.fixture(scope="module", params=["numpy", "numba"])
def indexes(request, tmp_path_factory) -> dict[str, searchidx.index.Index]:
    made = {}
    for name, (_, meant, other, _) in PAIRS.items():
        directory = tmp_path_factory.mktemp("pair")
        records = [{"id": "other", "title": "First of notes", "abstract": other},
                   {"id": "unrelated", "title": "Second of notes", "abstract": "Nothing to see."},
                   {"id": "wanted", "title": "Third of notes", "abstract": meant}]  # fmt: skip
        searchidx.build([write_jsonl(directory / "p.jsonl", records)], directory / "index")
        made[name] = searchidx.open(directory / "index", executor=request.param)
    return made


@pytest.mark.parametrize("name", PAIRS)
def test_a_name_finds_its_paper_above_its_look_alike(indexes, name):
    typed, _, _, may_be_found = PAIRS[name]
    found = [hit.id for hit in indexes[name].search(typed).hits]
    assert found[:1] == ["wanted"]
    assert found[1:] in (([], ["other"]) if may_be_found else ([],))
