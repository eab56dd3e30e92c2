package load

import "encoding/json"

// The types of a metadata field.
const (
	TypeString   = "string"
	TypeInteger  = "integer"
	TypeFloat    = "float"
	TypeList     = "list"
	TypeBoolean  = "boolean"
	TypeDatetime = "datetime"
)

// MaxBatch is the most interactions one bulk request may carry.
const MaxBatch = 100

// Integration is a container of interactions as jobs.yaml describes it.
type Integration struct {
	Key                string          `yaml:",key"`
	Name               string          `yaml:"name,required" doc:"The name in Playvox."`
	Description        string          `yaml:"description" doc:"What it holds."`
	DataStorageMinutes int             `yaml:"data_storage_minutes" default:"129600" min:"1" max:"129600" doc:"How long Playvox keeps the data, in minutes: at most 129600 (90 days)."`
	Metadata           []MetadataField `yaml:"metadata,required" doc:"The typed fields by which interactions are filtered and shown; at least one is a datetime."`
}

// MetadataField is one typed field of an integration's schema.
type MetadataField struct {
	FieldID     string   `yaml:",key"`
	Type        string   `yaml:"type,required" enum:"string,integer,float,list,boolean,datetime" doc:"The type."`
	Required    bool     `yaml:"required" doc:"Interactions without it are refused."`
	Allowed     []string `yaml:"allowed" doc:"The values it accepts; without it, any."`
	AvailableIn []string `yaml:"available_in" enum:"filters,display" doc:"Where Playvox offers it."`
}

// Interaction is one interaction on its way to Playvox.
type Interaction struct {
	ID       string  // interaction_id
	Fields   []Field // interaction_id first, then assignee_id and the metadata, without those that are NULL
	Comments []Comment
}

// Field is one top-level field of an interaction and its value in JSON.
type Field struct {
	Name  string
	Value json.RawMessage
}

// The fields of a comment.
const (
	CommentBody    = "body"
	CommentType    = "type"
	CommentAuthor  = "author_id"
	CommentAddedAt = "added_at"
)

// Comment is one part of an interaction's conversation.
type Comment struct {
	Key         string  // names its row in the source
	AddedAt     string  // RFC 3339 in UTC; empty where the source does not say
	Fields      []Field // those above, without those that are NULL
	Attachments []Attachment
}

// Attachment is a file of a comment, by its URL.
type Attachment struct {
	URL  string `json:"url"`
	Name string `json:"name,omitempty"`
}
