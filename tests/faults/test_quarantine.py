"""Held batches get out, and the content is what it would have been without the delay."""

import csv
import json
import random
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from faults.figures import Figures
from faults.held_back import Held, Nights, sequence
from faults.houses import content, night
from faults.scale import chance, is_full, size
from loyalty import quarantine
from loyalty.cli import app
from loyalty.declarations import read_declarations
from loyalty.errors import GateStop
from loyalty.gates import ExpectationResult, GateReport
from loyalty.pipeline import run as runs
from loyalty.pipeline.request import NightRequest
from loyalty.pipeline.run import Night
from loyalty.warehouse import Warehouse

Patch = pytest.MonkeyPatch
OneNight = Callable[[Warehouse, Path], None]
RAW = ("web_sessions", "survey_answers", "orders")
PASSED = (ExpectationResult("any", "critical", True, "as it should be"),)


def command(house: Warehouse, *words: object) -> str:
    """Run `loyalty quarantine …` in this process and return what it prints."""
    given = [*map(str, words), "--warehouse", str(house.folder)]
    result = CliRunner().invoke(app, ["quarantine", *given])
    assert result.exit_code == 0, result.output + str(result.exception)
    return result.output


def number_of(house: Warehouse, name: str) -> int:
    with quarantine.opened(house) as ledger:
        (found,) = [batch for batch in quarantine.batches(ledger) if batch.file_name == name]
    return found.batch_id


def everything_passes(patch: Patch) -> None:
    patch.setattr(
        runs.gates,
        "check_batch",
        lambda _connection, _night_id, batch, _limit: GateReport(
            "raw", "suite", PASSED, batch.batch_id
        ),
    )


class Play:
    """A sequence of nights over one warehouse: files come, are held, are resolved."""

    def __init__(self, house: Warehouse, landing: Path, drawn: Nights, figures: Figures) -> None:
        self.house, self.landing, self.drawn, self.figures = house, landing, drawn, figures

    def run(self, one_night: OneNight) -> None:
        """Play every night; each one stops for just as long as something is held."""
        waiting: list[Held] = []
        for number in range(1, self.drawn.last_night + 1):
            for held in [held for held in waiting if held.resolved == number]:
                self._resolve(held)
                waiting.remove(held)
            self._let_come(number)
            new = [held for held in self.drawn.held if held.night == number]
            away = [held for held in waiting if held.way == "taken away"]
            for held in away:
                (self.landing / held.name).unlink(missing_ok=True)
            waiting += new
            is_to_stop = any(held in new or held.way != "taken away" for held in waiting)
            self._play_one(one_night, is_to_stop)
        assert not waiting

    def _let_come(self, number: int) -> None:
        for name, text in self.drawn.clean.get(number, {}).items():
            (self.landing / name).write_bytes(text)
        for held in self.drawn.held:
            if held.night == number:
                (self.landing / held.name).write_bytes(held.bad)

    def _play_one(self, one_night: OneNight, is_to_stop: bool) -> None:
        try:
            one_night(self.house, self.landing)
            has_stopped = False
        except GateStop as stop:
            has_stopped = True
            assert "loyalty quarantine show" in str(stop), stop
        assert has_stopped == is_to_stop
        self.figures.add(nights=1, nights_stopped=int(has_stopped))

    def _resolve(self, held: Held) -> None:
        self.figures.add(**{f"batches_{held.way.replace(' ', '_')}": 1})
        path = self.landing / held.name
        if held.way in ("corrected", "taken away"):
            assert held.good is not None
            path.write_bytes(held.good)
            return
        number = number_of(self.house, held.name)
        if held.way == "released":
            path.unlink()
            self.figures.add(landing_files_gone_before_release=1)
            assert "the next night loads" in command(self.house, "release", number)
        else:
            command(self.house, "discard", number, "--reason", "a trial")


def write_all(landing: Path, files: dict[str, bytes]) -> Path:
    for name, text in files.items():
        (landing / name).write_bytes(text)
    return landing


@pytest.mark.promise("quarantine", "whole nights, published content against files clean on time")
def test_late_is_as_on_time(
    shop: Path, tmp_path: Path, monkeypatch: Patch, figures: Figures
) -> None:
    base = Warehouse(tmp_path / "base")
    landed = shutil.copytree(shop, tmp_path / "base_landing")
    volume = write_all(landed, volume_family("web_sessions", landed))
    # In a short run nothing is published before; then every model is built once only.
    base.prepare()
    if is_full():
        night(base, volume)
    for number in range(size(full=6, short=1)):
        room = tmp_path / str(number)
        house = Warehouse(shutil.copytree(base.folder, room / "warehouse", symlinks=True))
        landing = shutil.copytree(landed, room / "landing")
        drawn = sequence(
            chance("late", number),
            shop,
            nights=size(full=3, short=1),
            files=size(full=10, short=4),
            longest_wait=size(full=3, short=0),
        )
        # Real: on that day hardly anybody came.
        drop = few_rows("web_sessions", landed)
        drawn.held.append(Held("web_sessions_v9.csv", "volume", "released", 1, 2, drop, drop))
        Play(house, landing, drawn, figures).run(night)

        on_time = Warehouse(room / "on_time")
        final = write_all(shutil.copytree(landed, room / "final"), drawn.final())
        with monkeypatch.context() as patch:
            everything_passes(patch)
            night(on_time, final)
        expected = content(on_time)
        assert content(house) == expected
        figures.add(sequences=1, marts_equal=len(expected))
        shutil.rmtree(room)


def volume_family(table: str, landing: Path) -> dict[str, bytes]:
    """Six files of a kind, of the usual size."""
    header, *lines = (landing / f"{table}.csv").read_text().splitlines()
    return {
        f"{table}_v{number}.csv": "\n".join(
            [header, *(f"V{number}{line}" for line in lines[number * 10 : number * 10 + 130]), ""]
        ).encode()
        for number in range(1, 7)
    }


def few_rows(table: str, landing: Path) -> bytes:
    header, *lines = (landing / f"{table}.csv").read_text().splitlines()
    return "\n".join([header, *(f"V9{line}" for line in lines[:9]), ""]).encode()


@pytest.fixture
def gate_by_name(monkeypatch: Patch) -> Iterator[set[str]]:
    """A gate 1 that holds the contents it is told to, and costs nothing."""
    bad: set[str] = set()

    def check(connection: Any, night_id: str, batch: Any, _limit: float) -> GateReport:
        is_bad = bool(batch.problems) or batch.fingerprint in bad
        results = (ExpectationResult("any", "critical", not is_bad, "held by the trial"),)
        return GateReport("raw", "suite", results, batch.batch_id)

    monkeypatch.setattr(runs.gates, "check_batch", check)
    monkeypatch.setattr(runs.gates, "write_data_docs", lambda *_: "page")
    yield bad


def load(house: Warehouse, landing: Path) -> None:
    with Night(NightRequest(house, {"canonical": landing})) as one:
        one.load()


def raw(house: Warehouse) -> dict[str, list[Any]]:
    """Every row of the raw tables, but for the number of its batch and when it was loaded."""
    with house.connect() as connection:
        return {
            table: connection.execute(
                f"select * exclude (_batch_id, _loaded_at) from raw_canonical.{table} order by all"
            ).fetchall()
            for table in RAW
        }


@pytest.mark.promise("quarantine", "loading alone, raw rows against files clean on time")
def test_rows_late_are_as_on_time(
    shop: Path, tmp_path: Path, gate_by_name: set[str], monkeypatch: Patch, figures: Figures
) -> None:
    for number in range(size(full=40, short=1)):
        room = tmp_path / str(number)
        house, landing = Warehouse(room / "warehouse"), room / "landing"
        landing.mkdir(parents=True)
        for table in RAW:
            shutil.copy(shop / f"{table}.csv", landing)
        shutil.copy(shop / "SYNTHETIC_DATA.md", landing)
        final = shutil.copytree(landing, room / "final")
        draw = chance("rows", number)
        drawn = sequence(draw, shop, nights=draw.randint(1, 4), files=draw.randint(4, 14))
        gate_by_name |= {sha256(held.bad).hexdigest() for held in drawn.held}
        Play(house, landing, drawn, figures).run(load)

        on_time = Warehouse(room / "on_time")
        write_all(final, drawn.final())
        with monkeypatch.context() as patch:
            everything_passes(patch)
            load(on_time, final)
        rows = raw(on_time)
        assert raw(house) == rows
        figures.add(sequences=1, rows_equal=sum(map(len, rows.values())))
        shutil.rmtree(room)


MASKED = ("customers", "orders", "survey_answers", "memberships", "support_cases")


def marked(draw: random.Random, shop: Path, table: str) -> tuple[list[str], list[list[str]], list]:
    """Return header, rows and the markers that stand in the rows' sensitive columns."""
    columns = read_declarations()["canonical"].tables[table].columns
    sensitive = {column.name: column.sensitive for column in columns if column.sensitive}
    header = [column.name for column in columns]
    markers, rows = [], []
    for record in known_records(shop, table)[:20]:
        row = []
        for name in header:
            value = record.get(name) or ""
            if name in sensitive:
                marker = f"{draw.choice(['Mq', 'Zk'])}{draw.randrange(10**7, 10**8)}"
                markers.append(marker)
                value = {
                    "email": f"{marker}@example.com",
                    "customer_key": marker,
                    "personal": f'{marker}, Anna "{marker}" x',
                }[sensitive[name]]
            row.append(value)
        rows.append(row)
    return header, rows, markers


def known_records(shop: Path, table: str) -> list[dict[str, Any]]:
    path = shop / f"{table}.csv"
    if path.exists():
        with path.open(newline="") as file:
            return list(csv.DictReader(file))
    lines = (shop / f"{table}.jsonl").read_text().splitlines()
    return [
        {name: None if value is None else str(value) for name, value in json.loads(line).items()}
        for line in lines
    ]


def quoted(row: list[str]) -> str:
    return ",".join('"' + v.replace('"', '""') + '"' if '"' in v or "," in v else v for v in row)


def spoilt(draw: random.Random, header: list[str], rows: list[list[str]], dated: int) -> str:
    """Return a CSV text in which some records are wrong in ways that move values about."""
    lines = [quoted(header)]
    for row in rows:
        how = draw.randrange(9)
        if how == 0:
            line = ",".join(row)  # quotes forgotten
        elif how == 1:
            line = quoted(row[1:] + row[:1])  # slipped aside, the count is right
        elif how == 2:
            line = quoted([*row[:1], *row])
        elif how == 3:
            line = quoted(row[:-2])
        elif how == 4:
            line = quoted(row).replace(",", ',"', 1)  # an open quote
        elif how == 5:
            line = quoted(row).replace(",", ";")
        elif how == 6:
            sensitive = draw.choice([value for value in row if "Mq" in value or "Zk" in value])
            line = quoted([*row[:dated], sensitive, *row[dated + 1 :]])
        elif how == 7:
            line = quoted([*row[:dated], "31/12/2025", *row[dated + 1 :]])
        else:
            line = quoted([*row[:dated], "2031-01-01T00:00:00Z", *row[dated + 1 :]])
        lines.append(line)
    text = "\n".join(lines) + "\n"
    # Now and then the header itself is lost, or made by another tool.
    return draw.choice([text] * 6 + [text.partition("\n")[2], text.replace(",", ";")])


@pytest.mark.promise("quarantine", "markers planted, searched for in what is shown and logged")
def test_no_personal_data_is_shown(
    shop: Path, tmp_path: Path, monkeypatch: Patch, figures: Figures, caplog: Any
) -> None:
    monkeypatch.setattr(runs.gates, "write_data_docs", lambda *_: "page")
    tables = read_declarations()["canonical"].tables
    house, landing = Warehouse(tmp_path / "warehouse"), tmp_path / "landing"
    landing.mkdir()
    shutil.copy(shop / "SYNTHETIC_DATA.md", landing)
    markers: list[str] = []
    count = size(full=120, short=6)
    for number in range(count):
        draw = chance("masks", number)
        table = MASKED[number % len(MASKED)]
        header, rows, planted = marked(draw, shop, table)
        dated = header.index(str(tables[table].event_timestamp))
        if draw.randrange(4):
            name, text = f"{table}_{number}.csv", spoilt(draw, header, rows, dated)
        else:
            name, text = f"{table}_{number}.jsonl", spoilt_json(draw, header, rows, dated)
        (landing / name).write_text(text)
        markers += planted
    with caplog.at_level("INFO", "loyalty"), pytest.raises(GateStop) as stop:
        load(house, landing)
    said = [str(stop.value), caplog.text, command(house, "list")]
    with quarantine.opened(house) as ledger:
        held = [batch.batch_id for batch in quarantine.batches(ledger)]
    assert len(held) > count // 2
    said += [command(house, "show", batch, "--rows", 30) for batch in held]
    text = "\n".join(said)
    assert "***" in text
    assert "Rejected records" in text
    assert "Rows to blame" in text
    lines = [line for line in text.splitlines() if any(marker in line for marker in markers)]
    assert lines == []
    figures.add(
        batches_shown=len(held), markers_planted=len(markers), lines_searched=text.count("\n")
    )


def spoilt_json(draw: random.Random, header: list[str], rows: list[list[str]], dated: int) -> str:
    lines = []
    for row in rows:
        members: Any = {name: value or None for name, value in zip(header, row, strict=True)}
        how = draw.randrange(5)
        if how == 0:
            members[header[dated]] = row[0] + " " + row[1]
        elif how == 1:
            members = list(members.values())
        elif how == 2:
            members |= {"note": " ".join(row), header[dated]: "soon"}
        elif how == 3:
            members[header[dated]] = "2031-01-01T00:00:00Z"
        line = json.dumps(members)
        lines.append(line[: len(line) // 2] if how == 4 else line)
    return "\n".join(lines) + "\n"
