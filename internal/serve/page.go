package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"pvetl/internal/secret"
	"pvetl/internal/web"
)

// Page says where the page is, and who may see it.
type Page struct {
	Listen      string      // an address with a port
	Token       secret.Text // opens actions, and the page where others than this host can reach it
	Hosts       []string    // names under which the page is reached, beside those of this host
	BehindProxy bool        // whether something in front speaks HTTPS with browsers
	CertFile    string      // of a TLS certificate; empty: plain HTTP
	KeyFile     string
	Values      bool // whether values of rows are shown
}

// shortestToken is the least that is hard to guess.
const shortestToken = 16

// Check refuses what would show the page to whom it does not concern. The error says what to do.
func (p Page) Check() error {
	if _, _, err := net.SplitHostPort(p.Listen); err != nil {
		return fmt.Errorf("--listen is an address with a port, such as 127.0.0.1:8080: found %q", p.Listen)
	}
	switch _, err := p.certificate(nil); {
	case p.CertFile != "" && p.KeyFile != "" && err != nil:
		return fmt.Errorf("--tls-cert: %w", err)
	case p.Token != "" && len(p.Token) < shortestToken:
		return fmt.Errorf("the token has fewer than %d characters: make one with: openssl rand -hex 32", shortestToken)
	case (p.CertFile == "") != (p.KeyFile == ""):
		return errors.New("--tls-cert and --tls-key belong together")
	case p.isLocal():
		return nil
	case p.Token == "":
		return errors.New(p.opening() + " lets others than this host reach the page: that needs a token, in PVETL_TOKEN or in the file that --token-file names")
	case !p.isSecure():
		return errors.New(p.opening() + " lets others than this host reach the page: that needs --tls-cert and --tls-key, or --behind-proxy where something in front of it speaks HTTPS")
	default:
		return nil
	}
}

// isLocal reports whether only this host can reach the page.
func (p Page) isLocal() bool { return p.opening() == "" }

// opening is what lets others reach the page; empty where only this host can. A proxy on this host asks from this host, and so
// does everybody behind it; another name is one that others use.
func (p Page) opening() string {
	host, _, _ := net.SplitHostPort(p.Listen)
	switch {
	case host != "localhost" && !net.ParseIP(host).IsLoopback():
		return "--listen " + p.Listen
	case p.BehindProxy:
		return "--behind-proxy"
	case len(p.Hosts) > 0:
		return "--host " + p.Hosts[0]
	default:
		return ""
	}
}

// isSecure reports whether browsers reach the page by HTTPS.
func (p Page) isSecure() bool { return p.CertFile != "" || p.BehindProxy }

func (p Page) url(address string) string {
	if p.CertFile != "" {
		return "https://" + address + "/"
	}
	return "http://" + address + "/"
}

// link is where a reader of a notice finds the page: by its name, or on this host; empty where nobody has said its name.
func (p Page) link(address string) string {
	switch {
	case len(p.Hosts) > 0:
		return "https://" + p.Hosts[0] + "/"
	case p.isLocal():
		return p.url(address)
	default:
		return ""
	}
}

// pageError says why the page cannot be served any more.
type pageError struct{ error }

func (e *pageError) Unwrap() error { return e.error }

// goodbye is what answers under way are given once the page is to end.
const goodbye = 3 * time.Second

// serve answers requests until ctx is done. The error is a *pageError; nil after ctx.
func (p Page) serve(ctx context.Context, listener net.Listener, pages web.Options, log *slog.Logger) error {
	server := &http.Server{
		Handler: web.New(pages), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: p.certificate},
	}
	failed := make(chan error, 1)
	go func() {
		if p.CertFile != "" {
			failed <- server.ServeTLS(listener, "", "")
			return
		}
		failed <- server.Serve(listener)
	}()
	select {
	case err := <-failed:
		return &pageError{fmt.Errorf("serving the page: %w", err)}
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	_ = server.Shutdown(ctx) // an answer that takes longer is cut off
	return nil
}

// certificate reads the files each time, so that a renewed certificate is used at once.
func (p Page) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(p.CertFile, p.KeyFile)
	if err != nil {
		return nil, err
	}
	return &pair, nil
}
