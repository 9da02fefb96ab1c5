// Answers without leaving the page. The plain form does all of this too; script only saves the
// reload. It never writes HTML: answers are parsed, escaped as the server sent them, and adopted.

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
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
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

/** Say that an answer is on its way. The button stays live: asking again is allowed. */
function pending(yes) {
  const button = form.querySelector(".primary");
  button.dataset.idle ??= button.textContent;
  button.textContent = yes ? button.dataset.pending : button.dataset.idle;
  form.setAttribute("aria-busy", yes);
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
  const problem = document.createElement("p");
  problem.id = "problem";
  problem.className = "problem";
  problem.dataset.said = "";
  problem.textContent = message;
  const answer = document.getElementById("answer");
  answer.replaceChildren(problem);
  settle(answer);
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

function announce(text) {
  document.getElementById("announce").textContent = text.trim().replace(/\s+/g, " ");
}

/** Show what only works with script; copying needs a secure origin. */
function reveal(root) {
  for (const node of root.querySelectorAll("[data-scripted]")) node.hidden = false;
  for (const node of root.querySelectorAll("[data-copy]")) node.hidden = !navigator.clipboard;
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
