"""The rules in force, and what became of them."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from syspro_sandbox.clock import SystemClock
from syspro_sandbox.faults import document
from syspro_sandbox.faults.errors import FaultsError, UnknownNameError
from syspro_sandbox.faults.holds import Holds
from syspro_sandbox.faults.second_client import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from syspro_sandbox.clock import Clock
    from syspro_sandbox.faults.rules import Action, Rule
    from syspro_sandbox.faults.seen_request import SeenRequest

WAIT_SECONDS = 30
BAD_REQUEST = 400
_SEEDS = 2**32

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fired:
    """A fault that happened.

    Attributes:
        rule: The rule's name.
        count: The how-manieth request it was that the rule matches.
        system: The stand-in.
        method: The request's method.
        path: Its path.
        effects: What was done, in few words.
    """

    rule: str
    count: int
    system: str
    method: str
    path: str
    effects: str

    def __str__(self) -> str:
        where = f"{self.method} {self.path} of {self.system}"
        return f"Fault {self.rule}: {where} (match {self.count}): {self.effects}"


@dataclass
class Counted:
    """A rule in force.

    Attributes:
        rule: The rule.
        matched: How many requests it has matched.
        fired: On how many it has fired.
    """

    rule: Rule
    matched: int = 0
    fired: int = 0


class Faults:
    """The faults of one or several stand-ins.

    Every rule counts the requests that it matches; of the rules that are due on a request, the first fires.
    All methods may be called from any thread, while requests are under way.

    Args:
        rules: The rules at first.
        seed: What the draws of rules with a probability follow from; None chooses one.
        clock: The time that delays and slow bodies go by.

    Attributes:
        seed: The seed.
        clock: The clock.
        verbs: What `do` may name.
        addresses: Where the stand-ins are served, by system.
        holds: The requests that are held.
    """

    def __init__(
        self, rules: Iterable[Rule] = (), *, seed: int | None = None, clock: Clock | None = None
    ) -> None:
        self.seed = SystemRandom().randrange(_SEEDS) if seed is None else seed
        self.clock: Clock = clock or SystemClock()
        self.verbs: dict[str, Callable[[], object]] = {}
        self.addresses: dict[str, str] = {}
        self.holds = Holds()
        self._changed = threading.Condition()
        self._rules: list[Counted] = []
        self._fired: list[Fired] = []
        self._under_way = 0
        self._numbered = 0
        self.add(*rules)

    @classmethod
    def from_file(cls, path: Path) -> Faults:
        """The faults of a fault file.

        Raises:
            FaultsError: When it cannot be read.
        """
        found = document.read_file(path)
        return cls(found.rules, seed=found.seed)

    # Rules --------------------------------------------------------------------------------------------------

    @property
    def rules(self) -> list[Counted]:
        """The rules in force, with their counts."""
        with self._changed:
            return [replace(each) for each in self._rules]

    @property
    def has_chance(self) -> bool:
        """Whether any rule depends on the seed."""
        return any(each.rule.when.probability < 1 for each in self.rules)

    def add(self, *rules: Rule) -> list[str]:
        """Put rules in force, behind those there are.

        Returns:
            Their names.

        Raises:
            FaultsError: When a name is taken.
        """
        with self._changed:
            taken = {each.rule.name for each in self._rules}
            named = []
            for rule in rules:
                self._numbered += 1
                name = rule.name or f"rule-{self._numbered}"
                if name in taken:
                    raise FaultsError(f"There is a fault rule {name} already: choose another name")
                taken.add(name)
                named.append(replace(rule, name=name))
            self._rules += [Counted(rule) for rule in named]
        return [rule.name for rule in named]

    def remove(self, name: str) -> None:
        """Take a rule out of force; what it holds stays held.

        Raises:
            FaultsError: When there is none of that name.
        """
        with self._changed:
            kept = [each for each in self._rules if each.rule.name != name]
            if len(kept) == len(self._rules):
                names = ", ".join(each.rule.name for each in self._rules) or "none"
                raise UnknownNameError(f"There is no fault rule {name}: there are {names}")
            self._rules = kept

    def clear(self) -> None:
        """Take all rules out of force, let all that is held go, and forget what fired."""
        with self._changed:
            self._rules.clear()
            self._fired.clear()
            self._numbered = 0
        self.holds.release(None)

    # What happened ------------------------------------------------------------------------------------------

    @property
    def fired(self) -> list[Fired]:
        """The faults that happened, oldest first."""
        with self._changed:
            return list(self._fired)

    def wait_until_fired(self, rule: str, times: int = 1, timeout: float = WAIT_SECONDS) -> None:
        """Wait until a rule has fired so often.

        Raises:
            TimeoutError: When it has not after so many seconds.
        """

        def is_done() -> bool:
            return sum(each.rule == rule for each in self._fired) >= times

        with self._changed:
            if not self._changed.wait_for(is_done, timeout):
                raise TimeoutError(
                    f"Fault {rule} has not fired {times} times in {timeout:g} s: {self._fired}"
                )

    def wait_until_idle(self, timeout: float = WAIT_SECONDS) -> None:
        """Wait until no request is under way, those of clients that have died included.

        Raises:
            TimeoutError: When one still is after so many seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._under_way == 0, timeout):
                raise TimeoutError(f"{self._under_way} requests are still under way after {timeout:g} s")

    # Holds --------------------------------------------------------------------------------------------------

    @property
    def held(self) -> list[str]:
        """What is held now, the longest first."""
        return [each.name for each in self.holds.held]

    def wait_until_held(self, name: str, count: int = 1, timeout: float = WAIT_SECONDS) -> list[SeenRequest]:
        """Wait until so many requests are held under a name; returns them.

        Raises:
            TimeoutError: When fewer are after so many seconds.
        """
        found = self.holds.find(name, count, timeout)
        if len(found) < count:
            raise TimeoutError(
                f"{len(found)} of {count} requests were held as {name} in {timeout:g} s; fired: {self.fired}"
            )
        return found

    def release(self, name: str) -> None:
        """Let the requests go that are held under a name.

        Raises:
            FaultsError: When none is.
        """
        if not self.holds.release(name):
            raise UnknownNameError(f"No request is held as {name}: held are {', '.join(self.held) or 'none'}")

    @contextmanager
    def holding(self, name: str, timeout: float = WAIT_SECONDS) -> Iterator[SeenRequest]:
        """Wait until a request is held under a name, and let it go at the end of the block.

        Raises:
            TimeoutError: When none is held after so many seconds.
            FaultsError: When it went on by itself before the end of the block.
        """
        [request, *_] = self.wait_until_held(name, timeout=timeout)
        try:
            yield request
        except BaseException:
            self.holds.release(name)
            raise
        self.release(name)

    # For the application ------------------------------------------------------------------------------------

    @contextmanager
    def attending(self) -> Iterator[None]:
        """Count a request as under way."""
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def wants_body(self, request: SeenRequest) -> bool:
        """Whether a rule has to see the body of a request."""
        with self._changed:
            return any(
                each.rule.match.body is not None and each.rule.match.fits_head(request)
                for each in self._rules
            )

    def draw(self, request: SeenRequest) -> Rule | None:
        """Count a request, and return the rule that fires on it."""
        with self._changed:
            chosen: Counted | None = None
            for each in self._rules:
                if not each.rule.match.fits(request):
                    continue
                each.matched += 1
                chance = f"{self.seed}:{each.rule.name}"
                if chosen is None and each.rule.when.is_due(each.matched, each.fired, chance):
                    chosen = each
            if chosen is None:
                return None
            chosen.fired += 1
            rule = chosen.rule
            fired = Fired(
                rule.name, chosen.matched, request.system, request.method, request.path, rule.effects
            )
            self._fired.append(fired)
            self._changed.notify_all()
        log.info("%s", fired)
        return rule

    def perform(self, action: Action, request: SeenRequest) -> None:
        """Do what a second client does while a request is under way.

        Raises:
            FaultsError: When a verb or a stand-in is not known here.
        """
        if isinstance(action, HttpRequest):
            address = self._known(self.addresses, action.system or request.system, "stand-in")
            answer = action.send(address, request)
            level = logging.INFO if answer.status_code < BAD_REQUEST else logging.WARNING
            log.log(level, "Second client: %s was answered %d", action, answer.status_code)
        elif isinstance(action, str):
            self._known(self.verbs, action, "verb")()
            log.info("Second client: %s", action)
        else:
            action(request)

    @staticmethod
    def _known(things: Mapping[str, Any], name: str, what: str) -> Any:
        if name not in things:
            raise UnknownNameError(f"There is no {what} {name} here: use {', '.join(things) or 'none'}")
        return things[name]
