"""Every URL of Twilio's that the sandbox answers."""

from starlette.routing import Route

from sandbox.twilio import addresses, available, calls, numbers, pricing

routes: list[Route] = [
    *available.routes,
    *numbers.routes,
    *addresses.routes,
    *calls.routes,
    *pricing.routes,
]
