"""What an installation may set, all of it by environment variables."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_data_path

if TYPE_CHECKING:
    from collections.abc import Mapping

DATABASE_URL: Final = "DATABASE_URL"
DATABASE_OWNER_URL: Final = "DATABASE_OWNER_URL"
HOME: Final = "SLUDGETRACK_HOME"
PUBLIC_ADDRESS: Final = "SLUDGETRACK_PUBLIC_ADDRESS"
SECRET_KEY: Final = "SLUDGETRACK_SECRET_KEY"  # noqa: S105 -- the variable's name
BLOBS: Final = "SLUDGETRACK_BLOBS"
TIME_ZONE: Final = "SLUDGETRACK_TIME_ZONE"
TRUSTED_PROXIES: Final = "SLUDGETRACK_TRUSTED_PROXIES"
REPORT_FILE_MB: Final = "SLUDGETRACK_REPORT_FILE_MB"

DEFAULT_ADDRESS: Final = "http://127.0.0.1:8000"
DEFAULT_ZONE: Final = "Asia/Shanghai"
SHORTEST_SECRET: Final = 32
MOST_PROXIES: Final = 9
MOST_REPORT_FILE_MB: Final = 100

_POSTGRES: Final = re.compile(r"postgres(?:ql)?(?:\+psycopg)?://")
_PROXIES: Final = re.compile(r"[0-9]")
_MEGABYTES: Final = re.compile(r"[1-9][0-9]{0,2}")


class SettingRefused(ValueError):
    """An environment variable holds what it cannot mean; ``variable`` is its name, ``wanted`` what it would take."""

    def __init__(self, variable: str, wanted: str) -> None:
        super().__init__(f"{variable}: {wanted}")
        self.variable = variable
        self.wanted = wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One installation's choices. Values that may hold a password are left out of ``repr``."""

    home: Path
    """SLUDGETRACK_HOME: the folder of the embedded database, blobs and keys, absolute. Default: the user's data
    directory. It need not exist yet."""

    database_url: str | None = field(default=None, repr=False)
    """DATABASE_URL: the application role's database, a ``postgresql+psycopg`` URL; None means the embedded server."""

    owner_url: str | None = field(default=None, repr=False)
    """DATABASE_OWNER_URL: the same database as its owner, needed by migrations only. Without DATABASE_URL it means
    nothing and is refused."""

    public_address: str = DEFAULT_ADDRESS
    """SLUDGETRACK_PUBLIC_ADDRESS: scheme and host (and port) people reach the pages by, without a path; it stands in
    every QR code."""

    given_secret: str | None = field(default=None, repr=False)
    """SLUDGETRACK_SECRET_KEY: signs session cookies, at least 32 characters, the same on every machine of an
    installation. None means the one kept in the home; see ``secret_key``."""

    blobs: str
    """SLUDGETRACK_BLOBS: where sheets and photos are kept, an absolute folder or an ``s3://bucket/prefix`` URL.
    Default: ``blobs`` in the home."""

    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(DEFAULT_ZONE))
    """SLUDGETRACK_TIME_ZONE: the legal time zone, by IANA name."""

    trusted_proxies: int = 0
    """SLUDGETRACK_TRUSTED_PROXIES: how many reverse proxies stand in front and set X-Forwarded-*, 0 to 9."""

    report_file_mb: int = 10
    """SLUDGETRACK_REPORT_FILE_MB: how large the file of a lab report may be, 1 to 100 MB."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read and check every variable; an empty one counts as unset. Raises SettingRefused. Touches no file."""
        given = {name: value.strip() for name, value in environ.items() if value.strip()}
        home = _home(given.get(HOME))
        return cls(
            home=home,
            database_url=_database(DATABASE_URL, given.get(DATABASE_URL)),
            owner_url=_owner(given),
            public_address=_address(given.get(PUBLIC_ADDRESS, DEFAULT_ADDRESS)),
            given_secret=_secret(given.get(SECRET_KEY)),
            blobs=_blobs(given.get(BLOBS), home),
            time_zone=_zone(given.get(TIME_ZONE, DEFAULT_ZONE)),
            trusted_proxies=_proxies(given.get(TRUSTED_PROXIES, "0")),
            report_file_mb=_megabytes(given.get(REPORT_FILE_MB, "10")),
        )

    @property
    def cookie_secure(self) -> bool:
        """Whether cookies are for HTTPS alone: they are where the public address is."""
        return self.public_address.startswith("https://")

    def secret_key(self) -> str:
        """The key of session cookies: the given one, else a random one made once and kept in the home, mode 0600."""
        return self.given_secret or _kept_secret(self.home)


def _home(text: str | None) -> Path:
    if text is None:
        return user_data_path("sludgetrack", appauthor=False)
    home = Path(text).expanduser().absolute()
    if home.exists() and not home.is_dir():
        raise SettingRefused(HOME, f"{home} is not a folder")
    return home


def _database(variable: str, text: str | None) -> str | None:
    if text is None:
        return None
    found = _POSTGRES.match(text)
    if found is None:
        raise SettingRefused(variable, "a PostgreSQL address, such as postgresql://role@host/database")
    return "postgresql+psycopg://" + text[found.end() :]


def _owner(given: Mapping[str, str]) -> str | None:
    if DATABASE_OWNER_URL in given and DATABASE_URL not in given:
        raise SettingRefused(DATABASE_OWNER_URL, f"means nothing without {DATABASE_URL}: the embedded database has one")
    return _database(DATABASE_OWNER_URL, given.get(DATABASE_OWNER_URL))


def _address(text: str) -> str:
    wanted = "http:// or https:// and a host, without a path, such as https://sludge.example.org"
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise SettingRefused(PUBLIC_ADDRESS, wanted) from error
    bare = parts.path in {"", "/"} and not parts.query and not parts.fragment and "@" not in parts.netloc
    if parts.scheme not in {"http", "https"} or not named or not bare:
        raise SettingRefused(PUBLIC_ADDRESS, wanted)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _secret(text: str | None) -> str | None:
    if text is not None and len(text) < SHORTEST_SECRET:
        raise SettingRefused(SECRET_KEY, f"at least {SHORTEST_SECRET} characters")
    return text


def _blobs(text: str | None, home: Path) -> str:
    if text is None:
        return str(home / "blobs")
    if "://" not in text:
        return str(Path(text).expanduser().absolute())
    parts = urlsplit(text)
    if parts.scheme != "s3" or not parts.netloc:
        raise SettingRefused(BLOBS, "a folder, or s3://bucket/prefix")
    return text.rstrip("/")


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingRefused(TIME_ZONE, "a time zone by its IANA name, such as Asia/Shanghai") from error


def _proxies(text: str) -> int:
    if not _PROXIES.fullmatch(text):
        raise SettingRefused(TRUSTED_PROXIES, f"a whole number from 0 to {MOST_PROXIES}")
    return int(text)


def _megabytes(text: str) -> int:
    if not _MEGABYTES.fullmatch(text) or int(text) > MOST_REPORT_FILE_MB:
        raise SettingRefused(REPORT_FILE_MB, f"a whole number from 1 to {MOST_REPORT_FILE_MB}")
    return int(text)


def _kept_secret(home: Path) -> str:
    """Read the home's key; whoever comes first makes it. Linking a finished file in place leaves no moment in which
    another process could read half a key."""
    kept = home / "secret_key"
    if not kept.exists():
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=home) as fresh:  # made with mode 0600
            fresh.write(secrets.token_urlsafe(48))
            fresh.flush()
            os.fsync(fresh.fileno())
            with suppress(FileExistsError):
                os.link(fresh.name, kept)
    return kept.read_text(encoding="ascii")
