/* What is being typed is kept on the server every few seconds: an interruption loses nothing. */
"use strict";

document.querySelectorAll("form[data-brouillon]").forEach((form) => {
  const PAUSE_MS = 2500;
  let waiting = 0;
  let sent = false;
  const words = () => Array.from(form.querySelectorAll("textarea"));
  const keep = () => {
    window.clearTimeout(waiting);
    waiting = 0;
    if (sent) return;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    if (form.dataset.about) body.append("about", form.dataset.about);
    words().forEach((field) => body.append(field.name, field.value));
    fetch(form.dataset.brouillon, { method: "POST", body, credentials: "same-origin", keepalive: true, redirect: "manual" })
      /* The server has seen someone at work: the warning before the end of the session waits too. */
      .then((answer) => answer.ok && document.dispatchEvent(new Event("htmx:afterRequest")))
      .catch(() => {});
  };
  form.addEventListener("input", (event) => {
    if (event.target.tagName !== "TEXTAREA") return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(keep, PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    sent = true;
    window.clearTimeout(waiting);
  });
  window.addEventListener("pagehide", () => waiting && keep());
});
