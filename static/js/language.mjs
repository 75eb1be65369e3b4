// Switching the language keeps what was typed: forms marked data-keep are put aside for the next page and put back.
// Secrets and files are never put aside.

const KEY = "typed";
const LIFE_MS = 60000;
const NEVER = new Set(["password", "file", "hidden"]);

export function start(root) {
  restore(root);
  root.querySelectorAll("[data-language]").forEach((link) => {
    link.addEventListener("click", () => keep(root));
  });
}

function kept(form) {
  return [...form.elements].filter((it) => it.name && !NEVER.has(it.type) && it.autocomplete !== "one-time-code");
}

function keep(root) {
  const forms = [...root.querySelectorAll("form[data-keep]")].map((form) =>
    kept(form).map((it) => [it.name, it.value, Boolean(it.checked)]),
  );
  if (!forms.length) return;
  sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, at: Date.now(), forms }));
}

function restore(root) {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (!text) return;
  const { path, at, forms } = JSON.parse(text);
  if (path !== location.pathname || Date.now() - at > LIFE_MS) return;
  root.querySelectorAll("form[data-keep]").forEach((form, index) => fill(form, forms[index] || []));
}

function fill(form, values) {
  for (const [name, value, checked] of values) {
    for (const it of kept(form).filter((element) => element.name === name)) {
      if (it.type === "radio" || it.type === "checkbox") {
        if (it.value === value) it.checked = checked;
      } else if (!it.readOnly) {
        it.value = value;
      }
    }
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}
