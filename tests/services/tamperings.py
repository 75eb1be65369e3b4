"""Ways to tamper with a busy city's database, and what an audit must say of each: area, code, and where."""

from __future__ import annotations

from typing import NamedTuple

from sludgetrack.services.audit import Area


class Tampering(NamedTuple):
    """A statement that changes one thing, and what names it. LOADED and DELIVERED stand for one event and manifest."""

    sql: str
    area: Area
    code: str
    where: str

    def statement(self) -> str:
        """The statement as the database takes it."""
        return spelled(self.sql)


def spelled(statement: str) -> str:
    """LOADED as the first loading's event id, DELIVERED as the first delivered manifest's id."""
    loaded = "(SELECT event_id FROM entry WHERE type = 'loaded' ORDER BY recorded_at, event_id LIMIT 1)"
    delivered = "(SELECT id FROM manifest WHERE status = 'delivered' ORDER BY id LIMIT 1)"
    return statement.replace("LOADED", loaded).replace("DELIVERED", delivered)


TAMPERINGS: dict[str, Tampering] = {
    "one digit of a claim": Tampering(
        ("UPDATE entry SET claim = jsonb_set(claim, '{net_out_kg}', '10001') WHERE event_id = LOADED"),
        Area.CHAINS,
        "claim_changed",
        "#2",
    ),
    "the mass in a claim no longer gives the postings": Tampering(
        ("UPDATE entry SET claim = jsonb_set(claim, '{net_out_kg}', '10001') WHERE event_id = LOADED"),
        Area.POSTINGS,
        "postings_differ",
        "#2 loaded",
    ),
    "a claim spelt otherwise": Tampering(
        (
            "UPDATE entry SET claim = jsonb_set(claim, '{occurred_at}', "
            "'\"2026-03-02T01:00:00+00:00\"') WHERE event_id = LOADED"
        ),
        Area.CHAINS,
        "claim_changed",
        "#2",
    ),
    "a claim nobody can read": Tampering(
        "UPDATE entry SET claim = claim - 'type' WHERE event_id = LOADED", Area.CHAINS, "entry_unreadable", "#2"
    ),
    "a fraction in a claim": Tampering(
        ("UPDATE entry SET claim = jsonb_set(claim, '{net_out_kg}', '10000.5') WHERE event_id = LOADED"),
        Area.CHAINS,
        "entry_unreadable",
        "#2",
    ),
    "the type beside a claim": Tampering(
        "UPDATE entry SET type = 'received' WHERE event_id = LOADED", Area.CHAINS, "entry_misfiled", "#2"
    ),
    "a deleted event": Tampering("DELETE FROM entry WHERE event_id = LOADED", Area.CHAINS, "entry_missing", "#3"),
    "the leaf of a deleted event": Tampering(
        "DELETE FROM entry WHERE event_id = LOADED", Area.LOG, "leaf_of_nothing", "leaf"
    ),
    "the newest event of a manifest": Tampering(
        ("DELETE FROM entry e USING stream s WHERE s.id = e.stream_id AND s.id = DELIVERED AND e.seq = s.head_seq"),
        Area.CHAINS,
        "head_differs",
        "manifest:",
    ),
    "a changed confirmation": Tampering(
        (
            "UPDATE entry SET confirmations = jsonb_set(confirmations, '{1,method}', '\"scanned\"') "
            "WHERE event_id = LOADED"
        ),
        Area.CHAINS,
        "entry_changed",
        "#2",
    ),
    "something added to a confirmation": Tampering(
        ("UPDATE entry SET confirmations = jsonb_set(confirmations, '{1,note}', '\"ok\"') WHERE event_id = LOADED"),
        Area.CHAINS,
        "entry_misfiled",
        "#2",
    ),
    "a mark taken off": Tampering(
        "UPDATE entry SET marks = '{}' WHERE marks <> '{}'", Area.CHAINS, "entry_changed", "manifest:"
    ),
    "another time of recording": Tampering(
        "UPDATE entry SET recorded_at = recorded_at - interval '1 day' WHERE event_id = LOADED",
        Area.CHAINS,
        "entry_changed",
        "#2",
    ),
    "an event moved to another manifest": Tampering(
        ("UPDATE entry SET stream_id = (SELECT max(id) FROM manifest), seq = 99 WHERE event_id = LOADED"),
        Area.CHAINS,
        "entry_missing",
        "manifest:",
    ),
    "an emptied stream": Tampering(
        "DELETE FROM entry WHERE stream_id = (SELECT max(id) FROM manifest)", Area.CHAINS, "stream_empty", "manifest:"
    ),
    "a stream taken from under its events": Tampering(
        "DELETE FROM stream WHERE id = (SELECT max(id) FROM manifest)", Area.CHAINS, "entry_adrift", "event"
    ),
    "a salt": Tampering(
        "UPDATE personal SET salt = decode(repeat('00', 16), 'hex') WHERE event_id = LOADED",
        Area.CHAINS,
        "personal_changed",
        "#2",
    ),
    "a driver's name": Tampering(
        ("UPDATE personal SET data = jsonb_set(data, '{driver_name}', '\"王五\"') WHERE event_id = LOADED"),
        Area.CHAINS,
        "personal_changed",
        "#2",
    ),
    "personal data taken away": Tampering(
        "DELETE FROM personal WHERE event_id = LOADED", Area.CHAINS, "personal_missing", "#2"
    ),
    "personal data put beside": Tampering(
        (
            "INSERT INTO personal (event_id, salt, data) SELECT event_id, '\\x00', '{}' FROM entry "
            "WHERE personal_hash IS NULL LIMIT 1"
        ),
        Area.CHAINS,
        "personal_uncommitted",
        "#1",
    ),
    "a manifest's state": Tampering(
        "UPDATE manifest SET status = 'void' WHERE id = DELIVERED", Area.MANIFESTS, "row_differs", "manifest:"
    ),
    "a manifest's mass": Tampering(
        "UPDATE manifest SET accepted_kg = accepted_kg + 1 WHERE id = DELIVERED",
        Area.MANIFESTS,
        "row_differs",
        "manifest:",
    ),
    "a manifest's row taken away": Tampering(
        "DELETE FROM manifest WHERE id = DELIVERED", Area.MANIFESTS, "row_missing", "manifest:"
    ),
    "a manifest nobody issued": Tampering(
        (
            "CREATE TEMP TABLE one AS SELECT * FROM manifest LIMIT 1; UPDATE one SET id = 0, number = "
            "'1', name = '1', external_number = NULL; INSERT INTO manifest SELECT * FROM one"
        ),
        Area.MANIFESTS,
        "row_too_many",
        "manifest 1",
    ),
    "a party let in": Tampering(
        ("INSERT INTO manifest_party SELECT DELIVERED, id, 'former', '' FROM organisation WHERE code = 'O-STRANGER'"),
        Area.PARTIES,
        "party_too_many",
        "manifest:",
    ),
    "a party shut out": Tampering(
        "DELETE FROM manifest_party WHERE role = 'former'", Area.PARTIES, "party_missing", "manifest:"
    ),
    "a deleted leaf": Tampering("DELETE FROM log_leaf WHERE position = 20", Area.LOG, "leaf_missing", "leaf 21"),
    "a leaf's salt": Tampering(
        "UPDATE log_leaf SET salt = decode(repeat('00', 16), 'hex') WHERE position = 20",
        Area.LOG,
        "leaf_differs",
        "leaf 20",
    ),
    "a leaf's hash": Tampering(
        "UPDATE log_leaf SET hash = decode(repeat('00', 32), 'hex') WHERE position = 20",
        Area.LOG,
        "leaf_differs",
        "leaf 20",
    ),
    "an entry's hash": Tampering(
        "UPDATE entry SET hash = decode(repeat('00', 32), 'hex') WHERE event_id = LOADED",
        Area.LOG,
        "leaf_differs",
        "leaf",
    ),
    "a checkpoint": Tampering(
        (
            "UPDATE log_checkpoint SET root = decode(repeat('00', 32), 'hex') WHERE size = (SELECT "
            "max(size) - 1 FROM log_checkpoint)"
        ),
        Area.LOG,
        "checkpoint_differs",
        "checkpoint",
    ),
    "a checkpoint of what is not there": Tampering(
        ("INSERT INTO log_checkpoint SELECT max(size) + 5, decode(repeat('00', 32), 'hex'), now() FROM log_checkpoint"),
        Area.LOG,
        "checkpoint_cut_off",
        "checkpoint",
    ),
    "the newest checkpoint": Tampering(
        "DELETE FROM log_checkpoint WHERE size = (SELECT max(size) FROM log_checkpoint)",
        Area.LOG,
        "checkpoint_missing",
        "checkpoint",
    ),
    "the log's head": Tampering("UPDATE log_head SET size = size + 1", Area.LOG, "head_differs", "the log's head"),
    "a vehicle's rated load": Tampering(
        "UPDATE vehicle SET rated_kg = 40000 WHERE plate = '豫G12345'",
        Area.REGISTERS,
        "row_differs",
        "vehicle 豫G12345",
    ),
    "a facility's routes": Tampering(
        "UPDATE facility SET routes = '{I1,F2}' WHERE code = 'S-INC'", Area.REGISTERS, "row_differs", "facility S-INC"
    ),
    "a person's roles": Tampering(
        "UPDATE person SET roles = '{inspector}' WHERE login = 'outsider'", Area.REGISTERS, "row_differs", "person"
    ),
    "a person nobody registered": Tampering(
        (
            "INSERT INTO person (id, organisation_id, login, name, roles) SELECT gen_random_uuid(), "
            "id, 'ghost', '幽灵', '{inspector}' FROM organisation WHERE code = 'A-CITY'"
        ),
        Area.REGISTERS,
        "row_too_many",
        "person",
    ),
    "a permit's number": Tampering("UPDATE permit SET number = 'X'", Area.REGISTERS, "row_differs", "permit"),
    "a permit's vehicle": Tampering("UPDATE permit SET vehicle_id = NULL", Area.REGISTERS, "row_differs", "permit"),
    "an organisation's row": Tampering(
        "DELETE FROM organisation WHERE code = 'H2'", Area.REGISTERS, "row_missing", "organisation H2"
    ),
    "a policy": Tampering("UPDATE policy SET value = 'N' WHERE rule = 'ban'", Area.REGISTERS, "row_differs", "policy"),
    "which policy is later": Tampering(
        "UPDATE policy SET id = 1000 - id", Area.REGISTERS, "policy_order_differs", "policy"
    ),
    "a name": Tampering("DELETE FROM name WHERE name = 'B1'", Area.NAMES, "row_missing", "name B1"),
    "a name nobody gave": Tampering(
        "INSERT INTO name VALUES ('B9', 'produced')", Area.NAMES, "row_too_many", "name B9"
    ),
    "what a name names": Tampering(
        "UPDATE name SET kind = 'disposed' WHERE name = 'B1'", Area.NAMES, "row_differs", "name B1"
    ),
    "a disposal's judgement": Tampering(
        "UPDATE disposal SET compliant = NOT compliant", Area.DISPOSALS, "row_differs", "disposal"
    ),
    "a disposal's lot": Tampering(
        "UPDATE disposal SET holding_id = (SELECT id FROM holding WHERE name = 'B1')",
        Area.DISPOSALS,
        "row_differs",
        "disposal",
    ),
    "a deleted disposal": Tampering("DELETE FROM disposal", Area.DISPOSALS, "row_missing", "disposal"),
    "a posting's units": Tampering(
        "UPDATE posting SET origin_units = origin_units + 1 WHERE account = 'disposed'",
        Area.POSTINGS,
        "postings_differ",
        "disposed",
    ),
    "a posting's route": Tampering(
        "UPDATE posting SET route = 'B1' WHERE account = 'disposed'", Area.POSTINGS, "postings_differ", "disposed"
    ),
    "the day a posting counts on": Tampering(
        "UPDATE posting SET booked_on = booked_on + 30 WHERE account = 'disposed'",
        Area.POSTINGS,
        "postings_differ",
        "disposed",
    ),
    "a deleted posting": Tampering(
        "DELETE FROM posting WHERE account = 'unaccounted' AND cause = 'lost'", Area.POSTINGS, "postings_differ", "lost"
    ),
    "postings of an event that moves nothing": Tampering(
        (
            "INSERT INTO posting (event_id, n, account, origin_id, plant_id, origin_units, "
            "physical_units, day, booked_on) SELECT e.event_id, 1, 'produced', p.origin_id, "
            "p.plant_id, -5, -5, p.day, p.day FROM entry e, (SELECT * FROM posting LIMIT 1) p WHERE "
            "e.type = 'voided'"
        ),
        Area.POSTINGS,
        "postings_differ",
        "voided",
    ),
    "postings of no event": Tampering(
        (
            "INSERT INTO posting (event_id, n, account, origin_id, plant_id, origin_units, "
            "physical_units, day, booked_on) SELECT gen_random_uuid(), 1, 'produced', origin_id, "
            "plant_id, -5, -5, day, day FROM posting LIMIT 1"
        ),
        Area.POSTINGS,
        "postings_adrift",
        "event",
    ),
    "a share": Tampering(
        ('UPDATE share SET "left" = "left" + 1 WHERE holding_id = (SELECT id FROM holding WHERE name = \'B1\')'),
        Area.HOLDINGS,
        "holding_differs",
        "plant_stock B1",
    ),
    "what a lot was made of": Tampering(
        ("UPDATE share SET made = made - 1 WHERE holding_id = (SELECT id FROM holding WHERE name = 'B2')"),
        Area.HOLDINGS,
        "holding_differs",
        "plant_stock B2",
    ),
    "what is left of a batch": Tampering(
        "UPDATE holding SET physical_left = physical_left + 1 WHERE name = 'B1'",
        Area.HOLDINGS,
        "holding_differs",
        "plant_stock B1",
    ),
    "which batch is older": Tampering(
        (
            "UPDATE holding SET ord = CASE name WHEN 'B1' THEN (SELECT ord FROM holding WHERE name = "
            "'B2') ELSE (SELECT ord FROM holding WHERE name = 'B1') END WHERE name IN ('B1', 'B2')"
        ),
        Area.HOLDINGS,
        "order_differs",
        "plant_stock B2",
    ),
    "a deleted holding": Tampering(
        "DELETE FROM holding WHERE name = 'SEWER'", Area.HOLDINGS, "holding_missing", "plant_stock SEWER"
    ),
    "a holding nobody made": Tampering(
        (
            "INSERT INTO holding (name, account, kind, day, ord, wet_kg, moisture_bp, estimated, "
            "stabilised, physical_made, physical_left, origin_left) VALUES ('B9', 'plant_stock', "
            "'plant_sludge', '2026-03-02', 1, 1, 0, false, false, 10000, 10000, 10000)"
        ),
        Area.HOLDINGS,
        "holding_too_many",
        "plant_stock B9",
    ),
    "a share of nothing": Tampering(
        "INSERT INTO share SELECT 0, min(id), 1, 1 FROM holding", Area.HOLDINGS, "share_adrift", "share 0"
    ),
    "a day's sum": Tampering(
        "UPDATE day_sum SET origin_units = origin_units + 1 WHERE account = 'disposed' AND kind = 'plant_sludge'",
        Area.SUMS,
        "day_sum_differs",
        "day_sum P01 2026-03-03 disposed I1",
    ),
    "a month's sum": Tampering(
        ("UPDATE month_sum SET origin_units = origin_units - 1 WHERE account = 'produced' AND detail = 'estimated'"),
        Area.SUMS,
        "month_sum_differs",
        "month_sum P01 2026-03-01 produced estimated",
    ),
    "a year's sum": Tampering(
        "UPDATE year_sum SET origin_units = origin_units - 1 WHERE account = 'produced' AND detail = 'estimated'",
        Area.SUMS,
        "year_sum_differs",
        "year_sum P01 2026-01-01 produced estimated",
    ),
    "a month's sum taken away": Tampering(
        "DELETE FROM month_sum WHERE account = 'unaccounted'", Area.SUMS, "month_sum_differs", "month_sum P01"
    ),
    "a sum nobody posted": Tampering(
        "INSERT INTO day_sum SELECT plant_id, '2020-01-01', 'disposed', 'I1', true, kind, 7 FROM day_sum LIMIT 1",
        Area.SUMS,
        "day_sum_differs",
        "day_sum P01 2020-01-01 disposed I1",
    ),
    "what was disposed of a batch": Tampering(
        "UPDATE batch_sum SET harmless = harmless + 1 WHERE harmless > 0",
        Area.SUMS,
        "batch_sum_differs",
        "batch_sum B0",
    ),
    "when a batch was produced": Tampering(
        "UPDATE batch_sum SET produced_on = '2026-03-03' WHERE harmless > 0",
        Area.SUMS,
        "batch_sum_differs",
        "batch_sum B0",
    ),
    "a batch that was looked up no more": Tampering(
        "UPDATE batch_sum SET beyond = NOT beyond WHERE harmless > 0", Area.SUMS, "batch_sum_differs", "batch_sum B0"
    ),
    "a batch's sums taken away": Tampering("DELETE FROM batch_sum", Area.SUMS, "batch_sum_differs", "batch_sum"),
    "a cohort's sum": Tampering(
        "UPDATE cohort_sum SET origin_units = origin_units + 1",
        Area.SUMS,
        "cohort_sum_differs",
        "cohort_sum P01 2026-03-01 2026-02-01",
    ),
    "a cohort's sum taken away": Tampering(
        "DELETE FROM cohort_sum", Area.SUMS, "cohort_sum_differs", "cohort_sum P01 2026-03-01 2026-02-01"
    ),
    "a cohort nobody is in": Tampering(
        "INSERT INTO cohort_sum SELECT plant_id, '2020-01-01', '2020-01-01', 7 FROM cohort_sum LIMIT 1",
        Area.SUMS,
        "cohort_sum_differs",
        "cohort_sum P01 2020-01-01 2020-01-01",
    ),
    "a number's counter": Tampering(
        "UPDATE number_counter SET last_serial = last_serial + 1", Area.NUMBERS, "counter_differs", "P01 2026"
    ),
    "a manifest made never to have been": Tampering(
        "DELETE FROM stream WHERE id = DELIVERED", Area.NUMBERS, "number_missing", "P01 2026"
    ),
    "a number of nobody": Tampering(
        ("UPDATE stream SET name = '20269999990010000016' WHERE id = DELIVERED"),
        Area.NUMBERS,
        "nobodys_number",
        "number 20269999990010000016",
    ),
    "a reserved number taken away": Tampering(
        "DELETE FROM reserved_number", Area.NUMBERS, "reserved_missing", "number"
    ),
    "who holds a paper number": Tampering(
        "UPDATE reserved_number SET handed_to = '别人'", Area.NUMBERS, "reserved_differs", "number"
    ),
    "a number reserved that is in use": Tampering(
        ("INSERT INTO reserved_number SELECT number, giver_id, 'ABCDEF', gen_random_uuid(), 'x' FROM manifest LIMIT 1"),
        Area.NUMBERS,
        "reserved_too_many",
        "number",
    ),
}
