"""What the page shows, read from one published file."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from loyalty.errors import PublicationError
from loyalty.publication import open_file
from loyalty.scorecard.page.texts import Text

FOLDER = Path(__file__).parent
GRAINS = ("week", "month", "quarter")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Indicator:
    """One row of the catalogue; windows in whole local days."""

    indicator_id: str
    label: Text
    definition: Text
    unit: str
    kind: str
    unit_of_analysis: str
    is_headline: bool
    target_direction: str | None
    target_value: float | None
    minimum_base: int
    needed_entities: tuple[str, ...]
    dimensions: tuple[str, ...]
    display_order: int

    def is_opposite_of(self, other: "Indicator") -> bool:
        """Whether both ask of the same units and tables, and good is up for one, down for one."""
        return (
            {self.target_direction, other.target_direction} == {"above", "below"}
            and self.unit_of_analysis == other.unit_of_analysis
            and self.needed_entities == other.needed_entities
        )


@dataclass(frozen=True)
class Reading:
    """One indicator's total in one period, in the units of the marts (shares 0 to 1).

    The run is the stretch of periods up to this one with the same verdict; `measured_count` is how
    many periods up to this one have a value, `was_reportable` says so of the period before.
    """

    indicator_id: str
    period_grain: str
    period_start_date: date
    numerator: float
    denominator: int
    value: float | None
    ci_lower: float | None
    ci_upper: float | None
    target_value: float | None
    status: str
    is_partial: bool
    is_reportable: bool
    previous_value: float | None
    change: float | None
    change_z_score: float | None
    is_significant_change: bool
    run_start_date: date
    run_length: int
    measured_count: int
    was_reportable: bool


@dataclass(frozen=True)
class Segment:
    """One value of a dimension in the headline period."""

    indicator_id: str
    period_grain: str
    dimension: str
    code: str
    denominator: int
    value: float
    ci_lower: float
    ci_upper: float
    status: str
    is_reportable: bool


@dataclass(frozen=True)
class Exclusion:
    """Units left out for one reason in the headline period."""

    indicator_id: str
    period_grain: str
    reason: str
    unit_count: int


@dataclass(frozen=True)
class ScoreCount:
    """Answers with one score, 0 to 10, to one survey in the headline period."""

    period_grain: str
    survey_kind: str
    score: int
    answer_count: int


@dataclass(frozen=True)
class Published:
    """Everything that the page needs of one generation; `published_at` is UTC."""

    generation: str
    night_id: str
    as_of_date: date
    published_at: datetime
    indicators: tuple[Indicator, ...]
    readings: tuple[Reading, ...]
    segments: tuple[Segment, ...]
    exclusions: tuple[Exclusion, ...]
    scores: tuple[ScoreCount, ...]
    headline_dates: dict[str, date]
    row_counts: dict[str, int]

    @cached_property
    def by_series(self) -> dict[tuple[str, str], list[Reading]]:
        """The readings of an indicator and grain, oldest first."""
        series: dict[tuple[str, str], list[Reading]] = defaultdict(list)
        for reading in self.readings:
            series[reading.indicator_id, reading.period_grain].append(reading)
        return series

    @cached_property
    def by_cut(self) -> dict[tuple[str, str], list[Segment]]:
        """The segments of an indicator and grain."""
        cuts: dict[tuple[str, str], list[Segment]] = defaultdict(list)
        for segment in self.segments:
            cuts[segment.indicator_id, segment.period_grain].append(segment)
        return cuts

    @cached_property
    def by_exclusion(self) -> dict[tuple[str, str], list[Exclusion]]:
        """The exclusions of an indicator and grain."""
        reasons: dict[tuple[str, str], list[Exclusion]] = defaultdict(list)
        for exclusion in self.exclusions:
            reasons[exclusion.indicator_id, exclusion.period_grain].append(exclusion)
        return reasons

    def series(self, indicator: Indicator, grain: str) -> list[Reading]:
        """Return an indicator's readings of a grain, oldest first, the running period last."""
        return self.by_series.get((indicator.indicator_id, grain), [])

    def headline(self, indicator: Indicator, grain: str) -> Reading | None:
        """Return an indicator's reading in the newest complete period."""
        start = self.headline_dates.get(grain)
        found = (r for r in self.series(indicator, grain) if r.period_start_date == start)
        return next(found, None)

    def running(self, indicator: Indicator, grain: str) -> Reading | None:
        """Return an indicator's reading in the period that is running, beside the headline."""
        start = self.headline_dates.get(grain)
        found = (
            reading
            for reading in self.series(indicator, grain)
            if reading.is_partial and start is not None and reading.period_start_date > start
        )
        return next(found, None)


def read_published(path: Path) -> Published:
    """Read one generation, read-only.

    Raises:
        PublicationError: the file cannot be opened or lacks the indicators.
    """
    try:
        with open_file(path) as reader:
            return _read(reader)
    except duckdb.Error as problem:
        raise PublicationError(f"{path} has nothing for the scorecard page: {problem}") from problem


def _read(reader: duckdb.DuckDBPyConnection) -> Published:
    reader.execute(f"create temp table headline_periods as {_sql('headline_periods')}")
    generation, night_id, as_of_date, published_at = reader.execute(
        "select generation, night_id, as_of_date, published_at from publication.generation"
    ).fetchall()[0]
    row_counts = dict(
        reader.execute(
            "select schema_name || '.' || table_name, row_count from publication.tables"
        ).fetchall()
    )
    has_answers = "core.fct_survey_answers" in row_counts
    return Published(
        generation=generation,
        night_id=night_id,
        as_of_date=as_of_date,
        published_at=published_at,
        indicators=tuple(_read_catalogue(reader)),
        readings=_rows(Reading, reader, "values"),
        segments=_rows(Segment, reader, "segments"),
        exclusions=_rows(Exclusion, reader, "exclusions"),
        scores=_rows(ScoreCount, reader, "scores") if has_answers else (),
        headline_dates=dict(reader.execute("from headline_periods").fetchall()),
        row_counts=row_counts,
    )


def _read_catalogue(reader: duckdb.DuckDBPyConnection) -> Iterable[Indicator]:
    found = reader.execute(_sql("catalogue"))
    columns = [column[0] for column in found.description or ()]
    for values in found.fetchall():
        row = dict(zip(columns, values, strict=True))
        label = Text(row.pop("label_sv"), row.pop("label_en"))
        definition = Text(row.pop("definition_sv"), row.pop("definition_en"))
        for lists in ("needed_entities", "dimensions"):
            row[lists] = tuple(filter(None, row[lists].split("|")))
        yield Indicator(label=label, definition=definition, **row)


def _rows(kind: type[Row], reader: duckdb.DuckDBPyConnection, name: str) -> tuple[Row, ...]:
    """Return one object per row; a query's columns stand in the order of the fields."""
    make: Any = kind
    return tuple(make(*row) for row in reader.execute(_sql(name)).fetchall())


def _sql(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text()
