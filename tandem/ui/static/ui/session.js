/* Pages of someone logged in: hide the screen at once, and warn before the session ends. */
"use strict";

(() => {
  const body = document.body;
  const WARNING_MS = 120000;
  const PRESENT_BLANK_MS = 60000;
  const CONTACT = "tandem-contact";

  /* Hide the screen: one key (F9, or ² outside a field) or a button, and back. */
  const button = document.querySelector("[data-blank]");
  const curtain = document.querySelector("[data-curtain]");
  const title = document.title;
  const isBlank = () => !curtain.hidden;
  const setBlank = (blank) => {
    if (!curtain || blank === isBlank()) return;
    curtain.hidden = !blank;
    Array.from(body.children).forEach((child) => {
      if (child !== curtain && child.tagName !== "SCRIPT") child.inert = blank;
    });
    body.toggleAttribute("data-blanked", blank);
    document.title = blank ? "Tandem" : title;
    if (blank) {
      if (window.speechSynthesis) window.speechSynthesis.cancel();
      curtain.querySelector("button").focus();
    } else if (button) button.focus();
  };
  if (button && curtain) {
    button.hidden = false;
    button.addEventListener("click", () => setBlank(true));
    curtain.querySelector("button").addEventListener("click", () => setBlank(false));
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest && event.target.closest("input, textarea, select");
      if (event.key === "F9" || (event.key === "²" && !typing)) {
        event.preventDefault();
        setBlank(!isBlank());
      }
    });
  }

  /* Beside a person, a screen left alone hides itself after a minute. */
  if ("personPresent" in body.dataset) {
    let alone = 0;
    const rearm = () => {
      window.clearTimeout(alone);
      alone = window.setTimeout(() => setBlank(true), PRESENT_BLANK_MS);
    };
    ["keydown", "pointerdown", "pointermove", "scroll"].forEach((name) =>
      document.addEventListener(name, rearm, { passive: true })
    );
    rearm();
  }

  /* Two minutes before the end of the session: a question, one key to stay. */
  const limit = Number(body.dataset.idleSeconds) * 1000;
  const dialog = document.querySelector("[data-idle]");
  if (!limit || !dialog || typeof dialog.showModal !== "function") return;
  const form = dialog.querySelector("form");
  const last = () => Number(window.localStorage.getItem(CONTACT)) || Date.now();
  const contact = () => window.localStorage.setItem(CONTACT, String(Date.now()));
  const leave = () => {
    setBlank(true);
    window.location.assign(body.dataset.login || "/");
  };
  const check = () => {
    const left = limit - (Date.now() - last());
    if (left <= 0) leave();
    else if (left <= WARNING_MS && !dialog.open) dialog.showModal();
    else if (left > WARNING_MS && dialog.open) dialog.close();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" })
      .then((answer) => {
        if (!answer.ok) throw new Error("ended");
        contact();
        check();
      })
      .catch(leave);
  });
  /* Closing the question by Escape is an answer too: one stays. */
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    form.requestSubmit();
  });
  contact();
  document.addEventListener("htmx:afterRequest", contact);
  window.setInterval(check, 5000);
})();
