"""What is passed over for speed could not have changed the answer."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchidx.extraction import (
    candidates,
    code,
    gazetteer,
    hints,
    judging,
    marks,
    metric_words,
    metrics,
    names,
    numbers,
    remembered,
    runs,
    sentences,
    telling,
)
from searchidx.extraction.candidates import find_candidates
from searchidx.extraction.code import CODE_HINTS, GIVING_HINTS
from searchidx.extraction.dataset_patterns import HEAD_HINTS, NAMING_HINTS
from searchidx.extraction.marks import MarkedText
from searchidx.extraction.telling import Reading, Sentence

WORDS = ("dataset", "skips", "like", "task")


@given(st.text(st.sampled_from("datasetDATASETkKsSiIıİſK ik.,"), max_size=60))
def test_a_pattern_in_small_letters_finds_in_folded_text_what_it_finds_without_regard_to_case(text: str) -> None:
    folded = hints.fold(text)
    assert len(folded) == len(text)
    for word in WORDS:
        for pattern in (word, rf"\b{word[:2]}[a-z]*"):
            ignoring = [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]
            assert [match.span() for match in re.finditer(pattern, folded)] == ignoring


@pytest.mark.parametrize(
    ("sentence", "tells"),
    [
        ("We propose a network.", False),
        ("However, Transformers are slow.", False),
        ("We report results on FooSet.", True),
        ("The FooSet dataset is hard.", True),
        ("It beats others at ImageNet.", True),
        ("We present a study with nuScenes.", True),
        ("We compile FooSet, 5,404 coding tasks.", True),
    ],
)
def test_a_sentence_tells_when_something_in_it_can_make_a_name_a_dataset(sentence: str, tells: bool) -> None:
    text = "A title\n" + sentence
    reading = Reading(MarkedText(text, hints.lower_same_length(text), ((0, 7), (8, len(text)))))
    assert any(told.span[0] == 8 for told in reading.telling) is tells


OPENINGS = (
    *("However", "However,", "We", "Frob", "Frobs,", "The", "Toys", "3D", "“In", "Image", "Spider", "Spider,", "DARTS"),
    *(
        " datasets",
        " (TOY)",
        " (a toy)",
        ": a toy",
        ", a",
        " and",
        " toys on ",
        "ogb",
        "ogbn-mag",
        ", ",
        "'s",
        "-made",
        " ",
        ".",
    ),
)


@given(
    st.lists(st.sampled_from(OPENINGS), min_size=1, max_size=8).map("".join),
    st.sampled_from(("", "A title. ", "Toys\n")),
)
@example("The ogbn-mag", "")
@example("Spider datasets", "")
@example("Spider, a", "Toys\n")
def test_a_sentence_that_is_not_read_holds_no_names(sentence: str, before: str) -> None:
    text = before + sentence
    spans = tuple(sentences.split(text))
    marked = MarkedText(text, hints.lower_same_length(text), spans)
    read = {sentence.span for sentence in Reading(marked).sentences}
    for span, holds in zip(spans, marked.holds, strict=True):
        if span not in read:
            words = runs.find_words(text, *span)
            assert find_candidates(text, span, words, gazetteer.load(), holds & marks.HEAD != 0) == []


def test_the_first_sentence_with_a_word_is_found() -> None:
    assert hints.first_holding("a b. we c. our d.", "we ", ((0, 4), (5, 10), (11, 17))) == 1
    assert hints.first_holding("a b. c d.", "we ", ((0, 4), (5, 9))) == 2


PIECES = (
    *("We ", "propose ", "a dataset ", "code", ".  ", " out", "resent ", "collection", "ogb", "Frob"),
    *("9", "３", "İ", "é", "\ufffc", "\ud800", "\n"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_marks_say_what_a_search_for_each_word_says(text: str) -> None:
    spans = tuple(sentences.split(text))
    marked = MarkedText(text, hints.lower_same_length(text), spans)
    for bit, words in ((marks.HEAD, HEAD_HINTS), (marks.NAMING, NAMING_HINTS), (marks.CODE, CODE_HINTS)):
        begins = {match.start() for word in words for match in re.finditer(f"(?={word})", marked.lowered)}
        found = [any(start <= begin < end for begin in begins) for start, end in spans]
        assert [bool(holds & bit) for holds in marked.holds] == found
    assert [bool(holds & marks.DIGIT) for holds in marked.holds] == [
        re.search(r"\d", text[start:end]) is not None for start, end in spans
    ]
    assert [bool(holds & marks.CAPITAL) for holds in marked.holds] == [
        re.search(r"[0-9]|(?<=.)[A-Z]", text[start:end], re.DOTALL) is not None for start, end in spans
    ]
    given = [bool(holds & marks.GIVING) for holds in marked.holds]
    assert given == [
        any(word in marked.lowered[start:end] for word in (*GIVING_HINTS, marks.MASK)) for start, end in spans
    ]


NAMES = (
    *("We ", "The ", "However, ", "ImageNet ", "nuScenes", "MS ", "COCO", "-", "'s ", "Image ", "Net ", "on (", ") "),
    *("and Frob, ", "Frob", ": a set", ", our ", "."),
)


@given(st.lists(st.sampled_from(NAMES), max_size=12).map("".join))
@example("We test on Frob, ")
@example("We bring you Frob: a set")
def test_a_sentence_judged_by_its_words_is_judged_as_if_read(text: str) -> None:
    sentence = Sentence(text, (0, len(text)), marks.HEAD)
    words = runs.find_words(text, 0, len(text))
    assert sentence.words == words
    assert sentence.candidates == find_candidates(text, (0, len(text)), words, gazetteer.load(), True)
    assert sentence.holds_sure_name or not any(gazetteer.is_sure(word.text) for word in words)


def test_answers_are_remembered_and_never_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_WORDS", 3)
    asked: list[str] = []

    @remembered.remembered
    def size(word: str) -> int:
        asked.append(word)
        return len(word)

    assert [size("a"), size("bb"), size("a"), size("bb"), size("ccc")] == [1, 2, 1, 2, 3]
    assert asked == ["a", "bb", "ccc"]
    assert [size("dddd"), size("a")] == [4, 1]
    assert asked == ["a", "bb", "ccc", "dddd", "a"]


@given(
    st.sampled_from((" ", "-", "  ", "\n")),
    st.from_regex(re.compile(rf"(?:{runs.HEAD_WORD})", re.IGNORECASE), fullmatch=True)
    | st.text("datsk ()-ſ.", max_size=6),
)
def test_whether_a_head_follows_is_told_by_letters_or_by_the_pattern(joint: str, following: str) -> None:
    text = f"Frob{joint}{following} is"
    assert runs.is_headed(text, 4, len(text)) is (runs.AFTER_IS_HEAD.match(text, 4) is not None)


@given(
    st.sampled_from(sorted(name for name in gazetteer.load().first_words if name.isalpha()))
    | st.text("AbceghnISs'-2é", min_size=1)
)
@example("The")
@example("We")
@example("Bench")
@example("MNIST")
@example("Study")
@example("A" * 65)
def test_a_word_of_letters_is_what_any_word_is(word: str) -> None:
    for written in (word, word.title(), word.upper()):
        assert gazetteer.part_of(written) == gazetteer._part_of_any(written)


def holds_sure(word: str) -> bool:
    """What `_part_of_any` passes over for words without a sure name's key, asked of every word."""
    names = gazetteer.load()
    entry = names.entries.get(word.lower())
    if word.isascii() and (word.isalpha() or word.isdigit()):
        return entry is not None and entry.sure
    if names.inside(word) is not None:
        return True
    return any(found is not None and found.sure for found in map(names.find, (word, *word.split("/"))))


@given(
    st.lists(
        st.sampled_from(
            ("CIFAR", "10", "MS", "COCO", "Image", "Net", "ImageNet", "Split", "C", "é", "İ", "a", "1k", "")
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(("-", "_", "/", ".", "'", "&", "+", "++")),
)
@example(["C", ""], "++")
@example(["DIV2K"], "-")
@example(["LSUN", "MNIST"], "/")
def test_only_words_that_hold_the_key_of_a_sure_name_are_looked_at_for_one(pieces: list[str], joint: str) -> None:
    word = joint.join(pieces)
    coined = gazetteer.is_bench_name(word) or gazetteer.is_version(word) or "ench" in word.lower()
    assert bool(gazetteer._part_of_any(word) & gazetteer.IS_SURE) == (coined or holds_sure(word))


@given(st.text(), st.text(), st.text())
@example("İ", "CIFAR-10", "ß")
@example("ΑΣ", "C++", "K\ud800")
def test_the_key_of_a_text_holds_the_keys_of_its_names(before: str, name: str, after: str) -> None:
    text = before + name + after
    assert names.key_of_text(text) == names.dataset_key(text)
    assert names.dataset_key(name) in names.key_of_text(text)


@given(
    st.lists(st.sampled_from((". ", ".", ".) ", '." ', "? ", "! ", "\n", "\n\n", " ", "Toys ", "we", "é", "J", "al")))
)
def test_sentences_of_a_text_without_other_marks_end_where_stops_do(pieces: list[str]) -> None:
    text = "".join(piece for piece in pieces if not set(piece) & set("!?\n"))
    ends = [match.span() for match in sentences._END.finditer(text)]
    assert [match.span() for match in sentences._STOP.finditer(text)] == ends


NUMBERS = (
    *(
        "1",
        "20",
        ".5",
        "-",
        "−",
        "+",
        "$",
        "\\",
        "\\textbf{",
        "\\sim",
        "}",
        "%",
        "/",
        ",",
        " ",
        "x",
        "X-",
        "A-",
        "k",
        "３",
        "@",
        "_",
    ),
    *(" of ", "1,000", "2.5", "dB", "pp"),
)


@given(st.lists(st.sampled_from(NUMBERS), max_size=14).map("".join))
def test_numbers_are_found_wherever_one_may_begin(text: str) -> None:
    read = [numbers._read(text, match, len(text)) for match in numbers._VALUE.finditer(text)]
    assert numbers.find(text, 0, len(text)) == [number for number in read if number is not None]


BRACKETS = ("a toy ", "Toy", "toy", " (", "(", ")", "TOY", "4", "ogbn", " ", "\n", "é", "toys" * 8, "\u2009")


@given(st.lists(st.sampled_from(BRACKETS), max_size=10).map("".join))
def test_brackets_behind_names_are_not_overlooked(text: str) -> None:
    if any(bracket for _, _, bracket in runs.find_rows(text, 0, len(text))):
        assert telling._bracket_behind_name(text, 0, len(text))


COUNTS = (
    "12 ",
    "3",
    "1.5",
    "%",
    " toys",
    " of ",
    " out of ",
    "the ",
    "5 tasks",
    "accuracy ",
    "FPS",
    " from ",
    " to ",
    "and ",
    ", ",
    "wins ",
    "+",
)


@given(st.lists(st.sampled_from(COUNTS), max_size=12).map("".join))
@example("wins 3 out of 5 tasks")
@example("accuracy from 3 to 12 toys")
@example("3 and 12 accuracy ")
def test_what_only_counts_is_no_claim_either_way(text: str) -> None:
    text = "Toys\n" + text
    marked = MarkedText(text, hints.lower_same_length(text), tuple(sentences.split(text)))
    found = metrics.find_metrics(marked, [], text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "_only_counts", lambda *_: False)
        assert metrics.find_metrics(marked, [], text) == found


ANNOUNCEMENTS = st.from_regex(code._ANNOUNCED, fullmatch=True) | st.from_regex(code._IS_OPEN, fullmatch=True)


@given(ANNOUNCEMENTS)
def test_what_says_that_code_is_to_come_or_open_holds_its_hints(sentence: str) -> None:
    if code._ANNOUNCED.search(sentence):
        assert hints.holds_any(sentence, code._ANNOUNCED_HINTS)
    if code._IS_OPEN.search(sentence):
        assert hints.holds_any(sentence, code._IS_OPEN_HINTS)


GIVINGS = (
    *(
        "we ",
        "our ",
        "the ",
        "source code ",
        "code-",
        "codes ",
        "repo",
        "resource ",
        "git",
        " repository ",
        "software ",
        "framework ",
    ),
    *(
        "description ",
        "is ",
        "will be ",
        "available ",
        "released ",
        "open",
        "-source ",
        "promised ",
        "under a licence ",
        "as ",
    ),
    *(
        "publicly ",
        "release ",
        "provide ",
        "generation ",
        "package delivery",
        "using available toolkits ",
        "on ",
        "\ufffc",
        ". ",
        ": ",
    ),
)


@given(st.lists(st.sampled_from(GIVINGS), max_size=14).map("".join))
@example("we open-source our tool ")
@example("the framework is open source. ")
@example("the tool is distributed under a licence ")
def test_a_sentence_that_names_no_code_gives_none(sentence: str) -> None:
    found = code.sentence_statement(sentence)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code, "_may_give_code", lambda _: True)
        assert code.sentence_statement(sentence) == found


@given(st.from_regex(metric_words._ABBREVIATION, fullmatch=True))
def test_every_abbreviation_begins_with_a_letter(abbreviation: str) -> None:
    assert abbreviation[0].isalpha()


ROWS = ("ImageNet", "COCO", "Image", "Frob", "Study", " ", "\n", "'s", "-", "10", "é", "A" * 65)


@given(st.lists(st.sampled_from(ROWS), min_size=1, max_size=5).map("".join))
def test_a_row_of_one_word_is_judged_as_any_row(row: str) -> None:
    assert candidates.row_holds_sure_name(row) == candidates._words_hold_sure_name(row)
