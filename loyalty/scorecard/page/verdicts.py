"""The page's first words: what changed and is it real, and how the targets stand."""

from dataclasses import dataclass
from datetime import date, timedelta

from loyalty.scorecard.page.codes import ENTITIES, SIGNS, STATUSES, UNITS, count_text, plain_text
from loyalty.scorecard.page.reading import Indicator, Published, Reading
from loyalty.scorecard.page.texts import (
    Text,
    change_number,
    interval_text,
    listed,
    number,
    period_start,
    period_text,
    target_text,
    value_text,
)
from loyalty.scorecard.page.wording import WORDS

JUDGED = ("missed", "not_distinguishable", "met")
CHANGE_WORDS = {"share": "by_percentage_points", "points": "by_points", "amount": "by_amount"}


@dataclass(frozen=True)
class Verdict:
    """A status as word and sign; `code` is the mart's."""

    code: str

    @property
    def word(self) -> Text:
        """The status in words."""
        return STATUSES[self.code]

    @property
    def sign(self) -> str:
        """A sign that goes with the word."""
        return SIGNS[self.code]


@dataclass(frozen=True)
class Change:
    """An indicator that changed more than chance explains."""

    indicator: Indicator
    sentence: Text
    is_rise: bool
    judgement: str
    z_score: float


@dataclass(frozen=True)
class Standing:
    """How one indicator stands to its target, and since when."""

    indicator: Indicator
    value: Text
    interval: Text | None
    target: Text
    since: Text


@dataclass(frozen=True)
class Lead:
    """The first words of one grain."""

    period: Text | None
    comparison: Text | None
    is_running: bool
    summary: Text
    real: list[Change]
    within_chance: list[tuple[Indicator, Text]]
    not_comparable: list[tuple[Indicator, Text]]
    standings: list[tuple[Verdict, list[Standing]]]
    unjudged: list[tuple[Indicator, Text]]


def lead(published: Published, grain: str) -> Lead:
    """Return the first words on the headline indicators of one grain."""
    indicators = [indicator for indicator in published.indicators if indicator.is_headline]
    pairs = [(each, published.headline(each, grain)) for each in indicators]
    readings = [(each, reading) for each, reading in pairs if reading is not None]
    real = [
        _change(each, reading)
        for each, reading in readings
        if reading.is_significant_change and reading.change
    ]
    within = [
        (each, change_number(each.unit, reading.change))
        for each, reading in readings
        if is_comparable(reading)
        and not reading.is_significant_change
        and reading.change is not None
    ]
    silent = [(each, why) for each, reading in readings if (why := why_not_comparable(reading))]
    start = published.headline_dates.get(grain)
    return Lead(
        period=period_text(grain, start) if start else None,
        comparison=_comparison(grain, start) if start else None,
        is_running=any(reading.is_partial for _, reading in readings),
        summary=_summary(len(real), len(real) + len(within)),
        real=sorted(real, key=lambda change: -abs(change.z_score)),
        within_chance=within,
        not_comparable=silent,
        standings=[
            (
                Verdict(status),
                [
                    _standing(each, reading)
                    for each, reading in readings
                    if reading.status == status
                ],
            )
            for status in JUDGED
        ],
        unjudged=[
            (each, STATUSES[reading.status])
            for each, reading in readings
            if reading.status not in JUDGED
        ],
    )


def _comparison(grain: str, start: date) -> Text:
    """Return which periods are compared."""
    before = period_start(grain, start - timedelta(days=1))
    return WORDS["headline_period"].fill(
        period=period_text(grain, start).capitalised(), previous=period_text(grain, before)
    )


def is_comparable(reading: Reading) -> bool:
    """Whether a change, or that there was none, can be told from chance."""
    return why_not_comparable(reading) is None


def why_not_comparable(reading: Reading) -> Text | None:
    """Return why a change cannot be told from chance; none where it can."""
    if reading.value is None:
        return WORDS["why_no_value"]
    if reading.change is None:
        return WORDS["why_no_previous"]
    if not reading.is_reportable or not reading.was_reportable:
        return WORDS["why_small"]
    # Both errors are 0, as when all answers of both periods are the same.
    if reading.change and reading.change_z_score is None:
        return WORDS["why_no_error"]
    return None


def _summary(real: int, total: int) -> Text:
    if not total:
        return WORDS["nothing_to_compare"]
    return WORDS["some_real" if real else "none_real"].fill(count=real, total=total)


def _change(indicator: Indicator, reading: Reading) -> Change:
    change, value = reading.change or 0.0, reading.value or 0.0
    return Change(
        indicator,
        WORDS["rose" if change > 0 else "fell"].fill(
            label=indicator.label,
            change=change_text(indicator, abs(change), is_signed=False),
            value=value_text(indicator.unit, value),
        ),
        change > 0,
        judgement(indicator, change),
        reading.change_z_score or 0.0,
    )


def judgement(indicator: Indicator, change: float) -> str:
    """Return `better`, `worse` or, without a target, `neutral`."""
    if indicator.target_direction is None:
        return "neutral"
    return "better" if (change > 0) == (indicator.target_direction == "above") else "worse"


def change_text(indicator: Indicator, change: float, is_signed: bool = True) -> Text:
    """Return a change with its unit: percentage points, or points."""
    figure = change_number(indicator.unit, change)
    if not is_signed:
        figure = Text(figure.sv.lstrip("+"), figure.en.lstrip("+"))
    return WORDS[CHANGE_WORDS.get(indicator.unit, "by_amount")].fill(number=figure)


def goal(indicator: Indicator, reading: Reading | None) -> Text:
    """Return the target in words, as the reading was judged by it."""
    value = reading.target_value if reading else indicator.target_value
    if value is None or indicator.target_direction is None:
        return WORDS["no_target_set"]
    return WORDS[indicator.target_direction].fill(target=target_text(indicator.unit, value))


def _standing(indicator: Indicator, reading: Reading) -> Standing:
    return Standing(
        indicator,
        value_text(indicator.unit, reading.value or 0.0),
        interval(indicator, reading),
        WORDS["goal"].fill(goal=goal(indicator, reading)),
        since(reading),
    )


def since(reading: Reading) -> Text:
    """Return the first period of the current run of the same verdict."""
    is_first = reading.measured_count <= reading.run_length
    return WORDS["since_first" if is_first else "since"].fill(
        period=period_text(reading.period_grain, reading.run_start_date),
        count=count_text(reading.period_grain, reading.run_length),
    )


def interval(indicator: Indicator, reading: Reading) -> Text | None:
    """Return a reading's interval in its unit."""
    if reading.ci_lower is None or reading.ci_upper is None:
        return None
    return interval_text(indicator.unit, reading.ci_lower, reading.ci_upper)


def value(indicator: Indicator, reading: Reading | None) -> Text | None:
    """Return a reading's value in its unit, none where nothing was measured."""
    if reading is None or reading.value is None:
        return None
    return value_text(indicator.unit, reading.value)


def base(indicator: Indicator, reading: Reading) -> Text:
    """Return how many units the value is of."""
    unit = plain_text(UNITS, indicator.unit_of_analysis)
    count = number(reading.denominator)
    return Text(f"{count.sv} {unit.sv}", f"{count.en} {unit.en}")


def why_not_measured(published: Published, indicator: Indicator, reading: Reading) -> Text:
    """Return why a period has no value: a table that is empty, or a period without units."""
    missing = [
        entity
        for entity in indicator.needed_entities
        if published.row_counts.get(f"core.fct_{entity}") == 0
    ]
    needed = listed(plain_text(ENTITIES, entity) for entity in indicator.needed_entities)
    if missing:
        lacking = listed(plain_text(ENTITIES, entity) for entity in missing)
        return WORDS["missing_tables"].fill(needed=needed, missing=lacking)
    grain = reading.period_grain
    measured = [each for each in published.series(indicator, grain) if each.value is not None]
    if not measured:
        return WORDS["never_measured"].fill(needed=needed)
    period = period_text(grain, reading.period_start_date)
    before = [each for each in measured if each.period_start_date < reading.period_start_date]
    if not before:
        return WORDS["not_yet"].fill(period=period)
    last = before[-1]
    return WORDS["not_this_period"].fill(
        period=period,
        last=period_text(grain, last.period_start_date),
        value=value_text(indicator.unit, last.value or 0.0),
    )
