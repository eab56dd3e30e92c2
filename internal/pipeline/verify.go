package pipeline

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/load"
	"pvetl/state"
)

// The kinds of differences between a source, the ledger and Playvox.
const (
	Missing = "missing"  // the ledger says that it was sent, and Playvox does not show it
	NotSent = "not_sent" // the source has it, and neither the ledger nor Playvox knows it
	Altered = "altered"  // Playvox shows it otherwise than the source says
	Extra   = "extra"    // Playvox shows it, or shows it more than once, and the source has no such row
)

// Difference is one thing about which source, ledger and Playvox do not agree.
type Difference struct {
	Job    string `json:"job"`
	Stream string `json:"stream"`
	Key    string `json:"key"` // of the row; the interaction_id of what the source and the ledger do not know
	Kind   string `json:"kind"`
	Detail string `json:"detail"`

	of       string // key of the interaction that it is about
	mendable bool   // whether that interaction's repair may help
}

// Sides says how many each side has.
type Sides struct {
	Source  int64 `json:"source"`
	Ledger  int64 `json:"ledger"`
	Playvox int64 `json:"playvox"`
}

// Verification is what a comparison of source, ledger and Playvox found.
type Verification struct {
	Job          string       `json:"job"`
	OK           bool         `json:"ok"`       // nothing differs, or nothing differs any more
	Sampled      bool         `json:"sampled"`  // some rows were compared, not all
	Compared     int64        `json:"compared"` // interactions
	Interactions Sides        `json:"interactions"`
	Comments     Sides        `json:"comments"`  // of the interactions that were compared
	Expired      int64        `json:"expired"`   // sent longer ago than Playvox stores data, and not there any more
	Unknown      int64        `json:"unknown"`   // as they should be in Playvox, and not in the ledger
	Dismissed    int64        `json:"dismissed"` // rejects that somebody has decided to live with
	Differences  []Difference `json:"differences"`
	Repaired     int          `json:"repaired"` // differences that were there and are no more
	Repair       *Summary     `json:"repair"`   // the run that repaired; null where there was none
	Requests     Requests     `json:"requests"`
}

// VerifyOptions say what is compared and what is done about it.
type VerifyOptions struct {
	Sample   int                // compare so many rows, drawn at random; 0 is all of them
	Repair   bool               // send what is missing, and what differs, from the source
	Progress func(Verification) // called now and then while it is under way
	Run      Options            // Progress and SettleDelay of the run that repairs
}

// Listing shows all that an integration holds.
type Listing interface {
	Interactions(ctx context.Context, integrationID string) iter.Seq2[load.RemoteInteraction, error]
}

// Verify compares what the source of a job says, what the ledger knows and what Playvox shows. It writes nothing, needs no
// lease and may go on beside a run, unless it is told to repair.
func Verify(ctx context.Context, cfg config.Config, job config.Job, tools Tools, options VerifyOptions) (Verification, error) {
	source, err := OpenSource(ctx, cfg, job, tools.Log)
	if err != nil {
		return Verification{Job: job.Name}, fmt.Errorf("job %s: %w", job.Name, err)
	}
	defer source.Close()
	requests := &load.Requests{}
	client := tools.Client.ForRun(load.RunOptions{Requests: requests})
	p := New(cfg, job, source, tools.Store, client, requests, tools.Log)
	v := p.newVerification(cfg, client, options)
	err = v.compare(ctx)
	if err == nil && options.Repair {
		err = v.repairAll(ctx, cfg, job, tools)
	}
	if cause := context.Cause(ctx); cause != nil && err != nil {
		err = cause
	}
	return v.result(), err
}

// verification is one comparison under way. It reads, maps and looks up as a run does that changes nothing.
type verification struct {
	*run
	asked   VerifyOptions
	listing Listing
	others  []string // jobs that fill the same integration

	shelf    shelf     // what Playvox shows
	pages    int       // requests that one listing takes; 0 where it is not known
	known    keySet    // keys of the rows that were compared
	suspects []suspect // what needs a second look
	counting bool      // whether the second look counts, because there was no first
	onTheWay keySet    // names of what an earlier run left open
	next     map[*progress]*upcoming
	found    Verification
}

func (p *Pipeline) newVerification(cfg config.Config, listing Listing, options VerifyOptions) *verification {
	v := &verification{
		run: p.newRun(Options{DryRun: true}), asked: options, listing: listing, counting: options.Sample > 0,
		shelf: newShelf(p.integration.Metadata, p.attachments != nil), known: make(keySet), onTheWay: make(keySet), next: make(map[*progress]*upcoming),
		found: Verification{Job: p.job, Sampled: options.Sample > 0, Differences: []Difference{}},
	}
	for _, other := range cfg.Jobs {
		if integration, _ := cfg.Integration(other.Integration); other.Name != p.job && integration.Name == p.integration.Name {
			v.others = append(v.others, other.Name)
		}
	}
	return v
}

// compare is the flow of a verification. The first look, at everything, is a comparison of hashes; what it finds suspect
// is looked at again, with its content: by then a run beside it may have come to an end with it.
func (v *verification) compare(ctx context.Context) error {
	steps := []step{v.prepare, v.list, v.screenSource, v.screenLedger, v.screenRest, v.lookAgain, v.countLedger}
	if v.asked.Sample > 0 {
		steps = []step{v.prepare, v.drawSample, v.lookAgain}
	}
	return inTurn(ctx, steps)
}

// prepare finds the integration, how far earlier runs have come, and what they left open.
func (v *verification) prepare(ctx context.Context) error {
	integration, err := v.playvox.FindIntegration(ctx, v.integration.Name)
	if err != nil {
		return err
	}
	record, ok, err := v.store.Job(ctx, v.job)
	if err != nil {
		return err
	}
	if ok && record.IntegrationID != "" && record.IntegrationID != integration.ID {
		return &ChangedIntegrationError{Job: v.job, Name: v.integration.Name}
	}
	v.remoteID = integration.ID
	for _, p := range []*progress{v.tickets, v.remarks} {
		if err := v.beginUpcoming(ctx, p); err != nil {
			return err
		}
	}
	open, err := v.store.OpenBatches(ctx, v.job)
	clear(v.onTheWay)
	for _, batch := range open {
		if batch.State == state.Prepared {
			continue // never sent
		}
		for _, name := range namesOf(batch) {
			v.onTheWay.add(name)
		}
	}
	return err
}

// list notes what Playvox shows.
func (v *verification) list(ctx context.Context) error {
	before := v.requests.Lookups.Load()
	for remote, err := range v.listing.Interactions(ctx, v.remoteID) {
		if err != nil {
			return fmt.Errorf("listing what Playvox holds: %w", err)
		}
		v.shelf.put(remote)
		v.found.Interactions.Playvox++
		v.tell()
	}
	v.pages = int(v.requests.Lookups.Load() - before)
	return nil
}

// readSource hands out the rows of the source page by page.
func (v *verification) readSource(ctx context.Context, take func(extract.Page) error) error {
	window, err := v.interactions.rows.Window(ctx, nil)
	if err != nil {
		return fmt.Errorf("reading %s: %w", StreamInteractions, err)
	}
	v.warnOfGaps(ctx, v.tickets, window)
	var after *extract.Position
	for {
		rows, err := v.interactions.rows.Page(ctx, window, after)
		if err != nil {
			return fmt.Errorf("reading %s: %w", StreamInteractions, err)
		}
		if len(rows.Rows) == 0 {
			return nil
		}
		if err := take(rows); err != nil || !rows.More {
			return err
		}
		after = &rows.Last
	}
}

func (v *verification) countLedger(ctx context.Context) (err error) {
	v.found.Interactions.Ledger, err = v.store.CountEntries(ctx, v.job)
	return err
}

// repairAll lets a run bring what differs to Playvox, and looks at that again.
func (v *verification) repairAll(ctx context.Context, cfg config.Config, job config.Job, tools Tools) error {
	keys := v.repairable()
	if len(keys) == 0 {
		return nil
	}
	options := v.asked.Run
	options.Repair = keys
	summary, err := RunJob(ctx, cfg, job, tools, options)
	v.found.Repair = &summary
	if err != nil {
		return err
	}
	before := v.found.Differences
	v.found.Differences = slices.DeleteFunc(slices.Clone(before), func(d Difference) bool {
		_, again := slices.BinarySearch(keys, d.of)
		return again
	})
	v.counting = false // what is compared again has been counted
	again := func(ctx context.Context) error { return v.suspectAll(ctx, keys) }
	err = inTurn(ctx, []step{v.prepare, again, v.lookAgain})
	v.found.Repaired = max(0, len(before)-len(v.found.Differences))
	return err
}

// repairable are the keys, sorted, of the interactions that a run can bring up to date.
func (v *verification) repairable() []string {
	var keys []string
	for _, d := range v.found.Differences {
		if d.mendable {
			keys = append(keys, d.of)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// result is what has been found so far.
func (v *verification) result() Verification {
	result := v.found
	result.OK = len(result.Differences) == 0
	result.Requests = counted(v.requests)
	slices.SortStableFunc(result.Differences, compareDifferences)
	return result
}

// tell tells whoever watches how far the verification is.
func (v *verification) tell() {
	if v.asked.Progress == nil {
		return
	}
	found := v.found
	found.Requests = counted(v.requests)
	v.asked.Progress(found)
}
