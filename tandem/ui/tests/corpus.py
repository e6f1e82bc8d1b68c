"""500 notes of a desk, half of them with a secret in one disguise or another (P-12).

Every name and number is invented; the numbers that carry a key are drawn with a right one, from a
fixed seed. The innocent half is what aidants really write beside: phones, files, amounts, dates,
forgotten passwords.
"""

import random

_CARD_STARTS = ("4970", "4532", "5132", "5500", "2221", "37", "6011", "4", "6759", "3530")
_IBAN_SHAPES = {"FR": 23, "DE": 18, "ES": 20, "IT": 23, "BE": 12, "RO": 20, "PT": 21, "MA": 24}
_DIGIT_WORDS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")

PASSWORDS = (
    "Soleil1950",
    "azerty75!",
    "Rose_1948",
    "M@rseille13",
    "Doudou2024",
    "tRouVe99",
    "Loulou!12",
    "kx7Qp2vZ",
    "19chats84",
    "Paris#92",
)

PASSWORD_NOTES = (
    "mdp : {p}",
    "Mdp={p}",
    "MDP {p}",
    "mot de passe : {p}",
    "Mot de passe Ameli : {p}",
    "mot de passe ameli\n{p}",
    "mon mot de passe c'est {p}",
    "Mon mot de passe c’est {p}, ne pas le perdre.",
    "Le mot de passe est {p}.",
    "son mot de passe est le suivant : {p}",
    "Compte impôts, identifiant 1234567890123 / mdp {p}",
    "identifiant rose.lefevre@exemple.fr mot de passe {p}",
    "rose.lefevre@exemple.fr / {p}",
    "Identifiants CAF : 7654321 / {p}",
    "m.d.p. : {p}",
    "motdepasse:{p}",
    "mot-de-passe -> {p}",
    "password: {p}",
    "{p} c'est son mot de passe pour la CAF",
    "Elle se connecte avec rose1948 puis {p}",
    "Créé boîte mail ce jour.\nAdresse : rose@exemple.fr\nMot de passe :\n{p}",
    "Note pour demain : revoir Rose (mot de passe {p}) et appeler la CAF.",
    "Code wifi : {p}",
    "mot de passe « {p} »",
    "mot de passe du compte France Travail de Monsieur : {p}",
    "login rose / pwd {p}",
    "M D P : {p}",
    "mot d passe = {p}",
    "J’ai noté son mot de passe, {p}, dans la fiche.",
    "Mot de passe provisoire envoyé par la CAF : {p}",
)
PLAIN_PASSWORD_NOTES = (
    "mdp : soleil",
    "mot de passe : doudou",
    "Mon mot de passe c'est marseille",
    "mdp: azerty",
    "Mot de passe = petit chat bleu",
    "mdp azerty",
    "Le mot de passe de Rose : jardinage",
    "mot de passe : S o l e i l 1 9 5 0",
    "mdp : 123456",
    "mot de passe de la boîte mail : tournesol",
)
CODE_NOTES = (
    "code secret {c}",
    "Code secret : {c}",
    "Son code c'est {c}",
    "code PIN {c}",
    "PIN : {c}",
    "le code de sa carte est {c}",
    "Le code confidentiel de la carte vitale bleue : {c}",
    "code SMS reçu : {c}",
    "Code FranceConnect reçu par téléphone : {c}",
    "code à usage unique {c}",
    "code de vérification reçu à 10 h : {c}",
    "OTP {c}",
    "Code secret de la carte bancaire\n{c}",
    "{c} est son code secret",
    "Pour débloquer le téléphone, code PIN : {c}, puis Valider.",
    "Le code reçu est {c}",
    "Mon code est {c} si besoin",
    "code de validation : {c}",
)
CARD_NOTES = (
    "Carte bancaire {n}",
    "CB : {n} exp 12/27",
    "Numéro de carte\n{n}",
    "elle a payé avec la {n} sur le site",
    "{n}",
    "carte {n} cryptogramme 123",
    "N° {n} au nom de Lefèvre",
    "Pour le paiement du timbre fiscal : {n} 12/27",
)
IBAN_NOTES = (
    "IBAN {i}",
    "iban : {i}",
    "Nouveau RIB à donner à la CAF : {i} (Banque postale)",
    "Compte\n{i}\nBIC PSSTFRPPXXX",
    "virement sur {i} tous les 5 du mois",
    "{i}",
    "son compte est le {i}, à vérifier",
)
NIR_NOTES = (
    "NIR {s}",
    "n° de sécu : {s}",
    "Numéro de sécurité sociale {s}",
    "Rose, {s}, vient pour Ameli",
    "{s}",
    "carte vitale {s} perdue",
    "Sécu {s}\nCPAM prévenue",
)

# Typed by hand, none fitted to the rules: three or four get through.
HAND_WRITTEN = (
    ("password", "Le mdp de son mail orange c'est Chaton77"),
    ("password", "mdp orange Chaton77"),
    ("password", "MOT DE PASSE FRANCE CONNECT CHATON77!"),
    ("password", "Son mot de passe commence par Chaton et finit par 77"),
    ("password", "il m'a donné son mot de passe : chaton bleu"),
    ("password", "mdp (ameli) : Chaton_77"),
    ("password", "Chaton77 mdp gmail"),
    ("password", "accès ameli : 1850275116014 / Chaton77"),
    ("password", "mot de passe ordi 1234"),
    ("code", "le pin du tel c'est 0000"),
    ("code", "code tel 0000"),
    ("code", "code de son téléphone : 2580"),
    ("code", "code carte vitale 4455"),
    ("code", "code CB : 12 34"),
    ("code", "sa carte bleue 1234 code"),
    ("code", "code confidentiel Banque postale 845612"),
    ("code", "le code FranceConnect est 458912"),
    ("code", "elle dicte le code 458 912"),
    ("nir", "nº sécu 2 85 05 75 116 005 12"),
    ("nir", "secu : 2850575116005"),
    ("iban", "FR 76 30006 00001 12345678901 89"),
    ("iban", "RIB : 30006 00001 12345678901 06"),
    ("password", "paypal rose@exemple.fr mdp=Chaton77"),
    ("password", "mot  de  passe  :  Chaton77"),
    ("password", "mot de\npasse : Chaton77"),
    ("password", "mot de passe: C h a t o n 7 7"),
    ("password", "mot de passe = “chaton”"),
    ("code", "code : 845612"),
    ("code", "code envoyé par la caf 845612"),
    ("code", "le code otp reçu : 8 4 5 6 1 2"),
    ("code", "code sms = 845-612"),
    ("password", "phrase de passe : cheval correct batterie"),
    ("password", "identifiant impots 30 12 345 678 901 mdp : Loulou!"),
    ("code", "ses codes sont 4512 et 7788"),
    ("code", "le code est quatre-vingt-douze douze"),
)

INNOCENT = (
    "Il a oublié son mot de passe.",
    "A oublié son mot de passe Ameli, refait avec elle aujourd’hui.",
    "Mot de passe : oublié",
    "mot de passe : à refaire avec lui",
    "mdp perdu, demander un nouveau code par courrier",
    "Mdp oublié 2 fois depuis {d}",
    "Mot de passe changé le {d}.",
    "Mot de passe réinitialisé : elle l’a noté dans son carnet.",
    "Le mot de passe est dans son carnet.",
    "Le mot de passe est perdu.",
    "Son mot de passe est trop court, il faut 12 caractères.",
    "Le mot de passe de la boîte mail ne marche plus.",
    "Cliquer sur « Mot de passe oublié ? » puis attendre le courriel.",
    "Mot de passe : elle seule le connaît",
    "mot de passe : sa fille le garde",
    "Ne jamais noter le mot de passe. Rappeler au {t}.",
    "Le mot de passe a été refusé trois fois, compte bloqué 24 h.",
    "Atelier mots de passe : {d} à 14h30",
    "Mot de passe ok",
    "Elle confond identifiant et mot de passe.",
    "Identifiant CAF {f}, mot de passe inconnu",
    "mdp : ok",
    "Mot de passe : bloqué, rappeler le {t}",
    "Problème de mot de passe sur impots.gouv.fr, formulaire 2042C envoyé.",
    "Le code secret de sa carte est bloqué après 3 essais.",
    "Code secret oublié, aller à la banque le {d}.",
    "Le code a expiré au bout de 10 minutes, recommencer.",
    "Code reçu par SMS, elle l’a tapé elle-même.",
    "Code PIN refusé 3 fois",
    "Il attend le code par courrier depuis 15 jours.",
    "Code postal 92220",
    "Code postal : 92220 Bagneux",
    "code APE 6201Z",
    "Code INSEE 92007",
    "Code de la commune : 92007",
    "Article 1984 du code civil",
    "Code de vérification non reçu depuis 3 jours",
    "Le code à 6 chiffres n’arrive pas.",
    "Table en pin, 120 euros sur un site de vente",
    "Appeler le {t} avant 17 h",
    "Tél. {t} / {t}",
    "Téléphones : {t}, {t}, {t}",
    "Numéro de la fille : +33 6 12 34 56 78",
    "Dossier {f}",
    "Dossier n° {f} déposé le {d}",
    "N° allocataire {f}, quotient familial 640",
    "Numéro de demandeur d’emploi {f}A",
    "SIRET {siret}",
    "Employeur : SIRET {siret}, contrat du {d}",
    "{siret}",
    "Numéro fiscal {spi}",
    "N° fiscal : {spi}, référence de l’avis 22 92 1234567 89",
    "Facture EDF de {m} du {d}",
    "Loyer {m}, APL {m}",
    "Reste à payer : {m}",
    "Né le {d} à Oran",
    "12 rue des Lilas, 92220 Bagneux, bâtiment B, 3e étage",
    "Rendez-vous le {d} à 9 h 30 avec Mme Petit",
    "Prime d’activité : déclaration du trimestre faite le {d}, reçu imprimé",
    "Suivi colis 6A12345678901",
    "Récépissé {f} valable jusqu’au {d}",
    "Titre de séjour n° 7703123456, expire le {d}",
    "Permis 13AA00002",
    "Plaque AB-123-CD",
    "Passeport 12AB34567",
    "Réclamation n° 2026-00{f}, réponse attendue le {d}",
    "Revenus : janvier 1 204,50, février 980,00, mars 1 010,20",
    "Quittances 2024, 2025 et 2026 à apporter",
    "Chèque n° 1234567 encaissé",
    "Compteur Linky 14 chiffres : {pdl}",
    "Le RIB est à apporter la prochaine fois.",
    "IBAN à vérifier avec la banque, elle apportera le RIB.",
    "Carte bancaire perdue, opposition faite au 0 892 705 705",
    "Carte Vitale à mettre à jour, numéro de sécu sur l’attestation",
    "Elle vient avec son numéro de sécurité sociale le {d}",
    "Vu la boîte mail avec lui : 3 messages de la CAF, 2 de France Travail",
    "Il a tapé lui-même son code, je me suis retourné.",
    "Demande de logement 0921023456789123",
    "Un, deux ou trois mois de retard, elle ne sait plus.",
    "Pass Navigo : remboursement de {m} demandé",
    "Pass numérique, carnet de 10",
    "Elle est passée à 10 h, a attendu 20 minutes, revient le {d}",
    "Elle a peur de perdre son mot de passe, on l'a noté ensemble sur son carnet.",
    "Mot de passe créé par lui-même, sans moi.",
    "A besoin d'un nouveau mot de passe : rendez-vous jeudi",
    "Mot de passe : chez sa fille",
    "mdp : voir avec son fils",
    "mdp : expiré, mail envoyé",
    "Mot de passe : elle ne veut pas le changer",
    "Le mot de passe de France Travail est périmé",
    "Mot de passe et identifiant perdus",
    "identifiant : perdu",
    "Le mot de passe est sensible aux majuscules",
    "mot de passe de 8 caractères minimum",
    "Code reçu à 10h12, tapé par Rose",
    "Code APE : 6201Z",
    "code 92007",
    "code promo RENTREE2024",
    "n° de contrat EDF 6012345678",
    "référence CAF 1234567 B",
    "numéro AGDREF 9912345678",
    "Numéro étranger 7503123456",
    "RDV préfecture 14 rue de la Paix 75002 Paris à 14h15",
    "Appel au 3646 puis 0 806 000 126",
    "CAF : 3230 ; CPAM : 3646 ; impôts 0 809 401 401",
    "loyer de 650 €, charges 80 €, APL 210 €, reste 520 €",
    "01 02 03 04 05 / 06 07 08 09 10 / 07 11 12 13 14",
    "RIB demandé, elle le donnera directement à la CAF",
    "virement de 1 250,00 € le 05/11/2026",
    "pris la carte à 10h, rendue à 10h20",
    "Le formulaire 2042 C PRO et 2044 sont à remplir",
    "cerfa 12156*05",
    "N° de télédéclarant 1234567, n° fiscal 1912345678901",
    "RNA W922012345",
    "SIREN 732829320",
    "TVA FR 40 303 265 045",
    "N° 2-2026-123456 du 12/11/2026",
    "RPPS 10001234567",
    "identifiant CAF : 1234567, mail rose@exemple.fr",
    "compte créé avec rose@exemple.fr / 06 12 34 56 78",
    "On a demandé le code par SMS, il arrive sur le téléphone de sa fille",
    "le code arrive après 15 minutes",
    "Code de la route passé le 12/03/2025",
    "code de la sécurité sociale, article L142-4",
    "décret 2016-994",
    "code du travail L1234-5",
    "Code de l'action sociale art. 232",
    "Votre code confidentiel vous sera envoyé sous 10 jours",
    "code provisoire reçu par courrier le 12 novembre 2026",
    "code secret à 4 chiffres",
    "le pin du jardin, hauteur 1200",
    "pension 1250 par mois",
    "Ecrire à la CPAM, 92026 Nanterre Cedex",
    "La fiche 1234 du classeur",
    "il est passé 3 fois, 2 fois sans papier, 1 fois avec",
    "née le 12 03 1948 à Alger, mariée le 14 07 1970, veuve depuis 2011",
    "Enfants nés en 2012, 2015 et 2019",
)


def _luhn(start: str, length: int, draw: random.Random) -> str:
    body = start + "".join(draw.choice("0123456789") for _ in range(length - 1 - len(start)))
    total = sum(sum(map(int, str(int(d) * (2 - i % 2)))) for i, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def _spaced(digits: str, draw: random.Random) -> str:
    """As it stands, by four, by dots, by hyphens, one by one, over two lines."""
    groups = [digits[i : i + 4] for i in range(0, len(digits), 4)]
    middle = len(digits) // 2
    return draw.choice(
        [
            digits,
            " ".join(groups),
            ".".join(groups),
            "-".join(groups),
            " ".join(digits),
            f"{digits[:middle]}\n{digits[middle:]}",
            "\N{NO-BREAK SPACE}".join(groups),
        ]
    )


def card(draw: random.Random) -> str:
    """A bank card number with a right key, in some writing."""
    start = draw.choice(_CARD_STARTS)
    length = 15 if start == "37" else draw.choice([13, 16, 19]) if start == "4" else 16
    return _spaced(_luhn(start, length, draw), draw)


def iban(draw: random.Random) -> str:
    """An IBAN of some country with a right key, in some writing."""
    country, length = draw.choice(list(_IBAN_SHAPES.items()))
    account = "".join(draw.choice("0123456789") for _ in range(length))
    key = 98 - int("".join(str(int(c, 36)) for c in f"{account}{country}00")) % 97
    value = f"{country}{key:02d}{account}"
    return draw.choice([value, value.lower(), _spaced(value, draw)])


def nir(draw: random.Random) -> str:
    """A NIR with its key, Corsica included, in some writing."""
    department = draw.choice(["75", "92", "2A", "2B", "99", "13"])
    number = (
        f"{draw.choice('12')}{draw.randrange(20, 99):02d}{draw.randrange(1, 13):02d}"
        f"{department}{draw.randrange(1, 990):03d}{draw.randrange(1, 990):03d}"
    )
    plain = number.replace("2A", "19") if department == "2A" else number
    plain = number.replace("2B", "18") if department == "2B" else plain
    key = f"{97 - int(plain) % 97:02d}"
    parts = [number[0], number[1:3], number[3:5], number[5:7], number[7:10], number[10:], key]
    return draw.choice(
        [number + key, " ".join(parts), ".".join(parts), f"{number} clé {key}", f"{number}-{key}"]
    )


def code(draw: random.Random) -> str:
    """A code of four or six digits: as it stands, spaced, or said in words."""
    digits = "".join(draw.choice("0123456789") for _ in range(draw.choice([4, 6])))
    return draw.choice([digits, " ".join(digits), " ".join(_DIGIT_WORDS[int(d)] for d in digits)])


def _innocent(draw: random.Random) -> dict[str, str]:
    phone = "".join(draw.choice("0123456789") for _ in range(8))
    return {
        "d": f"{draw.randrange(1, 29):02d}/{draw.randrange(1, 13):02d}/{draw.randrange(1950, 2027)}",
        "t": draw.choice(["06{}", "06 {}", "01.{}"]).format(
            phone if draw.random() < 0.3 else " ".join(phone[i : i + 2] for i in range(0, 8, 2))
        ),
        "f": str(draw.randrange(1_000_000, 9_999_999)),
        "m": f"{draw.randrange(20, 1500)},{draw.randrange(0, 99):02d} €",
        "spi": f"{draw.choice('0123')}{draw.randrange(10**11, 10**12)}",
        "pdl": f"1{draw.randrange(10**12, 10**13)}",
        "siret": _luhn(_luhn(draw.choice("3458"), 9, draw), 14, draw),
    }


def secret_notes() -> list[tuple[str, str]]:
    """250 notes that hold a secret, each with the kind it holds."""
    draw = random.Random(1950)  # noqa: S311 (invented numbers)
    notes = [("password", note) for note in PLAIN_PASSWORD_NOTES]
    notes += HAND_WRITTEN
    makers = [
        ("password", PASSWORD_NOTES, 60, lambda: {"p": draw.choice(PASSWORDS)}),
        ("code", CODE_NOTES, 37, lambda: {"c": code(draw)}),
        ("card", CARD_NOTES, 40, lambda: {"n": card(draw)}),
        ("iban", IBAN_NOTES, 40, lambda: {"i": iban(draw)}),
        ("nir", NIR_NOTES, 28, lambda: {"s": nir(draw)}),
    ]
    for kind, templates, count, values in makers:
        notes += [(kind, templates[i % len(templates)].format(**values())) for i in range(count)]
    return notes


def innocent_notes() -> list[str]:
    """250 notes without any secret."""
    draw = random.Random(1948)  # noqa: S311 (invented numbers)
    return [INNOCENT[i % len(INNOCENT)].format(**_innocent(draw)) for i in range(250)]
