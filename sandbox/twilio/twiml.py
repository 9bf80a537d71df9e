"""Reading TwiML: from the shop's XML to verbs, or to an error with Twilio's code."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

VERBS = {
    "Say": (),
    "Play": (),
    "Pause": (),
    "Hangup": (),
    "Redirect": (),
    "Reject": (),
    "Record": (),
    "Gather": ("Say", "Play", "Pause"),
    "Dial": ("Number", "Sip", "Client"),
}
LARGEST_DOCUMENT = 64 * 1024
MOST_NOUNS = 10
# Twilio: Errors and warnings.
HTTP_RETRIEVAL_FAILURE = 11200
DOCUMENT_PARSE_FAILURE = 12100
SCHEMA_FAILURE = 12200
INVALID_CONTENT_TYPE = 12300


class TwimlError(Exception):
    """The document cannot be carried out; `code` is Twilio's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Verb:
    """A verb or a noun: its name, attributes, text and what is inside."""

    name: str
    attributes: dict[str, str]
    text: str
    inside: tuple["Verb", ...] = ()

    def get(self, attribute: str, default: str = "") -> str:
        """An attribute's text."""
        return self.attributes.get(attribute, default)

    def is_set(self, attribute: str) -> bool:
        """Whether an attribute says true."""
        return self.get(attribute).lower() == "true"

    def number(self, attribute: str, default: int) -> int:
        """An attribute that is a whole number from 0. Raises TwimlError."""
        text = self.get(attribute, str(default))
        if not (text.isascii() and text.isdecimal()):
            raise TwimlError(SCHEMA_FAILURE, f"{self.name} {attribute} is no number: {text}")
        return int(text)

    def method(self, attribute: str = "method") -> str:
        """GET or POST. Raises TwimlError."""
        text = self.get(attribute, "POST").upper()
        if text not in ("GET", "POST"):
            raise TwimlError(SCHEMA_FAILURE, f"{self.name} {attribute} is no method: {text}")
        return text


def parse_twiml(document: str) -> tuple[Verb, ...]:
    """The verbs of a document in their order. Raises TwimlError."""
    root = parse_xml(document)
    if root.tag != "Response":
        raise TwimlError(DOCUMENT_PARSE_FAILURE, f"The document is a {root.tag}, no Response.")
    return tuple(read_verb(element) for element in root)


def parse_xml(document: str) -> ET.Element:
    """The root element. Raises TwimlError.

    The parser expands no outside entities, and without a DTD there are no inner ones.
    """
    if len(document) > LARGEST_DOCUMENT:
        raise TwimlError(DOCUMENT_PARSE_FAILURE, "The document is larger than 64 kB.")
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        raise TwimlError(DOCUMENT_PARSE_FAILURE, "The document has a DTD.")
    try:
        return ET.fromstring(document.strip())  # noqa: S314 - the DTD is refused above
    except ET.ParseError as error:
        raise TwimlError(DOCUMENT_PARSE_FAILURE, f"The document is no XML: {error}") from error


def read_verb(element: ET.Element) -> Verb:
    """A verb with its nouns. Raises TwimlError for one that the sandbox does not play."""
    if element.tag not in VERBS:
        raise TwimlError(SCHEMA_FAILURE, f"The sandbox plays no verb {element.tag}.")
    inside = []
    for child in element:
        if child.tag not in VERBS[element.tag]:
            raise TwimlError(SCHEMA_FAILURE, f"{element.tag} cannot have a {child.tag} inside.")
        inside.append(Verb(child.tag, dict(child.attrib), plain_text(child)))
    if len(inside) > MOST_NOUNS:
        raise TwimlError(SCHEMA_FAILURE, f"{element.tag} has more than {MOST_NOUNS} nouns.")
    return Verb(element.tag, dict(element.attrib), plain_text(element), tuple(inside))


def plain_text(element: ET.Element) -> str:
    """The text right inside an element; for Say also that of its SSML."""
    parts = element.itertext() if element.tag == "Say" else [element.text or ""]
    return " ".join("".join(parts).split())
