// Keeps the progress of a file fresh without a reload, says when the page can't be reached, and
// tells of the end. Without script the page loads itself again. It never writes HTML.

import { announce, parsed } from "./page.js";

const PAUSE = 1_000; // milliseconds between two looks at the progress
const SLOWEST = 10_000; // and at most, while the page can't be reached
const LATE = 8_000; // milliseconds until a look is given up
const BUSY = ["queued", "running", "stopping"];

const job = document.getElementById("job");
const section = job.querySelector(".progress");
const lost = document.getElementById("lost");
let pause = PAUSE;
let spoken = "";

/** Look again while a file waits or is judged; only what changed is replaced. */
async function refresh() {
  try {
    const reply = await fetch(location.href, { signal: AbortSignal.timeout(LATE), cache: "no-store" });
    if (reply.status >= 500) throw new Error(String(reply.status));
    const page = await parsed(reply);
    const fresh = page.getElementById("job");
    if (!BUSY.includes(fresh?.dataset.state)) return ended(fresh); // the whole page is another
    found(page);
  } catch {
    missed();
  }
  setTimeout(refresh, pause);
}

function found(page) {
  if (lost.textContent) announce(section.dataset.back);
  lost.textContent = "";
  pause = PAUSE;
  const progress = document.importNode(page.getElementById("progress"), true);
  document.getElementById("progress").replaceWith(progress);
  document.title = page.title;
  tell(progress);
}

/** The network is lost, or the server is down: say so once, and look more and more rarely. */
function missed() {
  if (!lost.textContent) lost.textContent = section.dataset.lost;
  pause = Math.min(SLOWEST, pause * 1.5);
}

/** Let a screen reader say each step, and every tenth of the rows. */
function tell(progress) {
  const { state, done, total } = progress.dataset;
  const tenth = Number(total) ? Math.floor((10 * Number(done)) / Number(total)) : 0;
  const title = progress.querySelector("h2").textContent.trim();
  const said = tenth && tenth < 10 ? `${title} ${tenth * 10}%` : title;
  const mark = `${state} ${said}`;
  if (mark !== spoken && spoken) announce(said);
  spoken = mark;
}

function ended(fresh) {
  if (fresh && document.hidden && wanted()) notify(section.dataset.done);
  location.reload();
}

/** Whether people asked to be told and the browser allows it. */
function wanted() {
  return globalThis.Notification?.permission === "granted" && localStorage.getItem("notify") === "yes";
}

function notify(text) {
  try {
    new Notification(text, { tag: location.pathname });
  } catch {
    // Browsers on phones show none without a service worker.
  }
}

/** The button that asks for being told; hidden where the browser has no such thing or refuses. */
function offer() {
  const button = document.getElementById("notify");
  if (!button || !globalThis.Notification || !isSecureContext || Notification.permission === "denied") return;
  const shown = () => {
    button.hidden = Notification.permission === "denied";
    button.disabled = wanted();
    if (wanted()) button.textContent = button.dataset.on;
  };
  button.addEventListener("click", async () => {
    if ((await Notification.requestPermission()) === "granted") localStorage.setItem("notify", "yes");
    shown();
  });
  shown();
}

if (BUSY.includes(job.dataset.state)) {
  tell(document.getElementById("progress"));
  offer();
  setTimeout(refresh, PAUSE);
  addEventListener("online", () => {
    pause = PAUSE;
  });
}
