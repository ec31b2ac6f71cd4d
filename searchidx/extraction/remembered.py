"""What pure functions of a word answered, remembered: the same few thousand words make up most of a corpus."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
#: How many words a function's answers are remembered for.
MOST_WORDS = 1 << 15


class _Answers(dict[str, Answer]):
    """Answers by word. When there are too many, all are forgotten: the frequent ones are soon back."""

    def __init__(self, function: Callable[[str], Answer]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, word: str) -> Answer:
        if len(self) >= MOST_WORDS:
            self.clear()
        answer = self[word] = self._function(word)
        return answer


def remembered(function: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """`function`, with the answers to the last words remembered.

    A hit is one look-up in a dict. `lru_cache` also moves what it finds to the front of a list, which touches memory
    that is in no processor's cache: with a dozen functions and some hundred words an abstract that is what counts.
    """
    return _Answers(function).__getitem__
