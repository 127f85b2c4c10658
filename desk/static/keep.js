// Keeps what is typed into a form in this tab until it is saved, whatever ends in between.
//
// Never passwords, never files, never for another person. The server keeps a form that it did not
// take as well (desk/frame/again.py); this file is for what it never got.

const PREFIX = "czt-form:";
const IS_BASE = /^(seal|rounds_seal|version|seen.*)$/; // over which values a form was filled in
const said = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
const person = said("person");
const saved = said("saved").split(" ");

const pathOf = (form) => new URL(form.getAttribute("action") || "", location.href).pathname;
const isForm = (form) => form instanceof HTMLFormElement && form.method === "post";
const kind = (control) => control.type || "";

// Forms with one target tell themselves apart by what they hide, such as which of many is meant.
function keyOf(form) {
  const skip = ["csrf", "at", "draft", "clash", "mark", "sha256"];
  const hidden = [...form.querySelectorAll("input[type=hidden]")]
    .filter(({ name }) => name && !skip.includes(name) && !IS_BASE.test(name))
    .map(({ name, value }) => `${name}=${value}`);
  return PREFIX + [pathOf(form), ...hidden].join("&");
}

const typedIn = (form) =>
  [...form.elements].filter(
    (control) =>
      control.name &&
      !["hidden", "password", "file", "submit", "button", "reset"].includes(kind(control)) &&
      "value" in control &&
      !("nokeep" in control.dataset),
  );

const boxed = (control) => ["checkbox", "radio"].includes(kind(control));

function isChanged(control) {
  if (boxed(control)) return control.checked !== control.defaultChecked;
  if (control.options) {
    return [...control.options].some((one) => one.selected !== one.defaultSelected && one.selected);
  }
  return control.value !== control.defaultValue;
}

function valuesOf(form, names) {
  const found = {};
  for (const control of typedIn(form)) {
    if (!names.has(control.name)) continue;
    found[control.name] = found[control.name] ?? [];
    if (!boxed(control) || control.checked) found[control.name].push(control.value);
  }
  return found;
}

function read(key) {
  try {
    const held = JSON.parse(sessionStorage.getItem(key));
    return held && held.person === person ? held : null;
  } catch {
    return null;
  }
}

function forget(test) {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) && test(key)) sessionStorage.removeItem(key);
    }
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function keep(form) {
  const key = keyOf(form);
  const before = read(key);
  const names = new Set(Object.keys(before?.values ?? {}));
  for (const control of typedIn(form)) if (isChanged(control)) names.add(control.name);
  if (!names.size) return;
  const bases = {};
  for (const { name, value } of form.querySelectorAll("input[type=hidden]")) {
    if (IS_BASE.test(name)) bases[name] = value;
  }
  const draft = before?.draft ?? Math.random().toString(36).slice(2, 12);
  const held = { person, draft, bases, values: valuesOf(form, names) };
  try {
    sessionStorage.setItem(key, JSON.stringify(held));
  } catch {
    // No room, or not allowed: the server still keeps what it does not take.
  }
}

function fill(form, held) {
  for (const control of typedIn(form)) {
    const values = held.values[control.name];
    if (!values) continue;
    if (boxed(control)) control.checked = values.includes(control.value);
    else if (values.length) control.value = values[0];
  }
  for (const [name, value] of Object.entries(held.bases)) {
    const base = form.querySelector(`input[type=hidden][name="${name}"]`);
    if (base) base.value = value;
  }
}

function tell(form, key) {
  const notice = document.createElement("p");
  notice.className = "notice mind";
  notice.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = "上次在这里填的还没有保存，已经替您填回来了。请看一遍，再保存。 ";
  const drop = document.createElement("button");
  drop.type = "button";
  drop.textContent = "不要了";
  drop.addEventListener("click", () => {
    forget((one) => one === key);
    form.reset();
    location.reload();
  });
  notice.append(words, drop);
  form.prepend(notice);
}

function restore(form) {
  if (!isForm(form) || form.dataset.keeps) return;
  form.dataset.keeps = "1";
  const key = keyOf(form);
  const held = read(key);
  if (!held || said("kept") === pathOf(form)) return; // there the server has filled it in
  const names = new Set(Object.keys(held.values));
  if (JSON.stringify(valuesOf(form, names)) === JSON.stringify(held.values)) {
    forget((one) => one === key);
    return;
  }
  fill(form, held);
  tell(form, key);
}

function restoreAll() {
  for (const form of document.forms) restore(form);
}

for (const what of ["input", "change"]) {
  document.addEventListener(what, ({ target }) => {
    if (target.form && isForm(target.form)) keep(target.form);
  });
}

document.addEventListener("submit", ({ target }) => {
  if (!isForm(target)) return;
  if ("leaves" in target.dataset) {
    forget(() => true);
    return;
  }
  const held = read(keyOf(target));
  if (!held) return;
  const draft = target.elements.draft ?? document.createElement("input");
  Object.assign(draft, { type: "hidden", name: "draft", value: held.draft });
  target.append(draft);
});

// A script that sends a form itself says so here.
document.addEventListener("form:saved", ({ detail }) => {
  const key = keyOf(detail);
  forget((one) => one === key);
});
document.addEventListener("form:shown", restoreAll);
document.addEventListener("htmx:afterSettle", restoreAll);

forget((key) => {
  const held = read(key);
  return !held || saved.includes(held.draft);
});
restoreAll();

// Where two people changed one field, choosing 别人改的 puts it into the field below, and typing
// there chooses one's own again.
document.addEventListener("change", ({ target }) => {
  if (!target.dataset?.takes) return;
  const values = JSON.parse(target.dataset.value);
  for (const control of target.form.elements) {
    if (control.name !== target.dataset.takes) continue;
    if (boxed(control)) control.checked = values.includes(control.value);
    else control.value = values[0];
  }
});
document.addEventListener("input", ({ target }) => {
  const own = target.form?.querySelector(`[name="choose-${target.name}"][value=mine]`);
  if (own) own.checked = true;
});
