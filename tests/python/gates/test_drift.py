"""A file's content beside that of the files before it: what stops, what is told, what is usual."""

from collections.abc import Iterator
from typing import Any

import pytest
from gates_lab import Lab, failed, make_lab

from loyalty import gates
from loyalty.gates import profiles

CRITICAL, WARNING = "critical", "warning"
NIGHTS = 7
SPREAD = {
    # By night and row, so that neither is like the other: {night} is filled in.
    "ordered_at": "timestamp '2024-03-01' + interval ({night}) day "
    "+ interval (6 * 60 + (i * i + {night} * 7) % 900) minute",
    "order_amount": "100 + (i * 7919 + {night}) % 400",
    "customer_id": "'c' || (i * 31 + {night}) % 200",
    "order_id": "'o' || ({night} * 10000 + i)",
    "refunded_amount": "0",
    "is_test": "i % 50 = 0",
    "device_type": "if(i % 4 = 0, null, ['desktop', 'tablet', 'mobile_app'][1 + i % 3])",
    "updated_at": "timestamp '2024-03-02' + interval ({night}) day",
}


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab that has seen a week of nightly files of orders; not to be added to."""
    lab = make_lab(tmp_path_factory.mktemp("week"))
    for number in range(NIGHTS):
        remember(lab, orders(lab, number))
    yield lab
    lab.connection.close()


def orders(lab: Lab, number: int, rows: int = 300, **columns: str) -> Any:
    spread = {name: sql.format(night=number) for name, sql in (SPREAD | columns).items()}
    return lab.land("orders", rows, file_name=f"orders_{number}.csv", **spread)


def remember(lab: Lab, batch: Any) -> None:
    """Accept a batch without asking the gate."""
    gates.remember(lab.connection, batch)
    lab.accept(batch)


def judge(lab: Lab, batch: Any) -> dict[str, str]:
    """Return what failed, but for what the clean nights have too."""
    usual = ("device_unknown_share",)
    return {name: found for name, found in failed(lab.check(batch)).items() if name not in usual}


DRIFTS = [
    ({}, {}),
    ({"order_amount": "(100 + i % 400) * 2"}, {}),
    ({"order_amount": "(100 + (i * 7919) % 400) * 4"}, {"same_unit": WARNING}),
    ({"order_amount": "(100 + (i * 7919) % 400) * 100"},
     {"same_unit": CRITICAL, "no_far_values": CRITICAL}),
    ({"order_amount": "if(i % 30 = 0, 99999, 100 + (i * 7919) % 400)"},
     {"no_far_values": CRITICAL}),
    ({"order_amount": "-100 - (i * 7919) % 400"},
     {"same_sign": CRITICAL, "not_negative": WARNING, "refunded_above_amount": WARNING}),
    ({"refunded_amount": "null"}, {"still_filled": CRITICAL}),
    ({"device_type": "null"}, {"still_filled": WARNING}),
    ({"device_type": "if(i % 3 = 0, 'tablet', null)"},
     {"still_filled": WARNING, "usual_mix": WARNING}),
    ({"is_test": "true"}, {"flags_stand": CRITICAL}),
    ({"customer_id": "if(i % 2 = 0, 'c0', 'c' || i % 200)"}, {"no_stand_in_key": CRITICAL}),
    ({"customer_id": "if(i % 8 = 0, 'c0', 'c' || i % 200)"}, {"no_stand_in_key": WARNING}),
    ({"order_id": "'o-' || i"}, {"key_shape": CRITICAL}),
    ({"order_id": "if(i % 3 = 0, 'o-', 'o') || (90000 + i)"}, {"key_shape": WARNING}),
    ({"status": "if(i % 2 = 0, 'refunded', 'paid')"},
     {"no_sudden_value": WARNING, "usual_mix": WARNING}),
    ({"ordered_at": SPREAD["ordered_at"] + " + interval 3 hour"}, {"same_hours": CRITICAL}),
    # A campaign at noon is no other time zone.
    ({"ordered_at": "timestamp '2024-03-08 12:00:00' + interval (i % 3600) second"},
     {"same_hours": WARNING}),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "expected"), DRIFTS)
def test_what_differs_from_the_week_before(
    week: Lab, columns: dict[str, str], expected: dict[str, str]
) -> None:
    assert judge(week, orders(week, NIGHTS, **columns)) == expected


def test_rows_twice_under_other_keys_stop_and_under_their_own_are_told(week: Lab) -> None:
    twins = {
        "customer_id": "'c' || i // 2",
        "order_amount": "100 + (i // 2 * 7919) % 400",
        "ordered_at": "timestamp '2024-03-08 06:00:00' + interval (i // 2 * (i // 2) % 900) minute",
        "is_test": "false",
        "device_type": "'tablet'",
    }
    assert judge(week, orders(week, NIGHTS, **twins))["no_twins"] == CRITICAL
    found = judge(week, orders(week, NIGHTS, **twins, order_id="'o' || (70000 + i // 2)"))
    assert "no_twins" not in found
    assert found["unique_key"] == WARNING


@pytest.mark.parametrize("rows", [700, 140])
def test_twice_or_half_the_rows_are_told(week: Lab, rows: int) -> None:
    assert judge(week, orders(week, NIGHTS, rows)) == {"usual_volume": WARNING}


def test_another_kind_of_file_is_compared_but_not_stopped(week: Lab) -> None:
    batch = orders(week, NIGHTS, order_amount="(100 + (i * 7919) % 400) * 100")
    batch.file_name = "orders_business.csv"
    assert judge(week, batch)["same_unit"] == WARNING


def test_what_was_let_pass_is_usual_from_then_on(lab: Lab) -> None:
    for number in range(NIGHTS):
        remember(lab, orders(lab, number))
    assert judge(lab, orders(lab, NIGHTS, is_test="true")) == {"flags_stand": CRITICAL}
    remember(lab, orders(lab, NIGHTS, is_test="true"))  # as a human may decide
    assert judge(lab, orders(lab, NIGHTS + 1, is_test="true")) == {}
    assert judge(lab, orders(lab, NIGHTS + 2)) == {}


def answers(lab: Lab, number: int, score: str) -> Any:
    return lab.land(
        "survey_answers",
        100,
        file_name=f"survey_answers_{number}.csv",
        survey_kind="'nps_relationship'",
        scale_min="0",
        scale_max="10",
        score=score,
    )


def test_small_files_add_up_to_a_scale_that_lost_its_end(lab: Lab) -> None:
    for number in range(NIGHTS):
        remember(lab, answers(lab, number, "i % 11"))
    # Of 100 answers 9 were 0: that two files have none is no chance any more.
    changed = answers(lab, NIGHTS, "1 + i % 10")
    assert "scale_ends" not in judge(lab, changed)
    remember(lab, changed)
    assert judge(lab, answers(lab, NIGHTS + 1, "1 + i % 10"))["scale_ends"] == CRITICAL


def test_a_large_batch_is_described_by_a_sample(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "SAMPLE_ROWS", 500)
    spread = {name: sql.format(night=1) for name, sql in SPREAD.items()}
    batch = lab.land("orders", 5000, **spread)
    measured = profiles.measure(lab.connection, batch, "Europe/Stockholm")
    assert measured.rows == 5000
    assert 300 < measured.sampled < 700
    assert measured == profiles.measure(lab.connection, batch, "Europe/Stockholm")
    amount = measured.columns["order_amount"]
    assert 150 < amount.quantiles[1] < 450


def test_no_key_and_nothing_personal_is_kept(lab: Lab) -> None:
    marker = "'anna.svensson@example.com'"
    lab.night("customers", 40, email=marker, phone=marker, full_name=marker, customer_id=marker)
    lab.night("survey_answers", 40, comment=marker, customer_id=marker)
    kept = lab.connection.execute("select string_agg(profile) from quality.batch_profiles")
    assert "anna" not in kept.fetchall()[0][0]
