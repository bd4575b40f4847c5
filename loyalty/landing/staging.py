"""The table that one file is typed into, and the rejects that wait with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from loyalty import privacy
from loyalty.landing.casts import Cast, typed_rows
from loyalty.landing.contents import lines_at, physical_lines
from loyalty.landing.files import LandingFile
from loyalty.landing.quoting import quoted

# A database in memory, beside the one that is built: what is landed is looked at and goes on into
# raw, so to pack it and write it to the disk meanwhile would be for nothing. Where memory is short
# it spills as queries do.
LANDED = "landed"
OPEN_LANDED = f"attach if not exists ':memory:' as {LANDED}"
PENDING_REJECTS = "pending_rejects"
CREATE_PENDING_REJECTS = f"""
    -- grain: one row per rejected record of a batch that is landed and not yet decided on
    create temp table if not exists {PENDING_REJECTS} (
        batch_id bigint, line_number bigint, column_name varchar, value varchar, reason varchar,
        record varchar
    )
"""


def readable(line: str) -> str:
    """Return SQL of a line's bytes as text without its end; what is not UTF-8 as \\xE9.

    Such a line has all its bytes beyond ASCII written so, and its backslashes, so that it can
    be read back.
    """
    escaped = rf"regexp_replace(cast({line} as varchar), '(\\x0D)+$', '')"
    escaped = rf"replace(replace({escaped}, '\x22', chr(34)), '\x27', chr(39))"
    return f"coalesce(rtrim(try(decode({line})), chr(13)), {escaped})"


@dataclass(frozen=True)
class Contents:
    """What a reader found: the independent count, columns kept out, what makes it unusable."""

    record_count: int | None
    extra_columns: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Stage:
    """One file on its way into `relation`; readers fill it and the pending rejects."""

    connection: duckdb.DuckDBPyConnection
    batch_id: int
    file: LandingFile
    relation: str
    zone: str

    def clear(self) -> None:
        """Make the relation anew, empty, and forget this batch's rejects."""
        columns = (
            f"{quoted(column.name)} {column.data_type}" for column in self.file.declaration.columns
        )
        self.connection.execute(f"create or replace table {self.relation} ({', '.join(columns)})")
        self.forget_rejects()

    def forget_rejects(self) -> None:
        """Remove this batch's pending rejects."""
        self.connection.execute(f"delete from {PENDING_REJECTS} where batch_id = {self.batch_id}")

    def offer_lines(self) -> None:
        """Let the next query read the file's physical lines as `file_lines`, once."""
        lines = physical_lines(self.file.path, self.file.is_gzip)
        self.connection.register("file_lines", lines)

    def offer_lines_at(self, numbers: Sequence[int]) -> None:
        """Let queries read some physical lines, by rising numbers, as `file_lines`."""
        lines = lines_at(self.file.path, self.file.is_gzip, numbers)
        self.connection.register("file_lines", lines)

    def fill(self, casts: list[Cast], source: str, carried: list[str]) -> int:
        """Type the source's rows into the relation in file order; return how many cannot be."""
        query = typed_rows(casts, source, carried)
        self.connection.execute(f"create or replace table {self.relation} as {query}")
        return self.number(f"select count(*) from {self.relation} where _reject_column is not null")

    def reject(self, lines: str) -> None:
        """Move rows that could not be typed to the rejects.

        `lines` is a query of (row_number, line_number, record, reason): row_number as the reader
        counts, from 1; a reason that is not null goes before the cast's.
        """
        self.connection.execute(
            f"""
            insert into {PENDING_REJECTS}
            select
                {self.batch_id},
                lines.line_number,
                case when lines.reason is null then rejected._reject_column end,
                case when lines.reason is null then rejected._reject_value end,
                coalesce(lines.reason, rejected._reject_reason),
                lines.record,
            from (
                select *, rowid + 1 as row_number from {self.relation}
                where _reject_column is not null
            ) as rejected
            left join ({lines}) as lines using (row_number)
            """
        )
        self.connection.execute(f"delete from {self.relation} where _reject_column is not null")

    def finish(self) -> None:
        """Leave only declared columns in the relation, and nothing beside it."""
        self.connection.unregister("file_lines")
        declared = self.file.declaration.column_names
        described = self.connection.execute(f"describe {self.relation}").fetchall()
        for name, *_ in described:
            if name not in declared:
                self.connection.execute(f"alter table {self.relation} drop column {quoted(name)}")

    def number(self, query: str) -> int:
        """Return the one number that a query gives."""
        row = self.connection.execute(query).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    @property
    def accepted_count(self) -> int:
        """Rows typed."""
        return self.number(f"select count(*) from {self.relation}")

    @property
    def rejected_count(self) -> int:
        """Records rejected so far."""
        return self.number(
            f"select count(*) from {PENDING_REJECTS} where batch_id = {self.batch_id}"
        )

    def unaccounted(self, record_count: int | None) -> list[str]:
        """Return the problem that accepted + rejected are not the file's records, if so."""
        accepted, rejected = self.accepted_count, self.rejected_count
        if record_count == accepted + rejected:
            return []
        counted = "cannot count" if record_count is None else f"counts {record_count:,}"
        return [
            f"records are not conserved: an independent reader {counted} records, "
            f"{accepted:,} were accepted and {rejected:,} rejected"
        ]


def column_problems(stage: Stage, names: list[str]) -> list[str]:
    """Return the critical problems of a file's column names."""
    columns = stage.file.declaration.columns
    missing = [column.name for column in columns if column.required and column.name not in names]
    doubled = [column.name for column in columns if names.count(column.name) > 1]
    problems = [f"required column {name} is missing" for name in missing]
    if missing and not _has_header(stage, names):
        problems[0] += f"; {_without_header(stage, names)}"
    return problems + [f"column {name} stands in the header more than once" for name in doubled]


def extra_columns(stage: Stage, names: list[str]) -> list[str]:
    """Return the names that the declaration does not know, in file order, as they may be told.

    None where no name is known: what is no header may be a person's record, not to be reported.
    """
    if not _has_header(stage, names):
        return []
    declaration = stage.file.declaration
    extra = list(dict.fromkeys(name for name in names if name not in declaration.column_names))
    is_header = all(column.name in names for column in declaration.columns if column.required)
    return privacy.column_names(extra, declaration.column_names, is_header=is_header)


def _has_header(stage: Stage, names: list[str]) -> bool:
    return not set(names).isdisjoint(stage.file.declaration.column_names)


def _without_header(stage: Stage, names: list[str]) -> str:
    words = re.split(r"[;\t|]", names[0]) if len(names) == 1 else []
    if _has_header(stage, [word.strip(' "') for word in words]):
        return "the header is one column with several names: is a comma its delimiter?"
    return "no declared column stands in the first line: is it a header?"
