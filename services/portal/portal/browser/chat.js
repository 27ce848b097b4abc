// Keeps a chat and the chat desk up to date, and sends a message until it is answered: a line that drops or a server
// that starts anew loses nothing and doubles nothing, because each message keeps its key. Without this script the page
// says the same after "Check for new messages".

const chat = document.getElementById("chat");
const log = document.getElementById("chat-log");
const form = document.getElementById("chat-form");
const line = document.getElementById("chat-line");
const AGAIN_AFTER = 1_000;
const SOON_ENOUGH = 10_000;
let stream = null;
let again = null;
let asking = Promise.resolve();

if (chat?.dataset.live) {
  document.documentElement.classList.add("cx-live");
  scrollDown();
  open();
  addEventListener("online", open);
  document.addEventListener("visibilitychange", () => document.hidden || (open(), news()));
}
form?.addEventListener("submit", (event) => (event.preventDefault(), send()));
form?.elements.text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) (event.preventDefault(), form.requestSubmit());
});
for (const reply of document.querySelectorAll("[data-reply]")) {
  reply.addEventListener("click", (event) => {
    event.preventDefault();
    form.elements.text.value = reply.textContent;
    form.elements.text.focus();
  });
}

function last() {
  return Math.max(0, ...[...log.children].map((each) => Number(each.dataset.seq)));
}

// A stream that was refused stays closed: it is opened anew, and goes on after the last line that is here.
function open() {
  if (stream && stream.readyState !== EventSource.CLOSED) return;
  clearTimeout(again);
  const since = log && chat.dataset.event !== "desk" ? `?since=${last()}` : "";
  stream = new EventSource(chat.dataset.live + since);
  for (const name of chat.dataset.event.split(" ")) stream.addEventListener(name, news);
  stream.addEventListener("ended", () => stream.close());
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return; // it comes back by itself
    again = setTimeout(open, AGAIN_AFTER);
  };
}

function news() {
  asking = asking.then(log && chat.dataset.messages ? lines : parts).catch(() => null);
  return asking;
}

async function lines() {
  const answer = await ask(`${chat.dataset.messages}?since=${last()}`);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const known = last();
  for (const item of fresh.querySelectorAll("#chat-log > li")) {
    if (Number(item.dataset.seq) > known) log.append(item);
  }
  scrollDown();
  const [old, now] = [document.getElementById("chat-standing"), fresh.getElementById("chat-standing")];
  const isOver = old.dataset.state !== now.dataset.state && old.dataset.state === "ACTIVE";
  if (old.textContent !== now.textContent) old.innerHTML = now.innerHTML;
  old.dataset.state = now.dataset.state;
  if (isOver) return location.reload();
  await parts();
}

// The desk's lists, loaded again beside what somebody works on.
async function parts() {
  const ids = [...document.querySelectorAll("[data-part]")].map((part) => part.id);
  if (ids.length === 0) return;
  const answer = await ask(location.href);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ids) {
    const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
    if (now && !old.contains(document.activeElement)) old.replaceWith(now);
  }
}

async function send() {
  const body = new URLSearchParams(new FormData(form));
  if (!form.elements.text.value.trim() || form.dataset.busy) return;
  form.dataset.busy = "yes";
  form.elements.text.readOnly = true;
  line.textContent = chat.dataset.sending;
  let answer = null;
  while (!(answer = await sent(body))) {
    line.textContent = chat.dataset.lost;
    await new Promise((resume) => setTimeout(resume, AGAIN_AFTER));
  }
  delete form.dataset.busy;
  form.elements.text.readOnly = false;
  line.textContent = "";
  if (answer.type !== "opaqueredirect") return form.submit(); // refused: the page that says why
  form.elements.key.value = crypto.randomUUID();
  form.elements.text.value = "";
  form.elements.text.focus();
  await news();
}

// Answered with the redirect that follows an accepted message, or with a refusal; null while nobody answers.
async function sent(body) {
  const told = { method: "POST", body, redirect: "manual", credentials: "same-origin" };
  const answer = await ask(form.action, told);
  return answer && answer.status < 500 && answer.status !== 429 ? answer : null;
}

function ask(address, told = { credentials: "same-origin" }) {
  return fetch(address, { ...told, signal: AbortSignal.timeout(SOON_ENOUGH) }).catch(() => null);
}

function scrollDown() {
  const box = document.querySelector(".cx-chat__scroll");
  if (box) box.scrollTop = box.scrollHeight;
}
