// Tables people live in: j and k move, Enter opens, / goes to the search field, headings sort what is on the page.
//
// [data-table] around a table; <tr data-href> opens with Enter or a click beside its links;
// with data-open="address" its fragment opens below the row instead;
// <td data-value> gives the value to sort by where the text would not do; [data-search] is the page's search field.

export function start(root) {
  const wraps = [...root.querySelectorAll("[data-table]")];
  wraps.forEach(sortable);
  wraps.forEach(clickable);
  document.addEventListener("keydown", (event) => onKey(event, wraps));
}

function sortable(wrap) {
  wrap.querySelectorAll("[data-sort]").forEach((button) => {
    button.addEventListener("click", () => sortBy(wrap, button.closest("th")));
  });
}

function sortBy(wrap, head) {
  const down = head.getAttribute("aria-sort") === "ascending";
  wrap.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = wrap.querySelector("tbody");
  const index = head.cellIndex;
  body.querySelectorAll(".opened").forEach((line) => line.remove());
  const rows = [...body.rows].map((row) => [key(row.cells[index]), row]);
  rows.sort(([a], [b]) => compare(a, b, down ? -1 : 1));
  body.append(...rows.map(([, row]) => row));
}

export function key(cell) {
  if (!cell) return null;
  const text = (cell.dataset.value ?? cell.textContent).trim();
  if (text === "" || text === "—") return null;
  const number = text.replace(/[,\s\u00a0]/g, "").replace("\u2212", "-").match(/^[+-]?\d+(\.\d+)?/);
  return number && cell.classList.contains("num") ? Number(number[0]) : text;
}

/** Order of two keys; what is not known stands last in either direction (1 or -1). */
export function compare(a, b, direction = 1) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a === "number" && typeof b === "number") return (a - b) * direction;
  return String(a).localeCompare(String(b), "zh-CN", { numeric: true }) * direction;
}

function clickable(wrap) {
  wrap.querySelectorAll("tr[data-href]").forEach((row) => {
    row.addEventListener("click", (event) => {
      const taken = event.target.closest("a, button, input, label, summary") || String(getSelection());
      if (!taken) openRow(row);
    });
  });
}

function onKey(event, wraps) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "/") focusSearch(event);
  else if (event.key === "j") step(wraps, 1);
  else if (event.key === "k") step(wraps, -1);
  else if (event.key === "Enter") open(event, wraps);
}

function focusSearch(event) {
  const field = document.querySelector("[data-search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function step(wraps, by) {
  const rows = wraps.flatMap((wrap) => [...wrap.querySelectorAll("tbody tr:not(.opened)")]);
  if (!rows.length) return;
  const now = rows.findIndex((row) => row.classList.contains("is-here"));
  const next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + by));
  rows.forEach((row, index) => row.classList.toggle("is-here", index === next));
  const focusable = rows[next].querySelector("a, button");
  if (focusable) focusable.focus({ preventScroll: true });
  rows[next].scrollIntoView({ block: "nearest" });
}

function open(event, wraps) {
  if (event.target.closest("a, button, summary")) return;
  const row = wraps.map((wrap) => wrap.querySelector("tr.is-here[data-href]")).find(Boolean);
  if (row) openRow(row);
}

async function openRow(row) {
  if (!row.dataset.open) {
    location.assign(row.dataset.href);
    return;
  }
  const below = row.nextElementSibling;
  if (below && below.classList.contains("opened")) {
    below.remove();
    return;
  }
  const html = await fragment(row.dataset.open);
  if (html === null) location.assign(row.dataset.href);
  else row.after(opened(row, html));
}

function opened(row, html) {
  const line = document.createElement("tr");
  const cell = document.createElement("td");
  cell.colSpan = row.cells.length;
  cell.innerHTML = html;
  line.className = "opened";
  line.append(cell);
  return line;
}

async function fragment(address) {
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}
