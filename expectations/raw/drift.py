"""What earlier files make likely of a file's content: unit, scale, keys, hours, values, flags.

A batch's profile (`loyalty.gates.profiles`) is compared with those of the accepted files before it:
of its family, whose names differ in digits only; while a family has none, of the table's other
files, and then nothing stops.

What is found stops the batch where it would make numbers wrong without anyone seeing: the unit of
an amount, the form of a key, an instant in another time zone, a column whose null or default means
something (`guarded` in the declaration). What shows by itself, as `unknown` or in the ledger of
exclusions, is told.

Files differ: weekdays, campaigns, holidays, chance. A share or a level is held against the least
and the greatest that any earlier file showed, plus a margin, and only where there are rows enough.
What a human let pass thus widens what is usual.
"""

from collections.abc import Callable, Iterator
from math import log
from typing import TYPE_CHECKING, Any, NamedTuple

from loyalty.gates.custom import ExpectNothingFound, about
from loyalty.gates.profiles import QUANTILES, ColumnProfile, History, Profile, references

if TYPE_CHECKING:
    from loyalty.declarations import TableDeclaration
    from loyalty.landing import LandedBatch

# Files before a share or an hour is judged: a week of nightly files has seen each weekday.
ENOUGH_FILES = 7
# Rows of a file below which it says nothing of a share or a level.
ENOUGH_ROWS = 30
# Between a currency and its hundredth lie 100, between kronor and euros 10.
UNIT_FACTOR, SUSPECT_FACTOR, FAR_FACTOR = 6, 3, 10
# Events expected of which none came: by chance once in a million files.
CERTAIN = 14
QUARTILES = slice(0, 3)
FAR, FARTHEST = QUANTILES.index(0.98), QUANTILES.index(0.99)


class Finding(NamedTuple):
    """Something unusual in a column; `text` shows it, without values of keys or persons."""

    column: str
    is_critical: bool
    text: str


class Comparison(NamedTuple):
    """A batch, and what it is compared with; `is_family` says that it may stop."""

    table: "TableDeclaration"
    batch: Profile
    before: tuple[Profile, ...]
    is_family: bool

    def columns(self) -> Iterator[tuple[str, ColumnProfile, list[tuple[Profile, ColumnProfile]]]]:
        """Yield each column's profile, with those of the earlier files that have enough rows."""
        for name, column in self.batch.columns.items():
            yield (
                name,
                column,
                [
                    (profile, profile.columns[name])
                    for profile in self.before
                    if name in profile.columns and profile.sampled >= ENOUGH_ROWS
                ],
            )

    def is_guarded(self, column: str) -> bool:
        """Whether the declaration says that a silent change of the column bends numbers."""
        return column in self.table.gate.get("guarded", ())


def expectations(batch: "LandedBatch", profile: Profile, history: History) -> list[Any]:
    """Return the comparisons of one batch with the files before it."""
    is_family = bool(history.family)
    before = history.family if is_family else history.others
    compared = Comparison(batch.declaration, profile, before, is_family)
    found = [
        _told(name, says, severity, mine)
        for name, says, check in CHECKS
        for severity, mine in _by_severity(list(check(compared)), is_family).items()
        if mine
    ]
    return found or [_nothing_unusual(len(before))]


def _by_severity(found: list[Finding], is_family: bool) -> dict[str, list[Finding]]:
    return {
        "critical": [each for each in found if each.is_critical and is_family],
        "warning": [each for each in found if not (each.is_critical and is_family)],
    }


def _told(name: str, says: str, severity: str, found: list[Finding]) -> Any:
    return ExpectNothingFound(
        found=tuple(f"{each.column} {each.text}".strip() for each in found),
        severity=severity,
        description=says,
        meta=about(name, ", ".join(dict.fromkeys(each.column for each in found)) or None),
    )


def _nothing_unusual(files: int) -> Any:
    """Say that all was compared: an expectation for each of it would cost more than to look."""
    return ExpectNothingFound(
        severity="critical",
        description=f"the content is like that of {files} files before: "
        + "; ".join(says for _, says, _ in CHECKS),
        meta=about("as_before"),
    )


def _unit(compared: Comparison) -> Iterator[Finding]:
    """Two of three quartiles far outside of what they ever were, on the same side."""
    for name, column, before in compared.columns():
        usual = [each.quantiles for _, each in before if each.nonzero >= ENOUGH_ROWS]
        if not usual or column.nonzero < ENOUGH_ROWS:
            continue
        moved = [
            _times(now, [quantiles[at] for quantiles in usual])
            for at, now in enumerate(column.quantiles[QUARTILES])
        ]
        for factor, is_critical in ((UNIT_FACTOR, compared.is_guarded(name)),
                                    (SUSPECT_FACTOR, False)):  # fmt: skip
            above = sum(times >= factor for times in moved)
            below = sum(0 < times <= 1 / factor for times in moved)
            if max(above, below) >= 2:
                text = f"has a median of {column.quantiles[1]:,.4g}, {_range(usual, 1)}"
                yield Finding(name, is_critical, text)
                break


def _times(now: float, usual: list[float]) -> float:
    """Return how many times beyond the range of what was usual a level lies; 1 is within."""
    sizes = [abs(each) for each in usual]
    if abs(now) > max(sizes) > 0:
        return abs(now) / max(sizes)
    return abs(now) / min(sizes) if 0 < abs(now) < min(sizes) else 1.0


def _range(usual: list[list[float]], at: int) -> str:
    levels = [quantiles[at] for quantiles in usual]
    return f"before {min(levels):,.4g} to {max(levels):,.4g}"


def _far(compared: Comparison) -> Iterator[Finding]:
    """A fiftieth of the values ten times beyond everything usual: some rows in another unit."""
    for name, column, before in compared.columns():
        usual = [each.quantiles for _, each in before if each.nonzero >= ENOUGH_ROWS]
        if not usual or column.nonzero < ENOUGH_ROWS:
            continue
        limit = FAR_FACTOR * max(abs(quantiles[FARTHEST]) for quantiles in usual)
        repeated = [
            count
            for value, count in column.top.items()
            if abs(float(value)) > limit and count >= max(5, 0.02 * column.filled)
        ]
        if repeated or (column.nonzero >= 250 and column.quantiles[FAR] > limit):
            text = f"has values far above {limit:,.4g}, ten times the greatest usual"
            yield Finding(name, compared.is_guarded(name), text)


def _sign(compared: Comparison) -> Iterator[Finding]:
    for name, column, before in compared.columns():
        usual = [each.negative / each.nonzero for _, each in before if each.nonzero >= ENOUGH_ROWS]
        if not usual or column.nonzero < ENOUGH_ROWS:
            continue
        share = column.negative / column.nonzero
        if (share >= 0.5 and max(usual) <= 0.1) or (share <= 0.1 and min(usual) >= 0.5):
            text = f"is negative in {share:.0%}, before {_shares(usual)}"
            yield Finding(name, compared.is_guarded(name), text)


def _filled(compared: Comparison) -> Iterator[Finding]:
    rows = compared.batch.sampled
    for name, column, before in compared.columns():
        if len(before) < ENOUGH_FILES or rows < ENOUGH_ROWS:
            continue
        usual = [each.filled / profile.sampled for profile, each in before]
        share = column.filled / rows
        text = f"is filled in {share:.0%} of the rows, before {_shares(usual)}"
        if not column.filled and min(usual) >= 0.1 and rows * min(usual) >= CERTAIN:
            yield Finding(name, compared.is_guarded(name), text)
        elif share < min(usual) - 0.3 and rows >= 50:
            yield Finding(name, False, text)


def _flags(compared: Comparison) -> Iterator[Finding]:
    for name, column, before in compared.columns():
        rows = compared.batch.sampled
        is_flag = any(each.true for _, each in before) or column.true
        if not is_flag or len(before) < ENOUGH_FILES or rows < 50:
            continue
        usual = [each.true / profile.sampled for profile, each in before]
        share = column.true / rows
        if not min(usual) - 0.5 < share < max(usual) + 0.5:
            text = f"is true in {share:.0%} of the rows, before {_shares(usual)}"
            yield Finding(name, compared.is_guarded(name), text)


def _one_key(compared: Comparison) -> Iterator[Finding]:
    """One key for a large share of the rows: a stand-in such as UNKNOWN or 0."""
    for name, column, before in compared.columns():
        if name not in references(compared.table) or len(before) < ENOUGH_FILES:
            continue
        usual = [each.top_count / each.filled for _, each in before if each.filled]
        share = column.top_count / column.filled if column.filled else 0
        if not usual or share < 5 * max(usual):
            continue
        text = f"is the same in {share:.0%} of the rows, before at most {max(usual):.1%}"
        if share >= 0.25 and column.top_count >= 25:
            yield Finding(name, True, text)
        elif share >= 0.1 and column.top_count >= 10:
            yield Finding(name, False, text)


def _one_value(compared: Comparison) -> Iterator[Finding]:
    """One value, hardly seen before, for a large share: a stand-in such as 0, -1 or N/A."""
    for name, column, before in compared.columns():
        if len(before) < ENOUGH_FILES or column.filled < ENOUGH_ROWS:
            continue
        for value, count in column.top.items():
            share = count / column.filled
            usual = max(_share(each, value) for _, each in before)
            is_sudden = share >= 0.2 and usual <= 0.02 and column.filled >= 50
            is_most = share >= 0.6 and usual <= 0.1
            if is_sudden or is_most:
                text = f"has one value in {share:.0%} of the rows, before at most {usual:.1%}"
                yield Finding(name, is_most and compared.is_guarded(name), text)
                break


def _share(column: ColumnProfile, value: str) -> float:
    return column.top.get(value, 0) / column.filled if column.filled else 0.0


def _usual_shares(compared: Comparison) -> Iterator[Finding]:
    """The mix of known codes: one of them took or lost two fifths of the rows."""
    for name, column, before in compared.columns():
        is_number = bool(column.quantiles) or any(each.quantiles for _, each in before)
        if len(before) < ENOUGH_FILES or column.filled < 50 or is_number:
            continue
        known = {value for _, each in before for value in each.top}
        for value in known:
            usual = [_share(each, value) for _, each in before if each.filled]
            share = _share(column, value)
            if not min(usual) - 0.4 < share < max(usual) + 0.4:
                text = f"has one code in {share:.0%} of the rows, before {_shares(usual)}"
                yield Finding(name, False, text)
                break


def _key_shape(compared: Comparison) -> Iterator[Finding]:
    """Keys of another form are other keys: what is delivered again would count twice."""
    for name, column, before in compared.columns():
        rows = sum(column.shapes.values())
        if not before or rows < ENOUGH_ROWS:
            continue
        known = {shape for _, each in before for shape in each.shapes}
        if not known:
            continue
        new = sum(count for shape, count in column.shapes.items() if shape not in known) / rows
        zeros = min(each.leading_zero / each.filled for _, each in before if each.filled)
        if new >= 0.1:
            text = f"has another form in {new:.0%} of the rows (letters, digits, other signs)"
            yield Finding(name, new >= 0.9, text)
        elif zeros >= 0.5 and not column.leading_zero:
            yield Finding(name, True, f"lost its leading zeros, before in {zeros:.0%} and more")


def _keys_known(compared: Comparison) -> Iterator[Finding]:
    """Nearly all keys point at something, then most at nothing: they come from elsewhere.

    Or the table that they point at is late: then nothing stops.
    """
    for name, column, before in compared.columns():
        usual = [
            each.orphans / each.filled
            for _, each in before
            if each.orphans is not None and each.filled >= ENOUGH_ROWS
        ]
        if column.orphans is None or len(usual) < 3 or column.filled < ENOUGH_ROWS:
            continue
        share = column.orphans / column.filled
        if share >= max(0.5, max(usual) + 0.4):
            parent = references(compared.table)[name]
            text = f"is not among {parent} in {share:.0%} of the rows, before {_shares(usual)}"
            yield Finding(name, column.is_parent_fresh, text)


def _twins(compared: Comparison) -> Iterator[Finding]:
    usual = [
        each.twins / each.rows
        for each in compared.before
        if each.twins is not None and each.rows >= ENOUGH_ROWS
    ]
    rows, twins = compared.batch.rows, compared.batch.twins
    if twins is None or len(usual) < 3 or rows < 50:
        return
    if twins / rows >= max(0.2, max(usual) + 0.15):
        text = f"{twins:,} of {rows:,} rows, before {_shares(usual)}"
        yield Finding("", True, text)


def _scale_ends(compared: Comparison) -> Iterator[Finding]:
    """An end of a scale that nobody chooses any more: another scale under the old name.

    Small files add up: judged are all answers since the end was last chosen. Where that much was
    let pass before, it is known.
    """
    for name, column, _ in compared.columns():
        for scale, counts in column.ends.items():
            files = [
                each.columns[name].ends.get(scale, [0, 0, 0])
                for each in compared.before
                if name in each.columns
            ]
            for end, word in ((1, "lowest"), (2, "highest")):
                before, since, share = _since_last(files, end)
                total = since + counts[0]
                is_news = since * share < CERTAIN <= total * share
                if is_news and not counts[end] and share >= 0.005:
                    text = (
                        f"({scale}) is never the scale's {word} in {total:,} answers, "
                        f"before in {share:.1%} of {before:,}"
                    )
                    yield Finding(name, compared.is_guarded(name), text)


def _since_last(files: list[list[int]], end: int) -> tuple[int, int, float]:
    """Return answers up to the last file with that end, answers since, and the end's share."""
    last = max((at for at, counts in enumerate(files) if counts[end]), default=-1)
    before = sum(counts[0] for counts in files[: last + 1])
    chosen = sum(counts[end] for counts in files[: last + 1])
    since = sum(counts[0] for counts in files[last + 1 :])
    return before, since, chosen / before if before else 0.0


def _hours(compared: Comparison) -> Iterator[Finding]:
    """A day that looks like an ordinary one moved by hours; a campaign looks like none."""
    for name, column, before in compared.columns():
        files = [each.hours for _, each in before if sum(each.hours) >= 50]
        events = sum(column.hours)
        if len(files) < ENOUGH_FILES or events < 100:
            continue
        usual = [sum(hours) + 0.5 for hours in zip(*files, strict=True)]
        worst = max(_distance(hours, usual) for hours in files)
        found = [_distance(column.hours, _moved(usual, by)) for by in range(24)]
        by = min(range(24), key=found.__getitem__)
        is_unlike = found[0] > max(0.02, 3 * worst)
        is_moved = found[by] <= max(0.02, 1.5 * worst, found[0] / 5)
        if is_unlike and by and is_moved and events * (found[0] - found[by]) >= 2 * CERTAIN:
            hours = by if by <= 12 else by - 24
            text = f"looks like an ordinary day moved by {hours:+d} hours"
            yield Finding(name, compared.table.gate.get("time_shift") == "critical", text)
        elif found[0] > max(0.3, 5 * worst):
            yield Finding(name, False, "falls on other hours of the day than ever before")


def _moved(hours: list[float], by: int) -> list[float]:
    return hours[-by:] + hours[:-by]


def _distance(hours: list[int], usual: list[float]) -> float:
    """Return how far a day's hours are from the usual ones, beyond what chance does (Kullback)."""
    events, total = sum(hours), sum(usual)
    divergence = sum(
        count / events * log((count / events) / (expected / total))
        for count, expected in zip(hours, usual, strict=True)
        if count
    )
    return divergence - 23 / (2 * events)


def _volume(compared: Comparison) -> Iterator[Finding]:
    rows, usual = compared.batch.rows, [each.rows for each in compared.before]
    if len(usual) < ENOUGH_FILES or not compared.is_family:
        return
    if rows > max(2 * max(usual), max(usual) + 50) or rows < min(min(usual) / 2, min(usual) - 50):
        yield Finding("", False, f"{rows:,} rows, before {min(usual):,} to {max(usual):,}")


def _shares(usual: list[float]) -> str:
    return f"{min(usual):.0%} to {max(usual):.0%}"


# Name, what is expected, how it is found.
CHECKS: tuple[tuple[str, str, Callable[[Comparison], Iterator[Finding]]], ...] = (
    ("same_unit", "numbers have the size they had (cents for kronor?)", _unit),
    ("no_far_values", "no numbers lie far beyond what was usual", _far),
    ("same_sign", "numbers have the sign they had", _sign),
    ("still_filled", "a column that was filled is still filled", _filled),
    ("flags_stand", "flags are set about as often as before", _flags),
    ("no_stand_in_key", "no single key stands in for many", _one_key),
    ("no_sudden_value", "no value hardly seen before fills the rows", _one_value),
    ("usual_mix", "codes are mixed about as before", _usual_shares),
    ("key_shape", "keys have the form they had", _key_shape),
    ("keys_known", "keys still point at known rows", _keys_known),
    ("no_twins", "rows differ in more than their key", _twins),
    ("scale_ends", "both ends of a scale are still chosen", _scale_ends),
    ("same_hours", "events fall on the hours of the day that they used to", _hours),
    ("usual_volume", "no more than twice and no fewer than half the rows of any file", _volume),
)
