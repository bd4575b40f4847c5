-- The tools that every other file here uses. Nothing draws from a random generator: a
-- number is a hash of (seed, purpose, id), so it is the same whoever asks, in whatever
-- order and on however many threads.

-- The outer hash is needed: the inner one combines its arguments by xor, and two purposes
-- of one id would then be strongly dependent.
create macro uniform(purpose, id) as
    (hash(hash(getvariable('seed'), purpose, id)) >> 11)::double / 9007199254740992.0;

create macro normal(purpose, id) as
    sqrt(-2 * ln(1 - uniform(purpose || ', radius', id)))
    * cos(2 * pi() * uniform(purpose || ', angle', id));

create macro exponential(purpose, id) as -ln(1 - uniform(purpose, id));

create macro pick(options, share) as
    options[1 + least(len(options) - 1, cast(floor(share * len(options)) as bigint))];

-- One id in `step`, evenly spread: however small the table, dirt stays a known small share.
create macro sprinkle(id, step) as id % step = step // 2;

-- Moments are timestamps in UTC inside the generator and whole seconds everywhere.
create macro after_days(moment, days) as
    moment + to_seconds(cast(floor(86400 * (days)) as bigint));

-- Between timestamp and timestamptz by way of microseconds: half the price of a second zone.
create macro local_to_utc(moment) as
    make_timestamp(epoch_us(timezone(getvariable('time_zone'), cast(moment as timestamp))));

create macro utc_to_local(moment) as
    timezone(getvariable('time_zone'), make_timestamptz(epoch_us(moment)));

-- What has not happened when the last day ends is not known yet.
create macro if_happened(moment) as
    case when moment < getvariable('end_at') then moment end;

create macro no_later_than_end(moment) as
    least(moment, getvariable('end_at') - interval 1 second);

-- The three ways in which the shop's systems write an instant.
create macro as_zulu(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%SZ');
create macro as_wall_time(moment) as cast(utc_to_local(moment) as varchar);
create macro as_offset(moment) as
    strftime(utc_to_local(moment), '%Y-%m-%dT%H:%M:%S')
    || if(utc_to_local(moment) - moment = interval 2 hour, '+02:00', '+01:00');

-- How far into the three (or however many) years a moment lies, 0 to 1.
create macro progress(moment) as
    epoch(moment - getvariable('start_at')) / epoch(getvariable('end_at') - getvariable('start_at'));

create macro is_in_crisis(day) as
    day between getvariable('crisis_start') and getvariable('crisis_end');

-- One online visit in three by day, the rest in the evening; 0 to 24.
create macro online_hour(id) as
    (24 + case
        when uniform('evening', id) < 0.55 then 20.2 + 1.7 * normal('hour', id)
        else 12.6 + 3.2 * normal('hour', id)
    end) % 24;

-- Keys as the outside sees them. Leading zeros: a key is text, not a number.
create macro customer_key(customer_no) as lpad(cast(customer_no as varchar), 8, '0');
create macro order_key(order_no) as 'A' || lpad(cast(order_no as varchar), 9, '0');
create macro membership_key(membership_no) as 'M' || lpad(cast(membership_no as varchar), 9, '0');
create macro email_address(customer_no) as
    'kund' || lpad(cast(customer_no as varchar), 6, '0') || '@example.com';

-- Numbers that the Swedish telecom authority keeps free for fiction: +46 70 174 06 05–06 99.
create macro phone_number(id) as
    '+467017406' || lpad(cast(5 + cast(floor(95 * uniform('phone', id)) as bigint) as varchar), 2, '0');

-- Attributes of a person that many tables need: computed, so that nothing is joined.
create macro country_of(customer_no) as
    case
        when uniform('country', customer_no) < 0.70 then 'SE'
        when uniform('country', customer_no) < 0.84 then 'NO'
        when uniform('country', customer_no) < 0.93 then 'FI'
        else 'DK'
    end;

create macro currency_of(country) as
    case country when 'SE' then 'SEK' when 'NO' then 'NOK' when 'DK' then 'DKK' else 'EUR' end;

-- The kind of person who is always pleased, or never.
create macro leniency_of(customer_no) as normal('leniency', customer_no);

-- One delivery in fourteen is late; in the crisis one in three. `purchase_no` is the
-- person's own n-th purchase, so that a first purchase's luck is known before any order is.
create macro is_purchase_late(purchase_no, day) as
    uniform('late', purchase_no) < case when is_in_crisis(day) then 0.36 else 0.065 end;

create macro product_category(share) as
    pick(['hem', 'kök', 'trädgård', 'sport', 'barn', 'böcker', 'kläder', 'elektronik'], share * share);
