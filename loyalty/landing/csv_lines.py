"""Which physical lines of a CSV file begin a record, from the quotes before them."""

from loyalty.landing.contents import TextFacts
from loyalty.landing.csv_records import TELLING_COLUMNS, Header
from loyalty.landing.staging import Stage

# What csv_records reads, of a text that is one whole line.
_VALUE = r' *"(?:[^"]|"")*" *| *[^," \r\n][^,\r\n]*| *'
IS_RECORD = f"regexp_full_match(text, '(?:(?:{_VALUE}),)*(?:{_VALUE})')"
VALUES = f"regexp_extract_all(text || ',', '({_VALUE}),', 1)"

# A line begins inside a quoted value when an odd number of quotes stands before it.
IS_INSIDE = "quotes_before % 2 = 1"


def swallows_records(stage: Stage, header: Header) -> bool:
    """Tell whether some quoted value holds a line that is a whole record by itself."""
    column_count = len(header.names)
    if column_count < TELLING_COLUMNS:
        return False
    stage.offer_lines()
    return bool(
        stage.number(
            # As one case, for filters are reordered: the pattern is to meet few lines only.
            f"""
            select count(*)
            from (
                select
                    case
                        when {IS_INSIDE} and quotes % 2 = 0
                        then rtrim(try(decode(line)), chr(13))
                    end as text,
                from file_lines
            )
            where
                case when text is not null then {IS_RECORD} end
                and len({VALUES}) >= {column_count}
            """
        )
    )


def map_lines(
    stage: Stage, facts: TextFacts, header: Header, is_line_each: bool, errors: str
) -> tuple[int, int]:
    """Make `record_lines`, the physical lines of each record.

    Returns how many records are without error, and how many with one.

    The strict reader numbers lines as if every record were one (`reader_line`, blank lines
    counted); rows that it kept are numbered from 1 (`row_number`, null in one of `errors`).
    `is_line_each`: every record is one line and no line is blank.
    """
    first, last = header.line_count + 1, facts.line_count
    if is_line_each:
        lines = f"(select range as line_number, true as is_filled from range({first}, {last + 1}))"
    else:
        stage.offer_lines()
        lines = f"""(
            select line_number, line not in ('', encode(chr(13))) as is_filled from file_lines
            where line_number >= {first} and not {IS_INSIDE}
        )"""
    stage.connection.execute(
        f"""
        create or replace temp table record_lines as
        with lines as (
            select
                line_number,
                is_filled,
                1 + row_number() over (order by line_number) as reader_line,
                lead(line_number, 1, {last + 1}) over (order by line_number) as next_line_number,
            from {lines}
        )

        select
            reader_line,
            line_number,
            next_line_number,
            case
                when is_read then row_number() over (partition by is_read order by line_number)
            end as row_number,
        from (
            select *, reader_line not in (select line from {errors}) as is_read from lines
            where is_filled
        )
        """
    )
    return (
        stage.number("select count(row_number) from record_lines"),
        stage.number("select count(*) from record_lines where row_number is null"),
    )
