"""Each verdict of gate 2 on a defect planted in sound marts."""

import pytest
from gates_lab import Lab, failed, make_marts, publish

CRITICAL, WARNING = "critical", "warning"
VALUES = "indicators.fct_indicator_values"


def test_sound_marts_pass_without_a_word(lab: Lab) -> None:
    make_marts(lab)
    report = lab.check_marts()
    assert failed(report) == {}
    assert report.is_passed
    assert {"reconciles_with_raw", "newest_totals", "share_range"} <= {
        result.expectation for result in report.results
    }


def test_sound_marts_pass_beside_the_last_publication(lab: Lab) -> None:
    make_marts(lab)
    publish(lab)
    report = lab.check_marts()
    assert failed(report) == {}
    assert {"row_count_kept", "no_mart_lost", "no_period_lost", "closed_values_stand"} <= {
        result.expectation for result in report.results
    }
    attached = "select count(*) from duckdb_databases() where database_name like 'published%'"
    assert lab.connection.execute(attached).fetchall() == [(0,)]


ROW = "where indicator_id = 'csat' and period_start_date = '2024-02-01'"
DEFECTS = [
    (f"update {VALUES} set indicator_value = 1.2, ci_upper = 1.3 {ROW}",
     {"share_range": CRITICAL}),
    (f"update {VALUES} set numerator = denominator + 1 {ROW}", {"share_base": CRITICAL}),
    (f"update {VALUES} set indicator_value = -101 where indicator_id = 'nps' and not is_partial",
     {"points_range": CRITICAL}),
    (f"update {VALUES} set ci_lower = 0.9, ci_upper = 0.2 {ROW}",
     {"interval_order": CRITICAL, "interval_holds_value": CRITICAL}),
    (f"update {VALUES} set ci_lower = 0.9 {ROW}", {"interval_holds_value": CRITICAL}),
    (f"update {VALUES} set denominator = -1 {ROW}",
     {"denominator_not_negative": CRITICAL, "share_base": CRITICAL}),
    (f"update {VALUES} set indicator_value = null {ROW}", {"null_means_no_base": CRITICAL}),
    (f"update {VALUES} set indicator_value = 'nan' where indicator_id = 'nps'",
     {"null_means_no_base": CRITICAL, "points_range": CRITICAL, "interval_with_value": CRITICAL}),
    (f"update {VALUES} set ci_lower = null {ROW}", {"interval_with_value": CRITICAL}),
    (f"update {VALUES} set segment_value = null {ROW}", {"required": CRITICAL}),
    (f"insert into {VALUES} from {VALUES} {ROW}", {"unique_key": CRITICAL}),
    (f"delete from {VALUES} where indicator_id = 'csat' and is_partial",
     {"newest_totals": CRITICAL}),
    ("delete from indicators.dim_indicators",
     {"not_empty": CRITICAL, "interval_holds_value": CRITICAL}),
    ("update indicators.fct_indicator_exclusions set unit_count = -1", {"counts": CRITICAL}),
    ("delete from core.fct_orders where order_id = 'o1'", {"reconciles_with_raw": CRITICAL}),
    ("insert into core.fct_orders from core.fct_orders limit 1",
     {"reconciles_with_raw": CRITICAL}),
    ("delete from core.fct_orders", {"reconciles_with_raw": CRITICAL}),
]  # fmt: skip


@pytest.mark.parametrize(("defect", "expected"), DEFECTS)
def test_a_defect_is_found(lab: Lab, defect: str, expected: dict[str, str]) -> None:
    make_marts(lab)
    lab.connection.execute(defect)
    report = lab.check_marts()
    assert failed(report) == expected
    assert not report.is_passed


DRIFTS = [
    ("delete from core.fct_orders where order_id like '%5' or order_id like '%6' "
     "or order_id like '%7'; delete from raw_canonical.orders "
     "where order_id like '%5' or order_id like '%6' or order_id like '%7'",
     {"row_count_kept": CRITICAL}),
    ("drop table core.dim_customers", {"no_mart_lost": CRITICAL}),
    (f"delete from {VALUES} where period_start_date = '2024-02-01'", {"no_period_lost": CRITICAL}),
    (f"update {VALUES} set indicator_value = 0.4, ci_lower = 0.3, ci_upper = 0.5 {ROW}",
     {"closed_values_stand": WARNING}),
    (f"update {VALUES} set indicator_value = 0.7, ci_lower = 0.6, ci_upper = 0.8 {ROW}", {}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), DRIFTS)
def test_drift_is_found(lab: Lab, change: str, expected: dict[str, str]) -> None:
    make_marts(lab)
    publish(lab)
    lab.connection.execute(change)
    assert failed(lab.check_marts()) == expected
    lab.connection.execute(
        "insert into quality.nights (night_id, started_at, is_full_refresh, status) "
        "values ('night-0', now()::timestamp, true, 'running')"
    )
    refreshed = lab.check_marts()
    assert refreshed.is_passed, "a full refresh says that it is meant"
    assert failed(refreshed) == dict.fromkeys(expected, WARNING)


def test_a_night_of_an_earlier_date_is_not_compared(lab: Lab) -> None:
    make_marts(lab)
    publish(lab, as_of_date="2024-04-01")
    lab.connection.execute("drop table core.dim_customers")
    assert failed(lab.check_marts()) == {}


def test_marts_that_were_not_built_fail(lab: Lab) -> None:
    lab.connection.execute("insert into control.night values ('night-0', '2024-03-20')")
    report = lab.check_marts()
    assert failed(report) == {"gate": CRITICAL}
    assert "indicators.dim_indicators was not built" in report.results[0].message


def test_a_damaged_publication_fails_the_gate(lab: Lab) -> None:
    make_marts(lab)
    lab.warehouse.published_link.write_text("this is no database")
    assert failed(lab.check_marts()) == {"gate": CRITICAL}
