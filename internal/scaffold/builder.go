package scaffold

import (
	"context"
	"slices"

	"pvetl/extract"
)

// Guess is something in the file that is not known but likely.
type Guess struct {
	Path  string   `json:"path"` // in jobs.yaml
	Guess string   `json:"guess"`
	Why   string   `json:"why"`
	Also  []string `json:"also"` // what else it may be
}

// Where things stand in the file.
const (
	atSource       = "sources.helpdesk"
	atJob          = "jobs.tickets"
	atInteractions = atJob + ".extract.interactions"
	atComments     = atJob + ".extract.comments"
	atAttachments  = atJob + ".extract.attachments"
	atInteraction  = atJob + ".mapping.interaction"
	atComment      = atJob + ".mapping.comment"
	atAttachment   = atJob + ".mapping.attachment"
)

// builder puts a proposal together.
type builder struct {
	*schema
	cast

	ask        *asker
	guesses    []Guess
	assignee   string            // the ticket's column
	parentExpr string            // the message's column, or that of a table between, with the key of the ticket
	times      map[string]moment // what is known of columns that may be times, by table and name
	zoneless   []string          // the columns whose zone nobody knows
}

// stream is a query with what the file says beside it.
type stream struct {
	query  []string
	key    string
	parent string
	cursor string
	lag    string
	start  string
}

// rule fills a field.
type rule struct {
	field     string
	typ       string
	available string
	text      string // in YAML
}

func (b *builder) guess(path, guess, why string, also ...string) {
	if also == nil {
		also = []string{}
	}
	b.guesses = append(b.guesses, Guess{path, guess, why, also})
}

// moment is a column that holds times.
type moment struct {
	column    string
	perSecond int // 1 for seconds since 1970, 1000 for thousandths, 0 for what is a time by its type
	is        bool
}

// timeIn finds the column that is most likely the time that the vocabulary means.
func (b *builder) timeIn(ctx context.Context, t *table, v vocabulary) (m moment, also []string) {
	names := t.ranked(v, b.mayBeTime)
	for i, name := range names {
		if m := b.moment(ctx, t, name); m.is {
			return m, rest(names[i:])
		}
	}
	return moment{}, nil
}

// moment tells how a column holds times. Of numbers the rows are asked.
func (b *builder) moment(ctx context.Context, t *table, name string) moment {
	column := t.column(name)
	if !isInteger(column) {
		return moment{column: name, is: true}
	}
	at := t.Name + "." + name
	if known, ok := b.times[at]; ok {
		return known
	}
	const recently, inThousandths = "100000000", "100000000000"
	m := moment{column: name}
	switch expr := b.dialect.name(name); {
	case b.ask.any(ctx, t, expr+" >= "+inThousandths, name):
		m.is, m.perSecond = true, 1000
	case b.ask.any(ctx, t, expr+" >= "+recently, name):
		m.is, m.perSecond = true, 1
	}
	b.times[at] = m
	return m
}

// datetime selects a time so that it can be mapped to a datetime.
func (b *builder) datetime(q *query, t *table, alias string, m moment, as string) string {
	if m.perSecond > 0 {
		return q.pick(b.dialect.fromUnix(q.column(alias, m.column), m.perSecond), as)
	}
	if b.isZoneless(t.column(m.column)) && !slices.Contains(b.zoneless, t.Name+"."+m.column) {
		b.zoneless = append(b.zoneless, t.Name+"."+m.column)
	}
	return q.keep(alias, m.column)
}

// cursor selects what grows when a row changes.
func (b *builder) cursor(ctx context.Context, q *query, t *table, alias string, s *stream, at string) {
	created, _ := b.timeIn(ctx, t, createdColumns)
	updated, also := b.timeIn(ctx, t, updatedColumns)
	switch {
	case !updated.is && at == atInteractions:
		b.guess(at+".cursor", "none: every run reads everything", "no column of "+t.Name+" says when a row changed")
		return
	case !updated.is && !created.is:
		b.guess(at+".cursor", "none: messages are compared whenever their ticket is read", "no column of "+t.Name+" says when a row changed")
		return
	case !updated.is:
		s.cursor = b.datetimeOrNumber(q, t, alias, created)
		b.guess(at+".cursor", created.column+": new messages are found, edited ones are not", "no column of "+t.Name+" says when a row changed")
	case b.lagsBehind(ctx, t, created, updated):
		s.cursor = q.pick(b.dialect.greatest(q.column(alias, created.column), q.column(alias, updated.column)), "changed_at")
		b.guess(at+".cursor", "the later of "+created.column+" and "+updated.column, updated.column+" is empty in rows that never changed; without an index it reads the whole table", also...)
	default:
		s.cursor = b.datetimeOrNumber(q, t, alias, updated)
		b.guess(at+".cursor", updated.column, "its name; it has to grow with every change of a row"+indexed(t, updated.column), also...)
	}
	switch max(created.perSecond, updated.perSecond) {
	case 1:
		s.lag, s.start = "600", "1767225600"
	case 1000:
		s.lag, s.start = "600000", "1767225600000"
	}
}

func (b *builder) datetimeOrNumber(q *query, t *table, alias string, m moment) string {
	if m.perSecond > 0 {
		return q.keep(alias, m.column)
	}
	return b.datetime(q, t, alias, m, m.column)
}

// lagsBehind reports whether rows that never changed have no time of change, but one of their creation.
func (b *builder) lagsBehind(ctx context.Context, t *table, created, updated moment) bool {
	c, u := t.column(created.column), t.column(updated.column)
	if !created.is || c.Kind != u.Kind || created.perSecond != updated.perSecond || created.column == updated.column {
		return false
	}
	if b.ask.ask == nil {
		return u.Nullable
	}
	from, to := b.dialect.name(created.column), b.dialect.name(updated.column)
	return b.ask.any(ctx, t, to+" IS NULL OR "+to+" < "+from, created.column, updated.column)
}

// indexed says that a cursor wants an index where it has none.
func indexed(t *table, column string) string {
	if slices.ContainsFunc(t.Indexes, func(i extract.Index) bool { return len(i.Columns) > 0 && i.Columns[0] == column }) {
		return ""
	}
	return ", and should have an index"
}
