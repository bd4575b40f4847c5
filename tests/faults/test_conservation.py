"""Every record of a fuzzed file is loaded or kept with a reason; no good one is lost."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from faults.figures import Figures
from faults.fuzzing.files import FuzzedFile
from faults.fuzzing.trial import Trial, make_big_file, make_file, plain_records
from faults.scale import chance, size
from loyalty.declarations import read_declarations
from loyalty.errors import GateStop
from loyalty.landing import SYNTHETIC_MARKER
from loyalty.pipeline.request import NightRequest
from loyalty.pipeline.run import Night
from loyalty.warehouse import Warehouse

SOURCES = read_declarations()
MEGABYTE = 1_000_000


def judge(trial: Trial, file: FuzzedFile, name: str, kept: Path) -> None:
    """Judge one file; keep it beside what is wrong with it."""
    try:
        trial.judge(file)
    except Exception as problem:
        (kept / file.name).write_bytes(file.packed)
        raise AssertionError(f"{name}, {file.name} in {kept}, {sorted(file.kinds)}") from problem


@pytest.mark.promise("conservation", "fuzzed files through the loader")
def test_no_record_of_a_fuzzed_file_is_lost(tmp_path: Path, figures: Figures) -> None:
    (tmp_path / "landing").mkdir()
    trial = Trial(tmp_path / "landing", SOURCES)
    for number in range(size(full=2_400, short=110)):
        source = chance("source", number).choice(list(SOURCES.values()))
        judge(trial, make_file(number, source), f"file {number}", tmp_path)
    trial.close()
    figures.add(**{name.replace(" ", "_"): count for name, count in trial.counts.items()})
    figures.add(kinds_of_spoiling=len(trial.kinds))


@pytest.mark.promise("conservation", "files of many blocks, spoiled where readers cut them")
def test_no_record_is_lost_where_blocks_end(tmp_path: Path, figures: Figures) -> None:
    (tmp_path / "landing").mkdir()
    trial = Trial(tmp_path / "landing", SOURCES)
    for number in range(size(full=24, short=2)):
        megabytes = 80 if number % 12 == 11 else 18
        file = make_big_file(number, SOURCES["canonical"], megabytes * MEGABYTE)
        judge(trial, file, f"big file {number}", tmp_path)
        figures.add(megabytes=len(file.content) // MEGABYTE)
    trial.close()
    figures.add(**{name.replace(" ", "_"): count for name, count in trial.counts.items()})


@pytest.mark.promise("conservation", "nights over fuzzed folders")
def test_a_night_accounts_for_every_file(tmp_path: Path, figures: Figures) -> None:
    for number in range(size(full=10, short=1)):
        folder = tmp_path / str(number)
        files = fuzzed_folder(folder / "landing", number)
        request = NightRequest(
            Warehouse(folder / "warehouse"), {"canonical": folder / "landing"}, date(2025, 6, 1)
        )
        with Night(request) as night:
            stopped = False
            try:
                night.load()
            except GateStop as stop:
                stopped = True
                assert "\n" not in str(stop)
            found = account(night, files)
            assert stopped == bool(found["files quarantined"])
        figures.add(nights=1, **{name.replace(" ", "_"): count for name, count in found.items()})


def fuzzed_folder(folder: Path, number: int) -> list[FuzzedFile]:
    """Land a fuzzed file for each table of the canonical source."""
    folder.mkdir(parents=True)
    (folder / SYNTHETIC_MARKER).touch()
    source = SOURCES["canonical"]
    files = [make_file(f"night {number} {name}", source, name) for name in source.tables]
    for file in files:
        (folder / file.name).write_bytes(file.packed)
    return files


def account(night: Night, files: list[FuzzedFile]) -> Counter[str]:
    """Hold the night's ledger, raw and rejects against what plain readers find in the files."""
    found: Counter[str] = Counter(files=len(files))
    connection = night.connection
    batches = connection.execute(
        """
        select
            file_name, batch_id, status, record_count, accepted_count, rejected_count,
            inserted_count, superseded_count, reasons
        from quality.batches
        """
    ).fetchall()
    assert sorted(row[0] for row in batches) == sorted(file.name for file in files)
    by_name = {row[0]: row[1:] for row in batches}
    for file in files:
        batch, status, records, accepted, rejected, inserted, superseded, reasons = by_name[
            file.name
        ]
        raw = connection.execute(
            f"select count(*) from {file.table.schema}.{file.table.name} where _batch_id = ?",
            [batch],
        ).fetchall()
        assert raw == [(inserted,)]
        if status == "quarantined":
            assert inserted == 0
            assert reasons and all(reason and "\n" not in reason for reason in reasons)
            found["files quarantined"] += 1
            continue
        assert not file.must_fail
        assert accepted + rejected == records
        assert file.is_garbled or records == len(plain_records(file))
        assert inserted + superseded == accepted
        rejects = connection.execute(
            "select count(*) from quality.rejects where batch_id = ? and reason is not null",
            [batch],
        ).fetchall()
        assert rejects == [(rejected,)]
        found.update({"records loaded": accepted, "records rejected": rejected})
    return found
