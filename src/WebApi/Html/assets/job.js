// Keeps the page of a job current: its parts are taken from the page as the server gives it now, the log line by line.
"use strict";

(() => {
  const shortest = 500, longest = 5000, unseen = 30000, mostLines = 2000;
  const log = document.querySelector("[data-log]");
  const trouble = document.getElementById("trouble");
  const state = () => document.getElementById("status").dataset;
  let pause = shortest, timer = 0, lines = 0, attempt = state().attempt, busy = false;

  const show = text => { if (trouble.textContent !== text) trouble.textContent = text; };

  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    let changed = false;
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = now.getElementById(part.id);
      const current = part.cloneNode(true);
      for (const button of current.querySelectorAll("[data-dismiss]")) button.hidden = true;
      if (!next || current.outerHTML === next.outerHTML) continue;
      const held = part.contains(document.activeElement) ? document.activeElement.textContent : null;
      part.replaceWith(next);
      // Who was at a link or button of the old part shall not be thrown back to the start of the page.
      if (held !== null) [...next.querySelectorAll("a, button")].find(one => one.textContent === held)?.focus();
      changed = true;
    }
    arm();
    return changed;
  };

  const follow = async () => {
    if (state().attempt !== attempt) {
      attempt = state().attempt;
      lines = 0;
      log.querySelector("pre").textContent = "";
    }
    const answer = await fetch(`${log.dataset.log}?skip=${lines}`, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) return false;
    const added = await answer.json();
    if (added.length === 0) return false;
    lines += added.length;
    log.hidden = false;
    const written = log.querySelector("pre");
    const atEnd = written.scrollHeight - written.scrollTop - written.clientHeight < 40;
    written.append(...added.slice(-mostLines).map(line => document.createTextNode(`${line.text}\n`)));
    while (written.childNodes.length > mostLines) written.firstChild.remove();
    if (atEnd) written.scrollTop = written.scrollHeight;
    return true;
  };

  const step = async () => {
    if (busy) return;
    busy = true;
    clearTimeout(timer);
    try {
      const wasEnded = "ended" in state();
      const changed = wasEnded ? false : await refresh();
      // The log is read once more after the end: its last lines came with it.
      const grew = state().status === "dismissed" ? false : await follow();
      show("");
      if ("ended" in state()) return;
      pause = changed || grew ? shortest : Math.min(pause * 1.5, longest);
    } catch (failure) {
      show(`This page is not current: ${failure.message} It goes on trying.`);
      pause = longest;
    } finally {
      busy = false;
    }
    timer = setTimeout(step, document.hidden ? unseen : pause);
  };

  const arm = () => {
    for (const button of document.querySelectorAll("[data-dismiss]")) {
      button.hidden = false;
      button.onclick = async () => {
        if (!confirm(button.dataset.question)) return;
        button.disabled = true;
        const answer = await fetch(button.dataset.dismiss, { method: "DELETE", headers: { Accept: "application/json" } });
        if (!answer.ok) show((await answer.json()).detail ?? `The server answered ${answer.status}.`);
        location.reload();
      };
    }
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden || "ended" in state()) return;
    pause = shortest;
    step();
  });
  arm();
  step();
})();
