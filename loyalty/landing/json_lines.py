"""JSON lines into the stage: one object a line, a member a column."""

from loyalty.landing.casts import cast_text
from loyalty.landing.contents import text_facts
from loyalty.landing.names import literal
from loyalty.landing.staging import Contents, Stage, column_problems, extra_columns

# A line that is no JSON object has no members, so its key is missing and the row is rejected.
OBJECTS = """(
    select line_number, text, coalesce(json_type(valid), '') = 'OBJECT' as is_object
    from (
        select line_number, text, case when json_valid(text) then text end as valid
        from (select line_number, line, try(decode(line)) as text from file_lines)
        where text is null or regexp_matches(text, '\\S')
    )
)"""


def land_json_lines(stage: Stage) -> Contents:
    """Read the file into the stage.

    Raises:
        UnreadableFileError: UTF-16, or a damaged gzip file.
    """
    facts = text_facts(stage.file.path, stage.file.is_gzip)
    names = _member_names(stage)
    extra = extra_columns(stage, names)
    problems = column_problems(stage, names) if names else []
    if problems:
        return Contents(None, extra, problems)
    columns = stage.file.declaration.columns
    paths = ", ".join(literal(f'$."{column.name}"') for column in columns)
    source = f"""(
        select
            line_number,
            case when is_object then json_extract_string(text, [{paths}]) end as members,
        from {OBJECTS}
    )"""
    casts = [
        cast_text(column, f"nullif(members[{number}], '')", stage.zone, facts.has_nul)
        for number, column in enumerate(columns, start=1)
    ]
    stage.offer_lines()
    if stage.fill(casts, source, ["line_number"]):
        stage.offer_lines()
        stage.reject(
            f"""
            select
                rejected.row_number,
                rejected.line_number,
                coalesce(objects.text, '(not UTF-8)') as record,
                case when not objects.is_object then 'not a JSON object' end as reason,
            from (
                select rowid + 1 as row_number, line_number from {stage.relation}
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
            select line_number, unnest(json_keys(text)) as name from {OBJECTS} where is_object
        )
        group by name
        order by first_line, name
        """
    ).fetchall()
    return [str(name) for name, _ in rows]
