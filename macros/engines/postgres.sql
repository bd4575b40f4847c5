{# What PostgreSQL writes in its own way. #}
{% macro postgres__local_date(timestamp_column) -%}
    cast(timezone('{{ var("business_time_zone") }}', timezone('UTC', {{ timestamp_column }})) as date)
{%- endmacro %}

{% macro postgres__iso_weekday(date_column) -%}
    cast(extract(isodow from {{ date_column }}) as integer)
{%- endmacro %}

{% macro postgres__day_series(first_date, last_date) -%}
    select cast(days as date) as date_day
    from generate_series({{ first_date }}, {{ last_date }}, interval '1 day') as days
{%- endmacro %}

{% macro postgres__value_at_lowest(value, rank) -%}
    (array_agg({{ value }} order by {{ rank }})
        filter (where {{ value }} is not null and {{ rank }} is not null))[1]
{%- endmacro %}

{% macro postgres__value_at_highest(value, rank) -%}
    (array_agg({{ value }} order by {{ rank }} desc)
        filter (where {{ value }} is not null and {{ rank }} is not null))[1]
{%- endmacro %}

{# dbt's own writes an interval of quarters, which PostgreSQL does not know. #}
{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {%- set unit, length = ('month', 3) if datepart == 'quarter' else (datepart, 1) -%}
    {{ from_date_or_timestamp }} + ((interval '{{ length }} {{ unit }}') * ({{ interval }}))
{%- endmacro %}

{# A type of the models' and seeds' yml under PostgreSQL's name. #}
{% macro postgres_type(name) -%}
    {{ return({'string': 'text', 'double': 'double precision'}.get(name, name)) }}
{%- endmacro %}

{# A contract's table is created by what `model` says once its columns are compared. #}
{% macro postgres__get_assert_columns_equivalent(sql) -%}
    {%- for column in model['columns'].values() -%}
        {%- do column.update({'data_type': postgres_type(column['data_type'])}) -%}
    {%- endfor -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{% macro postgres__create_csv_table(model, agate_table) -%}
    {%- set types = {} -%}
    {%- for name, type in model['config'].get('column_types', {}).items() -%}
        {%- do types.update({name: postgres_type(type)}) -%}
    {%- endfor -%}
    {%- set seed = dict(model, config=dict(model['config'], column_types=types)) -%}
    {{ return(dbt.default__create_csv_table(seed, agate_table)) }}
{%- endmacro %}
