"""The API of numbers: parse, call one verb, serialise."""

import re
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from djangorestframework_camel_case.util import camelize
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BooleanField, IntegerField, Serializer
from rest_framework.views import APIView

from accounts.organizations import current, user_of
from accounts.rights import Right
from dids import catalogue, configuration, lifecycle, prices
from dids.filters import NumberFilters
from dids.models import Number
from dids.reading import own_number, with_calls_and_order
from dids.search import search
from dids.serializers import (
    AreaCodesQuerySerializer,
    AreaCodesSerializer,
    ConfigurationSerializer,
    CountriesSerializer,
    CountryCodeSerializer,
    FoundSerializer,
    NumberSerializer,
    PriceListSerializer,
    SearchSerializer,
    TypesSerializer,
)
from didshop.errors import Invalid
from didshop.schema import ErrorSerializer

CARRIER_TROUBLE = {502: ErrorSerializer, 503: ErrorSerializer, 504: ErrorSerializer}
TYPES = {IntegerField: int, BooleanField: bool}
IMMEDIATE = OpenApiParameter(
    "immediate",
    OpenApiTypes.BOOL,
    OpenApiParameter.QUERY,
    description="Give it back at once and for good, instead of in some days.",
)


def _parameters(serializer: type[Serializer[Any]]) -> list[OpenApiParameter]:
    """A query's parameters for the schema, spelled as on the wire."""
    return [
        OpenApiParameter(
            str(camelize({name: None}).popitem()[0]),
            TYPES.get(type(field), str),
            OpenApiParameter.QUERY,
            required=field.required,
            description=str(field.help_text or ""),
        )
        for name, field in serializer().fields.items()
    ]


def _query(request: Request, serializer: type[Any]) -> Any:
    """The query's parameters, checked; their names are camelCase on the wire."""
    parsed = serializer(data=_snake(request))
    parsed.is_valid(raise_exception=True)
    return parsed


def _snake(request: Request) -> dict[str, str]:
    # An empty parameter, as forms send it, is one that was not given.
    given = {name: value for name, value in request.query_params.dict().items() if value}
    return {re.sub("[A-Z]", _lowered, name): str(value) for name, value in given.items()}


def _lowered(capital: re.Match[str]) -> str:
    return f"_{capital[0].lower()}"


class NumberSearchView(APIView):
    """Numbers for sale."""

    rights = {"GET": Right.NUMBERS_READ}
    throttle_scope = "search"

    @extend_schema(
        operation_id="search_numbers",
        summary="Search for numbers to buy",
        parameters=_parameters(SearchSerializer),
        responses={200: FoundSerializer, 422: ErrorSerializer, **CARRIER_TROUBLE},
    )
    def get(self, request: Request) -> Response:
        criteria = _query(request, SearchSerializer).criteria()
        found = search(criteria)
        return Response(FoundSerializer(found, context={"criteria": criteria}).data)


class PricingView(APIView):
    """What numbers cost."""

    rights = {"GET": Right.NUMBERS_READ}

    @extend_schema(
        operation_id="get_number_prices",
        summary="Read a country's price list",
        parameters=_parameters(CountryCodeSerializer),
        responses={200: PriceListSerializer, **CARRIER_TROUBLE},
    )
    def get(self, request: Request) -> Response:
        code = _query(request, CountryCodeSerializer).validated_data["country_code"]
        catalogue.check_country(code)
        rows = {"country_code": code, "prices": prices.price_list(code)}
        return Response(PriceListSerializer(rows).data)


class CountriesView(APIView):
    """Where numbers can be bought."""

    rights = {"GET": Right.NUMBERS_READ}

    @extend_schema(
        operation_id="list_countries",
        summary="List the countries that numbers are sold of",
        responses={200: CountriesSerializer, **CARRIER_TROUBLE},
    )
    def get(self, request: Request) -> Response:
        return Response(CountriesSerializer({"countries": catalogue.countries()}).data)


class AreaCodesView(APIView):
    """Area codes with their towns."""

    rights = {"GET": Right.NUMBERS_READ}

    @extend_schema(
        operation_id="list_area_codes",
        summary="List a country's area codes",
        parameters=_parameters(AreaCodesQuerySerializer),
        responses={200: AreaCodesSerializer},
    )
    def get(self, request: Request) -> Response:
        asked = _query(request, AreaCodesQuerySerializer).validated_data
        found = catalogue.area_codes(asked["country_code"], asked["region"])
        answer = {"country_code": asked["country_code"], "area_codes": found}
        return Response(AreaCodesSerializer(answer).data)


class NumberTypesView(APIView):
    """Which types of numbers there are."""

    rights = {"GET": Right.NUMBERS_READ}

    @extend_schema(
        operation_id="list_number_types",
        summary="List the types of numbers",
        responses={200: TypesSerializer},
    )
    def get(self, request: Request) -> Response:
        return Response(TypesSerializer({"types": catalogue.number_types()}).data)


@extend_schema_view(get=extend_schema(operation_id="list_numbers", summary="List numbers"))
class NumberListView(ListAPIView[Number]):
    """The organisation's numbers, newest first."""

    rights = {"GET": Right.NUMBERS_READ}
    queryset = Number.objects.none()
    serializer_class = NumberSerializer
    filterset_class = NumberFilters

    def get_queryset(self) -> QuerySet[Number]:
        return with_calls_and_order(Number.objects.of(current(self.request)))


class NumberAnswer(APIView):
    """What the endpoints of one number share."""

    def own(self, number_id: UUID) -> Number:
        """The caller's number. NotFound if it is not there, or somebody else's."""
        return own_number(current(self.request), number_id)

    def answer(self, number_id: UUID) -> Response:
        """The number as it is now."""
        return Response(NumberSerializer(self.own(number_id)).data)

    def configure(self, number_id: UUID) -> Response:
        """Change what the body names."""
        number = self.own(number_id)
        body = ConfigurationSerializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        configuration.configure(number, actor=user_of(self.request), **body.validated_data)
        return self.answer(number_id)


class NumberView(NumberAnswer):
    """One number."""

    rights = {"GET": Right.NUMBERS_READ, "PUT": Right.NUMBERS_WRITE, "DELETE": Right.NUMBERS_WRITE}

    @extend_schema(
        operation_id="get_number", summary="Read a number", responses={200: NumberSerializer}
    )
    def get(self, request: Request, number_id: UUID) -> Response:
        return self.answer(number_id)

    @extend_schema(
        operation_id="update_number",
        summary="Change a number's name and routing",
        request=ConfigurationSerializer,
        responses={200: NumberSerializer, 409: ErrorSerializer},
    )
    def put(self, request: Request, number_id: UUID) -> Response:
        return self.configure(number_id)

    @extend_schema(
        operation_id="release_number",
        summary="Release a number",
        parameters=[IMMEDIATE],
        responses={200: NumberSerializer, 409: ErrorSerializer},
    )
    def delete(self, request: Request, number_id: UUID) -> Response:
        """It works and can be restored until `releaseAt`.

        With `immediate=true` it is given back now; should the carrier not answer, the number
        stays RELEASING and a worker tries again.
        """
        is_immediate = _flag(request, "immediate")
        number = self.own(number_id)
        lifecycle.release(number, actor=user_of(request), immediate=is_immediate)
        if is_immediate:
            lifecycle.finish_release(number_id)
        return self.answer(number_id)


def _flag(request: Request, name: str) -> bool:
    """A parameter that is true or false. Raises Invalid: what is final is not guessed."""
    given = request.query_params.get(name, "false").lower()
    if given in ("true", "1"):
        return True
    if given in ("false", "0", ""):
        return False
    raise Invalid("Validation error", details=[{"field": name, "message": "Give true or false."}])


class NumberConfigureView(NumberAnswer):
    """How one number's calls are handled."""

    rights = {"POST": Right.NUMBERS_WRITE}

    @extend_schema(
        operation_id="configure_number",
        summary="Configure a number's name and routing",
        request=ConfigurationSerializer,
        responses={200: NumberSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request, number_id: UUID) -> Response:
        return self.configure(number_id)


class NumberRestoreView(NumberAnswer):
    """Keeping a number that was on its way out."""

    rights = {"POST": Right.NUMBERS_WRITE}

    @extend_schema(
        operation_id="restore_number",
        summary="Restore a number before it is released",
        request=None,
        responses={200: NumberSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request, number_id: UUID) -> Response:
        lifecycle.restore(self.own(number_id), actor=user_of(request))
        return self.answer(number_id)
