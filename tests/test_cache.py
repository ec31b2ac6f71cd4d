"""Cached extractions: what fresh extraction gives, or nothing; and never a reason for a build to fail."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import cache as cache_module
from searchidx import extraction
from searchidx.cache import ExtractionCache, Text, open_cache
from searchidx.extraction import extract
from searchidx.paper import CodeStatement, DatasetMention, Extraction, Link, Metric

ROOT = Path(__file__).parents[1]


def texts(n: int, start: int = 0) -> list[Text]:
    return [
        (f"Net {i}", f"We reach {i % 90}.5% accuracy on MNIST. Code: https://github.com/o/n{i}.")
        for i in range(start, start + n)
    ]


def extracted(some: list[Text]) -> list[Extraction]:
    return [_extracted(text) for text in some]


@lru_cache(None)
def _extracted(text: Text) -> Extraction:
    return extract(*text)


def filled(directory: Path, some: list[Text], version: str = "v") -> Path:
    """The file of a cache that holds these texts."""
    with ExtractionCache(directory, version) as cache:
        cache.put(some, extracted(some))
    return directory / f"searchidx-extractions-{version}.sqlite"


def found(directory: Path, some: list[Text], version: str = "v") -> list[Extraction | None]:
    with ExtractionCache(directory, version) as cache:
        return cache.get(some)


def test_what_was_put_is_found_later_and_nothing_else(tmp_path: Path) -> None:
    with ExtractionCache(tmp_path, "v") as cache:
        assert cache.get(texts(3)) == [None, None, None]
        cache.put(texts(3), extracted(texts(3)))
    assert found(tmp_path, [*texts(2, start=2), *texts(2)]) == [extract(*texts(3)[2]), None, *extracted(texts(2))]


def test_the_border_of_title_and_abstract_is_part_of_the_key(tmp_path: Path) -> None:
    filled(tmp_path, [("Kite", "flies")])
    others = [("Kitef", "lies"), ("", "Kiteflies"), ("Kite\nflies", ""), ("4\nKite", "flies"), ("kite", "flies")]
    assert found(tmp_path, others) == [None] * len(others)


def test_more_texts_than_one_statement_asks_for(tmp_path: Path) -> None:
    some = texts(1234)
    filled(tmp_path, some)
    assert found(tmp_path, some) == extracted(some)


spans = st.none() | st.tuples(st.integers(0, 2**40), st.integers(0, 2**40))
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
maybe = st.none() | words
codes: list[CodeStatement] = ["released", "promised", "none"]
any_extraction = st.builds(
    Extraction,
    links=st.lists(st.builds(Link, words, st.sampled_from(["code", "other"]), words, spans), max_size=3).map(tuple),
    repo=maybe,
    code=st.sampled_from(codes),
    datasets=st.lists(st.builds(DatasetMention, words, words, span=spans), max_size=3).map(tuple),
    metrics=st.lists(
        st.builds(
            Metric, words, words, words, maybe, maybe, st.sampled_from(["delta", "ratio"]), maybe, words, span=spans
        ),
        max_size=3,
    ).map(tuple),
)
any_text = st.text(st.characters())  # lone surrogates too


@settings(max_examples=60)
@given(st.dictionaries(st.tuples(any_text, any_text), any_extraction, max_size=5))
def test_any_extraction_of_any_text_comes_back_as_it_was(known: dict[Text, Extraction]) -> None:
    some = list(known)
    with tempfile.TemporaryDirectory() as directory:
        with ExtractionCache(Path(directory), "v") as cache:
            cache.put(some, [known[text] for text in some])
        for text, stored in zip(some, found(Path(directory), some), strict=True):
            assert stored == known[text] if is_unicode(text) else stored is None


@settings(max_examples=60)
@given(st.lists(st.tuples(any_text, any_text | st.builds("We reach {}% on {} https://{}".format, *[any_text] * 3))))
def test_hits_are_what_fresh_extraction_gives(some: list[Text]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        filled(Path(directory), some)
        for text, stored in zip(some, found(Path(directory), some), strict=True):
            assert stored == (extract(*text) if is_unicode(text) else None)


def is_unicode(text: Text) -> bool:
    return not any("\ud800" <= character <= "\udfff" for part in text for character in part)


def test_another_version_finds_nothing_and_removes_what_was(tmp_path: Path) -> None:
    filled(tmp_path, texts(3), "1-old")
    (tmp_path / "extractions-1.sqlite").write_text("somebody else's")
    assert found(tmp_path, texts(3), "1-new") == [None] * 3
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "extractions-1.sqlite",
        "searchidx-extractions-1-new.sqlite",
    ]


def test_another_versions_file_under_this_ones_name_gives_nothing(tmp_path: Path) -> None:
    filled(tmp_path, texts(3), "old").rename(tmp_path / "searchidx-extractions-new.sqlite")
    assert found(tmp_path, texts(3), "new") == [None] * 3


def test_the_version_stands_for_every_file_of_the_extractor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = {file.name for file in cache_module.extractor_files()}
    sources = Path(extraction.__file__).parent
    assert {file.name for file in [*sources.glob("*.py"), *(sources / "data").iterdir()]} <= names
    assert {"paper.py", "record.py", "cache.py"} <= names

    version = cache_module.extractor_version.__wrapped__
    before = version()
    assert version() == before == cache_module.extractor_version()
    monkeypatch.setattr(cache_module, "EXTRACTOR_VERSION", -1)
    assert version() != before
    monkeypatch.undo()
    copied = Path(tmp_path, "searchidx")
    for file in cache_module.extractor_files():
        copy = copied / file.relative_to(ROOT / "searchidx")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    monkeypatch.setattr(cache_module, "__file__", str(copied / "cache.py"))
    assert version() == before
    (copied / "extraction" / "__pycache__").mkdir()
    (copied / "extraction" / "__pycache__" / "x.pyc").touch()
    assert version() == before
    with (copied / "extraction" / "data" / "metrics.tsv").open("a") as data:
        data.write("\n")
    assert version() != before


def test_no_directory_is_no_cache() -> None:
    with open_cache(None) as cache:
        assert cache is None


def test_without_the_sources_there_is_no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cache_module, "__file__", str(tmp_path / "gone" / "cache.py"))
    monkeypatch.setattr(cache_module, "extractor_version", cache_module.extractor_version.__wrapped__)
    with open_cache(tmp_path) as cache:
        assert cache is None


def test_the_cache_of_a_directory_is_made_with_it(tmp_path: Path) -> None:
    for expected in (None, extract(*texts(1)[0])):
        with open_cache(tmp_path / "deep" / "cache") as cache:
            assert cache is not None
            assert cache.get(texts(1)) == [expected]
            cache.put(texts(1), extracted(texts(1)))


# The whole header, and places all over the rest.
def test_a_damaged_byte_never_gives_another_extraction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_PRAGMAS", (*cache_module._PRAGMAS, "synchronous = OFF"))  # for speed
    some = texts(25)
    expected = extracted(some)
    file = filled(tmp_path, some)
    whole = file.read_bytes()
    assert len(whole) > 3 * 4096
    for place in [*range(100), *range(100, len(whole), 67)]:
        for leftover in tmp_path.iterdir():
            leftover.unlink()
        file.write_bytes(whole[:place] + bytes([whole[place] ^ (0xFF, 0x01, 0x80)[place % 3]]) + whole[place + 1 :])
        with ExtractionCache(tmp_path, "v") as cache:
            stored = cache.get(some)
            assert all(one in (None, other) for one, other in zip(stored, expected, strict=True)), place
            cache.put(some, expected)
        stored = found(tmp_path, some)
        assert all(one in (None, other) for one, other in zip(stored, expected, strict=True)), place


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "no database": lambda file: file.write_bytes(b"title,abstract\n" * 999),
    "half of it": lambda file: file.write_bytes(file.read_bytes()[:6000]),
    "zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "another table": lambda file: execute(file, "DROP TABLE extractions; CREATE TABLE extractions (key, value)"),
    "a table more": lambda file: execute(file, "CREATE TABLE more (a)"),
    "a trigger": lambda file: execute(
        file, "CREATE TRIGGER t AFTER INSERT ON extractions BEGIN DELETE FROM extractions; END"
    ),
    "a log that is none": lambda file: file.with_name(file.name + "-wal").write_bytes(b"x" * 9999),
}


def execute(file: Path, statements: str) -> None:
    db = sqlite3.connect(file)
    db.executescript(statements)
    db.close()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_is_no_cache_is_begun_anew(tmp_path: Path, damage: str) -> None:
    some = texts(40)
    DAMAGES[damage](filled(tmp_path, some))
    with ExtractionCache(tmp_path, "v") as cache:
        assert all(one in (None, other) for one, other in zip(cache.get(some), extracted(some), strict=True))
        cache.put(some, extracted(some))
    assert found(tmp_path, some) == extracted(some)


def test_damage_met_on_the_way_is_begun_anew_in_the_same_run(tmp_path: Path) -> None:
    some = texts(500)
    file = filled(tmp_path, some)
    with file.open("r+b") as damaged:
        damaged.seek(2 * 4096)
        damaged.write(b"\xff" * (file.stat().st_size - 2 * 4096))
    with ExtractionCache(tmp_path, "v") as cache:
        assert cache.get(some) == [None] * 500
        cache.put(some, extracted(some))
    assert found(tmp_path, some) == extracted(some)


def test_a_damaged_entry_is_stored_again(tmp_path: Path) -> None:
    some = texts(3)
    execute(filled(tmp_path, some), "UPDATE extractions SET value = CAST(substr(value, 1, 20) AS BLOB)")
    with ExtractionCache(tmp_path, "v") as cache:
        assert cache.get(some) == [None] * 3
        cache.put(some, extracted(some))
    assert found(tmp_path, some) == extracted(some)


@pytest.mark.parametrize("value", ["zeroblob(99)", "'text'", "7", "zeroblob(20000000)", "x''"])
def test_values_of_a_strange_kind_are_missed(tmp_path: Path, value: str) -> None:
    execute(filled(tmp_path, texts(3)), f"UPDATE extractions SET value = {value}")
    assert found(tmp_path, texts(3)) == [None] * 3


def test_facts_that_are_too_long_are_not_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "MAX_FACTS", 100)
    both = [("Kite", "flies"), *texts(1)]
    filled(tmp_path, both)
    assert found(tmp_path, both) == [Extraction(), None]


@pytest.mark.parametrize("place", ["/dev/null", "/dev/null/cache", "/proc/no-such-cache"])
def test_a_directory_that_cannot_be_made_is_no_cache(place: str) -> None:
    with ExtractionCache(Path(place), "v") as cache:
        cache.put(texts(1), extracted(texts(1)))
        assert cache.get(texts(1)) == [None]


def test_a_directory_in_the_place_of_the_file_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "searchidx-extractions-v.sqlite").mkdir()
    (tmp_path / "searchidx-extractions-old.sqlite").mkdir()
    with ExtractionCache(tmp_path, "v") as cache:
        cache.put(texts(1), extracted(texts(1)))
        assert cache.get(texts(1)) == [None]


def test_what_cannot_be_written_can_be_read(tmp_path: Path) -> None:
    file = filled(tmp_path, texts(2))
    with ExtractionCache(tmp_path, "v") as cache:
        read_only(cache)
        cache.put(texts(4), extracted(texts(4)))
        cache.flush()
        assert cache.get(texts(4)) == [*extracted(texts(2)), None, None]
    file.chmod(0o400)
    tmp_path.chmod(0o500)  # which root may ignore
    try:
        assert set(found(tmp_path, texts(2))) <= {None, *extracted(texts(2))}
    finally:
        tmp_path.chmod(0o700)


def read_only(cache: ExtractionCache) -> None:
    assert cache._db is not None
    cache._db.execute("PRAGMA query_only = ON")


def test_the_file_does_not_grow_above_its_limit(tmp_path: Path) -> None:
    some = texts(800)
    with ExtractionCache(tmp_path, "v", max_bytes=200_000) as cache:
        for start in range(0, 800, 100):
            cache.put(some[start : start + 100], extracted(some[start : start + 100]))
            cache.flush()
        stored = cache.get(some)
        assert all(one in (None, other) for one, other in zip(stored, extracted(some), strict=True))
        assert 200 <= sum(one is not None for one in stored) < 600
    assert (tmp_path / "searchidx-extractions-v.sqlite").stat().st_size <= 200_000


def test_a_full_file_loses_what_was_unused_for_longest(tmp_path: Path) -> None:
    for day, some in enumerate([texts(100), texts(100, 100), texts(600, 200)], start=20_000):
        with on_day(tmp_path, day) as cache:
            cache.put(some, extracted(some))
    before = (tmp_path / "searchidx-extractions-v.sqlite").stat().st_size
    more = texts(60, 5000)
    with on_day(tmp_path, 20_010) as cache:
        assert None not in cache.get(texts(100))  # the oldest by far, but used today
        cache.put(more, extracted(more))
        cache._max_pages = before // 4096
    assert (tmp_path / "searchidx-extractions-v.sqlite").stat().st_size < before / 2
    assert found(tmp_path, texts(100)) == extracted(texts(100))
    assert found(tmp_path, more) == extracted(more)
    assert set(found(tmp_path, texts(700, 100))) == {None}


def test_a_full_file_keeps_what_was_used_today(tmp_path: Path) -> None:
    with ExtractionCache(tmp_path, "v") as cache:
        cache.put(texts(300), extracted(texts(300)))
        cache._max_pages = 1
    assert found(tmp_path, texts(300)) == extracted(texts(300))


def test_a_clock_that_was_wrong_takes_no_room_for_ever(tmp_path: Path) -> None:
    with on_day(tmp_path, 90_000) as cache:
        cache.put(texts(300), extracted(texts(300)))
    with on_day(tmp_path, 20_000) as cache:
        cache._max_pages = 1
    assert found(tmp_path, texts(300)) == [None] * 300


def on_day(directory: Path, day: int) -> ExtractionCache:
    cache = ExtractionCache(directory, "v")
    cache._today = day
    return cache


# No file of this process grows beyond a size: writing fails in the midst of a page or of the log, as on a full disk.
FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from searchidx import cache
from tests.test_cache import extracted, texts
some = texts(400)
expected = extracted(some)
cache.FLUSH_SECONDS = 0
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for size in (0, 50, 4096, 10_000, 30_000, 70_000, 150_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    for again in range(2):
        with cache.ExtractionCache(Path(sys.argv[1], str(size)), "v") as store:
            for start in range(0, 400, 50):
                store.put(some[start:start + 50], expected[start:start + 50])
                found = store.get(some)
                assert all(one in (None, other) for one, other in zip(found, expected)), size
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
for directory in Path(sys.argv[1]).iterdir():
    with cache.ExtractionCache(directory, "v") as store:
        found = store.get(some)
        assert all(one in (None, other) for one, other in zip(found, expected)), directory
        store.put(some, expected)
    with cache.ExtractionCache(directory, "v") as store:
        assert store.get(some) == expected
print("ended well")
"""


def test_a_full_disk_ends_the_storing_only(tmp_path: Path) -> None:
    assert python(FULL_DISK, tmp_path).communicate()[0] == b"ended well\n"


def test_who_waits_too_long_for_another_writer_stores_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_PATIENCE", 0.05)
    other = sqlite3.connect(filled(tmp_path, texts(2)), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with ExtractionCache(tmp_path, "v") as cache:
        cache.put(texts(4), extracted(texts(4)))
        cache.flush()
        assert cache.get(texts(4)) == [*extracted(texts(2)), None, None]
    other.execute("ROLLBACK")
    other.close()
    assert found(tmp_path, texts(4)) == [*extracted(texts(2)), None, None]


TWO_AT_ONCE = """
import sys, time
from pathlib import Path
from searchidx import cache
from tests.test_cache import extracted, texts
cache.FLUSH_SECONDS = 0
first = int(sys.argv[2])
while not Path(sys.argv[1], "go").exists():
    time.sleep(0.001)
with cache.ExtractionCache(Path(sys.argv[1]), "v") as store:
    for start in range(0, 400, 20):
        store.put(texts(20, first + start), extracted(texts(20, first + start)))
        assert store.get(texts(20, first + start)) == extracted(texts(20, first + start))
print("ended well")
"""


def test_two_processes_fill_one_cache(tmp_path: Path) -> None:
    both = [python(TWO_AT_ONCE, tmp_path, first) for first in (0, 200)]
    (tmp_path / "go").touch()
    assert [process.communicate()[0] for process in both] == [b"ended well\n"] * 2
    assert found(tmp_path, texts(600)) == extracted(texts(600))


KILLED = """
import os, signal, sys
from pathlib import Path
from searchidx import cache
from tests.test_cache import extracted, texts
store = cache.ExtractionCache(Path(sys.argv[1]), "v")
for start in range(0, 400, 100):
    cache.FLUSH_SECONDS = 0 if start < 300 else 60
    store.put(texts(100, start), extracted(texts(100, start)))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_loses_only_what_it_put_last(tmp_path: Path) -> None:
    process = python(KILLED, tmp_path)
    assert process.communicate() == (b"", None)
    assert process.returncode == -signal.SIGKILL
    assert found(tmp_path, texts(400)) == [*extracted(texts(300)), *[None] * 100]


def python(program: str, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )


def test_our_own_mistakes_are_not_hidden(tmp_path: Path) -> None:
    cache = ExtractionCache(tmp_path, "v")
    assert cache._db is not None
    cache._db.close()
    with pytest.raises(sqlite3.ProgrammingError):
        cache.get(texts(1))
