FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-X main.stamped=$VERSION" -o /pvetl ./cmd/pvetl && \
    mkdir -p /state /root-of-image/tmp && chmod 1777 /root-of-image/tmp

# Nothing but the program and the certificates it trusts. The zones of the world are in the binary.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /root-of-image/ /
COPY --from=build /pvetl /pvetl
# A new volume takes the owner of the folder it covers.
COPY --from=build --chown=65532:65532 /state /var/lib/pvetl
ENV PVETL_STATE=sqlite:/var/lib/pvetl/pvetl.db
VOLUME /var/lib/pvetl
WORKDIR /etc/pvetl
USER 65532:65532
ENTRYPOINT ["/pvetl"]
CMD ["run"]
