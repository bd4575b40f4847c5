"""Clients that are not of our version: DuckDB 1.4, as Superset has it, and a notebook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loyalty.catalogue.contracts import read_contracts
from loyalty.catalogue.marts_docs import read_questions
from loyalty.project import PROJECT_FOLDER

pytest_plugins = ["exports.fixtures"]

PYTHON_VARIABLE = "LOYALTY_DUCKDB_14"
# Superset is built on SQLAlchemy 1.4 and this dialect.
OLDER = ("duckdb==1.4.5", "duckdb-engine==0.17.0", "sqlalchemy==1.4.54")

READ = """
import duckdb, json, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
answers = {
    name: [
        connection.execute(
            f"select count(*), sum(md5_number_lower(content::text)) from {name} as content"
        ).fetchall(),
        connection.execute(
            "select column_name, data_type, comment from duckdb_columns() "
            "where schema_name || '.' || table_name = ? order by column_index", [name]
        ).fetchall(),
    ]
    for name in json.loads(sys.argv[2])
}
questions = [len(connection.execute(sql).fetchall()) for sql in json.loads(sys.argv[3])]
print(json.dumps([duckdb.__version__, answers, questions]))
"""
REFLECT = """
import json, sqlalchemy, sys
engine = sqlalchemy.create_engine(
    f"duckdb:///{sys.argv[1]}", connect_args={"read_only": True}
)
inspector = sqlalchemy.inspect(engine)
columns = {}
for name in json.loads(sys.argv[2]):
    schema, table = name.split(".")
    assert table in inspector.get_table_names(schema=schema), name
    found = inspector.get_columns(table, schema=schema)
    columns[name] = [[column["name"], column["comment"]] for column in found]
with engine.connect() as connection:
    questions = [
        len(connection.exec_driver_sql(sql).fetchall()) for sql in json.loads(sys.argv[3])
    ]
print(json.dumps([sqlalchemy.__version__, columns, questions]))
"""


@pytest.fixture(scope="session")
def older_python() -> str:
    """A Python with the older client: the one that is named, or one made once in target/."""
    named = os.environ.get(PYTHON_VARIABLE)
    if named:
        return named
    folder = PROJECT_FOLDER / "target" / "older_client"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        words = [python, "-m", "pip", "install", "--quiet", *OLDER]
        done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            reason = done.stderr.strip().splitlines()[-1]
            pytest.skip(f"no {OLDER[0]} ({reason}): name a Python with it in {PYTHON_VARIABLE}")
        (folder / "ready").touch()
    return str(python)


def ask(python: str, script: str, published: Path) -> list[Any]:
    """Let another Python read the published file, and return what it says."""
    names = json.dumps([mart.name for mart in read_contracts()])
    questions = json.dumps([question.sql for question in read_questions()])
    words = [python, "-c", script, str(published), names, questions]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_duckdb_1_4_reads_the_same(older_python: str, published: Path) -> None:
    older_version, *older = ask(older_python, READ, published)
    version, *ours = ask(sys.executable, READ, published)
    assert older_version.startswith("1.4.")
    assert version == duckdb.__version__
    assert older == ours


def test_the_dialect_of_superset_sees_tables_columns_and_comments(
    older_python: str, published: Path
) -> None:
    version, columns, questions = ask(older_python, REFLECT, published)
    assert version.startswith("1.4.")
    assert columns == {
        mart.name: [[column.name, column.description] for column in mart.columns]
        for mart in read_contracts()
    }
    assert all(questions)


def test_a_notebook_reads_a_frame(published: Path) -> None:
    with duckdb.connect(published, read_only=True) as connection:
        frame = connection.sql(read_questions()[0].sql).df()
    assert list(frame["period_start_date"]) == sorted(frame["period_start_date"], reverse=True)
    assert frame["nps"].between(-100, 100).all()
