package extract

import "bytes"

// maxPageBytes ends a page early: with bodies of a megabyte, page_size rows would be a gigabyte.
const maxPageBytes = 16 << 20

// Page is what one query returned, read whole.
type Page struct {
	Rows []Row
	Last Position // of the last row; meaningless when there are no rows
	More bool     // whether there may be rows behind the last one
}

// collector copies the cells of a result into memory of its own: a few large pieces for a page instead of a piece for
// each cell.
type collector struct {
	columns  int
	maxBytes int // zero is no limit
	rows     []Row
	cells    []Cell
	text     []byte
	bytes    int
}

const (
	cellsPiece = 4096
	textPiece  = 64 << 10
)

// row begins a row.
func (c *collector) row() {
	if len(c.cells) < c.columns {
		c.cells = make([]Cell, max(cellsPiece, c.columns))
	}
	c.rows = append(c.rows, Row(c.cells[:c.columns:c.columns]))
	c.cells = c.cells[c.columns:]
}

// set copies text into column i of the row at hand; nil is NULL.
func (c *collector) set(i int, text []byte) {
	if text == nil {
		return
	}
	c.bytes += len(text)
	cell := &c.rows[len(c.rows)-1][i]
	if len(text) > textPiece/8 {
		*cell = bytes.Clone(text)
		return
	}
	if cap(c.text)-len(c.text) < len(text) || c.text == nil {
		c.text = make([]byte, 0, textPiece)
	}
	from := len(c.text)
	c.text = append(c.text, text...)
	*cell = Cell(c.text[from:len(c.text):len(c.text)])
}

// full reports whether no more rows may be added.
func (c *collector) full() bool { return c.maxBytes > 0 && c.bytes >= c.maxBytes }
