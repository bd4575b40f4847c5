"""Units by day and segment: flows, as they come; stocks, by what changes on a day."""

from collections.abc import Sequence

import polars as pl

from bench.in_polars.inputs import NEVER, Inputs, days, first_after, last_before, numbered

REASONS = ("test_account", "cancelled", "not_paid", "refunded_in_full")
GRAINS = {"week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}


def collected(frame: pl.LazyFrame) -> pl.DataFrame:
    """Compute a frame with the streaming engine."""
    return frame.collect(engine="streaming")


def text(value: str | None = None) -> pl.Expr:
    """Return a literal text, or null."""
    return pl.lit(value, dtype=pl.String)


def counted(units: pl.LazyFrame, attributes: Sequence[str]) -> pl.LazyFrame:
    """Count units with `day`, `reason`, `value` and attributes, for all grains."""
    return units.group_by("day", "reason", *attributes).agg(
        grain=text(),
        n=pl.len().cast(pl.Int64),
        total=pl.col("value").cast(pl.Float64).sum(),
    )


def cut(units: pl.DataFrame, indicator: str, attributes: Sequence[str]) -> pl.DataFrame:
    """Sum counted units by segment of each attribute and in all; what is left out in all alone."""
    used = units.filter(pl.col("reason").is_null())
    frames = [units.with_columns(dimension=text("all"), segment=text("all"))] + [
        used.with_columns(dimension=text(name), segment=pl.col(name)) for name in attributes
    ]
    key = ("grain", "day", "reason", "dimension", "segment")
    parts = [
        frame.group_by(*key).agg(
            pl.col("n").cast(pl.Int64).sum(), pl.col("total").cast(pl.Float64).sum()
        )
        for frame in frames
    ]
    named = text(indicator).alias("indicator_id")
    return pl.concat(parts).select(named, *key, "n", "total")


def order_flows(inputs: Inputs) -> list[pl.DataFrame]:
    """Return mobile_order_share and average_order_value: one pass over the orders."""
    attributes = ["source_id", "country_code", "sales_channel", "device_type", "member_status"]
    units = collected(
        inputs.scan("fct_orders")
        .with_columns(
            day=days("ordered_date"),
            reason=pl.col("exclusion_reason"),
            value=pl.col("order_amount"),
        )
        .group_by("day", "reason", *attributes)
        .agg(grain=text(), n=pl.len().cast(pl.Int64), total=pl.col("value").sum())
    )
    phones = collected(inputs.scan("device_types"))
    left_out = (
        pl.when(pl.col("sales_channel") == "store")
        .then(text("store_order"))
        .when(pl.col("is_phone").is_null())
        .then(text("device_unknown"))
    )
    mobile = units.join(phones, on="device_type", how="left").with_columns(
        reason=pl.coalesce("reason", left_out),
        total=pl.when(pl.col("is_phone")).then("n").otherwise(0),
    )
    amounts = [name for name in attributes if name != "device_type"]
    return [
        cut(mobile, "mobile_order_share", attributes),
        cut(units, "average_order_value", amounts),
    ]


def on_time(inputs: Inputs) -> list[pl.DataFrame]:
    """Return on_time_delivery_rate."""
    attributes = ["source_id", "carrier", "country_code"]
    units = (
        inputs.scan("fct_deliveries")
        .filter(pl.col("is_on_time").is_not_null())
        .with_columns(
            day=days("delivered_date"),
            reason=pl.when("is_test").then(text("test_account")),
            value=pl.col("is_on_time"),
        )
    )
    return [cut(collected(counted(units, attributes)), "on_time_delivery_rate", attributes)]


def satisfaction(inputs: Inputs) -> list[pl.DataFrame]:
    """Return csat, delivery_satisfaction and support_satisfaction."""
    base = ["source_id", "survey_channel", "country_code", "member_status"]
    rated = (("csat", "order_id"), ("delivery", "delivery_id"), ("support", "case_id"))
    answers = inputs.scan("fct_survey_answers").with_columns(
        day=days("answered_date"),
        reason=pl.col("exclusion_reason"),
        value=pl.col("is_satisfied").fill_null(False),
    )
    latest = {
        kind: latest_of(
            answers.filter(pl.col("survey_kind") == kind).with_columns(thing=thing), ["thing"]
        )
        for kind, thing in rated
    }
    sent = inputs.scan("fct_deliveries").select("carrier", "on_time_band", thing="delivery_id")
    cases = inputs.scan("fct_support_cases").select(
        "case_channel", "case_category", "is_closed", thing="case_id"
    )
    delivery = latest["delivery"].join(sent, on="thing", how="left")
    support = latest["support"].join(cases, on="thing", how="left")
    closed = (
        pl.when(pl.col("is_closed").is_null())
        .then(text("case_unknown"))
        .when(~pl.col("is_closed"))
        .then(text("case_not_closed"))
    )
    support = support.with_columns(reason=pl.coalesce("exclusion_reason", closed, "reason"))
    made = []
    for indicator, units, more in (
        ("csat", latest["csat"], []),
        ("delivery_satisfaction", delivery, ["carrier", "on_time_band"]),
        ("support_satisfaction", support, ["case_channel", "case_category"]),
    ):
        known = units.with_columns(pl.col(name).fill_null("unknown") for name in more)
        attributes = [*base, *more]
        made.append(cut(collected(counted(known, attributes)), indicator, attributes))
    return made


def latest_of(answers: pl.LazyFrame, key: Sequence[str]) -> pl.LazyFrame:
    """Give usable answers that a later one of the same key supersedes their reason.

    The first of `key` may be null: such an answer stands alone.
    """
    can_be_superseded = pl.col("reason").is_null() & pl.col(key[0]).is_not_null()
    others = answers.filter(~can_be_superseded)
    usable = answers.filter(can_be_superseded).sort("answered_at", "answer_id")
    is_last = pl.col("answer_id") == pl.col("answer_id").last().over(*key)
    superseded = usable.with_columns(reason=pl.when(~is_last).then(text("superseded_answer")))
    return pl.concat([others, superseded])


def nps(inputs: Inputs) -> list[pl.DataFrame]:
    """Return nps: a customer's latest answer of kind and period, with its last order's channel."""
    attributes = [
        "source_id",
        "survey_kind",
        "survey_channel",
        "country_code",
        "member_status",
        "tier",
        "sales_channel",
    ]
    score = pl.col("score")
    is_nps = pl.col("survey_kind").is_in(["nps_relationship", "nps_transactional"])
    answers = inputs.scan("fct_survey_answers").filter(is_nps)
    ordered = (
        inputs.scan("fct_orders")
        .filter(~pl.col("is_test"))
        .select("customer_id", "order_id", "ordered_at", "ordered_date", "sales_channel")
    )
    last_orders = (
        ordered.join(answers.select("answer_id", "customer_id", "answered_date"), on="customer_id")
        .filter(pl.col("answered_date") >= pl.col("ordered_date"))
        .group_by("answer_id")
        .agg(pl.col("sales_channel").sort_by("ordered_at", "order_id").last())
    )
    other_scale = (pl.col("scale_min") != 0) | (pl.col("scale_max") != 10)
    judged = answers.join(last_orders, on="answer_id", how="left").with_columns(
        pl.col("sales_channel").fill_null("unknown"),
        day=days("answered_date"),
        reason=pl.coalesce(
            "exclusion_reason", pl.when(other_scale).then(text("scale_not_0_to_10"))
        ),
        value=pl.when(score >= 9).then(1).when(score <= 6).then(-1).otherwise(0),
    )
    kept = judged.collect(engine="streaming").lazy()
    per_grain = [
        latest_of(
            kept.with_columns(grain=text(grain), period=pl.col("answered_date").dt.truncate(every)),
            ["customer_id", "survey_kind", "period"],
        )
        for grain, every in GRAINS.items()
    ]
    units = pl.concat(per_grain).group_by("grain", "day", "reason", *attributes)
    sums = units.agg(n=pl.len().cast(pl.Int64), total=pl.col("value").sum())
    return [cut(collected(sums), "nps", attributes)]


def responses(inputs: Inputs, window: int) -> list[pl.DataFrame]:
    """Return survey_response_rate."""
    attributes = ["source_id", "survey_kind", "survey_channel"]
    invitations = inputs.scan("fct_survey_invitations")
    answered = (
        inputs.scan("fct_survey_answers")
        .filter(~pl.col("is_test"))
        .select("invitation_id", "answered_date")
        .join(invitations.select("invitation_id", "sent_date"), on="invitation_id")
        .filter((days("answered_date") - days("sent_date")).is_between(0, window))
        .select("invitation_id", value=1)
        .unique()
    )
    status = pl.col("delivery_status")
    units = invitations.join(answered, on="invitation_id", how="left").with_columns(
        pl.col("value").fill_null(0),
        day=days("sent_date"),
        reason=pl.when("is_test")
        .then(text("test_account"))
        .when(status.is_in(["bounced", "opted_out", "throttled"]))
        .then(status)
        .when(days("sent_date") + window > inputs.as_of_day)
        .then(text("window_not_closed")),
    )
    return [cut(collected(counted(units, attributes)), "survey_response_rate", attributes)]


def order_days(inputs: Inputs) -> pl.DataFrame:
    """Return a row per customer and day with an order, sorted and with its neighbours.

    `rank` 0 qualifies; of the others, `better_day` is the last before with a lower rank, `next_day`
    the first after with one that is not higher; for all, `next_day` of rank 0 is the next occasion.
    """
    rank = pl.col("exclusion_reason").replace_strict(
        REASONS, range(1, len(REASONS) + 1), default=0, return_dtype=pl.Int8
    )
    by_day = (
        inputs.scan("fct_orders")
        .filter(pl.col("customer_id").is_not_null())
        .group_by("customer_id", day=days("ordered_date"))
        .agg(rank=rank.min())
    )
    day, own = pl.col("day"), pl.col("rank")
    ranks = range(1, len(REASONS) + 1)
    neighbours = numbered(by_day, "customer_id", "day").with_columns(
        better_day=pl.coalesce(
            pl.when(own == number).then(last_before(own < max(number, 1), day))
            for number in (0, *ranks)
        ),
        next_day=pl.coalesce(
            pl.when(own == number).then(first_after(own <= number, day)) for number in (0, *ranks)
        ),
    )
    places = inputs.scan("dim_customers").select("customer_id", "source_id", "country_code")
    return collected(neighbours.join(places, on="customer_id", how="left"))


def guests(inputs: Inputs) -> pl.DataFrame:
    """Return how many orders of guests came on a day, by the reason for which they are left out."""
    reason = pl.when("is_test").then(text("test_account")).otherwise(text("guest"))
    orders = inputs.scan("fct_orders").filter(pl.col("is_guest"))
    by_day = orders.group_by(day=days("ordered_date"), reason=reason)
    return collected(by_day.agg(n=pl.len().cast(pl.Int64)))


def repurchase(
    inputs: Inputs, by_day: pl.DataFrame, of_guests: pl.DataFrame, window: int
) -> list[pl.DataFrame]:
    """Return repurchase_rate: of first days, those with a second within the window."""
    attributes = ["source_id", "country_code"]
    first = by_day.filter(pl.col("rank") == 0, pl.col("better_day").is_null())
    others = by_day.group_by("customer_id").agg(
        pl.col("rank").min(), pl.col("day").min(), pl.first(*attributes)
    )
    others = others.filter(pl.col("rank") > 0)
    units = pl.concat(
        [
            first.select(
                "day",
                *attributes,
                reason=text(),
                n=1,
                total=(pl.col("next_day") <= pl.col("day") + window).fill_null(False).cast(int),
            ),
            others.select("day", *attributes, reason=reason_of_rank(), n=1, total=0),
            of_guests.select("day", reason="reason", n="n", total=0).with_columns(
                text().alias(name) for name in attributes
            ),
        ],
        how="diagonal_relaxed",
    )
    closing = pl.col("day") + window
    is_open = pl.when(closing > inputs.as_of_day).then(text("window_not_closed"))
    dated = units.with_columns(
        grain=text(),
        reason=pl.coalesce("reason", is_open),
        day=pl.min_horizontal(closing, inputs.as_of_day),
    )
    return [cut(dated, "repurchase_rate", attributes)]


def reason_of_rank() -> pl.Expr:
    """Return the reason that a rank stands for."""
    return pl.col("rank").replace_strict(
        range(1, len(REASONS) + 1), REASONS, default=None, return_dtype=pl.String
    )


def never() -> pl.Expr:
    """Return the end of a stretch that has none."""
    return pl.lit(NEVER, dtype=pl.Int64)
