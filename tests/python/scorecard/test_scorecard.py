"""The terminal's table, and which indicators changed their status between two files."""

from pathlib import Path

import duckdb
import pytest

from loyalty import publication, scorecard, status
from loyalty.errors import UsageError
from loyalty.warehouse import Warehouse

VALUES = """
    create schema indicators;
    create table indicators.dim_indicators as
    from (values
        ('nps', 'Net Promoter Score', 'points', 'above', 50.0, 1, true),
        ('churn_rate', 'Churn', 'share', 'below', 0.1, 2, true),
        ('on_time', 'On time', 'share', null, null, 3, false)
    ) as catalogue (
        indicator_id, label_en, unit, target_direction, target_value, display_order, is_headline
    );
    create table indicators.fct_indicator_values as
    select
        indicator_id, 'month' as period_grain, month::date as period_start_date,
        'all' as segment_dimension, value as indicator_value, low as ci_lower, high as ci_upper,
        target_value, status, change, significant as is_significant_change, base as denominator,
        month = '2026-11-01' as is_partial
    from (values
        ('nps', '2026-10-01', 39.8398, 37.1824, 42.4102, 50, 'missed', -3.21, true, 2746),
        ('nps', '2026-11-01', 70.0, 60.0, 80.0, 50, 'met', 30.0, true, 50),
        ('churn_rate', '2026-10-01', 0.0512, 0.04, 0.06, 0.1, 'met', 0.0012, false, 1234),
        ('churn_rate', '2026-09-01', null, null, null, 0.1, 'no_data', null, false, 0),
        ('on_time', '2026-10-01', 0.9, 0.8, 0.95, null, 'no_target', null, false, 40)
    ) as rows (
        indicator_id, month, value, low, high, target_value, status, change, significant, base
    );
"""


@pytest.fixture
def house(tmp_path: Path) -> Warehouse:
    warehouse = Warehouse(tmp_path)
    warehouse.prepare()
    with warehouse.connect() as connection:
        connection.execute("insert into control.night values ('n1', date '2026-11-14')")
        connection.execute(VALUES)
    return warehouse


def publish(warehouse: Warehouse) -> publication.Generation:
    tables = [("indicators", "dim_indicators"), ("indicators", "fct_indicator_values")]
    with warehouse.connect() as connection:
        return publication.publish(warehouse, connection, "n1", tables)


def test_the_newest_complete_month_is_read_headlines_only(house: Warehouse) -> None:
    publish(house)
    with publication.open_published(house) as reader:
        cells = [scorecard.cells(reading) for reading in scorecard.read_scorecard(reader)]
    assert cells == [
        ("Net Promoter Score", "39.8", "[37.2, 42.4]", "> 50.0", "missed", "-3.2 *", "2,746"),
        ("Churn", "5.1 %", "[4.0 %, 6.0 %]", "< 10.0 %", "met", "+0.1", "1,234"),
    ]


def test_a_month_without_data_says_so(house: Warehouse) -> None:
    with house.connect() as connection:
        connection.execute(
            "delete from indicators.fct_indicator_values where period_start_date > '2026-09-30'"
        )
    publish(house)
    with publication.open_published(house) as reader:
        (reading,) = scorecard.read_scorecard(reader)
    assert scorecard.cells(reading) == (
        "Churn", "no value", "", "< 10.0 %", "no data", "", "0",
    )  # fmt: skip


def test_the_table_fits_a_terminal(house: Warehouse, capsys: pytest.CaptureFixture[str]) -> None:
    publish(house)
    status.show_scorecard(house)
    output = capsys.readouterr().out
    assert "October 2026" in output
    assert "not distinguishable" not in output
    assert "39.8" in output


def test_a_scorecard_of_nothing_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing is published here yet"):
        status.show_scorecard(Warehouse(tmp_path))


def test_changed_statuses_compare_the_newest_complete_periods(house: Warehouse) -> None:
    before = publish(house)
    assert scorecard.status_changes(None, before.path) == []
    with house.connect() as connection:
        connection.execute(
            "update indicators.fct_indicator_values set status = 'not_distinguishable' "
            "where indicator_id = 'nps' and period_start_date = '2026-10-01'"
        )
    after = publish(house)
    changes = [str(change) for change in scorecard.status_changes(before.path, after.path)]
    assert changes == ["Net Promoter Score, month from 2026-10-01: missed → not distinguishable"]


def test_status_of_nothing_and_of_a_published_file(
    house: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    status.show_status(Warehouse(house.folder / "elsewhere"))
    output = capsys.readouterr().out
    assert "Nothing is published" in output
    assert "No night has run" in output
    assert not (house.folder / "elsewhere").exists()

    generation = publish(house)
    status.show_status(house)
    output = capsys.readouterr().out
    assert generation.name in output
    assert "as of 2026-11-14" in output
    assert "Nothing is in quarantine" in output


def test_status_while_the_ledger_is_held(
    house: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(house)
    with house.lock():
        status.show_status(house)
    assert "A night is running now (process " in capsys.readouterr().out
    with duckdb.connect(str(house.build_database)):
        status.show_status(house)
    assert "The ledger cannot be read now" in capsys.readouterr().out
