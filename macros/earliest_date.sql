{# The earlier of two ends, where null means that there is none. #}
{% macro earliest_date(first, second) -%}
    case
        when {{ first }} is null then {{ second }}
        when {{ second }} is null then {{ first }}
        else least({{ first }}, {{ second }})
    end
{%- endmacro %}
