"""Survey answers: scores that cannot be used are counted later; much of them is told here."""

from typing import TYPE_CHECKING, Any

from loyalty.gates.custom import ExpectFewRowsWhere, about

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch

# NaN and infinite scores are greater than any scale's end in DuckDB, so they are caught too.
UNUSABLE = "score < scale_min or score > scale_max or score <> floor(score)"


def expectations(batch: "LandedBatch") -> list[Any]:
    """Return what is told of answers beyond their declaration."""
    return [
        ExpectFewRowsWhere(
            condition=UNUSABLE,
            base="score is not null",
            max_share=0.02,
            severity="warning",
            description="at most 2 % of the scores lie outside their row's scale",
            meta=about("score_out_of_range_share", "score"),
        ),
        ExpectFewRowsWhere(
            condition="score is null",
            max_share=0.5,
            severity="warning",
            description="at most half of the questions were skipped",
            meta=about("skipped_share", "score"),
        ),
        ExpectFewRowsWhere(
            condition="survey_kind like 'nps%' and not (scale_min = 0 and scale_max = 10)",
            base="survey_kind like 'nps%'",
            severity="warning",
            description="NPS is asked from 0 to 10; other scales are left out of it",
            meta=about("nps_scale", "scale_min, scale_max"),
        ),
    ]
