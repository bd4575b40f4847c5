-- One to four lines an order; they share the order's amount. Typed columns: a Parquet file.
create view file_order_items as
with

lines as (
    select
        order_no,
        order_amount,
        1 + cast(floor(3.6 * pow(uniform('lines', order_no), 2.2)) as bigint) as line_count,
        unnest(range(1, line_count + 1)) as line_number
    from purchases
),

bought as (
    select
        *,
        order_no * 8 + line_number as line_no,
        if(uniform('several', line_no) < 0.15, 2, 1) as pieces
    from lines
)

select
    order_key(order_no) as order_id,
    line_number,
    'P' || lpad(cast(cast(floor(900 * pow(uniform('product', line_no), 2)) as bigint) as varchar), 4, '0')
        as product_id,
    if(sprinkle(line_no, 1997), null, product_category(uniform('category', line_no))) as product_category,
    cast(pieces as double) as quantity,
    cast(order_amount / line_count / pieces as decimal(18, 2)) as unit_amount
from bought
order by order_no, line_number;
