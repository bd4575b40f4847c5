"""Finds what one engine alone has where the models must run on DuckDB, PostgreSQL and Spark.

`python -m loyalty.build.portability` reads models, their yml, seeds' types, tests and macros, and
names file, line, construct and what to write instead. What one engine alone has belongs in
`macros/engines/`, which is not read. Nor are sources: their types are the loader's. sqlfluff cannot
do this: it sees what dbt has rendered for DuckDB, neither the texts in Jinja nor yml.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from loyalty.project import PROJECT_FOLDER

SQL_FILES = ("models/**/*.sql", "macros/**/*.sql", "tests/data/**/*.sql")
YML_FILES = ("models/**/*.yml", "seeds/*.yml")
# An engine's own forms: dispatched by name, or bound to DuckDB.
ENGINES = ("macros/engines/", "macros/materializations/")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Types with one name everywhere.
COMMON_TYPES = re.compile(
    r"boolean|integer|bigint|date|timestamp|decimal\(\d+, ?\d+\)", re.IGNORECASE
)
# Names that a yml may use besides: dbt and `postgres_type` translate them.
YML_TYPES = ("string", "double")
TYPES_INSTEAD = {
    "{{ dbt.type_string() }}": r"(var|n?var|bp)?char.*|text|string",
    "{{ type_double() }}": r"double( precision)?|float\d*|real",
    "integer or bigint": r"(tiny|small|huge|u\w*)?int\d*|long|short",
    "timestamp": r"timestamp.+|datetime.*",
    "decimal(p, s)": r"(numeric|number|decimal|dec).*",
}
# What dbt gives a type in yml, for what `cast` writes as a macro.
YML_INSTEAD = {"{{ dbt.type_string() }}": "string", "{{ type_double() }}": "double"}
A_MACRO = "a dispatched macro in macros/engines/"
BY_NAME = "the columns by name"
BY_RANK = "value_at_lowest() or value_at_highest()"
DIFFERENCE = "days_between() or dbt.datediff()"
LATER = "add_days(), add_months() or dbt.dateadd()"
PART = "extract(… from …)"
RANKED = "row_number() in a step and a condition in the next"

WORDS = re.IGNORECASE
COMMENTS = re.compile(r"\{#.*?#\}|/\*.*?\*/|--[^\n]*", re.DOTALL)
DATE = r"(?:\w+\.)?\w*_(?:date|day|at)\b"


def _functions(*names: str) -> str:
    """Return a pattern of calls to functions, but not to macros of dbt's own namespace."""
    return rf"(?<![\w.])(?:{'|'.join(names)})\s*\("


# What an engine alone has, or another writes otherwise; and what serves all.
CONSTRUCTS = {
    r"\b(isodow|dow|dayofweek|dayofweek_iso|isoweekday|weekday)\b": "iso_weekday()",
    _functions("timezone", "convert_timezone", "from_utc_timestamp"): "local_date()",
    r"\bat\s+time\s+zone\b": "local_date()",
    _functions("generate_series", "unnest", "explode", "posexplode", "sequence"): "day_series()",
    r"\bby\s+name\b": "union_sources()",
    _functions("min_by", "max_by", "arg_?min", "arg_?max"): BY_RANK,
    _functions("first", "last", "any_value", "arbitrary"): BY_RANK,
    r"\bignore\s+nulls\b": "first_known() or last_known()",
    _functions("date_trunc", "datetrunc", "trunc"): "dbt.date_trunc()",
    _functions("date_?diff", "date_?sub", "months_between", "age"): DIFFERENCE,
    _functions("date_?add", r"make_\w*interval"): LATER,
    r"\binterval\b": LATER,
    _functions("last_day"): "dbt.last_day()",
    _functions("date_?part", "year", "quarter", "month", "week", "day", "hour"): PART,
    _functions("now", "today", "getdate"): "as_of_date of int_night",
    r"\bcurrent_(date|timestamp)\b": "as_of_date of int_night",
    _functions(
        "strftime", "strptime", "to_char", "date_format", "to_date", "to_timestamp"
    ): A_MACRO,
    _functions("make_date", "make_timestamp", r"epoch\w*", "unix_timestamp"): A_MACRO,
    r"(?<![\w.])(regexp\w*|rlike|ilike|glob)\b|\bsimilar\s+to\b": "like, lower() or replace()",
    r"::": "cast(… as …)",
    _functions("try_cast", "safe_cast"): "dbt.safe_cast()",
    r"\bqualify\b": RANKED,
    r"\b(group|order)\s+by\s+all\b": BY_NAME,
    r"\*\s*(exclude|except|replace|rename)\b": BY_NAME,
    _functions("columns"): BY_NAME,
    r"\bfilter\s*\(\s*where\b": "case within the aggregate",
    r"\bdistinct\s+on\b": RANKED,
    r"\b(asof|semi|anti|positional)\s+join\b|\blateral\b": "an inner or left join",
    r"\b(un)?pivot\b|\b(table|using\s+)sample\b": A_MACRO,
    _functions(r"(list|array|struct|map|json)_\w+", "string_split") + r"|\barray\[": A_MACRO,
    _functions("string_agg", "group_concat", "listagg"): "dbt.listagg()",
    _functions("split_part"): "dbt.split_part()",
    _functions("md5", r"sha\d+\w*", r"\w*hash"): "dbt.hash()",
    _functions("if", "iff", "ifnull", "nvl2?", "isnull", "decode"): "case or coalesce()",
    _functions("count_?if", "sum_?if"): "case within the aggregate",
    _functions("median", r"quantile\w*", r"percentile\w*", r"approx_\w+", "mode"): A_MACRO,
    _functions(r"read_\w+", r"\w+_scan"): "source()",
    r"<=>": "is not distinct from",
    r"(?<![:/])//": "floor(… / …)",
    r"`": "names that need no quotes",
    rf"{DATE}\s*-\s*{DATE}": "days_between()",
    rf"{DATE}\s*[-+]\s*[\w({{]\w*|[\w)}}]\s*[-+]\s*{DATE}": "add_days() or days_between()",
}
PATTERNS = tuple((re.compile(found, WORDS), instead) for found, instead in CONSTRUCTS.items())


@dataclass(frozen=True, order=True)
class Finding:
    """A construct that not all engines have, and what to write instead."""

    file: str
    line: int
    construct: str
    instead: str

    def __str__(self) -> str:
        """File and line first, as linters say it."""
        return f"{self.file}:{self.line}: {self.construct}: write {self.instead}"


def findings(folder: Path = PROJECT_FOLDER) -> list[Finding]:
    """Return what stands in a project's files that not all engines have."""
    found: set[Finding] = set()
    for file in _files(folder, SQL_FILES):
        name = file.relative_to(folder).as_posix()
        if not name.startswith(ENGINES):
            text = COMMENTS.sub(_blank, file.read_text(encoding="utf-8"))
            found.update(Finding(name, *rest) for rest in _in_sql(text, 1))
    for file in _files(folder, YML_FILES):
        name = file.relative_to(folder).as_posix()
        node = yaml.compose(file.read_text(encoding="utf-8"), LOADER)
        found.update(Finding(name, *rest) for rest in _in_yml(node, ""))
    return sorted(found)


def main() -> int:
    """Print all findings; 1 if there is one."""
    found = findings()
    for finding in found:
        print(finding)
    return 1 if found else 0


def _files(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    return sorted({file for pattern in patterns for file in folder.glob(pattern)})


def _blank(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")


def _in_sql(text: str, first_line: int) -> Iterator[tuple[int, str, str]]:
    """Say line, construct and what to write instead."""
    taken: set[int] = set()
    for pattern, instead in PATTERNS:
        for match in pattern.finditer(text):
            # A general pattern fits what a closer one before it has named.
            if not taken.intersection(range(*match.span())):
                taken.update(range(*match.span()))
                construct = " ".join(match.group().split())
                yield first_line + text.count("\n", 0, match.start()), construct, instead
    for start, name in _casts(text):
        if (better := _type_instead(name)) is not None:
            yield first_line + text.count("\n", 0, start), f"cast as {name}", better


def _casts(text: str) -> Iterator[tuple[int, str]]:
    """Return where a type of a cast stands, and the type."""
    for match in re.finditer(r"(?<![\w.])cast\(", text, WORDS):
        depth, at, end = 1, -1, match.end()
        while depth and end < len(text):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            if depth == 1 and re.match(r"\sas\s", text[end : end + 4], WORDS):
                at = end + 4
            end += 1
        if at > 0:
            yield at, " ".join(text[at : end - 1].split())


def _type_instead(name: str) -> str | None:
    """Return what to write for a type of a cast; nothing if all engines know it."""
    if COMMON_TYPES.fullmatch(name) or "type_" in name:
        return None
    for instead, others in TYPES_INSTEAD.items():
        if re.fullmatch(others, name, WORDS):
            return instead
    return "a type that all engines have"


def _in_yml(node: yaml.Node | None, key: str) -> Iterator[tuple[int, str, str]]:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value not in ("sources", "description", "label", "name"):
                yield from _in_yml(value, "data_type" if key == "column_types" else name.value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _in_yml(value, key)
    elif isinstance(node, yaml.ScalarNode):
        line = node.start_mark.line + 1
        if key == "data_type":
            better = None if node.value in YML_TYPES else _type_instead(node.value)
            if better is not None:
                yield line, f"data_type {node.value}", YML_INSTEAD.get(better, better)
        else:
            # The text of a block begins on the line after its sign.
            yield from _in_sql(node.value, line + (node.style in ("|", ">")))


if __name__ == "__main__":
    sys.exit(main())
