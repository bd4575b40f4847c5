"""CSV files from known records: spoiled here and there, or as a whole."""

import codecs
import random
from collections.abc import Callable, Sequence

from faults.fuzzing import texts
from faults.fuzzing.files import FuzzedFile, Piece
from faults.fuzzing.values import Row, bad_value, good_row
from loyalty.declarations import TableDeclaration

BIG_VALUE = 10_000_000
# Where readers cut a file: shares of 8 MB, blocks of 8 MiB.
BORDER, BLOCK = 8_000_000, 1 << 23


class CsvMaker:
    """Makes one file; its header once, then piece after piece."""

    def __init__(self, table: TableDeclaration, chance: random.Random) -> None:
        self.table = table
        self.chance = chance
        self.quoting = chance.choice(("least", "all", "some"))
        self.hard = chance.choice((0, 0.05, 0.3))
        names = [column.name for column in table.columns if column.required or self._is(0.9)]
        if self._is(0.3):
            names += [f"extra {chance.randrange(3)}" for _ in range(chance.randrange(1, 4))]
        if self._is(0.4):
            chance.shuffle(names)
        self.names = names
        self.number = 0
        self.spoilers: dict[str, Callable[[], Piece]] = {
            "bad value": self.bad_value,
            "too few": self.too_few,
            "too many": self.too_many,
            "other delimiter": lambda: self.spoiled("other delimiter", b";".join(self.plain())),
            "open quote": self.open_quote,
            "quote within quotes": lambda: self.with_value("quote within quotes", b'"ab"cd"'),
            "text after quotes": lambda: self.with_value("text after quotes", b'"ab"cd'),
            "not UTF-8": self.not_utf8,
            "NUL": self.nul,
            "carriage return": lambda: self.with_value("carriage return", b"a\rb"),
            "blanks": lambda: self.spoiled("blanks", b" " * chance.randrange(1, 9)),
            "only commas": lambda: self.spoiled("only commas", b"," * (len(names) - 1)),
            "header again": lambda: Piece(self.header(), None, "header again"),
            "noise": lambda: Piece(texts.noisy(self.good().body, chance), None, "noise"),
            "two on a line": lambda: Piece(
                self.good().body + self.good().body, None, "two on a line"
            ),
        }
        self.oddities: dict[str, Callable[[], Piece]] = {
            "blank line": lambda: Piece(b"", None, "blank line"),
            "quote in plain text": lambda: self.odd_text("quote in plain text", '5" nail'),
            "quote at the end": lambda: self.odd_text("quote at the end", 'nail 5"'),
            "commas at the end": self.commas_at_the_end,
            "blanks around quotes": self.blanks_around_quotes,
            "long text": lambda: self.odd_text("long text", "y" * 100_000, is_quoted=True),
        }

    def _is(self, share: float) -> bool:
        return self.chance.random() < share

    def row(self, hard: float | None = None) -> Row:
        self.number += 1
        row = good_row(self.table, self.number, self.chance, self.hard if hard is None else hard)
        none = {column.name for column in self.table.columns} - set(self.names)
        return Row(
            tuple(
                value._replace(text="", typed=None) if column.name in none else value
                for column, value in zip(self.table.columns, row.values, strict=True)
            )
        )

    def line(self, row: Row) -> bytes:
        return b",".join(self.quoted(text) for text in self.in_order(row))

    def in_order(self, row: Row) -> list[str]:
        by_name = dict(zip(self.table.column_names, row.values, strict=True))
        return [by_name[name].text if name in by_name else self.extra() for name in self.names]

    def extra(self) -> str:
        return self.chance.choice(("", "more", "1", 'a, "b"'))

    def quoted(self, text: str) -> bytes:
        must = text.startswith('"') or any(mark in text for mark in ",\n\r")
        if must or self.quoting == "all" or (self.quoting == "some" and self._is(0.4)):
            return b'"%s"' % text.replace('"', '""').encode()
        # A quote within plain text is text, but most writers quote it.
        return b'"%s"' % text.replace('"', '""').encode() if '"' in text else text.encode()

    def header(self) -> bytes:
        names = [name.encode() for name in self.names]
        if self.quoting == "all":
            return b",".join(b'"%s"' % name for name in names)
        return b",".join(b" %s " % name if self._is(0.05) else name for name in names)

    def good(self) -> Piece:
        row = self.row()
        return Piece(self.line(row), row, "good")

    def plain(self) -> list[bytes]:
        """Return the values of a record whose texts need no quotes."""
        row = self.row(hard=0)
        return [
            b"e" if name not in self.table.column_names else text.encode()
            for name, text in zip(self.names, self.in_order(row), strict=True)
        ]

    def spoiled(self, kind: str, body: bytes) -> Piece:
        return Piece(body, None, kind, is_spoiled=True)

    def with_value(self, kind: str, value: bytes) -> Piece:
        values = self.plain()
        values[self.chance.randrange(len(values))] = value
        return self.spoiled(kind, b",".join(values))

    def bad_value(self) -> Piece:
        row = self.row()
        places = {name: place for place, name in enumerate(self.names)}
        values = self.in_order(row)
        found = [
            (places[column.name], bad)
            for column in self.table.columns
            if column.name in places and (bad := bad_value(column, self.chance)) is not None
        ]
        place, bad = self.chance.choice(found)
        values[place] = bad
        return self.spoiled("bad value", b",".join(map(self.quoted, values)))

    def too_few(self) -> Piece:
        values = self.plain()
        return self.spoiled("too few", b",".join(values[: self.chance.randrange(1, len(values))]))

    def too_many(self) -> Piece:
        more = [b"more"] * self.chance.randrange(1, 4)
        return self.spoiled("too many", b",".join([*self.plain(), *more]))

    def open_quote(self) -> Piece:
        values = self.plain()
        place = self.chance.randrange(len(values))
        values[place] = b'"' + values[place]
        return self.spoiled("open quote", b",".join(values))

    def not_utf8(self) -> Piece:
        return self.with_value("not UTF-8", b"a" + self.chance.choice(texts.NOT_UTF8))

    def nul(self) -> Piece:
        values = self.plain()
        declared = [
            place for place, name in enumerate(self.names) if name in self.table.column_names
        ]
        values[self.chance.choice(declared)] = b"a\0b"
        return self.spoiled("NUL", b",".join(values))

    def odd_text(self, kind: str, text: str, is_quoted: bool = False) -> Piece:
        """Put a text into a column of text that is not a key, where there is one."""
        row = self.row(hard=0)
        places = [
            place
            for place, column in enumerate(self.table.columns)
            if column.data_type == "varchar"
            and column.name in self.names
            and column.name not in self.table.primary_key
        ]
        if not places:
            return Piece(self.line(row), row, "good")
        values = list(row.values)
        place = self.chance.choice(places)
        values[place] = values[place]._replace(text=text, typed=text)
        row = Row(tuple(values))
        ordered = [
            b'"%s"' % text.replace('"', '""').encode()
            if is_quoted or "," in text
            else text.encode()
            for text in self.in_order(row)
        ]
        return Piece(b",".join(ordered), row, kind)

    def commas_at_the_end(self) -> Piece:
        piece = self.good()
        more = self.chance.choice((b",", b",,,", b',""'))
        return Piece(piece.body + more, piece.row, "commas at the end")

    def blanks_around_quotes(self) -> Piece:
        row = self.row()
        quoted = [b'"%s"' % text.replace('"', '""').encode() for text in self.in_order(row)]
        blanks = [b" " * self.chance.randrange(3) for _ in quoted]
        body = b",".join(blank + text + blank for blank, text in zip(blanks, quoted, strict=True))
        return Piece(body, row, "blanks around quotes")

    def pieces(self, count: int, spoiled: float, odd: float) -> list[Piece]:
        made = []
        for _ in range(count):
            share = self.chance.random()
            maker: Callable[[], Piece] = self.good
            if share < spoiled:
                maker = self.chance.choice(list(self.spoilers.values()))
            elif share < spoiled + odd:
                maker = self.chance.choice(list(self.oddities.values()))
            made.append(maker())
        return made


def records_file(
    table: TableDeclaration, stem: str, count: int, chance: random.Random
) -> FuzzedFile:
    """Return a file whose good records are to be loaded and whose spoiled ones rejected."""
    maker = CsvMaker(table, chance)
    made = maker.pieces(
        count, spoiled=chance.choice((0, 0.002, 0.05, 0.3)), odd=chance.choice((0, 0.02, 0.2))
    )
    if chance.random() < 0.05:
        made = [texts.in_cp1252(piece) for piece in made]
    ends = chance.choice(texts.ENDS) if chance.random() < 0.5 else "lf"
    kinds = {ends} if made else {ends, "header only"}
    if chance.random() < 0.03:
        made.insert(chance.randrange(len(made) + 1), maker.odd_text("10 MB value", "z" * BIG_VALUE))
    if made and chance.random() < 0.05:
        last = maker.good().body
        made.append(Piece(last[: chance.randrange(1, len(last) + 1)], None, "cut"))
    head = maker.header()
    if chance.random() < 0.04:
        head = b"\r\n" * chance.randrange(1, 3) + head
        kinds.add("blank lines first")
    return written(table, stem, made, head=head, ends=ends, kinds=kinds, chance=chance)


def big_file(table: TableDeclaration, stem: str, size: int, chance: random.Random) -> FuzzedFile:
    """Return a file of many blocks: around their borders records are spoiled, odd, long or many."""
    maker = CsvMaker(table, chance)
    spoiled, odd = chance.choice(((0, 0), (0, 0.1), (0.1, 0.1), (0.5, 0.3)))
    made, head, place = [], maker.header(), 0
    for border in range(BORDER, size, BORDER):
        while place < border - 30_000:
            text = ("y" * 40 + chance.choice(("\n", ", ", '"', ","))) * chance.randrange(1, 500)
            made.append(maker.odd_text("long text", text, is_quoted=True))
            place += len(made[-1].body) + 1
        # Two borders: a reader's block of 8 MiB, another's share of 8 MB.
        while place < border * BLOCK // BORDER + 10_000:
            made += maker.pieces(1, spoiled, odd)
            place += len(made[-1].body) + 1
    ends = chance.choice(("lf", "crlf"))
    return written(table, stem, made, head=head, ends=ends, kinds={"big"}, chance=chance)


def written(
    table: TableDeclaration,
    stem: str,
    made: Sequence[Piece],
    *,
    head: bytes,
    ends: str,
    kinds: set[str],
    chance: random.Random,
) -> FuzzedFile:
    """Return the pieces as a file, with a mark or packed now and then."""
    content, by_line = texts.joined(made, head, ends, chance)
    kinds = kinds | {piece.kind for piece in made}
    if chance.random() < 0.1:
        content = codecs.BOM_UTF8 + content
        kinds.add("BOM")
    if chance.random() < 0.25:
        kinds.add("gzip")
        gzipped = texts.packed(content, chance)
        return FuzzedFile(f"{stem}.csv.gz", table, content, gzipped, by_line, kinds)
    return FuzzedFile(f"{stem}.csv", table, content, content, by_line, kinds)


def unusable_file(
    table: TableDeclaration, stem: str, count: int, chance: random.Random
) -> FuzzedFile:
    """Return a file that cannot be read by record: it is to be quarantined whole."""
    maker = CsvMaker(table, chance)
    form = chance.choice(
        (
            "gzip",
            "gzip",
            "foreign",
            "foreign",
            "delimiter",
            "empty",
            "carriage returns",
            "no column",
            "no header",
            "doubled",
            "parquet name",
        )
    )
    name = f"{stem}.csv"
    head = maker.header()
    pieces = maker.pieces(max(count, 1), 0.02, 0.02)
    content, _ = texts.joined(pieces, head, chance.choice(texts.ENDS), chance)
    kind = form
    if form == "gzip":
        name += ".gz"
        kind, content = texts.damaged_gzip(content, chance)
    elif form == "foreign":
        kind, content = texts.foreign(content, chance)
    elif form == "delimiter":
        kind = "other delimiter in all"
        rows = [maker.names, *([str(number)] * len(maker.names) for number in range(count))]
        delimiter = chance.choice(";\t|")
        content = "".join(delimiter.join(row) + "\n" for row in rows).encode()
    elif form == "empty":
        kind = "empty"
        content = chance.choice((b"", b"", b"\n", b"\r\n\r\n", codecs.BOM_UTF8, b"\xef\xbb\xbf\n"))
    elif form == "carriage returns":
        rows = [head, *(b",".join(maker.plain()) for _ in range(count + 1))]
        content = b"\r".join(rows) + chance.choice((b"\r", b"", b"\n"))
    elif form in ("no column", "doubled"):
        required = [column.name for column in table.columns if column.required]
        place = maker.names.index(chance.choice(required))
        kind = "a column less" if form == "no column" else "duplicate header"
        maker.names[place] = "unknown" if form == "no column" else maker.names[place]
        if form == "doubled":
            maker.names.append(maker.names[place])
        rows = [maker.header(), *(b",".join([b"x"] * len(maker.names)) for _ in range(count))]
        content = b"\n".join(rows)
    elif form == "no header":
        content = b"\n".join(b",".join(maker.plain()) for _ in range(count + 1))
    else:
        name = f"{stem}.parquet"
        kind = "text named Parquet"
    return FuzzedFile(name, table, content, content, {}, {kind}, must_fail=True)
