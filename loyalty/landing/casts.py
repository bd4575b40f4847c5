"""Text to declared types, in SQL: a value that is not plainly of its type becomes a reject.

The database's own casts are more willing than an export should be read (5.5 becomes the whole
number 6, `infinity` a timestamp, an offset is dropped in silence), so the shape is checked first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.declarations import ColumnDeclaration
from loyalty.landing.quoting import literal, quoted
from loyalty.landing.zones import local_to_utc

_DATE, _TIME = r"[1-9]\d{3}-\d\d-\d\d", r"[T ]\d\d:\d\d(:\d\d(\.\d+)?)?"
LOCAL_TIMESTAMP = rf" *{_DATE}({_TIME})? *"
_OFFSET = r"([Zz]|[+-][01]\d(:?[0-5]\d)?)"
INSTANT = rf" *{_DATE}{_TIME}{_OFFSET} *"
_TIMESTAMP = rf" *{_DATE}({_TIME}{_OFFSET}?)? *"
WHOLE_NUMBER = r" *[+-]?\d+(\.0*)? *"
NUMBER = r" *[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)? *"

REASONS = {
    "varchar": "holds a NUL byte",
    "timestamp": "not an ISO 8601 date or timestamp",
    "boolean": "not true or false",
    "bigint": "not a whole number",
    "double": "not a number (decimal point, no thousands separator)",
    "decimal(18, 2)": "not an amount (decimal point, no thousands separator)",
}
MISSING = "a required value is missing"


@dataclass(frozen=True)
class Cast:
    """SQL of one column's text as landed (null: no value) and of its typed value.

    Where the file has a type of its own, the text may be that value still: it becomes text only
    where it is rejected. `typed` refers to the text by name, and to a value that is computed once
    and used often: `physical`, from the file's own column, or `local`, a timestamp as the text
    says it.
    """

    column: ColumnDeclaration
    text: str
    typed: str
    local: str | None = None
    physical: str | None = None


def cast_text(column: ColumnDeclaration, text: str, zone: str, may_hold_nul: bool) -> Cast:
    """Return the cast of a text expression; local times are of `zone`."""
    value = _text_name(column)
    if column.data_type == "timestamp":
        own = _local_name(column)
        # The database wants seconds before an offset, and a capital Z.
        whole = rf"regexp_replace(upper({value}), '^( *.{{10}}[T ]\d\d:\d\d)([Z+-])', '\1:00\2')"
        instant = f"coalesce({_try(value, 'timestamptz')}, {_try(whole, 'timestamptz')})"
        local = (
            f"case when {_has_shape(value, _TIMESTAMP)} then "
            f"case when {_has_offset(value)} then {_in_utc(instant)} "
            f"else {_try(value, 'timestamp')} end end"
        )
        utc = local_to_utc(own, zone)
        typed = own if utc == own else f"case when {_has_offset(value)} then {own} else {utc} end"
        return Cast(column, text, typed, local)
    if column.data_type == "varchar":
        has_nul = f"contains({value}, chr(0))"
        return Cast(
            column, text, f"case when not {has_nul} then {value} end" if may_hold_nul else value
        )
    number = _try(value, column.data_type)
    typed = {
        "boolean": number,
        "bigint": f"case when {_has_shape(value, WHOLE_NUMBER)} then {number} end",
        "double": f"case when {_has_shape(value, NUMBER)} and isfinite({number}) then {number} end",
        "decimal(18, 2)": f"case when {_has_shape(value, NUMBER)} then {number} end",
    }[column.data_type]
    return Cast(column, text, typed)


def cast_physical(column: ColumnDeclaration, value: str, physical: str, zone: str) -> Cast:
    """Return the cast of a typed value, used as it is where the types agree, else through text."""
    text = f"nullif(cast({value} as varchar), '')"
    own = _local_name(column)
    finite = f"case when isfinite({value}) then {value} end"
    if column.data_type == "timestamp" and physical == "TIMESTAMP WITH TIME ZONE":
        return Cast(column, value, _in_utc(own), physical=finite)
    if column.data_type == "timestamp" and physical == "TIMESTAMP":
        return Cast(column, value, local_to_utc(own, zone), physical=finite)
    if column.data_type != "varchar" and physical.lower().replace(",", ", ") == column.data_type:
        return Cast(column, value, own, physical=finite if physical == "DOUBLE" else value)
    return cast_text(column, text, zone, may_hold_nul=physical in ("VARCHAR", "BLOB"))


def typed_rows(casts: Sequence[Cast], relation: str, carried: Sequence[str]) -> str:
    """Return the query of typed rows in file order, with what is wrong with each.

    Beside the declared columns: `carried` expressions of the relation as they are, and
    `_reject_column`, `_reject_value`, `_reject_reason` of the first column that is wrong, null
    in a good row.
    """
    texts = [f"{cast.text} as {_text_name(cast.column)}" for cast in casts]
    texts += [f"{cast.physical} as {_local_name(cast.column)}" for cast in casts if cast.physical]
    locals_ = [f"{cast.local} as {_local_name(cast.column)}" for cast in casts if cast.local]
    names = [quoted(cast.column.name) for cast in casts]
    typed = [f"{cast.typed} as {name}" for cast, name in zip(casts, names, strict=True)]
    problems = [
        f"when {name} is null"
        + ("" if cast.column.required else f" and {_text_name(cast.column)} is not null")
        + f" then {number}"
        for number, (cast, name) in enumerate(zip(casts, names, strict=True))
    ]
    return f"""
        select
            {", ".join([*names, *carried])},
            {_choice([literal(cast.column.name) for cast in casts])} as _reject_column,
            {_choice([f"cast({_text_name(cast.column)} as varchar)" for cast in casts])}
                as _reject_value,
            {_choice([_reason(cast) for cast in casts])} as _reject_reason,
        from (
            select *, case {" ".join(problems)} end as _problem
            from (
                select *, {", ".join(typed)}
                from (
                    select *, {", ".join(locals_) or "1 as _none"}
                    from (select {", ".join([*texts, *carried])} from {relation})
                )
            )
        )
    """


def _choice(values: Sequence[str]) -> str:
    branches = " ".join(f"when {number} then {value}" for number, value in enumerate(values))
    return f"case when _problem is not null then case _problem {branches} end end"


def _reason(cast: Cast) -> str:
    reason = literal(REASONS[cast.column.data_type])
    return f"case when {_text_name(cast.column)} is null then {literal(MISSING)} else {reason} end"


def _text_name(column: ColumnDeclaration) -> str:
    return quoted(f"{column.name} as text")


def _local_name(column: ColumnDeclaration) -> str:
    return quoted(f"{column.name} as local")


def _try(value: str, data_type: str) -> str:
    return f"try_cast({value} as {data_type})"


def _in_utc(instant: str) -> str:
    # The same as timezone('UTC', …), without a calendar: a tenth of its time.
    return f"make_timestamp(epoch_us({instant}))"


def _has_offset(timestamp: str) -> str:
    """Return SQL that tells, of a text in the shape of a timestamp, whether it has an offset."""
    signs = " or ".join(f"contains({timestamp}, '{sign}')" for sign in "Zz+")
    # Cheaper than a pattern, and the dashes of the date stand before any colon.
    return f"({signs} or {timestamp} like '%:%-%')"


def _has_shape(value: str, pattern: str) -> str:
    return f"regexp_full_match({value}, {literal(pattern)})"
