package scaffold

// product is a help desk whose tables are public knowledge, with what its numbers and letters mean.
type product struct {
	name   string
	tables []string // without what all names begin with
	codes  map[string][]entry
}

// entry is a value of a column and what it becomes.
type entry struct{ from, to string }

// The types of a comment.
const (
	byCustomer = "customer_comment"
	byAgent    = "agent_comment"
	aNote      = "internal_note"
)

var products = []product{
	{"osTicket", []string{"ticket", "thread", "thread_entry", "help_topic"}, map[string][]entry{
		"thread_entry.type": {{"M", byCustomer}, {"R", byAgent}, {"N", aNote}},
	}},
	{"FreeScout", []string{"conversations", "threads", "mailboxes", "folders"}, map[string][]entry{
		"threads.type":         {{"1", byCustomer}, {"2", byAgent}, {"3", aNote}, {"4", aNote}},
		"conversations.status": {{"1", "active"}, {"2", "pending"}, {"3", "closed"}, {"4", "spam"}},
	}},
	{"Chatwoot", []string{"conversations", "messages", "inboxes", "contacts"}, map[string][]entry{
		"messages.message_type":  {{"0", byCustomer}, {"1", byAgent}, {"2", aNote}, {"3", byAgent}},
		"conversations.status":   {{"0", "open"}, {"1", "resolved"}, {"2", "pending"}, {"3", "snoozed"}},
		"conversations.priority": {{"0", "low"}, {"1", "medium"}, {"2", "high"}, {"3", "urgent"}},
	}},
	{"Zammad", []string{"tickets", "ticket_articles", "ticket_article_senders", "stores"}, nil},
}

// recognise returns the product whose tables these are.
func (s *schema) recognise() (product, bool) {
	for _, p := range products {
		found := 0
		for _, name := range p.tables {
			for _, t := range s.tables {
				if t.plain == name {
					found++
					break
				}
			}
		}
		if found == len(p.tables) {
			return p, true
		}
	}
	return product{}, false
}

// codesOf is what a column's values mean, where that is known.
func (s *schema) codesOf(t *table, column string) []entry {
	return s.product.codes[t.plain+"."+column]
}
