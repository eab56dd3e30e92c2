package extract

import "time"

// Query is one stream of a job as jobs.yaml describes it.
type Query struct {
	SQL      string `yaml:"query,required" doc:"A plain SELECT (or WITH … SELECT) that runs as it is in the database's own client. It may name :since, :until and, below an interaction, :parents."`
	Key      string `yaml:"key,required" doc:"The column that names the row: unique and never NULL."`
	Parent   string `yaml:"parent" doc:"In comments and attachments: the column that holds the key of the interaction or comment it belongs to."`
	Cursor   string `yaml:"cursor" doc:"The column that grows when a row changes. Without one, every run reads everything."`
	Lag      Lag    `yaml:"lag" doc:"How much before the watermark is read again, for rows committed late: a duration such as 10m, or a number for an integer cursor."`
	Start    string `yaml:"start" doc:"Where the very first run begins: a time with its zone, or a number for an integer cursor. Without one, at the beginning."`
	PageSize int    `yaml:"page_size" default:"1000" min:"1" max:"100000" doc:"The most rows one query returns."`
}

// Lag is how far before the watermark a read begins: a duration for a cursor that is a time, a number for one that
// counts. Set is false where jobs.yaml does not say; then it is DefaultLag for times and 0 for numbers.
type Lag struct {
	Set      bool
	Duration time.Duration
	Units    int64
}

// DefaultLag covers transactions that commit up to this long after the time they stamped.
const DefaultLag = 10 * time.Minute
