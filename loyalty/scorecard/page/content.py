"""What stands below the page's first words: cards, trends, cuts, exclusions, scores."""

from dataclasses import dataclass, field

from markupsafe import Markup

from loyalty.scorecard.page import verdicts
from loyalty.scorecard.page.codes import DIMENSIONS, code_text, plain_text
from loyalty.scorecard.page.drawings import (
    Drawings,
    by_dimension,
    complete,
    draw,
    drawn,
    key_of,
    score_counts,
    shown,
)
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
from loyalty.scorecard.page.wording import WORDS


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


def views(published: Published) -> dict[str, list[View]]:
    """Return every indicator's views, by grain, in the order of the page."""
    drawings = draw(published)
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


def _view(published: Published, drawings: Drawings, indicator: Indicator, reading: Reading) -> View:
    grain = reading.period_grain
    key = key_of(indicator.indicator_id, grain)
    strength = "is_real" if reading.is_significant_change else "is_chance"
    if not verdicts.is_comparable(reading):
        strength = "is_unjudged"
    cuts = by_dimension(published, indicator, grain)
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
            indicator, reading, drawn(published, indicator, grain)
        ),
        rows=[_row(indicator, each) for each in reversed(drawn(published, indicator, grain))],
        # What cannot be compared stands last.
        cuts=sorted(
            (
                _cut(indicator, dimension, segments, drawings.cuts.get(key_of(key, dimension)))
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
    readings = [r for r in complete(published, indicator, grain) if r.value is not None]
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


def _scores(published: Published, drawings: Drawings, reading: Reading) -> Scores:
    grain = reading.period_grain
    period = period_text(grain, reading.period_start_date)
    totals = score_counts(published, grain, None)
    if not any(totals):
        return Scores(None, WORDS["distribution_none"].fill(period=period))
    kinds = sorted({each.survey_kind for each in published.scores if each.period_grain == grain})
    columns = [*(score_counts(published, grain, kind) for kind in kinds), totals]
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
