"""Marketplace reviews: scores outside 1 to 5 are counted later; much of them is told here."""

from typing import TYPE_CHECKING, Any

from loyalty.gates.custom import ExpectFewRowsWhere, about

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch


def expectations(batch: "LandedBatch") -> list[Any]:
    """Return what is told of reviews beyond their declaration."""
    return [
        ExpectFewRowsWhere(
            condition="review_score not in (1, 2, 3, 4, 5)",
            base="review_score is not null",
            max_share=0.02,
            severity="warning",
            description="at most 2 % of the scores are no whole number from 1 to 5",
            meta=about("score_out_of_range_share", "review_score"),
        )
    ]
