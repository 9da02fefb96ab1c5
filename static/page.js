// What the scripts of the pages share.

/** Have a screen reader say a text aloud. */
export function announce(text) {
  const status = document.getElementById("announce");
  if (status) status.textContent = text.trim().replace(/\s+/g, " ");
}

/** The page of a reply, parsed but not run. */
export async function parsed(reply) {
  return new DOMParser().parseFromString(await reply.text(), "text/html");
}

/** Do what nobody waits for, once what was laid out is painted. */
export function painted(work) {
  if (document.hidden) work();
  else requestAnimationFrame(() => setTimeout(work));
}

/** Show what only works with script; copying needs a secure origin. */
export function reveal(root) {
  for (const node of root.querySelectorAll("[data-scripted]")) node.hidden = false;
  for (const node of root.querySelectorAll("[data-copy]")) node.hidden = !navigator.clipboard;
}
