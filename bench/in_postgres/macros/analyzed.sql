{# What the project dispatches, for PostgreSQL. #}
{% macro postgres__local_date(timestamp_column) -%}
    cast(timezone('{{ var("business_time_zone") }}', timezone('UTC', {{ timestamp_column }})) as date)
{%- endmacro %}

{% macro postgres__day_series(first_date, last_date) -%}
    select cast(days as date) as date_day
    from generate_series({{ first_date }}, {{ last_date }}, interval '1 day') as days
{%- endmacro %}

{# Statistics of a table that was just made; a view has none. #}
{% macro analyzed(relation) -%}
    {% if model.config.materialized == 'table' %}analyze {{ relation }}{% endif %}
{%- endmacro %}

{# The input layer is loaded, not built; its models are only parsed. #}
{% macro postgres__union_sources(relations) -%}
    {%- for relation in relations %}
    select * from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{# PostgreSQL knows no interval of quarters. #}
{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {%- set unit, length = ('month', 3) if datepart == 'quarter' else (datepart, 1) -%}
    {{ from_date_or_timestamp }} + ((interval '{{ length }} {{ unit }}') * ({{ interval }}))
{%- endmacro %}
