package check

import (
	"context"
	"fmt"
	"strings"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/dsn"
	"pvetl/internal/pipeline"
)

// facts are what is known of a stream's rows.
type facts struct {
	*stream

	key, cursor           extract.Origin
	keyKnown, cursorKnown bool
	counts                extract.Counts
	counted               bool
}

// checkKeyAndCursor reports on the two columns that reading depends on, and returns what is well about them.
func (c *checker) checkKeyAndCursor(ctx context.Context, s *stream) []string {
	f := &facts{stream: s}
	f.key, f.keyKnown = s.rows.Origin(s.query.Key, s.tables)
	if !f.keyKnown || f.key.Table.Rows <= extract.FewRows {
		var err error
		if f.counts, f.counted, err = s.rows.Count(ctx, extract.FewRows); err != nil {
			c.say(config.SeverityHint, s.path+".query", "the rows cannot be counted: "+err.Error(), "see how the database carries out the query: pvetl watermark explain "+s.job.Name)
		}
	}
	good := c.checkKey(f)
	switch {
	case s.query.Cursor != "":
	case s.name == pipeline.StreamInteractions:
		return append(good, "no cursor: every run reads everything")
	default:
		return good
	}
	f.cursor, f.cursorKnown = s.rows.Origin(s.query.Cursor, s.tables)
	good = append(good, c.checkNulls(f)...)
	good = append(good, c.checkIndex(ctx, f)...)
	return append(good, c.checkMoved(f)...)
}

// checkKey reports whether the key names one row. An index says so of its table; that a join does not multiply the rows,
// only counting them does.
func (c *checker) checkKey(f *facts) (good []string) {
	key, path := f.query.Key, f.path+".key"
	switch {
	case f.counted && f.counts.NullKeys > 0:
		c.say(config.SeverityError, path, fmt.Sprintf("%s is NULL in %s: a run stops there", key, rowsText(f.counts.NullKeys)),
			"name a column that is NOT NULL, or leave these rows out with WHERE "+key+" IS NOT NULL")
	case !f.counted && f.keyKnown && f.key.Column.Nullable:
		c.say(config.SeverityHint, path, key+" may be NULL, and a run stops at a row where it is", f.notNull(f.key))
	}
	switch {
	case f.counted && f.counts.Doubled > 0:
		c.say(config.SeverityError, path, fmt.Sprintf("%s is not unique: %s another row's, such as %q", key, haveText(f.counts.Doubled), f.counts.Double),
			"name a column that is unique, or see which join multiplies the rows")
	case f.counted, f.keyKnown && f.key.Table.UniqueBy(f.key.Column.Name):
		return []string{"key " + key + " is unique"}
	case f.rows.NeedsParents():
	case f.keyKnown && !f.key.Table.View:
		c.say(config.SeverityWarning, path, "it is not known whether "+key+" is unique: no index says so, and the rows are too many to count",
			fmt.Sprintf("CREATE UNIQUE INDEX %s ON %s (%s)", f.db.Identifier("pvetl_"+f.key.Column.Name), f.db.TableIdentifier(f.key.Table), f.db.Identifier(f.key.Column.Name)))
	default:
		c.say(config.SeverityHint, path, "it is not known whether "+key+" is unique: the rows are too many to count", "a key that two rows share loses one of them: make sure that none does")
	}
	return nil
}

func rowsText(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

func haveText(n int64) string {
	if n == 1 {
		return "1 row has"
	}
	return fmt.Sprintf("%d rows have", n)
}

// notNull says how a column can be made to hold no NULL. MySQL wants its whole declaration for that, and SQLite a new table.
func (s *stream) notNull(origin extract.Origin) string {
	if s.kind == dsn.Postgres {
		return fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s SET NOT NULL", s.db.TableIdentifier(origin.Table), s.db.Identifier(origin.Column.Name))
	}
	return "declare " + s.db.Identifier(origin.Column.Name) + " NOT NULL in " + s.db.TableIdentifier(origin.Table)
}

// checkNulls reports rows without a cursor, which no incremental run reads.
func (c *checker) checkNulls(f *facts) (good []string) {
	cursor, path := f.query.Cursor, f.path+".cursor"
	switch {
	case f.counted && f.counts.NullCursors > 0:
		c.say(config.SeverityWarning, path, fmt.Sprintf("%s is NULL in %s: no run reads them", cursor, rowsText(f.counts.NullCursors)),
			"fill it, or let the query return another column in its place: coalesce("+cursor+", created_at) AS "+cursor)
	case !f.counted && f.cursorKnown && f.cursor.Column.Nullable:
		c.say(config.SeverityHint, path, cursor+" may be NULL, and no run reads a row where it is", f.notNull(f.cursor))
	case f.counted, f.cursorKnown:
		return []string{"cursor " + cursor + " is never NULL"}
	}
	return nil
}

// checkIndex reports a cursor that the database has to look for in every row, where there are many.
func (c *checker) checkIndex(ctx context.Context, f *facts) (good []string) {
	if f.counted && f.counts.Rows < extract.SomeRows || !f.counted && f.rows.NeedsParents() {
		return nil
	}
	path := f.path + ".cursor"
	switch scan, ok, err := f.rows.Scan(ctx, f.tables); {
	case !ok:
		return nil
	case err != nil:
		c.say(config.SeverityHint, path, "the database does not explain how it reads a page: "+err.Error(), "see how it does: pvetl watermark explain "+f.job.Name)
	case scan.Index != "":
		c.say(config.SeverityWarning, path, scan.Problem, scan.Index)
	case scan.Problem != "":
		c.say(config.SeverityWarning, path, scan.Problem, "see why: pvetl watermark explain "+f.job.Name+" shows the query; "+extract.WhyScan)
	default:
		return []string{"indexed"}
	}
	return nil
}

// checkMoved reports a cursor that nothing is seen to move when a row changes. Many applications set such a column
// themselves, which no catalogue tells: by its name it is believed to be one of these, with a hint.
func (c *checker) checkMoved(f *facts) (good []string) {
	if !f.cursorKnown || f.cursor.Table.View {
		return nil
	}
	table, column := f.cursor.Table, f.cursor.Column
	if column.OnUpdate || table.MovedByTrigger(column.Name) {
		return []string{"moved by updates"}
	}
	severity := config.SeverityHint
	if f.name == pipeline.StreamInteractions && isFixed(column.Name, f.query) {
		severity = config.SeverityWarning
	}
	c.say(severity, f.path+".cursor", fmt.Sprintf("nothing in the database moves %s when a row of %s changes: if the application does not, changed rows are not sent",
		column.Name, table.FullName()), f.moveIt())
	return nil
}

// isFixed reports whether a cursor is by its name what a row gets once, when it is made.
func isFixed(column string, query extract.Query) bool {
	column = strings.ToLower(column)
	for _, word := range []string{"creat", "insert", "added", "opened"} {
		if strings.Contains(column, word) {
			return true
		}
	}
	return query.Cursor == query.Key
}

func (f *facts) moveIt() string {
	column := f.cursor.Column
	isTime := column.Kind == extract.Timestamp || column.Kind == extract.Instant
	if f.kind == dsn.MySQL && isTime && !isFixed(column.Name, f.query) {
		return fmt.Sprintf("ALTER TABLE %s MODIFY %s %s NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
			f.db.TableIdentifier(f.cursor.Table), f.db.Identifier(column.Name), column.Type)
	}
	return "make sure that it does, add a trigger, or leave the cursor out so that every run reads everything"
}
