"""Landing folders written from other data: real files, and a landing that ends on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
from independent import Landing
from independent.periods import local_day

# The moment that dates a table's rows.
DATED_BY = {
    "orders": "ordered_at",
    "memberships": "enrolled_at",
    "membership_tiers": "valid_from",
    "program_events": "occurred_at",
    "survey_invitations": "sent_at",
    "survey_answers": "answered_at",
    "support_cases": "opened_at",
    "web_sessions": "started_at",
    "shares": "shared_at",
}
# What happens to a row later in its life.
LATER_MOMENTS = {
    "deliveries": ("shipped_at", "delivered_at"),
    "memberships": ("activated_at", "cancelled_at"),
    "support_cases": ("closed_at",),
}
# Landed as whole numbers; in pandas a column with nulls holds floating-point ones.
WHOLE = ("line_number", "points", "reopened_count")


def read_cdnow(folder: Path) -> pd.DataFrame:
    """One row per line of the purchase log: customer_id, day, amount."""
    names = ["customer_id", "day", "discs", "order_amount"]
    lines = pd.read_csv(
        folder / "CDNOW_master.txt", sep=r"\s+", header=0, names=names, dtype={"customer_id": str}
    )
    return lines.assign(day=pd.to_datetime(lines["day"].astype(str)))


def land_cdnow(source: Path, folder: Path) -> None:
    """Land every line as an order of its own at noon, with its customers.

    Beside them a table of shares without rows: nobody shared, which is not "not known".
    """
    lines = read_cdnow(source)
    orders = pd.DataFrame(
        {
            "order_id": lines.index.astype(str),
            "customer_id": lines["customer_id"],
            "ordered_at": lines["day"].dt.strftime("%Y-%m-%dT12:00:00"),
            "status": "paid",
            "currency": "USD",
            "order_amount": lines["order_amount"],
        }
    )
    orders.to_csv(folder / "orders.csv", index=False)
    lines[["customer_id"]].drop_duplicates().to_csv(folder / "customers.csv", index=False)
    (folder / "shares.csv").write_text("share_id,customer_id,shared_at\n", encoding="utf-8")


def land_survey(source: Path, folder: Path) -> None:
    """Land the survey's question on recommending as answers, and nothing else.

    The export gives the day of May 2017 alone. 11 and blank mean that the question was not
    answered: such a row is landed without a score, so that it shows as skipped in the ledger of
    exclusions and no respondent is lost.
    """
    file = source / "2017_SFO_Customer_Survey.csv"
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    score = pd.to_numeric(rows["NETPRO"], errors="coerce")
    answers = pd.DataFrame(
        {
            "answer_id": rows["RESPNUM"],
            "survey_kind": "nps_relationship",
            "answered_at": "2017-05-" + rows["INTDATE"].str.zfill(2),
            "score": score.where(score.between(0, 10)),
            "scale_min": 0,
            "scale_max": 10,
        }
    )
    answers.to_csv(folder / "survey_answers.csv", index=False)


def land_until(landing: Landing, last_day: date, folder: Path) -> None:
    """Land the winning rows again without anything that is dated after `last_day`."""
    tables = {name: frame.copy() for name, frame in landing.tables.items()}
    for name, moment in DATED_BY.items():
        tables[name] = tables[name][_until(tables[name][moment], last_day, landing)]
    for name in ("deliveries", "order_items"):
        is_known = tables[name]["order_id"].isin(landing["orders"]["order_id"])
        is_kept = tables[name]["order_id"].isin(tables["orders"]["order_id"])
        tables[name] = tables[name][is_kept | ~is_known]
    for name, moments in LATER_MOMENTS.items():
        for moment in moments:
            happened = _until(tables[name][moment], last_day, landing)
            tables[name][moment] = tables[name][moment].where(happened)
    for name, frame in tables.items():
        whole = {column: "Int64" for column in WHOLE if column in frame}
        frame.astype(whole).to_parquet(folder / f"{name}.parquet", index=False)


def _until(moments: pd.Series, last_day: date, landing: Landing) -> pd.Series:
    return local_day(moments, landing.business_zone) <= pd.Timestamp(last_day)
