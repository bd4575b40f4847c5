-- grain: one row per order, delivery or case that is a test: few, so that joins to them are cheap
select
    'order' as thing,
    order_id as thing_id
from {{ ref('fct_orders') }}
where is_test
union all
select
    'delivery' as thing,
    delivery_id as thing_id
from {{ ref('fct_deliveries') }}
where is_test
union all
select
    'case' as thing,
    case_id as thing_id
from {{ ref('int_known_cases') }}
where is_test
