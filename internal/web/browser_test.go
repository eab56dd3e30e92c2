package web_test

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// chromium is the browser's program. A test without it fails: skipped, it would promise what nobody tried.
func chromium(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("PVETL_TEST_CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("there is no browser: install one, as in `apt-get install chromium`, or name it: PVETL_TEST_CHROMIUM=/path/to/chromium")
	return ""
}

// startBrowser returns a context in which chromedp opens tabs of one browser.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(t.TempDir()), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.NoSandbox,
	}
	for _, flag := range []string{
		"disable-gpu", "disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-extensions", "disable-dev-shm-usage",
	} {
		options = append(options, chromedp.Flag(flag, true))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, _ = chromedp.NewContext(ctx)
	require.NoError(t, chromedp.Do(ctx))
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // it waits until the browser has let go of its folder
	return ctx
}

// tab is one tab, and what went wrong in it.
type tab struct {
	t       *testing.T
	ctx     context.Context
	address string

	mu     sync.Mutex
	faults []string
}

// newTab opens a tab, with cookies of its own.
func newTab(t *testing.T, ctx context.Context, address string) *tab { //nolint:revive // the test comes first, as everywhere
	t.Helper()
	ctx, cancel := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, address: address}
	require.NoError(t, chromedp.Do(ctx))
	require.NoError(t, chromedp.Listen(ctx, b.hear))
	order(b, network.Enable, network.EnableParams{})
	order(b, log.Enable, cdp.Empty{})
	return b
}

// hear takes down what should not be: errors on the console, breaches of the content security policy, failed requests.
func (b *tab) hear(event any) {
	fault := ""
	switch event := event.(type) {
	case *runtime.EventExceptionThrown:
		fault = "exception: " + event.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		fault = fmt.Sprint("console: ", event.Type)
	case *log.EventEntryAdded:
		fault = fmt.Sprint(event.Entry.Source, ": ", event.Entry.Text)
	case *network.EventLoadingFailed:
		fault = "failed request: " + event.ErrorText
	case *network.EventResponseReceived:
		if event.Response.Status >= http.StatusBadRequest {
			fault = fmt.Sprint(event.Response.URL, ": status ", event.Response.Status)
		}
	}
	if fault != "" {
		b.mu.Lock()
		b.faults = append(b.faults, fault)
		b.mu.Unlock()
	}
}

// order sends the browser a command.
func order[P, R any](b *tab, command cdp.Command[P, R], params P) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, command, params)
	require.NoError(b.t, err)
}

// value is that of an expression in JavaScript, or of what it promises.
func value[T any](b *tab, expression string) T {
	b.t.Helper()
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(b.t, err, expression)
	return got
}

func (b *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	require.NoError(b.t, chromedp.Do(ctx, actions...))
}

func (b *tab) open(path string) { b.t.Helper(); b.run(chromedp.Navigate(b.address + path)) }

// click clicks on what a CSS selector finds, and waits for what another one does.
func (b *tab) click(what, then string) {
	b.t.Helper()
	b.run(chromedp.Click(chromedp.CSS(what)), chromedp.WaitVisible(chromedp.CSS(then)))
}

// signIn types the token where it is asked for.
func (b *tab) signIn() {
	b.t.Helper()
	b.run(chromedp.SendKeys(chromedp.CSS("#token"), token+"\r"), chromedp.WaitVisible(chromedp.CSS(".actions button")))
}

// until waits for an expression to be true.
func (b *tab) until(expression string) {
	b.t.Helper()
	require.Eventually(b.t, func() bool { return value[bool](b, expression) }, 30*time.Second, 20*time.Millisecond, expression)
}

// isFine requires that nothing went wrong so far.
func (b *tab) isFine() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.t, b.faults)
}

// says is what a person reads on the page.
func (b *tab) says() string {
	b.t.Helper()
	return value[string](b, `document.body.innerText.replace(/[\u202f\s]+/g, " ")`)
}

// see makes the screen of a size, and dark or light.
func (b *tab) see(width int64, scheme string) {
	b.t.Helper()
	order(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600})
	order(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// picture keeps a picture of the page for people, where they ask for it.
func (b *tab) picture(name string) {
	b.t.Helper()
	folder := os.Getenv("PVETL_TEST_SCREENSHOTS")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600))
}

// mistakes is a function in JavaScript that lists what is wrong with a page for those who do not see it, or not well.
//
//go:embed testdata/mistakes.js
var mistakes string
