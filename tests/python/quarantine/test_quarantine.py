"""Held batches and the commands that end them; loaded by the real loader, into a real warehouse."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from loyalty import gates, quarantine
from loyalty.cli import app
from loyalty.errors import GateStop, LoyaltyError, UsageError, WarehouseLockedError
from loyalty.gates import ExpectationResult, GateReport
from loyalty.pipeline import run as runs
from loyalty.pipeline.request import NightRequest
from loyalty.pipeline.run import Night
from loyalty.quarantine import decisions
from loyalty.warehouse import Warehouse

KEY = "a key for tests only"
HEADER = "order_id,customer_id,ordered_at,status,order_amount\n"
GOOD = "".join(f"o{n},c{n},2026-03-0{n}T12:00:00Z,paid,1{n}.00\n" for n in range(1, 6))
LATE = "2099-01-01T00:00:00Z"


def future(batch: Any) -> GateReport:
    """A gate of one check: no order of the year 2099; quick, for it needs no tools."""
    if batch.problems:
        results = [ExpectationResult("structure", "critical", False, batch.problems[0])]
    else:
        text = batch.path.read_text()
        is_bad = LATE in text
        results = [
            ExpectationResult("no_addresses", "critical", "@" not in text, "no addresses: not so"),
            ExpectationResult(
                "not_in_the_future",
                "critical",
                not is_bad,
                f"{batch.file_name}: ordered_at is not in the future",
                "ordered_at",
                rows_where="ordered_at > timestamp '2090-01-01'",
            ),
        ]
    return GateReport("raw", "suite", tuple(results), batch.batch_id)


class House:
    """A warehouse, its landing folder, and nights that only load."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = Warehouse(folder / "warehouse")
        self.landing = folder / "landing"
        self.landing.mkdir()

    def write(self, name: str, rows: str, header: str = HEADER) -> Path:
        path = self.landing / name
        path.write_text(header + rows)
        return path

    def load(self) -> str:
        """Load as a night does; return why it stopped, empty where it did not."""
        with Night(NightRequest(self.warehouse, {"canonical": self.landing})) as night:
            try:
                night.load()
            except GateStop as stop:
                return str(stop)
        return ""

    def query(self, query: str) -> list[Any]:
        with duckdb.connect(str(self.warehouse.build_database), read_only=True) as connection:
            return connection.execute(query).fetchall()

    @property
    def statuses(self) -> list[str]:
        rows = self.query("select status from quality.batches order by batch_id")
        return [status for (status,) in rows]

    @property
    def orders(self) -> list[str]:
        rows = self.query("select order_id from raw_canonical.orders order by 1")
        return [key for (key,) in rows]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("LOYALTY_HASH_KEY", KEY)

    def check(connection: Any, night_id: str, batch: Any, _limit: float) -> GateReport:
        report = future(batch)
        gates.report.keep(
            connection, night_id, batch.batch_id, [("suite", "raw", r) for r in report.results]
        )
        return report

    monkeypatch.setattr(runs.gates, "check_batch", check)
    monkeypatch.setattr(runs.gates, "write_data_docs", lambda *_: "page")
    return House(tmp_path)


@pytest.fixture
def held(house: House) -> House:
    """A house with orders.csv loaded as batch 1 and orders_2.csv held as batch 2."""
    house.write("orders.csv", GOOD)
    house.write("orders_2.csv", f"o6,secret-c6,{LATE},paid,16.00\no7,c7,2026-03-07,paid,17.00\n")
    assert "quarantine show 2" in house.load()
    return house


@pytest.fixture
def command(house: House) -> Iterator[Callable[..., Result]]:
    def run(*words: object) -> Result:
        given = [*map(str, words), "--warehouse", str(house.warehouse.folder)]
        return CliRunner().invoke(app, ["quarantine", *given], catch_exceptions=True)

    yield run


def test_list_and_show(held: House, command: Callable[..., Result]) -> None:
    listed = command("list").output
    assert "2  canonical.orders  orders_2.csv  since night" in listed
    assert "ordered_at is not in the future" in listed
    shown = command("show", 2).output
    assert "batch 2 (canonical.orders, orders_2.csv)" in shown
    assert "records 2; 2 can be loaded, 0 rejected" in shown
    assert "row 1: order_id=o6, customer_id=***, ordered_at=2099-01-01 00:00:00" in shown
    assert "o7" not in shown
    assert "secret" not in shown
    assert "loyalty quarantine release 2" in shown
    assert list(held.warehouse.private.glob("unpacked*")) == []


def test_rejected_records_are_shown_masked(house: House, command: Callable[..., Result]) -> None:
    house.write(
        "orders.csv",
        f"o1,secret-1,{LATE},paid,1.00\no2,secret-2,13/02/2026,paid,2.00\no3,secret-3,secret-4\n",
    )
    house.load()
    shown = command("show", 1).output
    assert "Rejected records, all 2" in shown
    assert "line 3, ordered_at = 13/02/2026: not an ISO 8601 date" in shown
    assert "order_id=o2, customer_id=***, ordered_at=13/02/2026" in shown
    assert "line 4: too few columns" in shown
    assert "x9,xxxxxx-9,xxxxxx-9" in shown
    assert "secret" not in shown
    assert "Rejected records, the first 1 of 2" in command("show", 1, "--rows", 1).output


def test_released_it_joins_in_the_next_night(held: House, command: Callable[..., Result]) -> None:
    (held.landing / "orders_2.csv").unlink()
    said = command("release", 2, "--reason", "they are pre-orders")
    assert said.exit_code == 0, said.output
    assert "the next night loads its 2 readable rows" in said.output
    assert held.load() == ""
    assert held.orders == ["o1", "o2", "o3", "o4", "o5", "o6", "o7"]
    assert held.statuses == ["accepted", "replaced", "accepted"]
    assert held.query("select batch_id, position from quality.batches where batch_id = 3") == [
        (3, 2)
    ]
    decided = held.query("select batch_id, decision, reason from quality.quarantine_decisions")
    assert decided == [(2, "released", "they are pre-orders")]
    assert command("list").output.startswith("Nothing is in quarantine.")
    assert "released by" in command("show", 2).output
    assert "loaded in night" in command("list", "--all").output


def test_what_would_publish_an_address_is_not_released(
    held: House, command: Callable[..., Result]
) -> None:
    held.write("orders_2.csv", "o6,c6,2026-03-06,anna@example.com,16.00\n")
    assert "no addresses" in held.load()
    said = refused(command("release", 3))
    assert "e-mail addresses in it would be published" in said
    # Nor where the ledger has forgotten what the gate said, as after a repair.
    with held.warehouse.connect() as connection:
        connection.execute("delete from quality.expectation_results")
    assert command("release", 3).exit_code == 0
    assert "no addresses" in held.load()
    assert "o6" not in held.orders


def test_released_while_its_file_still_lies_there(
    held: House, command: Callable[..., Result]
) -> None:
    assert command("release", 2).exit_code == 0
    assert held.load() == ""
    assert held.load() == ""
    assert held.statuses == ["accepted", "replaced", "accepted"]


def test_released_and_its_copy_damaged(held: House, command: Callable[..., Result]) -> None:
    assert command("release", 2).exit_code == 0
    (kept,) = held.warehouse.archive.folder.glob(
        f"*/*/{held.query('select fingerprint from quality.batches where batch_id = 2')[0][0]}*"
    )
    kept.write_bytes(b"\0" * 100)
    (held.landing / "orders_2.csv").rename(held.landing.parent / "orders_2.csv")
    assert "its bytes are not at hand: land its file again" in held.load()
    (held.landing.parent / "orders_2.csv").rename(held.landing / "orders_2.csv")
    assert held.load() == ""
    assert held.statuses == ["accepted", "replaced", "accepted"]


def test_discarded_it_is_never_loaded(held: House, command: Callable[..., Result]) -> None:
    assert command("discard", 2).exit_code == 2, "a reason is asked for"
    said = command("discard", 2, "--reason", "a test export")
    assert "never loaded" in said.output
    assert held.load() == ""
    copy = (held.landing / "orders_2.csv").read_text()
    (held.landing / "orders_2.csv").unlink()
    assert held.load() == ""
    (held.landing / "orders_again.csv").write_text(copy)
    assert held.load() == ""
    assert held.orders == ["o1", "o2", "o3", "o4", "o5"]
    assert held.statuses == ["accepted", "discarded"]
    assert "discarded by" in command("show", 2).output
    with held.warehouse.archive.unpacked(held.warehouse.archive.entries()[1]) as path:
        assert path.read_text() == copy


def test_a_release_can_be_taken_back_by_discarding(
    held: House, command: Callable[..., Result]
) -> None:
    command("release", 2)
    assert command("discard", 2, "--reason", "on second thoughts").exit_code == 0
    assert held.load() == ""
    assert "o6" not in held.orders


def test_a_number_means_the_latest_try(held: House, command: Callable[..., Result]) -> None:
    assert "quarantine show 3" in held.load()
    assert "batch 3 (canonical.orders, orders_2.csv)" in command("show", 2).output
    assert "2 tries" in command("show", 2).output
    assert "batch 3" in command("release", 2).output
    assert held.load() == ""
    assert held.query("select max(position) from quality.batches where status = 'accepted'") == [
        (2,)
    ]


def test_a_corrected_file_ends_it(held: House, command: Callable[..., Result]) -> None:
    held.write("orders_2.csv", "o6,c6,2026-03-06,paid,16.00\n")
    assert held.load() == ""
    assert held.statuses == ["accepted", "replaced", "accepted"]
    assert "another content came under its name" in refused(command("release", 2))


def refused(result: Result) -> str:
    assert isinstance(result.exception, UsageError)
    return str(result.exception)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (1, "batch 1 is not waiting for a decision; orders.csv is loaded in night"),
        (99, "there is no batch 99"),
    ],
)
def test_numbers_that_cannot_be_released(
    held: House, command: Callable[..., Result], number: int, sentence: str
) -> None:
    assert sentence in refused(command("release", 2, number))
    assert held.statuses == ["accepted", "quarantined"], "all of them or none"
    assert sentence in refused(command("discard", number, "--reason", "x"))


def test_what_cannot_be_read_cannot_be_released(
    held: House, command: Callable[..., Result]
) -> None:
    held.write("orders_3.csv", "c1,2026-03-01,paid,1\n", "customer_id,ordered_at,status,amount\n")
    held.load()
    number = held.query("select max(batch_id) from quality.batches")[0][0]
    sentence = refused(command("release", number))
    assert "required column order_id is missing" in sentence
    assert "Land a corrected file under the same name" in sentence
    assert f"release {number}" not in command("show", number).output
    assert command("discard", number, "--reason", "x").exit_code == 0


def test_a_closed_one_stays_closed(held: House, command: Callable[..., Result]) -> None:
    command("discard", 2, "--reason", "a test export")
    assert "discarded by" in refused(command("release", 2))
    assert "a test export" in refused(command("discard", 2, "--reason", "again"))


def test_without_its_bytes_it_cannot_be_released(
    held: House, command: Callable[..., Result]
) -> None:
    for path in held.warehouse.archive.folder.glob("*/*/*.zst"):
        path.unlink()
    assert "its bytes are not in the archive" in refused(command("release", 2))
    assert "cannot be shown" in command("show", 2).output


def test_while_a_night_runs_it_says_so(held: House, command: Callable[..., Result]) -> None:
    with held.warehouse.lock():
        for words in (["list"], ["show", 2], ["release", 2], ["discard", 2, "--reason", "x"]):
            assert isinstance(command(*words).exception, WarehouseLockedError)


def test_there_is_no_warehouse_yet(house: House, command: Callable[..., Result]) -> None:
    assert "holds no warehouse" in refused(command("list"))
    assert not house.warehouse.folder.exists()


def test_a_decision_that_fails_changes_nothing(
    held: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise LoyaltyError("no name")

    monkeypatch.setattr(decisions, "_user", fail)
    with quarantine.opened(held.warehouse) as ledger, pytest.raises(LoyaltyError):
        quarantine.release(held.warehouse, ledger, [2])
    assert held.statuses == ["accepted", "quarantined"]


def test_who_decided_has_always_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions.getpass, "getuser", lambda: {}["nobody"])
    assert decisions._user().startswith("user ")


def test_a_decision_is_told_with_its_day() -> None:
    batch: Any = SimpleNamespace(status="discarded")
    decision = quarantine.Decision(1, "discarded", "odd", "anna", datetime(2026, 3, 1, tzinfo=UTC))
    assert quarantine.standing(batch, [decision]) == "discarded by anna on 2026-03-01: odd"
