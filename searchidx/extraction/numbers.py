"""Numbers in a sentence, with their units, and what kind of quantity they look like before any metric is known."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import Literal, NamedTuple

Shape = Literal["percent", "points", "ratio", "unit", "plain", "tally"]

#: Where a number may begin. It opens with one set of characters, which `re` skips to quickly; `_VALUE` does not.
_BEGIN = re.compile(r"[-+−$\\.\d](?:(?<=[$\\\d])|(?=\$?\d))")
#: The last character of what may stand before the first digit of a number, and how long that is: `-$\textbf{`.
_LEADS = frozenset("-+$.{")
_LONGEST_LEAD = 12
_ALIKE = bytes.maketrans(string.digits.encode(), b"0" * len(string.digits))
_VALUE = re.compile(
    r"(?:(?<![\w.@^_/])|(?<=\.\d/)(?=\d{1,3}\.\d)|(?<=\.\d\d/)(?=\d{1,3}\.\d)|(?<=[%x]/)(?=\d)|"
    r"(?<=\\sim)|(?<=\\app)|(?<=\\approx))(?<![A-WYZa-wyz][-−])(?<!\D[xX]-)"
    r"(?P<sign>[+−-](?=\$?\d))?\$?(?:\\(?:text|math)?(?:bf|it|rm)?\{)?"
    r"(?P<value>\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,8})?|\d{1,3},\d{1,2}(?=\s?%)|"
    r"\d{1,3}(?:,? \d{3}){1,3}(?=\s?(?:times|x\b|×))"
    r"|\d{1,9}(?:\.\d{1,8})?|(?<=\s)\.\d{1,8})(?P<tally>/\d{1,5}(?![\d/.%]))?(?![\d_^])"
)
_UNIT = re.compile(
    r"\}?\s?(?:(?P<percent>\+?\$?\\?%|percent(?!age)\b|per cent\b|％)|(?P<ratio>\$?\\times\b\$?|"
    r"\{?\\texttimes\}?|\$?\s?imes\$|×|\$?[xX](?!\w|-(?!\d))|times?\b|-?\s?folds?\b|\$?\s?\\times\$?|-times\b)"
    r"|(?P<orders>orders?[- ]of[- ]magnitude\b)"
    r"|(?P<points>-points?(?=\s(?:absolute|relative|better|higher|lower|more|less|worse|improve|gain|increase|drop|reduc))"
    r"|percentage[- ]points?\b|absolute points?\b|points?\b(?!\sclouds?\b)|pts?\b|pp\b|p\.p\.|percent[- "
    r"]points?\b|%p\b)"
    r"|(?P<unit>\[(?:[mc]?m|m?s|N|Nm|deg|°|kg|m/s|km/h|Hz)\]|N[·.-]m\b|Ns/m\b|m/sec\b|mu[mN]\b|mT\b|[µμ]rad\b|"
    r"dB\b|[mck]?m/s(?:ec)?\b|km/h\b|mph\b|ms(?:ec)?\b|milliseconds?\b|seconds?\b|secs?\b|min(?:ute)?s?\b|hours?\b|hrs?\b|days?\b|weeks?\b|"
    r"months?\b|years?\b|kHz\b|MHz\b|FPS\b|fps\b|Hz\b|GPU[- ]?(?:days?|hours?)\b|"
    r"-?[mc]m(?:/min)?\b|(?:milli|centi|kilo)?met(?:er|re)s?\b|km\b|nats?(?:/\w+)?\b|m/s\b|deg(?:rees?)?/s(?:ec)?\b|degrees?\b|deg\b|"
    r"°(?:/s(?:ec)?\b|\s?C\b)?|[GMK]B\b|"
    r"G?FLOPs\b|[GMT]OPS\b|"
    r"px\b|[KMGk]?bps\b|[KMG]B/s\b|rpm\b|"
    r"body[- ]lengths?\b|BL/s\b|rad(?:/s(?:ec)?)?\b|[µμu]m\b|m?Nm\b|[kmpnμµ]N\b|N/m{1,2}\b|"
    r"N\b(?=[\s.,;)])|[kM]?Pa\b|-?[km]g\b|g\b(?=[\s.,;)])|(?:kilo)?grams?\b|pixels\b|"
    r"nm\b|s\b(?=[\s.,;)])|m\b(?=[\s.,;)])|[uμµ]s\b|bits?\b(?=/| per)|bpp\b|"
    r"kcal/mol\b|meV\b|eV\b|HU\b|W\b|mW\b|J\b|mJ\b|%))?\$?",
)
#: Names that share their beginning: `ROUGE-1,`
_NAMED_LIST = re.compile(r"[A-Za-z][-@]\d{1,2}(?:,\d{1,2}){0,3},\Z")
_GLUED_WORD = re.compile(r"[A-Za-z]|-[A-Za-z]")


class Number(NamedTuple):
    """A number as written. value: without sign, unit and thousands' blanks kept; start, end: value with its unit."""

    value: str
    sign: str
    shape: Shape
    unit: str | None
    start: int
    end: int
    value_start: int
    value_end: int


def find(text: str, start: int, end: int) -> list[Number]:
    """Numbers of `text[start:end]` that are not parts of words (`ResNet-50`, `3D`, `10k`), in order."""
    found = []
    upto = start
    for begin in _begins(text, start, end):
        match = _VALUE.match(text, begin, end) if begin >= upto else None
        if match is not None:
            upto = match.end()
            number = _read(text, match, end)
            if number is not None:
                found.append(number)
    return found


def _begins(text: str, start: int, end: int) -> Iterator[int]:
    """Where numbers of `text[start:end]` may begin, in order: at their digits or shortly before.

    Digits are found in bytes where each of them is `0`, fifty times as fast as by a pattern.
    """
    sentence = text[start:end]
    if not sentence.isascii():
        for begin in _BEGIN.finditer(text, start, end):
            yield begin.start()
        return
    find = sentence.encode().translate(_ALIKE).find
    upto = start
    digit = find(b"0")
    while digit >= 0:
        place = start + digit
        if place > upto and text[place - 1] in _LEADS:
            for begin in _BEGIN.finditer(text, max(upto, place - _LONGEST_LEAD), place + 1):
                yield begin.start()
        else:
            yield place
        upto = place + 1
        digit = find(b"0", digit + 1)


def _read(text: str, match: re.Match[str], end: int) -> Number | None:
    value = match["value"]
    value_start, value_end = match.span("value")
    before = text[max(0, match.start() - 1) : match.start()]
    if before == "," and _NAMED_LIST.search(text, max(0, match.start() - 16), match.start()):
        return None  # `ROUGE-1,2`
    if before == "{" and text[match.start() - 2 : match.start() - 1] in ("^", "_"):
        return None  # an exponent
    sign = match["sign"] or ""
    if sign and (before.isalnum() or before in ")%"):
        if before.isalpha() or sign not in "-−":
            return None
        sign = ""  # a range: `88-96`
    if match["tally"]:
        return Number(value + match["tally"], sign, "tally", None, match.start(), match.end(), value_start, match.end())
    unit_match = _UNIT.match(text, value_end, min(end, value_end + 40))
    kind = unit_match.lastgroup if unit_match else None
    if unit_match is None or kind is None:
        following = text[value_end : value_end + 2]
        glued = _GLUED_WORD.match(following)
        if glued and not text.startswith(
            ("mAP", "mIoU", "AP", "BLEU", "-point", "-percent", "pm0", "pm1", "pm2"), value_end
        ):
            return None
        # `from $13.0$ to $9.0$`: both signs belong to the number
        end = value_end + 1 if text[match.start() : value_start].startswith("$") and following[:1] == "$" else value_end
        return Number(value, sign, "plain", None, match.start(), end, value_start, value_end)
    written = unit_match[kind].strip().lstrip("\\-").strip("[]")
    if kind == "percent":
        unit, shape = "%", "percent"
    elif kind == "ratio":
        unit, shape = "x", "ratio"
    elif kind == "orders":
        unit, shape = "orders of magnitude", "ratio"
    elif kind == "points":
        unit, shape = "points", "points"
    else:
        unit, shape = written, "unit"
    return Number(value, sign, shape, unit, match.start(), unit_match.end(), value_start, value_end)  # type: ignore[arg-type]
