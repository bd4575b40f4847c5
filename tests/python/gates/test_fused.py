"""One scan gives the verdicts of Great Expectations' own validator."""

from typing import Any

import great_expectations.expectations as gxe
import pytest
from gates_lab import Lab, make_marts, publish

import expectations.raw
from bench import gate_tables
from loyalty.gates import fused, great
from loyalty.gates.custom import about

TABLES = 12


@pytest.mark.parametrize("seed", range(TABLES))
def test_seeded_tables_get_the_same_verdicts(lab: Lab, seed: int) -> None:
    table = gate_tables.landed(lab.connection, seed)
    assert gate_tables.differences(lab.connection, table) == []


def test_a_verdict_that_differs_is_seen(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    table = gate_tables.landed(lab.connection, 5)
    monkeypatch.setattr(fused, "_count", lambda _: "count(*) filter (where false)")
    assert gate_tables.differences(lab.connection, table)


def test_marts_get_the_same_verdicts(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    make_marts(lab)
    publish(lab)
    lab.connection.execute(
        "update indicators.fct_indicator_values set denominator = -1, numerator = null "
        "where period_grain = 'week'"
    )
    ours = lab.check_marts()

    def refuse(*_: Any) -> Any:
        raise fused.NotFusedError

    monkeypatch.setattr(fused, "validate", refuse)
    theirs = lab.check_marts()
    assert not ours.is_passed
    assert sorted(map(str, ours.results)) == sorted(map(str, theirs.results))


@pytest.mark.parametrize(
    "expectation",
    [
        gxe.ExpectColumnValuesToBeBetween(column="order_amount", max_value=12),
        gxe.ExpectColumnValuesToNotBeNull(column="device_type", mostly=0.5),
        gxe.ExpectColumnValuesToBeInSet(column="order_amount", value_set=[10.5, 11]),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_is_not_counted_here_is_asked_the_other_way(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, expectation: Any
) -> None:
    import great_expectations as gx

    expectation.description, expectation.meta = "as ever", about("other")
    suite = gx.ExpectationSuite("other", [expectation])
    monkeypatch.setattr(expectations.raw, "suite", lambda *_: suite)
    asked: list[str] = []
    validate = great.Validator.validate

    def spied(validator: great.Validator, relation: str, title: str, suite: Any) -> Any:
        asked.append(title)
        return validate(validator, relation, title, suite)

    monkeypatch.setattr(great.Validator, "validate", spied)
    (result,) = lab.night("orders", device_type="if(i % 4 = 0, null, 'tablet')").results
    assert asked == ["canonical.orders (orders.csv)"]
    assert result.is_success == (result.unexpected_count == 250)
