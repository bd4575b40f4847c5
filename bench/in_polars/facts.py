"""The five largest facts."""

from collections.abc import Callable

import polars as pl

from bench.in_polars.inputs import FACTS, Inputs, days, last_before, numbered


def make(inputs: Inputs) -> None:
    """Write the five facts, each from what was read and from those before it."""
    makers: dict[str, Callable[[Inputs], pl.LazyFrame]] = {
        "fct_orders": orders,
        "fct_deliveries": deliveries,
        "fct_program_events": program_events,
        "fct_customer_timeline": timeline,
        "fct_customer_months": customer_months,
    }
    for table in FACTS:
        makers[table](inputs).sink_parquet(inputs.output(table), compression="lz4")


def orders(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per order placed on or before the night's date."""
    links = inputs.scan("int_customer_links")
    customers = inputs.scan("int_described_customers").select(
        "customer_id",
        "country_code",
        is_test_customer=pl.col("is_test") | pl.col("is_employee"),
        is_customer_described=True,
    )
    known = (
        inputs.scan("int_orders")
        .filter(pl.col("ordered_date") <= inputs.as_of)
        .join(links, on="customer_id", how="left")
        .with_columns(customer_id=pl.coalesce("person_id", "customer_id"))
        .join(customers, on="customer_id", how="left")
        .with_row_index("row")
    )
    status = inputs.scan("int_customer_status")
    members = (
        known.select("row", "customer_id", "ordered_date")
        .join(status, on="customer_id")
        .filter(
            pl.col("ordered_date") >= pl.col("valid_from_date"),
            (pl.col("ordered_date") < pl.col("valid_to_date")).fill_null(True),
        )
        .select("row", "tier", is_member=True)
    )
    is_test = pl.col("is_test_order") | pl.col("is_test_customer").fill_null(False)
    reason = pl.col("order_exclusion_reason")
    member_status = (
        pl.when(pl.col("customer_id").is_null() | (not inputs.has_memberships))
        .then(pl.lit("unknown"))
        .when(pl.col("is_member").is_null())
        .then(pl.lit("not_member"))
        .otherwise(pl.lit("member"))
    )
    return known.join(members, on="row", how="left").select(
        "order_id",
        "source_id",
        "customer_id",
        pl.col("customer_id").is_null().alias("is_guest"),
        pl.col("is_customer_described").fill_null(False),
        is_test.alias("is_test"),
        (reason.is_null() & ~is_test).alias("is_qualifying"),
        pl.when(is_test).then(pl.lit("test_account")).otherwise(reason).alias("exclusion_reason"),
        "order_status",
        pl.col("sales_channel").fill_null("unknown"),
        pl.col("device_type").fill_null("unknown"),
        pl.col("country_code").fill_null("unknown"),
        member_status.alias("member_status"),
        pl.col("tier").fill_null("unknown"),
        "store_id",
        "currency_code",
        "order_amount",
        "refunded_amount",
        "discount_amount",
        "shipping_amount",
        "ordered_at",
        "ordered_date",
    )


def deliveries(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per delivery of an order placed on or before the night's date."""
    unread = inputs.scan("int_orders").filter(pl.col("ordered_date") > inputs.as_of)
    ordered = pl.scan_parquet(inputs.output("fct_orders")).select(
        "order_id", "customer_id", "is_test", "country_code"
    )
    is_shipped = pl.col("shipped_date") <= inputs.as_of
    is_delivered = (pl.col("delivered_date") <= inputs.as_of).fill_null(False)
    late = pl.col("days_late")
    return (
        inputs.scan("int_deliveries")
        .join(unread, on="order_id", how="anti")
        .join(ordered, on="order_id", how="left")
        .with_columns(
            pl.when(is_shipped).then(pl.col("shipped_at", "shipped_date")),
            pl.when(is_delivered).then(pl.col("delivered_at", "delivered_date")),
            is_delivered=is_delivered,
        )
        .with_columns(days_late=(days("delivered_date") - days("promised_date")).cast(pl.Int32))
        .select(
            "delivery_id",
            "source_id",
            "order_id",
            "customer_id",
            pl.col("is_test").fill_null(False),
            "is_delivered",
            (late <= 0).alias("is_on_time"),
            "days_late",
            pl.when(late.is_null())
            .then(pl.lit("unknown"))
            .when(late <= 0)
            .then(pl.lit("on_time"))
            .when(late <= 2)
            .then(pl.lit("1-2_days_late"))
            .when(late <= 7)
            .then(pl.lit("3-7_days_late"))
            .otherwise(pl.lit("over_7_days_late"))
            .alias("on_time_band"),
            pl.col("carrier").fill_null("unknown"),
            pl.col("country_code").fill_null("unknown"),
            "promised_at",
            "promised_date",
            "shipped_at",
            "shipped_date",
            "delivered_at",
            "delivered_date",
        )
    )


def program_events(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per programme event on or before the night's date."""
    memberships = inputs.scan("fct_memberships").select("membership_id", "customer_id", "is_test")
    return (
        inputs.scan("int_program_events")
        .filter(pl.col("occurred_date") <= inputs.as_of)
        .join(memberships, on="membership_id", how="left")
        .join(inputs.scan("program_event_types"), on="event_type", how="left")
        .select(
            "event_id",
            "source_id",
            "membership_id",
            "customer_id",
            pl.col("is_test").fill_null(False),
            "event_type",
            pl.col("is_engagement").fill_null(False),
            "offer_id",
            "order_id",
            "point_count",
            "occurred_at",
            "occurred_date",
        )
    )


# Kind, table, key, moment, detail, condition; the day is named as the moment.
STEPS = (
    ("order", "fct_orders", "order_id", "ordered", "order_status", None),
    ("delivery", "fct_deliveries", "delivery_id", "delivered", "on_time_band", "is_delivered"),
    ("answer", "fct_survey_answers", "answer_id", "answered", "survey_kind", None),
    ("case_opened", "fct_support_cases", "case_id", "opened", "case_category", None),
    ("case_closed", "fct_support_cases", "case_id", "closed", "case_category", "is_closed"),
    ("membership_enrolled", "fct_memberships", "membership_id", "enrolled", None, None),
    ("membership_activated", "fct_memberships", "membership_id", "activated", None, None),
    ("membership_cancelled", "fct_memberships", "membership_id", "cancelled", None, None),
    ("program_event", "fct_program_events", "event_id", "occurred", "event_type", None),
    ("share", "fct_shares", "share_id", "shared", "share_kind", None),
)
KINDS = {
    "order": (1,),
    "delivery": (2,),
    "answer": (3,),
    "case_opened": (4,),
    "case_closed": (5,),
    "membership_step": (6, 7, 8),
    "program_event": (9,),
    "share": (10,),
}


def timeline(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per event of an identified customer, in the order in which they happened."""
    kind, day = pl.col("kind_order"), days("event_date")
    steps = pl.concat(_step(inputs, number, *step) for number, step in enumerate(STEPS, start=1))
    ordered = numbered(steps, "customer_id", "event_at", "kind_order", "event_id")
    names = pl.Series([step[0] for step in STEPS])
    return (
        ordered.with_row_index("row")
        .with_columns(
            first_row=pl.when(pl.col("key_number") != pl.col("key_number").shift(1, fill_value=0))
            .then(pl.col("row"))
            .forward_fill()
        )
        .select(
            "customer_id",
            (pl.col("row") - pl.col("first_row") + 1).cast(pl.Int64).alias("event_number"),
            kind.replace_strict(range(1, len(STEPS) + 1), names).alias("event_kind"),
            "event_id",
            "source_id",
            "event_detail",
            *(
                (day - last_before(kind.is_in(numbers), day))
                .cast(pl.Int32)
                .alias(f"days_since_{name}")
                for name, numbers in KINDS.items()
            ),
            "event_at",
            "event_date",
        )
    )


def _step(  # noqa: PLR0917 - a row of STEPS
    inputs: Inputs,
    number: int,
    kind: str,
    table: str,
    key: str,
    moment: str,
    detail: str | None,
    condition: str | None,
) -> pl.LazyFrame:
    made = inputs.output(table)
    rows = pl.scan_parquet(made) if table in FACTS else inputs.scan(table)
    is_seen = pl.col(condition) if condition else pl.col(f"{moment}_date").is_not_null()
    return rows.filter(pl.col("customer_id").is_not_null(), ~pl.col("is_test"), is_seen).select(
        "customer_id",
        "source_id",
        kind_order=pl.lit(number, dtype=pl.Int8),
        event_id=pl.col(key),
        event_at=pl.col(f"{moment}_at"),
        event_date=pl.col(f"{moment}_date"),
        event_detail=pl.col(detail) if detail else pl.lit(None, dtype=pl.String),
    )


def customer_months(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per identified customer and month with any activity."""
    counted = {"program_event": "program_event", "answer": "answer", "case_opened": "case"}
    activity = (
        pl.scan_parquet(inputs.output("fct_customer_timeline"))
        .group_by("customer_id", pl.col("event_date").dt.truncate("1mo").alias("month_date"))
        .agg(
            (pl.col("event_kind") == kind).sum().cast(pl.Int64).alias(f"{name}_count")
            for kind, name in counted.items()
        )
    )
    ordered = (
        pl.scan_parquet(inputs.output("fct_orders"))
        .filter(pl.col("is_qualifying"), ~pl.col("is_guest"))
        .join(inputs.scan("device_types"), on="device_type", how="left")
        .group_by("customer_id", pl.col("ordered_date").dt.truncate("1mo").alias("month_date"))
        .agg(
            order_count=pl.len().cast(pl.Int64),
            occasion_count=pl.col("ordered_date").n_unique().cast(pl.Int64),
            order_amount=pl.col("order_amount").sum(),
            phone_order_count=pl.col("is_phone").fill_null(False).sum().cast(pl.Int64),
        )
    )
    return activity.join(ordered, on=["customer_id", "month_date"], how="left").select(
        "customer_id",
        "month_date",
        pl.col("order_count", "occasion_count").fill_null(0),
        pl.col("order_amount").fill_null(0).cast(pl.Decimal(18, 2)),
        pl.col("phone_order_count").fill_null(0),
        "program_event_count",
        "answer_count",
        "case_count",
    )
