"""Since when the published data stands, and how old it may be."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from loyalty import publication
from loyalty.errors import PublicationError, UsageError
from loyalty.notifications import outcomes
from loyalty.warehouse import Warehouse

AGE = re.compile(r"(\d{1,6})\s*(m|h|d)")
AN_HOUR = timedelta(hours=1)
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Standing:
    """What readers see now.

    `confirmed_at`, in UTC: when it was published, or when a later night found nothing new and let
    it stand; None where nothing is published. `problem` says why the file cannot be read.
    """

    generation: publication.Generation | None = None
    confirmed_at: datetime | None = None
    problem: str | None = None

    def age(self, now: datetime) -> timedelta | None:
        """Return the time since the last good night, or None where there was none."""
        return None if self.confirmed_at is None else max(now - self.confirmed_at, timedelta())

    def sentence(self, now: datetime) -> str:
        """Say since when the data stands."""
        if self.problem:
            return f"The published file cannot be read: {self.problem}"
        if self.generation is None or self.confirmed_at is None:
            return "Nothing has ever been published here."
        published_at = self.generation.published_at.replace(tzinfo=UTC)
        text = (
            f"{self.generation.name} stands since {published_at:%F %T} UTC "
            f"({spoken(now - published_at)} ago), as of {self.generation.as_of_date}"
        )
        if self.confirmed_at - published_at > AN_HOUR:
            text += f"; the last good night ended {spoken(now - self.confirmed_at)} ago"
        return text + "."


def standing(warehouse: Warehouse) -> Standing:
    """Return what readers see now, and since when."""
    live = publication.live_path(warehouse)
    if live is None:
        return Standing()
    try:
        generation = publication.read_generation(live)
    except PublicationError as problem:
        return Standing(problem=str(problem).partition("\n")[0])
    confirmed_at = generation.published_at.replace(tzinfo=UTC)
    good = outcomes.last_good(warehouse)
    # After a rollback readers see what an earlier night published: that is how old it is.
    if good and good.generation == generation.name:
        confirmed_at = max(confirmed_at, good.at)
    return Standing(generation, confirmed_at)


def parse_age(text: str) -> timedelta:
    """Read an age: `90m`, `26h`, `2d`.

    Raises:
        UsageError: it is not of that form, or 0.
    """
    found = AGE.fullmatch(text.strip().lower())
    if not found or int(found[1]) == 0:
        raise UsageError(f"{text!r} is no age: write minutes, hours or days, as 90m, 26h or 2d")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def spoken(age: timedelta) -> str:
    """Say an age as people do: 50 min, 26 h, 3 days."""
    minutes = max(int(age.total_seconds() // 60), 0)
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"
