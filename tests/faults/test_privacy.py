"""Nothing that a night writes outside raw, or says, names a person or tells the hash key."""

import gzip
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from faults.figures import Figures
from faults.houses import LOYALTY
from faults.markers import ADDRESS, NAME, RECORD, SECRET, TOKENS, Search, plant
from faults.receiver import receiver, writer, written
from faults.scale import chance, is_full, size
from loyalty.project import PROJECT_FOLDER
from loyalty.warehouse import Warehouse

ORDERS = "order_id,customer_id,ordered_at,status,order_amount"


@dataclass
class Scene:
    """A planted shop, its house, and all that was said."""

    house: Warehouse
    landing: Path
    search: Search
    inbox: Path
    posted: list[dict[str, object]]

    def command(self, *words: str, expect: int | None = None, **environment: str) -> str:
        """Run a command of loyalty and search what it says."""
        done = subprocess.run(
            [LOYALTY, *words],
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
            env=os.environ | environment,
        )
        said = done.stdout + done.stderr
        if expect is not None:
            assert done.returncode == expect, said
        self.search.bytes(said.encode(), f"what `loyalty {' '.join(words[:2])}` said")
        return said

    def night(self, *more: str, expect: int, **environment: str) -> str:
        source, house = f"canonical={self.landing}", str(self.house.folder)
        words = ("run", "--source", source, "--warehouse", house, *more)
        return self.command(*words, expect=expect, **environment)

    def look_everywhere(self, figures: Figures) -> None:
        """Search all that was written and told."""
        private = self.house.private
        raw = (
            self.house.build_database,
            private / "build.duckdb.wal",
            private / "archive",
        )
        self.search.everything(self.house.folder, leave_out=raw)
        self.search.secret_everywhere(self.house.folder)
        told = [*self.posted, *written(self.inbox)]
        self.search.bytes(str(told).encode(), "notifications")
        assert self.search.found == []
        figures.add(
            files_searched=self.search.files,
            megabytes_searched=self.search.byte_count >> 20,
            values_planted=len(self.search.planted),
            notifications_searched=len(told),
            found=0,
        )


@pytest.fixture
def scene(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    landing, inbox = tmp_path / "landing", tmp_path / "inbox"
    inbox.mkdir()
    planted = plant(shop, landing) | {ADDRESS, NAME, *RECORD.split(",")}
    monkeypatch.setenv("LOYALTY_HASH_KEY", SECRET)
    monkeypatch.setenv("LOYALTY_NOTIFY_COMMAND", writer(inbox))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with receiver() as here:
        monkeypatch.setenv("LOYALTY_NOTIFY_URL", here.url)
        house = Warehouse(tmp_path / "warehouse")
        yield Scene(house, landing, Search(planted), inbox, here.posted)


# Bad files: name → content. Each holds people where nobody expects them.
def _bad_files() -> dict[str, bytes]:
    good = "A99999{n:04},Zqkeyx-00000001,2026-03-03T10:00:00Z,fulfilled,10.00"
    rows = [good.format(n=n) for n in range(40)]
    in_numbers = [
        f"A88888{n:04},Zqkeyx-0000000{n % 9},{NAME},{ADDRESS},{ADDRESS}" for n in range(20)
    ]
    answers = "answer_id,survey_kind,answered_at,score,scale_min,scale_max,comment"
    texts = {
        "orders_headerless.csv": "\n".join([RECORD, RECORD]),
        "orders_semicolons.csv": RECORD.replace(",", ";"),
        "orders_types.csv": "\n".join([ORDERS, *rows, *in_numbers]),
        "orders_quotes.csv": "\n".join([ORDERS, *rows, f'"{NAME}, {ADDRESS}', *rows[:9]]),
        "orders_too_many.csv": "\n".join([ORDERS, *rows, f"{rows[0]},{ADDRESS},{NAME}"] * 2),
        "orders_names.csv": "\n".join([f"{ORDERS},{ADDRESS},{NAME},Zqkeyx-1", *rows]),
        "orders_doubled.csv": "\n".join([f"{ORDERS},status", *rows]),
        "customers_slipped.csv": "\n".join(
            ["email,customer_id,country_code,registered_at", *[RECORD] * 3]
        ),
        "support_cases_address.csv": f"case_id,opened_at,category\nK1,2026-03-03,{ADDRESS}\n",
        "survey_answers_slipped.csv": "\n".join(
            [answers, *(f"S9{n},Zqnamex,2026-03-03,{n},0,10,{ADDRESS}" for n in range(5))]
        ),
        "survey_answers_broken.jsonl": "\n".join(
            [
                '{"answer_id": "S77", "comment": "' + ADDRESS,
                f'["{NAME}", "{ADDRESS}"]',
                f'{{"answer_id": "S78", "{ADDRESS}": 1, "score": "{NAME}"}}',
                f'"{RECORD}"',
            ]
        ),
        "shares_none.parquet": f"PAR1 {RECORD} PAR1",
    }
    files = {name: text.encode() for name, text in texts.items()}
    packed = gzip.compress(RECORD.encode() * 50)
    files["deliveries_cut.csv.gz"] = packed[: len(packed) // 2]
    files["deliveries_none.csv.gz"] = RECORD.encode()
    files["orders_utf16.csv"] = RECORD.encode("utf-16")
    files["orders_latin.csv"] = f"{ORDERS}\n{rows[0]}\nA1,Zqkeyx-2,{NAME} \xe5,x,y".encode(
        "latin-1"
    )
    return files


def _bad_parquet(path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select 'S1' as share_id, 'Zqkeyx-1' as customer_id, $1 as shared_at, "
            f"$1 as kind) to '{path}' (format parquet)",
            [ADDRESS],
        )


@pytest.mark.promise("privacy", "a search that finds what is planted")
def test_the_search_finds_what_is_there(tmp_path: Path, figures: Figures) -> None:
    """Each writing of a mark is found where it is written: else the trials prove nothing."""
    import base64
    import hashlib

    value = "Zqkeyx-00000001"
    writings: dict[str, bytes] = {
        "plain": b"... Zqkeyx-00000001 ...",
        "upper": b"ZQKEYX-00000001",
        "utf-16": value.encode("utf-16-le"),
        "hex": value.encode().hex().encode(),
        "url": b"to=zqmailx%2Eanna%40planted.example",
        "sha256": hashlib.sha256(value.encode()).hexdigest().encode(),
        "sha256 cut": b"x'"
        + hashlib.sha256(b"customer|canonical|" + value.encode()).hexdigest()[:32].encode(),
        "md5": hashlib.md5(value.encode()).hexdigest().upper().encode(),
        "key": SECRET.encode(),
        "key block": bytes(
            byte ^ 0x36 for byte in hashlib.sha256(SECRET.encode()).digest().ljust(64, b"\0")
        ),
        **{
            f"base64 {before}": base64.b64encode(b"x" * before + b"Zqkeyx-00000001 and more")
            for before in range(7)
        },
    }
    for name, content in writings.items():
        search = Search({value})
        search.bytes(b"before " + content + b" after", name)
        assert search.found, name
    nothing = Search({value})
    nothing.bytes(b"Some ordinary words, 46990, zq, key, 00000001", "nothing")
    assert nothing.found == []
    for suffix in ("duckdb", "parquet", "csv.gz"):
        path = tmp_path / f"packed.{suffix}"
        with duckdb.connect() as connection:
            # Compressed: the bytes alone do not show it.
            rows = "select 'Zqkeyx-' || range::varchar as key from range(5000)"
            if suffix == "duckdb":
                connection.execute(f"attach '{path}' as made; create table made.keys as {rows}")
                connection.execute("detach made")
            else:
                compression = "gzip" if suffix == "csv.gz" else "zstd"
                connection.execute(f"copy ({rows}) to '{path}' (compression {compression})")
        search = Search({value})
        search.file(path)
        assert search.found, suffix
    figures.add(writings_found=len(writings) + 3)


@pytest.mark.promise("privacy", "nights that publish and nights that are stopped")
def test_nights_and_their_words_name_nobody(scene: Scene, figures: Figures) -> None:
    scene.night("--direct", "--parquet", expect=0)
    _raw_holds_them(scene)
    bad = _bad_files()
    names = sorted(bad)
    dice = chance("privacy", "files")
    for number in range(size(full=4, short=1)):
        chosen = names if number == 0 else dice.sample(names, dice.randint(1, 5))
        for name in chosen:
            (scene.landing / name).write_bytes(bad[name])
        _bad_parquet(scene.landing / "shares_types.parquet")
        scene.night("--direct", expect=3)
        figures.add(nights_stopped=1, bad_files=len(chosen) + 1)
        _ask_about_quarantine(scene, number)
        for name in [*chosen, "shares_types.parquet"]:
            (scene.landing / name).unlink()
    house = ("--warehouse", str(scene.house.folder))
    scene.command("status", *house, "--max-age", "1d", expect=0)
    if is_full():
        scene.night("--direct", "--full-refresh", "--parquet", expect=0)
        scene.command("scorecard", *house, "--json", expect=0)
        scene.command("docs", *house, expect=0)
        scene.command("rollback", *house, expect=0)
    scene.look_everywhere(figures)
    figures.add(nights_published=2 if is_full() else 1)


def _raw_holds_them(scene: Scene) -> None:
    """The trial proves nothing where nothing was planted."""
    texts = Search(scene.search.planted)
    texts.file(scene.house.build_database)
    assert texts.found
    with duckdb.connect(str(scene.house.build_database), read_only=True) as connection:
        for column, token in (("customer_id", "key"), ("email", "email"), ("full_name", "name")):
            marked, rows = connection.execute(
                f"select count(*) filter (contains({column}, $1)), count({column}) "
                "from raw_canonical.customers",
                [TOKENS[token]],
            ).fetchall()[0]
            assert marked == rows > 0


def _ask_about_quarantine(scene: Scene, number: int) -> None:
    house = ("--warehouse", str(scene.house.folder))
    scene.command("quarantine", "list", *house)
    with duckdb.connect(str(scene.house.build_database), read_only=True) as connection:
        held = connection.execute(
            "select batch_id from quality.batches where status = 'quarantined'"
        ).fetchall()
    assert held
    is_all = is_full() and number == 0
    chosen = held if is_all else chance("privacy", number).sample(held, min(3, len(held)))
    for (batch_id,) in chosen:
        scene.command("quarantine", "show", str(batch_id), *house, expect=0)


# A developer's mistakes in a copy of the project: name → (file, content, what the night says).
MISTAKES: dict[str, tuple[str, str]] = {
    "a model that casts an address": (
        "models/intermediate/int_mistakes.sql",
        "-- grain: one row per customer\n"
        "select cast(email as integer) as number from {{ source('canonical', 'customers') }}\n",
    ),
    "a model that casts a telephone number": (
        "models/intermediate/int_mistakes.sql",
        "-- grain: one row per customer\n"
        "select cast(replace(phone, '+', '')::double as integer) as number "
        "from {{ source('canonical', 'customers') }}\n",
    ),
    "a test that shows a row": (
        "tests/data/mistaken.sql",
        "select customer_id, email, phone, full_name, full_name as unique_field\n"
        "from {{ source('canonical', 'customers') }}\n",
    ),
    "a test that warns of rows": (
        "tests/data/mistaken.sql",
        "{{ config(severity='warn') }}\n"
        "select email as unique_field, customer_id from {{ source('canonical', 'customers') }}\n",
    ),
}


@pytest.mark.skipif(not is_full(), reason="each mistake is a parse and a night: make faults")
@pytest.mark.promise("privacy", "models and tests that fail on people")
def test_a_failing_model_or_test_quotes_nobody(
    scene: Scene, tmp_path: Path, figures: Figures
) -> None:
    scene.night("--direct", expect=0)
    for number, (file, content) in enumerate(MISTAKES.values()):
        project = _project_copy(tmp_path / f"project-{number}")
        (project / file).write_text(content)
        warns = "severity='warn'" in content
        said = scene.night("--direct", expect=0 if warns else 1, PYTHONPATH=str(project))
        assert "mistake" in said
        scene.search.everything(project)
        figures.add(mistakes=1)
    scene.command("status", "--warehouse", str(scene.house.folder), expect=0)
    scene.look_everywhere(figures)


def _project_copy(target: Path) -> Path:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT_FOLDER, capture_output=True, text=True, check=True
    )
    for name in tracked.stdout.splitlines():
        if name.startswith(("tests/faults/", "tests/python/")):
            # They hold the marks.
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT_FOLDER / name, target / name)
    return target


@pytest.mark.skipif(not is_full(), reason="nights through Prefect take longer: make faults")
@pytest.mark.promise("privacy", "nights through Prefect")
def test_prefect_keeps_nobody(scene: Scene, tmp_path: Path, figures: Figures) -> None:
    scene.night(expect=0)
    bad = _bad_files()
    for name, content in bad.items():
        (scene.landing / name).write_bytes(content)
    scene.night(expect=3)
    for name in bad:
        (scene.landing / name).unlink()
    project = _project_copy(tmp_path / "project")
    file, content = MISTAKES["a model that casts an address"]
    (project / file).write_text(content)
    scene.night(expect=1, PYTHONPATH=str(project))
    # What was written last stands in the database's log.
    kept = [file.read_bytes() for file in scene.house.prefect_home.glob("prefect.db*")]
    assert any(b"nightly-results" in content for content in kept)
    # A trace of a night that breaks in the middle of a row: it must not be quoted either.
    with duckdb.connect(str(scene.house.build_database)) as connection:
        connection.execute("alter table raw_canonical.shares alter shared_at type varchar")
        connection.execute("update raw_canonical.shares set shared_at = $1", [ADDRESS])
    source, house = f"canonical={scene.landing}", str(scene.house.folder)
    scene.command("run", "--source", source, "--warehouse", house)
    scene.look_everywhere(figures)
    figures.add(nights=4)


@pytest.mark.promise("privacy", "real data without a hash key")
def test_real_data_needs_the_key(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    for value in ("", None):
        monkeypatch.setenv("LOYALTY_HASH_KEY", value or "")
        if value is None:
            monkeypatch.delenv("LOYALTY_HASH_KEY")
        said = scene.night("--direct", expect=2)
        assert "LOYALTY_HASH_KEY is not set" in said
        assert not scene.house.folder.exists()
        figures.add(refused=1)
