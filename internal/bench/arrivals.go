package main

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"
)

// arrivals keeps account of what arrived by the ids alone, so that a million comments take 125 kB: what is lost, what
// came twice, and what came at the wrong place. Tickets are numbered from 1, and of c comments a ticket t has those from
// (t-1)*c+1 on.
type arrivals struct {
	tickets, perTicket int

	mu       sync.Mutex
	ticket   bitmap
	comment  bitmap
	surplus  int // came twice, or is nobody's
	strayed  int // comments within another ticket
	requests int
}

func newArrivals(tickets, perTicket int) *arrivals {
	return &arrivals{tickets: tickets, perTicket: perTicket, ticket: newBitmap(tickets), comment: newBitmap(tickets * perTicket)}
}

// Inside a JSON text every quote has a backslash before it, so these stand for members only. Bodies begin with their
// comment's number.
var (
	ticketMark  = []byte(`"interaction_id":"`)
	commentMark = []byte(`"body":"#`)
)

// take accounts for the interactions of one bulk request and returns their ids.
func (a *arrivals) take(body []byte) (ids []int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, rest, more := bytes.Cut(body, ticketMark)
	for more {
		var own []byte
		own, rest, more = bytes.Cut(rest, ticketMark)
		id := leadingNumber(own)
		ids = append(ids, id)
		if !a.ticket.add(id) {
			a.surplus++
		}
		a.takeComments(id, own)
	}
	return ids
}

func (a *arrivals) takeComments(ticket int, text []byte) {
	_, rest, more := bytes.Cut(text, commentMark)
	for more {
		id := leadingNumber(rest)
		switch {
		case !a.comment.add(id):
			a.surplus++
		case (id-1)/a.perTicket+1 != ticket:
			a.strayed++
		}
		_, rest, more = bytes.Cut(rest, commentMark)
	}
}

// check says what is wrong with what arrived, of which there should be everything, once.
func (a *arrivals) check() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	lostTickets, lostComments := a.tickets-a.ticket.count, a.tickets*a.perTicket-a.comment.count
	if lostTickets+lostComments+a.surplus+a.strayed == 0 {
		return nil
	}
	return fmt.Errorf("of %d tickets with %d comments each, %d tickets and %d comments did not arrive, %d came twice or are nobody's, %d comments strayed",
		a.tickets, a.perTicket, lostTickets, lostComments, a.surplus, a.strayed)
}

func (a *arrivals) countRequest() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests++
}

// leadingNumber reads the digits that a text begins with; 0 where there are none.
func leadingNumber(text []byte) int {
	end := 0
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	n, _ := strconv.Atoi(string(text[:end]))
	return n
}

// bitmap is a set of the numbers from 1 to its size.
type bitmap struct {
	bits  []uint64
	size  int
	count int
}

func newBitmap(size int) bitmap { return bitmap{bits: make([]uint64, size/64+1), size: size} }

// add reports whether the number belongs here and was not there yet.
func (b *bitmap) add(n int) bool {
	if n < 1 || n > b.size || b.bits[n/64]&(1<<(n%64)) != 0 {
		return false
	}
	b.bits[n/64] |= 1 << (n % 64)
	b.count++
	return true
}
