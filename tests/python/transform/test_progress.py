"""What is said while dbt builds, from dbt's own events."""

from typing import Any

import pytest
from dbt.events import types
from dbt_common.events.base_types import EventLevel, msg_from_base_event

from loyalty.transform import Progress


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
    Progress(said.append, {}).on_event(msg_from_base_event(event, EventLevel.INFO))
    assert [each[: len(line or "")] for each in said] == ([line] if line else [])
