"""`docs/marts.md`: it is what the contracts say today, and its queries give rows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from agreement.houses import House

from loyalty.build import dbt_docs
from loyalty.catalogue import marts_docs
from loyalty.catalogue.contracts import read_contracts, read_schema
from loyalty.catalogue.marts_docs import Question, read_questions, render
from loyalty.project import PROJECT_FOLDER

pytest_plugins = ["exports.fixtures"]


def test_the_page_is_written_from_todays_contracts() -> None:
    fresh = render(read_contracts(), read_schema(), read_questions())
    assert marts_docs.PAGE.read_text() == fresh, (
        "docs/marts.md is not what the contracts and the cookbook say today: run `make docs` and "
        "commit what it writes"
    )


def test_there_are_ten_questions() -> None:
    assert len(read_questions()) == 10
    assert all(question.text.endswith("?") for question in read_questions())


@pytest.mark.parametrize("question", read_questions(), ids=lambda question: question.name)
def test_a_usual_question_is_answered(question: Question, published: Path) -> None:
    with duckdb.connect(published, read_only=True) as connection:
        result = connection.execute(question.sql)
        columns = [column[0] for column in result.description or []]
        rows = result.fetchall()
    assert rows, f"docs/cookbook/{question.name}.sql finds nothing"
    empty = [
        name
        for name, values in zip(columns, zip(*rows, strict=True), strict=True)
        if all(value is None for value in values)
    ]
    assert not empty, f"docs/cookbook/{question.name}.sql: {empty} are null throughout"


def test_dbt_writes_one_page_without_this_machines_paths(
    nasty_house: House, published: Path
) -> None:
    page = dbt_docs.write_dbt_docs(nasty_house.warehouse)
    text = page.read_text()
    assert page == nasty_house.warehouse.folder / "dbt_docs.html"
    assert "fct_indicator_values" in text
    assert "exposure.loyalty.scorecard_page" in text
    # Not `assert … not in text`: a failure would compare megabytes for minutes.
    named = [
        place for place in (PROJECT_FOLDER, nasty_house.warehouse.folder) if str(place) in text
    ]
    assert named == []
