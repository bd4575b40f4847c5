"""The declarations say what the landing contract says, and their mistakes are named."""

from pathlib import Path

import pytest

from loyalty.declarations import DATA_TYPES, read_declarations
from loyalty.errors import UsageError

CANONICAL = {
    "customers": ("customer_id",),
    "orders": ("order_id",),
    "order_items": ("order_id", "line_number"),
    "deliveries": ("delivery_id",),
    "memberships": ("membership_id",),
    "membership_tiers": ("membership_id", "valid_from"),
    "program_events": ("event_id",),
    "survey_invitations": ("invitation_id",),
    "survey_answers": ("answer_id",),
    "support_cases": ("case_id",),
    "web_sessions": ("session_id",),
    "shares": ("share_id",),
}
GATE_KEYS = {
    "max_reject_share",
    "accepted_values",
    "accepted_scales",
    "not_negative",
    "guarded",
    "references",
    "scale_ends",
    "time_shift",
}


def test_all_twelve_canonical_tables_with_their_keys() -> None:
    tables = read_declarations()["canonical"].tables
    assert {name: table.primary_key for name, table in tables.items()} == CANONICAL
    assert all(table.entities == (name,) for name, table in tables.items())


def test_every_declaration_is_whole() -> None:
    for source in read_declarations().values():
        assert source.schema == f"raw_{source.name}"
        for table in source.tables.values():
            assert set(table.gate) <= GATE_KEYS
            required = {column.name for column in table.columns if column.required}
            assert set(table.primary_key) <= required
            assert all(column.data_type in DATA_TYPES for column in table.columns)
            checked = {
                name
                for severity in table.gate.get("accepted_values", {}).values()
                for name in severity
            }
            checked |= set(table.gate.get("not_negative", [])) | set(table.gate.get("guarded", []))
            checked |= set(table.gate.get("references", {}))
            assert checked <= set(table.column_names)
            known = list(source.tables)
            for column, parent in table.gate.get("references", {}).items():
                assert known.index(parent) < known.index(table.name), "a parent is loaded before"
                assert source.tables[parent].primary_key == (column,)


def test_what_identifies_a_person_is_marked() -> None:
    sensitive = {
        "customer_id": "customer_key",
        "customer_unique_id": "customer_key",
        "email": "email",
        "phone": "personal",
        "full_name": "personal",
        "comment": "personal",
        "review_comment_title": "personal",
        "review_comment_message": "personal",
    }
    for source in read_declarations().values():
        for table in source.tables.values():
            for column in table.columns:
                assert column.sensitive == sensitive.get(column.name), (table.name, column.name)


def test_only_keys_of_persons_and_addresses_have_a_hash() -> None:
    customers = read_declarations()["canonical"].tables["customers"]
    hashed = {column.hash_column for column in customers.columns if column.hash_column}
    assert hashed == {"customer_id_hash", "email_hash"}


GOOD = """
sources:
  - name: shop
    schema: raw_shop
    config: {meta: {landing: {time_zone: UTC}}}
    tables:
      - name: orders
        config: {meta: {file_pattern: "orders*", primary_key: [order_id]}}
        columns:
          - {name: order_id, data_type: varchar}
"""


def write(folder: Path, content: str) -> Path:
    place = folder / "models" / "staging" / "shop"
    place.mkdir(parents=True)
    (place / "_shop__sources.yml").write_text(content)
    return folder


def test_a_declaration_with_the_least_it_needs(tmp_path: Path) -> None:
    source = read_declarations(write(tmp_path, GOOD))["shop"]
    table = source.tables["orders"]
    assert (source.time_zone, table.cursor, table.entities, table.gate) == ("UTC", None, (), {})
    assert table.columns[0].required


def test_sources_that_are_not_landed_are_left_out(tmp_path: Path) -> None:
    content = GOOD.replace("config: {meta: {landing: {time_zone: UTC}}}", "description: own")
    assert read_declarations(write(tmp_path, content)) == {}


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ("primary_key: [order_id]", "primary_key: []", "config.meta.primary_key is missing"),
        ("primary_key: [order_id]", "primary_key: [id]", "id is no declared column"),
        ('file_pattern: "orders*", ', "", "config.meta.file_pattern is missing"),
        ("data_type: varchar", "data_type: text", "column order_id: data_type must be one of"),
        (
            "data_type: varchar",
            "data_type: bigint, config: {meta: {sensitive: email}}",
            "sensitive must be one of",
        ),
    ],
)
def test_mistakes_are_named(tmp_path: Path, good: str, bad: str, message: str) -> None:
    with pytest.raises(UsageError, match="source shop, table orders") as raised:
        read_declarations(write(tmp_path, GOOD.replace(good, bad)))
    assert message in str(raised.value)
