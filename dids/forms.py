"""Forms of numbers: the search, the list's filters, a number's name and route."""

import re
from typing import Any

from django import forms
from django.conf import settings

from dids import presentation
from dids.criteria import AREA_CODE_COUNTRIES, SEARCHABLE_TYPES, Criteria, clean_pattern
from dids.models import Number, NumberQuerySet, NumberType
from dids.reading import containing
from dids.routing_rules import LONGEST_NAME, LONGEST_URL

TYPE_CHOICES = [(name.value, name.label) for name in SEARCHABLE_TYPES]


class SearchForm(forms.Form):
    """What a person looks for. `q` is the one box that takes an area code, digits or a place."""

    q = forms.CharField(required=False, max_length=100, strip=True)
    country = forms.ChoiceField(required=False, label="Country")
    number_type = forms.ChoiceField(required=False, label="Type", choices=TYPE_CHOICES)
    area_code = forms.CharField(
        required=False,
        label="Area code",
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "415"}),
    )
    contains = forms.CharField(
        required=False,
        label="Contains",
        max_length=16,
        widget=forms.TextInput(attrs={"placeholder": "2665 or *COOL"}),
    )
    locality = forms.CharField(required=False, label="City", max_length=100)
    region = forms.CharField(
        required=False,
        label="Region",
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "CA"}),
    )
    sms = forms.BooleanField(required=False, label="Receives SMS")

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)  # declared above
        country.choices = [
            (code, presentation.country_name(code)) for code in settings.SHOP_COUNTRIES
        ]

    def criteria(self) -> Criteria:
        """What to search for. Explicit fields win over what `q` seems to say."""
        given = self.cleaned_data
        country = given["country"] or settings.SHOP_COUNTRIES[0]
        understood = understand(given["q"], country)
        return Criteria(
            country_code=country,
            number_type=given["number_type"] or NumberType.LOCAL,
            area_code=given["area_code"] or understood.get("area_code", ""),
            contains=clean_pattern(given["contains"]) or understood.get("contains", ""),
            locality=given["locality"] or understood.get("locality", ""),
            region=given["region"],
            capabilities=("sms",) if given["sms"] else (),
        )

    @staticmethod
    def query(criteria: Criteria) -> dict[str, str]:
        """The search as a query string's fields."""
        fields = {
            "country": criteria.country_code,
            "number_type": criteria.number_type,
            "area_code": criteria.area_code,
            "contains": criteria.contains,
            "locality": criteria.locality,
            "region": criteria.region,
            "sms": "on" if "sms" in criteria.capabilities else "",
        }
        return {name: value for name, value in fields.items() if value}


def understand(text: str, country_code: str) -> dict[str, str]:
    """What the one box says: an area code, digits with wildcards or letters, or a place."""
    digits = clean_pattern(text)
    if not text:
        return {}
    if re.fullmatch(r"\d{3}", digits) and country_code in AREA_CODE_COUNTRIES:
        return {"area_code": digits}
    if re.fullmatch(r"[\d*+%$]+|(?=.*[\d*])[\w*+%$]+", digits):
        return {"contains": digits}
    return {"locality": text}


class NumberFilterForm(forms.Form):
    """Which of the own numbers to show."""

    search = forms.CharField(required=False, label="Digits, name or town", max_length=100)
    status = forms.ChoiceField(
        required=False, choices=[("", "Any status"), *Number.Status.choices], label="Status"
    )
    number_type = forms.ChoiceField(
        required=False, choices=[("", "Any type"), *TYPE_CHOICES], label="Type"
    )

    def narrow(self, numbers: NumberQuerySet) -> NumberQuerySet:
        """The numbers that fit. A filter that makes no sense filters nothing."""
        wanted = self.cleaned_data if self.is_valid() else {}
        if wanted.get("status"):
            numbers = numbers.filter(status=wanted["status"])
        if wanted.get("number_type"):
            numbers = numbers.filter(number_type=wanted["number_type"])
        if text := wanted.get("search"):
            numbers = containing(numbers, text)
        return numbers


class NumberForm(forms.Form):
    """A number's name, and where its calls go: to a phone, to a voice URL, or nowhere yet."""

    FORWARD, URL, NOWHERE = "forward", "url", "none"

    friendly_name = forms.CharField(
        required=False,
        label="Name",
        max_length=LONGEST_NAME,
        help_text="Only you see it.",
    )
    route = forms.ChoiceField(choices=[(FORWARD, ""), (URL, ""), (NOWHERE, "")])
    forward_to = forms.CharField(
        required=False,
        label="Phone to ring",
        help_text="With the country's code, such as +1 415 555 0100.",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    voice_url = forms.CharField(
        required=False,
        label="Voice URL",
        max_length=LONGEST_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://…"}),
    )
    voice_method = forms.ChoiceField(
        required=False, label="Method", choices=Number.HttpMethod.choices
    )
    voice_fallback_url = forms.CharField(
        required=False,
        label="If it fails",
        max_length=LONGEST_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://…"}),
    )

    def __init__(self, data: Any = None, *, number: Number, **kwargs: Any) -> None:
        initial = {name: getattr(number, name) for name in self.base_fields if name != "route"}
        initial["forward_to"] = presentation.international(number.forward_to)
        initial["route"] = self._route_of(number)
        super().__init__(data, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        """The chosen route needs its target."""
        given = super().clean() or self.cleaned_data
        if given.get("route") == self.FORWARD and not given.get("forward_to"):
            self.add_error("forward_to", "Say which phone is to ring.")
        if given.get("route") == self.URL and not given.get("voice_url"):
            self.add_error("voice_url", "Give the URL that answers with TwiML.")
        return given

    def changes(self) -> dict[str, str]:
        """What `configure` is to set: only the chosen route keeps its target."""
        given = self.cleaned_data
        is_forward, is_url = given["route"] == self.FORWARD, given["route"] == self.URL
        return {
            "friendly_name": given["friendly_name"],
            "forward_to": given["forward_to"] if is_forward else "",
            "voice_url": given["voice_url"] if is_url else "",
            "voice_method": given["voice_method"] or Number.HttpMethod.POST,
            "voice_fallback_url": given["voice_fallback_url"] if is_url else "",
        }

    @classmethod
    def _route_of(cls, number: Number) -> str:
        if number.voice_url:
            return cls.URL
        return cls.FORWARD if number.forward_to else cls.NOWHERE
