"""A scheduled run ends, whatever is killed or away meanwhile; the next one begins; told once."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from faults.deployments import QUICK, Deployment
from faults.figures import Figures
from faults.houses import LOYALTY, land_something, night, night_command
from faults.inbox import Inbox
from faults.prefect_server import PrefectServer, prefect_server, wait_for
from faults.scale import is_full, size
from loyalty import notifications, publication
from loyalty.warehouse import Warehouse

AUTOMATIONS = "docs/prefect/automations.yaml"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    with prefect_server(tmp_path_factory.mktemp("server")) as here:
        yield here


@pytest.fixture
def worker_words(inbox: Inbox) -> dict[str, str]:
    """What a worker of these trials has in its environment; the inbox is where it tells."""
    told_by = {name: value for name, value in os.environ.items() if "LOYALTY_NOTIFY" in name}
    return QUICK | told_by


@pytest.fixture
def deployed(server: PrefectServer, shop: Path, tmp_path: Path) -> Deployment:
    """A warehouse with a landing folder of its own; nothing has run there yet."""
    shutil.copytree(shop, tmp_path / "landing")
    house = Warehouse(tmp_path / f"shop-{tmp_path.name[-12:].strip('_')}")
    return Deployment.of(server, house, tmp_path / "landing")


@pytest.mark.promise("scheduled", "a worker that is killed while a run builds")
def test_a_killed_worker_takes_no_run_with_it(
    deployed: Deployment, worker_words: dict[str, str], inbox: Inbox, figures: Figures
) -> None:
    # With the output on a pipe to the worker too, as a pool may ask for.
    for stream_output in (True, False)[: size(full=2, short=1)]:
        land_something(deployed.landing)
        variables: dict[str, Any] = {"stream_output": True} if stream_output else {}
        with deployed.server.worker(**worker_words) as worker:
            run = deployed.start(job_variables=variables)
            process = run.await_build()
            worker.kill()
            worker.wait()
            os.kill(process, 0)
            assert run.await_end() == "COMPLETED", run.message
            wait_for(lambda: deployed.house.holder() is None, "a free lock", 60)
        outcome = notifications.last(deployed.house)
        assert outcome is not None
        assert (outcome.status, outcome.attempt) == ("published", run.id)
        figures.add(workers_killed=1, runs_that_went_on_to_their_end=1)
    # The next one begins, by the next worker.
    land_something(deployed.landing)
    with deployed.server.worker(**worker_words):
        assert deployed.start().await_end() == "COMPLETED"
    assert inbox.new() == []
    figures.add(next_runs_that_published=1)


@pytest.mark.promise("scheduled", "the flow's process killed, alone and with its worker")
def test_a_killed_run_is_told_once_and_the_next_begins(
    deployed: Deployment, worker_words: dict[str, str], inbox: Inbox, figures: Figures
) -> None:
    deployed.server.command("automation", "create", "--from-file", AUTOMATIONS)
    with deployed.server.worker(**worker_words) as worker:
        run = deployed.start()
        os.kill(run.await_build(), signal.SIGKILL)
        assert run.await_end() == "CRASHED"
        wait_for(lambda: inbox.size, "a notification", 60)
        assert deployed.start().await_end() == "COMPLETED"
        assert [told["status"] for told in inbox.new()] == ["interrupted"]
        figures.add(runs_killed=1, told=1, next_runs_that_published=1)

        # As when the machine loses its power: nobody is left to say so.
        land_something(deployed.landing)
        silent = deployed.start()
        process = silent.await_build()
        worker.kill()
        os.kill(process, signal.SIGKILL)
        worker.wait()
    assert inbox.new() == []
    with deployed.server.worker(**worker_words):
        assert deployed.start().await_end() == "COMPLETED"
    assert [told["status"] for told in inbox.new()] == ["interrupted"]
    figures.add(workers_killed=1, runs_killed=1, told=1, next_runs_that_published=1)
    if is_full():
        # The server learns it from the heartbeat that stopped.
        assert silent.await_end() == "CRASHED"
        assert "heartbeat stopped" in silent.message
        figures.add(silent_runs_marked_as_crashed=1)


@pytest.mark.promise("scheduled", "runs cancelled, stopped by a signal or by their time limit")
def test_a_stopped_run_says_by_whom_and_asks_for_no_repair(
    deployed: Deployment, worker_words: dict[str, str], inbox: Inbox, figures: Figures
) -> None:
    stops = {
        "a cancellation in Prefect": "CANCELLED",
        "its time limit of 0.2 minutes": "FAILED",
        "SIGTERM": "CRASHED",
        "SIGINT": "CRASHED",
    }
    with deployed.server.worker(**worker_words):
        for who, state in list(stops.items())[: size(full=4, short=2)]:
            land_something(deployed.landing)
            limit = {"timeout_minutes": 0.2} if "limit" in who else {}
            run = deployed.start(**limit)
            if not limit:
                process = run.await_build()
                if who.startswith("SIG"):
                    os.kill(process, signal.Signals[who])
                else:
                    run.cancel()
            # Prefect's two hands race to say how a cancelled run ended: the worker and the run.
            assert run.await_end() in (state, "CRASHED"), run.message
            # The sentence, and no trace of what was raised for it.
            assert not limit or run.message.startswith(f"the night was stopped by {who}")
            wait_for(lambda: inbox.size > inbox.seen, f"a notification of {who}", 60)
            # Its hooks come after its state.
            time.sleep(5)
            (told,) = inbox.new()
            assert told["status"] == "stopped", told
            assert told["reason"] == f"stopped by {who}"
            assert "mend" not in told["to_do"]
            assert limit or told["step"] == "build"
            assert limit or told["to_do"].startswith("Nothing to repair")
            figures.add(runs_stopped=1, told=1)
        assert deployed.start().await_end() == "COMPLETED"
    assert inbox.new() == []
    figures.add(next_runs_that_published=1)


@pytest.mark.promise("scheduled", "a run stopped at the command line while it builds")
def test_a_signal_to_the_command_is_told_as_a_stop(
    shop: Path, tmp_path: Path, inbox: Inbox, figures: Figures
) -> None:
    house = Warehouse(tmp_path / "warehouse")
    process = subprocess.Popen(
        night_command(house, shop), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    while "model " not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 143, said
    (told,) = inbox.new()
    assert (told["status"], told["step"], told["reason"]) == (
        *("stopped", "build"),
        "stopped by SIGTERM",
    )
    assert told["to_do"].startswith("Nothing to repair")
    figures.add(runs_stopped=1, told=1)


@pytest.mark.promise("scheduled", "a command whose output nobody reads any more")
def test_a_reader_that_goes_away_ends_no_run(
    shop: Path, tmp_path: Path, inbox: Inbox, figures: Figures
) -> None:
    house = Warehouse(tmp_path / "warehouse")
    words = ["run", "--direct", "--source", f"canonical={shop}", "--warehouse", str(house.folder)]
    process = subprocess.Popen(
        [LOYALTY, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    while "model " not in process.stdout.readline():
        pass
    process.stdout.close()
    assert process.wait(timeout=240) == 0
    assert publication.live_name(house)
    assert inbox.new() == []
    figures.add(readers_that_went_away=1, runs_that_went_on_to_their_end=1)


@pytest.mark.promise("scheduled", "runs that cannot begin, and one kept out by another")
def test_a_run_that_cannot_begin_is_told_once(
    deployed: Deployment, worker_words: dict[str, str], inbox: Inbox, figures: Figures
) -> None:
    with deployed.server.worker(**worker_words):
        # Nothing has ever run in this warehouse: there is no folder to remember in.
        away = deployed.start(
            sources={"canonical": str(deployed.landing / "away")}, retry_delay_seconds=0
        )
        assert away.await_end() == "FAILED"
        wrong = deployed.start(sources={"unknown": str(deployed.landing)})
        assert wrong.await_end() == "FAILED"
        # A wrong name is no share that comes back.
        assert not any("Retry" in line or "retry" in line for line in wrong.lines())
        unreadable = deployed.start(as_of="some day")
        assert unreadable.await_end() == "FAILED"
        wait_for(lambda: inbox.size >= 3, "three notifications", 60)
        time.sleep(5)
        told = inbox.new()
        assert [each["status"] for each in told] == ["failed"] * 3
        assert "there is no folder" in told[0]["reason"]
        assert "is not declared" in told[1]["reason"]
        figures.add(runs_that_cannot_begin=3, told=3)

        night(deployed.house, deployed.landing)
        with deployed.house.lock():
            kept_out = [deployed.start() for _ in range(2)]
            assert [run.await_end() for run in kept_out] == ["CANCELLED"] * 2
            assert "already running" in kept_out[0].message
            time.sleep(5)
        assert [each["status"] for each in inbox.new()] == ["refused"]
        figures.add(runs_kept_out=2, told=1)


@pytest.mark.promise("scheduled", "a landing folder that is away for a moment")
def test_a_share_that_comes_back_is_waited_for(
    deployed: Deployment, worker_words: dict[str, str], inbox: Inbox, figures: Figures
) -> None:
    away = deployed.landing.with_name("away")
    deployed.landing.rename(away)
    with deployed.server.worker(**worker_words):
        run = deployed.start(retry_delay_seconds=3, retries=20)
        run.await_line("there is no folder")
        away.rename(deployed.landing)
        assert run.await_end() == "COMPLETED", run.message
    assert publication.live_name(deployed.house)
    assert inbox.new() == []
    figures.add(shares_that_came_back=1, published=1, told=0)


@pytest.mark.promise("scheduled", "two warehouses of one checkout under one worker")
def test_two_warehouses_run_side_by_side(
    server: PrefectServer,
    shop: Path,
    tmp_path: Path,
    worker_words: dict[str, str],
    figures: Figures,
) -> None:
    houses = [Warehouse(tmp_path / name) for name in ("shop-se", "shop-no")]
    both = [Deployment.of(server, house, shop) for house in houses]
    with server.worker(**worker_words):
        runs = [here.start() for here in both]
        for run in runs:
            run.await_begin()
        assert [run.state for run in runs] == ["RUNNING"] * 2
        assert [run.await_end() for run in runs] == ["COMPLETED"] * 2
    for run, house in zip(runs, houses, strict=True):
        assert run.name.startswith(f"nightly {house.folder.name} 20")
        assert publication.live_name(house)
        # The log of the build stands with its run, and nothing else does.
        assert sum(" model " in line for line in run.lines()) > 50
        assert not any("flow run id" in line for line in run.lines())
    keys = {page["key"] for page in server.call("POST", "/artifacts/filter", {})}
    assert {"results-shop-se", "results-shop-no"} <= keys
    figures.add(runs_side_by_side=2, published=2)


@pytest.mark.skipif(not is_full(), reason="a server that is away for a minute: make faults")
@pytest.mark.promise("scheduled", "a server that is away for a minute")
def test_a_server_that_comes_back_finds_the_run_complete(
    shop: Path, tmp_path: Path, worker_words: dict[str, str], inbox: Inbox, figures: Figures
) -> None:
    with prefect_server(tmp_path / "server") as server:
        here = Deployment.of(server, Warehouse(tmp_path / "warehouse"), shop)
        with server.worker(**worker_words):
            run = here.start()
            run.await_build()
            server.stop()
            time.sleep(60)
            server.begin()
            assert run.await_end() == "COMPLETED", run.message
    assert inbox.new() == []
    figures.add(servers_stopped=1, runs_that_went_on_to_their_end=1)


@pytest.mark.promise("scheduled", "the watch, and what it told before")
def test_the_watch_tells_of_a_missing_run_once(
    deployed: Deployment, worker_words: dict[str, str], inbox: Inbox, figures: Figures
) -> None:
    night(deployed.house, deployed.landing)
    time.sleep(61)
    with deployed.server.worker(**worker_words):
        for _ in range(2):
            assert deployed.start("watch", max_age="1m").await_end() == "FAILED"
        assert [told["status"] for told in inbox.new()] == ["missed"]
        assert deployed.start("watch", max_age="10d").await_end() == "COMPLETED"
    assert inbox.new() == []
    figures.add(looks=3, told=1)
