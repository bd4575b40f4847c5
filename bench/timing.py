"""Trials in turns, and what a child process used by the operating system's own accounting."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loyalty.project import PROJECT_FOLDER

LAUNCHER = Path(__file__).with_name("launch.py")


def in_turns(
    trials: Mapping[str, Callable[[], float]], repeats: int
) -> dict[str, tuple[float, ...]]:
    """Run all trials `repeats` times, in turns; return the figures that each gave.

    Every other round runs backwards, so that no trial always has the warmer cache. What was written
    before is on the disk when a trial begins: nobody waits for another's pages.
    """
    figures: dict[str, list[float]] = {name: [] for name in trials}
    for number in range(repeats):
        names = list(trials)
        for name in reversed(names) if number % 2 else names:
            os.sync()
            figures[name].append(trials[name]())
    return {name: tuple(values) for name, values in figures.items()}


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes, in seconds of the wall."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


def copying(source: Path, target: Path) -> float:
    """Return the seconds of a plain copy that is on the disk when it ends; the copy is removed."""

    def copy() -> None:
        shutil.copyfile(source, target)
        with target.open("rb") as file:
            os.fsync(file.fileno())

    took = seconds(copy)
    target.unlink()
    return took


@dataclass(frozen=True)
class Use:
    """What a child process used: seconds of the wall and of processors, bytes at its peak.

    `said` is what it printed last, read as JSON, where it is a task of `child`.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    said: dict[str, Any] = field(default_factory=dict)


class ChildFailedError(RuntimeError):
    """A child process ended badly; its last lines say why."""


def run(
    command: Sequence[str], environment: Mapping[str, str] | None = None, status: int = 0
) -> tuple[Use, str]:
    """Run a command to its end; return what it used and what it printed.

    Raises:
        ChildFailedError: it ended with another status.
    """
    with tempfile.TemporaryDirectory() as folder:
        used = Path(folder) / "used.json"
        ran = subprocess.run(
            [sys.executable, "-I", "-S", str(LAUNCHER), str(used), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=PROJECT_FOLDER,
            env={**os.environ, **(environment or {})},
            check=False,
        )
        if ran.returncode != status:
            end = ran.stdout[-3000:]
            raise ChildFailedError(f"{' '.join(command)} ended with {ran.returncode}: {end}")
        return Use(**json.loads(used.read_text(encoding="utf-8"))), ran.stdout


def child(
    module: str, *arguments: str | Path | int, environment: Mapping[str, str] | None = None
) -> Use:
    """Run `python -m module arguments` in a process of its own; it prints JSON in its last line.

    Raises:
        ChildFailedError: it ended badly.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    use, text = run(command, environment)
    said = json.loads(text.splitlines()[-1])
    return Use(use.seconds, use.cpu_seconds, use.peak_bytes, said)
