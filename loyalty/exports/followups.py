"""The list of customers to contact, with the keys by which their source knows them.

The published list holds keyed hashes only. Whoever may see customer ids has the hash key and the
private folder; for them the hashes are looked up in raw.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from loyalty.declarations import SourceDeclaration, read_declarations
from loyalty.errors import UsageError, WarehouseLockedError
from loyalty.landing.hashing import KEY_VARIABLE, key_fingerprint
from loyalty.landing.quoting import literal, quoted
from loyalty.warehouse import Warehouse


def export_followups(
    warehouse: Warehouse, target: Path, environment: Mapping[str, str] = os.environ
) -> int:
    """Write `feedback.fct_followups` as CSV with `customer_source` and `source_customer_id`.

    Grain: one row per follow-up and customer id of the person (a person whom several sources know
    has several). Returns the number of rows written; readable by its owner only.

    Raises:
        UsageError: nothing is published, or the hash key is missing or another one.
        WarehouseLockedError: a night is running.
    """
    if not warehouse.published_link.exists() or not warehouse.build_database.exists():
        raise UsageError(f"nothing is published in {warehouse.folder}: run a night first")
    with duckdb.connect(":memory:") as connection:
        _attach(connection, warehouse)
        _check_key(connection, environment)
        target.touch(mode=0o600)
        query = _query(read_declarations().values())
        return int(
            connection.execute(
                f"copy ({query}) to {literal(str(target))} (format csv, header, use_tmp_file false)"
            ).fetchall()[0][0]
        )


def _attach(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse) -> None:
    connection.execute(f"attach {literal(str(warehouse.published_link))} as published (read_only)")
    try:
        connection.execute(f"attach {literal(str(warehouse.build_database))} as build (read_only)")
    except duckdb.IOException as problem:
        raise WarehouseLockedError(
            f"a night is running in {warehouse.folder}: customer ids can be looked up when it ends"
        ) from problem


def _check_key(connection: duckdb.DuckDBPyConnection, environment: Mapping[str, str]) -> None:
    """Let only those look up ids who have the key that the hashes were made with."""
    key = environment.get(KEY_VARIABLE, "")
    if not key:
        raise UsageError(f"{KEY_VARIABLE} is not set: customer ids are shown to its holders only")
    marks = connection.execute("select fingerprint from build.control.hash_key_fingerprint")
    if marks.fetchall() != [(key_fingerprint(key.encode()),)]:
        raise UsageError(f"{KEY_VARIABLE} is not the key that this warehouse was built with")


def _query(sources: Iterable[SourceDeclaration]) -> str:
    """Return the SQL that joins each follow-up with the customer ids behind its person."""
    known_ids = " union ".join(
        f"select {column.hash_column} as customer_hash, {quoted(column.name)} as "
        f"source_customer_id, '{source.name}' as customer_source "
        f"from build.{quoted(source.schema)}.{quoted(table.name)} "
        f"where {column.hash_column} in (select customer_hash from wanted)"
        for source in sources
        for table in source.tables.values()
        for column in table.columns
        if column.sensitive == "customer_key"
    )
    return f"""
        with wanted as (
            select customer_id, customer_id as customer_hash from published.feedback.fct_followups
            union
            select links.person_id, links.customer_id
            from build.intermediate.int_customer_links as links
            where links.person_id in (select customer_id from published.feedback.fct_followups)
        ),
        known_ids as ({known_ids})
        select known_ids.customer_source, known_ids.source_customer_id, followups.*
        from published.feedback.fct_followups as followups
        left join wanted on followups.customer_id = wanted.customer_id
        left join known_ids on wanted.customer_hash = known_ids.customer_hash
        order by followups.newest_first_number, known_ids.customer_source,
            known_ids.source_customer_id
    """
