// The desk's small conveniences; every page works without this file.

const csrf = document.querySelector('meta[name="csrf"]')?.content;

document.body.addEventListener("htmx:configRequest", (event) => {
  if (csrf) event.detail.headers["X-CSRF-Token"] = csrf;
});

// Empty filters leave the address.
document.body.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") return;
  const { formData } = event.detail;
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});

const typing = (element) => element.closest("input, select, textarea, [contenteditable]");

// Keys: / search, j and k walk through a list, Enter opens, e edits, ? help.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) turnPhoto(step);
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    const search = document.querySelector("[data-search]");
    (search ?? document.querySelector("input[type=search]"))?.select();
  } else if (event.key === "j" || event.key === "k") {
    walk(event.key === "j" ? 1 : -1);
  } else if (event.key === "e") {
    document.querySelector("[data-key=e]")?.click();
  } else if (event.key === "?") {
    document.querySelector("[data-key=help]")?.click();
  }
});

function walk(step) {
  const rows = [...document.querySelectorAll("tr[data-row]")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  next.querySelector("a")?.focus();
  next.scrollIntoView({ block: "nearest" });
}

// Photos open large in a dialog; without this file the link opens the picture itself.
const dialog = document.querySelector("dialog#large");
let links = [];
let shown = 0;

function showPhoto(index) {
  shown = (index + links.length) % links.length;
  const link = links[shown];
  dialog.querySelector("img").src = link.href;
  dialog.querySelector("img").alt = link.dataset.caption;
  const place = `${shown + 1}／${links.length}`;
  dialog.querySelector("span").textContent = `${link.dataset.caption}（${place}，← → 翻看）`;
}

function turnPhoto(step) {
  if (links.length > 1) showPhoto(shown + step);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-large]");
  if (link && dialog) {
    event.preventDefault();
    links = [...document.querySelectorAll("a[data-large]")];
    showPhoto(links.indexOf(link));
    dialog.showModal();
  }
  if (event.target.closest("[data-close]") || event.target === dialog) dialog?.close();
  if (event.target.closest("[data-print]")) window.print();
  const all = event.target.closest("input[data-all]");
  if (all) {
    const boxes = document.querySelectorAll(`input[name="${all.dataset.all}"]`);
    for (const box of boxes) box.checked = all.checked;
  }
});

// Nothing typed is lost by a stray click, and nothing is sent twice by an impatient one.
let dirty = false;
document.addEventListener("input", (event) => {
  if (event.target.closest("form[data-guard]")) dirty = true;
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "post" && !form.dataset.repeat) {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    for (const element of form.querySelectorAll("[data-busy]")) element.hidden = false;
  }
  dirty = false;
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const element of document.querySelectorAll("[data-busy]")) element.hidden = true;
});
window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

// On a phone the frame is one bar; 菜单 opens and closes the rest of it (narrow.css).
const fold = document.querySelector("[data-fold]");

function openFrame(open) {
  fold.setAttribute("aria-expanded", String(open));
  fold.closest(".side").classList.toggle("open", open);
}

fold?.addEventListener("click", () => openFrame(fold.getAttribute("aria-expanded") === "false"));
fold?.closest(".side").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || fold.getAttribute("aria-expanded") === "false") return;
  openFrame(false);
  fold.focus();
});

// What a narrow screen moves sideways, the arrow keys move as well.
function reachTables() {
  for (const { parentElement: box } of document.querySelectorAll("main .table")) {
    const wide = box.scrollWidth > box.clientWidth && !box.querySelector("a, button, input");
    if (wide) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

window.addEventListener("resize", reachTables);
document.body.addEventListener("htmx:afterSettle", reachTables);
reachTables();
for (const element of document.querySelectorAll(".js-only")) element.hidden = false;
for (const element of document.querySelectorAll(".no-js")) element.hidden = true;
