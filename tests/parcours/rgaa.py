"""The criteria of RGAA 4.1 that axe cannot see: rules in rgaa.js, and for each a fault that it catches. A-03.

What a page alone cannot show (twice bigger text, one title for one page, no trap for a keyboard) is in the journeys.
"""

from pathlib import Path
from typing import Final

# A function, after two lines of comment.
CHECK: Final = Path(__file__).with_suffix(".js").read_text().split("\n", 2)[2]

# Inside the page: `put` adds to the content, `sheet` adds styles as a constructed sheet, which the CSP allows.
FAULT: Final = """() => {
  const put = (html) => document.querySelector("main").insertAdjacentHTML("beforeend", html);
  const gone = (selector) => document.querySelectorAll(selector).forEach((e) => e.remove());
  const sheet = (css) => { const one = new CSSStyleSheet(); one.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, one]; };
  %s;
}"""
FAULTS: Final = {
    "1.2": "put('<svg><path></path></svg>')",
    "1.9": "put('<figure><p>Les aides du mois</p></figure>')",
    "3.3": "put('<input aria-label=Nom class=pale>'); sheet('.pale {border-color: #e6e4dc !important}')",
    "5.3": "put('<table><tr><td>1</td></tr></table>')",
    "5.6": "put('<table><caption>Aides</caption><tr><th>Mois</th></tr></table>')",
    "5.8": "put('<table role=none><tr><th scope=col>Mois</th></tr></table>')",
    "7.4": "put('<select aria-label=Mois hx-trigger=change></select>')",
    "7.5": "put('<div class=messages><p>C’est fait.</p></div>')",
    "8.6": "document.title = 'Page – Tandem'",
    "8.7": "put('<p dir=rtl>مرحبا بكم</p>')",
    "8.9": "put('<p></p>')",
    "8.10": "put('<p lang=ar>مرحبا بكم</p>')",
    "9.1": "put('<h2>Un</h2><h4>Trois</h4>')",
    "10.1": "put('<p align=center>Bonjour</p>')",
    "10.2": "sheet('.main::before {content: \"Attention\"}')",
    "10.5": "sheet('html {color: red} body {color: red} select {color: red}'); gone('link[rel=stylesheet]')",
    "10.7": "sheet(':focus-visible {outline: none !important}')",
    "10.11": "put('<p class=wide>Trop large</p>'); sheet('.wide {inline-size: 120vw; max-inline-size: none}')",
    "10.12": "put('<p class=cut>Une phrase qui tient sur deux lignes</p>');"
    " sheet('.cut {inline-size: 5rem; block-size: 1rem; overflow: hidden}')",
    "10.13": "put('<span title=Explication>?</span>')",
    "10.14": "sheet('.card:hover small {display: block}')",
    "11.3": "put('<form><label>Nom <input name=n></label><label>Prénom <input name=n></label></form>')",
    "11.4": "put('<label for=far>Nom</label><p class=far><input id=far></p>');"
    " sheet('.far {margin-block-start: 400px}')",
    "11.5": "put('<form><label><input type=radio name=r value=1> Oui</label>"
    "<label><input type=radio name=r value=2> Non</label></form>')",
    "11.6": "put('<fieldset><legend></legend><label>Nom <input></label></fieldset>')",
    "11.8": "put(`<select aria-label=Pays>${'<option>x</option>'.repeat(41)}</select>`)",
    "11.10": "put('<label for=alone>Nom</label><input id=alone aria-invalid=true required>')",
    "11.11": "put('<p class=error>Champ invalide.</p>')",
    "11.12": "put('<form data-final><button>Signer</button></form>'); gone('dl.summary')",
    "12.1": "gone('nav')",
    "12.2": "document.querySelector('header').before(document.querySelector('main'))",
    "12.5": "gone('header a[href=\"/personnes/\"]')",
    "12.6": "put('<nav><a href=/>Un</a></nav><nav><a href=/aide/>Deux</a></nav>')",
    "12.7": "gone('.skip')",
    "12.8": "put('<button tabindex=3>Avant les autres</button>')",
    "12.11": "put('<button class=menu>Menu</button>'); document.querySelector('.menu').setAttribute('onmouseover', '')",
    "13.2": "put('<a href=/aide/ target=_blank>Aide</a>')",
    "13.3": "put('<a href=/feuille.pdf>La feuille</a>')",
    "13.11": "put('<button class=x>Un</button>'); document.querySelector('.x').setAttribute('ontouchstart', '')",
}
