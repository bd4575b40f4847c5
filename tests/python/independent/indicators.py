"""The thirteen indicators: for each grain, which units count, when, with what success.

Every indicator is a function of the facts and a grain that returns its units: one row per unit
with `start` (first day of the period), `reason` (empty where the unit is used), `value`
(0/1, for nps -1/0/+1) and the attributes that it is cut by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .facts import (
    NPS_KINDS,
    ORDER_REASONS,
    SATISFIED_FROM,
    UNKNOWN,
    Facts,
    active_on,
    first_reason,
    order_reason,
    tier_on,
)
from .periods import completed_months, every_start, period_end, period_start

PHONES = ("mobile_web", "mobile_app")
KNOWN_DEVICES = ("desktop", "tablet", *PHONES)
ENGAGEMENT_EVENTS = (
    "offer_opened", "offer_clicked", "offer_redeemed", "points_redeemed", "challenge_completed",
)  # fmt: skip
SHARE_KINDS = ("share", "referral")
UNREACHED = ("bounced", "opted_out", "throttled")
BASE_DAYS, ENGAGEMENT_DAYS, SHARE_DAYS, RESPONSE_DAYS = 365, 90, 90, 14


@dataclass(frozen=True)
class Indicator:
    """How one indicator finds its units, and what they are cut by."""

    units: Callable[[Facts, str, int], pd.DataFrame]
    cuts: tuple[str, ...]
    needs: tuple[str, ...]
    window_days: int = 0
    target_value: float | None = None
    target_direction: str | None = None
    unit: str = "share"


def days(count: int) -> pd.Timedelta:
    return pd.Timedelta(days=count)


def _is_latest(valid: pd.DataFrame, thing: list[str]) -> pd.Series:
    """Marks the latest row per thing; a row that lacks part of the thing's key stands alone."""
    ordered = valid.sort_values(["answered_at", "answer_id"])
    is_earlier = ordered.duplicated(thing, keep="last") & ordered[thing].notna().all(axis=1)
    return ~is_earlier.reindex(valid.index)


def _supersede(answers: pd.DataFrame, thing: list[str]) -> pd.DataFrame:
    valid = answers[answers["reason"].eq("")]
    is_latest = _is_latest(valid, thing)
    earlier = is_latest.index[~is_latest]
    answers.loc[earlier, "reason"] = "superseded_answer"
    return answers


# --- answers ---------------------------------------------------------------------------------


def nps(facts: Facts, grain: str, _: int) -> pd.DataFrame:
    """One answer per customer, survey kind and period: the latest."""
    answers = facts.answers[facts.answers["survey_kind"].isin(NPS_KINDS)].copy()
    answers["start"] = period_start(answers["day"], grain)
    is_other_scale = answers["scale_min"].ne(0) | answers["scale_max"].ne(10)
    is_valid = answers["reason"].eq("")
    answers["reason"] = answers["reason"].mask(is_valid & is_other_scale, "scale_not_0_to_10")
    answers = _supersede(answers, ["customer_id", "survey_kind", "start"])
    answers["value"] = (answers["score"] >= 9).astype(int) - (answers["score"] <= 6).astype(int)
    answers["sales_channel"] = _last_sales_channel(facts, answers)
    return _described(facts, answers)


def csat(facts: Facts, grain: str, _: int) -> pd.DataFrame:
    """The latest valid answer per order over all time."""
    answers = _supersede(_satisfaction(facts, "csat"), ["order_id"])
    return _described(facts, answers.assign(start=period_start(answers["day"], grain)))


def delivery_satisfaction(facts: Facts, grain: str, _: int) -> pd.DataFrame:
    """The latest valid answer per delivery over all time."""
    answers = _supersede(_satisfaction(facts, "delivery"), ["delivery_id"])
    deliveries = facts.deliveries.set_index("delivery_id")
    late = (deliveries["day"] - deliveries["promised_day"]).dt.days
    band = pd.cut(
        late,
        [-np.inf, 0, 2, 7, np.inf],
        labels=["on_time", "1-2_days_late", "3-7_days_late", "over_7_days_late"],
    ).astype(object)
    answers["carrier"] = answers["delivery_id"].map(deliveries["carrier"]).fillna(UNKNOWN)
    answers["on_time_band"] = answers["delivery_id"].map(band).fillna(UNKNOWN)
    return _described(facts, answers.assign(start=period_start(answers["day"], grain)))


def support_satisfaction(facts: Facts, grain: str, _: int) -> pd.DataFrame:
    """A closed case by its latest valid rating, dated by that rating."""
    answers = _satisfaction(facts, "support")
    cases = facts.cases.set_index("case_id")
    is_closed = answers["case_id"].isin(cases.index[cases["closed_day"].notna()])
    case_reason = first_reason(
        {"case_unknown": ~answers["case_id"].isin(cases.index), "case_not_closed": ~is_closed},
        answers.index,
    )
    answers["reason"] = answers["reason"].where(answers["reason"].ne(""), case_reason)
    answers = _supersede(answers, ["case_id"])
    for cut, column in (("case_channel", "case_channel"), ("case_category", "category")):
        answers[cut] = answers["case_id"].map(cases[column]).fillna(UNKNOWN)
    return _described(facts, answers.assign(start=period_start(answers["day"], grain)))


def _satisfaction(facts: Facts, kind: str) -> pd.DataFrame:
    answers = facts.answers[facts.answers["survey_kind"].eq(kind)].copy()
    scales = zip(answers["scale_min"], answers["scale_max"], strict=True)
    lowest = np.array([SATISFIED_FROM[scale] for scale in scales])
    return answers.assign(value=(answers["score"] >= lowest).astype(int))


def _described(facts: Facts, units: pd.DataFrame) -> pd.DataFrame:
    """Country, member status and tier of the unit's customer on the unit's day."""
    member = facts.membership_on(units["customer_id"], units["day"])
    country = facts.country(units["customer_id"])
    return units.assign(
        country_code=country, member_status=member["member_status"], tier=member["tier"]
    )


def _last_sales_channel(facts: Facts, answers: pd.DataFrame) -> pd.Series:
    """Channel of the customer's last order on or before the answer's day, of any status."""
    orders = facts.orders[~facts.orders["is_test_order"]]
    orders = orders.rename(columns={"day": "order_day", "order_id": "last_order_id"})
    orders = orders[["customer_id", "order_day", "ordered_at", "last_order_id", "sales_channel"]]
    asked = answers.loc[answers["customer_id"].notna(), ["answer_id", "customer_id", "day"]]
    pairs = asked.merge(orders, on="customer_id")
    pairs = pairs[pairs["order_day"] <= pairs["day"]]
    pairs = pairs.sort_values(["answer_id", "ordered_at", "last_order_id"])
    last = pairs.drop_duplicates("answer_id", keep="last").set_index("answer_id")
    return answers["answer_id"].map(last["sales_channel"]).fillna(UNKNOWN)


# --- orders and customers --------------------------------------------------------------------


def mobile_order_share(facts: Facts, grain: str, _: int) -> pd.DataFrame:
    """Qualifying orders with a known device, guests' too; success is a phone."""
    orders = facts.orders.copy()
    # A guest's order counts here like any other.
    own = order_reason(orders, tuple(name for name in ORDER_REASONS if name != "guest"))
    later = first_reason(
        {
            "store_order": orders["sales_channel"].eq("store"),
            "device_unknown": ~orders["device_type"].isin(KNOWN_DEVICES),
        },
        orders.index,
    )
    orders["reason"] = own.where(own.ne(""), later)
    orders["value"] = orders["device_type"].isin(PHONES).astype(int)
    orders["start"] = period_start(orders["day"], grain)
    for column in ("sales_channel", "device_type"):
        orders[column] = orders[column].fillna(UNKNOWN)
    return _described(facts, orders)


def average_order_value(facts: Facts, grain: str, _: int) -> pd.DataFrame:
    """Qualifying orders, guests' too, with their amount."""
    orders = facts.orders.copy()
    orders["reason"] = order_reason(
        orders, tuple(name for name in ORDER_REASONS if name != "guest")
    )
    orders["value"] = orders["order_amount"].astype(float)
    orders["start"] = period_start(orders["day"], grain)
    orders["sales_channel"] = orders["sales_channel"].fillna(UNKNOWN)
    return _described(facts, orders)


def _base(window: pd.DataFrame) -> pd.DataFrame:
    """Units of a window of orders: customers (with their first reason) and guests' orders.

    Orders stand best first: a qualifying one, then by the list of reasons, then by time. So the
    first row of a customer says whether they are in the base, and if not, why.
    """
    is_guest = window["customer_id"].isna()
    customers = window[~is_guest].drop_duplicates("customer_id")
    units = pd.concat([customers, window[is_guest]], ignore_index=True)
    return units[["customer_id", "reason", "day"]]


def repurchase_rate(facts: Facts, grain: str, horizon: int) -> pd.DataFrame:
    """Customers by first qualifying order, dated by the day their horizon closes."""
    units = _base(facts.orders)
    # Without a qualifying order, a customer is dated by the first order of any kind.
    first_day = units["customer_id"].map(facts.orders.groupby("customer_id")["day"].min())
    is_left_out = units["reason"].ne("") & first_day.notna()
    units["day"] = units["day"].mask(is_left_out, first_day)
    closes = units["day"] + days(horizon)
    is_open = closes > facts.as_of
    units["reason"] = units["reason"].mask(units["reason"].eq("") & is_open, "window_not_closed")
    units["start"] = period_start(closes.where(~is_open, facts.as_of), grain)

    qualifying = facts.orders[facts.orders["reason"].eq("")]
    again = qualifying.merge(units[["customer_id", "day"]], on="customer_id", suffixes=("", "_1"))
    elapsed = (again["day"] - again["day_1"]).dt.days
    returned = again.loc[elapsed.between(1, horizon), "customer_id"]
    units["value"] = units["customer_id"].isin(returned).astype(int)
    return units.assign(country_code=facts.country(units["customer_id"]))


def _at_every_period_end(
    facts: Facts, grain: str, state: Callable[[pd.Timestamp, pd.Timestamp], pd.DataFrame]
) -> pd.DataFrame:
    """Stack the units of a stock: `state(start, t)` for every period, t its end or as_of."""
    if facts.first_day is None:
        return pd.DataFrame({"start": [], "reason": [], "value": []})
    starts = every_start(facts.first_day, facts.as_of, grain)
    ends = period_end(starts, grain).clip(upper=facts.as_of)
    states = [state(start, t).assign(start=start) for start, t in zip(starts, ends, strict=True)]
    return pd.concat(states, ignore_index=True)


def _recent_customers(facts: Facts, t: pd.Timestamp) -> pd.DataFrame:
    orders = facts.visits
    return _base(orders[(orders["day"] > t - days(BASE_DAYS)) & (orders["day"] <= t)])


def churn_rate(facts: Facts, grain: str, window: int) -> pd.DataFrame:
    """Customers with a qualifying order in (t-2W, t-W]; success is none in (t-W, t]."""
    orders = facts.visits

    def state(_: pd.Timestamp, t: pd.Timestamp) -> pd.DataFrame:
        middle = t - days(window)
        before = orders[(orders["day"] > middle - days(window)) & (orders["day"] <= middle)]
        since = orders[(orders["day"] > middle) & (orders["day"] <= t) & orders["reason"].eq("")]
        units = _base(before)
        return units.assign(value=(~units["customer_id"].isin(since["customer_id"])).astype(int))

    units = _at_every_period_end(facts, grain, state)
    return units.assign(country_code=facts.country(units["customer_id"]))


def program_activation_rate(facts: Facts, grain: str, _: int) -> pd.DataFrame:
    """Customers of the last 365 days; success is an active membership at t."""
    memberships = facts.memberships

    def state(_: pd.Timestamp, t: pd.Timestamp) -> pd.DataFrame:
        members = memberships.loc[active_on(memberships, t), "customer_id"]
        units = _recent_customers(facts, t)
        return units.assign(value=units["customer_id"].isin(members).astype(int))

    units = _at_every_period_end(facts, grain, state)
    return units.assign(country_code=facts.country(units["customer_id"]))


def recommendation_rate(facts: Facts, grain: str, _: int) -> pd.DataFrame:
    """Customers of the last 365 days; success is a share or referral in the last 90."""
    is_recommending = facts.shares["share_kind"].fillna("share").isin(SHARE_KINDS)
    shares = facts.shares.loc[is_recommending, ["customer_id", "day"]]

    def state(_: pd.Timestamp, t: pd.Timestamp) -> pd.DataFrame:
        is_recent = (shares["day"] > t - days(SHARE_DAYS)) & (shares["day"] <= t)
        units = _recent_customers(facts, t)
        shared = units["customer_id"].isin(shares.loc[is_recent, "customer_id"])
        return units.assign(value=shared.astype(int))

    units = _at_every_period_end(facts, grain, state)
    return units.assign(country_code=facts.country(units["customer_id"]))


# --- memberships -----------------------------------------------------------------------------


def program_engagement_rate(facts: Facts, grain: str, _: int) -> pd.DataFrame:
    """Memberships active at t and enrolled 90 days before; success is an engagement event."""
    memberships = facts.memberships
    columns = ["membership_id", "customer_id", "enrolled_day", "is_test"]
    is_engagement = facts.events["event_type"].isin(ENGAGEMENT_EVENTS)
    events = facts.events.loc[is_engagement, ["membership_id", "day"]]

    def state(_: pd.Timestamp, t: pd.Timestamp) -> pd.DataFrame:
        is_settled = memberships["enrolled_day"] <= t - days(ENGAGEMENT_DAYS)
        units = memberships.loc[is_settled & active_on(memberships, t), columns].copy()
        is_recent = (events["day"] > t - days(ENGAGEMENT_DAYS)) & (events["day"] <= t)
        engaged = events.loc[is_recent, "membership_id"]
        units["value"] = units["membership_id"].isin(engaged).astype(int)
        at_t = pd.Series(t, index=units.index)
        units["tier"] = tier_on(units["membership_id"], at_t, facts.tiers).to_numpy()
        months = completed_months(units["enrolled_day"], t)
        return units.assign(months_since_joining=months.astype(str))

    units = _at_every_period_end(facts, grain, state)
    return _membership_units(facts, units)


def membership_churn_rate(facts: Facts, grain: str, _: int) -> pd.DataFrame:
    """Memberships active the day before the period; success is cancelled in it so far."""
    memberships = facts.memberships

    def state(start: pd.Timestamp, t: pd.Timestamp) -> pd.DataFrame:
        units = memberships[active_on(memberships, start - days(1))]
        return units.assign(value=(units["cancelled_day"] <= t).astype(int))

    return _membership_units(facts, _at_every_period_end(facts, grain, state))


def _membership_units(facts: Facts, units: pd.DataFrame) -> pd.DataFrame:
    if units.empty:
        return units
    reason = np.where(units["is_test"], "test_account", "")
    return units.assign(reason=reason, country_code=facts.country(units["customer_id"]))


# --- invitations and deliveries --------------------------------------------------------------


def survey_response_rate(facts: Facts, grain: str, _: int) -> pd.DataFrame:
    """Invitations that may have arrived, sent 14 days ago or more; success is an answer."""
    invitations = facts.invitations.copy()
    status = invitations["delivery_status"]
    invitations["reason"] = first_reason(
        {
            "test_account": invitations["is_test"],
            **{name: status.eq(name) for name in UNREACHED},
            "window_not_closed": invitations["day"] > facts.as_of - days(RESPONSE_DAYS),
        },
        invitations.index,
    )
    sent = invitations.set_index("invitation_id")["day"]
    answers = facts.answers[~facts.answers["is_test"]]
    elapsed = (answers["day"] - answers["invitation_id"].map(sent)).dt.days
    answered = answers.loc[elapsed.between(0, RESPONSE_DAYS), "invitation_id"]
    invitations["value"] = invitations["invitation_id"].isin(answered).astype(int)
    return invitations.assign(start=period_start(invitations["day"], grain))


def on_time_delivery_rate(facts: Facts, grain: str, _: int) -> pd.DataFrame:
    """Deliveries that arrived and had a promise; success is arriving by the promised day."""
    deliveries = facts.deliveries
    units = deliveries[deliveries["day"].notna() & deliveries["promised_day"].notna()].copy()
    units["reason"] = np.where(units["is_test"], "test_account", "")
    units["value"] = (units["day"] <= units["promised_day"]).astype(int)
    units["carrier"] = units["carrier"].fillna(UNKNOWN)
    buyers = units["order_id"].map(facts.orders.set_index("order_id")["customer_id"])
    units["country_code"] = facts.country(buyers)
    return units.assign(start=period_start(units["day"], grain))


ANSWER_CUTS = ("survey_channel", "country_code", "member_status")
INDICATORS: dict[str, Indicator] = {
    "nps": Indicator(
        nps,
        ("survey_kind", *ANSWER_CUTS, "tier", "sales_channel"),
        ("survey_answers",),
        target_value=50.0,
        target_direction="above",
        unit="points",
    ),
    "repurchase_rate": Indicator(
        repurchase_rate, ("country_code",), ("orders",), 365, 0.30, "above"
    ),
    "csat": Indicator(csat, ANSWER_CUTS, ("survey_answers",), 0, 0.80, "above"),
    "program_activation_rate": Indicator(
        program_activation_rate, ("country_code",), ("orders", "memberships"), 365, 0.40, "above"
    ),
    "churn_rate": Indicator(churn_rate, ("country_code",), ("orders",), 180, 0.10, "below"),
    "program_engagement_rate": Indicator(
        program_engagement_rate,
        ("tier", "country_code", "months_since_joining"),
        ("memberships", "program_events"),
        90,
        0.60,
        "above",
    ),
    "recommendation_rate": Indicator(
        recommendation_rate, ("country_code",), ("orders", "shares"), 90, 0.25, "above"
    ),
    "delivery_satisfaction": Indicator(
        delivery_satisfaction,
        (*ANSWER_CUTS, "carrier", "on_time_band"),
        ("survey_answers",),
        0,
        0.85,
        "above",
    ),
    "mobile_order_share": Indicator(
        mobile_order_share,
        ("country_code", "sales_channel", "member_status", "device_type"),
        ("orders",),
        0,
        0.50,
        "above",
    ),
    "support_satisfaction": Indicator(
        support_satisfaction,
        (*ANSWER_CUTS, "case_channel", "case_category"),
        ("survey_answers", "support_cases"),
        0,
        0.90,
        "above",
    ),
    "survey_response_rate": Indicator(
        survey_response_rate,
        ("survey_kind", "survey_channel"),
        ("survey_invitations", "survey_answers"),
        14,
    ),
    "on_time_delivery_rate": Indicator(
        on_time_delivery_rate, ("carrier", "country_code"), ("deliveries",)
    ),
    "membership_churn_rate": Indicator(membership_churn_rate, ("country_code",), ("memberships",)),
    "average_order_value": Indicator(
        average_order_value,
        ("country_code", "sales_channel", "member_status"),
        ("orders",),
        unit="amount",
    ),
}
