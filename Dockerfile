# One image for every process of the market: web, workers, clock, migrations.
FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt requirements-production.txt /tmp/
RUN pip install -r /tmp/requirements.txt -r /tmp/requirements-production.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/srv/static
RUN useradd --uid 10001 --create-home freeport && mkdir /srv/static && chown freeport /srv/static
COPY --from=packages /venv /venv
WORKDIR /srv/freeport
COPY . .
USER freeport
# Static files belong to the version of the program, so they are made here and not at the start.
RUN SECRET_KEY=only-for-collecting-static-files DATABASE_URL=postgres://none@none/none REDIS_URL=redis://none \
    SANDBOX_ENABLED=true SANDBOX_WEBHOOK_SECRETS=none python manage.py collectstatic --noinput
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "1", "--respawn-failed-workers", "--workers-kill-timeout", "20", "--no-ws", \
     "--backlog", "2048", "--backpressure", "800", "--http1-header-read-timeout", "5000", \
     "marketplace.wsgi:application"]
