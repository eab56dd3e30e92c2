package load

import "fmt"

// planIntegration compares what belongs to the integration itself with what Playvox shows of it.
func planIntegration(want Integration, have RemoteIntegration) Change {
	change := newChange(KindIntegration, want.Key, want.Name)
	minutes := want.DataStorageMinutes
	if have.ID == "" {
		change.Action = ActionCreate
		if want.Description != "" {
			change.set("description", "", want.Description, nil)
		}
		change.set("data_storage_minutes", "", fmt.Sprint(minutes), nil)
		change.body["name"], change.body["description"], change.body["settings"] = want.Name, want.Description, have.settings(minutes)
		return change
	}
	if have.Description != nil && *have.Description != want.Description && want.Description != "" {
		change.set("description", *have.Description, want.Description, want.Description)
	}
	if have.DataStorageMinutes != nil && *have.DataStorageMinutes != minutes && minutes != 0 {
		change.set("data_storage_minutes", fmt.Sprint(*have.DataStorageMinutes), fmt.Sprint(minutes), nil)
		change.body["settings"] = have.settings(minutes)
		change.note(storageNote(*have.DataStorageMinutes, minutes))
	}
	return change
}

// settings are an integration's, with another time of storage. [A] They may be replaced as a whole, so the other one that
// is known goes with it.
func (i RemoteIntegration) settings(minutes int) map[string]any {
	settings := map[string]any{"data_storage_minutes": minutes}
	if i.onlyNonAudited != nil {
		settings["delete_only_non_audited_interactions"] = i.onlyNonAudited
	}
	return settings
}
