package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// maxStorageMinutes is 90 days.
const maxStorageMinutes = 129600

// Integration is a container of interactions.
type Integration struct {
	ID          string     `json:"_id,omitzero"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Settings    Settings   `json:"settings"`
	Metadata    []Metadata `json:"metadata"`
	Status      string     `json:"status"`
	CreatedAt   time.Time  `json:"created_at,omitzero"`
	UpdatedAt   time.Time  `json:"updated_at,omitzero"`
}

// Settings are an integration's settings.
type Settings struct {
	DataStorageMinutes   int   `json:"data_storage_minutes"`
	DeleteOnlyNonAudited *bool `json:"delete_only_non_audited_interactions,omitempty"`
}

func (s *Server) listIntegrations(r *http.Request, _ []byte) (any, error) {
	listing, err := s.readListing(r, "_id", "name", "description", "settings", "metadata", "status", "created_at", "updated_at")
	if err != nil {
		return nil, err
	}
	items := make([]plain, 0, len(s.store.integrations))
	for _, integration := range s.store.integrations {
		item, err := toPlain(integration)
		if err != nil {
			return nil, err
		}
		if s.options.HideMetadata {
			delete(item, "metadata")
		}
		items = append(items, item)
	}
	return list(listing, items), nil
}

func (s *Server) createIntegration(_ *http.Request, body []byte) (any, error) {
	integration := Integration{
		Status:   "active",
		Metadata: []Metadata{},
		Settings: Settings{DataStorageMinutes: maxStorageMinutes},
	}
	fields, err := integration.read(body)
	if err != nil {
		return nil, err
	}
	if err := fields.need("name"); err != nil {
		return nil, err
	}
	id := newID()
	s.store.record(Created, IntegrationChange, id, "", integration)
	return s.integration(id)
}

func (s *Server) updateIntegration(r *http.Request, body []byte) (any, error) {
	integration, err := s.integration(r.PathValue("integration"))
	if err != nil {
		return nil, err
	}
	after := *integration
	fields, err := after.read(body)
	if err != nil {
		return nil, err
	}
	s.store.record(Updated, IntegrationChange, integration.ID, "", fields)
	return integration, nil
}

func (s *Server) deleteIntegration(r *http.Request, _ []byte) (any, error) {
	integration, err := s.integration(r.PathValue("integration"))
	if err != nil {
		return nil, err
	}
	s.store.record(Deleted, IntegrationChange, integration.ID, "", nil)
	return identified{integration.ID}, nil
}

func (s *Server) integration(id string) (*Integration, error) {
	for _, integration := range s.store.integrations {
		if integration.ID == id {
			return integration, nil
		}
	}
	return nil, missing("integration", id)
}

// read takes over the fields of a request and returns them.
func (i *Integration) read(body []byte) (Fields, error) {
	fields, err := readObject(body)
	if err != nil {
		return nil, err
	}
	return fields, fields.read(map[string]reader{
		"name":        readName(&i.Name),
		"description": readText(&i.Description),
		"settings":    i.Settings.read,
	})
}

func (s *Settings) read(raw json.RawMessage) error {
	fields, err := readObject(raw)
	if err != nil {
		return err
	}
	return fields.read(map[string]reader{
		"data_storage_minutes": s.readMinutes,
		"delete_only_non_audited_interactions": func(raw json.RawMessage) error {
			s.DeleteOnlyNonAudited = new(bool)
			return readBool(s.DeleteOnlyNonAudited)(raw)
		},
	})
}

func (s *Settings) readMinutes(raw json.RawMessage) error {
	if err := checkInteger(raw); err != nil {
		return err
	}
	minutes, err := strconv.Atoi(string(raw))
	if err != nil || minutes < 1 || minutes > maxStorageMinutes {
		return refuse("%s is not between 1 and %d", excerpt(raw), maxStorageMinutes)
	}
	s.DataStorageMinutes = minutes
	return nil
}
