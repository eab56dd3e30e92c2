package pipeline

import "pvetl/load"

// HashInteraction makes what the ledger keeps of an interaction.
func HashInteraction(interaction load.Interaction) string { return entryOf("1", interaction).Hash }

// HashComment makes what the ledger keeps of a comment.
func HashComment(comment load.Comment) string { return hashOf(comment).String() }
