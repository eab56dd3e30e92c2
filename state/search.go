package state

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// defaultRejects is how many rejects a reader gets that does not say.
const defaultRejects = 100

// RejectFilter says which rejects are meant; its zero values mean all that are not dismissed.
type RejectFilter struct {
	Job    string
	Stream string
	Stage  string
	Field  string
	Rule   string
	Text   string // occurs in the key, field, column or rule, in any letter case (of ASCII),
	Words  bool   // or in the reason, which may hold values: what must not be shown must not be looked for either
	Offset int
	Limit  int // 0 is 100
}

// FindRejects returns a page of the rejects that a filter means, ordered by last_seen, newest first, and how many there are.
func (s *Store) FindRejects(ctx context.Context, filter RejectFilter) (found []Reject, total int, err error) {
	const doing = "search rejects"
	condition, args := filter.condition(s.dialect)
	n, err := s.number(ctx, "SELECT count(*) FROM rejects WHERE "+condition, args...)
	if err != nil || n == 0 {
		return nil, 0, s.explain(doing, err)
	}
	limit := cmp.Or(max(0, filter.Limit), defaultRejects)
	query := selectRejects + condition + " ORDER BY last_seen DESC, id DESC LIMIT ? OFFSET ?"
	found, err = read(ctx, s, intoReject, query, append(args, limit, max(0, filter.Offset))...)
	return found, int(n), s.explain(doing, err)
}

// condition never looks at values: they are of people.
func (f RejectFilter) condition(d dialect) (condition string, args []any) {
	condition, args = ofJob(f.Job)
	condition += notDismissed
	for _, c := range [][2]string{{"stream", f.Stream}, {"stage", f.Stage}, {"field_name", f.Field}, {"rule_text", f.Rule}} {
		if c[1] != "" {
			condition += " AND " + c[0] + " = ?"
			args = append(args, clean(c[1]))
		}
	}
	if f.Text == "" {
		return condition, args
	}
	like := strings.ReplaceAll(d.folded, "%s", "?") + " ESCAPE '!'"
	condition += " AND ("
	columns := []string{"row_key", "field_name", "column_name", "rule_text"}
	if f.Words {
		columns = append(columns, "reason")
	}
	for _, column := range columns {
		condition += strings.ReplaceAll(d.folded, "%s", column) + " LIKE " + like + " OR "
		args = append(args, "%"+unwild(clean(f.Text))+"%")
	}
	// A key that was not storable as it is, is there in hexadecimal.
	return condition + "row_key LIKE ? ESCAPE '!')", append(args, unwild(hexMark)+"%"+hex.EncodeToString([]byte(f.Text))+"%")
}

// unwild takes from the signs that LIKE gives a meaning the meaning.
func unwild(text string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text)
}

// RejectGroup is rejects that are not dismissed and have the same cause.
type RejectGroup struct {
	Job       string
	Stream    string
	Stage     string
	Field     string
	Rule      string
	Count     int
	FirstSeen time.Time // of the first of them
	LastSeen  time.Time // of the last
}

// RejectGroups returns the rejects of a job, of all jobs where job is empty, by their causes: the most frequent first.
func (s *Store) RejectGroups(ctx context.Context, job string) ([]RejectGroup, error) {
	condition, args := ofJob(job)
	query := `SELECT job, stream, stage, field_name, rule_text, count(*), min(first_seen), max(last_seen)
		FROM rejects WHERE ` + condition + notDismissed + " GROUP BY job, stream, stage, field_name, rule_text"
	into := func(g *RejectGroup) []any {
		return []any{&g.Job, &g.Stream, &g.Stage, &g.Field, &g.Rule, &g.Count, timeTo{&g.FirstSeen}, timeTo{&g.LastSeen}}
	}
	found, err := read(ctx, s, into, query, args...)
	slices.SortFunc(found, func(a, b RejectGroup) int { // of the same count in an order that no locale changes
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Job, b.Job), cmp.Compare(a.Stream, b.Stream),
			cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Rule, b.Rule))
	})
	return found, s.explain("read rejects", err)
}

// CountOpenBatches returns how many batches of each job are not settled, of the jobs that have one.
func (s *Store) CountOpenBatches(ctx context.Context) (map[string]int, error) {
	type open struct {
		job   string
		count int
	}
	into := func(o *open) []any { return []any{&o.job, &o.count} }
	found, err := read(ctx, s, into, "SELECT job, count(*) FROM batches WHERE "+isOpen+" GROUP BY job", openStates...)
	counts := make(map[string]int, len(found))
	for _, o := range found {
		counts[o.job] = o.count
	}
	return counts, s.explain("count batches", err)
}

// Quota is how an account's quota stands, by the database's clock.
type Quota struct {
	Account     string
	PerMinute   float64   // what Playvox was seen to allow; 0: nothing else than configured
	PausedUntil time.Time // zero: it is not paused
}

// Quotas returns how the quotas of all accounts stand, ordered by account.
func (s *Store) Quotas(ctx context.Context) ([]Quota, error) {
	type known struct {
		account string
		quotaRow
	}
	into := func(k *known) []any { return []any{&k.account, &k.paused, &k.perMinute, &k.limited, &k.now} }
	query := "SELECT account, paused_until, per_minute, limited_until, " + s.microseconds + " FROM quotas ORDER BY account"
	found, err := read(ctx, s, into, query)
	quotas := make([]Quota, len(found))
	for i, k := range found {
		quotas[i].Account = k.account
		if k.limited > k.now {
			quotas[i].PerMinute = k.perMinute
		}
		if k.paused > k.now {
			quotas[i].PausedUntil = time.UnixMicro(k.paused).UTC()
		}
	}
	return quotas, s.explain("read quotas", err)
}
