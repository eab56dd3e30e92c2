package mapping

// span is a part of a text: text[start:end].
type span struct{ start, end int }

func (s span) len() int { return s.end - s.start }

// gap returns how many bytes at the beginning of a text may stand between two groups of digits of one number.
type gap func(text []byte) int

// numberPicker looks at the first groups of a run. It returns how many of them belong together, at least one, and where in
// the text the number they make begins, -1 if they are none to mask.
type numberPicker func(text []byte, run []span) (groups, start int)

// findNumbers returns where in the text the numbers are that pick finds among the runs of digits.
func findNumbers(text []byte, between gap, pick numberPicker) []span {
	var found []span
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) {
			continue
		}
		run := runAt(text, i, between)
		i = run[len(run)-1].end
		for len(run) > 0 {
			groups, start := pick(text, run)
			if start >= 0 {
				found = append(found, span{start, run[groups-1].end})
			}
			run = run[groups:]
		}
	}
	return found
}

// runAt returns the groups of digits, one gap apart, of which the first begins at i.
func runAt(text []byte, i int, between gap) []span {
	var run []span
	for {
		group, rest := digits(text[i:])
		run = append(run, span{i, i + len(group)})
		n := between(rest)
		if n == 0 || n >= len(rest) || !isDigit(rest[n]) {
			return run
		}
		i += len(group) + n
	}
}

// blank returns the length of the blank that a text begins with, 0 if it does not.
func blank(text []byte) int {
	switch {
	case len(text) > 0 && text[0] == ' ':
		return 1
	case len(text) > 1 && text[0] == 0xC2 && text[1] == 0xA0: // no-break
		return 2
	case len(text) > 2 && text[0] == 0xE2 && text[1] == 0x80 && text[2] == 0xAF: // narrow no-break
		return 3
	}
	return 0
}

// dash returns the length of the hyphen or dash that a text begins with, 0 if it does not.
func dash(text []byte) int {
	switch {
	case len(text) > 0 && text[0] == '-':
		return 1
	case len(text) > 2 && text[0] == 0xE2 && text[1] == 0x80 && 0x90 <= text[2] && text[2] <= 0x94:
		return 3
	}
	return 0
}
