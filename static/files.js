// Drops files onto the form and keeps the progress fresh without a reload. The pages do all of it
// without script too. It never writes HTML: parts of freshly rendered pages are adopted.

import { announce, parsed } from "./page.js";

const PAUSE = 1_000; // milliseconds between two looks at the progress

const form = document.getElementById("upload");

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

function pending() {
  const button = form.querySelector(".primary");
  button.textContent = button.dataset.pending;
  form.setAttribute("aria-busy", "true");
  announce(button.dataset.pending);
}

/** Look again while a file waits or is judged; only what changed is replaced. */
async function refresh() {
  try {
    const page = await parsed(await fetch(location.href));
    const fresh = page.getElementById("job");
    if (!fresh) return location.reload(); // removed, or the login is over
    if (fresh.dataset.state !== "queued" && fresh.dataset.state !== "running") {
      return location.reload(); // it has ended: the whole page is another
    }
    const progress = document.importNode(fresh.querySelector("#progress"), true);
    document.getElementById("progress").replaceWith(progress);
    document.title = page.title;
  } catch {
    // The server is gone or busy: the next look tells.
  }
  setTimeout(refresh, PAUSE);
}

if (form) {
  form.elements.file.addEventListener("change", check);
  form.addEventListener("submit", pending);
  for (const kind of ["dragover", "dragleave"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.toggle("over", kind === "dragover");
    });
  }
  form.addEventListener("drop", drop);
  check();
}

if (["queued", "running"].includes(document.getElementById("job")?.dataset.state)) {
  setTimeout(refresh, PAUSE);
}
