"""Built warehouses, each made once for all test modules that ask for this plugin."""

from __future__ import annotations

from pathlib import Path

import pytest
from independent import Landing, load
from nasty import AS_OF, write_nasty

from loyalty.pipeline.request import NightRequest
from loyalty.pipeline.run import run_night
from loyalty.warehouse import Warehouse

from .houses import HASH_KEY, Builder, House
from .landings import land_cdnow, land_survey, land_until
from .settings import CDNOW_END, EARLIER, OLIST_END, REAL_DATA, SURVEY_END


@pytest.fixture(scope="session")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    return Builder(tmp_path_factory.mktemp("houses"))


@pytest.fixture(scope="session")
def nasty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nasty-landing")
    write_nasty(folder)
    return folder


@pytest.fixture(scope="session")
def nasty_landing(nasty_folder: Path) -> Landing:
    return load(nasty_folder)


@pytest.fixture(scope="session")
def nasty_house(builder: Builder, nasty_folder: Path) -> House:
    return builder.build("nasty", {"canonical": nasty_folder}, AS_OF)


@pytest.fixture(scope="session")
def earlier_house(builder: Builder, nasty_house: House) -> House:
    """The same warehouse, built anew as of a day long before."""
    return builder.rebuild(nasty_house, "earlier", EARLIER)


@pytest.fixture(scope="session")
def truncated_house(
    builder: Builder, nasty_landing: Landing, tmp_path_factory: pytest.TempPathFactory
) -> House:
    """As of the same early day, from a landing that ends with it."""
    folder = tmp_path_factory.mktemp("truncated-landing")
    land_until(nasty_landing, EARLIER, folder)
    return builder.build("truncated", {"canonical": folder}, EARLIER)


@pytest.fixture(scope="session")
def olist_house(builder: Builder) -> House:
    return builder.build("olist", {"olist": REAL_DATA / "olist"}, OLIST_END)


@pytest.fixture(scope="session")
def cdnow_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cdnow-landing")
    land_cdnow(REAL_DATA / "cdnow", folder)
    return folder


@pytest.fixture(scope="session")
def cdnow_house(builder: Builder, cdnow_folder: Path) -> House:
    return builder.build("cdnow", {"canonical": cdnow_folder}, CDNOW_END)


@pytest.fixture(scope="session")
def survey_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """After a whole night with its gates: a source that has nothing but answers is a source."""
    folder = tmp_path_factory.mktemp("survey-landing")
    land_survey(REAL_DATA / "sfo_survey", folder)
    house = House(Warehouse(tmp_path_factory.mktemp("survey")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOYALTY_HASH_KEY", HASH_KEY.decode())
        patch.setenv("LOYALTY_WAREHOUSE", str(house.warehouse.folder))
        run_night(NightRequest(house.warehouse, {"canonical": folder}, SURVEY_END))
    return house
