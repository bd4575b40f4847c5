"""All drawings of the page: which periods and values each shows, handed to the charts at once."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from loyalty.scorecard.page import charts
from loyalty.scorecard.page.reading import GRAINS, Indicator, Published, Reading, Segment
from loyalty.scorecard.page.texts import number, short_period, target_text

SPARK_PERIODS = 13
# A year and a bit of weeks, three years of months, as many quarters as there may be.
TREND_PERIODS = {"week": 53, "month": 36, "quarter": 20}
TICKS = 6
RANGES = {"share": (0.0, 1.0), "points": (-100.0, 100.0)}


@dataclass(frozen=True)
class Drawings:
    """All drawings of the page, by indicator, grain and, for cuts, dimension."""

    sparks: dict[str, Markup]
    trends: dict[str, Markup]
    cuts: dict[str, Markup]
    scores: dict[str, Markup]
    scales: dict[str, tuple[float, float]]


def draw(published: Published) -> Drawings:
    """Draw all that the page shows."""
    series = [(indicator, grain) for indicator in published.indicators for grain in GRAINS]
    units = {indicator.indicator_id: indicator.unit for indicator in published.indicators}
    scales = {key_of(i.indicator_id, g): _scale(published, i, g) for i, g in series}
    panels = {
        key_of(i.indicator_id, g, dimension): [
            _interval(segment, scales[key_of(i.indicator_id, g)], _rule(published, i, g))
            for segment in shown(segments)
        ]
        for i, g in series
        for dimension, segments in by_dimension(published, i, g).items()
        if len(segments) > 1
    }
    return Drawings(
        sparks=charts.sparklines(
            {
                key_of(i.indicator_id, g): _points(readings)
                for i, g in series
                if (readings := complete(published, i, g))
                and any(each.value is not None for each in readings)
            }
        ),
        trends=charts.trends(
            {
                key_of(i.indicator_id, g): _points(readings)
                for i, g in series
                if (readings := drawn(published, i, g))
                and any(each.value is not None for each in readings)
            },
            lambda key, tick: target_text(units[key.split("--")[0]], tick),
        ),
        cuts=charts.cuts(panels),
        scores=charts.distributions(
            {
                grain: counts
                for grain in GRAINS
                if any(counts := score_counts(published, grain, None))
            },
            number,
        ),
        scales=scales,
    )


def key_of(*parts: str) -> str:
    """Return the name of a drawing."""
    return "--".join(parts)


def drawn(published: Published, indicator: Indicator, grain: str) -> list[Reading]:
    """Return what a trend shows: the newest periods."""
    return published.series(indicator, grain)[-TREND_PERIODS[grain] :]


def complete(published: Published, indicator: Indicator, grain: str) -> list[Reading]:
    """Return what a sparkline shows: the newest periods up to the headline's."""
    start = published.headline_dates.get(grain, date.min)
    series = published.series(indicator, grain)
    return [each for each in series if each.period_start_date <= start][-SPARK_PERIODS:]


def _points(readings: list[Reading]) -> list[charts.Point]:
    """Return a trend's points with a few periods named, counted from the newest."""
    step = max(1, -(-len(readings) // TICKS))
    low, high = _ends(readings)
    return [
        charts.Point(
            reading.value,
            reading.ci_lower if reading.ci_lower is None else max(reading.ci_lower, low),
            reading.ci_upper if reading.ci_upper is None else min(reading.ci_upper, high),
            reading.target_value,
            reading.is_partial or not reading.is_reportable,
            short_period(reading.period_grain, reading.period_start_date)
            if (len(readings) - 1 - place) % step == 0 and place >= step // 2
            else None,
        )
        for place, reading in enumerate(readings)
    ]


def _ends(readings: list[Reading]) -> tuple[float, float]:
    """Return between what a band is drawn: intervals of tiny bases would flatten all else."""
    large = [each for each in readings if each.is_reportable] or readings
    intervals = [end for each in large for end in (each.ci_lower, each.ci_upper)]
    known = [end for end in (*intervals, *(each.value for each in readings)) if end is not None]
    return min(known), max(known)


def by_dimension(
    published: Published, indicator: Indicator, grain: str
) -> dict[str, list[Segment]]:
    """Return the cuts that the catalogue asks for, in its order; values by falling base."""
    found = published.by_cut.get((indicator.indicator_id, grain), [])
    return {
        dimension: segments
        for dimension in indicator.dimensions
        if (segments := [each for each in found if each.dimension == dimension])
    }


def shown(segments: list[Segment]) -> list[Segment]:
    """Return the values with the largest bases; numbers in their order, `unknown` last."""
    largest = segments[: charts.MOST_ROWS]
    known = [each for each in largest if each.code != "unknown"]
    if all(each.code.isdecimal() for each in known):
        known.sort(key=lambda each: int(each.code))
    return known + [each for each in largest if each.code == "unknown"]


def _rule(published: Published, indicator: Indicator, grain: str) -> float | None:
    """Return where the upright line of cuts stands: the target, else the total."""
    reading = published.headline(indicator, grain)
    if reading is None:
        return None
    return reading.value if reading.target_value is None else reading.target_value


def _scale(published: Published, indicator: Indicator, grain: str) -> tuple[float, float]:
    """Return the scale of an indicator's cuts: intervals of tiny bases may leave it."""
    cuts = by_dimension(published, indicator, grain).values()
    segments = [each for cut in cuts if len(cut) > 1 for each in shown(cut)]
    values = [each.value for each in segments]
    ends = [
        end for each in segments if each.is_reportable for end in (each.ci_lower, each.ci_upper)
    ]
    low, high = charts.spread([*values, *ends, _rule(published, indicator, grain)])
    least, most = RANGES.get(indicator.unit, (low, high))
    return max(low, least), min(high, most)


def _interval(segment: Segment, scale: tuple[float, float], rule: float | None) -> charts.Interval:
    low, high = scale

    def place(value: float) -> float:
        return min(max((value - low) / (high - low), 0.0), 1.0)

    return charts.Interval(
        place(segment.value),
        place(segment.ci_lower),
        place(segment.ci_upper),
        None if rule is None else place(rule),
        not segment.is_reportable,
    )


def score_counts(published: Published, grain: str, survey_kind: str | None) -> list[int]:
    """Return how many answers gave 0, 1, … 10; of all surveys where none is named."""
    return [
        sum(
            each.answer_count
            for each in published.scores
            if each.period_grain == grain
            and each.score == score
            and survey_kind in (None, each.survey_kind)
        )
        for score in range(11)
    ]
