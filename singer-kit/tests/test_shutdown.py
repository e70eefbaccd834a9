import os
import signal
import threading

import pytest
from singer_kit.shutdown import TERMINATION_SIGNALS, Interrupted, Shutdown


def test_a_signal_outside_of_reading_only_notes_itself():
    shutdown = Shutdown()
    with shutdown.installed():
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        assert shutdown.requested == signal.SIGTERM
        with pytest.raises(Interrupted) as stop:
            shutdown.check()
    assert stop.value.exit_code == 128 + signal.SIGTERM
    assert str(stop.value) == "Ended by SIGTERM"


def read_while_signalled(shutdown):
    with shutdown.reading():
        signal.raise_signal(signal.SIGTERM)
        pytest.fail("went on reading")


def test_a_signal_inside_of_reading_ends_it():
    shutdown = Shutdown()
    with shutdown.installed(), pytest.raises(Interrupted):
        read_while_signalled(shutdown)


def test_a_second_signal_changes_nothing():
    shutdown = Shutdown()
    with shutdown.installed():
        with pytest.raises(Interrupted):
            read_while_signalled(shutdown)
        signal.raise_signal(signal.SIGINT)
        assert shutdown.requested == signal.SIGTERM


def test_a_stretch_inside_of_another_leaves_it_interruptible():
    shutdown = Shutdown()

    def read():
        with shutdown.reading():
            with shutdown.reading():
                pass
            signal.raise_signal(signal.SIGTERM)
            pytest.fail("went on reading")

    with shutdown.installed(), pytest.raises(Interrupted):
        read()


def test_reading_does_not_begin_after_a_signal():
    shutdown = Shutdown()
    with shutdown.installed():
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(Interrupted), shutdown.reading():
            pytest.fail("began to read")


def test_handlers_and_descriptors_are_put_back():
    before = {signum: signal.getsignal(signum) for signum in TERMINATION_SIGNALS}
    with Shutdown().installed():
        assert all(signal.getsignal(signum) != before[signum] for signum in before)
    assert {signum: signal.getsignal(signum) for signum in TERMINATION_SIGNALS} == before
    assert signal.set_wakeup_fd(-1) == -1


def test_a_reading_thread_does_not_make_the_main_thread_interruptible():
    shutdown = Shutdown()
    inside, done = threading.Event(), threading.Event()

    def read():
        with shutdown.reading():
            inside.set()
            done.wait()

    thread = threading.Thread(target=read)
    with shutdown.installed():
        thread.start()
        inside.wait()
        signal.raise_signal(signal.SIGTERM)
        done.set()
        thread.join()
    assert shutdown.requested == signal.SIGTERM


def wait_for(shutdown, descriptor, thread):
    with shutdown.reading():
        thread.start()
        shutdown.wait_readable(descriptor)


@pytest.mark.timeout(120)
def test_a_signal_that_came_just_before_the_wait_ends_it():
    """The gap that `read` alone would leave: the flag is up in C, the handler has not run in Python."""
    shutdown = Shutdown()
    silent, writer = os.pipe()
    # Another thread gets the signal, so that this one is not told before it is inside `select`.
    thread = threading.Thread(target=signal.raise_signal, args=[signal.SIGTERM])
    try:
        with shutdown.installed(), pytest.raises(Interrupted):
            wait_for(shutdown, silent, thread)
        thread.join()
    finally:
        os.close(silent)
        os.close(writer)
