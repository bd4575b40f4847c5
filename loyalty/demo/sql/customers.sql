-- Customers as the shop's register lands them, in local wall time. Then the same rows once
-- more: some repeated exactly, some re-delivered with changed consents.
create view customer_rows as
select
    customer_no,
    customer_key(customer_no) as customer_id,
    case
        when uniform('no e-mail', customer_no) < 0.01 then null
        when sprinkle(customer_no, 151) then '  ' || upper(email_address(customer_no)) || ' '
        -- two accounts of one household
        when sprinkle(customer_no, 401) then email_address(customer_no - 1)
        else email_address(customer_no)
    end as email,
    if(uniform('has phone', customer_no) < 0.7, phone_number(customer_no), null) as phone,
    pick([
        'Alva', 'Bo', 'Dagny', 'Ebbe', 'Freja', 'Greta', 'Hugo', 'Iben', 'Jens', 'Kaisa', 'Liv', 'Malte',
        'Nea', 'Olle', 'Pekka', 'Runa', 'Siri', 'Tove', 'Ulf', 'Vera'
    ], uniform('first name', customer_no))
    || ' ' || pick([
        'Exempelsson', 'Testberg', 'Påhittén', 'Demolund', 'Låtsasgren', 'Provström', 'Fiktivsen',
        'Syntetqvist', 'Modellinen', 'Uppdiktad'
    ], uniform('last name', customer_no)) as full_name,
    if(uniform('no country', customer_no) < 0.006, null, country_of(customer_no)) as country_code,
    case
        when sprinkle(customer_no, 997) then pick(['2024-13-45', 'okänt'], uniform('bad', customer_no))
        when uniform('date alone', customer_no) < 0.05 then cast(first_day as varchar)
        else cast(
            cast(first_day as timestamp)
            + to_seconds(cast(floor(3600 * online_hour(customer_no)) as bigint)) as varchar
        )
    end as registered_at,
    is_test,
    if(uniform('no flag', customer_no) < 0.02, null, is_employee) as is_employee,
    uniform('marketing', customer_no) < 0.62 as marketing_consent,
    if(uniform('no answer', customer_no) < 0.03, null, uniform('surveys', customer_no) < 0.8)
        as survey_consent,
    first_day + interval 1 day as changed_on
from persons
where not is_guest and not is_undescribed;

create view file_customers as
select
    customer_id,
    email,
    phone,
    full_name,
    country_code,
    registered_at,
    is_test,
    is_employee,
    marketing_consent,
    case when copy = 2 then not survey_consent else survey_consent end as survey_consent,
    cast(
        case
            when copy = 2
                then least(
                    changed_on + interval 90 day,
                    cast(getvariable('end_date') as timestamp) + interval 12 hour
                )
            else least(changed_on, cast(getvariable('end_date') as timestamp))
        end as varchar
    ) as updated_at
from (
    select 0 as copy, * from customer_rows
    union all
    select 1 as copy, * from customer_rows where sprinkle(customer_no, 607)
    union all
    select 2 as copy, * from customer_rows where sprinkle(customer_no, 211)
)
order by copy, customer_no;
