"""Where templates, static files, migrations and fonts lie, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parent
REGULAR: Final = "NotoSansSC-Regular.ttf"
BOLD: Final = "NotoSansSC-Bold.ttf"


class AssetMissing(FileNotFoundError):
    """A file or folder that set-up makes is not there."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is missing; in a checkout `make install` puts it there")
        self.path = path


def templates_dir() -> Path:
    """The folder of the Jinja templates."""
    return _folder("templates")


def static_dir() -> Path:
    """The folder served under /static."""
    return _folder("static")


def migrations_dir() -> Path:
    """The folder of Alembic's env.py and versions."""
    return _folder("migrations")


def font(name: str) -> Path:
    """A TrueType font by file name, REGULAR or BOLD. Raises AssetMissing before set-up has fetched it."""
    return _there(static_dir() / "vendor" / "fonts" / name)


def _folder(name: str) -> Path:
    """Inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / f"_{name}"
    return inside if inside.is_dir() else _there(PACKAGE.parent / name)


def _there(path: Path) -> Path:
    if not path.exists():
        raise AssetMissing(path)
    return path
