// Makes an execute request of the form on a process's page, sends it, and shows what is wrong with it.
"use strict";

(() => {
  const form = document.getElementById("execute");
  const summary = document.getElementById("errors");
  const progress = document.getElementById("progress");
  const request = document.querySelector("#request pre");
  const submit = form.querySelector("[type=submit]");
  const check = form.querySelector("[data-check]");

  // Something that a field holds and no request can.
  class Unreadable extends Error {
    constructor(pointer, detail) {
      super(detail);
      this.pointer = pointer;
    }
  }

  const named = (part, name) => part.querySelector(`[name="${name}"]`);

  // A number as it was typed: what JavaScript makes of it may have lost digits.
  const number = text => {
    try {
      return JSON.rawJSON ? JSON.rawJSON(text) : Number(text);
    } catch {
      return Number(text);
    }
  };

  const parse = (text, pointer) => {
    try {
      return JSON.parse(text);
    } catch (failure) {
      throw new Unreadable(pointer, `is not JSON: ${failure.message}`);
    }
  };

  // Shows that a page of this server asks, and not another in the name of who is logged in.
  const token = document.querySelector("meta[name=request-verification-token]");
  const own = token ? { RequestVerificationToken: token.content } : {};

  const isJson = mediaType => /[/+]json\b/.test(mediaType);

  const base64 = file => new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

  const fromFile = async (file, part, field, chosen, pointer) => {
    const input = named(part, "file");
    const option = named(part, "mediaType")?.selectedOptions[0];
    const mediaType = chosen ?? (input.dataset.type || undefined);
    if ((option ?? input).dataset.base64 === "true")
      return { value: await base64(file), encoding: "base64", ...(mediaType && { mediaType }) };
    const text = await file.text();
    if (field.kind === "Json" || isJson(mediaType ?? file.type)) return { value: parse(text, pointer) };
    return { value: text, ...(mediaType && { mediaType }) };
  };

  // The files that have been chosen to be sent, by the occurrence that takes them.
  const uploads = new Map();

  const isSent = part => Boolean(named(part, "file").dataset.uploads);

  const size = bytes => {
    const units = ["bytes", "KiB", "MiB", "GiB"];
    const unit = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), 3);
    return `${unit === 0 ? bytes : (bytes / 1024 ** unit).toFixed(1)} ${units[unit]}`;
  };

  // What the form says that it is, else what the browser makes of its name.
  const typeOf = (part, file) => {
    const types = named(part, "mediaType");
    const bare = mediaType => mediaType.split(";")[0].trim().toLowerCase();
    const known = file.type && [...types?.options ?? []].find(option => bare(option.value) === bare(file.type));
    if (known) known.selected = true;
    return types?.value || named(part, "file").dataset.type || file.type || "application/octet-stream";
  };

  // RFC 8187: a name beyond ASCII, and what encodeURIComponent leaves that has a meaning in a header.
  const disposition = name =>
    `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)}`;

  // Sends a file; not by fetch, which does not tell how far it is.
  const post = (upload, address, told) => new Promise((resolve, reject) => {
    const request = upload.request = new XMLHttpRequest();
    request.open("POST", address);
    const headers = { "Content-Type": upload.type, "Content-Disposition": disposition(upload.file.name), Accept: "application/json", ...own };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = event => told(event.loaded);
    request.onload = () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // A proxy's page, for one: the status has to do.
      }
      if (request.status === 201) resolve(answer);
      else reject(new Error([answer.title, answer.detail].filter(Boolean).join(": ") || `The server answered ${request.status}.`));
    };
    request.onerror = () => reject(new Error("The server could not be reached, or the connection broke."));
    request.send(upload.file);
  });

  const forget = part => {
    const upload = uploads.get(part);
    uploads.delete(part);
    upload?.request?.abort();
    return upload;
  };

  // Stops an upload, or removes it, and the link to it.
  const discard = part => {
    const upload = forget(part);
    if (!upload?.href) return;
    if (named(part, "href").value === upload.href) named(part, "href").value = "";
    // Jobs that were accepted with it have it still. Where it stays after all, it expires.
    fetch(upload.address, { method: "DELETE", headers: own }).catch(() => undefined);
  };

  const tell = (part, text, state) => {
    const row = part.querySelector(".upload");
    row.querySelector("[role=status]").textContent = text;
    row.classList.toggle("failed", state === "failed");
    row.querySelector("progress").hidden = state !== "sending";
    const button = row.querySelector("button");
    button.hidden = !state;
    button.textContent = state === "sending" ? "Cancel the upload" : state === "sent" ? "Remove the file" : "Go without it";
    const control = named(part, "file");
    if (state === "failed") control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  };

  // Makes the row as it was before a file was chosen.
  const empty = part => {
    named(part, "file").value = "";
    tell(part, "");
    show();
  };

  const begin = async (part, file) => {
    discard(part);
    const control = named(part, "file");
    const upload = { file, type: typeOf(part, file) };
    const bar = part.querySelector(".upload progress");
    const reach = bytes => bar.value = file.size > 0 ? bytes / file.size : 1;
    uploads.set(part, upload);
    named(part, "href").value = "";
    reach(0);
    tell(part, `Sending ${file.name}, ${size(file.size)}…`, "sending");
    try {
      // Who has waited for all of it to be sent would hear it too late.
      const most = Number(control.dataset.most);
      if (file.size > most) throw new Error(`It has ${size(file.size)}, and an upload may have ${size(most)}.`);
      const { id, href } = await post(upload, control.dataset.uploads, reach);
      upload.address = `${control.dataset.uploads}/${id}`;
      named(part, "href").value = upload.href = href;
      tell(part, `Sent ${file.name}, ${size(file.size)}, as ${upload.type}.`, "sent");
    } catch (failure) {
      upload.fault = `was not uploaded. ${failure.message}`;
      tell(part, `${file.name} ${upload.fault}`, "failed");
      // So that the same file can be chosen once more.
      control.value = "";
    }
    show();
  };

  const fromText = (text, field, chosen, pointer) => {
    if (field.kind === "Json") {
      const value = parse(text, pointer);
      return value !== null && typeof value === "object" ? { value } : value;
    }
    if (field.json === "true" && /^\s*[[{]/.test(text)) return { value: parse(text, pointer) };
    return chosen ? { value: text, mediaType: chosen } : text;
  };

  // JSON, text or a file: typed in, by a link, sent before, or read here.
  const given = async (part, field, pointer) => {
    const text = named(part, "text")?.value ?? "";
    const href = named(part, "href").value.trim();
    const upload = uploads.get(part);
    const file = isSent(part) ? undefined : named(part, "file").files[0];
    const ways = [text.trim(), href || upload, file].filter(Boolean).length;
    if (ways === 0) return undefined;
    if (ways === 1 && upload && !upload.href) throw new Unreadable(pointer, upload.fault ?? "is still being uploaded");
    if (ways > 1) throw new Unreadable(pointer, "is given in more than one way: leave all but one of text, link and file empty");
    const types = named(part, "mediaType");
    const chosen = types ? types.value : upload?.type;
    if (href) return { href, ...(chosen && { type: chosen }) };
    return file ? fromFile(file, part, field, chosen, pointer) : fromText(text, field, chosen, pointer);
  };

  const box = (part, pointer) => {
    const corners = [...part.querySelectorAll('[name="corner"]')].map(one => one.value);
    const heights = [...part.querySelectorAll('[name="height"]')].map(one => one.value);
    const filled = [...corners, ...heights].filter(Boolean).length;
    if (filled === 0) return undefined;
    if (corners.some(one => !one) || heights.filter(Boolean).length === 1)
      throw new Unreadable(pointer, "needs west, south, east and north, and either both heights or none");
    const [west, south, east, north] = corners.map(number);
    const [lowest, highest] = heights.filter(Boolean).map(number);
    return { bbox: lowest === undefined ? [west, south, east, north] : [west, south, lowest, east, north, highest], crs: named(part, "crs").value };
  };

  const occurrence = async (part, field, pointer) => {
    if (field.kind === "BoundingBox") return box(part, pointer);
    if (field.kind === "Json" || field.kind === "File") return given(part, field, pointer);
    const control = named(part, "value");
    if (control.validity.badInput) throw new Unreadable(pointer, "is not a number");
    const text = control.value;
    if (text === "") return undefined;
    switch (field.kind) {
      case "Number": return number(text);
      case "Boolean": return text === "true";
      case "Choice": return JSON.parse(text);
      default: return text;
    }
  };

  const inputs = async problems => {
    const all = {};
    for (const field of form.querySelectorAll("[data-input]")) {
      const values = [];
      for (const [index, part] of [...field.querySelectorAll(".occurrence")].entries()) {
        const pointer = field.dataset.pointer + (field.dataset.multiple === "true" ? `/${index}` : "");
        try {
          const value = await occurrence(part, field.dataset, pointer);
          if (value !== undefined) values.push(value);
        } catch (failure) {
          if (!(failure instanceof Unreadable)) throw failure;
          problems.push({ pointer: failure.pointer, detail: failure.message });
        }
      }
      if (values.length > 0) all[field.dataset.input] = field.dataset.multiple === "true" ? values : values[0];
    }
    return all;
  };

  // Left out where all are wanted as they come.
  const outputs = () => {
    const fields = [...form.querySelectorAll("[data-output]")];
    const wanted = {};
    let usual = true;
    for (const field of fields) {
      if (!named(field, "wanted").checked) {
        usual = false;
        continue;
      }
      const transmissionMode = named(field, "transmissionMode").value;
      const mediaType = named(field, "mediaType")?.value;
      if (transmissionMode || mediaType) usual = false;
      wanted[field.dataset.output] = { ...(transmissionMode && { transmissionMode }), ...(mediaType && { format: { mediaType } }) };
    }
    return usual ? undefined : wanted;
  };

  const read = async problems => {
    const response = form.elements.response.value;
    return { inputs: await inputs(problems), outputs: outputs(), ...(response && { response }) };
  };

  // The field that a pointer leads into.
  const fieldOf = pointer => [...form.querySelectorAll("[data-pointer]")]
    .filter(field => pointer === field.dataset.pointer || pointer.startsWith(`${field.dataset.pointer}/`))
    .sort((one, other) => other.dataset.pointer.length - one.dataset.pointer.length)[0];

  // Whether the rest of a pointer is the link of an occurrence, which has a control of its own.
  const isLink = rest => /^(\/\d+)?\/href$/.test(rest);

  const controlOf = (field, rest) => {
    const parts = field.querySelectorAll(".occurrence");
    const part = parts[Number(/^\/(\d+)/.exec(rest)?.[1] ?? 0)] ?? parts[0] ?? field;
    const upload = uploads.get(part);
    if (upload && !upload.href) return named(part, "file");
    return (isLink(rest) && named(part, "href")) || named(part, "text") || named(part, "href") || part.querySelector("input, select, textarea");
  };

  const clear = () => {
    summary.hidden = true;
    summary.replaceChildren();
    for (const field of form.querySelectorAll(".wrong")) field.classList.remove("wrong");
    for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
    for (const text of form.querySelectorAll(".error")) {
      text.hidden = true;
      text.textContent = "";
    }
  };

  const element = (name, text, attributes = {}) => Object.assign(document.createElement(name), { textContent: text }, attributes);

  // Every problem in one list, each with a link to its field, and once more at the field itself.
  const refuse = (title, problems, job) => {
    const list = document.createElement("ul");
    for (const { pointer, parameter, detail } of problems) {
      const item = document.createElement("li");
      const field = pointer ? fieldOf(pointer) : undefined;
      const rest = field ? pointer.slice(field.dataset.pointer.length) : "";
      const control = field ? controlOf(field, rest) : undefined;
      if (field && control) {
        control.id ||= `${field.id}-at-fault`;
        control.setAttribute("aria-invalid", "true");
        field.classList.add("wrong");
        for (let part = control.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
        const error = field.querySelector(".error");
        if (error) {
          error.hidden = false;
          error.textContent = [error.textContent, isLink(rest) ? detail : `${rest} ${detail}`.trim()].filter(Boolean).join("; ");
        }
        const link = element("a", `${field.dataset.input ?? field.dataset.output ?? "response"}: ${detail}`, { href: `#${control.id}` });
        link.addEventListener("click", event => {
          event.preventDefault();
          control.focus();
        });
        item.append(link);
      } else {
        item.textContent = [pointer ?? parameter, detail].filter(Boolean).join(": ");
      }
      list.append(item);
    }
    summary.replaceChildren(element("h2", title), list);
    if (job) summary.append(element("a", "See the job", { href: job }));
    summary.hidden = false;
    summary.focus();
  };

  const refuseAnswer = async answer => {
    const problem = await answer.json().catch(() => ({}));
    const problems = problem.errors ?? [{ detail: problem.detail ?? `The server answered ${answer.status}.` }];
    const job = problem.jobID ? new URL(`../../jobs/${problem.jobID}`, form.action).href : undefined;
    refuse(problem.title ?? "The request was refused", problems, job);
  };

  // What is asked for by headers rather than by the body.
  const wishes = () => ({
    ...(form.elements.mode.value === "async" && { Prefer: "respond-async" }),
    ...(form.elements.reuse?.checked && { "Cache-Control": form.elements.reuse.value }),
  });

  const send = async (body, isCheck) => {
    const answer = await fetch(isCheck ? `${form.action}?validateOnly=true` : form.action, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", ...own, ...wishes() },
      body,
    });
    if (!answer.ok) return refuseAnswer(answer);
    if (isCheck) {
      progress.textContent = "The request is valid.";
      return undefined;
    }
    // A job that goes on, or the results of one that has ended.
    const there = answer.headers.get("Location") ?? answer.headers.get("Content-Location");
    const gaveNothing = answer.status === 204 && !answer.headers.has("Link");
    location.assign(gaveNothing ? there.replace(/\/results$/, "") : there);
    return undefined;
  };

  const execute = async isCheck => {
    clear();
    submit.disabled = check.disabled = true;
    progress.textContent = isCheck ? "Checking…" : form.elements.mode.value === "sync" ? "Running…" : "Sending…";
    try {
      const problems = [];
      const body = await read(problems);
      if (problems.length > 0) refuse("The request can't be sent", problems);
      else await send(JSON.stringify(body), isCheck);
    } catch (failure) {
      refuse("The server could not be reached", [{ detail: failure.message }]);
    } finally {
      submit.disabled = check.disabled = false;
      if (progress.textContent.endsWith("…")) progress.textContent = "";
    }
  };

  const show = async () => {
    if (!document.getElementById("request").open) return;
    const body = await read([]);
    const headers = Object.entries({ "Content-Type": "application/json", ...wishes() }).map(([name, value]) => `${name}: ${value}\n`);
    request.textContent = `POST ${form.action}\n${headers.join("")}\n${JSON.stringify(body, null, 2)}`;
  };

  form.addEventListener("submit", event => {
    event.preventDefault();
    execute(false);
  });
  check.addEventListener("click", () => execute(true));
  form.addEventListener("input", show);
  document.getElementById("request").addEventListener("toggle", show);

  form.addEventListener("change", event => {
    const part = event.target.closest(".occurrence");
    if (event.target.name !== "file" || !isSent(part)) return;
    if (event.target.files.length > 0) {
      begin(part, event.target.files[0]);
    } else {
      discard(part);
      empty(part);
    }
  });

  // A link that is typed in takes the place of the file. It may be another way of writing the upload's, which therefore stays.
  form.addEventListener("input", event => {
    const part = event.target.closest(".occurrence");
    if (event.target.name === "href" && forget(part)) empty(part);
  });

  form.addEventListener("click", event => {
    const end = event.target.closest("[data-end]");
    if (!end) return;
    const part = end.closest(".occurrence");
    discard(part);
    empty(part);
    named(part, "file").focus();
  });

  form.addEventListener("click", event => {
    const button = event.target.closest("[data-add], [data-remove]");
    if (!button) return;
    const field = button.closest(".field");
    const list = field.querySelector(".occurrences");
    const add = field.querySelector("[data-add]");
    if (button === add) {
      const part = field.querySelector("template").content.firstElementChild.cloneNode(true);
      field.dataset.made = Number(field.dataset.made ?? list.children.length) + 1;
      for (const one of part.querySelectorAll("[id]")) one.id = one.id.replace("{n}", field.dataset.made);
      list.append(part);
      part.querySelector("input, select, textarea").focus();
    } else {
      const part = button.closest(".occurrence");
      discard(part);
      part.remove();
      add.focus();
    }
    add.disabled = list.children.length >= Number(add.dataset.most || Infinity);
    show();
  });

  // Chosen before this ran, or kept by the browser over a reload.
  for (const control of form.querySelectorAll("[data-uploads]")) {
    const part = control.closest(".occurrence");
    if (isSent(part) && control.files.length > 0) begin(part, control.files[0]);
  }

  document.getElementById("unscripted").hidden = true;
  submit.disabled = check.disabled = false;
})();
