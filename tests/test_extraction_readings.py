"""Numbers with physical units that no metric's name stands beside: what machines do and instruments show."""

import time

import pytest

from searchidx.extraction import extract

Claim = tuple[str, str, str | None, str]


def claims(abstract: str) -> list[Claim]:
    return [(m.metric, m.value, m.unit, m.kind) for m in extract("A title", abstract).metrics]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our toy frog can hop up to 1.4 m.", ("unspecified", "1.4", "m", "absolute")),
        ("The cart is able to travel over 3 km.", ("unspecified", "3", "km", "absolute")),
        ("Our arm is capable of carrying a payload of 4 kg.", ("payload", "4", "kg", "absolute")),
        ("The claw is capable of exerting forces up to 30 N.", ("forces", "30", "N", "absolute")),
        ("The lamp can be fully charged in 3 hrs.", ("unspecified", "3", "hrs", "absolute")),
        ("In our tests the claw lifted 9.3 grams.", ("unspecified", "9.3", "grams", "absolute")),
        ("The toy fish swims in milk at 3.5 cm/s.", ("unspecified", "3.5", "cm/s", "absolute")),
        ("Our scheme plans walks among many chairs at 25 Hz.", ("unspecified", "25", "Hz", "absolute")),
        ("Our planner runs in real time (30 ms) on a watch.", ("unspecified", "30", "ms", "absolute")),
        ("We find cups with a camera that is accurate to 1.5 cm.", ("unspecified", "1.5", "cm", "absolute")),
        ("Unlike existing frogs, ours can hop up to 0.4 m.", ("unspecified", "0.4", "m", "absolute")),
        ("Our clock is slow (61 s vs. 12 minutes before).", ("unspecified", "61", "s", "absolute")),
    ],
)
def test_what_a_machine_does_is_a_result(text: str, expected: Claim) -> None:
    assert claims(text)[:1] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The average hopping height is 0.9 m.", ("average hopping height", "0.9", "m", "absolute")),
        ("The grip force of the claw can reach 12 N.", ("grip force", "12", "N", "absolute")),
        ("The lift capacity is predicted to be 1.2 kN here.", ("lift capacity", "1.2", "kN", "absolute")),
        ("It turns cups with a torque value of 2.7 Nm.", ("torque value", "2.7", "Nm", "absolute")),
        ("We build a claw with high force bandwidth (>25 Hz).", ("force bandwidth", "25", "Hz", "absolute")),
        ("The latency of video sorting on a watch is 12 ms.", ("latency", "12", "ms", "absolute")),
        ("The claw has a stroke and a maximum strain of 4 mm.", ("maximum strain", "4", "mm", "absolute")),
        ("It opens by hand, with 22 mm maximum opening range.", ("maximum opening range", "22", "mm", "absolute")),
        ("The mean error is in the range of 3 mm.", ("mean error", "3", "mm", "absolute")),
    ],
)
def test_what_an_instrument_shows_has_the_name_beside_it(text: str, expected: Claim) -> None:
    assert claims(text) == [expected]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("The claw can withstand a pull of around 22 N and 20 N.", ["22", "20"]),
        ("It can reach speeds of 2 m/s while running and 0.2 m/s while climbing.", ["2", "0.2"]),
        ("It is able to find cups within 2 cm of their place and 5 degrees of their turn.", ["2", "5"]),
        ("Its speeds were measured as 71.5 mm/sec and 0.21 rad/sec, respectively.", ["71.5", "0.21"]),
        ("The force errors are 0.1 N (3%), 0.2 N (4%).", ["0.1", "3", "0.2", "4"]),
    ],
)
def test_lists_of_readings_go_on(text: str, values: list[str]) -> None:
    assert [value for _, value, _, _ in claims(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "Our claw weighs 200 g and is 42 cm long.",
        "We train on 13 hours of speech and test on a street of 3 km.",
        "A box with a width of 3 m is filled.",
        "The error grows when walking at 3.5 m/s.",
        "Our method is for objects of up to 4 kg.",
        "We let the cart stop from a speed of 2 m/s.",
        "Our filter holds over a 1.5 km course.",
        "A range of 60 mm by 75 mm is covered by lamps.",
        "The mean hospital visit was 4 days.",
        "The median farm is 5 km from town.",
        "The maximum turning limit is 30 degrees.",
        "A maximum strain of 4 mm was set.",
        "The duration of each song is 12 s.",
        "The duration of the toy clips is 9 s.",
        "The payload capacity of a cart is 30 kg.",
        "The cup can be at 40 m.",
        "A video running at 25 fps is shown to frogs.",
        "A dance generated at 25 fps is used.",
    ],
)
def test_sizes_and_settings_are_no_results(text: str) -> None:
    assert claims(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Existing frogs can hop up to 0.4 m.",
        "We look at prior frogs that can hop up to 0.4 m.",
        "The state-of-the-art claw can carry a load of 6 kg.",
        "Previous arms lifted 3 kg.",
        "People can run at 3.4 m/s.",
        "The wind moves at 12 m/s.",
        "The cars can drive at up to 90 km/h in towns.",
    ],
)
def test_what_others_do_is_no_result(text: str) -> None:
    assert claims(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our plan shortens most of the falls by 2 cm.", ("2", "cm", "delta")),
        ("Our model is 2.2 seconds faster (25% faster) than theirs.", ("2.2", "seconds", "delta")),
        ("It can press with a force of 2.5 N or more.", ("2.5", "N", "absolute")),
    ],
)
def test_a_verb_of_change_makes_a_reading_one(text: str, expected: tuple[str, str, str]) -> None:
    assert claims(text)[0][1:] == expected


def test_long_clauses_without_a_reading_are_left_quickly() -> None:
    clause = "the mean of the maximum of the average can be at within up to over about " * 20
    begin = time.process_time()
    for _ in range(20):
        extract("A title", f"We show that {clause} 5 cm and {clause} 3 m/s.")
    assert time.process_time() - begin < 5
