"""Gates stop what is wrong, let pass what is ordinary, and stop the night when they fail."""

from collections.abc import Iterator

import pytest

from faults import days, defects
from faults.defects import DEFECTS, Defect, Draw
from faults.figures import Figures
from faults.gate_house import NIGHTS, GateHouse
from faults.scale import chance, is_full, size
from loyalty.gates import GateReport

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
    tried = PLANTED if is_full() else chance("defects").sample(PLANTED, 30)
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
    night = house.next_night(defect.source, defect.table)
    house.clean_day(defect.source, defect.table, night)
    assert defect.change
    query = defect.change(Draw(chance(named(defect), time)))
    name = days.file_name(defect.source, defect.table, night)
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
    for source, table in TABLES:
        first = house.next_night(source, table)
        for night in range(first, first + size(full=5, short=1)):
            name = days.file_name(source, table, night)
            batch = house.land(source, table, name, days.rows(source, table, night))
            with house.judged(batch) as report:
                wrong += [result.message for result in report.critical_failures]
                figures.add(
                    clean_files=1, false_stops=0, expectations_that_told=len(report.warnings)
                )
    assert not wrong, "\n".join(wrong)
