"""Content that was loaded before, under new names: told once, a frozen feed when it goes on."""

from gates_lab import Lab

from loyalty import gates
from loyalty.gates import Repeat


def news(lab: Lab, number: int) -> None:
    lab.nights += 1
    lab.accept(lab.land("orders", 10, file_name=f"orders_{number}.csv"))


def repeat(lab: Lab, *numbers: int) -> list[str]:
    """Have a night find known content under these names; return what it says."""
    lab.nights += 1
    found = [
        Repeat("canonical", "orders", f"orders_{each}.csv", "orders_1.csv") for each in numbers
    ]
    reports = gates.check_repeats(lab.connection, lab.night_id, found)
    return [result.expectation for report in reports for result in report.results]


def test_a_name_is_told_once(lab: Lab) -> None:
    news(lab, 1)
    assert repeat(lab, 2) == ["new_content"]
    assert repeat(lab, 2) == []
    assert repeat(lab, 2, 3) == ["new_content"]


def test_a_feed_that_brought_news_is_frozen_in_the_third_night_without(lab: Lab) -> None:
    for number in range(1, 5):
        news(lab, number)
    assert repeat(lab, 5) == ["new_content"]
    assert repeat(lab, 5, 6) == ["new_content"]
    assert repeat(lab, 5, 6, 7) == ["new_content", "frozen_content"]
    assert repeat(lab, 5, 6, 7) == ["frozen_content"], "the same night again"
    assert repeat(lab) == [], "what was taken away stops nothing"
    news(lab, 8)
    assert repeat(lab, 5, 6, 7) == [], "it moves again"


def test_a_feed_that_often_repeats_itself_is_not_frozen_as_soon(lab: Lab) -> None:
    for number in range(1, 5):
        news(lab, number)
        repeat(lab, 10 * number)
        repeat(lab, 10 * number + 1)
    assert [repeat(lab, 100 + night)[1:] for night in range(3)] == [[], [], ["frozen_content"]]


def test_many_new_names_in_one_night_are_one_night(lab: Lab) -> None:
    for number in range(1, 5):
        news(lab, number)
    assert repeat(lab, *range(20, 32)) == ["new_content"] * 12
