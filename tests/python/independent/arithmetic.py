"""Intervals, verdicts and changes, one formula each, on whole columns.

A group of units is known by three sums: `n` units, `s1` the sum of their values and `s2` the
sum of their squares. A rate's unit is 0 or 1; an NPS answer is -1, 0 or +1.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

Z = 1.959963984540054
SIGNIFICANT_Z = 1.96


def wilson(successes: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilson interval of a share; NaN where n is 0."""
    successes, n = np.asarray(successes, float), np.asarray(n, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = successes / n
        centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
        reach = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    # At the ends the formula is exactly 0 and 1; floating point is not.
    lower = np.where(successes == 0, np.where(n > 0, 0.0, np.nan), centre - reach)
    upper = np.where(successes == n, np.where(n > 0, 1.0, np.nan), centre + reach)
    return lower, upper


def share_error(successes: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Unadjusted standard error of a share; NaN where n is 0."""
    successes, n = np.asarray(successes, float), np.asarray(n, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = successes / n
        return np.sqrt(share * (1 - share) / n)


def nps_interval(
    promoters: np.ndarray, detractors: np.ndarray, n: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Adjusted Wald interval in points, clipped to +-100; NaN where n is 0."""
    promoters, detractors = np.asarray(promoters, float), np.asarray(detractors, float)
    n = np.asarray(n, float)
    happy, unhappy = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    middle = happy - unhappy
    reach = Z * np.sqrt((happy + unhappy - middle**2) / (n + 3))
    lower, upper = 100 * (middle - reach), 100 * (middle + reach)
    lower = np.where(n > 0, np.clip(lower, -100, 100), np.nan)
    upper = np.where(n > 0, np.clip(upper, -100, 100), np.nan)
    return lower, upper


def nps_error(promoters: np.ndarray, detractors: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Unadjusted standard error of an NPS in points; NaN where n is 0."""
    promoters, detractors = np.asarray(promoters, float), np.asarray(detractors, float)
    n = np.asarray(n, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        happy, unhappy = promoters / n, detractors / n
        variance = (happy + unhappy - (happy - unhappy) ** 2) / n
    return 100 * np.sqrt(np.maximum(variance, 0))


def mean_error(total: np.ndarray, squares: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Standard error of a mean amount, its spread estimated from the sample; NaN below 2 units."""
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.maximum(squares - total**2 / n, 0) / (n - 1)
        return np.where(n > 1, np.sqrt(variance / n), np.nan)


def measure(sums: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Add value, error and interval to rows that have n, s1 and s2.

    `unit` is `points` (NPS), `share` or `amount`.
    """
    n = sums["n"].to_numpy(float)
    total = sums["s1"].to_numpy(float)
    squares = sums["s2"].to_numpy(float)
    if unit == "points":
        promoters, detractors = (squares + total) / 2, (squares - total) / 2
        lower, upper = nps_interval(promoters, detractors, n)
        error, scale = nps_error(promoters, detractors, n), 100.0
    elif unit == "amount":
        error, scale = mean_error(total, squares, n), 1.0
        with np.errstate(divide="ignore", invalid="ignore"):
            lower, upper = total / n - Z * error, total / n + Z * error
    else:
        lower, upper = wilson(total, n)
        error, scale = share_error(total, n), 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        value = scale * total / n
    return sums.assign(
        numerator=sums["s1"] if unit == "amount" else sums["s1"].astype("int64"),
        denominator=sums["n"].astype("int64"),
        indicator_value=value,
        standard_error=error,
        ci_lower=lower,
        ci_upper=upper,
    )


def verdict(
    denominator: int,
    ci_lower: float,
    ci_upper: float,
    *,
    target: float | None,
    direction: str | None,
    minimum_base: int,
) -> str:
    """The status of one value, by the contract's order of questions."""
    if denominator == 0:
        return "no_data"
    if denominator < minimum_base:
        return "not_reportable"
    if target is None:
        return "no_target"
    if direction == "above":
        is_met, is_missed = ci_lower > target, ci_upper <= target
    else:
        is_met, is_missed = ci_upper < target, ci_lower >= target
    if is_met:
        return "met"
    return "missed" if is_missed else "not_distinguishable"


def compare(values: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Add the change against `before`: the same rows one calendar period earlier, aligned."""
    change = values["indicator_value"] - before["indicator_value"]
    error = np.sqrt(values["standard_error"] ** 2 + before["standard_error"] ** 2)
    z = (change / error.where(error > 0)).astype(float)
    both_reportable = values["is_reportable"] & before["is_reportable"].eq(True)
    return values.assign(
        previous_value=before["indicator_value"],
        change=change,
        change_z_score=z,
        is_significant_change=(z.abs() >= SIGNIFICANT_Z) & both_reportable,
    )
