"""The marketplace's real files, against pandas straight from the CSV files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from .comparison import assert_same
from .houses import House
from .settings import REAL_DATA, real_data

pytest_plugins = ["agreement.fixtures"]
pytestmark = real_data("olist")

FOLDER: Path = REAL_DATA / "olist"
PERIODS = {"week": "W-SUN", "month": "M", "quarter": "Q-DEC", "year": "Y-DEC"}
PAID = ("approved", "invoiced", "processing", "shipped", "delivered")
UNASKED = (
    "nps",
    "program_activation_rate",
    "program_engagement_rate",
    "mobile_order_share",
    "recommendation_rate",
    "delivery_satisfaction",
    "support_satisfaction",
    "survey_response_rate",
    "membership_churn_rate",
)


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"olist_{name}_dataset.csv", dtype=str)


def day(moments: pd.Series) -> pd.Series:
    """The files' own days: their wall-clock time is the business's."""
    return pd.to_datetime(moments).dt.normalize()


@pytest.fixture(scope="module")
def totals(olist_house: House) -> pd.DataFrame:
    values = olist_house.table("indicators.fct_indicator_values")
    return values[values["segment_dimension"].eq("all")]


def sums(totals: pd.DataFrame, name: str, grain: str) -> tuple[int, int]:
    rows = totals[totals["indicator_id"].eq(name) & totals["period_grain"].eq(grain)]
    return int(rows["numerator"].sum()), int(rows["denominator"].sum())


@pytest.mark.parametrize("grain", PERIODS)
def test_csat_of_the_latest_review_of_each_order(totals: pd.DataFrame, grain: str) -> None:
    reviews = read("order_reviews").sort_values(["review_answer_timestamp", "review_id"])
    latest = reviews.drop_duplicates("order_id", keep="last")
    start = day(latest["review_answer_timestamp"]).dt.to_period(PERIODS[grain]).dt.start_time
    is_satisfied = latest["review_score"].astype(int).ge(4)
    second = is_satisfied.groupby(start.dt.date).agg(["sum", "size"]).reset_index()
    second.columns = pd.Index(["period_start_date", "numerator", "denominator"])
    assert (second["numerator"].sum(), second["denominator"].sum()) == (4469, 8135)
    second["indicator_value"] = second["numerator"] / second["denominator"]

    rows = totals[totals["indicator_id"].eq("csat") & totals["period_grain"].eq(grain)]
    answered = rows[rows["denominator"] > 0][second.columns]
    assert_same(answered, second, ["period_start_date"])


def test_csat_reads_every_review(olist_house: House) -> None:
    excluded = olist_house.table("indicators.fct_indicator_exclusions")
    of_csat = excluded[excluded["indicator_id"].eq("csat")]
    counts = of_csat.groupby(["period_grain", "exclusion_reason"])["unit_count"].sum()
    # 8,225 reviews less one of each of 8,135 orders
    assert counts.to_dict() == {(grain, "superseded_answer"): 90 for grain in PERIODS}


def test_orders_are_conserved_and_persons_are_told_from_keys(olist_house: House) -> None:
    orders = olist_house.table("core.fct_orders")
    customers = read("orders").merge(read("customers"), on="customer_id")
    assert len(orders) == len(customers) == 8135
    assert len(olist_house.table("core.dim_customers")) == 8016
    per_person = customers.groupby("customer_unique_id").size()
    assert sorted(orders.groupby("customer_id").size()) == sorted(per_person)


@pytest.mark.parametrize("grain", PERIODS)
def test_deliveries_on_time_by_date(totals: pd.DataFrame, grain: str) -> None:
    assert sums(totals, "on_time_delivery_rate", grain) == (4822, 5164)


@pytest.mark.parametrize("name", UNASKED)
def test_what_was_not_asked_has_no_data(totals: pd.DataFrame, name: str) -> None:
    rows = totals[totals["indicator_id"].eq(name)]
    assert set(rows["status"]) == {"no_data"}
    assert rows["indicator_value"].isna().all()


@pytest.mark.parametrize(
    ("grain", "start"),
    [("month", date(2018, 6, 1)), ("quarter", date(2018, 4, 1)), ("year", date(2018, 1, 1))],
)
def test_churn_at_a_period_end(totals: pd.DataFrame, grain: str, start: date) -> None:
    orders = read("orders").merge(read("customers"), on="customer_id")
    orders = orders[orders["order_status"].isin(PAID)]
    ordered = day(orders["order_purchase_timestamp"])
    end = pd.Timestamp(start).to_period(PERIODS[grain]).end_time.normalize()
    middle, begin = end - pd.Timedelta(days=180), end - pd.Timedelta(days=360)
    base = set(orders.loc[(ordered > begin) & (ordered <= middle), "customer_unique_id"])
    since = set(orders.loc[(ordered > middle) & (ordered <= end), "customer_unique_id"])

    rows = totals[totals["indicator_id"].eq("churn_rate") & totals["period_grain"].eq(grain)]
    row = rows[rows["period_start_date"].eq(start)].iloc[0]
    assert (row["numerator"], row["denominator"]) == (len(base - since), len(base))
    assert len(base) > 100
