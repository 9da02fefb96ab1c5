// Back, Forward and Reload find every text again: the judged one, and what was typed after it. Each
// place of the browser's history keeps {text, why, typed}; nothing of it leaves the browser.

const PAUSE = 300; // milliseconds between two times that what is typed is kept: browsers limit it
const PLACE = "place"; // where on the page one was, across a change of language

let here = { text: "" };
let timer = null;
let written = 0;

/** Whether one text grew out of the other while it was answered as it was typed. */
export function grown(old, text) {
  return old.live && (text.startsWith(old.text) || old.text.startsWith(text));
}

/** A place is visited: a new one, or the same text again with more typed or said about it. */
export function visit(place, address) {
  clearTimeout(timer);
  const same = place.text === here.text || grown(here, place.text);
  if (!same) history.replaceState({ ...here, typed: undefined }, ""); // it became this text
  here = place;
  history[same ? "replaceState" : "pushState"](here, "", address);
}

/** Keep what is typed: at once, and while it goes on now and then. */
export function draft(typed) {
  here = { ...here, typed };
  clearTimeout(timer);
  if (performance.now() - written > PAUSE) write();
  else timer = setTimeout(write, PAUSE);
}

function write() {
  clearTimeout(timer);
  written = performance.now();
  history.replaceState(here, "");
}

/**
 * Begin on a page that shows the answer to `text`, empty for none. `restore` is called with another
 * place whenever it is to be shown.
 */
export function begin({ text, why }, form, restore) {
  const before = history.state; // of this place, before a reload
  here = before?.text !== undefined ? before : { text, why };
  if (here.text !== text || (here.why && !why)) restore(here);
  else if (here.typed !== undefined) form.elements.sentence.value = here.typed;
  const answered = location.pathname !== new URL(form.dataset.ask, location.href).pathname;
  history.replaceState(here, "", answered ? form.dataset.ask : undefined); // no address of a form

  addEventListener("popstate", (event) => {
    if (event.state?.text === undefined) return write(); // a link within the page
    clearTimeout(timer);
    here = event.state;
    restore(here);
  });
  addEventListener("pagehide", write);
  for (const other of document.querySelectorAll(".switch[formaction]")) {
    other.addEventListener("click", () => leave(other));
  }
  const y = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (y) scrollTo(0, Number(y));
}

/** The page comes again in another language: with its reasons, and at the same place. */
function leave(button) {
  sessionStorage.setItem(PLACE, scrollY);
  button.formAction = button.formAction.split("#")[0];
  if (document.querySelector("#why .words")) Object.assign(button, { name: "why", value: "1" });
}
