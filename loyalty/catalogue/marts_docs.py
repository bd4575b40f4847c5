"""`docs/marts.md`: the published tables and the usual questions, written from the contracts."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loyalty.catalogue.contracts import Mart, Schema, read_contracts, read_schema, renewed
from loyalty.errors import LoyaltyError
from loyalty.project import PROJECT_FOLDER

PAGE = PROJECT_FOLDER / "docs" / "marts.md"
COOKBOOK = PROJECT_FOLDER / "docs" / "cookbook"

INTRODUCTION = """\
# The marts

What `loyalty.duckdb`, the Parquet folders and PostgreSQL hold, all the same. Written from the
models' contracts by `make docs`; change those, not this page. Ways in: [bi.md](bi.md). What the
numbers mean: [definitions.md](definitions.md).

**Version {version}** of the published interface. Tables and columns are added without a new
version; what is removed, renamed, retyped, re-keyed or put in another order raises it.
"""

# What a column's name says about its unit; the first ending that fits.
UNITS = (
    ("_at", "UTC"),
    ("_date", "local day"),
    ("date_day", "local day"),
    ("_amount", "the order's currency"),
    ("_rate", "0 to 1"),
    ("_share", "0 to 1"),
    ("_count", "number"),
    ("_value", "the value's unit"),
    ("standard_error", "the value's unit"),
    ("ci_lower", "the value's unit"),
    ("ci_upper", "the value's unit"),
    ("change", "the value's unit"),
    ("_chance_beyond", "0 to 1"),
    ("_days", "days"),
    ("days_late", "days"),
)


@dataclass(frozen=True)
class Question:
    """One query of the cookbook; it says first what it answers."""

    name: str
    text: str
    sql: str


def read_questions(folder: Path = COOKBOOK) -> tuple[Question, ...]:
    """Return the cookbook's queries in the order of their files' names."""
    return tuple(_question(file) for file in sorted(folder.glob("*.sql")))


def render(marts: Sequence[Mart], schema: Schema, questions: Sequence[Question]) -> str:
    """Return the whole page."""
    parts = [INTRODUCTION.format(version=schema.version), _breaks(schema), _contents(marts)]
    parts.append("\n## Ten usual questions\nThey run as they stand in DuckDB and in PostgreSQL.\n")
    parts += [f"\n### {q.text}\n```sql\n{q.sql}\n```\n" for q in questions]
    parts += [_table(mart) for mart in marts]
    return "".join(parts)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page and the promise from today's contracts.

    Raises:
        UsageError: something promised is gone and no new version was asked for.
    """
    parser = argparse.ArgumentParser(
        prog="python -m loyalty.catalogue.marts_docs", description=__doc__
    )
    parser.add_argument(
        "--new-version", action="store_true", help="promise less than before, as a new version"
    )
    may_break = parser.parse_args(arguments).new_version
    marts = read_contracts()
    schema = renewed(read_schema(), marts, may_break)
    schema.write()
    PAGE.write_text(render(marts, schema, read_questions()))


def _question(file: Path) -> Question:
    first, sql = file.read_text().strip().split("\n", 1)
    return Question(file.stem, first.removeprefix("-- "), sql)


def _breaks(schema: Schema) -> str:
    lines = [f"- Version {version}: {'; '.join(said)}\n" for version, said in schema.breaks.items()]
    return "\n" + "".join(lines) if lines else ""


def _contents(marts: Sequence[Mart]) -> str:
    rows = [f"| [{m.name}](#{m.name.replace('.', '')}) | {_cell(m.grain)} |\n" for m in marts]
    return "\n| table | grain |\n|---|---|\n" + "".join(rows)


def _table(mart: Mart) -> str:
    rows = [
        f"| `{column.name}` | {column.data_type} | {_unit(column.name, column.data_type)} "
        f"| {_cell(column.description)} |\n"
        for column in mart.columns
    ]
    keys = ", ".join(f"`{column}`" for column in mart.key)
    return (
        f"\n## {mart.name}\n{mart.description}\n\nKey: {keys}\n\n"
        "| column | type | unit | what |\n|---|---|---|---|\n" + "".join(rows)
    )


def _unit(name: str, data_type: str) -> str:
    if data_type in ("varchar", "boolean"):
        return ""
    if name.startswith("days_since_"):
        return "days"
    return next((unit for ending, unit in UNITS if name.endswith(ending)), "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    try:
        main()
    except LoyaltyError as problem:
        print(problem, file=sys.stderr)
        sys.exit(problem.exit_status)
