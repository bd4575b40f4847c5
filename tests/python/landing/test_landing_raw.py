"""Raw and the ledger: one row a key, the newest wins, every batch tells what became of it."""

import hashlib
import hmac
from pathlib import Path
from typing import Any

import pytest
from landing_shop import HEADER, KEY, Shop, csv_text, declare, line, lines

from loyalty.errors import DamagedWarehouseError, UsageError
from loyalty.landing import SYNTHETIC_MARKER, BatchResult, Loader, hash_key


def order(amount: int, updated_at: str = "", order_id: str = "o1") -> str:
    return line(1, order_id=order_id, amount=str(amount), updated_at=updated_at)


def counts(result: BatchResult) -> tuple[int, int, int]:
    return result.inserted_count, result.replaced_count, result.superseded_count


@pytest.mark.parametrize(
    ("rows", "winner"),
    [
        ([order(1), order(2)], 2),
        ([order(1, "2025-01-02"), order(2, "2025-01-01")], 1),
        ([order(1, "2025-01-01"), order(2)], 1),
        ([order(1), order(2, "2025-01-01")], 2),
        ([order(1, "2025-01-01"), order(2, "2025-01-01")], 2),
        # As instants: 10:30 at +02:00 is before 09:00 UTC.
        ([order(1, "2025-01-01T09:00:00Z"), order(2, "2025-01-01T10:30:00+02:00")], 1),
    ],
    ids=["no cursor", "older later", "null later", "null first", "tie", "instants"],
)
def test_the_newest_row_of_a_key_wins(shop: Shop, rows: list[str], winner: int) -> None:
    assert counts(shop.load("orders_1.csv", csv_text(*rows, order(9, "", "o2")))) == (2, 0, 1)
    assert shop.rows("amount") == [(winner,), (9,)]
    shop.connection.execute("delete from raw_shop.orders")
    assert counts(shop.load("orders_2.csv", csv_text(rows[0]))) == (1, 0, 0)
    is_second = winner == 2
    across = counts(shop.load("orders_3.csv", csv_text(rows[1])))
    assert across == (0, int(is_second), int(not is_second))
    assert shop.rows("amount") == [(winner,)]


def test_the_winner_replaces_the_whole_row(shop: Shop) -> None:
    shop.load("orders_1.csv", csv_text(line(1, email="a@b.se", score="5")))
    shop.load("orders_2.csv", "order_id,ordered_at\no1,2025-05-01\n")
    assert shop.rows("email, email_hash, score, customer_id_hash, _row_number") == [
        (None, None, None, None, 1)
    ]


def test_a_rejected_row_replaces_nothing(shop: Shop) -> None:
    shop.load("orders_1.csv", csv_text(order(1)))
    result = shop.load("orders_2.csv", csv_text(line(1, order_id="o1", amount="x"), *lines(2, 3)))
    assert (result.rejected_count, *counts(result)) == (1, 2, 0, 0)
    assert shop.rows("amount", order="order_id")[0] == (1,)


def test_a_composite_mix_of_repeats_and_replacements(shop: Shop) -> None:
    shop.load("orders_1.csv", csv_text(*lines(1, 100)))
    repeated = [*lines(51, 150), *lines(91, 110)]
    assert counts(shop.load("orders_2.csv", csv_text(*repeated))) == (50, 50, 20)
    assert shop.rows("count(*), count(distinct order_id)") == [(150, 150)]


def test_the_same_content_loads_once(shop: Shop) -> None:
    content = csv_text(*lines(1, 3))
    shop.load("orders.csv", content)
    assert shop.loader.land(shop.file("orders.csv")) is None
    assert shop.loader.land(shop.write("orders_copy.csv", content)) is None
    assert shop.load("orders.csv", content + line(4) + "\n").inserted_count == 1
    ledger = "select batch_id, file_name, record_count, status from quality.batches order by 1"
    assert shop.connection.execute(ledger).fetchall() == [
        (1, "orders.csv", 3, "accepted"),
        (2, "orders.csv", 4, "accepted"),
    ]


def test_a_content_that_comes_back_is_the_files_newest_state(shop: Shop) -> None:
    right, wrong = csv_text(order(1)), csv_text(order(2))
    shop.load("orders.csv", right)
    copy = shop.write("orders_copy.csv", right)
    shop.load("orders.csv", wrong)
    assert shop.loader.land(copy) is None
    assert shop.rows("amount") == [(2,)]
    # A table without updates to go by: the mistake is taken back by landing what was there before.
    assert counts(shop.load("orders.csv", right)) == (0, 1, 0)
    assert shop.rows("amount") == [(1,)]
    assert shop.loader.land(shop.file("orders.csv")) is None
    assert shop.loader.land(copy) is None


def test_landing_changes_nothing_in_raw(shop: Shop) -> None:
    batch = shop.land("orders.csv", csv_text(*lines(1, 3), line(4, amount="x")))
    assert shop.rows("*") == []
    assert shop.rejects() == []
    assert shop.connection.execute(f"select count(*) from {batch.relation}").fetchone() == (3,)
    described = shop.connection.execute(f"describe {batch.relation}").fetchall()
    assert [row[0] for row in described] == HEADER.split(",")


def test_a_failed_acceptance_leaves_nothing(shop: Shop, monkeypatch: Any) -> None:
    batch = shop.land("orders.csv", csv_text(*lines(1, 3)))

    def fail(*_: Any) -> None:
        raise RuntimeError("crash")

    monkeypatch.setattr(shop.loader, "_record", fail)
    with pytest.raises(RuntimeError):
        shop.loader.accept(batch)
    assert shop.rows("*") == []
    assert shop.connection.execute("from control.landed_entities").fetchall() == []


def statuses(shop: Shop) -> list[Any]:
    return shop.connection.execute(
        "select batch_id, status, reasons from quality.batches order by 1"
    ).fetchall()


def test_quarantine_and_its_end(shop: Shop) -> None:
    batch = shop.land("orders.csv", csv_text(line(1), line(2, amount="x")))
    result = shop.loader.quarantine(batch, ["too many rejects"])
    assert (result.status, counts(result)) == ("quarantined", (0, 0, 0))
    assert shop.rows("*") == []
    assert len(shop.rejects()) == 1
    # The next night tries the same content anew; one quarantine of it stays open.
    again = shop.loader.land(shop.file("orders.csv"))
    assert again is not None
    shop.loader.quarantine(again, ["still"])
    assert shop.loader.close_absent([shop.file("orders.csv")]) == 0
    assert statuses(shop) == [(1, "replaced", ["too many rejects"]), (2, "quarantined", ["still"])]
    # Mended under its name; another that vanished.
    other = shop.land("orders_b.csv", csv_text(line(7)))
    shop.loader.quarantine(other, ["odd"])
    (shop.folder / "orders_b.csv").unlink()
    mended = shop.write("orders.csv", csv_text(line(1), line(2)))
    assert shop.loader.close_absent([mended]) == 2
    assert [status for _, status, _ in statuses(shop)] == ["replaced", "replaced", "withdrawn"]


def test_a_quarantined_content_that_is_accepted_later(shop: Shop) -> None:
    batch = shop.land("orders.csv", csv_text(line(1)))
    shop.loader.quarantine(batch, ["odd volume"])
    again = shop.loader.land(shop.file("orders.csv"))
    assert again is not None
    shop.loader.accept(again)
    assert [status for _, status, _ in statuses(shop)] == ["replaced", "accepted"]


def test_hashes_are_pythons_hmac(shop: Shop) -> None:
    def expected(message: str) -> str:
        return hmac.new(KEY, message.encode(), hashlib.sha256).hexdigest()[:32]

    shop.load(
        "orders.csv",
        csv_text(
            line(1, customer_id="Åsa 012", email=" Asa@Example.SE "),
            line(2, customer_id="", email="   "),
            line(3, customer_id="Åsa 012"),
        ),
    )
    assert shop.rows("customer_id_hash, email_hash", order="order_id") == [
        (expected("customer|shop|Åsa 012"), expected("email|asa@example.se")),
        (None, None),
        (expected("customer|shop|Åsa 012"), None),
    ]


@pytest.mark.parametrize("key", [b"k", b"k" * 64, b"k" * 65])
def test_hashes_with_keys_of_any_length(shop: Shop, key: bytes) -> None:
    shop.connection.execute("delete from control.hash_key_fingerprint")
    loader = Loader(shop.connection, "night", {"shop": shop.source}, key, "UTC")
    loader.prepare()
    batch = loader.land(shop.write("orders.csv", csv_text(line(1))))
    assert batch is not None
    loader.accept(batch)
    expected = hmac.new(key, b"customer|shop|c1", hashlib.sha256).hexdigest()[:32]
    assert shop.rows("customer_id_hash") == [(expected,)]


def test_another_key_is_refused(shop: Shop) -> None:
    shop.loader.prepare()
    other = Loader(shop.connection, "night", {"shop": shop.source}, b"another", "UTC")
    with pytest.raises(UsageError, match="LOYALTY_HASH_KEY is not the key"):
        other.prepare()
    text = str(shop.connection.execute("from control.hash_key_fingerprint").fetchall())
    assert KEY.decode() not in text


def test_the_key_comes_from_the_environment_but_for_made_up_data(tmp_path: Path) -> None:
    made_up, real = tmp_path / "made_up", tmp_path / "real"
    made_up.mkdir()
    real.mkdir()
    (made_up / SYNTHETIC_MARKER).touch()
    assert hash_key({"LOYALTY_HASH_KEY": "secret"}, [real]) == b"secret"
    assert hash_key({}, [made_up])
    for environment in ({}, {"LOYALTY_HASH_KEY": ""}):
        with pytest.raises(UsageError, match=r"LOYALTY_HASH_KEY is not set.*real"):
            hash_key(environment, [made_up, real])


def test_every_declared_table_is_there_and_grows_with_its_declaration(shop: Shop) -> None:
    assert shop.rows("*", "notes") == []
    shop.load("orders.csv", csv_text(line(1)))
    shop.connection.execute("alter table raw_shop.orders drop column score")
    shop.loader.prepare()
    assert shop.rows("order_id, score") == [("o1", None)]
    shop.connection.execute("alter table raw_shop.orders alter amount type varchar")
    with pytest.raises(DamagedWarehouseError, match=r"raw_shop\.orders\.amount"):
        Loader(shop.connection, "night", {"shop": declare()}, KEY, "UTC").prepare()


def test_a_file_that_changes_under_the_reader(shop: Shop, monkeypatch: Any) -> None:
    file = shop.write("orders.csv", csv_text(line(1)))
    sizes = iter([(1, "before"), (2, "after")])
    monkeypatch.setattr(shop.loader._fingerprints, "of", lambda _: next(sizes))
    batch = shop.loader.land(file)
    assert batch is not None
    assert batch.problems == ["the file changed while it was read"]
    assert batch.accepted_count == 0


def test_a_file_that_is_gone(shop: Shop) -> None:
    file = shop.write("orders.csv", csv_text(line(1)))
    file.path.unlink()
    with pytest.raises(UsageError, match=r"orders\.csv cannot be read: No such file"):
        shop.loader.land(file)


def test_batch_numbers_go_on_after_the_ledger_and_what_was_given_since(shop: Shop) -> None:
    shop.load("orders.csv", csv_text(line(1)))
    assert shop.land("orders_2.csv", csv_text(line(2))).batch_id == 2
    undecided = shop.land("orders_3.csv", csv_text(line(3)))
    assert undecided.batch_id == 3
    shop.loader.accept(undecided)
    assert shop.land("orders_4.csv", csv_text(line(4))).batch_id == 4
