{# The condition that lets an incremental model read only what was loaded since it last ran. Batches
   are numbered in the order in which they were accepted, over all sources, so the greatest number
   already seen is the whole state: late rows and corrections come in by when they were loaded. #}
{% macro new_rows() -%}
    {%- if is_incremental() -%}
        batch_id > (select coalesce(max(seen.batch_id), 0) from {{ this }} as seen)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
