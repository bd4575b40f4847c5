"""What the trials counted: kept by promise, shown in docs/reliability.md."""

import fcntl
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from faults.scale import is_full

REPOSITORY = Path(__file__).parents[2]
Kept = dict[str, dict[str, Mapping[str, object]]]
KEPT = REPOSITORY / "docs" / "reliability.json"


@dataclass
class Figures:
    """The numbers of one test, of one promise.

    `promise` is a key of faults.report.PROMISES; `trial` names what was tried, in a few words that
    head a row of the page.
    """

    promise: str
    trial: str
    counts: dict[str, int] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def add(self, **counts: int) -> None:
        """Add to counts by name; names are words of the page, with _ for blanks."""
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, 0) + count

    def keep(self) -> None:
        """Keep the numbers of a full run for the page; a short run leaves it as it is."""
        if not is_full():
            return
        # Two workers may end at once.
        with KEPT.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            kept = read()
            kept.setdefault(self.promise, {})[self.trial] = {
                "counts": self.counts,
                "minutes": round((time.monotonic() - self.began) / 60, 1),
                "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
            }
            file.truncate(0)
            file.write(json.dumps(in_order(kept), indent=1) + "\n")


def in_order(kept: Kept) -> Kept:
    """Return the figures by promise and trial; counts stay as the trial said them."""
    return {promise: dict(sorted(trials.items())) for promise, trials in sorted(kept.items())}


def read() -> Kept:
    """Return what full runs have kept, by promise and trial."""
    text = KEPT.read_text() if KEPT.exists() else ""
    return json.loads(text) if text else {}
