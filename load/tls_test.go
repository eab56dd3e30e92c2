package load_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

const acme = "acme.playvox.com"

// certificate is one for a host that signs itself, and the authority that makes it believed.
func certificate(t *testing.T, host string, notAfter time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host},
		NotBefore: notAfter.Add(-24 * time.Hour), NotAfter: notAfter,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// secured is a server behind TLS, and a client that finds it under the name of Playvox.
func secured(t *testing.T, certificate *tls.Certificate, trusted *x509.CertPool, handler http.Handler) (client *load.Client, dials *atomic.Int64) {
	t.Helper()
	web := httptest.NewUnstartedServer(handler)
	web.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	if certificate != nil {
		web.TLS = &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}
		web.StartTLS()
	} else {
		web.Start()
	}
	t.Cleanup(web.Close)
	client = newClient(t, "https://"+acme, 600_000)
	load.Trust(client, trusted)
	dials = &atomic.Int64{}
	load.DialWith(client, func(ctx context.Context, network, _ string) (net.Conn, error) {
		dials.Add(1)
		return (&net.Dialer{}).DialContext(ctx, network, web.Listener.Addr().String())
	})
	return client, dials
}

func TestTLSThatDoesNotHold(t *testing.T) {
	t.Parallel()
	tomorrow := time.Now().Add(24*time.Hour - time.Minute)
	good, trusted := certificate(t, acme, tomorrow)
	expired, trustedExpired := certificate(t, acme, time.Now().Add(-time.Hour))
	other, trustedOther := certificate(t, "elsewhere.example", tomorrow)
	for name, tt := range map[string]struct {
		certificate *tls.Certificate
		trusted     *x509.CertPool
		says        string
	}{
		"an expired certificate":         {&expired, trustedExpired, "certificate has expired"},
		"a certificate for another host": {&other, trustedOther, "certificate is valid for elsewhere.example, not " + acme},
		"an authority that nobody knows": {&good, x509.NewCertPool(), "certificate signed by unknown authority"},
		"plain HTTP where TLS should be": {nil, trusted, "the server does not speak TLS at this address: is playvox.base_url right?"},
		"all is well":                    {&good, trusted, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &server{respond: replies(200, taken)}
			client, dials := secured(t, tt.certificate, tt.trusted, server)
			var counts load.Requests
			_, err := client.ForRun(load.RunOptions{Requests: &counts}).SubmitBulk(t.Context(), "i1", []byte(`[]`))
			require.EqualValues(t, 1, dials.Load(), "waiting does not cure it")
			if tt.says == "" {
				require.NoError(t, err)
				require.Len(t, server.received(), 1)
				return
			}
			require.ErrorContains(t, err, tt.says)
			require.Equal(t, load.NotApplied, load.OutcomeOf(err), "no row is to blame")
			require.Empty(t, server.received())
		})
	}
}

// The credentials and what they protect stay with whom they are for, also where the host is the same.
func TestARedirectFromTLSToPlainText(t *testing.T) {
	t.Parallel()
	good, trusted := certificate(t, acme, time.Now().Add(time.Hour))
	plain := &server{respond: replies(200, taken)}
	address := strings.Replace(serve(t, plain), "127.0.0.1", acme, 1)
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := &server{respond: replies(status, "", "Location", address+"/api/v1/jobs/j1")}
		client, _ := secured(t, &good, trusted, server)
		for name, call := range everyWrite {
			err := call(t.Context(), client)
			require.ErrorContains(t, err, "a redirect, which is not followed", name)
			require.Equal(t, load.NotApplied, load.OutcomeOf(err))
		}
		_, err := client.Job(t.Context(), "j1")
		require.ErrorContains(t, err, "a redirect, which is not followed")
		require.Len(t, server.received(), len(everyWrite)+1)
	}
	require.Empty(t, plain.received())
}
