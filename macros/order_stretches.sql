{# Stretches of days on which a customer has ordered within a window that lies some days back: an
   order on day d counts on the days from d + delay up to, not on, d + delay + length. Grain: one row
   per customer and piece; pieces of one customer do not overlap. Customers with orders in the window
   of which none qualifies come with the first reason that applies, guests as single orders.
   An order day speaks for its customer from when no better one is in the window any more until one
   that is as good comes into it. #}
{% macro order_stretches(delay_days, length_days) -%}
    {%- set until_days = delay_days ~ ' + ' ~ length_days -%}
    with order_days as (
        select
            customer_id,
            next_as_good_date as next_ordered_date,
            exclusion_rank,
            {{ latest_date(
                add_days('ordered_date', delay_days), add_days('last_better_date', until_days)
            ) }} as valid_from_date,
            {{ add_days('ordered_date', until_days) }} as full_valid_to_date,
            {{ add_days('next_as_good_date', delay_days) }} as next_from_date
        from {{ ref('int_customer_order_days') }}
    ),

    stretches as (
        select
            *,
            {{ earliest_date('full_valid_to_date', 'next_from_date') }} as valid_to_date
        from order_days
    )

    select
        customer_id as unit_id,
        customer_id,
        valid_from_date,
        valid_to_date,
        full_valid_to_date,
        next_ordered_date,
        {{ exclusion_reason_of_rank('exclusion_rank') }} as exclusion_reason
    from stretches
    where valid_from_date < valid_to_date
    union all
    select
        order_id as unit_id,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        {{ add_days('ordered_date', delay_days) }} as valid_from_date,
        {{ add_days('ordered_date', until_days) }} as valid_to_date,
        {{ add_days('ordered_date', until_days) }} as full_valid_to_date,
        cast(null as date) as next_ordered_date,
        case when is_test then 'test_account' else 'guest' end as exclusion_reason
    from {{ ref('fct_orders') }}
    where is_guest
{%- endmacro %}

{# The reasons for which an order does not count for its customer, in the order in which they apply. #}
{% macro order_exclusion_reasons() -%}
    {{ return(['test_account', 'cancelled', 'not_paid', 'refunded_in_full']) }}
{%- endmacro %}

{# The rank of an order's reason: 0 qualifies, then 1, 2, … as they apply. #}
{% macro rank_of_exclusion_reason(reason_column) -%}
    case {{ reason_column }}
        {%- for reason in order_exclusion_reasons() %}
        when '{{ reason }}' then {{ loop.index }}
        {%- endfor %}
        else 0
    end
{%- endmacro %}

{# The reason of a rank; null for 0. #}
{% macro exclusion_reason_of_rank(rank_column) -%}
    case {{ rank_column }}
        {%- for reason in order_exclusion_reasons() %}
        when {{ loop.index }} then '{{ reason }}'
        {%- endfor %}
    end
{%- endmacro %}
