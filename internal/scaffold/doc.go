// Package scaffold proposes a jobs.yaml for a help desk from the tables of its database: which of them are the tickets,
// messages, people and files, the queries that read them, and a mapping. What it cannot know it guesses, and says so at
// the place. It opens nothing: what it wants to see of the rows it asks of whoever calls it.
package scaffold
