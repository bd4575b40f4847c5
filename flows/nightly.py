"""The night as a Prefect flow: the order of the steps, retries, states and a page of results.

The tasks run one after the other in the flow's own thread, which alone owns the database. What
they pass on is the open night itself, so nothing of it is hashed, cached or stored.
"""

import importlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from prefect import Task, flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State, TaskRun
from prefect.exceptions import TerminationSignal
from prefect.flows import Flow
from prefect.runtime import deployment as this_deployment
from prefect.runtime import flow_run as this_run
from pydantic import Field

from flows.ends import ended_badly
from flows.names import results_key, run_name
from flows.secrets import take_secrets
from loyalty import notifications, signals
from loyalty.errors import (
    LandingAwayError,
    LoyaltyError,
    OrchestratorError,
    OverdueError,
)
from loyalty.pipeline import preload
from loyalty.pipeline.request import NightRequest
from loyalty.pipeline.run import Night
from loyalty.warehouse.environment import keep_inside, outlive_readers, warehouse_at

LOG = logging.getLogger("loyalty")


def may_pass_next_time(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Only what the file system said can be otherwise in a minute: a share that was away."""
    try:
        state.result()
    except (OSError, LandingAwayError):
        return True
    except Exception:
        return False
    return False


# For what a share that is away for a moment can break; the flow's parameters say how often.
tried_again = task(
    cache_policy=NO_CACHE, persist_result=False, retry_condition_fn=may_pass_next_time
)


@tried_again
def find_landing(request: NightRequest) -> None:
    """See that the landing folders can be read."""
    request.check_landing()


@tried_again
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
    with suppress(Exception):
        take_secrets(flow_run.parameters.get("secrets"))
    house = warehouse_at(flow_run.parameters.get("warehouse"))
    notifications.tell_attempt(
        house, str(flow_run.id), f"Prefect says {state.name}: {state.message}"
    )


@flow(
    name="nightly",
    flow_run_name=run_name,
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
    retries: Annotated[int, Field(ge=0)] = 2,
    retry_delay_seconds: Annotated[float, Field(ge=0)] = 30,
    timeout_minutes: Annotated[float | None, Field(gt=0)] = 720,
    secrets: str | None = None,
) -> State[Any] | None:
    """Load the exports, build and check the marts, and publish them.

    In a deployment, a run that fails for a known reason ends Failed with its sentence, and one
    that another run keeps out ends Cancelled.

    Args:
        sources: Landing folder of each source, by its declared name.
        warehouse: Warehouse folder; by default $LOYALTY_WAREHOUSE, else ./warehouse.
        as_of: Last day that has happened; by default the day before the newest order.
        full_refresh: Rebuild all models from all rows.
        to_parquet: Also write the marts as Parquet files.
        to_postgres: Also publish to the PostgreSQL that $LOYALTY_POSTGRES_DSN names.
        profile: Log the seconds of each step beside those of earlier runs.
        retries: How often to try again when a landing folder cannot be read.
        retry_delay_seconds: Seconds to wait before each new try.
        timeout_minutes: Stop the run after so many minutes; null sets no limit.
        secrets: Secret block with a JSON object of variables such as LOYALTY_HASH_KEY; null takes
            them from the worker's environment.
    """
    LOG.setLevel(logging.INFO)
    outlive_readers()
    try:
        take_secrets(secrets)
        house = warehouse_at(warehouse)
        keep_inside(house)
        request = NightRequest(
            house,
            {name: Path(folder).expanduser() for name, folder in sources.items()},
            as_of,
            full_refresh,
            to_parquet,
            to_postgres,
            profile,
            attempt=this_run.id,
        )
        with _ended_by_signals(timeout_minutes):
            _run(request, retries, retry_delay_seconds)
    except LoyaltyError as problem:
        # The command line shows it by itself; on a server a trace would bury the sentence.
        if not this_deployment.id:
            raise
        return ended_badly(problem)
    return None


def _run(request: NightRequest, retries: int, retry_delay_seconds: float) -> None:
    """Take the steps of one run, in their order."""
    # If it fails in the end, the night says so itself.
    find_landing.with_options(retries=retries, retry_delay_seconds=retry_delay_seconds)(
        request, return_state=True
    )
    night = Night(request)
    with _leaving_results(night), night, _asking_who():
        load.with_options(retries=retries, retry_delay_seconds=retry_delay_seconds)(night)
        if night.has_news:
            build(night)
            check(night)
            publish(night)
        if request.is_parquet or request.is_postgres:
            export(night)


@contextmanager
def _ended_by_signals(timeout_minutes: float | None) -> Iterator[None]:
    """Let a signal or the time limit end the night in order, and tell Prefect in its own words."""
    try:
        with signals.noted(), signals.ended_after(timeout_minutes) as is_over:
            yield
    except (signals.Stopped, TerminationSignal) as problem:
        if is_over.is_set():
            raise OverdueError(f"the night was {signals.asked()}") from None
        if isinstance(problem, TerminationSignal):
            raise
        raise TerminationSignal(signal=problem.number) from None


@contextmanager
def _asking_who() -> Iterator[None]:
    """When a signal ends the night, ask Prefect whether somebody cancelled the run."""
    try:
        yield
    except BaseException:
        if signals.asked():
            with suppress(Exception), get_client(sync_client=True) as client:
                state = client.read_flow_run(this_run.id).state
                if state and (state.is_cancelling() or state.is_cancelled()):
                    signals.sent_by("a cancellation in Prefect")
        raise


@contextmanager
def _leaving_results(night: Night) -> Iterator[None]:
    try:
        yield
    finally:
        _leave_results(night)


def _leave_results(night: Night) -> None:
    try:
        create_markdown_artifact(
            night.report.markdown(night.warehouse.published_link),
            key=results_key(night.warehouse),
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
