// Warns two minutes before the session ends, and extends it when asked. Times come from the server.

const WARN_AHEAD = 2 * 60;
const warning = document.getElementById("session-warning");
let timers = [];

if (warning) {
  arm(Number(warning.dataset.secondsLeft));
  warning.querySelector("button").addEventListener("click", extend);
}

function arm(secondsLeft) {
  timers.forEach(clearTimeout);
  warning.hidden = true;
  const warnIn = Math.max(secondsLeft - WARN_AHEAD, 0);
  timers = [
    setTimeout(() => say(`You will be signed out in ${minutes(secondsLeft - warnIn)}. What you typed stays on this page.`), warnIn * 1000),
    setTimeout(over, secondsLeft * 1000),
  ];
}

async function extend() {
  const answer = await fetch("/api/identity/renewal", { method: "POST", credentials: "same-origin" }).catch(() => null);
  if (answer === null) return say("The line is down. Try again.");
  if (!answer.ok) return over();
  const { idle_at } = await answer.json();
  arm((new Date(idle_at) - new Date(answer.headers.get("Date"))) / 1000);
}

function over() {
  timers.forEach(clearTimeout);
  say("You are signed out. What you typed stays on this page until you leave it.");
  const link = document.createElement("a");
  link.className = "usa-button cx-button--small";
  link.href = `/api/identity/sign-in?return_to=${encodeURIComponent(location.pathname)}`;
  link.textContent = "Sign in again";
  warning.querySelector("button")?.replaceWith(link);
}

function say(text) {
  warning.hidden = false;
  warning.querySelector("[role=alert]").textContent = text;
}

function minutes(seconds) {
  const count = Math.max(Math.round(seconds / 60), 1);
  return count === 1 ? "1 minute" : `${count} minutes`;
}
