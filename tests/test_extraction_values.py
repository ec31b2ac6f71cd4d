"""Which numbers are reported results, with what unit, and whether they are levels, changes or ratios."""

import pytest

from searchidx.extraction import extract

Claim = tuple[str, str, str | None, str]


def claims(abstract: str) -> list[Claim]:
    return [(m.metric, m.value, m.unit, m.kind) for m in extract("A title", abstract).metrics]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We weigh toys with a mean error of 1.7g.", ("mean error", "1.7", "g", "absolute")),
        ("Our mean tracking error is 4-mm.", ("mean tracking error", "4", "mm", "absolute")),
        ("The arm has a turning speed of 35°/s.", ("turning speed", "35", "°/s", "absolute")),
        ("We plan with a latency of \\sim3.5 ms.", ("latency", "3.5", "ms", "absolute")),
        ("We improve accuracy by $\\approx4\\%$.", ("accuracy", "4", "%", "delta")),
        ("We obtain a speedup of 31{\\texttimes}.", ("speedup", "31", "x", "ratio")),
        ("It is 4, 200 times faster than rivals.", ("speedup", "4, 200", "x", "ratio")),
    ],
)
def test_units_and_numbers_as_papers_write_them(text: str, expected: Claim) -> None:
    assert claims(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The mean error (ME) between the plan and the flight of each of the robots was 3.5 cm.",
            ("ME", "3.5", "cm", "absolute"),
        ),
        ("Placement errors vary from 2.1 to 3.4 cm.", ("Placement error", "3.4", "cm", "absolute")),
        ("The accuracy for cups is found to be only 71.2%.", ("accuracy", "71.2", "%", "absolute")),
    ],
)
def test_the_subject_of_a_verb_of_being_has_its_number(text: str, expected: Claim) -> None:
    assert claims(text)[-1] == expected


def test_an_arrow_is_a_step_from_one_value_to_another() -> None:
    metrics = extract(
        "A title", "We improve accuracy on CIFAR-10 (71.4\\% $\\to$ 74.9\\%) and SVHN (80% → 83%)."
    ).metrics
    assert [(m.from_value, m.value, m.kind) for m in metrics] == [
        ("71.4", "74.9", "absolute"),
        ("80", "83", "absolute"),
    ]


def test_a_short_form_in_brackets_is_the_name_of_what_follows() -> None:
    assert claims("We obtain an area under the curve (AUC) of 0.72.") == [("AUC", "0.72", None, "absolute")]
    assert [claim[1] for claim in claims("We swim at 21 mm/s (0.2 body lengths per second) at 6 Hz of actuation.")] == [
        "0.2"
    ]
