-- grain: one row per kind of dirt that was sprinkled, with the exact number of rows in the
-- files; counted in what is written, not in what was meant to be written. One pass a table.
create table dirt (table_name varchar, english varchar, swedish varchar, row_count bigint);

insert into dirt
select 'customers', unnest(counts, recursive := true)
from (
    select [
        {'en': 'rows repeated exactly', 'sv': 'rader som upprepas exakt',
         'n': count(*) filter (where sprinkle(customer_no, 607))},
        {'en': 're-delivered rows with a newer updated_at', 'sv': 'rader levererade på nytt med nyare updated_at',
         'n': count(*) filter (where sprinkle(customer_no, 211))},
        {'en': 'test accounts (distinct)', 'sv': 'testkonton (unika)', 'n': count(*) filter (where is_test)},
        {'en': 'employees (distinct)', 'sv': 'anställda (unika)', 'n': count(*) filter (where is_employee)},
        {'en': 'e-mail shared with another account (distinct)', 'sv': 'e-post delad med ett annat konto (unika)',
         'n': count(*) filter (where email = email_address(customer_no - 1))}
    ] as counts
    from customer_rows
);

insert into dirt
select
    'customers', 'unreadable registered_at', 'oläsligt registered_at', count(*)
from file_customers
where registered_at in ('2024-13-45', 'okänt');

insert into dirt
select 'orders', unnest(counts, recursive := true)
from (
    select [
        {'en': 'unreadable order_amount', 'sv': 'oläsligt order_amount',
         'n': count(*) filter (where order_amount in ('N/A', 'tolvhundra'))},
        {'en': 'unreadable ordered_at', 'sv': 'oläsligt ordered_at',
         'n': count(*) filter (where ordered_at in ('2025-02-30T10:00:00', 'i går'))},
        {'en': 'guests: null customer_id', 'sv': 'gäster: customer_id saknas',
         'n': count(*) filter (where customer_id is null)},
        {'en': 'customer not in customers', 'sv': 'kunden finns inte i customers',
         'n': count(*) filter (where customer_id > customer_key(getvariable('customers')))},
        {'en': 'marked as test orders', 'sv': 'märkta som testordrar', 'n': count(*) filter (where is_test)},
        {'en': 'status pending', 'sv': 'status pending', 'n': count(*) filter (where status = 'pending')},
        {'en': 'status cancelled', 'sv': 'status cancelled', 'n': count(*) filter (where status = 'cancelled')},
        {'en': 'status outside the contract: on_hold', 'sv': 'okänd status: on_hold',
         'n': count(*) filter (where status = 'on_hold')},
        {'en': 'refunded without an amount', 'sv': 'återbetalda utan belopp',
         'n': count(*) filter (where status = 'refunded' and refunded_amount is null)},
        {'en': 'refunded with amount 0', 'sv': 'återbetalda med belopp 0',
         'n': count(*) filter (where status = 'refunded' and refunded_amount = 0)},
        {'en': 'refunded with an amount above 0', 'sv': 'återbetalda med belopp över 0',
         'n': count(*) filter (where status = 'refunded' and refunded_amount > 0)},
        {'en': 'not status refunded, yet money back', 'sv': 'återbetalda utan status refunded',
         'n': count(*) filter (where status <> 'refunded' and refunded_amount > 0)},
        {'en': 'order_amount 0', 'sv': 'order_amount 0', 'n': count(*) filter (where order_amount = '0.00')},
        {'en': 'no device', 'sv': 'enhet saknas', 'n': count(*) filter (where device_type is null)},
        {'en': 'device outside the contract: smart_tv', 'sv': 'okänd enhet: smart_tv',
         'n': count(*) filter (where device_type = 'smart_tv')},
        {'en': 'no currency', 'sv': 'valuta saknas', 'n': count(*) filter (where currency is null)},
        {'en': 'around midnight and the change of summer time (AK…)',
         'sv': 'kring midnatt och övergångarna till och från sommartid (AK…)',
         'n': count(*) filter (where order_id like 'AK%')}
    ] as counts
    from file_orders
);

insert into dirt
select 'orders', 'rows repeated exactly', 'rader som upprepas exakt', count(*)
from purchases
where sprinkle(order_no, 1999);

insert into dirt
select 'orders', unnest(counts, recursive := true)
from (
    select [
        {'en': 're-delivered in orders_redelivered.csv', 'sv': 'levererade på nytt i orders_redelivered.csv',
         'n': count(*)},
        {'en': 'unreadable ordered_at in orders_redelivered.csv',
         'sv': 'oläsligt ordered_at i orders_redelivered.csv',
         'n': count(*) filter (where ordered_at in ('2025-02-30T10:00:00', 'i går'))}
    ] as counts
    from file_orders_redelivered
);

insert into dirt
select 'order_items', 'no category', 'kategori saknas', count(*)
from file_order_items
where product_category is null;

insert into dirt
select 'deliveries', unnest(counts, recursive := true)
from (
    select [
        {'en': 'rows repeated exactly', 'sv': 'rader som upprepas exakt',
         'n': count(*) filter (where sprinkle(delivery_no, 1487))},
        {'en': 'no promise (distinct)', 'sv': 'utlovad leveransdag saknas (unika)',
         'n': count(*) filter (where promised_at is null)}
    ] as counts
    from delivery_rows
);

insert into dirt
select 'deliveries', unnest(counts, recursive := true)
from (
    select [
        {'en': 'unreadable delivered_at', 'sv': 'oläsligt delivered_at',
         'n': count(*) filter (where delivered_at in ('31/02/2025', 'hos granne'))},
        {'en': 'rows with the unknown column warehouse_code',
         'sv': 'rader med den okända kolumnen warehouse_code', 'n': count(*)}
    ] as counts
    from file_deliveries
);

insert into dirt
select 'memberships', unnest(counts, recursive := true)
from (
    select [
        {'en': 'enrolled, never activated', 'sv': 'inskrivna men aldrig aktiverade',
         'n': count(*) filter (where activated_at is null)},
        {'en': 're-joined', 'sv': 'blivit medlemmar igen', 'n': count(*) filter (where membership_no % 10 = 1)}
    ] as counts
    from memberships
);

insert into dirt
select 'program_events', unnest(counts, recursive := true)
from (
    select [
        {'en': 'rows repeated exactly', 'sv': 'rader som upprepas exakt',
         'n': count(*) filter (where sprinkle(cause_no, 1999))},
        -- the repeated ones are in the file twice
        {'en': 'unreadable points', 'sv': 'oläsliga points',
         'n': count(*) filter (where points = 'tio')
            + count(*) filter (where points = 'tio' and sprinkle(cause_no, 1999))}
    ] as counts
    from program_event_rows
);

insert into dirt
select 'survey_invitations', unnest(counts, recursive := true)
from (
    select [
        {'en': 'bounced', 'sv': 'studsade', 'n': count(*) filter (where delivery_status = 'bounced')},
        {'en': 'opted out', 'sv': 'avregistrerade', 'n': count(*) filter (where delivery_status = 'opted_out')},
        {'en': 'throttled', 'sv': 'stoppade av utskicksgräns', 'n': count(*) filter (where delivery_status = 'throttled')},
        {'en': 'delivery unknown', 'sv': 'okänt om de kom fram',
         'n': count(*) filter (where delivery_status is null)}
    ] as counts
    from invitations
);

insert into dirt
select 'survey_answers', unnest(counts, recursive := true)
from (
    select [
        {'en': 'unreadable answered_at', 'sv': 'oläsligt answered_at',
         'n': count(*) filter (where answered_at in ('2025-06-31 12:00', 'nyss'))},
        {'en': 'skipped (no score)', 'sv': 'överhoppade (utan betyg)',
         'n': count(*) filter (where score is null)},
        {'en': 'score out of range or not whole', 'sv': 'betyg utanför skalan eller inte heltal',
         'n': count(*) filter (
            where cast(score as double) not between scale_min and scale_max
            or cast(score as double) % 1 <> 0
        )},
        {'en': 'nps not asked on 0–10', 'sv': 'NPS på annan skala än 0–10',
         'n': count(*) filter (where survey_kind like 'nps%' and scale_min <> 0)},
        {'en': 'neither customer nor invitation', 'sv': 'varken kund eller inbjudan',
         'n': count(*) filter (where customer_id is null and invitation_id is null)},
        {'en': 'unknown invitation', 'sv': 'okänd inbjudan',
         'n': count(*) filter (where invitation_id like 'I-okand-%')},
        {'en': 'comment with an invented e-mail address or phone number',
         'sv': 'kommentar med påhittad e-postadress eller telefonnummer',
         'n': count(*) filter (where contains(comment, '@example.com') or contains(comment, '+4670174'))},
        {'en': 'comment with a line break and quotation marks',
         'sv': 'kommentar med radbrytning och citattecken',
         'n': count(*) filter (where contains(comment, chr(10)))}
    ] as counts
    from file_survey_answers
);

insert into dirt
select 'survey_answers', 'rows repeated exactly', 'rader som upprepas exakt', count(*)
from answers
where sprinkle(answer_no // 4, 509);

insert into dirt
select 'support_cases', 'not closed', 'ej avslutade', count(*)
from support_cases
where closed_at is null;

insert into dirt
select 'web_sessions', 'not logged in: null customer_id', 'inte inloggade: customer_id saknas', count(*)
from file_web_sessions
where customer_id is null;

insert into dirt
select 'shares', 'no share_kind', 'share_kind saknas', count(*)
from file_shares
where share_kind is null;
