# syntax=docker/dockerfile:1
# Huihou in a container: built from the hashed lock, run by a user without rights, its data in /data.

FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/huihou
WORKDIR /src
COPY requirements.lock ./
RUN /opt/huihou/bin/pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml LICENSE ./
COPY bot ./bot
COPY handlers ./handlers
COPY storage ./storage
COPY messages ./messages
RUN /opt/huihou/bin/pip install --no-deps --no-build-isolation . \
    && /opt/huihou/bin/pip uninstall --yes editables hatchling packaging pathspec pluggy trove-classifiers

FROM python:3.13-slim
RUN groupadd --gid 10001 huihou \
    && useradd --uid 10001 --gid huihou --home-dir /data --no-create-home --shell /usr/sbin/nologin huihou \
    && install --directory --owner=huihou --group=huihou --mode=0750 /data
COPY --from=build /opt/huihou /opt/huihou
ENV PATH=/opt/huihou/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HUIHOU_DATA=/data \
    HUIHOU_WEB__HOST=0.0.0.0 \
    HUIHOU_WEB__PORT=8080
USER huihou
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["huihou", "run"]
