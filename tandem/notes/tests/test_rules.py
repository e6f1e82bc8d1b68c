"""Words that the law protects more."""

import pytest

from tandem.notes.rules import Category, sensitive_categories


class TestSensitiveWords:
    @pytest.mark.parametrize(
        ("text", "category"),
        [
            ("Elle sort de l’hôpital.", Category.HEALTH),
            ("Dossier MDPH à refaire", Category.HEALTH),
            ("Il est musulman et jeûne.", Category.RELIGION),
            ("Elle est syndiquée à la CGT.", Category.OPINION),
            ("Il est d’origine maghrébine", Category.ORIGIN),
            ("Il est homosexuel.", Category.SEXUALITY),
            ("Sorti de prison en mai", Category.OFFENCE),
        ],
    )
    def test_are_seen_each_in_its_category(self, text: str, category: Category) -> None:
        """P-15: seeded sensitive words, accents or not, whatever the case."""
        assert sensitive_categories(text) == [category]
        assert sensitive_categories(text.upper()) == [category]

    @pytest.mark.parametrize(
        "text",
        [
            "Rose vient jeudi à 10 h avec l’avis d’impôt.",
            "Elle préfère qu’on l’appelle le matin.",
            "La CAF répond sous deux mois.",
            "Il a déménagé rue de la République.",
        ],
    )
    def test_are_not_seen_where_there_are_none(self, text: str) -> None:
        assert sensitive_categories(text) == []
