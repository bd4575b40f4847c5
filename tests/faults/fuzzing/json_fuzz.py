"""Files of JSON lines from known records."""

import codecs
import json
import random
from collections.abc import Callable

from faults.fuzzing import texts
from faults.fuzzing.files import FuzzedFile, Piece
from faults.fuzzing.values import Row, Value, bad_value, good_row
from loyalty.declarations import ColumnDeclaration, TableDeclaration


class JsonMaker:
    """Makes one file, piece after piece."""

    def __init__(self, table: TableDeclaration, chance: random.Random) -> None:
        self.table = table
        self.chance = chance
        self.hard = chance.choice((0, 0.05, 0.3))
        self.number = 0
        self.spoilers: dict[str, Callable[[], Piece]] = {
            "bad value": self.bad_value,
            "broken object": self.broken,
            "no object": lambda: self.spoiled(
                "no object",
                chance.choice((b"[1]", b"null", b'"text"', b"12", b"{}", b"[]", b"true")),
            ),
            "not UTF-8": lambda: self.within("not UTF-8", b"a" + chance.choice(texts.NOT_UTF8)),
            "NUL": lambda: self.within("NUL", chance.choice((b"a\0b", b"a\\u0000b"))),
            "a member twice": self.member_twice,
            "half a character": lambda: self.within("half a character", b"\\ud800"),
            "noise": lambda: Piece(texts.noisy(self.good().body, chance), None, "noise"),
            "two on a line": lambda: self.spoiled(
                "two on a line", self.good().body + b" " + self.good().body
            ),
            "lenient JSON": self.lenient,
            "a comma after": lambda: self.spoiled("a comma after", self.good().body + b","),
        }

    def row(self) -> Row:
        self.number += 1
        return good_row(self.table, self.number, self.chance, self.hard)

    def members(self, row: Row) -> dict[str, object]:
        found: dict[str, object] = {}
        for column, value in zip(self.table.columns, row.values, strict=True):
            if value.typed is None and self.chance.random() < 0.6:
                if self.chance.random() < 0.5:
                    found[column.name] = None
                continue
            found[column.name] = self.native(column, value)
        if self.chance.random() < 0.1:
            found["extra"] = self.chance.choice(({"a": [1, None]}, [], "more", 1.5))
        return found

    def native(self, column: ColumnDeclaration, value: Value) -> object:
        if value.typed is None or column.data_type in ("varchar", "timestamp"):
            return value.text
        if self.chance.random() < 0.5:
            return value.text
        return float(value.typed) if column.data_type.startswith("decimal") else value.typed

    def line(self, members: dict[str, object]) -> bytes:
        text = json.dumps(
            members,
            ensure_ascii=self.chance.random() < 0.5,
            separators=self.chance.choice(((",", ":"), (", ", ": "))),
        )
        return text.encode()

    def good(self) -> Piece:
        row = self.row()
        return Piece(self.line(self.members(row)), row, "good")

    def spoiled(self, kind: str, body: bytes) -> Piece:
        return Piece(body, None, kind, is_spoiled=True)

    def bad_value(self) -> Piece:
        row = self.row()
        members = self.members(row)
        found = [
            (column.name, bad)
            for column in self.table.columns
            if (bad := bad_value(column, self.chance)) is not None
        ]
        name, bad = self.chance.choice(found)
        members[name] = bad
        if bad == "" and self.chance.random() < 0.5:
            del members[name]
        return self.spoiled("bad value", self.line(members))

    def broken(self) -> Piece:
        body = self.good().body
        form = self.chance.randrange(3)
        if form == 0:
            return self.spoiled("broken object", body[: self.chance.randrange(1, len(body))])
        if form == 1:
            return self.spoiled("broken object", body.replace(b'"', b"'"))
        return self.spoiled("broken object", body[:-1] + b', "extra": undefined}')

    def lenient(self) -> Piece:
        """Return what is no JSON by the letter, and can only be read in one way."""
        piece = self.good()
        more = self.chance.choice((b",}", b', "more": NaN}', b', "more": -Infinity}'))
        return Piece(piece.body[:-1] + more, piece.row, "lenient JSON")

    def within(self, kind: str, value: bytes) -> Piece:
        """Put bytes into the text of a declared column."""
        members = self.members(self.row())
        name = self.chance.choice([c.name for c in self.table.columns if c.data_type == "varchar"])
        members[name] = "@@here@@"
        return self.spoiled(kind, self.line(members).replace(b"@@here@@", value))

    def member_twice(self) -> Piece:
        members = self.members(self.row())
        name = self.chance.choice(list(members))
        again = json.dumps({name: "again"}).encode()
        return self.spoiled("a member twice", self.line(members)[:-1] + b"," + again[1:])

    def pieces(self, count: int, spoiled: float) -> list[Piece]:
        made = []
        for _ in range(count):
            is_spoiled = self.chance.random() < spoiled
            maker = self.chance.choice(list(self.spoilers.values())) if is_spoiled else self.good
            made.append(maker())
            if self.chance.random() < 0.02:
                made.append(Piece(b" " * self.chance.randrange(3), None, "blank line"))
        return made


def records_file(
    table: TableDeclaration, stem: str, count: int, chance: random.Random
) -> FuzzedFile:
    """Return a file whose good records are to be loaded and whose spoiled ones rejected."""
    maker = JsonMaker(table, chance)
    # The first object is whole: it tells that the columns are there.
    made = [maker.good(), *maker.pieces(count, chance.choice((0, 0.002, 0.05, 0.3)))]
    if chance.random() < 0.03:
        made.append(big_text(maker))
    if chance.random() < 0.05:
        made[1:] = [texts.in_cp1252(piece) for piece in made[1:]]
    ends = chance.choice(texts.ENDS) if chance.random() < 0.5 else "lf"
    kinds = {piece.kind for piece in made} | {ends}
    content, by_line = texts.joined(made, b"", ends, chance)
    by_line = {line: piece for line, piece in by_line.items() if piece.body.strip()}
    if chance.random() < 0.1:
        content = codecs.BOM_UTF8 + content
        kinds.add("BOM")
    if chance.random() < 0.3:
        kinds.add("gzip")
        return FuzzedFile(
            f"{stem}.jsonl.gz", table, content, texts.packed(content, chance), by_line, kinds
        )
    return FuzzedFile(f"{stem}.jsonl", table, content, content, by_line, kinds)


def big_text(maker: JsonMaker) -> Piece:
    row = maker.row()
    body = maker.line(maker.members(row) | {"extra": "z" * 10_000_000})
    return Piece(body, row, "10 MB value")


def unusable_file(
    table: TableDeclaration, stem: str, count: int, chance: random.Random
) -> FuzzedFile:
    """Return a file that cannot be read by record: it is to be quarantined whole."""
    maker = JsonMaker(table, chance)
    content, _ = texts.joined(maker.pieces(count + 2, 0.01), b"", "lf", chance)
    form = chance.choice(("gzip", "foreign", "no column"))
    if form == "gzip":
        kind, content = texts.damaged_gzip(content, chance)
        return FuzzedFile(f"{stem}.jsonl.gz", table, content, content, {}, {kind}, must_fail=True)
    if form == "foreign":
        kind, content = texts.foreign(content, chance)
    else:
        required = next(column.name for column in table.columns if column.required)
        kind, content = "a column less", content.replace(required.encode(), b"unknown")
    return FuzzedFile(f"{stem}.jsonl", table, content, content, {}, {kind}, must_fail=True)
