"""Templates, static files, migrations and fonts are found in the checkout."""

from __future__ import annotations

import pytest

from sludgetrack import assets
from sludgetrack.assets import AssetMissing


def test_the_checkout_holds_what_pages_are_made_of() -> None:
    assert assets.templates_dir().is_dir()
    assert assets.static_dir().is_dir()
    assert (assets.migrations_dir() / "env.py").is_file()


@pytest.mark.parametrize("name", [assets.REGULAR, assets.BOLD])
def test_fonts_are_truetype_with_outlines_a_pdf_can_take(name: str) -> None:
    assert assets.font(name).read_bytes()[:4] == b"\x00\x01\x00\x00"


def test_the_fonts_come_with_their_licence() -> None:
    licence = assets.font(assets.REGULAR).with_name("NotoSansSC-LICENSE.txt")

    assert "SIL Open Font License, Version 1.1" in licence.read_text(encoding="utf-8")


def test_a_missing_font_says_how_to_get_it() -> None:
    with pytest.raises(AssetMissing, match="make install"):
        assets.font("NotoSansSC-Black.ttf")
