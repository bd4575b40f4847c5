-- grain: one row; by how many batches the feed stands still for longer than it ever did, 0 while
-- it moves. A batch stands still when its position (newest event, or newest event and rows) is that
-- of the batch before in its family. Frozen: at least 3 earlier batches in a row stood where this
-- one stands, that is more than twice the longest standstill before, and the feed had moved at
-- least 3 times. Positions of earlier batches are read from this check's own results.
with

family as (
    select batch_id
    from quality.batches
    where
        source_id = {source}
        and table_name = {table}
        and status = 'accepted'
        and batch_id < {batch}
        and regexp_replace(file_name, '[0-9]+', '#', 'g')
        = regexp_replace({file}, '[0-9]+', '#', 'g')
    order by batch_id desc
    limit 60
),

this_batch as (
    select {position} as position
),

positions as (
    select
        results.batch_id,
        max_by(results.observed, results.checked_at) as position
    from quality.expectation_results as results
    inner join family on results.batch_id = family.batch_id
    where results.expectation = '{check_name}'
    group by results.batch_id

    union all

    select
        {batch} as batch_id,
        position
    from this_batch
),

steps as (
    select
        batch_id,
        position = lag(position) over (order by batch_id) as is_still
    from positions
),

stretches as (
    select
        is_still,
        count(*) filter (where is_still is not true) over (order by batch_id) as stretch_number
    from steps
),

standstills as (
    select
        stretch_number,
        count(*) filter (where is_still) as still_count
    from stretches
    group by stretch_number
),

feed as (
    select
        max(stretch_number) as stretch_count,
        max_by(still_count, stretch_number) as now_still_count,
        coalesce(
            max(still_count) filter (
                where stretch_number < (select max(others.stretch_number) from standstills as others)
            ),
            0
        ) as longest_still_count
    from standstills
)

select
    case
        when stretch_count > 3
            then
                greatest(0, now_still_count - greatest(2, 2 * longest_still_count))
        else 0
    end as excess,
    (select this_batch.position from this_batch) as shown
from feed
