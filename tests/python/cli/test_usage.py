"""Words, help and exit statuses that need no night."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = "{'dbt', 'prefect', 'great_expectations', 'pandas', 'pyarrow', 'rich.console'}"


def test_help_waits_for_nothing_heavy() -> None:
    program = f"import loyalty.cli, sys; print(sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["run", "demo-data", "status", "scorecard", "rollback"])
def test_every_command_explains_itself(loyalty, command: str) -> None:
    done = loyalty(command, "--help")
    assert done.returncode == 0
    assert f"loyalty {command}" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run"], "Missing option '--source'"),
        (["run", "--source", "shop"], "write NAME=FOLDER"),
        (["run", "--source", "shop=here"], "source shop is not declared; declared are: canonical"),
        (["run", "--source", "canonical=here"], "there is no folder"),
        (["run", "--source", "canonical=.", "--source", "canonical=."], "given twice"),
        (["run", "--source", "canonical=."], "nothing to load in"),
        (["run", "--source", "canonical=.", "--as-of", "31/12/2018"], "--as-of"),
        (["status", "--max-age", "soon"], "'soon' is no age"),
        (["status", "--notify"], "--notify: give --max-age too"),
        (["scorecard"], "nothing is published here yet"),
        (["rollback"], "nothing is published here"),
        (["nonsense"], "No such command"),
    ],
)
def test_wrong_usage_ends_with_2_and_makes_nothing(
    loyalty, home: Path, words: list[str], message: str
) -> None:
    done = loyalty(*words)
    assert done.returncode == 2, done.stderr
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not list(home.iterdir())


def test_real_files_without_the_secret_are_wrong_usage(loyalty, home: Path, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order_id\n")
    done = loyalty("run", "--source", f"canonical={tmp_path}")
    assert done.returncode == 2
    assert "LOYALTY_HASH_KEY is not set" in done.stderr
    assert not list(home.iterdir())


def test_a_number_of_generations_that_is_none_is_wrong_usage(loyalty) -> None:
    done = loyalty("run", "--source", "canonical=.", LOYALTY_KEEP_GENERATIONS="0")
    assert done.returncode == 2
    assert "LOYALTY_KEEP_GENERATIONS is '0'" in done.stderr


def test_status_of_nothing_is_no_failure(loyalty, home: Path) -> None:
    done = loyalty("status")
    assert done.returncode == 0
    assert "Nothing is published" in done.stdout
    assert not list(home.iterdir())


def test_status_of_nothing_is_an_alarm_where_an_age_is_asked_for(loyalty, home: Path) -> None:
    done = loyalty("status", "--max-age", "26h")
    assert done.returncode == 4
    assert "Nothing has ever been published here" in done.stderr
    assert not list(home.iterdir())
