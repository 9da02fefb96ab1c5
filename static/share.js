// Keeps the owner's share panel fresh: a tunnel opens, is lost and comes back by itself.

import { parsed, reveal } from "./page.js";

const OPENING = 1_500; // milliseconds between two looks while it opens
const SETTLED = 10_000; // ... and once it is open or has failed

async function refresh() {
  const panel = document.getElementById("share");
  try {
    const fresh = (await parsed(await fetch(panel.dataset.source))).getElementById("share");
    // Left alone while nothing changes, so that focus and selection stay.
    if (fresh && fresh.textContent !== panel.textContent) show(panel, fresh);
  } catch {
    // The server is gone or busy: the next look tells.
  }
  wait();
}

function show(panel, fresh) {
  const node = document.importNode(fresh, true);
  reveal(node);
  panel.replaceWith(node);
}

function wait() {
  const opening = document.getElementById("share").dataset.state === "opening";
  setTimeout(refresh, opening ? OPENING : SETTLED);
}

wait();
