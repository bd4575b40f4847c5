"""A gate that raises, does not end, or says nothing has failed."""

import subprocess
import sys
import time
from typing import Any

import pytest
from gates_lab import Lab

import expectations.raw
from loyalty import gates, settings
from loyalty.errors import UsageError
from loyalty.gates.custom import ExpectQueryValueToBeBetween, about

MARKER = "anna.svensson@example.com"


def suite_of(*expectations_: Any) -> Any:
    import great_expectations as gx

    return lambda *_: gx.ExpectationSuite("raw_canonical__orders", list(expectations_))


def test_a_gate_that_raises_has_failed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise ValueError(MARKER)

    monkeypatch.setattr(expectations.raw, "suite", broken)
    report = lab.night("orders")
    assert not report.is_passed
    assert report.critical_failures[0].message.endswith("the gate broke: ValueError")


def test_a_gate_that_returns_nothing_has_failed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expectations.raw, "suite", suite_of())
    report = lab.night("orders")
    assert not report.is_passed
    assert "returned no results" in report.critical_failures[0].message


def test_a_check_that_cannot_be_made_is_critical_and_quotes_nothing(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ExpectQueryValueToBeBetween(
        query=f"select cast('{MARKER}' as integer)",
        severity="warning",
        description="a number is a number",
        meta=about("number"),
    )
    monkeypatch.setattr(expectations.raw, "suite", suite_of(broken))
    report = lab.night("orders")
    assert [result.severity for result in report.results] == ["critical"]
    assert "could not be checked" in report.results[0].message
    assert MARKER not in str(report.results)
    assert MARKER not in str(report.pages[0]["results"][0]["exception_info"])


@pytest.mark.parametrize("where", ["database", "python"])
def test_a_gate_that_hangs_is_stopped(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    lab.night("orders")  # so that the import is not what takes the time
    monkeypatch.setattr(gates.runner, "GRACE_SECONDS", 3)
    endless = ExpectQueryValueToBeBetween(
        query="select sum(a.i * b.i) from range(10000000) a(i), range(10000000) b(i)",
        description="it ends",
        meta=about("endless"),
    )

    def asleep(*_: Any) -> Any:
        time.sleep(30)

    hanging = suite_of(endless) if where == "database" else asleep
    monkeypatch.setattr(expectations.raw, "suite", hanging)
    began = time.monotonic()
    report = lab.check(lab.land("orders"), seconds=1)
    assert time.monotonic() - began < 6
    assert not report.is_passed
    assert "did not end within 1 seconds" in report.critical_failures[0].message
    monkeypatch.undo()
    assert lab.night("orders").is_passed, "the database is usable afterwards"


def test_the_time_limit_comes_from_the_environment() -> None:
    assert settings.time_limit({}) == 600
    assert settings.time_limit({"LOYALTY_GATE_SECONDS": "5"}) == 5
    for text in ("soon", "-1", "0", "inf", "nan"):
        with pytest.raises(UsageError, match="LOYALTY_GATE_SECONDS"):
            settings.time_limit({"LOYALTY_GATE_SECONDS": text})


def test_great_expectations_is_not_imported_before_a_gate_runs() -> None:
    code = "import sys, loyalty.gates; print('great_expectations' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "False"
