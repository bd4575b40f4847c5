"""The suites, plugged in by name: they stand on top of the gates, in `expectations/`.

They take their types from here (`profiles`, `marts`, `custom`); of theirs, only these two functions
are asked, and no sooner than a gate runs: importing them imports Great Expectations.
"""

from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from loyalty.gates.marts import Marts
from loyalty.gates.profiles import History, Profile

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch

RAW, MARTS = "expectations.raw", "expectations.marts"


def of_batch(batch: "LandedBatch", now: datetime, profile: Profile, before: History) -> Any:
    """Return what is expected of a batch; `now` is UTC."""
    return import_module(RAW).suite(batch, now, profile, before)


def of_marts(facts: Marts) -> list[tuple[str, str, Any]]:
    """Return schema, table and suite of every mart that something is expected of.

    Raises:
        LookupError: a mart that every publication needs is not there.
    """
    return list(import_module(MARTS).suites(facts))
