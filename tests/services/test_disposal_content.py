"""What a disposal's sheet says: the act, how it was judged then, and every manifest it draws on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from sludgetrack.documents.content import Draw, Gate, Moisture, Words
from sludgetrack.documents.disposal import render
from sludgetrack.domain.gates import Breach
from sludgetrack.services.disposal_content import BREACHES, DisposalSource, disposal_content, public_path
from sludgetrack.store import streams
from sludgetrack.store.draws import Disposed
from tests.support.city import City
from tests.support.sheets import DISPOSAL_ANCHOR as ANCHOR
from tests.support.sheets import disposal


def test_a_disposal_names_the_site_the_lot_and_the_manifest_it_draws_on(city: City, engine: Engine) -> None:
    city.produce()
    number = city.delivered()
    event = city.dispose(number, 11_000, moisture_bp=7900, evidence="DCS-1", remark="炉温正常").event_id

    sheet = disposal(engine, event)

    assert (sheet.site.name, sheet.site.person, sheet.lot, sheet.wet_kg) == ("新乡污泥焚烧厂", "王过磅", number, 11_000)
    assert (sheet.route, sheet.standard) == (Words("I1 单独焚烧", "mono-incineration"), "GB/T 24602-2009; GB 18485")
    assert (sheet.moisture, sheet.dry_units) == (Moisture(7900), 11_000 * 2100)
    assert (sheet.compliant, sheet.final, sheet.proof, sheet.remarks) == (True, True, "DCS-1", ("炉温正常",))
    assert sheet.draws == (Draw(number, None, "骆驼湾污水处理厂", city.clock().date(), sheet.origin_units),)


def test_a_moisture_that_was_not_measured_is_the_lots(city: City, engine: Engine) -> None:
    city.produce()
    number = city.delivered()
    event = city.dispose(number, 7_777).event_id

    assert disposal(engine, event).moisture == Moisture(8000, Words("按料批", "the lot's"))


def test_a_lot_found_finished_without_a_further_tonne_has_a_sheet_of_nothing(city: City, engine: Engine) -> None:
    city.produce()
    event = city.dispose(city.delivered(), 7_777).event_id
    with engine.connect() as connection:
        recorded = streams.one(connection, event)
    assert recorded is not None
    nothing = replace(recorded.claim, figures={**recorded.claim.figures, "wet_kg": 0})

    sheet = disposal_content(
        DisposalSource(replace(recorded, claim=nothing), {}, Disposed(9, 1, "plant_sludge", 0, {}), (), ANCHOR)
    )

    assert (sheet.wet_kg, sheet.moisture, sheet.dry_units, sheet.draws) == (0, None, 0, ())
    assert render(sheet).startswith(b"%PDF")


def test_a_disposal_that_breaks_a_gate_shows_what_was_wanted_and_what_was_found(city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue(destination="S-FILL", route="F2")
    city.load(number)
    city.receive(number)
    event = city.dispose(number, 12_000, facility="S-FILL", route="F2").event_id

    sheet = disposal(engine, event)

    assert sheet.compliant is False
    assert sheet.why == "含水率超限；无检测报告"
    assert sheet.gates[0] == Gate(
        Words("含水率超限", "moisture too high"), "< 60 GB/T 23485-2009; GB 16889", "80.00", passed=False
    )


def test_a_disposal_declared_the_day_after_tells_its_day(city: City, engine: Engine) -> None:
    city.produce()
    number = city.delivered()
    city.clock.forward(days=1)
    yesterday = city.clock().date() - timedelta(days=1)
    event = city.dispose(number, 12_000, day=yesterday).event_id

    assert disposal(engine, event).remarks == (f"处置日 {yesterday}",)


def test_the_public_path_of_a_disposal_ends_in_six_characters_nobody_can_count_up(city: City, engine: Engine) -> None:
    city.produce()
    number = city.delivered()
    events = [city.dispose(number, 1_000, final=False, disposal=f"D-{n}").event_id for n in range(5)]

    with engine.connect() as connection:
        entries = [streams.one(connection, event) for event in events]
    paths = [public_path(entry) for entry in entries if entry]

    assert [path.rpartition("/")[0] for path in paths] == [f"D/D-{n}" for n in range(5)]
    assert len({path[-6:] for path in paths}) == 5


def test_every_breach_has_words() -> None:
    assert set(BREACHES) == set(Breach)
