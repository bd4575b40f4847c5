"""What a night costs whatever its data: the demo's night, and one that finds nothing new."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import houses, timing
from bench.parts import Setting
from bench.results import Measurement, ratio
from loyalty.demo import generate

PART = "fixed"
DIRECT = ("--direct",)


def measure(setting: Setting) -> Iterator[Measurement]:
    """Run nights on the demo's data in turns, with Prefect and without, and the same SQL alone."""
    landing = setting.cache / "demo"
    if not landing.exists():
        generate(landing)
    with setting.scratch() as scratch:
        compiled = _compiled(scratch, landing)
        # Prefect's own database is made once in a warehouse's life, here before any night counts.
        prefect = {"PREFECT_HOME": str(scratch / "prefect")}
        houses.run_night(scratch / "compiled", landing, environment=prefect)
        nights: dict[str, list[houses.NightUse]] = {}

        def night(name: str, *options: str, is_new: bool = True) -> float:
            house = scratch / ("direct" if options else "orchestrated")
            if is_new:
                shutil.rmtree(house, ignore_errors=True)
            use = houses.run_night(house, landing, *options, environment=prefect)
            nights.setdefault(name, []).append(use)
            return use.use.seconds

        def alone() -> float:
            ran = timing.child("bench.bare", "tests", scratch / "compiled", compiled)
            return float(ran.said["seconds"])

        # In this order: what finds nothing new comes after the night that found it all.
        trials: dict[str, Callable[[], float]] = {
            "direct": lambda: night("direct", *DIRECT),
            "nothing new": lambda: night("nothing new", *DIRECT, is_new=False),
            "alone": alone,
            "orchestrated": lambda: night("orchestrated"),
            "nothing new, orchestrated": lambda: night("other", is_new=False),
        }
        seconds: dict[str, list[float]] = {}
        for _ in range(setting.repeats):
            for name, trial in trials.items():
                seconds.setdefault(name, []).append(trial())
    yield from _ratios(seconds, [use.steps["build"] for use in nights["direct"]])
    for name, values in seconds.items():
        if name != "alone":
            yield Measurement(PART, f"the whole command, {name}", None, "s", tuple(values))
    for name in ("direct", "nothing new"):
        busy = tuple(use.use.cpu_seconds for use in nights[name])
        yield Measurement(PART, f"processor time, {name}", None, "s", busy)
    yield from houses.shares(PART, "demo's night", None, nights["direct"][-1])


def _compiled(scratch: Path, landing: Path) -> Path:
    """Compile the models of a house of its own, once."""
    houses.run_night(scratch / "compiled", landing, *DIRECT)
    file = scratch / "compiled.json"
    timing.child("bench.bare", "compile", scratch / "compiled", file)
    return file


def _ratios(seconds: dict[str, list[float]], builds: list[float]) -> Iterator[Measurement]:
    yield ratio(PART, "build / its statements by DuckDB alone", None, builds, seconds["alone"])
    # What Prefect's server takes to start shows where there is nothing else to do.
    starts = [
        orchestrated - direct
        for orchestrated, direct in zip(
            seconds["nothing new, orchestrated"], seconds["nothing new"], strict=True
        )
    ]
    yield Measurement(PART, "Prefect's server, start and end", None, "s", tuple(starts))
    without_start = [
        night - start for night, start in zip(seconds["orchestrated"], starts, strict=True)
    ]
    yield ratio(
        PART,
        "orchestrated less the server's start / direct",
        None,
        without_start,
        seconds["direct"],
    )
