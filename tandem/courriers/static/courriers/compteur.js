/* Counts a text while it is typed, as the server does. The page counts without this file too. */
"use strict";

(() => {
  const text = document.querySelector("[data-counted]");
  const line = text && document.getElementById(text.dataset.counted);
  if (!line) return;
  const now = line.querySelector("[data-now]");
  const said = line.querySelector("[data-limit-words]");
  const field = document.querySelector("[data-limit]");
  const words = line.dataset;

  /* As tandem/courriers/rules.py: code points, one for an end of line, ends left out. */
  const counted = () => {
    const clean = text.value.replace(/\r\n?/g, "\n").normalize("NFC").trim();
    return { characters: [...clean].length, words: clean ? clean.split(/\s+/).length : 0 };
  };

  /* « mot mots »: the word alone, then of several. */
  const so = (number, kind) => `${number} ${words[kind].split(" ")[number > 1 ? 1 : 0]}`;

  let waiting;
  const say = (sentence) => {
    window.clearTimeout(waiting);
    /* A voice that follows each key says nothing useful. */
    waiting = window.setTimeout(() => { if (said.textContent !== sentence) said.textContent = sentence; }, 600);
  };

  const refresh = () => {
    const count = counted();
    now.textContent = `${so(count.characters, "characters")}, ${so(count.words, "words")}`;
    const limit = Number.parseInt(field.value, 10);
    const unit = document.querySelector("[data-limit-unit]:checked");
    const kind = unit && unit.value === "words" ? "words" : "characters";
    const left = limit - count[kind];
    line.classList.toggle("compte--over", left < 0);
    if (Number.isNaN(limit)) say("");
    else say(`${left < 0 ? words.over : words.left} ${so(Math.abs(left), kind)}`);
  };

  document.addEventListener("input", refresh);
  document.addEventListener("change", refresh);
  refresh();
})();
