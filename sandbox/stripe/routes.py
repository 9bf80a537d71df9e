"""Every URL of Stripe's that the sandbox answers."""

from starlette.routing import Route

routes: list[Route] = []
