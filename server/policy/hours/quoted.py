"""Quote people in their own words, whatever was made of them before the grammar saw them.

Widths, dashes, weeks and plain ways are put in one form, rows are dropped and moved. A quote taken
from what came out (监控24小时营业) is led back, step by step, to what was typed (监控24小时都开).
"""

import re
from difflib import SequenceMatcher
from itertools import pairwise

from server.policy.hours.times import Unreadable
from server.policy.hours.tokens import in_one_form

_QUOTE = re.compile("“([^”]+)”")
_CUT = "…"
_LONGEST = 16
"""Of what stands for a quote of which nobody can tell where it comes from."""
_MARKS = " \n,;。、"

Stretch = tuple[int, int]
"""From which character on, and before which."""


class Said:
    """A text as it was typed, and what each step made of it."""

    def __init__(self, typed: str) -> None:
        self._typed = typed
        signs = [(sign, at) for at, one in enumerate(typed) for sign in in_one_form(one)]
        self._stands_at = [at for _, at in signs]
        self._made = ["".join(sign for sign, _ in signs)]

    def now(self, text: str) -> str:
        """Take down what a step made of the last one's text, and give it back."""
        if text != self._made[-1]:
            self._made.append(text)
        return text

    def own(self, quote: str) -> str:
        """The typed words of which a quote was made: always a stretch of what was typed."""
        if quote in self._typed:
            return quote
        for find in (_whole, _in_order):
            for step in range(len(self._made) - 1, -1, -1):
                stretch = find(quote, self._made[step])
                if stretch and (words := self._as_typed(stretch, step)):
                    return words
        return self._typed.strip()[:_LONGEST].strip()

    def words(self, quoted: str) -> str:
        """The same of several, set apart by 、."""
        if quoted in self._typed or any(quoted in text for text in self._made):
            return self.own(quoted)
        return "、".join(self.own(one) for one in quoted.split("、") if one)

    def refused(self, problem: Unreadable) -> Unreadable:
        """The same refusal with every quote in the words that were typed."""
        sentence = _QUOTE.sub(lambda found: f"“{self._shown(found[1])}”", problem.sentence)
        words = self.words(str(problem.details["words"]))
        return Unreadable.told(sentence, words=words, advice=problem.advice)

    def _shown(self, quote: str) -> str:
        own = self.own(quote.removesuffix(_CUT))
        return f"{own}{_CUT}" if quote.endswith(_CUT) else own

    def _as_typed(self, stretch: Stretch, step: int) -> str:
        for before, after in reversed(list(pairwise(self._made[: step + 1]))):
            stretch = _led_back(stretch, before, after)
        first, last = stretch
        if first >= last:
            return ""
        return self._typed[self._stands_at[first] : self._stands_at[last - 1] + 1].strip()


def _whole(quote: str, text: str) -> Stretch | None:
    at = text.find(quote)
    return None if at < 0 else (at, at + len(quote))


def _in_order(quote: str, text: str) -> Stretch | None:
    """The shortest stretch that holds a quote's signs in order: it was put together of several."""
    pattern = ".*?".join(map(re.escape, quote.strip(_MARKS)))
    found = [
        (at, one.end())
        for at in range(len(text))
        if (one := re.compile(pattern, re.DOTALL).match(text, at)) is not None
    ]
    return min(found, key=lambda one: one[1] - one[0], default=None)


def _led_back(stretch: Stretch, before: str, after: str) -> Stretch:
    """The stretch of `before` that became this one of `after`; what was put in leads to nothing."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    kept = [
        (begins, ends)
        for kind, first, last, from_, until in matcher.get_opcodes()
        if kind != "delete" and from_ < stretch[1] and until > stretch[0]
        for begins, ends in [
            (first + max(0, stretch[0] - from_), last - max(0, until - stretch[1]))
            if kind == "equal"
            else (first, last)
        ]
    ]
    return (kept[0][0], kept[-1][1]) if kept else (0, 0)
