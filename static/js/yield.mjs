// What a treatment run keeps, while it is typed: dry solids in, out without additives, and the process's usual range.
//
// Boxes [name="take"] with data-dry (units of 0.1 g) and data-moisture-bp, beside each [data-part] in tonnes; outputs
// [data-out-wet] and [data-out-moisture] side by side in an .out-row; [data-added] in dry tonnes; the options of
// [name="process"] with data-low and data-high in basis points. [data-yield] holds the sentences.

import { dry, halfEven, scaled, written } from "./weigh.mjs";

const UNITS_PER_KG = 10000n;
const THOUSANDTH = 10000n;

export function start(root) {
  root.querySelectorAll("[data-yield]").forEach((panel) => {
    const form = panel.closest("form");
    const show = () => tell(form, panel);
    form.addEventListener("input", show);
    form.addEventListener("change", show);
    show();
  });
}

function tell(form, panel) {
  const added = sum([...form.querySelectorAll("[data-added]")].map((input) => (scaled(input.value, 3) || 0n) * UNITS_PER_KG));
  const into = sum([...form.querySelectorAll("[name='take']")].map(taken));
  const outputs = [...form.querySelectorAll(".out-row")].map((row) =>
    dry(scaled(row.querySelector("[data-out-wet]").value, 3), scaled(row.querySelector("[data-out-moisture]").value, 2)),
  );
  const out = sum(outputs.map((units) => units || 0n));
  panel.className = "yield";
  if (!into || !out) {
    panel.textContent = "";
    return;
  }
  const kept = (out - added) * 10000n / into;
  const process = form.querySelector("[name='process']").selectedOptions[0];
  if (!process || !process.dataset.low) {
    panel.textContent = filled(panel.dataset.plain, { in: tonnes(into), out: tonnes(out) });
    return;
  }
  const usual = kept >= BigInt(process.dataset.low) && kept <= BigInt(process.dataset.high);
  panel.classList.add(usual ? "tone-good" : "tone-warning");
  panel.textContent = filled(panel.dataset.text, { kept: percent(kept), process: process.dataset.name, usual: process.dataset.band });
}

/** Dry units that go in of a lot: all, or the part typed; a part typed counts as ticked. */
function taken(box) {
  const part = box.closest("li").querySelector("[data-part]").value;
  if (part.trim()) return dry(scaled(part, 3), BigInt(box.dataset.moistureBp)) || 0n;
  return box.checked ? BigInt(box.dataset.dry) : 0n;
}

function sum(numbers) {
  return numbers.reduce((total, one) => total + one, 0n);
}

function tonnes(units) {
  return `${written(halfEven(units, THOUSANDTH))}\u00a0t`;
}

function percent(bp) {
  const sign = bp < 0n ? "\u2212" : "";
  const text = String(bp < 0n ? -bp : bp).padStart(3, "0");
  return `${sign}${text.slice(0, -2)}.${text.slice(-2)}`.replace(/\.?0+$/, "") + "\u00a0%";
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);
}
