// Answers without leaving the page. The plain form does all of this too; script only saves the
// reload. It never writes HTML: answers are parsed, escaped as the server sent them, and adopted.

import { begin, draft, visit } from "./journey.js";
import { follow } from "./live.js";
import { announce, painted, parsed, reveal } from "./page.js";
import { remember } from "./past.js";

const LONGEST_WAIT = 20_000; // milliseconds until a request is given up
const PATIENCE = 150; // milliseconds before "judging" is shown: quick answers must not flicker

const form = document.getElementById("judge");
const box = form.elements.sentence;
let running = null;
let shown = ""; // the text whose answer is in sight
let shift = false;

/**
 * Ask for the answer to a text; a newer question ends an older one. `why`: explained too. `again`:
 * for a place of the journey that was visited before, which is neither noted nor scrolled to.
 */
async function ask(text, { why = false, again = false } = {}) {
  running?.abort();
  const mine = (running = new AbortController());
  const patience = setTimeout(pending, PATIENCE, true);
  const limit = setTimeout(() => mine.abort("late"), LONGEST_WAIT);
  try {
    const reply = await request(text, why, mine.signal);
    const page = await parsed(reply);
    if (mine !== running) return;
    if (page.getElementById("answer")) show(page, text, { why, again });
    else if (reply.redirected) form.submit(); // to the login page: let the browser go there
    else fail(form.dataset.lost);
  } catch {
    if (mine === running) fail(mine.signal.aborted ? form.dataset.late : form.dataset.lost);
  } finally {
    clearTimeout(patience);
    clearTimeout(limit);
    if (mine === running) {
      running = null;
      pending(false);
    }
  }
}

/** Send a text; of the page that answers, only the answer comes. */
function request(text, why, signal) {
  const body = new URLSearchParams({ sentence: text, ...(why && { why: "1" }) });
  const headers = { "Sentiment-Part": "answer" };
  return fetch(form.dataset.ask, { method: "POST", body, headers, signal });
}

/** Answer what is being typed, without a word; seconds to leave the server alone. */
async function glance(text, why = false) {
  if (running || shown === text + why) return 0; // somebody pressed Enter, or nothing is new
  if (!text.trim()) {
    empty();
    return 0;
  }
  const mine = (running = new AbortController());
  try {
    const reply = await request(text, why, mine.signal);
    if (!reply.ok) return Number(reply.headers.get("Retry-After") ?? 1);
    const page = await parsed(reply);
    if (mine === running && box.value === text && page.getElementById("answer")) {
      place(page, text, why);
    }
    return 0;
  } catch {
    return 1; // asked again, or the network is gone: Enter says so
  } finally {
    if (mine === running) running = null;
  }
}

/** The typing has come to rest: say the answer, mark its words, keep it like any other. */
async function rest(text) {
  const why = text.length < Number(form.dataset.live);
  const wait = await glance(text, why);
  if (running || shown !== text + why || box.value !== text) return wait;
  const answer = document.getElementById("answer");
  visit({ text, why, live: true }, address(answer));
  keep(answer, text, true);
  announce(answer.querySelector("[data-said]")?.textContent ?? "");
  return wait;
}

/** Ask which words pushed the answer, and put the server's words where the button was. */
async function explain(asked) {
  const section = asked.closest("#why");
  const patience = setTimeout(pending, PATIENCE, true, asked);
  const signal = AbortSignal.timeout(LONGEST_WAIT);
  try {
    const fields = new URLSearchParams(new FormData(asked));
    const link = asked.method === "get" ? `${asked.action.split("#")[0]}?${fields}#why` : null;
    const text = fields.get("sentence");
    const reply = await (link ? fetch(link, { signal }) : request(text, true, signal));
    const page = await parsed(reply);
    if (!section.isConnected) return; // another sentence was judged meanwhile
    const why = page.getElementById("why");
    if (why) adopt(why, section, link, text);
    else if (reply.redirected) asked.submit();
    else regret(section, page.getElementById("problem")?.textContent ?? form.dataset.lost);
  } catch {
    if (section.isConnected) regret(section, signal.aborted ? form.dataset.late : form.dataset.lost);
  } finally {
    clearTimeout(patience);
    pending(false, asked);
  }
}

/** Put a section of another rendering of this page in place of ours, and read from there. */
function adopt(theirs, ours, link, text) {
  const section = document.importNode(theirs, true);
  ours.replaceWith(section);
  visit({ text, why: true }, link ?? form.dataset.ask);
  section.querySelector("[tabindex]").focus({ preventScroll: true });
  announce(section.querySelector("[data-said]")?.textContent ?? "");
  reveal(section);
  section.scrollIntoView({ block: "nearest" });
}

/** Say under a button why nothing came of it. */
function regret(section, message) {
  section.querySelector(".problem")?.remove();
  section.append(problem(message));
  announce(message);
}

/** Say that an answer is on its way. The button stays live: asking again is allowed. */
function pending(yes, asked = form) {
  if (yes === (asked.getAttribute("aria-busy") === "true")) return; // else all is laid out again
  const button = asked.querySelector("[data-pending]");
  button.dataset.idle ??= button.textContent;
  button.textContent = yes ? button.dataset.pending : button.dataset.idle;
  asked.setAttribute("aria-busy", yes);
  if (yes) announce(button.dataset.pending);
}

/** Put the answer of another rendering of this page where this page has its own. */
function show(page, text, { why, again }) {
  const answer = place(page, text, why);
  settle(answer, again);
  painted(() => {
    if (!again) visit({ text, why }, address(answer));
    keep(answer, text);
  });
}

/** Lay an answer where the last one was; its bars move from there, for whom movement is fine. */
function place(page, text, why) {
  const answer = document.importNode(page.getElementById("answer"), true);
  const old = document.getElementById("answer");
  const before = [...old.querySelectorAll("meter[id]")].map(({ id, value }) => [id, value]);
  old.replaceWith(answer);
  document.title = page.title;
  shown = text + Boolean(why);
  reveal(answer);
  mark(answer);
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) move(answer, new Map(before));
  return answer;
}

function move(answer, before) {
  for (const meter of answer.querySelectorAll("meter[id]")) {
    const value = meter.value;
    if (!before.has(meter.id)) continue;
    meter.value = before.get(meter.id);
    requestAnimationFrame(() => requestAnimationFrame(() => (meter.value = value)));
  }
}

/** No answer is in sight. */
function empty() {
  shown = "";
  document.getElementById("answer").replaceChildren();
  document.title = form.dataset.title;
}

/** The address of an answer: its link, or the page's where the text is too long for one. */
function address(answer) {
  return answer.querySelector("a[rel=bookmark]")?.href ?? form.dataset.ask;
}

/** Remember an answer among the last ones of this visit. */
function keep(answer, text, live = false) {
  const { told, share } = answer.querySelector("[data-told]")?.dataset ?? {};
  if (told) remember({ text, told, share, live });
}

/** Show a sentence of our own where the answer would be; the text stays in the box. */
function fail(message) {
  const said = problem(message);
  said.id = "problem";
  empty();
  const answer = document.getElementById("answer");
  answer.append(said);
  mark(answer);
  settle(answer);
}

function problem(message) {
  const said = document.createElement("p");
  said.className = "problem";
  said.dataset.said = "";
  said.textContent = message.trim();
  return said;
}

/** Mark the box where its text can't be judged. */
function mark(answer) {
  if (answer.querySelector("#problem")) {
    box.setAttribute("aria-invalid", "true");
    box.setAttribute("aria-describedby", "problem");
  } else {
    box.removeAttribute("aria-invalid");
    box.removeAttribute("aria-describedby");
  }
}

/** Say a new answer aloud, and have it in sight. */
function settle(answer, again = false) {
  announce(answer.querySelector("[data-said]")?.textContent ?? "");
  if (!again) answer.scrollIntoView({ block: "nearest" });
}

/** Be where one was before: the text in its box, judged or not. */
function restore({ text, why, typed }) {
  running?.abort();
  box.value = typed ?? text;
  if (text) return ask(text, { why, again: true });
  empty();
}

form.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("formaction")) return; // the language switch reloads
  event.preventDefault();
  stop();
  ask(box.value);
});

// Enter judges, Shift + Enter breaks the line. Told by what it would put in, not by the key: while
// a syllable is composed, browsers disagree on keys, but none breaks a line before it is whole.
box.addEventListener("keydown", (event) => {
  shift = event.shiftKey;
});
box.addEventListener("beforeinput", (event) => {
  if (!["insertLineBreak", "insertParagraph"].includes(event.inputType)) return;
  if (shift || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
box.addEventListener("input", () => draft(box.value));
const stop = follow(box, glance, rest);

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-why]")) return;
  event.preventDefault();
  explain(event.target);
});

document.addEventListener("click", (event) => {
  const example = event.target.closest("[data-example]");
  if (!example || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  box.value = example.textContent;
  form.requestSubmit();
});

const judged = document.querySelector("#answer [data-told]") ? box.value : "";
const why = Boolean(document.querySelector("#why .words"));
if (judged) {
  shown = judged + why;
  keep(document.getElementById("answer"), judged);
}
begin({ text: judged, why }, form, restore);
