package pipeline

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"pvetl/load"
	"pvetl/state"
)

// entryOf is what the ledger keeps of an interaction: a hash of the whole, by which a re-read row is recognised, and one
// of each field, by which an update knows what to send.
func entryOf(key string, interaction load.Interaction) state.Entry {
	whole := sha256.New()
	fields := []byte{'{'}
	for i, field := range interaction.Fields {
		whole.Write([]byte(field.Name))
		whole.Write([]byte{0})
		whole.Write(field.Value)
		whole.Write([]byte{0})
		if i > 0 {
			fields = append(fields, ',')
		}
		fields = strconv.AppendQuote(fields, field.Name)
		fields = append(fields, ':')
		fields = strconv.AppendQuote(fields, fieldHash(field.Value))
	}
	fields = append(fields, '}')
	return state.Entry{Key: key, InteractionID: interaction.ID, Hash: hex.EncodeToString(whole.Sum(nil)), Fields: string(fields)}
}

func fieldHash(value []byte) string {
	sum := sha256.Sum256(value)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

func commentEntry(comment load.Comment) state.CommentEntry {
	sum := sha256.Sum256(comment.JSON)
	return state.CommentEntry{Key: comment.Key, Hash: hex.EncodeToString(sum[:])}
}

// changedFields returns the fields that differ from what the ledger holds, and null for those that are gone.
func changedFields(interaction load.Interaction, known state.Entry) ([]load.Field, error) {
	earlier := make(map[string]string)
	if err := json.Unmarshal([]byte(known.Fields), &earlier); err != nil {
		return nil, fmt.Errorf("the ledger's entry of %s is damaged: %w", known.Key, err)
	}
	var changed []load.Field
	for _, field := range interaction.Fields {
		if earlier[field.Name] != fieldHash(field.Value) {
			changed = append(changed, field)
		}
		delete(earlier, field.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(earlier)) {
		changed = append(changed, load.Field{Name: name, Value: json.RawMessage("null")})
	}
	return changed, nil
}
