{# The earlier of two ends, where null means that there is none. #}
{% macro earliest_date(first, second) -%}
    case
        when {{ first }} is null then {{ second }}
        when {{ second }} is null then {{ first }}
        else least({{ first }}, {{ second }})
    end
{%- endmacro %}

{# The later of two beginnings, of which the second may be missing. #}
{% macro latest_date(first, second) -%}
    greatest({{ first }}, coalesce({{ second }}, {{ first }}))
{%- endmacro %}

{# An end to compare with, where null means that there is none. A join may not say `or … is null`:
   DuckDB would then compare every row with every other. #}
{% macro end_or_never(date_column) -%}
    coalesce({{ date_column }}, cast('9999-12-31' as date))
{%- endmacro %}
