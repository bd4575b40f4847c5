"""An impossible catalogue is refused with a sentence that names the row."""

import csv
import re
from pathlib import Path

import pytest

from loyalty.catalogue.indicators import CATALOGUE, check_catalogue
from loyalty.errors import UsageError
from loyalty.project import PROJECT_FOLDER


def changed(tmp_path: Path, indicator: str, **cells: str) -> Path:
    with CATALOGUE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["indicator_id"] == indicator:
            row.update(cells)
    path = tmp_path / "indicators.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_the_catalogue_that_ships_is_possible() -> None:
    check_catalogue()


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"unit": "percent"}, "unit 'percent' is unknown"),
        ({"target_value": "50"}, "target_value 50 lies outside 0 to 1, the range of a share"),
        ({"target_value": "much"}, "target_value 'much' is not a number"),
        ({"target_value": ""}, "target_value and target_direction go together"),
        ({"target_direction": "over"}, "target_direction 'over' is unknown"),
        ({"kind": "level"}, "kind 'level' is unknown"),
        ({"window_days": "soon"}, "window_days 'soon' is not a whole number of days"),
        ({"window_days": ""}, "speaks of {window} but window_days is empty"),
        ({"minimum_base": "0"}, "minimum_base '0' is not a whole number of at least 1"),
        ({"indicator_id": "nps"}, "the same indicator stands in line 2"),
        ({"label_sv": ""}, "label_sv is empty"),
    ],
)
def test_an_impossible_row_is_named(tmp_path: Path, cells: dict[str, str], sentence: str) -> None:
    path = changed(tmp_path, "churn_rate", **cells)
    with pytest.raises(UsageError) as refusal:
        check_catalogue(path)
    assert sentence in str(refusal.value)
    assert f"line 6 ({cells.get('indicator_id', 'churn_rate')})" in str(refusal.value)


def test_an_indicator_is_named_in_its_model_its_yml_and_the_catalogue_only() -> None:
    with CATALOGUE.open(newline="", encoding="utf-8") as file:
        names = {row["indicator_id"] for row in csv.DictReader(file)}
    # These are survey kinds as well, codes that sources land.
    names -= {"nps", "csat"}
    pattern = re.compile(rf"\b({'|'.join(sorted(names))})\b")
    rooms = ("models", "macros", "loyalty", "flows", "expectations", "tests/data")
    found = {
        (str(path.relative_to(PROJECT_FOLDER)), name)
        for room in rooms
        for path in (PROJECT_FOLDER / room).rglob("*.*")
        # MetricFlow's file is written from the catalogue.
        if path.suffix in (".sql", ".py", ".yml") and path.name != "_semantic_models.yml"
        for name in pattern.findall(path.read_text(encoding="utf-8"))
        if path.stem != name
    }
    assert found == set()
