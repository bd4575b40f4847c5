"""Local calendar days and the periods that hold them.

A day is a naive midnight timestamp; NaT is "no day". Comparisons with NaT are false.
"""

from __future__ import annotations

import pandas as pd

FREQUENCIES = {"week": "W-SUN", "month": "M", "quarter": "Q-DEC", "year": "Y-DEC"}
GRAINS = tuple(FREQUENCIES)


def local_day(instants: pd.Series, zone: str) -> pd.Series:
    """The local calendar day of UTC instants."""
    return instants.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()


def period_start(days: pd.Series, grain: str) -> pd.Series:
    """First day of the period that holds each day."""
    return days.dt.to_period(FREQUENCIES[grain]).dt.start_time


def period_of(day: pd.Timestamp, grain: str) -> pd.Period:
    """The period that holds one day."""
    return day.to_period(FREQUENCIES[grain])


def period_end(starts: pd.Series, grain: str) -> pd.Series:
    """Last day of the periods that start on the given days."""
    return starts.dt.to_period(FREQUENCIES[grain]).dt.end_time.dt.normalize()


def previous_start(starts: pd.Series, grain: str) -> pd.Series:
    """First day of the period just before."""
    return (starts.dt.to_period(FREQUENCIES[grain]) - 1).dt.start_time


def every_start(first: pd.Timestamp, last: pd.Timestamp, grain: str) -> pd.Series:
    """First days of all periods from the one that holds `first` to the one that holds `last`."""
    frequency = FREQUENCIES[grain]
    span = pd.period_range(first.to_period(frequency), last.to_period(frequency), freq=frequency)
    return pd.Series(span.start_time)


def completed_months(since: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Whole calendar months from each day to `day`; 31 January + 1 month is 28 February."""
    months = (day.year - since.dt.year) * 12 + day.month - since.dt.month
    anniversary = since.dt.day.clip(upper=day.days_in_month)
    return (months - (day.day < anniversary).astype(int)).astype(int)
