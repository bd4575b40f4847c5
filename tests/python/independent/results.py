"""The published columns, from units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from .arithmetic import compare, measure, verdict
from .facts import Facts, gather
from .indicators import INDICATORS, Indicator
from .periods import GRAINS, every_start, period_end, previous_start
from .reading import Landing

SOURCE_ID = "canonical"
Catalogue = Mapping[str, Mapping[str, Any]]
KEY = ["indicator_id", "period_grain", "period_start_date", "segment_dimension", "segment_value"]
COLUMNS = [
    *KEY, "numerator", "denominator", "indicator_value", "standard_error", "ci_lower", "ci_upper",
    "status", "is_partial", "is_reportable", "previous_value", "change", "change_z_score",
    "is_significant_change",
]  # fmt: skip
EXCLUSION_KEY = ["indicator_id", "period_grain", "period_start_date", "exclusion_reason"]
MINIMUM_BASE = 30


def default_catalogue() -> dict[str, dict[str, Any]]:
    """Targets, windows and minimum bases as the contract prints them."""
    return {
        name: {
            "target_value": indicator.target_value,
            "target_direction": indicator.target_direction,
            "window_days": indicator.window_days,
            "minimum_base": MINIMUM_BASE,
        }
        for name, indicator in INDICATORS.items()
    }


def compute(
    landing: Landing,
    as_of: date,
    catalogue: Catalogue | None = None,
    *,
    only: Iterable[str] = INDICATORS,
) -> pd.DataFrame:
    """One row per indicator, grain, period and segment; dates are datetime.date, nulls are NaN.

    `catalogue` overrides single entries of `default_catalogue` by indicator; `only` names
    the indicators that are wanted.
    """
    rules = _rules(catalogue)
    facts = _facts(landing, as_of)
    parts = [_values(facts, name, grain, rules[name]) for name in only for grain in GRAINS]
    values = pd.concat(parts, ignore_index=True)
    values["period_start_date"] = values["period_start_date"].dt.date
    return values[COLUMNS].sort_values(KEY, ignore_index=True)


def exclusions(
    landing: Landing,
    as_of: date,
    catalogue: Catalogue | None = None,
    *,
    only: Iterable[str] = INDICATORS,
) -> pd.DataFrame:
    """One row per indicator, grain, period and reason: how many units were left out."""
    rules = _rules(catalogue)
    facts = _facts(landing, as_of)
    parts = []
    for name in only:
        for grain in GRAINS:
            _, left_out = _counted(facts, name, grain, rules[name]["window_days"])
            parts.append(left_out.assign(indicator_id=name, period_grain=grain))
    result = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    result = result.rename(columns={"start": "period_start_date", "reason": "exclusion_reason"})
    result["period_start_date"] = pd.to_datetime(result["period_start_date"]).dt.date
    result = result[[*EXCLUSION_KEY, "unit_count"]]
    return result.sort_values(EXCLUSION_KEY, ignore_index=True)


@lru_cache(maxsize=4)
def _facts(landing: Landing, as_of: date) -> Facts:
    return gather(landing, as_of)


def _rules(catalogue: Catalogue | None) -> dict[str, dict[str, Any]]:
    overrides = catalogue or {}
    return {
        name: {**rules, **overrides.get(name, {})} for name, rules in default_catalogue().items()
    }


def _is_measured(facts: Facts, indicator: Indicator) -> bool:
    return set(indicator.needs) <= facts.landed and facts.first_day is not None


@lru_cache(maxsize=4 * len(INDICATORS) * len(GRAINS))
def _counted(
    facts: Facts, name: str, grain: str, window_days: int | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sums of the used units per segment, and counts of those left out per reason."""
    units = _units(facts, name, grain, window_days)
    is_used = units["reason"].eq("")
    left_out = units[~is_used].groupby(["start", "reason"]).size().reset_index(name="unit_count")
    return _sums(facts, units[is_used], grain, INDICATORS[name].cuts), left_out


def _units(facts: Facts, name: str, grain: str, window_days: int | None) -> pd.DataFrame:
    """Units of one indicator: none where a table that it needs was not landed."""
    indicator = INDICATORS[name]
    nothing = pd.DataFrame({"start": pd.Series(dtype="datetime64[ns]"), "reason": "", "value": 0})
    if not _is_measured(facts, indicator):
        return nothing
    units = indicator.units(facts, grain, window_days or 0)
    return units if len(units) else nothing


def _values(facts: Facts, name: str, grain: str, rules: Mapping[str, Any]) -> pd.DataFrame:
    sums, _ = _counted(facts, name, grain, rules["window_days"])
    values = measure(sums, INDICATORS[name].unit)
    minimum = int(rules["minimum_base"])
    values["is_reportable"] = values["denominator"] >= minimum
    values["is_partial"] = period_end(values["period_start_date"], grain) > facts.as_of
    judged = zip(values["denominator"], values["ci_lower"], values["ci_upper"], strict=True)
    aim = {"target": rules["target_value"], "direction": rules["target_direction"]}
    values["status"] = [verdict(*row, **aim, minimum_base=minimum) for row in judged]
    key = ["period_start_date", "segment_dimension", "segment_value"]
    before = values[[*key, "indicator_value", "standard_error", "is_reportable"]]
    before_key = values[key].assign(
        period_start_date=previous_start(values["period_start_date"], grain)
    )
    values = compare(values, before_key.merge(before, on=key, how="left"))
    return values.assign(indicator_id=name, period_grain=grain)


def _sums(facts: Facts, used: pd.DataFrame, grain: str, cuts: tuple[str, ...]) -> pd.DataFrame:
    """n, sum and sum of squares per period and segment; `all` for every period."""
    used = used.assign(square=used["value"] ** 2, all="all", source_id=SOURCE_ID)
    parts = []
    for dimension in ("all", "source_id", *cuts):
        if dimension not in used:
            continue
        grouped = used.groupby(["start", dimension])
        part = grouped.agg(n=("value", "size"), s1=("value", "sum"), s2=("square", "sum"))
        part = part.reset_index().rename(columns={dimension: "segment_value"})
        parts.append(part.assign(segment_dimension=dimension))
    if facts.first_day is not None:
        starts = every_start(facts.first_day, facts.as_of, grain)
        silent = starts[~starts.isin(used["start"])]
        parts.append(
            pd.DataFrame(
                {"start": silent, "segment_value": "all", "n": 0, "s1": 0, "s2": 0}
            ).assign(segment_dimension="all")
        )
    sums = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return sums.rename(columns={"start": "period_start_date"}).reset_index(drop=True)
