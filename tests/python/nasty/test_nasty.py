"""The nasty folder is what it says: the same every time, and awkward in every way it promises."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from independent import Landing, compute, exclusions, load
from independent.facts import Facts, gather
from independent.results import INDICATORS

from . import AS_OF, write_nasty


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("nasty")
    write_nasty(path)
    return path


@pytest.fixture(scope="module")
def landing(folder: Path) -> Landing:
    return load(folder)


@pytest.fixture(scope="module")
def facts(landing: Landing) -> Facts:
    return gather(landing, AS_OF)


def test_the_same_seed_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_nasty(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_tables_are_landed_and_few_rows_rejected(landing: Landing) -> None:
    assert landing.landed == set(landing.tables)
    assert 400 <= len(landing["customers"]) <= 800
    for table, rejected in landing.rejected.items():
        assert rejected < len(landing[table]) / 400


def test_every_reason_occurs(landing: Landing) -> None:
    left_out = exclusions(landing, AS_OF)
    found = set(zip(left_out["indicator_id"], left_out["exclusion_reason"], strict=True))
    of_orders = {"test_account", "cancelled", "not_paid", "refunded_in_full"}
    of_answers = {"test_account", "skipped", "score_out_of_range", "superseded_answer"}
    expected = {
        "nps": of_answers | {"scale_not_0_to_10"},
        "csat": of_answers,
        "delivery_satisfaction": of_answers,
        "support_satisfaction": of_answers | {"case_unknown", "case_not_closed"},
        "mobile_order_share": of_orders | {"store_order", "device_unknown"},
        "average_order_value": of_orders,
        "repurchase_rate": of_orders | {"guest", "window_not_closed"},
        "churn_rate": of_orders | {"guest"},
        "program_activation_rate": of_orders | {"guest"},
        "recommendation_rate": of_orders | {"guest"},
        "program_engagement_rate": {"test_account"},
        "membership_churn_rate": {"test_account"},
        "on_time_delivery_rate": {"test_account"},
        "survey_response_rate": {
            "test_account", "bounced", "opted_out", "throttled", "window_not_closed",
        },
    }  # fmt: skip
    assert found == {(name, reason) for name, reasons in expected.items() for reason in reasons}


def test_units_read_are_used_or_excluded(landing: Landing, facts: Facts) -> None:
    values, left_out = compute(landing, AS_OF), exclusions(landing, AS_OF)
    totals = values[values["segment_dimension"].eq("all")]
    used = totals.groupby(["indicator_id", "period_grain"])["denominator"].sum()
    excluded = left_out.groupby(["indicator_id", "period_grain"])["unit_count"].sum()
    read = used + excluded
    kinds = facts.answers["survey_kind"].value_counts()
    orders = facts.orders
    expected = {
        "nps": kinds["nps_relationship"] + kinds["nps_transactional"],
        "csat": kinds["csat"],
        "delivery_satisfaction": kinds["delivery"],
        "support_satisfaction": kinds["support"],
        "mobile_order_share": len(orders),
        "average_order_value": len(orders),
        "repurchase_rate": orders["customer_id"].nunique() + orders["customer_id"].isna().sum(),
        "survey_response_rate": len(facts.invitations),
    }
    for name, count in expected.items():
        assert read[name].tolist() == [count] * 4, name


def test_segments_add_up_and_several_are_reportable(landing: Landing) -> None:
    values = compute(landing, AS_OF)
    key = ["indicator_id", "period_grain", "period_start_date"]
    sums = values.pivot_table(
        index=key, columns="segment_dimension", values="denominator", aggfunc="sum"
    )
    for dimension in sums.columns:
        asked = sums[dimension].notna()
        assert (sums.loc[asked, dimension] == sums.loc[asked, "all"]).all(), dimension
    for name, indicator in INDICATORS.items():
        rows = values[values["indicator_id"].eq(name)]
        assert set(rows["segment_dimension"]) == {"all", "source_id", *indicator.cuts}
        assert rows.loc[rows["segment_dimension"].eq("all"), "is_reportable"].any(), name


def test_life_is_as_irregular_as_promised(landing: Landing, facts: Facts) -> None:
    orders, answers, memberships = facts.orders, facts.answers, facts.memberships
    cancelled_first = memberships["cancelled_day"] < memberships["activated_day"]
    moments = answers.groupby(["survey_kind", "customer_id", "answered_at"]).size()
    tier_days = facts.tiers.groupby(["membership_id", "valid_day"]).size()
    waits = answers["day"] - answers["invitation_id"].map(
        facts.invitations.set_index("invitation_id")["day"]
    )
    active = memberships.dropna(subset=["activated_day"])
    pairs = active.merge(active, on="customer_id")
    overlap = pairs["membership_id_x"].ne(pairs["membership_id_y"])
    overlap &= pairs["activated_day_x"] < pairs["activated_day_y"]
    overlap &= pairs["cancelled_day_x"].isna()
    holds = {
        "later rows": (landing["orders"]["ordered_at"] > orders["ordered_at"].max()).sum(),
        "no customers row": (~orders["customer_id"].dropna().isin(facts.countries.index)).sum(),
        "same-day orders": orders.duplicated(["customer_id", "day"]).sum(),
        "cancelled before activation": cancelled_first.sum(),
        "never activated": memberships["activated_day"].isna().sum(),
        "members again": memberships.duplicated("customer_id").sum(),
        "overlapping": overlap.sum(),
        "tiers of one day": (tier_days > 1).sum(),
        "ties in time": (moments > 1).sum(),
        "anonymous": answers["customer_id"].isna().sum(),
        "no channel": answers["survey_channel"].eq("unknown").sum(),
        "day 14": (waits == pd.Timedelta(days=14)).sum(),
        "day 15": (waits == pd.Timedelta(days=15)).sum(),
        "before sending": (waits < pd.Timedelta(0)).sum(),
        "open cases": facts.cases["closed_day"].isna().sum(),
        "undelivered": facts.deliveries["day"].isna().sum(),
        "no promise": facts.deliveries["promised_day"].isna().sum(),
    }
    assert {name: count for name, count in holds.items() if count == 0} == {}
