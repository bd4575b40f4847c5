"""Timeline, months and cohorts of the nasty landing, made again from the facts in pandas."""

from __future__ import annotations

import pandas as pd
import pytest
from independent import Landing
from independent.facts import gather
from nasty import AS_OF

from .comparison import assert_same
from .houses import House

pytest_plugins = ["agreement.fixtures"]

# In the order in which they stand when they happened at one and the same instant:
# kind of event → fact, key, moment, detail.
EVENTS = {
    "order": ("fct_orders", "order_id", "ordered", "order_status"),
    "delivery": ("fct_deliveries", "delivery_id", "delivered", "on_time_band"),
    "answer": ("fct_survey_answers", "answer_id", "answered", "survey_kind"),
    "case_opened": ("fct_support_cases", "case_id", "opened", "case_category"),
    "case_closed": ("fct_support_cases", "case_id", "closed", "case_category"),
    "membership_enrolled": ("fct_memberships", "membership_id", "enrolled", None),
    "membership_activated": ("fct_memberships", "membership_id", "activated", None),
    "membership_cancelled": ("fct_memberships", "membership_id", "cancelled", None),
    "program_event": ("fct_program_events", "event_id", "occurred", "event_type"),
    "share": ("fct_shares", "share_id", "shared", "share_kind"),
}
GROUPS = {kind: "membership_step" if "membership" in kind else kind for kind in EVENTS}
HORIZONS = (30, 60, 90, 180, 365)


@pytest.fixture(scope="module")
def events(nasty_house: House) -> pd.DataFrame:
    """All events of identified customers who are no tests, each customer's in their order."""
    parts = []
    for rank, (kind, (fact, key, moment, detail)) in enumerate(EVENTS.items()):
        rows = nasty_house.table(f"core.{fact}")
        rows = rows[rows["customer_id"].notna() & ~rows["is_test"] & rows[f"{moment}_at"].notna()]
        part = rows[["customer_id", "source_id"]].assign(
            event_kind=kind,
            event_id=rows[key],
            event_detail=rows[detail] if detail else None,
            event_at=rows[f"{moment}_at"],
            event_date=rows[f"{moment}_date"],
            rank=rank,
        )
        parts.append(part.astype({"event_detail": object}))
    order = ["customer_id", "event_at", "rank", "event_id"]
    return pd.concat(parts).sort_values(order, ignore_index=True)


@pytest.fixture(scope="module")
def orders(nasty_house: House) -> pd.DataFrame:
    """Qualifying orders of identified customers."""
    rows = nasty_house.table("core.fct_orders")
    return rows[rows["is_qualifying"] & rows["customer_id"].notna()]


def month_of(days: pd.Series) -> pd.Series:
    return pd.to_datetime(days).dt.to_period("M").dt.start_time.dt.date


def test_the_timeline_holds_every_event_in_its_order(
    nasty_house: House, events: pd.DataFrame
) -> None:
    second = events.drop(columns="rank")
    customer = second.groupby("customer_id")
    second["event_number"] = customer.cumcount() + 1
    day = pd.to_datetime(second["event_date"])
    for group in dict.fromkeys(GROUPS.values()):
        of_group = day.where(second["event_kind"].map(GROUPS).eq(group))
        last = of_group.groupby(second["customer_id"]).ffill()
        before = last.groupby(second["customer_id"]).shift()
        second[f"days_since_{group}"] = (day - before).dt.days
    product = nasty_house.table("core.fct_customer_timeline")
    assert set(product["event_kind"]) == set(EVENTS)
    assert_same(product, second, ["customer_id", "event_number"])


def test_months_sum_up_what_customers_did(
    nasty_house: House, events: pd.DataFrame, orders: pd.DataFrame
) -> None:
    key = ["customer_id", "month_date"]
    active = events.assign(month_date=month_of(events["event_date"]))
    second = active[key].drop_duplicates().set_index(key)
    kinds = {"program_event": "program_event_count", "answer": "answer_count"}
    for kind, column in {**kinds, "case_opened": "case_count"}.items():
        second[column] = active[active["event_kind"].eq(kind)].groupby(key).size()
    bought = orders.assign(
        month_date=month_of(orders["ordered_date"]),
        is_phone=orders["device_type"].isin(["mobile_web", "mobile_app"]),
        cents=(orders["order_amount"].astype(float) * 100).round(),
    ).groupby(key)
    second["order_count"] = bought.size()
    second["occasion_count"] = bought["ordered_date"].nunique()
    second["order_amount"] = bought["cents"].sum() / 100
    second["phone_order_count"] = bought["is_phone"].sum()
    product = nasty_house.table("core.fct_customer_months")
    assert_same(product, second.fillna(0).reset_index(), key)


def test_cohorts_are_null_until_their_last_customer_has_had_all_days(
    nasty_house: House, nasty_landing: Landing
) -> None:
    rows = gather(nasty_landing, AS_OF).orders
    rows = rows[rows["reason"].eq("")]
    first = rows.groupby("customer_id")["day"].min()
    later = rows[rows["day"] > rows["customer_id"].map(first)]
    waited = (later.groupby("customer_id")["day"].min() - first).dt.days
    cohort = first.dt.to_period("M")
    parts = []
    for days in HORIZONS:
        part = waited.le(days).groupby(cohort).agg(["size", "sum"]).reset_index(names="month")
        closes = part["month"].dt.end_time.dt.normalize() + pd.Timedelta(days=days)
        is_closed = closes <= pd.Timestamp(AS_OF)
        part = part.assign(
            cohort_month_date=part["month"].dt.start_time.dt.date,
            elapsed_days=days,
            customer_count=part["size"],
            is_closed=is_closed,
            returned_count=part["sum"].where(is_closed),
            returned_rate=(part["sum"] / part["size"]).where(is_closed),
        )
        parts.append(part.drop(columns=["month", "size", "sum"]))
    second = pd.concat(parts)
    assert set(second["is_closed"]) == {True, False}
    product = nasty_house.table("retention.fct_repurchase_cohorts")
    assert_same(product, second, ["cohort_month_date", "elapsed_days"])
