"""The build of all models beside their compiled SQL alone, and within little memory beside much."""

from collections.abc import Callable, Iterator, Sequence

from bench import houses, timing
from bench.parts import Setting
from bench.results import Measurement, ratio

PART = "build"
GIB = 2**30
LITTLE, MUCH = "4GB", "16GB"
LIMIT_VARIABLE = "LOYALTY_MEMORY_LIMIT"
IN_LITTLE = f"build within {LITTLE}"


def measure(setting: Setting) -> Iterator[Measurement]:
    """Build anew with much memory and with little, and run the models' SQL alone, in turns."""
    warehouse = houses.full_house(setting)
    uses: dict[str, list[timing.Use]] = {}
    contents: list[houses.Content] = []
    with setting.scratch() as scratch:
        compiled = scratch / "compiled.json"
        timing.child("bench.bare", "compile", warehouse.folder, compiled)

        def trial(name: str, limit: str, *command: str) -> Callable[[], float]:
            def run() -> float:
                memory = {LIMIT_VARIABLE: limit}
                module, task, *files = command
                use = timing.child(module, task, warehouse.folder, *files, environment=memory)
                uses.setdefault(name, []).append(use)
                contents.append(houses.built_content(warehouse))
                return float(use.said["seconds"])

            return run

        trials = {
            "build": trial("build", MUCH, "bench.tasks", "build"),
            "bare": trial("bare", MUCH, "bench.bare", "run", str(compiled)),
            IN_LITTLE: trial(IN_LITTLE, LITTLE, "bench.tasks", "build"),
        }
        seconds = timing.in_turns(trials, setting.repeats)
    size = setting.millions
    different = sorted({name for each in contents for name in houses.differing(contents[0], each)})
    note = f"differs: {', '.join(different)}" if different else ""
    equal = not different
    yield ratio(PART, "build / bare", size, seconds["build"], seconds["bare"], equal, note)
    busy = {name: [use.cpu_seconds for use in used] for name, used in uses.items()}
    yield ratio(PART, "build / bare, processor time", size, busy["build"], busy["bare"])
    models = [_models(use) for use in uses["build"]]
    yield ratio(PART, "models of the build / bare", size, models, seconds["bare"], equal, note)
    name = f"{IN_LITTLE} / within {MUCH}"
    yield ratio(PART, name, size, seconds[IN_LITTLE], seconds["build"], equal, note)
    for name, used in uses.items():
        yield _per_million(setting, name, seconds[name])
        peaks = tuple(use.peak_bytes / GIB for use in used)
        yield Measurement(PART, f"{name}, peak memory", size, "GiB", peaks)
    yield from _slowest(setting, uses["build"][-1])


def _models(use: timing.Use) -> float:
    nodes: dict[str, float] = use.said["nodes"]
    return sum(took for name, took in nodes.items() if not name.startswith("test "))


def _per_million(setting: Setting, name: str, seconds: Sequence[float]) -> Measurement:
    values = tuple(each / setting.millions for each in seconds)
    return Measurement(PART, f"{name}, per size", setting.millions, "s per million orders", values)


def _slowest(setting: Setting, use: timing.Use) -> Iterator[Measurement]:
    """Yield what takes more than a fiftieth of the build."""
    nodes: dict[str, float] = use.said["nodes"]
    total: float = use.said["seconds"]
    models = {name: took for name, took in nodes.items() if not name.startswith("test ")}
    tests = sum(nodes.values()) - sum(models.values())
    parts = {"tests": tests, **models, "dbt between them": total - sum(nodes.values())}
    for name, took in parts.items():
        if took > total / 50:
            share = (100 * took / total,)
            yield Measurement(PART, f"of the build: {name}", setting.millions, "%", share)
