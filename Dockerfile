FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-X main.stamped=$VERSION" -o /pvetl ./cmd/pvetl && \
    mkdir -p /state /root-of-image/tmp && chmod 1777 /root-of-image/tmp

# Nothing but the program and the certificates it trusts. The zones of the world are in the binary. The program writes to
# /var/lib/pvetl alone, so that the rest may be read-only; /tmp is for whoever runs the demo.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /root-of-image/ /
COPY --from=build /pvetl /pvetl
# A new volume takes the owner of the folder it covers.
COPY --from=build --chown=65532:65532 /state /var/lib/pvetl
ENV PVETL_STATE=sqlite:/var/lib/pvetl/pvetl.db
# Where a SQLite source sorts what does not fit into memory.
ENV SQLITE_TMPDIR=/var/lib/pvetl
VOLUME /var/lib/pvetl
WORKDIR /etc/pvetl
USER 65532:65532
# The page of `serve`, where it is told to listen there.
EXPOSE 8080
# SIGTERM reaches the program itself: what is on its way is written down, within ten seconds.
ENTRYPOINT ["/pvetl"]
CMD ["run"]
