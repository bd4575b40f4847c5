"""Whom to contact: hashed keys are published, ids are for those who hold the hash key."""

import csv
import hashlib
import hmac
from pathlib import Path

from loyalty.landing.hashing import DEMO_KEY
from loyalty.warehouse import Warehouse


def test_ids_are_looked_up_for_holders_of_the_key_only(
    loyalty, first_night: tuple[Warehouse, str], tmp_path: Path
) -> None:
    house, _ = first_night
    target = tmp_path / "followups.csv"
    words = ["followups", "--export", target, "--warehouse", house.folder]

    refused = loyalty(*words)
    assert refused.returncode == 2
    assert "LOYALTY_HASH_KEY is not set" in refused.stderr
    mistaken = loyalty(*words, LOYALTY_HASH_KEY="another key")
    assert mistaken.returncode == 2
    assert "not the key" in mistaken.stderr
    assert not target.exists()

    done = loyalty(*words, LOYALTY_HASH_KEY=DEMO_KEY.decode())
    assert done.returncode == 0, done.stderr
    assert target.stat().st_mode & 0o077 == 0
    with target.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        message = f"customer|{row['customer_source']}|{row['source_customer_id']}"
        expected = hmac.new(DEMO_KEY, message.encode(), hashlib.sha256).hexdigest()[:32]
        assert row["customer_id"] == expected
