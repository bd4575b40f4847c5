"""An airport's survey: answers and nothing else, through a whole night."""

from __future__ import annotations

from datetime import date

import pytest

from .houses import House
from .settings import real_data

pytest_plugins = ["agreement.fixtures"]
pytestmark = real_data("sfo_survey")


def test_nps_of_the_year(survey_house: House) -> None:
    values = survey_house.query(
        "from indicators.fct_indicator_values "
        "where indicator_id = 'nps' and period_grain = 'year' and segment_dimension = 'all'"
    )
    assert len(values) == 1
    year = values.iloc[0]
    assert year["period_start_date"] == date(2017, 1, 1)
    assert (year["numerator"], year["denominator"]) == (1436 - 342, 2746)
    # The figures as they were handed down: 37.18236072 was cut there, not rounded.
    expected = {"indicator_value": 39.839767, "ci_lower": 37.182360, "ci_upper": 42.410218}
    for column, figure in expected.items():
        assert year[column] == pytest.approx(figure, abs=1e-6)
    assert year["standard_error"] == pytest.approx(1.3341, abs=5e-5)
    assert (year["status"], year["is_partial"]) == ("missed", False)


def test_who_did_not_answer_is_left_out_by_reason(survey_house: House) -> None:
    excluded = survey_house.query(
        "select period_grain, exclusion_reason, sum(unit_count)::int as unit_count "
        "from indicators.fct_indicator_exclusions where indicator_id = 'nps' group by all"
    )
    # 2,831 respondents, 2,746 answers
    assert set(excluded["exclusion_reason"]) == {"skipped"}
    assert excluded["unit_count"].tolist() == [85] * 4


def test_all_else_has_no_data(survey_house: House) -> None:
    others = survey_house.query(
        "select indicator_id, list(distinct status) as statuses, sum(denominator)::int as base, "
        "count(indicator_value)::int as value_count from indicators.fct_indicator_values "
        "where indicator_id <> 'nps' group by indicator_id"
    )
    catalogue = survey_house.table("indicators.dim_indicators")
    assert set(others["indicator_id"]) == set(catalogue["indicator_id"]) - {"nps"}
    assert {status for statuses in others["statuses"] for status in statuses} == {"no_data"}
    assert (others["base"].sum(), others["value_count"].sum()) == (0, 0)


def test_the_night_published_it(survey_house: House) -> None:
    night = survey_house.query("select status, message from quality.nights")
    assert night.to_dict("records") == [{"status": "published", "message": None}]
    assert survey_house.warehouse.published_link.exists()
