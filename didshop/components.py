"""The development page that shows every component in all its states."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show(request: HttpRequest) -> HttpResponse:
    """Only routed with DEBUG."""
    return render(request, "dev/components.html")
