"""The page says what the file says, in both languages, and what it lacks."""

# Ranges are set with dashes, as on the page.
# ruff: noqa: RUF001

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from reader import read

from loyalty.errors import PublicationError
from loyalty.gates.report import ExpectationResult, GateReport
from loyalty.pipeline.page_facts import page_facts
from loyalty.pipeline.summary import FileOutcome, NightReport, NodeOutcome
from loyalty.scorecard.page import NightFacts, TableFacts, texts, verdicts, wording, write_page
from loyalty.scorecard.page.reading import read_published
from loyalty.scorecard.page.texts import Text

NO_BREAK, THIN = texts.NO_BREAK, texts.THIN


@pytest.fixture(scope="module")
def html(page: Path) -> str:
    return page.read_text()


def words(html: str, language: str, grain: str = "month") -> str:
    return re.sub(r"\s*\n\s*|  +", " ", read(html, language, grain).text)


@pytest.mark.parametrize("grain", ["week", "month", "quarter"])
def test_the_values_on_the_cards_are_those_of_the_newest_complete_period(
    html: str, published: Path, grain: str
) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        expected = connection.execute(
            "select indicator_value from indicators.fct_indicator_values "
            "where segment_dimension = 'all' and period_grain = ? and not is_partial "
            "qualify row_number() over (partition by indicator_id order by period_start_date desc)"
            " = 1 and indicator_value is not null",
            [grain],
        ).fetchall()
    block = html.partition(f"<div data-grain={grain}>")[2].partition("<div data-grain=")[0]
    shown = [float(value) for value in re.findall(r'<data value="([^"]+)">', block)]
    assert sorted(shown) == sorted(value for (value,) in expected)
    assert len(shown) == 4


def test_numbers_are_written_as_each_language_writes_them(html: str) -> None:
    assert f"44,1{NO_BREAK}%" in words(html, "sv")
    assert f"39,7–48,5{NO_BREAK}%" in words(html, "sv")
    assert f"12{THIN}345 kunder" in words(html, "sv")
    assert "44.1%" in words(html, "en")
    assert "39.7–48.5%" in words(html, "en")
    assert "12,345 customers" in words(html, "en")


def test_what_changed_is_told_first_with_direction_and_judgement(html: str) -> None:
    english = words(html, "en")
    assert "Leaving rose by 39.1 percentage points to 44.1%" in english
    assert f"maj{NO_BREAK}2026 mot april{NO_BREAK}2026".capitalize() in words(html, "sv")
    assert "1 of 2 comparable indicators changed significantly" in english
    assert english.index("Leaving rose by") < english.index("Targets")


def test_verdicts_say_since_when(html: str) -> None:
    english, swedish = words(html, "en"), words(html, "sv")
    assert f"Since May{NO_BREAK}2026 (1{NO_BREAK}month)" in english
    # No value in March breaks the run.
    assert f"Since April{NO_BREAK}2026 (2{NO_BREAK}months)" in english
    assert f"Sedan april{NO_BREAK}2026 (2{NO_BREAK}månader)" in swedish


def test_opposites_stand_side_by_side_with_a_sentence(html: str) -> None:
    pair = html.partition("<div class=pair>")[2].partition("</p>\n</div>")[0]
    assert re.findall(r'data-indicator="(\w+)"', pair) == ["returning", "leaving"]
    assert "Returning and Leaving do not contradict each other" in pair
    assert "Återköp och Avhopp motsäger inte varandra" in pair


def test_a_thing_without_data_says_so_and_why(html: str) -> None:
    assert (
        "Not measured. The indicator needs orders and memberships, but there are no memberships."
        in words(html, "en")
    )
    assert "Mättes inte. Nyckeltalet behöver ordrar och medlemskap" in words(html, "sv")
    assert "base too small" in words(html, "en")


def test_the_running_period_is_marked(html: str) -> None:
    assert f"June{NO_BREAK}2026 so far: 44.1%" in words(html, "en")
    assert "Jun 2026 (in progress)" in words(html, "en")


def test_exclusions_are_shares_of_what_was_read(html: str) -> None:
    english = words(html, "en")
    assert "14,700 read, 12,345 counted, 2,355 excluded." in english
    assert re.search(r"guest\s*2,345\s*16\.0%", english)
    # A reason without a translation is shown as it stands.
    assert "a_new_reason" in english


def test_scores_are_of_the_answers_that_count(published: Path, html: str) -> None:
    month = [each for each in read_published(published).scores if each.period_grain == "month"]
    counts = {(each.survey_kind, each.score): each.answer_count for each in month}
    assert counts == {
        ("nps_relationship", 0): 1,
        ("nps_relationship", 7): 1,
        ("nps_relationship", 8): 1,
        ("nps_relationship", 9): 1,
        ("nps_relationship", 10): 3,
        ("nps_transactional", 0): 1,
        ("nps_transactional", 6): 1,
        ("nps_transactional", 7): 1,
        ("nps_transactional", 9): 2,
    }
    assert "3 detractors (0–6), 3 passives (7–8), 6 promoters (9–10)." in words(html, "en")
    assert "12 answers counted in May" in words(html, "en")


def test_the_night_is_told_or_said_to_be_unknown(
    html: str, published: Path, tmp_path: Path
) -> None:
    assert f"118{THIN}233" in words(html, "sv")
    assert "8 of 8 quality gates passed." in words(html, "en")
    assert "canonical.orders: 12 repeated keys" in words(html, "sv")
    assert "inläsning 12,3; a step of its own 1,0" in words(html, "sv")
    without = write_page(published, tmp_path / "page.html").read_text()
    assert "The data quality of this run is not known" in words(without, "en")


def test_the_facts_of_a_night_are_those_of_its_report() -> None:
    file = FileOutcome("shop", "orders", "orders_1.csv", 100, 2)
    report = NightReport(
        "n1",
        files=[file, replace(file, file_name="orders_0.csv", accepted_count=None)],
        nodes=[
            NodeOutcome("test.shop.one", "test", "pass"),
            NodeOutcome("test.shop.two", "test", "warn"),
            NodeOutcome("model.shop.three", "model", "success"),
        ],
        gates=[GateReport("raw", "shop.orders", (ExpectationResult("a", "warning", False, "b"),))],
        seconds={"load": 1.5},
    )
    assert page_facts(report) == NightFacts(
        tables=(TableFacts("shop.orders", 2, 1, 100, 4, 0),),
        gates_passed=1,
        gates=1,
        warnings=("b",),
        models=1,
        tests={"passed": 1, "failed": 0, "warned": 1, "skipped": 0},
        seconds={"load": 1.5},
    )


def test_both_languages_are_complete(html: str) -> None:
    assert html.count("<span lang=sv>") == html.count("<span lang=en>")
    assert html.count("<text lang=sv") == html.count("<text lang=en")
    for language in ("sv", "en"):
        assert not re.search(r"[{}]", words(html, language)), "a place that was not filled"
    texts_of = [value for name, value in vars(wording).items() if name.isupper()]
    for word in _all_texts(texts_of):
        assert word.sv and word.en
        places = [set(re.findall(r"{(\w+)}", each)) for each in word]
        assert places[0] == places[1], word


def _all_texts(found: object) -> list[Text]:
    if isinstance(found, Text):
        return [found]
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list | tuple):
        return [text for each in found for text in _all_texts(each)]
    return []


def test_no_sentence_lies_unused() -> None:
    package = Path(verdicts.__file__).parent
    code = "".join(path.read_text() for kind in ("*.py", "*.html") for path in package.glob(kind))
    computed = {"above", "below", "by_points", "by_percentage_points", "by_amount"}
    for key in wording.WORDS.keys() - computed:
        assert re.search(rf"[\"'.]{key}\b", code.replace(f'"{key}": ', "")) or re.match(
            "kind_|grain_", key
        ), key


def test_nothing_is_fetched_and_labels_are_escaped(html: str) -> None:
    assert "default-src 'none'" in html
    assert "Punctual &lt;b&gt;" in html
    assert "Punctual <b>" not in html
    for tag, attributes in read(html, "en").elements:
        assert "src" not in attributes, tag
        link = attributes.get("href")
        assert link is None or link.startswith("#") or link == "data:,", link


def test_every_id_is_one_of_its_kind_and_what_is_named_exists(html: str) -> None:
    elements = read(html, "en").elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in elements:
        assert tag != "svg" or attributes.get("aria-labelledby")
        named = attributes.get("aria-labelledby")
        assert named is None or named in ids, named
        link = attributes.get("href") or ""
        assert not link.startswith("#") or link[1:] in ids, link


def test_a_file_without_indicators_is_refused(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "empty.duckdb")):
        pass
    with pytest.raises(PublicationError, match="nothing for the scorecard page"):
        write_page(tmp_path / "empty.duckdb", tmp_path / "page.html")
    assert not list(tmp_path.glob("*.html"))


def test_periods_values_and_changes_in_words() -> None:
    assert texts.period_text("week", date(2025, 12, 29)).en == f"week{NO_BREAK}1 of 2026"
    assert texts.period_text("quarter", date(2026, 4, 1)).sv == f"kvartal{NO_BREAK}2 2026"
    assert texts.period_start("quarter", date(2026, 3, 31)) == date(2026, 1, 1)
    assert texts.value_text("share", 0.0055).sv == f"0,55{NO_BREAK}%"
    assert texts.value_text("points", -3.04).en == "\u22123.0"
    assert texts.interval_text("points", -3.0, 4.25).en == "\u22123.0 to 4.2"
    assert texts.value_text("points", 0.0).sv == "0,0"
    assert texts.change_number("share", 0.0).en == "0.00"
    assert texts.change_number("share", -0.00001).en == "0.00"
    assert texts.target_text("share", 0.125).en == "12.5%"
    assert texts.number(1234567.5, 1) == Text(f"1{THIN}234{THIN}567,5", "1,234,567.5")
