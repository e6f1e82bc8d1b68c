"""Likely secrets in a text typed by hand (P-12, S-23): pure functions, nothing is kept.

Numbers are judged by their keys (IBAN and NIR: 97, bank card: Luhn), passwords and codes by the
words around them. A text is never changed: it is read, and the kinds of secrets seen are named.
"""

import re
import unicodedata

from tandem.ui.keyed_numbers import digits_of, holds_card, holds_iban, holds_nir

PASSWORD = "password"  # noqa: S105 (the name of a kind)
CODE = "code"
IBAN = "iban"
CARD = "card"
NIR = "nir"
KINDS = (PASSWORD, CODE, IBAN, CARD, NIR)

# Accents, keycaps and variants drawn over a sign; signs of format that nobody sees.
_UNSEEN = {"Mn", "Me", "Cf"}
# Letters of other alphabets drawn as ours; blanks that count as letters.
_LOOKALIKES = {
    **str.maketrans("аеоорсхуікѕјԁԛԝһӏ", "aeoopcxyiksjdqwhl"),
    **str.maketrans("АВЕКМНОРСТХУІЅЈ", "ABEKMHOPCTXYISJ"),
    **str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανρτι", "ABEZHIKMNOPTYXoavpti"),
    **dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0\u180e"), None),
}
# French numbers said in words, from zero to ninety-nine.
_UNITS = {
    word: value
    for value, word in enumerate(
        re.findall(
            r"\w+",
            "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
        )
    )
}
_TENS = {"vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_NUMBER_WORD = "|".join((*_UNITS, *_TENS))
_SAID = re.compile(
    rf"\b(?:{_NUMBER_WORD})(?:(?:[\s,;.\-–/]+|\s+et\s+)(?:puis\s+)?(?:{_NUMBER_WORD})\b)+"
)


def kinds_of_secrets(text: str) -> list[str]:
    """The kinds of secrets that a text seems to hold, each once, in the order of `KINDS`.

    Says nothing of where, nor of what: a message about it can repeat nothing.
    """
    plain = _plain(text)
    return [kind for kind in KINDS if _SEEN_BY[kind](plain)]


def _plain(text: str) -> str:
    """One writing per text: no accent, no invisible character, straight signs, digits as digits.

    Capitals stay: they tell « Soleil » the password from « soleil » the weather.
    """
    spread = unicodedata.normalize("NFKD", text).translate(_LOOKALIKES)
    bare = "".join(c for c in spread if unicodedata.category(c) not in _UNSEEN)
    bare = re.sub("[’‘`´]", "'", re.sub("[“”«»„]", '"', re.sub("[‐‑‒–—−]", "-", bare)))
    # Keep at most one empty line's worth of spaces, so that a secret cannot hide far away.
    bare = re.sub(r"[^\S\n]+", " ", re.sub(r"\s*\n\s*", "\n", bare))
    bare = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in bare)
    bare = re.sub(r"(?<=\d)[oO](?=[\s.\-]?\d)|(?<=\d)[oO](?=[oO\s]{1,3}\d)", "0", bare)
    return _SAID.sub(lambda found: _digits_said(found.group()), bare)


def _digits_said(words: str) -> str:
    """« quatre, deux, soixante-dix » becomes « 4270 »."""
    value, digits = None, ""
    for word in re.findall(_NUMBER_WORD, words):
        number = _TENS.get(word, _UNITS.get(word, 0))
        if value == 4 and number == 20:
            value = 80
        elif value in set(_TENS.values()) | {80} and 0 < number < (20 if value in {60, 80} else 10):
            value += number
        else:
            digits += "" if value is None else str(value)
            value = number
    return digits + str(value)


_CALLED = (
    r"(?:m[o0]ts?[\s_-]?(?:de?|2)?[\s_-]?p[a@]ss?(?:es?)?|m[.\s]?d[.\s]?p\b\.?|pass?[\s_-]?words?|passwd|pwd|psw"
    r"|phrase (?:de passe|secrete)|cle wi-?fi|code wi-?fi)"
)
_CODE_NAME = (
    r"(?:codes? (?:secrets?|confidentiels?|pin|puk|personnels?|sms|otp|recus?|envoyes?|transmis|temporaires?"
    r"|provisoires?"
    r"|d'acces|de (?:securite|verification|validation|connexion|confirmation|la carte|la cb|sa carte|sa cb"
    r"|ma carte|deblocage|deverrouillage)|franceconnect|france connect|a usage unique|carte|cb|bancaire"
    r"|ameli|caf|impots|parents|secret de la carte)|pins?|puk|otp|cvv|cvc|cryptogramme|code-pin|code-secret)"
)
_BARE_CODE = r"(?:son|sa|mon|ton|leur|votre|ses|le|les|a le|du) codes?|codes?"
_LINK = r"(?:[:=]|->|=>|>|-{1,2}(?=\s)|\(|c'est|ce sera|est|etait|vaut|egale?(?: a)?|devient|\"|\n)"
_FILLER = r"[A-Za-z'\-]+"
_VALUE = r"\S+(?: [^\s.,;]+){0,5}"


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words that begin what one says of a password without giving it.
_TELLS = _words(
    "a à ai as au aux avec avait avoir bon bonne car ce ces cette ceci cela ca celui chez ci-joint comme comment "
    "complique compliquee connu connue correct correcte court courte d dans de depuis des deux difficile "
    "dont du donc elle elles en encore est et etait ete etre facile fait faite faible faut faux fausse fort il ils "
    "impossible incorrect incorrecte inconnu inconnue indisponible important interdit introuvable invalide ici je "
    "jamais juste l la le les leur lors mais mauvais mauvaise meme moi n ne neant ni non nouveau nouvelle nul ok "
    "on or ou oui par pas personne personnel personnelle peut plus pour pourquoi prive pris propre puis qu quand "
    "que quel qui quoi remis refait rien s sa sait sais sans secret secrete ses si simple sinon soit son sont "
    "sous souvent sur tard toujours tout tres trop tu un une va vaut vide vient voir vous y ras rdv sujet atelier "
    "oubli perte reinitialisation probleme blocage changement question attente verifier refaire changer "
    "retrouver demander creer noter choisir recuperer revoir valide facultatif obligatoire absent quelle mis mise "
    "abandon aide aucun aucune blanc idem bis masque cache etape merci attention tjs svp cf ras x "
    "rendez-vous demain hier lundi mardi mercredi jeudi vendredi samedi dimanche"
)
# What was done to a password: « oublié », « perdue », « réinitialisés ».
_DONE = re.compile(
    r"(?:oubli|perd|bloqu|debloqu|expir|chang|remis|reinitialis|refus|modifi|not|enregistr|envoy|rec|trouv|retrouv"
    r"|donn|redonn|effac|corrig|cre|recre|conserv|gard|verifi|valid|defin|chois|inchang|transmi|demand|redemand"
    r"|conn|rejet|erron|oblig|desactiv|activ|communiqu|partag|vol|pirat|saisi|tap|recuper|renouvel|accept|chiffr"
    r"|supprim|fourni|imprim|remplac|prot[eé]g|list|cach|confirm|depass|perime|memoris|sauvegard|refai|met|reset)"
    r"(?:e|ee|es|ees|i|ie|u|ue|us|ues|t|te|s|is|it|er|re|tre)?",
)
_SERVICES = _words(
    "de du des la le les l d pour sur a au son sa mon ma leur votre compte comptes site boite mail mails messagerie "
    "espace caf ameli impots edf sncf franceconnect france travail connect carte banque telephone portable wifi "
    "ordinateur tablette gmail orange sfr free laposte bancaire vitale actuel nouveau ancien provisoire temporaire "
    "perso personnel nouvel adresse cpam urssaf ants msa carsat cb bleue vital poste box internet session"
)
_COMMON = _words(
    "azerty qwerty azertyuiop password motdepasse doudou soleil loulou marseille chouchou bonjour iloveyou "
    "jetaime tititoto admin azerty1"
)
_UNITS_AFTER = (
    r"(?!\s?(?:essais?|fois|tentatives?|jours?|heures?|h\b|minutes?|mn|min\b|secondes?|chiffres?|caracteres?|lettres?"
    r"|semaines?|mois|ans?\b|euros?|€|%|personnes?|erreurs?|codes?|sms|messages?|cases?|points?\b|(?:er|e|eme)\b))"
)
_CODE_VALUE = re.compile(rf"(?<![\d/])\d(?:[\s.\-]?\d){{2,9}}(?![\d/]|,\d){_UNITS_AFTER}")
_NOT_SECRET = re.compile(
    r"\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?|\d{4}-\d\d-\d\d|\d{1,2}h(?:\d\d)?|\d+(?:er|e|eme|ere|nd|nde|x|kg|km|m2|ans|eur|€|%)"
    r"|\d+[.,]\d{1,2}(?:€|e)?|\S+@\S+\.\w+|(?:https?://|www\.)\S+|\S+\.(?:fr|com|org|net|gouv)\S*|(?:19|20)\d\d",
    re.IGNORECASE,
)
_BEFORE_REFERENCE = re.compile(
    r"\b(?:formulaire|cerfa|dossier|article|art|arrete|numero|n[o°]?|ref|reference|version|v|salle|bureau"
    r"|postal|ape|naf|insee|commune|rome|agence|guichet|bic|siret|siren|promo|barre|promotion"
    r"|porte|travail|civil|route|penal)\W*$",
    re.IGNORECASE,
)
_PASSWORD = re.compile(rf"\b{_CALLED}(?![\w@])", re.IGNORECASE)
_LINKED = re.compile(
    rf"(?P<fill>(?:\s{_FILLER}){{0,6}}?)\s*(?P<link>(?:{_LINK}\s*)+)(?P<value>{_VALUE})",
    re.IGNORECASE,
)
_TURNED = re.compile(
    rf"(?P<value>\b\d(?:[\s.\-]?\d){{2,9}}|(?<!\S)\S{{4,60}}),? (?:(?:c'est|est|etait|comme|=|pour)\s?|\()"
    rf"(?:(?:le|son|mon|leur|un|ton) )?"
    rf"(?P<name>{_CALLED}|{_CODE_NAME})",
    re.IGNORECASE,
)
_CODE_SAID = re.compile(
    rf"\b{_CODE_NAME}(?P<fill>(?:\s(?:{_FILLER}|\d{{1,2}}h?\b)){{0,6}}?)\s*(?P<link>(?:{_LINK}\s*)*)(?={_CODE_VALUE.pattern})",
    re.IGNORECASE,
)
_BARE_CODE_SAID = re.compile(
    rf"\b(?:{_BARE_CODE})(?P<fill>(?:\s{_FILLER}){{0,3}}?)(?:\s*(?:[:=]|c'est|est)\s*|\s)"
    rf"\"?(?P<code>(?<![\d/])\d(?:[\s.\-]?\d){{3,7}}(?![\d/]|[\s.\-]?\d|,\d)){_UNITS_AFTER}",
    re.IGNORECASE,
)
_IDENTIFIERS = re.compile(
    r"\b(?:identifiants?|logins?|id|user|connexion|acces|se connecte avec)\b[^\n:=]{0,30}[:=]?\s*"
    r"(?P<name>[^\s/|;,]+)\s*(?:[/|;,\n]|et|puis)\s*(?P<value>\S+)",
    re.IGNORECASE,
)
_MAIL_AND = re.compile(r"[\w.+-]+@[\w-]+\.\w+\s*[/|;:\n]\s*(?P<value>\S+)")


def _holds_password(text: str) -> bool:
    if any(
        _given_after_link(text, name.end()) or _given_nearby(text, name.end())
        for name in _PASSWORD.finditer(text)
    ):
        return True
    if any(_looks_secret(found["value"]) for found in _TURNED.finditer(text)):
        return True
    paired = (*_IDENTIFIERS.finditer(text), *_MAIL_AND.finditer(text))
    return any(_looks_secret(found["value"], strictly=True) for found in paired)


def _given_after_link(text: str, at: int) -> bool:
    """« mot de passe (de …) : x », « mot de passe c'est x »: by the shape of x, or when it stands alone."""
    found = _LINKED.match(text, at)
    if not found:
        return False
    words = found["value"].split()
    if _looks_secret(words[0]) or _spelled_out(words):
        return True
    plain = [bare for word in words if (bare := word.strip("\"'(),;:.!?/").lower())]
    others = [word for word in found["fill"].lower().split() if word not in _SERVICES]
    # At most one word more, a name: « mot de passe de Rose : soleil ».
    return len(others) <= 1 and not any(map(_tells, others)) and _is_bare_word(plain)


def _given_nearby(text: str, at: int) -> bool:
    """« mdp ameli Soleil1950 »: no sign between, so the shape must leave no doubt."""
    before = ""
    for word in re.split(r"[.;!?](?=\s)|,(?=\s)", text[at : at + 100].lstrip(" ,"))[0].split()[:6]:
        if _looks_secret(word, strictly=True) and not _BEFORE_REFERENCE.search(before):
            return True
        alone = set(before.lower().split()) <= _SERVICES
        if alone and (word.lower() in _COMMON or re.fullmatch(r"\d{4,12}", word)):
            return not _NOT_SECRET.fullmatch(word)
        if _DONE.fullmatch(word.lower()):
            return False
        before += f" {word}"
    return False


def _tells(word: str) -> bool:
    return word in _TELLS or "'" in word or bool(_DONE.fullmatch(word))


def _is_bare_word(plain: list[str]) -> bool:
    """One to three words that say nothing else: « soleil », « petit chat bleu »."""
    if not plain or len(plain) > 3 or len(plain[0]) < 3:
        return False
    return not any(map(_tells, plain))


def _spelled_out(words: list[str]) -> bool:
    """Single signs one after another: « S o l 1 9 »."""
    return len(words) >= 4 and all(len(word.strip("-.,")) == 1 for word in words[:4])


def _looks_secret(token: str, *, strictly: bool = False) -> bool:
    """Letters with figures or signs, capitals inside, or figures alone; never a date, a mail, a time."""
    token = token.strip("\"'(),;:.")
    if len(token) < 4 or _NOT_SECRET.fullmatch(token):
        return False
    letters, figures = re.search("[A-Za-z]", token), re.search(r"\d", token)
    signs = re.search(r"[!@#$%&*+=?_^~]", token.rstrip("!?"))
    if strictly:
        return bool(letters and (figures or signs)) and len(token) >= 6
    if not letters:
        return bool(figures)
    return bool(figures or signs or re.search("[a-z][A-Z]", token))


def _holds_code(text: str) -> bool:
    """A code said as one: « code secret 4271 », « PIN : 4 2 7 1 », « son code c'est 4271 »."""
    if any(map(_is_code_given, _CODE_SAID.finditer(text))):
        return True
    for found in _BARE_CODE_SAID.finditer(text):
        # Five figures after « code » are a postcode or a commune.
        named = len(digits_of(found["code"])) == 5 or _BEFORE_REFERENCE.search(found["fill"])
        if not named and not _NOT_SECRET.fullmatch(found["code"]):
            return True
    return any(
        re.match(_CODE_NAME, found["name"], re.IGNORECASE) and _CODE_VALUE.fullmatch(found["value"])
        for found in _TURNED.finditer(text)
    )


def _is_code_given(found: re.Match[str]) -> bool:
    """After a sign, whatever the words between; without one, at once: « oublié depuis 2024 » is none."""
    fillers = found["fill"].lower().split()
    if _BEFORE_REFERENCE.search(found["fill"]):
        return False
    return bool(found["link"].strip()) or (
        len(fillers) <= 4 and not any(map(_DONE.fullmatch, fillers))
    )


_SEEN_BY = {
    PASSWORD: _holds_password,
    CODE: _holds_code,
    IBAN: holds_iban,
    CARD: holds_card,
    NIR: holds_nir,
}
