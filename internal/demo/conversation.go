package demo

// language is what one group of customers writes.
type language struct {
	customers     []person
	conversations []conversation
}

var languages = []language{english, spanish, portuguese, german, french, japanese, arabic}

// person is a name and the part of an address before the @.
type person struct {
	name    string
	mailbox string
}

// conversation is how a ticket goes if it is seen through to its end. The texts have placeholders: {order}, {product},
// {amount}, {name} and {customer} (first and whole name of who asks), {agent} (first name of who answers).
type conversation struct {
	subject string
	tags    string
	turns   []turn
}

// turn is one message of a conversation.
type turn struct {
	kind string // in, out or note
	html string
}

// The kinds of messages.
const (
	kindIn   = "in"
	kindOut  = "out"
	kindNote = "note"
)

func asks(html string) turn  { return turn{kindIn, html} }
func says(html string) turn  { return turn{kindOut, html} }
func notes(html string) turn { return turn{kindNote, html} }

var agents = []person{
	{"Ana Torres", "ana"},
	{"Ben Carter", "ben"},
	{"Chiara Rossi", "chiara"},
	{"Diego Salazar", "diego"},
	{"Emi Tanaka", "emi"},
	{"Fatima Zahra", "fatima"},
	{"Greta Lindqvist", "greta"},
	{"Hugo Marchand", "hugo"},
	{"Isabela Rocha", "isabela"},
	{"Jan Kowalski", "jan"},
}

var products = []string{
	"Nimbus 2 Headphones", "Router AX3000", "Fiber 600", "Lumen Desk Lamp", "Kettle Pro 1.7 L",
	"Tablet Mini 8\"", "SIM Flex 20 GB", "Mesh Duo",
}
