"""Which physical lines of a CSV file begin a record, from the quotes before them."""

from loyalty.landing.contents import Header, TextFacts, physical_lines
from loyalty.landing.csv_salvage import FIELDS, IS_RECORD
from loyalty.landing.staging import PENDING_REJECTS, Stage

# Fewer columns look like prose: a line of a comment with a comma or two.
FEWEST_TELLING_COLUMNS = 4

# A line begins inside a quoted value when an odd number of quotes stands before it.
QUOTED_LINES = """(
    select
        line_number,
        text,
        quotes,
        coalesce(
            sum(quotes) over (
                order by line_number rows between unbounded preceding and 1 preceding
            ),
            0
        ) % 2 = 1 as is_inside,
    from (
        select
            line_number,
            {text} as text,
            length(decoded) - length(replace(decoded, '"', '')) as quotes,
            regexp_matches(decoded, '[^\\r]') as is_filled,
        from (
            select line_number, coalesce(try(decode(line)), '') as decoded from file_lines
            where line_number > {header_lines}
        )
    )
)"""


def offer_lines(stage: Stage) -> None:
    """Let the next query read `file_lines`, once."""
    lines = physical_lines(stage.file.path, stage.file.is_gzip)
    stage.connection.register("file_lines", lines)


def swallows_records(stage: Stage, header: Header) -> bool:
    """Tell whether some quoted value holds a line that is a whole record by itself."""
    column_count = len(header.names)
    if column_count < FEWEST_TELLING_COLUMNS:
        return False
    offer_lines(stage)
    lines = QUOTED_LINES.format(text="decoded", header_lines=header.line_count)
    return bool(
        stage.number(
            f"""
            select count(*)
            from (
                select rtrim(text, chr(13)) as text from {lines}
                where is_inside and quotes % 2 = 0
            )
            where {IS_RECORD} and len({FIELDS}) = {column_count}
            """
        )
    )


def line_starts(stage: Stage, facts: TextFacts, header: Header, is_line_each: bool) -> int:
    """Make `line_starts`: the line of each row that the strict reader kept; return how many.

    `is_line_each`: every record is one line, no line is blank.
    """
    if is_line_each:
        first, last = header.line_count + 1, facts.line_count
        lines = f"(select range as line_number from range({first}, {last + 1}))"
    else:
        offer_lines(stage)
        quoted = QUOTED_LINES.format(text="null", header_lines=header.line_count)
        lines = f"(select line_number from {quoted} where not is_inside and is_filled)"
    stage.connection.execute(
        f"""
        create or replace temp table line_starts as
        select
            row_number() over (order by line_number) as row_number,
            line_number,
            next_line_number,
        from (
            select
                line_number,
                lead(line_number, 1, {facts.line_count + 1}) over (order by line_number)
                    as next_line_number,
            from {lines}
        )
        where line_number not in (
            select line_number from {PENDING_REJECTS} where batch_id = {stage.batch_id}
        )
        """
    )
    return stage.number("select count(*) from line_starts")
