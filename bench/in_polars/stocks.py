"""Stocks: stretches with a sign, of which both ends are counted on their day."""

from collections.abc import Sequence

import polars as pl

from bench.in_polars.inputs import Inputs, days, first_after, last_before, numbered
from bench.in_polars.units import GRAINS, collected, cut, never, reason_of_rank, text

PLACES = ["source_id", "country_code"]


def changes(
    inputs: Inputs, stretches: pl.LazyFrame, indicator: str, attributes: Sequence[str]
) -> pl.DataFrame:
    """Count both ends of stretches with `from_day`, `to_day`, `reason`, `n` and `total` by day."""
    if "grain" not in stretches.collect_schema().names():
        stretches = stretches.with_columns(grain=text())
    begun = stretches.with_columns(day=pl.col("from_day"))
    ended = stretches.with_columns(day=pl.col("to_day"), n=-pl.col("n"), total=-pl.col("total"))
    ends = (
        pl.concat([begun, ended])
        .filter(pl.col("day") <= inputs.as_of_day)
        .group_by("grain", "day", "reason", *attributes)
        .agg(pl.col("n").sum(), pl.col("total").sum())
    )
    return cut(collected(ends), indicator, attributes)


def base_stretches(by_day: pl.LazyFrame, length: int) -> pl.LazyFrame:
    """Return when customers had ordered within `length` days: from the first on, less gaps."""
    occasions = by_day.filter(pl.col("rank") == 0)
    gap = pl.col("day") + length
    return pl.concat(
        [
            occasions.filter(pl.col("better_day").is_null()).select(
                "customer_id", *PLACES, from_day="day", to_day=never(), sign=1
            ),
            occasions.filter(pl.col("next_day").is_null() | (pl.col("next_day") > gap)).select(
                "customer_id",
                *PLACES,
                from_day=gap,
                to_day=pl.col("next_day").fill_null(never()),
                sign=-1,
            ),
        ]
    )


def left_out(
    by_day: pl.LazyFrame, of_guests: pl.LazyFrame, delay: int, length: int
) -> pl.LazyFrame:
    """Return when orders would have counted that do not, by reason."""
    begun = pl.max_horizontal(pl.col("day"), pl.col("better_day") + length)
    ended = pl.min_horizontal(pl.col("day") + length, pl.col("next_day"))
    of_customers = by_day.filter(pl.col("rank") > 0, begun < ended).select(
        from_day=begun + delay, to_day=ended + delay, reason=reason_of_rank(), n=1
    )
    of_others = of_guests.select(
        from_day=pl.col("day") + delay,
        to_day=pl.col("day") + delay + length,
        reason="reason",
        n="n",
    )
    return pl.concat([of_customers, of_others], how="vertical_relaxed").with_columns(
        total=pl.lit(0, dtype=pl.Int64), **{name: text() for name in PLACES}
    )


def churn(
    inputs: Inputs, by_day: pl.LazyFrame, of_guests: pl.LazyFrame, window: int
) -> list[pl.DataFrame]:
    """Return churn_rate."""
    base = base_stretches(by_day, window).select(
        *PLACES,
        from_day=pl.col("from_day") + window,
        to_day=pl.col("to_day") + window,
        reason=text(),
        n="sign",
        total=0,
    )
    gap = pl.col("day") + window
    lost = by_day.filter(
        pl.col("rank") == 0, pl.col("next_day").is_null() | (pl.col("next_day") > gap)
    ).select(
        *PLACES,
        from_day=gap,
        to_day=pl.min_horizontal(gap + window, pl.col("next_day")),
        reason=text(),
        n=0,
        total=1,
    )
    others = left_out(by_day, of_guests, window, window)
    stretches = pl.concat([base, lost, others], how="diagonal_relaxed")
    return [changes(inputs, stretches, "churn_rate", PLACES)]


def of_base(
    inputs: Inputs,
    indicator: str,
    base: pl.LazyFrame,
    others: pl.LazyFrame,
    success: pl.LazyFrame,
) -> list[pl.DataFrame]:
    """Return the indicator of a base of customers and of stretches in which they succeed."""
    counted = base.select(*PLACES, "from_day", "to_day", reason=text(), n="sign", total=0)
    succeeded = overlaps(base, success, "customer_id")
    stretches = pl.concat([counted, succeeded, others], how="diagonal_relaxed")
    return [changes(inputs, stretches, indicator, PLACES)]


def overlaps(base: pl.LazyFrame, success: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """Return where stretches of both sides overlap; each side may have a `sign`."""
    begun = pl.max_horizontal("from_day", "from_day_right")
    ended = pl.min_horizontal("to_day", "to_day_right")
    return (
        base.join(success, on=key)
        .filter(begun < ended)
        .with_columns(
            from_day=begun, to_day=ended, reason=text(), n=pl.lit(0), total=pl.col("sign")
        )
        .drop("from_day_right", "to_day_right", "sign", key)
    )


def active(inputs: Inputs) -> pl.LazyFrame:
    """Return when customers were active members."""
    return inputs.scan("int_customer_status").select(
        "customer_id",
        from_day=days("valid_from_date"),
        to_day=days("valid_to_date").fill_null(never()),
    )


def recommending(inputs: Inputs, window: int) -> pl.LazyFrame:
    """Return when customers had recommended within the window."""
    shares = (
        inputs.scan("fct_shares")
        .filter(pl.col("is_recommendation"), ~pl.col("is_test"))
        .select("customer_id", day=days("shared_date"))
        .unique()
    )
    day = pl.col("day")
    ended = pl.min_horizontal(day + window, first_after(pl.lit(True), day))
    return numbered(shares, "customer_id", "day").select(
        "customer_id", from_day="day", to_day=ended
    )


def engagement(inputs: Inputs, window: int) -> list[pl.DataFrame]:
    """Return program_engagement_rate; only months since joining are cut at their ends."""
    attributes = ["source_id", "tier", "country_code"]
    indicator = "program_engagement_rate"
    joined = inputs.scan("fct_memberships").select(
        "membership_id", "source_id", "is_test", "customer_id", "enrolled_date"
    )
    places = inputs.scan("int_described_customers").select("customer_id", "country_code")
    members = (
        inputs.scan("int_membership_stretches")
        .drop("customer_id")
        .join(joined, on="membership_id")
        .join(places, on="customer_id", how="left")
        .select(
            "membership_id",
            "source_id",
            "tier",
            pl.col("country_code").fill_null("unknown"),
            "enrolled_date",
            from_day=pl.max_horizontal(days("valid_from_date"), days("enrolled_date") + window),
            to_day=pl.min_horizontal(days("valid_to_date"), inputs.as_of_day + 1),
            reason=pl.when("is_test").then(text("test_account")),
        )
        .filter(pl.col("from_day") < pl.col("to_day"))
    )
    tested = pl.col("reason").is_not_null()
    success = overlaps(
        engaged(inputs, window), members.filter(~tested).drop("reason"), "membership_id"
    )
    base = members.drop("membership_id").with_columns(n=pl.lit(1), total=pl.lit(0))
    stretches = collected(pl.concat([base, success], how="diagonal_relaxed")).lazy()
    by_month = of_months(stretches.filter(~tested))
    months = changes(inputs, by_month, indicator, ["months_since_joining"])
    return [
        changes(inputs, stretches, indicator, attributes),
        months.filter(pl.col("dimension") != "all"),
    ]


def engaged(inputs: Inputs, window: int) -> pl.LazyFrame:
    """Return when memberships had an engagement within the window: from the first on, less gaps."""
    events = (
        inputs.scan("fct_program_events")
        .filter(pl.col("is_engagement"))
        .select("membership_id", day=days("occurred_date"))
        .unique()
    )
    day = pl.col("day")
    neighbours = numbered(events, "membership_id", "day").with_columns(
        better_day=last_before(pl.lit(True), day),
        next_day=first_after(pl.lit(True), day),
        rank=0,
        **{name: text() for name in PLACES},
    )
    return base_stretches(neighbours.rename({"membership_id": "customer_id"}), window).select(
        "from_day", "to_day", "sign", membership_id="customer_id"
    )


def of_months(stretches: pl.LazyFrame) -> pl.LazyFrame:
    """Cut stretches at the ends of the months since `enrolled_date`."""
    month = pl.col("month")
    cut_up = stretches.with_columns(
        month=pl.int_ranges(_months_to("from_day"), _months_to("to_day", -1) + 1)
    ).explode("month", empty_as_null=False)
    return cut_up.select(
        from_day=pl.max_horizontal("from_day", _month_begins(month)),
        to_day=pl.min_horizontal("to_day", _month_begins(month + 1)),
        reason=text(),
        n="n",
        total="total",
        months_since_joining=month.cast(pl.String),
    )


def _months_to(day: str, more: int = 0) -> pl.Expr:
    enrolled = pl.col("enrolled_date")
    at = (pl.col(day) + more).cast(pl.Int32).cast(pl.Date)
    years = (at.dt.year() - enrolled.dt.year()).cast(pl.Int64)
    months = 12 * years + at.dt.month().cast(pl.Int64) - enrolled.dt.month().cast(pl.Int64)
    return months - (_month_begins(months) > pl.col(day) + more).cast(pl.Int64)


def _month_begins(month: pl.Expr) -> pl.Expr:
    """Return the day some months after enrolment; where the month is too short, its last."""
    enrolled = pl.col("enrolled_date")
    number = 12 * enrolled.dt.year().cast(pl.Int64) + enrolled.dt.month().cast(pl.Int64) - 1 + month
    first = pl.date(number // 12, number % 12 + 1, 1)
    day_of_month = pl.min_horizontal(
        enrolled.dt.day().cast(pl.Int64), first.dt.month_end().dt.day().cast(pl.Int64)
    )
    return first.cast(pl.Int32).cast(pl.Int64) + day_of_month - 1


def membership_churn(inputs: Inputs) -> list[pl.DataFrame]:
    """Return membership_churn_rate: who was active the day before a period, and was lost in it."""
    activated, cancelled = pl.col("activated_date"), pl.col("cancelled_date")
    places = inputs.scan("int_described_customers").select("customer_id", "country_code")
    memberships = (
        inputs.scan("fct_memberships")
        .filter(activated.is_not_null(), cancelled.is_null() | (cancelled > activated))
        .join(places, on="customer_id", how="left")
        .group_by(
            "source_id",
            pl.col("country_code").fill_null("unknown"),
            "is_test",
            "activated_date",
            "cancelled_date",
        )
        .agg(n=pl.len().cast(pl.Int64))
    )
    reason = pl.when("is_test").then(text("test_account"))
    frames = []
    for grain, every in GRAINS.items():
        bounded = memberships.with_columns(
            grain=text(grain),
            reason=reason,
            from_day=_day(activated.dt.truncate(every).dt.offset_by(every)),
            lost_day=_day(cancelled.dt.truncate(every)),
            to_day=_day(cancelled.dt.truncate(every).dt.offset_by(every)).fill_null(never()),
        )
        base = bounded.filter(pl.col("from_day") < pl.col("to_day")).with_columns(total=pl.lit(0))
        lost = bounded.filter(
            pl.col("lost_day") >= pl.col("from_day"), ~pl.col("is_test")
        ).with_columns(from_day=pl.col("lost_day"), total=pl.col("n"), n=pl.lit(0))
        frames += [base, lost]
    stretches = pl.concat(frames, how="vertical_relaxed")
    return [changes(inputs, stretches, "membership_churn_rate", PLACES)]


def _day(expression: pl.Expr) -> pl.Expr:
    return expression.cast(pl.Int32).cast(pl.Int64)
