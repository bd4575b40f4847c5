"""The `loyalty` command with a gate that raises, hangs or says nothing.

python -m faults.broken_gate GATE TROUBLE WORDS…: as `loyalty WORDS…`, with that gate broken where
it asks what to expect. GATE is raw or marts, TROUBLE raises, hangs or nothing.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import great_expectations as gx

import expectations.marts
import expectations.raw
from loyalty.cli import main

TROUBLES = ("raises", "hangs", "nothing")


def raises(*_: Any) -> Any:
    """Fail as code does that was not tried."""
    raise ValueError("a gate that is broken")


def hangs(*_: Any) -> Any:
    """Take longer than any gate may."""
    time.sleep(3600)


def no_suite(*_: Any) -> gx.ExpectationSuite:
    """Expect nothing of a batch."""
    return gx.ExpectationSuite("empty", [])


def no_suites(*_: Any) -> list[Any]:
    """Expect nothing of any mart."""
    return []


def break_gate(gate: str, trouble: str) -> None:
    """Break a gate of this process."""
    if gate == "raw":
        expectations.raw.suite = broken(gate, trouble)
    else:
        expectations.marts.suites = broken(gate, trouble)


def broken(gate: str, trouble: str) -> Callable[..., Any]:
    """Return what stands where the gate asks what to expect."""
    if trouble == "nothing":
        return no_suite if gate == "raw" else no_suites
    return raises if trouble == "raises" else hangs


if __name__ == "__main__":
    gate, trouble, *words = sys.argv[1:]
    break_gate(gate, trouble)
    sys.argv = ["loyalty", *words]
    main()
