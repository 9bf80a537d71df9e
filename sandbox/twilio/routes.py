"""Every URL of Twilio's that the sandbox answers."""

from starlette.routing import Route

routes: list[Route] = []
