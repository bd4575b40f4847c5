"""Notice a night that did not come: a dead scheduler tells nothing by itself."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from loyalty.errors import StaleError
from loyalty.notifications import outcomes
from loyalty.notifications.delivery_log import tell, tell_death
from loyalty.notifications.freshness import Standing, spoken, standing
from loyalty.notifications.outcomes import Outcome
from loyalty.warehouse import Warehouse

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Verdict:
    """Whether what is published is fresh enough, at one moment."""

    warehouse: Warehouse
    standing: Standing
    max_age: timedelta
    now: datetime

    @property
    def age(self) -> timedelta | None:
        """Return the time since the last good night, or None where nothing is published."""
        return self.standing.age(self.now)

    @property
    def is_stale(self) -> bool:
        """Whether nothing is published, or nothing that is young enough."""
        return self.age is None or self.age > self.max_age

    @property
    def sentence(self) -> str:
        """Say it."""
        if self.age is None:
            return self.standing.sentence(self.now)
        if self.is_stale:
            return f"no night has ended well for {spoken(self.age)}"
        return f"the last good night ended {spoken(self.age)} ago"

    def require_fresh(self) -> None:
        """Do nothing if it is fresh.

        Raises:
            StaleError: it is not.
        """
        if self.is_stale:
            raise StaleError(f"{self.sentence}; allowed are {spoken(self.max_age)}")

    def tell(self) -> None:
        """Tell what is due and nobody told: a night that died, failed unheard, or never began."""
        tell_death(self.warehouse)
        ended = outcomes.last(self.warehouse)
        if ended and not ended.is_good:
            tell(self.warehouse, ended)
        if self.is_stale and not self._has_heard_of_a_night():
            tell(self.warehouse, self._missed())

    def _has_heard_of_a_night(self) -> bool:
        """Whether a night began or ended within the allowed age: it was told if it failed."""
        heard = (outcomes.last(self.warehouse), outcomes.running(self.warehouse))
        return any(self.now - night.at <= self.max_age for night in heard if night)

    def _missed(self) -> Outcome:
        """Return the night that is missing; its name is new for each further day without one."""
        running = outcomes.running(self.warehouse)
        holder = self.warehouse.holder() if running else None
        reason = f"{self.sentence[0].upper()}{self.sentence[1:]}"
        if running and holder:
            reason += f"; one runs since {running.at:%F %T} UTC ({holder})"
        return Outcome(
            f"missed-{self._since()}",
            "missed",
            self.now,
            reason=reason,
            to_do=StaleError.way_out,
            exit_status=StaleError.exit_status,
        )

    def _since(self) -> str:
        confirmed_at = self.standing.confirmed_at
        if confirmed_at is None:
            return f"{self.now:%Y%m%d}"
        days = (self.now - confirmed_at - self.max_age) // A_DAY + 1
        return f"{confirmed_at:%Y%m%dT%H%M%SZ}-{days}"


def look(warehouse: Warehouse, max_age: timedelta, now: datetime | None = None) -> Verdict:
    """Look whether the published data is younger than `max_age`."""
    return Verdict(warehouse, standing(warehouse), max_age, now or datetime.now(UTC))
