"""Gates stop what is wrong, let pass what is ordinary, and stop the night when they fail."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

import expectations.marts
import expectations.raw
from faults import days, defects, houses
from faults.broken_gate import TROUBLES, broken
from faults.daily import make_daily_shop
from faults.defects import DEFECTS, Defect, Draw
from faults.figures import REPOSITORY, Figures
from faults.gate_house import NIGHTS, GateHouse
from faults.houses import night
from faults.scale import chance, is_full, size
from loyalty import publication
from loyalty.errors import BuildError, GateStop, MartsStop
from loyalty.gates import GateReport
from loyalty.landing import SYNTHETIC_MARKER
from loyalty.pipeline.request import NightRequest
from loyalty.pipeline.run import Night
from loyalty.warehouse import Warehouse

PLANTED = [defect for defect in DEFECTS if defect.change]
TABLES = [(source, table) for source, tables in days.ROWS.items() for table in tables]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GateHouse]:
    house = GateHouse(tmp_path_factory.mktemp("gates"))
    house.live_through(NIGHTS)
    yield house
    house.close()


def test_the_page_shows_what_is_specified() -> None:
    assert defects.page() == defects.PAGE.read_text(encoding="utf-8"), (
        "write it anew: PYTHONPATH=.:tests python -m faults.defects"
    )
    assert len(DEFECTS) >= 60
    assert len({(each.source, each.table, each.name) for each in DEFECTS}) == len(DEFECTS)


def named(defect: Defect) -> str:
    return f"{defect.source}.{defect.table}: {defect.name}"


@pytest.mark.promise("gates", "seeded defects, one file each")
def test_each_defect_is_stopped_or_told_as_specified(house: GateHouse, figures: Figures) -> None:
    tried = PLANTED if is_full() else chance("defects").sample(PLANTED, 24)
    wrong = []
    for defect in tried:
        for time in range(size(full=5, short=1)):
            batch = land(house, defect, time)
            with house.judged(batch) as report:
                wrong += [
                    f"{named(defect)}, time {time}: {each}" for each in unlike(defect, report)
                ]
            figures.add(defects_planted=1, **{f"{defect.outcome}_as_specified": 1})
    figures.add(kinds_of_defect=len(tried))
    assert not wrong, "\n".join(wrong)


def land(house: GateHouse, defect: Defect, time: int) -> object:
    """Land the next night's export of the defect's table, damaged."""
    number = house.next_night(defect.source, defect.table)
    house.clean_day(defect.source, defect.table, number)
    assert defect.change
    query = defect.change(Draw(chance(named(defect), time)))
    name = days.file_name(defect.source, defect.table, number)
    return house.land(defect.source, defect.table, name, query, defect.copy)


def unlike(defect: Defect, report: GateReport) -> list[str]:
    """Return in what a verdict differs from the one that is specified."""
    stops = {result.expectation for result in report.critical_failures}
    tells = {result.expectation for result in report.warnings}
    if defect.outcome == "stopped":
        return [] if defect.check in stops else [f"not stopped by {defect.check}: {stops} {tells}"]
    trouble = [f"not told by {defect.check}: {tells}"] if defect.check not in tells else []
    return trouble + ([f"stopped: {report.critical_failures}"] if stops else [])


@pytest.mark.promise("gates", "the same files without a defect")
def test_a_clean_file_is_not_stopped(house: GateHouse, figures: Figures) -> None:
    wrong = []
    tables = TABLES if is_full() else chance("clean files").sample(TABLES, 8)
    # Night by night, each file accepted: what the next one points at has to be there.
    for source, table in tables * size(full=5, short=1):
        number = house.next_night(source, table)
        name = days.file_name(source, table, number)
        report = house.lived(house.land(source, table, name, days.rows(source, table, number)))
        wrong += [result.message for result in report.critical_failures]
        figures.add(clean_files=1, false_stops=0, expectations_that_told=len(report.warnings))
    assert not wrong, "\n".join(wrong)


@pytest.mark.promise("gates", "a feed that is frozen")
def test_what_is_specified_of_a_frozen_feed(tmp_path: Path, figures: Figures) -> None:
    feed = Feed(tmp_path)
    for number in range(1, 5):
        assert feed.night(number, days.rows("canonical", "orders", number)) == ""
    same = days.rows("canonical", "orders", 4)
    turned = [f"select * from ({same}) order by hash(order_id || {night})" for night in (5, 6, 7)]
    said = [feed.night(number, query) for number, query in zip((5, 6, 7), turned, strict=True)]
    assert said[:2] == ["", ""], "corrections may look like this for a while"
    assert "is not frozen" in said[2]
    figures.add(frozen_feeds=1, stopped_as_specified=1)


@pytest.mark.promise("gates", "yesterday's file under a new name")
def test_what_is_specified_of_yesterdays_file(tmp_path: Path, figures: Figures) -> None:
    feed = Feed(tmp_path)
    for number in range(1, 5):
        assert feed.night(number, days.rows("canonical", "orders", number)) == ""
    same = days.rows("canonical", "orders", 4)
    for number in (5, 6):
        assert feed.night(number, same) == ""
        assert "new_content" in feed.told, "a new name that brings nothing new is told"
    assert "the feed is frozen: 3 nights" in feed.night(7, same)
    assert feed.night(8, days.rows("canonical", "orders", 8)) == "", "it moves again"
    figures.add(yesterdays_files=3, told_as_specified=2, stopped_as_specified=1)


class Feed:
    """One table that brings a file a night; the nights load it and go no further."""

    def __init__(self, folder: Path) -> None:
        self.landing = folder / "landing"
        self.landing.mkdir()
        (self.landing / SYNTHETIC_MARKER).write_text("made up\n", encoding="utf-8")
        self.house = Warehouse(folder / "warehouse")
        self.told: set[str] = set()

    def night(self, number: int, query: str) -> str:
        """Land a file and load it; return why the gate stopped it, empty where it did not."""
        name = days.file_name("canonical", "orders", number)
        duckdb.execute(f"copy ({query}) to '{self.landing / name}' (format csv, header)")
        with Night(NightRequest(self.house, {"canonical": self.landing})) as one:
            try:
                one.load()
            except GateStop as stop:
                return str(stop)
            finally:
                found = [result for report in one.report.gates for result in report.warnings]
                self.told = {result.expectation for result in found}
        return ""


@pytest.mark.promise("gates", "clean nights with ordinary variation")
def test_clean_nights_are_not_stopped(tmp_path: Path, figures: Figures) -> None:
    shop = make_daily_shop(
        tmp_path / "shop",
        customers=size(full=2500, short=400),
        nights=size(full=60, short=3),
        # Black Friday, Christmas and the quiet days after it lie among the sixty.
        last_night=date(2026, 1, 15),
        seed=chance("clean nights").randrange(10**6),
    )
    house = Warehouse(tmp_path / "warehouse")
    stops = []
    for number, folder in enumerate((shop.history, *shop.nights)):
        is_whole = is_full() and number % 6 == 0
        with Night(NightRequest(house, {"canonical": folder})) as one:
            try:
                one.load()
                if is_whole:
                    one.build()
                    one.check()
                    one.publish()
            except GateStop as stop:
                stops.append(f"{folder.name}: {stop}")
            told = sum(len(report.warnings) for report in one.report.gates)
            figures.add(
                clean_nights=1,
                whole_ones=int(is_whole),
                files=len(one.report.files),
                false_stops=0,
                expectations_that_told=told,
            )
    assert not stops, "\n".join(stops)


@pytest.fixture(scope="module")
def built(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a landing folder of its own and a warehouse that has published it."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(shop, folder / "landing")
    night(Warehouse(folder / "warehouse"), folder / "landing")
    return folder


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(built, tmp_path / "copy", symlinks=True))


def land_again(copy: Path, table: str, name: str, columns: str, where: str = "true") -> None:
    """Land rows of a table again, with some columns replaced."""
    with duckdb.connect() as database:
        database.execute(
            f"copy (select * replace ({columns}) from "
            f"read_csv('{copy}/landing/{table}.csv*', all_varchar = true) where {where}) "
            f"to '{copy}/landing/{name}.csv' (format csv, header)"
        )


def generations(copy: Path) -> list[str]:
    return publication.generation_names(Warehouse(copy / "warehouse"))


SAID = {"raises": "the gate broke", "hangs": "did not end within", "nothing": "no results"}


@pytest.mark.promise("gates", "each gate broken in a night")
@pytest.mark.parametrize("gate", ["raw", "marts"])
def test_a_gate_that_fails_publishes_nothing(
    copy: Path, figures: Figures, gate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures.trial += f": {gate}"
    before = houses.content(Warehouse(copy / "warehouse"))
    # Something new, so that there is something to check; no fact is counted against it.
    land_again(copy, "customers", "customers_new", "customer_id || 'x' as customer_id")
    for trouble in TROUBLES:
        with monkeypatch.context() as patched:
            module = expectations.raw if gate == "raw" else expectations.marts
            patched.setattr(module, "suite" if gate == "raw" else "suites", broken(gate, trouble))
            patched.setenv("LOYALTY_GATE_SECONDS", "1" if trouble == "hangs" else "300")
            with pytest.raises(GateStop, match=SAID[trouble]) as stopped, as_night(copy) as one:
                one.load()
                # The marts stand as the night before built them.
                one.check()
        assert stopped.value.exit_status == 3
        assert len(generations(copy)) == 1
        figures.add(broken_gates=1, publications=0)
    assert houses.content(Warehouse(copy / "warehouse")) == before
    with as_night(copy) as one:
        one.load()
        one.check()
    figures.add(nights_that_were_fine_after_it=1)


def as_night(copy: Path) -> Night:
    return Night(NightRequest(Warehouse(copy / "warehouse"), {"canonical": copy / "landing"}))


@pytest.mark.skipif(not is_full(), reason="whole nights")
@pytest.mark.promise("gates", "each gate broken in a whole night of its own process")
@pytest.mark.parametrize("gate", ["raw", "marts"])
def test_a_command_whose_gate_fails_ends_with_3(copy: Path, figures: Figures, gate: str) -> None:
    figures.trial += f": {gate}"
    before = houses.content(Warehouse(copy / "warehouse"))
    land_again(copy, "customers", "customers_new", "customer_id || 'x' as customer_id")
    for trouble in TROUBLES:
        ran = run_broken(copy, gate, trouble)
        assert ran.returncode == 3, ran.stderr
        assert SAID[trouble] in ran.stdout + ran.stderr
        assert houses.content(Warehouse(copy / "warehouse")) == before
        figures.add(broken_gates=1, publications=len(generations(copy)) - 1)
    night(Warehouse(copy / "warehouse"), copy / "landing")
    assert len(generations(copy)) == 2
    figures.add(nights_that_were_fine_after_it=1)


def run_broken(copy: Path, gate: str, trouble: str) -> subprocess.CompletedProcess[str]:
    words = houses.night_command(Warehouse(copy / "warehouse"), copy / "landing")[1:]
    # Time enough to import what the gate needs; what hangs, hangs for an hour.
    environment = {**os.environ, "LOYALTY_GATE_SECONDS": "20" if trouble == "hangs" else "300"}
    environment["PYTHONPATH"] = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "tests")])
    return subprocess.run(
        [sys.executable, "-m", "faults.broken_gate", gate, trouble, *words],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=environment,
    )


@pytest.mark.skipif(not is_full(), reason="whole nights")
@pytest.mark.promise("gates", "defects that only a whole night shows")
def test_what_is_specified_of_defects_behind_gate_1(copy: Path, figures: Figures) -> None:
    for defect, trial in WHOLE_NIGHTS.items():
        spec = next(each for each in DEFECTS if each.name == defect)
        folder = Path(shutil.copytree(copy, copy.parent / spec.check, symlinks=True))
        trial(folder, spec)
        figures.add(defects_planted=1, **{f"{spec.outcome}_as_specified": 1})


def a_key_twice(copy: Path, spec: Defect) -> None:
    change_build(copy, "insert into raw_canonical.orders from raw_canonical.orders limit 3")
    with pytest.raises(BuildError, match=spec.check):
        night(Warehouse(copy / "warehouse"), copy / "landing", is_full_refresh=True)
    assert len(generations(copy)) == 1


def rows_lost(copy: Path, spec: Defect) -> None:
    change_build(copy, "delete from raw_canonical.orders where hash(order_id) % 20 = 0")
    land_again(copy, "customers", "customers_new", "customer_id || 'x' as customer_id", "true")
    stops_at_gate_2(copy, spec)


def dates_of_the_export(copy: Path, spec: Defect) -> None:
    with duckdb.connect() as database:
        newest = database.execute(
            "select max(try_cast(left(ordered_at, 19) as timestamp))::varchar "
            f"from read_csv('{copy}/landing/orders.csv', all_varchar = true)"
        ).fetchall()[0][0]
    columns = f"'{newest}' as ordered_at, '{newest}' as updated_at"
    land_again(copy, "orders", "orders_again", columns, "hash(order_id) % 10 < 7")
    stops_at_gate_2(copy, spec)


def answers_turned(copy: Path, spec: Defect) -> None:
    # A month's total is reported, and held against the one before, where its base is large enough.
    larger = copy.with_name("larger")
    houses.make_shop(larger / "landing", customers=1500)
    night(Warehouse(larger / "warehouse"), larger / "landing")
    turned = "(scale_max::double + scale_min::double - score::double)::varchar as score"
    land_again(larger, "survey_answers", "survey_answers_again", turned)
    with as_night(larger) as one:
        one.load()
        one.build()
        one.check()
        one.publish()
        told = {result.expectation for report in one.report.gates for result in report.warnings}
    assert spec.check in told
    assert len(generations(larger)) == 2


def stops_at_gate_2(copy: Path, spec: Defect) -> None:
    with (
        pytest.raises(MartsStop),
        as_night(copy) as one,
    ):
        one.load()
        one.build()
        one.check()
    stops = {result.expectation for result in one.report.gates[-1].critical_failures}
    assert spec.check in stops
    assert len(generations(copy)) == 1


def change_build(copy: Path, statement: str) -> None:
    with Warehouse(copy / "warehouse").connect() as connection:
        connection.execute(statement)


WHOLE_NIGHTS = {
    "a key twice in raw": a_key_twice,
    "rows lost from raw behind the ledger's back": rows_lost,
    "ordered_at overwritten by the time of the export": dates_of_the_export,
    "a closed month's answers turned round": answers_turned,
}
