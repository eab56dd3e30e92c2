package demo

import (
	"fmt"
	"html"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// stamp is how the help desk writes times: in UTC, without saying so.
const stamp = "2006-01-02 15:04:05"

// The help desk's own words for the state of a ticket.
const (
	statusOpen    = 1
	statusPending = 2
	statusSolved  = 3
)

// ticket is a row of tickets with its messages. What can be NULL, or wrong, is any: SQLite takes every value in every
// column.
type ticket struct {
	id       string
	subject  string
	status   int
	channel  string
	csat     any
	tags     any
	agent    any // the id of a user
	customer string
	created  any
	updated  string
	solved   any
	messages []message
}

type message struct {
	author string
	kind   string
	html   string
	at     time.Time
}

// channel is a way in which customers write, and how long an answer takes there on average.
type channel struct {
	name string
	pace time.Duration
}

const channelMail = "mail"

var channels = []channel{
	{channelMail, 5 * time.Hour},
	{channelMail, 5 * time.Hour}, // half of all tickets come by mail
	{"chat", 90 * time.Second},
	{"phone", 3 * time.Minute},
	{"instagram", time.Hour},
}

// generator makes up tickets: from one seed, always the same ones.
type generator struct {
	*rand.Rand
	until time.Time // nothing happens later
}

func newGenerator(seed uint64, until time.Time) generator {
	return generator{rand.New(rand.NewPCG(seed, 0)), until}
}

// ticket makes up a ticket and as much of its conversation as there is time for.
func (g generator) ticket(number int, opened time.Time) ticket {
	tongue := pick(g, languages)
	talk, customer := pick(g, tongue.conversations), pick(g, tongue.customers)
	came, agent := pick(g, channels), g.IntN(len(agents))
	words := g.words(customer, agents[agent])
	t := ticket{
		id: strconv.Itoa(number), subject: html.UnescapeString(words.Replace(talk.subject)), channel: came.name,
		customer: customer.mailbox + "@mail.example", created: opened.Format(stamp),
	}
	if talk.tags != "" {
		t.tags = strings.ReplaceAll(talk.tags, ",", ", ")
	}
	turns := talk.turns
	if g.chance(0.1) && len(turns) > 1 { // somebody never answers
		turns = turns[:1+g.IntN(len(turns)-1)]
	}
	at := opened
	for i, turn := range turns {
		if i > 0 {
			at = at.Add(g.about(came.pace))
		}
		if at.After(g.until) {
			break
		}
		m := message{author: customer.name, kind: turn.kind, html: words.Replace(turn.html), at: at}
		if turn.kind != kindIn {
			m.author, t.agent = agents[agent].mailbox+"@acme.example", agent+1
		}
		if came.name == channelMail {
			m.html = g.asMail(m, agents[agent].name)
		}
		t.messages = append(t.messages, m)
	}
	g.finish(&t, len(t.messages) == len(talk.turns))
	return t
}

// finish decides how the ticket stands after its last message.
func (g generator) finish(t *ticket, complete bool) {
	last := t.messages[len(t.messages)-1]
	t.updated = last.at.Format(stamp)
	solved := last.at.Add(g.about(5 * time.Minute))
	switch {
	case complete && len(t.messages) > 1 && !solved.After(g.until) && g.chance(0.9):
		t.status, t.updated = statusSolved, solved.Format(stamp)
		t.solved = t.updated
		if g.chance(0.6) {
			t.csat = pick(g, []float64{5, 5, 5, 4.5, 4, 3, 1})
		}
	case last.kind == kindIn:
		t.status = statusOpen
	default:
		t.status = statusPending
	}
}

// words fills in the placeholders of a conversation, escaped for HTML.
func (g generator) words(customer, agent person) *strings.Replacer {
	return strings.NewReplacer(
		"{order}", fmt.Sprintf("AC-%d", 100000+g.IntN(900000)),
		"{product}", html.EscapeString(pick(g, products)),
		"{amount}", fmt.Sprintf("%d.%02d&nbsp;€", 5+g.IntN(300), g.IntN(100)),
		"{customer}", html.EscapeString(customer.name),
		"{name}", html.EscapeString(first(customer.name)),
		"{agent}", html.EscapeString(first(agent.name)),
	)
}

// asMail dresses a message up as mail programs and help desks do.
func (g generator) asMail(m message, agent string) string {
	switch {
	case m.kind == kindOut:
		return m.html + "\n<p class=\"signature\">--&nbsp;<br>" + html.EscapeString(agent) +
			"<br>Acme Support | <a href=\"https://help.acme.example\">help.acme.example</a></p>\n" +
			"<!-- AcmeDesk 7.2 --><script>pixel('https://t.acme.example/open.gif')</script>"
	case m.kind == kindIn && g.chance(0.5):
		return "<html><head><style>p { margin: 0 0 8px; font-family: Calibri }</style></head><body>" + m.html + "</body></html>"
	default:
		return m.html
	}
}

// about returns a time around the given one, a fifth of it at least and twice as much at most.
func (g generator) about(d time.Duration) time.Duration {
	return time.Duration((0.2 + 1.8*g.Float64()) * float64(d))
}

func (g generator) chance(share float64) bool { return g.Float64() < share }

func pick[T any](g generator, from []T) T { return from[g.IntN(len(from))] }

func first(name string) string { return strings.Fields(name)[0] }
