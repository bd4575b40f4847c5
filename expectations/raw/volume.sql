-- grain: one row; records of this file over the median of its family, null while there is too
-- little to compare: fewer than 5 earlier batches, or a difference of fewer than 100 records; ten
-- times a handful is nothing yet, so a median below 30 counts as 30
with

family as (
    select record_count
    from quality.batches
    where
        source_id = {source}
        and table_name = {table}
        and status = 'accepted'
        and batch_id < {batch}
        and regexp_replace(file_name, '[0-9]+', '#', 'g')
        = regexp_replace({file}, '[0-9]+', '#', 'g')
    order by batch_id desc
    limit 30
),

usual as (
    select
        count(*) as batch_count,
        median(record_count) as record_count
    from family
)

select
    case
        when batch_count >= 5 and abs({record_count} - record_count) >= 100
            then {record_count} / greatest(record_count, 30)
    end as ratio,
    format('{:,d} records', {record_count})
    || case
        when batch_count > 0
            then format('; median of {} earlier files {:,d}', batch_count, record_count::bigint)
        else '; no earlier files'
    end as shown
from usual
