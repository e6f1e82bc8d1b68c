/* A password can be looked at while it is typed. */
"use strict";

document.querySelectorAll("[data-password]").forEach((field) => {
  const button = document.createElement("button");
  const show = "Afficher le mot de passe";
  button.type = "button";
  button.className = "button button--quiet";
  button.textContent = show;
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.textContent = hidden ? "Masquer le mot de passe" : show;
  });
  field.insertAdjacentElement("afterend", button);
  if (field.form) field.form.addEventListener("submit", () => { field.type = "password"; });
});
