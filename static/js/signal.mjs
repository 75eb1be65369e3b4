// The driver's status line: calm words with or without a signal. It keeps its height, so nothing jumps.

export function start(root) {
  const line = root.querySelector("[data-status-line]");
  const show = () => line.classList.toggle("is-offline", !navigator.onLine);
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
