from typing import Any

import pytest

from tandem.kernel.models import LimitCounter, PeriodicRun
from tandem.kernel.privacy import Privacy


class TestPrivacy:
    def test_says_every_field_once(self) -> None:
        privacy = Privacy(
            purpose="Joindre la personne.",
            retention="mandat",
            personal={"email"},
            sensitive={"note"},
            none={"created_at"},
        )

        assert privacy.fields == {"email", "note", "created_at"}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"purpose": " "},
            {"retention": "toujours"},
            {"personal": {"email"}, "none": {"email"}},
        ],
    )
    def test_refuses_a_declaration_that_says_nothing(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"."):
            Privacy(**{"purpose": "Joindre.", "retention": "mandat", **wrong})

    @pytest.mark.parametrize("model", [PeriodicRun, LimitCounter])
    def test_of_the_kernel_covers_its_tables(self, model: Any) -> None:
        """Law 10."""
        columns = {field.name for field in model._meta.concrete_fields} - {"id", "public_id"}

        assert model.privacy.fields == columns
