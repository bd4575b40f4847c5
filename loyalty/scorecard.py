"""The headline indicators of one month, read from what is published."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from loyalty.publication import open_file

# The newest month that is complete; where none is, the newest there is.
NEWEST_MONTH = """
    select max_by(period_start_date, (not is_partial, period_start_date))
    from indicators.fct_indicator_values
    where period_grain = 'month' and segment_dimension = 'all'
"""

SCORECARD = f"""
    select
        catalogue.label_en,
        catalogue.unit,
        period.period_start_date,
        period.is_partial,
        period.indicator_value,
        period.ci_lower,
        period.ci_upper,
        catalogue.target_direction,
        period.target_value,
        period.status,
        period.change,
        period.is_significant_change,
        period.denominator,
    from indicators.fct_indicator_values as period
    inner join indicators.dim_indicators as catalogue using (indicator_id)
    where
        catalogue.is_headline
        and period.period_grain = 'month'
        and period.segment_dimension = 'all'
        and period.period_start_date = ({NEWEST_MONTH})
    order by catalogue.display_order
"""

CHANGED_STATUSES = """
    with readings as (
        select indicator_id, period_grain, period_start_date, status
        from indicators.fct_indicator_values
        where segment_dimension = 'all' and not is_partial
        qualify row_number() over (
            partition by indicator_id, period_grain order by period_start_date desc
        ) = 1
    )

    select catalogue.label_en, readings.period_grain, readings.period_start_date, readings.status
    from readings
    inner join indicators.dim_indicators as catalogue using (indicator_id)
    order by catalogue.display_order, readings.period_grain
"""


@dataclass(frozen=True)
class Reading:
    """One indicator's value for one month; shares go from 0 to 1, points from -100 to 100."""

    label: str
    unit: str
    period_start_date: date
    is_partial: bool
    value: float | None
    ci_lower: float | None
    ci_upper: float | None
    target_direction: str | None
    target_value: float | None
    status: str
    change: float | None
    is_significant_change: bool
    denominator: float


@dataclass(frozen=True)
class StatusChange:
    """An indicator whose newest complete period reads otherwise than in the file before."""

    label: str
    period_grain: str
    period_start_date: date
    status_before: str
    status: str

    def __str__(self) -> str:
        """Return the change in words."""
        return (
            f"{self.label}, {self.period_grain} from {self.period_start_date}: "
            f"{_words(self.status_before)} → {_words(self.status)}"
        )


def read_scorecard(reader: duckdb.DuckDBPyConnection) -> list[Reading]:
    """Return the headline indicators of the newest complete month, in the catalogue's order."""
    return [Reading(*row) for row in reader.execute(SCORECARD).fetchall()]


def status_changes(before: Path | None, after: Path) -> list[StatusChange]:
    """Compare two published files: which indicator's newest complete period changed its status."""
    if before is None:
        return []
    earlier = {(label, grain): status for label, grain, _, status in _newest(before)}
    return [
        StatusChange(label, grain, start, earlier[label, grain], status)
        for label, grain, start, status in _newest(after)
        if earlier.get((label, grain), status) != status
    ]


def _newest(path: Path) -> list[tuple[str, str, date, str]]:
    with open_file(path) as reader:
        rows: list[tuple[str, str, date, str]] = reader.execute(CHANGED_STATUSES).fetchall()
    return rows


def cells(reading: Reading) -> tuple[str, ...]:
    """Return label, value, interval, target, verdict, change and base as a person reads them."""
    interval = ""
    if reading.ci_lower is not None and reading.ci_upper is not None:
        bounds = (_number(reading, bound) for bound in (reading.ci_lower, reading.ci_upper))
        interval = f"[{', '.join(bounds)}]"
    sign = {"above": "> ", "below": "< "}.get(reading.target_direction or "", "")
    target = "" if reading.target_value is None else sign + _number(reading, reading.target_value)
    return (
        reading.label,
        _number(reading, reading.value),
        interval,
        target,
        _words(reading.status),
        _change(reading),
        f"{reading.denominator:,.0f}",
    )


def _number(reading: Reading, value: float | None) -> str:
    if value is None:
        return "no value"
    return f"{value * 100:.1f} %" if reading.unit == "share" else f"{value:,.1f}"


def _change(reading: Reading) -> str:
    if reading.change is None:
        return ""
    scale = 100 if reading.unit == "share" else 1
    mark = " *" if reading.is_significant_change else ""
    return f"{reading.change * scale:+.1f}{mark}"


def _words(status: str) -> str:
    return status.replace("_", " ")
