"""Every purchase of 23,570 customers of a music shop, against pandas and lifelines."""

from __future__ import annotations

import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifelines import KaplanMeierFitter

from independent import exclusions, load
from independent.results import EXCLUSION_KEY, KEY

from .comparison import assert_same, second_values
from .houses import House
from .landings import read_cdnow
from .settings import CDNOW_END, REAL_DATA, real_data

pytest_plugins = ["agreement.fixtures"]
pytestmark = real_data("cdnow")

AS_OF = pd.Timestamp(CDNOW_END)
PERIODS = {"week": "W-SUN", "month": "M", "quarter": "Q-DEC", "year": "Y-DEC"}
KINDS = ("first", "any")


@pytest.fixture(scope="module")
def occasions() -> pd.DataFrame:
    """One row per customer and day: the wait for the next occasion, or NaN; is it the first."""
    days = read_cdnow(REAL_DATA / "cdnow")[["customer_id", "day"]].drop_duplicates()
    days = days.sort_values(["customer_id", "day"], ignore_index=True)
    following = days.groupby("customer_id")["day"].shift(-1)
    return days.assign(
        wait=(following - days["day"]).dt.days, is_first=~days.duplicated("customer_id")
    )


def survival(occasions: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Kaplan-Meier by lifelines: counts, share still silent and Greenwood's error by day."""
    spells = occasions[occasions["is_first"]] if kind == "first" else occasions
    is_back = spells["wait"].notna()
    lasted = spells["wait"].where(is_back, (AS_OF - spells["day"]).dt.days)
    fitter = KaplanMeierFitter().fit(lasted, is_back)
    table = fitter.event_table[fitter.event_table["removed"] > 0]
    at_risk, returned = table["at_risk"].astype(float), table["observed"].astype(float)
    with np.errstate(divide="ignore"):
        greenwood = (returned / (at_risk * (at_risk - returned))).cumsum()
    silent = fitter.survival_function_["KM_estimate"].reindex(table.index)
    return pd.DataFrame(
        {
            "order_kind": kind,
            "elapsed_days": table.index.astype(int),
            "at_risk_count": table["at_risk"],
            "returned_count": table["observed"],
            "censored_count": table["censored"],
            "silent_share": silent,
            "standard_error": silent * np.sqrt(greenwood),
            "return_chance_beyond": 1 - silent.iloc[-1] / silent,
        }
    )


def test_customers_and_occasions_are_counted_by_day(cdnow_house: House) -> None:
    customers = cdnow_house.table("core.dim_customers")
    assert len(customers) == 23570
    assert customers["occasion_count"].sum() == 67591
    assert (customers["occasion_count"] >= 2).sum() == 11516
    assert customers["order_count"].sum() == 69659
    assert len(cdnow_house.table("intermediate.int_occasions")) == 67591


@pytest.mark.parametrize("grain", PERIODS)
def test_repurchase_rate(cdnow_house: House, occasions: pd.DataFrame, grain: str) -> None:
    first = occasions[occasions["is_first"]]
    closes = first["day"] + pd.Timedelta(days=365)
    assert (closes <= AS_OF).all()
    start = closes.dt.to_period(PERIODS[grain]).dt.start_time.dt.date
    second = first["wait"].le(365).groupby(start).agg(["sum", "size"]).reset_index()
    second.columns = pd.Index(["period_start_date", "numerator", "denominator"])
    assert second["denominator"].sum() == 23570
    values = cdnow_house.query(
        "from indicators.fct_indicator_values where segment_dimension = 'all' "
        f"and indicator_id = 'repurchase_rate' and period_grain = '{grain}' and denominator > 0"
    )
    assert_same(values[second.columns], second, ["period_start_date"])


def test_all_indicators_are_those_of_the_second_computation(
    cdnow_house: House, cdnow_folder: Path
) -> None:
    landing = load(cdnow_folder)
    values = cdnow_house.table("indicators.fct_indicator_values")
    assert_same(values, second_values(landing, CDNOW_END), KEY)
    excluded = cdnow_house.table("indicators.fct_indicator_exclusions")
    assert_same(excluded, exclusions(landing, CDNOW_END), EXCLUSION_KEY)


def test_an_empty_table_is_a_measured_zero_and_an_absent_one_is_no_data(
    cdnow_house: House,
) -> None:
    at_the_end = cdnow_house.query(
        "select indicator_id, indicator_value, status from indicators.fct_indicator_values "
        "where period_grain = 'year' and segment_dimension = 'all' "
        "and period_start_date = '1998-01-01'"
    ).set_index("indicator_id")
    assert at_the_end.loc["recommendation_rate"].tolist() == [0, "missed"]
    assert at_the_end.loc["program_activation_rate", "status"] == "no_data"


@pytest.mark.parametrize("kind", KINDS)
def test_reorder_curve_is_that_of_lifelines(
    cdnow_house: House, occasions: pd.DataFrame, kind: str
) -> None:
    curve = cdnow_house.query(f"from retention.fct_reorder_curve where order_kind = '{kind}'")
    assert len(curve) > 400
    assert_same(curve, survival(occasions, kind), ["order_kind", "elapsed_days"])


def test_return_chances_are_read_off_the_curve(cdnow_house: House, occasions: pd.DataFrame) -> None:
    parts = []
    for kind in KINDS:
        curve = survival(occasions, kind).set_index("elapsed_days")
        part = curve.reindex([30, 60, 90, 120, 180, 365], method="ffill")
        parts.append(part.reset_index(names="horizon_days"))
    second = pd.concat(parts)[
        ["order_kind", "horizon_days", "silent_share", "return_chance_beyond"]
    ]
    product = cdnow_house.table("retention.fct_return_chances")
    assert_same(product, second, ["order_kind", "horizon_days"])


def test_cohorts(cdnow_house: House, occasions: pd.DataFrame) -> None:
    first = occasions[occasions["is_first"]]
    month = first["day"].dt.to_period("M").dt.start_time.dt.date
    parts = []
    for days in (30, 60, 90, 180, 365):
        part = first["wait"].le(days).groupby(month).agg(["size", "sum"])
        part.columns = pd.Index(["customer_count", "returned_count"])
        parts.append(part.reset_index(names="cohort_month_date").assign(elapsed_days=days))
    second = pd.concat(parts).assign(is_closed=True)
    second["returned_rate"] = second["returned_count"] / second["customer_count"]
    product = cdnow_house.table("retention.fct_repurchase_cohorts")
    assert_same(product, second, ["cohort_month_date", "elapsed_days"])
    sizes = second.groupby("cohort_month_date")["customer_count"].first()
    assert sizes.to_dict() == {
        date(1997, 1, 1): 7846,
        date(1997, 2, 1): 8476,
        date(1997, 3, 1): 7248,
    }
