"""One small shop and one published warehouse, made once; tests that change them take a copy."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loyalty.warehouse import Warehouse

LOYALTY = str(Path(sys.executable).parent / "loyalty")
Command = Callable[..., subprocess.CompletedProcess[str]]
Process = subprocess.Popen[str]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home and working folder of all commands: nothing may appear in it."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def environment(home: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LOYALTY_", "PREFECT_", "DBT_", "XDG_"))
    }
    return kept | {"HOME": str(home)}


@pytest.fixture(scope="session")
def loyalty(home: Path, environment: dict[str, str]) -> Command:
    """Run the command as a user does, and return its end."""

    def run(*words: object, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [LOYALTY, *(str(word) for word in words)],
            cwd=home,
            env=environment | more,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    return run


@pytest.fixture
def start(home: Path, environment: dict[str, str]) -> Iterator[Callable[..., Process]]:
    """Start the command and let it run; what still runs when the test ends is killed."""
    started: list[Process] = []

    def run(*words: object) -> Process:
        process = subprocess.Popen(
            [LOYALTY, *(str(word) for word in words)],
            cwd=home,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, loyalty: Command) -> Path:
    folder = tmp_path_factory.mktemp("landing") / "shop"
    done = loyalty("demo-data", folder, "--customers", 300, "--days", 500)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def first_night(
    tmp_path_factory: pytest.TempPathFactory, loyalty: Command, shop: Path
) -> tuple[Warehouse, str]:
    """A warehouse after its first night, and what that night printed."""
    house = Warehouse(tmp_path_factory.mktemp("published") / "warehouse")
    done = loyalty("run", "--source", f"canonical={shop}", "--warehouse", house.folder, "--direct")
    assert done.returncode == 0, done.stdout + done.stderr
    return house, done.stdout


@pytest.fixture
def house(first_night: tuple[Warehouse, str], tmp_path: Path) -> Warehouse:
    """A copy of the published warehouse."""
    folder = tmp_path / "warehouse"
    shutil.copytree(first_night[0].folder, folder, symlinks=True)
    return Warehouse(folder)


@pytest.fixture
def landing(shop: Path, tmp_path: Path) -> Path:
    """A copy of the shop's files."""
    folder = tmp_path / "landing"
    shutil.copytree(shop, folder)
    return folder
