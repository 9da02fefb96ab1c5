// The last sentences of this visit with their answers: in this tab alone, until it is closed.

import { grown } from "./journey.js";
import { announce } from "./page.js";

const KEY = "past";
const MOST = 20;

const panel = document.getElementById("past");
const row = document.getElementById("past-row");
const words = document.getElementById("past-words");

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? [];
  } catch {
    return []; // storage is turned off
  }
}

function store(entries) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(entries));
  } catch {
    // Turned off, or full: the list is a convenience.
  }
  draw(entries);
}

/** Put {text, told, share, live} in front; a text stands there once, and as it was last typed. */
export function remember(entry) {
  const others = stored().filter((each) => each.text !== entry.text && !grown(each, entry.text));
  store([entry, ...others].slice(0, MOST));
}

/** What was told, in the language of the page. */
function told({ told: name, share }) {
  const word = [...words.content.children].find((each) => each.dataset.name === name);
  const shown = document.importNode(word ?? document.createElement("b"), true);
  if (!word) shown.textContent = name;
  if (share) shown.append(` ${share}`);
  return shown;
}

function draw(entries) {
  panel.hidden = entries.length === 0;
  panel.querySelector("[data-count]").textContent = entries.length;
  panel.querySelector("ol").replaceChildren(
    ...entries.map((entry) => {
      const line = document.importNode(row.content, true);
      const link = line.querySelector("a");
      link.textContent = entry.text;
      link.href = `${panel.dataset.page}?${new URLSearchParams({ sentence: entry.text })}`;
      link.after(told(entry));
      return line;
    }),
  );
}

/** A cell as spreadsheets take it from the clipboard. */
function cell(text = "") {
  return /["\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function copy(button) {
  const lines = stored().map((entry) => [
    entry.text,
    told({ told: entry.told }).dataset.word ?? entry.told,
    entry.share,
  ]);
  const table = [JSON.parse(panel.dataset.columns), ...lines];
  await navigator.clipboard.writeText(table.map((line) => line.map(cell).join("\t")).join("\n"));
  button.textContent = button.dataset.copied;
  announce(button.dataset.copied);
}

panel.querySelector("[data-table]").hidden = !navigator.clipboard;
panel.addEventListener("click", (event) => {
  if (event.target.matches("[data-table]")) copy(event.target);
  if (event.target.matches("[data-clear]")) {
    store([]);
    document.getElementById("sentence").focus();
  }
});
draw(stored());
