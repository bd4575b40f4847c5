{# Stretches of days on which a customer has ordered within a window that lies some days back: an
   order on day d counts on the days from d + delay up to, not on, d + delay + length. Grain: one row
   per customer and piece; pieces of one customer do not overlap. Customers with orders in the window
   of which none qualifies come with the first reason that applies, guests as single orders. #}
{% macro order_stretches(delay_days, length_days) -%}
    with order_days as (
        select
            *,
            {{ add_days('ordered_date', delay_days) }} as from_date,
            {{ add_days('ordered_date', delay_days ~ ' + ' ~ length_days) }} as to_date
        from {{ ref('int_customer_order_days') }}
    ),

    occasions as (
        select
            *,
            lead(ordered_date) over following as next_ordered_date,
            lead(from_date) over following as next_from_date
        from order_days
        where exclusion_rank = 0
        window following as (partition by customer_id order by ordered_date)
    ),

    -- customers of whom some order does not qualify: few, so every stretch of theirs is looked at
    doubtful_days as (
        select order_days.*
        from order_days
        inner join (
            select distinct customer_id from order_days where exclusion_rank > 0
        ) as doubtful on order_days.customer_id = doubtful.customer_id
    ),

    boundaries as (
        select customer_id, from_date as boundary_date from doubtful_days
        union
        select customer_id, to_date as boundary_date from doubtful_days
    ),

    pieces as (
        select
            customer_id,
            boundary_date as from_date,
            lead(boundary_date) over (
                partition by customer_id order by boundary_date
            ) as to_date
        from boundaries
    ),

    ranked_pieces as (
        select
            pieces.customer_id,
            pieces.from_date,
            pieces.to_date,
            min(doubtful_days.exclusion_rank) as exclusion_rank
        from pieces
        inner join doubtful_days
            on
                pieces.customer_id = doubtful_days.customer_id
                and pieces.from_date >= doubtful_days.from_date
                and pieces.from_date < doubtful_days.to_date
        group by pieces.customer_id, pieces.from_date, pieces.to_date
    )

    select
        customer_id as unit_id,
        customer_id,
        from_date as valid_from_date,
        {{ earliest_date('to_date', 'next_from_date') }} as valid_to_date,
        to_date as full_valid_to_date,
        next_ordered_date,
        cast(null as varchar) as exclusion_reason
    from occasions
    union all
    select
        customer_id as unit_id,
        customer_id,
        from_date as valid_from_date,
        to_date as valid_to_date,
        to_date as full_valid_to_date,
        cast(null as date) as next_ordered_date,
        {{ exclusion_reason_of_rank('exclusion_rank') }} as exclusion_reason
    from ranked_pieces
    where exclusion_rank > 0
    union all
    select
        order_id as unit_id,
        cast(null as varchar) as customer_id,
        {{ add_days('ordered_date', delay_days) }} as valid_from_date,
        {{ add_days('ordered_date', delay_days ~ ' + ' ~ length_days) }} as valid_to_date,
        {{ add_days('ordered_date', delay_days ~ ' + ' ~ length_days) }} as full_valid_to_date,
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
