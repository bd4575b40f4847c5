"""How much is tried: a bounded part with every test run, the full size with `make faults`."""

import os
import random

VARIABLE = "LOYALTY_FAULTS"
SEED = 20261122


def is_full() -> bool:
    """Whether the full size is asked for."""
    return os.environ.get(VARIABLE) == "full"


def size(*, full: int, short: int) -> int:
    """Return how many to try in this run."""
    return full if is_full() else short


def chance(*names: object) -> random.Random:
    """Return the source of chance of one trial, the same in every run."""
    return random.Random(f"{SEED}/" + "/".join(map(str, names)))
