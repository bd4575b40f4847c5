"""CSV files, clean and broken: every record is accepted or rejected with its line."""

import csv
import gzip
import io
import random
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from landing_shop import HEADER, Shop, csv_text, line, lines

from loyalty.landing import contents, csv_files


def test_three_bad_rows_of_a_thousand(shop: Shop) -> None:
    rows = lines(1, 1000)
    rows[9] = line(10, amount="12,5").replace("12,5", '"12,5"')
    rows[499] = line(500, ordered_at="yesterday")
    rows[999] = line(1000, order_id="")
    result = shop.load("orders.csv", csv_text(*rows))
    assert (result.accepted_count, result.rejected_count, result.inserted_count) == (997, 3, 997)
    assert shop.rows("count(*)") == [(997,)]
    assert shop.rejects() == [
        (
            11,
            "amount",
            "12,5",
            "not an amount (decimal point, no thousands separator)",
            rows[9],
        ),
        (501, "ordered_at", "yesterday", "not an ISO 8601 date or timestamp", rows[499]),
        (1001, "order_id", None, "a required value is missing", rows[999]),
    ]


@pytest.mark.parametrize("share_looked_up", [0, 1])
def test_lines_are_exact_after_earlier_rejects_and_line_feeds_in_values(
    shop: Shop, share_looked_up: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether all lines are read for those of the rejects, or single ones are looked up."""
    monkeypatch.setattr(csv_files, "FEW", share_looked_up)
    monkeypatch.setattr(contents, "SEARCHED_BYTES", 64)
    content = csv_text(
        line(1),  # 2
        "too,few",  # 3
        line(2, email='"a\nb\nc"'),  # 4-6
        "",  # 7
        line(3) + ",too,many",  # 8
        line(4, quantity="5.5", email='"x\n\ny"'),  # 9-11
        line(5),  # 12
        line(6, is_test="maybe"),  # 13
    )
    result = shop.load("orders.csv", content)
    assert (result.accepted_count, result.rejected_count) == (3, 4)
    found = [(number, column, reason) for number, column, _, reason, _ in shop.rejects()]
    assert found == [
        (3, None, "too few columns"),
        (8, None, "too many columns"),
        (9, "quantity", "not a whole number"),
        (13, "is_test", "not true or false"),
    ]
    assert shop.rejects()[2][4] == line(4, quantity="5.5", email='"x\n\ny"')


@pytest.mark.parametrize("share_looked_up", [0, 1])
def test_lines_are_exact_where_each_record_is_one(
    shop: Shop, share_looked_up: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the reader refused stands first, last, side by side, and before rows that fail."""
    monkeypatch.setattr(csv_files, "FEW", share_looked_up)
    content = csv_text(
        "too,few",  # 2
        line(1),  # 3
        line(2, quantity="5.5"),  # 4
        line(3) + ",too,many",  # 5
        "too,few",  # 6
        line(4, is_test="maybe"),  # 7
        line(5),  # 8
        line(6, quantity="6.5"),  # 9
        line(7) + ",too,many",  # 10
    )
    result = shop.load("orders.csv", content)
    assert (result.accepted_count, result.rejected_count) == (2, 7)
    records = content.splitlines()
    assert [(number, column, record) for number, column, _, _, record in shop.rejects()] == [
        (2, None, records[1]),
        (4, "quantity", records[3]),
        (5, None, records[4]),
        (6, None, records[5]),
        (7, "is_test", records[6]),
        (9, "quantity", records[8]),
        (10, None, records[9]),
    ]
    assert shop.rows("order_id, _row_number") == [("o1", 1), ("o5", 4)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_stray_quote_costs_one_line(shop: Shop, end: str) -> None:
    rows = lines(1, 5000)
    rows[99] = line(100, email='"stray')
    result = shop.load("orders.csv", csv_text(*rows, end=end))
    assert (result.accepted_count, result.rejected_count) == (4999, 1)
    assert shop.rejects() == [(101, None, None, "a quote is out of place", rows[99])]


def test_stray_quotes_between_which_both_readers_agree(shop: Shop) -> None:
    """The two swallow what lies between into one rejected record, and count the same."""
    rows = lines(1, 5000)
    rows[99] = line(100, email='"stray')
    rows[3999] = line(4000, email='"fine"')
    result = shop.load("orders.csv", csv_text(*rows))
    assert (result.accepted_count, result.rejected_count) == (4999, 1)


def test_stray_quotes_that_make_one_valid_record(shop: Shop) -> None:
    """What lies between is well-formed as one value, so no reader complains at all."""
    rows = lines(1, 500)
    rows[99] = line(100, email='"stray')
    rows[299] = line(300, customer_id='stray"')
    result = shop.load("orders.csv", csv_text(*rows))
    assert (result.accepted_count, result.rejected_count) == (498, 2)
    assert [reject[0] for reject in shop.rejects()] == [101, 301]


def test_salvage_keeps_values_with_line_feeds_and_cast_rejects(shop: Shop) -> None:
    content = csv_text(
        *lines(1, 3),  # 2-4
        line(4, email='"stray'),  # 5
        line(5, email='"two\nlines, ""quoted"""'),  # 6-7
        line(6, email='"""x"""', amount="?"),  # 8
        line(7) + ",more",  # 9
        line(8),
    )
    result = shop.load("orders.csv", content)
    assert (result.accepted_count, result.rejected_count) == (5, 3)
    assert shop.rows("email", order="order_id")[3] == ('two\nlines, "quoted"',)
    assert [reject[:4] for reject in shop.rejects()] == [
        (5, None, None, "a quote is out of place"),
        (8, "amount", "?", "not an amount (decimal point, no thousands separator)"),
        (9, None, None, "9 columns expected, 10 found"),
    ]


def test_salvage_keeps_every_byte_of_a_value(shop: Shop) -> None:
    rows = [line(1, email='"a\n\nb\r\nc\r"'), line(2, email='"stray'), line(3)]
    assert shop.load("orders.csv", csv_text(*rows)).accepted_count == 2
    assert shop.rows("email", order="order_id")[0] == ("a\n\nb\r\nc\r",)


def test_salvage_reads_across_blocks(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loyalty.landing.contents.BLOCK_BYTES", 70)
    long = "long,\n" * 30
    rows = [line(1, email=f'"{long}"'), line(2, email='"stray'), *lines(3, 20), "few", line(21)]
    rows.append(line(22, email='"open at the end'))
    result = shop.load("orders.csv", csv_text(*rows))
    assert (result.accepted_count, result.rejected_count) == (20, 3)
    assert shop.rows("email", order="order_id")[0] == (long,)
    assert [reject[0] for reject in shop.rejects()] == [33, 52, 54]


def test_salvage_of_a_narrow_table(shop: Shop) -> None:
    """Prose may look like a record of three columns, so it takes the next quote to tell."""
    content = 'note_id,body,author\n1,"stray,x\n2,b,c\n3,"one, two\nthree, four, five",d\n4,"b",c\n'
    result = shop.load("orders_notes.csv", content)
    assert (result.accepted_count, result.rejected_count) == (3, 1)
    assert shop.rows("body", "notes", "note_id")[1] == ("one, two\nthree, four, five",)


def test_a_column_may_be_named_like_the_loaders_own(shop: Shop) -> None:
    header = "order_id,line_number,product_id,quantity\n"
    shop.load("items.csv", header + 'o1,7,"stray,1\no1,8,p,2\no2,9,p,"3"\n')
    shop.load("items.jsonl", '\n{"order_id": "o3", "line_number": 5}\n')
    assert shop.rows("order_id, line_number", "items") == [("o1", 8), ("o2", 9), ("o3", 5)]


def test_blanks_around_quotes_are_no_part_of_a_value(shop: Shop) -> None:
    rows = [line(1, email='  "a, b" '), line(2, email=' "a"x'), line(3, email='  ""')]
    assert shop.load("orders.csv", csv_text(*rows)).accepted_count == 2
    assert shop.rows("email", order="order_id") == [("a, b",), (None,)]


def test_blanks_around_quotes_after_a_quote_in_plain_text(shop: Shop) -> None:
    rows = [line(1, customer_id='5" nail'), line(2, score='  ""  '), line(3, email='"a", "b"')]
    assert shop.load("orders.csv", csv_text(*rows)).accepted_count == 2
    assert [reject[0] for reject in shop.rejects()] == [4]


def test_empty_values_after_the_last_column_are_no_columns(shop: Shop) -> None:
    rows = [line(1) + ",", line(2) + ',,""', line(3) + ", ", line(4, email='"stray')]
    rows.append(line(5) + ',"\n"')
    for content in (csv_text(*rows[:3]), csv_text(*rows)):
        shop.connection.execute("delete from raw_shop.orders")
        assert shop.load("orders.csv", content).inserted_count == 2
        assert shop.rows("order_id") == [("o1",), ("o2",)]


def test_quotes_inside_an_unquoted_value_are_text_beside_a_stray_one(shop: Shop) -> None:
    rows = [line(1, customer_id='5" nail'), line(2, email='"stray'), line(3)]
    assert shop.load("orders.csv", csv_text(*rows)).accepted_count == 2
    assert [reject[0] for reject in shop.rejects()] == [3]


def test_quotes_inside_an_unquoted_value_are_text(shop: Shop) -> None:
    rows = [line(1, customer_id='5" nail'), line(2, amount="x"), line(3)]
    assert shop.load("orders.csv", csv_text(*rows)).accepted_count == 2
    assert shop.rows("customer_id", order="order_id")[0] == ('5" nail',)
    assert shop.rejects()[0][0] == 3


@pytest.mark.parametrize(
    "content",
    [
        csv_text(*lines(1, 20), end="\r\n"),
        "\ufeff" + csv_text(*lines(1, 20)),
        "\ufeff" + csv_text(*lines(1, 20), end="\r\n"),
        csv_text(*lines(1, 20)).removesuffix("\n"),
        csv_text(*lines(1, 10)) + "".join(row + "\r\n" for row in lines(11, 20)),
        csv_text(*lines(1, 10), end="\r\n") + "".join(row + "\n" for row in lines(11, 20)),
        csv_text(*lines(1, 10), "", "", *lines(11, 20)),
        "\r\n\n" + csv_text(*lines(1, 20)),
        "\ufeff\n" + csv_text(*lines(1, 20)),
        csv_text(*lines(1, 20), end="\r\r\n"),
        csv_text(*lines(1, 20)).replace(HEADER, HEADER.replace("order_id", '"order_id"')),
    ],
    ids=[
        "crlf",
        "bom",
        "bom and crlf",
        "no last end",
        "lf crlf",
        "crlf lf",
        "blank",
        "blank first",
        "bom and blank",
        "cr cr lf",
        "quoted",
    ],
)
def test_line_ends_and_marks(shop: Shop, content: str) -> None:
    assert shop.load("orders.csv", content).inserted_count == 20
    assert shop.rows("order_id, updated_at, score", order="_row_number")[19] == ("o20", None, 4.0)


def test_gzip(shop: Shop) -> None:
    rows = [*lines(1, 20), line(21, amount="x"), line(22)]
    packed = gzip.compress(csv_text(*rows[:10]).encode()) + gzip.compress(
        "".join(row + "\n" for row in rows[10:]).encode()
    )
    assert shop.load("orders.csv.gz", packed).inserted_count == 21
    assert shop.rejects()[0][0] == 22


def test_gzip_with_a_comment_in_its_header_and_zeros_after_its_end(shop: Shop) -> None:
    packed = bytearray(gzip.compress(csv_text(*lines(1, 3), line(4, amount="x")).encode()))
    packed[3] |= 16
    packed[10:10] = b"a comment\0"
    for content in (bytes(packed), gzip.compress(csv_text(*lines(1, 3)).encode()) + b"\0" * 20):
        shop.connection.execute("delete from raw_shop.orders")
        assert shop.load("orders.csv.gz", content).inserted_count == 3


def test_columns_in_any_order_with_unknown_ones(shop: Shop) -> None:
    content = "note,ordered_at,unknown, order_id \nhello,2025-01-01,1,o1\nhello,2025-01-02,2,o2\n"
    batch = shop.land("orders.csv", content)
    assert (batch.extra_columns, batch.problems) == (["note", "unknown"], [])
    shop.loader.accept(batch)
    assert shop.rows("order_id, customer_id, customer_id_hash") == [
        ("o1", None, None),
        ("o2", None, None),
    ]
    assert shop.connection.execute("select extra_columns from quality.batches").fetchall() == [
        (["note", "unknown"],)
    ]


def test_keys_are_text_and_are_not_trimmed(shop: Shop) -> None:
    rows = [line(1, order_id=key) for key in ("012", "12", " 12", '"12 "')]
    assert shop.load("orders.csv", csv_text(*rows)).inserted_count == 4
    assert shop.rows("order_id") == [(" 12",), ("012",), ("12",), ("12 ",)]


def test_empty_and_quoted_empty_are_null(shop: Shop) -> None:
    shop.load("orders.csv", csv_text(line(1, customer_id='""', score='""', email="")))
    assert shop.rows("customer_id, score, email, customer_id_hash") == [(None, None, None, None)]


def test_a_value_of_ten_megabytes(shop: Shop) -> None:
    content = csv_text(line(1), line(2, email="x" * 10_000_000), line(3, amount="x"))
    assert shop.load("orders.csv", content).inserted_count == 2
    assert shop.rejects()[0][0] == 4


@pytest.mark.parametrize("mark", [b"\xe5\xe4\xf6", b"\xff"])
def test_lines_that_are_not_utf8_are_rejected(shop: Shop, mark: bytes) -> None:
    content = csv_text(*lines(1, 9), line(10, email="@@"), *lines(11, 20)).encode()
    result = shop.load("orders.csv", content.replace(b"@@", mark))
    assert (result.accepted_count, result.rejected_count) == (19, 1)
    assert shop.rejects()[0][0] == 11
    assert shop.rejects()[0][3] == "not UTF-8"


def test_a_line_that_is_not_utf8_is_kept_to_the_byte(shop: Shop) -> None:
    row = line(1, customer_id="\\ö", email="'\"").encode("cp1252")
    shop.load("orders.csv", HEADER.encode() + b"\r\n" + row + b"\r\n")
    assert shop.rejects()[0][4] == line(1, customer_id="\\x5C\\xF6", email="'\"")


def test_not_utf8_and_a_stray_quote(shop: Shop) -> None:
    content = csv_text(*lines(1, 9), line(10, email='@@"'), line(11, email='"'), *lines(12, 20))
    result = shop.load("orders.csv", content.encode().replace(b"@@", b"\xff"))
    assert (result.accepted_count, result.rejected_count) == (18, 2)


def test_nul_bytes_are_rejected(shop: Shop) -> None:
    content = csv_text(line(1), line(2, customer_id="a\0b"), line(3))
    assert shop.load("orders.csv", content).accepted_count == 2
    assert shop.rejects()[0][:2] == (3, "customer_id")
    assert shop.rejects()[0][3] == "holds a NUL byte"


def test_header_only_is_a_measured_nothing(shop: Shop) -> None:
    result = shop.load("orders.csv", HEADER)
    assert (result.record_count, result.accepted_count) == (0, 0)
    assert shop.connection.execute("from control.landed_entities").fetchall() == [
        ("shop", "orders"),
        ("shop", "deliveries"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("orders.csv", b"", "the file is empty: it has no header"),
        ("orders.csv", b"\n\n", "the file is empty: it has no header"),
        ("orders.csv", HEADER.encode("utf-16"), "the file is UTF-16; it must be UTF-8"),
        ("orders.csv", b"customer_id,ordered_at\nc,2025-01-01\n", "required column order_id is "),
        ("orders.csv", b"order_id,ordered_at,order_id\n", "column order_id stands in the header"),
        ("orders.csv", b"order_id;ordered_at\n1;2\n", "is a comma its delimiter?"),
        ("orders.csv", b"o1,c1,anna@example.com\n", "is it a header?"),
        ("orders.csv.gz", b"order_id,ordered_at\n", "the gzip file is damaged"),
        (
            "orders.csv.gz",
            gzip.compress(csv_text(*lines(1, 999)).encode(), mtime=0)[:-20],
            "the gzip file is damaged or cut short",
        ),
        ("orders.parquet", b"PAR1 not really", "the file cannot be read as Parquet"),
        ("orders.parquet", b"", "the file cannot be read as Parquet"),
        ("orders.jsonl", '{"order_id": "1"}\n'.encode("utf-16"), "the file is UTF-16"),
        ("orders.jsonl", b'{"ordered_at": "2025-01-01"}\n', "required column order_id is missing"),
        ("orders.jsonl", b'[{"order_id": "1"},\n', "no line of the file is a JSON object"),
        ("orders.jsonl", b"\xff\n", "no line of the file is a JSON object"),
        ("orders.csv", HEADER.encode("utf-16-le"), "the file is UTF-16 or no text"),
        ("orders.jsonl", "{}".encode("utf-16-be"), "the file is UTF-16 or no text"),
        ("orders.csv", HEADER.encode("utf-32"), "the file is UTF-32; it must be UTF-8"),
        (
            "orders.csv",
            gzip.compress(HEADER.encode(), mtime=0),
            "the file is a gzip file; its name must",
        ),
        ("orders.csv", b"PK\x03\x04", "the file is a zip archive"),
        ("orders.csv", b"PAR1", "the file is a Parquet file; its name must"),
        ("orders.csv.gz", b"", "the gzip file is cut short: it is empty"),
        ("orders.jsonl.gz", b"", "the gzip file is cut short: it is empty"),
        ("orders.csv", csv_text(*lines(1, 9), end="\r").encode(), "a carriage return alone"),
        ("orders.csv", b'order_id,"ordered_at\n1,2025-01-01\n', "the header cannot be read"),
        ("orders.csv", b"order\xff_id,ordered_at\n", "required column order_id is missing"),
    ],
)
def test_files_that_cannot_be_used_say_why(
    shop: Shop, name: str, content: bytes, problem: str
) -> None:
    batch = shop.land(name, content)
    assert problem in batch.problems[0]
    assert "\n" not in batch.problems[0]
    assert (batch.record_count, batch.accepted_count, batch.rejected_count) == (None, 0, 0)
    with pytest.raises(ValueError, match="cannot be accepted"):
        shop.loader.accept(batch)
    result = shop.loader.quarantine(batch, batch.problems)
    assert result.status == "quarantined"
    assert shop.rows("*") == []


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_first_line_that_is_no_header_is_not_quoted(shop: Shop, delimiter: str) -> None:
    batch = shop.land("orders.csv", delimiter.join(["o1", "Anna", "anna@example.com\n"]))
    assert "nna" not in " ".join([*batch.problems, *batch.extra_columns])


def test_lines_in_a_file_that_is_read_in_parallel(shop: Shop) -> None:
    """Large enough for several threads; the bad lines stay where they are."""
    rows = [f"o{number},2025-03-01,{'x' * 600},1" for number in range(1, 60_001)]
    bad = {7: "o8,today,x,1", 30_000: "too,few", 59_000: "o59001,2025-02-30,x,1"}
    for number, row in bad.items():
        rows[number] = row
    rows[9_000] = 'o9001,2025-03-01,"in\ntwo",1'
    header = "order_id,ordered_at,note,other"
    result = shop.load("orders.csv", "\n".join([header, *rows, ""]))
    assert (result.accepted_count, result.rejected_count) == (59_997, 3)
    assert [(reject[0], reject[4]) for reject in shop.rejects()] == [
        (number + 2 + (number > 9_000), row) for number, row in bad.items()
    ]
    assert shop.rows("order_id", order="_row_number")[-1] == ("o60000",)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    records=st.lists(st.tuples(texts, texts), max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
@example(records=[("", "\r")], end="\n", quoting=csv.QUOTE_MINIMAL)
@example(records=[("a\r", "\rb")], end="\r\n", quoting=csv.QUOTE_ALL)
def test_what_is_written_comes_back(
    shop: Shop, records: list[tuple[str, str]], end: str, quoting: Any
) -> None:
    shop.connection.execute("delete from quality.batches; delete from raw_shop.notes")
    file = io.StringIO(newline="")
    if any("\r" in text for record in records for text in record):
        # Left unquoted, as csv.QUOTE_MINIMAL may, it would be half of a line end.
        quoting = csv.QUOTE_ALL
    writer = csv.writer(file, lineterminator=end, quoting=quoting)
    writer.writerow(["note_id", "body", "author"])
    rows = [(f"n{number:03}", *record) for number, record in enumerate(records)]
    writer.writerows(rows)
    shop.load("orders_notes.csv", file.getvalue())
    expected = [tuple(value or None for value in row) for row in rows]
    assert shop.rows("note_id, body, author", "notes") == expected


@pytest.mark.parametrize("seed", range(25))
def test_nothing_is_lost_in_noise(shop: Shop, seed: int) -> None:
    """Whatever a file's bytes are, its records are conserved or the batch says why not."""
    chance = random.Random(seed)
    content = bytearray(csv_text(*lines(1, 200)).encode())
    for _ in range(chance.randint(1, 12)):
        noise = chance.choice(['"', ",", "\n", "\r", '""', '",', *string.printable, "\0", "é"])
        place = chance.randrange(len(HEADER) + 1, len(content))
        content[place:place] = noise.encode()
    batch = shop.land("orders.csv", bytes(content))
    assert batch.problems or batch.record_count == batch.accepted_count + batch.rejected_count
    assert batch.problems or batch.accepted_count >= 180
