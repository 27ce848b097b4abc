// Saves a bid form as it is filled in, and shows only the questions that count. Without it the buttons do the same.

const PAUSE = 1500;
const form = document.getElementById("questions");

if (form) {
  showWhatCounts();
  form.addEventListener("input", showWhatCounts);
  if (form.dataset.autosave) saveWhileTyping(form.dataset.autosave);
}

// Hides the questions whose condition does not hold; what was typed into them stays.
function showWhatCounts() {
  for (const part of form.querySelectorAll("[data-when]")) {
    const asked = form.elements[part.dataset.when];
    const group = asked?.closest?.("[data-when]") ?? asked?.[0]?.closest("[data-when]");
    part.hidden = Boolean(group?.hidden) || !part.dataset.among.split(" ").includes(asked?.value);
    part.querySelector(".cx-only-if")?.toggleAttribute("hidden", true);
  }
}

function saveWhileTyping(address) {
  const state = document.getElementById("save-state");
  let timer = 0;
  let saving = null;
  let stopped = false;

  form.addEventListener("input", () => {
    if (!stopped) again(PAUSE);
  });
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    stopped = true;
    if (!saving) return;
    event.preventDefault(); // the answer brings the version that the form must be sent with
    await saving;
    form.requestSubmit(event.submitter);
  });

  function again(after) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      saving ??= save().finally(() => {
        saving = null;
      });
    }, after);
  }

  async function save() {
    const typed = answers();
    const base = JSON.parse(form.elements.base.value);
    const changed = Object.entries(typed).filter(([name, answer]) => !same(answer, base[name]));
    if (!changed.length) return;
    say("Saving…");
    const sent = { answers: Object.fromEntries(changed.map(([name, answer]) => [name, answer.length ? answer : null])), may_void: false };
    const answer = await patch(sent).catch(() => null);
    if (answer === null) {
      say("Not saved: the line is down. What you typed stays here, and we try again.");
      again(10 * PAUSE);
    } else if (answer.ok) {
      form.elements.version.value = (await answer.json()).version;
      form.elements.base.value = JSON.stringify({ ...base, ...typed });
      say("Draft saved. A draft is not a bid.");
      if (!stopped && Object.entries(answers()).some(([name, now]) => !same(now, typed[name]))) again(PAUSE);
    } else {
      stopped = true;
      say(await whyNot(answer));
    }
  }

  async function patch(body) {
    const options = {
      method: "PATCH",
      credentials: "same-origin",
      headers: { "content-type": "application/json", "if-match": `"${form.elements.version.value}"` },
      body: JSON.stringify(body),
    };
    const answer = await fetch(address, options);
    if (answer.status !== 401) return answer;
    const renewed = await fetch("/api/identity/renewal", { method: "POST", credentials: "same-origin" });
    return renewed.ok ? fetch(address, options) : answer;
  }

  function say(text) {
    state.textContent = text;
  }
}

async function whyNot(answer) {
  const told = await answer.json().catch(() => ({}));
  const kind = String(told.type).split(":").pop();
  if (answer.status === 401) return "Not saved: you are signed out. What you typed stays here; Save draft leads through the sign-in and back.";
  if (kind === "changed-meanwhile") return "Not saved: somebody else saved this form while you had it open. Nothing of yours is lost. Choose Save draft to see what they changed.";
  if (kind === "would-void") return "Not saved: the form was signed meanwhile, and this would void it. Choose Save draft to decide that.";
  return `Not saved. ${told.detail ?? "Choose Save draft to see why."}`;
}

function answers() {
  const typed = {};
  const base = JSON.parse(form.elements.base.value);
  const sent = new FormData(form);
  for (const name of Object.keys(base)) {
    typed[name] = Array.isArray(base[name]) ? sent.getAll(name) : String(sent.get(name) ?? "").replaceAll("\r\n", "\n").trim();
  }
  return typed;
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
