from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from PIL import Image

from sludgetrack.documents import qr
from tests.documents.contents import ADDRESS, CODE, NUMBER

URL = "HTTPS://LUDAN.XINXIANG.EXAMPLE.CN/M/20254107210010000129/Q7K2MP"
ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]+")


def test_a_manifests_code_holds_its_address_in_capitals() -> None:
    assert qr.manifest_url(ADDRESS, NUMBER, CODE) == URL
    assert ALPHANUMERIC.fullmatch(URL)


def test_the_alphanumeric_mode_keeps_the_code_at_33_modules() -> None:
    assert len(qr.matrix(URL)) == 33
    assert len(qr.matrix(URL.lower())) > 33


def test_a_port_and_a_prefix_stay_in_the_address() -> None:
    assert qr.public_url("http://Host.cn:8080/Ludan/", "D/处置-1") == "HTTP://HOST.CN:8080/Ludan/D/%E5%A4%84%E7%BD%AE-1"


@pytest.mark.parametrize("name", ["50%25", "A/B 1", "处置?1#2", "D+1"])
def test_whatever_a_path_holds_comes_back_out_of_the_address(name: str) -> None:
    assert unquote(urlsplit(qr.public_url("http://host.cn", f"D/{name}")).path) == f"/D/{name}"


def test_rectangles_cover_exactly_the_dark_modules_once() -> None:
    modules = qr.matrix(URL)

    covered = [
        (column, row)
        for x, y, width, height in qr.rectangles(modules)
        for column in range(x, x + width)
        for row in range(y, y + height)
    ]

    assert len(covered) == len(set(covered))
    assert set(covered) == {(x, y) for y, row in enumerate(modules) for x, dark in enumerate(row) if dark}


@pytest.mark.parametrize("text", [URL, URL.lower(), "https://例.cn/M/1"])
def test_the_svg_decodes_to_its_text(text: str) -> None:
    found = zxingcpp.read_barcodes(_rasterised(qr.svg(text)))

    assert [each.text for each in found] == [text]


def test_the_svg_refers_to_nothing_outside_and_escapes_its_label() -> None:
    drawn = qr.svg(URL, '扫码 "核验" <b>')

    root = ET.fromstring(drawn)  # noqa: S314 (our own text)
    assert root.get("aria-label") == '扫码 "核验" <b>'
    assert [child.tag.rpartition("}")[2] for child in root] == ["path", "path"]
    assert "href" not in drawn
    assert "style" not in drawn


def test_the_svg_leaves_four_modules_quiet_on_every_side() -> None:
    image = _rasterised(qr.svg(URL))

    box = image.point(lambda level: 255 - level).getbbox()
    assert box is not None
    assert box == (4 * SCALE, 4 * SCALE, image.width - 4 * SCALE, image.height - 4 * SCALE)


SCALE = 4


def _rasterised(drawn: str) -> Image.Image:
    """The SVG's dark path as an image, read with nothing of ours."""
    side = int(re.findall(r'viewBox="0 0 (\d+) ', drawn)[0])
    image = Image.new("L", (side * SCALE, side * SCALE), 255)
    dark = re.findall(r'fill="#000" d="([^"]*)"', drawn)[0]
    for x, y, width, height in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", dark):
        left, top = int(x) * SCALE, int(y) * SCALE
        image.paste(0, (left, top, left + int(width) * SCALE, top + int(height) * SCALE))
    return image
