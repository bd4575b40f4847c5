"""Dates of one row in their order: a few that are not are dirt, most of them is a mix-up."""

from typing import Any

from loyalty.gates.custom import ExpectFewRowsWhere, about

MIXED_UP_SHARE = 0.5
TOLERATED = 20


def in_order(condition: str, columns: str, says: str, max_share: float = 0.0) -> list[Any]:
    """Tell of rows for which `condition` holds; stop where that is most of the file.

    `condition` is of rows in which `columns` contradict each other; `says` is what should be.
    """
    return [
        ExpectFewRowsWhere(
            condition=condition,
            max_share=max_share,
            severity="warning",
            description=says,
            meta=about("dates_in_order", columns),
        ),
        ExpectFewRowsWhere(
            condition=condition,
            max_share=MIXED_UP_SHARE,
            tolerated=TOLERATED,
            severity="critical",
            description=f"{says}, at least in most rows (columns mixed up?)",
            meta=about("dates_not_mixed_up", columns),
        ),
    ]
