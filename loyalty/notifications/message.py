"""What is told of a night that did not end well: the same words everywhere."""

import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from textwrap import shorten
from typing import Any

from loyalty.errors import GateStop
from loyalty.notifications.freshness import Standing
from loyalty.notifications.outcomes import Outcome
from loyalty.warehouse import Warehouse

LONGEST_REASON = 600
HEADS = {
    "failed": "the night failed",
    "stopped": "the night was stopped",
    "refused": "the night was not started",
    "interrupted": "the night was interrupted",
    "missed": "no night has run",
}


@dataclass(frozen=True)
class Message:
    """What failed, since when the published data stands, and what to do."""

    outcome: Outcome
    standing: Standing
    warehouse: Warehouse

    @property
    def head(self) -> str:
        """What happened, in a few words."""
        step = f" in the step {self.outcome.step}" if self.outcome.step else ""
        gate = " by a gate" if self.outcome.exit_status == GateStop.exit_status else ""
        return f"Loyalty: {HEADS.get(self.outcome.status, self.outcome.status)}{gate}{step}"

    @property
    def reason(self) -> str:
        """Why, in one line."""
        return shorten(
            self.outcome.reason or "no reason is known", LONGEST_REASON, placeholder=" …"
        )

    @property
    def published(self) -> str:
        """Since when the published data stands."""
        generation = self.standing.generation
        text = self.standing.sentence(datetime.now(UTC))
        if generation and generation.night_id == self.outcome.night_id:
            return f"{text} This night published it; what came after that did not end well."
        return f"{text} Readers go on seeing it." if generation else text

    @property
    def to_do(self) -> str:
        """What to do now."""
        return self.outcome.to_do or "Run the same command again."

    def lines(self) -> list[str]:
        """Return the message, line by line."""
        return [
            self.head,
            f"What:       {self.reason}",
            f"Published:  {self.published}",
            f"What to do: {self.to_do}",
        ]

    def text(self) -> str:
        """Return the message as it is sent, with where it comes from."""
        return "\n".join([*self.lines(), f"Where:      {self._where()}"]) + "\n"

    def fields(self) -> dict[str, Any]:
        """Return the message for machines; `text` is the whole of it for people."""
        generation = self.standing.generation
        return {
            "text": self.text(),
            "status": self.outcome.status,
            "night_id": self.outcome.night_id,
            "at": f"{self.outcome.at:%FT%TZ}",
            "step": self.outcome.step,
            "reason": self.reason,
            "to_do": self.to_do,
            "exit_status": self.outcome.exit_status,
            "host": socket.gethostname(),
            "warehouse": str(self.warehouse.folder),
            "published": generation
            and {
                "generation": generation.name,
                "as_of_date": str(generation.as_of_date),
                "published_at": f"{generation.published_at:%FT%TZ}",
            },
        }

    def _where(self) -> str:
        night = f", night {self.outcome.night_id}" if self.outcome.status != "missed" else ""
        exit_status = f", exit status {self.outcome.exit_status}"
        return f"{self.warehouse.folder} on {socket.gethostname()}{night}{exit_status}"
