"""What has happened by `as_of`: landed rows with local days, tests marked, answers completed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from .periods import local_day
from .reading import Landing, LandingError

UNKNOWN = "unknown"
ORDER_REASONS = ("test_account", "guest", "cancelled", "not_paid", "refunded_in_full")
PAID_STATUSES = ("paid", "fulfilled")
NPS_KINDS = ("nps_relationship", "nps_transactional")
SURVEY_KINDS = (*NPS_KINDS, "csat", "delivery", "support")
# Lowest satisfied score of each scale that is known.
SATISFIED_FROM = {(1, 5): 4, (1, 7): 6, (1, 10): 8, (0, 10): 8, (1, 3): 3, (1, 2): 2}
INHERITED = ("customer_id", "survey_channel", "order_id", "delivery_id", "case_id")


@dataclass(frozen=True, eq=False)
class Facts:
    """The landed source as it stood at the end of `as_of`."""

    as_of: pd.Timestamp
    landed: frozenset[str]
    first_day: pd.Timestamp | None
    countries: pd.Series
    orders: pd.DataFrame
    deliveries: pd.DataFrame
    cases: pd.DataFrame
    memberships: pd.DataFrame
    tiers: pd.DataFrame
    events: pd.DataFrame
    invitations: pd.DataFrame
    answers: pd.DataFrame
    shares: pd.DataFrame

    @property
    def visits(self) -> pd.DataFrame:
        """Orders with only what stocks look at, best first."""
        return self.orders[["customer_id", "reason", "day"]]

    def country(self, customers: pd.Series) -> pd.Series:
        """Country as loaded of each customer key; `unknown` where there is none."""
        return customers.map(self.countries).fillna(UNKNOWN)

    def membership_on(self, customers: pd.Series, days: pd.Series) -> pd.DataFrame:
        """member_status and tier of each customer at the end of each day, aligned to the input.

        Of several active memberships the one activated last speaks for the tier.
        """
        asked = pd.DataFrame({"customer_id": customers, "day": days})
        asked["unit"] = np.arange(len(asked))
        held = asked[asked["customer_id"].notna()].merge(self.memberships, on="customer_id")
        held = held[active_on(held, held["day"])]
        held = held.sort_values(["unit", "activated_at", "membership_id"])
        held = held.drop_duplicates("unit", keep="last")
        tier = pd.Series(
            tier_on(held["membership_id"], held["day"], self.tiers).to_numpy(), index=held["unit"]
        )
        status = np.where(asked["unit"].isin(held["unit"]), "member", "not_member")
        if "memberships" not in self.landed:
            status = np.full(len(asked), UNKNOWN)
        status = np.where(asked["customer_id"].isna(), UNKNOWN, status)
        tier = asked["unit"].map(tier).fillna(UNKNOWN)
        return pd.DataFrame({"member_status": status, "tier": tier.to_numpy()}, index=asked.index)


def active_on(memberships: pd.DataFrame, day: pd.Series | pd.Timestamp) -> pd.Series:
    """Activated on or before the day and not cancelled on or before it."""
    is_cancelled = memberships["cancelled_day"] <= day
    return (memberships["activated_day"] <= day) & ~is_cancelled


def tier_on(membership_ids: pd.Series, days: pd.Series, tiers: pd.DataFrame) -> pd.Series:
    """Tier of each membership by the last `valid_from` on or before each day; else unknown."""
    asked = pd.DataFrame({"membership_id": membership_ids, "day": days})
    asked["unit"] = np.arange(len(asked))
    known = asked.merge(tiers, on="membership_id")
    known = known[known["valid_day"] <= known["day"]].sort_values(["unit", "valid_from"])
    last = known.drop_duplicates("unit", keep="last").set_index("unit")["tier"]
    return asked["unit"].map(last).fillna(UNKNOWN)


def gather(landing: Landing, as_of: date) -> Facts:
    """Cut a landing at `as_of`.

    Raises LandingError for a survey kind or scale that the contract does not know.
    """
    cut = _Cut(landing, pd.Timestamp(as_of))
    customers = landing["customers"]
    is_test = customers["is_test"].eq(True) | customers["is_employee"].eq(True)
    test_customers = set(customers.loc[is_test, "customer_id"])

    orders = cut.happened("orders", "ordered_at")
    orders["is_test_order"] = orders["is_test"].eq(True)
    orders["is_test"] = orders["is_test_order"] | orders["customer_id"].isin(test_customers)
    orders["is_refunded_in_full"] = _refunded_in_full(orders)
    orders["reason"] = order_reason(orders, ORDER_REASONS)
    orders["rank"] = orders["reason"].map(["", *ORDER_REASONS].index).astype(int)
    orders = orders.sort_values(["rank", "ordered_at"], ignore_index=True)
    test_orders = set(orders.loc[orders["is_test"], "order_id"])

    deliveries = cut.undone_after("deliveries", {"delivered_at": "day"})
    deliveries["promised_day"] = local_day(deliveries["promised_at"], cut.zone)
    deliveries["is_test"] = deliveries["order_id"].isin(test_orders)

    cases = cut.undone_after("support_cases", {"closed_at": "closed_day"})
    cases["is_test"] = cases["customer_id"].isin(test_customers)
    cases["is_test"] |= cases["order_id"].isin(test_orders)

    memberships = cut.undone_after(
        "memberships", {"activated_at": "activated_day", "cancelled_at": "cancelled_day"}
    )
    memberships["enrolled_day"] = local_day(memberships["enrolled_at"], cut.zone)
    memberships["is_test"] = memberships["customer_id"].isin(test_customers)

    tiers = landing["membership_tiers"].copy()
    tiers["valid_day"] = local_day(tiers["valid_from"], cut.zone)

    tested = {
        "customer_id": test_customers,
        "order_id": test_orders,
        "delivery_id": set(deliveries.loc[deliveries["is_test"], "delivery_id"]),
        "case_id": set(cases.loc[cases["is_test"], "case_id"]),
    }
    invitations = cut.happened("survey_invitations", "sent_at")
    invitations["is_test"] = _names_a_test(invitations, tested)
    answers = _completed(cut.happened("survey_answers", "answered_at"), invitations)
    answers["is_test"] = _names_a_test(answers, tested)
    answers["reason"] = _answer_reason(answers)
    _refuse_unknown(invitations, answers)

    days = pd.concat([orders["day"], invitations["day"], answers["day"]])
    return Facts(
        as_of=cut.as_of,
        landed=landing.landed,
        first_day=days.min() if len(days) else None,
        countries=customers.set_index("customer_id")["country_code"],
        orders=orders,
        deliveries=deliveries,
        cases=cases,
        memberships=memberships,
        tiers=tiers,
        events=cut.happened("program_events", "occurred_at"),
        invitations=invitations,
        answers=answers,
        shares=cut.happened("shares", "shared_at"),
    )


@dataclass(frozen=True)
class _Cut:
    """Takes tables of a landing as of a day."""

    landing: Landing
    as_of: pd.Timestamp

    @property
    def zone(self) -> str:
        return self.landing.business_zone

    def happened(self, table: str, moment: str) -> pd.DataFrame:
        """Rows dated on or before as_of, with their local `day`."""
        frame = self.landing[table].copy()
        frame["day"] = local_day(frame[moment], self.zone)
        return frame[frame["day"] <= self.as_of].reset_index(drop=True)

    def undone_after(self, table: str, moments: dict[str, str]) -> pd.DataFrame:
        """All rows; what is dated after as_of has not happened to them yet."""
        frame = self.landing[table].copy()
        for moment, day in moments.items():
            frame[day] = local_day(frame[moment], self.zone)
            frame[day] = frame[day].where(frame[day] <= self.as_of)
            frame[moment] = frame[moment].where(frame[day].notna())
        return frame


def _refunded_in_full(orders: pd.DataFrame) -> pd.Series:
    """A positive refund of the whole amount; for `refunded` also no stated amount, or 0 of 0."""
    refunded, amount = orders["refunded_amount"], orders["order_amount"]
    is_whole = (refunded > 0) & (refunded >= amount)
    is_stated_so = refunded.isna() | (refunded.eq(0) & amount.eq(0))
    return is_whole | (orders["status"].eq("refunded") & is_stated_so)


def order_reason(orders: pd.DataFrame, asked: tuple[str, ...]) -> pd.Series:
    """Why an order does not qualify, the first of the asked reasons; empty where it does."""
    tests = {
        "test_account": orders["is_test"],
        "guest": orders["customer_id"].isna(),
        "cancelled": orders["status"].eq("cancelled"),
        "not_paid": ~orders["status"].isin([*PAID_STATUSES, "refunded", "cancelled"]),
        "refunded_in_full": orders["is_refunded_in_full"],
    }
    return first_reason({name: tests[name] for name in asked}, orders.index)


def _names_a_test(rows: pd.DataFrame, tested: dict[str, set[str]]) -> pd.Series:
    named = [rows[column].isin(keys) for column, keys in tested.items()]
    return pd.concat(named, axis=1).any(axis=1)


def _completed(answers: pd.DataFrame, invitations: pd.DataFrame) -> pd.DataFrame:
    """Answers with what they do not carry themselves taken from their invitation."""
    by_id = invitations.set_index("invitation_id")
    for column in INHERITED:
        invited = answers["invitation_id"].map(by_id[column])
        answers[column] = answers[column].where(answers[column].notna(), invited)
    answers["survey_channel"] = answers["survey_channel"].fillna(UNKNOWN)
    return answers


def _answer_reason(answers: pd.DataFrame) -> pd.Series:
    """Why an answer is of no use to any indicator; empty where it is valid on its own scale."""
    score = answers["score"]
    is_whole = score.eq(np.floor(score))
    is_inside = score.between(answers["scale_min"], answers["scale_max"])
    tests = {
        "test_account": answers["is_test"],
        "skipped": score.isna(),
        "score_out_of_range": ~(is_whole & is_inside),
    }
    return first_reason(tests, answers.index)


def first_reason(tests: dict[str, pd.Series], index: pd.Index) -> pd.Series:
    """The first reason whose test holds; empty text where none does."""
    reason = pd.Series("", index=index, dtype=object)
    for name, holds in tests.items():
        reason = reason.mask(reason.eq("") & holds, name)
    return reason


def _refuse_unknown(invitations: pd.DataFrame, answers: pd.DataFrame) -> None:
    kinds = set(invitations["survey_kind"]) | set(answers["survey_kind"])
    scales = set(zip(answers["scale_min"], answers["scale_max"], strict=True))
    strange = sorted(map(str, (kinds - set(SURVEY_KINDS)) | (scales - set(SATISFIED_FROM))))
    if strange:
        raise LandingError(f"unknown survey kinds or scales: {', '.join(strange)}")
