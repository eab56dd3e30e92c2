package pipeline

// claim marks what is pending or in flight.
func (r *run) claim(names ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range names {
		r.inFlight[name] = true
	}
}

func (r *run) unclaim(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.inFlight, name)
}

func (r *run) isInFlight(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.inFlight[name]
}

// isHeld reports whether Playvox may have something already (W2).
func (r *run) isHeld(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held[name]
}

// isCounted reports whether the comments of an interaction that is not in the ledger have been counted with it.
func (r *run) isCounted(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counted[key]
}

// isCertain notes that a request has had an answer.
func (r *run) isCertain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.uncertain = 0
}
