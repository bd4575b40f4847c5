"""What may be said aloud of messages, values and names."""

import duckdb
import pytest

from loyalty import privacy
from loyalty.errors import DatabaseError

ADDRESS = "anna.o'brien@example.org"


def database_error(query: str) -> duckdb.Error:
    with duckdb.connect() as connection, pytest.raises(duckdb.Error) as raised:
        connection.execute("create table people (key varchar primary key, email varchar not null)")
        connection.execute("insert into people values ($1, $2)", ["C46701", ADDRESS])
        connection.execute(query)
    return raised.value


@pytest.mark.parametrize(
    "query",
    [
        "select cast(email as integer) from people",
        "select cast(email as date) from people",
        "select email::json from people",
        "insert into people from people",
        "select error(email) from people",
        "select cast('46701234567' as integer)",
        "select cast(46701234567::double as integer)",
        "select strptime(email, '%Y') from people",
        "select enum_code(email::enum('a')) from people",
        "select (select email from people) + interval (email) day from people",
    ],
)
def test_no_value_is_quoted(query: str) -> None:
    problem = database_error(query)
    said = privacy.message(problem)
    assert not any(part in said for part in ("anna", "brien", "example", "46701")), said
    assert " Error: " in said
    with pytest.raises(DatabaseError) as hidden, privacy.undisclosed():
        raise problem
    assert str(hidden.value) == said
    assert hidden.value.__suppress_context__


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("select mail from people", '"mail"'),
        ("from persons", "persons"),
        ("selec 1", '"selec"'),
    ],
)
def test_what_is_wrong_with_a_query_is_still_said(query: str, named: str) -> None:
    assert named in privacy.message(database_error(query))


@pytest.mark.parametrize(
    ("name", "shown", "is_shown"),
    [
        ("row_count", 12, True),
        ("order_status", "teleported", True),
        ("customer_id", "canonical:" + "0a" * 16, True),
        ("email", "anna", False),
        ("unique_field", ADDRESS, False),
        ("unique_field", "C46701", False),
        ("unique_field", "Anna", False),
        ("comment", "call me", False),
    ],
)
def test_values_are_shown_if_they_name_nobody(name: str, shown: object, is_shown: bool) -> None:
    assert privacy.value(name, shown) == (str(shown) if is_shown else privacy.HIDDEN)


def test_names_that_are_a_record_are_not_told() -> None:
    declared = ["order_id", "ordered_at", "email"]
    record = ["C46701", "Anna Berg", ADDRESS, "2026-01-01"]
    assert privacy.column_names(record, declared, is_header=False) == ["(4 not shown)"]
    assert privacy.column_names(["orderid", "Ordered At"], declared, is_header=False) == [
        "orderid",
        "Ordered At",
    ]
    plain = ["note", "net_amount", "netAmount2", "Order ID"]
    people = ["Anna", "Anna Berg", "C46701", ADDRESS, "+46 70 123 45 67", "x" * 50]
    assert privacy.column_names([*plain, *people], declared, is_header=True) == [
        *plain,
        "(6 not shown)",
    ]
