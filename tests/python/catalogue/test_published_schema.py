"""The published interface: what was promised is kept, or a new version says that it is not."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from loyalty.catalogue.contracts import (
    Mart,
    find_breaks,
    promised_tables,
    read_contracts,
    read_schema,
    renewed,
)
from loyalty.errors import UsageError
from loyalty.project import PROJECT_FOLDER

pytest_plugins = ["exports.fixtures"]


@pytest.fixture(scope="module")
def marts() -> tuple[Mart, ...]:
    return read_contracts()


def test_the_contracts_keep_what_was_promised(marts: tuple[Mart, ...]) -> None:
    schema, now = read_schema(), promised_tables(marts)
    breaks = find_breaks(schema.tables, now)
    assert not breaks, (
        f"version {schema.version} promises readers what is no longer there: {'; '.join(breaks)}. "
        "Keep it; or tell the readers and run "
        "`python -m loyalty.catalogue.marts_docs --new-version`"
    )
    assert _ordered(schema.tables) == _ordered(now), (
        "the marts have tables or columns that docs/marts_schema.json does not promise yet: run "
        "`make docs` and commit what it writes"
    )


def test_what_is_published_is_what_is_promised(published: Path) -> None:
    with duckdb.connect(published, read_only=True) as connection:
        rows = connection.execute(
            "select schema_name || '.' || table_name, column_name, "
            "replace(lower(data_type), ',', ', ') from duckdb_columns() "
            "where not internal and schema_name <> 'publication' order by 1, column_index"
        ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        tables.setdefault(table, {})[column] = data_type
    promised = {name: table["columns"] for name, table in read_schema().tables.items()}
    assert _ordered(tables) == _ordered(promised)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda t: t.pop("core.fct_orders"), "core.fct_orders is gone"),
        (
            lambda t: t["core.fct_orders"]["columns"].pop("tier"),
            "core.fct_orders.tier is gone",
        ),
        (
            lambda t: t["core.fct_orders"]["columns"].update(order_amount="double"),
            "core.fct_orders.order_amount was decimal(18, 2), is double",
        ),
        (
            lambda t: t["core.fct_orders"]["key"].append("source_id"),
            "core.fct_orders has another key: order_id and order_id, source_id",
        ),
        (
            lambda t: t["core.fct_orders"]["columns"].update(
                order_id=t["core.fct_orders"]["columns"].pop("order_id")
            ),
            "core.fct_orders has its columns in another order",
        ),
    ],
)
def test_a_break_is_named_and_needs_a_new_version(
    marts: tuple[Mart, ...], spoil: Any, sentence: str
) -> None:
    now = promised_tables(marts)
    spoilt = deepcopy(now)
    spoil(spoilt)
    assert find_breaks(now, spoilt) == [sentence]
    # The other way round: more is promised than the contracts keep.
    before = replace(read_schema(), tables=_with_more(now))
    with pytest.raises(UsageError, match=r"core\.fct_more is gone.*--new-version"):
        renewed(before, marts)
    after = renewed(before, marts, may_break=True)
    assert after.version == before.version + 1
    assert after.breaks[str(after.version)] == ["core.fct_more is gone"]
    assert after.tables == now


def test_an_addition_is_no_break_and_is_recorded(marts: tuple[Mart, ...]) -> None:
    before = deepcopy(promised_tables(marts))
    del before["core.fct_shares"]
    del before["core.fct_orders"]["columns"]["is_guest"]
    after = renewed(replace(read_schema(), tables=before), marts)
    assert after.version == read_schema().version
    assert after.tables == promised_tables(marts)


def test_every_mart_is_named_by_an_exposure(marts: tuple[Mart, ...]) -> None:
    content = yaml.safe_load((PROJECT_FOLDER / "models" / "exposures.yml").read_text())
    named = {ref for exposure in content["exposures"] for ref in exposure["depends_on"]}
    missing = {f"ref('{mart.table_name}')" for mart in marts} - named
    assert not missing, "models/exposures.yml: bi_connections does not name them"


def _with_more(tables: dict[str, Any]) -> dict[str, Any]:
    return {"core.fct_more": {"key": ["id"], "columns": {"id": "varchar"}}, **tables}


def _ordered(tables: Any) -> list[Any]:
    """Order of columns counts, of tables it does not."""
    return [
        (name, [list(part.items()) if isinstance(part, dict) else part for part in _parts(table)])
        for name, table in sorted(tables.items())
    ]


def _parts(table: dict[str, Any]) -> list[Any]:
    return [table["key"], table["columns"]] if "key" in table else [table]
