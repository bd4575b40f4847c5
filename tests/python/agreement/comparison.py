"""Two tables that should be one: what differs, in sentences."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from independent import Landing, compute, default_catalogue

TOLERANCE = 1e-9
SHOWN = 8


def second_values(landing: Landing, as_of: date) -> pd.DataFrame:
    """The second computation's values with the two columns that come from the catalogue alone."""
    values = compute(landing, as_of)
    targets = {name: rules["target_value"] for name, rules in default_catalogue().items()}
    return values.assign(target_value=values["indicator_id"].map(targets), definition_version=1)


def assert_same(product: pd.DataFrame, second: pd.DataFrame, key: list[str]) -> None:
    """Fail with every kind of difference in words: rows on one side only, cells that differ.

    Numbers may differ by 1e-9 of their size (or of 1, where they are smaller); null equals null.
    Columns that only one side has are a difference, too.
    """
    found = _differences(product, second, key)
    assert not found, "\n".join(found)


def _differences(product: pd.DataFrame, second: pd.DataFrame, key: list[str]) -> list[str]:
    lone = sorted(set(product.columns) ^ set(second.columns))
    if lone:
        return [f"columns on one side only: {', '.join(lone)}"]
    both = product.merge(
        second, on=key, how="outer", suffixes=("", "_second"), indicator="side", validate="1:1"
    )
    found = []
    for side, name in (("left_only", "product"), ("right_only", "second computation")):
        alone = both[both["side"].eq(side)]
        found += _sentences(alone, key, f"only in the {name}")
    matched = both[both["side"].eq("both")]
    for column in product.columns.drop(key):
        values, others = matched[column], matched[f"{column}_second"]
        odd = matched[~_is_same(values, others)]
        found += _sentences(odd, [*key, column, f"{column}_second"], f"{column} differs")
    return found


def _is_same(values: pd.Series, others: pd.Series) -> pd.Series:
    both_null = values.isna() & others.isna()
    if all(pd.api.types.is_numeric_dtype(side.infer_objects()) for side in (values, others)):
        left, right = values.astype(float), others.astype(float)
        return both_null | ((left - right).abs() <= TOLERANCE * np.maximum(right.abs(), 1))
    return both_null | values.eq(others)


def _sentences(rows: pd.DataFrame, columns: list[str], what: str) -> list[str]:
    if rows.empty:
        return []
    shown = [", ".join(map(str, row)) for row in rows[columns].head(SHOWN).to_numpy()]
    return [f"{what} in {len(rows)} rows:", *shown]
