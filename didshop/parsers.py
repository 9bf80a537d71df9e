"""How the API reads a body: JSON in camelCase, bounded in size and depth."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from djangorestframework_camel_case.parser import CamelCaseJSONParser
from djangorestframework_camel_case.util import underscoreize
from rest_framework.exceptions import ParseError


class ShopJSONParser(CamelCaseJSONParser):
    """JSON with keys in camelCase, read into snake_case.

    RequestDataTooBig above DATA_UPLOAD_MAX_MEMORY_SIZE bytes, ParseError for what is not JSON:
    NaN and the infinities are not, and nobody nests a thousand deep in good faith.
    """

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise RequestDataTooBig
        try:
            data = json.loads(body.decode(), parse_constant=_refuse_constant)
            return underscoreize(data, **self.json_underscoreize)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
