"""Whatever stands in an abstract, extraction answers quickly and never raises."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchidx.extraction import extract, extract_all, normalise_repo
from searchidx.paper import Extraction, evidence_text

PIECES = st.sampled_from(
    "we our code is available at https://github.com/a/b . , ( ) { } \\url{ on ImageNet CIFAR-10 and the dataset "
    "called FooBench 84.1% 2.3 by from to 3x faster accuracy of mAP İ ± % \n https: //github. com/a/ \" ' \x00 👍 "
    "respectively".split(" ")
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map(" ".join))


def check_spans(text: str, found: Extraction) -> None:
    for link in found.links:
        assert link.span is not None
        assert 0 <= link.span[0] < link.span[1] <= len(text)
    for mention in found.datasets:
        assert mention.span is not None
        assert text[slice(*mention.span)] == mention.name
        assert mention.canonical
    for metric in found.metrics:
        assert metric.span is not None
        assert text[slice(*metric.span)] == metric.value
        assert metric.sentence in text


@given(TEXTS, TEXTS)
def test_any_text_is_read_and_spans_point_at_what_is_quoted(title: str, abstract: str) -> None:
    check_spans(evidence_text(title, abstract), extract(title, abstract))


@given(TEXTS)
def test_reading_twice_gives_the_same(abstract: str) -> None:
    assert extract("Title", abstract) == extract("Title", abstract)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_texts_read_together_give_what_each_gives(texts: list[tuple[str, str]]) -> None:
    assert extract_all(texts) == [extract(*text) for text in texts]


def test_more_texts_than_are_read_together_keep_their_order() -> None:
    texts = [(f"Toy {number}", f"We reach {number}.5% accuracy on FooBench.") for number in range(700)]
    assert extract_all(texts) == [extract(*text) for text in texts]


@given(TEXTS)
def test_repositories_of_any_text(text: str) -> None:
    repo = normalise_repo(text)
    assert repo is None or normalise_repo("https://" + repo) == repo


MONSTERS = {
    "a megabyte of prose": "our model is better than the code that is available " * 20_000,
    "digits": "9" * 10_000,
    "spaced digits": "9 9. " * 20_000,
    "percentages": "accuracy of 9.5% and " * 20_000,
    "braces": "https://github.com/a/b" + "{" * 3_000 + "}" * 3_000,
    "quotes": '"' * 100_000,
    "dots": "." * 100_000,
    "a long URL": "https://github.com/" + "a/" * 50_000,
    "many URLs": " ".join(f"https://github.com/a/b{i}" for i in range(20_000)),
    "hosts": "aaa.com/" * 30_000,
    "schemes": "https: // " * 30_000,
    "names": "ImageNet, " * 40_000,
    "hyphens": "A-1" * 50_000,
    "promises": "code will be " * 20_000,
    "changes": "improves accuracy of " * 20_000 + "5%",
    "long words": f"We reach an MAE of 0.6 on {'a' * 140} and see a gain of 20%. " * 100,
    "brackets": "[(" * 50_000 + ")]" * 50_000,
    "blank": " " * 1_000_000,
    "lines": "\n" * 100_000,
}


@pytest.mark.parametrize("name", MONSTERS)
def test_no_input_takes_longer_than_a_second(name: str) -> None:
    extract("warm", "up on CIFAR-10")
    for title, abstract in ((MONSTERS[name], ""), ("A title", MONSTERS[name])):
        began = time.process_time()
        found = extract(title, abstract)
        assert time.process_time() - began < 1.0
        check_spans(evidence_text(title, abstract), found)


def test_importing_reads_no_data_files_and_compiles_no_patterns() -> None:
    code = (
        "import sys, searchidx.extraction, searchidx.extraction.names as names; "
        "print('searchidx.extraction.metrics' in sys.modules, names._canonical_datasets.cache_info().currsize)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "0"]


def test_threads_may_extract_at_once() -> None:
    texts = [f"We reach {n}.5% accuracy on CIFAR-10 and ImageNet; code: https://github.com/a/b{n}" for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: extract("T", text), texts)) == [extract("T", text) for text in texts]
