"""The facts and indicators that polars computes are those of the models."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from bench.in_polars import checks, facts, indicators, inputs

pytest_plugins = ["benchmarks.fixtures"]


def test_polars_gives_what_the_models_give(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "inputs"
    inputs.export(built, folder)
    read = inputs.Inputs.of(folder)
    facts.make(read)
    indicators.make(read)
    assert checks.differing(built, folder) == []
    months = read.output("fct_customer_months")
    counts = pl.read_parquet(months)
    is_first = pl.int_range(pl.len()) == 0
    changed = counts.with_columns(pl.col("order_count") + is_first.cast(int))
    changed.write_parquet(months)
    assert checks.differing(built, folder) == ["core.fct_customer_months: 2 rows differ"]
