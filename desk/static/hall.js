// 大屏: one screen after the other; the data renew themselves, and stay when the server is away.
// Without this file all screens stand below one another.

const TURN_MS = 15_000;
const RENEW_MS = 5 * 60_000;
const PATIENCE_MS = 30_000;

const root = document.documentElement;
const button = document.querySelector("[data-hold]");
const quiet = window.matchMedia("(prefers-reduced-motion: reduce)");
let at = 0;
let held = quiet.matches; // who wants nothing to move turns the screens by hand
let turned = Date.now();

const screens = () => [...document.querySelectorAll("[data-screen]")];

function show(index) {
  const all = screens();
  at = (index + all.length) % all.length;
  all.forEach((one, place) => one.toggleAttribute("data-on", place === at));
  document.querySelector("[data-at]").textContent = `${at + 1}／${all.length}`;
  turned = Date.now();
}

function hold(yes) {
  held = yes;
  button.setAttribute("aria-pressed", String(held));
  button.textContent = held ? "接着翻" : "停住";
  turned = Date.now();
}

function trouble(words) {
  document.querySelector("[data-trouble]").textContent = words;
}

/** Take the new figures over; whatever goes wrong, the old ones stay and say how old they are. */
async function renew() {
  try {
    const answer = await fetch(location.href, {
      cache: "no-store",
      headers: { Accept: "text/html" },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.redirected || answer.status === 401 || answer.status === 403) {
      trouble("登录到期了，数不再更新，请重新登录");
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = found.querySelector("#hall");
    const moment = found.querySelector("[data-as-of]");
    if (!fresh?.querySelector("[data-screen]") || !moment) throw new Error("not the hall");
    document.querySelector("#hall").replaceChildren(...fresh.childNodes);
    document.querySelector("[data-as-of]").textContent = moment.textContent;
    const since = turned;
    show(Math.min(at, screens().length - 1));
    turned = since; // renewing does not put off the next turn
    trouble("");
  } catch {
    trouble("连不上服务器，先看旧的数，连上了自己更新");
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && event.target !== button) {
    event.preventDefault();
    hold(!held);
  } else if (event.key === "ArrowRight") show(at + 1);
  else if (event.key === "ArrowLeft") show(at - 1);
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("a")) hold(!held);
});
quiet.addEventListener("change", () => quiet.matches && hold(true));

root.classList.add("turning");
button.hidden = false;
show(0);
hold(held);
setInterval(() => {
  if (!held && Date.now() - turned >= TURN_MS) show(at + 1);
}, 500);
setInterval(renew, RENEW_MS);
window.addEventListener("online", renew);
