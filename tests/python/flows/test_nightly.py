"""The flow's own part: what is tried again, what is not, and that it stays thin."""

import ast
from pathlib import Path

import pytest
from prefect.states import Failed

from flows import nightly
from loyalty.errors import BuildError, GateStop, LandingAwayError, UsageError
from loyalty.project import PROJECT_FOLDER


@pytest.mark.parametrize(
    ("problem", "may_pass"),
    [
        (OSError("the share is away"), True),
        (LandingAwayError("there is no folder"), True),
        (UsageError("the source is not declared"), False),
        (PermissionError("not now"), True),
        (GateStop("a file is in quarantine"), False),
        (BuildError("a test failed"), False),
        (ValueError("a bug"), False),
    ],
)
def test_only_what_the_file_system_said_is_tried_again(problem: Exception, may_pass: bool) -> None:
    answer = nightly.may_pass_next_time(nightly.load, None, Failed(data=problem))  # type: ignore[arg-type]
    assert answer is may_pass


def test_only_loading_is_tried_again() -> None:
    tried_again = (nightly.find_landing, nightly.load)
    once = (nightly.build, nightly.check, nightly.publish, nightly.export)
    assert all(task.retry_condition_fn for task in tried_again)
    assert not any(task.retries or task.retry_condition_fn for task in once)


def test_flows_hold_no_sql_and_the_library_knows_nothing_of_prefect() -> None:
    for path in (PROJECT_FOLDER / "flows").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not node.value.lower().startswith(("select ", "insert ", "update ", "with "))
    for path in (PROJECT_FOLDER / "loyalty").rglob("*.py"):
        assert "prefect" not in _imported(path), path
        if path.parent.name != "cli":
            assert "flows" not in _imported(path), path


def _imported(path: Path) -> set[str]:
    """Names of the packages that a module imports anywhere."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names
