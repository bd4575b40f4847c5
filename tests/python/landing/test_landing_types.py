"""Values from text: what is taken, what is refused, which instant a local time is."""

import re
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from landing_shop import KEY, Shop, csv_text, declare, line

from loyalty.errors import UsageError
from loyalty.landing import Loader
from loyalty.landing.casts import INSTANT, LOCAL_TIMESTAMP
from loyalty.landing.zones import local_to_utc


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-01", "2025-02-28 23:00:00"),
        ("2025-07-01", "2025-06-30 22:00:00"),
        ("2025-03-01T12:00", "2025-03-01 11:00:00"),
        ("2025-03-01 12:00:00", "2025-03-01 11:00:00"),
        ("2025-03-01T12:00:00.123456", "2025-03-01 11:00:00.123456"),
        ("2025-03-01T12:00:00Z", "2025-03-01 12:00:00"),
        ("2025-03-01T12:00:00z", "2025-03-01 12:00:00"),
        ("2025-03-01T12:00Z", "2025-03-01 12:00:00"),
        ("2025-03-01T12:00:00+02:00", "2025-03-01 10:00:00"),
        ("2025-03-01 12:00:00.5+0200", "2025-03-01 10:00:00.5"),
        ("2025-03-01T12:00:00-03:30", "2025-03-01 15:30:00"),
        ("2025-03-01T12:00-05", "2025-03-01 17:00:00"),
        # The doubled hour is its first pass, summer time; the skipped one has winter's offset.
        ("2025-10-26 02:30:00", "2025-10-26 00:30:00"),
        ("2025-10-26 02:00:00", "2025-10-26 00:00:00"),
        ("2025-10-26 03:00:00", "2025-10-26 02:00:00"),
        ("2025-10-26 01:59:59", "2025-10-25 23:59:59"),
        ("2025-03-30 02:30:00", "2025-03-30 01:30:00"),
        ("2025-03-30 03:00:00", "2025-03-30 01:00:00"),
        ("2025-03-30 01:59:59", "2025-03-30 00:59:59"),
        ("2025-10-26T02:30:00+01:00", "2025-10-26 01:30:00"),
    ],
)
def test_timestamps(shop: Shop, text: str, expected: str) -> None:
    shop.load("orders.csv", csv_text(line(1, ordered_at=text)))
    assert shop.rows("ordered_at") == [(instant(expected),)]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        *(
            ("ordered_at", text)
            for text in (
                "infinity",
                "epoch",
                "2025-02-30",
                "01/02/2025",
                "2025/01/02",
                "20250102",
                "2025-1-2",
                "2025-01-02 (BC)",
                "0000-01-02",
                "1735689600",
                "2025-01-02T25:00",
                "2025-01-02 10:00:00 Europe/Stockholm",
                "2025-01-02T10:00:00+99:00",
            )
        ),
        *(("quantity", text) for text in ("5.5", "1e3", "0x10", "1_000", "x", "9" * 20)),
        *(("score", text) for text in ("nan", "inf", "1e400", "1_0", "four")),
        *(("amount", text) for text in ("1 000.00", "12.5 kr", "1_0", "9" * 17)),
        *(("is_test", text) for text in ("2", "maybe")),
    ],
)
def test_values_that_are_refused(shop: Shop, column: str, text: str) -> None:
    result = shop.load("orders.csv", csv_text(line(1, **{column: text}), line(2)))
    assert (result.accepted_count, result.rejected_count) == (1, 1)
    assert [reject[:3] for reject in shop.rejects()] == [(2, column, text)]


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("quantity", "5.0", 5),
        ("quantity", " 7 ", 7),
        ("quantity", "-3", -3),
        ("score", "9.0", 9.0),
        ("score", ".5", 0.5),
        ("score", "1e2", 100.0),
        ("is_test", "TRUE", True),
        ("is_test", "0", False),
        ("is_test", "yes", True),
    ],
)
def test_values_that_are_taken(shop: Shop, column: str, text: str, expected: Any) -> None:
    shop.load("orders.csv", csv_text(line(1, **{column: text})))
    assert shop.rows(column) == [(expected,)]


def test_a_source_has_its_own_zone(shop: Shop) -> None:
    loader = Loader(
        shop.connection, "night", {"shop": declare("America/Sao_Paulo")}, KEY, "Europe/Stockholm"
    )
    batch = loader.land(shop.write("orders.csv", csv_text(line(1, ordered_at="2025-03-01"))))
    assert batch is not None
    loader.accept(batch)
    assert shop.rows("ordered_at") == [(instant("2025-03-01 03:00"),)]


def test_an_unknown_zone_is_named(shop: Shop) -> None:
    loader = Loader(shop.connection, "night", {"shop": declare()}, KEY, "Europe/Nowhere")
    with pytest.raises(UsageError, match="Europe/Nowhere"):
        loader.land(shop.write("orders.csv", csv_text(line(1))))


@settings(max_examples=100, deadline=None)
@given(
    zone=st.sampled_from(
        ["Europe/Stockholm", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"]
    ),
    local=st.datetimes(datetime(1950, 1, 1), datetime(2060, 1, 1)),
)
def test_local_times_agree_with_the_first_pass(zone: str, local: datetime) -> None:
    """Python's fold 0 is the same rule: first pass, and the offset before a skipped hour."""
    expected = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
    query = f"select {local_to_utc('wall', zone)} from (select $1::timestamp as wall)"
    assert duckdb.execute(query, [local]).fetchall() == [(expected,)]


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "America/Sao_Paulo", "Australia/Lord_Howe"])
def test_local_times_around_every_change(zone: str) -> None:
    locals_ = [
        datetime(year, month, day) + timedelta(minutes=minutes)
        for year in (2018, 2025)
        for month in range(1, 13)
        for day in (*range(1, 9), *range(14, 29))
        for minutes in range(0, 270, 15)
    ]
    expected = [
        at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None) for at in locals_
    ]
    query = f"select {local_to_utc('wall', zone)} from (select unnest($1::timestamp[]) as wall)"
    assert [at for (at,) in duckdb.execute(query, [locals_]).fetchall()] == expected


def test_every_shape_of_a_timestamp_is_judged_by_its_pattern(shop: Shop) -> None:
    """Whether a text has an offset is told without a pattern: both must say the same."""
    parts = (
        ["", " "],
        ["2025-03-01", "2025-3-01", "0925-03-01", "2025-02-30", "-025-03-01", "2025/03/01"],
        ["", "T", " ", "  "],
        ["", "12:00", "12:00:00", "1:00:00", "12:00:5", "12:00:00.", "12:00:00.25"],
        ["", "Z", "z", "+02", "-02", "-0230", "+02:30", "+2", "-", " Z", "ZZ", "+02:30 ", "+25:00"],
    )
    texts = ["".join(each) for each in product(*parts)]
    rows = [line(number, ordered_at=text) for number, text in enumerate(texts)]
    shop.load("orders.csv", csv_text(*rows))
    taken = {text for (text,) in shop.rows("order_id")}
    shaped = {
        f"o{number}"
        for number, text in enumerate(texts)
        if re.fullmatch(LOCAL_TIMESTAMP, text) or re.fullmatch(INSTANT, text)
    }
    # No such day; and the database takes no blank after a date alone.
    refused = {
        f"o{number}"
        for number, text in enumerate(texts)
        if "02-30" in text or (text.endswith(" ") and ":" not in text)
    }
    assert taken == shaped - refused
    for number, at in shop.rows("cast(order_id[2:] as integer), ordered_at"):
        text = texts[number].strip()
        meant = datetime.fromisoformat(text.upper())
        wall = meant if meant.tzinfo else meant.replace(tzinfo=ZoneInfo("Europe/Stockholm"))
        assert at == wall.astimezone(UTC).replace(tzinfo=None), text
