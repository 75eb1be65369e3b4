// Copy and print buttons. data-copy="<text>" data-copied="<word>"; data-print.

const SHOWN_MS = 1600;

export function start(root) {
  root.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", () => copy(button)));
  root.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    fallback(button.dataset.copy);
  }
  const label = button.getAttribute("aria-label");
  button.classList.add("is-done");
  button.setAttribute("aria-label", button.dataset.copied);
  setTimeout(() => {
    button.classList.remove("is-done");
    button.setAttribute("aria-label", label);
  }, SHOWN_MS);
}

// browsers without a clipboard (WeChat, plain http in a plant's own network)
function fallback(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "hidden";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
