{# What a customer was on a day, from `int_night` as `night` and the stretch of `int_customer_status`
   that holds the day as `status`: `unknown` without a customer or without landed memberships. #}
{% macro member_status(customer_column) -%}
    case
        when {{ customer_column }} is null or not night.has_memberships then 'unknown'
        when status.customer_id is null then 'not_member'
        else 'member'
    end
{%- endmacro %}

{# Joins to each row of `relation` the stretch of its customer's membership that holds its date. #}
{% macro join_customer_status(relation, customer_column, date_column) -%}
    left join {{ ref('int_customer_status') }} as status
        on
            {{ relation }}.{{ customer_column }} = status.customer_id
            and {{ relation }}.{{ date_column }} >= status.valid_from_date
            and {{ relation }}.{{ date_column }} < {{ end_or_never('status.valid_to_date') }}
{%- endmacro %}
