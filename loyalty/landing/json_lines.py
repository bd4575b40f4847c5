"""JSON lines into the stage: one object a line, a member a column."""

from loyalty.landing.casts import cast_text
from loyalty.landing.contents import text_facts
from loyalty.landing.quoting import literal
from loyalty.landing.staging import Contents, Stage, column_problems, extra_columns, readable

BLANK = b" \t\r"
# A line with a problem has no members, so its key is missing and the row is rejected.
OBJECTS = """(
    select
        line_number,
        line,
        text,
        case
            when text is null then 'not UTF-8'
            when coalesce(json_type(valid), '') != 'OBJECT' then 'not a JSON object'
            when len(json_keys(valid)) > len(list_distinct(json_keys(valid)))
                then 'a member stands in it more than once'
        end as problem,
    from (
        select *, case when json_valid(text) then text end as valid
        from (select line_number, line, try(decode(line)) as text from file_lines)
        where text is null or regexp_matches(text, '[^ \\t\\r]')
    )
)"""


def land_json_lines(stage: Stage) -> Contents:
    """Read the file into the stage.

    Raises:
        UnreadableFileError: no UTF-8 text, or a damaged gzip file.
    """
    facts = text_facts(stage.file.path, stage.file.is_gzip, BLANK)
    names = _member_names(stage)
    extra = extra_columns(stage, names)
    problems = column_problems(stage, names) if names else []
    if facts.filled_line_count and not names:
        problems = ["no line of the file is a JSON object with members"]
    if problems:
        return Contents(None, extra, problems)
    columns = stage.file.declaration.columns
    paths = ", ".join(literal(f'$."{column.name}"') for column in columns)
    source = f"""(
        select
            line_number as _line_number,
            case when problem is null then json_extract_string(text, [{paths}]) end as members,
        from {OBJECTS}
    )"""
    casts = [
        cast_text(column, f"nullif(members[{number}], '')", stage.zone, facts.has_nul)
        for number, column in enumerate(columns, start=1)
    ]
    stage.offer_lines()
    if stage.fill(casts, source, ["_line_number"]):
        stage.offer_lines()
        stage.reject(
            f"""
            select
                rejected.row_number,
                rejected.line_number,
                {readable("objects.line")} as record,
                objects.problem as reason,
            from (
                select rowid + 1 as row_number, _line_number as line_number from {stage.relation}
                where _reject_column is not null
            ) as rejected
            inner join {OBJECTS} as objects using (line_number)
            """
        )
    stage.finish()
    return Contents(facts.filled_line_count, extra, stage.unaccounted(facts.filled_line_count))


def _member_names(stage: Stage) -> list[str]:
    stage.offer_lines()
    rows = stage.connection.execute(
        f"""
        select name, min(line_number) as first_line
        from (
            select line_number, unnest(json_keys(text)) as name from {OBJECTS} where problem is null
        )
        group by name
        order by first_line, name
        """
    ).fetchall()
    return [str(name) for name, _ in rows]
