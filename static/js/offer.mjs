// An offer on screen: its life runs down, and the page follows when the other side has confirmed.
//
// data-countdown="<RFC 3339>" data-seconds data-over   with [data-left] for the time and [data-left-bar] nearby
// data-poll="<address>"   answers JSON {state, next}: state "waiting" goes on, anything else goes to `next`

const POLL_MS = 2000;
const SLOWEST_MS = 15000;

export function start(root) {
  root.querySelectorAll("[data-countdown]").forEach(countDown);
  root.querySelectorAll("[data-poll]").forEach((panel) => poll(panel, POLL_MS));
}

export function leftText(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function countDown(line) {
  const life = Number(line.dataset.seconds);
  // a clerk's clock may be wrong by minutes: never show more than the code's whole life
  const begun = performance.now();
  const atLoad = Math.min(life, (Date.parse(line.dataset.countdown) - Date.now()) / 1000);
  const left = line.querySelector("[data-left]");
  const bar = line.parentElement.querySelector("[data-left-bar]");
  const tick = () => {
    const seconds = atLoad - (performance.now() - begun) / 1000;
    if (left) left.textContent = leftText(seconds);
    if (bar) bar.value = Math.max(0, seconds);
    if (seconds > 0) setTimeout(tick, 250);
    else over(line);
  };
  tick();
}

function over(line) {
  const words = line.querySelector("span");
  if (words) words.textContent = line.dataset.over;
  const panel = line.closest(".code");
  if (panel) panel.classList.add("is-over");
}

async function poll(panel, wait) {
  await new Promise((done) => setTimeout(done, wait));
  if (document.hidden) {
    poll(panel, wait);
    return;
  }
  const answer = await asked(panel.dataset.poll);
  if (answer && answer.state !== "waiting" && answer.next) {
    location.assign(answer.next);
    return;
  }
  poll(panel, answer ? POLL_MS : Math.min(SLOWEST_MS, wait * 2));
}

async function asked(address) {
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
