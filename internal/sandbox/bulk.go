package sandbox

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"time"
)

// maxBulk is the most interactions of one bulk request.
const maxBulk = 100

// The words that a job's status takes.
const (
	jobQueued    = "queued"
	jobRunning   = "running"
	jobCompleted = "completed"
)

// Job is a bulk request and what became of it.
type Job struct {
	ID             string            `json:"_id,omitzero"`
	IntegrationID  string            `json:"integration_id,omitzero"`
	Status         string            `json:"status"` // queued, running or completed
	Total          int               `json:"total"`
	TotalCompleted int               `json:"total_completed"`
	TotalFailed    int               `json:"total_failed"`
	Completed      []CompletedRow    `json:"completed"`
	Failed         []FailedRow       `json:"failed"`
	CreatedAt      time.Time         `json:"created_at,omitzero"`
	UpdatedAt      time.Time         `json:"updated_at,omitzero"`
	Rows           []json.RawMessage `json:"rows,omitempty"`  // still to be worked off; never shown in an answer
	Delay          time.Duration     `json:"delay,omitempty"` // before it starts, on purpose; never shown in an answer

	accepted time.Time
}

// CompletedRow is a row of a bulk request that is now an interaction.
type CompletedRow struct {
	ID            string `json:"_id"`
	InteractionID string `json:"interaction_id"`
}

// FailedRow is a row of a bulk request that was refused.
type FailedRow struct {
	InteractionID string `json:"interaction_id"` // empty where the row had none that is a string
	Error         string `json:"error"`
}

func (s *Server) createBulk(r *http.Request, body []byte) (any, error) {
	integration, err := s.integration(r.PathValue("integration"))
	if err != nil {
		return nil, err
	}
	rows, err := readRows(body)
	if err != nil {
		return nil, err
	}
	if err := integration.checkSchema(); err != nil {
		return nil, err
	}
	if s.options.BulkRefusesBadRows {
		if err := s.checkRows(integration, rows); err != nil {
			return nil, err
		}
	}
	id := newID()
	job := Job{Status: jobQueued, Total: len(rows), Completed: []CompletedRow{}, Failed: []FailedRow{}, Rows: rows, Delay: jobDelay(r.Context())}
	s.store.record(Created, JobChange, id, integration.ID, job)
	answer, err := s.job(id)
	if err != nil {
		return nil, err
	}
	s.schedule(id, job.Delay+s.options.JobDuration)
	return answer, nil
}

func (s *Server) getJob(r *http.Request, _ []byte) (any, error) {
	return s.job(r.PathValue("job"))
}

// job is the job as the API shows it: running from half of its time on.
func (s *Server) job(id string) (any, error) {
	held, ok := s.store.jobs[id]
	if !ok {
		return nil, missing("job", id)
	}
	job := *held
	if job.Status == jobQueued && time.Since(job.accepted) >= job.Delay+s.options.JobDuration/2 {
		job.Status = jobRunning
	}
	job.Rows, job.Delay = nil, 0
	if s.options.EditJob == nil {
		return job, nil
	}
	encoded, err := encode(job)
	if err != nil {
		return nil, err
	}
	var shown map[string]any
	if err := json.Unmarshal(encoded, &shown); err != nil {
		return nil, err
	}
	s.options.EditJob(shown)
	return shown, nil
}

// readRows refuses what is wrong with the request as a whole.
func readRows(body []byte) ([]json.RawMessage, error) {
	rows, err := readArray(body)
	if err != nil {
		return nil, within("body", err)
	}
	if len(rows) < 1 || len(rows) > maxBulk {
		return nil, refuse("body: %d interactions; 1 to %d are allowed", len(rows), maxBulk)
	}
	for i, row := range rows {
		if row[0] != '{' {
			return nil, refuse("body[%d]: %s is not an object", i, excerpt(row))
		}
	}
	return rows, nil
}

// checkRows refuses the first row that would fail.
func (s *Server) checkRows(integration *Integration, rows []json.RawMessage) error {
	seen := map[string]bool{}
	for i, row := range rows {
		fields, _, err := integration.readInteraction(row)
		if err != nil {
			return refuse("body[%d] (interaction_id %q): %s", i, interactionID(row), err)
		}
		id := fields.text("interaction_id")
		held := len(s.store.shelves[integration.ID].byID[id]) > 0 || seen[id]
		if held && s.options.Duplicates == RefuseDuplicates {
			return refuse("body[%d]: interaction_id %s already exists", i, id)
		}
		seen[id] = true
	}
	return nil
}

// schedule has the job done after the given time, unless the server is closed before. It is called with the lock held.
func (s *Server) schedule(id string, after time.Duration) {
	s.background.Go(func() {
		timer := time.NewTimer(after)
		defer timer.Stop()
		select {
		case <-timer.C:
			s.finish(id)
		case <-s.stop:
		}
	})
}

// resumeJobs goes on with the jobs that the data file has as unfinished.
func (s *Server) resumeJobs() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, job := range s.store.jobs {
		if job.Status != jobCompleted {
			s.schedule(id, job.Delay+s.options.JobDuration-time.Since(job.accepted))
		}
	}
}

// finish does a job: its rows become interactions, or fail, in one step.
func (s *Server) finish(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	job := *s.store.jobs[id]
	for _, row := range job.Rows {
		interaction, err := s.acceptRow(job.IntegrationID, row)
		if err != nil {
			job.Failed = append(job.Failed, FailedRow{interactionID(row), err.Error()})
			continue
		}
		job.Completed = append(job.Completed, CompletedRow{interaction.ID, interaction.InteractionID})
	}
	job.Status, job.Rows = jobCompleted, nil
	job.TotalCompleted, job.TotalFailed = len(job.Completed), len(job.Failed)
	s.store.record(Updated, JobChange, id, job.IntegrationID, job)
	if err := s.store.commit(); err != nil {
		s.log.Error("bulk job not kept", slog.String("job", id), slog.String("reason", err.Error()))
	}
}

func (s *Server) acceptRow(integrationID string, row json.RawMessage) (*Interaction, error) {
	integration, err := s.integration(integrationID)
	if err != nil {
		return nil, err
	}
	return s.accept(integration, row)
}

// interactionID is the row's interaction_id as far as it has one.
func interactionID(row json.RawMessage) string {
	fields, err := readObject(row)
	if err != nil {
		return ""
	}
	return fields.text("interaction_id")
}
