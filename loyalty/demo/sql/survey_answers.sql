-- grain: one row per answer: most to an invitation, some a second time, some unasked
create table answers as
with

responses as (
    -- a text message is answered more often than an e-mail, a chat most often
    select
        invitation_no * 4 as answer_no,
        *,
        after_days(
            sent_at,
            0.003 + case
                when survey_channel in ('chat', 'web', 'app', 'phone') then 0.02
                when survey_channel = 'sms' then 0.6
                else 2.6
            end * exponential('answer lag', invitation_no)
        ) as answered_at
    from invitations
    where
        (delivery_status is null or delivery_status in ('delivered', 'opted_out'))
        and uniform('answers', invitation_no) < case survey_channel
            when 'email' then 0.17
            when 'sms' then 0.34
            when 'chat' then 0.52
            when 'app' then 0.27
            when 'web' then 0.22
            else 0.38
        end
),

second_thoughts as (
    select
        * replace (
            answer_no + 1 as answer_no,
            after_days(answered_at, 0.5 + 5 * uniform('second thought', answer_no)) as answered_at
        )
    from responses
    where uniform('answers again', answer_no) < 0.02
),

-- the smiley at the bottom of the page: no invitation, often no name
unasked as (
    select
        (order_no * 8 + 7) * 4 as answer_no,
        if(uniform('signs', order_no) < 0.4, 'nps_transactional', 'csat') as survey_kind,
        if(uniform('signs', order_no) < 0.6, null, order_no) as order_no,
        if(uniform('signs', order_no) < 0.6, null, customer_no) as customer_no,
        false as names_delivery,
        country,
        'web' as survey_channel,
        if(uniform('signs', order_no) < 0.4, late_days, 0) as late_days,
        false as is_slow,
        after_days(ordered_at, 0.05 + if(uniform('signs', order_no) < 0.4, 9, 0)) as answered_at
    from purchases
    where uniform('unasked', order_no) < 0.006
),

given as (
    select * from responses
    union all by name
    select * from second_thoughts
    union all by name
    select * from unasked
),

felt as (
    select
        *,
        coalesce(late_days, 0) > 0 as was_late,
        coalesce(leniency_of(customer_no), normal('stranger', answer_no)) as leniency,
        case
            when survey_kind like 'nps%'
                then
                    0.5 * leniency + 0.86 * normal('nps', answer_no)
                    - if(was_late, 1.15 + 0.12 * least(6, late_days), 0)
                    - if(is_slow, 0.9, 0)
                    + 0.18
            -- the sum of two normals of variance 0.25 and 0.75 is standard: shares are as stated
            else
                0.5 * leniency + 0.866 * normal('satisfaction', answer_no)
                + case
                    when survey_kind = 'csat' then 1.0
                    when survey_kind = 'delivery' then if(was_late, -0.15 - 0.12 * least(6, late_days), 1.36)
                    else if(is_slow, 0.1, 1.12)
                end
        end as feeling,
        case
            when survey_kind = 'nps_relationship' or survey_kind = 'nps_transactional'
                then if(sprinkle(answer_no // 4, 251), [1, 10], [0, 10])
            when survey_kind in ('delivery', 'support') then [1, 5]
            when survey_channel = 'app' and uniform('scale', answer_no) < 0.4 then [1, 3]
            when survey_channel = 'sms' then [0, 10]
            when survey_channel = 'phone' then [1, 7]
            when uniform('scale', answer_no) < 0.03 then [1, 2]
            when uniform('scale', answer_no) < 0.05 then [1, 10]
            else [1, 5]
        end as scale
    from given
    where answered_at < getvariable('end_at')
),

scored as (
    select
        *,
        scale[1] as scale_min,
        scale[2] as scale_max,
        -- the lowest score that counts as satisfied, per scale
        case scale_max when 5 then 4 when 7 then 6 when 10 then 8 else scale_max end as satisfied_from,
        case
            when survey_kind like 'nps%'
                then greatest(scale_min, 10 - len(list_filter(
                    [0.30, -0.28, -0.62, -0.98, -1.2, -1.45, -1.65, -1.9, -2.15, -2.45],
                    lambda bound: feeling < bound
                )))
            when feeling >= 0
                then least(scale_max, satisfied_from + cast(floor(
                    (scale_max - satisfied_from + 1) * sqrt(least(0.999, feeling / 2.2))
                ) as integer))
            else greatest(scale_min, satisfied_from - 1 + cast(ceil(
                (satisfied_from - scale_min) * greatest(-1.0, feeling / 1.8)
            ) as integer))
        end as honest_score
    from felt
),

worded as (
    select
        *,
        case
            when survey_kind like 'nps%' and honest_score >= 9 then 'good'
            when survey_kind like 'nps%' and honest_score <= 6 then 'bad'
            when survey_kind like 'nps%' then 'fair'
            when feeling >= 0.5 then 'good'
            when feeling >= -0.3 then 'fair'
            else 'bad'
        end as mood,
        case
            when survey_kind = 'delivery' or was_late then 'delivery'
            when survey_kind = 'support' or is_slow then 'support'
            else 'general'
        end as topic,
        case
            when country = 'FI' or uniform('language', answer_no) < 0.12 then 'en' else 'sv'
        end as language,
        -- who is angry writes
        uniform('comments', answer_no) < case mood when 'bad' then 0.62 when 'fair' then 0.3 else 0.24 end
            as has_comment
    from scored
)

select
    worded.* exclude (reach_draw, delivery_status, scale, leniency, has_comment),
    case
        when sprinkle(worded.answer_no // 4, 57) then 'skipped'
        when sprinkle(worded.answer_no // 4, 241) then 'out_of_range'
        when sprinkle(worded.answer_no // 4, 997) then 'fraction'
        else 'valid'
    end as score_kind,
    case
        when not worded.has_comment then null
        when sprinkle(worded.answer_no // 4, 61)
            then '"' || pick(comment_texts.cores, uniform('core', worded.answer_no)) || '",' || chr(10)
                || 'sa min granne; det stämmer.'
        else
            if(
                uniform('opens with', worded.answer_no) < 0.6,
                pick(comment_texts.openings, uniform('opening', worded.answer_no)) || ' ', ''
            )
            || pick(comment_texts.cores, uniform('core', worded.answer_no))
            || pick(['.', '!', '', '.'], uniform('ending', worded.answer_no))
            || case
                when sprinkle(worded.answer_no // 4, 43) and worded.language = 'sv'
                    then ' Ring mig på ' || phone_number(worded.answer_no) || '.'
                when sprinkle(worded.answer_no // 4, 47)
                    then ' ' || if(worded.language = 'sv', 'Mejla', 'Write to') || ' '
                        || email_address(coalesce(worded.customer_no, 1)) || '.'
                else ''
            end
    end as comment
from worded
inner join comment_texts
    on
        worded.language = comment_texts.language_code
        and worded.topic = comment_texts.topic
        and worded.mood = comment_texts.mood
order by worded.answered_at, worded.answer_no;

create view answer_rows as
select
    answer_no,
    'S' || lpad(cast(answer_no as varchar), 12, '0') as answer_id,
    case
        when sprinkle(answer_no // 4, 331) then 'I-okand-' || answer_no
        else invitation_key(invitation_no)
    end as invitation_id,
    -- some tools hand the customer on, some leave it to the invitation
    if(uniform('names customer', answer_no) < 0.7, customer_key(customer_no), null) as customer_id,
    survey_kind,
    if(uniform('names channel', answer_no) < 0.8, survey_channel, null) as survey_channel,
    case
        when sprinkle(answer_row, 991) then pick(['2025-06-31 12:00', 'nyss'], uniform('bad', answer_no))
        else as_offset(answered_at)
    end as answered_at,
    case score_kind
        when 'skipped' then null
        when 'out_of_range' then cast(scale_max + 1 + answer_no % 7 as varchar)
        when 'fraction' then (honest_score - 1) || '.5'
        else honest_score || if(uniform('decimal', answer_no) < 0.05, '.0', '')
    end as score,
    scale_min,
    scale_max,
    comment,
    if(comment is not null or uniform('knows language', answer_no) < 0.6, language, null) as language_code,
    case
        when survey_kind <> 'nps_relationship' and (names_order or invitation_no is null)
            then order_key(order_no)
    end as order_id,
    if(names_delivery and names_order, delivery_key(order_no), null) as delivery_id,
    if(names_order, case_key(case_no), null) as case_id
from (
    select *, rowid as answer_row, uniform('names order', answer_no) < 0.5 as names_order
    from answers
);

create view file_survey_answers as
select * exclude (part, answer_no)
from (
    select 0 as part, * from answer_rows
    union all
    select 1 as part, * from answer_rows where sprinkle(answer_no // 4, 509)
)
order by part, answer_no;
