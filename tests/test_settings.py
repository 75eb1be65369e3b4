"""What the environment may say, and what is answered to what it may not."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sludgetrack import settings
from sludgetrack.settings import SettingRefused, Settings

LONG_ENOUGH = "k" * 32


def test_nothing_set_means_the_embedded_database_in_the_users_own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/home/plant/data")

    chosen = Settings.from_env({})

    assert chosen.home == Path("/home/plant/data/sludgetrack")
    assert (chosen.database_url, chosen.owner_url) == (None, None)
    assert chosen.public_address == "http://127.0.0.1:8000"
    assert chosen.blobs == "/home/plant/data/sludgetrack/blobs"
    assert chosen.time_zone == ZoneInfo("Asia/Shanghai")
    assert chosen.trusted_proxies == 0
    assert chosen.report_file_mb == 10


def test_the_environment_of_the_process_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SLUDGETRACK_HOME", str(tmp_path))

    assert Settings.from_env().home == tmp_path


def test_an_empty_variable_counts_as_unset() -> None:
    assert Settings.from_env({"DATABASE_URL": " ", "SLUDGETRACK_TIME_ZONE": ""}) == Settings.from_env({})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_a_postgresql_address_is_taken(scheme: str) -> None:
    chosen = Settings.from_env(
        {"DATABASE_URL": f"{scheme}://app@db/sludge", "DATABASE_OWNER_URL": f"{scheme}://owner@db/sludge"}
    )

    assert chosen.database_url == "postgresql+psycopg://app@db/sludge"
    assert chosen.owner_url == "postgresql+psycopg://owner@db/sludge"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Sludge.Example.org/", "https://sludge.example.org"),
        ("http://10.0.0.7:8080", "http://10.0.0.7:8080"),
    ],
)
def test_a_public_address_is_kept_in_one_spelling(given: str, kept: str) -> None:
    assert Settings.from_env({"SLUDGETRACK_PUBLIC_ADDRESS": given}).public_address == kept


def test_cookies_are_for_https_alone_where_the_address_is() -> None:
    assert Settings.from_env({"SLUDGETRACK_PUBLIC_ADDRESS": "https://sludge.example.org"}).cookie_secure
    assert not Settings.from_env({}).cookie_secure


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        (settings.DATABASE_URL, "sqlite:///sludge.db"),
        (settings.DATABASE_URL, "db.example.org"),
        (settings.DATABASE_OWNER_URL, "postgresql://owner@db/sludge"),
        (settings.PUBLIC_ADDRESS, "sludge.example.org"),
        (settings.PUBLIC_ADDRESS, "ftp://sludge.example.org"),
        (settings.PUBLIC_ADDRESS, "https://sludge.example.org/path"),
        (settings.PUBLIC_ADDRESS, "https://user@sludge.example.org"),
        (settings.PUBLIC_ADDRESS, "https://sludge.example.org:99999"),
        (settings.PUBLIC_ADDRESS, "https://"),
        (settings.SECRET_KEY, "short"),
        (settings.BLOBS, "ftp://files.example.org"),
        (settings.BLOBS, "s3://"),
        (settings.TIME_ZONE, "Beijing"),
        (settings.TIME_ZONE, "../../etc/passwd"),
        (settings.REPORT_FILE_MB, "0"),
        (settings.REPORT_FILE_MB, "101"),
        (settings.REPORT_FILE_MB, "1.5"),
        (settings.TRUSTED_PROXIES, "-1"),
        (settings.TRUSTED_PROXIES, "many"),
        (settings.TRUSTED_PROXIES, "１"),
    ],
)
def test_what_a_variable_cannot_mean_is_refused_by_its_name(variable: str, text: str) -> None:
    with pytest.raises(SettingRefused, match=f"^{variable}: ") as refusal:
        Settings.from_env({variable: text})

    assert refusal.value.variable == variable


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingRefused, match=r"^SLUDGETRACK_HOME: .*is not a folder"):
        Settings.from_env({"SLUDGETRACK_HOME": str(tmp_path / "file")})


def test_blobs_go_to_a_folder_or_to_storage_reached_by_url() -> None:
    assert Settings.from_env({"SLUDGETRACK_BLOBS": "/srv/blobs"}).blobs == "/srv/blobs"
    assert Settings.from_env({"SLUDGETRACK_BLOBS": "s3://sludge/sheets/"}).blobs == "s3://sludge/sheets"


def test_a_given_secret_leaves_the_home_alone(tmp_path: Path) -> None:
    chosen = Settings.from_env({"SLUDGETRACK_HOME": str(tmp_path / "home"), "SLUDGETRACK_SECRET_KEY": LONG_ENOUGH})

    assert chosen.secret_key() == LONG_ENOUGH
    assert not (tmp_path / "home").exists()


def test_without_one_a_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    home = {"SLUDGETRACK_HOME": str(tmp_path / "home")}

    first = Settings.from_env(home).secret_key()

    assert len(first) >= settings.SHORTEST_SECRET
    assert Settings.from_env(home).secret_key() == first
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret_key"]
    assert (tmp_path / "home" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_two_homes_have_two_secrets(tmp_path: Path) -> None:
    one, other = (Settings.from_env({"SLUDGETRACK_HOME": str(tmp_path / name)}) for name in ("one", "other"))

    assert one.secret_key() != other.secret_key()


def test_printing_settings_shows_no_password() -> None:
    chosen = Settings.from_env(
        {
            "DATABASE_URL": "postgresql://app:password@db/sludge",
            "DATABASE_OWNER_URL": "postgresql://owner:password@db/sludge",
            "SLUDGETRACK_SECRET_KEY": LONG_ENOUGH,
        }
    )

    assert "password" not in repr(chosen)
    assert LONG_ENOUGH not in repr(chosen)


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings.from_env({}).public_address = "https://elsewhere.example.org"  # type: ignore[misc]
