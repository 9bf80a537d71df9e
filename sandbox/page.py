"""The plain control page at `/`."""

from starlette.routing import Route

routes: list[Route] = []
