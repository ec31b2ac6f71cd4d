"""Ids in all writings, which records are one paper, and how they become one."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx.identity import (
    acl_id,
    arxiv_id,
    doi,
    identity_keys,
    lookup_keys,
    may_be_same,
    merge,
    title_id,
    title_key,
)
from searchidx.paper import Listing, Paper
from searchidx.spool import Spool


@pytest.mark.parametrize(
    "text",
    [
        *("2401.00042", "2401.00042v3", " 2401.00042 ", "arXiv:2401.00042", "arxiv: 2401.00042v1"),
        *("https://arxiv.org/abs/2401.00042", "http://arxiv.org/abs/2401.00042v2", "arxiv.org/abs/2401.00042"),
        *("https://arxiv.org/pdf/2401.00042", "https://arxiv.org/pdf/2401.00042v1.pdf", "www.arxiv.org/pdf/2401.00042"),
        *("https://arxiv.org/html/2401.00042v1", "https://export.arxiv.org/abs/2401.00042"),
        *("https://arxiv.org/abs/2401.00042?context=cs", "https://arxiv.org/html/2401.00042v1#S2"),
        *("https://huggingface.co/papers/2401.00042", "arXiv:2401.00042v2 [cs.LG]"),
        *("10.48550/arXiv.2401.00042", "https://doi.org/10.48550/arXiv.2401.00042", "HTTPS://ARXIV.ORG/ABS/2401.00042"),
    ],
)
def test_every_writing_of_an_arxiv_id_is_one_id(text: str) -> None:
    assert arxiv_id(text) == "2401.00042"


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("1412.6980", "1412.6980"),
        ("cs/0112017", "cs/0112017"),
        ("https://arxiv.org/abs/cs/0112017v1", "cs/0112017"),
        ("cond-mat/9901001", "cond-mat/9901001"),
        ("math.GT/0309136", "math/0309136"),
        ("arXiv:math/0309136v1 [math.GT]", "math/0309136"),
    ],
)
def test_old_arxiv_ids_lose_their_subject_class(text: str, id_: str) -> None:
    assert arxiv_id(text) == id_


@pytest.mark.parametrize(
    "text",
    [
        *("", "2401", "2401.042", "24011.00042", "2401.000421", "GPT-4", "depth 2401.00042", "2401.00042 depth"),
        *(
            "https://example.org/abs/2401.00042",
            "10.1000/182",
            "cs/12345",
            "and/or",
            "https://arxiv.org/list/cs.LG/recent",
        ),
    ],
)
def test_other_texts_are_no_arxiv_id(text: str) -> None:
    assert arxiv_id(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("10.1109/CVPR.2016.90", "10.1109/cvpr.2016.90", "doi:10.1109/CVPR.2016.90", "DOI: 10.1109/CVPR.2016.90"),
        *("https://doi.org/10.1109/CVPR.2016.90", "http://dx.doi.org/10.1109/CVPR.2016.90"),
        *("doi.org/10.1109/CVPR.2016.90", "https://www.doi.org/10.1109/CVPR.2016.90", " 10.1109/CVPR.2016.90\n"),
    ],
)
def test_every_writing_of_a_doi_is_one_doi(text: str) -> None:
    assert doi(text) == "10.1109/cvpr.2016.90"


@pytest.mark.parametrize("text", ["", "10.1", "10.12/x", "11.1000/182", "10.1000/", "see 10.1000/182", "10.1000/1 82"])
def test_other_texts_are_no_doi(text: str) -> None:
    assert doi(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("https://aclanthology.org/2022.acl-long.1", "https://aclanthology.org/2022.acl-long.1/"),
        *("https://www.aclanthology.org/2022.acl-long.1.pdf", "aclanthology.org/2022.acl-long.1"),
    ],
)
def test_every_writing_of_an_anthology_url_is_one_id(text: str) -> None:
    assert acl_id(text) == "2022.acl-long.1"
    assert acl_id("2022.acl-long.1") is None


def test_titles_that_differ_in_case_accents_dashes_or_blanks_have_one_key() -> None:
    titles = [
        "Kites – a Survey: Naive Winds",
        "kites - a survey  naïve winds",
        "KITES—A Survey; “Naive” Winds.",
        "Kites ‐ A Survey: Naïve\u00a0Winds",
    ]
    assert {title_key(title) for title in titles} == {"kitesasurveynaivewinds"}
    assert title_key("Kites a Survey of Winds") != title_key(titles[0])


def test_a_title_id_is_readable_and_of_bounded_length() -> None:
    id_ = title_id("Kites: a Survey")
    assert id_.startswith("kites-a-survey-")
    assert len(id_) == len("kites-a-survey-") + 8
    long = title_id("Very Long Titles " * 40)
    assert long.startswith("very-long-titles-very-long-titles-very-long-")
    assert len(long) <= 57
    assert title_id("W" * 300).startswith("w" * 48 + "-")


@pytest.mark.parametrize("title", ["???", "风筝", "\N{KITE}", "Ω"])
def test_a_title_without_latin_letters_has_an_id_too(title: str) -> None:
    assert title_id(title) != title_id(title + title)
    assert not any(c.isspace() for c in title_id(title))


@given(st.text(min_size=1, max_size=120))
def test_a_title_id_is_one_word_and_always_the_same(title: str) -> None:
    id_ = title_id(title)
    assert id_
    assert len(id_.split()) == 1
    assert id_ == title_id(title)
    if title_key(title):
        assert id_ == title_id(f" {title} ")


def paper(id_: str = "", title: str = "Kites and Winds", **fields: object) -> Paper:
    return Paper(id=id_ or title_id(title), title=title, **fields)  # type: ignore[arg-type]


def test_keys_are_the_id_the_arxiv_id_the_doi_and_the_title() -> None:
    assert identity_keys(paper("a", arxiv_id="2401.00042", doi="10.1000/1")) == [
        "id:a",
        "arxiv:2401.00042",
        "doi:10.1000/1",
        "title:kitesandwinds",
    ]


# There are many papers called "Preface"; eleven letters say nothing, twelve do.
def test_a_short_title_says_nothing_of_identity() -> None:
    assert identity_keys(paper("a", "Kites & Winds 1")) == ["id:a"]
    assert identity_keys(paper("a", "Kites & Winds 12")) == ["id:a", "title:kiteswinds12"]


def test_what_a_user_pastes_may_stand_for_several_keys() -> None:
    assert "arxiv:2401.00042" in lookup_keys("https://arxiv.org/abs/2401.00042v2")
    assert "id:2401.00042" in lookup_keys("https://arxiv.org/abs/2401.00042v2")
    assert "doi:10.1000/1" in lookup_keys("https://doi.org/10.1000/1")
    assert "id:2022.acl-long.1" in lookup_keys("https://aclanthology.org/2022.acl-long.1/")
    assert "title:kitesandwinds" in lookup_keys("KITES and winds")
    assert lookup_keys(" x-1 ")[0] == "id:x-1"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({}, {}, True),
        ({"arxiv_id": "1"}, {}, True),
        ({"arxiv_id": "1"}, {"arxiv_id": "1"}, True),
        ({"arxiv_id": "1"}, {"arxiv_id": "2"}, False),
        ({"arxiv_id": "1"}, {"doi": "2"}, True),
        ({"doi": "1"}, {"doi": "2"}, False),
        ({"arxiv_id": "1", "doi": "1"}, {"arxiv_id": "1", "doi": "2"}, False),
    ],
)
def test_two_records_contradict_each_other_only_by_ids_both_carry(
    first: dict[str, str], second: dict[str, str], same: bool
) -> None:
    assert may_be_same(paper(**first), paper(**second)) is same
    assert may_be_same(paper(**second), paper(**first)) is same


def test_merging_keeps_the_best_of_every_record() -> None:
    merged = merge(
        [
            paper(
                title="Kites and Winds",
                abstract="Short.",
                source=("hf-daily",),
                listings=(Listing("monday", "XXXX-09-29"),),
                upvotes=3,
                extra={"a": 1, "b": 1},
            ),
            paper(
                "kites-2023",
                title="Kites and winds",
                abstract="A longer abstract.",
                authors=("Ada Ray",),
                date="2023-05-01",
                year=2023,
                venue="NeurIPS",
                url="https://example.org/1",
                source=("list",),
                code_urls=("https://github.com/lab/kites",),
                keywords=("wind",),
                doi="10.1000/1",
                upvotes=2,
                extra={"b": 2, "c": 2},
            ),
            paper(
                "kites-2022",
                abstract="None.",
                authors=("Ada Ray", "Bo Lind"),
                date="2022-12-31",
                year=2022,
                venue="CVPR",
                source=("hf-daily", "list"),
                listings=(Listing("monday", "XXXX-09-29"), Listing("tuesday", None)),
                code_urls=("https://github.com/lab/kites", "https://github.com/lab/winds"),
                arxiv_id="2212.00042",
            ),
        ]
    )
    assert merged == Paper(
        id="kites-2023",
        title="Kites and Winds",
        abstract="A longer abstract.",
        authors=("Ada Ray", "Bo Lind"),
        date="2022-12-31",
        year=2022,
        venue="NeurIPS",
        url="https://example.org/1",
        source=("hf-daily", "list"),
        listings=(Listing("monday", "XXXX-09-29"), Listing("tuesday", None)),
        code_urls=("https://github.com/lab/kites", "https://github.com/lab/winds"),
        keywords=("wind",),
        arxiv_id="2212.00042",
        doi="10.1000/1",
        upvotes=3,
        extra={"a": 1, "b": 1, "c": 2},
    )


# `2024` and `2024-03-05` do not disagree, and the second says more.
@pytest.mark.parametrize(
    ("dates", "date"),
    [
        (["2024", "2024-03-05"], "2024-03-05"),
        (["2024-03", "2024-03-05", "2024"], "2024-03-05"),
        (["2024-03", "2024-02-28"], "2024-02-28"),
        (["2024", "2023"], "2023"),
        ([None, "2024"], "2024"),
        ([None, None], None),
    ],
)
def test_the_earliest_date_wins_and_of_two_that_agree_the_fuller(dates: list[str | None], date: str | None) -> None:
    for order in itertools.permutations(dates):
        merged = merge([paper(date=d, year=int(d[:4]) if d else None) for d in order])
        assert merged.date == date
        assert merged.year == (int(date[:4]) if date else None)


dates = st.dates().flatmap(lambda day: st.sampled_from([day.isoformat()[:n] for n in (4, 7, 10)]))
listings = st.builds(Listing, st.sampled_from("pqr"), st.sampled_from([None, "XXXX-01-02", "2020-01-02"]))


@st.composite
def records(draw: st.DrawFn) -> Paper:
    """A record of one and the same paper, with whatever its source knows of it."""
    title = draw(st.sampled_from(["Kites and Winds", "KITES and winds", "Kites – and Winds"]))
    date = draw(st.none() | dates)
    names = st.lists(st.sampled_from(["Ada Ray", "Bo Lind", "Cy Moor"]), max_size=3, unique=True).map(tuple)
    return Paper(
        id=draw(st.sampled_from([title_id(title), "own", "other"])),
        title=title,
        abstract=draw(st.sampled_from(["", "Short.", "Other.", "A longer one."])),
        authors=draw(names),
        date=date,
        year=int(date[:4]) if date else draw(st.none() | st.integers(1990, 2030)),
        venue=draw(st.sampled_from([None, "CVPR", "ACL"])),
        source=draw(names),
        listings=draw(st.lists(listings, max_size=2, unique=True).map(tuple)),
        keywords=draw(names),
        arxiv_id=draw(st.sampled_from([None, "2401.00042"])),
        upvotes=draw(st.none() | st.integers(-5, 5)),
        extra=draw(st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=2)),
    )


@settings(max_examples=100)
@given(st.lists(records(), min_size=1, max_size=5))
def test_merging_step_by_step_gives_what_merging_at_once_gives(many: list[Paper]) -> None:
    whole = merge(many)
    stepwise = many[0]
    for record in many[1:]:
        stepwise = merge([stepwise, record])
    assert stepwise == whole
    assert merge([whole, whole]) == whole
    assert merge([whole, *many]) == whole


@settings(max_examples=60)
@given(st.lists(records(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_facts_do_not_depend_on_the_order_of_records(many: list[Paper], dice: random.Random) -> None:
    one = merge(many)
    shuffled = list(many)
    dice.shuffle(shuffled)
    other = merge(shuffled)
    assert (one.date, one.year, one.upvotes, one.arxiv_id) == (other.date, other.year, other.upvotes, other.arxiv_id)
    assert (len(one.abstract), len(one.authors)) == (len(other.abstract), len(other.authors))
    assert set(one.listings) == set(other.listings)
    assert set(one.source) == set(other.source)


def papers_of(directory: Path, many: list[Paper]) -> list[Paper]:
    """The distinct papers of these records."""
    with Spool(directory / "spool") as spool:
        for record in many:
            spool.add(record)
        return [spooled.paper for spooled in spool.papers()]


@st.composite
def sources(draw: st.DrawFn) -> list[tuple[int, Paper]]:
    """(which paper, record) pairs: up to five papers, each told of by up to three sources.

    The first two papers are twins, with one title and different arXiv ids, which all of their records carry. Records of
    the others share the title and carry id, arXiv id and DOI or not.
    """
    n_papers = draw(st.integers(1, 5))
    result = []
    for number in range(n_papers):
        title = "The Twin Papers" if number < 2 else f"Paper of Number {number}"
        for source in range(draw(st.integers(1, 3))):
            shown = title.upper() if draw(st.booleans()) else title
            arxiv = f"2401.0000{number}" if number < 2 or draw(st.booleans()) else None
            own = draw(st.sampled_from([None, f"own-{number}-{source}", arxiv]))
            record = Paper(
                id=own or arxiv or title_id(shown),
                title=shown,
                arxiv_id=arxiv,
                doi=f"10.1000/{number}" if number >= 2 and draw(st.booleans()) else None,
            )
            result.append((number, record))
    return draw(st.permutations(result))


@settings(max_examples=150)
@given(sources())
def test_every_paper_comes_once_whatever_the_order_of_its_sources(
    tmp_path_factory: pytest.TempPathFactory, many: list[tuple[int, Paper]]
) -> None:
    papers = papers_of(tmp_path_factory.getbasetemp(), [record for _, record in many])
    assert len(papers) == len({number for number, _ in many})
    ids = [paper.id.encode() for paper in papers]
    assert ids == sorted(set(ids))
    assert len(
        {(title_key(paper.title), paper.arxiv_id if "twin" in paper.title.lower() else "") for paper in papers}
    ) == len(papers)


def test_equal_titles_with_different_dois_are_two_papers_with_two_ids(tmp_path: Path) -> None:
    many = [paper(doi=f"10.1000/{i}", abstract=f"Part {i}.") for i in range(3)]
    found = papers_of(tmp_path, many)
    assert len({p.id for p in found}) == 3
    assert {p.abstract for p in found} == {"Part 0.", "Part 1.", "Part 2."}


def test_a_chain_of_shared_keys_makes_one_paper(tmp_path: Path) -> None:
    many = [
        paper("a", "Kites and Winds", arxiv_id="2401.00042"),
        paper("b", "A Wholly New Title of It", arxiv_id="2401.00042", doi="10.1000/1"),
        paper("c", "The Journal's Own Title", doi="10.1000/1"),
    ]
    for order in itertools.permutations(many):
        (found,) = papers_of(tmp_path, list(order))
        assert (found.arxiv_id, found.doi) == ("2401.00042", "10.1000/1")
