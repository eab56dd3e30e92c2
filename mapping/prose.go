package mapping

// prose writes text as a browser lays it out. Blanks and line breaks wait until the next word shows that they count.
type prose struct {
	out       []byte
	blanks    []byte // before the next word
	breaks    int    // before the blanks
	collapses bool   // the last of blanks takes in those that follow it
	fixed     bool   // blanks has one that does not collapse, so the line is there though it has no words
	pre       int    // how many pre elements are open
	begun     bool   // nothing has come since the last pre was opened
}

// mostBreaks leaves one blank line at most.
const mostBreaks = 2

func (p *prose) text(text []byte) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n' && p.pre > 0:
			if !p.begun {
				p.lineBreak()
			}
			p.begun = false
			continue
		case c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r':
			p.blank(c)
		case c == 0xC2 && i+1 < len(text) && text[i+1] == 0xA0: // a no-break space
			i++
			p.blanks, p.collapses, p.fixed = append(p.blanks, ' '), false, true
		default:
			end := wordEnd(text, i+1)
			p.word(text[i:end])
			i = end - 1
		}
		p.begun = false
	}
}

func (p *prose) blank(c byte) {
	switch {
	case p.pre > 0:
		p.blanks, p.collapses = append(p.blanks, c), false
	case p.collapses || (p.lineIsEmpty() && len(p.blanks) == 0):
	default:
		p.blanks, p.collapses = append(p.blanks, ' '), true
	}
}

func (p *prose) lineIsEmpty() bool { return p.breaks > 0 || len(p.out) == 0 }

// wordEnd returns where the word ends that goes on at start: at a blank, or at what may be a no-break space.
func wordEnd(text []byte, start int) int {
	for i, c := range text[start:] {
		if c <= ' ' && (c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r') || c == 0xC2 {
			return start + i
		}
	}
	return len(text)
}

func (p *prose) word(text []byte) {
	if p.breaks > 0 || len(p.blanks) > 0 {
		p.out = append(append(p.out, "\n\n"[:min(p.breaks, mostBreaks)]...), p.blanks...)
		p.breaks = 0
		p.clearBlanks()
	}
	p.out = append(p.out, text...)
}

func (p *prose) clearBlanks() { p.blanks, p.collapses, p.fixed = p.blanks[:0], false, false }

// lineBreak ends the line, also an empty one.
func (p *prose) lineBreak() {
	p.breaks++
	p.clearBlanks()
}

// block ends the line unless it is empty.
func (p *prose) block() {
	if !p.lineIsEmpty() || p.fixed {
		p.breaks++
	}
	p.clearBlanks()
}
