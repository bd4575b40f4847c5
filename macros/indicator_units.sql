{# Every dimension that an indicator can be segmented by. The catalogue says which it is segmented by. #}
{% macro segment_dimensions() -%}
    {{ return([
        'source_id', 'country_code', 'sales_channel', 'device_type', 'member_status', 'tier',
        'survey_kind', 'survey_channel', 'carrier', 'on_time_band', 'case_channel',
        'case_category', 'months_since_joining',
    ]) }}
{%- endmacro %}

{# The last columns of an indicator's model: its units' attributes by name, and null for those that
   its units do not have, so that all indicators' units can be read as one table. #}
{% macro segment_columns(attributes) -%}
    {%- for dimension in segment_dimensions() %}
    {% if dimension in attributes %}{{ dimension }}{% else %}cast(null as {{ dbt.type_string() }}) as {{ dimension }}{% endif %}
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}

{# The models that register themselves as an indicator of a shape, `flow` or `stock`: each has in its
   file a macro `<shape>_indicator__<indicator_id>` that returns its ref, and another,
   `indicator_attributes__<indicator_id>`, that returns the attributes that its units have. #}
{% macro registered_indicators(shape) -%}
    {%- set prefix = shape ~ '_indicator__' -%}
    {%- set indicators = [] -%}
    {%- for name in context.keys() | sort if name.startswith(prefix) -%}
        {%- set indicator_id = name[(prefix | length):] -%}
        {%- set attributes_macro = 'indicator_attributes__' ~ indicator_id -%}
        {%- if attributes_macro not in context -%}
            {{ exceptions.raise_compiler_error(
                indicator_id ~ ".sql has no macro " ~ attributes_macro
                ~ "() that returns the attributes of its units"
            ) }}
        {%- endif -%}
        {%- do indicators.append({
            'indicator_id': indicator_id,
            'relation': context[name](),
            'attributes': context[attributes_macro](),
        }) -%}
    {%- endfor -%}
    {{ return(indicators) }}
{%- endmacro %}

{# The window, in whole local days, that the catalogue gives to an indicator. #}
{% macro window_days(indicator_id) -%}
    {{ catalogue_days('window_days', indicator_id) }}
{%- endmacro %}

{# The same for the window of its base, where the base has one of its own. #}
{% macro base_window_days(indicator_id) -%}
    {{ catalogue_days('base_window_days', indicator_id) }}
{%- endmacro %}

{% macro catalogue_days(days_column, indicator_id) -%}
    (select max({{ days_column }}) from {{ ref('indicators') }} where indicator_id = '{{ indicator_id }}')
{%- endmacro %}

{# What an answer is about; one that names nothing stands alone, it neither supersedes nor is
   superseded. #}
{% macro thing_or_answer(thing_column) -%}
    coalesce('thing ' || {{ thing_column }}, 'answer ' || answer_id)
{%- endmacro %}
