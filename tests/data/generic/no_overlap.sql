{# Fails with every stretch that does not end after it begins, or only after the next one of the same
   key has begun. Half-open; null: no end. One scan. #}
{% test no_overlap(model, key, from_date, to_date) %}
select *
from (
    select
        {{ key }},
        {{ from_date }},
        {{ to_date }},
        lead({{ from_date }}) over (partition by {{ key }} order by {{ from_date }}) as next_from_date
    from {{ model }}
) as stretches
where {{ from_date }} >= {{ to_date }} or next_from_date < {{ end_or_never(to_date) }}
{% endtest %}
