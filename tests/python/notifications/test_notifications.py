"""Messages, hooks and the watch, without a night."""

import logging
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from faults.receiver import Receiver, receiver, writer, written

from loyalty import notifications
from loyalty.errors import StaleError, UsageError
from loyalty.notifications import outcomes
from loyalty.warehouse import Warehouse

A_DAY = timedelta(hours=26)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    for name in list(os.environ):
        if name.startswith("LOYALTY_NOTIFY"):
            monkeypatch.delenv(name)
    warehouse = Warehouse(tmp_path / "warehouse")
    warehouse.prepare()
    return warehouse


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiver() as here:
        monkeypatch.setenv("LOYALTY_NOTIFY_URL", here.url)
        yield here


def failed(hours_ago: float = 0, night_id: str = "20261101T021500Z-abcd") -> notifications.Outcome:
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    return notifications.Outcome(night_id, "failed", at, "build", "a test failed", "mend it", 1)


def test_both_hooks_get_all_of_it_once(
    house: Warehouse, inbox: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOYALTY_NOTIFY_COMMAND", writer(tmp_path))
    for _ in range(3):
        notifications.tell(house, failed())
    (posted,), (told,) = inbox.posted, written(tmp_path)
    assert told["fields"] == posted
    assert told["text"] == posted["text"]
    assert posted["night_id"] == "20261101T021500Z-abcd"
    assert (posted["step"], posted["reason"], posted["to_do"]) == (
        "build", "a test failed", "mend it",
    )  # fmt: skip
    for part in ("failed in the step build", "a test failed", "mend it", "ever been published"):
        assert part in posted["text"]


def test_without_hooks_nothing_is_told_or_kept(house: Warehouse) -> None:
    notifications.tell(house, failed())
    assert not (house.private / "told.json").exists()


@pytest.mark.parametrize("answer", [(500, 3), (503, 3), (404, 1), (401, 1), (302, 1)])
def test_an_answer_that_is_an_error_is_a_warning_without_secrets(
    house: Warehouse,
    inbox: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    answer: tuple[int, int],
) -> None:
    status, tries = answer
    monkeypatch.setattr("loyalty.notifications.channels.time.sleep", lambda _: None)
    inbox.status = status
    with caplog.at_level(logging.DEBUG):
        notifications.tell(house, failed())
    assert len(inbox.posted) == tries
    assert f"answered {status}" in caplog.text
    assert "secret" not in caplog.text
    # Who comes next tells it after all.
    inbox.status = 200
    notifications.tell(house, failed())
    notifications.tell(house, failed())
    assert len(inbox.posted) == tries + 1


def test_a_receiver_that_hangs_is_given_up_and_not_told_again(
    house: Warehouse,
    inbox: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("LOYALTY_NOTIFY_SECONDS", "0.5")
    inbox.hangs_seconds = 20
    began = time.monotonic()
    for _ in range(2):
        notifications.tell(house, failed())
    assert time.monotonic() - began < 5
    assert len(inbox.posted) == 1
    assert "has not answered in 0.5 s" in caplog.text


def test_nobody_there_is_a_warning_without_secrets(
    house: Warehouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with receiver() as gone:
        pass
    monkeypatch.setattr("loyalty.notifications.channels.time.sleep", lambda _: None)
    monkeypatch.setenv("LOYALTY_NOTIFY_URL", gone.url)
    with caplog.at_level(logging.DEBUG):
        notifications.tell(house, failed())
    assert "cannot be reached: ConnectError" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("command", "warning"),
    [
        ("/nowhere/to/be/found secret", "cannot be started"),
        ("sh -c 'echo secret; exit 3'", "ended with 3"),
        ("sh -c 'sleep 60 & sleep 60 # secret'", "took more than 0.5 s"),
    ],
)
def test_a_command_that_fails_or_hangs_is_a_warning(
    house: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    command: str,
    warning: str,
) -> None:
    monkeypatch.setenv("LOYALTY_NOTIFY_SECONDS", "0.5")
    monkeypatch.setenv("LOYALTY_NOTIFY_COMMAND", command)
    began = time.monotonic()
    notifications.tell(house, failed())
    assert time.monotonic() - began < 5
    assert warning in caplog.text
    assert "secret" not in caplog.text


def test_a_command_does_not_get_the_hash_key(
    house: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOYALTY_HASH_KEY", "the key itself")
    monkeypatch.setenv("LOYALTY_NOTIFY_COMMAND", f"sh -c 'env > {tmp_path}/seen; cat >/dev/null'")
    notifications.tell(house, failed())
    assert "LOYALTY_NOTIFICATION" in (tmp_path / "seen").read_text()
    assert "the key itself" not in (tmp_path / "seen").read_text()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOYALTY_NOTIFY_URL", "hooks.example.org/x"),
        ("LOYALTY_NOTIFY_URL", "file:///etc/passwd"),
        ("LOYALTY_NOTIFY_COMMAND", "mail 'root"),
        ("LOYALTY_NOTIFY_SECONDS", "soon"),
        ("LOYALTY_NOTIFY_SECONDS", "0"),
    ],
)
def test_settings_that_make_no_sense_are_said_before_the_night(
    house: Warehouse, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=name):
        notifications.check_hooks()


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("90m", timedelta(minutes=90)),
        ("26h", timedelta(hours=26)),
        (" 2D", timedelta(days=2)),
    ],
)
def test_ages_are_read(text: str, age: timedelta) -> None:
    assert notifications.parse_age(text) == age


@pytest.mark.parametrize("text", ["", "26", "0h", "-1h", "1w", "1.5h", "h", "1h 30m"])
def test_what_is_no_age_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="is no age"):
        notifications.parse_age(text)


def test_a_failed_night_is_not_a_missed_one_and_each_missed_one_is_told_once(
    house: Warehouse, inbox: Receiver
) -> None:
    now = datetime.now(UTC)
    notifications.keep(house, failed(hours_ago=3))
    for hours in (0, 1, 22):
        notifications.look(house, A_DAY, now + timedelta(hours=hours)).tell()
    assert [told["status"] for told in inbox.posted] == ["failed"]
    for days in (2, 2, 3, 3):
        notifications.look(house, A_DAY, now + timedelta(days=days)).tell()
    assert [told["status"] for told in inbox.posted] == ["failed", "missed", "missed"]
    with pytest.raises(StaleError, match="Nothing has ever been published"):
        notifications.look(house, A_DAY).require_fresh()


def test_a_night_that_died_is_told_by_the_watch_once_and_one_that_runs_is_not(
    house: Warehouse, inbox: Receiver
) -> None:
    outcomes.begin(house, "20261101T021500Z-abcd", None)
    house.lock_file.touch()
    with house.lock():
        notifications.look(house, A_DAY).tell()
        assert inbox.posted == []
    for _ in range(2):
        notifications.look(house, A_DAY).tell()
    assert [told["status"] for told in inbox.posted] == ["interrupted"]
    assert "its process died before it had published" in inbox.posted[0]["text"]
    assert notifications.running(house) is None


def test_an_orchestrator_tells_what_the_night_could_not(house: Warehouse, inbox: Receiver) -> None:
    outcomes.begin(house, "20261101T021500Z-abcd", "run of a night that dies")
    notifications.tell_attempt(house, "run of a night that dies", "Crashed")
    notifications.keep(house, failed())
    notifications.tell_attempt(house, "run that never came to a night", "cannot be imported")
    notifications.tell_attempt(house, "run that never came to a night", "cannot be imported")
    assert [told["reason"] for told in inbox.posted] == [
        inbox.posted[0]["reason"],
        "cannot be imported",
    ]
    assert inbox.posted[0]["status"] == "interrupted"


def test_a_look_at_the_lock_does_not_refuse_a_night_that_begins(house: Warehouse) -> None:
    import threading

    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            house.holder()

    lookers = [threading.Thread(target=look) for _ in range(3)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(50):
            with house.lock():
                pass
    finally:
        stop.set()
        for looker in lookers:
            looker.join()


def test_damaged_notes_are_no_notes(house: Warehouse, inbox: Receiver) -> None:
    for name in ("running_night.json", "last_night.json", "last_good_night.json", "told.json"):
        (house.private / name).write_text('{"night_id": ')
    assert notifications.last(house) is None
    notifications.tell(house, failed())
    assert len(inbox.posted) == 1
