"""What is said while dbt builds, from dbt's own events."""

from typing import Any

import pytest
from dbt.events import types
from dbt_common.events.base_types import EventLevel, msg_from_base_event

from loyalty.build.dbt_runs import Progress


def node(kind: str, name: str) -> dict[str, str]:
    return {
        "unique_id": f"{kind}.loyalty.{name}",
        "resource_type": kind,
        "node_name": name,
        "node_status": "",
    }


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            types.LogModelResult(
                description="", status="OK", index=3, total=9, execution_time=1.0,
                node_info=node("model", "nps"),
            ),
            "   3/9 model nps",
        ),
        (
            types.LogTestResult(
                name="t", status="warn", index=4, num_models=9, execution_time=1.0, num_failures=2,
                node_info=node("test", "unique_orders"),
            ),
            "   4/9 test unique_orders",
        ),
        (
            types.LogTestResult(
                name="t", status="fail", index=5, num_models=9, execution_time=1.0, num_failures=2,
                node_info=node("test", "unique_orders"),
            ),
            "   5/9 test unique_orders",
        ),
        (
            types.LogTestResult(
                name="t", status="pass", index=6, num_models=9, execution_time=1.0, num_failures=0,
                node_info=node("test", "unique_orders"),
            ),
            None,
        ),
    ],
)  # fmt: skip
def test_each_event_of_dbt_is_a_line(event: Any, line: str | None) -> None:
    said: list[str] = []
    Progress(said.append, {}, lambda relation: 0).on_event(
        msg_from_base_event(event, EventLevel.INFO)
    )
    assert [each[: len(line or "")] for each in said] == ([line] if line else [])


def test_a_table_is_told_with_its_rows_and_what_remains() -> None:
    relation = '"build"."core"."fct_orders"'
    event = types.LogModelResult(
        description="", status="OK", index=3, total=9, execution_time=1.5,
        node_info={
            **node("model", "fct_orders"),
            "materialized": "table",
            "node_relation": {"relation_name": relation},
        },
    )  # fmt: skip
    said: list[str] = []
    before = {"model.loyalty.fct_orders": 2.0, "model.loyalty.fct_shares": 40.0}
    progress = Progress(said.append, before, {relation: 1_234_567}.__getitem__)
    progress.on_event(msg_from_base_event(event, EventLevel.INFO))
    assert [" ".join(each.split()) for each in said] == [
        "3/9 model fct_orders ok 1,234,567 rows 1.50 s; 0 s so far, about 40 s remain"
    ]
