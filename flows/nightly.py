"""The night as a Prefect flow: the order of the steps, retries, states and a page of results.

The tasks run one after the other in the flow's own thread, which alone owns the database. What
they pass on is the open night itself, so nothing of it is hashed, cached or stored.
"""

import importlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from prefect import Task, flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State, TaskRun
from prefect.exceptions import TerminationSignal
from prefect.flows import Flow
from prefect.runtime import flow_run as this_run

from loyalty import notifications, signals
from loyalty.errors import OrchestratorError
from loyalty.pipeline import preload
from loyalty.pipeline.request import NightRequest
from loyalty.pipeline.run import Night
from loyalty.warehouse.environment import keep_inside, warehouse_at

LOG = logging.getLogger("loyalty")


def may_pass_next_time(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Only what the file system said can be otherwise in a minute: a share that was away."""
    try:
        state.result()
    except OSError:
        return True
    except Exception:
        return False
    return False


@task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=30,
    retry_condition_fn=may_pass_next_time,
)
def load(night: Night) -> None:
    """Land, check and join every file."""
    night.load()


@task(cache_policy=NO_CACHE, persist_result=False)
def build(night: Night) -> None:
    """Build and test the models."""
    night.build()


@task(cache_policy=NO_CACHE, persist_result=False)
def check(night: Night) -> None:
    """Check the marts that are about to be published."""
    night.check()


@task(cache_policy=NO_CACHE, persist_result=False)
def publish(night: Night) -> None:
    """Switch readers to a new generation."""
    night.publish()


@task(cache_policy=NO_CACHE, persist_result=False)
def export(night: Night) -> None:
    """Give what was published to readers of other formats."""
    night.export()


def tell(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Tell what the night itself could not: it was killed, or never came to its first line."""
    house = warehouse_at(flow_run.parameters.get("warehouse"))
    notifications.tell_attempt(
        house, str(flow_run.id), f"Prefect says {state.name}: {state.message}"
    )


@flow(
    name="nightly",
    persist_result=False,
    on_failure=[tell],
    on_crashed=[tell],
    on_cancellation=[tell],
)
def nightly(
    sources: dict[str, str],
    warehouse: str | None = None,
    *,
    as_of: date | None = None,
    full_refresh: bool = False,
    to_parquet: bool = False,
    to_postgres: bool = False,
    profile: bool = False,
) -> None:
    """Take the exports of `sources` (name: folder) through the night to a published file.

    Without `warehouse`, $LOYALTY_WAREHOUSE or ./warehouse; without `as_of`, the day before the
    newest order. Relative folders are seen from the deployment's working directory.
    """
    LOG.setLevel(logging.INFO)
    house = warehouse_at(warehouse)
    keep_inside(house)
    folders = {name: Path(folder).expanduser() for name, folder in sources.items()}
    night = Night(
        NightRequest(
            house,
            folders,
            as_of,
            full_refresh,
            to_parquet,
            to_postgres,
            profile,
            attempt=this_run.id,
        )
    )
    try:
        with night, _noting_signals():
            load(night)
            if night.has_news:
                build(night)
                check(night)
                publish(night)
            if to_parquet or to_postgres:
                export(night)
    finally:
        _leave_results(night)


@contextmanager
def _noting_signals() -> Iterator[None]:
    """Let the night's ledger say which signal ended it; Prefect catches SIGTERM itself."""
    try:
        yield
    except TerminationSignal as problem:
        signals.note(problem.signal)
        raise


def _leave_results(night: Night) -> None:
    try:
        create_markdown_artifact(
            night.report.markdown(night.warehouse.published_link),
            key="nightly-results",
            description="What the night loaded, rejected, tested and published",
        )
    except Exception as problem:
        # A page that cannot be left must not undo a night, nor hide why it failed.
        LOG.warning("the results page could not be left with Prefect: %s", problem)


def run_request(request: NightRequest) -> None:
    """Run the flow here and now for a request of the command line.

    Raises:
        OrchestratorError: no server starts or answers; nothing was done.
        LoyaltyError: as the steps themselves do.
    """
    LOG.info("starting Prefect (a server of its own takes some seconds)")
    if not os.environ.get("PREFECT_API_URL"):
        # All there is to do now is to wait for the server's process. What starts it is imported
        # first, so that two threads never import the same packages.
        importlib.import_module("prefect.server.api.server")
        preload.begin()
    with preload.ending():
        try:
            _require_server()
        except OrchestratorError as problem:
            notifications.tell_not_begun(request.warehouse, problem)
            raise
        nightly(
            {name: str(folder) for name, folder in request.sources.items()},
            str(request.warehouse.folder),
            as_of=request.as_of,
            full_refresh=request.is_full_refresh,
            to_parquet=request.is_parquet,
            to_postgres=request.is_postgres,
            profile=request.is_profile,
        )


def _require_server() -> None:
    try:
        with get_client(sync_client=True) as client:
            problem = client.api_healthcheck()
    except Exception as trouble:
        problem = trouble
    if problem is not None:
        address = os.environ.get("PREFECT_API_URL")
        server = f"the Prefect server at {address}" if address else "Prefect's own server"
        raise OrchestratorError(
            f"{server} does not answer ({notifications.first_line(problem)}); "
            "the night did not begin. "
            "`loyalty run --direct` runs it without Prefect"
        ) from problem
