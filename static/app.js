// What every page has: what only works with script is shown, and buttons copy.

import { announce, reveal } from "./page.js";

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.href ?? source.value ?? source.textContent.trim());
  button.textContent = button.dataset.copied;
  announce(button.dataset.copied);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

for (const box of document.querySelectorAll("[data-show]")) {
  const field = document.getElementById(box.dataset.show);
  const show = () => (field.type = box.checked ? "text" : "password");
  box.addEventListener("change", show);
  field.form.addEventListener("submit", () => (field.type = "password")); // managers look for it
}

reveal(document);
