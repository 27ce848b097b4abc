// Makes the upload form resumable, with progress. Without this script the form works as a plain one.

import { clearProblems, problemWith, showProblems } from "./form.js";
import { announce } from "./row.js";
import { Transfer } from "./transfer.js";

const form = document.getElementById("upload-form");
const list = document.querySelector("#uploading .cx-ups");
let queue = Promise.resolve();

if (form && tus.isSupported) {
  form.noValidate = true;
  form.addEventListener("submit", send);
}
for (const row of list.querySelectorAll("[data-upload]")) makeResumable(row);

async function send(event) {
  event.preventDefault();
  clearProblems(form);
  const file = form.elements.file.files[0];
  const choice = form.elements.slot.selectedOptions[0];
  const problems = [
    ...["includes", "certified_by"].filter((name) => !form.elements[name].value.trim()).map((field) => ({ field, message: missing(field) })),
    ...[await problemWith(file, Number(choice.dataset.maxBytes))].filter(Boolean).map((message) => ({ field: "file", message })),
  ];
  if (problems.length) return showProblems(form, problems, form.dataset.sprite);
  const metadata = { slot: choice.value, filename: file.name };
  for (const name of ["nickname", "includes", "certified_by", "statement"]) metadata[name] = form.elements[name].value.trim();
  for (const name of ["cba", "replaces"]) if (form.elements[name]) metadata[name] = form.elements[name].value;
  for (const name of ["nickname", "cba"]) if (!metadata[name]) delete metadata[name];
  line(new Transfer(file, { ...common(), label: choice.textContent.trim(), metadata }));
  form.reset();
}

// One after the other; the next one starts when this one has ended, however it ended.
function line(transfer) {
  transfer.row.focus();
  announce(`The upload of ${transfer.about.label} is in line`);
  queue = queue.then(async () => {
    await transfer.start();
    const outcome = await transfer.ended;
    const fields = (outcome.fields ?? []).map(({ path, message }) => ({ field: path.split(".").pop(), message }));
    if (fields.some(({ field }) => form.elements[field])) showProblems(form, fields, form.dataset.sprite);
  });
}

// An upload that stopped in an earlier visit: choosing the same file lets it go on where it stopped.
function makeResumable(row) {
  const resume = row.querySelector("button[type=button]");
  row.querySelector(".cx-up__hint").hidden = false;
  resume.hidden = false;
  resume.addEventListener("click", () => {
    const chooser = document.createElement("input");
    chooser.type = "file";
    chooser.accept = "application/pdf,.pdf";
    chooser.addEventListener("change", () => goOn(row, chooser.files[0]));
    chooser.click();
  });
}

function goOn(row, file) {
  const { upload, filename, size, label } = row.dataset;
  if (file.name !== filename || file.size !== Number(size)) {
    const hint = row.querySelector(".cx-up__hint");
    hint.textContent = `That is another file. Choose ${filename} again.`;
    announce(hint.textContent);
    return;
  }
  row.remove();
  line(new Transfer(file, { ...common(), label, metadata: { slot: "", filename }, address: `${form.dataset.endpoint}/${upload}` }));
}

function common() {
  const { endpoint, renewal, user, sprite } = form.dataset;
  return { endpoint, renewal, user, sprite, list };
}

function missing(field) {
  return field === "includes" ? "Say what this document includes." : "Type your own user ID to certify the file.";
}
