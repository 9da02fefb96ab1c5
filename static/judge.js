// Answers without leaving the page. The plain form does all of this too; script only saves the
// reload. It never writes HTML: answers are parsed, escaped as the server sent them, and adopted.

import { draft, follow, visit } from "./journey.js";
import { announce, parsed, reveal } from "./page.js";
import { remember } from "./past.js";

const LONGEST_WAIT = 20_000; // milliseconds until a request is given up
const PATIENCE = 150; // milliseconds before "judging" is shown: quick answers must not flicker

const form = document.getElementById("judge");
const box = form.elements.sentence;
let running = null;
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
    const body = new URLSearchParams({ sentence: text, ...(why && { why: "1" }) });
    const reply = await fetch(form.dataset.ask, { method: "POST", body, signal: mine.signal });
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
    if (mine === running) pending(false);
  }
}

/** Ask which words pushed the answer, and put the server's words where the button was. */
async function explain(asked) {
  const section = asked.closest("#why");
  const patience = setTimeout(pending, PATIENCE, true, asked);
  const signal = AbortSignal.timeout(LONGEST_WAIT);
  try {
    const fields = new URLSearchParams(new FormData(asked));
    const link = asked.method === "get" ? `${asked.action.split("#")[0]}?${fields}#why` : null;
    const options = link ? { signal } : { method: "POST", body: fields, signal };
    const reply = await fetch(link ?? form.dataset.ask, options);
    const page = await parsed(reply);
    if (!section.isConnected) return; // another sentence was judged meanwhile
    const why = page.getElementById("why");
    if (why) adopt(why, section, link, fields.get("sentence"));
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
  const button = asked.querySelector("[data-pending]");
  button.dataset.idle ??= button.textContent;
  button.textContent = yes ? button.dataset.pending : button.dataset.idle;
  asked.setAttribute("aria-busy", yes);
  if (yes) announce(button.dataset.pending);
}

/** Put the answer of another rendering of this page where this page has its own. */
function show(page, text, { why, again }) {
  const answer = document.importNode(page.getElementById("answer"), true);
  document.getElementById("answer").replaceWith(answer);
  document.title = page.title;
  if (!again) visit({ text, why }, address(answer));
  keep(answer, text);
  settle(answer, again);
}

/** The address of an answer: its link, or the page's where the text is too long for one. */
function address(answer) {
  return answer.querySelector("a[rel=bookmark]")?.href ?? form.dataset.ask;
}

/** Remember an answer among the last ones of this visit. */
function keep(answer, text) {
  const { told, share } = answer.querySelector("[data-told]")?.dataset ?? {};
  if (told) remember({ text, told, share });
}

/** Show a sentence of our own where the answer would be; the text stays in the box. */
function fail(message) {
  const said = problem(message);
  said.id = "problem";
  const answer = document.getElementById("answer");
  answer.replaceChildren(said);
  settle(answer);
}

function problem(message) {
  const said = document.createElement("p");
  said.className = "problem";
  said.dataset.said = "";
  said.textContent = message.trim();
  return said;
}

/** What every new answer needs: box marked or not, said aloud, in sight, copy buttons shown. */
function settle(answer, again = false) {
  if (answer.querySelector("#problem")) {
    box.setAttribute("aria-invalid", "true");
    box.setAttribute("aria-describedby", "problem");
  } else {
    box.removeAttribute("aria-invalid");
    box.removeAttribute("aria-describedby");
  }
  announce(answer.querySelector("[data-said]")?.textContent ?? "");
  reveal(answer);
  if (!again) answer.scrollIntoView({ block: "nearest" });
}

/** Be where one was before: the text in its box, judged or not. */
function restore({ text, why, typed }) {
  running?.abort();
  box.value = typed ?? text;
  if (text) return ask(text, { why, again: true });
  document.getElementById("answer").replaceChildren();
  document.title = form.dataset.title;
}

form.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("formaction")) return; // the language switch reloads
  event.preventDefault();
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
if (judged) keep(document.getElementById("answer"), judged);
follow({ text: judged, why: Boolean(document.querySelector("#why .words")) }, form, restore);
