"""CSV line by line, for files whose quotes cannot be trusted.

A line that is a whole record stands for itself, whatever quote was left open before it. Of the
others, two lines with an odd number of quotes are tried as the ends of one record whose value
holds line feeds. What is neither is rejected with its line: a stray quote costs one line.
"""

from loyalty.landing.casts import cast_text
from loyalty.landing.contents import Header, TextFacts
from loyalty.landing.staging import PENDING_REJECTS, Stage

_FIELD = r'"(?:[^"]|"")*"|[^,"\r\n][^,\r\n]*|'
IS_RECORD = f"regexp_full_match(text, '(?:(?:{_FIELD}),)*(?:{_FIELD})')"
FIELDS = f"regexp_extract_all(text || ',', '({_FIELD}),', 1)"
QUOTES = "length(text) - length(replace(text, '\"', ''))"


def salvage(stage: Stage, facts: TextFacts, header: Header) -> int:
    """Fill the stage line by line; return the number of records.

    That is: filled lines as the bytes say, less the header's, less those that continue a record.
    """
    column_count = len(header.names)
    _classify_lines(stage, header.line_count, column_count)
    continued = _join_lines(stage, column_count)
    _reject_lines(stage, column_count)
    casts = [
        cast_text(
            column,
            _field(header.names.index(column.name) + 1)
            if column.name in header.names
            else "null::varchar",
            stage.zone,
            facts.has_nul,
        )
        for column in stage.file.declaration.columns
    ]
    source = f"(select line_number, {FIELDS} as fields from salvaged_records order by line_number)"
    if stage.fill(casts, source, ["line_number"]):
        stage.reject(
            f"""
            select row_number, line_number, records.text as record, null as reason,
            from (
                select rowid + 1 as row_number, line_number from {stage.relation}
                where _reject_column is not null
            )
            inner join salvaged_records as records using (line_number)
            """
        )
    stage.connection.execute("drop table salvaged_lines; drop table salvaged_records")
    return facts.filled_line_count - header.line_count - continued


def _field(number: int) -> str:
    field = f"fields[{number}]"
    inner = f"replace(substring({field}, 2, length({field}) - 2), '\"\"', '\"')"
    return f"nullif(case when {field}[1] = '\"' then {inner} else {field} end, '')"


def _classify_lines(stage: Stage, header_lines: int, column_count: int) -> None:
    stage.offer_lines()
    stage.connection.execute(
        f"""
        create or replace temp table salvaged_lines as
        select
            line_number,
            text,
            coalesce(({QUOTES}) % 2 = 1, false) as is_odd,
            coalesce(
                ({QUOTES}) % 2 = 0 and {IS_RECORD} and len({FIELDS}) = {column_count}, false
            ) as is_record,
        from (
            select line_number, rtrim(try(decode(line)), chr(13)) as text from file_lines
            where line_number > {header_lines}
        )
        where text is null or regexp_matches(text, '\\S')
        """
    )


def _join_lines(stage: Stage, column_count: int) -> int:
    """Make `salvaged_records`; return how many lines continue one."""
    stage.connection.execute(
        f"""
        create or replace temp table salvaged_records as
        with broken as (
            select *, sum(is_record::int) over (order by line_number) as stretch
            from salvaged_lines
            qualify not is_record
        ),

        ends as (
            select
                line_number as first_line,
                lead(line_number) over (partition by stretch order by line_number) as last_line,
            from broken
            where is_odd
        ),

        joined as (
            select
                ends.first_line as line_number,
                ends.last_line,
                string_agg(broken.text, chr(10) order by broken.line_number) as text,
            from ends
            inner join broken on broken.line_number between ends.first_line and ends.last_line
            group by all
            having count(*) = count(broken.text)
        )

        select line_number, last_line, text from joined
        where {IS_RECORD} and len({FIELDS}) = {column_count}
        union all
        select line_number, line_number, text from salvaged_lines where is_record
        """
    )
    return stage.number(
        """
        select count(*) from salvaged_lines
        inner join salvaged_records as records
            on salvaged_lines.line_number > records.line_number
            and salvaged_lines.line_number <= records.last_line
        where records.last_line > records.line_number
        """
    )


def _reject_lines(stage: Stage, column_count: int) -> None:
    stage.connection.execute(
        f"""
        insert into {PENDING_REJECTS}
        select
            {stage.batch_id},
            line_number,
            null,
            null,
            case
                when text is null then 'not UTF-8'
                when is_odd then 'a quote is out of place'
                when {IS_RECORD} then
                    {column_count} || ' columns expected, ' || len({FIELDS}) || ' found'
                else 'a quote or a line end is out of place'
            end,
            coalesce(text, '(not UTF-8)'),
        from salvaged_lines
        where
            not is_record
            and not exists (
                select 1 from salvaged_records as records
                where
                    records.last_line > records.line_number
                    and salvaged_lines.line_number between records.line_number and records.last_line
            )
        """
    )
