// Package load speaks the Playvox Custom Integrations API: it creates integrations, sends interactions in bulk, changes
// interactions and comments one by one, uploads files, asks background jobs how they went, and looks up what Playvox
// holds. Whether a request may be sent again is decided here, in one place, and travels as data on the error. It knows
// nothing of sources, of mappings or of state.
package load
