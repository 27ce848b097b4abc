// One file on its way by tus: resumes after a lost line, renews the token when it ran out, stops when told.

import { keepDraft } from "./draft.js";
import { announce, UploadRow } from "./row.js";

const CHUNK = 8 * 1024 * 1024;
const RETRY_AFTER = [0, 1000, 3000, 5000, 10000, 20000];
const AGAIN = new Set([0, 401, 500, 502, 503, 504]);
const AGAIN_WHILE_SENDING = new Set([...AGAIN, 409, 423, 429, 460]);
const GONE = new Set([404, 410]);
const SIGN_IN_AGAIN = "urn:connexion:problem:sign-in-again";

export class Transfer {
  // `about`: label, endpoint, renewal, metadata, user, list, sprite; `address` where an upload goes on.
  constructor(file, about) {
    this.file = file;
    this.about = about;
    this.row = new UploadRow(about.list, { label: about.label, filename: file.name, sprite: about.sprite });
    this.row.show("waiting", "It starts when the upload before it has arrived.", { Cancel: () => this.cancel() });
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.signedOut = this.moving = false;
    this.upload = new tus.Upload(file, {
      endpoint: about.address ? null : about.endpoint,
      uploadUrl: about.address ?? null,
      chunkSize: CHUNK,
      retryDelays: RETRY_AFTER,
      metadata: about.metadata,
      removeFingerprintOnSuccess: true,
      fingerprint: async () => ["connexion", about.user, about.metadata.slot, file.name, file.size, file.lastModified].join("|"),
      onAfterResponse: (_, response) => this.renewIfExpired(response),
      onShouldRetry: (error) => !this.signedOut && mayComeRight(error),
      onUploadUrlAvailable: refreshRequired,
      onProgress: (sent, total) => this.moved(sent, total),
      onSuccess: ({ lastResponse }) => this.received(lastResponse),
      onError: (error) => this.failed(error),
    });
  }

  async start() {
    const [earlier] = this.about.address ? [] : await this.upload.findPreviousUploads();
    if (earlier) this.resumeEarlier(earlier);
    this.go();
  }

  // Without an endpoint, an answer such as 401 is repeated; with one, the client would begin anew at once.
  resumeEarlier(earlier) {
    this.upload.resumeFromPreviousUpload(earlier);
    this.upload.options.endpoint = null;
    this.resumesEarlier = true;
  }

  beginAnew() {
    this.resumesEarlier = this.moving = false;
    this.upload.url = null;
    this.upload.options.endpoint = this.about.endpoint;
    this.go();
  }

  go() {
    if (this.moving) return;
    this.moving = true;
    this.begun = null;
    this.row.show("uploading", "Starting", { Pause: () => this.pause(), Cancel: () => this.cancel() });
    this.upload.start();
  }

  async pause() {
    await this.upload.abort();
    this.stop("You paused it. What has arrived is kept.");
    this.row.buttons.querySelector("button").focus();
  }

  async cancel() {
    await this.upload.abort(true).catch(() => {});
    announce(`The upload of ${this.about.label} is cancelled`);
    this.row.remove();
    document.getElementById("form-h").scrollIntoView();
    refreshRequired();
    this.end("cancelled");
  }

  stop(why) {
    this.moving = false;
    this.row.show("stopped", why, { Resume: () => this.go(), Cancel: () => this.cancel() });
    announce(`The upload of ${this.about.label} stopped`);
  }

  async renewIfExpired(response) {
    if (response.getStatus() !== 401) return;
    const answer = await fetch(this.about.renewal, { method: "POST", credentials: "same-origin" }).catch(() => null);
    this.signedOut = answer !== null && answer.status === 401;
  }

  moved(sent, total) {
    const now = performance.now();
    this.begun ??= { at: now, sent };
    const seconds = (now - this.begun.at) / 1000;
    const rate = seconds > 1 ? (sent - this.begun.sent) / seconds : 0;
    this.row.progress(sent, total, rate > 0 ? (total - sent) / rate : null);
  }

  received(lastResponse) {
    const id = lastResponse?.getHeader("Connexion-File") ?? this.upload.url.split("/").pop();
    this.row.progress(this.file.size, this.file.size, null);
    this.row.show("received", ["All of it has arrived. ", linkTo(id)]);
    announce(`${this.about.label} received`);
    refreshRequired();
    this.end("received");
  }

  failed(error) {
    if (this.resumesEarlier && GONE.has(error.originalResponse?.getStatus())) return this.beginAnew();
    const problem = readProblem(error);
    if (this.signedOut) {
      this.stop(["You are signed out. What has arrived is kept. ", signIn("")]);
      this.end("stopped");
    } else if (problem?.type === SIGN_IN_AGAIN) {
      keepDraft(this.about.metadata);
      this.stop(["A signature needs a sign-in that is minutes old. What you typed is kept; choose the file again. ", signIn("&again=true")]);
      this.end("stopped");
    } else if (problem && !mayComeRight(error)) {
      const file = error.originalResponse.getHeader("Connexion-File");
      this.row.show("refused", file ? [`${problem.detail} `, linkTo(file)] : problem.detail, { Close: () => this.row.remove() });
      announce(`${this.about.label} was not accepted. ${problem.detail}`);
      refreshRequired();
      this.end(problem);
    } else {
      this.stop(problem?.detail ?? "The line dropped. What has arrived is kept.");
      window.addEventListener("online", () => this.go(), { once: true });
    }
  }
}

// Whether trying again can help. A refusal to begin stands; while bytes are sent, a conflict ends by itself.
function mayComeRight(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  return error.originalRequest?.getMethod() === "POST" ? AGAIN.has(status) : AGAIN_WHILE_SENDING.has(status);
}

// The service's own words for a refusal, or null when there was no answer at all.
function readProblem(error) {
  const response = error.originalResponse;
  if (!response) return null;
  try {
    const told = JSON.parse(response.getBody());
    return { type: told.type, detail: told.detail ?? told.title, fields: told.fields ?? [] };
  } catch {
    return mayComeRight(error) ? null : { detail: `The file was refused (status ${response.getStatus()}).`, fields: [] };
  }
}

// The table of required documents, as the server sees it now.
function refreshRequired() {
  htmx.ajax("GET", "/documents/under-way", { target: "#required", swap: "outerHTML" });
}

function signIn(how) {
  const link = document.createElement("a");
  link.href = `/api/identity/sign-in?return_to=%2Fdocuments${how}`;
  link.textContent = "Sign in again";
  return link;
}

function linkTo(id) {
  const link = document.createElement("a");
  link.href = `/documents/files/${id}`;
  link.textContent = "See the receipt and the check";
  return link;
}
