package pipeline

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

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
		fields = append(append(append(fields, '"'), field.Name...), `":"`...) // names are a-z and _, hashes base64
		fields = append(append(fields, fieldHash(field.Value)...), '"')
	}
	fields = append(fields, '}')
	return state.Entry{Key: key, InteractionID: interaction.ID, Hash: hex.EncodeToString(whole.Sum(nil)), Fields: string(fields)}
}

func fieldHash(value []byte) string {
	sum := sha256.Sum256(canonical(value))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// canonical writes a value as encoding/json would, whoever wrote it: a server need not escape as we do.
func canonical(value []byte) []byte {
	suspects := " \n\t\r\\"
	if len(value) > 0 && value[0] == '"' {
		suspects = "\\"
	}
	if !bytes.ContainsAny(value, suspects) {
		return value
	}
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var decoded any
	if decoder.Decode(&decoded) != nil {
		return value
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(decoded) != nil {
		return value
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// hashesOf reads the ledger's hashes of an interaction's fields.
func hashesOf(entry state.Entry) (map[string]string, error) {
	hashes := make(map[string]string)
	if err := json.Unmarshal([]byte(entry.Fields), &hashes); err != nil {
		return nil, fmt.Errorf("the ledger's entry of %s is damaged: %w", entry.Key, err)
	}
	return hashes, nil
}

// changedFields returns the fields that differ from what the ledger holds, and null for those that are gone.
func changedFields(interaction load.Interaction, known state.Entry) ([]load.Field, error) {
	earlier, err := hashesOf(known)
	if err != nil {
		return nil, err
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

// differing returns the fields that Playvox does not show as they should be, and null for metadata that should not be
// there. What it does not show at all is taken to differ.
func differing(interaction load.Interaction, shown map[string]json.RawMessage, schema []load.MetadataField) []load.Field {
	var changed []load.Field
	ours := make(map[string]bool)
	for _, field := range interaction.Fields {
		ours[field.Name] = true
		if !sameValue(field.Value, shown[field.Name]) {
			changed = append(changed, field)
		}
	}
	for _, field := range schema {
		if value := shown[field.FieldID]; !ours[field.FieldID] && len(value) > 0 && string(value) != "null" {
			changed = append(changed, load.Field{Name: field.FieldID, Value: json.RawMessage("null")})
		}
	}
	return changed
}

// sameValue reports whether a server shows a value as we send it, however it writes it: numbers may have other digits
// for the same value, datetimes a fraction.
func sameValue(ours, shown json.RawMessage) bool {
	if bytes.Equal(canonical(ours), canonical(shown)) {
		return true
	}
	var a, b string
	if json.Unmarshal(ours, &a) == nil && json.Unmarshal(shown, &b) == nil {
		return sameInstant(a, b)
	}
	x, okX := number(ours)
	y, okY := number(shown)
	return okX && okY && x.Cmp(y) == 0
}

// showsAll reports whether Playvox shows an interaction's fields as the hashes say, and no other metadata.
func showsAll(shown map[string]json.RawMessage, hashes map[string]string, schema []load.MetadataField) bool {
	for name, hash := range hashes {
		if fieldHash(shown[name]) != hash && fieldHash(wholeSeconds(shown[name])) != hash {
			return false
		}
	}
	return !slices.ContainsFunc(schema, func(field load.MetadataField) bool {
		value := shown[field.FieldID]
		return hashes[field.FieldID] == "" && len(value) > 0 && string(value) != "null"
	})
}
