-- A shop of getvariable('orders') orders in getvariable('days') days, and the days after, as table
-- macros: <table>(first row, row after the last, instant as of which it is exported).
--
-- Row `r` of a table depends on the seed, the size and `r` alone: rows come in the order of time, evenly
-- spread over the days, so a day is a stretch of rows, and what a row refers to is arithmetic.
create macro draw(label, r) as -- [0, 1)
    (hash(r * 128 + label + getvariable('seed') * 1000003) >> 11)::double / 9007199254740992;

-- How many of a table there are for a number of orders.
create macro rows_of(share, orders) as (orders * (share * 1000)::bigint) // 1000;
create macro of_days(days) as (days * 86400000000)::bigint;
-- Microseconds of row `r` of a table with `total` rows in the history: from 5 to 21 o'clock UTC.
create macro instant(r, total) as
    getvariable('start') + ((r * getvariable('days')) // total) * 86400000000
    + 18000000000 + (57600000000 * (((r * getvariable('days')) % total)::double / total))::bigint;
create macro at_instant(microseconds) as make_timestamptz(microseconds);
-- Null while it has not happened.
create macro happened(microseconds, cut) as if(microseconds < cut, microseconds, null);
create macro one_of(choices, share) as choices[1 + (share * len(choices))::bigint % len(choices)];

-- Customers: 40 % from before the first day, the others evenly since; who came lately orders more.
create macro customers_total() as rows_of(0.12, getvariable('orders'));
create macro registered(c) as
    if(
        c < 0.4 * customers_total(),
        getvariable('start') - of_days(1500) + (of_days(1500) * (c / (0.4 * customers_total())))::bigint,
        instant(c - (0.4 * customers_total())::bigint, (0.6 * customers_total())::bigint)
    );
create macro customer_of(i) as -- of order i
    (
        (0.4 + 0.6 * (i / getvariable('orders'))) * customers_total()
        * (1 - pow(draw(1, i), 3))
    )::bigint;
create macro country_of(c) as
    one_of(['SE', 'SE', 'SE', 'SE', 'SE', 'SE', 'NO', 'NO', 'DK', 'FI'], draw(2, c));
-- Of twelve customers five are members: customers 0 to 4 of each dozen.
create macro member_of(m) as (m // 5) * 12 + m % 5;
create macro membership_of(c) as (c // 12) * 5 + c % 12;
create macro is_member(c) as c % 12 < 5;
create macro ordered(i) as instant(i, getvariable('orders'));
-- Of five orders three are delivered, one is a store's, one is collected or phoned in.
create macro is_guest(i) as draw(3, i) < if(i % 5 = 3, 0.3, 0.1);

create macro customers(first_row, end_row, cut) as table
    select
        c::varchar as customer_id,
        if(draw(10, c) < 0.9, format('p{}@example.org', c), null) as email,
        if(draw(11, c) < 0.4, format('+4670{:07d}', c % 10000000), null) as phone,
        'Kim ' || c as full_name,
        if(is_changed, one_of(['SE', 'NO', 'DK', 'FI', 'DE'], draw(12, c + cut // of_days(1))), country_of(c)) as country_code,
        at_instant(registered(c)) as registered_at,
        draw(13, c) < 0.001 as is_test,
        draw(14, c) < 0.003 as is_employee,
        draw(15, c) < 0.5 as marketing_consent,
        draw(16, c) < 0.7 as survey_consent,
        at_instant(if(is_changed, cut - of_days(0.5), registered(c))) as updated_at
    from (
        select
            range as c,
            -- One in a thousand changes on a day after the history.
            cut > getvariable('finish')
            and draw(17, range + customers_total() * (cut - getvariable('finish')) // of_days(1)) < 0.001
                as is_changed
        from range(first_row, end_row)
    );

create macro orders(first_row, end_row, cut) as table
    select
        i::varchar as order_id,
        if(is_guest(i), null, c::varchar) as customer_id,
        at_instant(ordered(i)) as ordered_at,
        case
            when is_refunded then 'refunded'
            else one_of(
                ['cancelled', 'paid', 'paid', 'pending'] || repeat(['fulfilled'], 28), draw(20, i)
            )
        end as status,
        channel as sales_channel,
        case channel
            when 'app' then 'mobile_app'
            when 'web' then one_of(
                repeat(['desktop'], 22) || repeat(['mobile_web'], 22) || ['tablet', 'tablet', 'tablet', 'tv', null],
                draw(21, i)
            )
        end as device_type,
        case country_of(c) when 'SE' then 'SEK' when 'NO' then 'NOK' when 'DK' then 'DKK' else 'EUR' end
            as currency,
        -- One in a thousand cannot be read.
        if(draw(22, i) < 0.001, null, amount) as order_amount,
        if(is_refunded, amount, null) as refunded_amount,
        if(draw(23, i) < 0.2, (amount * 0.1)::decimal(18, 2), 0) as discount_amount,
        if(i % 5 < 3, 49.00, 0)::decimal(18, 2) as shipping_amount,
        if(channel = 'store', 's' || (i % 97), null) as store_id,
        draw(24, i) < 0.0005 as is_test,
        at_instant(greatest(ordered(i), refunded)) as updated_at
    from (
        select
            range as i,
            customer_of(range) as c,
            case
                when range % 5 = 3 then 'store'
                when range % 5 = 4 and draw(25, range) < 0.25 then 'phone'
                when draw(26, range) < 0.4 then 'app'
                else 'web'
            end as channel,
            (49 + 1900 * pow(draw(27, range), 3))::decimal(18, 2) as amount,
            happened(if(draw(28, range) < 0.03, ordered(range) + of_days(30 * draw(29, range)), null), cut)
                as refunded,
            refunded is not null as is_refunded
        from range(first_row, end_row)
    );

-- Late orders come with the first day's file.
create macro is_late(i) as draw(30, i) < 0.002 and ordered(i) >= getvariable('finish') - of_days(90);

create macro order_items(first_row, end_row, cut) as table
    select
        range::varchar as order_id,
        1::bigint as line_number,
        'p' || (draw(31, range) * 5000)::bigint as product_id,
        one_of(['home', 'garden', 'books', 'toys', 'clothes', 'sport'], draw(32, range)) as product_category,
        one_of([1, 1, 1, 2, 3], draw(33, range))::double as quantity,
        (19 + 600 * pow(draw(34, range), 2))::decimal(18, 2) as unit_amount
    from range(first_row, end_row);

-- Delivery d is that of order (d // 3) * 5 + d % 3.
create macro deliveries(first_row, end_row, cut) as table
    select
        d::varchar as delivery_id,
        i::varchar as order_id,
        one_of(['north', 'south', 'post', 'bike'], draw(35, i)) as carrier,
        at_instant(ordered(i) + of_days(4)) as promised_at,
        at_instant(shipped) as shipped_at,
        at_instant(delivered) as delivered_at,
        at_instant(greatest(ordered(i), shipped, delivered)) as updated_at
    from (
        select
            range as d,
            (range // 3) * 5 + range % 3 as i,
            happened(ordered(i) + of_days(0.5 + draw(36, i)), cut) as shipped,
            happened(ordered(i) + of_days(1.5 + 4 * pow(draw(37, i), 2)), cut) as delivered
        from range(first_row, end_row)
    );

create macro enrolled(m) as registered(member_of(m)) + of_days(20 * draw(40, m));
create macro memberships(first_row, end_row, cut) as table
    select
        m::varchar as membership_id,
        member_of(m)::varchar as customer_id,
        at_instant(enrolled(m)) as enrolled_at,
        at_instant(activated) as activated_at,
        at_instant(cancelled) as cancelled_at,
        at_instant(greatest(enrolled(m), activated, cancelled)) as updated_at
    from (
        select
            range as m,
            happened(if(draw(41, range) < 0.85, enrolled(range) + of_days(3 * draw(42, range)), null), cut)
                as activated,
            happened(
                if(draw(43, range) < 0.25, enrolled(range) + of_days(3 + 1500 * draw(44, range)), null), cut
            ) as cancelled
        from range(first_row, end_row)
        where enrolled(range) < cut
    );

-- One row in six is a second tier of its membership.
create macro membership_tiers(first_row, end_row, cut) as table
    select
        m::varchar as membership_id,
        at_instant(valid_from) as valid_from,
        if(is_second, 'silver', 'bronze') as tier
    from (
        select
            range % 6 = 5 as is_second,
            (range // 6) * 5 + if(is_second, 0, range % 6) as m,
            enrolled(m) + if(is_second, of_days(200), 0) as valid_from
        from range(first_row, end_row)
    )
    where valid_from < cut;

-- Event e is about order 2e where its customer is a member, else about an offer to somebody.
create macro program_events(first_row, end_row, cut) as table
    select
        e::varchar as event_id,
        if(earns, membership_of(c), member)::varchar as membership_id,
        at_instant(instant(e, rows_of(0.5, getvariable('orders')))) as occurred_at,
        -- One in a thousand cannot be read.
        case when draw(50, e) >= 0.001 then event_type end as event_type,
        if(event_type like 'offer%', 'o' || (e % 977), null) as offer_id,
        case
            when earns then (10 + 190 * draw(51, e))::bigint
            when event_type = 'points_redeemed' then -(100 + 400 * draw(51, e))::bigint
        end as points,
        if(earns, (2 * e)::varchar, null) as order_id
    from (
        select
            range as e,
            customer_of(2 * range) as c,
            is_member(c) and not is_guest(2 * range) as earns,
            -- Somebody of the members there were on that day.
            membership_of(c * 9 // 120 * 12 + range % 5) as member,
            if(
                earns,
                'points_earned',
                one_of(
                    ['offer_sent', 'offer_sent', 'offer_sent', 'offer_opened', 'offer_opened',
                    'offer_clicked', 'offer_redeemed', 'points_redeemed', 'points_expired',
                    'challenge_completed'],
                    draw(52, range)
                )
            ) as event_type
        from range(first_row, end_row)
    );

-- The order that case k is about, placed two days before it.
create macro complained_about(k) as
    greatest(0, 50 * k - 2 * getvariable('orders') // getvariable('days'));
-- Invitation v asks three days after about an order that was delivered, or about a case of then.
create macro asked_about(v) as
    greatest(0, ((4 * v - 3 * getvariable('orders') // getvariable('days')) // 5) * 5 + v % 3);
create macro kind_of(v) as
    one_of(
        ['nps_transactional', 'nps_transactional', 'nps_transactional', 'csat', 'csat', 'csat',
        'delivery', 'delivery', 'nps_relationship', 'support'],
        draw(60, v)
    );
create macro survey_invitations(first_row, end_row, cut) as table
    select
        v::varchar as invitation_id,
        if(is_guest(i), null, customer_of(i)::varchar) as customer_id,
        kind as survey_kind,
        one_of(['email', 'email', 'email', 'sms', 'app'], draw(61, v)) as survey_channel,
        at_instant(instant(v, rows_of(0.25, getvariable('orders')))) as sent_at,
        one_of(
            ['bounced', 'opted_out', null] || repeat(['delivered'], 37), draw(62, v)
        ) as delivery_status,
        if(kind = 'nps_relationship', null, i::varchar) as order_id,
        if(kind = 'delivery', ((i // 5) * 3 + i % 5)::varchar, null) as delivery_id,
        if(kind = 'support', k::varchar, null) as case_id
    from (
        select
            range as v,
            kind_of(range) as kind,
            asked_about(range) // 50 as k,
            if(kind = 'support', complained_about(k), asked_about(range)) as i
        from range(first_row, end_row)
    );

-- Six of twenty-five invitations are answered, a day after.
create macro survey_answers(first_row, end_row, cut) as table
    select
        a::varchar as answer_id,
        v::varchar as invitation_id,
        null::varchar as customer_id,
        kind as survey_kind,
        null::varchar as survey_channel,
        at_instant(instant(a, rows_of(0.06, getvariable('orders')))) as answered_at,
        case
            when draw(63, a) < 0.02 then null
            when draw(63, a) < 0.023 then 99
            when kind like 'nps%'
                then one_of([0, 3, 5, 6, 7, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10, 10], draw(64, a))
            else one_of([1, 2, 3, 4, 4, 4, 5, 5, 5, 5], draw(64, a))
        end::double as score,
        if(kind like 'nps%', 0, 1)::double as scale_min,
        if(kind like 'nps%', 10, 5)::double as scale_max,
        if(draw(65, a) < 0.2, 'Tack, ' || one_of(['bra', 'snabbt', 'segt', 'dyrt'], draw(66, a)), null)
            as comment,
        'sv' as language_code,
        null::varchar as order_id,
        null::varchar as delivery_id,
        null::varchar as case_id
    from (
        select
            range as a,
            greatest(
                range % 6,
                (range // 6) * 25 + (range % 6) * 4
                - (rows_of(0.25, getvariable('orders')) // getvariable('days')) // 25 * 25
            ) as v,
            kind_of(v) as kind
        from range(first_row, end_row)
    );

-- Case k is about order 50k, two days after it.
create macro support_cases(first_row, end_row, cut) as table
    select
        k::varchar as case_id,
        if(is_guest(i), null, customer_of(i)::varchar) as customer_id,
        one_of(['chat', 'phone', 'email'], draw(70, k)) as case_channel,
        one_of(['delivery', 'return', 'payment', 'product'], draw(71, k)) as category,
        at_instant(opened) as opened_at,
        at_instant(closed) as closed_at,
        (draw(72, k) < 0.1)::bigint as reopened_count,
        i::varchar as order_id,
        at_instant(greatest(opened, closed)) as updated_at
    from (
        select
            range as k,
            complained_about(range) as i,
            instant(range, rows_of(0.02, getvariable('orders'))) as opened,
            happened(opened + of_days(5 * pow(draw(73, range), 2)), cut) as closed
        from range(first_row, end_row)
    );

-- Session s may be the one in which order 2s was placed.
create macro web_sessions(first_row, end_row, cut) as table
    select
        s::varchar as session_id,
        if(is_guest(2 * s) or draw(80, s) < 0.3, null, customer_of(2 * s)::varchar) as customer_id,
        -- One in a thousand cannot be read.
        if(draw(81, s) < 0.001, null, at_instant(instant(s, rows_of(0.5, getvariable('orders')))))
            as started_at,
        one_of(
            ['desktop', 'desktop', 'mobile_web', 'mobile_web', 'mobile_app', 'mobile_app', 'tablet'],
            draw(82, s)
        ) as device_type,
        orders or draw(83, s) < 0.5 as reached_cart,
        orders or draw(83, s) < 0.2 as reached_checkout,
        if(orders, (2 * s)::varchar, null) as order_id
    from (
        select
            range as s,
            draw(84, range) < 0.4 and (2 * range) % 5 < 3 as orders
        from range(first_row, end_row)
    );

create macro shares(first_row, end_row, cut) as table
    select
        range::varchar as share_id,
        customer_of(range * 33)::varchar as customer_id,
        at_instant(instant(range, rows_of(0.03, getvariable('orders')))) as shared_at,
        one_of(['share', 'share', 'review', 'referral'], draw(90, range)) as share_kind,
        one_of(['instagram', 'mail', 'site'], draw(91, range)) as platform,
        'p' || (draw(92, range) * 5000)::bigint as product_id
    from range(first_row, end_row);
