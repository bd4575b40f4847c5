"""What the environment says in numbers of how a run goes; what is no such number is wrong usage."""

import os
from collections.abc import Mapping

from loyalty.errors import UsageError

GATE_VARIABLE = "LOYALTY_GATE_SECONDS"
DEFAULT_SECONDS = 600.0
KEEP_VARIABLE = "LOYALTY_KEEP_GENERATIONS"
KEPT_GENERATIONS = 14
# Below so many input rows all is built anew: dbt's own time for the changed part is more than that.
ROWS_VARIABLE = "LOYALTY_INCREMENTAL_FROM_ROWS"
DEFAULT_ROWS = 1_000_000


def time_limit(environment: Mapping[str, str] = os.environ) -> float:
    """Return how many seconds one gate may take: LOYALTY_GATE_SECONDS, by default 600.

    Raises:
        UsageError: the variable holds no positive number.
    """
    text = environment.get(GATE_VARIABLE) or str(DEFAULT_SECONDS)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise UsageError(f"{GATE_VARIABLE} is {text!r}: it must be a number of seconds above 0")
    return seconds


def kept_generations() -> int:
    """Return how many generations stay: $LOYALTY_KEEP_GENERATIONS, else 14.

    Raises:
        UsageError: it is no whole number of at least 1.
    """
    text = os.environ.get(KEEP_VARIABLE, str(KEPT_GENERATIONS))
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"{KEEP_VARIABLE} is {text!r}: it must be a whole number of at least 1")
    return int(text)


def least_rows() -> int:
    """Return from how many input rows on only what has changed is built.

    Raises:
        UsageError: the environment says something else than a whole number.
    """
    text = os.environ.get(ROWS_VARIABLE, str(DEFAULT_ROWS))
    if not text.isdecimal():
        raise UsageError(f"{ROWS_VARIABLE} is {text!r}: it must be a whole number of rows")
    return int(text)
