"""A published file that is damaged is noticed, and the one before is served."""

import random
from pathlib import Path

import pytest

from loyalty import publication
from loyalty.errors import DamagedGenerationError, PublicationError
from loyalty.publication import files
from loyalty.warehouse import Warehouse


@pytest.fixture
def house(tmp_path: Path) -> Warehouse:
    """A warehouse with three generations, which differ by their night."""
    warehouse = Warehouse(tmp_path / "warehouse")
    warehouse.prepare()
    with warehouse.connect() as connection:
        connection.execute("insert into control.night values ('n', date '2026-10-31')")
        connection.execute("create schema core; create table core.days as from range(2000)")
        for night in ("n1", "n2", "n3"):
            publication.publish(warehouse, connection, night, [("core", "days")])
    return warehouse


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << place % 8
    path.chmod(0o644)
    path.write_bytes(content)


def served_night(house: Warehouse) -> str:
    live = publication.live_path(house)
    assert live is not None
    return publication.read_generation(live).night_id


def test_good_ones_are_left_alone(house: Warehouse) -> None:
    assert publication.serve_good(house) == []
    assert served_night(house) == "n3"


def test_any_flipped_bit_is_noticed(house: Warehouse) -> None:
    name = publication.generation_names(house)[-1]
    path = house.generations / f"{name}.duckdb"
    good = path.read_bytes()
    for _ in range(200):
        flip(path, random.randrange(len(good)))
        with pytest.raises(DamagedGenerationError, match="is damaged"):
            publication.check(house, name)
        path.write_bytes(good)
    publication.check(house, name)


def test_the_newest_good_one_is_served_and_the_damaged_are_set_aside(house: Warehouse) -> None:
    first, second, third = publication.generation_names(house)
    flip(house.generations / f"{third}.duckdb", 20_000)
    (house.generations / f"{second}.duckdb").unlink()
    assert publication.serve_good(house) == [third]
    assert served_night(house) == "n1"
    assert publication.generation_names(house) == [first]
    assert publication.damaged_names(house) == [third]
    # A name never had another content, though that one is gone.
    assert files.next_name(house) > third


def test_where_none_is_good_none_is_served(house: Warehouse) -> None:
    names = publication.generation_names(house)
    for name in names:
        flip(house.generations / f"{name}.duckdb", 20_000)
    assert publication.serve_good(house) == list(reversed(names))
    assert publication.live_path(house) is None
    assert not house.published_link.is_symlink()
    with house.connect() as connection:
        publication.publish(house, connection, "n4", [("core", "days")])
    assert served_night(house) == "n4"


def test_one_that_was_never_sealed_is_read(house: Warehouse) -> None:
    for seal in house.seals.iterdir():
        seal.unlink()
    names = publication.generation_names(house)
    publication.check(house, names[-1])
    path = house.generations / f"{names[-1]}.duckdb"
    flip(path, 5_000)
    with pytest.raises(DamagedGenerationError, match="is damaged"):
        publication.check(house, names[-1])


def test_no_way_back_to_a_damaged_one(house: Warehouse) -> None:
    names = publication.generation_names(house)
    flip(house.generations / f"{names[0]}.duckdb", 20_000)
    with pytest.raises(PublicationError, match="is damaged"):
        publication.rollback(house, names[0])
    assert served_night(house) == "n3"
