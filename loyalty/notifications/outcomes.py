"""How the last nights ended, beside the ledger: it can be read while a night owns the database.

Three small files below the private folder: the night that runs, the last that ended, and the last
that ended well. Each is replaced in one step.
"""

import json
import logging
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from loyalty import privacy, publication
from loyalty.errors import LoyaltyError, PublicationError
from loyalty.signals import Stopped
from loyalty.warehouse import Warehouse, durable

LOG = logging.getLogger("loyalty.telling")

RUNNING, LAST, LAST_GOOD = "running_night", "last_night", "last_good_night"
GOOD = ("published", "unchanged")
# Without vowels, they are no words, and no names of zones or months.
NAME_LETTERS = "bcdfghjkmnpqrstvwxz"


@dataclass(frozen=True)
class Outcome:
    """One night, as far as it came.

    `status` is running, published, unchanged, stopped, failed, refused, interrupted or missed;
    `at` says when it began (running) or ended, in UTC; `generation` is what readers saw then;
    `attempt` is the orchestrator's name of the run.
    """

    night_id: str
    status: str
    at: datetime
    step: str | None = None
    reason: str | None = None
    to_do: str | None = None
    exit_status: int = 0
    generation: str | None = None
    attempt: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether the night ended well."""
        return self.status in GOOD


def begin(warehouse: Warehouse, night_id: str, attempt: str | None) -> None:
    """Say that this night runs now; the caller holds the lock."""
    _write(warehouse, RUNNING, Outcome(night_id, "running", datetime.now(UTC), attempt=attempt))


def keep(warehouse: Warehouse, outcome: Outcome) -> None:
    """Keep how a night ended, and that it runs no more if it ran."""
    if not warehouse.private.is_dir():
        # Nothing is made where no night has ever been.
        return
    known = running(warehouse)
    _write(warehouse, LAST, outcome)
    if outcome.is_good:
        _write(warehouse, LAST_GOOD, outcome)
    if known and known.night_id == outcome.night_id:
        forget_running(warehouse)


def running(warehouse: Warehouse) -> Outcome | None:
    """Return the night that runs, or that died while it ran."""
    return _read(warehouse, RUNNING)


def last(warehouse: Warehouse) -> Outcome | None:
    """Return the night that ended last, as far as is known."""
    return _read(warehouse, LAST)


def last_good(warehouse: Warehouse) -> Outcome | None:
    """Return the night that ended well last, as far as is known."""
    return _read(warehouse, LAST_GOOD)


def died(warehouse: Warehouse, night: Outcome, to_do: str | None = None) -> Outcome:
    """Return how a night ended that said it runs and whose process is gone."""
    live = publication.live_path(warehouse)
    is_published = False
    with suppress(PublicationError):
        is_published = bool(live and publication.read_generation(live).night_id == night.night_id)
    return replace(
        night,
        status="interrupted",
        reason=f"it began at {night.at:%F %T} UTC and its process died "
        + ("after it had published" if is_published else "before it had published"),
        to_do=to_do or "Run the same command again: it takes up what is left.",
        exit_status=1,
        generation=publication.live_name(warehouse),
    )


def new_night_id() -> str:
    """Return a night's name: when it begins, in UTC, and four letters that set it apart."""
    # Letters only: digits after the Z would read as an hour's offset, and not every reader of
    # names (Great Expectations' pages) outlives one of 99 hours.
    letters = "".join(secrets.choice(NAME_LETTERS) for _ in range(4))
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{letters}"


def first_line(problem: BaseException) -> str:
    """Return what an error says, without its details and without data that it quotes."""
    lines = str(problem).strip().splitlines()
    first = lines[0] if lines else type(problem).__name__
    return first if isinstance(problem, LoyaltyError | Stopped) else privacy.message(first)


def way_out(problem: BaseException) -> str:
    """Return what to do after an error."""
    if isinstance(problem, LoyaltyError | Stopped):
        return problem.way_out
    return (
        "Run the same command again: it takes up what is left. If it fails alike, the log has "
        "the whole of it."
    )


def forget_running(warehouse: Warehouse) -> None:
    """Say that no night runs."""
    with suppress(OSError):
        _path(warehouse, RUNNING).unlink(missing_ok=True)


def _path(warehouse: Warehouse, name: str) -> Path:
    return warehouse.private / f"{name}.json"


def _read(warehouse: Warehouse, name: str) -> Outcome | None:
    """Return what a file holds; one that is gone, closed to us or damaged says nothing."""
    try:
        kept = json.loads(_path(warehouse, name).read_text())
        return Outcome(**kept | {"at": datetime.fromisoformat(kept["at"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(warehouse: Warehouse, name: str, outcome: Outcome) -> None:
    """Replace a file; a disk that refuses fails no night, which has its ledger."""
    path = _path(warehouse, name)
    try:
        durable.write(path, json.dumps(asdict(outcome), default=str) + "\n")
    except OSError as problem:
        LOG.warning("%s could not be written: %s", path, problem.strerror)
