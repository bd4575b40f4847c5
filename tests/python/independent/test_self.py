"""The second computation checked against rows that were counted by hand."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from . import Landing, LandingError, compute, default_catalogue, exclusions, load
from .arithmetic import mean_error, nps_error, nps_interval, share_error, verdict, wilson
from .periods import completed_months
from .reading import TABLES, instants

Row = dict[str, Any]


def write_csv(path: Path, rows: list[Row], columns: list[str] | None = None) -> None:
    names = columns or list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


def land(folder: Path, **tables: list[Row]) -> Landing:
    """Land rows; a table without rows is landed with its header only."""
    for table, rows in tables.items():
        columns = [name.rstrip("*!") for name in TABLES[table]]
        write_csv(folder / f"{table}.csv", rows, columns)
    return load(folder)


def order(order_id: str, customer_id: str | None, ordered_at: str, **more: Any) -> Row:
    return {
        "order_id": order_id,
        "customer_id": customer_id,
        "ordered_at": ordered_at,
        "status": "paid",
        "order_amount": "100",
        **more,
    }


def answer(answer_id: str, kind: str, at: str, score: object, **more: Any) -> Row:
    low, high = (0, 10) if kind.startswith("nps") else (1, 5)
    return {
        "answer_id": answer_id,
        "survey_kind": kind,
        "answered_at": at,
        "score": score,
        "scale_min": low,
        "scale_max": high,
        **more,
    }


def value(values: pd.DataFrame, *key: str) -> pd.Series:
    """The one row of indicator, grain, start and, if not the total, dimension and segment."""
    indicator, grain, start, dimension, segment = (*key, "all", "all")[:5]
    found = values[
        values["indicator_id"].eq(indicator)
        & values["period_grain"].eq(grain)
        & values["period_start_date"].eq(date.fromisoformat(start))
        & values["segment_dimension"].eq(dimension)
        & values["segment_value"].eq(segment)
    ]
    assert len(found) == 1, f"{len(found)} rows of {key}"
    return found.iloc[0]


def counts(values: pd.DataFrame, *key: str) -> tuple[int, int]:
    row = value(values, *key)
    return int(row["numerator"]), int(row["denominator"])


def reasons(left_out: pd.DataFrame, indicator: str, grain: str, start: str) -> dict[str, int]:
    rows = left_out[
        left_out["indicator_id"].eq(indicator)
        & left_out["period_grain"].eq(grain)
        & left_out["period_start_date"].eq(date.fromisoformat(start))
    ]
    return dict(zip(rows["exclusion_reason"], rows["unit_count"], strict=True))


# --- arithmetic: the printed vectors ---------------------------------------------------------


def test_wilson_vectors() -> None:
    assert [round(float(end), 4) for end in wilson(80, 100)] == [0.7112, 0.8666]
    assert [round(float(end), 4) for end in wilson(0, 20)] == [0, 0.1611]
    assert float(wilson(0, 20)[0]) == 0
    assert float(wilson(20, 20)[1]) == 1
    assert all(pd.isna(float(end)) for end in wilson(0, 0))
    assert float(share_error(80, 100)) == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("sums", "points", "error", "interval"),
    [
        ((10, 50, 100), 40.0, 6.6332, [25.9338, 51.7361]),
        ((0, 10, 10), 100.0, 0.0, [47.5036, 100.0]),
        ((342, 1436, 2746), 39.8398, 1.3341, [37.1824, 42.4102]),
    ],
)
def test_nps_vectors(
    sums: tuple[int, int, int], points: float, error: float, interval: list[float]
) -> None:
    detractors, promoters, n = sums
    assert round(100 * (promoters - detractors) / n, 4) == points
    assert round(float(nps_error(promoters, detractors, n)), 4) == error
    ends = nps_interval(promoters, detractors, n)
    assert [round(float(end), 4) for end in ends] == interval


@pytest.mark.parametrize(
    ("denominator", "interval", "target", "direction", "status"),
    [
        (0, (0.9, 1.0), 0.5, "above", "no_data"),
        (29, (0.9, 1.0), 0.5, "above", "not_reportable"),
        (30, (0.9, 1.0), None, None, "no_target"),
        (30, (0.51, 1.0), 0.5, "above", "met"),
        (30, (0.5, 1.0), 0.5, "above", "not_distinguishable"),
        (30, (0.1, 0.5), 0.5, "above", "missed"),
        (30, (0.1, 0.2), 0.5, "below", "met"),
        (30, (0.1, 0.5), 0.5, "below", "not_distinguishable"),
        (30, (0.5, 0.6), 0.5, "below", "missed"),
    ],
)
def test_verdicts(
    denominator: int,
    interval: tuple[float, float],
    target: float | None,
    direction: str | None,
    status: str,
) -> None:
    judged = verdict(denominator, *interval, target=target, direction=direction, minimum_base=30)
    assert judged == status


def test_completed_months_clamp_to_the_month_end() -> None:
    since = pd.to_datetime(pd.Series(["2025-01-31", "2025-01-28", "2025-01-15", "2024-03-01"]))
    assert completed_months(since, pd.Timestamp("2025-02-28")).tolist() == [1, 1, 1, 11]
    assert completed_months(since, pd.Timestamp("2025-02-27")).tolist() == [0, 0, 1, 11]
    assert completed_months(since, pd.Timestamp("2025-03-30")).tolist() == [1, 2, 2, 12]


# --- reading ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2025-01-15", "2025-01-14T23:00Z"),
        ("2025-07-15 00:30:00", "2025-07-14T22:30Z"),
        ("2025-07-15T00:30", "2025-07-14T22:30Z"),
        ("2025-07-15T00:30:00.250Z", "2025-07-15T00:30:00.25Z"),
        ("2025-07-15T00:30:00-05:00", "2025-07-15T05:30Z"),
        ("2025-03-30 02:30:00", "2025-03-30T01:30Z"),
        ("2024-10-27 02:30:00", "2024-10-27T00:30Z"),
        ("2024-10-27T02:30:00+01:00", "2024-10-27T01:30Z"),
    ],
)
def test_times_are_read_by_the_zone_rules(text: str, utc: str) -> None:
    assert instants(pd.Series([text]), "Europe/Stockholm")[0] == pd.Timestamp(utc)


def test_times_that_are_none() -> None:
    texts = pd.Series(["soon", "2025-13-01", "2025-01", "12:00", None], dtype=object)
    assert instants(texts, "Europe/Stockholm").isna().all()


def test_the_newest_row_of_a_key_wins_across_files_and_formats(tmp_path: Path) -> None:
    first = [
        order("1", "a", "2025-01-01", order_amount="1", updated_at="2025-02-01T12:00:00Z"),
        order("2", "a", "2025-01-01", order_amount="1"),
        order("3", "a", "2025-01-01", order_amount="1", updated_at="2025-02-01T12:00:00Z"),
        order("4", "a", "2025-01-01", order_amount="1", updated_at="2025-02-01"),
        order("012", "a", "2025-01-01", order_amount="1"),
    ]
    write_csv(tmp_path / "orders_1.csv", first)
    with gzip.open(tmp_path / "orders_2.csv.gz", "wt", encoding="utf-8") as file:
        # Older as an instant although the text is greater; a tie; an unreadable row.
        file.write("updated_at,order_id,ordered_at,status,order_amount,odd\n")
        file.write("2025-02-01T12:30:00+01:00,1,2025-01-01,paid,2,x\n")
        file.write("2025-02-01T13:00:00+01:00,3,2025-01-01,paid,2,x\n")
        file.write("2025-03-01,4,yesterday,paid,2,x\n")
    lines = [{**order("2", "b", "2025-01-01"), "order_amount": 3, "is_test": True}]
    lines.append({**order("5", "b", "2025-01-01"), "order_amount": 3.5, "updated_at": ""})
    text = "\n".join(json.dumps(line) for line in lines) + "\n{broken\n"
    (tmp_path / "orders_3.jsonl").write_text(text, encoding="utf-8")
    table = pa.table(
        {
            "order_id": pa.array([12, 5]),
            "ordered_at": pa.array(pd.to_datetime(["2025-07-01", "2025-07-01"])),
            "status": ["paid", "paid"],
            "order_amount": [4.0, 4.0],
            "updated_at": pa.array(pd.to_datetime([None, "2025-01-01"])).cast(
                pa.timestamp("us", "UTC")
            ),
        }
    )
    pq.write_table(table, tmp_path / "orders_4.parquet")
    (tmp_path / "ordersheet.txt").write_text("ignored", encoding="utf-8")
    landing = load(tmp_path)
    orders = landing["orders"].set_index("order_id")
    amounts = {"1": 1.0, "2": 3.0, "3": 2.0, "4": 1.0, "012": 1.0, "5": 4.0, "12": 4.0}
    assert orders["order_amount"].to_dict() == amounts
    assert orders.loc["12", "ordered_at"] == pd.Timestamp("2025-06-30T22:00Z")
    assert landing.rejected["orders"] == 2
    assert landing.landed == {"orders"}


def test_a_missing_required_column_is_named(tmp_path: Path) -> None:
    write_csv(tmp_path / "orders.csv", [{"order_id": "1", "status": "paid", "order_amount": "1"}])
    with pytest.raises(LandingError, match="ordered_at"):
        load(tmp_path)


def test_an_unknown_scale_is_refused(tmp_path: Path) -> None:
    landing = land(tmp_path, survey_answers=[answer("1", "csat", "2025-01-01", 3, scale_max=9)])
    with pytest.raises(LandingError, match="scales"):
        compute(landing, date(2025, 1, 31))


# --- answers ---------------------------------------------------------------------------------


def test_nps_takes_the_latest_usable_answer_of_each_period(tmp_path: Path) -> None:
    only = ("nps",)
    landing = land(
        tmp_path,
        customers=[
            {"customer_id": "a", "country_code": "SE"},
            {"customer_id": "t", "is_employee": "true"},
        ],
        orders=[
            order("o1", "a", "2025-01-07 09:00", sales_channel="web"),
            order("o2", "a", "2025-01-20 23:00", sales_channel="app", status="cancelled"),
            order("o3", "a", "2025-01-08 09:00", sales_channel="store", is_test="true"),
        ],
        survey_answers=[
            answer("1", "nps_relationship", "2025-01-08", 10, customer_id="a"),
            answer("2", "nps_relationship", "2025-01-20 08:00", 6, customer_id="a"),
            answer("3", "nps_transactional", "2025-01-20 08:00", "9.0", customer_id="a"),
            answer("4", "nps_relationship", "2025-01-21", None, customer_id="a"),
            answer("5", "nps_relationship", "2025-01-21", 11, customer_id="a"),
            answer("6", "nps_relationship", "2025-01-21", 7.5, customer_id="a"),
            answer("7", "nps_relationship", "2025-01-21", 5, customer_id="a", scale_min=1),
            answer("8", "nps_relationship", "2025-01-21", 5, customer_id="t"),
            answer("9", "nps_relationship", "2025-01-22", 7),
            answer("A", "nps_relationship", "2025-01-22", 7),
            answer("B", "nps_relationship", "2025-02-01", 0),
        ],
    )
    values = compute(landing, date(2025, 1, 31), only=only)
    left_out = exclusions(landing, date(2025, 1, 31), only=only)
    # January: 6 (a, relationship), 9.0 (a, transactional), two anonymous sevens.
    assert counts(values, "nps", "month", "2025-01-01") == (0, 4)
    assert counts(values, "nps", "week", "2025-01-06") == (1, 1)
    segment = ("survey_kind", "nps_relationship")
    assert counts(values, "nps", "month", "2025-01-01", *segment) == (-1, 3)
    assert counts(values, "nps", "month", "2025-01-01", "country_code", "unknown") == (0, 2)
    # The order of the same local day is the last one although it came after the answer.
    assert counts(values, "nps", "month", "2025-01-01", "sales_channel", "app") == (0, 2)
    assert counts(values, "nps", "week", "2025-01-06", "sales_channel", "web") == (1, 1)
    assert reasons(left_out, "nps", "month", "2025-01-01") == {
        "test_account": 1,
        "skipped": 1,
        "score_out_of_range": 2,
        "scale_not_0_to_10": 1,
        "superseded_answer": 1,
    }
    assert "superseded_answer" not in reasons(left_out, "nps", "week", "2025-01-20")
    row = value(values, "nps", "month", "2025-01-01")
    assert row["indicator_value"] == 0
    assert row["status"] == "not_reportable"


def test_member_status_and_tier_are_read_on_the_day_of_the_answer(tmp_path: Path) -> None:
    only = ("nps", "csat")
    landing = land(
        tmp_path,
        memberships=[
            {"membership_id": "m1", "customer_id": "a", "enrolled_at": "2025-01-01",
             "activated_at": "2025-01-10 12:00", "cancelled_at": "2025-01-20 00:00"},
            {"membership_id": "m2", "customer_id": "a", "enrolled_at": "2025-01-01",
             "activated_at": "2025-01-12"},
            {"membership_id": "m3", "customer_id": "b", "enrolled_at": "2025-01-01"},
        ],
        membership_tiers=[
            {"membership_id": "m1", "valid_from": "2025-01-10", "tier": "bronze"},
            {"membership_id": "m2", "valid_from": "2025-01-15 08:00", "tier": "silver"},
            {"membership_id": "m2", "valid_from": "2025-01-15 09:00", "tier": "gold"},
        ],
        survey_answers=[
            answer("1", "nps_relationship", "2025-01-09", 10, customer_id="a"),
            answer("2", "nps_relationship", "2025-01-10 08:00", 10, customer_id="a"),
            answer("3", "nps_relationship", "2025-01-14", 10, customer_id="a"),
            answer("4", "nps_transactional", "2025-01-15", 10, customer_id="a"),
            answer("5", "csat", "2025-01-09", 5, customer_id="a"),
            answer("6", "csat", "2025-01-09", 5, customer_id="b"),
            answer("7", "csat", "2025-01-09", 5),
            answer("8", "csat", "2025-01-31", 5, customer_id="a"),
        ],
    )  # fmt: skip
    values = compute(landing, date(2025, 1, 31), only=only)
    assert counts(values, "nps", "week", "2025-01-06", "tier", "bronze") == (1, 1)
    # m2 was activated last, and had no tier before the 15th.
    assert counts(values, "nps", "month", "2025-01-01", "tier", "unknown") == (1, 1)
    assert counts(values, "nps", "month", "2025-01-01", "tier", "gold") == (1, 1)
    month = ("csat", "month", "2025-01-01", "member_status")
    assert counts(values, *month, "not_member") == (2, 2)
    assert counts(values, *month, "unknown") == (1, 1)
    assert counts(values, *month, "member") == (1, 1)


def test_csat_is_the_latest_valid_answer_per_order_on_its_scale(tmp_path: Path) -> None:
    only = ("csat",)
    landing = land(
        tmp_path,
        orders=[order("x", None, "2025-01-01", is_test="true")],
        survey_invitations=[
            {"invitation_id": "i", "customer_id": "a", "survey_kind": "csat", "order_id": "o",
             "survey_channel": "sms", "sent_at": "2025-01-01"},
        ],
        survey_answers=[
            answer("1", "csat", "2025-01-05", 5, invitation_id="i"),
            answer("2", "csat", "2025-02-05", 3, order_id="o", survey_channel="web"),
            answer("3", "csat", "2025-03-05", None, order_id="o"),
            answer("4", "csat", "2025-02-06", 6, scale_max=7),
            answer("5", "csat", "2025-02-06", 5, scale_max=7),
            answer("6", "csat", "2025-02-06", 7, scale_max=10, scale_min=0),
            answer("7", "csat", "2025-02-06", 8, scale_max=10),
            answer("8", "csat", "2025-02-06", 2, scale_max=3),
            answer("9", "csat", "2025-02-06", 2, scale_max=2, invitation_id="nobody"),
            answer("A", "csat", "2025-02-06", 5, order_id="x"),
        ],
    )  # fmt: skip
    values = compute(landing, date(2025, 3, 31), only=only)
    left_out = exclusions(landing, date(2025, 3, 31), only=only)
    assert counts(values, "csat", "month", "2025-01-01") == (0, 0)
    assert reasons(left_out, "csat", "month", "2025-01-01") == {"superseded_answer": 1}
    assert counts(values, "csat", "month", "2025-02-01") == (3, 7)
    assert reasons(left_out, "csat", "month", "2025-02-01") == {"test_account": 1}
    assert counts(values, "csat", "month", "2025-02-01", "survey_channel", "web") == (0, 1)
    assert reasons(left_out, "csat", "month", "2025-03-01") == {"skipped": 1}
    # Before the second answer was given, the first one counted, with its invitation's channel.
    early = compute(landing, date(2025, 1, 31), only=only)
    assert counts(early, "csat", "month", "2025-01-01", "survey_channel", "sms") == (1, 1)


def test_delivery_satisfaction_by_carrier_and_band(tmp_path: Path) -> None:
    promise = {"promised_at": "2025-01-10 12:00", "order_id": "o", "carrier": "PostNord"}
    only = ("delivery_satisfaction", "on_time_delivery_rate")
    landing = land(
        tmp_path,
        deliveries=[
            {"delivery_id": "d0", "delivered_at": "2025-01-10 20:00", **promise},
            {"delivery_id": "d1", "delivered_at": "2025-01-12 00:00", **promise},
            {"delivery_id": "d3", "delivered_at": "2025-01-13", **promise},
            {"delivery_id": "d8", "delivered_at": "2025-01-18", **promise, "carrier": None},
            {"delivery_id": "dx", **promise},
        ],
        survey_answers=[
            *(
                answer(name, "delivery", "2025-01-20", 4, delivery_id=name)
                for name in ("d0", "d1", "d3", "d8", "dx", "gone")
            ),
            answer("again", "delivery", "2025-01-20", 1, delivery_id="d0"),
        ],
    )
    values = compute(landing, date(2025, 1, 31), only=only)
    # `again` < `d0` as text, so on a tie in time d0's first row is the latest.
    assert counts(values, "delivery_satisfaction", "month", "2025-01-01") == (6, 6)
    bands = ("on_time", "1-2_days_late", "3-7_days_late", "over_7_days_late")
    month = ("delivery_satisfaction", "month", "2025-01-01")
    for band in bands:
        assert counts(values, *month, "on_time_band", band) == (1, 1)
    assert counts(values, *month, "on_time_band", "unknown") == (2, 2)
    assert counts(values, *month, "carrier", "unknown") == (2, 2)
    # d0 and d1 are on or before the promised day or late; the 5 with a promise, 4 delivered.
    assert counts(values, "on_time_delivery_rate", "month", "2025-01-01") == (1, 4)


def test_support_counts_closed_known_cases_once(tmp_path: Path) -> None:
    only = ("support_satisfaction",)
    landing = land(
        tmp_path,
        customers=[{"customer_id": "t", "is_test": "1"}],
        support_cases=[
            {"case_id": "c1", "opened_at": "2025-01-01", "closed_at": "2025-02-10",
             "case_channel": "chat", "category": "refund"},
            {"case_id": "c2", "opened_at": "2025-01-01", "closed_at": "2025-03-01"},
            {"case_id": "c3", "opened_at": "2025-01-01", "closed_at": "2025-01-02",
             "customer_id": "t"},
        ],
        survey_answers=[
            answer("1", "support", "2025-01-05", 1, case_id="c1"),
            answer("2", "support", "2025-01-06", 5, case_id="c1"),
            answer("3", "support", "2025-01-06", 5, case_id="c2"),
            answer("4", "support", "2025-01-06", 5, case_id="c9"),
            answer("5", "support", "2025-01-06", 5),
            answer("6", "support", "2025-01-06", 5, case_id="c3"),
            answer("7", "support", "2025-01-06", 9, case_id="c9"),
        ],
    )  # fmt: skip
    values = compute(landing, date(2025, 2, 28), only=only)
    month = ("support_satisfaction", "month", "2025-01-01")
    assert counts(values, *month) == (1, 1)
    assert counts(values, *month, "case_category", "refund") == (1, 1)
    assert reasons(exclusions(landing, date(2025, 2, 28), only=only), *month) == {
        "test_account": 1,
        "score_out_of_range": 1,
        "case_unknown": 2,
        "case_not_closed": 1,
        "superseded_answer": 1,
    }
    # The day before the closing nothing is rated yet.
    assert counts(compute(landing, date(2025, 2, 9), only=only), *month) == (0, 0)


# --- orders ----------------------------------------------------------------------------------


def test_mobile_share_and_why_orders_do_not_qualify(tmp_path: Path) -> None:
    phone = {"device_type": "mobile_web"}
    only = ("mobile_order_share",)
    landing = land(
        tmp_path,
        customers=[{"customer_id": "t", "is_test": "true"}],
        orders=[
            order("1", None, "2025-01-01", **phone),
            order("2", "a", "2025-01-31 23:59", device_type="mobile_app", order_amount="0"),
            order("3", "a", "2025-01-02", device_type="tablet", sales_channel="phone"),
            order("4", "a", "2025-01-02", **phone, status="refunded", refunded_amount="99.99"),
            order("5", "a", "2025-01-02", **phone, status="refunded"),
            order("6", "a", "2025-01-02", **phone, refunded_amount="100.00"),
            order("7", "a", "2025-01-02", **phone, status="refunded", order_amount="0",
                  refunded_amount="0"),
            order("8", "a", "2025-01-02", **phone, order_amount="0", refunded_amount="0"),
            order("9", "a", "2025-01-02", **phone, status="cancelled", refunded_amount="100"),
            order("10", "a", "2025-01-02", **phone, status="pending"),
            order("11", "a", "2025-01-02", **phone, status="on_hold", refunded_amount="100"),
            order("12", "t", "2025-01-02", **phone, status="cancelled"),
            order("13", None, "2025-01-02", **phone, is_test="true"),
            order("14", "a", "2025-01-02", sales_channel="store"),
            order("15", "a", "2025-01-02", device_type="fridge"),
            order("16", "a", "2025-01-02"),
            order("17", "a", "2025-01-31T23:30:00Z", **phone),
        ],
    )  # fmt: skip
    values = compute(landing, date(2025, 1, 31), only=only)
    # Phones 1, 2, 4, 8; the tablet is known and no phone; 17 is already February in Stockholm.
    assert counts(values, "mobile_order_share", "month", "2025-01-01") == (4, 5)
    month = ("mobile_order_share", "month", "2025-01-01", "device_type")
    assert counts(values, *month, "mobile_web") == (3, 3)
    assert counts(values, *month, "tablet") == (0, 1)
    assert reasons(exclusions(landing, date(2025, 1, 31), only=only), *month[:3]) == {
        "test_account": 2,
        "cancelled": 1,
        "not_paid": 2,
        "refunded_in_full": 3,
        "store_order": 1,
        "device_unknown": 2,
    }


def test_repurchase_is_dated_by_the_closing_of_its_horizon(tmp_path: Path) -> None:
    only = ("repurchase_rate",)
    landing = land(
        tmp_path,
        orders=[
            order("1", "same_day", "2024-01-01 08:00"),
            order("2", "same_day", "2024-01-01 20:00"),
            order("3", "on_the_last_day", "2024-01-01"),
            order("4", "on_the_last_day", "2024-12-31"),
            order("5", "too_late", "2024-01-01"),
            order("6", "too_late", "2025-01-01"),
            order("7", "cancelled_first", "2023-12-01", status="cancelled"),
            order("8", "cancelled_first", "2024-01-02"),
            order("9", "never", "2024-01-01", status="pending"),
            order("10", "never", "2024-01-05", status="cancelled"),
            order("11", None, "2024-01-02"),
            order("12", "young", "2024-06-01"),
            order("13", None, "2024-06-01", is_test="true"),
        ],
    )
    values = compute(landing, date(2025, 1, 5), only=only)
    left_out = exclusions(landing, date(2025, 1, 5), only=only)
    # 2024 has 366 days: 1 January + 365 days is 31 December.
    assert counts(values, "repurchase_rate", "month", "2024-12-01") == (1, 3)
    assert counts(values, "repurchase_rate", "month", "2025-01-01") == (0, 1)
    assert reasons(left_out, "repurchase_rate", "month", "2024-12-01") == {"cancelled": 1}
    assert reasons(left_out, "repurchase_rate", "month", "2025-01-01") == {
        "guest": 1,
        "test_account": 1,
        "window_not_closed": 1,
    }


def test_churn_windows_are_half_open(tmp_path: Path) -> None:
    # t = 2025-06-30, W = 30: base (1 May, 31 May], since (31 May, 30 June].
    only = ("churn_rate",)
    landing = land(
        tmp_path,
        orders=[
            order("1", "before", "2025-05-01"),
            order("2", "gone", "2025-05-02"),
            order("3", "stayed", "2025-05-31"),
            order("4", "stayed", "2025-06-01"),
            order("5", "refunded", "2025-05-10"),
            order("6", "refunded", "2025-06-10", status="refunded"),
            order("7", "pending", "2025-05-10", status="pending"),
            order("8", "pending", "2025-05-11", status="cancelled"),
            order("9", None, "2025-05-12", status="cancelled"),
            order("10", "new", "2025-06-12"),
        ],
    )
    catalogue = {"churn_rate": {"window_days": 30}}
    values = compute(landing, date(2025, 6, 30), catalogue, only=only)
    left_out = exclusions(landing, date(2025, 6, 30), catalogue, only=only)
    assert counts(values, "churn_rate", "month", "2025-06-01") == (2, 3)
    month = ("churn_rate", "month", "2025-06-01")
    assert reasons(left_out, *month) == {"cancelled": 1, "guest": 1}
    # A running period is counted at as_of.
    running = compute(landing, date(2025, 6, 9), catalogue, only=only)
    # t = 9 June: base (10 April, 10 May] holds before, gone and refunded; none came back.
    assert counts(running, *month) == (3, 3)
    assert bool(value(running, *month)["is_partial"])


def test_activation_is_of_active_memberships_of_recent_customers(tmp_path: Path) -> None:
    def member(number: int, customer: str, **more: str) -> Row:
        row = {"membership_id": f"m{number}", "customer_id": customer}
        return {**row, "enrolled_at": "2024-06-01", **more}

    only = ("program_activation_rate", "membership_churn_rate")
    landing = land(
        tmp_path,
        customers=[{"customer_id": "t", "is_test": "true"}],
        orders=[
            order("1", "active", "2025-01-01"),
            order("2", "enrolled_only", "2025-01-01"),
            order("3", "rejoined", "2025-01-01"),
            order("4", "left", "2025-01-01"),
            order("5", "never_began", "2025-01-01"),
            order("6", "t", "2025-01-01"),
            order("7", "old", "2024-02-01"),
            order("8", "just_inside", "2024-02-02"),
        ],
        memberships=[
            member(1, "active", activated_at="2025-01-31 23:00"),
            member(2, "enrolled_only"),
            member(3, "rejoined", activated_at="2024-06-01", cancelled_at="2024-08-01"),
            member(4, "rejoined", activated_at="2024-09-01"),
            member(5, "left", activated_at="2024-06-01", cancelled_at="2025-01-31"),
            member(6, "never_began", activated_at="2025-01-15", cancelled_at="2025-01-10"),
            member(7, "t", activated_at="2024-06-01"),
            member(8, "old", activated_at="2024-06-01"),
        ],
    )
    values = compute(landing, date(2025, 1, 31), only=only)
    month = ("program_activation_rate", "month", "2025-01-01")
    assert counts(values, *month) == (2, 6)
    assert reasons(exclusions(landing, date(2025, 1, 31), only=only), *month) == {"test_account": 1}
    # On the 30th: `active` is not yet, `left` still is, `old` is in the base.
    assert counts(compute(landing, date(2025, 1, 30), only=only), *month) == (3, 7)
    # Active on 31 December: 3 is gone, 4, 5 and 8 are there; 5 is cancelled in January.
    churn = ("membership_churn_rate", "month", "2025-01-01")
    assert counts(values, *churn) == (1, 3)
    assert reasons(exclusions(landing, date(2025, 1, 31), only=only), *churn) == {"test_account": 1}


def test_engagement_within_ninety_days(tmp_path: Path) -> None:
    def event(number: int, membership: str, at: str, kind: str = "offer_opened") -> Row:
        row = {"event_id": str(number), "membership_id": membership}
        return {**row, "occurred_at": at, "event_type": kind}

    names = ("in", "edge", "earned", "young", "gone", "moved")
    enrolled = {"young": "2025-01-02", "edge": "2025-01-01"}
    only = ("program_engagement_rate",)
    landing = land(
        tmp_path,
        customers=[{"customer_id": "in", "country_code": "NO"}],
        orders=[order("1", "in", "2025-01-01")],
        memberships=[
            {"membership_id": name, "customer_id": name, "activated_at": "2025-01-03",
             "enrolled_at": enrolled.get(name, "2024-11-30"),
             "cancelled_at": "2025-03-01" if name == "gone" else None}
            for name in names
        ],
        membership_tiers=[
            {"membership_id": "moved", "valid_from": "2025-01-01", "tier": "basic"},
            {"membership_id": "moved", "valid_from": "2025-04-01 18:00", "tier": "gold"},
        ],
        program_events=[
            event(1, "in", "2025-01-02"),
            event(2, "edge", "2025-01-01 23:59"),
            event(3, "earned", "2025-03-01", "points_earned"),
            event(4, "young", "2025-03-01"),
            event(5, "gone", "2025-02-01"),
            event(6, "moved", "2025-03-01", "challenge_completed"),
            event(7, "nobody", "2025-03-01"),
        ],
    )  # fmt: skip
    # t = 1 April: enrolled on or before 1 January, events in (1 January, 1 April].
    values = compute(landing, date(2025, 4, 1), only=only)
    month = ("program_engagement_rate", "month", "2025-04-01")
    assert counts(values, *month) == (2, 4)
    assert counts(values, *month, "tier", "gold") == (1, 1)
    assert counts(values, *month, "months_since_joining", "3") == (0, 1)
    assert counts(values, *month, "months_since_joining", "4") == (2, 3)
    assert counts(values, *month, "country_code", "NO") == (1, 1)


def test_recommendation_counts_shares_not_reviews(tmp_path: Path) -> None:
    def share(number: int, customer: str, at: str, kind: str | None) -> Row:
        row = {"share_id": str(number), "customer_id": customer}
        return {**row, "shared_at": at, "share_kind": kind}

    only = ("recommendation_rate",)
    landing = land(
        tmp_path,
        orders=[order(name, name, "2025-01-01") for name in "abcde"],
        shares=[
            share(1, "a", "2025-01-31", "share"),
            share(2, "b", "2025-01-31", "review"),
            share(3, "c", "2024-11-03", None),
            share(4, "d", "2024-11-02", "referral"),
            share(5, "z", "2025-01-02", "referral"),
        ],
    )
    values = compute(landing, date(2025, 1, 31), only=only)
    # (t - 90 days, t] starts after 2 November.
    assert counts(values, "recommendation_rate", "month", "2025-01-01") == (2, 5)


# --- companions ------------------------------------------------------------------------------


def test_response_within_fourteen_days(tmp_path: Path) -> None:
    def sent(name: str, at: str = "2025-01-10 22:00", **more: str) -> Row:
        row = {"invitation_id": name, "survey_kind": "csat", "survey_channel": "email"}
        return {**row, "sent_at": at, **more}

    only = ("survey_response_rate",)
    landing = land(
        tmp_path,
        customers=[{"customer_id": "t", "is_test": "true"}],
        survey_invitations=[
            sent("same_day", delivery_status="delivered"),
            sent("day_14"),
            sent("day_15", survey_channel="sms"),
            sent("before"),
            sent("bounced", delivery_status="bounced"),
            sent("throttled", at="2025-01-31", delivery_status="throttled"),
            sent("test", customer_id="t", delivery_status="bounced"),
            sent("open", at="2025-01-18"),
            sent("closed", at="2025-01-17"),
        ],
        survey_answers=[
            answer("1", "csat", "2025-01-10 08:00", 5, invitation_id="same_day"),
            answer("2", "csat", "2025-01-24 23:59", None, invitation_id="day_14"),
            answer("3", "csat", "2025-01-24 23:59", 3, invitation_id="day_14"),
            answer("4", "csat", "2025-01-25", 3, invitation_id="day_15"),
            answer("5", "csat", "2025-01-09", 3, invitation_id="before"),
            answer("6", "csat", "2025-01-11", 3, invitation_id="bounced"),
            answer("7", "csat", "2025-01-18", 3, invitation_id="open"),
        ],
    )
    values = compute(landing, date(2025, 1, 31), only=only)
    month = ("survey_response_rate", "month", "2025-01-01")
    assert counts(values, *month) == (2, 5)
    assert counts(values, *month, "survey_channel", "sms") == (0, 1)
    assert reasons(exclusions(landing, date(2025, 1, 31), only=only), *month) == {
        "test_account": 1,
        "bounced": 1,
        "throttled": 1,
        "window_not_closed": 1,
    }


def test_on_time_is_by_the_local_day_and_without_tests(tmp_path: Path) -> None:
    only = ("on_time_delivery_rate",)
    landing = land(
        tmp_path,
        orders=[
            order("x", "a", "2025-01-01", is_test="true"),
            order("y", "a", "2025-01-01", status="cancelled"),
        ],
        deliveries=[
            {"delivery_id": "1", "order_id": "y", "promised_at": "2025-01-10",
             "delivered_at": "2025-01-10T22:59:00Z"},
            {"delivery_id": "2", "order_id": "y", "promised_at": "2025-01-10",
             "delivered_at": "2025-01-10T23:01:00Z"},
            {"delivery_id": "3", "order_id": "y", "delivered_at": "2025-01-10"},
            {"delivery_id": "4", "order_id": "y", "promised_at": "2025-01-10"},
            {"delivery_id": "5", "order_id": "x", "promised_at": "2025-01-10",
             "delivered_at": "2025-01-10"},
            {"delivery_id": "6", "order_id": "y", "promised_at": "2025-02-10",
             "delivered_at": "2025-02-01"},
        ],
    )  # fmt: skip
    values = compute(landing, date(2025, 1, 31), only=only)
    month = ("on_time_delivery_rate", "month", "2025-01-01")
    assert counts(values, *month) == (1, 2)
    assert reasons(exclusions(landing, date(2025, 1, 31), only=only), *month) == {"test_account": 1}
    assert value(values, *month, "source_id", "canonical")["denominator"] == 2


# --- what all values carry -------------------------------------------------------------------


def test_every_period_has_its_row_and_what_was_not_landed_is_no_data(tmp_path: Path) -> None:
    landing = land(
        tmp_path,
        orders=[order("1", "a", "2025-01-01"), order("2", "b", "2025-03-20", status="pending")],
        shares=[],
    )
    values = compute(landing, date(2025, 3, 20))
    totals = values[values["segment_dimension"].eq("all")]
    per_indicator = totals.groupby(["indicator_id", "period_grain"]).size().unstack()
    assert len(per_indicator) == len(default_catalogue())
    assert per_indicator.drop_duplicates().to_dict("records") == [
        {"week": 12, "month": 3, "quarter": 1, "year": 1}
    ]
    assert counts(values, "recommendation_rate", "month", "2025-03-01") == (0, 1)
    missing = value(values, "program_activation_rate", "month", "2025-03-01")
    assert (missing["denominator"], missing["status"]) == (0, "no_data")
    assert missing[["indicator_value", "standard_error", "ci_lower", "ci_upper"]].isna().all()


def test_change_against_the_period_before(tmp_path: Path) -> None:
    def month(number: int, satisfied: int, asked: int) -> list[Row]:
        at = f"2025-{number:02d}-10"
        return [
            answer(f"{number}-{i}", "csat", at, 5 if i < satisfied else 1) for i in range(asked)
        ]

    answers = [*month(1, 80, 100), *month(2, 60, 100), *month(4, 30, 30), *month(5, 40, 40)]
    only = ("csat",)
    landing = land(tmp_path, survey_answers=answers)
    values = compute(landing, date(2025, 5, 31), only=only)
    february = value(values, "csat", "month", "2025-02-01")
    # -0.2 / sqrt(0.8*0.2/100 + 0.6*0.4/100) = -0.2 / sqrt(0.004)
    assert february["change"] == pytest.approx(-0.2)
    assert february["change_z_score"] == pytest.approx(-3.1622776601683795)
    assert bool(february["is_significant_change"])
    assert february["status"] == "missed"
    april = value(values, "csat", "month", "2025-04-01")
    assert april[["previous_value", "change", "change_z_score"]].isna().all()
    may = value(values, "csat", "month", "2025-05-01")
    assert may["change"] == 0
    assert pd.isna(may["change_z_score"])
    assert not may["is_significant_change"]


def test_the_error_of_a_mean_amount_is_estimated_from_its_sample() -> None:
    # 10, 20 and 60: mean 30, variance (400 + 100 + 900) / 2 = 700, error sqrt(700 / 3).
    error = mean_error(pd.Series([90.0]), pd.Series([4100.0]), pd.Series([3.0]))
    assert error == pytest.approx([15.275252316519467])
    assert pd.isna(mean_error(pd.Series([90.0]), pd.Series([8100.0]), pd.Series([1.0])))
