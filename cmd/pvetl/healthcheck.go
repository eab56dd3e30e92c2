package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func (a *app) healthcheckCommand() *cobra.Command {
	var address string
	var live bool
	cmd := &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask pvetl serve whether it is well, for images without a shell",
		Long: "Asks /readyz: whether the state can be written to, and whether the scheduler looks what is due. With --live it asks\n" +
			"/healthz: whether the process answers at all. Exits 0 when it is well and 1 when it is not, with the reasons.\n\n" +
			"--json prints {\"ok\", \"status\", \"reasons\": […]}.",
		Example: "  pvetl healthcheck\n  pvetl healthcheck --url https://127.0.0.1:8443 --live",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ask, err := probe(address, live)
			if err != nil {
				return usageError{err}
			}
			return a.checkHealth(cmd.Context(), ask)
		},
	}
	cmd.Flags().StringVar(&address, "url", "http://127.0.0.1:8080", "the `ADDRESS` of the page")
	cmd.Flags().BoolVar(&live, "live", false, "only whether the process answers")
	return cmd
}

// probe is the address to ask.
func probe(address string, live bool) (*url.URL, error) {
	page, err := url.Parse(address)
	if err != nil || page.Host == "" || (page.Scheme != "http" && page.Scheme != "https") {
		return nil, errors.New("--url is the address of the page, such as http://127.0.0.1:8080")
	}
	if live {
		return page.JoinPath("healthz"), nil
	}
	return page.JoinPath("readyz"), nil
}

const (
	healthPatience = 5 * time.Second
	maxReasons     = 4 << 10 // bytes
)

func (a *app) checkHealth(ctx context.Context, ask *url.URL) error {
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, ask.String(), http.NoBody)
	if err != nil {
		return err
	}
	response, err := healthClient(ask.Hostname()).Do(request)
	if err != nil {
		return hinted{err, "is pvetl serve running, and is --url where it listens?"}
	}
	defer response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(response.Body, maxReasons))
	if err != nil {
		return err
	}
	return a.reportHealth(response.StatusCode, strings.TrimSpace(string(said)))
}

// healthClient follows no redirects, and takes this host's own certificate as it is: it is issued for another name.
func healthClient(host string) *http.Client {
	local := host == "localhost" || net.ParseIP(host).IsLoopback()
	return &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: local}}, //nolint:gosec // loopback only
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (a *app) reportHealth(status int, said string) error {
	well := status == http.StatusOK
	if a.json {
		reasons := []string{}
		if !well {
			reasons = strings.Split(said, "\n")
		}
		if err := a.printJSON(map[string]any{"ok": well, "status": status, "reasons": reasons}); err != nil {
			return err
		}
	} else {
		for line := range strings.Lines(said) {
			fmt.Fprintln(a.Stdout, oneLine(strings.TrimSpace(line)))
		}
	}
	if !well {
		return asStatus(exitFailed)
	}
	return nil
}
