// Forms: no double sending, a code that sends itself when full, pictures shown before they are sent.
//
// form[data-busy]; input[data-code="6"] (digits only, sends itself with the last one); input[data-photo] with an <output for>.

export function start(root) {
  root.querySelectorAll("form[data-busy]").forEach(guard);
  root.querySelectorAll("input[data-code]").forEach(code);
  root.querySelectorAll("input[data-photo]").forEach(photo);
  // a page fetched back from the browser's memory must be usable again
  addEventListener("pageshow", () => root.querySelectorAll("form.is-busy").forEach(release));
}

function guard(form) {
  form.addEventListener("submit", (event) => {
    if (form.classList.contains("is-busy")) {
      event.preventDefault();
      return;
    }
    form.classList.add("is-busy");
    form.setAttribute("aria-busy", "true");
    // after the pressed button's own value has been collected
    setTimeout(() => buttons(form).forEach((button) => button.setAttribute("aria-disabled", "true")));
  });
}

function release(form) {
  form.classList.remove("is-busy");
  form.removeAttribute("aria-busy");
  buttons(form).forEach((button) => button.removeAttribute("aria-disabled"));
}

function buttons(form) {
  return [...form.elements].filter((element) => element.type === "submit");
}

function code(input) {
  const full = Number(input.dataset.code);
  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    const digits = input.value.normalize("NFKC").replace(/\D/g, "").slice(0, full);
    if (digits !== input.value) input.value = digits;
    if (digits.length === full) send(input.form);
  });
}

function send(form) {
  // iOS before 16 has no requestSubmit
  if (form.requestSubmit) form.requestSubmit();
  else form.submit();
}

function photo(input) {
  const views = input.closest(".photo").querySelector("output");
  input.addEventListener("change", () => {
    views.replaceChildren(...[...input.files].map(view));
  });
}

function view(file) {
  const image = new Image();
  image.alt = file.name;
  image.src = URL.createObjectURL(file);
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  return image;
}
