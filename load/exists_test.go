package load_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

func TestAlreadyExists(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{
		"interaction_id 48213 already exists",
		"Interaction Already Exists.",
		"interaction_id: already exists",
		"An interaction with this interaction_id exists already",
		"code: already_exists",
		"ALREADY-EXISTS",
		"interaction_id has already been taken",
		"interaction_id is already taken",
		"the id is already in use",
		"the integration already has an interaction 48213",
		"interaction_id must be unique",
		"interaction_id: value is not unique",
		`E11000 duplicate key error collection: playvox.interactions index: interaction_id_1 dup key: { interaction_id: "48213" }`,
		"MongoServerError E11000",
		"DuplicateKeyError",
		"Duplicate entry '48213' for key 'interaction_id'",
		"duplicate interaction_id: 48213",
		"Duplicate id",
		"duplicated interaction",
		"the interaction is a duplicate of 65f0",
		"Duplicate",
		"duplicated.",
		"interaction_id: duplicate",
		`violates unique constraint "interactions_interaction_id_key"`,
	} {
		require.True(t, load.AlreadyExists(reason), reason)
	}
	for _, reason := range []string{
		"",
		"no reason given",
		"duplicate tag in list",
		"tag_names: duplicate values are not allowed",
		"tag_names: duplicate elements",
		"csat: \"high\" is no float",
		"assignee_id does not exist",
		"integration 65f0 does not exist",
		"interaction_id: 69 characters; at most 68 are allowed",
		"the ticket is already closed",
		"unknown field unique_id",
		"invalid ideas: E110001",
		"rate limit exceeded, already 100 requests",
	} {
		require.False(t, load.AlreadyExists(reason), reason)
	}
}
