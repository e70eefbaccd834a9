"""Rules: on which request, how often, and what happens then.

The attributes of these classes are the keys of a fault file (schema.json), which `document` reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from syspro_sandbox.faults.second_client import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syspro_sandbox.faults.seen_request import SeenRequest

    #: What a second client does: anything in Python, a request, or the name of a verb.
    Action = Callable[[SeenRequest], object] | HttpRequest | str

Ending = Literal["close", "clean", "reset"]

#: For how long a request is held when nobody says so or lets it go, in seconds.
HOLD_SECONDS = 60.0


@dataclass(frozen=True)
class Match:
    """Which requests a rule is about; what is not given fits all.

    Attributes:
        system: The stand-in.
        method: The method.
        path: A pattern of the decoded path, in which `*` stands for any text, slashes included.
        path_regex: In place of `path`: a regular expression of the whole decoded path.
        query: A pattern of the decoded query string.
        headers: Patterns of headers, by name.
        body: Text that the body contains.
    """

    system: str | None = None
    method: str | None = None
    path: str | None = None
    path_regex: str | None = None
    query: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None

    def __post_init__(self) -> None:
        if self.path is not None and self.path_regex is not None:
            raise ValueError("`path` and `path_regex` exclude each other: keep one of them")
        try:
            re.compile(self.path_regex or "")
        except re.error as error:
            raise ValueError(f"`path_regex` is no regular expression ({error}): correct it") from error

    def fits_head(self, request: SeenRequest) -> bool:
        """Whether everything fits but the body."""
        patterns = [
            (request.path, self.path),
            (request.query, self.query),
            *((request.headers.get(name.lower(), ""), pattern) for name, pattern in self.headers.items()),
        ]
        return (
            self.system in {None, request.system}
            and (self.method is None or self.method.upper() == request.method)
            and (self.path_regex is None or re.fullmatch(self.path_regex, request.path) is not None)
            and all(pattern is None or fnmatchcase(text, pattern) for text, pattern in patterns)
        )

    def fits(self, request: SeenRequest) -> bool:
        """Whether everything fits."""
        return self.fits_head(request) and (self.body is None or self.body.encode() in request.body)


@dataclass(frozen=True)
class When:
    """On which of the requests that match a rule fires: those that all given conditions allow.

    Attributes:
        nth: Only on this one, or these, counted from 1.
        every: Only on every so-manieth.
        from_nth: From this one on.
        times: At most so often.
        probability: Only with this chance, which follows from the seed, the rule and the count.
    """

    nth: int | tuple[int, ...] | None = None
    every: int = 1
    from_nth: int = 1
    times: int | None = None
    probability: float = 1.0

    def is_due(self, count: int, fired: int, chance: str) -> bool:
        """Whether to fire on the `count`-th request; `chance` is what the draw follows from."""
        chosen = (self.nth,) if isinstance(self.nth, int) else self.nth
        return (
            (chosen is None or count in chosen)
            and count % self.every == 0
            and count >= self.from_nth
            and (self.times is None or fired < self.times)
            and (self.probability >= 1 or Random(f"{chance}:{count}").random() < self.probability)
        )


@dataclass(frozen=True)
class Answer:
    """An answer in place of the stand-in's own, or changes to it.

    Attributes:
        status: The status; by default the stand-in's own, 200 where it was not asked.
        headers: The headers, over the stand-in's own where it was asked.
        body: The body; by default the stand-in's own.
        replace: Texts of the stand-in's body, and what stands there instead.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | bytes | None = None
    replace: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.body is not None and self.replace:
            raise ValueError("`body` and `replace` exclude each other: keep one of them")


@dataclass(frozen=True)
class Stage:
    """What happens before, or after, the stand-in handles the request; in this order.

    Attributes:
        do: What a second client does meanwhile.
        hold: Under which name the request waits until it is released.
        hold_at_most: For how long, in seconds; then it goes on by itself.
        delay: How long the request waits, in seconds.
        answer: What is answered; before handling, the stand-in never sees the request.
        reset: Whether the connection is reset: before handling the request is lost, afterwards the answer.
    """

    do: Action | tuple[Action, ...] = ()
    hold: str | None = None
    hold_at_most: float = HOLD_SECONDS
    delay: float = 0.0
    answer: Answer | None = None
    reset: bool = False

    def __post_init__(self) -> None:
        if self.reset and self.answer is not None:
            raise ValueError("`reset` and `answer` exclude each other: keep one of them")

    @property
    def actions(self) -> tuple[Action, ...]:
        """What a second client does, one after the other."""
        return self.do if isinstance(self.do, tuple) else (self.do,)

    @property
    def is_last(self) -> bool:
        """Whether nothing can follow it."""
        return self.reset or self.answer is not None


@dataclass(frozen=True)
class Delivery:
    """How the answer travels.

    Attributes:
        cut_bytes: After how many bytes of the body it ends.
        cut_fraction: In place of `cut_bytes`: after which part of the body.
        ending: How it ends there: `close` and `reset` break the promise of the full Content-Length,
            `clean` is a chunked body that looks whole.
        bytes_per_second: How fast the body travels.
    """

    cut_bytes: int | None = None
    cut_fraction: float | None = None
    ending: Ending = "close"
    bytes_per_second: float | None = None

    def __post_init__(self) -> None:
        if self.cut_bytes is not None and self.cut_fraction is not None:
            raise ValueError("`cut_bytes` and `cut_fraction` exclude each other: keep one of them")
        if self.ending != "close" and not self.is_cut:
            raise ValueError(f"`ending: {self.ending}` has no place: add `cut_bytes` or `cut_fraction`")

    @property
    def is_cut(self) -> bool:
        """Whether the body ends early."""
        return self.cut_bytes is not None or self.cut_fraction is not None

    def kept(self, size: int) -> int:
        """How many bytes of a body are sent."""
        if self.cut_fraction is not None:
            return int(size * self.cut_fraction)
        return size if self.cut_bytes is None else min(size, self.cut_bytes)


@dataclass(frozen=True)
class Rule:
    """A fault and its occasion.

    Attributes:
        match: Which requests it is about.
        when: On which of them it fires.
        upload_bytes_per_second: How fast the body of the request is read.
        before: What happens before the stand-in handles the request.
        after: What happens afterwards.
        delivery: How the answer travels.
        name: What logs and tests call it; by default its place among the rules.
    """

    match: Match = field(default_factory=Match)
    when: When = field(default_factory=When)
    upload_bytes_per_second: float | None = None
    before: Stage = field(default_factory=Stage)
    after: Stage = field(default_factory=Stage)
    delivery: Delivery = field(default_factory=Delivery)
    name: str = ""

    def __post_init__(self) -> None:
        if not self.effects:
            raise ValueError(
                "nothing happens: add `before`, `after`, `delivery` or `upload_bytes_per_second`"
            )
        if self.upload_bytes_per_second and self.match.body is not None:
            raise ValueError("a body read slowly cannot be matched: remove `match.body`")
        if self.before.answer and self.before.answer.replace:
            raise ValueError("`before.answer` has no text to replace: use `after.answer`")
        if self.before.is_last and self.after != Stage():
            raise ValueError("nothing comes `after` a reset or an answer before it: remove one of them")
        if (self.before.reset or self.after.reset) and self.delivery != Delivery():
            raise ValueError("after a reset there is no `delivery`: remove one of them")

    @property
    def effects(self) -> str:
        """What happens, in few words."""
        parts = {"before": self.before, "after": self.after, "delivery": self.delivery}
        texts = [f"{name} {text}" for name, part in parts.items() if (text := _describe(part))]
        if self.upload_bytes_per_second:
            texts.insert(0, f"upload at {self.upload_bytes_per_second:g} bytes a second")
        return "; ".join(texts)


def _describe(part: Any) -> str:
    """The attributes of a part that were set."""
    words = []
    for attribute in fields(part):
        value = getattr(part, attribute.name)
        if value in (attribute.default, ()):
            continue
        if isinstance(value, Answer):
            words.append(f"answer {value.status or 'changed'}")
        elif value is True:
            words.append(attribute.name)
        elif attribute.name == "do":
            words.append(f"do {', '.join(_name(action) for action in part.actions)}")
        else:
            words.append(f"{attribute.name} {value}")
    return ", ".join(words)


def _name(action: Action) -> str:
    if isinstance(action, str | HttpRequest):
        return str(action)
    return getattr(action, "__name__", type(action).__name__)
