"""How figures are kept and judged."""

from pathlib import Path

import pytest

from bench import guide, report, results
from bench.aims import Aim, growth
from bench.results import Kept, Measurement, ratio
from bench.timing import ChildFailedError, in_turns, run

AIM = Aim("build: 1.3 times bare", "build", "build / bare", 1.3, least=10, way=("build", "of: "))


def kept(measurement: Measurement) -> Kept:
    return Kept(measurement, "2026-01-01 00:00", "abc", 1.0)


def figure(name: str, millions: float, value: float) -> Kept:
    return kept(Measurement("night", name, millions, "s", (value,)))


def test_a_ratio_compares_what_ran_in_the_same_round() -> None:
    measured = ratio("p", "a / b", 1, [2.0, 30.0, 4.0], [1.0, 10.0, 4.0])
    assert (measured.values, measured.median) == ((2.0, 3.0, 1.0), 2.0)


def test_rounds_go_forth_and_back() -> None:
    order: list[str] = []

    def trial(name: str) -> float:
        order.append(name)
        return float(len(order))

    figures = in_turns({"a": lambda: trial("a"), "b": lambda: trial("b")}, 2)
    assert order == ["a", "b", "b", "a"]
    assert figures == {"a": (1.0, 4.0), "b": (2.0, 3.0)}


def test_the_last_figure_of_each_kind_is_kept(tmp_path: Path) -> None:
    place = tmp_path / "performance.json"
    first = Measurement("p", "a", 1, "s", (1.0,))
    other = Measurement("p", "a", 10, "s", (9.0,), True, "note")
    results.keep([first, other], place)
    results.keep([Measurement("p", "a", 1, "s", (2.0, 3.0))], place)
    assert [each.measurement for each in results.read(place)] == [
        Measurement("p", "a", 1, "s", (2.0, 3.0)),
        other,
    ]


@pytest.mark.parametrize(
    ("value", "is_equal", "is_reached"),
    [(1.3, True, True), (1.31, True, False), (1.0, False, False), (1.0, None, True)],
)
def test_an_aim_is_reached_by_the_same_content_only(
    value: float, is_equal: bool | None, is_reached: bool
) -> None:
    measured = kept(Measurement("build", "build / bare", 10, "ratio", (value,), is_equal))
    small = kept(Measurement("build", "build / bare", 1, "ratio", (9.0,)))
    assert AIM.taken([small, measured]) == [measured]
    assert AIM.is_reached(measured) is is_reached


def test_growth_goes_from_one_size_to_the_next() -> None:
    found = [figure("x", 1, 10.0), figure("x", 10, 12.0), figure("y", 1, 1.0)]
    assert list(growth(found, "night", "x")) == [(1, 10, 1.2)]


def test_the_guide_takes_disk_and_time_in_proportion() -> None:
    figures = {
        "archive": 100.0,
        "build database": 400.0,
        "generation": 200.0,
        "full night, load to publication, per size": 60.0,
        "night of a day more, load to publication, per size": 1.0,
    }
    lines = list(guide.lines([figure(name, 10, value) for name, value in figures.items()]))
    assert "| 10 | 35.0 GB | 13.0 GB | 10 min | 10 s |" in lines


def test_shares_go_together(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    shares = [Measurement("build", f"of: {name}", 10, "%", (50.0,)) for name in ("tests", "models")]
    other = Measurement("build", "of: tests", 1, "%", (90.0,))
    seconds = Measurement("build", "seconds", 10, "s", (2.0,))
    results.keep([*shares, other, seconds], file)
    results.keep(shares[:1], file)
    assert [each.measurement for each in results.read(file)] == [other, shares[0], seconds]


def test_the_page_says_what_stands_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = {"tests": 40.0, "model fct_orders": 30.0}
    found = [
        kept(Measurement("build", "build / bare", 10, "ratio", (2.0,), True)),
        *(kept(Measurement("build", f"of: {n}", 10, "%", (s,))) for n, s in shares.items()),
    ]
    assert report.way(AIM, found[0], found) == "tests 40 %, model fct_orders 30 %"


def test_a_child_that_fails_says_why() -> None:
    with pytest.raises(ChildFailedError, match="with 3: why"):
        run(["sh", "-c", "echo why; exit 3"])


def test_memory_is_that_of_the_child() -> None:
    small, _ = run(["sh", "-c", "true"])
    script = "b'x' * 200_000_000"
    large, _ = run(["python3", "-c", script])
    assert large.peak_bytes > small.peak_bytes + 150_000_000
