"""The schedule on a real server and worker: it makes runs, and one that it starts publishes."""

import re
from functools import partial
from pathlib import Path

from faults.prefect_server import PrefectServer, wait_for

from loyalty import publication
from loyalty.warehouse import Warehouse

INTERVAL_SECONDS = "30"
# What a service of the server says when it fails.
ERRORS = re.compile(r"^.*(?:\bERROR\b|\bCRITICAL\b|Traceback).*$", re.MULTILINE)


def test_the_schedule_starts_a_run_that_publishes(
    fresh_server: PrefectServer, shop: Path, tmp_path: Path
) -> None:
    server, house = fresh_server, Warehouse(tmp_path / "shop")
    name = server.deploy(house.folder, shop)

    for flow in ("nightly", "watch"):
        found = partial(server.flow_runs, f"{flow}/{name}")
        wait_for(found, f"scheduled runs of {flow}", 60)
        assert all(run["auto_scheduled"] for run in found())

    server.command(
        *("deployment", "schedule", "create", f"nightly/{name}", "--interval", INTERVAL_SECONDS)
    )
    states = ["COMPLETED", "FAILED", "CRASHED"]
    ended = partial(
        *(server.flow_runs, f"nightly/{name}"), flow_runs={"state": {"type": {"any_": states}}}
    )
    with server.worker():
        wait_for(ended, "a run that the schedule began")
        server.command("deployment", "schedule", "pause", "--all")
    run = ended()[0]
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    assert run["auto_scheduled"]
    assert re.fullmatch(r"nightly shop \d{4}-\d\d-\d\d", run["name"])
    assert publication.read_generation(house.published_link).tables

    errors = ERRORS.findall(server.log.read_text())
    assert errors == [], errors[:3]
