"""What a search finds: boolean queries against sets, pasted ids and titles, orders, and pages that fit together."""

import datetime
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchidx
from searchidx.analysis import analyse
from searchidx.errors import PaperMissing, QueryError, SearchIdxError, UsageError

WORDS = "alpha beta gamma delta epsilon kappa".split()


def built(directory, papers, executor="numpy"):
    (directory / "papers.jsonl").write_text("\n".join(map(json.dumps, papers)))
    searchidx.build([directory / "papers.jsonl"], directory / "index")
    return searchidx.open(directory / "index", executor=executor)


def ids(page):
    return [hit.id for hit in page.hits]


# --- boolean queries ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["numpy", "numba"])
def corpus(request, tmp_path_factory):
    rng = random.Random(11)
    papers = [
        {
            "id": f"p{number:03}",
            "title": " ".join(["Note", *rng.sample(WORDS, rng.randint(0, 2))]),
            "abstract": " ".join(["text", *rng.sample(WORDS, rng.randint(0, 4))]),
            "year": rng.choice([2021, 2022, 2023]),
            "doi": f"10.1000/{number}",
        }
        for number in range(200)
    ]
    return built(tmp_path_factory.mktemp("search"), papers, request.param), papers


def with_word(papers, word, *fields):
    return {p["id"] for p in papers if any(word in p[field].split() for field in fields or ("title", "abstract"))}


# a tree as nested tuples, its text, and what sets make of it
leaf = st.one_of(
    st.sampled_from(WORDS).map(lambda w: ("word", w)),
    st.sampled_from(WORDS).map(lambda w: ("title", w)),
    st.sampled_from(["2021", "2022..2023"]).map(lambda y: ("year", y)),
)
trees = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.tuples(st.just("and"), inner, inner),
        st.tuples(st.just("or"), inner, inner),
        st.tuples(st.just("not"), inner),
        st.tuples(st.just("side"), st.lists(st.tuples(st.sampled_from(["", "+", "-"]), inner), min_size=1, max_size=4)),
    ),
    max_leaves=7,
)


def written(tree):
    match tree:
        case ("word", word):
            return word
        case (("title" | "year") as field, value):
            return f"{field}:{value}"
        case ("and", a, b):
            return f"({written(a)}) AND ({written(b)})"
        case ("or", a, b):
            return f"({written(a)}) OR ({written(b)})"
        case ("not", a):
            return f"NOT ({written(a)})"
        case ("side", clauses):
            return " ".join(f"{sign}({written(clause)})" for sign, clause in clauses)


def only_filters(tree):
    """A year, or years side by side: these narrow whatever they stand beside, in brackets or not."""
    if tree[0] == "side":
        return all(sign != "-" and only_filters(clause) for sign, clause in tree[1])
    return tree[0] == "year"


def leaves(trees):
    """The years themselves: values of one kind stand beside each other."""
    for tree in trees:
        if tree[0] == "side":
            yield from leaves(clause for _, clause in tree[1])
        else:
            yield tree


def evaluated(tree, papers):
    everything = {p["id"] for p in papers}
    match tree:
        case ("word", word):
            return with_word(papers, word)
        case ("title", word):
            return with_word(papers, word, "title")
        case ("year", "2021"):
            return {p["id"] for p in papers if p["year"] == 2021}
        case ("year", _):
            return {p["id"] for p in papers if p["year"] >= 2022}
        case ("and", a, b):
            return evaluated(a, papers) & evaluated(b, papers)
        case ("or", a, b):
            return evaluated(a, papers) | evaluated(b, papers)
        case ("not", a):
            return everything - evaluated(a, papers)
        case ("side", clauses):
            # beside each other: every filter, every +, no -, and one of the rest unless there is a +
            filters = [clause for sign, clause in clauses if sign != "-" and only_filters(clause)]
            found = set.union(*(evaluated(c, papers) for c in leaves(filters))) if filters else set(everything)
            clauses = [(sign, clause) for sign, clause in clauses if sign == "-" or not only_filters(clause)]
            for sign, clause in clauses:
                if sign == "+":
                    found &= evaluated(clause, papers)
                if sign == "-":
                    found -= evaluated(clause, papers)
            rest = [evaluated(clause, papers) for sign, clause in clauses if not sign]
            if rest and not any(sign == "+" for sign, _ in clauses):
                found &= set.union(*rest)
            return found


@settings(max_examples=150)
@given(trees)
def test_boolean_queries_find_what_sets_give(corpus, tree):
    index, papers = corpus
    page = index.search(f"({written(tree)})", limit=1000)
    assert set(ids(page)) == evaluated(tree, papers)
    assert page.total == len(page.hits)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("alpha beta", ("or", ("word", "alpha"), ("word", "beta"))),
        ("+alpha beta", ("word", "alpha")),
        ("+alpha +beta", ("and", ("word", "alpha"), ("word", "beta"))),
        ("alpha -beta", ("side", [("", ("word", "alpha")), ("-", ("word", "beta"))])),
        ("-beta", ("not", ("word", "beta"))),
        ("alpha AND beta OR gamma", ("or", ("and", ("word", "alpha"), ("word", "beta")), ("word", "gamma"))),
        ("alpha OR beta AND gamma", ("or", ("word", "alpha"), ("and", ("word", "beta"), ("word", "gamma")))),
        ("NOT alpha AND beta", ("and", ("not", ("word", "alpha")), ("word", "beta"))),
        ("alpha year:2021", ("and", ("word", "alpha"), ("year", "2021"))),
        ("year:2021", ("year", "2021")),
        ("-year:2021 alpha", ("and", ("word", "alpha"), ("year", "2022..2023"))),
        ("title:alpha", ("title", "alpha")),
    ],
)
def test_operators_without_parentheses_bind_as_documented(corpus, query, tree):
    index, papers = corpus
    assert set(ids(index.search(query, limit=1000))) == evaluated(tree, papers)


def test_words_beside_a_must_only_rank(corpus):
    index, papers = corpus
    page = index.search("+alpha beta", limit=1000)
    both = with_word(papers, "alpha") & with_word(papers, "beta")
    assert page.hits[0].id in both
    assert index.search("+alpha", limit=1).hits[0].score < page.hits[0].score


def test_stop_words_do_not_widen_a_query_but_find_when_alone(tmp_path):
    index = built(tmp_path, [
        {"id": "a", "title": "The cat", "abstract": "Sits."},
        {"id": "b", "title": "The dog", "abstract": "Runs."},
    ])  # fmt: skip
    assert ids(index.search("the cat runs of")) == ["a", "b"]
    assert ids(index.search("the cat")) == ["a"]
    assert set(ids(index.search("the"))) == {"a", "b"}


def test_words_that_no_paper_holds_are_named_and_do_not_hinder(corpus):
    index, _ = corpus
    page = index.search("alpha wombats")
    assert page.unknown == ("wombats",)
    assert page.total == index.search("alpha").total
    nothing = index.search("wombats")
    assert (nothing.total, nothing.hits) == (0, ())


# --- pasted ---------------------------------------------------------------------------------------------------

LIBRARY = [
    {
        "id": "2301.00042",
        "arxiv_id": "2301.00042",
        "title": "Wide nets see more: is depth needed?",
        "abstract": "Width.",
        "date": "2023-01-02",
        "code_urls": ["https://github.com/wide/nets"],
        "upvotes": 4,
    },
    {
        "id": "2022.acl-long.7",
        "doi": "10.18653/v1/2022.acl-long.7",
        "title": "Counting (almost) all words",
        "abstract": "Counts that cite 2301.00042 and wide nets, wide nets, wide nets.",
        "date": "2022-05",
    },
    {
        "id": "counting-words",
        "title": "Counting words",
        "abstract": "Counting all words. Almost all words, counting.",
        "year": 2021,
        "upvotes": 900,
    },
    {
        "id": "hep-th/9901001",
        "arxiv_id": "hep-th/9901001",
        "title": 'What "is" a token: a lone " quote',
        "abstract": "Tokens.",
    },
    {
        "id": "short",
        "title": "Preface",
        "abstract": "Words of welcome: preface, preface, preface.",
        "date": "2024-03-04",
    },
    {
        "id": "other",
        "title": "On the preface of books",
        "abstract": "A preface, the preface, prefaces.",
        "date": "2023-01-02",
    },
]


@pytest.fixture(scope="module", params=["numpy", "numba"])
def library(request, tmp_path_factory):
    return built(tmp_path_factory.mktemp("library"), LIBRARY, request.param)


@pytest.mark.parametrize(
    ("pasted", "id_"),
    [
        ("2301.00042", "2301.00042"),
        (" 2301.00042v3 ", "2301.00042"),
        ("arXiv:2301.00042", "2301.00042"),
        ("https://arxiv.org/abs/2301.00042", "2301.00042"),
        ("http://arxiv.org/pdf/2301.00042v2.pdf", "2301.00042"),
        ("https://huggingface.co/papers/2301.00042", "2301.00042"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
        ("10.18653/v1/2022.acl-long.7", "2022.acl-long.7"),
        ("doi:10.18653/V1/2022.ACL-LONG.7", "2022.acl-long.7"),
        ("https://doi.org/10.18653/v1/2022.acl-long.7", "2022.acl-long.7"),
        ("https://aclanthology.org/2022.acl-long.7/", "2022.acl-long.7"),
        ("https://aclanthology.org/2022.acl-long.7.pdf", "2022.acl-long.7"),
        ("2022.acl-long.7", "2022.acl-long.7"),
        ("counting-words", "counting-words"),
        ("https://github.com/wide/nets", "2301.00042"),
        ("github.com/Wide/Nets", "2301.00042"),
        ("https://github.com/wide/nets.git", "2301.00042"),
    ],
)
def test_a_pasted_id_or_url_finds_its_paper_alone(library, pasted, id_):
    page = library.search(pasted)
    assert ids(page) == [id_]
    assert page.total == 1
    assert page.hits[0].match == "id"


@pytest.mark.parametrize("paper", LIBRARY, ids=lambda p: p["id"])
@pytest.mark.parametrize("spelled", [str, str.upper, str.lower, lambda t: f"  {t.replace(' ', '  ')} "])
def test_a_pasted_title_finds_its_paper_first(library, paper, spelled):
    page = library.search(spelled(paper["title"]))
    assert page.hits[0].id == paper["id"]
    assert page.hits[0].match == "title"
    assert page.total == len(page.hits) == len(set(ids(page)))


def test_a_pasted_title_comes_first_on_a_page_of_one_and_is_not_repeated_on_the_next(library):
    everything = ids(library.search("Counting words"))
    assert everything[0] == "counting-words"
    pages = [ids(library.search("Counting words", limit=1, page=n)) for n in range(1, len(everything) + 1)]
    assert [id_ for page in pages for id_ in page] == everything


def test_filters_narrow_what_was_pasted_too(library):
    assert library.search("2301.00042", year=2022).total == 0
    assert ids(library.search("2301.00042", year=2023)) == ["2301.00042"]
    assert "counting-words" not in ids(library.search("Counting words", year="2022.."))


def test_an_unknown_id_is_words(library):
    assert library.search("2399.99999").total == 0
    assert ids(library.search("nobody/width")) == ["2301.00042"]


def test_get_takes_what_may_be_pasted_and_says_what_is_missing(library):
    for text in ("2301.00042", "https://arxiv.org/abs/2301.00042v1", LIBRARY[0]["title"].upper()):
        assert library.get(text).paper.id == "2301.00042"
    with pytest.raises(PaperMissing, match="nope"):
        library.get("nope")


# --- orders ---------------------------------------------------------------------------------------------------


def test_an_empty_query_browses_newest_first_and_undated_last(library):
    newest = ["short", "2301.00042", "other", "2022.acl-long.7", "counting-words", "hep-th/9901001"]
    assert ids(library.search("")) == newest
    assert ids(library.search("", sort="date")) == newest


def test_sorting_by_date_keeps_what_matches(library):
    page = library.search("words", sort="date")
    assert ids(page) == ["short", "2022.acl-long.7", "counting-words"]
    assert set(ids(page)) == set(ids(library.search("words")))
    assert all(hit.score > 0 for hit in page.hits)


def test_trending_weighs_votes_by_age(tmp_path):
    today = datetime.datetime.now(datetime.UTC).date()
    voted = [
        ("old-and-many", f"{today.year - 3}-01-01", 50),
        ("new-and-some", str(today), 20),
        ("new-and-few", str(today), 1),
        ("undated-and-most", None, 5000),
        ("tomorrow", f"{today.year + 1}-01-01", 20),
    ]
    papers = [
        {"id": id_, "title": f"{id_} of things", "abstract": "x", "date": date, "upvotes": votes}
        for id_, date, votes in voted
    ]
    order = ids(built(tmp_path, papers).search("things", sort="trending"))
    assert order == ["new-and-some", "tomorrow", "new-and-few", "old-and-many", "undated-and-most"]


# A server has an index open for weeks.
def test_trending_is_of_the_day_it_is_asked_on(tmp_path, monkeypatch):
    papers = [
        {"id": "older", "title": "Older of things", "abstract": "x", "date": "2020-01-01", "upvotes": 40},
        {"id": "newer", "title": "Newer of things", "abstract": "x", "date": "2020-01-20", "upvotes": 9},
    ]
    index = built(tmp_path, papers)

    class Clock(datetime.datetime):
        today = datetime.datetime(2020, 1, 21, tzinfo=datetime.UTC)

        @classmethod
        def now(cls, tz=None):
            return cls.today

    monkeypatch.setattr("searchidx.index.datetime.datetime", Clock)
    assert ids(index.search("things", sort="trending")) == ["newer", "older"]
    Clock.today = datetime.datetime(2021, 1, 21, tzinfo=datetime.UTC)
    assert ids(index.search("things", sort="trending")) == ["older", "newer"]


def test_votes_beyond_what_a_column_holds_do_not_stop_a_build(tmp_path):
    papers = [
        {"id": "a", "title": "First of things", "abstract": "x", "date": "2024-01-01", "upvotes": 10**15},
        {"id": "b", "title": "Second of things", "abstract": "x", "date": "2024-01-01", "upvotes": -(10**15)},
    ]
    index = built(tmp_path, papers)
    assert ids(index.search("", sort="trending")) == ["a", "b"]
    assert index.get("a").paper.upvotes == 10**15


# --- pages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["alpha", "alpha beta gamma", "", "+alpha -beta", '"alpha"', "year:2021", "Note alpha"]
)
@pytest.mark.parametrize("sort", ["relevance", "date", "trending"])
def test_pages_put_together_are_one_long_page(corpus, query, sort):
    index, _ = corpus
    whole = index.search(query, limit=1000, sort=sort)
    assert [hit.rank for hit in whole.hits] == list(range(1, whole.total + 1))
    for limit in (7, 64):
        together = []
        for number in range(1, whole.total // limit + 2):
            page = index.search(query, limit=limit, page=number, sort=sort)
            assert page.total == whole.total
            assert page.page == number
            together += [(hit.rank, hit.id, hit.score) for hit in page.hits]
        assert together == [(hit.rank, hit.id, hit.score) for hit in whole.hits]


def test_a_page_past_the_end_is_empty_with_the_true_total(corpus):
    index, _ = corpus
    total = index.search("alpha").total
    for page in (index.search("alpha", page=1000), index.search("alpha", page=10**12)):
        assert page.hits == ()
        assert page.total == total > 0


@pytest.mark.parametrize(
    "wrong", [{"limit": 0}, {"limit": 1001}, {"limit": -1}, {"page": 0}, {"sort": "best"}, {"facets": ["colour"]}]
)
def test_what_cannot_be_carried_out_is_a_usage_error(corpus, wrong):
    with pytest.raises(UsageError):
        corpus[0].search("alpha", **wrong)


def test_a_page_as_json_has_the_promised_keys(library):
    page = library.search("wide", snippets=True, facets=["code"]).to_json()
    assert json.loads(json.dumps(page)) == page
    assert {"query", "total", "page", "took_ms", "did_you_mean", "hits", "facets"} <= page.keys()
    promised = "rank id title score date year venue authors source has_code code repo links datasets metrics snippet"
    assert set(promised.split()) <= page["hits"][0].keys()


@settings(max_examples=150)
@given(st.one_of(st.text(max_size=80), st.text(alphabet='ab/:.-"()+*~ 10\ud800\x00é中', max_size=40)))
def test_any_text_searched_is_a_page_or_a_usage_error(library, text):
    try:
        page = library.search(text, facets=True, snippets=True, explain=True)
    except QueryError:
        return
    except SearchIdxError as error:
        assert isinstance(error, UsageError), error  # noqa: PT017
        return
    assert len(page.hits) == page.total


# in quotes, so that an id in a text is not taken for a pasted one
def test_every_word_of_a_paper_finds_it(library):
    for record in library.records():
        for text in (record.paper.title, record.paper.abstract):
            for word in text.replace('"', " ").split():
                if analyse(word):
                    assert record.paper.id in ids(library.search(f'"{word}"', limit=1000)), word


# --- keywords of authors ----------------------------------------------------------------------------------------

KEYED = [
    {
        "id": "keyed",
        "title": "Flying in gusts",
        "abstract": "We hold a line.",
        "keywords": ["lifelong kiting", "Brine Diffusion Metering (BDM)"],
    },
    {"id": "plain", "title": "Lifelong study of lines", "abstract": "A line, held. Kiting is done elsewhere."},
    {"id": "long-form", "title": "Salt", "abstract": "By brine diffusion metering."},
    {"id": "bare", "title": "Gusts", "abstract": "Nothing more.", "keywords": []},
    # a meaning is learnt from three papers
    {"id": "meant", "title": "Meant", "abstract": "Said.", "keywords": ["Brine Diffusion Metering (BDM)"]},
    {"id": "meant too", "title": "Meant as well", "abstract": "Said.", "keywords": ["Brine Diffusion Metering (BDM)"]},
]


@pytest.fixture(scope="module", params=["numpy", "numba"])
def keyed(request, tmp_path_factory):
    return built(tmp_path_factory.mktemp("keyed"), KEYED, request.param)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kiting", {"keyed", "plain"}),
        ('"lifelong kiting"', {"keyed"}),
        ("abstract:lifelong", {"keyed"}),
        ("title:lifelong", {"plain"}),
        ("+gusts -kiting", {"bare"}),
        ("kitin*", {"keyed", "plain"}),
        ("diffuson~", {"keyed", "long-form", "meant", "meant too"}),
        ("BDM", {"keyed", "long-form", "meant", "meant too"}),
    ],
)
def test_words_of_keywords_find_their_paper(keyed, query, found):
    assert set(ids(keyed.search(query))) == found


def test_keywords_count_as_words_of_the_abstract(keyed):
    (hit,) = keyed.search("+kiting +gusts", explain=True).hits
    told = {part.term: part.tf for part in hit.explanation.terms if part.kind == "term"}
    assert told == {"kite": {"title": 0, "abstract": 1}, "gust": {"title": 1, "abstract": 0}}
    assert hit.explanation.length == {"title": 3, "abstract": 4 + 6}
    assert hit.explanation.score == hit.score


def test_what_keywords_say_is_completed_and_likened(keyed):
    assert "lifelong kiting" in keyed.suggest("lifelong kiti")
    assert {"plain", "meant"} <= set(ids(keyed.similar("keyed")))
    said = keyed.search("+kiting +gusts", snippets=True).hits[0].snippet
    assert said == "Keywords: lifelong <mark>kiting</mark>; Brine Diffusion Metering (BDM)"


# Extraction reads what authors wrote of their work, not what they file it under.
def test_nothing_is_extracted_from_keywords(tmp_path):
    keywords = ["ImageNet dataset", "https://github.com/owner/name", "92.1% accuracy"]
    index = built(tmp_path, [{"id": "p", "title": "Gusts", "abstract": "We hold a line.", "keywords": keywords}])
    record = index.get("p")
    assert (record.links, record.extraction.datasets, record.extraction.metrics) == ((), (), ())


def test_changed_keywords_are_searched_after_an_update(tmp_path):
    papers = [{"id": "p", "title": "Gusts of today", "abstract": "We hold a line."}]
    assert not built(tmp_path, papers).search("kiting").hits
    (tmp_path / "more.jsonl").write_text(json.dumps(papers[0] | {"keywords": ["kiting"]}))
    searchidx.update([tmp_path / "more.jsonl"], tmp_path / "index")
    assert ids(searchidx.open(tmp_path / "index").search("kiting")) == ["p"]


# --- papers like one paper --------------------------------------------------------------------------------------


def test_similar_papers_share_telling_words_and_leave_the_paper_out(tmp_path):
    papers = [
        {"id": "kites", "title": "Kites in strong winds", "abstract": "Kites fly when winds are strong."},
        {"id": "winds", "title": "Winds for kites", "abstract": "A study of winds that carry kites."},
        {"id": "boats", "title": "Boats", "abstract": "Boats need water. A study."},
    ]
    index = built(tmp_path, papers)
    page = index.similar("kites")
    assert ids(page)[0] == "winds"
    assert "kites" not in ids(page)
    assert page.total == len(page.hits)
    assert ids(index.similar("Kites in strong winds", limit=1)) == ["winds"]


def test_similar_papers_can_be_narrowed(tmp_path):
    papers = [
        {"id": "a", "title": "Kites", "abstract": "Kites and winds.", "year": 2020},
        {"id": "b", "title": "Kites again", "abstract": "Kites and winds.", "year": 2021},
        {"id": "c", "title": "Kites once more", "abstract": "Kites and winds.", "year": 2022},
    ]
    index = built(tmp_path, papers)
    assert ids(index.similar("a", year="2022..")) == ["c"]
    with pytest.raises(PaperMissing):
        index.similar("nope")
