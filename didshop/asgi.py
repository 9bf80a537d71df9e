"""ASGI entry point: `uvicorn didshop.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

from didshop.checks import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "didshop.settings")

application = get_asgi_application()
refuse_unsafe_start()
