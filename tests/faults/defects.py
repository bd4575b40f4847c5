"""What can be wrong with what is landed, and what is specified to happen: docs/gates.md.

A defect damages one clean nightly export (`faults.days`) by chance: which rows, how many, by how
much. `python -m faults.defects` writes the table into the page; a trial plants every defect and
holds the page to this list.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from faults.figures import REPOSITORY

PAGE = REPOSITORY / "docs" / "gates.md"
BEGIN, END = "<!-- the table: python -m faults.defects -->", "<!-- end of the table -->"

Outcome = Literal["stopped", "told"]
By = Literal["gate 1", "dbt tests", "gate 2"]


class Draw:
    """One seeded draw of a defect's size and place; rows are told apart by `rowid`."""

    def __init__(self, random_: random.Random) -> None:
        self._random = random_

    def some(self, least: float, most: float) -> str:
        """Return the SQL condition of a share of the rows, between two bounds."""
        share, salt = self._random.uniform(least, most), self._random.randrange(10**9)
        return f"hash('{salt}/' || rowid) % 100000 < {share * 100000:.0f}"

    def one(self) -> str:
        """Return the SQL condition of one row."""
        return f"rowid = {self._random.randrange(50)}"

    def of(self, *choices: object) -> object:
        """Return one of several."""
        return self._random.choice(choices)

    def between(self, least: int, most: int) -> int:
        """Return a whole number between two, both included."""
        return self._random.randint(least, most)


Change = Callable[[Draw], str]


@dataclass(frozen=True)
class Defect:
    """One thing that can be wrong with a table, and what is specified of it.

    `check` is the expectation (or dbt test) that must say it. `change` returns the query of the
    damaged rows over the clean ones, `day`; None where the trial does it in its own way.
    """

    name: str
    table: str
    outcome: Outcome
    check: str
    change: Change | None
    source: str = "canonical"
    by: By = "gate 1"
    copy: str = "format csv, header"


def _set(**columns: str | Callable[[Draw], str]) -> Change:
    """Replace columns; a value may draw."""

    def change(draw: Draw) -> str:
        values = ", ".join(
            f"{sql(draw) if callable(sql) else sql} as {name}" for name, sql in columns.items()
        )
        return f"select * replace ({values}) from day"

    return change


def _where(least: float, most: float, column: str, wrong: str) -> Callable[[Draw], str]:
    return lambda draw: f"if({draw.some(least, most)}, {wrong}, {column})"


def _once(column: str, wrong: str) -> Callable[[Draw], str]:
    return lambda draw: f"if({draw.one()}, {wrong}, {column})"


def _moved(column: str, *hours: int) -> Callable[[Draw], str]:
    return lambda draw: f"{column} + interval ({draw.of(*hours)}) hour"


def _repeated(least: float, most: float) -> Change:
    return lambda draw: f"from day union all (from day where {draw.some(least, most)})"


def _twice(key: str) -> Change:
    return lambda _: f"from day union all select * replace ('x' || {key} as {key}) from day"


def _times(key: str, least: int, most: int) -> Change:
    """More of other rows: days apart, so that they are no copies."""

    def change(draw: Draw) -> str:
        times = draw.between(least, most)
        more = (
            "select day.* replace (day.{0} || '0' || n as {0}, {1}) from day, range({2}) as t (n)"
        )
        moved = "ordered_at - interval (n * 61 + 7) second as ordered_at"
        return more.format(key, moved, times)

    return change


def _fewer(least: float, most: float) -> Change:
    return lambda draw: f"from day where {draw.some(least, most)}"


AHEAD = "cast('2126-01-01' as timestamp)"

DEFECTS = (
    # Customers
    Defect("customer_id empty", "customers", "stopped", "reject_share",
           _set(customer_id=_where(0.05, 0.3, "customer_id", "null"))),
    Defect("customer_id missing from the header", "customers", "stopped", "structure",
           lambda _: "select * exclude (customer_id) from day"),
    Defect("columns shifted by one from email on", "customers", "stopped", "reject_share",
           _set(email="phone", phone="full_name", full_name="country_code",
                country_code="registered_at::varchar", registered_at="is_test::varchar",
                is_test="is_employee")),
    Defect("customer_id without its leading zeros", "customers", "stopped", "key_shape",
           _set(customer_id="customer_id::bigint::varchar")),
    Defect("customer_id delivered again within the file", "customers", "told", "unique_key",
           _repeated(0.05, 0.3)),
    Defect("everybody a test account", "customers", "stopped", "flags_stand",
           _set(is_test=_where(0.7, 1, "is_test", "true"))),
    Defect("is_employee emptied", "customers", "stopped", "still_filled",
           _set(is_employee="null::boolean")),
    Defect("updated_at emptied", "customers", "stopped", "still_filled",
           _set(updated_at="null::timestamp")),
    Defect("updated_at ahead of time", "customers", "stopped", "not_in_the_future",
           _set(updated_at=_once("updated_at", AHEAD))),
    Defect("phone emptied", "customers", "told", "still_filled", _set(phone="null::varchar")),
    Defect("country_code N/A", "customers", "told", "no_sudden_value",
           _set(country_code=_where(0.3, 0.6, "country_code", "'N/A'"))),
    Defect("registered in 1900", "customers", "stopped", "hardly_ancient",
           _set(registered_at=_where(0.2, 0.6, "registered_at", "timestamp '1900-01-01'"))),
    # Orders
    Defect("order_id empty", "orders", "stopped", "reject_share",
           _set(order_id=_where(0.03, 0.2, "order_id", "null"))),
    Defect("amounts in öre", "orders", "stopped", "same_unit",
           _set(order_amount="order_amount * 100")),
    Defect("amounts a hundredth", "orders", "stopped", "same_unit",
           _set(order_amount="round(order_amount / 100, 2)")),
    Defect("amounts in another currency", "orders", "stopped", "same_unit",
           _set(order_amount="round(order_amount / 11.2, 2)")),
    Defect("some amounts in öre", "orders", "stopped", "no_far_values",
           _set(order_amount=_where(0.06, 0.3, "order_amount", "order_amount * 100"))),
    Defect("amounts with the sign turned", "orders", "stopped", "same_sign",
           _set(order_amount="-order_amount")),
    Defect("a few amounts below 0", "orders", "told", "not_negative",
           _set(order_amount=_where(0.01, 0.05, "order_amount", "-order_amount"))),
    Defect("amounts all 0", "orders", "stopped", "no_sudden_value", _set(order_amount="0")),
    Defect("order_amount 999999 as a stand-in", "orders", "stopped", "no_far_values",
           _set(order_amount=_where(0.05, 0.3, "order_amount", "999999"))),
    Defect("order_amount and refunded_amount mixed up", "orders", "stopped", "no_sudden_value",
           _set(order_amount="refunded_amount", refunded_amount="order_amount")),
    Defect("amounts as words", "orders", "stopped", "reject_share",
           _set(order_amount=_where(0.03, 0.3, "order_amount::varchar", "'tolvhundra'"))),
    Defect("refunded_amount emptied", "orders", "stopped", "still_filled",
           _set(refunded_amount="null::double")),
    Defect("more refunded than paid", "orders", "told", "refunded_above_amount",
           _set(refunded_amount=_where(0.01, 0.1, "refunded_amount", "order_amount + 1"))),
    Defect("customer_id emptied", "orders", "stopped", "still_filled",
           _set(customer_id="null::varchar")),
    Defect("most orders of guests", "orders", "told", "guest_share",
           _set(customer_id=_where(0.85, 0.95, "customer_id", "null"))),
    Defect("customer_id UNKNOWN as a stand-in", "orders", "stopped", "no_stand_in_key",
           _set(customer_id=_where(0.3, 0.7, "customer_id", "'UNKNOWN'"))),
    Defect("customer_id with a prefix", "orders", "stopped", "key_shape",
           _set(customer_id="'shop-' || customer_id")),
    Defect("customer_id of another system", "orders", "stopped", "keys_known",
           _set(customer_id="lpad((customer_id::bigint + 9000000)::varchar, 8, '0')")),
    Defect("order_id as a number with decimals", "orders", "stopped", "key_shape",
           _set(order_id="order_id || '.0'")),
    Defect("order_id delivered again within the file", "orders", "told", "unique_key",
           _repeated(0.05, 0.9)),
    Defect("every order twice under another order_id", "orders", "stopped", "no_twins",
           _twice("order_id")),
    Defect("an order from the future", "orders", "stopped", "not_in_the_future",
           _set(ordered_at=_once("ordered_at", "now()::timestamp + interval 3 day"))),
    Defect("an order of 1900", "orders", "told", "not_ancient",
           _set(ordered_at=_once("ordered_at", "timestamp '1900-01-01'"))),
    Defect("ordered_at 1900-01-01 as a stand-in", "orders", "stopped", "hardly_ancient",
           _set(ordered_at=_where(0.03, 0.4, "ordered_at", "timestamp '1900-01-01'"))),
    Defect("ordered_at in another time zone", "orders", "stopped", "same_hours",
           _set(ordered_at=_moved("ordered_at", -9, -6, -5, -2, 2, 3, 5, 8))),
    Defect("ordered_at without its hours", "orders", "told", "same_hours",
           _set(ordered_at="date_trunc('day', ordered_at)")),
    Defect("device_type emptied", "orders", "told", "still_filled",
           _set(device_type="null::varchar")),
    Defect("device_type unknown", "orders", "told", "accepted_values",
           _set(device_type=_where(0.05, 0.6, "device_type", "'fridge'"))),
    Defect("sales_channel and device_type mixed up", "orders", "told", "accepted_values",
           _set(sales_channel="device_type", device_type="sales_channel")),
    Defect("status unknown", "orders", "told", "accepted_values",
           _set(status=_where(0.05, 0.6, "status", "'shiped'"))),
    Defect("every order cancelled", "orders", "told", "usual_mix", _set(status="'cancelled'")),
    Defect("every order a test", "orders", "stopped", "flags_stand", _set(is_test="true")),
    Defect("currency renamed", "orders", "told", "no_sudden_value", _set(currency="'EUR'")),
    Defect("hardly any rows", "orders", "stopped", "volume", _fewer(0.005, 0.05)),
    Defect("no rows", "orders", "stopped", "volume", lambda _: "from day limit 0"),
    Defect("a third of the rows", "orders", "told", "usual_volume", _fewer(0.25, 0.38)),
    Defect("three times the rows", "orders", "told", "usual_volume", _times("order_id", 3, 4)),
    Defect("fifteen times the rows", "orders", "stopped", "volume", _times("order_id", 14, 18)),
    Defect("semicolons between the columns", "orders", "stopped", "structure",
           lambda _: "from day", copy="format csv, header, delimiter ';'"),
    Defect("no header", "orders", "stopped", "structure",
           lambda _: "from day", copy="format csv, header false"),
    Defect("a feed that is frozen, night after night", "orders", "stopped", "feed_moves", None),
    Defect("yesterday's file under a new name", "orders", "told", "new_content", None),
    Defect("yesterday's file under a new name for three nights", "orders", "stopped",
           "frozen_content", None),
    # Order lines
    Defect("line_number empty", "order_items", "stopped", "reject_share",
           _set(line_number=_where(0.03, 0.2, "line_number", "null"))),
    Defect("order_id of another system", "order_items", "stopped", "keys_known",
           _set(order_id="'A9' || order_id[2:]")),
    Defect("unit_amount in öre", "order_items", "stopped", "same_unit",
           _set(unit_amount="unit_amount * 100")),
    Defect("quantity in grams", "order_items", "stopped", "same_unit",
           _set(quantity="quantity * 1000")),
    # Deliveries
    Defect("order_id empty", "deliveries", "stopped", "reject_share",
           _set(order_id=_where(0.03, 0.5, "order_id", "null"))),
    Defect("shipped_at and delivered_at mixed up", "deliveries", "stopped", "dates_not_mixed_up",
           _set(shipped_at="coalesce(delivered_at, shipped_at + interval 1 hour)",
                delivered_at="shipped_at")),
    Defect("a few delivered before they were shipped", "deliveries", "told", "dates_in_order",
           _set(delivered_at=_where(0.02, 0.1, "delivered_at", "shipped_at - interval 1 day"))),
    Defect("delivered_at emptied", "deliveries", "told", "still_filled",
           _set(delivered_at="null::timestamp")),
    Defect("carrier N/A", "deliveries", "told", "no_sudden_value",
           _set(carrier=_where(0.3, 0.9, "carrier", "'N/A'"))),
    Defect("shipped in the future", "deliveries", "stopped", "not_in_the_future",
           _set(shipped_at=_once("shipped_at", AHEAD))),
    # Memberships and tiers
    Defect("customer_id empty", "memberships", "stopped", "reject_share",
           _set(customer_id=_where(0.06, 0.5, "customer_id", "null"))),
    Defect("enrolled_at and activated_at mixed up", "memberships", "stopped",
           "dates_not_mixed_up",
           _set(enrolled_at="coalesce(activated_at, enrolled_at)", activated_at="enrolled_at")),
    Defect("customer_id of another system", "memberships", "stopped", "keys_known",
           _set(customer_id="'9' || customer_id[2:]")),
    Defect("a few members who are no customers", "memberships", "told", "orphan_share",
           _set(customer_id=_where(0.12, 0.3, "customer_id", "'9' || customer_id[2:]"))),
    Defect("tier empty", "membership_tiers", "stopped", "reject_share",
           _set(tier=_where(0.06, 0.5, "tier", "null"))),
    Defect("every tier gold", "membership_tiers", "told", "usual_mix", _set(tier="'gold'")),
    Defect("membership_id of another system", "membership_tiers", "stopped", "keys_known",
           _set(membership_id="'M9' || membership_id[2:]")),
    # Events of the programme
    Defect("event_type unknown", "program_events", "told", "accepted_values",
           _set(event_type=_where(0.05, 0.6, "event_type", "'offer_seen'"))),
    Defect("one membership_id as a stand-in", "program_events", "stopped", "no_stand_in_key",
           _set(membership_id=_where(0.4, 1, "membership_id", "'M1'"))),
    Defect("points in hundredths", "program_events", "told", "same_unit",
           _set(points="points * 100")),
    Defect("every event twice under another event_id", "program_events", "stopped", "no_twins",
           _twice("event_id")),
    Defect("an event from the future", "program_events", "stopped", "not_in_the_future",
           _set(occurred_at=_once("occurred_at", AHEAD))),
    # Invitations
    Defect("survey_kind unknown", "survey_invitations", "stopped", "accepted_values",
           _set(survey_kind=_where(0.005, 0.5, "survey_kind", "'ces'"))),
    Defect("delivery_status unknown", "survey_invitations", "told", "accepted_values",
           _set(delivery_status=_where(0.05, 0.5, "delivery_status", "'spam'"))),
    Defect("customer_id emptied", "survey_invitations", "stopped", "still_filled",
           _set(customer_id="null::varchar")),
    Defect("sent_at in another time zone", "survey_invitations", "told", "same_hours",
           _set(sent_at=_moved("sent_at", -6, -2, 2, 5))),
    # Answers
    Defect("0 to 10 asked as 1 to 10 under its old name", "survey_answers", "stopped", "scale_ends",
           _set(score="if(scale_max = 10, greatest(score, 1), score)")),
    Defect("1 to 5 landed as 0 to 4", "survey_answers", "stopped", "scale_ends",
           _set(score="if(scale_max = 5, score - 1, score)")),
    Defect("scale unknown", "survey_answers", "stopped", "accepted_scales",
           _set(scale_max=_where(0.01, 0.6, "scale_max", "9"))),
    Defect("scale_min and scale_max mixed up", "survey_answers", "stopped", "accepted_scales",
           _set(scale_min="scale_max", scale_max="scale_min")),
    Defect("NPS asked from 1 to 10", "survey_answers", "told", "nps_scale",
           _set(scale_min="if(scale_max = 10, 1, scale_min)")),
    Defect("score -1 as a stand-in", "survey_answers", "told", "score_out_of_range_share",
           _set(score=_where(0.05, 0.4, "score", "-1"))),
    Defect("score 9999 as a stand-in", "survey_answers", "stopped", "no_far_values",
           _set(score=_where(0.05, 0.4, "score", "9999"))),
    Defect("scores halfway between", "survey_answers", "told", "score_out_of_range_share",
           _set(score=_where(0.05, 0.6, "score", "score + 0.5"))),
    Defect("one score for all", "survey_answers", "stopped", "no_sudden_value", _set(score="2")),
    Defect("most questions skipped", "survey_answers", "told", "skipped_share",
           _set(score=_where(0.6, 0.9, "score", "null"))),
    Defect("survey_kind unknown", "survey_answers", "stopped", "accepted_values",
           _set(survey_kind=_where(0.005, 0.5, "survey_kind", "'ces'"))),
    Defect("survey_kind and survey_channel mixed up", "survey_answers", "stopped",
           "accepted_values",
           _set(survey_kind="survey_channel", survey_channel="survey_kind")),
    Defect("invitation_id emptied", "survey_answers", "stopped", "still_filled",
           _set(invitation_id="null::varchar")),
    Defect("answered_at in another time zone", "survey_answers", "stopped", "same_hours",
           _set(answered_at=_moved("answered_at", -9, -6, -5, -2, 2, 3, 5, 8))),
    Defect("an answer from the future", "survey_answers", "stopped", "not_in_the_future",
           _set(answered_at=_once("answered_at", AHEAD))),
    # Support, visits, shares
    Defect("opened_at and closed_at mixed up", "support_cases", "stopped", "dates_not_mixed_up",
           _set(opened_at="coalesce(closed_at, opened_at + interval 1 hour)",
                closed_at="opened_at")),
    Defect("customer_id emptied", "support_cases", "stopped", "still_filled",
           _set(customer_id="null::varchar")),
    Defect("a case from the future", "support_cases", "stopped", "not_in_the_future",
           _set(opened_at=_once("opened_at", AHEAD))),
    Defect("started_at off by one hour", "web_sessions", "stopped", "same_hours",
           _set(started_at=_moved("started_at", -1, 1))),
    Defect("device_type unknown", "web_sessions", "told", "accepted_values",
           _set(device_type=_where(0.05, 0.6, "device_type", "'watch'"))),
    Defect("reached_cart always", "web_sessions", "told", "flags_stand",
           _set(reached_cart="true")),
    Defect("customer_id empty", "shares", "stopped", "reject_share",
           _set(customer_id=_where(0.06, 0.6, "customer_id", "null"))),
    Defect("share_kind unknown", "shares", "told", "accepted_values",
           _set(share_kind=_where(0.05, 0.6, "share_kind", "'like'"))),
    # The marketplace's own form
    Defect("purchased in the future", "orders", "stopped", "not_in_the_future",
           _set(order_purchase_timestamp=_once("order_purchase_timestamp", AHEAD)),
           source="olist"),
    Defect("delivered before the carrier had it", "orders", "stopped", "dates_not_mixed_up",
           _set(order_delivered_carrier_date="order_estimated_delivery_date"), source="olist"),
    Defect("order_status unknown", "orders", "told", "accepted_values",
           _set(order_status=_where(0.05, 0.6, "order_status", "'paid'")), source="olist"),
    Defect("price in centavos", "order_items", "stopped", "same_unit",
           _set(price="price * 100"), source="olist"),
    Defect("payment_value in centavos", "order_payments", "stopped", "same_unit",
           _set(payment_value="payment_value * 100"), source="olist"),
    Defect("order_id of another system", "order_payments", "stopped", "keys_known",
           _set(order_id="md5(order_id)"), source="olist"),
    Defect("review_score from 1 to 10", "order_reviews", "stopped", "scale_ends",
           _set(review_score="review_score * 2"), source="olist"),
    Defect("no review with one star", "order_reviews", "stopped", "scale_ends",
           _set(review_score="greatest(review_score, 2)"), source="olist"),
    # What is not seen in a file
    Defect("a key twice in raw", "orders", "stopped", "grain", None, by="dbt tests"),
    Defect("rows lost from raw behind the ledger's back", "orders", "stopped",
           "reconciles_with_raw", None, by="gate 2"),
    Defect("ordered_at overwritten by the time of the export", "orders", "stopped",
           "row_count_kept", None, by="gate 2"),
    Defect("a closed month's answers turned round", "survey_answers", "told",
           "closed_values_stand", None, by="gate 2"),
)  # fmt: skip


def table() -> Iterator[str]:
    """Yield the lines of the page's table."""
    yield "| table | what is wrong | what happens | said by |"
    yield "|---|---|---|---|"
    for each in DEFECTS:
        place = each.table if each.source == "canonical" else f"{each.source} {each.table}"
        happens = f"{each.outcome} by {each.by}"
        yield f"| {place} | {each.name} | {happens} | `{each.check}` |"


def page() -> str:
    """Return the page with the table as it should stand."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return "\n".join([f"{before}{BEGIN}", *table(), f"{END}{after}"])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
