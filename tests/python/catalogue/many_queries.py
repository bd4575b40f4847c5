"""Ask MetricFlow many things in one process: `python many_queries.py PROJECT < questions.json`.

What `mf query` does for one question, without its seconds of starting for each. Questions are lists
[metrics, group by, where or null]; the answers, lists of rows, go to standard output as JSON. What
MetricFlow cannot answer is one row that says why it is `refused`.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from metricflow.engine.metricflow_engine import MetricFlowQueryRequest
from metricflow_semantics.errors.error_classes import InvalidQueryException


def plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def main(project: Path) -> None:
    configuration = CLIConfiguration()
    configuration.setup(
        dbt_profiles_path=project / "profiles",
        dbt_project_path=project,
        configure_file_logging=False,
    )
    answers = []
    for metrics, group_by, where in json.load(sys.stdin):
        request = MetricFlowQueryRequest.create(
            metric_names=metrics,
            group_by_names=group_by,
            where_constraints=[where] if where else None,
        )
        try:
            table = configuration.mf.query(request).result_df
        except InvalidQueryException as refusal:
            answers.append([{"refused": " ".join(str(refusal).split())}])
            continue
        answers.append(
            [dict(zip(table.column_names, map(plain, row), strict=True)) for row in table.rows]
        )
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
