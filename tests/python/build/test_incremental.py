"""Two nights, the second with late rows and corrections, end as one night with everything."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from agreement.houses import Builder, House
from nasty import AS_OF, write_nasty

from loyalty import settings
from loyalty.build import changes, transform

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


def land_twice(folder: Path) -> tuple[Path, Path, Path]:
    """Write the nasty landing at once, and the same in two nights."""
    everything, first, second = (folder / name for name in ("everything", "first", "second"))
    write_nasty(everything)
    for file in everything.glob("*_?.*"):
        target = first if file.name.endswith(FIRST_FILES) else second
        target.mkdir(exist_ok=True)
        shutil.copy(file, target)
    return everything, first, second


@pytest.fixture(scope="module")
def at_once(builder: Builder, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Everything in one night."""
    everything, _, _ = land_twice(tmp_path_factory.mktemp("landing"))
    return contents(builder.build("at_once", {"canonical": everything}, AS_OF))


@pytest.mark.parametrize("is_by_change", [False, True], ids=["all anew", "what has changed"])
def test_two_nights_end_as_one(
    builder: Builder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at_once: dict[str, Any],
    is_by_change: bool,
) -> None:
    _, first, second = land_twice(tmp_path)
    built = count_builds(monkeypatch)
    if is_by_change:
        build_what_has_changed(monkeypatch)
    grown = builder.build(f"grown {is_by_change}", {"canonical": first}, FIRST_NIGHT)
    before = contents(grown)
    grown = builder.add(grown, {"canonical": second}, AS_OF)
    assert built == ([True] if is_by_change else [])
    # Of what it took nothing is left beside the models.
    schemas = grown.query("select distinct schema_name from duckdb_tables()")["schema_name"]
    assert not {name for name in schemas if name.startswith(("before", "after", "replaced"))}
    assert contents(grown) == at_once
    assert contents(grown) != before
    # What costs as much as there are rows waits for a build of all; flows are held as ever.
    assert times_tested(grown, "stock_units_reconcile") == {1}
    assert times_tested(grown, "total_units_reconcile") == {1}
    assert times_tested(grown, "flow_units_reconcile") == {2 if is_by_change else 1}


def times_tested(house: House, kind: str) -> set[int]:
    """Return how many times each test of a kind has run since all was built last."""
    runs = house.query(
        "select count(*) as run_count from quality.dbt_results "
        f"where resource_type = 'test' and contains(unique_id, '.{kind}_') group by unique_id"
    )
    return set(runs["run_count"])


def test_a_table_that_was_touched_is_built_anew(
    builder: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: dict[str, Any]
) -> None:
    _, first, second = land_twice(tmp_path)
    build_what_has_changed(monkeypatch)
    built = count_builds(monkeypatch)
    touched = builder.build("touched", {"canonical": first}, FIRST_NIGHT)
    with touched.warehouse.connect() as connection:
        connection.execute("update core.fct_orders set order_amount = order_amount + 1")
    touched = builder.add(touched, {"canonical": second}, AS_OF)
    assert built == [False]
    assert contents(touched) == at_once


def build_what_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no number of rows be too small, no share of them too large for it."""
    monkeypatch.setenv(settings.ROWS_VARIABLE, "0")
    monkeypatch.setattr(changes, "GREATEST_SHARE", 10.0)


def count_builds(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return what will say of each build of what has changed whether it came to its end."""
    build, built = transform._build_changes, []

    def counted(*arguments: Any) -> bool:
        built.append(build(*arguments))
        return built[-1]

    monkeypatch.setattr(transform, "_build_changes", counted)
    return built
