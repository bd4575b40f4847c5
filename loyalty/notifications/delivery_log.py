"""Tell once: what was told, and by which hook, is remembered below the private folder."""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from loyalty import publication
from loyalty.errors import WarehouseLockedError
from loyalty.notifications import outcomes
from loyalty.notifications.channels import hook_names, send
from loyalty.notifications.freshness import standing
from loyalty.notifications.message import Message
from loyalty.notifications.outcomes import Outcome
from loyalty.warehouse import Warehouse

LOG = logging.getLogger("loyalty.telling")

KEPT_RECORDS = 200
# What this process told where no folder can be written: warehouse, key and hook.
_TOLD_HERE: set[tuple[Path, str, str]] = set()


def tell(warehouse: Warehouse, outcome: Outcome, key: str | None = None) -> None:
    """Tell of a night through every hook that has not told of it; never raises.

    `key` names what is told, by default the night; an orchestrator's run is told with it. Without
    hooks nothing happens, and a hook that failed is tried again by whoever comes next: the next
    night or the watch.
    """
    try:
        names = hook_names()
        if names:
            keys = [key or outcome.night_id]
            if outcome.attempt:
                keys.append(attempt_key(outcome.attempt))
            with _record(warehouse) as told:
                _tell(warehouse, outcome, keys, names, told)
    except Exception as problem:
        LOG.warning("the notification was not sent: %s", type(problem).__name__)


def tell_death(warehouse: Warehouse) -> bool:
    """Tell of a night that died, if one did, and keep that it did; return whether one did."""
    begun = outcomes.running(warehouse)
    # A night that ends takes its word back before it frees the lock, so that what still stands
    # when the lock is free was left by a dead one, or by one that began just now.
    if begun is None or warehouse.holder() or outcomes.running(warehouse) != begun:
        return False
    dead = outcomes.died(warehouse, begun)
    outcomes.keep(warehouse, dead)
    tell(warehouse, dead)
    return True


def tell_not_begun(
    warehouse: Warehouse,
    problem: Exception,
    night_id: str | None = None,
    attempt: str | None = None,
) -> None:
    """Tell of a night that could not begin; of those that another one kept out, once for it."""
    outcome = Outcome(
        night_id or outcomes.new_night_id(),
        "failed",
        datetime.now(UTC),
        reason=f"it did not begin: {outcomes.first_line(problem)}",
        to_do=outcomes.way_out(problem),
        exit_status=getattr(problem, "exit_status", 1),
        generation=publication.live_name(warehouse),
        attempt=attempt,
    )
    holder = warehouse.holder() if isinstance(problem, WarehouseLockedError) else None
    if holder is None:
        outcomes.keep(warehouse, outcome)
        tell(warehouse, outcome)
        return
    running = outcomes.running(warehouse)
    other = running.night_id if running else f"process-{holder.process}"
    tell(warehouse, replace(outcome, status="refused"), f"refused-by-{other}")


def tell_attempt(warehouse: Warehouse, attempt: str, reason: str) -> None:
    """Tell of an orchestrator's run that ended badly, if nobody did.

    It may have died in the middle, have told itself, or never have come to a night at all.
    """
    begun = outcomes.running(warehouse)
    if begun and begun.attempt == attempt and tell_death(warehouse):
        return
    ended = outcomes.last(warehouse)
    if ended and ended.attempt == attempt:
        if not ended.is_good:
            tell(warehouse, ended)
        return
    never = Outcome(
        attempt_key(attempt),
        "failed",
        datetime.now(UTC),
        reason=reason,
        to_do="Read the run's log in Prefect, then run the same night again.",
        exit_status=1,
        attempt=attempt,
    )
    tell(warehouse, never)


def attempt_key(attempt: str) -> str:
    """Return what an orchestrator's run is told under."""
    return f"run-{attempt}"


def _tell(
    warehouse: Warehouse,
    outcome: Outcome,
    keys: list[str],
    names: list[str],
    told: dict[str, list[str]],
) -> None:
    """Tell what nobody told under the first of `keys`, and keep under all that it is told."""
    message = None
    for name in names:
        here = (warehouse.folder, keys[0], name)
        is_told = name in told.get(keys[0], []) or here in _TOLD_HERE
        if not is_told:
            message = message or Message(outcome, standing(warehouse), warehouse)
            is_told = send(name, message)
        if is_told:
            for key in keys:
                if name not in told.setdefault(key, []):
                    told[key].append(name)
                _TOLD_HERE.add((warehouse.folder, key, name))


@contextmanager
def _record(warehouse: Warehouse) -> Iterator[dict[str, list[str]]]:
    """Lend what was told by which hooks, one teller at a time, and keep what is added."""
    path = warehouse.private / "told.json"
    try:
        file = path.open("a+")
    except OSError:
        # Nothing is made where no night has ever been.
        yield {}
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        told: dict[str, list[str]] = {}
        with suppress(ValueError):
            told = json.loads(file.read() or "{}")
        try:
            yield told
        finally:
            newest = dict(list(told.items())[-KEPT_RECORDS:])
            file.truncate(0)
            file.write(json.dumps(newest, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
