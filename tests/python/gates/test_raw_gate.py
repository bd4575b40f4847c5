"""Each verdict of gate 1 on a defect planted in a sound batch."""

from typing import Any

import pytest
from gates_lab import Lab, failed

CRITICAL, WARNING = "critical", "warning"


@pytest.mark.parametrize("table", ["orders", "survey_answers", "customers"])
def test_a_sound_batch_passes_without_a_word(lab: Lab, table: str) -> None:
    report = lab.night(table)
    assert report.is_passed
    assert failed(report) == {}
    assert len(report.results) > 5


def test_a_batch_without_rows_passes(lab: Lab) -> None:
    assert failed(lab.night("orders", 0)) == {}


DEFECTS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("orders", {"order_id": "nullif('o' || i, 'o7')"}, {"required": CRITICAL}),
    ("orders", {"rejected": 20}, {"reject_share": CRITICAL}),
    ("orders", {"rejected": 10}, {}),
    ("orders", {"ordered_at": "if(i = 3, now()::timestamp + interval 3 day, '2024-01-01')"},
     {"not_in_the_future": CRITICAL}),
    ("orders", {"updated_at": "timestamp '2924-01-01'"}, {"not_in_the_future": CRITICAL}),
    ("survey_answers", {"survey_kind": "if(i = 3, 'ces', 'csat')"}, {"accepted_values": CRITICAL}),
    ("survey_answers", {"scale_max": "if(i = 3, 9, 5)"}, {"accepted_scales": CRITICAL}),
    ("orders", {"order_id": "'o' || i % 990"}, {"unique_key": WARNING}),
    ("orders", {"status": "if(i = 3, 'shiped', 'paid')"}, {"accepted_values": WARNING}),
    ("orders", {"order_amount": "if(i = 3, -1, 1)"}, {"not_negative": WARNING}),
    ("orders", {"ordered_at": "if(i < 5, '1899-12-30', '2024-01-01')"}, {"not_ancient": WARNING}),
    ("orders", {"ordered_at": "if(i < 20, '1899-12-30', '2024-01-01')"},
     {"not_ancient": WARNING, "hardly_ancient": CRITICAL}),
    ("orders", {"refunded_amount": "if(i = 3, 99, null)"}, {"refunded_above_amount": WARNING}),
    ("orders", {"customer_id": "if(i % 3 = 0, 'c1', null)"}, {"guest_share": WARNING}),
    ("survey_answers", {"score": "if(i % 20 = 0, 6, 5)"}, {"score_out_of_range_share": WARNING}),
    ("survey_answers", {"score": "if(i % 100 = 0, 6, 5)"}, {}),
    ("survey_answers", {"survey_kind": "'nps_relationship'"}, {"nps_scale": WARNING}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "rejected", "expected"),
    [
        (34, 3, {}),
        (70, 4, {"reject_share": CRITICAL}),
        (9, 1, {}),
        (8, 2, {"reject_share": CRITICAL}),
    ],
)
def test_in_a_small_file_few_rejects_are_no_share(
    lab: Lab, rows: int, rejected: int, expected: dict[str, str]
) -> None:
    assert failed(lab.night("orders", rows, rejected=rejected)) == expected


@pytest.mark.parametrize(("table", "columns", "expected"), DEFECTS)
def test_a_defect_is_found(
    lab: Lab, table: str, columns: dict[str, Any], expected: dict[str, str]
) -> None:
    report = lab.night(table, **columns)
    assert failed(report) == expected
    assert report.is_passed is (CRITICAL not in expected.values())
    assert len(report.critical_failures) + len(report.warnings) == len(expected)


def test_a_scale_without_an_end_is_told_as_such(lab: Lab) -> None:
    report = lab.night("survey_answers", scale_max="'inf'::double")
    assert failed(report)["accepted_scales"] == "critical"


def test_a_message_says_where_what_and_how_much(lab: Lab) -> None:
    report = lab.night("survey_answers", survey_kind="if(i < 2, 'ces', 'csat')")
    assert [result.message for result in report.critical_failures] == [
        "canonical.survey_answers (survey_answers.csv): survey_kind is one of "
        "nps_relationship, nps_transactional, csat, delivery, support: "
        "not so in 2 of 1,000 rows (0.20%), among them ces (2)"
    ]


def test_a_failure_says_which_rows_are_to_blame(lab: Lab) -> None:
    lab.connection.execute("insert into raw_canonical.customers (customer_id) values ('c1')")
    batch = lab.land("orders", order_id="'o' || i % 990", status="if(i = 3, 'shiped', 'paid')")
    report = lab.check(batch)
    blamed = {
        result.expectation: lab.connection.execute(
            f"select count(*) from {batch.relation} "
            f"where {str(result.rows_where).replace('{relation}', batch.relation)}"
        ).fetchall()[0][0]
        for result in report.warnings
    }
    assert blamed == {"unique_key": 20, "accepted_values": 1, "orphan_share": 990}


def test_structural_problems_fail_without_asking_further(lab: Lab) -> None:
    batch = lab.land("orders", problems=("orders.csv lacks the required column order_id",))
    report = lab.check(batch)
    assert failed(report) == {"structure": CRITICAL}
    assert "lacks the required column order_id" in report.results[0].message


def test_orphans_are_told_once_their_parent_has_rows(lab: Lab) -> None:
    assert failed(lab.night("orders")) == {}
    lab.connection.execute("insert into raw_canonical.customers (customer_id) values ('c1')")
    assert failed(lab.night("orders", order_amount="10 + i % 6")) == {"orphan_share": WARNING}


@pytest.mark.parametrize(("rows", "expected"), [(50, {"volume": CRITICAL}), (400, {}),
                                                (11_000, {"volume": CRITICAL})])  # fmt: skip
def test_a_volume_far_from_earlier_files_stops_the_batch(
    lab: Lab, rows: int, expected: dict[str, str]
) -> None:
    for night in range(5):
        batch = lab.land("customers", 1000, file_name=f"customers_2024-01-{night}.csv")
        lab.accept(batch)
    assert failed(lab.night("customers", rows, file_name="customers_2024-02-01.csv")) == expected


@pytest.mark.parametrize(("rows", "expected"), [(290, {}), (310, {"volume": CRITICAL})])
def test_many_times_a_handful_is_no_volume_yet(
    lab: Lab, rows: int, expected: dict[str, str]
) -> None:
    for night in range(5):
        lab.accept(lab.land("customers", 3, file_name=f"customers_2024-01-{night}.csv"))
    report = failed(lab.night("customers", rows, file_name="customers_2024-02-01.csv"))
    assert {name: how for name, how in report.items() if how == CRITICAL} == expected


def test_volume_is_compared_within_a_family_of_five(lab: Lab) -> None:
    for night in range(4):
        lab.accept(lab.land("customers", 1000, file_name=f"customers_{night}.csv"))
    assert failed(lab.night("customers", 10, file_name="customers_9.csv")) == {}
    lab.accept(lab.land("customers", 1000, file_name="customers_10.csv"))
    assert failed(lab.night("customers", 20_000, file_name="customers_backfill.csv")) == {}


def moving(lab: Lab, night: int, **columns: str) -> dict[str, str]:
    ordered_at = f"timestamp '2024-03-01' + interval ({night}) day"
    return failed(lab.night("customers", 20, **{"registered_at": ordered_at, **columns}))


def test_a_frozen_feed_stops_after_three_files_without_news(lab: Lab) -> None:
    for night in range(4):
        assert moving(lab, night) == {}
    assert [moving(lab, 3) for _ in range(3)] == [
        {},
        {},
        {"feed_moves": CRITICAL, "newest_event_moves": WARNING},
    ]


def test_corrections_are_never_taken_for_a_frozen_feed(lab: Lab) -> None:
    for night in range(4):
        moving(lab, night)
    verdicts = [moving(lab, 3, country_code=f"'c{night}'") for night in range(5)]
    assert verdicts[:2] == [{}, {}]
    assert verdicts[2:] == [{"newest_event_moves": WARNING}] * 3


def test_a_feed_that_often_stands_still_is_not_frozen_as_soon(lab: Lab) -> None:
    for night in range(5):
        for _ in range(4):
            assert moving(lab, night) == {}
