"""One fuzzed file through the loader, and the judgement of what became of it."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from faults.fuzzing import csv_fuzz, json_fuzz, parquet_fuzz, plain
from faults.fuzzing.files import FuzzedFile, Piece
from faults.fuzzing.plain import Record
from faults.scale import chance
from loyalty.declarations import SourceDeclaration
from loyalty.landing import LandedBatch, LandingFile, Loader, find_files
from loyalty.warehouse import SYSTEM_TABLES

MAKERS: dict[str, Any] = {"csv": csv_fuzz, "jsonl": json_fuzz, "parquet": parquet_fuzz}


def make_file(number: object, source: SourceDeclaration, table_name: str = "") -> FuzzedFile:
    """Return the fuzzed file of a number, always the same; of any table where none is named."""
    luck = chance("conservation", number)
    table = source.tables.get(table_name) or luck.choice(list(source.tables.values()))
    stem = table.file_pattern.replace("*", "_1")
    maker = MAKERS[luck.choices(("csv", "jsonl", "parquet"), (70, 18, 12))[0]]
    count = luck.choice((0, 1, 2, 3, luck.randrange(40), luck.randrange(40), luck.randrange(400)))
    if luck.random() < 0.2:
        file = maker.unusable_file(table, stem, count, luck)
    else:
        count = luck.randrange(2_000, 5_000) if luck.random() < 0.01 else count
        file = maker.records_file(table, stem, count, luck)
    assert isinstance(file, FuzzedFile)
    return file


def make_big_file(number: int, source: SourceDeclaration, size: int) -> FuzzedFile:
    """Return a CSV file of so many bytes, with what is hard about where readers cut it."""
    luck = chance("conservation", "big", number)
    table = luck.choice(list(source.tables.values()))
    return csv_fuzz.big_file(table, table.file_pattern.replace("*", "_1"), size, luck)


@dataclass
class Trial:
    """A loader over a warehouse in memory; files pass one after the other."""

    folder: Path
    sources: dict[str, SourceDeclaration]
    kinds: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute(SYSTEM_TABLES)
        self.loader = Loader(
            self.connection, "night", self.sources, b"a key for tests", "Europe/Stockholm"
        )
        self.loader.prepare()

    def close(self) -> None:
        self.connection.close()

    def judge(self, file: FuzzedFile) -> None:
        """Load the file and compare with its truth.

        Raises:
            AssertionError: something was lost, made up or not explained.
        """
        for old in self.folder.iterdir():
            old.unlink()
        path = self.folder / file.name
        path.write_bytes(file.packed)
        landing = find_files(self.sources[file.table.source], self.folder).files
        assert [each.table_name for each in landing] == [file.table.name]
        batch = self._land(landing[0])
        self.counts["files"] += 1
        self.kinds.update(file.kinds)
        if file.must_fail:
            assert batch.problems, f"accepted {batch.accepted_count}, to be quarantined whole"
        if batch.problems:
            assert file.must_fail or file.is_garbled, f"quarantined whole: {batch.problems}"
            self._quarantine(batch)
        elif file.is_garbled:
            assert batch.record_count == batch.accepted_count + batch.rejected_count
            self.loader.quarantine(batch, ["garbled"])
        else:
            self._accept(batch, file)

    def _land(self, file: LandingFile) -> LandedBatch:
        self.connection.execute("delete from quality.batches")
        batch = self.loader.land(file)
        assert batch is not None
        return batch

    def _quarantine(self, batch: LandedBatch) -> None:
        for problem in batch.problems:
            assert "\n" not in problem and 10 < len(problem) < 400, repr(problem)
            assert "not conserved" not in problem, problem
        assert (batch.accepted_count, batch.rejected_count) == (0, 0)
        result = self.loader.quarantine(batch, batch.problems)
        assert result.reasons == batch.problems
        self.counts["files quarantined whole"] += 1

    def _accept(self, batch: LandedBatch, file: FuzzedFile) -> None:
        raw = f'"{file.table.schema}"."{file.table.name}"'
        rows = self._rows(f"from {batch.relation} order by rowid")
        result = self.loader.accept(batch)
        rejects = self._rows(
            "select line_number, column_name, reason, record from quality.rejects "
            f"where batch_id = {batch.batch_id} order by line_number"
        )
        joined = self._rows(f"select count(*) from {raw} where _batch_id = {batch.batch_id}")
        self.connection.execute(f"delete from {raw}")
        self.connection.execute("delete from quality.rejects")
        assert joined == [(result.inserted_count,)]
        assert result.inserted_count + result.superseded_count == len(rows)
        judge_records(file, rows, rejects, self.counts)

    def _rows(self, query: str) -> list[Any]:
        return self.connection.execute(query).fetchall()


def judge_records(
    file: FuzzedFile, rows: list[Any], rejects: list[Any], counts: Counter[str]
) -> None:
    """Hold accepted rows, in file order, and rejects against the plain reader and the truth."""
    records = plain_records(file)
    by_line = {record.first_line: record for record in records}
    rejected = {reject[0] for reject in rejects}
    assert len(rejected) == len(rejects), "two rejects of one line"
    assert rejected <= set(by_line), f"rejects of no record: {sorted(rejected - set(by_line))[:5]}"
    assert len(rows) + len(rejects) == len(records), (
        f"{len(records)} records, {len(rows)} accepted, {len(rejects)} rejected"
    )
    for line, _, reason, text in rejects:
        assert reason and "\n" not in reason, f"line {line}: reason {reason!r}"
        judge_reject(by_line[line], text, file)
        piece = standing(file, by_line[line])
        assert piece is None or piece.row is None, (
            f"line {line}: good, but {reason!r}: {text[:200]}"
        )
    loaded = [record for record in records if record.first_line not in rejected]
    for record, row in zip(loaded, rows, strict=True):
        piece = standing(file, record)
        where = f"line {record.first_line}"
        if piece is None or piece.row is None:
            assert piece is None or not piece.is_spoiled, f"{where} accepted: {piece} {row}"
            judge_made_up(file, record, row, where)
            counts["records loaded as found"] += 1
        else:
            assert same(row, piece.row.typed), f"{where}:\n{row}\n{piece.row.typed}"
            counts["good records loaded"] += 1
    counts["records rejected"] += len(rejects)
    known = sum(piece.row is not None for piece in file.pieces.values())
    swallowed = known - sum(
        (piece := standing(file, record)) is not None and piece.row is not None
        for record in records
    )
    assert swallowed == 0 or "open quote" in file.kinds or "noise" in file.kinds, (
        f"{swallowed} good records are none to the plain reader: {file.kinds}"
    )
    counts["good records between stray quotes"] += swallowed


def plain_records(file: FuzzedFile) -> list[Record]:
    if file.text_format == "csv":
        return plain.read_csv(file.content).records
    if file.text_format == "jsonl":
        return list(plain.read_lines(file.content))
    return [Record(row, row, b"", []) for row in file.pieces]


def standing(file: FuzzedFile, record: Record) -> Piece | None:
    """Return what the maker put where the record is, if it is that and nothing else."""
    piece = file.pieces.get(record.first_line)
    if (
        record.values is None
        or piece is None
        or record.first_line + piece.body.count(b"\n") != record.last_line
    ):
        return None
    return piece


def judge_reject(record: Record, text: str, file: FuzzedFile) -> None:
    """The reject keeps the record's whole text; bytes that are not UTF-8 as \\xE9."""
    if file.text_format == "parquet":
        assert text.startswith("{"), text
        return
    try:
        kept, expected = text.encode(), record.text.decode().encode()
    except UnicodeDecodeError:
        kept = re.sub(rb"\\x([0-9A-F]{2})", lambda m: bytes.fromhex(m[1].decode()), text.encode())
        expected = record.text
    assert kept == expected, f"line {record.first_line}: {text[:500]!r} of {record.text[:500]!r}"


def judge_made_up(file: FuzzedFile, record: Record, row: Any, where: str) -> None:
    """No text of a loaded row may be anything but a value of its record."""
    if file.text_format != "csv":
        return
    assert record.values is not None, f"{where}: broken, but loaded as {row}"
    values = {value.decode(errors="replace") for value in record.values}
    texts = {item for item in row if isinstance(item, str)}
    assert texts <= values, f"{where}: {texts - values} is not in the record"


def same(row: Any, typed: Any) -> bool:
    return len(row) == len(typed) and all(
        found == expected and isinstance(found, bool) == isinstance(expected, bool)
        for found, expected in zip(row, typed, strict=True)
    )
