"""Model fields encrypted at rest, each bound to its row and its column.

The associated data is `table:public_id:column`: a ciphertext copied to another row does not
open. The database never sees the plain value, so nothing but `isnull` can be asked of it: use
a blind index beside it to find a value. Renaming the table or the column needs a re-encryption.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.core import checks
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query_utils import DeferredAttribute
from django.db.models.sql.compiler import SQLCompiler

from tandem.kernel.crypto import decrypt, encrypt


@dataclass(frozen=True)
class Sealed:
    """A value still encrypted, as `values()` and a row not yet read hold it."""

    ciphertext: str
    # The row it was read with; None when the row was read without its public_id.
    aad: bytes | None = None

    def __repr__(self) -> str:
        return "<Sealed>"

    __str__ = __repr__


class EncryptedAttribute(DeferredAttribute):
    """Decrypts at the first reading, and keeps the plain value on the instance."""

    field: "EncryptedTextField"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not isinstance(value, Sealed):
            return value
        plain = self.field.open(value, instance)
        instance.__dict__[self.field.attname] = plain
        return plain

    def __set__(self, instance: models.Model, value: Any) -> None:
        if isinstance(value, Sealed) and value.aad is None and "public_id" in instance.__dict__:
            value = Sealed(value.ciphertext, self.field.aad_of(instance))
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # set by the plugin
    """A text encrypted with AES-256-GCM; the empty text stays empty."""

    descriptor_class = EncryptedAttribute

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if not any(field.attname == "public_id" for field in self.model._meta.fields):
            found.append(checks.Error("its model needs a public_id", obj=self, id="kernel.E001"))
        if self.unique or getattr(self, "db_index", False):
            found.append(checks.Error("an index would be of no use", obj=self, id="kernel.E002"))
        return found

    def aad_of(self, instance: models.Model) -> bytes:
        """What binds the ciphertext to its place."""
        public_id = instance.public_id  # type: ignore[attr-defined]  # kernel.E001 checks it
        return f"{self.model._meta.db_table}:{public_id}:{self.column}".encode()

    def open(self, sealed: Sealed, instance: models.Model) -> Any:
        """The plain value; DecryptionError when the row or the column is not the one."""
        return self.loads(
            decrypt(sealed.ciphertext, aad=sealed.aad or self.aad_of(instance)).decode()
        )

    def seal(self, value: Any, instance: models.Model) -> Sealed:
        """The value encrypted for the place it has in this instance."""
        aad = self.aad_of(instance)
        return Sealed(encrypt(self.dumps(value).encode(), aad=aad), aad)

    def dumps(self, value: Any) -> str:
        return str(value)

    def loads(self, text: str) -> Any:
        return text

    def is_blank(self, value: Any) -> bool:
        """Is it stored as it is, there being nothing to hide?"""
        return value is None or value == ""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002, FBT001 - Django's
        value = model_instance.__dict__.get(self.attname, "")
        if isinstance(value, Sealed):
            if value.aad in (None, self.aad_of(model_instance)):
                return value
            # The row was copied under another identifier.
            value = self.open(value, model_instance)
        if hasattr(value, "resolve_expression"):
            raise TypeError(f"{self.name} is encrypted: the database cannot compute it")
        return value if self.is_blank(value) else self.seal(value, model_instance)

    def from_db_value(self, value: str | None, *args: Any) -> Any:
        return Sealed(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return value.ciphertext
        if value is None or value == "":
            return value
        raise TypeError(
            f"{self.name}: encrypted with its row only: save() the instance, ask the blind index"
        )

    def get_db_prep_value(
        self,
        value: Any,
        connection: BaseDatabaseWrapper,  # noqa: ARG002 - Django's signature
        prepared: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> Any:
        return value if prepared else self.get_prep_value(value)

    def get_placeholder(
        self,
        value: Any,
        compiler: SQLCompiler,  # noqa: ARG002 - Django's signature
        connection: BaseDatabaseWrapper,  # noqa: ARG002 - Django's signature
    ) -> str:
        """How `update()` writes it: an expression would write plain text."""
        if hasattr(value, "as_sql"):
            raise TypeError(f"{self.name} is encrypted: the database cannot compute it")
        return "%s"

    def get_lookup(self, lookup_name: str) -> Any:
        # Equality with nothing serves constraints; get_prep_value refuses it with anything else.
        if lookup_name not in {"isnull", "exact"}:
            raise FieldError(f"{self.name} is encrypted: ask its blind index, not {lookup_name}")
        return super().get_lookup(lookup_name)

    def get_transform(self, name: str) -> Any:
        raise FieldError(f"{self.name} is encrypted: it has no {name}")

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Sealed) else super().to_python(value)

    def value_to_string(self, obj: models.Model) -> str:  # noqa: ARG002 - Django's signature
        raise TypeError(f"{self.name} is encrypted: it is not serialised")


class EncryptedJSONField(EncryptedTextField):
    """A JSON value, encrypted the same way; only None is stored as it is."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any
    empty_strings_allowed = False

    def dumps(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    def loads(self, text: str) -> Any:
        return json.loads(text)

    def is_blank(self, value: Any) -> bool:
        return value is None

    def to_python(self, value: Any) -> Any:
        return value
