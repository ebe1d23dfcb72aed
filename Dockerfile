# The program in three steps: style and scripts, the binary, a small system around it. Runs as an ordinary user, serves on 8080.

FROM node:22-bookworm-slim AS assets
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-progress
COPY web/build.mjs ./
COPY web/assets ./assets
RUN npm run build

FROM golang:1.26-bookworm AS build
ARG VERSION=dev
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=assets /src/web/dist ./web/dist
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags nomsgpack -ldflags "-s -w -X main.version=${VERSION}" -o /matbang ./cmd/matbang

FROM debian:bookworm-slim
# curl for the health check, certificates for the state's services, the time zone of the business day
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/matbang --shell /usr/sbin/nologin matbang \
 && install -d -o matbang -g matbang -m 0700 /var/lib/matbang
COPY --from=build /matbang /usr/local/bin/matbang
ENV MATBANG_DATA=/var/lib/matbang MATBANG_ADDR=:8080
USER matbang
WORKDIR /var/lib/matbang
VOLUME /var/lib/matbang
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["matbang"]
CMD ["serve"]
