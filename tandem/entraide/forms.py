"""Where the call comes from."""

from django import forms


class CallForm(forms.Form):
    """The page one is on; anything else leads home."""

    page = forms.CharField(required=False, max_length=2_000)
