"""Clean nightly exports of every table, drawn by SQL: large enough for each check to bite.

Rows differ from night to night as a shop's do, by chance and weekday. Each table is a query over
`i`, the row's number; `u('x')` is an even draw between 0 and 1 of that row, night and purpose.
"""

import re
from datetime import date, timedelta

FIRST_NIGHT = date(2026, 3, 2)
# People sleep at night and buy in the evening: events of each local hour, of a thousand.
HOURS = (9, 5, 3, 2, 2, 5, 14, 30, 44, 50, 52, 54, 58, 54, 50, 48, 50, 58, 68, 82, 94, 86, 54, 28)

CUSTOMERS = 3000
ROWS = {
    "canonical": {
        "customers": 150,
        "orders": 700,
        "order_items": 900,
        "deliveries": 500,
        "memberships": 120,
        "membership_tiers": 120,
        "program_events": 800,
        "survey_invitations": 700,
        "survey_answers": 1000,
        "support_cases": 200,
        "web_sessions": 2000,
        "shares": 150,
    },
    "olist": {
        "orders": 400,
        "order_items": 500,
        "order_payments": 450,
        "order_reviews": 400,
        "customers": 400,
    },
}

_CUSTOMER = "lpad((1 + floor({customers} * u('who')))::bigint::varchar, 8, '0')"
_ORDER = "'A' || ({day} * 10000 + floor({orders} * u('order')))::bigint"
_MEMBER = "'M' || (1 + floor({members} * u('member')))::bigint"
_DEVICE = (
    "case when u('device') < 0.4 then 'mobile_web' when u('device') < 0.6 then 'mobile_app' "
    "when u('device') < 0.65 then 'tablet' else 'desktop' end"
)
_AMOUNT = "round(19 + 420 * exp(0.75 * normal('amount')), 2)"
_KIND = (
    "case when u('kind') < 0.7 then 'nps_relationship' when u('kind') < 0.85 then 'csat' "
    "else 'delivery' end"
)
_NPS = "case when u('score') < 0.05 then 0 else least(10, 1 + floor(10.9 * u('more') ** 0.4)) end"
_FIVE = "1 + floor(5 * u('five') ** 0.5)"

# Columns by table, in SQL; {at} is a moment of the night's day, {day} its number.
COLUMNS: dict[str, dict[str, dict[str, str]]] = {
    "canonical": {
        "customers": {
            "customer_id": "lpad(({customers} + {day} * 1000 + i)::varchar, 8, '0')",
            "email": "'kund' || {day} || '.' || i || '@example.com'",
            "phone": "'+4670' || lpad((i * 7919 + {day})::varchar, 7, '0')",
            "full_name": "'Namn ' || i",
            "country_code": "case when u('c') < 0.6 then 'SE' when u('c') < 0.8 then 'NO' "
            "when u('c') < 0.92 then 'FI' else 'DK' end",
            "registered_at": "{at}",
            "is_test": "u('test') < 0.01",
            "is_employee": "u('staff') < 0.02",
            "marketing_consent": "u('consent') < 0.6",
            "survey_consent": "u('survey') < 0.8",
            "updated_at": "{at}",
        },
        "orders": {
            "order_id": "'A' || ({day} * 10000 + i)",
            "customer_id": "if(u('guest') < 0.3, null, " + _CUSTOMER + ")",
            "ordered_at": "{at}",
            "status": "case when u('status') < 0.05 then 'cancelled' when u('status') < 0.4 "
            "then 'pending' else 'paid' end",
            "sales_channel": "if(u('store') < 0.1, 'store', if(u('device') between 0.4 and 0.6, "
            "'app', 'web'))",
            "device_type": f"if(u('store') < 0.1, null, {_DEVICE})",
            "currency": "case when u('cur') < 0.7 then 'SEK' when u('cur') < 0.9 then 'NOK' "
            "else 'DKK' end",
            "order_amount": _AMOUNT,
            "refunded_amount": f"if(u('refund') < 0.05, {_AMOUNT}, 0)",
            "discount_amount": "if(u('sale') < 0.3, round(20 + 80 * u('discount'), 2), 0)",
            "shipping_amount": "if(u('free') < 0.4, 0, 49)",
            "store_id": "if(u('store') < 0.1, 'butik-01', null)",
            "is_test": "u('test') < 0.01",
            "updated_at": "{at}",
        },
        "order_items": {
            "order_id": _ORDER,
            "line_number": "i",
            "product_id": "'P' || floor(300 * u('product'))::bigint",
            "product_category": "case when u('cat') < 0.5 then 'kitchen' when u('cat') < 0.8 "
            "then 'garden' else 'textile' end",
            "quantity": "1 + floor(3 * u('quantity') ** 3)",
            "unit_amount": "round(9 + 200 * exp(0.6 * normal('price')), 2)",
        },
        "deliveries": {
            "delivery_id": "'D' || ({day} * 10000 + i)",
            "order_id": _ORDER,
            "carrier": "if(u('carrier') < 0.6, 'Fjällfrakt', 'Nordpaket')",
            "promised_at": "{at} + interval 3 day",
            "shipped_at": "{at}",
            "delivered_at": "if(u('there') < 0.5, {at} + interval 5 hour, null)",
            "updated_at": "{at}",
        },
        "memberships": {
            "membership_id": "'M' || ({members} + {day} * 1000 + i)",
            "customer_id": _CUSTOMER,
            "enrolled_at": "{at}",
            "activated_at": "if(u('active') < 0.7, {at} + interval 3 hour, null)",
            "cancelled_at": "if(u('gone') < 0.1, {at} + interval 9 hour, null)",
            "updated_at": "{at}",
        },
        "membership_tiers": {
            "membership_id": "'M' || ({members} + {day} * 1000 + i)",
            "valid_from": "{at}",
            "tier": "case when u('tier') < 0.7 then 'bronze' when u('tier') < 0.9 then 'silver' "
            "else 'gold' end",
        },
        "program_events": {
            "event_id": "'E' || ({day} * 10000 + i)",
            "membership_id": _MEMBER,
            "occurred_at": "{at}",
            "event_type": "case when u('type') < 0.4 then 'offer_sent' when u('type') < 0.55 "
            "then 'offer_opened' else 'points_earned' end",
            "offer_id": "if(u('type') < 0.55, 'offer-03', null)",
            "points": "if(u('type') < 0.55, null, floor(20 + 400 * u('points')))::bigint",
            "order_id": "if(u('type') < 0.55, null, " + _ORDER + ")",
        },
        "survey_invitations": {
            "invitation_id": "'I' || ({day} * 10000 + i)",
            "customer_id": "if(u('guest') < 0.2, null, " + _CUSTOMER + ")",
            "survey_kind": _KIND,
            "survey_channel": "if(u('channel') < 0.7, 'email', 'sms')",
            "sent_at": "{at}",
            "delivery_status": "if(u('bounce') < 0.04, 'bounced', 'delivered')",
            "order_id": _ORDER,
            "delivery_id": "null::varchar",
            "case_id": "null::varchar",
        },
        "survey_answers": {
            "answer_id": "'S' || ({day} * 10000 + i)",
            "invitation_id": "if(u('invited') < 0.3, null, "
            "'I' || ({day} * 10000 + floor({invitations} * u('invitation')))::bigint)",
            "customer_id": "if(u('guest') < 0.3, null, " + _CUSTOMER + ")",
            "survey_kind": _KIND,
            "survey_channel": "if(u('channel') < 0.7, 'email', 'web')",
            "answered_at": "{at}",
            "score": f"if(u('skip') < 0.05, null, if(u('kind') < 0.7, {_NPS}, {_FIVE}))::bigint",
            "scale_min": "if(u('kind') < 0.7, 0, 1)",
            "scale_max": "if(u('kind') < 0.7, 10, 5)",
            "comment": "if(u('talk') < 0.2, 'bra', null)",
            "language_code": "if(u('talk') < 0.2, 'sv', null)",
            "order_id": _ORDER,
            "delivery_id": "null::varchar",
            "case_id": "null::varchar",
        },
        "support_cases": {
            "case_id": "'K' || ({day} * 10000 + i)",
            "customer_id": "if(u('guest') < 0.2, null, " + _CUSTOMER + ")",
            "case_channel": "if(u('channel') < 0.5, 'email', 'chat')",
            "category": "if(u('category') < 0.4, 'delivery', 'product')",
            "opened_at": "{at}",
            "closed_at": "if(u('closed') < 0.5, {at} + interval 7 hour, null)",
            "reopened_count": "if(u('again') < 0.1, 1, 0)",
            "order_id": _ORDER,
            "updated_at": "{at}",
        },
        "web_sessions": {
            "session_id": "'W' || ({day} * 10000 + i)",
            "customer_id": "if(u('guest') < 0.6, null, " + _CUSTOMER + ")",
            "started_at": "{at}",
            "device_type": _DEVICE,
            "reached_cart": "u('cart') < 0.3",
            "reached_checkout": "u('cart') < 0.1",
            "order_id": "if(u('cart') < 0.08, " + _ORDER + ", null)",
        },
        "shares": {
            "share_id": "'H' || ({day} * 10000 + i)",
            "customer_id": _CUSTOMER,
            "shared_at": "{at}",
            "share_kind": "if(u('kind') < 0.6, 'share', 'review')",
            "platform": "if(u('where') < 0.5, 'instagram', 'facebook')",
            "product_id": "'P' || floor(300 * u('product'))::bigint",
        },
    },
    "olist": {
        "orders": {
            "order_id": "md5('o' || {day} || i)",
            "customer_id": "md5('c' || {day} || i)",
            "order_status": "if(u('status') < 0.1, 'shipped', 'delivered')",
            "order_purchase_timestamp": "{at}",
            "order_approved_at": "{at} + interval 1 hour",
            "order_delivered_carrier_date": "{at} + interval 1 day",
            "order_delivered_customer_date": "if(u('status') < 0.1, null, {at} + interval 6 day)",
            "order_estimated_delivery_date": "{at} + interval 20 day",
        },
        "order_items": {
            "order_id": "md5('o' || {day} || (i % 400))",
            "order_item_id": "1 + i // 400",
            "product_id": "md5('p' || i % 97)",
            "seller_id": "md5('s' || i % 31)",
            "shipping_limit_date": "{at} + interval 4 day",
            "price": "round(9 + 80 * exp(0.8 * normal('price')), 2)",
            "freight_value": "round(5 + 15 * exp(0.4 * normal('freight')), 2)",
        },
        "order_payments": {
            "order_id": "md5('o' || {day} || (i % 400))",
            "payment_sequential": "1 + i // 400",
            "payment_type": "if(u('type') < 0.7, 'credit_card', 'boleto')",
            "payment_installments": "1 + floor(6 * u('parts'))::bigint",
            "payment_value": "round(15 + 90 * exp(0.8 * normal('value')), 2)",
        },
        "order_reviews": {
            "review_id": "md5('r' || {day} || i)",
            "order_id": "md5('o' || {day} || i)",
            "review_score": "(1 + floor(5 * u('five') ** 0.5))::bigint",
            "review_comment_title": "null::varchar",
            "review_comment_message": "if(u('talk') < 0.3, 'bom', null)",
            "review_creation_date": "{at}",
            "review_answer_timestamp": "{at}",
        },
        "customers": {
            "customer_id": "md5('c' || {day} || i)",
            "customer_unique_id": "md5('u' || floor(900 * u('who')))",
            "customer_zip_code_prefix": "lpad(floor(99999 * u('zip'))::bigint::varchar, 5, '0')",
            "customer_city": "'sao paulo'",
            "customer_state": "if(u('state') < 0.6, 'SP', 'RJ')",
        },
    },
}

FILE_STEMS = {"canonical": "{table}", "olist": "olist_{table}_dataset"}


def day_of(number: int) -> date:
    """Return the local day that a night's export holds."""
    return FIRST_NIGHT + timedelta(days=number)


def file_name(source: str, table: str, number: int) -> str:
    """Return the name under which a night's export of a table is landed."""
    return f"{FILE_STEMS[source].format(table=table)}_{day_of(number)}.csv"


def rows(source: str, table: str, number: int, count: int | None = None) -> str:
    """Return the query of a night's clean rows; `count` is the night's own where not given."""
    usual = ROWS[source][table]
    # Five to ten per cent from night to night; fewer at the week's end.
    weekend = 0.85 if day_of(number).weekday() >= 5 else 1
    wanted = count or round(usual * weekend * (0.95 + 0.1 * ((number * 37) % 10) / 10))
    columns = COLUMNS[source][table].items()
    return f"select {', '.join(f'{_sql(sql, number)} as {name}' for name, sql in columns)} " + (
        f"from (select i, {_moment(number)} as moment from range({wanted}) as series (i))"
    )


def base_rows(table: str) -> str:
    """Return the query of the first file of `customers` or `memberships`: who is there already."""
    if table == "customers":
        return rows("canonical", table, 0, CUSTOMERS).replace(
            f"({CUSTOMERS} + 0 * 1000 + i)", "(1 + i)"
        )
    return rows("canonical", table, 0, CUSTOMERS).replace(
        f"({CUSTOMERS} + 0 * 1000 + i)", "(1 + i)"
    )


def _moment(number: int) -> str:
    """Return the SQL of a local moment of the night's day, without offset."""
    steps, total = [], 0
    for hour, weight in enumerate(HOURS):
        total += weight
        steps.append(f"when {_even('hour', number)} * {sum(HOURS)} < {total} then {hour}")
    hour = f"case {' '.join(steps)} else 23 end"
    seconds = f"floor(3600 * {_even('second', number)})::bigint"
    return (
        f"timestamp '{day_of(number)}' + to_seconds({hour} * 3600::bigint) + to_seconds({seconds})"
    )


def _even(purpose: str, number: int) -> str:
    # One text hashed: several values hashed together are not independent from purpose to purpose.
    return f"(hash('{purpose}/{number}/' || i) / 18446744073709551616.0)"


def _sql(text: str, number: int) -> str:
    counts = ROWS["canonical"]
    text = text.replace("{at}", "moment").replace("{day}", str(number))
    text = text.replace("{customers}", str(CUSTOMERS)).replace("{members}", str(CUSTOMERS))
    text = text.replace("{orders}", str(round(counts["orders"] * 0.8)))
    text = text.replace("{invitations}", str(round(counts["survey_invitations"] * 0.8)))
    text = re.sub(
        r"normal\('(\w+)'\)",
        lambda found: (
            f"(sqrt(-2 * ln(1e-12 + u('{found[1]} a'))) * cos(6.283185307 * u('{found[1]} b')))"
        ),
        text,
    )
    return re.sub(r"u\('([^']+)'\)", lambda found: _even(found[1], number), text)
