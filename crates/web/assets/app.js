// Everything a page does beyond links and forms. Each part hangs on a data attribute; README.md lists them.
// Pages are complete without this file.

const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// --- Theme: the system's, until somebody chooses -----------------------------------------------------------------

function toggleTheme() {
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // Kept for this page only.
  }
}

// --- Times in the reader's zone ----------------------------------------------------------------------------------

const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const steps = [[31_557_600, "year"], [2_629_800, "month"], [86_400, "day"], [3_600, "hour"], [60, "minute"]];

function ago(date) {
  const seconds = Math.round((Date.now() - date) / 1000);
  if (seconds < 10) return "just now";
  for (const [length, name] of steps) {
    if (seconds >= (name === "month" ? 5_184_000 : length)) return relative.format(-Math.floor(seconds / length), name);
  }
  return relative.format(-seconds, "second");
}

function localTimes(within) {
  for (const time of all("time[datetime]", within)) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.getTime()) || time.dateTime.length <= 10) continue;
    time.title = full.format(date);
    if ("live" in time.dataset) time.textContent = ago(date);
  }
}

// "in 14 s": when a page asks again by itself.
function countDown() {
  for (const time of all("time[data-until]")) {
    const left = Math.ceil((new Date(time.dateTime) - Date.now()) / 1000);
    time.textContent = left > 0 ? `in ${left} s` : "now";
  }
}

function sayZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const place of all("[data-zone]")) place.textContent = zone;
}

// --- Copying -----------------------------------------------------------------------------------------------------

async function copy(button) {
  const label = button.querySelector("[data-label]") ?? button;
  const before = (button.dataset.before ??= label.textContent);
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    label.textContent = "copied";
  } catch {
    label.textContent = "not allowed here";
  }
  button.dataset.done = "";
  setTimeout(() => {
    label.textContent = before;
    delete button.dataset.done;
  }, 1500);
}

// --- Tabs: `?tab=x` in place ---------------------------------------------------------------------------------------

function showTab(name) {
  const wanted = document.getElementById(`tab-${name}`);
  if (!wanted) return false;
  for (const section of all("[data-tab-panel]")) section.hidden = section !== wanted;
  for (const link of all("[data-tabs] a")) {
    if (tabOf(link.href) === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  return true;
}

const tabOf = (address) => new URL(address, location.href).searchParams.get("tab") ?? "summary";

function followTab(event, link) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  if (!showTab(tabOf(link.href))) return;
  event.preventDefault();
  if (link.href !== location.href) history.pushState(null, "", link.href);
}

// --- Event streams -------------------------------------------------------------------------------------------------

function listen(holder) {
  const address = holder.dataset.stream;
  const stream = new EventSource(address);
  reserve(address);
  stream.addEventListener("part", (event) => replaceParts(event.data));
  stream.addEventListener("done", (event) => {
    stream.close();
    if (holder.dataset.streamEnd === "reload") return location.reload();
    const said = document.getElementById("part-said");
    if (said) said.textContent = event.data;
    remember(address);
    forgetHaste();
  });
  // The browser would ask again by itself, and each time Microsoft would be asked anew.
  stream.addEventListener("error", () => {
    stream.close();
    for (const place of all("[data-stream-broken]")) place.hidden = false;
  });
}

// Takes over each element with an id. What is being read stays where it is: a panel keeps the height that was reserved for
// it, the focus goes back to the same place, folds that the reader opened stay open.
function replaceParts(html) {
  const parts = document.createElement("template");
  parts.innerHTML = html;
  for (const part of [...parts.content.children]) {
    const old = part.id && document.getElementById(part.id);
    if (!old) continue;
    const focus = old.contains(document.activeElement) ? placeOf(document.activeElement, old) : null;
    for (const fold of all("details[id][open]", old)) part.querySelector(`#${CSS.escape(fold.id)}`)?.setAttribute("open", "");
    part.style.minHeight = old.style.minHeight;
    old.replaceWith(part);
    localTimes(part);
    if ("tabs" in part.dataset) showTab(tabOf(location.href));
    if (focus) find(focus, part)?.focus({ preventScroll: true });
  }
}

// The same search was seen before in this browser tab: its panels will be about as high again.
function reserve(address) {
  const heights = JSON.parse(sessionStorage.getItem(heightsOf(address)) ?? "{}");
  for (const panel of all(".found[id]")) {
    if (panel.offsetHeight < (heights[panel.id] ?? 0)) panel.style.minHeight = `${heights[panel.id]}px`;
  }
}

function remember(address) {
  const panels = all(".found[id]").filter((panel) => panel.offsetHeight);
  const heights = panels.map((panel) => [panel.id, panel.offsetHeight]);
  sessionStorage.setItem(heightsOf(address), JSON.stringify(Object.fromEntries(heights)));
}

const heightsOf = (address) => `heights of ${new URL(address, location.href).searchParams.get("q")}`;

// "Ask again" was meant once: loading the page again takes what is at hand.
function forgetHaste() {
  const here = new URL(location.href);
  here.searchParams.delete("fresh");
  if (here.href !== location.href) history.replaceState(null, "", here);
}

function placeOf(element, within) {
  if (element.id) return { id: element.id };
  return { tag: element.tagName, nth: all(element.tagName, within).indexOf(element) };
}

const find = (place, within) =>
  place.id ? document.getElementById(place.id) : all(place.tag, within)[place.nth];

// --- Rows by keyboard ------------------------------------------------------------------------------------------------

function step(row, by) {
  const rows = all("[tabindex]", row.parentElement).filter((one) => one.parentElement === row.parentElement);
  const next = rows[rows.indexOf(row) + by];
  if (!next) return;
  // One row at a time is in the way of the Tab key.
  row.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

document.addEventListener("keydown", (event) => {
  const target = event.target;
  const writing = target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") {
    for (const menu of all("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    if (writing) {
      // A search box would be emptied.
      event.preventDefault();
      target.blur();
    }
    return;
  }
  if (writing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    const box = document.getElementById("q");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
    return;
  }
  if (!target.matches?.("[data-rows] > [tabindex]")) return;
  const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (by) {
    event.preventDefault();
    step(target, by);
  } else if (event.key === "Enter") {
    (target.querySelector("[data-open]") ?? target.querySelector("a[href]"))?.click();
  }
});

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  if (at("[data-theme-toggle]")) toggleTheme();
  const copying = at("[data-copy]");
  if (copying) copy(copying);
  const tab = at("[data-tabs] a");
  if (tab) followTab(event, tab);
  for (const menu of all("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});

addEventListener("popstate", () => showTab(tabOf(location.href)));

localTimes(document);
sayZone();
setInterval(() => localTimes(document), 60_000);
setInterval(countDown, 1000);
for (const holder of all("[data-stream]")) listen(holder);
