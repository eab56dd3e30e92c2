package scaffold

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pvetl/internal/dsn"
)

// Dialect is the SQL of one kind of database.
type Dialect struct{ kind dsn.Kind }

// DialectOf returns the SQL of a kind of database.
func DialectOf(kind dsn.Kind) Dialect { return Dialect{kind} }

var (
	plainLower = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)
	plainName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// reserved are the words that one of the databases reserves and that are likely names.
	reserved = strings.Fields("all analyse analyze and any array as asc authorization before between binary both by call cascade case cast change check " +
		"collate column condition constraint convert create cross current_date current_time current_timestamp current_user cursor database default " +
		"delete desc describe distinct div do drop else end except exists explain false fetch float for force foreign from fulltext function grant " +
		"group groups having if ignore ilike in index inner insert int integer intersect interval into is join key keys kill lag lateral lead leading " +
		"leave left like limit lines load lock long loop match mod natural not null of offset on only option or order out outer over partition " +
		"placing primary range rank read recursive references regexp release rename repeat replace require return returning revoke right row rows " +
		"schema select session_user set show signal similar some sql starting system table then to trailing transaction trigger true undo union " +
		"unique unlock update usage use user using values varying virtual when where while window with write")
)

// name writes a name, in quotes where it needs them.
func (d Dialect) name(name string) string {
	plain := plainName
	if d.kind == dsn.Postgres {
		plain = plainLower
	}
	switch {
	case plain.MatchString(name) && !slices.Contains(reserved, strings.ToLower(name)):
		return name
	case d.kind == dsn.MySQL:
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	default:
		return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
}

func (d Dialect) text(text string) string {
	if d.kind == dsn.MySQL {
		text = strings.ReplaceAll(text, `\`, `\\`)
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// asText writes an expression that compares and maps like a text.
func (d Dialect) asText(expr string) string {
	if d.kind == dsn.MySQL {
		return "CAST(" + expr + " AS CHAR)"
	}
	return "CAST(" + expr + " AS text)"
}

// fromUnix makes a time of seconds since 1970, or of a thousandth of them.
func (d Dialect) fromUnix(expr string, perSecond int) string {
	if perSecond > 1 {
		expr += " / " + strconv.Itoa(perSecond)
	}
	switch d.kind {
	case dsn.Postgres:
		return "to_timestamp(" + expr + ")"
	case dsn.MySQL:
		return "FROM_UNIXTIME(" + expr + ")"
	default:
		return "datetime(" + expr + ", 'unixepoch')"
	}
}

// greatest is the later of two times, of which the second may be NULL.
func (d Dialect) greatest(first, second string) string {
	function := "GREATEST"
	if d.kind == dsn.SQLite {
		function = "max"
	}
	return function + "(" + first + ", COALESCE(" + second + ", " + first + "))"
}

// escaped makes HTML of plain text.
func (d Dialect) escaped(expr string) string {
	newline := "char(10)"
	if d.kind == dsn.Postgres {
		newline = "chr(10)"
	}
	return "REPLACE(REPLACE(REPLACE(" + expr + ", '&', '&amp;'), '<', '&lt;'), " + newline + ", '<br>')"
}

func (d Dialect) joinPath(directory, name string) string {
	if d.kind == dsn.SQLite {
		return directory + " || '/' || " + name
	}
	return "CONCAT(" + directory + ", '/', " + name + ")"
}

func (d Dialect) hex(expr string) string {
	if d.kind == dsn.Postgres {
		return "encode(" + expr + ", 'hex')"
	}
	return "hex(" + expr + ")"
}
