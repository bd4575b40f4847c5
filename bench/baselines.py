"""The models beside what others compute the same with: a script by hand, and polars.

Each side begins with what the other begins with and runs in a process of its own; the models run as
their compiled SQL alone, and only those that the other side computes too.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from bench import equality, hand, houses, timing
from bench.build import LIMIT_VARIABLE, MUCH
from bench.in_polars import checks, inputs
from bench.parts import Setting
from bench.results import Measurement, ratio
from loyalty.build import manifests
from loyalty.warehouse import Warehouse

PART = "baselines"
GIB = 2**30
# As a night gives most of the machine's: polars has no bound.
MEMORY = {LIMIT_VARIABLE: MUCH}
INDICATORS = ("fct_indicator_values", "fct_indicator_exclusions")

Trials = Mapping[str, Callable[[], timing.Use]]

bare = partial(timing.child, "bench.bare", environment=MEMORY)


def measure(setting: Setting) -> Iterator[Measurement]:
    """Measure the models against the script by hand, then against polars."""
    warehouse = houses.full_house(setting)
    with setting.scratch() as scratch:
        compiled = scratch / "compiled.json"
        timing.child("bench.bare", "compile", warehouse.folder, compiled)
        # By hand first: it makes all that polars reads anew.
        yield from _beside_hand(setting, warehouse, compiled, scratch)
        yield from _beside_polars(setting, warehouse, compiled, scratch)


def _beside_hand(
    setting: Setting, warehouse: Warehouse, compiled: Path, scratch: Path
) -> Iterator[Measurement]:
    output = scratch / "by_hand.duckdb"
    ours = some_models(compiled, scratch, by_hand())

    def by_script() -> timing.Use:
        output.unlink(missing_ok=True)
        return timing.child("bench.hand", warehouse.build_database, output, environment=MEMORY)

    trials: Trials = {
        "bare": partial(bare, "run", warehouse.folder, ours),
        "by hand": by_script,
    }
    uses = _in_turns(trials, setting.repeats)
    with duckdb.connect() as connection:
        equality.attach(connection, built=str(warehouse.build_database), by_hand=str(output))
        problems = equality.differing(connection, hand.tables(output), "built", "by_hand")
    name = "models of core and the indicators, bare / by hand"
    yield from _compared(setting, name, uses, problems)
    output.unlink()


def _beside_polars(
    setting: Setting, warehouse: Warehouse, compiled: Path, scratch: Path
) -> Iterator[Measurement]:
    read = scratch / "parquet"
    timing.child("bench.in_polars", "export", warehouse.build_database, read)
    uses = {}
    for task, models in (("facts", inputs.FACTS), ("indicators", of_indicators())):
        ours = some_models(compiled, scratch, models)
        trials: dict[str, Callable[[], timing.Use]] = {
            "bare": partial(bare, "run", warehouse.folder, ours),
            "polars": partial(timing.child, "bench.in_polars", task, read),
        }
        if task == "facts":
            # What a database's table costs more than a file.
            trials["parquet"] = partial(bare, "parquet", warehouse.folder, ours)
        uses[task] = _in_turns(trials, setting.repeats)
    problems = checks.differing(warehouse.build_database, read)
    files = {"parquet": uses["facts"].pop("parquet"), "polars": uses["facts"]["polars"]}
    for task, used in uses.items():
        yield from _compared(setting, f"{task}, bare / polars", used, problems)
    yield from _compared(setting, "facts, bare into Parquet / polars", files, problems)


def by_hand() -> set[str]:
    """Return the models that the script by hand stands for, those before them included."""
    core = {node.name for node in _models().values() if node.schema == "core"}
    return _with_ancestors({*core, *INDICATORS})


def of_indicators() -> set[str]:
    """Return the models between what polars reads for the indicators and their values."""
    given = _with_ancestors(inputs.FOR_INDICATORS)
    return _with_ancestors(INDICATORS) - given


def some_models(compiled: Path, scratch: Path, names: Iterable[str]) -> Path:
    """Write the compiled statements of some models to a file of their own."""
    wanted = set(names)
    statements = json.loads(compiled.read_text(encoding="utf-8"))
    chosen = [each for each in statements["models"] if each[0] in wanted]
    missing = wanted - {name for name, _ in chosen}
    if missing:
        raise ValueError(f"no such models: {', '.join(sorted(missing))}")
    number = sum(1 for _ in scratch.glob("some_models*"))
    file = scratch / f"some_models_{number}.json"
    file.write_text(json.dumps({"models": chosen, "tests": []}), encoding="utf-8")
    return file


def _models() -> dict[str, Any]:
    nodes = manifests.project_manifest().nodes
    return {key: node for key, node in nodes.items() if str(node.resource_type) == "model"}


def _with_ancestors(names: Iterable[str]) -> set[str]:
    models = _models()
    keys = {node.name: key for key, node in models.items()}
    open_keys = [keys[name] for name in names if name in keys]
    found: set[str] = set()
    while open_keys:
        key = open_keys.pop()
        if key in models and models[key].name not in found:
            found.add(models[key].name)
            open_keys += models[key].depends_on.nodes
    return found


def _in_turns(trials: Trials, repeats: int) -> dict[str, list[timing.Use]]:
    uses: dict[str, list[timing.Use]] = {name: [] for name in trials}

    def trial(name: str) -> float:
        uses[name].append(trials[name]())
        return float(uses[name][-1].said["seconds"])

    timing.in_turns({name: partial(trial, name) for name in trials}, repeats)
    return uses


def _compared(
    setting: Setting, name: str, uses: dict[str, list[timing.Use]], problems: list[str]
) -> Iterator[Measurement]:
    size = setting.millions
    (one, these), (other, those) = uses.items()
    seconds = [[float(use.said["seconds"]) for use in used] for used in (these, those)]
    note = "; ".join(problems)
    yield ratio(PART, name, size, seconds[0], seconds[1], not problems, note)
    processors = [[use.cpu_seconds for use in used] for used in (these, those)]
    yield ratio(PART, f"{name}, processor time", size, processors[0], processors[1])
    for side, took, used in ((one, seconds[0], these), (other, seconds[1], those)):
        label = f"{name}: {side}"
        per_million = tuple(each / size for each in took)
        yield Measurement(PART, label, size, "s per million orders", per_million)
        peak = tuple(use.peak_bytes / GIB for use in used)
        yield Measurement(PART, f"{label}, peak memory", size, "GiB", peak)
