"""What may be said aloud: messages and names without the data that they quote.

Databases and files quote what they could not read, and that may be a person's address. Ledgers,
logs, pages and notifications take such texts only through here.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache

import duckdb

from loyalty.errors import DatabaseError
from loyalty.project import landed_sources, meta

# A name that a system gives a column: small letters with _ between them, or camelCase, and a digit
# or two. `Anna Berg`, `Berg` and `C00017` are none.
PLAIN_NAME = re.compile(r"[a-z]+\d{0,2}(_[a-z]+\d{0,2}|_\d{1,2}|[A-Z][a-z]+\d{0,2})*")
LONGEST_NAME = 40
# What is shown of a text value: a keyed hash, a key with its source, a code; no address, no words.
PLAIN_VALUE = re.compile(r"([a-z_]+:)?[0-9a-f]{32}|[a-z][a-z_]{0,23}")
# What begins with a quote ends nobody knows where: what is quoted may hold quotes itself.
QUOTED = re.compile(r"[\"'].*", re.DOTALL)
ADDRESS, LONG_NUMBER = re.compile(r"\S*@\S*"), re.compile(r"[+-]?\d{5,}(\.\d+)?")
# These speak of tables, columns and SQL that we wrote, never of values.
OF_STRUCTURE = (
    "Binder Error",
    "Catalog Error",
    "Parser Error",
    "IO Error",
    "Permission Error",
    "Out of Memory Error",
    "TransactionContext Error",
)
OF_DATABASE = re.compile(r"\b[A-Z][A-Za-z]+ Error: ")
HIDDEN = "…"


def message(problem: BaseException | str) -> str:
    """Return a message as one line, of a database's without the values that it quotes."""
    text = " ".join(str(problem).split()) or type(problem).__name__
    return database_message(text) if OF_DATABASE.search(text) else text


def database_message(text: str) -> str:
    """Return what a database says of its rows, without the values."""
    if any(kind in text for kind in OF_STRUCTURE):
        return text
    return LONG_NUMBER.sub(HIDDEN, QUOTED.sub(HIDDEN, ADDRESS.sub(HIDDEN, text)))


def explain(problem: BaseException) -> DatabaseError | None:
    """Return what may be said of an error of the database; None for another."""
    return DatabaseError(message(problem)) if isinstance(problem, duckdb.Error) else None


@contextmanager
def undisclosed() -> Iterator[None]:
    """Let no error of the database out with the values that it quotes, nor its trace.

    Raises:
        DatabaseError: instead of the database's own.
    """
    try:
        yield
    except duckdb.Error as problem:
        raise DatabaseError(message(problem)) from None


def value(name: str, shown: object) -> str:
    """Return a column's value as it may be shown: numbers, dates, codes and hashes are."""
    is_plain = not isinstance(shown, str) or PLAIN_VALUE.fullmatch(shown)
    return str(shown) if is_plain and name not in _sensitive_columns() else HIDDEN


def column_names(names: Sequence[str], declared: Sequence[str], *, is_header: bool) -> list[str]:
    """Return a file's undeclared column names as they may be shown.

    A file without a header has a record where the names should be, and somebody's name may stand
    in a header. So a name is told if it is plainly one of a column; where `is_header` is in doubt,
    only if it resembles a declared one, which finds a misspelt one.
    """
    known = [name.lower() for name in declared]
    told = [name for name in names if _resembles(name, known) or (is_header and _is_plain(name))]
    hidden = len(names) - len(told)
    return told + ([f"({hidden} not shown)"] if hidden else [])


@cache
def _sensitive_columns() -> frozenset[str]:
    return frozenset(
        str(column["name"])
        for _, source in landed_sources()
        for table in source["tables"]
        for column in table["columns"]
        if meta(column).get("sensitive") not in (None, "customer_key")
    )


def _is_plain(name: str) -> bool:
    return len(name) <= LONGEST_NAME and bool(PLAIN_NAME.fullmatch(name))


def _resembles(name: str, known: Sequence[str]) -> bool:
    is_short = len(name) <= LONGEST_NAME
    return is_short and bool(get_close_matches(name.lower(), known, n=1, cutoff=0.7))
