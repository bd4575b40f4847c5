"""An input row that is made of several landed tables follows each of them, whichever comes late."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from agreement.houses import Builder, House

from loyalty.build import increments, manifests

AS_OF = date(2018, 6, 30)
ORDERS = ("o1", "o2", "o3")
INCREMENTAL = ("int_orders", "int_order_items", "int_deliveries", "int_survey_answers")


def order(number: str, status: str) -> dict[str, str]:
    return {
        "order_id": number,
        "customer_id": f"c-{number}",
        "order_status": status,
        "order_purchase_timestamp": "2018-05-01 10:00:00",
        "order_delivered_customer_date": "2018-05-05 10:00:00",
        "order_estimated_delivery_date": "2018-05-09 00:00:00",
    }


# What each night lands: every part of a row comes after the row itself, then is corrected.
NIGHTS: list[dict[str, list[dict[str, str]]]] = [
    {
        "olist_orders_dataset": [order(number, "shipped") for number in ORDERS],
        "olist_order_reviews_dataset": [
            {
                "review_id": "r1",
                "order_id": number,
                "review_score": "2",
                "review_answer_timestamp": "2018-05-20 10:00:00",
            }
            for number in ORDERS
        ],
        "olist_order_items_dataset": [
            {"order_id": number, "order_item_id": "1", "product_id": "p1", "price": "10"}
            for number in ORDERS[:2]
        ],
    },
    {
        "olist_customers_dataset": [
            {"customer_id": f"c-{number}", "customer_unique_id": "u1"} for number in ORDERS
        ],
        "olist_order_payments_dataset": [
            {"order_id": number, "payment_sequential": "1", "payment_value": "12"}
            for number in ORDERS[1:]
        ],
        "olist_products_dataset": [{"product_id": "p1", "product_category_name": "moveis"}],
        "olist_orders_dataset": [order("o1", "delivered")],
    },
    {
        "olist_customers_dataset": [{"customer_id": "c-o2", "customer_unique_id": "u2"}],
        "olist_products_dataset": [{"product_id": "p1", "product_category_name": "bebes"}],
        "olist_order_payments_dataset": [
            {"order_id": "o3", "payment_sequential": "2", "payment_value": "5"}
        ],
    },
]


def write(folder: Path, night: int, tables: dict[str, list[dict[str, str]]]) -> None:
    folder.mkdir(exist_ok=True)
    for table, rows in tables.items():
        with (folder / f"{table}_{night}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def rows(house: House) -> dict[str, set[tuple[object, ...]]]:
    """Input rows without the number of the batch that brought them."""
    connection = house.warehouse.connect()
    try:
        return {
            name: set(
                connection.execute(
                    f"select columns(* exclude (batch_id))::varchar from intermediate.{name}"
                ).fetchall()
            )
            for name in INCREMENTAL
        }
    finally:
        connection.close()


def test_every_part_that_comes_late_reaches_its_rows(tmp_path: Path) -> None:
    builder = Builder(tmp_path / "houses")
    for number, tables in enumerate(NIGHTS):
        write(tmp_path / f"night_{number}", number, tables)
        write(tmp_path / "everything", number, tables)
    grown = builder.build("grown", {"olist": tmp_path / "night_0"}, AS_OF)
    for number in range(1, len(NIGHTS)):
        grown = builder.add(grown, {"olist": tmp_path / f"night_{number}"}, AS_OF)
    at_once = builder.build("at_once", {"olist": tmp_path / "everything"}, AS_OF)
    made = rows(at_once)
    assert all(made.values())
    assert rows(grown) == made

    # What another model or seed made is made anew, though nothing new was loaded.
    with grown.warehouse.connect() as connection:
        connection.execute("update intermediate.int_orders set order_status = 'pending'")
        connection.execute("update control.incremental_code set mark = 'of other code'")
    assert rows(grown) != made
    assert rows(builder.add(grown, {}, AS_OF)) == made


def test_a_seed_and_a_macro_upstream_are_code_that_made_them() -> None:
    names = set(increments.lineage(manifests.project_manifest()))
    assert {
        "model.loyalty.int_orders",
        "model.loyalty.stg_olist__order_amounts",
        "seed.loyalty.olist_order_statuses",
        "macro.loyalty.duckdb__local_date",
    } <= names
    # What a business changes every other week does not build all history anew.
    assert not [name for name in names if "indicators" in name or ".fct_" in name]
