// Takes files by a drop, and tells how far an upload is. The plain form sends them too. It never
// writes HTML: parts of the server's own pages are adopted.

import { announce, parsed } from "./page.js";

const RETRY = 3_000; // milliseconds between two looks whether the page can be reached again
const ATTEMPTS = 3; // uploads that break off before the browser is left to send the plain form
const QUARTER = 0.25; // how far an upload gets between two sentences of a screen reader

const form = document.getElementById("upload");
const sending = form.querySelector("[data-sending]");
const bar = sending.querySelector("progress");
const told = sending.querySelector("[data-told]");

/** What to say about the chosen file before it is sent: too large a one would be sent in vain. */
function check() {
  const [file] = form.elements.file.files;
  const large = file && file.size > Number(form.dataset.most);
  form.elements.file.setCustomValidity(large ? form.dataset.large : "");
  if (file) form.querySelector("[data-drop] small").textContent = file.name;
}

function drop(event) {
  event.preventDefault();
  form.classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  const first = new DataTransfer();
  first.items.add(event.dataTransfer.files[0]);
  form.elements.file.files = first.files;
  check();
  form.requestSubmit();
}

/** Send the file, and go where the server's answer is. */
async function send() {
  pending(true);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const reply = await uploaded();
    if (reply) return arrive(reply);
    say(sending.dataset.broken);
    announce(sending.dataset.broken);
    await reachable();
  }
  form.submit();
}

/** One attempt to send the form: the server's answer, null where the connection broke off. */
function uploaded() {
  const request = new XMLHttpRequest();
  const begun = performance.now();
  let spoken = 0;
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    const share = loaded / total;
    bar.value = share;
    say(share < 1 ? [said(share), left(begun, share)].filter(Boolean).join(" · ") : sending.dataset.looking);
    if (share - spoken < QUARTER) return;
    spoken = share;
    announce(share < 1 ? said(share) : sending.dataset.looking);
  });
  request.upload.addEventListener("load", () => bar.removeAttribute("value"));
  return new Promise((resolve) => {
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", () => resolve(null));
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}

const said = (share) => sending.dataset.said.replace("{percent}", `${Math.floor(share * 100)}%`);

/** How long the rest will take; nothing before there is enough to tell by. */
function left(begun, share) {
  const spent = (performance.now() - begun) / 1000;
  if (spent < 1 || !share) return "";
  const rest = Math.max(1, Math.ceil((spent / share) * (1 - share)));
  const [seconds, minutes] = sending.dataset.units.split("|");
  const time = rest < 90 ? seconds.replace("{count}", rest) : minutes.replace("{count}", Math.round(rest / 60));
  return sending.dataset.left.replace("{time}", time);
}

function say(text) {
  told.textContent = text;
}

/** Wait until the page answers. */
async function reachable() {
  for (;;) {
    await new Promise((resolve) => {
      setTimeout(resolve, RETRY);
      addEventListener("online", resolve, { once: true });
    });
    try {
      await fetch(form.action, { method: "HEAD" });
      return;
    } catch {
      // Not yet.
    }
  }
}

/** The page of the file, or what is wrong with it, above the box. */
async function arrive(request) {
  if (request.responseURL && new URL(request.responseURL).pathname !== new URL(form.action).pathname) {
    location.assign(request.responseURL);
    return;
  }
  const page = await parsed(new Response(request.responseText));
  const problem = page.getElementById("problem");
  pending(false);
  form.querySelector("#problem")?.remove();
  if (!problem) return form.submit();
  const mine = document.importNode(problem, true);
  form.prepend(mine);
  form.elements.file.setAttribute("aria-invalid", "true");
  form.elements.file.setAttribute("aria-describedby", "limits problem");
  announce(mine.textContent);
  form.elements.file.focus();
}

/** Say that the file is on its way. */
function pending(yes) {
  const button = form.querySelector(".primary");
  button.dataset.idle ??= button.textContent;
  button.textContent = yes ? button.dataset.pending : button.dataset.idle;
  button.disabled = yes;
  form.setAttribute("aria-busy", yes);
  sending.hidden = !yes;
  bar.value = 0;
  say("");
  if (yes) announce(button.dataset.pending);
}

form.elements.file.addEventListener("change", check);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
for (const kind of ["dragover", "dragleave"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.toggle("over", kind === "dragover");
  });
}
form.addEventListener("drop", drop);
check();
