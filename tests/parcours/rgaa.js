// The criteria of RGAA 4.1 that axe cannot see, each a few lines run inside the page. Each gives what is wrong:
// elements, or sentences. test_rgaa.py breaks a good page, one fault at a time, and every one of them says so.
() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".visually-hidden, .skip, .curtain");
  const words = (e) => (e?.textContent || "").replace(/\s+/g, " ").trim();
  const named = (e) => words(e) || e?.getAttribute("aria-label") || "";
  const style = (e) => getComputedStyle(e);
  const isPrinted = (rule) => /print/.test(rule.media?.mediaText);
  const open = (sheet) => [...sheet.cssRules]
    .flatMap((rule) => (isPrinted(rule) ? [] : rule.cssRules?.length ? open(rule) : [rule]));
  const rules = [...document.styleSheets, ...document.adoptedStyleSheets].flatMap(open).filter((rule) => rule.style);
  const rulesThat = (test) => rules.filter(test).map((rule) => rule.cssText.slice(0, 110));
  const channels = (colour) => (colour.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const isClear = (colour) => channels(colour).length === 4 && channels(colour)[3] === 0;
  const ground = (e) => {
    for (let at = e; at; at = at.parentElement)
      if (!isClear(style(at).backgroundColor)) return style(at).backgroundColor;
    return "rgb(255, 255, 255)";
  };
  const light = (colour) =>
    channels(colour).slice(0, 3).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const fields = all("input:not([type=hidden], [hidden]), select, textarea").filter(seen);
  const isTicked = (f) => ["radio", "checkbox"].includes(f.type);
  const typed = fields.filter((f) => !isTicked(f));
  const label = (f) => f.labels?.[0];
  const describing = (e) =>
    (e?.getAttribute("aria-describedby") || "").split(" ").filter(Boolean).map((id) => document.getElementById(id));
  const hasError = (f) =>
    [...describing(f), ...describing(f.closest("fieldset"))].some((e) => e?.matches(".error") && words(e));
  const foreign = /[\u0590-\u08ff\u0400-\u04ff\u3040-\u9fff\u0e00-\u0e7f]/;
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode;
    if (at.data.trim() && !at.parentElement.closest("script, style")) texts.push(at);
  }
  const isLoggedIn = document.body.hasAttribute("data-idle-seconds");

  const RULES = {
    // A drawing says something, or is hidden from whoever does not see it.
    "1.2": () => all("svg, img, canvas").filter((e) =>
      e.matches("img") ? !e.hasAttribute("alt")
        : !e.closest("[aria-hidden=true]") && !(e.matches("[role=img]") && (e.getAttribute("aria-label") || words(e.querySelector("title"))))),
    "1.9": () => all("figcaption").filter((e) => e.parentElement.tagName !== "FIGURE" || !words(e))
      .concat(all("figure").filter((e) => !e.querySelector(":scope > figcaption"))),
    // What one presses or fills stands out by its edge or by its ground: 3 to 1. Underlined, it is a text.
    "3.3": () => [...typed, ...all(".choice--card, .chip, button.button, a.button").filter(seen)].filter((e) => {
      const own = style(e), under = ground(e.parentElement);
      if (own.textDecorationLine.includes("underline") || e.getAttribute("aria-disabled") === "true") return false;
      const isEdged = parseFloat(own.borderTopWidth) > 0 && !isClear(own.borderTopColor);
      const edge = isEdged ? contrast(own.borderTopColor, under) : 1;
      return Math.max(edge, isClear(own.backgroundColor) ? 1 : contrast(own.backgroundColor, under)) < 3;
    }),
    // Tables hold figures, never the page: their heads are heads, and they have a title.
    "5.3": () => all("table").filter((e) => !e.querySelector("th")),
    "5.6": () => all("th").filter((e) => !/^(col|row)(group)?$/.test(e.getAttribute("scope")) || !words(e))
      .concat(all("table").filter((e) => !e.querySelector("caption") && !e.matches("[aria-label], [aria-labelledby]"))),
    "5.8": () => all(":is([role=presentation], [role=none]) :is(th, caption, thead, tfoot, [scope], [headers])"),
    // Nothing is sent, nor opened, by choosing.
    "7.4": () => all("[hx-trigger*=change]").filter((e) => e.matches("select, [type=radio], [type=checkbox]"))
      .concat(all("[onchange], meta[http-equiv=refresh]")),
    // What changes without a new page is said.
    "7.5": () => all(".messages").filter((e) => !e.matches("[role=status], [role=alert], [aria-live]"))
      .concat(all("[data-error-summary]").filter((e) => !e.matches("[role=alert]")))
      .concat(all("[hx-target]").filter((e) => {
        const to = document.querySelector(e.getAttribute("hx-target"));
        return to && !to.closest("[aria-live], [role=status]") && !to.querySelector("[role=status], [role=alert]");
      })),
    "8.1": () => (document.doctype?.name === "html" && document.compatMode === "CSS1Compat" ? [] : ["no doctype"]),
    // The title of the window names the page, then the site; never a word for any page.
    "8.6": () => {
      const parts = document.title.replace(/^Erreur : /, "").split(" – ");
      const isOfThisPage = parts.length > 1 && parts[0].length > 3 && !/^(page|sans titre|tandem|document)$/i.test(parts[0]);
      return isOfThisPage ? [] : [`« ${document.title} »`];
    },
    // Another language is marked, and its direction with it.
    "8.7": () => texts.filter((t) => foreign.test(t.data) && t.parentElement.closest("[lang]").lang === "fr")
      .map((t) => t.data.trim()).concat(all("[lang='']")),
    "8.10": () => texts.filter((t) => /[\u0590-\u08ff]{3}/.test(t.data))
      .filter((t) => !["rtl", "auto"].includes(t.parentElement.closest("[dir]")?.dir)).map((t) => t.data.trim()),
    "8.9": () => all("p, li, h1, h2, h3, h4, dt, th, label, legend")
      .filter((e) => seen(e) && !words(e) && !e.children.length)
      .concat(all("br").filter((e) => e.nextElementSibling?.matches("br") && !e.nextSibling.data?.trim()))
      .concat(all("b:empty, i, u, big, center, font")),
    // Looks are the affair of the sheet of styles, and it says no word.
    "10.1": () => all("[align], [bgcolor], [valign], [nowrap], [border], [cellpadding], table[width], td[width], [style]:not([style='']), tt")
      .filter((e) => !e.closest("svg")),
    "10.2": () => rulesThat((rule) =>
      /\p{L}{2}/u.test((rule.style.content || "").replace(/(counter|attr|var|url)\([^)]*\)|none|normal/g, ""))),
    // Who sets the colour of a text sets its ground.
    "10.5": () => ["body", "input", "select", "textarea"].filter((name) => {
      const own = rules.filter((rule) => rule.selectorText?.split(/,(?![^(]*\))/)
        .some((one) => one.trim().replace(/:not\(.*/, "") === name));
      const says = (name) => own.some((rule) => new RegExp(`[{;] ?${name}`).test(rule.cssText));
      return says("color:") !== says("background(-color)?:");
    }),
    "10.7": () => {
      const before = document.activeElement;
      const wrong = all("a[href], button, input:not([type=hidden]), select, textarea, summary").filter((e) => {
        if (!seen(e) || e.disabled) return false;
        e.focus({ focusVisible: true, preventScroll: true });
        const shown = style(e.closest(".choice--card") || e);
        const isShown = shown.outlineStyle !== "none" && parseFloat(shown.outlineWidth) >= 3;
        return document.activeElement === e && !isShown;
      });
      if (before?.matches("body")) document.activeElement.blur();
      else before?.focus({ preventScroll: true });
      return wrong;
    },
    // Nothing is wider than the page; no sentence is cut; no size is in pixels.
    "10.11": () => {
      const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      return wide > 0 ? [`${wide} px too wide`] : [];
    },
    "10.12": () => all("main *, header *, footer *")
      .filter((e) => seen(e) && !e.matches("svg *, input, select, textarea, progress, thead, thead *") && words(e))
      .filter((e) => /hidden|clip/.test(style(e).overflow))
      .filter((e) => e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2)
      .concat(rulesThat((rule) => /\d(px|pt)$/.test(rule.style.fontSize))),
    // Nothing appears by passing over: no tooltip, no menu that opens.
    "10.13": () => all("body [title]").filter((e) => !e.matches("abbr, iframe")),
    "10.14": () => rulesThat((rule) => /:hover|:focus(?!-visible)/.test(rule.selectorText) && !/^\.skip/.test(rule.selectorText)
      && ["display", "visibility", "opacity", "clipPath", "blockSize"].some((name) => rule.style[name])),
    // One name for one field, beside it: before what is typed, after what is ticked.
    "11.3": () => {
      const names = new Map();
      return fields.filter((f) => f.name && label(f) && f.type !== "radio").filter((f) => {
        const key = [f.form?.action, f.name, isTicked(f) ? f.value : ""].join();
        if (!names.has(key)) names.set(key, words(label(f)));
        return names.get(key) !== words(label(f));
      });
    },
    "11.4": () => fields.filter((f) => {
      const of = label(f);
      if (!of || !seen(of) || of.contains(f) || f.closest(".choice--card")) return false;
      const a = f.getBoundingClientRect(), b = of.getBoundingClientRect();
      const down = Math.max(0, b.top - a.bottom, a.top - b.bottom);
      const across = Math.max(0, b.left - a.right, a.left - b.right);
      return down > 200 || across > 80 || (isTicked(f) ? b.left < a.left : b.top > a.bottom);
    }),
    "11.5": () => fields.filter((f) => f.type === "radio" && f.form
      && all("[type=radio]", f.form).filter((other) => other.name === f.name).length > 1
      && !f.closest("fieldset, [role=group], [role=radiogroup]")),
    "11.6": () => all("fieldset").filter((e) => seen(e) && !words(e.querySelector(":scope > legend")))
      .concat(all("[role=group], [role=radiogroup]").filter((e) =>
        !e.getAttribute("aria-label") && !named(document.getElementById(e.getAttribute("aria-labelledby"))))),
    "11.8": () => all("select").filter((e) => seen(e) && e.options.length > 40 && !e.querySelector("optgroup"))
      .concat(all("optgroup:not([label]), optgroup[label='']")),
    // What may be left out is said before; an error is tied to its field, and the field to its error.
    // A code is one of two ways to confirm; a choice already made cannot be left out.
    "11.10": () => typed.filter((f) => f.closest(".field") && f.form?.method === "post" && !f.required)
      .filter((f) => f.type !== "search" && !f.closest("[role=search]") && !f.name.startsWith("geste_"))
      .filter((f) => !f.matches("select") || all("option", f).some((o) => !o.value))
      .filter((f) => !/facultatif/.test(words(label(f)) + words(f.closest("fieldset")?.querySelector("legend"))))
      .concat(fields.filter((f) => f.getAttribute("aria-invalid") === "true" && !hasError(f)))
      .concat(all(".error[id]").filter((e) => seen(e) && !all("[aria-describedby]").some((f) => describing(f).includes(e)))),
    // An error says what to do: never « invalid » alone.
    "11.11": () => all(".error, [data-error-summary] li").filter((e) => seen(e))
      .filter((e) => words(e).split(" ").length < 4 || /champ est obligatoire|invalide\.?$|valeur valide/i.test(words(e))),
    // What is signed is read again first, each answer with the way to change it.
    "11.12": () => (/\/brouillons\/[^/]+\/signature\/$/.test(location.pathname) || document.querySelector("[data-final]"))
      && document.querySelectorAll("main dl.summary a").length < 3 ? ["no way back to the answers"] : [],
    "12.1": () => (all("nav").length && document.querySelector("[role=search], a[href='/personnes/'], a[href='/aide/']")
      ? [] : ["one way only to find a page"]),
    // The same parts in the same order on every page; the search in the same place.
    "12.2": () => {
      const order = ["header", "main", "footer"].map((name) => document.querySelector(name)).filter(Boolean);
      const isInOrder = order.every((e, i) => !i || order[i - 1].compareDocumentPosition(e) & 4);
      return isInOrder && (!isLoggedIn || document.querySelector("header nav, .main--sheet")) ? [] : ["another order"];
    },
    "12.5": () => (isLoggedIn && document.querySelector("header.header")
      && all("header nav a[href='/personnes/']").length !== 1 ? ["no search in the header"] : []),
    "12.6": () => (all("main").length === 1 ? [] : [`${all("main").length} main`])
      .concat(all("nav").length > 1 ? all("nav").filter((e) => !e.getAttribute("aria-label")
        || all("nav").some((o) => o !== e && o.getAttribute("aria-label") === e.getAttribute("aria-label"))) : []),
    "12.7": () => {
      const skip = document.querySelector("a[href]");
      const to = skip?.matches(".skip") && document.querySelector(skip.getAttribute("href"));
      return to && to.matches("main[tabindex='-1']") ? [] : ["the first link does not lead to the content"];
    },
    // What is reached one after the other is seen one after the other.
    "12.8": () => all("[tabindex]").filter((e) => e.tabIndex > 0)
      .concat(all("body *").filter((e) => (style(e).order !== "0" || /reverse/.test(style(e).flexDirection))
        && (e.matches("a, button, input") || e.querySelector("a, button, input")))),
    "12.11": () => all("[onmouseover], [onmouseenter]"),
    // No window opens unannounced; a file says its kind; nothing is done before the finger is lifted.
    "13.2": () => all("a[target]").filter((e) => e.target !== "_self" && !/nouvelle fenêtre|nouvel onglet/.test(named(e))),
    "13.3": () => all("main a[href*='.pdf'], main a[href*='/pdf/'], main a[download]")
      .filter((e) => seen(e) && !/pdf|agenda|calendrier|télécharger|copie/i.test(named(e))),
    "13.11": () => all("[onmousedown], [onpointerdown], [ontouchstart]"),
    // Headings go down one level at a time.
    "9.1": () => {
      let last = 1;
      return all("main :is(h1, h2, h3, h4, h5, h6)").filter((e) => e.checkVisibility()).filter((e) => {
        const level = Number(e.tagName[1]), jumps = level > last + 1;
        last = level;
        return jumps;
      });
    },
  };
  const line = (one) => (typeof one === "string" ? one : one.outerHTML.replace(/\s+/g, " ").slice(0, 130));
  return Object.entries(RULES).flatMap(([criterion, rule]) => rule().slice(0, 3).map((one) => `${criterion} ${line(one)}`));
}
