"""MetricFlow says what the published values say, to the last bit, or says nothing."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from agreement.houses import House

from loyalty.catalogue import semantic
from loyalty.catalogue.indicators import CATALOGUE

from .layer import Answer, Layer, Question

pytest_plugins = ["agreement.fixtures"]

GRAINS = ("week", "month", "quarter", "year")
# By what the definitions say: chosen anew in each grain, and a base of the day before the period.
ANEW_IN_EACH_GRAIN = {"nps", "membership_churn_rate"}
ROWS = list(csv.DictReader(CATALOGUE.open(newline="", encoding="utf-8")))
CUTS = sorted({cut for row in ROWS for cut in row["dimensions"].split("|")})
# (indicator, period start, segment) → numerator, denominator, value
Values = dict[tuple[str, str, str], tuple[float | None, float | None, float | None]]


@pytest.fixture(scope="session")
def layer(nasty_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layer]:
    layer = Layer(nasty_house, tmp_path_factory.mktemp("semantic"))
    yield layer
    assert list(layer.home.iterdir()) == []


def names(grain: str, cut: str) -> dict[str, str]:
    """Indicator → its metric, of all that are cut so."""
    return {
        name: f"{name}_{grain}" if name in ANEW_IN_EACH_GRAIN else name
        for row in ROWS
        if (name := row["indicator_id"]) and cut in ("all", *row["dimensions"].split("|"))
    }


def question(grain: str, cut: str, indicators: set[str] | None = None) -> Question:
    metrics = [
        metric + part
        for indicator, metric in names(grain, cut).items()
        if indicators is None or indicator in indicators
        for part in ("", "_numerator", "_denominator")
    ]
    return metrics, [f"metric_time__{grain}", *([cut] if cut != "all" else [])], None


def measured(answer: Answer, grain: str, cut: str) -> Values:
    """What has a base in an answer; a value without one fails."""
    found: Values = {}
    for row in answer:
        for indicator, metric in names(grain, cut).items():
            if metric not in row:
                continue
            sums = row[f"{metric}_numerator"], row[f"{metric}_denominator"]
            if sums[1]:
                key = indicator, row[f"metric_time__{grain}"], row.get(cut, "all")
                found[key] = *sums, row[metric]
            else:
                assert row[metric] is None, row
    return found


def published(layer: Layer, grain: str, cut: str, indicators: set[str] | None = None) -> Values:
    rows = layer.house.query(
        f"""
        select indicator_id, period_start_date, segment_value, numerator, denominator,
            indicator_value
        from indicators.fct_indicator_values
        where period_grain = '{grain}' and segment_dimension = '{cut}' and denominator > 0
        """
    ).itertuples(index=False)
    return {
        (row.indicator_id, row.period_start_date.isoformat(), row.segment_value): (
            row.numerator,
            row.denominator,
            row.indicator_value,
        )
        for row in rows
        if indicators is None or row.indicator_id in indicators
    }


def test_the_committed_file_is_what_the_catalogue_gives() -> None:
    committed = semantic.SEMANTIC_MODELS.read_text(encoding="utf-8")
    assert committed == semantic.semantic_yaml(), "run `make semantic` and commit it"


def test_dbt_reads_every_metric_that_the_catalogue_implies(layer: Layer) -> None:
    anew = layer.house.query(
        "select distinct indicator_id from intermediate.int_indicator_days "
        "where period_grain is not null"
    )
    assert set(anew["indicator_id"]) == ANEW_IN_EACH_GRAIN
    read = {metric.name for metric in layer.manifest.metrics.values()}
    for grain in GRAINS:
        assert set(names(grain, "all").values()) <= read
    alike = len(ROWS) - len(ANEW_IN_EACH_GRAIN)
    assert len(read) == 3 * alike + 6 * len(GRAINS) * len(ANEW_IN_EACH_GRAIN) > 0
    assert len(layer.manifest.semantic_models) == alike + len(GRAINS) * len(ANEW_IN_EACH_GRAIN)


def test_metricflow_finds_nothing_wrong(layer: Layer) -> None:
    done = layer.mf("validate-configs", "--skip-dw", "--show-all")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"(\w+): (\d+)", done.stdout.split("semantics")[-1])[:3] == [
        ("ERRORS", "0"), ("FUTURE_ERRORS", "0"), ("WARNINGS", "0"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("grain", "cut", "indicators"),
    [
        ("month", "all", {"nps", "csat", "mobile_order_share"}),
        ("month", "country_code", {"nps", "csat", "mobile_order_share"}),
        ("quarter", "all", {"churn_rate"}),
    ],
)
def test_mf_query_gives_the_published_values(
    layer: Layer, grain: str, cut: str, indicators: set[str]
) -> None:
    metrics, group_by, _ = question(grain, cut, indicators)
    found = measured(layer.mf_query(metrics, group_by), grain, cut)
    assert {indicator for indicator, _, _ in found} == indicators
    assert found == published(layer, grain, cut, indicators)


def test_every_metric_gives_the_published_values(layer: Layer) -> None:
    asked = [(grain, "all") for grain in GRAINS] + [("month", cut) for cut in CUTS]
    answers = layer.ask([question(grain, cut) for grain, cut in asked])
    for (grain, cut), answer in zip(asked, answers, strict=True):
        found = measured(answer, grain, cut)
        assert {indicator for indicator, _, _ in found} == set(names(grain, cut)), (grain, cut)
        assert found == published(layer, grain, cut), (grain, cut)


def test_what_would_need_adding_up_periods_is_null(layer: Layer) -> None:
    nps = ["nps_month", "nps_month_numerator", "nps_month_denominator"]
    lost = ["membership_churn_rate_month"]
    questions: list[Question] = [
        (nps, ["metric_time__quarter"], None),
        (nps, [], None),
        (nps, ["country_code", "tier"], None),
        (["nps_week"], ["metric_time__month"], None),
        (["nps_week"], ["metric_time__month", "country_code", "survey_channel", "tier"], None),
        (["nps_quarter"], ["metric_time__year"], None),
        (lost, ["metric_time__quarter", "country_code"], None),
    ]
    march = "{{ TimeDimension('metric_time', 'month') }} = '2025-03-01'"
    *several, one = layer.ask([*questions, (nps, [], march)])
    for (metrics, _, _), answer in zip(questions, several, strict=True):
        assert len(answer) > 0
        assert {row[metric] for row in answer for metric in metrics} == {None}
    expected = published(layer, "month", "all", {"nps"})["nps", "2025-03-01", "all"]
    assert tuple(one[0][metric] for metric in (*nps[1:], nps[0])) == expected


def test_cuts_combine_and_a_stock_is_that_of_the_newest_day(layer: Layer) -> None:
    churn = ["churn_rate", "churn_rate_denominator"]
    sweden = "{{ Entity('country_code') }} = 'SE'"
    csat = ["csat_numerator", "csat_denominator"]
    months, newest, combined = layer.ask(
        [
            (churn, ["metric_time__month"], sweden),
            (churn, [], sweden),
            (csat, ["country_code", "survey_channel"], None),
        ]
    )
    last = max(months, key=lambda row: row["metric_time__month"])
    assert newest == [{metric: last[metric] for metric in churn}]
    units = layer.house.query(
        """
        select country_code, survey_channel, sum(unit_value) as total, count(*) as base
        from intermediate.csat where exclusion_reason is null group by all
        """
    ).itertuples(index=False)
    columns = ["country_code", "survey_channel", *csat]
    assert {tuple(row[key] for key in columns) for row in combined} == {tuple(u) for u in units}


def test_what_cannot_be_asked_is_refused(layer: Layer) -> None:
    other_cut, finer_grain = layer.ask(
        [(["csat"], ["carrier"], None), (["nps_month"], ["metric_time__week"], None)]
    )
    assert "does not match any of the available group-by-items" in other_cut[0]["refused"]
    assert "does not match any of the available group-by-items" in finer_grain[0]["refused"]


def test_a_new_row_of_the_catalogue_is_a_new_metric(tmp_path: Path) -> None:
    row = ROWS[0] | {
        "indicator_id": "average_order_value",
        "label_en": "Average order value",
        "unit": "amount",
        "kind": "flow",
        "dimensions": "",
        "definition_en": "Of {window} to {double_window} days.",
        "window_days": "30",
    }
    catalogue = tmp_path / "indicators.csv"
    with catalogue.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    (tmp_path / "average_order_value.sql").write_text(
        "cast(null as {{ dbt.type_string() }}) as period_grain"
    )
    text = semantic.semantic_yaml(catalogue, tmp_path)
    layer = yaml.safe_load(text)
    assert [model["name"] for model in layer["semantic_models"]] == ["average_order_value"]
    assert layer["semantic_models"][0]["description"] == "Of 30 to 60 days."
    value, *_ = layer["metrics"]
    assert value["type_params"]["expr"] == (
        "1e0 * average_order_value_numerator / nullif(average_order_value_denominator, 0)"
    )
