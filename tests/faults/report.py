"""Write docs/reliability.md from the figures of full runs: promise, way of trying, counts."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from faults.figures import REPOSITORY, read

PAGE = REPOSITORY / "docs" / "reliability.md"
NOT_YET = "not on record at full size yet; the smaller part runs with every `make test`"


@dataclass(frozen=True)
class Promise:
    """A promise, how it is tried, and which counts of its trials, added up, stand for it."""

    text: str
    way: str
    counts: tuple[str, ...]


PROMISES = {
    "kill": Promise(
        "A night that is killed hurts nobody, and the same command finishes it",
        "SIGKILL, SIGTERM and SIGINT at every journalled step and at random instants, in nights "
        "that build what has changed and in those that build all; then the same command, its "
        "marts and raw rows against an undisturbed night",
        ("kills", "SIGKILL", "SIGTERM", "SIGINT", "finished", "rows_lost", "rows_doubled"),
    ),
    "readers": Promise(
        "Readers see one whole generation, always",
        "reader processes in a loop, each query against the checksums that the generation carries",
        ("publications", "readers", "reads", "errors", "torn", "mixed", "after_removal"),
    ),
    "conservation": Promise(
        "Every record is loaded, or kept with a reason",
        "fuzzed files, counted by a reader that shares no code with the loader",
        (
            "files",
            "kinds_of_spoiling",
            "files_quarantined_whole",
            "good_records_loaded",
            "records_rejected",
        ),
    ),
    "order": Promise(
        "The order in which files came does not matter",
        "random sequences of nights (replays, late rows, corrections, skipped and broken-off "
        "nights, back-fills, a late table), every other of which builds only what has changed "
        "wherever it may, against one clean full build",
        (
            "sequences",
            "nights",
            "nights_that_built_what_has_changed",
            "broken_off",
            "full_refreshes",
            "files",
            "tables_equal",
        ),
    ),
    "gates": Promise(
        "What is wrong is stopped, what is ordinary is not",
        "the defects of [gates.md](gates.md), clean nights with ordinary variation, gates that "
        "raise, hang or say nothing",
        (
            "kinds_of_defect",
            "defects_planted",
            "stopped_as_specified",
            "told_as_specified",
            "clean_nights",
            "clean_files",
            "false_stops",
            "broken_gates",
            "publications",
        ),
    ),
    "lock": Promise(
        "One night at a time",
        "two nights at once, a dead holder's lock, a night that wakes up too late",
        ("pairs", "refused", "killed_holders", "taken_over", "zombies", "published_by_zombies"),
    ),
    "quarantine": Promise(
        "Quarantine is a place one gets out of",
        "batches held, shown, released, corrected, discarded; content against a night on time",
        (
            "sequences",
            "nights",
            "nights_stopped",
            "batches_released",
            "batches_corrected",
            "batches_discarded",
            "marts_equal",
            "rows_equal",
            "batches_shown",
        ),
    ),
    "disk": Promise(
        "A fault of disk or file is said in one sentence, and the way out works",
        "full disks, read-only folders, files that change, flipped bits",
        (
            "same_command_again_published",
            "files",
            "flips",
            "damaged_logs",
            "without_effect",
            "noticed",
            "repaired",
            "named",
            "mended_from_the_ledger",
            "noticed_and_the_one_before_served",
        ),
    ),
    "privacy": Promise(
        "Nothing that a night writes outside its private folder names a person",
        "planted marker values, searched for in every byte; real data without a hash key",
        ("values_planted", "files_searched", "megabytes_searched", "refused"),
    ),
    "scheduled": Promise(
        "A scheduled run ends, whatever is killed or away meanwhile, and the next one begins",
        "a real Prefect server and worker: workers and runs killed, cancelled, kept out, timed out",
        (
            "workers_killed",
            "runs_killed",
            "runs_stopped",
            "runs_that_went_on_to_their_end",
            "next_runs_that_published",
            "runs_that_cannot_begin",
            "runs_kept_out",
            "told",
        ),
    ),
    "told": Promise(
        "A failure is told once, with what to do",
        "a local receiver, a command, Prefect; `loyalty status` as an alarm",
        ("nights_that_end_badly", "killed", "missed_nights", "runs", "told", "nights_hurt"),
    ),
}


def page(kept: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[str]:
    """Yield the page's lines, from figures by promise and trial."""
    yield "# What a night promises, and how that is tried"
    yield ""
    yield "Written by `make faults`, which tries everything at full size; a smaller part of it"
    yield "runs with every `make test`. The counts are those of the last full run of each trial."
    yield ""
    yield "| promise | how it is tried | last figures |"
    yield "|---|---|---|"
    for key, promise in PROMISES.items():
        trials = kept.get(key, {})
        total: Counter[str] = Counter()
        for figures in trials.values():
            total.update(figures["counts"])
        figures = {name: total[name] for name in promise.counts if name in total}
        yield f"| {promise.text} | {promise.way} | {_words(figures) if trials else NOT_YET} |"
    yield ""
    yield "Trial by trial, with the minutes that each took on two busy cores:"
    for key, promise in PROMISES.items():
        if key not in kept:
            continue
        yield ""
        yield f"## {promise.text}"
        yield "| trial | counts | minutes | on |"
        yield "|---|---|---|---|"
        for trial, figures in sorted(kept[key].items()):
            counts = _words(figures["counts"])
            yield f"| {trial} | {counts} | {figures['minutes']} | {figures['measured_on']} |"


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())


def main() -> None:
    """Write the page."""
    PAGE.write_text("\n".join(page(read())) + "\n")


if __name__ == "__main__":
    main()
