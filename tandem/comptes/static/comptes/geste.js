/* Passkeys, as comfort: without this file a code is typed. The answer goes with the form, nowhere else. */
"use strict";

(() => {
  const toBytes = (text) => {
    const base64 = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(window.atob(base64), (letter) => letter.charCodeAt(0));
  };
  const toText = (buffer) =>
    window.btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const withBytes = (list) => (list || []).map((item) => ({ ...item, id: toBytes(item.id) }));

  const read = (options) => {
    const asked = { ...options.publicKey, challenge: toBytes(options.publicKey.challenge) };
    if (asked.user) asked.user = { ...asked.user, id: toBytes(asked.user.id) };
    if (asked.allowCredentials) asked.allowCredentials = withBytes(asked.allowCredentials);
    if (asked.excludeCredentials) asked.excludeCredentials = withBytes(asked.excludeCredentials);
    return asked;
  };

  const write = (credential) => {
    const given = credential.response;
    const response = { clientDataJSON: toText(given.clientDataJSON) };
    if (given.attestationObject) response.attestationObject = toText(given.attestationObject);
    if (given.authenticatorData) response.authenticatorData = toText(given.authenticatorData);
    if (given.signature) response.signature = toText(given.signature);
    if (given.userHandle) response.userHandle = toText(given.userHandle);
    return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response });
  };

  const ask = async (place, form) => {
    const body = new URLSearchParams({ act: place.dataset.act || "", etape: place.dataset.step || "" });
    const answer = await fetch(place.dataset.options, {
      method: "POST",
      body,
      credentials: "same-origin",
      redirect: "error",
      headers: { Accept: "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.message || "");
    return said;
  };

  const isFilled = (place, form) => {
    const code = place.dataset.passkey === "get" && form.elements.namedItem("geste_code");
    return Boolean(form.elements.namedItem(place.dataset.field).value || (code && code.value.trim()));
  };

  const wire = (place) => {
    const form = place.closest("form");
    const start = place.querySelector("[data-passkey-start]");
    const message = place.querySelector("[data-passkey-message]");
    if (!form || !start || place.dataset.wired) return;
    place.dataset.wired = "1";
    [place, ...place.querySelectorAll("[data-passkey-ready]")].forEach((part) => {
      if ("passkeyReady" in part.dataset) part.hidden = false;
    });
    place.querySelectorAll("[data-passkey-absent]").forEach((part) => part.remove());
    const say = (text) => {
      message.textContent = text;
      message.hidden = !text;
    };
    const begin = async (submitter) => {
      say("");
      start.setAttribute("aria-disabled", "true");
      try {
        const publicKey = read(await ask(place, form));
        const credential = await navigator.credentials[place.dataset.passkey]({ publicKey });
        form.elements.namedItem(place.dataset.field).value = write(credential);
        /* A key just made waits for the confirmation, when the form asks for one. */
        const places = [...form.querySelectorAll("[data-passkey]")];
        if (places.every((other) => isFilled(other, form))) form.requestSubmit(submitter);
        else say(message.dataset.next || "");
      } catch (error) {
        /* Our own sentences come as plain errors; the browser's are in its own words. */
        say((error.constructor === Error && error.message) || message.dataset.failed);
      } finally {
        start.removeAttribute("aria-disabled");
      }
    };
    start.addEventListener("click", () => begin(form.querySelector("button[type=submit]")));
    /* The button of the page is enough: it asks for the key when nothing was typed. */
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || isFilled(place, form)) return;
      event.preventDefault();
      begin(event.submitter);
    });
  };

  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const wireAll = () => document.querySelectorAll("[data-passkey]").forEach(wire);
  wireAll();
  document.addEventListener("htmx:afterSettle", wireAll);
})();
