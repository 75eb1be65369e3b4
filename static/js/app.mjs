// Loads only what a page asks for. Every page works without any of it.

const wanted = [
  ["[data-poll], [data-countdown]", "./offer.mjs"],
  ["[data-table], [data-search]", "./table.mjs"],
  ["[data-copy], [data-print]", "./handy.mjs"],
  ["[data-net]", "./weigh.mjs"],
  ["[data-compare]", "./compare.mjs"],
  ["[data-yield]", "./yield.mjs"],
  ["form", "./form.mjs"],
  ["[data-language]", "./language.mjs"],
  ["[data-status-line]", "./signal.mjs"],
];

document.documentElement.classList.add("js");

for (const [selector, module] of wanted) {
  if (document.querySelector(selector)) {
    import(module).then((it) => it.start(document));
  }
}

const first = document.querySelector("[data-focus]");
if (first) first.focus();

// where the navigation is a strip, the page one is on is within sight
const strip = document.querySelector(".side");
const here = strip && strip.querySelector("[aria-current]");
if (here && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;

if (document.querySelector("[data-buzz]") && navigator.vibrate) {
  // browsers refuse to vibrate before the page was touched
  if (!navigator.userActivation || navigator.userActivation.hasBeenActive) navigator.vibrate([60, 40, 120]);
}
