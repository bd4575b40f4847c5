"""Of one key the newest cursor wins, then the file that came last, then its last row: always."""

import json
from pathlib import Path
from random import Random

import duckdb
import pytest

from faults.figures import Figures
from faults.scale import chance, size
from loyalty.declarations import read_declarations
from loyalty.landing import LandingFile, Loader, find_files
from loyalty.warehouse import Warehouse

SOURCES = read_declarations()
SOURCE = SOURCES["canonical"]
# One table with a cursor and one without: the column of its key, one that tells its rows apart.
COLUMNS = {"orders": ("order_id", "store_id"), "shares": ("share_id", "platform")}
WHEN = "2026-05-01T00:00:00Z"
# As landed, and what comes first of them: two are the same instant, a date alone is 00:00 here.
CURSORS = {
    None: 0,
    "2026-06-01T10:00:00Z": 1,
    "2026-06-01T12:00:00+02:00": 1,
    "2026-06-02": 2,
    "2026-06-03T00:00:00Z": 3,
}
Row = tuple[str, str | None, str]  # key, cursor, value


class Desk:
    """A landing folder, a loader, and what should have become of the files, read row by row."""

    def __init__(self, folder: Path, table: str) -> None:
        self.table = table
        self.landing = folder / "landing"
        self.landing.mkdir(parents=True)
        self.warehouse = Warehouse(folder / "warehouse")
        self.warehouse.prepare()
        # Key → what decides (cursor, the file's turn, line) and the value.
        self.expected: dict[str, tuple[tuple[int, int, int], str]] = {}
        self.open()

    def open(self) -> None:
        """Open the database anew, as each night does."""
        self.connection = self.warehouse.connect()
        self.loader = Loader(self.connection, "night", SOURCES, b"key", "Europe/Stockholm")
        self.loader.prepare()

    def write(self, name: str, rows: list[Row]) -> LandingFile:
        """Write a file of rows, and return it."""
        key_column, value_column = COLUMNS[self.table]
        lines = [
            json.dumps(
                {
                    key_column: key,
                    "updated_at": cursor,
                    value_column: value,
                    "customer_id": "1",
                    "ordered_at": WHEN,
                    "shared_at": WHEN,
                    "status": "paid",
                    "order_amount": 1,
                }
            )
            for key, cursor, value in rows
        ]
        (self.landing / name).write_text("\n".join(lines) + "\n")
        return self.file(name)

    def file(self, name: str) -> LandingFile:
        """Return a file as the loader finds it."""
        return next(f for f in find_files(SOURCE, self.landing).files if f.file_name == name)

    def hold(self, file: LandingFile) -> None:
        """Land a file and put it into quarantine."""
        batch = self.loader.land(file)
        assert batch is not None
        self.loader.quarantine(batch, ["odd"])

    def expect(self, rows: list[Row], turn: int) -> None:
        """Take in the rows of a file, one after the other."""
        for line, (key, cursor, value) in enumerate(rows):
            rank = CURSORS[cursor] if self.table == "orders" else 0, turn, line
            if key not in self.expected or rank > self.expected[key][0]:
                self.expected[key] = rank, value

    def accept(self, file: LandingFile) -> None:
        """Land and accept a file; what it brings stands in raw under a number above all before."""
        highest = self.number("select coalesce(max(_batch_id), 0)")
        batch = self.loader.land(file)
        assert batch is not None
        result = self.loader.accept(batch)
        assert batch.batch_id > highest
        brought = self.number(f"select count(*) filter (where _batch_id = {batch.batch_id})")
        assert brought == result.inserted_count + result.replaced_count
        assert brought + result.superseded_count == batch.record_count

    def number(self, query: str) -> int:
        """Return the number that a query of the raw table begins to ask for."""
        return int(self.connection.execute(f"{query} from {self.raw}").fetchall()[0][0])

    @property
    def raw(self) -> str:
        """The raw table."""
        return f"raw_canonical.{self.table}"

    def is_as_expected(self) -> bool:
        """Whether raw holds what it should."""
        rows = self.connection.execute(f"select {', '.join(COLUMNS[self.table])} from {self.raw}")
        return dict(rows.fetchall()) == {key: row[1] for key, row in self.expected.items()}


def some_rows(random: Random, file_number: int) -> list[Row]:
    """Draw rows of few keys and few cursors, so that most of them meet another."""
    return [
        (f"k{random.randrange(5)}", random.choice(list(CURSORS)), f"{file_number}.{number}")
        for number in range(random.randint(1, 6))
    ]


def some_content(random: Random, number: int, contents: dict[str, list[list[Row]]]) -> str:
    """Draw a file: of a new name, of a known name anew, or of a known name as it was before."""
    names = sorted(contents)
    name = f"{random.randrange(100)}_{number}.jsonl"
    if names and random.random() < 0.4:
        name = random.choice(names)
    known = contents.setdefault(name, [])
    is_back = len(known) > 1 and random.random() < 0.6
    known.append(known[-2] if is_back else some_rows(random, number))
    return name


@pytest.mark.promise("order", "random files of one table")
def test_raw_holds_what_a_reading_row_by_row_gives(tmp_path: Path, figures: Figures) -> None:
    for sequence in range(size(full=150, short=5)):
        random = chance("files", sequence)
        desk = Desk(tmp_path / str(sequence), random.choice(list(COLUMNS)))
        contents: dict[str, list[list[Row]]] = {}
        held: dict[int, tuple[str, list[Row]]] = {}
        for turn in range(10):
            # A file that is held comes late, and takes the turn that it would have had.
            if held and random.random() < 0.4:
                held_turn = random.choice(list(held))
                load(desk, *held.pop(held_turn), held_turn)
            if random.random() < 0.2:
                held[turn] = f"{desk.table}_held_{turn}.jsonl", some_rows(random, turn)
                desk.hold(desk.write(*held[turn]))
                figures.add(held=1)
                continue
            name = some_content(random, turn, contents)
            rows = contents[name][-1]
            file = desk.write(f"{desk.table}_{name}", rows)
            if random.random() < 0.2:
                break_off(desk, file)
                figures.add(acceptances_broken_off=1)
            load(desk, file.file_name, rows, turn)
            figures.add(files=1, rows=len(rows), brought_back=rows in contents[name][:-1])
        for turn in list(held):
            load(desk, *held.pop(turn), turn)
        for replayed in find_files(SOURCE, desk.landing).files:
            assert desk.loader.land(replayed) is None
            figures.add(replays=1)
        figures.add(sequences_of_files=1)
        desk.connection.close()


def load(desk: Desk, name: str, rows: list[Row], turn: int) -> None:
    """Accept a file that lies there, and compare."""
    desk.accept(desk.file(name))
    desk.expect(rows, turn)
    assert desk.is_as_expected(), f"{desk.landing}, turn {turn}"


def break_off(desk: Desk, file: LandingFile) -> None:
    """Let a file's acceptance fail in its middle, and the night with it."""
    batch = desk.loader.land(file)
    assert batch is not None
    desk.connection.execute("alter table quality.rejects rename to hidden")
    with pytest.raises(duckdb.CatalogException):
        desk.loader.accept(batch)
    desk.connection.execute("alter table quality.hidden rename to rejects")
    assert desk.is_as_expected(), desk.landing
    desk.connection.close()
    desk.open()
