-- grain: one row per order
{% macro flow_indicator__mobile_order_share() %}
{{ return(ref('mobile_order_share')) }}
{% endmacro %}
{% macro indicator_attributes__mobile_order_share() %}
{{ return(['source_id', 'country_code', 'sales_channel', 'device_type', 'member_status']) }}
{% endmacro %}

with

orders as (
    select
        orders.*,
        device_types.is_phone
    from {{ ref('fct_orders') }} as orders
    left join {{ ref('device_types') }} as device_types
        on orders.device_type = device_types.device_type
)

select
    order_id as unit_id,
    ordered_date as observed_date,
    cast(null as date) as closing_date,
    cast(null as {{ dbt.type_string() }}) as period_grain,
    cast(coalesce(is_phone, false) as integer) as unit_value,
    case
        when exclusion_reason is not null then exclusion_reason
        when sales_channel = 'store' then 'store_order'
        when is_phone is null then 'device_unknown'
    end as exclusion_reason,
    {{ segment_columns(indicator_attributes__mobile_order_share()) }}
from orders
