package extract_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

// BenchmarkPages reads 10,000 rows of 8 columns in pages of 1,000.
func BenchmarkPages(b *testing.B) {
	const rows = 10_000
	for _, d := range []dialect{postgres, mysql, sqlite} {
		b.Run(d.name, func(b *testing.B) {
			f := newFixture(b, d)
			f.createTickets(b, rows)
			stream := f.stream(b, extract.Query{SQL: "SELECT * FROM tickets", Cursor: "updated_at"})
			b.ReportAllocs()
			for b.Loop() {
				require.Equal(b, rows, countRows(b, stream))
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func (f *fixture) createTickets(b *testing.B, rows int) {
	b.Helper()
	stamp := map[string]string{"mysql": "datetime(6)"}[f.name]
	if stamp == "" {
		stamp = "timestamp"
	}
	f.exec(b, fmt.Sprintf(`CREATE TABLE tickets (id bigint PRIMARY KEY, updated_at %s, subject varchar(100), status integer, csat numeric(4,2),
		email varchar(60), tags varchar(60), note varchar(200))`, stamp))
	f.exec(b, "CREATE INDEX tickets_updated_at ON tickets (updated_at, id)")
	var values []string
	for i := range rows {
		const row = "(%d, '2026-01-01 %02d:%02d:00', 'A subject of some length, number %[1]d', %[4]d, 4.50, 'agent%[4]d@acme.example', 'vip', NULL)"
		values = append(values, fmt.Sprintf(row, i, i/600%24, i/10%60, i%7))
	}
	f.exec(b, "INSERT INTO tickets VALUES "+strings.Join(values, ", "))
}

func countRows(b *testing.B, stream *extract.Stream) (rows int) {
	b.Helper()
	w := window(b, stream, nil)
	var after *extract.Position
	for {
		page, err := stream.Page(b.Context(), w, after)
		require.NoError(b, err)
		rows += len(page.Rows)
		if !page.More {
			return rows
		}
		after = &page.Last
	}
}

// BenchmarkChildren reads what belongs to 100 parents, three rows to each.
func BenchmarkChildren(b *testing.B) {
	for _, d := range []dialect{postgres, mysql, sqlite} {
		b.Run(d.name, func(b *testing.B) {
			f := newFixture(b, d)
			f.createTickets(b, 3000)
			f.exec(b, "CREATE INDEX tickets_status ON tickets (status)")
			f.exec(b, "UPDATE tickets SET status = (id - id % 3) / 3")
			stream := f.stream(b, extract.Query{SQL: "SELECT * FROM tickets", Parent: "status"})
			parents := make([]string, 100)
			for i := range parents {
				parents[i] = strconv.Itoa(i * 7)
			}
			b.ReportAllocs()
			for b.Loop() {
				page, err := stream.Children(b.Context(), parents)
				require.NoError(b, err)
				require.Len(b, page.Rows, 300)
			}
			b.ReportMetric(300*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
