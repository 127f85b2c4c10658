// 照片核查 by keys: one key an answer; the next question is there before the answer has been sent.
// Without this file every button still works, one page a question.

let last = null; // the address of the question answered last, for Z
let ahead = null; // { from, promise }: the question after the one on the screen, fetched in advance
let sending = Promise.resolve(true); // answers go one after the other
const answered = new Set();
let open = 0; // answers on their way

const review = () => document.querySelector("#review");
const trouble = document.querySelector("#trouble");

async function fetchPart(address) {
  const onlyPart = address + (address.includes("?") ? "&" : "?") + "part=1";
  const answer = await fetch(onlyPart, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  const part = holder.content.querySelector("#review");
  for (const picture of part.querySelectorAll("img, image")) {
    new Image().src = picture.getAttribute("src") ?? picture.getAttribute("href");
  }
  return part;
}

function lookAhead() {
  const from = review().dataset.next;
  const promise = from ? fetchPart(from) : Promise.resolve(null);
  promise.catch(() => {}); // whoever needs it will see
  ahead = { from, promise };
}

function show(part) {
  review().replaceWith(part);
  const revise = part.querySelector("[data-key=z]");
  if (last && last !== part.dataset.here && revise) {
    revise.href = last;
    revise.hidden = false;
  }
  if (part.dataset.here) history.replaceState(null, "", part.dataset.here);
  document.dispatchEvent(new CustomEvent("form:shown"));
  part.focus({ preventScroll: true });
  if (part.getBoundingClientRect().top < 0) part.scrollIntoView();
  lookAhead();
}

async function go(address) {
  try {
    await sending;
    const part = await fetchPart(address);
    document.querySelector("#left").textContent = part.dataset.left;
    show(part);
    return true;
  } catch {
    say("没有打开，可能是网断了。请再按一次。");
    return false;
  }
}

function say(text) {
  trouble.hidden = !text;
  trouble.querySelector("span").textContent = text;
}

function countDown(counts) {
  const left = document.querySelector("#left");
  if (!counts) {
    left.textContent = Math.max(0, Number(left.textContent) - 1);
    return;
  }
  left.textContent = Math.max(0, counts.left - open);
  for (const place of document.querySelectorAll("[data-count]")) {
    place.textContent = counts.counts[place.dataset.count];
  }
  const menu = document.querySelector("[data-menu-count=desk_reviews]");
  if (menu) {
    menu.textContent = counts.all;
    menu.hidden = !counts.all;
  }
}

// Sends one answer; true when the server has it, else the sentence why not.
async function send(form, body) {
  const headers = { Accept: "application/json" };
  const answer = await fetch(form.action, { method: "POST", body, headers });
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  const said = isJson ? await answer.json() : null;
  if (answer.ok && said && !answer.redirected) {
    open -= 1;
    countDown(said);
    document.dispatchEvent(new CustomEvent("form:saved", { detail: form }));
    return true;
  }
  return said?.message ?? "这一条没有存上，请再答一次。";
}

async function decide(button) {
  const part = review();
  const form = button.form;
  const text = form.elements.sign_text;
  if (button.value === "differs" && "textNeeded" in form.dataset && !text.value.trim()) {
    say("请照着照片写下牌上的字，再按回车；看不清的，按 3。");
    text.focus();
    return;
  }
  say("");
  const body = new FormData(form);
  body.set("decision", button.value);
  const { here, id } = part.dataset;
  const revising = form.elements.seen.value !== "0";
  part.setAttribute("inert", "");
  open += 1;
  answered.add(id);
  if (!revising) countDown();
  const before = last;
  last = here;
  const sent = (sending = sending
    .then(() => send(form, body))
    .catch(() => "网断了，这一条没有存上。请再答一次。"));
  sent.then(async (outcome) => {
    if (outcome === true) return;
    // Back to the question that was not kept, whatever is on the screen by now.
    open -= 1;
    answered.delete(id);
    last = before;
    if (!(await go(here))) part.removeAttribute("inert");
    say(outcome);
  });
  try {
    let next = await ahead.promise;
    if (!next || answered.has(next.dataset.id)) {
      if ((await sent) !== true) return;
      next = await fetchPart(part.dataset.next);
    }
    if ((await Promise.race([sent, Promise.resolve(true)])) === true) show(next);
  } catch {
    if ((await sent) === true && !(await go(part.dataset.next))) part.removeAttribute("inert");
  }
}

const typing = (element) => element.closest("input:not([type=checkbox]), select, textarea");

window.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const part = review();
    if (typing(event.target)) {
      if (event.key !== "Enter" || event.target.id !== "sign_text") return;
      event.preventDefault();
      part.querySelector("button[value=differs]").click();
      return;
    }
    const steps = { ArrowLeft: "previous", ArrowRight: "next", z: "z", Z: "z" };
    const key = event.key.toLowerCase();
    if (steps[event.key]) {
      const link = part.querySelector(`[data-key=${steps[event.key]}]`);
      if (link?.href) link.click();
    } else if (/^[123]$/.test(event.key)) {
      part.querySelector(`[data-answer="${event.key}"]`)?.click();
    } else if (key === "b") {
      document.body.classList.toggle("without-boxes");
    } else if (key === "e" || key === "n") {
      part.querySelector(key === "e" ? "#sign_text" : "#note")?.select();
    } else if (event.key === "?") {
      const keys = document.querySelector("details.keys");
      keys.open = !keys.open;
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-answer]");
  const link = event.target.closest("#review a[data-key]");
  if (event.ctrlKey || event.metaKey || event.shiftKey || (!button && !link)) return;
  event.preventDefault();
  if (review().hasAttribute("inert")) return;
  if (button) {
    decide(button);
  } else if (link.dataset.key === "next" && ahead.from === link.getAttribute("href")) {
    ahead.promise.then((part) => show(part)).catch(() => go(link.href));
  } else {
    go(link.href);
  }
});

for (const place of document.querySelectorAll("select[data-submit]")) {
  place.addEventListener("change", () => place.form.submit());
}
last = document.querySelector("[data-key=z][href]")?.getAttribute("href") ?? null;
if (window.innerWidth <= 760) review().scrollIntoView(); // on a phone the menu comes first
lookAhead();
