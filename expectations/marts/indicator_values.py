"""Plausible values: what no definition of an indicator can ever produce."""

from typing import Any

import great_expectations.expectations as gxe

from loyalty.gates.custom import ExpectFewRowsWhere, ExpectQueryValueToBeBetween, about

KEY = ("indicator_id", "period_grain", "period_start_date", "segment_dimension", "segment_value")
# Sums of floating-point numbers may end a hair beyond their bound.
TOLERANCE = 1e-9


def expectations() -> list[Any]:
    """Return what must hold of every row of fct_indicator_values."""
    return [
        *_key(KEY, "indicators.fct_indicator_values"),
        *(_never(name, column, condition, says) for name, column, condition, says in _RULES),
    ]


def exclusions() -> list[Any]:
    """Return what must hold of every row of fct_indicator_exclusions."""
    key = ("indicator_id", "period_grain", "period_start_date", "exclusion_reason")
    says = "no count of units left out is negative or missing"
    return [
        *_key(key, "indicators.fct_indicator_exclusions"),
        _never("counts", "unit_count", "unit_count is null or unit_count < 0", says),
    ]


def _of_unit(unit: str) -> str:
    return (
        "indicator_id in (select catalogue.indicator_id "
        f"from indicators.dim_indicators as catalogue where catalogue.unit = '{unit}')"
    )


_RULES = [
    (
        "share_range",
        "indicator_value",
        f"not (indicator_value between {-TOLERANCE} and {1 + TOLERANCE}) and {_of_unit('share')}",
        "a share lies between 0 and 1",
    ),
    (
        "share_base",
        "numerator",
        f"not (numerator between {-TOLERANCE} and denominator + {TOLERANCE}) "
        f"and {_of_unit('share')}",
        "the numerator of a share lies between 0 and its denominator",
    ),
    (
        "points_range",
        "indicator_value",
        f"not (indicator_value between {-100 - TOLERANCE} and {100 + TOLERANCE}) "
        f"and {_of_unit('points')}",
        "points lie between -100 and 100",
    ),
    (
        "interval_order",
        "ci_lower, ci_upper",
        f"ci_lower > ci_upper + {TOLERANCE}",
        "an interval's lower end is not above its upper end",
    ),
    (
        # Not for points: their interval is built around an adjusted value, so that with very few
        # answers the value itself lies outside (one promoter: 100 points, interval up to 98.5).
        "interval_holds_value",
        "ci_lower, ci_upper",
        f"not (indicator_value between ci_lower - {TOLERANCE} and ci_upper + {TOLERANCE}) "
        f"and not {_of_unit('points')}",
        "a value lies in its own interval",
    ),
    (
        "denominator_not_negative",
        "denominator",
        "denominator is null or denominator < 0 or numerator is null",
        "numerator and denominator are there, the denominator not negative",
    ),
    (
        "null_means_no_base",
        "indicator_value",
        "(denominator = 0) <> (indicator_value is null) or isnan(indicator_value)",
        "a value is missing exactly where its denominator is 0",
    ),
    (
        "interval_with_value",
        "ci_lower, ci_upper",
        "indicator_value is not null and (ci_lower is null or ci_upper is null) "
        f"and not {_of_unit('amount')}",
        "every share and every points value has its interval",
    ),
]


def _never(name: str, column: str, condition: str, says: str) -> Any:
    return ExpectFewRowsWhere(
        condition=condition,
        severity="critical",
        description=says,
        meta=about(name, column),
    )


def _key(columns: tuple[str, ...], relation: str) -> list[Any]:
    key = ", ".join(columns)
    present = [
        gxe.ExpectColumnValuesToNotBeNull(
            column=column,
            severity="critical",
            description=f"{column} is part of the key: no row without it",
            meta=about("required", column),
        )
        for column in columns
    ]
    unique = ExpectQueryValueToBeBetween(
        query=f"select count(*) - count(distinct row({key})) as repeated from {relation}",
        max_value=0,
        severity="critical",
        description="each key stands once; rows whose key stood before",
        meta=about("unique_key", key),
    )
    return [*present, unique]
