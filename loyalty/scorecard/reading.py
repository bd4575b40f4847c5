"""The indicators of one period, and which of them changed their verdict, from what is published."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from loyalty.errors import UsageError
from loyalty.publication import open_file

LANGUAGES = ("en", "sv")
TOTAL = "all"
# A status whose code is not what a person would say.
IN_WORDS = {"not_distinguishable": "too close to call"}

# The newest period that is complete; where none is, the running one.
SCORECARD = """
    select
        indicator_id,
        catalogue.{label} as label,
        catalogue.unit,
        period_grain,
        period_start_date,
        segment_dimension,
        segment_value,
        numerator,
        denominator,
        indicator_value,
        standard_error,
        ci_lower,
        ci_upper,
        catalogue.target_direction,
        period.target_value,
        status,
        is_partial,
        is_reportable,
        previous_value,
        change,
        change_z_score,
        is_significant_change,
        period.definition_version
    from indicators.fct_indicator_values as period
    inner join indicators.dim_indicators as catalogue using (indicator_id)
    where
        period_grain = $grain
        and segment_dimension = $dimension
        and period_start_date = (
            select max_by(period_start_date, (not is_partial, period_start_date))
            from indicators.fct_indicator_values
            where period_grain = $grain and segment_dimension = 'all'
        )
    order by
        catalogue.display_order,
        try_cast(segment_value as integer),
        denominator desc,
        segment_value
"""

GRAINS = """
    select period_grain
    from indicators.fct_indicator_values
    where segment_dimension = 'all'
    group by period_grain
    order by count(*) desc
"""

DIMENSIONS = """
    select distinct unnest(string_split(dimensions, '|')) as dimension
    from indicators.dim_indicators
    order by dimension
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
    """One indicator's value of one period and segment, with every column of the published values.

    Shares go from 0 to 1, points from -100 to 100; nothing is rounded.
    """

    indicator_id: str
    label: str
    unit: str
    period_grain: str
    period_start_date: date
    segment_dimension: str
    segment_value: str
    numerator: float
    denominator: int
    indicator_value: float | None
    standard_error: float | None
    ci_lower: float | None
    ci_upper: float | None
    target_direction: str | None
    target_value: float | None
    status: str
    is_partial: bool
    is_reportable: bool
    previous_value: float | None
    change: float | None
    change_z_score: float | None
    is_significant_change: bool
    definition_version: int


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


def read_scorecard(
    reader: duckdb.DuckDBPyConnection,
    grain: str = "month",
    segment: str | None = None,
    language: str = "en",
) -> list[Reading]:
    """Return the indicators of the newest complete period, in the catalogue's order.

    With `segment`, a dimension or the beginning of its name, one row for each of its values.

    Raises:
        UsageError: no such grain, dimension or language; those there are, are named.
    """
    grains = [name for (name,) in reader.execute(GRAINS).fetchall()]
    if grains and grain not in grains:
        raise UsageError(f"--grain {grain}: there is {', '.join(grains)}")
    if language not in LANGUAGES:
        raise UsageError(f"--lang {language}: there is {', '.join(LANGUAGES)}")
    values = {"grain": grain, "dimension": _dimension(reader, segment) if segment else TOTAL}
    rows = reader.execute(SCORECARD.format(label=f"label_{language}"), values).fetchall()
    return [Reading(*row) for row in rows]


def _dimension(reader: duckdb.DuckDBPyConnection, segment: str) -> str:
    """Return the dimension of that name, or the only one whose name begins so."""
    dimensions = [name for (name,) in reader.execute(DIMENSIONS).fetchall() if name]
    found = [name for name in dimensions if name.startswith(segment)]
    if segment in dimensions or len(found) == 1:
        return segment if segment in dimensions else found[0]
    raise UsageError(f"--segment {segment}: there is {', '.join(dimensions)}")


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


def _words(status: str) -> str:
    return IN_WORDS.get(status, status.replace("_", " "))
