"""What an incoming batch must look like before it joins raw.

Every table gets what its declaration says (`declared`) and what earlier batches make likely of its
size and movement (`history`) and of its content (`drift`). A module named `<source>__<table>` adds
what only that table needs: a function `expectations(batch)`.

Critical is what would make numbers wrong without anyone seeing; it quarantines the batch. Dirt that
the definitions leave out and count is a warning.
"""

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import great_expectations as gx

from expectations.raw import declared, drift, history, orphans
from loyalty.gates.profiles import History, Profile

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch


def suite_name(batch: "LandedBatch") -> str:
    """Return the name under which results of the batch's table are kept."""
    return f"raw_{batch.source_id}__{batch.table_name}"


def suite(
    batch: "LandedBatch", now: datetime, profile: Profile, before: History
) -> gx.ExpectationSuite:
    """Return every expectation of one batch; `now` is UTC and bounds what can have happened."""
    expectations = [
        *declared.expectations(batch, now, profile),
        *history.expectations(batch, profile),
        *drift.expectations(batch, profile, before),
        *orphans.expectations(batch, profile),
        *_of_its_own(batch),
    ]
    return gx.ExpectationSuite(name=suite_name(batch), expectations=expectations)


def _of_its_own(batch: "LandedBatch") -> list[Any]:
    module = f"{__name__}.{batch.source_id}__{batch.table_name}"
    if find_spec(module) is None:
        return []
    found: list[Any] = import_module(module).expectations(batch)
    return found
