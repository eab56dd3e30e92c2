// Package config turns jobs.yaml into one validated value. Nothing else reads YAML. It reports every fault at once, each
// with its line and column.
package config

import (
	"time"

	"pvetl/extract"
	"pvetl/internal/secret"
	"pvetl/load"
	"pvetl/mapping"
)

// Config is the whole of a jobs.yaml. Maps of the file are slices here, in the file's order.
type Config struct {
	Version      int                `yaml:"version,required" min:"1" max:"1" doc:"The version of this format: 1."`
	Playvox      Playvox            `yaml:"playvox,required" doc:"The account to send to."`
	State        secret.Text        `yaml:"state" default:"sqlite:pvetl.db" doc:"Where progress is kept: sqlite:PATH, postgres://… or mysql://…"`
	Sources      []Source           `yaml:"sources,required" doc:"The databases that are read."`
	Integrations []load.Integration `yaml:"integrations,required" doc:"The containers in Playvox that are filled."`
	Jobs         []Job              `yaml:"jobs,required" doc:"What is read from where, how it is mapped, and into which integration it goes."`
	Notify       Notify             `yaml:"notify" doc:"Who is told."`
}

// Playvox is the account and the pace at which it may be used.
type Playvox struct {
	BaseURL           string      `yaml:"base_url,required" doc:"https://SUBDOMAIN.playvox.com/api/v1"`
	UID               secret.Text `yaml:"uid,required" doc:"The API UID, from Settings > API Keys."`
	APIKey            secret.Text `yaml:"api_key,required" doc:"The API key that belongs to the UID."`
	RequestsPerMinute int         `yaml:"requests_per_minute" default:"100" min:"1" max:"1000000" doc:"The quota, shared by everything this process sends."`
	MaxInFlight       int         `yaml:"max_in_flight" default:"8" min:"1" max:"100" doc:"Bulk jobs submitted and not yet settled."`
}

// Source is a database to read from.
type Source struct {
	Name             string        `yaml:",key"`
	DSN              secret.Text   `yaml:"dsn,required" doc:"postgres://…, mysql://… or sqlite:PATH"`
	Timezone         string        `yaml:"timezone" default:"UTC" doc:"The IANA zone in which columns without a time zone are read."`
	StatementTimeout time.Duration `yaml:"statement_timeout" default:"5m" min:"1s" doc:"How long the database may work on one query."`
	MaxRowsPerSecond int           `yaml:"max_rows_per_second" min:"1" doc:"The most rows read in a second, to go easy on a busy database. Without it, as fast as they come."`
}

// Job is a named pair of a source and an integration with what happens between them.
type Job struct {
	Name        string        `yaml:",key"`
	Schedule    string        `yaml:"schedule" doc:"Five cron fields, @daily, or @every 15m; without it the job runs only by hand."`
	Timezone    string        `yaml:"timezone" default:"UTC" doc:"The IANA zone of the schedule."`
	Timeout     time.Duration `yaml:"timeout" default:"6h" min:"1s" doc:"How long one run may take."`
	Source      string        `yaml:"source,required" doc:"The name of an entry of sources."`
	Integration string        `yaml:"integration,required" doc:"The name of an entry of integrations."`
	Extract     Extract       `yaml:"extract,required" doc:"The queries."`
	Mapping     mapping.Spec  `yaml:"mapping,required" doc:"How rows become interactions."`
	Load        load.Options  `yaml:"load" doc:"How they are sent."`
}

// Extract holds a job's streams.
type Extract struct {
	Interactions extract.Query  `yaml:"interactions,required" doc:"One row for each interaction."`
	Comments     *extract.Query `yaml:"comments" doc:"One row for each comment."`
	Attachments  *extract.Query `yaml:"attachments" doc:"One row for each file of a comment."`
}

// JobPlaceholder is what stands for the name of the job in the address of the heartbeat.
const JobPlaceholder = "{job}"

// Notify says who is told about a job's changes of state.
type Notify struct {
	Webhook   secret.Text `yaml:"webhook" doc:"An URL that is sent a JSON summary when a job's state changes."`
	Heartbeat secret.Text `yaml:"heartbeat" doc:"An URL that is called after each good run; {job} in it is the job's name."`
	Format    string      `yaml:"format" enum:"json,slack" doc:"What the webhook understands; without it, slack for Slack's own addresses, and json."`

	QuietAfter  time.Duration `yaml:"quiet_after" default:"72h" min:"1m" doc:"How long a job may find nothing new before somebody is told."`
	BehindAfter time.Duration `yaml:"behind_after" min:"1m" doc:"How long ago a job may have been up to date before somebody is told; without it, until the second time it was due since, and an hour."`
}
