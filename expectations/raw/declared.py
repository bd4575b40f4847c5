"""What a table's declaration says of every batch: required, key, rejects, values, scales, dates.

Read from `config.meta` of the table: primary_key, event_timestamp, cursor and, all optional,
    gate:
      max_reject_share: 0.01                # of the file's records; critical above
      accepted_values:
        critical: {survey_kind: [...]}      # any other value stops the batch
        warning: {status: [...]}            # any other value is told
      accepted_scales:                      # pairs of columns; an unknown pair stops the batch
        {minimum: scale_min, maximum: scale_max, scales: [[1, 5], [0, 10]]}
      not_negative: [order_amount]          # told
      guarded: [customer_id]                # a silent change of these stops (`drift`); else told
      references: {customer_id: customers}  # keys of a table that is loaded before (`orphans`)
      scale_ends:                           # which scores are a scale's ends (`drift`)
        {score: score, lowest: scale_min, highest: scale_max, by: survey_kind}
      time_shift: critical                  # people make the rows' hours: a moved day stops
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import great_expectations.expectations as gxe

from loyalty.gates.custom import (
    ExpectFewRowsWhere,
    ExpectNothingFound,
    about,
    identifier,
    literal,
)
from loyalty.gates.profiles import Profile

if TYPE_CHECKING:
    from loyalty.declarations import TableDeclaration
    from loyalty.landing import LandedBatch

MAX_REJECT_SHARE = 0.01
ADDRESS = r"[^@\s]+@[^@\s]+[.][A-Za-z]{2,}"
# A day: clocks and zones differ; what lies further ahead is a wrong year or a wrong format.
FUTURE_TOLERANCE = timedelta(days=1)
EARLIEST_EVENT = datetime(1990, 1, 1)
# In a small file a single row is a share.
TOLERATED = 5
TOLERATED_REJECTS, TOLERATED_REJECT_SHARE = 3, 0.1


def expectations(batch: "LandedBatch", now: datetime, profile: Profile) -> list[Any]:
    """Return what the declaration of the batch's table asks of it."""
    table = batch.declaration
    return [
        *_required(table),
        _unique_key(batch, profile),
        _reject_share(batch),
        *_accepted_values(table),
        *_accepted_scales(table),
        *_not_negative(table),
        *_no_addresses(table),
        *_dates(table, now),
    ]


def _required(table: "TableDeclaration") -> list[Any]:
    return [
        gxe.ExpectColumnValuesToNotBeNull(
            column=column.name,
            severity="critical",
            description=f"{column.name} is required: no row without it",
            meta=about("required", column.name, rows_where=f"{identifier(column.name)} is null"),
        )
        for column in table.columns
        if column.required
    ]


def _unique_key(batch: "LandedBatch", profile: Profile) -> Any:
    """Tell of keys that stand twice: legal (the newest row wins), but worth knowing."""
    key = ", ".join(map(identifier, batch.declaration.primary_key))
    repeated = profile.repeated_keys
    return ExpectNothingFound(
        found=(f"{repeated:,}",) if repeated else (),
        severity="warning",
        description="each key stands once in a file; rows whose key stood before",
        meta=about(
            "unique_key",
            ", ".join(batch.declaration.primary_key),
            rows_where=(
                f"({key}) in (select {key} from {{relation}} group by all having count(*) > 1)"
            ),
        ),
    )


def _reject_share(batch: "LandedBatch") -> Any:
    most = float(batch.declaration.gate.get("max_reject_share", MAX_REJECT_SHARE))
    rejected, records = batch.rejected_count, batch.record_count
    is_too_many = (
        records is not None
        and rejected > most * records
        # In a small file a single record is a share.
        and (rejected > TOLERATED_REJECTS or rejected > TOLERATED_REJECT_SHARE * records)
    )
    return ExpectNothingFound(
        found=(f"{rejected:,} of {records or 0:,}",) if is_too_many else (),
        severity="critical",
        description=f"at most {most:.2%} of the file's records are rejected; rejected",
        meta=about("reject_share"),
    )


def _accepted_values(table: "TableDeclaration") -> list[Any]:
    accepted: dict[str, dict[str, list[Any]]] = table.gate.get("accepted_values", {})
    return [
        gxe.ExpectColumnValuesToBeInSet(
            column=column,
            value_set=values,
            severity=severity,
            description=f"{column} is one of {', '.join(map(str, values))}",
            meta=about("accepted_values", column, unknown, rows_where=unknown["where"]),
        )
        for severity, columns in accepted.items()
        for column, values in columns.items()
        for unknown in [_unknown_values(column, values)]
    ]


def _unknown_values(column: str, values: list[Any]) -> dict[str, str]:
    known = ", ".join(literal(str(value)) for value in values)
    text = f"cast({identifier(column)} as varchar)"
    return {"shown": text, "where": f"{text} not in ({known})"}


def _accepted_scales(table: "TableDeclaration") -> list[Any]:
    scales = table.gate.get("accepted_scales")
    if not scales:
        return []
    low, high = identifier(scales["minimum"]), identifier(scales["maximum"])
    known = ", ".join(f"({least}, {most})" for least, most in scales["scales"])
    unknown = f"({low}, {high}) not in ({known})"
    shown = ", ".join(f"{least} to {most}" for least, most in scales["scales"])
    found = f"'from_' || {_plain(low)} || '_to_' || {_plain(high)}"
    return [
        ExpectFewRowsWhere(
            condition=unknown,
            base=f"{low} is not null and {high} is not null",
            severity="critical",
            description=f"the scale is one of {shown}",
            meta=about(
                "accepted_scales",
                f"{scales['minimum']}, {scales['maximum']}",
                {"shown": found, "where": unknown},
            ),
        )
    ]


def _plain(column: str) -> str:
    return f"replace(cast({column} as varchar), '.0', '')"


def _not_negative(table: "TableDeclaration") -> list[Any]:
    return [
        ExpectFewRowsWhere(
            condition=f"{identifier(column)} < 0",
            severity="warning",
            description=f"{column} is not negative",
            meta=about("not_negative", column),
        )
        for column in table.gate.get("not_negative", [])
    ]


def _no_addresses(table: "TableDeclaration") -> list[Any]:
    """Refuse e-mail addresses in columns that are not declared sensitive: they get published."""
    columns = [
        identifier(column.name)
        for column in table.columns
        if column.data_type == "varchar" and not column.sensitive
    ]
    if not columns:
        return []
    holds_one = " or ".join(
        f"(contains({column}, '@') and regexp_matches({column}, '{ADDRESS}'))" for column in columns
    )
    return [
        ExpectFewRowsWhere(
            condition=f"coalesce({holds_one}, false)",
            severity="critical",
            description="no e-mail address stands in a column that is not declared sensitive",
            meta=about("no_addresses"),
        )
    ]


def _dates(table: "TableDeclaration", now: datetime) -> list[Any]:
    """Judge what dates the rows, and the cursor: one that lies ahead would win for ever."""
    latest = (now + FUTURE_TOLERANCE).replace(microsecond=0, tzinfo=None)
    columns = dict.fromkeys(filter(None, (table.event_timestamp, table.cursor)))
    ahead = [
        ExpectFewRowsWhere(
            condition=f"{identifier(column)} > timestamp '{latest}'",
            base=f"{identifier(column)} is not null",
            severity="critical",
            description=f"{column} is not in the future (later than {latest} UTC)",
            meta=about("not_in_the_future", column),
        )
        for column in columns
    ]
    return [*ahead, *_not_ancient(table.event_timestamp)]


def _not_ancient(column: str | None) -> list[Any]:
    """A few impossible years are dirt; many are rows that today's numbers lack unseen."""
    if column is None:
        return []
    limits = (("warning", "not_ancient", 0.0), ("critical", "hardly_ancient", MAX_REJECT_SHARE))
    return [
        ExpectFewRowsWhere(
            condition=f"{identifier(column)} < timestamp '{EARLIEST_EVENT}'",
            base=f"{identifier(column)} is not null",
            max_share=most,
            tolerated=TOLERATED if most else 0,
            severity=severity,
            description=f"{column} is {'hardly' if most else 'not'} before {EARLIEST_EVENT:%Y}",
            meta=about(name, column),
        )
        for severity, name, most in limits
    ]
