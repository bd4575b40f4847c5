"""The published marts in PostgreSQL, for tools that speak nothing else.

One transaction replaces them all. Where a table is there with the same columns and key, only rows
that differ are written: readers are never locked out, each of their statements sees one whole
generation, and views on the tables stay. (Swapped names would do neither: a reader's older snapshot
finds a swapped table empty.) A new table, or one whose contract has changed, takes its place at the
very end.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import duckdb

from loyalty.errors import PublicationError, UsageError
from loyalty.exports.tables import ExportedColumn, ExportedTable, read_tables
from loyalty.publication import open_file, read_generation

DSN_VARIABLE = "LOYALTY_POSTGRES_DSN"
READER_ROLE = "loyalty_reader"
STAGING = "loyalty_staging"
ROWS_PER_BATCH = 50_000
# Two whole tables are compared: the planner, without statistics of the one aside, would sort both.
COMPARING = ("work_mem = '64MB'", "enable_mergejoin = off", "enable_nestloop = off")
# Readers queue behind us for no longer than this when a table's place has to be taken.
LOCK_SECONDS = 10

TYPES = {
    "BOOLEAN": "boolean",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "HUGEINT": "numeric(38,0)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "VARCHAR": "text",
}
URL = re.compile(
    r"postgres(ql)?://([^:/?#@\s]*(:[^:/?#@\s]*)?@)?[^/?#@\s]*(/[^/?#@\s]*)?(\?[^#\s]*)?"
)
PREFIX = re.compile(r"([a-z_][a-z0-9_]*)?")

# Columns and key of a table that is there, as text; `_shape` says the same of one to come.
SHAPE = """
    select
        (
            select string_agg(
                attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum
            )
            from pg_attribute
            where attrelid = (select to_regclass({0})) and attnum > 0 and not attisdropped
        ) || ' key ' || (
            select string_agg(attname, ', ' order by place)
            from pg_constraint
            cross join unnest(conkey) with ordinality as part (number, place)
            inner join pg_attribute on attrelid = conrelid and attnum = number
            where conrelid = (select to_regclass({0})) and contype = 'p'
        )
"""


def dsn_from_environment() -> str:
    """Return $LOYALTY_POSTGRES_DSN.

    Raises:
        UsageError: it is not set, or not of the form that a DSN has; it is not shown.
    """
    return _checked(os.environ.get(DSN_VARIABLE, ""))


def publish(
    published: Path,
    dsn: str,
    schema_prefix: str = "",
    last_word: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> int:
    """Replace the marts in the database at `dsn` by those of the published file.

    Returns the number of rows that the database now holds. Within `last_word` all of it is
    committed: it refuses a night that has lost its warehouse.

    Raises:
        UsageError: the DSN or the prefix is not of the form that it must have.
        PublicationError: the database could not be reached or refused; it holds what it held.
    """
    if not PREFIX.fullmatch(schema_prefix):
        raise UsageError(f"schema prefix {schema_prefix!r}: lower-case letters, digits and _ only")
    generation = read_generation(published)
    expected = {
        (table.schema_name, table.table_name): table.row_count for table in generation.tables
    }
    with open_file(published) as reader, _transaction(_checked(dsn), last_word) as cursor:
        target = _Target(cursor, schema_prefix)
        tables = read_tables(reader)
        target.prepare(sorted({table.schema_name for table in tables}))
        fitting = [table for table in tables if target.fits(table)]
        replaced = [table for table in tables if table not in fitting]
        for table in tables:
            # What is only compared and dropped needs no place in PostgreSQL's log.
            target.load(table, reader, "unlogged table" if table in fitting else "table")
        for table in fitting:
            target.apply(table)
        for table in replaced:
            target.take_place(table)
        target.drop_all_but(tables)
        rows = [
            target.count(table, expected.get((table.schema_name, table.table_name)))
            for table in tables
        ]
        target.finish(tables)
    return sum(rows)


class _Target:
    """The database inside the one transaction; `known` are the tables published before."""

    def __init__(self, cursor: Any, prefix: str) -> None:
        self._cursor = cursor
        self._prefix = prefix
        self._staging = f"{prefix}{STAGING}"
        self._known: set[tuple[str, str]] = set()

    def prepare(self, schemas: Sequence[str]) -> None:
        """Make role and schemas, and keep other publishers out until this one has ended."""
        self._run(f"set local lock_timeout = '{LOCK_SECONDS}s'")
        self._ask(f"select pg_advisory_xact_lock(hashtext({_text(self._staging)}))::text")
        if self._ask(f"select to_regclass({self._regclass('publication', 'tables')})::text"):
            self._known = set(self._rows(f"select schema_name, table_name from {self._own_tables}"))
            self._known |= {("publication", "generation"), ("publication", "tables")}
        if not self._ask(f"select rolname::text from pg_roles where rolname = '{READER_ROLE}'"):
            self._run(f"create role {READER_ROLE} nologin")
        for schema in schemas:
            name = f'"{self._prefix}{schema}"'
            self._run(f"create schema if not exists {name}")
            self._run(f"grant usage on schema {name} to {READER_ROLE}")
            self._run(
                f"alter default privileges in schema {name} grant select on tables to {READER_ROLE}"
            )
        self._run(f'create schema "{self._staging}"')

    def fits(self, table: ExportedTable) -> bool:
        """Say whether the table was published before, with the same columns and key."""
        if (table.schema_name, table.table_name) not in self._known:
            return False
        return bool(self._ask(SHAPE.format(_text(self._place(table)))) == _shape(table))

    def load(self, table: ExportedTable, reader: duckdb.DuckDBPyConnection, kind: str) -> None:
        """Copy one table, batch by batch, to a table aside."""
        columns = ", ".join(f'"{column.name}" {_type(table, column)}' for column in table.columns)
        self._run(f"create {kind} {self._aside(table)} ({columns})")
        selected = ", ".join(_select(column) for column in table.columns)
        batches = reader.sql(f"select {selected} from {table.quoted}")
        self._cursor.adbc_ingest(
            _aside_name(table),
            batches.to_arrow_reader(ROWS_PER_BATCH),
            mode="append",
            db_schema_name=self._staging,
        )

    def apply(self, table: ExportedTable) -> None:
        """Write the rows that differ to the table that is there."""
        for setting in COMPARING:
            self._run(f"set local {setting}")
        place, aside = self._place(table), self._aside(table)
        same_key = " and ".join(f'aside."{name}" = place."{name}"' for name in table.key)
        same_rest = "".join(
            f' and aside."{column.name}" is not distinct from place."{column.name}"'
            for column in table.columns
            if column.name not in table.key
        )
        self._run(
            f"delete from {place} as place where not exists "
            f"(select from {aside} as aside where {same_key}{same_rest})"
        )
        self._run(
            f"insert into {place} select * from {aside} as aside "
            f"where not exists (select from {place} as place where {same_key})"
        )

    def take_place(self, table: ExportedTable) -> None:
        """Put the table aside where readers look for it; its predecessor goes."""
        place, aside = self._place(table), self._aside(table)
        is_there = self._ask(f"select to_regclass({_text(place)})::text")
        if is_there and (table.schema_name, table.table_name) not in self._known:
            raise PublicationError(
                f"PostgreSQL has a table {is_there} that was not published from here: "
                "name a schema prefix, or move it away"
            )
        if table.key:
            key = ", ".join(f'"{column}"' for column in table.key)
            name = f"{table.schema_name}_{table.table_name}_pkey"
            self._run(f'alter table {aside} add constraint "{name}" primary key ({key})')
        self._run(f"analyze {aside}")
        schema = f'"{self._prefix}{table.schema_name}"'
        self._run(f"drop table if exists {place}")
        self._run(f"alter table {aside} set schema {schema}")
        self._run(f'alter table {schema}."{_aside_name(table)}" rename to "{table.table_name}"')

    def drop_all_but(self, tables: Sequence[ExportedTable]) -> None:
        """Drop what was published before and is no longer."""
        now = {(table.schema_name, table.table_name) for table in tables}
        for schema, name in sorted(self._known - now):
            self._run(f'drop table if exists "{self._prefix}{schema}"."{name}"')

    def count(self, table: ExportedTable, expected: int | None) -> int:
        """Return the rows that readers will find.

        Raises:
            PublicationError: they are not as many as were published.
        """
        rows = int(self._ask(f"select count(*) from {self._place(table)}"))
        if expected not in (None, rows):
            raise PublicationError(
                f"PostgreSQL would hold {rows} rows of {table.quoted}, not {expected}: "
                "its key is not unique there"
            )
        return rows

    def finish(self, tables: Sequence[ExportedTable]) -> None:
        """Say what the tables are, and let the role read them."""
        for table in tables:
            place = self._place(table)
            said = [f"comment on table {place} is {_text(table.comment)};"]
            for column in table.columns:
                said.append(
                    f'comment on column {place}."{column.name}" is {_text(column.comment)};'
                )
            self._run(f"do $comments$ begin {' '.join(said)} end $comments$")
            self._run(f"grant select on {place} to {READER_ROLE}")
        self._run(f'drop schema "{self._staging}" cascade')

    @property
    def _own_tables(self) -> str:
        return f'"{self._prefix}publication"."tables"'

    def _place(self, table: ExportedTable) -> str:
        return f'"{self._prefix}{table.schema_name}"."{table.table_name}"'

    def _aside(self, table: ExportedTable) -> str:
        return f'"{self._staging}"."{_aside_name(table)}"'

    def _regclass(self, schema: str, name: str) -> str:
        return _text(f'"{self._prefix}{schema}"."{name}"')

    def _run(self, sql: str) -> None:
        self._cursor.execute(sql)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        self._cursor.execute(sql)
        rows: list[tuple[Any, ...]] = self._cursor.fetchall()
        return rows

    def _ask(self, sql: str) -> Any:
        rows = self._rows(sql)
        return rows[0][0] if rows else None


@contextmanager
def _transaction(dsn: str, last_word: Callable[[], AbstractContextManager[None]]) -> Iterator[Any]:
    """Give a cursor whose work is kept when the block ends well, and forgotten when it does not.

    Raises:
        PublicationError: PostgreSQL said no; what it said, without the password.
    """
    from adbc_driver_manager import Error
    from adbc_driver_postgresql.dbapi import connect

    # A host that does not answer must not hold the night for minutes.
    os.environ.setdefault("PGCONNECT_TIMEOUT", "10")
    try:
        with connect(dsn) as connection:
            with connection.cursor() as cursor:
                yield cursor
            with last_word():
                connection.commit()
    except (Error, duckdb.Error) as problem:
        sentence = _sentence(str(problem), dsn)
        raise PublicationError(f"PostgreSQL holds what it held: {sentence}") from None


def _checked(dsn: str) -> str:
    if not URL.fullmatch(dsn):
        raise UsageError(
            f"{DSN_VARIABLE} {'is not of the form' if dsn else 'is not set; it must be'} "
            "postgresql://user:password@host:port/database, with / : @ ? # in the password "
            "written as %2F %3A %40 %3F %23"
        )
    return dsn


def _sentence(message: str, dsn: str) -> str:
    """Return what PostgreSQL itself said, in one line, without the password."""
    text = " ".join(message.split())
    said = re.search(r"(?:ERROR:|\[libpq\]) (.*?)(?= (?:HINT|CONTEXT|LINE \d+|Query was):|$)", text)
    sentence = said[1] if said else text
    parts = urlsplit(dsn)
    for password in (parts.password, *parse_qs(parts.query).get("password", ())):
        for written in {password, unquote(password)} if password else ():
            sentence = sentence.replace(written, "***")
    return sentence


def _shape(table: ExportedTable) -> str:
    columns = ", ".join(f"{column.name} {_type(table, column)}" for column in table.columns)
    return f"{columns} key {', '.join(table.key)}"


def _type(table: ExportedTable, column: ExportedColumn) -> str:
    if column.data_type.startswith("DECIMAL("):
        return column.data_type.replace("DECIMAL", "numeric")
    if column.data_type not in TYPES:
        raise PublicationError(
            f"{table.quoted}: column {column.name} is {column.data_type}, which has no type in "
            f"PostgreSQL here; known are {', '.join(TYPES)} and DECIMAL"
        )
    return TYPES[column.data_type]


def _select(column: ExportedColumn) -> str:
    """Select a column; PostgreSQL's text cannot hold the character NUL."""
    name = f'"{column.name}"'
    return f"replace({name}, chr(0), '') as {name}" if column.data_type == "VARCHAR" else name


def _aside_name(table: ExportedTable) -> str:
    return f"{table.schema_name}.{table.table_name}"


def _text(text: str | None) -> str:
    """Quote a text for PostgreSQL, whose standard strings know no escapes."""
    return "null" if text is None else "'" + text.replace("'", "''") + "'"
