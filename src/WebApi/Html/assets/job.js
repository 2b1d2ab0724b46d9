// Keeps the page of a job current by its events; where they can't be had, by asking again. Its parts are taken from the page as
// the server gives it now, progress and log from the events themselves.
"use strict";

(() => {
  const shortest = 500, longest = 5000, unseen = 30000, mostLines = 2000;
  const log = document.querySelector("[data-log]");
  const trouble = document.getElementById("trouble");
  const state = () => document.getElementById("status").dataset;
  let pause = shortest, timer = 0, lines = 0, attempt = state().attempt, busy = false;
  let source = null, last = null, waiting = [];

  // Shows that a page of this server asks, and not another in the name of who is logged in.
  const token = document.querySelector("meta[name=request-verification-token]");
  const own = token ? { RequestVerificationToken: token.content } : {};

  const show = text => { if (trouble.textContent !== text) trouble.textContent = text; };

  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    // The session is over: the page itself leads to the login, and back.
    if (answer.redirected || answer.status === 401) location.reload();
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    let changed = false;
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = now.getElementById(part.id);
      const current = part.cloneNode(true);
      for (const button of current.querySelectorAll("[data-dismiss], [data-pin]")) button.hidden = true;
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

  const begin = ofAttempt => {
    if (ofAttempt === attempt) return;
    attempt = ofAttempt;
    lines = 0;
    log.querySelector("pre").textContent = "";
  };

  const append = added => {
    if (added.length === 0) return false;
    lines = added[added.length - 1].line;
    log.hidden = false;
    const written = log.querySelector("pre");
    const atEnd = written.scrollHeight - written.scrollTop - written.clientHeight < 40;
    written.append(...added.slice(-mostLines).map(line => document.createTextNode(`${line.text}\n`)));
    while (written.childNodes.length > mostLines) written.firstChild.remove();
    if (atEnd) written.scrollTop = written.scrollHeight;
    return true;
  };

  const follow = async () => {
    begin(state().attempt);
    const answer = await fetch(`${log.dataset.log}?skip=${lines}&tail=${mostLines}`, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.status === 401) location.reload();
    return answer.ok && append(await answer.json());
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

  const write = () => {
    const added = waiting;
    waiting = [];
    let from = 0;
    for (const [index, line] of added.entries()) {
      if (`${line.attempt}` === attempt) continue;
      append(added.slice(from, index));
      from = index;
      begin(`${line.attempt}`);
    }
    append(added.slice(from));
  };

  const progress = now => {
    const part = document.getElementById("status");
    part.querySelector("progress").value = now.progress;
    part.querySelector(".percent").textContent = `${now.progress} %`;
    const message = part.querySelector(".message");
    if (message && now.message !== undefined) message.textContent = now.message;
  };

  const stop = () => {
    source?.close();
    source = null;
  };

  const listen = () => {
    stop();
    source = new EventSource(last === null ? log.dataset.events : `${log.dataset.events}?after=${encodeURIComponent(last)}`);
    const on = (name, react) => source.addEventListener(name, event => {
      last = event.lastEventId;
      show("");
      react(JSON.parse(event.data));
    });
    const renew = () => refresh().catch(failure => show(`This page is not current: ${failure.message}`));
    on("status", renew);
    on("progress", progress);
    on("log", line => {
      // Lines that come together are one change of the page.
      if (waiting.push(line) === 1) setTimeout(write, 50);
    });
    on("end", () => {
      stop();
      renew();
    });
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) {
        // Refused, because too many follow jobs already.
        stop();
        step();
      } else {
        show("This page is not current: the connection broke. It goes on trying.");
      }
    };
  };

  const arm = () => {
    for (const button of document.querySelectorAll("[data-pin]")) {
      button.hidden = false;
      button.onclick = async () => {
        button.disabled = true;
        const answer = await fetch(button.dataset.job, {
          method: "PATCH",
          headers: { Accept: "application/json", "Content-Type": "application/merge-patch+json", ...own },
          body: JSON.stringify({ pinned: button.dataset.pin === "true" }),
        });
        if (!answer.ok) show((await answer.json()).detail ?? `The server answered ${answer.status}.`);
        location.reload();
      };
    }
    for (const button of document.querySelectorAll("[data-dismiss]")) {
      button.hidden = false;
      button.onclick = async () => {
        if (!confirm(button.dataset.question)) return;
        button.disabled = true;
        const answer = await fetch(button.dataset.dismiss, { method: "DELETE", headers: { Accept: "application/json", ...own } });
        if (!answer.ok) show((await answer.json()).detail ?? `The server answered ${answer.status}.`);
        location.reload();
      };
    }
  };

  document.addEventListener("visibilitychange", () => {
    if ("ended" in state()) return;
    // A browser has few connections to a server; those of pages that nobody looks at would keep others from it.
    if (document.hidden) {
      stop();
    } else if (timer === 0) {
      listen();
    } else {
      pause = shortest;
      step();
    }
  });
  arm();
  if ("ended" in state()) step();
  else if (!document.hidden) listen();
})();
