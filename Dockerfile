# One image for the code server, the webserver and the daemon of docker-compose.yml.
# `make image` puts a Debian with its own Python in the place of this base, where there is no Docker.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

# rasterio's wheels need expat of the system and numba's threads need OpenMP; the slim image has neither.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libexpat1 libgomp1 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /ejmap
# Dependencies change less often than the code, and torch is large: they get their own layer.
COPY requirements/base.txt requirements/postgres.txt requirements/kubernetes.txt ./requirements/
RUN pip install --no-cache-dir -r requirements/base.txt -r requirements/postgres.txt -r requirements/kubernetes.txt

COPY pyproject.toml README.md LICENSE ./
COPY docker/workspace.yaml ./docker/
COPY docker/dagster-webserver ./bin/
COPY ejmap_geo ./ejmap_geo
COPY ejmap_ml ./ejmap_ml
COPY ejmap_project ./ejmap_project
COPY ejmap_assets ./ejmap_assets
COPY ejmap_clusters ./ejmap_clusters
COPY ejmap_cli ./ejmap_cli
# Python files are compiled here, because the user of the container may not write here. Any user id
# that docker-compose.yml chooses may write caches (compiled kernels, downloaded encoders) and projects.
RUN pip install --no-cache-dir --no-deps --editable . \
    && python -m compileall -q ejmap_geo ejmap_ml ejmap_project ejmap_assets ejmap_clusters ejmap_cli \
    && mkdir --mode=1777 cache projects

# A user id without an account has neither a name nor a home folder.
ENV HOME=/ejmap/cache \
    USER=ejmap \
    PYTHONUNBUFFERED=1
USER 1000:1000
