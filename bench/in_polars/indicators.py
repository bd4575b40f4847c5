"""The fourteen indicators: days to periods, with base, sum, value and what was left out."""

import polars as pl

from bench.in_polars import stocks, units
from bench.in_polars.inputs import Inputs
from bench.in_polars.units import GRAINS, collected, text

SEGMENT = ["indicator_id", "period_grain", "dimension", "segment", "reason"]


def make(inputs: Inputs) -> None:
    """Write values and exclusions."""
    levels = _levels(inputs, pl.concat(_by_day(inputs)))
    left_out = levels.filter(pl.col("reason").is_not_null())
    left_out.select(
        "indicator_id",
        "period_grain",
        "period_start_date",
        exclusion_reason="reason",
        unit_count="n",
    ).write_parquet(inputs.output("fct_indicator_exclusions"))
    values = _values(inputs, levels.filter(pl.col("reason").is_null()))
    values.write_parquet(inputs.output("fct_indicator_values"))


def _by_day(inputs: Inputs) -> list[pl.DataFrame]:
    catalogue = collected(inputs.scan("indicators"))
    window = dict(catalogue.select("indicator_id", "window_days").iter_rows())
    base_window = dict(catalogue.select("indicator_id", "base_window_days").iter_rows())
    by_day, of_guests = units.order_days(inputs), units.guests(inputs)
    days, strangers = by_day.lazy(), of_guests.lazy()
    made = units.order_flows(inputs) + units.on_time(inputs) + units.satisfaction(inputs)
    made += units.nps(inputs) + units.responses(inputs, window["survey_response_rate"])
    made += units.repurchase(inputs, by_day, of_guests, window["repurchase_rate"])
    made += stocks.churn(inputs, days, strangers, window["churn_rate"])
    for indicator, success in (
        ("program_activation_rate", stocks.active(inputs)),
        ("recommendation_rate", stocks.recommending(inputs, window["recommendation_rate"])),
    ):
        length = base_window[indicator]
        base = stocks.base_stretches(days, length)
        others = stocks.left_out(days, strangers, 0, length)
        made += stocks.of_base(inputs, indicator, base, others, success)
    made += stocks.engagement(inputs, window["program_engagement_rate"])
    return made + stocks.membership_churn(inputs)


def _levels(inputs: Inputs, by_day: pl.DataFrame) -> pl.DataFrame:
    """Sum days to periods: what a period brought, or for a stock all that came until its end."""
    periods = collected(inputs.scan("int_periods")).select("period_grain", "period_start_date")
    kinds = collected(inputs.scan("indicators")).select("indicator_id", "kind")
    covered = collected(inputs.scan("int_indicator_coverage")).filter(pl.col("is_covered"))
    known = by_day.filter(pl.col("segment").is_not_null()).join(kinds, on="indicator_id")
    sums = pl.concat(
        _of_grain(known, grain, every, periods.filter(pl.col("period_grain") == grain))
        for grain, every in GRAINS.items()
    )
    flows = sums.filter(pl.col("kind") == "flow").drop("kind")
    stock_sums = sums.filter(pl.col("kind") == "stock").drop("kind")
    running = (
        stock_sums.select(SEGMENT)
        .unique()
        .join(periods, on="period_grain")
        .join(stock_sums, on=[*SEGMENT, "period_start_date"], how="left", nulls_equal=True)
        .sort("period_start_date")
        .with_columns(pl.col("n", "total").fill_null(0).cum_sum().over(SEGMENT))
        .select(flows.columns)
    )
    return (
        pl.concat([flows, running])
        .filter(pl.col("n") > 0)
        .join(covered, on="indicator_id", how="semi")
    )


def _of_grain(by_day: pl.DataFrame, grain: str, every: str, periods: pl.DataFrame) -> pl.DataFrame:
    start = pl.col("day").cast(pl.Int32).cast(pl.Date).dt.truncate(every)
    # What entered a stock before the first period is in it when that period begins.
    clamped = pl.max_horizontal(start, pl.lit(periods["period_start_date"].min()))
    key = [*SEGMENT, "period_start_date", "kind"]
    return (
        by_day.filter(pl.col("grain").is_null() | (pl.col("grain") == grain))
        .with_columns(
            period_grain=text(grain),
            period_start_date=pl.when(pl.col("kind") == "stock").then(clamped).otherwise(start),
        )
        .group_by(key)
        .agg(pl.col("n").sum(), pl.col("total").sum())
    )


def _values(inputs: Inputs, levels: pl.DataFrame) -> pl.DataFrame:
    """Return values of all segments; the total has a row for every period."""
    catalogue = collected(inputs.scan("indicators")).select("indicator_id", "unit")
    periods = collected(inputs.scan("int_periods")).select("period_grain", "period_start_date")
    key = ["indicator_id", "period_grain", "period_start_date", "dimension", "segment"]
    totals = (
        catalogue.select("indicator_id")
        .join(periods, how="cross")
        .with_columns(dimension=text("all"), segment=text("all"))
        .join(levels, on=key, how="anti")
        .with_columns(n=pl.lit(0, dtype=pl.Int64), total=pl.lit(0, dtype=pl.Float64))
    )
    mean = pl.when(pl.col("n") > 0).then(pl.col("total") / pl.col("n"))
    return (
        pl.concat([levels.select(*key, "n", "total"), totals.select(*key, "n", "total")])
        .join(catalogue, on="indicator_id")
        .select(
            "indicator_id",
            "period_grain",
            "period_start_date",
            segment_dimension="dimension",
            segment_value="segment",
            numerator="total",
            denominator="n",
            indicator_value=pl.when(pl.col("unit") == "points").then(100 * mean).otherwise(mean),
        )
    )
