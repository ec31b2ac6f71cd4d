"""Settings: which of flag, environment, file and default wins, and what a mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchidx import config
from searchidx.errors import UsageError


def write(path: Path, text: str) -> dict[str, str]:
    """An environment whose configuration file holds this text."""
    path.write_text(text, encoding="utf-8")
    return {"SEARCHIDX_CONFIG": str(path)}


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    file = write(tmp_path / "config.toml", "limit = 20\n")
    environment = {**file, "SEARCHIDX_LIMIT": "30"}
    assert config.load({}, {})["limit"] == config.Value(10, "default")
    assert config.load({}, file)["limit"] == config.Value(20, str(tmp_path / "config.toml"))
    assert config.load({}, environment)["limit"] == config.Value(30, "SEARCHIDX_LIMIT")
    assert config.load({"limit": 40}, environment)["limit"] == config.Value(40, "flag")


def test_a_flag_that_was_not_given_is_no_flag(tmp_path: Path) -> None:
    assert config.load({"limit": None, "index": None}, {"SEARCHIDX_LIMIT": "30"})["limit"].value == 30


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path) -> None:
    values = config.load({}, {"SEARCHIDX_LIMIT": "", "SEARCHIDX_INDEX": "", "SEARCHIDX_CONFIG": ""})
    assert {value.origin for value in values.values()} == {"default"}


def test_the_index_is_a_path_and_a_tilde_is_the_home_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert config.load({}, {"SEARCHIDX_INDEX": "~/papers"})["index"].value == Path("/home/ada/papers")
    assert config.load({"index": Path("here")}, {})["index"].value == Path("here")


def test_a_key_nobody_knows_is_an_error_that_lists_the_known(tmp_path: Path) -> None:
    environment = write(tmp_path / "config.toml", "limits = 20\n")
    with pytest.raises(UsageError, match=r"config\.toml: unknown setting 'limits'; known are index, limit, cache"):
        config.load({}, environment)


@pytest.mark.parametrize("value", ["0", "1001", "-1", "ten", "2.5", "1e2", "99999999999", "\u0663", " "])
def test_a_limit_that_is_none_says_what_it_must_be(value: str) -> None:
    with pytest.raises(UsageError) as raised:
        config.load({}, {"SEARCHIDX_LIMIT": value})
    assert str(raised.value) == f"limit (SEARCHIDX_LIMIT) must be a whole number from 1 to 1000, got {value!r}"


@pytest.mark.parametrize("text", ["limit = true", "limit = 2.5", "limit = [1]", "limit = 0", "limit = 2020-01-01"])
def test_a_wrong_type_in_the_file_names_the_file(tmp_path: Path, text: str) -> None:
    environment = write(tmp_path / "config.toml", text)
    with pytest.raises(UsageError, match=r"limit \(.*config\.toml\) must be a whole number from 1 to 1000, got "):
        config.load({}, environment)


@pytest.mark.parametrize("text", ["index = 3", "index = ''", "index = ['a']"])
def test_an_index_that_is_no_path_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"index \(.*\) must be a path, got "):
        config.load({}, write(tmp_path / "config.toml", text))


def test_the_cache_is_a_directory_of_the_user_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    default = config.load({}, {})["cache"].value
    assert default.is_relative_to("/home/ada")
    assert default.name == "searchidx"
    assert config.load({}, {"SEARCHIDX_CACHE": "~/facts"})["cache"].value == Path("/home/ada/facts")
    assert config.load({}, {"SEARCHIDX_CACHE": "./off"})["cache"].value == Path("off")
    assert config.load({"cache": Path("here")}, {"SEARCHIDX_CACHE": "off"})["cache"].value == Path("here")


@pytest.mark.parametrize("word", ["off", "OFF", " off ", "none", "no", "false", "0"])
def test_the_cache_can_be_off(word: str) -> None:
    assert config.load({}, {"SEARCHIDX_CACHE": word})["cache"] == config.Value(None, "SEARCHIDX_CACHE")
    assert config.load({"cache": word}, {"SEARCHIDX_CACHE": "x"})["cache"] == config.Value(None, "flag")


def test_the_file_says_false_or_off(tmp_path: Path) -> None:
    for text in ("cache = false", "cache = 'off'"):
        assert config.load({}, write(tmp_path / "config.toml", text))["cache"].value is None


@pytest.mark.parametrize("text", ["cache = 3", "cache = ''", "cache = true", "cache = ['a']"])
def test_a_cache_that_is_no_path_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"cache \(.*\) must be a path, or 'off', got "):
        config.load({}, write(tmp_path / "config.toml", text))


@pytest.mark.parametrize(("text", "number"), [("0", 0), (" 7 ", 7), ("9999", 9999)])
def test_as_many_generations_are_kept_as_one_likes(text: str, number: int) -> None:
    assert config.load({}, {})["keep"] == config.Value(1, "default")
    assert config.load({}, {"SEARCHIDX_KEEP": text})["keep"] == config.Value(number, "SEARCHIDX_KEEP")
    assert config.load({"keep": number}, {})["keep"] == config.Value(number, "flag")


@pytest.mark.parametrize("value", ["-1", "10000", "ten", "1.5", "\u0663", " ", True])
def test_a_number_of_generations_that_is_none_says_what_it_must_be(value: object) -> None:
    with pytest.raises(UsageError) as raised:
        config.load({"keep": value}, {})
    assert str(raised.value) == f"keep (flag) must be a whole number from 0 to 9999, got {value!r}"


@pytest.mark.parametrize("variable", ["SEARCHIDX_INDEX", "SEARCHIDX_CACHE", "SEARCHIDX_CONFIG"])
def test_a_home_directory_of_nobody_is_an_error(variable: str) -> None:
    with pytest.raises(
        UsageError, match=f"{variable}.* must be a path in a home directory that exists,.* got '~nobody-"
    ):
        config.load({}, {variable: "~nobody-of-this-name/x"})


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file; SEARCHIDX_CONFIG names it"):
        config.load({}, {"SEARCHIDX_CONFIG": str(tmp_path / "none.toml")})


@pytest.mark.parametrize("data", [b"limit = ", b"limit = 1\nlimit = 2\n", b"\xff\xfe", b"= 3"])
def test_a_file_that_is_no_toml_is_an_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=r"config\.toml: cannot be read as TOML \(.*\); mend or remove it"):
        config.load({}, {"SEARCHIDX_CONFIG": str(path)})


def test_a_directory_in_the_place_of_the_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read as TOML"):
        config.load({}, {"SEARCHIDX_CONFIG": str(tmp_path)})


def test_every_setting_explains_itself_and_has_a_default_that_it_accepts() -> None:
    for setting in config.SETTINGS:
        assert setting.help
        assert setting.variable == f"SEARCHIDX_{setting.name.upper()}"
        assert setting.parse(setting.default()) == setting.default()
