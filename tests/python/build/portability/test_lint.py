"""`make lint` refuses what one engine alone has, and says what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.build import portability
from loyalty.build.portability import Finding, findings

# A line of SQL, and what is found in it.
REFUSED = [
    ("select cast(a as varchar) as b", "cast as varchar", "{{ dbt.type_string() }}"),
    ("select cast((a + 1) as text) as b", "cast as text", "{{ dbt.type_string() }}"),
    ("select cast(a as double) as b", "cast as double", "{{ type_double() }}"),
    ("select cast(a as timestamptz) as b", "cast as timestamptz", "timestamp"),
    ("select cast(a as hugeint) as b", "cast as hugeint", "integer or bigint"),
    ("{% set x = 'cast(null as varchar)' %}", "cast as varchar", "{{ dbt.type_string() }}"),
    ("select a::date as b", "::", "cast(… as …)"),
    ("select extract(isodow from a) as b", "isodow", "iso_weekday()"),
    ("select a.to_date - b.from_date as c", "a.to_date - b.from_date", "days_between()"),
    (
        "select event_date - last_{{ kind }}_date as c",
        "event_date - last_",
        "add_days() or days_between()",
    ),
    ("select sent_date + 30 as c", "sent_date + 30", "add_days() or days_between()"),
    (
        "select sent_at + interval 1 hour as c",
        "interval",
        "add_days(), add_months() or dbt.dateadd()",
    ),
    ("select date_trunc('month', a) as b", "date_trunc(", "dbt.date_trunc()"),
    ("select date_diff('day', a, b) as c", "date_diff(", "days_between() or dbt.datediff()"),
    ("select current_date as a", "current_date", "as_of_date of int_night"),
    ("select * from a union all by name select * from b", "by name", "union_sources()"),
    ("select unnest(generate_series(a, b)) as c", "unnest(", "day_series()"),
    ("select timezone('UTC', a) as b", "timezone(", "local_date()"),
    ("select max_by(a, b) as c", "max_by(", "value_at_lowest() or value_at_highest()"),
    ("select last_value(a ignore nulls) over w", "ignore nulls", "first_known() or last_known()"),
    ("select a from b group by all", "group by all", "the columns by name"),
    ("select * exclude (a) from b", "* exclude", "the columns by name"),
    ("select count(*) filter (where a) from b", "filter (where", "case within the aggregate"),
    (
        "select a from b qualify c = 1",
        "qualify",
        "row_number() in a step and a condition in the next",
    ),
    ("select regexp_matches(a, 'b') as c", "regexp_matches", "like, lower() or replace()"),
    ("select list_sum(a) as b", "list_sum(", "a dispatched macro in macros/engines/"),
    ("select md5(a) as b", "md5(", "dbt.hash()"),
    ("select ifnull(a, b) as c", "ifnull(", "case or coalesce()"),
    ("select a // 7 as b", "//", "floor(… / …)"),
]
ALLOWED = """\
-- grain: one row per day; a date - a date is an interval; cast(a as varchar), isodow
{# union all by name #}
select
    cast({{ dbt.date_trunc('month', 'a.sent_date') }} as date) as month_date,
    cast(null as {{ dbt.type_string() }}) as name,
    cast(amount as decimal(18, 2)) / cast(number as {{ type_double() }}) as share,
    {{ days_between('sent_date', 'answered_date') }} as day_count,
    {{ add_days('night.as_of_date', -1) }} as day_before,
    coalesce(sent_date, to_date) as first_date,
    {{ value_at_highest('tier', 'valid_from_at') }} as tier,
    extract(week from sent_date) as week_number
from {{ ref('days') }}
"""


@pytest.mark.parametrize(("sql", "construct", "instead"), REFUSED)
def test_sql_is_refused(sql: str, construct: str, instead: str, tmp_path: Path) -> None:
    write(tmp_path / "models" / "marts" / "days.sql", f"-- grain: one row per day\n{sql}\n")
    found = [each for each in findings(tmp_path) if each.construct == construct]
    assert found == [Finding("models/marts/days.sql", 2, construct, instead)]


def test_what_all_engines_have_is_let_through(tmp_path: Path) -> None:
    for folder in ("models", "macros", "tests/data"):
        write(tmp_path / folder / "days.sql", ALLOWED)
    assert findings(tmp_path) == []


def test_macros_and_tests_are_read_and_an_engine_s_own_forms_are_not(tmp_path: Path) -> None:
    sql = "select cast(a as varchar) as b"
    for file in ("macros/a.sql", "macros/engines/duckdb.sql", "tests/data/generic/b.sql"):
        write(tmp_path / file, sql)
    found = [each.file for each in findings(tmp_path)]
    assert found == ["macros/a.sql", "tests/data/generic/b.sql"]


def test_yml_is_refused_by_type_and_by_sql(tmp_path: Path) -> None:
    text = """\
    models:
      - name: days
        description: A varchar; isodow.
        columns:
          - {name: a, data_type: string, description: A double.}
          - {name: b, data_type: varchar}
          - {name: c, data_type: "decimal(18, 2)"}
          - {name: d, data_type: float8}
    unit_tests:
      - name: by_hand
        given:
          - input: ref('a')
            format: sql
            rows: |
              select 1 as a
              union all select cast(null as varchar)
    """
    write(tmp_path / "models" / "days.yml", text)
    write(tmp_path / "seeds" / "_seeds.yml", "seeds: [{config: {column_types: {a: text}}}]")
    # Sources name types as the loader does.
    write(tmp_path / "models" / "s.yml", "sources: [{columns: [{name: a, data_type: varchar}]}]")
    assert [str(each) for each in findings(tmp_path)] == [
        "models/days.yml:6: data_type varchar: write string",
        "models/days.yml:8: data_type float8: write double",
        "models/days.yml:16: cast as varchar: write {{ dbt.type_string() }}",
        "seeds/_seeds.yml:1: data_type text: write string",
    ]


def test_the_project_has_none_and_the_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert portability.main() == 0
    write(tmp_path / "models" / "a.sql", "select a::date as b")
    bad = findings(tmp_path)
    monkeypatch.setattr(portability, "findings", lambda: bad)
    assert portability.main() == 1
    assert capsys.readouterr().out == "models/a.sql:1: ::: write cast(… as …)\n"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
