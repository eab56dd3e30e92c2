package pipeline

import "pvetl/extract"

// tracker knows which pages are settled, and so how far the watermark may move (W1). A page is settled when each of its
// rows is; the watermark stands at the last row of the last page before the first that is not.
type tracker struct {
	pages []trackedPage
	first int // number of pages[0]
}

type trackedPage struct {
	last extract.Position
	rows int // as it was read
	open int // of them, and of what they brought along
}

// begin adds the next page and returns its number.
func (t *tracker) begin(last extract.Position, rows int) int {
	t.pages = append(t.pages, trackedPage{last: last, rows: rows, open: rows})
	return t.first + len(t.pages) - 1
}

// settle takes rows of pages as settled and returns the position that this moves the watermark to, nil where it stays,
// with the number of rows that it passes.
func (t *tracker) settle(rows map[int]int) (reached *extract.Position, passed int) {
	for number, n := range rows {
		t.pages[number-t.first].open -= n
	}
	for len(t.pages) > 0 && t.pages[0].open == 0 {
		last := t.pages[0].last
		reached = &last
		passed += t.pages[0].rows
		t.pages = t.pages[1:]
		t.first++
	}
	return reached, passed
}

// done reports whether every page is settled.
func (t *tracker) done() bool { return len(t.pages) == 0 }

// add makes a page wait for more rows, which other rows of it brought along. The page must be open still.
func (t *tracker) add(page, rows int) { t.pages[page-t.first].open += rows }
