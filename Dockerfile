# A server image: docker build -t rachel . && docker run -p 1982:1982 -v rachel:/data rachel
# For strangers: compose.yaml and docs/DEPLOYMENT.md.

# Python is the version that the tests run on. Debian is trixie because its pg_dump is PostgreSQL
# 17's: bookworm's is 15's and refuses to copy a server of version 17.
FROM python:3.11-slim-trixie AS build
# hadolint ignore=DL3008 # any compiler will do
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
WORKDIR /src
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY rachel rachel
COPY rachel_server rachel_server
COPY rachel_tui rachel_tui
COPY man man
COPY migrations migrations
COPY web web
RUN python -m venv /opt/rachel \
    && RACHEL_COMPILE=1 /opt/rachel/bin/pip install --no-cache-dir '.[server]' \
    && /opt/rachel/bin/rachel --version

FROM python:3.11-slim-trixie
# hadolint ignore=DL3008 # the latest 17.x, with its fixes
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 rachel \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data rachel \
    && install -d -o rachel -g rachel /data /backups
COPY --from=build /opt/rachel /opt/rachel
ENV PATH=/opt/rachel/bin:$PATH PYTHONUNBUFFERED=1 RACHEL_DATA=/data
USER 10001:10001
WORKDIR /data
EXPOSE 1982 4000
# ports.json says where HTTP is, whatever PORT is.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s CMD ["python", "-c", "import http.client, json, os; port = json.load(open(os.environ['RACHEL_DATA'] + '/ports.json'))['http'][0]; asked = http.client.HTTPConnection('127.0.0.1', port, timeout=4); asked.request('GET', '/health'); raise SystemExit(asked.getresponse().status != 200)"]
# No ENTRYPOINT: hosts differ in what they do with one when they run `rachel migrate`.
CMD ["rachel", "serve", "--no-mdns"]
