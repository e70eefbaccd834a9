"""The parts between mapping and wire, one by one, with a clock that does not wait."""

from __future__ import annotations

import gzip
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_kit.clock import ManualClock
from singer_kit.shutdown import Interrupted, Shutdown
from target_anaplan.api.dumps import find_sent_row, read_dump
from target_anaplan.api.login import AuthSession, Token
from target_anaplan.api.rate_limit import WINDOW_SECONDS, RateLimiter
from target_anaplan.api.tasks import Runnable, TaskRunner
from target_anaplan.api.transport import Response
from target_anaplan.api.uploads import Uploader
from target_anaplan.api.wiring import StoppableClock
from target_anaplan.csv_format import CsvFormat
from target_anaplan.delivery.file_locks import RunFolder, hold_files
from target_anaplan.delivery.outcome import check_process, judge, result_of
from target_anaplan.delivery.spool import CsvSpool, Origin
from target_anaplan.delivery.tally import RowMarks, Tally
from target_anaplan.errors import LostAnswerError, MappingFailedError

# Rate limit


@given(budget=st.integers(1, 20), pauses=st.lists(st.floats(0, 30), max_size=60))
def test_no_minute_holds_more_than_the_budget(budget, pauses):
    clock = ManualClock()
    limiter = RateLimiter(budget, clock)
    sent = []
    for pause in pauses:
        clock.advance(pause)
        limiter.acquire()
        sent.append(clock.monotonic())
    for start in sent:
        assert sum(start <= moment < start + WINDOW_SECONDS - 1e-6 for moment in sent) <= budget


def test_a_pause_holds_everybody_back():
    clock = ManualClock()
    limiter = RateLimiter(600, clock)
    began = clock.monotonic()
    limiter.pause(10)
    limiter.acquire()
    assert clock.monotonic() - began == pytest.approx(10)


def test_a_signal_ends_a_wait():
    shutdown = Shutdown()
    shutdown.requested = 15
    with pytest.raises(Interrupted):
        StoppableClock(ManualClock(), shutdown).sleep(600)


# Login


class Service:
    """Counts logins; every answer is a token with 35 minutes left."""

    def __init__(self, clock):
        self.clock = clock
        self.logins = 0
        self.sent = []
        self.fail_refresh = False

    def login(self):
        self.logins += 1
        return Token(f"token-{self.logins}", self.clock.monotonic() + 2100)

    def do(self, request):
        self.sent.append(request.url.rpartition("/")[2])
        if self.fail_refresh:
            raise LostAnswerError("no answer")
        # The server's clock is years ahead of ours: only the difference counts.
        body = {"tokenInfo": {"tokenValue": "token-r", "expiresAt": (5_000_000_000 + 2100) * 1000}}
        return Response(200, b"", 5_000_000_000, body)


def test_one_token_for_all_threads_until_it_is_refreshed():
    clock = ManualClock()
    service = Service(clock)
    session = AuthSession(service, service, "http://auth", clock)
    threads = [threading.Thread(target=session.token) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert service.logins == 1
    clock.advance(2100 - 301)
    assert session.token().value == "token-1"
    clock.advance(2)
    assert session.token().value == "token-r"
    clock.advance(1000)
    assert session.token().value == "token-r"
    assert (service.logins, service.sent) == (1, ["refresh"])


def test_a_failed_refresh_logs_in_again():
    clock = ManualClock()
    service = Service(clock)
    session = AuthSession(service, service, "http://auth", clock)
    session.token()
    service.fail_refresh = True
    clock.advance(2000)
    assert session.token().value == "token-2"


def test_a_refused_token_is_renewed_by_one_thread_alone():
    clock = ManualClock()
    service = Service(clock)
    session = AuthSession(service, service, "http://auth", clock)
    refused = session.token()
    assert session.renew(refused) == session.renew(refused)
    assert service.logins == 2


# Tasks


class Tasks:
    """A model whose task list and start are scripted."""

    def __init__(self, *, lost=0, started=(), states=("COMPLETE",)):
        self.lost = lost
        self.started = list(started)
        self.states = list(states)
        self.posts = 0
        self.ids = ["OLD"]

    def in_model(self, path):
        return path

    def call(self, _method, _path, *, body, repeatable):
        assert body == {"localeName": "en_US"}
        assert not repeatable
        self.posts += 1
        if self.started and self.started.pop(0):
            self.ids.append(f"NEW{self.posts}")
        if self.lost:
            self.lost -= 1
            raise LostAnswerError("connection dropped")
        self.ids.append(f"NEW{self.posts}")
        return Response(200, b"", None, {"taskId": self.ids[-1]})

    def get(self, path, params=None):
        if params:
            tasks = [{"taskId": task_id} for task_id in self.ids]
            return {"task": tasks[0]} if len(tasks) == 1 else {"tasks": tasks}
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {"task": {"taskId": path.rpartition("/")[2], "taskState": state}}


def run(tasks, clock=None, shutdown=None, timeout=600):
    runner = TaskRunner(
        tasks, clock or ManualClock(), shutdown or Shutdown(), locale="en_US", timeout_seconds=timeout
    )
    return runner.run(Runnable("imports", "112", "Items"), lambda _task_id: None)


def test_a_task_that_started_without_an_answer_is_adopted():
    tasks = Tasks(lost=1, started=[True])
    assert run(tasks)["taskId"] == "NEW1"
    assert tasks.posts == 1


def test_a_start_that_had_no_effect_is_sent_once_more():
    tasks = Tasks(lost=1, started=[False])
    assert run(tasks)["taskId"] == "NEW2"
    assert tasks.posts == 2


def test_a_start_that_stays_unanswered_is_doubt():
    tasks = Tasks(lost=5)
    with pytest.raises(MappingFailedError, match="not known whether"):
        run(tasks)
    assert tasks.posts == 2


def test_polls_begin_quickly_and_become_rare():
    clock = ManualClock()
    run(Tasks(states=["NOT_STARTED"] * 5 + ["IN_PROGRESS"] * 100 + ["COMPLETE"]), clock, timeout=6000)
    assert clock.slept[0] < 0.5
    assert max(clock.slept[:8]) <= 5
    assert clock.slept == sorted(clock.slept)
    assert clock.slept[-1] == 30


def test_queue_and_run_have_a_deadline_each():
    clock = ManualClock()
    with pytest.raises(MappingFailedError, match=r"NOT_STARTED for more than 600 s"):
        run(Tasks(states=["NOT_STARTED"]), clock)
    with pytest.raises(MappingFailedError, match=r"IN_PROGRESS for more than 600 s"):
        run(Tasks(states=["NOT_STARTED"] * 20 + ["IN_PROGRESS"]), clock)


def test_a_running_task_is_followed_a_little_after_a_signal():
    shutdown = Shutdown()
    shutdown.requested = 15
    clock = ManualClock()
    assert run(Tasks(states=["IN_PROGRESS", "COMPLETE"]), clock, shutdown)["taskState"] == "COMPLETE"
    with pytest.raises(Interrupted):
        run(Tasks(states=["IN_PROGRESS"]), clock, shutdown)


# Outcomes


def detail(kind="hierarchyRowsProcessed", **values):
    flat = [text for pair in values.items() for text in pair]
    return {"type": kind, "localMessageText": "words", "values": flat}


def test_the_reference_example_balances():
    values = {"successRowCount": "97", "warningsRowCount": "1", "failedCount": "2", "ignoredCount": "0"}
    result = {
        "successful": True,
        "failureDumpAvailable": True,
        "details": [
            detail("hierarchyRowsProcessedWithFailures", **values, totalRowCount="100", invalidCount=None)
        ],
    }
    outcome = judge(result, "Customers", 100)
    assert (outcome.counts.accepted, outcome.counts.warned, outcome.counts.rejected) == (97, 1, 2)
    assert outcome.has_problems
    with pytest.raises(MappingFailedError, match="101 rows were sent"):
        judge(result, "Customers", 101)


@pytest.mark.parametrize(
    "result",
    [
        {"successful": True},
        {"successful": True, "details": [detail("lineItemRowsProcessed", ignoredCount="7")]},
        {"successful": True, "details": [detail("somethingNew")]},
    ],
)
def test_missing_and_unknown_details_are_no_failure(result):
    outcome = judge(result, "Facts", 5)
    assert (outcome.counts, outcome.has_problems) == (None, False)


def test_no_changes_means_all_ignored():
    assert (
        judge({"successful": True, "details": [detail("hierarchyNoChanges")]}, "Items", 4).counts.ignored == 4
    )


@pytest.mark.parametrize("task", [{"taskState": "CANCELLED"}, {"taskState": "COMPLETE", "currentStep": "?"}])
def test_a_task_without_a_result_failed(task):
    with pytest.raises(MappingFailedError):
        result_of(task, "Items")


def test_a_process_with_fewer_results_than_actions_failed():
    with pytest.raises(MappingFailedError, match="1 results for its 2 actions"):
        check_process({"successful": True, "nestedResults": [{"successful": True}]}, "Load", ("1", "2"))


@given(
    rows=st.integers(1, 60),
    marks=st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=40),
    more=st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=40),
)
def test_every_row_has_one_outcome(rows, marks, more):
    marks, more = ([mark for mark in part if mark[0] <= rows] for part in (marks, more))
    total = RowMarks(rows)
    for part in (marks, more):
        own = RowMarks(rows)
        for position, warning in part:
            own.mark(position, warning=warning)
        total.merge(own, ignored=0)
    tally = Tally(rows)
    tally.settle(total)
    rejected = {position for position, warning in marks + more if not warning}
    warned = {position for position, warning in marks + more if warning} - rejected
    assert (tally.rejected, tally.warned) == (len(rejected), len(warned))
    assert tally.accepted + tally.warned + tally.rejected == rows


# Dumps


@pytest.fixture
def spool(tmp_path):
    (tmp_path / "spool").mkdir()
    spool = CsvSpool(tmp_path / "spool", CsvFormat(("Code", "Name")))
    for number, name in enumerate(("one\nmore\nlines", "two", "three"), start=1):
        spool.add_record(Origin("items", {"id": number}, f"key/{number}"))
        spool.add_row((f"C{number}", name))
    spool.seal(tmp_path / "f.csv.gz", 1000)
    yield spool
    spool.close()


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('"_Status_","Code","Name","_Line_","_Error_1_"\n"E","C2","two","5","Invalid name: "\n', ["key/2"]),
        ('"_Status_","Code","Name","_Line_","_Error_1_"\n"E","C2","two","3","by row number"\n', ["key/2"]),
        ('"_Status_","Code","Name","_Line_","_Error_1_"\n"E","C1","one\nmore\nlines","2","x"\n', ["key/1"]),
        ('"Code","Name","_Line_","_Error_1_","_Error_2_"\n"C3","three","6","","second"\n', ["key/3"]),
        ('"Code","__Error__0"\n"C3","old form"\n', [None]),
    ],
)
def test_dump_rows_find_their_record(tmp_path, spool, text, keys):
    path = tmp_path / "dump.csv"
    path.write_text(text, encoding="utf-8", newline="")
    rows = list(read_dump(path))
    found = [find_sent_row(spool, row) for row in rows]
    assert [row.origin.syspro_key if row else None for row in found] == keys
    assert all(row.reason for row in rows)


# Locks


def test_a_second_run_waits_for_the_file(tmp_path):
    with (
        hold_files(tmp_path, "M", ["1", "2"], 0),
        pytest.raises(MappingFailedError, match="another run on this machine"),
        hold_files(tmp_path, "M", ["2"], 0),
    ):
        pass
    with hold_files(tmp_path, "M", ["2"], 0):
        pass


def test_the_folder_of_a_dead_run_is_removed_and_of_a_living_one_kept(tmp_path):
    dead, living, next_run = (RunFolder(tmp_path, name) for name in ("dead", "living", "next"))
    (tmp_path / "dead").mkdir()
    (tmp_path / "dead.lock").touch()
    living.open()
    next_run.open()
    assert not dead.path.exists()
    assert living.path.exists()
    for folder in (living, next_run):
        folder.close()
    assert list(tmp_path.iterdir()) == []


# Uploads


class Files:
    """Takes chunks from several threads; the n-th may fail."""

    def __init__(self, fail=None):
        self.fail = fail
        self.calls = []
        self.chunks = {}

    def in_model(self, path):
        return path

    def call(self, method, path, *, body=None, data=None, content_type=None, expects_json):
        self.calls.append((method, path, body))
        if method == "PUT":
            number = path.rpartition("/")[2]
            if number == self.fail:
                raise LostAnswerError("no answer")
            assert content_type == "application/x-gzip"
            self.chunks[number] = gzip.decompress(data)

    def get(self, _path):
        return {"chunks": [{"id": number} for number in self.chunks]}


@pytest.fixture
def sealed(tmp_path):
    (tmp_path / "spool").mkdir()
    spool = CsvSpool(tmp_path / "spool", CsvFormat(("Code", "Name")))
    for number in range(200):
        spool.add_record(Origin("items", {"id": number}))
        spool.add_row((str(number), "name"))
    yield spool.seal(tmp_path / "f.csv.gz", 100)
    spool.close()


def test_chunks_arrive_complete_and_are_finished_last(sealed):
    files = Files()
    Uploader(files, threads=4).upload("113", sealed)
    text = b"".join(files.chunks[str(number)] for number in range(len(sealed.chunks)))
    assert text == gzip.decompress(sealed.path.read_bytes())
    assert all(len(chunk) <= 100 for chunk in files.chunks.values())
    assert files.calls[0] == ("POST", "files/113", {"chunkCount": -1})
    assert files.calls[-1] == ("POST", "files/113/complete", {"id": "113"})


def test_a_chunk_that_fails_fails_the_upload(sealed):
    files = Files(fail="7")
    with pytest.raises(LostAnswerError):
        Uploader(files, threads=4).upload("113", sealed)
    assert not [call for call in files.calls if call[1].endswith("complete")]
