"""The demo generator: same bytes, canonical shape, the habits it promises, counted dirt."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from loyalty.demo import MARKER, generate
from loyalty.errors import UsageError

CUSTOMERS = 3_000
DAYS = 1096
CRISIS = "2024-10-01"

CANONICAL = {
    "customers": "customer_id email phone full_name country_code registered_at is_test is_employee "
    "marketing_consent survey_consent updated_at",
    "orders": "order_id customer_id ordered_at status sales_channel device_type currency "
    "order_amount refunded_amount discount_amount shipping_amount store_id is_test updated_at",
    "order_items": "order_id line_number product_id product_category quantity unit_amount",
    "deliveries": "delivery_id order_id carrier promised_at shipped_at delivered_at updated_at",
    "memberships": "membership_id customer_id enrolled_at activated_at cancelled_at updated_at",
    "membership_tiers": "membership_id valid_from tier",
    "program_events": "event_id membership_id occurred_at event_type offer_id points order_id",
    "survey_invitations": "invitation_id customer_id survey_kind survey_channel sent_at "
    "delivery_status order_id delivery_id case_id",
    "survey_answers": "answer_id invitation_id customer_id survey_kind survey_channel answered_at "
    "score scale_min scale_max comment language_code order_id delivery_id case_id",
    "support_cases": "case_id customer_id case_channel category opened_at closed_at "
    "reopened_count order_id updated_at",
    "web_sessions": "session_id customer_id started_at device_type reached_cart reached_checkout "
    "order_id",
    "shares": "share_id customer_id shared_at share_kind platform product_id",
}
KEYS = {
    "customers": "customer_id",
    "orders": "order_id",
    "order_items": "order_id, line_number",
    "deliveries": "delivery_id",
    "memberships": "membership_id",
    "membership_tiers": "membership_id, valid_from",
    "program_events": "event_id",
    "survey_invitations": "invitation_id",
    "survey_answers": "answer_id",
    "support_cases": "case_id",
    "web_sessions": "session_id",
    "shares": "share_id",
}
# Where a moment stands that says that something has happened.
HAPPENED = {
    "orders": ["ordered_at", "updated_at"],
    "customers": ["registered_at", "updated_at"],
    "deliveries": ["shipped_at", "delivered_at", "updated_at"],
    "memberships": ["enrolled_at", "activated_at", "cancelled_at", "updated_at"],
    "membership_tiers": ["valid_from"],
    "program_events": ["occurred_at"],
    "survey_invitations": ["sent_at"],
    "survey_answers": ["answered_at"],
    "support_cases": ["opened_at", "closed_at", "updated_at"],
    "web_sessions": ["started_at"],
    "shares": ["shared_at"],
}


def read(folder: Path, pattern: str) -> str:
    """SQL that reads the files of one table, all as text but for Parquet."""
    path = next(iter(sorted(folder.glob(pattern))))
    if path.suffix == ".parquet":
        return f"read_parquet('{path}')"
    if path.suffix == ".jsonl":
        names = json.loads(path.read_text().split("\n", 1)[0])
        columns = ", ".join(f"{name}: 'varchar'" for name in names)
        return f"read_json('{path}', format = 'newline_delimited', columns = {{{columns}}})"
    return f"read_csv('{path}', all_varchar = true, header = true, quote = '\"', escape = '\"')"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "landing"
    generate(folder, customers=CUSTOMERS, days=DAYS)
    return folder


@pytest.fixture(scope="module")
def shop(demo: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'Europe/Stockholm'")
        for table in CANONICAL:
            connection.execute(f"create view {table} as from {read(demo, f'{table}.*')}")
        connection.execute(f"create view redelivered as from {read(demo, 'orders_redelivered.*')}")
        yield connection


def number(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    row = connection.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def dirt(folder: Path) -> dict[tuple[str, str], int]:
    """What the marker says: (table, English words) → rows."""
    rows = re.findall(
        r"^\| (\w+) \| [^|]+ \| ([^|]+) \| (\d+) \|$", (folder / MARKER).read_text(), re.MULTILINE
    )
    return {(table, words): int(count) for table, words, count in rows}


def test_same_parameters_give_the_same_bytes_on_any_number_of_threads(tmp_path: Path) -> None:
    for name, seed, threads in (("one", 7, 1), ("two", 7, 2), ("other", 8, 2)):
        generate(tmp_path / name, customers=400, days=500, seed=seed, threads=threads)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    one, other = hashes(tmp_path / "one"), hashes(tmp_path / "other")
    assert one.keys() == other.keys()
    assert not [name for name in one if one[name] == other[name]]


def test_every_table_has_the_canonical_columns_and_rows(
    demo: Path, shop: duckdb.DuckDBPyConnection
) -> None:
    for table, columns in CANONICAL.items():
        found = [row[0] for row in shop.execute(f"describe {table}").fetchall()]
        extra = ["warehouse_code"] if table == "deliveries" else []
        assert found == columns.split() + extra
        assert number(shop, f"select count(*) from {table}") > 0
    redelivered = {row[0] for row in shop.execute("describe redelivered").fetchall()}
    assert redelivered == set(CANONICAL["orders"].split())
    formats = {"".join(path.suffixes) for path in demo.iterdir()}
    assert formats == {".csv", ".csv.gz", ".parquet", ".jsonl", ".md"}
    with gzip.open(demo / "shares.csv.gz") as file:
        assert file.readline().startswith(b"share_id,")


def test_keys_are_there_and_repeat_only_where_the_marker_says(
    demo: Path, shop: duckdb.DuckDBPyConnection
) -> None:
    counted = dirt(demo)
    for table, key in KEYS.items():
        repeated = number(shop, f"select count(*) - count(distinct ({key})) from {table}")
        expected = counted.get((table, "rows repeated exactly"), 0)
        exact = number(
            shop,
            f"select (select count(*) from {table}) "
            f"- (select count(*) from (select distinct * from {table}))",
        )
        assert exact == expected
        newer = counted.get((table, "re-delivered rows with a newer updated_at"), 0)
        assert repeated == expected + newer
        for column in key.split(", "):
            assert number(shop, f"select count(*) from {table} where {column} is null") == 0


def test_surveys_use_known_kinds_channels_and_scales(shop: duckdb.DuckDBPyConnection) -> None:
    kinds = {"nps_relationship", "nps_transactional", "csat", "delivery", "support"}
    channels = {"email", "sms", "chat", "web", "app", "phone"}
    scales = {("1", "2"), ("1", "3"), ("1", "5"), ("1", "7"), ("1", "10"), ("0", "10")}
    for table in ("survey_invitations", "survey_answers"):
        found = shop.execute(f"select distinct survey_kind from {table}").fetchall()
        assert {row[0] for row in found} == kinds
        found = shop.execute(f"select distinct survey_channel from {table}").fetchall()
        assert {row[0] for row in found} - {None} <= channels
    assert (
        set(shop.execute("select distinct scale_min, scale_max from survey_answers").fetchall())
        == scales
    )


def test_nothing_has_happened_after_the_last_day(shop: duckdb.DuckDBPyConnection) -> None:
    for table, columns in HAPPENED.items():
        for column in columns:
            latest = shop.execute(
                f"select max(try_cast({column} as timestamptz))::date from {table}"
            ).fetchone()
            assert latest is not None
            assert latest[0] <= date(2026, 6, 30), (table, column)


def test_orders_refer_to_what_exists(shop: duckdb.DuckDBPyConnection) -> None:
    for table in (
        "deliveries",
        "order_items",
        "survey_invitations",
        "support_cases",
        "program_events",
    ):
        missing = number(
            shop,
            f"select count(*) from {table} where order_id is not null "
            "and order_id not in (select order_id from orders)",
        )
        assert missing == 0, table


def test_nothing_happens_before_what_it_follows(shop: duckdb.DuckDBPyConnection) -> None:
    for table, earlier, later in (
        ("memberships", "enrolled_at", "activated_at"),
        ("memberships", "enrolled_at", "cancelled_at"),
        ("deliveries", "shipped_at", "delivered_at"),
        ("support_cases", "opened_at", "closed_at"),
    ):
        reversed_rows = number(
            shop,
            f"select count(*) from {table} "
            f"where try_cast({later} as timestamptz) < try_cast({earlier} as timestamptz)",
        )
        assert reversed_rows == 0, (table, earlier, later)
    for table, moment in (("deliveries", "shipped_at"), ("support_cases", "opened_at")):
        too_early = number(
            shop,
            f"select count(*) from {table} inner join orders using (order_id) "
            f"where try_cast({moment} as timestamptz) < try_cast(ordered_at as timestamptz)",
        )
        assert too_early == 0, (table, moment)
    too_early = number(
        shop,
        "select count(*) from survey_answers inner join survey_invitations using (invitation_id) "
        "where try_cast(answered_at as timestamptz) < sent_at::timestamptz",
    )
    assert too_early == 0


def test_dirt_is_what_the_marker_counts(demo: Path, shop: duckdb.DuckDBPyConnection) -> None:
    counted = dirt(demo)
    guests, unread_amounts = (
        "customer_id is null",
        "try_cast(order_amount as decimal(18, 2)) is null",
    )
    expected = {
        ("orders", "guests: null customer_id"): f"from orders where {guests}",
        ("orders", "unreadable order_amount"): f"from orders where {unread_amounts}",
        ("orders", "unreadable ordered_at"): "from orders "
        "where try_cast(ordered_at as timestamptz) is null",
        ("orders", "customer not in customers"): "from orders where customer_id is not null "
        "and customer_id not in (select customer_id from customers)",
        ("orders", "marked as test orders"): "from orders where is_test = 'true'",
        ("orders", "refunded without an amount"): "from orders "
        "where status = 'refunded' and refunded_amount is null",
        ("orders", "no device"): "from orders where device_type is null",
        ("orders", "re-delivered in orders_redelivered.csv"): "from redelivered",
        ("customers", "unreadable registered_at"): "from customers "
        "where try_cast(registered_at as timestamp) is null",
        ("deliveries", "unreadable delivered_at"): "from deliveries "
        "where delivered_at is not null and try_cast(delivered_at as timestamptz) is null",
        ("program_events", "unreadable points"): "from program_events "
        "where points is not null and try_cast(points as bigint) is null",
        ("survey_answers", "unreadable answered_at"): "from survey_answers "
        "where try_cast(answered_at as timestamptz) is null",
        ("survey_answers", "skipped (no score)"): "from survey_answers where score is null",
        ("survey_answers", "unknown invitation"): "from survey_answers where invitation_id "
        "not in (select invitation_id from survey_invitations)",
        ("survey_answers", "score out of range or not whole"): "from survey_answers "
        "where score::double not between scale_min::double and scale_max::double "
        "or score::double <> floor(score::double)",
    }
    for key, query in expected.items():
        assert number(shop, f"select count(*) {query}") == counted[key] > 0, key


def test_unreadable_rows_stay_far_below_what_stops_a_gate(
    demo: Path, shop: duckdb.DuckDBPyConnection
) -> None:
    unreadable: dict[str, int] = {}
    for (table, words), count in dirt(demo).items():
        if words.startswith("unreadable"):
            unreadable[table] = unreadable.get(table, 0) + count
    for table, count in unreadable.items():
        assert count / number(shop, f"select count(*) from {table}") < 0.005, table


def test_redelivered_orders_are_newer_but_for_a_few_stale_ones(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    pairs = (
        "from redelivered inner join orders using (order_id) "
        "where redelivered.updated_at::timestamptz {} orders.updated_at::timestamptz"
    )
    assert number(shop, f"select count(*) {pairs.format('>')}") > 50
    assert number(shop, f"select count(*) {pairs.format('<')}") > 5


def test_deliveries_fail_in_one_quarter_and_nps_follows_while_csat_holds(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    late = dict(
        shop.execute(
            "select date_trunc('quarter', try_cast(delivered_at as timestamptz))::date::varchar, "
            "avg((try_cast(delivered_at as timestamptz)::date > promised_at::date)::int) "
            "from deliveries where try_cast(delivered_at as timestamptz) is not null group by 1"
        ).fetchall()
    )
    assert max(late, key=lambda quarter: late[quarter]) == CRISIS
    assert late[CRISIS] > 3 * late["2024-07-01"]
    is_crisis = (
        f"date_trunc('quarter', try_cast(answered_at as timestamptz)) = timestamptz '{CRISIS}'"
    )
    nps = (
        "select 100 * avg(case when score::double >= 9 then 1 when score::double <= 6 then -1 "
        "else 0 end) from survey_answers where survey_kind like 'nps%' and score is not null and {}"
    )
    csat = (
        "select avg((score::double >= 4)::int) from survey_answers "
        "where survey_kind = 'csat' and scale_max = '5' and score is not null and {}"
    )
    in_crisis, otherwise = (
        number(shop, nps.format(when)) for when in (is_crisis, f"not {is_crisis}")
    )
    assert 40 < otherwise < 56
    assert in_crisis < otherwise - 12
    in_crisis, otherwise = (
        number(shop, csat.format(when)) for when in (is_crisis, f"not {is_crisis}")
    )
    assert 0.78 < otherwise < 0.88
    assert abs(in_crisis - otherwise) < 0.08


def test_phones_take_over(shop: duckdb.DuckDBPyConnection) -> None:
    shares = [
        row[0]
        for row in shop.execute(
            "select avg((device_type like 'mobile%')::int) from orders "
            "where device_type is not null and sales_channel <> 'store' "
            "and try_cast(ordered_at as timestamptz) is not null "
            "group by year(try_cast(ordered_at as timestamptz) + interval 6 month) "
            "order by year(try_cast(min(ordered_at) as timestamptz))"
        ).fetchall()
    ]
    assert len(shares) == 3
    assert shares == sorted(shares)
    assert shares[0] < 0.46
    assert shares[2] > 0.54


def test_engagement_is_high_after_the_launch_and_fades(shop: duckdb.DuckDBPyConnection) -> None:
    def engagement(day: str) -> float:
        return number(
            shop,
            f"""
            select avg((exists (
                select 1 from program_events
                where program_events.membership_id = memberships.membership_id
                    and event_type in ('offer_opened', 'offer_clicked', 'offer_redeemed',
                        'points_redeemed', 'challenge_completed')
                    and occurred_at::timestamptz::date between date '{day}' - 89 and date '{day}'
            ))::int)
            from memberships
            where enrolled_at::date <= date '{day}' - 90 and activated_at::date <= date '{day}'
                and (cancelled_at is null or cancelled_at::date > date '{day}')
            """,
        )

    assert engagement("2024-12-31") > 0.62
    assert engagement("2026-06-29") < 0.48


def test_most_buy_once_or_twice_and_a_few_often(shop: duckdb.DuckDBPyConnection) -> None:
    shop.execute(
        "create or replace temp table purchases as select count(distinct order_id) as order_count "
        "from orders where customer_id is not null group by customer_id"
    )
    assert 0.5 < number(shop, "select avg((order_count <= 2)::int) from purchases") < 0.8
    assert 0.05 < number(shop, "select avg((order_count >= 12)::int) from purchases") < 0.2
    assert 0.04 < number(shop, "select avg((customer_id is null)::int) from orders") < 0.08


def test_persons_are_recognisably_invented(shop: duckdb.DuckDBPyConnection) -> None:
    real = "lower(trim(email)) not like 'kund%@example.com'"
    assert number(shop, f"select count(*) from customers where {real}") == 0
    assert number(shop, "select count(*) from customers where phone not like '+467017406__'") == 0


def test_an_earlier_demo_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    lines: list[str] = []
    generate(folder, customers=20, days=40, on_progress=lines.append)
    before = hashes(folder)
    counts = generate(folder, customers=30, days=40)
    assert hashes(folder) != before
    assert list(tmp_path.iterdir()) == [folder]
    assert counts["customers"] == 30
    assert set(counts) == set(CANONICAL)
    assert any(line.startswith("orders.csv") for line in lines)
    assert (folder / "support_cases.jsonl").stat().st_size > 0


@pytest.mark.parametrize("with_marker", [False, True])
def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path, with_marker: bool) -> None:
    (tmp_path / "orders_from_the_shop.csv").write_text("order_id\n1\n")
    if with_marker:
        (tmp_path / MARKER).write_text("synthetic")
    with pytest.raises(UsageError, match=str(tmp_path)):
        generate(tmp_path, customers=10, days=30)
    assert (tmp_path / "orders_from_the_shop.csv").read_text() == "order_id\n1\n"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        generate(tmp_path / "demo")


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"customers": 0}, "customers is 0"),
        ({"customers": 10**9}, "customers is 1000000000"),
        ({"days": 1}, "days is 1"),
        ({"days": 40_000}, "days is 40000"),
        ({"seed": -1}, "seed is -1"),
        ({"end_date": date(1815, 1, 1)}, "end_date's year is 1815"),
    ],
)
def test_silly_parameters_are_refused(
    tmp_path: Path, parameters: dict[str, int], named: str
) -> None:
    with pytest.raises(UsageError, match=named):
        generate(tmp_path / "demo", **parameters)  # type: ignore[arg-type]
    assert not (tmp_path / "demo").exists()
