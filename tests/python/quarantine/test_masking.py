"""What is shown of rows that may hold personal data."""

import json

import pytest

from loyalty.declarations import TableDeclaration, read_declarations
from loyalty.quarantine import masking

HEADER = ["order_id", "customer_id", "ordered_at", "status", "order_amount", "is_test"]


@pytest.fixture(scope="module")
def orders() -> TableDeclaration:
    return read_declarations()["canonical"].tables["orders"]


@pytest.fixture(scope="module")
def customers() -> TableDeclaration:
    return read_declarations()["canonical"].tables["customers"]


def shown(table: TableDeclaration, record: str, column: str | None = "ordered_at") -> str:
    return masking.rejected_record(table, "csv", HEADER, column, record)


def test_of_a_typed_row_sensitive_columns_are_hidden(customers: TableDeclaration) -> None:
    row = {"customer_id": "c1", "email": "a@b.se", "phone": None, "country_code": "SE"}
    assert masking.row(customers, row) == "customer_id=***, email=***, country_code=SE"


def test_an_address_in_a_column_of_something_else_is_a_shape(orders: TableDeclaration) -> None:
    assert masking.row(orders, {"order_id": "o1", "status": "anna@b.se"}) == (
        "order_id=o1, status=xxxx@x.xx"
    )


def test_of_a_rejected_record_types_and_key_are_shown(orders: TableDeclaration) -> None:
    assert shown(orders, "o-17,anna,2026-02-30,paid,12.50,false") == (
        "order_id=o-17, customer_id=***, ordered_at=2026-02-30, status=xxxx, order_amount=12.50, "
        "is_test=false"
    )


@pytest.mark.parametrize(
    "record",
    [
        "o1,anna,lind,2026-02-01,paid,12.50,false",  # a comma too many
        "o1,anna,lind,2026-02-01,paid,false",  # slipped aside, and one value short
        'o1,"anna,2026-02-01,paid,12.50,false',  # an open quote
        "anna lind",
    ],
)
def test_of_a_record_out_of_shape_only_the_shape_is_shown(
    orders: TableDeclaration, record: str
) -> None:
    for column in (None, "ordered_at"):
        text = shown(orders, record, column)
        assert "anna" not in text
        assert "lind" not in text
        assert text == masking.shape(record)


def test_a_key_is_a_shape_where_all_columns_may_have_moved_on_by_one() -> None:
    """Every other value is of its column's type: only the wrong one, a key, gives it away."""
    memberships = read_declarations()["canonical"].tables["memberships"]
    header = ["membership_id", "customer_id", "enrolled_at", "cancelled_at", "updated_at"]
    day = "2026-02-01T00:00:00Z"
    text = masking.rejected_record(
        memberships, "csv", header, "updated_at", f"anna1,{day},{day},,m-12"
    )
    assert text.startswith("membership_id=xxxx9, customer_id=***, ")
    assert text.endswith("updated_at=x-99")


def test_json_members_are_columns(orders: TableDeclaration) -> None:
    record = json.dumps({"order_id": "o1", "customer_id": "anna", "ordered_at": "x", "more": "eva"})
    text = masking.rejected_record(orders, "jsonl", None, "ordered_at", record)
    assert text == "order_id=x9, customer_id=***, ordered_at=x"
    assert "eva" not in masking.rejected_record(orders, "jsonl", None, None, '["eva", "a@b"]')


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("ordered_at", "13/02/2026", "13/02/2026"),
        ("ordered_at", "2026-02-30T10:00:00Z", "2026-02-30T10:00:00Z"),
        ("ordered_at", "anna@example.com", "xxxx@xxxxxxx.xxx"),
        ("ordered_at", "+46 70-123 45 67", "+99 99-999 99 99"),
        ("order_amount", "12,50", "12,50"),
        ("order_amount", "Åsa Öst", "xxx xxx"),
        ("customer_id", "c1", "***"),
        ("ordered_at", None, ""),
        (None, "c1", "x9"),
    ],
)
def test_a_rejected_value_is_shown_where_it_is_meant_as_its_type(
    orders: TableDeclaration, column: str | None, value: str | None, text: str
) -> None:
    assert masking.rejected_value(orders, column, value) == text


def test_signs_that_steer_a_terminal_are_dots() -> None:
    assert masking.shape("a\x1b[31m\nb") == "x·[99x·x"
    assert len(masking.shape("x" * 5000)) == masking.LONGEST_SHAPE + 1
