# A server image: docker build -t rachel . && docker run -p 1982:1982 -v rachel:/data rachel
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY rachel rachel
COPY rachel_server rachel_server
COPY rachel_tui rachel_tui
COPY migrations migrations
COPY web web
RUN python -m venv /opt/rachel && /opt/rachel/bin/pip install --no-cache-dir '.[server]'

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data rachel \
    && install -d -o rachel -g rachel /data
COPY --from=build /opt/rachel /opt/rachel
ENV PATH=/opt/rachel/bin:$PATH PYTHONUNBUFFERED=1
USER rachel
VOLUME /data
EXPOSE 1982
ENTRYPOINT ["rachel"]
CMD ["serve", "--data", "/data", "--no-mdns"]
