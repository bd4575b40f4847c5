"""Keyed hashes (HMAC-SHA-256) of person keys and e-mail addresses, computed in the database.

The key reaches the database as two bound, padded blobs only; it never stands in SQL text.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from loyalty.declarations import ColumnDeclaration
from loyalty.errors import UsageError
from loyalty.landing.files import SYNTHETIC_MARKER
from loyalty.landing.quoting import literal, quoted

KEY_VARIABLE = "LOYALTY_HASH_KEY"
DEMO_KEY = b"synthetic data only: this key is public"
BLOCK_BYTES = 64
HASH_LENGTH = 32


def hash_key(environment: Mapping[str, str], folders: Iterable[Path]) -> bytes:
    """Return the key from the environment, or the demo's where all landed data is made up.

    Raises:
        UsageError: no key is set and some folder may hold real people.
    """
    key = environment.get(KEY_VARIABLE, "")
    if key:
        return key.encode()
    real = [str(folder) for folder in folders if not (folder / SYNTHETIC_MARKER).is_file()]
    if real:
        raise UsageError(
            f"{KEY_VARIABLE} is not set: customer keys of {', '.join(real)} cannot be hashed; "
            "set it to a long random secret and keep it"
        )
    return DEMO_KEY


def key_fingerprint(key: bytes) -> str:
    """Return what tells two keys apart without telling the key."""
    constant = hmac.new(key, b"loyalty hash key", hashlib.sha256).digest()
    return hashlib.sha256(constant).hexdigest()


def key_parameters(key: bytes) -> dict[str, bytes]:
    """Return the two padded key blobs that `hash_expression` names as parameters."""
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK_BYTES else key).ljust(
        BLOCK_BYTES, b"\0"
    )
    return {
        "inner_key": bytes(byte ^ 0x36 for byte in block),
        "outer_key": bytes(byte ^ 0x5C for byte in block),
    }


def hash_expression(column: ColumnDeclaration, source: str) -> str:
    """Return the SQL of a column's keyed hash, with parameters `$inner_key` and `$outer_key`.

    A customer key is salted with its source; an e-mail address is not, so that two sources
    can be matched by it.
    """
    value = quoted(column.name)
    if column.sensitive == "email":
        # A blank address is no address: all of them would be one person.
        message = f"'email|' || nullif(lower(trim({value})), '')"
    else:
        message = f"{literal(f'customer|{source}|')} || {value}"
    inner = f"unhex(sha256($inner_key::blob || encode({message})))"
    return f"left(sha256($outer_key::blob || {inner}), {HASH_LENGTH})"


def check_key(connection: duckdb.DuckDBPyConnection, key: bytes) -> str:
    """Hold the key to the one that the warehouse was built with; return its fingerprint.

    Raises:
        UsageError: it is another one.
    """
    mark = key_fingerprint(key)
    row = connection.execute("select fingerprint from control.hash_key_fingerprint").fetchone()
    if row is None:
        connection.execute("insert into control.hash_key_fingerprint values ($1)", [mark])
    elif row[0] != mark:
        raise UsageError(
            f"{KEY_VARIABLE} is not the key that this warehouse was built with: set that one, "
            "or name a new --warehouse folder"
        )
    return mark
