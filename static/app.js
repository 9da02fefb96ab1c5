// Answers without leaving the page. The plain form does all of this too; script only saves the
// reload. It never writes HTML: answers are parsed, escaped as the server sent them, and adopted.

import { announce, parsed, reveal } from "./page.js";

const LONGEST_WAIT = 20_000; // milliseconds until a request is given up
const PATIENCE = 150; // milliseconds before "judging" is shown: quick answers must not flicker

const form = document.getElementById("judge");
let running = null;

/** Ask for the answer to what is in the box; a newer question ends an older one. */
async function ask() {
  running?.abort();
  const mine = (running = new AbortController());
  const patience = setTimeout(pending, PATIENCE, true);
  const limit = setTimeout(() => mine.abort("late"), LONGEST_WAIT);
  try {
    const body = new URLSearchParams({ sentence: form.elements.sentence.value });
    const reply = await fetch(form.action, { method: "POST", body, signal: mine.signal });
    const page = await parsed(reply);
    if (mine !== running) return;
    if (page.getElementById("answer")) show(page);
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
    const reply = await fetch(link ?? asked.action, options);
    const page = await parsed(reply);
    if (!section.isConnected) return; // another sentence was judged meanwhile
    const why = page.getElementById("why");
    if (why) adopt(why, section, link);
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
function adopt(theirs, ours, link) {
  const section = document.importNode(theirs, true);
  ours.replaceWith(section);
  if (link) history.replaceState(null, "", link);
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
function show(page) {
  const answer = document.importNode(page.getElementById("answer"), true);
  document.getElementById("answer").replaceWith(answer);
  document.title = page.title;
  const link = answer.querySelector("a[rel=bookmark]");
  history.replaceState(null, "", link ? link.href : new URL(form.action).pathname);
  settle(answer);
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
function settle(answer) {
  const box = form.elements.sentence;
  if (answer.querySelector("#problem")) {
    box.setAttribute("aria-invalid", "true");
    box.setAttribute("aria-describedby", "problem");
  } else {
    box.removeAttribute("aria-invalid");
    box.removeAttribute("aria-describedby");
  }
  announce(answer.querySelector("[data-said]")?.textContent ?? "");
  reveal(answer);
  answer.scrollIntoView({ block: "nearest" });
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.href ?? source.value ?? source.textContent.trim());
  button.textContent = button.dataset.copied;
}

if (form) {
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return; // the language switch reloads
    event.preventDefault();
    ask();
  });
  form.elements.sentence.addEventListener("keydown", (event) => {
    // Enter that ends a Hangul composition belongs to the input method (229: Safari's way).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-why]")) return;
  event.preventDefault();
  explain(event.target);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
  const example = event.target.closest("[data-example]");
  if (!example || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  form.elements.sentence.value = example.textContent;
  form.requestSubmit();
});

reveal(document);
