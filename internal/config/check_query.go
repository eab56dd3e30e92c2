package config

import (
	"strings"

	"pvetl/extract"
)

func (c *checker) checkQuery(at path, query extract.Query) {
	sqlAt := at.key("query")
	err := extract.CheckQuery(query.SQL)
	switch {
	case err == nil:
	case c.where(sqlAt).referring: // the message may show the words that a variable holds
		c.expected(sqlAt, "one statement that begins with SELECT or WITH")
	default:
		c.sayIn(SeverityError, sqlAt, faultyByte(query.SQL), err.Error(), "")
	}
}

const (
	sqlBlanks  = " \t\r\n;"
	sqlOpeners = "'\"`/$"
	mostTries  = 100
)

// faultyByte returns where a text stops being a query: at its second statement, at a quote or comment that is not
// closed, or at its first word. It finds out by asking which beginnings of it are queries.
func faultyByte(sql string) int {
	end := strings.IndexByte(sql, ';')
	for range mostTries {
		if end < 0 {
			break
		}
		if extract.CheckQuery(sql[:end+1]) == nil {
			return len(sql) - len(strings.TrimLeft(sql[end:], sqlBlanks))
		}
		next := strings.IndexByte(sql[end+1:], ';')
		if next < 0 {
			break
		}
		end += 1 + next
	}
	for i, try := strings.LastIndexAny(sql, sqlOpeners), 0; i >= 0 && try < mostTries; i, try = strings.LastIndexAny(sql[:i], sqlOpeners), try+1 {
		if extract.CheckQuery(sql[:i]) == nil && extract.CheckQuery(sql[:min(i+2, len(sql))]) != nil {
			return i
		}
	}
	return len(sql) - len(strings.TrimLeft(sql, sqlBlanks))
}

// checkParents refuses comments that are read in two ways.
func (c *checker) checkParents(at path, job Job) {
	comments := job.Extract.Comments
	if comments == nil || comments.Cursor == "" || !extract.NamesParents(comments.SQL) {
		return
	}
	c.sayIn(SeverityError, at.key("comments").key("query"), parentsByte(comments.SQL),
		"found :parents in a query that is read by its cursor, expected none: remove the condition; pvetl adds its own", "")
}

// parentsByte returns where a query names :parents, leaving out what only looks like it.
func parentsByte(sql string) int {
	const name = ":parents"
	end := 0
	for range mostTries {
		next := strings.Index(sql[end:], name)
		if next < 0 {
			break
		}
		end += next + len(name)
		if extract.NamesParents(sql[:end]) {
			return end - len(name)
		}
	}
	return 0
}
