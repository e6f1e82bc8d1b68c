/* Comfort on every page. Each page works without this file; nothing is sent anywhere. */
"use strict";

(() => {
  const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

  /* The list of errors takes the focus, so that it is read first. */
  const focusErrors = () => {
    const summary = document.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  };

  /* A form is sent once. The button stays in place: it carries its own value. */
  const GUARD_MS = 8000;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const release = () => {
      delete form.dataset.sent;
      each("[type=submit]", (button) => button.removeAttribute("aria-disabled"), form);
    };
    each("[type=submit]", (button) => button.setAttribute("aria-disabled", "true"), form);
    window.setTimeout(release, GUARD_MS);
    window.addEventListener("pageshow", release, { once: true });
  });

  /* A page of someone logged in is never shown again from the browser's memory. */
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && document.body.dataset.idleSeconds) window.location.reload();
  });

  /* A link that leads to a page of confirmation opens the same question in place. */
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (!dialog || typeof dialog.showModal !== "function") return;
    event.preventDefault();
    dialog.showModal();
    dialog.addEventListener("close", () => opener.focus(), { once: true });
  });

  each("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  /* Reading aloud: the browser's own voice, sentence by sentence, so that long texts are not cut. */
  const voice = window.speechSynthesis;
  const readAloud = (button) => {
    const label = button.querySelector("span");
    const start = label.textContent;
    const stop = () => {
      voice.cancel();
      label.textContent = start;
      button.setAttribute("aria-pressed", "false");
    };
    button.hidden = false;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-pressed") === "true") {
        stop();
        return;
      }
      const target = document.getElementById(button.dataset.readAloud);
      const lang = (target.closest("[lang]") || document.documentElement).lang;
      const sentences = target.innerText.match(/[^.!?;:\n؟。]+[.!?;:؟。]*/g) || [];
      voice.cancel();
      label.textContent = button.dataset.stop;
      button.setAttribute("aria-pressed", "true");
      sentences.map((sentence) => sentence.trim()).filter(Boolean).forEach((sentence, rank, all) => {
        const words = new SpeechSynthesisUtterance(sentence);
        words.lang = lang;
        words.rate = 0.9;
        if (rank === all.length - 1) words.addEventListener("end", stop);
        voice.speak(words);
      });
    });
    window.addEventListener("pagehide", () => voice.cancel());
  };
  if (voice && typeof window.SpeechSynthesisUtterance === "function") each("[data-read-aloud]", readAloud);

  focusErrors();
  document.addEventListener("htmx:afterSettle", focusErrors);
})();
