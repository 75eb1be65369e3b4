// Weighed in against weighed out while it is typed, in whole integers and with the server's own limits and sentences.
//
// [data-compare] carries what left (data-gross-out, data-tare-out, data-net-out in kg, data-moisture-out in basis
// points), the limits and the sentences; the figures come from inputs with data-gross, data-tare (tonnes) and data-moisture (percent) of the page's form.

import { dry, halfEven, net, scaled, written } from "./weigh.mjs";

/** What two pairs of numbers differ by; null where one is missing. Amounts are in minus out. */
export function differences(out, into, limits) {
  return [
    weight(out.net, into.net, limits),
    moisture(out.moisture, into.moisture, limits),
    drySolids(dry(out.net, out.moisture), dry(into.net, into.moisture), limits),
  ].filter(Boolean);
}

function weight(left, came, limits) {
  if (left === null || came === null) return null;
  const apart = size(came - left);
  const beyond = apart > limits.floorKg && apart * 1000n > limits.permille * left;
  return { measure: "weight", amount: came - left, tenths: tenths(apart, left), beyond };
}

function moisture(left, came, limits) {
  if (left === null || came === null || came > 10000n) return null;
  return { measure: "moisture", amount: came - left, tenths: null, beyond: size(came - left) > limits.moistureBp };
}

function drySolids(left, came, limits) {
  if (left === null || came === null) return null;
  const apart = size(came - left);
  return { measure: "dry", amount: came - left, tenths: tenths(apart, left), beyond: apart * 100n > limits.dryPercent * left };
}

function tenths(apart, whole) {
  return whole > 0n ? halfEven(apart * 1000n, whole) : null;
}

function size(value) {
  return value < 0n ? -value : value;
}

/** A difference as a sentence; `words` are the server's, with {amount}, {share} and {difference} to fill. */
export function sentence(difference, words) {
  const { amount, beyond } = difference;
  if (amount === 0n && !beyond) return difference.measure === "weight" ? words.same : "";
  const text = described(difference, words);
  if (beyond) return words.beyond.replace("{difference}", text);
  return words.usual.replace("{difference}", text);
}

function described({ measure, amount, tenths: share }, words) {
  const fill = (text, shown) => text.replace("{amount}", shown).replace("{share}", percent(share));
  const more = amount > 0n;
  if (measure === "moisture") return fill(more ? words.wetter : words.drier, points(size(amount)));
  if (measure === "dry") return fill(more ? words.dryMore : words.dryLess, "");
  return fill(more ? words.more : words.less, kilograms(size(amount)));
}

function percent(value) {
  return value === null ? "—" : `${value / 10n}.${value % 10n}\u00a0%`;
}

function points(bp) {
  return `${bp / 100n}.${String(bp % 100n).padStart(2, "0")}`.replace(/\.?0+$/, "");
}

function kilograms(kg) {
  return `${String(kg).replace(/\B(?=(\d{3})+$)/g, ",")}\u00a0kg`;
}

export function start(root) {
  root.querySelectorAll("[data-compare]").forEach((panel) => {
    const form = root.querySelector("#receive");
    if (!form) return;
    const show = () => update(panel, form);
    form.addEventListener("input", show);
    show();
  });
}

function update(panel, form) {
  const said = panel.dataset;
  const read = (name, decimals) => {
    const input = form.querySelector(`[data-${name}]`);
    return input ? scaled(input.value, decimals) : null;
  };
  const gross = read("gross", 3);
  const tare = read("tare", 3);
  const out = { net: whole(said.netOut), moisture: whole(said.moistureOut) };
  const into = { net: net(gross, tare), moisture: read("moisture", 2) };
  const limits = {
    floorKg: BigInt(said.floorKg),
    permille: BigInt(said.permille),
    moistureBp: BigInt(said.moistureBp),
    dryPercent: BigInt(said.dryPercent),
  };
  const lines = differences(out, into, limits);
  panel.classList.toggle("is-live", lines.length > 0);
  panel.querySelector(".compare-live").replaceChildren(...lines.flatMap((line) => row(line, said)));
  table(panel, { gross, tare, ...into }, { gross: whole(said.grossOut), tare: whole(said.tareOut), ...out });
}

function whole(text) {
  return text ? BigInt(text) : null;
}

function row(line, words) {
  const text = sentence(line, words);
  if (!text || (line.measure === "dry" && !line.beyond)) return [];
  const item = document.createElement("li");
  item.className = line.beyond ? "tone-danger" : "tone-good";
  item.textContent = `${line.beyond ? "⚠" : "✓"} ${text}`;
  return [item];
}

// The table's right half follows the typing: gross, tare, net, moisture, dry, at 80 %, in this order.
function table(panel, into, out) {
  const rows = [...panel.querySelectorAll("tbody tr")];
  if (rows.length < 6) return;
  const units = dry(into.net, into.moisture);
  const left = dry(out.net, out.moisture);
  put(rows[0], written(into.gross), apart(into.gross, out.gross, signedTonnes));
  put(rows[1], written(into.tare), apart(into.tare, out.tare, signedTonnes));
  put(rows[2], written(into.net), apart(into.net, out.net, signedTonnes));
  put(rows[3], into.moisture === null ? "—" : `${points(into.moisture)}\u00a0%`, apart(into.moisture, out.moisture, signedPoints));
  put(rows[4], tonnes(units, 1n), apart(units, left, (difference) => signedUnits(difference, 1n)));
  put(rows[5], tonnes(units, 5n), apart(units, left, (difference) => signedUnits(difference, 5n)));
}

function put(line, value, difference) {
  line.cells[2].textContent = value;
  line.cells[3].textContent = difference === null ? "—" : difference;
}

function apart(came, left, text) {
  return came === null || left === null ? null : text(came - left);
}

function tonnes(units, factor) {
  return units === null ? "—" : written(halfEven(units * factor, 10000n));
}

function signed(difference, text) {
  if (difference === 0n) return text;
  return (difference > 0n ? "+" : "\u2212") + text;
}

function signedTonnes(kg) {
  return signed(kg, written(size(kg)));
}

function signedPoints(bp) {
  return signed(bp, points(size(bp)));
}

function signedUnits(units, factor) {
  return signed(units, tonnes(size(units), factor));
}
