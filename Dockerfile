# One image for web, worker and beat; docker-compose.yml says which command each runs.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/didshop
COPY requirements.txt .
RUN /opt/didshop/bin/pip install --require-hashes -r requirements.txt

FROM python:3.11-slim
ENV PATH=/opt/didshop/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DEBUG=false DIDSHOP_VAR=/var/lib/didshop
RUN useradd --system --create-home --home-dir /var/lib/didshop didshop
COPY --from=build /opt/didshop /opt/didshop
WORKDIR /srv/didshop
COPY . .
# The hashed, compressed static files belong to the image. Gathering them needs no real secret.
RUN SECRET_KEY=only-for-collecting-static-files \
    python manage.py collectstatic --noinput --verbosity 0
USER didshop
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
CMD ["uvicorn", "didshop.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--no-proxy-headers", "--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "30"]
