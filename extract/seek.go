package extract

import (
	"context"
	"errors"
	"fmt"
)

// At returns the position of a cursor's value that someone typed, written as the column writes it.
func (st *Stream) At(ctx context.Context, cursor string) (Position, error) {
	if st.query.Cursor == "" {
		return Position{}, errors.New("the query has no cursor: every run reads everything")
	}
	scale, err := st.scale(ctx)
	if err != nil {
		return Position{}, err
	}
	p := Position{Cursor: cursor, Type: st.columns[st.cursor].Type}
	if st.source.db.typed() {
		p.Type = scale.class + ","
	}
	if !scale.isTime {
		if _, ok := number(cursor); !ok && st.numeric(scale.class) {
			return p, fmt.Errorf("%q is no number, but the cursor %s counts", cursor, st.query.Cursor)
		}
		return p, nil
	}
	at, ok := ParseCursor(cursor, "", scale.zoneless)
	if !ok {
		return p, fmt.Errorf("%q is no time, but the cursor %s is one: write it as %s", cursor, st.query.Cursor, scale.form.write(scale.now))
	}
	p.Cursor = scale.form.write(at)
	return p, nil
}
