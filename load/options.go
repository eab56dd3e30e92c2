package load

// Options is the load section of a job.
type Options struct {
	BatchSize  int    `yaml:"batch_size" default:"100" min:"1" max:"100" doc:"Interactions in one bulk request."`
	Updates    bool   `yaml:"updates" default:"true" doc:"Whether changed interactions are updated."`
	Deletes    string `yaml:"deletes" default:"ignore" enum:"ignore,delete" doc:"What happens to interactions that vanished from the source."`
	MaxDeletes Limit  `yaml:"max_deletes" default:"20%" doc:"How many interactions may vanish from the source, as a count or a share, before deletes: delete takes it for a broken source, deletes nothing and fails."`
	FilesRoot  string `yaml:"files_root" doc:"The directory below which mapping.attachment.path names files; relative to jobs.yaml."`
	MaxRejects Limit  `yaml:"max_rejects" doc:"How many rows may be rejected, as a count or a share such as 1%, before the run stops and fails. Without it, any number."`
}

// Limit is a count of rows, or a share of those read. The zero value is no limit.
type Limit struct {
	Set     bool
	Count   int64
	Percent float64
}

// Exceeded reports whether n of total is more than the limit allows. A share is judged from 100 rows on, so that the
// first row of a run cannot be 100 % of it.
func (l Limit) Exceeded(n, total int64) bool {
	switch {
	case !l.Set:
		return false
	case l.Percent > 0:
		return total >= 100 && float64(n)*100 > l.Percent*float64(total)
	default:
		return n > l.Count
	}
}
