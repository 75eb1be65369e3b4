"""The browser's comparison while weights are typed says what the server says."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from sludgetrack.domain.tolerance import Measured, differences

ROOT = Path(__file__).parents[2]
NODE = shutil.which("node")

TRIPS = [
    (16_460, 8012, 16_400, 8030),
    (16_460, 8012, 16_460, 8320),
    (16_460, None, 16_100, 8000),
    (10_000, 8000, 10_300, 8250),
    (10_000, 8000, 10_301, 8251),
    (30_000, 7512, 29_550, 7262),
    (30_000, 7512, 29_549, 7261),
    (12_345, 8000, 12_345, None),
]

SCRIPT = """
import {differences, sentence} from './static/js/compare.mjs';
const limits = {floorKg: 300n, permille: 15n, moistureBp: 250n, dryPercent: 12n};
const words = {same: 'same', usual: '{difference} ok', beyond: '{difference} beyond', more: '+{amount} {share}',
  less: '-{amount} {share}', wetter: '+{amount}', drier: '-{amount}', dryMore: '+{share}', dryLess: '-{share}'};
const whole = (value) => value === null ? null : BigInt(value);
for (const [outKg, outBp, inKg, inBp] of JSON.parse(process.argv[1])) {
  const [out, into] = [[outKg, outBp], [inKg, inBp]].map(([kg, bp]) => ({net: whole(kg), moisture: whole(bp)}));
  const text = (value) => value === null ? null : String(value);
  const line = (it) => [it.measure, text(it.amount), text(it.tenths), it.beyond, sentence(it, words)];
  console.log(JSON.stringify(differences(out, into, limits).map(line)));
}
"""


@pytest.mark.skipif(NODE is None, reason="needs Node to run the page's own script")
def test_the_browser_finds_the_same_differences() -> None:
    ran = subprocess.run(
        [str(NODE), "--input-type=module", "-e", SCRIPT, json.dumps(TRIPS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    shown = [json.loads(line) for line in ran.stdout.splitlines()]
    for (out_kg, out_bp, in_kg, in_bp), found in zip(TRIPS, shown, strict=True):
        wanted = differences(Measured(out_kg, out_bp), Measured(in_kg, in_bp))
        said = [
            [str(d.measure), str(d.amount), None if d.measure == "moisture" else str(d.permille), d.exceeds]
            for d in wanted
        ]
        assert [line[:4] for line in found] == said
    assert shown[0][0][4] == "-60\u00a0kg 0.4\u00a0% ok"
    assert shown[1][1][4] == "+3.08 beyond"
    assert shown[7][0][4] == "same"
