"""A stranger of the same tenant at work on the same import, and answers that get lost.

Anaplan reference, "Lists of tasks", "Private files", "Dump files", "Start of a task" and "Clock of the
server".
"""

from email.utils import parsedate_to_datetime

import pytest
import requests
from syspro_sandbox.anaplan.options import LOADER, STRANGER
from syspro_sandbox.clock import ManualClock
from syspro_sandbox.faults import Faults, FaultyApplication, Match, Rule, Stage, When
from syspro_sandbox.serving import Server

pytestmark = pytest.mark.server

SUPPLIERS = "Suppliers from SYSPRO"
MINE = "Code,Supplier Name\nS1,Mine\n,Bad\n"
THEIRS = "Code,Supplier Name\nS2,Theirs\n,Worse\n,Worst\n"


@pytest.fixture
def both(sandbox, log_in):
    sandbox.configure(users=(LOADER, STRANGER), start_seconds=0, task_seconds=10)
    return log_in(), log_in(STRANGER)


def test_a_stranger_runs_the_same_import_with_his_own_file_task_and_dump(both, clock):
    mine, theirs = both
    path = f"/imports/{mine.imports[SUPPLIERS]}"
    mine.upload("suppliers.csv", MINE)
    theirs.upload("suppliers.csv", THEIRS)
    first, second = mine.start(path), theirs.start(path)
    clock.advance(5)
    assert (mine.task(path, first)["taskState"], mine.task(path, second)["taskState"]) == (
        "IN_PROGRESS",
        "NOT_STARTED",
    )
    clock.advance(30)
    assert [task["taskId"] for task in mine.get(f"{path}/tasks").json()["tasks"]] == [first, second]
    assert set(mine.items("Suppliers")) == {"S1", "S2"}
    assert mine.get(f"{path}/tasks/{first}/dump").text.count("\n") == 2
    assert theirs.get(f"{path}/tasks/{second}/dump").text.count("\n") == 3
    # Both tasks promise a dump, each user has the one of his own.
    assert mine.task(path, second)["result"]["failureDumpAvailable"] is True
    assert mine.get(f"{path}/tasks/{second}/dump").status_code == 404
    assert theirs.get(f"{path}/tasks/{first}/dump").status_code == 404


def test_a_stranger_can_be_played_without_http(api, sandbox, clock):
    sandbox.configure(users=(LOADER, STRANGER))
    sandbox.upload("suppliers.csv", THEIRS.encode())
    task_id = sandbox.start(SUPPLIERS)
    clock.advance(10)
    path = f"/imports/{api.imports[SUPPLIERS]}"
    assert api.task(path, task_id)["result"]["successful"] is True
    assert set(api.items("Suppliers")) == {"S2"}


def test_tasks_may_be_shown_to_their_own_user_only(both, sandbox, clock):
    mine, theirs = both
    path = f"/imports/{mine.imports[SUPPLIERS]}"
    first, second = mine.start(path), theirs.start(path)
    sandbox.configure(task_list="own")
    assert [task["taskId"] for task in mine.get(f"{path}/tasks").json()["tasks"]] == [first]
    assert mine.get(f"{path}/tasks/{second}").status_code == 404
    clock.advance(30)
    assert theirs.task(path, second)["taskState"] == "COMPLETE"


def test_a_stranger_cancels_my_task(both, clock):
    mine, theirs = both
    path = f"/imports/{mine.imports[SUPPLIERS]}"
    mine.upload("suppliers.csv", MINE)
    task_id = mine.start(path)
    theirs.delete(f"{path}/tasks/{task_id}")
    clock.advance(30)
    task = mine.task(path, task_id)
    assert (task["taskState"], task["cancelledBy"]) == ("CANCELLED", STRANGER.email)
    assert mine.items("Suppliers") == {}


@pytest.fixture
def faults():
    return Faults(clock=ManualClock())


@pytest.fixture
def faulty(sandbox, log_in, faults):
    """A user behind a server with faults, which stamps answers by the stand-in's clock."""
    sandbox.configure(date_header=True)
    with Server(FaultyApplication(sandbox.app, "anaplan", faults), date_header=False) as server:
        yield log_in(at=server.url)


def test_a_start_whose_answer_is_lost_has_started(faulty, faults, clock):
    path = f"/imports/{faulty.imports[SUPPLIERS]}"
    faulty.upload("suppliers.csv", MINE)
    faults.add(Rule(Match("anaplan", "POST", "*/tasks"), When(nth=1), after=Stage(reset=True)))
    with pytest.raises(requests.ConnectionError):
        faulty.start(path)
    (task,) = faulty.get(f"{path}/tasks").json()["tasks"]
    assert task["creationTime"] == int(clock.now * 1000)
    clock.advance(10)
    assert faulty.task(path, task["taskId"])["taskState"] == "COMPLETE"
    assert set(faulty.items("Suppliers")) == {"S1"}


def test_a_stranger_starts_between_my_start_and_its_lost_answer(faulty, faults, sandbox):
    sandbox.configure(users=(LOADER, STRANGER))
    path = f"/imports/{faulty.imports[SUPPLIERS]}"
    strangers = []

    def intrude(_):
        strangers.append(sandbox.start(SUPPLIERS))

    faults.add(Rule(Match("anaplan", "POST", "*/tasks"), When(nth=1), after=Stage(do=intrude, reset=True)))
    with pytest.raises(requests.ConnectionError):
        faulty.start(path)
    mine, theirs = faulty.get(f"{path}/tasks").json()["tasks"]
    assert strangers == [theirs["taskId"]]
    assert set(mine) == set(theirs) == {"taskId", "taskState", "creationTime"}  # nothing tells whose it is


def test_a_start_that_is_lost_itself_has_not_started(faulty, faults):
    path = f"/imports/{faulty.imports[SUPPLIERS]}"
    faults.add(Rule(Match("anaplan", "POST", "*/tasks"), When(nth=1), before=Stage(reset=True)))
    with pytest.raises(requests.ConnectionError):
        faulty.start(path)
    assert "tasks" not in faulty.get(f"{path}/tasks").json()


def test_times_are_of_the_servers_clock(faulty, sandbox, clock):
    sandbox.configure(server_ahead_seconds=600)
    answer = faulty.post(f"/imports/{faulty.imports[SUPPLIERS]}/tasks", {"localeName": "en_US"})
    assert answer.json()["task"]["creationTime"] == int((clock.now + 600) * 1000)
    assert parsedate_to_datetime(answer.headers["Date"]).timestamp() == int(clock.now) + 600


def test_a_person_at_work_has_the_model(api, sandbox, clock):
    sandbox.configure(start_seconds=0)
    sandbox.occupy_model(20)
    path = f"/imports/{api.imports[SUPPLIERS]}"
    assert api.get("/status").json()["requestStatus"]["currentStep"] == "Processing ..."
    api.upload("suppliers.csv", "Code\nS1\n")
    task_id = api.start(path)
    clock.advance(10)
    assert api.task(path, task_id)["taskState"] == "NOT_STARTED"
    began = clock.now
    assert set(api.items("Suppliers")) == {"S1"}
    assert clock.now >= began + 10
    assert api.task(path, task_id)["taskState"] == "COMPLETE"


def test_a_start_while_a_person_works_may_conflict(api, sandbox, clock):
    sandbox.configure(busy_start="conflict")
    sandbox.occupy_model(20)
    path = f"/imports/{api.imports[SUPPLIERS]}/tasks"
    assert api.post(path, {"localeName": "en_US"}).status_code == 409
    clock.advance(20)
    assert api.post(path, {"localeName": "en_US"}).status_code == 200


def test_progress_may_follow_the_time(api, sandbox, clock):
    sandbox.configure(task_progress="by_time", start_seconds=0, task_seconds=10)
    path = "/processes/118000000001"
    api.upload("ap_invoices.csv", "Code\nI1\n")
    task_id = api.start(path)
    progress = []
    for _ in range(4):
        progress.append(api.task(path, task_id)["progress"])
        clock.advance(5)
    assert progress == [0.0, 0.25, 0.5, 0.75]
    assert api.task(path, task_id)["progress"] == 1.0


def test_each_token_is_of_its_own_user(both):
    mine, theirs = both
    assert mine.call("GET", "/2/0/users/me").json()["user"]["id"] == LOADER.id
    assert theirs.call("GET", "/2/0/users/me").json()["user"]["id"] == STRANGER.id
