"""The terminal's table, and which indicators changed their status between two files."""

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest

from loyalty import publication
from loyalty.errors import UsageError
from loyalty.operations import status
from loyalty.scorecard import reading, terminal
from loyalty.warehouse import Warehouse

# A dash or minus in print is a hyphen here.
HYPHENS = str.maketrans("\u2013\u2212", "--")
VALUES = """
    create schema indicators;
    create table indicators.dim_indicators as
    from (values
        ('nps', 'Net Promoter Score', 'NPS', 'points', 'above', 1, 'country_code|tier'),
        ('churn_rate', 'Churn', 'Kundbortfall', 'share', 'below', 2, 'country_code'),
        ('on_time', 'On time', 'I tid', 'share', null, 3, 'carrier|case_channel')
    ) as catalogue (
        indicator_id, label_en, label_sv, unit, target_direction, display_order, dimensions
    );
    create table indicators.fct_indicator_values as
    select
        indicator_id, grain as period_grain, start::date as period_start_date,
        if(segment = 'all', 'all', 'country_code') as segment_dimension, segment as segment_value,
        value * base / if(indicator_id = 'nps', 100, 1) as numerator, base as denominator,
        value as indicator_value, error as standard_error, low as ci_lower, high as ci_upper,
        target::double as target_value, status, start = '2026-11-01' as is_partial,
        base >= 30 as is_reportable, value - change as previous_value, change,
        change / error as change_z_score, significant as is_significant_change,
        1 as definition_version
    from (values
        ('nps', 'month', '2026-10-01', 'all', 39.8398::double, 1.3341::double, 37.1824::double,
            42.4102::double, 50, 'missed', -3.21::double, true, 2746),
        ('nps', 'month', '2026-10-01', 'SE', 41.0, 1.5, 38.0, 44.0, 50, 'missed', 1.0, false, 2000),
        ('nps', 'month', '2026-10-01', 'unknown', -5.0, 9.0, -20.0, 10.0, 50, 'not_reportable',
            null, false, 20),
        ('nps', 'month', '2026-11-01', 'all', 70.0, 5.0, 60.0, 80.0, 50, 'met', 30.0, true, 50),
        ('nps', 'year', '2026-11-01', 'all', 70.0, 5.0, 60.0, 80.0, 50, 'met', null, false, 50),
        ('churn_rate', 'month', '2026-10-01', 'all', 0.0512, 0.006, 0.0402, 0.0649, 0.1, 'met',
            0.0012, false, 1234),
        ('churn_rate', 'month', '2026-09-01', 'all', null, null, null, null, 0.1, 'no_data',
            null, false, 0),
        ('on_time', 'month', '2026-10-01', 'all', 0.9, 0.05, 0.8, 0.95, null, 'no_target',
            null, false, 40)
    ) as rows (
        indicator_id, grain, start, segment, value, error, low, high, target, status, change,
        significant, base
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


def rows(house: Warehouse, language: str = "en", **asked: str) -> list[tuple[str, ...]]:
    with publication.open_published(house) as reader:
        readings = reading.read_scorecard(reader, language=language, **asked)
    return [
        tuple(
            cell.translate(HYPHENS)
            for cell in (
                reading.label,
                reading.segment_value,
                *terminal.cells(reading, language),
            )
        )
        for reading in readings
    ]


def test_the_newest_complete_month_is_read(house: Warehouse) -> None:
    publish(house)
    assert rows(house) == [
        ("Net Promoter Score", "all", "39.8", "37.2-42.4", "> 50", "✕ missed", "-3.2", "*",
            "2,746"),
        ("Churn", "all", "5.1%", "4.0-6.5%", "< 10%", "✓ met", "+0.1", "", "1,234"),
        ("On time", "all", "90.0%", "80.0-95.0%", "", "· no target", "", "", "40"),
    ]  # fmt: skip


def test_swedish_has_its_own_words_and_numbers(house: Warehouse) -> None:
    publish(house)
    nps, churn, _ = rows(house, "sv")
    assert nps == (
        "NPS", "all", "39,8", "37,2-42,4", "> 50", "✕ missat", "-3,2", "*", "2\u202f746",
    )  # fmt: skip
    assert churn[:4] == ("Kundbortfall", "all", "5,1\u00a0%", "4,0-6,5\u00a0%")


def test_a_segment_has_a_row_per_value_of_the_indicators_cut_by_it(house: Warehouse) -> None:
    publish(house)
    cut = rows(house, segment="country_code")
    assert cut == [
        ("Net Promoter Score", "SE", "41.0", "38.0-44.0", "> 50", "✕ missed", "+1.0", "", "2,000"),
        ("Net Promoter Score", "unknown", "-5.0", "-20.0 to 10.0", "> 50", "< base too small", "",
            "", "20"),
    ]  # fmt: skip
    assert rows(house, segment="country") == cut
    assert rows(house, segment="carrier") == []


def test_a_month_without_data_says_so(house: Warehouse) -> None:
    with house.connect() as connection:
        connection.execute(
            "delete from indicators.fct_indicator_values where period_start_date > '2026-09-30'"
        )
    publish(house)
    assert rows(house) == [
        ("Churn", "all", "-", "", "< 10%", "∅ not measured", "", "", "0"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"grain": "day"}, "--grain day: there is month, year"),
        ({"language": "fi"}, "--lang fi: there is en, sv"),
        ({"segment": "city"}, "--segment city: there is carrier, case_channel, country_code, tier"),
        ({"segment": "ca"}, "--segment ca: there is carrier, case_channel, country_code, tier"),
    ],
)
def test_what_is_not_there_is_refused_and_what_is_there_named(
    house: Warehouse, asked: dict[str, str], sentence: str
) -> None:
    publish(house)
    with pytest.raises(UsageError) as refusal:
        terminal.show_scorecard(house, **asked)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("segment", [None, "country_code"])
def test_the_table_fits_a_report_and_has_no_colour_in_a_pipe(
    house: Warehouse, capsys: pytest.CaptureFixture[str], segment: str | None, language: str
) -> None:
    publish(house)
    terminal.show_scorecard(house, segment=segment, language=language)
    output = capsys.readouterr().out
    assert output.startswith({"en": "October\u00a02026\n", "sv": "Oktober\u00a02026\n"}[language])
    assert max(map(len, output.splitlines())) <= 100
    assert "\x1b" not in output
    assert ("  SE" in output) == (segment is not None)


def test_colour_is_for_terminals_that_want_it(
    house: Warehouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(house)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal.show_scorecard(house)
    assert "\x1b[31m✕ missed" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    terminal.show_scorecard(house)
    assert "\x1b[31m" not in capsys.readouterr().out


def test_a_running_year_says_so(house: Warehouse, capsys: pytest.CaptureFixture[str]) -> None:
    publish(house)
    terminal.show_scorecard(house, grain="year")
    assert capsys.readouterr().out.startswith("2026, in progress\n")
    terminal.show_scorecard(house, grain="year", segment="tier")
    assert capsys.readouterr().out == "Nothing is published for this period.\n"


def test_json_and_csv_have_every_column_unrounded(
    house: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(house)
    with publication.open_published(house) as reader:
        columns = reader.execute("describe indicators.fct_indicator_values").fetchall()
        values = reader.execute(
            "select min(numerator), min(change_z_score) from indicators.fct_indicator_values "
            "where indicator_id = 'churn_rate' and period_start_date = '2026-10-01'"
        ).fetchall()
    terminal.show_scorecard(house, form="json")
    objects = json.loads(capsys.readouterr().out)
    assert {name for name, *_ in columns} <= set(objects[0])
    assert [(objects[1]["numerator"], objects[1]["change_z_score"])] == values
    assert objects[0]["period_start_date"] == "2026-10-01"
    assert objects[2]["target_value"] is None

    terminal.show_scorecard(house, form="csv")
    records = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(records[0]) == list(objects[0])
    assert float(records[1]["numerator"]) == objects[1]["numerator"]
    assert [record["is_significant_change"] for record in records] == ["true", "false", "false"]
    assert records[2]["target_value"] == ""


def test_a_scorecard_of_nothing_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing is published here yet"):
        terminal.show_scorecard(Warehouse(tmp_path))


def test_changed_statuses_compare_the_newest_complete_periods(house: Warehouse) -> None:
    before = publish(house)
    assert reading.status_changes(None, before.path) == []
    with house.connect() as connection:
        connection.execute(
            "update indicators.fct_indicator_values set status = 'not_distinguishable' "
            "where indicator_id = 'nps' and period_start_date = '2026-10-01'"
        )
    after = publish(house)
    changes = [str(change) for change in reading.status_changes(before.path, after.path)]
    assert changes == ["Net Promoter Score, month from 2026-10-01: missed → too close to call"]


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
