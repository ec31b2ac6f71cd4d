"""Plots as SVG, made here so that they need no script, follow the page's colours, and can be read aloud.

Sizes across are percentages and sizes down pixels, so a plot fills any width and its letters stay the same size.
Every plot is an image with a title and a description for screen readers; the page shows the numbers as a table too.
Everything visible is styled by class: the content security policy forbids styles of single elements.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from searchidx.render import safe

_HEIGHT, _TOP, _BOTTOM = 200, 14, 24
_MAX_LABELS = 8
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_WANTED_STEPS = 4
_LEAST_SPAN = 1e-9


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. part: how much of it is drawn darker; told: what a tooltip says."""

    label: str
    value: float
    part: float = 0.0
    told: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """One point. filled: drawn solid, else as a ring."""

    x: float
    y: float
    told: str
    filled: bool = True


def bars(name: str, title: str, desc: str, points: Sequence[Bar], *, unit: str = "") -> Markup:
    """Upright bars from zero, in the given order. name: unique on the page."""
    ticks = _ticks(0, max((point.value for point in points), default=0))
    floor = _HEIGHT - _BOTTOM
    drawn = [_grid(ticks, unit)]
    step = 100 / max(len(points), 1)
    shown = _shown(len(points))
    for place, point in enumerate(points):
        left, width = place * step + step * 0.1, step * 0.8
        top, part = _down(point.value, ticks), _down(point.part, ticks)
        dark = (
            Markup('<rect class="part" x="{:.3f}%" y="{:.1f}" width="{:.3f}%" height="{:.1f}"/>').format(
                left, part, width, floor - part
            )
            if point.part
            else ""
        )
        drawn.append(
            Markup(
                '<g class="bar"><title>{}</title>'
                '<rect class="whole" x="{:.3f}%" y="{:.1f}" width="{:.3f}%" height="{:.1f}"/>{}</g>'
            ).format(safe(point.told or point.label), left, top, width, floor - top, dark)
        )
        if place in shown:
            drawn.append(_label(left + width / 2, point.label))
    return _svg(name, title, desc, drawn)


def dots(name: str, title: str, desc: str, points: Sequence[Dot], *, unit: str = "") -> Markup:
    """A point for every value over years (`x`, whole numbers are the middle of a year)."""
    low, high = min(p.y for p in points), max(p.y for p in points)
    ticks = _ticks(low, high)
    first, last = math.floor(min(p.x for p in points)), math.floor(max(p.x for p in points))
    years = last - first + 1
    drawn = [_grid(ticks, unit)]
    drawn += [_label((place + 0.5) * 100 / years, str(first + place)) for place in _shown(years)]
    drawn += [
        Markup('<circle class="{}" cx="{:.3f}%" cy="{:.1f}" r="4"><title>{}</title></circle>').format(
            "dot" if point.filled else "dot ring",
            (point.x - first + 0.5) * 100 / years,
            _down(point.y, ticks),
            safe(point.told),
        )
        for point in points
    ]
    return _svg(name, title, desc, drawn)


def share(fraction: float) -> Markup:
    """A thin bar that shows a share beside its number in a table."""
    return Markup(
        '<svg class="share" width="100%" height="6" aria-hidden="true" focusable="false">'
        '<rect class="rest" width="100%" height="6"/><rect class="part" width="{:.2f}%" height="6"/></svg>'
    ).format(100 * min(max(fraction, 0), 1))


def _svg(name: str, title: str, desc: str, drawn: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="plot" role="img" aria-labelledby="{0}-title {0}-desc" width="100%" height="{1}">'
        '<title id="{0}-title">{2}</title><desc id="{0}-desc">{3}</desc>{4}</svg>'
    ).format(name, _HEIGHT, safe(title), safe(desc), Markup("").join(drawn))


def _grid(ticks: Sequence[float], unit: str) -> Markup:
    """A line for every tick, with its value above the line's left end."""
    lines = []
    for place, tick in enumerate(ticks):
        y = _down(tick, ticks)
        lines.append(
            Markup('<line class="{}" x1="0" x2="100%" y1="{:.1f}" y2="{:.1f}"/>').format(
                "grid" if place else "floor", y, y
            )
        )
        if place:
            lines.append(Markup('<text class="tick" x="0" y="{:.1f}">{}</text>').format(y - 3, _number(tick) + unit))
    return Markup("").join(lines)


def _label(across: float, text: str) -> Markup:
    return Markup('<text class="label" x="{:.3f}%" y="{}">{}</text>').format(across, _HEIGHT - 7, safe(text))


def _shown(count: int) -> range:
    """Places that get a label: evenly spaced, the last one among them."""
    step = max(math.ceil(count / _MAX_LABELS), 1)
    return range((count - 1) % step, count, step)


def _ticks(low: float, high: float) -> list[float]:
    """Round values from at most low to at least high; two at least."""
    span = high - low
    if span <= 1e-9 * max(abs(low), abs(high)) or span < _LEAST_SPAN:  # one value: an axis around it
        span = max(abs(high), _LEAST_SPAN) if high else 1.0
    rough = span / _WANTED_STEPS
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in _STEPS if size * factor >= rough * 0.999)
    first, last = math.floor(low / step), max(math.ceil(high / step), math.floor(low / step) + 1)
    return [number * step for number in range(first, last + 1)]


def _down(value: float, ticks: Sequence[float]) -> float:
    """How far down a value is drawn."""
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - (value - ticks[0]) / (ticks[-1] - ticks[0]))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.6g}"
