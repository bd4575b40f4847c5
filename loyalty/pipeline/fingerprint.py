"""What a generation was made of: a night that would make the same again lets it stand."""

import hashlib

import duckdb

from loyalty.project import files_fingerprint

# All that decides what the marts hold and whether they may be published.
CODE = (
    "dbt_project.yml",
    "models/**/*",
    "macros/**/*",
    "seeds/*",
    "tests/data/**/*",
    "expectations/**/*.py",
    "expectations/**/*.sql",
    "loyalty/**/*.py",
    "loyalty/**/*.sql",
)


def read_mark(connection: duckdb.DuckDBPyConnection) -> str:
    """Return what tells two nights' ingredients apart: as-of date, rows that joined raw, code."""
    facts = connection.execute(
        """
        select
            (select max(as_of_date) from control.night),
            count(*),
            max(batch_id),
            coalesce(sum(hash(batch_id, fingerprint)), 0)::varchar,
        from quality.batches
        where status = 'accepted' or inserted_count + replaced_count > 0
        """
    ).fetchall()
    return hashlib.sha256(f"{facts} {files_fingerprint(CODE)}".encode()).hexdigest()


def is_made(connection: duckdb.DuckDBPyConnection, generation: str, mark: str) -> bool:
    """Tell whether `generation` was made of just this."""
    return bool(
        connection.execute(
            "select 1 from control.ingredients where generation = ? and mark = ?",
            [generation, mark],
        ).fetchall()
    )


def keep(connection: duckdb.DuckDBPyConnection, generation: str, mark: str) -> None:
    """Remember what the generation that was just published was made of."""
    connection.execute("begin")
    connection.execute("delete from control.ingredients")
    connection.execute("insert into control.ingredients values (?, ?)", [generation, mark])
    connection.execute("commit")
