"""CSV by rule into the stage, for files whose quotes or line ends the strict reader cannot tell."""

from loyalty.landing.casts import cast_text
from loyalty.landing.contents import TextFacts
from loyalty.landing.csv_records import NOT_UTF8, Header, csv_records
from loyalty.landing.staging import PENDING_REJECTS, Stage, readable


def salvage(stage: Stage, facts: TextFacts, header: Header) -> int:
    """Fill the stage by rule; return the number of records.

    That is: filled lines as the bytes say, less the header's, less those that continue a record.
    """
    _read_records(stage, header)
    casts = [
        cast_text(
            column,
            f"nullif(texts[{header.names.index(column.name) + 1}], '')"
            if column.name in header.names
            else "null::varchar",
            stage.zone,
            facts.has_nul,
        )
        for column in stage.file.declaration.columns
    ]
    source = """(
        select
            line_number as _line_number,
            coalesce(texts, string_split(text, ',')) as texts,
        from salvaged_records
        where reason is null
        order by line_number
    )"""
    if stage.fill(casts, source, ["_line_number"]):
        stage.reject(
            f"""
            select row_number, line_number, records.text as record, null as reason,
            from (
                select rowid + 1 as row_number, _line_number as line_number from {stage.relation}
                where _reject_column is not null
            )
            inner join salvaged_records as records using (line_number)
            """
        )
    stage.connection.execute(
        f"""
        insert into {PENDING_REJECTS}
        select {stage.batch_id}, line_number, null, null, reason, text from salvaged_records
        where reason is not null
        """
    )
    continued = stage.number("select sum(line_count - 1) from salvaged_records")
    stage.connection.execute("drop table salvaged_records")
    return facts.filled_line_count - header.filled_line_count - continued


def _read_records(stage: Stage, header: Header) -> None:
    file = stage.file
    records = csv_records(file.path, file.is_gzip, header.line_count, len(header.names))
    stage.connection.register("csv_records", records)
    stage.connection.execute(
        f"""
        create or replace temp table salvaged_records as
        select
            line_number,
            line_count,
            {readable("text")} as text,
            texts,
            coalesce(reason, case when try(decode(text)) is null then '{NOT_UTF8}' end) as reason,
        from csv_records
        """
    )
    stage.connection.unregister("csv_records")
