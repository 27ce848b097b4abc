// One upload in the list: its bar, its words, its buttons. Says 25, 50, 75 and 100 percent aloud, politely.

import { progress } from "./words.js";

const STATES = {
  waiting: { meaning: "busy", icon: "schedule", word: "Waiting" },
  uploading: { meaning: "busy", icon: "file_upload", word: "Uploading" },
  stopped: { meaning: "todo", icon: "warning", word: "Upload stopped" },
  received: { meaning: "good", icon: "check_circle", word: "Received" },
  refused: { meaning: "bad", icon: "cancel", word: "Not accepted" },
};

export class UploadRow {
  constructor(list, { label, filename, sprite }) {
    this.label = label;
    this.sprite = sprite;
    this.said = 0;
    this.element = document.createElement("li");
    this.element.className = "cx-up";
    this.element.innerHTML = `
      <div class="cx-up__main">
        <h3 class="cx-up__name" tabindex="-1"></h3>
        <progress class="cx-bar" max="100" value="0"></progress>
        <p class="cx-up__state"></p>
      </div>
      <div class="cx-up__act"></div>`;
    const name = this.element.querySelector(".cx-up__name");
    const file = document.createElement("span");
    file.className = "cx-soft";
    file.textContent = filename;
    name.append(`${label} `, file);
    this.heading = name;
    this.bar = this.element.querySelector("progress");
    this.words = this.element.querySelector(".cx-up__state");
    this.buttons = this.element.querySelector(".cx-up__act");
    list.append(this.element);
    list.closest("section").hidden = false;
  }

  // `detail` is a text or a list of nodes; `buttons` maps words to what they do, the first one outlined.
  show(state, detail, buttons = {}) {
    const { meaning, icon, word } = STATES[state];
    this.bar.classList.toggle("cx-bar--stopped", state === "stopped" || state === "refused");
    const mark = document.createElement("span");
    mark.className = `cx-status cx-status--${meaning} cx-status--bare`;
    mark.innerHTML = `<svg class="usa-icon" aria-hidden="true" focusable="false"><use></use></svg>`;
    mark.querySelector("use").setAttribute("href", `${this.sprite}#${icon}`);
    mark.append(word);
    const text = document.createElement("span");
    text.append(...[detail].flat());
    this.words.replaceChildren(mark, " ", text);
    this.detail = text;
    this.buttons.replaceChildren(...Object.entries(buttons).map(([words, act], at) => this.button(words, act, at)));
  }

  button(words, act, at) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = at === 0 ? "usa-button usa-button--outline cx-button--small" : "usa-button usa-button--unstyled cx-small";
    const rest = document.createElement("span");
    rest.className = "usa-sr-only";
    rest.textContent = ` the upload of ${this.label}`;
    button.append(words, rest);
    button.addEventListener("click", act);
    return button;
  }

  // Moves the bar and writes its twin in words.
  progress(sent, total, secondsLeft) {
    const { percent, words } = progress(sent, total, secondsLeft);
    this.bar.value = percent;
    this.bar.textContent = `${percent} percent`;
    this.bar.setAttribute("aria-label", `${this.label}, ${percent} percent arrived`);
    const strong = document.createElement("b");
    strong.textContent = `${percent} percent`;
    this.detail.replaceChildren(strong, `, ${words}`);
    const quarter = Math.floor(percent / 25) * 25;
    if (quarter > this.said) {
      this.said = quarter;
      announce(`${this.label}: ${quarter} percent has arrived`);
    }
  }

  focus() {
    this.heading.focus();
  }

  remove() {
    const list = this.element.parentElement;
    this.element.remove();
    if (!list.children.length) list.closest("section").hidden = true;
  }
}

export function announce(text) {
  document.getElementById("upload-news").textContent = text;
}
