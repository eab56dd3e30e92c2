package mapping

// Spec is the mapping section of a job: which rule fills which field.
type Spec struct {
	Interaction Interaction `yaml:"interaction,required" doc:"How a row of the interactions query becomes an interaction."`
	Comment     *Comment    `yaml:"comment" doc:"How a row of the comments query becomes a comment."`
	Attachment  *Attachment `yaml:"attachment" doc:"How a row of the attachments query becomes an attachment of its comment."`
}

// Interaction holds the rules for an interaction's fields.
type Interaction struct {
	InteractionID Rule        `yaml:"interaction_id,required" doc:"The id in your system: at most 68 characters, never NULL."`
	AssigneeID    *Rule       `yaml:"assignee_id" doc:"Who handled it: the e-mail or username of a user in Playvox."`
	Metadata      []FieldRule `yaml:"metadata" doc:"One rule for each metadata field of the integration."`
}

// FieldRule is the rule of one metadata field.
type FieldRule struct {
	Name string `yaml:",key"`
	Rule Rule   `yaml:",value"`
}

// Comment holds the rules for a comment's fields.
type Comment struct {
	Body     Rule  `yaml:"body,required" doc:"The text. NULL is an empty body."`
	Type     Rule  `yaml:"type,required" doc:"customer_comment, agent_comment or internal_note."`
	AuthorID *Rule `yaml:"author_id" doc:"Username, e-mail or display name of who wrote it."`
	AddedAt  *Rule `yaml:"added_at" doc:"When it was written; without it Playvox takes the time it arrives."`
}

// Attachment holds the rules for an attachment: a name, and its content as bytes, as the path of a file, or as an URL
// that is passed on.
type Attachment struct {
	Name        *Rule `yaml:"name" doc:"The file's name."`
	ContentType *Rule `yaml:"content_type" doc:"The file's MIME type."`
	Content     *Rule `yaml:"content" doc:"The column that holds the file's bytes."`
	URL         *Rule `yaml:"url" doc:"An URL, sent as it is."`
	Path        *Rule `yaml:"path" doc:"The path of a file to upload."`
}

// Rule says how one field gets its value: from a column, a constant, a template or an expression, through map, split,
// html_to_text, redact and truncate, in this order. Expr is left out of its JSON where it is empty: the fingerprints of
// mappings are made of that, and one that changes has every row read again.
type Rule struct {
	Column     string     `yaml:"column,scalar" doc:"The column it is read from."`
	Value      *Literal   `yaml:"value" doc:"A constant."`
	Template   string     `yaml:"template" doc:"A text with {column} placeholders; NULL where one of them is NULL. {{ and }} stand for braces."`
	Expr       string     `yaml:"expr" json:",omitempty" doc:"An expression over the columns of the row, each its text or nil, such as lower(trim(name)) or score == nil ? nil : int(score) * 20. Written in quotes. Whole numbers are exact, float makes a 64-bit float."`
	Map        []MapEntry `yaml:"map" doc:"Replaces the value by the entry whose key equals its text. Without an entry and without else, the row is rejected."`
	Else       *Literal   `yaml:"else" doc:"What map gives for a value that has no entry."`
	Split      *string    `yaml:"split" doc:"Makes a list of the text, cut at this separator; parts are trimmed and empty ones dropped."`
	HTMLToText bool       `yaml:"html_to_text" doc:"Makes plain text of HTML."`
	Redact     []string   `yaml:"redact" enum:"email,phone,card" doc:"Masks what looks like one of these."`
	Truncate   int        `yaml:"truncate" min:"1" doc:"Keeps this many characters (Unicode code points) at most, and never cuts a letter from its accents or an emoji apart."`
	Default    *Literal   `yaml:"default" doc:"The final value where the column is NULL."`
	Timezone   string     `yaml:"timezone" doc:"The IANA zone of a date or time that carries none; the source's zone where it is not given."`
}

// MapEntry is one replacement of a map.
type MapEntry struct {
	From string  `yaml:",key"`
	To   Literal `yaml:",value"`
}

// Literal is a constant from jobs.yaml as its text, converted to the field's type like a column's text. A YAML list is
// kept as the text of a JSON array.
type Literal struct {
	Text string
	Null bool
}
