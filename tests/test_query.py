"""The query language: what is a word, what is an operator, and that any input is a tree or a QueryError."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import query as q
from searchidx.errors import QueryError
from searchidx.query import MAX_CHARS, MAX_DEPTH, MAX_PATTERNS, MAX_TERMS, parse


def shape(node):
    """The tree in one line: words by their surface, + - for must and must_not, {} for filters."""
    match node:
        case q.Word():
            return node.word.surface + ("" if len(node.fields) == 2 else f"@{node.fields[0]}")
        case q.Phrase():
            inside = " ".join(word.surface for word in node.words)
            return f'"{inside}"' + ("" if len(node.fields) == 2 else f"@{node.fields[0]}")
        case q.Loose():
            inside = " ".join(word.surface for word in node.words)
            return f'"{inside}"~{node.gap}' + ("" if len(node.fields) == 2 else f"@{node.fields[0]}")
        case q.Prefix() | q.Fuzzy():
            return node.surface + ("" if len(node.fields) == 2 else f"@{node.fields[0]}")
        case q.Narrow():
            return "{" + filters(node.filters) + "}"
        case q.And():
            return "(" + " AND ".join(map(shape, node.nodes)) + ")"
        case q.Or():
            return "(" + " OR ".join(map(shape, node.nodes)) + ")"
        case q.Not():
            return "NOT " + shape(node.node)
        case q.Group():
            parts = [shape(n) for n in node.should]
            parts += ["+" + shape(n) for n in node.must] + ["-" + shape(n) for n in node.must_not]
            parts += ["{" + filters(node.narrow) + "}"] if node.narrow else []
            return "[" + " ".join(parts) + "]"


def filters(found):
    names = ("code", "dataset", "venue", "source", "author", "repo")
    parts = [f"{name}={'|'.join(getattr(found, name))}" for name in names if getattr(found, name)]
    parts += [f"year={r.low}..{r.high}" for r in found.year]
    parts += [f"metric={m.metric}{m.op}{m.value if m.op else ''}{m.unit}" for m in found.metric]
    return " ".join(parts)


GRAMMAR = {
    "": "[]",
    "   \t ": "[]",
    "graph networks": "[graph networks]",
    '"graph networks" depth': '["graph networks" depth]',
    "“graph networks”": '["graph networks"]',
    "+graph -networks depth": "[depth +graph -networks]",
    "a AND b": "[(a AND b)]",
    "a OR b AND c": "[(a OR (b AND c))]",
    "(a OR b) AND c": "[([(a OR b)] AND c)]",
    "a NOT b": "[a -b]",
    "a AND NOT b": "[(a AND NOT b)]",
    "NOT NOT a": "[-NOT a]",
    "+(a b) c": "[c +[a b]]",
    "-(a OR b)": "[-[(a OR b)]]",
    '-"a b"': '[-"a b"]',
    "a OR +b": "[(a OR b)]",
    "and or not": "[and or not]",
    "title:graph": "[graph@0]",
    "abstract:graph": "[graph@1]",
    'title:"graph networks"': '["graph networks"@0]',
    "TITLE:graph": "[graph@0]",
    "dataset:imagenet graph": "[graph {dataset=imagenet}]",
    'dataset:"MS COCO"': "[{dataset=MS COCO}]",
    "dataset:a dataset:b": "[{dataset=a|b}]",
    "-dataset:a graph": "[graph -{dataset=a}]",
    "NOT code:none": "[-{code=none}]",
    "graph OR dataset:a": "[(graph OR {dataset=a})]",
    "year:2020..2024": "[{year=2020..2024}]",
    "year:2020..": "[{year=2020..inf}]",
    "metric:accuracy>=80": "[{metric=accuracy>=80.0}]",
    'metric:"abs rel<0.1"': "[{metric=abs rel<0.1}]",
    "has:code": "[{code=linked}]",
    "author:hinton": "[{author=hinton}]",
    "repo:github.com/o/n": "[{repo=github.com/o/n}]",
    "code:promised venue:CVPR source:daily": "[{code=promised venue=CVPR source=daily}]",
    # words with * or ~
    "segmenta*": "[segmenta*]",
    "Segmenta*, GPT-4* self-*": "[segmenta* gpt-4* self-*]",
    "naïv* Mülle~": "[naiv* mulle~1]",
    "segmen~ segment~": "[segmen~2 segment~2]",
    "graph~ graph~2. graphs~1": "[graph~1 graph~2 graphs~1]",
    "title:transf* abstract:grph~": "[transf*@0 grph~1@1]",
    "+transf* -grph~ NOT ab*": "[+transf* -grph~1 -ab*]",
    "(transf* OR grph~1) AND net*": "[([(transf* OR grph~1)] AND net*)]",
    '"graph networks"~3 depth': '["graph networks"~3 depth]',
    'title:"graph networks"~1': '["graph networks"~1@0]',
    '"graph networks"~0': '["graph networks"]',
    '"graph"~3': '["graph"]',
    "transf＊ grph～": "[transf* grph~1]",
    '"A* search"': '["A search"]',
    'author:"hin*"': "[{author=hin*}]",
    "s~t cut ~10 faster": "[[s t] cut 10 faster]",
    "~": "[]",
    # titles, pasted: colons, parentheses and question marks are part of words
    "BERT: Pre-training of Deep Transformers": "[BERT Pre-training of Deep Transformers]",
    "Is attention all you need?": "[Is attention all you need]",
    "Are graphs (really) needed?": "[Are graphs [really] needed]",
    "f(x) networks": "[[f x] networks]",
    "k-NN(3)": "[[k-NN 3]]",
    "a ) b": "[a b]",
    "What's new: (part 2)": "[What's new [part 2]]",
    "http://example.org/a": "[[http example.org a]]",
    "C++ vs. C#": "[C++ vs C#]",
    "-1 + 2 - 3": "[2 3 -1]",
    "a - b": "[a b]",
    "re: title is:open": "[re title [is open]]",
    "?!.,;": "[]",
    "()": "[]",
    "+": "[]",
}


@pytest.mark.parametrize("text", GRAMMAR)
def test_a_query_is_read_as(text):
    assert shape(parse(text)) == GRAMMAR[text]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('graph "networks', 7),
        ('title:"graph', 7),
        ("graph AND", 7),
        ("graph OR", 7),
        ("NOT", 1),
        ("AND graph", 1),
        ("graph OR AND depth", 10),
        ("(graph", 1),
        ("a (b (c)", 3),
        ("graph dataset:", 7),
        ("graph a*", 7),
        ("title:a*", 1),
        ("A* search", 1),
        ("graph *", 7),
        ("graph **", 7),
        ("graph *net", 7),
        ("graph ne*work", 7),
        ("graph +*", 8),
        ("graph c++*", 7),
        ("graph a/b*", 7),
        ("graph net**", 7),
        ("graph a~", 7),
        ("graph net~3", 7),
        ("graph net~0", 7),
        ("graph net~0.8", 7),
        ("graph net~~", 7),
        ("graph net*~", 7),
        ("graph net~*", 7),
        ('"graph net"~', 1),
        ('"graph net"~51', 1),
        ('"graph net"*', 1),
        ('graph "deep learn*"', 7),
        ('graph "deep lern~1"', 7),
        ("(graph net)~2", 12),
        ("(graph net)*", 12),
        ("graph author:hin*", 7),
        ("graph dataset:imgnet~", 7),
        ('dataset:"a b"~2', 1),
        ("graph && net", 7),
        ("graph || net", 7),
        ("a code:maybe", 3),
        ("a has:data", 3),
        ("a year:soon", 3),
        ("a year:2024..2020", 3),
        ("a metric:acc>=high", 3),
        ('a dataset:""', 3),
    ],
)
def test_a_mistake_is_refused_with_its_column(text, column):
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.column == column
    assert str(caught.value).startswith(f"column {column}: ")
    assert "\n" not in str(caught.value)


def test_the_longest_query_is_read_and_a_longer_one_refused():
    parse("a" * MAX_CHARS)
    with pytest.raises(QueryError, match=str(MAX_CHARS + 1)):
        parse("a" * (MAX_CHARS + 1))


def test_the_most_words_are_read_and_one_more_refused():
    different = [f"{a}{b}" for a in "bcdfghjk" for b in "xzwvqkjhg"]
    parse(" ".join(different[:MAX_TERMS]))
    for text in ("{}", '"{}"', "+({})", "-({})"):
        with pytest.raises(QueryError, match=f"more than {MAX_TERMS} different words"):
            parse(text.format(" ".join(different[: MAX_TERMS + 1])))


# people paste sentences: what does not count, or counts once, is free
def test_words_said_again_and_stop_words_do_not_count():
    parse("net " * 100)
    parse("net of the " * 45)
    sentence = "in this work we show how to do it for all of the nets that we are able to find and use in a lab "
    text = sentence * (MAX_CHARS // len(sentence))
    assert len(text.split()) > 80
    parse(text)


def test_the_most_words_with_a_star_are_read_and_one_more_refused():
    stars = [f"net{c}*" for c in "abcdefghi"]
    parse(" ".join(stars[:MAX_PATTERNS] + stars[:MAX_PATTERNS]))
    with pytest.raises(QueryError, match=f"more than {MAX_PATTERNS} words"):
        parse(" ".join(stars[: MAX_PATTERNS + 1]))


def test_every_example_of_the_page_is_a_query():
    shown = [line[2:].split("   ")[0] for line in q.SYNTAX.splitlines() if line.startswith("  ")]
    examples = [text for text in shown if len(text) < 70 and not text.startswith(("Words are", "finds naïve"))]
    assert len(examples) > 20
    for text in examples:
        assert parse(text) != q.Group(), text


def test_the_page_names_every_field_and_every_limit():
    assert [name for name in q.FIELD_PREFIXES if f"{name}:" not in q.SYNTAX] == []
    for number in (MAX_CHARS, MAX_TERMS, MAX_PATTERNS, MAX_DEPTH, q.MIN_PREFIX):
        assert f" {number} " in q.SYNTAX


@pytest.mark.parametrize("nest", ["({})", "NOT {}"])
def test_the_deepest_query_is_read_and_a_deeper_one_refused(nest):
    text = "ab"
    for _ in range(MAX_DEPTH):
        text = nest.format(text)
    parse(text)
    with pytest.raises(QueryError, match=f"more than {MAX_DEPTH} levels"):
        parse(nest.format(text))


def test_signs_without_end_do_not_exhaust_the_stack():
    assert shape(parse("a OR " + "+-" * 250 + "b")) == "[(a OR b)]"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000,
        "ab*" * 170,
        "ab~ " * 128,
        '"a"~1' * 100,
        "*" * 512,
        "~" * 512,
        "(" * 511,
        "NOT " * 127,
        "+(" * 255,
        "-" * 511 + "a",
        '"' * 511,
        "a AND " * 85,
        "a:" * 250,
    ],
)
def test_monotonous_input_is_a_tree_or_a_query_error(text):
    assert isinstance(outcome(text), q.Group | QueryError)


def outcome(text):
    try:
        return parse(text)
    except QueryError as raised:
        error = raised
    assert error.column is None or 1 <= error.column <= len(text)
    assert (error.exit_code, error.status) == (2, 400)
    return error


PIECES = [
    *'()+-"“”:*~?^\\/ \t\n.,@#&|!<>=0aZé中\x00\u0301٣',
    *[" ", "  ", "AND", " OR ", "NOT ", "title:", "abstract:", "dataset:", "metric:", "year:", "code:", "has:"],
    *["repo:", "author:", "venue:", "source:", "code", ">=", "..", "2020", "1e999", "nan", "-1", "+(", "-(", "))"],
    *[
        "C++",
        "GPT-4",
        "the",
        "trans*",
        "x~2",
        "xy~",
        "~1",
        "* ",
        '"~3',
        "&&",
        "||",
        "\ud800",
        "github.com/o/n",
        "$\\ell_2$",
        "ﬁ",
        "İ",
    ],
]


def test_20_000_random_queries_are_a_tree_or_a_query_error():
    chosen = random.Random(7)
    trees = 0
    for _ in range(20_000):
        text = "".join(chosen.choices(PIECES, k=chosen.randint(1, 14)))
        trees += isinstance(outcome(text), q.Group)
    # the alphabet must reach both outcomes, or this test would look at one side alone
    assert 2_000 < trees < 18_000


@settings(max_examples=200)
@given(st.text(max_size=600))
def test_any_text_is_a_tree_or_a_query_error(text):
    outcome(text)


words = st.lists(st.sampled_from("alpha beta gamma delta epsilon".split()), min_size=1, max_size=6)


# what we read is what was meant: a tree printed as a query and read again is the same tree
@settings(max_examples=200)
@given(st.recursive(words.map(" ".join), lambda inner: st.one_of(
    st.tuples(inner, inner).map(lambda p: f"({p[0]}) AND ({p[1]})"),
    st.tuples(inner, inner).map(lambda p: f"({p[0]}) OR ({p[1]})"),
    inner.map(lambda t: f"NOT ({t})"),
    st.tuples(inner, inner).map(lambda p: f"+({p[0]}) -({p[1]})"),
), max_leaves=4))  # fmt: skip
def test_blanks_between_words_and_operators_do_not_matter(text):
    first = outcome(text)
    second = outcome(re.sub(" +", "  ", f" {text} "))
    assert type(first) is type(second)
    if isinstance(first, q.Group):
        assert shape(first) == shape(second)


def test_words_under_not_are_not_scored():
    tree = parse('a +b -c NOT d (e OR "f g") AND NOT h title:i')
    assert sorted(word.word.surface for word in q.scored_words(tree)) == ["a", "b", "e", "f", "g", "i"]


def test_a_word_and_a_filter_of_a_word_differ():
    assert parse("dataset:imagenet") != parse("dataset imagenet")
    assert shape(parse("datasets:imagenet")) == "[[datasets imagenet]]"
