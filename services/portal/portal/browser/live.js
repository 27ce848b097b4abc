// Shows what is new while a page stands open: the number of things to do, and each part marked `data-live`.
// Without it, or without its stream, a page shows what was true when it was loaded.

const ADDRESS = "/api/notices/live";
const AGAIN_AFTER = 60_000;
const SIGNS_OF_A_PERSON = ["pointerdown", "keydown", "visibilitychange"];
const number = document.getElementById("todo-count");
const news = document.getElementById("live-news");
const parts = [...document.querySelectorAll("[data-live]")].map((part) => part.id);
let stream = null;
let known = null;
let isLate = false;

document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
document.addEventListener("focusout", () => isLate && requestAnimationFrame(refresh));
open();

function open() {
  if (stream || document.hidden) return;
  stream = new EventSource(ADDRESS);
  stream.addEventListener("standing", ({ data, lastEventId }) => tell(JSON.parse(data), lastEventId));
  stream.addEventListener("ended", close);
  stream.onerror = () => {
    if (stream?.readyState !== EventSource.CLOSED) return; // it comes back by itself
    close();
    setTimeout(waitForAPerson, AGAIN_AFTER);
  };
}

function close() {
  stream?.close();
  stream = null;
}

// A page that nobody looks at must not keep a session alive: the token is renewed when somebody does something.
function waitForAPerson() {
  const back = new AbortController();
  for (const sign of SIGNS_OF_A_PERSON) {
    document.addEventListener(sign, () => document.hidden || (back.abort(), renew()), { signal: back.signal });
  }
}

async function renew() {
  const answer = await fetch("/api/identity/renewal", { method: "POST", credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) open();
}

// The first standing is what the page shows already, unless its number says otherwise.
function tell(standing, mark) {
  const isNew = known === null ? standing.todos !== shown() : mark !== known;
  known = mark;
  if (!isNew) return;
  if (number && standing.todos !== null) {
    number.firstElementChild.textContent = standing.todos;
    number.hidden = standing.todos === 0;
  }
  news.textContent = `Updated. ${standing.todos ?? 0} to do, ${standing.unread} unread ${standing.unread === 1 ? "notice" : "notices"}.`;
  refresh();
}

function shown() {
  return number ? Number(number.firstElementChild.textContent) : null;
}

async function refresh() {
  isLate = false;
  if (parts.length === 0) return;
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of parts) {
    const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
    if (!old || !now) continue;
    if (old.contains(document.activeElement)) isLate = true; // nothing changes under somebody's hands
    else old.replaceWith(now);
  }
}
