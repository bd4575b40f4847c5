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


def map_lines(stage: Stage, facts: TextFacts, header: Header, errors: str) -> tuple[int, int]:
    """Make `record_lines`, the physical lines of each record.

    Returns how many records are without error, and how many with one.

    The strict reader numbers lines as if every record were one (`reader_line`, blank lines
    counted); rows that it kept are numbered from 1 (`row_number`, null in one of `errors`).
    """
    stage.offer_lines()
    stage.connection.execute(
        f"""
        create or replace temp table record_lines as
        with lines as (
            select
                line_number,
                line not in ('', encode(chr(13))) as is_filled,
                1 + row_number() over (order by line_number) as reader_line,
                lead(line_number, 1, {facts.line_count + 1})
                    over (order by line_number) as next_line_number,
            from file_lines
            where line_number > {header.line_count} and not {IS_INSIDE}
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


def map_rejects(stage: Stage, facts: TextFacts, header: Header, errors: str) -> int:
    """Make `record_lines` of a file whose records are a line each, of those to reject only.

    Returns how many they are. No line is blank, so theirs follow from the reader's numbers: a row
    that it kept stands behind the header, the rows before it and all that it refused before it.
    """
    stage.connection.execute(
        f"""
        create or replace temp table record_lines as
        with refused as (
            select
                line::bigint as reader_line,
                row_number() over (order by line) as place,
                reader_line - 1 - place as rows_before,
            from (select distinct line from {errors})
        ),

        failed as (
            select rowid + 1 as row_number from {stage.relation} where _reject_column is not null
        ),

        placed as (
            select reader_line, null as row_number from refused
            union all
            select 1 + failed.row_number + coalesce(before.refused_count, 0), failed.row_number
            from failed
            asof left join (
                select rows_before, max(place) as refused_count from refused group by all
            ) as before on failed.row_number > before.rows_before
        )

        select
            reader_line,
            {header.line_count} - 1 + reader_line as line_number,
            line_number + 1 as next_line_number,
            row_number,
        from placed
        where line_number between {header.line_count + 1} and {facts.line_count}
        """
    )
    return stage.number("select count(*) from record_lines")
