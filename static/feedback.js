// Says whether an answer was right without leaving it. The plain form does the same, with a reload.

import { parsed } from "./page.js";

document.addEventListener("submit", async (event) => {
  const old = event.target.closest(".feedback");
  if (!old || event.target.dataset.plain) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target));
  body.append(event.submitter.name, event.submitter.value);
  const page = await fetched(event.target.action, body);
  const fresh = page?.querySelector(".feedback");
  if (fresh) {
    const mine = document.importNode(fresh, true);
    old.replaceWith(mine);
    mine.querySelector("[tabindex]")?.focus(); // the button is gone: what came of it is read aloud
  } else {
    event.target.dataset.plain = "yes"; // the login page, an error: let the browser go there
    event.target.requestSubmit(event.submitter);
  }
});

/** The page that answers, parsed but not run; null when there is none. */
async function fetched(address, body) {
  try {
    return await parsed(await fetch(address, { method: "POST", body }));
  } catch {
    return null;
  }
}
