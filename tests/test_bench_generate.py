"""A generated corpus: the same every time, its titles distinct, its words as many and as frequent as in a real one."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchidx.identity import title_key
from searchidx.paper import Paper
from searchidx.sources import read
from tests.bench import __main__ as bench
from tests.bench import generate as g

FRAMES = [
    "We study {} with {}.",
    "The method of {} is a {} for {}.",
    "Results on {} show {}!",
    "Is {} better than {} in {}?",
    'A "quoted" {} and \\alpha of {}.',
]


def invented_papers(n: int, seed: int = 3) -> list[Paper]:
    """Papers of 1 to 8 sentences on one of five topics, whose words are drawn from a Zipf distribution without end."""
    rng = random.Random(seed)

    def word(topic: int) -> str:
        rank = int(rng.random() ** -1.1)
        return f"w{rank}" if rank > 40 else f"topic{topic}-w{rank}" if rng.random() < 0.3 else f"common{rank}"

    papers = []
    for i in range(n):
        topic = rng.randrange(5)
        frames = rng.choices(FRAMES, k=rng.randint(1, 8))
        title = f"{word(topic)} {word(topic)} {word(topic)} for {word(topic)} {word(topic)} {word(topic)}"
        papers.append(
            Paper(
                id=f"p{i}",
                title=title if i % 7 else f"Net {word(topic)}: {title}",
                abstract=" ".join(frame.format(*(word(topic) for _ in range(3))) for frame in frames),
                authors=tuple(f"First{rng.randrange(9)} Last{rng.randrange(30)}" for _ in range(rng.randint(0, 4))),
                venue=f"v{topic}",
                year=2015 + i % 8,
                keywords=(f"key {topic}",) if i % 3 else (),
                code_urls=(f"https://github.com/lab/r{i}",) if i % 5 == 0 else (),
            )
        )
    return papers


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    return invented_papers(1500)


@pytest.fixture(scope="module")
def material(papers):
    return g.cut_up(papers)


def made(material: g.Material, n: int, *, first: int = 1, seed: int = 1) -> list[dict]:
    return [orjson.loads(line) for piece in g.lines(material, first, n, seed) for line in piece.splitlines()]


def distinct_words(records: list[dict]) -> Counter[str]:
    return Counter(word for r in records for word in set(g.words(f"{r['title']} {r['abstract']}")))


def test_the_same_seed_gives_the_same_papers_and_another_seed_others(papers, material):
    again = g.cut_up(papers)
    assert b"".join(g.lines(material, 1, 300, 7)) == b"".join(g.lines(again, 1, 300, 7))
    assert made(material, 300, seed=7) != made(material, 300, seed=8)


@pytest.mark.parametrize(("first", "n"), [(1, 1), (1, 4321), (1999, 3), (2000, 2), (2001, 4000), (6100, 50)])
def test_any_part_of_the_sequence_can_be_made_alone(material, first, n):
    assert made(material, n, first=first) == made(material, first + n - 1)[first - 1 :]


def test_ids_are_numbers_and_titles_distinct_by_letters_and_digits(material):
    records = made(material, 30_000)
    assert [r["id"] for r in records] == [f"gen-{i:07}" for i in range(1, 30_001)]
    assert len({g.title_letters(r["title"]) for r in records}) == 30_000
    assert len({title_key(r["title"]) for r in records}) == 30_000


def test_titles_stay_distinct_when_all_halves_have_met():
    records = made(g.cut_up(invented_papers(12)), 1000)
    assert len({g.title_letters(r["title"]) for r in records}) == 1000


def test_papers_that_are_read_back_are_whole(tmp_path, papers):
    out = tmp_path / "made.jsonl.zst"
    g.generate(papers, out, 500)
    found = list(read([out]))
    assert len(found) == 500
    assert all(isinstance(paper, Paper) and paper.abstract and paper.year and paper.venue for paper in found)
    assert not list(tmp_path.glob("*.part"))


def test_sizes_and_shares_are_those_of_the_real_papers(papers, material):
    records = made(material, len(material.bases))

    def mean(values):
        return float(np.mean(list(values)))

    assert mean(len(r["abstract"]) for r in records) == pytest.approx(mean(len(p.abstract) for p in papers), rel=0.1)
    assert mean(len(r["title"]) for r in records) == pytest.approx(mean(len(p.title) for p in papers), rel=0.25)
    assert mean("code_urls" in r for r in records) == pytest.approx(mean(bool(p.code_urls) for p in papers), abs=0.05)
    years, real = Counter(r["year"] for r in records), Counter(p.year for p in papers)
    assert all(years[year] == pytest.approx(real[year], rel=0.2) for year in real)


def test_frequent_words_are_as_frequent_as_in_the_real_papers(papers, material):
    real = distinct_words([{"title": p.title, "abstract": p.abstract} for p in papers])
    records = made(material, 6000)
    df = distinct_words(records)
    for word, f in real.items():
        if f > 200:
            assert df[word] / len(records) == pytest.approx(f / len(papers), rel=0.25), word


@pytest.mark.parametrize("times", [1, 2, 4, 8])
def test_the_vocabulary_grows_as_a_real_one_does(papers, material, times):
    """Up to the real size as measured, and on from there by Heaps' law; as many of its words stand in one paper."""
    real = distinct_words([{"title": p.title, "abstract": p.abstract} for p in papers])
    n = len(material.bases) * times
    df = distinct_words(made(material, n))
    assert len(df) == pytest.approx(float(material.growth.distinct(np.array([n]))[0]), rel=0.15)
    once, once_real = (sum(f == 1 for f in words.values()) / len(words) for words in (df, real))
    assert once == pytest.approx(once_real, abs=0.15)


def test_heaps_exponent_is_that_of_a_larger_corpus_of_the_same_kind(material):
    """What is extrapolated from 1,500 papers is what 6,000 papers of the same source have."""
    larger = distinct_words([{"title": p.title, "abstract": p.abstract} for p in invented_papers(6000)])
    assert float(material.growth.distinct(np.array([6000]))[0]) == pytest.approx(len(larger), rel=0.15)


def test_sentences_of_an_abstract_come_from_one_topic(material):
    """Topics are told by their words alone; three partners in four at least are on the base paper's."""
    topics = [{w.split("-")[0] for w in g.words(r["abstract"]) if w.startswith("topic")} for r in made(material, 1000)]
    telling = [found for found in topics if found]
    assert sum(len(found) == 1 for found in telling) > 0.75 * len(telling)


def test_invented_words_are_distinct_and_not_real():
    known = {f"{a}-{b}": 1 for a in ("graph", "multi", "self") for b in ("aware", "based", "free", "net")}
    known |= dict.fromkeys(["graph", "multi", "self", "aware", "based", "free", "net"], 9) | {"bababan": 1}
    inventor = g.Inventor(known)
    spelled = [inventor.spell(number) for number in [*range(50_000), *range(999_990, 1_030_000)]]
    assert len(set(spelled)) == len(spelled)
    assert not set(spelled) & set(known)


@given(st.text("ab -é", max_size=30), st.sampled_from(["a", "ab", "ba"]))
def test_only_whole_words_are_replaced(text, old):
    replaced = g._replace_word(text.encode(), old.encode(), b"NEW").decode()
    wanted = "".join(
        "NEW" if part == old else part for part in g.re.split(r"((?:(?<=[^\w-])|^)[ab]+(?=[^\w-]|$))", text)
    )
    assert replaced == wanted


@given(st.lists(st.text("ab ", max_size=6), max_size=12))
def test_halves_that_do_not_clash_are_prefix_free(halves):
    letters = {row: half.replace(" ", "") for row, half in enumerate(halves)}
    left = sorted(half for row, half in letters.items() if row not in g._clashing(letters))
    assert all(left)
    assert not any(b.startswith(a) for a, b in pairwise(left))
    # and none is dropped without a reason
    for row in g._clashing(letters):
        mine = letters[row]
        assert not mine or any(other.startswith(mine) for at, other in letters.items() if at != row)


@pytest.mark.parametrize("papers", [[], [Paper("a", "One word", "")], [Paper("a", "Word", "A sentence.")]])
def test_too_little_to_generate_from_is_said(papers):
    with pytest.raises(ValueError, match=r"generate from|make new ones"):
        g.cut_up(papers)


def test_the_command_writes_the_file(tmp_path, papers, capsys):
    real, out = tmp_path / "real.jsonl", tmp_path / "made.jsonl"
    real.write_bytes(b"".join(orjson.dumps({"title": p.title, "abstract": p.abstract}) + b"\n" for p in papers[:200]))
    assert bench.main(["generate", "--papers", "50", "--from", str(real), "--out", str(out), "--first", "11"]) == 0
    records = [orjson.loads(line) for line in out.read_bytes().splitlines()]
    assert (len(records), records[0]["id"], records[-1]["id"]) == (50, "gen-0000011", "gen-0000060")
    assert "50 papers" in capsys.readouterr().out
