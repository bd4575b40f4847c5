{# Stock stretches from two relations: the base's (unit_id, customer_id, valid_from_date,
   valid_to_date, exclusion_reason) and, for what was not left out, where it overlaps the stretches in
   which its customer was successful. The latter must not overlap each other. #}
{% macro base_and_success(base_relation, success_relation) -%}
    select
        unit_id,
        customer_id,
        valid_from_date,
        valid_to_date,
        false as is_success,
        exclusion_reason
    from {{ base_relation }}
    union all
    select
        base.unit_id,
        base.customer_id,
        greatest(base.valid_from_date, success.valid_from_date) as valid_from_date,
        {{ earliest_date('base.valid_to_date', 'success.valid_to_date') }} as valid_to_date,
        true as is_success,
        base.exclusion_reason
    from {{ base_relation }} as base
    inner join {{ success_relation }} as success
        on
            base.customer_id = success.customer_id
            and base.valid_from_date < {{ end_or_never('success.valid_to_date') }}
            and success.valid_from_date < {{ end_or_never('base.valid_to_date') }}
    where base.exclusion_reason is null
{%- endmacro %}
