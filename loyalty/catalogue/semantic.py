"""MetricFlow's semantic models and metrics, written from the catalogue of indicators.

`make semantic` writes them anew; docs/semantic.md says what can be asked of them.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from loyalty.catalogue.indicators import CATALOGUE, Row
from loyalty.project import PROJECT_FOLDER

SEMANTIC_MODELS = PROJECT_FOLDER / "models" / "semantic" / "_semantic_models.yml"
UNITS_FOLDER = PROJECT_FOLDER / "models" / "marts" / "indicators" / "units"
GRAINS = ("week", "month", "quarter", "year")
# How a units model says that its units count alike in every grain.
ALIKE_IN_EVERY_GRAIN = "cast(null as {{ dbt.type_string() }}) as period_grain"
HEADER = """\
# Written by `python -m loyalty.catalogue.semantic` from seeds/indicators.csv: change that.
"""
SUMS = {
    "numerator": "Sum of the units' values: successes, promoters minus detractors, or an amount.",
    "denominator": "Units in the base.",
}
Node = dict[str, Any]


@dataclass(frozen=True)
class Family:
    """An indicator as MetricFlow can ask for it: in any grain, or in the one `grain` only."""

    row: Row
    grain: str | None

    @property
    def name(self) -> str:
        """Name of the metric; where periods do not add up, each grain has its own."""
        indicator_id = self.row["indicator_id"]
        return f"{indicator_id}_{self.grain}" if self.grain else indicator_id

    @property
    def label(self) -> str:
        """Name for people, unlike every other."""
        return f"{self.row['label_en']} by {self.grain}" if self.grain else self.row["label_en"]

    @property
    def is_state(self) -> bool:
        """Whether only the newest day of a group counts, for what is there stays there."""
        return self.row["kind"] == "stock" and not self.grain

    @property
    def relation(self) -> str:
        """Name of the model that has its rows."""
        if self.grain:
            return "semantic_indicator_periods"
        return "semantic_indicator_states" if self.is_state else "semantic_indicator_days"

    @property
    def time_column(self) -> str:
        """Column of `relation` that dates a row."""
        if self.grain:
            return "period_start_date"
        return "state_date" if self.is_state else "observed_date"

    @property
    def filters(self) -> Row:
        """Column and value by which the rows of `relation` that are its own are known."""
        own = {"indicator_id": self.row["indicator_id"]}
        return own | {"period_grain": self.grain} if self.grain else own

    @property
    def cuts(self) -> list[str]:
        """Dimensions that it is cut by."""
        return [cut for cut in self.row["dimensions"].split("|") if cut]

    @property
    def definition(self) -> str:
        """The definition in a sentence, and where it may be misread, what a group means."""
        sentence = self.row["definition_en"]
        window, base_window = self.row["window_days"], self.row["base_window_days"]
        if window:
            sentence = sentence.replace("{window}", window)
            sentence = sentence.replace("{double_window}", str(2 * int(window)))
        sentence = sentence.replace("{base_window}", base_window)
        if self.grain:
            return f"{sentence} Of one {self.grain}; null for a group that holds several."
        return f"{sentence} At the end of the group's newest day." if self.is_state else sentence

    @property
    def value_expression(self) -> str:
        """The value from its two sums, computed in the same order as in the published values."""
        # 1e0 makes a floating-point number of the sum without the name of a type.
        mean = f"1e0 * {self.name}_numerator / nullif({self.name}_denominator, 0)"
        return f"100 * ({mean})" if self.row["unit"] == "points" else mean


def semantic_layer(catalogue: Path = CATALOGUE, units_folder: Path = UNITS_FOLDER) -> Node:
    """Return the yml file's content: semantic models and metrics of every indicator."""
    with catalogue.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    families = [
        family
        for row in rows
        for family in _families(row, units_folder / f"{row['indicator_id']}.sql")
    ]
    return {
        "semantic_models": [_semantic_model(family) for family in families],
        "metrics": [metric for family in families for metric in _metrics(family)],
    }


def semantic_yaml(catalogue: Path = CATALOGUE, units_folder: Path = UNITS_FOLDER) -> str:
    """Return the yml file's text; the same catalogue gives the same text."""
    layer = semantic_layer(catalogue, units_folder)
    return HEADER + yaml.dump(
        layer, Dumper=_Indented, sort_keys=False, width=100, allow_unicode=True
    )


def main() -> None:
    """Write the file anew and say what it holds."""
    text = semantic_yaml()
    SEMANTIC_MODELS.write_text(text, encoding="utf-8")
    layer = yaml.safe_load(text)
    print(
        f"{SEMANTIC_MODELS.relative_to(PROJECT_FOLDER)}: "
        f"{len(layer['semantic_models'])} semantic models, {len(layer['metrics'])} metrics"
    )


def _families(row: Row, units_model: Path) -> list[Family]:
    if ALIKE_IN_EVERY_GRAIN in units_model.read_text(encoding="utf-8"):
        return [Family(row, None)]
    return [Family(row, grain) for grain in GRAINS]


def _semantic_model(family: Family) -> Node:
    return {
        "name": family.name,
        "label": family.label,
        "description": family.definition,
        "model": f"ref('{family.relation}')",
        "primary_entity": family.name,
        "defaults": {"agg_time_dimension": family.time_column},
        # Cuts are entities: unlike dimensions they bear one name in all semantic models.
        "entities": [{"name": cut, "type": "foreign"} for cut in family.cuts],
        "dimensions": [
            {
                "name": family.time_column,
                "type": "time",
                "type_params": {"time_granularity": family.grain or "day"},
            },
            *({"name": column, "type": "categorical"} for column in family.filters),
        ],
        "measures": list(_measures(family)),
    }


def _measures(family: Family) -> Iterator[Node]:
    newest = {"non_additive_dimension": {"name": family.time_column, "window_choice": "max"}}
    for column in SUMS:
        sums = {"name": f"{family.name}_{column}_sum", "agg": "sum", "expr": column}
        yield sums | newest if family.is_state else sums
    if family.grain:
        counts = {"agg": "count_distinct", "expr": family.time_column}
        yield {"name": f"{family.name}_period_count"} | counts


def _metrics(family: Family) -> Iterator[Node]:
    """Yield the value and its two sums; then, of a grain, what tells one period from several."""
    name = family.name
    yield _derived(family, "", family.definition, family.value_expression, SUMS)
    for column, what in SUMS.items():
        if not family.grain:
            yield _simple(family, column, f"{column}_sum", what)
            continue
        one_period = f"case when {name}_period_count = 1 then {name}_{column}_sum end"
        yield _derived(family, column, what, one_period, (f"{column}_sum", "period_count"))
        yield _simple(family, f"{column}_sum", f"{column}_sum", f"Input of {name}_{column}.")
    if family.grain:
        yield _simple(family, "period_count", "period_count", f"Input of {name}.")


def _derived(
    family: Family, suffix: str, description: str, expression: str, inputs: Iterable[str]
) -> Node:
    metrics = [{"name": f"{family.name}_{column}"} for column in inputs]
    return _metric(family, suffix, description) | {
        "type": "derived",
        "type_params": {"expr": expression, "metrics": metrics},
    }


def _simple(family: Family, suffix: str, measure: str, description: str) -> Node:
    return _metric(family, suffix, description) | {
        "type": "simple",
        "type_params": {"measure": f"{family.name}_{measure}"},
        "filter": " and ".join(
            f"{{{{ Dimension('{family.name}__{column}') }}}} = '{value}'"
            for column, value in family.filters.items()
        ),
    }


def _metric(family: Family, suffix: str, description: str) -> Node:
    return {
        "name": f"{family.name}_{suffix}" if suffix else family.name,
        "label": f"{family.label}, {suffix.replace('_', ' ')}" if suffix else family.label,
        "description": description,
        # What `metric_time` without a grain means.
        "time_granularity": family.grain or "month",
    }


class _Indented(yaml.SafeDumper):
    """Lists stand in from their key, as in the other yml files."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


if __name__ == "__main__":
    main()
