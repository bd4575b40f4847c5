"""Personal data with marks that nothing else holds, and a search for them in every byte."""

import base64
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import duckdb

from loyalty.declarations import ColumnDeclaration, read_declarations
from loyalty.landing.files import SYNTHETIC_MARKER

# A part of every planted value of its kind; nothing else on a machine holds it.
TOKENS = {
    "key": "Zqkeyx",
    "email": "zqmailx",
    "phone": "46990173",
    "name": "Zqnamex",
    "words": "Zqwordsx",
}
ADDRESS = "zqmailx.anna@planted.example"
NAME = "Zqnamex Berg"
RECORD = f"Zqkeyx-00000001,{ADDRESS},+469901730001,{NAME},SE"
SECRET = "zqsecretx-0123456789-of-a-length-that-nobody-guesses-and-more-than-one-block-0123456789"
HEXADECIMAL = re.compile(rb"[0-9a-fA-F]{32,128}")


def plant(shop: Path, folder: Path) -> set[str]:
    """Write the shop's files anew with marked personal data; return every planted value.

    The mark that says that all is made up is left out: a hash key is required.
    """
    folder.mkdir(parents=True)
    tables = read_declarations()["canonical"].tables
    planted: set[str] = set()
    with duckdb.connect() as connection:
        for path in sorted(shop.iterdir()):
            if path.name == SYNTHETIC_MARKER:
                continue
            fitting = [name for name in tables if path.name.startswith(name)]
            columns = {column.name: column for column in tables[max(fitting, key=len)].columns}
            _copy(connection, path, folder / path.name, columns)
            planted |= _sensitive_values(connection, columns)
    return planted


def _copy(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    target: Path,
    columns: Mapping[str, ColumnDeclaration],
) -> None:
    if path.suffix == ".parquet":
        source, form = f"read_parquet('{path}')", "format parquet"
    elif path.name.endswith(".jsonl"):
        source, form = f"read_json('{path}', format = 'newline_delimited')", "format json"
    else:
        source, form = f"read_csv('{path}', all_varchar = true)", "format csv, header"
        form += ", compression gzip" if path.suffix == ".gz" else ""
    connection.execute(f"create or replace table marked as from {source}")
    for (name,) in connection.execute("select column_name from (describe marked)").fetchall():
        column = columns.get(name)
        if column is not None and column.sensitive:
            connection.execute(f'update marked set "{name}" = {_marked(column)}')
    connection.execute(f"copy marked to '{target}' ({form})")


def _marked(column: ColumnDeclaration) -> str:
    value = f'"{column.name}"'
    if column.sensitive == "customer_key":
        return f"'Zqkeyx-' || {value}"
    if column.sensitive == "email":
        return f"'zqmailx.' || split_part({value}, '@', 1) || '@planted.example'"
    if column.name == "phone":
        return f"'+46990173' || right({value}, 4)"
    if column.name == "full_name":
        return f"'Zqnamex ' || {value}"
    return f"'Zqwordsx of {NAME}, {ADDRESS}: ' || coalesce({value}, '')"


def _sensitive_values(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, ColumnDeclaration]
) -> set[str]:
    names = [
        row[0] for row in connection.execute("select column_name from (describe marked)").fetchall()
    ]
    return {
        value
        for name in names
        if name in columns and columns[name].sensitive
        for (value,) in connection.execute(
            f'select distinct "{name}" from marked where "{name}" is not null'
        ).fetchall()
    }


@dataclass
class Search:
    """What is looked for: marks in every writing, unkeyed hashes of every value, the secret."""

    planted: set[str]
    secret: str = SECRET
    files: int = 0
    byte_count: int = 0
    found: list[str] = field(default_factory=list)

    @cached_property
    def _patterns(self) -> re.Pattern[bytes]:
        writings = {w for token in TOKENS.values() for w in _writings(token)}
        return re.compile(b"|".join(map(re.escape, sorted(writings))), re.IGNORECASE)

    @cached_property
    def _secret_pattern(self) -> re.Pattern[bytes]:
        block = hashlib.sha256(self.secret.encode()).digest().ljust(64, b"\0")
        blocks = [bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C)]
        writings = {w for part in (self.secret, self.secret[:24]) for w in _writings(part)}
        for each in (block[:32], *blocks):
            writings |= {each, each.hex().encode(), base64.b64encode(each)[:40]}
        return re.compile(b"|".join(map(re.escape, sorted(writings))))

    @cached_property
    def _hashes(self) -> set[bytes]:
        digests: set[bytes] = set()
        for value in self.planted:
            lowered = value.strip().lower()
            forms = {value, lowered, f"email|{lowered}", f"customer|canonical|{value}"}
            for form in forms:
                for kind in ("md5", "sha1", "sha256", "sha512"):
                    digests.add(hashlib.new(kind, form.encode()).hexdigest()[:32].encode())
        return digests

    def everything(self, folder: Path, leave_out: tuple[Path, ...] = ()) -> None:
        """Search every file below a folder, names of files too."""
        for path in sorted(folder.rglob("*")):
            if any(path == out or out in path.parents for out in leave_out):
                continue
            self.bytes(str(path.relative_to(folder)).encode(), f"the name of {path.name}")
            if path.is_file() and not path.is_symlink():
                self.file(path)

    def file(self, path: Path) -> None:
        """Search a file's bytes, and what they hold packed."""
        content = path.read_bytes()
        self.files += 1
        self.byte_count += len(content)
        self.bytes(content, str(path))
        if content.startswith(b"\x1f\x8b"):
            self.bytes(gzip.decompress(content), f"{path}, unpacked")
        if path.suffix == ".png":
            self.bytes(b"".join(_inflated(content)), f"{path}, inflated")
        if path.suffix in (".duckdb", ".parquet"):
            self.bytes(_texts(path), f"{path}, its values")

    def bytes(self, content: bytes, where: str) -> None:
        """Search bytes for marks, unkeyed hashes and the secret."""
        marks = {match.group() for match in self._patterns.finditer(content)}
        hashes = {
            match.group()[:32].lower()
            for match in HEXADECIMAL.finditer(content)
            if match.group()[:32].lower() in self._hashes
        }
        if marks or hashes:
            self.found.append(f"{where}: {sorted(marks | hashes)[:3]}")
        self.secret_bytes(content, where)

    def secret_bytes(self, content: bytes, where: str) -> None:
        """Search bytes for the secret alone."""
        if self._secret_pattern.search(content):
            self.found.append(f"{where}: the hash key")

    def secret_everywhere(self, folder: Path) -> None:
        """Search every file below a folder for the secret, the build database's values too."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                self.secret_bytes(path.read_bytes(), str(path))
                if path.suffix == ".duckdb":
                    self.secret_bytes(_texts(path), f"{path}, its values")


def _writings(token: str) -> Iterator[bytes]:
    """Yield a text as it may be written; letters of either case are the searcher's."""
    plain = token.encode()
    yield plain
    yield quote(token).encode()
    yield token.encode("utf-16-le")
    yield plain.hex().encode()
    # Whatever stands before it in the encoded text, one of three cuts fits; the edges are others'.
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + plain)
        first = (0, 2, 3)[before]
        last = len(plain) + before
        yield coded[first : last * 8 // 6]


def _texts(path: Path) -> bytes:
    """Return every value of every table of a DuckDB or Parquet file as text."""
    with duckdb.connect() as connection:
        if path.suffix == ".parquet":
            relations = [f"read_parquet('{path}')"]
        else:
            connection.execute(f"attach '{path}' as looked_into (read_only)")
            rows = connection.execute(
                "select schema_name, table_name from duckdb_tables() "
                "where database_name = 'looked_into' and not internal"
            ).fetchall()
            relations = [f'looked_into."{schema}"."{table}"' for schema, table in rows]
        parts: list[str] = []
        for relation in relations:
            columns = connection.execute(f"describe from {relation}").fetchall()
            texts = ", ".join(f'"{column[0]}"::varchar' for column in columns)
            rows = connection.execute(
                f"select distinct unnest([{texts}]) as text from {relation}"
            ).fetchall()
            parts += [text for (text,) in rows if text]
        comments = "" if path.suffix == ".parquet" else _comments(connection)
        return "\n".join([*parts, comments]).encode()


def _comments(connection: duckdb.DuckDBPyConnection) -> str:
    rows = connection.execute(
        "select comment from duckdb_columns() union all select comment from duckdb_tables() "
        "union all select sql from duckdb_views()"
    ).fetchall()
    return "\n".join(str(comment) for (comment,) in rows if comment)


def _inflated(content: bytes) -> Iterator[bytes]:
    """Yield what a picture's text and pixels say."""
    at = 8
    while at + 8 <= len(content):
        length, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if kind in (b"zTXt", b"iTXt", b"IDAT"):
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(content[at + 8 : at + 8 + length])
        at += length + 12
