"""Photos: kept as they were taken, and shown to the parties alone."""

from __future__ import annotations

import hashlib
import io

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from sludgetrack.domain.errors import OutOfRange
from sludgetrack.services import kept_files, photos
from sludgetrack.store.tables.manifests import offer
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs
from tests.web.pages import error, fields, words

JPEG = b"\xff\xd8\xff\xe0 a picture with all that the camera wrote into it"
PNG = b"\x89PNG\r\n\x1a\n a picture"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 a picture"
WEIGHED = {"gross_in_t": "24", "tare_in_t": "12", "decision": "accepted"}


def sent(content: bytes, name: str = "truck.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def offered_with_photo(client_as: ClientAs, city: City, engine: Engine) -> tuple[str, str]:
    """A load at the weighbridge with a photo among the offered figures: its number and the photo's digest."""
    number = city.issue()
    city.load(number)
    browser = client_as("site")
    form = {**fields(browser.get(f"/site/receive/{number}")), **WEIGHED, "photo_file": sent(JPEG)}
    browser.post(f"/site/receive/{number}", data=form, content_type="multipart/form-data")
    with engine.connect() as connection:
        command = connection.scalar(select(offer.c.command).where(offer.c.event == "received"))
    assert command is not None
    return number, command["photo"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (WEBP, "image/webp"),
        (b"GIF89a", None),
        (b"<svg onload=alert(1)>", None),
        (b"%PDF-1.7", "application/pdf"),
        (b"RIFF\x10\x00\x00\x00WAVE", None),
        (b"", None),
    ],
)
def test_a_file_is_known_by_its_first_bytes(content: bytes, kind: str | None) -> None:
    assert kept_files.media_type(content) == kind


def test_a_photo_is_kept_whole_under_its_digest(app: Flask, client_as: ClientAs, city: City, engine: Engine) -> None:
    number, digest = offered_with_photo(client_as, city, engine)

    answer = client_as("site").get(f"/photos/manifests/{number}/{digest}")

    assert digest == hashlib.sha256(JPEG).hexdigest()
    assert (answer.data, answer.mimetype) == (JPEG, "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert app.extensions["sludgetrack"].blobs.get(bytes.fromhex(digest)) == JPEG


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("site", 200),
        ("driver", 200),
        ("plant", 200),
        ("regulator", 200),
        ("other_driver", 404),
        ("outsider", 404),
        ("far_regulator", 404),
        ("nobody", 302),
    ],
)
def test_a_photo_is_for_the_parties(client_as: ClientAs, city: City, engine: Engine, who: str, status: int) -> None:
    number, digest = offered_with_photo(client_as, city, engine)

    assert client_as(who).get(f"/photos/manifests/{number}/{digest}").status_code == status


def test_the_driver_sees_it_with_the_figures_and_the_claim_states_it(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    number, digest = offered_with_photo(client_as, city, engine)
    with engine.connect() as connection:
        offer_id = connection.scalar(select(offer.c.id).where(offer.c.event == "received"))
    screen = words(client_as("site").get(f"/site/receive/{number}/code/{offer_id}"))
    digits = screen.split("或输入 ")[1][:7].replace(" ", "")
    browser = client_as("driver")

    read = browser.post(f"/driver/loads/{number}/code", data={"code": digits})
    browser.post(f"/offers/{offer_id}/confirm", data=fields(read))

    assert f"/photos/manifests/{number}/{digest}" in read.text
    with engine.connect() as connection:
        claim = connection.scalar(text("SELECT claim FROM entry WHERE type = 'received'"))
    assert claim is not None
    assert claim["photo"] == digest


def test_a_digest_belongs_to_its_own_manifest(client_as: ClientAs, city: City, engine: Engine) -> None:
    _number, digest = offered_with_photo(client_as, city, engine)
    other = city.issue()

    assert client_as("site").get(f"/photos/manifests/{other}/{digest}").status_code == 404
    assert client_as("site").get(f"/photos/manifests/{other}/zz").status_code == 404


@pytest.mark.parametrize("content", [b"GIF89a", JPEG + bytes(1000)])
def test_another_kind_or_too_much_is_refused_and_nothing_else_is_lost(
    client_as: ClientAs, city: City, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "MOST_BYTES", 1000)
    number = city.issue()
    city.load(number)
    browser = client_as("site")
    form = {**fields(browser.get(f"/site/receive/{number}")), **WEIGHED, "photo_file": sent(content)}

    answer = browser.post(f"/site/receive/{number}", data=form, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "JPEG / PNG / WebP" in error(answer, "photo_file")
    assert fields(answer)["gross_in_t"] == "24"


def test_a_form_sent_back_for_another_reason_still_has_its_photo(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    city.load(number)
    browser = client_as("site")
    form = {**fields(browser.get(f"/site/receive/{number}")), **WEIGHED, "moisture_in_pct": "wet"}

    answer = browser.post(
        f"/site/receive/{number}", data={**form, "photo_file": sent(PNG)}, content_type="multipart/form-data"
    )

    assert answer.status_code == 422
    assert fields(answer)["photo"] == hashlib.sha256(PNG).hexdigest()
    assert "已存一张照片" in words(answer)


def test_a_truck_turned_away_is_seen_by_its_site_and_its_authority(client_as: ClientAs, city: City) -> None:
    browser = client_as("site")
    form = {"event_id": new_id(), "at": "S-INC", "plate": "豫A00001", "photo_file": sent(WEBP, "x.webp")}
    browser.post("/site/turn-away", data=form, content_type="multipart/form-data")
    address = f"/photos/facilities/S-INC/{hashlib.sha256(WEBP).hexdigest()}"

    assert address in browser.get("/site/turn-away").text
    seen = {who: client_as(who).get(address).status_code for who in ("site", "regulator", "plant", "outsider")}
    assert seen == {"site": 200, "regulator": 200, "plant": 404, "outsider": 404}


def test_eight_megabytes_are_enough(app: Flask) -> None:
    blobs = app.extensions["sludgetrack"].blobs

    photos.keep(blobs, JPEG + bytes(photos.MOST_BYTES - len(JPEG)))
    with pytest.raises(OutOfRange, match="8"):
        photos.keep(blobs, JPEG + bytes(photos.MOST_BYTES))


def test_what_is_no_picture_is_never_kept(app: Flask) -> None:
    blobs = app.extensions["sludgetrack"].blobs

    with pytest.raises(OutOfRange):
        photos.keep(blobs, b"MZ executable")

    assert not blobs.has(hashlib.sha256(b"MZ executable").digest())
