"""Where results are kept: a table, and Great Expectations' own pages; never a personal value."""

import logging
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from gates_lab import Lab

from loyalty import gates

MARKER = "anna.svensson@example.com"


def test_every_result_is_in_the_table(lab: Lab) -> None:
    report = lab.night("orders", status="if(i = 3, 'shiped', 'paid')")
    rows = lab.connection.execute(
        "select gate, suite, batch_id, severity, is_success, unexpected_count, message "
        "from quality.expectation_results where night_id = ? order by is_success",
        [lab.night_id],
    ).fetchall()
    assert len(rows) == len(report.results)
    assert rows[0][:6] == ("raw", "raw_canonical__orders", 1, "warning", False, 1)
    assert "not so in 1 of 1,000 rows" in rows[0][6]


def test_pages_are_written_and_hold_nothing_of_the_data(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    text = f"'{MARKER}'"
    lab.night("customers", email=text, phone=text, full_name=text, country_code=text)
    lab.night("survey_answers", comment=text, survey_kind=text, survey_channel=text)
    lab.check(lab.land("orders", customer_id=text, status=text, problems=("no header",)))
    index = gates.write_data_docs(lab.warehouse.data_docs, lab.night_id, lab.reports)
    pages = list(lab.warehouse.data_docs.rglob("*.html"))
    assert index == lab.warehouse.data_docs / "index.html"
    assert len(pages) == 1 + 3
    assert all(page.stem in index.read_text() for page in pages[1:])
    assert "no header" in "".join(page.read_text() for page in pages)
    assert "among them" not in str(lab.reports)
    assert not any(holds(path, MARKER) for path in files(lab.warehouse.data_docs))
    stored = lab.connection.execute(
        "select string_agg(r::varchar) from quality.expectation_results r"
    )
    assert MARKER not in stored.fetchall()[0][0]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_result_that_was_cut_short_is_forgotten(lab: Lab) -> None:
    reports = [lab.night("customers")]
    docs = lab.warehouse.data_docs
    gates.write_data_docs(docs, "first", reports)
    (cut,) = docs.glob(".results/validations/*/*/*/*.json")
    cut.write_text(cut.read_text()[:100])
    gates.write_data_docs(docs, "second", reports)
    assert nights_of(docs.glob(".results/validations/*/*/*/*.json")) == {"second"}


def test_only_the_last_nights_stay(lab: Lab) -> None:
    reports = [lab.night("customers")]
    docs = lab.warehouse.data_docs
    for night in ("first", "second", "third"):
        gates.write_data_docs(docs, night, reports, kept_nights=2)
    assert nights_of(docs.glob("validations/*/*/*/*.html")) == {"second", "third"}
    assert nights_of(docs.glob(".results/validations/*/*/*/*.json")) == {"second", "third"}
    assert "first" not in (docs / "index.html").read_text()


def test_a_night_without_checks_keeps_the_pages(lab: Lab) -> None:
    docs = lab.warehouse.data_docs
    gates.write_data_docs(docs, "first", [lab.night("customers")])
    gates.write_data_docs(docs, "second", [])
    assert len(list(docs.glob("validations/*/first/*/*.html"))) == 1


def test_nothing_is_written_outside_the_warehouse(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from loyalty.gates import great

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("HOME", str(elsewhere))
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    lab.night("customers")
    great.context.cache_clear()
    gates.write_data_docs(lab.warehouse.data_docs, "night", [lab.night("customers")])
    assert list(elsewhere.rglob("*")) == []


def nights_of(pages: Iterable[Path]) -> set[str]:
    return {page.parts[-3] for page in pages}


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def holds(path: Path, text: str) -> bool:
    return text.encode() in path.read_bytes()
