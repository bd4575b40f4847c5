"""Of what the models were built last, which decides whether the next build may go on from there."""

from dataclasses import astuple, dataclass
from datetime import date

import duckdb


@dataclass(frozen=True)
class Build:
    """Of what all models were built.

    `code` tells states of the dbt project apart, `batch_id` is the greatest of the batches that had
    joined raw, `entities` are the canonical tables of which any had. `generation` is what it was
    published as; `follows` the generation from which only what had changed was built.
    """

    code: str
    as_of_date: date
    batch_id: int
    entities: str
    generation: str | None = None
    follows: str | None = None

    def goes_on_from(self, last: "Build") -> bool:
        """Tell whether only what has changed since `last` needs to be built.

        An open membership's months are written to the end of a quarter; a build of an earlier day
        would have to forget, and a table's first rows change what is known of everybody.
        """
        return (
            (self.code, self.entities) == (last.code, last.entities)
            and self.as_of_date >= last.as_of_date
            and _quarter(self.as_of_date) == _quarter(last.as_of_date)
        )


def read(connection: duckdb.DuckDBPyConnection) -> Build | None:
    """Return of what the models were built last, or None where the last build did not end."""
    rows = connection.execute(
        "select code, as_of_date, batch_id, entities, generation, follows from control.last_build"
    ).fetchall()
    return Build(*rows[0]) if rows else None


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Let nobody go on from here, until a build has ended."""
    connection.execute("delete from control.last_build")


def keep(connection: duckdb.DuckDBPyConnection, build: Build) -> None:
    """Remember that all models are built of this."""
    connection.execute(
        "insert into control.last_build values (?, ?, ?, ?, ?, ?)",
        list(astuple(build)),
    )


def keep_published(connection: duckdb.DuckDBPyConnection, generation: str) -> None:
    """Remember as what the last build was published."""
    connection.execute("update control.last_build set generation = ?, follows = null", [generation])


def now(connection: duckdb.DuckDBPyConnection, code: str) -> Build:
    """Return of what the models would be built now, with the dbt project of `code`."""
    rows = connection.execute(
        """
        select
            (select max(as_of_date) from control.night),
            (select coalesce(max(batch_id), 0) from quality.batches where status = 'accepted'),
            (select string_agg(distinct entity, ' ' order by entity) from control.landed_entities)
        """
    ).fetchall()
    as_of_date, batch_id, entities = rows[0]
    return Build(code, as_of_date, batch_id, entities or "")


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3
