"""What users narrow by: one parser for command line, Python, REST and queries; its edges and its errors."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx.errors import QueryError, UsageError
from searchidx.filters import Filters, MetricCondition, Range, make, parse_code, parse_metric, parse_year
from searchidx.paper import CODE_STATES


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2023", 2023, 2023),
        (" 2023 ", 2023, 2023),
        ("2020..2024", 2020, 2024),
        ("2020-2024", 2020, 2024),
        ("2020–2024", 2020, 2024),
        ("2020:2024", 2020, 2024),
        ("2020 .. 2024", 2020, 2024),
        ("2020..", 2020, math.inf),
        ("..2024", -math.inf, 2024),
        ("2024..2024", 2024, 2024),
    ],
)
def test_years_and_ranges_of_years(text, low, high):
    assert parse_year(text) == Range(low, high)


@pytest.mark.parametrize("text", ["", "..", "20", "20234", "2020...2024", "2020..2024..2025", "soon", "2020..x", "-"])
def test_what_is_no_year_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match=r"write 2023, 2020\.\.2024"):
        parse_year(text)


def test_a_range_that_ends_before_it_begins_is_refused_with_the_right_one():
    with pytest.raises(UsageError, match=r"write 2020\.\.2024"):
        parse_year("2024..2020")


@pytest.mark.parametrize(
    ("text", "metric", "op", "value", "unit"),
    [
        ("accuracy>=80", "accuracy", ">=", 80, ""),
        ("accuracy >= 80 %", "accuracy", ">=", 80, "%"),
        ("abs rel <= 0.1", "abs rel", "<=", 0.1, ""),
        ("PSNR>30dB", "PSNR", ">", 30, "dB"),
        ("mAP@0.5=>50", "mAP@0.5", ">=", 50, ""),
        ("F1≥0.9", "F1", ">=", 0.9, ""),
        ("FID≤5", "FID", "<=", 5, ""),
        ("FID=<5", "FID", "<=", 5, ""),
        ("BLEU==30", "BLEU", "=", 30, ""),
        ("BLEU = 30", "BLEU", "=", 30, ""),
        ("params<1,000,000", "params", "<", 1_000_000, ""),
        ("loss<-1.5", "loss", "<", -1.5, ""),
        ("lr<1e-3", "lr", "<", 0.001, ""),
    ],
)
def test_metric_conditions(text, metric, op, value, unit):
    assert parse_metric(text) == MetricCondition(metric, op, value, unit)


def test_a_metric_without_a_comparison_is_any_value():
    condition = parse_metric(" top-1 accuracy ")
    assert (condition.metric, condition.op, condition.unit) == ("top-1 accuracy", "", "")
    assert math.isnan(condition.value)


@pytest.mark.parametrize(
    "text", [">=80", "accuracy>=", "accuracy>=high", "a>1>2", "accuracy><80", "accuracy>=..", "a>=8 9", "a>0,1"]
)
def test_what_is_no_condition_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match=r"write"):
        parse_metric(text)


def test_code_states_are_known_in_any_case_and_others_refused():
    assert [parse_code(f" {state.upper()} ") for state in CODE_STATES] == list(CODE_STATES)
    with pytest.raises(UsageError, match="linked, released, promised, none"):
        parse_code("maybe")


@pytest.mark.parametrize("has_code", [1, "no", []])
def test_has_code_is_yes_or_no(has_code):
    with pytest.raises(UsageError, match="give True, False or None"):
        make(has_code=has_code)


@pytest.mark.parametrize(
    ("has_code", "code", "left"),
    [
        (True, (), ("linked",)),
        (False, (), ("released", "promised", "none")),
        (None, ("promised",), ("promised",)),
        (None, (), ()),
        (True, ("linked", "none"), ("linked",)),
        (False, ("linked", "none"), ("none",)),
    ],
)
def test_has_code_narrows_the_states(has_code, code, left):
    assert make(has_code=has_code, code=code).code == left


def test_two_filters_that_no_paper_passes_are_refused():
    with pytest.raises(UsageError, match="drop one"):
        make(has_code=True, code="none")


@pytest.mark.parametrize("kind", ["dataset", "venue", "source", "author", "repo"])
def test_one_value_and_several_are_taken_and_an_empty_one_refused(kind):
    assert getattr(make(**{kind: " a "}), kind) == ("a",)
    assert getattr(make(**{kind: ["a", "b"]}), kind) == ("a", "b")
    assert getattr(make(**{kind: None}), kind) == ()
    with pytest.raises(UsageError, match=f"empty {kind} filter"):
        make(**{kind: ["a", " "]})


def test_years_may_be_numbers():
    assert make(year=2023).year == (Range(2023, 2023),)
    assert make(year=[2020, "2022.."]).year == (Range(2020, 2020), Range(2022, math.inf))


def test_no_condition_is_false_and_any_is_true():
    assert not Filters()
    assert not make()
    assert make(year=2023)


def test_conditions_of_two_filters_stand_beside_each_other():
    both = make(dataset="a", year=2020).also(make(dataset="b", code="none"))
    assert both == make(dataset=["a", "b"], year=2020, code="none")


@settings(max_examples=200)
@given(
    st.one_of(
        st.text(max_size=30), st.text(alphabet="0129..-–: ٣²", max_size=12), st.text("ab <>=≥.,+-1e%", max_size=12)
    )
)
def test_any_text_is_a_filter_or_a_usage_error(text):
    for parser in (parse_year, parse_metric, parse_code):
        try:
            parser(text)
        except UsageError as raised:
            error = raised
        else:
            continue
        assert not isinstance(error, QueryError)
        assert str(error)
