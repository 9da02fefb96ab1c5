// Corrects a row without leaving the page. The plain form does the same, with a reload.

import { announce, parsed } from "./page.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches(".correct") || form.dataset.plain) return;
  event.preventDefault();
  const old = form.closest("li");
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const page = await fetched(form.action, body);
  const fresh = page?.getElementById(old.id);
  if (!fresh) {
    form.dataset.plain = "yes"; // it left the rows that are shown, or something is wrong
    form.requestSubmit(event.submitter);
    return;
  }
  const mine = document.importNode(fresh, true);
  old.replaceWith(mine);
  mine.focus({ preventScroll: true });
  announce(mine.querySelector(".corrected")?.textContent ?? mine.querySelector(".text").textContent);
});

/** The page that answers, parsed but not run; null when there is none. */
async function fetched(address, body) {
  try {
    return await parsed(await fetch(address, { method: "POST", body }));
  } catch {
    return null;
  }
}
