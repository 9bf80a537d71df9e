"""Twilio's errors, with the codes that Twilio documents."""

from starlette.responses import JSONResponse, Response

from sandbox.errors import SandboxError, twilio_body


class TwilioError(SandboxError):
    """An error in Twilio's shape: HTTP status, Twilio's code, a sentence."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def response(self) -> Response:
        """Twilio's JSON body."""
        return JSONResponse(twilio_body(self.status, self.code, str(self)), status_code=self.status)


def unknown_parameters(names: list[str]) -> TwilioError:
    """20001: a parameter that the resource does not have."""
    return TwilioError(400, 20001, f"Unknown parameters: {', '.join(names)}")


def invalid_friendly_name() -> TwilioError:
    """20002: longer than 64 characters."""
    return TwilioError(400, 20002, "Invalid FriendlyName: it may have 64 characters at most.")


def unauthenticated() -> TwilioError:
    """20003: the account SID or the auth token is wrong."""
    return TwilioError(401, 20003, "Authenticate")


def not_found(path: str) -> TwilioError:
    """20404: no such resource."""
    return TwilioError(404, 20404, f"The requested resource {path} was not found")


def invalid_parameter(name: str, reason: str) -> TwilioError:
    """20422: the value of a parameter makes no sense."""
    return TwilioError(400, 20422, f"Invalid parameter {name}: {reason}")


def invalid_url(name: str, value: str) -> TwilioError:
    """21402: a webhook's URL is none."""
    return TwilioError(400, 21402, f"{name} is not a valid URL: {value}")


def invalid_method(name: str, value: str) -> TwilioError:
    """21403: a webhook's method is neither GET nor POST."""
    return TwilioError(400, 21403, f"{name} must be GET or POST: {value}")


def invalid_phone_number(value: str) -> TwilioError:
    """21421: not a phone number."""
    return TwilioError(400, 21421, f"PhoneNumber is invalid: {value}")


def unavailable_phone_number(value: str) -> TwilioError:
    """21422: somebody else has it, or Twilio does not."""
    return TwilioError(400, 21422, f"{value} is not available.")


def invalid_area_code(value: str) -> TwilioError:
    """21451: three digits it must be."""
    return TwilioError(400, 21451, f"Area code is invalid: {value}")


def empty_area_code(value: str) -> TwilioError:
    """21452: no number left in it."""
    return TwilioError(400, 21452, f"No phone numbers found in area code {value}.")


def address_missing() -> TwilioError:
    """21631: regulation wants an address and none was given."""
    return TwilioError(
        400, 21631, "Phone Number Requires an Address but the 'AddressSid' parameter was empty."
    )


def address_unfit(sid: str) -> TwilioError:
    """21615: the address is not there, or in the wrong country."""
    return TwilioError(400, 21615, f"Phone Number requires a fitting Address; {sid} is none.")


def address_in_use(sid: str) -> TwilioError:
    """20409: a number still needs the address."""
    return TwilioError(400, 20409, f"Address {sid} belongs to a phone number.")
