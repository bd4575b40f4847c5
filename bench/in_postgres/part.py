"""The marts by dbt and DuckDB beside the marts by dbt and PostgreSQL."""

from collections.abc import Iterator
from functools import partial

from bench import houses, timing
from bench.in_postgres import models, server
from bench.parts import Setting
from bench.results import Measurement, ratio

PART = "postgres"


def measure(setting: Setting) -> Iterator[Measurement]:
    """Measure `dbt run` of all marts and what they are made from, but the input layer, in both."""
    warehouse = houses.full_house(setting)
    with setting.scratch() as scratch, server.running() as socket:
        models.write_project(scratch / "project")
        models.load(warehouse.build_database, socket, scratch)
        trials = {
            "duckdb": partial(models.run_in_duckdb, warehouse, scratch),
            "postgres": partial(models.run_in_postgres, scratch / "project", socket),
        }
        timed = {name: partial(timing.seconds, work) for name, work in trials.items()}
        seconds = timing.in_turns(timed, setting.repeats)
        problems = models.differing(warehouse.build_database, socket, scratch)
    size, name = setting.millions, "marts by dbt, PostgreSQL / DuckDB"
    these, those = seconds["postgres"], seconds["duckdb"]
    yield ratio(PART, name, size, these, those, not problems, "; ".join(problems))
    for side, took in seconds.items():
        values = tuple(each / size for each in took)
        yield Measurement(PART, f"{name}: {side}", size, "s per million orders", values)
