"""Two nights, the second with late rows and corrections, end as one night with everything."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from agreement.houses import Builder, House
from nasty import AS_OF, write_nasty

from loyalty import transform

# The second night is six weeks later: stocks and partial periods move on as well.
FIRST_NIGHT = date(2025, 8, 6)
FIRST_FILES = ("_1.csv", "_2.csv.gz")


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    return Builder(tmp_path_factory.mktemp("houses"))


def contents(house: House) -> dict[str, tuple[str, str]]:
    """Rows and a hash of them, whatever their order, of every mart."""
    found = {}
    for schema, table in transform.published_tables():
        query = (
            "select cast(count(*) as varchar) as row_count, "
            f"cast(sum(hash(content)) as varchar) as content_hash from {schema}.{table} as content"
        )
        row = house.query(query).iloc[0]
        found[f"{schema}.{table}"] = (row["row_count"], row["content_hash"])
    return found


def test_two_nights_end_as_one(builder: Builder, tmp_path: Path) -> None:
    everything, first, second = (tmp_path / name for name in ("everything", "first", "second"))
    write_nasty(everything)
    for file in everything.glob("*_?.*"):
        target = first if file.name.endswith(FIRST_FILES) else second
        target.mkdir(exist_ok=True)
        shutil.copy(file, target)

    grown = builder.build("grown", {"canonical": first}, FIRST_NIGHT)
    before = contents(grown)
    grown = builder.add(grown, {"canonical": second}, AS_OF)
    at_once = builder.build("at_once", {"canonical": everything}, AS_OF)

    assert contents(grown) == contents(at_once)
    assert contents(grown) != before
