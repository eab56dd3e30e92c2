package config

import (
	"net/url"
	"strings"

	"pvetl/internal/secret"
)

// jobMark stands in the address of a heartbeat for the name of the job.
const jobMark = "{job}"

// checkNotify shows no address: whoever knows it can use it.
func (c *checker) checkNotify() {
	const webhookAt path = "notify.webhook"
	webhook := c.config.Notify.Webhook.Reveal()
	c.checkReceiver(webhookAt, webhook)
	if strings.Contains(webhook, jobMark) {
		c.fault(webhookAt, "found "+jobMark+", which only heartbeat knows, expected an address without it: a notice names its job")
	}
	c.checkReceiver("notify.heartbeat", c.config.Notify.HeartbeatOf("job").Reveal())
}

func (c *checker) checkReceiver(at path, text string) {
	if text == "" {
		return
	}
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Scheme != "https" && address.Scheme != "http" || address.Hostname() == "":
		c.fault(at, "found a text that is no address, expected https://…")
	case address.Scheme == "http" && !isLoopback(address.Hostname()):
		c.warn(at, "found an http:// address of another machine, expected https://…: on the way, anybody can read it")
	}
}

// HeartbeatOf is the address that is called after a good run of a job; empty where none is.
func (n Notify) HeartbeatOf(job string) secret.Text {
	return secret.Text(strings.ReplaceAll(n.Heartbeat.Reveal(), jobMark, url.PathEscape(job)))
}

// addressSecrets returns what must not be shown of an address: the whole, and what follows its host, which others show by
// itself. A path as short as /api/v1 is no secret, and stands in many texts.
func addressSecrets(text string) []secret.Text {
	const shortest = 8
	all := []secret.Text{secret.Text(text)}
	address, err := url.Parse(text)
	if err != nil {
		return all
	}
	for _, part := range []string{address.Path, address.EscapedPath(), address.RequestURI()} {
		if len(part) >= shortest {
			all = append(all, secret.Text(part))
		}
	}
	return all
}
