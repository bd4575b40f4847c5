"""The order of a night and its ledger; loading, building and checking are played by stand-ins."""

import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from dateutil.parser import ParserError, parse

from loyalty import landing, notifications, publication, signals
from loyalty.build.dbt_runs import BuildReport
from loyalty.declarations import read_declarations
from loyalty.errors import (
    BuildError,
    GateStop,
    LoyaltyError,
    PublicationError,
    TakenOverError,
    UsageError,
    WarehouseLockedError,
)
from loyalty.pipeline import as_of
from loyalty.pipeline import run as runs
from loyalty.pipeline.request import NightRequest
from loyalty.pipeline.run import Night, run_night
from loyalty.warehouse import Warehouse

MARTS = """
    create schema if not exists indicators;
    create or replace table indicators.dim_indicators (
        indicator_id varchar, label_en varchar, display_order integer
    );
    create or replace table indicators.fct_indicator_values (
        indicator_id varchar, period_grain varchar, period_start_date date,
        segment_dimension varchar, is_partial boolean, status varchar
    )
"""
LEDGER = "select status, failed_step, message from quality.nights order by started_at, night_id"


@dataclass
class Play:
    """What the stand-ins do, and what was asked of them."""

    problems: dict[str, BaseException] = field(default_factory=dict)
    warehouse: Warehouse | None = None

    def act(self, step: str) -> None:
        if step in self.problems:
            raise self.problems[step]


class StandInLoader:
    play: Play

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, night_id: str, *_: Any, **__: Any
    ) -> None:
        self.connection, self.night_id = connection, night_id

    def prepare(self) -> None:
        for source in read_declarations().values():
            self.connection.execute(f"create schema if not exists {source.schema}")
            for table in source.tables.values():
                columns = ", ".join(f'"{c.name}" {c.data_type}' for c in table.columns)
                self.connection.execute(
                    f'create table if not exists {source.schema}."{table.name}" ({columns})'
                )

    def land(self, file: Any) -> Any:
        self.play.act("land")
        known = self.connection.execute(
            "from quality.batches where file_name = ? and status = 'accepted'", [file.file_name]
        ).fetchall()
        return None if known else SimpleNamespace(
            batch_id=1, source_id=file.source_id, table_name=file.table_name,
            file_name=file.file_name, accepted_count=997, rejected_count=3, extra_columns=["note"],
            problems=[], is_released=False,
        )  # fmt: skip

    def released(self) -> list[Any]:
        return []

    def is_discarded(self, _file: Any) -> bool:
        return False

    def known_as(self, _file: Any) -> str | None:
        return None

    def accept(self, batch: Any) -> None:
        self.connection.execute(
            "insert into raw_canonical.orders (ordered_at) values ('2026-10-31 23:30:00')"
        )
        self._write(batch, "accepted", [])

    def quarantine(self, batch: Any, reasons: list[str]) -> None:
        self._write(batch, "quarantined", reasons)

    def close_absent(self, files: list[Any], _sources: list[str]) -> None:
        names = [file.file_name for file in files]
        self.connection.execute(
            "update quality.batches set status = 'withdrawn' "
            "where status = 'quarantined' and file_name not in (select unnest(?::varchar[]))",
            [names],
        )

    def _write(self, batch: Any, status: str, reasons: list[str]) -> None:
        self.connection.execute(
            "insert into quality.batches "
            "select coalesce(max(batch_id), 0) + 1, ?, ?, ?, ?, 'csv', '', 1, 1000, 997, 3, 997, "
            "0, 0, ['note'], ?, ?, now()::timestamp, 1 from quality.batches",
            [self.night_id, batch.source_id, batch.table_name, batch.file_name, status, reasons],
        )


def report_of(*messages: str) -> Any:
    failures = [SimpleNamespace(message=message) for message in messages]
    return SimpleNamespace(critical_failures=failures, warnings=[], is_passed=not failures)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    played = Play()
    StandInLoader.play = played
    monkeypatch.setattr(landing, "Loader", StandInLoader)
    monkeypatch.setattr(landing, "hash_key", lambda *_: b"key")

    def check_batch(_connection: Any, _night_id: str, batch: Any, _limit: float) -> Any:
        return report_of(
            *(
                [f"{batch.file_name}: column order_id is missing"]
                if "bad" in batch.file_name
                else []
            )
        )

    def build(warehouse: Warehouse, night_id: str, *_: Any) -> BuildReport:
        with warehouse.connect() as connection:
            connection.execute(MARTS)
            connection.execute(
                "insert into quality.dbt_results values "
                "(?, 'test.loyalty.unique_orders.1a2b', 'test', 'warn', 3, 0.1, 'Got 3 results')",
                [night_id],
            )
        played.act("build")
        return BuildReport(
            models=2, tests=1, seconds=0.1, warnings=[], parts={"changes found": 0.05}
        )

    def check_marts(*_: Any) -> Any:
        played.act("check")
        return report_of()

    tables = [("indicators", "dim_indicators"), ("indicators", "fct_indicator_values")]
    monkeypatch.setattr(runs.gates, "check_batch", check_batch)
    monkeypatch.setattr(runs.gates, "check_marts", check_marts)
    monkeypatch.setattr(runs.gates, "write_data_docs", lambda *_: "page")
    monkeypatch.setattr(runs.transform, "build", build)
    monkeypatch.setattr(runs.transform, "published_tables", lambda: tables)
    monkeypatch.setattr(runs.transform, "published_comments", dict)
    return played


@pytest.fixture
def request_for(tmp_path: Path) -> Callable[..., NightRequest]:
    def request(*file_names: str, **more: Any) -> NightRequest:
        landing = tmp_path / "landing"
        landing.mkdir(exist_ok=True)
        for name in file_names:
            (landing / name).touch()
        return NightRequest(Warehouse(tmp_path / "warehouse"), {"canonical": landing}, **more)

    return request


def ledger(warehouse: Warehouse, query: str = LEDGER) -> list[tuple[Any, ...]]:
    with warehouse.connect() as connection:
        return connection.execute(query).fetchall()


def test_a_night_publishes_and_keeps_its_ledger(
    play: Play, request_for: Callable[..., NightRequest], caplog: pytest.LogCaptureFixture
) -> None:
    request = request_for("orders_1.csv")
    with caplog.at_level(logging.INFO, "loyalty"):
        run_night(request)

    house = request.warehouse
    name = publication.live_name(house)
    assert ledger(house) == [("published", None, None)]
    # 23:30 UTC on the 31st is the 1st of November in Stockholm; the day before it is the 31st.
    assert ledger(house, "select as_of_date, generation from quality.nights") == [
        (date(2026, 10, 31), name)
    ]
    assert ledger(
        house,
        "select step from quality.night_steps where part_of is null order by started_at, step",
    ) == [
        (step,)
        for step in (
            "load",
            "build",
            "check",
            "publish",
            "prune",
            "page",
            "data docs",
        )
    ]
    assert "canonical.orders: columns not declared, kept out: note" in caplog.text
    assert "0 passed, 0 failed, 1 warned" in caplog.text
    assert "- warned: test unique_orders: Got 3 results" in caplog.text
    assert max(len(line) for line in caplog.messages if str(house.folder) not in line) <= 100


def test_a_night_with_nothing_new_lets_the_generation_stand(
    play: Play, request_for: Callable[..., NightRequest], caplog: pytest.LogCaptureFixture
) -> None:
    request = request_for("orders_1.csv")
    run_night(request)
    house = request.warehouse
    first = publication.live_name(house)

    play.problems["build"] = AssertionError("there was nothing to build")
    with caplog.at_level(logging.INFO, "loyalty"):
        run_night(request)
    assert publication.live_name(house) == first
    assert ledger(house)[-1] == ("unchanged", None, None)
    assert f"nothing new; {house.published_link} → {first}" in caplog.text
    play.problems.clear()

    # Another file, another day, and a generation that is not the last one made are news.
    request_for("orders_2.csv")
    run_night(request)
    second = publication.live_name(house)
    assert second != first
    publication.rollback(house)
    run_night(request)
    assert publication.live_name(house) not in (first, second)
    run_night(replace(request, as_of=date(2026, 10, 30)))
    assert ledger(house)[-1] == ("published", None, None)


def test_a_nights_name_reads_as_no_time() -> None:
    names = {notifications.new_night_id() for _ in range(300)}
    assert len(names) > 250
    for name in names:
        with pytest.raises(ParserError):
            parse(name)


def test_a_profile_says_where_the_night_went(
    play: Play, request_for: Callable[..., NightRequest], caplog: pytest.LogCaptureFixture
) -> None:
    request = request_for("orders_1.csv", is_profile=True, is_full_refresh=True)
    run_night(request)
    with request.warehouse.connect() as connection:
        connection.execute("update quality.night_steps set seconds = 2 where step = 'build'")
        connection.execute("update quality.night_steps set seconds = 0.5 where step = 'tests'")
        connection.execute(
            "update quality.night_steps set seconds = 0.25 where step = 'changes found'"
        )
    caplog.clear()
    with caplog.at_level(logging.INFO, "loyalty"):
        run_night(request)
    lines = [" ".join(line.split()) for line in caplog.messages]
    profile = lines[lines.index("where the night went seconds share usually") :]
    build = next(number for number, line in enumerate(profile) if line.startswith("build "))
    # The first night's build took 2 seconds: 0.5 its tests, 0.25 what it found to have changed.
    assert profile[build].endswith(" 2.00")
    assert profile[build + 1].startswith("tests ")
    assert profile[build + 1].endswith(" 0.50")
    assert profile[build + 2].startswith("changes found ")
    assert profile[build + 2].endswith(" 0.25")
    assert profile[build + 3].startswith("between these ")
    assert profile[build + 3].endswith(" 1.25")
    parts = ledger(
        request.warehouse,
        "select distinct step from quality.night_steps where part_of = 'load' order by all",
    )
    assert parts == [("gate 1 canonical.orders",), ("join canonical.orders",),
                     ("read canonical.orders",)]  # fmt: skip


def test_a_night_without_news_leaves_nothing_of_one_that_died(
    play: Play, request_for: Callable[..., NightRequest]
) -> None:
    request = request_for("orders_1.csv")
    run_night(request)
    house = request.warehouse
    seals = sorted(house.seals.iterdir())
    house.published_link.with_name(".loyalty.duckdb.unfinished").symlink_to("nowhere")
    (house.folder / ".scorecard.html.unfinished").touch()
    (house.generations / "loyalty_20990101T000000Z_001.duckdb.unfinished").touch()
    (house.seals / "loyalty_20990101T000000Z_001.sha256").touch()
    run_night(request)
    assert ledger(house)[-1] == ("unchanged", None, None)
    assert not list(house.folder.rglob("*.unfinished"))
    assert sorted(house.seals.iterdir()) == seals


def test_other_code_is_news(
    play: Play, request_for: Callable[..., NightRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = request_for("orders_1.csv")
    run_night(request)
    monkeypatch.setattr(runs.fingerprint, "files_fingerprint", lambda _: "other code")
    run_night(request)
    assert ledger(request.warehouse)[-1] == ("published", None, None)


def test_as_of_is_taken_as_given(play: Play, request_for: Callable[..., NightRequest]) -> None:
    request = request_for("orders_1.csv", as_of=date(2018, 12, 31))
    run_night(request)
    generation = publication.read_generation(request.warehouse.published_link)
    assert generation.as_of_date == date(2018, 12, 31)


def test_without_orders_survey_answers_date_the_night(
    play: Play, request_for: Callable[..., NightRequest]
) -> None:
    request = request_for()
    declarations = read_declarations()
    request.warehouse.prepare()
    with request.warehouse.connect() as connection:
        StandInLoader(connection, "n").prepare()
        assert as_of.default_as_of(connection, declarations) is None
        connection.execute(
            "insert into raw_canonical.survey_answers (answered_at) values ('2026-06-30 21:59:59')"
        )
        assert as_of.default_as_of(connection, declarations) == date(2026, 6, 29)
        connection.execute(
            "insert into raw_canonical.orders (ordered_at) values ('2025-01-01 23:00:00')"
        )
        assert as_of.default_as_of(connection, declarations) == date(2025, 1, 1)


def test_a_quarantined_file_stops_the_night_but_not_the_good_ones(
    play: Play, request_for: Callable[..., NightRequest]
) -> None:
    request = request_for("orders_1.csv", "orders_bad.csv", "orders_bad_too.csv")
    with pytest.raises(GateStop, match=r"orders_bad\.csv: column order_id is missing \(and 1 more"):
        run_night(request)
    house = request.warehouse
    assert ledger(house)[0][:2] == ("stopped", "load")
    assert publication.live_name(house) is None
    assert ledger(house, "select file_name from quality.batches where status = 'accepted'") == [
        ("orders_1.csv",)
    ]

    for name in ("orders_bad.csv", "orders_bad_too.csv"):
        (request.sources["canonical"] / name).unlink()
    run_night(request)
    assert [status for status, _, _ in ledger(house)] == ["stopped", "published"]


@pytest.mark.parametrize(
    ("step", "problem", "status"),
    [
        ("build", BuildError("dbt: test unique_orders: 3 rows\nand more"), "failed"),
        ("check", GateStop("the marts did not pass"), "stopped"),
        ("build", RuntimeError("out of the blue"), "failed"),
        ("check", KeyboardInterrupt(), "failed"),
    ],
)
def test_what_fails_leaves_the_live_publication_and_is_repaired_by_the_same_command(
    play: Play,
    request_for: Callable[..., NightRequest],
    step: str,
    problem: BaseException,
    status: str,
) -> None:
    request = request_for("orders_1.csv", is_full_refresh=True)
    run_night(request)
    house = request.warehouse
    live = publication.live_name(house)

    play.problems[step] = problem
    with pytest.raises(type(problem)):
        run_night(request)
    assert publication.live_name(house) == live
    said = str(problem).split("\n", maxsplit=1)[0] or "KeyboardInterrupt"
    assert ledger(house)[-1] == (status, step, said)

    play.problems.clear()
    run_night(request)
    assert publication.live_name(house) != live
    assert ledger(house)[-1] == ("published", None, None)


def test_a_publication_that_cannot_be_written_fails_the_night(
    play: Play, request_for: Callable[..., NightRequest]
) -> None:
    request = request_for("orders_1.csv")
    request.warehouse.prepare()
    request.warehouse.published_link.write_text("somebody's own")
    with pytest.raises(PublicationError):
        run_night(request)
    assert ledger(request.warehouse)[0][:2] == ("failed", "publish")


def test_a_second_night_waits_for_nobody_and_names_the_first(
    play: Play, request_for: Callable[..., NightRequest]
) -> None:
    request = request_for("orders_1.csv")
    with Night(request), pytest.raises(WarehouseLockedError, match=r"process \d+"):
        run_night(request)
    run_night(request)
    # The second attempt never was a night; the first did nothing and said so.
    assert ledger(request.warehouse) == [
        ("failed", None, "ended before it published"),
        ("published", None, None),
    ]


def test_a_night_that_was_taken_over_publishes_nothing_and_says_so(
    play: Play, request_for: Callable[..., NightRequest]
) -> None:
    request = request_for("orders_1.csv")
    house = request.warehouse
    with pytest.raises(TakenOverError, match="publishes nothing any more"), Night(request) as night:
        night.load()
        house.lock_file.unlink()
        house.lock_file.touch()
        # What the other night took away fails the step; who is taken over says that it was.
        play.problems["build"] = BuildError("a table is gone")
        night.build()
    assert publication.live_name(house) is None
    assert notifications.last(house) is None


def test_the_page_that_a_dead_night_owed_is_written_by_the_next(
    play: Play, request_for: Callable[..., NightRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []

    def write(_night: Night, generation: publication.Generation) -> None:
        pages.append(generation.name)
        _night.warehouse.scorecard.write_text(f'<meta name=generation content="{generation.name}">')

    monkeypatch.setattr(Night, "_write_scorecard", write)
    request = request_for("orders_1.csv")
    run_night(request)
    run_night(request)
    request.warehouse.scorecard.write_text("the page of the generation before")
    run_night(request)
    assert pages == [publication.live_name(request.warehouse)] * 2


def test_a_generation_that_a_dead_night_never_switched_to_is_removed(
    play: Play, request_for: Callable[..., NightRequest]
) -> None:
    request = request_for("orders_1.csv")
    house = request.warehouse
    run_night(request)
    live = publication.live_name(house)
    run_night(replace(request, is_full_refresh=True))
    never_live = publication.live_path(house)
    assert never_live is not None
    file = os.open(never_live, os.O_RDONLY)
    with house.connect() as connection:
        # Killed between the file's last name and the switch.
        house.published_link.unlink()
        house.published_link.symlink_to(f"generations/{live}.duckdb")
        connection.execute("update quality.nights set status = 'running' where is_full_refresh")
    run_night(request)
    assert publication.generation_names(house) == [live, publication.live_name(house)]
    # By the file itself: a generation of the same second takes the same name.
    assert os.fstat(file).st_nlink == 0
    os.close(file)


def test_what_was_published_stands_after_a_night_that_was_stopped_right_then(
    play: Play, request_for: Callable[..., NightRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any) -> Any:
        raise signals.Stopped(signal.SIGTERM)

    request = request_for("orders_1.csv")
    with monkeypatch.context() as patch:
        patch.setattr(runs.scorecard, "status_changes", stop)
        with pytest.raises(signals.Stopped):
            run_night(request)
    run_night(request)
    live = publication.live_name(request.warehouse)
    assert publication.generation_names(request.warehouse) == [live]


@pytest.mark.parametrize(("step", "status"), [("build", "stopped"), ("page", "published")])
def test_a_signal_is_what_the_ledger_says_whatever_it_broke(
    play: Play,
    request_for: Callable[..., NightRequest],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    status: str,
) -> None:
    def interrupt(*_: Any) -> None:
        monkeypatch.setattr(signals, "_asked", [signal.SIGTERM])
        raise RuntimeError("Query interrupted")

    if step == "build":
        monkeypatch.setattr(runs.transform, "build", interrupt)
    else:
        monkeypatch.setattr(runs.scorecard, "status_changes", lambda *_: [])
        monkeypatch.setattr(Night, "_finish_publication", interrupt)
    request = request_for("orders_1.csv")
    with pytest.raises(signals.Stopped):
        run_night(request)
    assert [row[::2] for row in ledger(request.warehouse)] == [(status, "stopped by SIGTERM")]


def test_a_night_that_died_is_closed_by_the_next_as_what_it_came_to(
    play: Play, request_for: Callable[..., NightRequest]
) -> None:
    request = request_for("orders_1.csv")
    run_night(request)
    with request.warehouse.connect() as connection:
        # Killed after the switch: it had published.
        connection.execute("update quality.nights set status = 'running', ended_at = null")
        connection.execute(
            "insert into quality.nights (night_id, started_at, is_full_refresh, status) "
            "values ('dead', '2020-01-01', false, 'running')"
        )
    run_night(replace(request, is_full_refresh=True))
    rows = ledger(request.warehouse, "select status, message, ended_at from quality.nights "
                  "order by started_at")  # fmt: skip
    assert [row[:2] for row in rows] == [
        ("failed", "interrupted"),
        ("published", "interrupted"),
        ("published", None),
    ]
    assert all(row[2] for row in rows)


def test_loading_can_be_tried_again_within_one_night(
    play: Play, request_for: Callable[..., NightRequest]
) -> None:
    request = request_for("orders_1.csv")
    with Night(request) as night:
        play.problems["land"] = OSError("the share is away")
        with pytest.raises(OSError, match="share"):
            night.load()
        play.problems.clear()
        night.load()
        night.build()
        night.check()
        night.publish()
    assert ledger(request.warehouse) == [("published", None, None)]
    assert len(night.report.files) == 1


def test_pages_that_cannot_be_written_fail_no_night(
    play: Play, request_for: Callable[..., NightRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_pages(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(runs.gates, "write_data_docs", no_pages)
    request = request_for("orders_1.csv")
    run_night(request)
    assert ledger(request.warehouse)[0][0] == "published"


def test_nothing_to_load_names_the_folder_and_the_patterns(
    play: Play, request_for: Callable[..., NightRequest]
) -> None:
    request = request_for("notes.txt")
    with pytest.raises(UsageError, match=r"landing \(customers\*, orders\*.*end in \.csv"):
        run_night(request)
    assert not request.warehouse.folder.exists()


def test_a_request_is_checked_before_anything_is_made(tmp_path: Path) -> None:
    house = Warehouse(tmp_path / "warehouse")
    for sources in ({}, {"nobody": tmp_path}, {"canonical": tmp_path / "absent"}):
        with pytest.raises(UsageError):
            run_night(NightRequest(house, sources))
    assert not house.folder.exists()


def test_the_page_of_results_says_it_all(
    play: Play, request_for: Callable[..., NightRequest]
) -> None:
    request = request_for("orders_1.csv", "orders_bad.csv")
    with pytest.raises(LoyaltyError), Night(request) as night:
        night.load()
    page = night.report.markdown(request.warehouse.published_link)
    assert "| canonical.orders | 2 | 0 | 997 | 6 | 1 |" in page
    assert "Published: nothing new" in page
