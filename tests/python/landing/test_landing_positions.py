"""Where no cursor decides, a batch that was held has the turn of its first try."""

from collections.abc import Iterator

import pytest
from landing_shop import Shop, csv_text, line

from loyalty.landing import BatchResult, Loader


def notes(*bodies: str) -> str:
    """A note a body, keyed by its letter, as n of `n=text`."""
    rows = (body.split("=") for body in bodies)
    return "note_id,body,author\n" + "".join(f"{key},{text},x\n" for key, text in rows)


def hold(shop: Shop, name: str, content: str) -> None:
    shop.loader.quarantine(shop.land(name, content), ["odd"])


def again(shop: Shop, name: str) -> BatchResult:
    batch = shop.loader.land(shop.file(name))
    assert batch is not None
    return shop.loader.accept(batch)


def held(shop: Shop) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = shop.rows("note_id, body", "notes")
    return found


@pytest.fixture
def later(shop: Shop) -> Iterator[Shop]:
    """A shop with a note held, and a later one of the same key loaded."""
    shop.load("orders_notes_0.csv", notes("a=first", "b=first"))
    hold(shop, "orders_notes_1.csv", notes("a=held", "b=held", "c=held"))
    shop.load("orders_notes_2.csv", notes("b=later"))
    yield shop


EXPECTED = [("a", "held"), ("b", "later"), ("c", "held")]


def test_the_same_content_tried_again(later: Shop) -> None:
    result = again(later, "orders_notes_1.csv")
    assert held(later) == EXPECTED
    assert (result.inserted_count, result.replaced_count, result.superseded_count) == (1, 1, 1)
    # Its rows are new to whoever goes by when they were loaded.
    assert later.rows("distinct _batch_id", "notes where note_id <> 'b'") == [(result.batch_id,)]


def test_tried_in_vain_and_then_loaded(later: Shop) -> None:
    for _ in range(3):
        batch = later.loader.land(later.file("orders_notes_1.csv"))
        assert batch is not None
        later.loader.quarantine(batch, ["still"])
    again(later, "orders_notes_1.csv")
    assert held(later) == EXPECTED


def test_a_corrected_file_under_the_same_name(later: Shop) -> None:
    later.load("orders_notes_1.csv", notes("a=held", "b=mended", "c=held"))
    assert held(later) == EXPECTED


def test_a_correction_that_is_held_as_well(later: Shop) -> None:
    hold(later, "orders_notes_1.csv", notes("a=worse", "b=worse"))
    later.load("orders_notes_1.csv", notes("a=held", "b=mended", "c=held"))
    assert held(later) == EXPECTED


def test_the_same_content_under_another_name(later: Shop) -> None:
    path = later.folder / "orders_notes_1.csv"
    path.rename(later.folder / "orders_notes_9.csv")
    hold(later, "orders_notes_9.csv", (later.folder / "orders_notes_9.csv").read_text())
    assert later.loader.close_absent([later.file("orders_notes_9.csv")]) == 1
    again(later, "orders_notes_9.csv")
    assert held(later) == EXPECTED


def test_two_files_that_are_bad_in_the_same_way(shop: Shop) -> None:
    """As empty ones are: each is held for itself, and has its own turn when it is corrected."""
    hold(shop, "orders_notes_1.csv", "")
    hold(shop, "orders_notes_2.csv", "")
    assert shop.loader.close_absent([shop.file(f"orders_notes_{n}.csv") for n in (1, 2)]) == 0
    shop.load("orders_notes_2.csv", notes("a=second"))
    shop.load("orders_notes_1.csv", notes("a=first", "b=first"))
    assert shop.loader.close_absent([shop.file(f"orders_notes_{n}.csv") for n in (1, 2)]) == 2
    assert held(shop) == [("a", "second"), ("b", "first")]


def test_taken_away_and_landed_again_later(later: Shop) -> None:
    (later.folder / "orders_notes_1.csv").unlink()
    assert later.loader.close_absent([later.file("orders_notes_2.csv")]) == 1
    later.load("orders_notes_1.csv", notes("a=held", "b=mended", "c=held"))
    assert held(later) == EXPECTED


def test_a_change_after_it_was_loaded_comes_later(later: Shop) -> None:
    again(later, "orders_notes_1.csv")
    later.load("orders_notes_1.csv", notes("b=newest"))
    assert held(later) == [("a", "held"), ("b", "newest"), ("c", "held")]


def test_after_a_discarded_one_a_name_has_its_own_turn(later: Shop) -> None:
    later.connection.execute("update quality.batches set status = 'discarded' where batch_id = 2")
    assert later.loader.land(later.file("orders_notes_1.csv")) is None
    assert later.loader.is_discarded(later.file("orders_notes_1.csv"))
    later.load("orders_notes_1.csv", notes("b=newest"))
    assert held(later) == [("a", "first"), ("b", "newest")]


def test_a_cursor_goes_first(shop: Shop) -> None:
    newer, older = "2025-03-03T00:00:00", "2025-03-02T00:00:00"
    hold(shop, "orders_1.csv", csv_text(line(1, amount="1", updated_at=newer), line(2, amount="1")))
    shop.load("orders_2.csv", csv_text(line(1, amount="2", updated_at=older), line(2, amount="2")))
    again(shop, "orders_1.csv")
    assert [(key, int(amount)) for key, amount in shop.rows("order_id, amount")] == [
        ("o1", 1),
        ("o2", 2),
    ]


def test_a_ledger_made_before_positions_gets_them(shop: Shop) -> None:
    from loyalty.warehouse import SYSTEM_TABLES

    shop.load("orders_notes_0.csv", notes("a=first"))
    shop.connection.execute("alter table quality.batches drop column position")
    shop.connection.execute("alter table quality.expectation_results drop column rows_where")
    shop.connection.execute(SYSTEM_TABLES)
    assert shop.connection.execute("select position from quality.batches").fetchall() == [(1,)]
    assert isinstance(shop.loader, Loader)
    shop.load("orders_notes_1.csv", notes("a=second"))
    assert held(shop) == [("a", "second")]
