"""Both lexicons give the words and terms of the analyser, whatever the text."""

import string
import unicodedata
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx.analysis import RAW_WORD, clean, clean_character, expand
from searchidx.sources import read
from searchidx.store.bulk import BulkLexicon
from searchidx.store.lexicon import PlainLexicon, joined, packed

EVERY_CHARACTER = range(0x110000)

# what words are joined, ended and disguised by: connectors, thousands, LaTeX, quotes, dashes, marks, other scripts
ALPHABETS = {
    "words and connectors": "aZé09-.@_'&+#, ",
    "numbers": "1234567890,,,..a ",
    "symbols at the end": "aC+#+#-' \n",
    "LaTeX": "aB2\\\\{}$^_~'\"`= ",
    "quotes and dashes": "a1’‘“”`´—–‐−\u00ad\u200b\ufeff'-",
    "marks and ligatures": "aeo\u0301\u0308\u0327ﬁﬀæßøłıİΣς½²℉№ﷺ",
    "other scripts": "aя中文가각ᄀ\u1161\u11a8はば\u3099बा\u0947ক\u09be\u09d7٣１，．＋",
    "odd characters": "a1\x00\x1c\x85\u2028\ud800\udfff\ue000\uffff\U0001f600𝐀𝟘\U000e0001",
}
any_text = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(), max_size=60),
    *(st.text(alphabet, max_size=60) for alphabet in ALPHABETS.values()),
    st.text("".join(ALPHABETS.values()), max_size=120),
)


class Reader:
    """A lexicon held against the analyser, batch after batch."""

    def __init__(self, lexicon):
        self._lexicon = lexicon
        self._names = {}  # number -> raw word

    def check(self, texts):
        """The words of these texts are the analyser's, each number being always the same one."""
        tokens = self._lexicon.tokenise(joined([packed(texts)]))
        self._lexicon.expand(tokens)
        assert (tokens.words.dtype, tokens.counts.dtype) == ("int32", "int64")
        expected = [cut(text) for text in texts]
        assert tokens.counts.tolist() == [len(raws) for raws in expected]
        for number, raw in zip(tokens.words.tolist(), (raw for raws in expected for raw in raws), strict=True):
            assert self._names.setdefault(number, raw) == raw

    def check_terms(self):
        """Each word has one number, and the terms of the analyser, in its order."""
        assert sorted(self._names) == list(range(len(self._names)))
        assert len(set(self._names.values())) == len(self._names)
        table, terms = self._lexicon.table(), [term.decode() for term in self._lexicon.terms().listed()]
        assert {part.dtype.name for part in table} == {"int32"}
        entries = [(terms[t], offset) for t, offset in zip(table.terms.tolist(), table.offsets.tolist(), strict=True)]
        expansions = [tuple(entries[start:end]) for start, end in pairwise(table.starts.tolist())]
        names = [raw for _, raw in sorted(self._names.items())]
        assert [*zip(expansions, table.widths.tolist(), strict=True)] == [expand(raw) for raw in names]
        assert len(set(terms)) == len(terms)
        assert set(table.terms.tolist()) == set(range(len(terms)))


def cut(text):
    return RAW_WORD.findall(clean(text))


@pytest.fixture(scope="module", params=[PlainLexicon, BulkLexicon])
def reader(request):
    return Reader(request.param())


@pytest.fixture(scope="module", params=[PlainLexicon, BulkLexicon])
def lexicon(request):
    return request.param


@settings(max_examples=400)
@given(texts=st.lists(any_text, max_size=5))
def test_words_are_those_of_the_analyser(reader, texts):
    reader.check(texts)


@pytest.mark.parametrize("name", ALPHABETS)
def test_words_of_each_alphabet_are_those_of_the_analyser(reader, name):
    @settings(max_examples=150)
    @given(st.text(ALPHABETS[name], max_size=40))
    def check(text):
        reader.check([text])

    check()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \n", []),
        ("1,281,167 images", ["1,281,167", "images"]),
        ("1,234.5 and 1,234.5x", ["1,234.5", "and", "1,234", "5x"]),
        ("1,234,567a", ["1,234", "567a"]),
        ("1,2345 12,34 1234,567", ["1", "2345", "12", "34", "1234", "567"]),
        ("1,234.", ["1,234"]),
        ("C++ C+++ C++x C# C#x", ["C++", "C++", "C", "x", "C#", "C", "x"]),
        ("U-Net++'s F1@k", ["U-Net++", "s", "F1@k"]),
        ("a-.b a_-b a-", ["a", "b", "a", "b", "a"]),
        ("self‐supervised “ﬁne”—tuning", ["self-supervised", "fine", "tuning"]),
        ("a`b", ["a", "b"]),
        ("a`b é", ["a'b", "e"]),
        (r"$\ell_2$ na\"ive", ["l2", "naive"]),
        ("x\ud800y", ["x", "y"]),
        ("ᄀ\u1161\u11a8 각", ["각", "각"]),
        ("١,٢٣٤ 1,٢٣٤", ["١,٢٣٤", "1,٢٣٤"]),
    ],
)
def test_words_of_some_texts(reader, text, words):
    assert cut(text) == words
    reader.check([text, text])


# texts stand side by side in one buffer: none may see the next
def test_words_end_with_their_text(reader):
    reader.check(["a-", "-b", "1,", "234", "C+", "+", "", "1", ",234", "é", "\u0301a", "a'", "s"])


def test_no_texts_at_all(reader):
    reader.check([])
    Reader(BulkLexicon()).check_terms()


def test_more_words_than_the_table_begins_with(reader):
    texts = [" ".join(f"w{number}x" for number in range(start, start + 9_000)) for start in range(0, 180_000, 9_000)]
    reader.check(texts + texts[::-1])


def test_a_word_longer_than_all_room_for_words(reader):
    reader.check(["x" * 3_000_000 + " y", "y"])


def test_more_words_than_the_text_has_room_for_before_it_is_clean(reader):
    reader.check(["", "½" * 5_000])


def test_many_texts_that_need_the_analyser_among_those_that_do_not(reader):
    reader.check(["plain words", "가\u11a8 hard", "é easy", "বাংলা", ""] * 40)


# --- terms ----------------------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(raws=st.lists(st.from_regex(r"[a-zA-Z]{1,9}(-[a-zA-Z]{1,5}){0,4}", fullmatch=True), max_size=30))
def test_terms_of_letters_and_hyphens_are_those_of_the_analyser(lexicon, raws):
    reader = Reader(lexicon())
    reader.check(raws)
    reader.check_terms()


# capitals, plurals of names, stems that are parts again: all words of a few letters that matter to them
def test_terms_of_all_short_words_of_some_letters_are_those_of_the_analyser(lexicon):
    raws = [*map("".join, product("aASsuiU", repeat=4)), *map("".join, product("aASsi-", repeat=5))]
    reader = Reader(lexicon())
    reader.check([" ".join(raws)])
    reader.check_terms()


@pytest.mark.parametrize("length", [1, 2, 3, 62, 63, 64, 65, 66, 200])
def test_terms_of_long_words_are_cut_as_by_the_analyser(lexicon, length):
    word = (string.ascii_lowercase * 8)[:length]
    hyphenated = "-".join([word[: length // 2], word[length // 2 :]]).strip("-")
    reader = Reader(lexicon())
    reader.check(
        [
            " ".join(
                [word, word.capitalize(), word.upper(), word.upper() + "s", hyphenated, "a-" + word, "A" + hyphenated]
            )
        ]
    )
    reader.check_terms()


@settings(max_examples=150)
@given(batches=st.lists(st.lists(any_text, max_size=3), max_size=3))
def test_terms_of_any_texts_are_those_of_the_analyser(lexicon, batches):
    reader = Reader(lexicon())
    for texts in batches:
        reader.check(texts)
    reader.check_terms()


# --- characters by themselves ---------------------------------------------------------------------------------


def test_a_character_that_may_join_the_one_before_it_is_not_cleaned_alone():
    joining = set()
    for point in EVERY_CHARACTER:
        parts = unicodedata.decomposition(chr(point)).split()
        if len(parts) == 2 and not parts[0].startswith("<") and not unicodedata.combining(chr(int(parts[1], 16))):
            joining.add(chr(int(parts[1], 16)))
    joining |= {chr(point) for point in [*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]}
    assert len(joining) > 50
    assert [c for c in sorted(joining) if clean_character(c) is not None] == []


def test_common_characters_are_cleaned_alone():
    common = [chr(point) for point in range(0x300) if not unicodedata.combining(chr(point))]
    assert all(clean_character(c) is not None for c in [*common, *"—’“ﬁ×ε中文가각ば"])


def check_characters(points):
    """Every character alone between letters, among digits, and behind a letter it might join."""
    texts = [f"é a{chr(point)}b 1{chr(point)}234 가{chr(point)}+ ᄀ{chr(point)}" for point in points]
    reader = Reader(BulkLexicon())
    for start in range(0, len(texts), 20_000):
        reader.check(texts[start : start + 20_000])


def test_every_character_of_the_first_scripts_is_cleaned_as_by_the_analyser():
    check_characters(EVERY_CHARACTER[:0x3100])


@pytest.mark.torture
def test_every_character_is_cleaned_as_by_the_analyser():
    check_characters(EVERY_CHARACTER)


@pytest.mark.torture
def test_words_and_terms_of_all_real_papers_are_those_of_the_analyser(shared):
    papers = read([shared / "data" / "conference-papers.jsonl.zst"])
    texts = [text for paper in papers for text in (paper.title, paper.abstract)]
    assert len(texts) > 170_000
    reader = Reader(BulkLexicon())
    for start in range(0, len(texts), 10_000):
        reader.check(texts[start : start + 10_000])
    reader.check_terms()
