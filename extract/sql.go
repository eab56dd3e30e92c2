package extract

// selectRows writes SELECT … FROM (the query), with the classes of cursor and key behind the columns where values have
// types of their own.
func (st *Stream) selectRows(w Window, parents []string) *builder {
	db := st.source.db
	b := &builder{db: db}
	b.text("SELECT ")
	for i := range st.columns {
		if i > 0 {
			b.text(", ")
		}
		b.text(db.cell(st.name(i)))
	}
	if db.typed() {
		b.text(", ", db.typeOf(st.name(st.leading())), ", ", db.typeOf(st.name(st.key)))
	}
	b.text(" FROM ")
	st.writeQuery(b, w, parents)
	return b
}

// writeQuery writes the user's query as a derived table, its placeholders bound.
func (st *Stream) writeQuery(b *builder, w Window, parents []string) {
	b.text("(\n")
	for i, text := range st.statement.texts {
		b.text(text)
		if i == len(st.statement.names) {
			break
		}
		switch st.statement.names[i] {
		case nameParents:
			st.writeParents(b, parents)
		case nameSince:
			st.writeBound(b, w.Since, w.sinceClass, w.bounded && w.Since != "", false)
		case nameUntil:
			st.writeBound(b, w.Until, w.untilClass, w.bounded, true)
		}
	}
	b.text("\n) AS ", alias)
}

// writeParents writes a list for IN (:parents).
func (st *Stream) writeParents(b *builder, parents []string) {
	values := make([]any, len(parents))
	for i, parent := range parents {
		values[i] = parent
	}
	b.argList(values)
}

func (st *Stream) writeBound(b *builder, value, class string, bounded, upper bool) {
	column := st.columns[st.cursor]
	if !bounded {
		value, class = st.source.db.extreme(column, upper)
	}
	st.source.db.bound(b, column, value, class)
}

// compareWindow bounds the cursor. Behind a page, that page's end is the lower bound: it is what lets MySQL use the
// cursor's index. A time has a lower bound in any case, which keeps MySQL's zero dates out: they stand for NULL.
func (st *Stream) compareWindow(b *builder, w Window, after *Position) {
	if after == nil && (w.Since != "" || st.zeroesAreNull()) {
		b.text(" AND ", st.ordered(st.cursor), " >= ")
		st.writeBound(b, w.Since, w.sinceClass, w.Since != "", false)
	}
	if !w.bounded {
		b.text(" AND ", st.name(st.cursor), " IS NOT NULL")
		return
	}
	upTo := " <= "
	if w.exclusive {
		upTo = " < "
	}
	b.text(" AND ", st.ordered(st.cursor), upTo)
	st.source.db.bound(b, st.columns[st.cursor], w.Until, w.untilClass)
}

// compareAfter continues behind a position: rows with the same cursor follow in the order of their keys.
func (st *Stream) compareAfter(b *builder, after Position) {
	db := st.source.db
	cursorClass, keyClass := classes(after.Type)
	if st.query.Cursor == "" {
		b.text(" AND ", st.ordered(st.key), " > ")
		db.bound(b, st.columns[st.key], after.Key, keyClass)
		return
	}
	column := st.columns[st.cursor]
	b.text(" AND ", st.ordered(st.cursor), " >= ")
	db.bound(b, column, after.Cursor, cursorClass)
	b.text(" AND (", st.ordered(st.cursor), " > ")
	db.bound(b, column, after.Cursor, cursorClass)
	b.text(" OR ", st.ordered(st.key), " > ")
	db.bound(b, st.columns[st.key], after.Key, keyClass)
	b.text(" OR ", st.name(st.key), " IS NULL)") // it is read, so that it is noticed
}

// zeroesAreNull reports whether a time that is less than any other stands for none, as in MySQL.
func (st *Stream) zeroesAreNull() bool {
	return !st.source.db.typed() && st.columns[st.cursor].Kind.isTime()
}
