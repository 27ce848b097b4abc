// What is checked before a file leaves the page, and how problems are shown: as the server shows them.

const MEBIBYTE = 1024 * 1024;

// Returns the sentence that says what is wrong with the chosen file, or null.
export async function problemWith(file, maxBytes) {
  if (!file) return "Choose a file.";
  if (file.size === 0) return "The file is empty. Choose the PDF itself.";
  if (file.size >= maxBytes) {
    return `The file has ${(file.size / MEBIBYTE).toFixed(1)} MB. Save it as a PDF under ${Math.floor(maxBytes / MEBIBYTE)} MB.`;
  }
  const start = await file.slice(0, 1024).text();
  if (!start.includes("%PDF-")) return "The file is not a PDF. Save the document as a PDF and choose that file.";
  return null;
}

// Shows every problem in a summary that takes the focus, and above its field. `problems`: [{ field, message }]
export function showProblems(form, problems, sprite) {
  clearProblems(form);
  document.title = `Error: ${document.title}`;
  for (const { field, message } of problems) {
    const input = form.elements[field];
    if (!input) continue;
    const said = document.createElement("span");
    said.className = "usa-error-message";
    said.id = `${field}-error`;
    said.append(icon(sprite, "error"), message);
    const group = input.closest(".usa-form-group");
    group.classList.add("usa-form-group--error");
    group.insertBefore(said, input.closest(".cx-file") ?? input);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), said.id].filter(Boolean).join(" "));
  }
  const summary = makeSummary(problems, sprite);
  document.getElementById("main").prepend(summary);
  summary.focus();
}

export function clearProblems(form) {
  document.getElementById("error-summary")?.remove();
  document.title = document.title.replace(/^(Error: )+/, "");
  for (const said of form.querySelectorAll(".usa-error-message")) {
    const group = said.closest(".usa-form-group");
    group.classList.remove("usa-form-group--error");
    const input = group.querySelector("[aria-invalid]");
    input?.removeAttribute("aria-invalid");
    input?.setAttribute("aria-describedby", input.getAttribute("aria-describedby").replace(said.id, "").trim());
    said.remove();
  }
}

function makeSummary(problems, sprite) {
  const summary = document.createElement("div");
  summary.className = "cx-alert cx-alert--bad cx-gap-bottom";
  summary.id = "error-summary";
  summary.tabIndex = -1;
  summary.setAttribute("role", "alert");
  summary.setAttribute("aria-labelledby", "error-summary-h");
  summary.innerHTML = `<div class="cx-alert__body"><h2 id="error-summary-h">The file was not sent</h2><ul></ul></div>`;
  summary.prepend(icon(sprite, "error"));
  for (const { field, message } of problems) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#${field}`;
    link.textContent = message;
    item.append(link);
    summary.querySelector("ul").append(item);
  }
  return summary;
}

function icon(sprite, name) {
  const holder = document.createElement("template");
  holder.innerHTML = `<svg class="usa-icon" aria-hidden="true" focusable="false"><use></use></svg>`;
  holder.content.querySelector("use").setAttribute("href", `${sprite}#${name}`);
  return holder.content;
}
