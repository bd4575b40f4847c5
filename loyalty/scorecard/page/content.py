"""What stands below the page's first words: cards, trends, cuts, exclusions, scores."""

from dataclasses import dataclass, field
from datetime import date

from markupsafe import Markup

from loyalty.scorecard.page import charts, verdicts
from loyalty.scorecard.page.reading import GRAINS, Exclusion, Indicator, Published, Reading, Segment
from loyalty.scorecard.page.texts import (
    Text,
    change_number,
    interval_text,
    number,
    percent,
    period_text,
    short_period,
    target_text,
    value_text,
)
from loyalty.scorecard.page.wording import DIMENSIONS, WORDS, code_text, plain_text

SPARK_PERIODS = 13
# A year and a bit of weeks, three years of months, as many quarters as there may be.
TREND_PERIODS = {"week": 53, "month": 36, "quarter": 20}
TICKS = 6
RANGES = {"share": (0.0, 1.0), "points": (-100.0, 100.0)}


@dataclass(frozen=True)
class Row:
    """One period of an indicator in words."""

    period: Text
    is_partial: bool
    value: Text | None
    interval: Text | None
    base: Text
    change: Text | None
    is_significant: bool
    verdict: verdicts.Verdict


@dataclass(frozen=True)
class CutRow:
    """One value of a dimension in words."""

    name: Text
    base: Text
    value: Text
    interval: Text
    is_reportable: bool


@dataclass(frozen=True)
class Cut:
    """One dimension: rows and drawing, or a sentence where there is nothing to compare."""

    dimension: Text
    rows: list[CutRow] = field(default_factory=list)
    drawing: Markup | None = None
    note: Text | None = None


@dataclass(frozen=True)
class ExclusionRow:
    """Units left out for one reason, and their share of the units read."""

    reason: Text
    count: Text
    share: float
    share_text: Text


@dataclass(frozen=True)
class Scores:
    """How many answers gave each score, per survey and all together."""

    drawing: Markup | None
    note: Text
    alternative: Text | None = None
    surveys: list[Text] = field(default_factory=list)
    counts: list[list[Text]] = field(default_factory=list)


@dataclass(frozen=True)
class View:
    """One indicator in one grain: all that its card and its chapter show."""

    grain: str
    indicator: Indicator
    reading: Reading
    verdict: verdicts.Verdict
    value: Text | None
    interval: Text | None
    target: Text
    base: Text
    period: Text
    since: Text
    change: Text | None
    judgement: str
    change_strength: Text
    running: Text | None
    missing: Text | None
    spark: Markup | None
    spark_alternative: Text
    trend: Markup | None
    trend_alternative: Text
    rows: list[Row]
    cuts: list[Cut]
    cut_scale: Text | None
    exclusions: list[ExclusionRow]
    exclusion_summary: Text
    scores: Scores | None


@dataclass(frozen=True)
class Drawings:
    """All drawings of the page, by indicator, grain and, for cuts, dimension."""

    sparks: dict[str, Markup]
    trends: dict[str, Markup]
    cuts: dict[str, Markup]
    scores: dict[str, Markup]
    scales: dict[str, tuple[float, float]]


def views(published: Published) -> dict[str, list[View]]:
    """Return every indicator's views, by grain, in the order of the page."""
    drawings = _draw(published)
    return {
        grain: [
            _view(published, drawings, indicator, reading)
            for indicator in ordered(published.indicators)
            if (reading := published.headline(indicator, grain))
        ]
        for grain in GRAINS
    }


def ordered(indicators: tuple[Indicator, ...]) -> list[Indicator]:
    """Return the catalogue's order, with opposites moved up to stand side by side."""
    order: list[Indicator] = []
    for indicator in indicators:
        if indicator in order:
            continue
        order.append(indicator)
        other = opposite(indicator, indicators)
        if other and other not in order:
            order.append(other)
    return order


def opposite(indicator: Indicator, indicators: tuple[Indicator, ...]) -> Indicator | None:
    """Return the headline that reads as a contradiction of this one, if any."""
    others = (other for other in indicators if other.is_headline and indicator.is_headline)
    return next((other for other in others if indicator.is_opposite_of(other)), None)


def _key(*parts: str) -> str:
    return "--".join(parts)


def _drawn(published: Published, indicator: Indicator, grain: str) -> list[Reading]:
    return published.series(indicator, grain)[-TREND_PERIODS[grain] :]


def _complete(published: Published, indicator: Indicator, grain: str) -> list[Reading]:
    """Return what a sparkline shows: the newest periods up to the headline's."""
    start = published.headline_dates.get(grain, date.min)
    series = published.series(indicator, grain)
    return [each for each in series if each.period_start_date <= start][-SPARK_PERIODS:]


def _draw(published: Published) -> Drawings:
    series = [(indicator, grain) for indicator in published.indicators for grain in GRAINS]
    units = {indicator.indicator_id: indicator.unit for indicator in published.indicators}
    scales = {_key(i.indicator_id, g): _scale(published, i, g) for i, g in series}
    panels = {
        _key(i.indicator_id, g, dimension): [
            _interval(segment, scales[_key(i.indicator_id, g)], _rule(published, i, g))
            for segment in shown(segments)
        ]
        for i, g in series
        for dimension, segments in _by_dimension(published, i, g).items()
        if len(segments) > 1
    }
    return Drawings(
        sparks=charts.sparklines(
            {
                _key(i.indicator_id, g): _points(readings)
                for i, g in series
                if (readings := _complete(published, i, g))
                and any(each.value is not None for each in readings)
            }
        ),
        trends=charts.trends(
            {
                _key(i.indicator_id, g): _points(readings)
                for i, g in series
                if (readings := _drawn(published, i, g))
                and any(each.value is not None for each in readings)
            },
            lambda key, tick: target_text(units[key.split("--")[0]], tick),
        ),
        cuts=charts.cuts(panels),
        scores=charts.distributions(
            {
                grain: counts
                for grain in GRAINS
                if any(counts := _score_counts(published, grain, None))
            },
            number,
        ),
        scales=scales,
    )


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


def _by_dimension(
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
    cuts = _by_dimension(published, indicator, grain).values()
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


def _view(published: Published, drawings: Drawings, indicator: Indicator, reading: Reading) -> View:
    grain = reading.period_grain
    key = _key(indicator.indicator_id, grain)
    strength = "is_real" if reading.is_significant_change else "is_chance"
    if not verdicts.is_comparable(reading):
        strength = "is_unjudged"
    cuts = _by_dimension(published, indicator, grain)
    exclusions = published.by_exclusion.get((indicator.indicator_id, grain), [])
    return View(
        grain=grain,
        indicator=indicator,
        reading=reading,
        verdict=verdicts.Verdict(reading.status),
        value=verdicts.value(indicator, reading),
        interval=verdicts.interval(indicator, reading),
        target=verdicts.goal(indicator, reading),
        base=verdicts.base(indicator, reading),
        period=period_text(grain, reading.period_start_date),
        since=verdicts.since(reading),
        change=None if reading.change is None else verdicts.change_text(indicator, reading.change),
        judgement=verdicts.judgement(indicator, reading.change or 0.0),
        change_strength=WORDS[strength],
        running=_running(published, indicator, grain),
        missing=verdicts.why_not_measured(published, indicator, reading)
        if reading.value is None
        else None,
        spark=drawings.sparks.get(key),
        spark_alternative=_spark_alternative(published, indicator, grain),
        trend=drawings.trends.get(key),
        trend_alternative=_trend_alternative(
            indicator, reading, _drawn(published, indicator, grain)
        ),
        rows=[_row(indicator, each) for each in reversed(_drawn(published, indicator, grain))],
        # What cannot be compared stands last.
        cuts=sorted(
            (
                _cut(indicator, dimension, segments, drawings.cuts.get(_key(key, dimension)))
                for dimension, segments in cuts.items()
            ),
            key=lambda cut: cut.drawing is None,
        ),
        cut_scale=_cut_scale(indicator, drawings.scales[key])
        if any(len(segments) > 1 for segments in cuts.values())
        else None,
        exclusions=[_exclusion(each, exclusions, reading) for each in exclusions],
        exclusion_summary=_exclusion_summary(exclusions, reading),
        scores=_scores(published, drawings, reading) if indicator.unit == "points" else None,
    )


def _running(published: Published, indicator: Indicator, grain: str) -> Text | None:
    running = published.running(indicator, grain)
    if running is None:
        return None
    value = verdicts.value(indicator, running)
    period = period_text(grain, running.period_start_date).capitalised()
    if value is None:
        return WORDS["so_far_none"].fill(period=period)
    return WORDS["so_far"].fill(period=period, value=value)


def _spark_alternative(published: Published, indicator: Indicator, grain: str) -> Text:
    readings = [r for r in _complete(published, indicator, grain) if r.value is not None]
    if not readings:
        return WORDS["spark_none"].fill(label=indicator.label)
    first, last = readings[0], readings[-1]
    return WORDS["spark_alt"].fill(
        label=indicator.label,
        count=len(readings),
        period=period_text(grain, last.period_start_date),
        first=value_text(indicator.unit, first.value or 0.0),
        last=value_text(indicator.unit, last.value or 0.0),
    )


def _trend_alternative(indicator: Indicator, reading: Reading, drawn: list[Reading]) -> Text:
    none = Text("", "")
    target = none
    if reading.target_value is not None:
        target = WORDS["trend_target"].fill(
            target=target_text(indicator.unit, reading.target_value)
        )
    is_any_hollow = any(each.is_partial or not each.is_reportable for each in drawn)
    partial = WORDS["trend_partial"] if is_any_hollow else none
    return WORDS["trend_alt"].fill(target=target, partial=partial)


def _row(indicator: Indicator, reading: Reading) -> Row:
    return Row(
        period=short_period(reading.period_grain, reading.period_start_date),
        is_partial=reading.is_partial,
        value=verdicts.value(indicator, reading),
        interval=verdicts.interval(indicator, reading),
        base=number(reading.denominator),
        change=None if reading.change is None else change_number(indicator.unit, reading.change),
        is_significant=reading.is_significant_change,
        verdict=verdicts.Verdict(reading.status),
    )


def _cut(
    indicator: Indicator, dimension: str, segments: list[Segment], drawing: Markup | None
) -> Cut:
    name = plain_text(DIMENSIONS, dimension)
    if len(segments) == 1:
        return Cut(name, note=WORDS["cut_single"].fill(value=code_text(segments[0].code)))
    rows = [
        CutRow(
            code_text(each.code),
            number(each.denominator),
            value_text(indicator.unit, each.value),
            interval_text(indicator.unit, each.ci_lower, each.ci_upper),
            each.is_reportable,
        )
        for each in shown(segments)
    ]
    note = None
    if len(segments) > len(rows):
        note = WORDS["cut_some"].fill(shown=len(rows), count=len(segments))
    return Cut(name, rows, drawing, note)


def _cut_scale(indicator: Indicator, scale: tuple[float, float]) -> Text:
    low, high = (value_text(indicator.unit, end, 0) for end in scale)
    return WORDS["cut_scale"].fill(low=low, high=high)


def _exclusion(each: Exclusion, all_reasons: list[Exclusion], reading: Reading) -> ExclusionRow:
    read = reading.denominator + sum(other.unit_count for other in all_reasons)
    share = each.unit_count / read
    return ExclusionRow(code_text(each.reason), number(each.unit_count), share, percent(share, 1))


def _exclusion_summary(exclusions: list[Exclusion], reading: Reading) -> Text:
    left = sum(each.unit_count for each in exclusions)
    if not left:
        return WORDS["excluded_none"]
    return WORDS["excluded_read"].fill(
        read=number(reading.denominator + left),
        used=number(reading.denominator),
        left=number(left),
    )


def _score_counts(published: Published, grain: str, survey_kind: str | None) -> list[int]:
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


def _scores(published: Published, drawings: Drawings, reading: Reading) -> Scores:
    grain = reading.period_grain
    period = period_text(grain, reading.period_start_date)
    totals = _score_counts(published, grain, None)
    if not any(totals):
        return Scores(None, WORDS["distribution_none"].fill(period=period))
    kinds = sorted({each.survey_kind for each in published.scores if each.period_grain == grain})
    columns = [*(_score_counts(published, grain, kind) for kind in kinds), totals]
    is_all_counted = sum(totals) == reading.denominator
    return Scores(
        drawing=drawings.scores.get(grain),
        note=WORDS["distribution_note" if is_all_counted else "distribution_all"].fill(
            count=number(sum(totals)), base=number(reading.denominator), period=period
        ),
        alternative=WORDS["distribution_groups"].fill(
            detractors=number(sum(totals[:7])),
            passives=number(sum(totals[7:9])),
            promoters=number(sum(totals[9:])),
        ),
        surveys=[code_text(kind) for kind in kinds],
        counts=[[number(count) for count in row] for row in zip(*columns, strict=True)],
    )
