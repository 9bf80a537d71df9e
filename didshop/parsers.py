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
    NaN and the infinities are not, nor is text with half a character in it, and nobody nests a
    thousand deep in good faith.
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
            text = body.decode()
            data = json.loads(text, parse_constant=_refuse_constant)
            _refuse_half_characters(text, data)
            return underscoreize(data, **self.json_underscoreize)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _refuse_half_characters(text: str, data: Any) -> None:
    r"""Raise ValueError for a surrogate without its other half, such as "\ud800".

    Python reads it, but it can be written nowhere: not into an answer that repeats it, nor into
    the database, nor into a hash. Only an escape can bring one in.
    """
    if "\\u" not in text:
        return
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half a character (a lone surrogate)") from None
