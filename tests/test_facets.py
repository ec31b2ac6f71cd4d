"""Filters and facet counts against counting the records one by one in Python."""

import json
import operator
import random
from collections import Counter

import pytest

import searchidx
from searchidx.errors import UsageError

DATASETS = ["ImageNet", "CIFAR-10", "KITTI", "SQuAD"]
METRICS = ["accuracy", "F1", "BLEU", "PSNR"]
VENUES = ["CVPR", "ICML", "Workshop on Widgets", None]
AUTHORS = ["Ada Müller", "Bo Li", "Carol Li Jones", "Ada B. Muller", "Dan Oak"]
CODE = ["Code is available at https://github.com/lab/r{0}.", "Code will be released soon.", "We release our code.", ""]


def generated(seed, n=120):
    rng = random.Random(seed)
    for number in range(n):
        claims = [
            f"We reach {rng.randint(10, 99)}.{rng.randint(0, 9)}% {rng.choice(METRICS[:2])} on {dataset}."
            for dataset in rng.sample(DATASETS, rng.randint(0, 3))
        ]
        paper = {
            "id": f"p{number:03}",
            "title": f"Study {number} of {rng.choice(['graphs', 'images', 'texts'])}",
            "abstract": " ".join(["Experiments.", *claims, rng.choice(CODE).format(number % 7)]),
            "authors": rng.sample(AUTHORS, rng.randint(0, 3)),
            "venue": rng.choice(VENUES),
            "source": rng.choice([["daily"], ["list"], ["daily", "list"]]),
        }
        if rng.random() < 0.8:
            paper["year"] = rng.randint(2018, 2025)
        yield paper


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    root = tmp_path_factory.mktemp("facets")
    (root / "papers.jsonl").write_text("\n".join(map(json.dumps, generated(3))))
    searchidx.build([root / "papers.jsonl"], root / "index")
    index = searchidx.open(root / "index")
    records = list(index.records())
    # the generator must reach every kind of value, or equal counts of nothing would pass
    assert {record.code for record in records} == {"linked", "released", "promised", "none"}
    assert sum(len(record.extraction.metrics) for record in records) > 50
    return index, records


def ids(page):
    return {hit.id for hit in page.hits}


def naive(records, test):
    return {record.paper.id for record in records if test(record)}


def datasets(record):
    return {mention.canonical for mention in record.extraction.datasets}


def metrics(record):
    return {metric.canonical for metric in record.extraction.metrics}


VALUES = {
    "code": lambda r: {r.code},
    "dataset": datasets,
    "metric": metrics,
    "year": lambda r: {str(r.paper.year)} if r.paper.year else set(),
    "source": lambda r: set(r.paper.source),
    "venue": lambda r: {r.paper.venue} if r.paper.venue else set(),
}


@pytest.mark.parametrize("query", ["", "graphs", "images OR texts", "+experiments -texts", "nothingofthekind"])
@pytest.mark.parametrize("narrow", [{}, {"year": "2020..2023"}, {"dataset": "KITTI", "has_code": True}])
def test_facets_count_every_match_once(corpus, query, narrow):
    index, records = corpus
    page = index.search(query, limit=1000, facets=True, **narrow)
    matching = [record for record in records if record.paper.id in ids(page)]
    for name, values in VALUES.items():
        counts = Counter(value for record in matching for value in values(record))
        assert page.facets[name] == counts, name
    assert set(page.facets) == set(VALUES)
    alone = index.facets(query, **narrow)
    assert (alone.facets, alone.total, alone.hits) == (page.facets, page.total, ())


def test_facets_do_not_depend_on_the_page(corpus):
    index, _ = corpus
    assert (
        index.search("graphs", limit=1, page=5, facets=["venue"]).facets
        == index.search("graphs", facets=["venue"]).facets
    )


def test_values_come_out_by_count_then_name_and_years_newest_first(corpus):
    index, _ = corpus
    facets = index.search("", facets=True).facets
    for name, counts in facets.items():
        if name == "year":
            assert list(counts) == sorted(counts, reverse=True)
        else:
            assert list(counts.items()) == sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].casefold())), name


def test_facets_may_be_named_or_all_or_none(corpus):
    index, _ = corpus
    assert index.search("graphs").facets == {}
    assert list(index.search("graphs", facets=["venue", "code"]).facets) == ["venue", "code"]
    assert list(index.search("graphs", facets="venue").facets) == ["venue"]
    with pytest.raises(UsageError, match="unknown facet 'author'"):
        index.search("graphs", facets=["author"])


@pytest.mark.parametrize("state", ["linked", "released", "promised", "none"])
def test_code_states(corpus, state):
    index, records = corpus
    expected = naive(records, lambda r: r.code == state)
    assert ids(index.search("", limit=1000, code=state)) == expected
    assert ids(index.search(f"code:{state}", limit=1000)) == expected


def test_has_code_means_a_known_repository(corpus):
    index, records = corpus
    with_code = naive(records, lambda r: r.repo is not None)
    assert ids(index.search("", limit=1000, has_code=True)) == with_code
    assert ids(index.search("has:code", limit=1000)) == with_code
    assert ids(index.search("", limit=1000, has_code=False)) == naive(records, lambda r: r.repo is None)
    assert ids(index.search("-has:code", limit=1000)) == naive(records, lambda r: r.repo is None)
    assert all(hit.to_json()["has_code"] for hit in index.search("", limit=1000, has_code=True).hits)


@pytest.mark.parametrize("spelled", ["CIFAR-10", "cifar10", "CIFAR 10", " cifar-10 "])
def test_datasets_in_any_spelling(corpus, spelled):
    index, records = corpus
    expected = naive(records, lambda r: {"CIFAR-10", "CIFAR10"} & datasets(r))
    assert expected
    assert ids(index.search("", limit=1000, dataset=spelled)) == expected


def test_values_of_one_kind_are_alternatives_and_kinds_all_hold(corpus):
    index, records = corpus
    page = index.search("", limit=1000, dataset=["KITTI", "SQuAD"], year=["2019", "2022.."], venue="cvpr")
    assert ids(page) == naive(
        records,
        lambda r: (
            datasets(r) & {"KITTI", "SQuAD"}
            and r.paper.year
            and (r.paper.year == 2019 or r.paper.year >= 2022)
            and r.paper.venue == "CVPR"
        ),
    )
    assert page.total > 0


def test_filters_in_the_query_and_beside_it_agree(corpus):
    index, _ = corpus
    beside = index.search("graphs", limit=1000, dataset=["KITTI", "SQuAD"], year="2020..2023", source="daily")
    inside = index.search("graphs dataset:KITTI dataset:squad year:2020..2023 source:daily", limit=1000)
    assert ids(beside) == ids(inside)
    assert [(h.id, h.score) for h in beside.hits] == [(h.id, h.score) for h in inside.hits]


@pytest.mark.parametrize("text", ["2021", "2019..2021", "..2019", "2024.."])
def test_years_leave_out_papers_without_one(corpus, text):
    index, records = corpus
    low, _, high = text.partition("..")
    low, high = int(low or 0), int(high or 9999) if ".." in text else int(low)
    expected = naive(records, lambda r: r.paper.year is not None and low <= r.paper.year <= high)
    assert ids(index.search("", limit=1000, year=text)) == expected


@pytest.mark.parametrize("source", ["daily", "LIST"])
def test_sources(corpus, source):
    index, records = corpus
    assert ids(index.search("", limit=1000, source=source)) == naive(
        records, lambda r: source.lower() in r.paper.source
    )


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("muller", {"Ada Müller", "Ada B. Muller"}),
        ("Müller, Ada", {"Ada Müller", "Ada B. Muller"}),
        ("ada b muller", {"Ada B. Muller"}),
        ("LI", {"Bo Li", "Carol Li Jones"}),
        ("Li Bo", {"Bo Li"}),
        ("Mull", set()),
        ("nobody", set()),
        ("?!", set()),
    ],
)
def test_authors_by_whole_words_of_their_names(corpus, name, who):
    index, records = corpus
    assert ids(index.search("", limit=1000, author=name)) == naive(records, lambda r: who & set(r.paper.authors))


@pytest.mark.parametrize("spelled", ["github.com/lab/r3", "https://github.com/Lab/R3", "https://github.com/lab/r3.git"])
def test_repositories_in_any_spelling(corpus, spelled):
    index, records = corpus
    expected = naive(records, lambda r: r.repo == "github.com/lab/r3")
    assert expected
    assert ids(index.search("", limit=1000, repo=spelled)) == expected


OPERATORS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq}


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("limit", ["50", "63.5", "0", "100"])
def test_metric_conditions_compare_absolute_values(corpus, op, limit):
    index, records = corpus

    def holds(record):
        return any(
            metric.canonical == "accuracy"
            and metric.kind == "absolute"
            and OPERATORS[op](float(metric.value), float(limit))
            for metric in record.extraction.metrics
        )

    assert ids(index.search("", limit=1000, metric=f"accuracy{op}{limit}")) == naive(records, holds)


def test_a_metric_alone_is_any_paper_that_reports_it(corpus):
    index, records = corpus
    for name in ("accuracy", "f1", "bleu"):
        expected = naive(records, lambda r, name=name: name in {m.lower() for m in metrics(r)})
        assert ids(index.search("", limit=1000, metric=name)) == expected


def test_a_unit_of_another_kind_finds_nothing(corpus):
    index, _ = corpus
    assert index.search("", metric="accuracy>10 %").total == index.search("", metric="accuracy>10").total > 0
    assert index.search("", metric="accuracy>10 dB").total == 0


@pytest.mark.parametrize("kind", ["dataset", "venue", "source", "author", "repo", "metric"])
def test_a_value_that_no_paper_has_finds_nothing(corpus, kind):
    assert corpus[0].search("", **{kind: "unheard-of"}).total == 0


# a filter's value is data: it may hold anything
@pytest.mark.parametrize("value", ["\x00", "\ud800", "a" * 10_000, "💥", "(", "\\", "%s"])
@pytest.mark.parametrize("kind", ["dataset", "venue", "source", "author", "repo", "metric"])
def test_any_value_is_only_looked_up(corpus, kind, value):
    assert corpus[0].search("", **{kind: [value]}).total == 0
