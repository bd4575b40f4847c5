"""A gate's work under a time limit: whatever goes wrong with it is a critical failure."""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from typing import TypeVar

from loyalty.warehouse.diagnosis import is_fault

LOG = logging.getLogger("loyalty.gates")

# How long an interrupted query may take to let go before its thread is left behind.
GRACE_SECONDS = 10.0

Outcome = TypeVar("Outcome")


class GateTrouble(Exception):
    """The gate itself failed; the text says how, without anything from the data."""


def run(work: Callable[[], Outcome], stop: Callable[[], None], seconds: float) -> Outcome:
    """Return what `work` returns, at the latest after `seconds`; then `stop` is called.

    Raises:
        GateTrouble: the work raised, or did not end in time.
        Exception: a fault of the disk or the database, as it was raised.
    """
    outcome: list[Outcome] = []
    problems: list[BaseException] = []

    def worker() -> None:
        try:
            outcome.append(work())
        except BaseException as problem:
            problems.append(problem)

    # A daemon, because Python cannot end a thread: one that hangs must not keep the night alive.
    thread = threading.Thread(target=worker, name="gate", daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    except BaseException:
        # A signal ends the night: nothing may go on in a database that is about to be closed.
        _stop(thread, stop)
        raise
    if thread.is_alive():
        _stop(thread, stop)
        raise GateTrouble(f"the gate did not end within {seconds:g} seconds and was stopped")
    if problems and is_fault(problems[0]):
        # A full disk says nothing of the data: the night ends, and nothing is held for it.
        raise problems[0]
    if problems:
        # Where it broke, without the message: that may quote the data.
        LOG.error("a gate broke at:\n%s", "".join(traceback.format_tb(problems[0].__traceback__)))
        raise GateTrouble(f"the gate broke: {describe(problems[0])}") from problems[0]
    return outcome[0]


def describe(problem: BaseException) -> str:
    """Return what kind of problem it is; a database's message may quote the data, so it is cut."""
    if isinstance(problem, GateTrouble | LookupError | ImportError | TimeoutError):
        return f"{type(problem).__name__}: {problem}"
    return type(problem).__name__


def _stop(thread: threading.Thread, stop: Callable[[], None]) -> None:
    # Great Expectations tries a failed query again, so one interrupt is not always enough.
    end = time.monotonic() + GRACE_SECONDS
    while thread.is_alive() and time.monotonic() < end:
        stop()
        thread.join(0.05)
