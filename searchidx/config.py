"""The settings in force and where each came from: defaults < file < environment < command-line flag.

The file is TOML, `config.toml` in the per-user configuration directory or where SEARCHIDX_CONFIG says. A key nobody
knows is an error: a misspelt setting must not be ignored.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from searchidx.errors import UsageError

CONFIG_VARIABLE = "SEARCHIDX_CONFIG"
#: Ways to say that nothing is to be cached; a directory of such a name is `./off`.
_OFF = frozenset({"off", "none", "no", "false", "0"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name in the file, its environment variable, its default and how text becomes its value."""

    name: str
    variable: str
    default: Callable[[], Any]
    parse: Callable[[object], Any]
    help: str


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and where it came from: `default`, `flag`, or the file or variable by name."""

    value: Any
    origin: str


def _path(value: object) -> Path:
    if not isinstance(value, str | Path) or not str(value):
        raise ValueError("a path")
    try:
        return Path(value).expanduser()
    except RuntimeError as exc:  # ~name of nobody
        raise ValueError("a path in a home directory that exists") from exc


def _limit(value: object) -> int:
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
    if not 1 <= number <= 1000:
        raise ValueError("a whole number from 1 to 1000")
    return number


def _cache(value: object) -> Path | None:
    """The directory, None for none."""
    if value is False or (isinstance(value, str) and value.strip().lower() in _OFF):
        return None
    try:
        return _path(value)
    except ValueError as exc:
        raise ValueError(f"{exc}, or 'off'") from exc


def _count(value: object) -> int:
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise ValueError("a whole number from 0 to 9999")
    return int(text)


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "index",
        "SEARCHIDX_INDEX",
        lambda: Path(platformdirs.user_data_dir("searchidx")) / "index",
        _path,
        "directory of the index",
    ),
    Setting("limit", "SEARCHIDX_LIMIT", lambda: 10, _limit, "hits on a page"),
    Setting(
        "cache",
        "SEARCHIDX_CACHE",
        lambda: Path(platformdirs.user_cache_dir("searchidx")),
        _cache,
        "directory where builds keep what they extracted, or off",
    ),
    Setting("keep", "SEARCHIDX_KEEP", lambda: 1, _count, "old generations kept to roll back to"),
)


def config_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the configuration file is, or would be."""
    if named := environment.get(CONFIG_VARIABLE):
        try:
            return _path(named)
        except ValueError as exc:
            raise UsageError(f"{CONFIG_VARIABLE} must be {exc}, got {named!r}") from exc
    return Path(platformdirs.user_config_dir("searchidx")) / "config.toml"


def load(flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] = os.environ) -> dict[str, Value]:
    """Every setting. flags: those given on the command line, None for not given. Raises UsageError."""
    path = config_file(environment)
    from_file = _read(path, named=bool(environment.get(CONFIG_VARIABLE)))
    values = {}
    for setting in SETTINGS:
        flag = (flags or {}).get(setting.name)
        if flag is not None:
            values[setting.name] = _value(setting, flag, "flag")
        elif environment.get(setting.variable):
            values[setting.name] = _value(setting, environment[setting.variable], setting.variable)
        elif setting.name in from_file:
            values[setting.name] = _value(setting, from_file[setting.name], str(path))
        else:
            values[setting.name] = Value(setting.default(), "default")
    return values


def _value(setting: Setting, given: object, origin: str) -> Value:
    try:
        return Value(setting.parse(given), origin)
    except ValueError as exc:
        raise UsageError(f"{setting.name} ({origin}) must be {exc}, got {given!r}") from exc


def _read(path: Path, *, named: bool) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        if named:
            raise UsageError(f"{path}: no such file; {CONFIG_VARIABLE} names it") from exc
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise UsageError(f"{path}: cannot be read as TOML ({exc}); mend or remove it") from exc
    known = [setting.name for setting in SETTINGS]
    for key in data:
        if key not in known:
            raise UsageError(f"{path}: unknown setting {key!r}; known are {', '.join(known)}")
    return data
