// Net, dry and 80 % tonnes while weights are typed, in whole integers as the server computes them.
//
// Inputs with data-gross, data-tare (tonnes), data-moisture (percent), or data-net-in for a net typed as such;
// outputs [data-net-out], [data-dry-out], [data-t80-out] inside [data-net]. data-expected="<kg>" marks a net that is
// more than ODD_PERCENT away from what was planned.

const ODD_PERCENT = 15n;
const UNITS_PER_TONNE = 10000000n;
const THOUSANDTH = UNITS_PER_TONNE / 1000n;

export function start(root) {
  root.querySelectorAll("[data-net]").forEach((panel) => {
    const form = panel.closest("form") || root;
    const show = () => preview(form, panel);
    form.addEventListener("input", show);
    show();
  });
}

/** Whole thousandths (or hundredths) of a decimal text; null where it is none. Full-width digits are folded. */
export function scaled(text, decimals) {
  const plain = text.normalize("NFKC").trim().replace(",", ".");
  const match = plain.match(/^(\d{1,9})(?:\.(\d*))?$/);
  if (!match) return null;
  const fraction = match[2] || "";
  if (fraction.length > decimals) return null;
  return BigInt(match[1] + fraction.padEnd(decimals, "0"));
}

export function net(grossKg, tareKg) {
  if (grossKg === null || tareKg === null || grossKg <= tareKg) return null;
  return grossKg - tareKg;
}

/** Dry solids in units of 0.1 g. */
export function dry(wetKg, moistureBp) {
  if (wetKg === null || moistureBp === null || moistureBp > 10000n) return null;
  return wetKg * (10000n - moistureBp);
}

/** numerator / denominator, ties to the even integer. */
export function halfEven(numerator, denominator) {
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** `16460n` thousandths as `16.46`: three decimals without a last zero. */
export function written(thousandths) {
  if (thousandths === null) return "—";
  const text = String(thousandths).padStart(4, "0");
  return `${text.slice(0, -3)}.${text.slice(-3)}`.replace(/0$/, "");
}

function preview(form, panel) {
  const read = (name, decimals) => {
    const input = form.querySelector(`[data-${name}]`);
    return input ? scaled(input.value, decimals) : null;
  };
  const typed = read("net-in", 3);
  const wet = typed ?? net(read("gross", 3), read("tare", 3));
  const units = dry(wet, read("moisture", 2));
  put(panel, "net-out", wet);
  put(panel, "dry-out", units === null ? null : halfEven(units, THOUSANDTH));
  put(panel, "t80-out", units === null ? null : halfEven(units * 5n, THOUSANDTH));
  panel.classList.toggle("is-odd", isOdd(wet, panel.dataset.expected));
}

function put(panel, name, value) {
  const output = panel.querySelector(`[data-${name}]`);
  if (output) output.textContent = written(value);
}

function isOdd(wet, expected) {
  if (wet === null || !expected) return false;
  const planned = BigInt(expected);
  const apart = wet > planned ? wet - planned : planned - wet;
  return apart * 100n > planned * ODD_PERCENT;
}
