// Answers while one types, where the model is quick. One request is under way at most: what is
// typed meanwhile is asked when it is over, and an answer to an older text is dropped.

const PAUSE = 250; // milliseconds without a key until the answer follows
const REST = 1_200; // ... until it counts as settled
const KEY = "live";

function wanted() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true; // storage is turned off
  }
}

function keep(on) {
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // Then it is asked for again on the next visit.
  }
}

/**
 * Follow what is typed into `box`. `ask` answers a text, and `settle` does when the typing has come
 * to rest; both return seconds to leave the server alone. Returns what stops waiting.
 */
export function follow(box, ask, settle) {
  const wish = document.getElementById("live");
  if (!wish) return () => {}; // the model is too slow
  let busy = false;
  let resting = false;
  let silent = 0;
  let pause;
  let rest;

  async function answer() {
    if (busy || performance.now() < silent) return;
    busy = true;
    const text = box.value;
    const last = resting;
    const wait = await (last ? settle(text) : ask(text));
    silent = performance.now() + 1000 * wait;
    busy = false;
    if (box.value !== text || resting !== last) answer();
  }

  function stop() {
    clearTimeout(pause);
    clearTimeout(rest);
    resting = false;
  }

  wish.checked = wanted();
  wish.addEventListener("change", () => {
    keep(wish.checked);
    stop();
    if (wish.checked) answer();
  });
  box.addEventListener("input", () => {
    stop();
    if (!wish.checked) return;
    pause = setTimeout(answer, PAUSE);
    rest = setTimeout(() => {
      resting = true;
      answer();
    }, REST);
  });
  return stop;
}
