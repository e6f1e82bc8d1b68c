/* Pages of someone logged in: hide the screen at once, and warn before the session ends. */
"use strict";

(() => {
  const body = document.body;
  const WARNING_MS = 120000;
  const PRESENT_BLANK_MS = 60000;
  const CONTACT = "tandem-contact";

  /* Hide the screen: one key (F9, or ² outside a field) or a button. It comes back with a gesture. */
  const asked = document.querySelector("form[data-blank]");
  const curtain = document.querySelector("[data-curtain]");
  const title = document.title;
  const isBlank = () => !curtain.hidden;
  const cover = (blank) => {
    if (!curtain || blank === isBlank()) return;
    curtain.hidden = !blank;
    Array.from(body.children).forEach((child) => {
      if (child !== curtain && child.tagName !== "SCRIPT") child.inert = blank;
    });
    body.toggleAttribute("data-blanked", blank);
    document.title = blank ? "Tandem" : title;
    if (blank) {
      if (window.speechSynthesis) window.speechSynthesis.cancel();
      curtain.querySelector("[data-curtain-open]").focus();
    } else if (asked) asked.querySelector("button").focus();
  };
  const send = (form) =>
    fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      credentials: "same-origin",
      redirect: "manual",
      keepalive: true,
      headers: { Accept: "application/json" },
    });
  const hide = () => {
    if (!asked || isBlank()) return;
    cover(true);
    /* The server hides it too: neither a reload nor another window shows anything. */
    send(asked).catch(() => {});
  };
  if (asked && curtain) {
    const opener = curtain.querySelector("[data-curtain-open]");
    const message = curtain.querySelector("[data-curtain-message]");
    const place = curtain.querySelector("[data-curtain-place]");
    const away = () => window.location.assign(opener.href);
    const lift = (form) =>
      send(form)
        .then((answer) => {
          if (answer.status !== 204 && answer.status !== 422) throw new Error("ended");
          const wrong = answer.status === 422;
          message.textContent = wrong ? message.dataset.wrong : "";
          message.hidden = !wrong;
          ["geste_code", "geste_credential"].forEach((name) => (form.elements.namedItem(name).value = ""));
          delete form.dataset.sent;
          if (wrong) return;
          place.replaceChildren();
          opener.hidden = false;
          cover(false);
        })
        .catch(away);
    /* The page of the gesture comes under the curtain, so that what was being typed stays. */
    const ask = async () => {
      if (place.firstElementChild) return;
      const answer = await fetch(opener.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const form = page.querySelector("form[data-resume]");
      if (!form) throw new Error("ended");
      const script = form.querySelector("script");
      place.append(document.adoptNode(form));
      form.addEventListener("submit", (event) => {
        const filled = ["geste_code", "geste_credential"].some((name) => form.elements.namedItem(name).value.trim());
        if (!filled) return;
        event.preventDefault();
        lift(form);
      });
      if (script) {
        const again = document.createElement("script");
        again.src = script.getAttribute("src");
        script.replaceWith(again);
      }
      opener.hidden = true;
      form.elements.namedItem("geste_code").focus();
    };
    asked.addEventListener("submit", (event) => {
      event.preventDefault();
      hide();
    });
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      ask().catch(away);
    });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest && event.target.closest("input, textarea, select");
      if (event.key === "F9" || (event.key === "²" && !typing)) {
        event.preventDefault();
        if (isBlank()) ask().catch(away);
        else hide();
      }
    });
  }

  /* Beside a person, a screen left alone hides itself after a minute. */
  if ("personPresent" in body.dataset) {
    let alone = 0;
    const rearm = () => {
      window.clearTimeout(alone);
      alone = window.setTimeout(hide, PRESENT_BLANK_MS);
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
    cover(true);
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
