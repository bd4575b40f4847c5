"""Printed vectors and properties of the shared arithmetic, of the very SQL that the models run."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.project import PROJECT_FOLDER

MACROS = PROJECT_FOLDER / "macros" / "estimates.sql"
Z = 1.959963984540054
# What rounding may add where the properties hold exactly.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Estimate:
    """What the macros say of `n` units with a sum and a sum of squares of their values."""

    value: float | None
    error: float | None
    lower: float
    upper: float

    @property
    def width(self) -> float:
        return self.upper - self.lower


@cache
def database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@cache
def query(interval: str) -> str:
    """One select of all macros; the interval is `wilson` or `adjusted_wald`."""
    macros: Any = jinja2.Environment().from_string(MACROS.read_text()).module
    of_mean, of_spread = ("n", "s1"), ("n", "s1", "s2")
    bound: Callable[..., str] = getattr(macros, f"{interval}_bound")
    of_bound = of_mean if interval == "wilson" else of_spread
    value, error = macros.mean_value(*of_mean), macros.standard_error(*of_spread)
    sums = "select $n::bigint as n, $s1::double as s1, $s2::double as s2"
    return f"select {value}, {error}, {bound(*of_bound, -1)}, {bound(*of_bound, 1)} from ({sums})"


def estimate(interval: str, n: int, s1: float, s2: float) -> Estimate:
    row = database().execute(query(interval), {"n": n, "s1": s1, "s2": s2}).fetchall()[0]
    return Estimate(*row)


def share(successes: int, n: int) -> Estimate:
    return estimate("wilson", n, successes, successes)


def points(detractors: int, promoters: int, n: int) -> Estimate:
    """As a share of -1 to 1; the models multiply it by 100."""
    return estimate("adjusted_wald", n, promoters - detractors, promoters + detractors)


# --- printed vectors -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("successes", "n", "interval"),
    [(80, 100, (0.7112, 0.8666)), (0, 20, (0, 0.1611)), (20, 20, (0.8389, 1))],
)
def test_wilson_vectors(successes: int, n: int, interval: tuple[float, float]) -> None:
    found = share(successes, n)
    assert (round(found.lower, 4), round(found.upper, 4)) == interval
    assert found.value == successes / n
    assert found.error == pytest.approx(math.sqrt(successes / n * (1 - successes / n) / n))


@pytest.mark.parametrize(
    ("case", "value", "error", "interval"),
    [
        ((10, 50, 100), 40.0, 6.6332, (25.9338, 51.7361)),
        ((0, 10, 10), 100.0, 0.0, (47.5036, 100.0)),
        ((10, 0, 10), -100.0, 0.0, (-100.0, -47.5036)),
        ((342, 1436, 2746), 39.8398, 1.3341, (37.1824, 42.4102)),
    ],
)
def test_adjusted_wald_vectors(
    case: tuple[int, int, int], value: float, error: float, interval: tuple[float, float]
) -> None:
    found = points(*case)
    assert found.value is not None
    assert found.error is not None
    assert (round(100 * found.lower, 4), round(100 * found.upper, 4)) == interval
    assert (round(100 * found.value, 4), round(100 * found.error, 4)) == (value, error)


def test_without_units_there_is_no_value_and_no_error() -> None:
    row = database().execute(query("wilson"), {"n": 0, "s1": 0, "s2": 0}).fetchall()[0]
    assert row[:2] == (None, None)


def test_error_of_any_mean_is_that_of_its_own_spread() -> None:
    values = [10.0, 12.5, 12.5, 40.0]
    found = estimate("adjusted_wald", 4, sum(values), sum(value**2 for value in values))
    mean = sum(values) / 4
    spread = sum((value - mean) ** 2 for value in values) / 4
    assert found.value == mean
    assert found.error == pytest.approx(math.sqrt(spread / 4))


# --- properties ------------------------------------------------------------------------------

SIZES = st.one_of(st.integers(1, 60), st.integers(1, 3_000_000))


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    """Successes and units."""
    n = draw(SIZES)
    return draw(st.integers(0, n)), n


@st.composite
def opinions(draw: st.DrawFn) -> tuple[int, int, int]:
    """Detractors, promoters and answers."""
    n = draw(SIZES)
    detractors = draw(st.integers(0, n))
    return detractors, draw(st.integers(0, n - detractors)), n


# Nothing is kept on disk, and every run tries the same cases.
relaxed = settings(deadline=None, max_examples=100, database=None, derandomize=True)


@relaxed
@given(shares())
def test_a_share_lies_in_its_interval_and_that_in_range(case: tuple[int, int]) -> None:
    successes, n = case
    found = share(successes, n)
    centre = (successes + Z**2 / 2) / (n + Z**2)
    assert found.lower - ROUNDING <= centre <= found.upper + ROUNDING
    assert found.value is not None
    assert found.lower - ROUNDING <= found.value <= found.upper + ROUNDING
    assert 0 <= found.lower < found.upper <= 1


@relaxed
@given(opinions())
def test_points_have_their_shrunk_centre_in_an_interval_in_range(
    case: tuple[int, int, int],
) -> None:
    detractors, promoters, n = case
    found = points(*case)
    assert found.lower <= (promoters - detractors) / (n + 3) <= found.upper
    assert -1 <= found.lower < found.upper <= 1


@relaxed
@given(shares(), st.integers(2, 50))
def test_failures_mirror_successes_and_fewer_units_widen(case: tuple[int, int], k: int) -> None:
    successes, n = case
    found, mirrored = share(successes, n), share(n - successes, n)
    assert mirrored.lower == pytest.approx(1 - found.upper, abs=ROUNDING)
    assert mirrored.upper == pytest.approx(1 - found.lower, abs=ROUNDING)
    assert mirrored.error == pytest.approx(found.error, abs=ROUNDING)
    assert share(k * successes, k * n).width < found.width


@relaxed
@given(opinions(), st.integers(2, 50))
def test_swapped_opinions_mirror_and_fewer_answers_widen(
    case: tuple[int, int, int], k: int
) -> None:
    detractors, promoters, n = case
    found, mirrored = points(*case), points(promoters, detractors, n)
    assert (mirrored.lower, mirrored.upper) == pytest.approx((-found.upper, -found.lower))
    assert mirrored.error == pytest.approx(found.error)
    assert found.value is not None
    assert mirrored.value == -found.value
    assert points(k * detractors, k * promoters, k * n).width < found.width


@relaxed
@given(st.integers(0, 100), st.lists(st.integers(1, 40), min_size=2, max_size=6, unique=True))
def test_width_falls_as_units_grow_at_equal_share(percent: int, factors: list[int]) -> None:
    widths = [share(percent * k, 100 * k).width for k in sorted(factors)]
    assert all(wider > narrower for wider, narrower in pairwise(widths))


@relaxed
@given(shares(), shares())
def test_a_pooled_share_is_a_ratio_of_sums(one: tuple[int, int], other: tuple[int, int]) -> None:
    parts = [share(*one), share(*other)]
    pooled = share(one[0] + other[0], one[1] + other[1])
    values = [part.value for part in parts if part.value is not None]
    assert pooled.value is not None
    assert min(values) - ROUNDING <= pooled.value <= max(values) + ROUNDING


@relaxed
@given(opinions(), opinions())
def test_pooled_points_lie_between_the_parts(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    values = [part.value for part in (points(*one), points(*other)) if part.value is not None]
    pooled = points(*(sum(pair) for pair in zip(one, other, strict=True))).value
    assert pooled is not None
    assert min(values) - ROUNDING <= pooled <= max(values) + ROUNDING


@relaxed
@given(opinions())
def test_error_of_points_is_that_of_the_contract(case: tuple[int, int, int]) -> None:
    detractors, promoters, n = case
    p, d = promoters / n, detractors / n
    expected = math.sqrt(max((p + d) - (p - d) ** 2, 0) / n)
    assert points(*case).error == pytest.approx(expected, abs=ROUNDING)
