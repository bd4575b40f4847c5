{# The grains that every indicator is counted in. #}
{% macro period_grains() -%}
    {{ return(['week', 'month', 'quarter', 'year']) }}
{%- endmacro %}

{# First day of the period of the row's grain that holds a date. Weeks are ISO weeks (Monday). #}
{% macro period_start(grain_column, date_column) -%}
    cast(case {{ grain_column }}
        {%- for grain in period_grains() %}
        when '{{ grain }}' then {{ dbt.date_trunc(grain, date_column) }}
        {%- endfor %}
    end as date)
{%- endmacro %}

{# First day of the period that lies `count` periods of the row's grain after a period's first day. #}
{% macro add_periods(grain_column, start_column, count) -%}
    cast(case {{ grain_column }}
        {%- for grain in period_grains() %}
        when '{{ grain }}' then {{ dbt.dateadd(grain, count, start_column) }}
        {%- endfor %}
    end as date)
{%- endmacro %}

{# A date some whole days later (earlier when negative). #}
{% macro add_days(date_column, days) -%}
    ({{ date_column }} + cast({{ days }} as integer))
{%- endmacro %}

{# A date some whole months later; where that month is too short, its last day. #}
{% macro add_months(date_column, months) -%}
    cast({{ dbt.dateadd('month', months, date_column) }} as date)
{%- endmacro %}
