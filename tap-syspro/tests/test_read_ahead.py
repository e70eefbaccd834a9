"""Reading ahead of who writes."""

from __future__ import annotations

import threading
from contextlib import nullcontext

import pytest
from tap_syspro.read_ahead import ReadAhead, begun_ahead

SECONDS = 10


def test_the_next_item_is_under_way_while_one_is_used():
    under_way = [threading.Event() for _ in range(3)]

    def items():
        for number, event in enumerate(under_way):
            event.set()
            yield number

    reader = iter(ReadAhead(items(), threading.Semaphore(), nullcontext))
    assert next(reader) == 0
    assert under_way[1].wait(SECONDS)
    assert not under_way[2].is_set()
    assert list(reader) == [1, 2]


def test_it_begins_before_anybody_reads():
    begun = threading.Event()

    def items():
        begun.set()
        yield 1

    ahead = ReadAhead(items(), threading.Semaphore(), nullcontext)
    assert begun.wait(SECONDS)
    assert list(ahead) == [1]


def test_an_error_comes_in_its_place():
    def items():
        yield 1
        raise LookupError

    reader = iter(ReadAhead(items(), threading.Semaphore(), nullcontext))
    assert next(reader) == 1
    with pytest.raises(LookupError):
        next(reader)


def test_the_gate_bounds_what_is_under_way():
    gate = threading.BoundedSemaphore(2)
    together = threading.Event()
    inside, most = 0, 0
    lock = threading.Lock()

    def items():
        nonlocal inside, most
        for number in range(3):
            with lock:
                inside += 1
                most = max(most, inside)
            together.wait(0.01)  # nobody sets it: a chance for others to come in
            with lock:
                inside -= 1
            yield number

    readers = [ReadAhead(items(), gate, nullcontext) for _ in range(6)]
    assert [list(reader) for reader in readers] == [[0, 1, 2]] * 6
    assert most == 2


def test_the_reader_waits_inside_the_context_it_was_given():
    class StoppedError(Exception):
        pass

    class Stop:
        def __enter__(self):
            raise StoppedError

        def __exit__(self, *_):
            pass

    with pytest.raises(StoppedError):
        next(iter(ReadAhead(iter([1]), threading.Semaphore(), Stop)))


def test_companies_begin_ahead_and_come_in_their_order():
    begun = []

    def begin(company):
        begun.append(company)
        return company.lower()

    readers = begun_ahead("ABCD", begin, 2)
    assert (next(readers), begun) == ("a", ["A", "B"])
    assert (next(readers), begun) == ("b", ["A", "B", "C"])
    assert list(readers) == ["c", "d"]
