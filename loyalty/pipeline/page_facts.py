"""What the scorecard page tells of the run that published it."""

from loyalty.pipeline.summary import NightReport
from loyalty.scorecard.page.facts import NightFacts, TableFacts


def page_facts(report: NightReport) -> NightFacts:
    """Return the facts of a night's report, as far as it has come."""
    tests = [node for node in report.nodes if node.resource_type == "test"]
    return NightFacts(
        tables=tuple(
            TableFacts(
                table.name,
                len(table.files),
                table.count("known"),
                table.loaded_rows,
                table.rejected_rows,
                table.count("quarantined"),
            )
            for table in report.tables
        ),
        gates_passed=sum(gate.is_passed for gate in report.gates),
        gates=len(report.gates),
        warnings=tuple(report.gate_warnings),
        models=sum(node.resource_type == "model" for node in report.nodes),
        tests={
            state: sum(test.state == state for test in tests)
            for state in ("passed", "failed", "warned", "skipped")
        },
        seconds=dict(report.seconds),
    )
