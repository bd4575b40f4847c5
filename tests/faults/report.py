"""Write docs/reliability.md from the figures of full runs: promise, way of trying, counts."""

from collections.abc import Iterator

from faults.figures import REPOSITORY, read

PAGE = REPOSITORY / "docs" / "reliability.md"
# Key → the promise, and how it is tried.
PROMISES = {
    "kill": (
        "A night that is killed hurts nobody, and the same command finishes it",
        "SIGKILL, SIGTERM and SIGINT at every journalled step and at random instants",
    ),
    "readers": (
        "Readers see one whole generation, always",
        "reader processes in a loop, each query against the checksums that the generation carries",
    ),
    "conservation": (
        "Every record is loaded, or kept with a reason",
        "fuzzed files, counted by a reader that shares no code with the loader",
    ),
    "order": (
        "The order in which files came does not matter",
        "random sequences of nights against one clean full build",
    ),
    "gates": (
        "What is wrong is stopped, what is ordinary is not",
        "seeded defects, clean nights with ordinary variation, gates that fail themselves",
    ),
    "lock": (
        "One night at a time",
        "two nights at once, a dead holder's lock, a night that wakes up too late",
    ),
    "quarantine": (
        "Quarantine is a place one gets out of",
        "batches held, shown, released, corrected, discarded; content against a night on time",
    ),
    "disk": (
        "A fault of disk or file is said in one sentence, and the way out works",
        "full disks, read-only folders, files that change, flipped bits",
    ),
    "privacy": (
        "Nothing that a night writes outside its private folder names a person",
        "planted marker values, searched for in every byte",
    ),
    "told": (
        "A failure is told once, with what to do",
        "a local receiver, a command, Prefect; status as an alarm",
    ),
}


def page() -> Iterator[str]:
    """Yield the page's lines."""
    kept = read()
    yield "# What a night promises, and how that is tried"
    yield ""
    yield "Written by `make faults`, which tries everything at full size; a smaller part of it"
    yield "runs with every `make test`. The counts are those of the last full run of each trial."
    for key, (promise, way) in PROMISES.items():
        yield ""
        yield f"## {promise}"
        yield f"Tried with {way}."
        yield ""
        if key not in kept:
            yield "Not on record at full size yet; the smaller part runs with every `make test`."
            continue
        yield "| trial | counts | minutes | on |"
        yield "|---|---|---|---|"
        for trial, figures in sorted(kept.get(key, {}).items()):
            counts = ", ".join(
                f"{count:,} {name.replace('_', ' ')}" for name, count in figures["counts"].items()
            )
            yield f"| {trial} | {counts} | {figures['minutes']} | {figures['measured_on']} |"


def main() -> None:
    """Write the page."""
    PAGE.write_text("\n".join(page()) + "\n")


if __name__ == "__main__":
    main()
