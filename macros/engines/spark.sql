{# What Spark writes in its own way. Timestamps are of the type without a zone (`profiles.yml`). #}
{% macro spark__type_double() -%}
    double
{%- endmacro %}

{% macro spark__local_date(timestamp_column) -%}
    cast(convert_timezone('UTC', '{{ var("business_time_zone") }}', {{ timestamp_column }}) as date)
{%- endmacro %}

{% macro spark__iso_weekday(date_column) -%}
    cast(extract(dayofweek_iso from {{ date_column }}) as integer)
{%- endmacro %}

{% macro spark__day_series(first_date, last_date) -%}
    select explode(sequence({{ first_date }}, {{ last_date }}, interval 1 day)) as date_day
{%- endmacro %}

{# Spark takes the row of the lowest rank even where its value is null. #}
{% macro spark__value_at_lowest(value, rank) -%}
    min_by({{ value }}, case when {{ value }} is not null then {{ rank }} end)
{%- endmacro %}

{% macro spark__value_at_highest(value, rank) -%}
    max_by({{ value }}, case when {{ value }} is not null then {{ rank }} end)
{%- endmacro %}

{# dbt's own takes no timestamp with parts of a second, and writes pages of SQL. #}
{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {%- set months = {'month': 1, 'quarter': 3, 'year': 12} -%}
    {%- set days = {'day': 1, 'week': 7} -%}
    {%- if datepart in months -%}
    ({{ from_date_or_timestamp }} + make_ym_interval(0, cast({{ interval }} as int) * {{ months[datepart] }}))
    {%- elif datepart in days -%}
    ({{ from_date_or_timestamp }} + make_dt_interval(cast({{ interval }} as int) * {{ days[datepart] }}))
    {%- elif datepart == 'hour' -%}
    ({{ from_date_or_timestamp }} + make_dt_interval(0, cast({{ interval }} as int)))
    {%- else -%}
    {{ exceptions.raise_compiler_error("dateadd of " ~ datepart ~ " is not written for Spark") }}
    {%- endif -%}
{%- endmacro %}

{# Boundaries crossed, as everywhere else: dbt's own counts two months from 31 January to the last of
   February. #}
{% macro spark__datediff(first_date, second_date, datepart) -%}
    {%- if datepart == 'day' -%}
    datediff({{ second_date }}, {{ first_date }})
    {%- elif datepart == 'month' -%}
    ((year({{ second_date }}) * 12 + month({{ second_date }})) - (year({{ first_date }}) * 12 + month({{ first_date }})))
    {%- else -%}
    {{ exceptions.raise_compiler_error("datediff of " ~ datepart ~ " is not written for Spark") }}
    {%- endif -%}
{%- endmacro %}

{# dbt's own binds a seed's null as the text 'None', and a quote in a text ends it. #}
{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set statements = [] -%}
    {%- for chunk in agate_table.rows | batch(get_batch_size()) -%}
        {%- set sql -%}
        insert into {{ this.render() }} values
        {%- for row in chunk %}
        (
            {%- for name in agate_table.column_names -%}
            {%- set value = row[loop.index0] -%}
            {%- set type = types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
            cast({% if value is none %}null{% else %}'{{ value | string | replace("\\", "\\\\") | replace("'", "\\'") }}'{% endif %} as {{ type }})
            {%- if not loop.last %}, {% endif -%}
            {%- endfor -%}
        ){% if not loop.last %},{% endif %}
        {%- endfor %}
        {%- endset -%}
        {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
        {%- do statements.append(sql) -%}
    {%- endfor -%}
    {{ return(statements[0]) }}
{% endmacro %}
