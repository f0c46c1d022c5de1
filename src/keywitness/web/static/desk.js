// The desk's own script: the keyboard, the dialogs, choosing many cases, and news without reloading.
// All pages work without it, but for the dialogs. Nothing here makes markup of a text.
"use strict";

const page = document.body.dataset.page;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);

// --- Dialogs -------------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.open) document.getElementById(button.dataset.open)?.showModal();
  if ("shut" in button.dataset) button.closest("dialog").close();
  if ("keys" in button.dataset) document.getElementById("keys")?.showModal();
});

// --- The queue -----------------------------------------------------------------------------------------------------

let place = -1;
const rows = () => all("[data-row]");
const chosen = () => all("input[name=case]:checked");

function stand(at) {
  const list = rows();
  if (!list.length) return;
  place = Math.max(0, Math.min(at, list.length - 1));
  list.forEach((row, number) => row.classList.toggle("here", number === place));
  one("th a", list[place]).focus();
}

function count() {
  const bar = document.getElementById("bulkbar");
  if (!bar) return;
  const number = chosen().length;
  bar.hidden = number === 0;
  document.getElementById("chosen").textContent = `${number} chosen`;
}

document.addEventListener("change", (event) => {
  if (event.target.name === "case") count();
});

function chooseHere() {
  if (!chosen().length) {
    const box = rows()[place] && one("input[name=case]", rows()[place]);
    if (!box) return false;
    box.checked = true;
    count();
  }
  return true;
}

const press = (value) => {
  if (chooseHere()) one(`#bulk button[value=${value}]`)?.click();
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("withChosen" in form.dataset)) return;
  all("input[name=case]", form).forEach((old) => old.remove());
  for (const box of chosen()) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "case";
    field.value = box.value;
    form.append(field);
  }
});

// --- The keyboard --------------------------------------------------------------------------------------------------

const home = one(".brand")?.getAttribute("href");
const everywhere = {
  "?": () => document.getElementById("keys")?.showModal(),
  "/": () => document.getElementById("find")?.focus(),
  q: () => home && location.assign(home),
};
const inQueue = {
  j: () => stand(place + 1),
  k: () => stand(place - 1),
  x: () => {
    const box = rows()[place] && one("input[name=case]", rows()[place]);
    if (box) box.click();
  },
  a: () => press("take"),
  e: () => press("escalate"),
  c: () => chooseHere() && document.getElementById("bulk-close").showModal(),
};

function inCase(key) {
  if (/^[1-9]$/.test(key)) {
    const answer = all("[data-answer]")[key - 1];
    if (!answer) return false;
    answer.open = !answer.open;
    one("summary", answer).focus();
    return true;
  }
  const button = one(`button[data-key="${CSS.escape(key)}"]`);
  button?.click();
  return Boolean(button);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const act = (page === "queue" && inQueue[event.key]) || everywhere[event.key];
  if (act) {
    event.preventDefault();
    act();
  } else if (page === "case" && inCase(event.key)) event.preventDefault();
});

// --- News ----------------------------------------------------------------------------------------------------------
// The server says how long the record is; when it grew, the parts marked data-live are fetched again and put in place.
// What somebody is working in stays as it is until they are done.

const EVERY = 4000;
let tag = document.body.dataset.tag && `"${document.body.dataset.tag}"`;

function busy(part) {
  if (one("dialog[open]")) return true;
  const at = document.activeElement;
  return part.contains(at) && at.matches("input:not([type=checkbox]), textarea, select");
}

function renew(part, fresh) {
  const opened = all("details", part).map((d) => d.open);
  const ticked = new Set(all("input[name=case]:checked", part).map((box) => box.value.split(" ")[0]));
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.replaceChildren(...fresh.childNodes);
  const now = all("details", part);
  if (now.length === opened.length) now.forEach((d, number) => (d.open = opened[number]));
  all("input[name=case]", part).forEach((box) => (box.checked = ticked.has(box.value.split(" ")[0])));
  if (focused) one(`a[href="${CSS.escape(focused)}"]`, part)?.focus();
}

async function news() {
  if (document.hidden) return;
  const said = await fetch(document.body.dataset.state, { headers: { "If-None-Match": tag, "X-Live": "1" } });
  if (said.status === 401) return location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
  if (said.status !== 200) return;
  const parts = all("[data-live]");
  if (parts.some(busy)) return;
  const got = await fetch(location.href, { headers: { "X-Live": "1" } });
  if (!got.ok) return;
  const fresh = new DOMParser().parseFromString(await got.text(), "text/html");
  for (const part of parts) {
    const other = one(`[data-live="${part.dataset.live}"]`, fresh);
    if (other) renew(part, document.importNode(other, true));
  }
  // The forms carry the version that was seen; a form that is left closed may take the new one.
  const version = one("input[name=version]", fresh)?.value;
  if (version) all("input[name=version]").forEach((field) => (field.value = version));
  document.title = fresh.title;
  tag = `"${fresh.body.dataset.tag}"`;
  if (place >= 0) rows().forEach((row, number) => row.classList.toggle("here", number === place));
  count();
}

if (document.body.dataset.state) {
  setInterval(() => news().catch(() => {}), EVERY);
  document.addEventListener("visibilitychange", () => news().catch(() => {}));
}
count();
