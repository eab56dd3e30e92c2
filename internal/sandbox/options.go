package sandbox

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"
)

// What a create does whose interaction_id the integration already holds.
const (
	RefuseDuplicates = "refuse"    // it is refused: "interaction_id 48213 already exists"
	MergeDuplicates  = "merge"     // its fields are written over those held, its comments are appended
	KeepDuplicates   = "duplicate" // a second interaction stands beside the first
)

// Where the _id of an answer, or a file's url, stands.
const (
	IDInResult = "result" // {"success": true, "result": {"_id": …}}
	IDAtTop    = "top"    // {"success": true, "_id": …, "result": {…}}
)

// Options say how the server behaves. The zero value is a well-behaved server that keeps nothing on disk.
type Options struct {
	UID    string // the credentials it accepts; where one is empty, any will do, but there must be some
	APIKey string

	Duplicates         string // one of the three policies; default RefuseDuplicates
	IDPlace            string // IDInResult or IDAtTop; default IDInResult
	IgnoreQuery        bool   // the query filter of listings is ignored
	BulkRefusesBadRows bool   // one bad row refuses its whole bulk request with 400, instead of failing in the job
	HideMetadata       bool   // integrations are listed without their metadata

	Users []string // who has an account, by e-mail or username; nil: nobody is told

	Latency     time.Duration // before each answer of the API
	JobDuration time.Duration // from the acceptance of a bulk request to its rows being there

	RateLimit  int           // API requests per RateWindow; 0: no limit
	RateWindow time.Duration // default one minute

	// Shares of the API requests, each 0..1 and together at most 1, drawn from a sequence that Seed fixes.
	Fail429    float64 // answered 429
	Fail5xx    float64 // answered 500, 502, 503 or 504
	DropBefore float64 // connection closed, nothing done
	DropAfter  float64 // everything done, connection closed without an answer
	Seed       uint64

	// Intercept says for each API request what is to happen with it, before anything else does; n counts them from 1
	// over the server's life. Requests that come at the same time call it at the same time. For tests.
	Intercept func(r *http.Request, n int) Reaction
	// EditJob may change how a bulk job is shown; what is held stays as it is. It must not call the server. For tests.
	EditJob func(job map[string]any)

	DataFile string       // where everything accepted is kept, on disk before it is answered; empty: in memory only
	Logger   *slog.Logger // nil: silent
}

// complete checks the options and fills in what is left to default.
func (o Options) complete() (Options, error) {
	if o.Duplicates == "" {
		o.Duplicates = RefuseDuplicates
	}
	if o.IDPlace == "" {
		o.IDPlace = IDInResult
	}
	if o.RateWindow == 0 {
		o.RateWindow = time.Minute
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, o.check()
}

func (o Options) check() error {
	if policies := []string{RefuseDuplicates, MergeDuplicates, KeepDuplicates}; !slices.Contains(policies, o.Duplicates) {
		return fmt.Errorf("duplicates %q: must be one of %v", o.Duplicates, policies)
	}
	if places := []string{IDInResult, IDAtTop}; !slices.Contains(places, o.IDPlace) {
		return fmt.Errorf("place of ids %q: must be one of %v", o.IDPlace, places)
	}
	if o.RateLimit < 0 || o.RateWindow < 0 || o.Latency < 0 || o.JobDuration < 0 {
		return fmt.Errorf("rate limit %d per %s, latency %s, job duration %s: must not be negative",
			o.RateLimit, o.RateWindow, o.Latency, o.JobDuration)
	}
	sum := 0.0
	for _, share := range []float64{o.Fail429, o.Fail5xx, o.DropBefore, o.DropAfter} {
		if !(share >= 0 && share <= 1) {
			return fmt.Errorf("share of faults %v: must lie between 0 and 1", share)
		}
		sum += share
	}
	if sum > 1 {
		return fmt.Errorf("shares of faults add up to %v: must not exceed 1", sum)
	}
	return nil
}
